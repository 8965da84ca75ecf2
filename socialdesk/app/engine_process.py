"""The engine's process, seen from inside: serves the calls of one window until its pipe ends.

Processor work of the engine (parsing answers, writing rows) would otherwise hold the interpreter that the window paints
with: `docs/performance.md` has the numbers.
"""

import asyncio
import contextlib
import gc
import logging
import operator
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import IO, Any

from socialdesk.app import ahead
from socialdesk.app.engine import open_services
from socialdesk.app.frames import FrameWriter, read_frame
from socialdesk.app.logs import log_to_file
from socialdesk.app.networks import others_networks
from socialdesk.app.opening import Opening
from socialdesk.app.protocol import ANSWER, CALL, FAILED, KNOWN, READY, SAID
from socialdesk.content.wire import PREFIX, frame, unpack
from socialdesk.services.bundle import Services
from socialdesk.vault import MemoryVault

NICE = 3
LOG = "engine.log"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
log = logging.getLogger(__name__)


def main() -> None:
    """Serves standard input; answers go to what was standard output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the window, which closes the pipe
    calls, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 1)  # what a library prints must not reach the pipe
    with contextlib.suppress(AttributeError, OSError):
        os.nice(NICE)  # the window goes first where both want the processor
    opening = Opening.of_words(sys.argv[1:])
    with contextlib.suppress(OSError):  # a folder that cannot be used is told when the store is opened
        log_to_file(opening.profile, LOG)
    out = FrameWriter(answers)
    asyncio.run(_serve(opening, calls, out.send))
    out.close()


async def _serve(opening: Opening, calls: IO[bytes], send: Callable[[bytes], None]) -> None:
    vault = None if opening.keeps_secrets else MemoryVault()

    def trusts(host: str, port: int) -> bool:
        return host in LOOPBACK and port in opening.trusted_ports

    try:
        async with open_services(opening.profile, vault, trusts, only_own_networks=True) as services:
            send(_networks(READY, services, await ahead.answers(services)))
            services.events.listen(lambda event: send(frame((SAID, event))))
            gc.freeze()  # what the start made stays: no collection looks through it again
            gc.enable()
            await Desk(services, send).serve(calls)
    except Exception as error:  # told in the window, which cannot open without
        log.exception("the engine ended")
        send(frame((FAILED, portable(error))))


def _networks(word: str, services: Services, *more: Any) -> bytes:
    accounts = services.accounts
    return frame((word, accounts.looks(), frame(accounts.networks())[PREFIX.size :], *more))


class Desk:
    """The calls of one window, each a task; one that fails is its own answer and stops nobody."""

    def __init__(self, services: Services, send: Callable[[bytes], None]) -> None:
        self._services, self._send = services, send
        self._running: dict[int, asyncio.Task[None]] = {}
        self._ended = asyncio.Event()

    async def serve(self, calls: IO[bytes]) -> None:
        """Returns when the window has closed its end."""
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._read, args=(calls, loop), name="calls", daemon=True).start()
        await self._ended.wait()
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    def _read(self, calls: IO[bytes], loop: asyncio.AbstractEventLoop) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended
            with contextlib.suppress(EOFError, OSError, ValueError):
                while True:
                    loop.call_soon_threadsafe(self._take, unpack(read_frame(calls)))
            loop.call_soon_threadsafe(self._ended.set)

    def _take(self, asked: tuple[Any, ...]) -> None:
        word, number, *call = asked
        if word == CALL:
            self._running[number] = asyncio.create_task(self._answer(number, *call))
        elif number in self._running:
            self._running[number].cancel()

    async def _answer(self, number: int, path: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        try:
            value = await operator.attrgetter(path)(self._services)(*args, **kwargs)
            answer = frame((ANSWER, number, value, None))
            if path == "start":
                await self._add_networks()
        except asyncio.CancelledError:
            answer = b""
        except Exception as error:
            answer = frame((ANSWER, number, None, portable(error)))
        finally:
            self._running.pop(number, None)
        if answer:
            self._send(answer)

    async def _add_networks(self) -> None:
        """Adapters of other packages: looking for them takes time that the first paint does not wait for."""
        found = await asyncio.to_thread(others_networks)
        if found:
            self._services.accounts.add_networks(found)
            self._send(_networks(KNOWN, self._services))


def portable(error: Exception) -> Exception:
    """`error`, or where it cannot be pickled and read again, one with its words."""
    try:
        unpack(frame(error)[PREFIX.size :])
    except Exception:
        log.exception("an error that cannot cross to the window: %r", error)
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
