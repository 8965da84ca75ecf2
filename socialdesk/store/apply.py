"""Writing a fetched page: entries, memberships, rows of columns, counters and the source's state, all or nothing."""

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from socialdesk.core.entry import Entry, Marked
from socialdesk.core.filters import matcher
from socialdesk.core.ordering import sort_time
from socialdesk.core.rows import Applied, ColumnChange
from socialdesk.core.source import Source, SourceState, WordFilter
from socialdesk.store import marking, past, sources
from socialdesk.store.codec import decode, json_list, moment, to_ms
from socialdesk.store.record import Record, record_of, via_in
from socialdesk.store.upsert import Stored, store_entries

_NOTHING = Applied((), ())


@dataclass(frozen=True, slots=True)
class _Member:
    """An entry as this source has it. `joined`: the source did not have it before."""

    item: Stored
    sort_ms: int
    joined: bool
    is_changed: bool


def apply(
    db: sqlite3.Connection,
    source: Source,
    entries: Sequence[Entry],
    state: SourceState,
    now: datetime,
    *,
    first: bool,
    older: str = "",
    complete: bool = True,
    continued: str | None = None,
    marks: Marked | None = None,
) -> Applied:
    """`apply_records` for entries as a network gave them."""
    records = [record_of(entry) for entry in entries]
    return apply_records(
        db, source, records, state, now, first=first, older=older, complete=complete, continued=continued, marks=marks
    )


def apply_records(
    db: sqlite3.Connection,
    source: Source,
    page: Sequence[Record],
    state: SourceState,
    now: datetime,
    *,
    first: bool,
    older: str = "",
    complete: bool = True,
    continued: str | None = None,
    marks: Marked | None = None,
) -> Applied:
    """Takes in the entries of one fetch, in the source's own order (newest first), with the source's new state.

    `first`: the source's first fetch, or one towards the past from `continued` (None = from `sources.older_cursor`):
    entries are sorted by their own dates. `older` is where to go on towards the past; of another fetch it is behind a
    gap, which then is read first, until a page of it holds nothing but what the source had. `complete`: nothing that
    the source shows was left out. Known entries are brought up to date in place and never become new again; an entry
    known from another source gets this source as a second one; removed entries stay removed. A source without a title
    takes the one given. `marks`: what the network says was read and starred, which counts for all entries of the
    account, save what the person marked here since the network was asked. Nothing happens when the source is gone.
    """
    before = db.execute("SELECT last_fetched_at, older FROM source_state WHERE source_id = ?", (source.id,)).fetchone()
    if before is None:
        return _NOTHING
    sources.put_state(db, state, source)
    # Oldest first, so that ids grow with time and break ties of equal dates; the first of a repeated key wins.
    records = {record.key: record for record in reversed(page)}
    if not records:
        if first:
            _keep_older(db, source, past.read_on(before[1], older, continued=continued))
        return Applied(_marked(db, source, marks, (), now), ()) if marks is not None else _NOTHING
    if marks is not None:
        records = marking.with_wishes(db, source, records, marks.asked_at)
    last_fetched = moment(before[0]) if before[0] is not None else None
    items = store_entries(db, source, records, now, complete=complete)
    members = _join(db, source, items, now, last_fetched, first)
    if first:
        is_known = bool(members) and not any(member.joined for member in members)
        _keep_older(db, source, past.read_on(before[1], older, continued=continued, is_known=is_known))
    elif older:
        _keep_older(db, source, past.with_gap(before[1], older))
    if marks is not None:
        marking.take_read(db, source, marks, {item.record.key: item.id for item in items}, now)
    changes = _show(db, source, members)
    if marks is not None:
        changes = _marked(db, source, marks, changes, now)
    return Applied(changes, tuple(item.id for item in reversed(items) if item.is_new))


def _marked(
    db: sqlite3.Connection, source: Source, marks: Marked, changes: tuple[ColumnChange, ...], now: datetime
) -> tuple[ColumnChange, ...]:
    return marking.merged(db, changes, marking.take(db, source, marks, now))


def bring_up_to_date(db: sqlite3.Connection, source: Source, page: Sequence[Record], now: datetime) -> Applied:
    """Takes in changed entries that the source has; others are left out, and where the source stands is not touched."""
    records = {record.key: record for record in page}
    known = db.execute(
        "SELECT e.key FROM entry e JOIN source_entry m ON m.entry_id = e.id"
        " WHERE m.source_id = ? AND e.key IN (SELECT value FROM json_each(?))",
        (source.id, json_list(records)),
    )
    mine = {key: records[key] for (key,) in known.fetchall()}
    if not mine:
        return _NOTHING
    items = store_entries(db, source, mine, now, complete=False)
    return Applied(_show(db, source, _join(db, source, items, now, None, first=False)), ())


