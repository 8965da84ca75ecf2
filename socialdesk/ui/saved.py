"""What is kept for reading with the network cut: a list at the right."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout

from socialdesk.core.events import SavedChanged
from socialdesk.core.saved import SavedItem
from socialdesk.ui import words
from socialdesk.ui.controls import IconButton, PanelBack, button, label
from socialdesk.ui.desk import Desk
from socialdesk.ui.listing import Item, Listing
from socialdesk.ui.tasks import Tasks

_BATCH = 60
_UNDO_MS = 7000


class SavedPanel(PanelBack):
    """`opened` carries the id of an item to read; `closed` when the person is done here."""

    opened = Signal(int)
    closed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, edge="left")
        self.setObjectName("saved")
        self.setAccessibleName("Saved")
        self._items: tuple[SavedItem, ...] = ()
        self._leaving: dict[int, QTimer] = {}
        self._tasks = Tasks(self, desk.actions.tell)
        self.address = QLineEdit()
        self.address.setPlaceholderText("Save a web address")
        self.address.setAccessibleName("Address to save")
        self.address.returnPressed.connect(self._save_address)
        self.list = Listing(desk, "Saved items", 60)
        self.list.opened.connect(self.opened.emit)
        self.list.dropped.connect(self._drop)
        self.list.verticalScrollBar().valueChanged.connect(self._scrolled)
        self._empty = label("Nothing saved yet. Press B on a post, or paste an address above.", "muted", wrap=True)
        head = QHBoxLayout()
        head.setContentsMargins(18, 8, 12, 6)
        head.addWidget(label("Saved", size=16, weight=600), 1)
        head.addWidget(IconButton(desk, "x", "Close", self.closed.emit))
        line = QHBoxLayout()
        line.setContentsMargins(18, 4, 18, 10)
        line.addWidget(self.address, 1)
        line.addWidget(button(desk, "Save", "plain", self._save_address, icon="bookmark"))
        self._empty.setContentsMargins(18, 8, 18, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(line)
        column.addWidget(self._empty)
        column.addWidget(self.list, 1)
        self._empty.hide()
        desk.bridge.event.connect(self._news)
        self.reload()

    def reload(self) -> None:
        self._tasks.start("saved", self._load())

    def focus_first(self) -> None:
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    async def _load(self, before: int | None = None) -> None:
        limit = _BATCH if before is not None else max(_BATCH, len(self._items))
        found = await self._desk.bridge.call(self._desk.services.saving.list, before, limit)
        self._items = (*self._items, *found) if before is not None else found
        self._show()

    def _show(self) -> None:
        shown = [item for item in self._items if item.id not in self._leaving]
        self.list.show_items([self._line(item) for item in shown])
        self._empty.setVisible(not shown)
        self.list.setVisible(bool(shown))

    def _line(self, item: SavedItem) -> Item:
        age = words.age(item.saved_at, self._desk.now())
        minutes = f"{item.minutes} min" if item.minutes else ""
        below = {"saving": "being saved", "failed": words.sentence(item.error)}.get(
            item.state, " · ".join(part for part in (item.site, minutes, age) if part)
        )
        icon, tint = {"saved": ("bookmark-check", "good"), "failed": ("triangle-alert", "warn")}.get(
            item.state, ("download", "muted")
        )
        return Item(item.id, item.title, below, words.size(item.size) if item.size else "", icon, tint)

    def _save_address(self) -> None:
        url = self.address.text().strip()
        if url:
            self._tasks.start(f"save {url}", self._save(url))

    async def _save(self, url: str) -> None:
        item = await self._desk.bridge.call(self._desk.services.saving.save_url, url)
        if self.address.text().strip() == url:
            self.address.clear()
        self._desk.actions.notice.emit("Saved for offline.", "Read", lambda: self.opened.emit(item.id))

    def _drop(self, saved_id: object) -> None:
        """Out of sight at once, out of the store when the time for changing one's mind has passed."""
        if not isinstance(saved_id, int) or saved_id in self._leaving:
            return
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(lambda: self._remove(saved_id))
        timer.start(_UNDO_MS)
        self._leaving[saved_id] = timer
        self._show()
        self._desk.actions.notice.emit("Removed from saved.", "Undo", lambda: self._keep(saved_id))

    def _keep(self, saved_id: int) -> None:
        timer = self._leaving.pop(saved_id, None)
        if timer is not None:
            timer.stop()
            self._show()

    def _remove(self, saved_id: int) -> None:
        async def remove() -> None:
            await self._desk.bridge.call(self._desk.services.saving.remove, saved_id)
            self._leaving.pop(saved_id, None)

        self._tasks.start(f"remove {saved_id}", remove())

    def _scrolled(self, value: int) -> None:
        bar = self.list.verticalScrollBar()
        if value >= bar.maximum() - 200 and len(self._items) >= _BATCH and not self._tasks.busy("more"):
            self._tasks.start("more", self._load(self._items[-1].id))

    def _news(self, event: object) -> None:
        if isinstance(event, SavedChanged):
            self.reload()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)
