"""A window over the fakes, on Qt's own loop."""

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
import qasync
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from socialdesk.ui.bridge import Bridge, Relay
from socialdesk.ui.desk import Desk, make_desk
from socialdesk.ui.window import Window
from tests.ui.fakes import NOW, Fakes, lively


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> dict[str, Callable[[], Any]]:
    """Async tests of the window run on Qt's loop, as the program does."""
    return {"qt": _qt_loop}


def _qt_loop() -> asyncio.AbstractEventLoop:
    app = QApplication.instance() or QApplication(["tests"])
    app.setQuitOnLastWindowClosed(False)
    return qasync.QEventLoop(app, already_running=False)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/ui" in item.path.as_posix():
            # The off-screen platform says this of every window with a least size.
            item.add_marker(pytest.mark.qt_log_ignore("propagateSizeHints", extend=True))


@pytest.fixture(scope="session", autouse=True)
def look_only_through_what_tests_make() -> None:
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def collect_on_this_thread() -> Iterator[None]:
    """Qt objects of one test must not be destroyed on a thread of the next."""
    gc.disable()
    yield
    if QApplication.instance() is not None:
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    gc.enable()


async def eventually(true: Callable[[], object], timeout_s: float = 60) -> None:
    """Waits until `true()` is, giving the loop every turn; fails after `timeout_s`."""
    async with asyncio.timeout(timeout_s):
        while not true():  # noqa: ASYNC110 (what is waited for is the state of widgets)
            await asyncio.sleep(0.002)


@pytest.fixture
def fakes() -> Fakes:
    return lively()


@pytest.fixture
async def desk(qapp: QApplication, fakes: Fakes) -> AsyncIterator[Desk]:
    bridge = Bridge()
    fakes.listeners.append(Relay(bridge.event.emit).send)
    made = make_desk(qapp, fakes, bridge, mode="dark", now=lambda: NOW)
    yield made
    await made.pictures.close()
    made.theme.deleteLater()


@pytest.fixture
async def open_window(desk: Desk) -> AsyncIterator[Callable[..., Awaitable[Window]]]:
    """Opens the window and waits until its first columns are filled."""
    opened: list[Window] = []

    async def make(width: int = 1600, height: int = 1000) -> Window:
        window = Window(desk)
        opened.append(window)
        window.resize(width, height)
        await window.load()
        window.show()
        shown = [v for v in window.strip.views() if not v.column.collapsed]
        await eventually(lambda: all(v.model.items or v.empty.isVisible() for v in shown))
        return window

    yield make
    for window in opened:
        window.end()
        window.deleteLater()


@pytest.fixture
def heard() -> Callable[[Any], list[Any]]:
    """Records what a signal carries."""

    def listen(signal: Any) -> list[Any]:
        got: list[Any] = []
        signal.connect(lambda *values: got.append(values[0] if len(values) == 1 else values))
        return got

    return listen
