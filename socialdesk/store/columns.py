"""Columns: what they show, in what order, and how much of it is new."""

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from socialdesk.core.source import Column, WordFilter
from socialdesk.store.codec import decode, encode_text, json_list, to_us
from socialdesk.store.paging import newer, rows, rows_of
from socialdesk.store.rebuild import rebuild
from socialdesk.store.stories import stories

__all__ = [
    "add",
    "all",
    "get",
    "mark_all_seen",
    "mark_seen",
    "move",
    "newer",
    "remove",
    "rows",
    "rows_of",
    "stories",
    "unseen",
    "update",
]

_FIELDS = """
    SELECT c.id, c.title, c.icon, c.filter, c.view, c.width, c.collapsed, c.position, c.unseen, c.cheap,
           (SELECT group_concat(source_id) FROM
               (SELECT source_id FROM column_source s WHERE s.column_id = c.id ORDER BY s.position))
    FROM "column" c
"""


def add(
    db: sqlite3.Connection,
    title: str,
    icon: str,
    source_ids: Iterable[int],
    filter: WordFilter,  # noqa: A002 - the field's name
    view: str,
    position: int | None,
    now: datetime,
) -> Column:
    """A new column at `position` (None = at the right end), filled at once with what its sources hold already."""
    width = Column(0, "").width
    last = db.execute('SELECT count(*) FROM "column"').fetchone()[0]
    cursor = db.execute(
        'INSERT INTO "column" (title, icon, filter, view, width, collapsed, position, created_at)'
        " VALUES (?, ?, ?, ?, ?, 0, ?, ?)",
        (title, icon, encode_text(filter), view, width, last, to_us(now)),
    )
    column_id = cursor.lastrowid or 0
    _put_sources(db, column_id, source_ids)
    if position is not None:
        move(db, column_id, position)
    rebuild(db, column_id)
    return get(db, column_id) or Column(column_id, title)


def update(db: sqlite3.Connection, column: Column, now: datetime) -> Column:
    """Stores everything but place and counters. Rows are made anew where filter or sources changed.

    What was seen stays seen. Nothing happens when the column is gone.
    """
    before = get(db, column.id)
    if before is None:
        return column
    db.execute(
        'UPDATE "column" SET title = ?, icon = ?, filter = ?, view = ?, width = ?, collapsed = ?,'
        " cheap = ? WHERE id = ?",
        (
            column.title,
            column.icon,
            encode_text(column.filter),
            column.view,
            column.width,
            column.collapsed,
            column.cheap,
            column.id,
        ),
    )
    if column.source_ids != before.source_ids:
        _put_sources(db, column.id, column.source_ids)
    if column.filter != before.filter or set(column.source_ids) != set(before.source_ids):
        rebuild(db, column.id)
    return get(db, column.id) or column


def remove(db: sqlite3.Connection, column_id: int) -> None:
    """Removes a column and its rows; entries, sources and what was seen stay (`sources.remove_unused`)."""
    db.execute("DELETE FROM column_row WHERE column_id = ?", (column_id,))
    db.execute('DELETE FROM "column" WHERE id = ?', (column_id,))
    _renumber(db, [row[0] for row in db.execute('SELECT id FROM "column" ORDER BY position, id')])


def get(db: sqlite3.Connection, column_id: int) -> Column | None:
    row = db.execute(f"{_FIELDS} WHERE c.id = ?", (column_id,)).fetchone()
    return _column(row) if row else None


def all(db: sqlite3.Connection) -> tuple[Column, ...]:  # noqa: A001 - read as columns.all
    """All columns from left to right, with their counters."""
    return tuple(_column(row) for row in db.execute(f"{_FIELDS} ORDER BY c.position, c.id"))


def move(db: sqlite3.Connection, column_id: int, position: int) -> None:
    """Puts a column at `position`, counted from 0 at the left; the others make room."""
    ids = [row[0] for row in db.execute('SELECT id FROM "column" ORDER BY position, id')]
    if column_id not in ids:
        return
    ids.remove(column_id)
    ids.insert(max(0, position), column_id)
    _renumber(db, ids)


def mark_seen(db: sqlite3.Connection, column_id: int, entry_ids: Iterable[int], now: datetime) -> int:
    """Marks rows as seen; returns how many of the column are still new.

    Another column that shows the same entry already keeps its own mark; where the entry turns up later, it is not new.
    """
    ids = json_list(entry_ids)
    fresh = [
        row[0]
        for row in db.execute(
            "SELECT entry_id FROM column_row"
            " WHERE column_id = ? AND seen = 0 AND entry_id IN (SELECT value FROM json_each(?))",
            (column_id, ids),
        )
    ]
    db.executemany(
        "UPDATE column_row SET seen = 1 WHERE column_id = ? AND entry_id = ?", [(column_id, i) for i in fresh]
    )
    db.executemany("INSERT OR IGNORE INTO entry_seen VALUES (?, ?)", [(i, to_us(now)) for i in fresh])
    db.execute('UPDATE "column" SET unseen = unseen - ? WHERE id = ?', (len(fresh), column_id))
    return unseen(db, column_id)


def mark_all_seen(db: sqlite3.Connection, column_id: int, now: datetime) -> int:
    """Marks every row of the column as seen; returns how many are still new: none."""
    db.execute(
        "INSERT OR IGNORE INTO entry_seen SELECT entry_id, ? FROM column_row WHERE column_id = ? AND seen = 0",
        (to_us(now), column_id),
    )
    db.execute("UPDATE column_row SET seen = 1 WHERE column_id = ? AND seen = 0", (column_id,))
    db.execute('UPDATE "column" SET unseen = 0 WHERE id = ?', (column_id,))
    return unseen(db, column_id)


def _put_sources(db: sqlite3.Connection, column_id: int, source_ids: Iterable[int]) -> None:
    db.execute("DELETE FROM column_source WHERE column_id = ?", (column_id,))
    db.executemany(
        "INSERT INTO column_source (column_id, source_id, position) VALUES (?, ?, ?)",
        [(column_id, source_id, place) for place, source_id in enumerate(dict.fromkeys(source_ids))],
    )


def _renumber(db: sqlite3.Connection, ids: list[int]) -> None:
    db.executemany('UPDATE "column" SET position = ? WHERE id = ?', [(place, i) for place, i in enumerate(ids)])


def unseen(db: sqlite3.Connection, column_id: int) -> int:
    """How many rows of the column are new."""
    row = db.execute('SELECT unseen FROM "column" WHERE id = ?', (column_id,)).fetchone()
    return int(row[0]) if row else 0


def _column(row: tuple[int, str, str, str, str, int, int, int, int, int, str | None]) -> Column:
    number, title, icon, words, view, width, collapsed, position, unseen, cheap, sources = row
    return Column(
        id=number,
        title=title,
        icon=icon,
        source_ids=tuple(int(i) for i in sources.split(",")) if sources else (),
        filter=decode(words, WordFilter),
        view=view,
        width=width,
        collapsed=bool(collapsed),
        position=position,
        unseen=unseen,
        cheap=bool(cheap),
    )
