"""The window's way to the engine and back.

To the engine: `await bridge.call(services.reading.page, ...)`. From the engine: every value of `core.events` is carried
by `bridge.event` on the GUI thread, in order.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal

P = ParamSpec("P")
T = TypeVar("T")

_SLICE_S = 0.002  # handing on values never holds the window longer than this


class Relay(QObject):
    """Hands values of other threads to `take` on the GUI thread, where it is made, in order.

    A burst wakes the GUI once, however many values it holds, and is handed on in slices, so that ticks and painting
    come between.
    """

    _wake = Signal()

    def __init__(self, take: Callable[[Any], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._take = take
        self._waiting: deque[object] = deque()
        self._lock = threading.Lock()
        self._woken = False
        self._wake.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        # The rest of a burst comes by a timer: a queued signal would be handed on before any timer or painting.
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._deliver)

    def send(self, value: object) -> None:
        """Hands one value over. May be called on any thread."""
        with self._lock:
            self._waiting.append(value)
            wake, self._woken = not self._woken, True
        if wake:
            self._wake.emit()

    def _deliver(self) -> None:
        ends = time.perf_counter() + _SLICE_S
        while True:
            with self._lock:
                if not self._waiting:
                    self._woken = False
                    return
                value = self._waiting.popleft()
            self._take(value)
            if time.perf_counter() > ends:
                self._rest.start(0)
                return


class _Events(QObject):
    happened = Signal(object)  # `event` itself is a method of QObject that a signal must not replace


class Bridge:
    """`event` is a signal with one argument, the value. Made on the GUI thread."""

    def __init__(self) -> None:
        self._events = _Events()
        self.event = self._events.happened

    async def call(self, function: Callable[P, Coroutine[Any, Any, T]], *args: P.args, **kwargs: P.kwargs) -> T:
        """What a service's method gives; its errors are raised here, cancelling the awaiting task cancels the work."""
        return await function(*args, **kwargs)
