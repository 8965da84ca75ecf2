"""A desk that a test opens, uses and closes: the real program over a profile of its own and the practice networks."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QPoint, Qt, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from socialdesk.app.link import Engine
from socialdesk.app.opening import Opening
from socialdesk.app.profile import Profile
from socialdesk.app.window import Opened, Program
from socialdesk.core.rows import Row
from socialdesk.practice.desk import PracticeDesk
from socialdesk.practice.server import PracticeServer
from socialdesk.ui.column import actions_row
from socialdesk.ui.column.column import ColumnView
from socialdesk.ui.controls import IconButton

NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton


async def eventually(true: Callable[[], object], timeout_s: float = 60) -> None:
    """Waits until `true()` is, giving the window every turn; fails after `timeout_s`."""
    async with asyncio.timeout(timeout_s):
        while not true():  # noqa: ASYNC110 (what is waited for is the state of widgets)
            await asyncio.sleep(0.004)


class Browser(QObject):
    """Takes the addresses that the desk hands to the system's browser."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot("QUrl")
    def take(self, url: Any) -> None:
        self.opened.append(url.toEncoded().data().decode())


class RunningDesk:
    """Opened and closed as often as a test wants; profile and keyring stay."""

    def __init__(self, app: QApplication, folder: Path, practice: PracticeDesk, browser: Browser) -> None:
        self._app, self.practice, self.browser = app, practice, browser
        self._profile = Profile.choose(folder)
        self._program: asyncio.Task[int] | None = None
        self._opened: Opened | None = None

    # Opening and closing

    async def open(self, *, furnished: bool = True) -> None:
        """Returns when the window is shown; its columns may still be empty."""
        engine = Engine(Opening(self._profile, trusted_ports=self.practice.ports))
        there: asyncio.Future[Opened] = asyncio.get_running_loop().create_future()

        async def script(opened: Opened) -> None:
            closing = asyncio.Event()
            opened.shell.window.closing.connect(closing.set)
            there.set_result(opened)
            await closing.wait()

        program = Program(self._app, engine, self._profile, self.practice if furnished else None)
        self._program = asyncio.create_task(program.run(script))
        await asyncio.wait({there, self._program}, return_when=asyncio.FIRST_COMPLETED)
        self._opened = there.result()
        self.window.activateWindow()

    async def close(self) -> None:
        """Presses the window's own close button and waits until the program has ended."""
        if self._program is not None:
            self.window.close()
            assert await self._program == 0
            self._program = None

    async def end(self) -> None:
        with suppress(RuntimeError):
            await self.close()

    async def filled(self) -> None:
        """Returns when every column shows cards, nothing is being fetched, and nothing that came waits to be shown."""

        def is_full(view: ColumnView) -> bool:
            return bool(view.model.items) and not view.header.busy and view.loader.up_to_date

        await eventually(lambda: self.views and all(map(is_full, self.views)))

    # Its parts

    @property
    def opened(self) -> Opened:
        assert self._opened is not None
        return self._opened

    @property
    def shell(self) -> Any:
        return self.opened.shell

    @property
    def window(self) -> Any:
        return self.opened.shell.window

    @property
    def views(self) -> tuple[ColumnView, ...]:
        return self.opened.shell.window.strip.views()

    @property
    def toast(self) -> str:
        return str(self.window.toast.label.text())

    def column(self, title: str) -> ColumnView:
        return next(view for view in self.views if view.column.title == title)

    def server(self, network: str) -> Any:
        server: PracticeServer = self.practice.servers[network]
        return server

    async def ask(self, function: Callable[..., Any], *values: Any) -> Any:
        """What a service answers."""
        return await self.opened.bridge.call(function, *values)

    # What a person does

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """A key as the system sends it: to whatever has the keyboard."""
        QTest.keyClick(QApplication.focusWidget() or self.window, key, modifiers)

    def type(self, text: str) -> None:
        QTest.keyClicks(QApplication.focusWidget() or self.window, text)

    def button(self, name: str, inside: QWidget | None = None) -> QPushButton:
        """The one visible button of this name."""
        found = [b for b in (inside or self.window).findChildren(QPushButton) if b.accessibleName() == name]
        shown = [b for b in found if b.isVisible()]
        assert len(shown) == 1, (name, len(shown))
        return shown[0]

    def icon_button(self, name: str, inside: QWidget | None = None) -> IconButton:
        return next(b for b in (inside or self.window).findChildren(IconButton) if b.accessibleName() == name)

    def click(self, widget: QWidget) -> None:
        QTest.mouseClick(widget, LEFT)

    def click_card(self, view: ColumnView, row: int, part: str) -> None:
        """The mouse on a part of a card: like, reply, read ..."""
        item = view.model.items[row]
        laid = view.list.cards.laid(item)
        hits = list(laid.hits)
        if isinstance(item, Row) and laid.actions_y >= 0:
            kinds = actions_row.offered(self.opened.desk.looks, item)
            hits += actions_row.hits(laid.width, laid.actions_y, kinds)
        box = next(hit.box for hit in hits if hit.kind == part)
        corner = view.list.visualRect(view.model.index(row)).topLeft()
        place = corner + QPoint(round(box.center().x()), round(box.center().y()))
        QTest.mouseClick(view.list.viewport(), LEFT, NONE, place)


def drag(widget: QWidget, start: QPoint, by: int) -> None:
    """Holds the left button at `start` and moves `by` pixels sideways."""
    QTest.mousePress(widget, LEFT, NONE, start)
    here = widget.mapToGlobal(start)
    for step in (0.3, 0.7, 1.0):
        QTest.mouseMove(widget, widget.mapFromGlobal(here + QPoint(round(by * step), 0)))
    QTest.mouseRelease(widget, LEFT, NONE, widget.mapFromGlobal(here + QPoint(by, 0)))
