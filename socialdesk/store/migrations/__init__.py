"""Append-only migrations. A released one is never edited: what it made exists on people's disks.

Number n takes `PRAGMA user_version` from n - 1 to n, in one transaction of its own.
"""

import sqlite3
from collections.abc import Callable, Sequence

from socialdesk.core.errors import StoreError
from socialdesk.store.faults import reason_of
from socialdesk.store.migrations import m0001_first, m0002_spending, m0003_times, m0004_marks

Migration = tuple[str, ...]
MIGRATIONS: tuple[Migration, ...] = (
    m0001_first.STATEMENTS,
    m0002_spending.STATEMENTS,
    m0003_times.STATEMENTS,
    m0004_marks.STATEMENTS,
)


def version_of(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def migrate(
    db: sqlite3.Connection,
    before: Callable[[int], None],
    migrations: Sequence[Migration] = MIGRATIONS,
) -> None:
    """Brings the database to the newest version.

    `before(n)` is called before migration n of a database that holds something already: the moment for a copy.
    Raises StoreError newer_version or migration_failed; after either the database is as it was.
    """
    found = version_of(db)
    if found > len(migrations):
        raise StoreError(f"database version {found}, this program knows {len(migrations)}", reason="newer_version")
    for number in range(found + 1, len(migrations) + 1):
        if found:
            before(number)
        _run(db, number, migrations[number - 1])


def _run(db: sqlite3.Connection, number: int, statements: Migration) -> None:
    db.execute("BEGIN IMMEDIATE")
    try:
        if version_of(db) == number - 1:  # else another process of this program has done it meanwhile
            for statement in statements:
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {number}")
        db.execute("COMMIT")
    except sqlite3.Error as error:
        if db.in_transaction:
            db.execute("ROLLBACK")
        if not reason_of(error):
            raise StoreError(f"migration {number}: {error}", reason="migration_failed") from error
        raise
