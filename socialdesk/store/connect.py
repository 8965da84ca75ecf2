"""Opening the database files and the settings every connection gets."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from socialdesk.store.faults import IndexDamagedError, reason_of

MAIN_FILE = "desk.sqlite3"
SEARCH_FILE = "search.sqlite3"
STATEMENTS = 256  # prepared statements kept by each connection
# Pages of 4 KiB in the write-ahead log before they are copied into the file: 32 MiB. A refresh writes the same pages
# many times, and each is copied once; with SQLite's own 1000 that copying was half of the time of a first refresh.
WAL_PAGES = 8000


@dataclass(frozen=True, slots=True)
class Files:
    """The database's files in one folder."""

    folder: Path

    @property
    def main(self) -> Path:
        return self.folder / MAIN_FILE

    @property
    def search(self) -> Path:
        return self.folder / SEARCH_FILE


def uri(path: Path, mode: str) -> str:
    """`path` as SQLite's URI file name (https://www.sqlite.org/uri.html); `mode`: ro, rw or rwc."""
    return f"{path.absolute().as_uri()}?mode={mode}"


def with_companions(path: Path) -> tuple[Path, ...]:
    """The file and the write-ahead log and shared memory that SQLite keeps beside it."""
    return path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")


def connect_writer(path: Path, busy_s: float) -> sqlite3.Connection:
    """The one connection that writes. Transactions are begun and ended by the caller only."""
    db = _connect(uri(path, "rwc"), busy_s)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute(f"PRAGMA wal_autocheckpoint = {WAL_PAGES}")
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA secure_delete = OFF")  # some builds zero what they delete, at twice the writing
        db.execute("PRAGMA cache_size = -8000")
    except BaseException:
        db.close()
        raise
    return db


def connect_reader(files: Files, busy_s: float) -> sqlite3.Connection:
    """A connection that cannot write, with the full-text index attached."""
    db = _connect(uri(files.main, "ro"), busy_s)
    try:
        db.execute("PRAGMA query_only = ON")
        db.execute("PRAGMA cache_size = -4000")
        _attach_index(db, files.search)
    except BaseException:
        db.close()
        raise
    return db


def _attach_index(db: sqlite3.Connection, path: Path) -> None:
    try:
        attach_search(db, path, "ro")
    except sqlite3.DatabaseError as error:
        if reason_of(error) != "damaged":
            raise
        raise IndexDamagedError(str(error)) from error


def attach_search(db: sqlite3.Connection, path: Path, mode: str) -> None:
    db.execute("ATTACH DATABASE ? AS search", (uri(path, mode),))


def _connect(name: str, busy_s: float) -> sqlite3.Connection:
    db = sqlite3.connect(
        name, timeout=busy_s, isolation_level=None, check_same_thread=False, cached_statements=STATEMENTS, uri=True
    )
    db.execute("PRAGMA temp_store = MEMORY")
    return db
