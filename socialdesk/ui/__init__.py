"""The window. Shows what services say and asks services to act; the only room that imports PySide6."""
