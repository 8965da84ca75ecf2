"""The window's end of the engine's process: calls one way, answers and events the other."""

import asyncio
import itertools
import logging
import time
from collections import deque
from collections.abc import Callable
from typing import Any, cast

from socialdesk.app.engine_start import EngineProcess
from socialdesk.app.protocol import Answer, Call, Cancel, Failed, Opening, Ready, Said
from socialdesk.app.remote import RemoteServices
from socialdesk.content.wire import frame, unpack
from socialdesk.core.errors import EngineStopped
from socialdesk.core.events import AccountsChanged, ColumnsChanged, OutboxChanged
from socialdesk.services.bundle import Services
from socialdesk.ui.bridge import Bridge, Relay

MOST_DEATHS = 3
WITHIN_S = 60.0
log = logging.getLogger(__name__)


class Engine:
    """The engine of one window. Its process may have been started before (`first`), to lose no time.

    One that dies is started again: calls under way fail with `EngineStopped`, what is on disk is all there, and a
    delivery that was under way is in doubt and looked for, as after any crash.
    """

    def __init__(self, opening: Opening, first: EngineProcess | None = None) -> None:
        self._opening = opening
        self._engine = first or EngineProcess(opening)
        self._ids = itertools.count(1)
        self._pending: dict[int, asyncio.Future[Any]] = {}
        self._deaths: deque[float] = deque(maxlen=MOST_DEATHS)
        self._started = self._closed = self._gone = False

    async def connect(self, bridge: Bridge, died: Callable[[], None] = lambda: None) -> Services:
        """Stand-ins for the services, when the engine is there. Called once, on the window's loop.

        `bridge.event` carries what the services say; `died` is called when the engine died too often to go on. Raises
        what opening it raised (StoreError, OSError, EngineStopped).
        """
        self._bridge, self._died = bridge, died
        self._loop = asyncio.get_running_loop()
        self._ready: asyncio.Future[Ready] = self._loop.create_future()
        self._relay = Relay(self._take)
        self._listen(self._engine)
        ready = await asyncio.shield(self._ready)
        return cast(Services, RemoteServices(self.ask, ready.facts))

    @property
    def pid(self) -> int:
        """Process id of the engine that serves now."""
        return self._engine.pid

    def _listen(self, engine: EngineProcess) -> None:
        self._engine = engine
        engine.listen(lambda body: self._relay.send((engine, body)))

    async def ask(self, path: str, *args: Any, **kwargs: Any) -> Any:
        """What the method of a service gives; its errors are raised here, cancelling cancels it there."""
        if self._gone:
            raise EngineStopped("the engine's process ended too often")
        number = next(self._ids)
        answer = self._pending[number] = self._loop.create_future()
        self._engine.send(frame(Call(number, path, args, kwargs)))
        try:
            value = await answer
        except asyncio.CancelledError:
            self._engine.send(frame(Cancel(number)))
            raise
        finally:
            self._pending.pop(number, None)
        self._started = self._started or path == "start"
        return value

    def close(self) -> None:
        """Ends the engine in order and waits for it. On any thread."""
        self._closed = True
        self._engine.stop()

    def _take(self, arrived: tuple[EngineProcess, bytes | None]) -> None:
        engine, body = arrived
        if body is None:
            self._ended(engine)
            return
        said = unpack(body)
        if isinstance(said, Said):
            self._bridge.event.emit(said.event)
        elif isinstance(said, Answer):
            self._settle(said)
        elif isinstance(said, Ready):
            self._begin(said)
        elif isinstance(said, Failed) and not self._ready.done():
            self._ready.set_exception(said.error)

    def _settle(self, answer: Answer) -> None:
        waiting = self._pending.get(answer.id)
        if waiting is None or waiting.done():
            return
        if answer.error is not None:
            waiting.set_exception(answer.error)
        else:
            waiting.set_result(answer.value)

    def _begin(self, ready: Ready) -> None:
        if not self._ready.done():
            self._ready.set_result(ready)
            return
        if self._started:
            self._engine.send(frame(Call(next(self._ids), "start", (), {})))
        for event in (ColumnsChanged(), AccountsChanged(), OutboxChanged(0)):  # what was said meanwhile is not known
            self._bridge.event.emit(event)

    def _ended(self, engine: EngineProcess) -> None:
        for waiting in tuple(self._pending.values()):
            if not waiting.done():
                waiting.set_exception(EngineStopped("the engine's process ended"))
        if not self._ready.done():
            self._ready.set_exception(EngineStopped("the engine's process ended before it was ready"))
        if self._closed or self._ready.exception() is not None:
            return
        log.error("the engine's process %d ended; it is started again", engine.pid)
        now = time.monotonic()
        if len(self._deaths) == MOST_DEATHS and now - self._deaths[0] < WITHIN_S:
            self._gone = True
            self._died()
            return
        self._deaths.append(now)
        engine.stop(0)
        self._listen(EngineProcess(self._opening))
