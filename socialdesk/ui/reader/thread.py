"""A conversation: the posts around one entry, oldest first, the one that was asked for marked."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from socialdesk.core.entry import Entry
from socialdesk.ui import words
from socialdesk.ui.avatar import Avatar
from socialdesk.ui.controls import Elided, Line, clear_layout, label
from socialdesk.ui.desk import Desk


class ThreadPost(QWidget):
    """One post of the conversation, its text selectable."""

    def __init__(self, desk: Desk, entry: Entry, *, here: bool) -> None:
        super().__init__()
        self._desk, self._here = desk, here
        name = entry.author.name or entry.author.handle
        face = Avatar(desk.theme, desk.icons, desk.looks, 36)
        face.show_author(entry.author, entry.network)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(label(name, weight=600))
        head.addWidget(Elided(entry.author.handle, "muted"), 1)
        when = label(words.age(entry.published, desk.now()), "muted", size=12)
        when.setToolTip(words.full_time(entry.published))
        head.addWidget(when)
        text = QLabel(entry.text or "(no text)")
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setFont(desk.theme.font(13.5))
        text.setWordWrap(True)
        text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        text.setAccessibleName(f"{name}: {entry.text}")
        said = QVBoxLayout()
        said.setSpacing(3)
        said.addLayout(head)
        said.addWidget(text)
        row = QHBoxLayout(self)
        row.setContentsMargins(18, 12, 18, 12)
        row.setSpacing(10)
        row.addWidget(face, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(said, 1)
        self.setAccessibleName(f"Post by {name}")
        desk.theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._here:
            painter = QPainter(self)
            painter.fillRect(self.rect(), self._desk.theme.colour("selected"))
            painter.fillRect(0, 0, 3, self.height(), self._desk.theme.colour("accent"))


class ThreadView(QWidget):
    """The posts under one another. `shown` after they changed."""

    shown = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.posts: list[ThreadPost] = []

    def show_thread(self, entries: tuple[Entry, ...], here: str) -> None:
        """`here` is the key of the entry that was asked for."""
        clear_layout(self)
        while self._column.count():
            self._column.takeAt(0)
        self.posts = []
        for entry in entries:
            post = ThreadPost(self._desk, entry, here=entry.key == here)
            self.posts.append(post)
            self._column.addWidget(post)
            self._column.addWidget(Line(self._desk))
        self._column.addStretch(1)
        self.shown.emit()
