"""What a person did to entries while there was no connection: one wish per entry and kind of action."""

import sqlite3

from socialdesk.store import settings

_KEY = "acts.waiting"


def wish(db: sqlite3.Connection, entry_id: int, done: str, action: str) -> None:
    """Keeps an action for later. `done` is its kind (like, reshare, bookmark); undoing what still waits leaves nothing.

    Use with `durable=True`.
    """
    waiting = _all(db)
    name = f"{entry_id} {done}"
    earlier = waiting.pop(name, None)
    if earlier is None or earlier == action:
        waiting[name] = action
    settings.put(db, _KEY, waiting)


def forget(db: sqlite3.Connection, entry_id: int, done: str) -> None:
    """The network has answered, or the entry is gone."""
    waiting = _all(db)
    if waiting.pop(f"{entry_id} {done}", None) is not None:
        settings.put(db, _KEY, waiting)


def waiting(db: sqlite3.Connection) -> tuple[tuple[int, str], ...]:
    """(entry id, action), the first wished first."""
    return tuple((int(name.split()[0]), action) for name, action in _all(db).items())


def _all(db: sqlite3.Connection) -> dict[str, str]:
    return dict(settings.get(db, _KEY, {}))
