"""The practice networks on threads of their own, for commands in other processes and for the window."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import qasync
from PySide6.QtCore import QEvent
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

from socialdesk.practice.desk import THREE, PracticeDesk
from tests.end2end.desk import Browser, RunningDesk


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> dict[str, Callable[[], Any]]:
    """Async tests are those of the window; they run on Qt's loop, as the program does."""
    return {"qt": _qt_loop}


def _qt_loop() -> asyncio.AbstractEventLoop:
    app = QApplication.instance() or QApplication(["tests"])
    app.setQuitOnLastWindowClosed(False)
    return qasync.QEventLoop(app, already_running=False)


@pytest.fixture(scope="module")
def practice() -> Iterator[PracticeDesk]:
    with PracticeDesk(THREE) as desk:
        yield desk


@pytest.fixture
def browser() -> Iterator[Browser]:
    taker = Browser()
    for scheme in ("http", "https"):
        QDesktopServices.setUrlHandler(scheme, taker, "take")
    yield taker
    for scheme in ("http", "https"):
        QDesktopServices.unsetUrlHandler(scheme)


@pytest.fixture
def collect_on_this_thread() -> Iterator[None]:
    """Qt objects of one test must not be destroyed on a thread of the next, nor slow it down."""
    gc.disable()
    yield
    for left in QApplication.topLevelWidgets():
        left.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    gc.enable()


@pytest.fixture
async def closed_desk(
    qapp: QApplication,
    tmp_path: Path,
    browser: Browser,
    collect_on_this_thread: None,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[RunningDesk]:
    """Practice networks and a keyring of its own, nothing opened yet."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.support.file_keyring.FileKeyring")
    monkeypatch.setenv("FILE_KEYRING", str(tmp_path / "keyring.json"))
    with PracticeDesk(THREE) as practice:
        desk = RunningDesk(qapp, tmp_path, practice, browser)
        yield desk
        await desk.end()


@pytest.fixture
async def desk(closed_desk: RunningDesk) -> RunningDesk:
    """An open desk with full columns."""
    await closed_desk.open()
    closed_desk.window.resize(1600, 1000)
    await closed_desk.filled()
    return closed_desk
