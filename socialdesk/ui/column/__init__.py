"""One column: header, options, list of cards."""
