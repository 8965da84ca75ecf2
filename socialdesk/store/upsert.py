"""Entries of a fetched page into the `entry` table: new ones, changed ones, ones whose publisher changed their ids."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from socialdesk.core.entry import EntryKind
from socialdesk.core.source import Source
from socialdesk.store.codec import json_list, to_us
from socialdesk.store.record import Record

HASH_ONLY_LIMIT = 24  # changes in a row that no date explains: the feed writes its clock into its entries


@dataclass(frozen=True, slots=True)
class Known:
    """What the database has of an entry that came again."""

    id: int
    remote_id: str
    home_id: int | None  # the source whose copy is kept; None = it is gone
    content_hash: int
    live_hash: int
    hash_only: int
    updated_at: int | None


@dataclass(frozen=True, slots=True)
class Stored:
    """One entry of the page as it is in the database now. `remote_id` is the one in the payload."""

    id: int
    record: Record
    remote_id: str
    is_new: bool = False
    is_changed: bool = False  # what a card shows of it
    is_reworded: bool = False  # its words: filters look again


def store_entries(
    db: sqlite3.Connection, source: Source, records: dict[str, Record], now: datetime, *, complete: bool = True
) -> list[Stored]:
    """Writes what is new or changed of `records` (by key). Removed ones are left out of the result.

    Changed ids are only recognised on a `complete` page: else the entry of the old id may be among what was left out.
    """
    known = _by_key(db, records)
    unknown = [record for key, record in records.items() if key not in known]
    carried = _carry_over(db, source, unknown, records) if complete else {}
    gone = _removed(db, source, [record for record in unknown if record.key not in carried])
    next_id = _last_id(db) + 1
    stored: list[Stored] = []
    for key, record in records.items():
        if key in known:
            stored.append(_refresh(db, source, known[key], record))
        elif key in carried:
            stored.append(_rewrite(db, source, carried[key], record, carried[key].hash_only))
        elif key not in gone:
            stored.append(Stored(next_id, record, record.remote_id, is_new=True))
            next_id += 1
    _insert(db, source, [item for item in stored if item.is_new], now)
    return stored


def put_content(db: sqlite3.Connection, entry_id: int, record: Record, remote_id: str, hash_only: int) -> None:
    """Overwrites an entry's content, key included."""
    db.execute(
        "UPDATE entry SET key = ?, kind = ?, link_key = ?, title_key = ?, author_key = ?, content_hash = ?,"
        " live_hash = ?, hash_only = ?, updated_at = ?, payload = ? WHERE id = ?",
        (
            record.key,
            record.kind,
            record.link,
            record.title,
            record.author,
            record.content_hash,
            record.live_hash,
            hash_only,
            record.updated_at,
            record.payload_as(remote_id),
            entry_id,
        ),
    )
    if record.body is None:
        db.execute("DELETE FROM entry_body WHERE entry_id = ?", (entry_id,))
    else:
        db.execute("INSERT OR REPLACE INTO entry_body VALUES (?, ?, ?)", (entry_id, *record.body))


def log_search(db: sqlite3.Connection, entry_ids: Iterable[int]) -> None:
    """Lets the full-text index look at these entries again."""
    db.executemany("INSERT INTO search_log (kind, item_id) VALUES ('entry', ?)", [(i,) for i in entry_ids])


def _by_key(db: sqlite3.Connection, keys: Iterable[str]) -> dict[str, Known]:
    rows = db.execute(
        "SELECT key, id, remote_id, home_id, content_hash, live_hash, hash_only, updated_at FROM entry"
        " WHERE key IN (SELECT value FROM json_each(?))",
        (json_list(keys),),
    )
    return {row[0]: Known(*row[1:]) for row in rows}


