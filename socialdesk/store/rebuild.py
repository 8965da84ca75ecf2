"""Making a column's rows anew after its filter or its sources changed.

One transaction: readers see the old rows, then the new ones. Rows that stay are not touched, so what was seen stays
seen and nothing moves under a reader.
"""

import sqlite3

from socialdesk.core.filters import matcher, rough_matcher
from socialdesk.core.source import WordFilter
from socialdesk.store.codec import decode
from socialdesk.store.record import entry_of, plain_text

CHUNK = 2000

_MEMBERS = """
    FROM source_entry m
    WHERE m.source_id IN (SELECT source_id FROM column_source WHERE column_id = :column)
"""


def rebuild(db: sqlite3.Connection, column_id: int) -> None:
    """Compares what the column should show with what it shows, and changes the difference. Sets its counters."""
    names = {"column": column_id}
    row = db.execute('SELECT filter FROM "column" WHERE id = ?', (column_id,)).fetchone()
    words = decode(row[0], WordFilter)
    db.execute(
        "CREATE TEMP TABLE IF NOT EXISTS wanted (entry_id INTEGER PRIMARY KEY, sort_ms INTEGER, source_id INTEGER)"
    )
    db.execute("DELETE FROM wanted")
    if words == WordFilter():
        db.execute(
            f"INSERT INTO wanted SELECT m.entry_id, min(m.sort_ms), m.source_id {_MEMBERS} GROUP BY m.entry_id",
            names,
        )
    else:
        _choose(db, column_id, words)
    _change(db, names)
    db.execute("DELETE FROM wanted")


def _choose(db: sqlite3.Connection, column_id: int, words: WordFilter) -> None:
    look, passes = rough_matcher(words), matcher(words)

    def wanted(payload: bytes, via: bytes | None, rest: str | None, html: str | None) -> bool:
        verdict = look(said) if (said := plain_text(payload, rest)) is not None else None
        return passes(entry_of(payload, via, rest, html)) if verdict is None else verdict

    cursor = db.execute(
        "SELECT m.entry_id, m.sort_ms, m.source_id, m.via, e.payload, b.rest, b.html"
        " FROM source_entry m CROSS JOIN entry e ON e.id = m.entry_id LEFT JOIN entry_body b ON b.entry_id = m.entry_id"
        " WHERE m.source_id IN (SELECT source_id FROM column_source WHERE column_id = ?)",
        (column_id,),
    )
    while chunk := cursor.fetchmany(CHUNK):
        chosen = [
            (entry_id, sort_ms, source_id)
            for entry_id, sort_ms, source_id, via, payload, rest, html in chunk
            if wanted(payload, via, rest, html)
        ]
        db.executemany(
            "INSERT INTO wanted VALUES (?, ?, ?) ON CONFLICT (entry_id) DO UPDATE"
            " SET sort_ms = excluded.sort_ms, source_id = excluded.source_id WHERE excluded.sort_ms < sort_ms",
            chosen,
        )


def _change(db: sqlite3.Connection, names: dict[str, int]) -> None:
    db.execute(
        "DELETE FROM column_row WHERE column_id = :column AND entry_id NOT IN (SELECT entry_id FROM wanted)", names
    )
    db.execute(
        "UPDATE column_row SET source_id = (SELECT w.source_id FROM wanted w WHERE w.entry_id = column_row.entry_id)"
        " WHERE column_id = :column"
        " AND source_id NOT IN (SELECT source_id FROM column_source WHERE column_id = :column)",
        names,
    )
    db.execute(
        "INSERT INTO column_row (column_id, sort_ms, entry_id, source_id, seen, link_key, author_key)"
        " SELECT :column, w.sort_ms, w.entry_id, w.source_id,"
        " EXISTS (SELECT 1 FROM entry_seen s WHERE s.entry_id = w.entry_id), e.link_key, e.author_key"
        " FROM wanted w CROSS JOIN entry e ON e.id = w.entry_id"
        " WHERE NOT EXISTS"
        " (SELECT 1 FROM column_row r WHERE r.entry_id = w.entry_id AND r.column_id = :column)"
        " ORDER BY w.sort_ms, w.entry_id",
        names,
    )
    total, unseen = db.execute(
        "SELECT count(*), ifnull(sum(1 - seen), 0) FROM column_row WHERE column_id = :column", names
    ).fetchone()
    db.execute('UPDATE "column" SET total = ?, unseen = ? WHERE id = ?', (total, unseen, names["column"]))
