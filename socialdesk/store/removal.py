"""Taking entries off the desk, so that no source brings them back, and putting them back where they were."""

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from socialdesk.core.rows import Removed
from socialdesk.store.codec import to_us
from socialdesk.store.membership import forget
from socialdesk.store.upsert import log_search

_CONTENT = {"entry": "id", "entry_body": "entry_id", "entry_seen": "entry_id"}
_PLACES = {"source_entry": "entry_id", "column_row": "entry_id"}


def remove(db: sqlite3.Connection, entry_ids: Iterable[int], now: datetime) -> tuple[Removed, ...]:
    """Removes entries everywhere and remembers that, so that no source brings them back. Saved copies stay.

    Returns what brings them back (`restore`); what is not stored is left out. Use with `durable=True`.
    """
    taken = (_taken(db, entry_id, now) for entry_id in dict.fromkeys(entry_ids))
    return tuple(removed for removed in taken if removed is not None)


def restore(db: sqlite3.Connection, gone: Iterable[Removed]) -> tuple[tuple[int, int, int], ...]:
    """Puts removed entries back into the columns and sources that are still there. What is back already stays as it is.

    Returns (column id, entry id, unseen of the column) of each row that is back. Use with `durable=True`.
    """
    return tuple(back for removed in gone for back in _restored(db, removed))


def _taken(db: sqlite3.Connection, entry_id: int, now: datetime) -> Removed | None:
    row = db.execute("SELECT key FROM entry WHERE id = ?", (entry_id,)).fetchone()
    if row is None:
        return None
    kept = tuple(
        (table, tuple(db.execute(f"SELECT * FROM {table} WHERE {key} = ?", (entry_id,))))  # noqa: S608 - constants
        for table, key in (_CONTENT | _PLACES).items()
    )
    saved = tuple(found for (found,) in db.execute("SELECT id FROM saved WHERE entry_id = ?", (entry_id,)))
    columns = tuple(
        column_id
        for (column_id,) in db.execute(
            "SELECT column_id FROM column_row WHERE entry_id = ? ORDER BY column_id", (entry_id,)
        )
    )
    _remove(db, entry_id, now)
    unseen = tuple((column_id, _unseen(db, column_id)) for column_id in columns)
    return Removed(entry_id, row[0], unseen, kept, saved)


def _remove(db: sqlite3.Connection, entry_id: int, now: datetime) -> None:
    db.execute(
        "INSERT OR REPLACE INTO tombstone (key, source_id, link_key, title_key, removed_at)"
        " SELECT key, home_id, link_key, title_key, ? FROM entry WHERE id = ?",
        (to_us(now), entry_id),
    )
    shown = db.execute("SELECT column_id, seen FROM column_row WHERE entry_id = ?", (entry_id,)).fetchall()
    db.execute("DELETE FROM column_row WHERE entry_id = ?", (entry_id,))
    db.executemany(
        'UPDATE "column" SET total = total - 1, unseen = unseen - ? WHERE id = ?',
        [(1 - seen, column_id) for column_id, seen in shown],
    )
    db.execute("DELETE FROM source_entry WHERE entry_id = ?", (entry_id,))
    db.execute("UPDATE saved SET entry_id = NULL WHERE entry_id = ?", (entry_id,))
    forget(db, [entry_id])


def _restored(db: sqlite3.Connection, removed: Removed) -> list[tuple[int, int, int]]:
    number, rows = removed.entry_id, dict(removed.rows)
    if db.execute("SELECT 1 FROM entry WHERE id = ? OR key = ?", (number, removed.key)).fetchone():
        return []
    for table in (*_CONTENT, *_PLACES):
        for row in rows[table]:
            db.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608 - constants
    _let_go_of_what_is_gone(db, number)
    db.executemany(
        "UPDATE saved SET entry_id = ? WHERE id = ? AND entry_id IS NULL", [(number, found) for found in removed.saved]
    )
    db.execute("DELETE FROM tombstone WHERE key = ?", (removed.key,))
    log_search(db, [number])
    shown = db.execute("SELECT column_id, seen FROM column_row WHERE entry_id = ? ORDER BY column_id", (number,))
    back = []
    for column_id, seen in shown.fetchall():
        db.execute('UPDATE "column" SET total = total + 1, unseen = unseen + ? WHERE id = ?', (1 - seen, column_id))
        back.append((column_id, number, _unseen(db, column_id)))
    return back


def _let_go_of_what_is_gone(db: sqlite3.Connection, entry_id: int) -> None:
    """Sources and columns may have left the desk while the entry was away."""
    db.execute("DELETE FROM source_entry WHERE entry_id = ? AND source_id NOT IN (SELECT id FROM source)", (entry_id,))
    db.execute(
        "DELETE FROM column_row WHERE entry_id = ? AND NOT EXISTS (SELECT 1 FROM column_source s"
        " WHERE s.column_id = column_row.column_id AND s.source_id = column_row.source_id)",
        (entry_id,),
    )
    db.execute("UPDATE entry SET home_id = NULL WHERE id = ? AND home_id NOT IN (SELECT id FROM source)", (entry_id,))


def _unseen(db: sqlite3.Connection, column_id: int) -> int:
    return int(db.execute('SELECT unseen FROM "column" WHERE id = ?', (column_id,)).fetchone()[0])
