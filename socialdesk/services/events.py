"""News from the engine to whoever listens."""

import logging
from collections.abc import Callable

from socialdesk.core.events import Event

log = logging.getLogger(__name__)
Listener = Callable[[Event], None]


class Events:
    """Calls every listener on the engine's thread, in order. A listener that fails is logged and stops nobody."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Adds `listener`; the returned function removes it."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def send(self, event: Event) -> None:
        for listener in tuple(self._listeners):
            try:
                listener(event)
            except Exception:
                log.exception("a listener failed on %s", type(event).__name__)
