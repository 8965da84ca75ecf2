"""The whole window with its panels over stand-in services."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from socialdesk.ui.bridge import Bridge, Relay
from socialdesk.ui.desk import Desk, make_desk
from socialdesk.ui.shell import Shell
from tests.ui.conftest import eventually
from tests.ui.fakes import NOW, row
from tests.ui.panel_fakes import PanelFakes

Open = Callable[[], Awaitable[Shell]]


def press(shell: Shell, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """A key as the system sends it: to whatever has the keyboard."""
    QTest.keyClick(QApplication.focusWidget() or shell.window, key, modifiers)


@pytest.fixture
def panels() -> PanelFakes:
    fakes = PanelFakes()
    fakes.add_column("Home", [row(n, seen=n > 1) for n in range(12)])
    fakes.add_column("Second", [row(n, seen=True) for n in range(20, 30)])
    return fakes


def active_title(shell: Shell) -> str:
    column = shell.window.strip.active()
    return column.column.title if column is not None else ""


class Browser(QObject):
    """Takes the addresses that the desk hands to the system's browser."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.opened.append(url.toString())


@pytest.fixture
def browser() -> Iterator[Browser]:
    taker = Browser()
    for scheme in ("http", "https"):
        QDesktopServices.setUrlHandler(scheme, taker, "take")
    yield taker
    for scheme in ("http", "https"):
        QDesktopServices.unsetUrlHandler(scheme)


@pytest.fixture
async def panel_desk(qapp: QApplication, panels: PanelFakes, browser: Browser) -> AsyncIterator[Desk]:
    bridge = Bridge()
    panels.listeners.append(Relay(bridge.event.emit).send)
    made = make_desk(qapp, panels, bridge, mode="dark", now=lambda: NOW)
    yield made
    await made.pictures.close()
    made.theme.deleteLater()


@pytest.fixture
async def open_shell(panel_desk: Desk) -> AsyncIterator[Open]:
    """Opens the window; the test may open it again, as a second start."""
    opened: list[Shell] = []

    async def make() -> Shell:
        shell = Shell(panel_desk)
        opened.append(shell)
        shell.window.resize(1500, 900)
        await shell.load()
        shell.window.show()
        shell.load_rest()
        shell.window.activateWindow()
        await eventually(lambda: all(v.model.items or v.empty.isVisible() for v in shell.window.strip.views()))
        return shell

    yield make
    for shell in opened:
        await shell.close()
        shell.window.end()
        shell.window.deleteLater()


@pytest.fixture
async def shell(open_shell: Open) -> Shell:
    return await open_shell()
