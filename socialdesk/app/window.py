"""The program with a window: Qt's loop in this process, the engine in its own."""

import asyncio
import contextlib
import logging
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

import qasync
from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from socialdesk import __version__
from socialdesk.app.engine_start import EngineProcess
from socialdesk.app.link import Engine
from socialdesk.app.opening import Opening
from socialdesk.app.profile import Profile
from socialdesk.app.recovery import last_good_copy_of, restore_last_good_copy
from socialdesk.app.signals import closing_on_signals
from socialdesk.core.errors import SocialDeskError
from socialdesk.core.events import StoreTrouble
from socialdesk.core.resources import resource_path
from socialdesk.services.profile_lock import ProfileLock
from socialdesk.ui.bridge import Bridge
from socialdesk.ui.desk import Desk, make_desk
from socialdesk.ui.garbage import Collector
from socialdesk.ui.shell import Shell
from socialdesk.ui.words import sentence, sentence_of

if TYPE_CHECKING:
    from socialdesk.practice.desk import PracticeDesk
    from socialdesk.services.bundle import Services
    from socialdesk.ui.single import FirstDesk

log = logging.getLogger(__name__)
PATIENCE_S = 15.0  # for a first desk that opens or closes
LOCK = "desk.lock"
FIRST_PAINT_S = 2.0  # the longest that the work behind the window waits for its first rows
EMPTY_S = 0.3  # the longest that the window waits for its first rows before it is painted at all
FRAME_S = 0.02
DIED = "The work behind the window stops again and again. What you wrote is kept."


@dataclass(frozen=True, slots=True)
class Opened:
    """The parts of an open window, for a script that drives it."""

    desk: Desk
    shell: Shell
    services: "Services"
    bridge: Bridge
    practice: "PracticeDesk | None"


Script = Callable[[Opened], Awaitable[None]]


class Connects(Protocol):
    """An engine as the program needs it."""

    async def connect(self, bridge: Bridge, died: Callable[[], None]) -> "Services": ...

    async def aclose(self) -> None:
        """Ends it in order and waits for it."""
        ...


def open_window(
    profile: Profile,
    *,
    practice: bool,
    script: Script | None = None,
    lock: ProfileLock | None = None,
    engine: EngineProcess | None = None,
) -> int:
    """Opens the desk of a profile and returns the exit status when it is closed.

    With `practice` the practice networks run beside it. A `script` drives the window and closes it at its end. `lock`
    and `engine` may have been taken and started before, while this module was loaded.
    """
    lock = lock or ProfileLock(profile.data / LOCK)
    patient_until = time.monotonic() + PATIENCE_S
    while not lock.acquire():  # the first may still be opening, or already closing
        if _raise_first_desk(profile):
            return 0
        if time.monotonic() > patient_until:
            return _say("Another desk of this profile is open and does not answer.")
        time.sleep(0.1)
    try:
        with _engine_of(profile, engine, practice=practice) as (joined, stand_ins):
            app = _application()
            with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
                return runner.run(Program(app, joined, profile, stand_ins).run(script))
    finally:
        lock.release()


@contextlib.contextmanager
def _engine_of(
    profile: Profile, started: EngineProcess | None, *, practice: bool
) -> Iterator["tuple[Engine, PracticeDesk | None]"]:
    """The engine, with the practice networks where they are wanted; both are stopped at the end."""
    with contextlib.ExitStack() as stack:
        stand_ins, ports = None, frozenset[int]()
        if practice:
            from socialdesk.practice.desk import PracticeDesk  # the practice networks: only where they are wanted

            stand_ins = stack.enter_context(PracticeDesk(trickle_s=20))
            ports = stand_ins.ports
        opening = Opening(profile, keeps_secrets=not practice, trusted_ports=ports)
        engine = Engine(opening, started, None if stand_ins is None else partial(_sign_in_again, stand_ins))
        stack.callback(engine.close)
        yield engine, stand_ins


async def _sign_in_again(practice: "PracticeDesk", services: "Services") -> None:
    from socialdesk.app.practising import sign_in  # the practice networks: only where they are wanted

    await sign_in(services, practice.credentials)


_LEVELS = {QtMsgType.QtWarningMsg: logging.WARNING, QtMsgType.QtCriticalMsg: logging.ERROR}


