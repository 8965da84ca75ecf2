"""Signed-in accounts. Secrets are never here: they live in the keyring."""

import sqlite3
from dataclasses import replace

from socialdesk.core.account import Account
from socialdesk.store import marks, sources
from socialdesk.store.codec import canonical, strings

_FIELDS = "id, network, name, handle, server, remote_id, avatar_url, facts, needs_sign_in"


def add(db: sqlite3.Connection, account: Account) -> Account:
    """Stores a new account and returns it with its id.

    Signing in to the same account of the same server again keeps its identity: the known one is brought up to date,
    one that was removed comes back under its old id.
    """
    known = db.execute(
        "SELECT id FROM account WHERE network = ? AND server = ? AND remote_id = ? AND remote_id <> ''",
        (account.network, account.server, account.remote_id),
    ).fetchone()
    if known is not None:
        again = replace(account, id=known[0])
        update(db, again)
        return again
    cursor = db.execute(
        "INSERT INTO account (network, name, handle, server, remote_id, avatar_url, facts, needs_sign_in)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        _values(account),
    )
    return replace(account, id=cursor.lastrowid or 0)


def update(db: sqlite3.Connection, account: Account) -> None:
    db.execute(
        "UPDATE account SET network = ?, name = ?, handle = ?, server = ?, remote_id = ?, avatar_url = ?, facts = ?,"
        " needs_sign_in = ?, removed = 0 WHERE id = ?",
        (*_values(account), account.id),
    )


def remove(db: sqlite3.Connection, account_id: int) -> None:
    """Removes an account, its sources and their rows. What it published stays in the outbox, with its name.

    Deliveries that have not left are cancelled; what waits for one of them holds. Its id is never given to another
    account.
    """
    for (source_id,) in db.execute("SELECT id FROM source WHERE account_id = ?", (account_id,)).fetchall():
        sources.remove(db, source_id)
    marks.forget_account(db, account_id)
    db.execute(
        "UPDATE delivery SET state = 'cancelled', next_at = NULL"
        " WHERE account_id = ? AND state IN ('waiting', 'held', 'sign_in', 'hand_off')",
        (account_id,),
    )
    db.execute(
        "UPDATE delivery SET state = 'held', next_at = NULL, error = 'waits_for_failed' WHERE state = 'waiting'"
        " AND waits_for IN (SELECT id FROM delivery WHERE account_id = ? AND state = 'cancelled')",
        (account_id,),
    )
    db.execute("UPDATE account SET removed = 1, facts = '{}', avatar_url = '' WHERE id = ?", (account_id,))


def get(db: sqlite3.Connection, account_id: int, *, removed: bool = False) -> Account | None:
    """The account, or None. `removed`: also one that was removed, to name it in the outbox's history."""
    row = db.execute(
        f"SELECT {_FIELDS} FROM account WHERE id = ? AND removed <= ?",  # noqa: S608 - names of columns
        (account_id, removed),
    ).fetchone()
    return _account(row) if row else None


def all(db: sqlite3.Connection) -> tuple[Account, ...]:  # noqa: A001 - read as accounts.all
    rows = db.execute(f"SELECT {_FIELDS} FROM account WHERE removed = 0 ORDER BY id")  # noqa: S608 - names of columns
    return tuple(_account(row) for row in rows)


def set_needs_sign_in(db: sqlite3.Connection, account_id: int, flag: bool) -> None:
    db.execute("UPDATE account SET needs_sign_in = ? WHERE id = ?", (flag, account_id))


def set_fact(db: sqlite3.Connection, account_id: int, name: str, value: str) -> None:
    """Keeps one fact of an account, '' = forgets it."""
    account = get(db, account_id)
    if account is not None:
        facts = {key: kept for key, kept in {**account.facts, name: value}.items() if key != name or value}
        db.execute("UPDATE account SET facts = ? WHERE id = ?", (canonical(facts), account_id))


def belongings(db: sqlite3.Connection, account_id: int) -> tuple[int, int]:
    """How many columns show something of the account, and how many of its deliveries wait."""
    columns = db.execute(
        "SELECT COUNT(DISTINCT c.column_id) FROM column_source c JOIN source s ON s.id = c.source_id"
        " WHERE s.account_id = ?",
        (account_id,),
    ).fetchone()[0]
    waiting = db.execute(
        "SELECT COUNT(*) FROM delivery WHERE account_id = ? AND state IN ('waiting', 'held', 'sign_in', 'hand_off')",
        (account_id,),
    ).fetchone()[0]
    return int(columns), int(waiting)


def _values(account: Account) -> tuple[object, ...]:
    return (
        account.network,
        account.name,
        account.handle,
        account.server,
        account.remote_id,
        account.avatar_url,
        canonical(account.facts),
        account.needs_sign_in,
    )


def _account(row: tuple[int, str, str, str, str, str, str, str, int]) -> Account:
    number, network, name, handle, server, remote_id, avatar_url, facts, needs_sign_in = row
    return Account(number, network, name, handle, server, remote_id, avatar_url, strings(facts), bool(needs_sign_in))
