"""SQLite, the only SQL. Functions take a connection; `Store` runs them on the writer or a reader thread."""