def _keep_older(db: sqlite3.Connection, source: Source, older: str) -> None:
    db.execute("UPDATE source_state SET older = ? WHERE source_id = ?", (older, source.id))


def _join(
    db: sqlite3.Connection,
    source: Source,
    items: list[Stored],
    now: datetime,
    last_fetched: datetime | None,
    first: bool,
) -> list[_Member]:
    """Makes the source a holder of each entry, with what its account knows of it."""
    known = {
        row[0]: (row[1], row[2])
        for row in db.execute(
            "SELECT entry_id, sort_ms, via FROM source_entry"
            " WHERE source_id = ? AND entry_id IN (SELECT value FROM json_each(?))",
            (source.id, json_list(item.id for item in items if not item.is_new)),
        )
    }
    members = []
    joining = []
    for item in items:
        via = item.record.via_beside(item.remote_id)
        if item.id in known:
            sort_ms, old_via = known[item.id]
            differs = via != old_via and _update_via(db, source, item, via, old_via)
            members.append(_Member(item, sort_ms, joined=False, is_changed=item.is_changed or differs))
            continue
        sort_ms = to_ms(sort_time(item.record, now, last_fetched, first=first))
        joining.append((source.id, item.id, sort_ms, via))
        members.append(_Member(item, sort_ms, joined=True, is_changed=item.is_changed))
    db.executemany("INSERT INTO source_entry VALUES (?, ?, ?, ?)", joining)
    return members


def _update_via(db: sqlite3.Connection, source: Source, item: Stored, via: bytes | None, old_via: bytes | None) -> bool:
    """Stores changed references and marks. Why the source shows the entry stays: a card read once is not re-made."""
    old = via_in(old_via)
    new = replace(via_in(via), reason=old.reason)
    if new == old:
        return False
    db.execute(
        "UPDATE source_entry SET via = ? WHERE source_id = ? AND entry_id = ?", (new.encoded(), source.id, item.id)
    )
    return True


def _show(db: sqlite3.Connection, source: Source, members: list[_Member]) -> tuple[ColumnChange, ...]:
    """Rows for what is new in each column of the source, and word of what changed in any column."""
    known_ids = json_list(member.item.id for member in members if not member.item.is_new)
    shown: dict[int, set[int]] = defaultdict(set)
    for column_id, entry_id in db.execute(
        "SELECT column_id, entry_id FROM column_row WHERE entry_id IN (SELECT value FROM json_each(?))", (known_ids,)
    ):
        shown[column_id].add(entry_id)
    seen = {
        row[0]
        for row in db.execute(
            "SELECT entry_id FROM entry_seen WHERE entry_id IN (SELECT value FROM json_each(?))",
            (json_list(member.item.id for member in members),),
        )
    }
    changed = {member.item.id for member in members if member.is_changed}
    added: dict[int, int] = {}
    for column_id, words in db.execute(
        'SELECT c.id, c.filter FROM column_source s JOIN "column" c ON c.id = s.column_id WHERE s.source_id = ?',
        (source.id,),
    ).fetchall():
        added[column_id] = _add_rows(db, source, column_id, words, members, shown[column_id], seen)
    changes = []
    for column_id in sorted(added.keys() | shown.keys()):
        updated = tuple(sorted(shown[column_id] & changed))
        if added.get(column_id) or updated:
            unseen = db.execute('SELECT unseen FROM "column" WHERE id = ?', (column_id,)).fetchone()[0]
            changes.append(ColumnChange(column_id, added.get(column_id, 0), unseen, updated))
    return tuple(changes)


def _add_rows(
    db: sqlite3.Connection,
    source: Source,
    column_id: int,
    words: str,
    members: list[_Member],
    shown: set[int],
    seen: set[int],
) -> int:
    """Adds the column's new rows; a reworded entry that passes its filter only now is one of them."""
    wanted = decode(words, WordFilter)
    passes = matcher(wanted) if wanted != WordFilter() else None
    rows = [
        (
            column_id,
            member.sort_ms,
            member.item.id,
            source.id,
            member.item.id in seen,
            member.item.record.link,
            member.item.record.author,
        )
        for member in members
        if (member.joined or member.item.is_reworded)
        and member.item.id not in shown
        and (passes is None or passes(member.item.record.entry()))
    ]
    if rows:
        db.executemany("INSERT INTO column_row VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        unseen = sum(1 for row in rows if not row[4])
        db.execute(
            'UPDATE "column" SET total = total + ?, unseen = unseen + ? WHERE id = ?', (len(rows), unseen, column_id)
        )
    return len(rows)