def _to_log(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    """What Qt says goes to the log, not into the person's terminal."""
    logging.getLogger("socialdesk.qt").log(_LEVELS.get(kind, logging.INFO), message)


def _application() -> QApplication:
    qInstallMessageHandler(_to_log)
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
    app.setApplicationName("SocialDesk")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("socialdesk")
    app.setWindowIcon(QIcon(str(resource_path("icons/socialdesk.svg"))))
    app.setQuitOnLastWindowClosed(False)
    return app


class Program:
    """A window over an engine that was started for it, from its first paint to the end of both."""

    def __init__(self, app: QApplication, engine: Connects, profile: Profile, practice: "PracticeDesk | None") -> None:
        self._app, self._engine, self._profile, self._practice = app, engine, profile, practice
        self._closed = asyncio.Event()
        self._restore = self._again = False
        self._desk: Desk | None = None

    async def run(self, script: Script | None) -> int:
        """The whole life of the window."""
        bridge = Bridge()
        try:
            services = await self._engine.connect(bridge, self._engine_died)
        except (SocialDeskError, OSError) as error:
            return self._cannot_open(error)
        collector = Collector(self._app)
        mode = await bridge.call(services.settings.get, "theme", "system")
        desk = make_desk(self._app, services, bridge, mode=str(mode))
        shell = Shell(desk)
        shell.window.closing.connect(self._closed.set)
        desk.actions.practise.connect(_open_practice_desk)
        self._desk = desk
        if self._practice is not None:
            from socialdesk.app.practising import furnish  # the practice networks: only where they are wanted

            await furnish(services, self._practice)
            shell.window.setWindowTitle("SocialDesk: practice")
        await shell.load()
        await _show(shell)
        shell.load_rest()
        from socialdesk.ui.single import FirstDesk  # start-up: not before the first paint

        first = FirstDesk(_socket_name(self._profile), lambda: _raise(shell), self._app)
        try:
            await bridge.call(services.start)
        except SocialDeskError as error:  # reading and writing drafts work all the same
            log.warning("the work behind the window did not begin: %s", error)
            desk.actions.tell(sentence_of(error))
        collector.settle()
        bridge.event.connect(lambda event: self._offer_restore(event, desk))
        checking = asyncio.ensure_future(bridge.call(services.health.check_store))
        try:
            with closing_on_signals(self._closed.set):
                if script is not None:
                    await script(Opened(desk, shell, services, bridge, self._practice))
                else:
                    await self._until_saved(desk, shell)
        finally:
            checking.cancel()
            await self._close(desk, shell, first)
            collector.stop()
        if self._restore:
            restore_last_good_copy(self._profile)
        if self._restore or self._again:
            _start_again()
        return 0

    def _offer_restore(self, event: object, desk: Desk) -> None:
        """The file was read to its end and is damaged: the way back is one button."""
        if isinstance(event, StoreTrouble) and last_good_copy_of(self._profile) is not None:
            desk.actions.notice.emit(sentence(event.reason), "Restore the last good copy", self._close_and_restore)

    def _close_and_restore(self) -> None:
        self._restore = True
        self._closed.set()

    def _engine_died(self) -> None:
        if self._desk is not None:
            self._desk.actions.notice.emit(DIED, "Start again", self._close_and_start_again)

    def _close_and_start_again(self) -> None:
        self._again = True
        self._closed.set()

    async def _until_saved(self, desk: Desk, shell: Shell) -> None:
        """Returns when the window was closed with every letter on disk, or closed once more although that failed."""
        refused = False
        while True:
            await self._closed.wait()
            try:
                await shell.close()
            except SocialDeskError as error:
                if refused:
                    return
                refused = True
                self._closed.clear()
                desk.actions.tell(f"{sentence_of(error)} What you wrote is not saved. Close again to lose it.")
            else:
                return

    async def _close(self, desk: Desk, shell: Shell, first: "FirstDesk") -> None:
        """Every letter on disk, then the engine in order, then the window."""
        first.close()
        try:
            await shell.close()
        except SocialDeskError as error:
            log.warning("the draft could not be saved at the end: %s", error)
        await desk.pictures.close()
        shell.window.hide()
        await self._engine.aclose()
        shell.window.end()

    def _cannot_open(self, error: Exception) -> int:
        from socialdesk.app.refusal import tell  # start-up: only where the desk cannot be opened

        log.error("the desk cannot be opened: %s", error)
        if not tell(error, self._profile):
            return 1
        _start_again()
        return 0


def _socket_name(profile: Profile) -> str:
    return f"socialdesk-{profile.tag}"


def _raise_first_desk(profile: Profile) -> bool:
    from socialdesk.ui.single import raise_first  # start-up: only for a second start

    return raise_first(_socket_name(profile))


async def _show(shell: Shell) -> None:
    """Returns after the first paint with rows in it. What follows would take a tenth of a second from it."""
    window = shell.window
    window.setUpdatesEnabled(False)
    window.show()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(EMPTY_S):
            await window.strip.filled()
    window.setUpdatesEnabled(True)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(FIRST_PAINT_S):
            await window.strip.filled()
            await asyncio.sleep(FRAME_S)


def _raise(shell: Shell) -> None:
    window = shell.window
    window.setWindowState(window.windowState() & ~window.windowState().WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()


def _open_practice_desk() -> None:
    """A second program with a profile of its own; this one stays as it is."""
    subprocess.Popen([sys.executable, "-m", "socialdesk", "--practice"], start_new_session=True)


def _start_again() -> None:
    os.execv(sys.executable, [sys.executable, "-m", "socialdesk", *sys.argv[1:]])  # noqa: S606


def _say(text: str) -> int:
    sys.stderr.write(text + "\n")
    return 1
