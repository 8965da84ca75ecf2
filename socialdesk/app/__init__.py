"""The only room that builds the parts and joins them: profile, engine, window, practice."""
