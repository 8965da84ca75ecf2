"""Sources, and where each of them stands."""

import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from socialdesk.core.source import Source, SourceState
from socialdesk.store import membership, past
from socialdesk.store.codec import canonical, from_us, json_list, moment, strings, to_us, to_us_exactly

_FIELDS = "s.id, s.network, s.kind, s.account_id, s.params, s.title"
_STATE = (
    "t.source_id, t.cursor, t.first_fetched_at, t.last_fetched_at, t.last_changed_at, t.next_at, t.failures, t.error,"
    " t.error_detail, t.error_at, t.stopped, t.interval_s, t.memory, t.waits"
)
_SHOWN_IN = "(SELECT group_concat(c.column_id) FROM column_source c WHERE c.source_id = s.id)"
_SHOWN = "EXISTS (SELECT 1 FROM column_source c WHERE c.source_id = s.id)"

Standing = tuple[Source, SourceState, tuple[int, ...]]


def add(db: sqlite3.Connection, source: Source) -> Source:
    """Stores a source, due at once. An equal one (network, kind, account, params) is reused, with its own title."""
    params = canonical(source.params)
    row = db.execute(
        f"SELECT {_FIELDS} FROM source s"  # noqa: S608 - names of columns
        " WHERE network = ? AND kind = ? AND ifnull(account_id, 0) = ? AND params = ?",
        (source.network, source.kind, source.account_id or 0, params),
    ).fetchone()
    if row is not None:
        return _source(row)
    cursor = db.execute(
        "INSERT INTO source (network, kind, account_id, params, title) VALUES (?, ?, ?, ?, ?)",
        (source.network, source.kind, source.account_id, params, source.title),
    )
    stored = replace(source, id=cursor.lastrowid or 0)
    db.execute("INSERT INTO source_state (source_id) VALUES (?)", (stored.id,))
    return stored


def update(db: sqlite3.Connection, source: Source) -> None:
    """Stores a new title or new params (a feed that moved).

    Raises sqlite3.IntegrityError when another source already has these params.
    """
    db.execute(
        "UPDATE source SET params = ?, title = ? WHERE id = ?", (canonical(source.params), source.title, source.id)
    )


def remove(db: sqlite3.Connection, source_id: int) -> None:
    """Removes a source, its rows in every column, and the entries that nothing else holds."""
    membership.leave(db, source_id)
    db.execute("DELETE FROM source WHERE id = ?", (source_id,))


def remove_unused(db: sqlite3.Connection) -> int:
    """Removes the sources that no column shows. Returns how many."""
    unused = db.execute(f"SELECT s.id FROM source s WHERE NOT {_SHOWN}").fetchall()  # noqa: S608 - constant
    for (source_id,) in unused:
        remove(db, source_id)
    return len(unused)


def get(db: sqlite3.Connection, source_id: int) -> Source | None:
    row = db.execute(f"SELECT {_FIELDS} FROM source s WHERE id = ?", (source_id,)).fetchone()  # noqa: S608
    return _source(row) if row else None


def all(db: sqlite3.Connection) -> tuple[Source, ...]:  # noqa: A001 - read as sources.all
    return tuple(_source(row) for row in db.execute(f"SELECT {_FIELDS} FROM source s ORDER BY id"))  # noqa: S608


def of_column(db: sqlite3.Connection, column_id: int) -> tuple[Source, ...]:
    """The sources of a column, in its order."""
    rows = db.execute(
        f"SELECT {_FIELDS} FROM column_source c JOIN source s ON s.id = c.source_id"  # noqa: S608 - names of columns
        " WHERE c.column_id = ? ORDER BY c.position",
        (column_id,),
    )
    return tuple(_source(row) for row in rows)


def lines_of_column(db: sqlite3.Connection, column_id: int) -> tuple[tuple[Source, SourceState], ...]:
    """The sources of a column, in its order, each with where it stands."""
    rows = db.execute(
        f"SELECT {_FIELDS}, {_STATE} FROM column_source c JOIN source s ON s.id = c.source_id"  # noqa: S608 - constants
        " JOIN source_state t ON t.source_id = s.id WHERE c.column_id = ? ORDER BY c.position",
        (column_id,),
    )
    return tuple((_source(row[:6]), _state(row[6:])) for row in rows)


def state(db: sqlite3.Connection, source_id: int) -> SourceState:
    """Where the source stands; an empty state when there is no such source."""
    row = db.execute(
        f"SELECT {_STATE} FROM source_state t WHERE source_id = ?",  # noqa: S608 - names of columns
        (source_id,),
    ).fetchone()
    return _state(row) if row else SourceState(source_id)


