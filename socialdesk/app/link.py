"""The window's end of the engine's process: calls one way, answers and events the other."""

import asyncio
import contextlib
import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, cast

from socialdesk.app import ahead
from socialdesk.app.engine_start import STOP_S, EngineProcess
from socialdesk.app.frames import FrameWriter, read_frame
from socialdesk.app.opening import Opening
from socialdesk.app.protocol import ANSWER, CALL, CANCEL, FAILED, KNOWN, READY, SAID
from socialdesk.app.remote import RemoteServices
from socialdesk.content.wire import frame, unpack
from socialdesk.core.errors import EngineStopped, SocialDeskError
from socialdesk.core.events import AccountsChanged, ColumnsChanged, NetworksChanged, OutboxChanged
from socialdesk.ui.bridge import Bridge, Relay

if TYPE_CHECKING:
    from socialdesk.services.bundle import Services

MOST_DEATHS = 3
WITHIN_S = 60.0
log = logging.getLogger(__name__)


class Engine:
    """The engine of one window. Its process may have been started before (`first`), to lose no time.

    One that dies is started again: calls under way fail with `EngineStopped`, what is on disk is all there, and a
    delivery that was under way is in doubt and looked for, as after any crash. `again` is awaited with the services of
    each further one before its work begins.
    """

    def __init__(
        self,
        opening: Opening,
        first: EngineProcess | None = None,
        again: "Callable[[Services], Awaitable[None]] | None" = None,
    ) -> None:
        self._opening = opening
        self._again = again
        self._going_on: asyncio.Task[None] | None = None
        self._engine = first or EngineProcess(opening)
        self._writer: FrameWriter | None = None
        self._reader: threading.Thread | None = None
        self._relay: Relay | None = None
        self._ids = itertools.count(1)
        self._pending: dict[int, asyncio.Future[Any]] = {}
        self._foreseen: dict[str, Any] = {}
        self._deaths: deque[float] = deque(maxlen=MOST_DEATHS)
        self._started = self._closed = self._gone = False

    async def connect(self, bridge: Bridge, died: Callable[[], None] = lambda: None) -> "Services":
        """Stand-ins for the services, when the engine is there. Called once, on the window's loop.

        `bridge.event` carries what the services say; `died` is called when the engine died too often to go on. Raises
        what opening it raised (StoreError, OSError, EngineStopped).
        """
        self._bridge, self._died = bridge, died
        self._loop = asyncio.get_running_loop()
        self._ready: asyncio.Future[RemoteServices] = self._loop.create_future()
        self._relay = Relay(self._take)
        self._listen(self._engine)
        return cast("Services", await asyncio.shield(self._ready))

    @property
    def pid(self) -> int:
        """Process id of the engine that serves now."""
        return self._engine.pid

    def _listen(self, engine: EngineProcess) -> None:
        self._engine, self._writer = engine, FrameWriter(engine.calls)
        self._reader = threading.Thread(target=_read, args=(engine, self._relay), name="engine", daemon=True)
        self._reader.start()

    def _send(self, said: tuple[Any, ...]) -> None:
        assert self._writer is not None  # noqa: S101 - nobody asks before `connect`
        self._writer.send(frame(said))

    async def ask(self, path: str, *args: Any, **kwargs: Any) -> Any:
        """What the method of a service gives; its errors are raised here, cancelling cancels it there."""
        if self._gone or self._closed:
            raise EngineStopped("the engine has ended")
        asked = ahead.key(path, args, kwargs) if self._foreseen else ""
        if asked in self._foreseen:
            return self._foreseen.pop(asked)
        self._foreseen.clear()
        number = next(self._ids)
        answer = self._pending[number] = self._loop.create_future()
        self._send((CALL, number, path, args, kwargs))
        try:
            value = await answer
        except asyncio.CancelledError:
            self._send((CANCEL, number))
            raise
        finally:
            self._pending.pop(number, None)
        self._started = self._started or path == "start"
        return value

    async def aclose(self) -> None:
        """Ends the engine in order and waits for it."""
        self._closed = True
        # The thread that waits is given no Qt object: it could be the last that holds one, and would destroy it.
        await asyncio.to_thread(_end, self._engine, self._writer, self._reader)
        self._relay = None
        self._let_go()

    def _let_go(self) -> None:
        """Nobody answers the calls under way any more."""
        for waiting in tuple(self._pending.values()):
            if not waiting.done():
                waiting.set_exception(EngineStopped("the engine's process ended"))

    def close(self) -> None:
        """Like `aclose`, blocking; for a program that did not get as far as a loop."""
        self._closed = True
        _end(self._engine, self._writer, self._reader)
        self._relay = None

    def _take(self, arrived: tuple[EngineProcess, bytes | None]) -> None:
        engine, body = arrived
        if body is None:
            self._ended(engine)
            return
        word, *values = unpack(body)
        if word == SAID:
            self._bridge.event.emit(values[0])
        elif word == ANSWER:
            self._settle(*values)
        elif word == READY:
            looks, facts, self._foreseen = values
            self._begin(RemoteServices(self.ask, looks, facts))
        elif word == KNOWN:
            self._ready.result().accounts.learn(*values)
            self._bridge.event.emit(NetworksChanged())
        elif word == FAILED and not self._ready.done():
            self._ready.set_exception(values[0])

    def _settle(self, number: int, value: Any, error: Exception | None) -> None:
        waiting = self._pending.get(number)
        if waiting is None or waiting.done():
            return
        if error is not None:
            waiting.set_exception(error)
        else:
            waiting.set_result(value)

    def _begin(self, services: RemoteServices) -> None:
        if not self._ready.done():
            self._ready.set_result(services)
            return
        self._going_on = asyncio.ensure_future(self._go_on())

    async def _go_on(self) -> None:
        """A further engine takes up the work where the one before left it."""
        if self._again is not None:
            try:
                await self._again(cast("Services", self._ready.result()))
            except SocialDeskError as error:
                log.warning("not everything is as it was before the engine ended: %s", error)
        if self._started:
            self._send((CALL, next(self._ids), "start", (), {}))
        for event in (ColumnsChanged(), AccountsChanged(), OutboxChanged(0)):  # what was said meanwhile is not known
            self._bridge.event.emit(event)

    def _ended(self, engine: EngineProcess) -> None:
        self._let_go()
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
        _end(self._engine, self._writer, self._reader, 0)
        self._listen(EngineProcess(self._opening))


def _read(engine: EngineProcess, relay: Relay) -> None:
    """Hands on (engine, frame) until the pipe ends, then (engine, None)."""
    with engine.answers, contextlib.suppress(EOFError, OSError, ValueError):
        while True:
            relay.send((engine, read_frame(engine.answers)))
    relay.send((engine, None))


def _end(
    engine: EngineProcess, writer: FrameWriter | None, reader: threading.Thread | None, timeout_s: float = STOP_S
) -> None:
    if writer is not None:
        writer.close(timeout_s)
    else:
        engine.calls.close()
    engine.wait(timeout_s)
    if reader is not None:
        reader.join()  # it ends with the process