def _carry_over(
    db: sqlite3.Connection, source: Source, unknown: list[Record], page: dict[str, Record]
) -> dict[str, Known]:
    """Entries whose publisher changed their ids, by the new key: same source, same link, same title.

    What the page still has under its old key is another entry.
    """
    by_look = {look: record.key for record in unknown if (look := _look(record)) is not None}
    if not by_look:
        return {}
    rows = db.execute(
        "SELECT e.link_key, e.title_key, e.key, e.id, e.remote_id, e.home_id, e.content_hash, e.live_hash, e.hash_only,"
        " e.updated_at FROM entry e WHERE e.home_id = ? AND e.kind = 'article' AND e.link_key IS NOT NULL"
        " AND e.link_key IN (SELECT value FROM json_each(?)) ORDER BY e.id",
        (source.id, json_list(link for link, _ in by_look)),
    )
    found: dict[str, Known] = {}
    for link, title, old_key, *rest in rows:
        new_key = by_look.get((link, title))
        if new_key is not None and old_key not in page:
            found[new_key] = Known(*rest)
    return found


def _removed(db: sqlite3.Connection, source: Source, unknown: list[Record]) -> set[str]:
    """Keys of those that a person removed before, under this id or, at the same source, under an earlier one."""
    if not unknown or db.execute("SELECT 1 FROM tombstone LIMIT 1").fetchone() is None:
        return set()
    keys = json_list(record.key for record in unknown)
    rows = db.execute("SELECT key FROM tombstone WHERE key IN (SELECT value FROM json_each(?))", (keys,))
    gone = {row[0] for row in rows}
    links = json_list(look[0] for record in unknown if (look := _look(record)) is not None)
    looks = set(
        db.execute(
            "SELECT link_key, title_key FROM tombstone"
            " WHERE link_key IN (SELECT value FROM json_each(?)) AND source_id = ?",
            (links, source.id),
        )
    )
    return gone | {record.key for record in unknown if _look(record) in looks}


def _refresh(db: sqlite3.Connection, source: Source, known: Known, record: Record) -> Stored:
    """A known entry. Content follows its home source; from another only a newer date makes it change."""
    at_home = known.home_id is None or known.home_id == source.id
    same_words = record.content_hash == known.content_hash
    if same_words:
        if at_home and known.hash_only:
            db.execute("UPDATE entry SET hash_only = 0 WHERE id = ?", (known.id,))
        if record.live_hash == known.live_hash:
            return Stored(known.id, record, known.remote_id)
        return _rewrite(db, source, known, record, 0)
    if record.updated_at is not None and record.updated_at > (known.updated_at or 0):
        return _rewrite(db, source, known, record, 0)
    if at_home and known.hash_only < HASH_ONLY_LIMIT:
        return _rewrite(db, source, known, record, known.hash_only + 1)
    return Stored(known.id, record, known.remote_id)


def _rewrite(db: sqlite3.Connection, source: Source, known: Known, record: Record, hash_only: int) -> Stored:
    reworded = record.content_hash != known.content_hash
    put_content(db, known.id, record, known.remote_id, hash_only)
    if known.home_id is None:
        db.execute("UPDATE entry SET home_id = ? WHERE id = ?", (source.id, known.id))
    if reworded:
        log_search(db, (known.id,))
    return Stored(known.id, record, known.remote_id, is_changed=True, is_reworded=reworded)


def _insert(db: sqlite3.Connection, source: Source, fresh: list[Stored], now: datetime) -> None:
    first_seen = to_us(now)
    rows = []
    bodies = []
    for item in fresh:
        record = item.record
        rows.append(
            (
                item.id,
                record.key,
                record.kind,
                item.remote_id,
                source.id,
                record.link,
                record.title,
                record.author,
                record.content_hash,
                record.live_hash,
                record.updated_at,
                first_seen,
                record.payload,
            )
        )
        if record.body is not None:
            bodies.append((item.id, *record.body))
    db.executemany(
        "INSERT INTO entry (id, key, kind, remote_id, home_id, link_key, title_key, author_key, content_hash,"
        " live_hash, updated_at, first_seen, payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    db.executemany("INSERT INTO entry_body VALUES (?, ?, ?)", bodies)
    log_search(db, [item.id for item in fresh])


def _last_id(db: sqlite3.Connection) -> int:
    row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'entry'").fetchone()
    return int(row[0]) if row else 0


def _look(record: Record) -> tuple[int, int] | None:
    """What an article is known by beside its id: link and title. None for what lacks one of them."""
    if record.kind != EntryKind.ARTICLE or record.link is None or record.title is None:
        return None
    return record.link, record.title
