"""The store: one SQLite database, the only SQL of the program.

`database.Store` runs plain functions, `fn(db, ...)`, from the modules of this room: reads on a small pool of read-only
connections, writes on one thread, each in one short transaction. No function here commits on its own.
"""
