"""The full-text index's own file: making it, seeing that it is usable, making it again."""

import sqlite3
from pathlib import Path

from socialdesk.store.connect import attach_search, with_companions
from socialdesk.store.faults import reason_of

INDEX_VERSION = 1


def prepare(db: sqlite3.Connection) -> None:
    """Makes the index's tables in the attached file if they are missing or not those of this version.

    A new index starts with everything stored in the change log, so that `search.feed` fills it.
    """
    usable = _is_usable(db)
    if not usable:
        db.execute("PRAGMA search.synchronous = OFF")  # nothing is in it yet that a power cut could take
    if db.execute("PRAGMA search.journal_mode").fetchone()[0] != "wal":
        db.execute("PRAGMA search.journal_mode = WAL")
    if not usable:
        db.execute("BEGIN IMMEDIATE")
        try:
            _make(db)
            db.execute("COMMIT")
        finally:
            if db.in_transaction:
                db.execute("ROLLBACK")
    db.execute("PRAGMA search.synchronous = NORMAL")


def renew(db: sqlite3.Connection, path: Path) -> None:
    """Throws the index's file away and makes a new one. No reader may have it open."""
    if any(row[1] == "search" for row in db.execute("PRAGMA database_list")):
        db.execute("DETACH DATABASE search")
    for part in with_companions(path):
        part.unlink(missing_ok=True)
    attach_search(db, path, "rwc")
    prepare(db)


def _is_usable(db: sqlite3.Connection) -> bool:
    try:
        found = db.execute("SELECT version, fed FROM search.state").fetchone()
        db.execute("SELECT rowid FROM search.doc LIMIT 1").fetchone()
    except sqlite3.DatabaseError as error:
        if reason_of(error):
            raise
        return False  # no such table
    # A database put back from a copy has seen less than an index made from its successor.
    return found is not None and found[0] == INDEX_VERSION and found[1] <= _newest_change(db)


def _newest_change(db: sqlite3.Connection) -> int:
    row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'search_log'").fetchone()
    return int(row[0]) if row else 0


def _make(db: sqlite3.Connection) -> None:
    db.execute("DROP TABLE IF EXISTS search.state")
    db.execute("DROP TABLE IF EXISTS search.doc")
    db.execute("DELETE FROM main.search_log")
    db.execute("INSERT INTO main.search_log (kind, item_id) SELECT 'entry', id FROM entry ORDER BY id")
    db.execute("INSERT INTO main.search_log (kind, item_id) SELECT 'saved', id FROM saved ORDER BY id")
    db.execute(
        """
        CREATE VIRTUAL TABLE search.doc USING fts5 (
            title, body, people, tokenize = 'unicode61 remove_diacritics 2', prefix = '3'
        )
        """
    )
    db.execute("CREATE TABLE search.state (version INTEGER NOT NULL, fed INTEGER NOT NULL)")
    db.execute("INSERT INTO search.state VALUES (?, 0)", (INDEX_VERSION,))
