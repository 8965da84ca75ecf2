"""One desk per profile: a later start raises the first, and what a killed desk left behind heals."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalServer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from socialdesk.app.profile import Profile
from socialdesk.services.profile_lock import ProfileLock
from socialdesk.ui.single import FirstDesk, raise_first
from tests.support.program import Program

PATIENCE_MS = 30_000


class Starts:
    """Starts the desk off-screen, each time as a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.profile = Profile.choose(folder / "profile")
        self.name = f"socialdesk-{self.profile.tag}"
        self._program = Program(folder, QT_QPA_PLATFORM="offscreen")
        self._running: list[subprocess.Popen[bytes]] = []

    def desk(self) -> subprocess.Popen[bytes]:
        started = subprocess.Popen(
            [sys.executable, "-m", "socialdesk"],
            env=self._program.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        self._running.append(started)
        return started

    def answers(self) -> bool:
        """Whether a desk of the profile is open and comes to the front."""
        deadline = time.monotonic() + PATIENCE_MS / 1000
        while time.monotonic() < deadline:
            if raise_first(self.name):
                return True
        return False

    def end(self) -> None:
        for process in self._running:
            if process.poll() is None:
                process.kill()
            process.communicate()


@pytest.fixture
def starts(tmp_path: Path, qapp: QApplication) -> Iterator[Starts]:
    made = Starts(tmp_path)
    yield made
    made.end()


def test_a_second_start_raises_the_first_window_and_ends(starts: Starts, qtbot: QtBot) -> None:
    lock = ProfileLock(starts.profile.data / "desk.lock")
    assert lock.acquire()
    raised: list[bool] = []
    first = FirstDesk(starts.name, lambda: raised.append(True))
    second = starts.desk()
    qtbot.waitUntil(lambda: second.poll() is not None, timeout=PATIENCE_MS)
    assert (second.returncode, raised) == (0, [True])
    first.close()
    lock.release()


def test_two_starts_at_once_open_one_desk(starts: Starts, qtbot: QtBot) -> None:
    both = [starts.desk(), starts.desk()]
    qtbot.waitUntil(lambda: any(desk.poll() is not None for desk in both), timeout=PATIENCE_MS)
    ended = [desk for desk in both if desk.poll() is not None]
    assert [desk.returncode for desk in ended] == [0]
    assert starts.answers()


def test_what_a_killed_desk_left_is_no_obstacle(starts: Starts) -> None:
    killed = starts.desk()
    assert starts.answers()
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    assert not raise_first(starts.name)
    again = starts.desk()
    assert starts.answers()
    assert again.poll() is None


def test_a_start_while_the_first_is_closing_waits_and_opens(starts: Starts, qtbot: QtBot) -> None:
    lock = ProfileLock(starts.profile.data / "desk.lock")
    assert lock.acquire()
    closing = QLocalServer()
    closing.listen(starts.name)
    later = starts.desk()
    qtbot.waitUntil(closing.hasPendingConnections, timeout=PATIENCE_MS)
    closing.close()
    lock.release()
    assert starts.answers()
    assert later.poll() is None
