"""Entries: what sources brought."""

import sqlite3
from collections.abc import Iterable

from socialdesk.core.entry import Entry
from socialdesk.core.rows import StoredEntry
from socialdesk.store.apply import apply, apply_records, bring_up_to_date
from socialdesk.store.codec import json_list, moment
from socialdesk.store.record import entry_of, record_of
from socialdesk.store.upsert import log_search, put_content

__all__ = ["apply", "apply_records", "bring_up_to_date", "by_key", "get", "held", "update_entry"]

_WHOLE = """
    SELECT e.id, e.payload, e.first_seen, b.rest, b.html, m.via, m.source_id, s.account_id
    FROM entry e
    LEFT JOIN entry_body b ON b.entry_id = e.id
    LEFT JOIN source_entry m ON m.entry_id = e.id
    LEFT JOIN source s ON s.id = m.source_id
"""
# An account can act on an entry, so its view of it comes before that of an anonymous source.
_BEST_VIEW = "ORDER BY s.account_id IS NULL, m.source_id LIMIT 1"


def get(db: sqlite3.Connection, entry_id: int, source_id: int | None = None) -> StoredEntry | None:
    """The whole entry, as `source_id` sees it; without one, as an account does if any has it."""
    row = None
    if source_id is not None:
        row = db.execute(f"{_WHOLE} WHERE e.id = ? AND m.source_id = ?", (entry_id, source_id)).fetchone()
    if row is None:
        row = db.execute(f"{_WHOLE} WHERE e.id = ? {_BEST_VIEW}", (entry_id,)).fetchone()
    return _stored(row) if row else None


def by_key(db: sqlite3.Connection, key: str) -> StoredEntry | None:
    row = db.execute(f"{_WHOLE} WHERE e.key = ? {_BEST_VIEW}", (key,)).fetchone()
    return _stored(row) if row else None


def held(
    db: sqlite3.Connection, source_ids: Iterable[int], remote_ids: Iterable[str], newest: int = 2000
) -> tuple[tuple[int, int, str], ...]:
    """(source, entry, id at its network) of these ids, among the `newest` entries of each source."""
    wanted = json_list(remote_ids)
    found: list[tuple[int, int, str]] = []
    for source_id in source_ids:
        found += db.execute(
            "SELECT m.source_id, e.id, ifnull(json_extract(CAST(m.via AS TEXT), '$.remote_id'), e.remote_id) AS there"
            " FROM (SELECT * FROM source_entry WHERE source_id = ? ORDER BY entry_id DESC LIMIT ?) m"
            " JOIN entry e ON e.id = m.entry_id WHERE there IN (SELECT value FROM json_each(?))",
            (source_id, newest, wanted),
        ).fetchall()
    return tuple(found)


def update_entry(
    db: sqlite3.Connection, entry_id: int, entry: Entry, account_id: int | None = None
) -> tuple[tuple[int, int], ...]:
    """Stores a changed entry, with its references and marks for every source of the account that `get` answers for.

    `account_id` names another one. Returns (column id, unseen) of each column that shows it.
    """
    known = db.execute("SELECT remote_id, hash_only FROM entry WHERE id = ?", (entry_id,)).fetchone()
    if known is None:
        return ()
    remote_id, hash_only = known
    record = record_of(entry)
    put_content(db, entry_id, record, remote_id, hash_only)
    log_search(db, (entry_id,))
    holders = db.execute(
        "SELECT m.source_id, s.account_id FROM source_entry m LEFT JOIN source s ON s.id = m.source_id"
        " WHERE m.entry_id = ? ORDER BY s.account_id IS NULL, m.source_id",
        (entry_id,),
    ).fetchall()
    acting = account_id if account_id is not None else next((account for _, account in holders), None)
    via = record.via_beside(remote_id)
    db.executemany(
        "UPDATE source_entry SET via = ? WHERE source_id = ? AND entry_id = ?",
        [(via, source_id, entry_id) for source_id, account in holders if account == acting],
    )
    return _columns_with(db, entry_id)


def _columns_with(db: sqlite3.Connection, entry_id: int) -> tuple[tuple[int, int], ...]:
    rows = db.execute(
        'SELECT c.id, c.unseen FROM column_row r JOIN "column" c ON c.id = r.column_id WHERE r.entry_id = ?'
        " ORDER BY c.id",
        (entry_id,),
    )
    return tuple((column_id, unseen) for column_id, unseen in rows)


def _stored(row: tuple[int, bytes, int, str | None, str | None, bytes | None, int | None, int | None]) -> StoredEntry:
    number, payload, first_seen, rest, html, via, source_id, account_id = row
    return StoredEntry(number, entry_of(payload, via, rest, html), source_id, account_id, moment(first_seen))
