"""Copies of the database: before a migration, and a daily good one to go back to."""

import shutil
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from os import utime
from pathlib import Path

from socialdesk.core.errors import StoreError
from socialdesk.store.connect import Files, uri, with_companions
from socialdesk.store.faults import translated

GOOD_FILE = "desk.good.sqlite3"
INCOMING_FILE = "desk.restore.sqlite3"
BETWEEN_COPIES = timedelta(days=1)
PAGES_AT_ONCE = 2000


def check(db: sqlite3.Connection) -> None:
    """Raises StoreError damaged unless SQLite finds the main file sound (`PRAGMA quick_check`)."""
    with translated():
        found = [str(row[0]) for row in db.execute("PRAGMA main.quick_check(3)")]
    if found != ["ok"]:
        raise StoreError("; ".join(found), reason="damaged")


def is_due(folder: Path, now: datetime) -> bool:
    try:
        made = (folder / GOOD_FILE).stat().st_mtime
    except OSError:
        return True
    return now.timestamp() - made >= BETWEEN_COPIES.total_seconds()


def copy_good(
    db: sqlite3.Connection, folder: Path, now: datetime, stopping: Callable[[], bool] = lambda: False
) -> bool:
    """Checks `db` and replaces the good copy by one of it. False when there is no room for two.

    Raises StoreError damaged, and leaves the good copy as it is, when `db` is not sound.
    """
    check(db)
    files = Files(folder)
    size = sum(path.stat().st_size for path in with_companions(files.main) if path.exists())
    if shutil.disk_usage(folder).free < 2 * size:
        return False
    copy(db, folder / GOOD_FILE, now, stopping)
    return True


def copy(db: sqlite3.Connection, target: Path, now: datetime, stopping: Callable[[], bool] = lambda: False) -> None:
    """A copy of the main database as one file, in place only when it is complete.

    Raises StoreError closed when `stopping` says so on the way.
    """

    def go_on(_status: int, _remaining: int, _total: int) -> None:
        if stopping():
            raise StoreError("the store is closing", reason="closed")

    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    with translated():
        to = sqlite3.connect(uri(part, "rwc"), uri=True)
        try:
            db.backup(to, name="main", pages=PAGES_AT_ONCE, progress=go_on)
            to.execute("PRAGMA journal_mode = DELETE")
        finally:
            to.close()
    utime(part, (now.timestamp(), now.timestamp()))
    part.replace(target)


def last_good(folder: Path) -> Path | None:
    """The newest copy to go back to: the daily one, else one made before a migration. None without any."""
    good = folder / GOOD_FILE
    if good.is_file():
        return good
    before = [path for path in folder.glob("desk.before-*.sqlite3") if path.is_file()]
    return max(before, key=lambda path: path.stat().st_mtime, default=None)


def restore(folder: Path) -> Path:
    """Puts the last good copy in the place of the database. The store must be closed.

    The damaged file is kept aside; its path is returned. The full-text index is dropped, it is made again.
    Raises StoreError damaged when there is no copy.
    """
    good = last_good(folder)
    if good is None:
        raise StoreError("there is no copy to go back to", reason="damaged")
    files = Files(folder)
    incoming = folder / INCOMING_FILE
    shutil.copyfile(good, incoming)
    _doubt_deliveries(incoming)
    aside = _free_name(folder)
    for path in with_companions(files.main):
        if path.exists():
            path.replace(aside.with_name(path.name.replace(files.main.name, aside.name)))
    for path in with_companions(files.search):
        path.unlink(missing_ok=True)
    finish_restore(folder)
    return aside


def _doubt_deliveries(copied: Path) -> None:
    """What waited when the copy was made may have gone out since: it is looked for before it is sent."""
    with translated():
        db = sqlite3.connect(uri(copied, "rw"), uri=True, isolation_level=None)
        try:
            db.execute(
                "UPDATE delivery SET state = 'in_doubt', next_at = updated_at, attempts = 0, error = 'interrupted'"
                " WHERE state IN ('waiting', 'sending', 'sign_in')"
            )
        finally:
            db.close()


def finish_restore(folder: Path) -> None:
    """Completes a `restore` that was cut off after it had moved the damaged file away."""
    incoming = folder / INCOMING_FILE
    if incoming.exists() and not Files(folder).main.exists():
        incoming.replace(Files(folder).main)


def _free_name(folder: Path) -> Path:
    number = 1
    while (path := folder / f"desk.damaged-{number}.sqlite3").exists():
        number += 1
    return path
