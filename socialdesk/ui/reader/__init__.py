"""The reader: one article or one conversation at the right of the columns. Built when first opened."""
