"""What the limits of the requests made here allow next: the last look may have used up what a network gives."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class Noted:
    """`until` is the latest time that a response named for the next read, None = none did."""

    until: datetime | None = None


_NOTED: ContextVar[Noted | None] = ContextVar("limits_noted", default=None)


@contextmanager
def noting_limits() -> Iterator[Noted]:
    """Within this context, and in tasks started in it, limits that were reached are noted."""
    noted = Noted()
    token = _NOTED.set(noted)
    try:
        yield noted
    finally:
        _NOTED.reset(token)


def note_limit(until: datetime | None) -> None:
    noted = _NOTED.get()
    if noted is not None and until is not None and (noted.until is None or until > noted.until):
        noted.until = until
