"""Full-text search over everything stored, with the place where the words stand."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout

from socialdesk.core.saved import Hit
from socialdesk.ui import words
from socialdesk.ui.controls import IconButton, PanelBack, button, label
from socialdesk.ui.desk import Desk
from socialdesk.ui.listing import Item, Listing
from socialdesk.ui.tasks import Tasks

_PAUSE_MS = 120
_LIMIT = 60


class SearchPanel(PanelBack):
    """`opened` carries a `Hit`; `closed` when the person is done here."""

    opened = Signal(object)
    closed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, edge="left")
        self.setObjectName("search")
        self.setAccessibleName("Search")
        self._tasks = Tasks(self, desk.actions.tell)
        self.words = QLineEdit()
        self.words.setPlaceholderText("Search everything on this computer")
        self.words.setAccessibleName("Search words")
        self.words.setClearButtonEnabled(True)
        self.words.textChanged.connect(self._typed)
        self.words.returnPressed.connect(self._enter)
        self.list = Listing(desk, "Results", 60)
        self.list.opened.connect(self.opened.emit)
        self._said = label("", "muted", wrap=True)
        self._column = button(desk, "Follow as a column", "ghost", self._follow, icon="plus", tint="link")
        self._column.hide()
        head = QHBoxLayout()
        head.setContentsMargins(18, 8, 12, 6)
        head.addWidget(label("Search", size=16, weight=600), 1)
        head.addWidget(IconButton(desk, "x", "Close the search", self.closed.emit))
        below = QHBoxLayout()
        below.setContentsMargins(18, 6, 18, 6)
        below.addWidget(self._said, 1)
        below.addWidget(self._column)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        line = QHBoxLayout()
        line.setContentsMargins(18, 4, 18, 0)
        line.addWidget(self.words)
        column.addLayout(line)
        column.addLayout(below)
        column.addWidget(self.list, 1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._search)

    def focus_first(self) -> None:
        self.words.setFocus(Qt.FocusReason.OtherFocusReason)
        self.words.selectAll()

    @property
    def said(self) -> str:
        return self._said.text()

    def _typed(self) -> None:
        self._timer.start(_PAUSE_MS)

    def _search(self) -> None:
        self._tasks.start("search", self._find(self.words.text().strip()))

    async def _find(self, query: str) -> None:
        hits: tuple[Hit, ...] = ()
        if query:
            hits = await self._desk.bridge.call(self._desk.services.searching.find, query, _LIMIT)
        self.list.show_items([self._line(hit) for hit in hits])
        found = words.plural(len(hits), "result", "results") if hits else "Nothing found on this computer."
        self._said.setText(found if query else "")
        self._column.setVisible(bool(query))

    def _line(self, hit: Hit) -> Item:
        if hit.kind == "saved":
            icon, tint = "bookmark-check", "good"
        else:
            icon, tint = self._desk.looks.icon(hit.network), self._desk.looks.colour(hit.network) or "text"
        right = words.age(hit.when, self._desk.now())
        return Item(hit, hit.title or hit.site or "Untitled", hit.snippet, right, icon, tint)

    def _enter(self) -> None:
        """Enter in the words opens the first result; with none yet it searches at once."""
        if self._timer.isActive() or not self.list.lines.items:
            self._timer.stop()
            self._search()
        else:
            self.list.open_current()

    def _follow(self) -> None:
        self._desk.actions.add_search.emit(self.words.text().strip())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self.closed.emit()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self.words.hasFocus():
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().keyPressEvent(event)
