"""Whether a person waits for the requests made here: they then skip the polite gap, never a server's own wait."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_WAITS: ContextVar[bool] = ContextVar("person_waits", default=False)


@contextmanager
def person_waits(waits: bool) -> Iterator[None]:
    """Within this context, and in tasks started in it, requests are urgent if `waits`."""
    token = _WAITS.set(waits)
    try:
        yield
    finally:
        _WAITS.reset(token)


def a_person_waits() -> bool:
    return _WAITS.get()