def states(db: sqlite3.Connection) -> tuple[SourceState, ...]:
    rows = db.execute(f"SELECT {_STATE} FROM source_state t ORDER BY source_id")  # noqa: S608 - names of columns
    return tuple(_state(row) for row in rows)


def put_state(db: sqlite3.Connection, state: SourceState, source: Source | None = None) -> None:
    """Stores where a source stands; without effect when the source was removed meanwhile.

    With `source`, one without a title takes the one given.
    """
    if source is not None and source.title:
        db.execute("UPDATE source SET title = ? WHERE id = ? AND title = ''", (source.title, source.id))
    db.execute(
        "UPDATE source_state SET cursor = ?, first_fetched_at = ?, last_fetched_at = ?, last_changed_at = ?,"
        " next_at = ?, failures = ?, error = ?, error_detail = ?, error_at = ?, stopped = ?, interval_s = ?,"
        " memory = ?, waits = ? WHERE source_id = ?",
        (
            state.cursor,
            to_us(state.first_fetched),
            to_us(state.last_fetched),
            to_us(state.last_changed),
            to_us(state.next_at),
            state.failures,
            state.error,
            state.error_detail,
            to_us(state.error_at),
            state.stopped,
            state.interval_s,
            state.memory,
            state.waits,
            state.source_id,
        ),
    )


def standing(db: sqlite3.Connection, column_id: int | None) -> tuple[Standing, ...]:
    """Every source of a column (None = of the desk), where it stands, and the columns that show it."""
    rows = db.execute(
        f"SELECT {_FIELDS}, {_STATE}, {_SHOWN_IN} FROM source_state t JOIN source s ON s.id = t.source_id"  # noqa: S608
        " WHERE :column IS NULL OR s.id IN (SELECT source_id FROM column_source WHERE column_id = :column)"
        " ORDER BY s.id",
        {"column": column_id},
    )
    return tuple(_standing(row) for row in rows)


def standing_of(db: sqlite3.Connection, source_id: int) -> Standing | None:
    """One source, where it stands, and the columns that show it; None when it is gone."""
    row = db.execute(
        f"SELECT {_FIELDS}, {_STATE}, {_SHOWN_IN} FROM source_state t JOIN source s ON s.id = t.source_id"  # noqa: S608
        " WHERE s.id = ?",
        (source_id,),
    ).fetchone()
    return _standing(row) if row else None


def of_accounts(db: sqlite3.Connection) -> tuple[Source, ...]:
    """The sources of accounts that a column shows and that have not stopped."""
    rows = db.execute(
        f"SELECT {_FIELDS} FROM source s JOIN source_state t ON t.source_id = s.id"  # noqa: S608 - constants
        f" WHERE s.account_id IS NOT NULL AND t.stopped = 0 AND {_SHOWN} ORDER BY s.id"
    )
    return tuple(_source(row) for row in rows)


def hasten(db: sqlite3.Connection, source_ids: Iterable[int], at: datetime) -> None:
    """Lets these be asked at `at` if they would be later, save where the network told us to wait."""
    db.executemany(
        "UPDATE source_state SET next_at = ? WHERE source_id = ? AND stopped = 0 AND next_at > ?"
        " AND waits NOT IN ('limit', 'budget')",
        [(to_us(at), source_id, to_us(at)) for source_id in source_ids],
    )


def due(db: sqlite3.Connection, now: datetime, limit: int, begun: Iterable[int] = ()) -> tuple[Standing, ...]:
    """Sources to ask now, the longest overdue first: shown by a column, not stopped, `next_at` reached or None.

    Each with where it stands and the columns that show it; those whose ids are in `begun` are left out.
    """
    rows = db.execute(
        f"SELECT {_FIELDS}, {_STATE}, {_SHOWN_IN} FROM source_state t JOIN source s ON s.id = t.source_id"  # noqa: S608 - constants
        f" WHERE t.stopped = 0 AND ifnull(t.next_at, 0) <= ? AND {_SHOWN}"
        " AND s.id NOT IN (SELECT value FROM json_each(?)) ORDER BY ifnull(t.next_at, 0), s.id LIMIT ?",
        (to_us(now), json_list(begun), limit),
    )
    return tuple(_standing(row) for row in rows)


