"""What was read and starred, both ways: what a person saw here, and what an account's network says.

Where a network keeps what was read, an entry is read or not in every column of the desk.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from socialdesk.core.entry import Marked
from socialdesk.core.marks import BOOKMARK, READ
from socialdesk.core.rows import ColumnChange
from socialdesk.core.source import Source
from socialdesk.store import columns, marks
from socialdesk.store.codec import json_list, to_us
from socialdesk.store.record import Record, via_in

_COLUMNS_OF_ACCOUNT = (
    "SELECT c.column_id FROM column_source c JOIN source s ON s.id = c.source_id WHERE s.account_id = :account"
)
_HAS_BOOKMARK = f"""instr(m.via, '"{BOOKMARK}"') > 0"""


def see(
    db: sqlite3.Connection, column_id: int, entry_ids: Iterable[int] | None, networks: Iterable[str], now: datetime
) -> tuple[tuple[ColumnChange, ...], tuple[int, ...]]:
    """Marks rows of a column as seen, None = all. At one of `networks` that also means read, there and in each column.

    Returns the columns that changed, the given one first, and the accounts whose networks shall be told. Use with
    `durable=True`.
    """
    fresh = _unseen_rows(db, column_id, entry_ids)
    accounts = marks.wish_read(db, fresh, networks, is_read=True, now=now)
    unseen = columns.mark_seen(db, column_id, fresh, now)
    elsewhere: tuple[ColumnChange, ...] = ()
    if accounts:
        elsewhere = _as_changes(db, set_seen(db, _of_accounts(db, fresh, accounts), now))
    return (ColumnChange(column_id, 0, unseen), *elsewhere), accounts


def put_read(
    db: sqlite3.Connection, entry_ids: Iterable[int], networks: Iterable[str], now: datetime, *, is_read: bool
) -> tuple[tuple[ColumnChange, ...], tuple[int, ...]]:
    """Marks entries of one of `networks` as read or not, here and there. Returns as `see`; use with `durable=True`."""
    ids = tuple(entry_ids)
    accounts = marks.wish_read(db, ids, networks, is_read=is_read, now=now)
    theirs = _of_accounts(db, ids, accounts)
    return _as_changes(db, set_seen(db, theirs, now) if is_read else set_unseen(db, theirs)), accounts


def set_seen(db: sqlite3.Connection, entry_ids: Iterable[int], now: datetime) -> Mapping[int, set[int]]:
    """Marks the rows of these entries as seen in every column. Returns the entries that changed, by column."""
    ids = tuple(entry_ids)
    db.executemany("INSERT OR IGNORE INTO entry_seen VALUES (?, ?)", [(number, to_us(now)) for number in ids])
    return _turn_rows(db, ids, seen=True)


def set_unseen(db: sqlite3.Connection, entry_ids: Iterable[int]) -> Mapping[int, set[int]]:
    """The other way round."""
    ids = tuple(entry_ids)
    db.executemany("DELETE FROM entry_seen WHERE entry_id = ?", [(number,) for number in ids])
    return _turn_rows(db, ids, seen=False)


def with_wishes(
    db: sqlite3.Connection, source: Source, records: dict[str, Record], asked_at: datetime
) -> dict[str, Record]:
    """The records of a look that began at `asked_at`, with what the person has marked here since then."""
    wished = {} if source.account_id is None else marks.newer_than(db, source.account_id, asked_at)
    return (
        {
            key: _wished(record, {mark: is_set for (of, mark), is_set in wished.items() if of == key and mark != READ})
            for key, record in records.items()
        }
        if wished
        else records
    )


def take_read(
    db: sqlite3.Connection, source: Source, marked: Marked, entries: Mapping[str, int], now: datetime
) -> None:
    """Notes which of the entries of a page (key -> id) are read, before rows are made for them."""
    unread = _with_wishes(db, source, marked.unread, READ, marked.asked_at, wished_in=False)
    if unread is not None:
        read = [(number, to_us(now)) for key, number in entries.items() if key not in unread]
        db.executemany("INSERT OR IGNORE INTO entry_seen VALUES (?, ?)", read)


def take(db: sqlite3.Connection, source: Source, marked: Marked, now: datetime) -> Mapping[int, set[int]]:
    """Brings all entries of the source's account to what its network says, save what the person marked here since.

    Returns the entries that changed, by column.
    """
    changed: dict[int, set[int]] = defaultdict(set)
    unread = _with_wishes(db, source, marked.unread, READ, marked.asked_at, wished_in=False)
    if unread is not None:
        _add(changed, set_seen(db, _read_elsewhere(db, source, unread, marked.asked_at), now))
        _add(changed, set_unseen(db, _unread_elsewhere(db, unread)))
    starred = _with_wishes(db, source, marked.bookmarked, BOOKMARK, marked.asked_at, wished_in=True)
    if starred is not None:
        _add(changed, _take_bookmarks(db, source, starred, marked.asked_at))
    return changed


def _with_wishes(
    db: sqlite3.Connection,
    source: Source,
    keys: frozenset[str] | None,
    mark: str,
    asked_at: datetime,
    *,
    wished_in: bool,
) -> frozenset[str] | None:
    """The network's list after the person's newer wishes. `wished_in`: what is wished for is in the list."""
    if keys is None or source.account_id is None:
        return None
    wished = marks.newer_than(db, source.account_id, asked_at)
    into = {key for (key, of), is_set in wished.items() if of == mark and is_set == wished_in}
    out = {key for (key, of), is_set in wished.items() if of == mark and is_set != wished_in}
    return (keys | into) - out


def _read_elsewhere(db: sqlite3.Connection, source: Source, unread: frozenset[str], asked_at: datetime) -> list[int]:
    """Rows that are new here and read there. What came after the network was asked is not known to it."""
    rows = db.execute(
        "SELECT DISTINCT e.id, e.key FROM column_row r JOIN entry e ON e.id = r.entry_id"  # noqa: S608 - constant
        f" WHERE r.column_id IN ({_COLUMNS_OF_ACCOUNT}) AND r.seen = 0 AND e.first_seen < :asked_at"
        " AND r.source_id IN (SELECT id FROM source WHERE account_id = :account)",
        {"account": source.account_id, "asked_at": to_us(asked_at)},
    )
    return [number for number, key in rows if key not in unread]


def _unread_elsewhere(db: sqlite3.Connection, unread: frozenset[str]) -> list[int]:
    rows = db.execute(
        "SELECT e.id FROM entry e JOIN entry_seen n ON n.entry_id = e.id"
        " WHERE e.key IN (SELECT value FROM json_each(?))",
        (json_list(unread),),
    )
    return [number for (number,) in rows]


def _take_bookmarks(
    db: sqlite3.Connection, source: Source, starred: frozenset[str], asked_at: datetime
) -> Mapping[int, set[int]]:
    names = {"account": source.account_id, "keys": json_list(starred), "asked_at": to_us(asked_at)}
    of_account = "JOIN source s ON s.id = m.source_id AND s.account_id = :account"
    lacking = db.execute(
        "SELECT m.source_id, m.entry_id, m.via FROM entry e JOIN source_entry m ON m.entry_id = e.id"  # noqa: S608
        f" {of_account} WHERE e.key IN (SELECT value FROM json_each(:keys)) AND (m.via IS NULL OR NOT {_HAS_BOOKMARK})",
        names,
    ).fetchall()
    having = db.execute(
        f"SELECT m.source_id, m.entry_id, m.via FROM source_entry m {of_account} JOIN entry e ON e.id = m.entry_id"  # noqa: S608
        f" WHERE {_HAS_BOOKMARK} AND e.first_seen < :asked_at"
        " AND e.key NOT IN (SELECT value FROM json_each(:keys))",
        names,
    ).fetchall()
    for source_id, entry_id, via in (*lacking, *having):
        known = via_in(via)
        new = replace(known, mine=known.mine ^ {BOOKMARK})
        db.execute(
            "UPDATE source_entry SET via = ? WHERE source_id = ? AND entry_id = ?", (new.encoded(), source_id, entry_id)
        )
    return _shown(db, {row[1] for row in (*lacking, *having)})


def _wished(record: Record, wished: Mapping[str, bool]) -> Record:
    """A record with the person's own marks in place of the network's."""
    if not wished:
        return record
    known = via_in(record.via)
    mine = (known.mine | {mark for mark, is_set in wished.items() if is_set}) - {
        mark for mark, is_set in wished.items() if not is_set
    }
    return record._replace(via=replace(known, mine=mine).encoded())


def _unseen_rows(db: sqlite3.Connection, column_id: int, entry_ids: Iterable[int] | None) -> list[int]:
    chosen = "" if entry_ids is None else " AND entry_id IN (SELECT value FROM json_each(:ids))"
    rows = db.execute(
        f"SELECT entry_id FROM column_row WHERE column_id = :column AND seen = 0{chosen}",  # noqa: S608 - constants
        {"column": column_id, "ids": json_list(entry_ids or ())},
    )
    return [number for (number,) in rows]


def _of_accounts(db: sqlite3.Connection, entry_ids: Iterable[int], accounts: Iterable[int]) -> list[int]:
    rows = db.execute(
        "SELECT DISTINCT m.entry_id FROM source_entry m JOIN source s ON s.id = m.source_id"
        " WHERE m.entry_id IN (SELECT value FROM json_each(?)) AND s.account_id IN (SELECT value FROM json_each(?))",
        (json_list(entry_ids), json_list(accounts)),
    )
    return [number for (number,) in rows]


def _turn_rows(db: sqlite3.Connection, entry_ids: tuple[int, ...], *, seen: bool) -> Mapping[int, set[int]]:
    rows = db.execute(
        "SELECT column_id, entry_id FROM column_row WHERE entry_id IN (SELECT value FROM json_each(?)) AND seen = ?",
        (json_list(entry_ids), not seen),
    ).fetchall()
    db.executemany(
        "UPDATE column_row SET seen = ? WHERE column_id = ? AND entry_id = ?", [(seen, *row) for row in rows]
    )
    turned: dict[int, set[int]] = defaultdict(set)
    for column_id, entry_id in rows:
        turned[column_id].add(entry_id)
    db.executemany(
        'UPDATE "column" SET unseen = unseen + ? WHERE id = ?',
        [(-len(ids) if seen else len(ids), column_id) for column_id, ids in turned.items()],
    )
    return turned


def _shown(db: sqlite3.Connection, entry_ids: set[int]) -> Mapping[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for column_id, entry_id in db.execute(
        "SELECT column_id, entry_id FROM column_row WHERE entry_id IN (SELECT value FROM json_each(?))",
        (json_list(entry_ids),),
    ):
        found[column_id].add(entry_id)
    return found


def merged(
    db: sqlite3.Connection, changes: tuple[ColumnChange, ...], changed: Mapping[int, set[int]]
) -> tuple[ColumnChange, ...]:
    """What a page did to the columns, together with what its marks did."""
    of = {change.column_id: change for change in changes}
    counted = _as_changes(db, {column_id: changed.get(column_id, set()) for column_id in of.keys() | changed.keys()})
    return tuple(
        ColumnChange(
            change.column_id,
            of[change.column_id].added if change.column_id in of else 0,
            change.unseen,
            tuple(sorted({*change.updated, *(of[change.column_id].updated if change.column_id in of else ())})),
        )
        for change in counted
    )


def _as_changes(db: sqlite3.Connection, changed: Mapping[int, set[int]]) -> tuple[ColumnChange, ...]:
    return tuple(
        ColumnChange(column_id, 0, columns.unseen(db, column_id), tuple(sorted(ids)))
        for column_id, ids in sorted(changed.items())
    )


def _add(changed: dict[int, set[int]], more: Mapping[int, set[int]]) -> None:
    for column_id, ids in more.items():
        changed[column_id] |= ids
