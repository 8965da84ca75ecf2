"""What a person marked here of entries whose network keeps such marks: the wish for each, the last one wins.

It waits until it was sent. Then it stays for a while, because a look at the network that began before is older than it.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from socialdesk.core.marks import READ, Wish
from socialdesk.store.codec import json_list, to_us_exactly

KEPT_S = 3600  # after it was sent: no look at a network takes as long
_PUT = """
    INSERT INTO mark (account_id, key, mark, remote_id, is_set, wished_at) {values}
    ON CONFLICT (account_id, key, mark)
    DO UPDATE SET is_set = excluded.is_set, wished_at = excluded.wished_at, sent_at = NULL
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One wish of an account for several entries. `items` are (key, remote id, number of the wish)."""

    wish: Wish
    items: tuple[tuple[str, str, int], ...]


def wish(db: sqlite3.Connection, account_id: int, key: str, remote_id: str, wanted: Wish, now: datetime) -> None:
    """Keeps a wish for one entry. Use with `durable=True`."""
    put = _PUT.format(values="VALUES (?, ?, ?, ?, ?, ?)")
    db.execute(put, (account_id, key, wanted.mark, remote_id, wanted.is_set, to_us_exactly(now)))


def wish_read(
    db: sqlite3.Connection, entry_ids: Iterable[int], networks: Iterable[str], *, is_read: bool, now: datetime
) -> tuple[int, ...]:
    """Keeps that these entries were read, or not, for those whose network is one of `networks`. Returns the accounts.

    Use with `durable=True`.
    """
    found = (
        "FROM source_entry m JOIN source s ON s.id = m.source_id JOIN entry e ON e.id = m.entry_id"
        " WHERE m.entry_id IN (SELECT value FROM json_each(:ids)) AND s.account_id IS NOT NULL"
        " AND s.network IN (SELECT value FROM json_each(:networks))"
    )
    names = {
        "ids": json_list(entry_ids),
        "networks": json_list(networks),
        "mark": READ,
        "is_set": is_read,
        "now": to_us_exactly(now),
    }
    accounts = db.execute(f"SELECT DISTINCT s.account_id {found} ORDER BY 1", names).fetchall()
    if accounts:
        values = f"SELECT DISTINCT s.account_id, e.key, :mark, e.remote_id, :is_set, :now {found}"
        db.execute(_PUT.format(values=values), names)
    return tuple(account_id for (account_id,) in accounts)


def waiting_accounts(db: sqlite3.Connection) -> tuple[int, ...]:
    rows = db.execute("SELECT DISTINCT account_id FROM mark WHERE sent_at IS NULL ORDER BY account_id")
    return tuple(account_id for (account_id,) in rows)


def waiting(db: sqlite3.Connection, account_id: int) -> tuple[Waiting, ...]:
    """All that waits to be sent for an account, one for each wish, the first wished first."""
    rows = db.execute(
        "SELECT mark, is_set, key, remote_id, wished_at FROM mark WHERE account_id = ? AND sent_at IS NULL"
        " ORDER BY wished_at, key",
        (account_id,),
    )
    found: dict[Wish, list[tuple[str, str, int]]] = {}
    for mark, is_set, *item in rows:
        found.setdefault(Wish(mark, bool(is_set)), []).append((item[0], item[1], item[2]))
    return tuple(Waiting(wanted, tuple(items)) for wanted, items in found.items())


def sent(db: sqlite3.Connection, account_id: int, done: Waiting, now: datetime) -> None:
    """The network knows of these. What a person wished otherwise meanwhile goes on waiting."""
    at = to_us_exactly(now)
    db.executemany(
        "UPDATE mark SET sent_at = ? WHERE account_id = ? AND key = ? AND mark = ? AND is_set = ? AND wished_at = ?",
        [(at, account_id, key, done.wish.mark, done.wish.is_set, number) for key, _, number in done.items],
    )
    db.execute("DELETE FROM mark WHERE sent_at < ?", (at - KEPT_S * 1_000_000,))


def forget(db: sqlite3.Connection, account_id: int, done: Waiting) -> None:
    """The network refuses these."""
    db.executemany(
        "DELETE FROM mark WHERE account_id = ? AND key = ? AND mark = ? AND is_set = ? AND wished_at = ?",
        [(account_id, key, done.wish.mark, done.wish.is_set, number) for key, _, number in done.items],
    )


def forget_account(db: sqlite3.Connection, account_id: int) -> None:
    db.execute("DELETE FROM mark WHERE account_id = ?", (account_id,))


def newer_than(db: sqlite3.Connection, account_id: int, asked_at: datetime) -> Mapping[tuple[str, str], bool]:
    """What a look at the network that began at `asked_at` cannot know: (key, mark) -> whether it shall be there."""
    rows = db.execute(
        "SELECT key, mark, is_set FROM mark WHERE account_id = ? AND (sent_at IS NULL OR sent_at >= ?)",
        (account_id, to_us_exactly(asked_at)),
    )
    return {(key, mark): bool(is_set) for key, mark, is_set in rows}