def next_due(db: sqlite3.Connection) -> datetime | None:
    """When the next source is to be asked (1970 = at once), None when there is nothing to ask."""
    row = db.execute(
        "SELECT ifnull(t.next_at, 0) FROM source_state t JOIN source s ON s.id = t.source_id"  # noqa: S608 - constant
        f" WHERE t.stopped = 0 AND {_SHOWN} ORDER BY ifnull(t.next_at, 0) LIMIT 1"
    ).fetchone()
    return moment(row[0]) if row else None


def older_cursor(db: sqlite3.Connection, source_id: int) -> str:
    """Where to continue towards the past, as `entries.apply` kept it; empty when there is nothing older.

    A gap between what was read last and what was known before comes before the past itself.
    """
    row = db.execute("SELECT older FROM source_state WHERE source_id = ?", (source_id,)).fetchone()
    return past.first_of(row[0]) if row else ""


def is_cheap(db: sqlite3.Connection, source_id: int) -> bool:
    """Whether every column that shows the source asks for little."""
    row = db.execute(
        'SELECT min(c.cheap) FROM column_source s JOIN "column" c ON c.id = s.column_id WHERE s.source_id = ?',
        (source_id,),
    ).fetchone()
    return bool(row[0])


def new_per_day(db: sqlite3.Connection, source_id: int, now: datetime, days: int = 7) -> float | None:
    """How many entries a day the source brought in the last `days`; None while it is younger than a day."""
    first = state(db, source_id).first_fetched
    age = (now - first).total_seconds() / 86_400 if first is not None else 0.0
    if age < 1:
        return None
    begin = to_us_exactly(now) // 1000 - days * 86_400_000
    count = db.execute(
        "SELECT count(*) FROM source_entry WHERE source_id = ? AND sort_ms >= ?", (source_id, begin)
    ).fetchone()[0]
    return float(count) / days


def make_due(db: sqlite3.Connection, source_ids: Iterable[int], now: datetime) -> None:
    """Lets these sources be asked at `now`, stopped ones too: a person wants it."""
    db.executemany(
        "UPDATE source_state SET next_at = ?, stopped = 0 WHERE source_id = ?",
        [(to_us(now), source_id) for source_id in source_ids],
    )


def revive(db: sqlite3.Connection, source: Source) -> None:
    """A person names this source again: one equal to it that had stopped is asked at once."""
    db.execute(
        "UPDATE source_state SET stopped = 0, next_at = NULL WHERE stopped = 1 AND source_id IN (SELECT id FROM source"
        " WHERE network = ? AND kind = ? AND ifnull(account_id, 0) = ? AND params = ?)",
        (source.network, source.kind, source.account_id or 0, canonical(source.params)),
    )


def typed_hosts(db: sqlite3.Connection, source_id: int | None) -> frozenset[str]:
    """Hosts, with port if any, that a person named for this source: its address, its server, its account's server."""
    row = db.execute(
        "SELECT s.params, a.server FROM source s LEFT JOIN account a ON a.id = s.account_id WHERE s.id = ?",
        (source_id,),
    ).fetchone()
    if row is None:
        return frozenset()
    params = strings(row[0])
    named = (params.get("url", ""), params.get("server", ""), row[1] or "")
    return frozenset(host for address in named if (host := urlsplit(address).netloc))


def all_typed_hosts(db: sqlite3.Connection) -> frozenset[str]:
    """The `typed_hosts` of every source together."""
    return frozenset[str]().union(*(typed_hosts(db, source.id) for source in all(db)))


def _standing(row: tuple[Any, ...]) -> Standing:
    column_ids = tuple(sorted(int(i) for i in row[-1].split(","))) if row[-1] else ()
    return _source(row[:6]), _state(row[6:-1]), column_ids


def _source(row: tuple[int, str, str, int | None, str, str]) -> Source:
    number, network, kind, account_id, params, title = row
    return Source(number, network, kind, account_id, strings(params), title)


def _state(
    row: tuple[int, str, int | None, int | None, int | None, int | None, int, str, str, int | None, int, int, str, str],
) -> SourceState:
    source_id, cursor, first, last, changed, next_at, failures, error, detail, error_at, stopped = row[:11]
    interval_s, memory, waits = row[11:]
    return SourceState(
        source_id=source_id,
        cursor=cursor,
        first_fetched=from_us(first),
        last_fetched=from_us(last),
        last_changed=from_us(changed),
        next_at=from_us(next_at),
        failures=failures,
        error=error,
        error_detail=detail,
        error_at=from_us(error_at),
        stopped=bool(stopped),
        interval_s=interval_s,
        memory=memory,
        waits=waits,
    )
