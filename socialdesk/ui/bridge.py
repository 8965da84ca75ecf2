"""The one bridge between the engine's loop on its own thread and the window's loop.

To the engine: `await bridge.call(services.reading.page, ...)`. From the engine: every value of `core.events` arrives
as `bridge.event` on the GUI thread, in order. A burst wakes the GUI once, however many values it holds, and is handed
on in slices, so that ticks and painting come between.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal

P = ParamSpec("P")
T = TypeVar("T")

_SLICE_S = 0.002  # handing on values never holds the window longer than this


class _Relay(QObject):
    """Carries values over to the GUI thread (`event` itself is a method of QObject that a signal must not replace)."""

    arrived = Signal(object)
    wake = Signal()


class Bridge:
    """`engine` is the running loop of the engine's thread. Made on the GUI thread.

    `event` is a signal with one argument, the value.
    """

    def __init__(self, engine: asyncio.AbstractEventLoop, parent: QObject | None = None) -> None:
        self._engine = engine
        self._relay = _Relay(parent)
        self._waiting: deque[object] = deque()
        self._lock = threading.Lock()
        self._woken = False
        self._relay.wake.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        # The rest of a burst comes by a timer: a queued signal would be handed on before any timer or painting.
        self._rest = QTimer(self._relay)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._deliver)
        self.event = self._relay.arrived

    async def call(self, function: Callable[P, Coroutine[Any, Any, T]], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of `function(*args, **kwargs)`, run on the engine's loop; its errors are raised here.

        Cancelling the awaiting task cancels the work on the engine.
        """
        future = asyncio.run_coroutine_threadsafe(function(*args, **kwargs), self._engine)
        return await asyncio.wrap_future(future)

    def send(self, value: object) -> None:
        """Hands one event to the window. May be called on any thread: give it to `services.events.listen`."""
        with self._lock:
            self._waiting.append(value)
            wake, self._woken = not self._woken, True
        if wake:
            self._relay.wake.emit()

    def _deliver(self) -> None:
        ends = time.perf_counter() + _SLICE_S
        while True:
            with self._lock:
                if not self._waiting:
                    self._woken = False
                    return
                value = self._waiting.popleft()
            self.event.emit(value)
            if time.perf_counter() > ends:
                self._rest.start(0)
                return
