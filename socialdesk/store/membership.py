"""Which entries a source has, and what follows for columns when a source leaves."""

import sqlite3

_ITS_ROWS = "source_id = :source AND entry_id IN (SELECT entry_id FROM source_entry WHERE source_id = :source)"
_ANOTHER = """
    SELECT m.source_id FROM source_entry m
    JOIN column_source c ON c.source_id = m.source_id AND c.column_id = column_row.column_id
    WHERE m.entry_id = column_row.entry_id AND m.source_id <> :source
"""


def leave(db: sqlite3.Connection, source_id: int) -> None:
    """Takes a source's entries away. A row that another source of its column has too stays, by that one.

    Entries that no source has any more are removed with their body and read-state, unless they are saved.
    """
    names = {"source": source_id}
    db.execute(
        f"UPDATE column_row SET source_id = ({_ANOTHER} LIMIT 1) WHERE {_ITS_ROWS} AND EXISTS ({_ANOTHER})",  # noqa: S608
        names,
    )
    _drop_rows(db, source_id)
    orphans = """
        SELECT m.entry_id FROM source_entry m WHERE m.source_id = :source
        AND NOT EXISTS (SELECT 1 FROM source_entry o WHERE o.entry_id = m.entry_id AND o.source_id <> :source)
        AND NOT EXISTS (SELECT 1 FROM saved s WHERE s.entry_id = m.entry_id)
    """
    forget(db, [row[0] for row in db.execute(orphans, names)])
    db.execute(
        "UPDATE entry SET home_id = NULL WHERE home_id = :source"
        " AND id IN (SELECT entry_id FROM source_entry WHERE source_id = :source)",
        names,
    )
    db.execute("DELETE FROM source_entry WHERE source_id = :source", names)


def forget(db: sqlite3.Connection, entry_ids: list[int]) -> None:
    """Removes entries themselves; rows and memberships are the caller's."""
    ids = [(entry_id,) for entry_id in entry_ids]
    db.executemany("DELETE FROM entry WHERE id = ?", ids)
    db.executemany("DELETE FROM entry_body WHERE entry_id = ?", ids)
    db.executemany("DELETE FROM entry_seen WHERE entry_id = ?", ids)
    db.executemany("INSERT INTO search_log (kind, item_id) VALUES ('entry', ?)", ids)


def _drop_rows(db: sqlite3.Connection, source_id: int) -> None:
    names = {"source": source_id}
    counts = db.execute(
        f"SELECT column_id, count(*), sum(1 - seen) FROM column_row WHERE {_ITS_ROWS} GROUP BY column_id",  # noqa: S608
        names,
    ).fetchall()
    db.execute(f"DELETE FROM column_row WHERE {_ITS_ROWS}", names)  # noqa: S608 - constants
    db.executemany(
        'UPDATE "column" SET total = total - ?, unseen = unseen - ? WHERE id = ?',
        [(rows, unseen, column_id) for column_id, rows, unseen in counts],
    )
