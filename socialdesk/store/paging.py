"""Pages of a column: always by key, never by offset, each a short range of one index."""

import sqlite3
from collections.abc import Iterable

from socialdesk.core.rows import Row
from socialdesk.core.source import RowKey
from socialdesk.store.codec import json_list
from socialdesk.store.record import entry_of

_ROW = """
    SELECT r.sort_ms, r.entry_id, r.seen, r.source_id, s.account_id, e.payload, m.via,
           EXISTS (SELECT 1 FROM saved k WHERE k.entry_id = r.entry_id)
    FROM column_row r
    CROSS JOIN entry e ON e.id = r.entry_id
    LEFT JOIN source s ON s.id = r.source_id
    LEFT JOIN source_entry m ON m.source_id = r.source_id AND m.entry_id = r.entry_id
"""
PAGE = f"""{_ROW}
    WHERE r.column_id = ? AND (r.sort_ms, r.entry_id) < (?, ?) ORDER BY r.sort_ms DESC, r.entry_id DESC LIMIT ?
"""
NEWER = f"""{_ROW}
    WHERE r.column_id = ? AND (r.sort_ms, r.entry_id) > (?, ?) ORDER BY r.sort_ms, r.entry_id LIMIT ?
"""
SOME = f"{_ROW} WHERE r.column_id = ? AND r.entry_id IN (SELECT value FROM json_each(?))"  # noqa: S608 - constant
_TOP = RowKey(2**62, 2**62)


def rows(db: sqlite3.Connection, column_id: int, before: RowKey | None, limit: int) -> tuple[Row, ...]:
    """At most `limit` rows after `before` (None = from the top), newest first."""
    start = before or _TOP
    return tuple(_row(row) for row in db.execute(PAGE, (column_id, start.sort_ms, start.entry_id, limit)))


def newer(db: sqlite3.Connection, column_id: int, after: RowKey | None, limit: int) -> tuple[Row, ...]:
    """At most `limit` rows above `after`, those next to it, newest first. None = the top of the column."""
    if after is None:
        return rows(db, column_id, None, limit)
    found = [_row(row) for row in db.execute(NEWER, (column_id, after.sort_ms, after.entry_id, limit))]
    return tuple(reversed(found))


def rows_of(db: sqlite3.Connection, column_id: int, entry_ids: Iterable[int]) -> tuple[Row, ...]:
    """The rows of these entries as they are now, newest first; those the column does not show are missing."""
    found = [_row(row) for row in db.execute(SOME, (column_id, json_list(entry_ids)))]
    return tuple(sorted(found, key=lambda row: (row.key.sort_ms, row.key.entry_id), reverse=True))


def _row(row: tuple[int, int, int, int, int | None, bytes, bytes | None, int]) -> Row:
    sort_ms, entry_id, seen, source_id, account_id, payload, via, saved = row
    return Row(RowKey(sort_ms, entry_id), entry_of(payload, via), bool(seen), bool(saved), source_id, account_id)
