"""What SQLite's own errors mean for the person, and which are mistakes of the program."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from socialdesk.core.errors import StoreError

# Primary result codes, https://www.sqlite.org/rescode.html. CANTOPEN: the file, or the -shm and -wal files beside it,
# cannot be made, which is what a read-only folder looks like.
REASONS = {
    sqlite3.SQLITE_FULL: "disk_full",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_CANTOPEN: "read_only",
    sqlite3.SQLITE_PERM: "read_only",
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
    sqlite3.SQLITE_IOERR: "damaged",
    sqlite3.SQLITE_INTERRUPT: "closed",
}


class IndexDamagedError(StoreError):
    """The full-text index cannot be used; it is made again from the entries. Nothing is lost."""

    def __init__(self, message: str) -> None:
        super().__init__(message, reason="search_rebuilding")


def reason_of(error: sqlite3.Error) -> str:
    """The reason code of `StoreError` for `error`, empty when it is a mistake in our own SQL."""
    code = getattr(error, "sqlite_errorcode", None)
    return REASONS.get(code & 0xFF, "") if isinstance(code, int) else ""


@contextmanager
def translated() -> Iterator[None]:
    """Raises StoreError for every failure of file, disk or lock; our own mistakes pass as they are."""
    try:
        yield
    except sqlite3.Error as error:
        reason = reason_of(error)
        if not reason:
            raise
        raise StoreError(f"{error} ({getattr(error, 'sqlite_errorname', '')})", reason=reason) from error
