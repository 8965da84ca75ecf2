"""The command palette: type a few letters, press Enter."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from socialdesk.core.source import Column
from socialdesk.ui import commands
from socialdesk.ui.controls import Box
from socialdesk.ui.desk import Desk
from socialdesk.ui.listing import Item, Listing

_WIDTH, _LINE, _MOST = 560, 40, 9
_COLUMN = "column:"


class Palette(QWidget):
    """Over the window's upper part. `chosen` carries a command's name, or `column:<id>`; `searched` other words."""

    chosen = Signal(str)
    searched = Signal(str)
    closed = Signal()

    def __init__(self, desk: Desk, host: QWidget, keys: Callable[[str], tuple[str, ...]]) -> None:
        super().__init__(host)
        self._desk, self._host, self._keys = desk, host, keys
        self._columns: tuple[Column, ...] = ()
        self.setObjectName("palette")
        self.setAccessibleName("Command palette")
        self._card = Box(desk, fill="panel", edge="strong_line", radius=14)
        self._card.setParent(self)
        self.words = QLineEdit()
        self.words.setPlaceholderText("What do you want to do?")
        self.words.setAccessibleName("Command")
        self.words.setMinimumHeight(40)
        self.words.textChanged.connect(self._show)
        self.words.installEventFilter(self)
        self.list = Listing(desk, "Commands", _LINE)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.opened.connect(self._choose)
        self._card.column.setContentsMargins(10, 10, 10, 8)
        self._card.column.setSpacing(6)
        self._card.column.addWidget(self.words)
        self._card.column.addWidget(self.list)
        host.installEventFilter(self)
        self.hide()

    def open(self, columns: tuple[Column, ...]) -> None:
        self._columns = columns
        self.words.clear()
        self._show()
        self._fit()
        self.show()
        self.raise_()
        self.words.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_palette(self) -> None:
        self.hide()
        self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and event.type() == QEvent.Type.Resize and self.isVisible():
            self._fit()
        if watched is self.words and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(Qt.Key(event.key()))
        return False

    def _key(self, key: Qt.Key) -> bool:
        row = self.list.currentIndex().row()
        match key:
            case Qt.Key.Key_Down:
                self.list.choose(row + 1)
            case Qt.Key.Key_Up:
                self.list.choose(row - 1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.list.open_current()
            case Qt.Key.Key_Escape:
                self.close_palette()
            case Qt.Key.Key_Tab | Qt.Key.Key_Backtab:
                pass  # there is nowhere else to go in here
            case _:
                return False
        return True

    def mousePressEvent(self, _event: object) -> None:
        self.close_palette()

    def _show(self) -> None:
        typed = self.words.text().strip()
        items = [
            Item(f"{_COLUMN}{column.id}", f"Go to {column.title}", "", "", "columns-3", "muted")
            for column in self._columns
            if typed and typed.casefold() in f"go to {column.title}".casefold()
        ]
        found = commands.matching(typed)
        items += [
            Item(c.name, c.title, "", commands.spoken(self._keys(c.name)), c.icon or "chevron-right", "second")
            for c in found
        ]
        if typed:
            items.append(Item(f"search:{typed}", f"Search for “{typed}”", "", "", "search", "second"))
        self.list.show_items(items)
        self.list.choose(0)
        self._fit()

    def _choose(self, key: object) -> None:
        self.close_palette()
        name = str(key)
        if name.startswith("search:"):
            self.searched.emit(name.removeprefix("search:"))
        else:
            self.chosen.emit(name)

    def _fit(self) -> None:
        room = self._host.rect()
        self.setGeometry(room)
        width = min(_WIDTH, room.width() - 40)
        lines = min(len(self.list.lines.items), _MOST)
        height = min(40 + 6 + 18 + lines * _LINE + 2, room.height() - 120)
        self._card.setGeometry((room.width() - width) // 2, max(20, room.height() // 8), width, height)
