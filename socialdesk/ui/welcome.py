"""The first page: follow a topic, connect accounts, or practise first."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from socialdesk.core.network import ByName, Nothing
from socialdesk.ui.controls import Box, IconLabel, button, label, scrolled
from socialdesk.ui.desk import Desk

_CARD = 298
_TOPIC = "B2B"


class Mark(QWidget):
    """The sign of the program."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.setFixedSize(56, 56)
        desk.theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._desk.theme.colour("fill"))
        painter.drawRoundedRect(QRectF(self.rect()), 14, 14)
        painter.setPen(self._desk.theme.colour("on_fill"))
        painter.setFont(self._desk.theme.font(26, 700))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "S")


class Welcome(QWidget):
    """`topic` carries the words to follow; the others say what was pressed."""

    topic = Signal(str)
    connect_account = Signal()
    import_opml = Signal()
    practise = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.setAccessibleName("Welcome")
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setSpacing(0)
        column.addStretch(2)
        column.addWidget(Mark(desk), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(26)
        title = label("What are your buyers talking about?", size=30, weight=700)
        column.addWidget(title, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(18)
        said = label(
            "One desk for reading and posting across networks and blogs. "
            "Everything is kept on this computer and readable without a connection.",
            "second", size=15, wrap=True,
        )  # fmt: skip
        said.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        said.setFixedWidth(640)
        said.ensurePolished()
        said.setFixedHeight(said.heightForWidth(640))  # a wrapped label in the middle of a layout asks for one line
        column.addWidget(said, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(20)
        cards = QHBoxLayout()
        cards.setSpacing(20)
        cards.addStretch(1)
        for card in (self._follow_card(), self._connect_card(), self._practise_card()):
            cards.addWidget(card)
        cards.addStretch(1)
        column.addLayout(cards)
        column.addStretch(3)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(inner, "Welcome"))

    def focus_first(self) -> None:
        self.words.setFocus(Qt.FocusReason.OtherFocusReason)
        self.words.selectAll()

    def _card(self, icon: str, title: str, text: str) -> Box:
        card = Box(self._desk, fill="panel", edge="line", radius=16)
        card.setFixedWidth(_CARD)
        card.setMinimumHeight(270)
        card.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Minimum)
        card.setAccessibleName(title)
        column = card.column
        column.setContentsMargins(22, 22, 22, 22)
        column.setSpacing(8)
        column.addWidget(IconLabel(self._desk, icon, "link", 24))
        column.addSpacing(4)
        column.addWidget(label(title, size=16, weight=600))
        column.addWidget(label(text, "second", wrap=True))
        column.addSpacing(4)
        return card

    def _add(self, card: Box, text: str, look: str, pressed: Callable[[], object], icon: str = "") -> None:
        card.column.addWidget(button(self._desk, text, look, pressed, icon=icon), 0, Qt.AlignmentFlag.AlignLeft)
        card.column.addSpacing(4)

    def _follow_card(self) -> Box:
        card = self._card("search", "Follow a topic", "A column from open networks and blogs. No account needed.")
        self.words = QLineEdit(_TOPIC)
        self.words.setAccessibleName("Topic to follow")
        self.words.setMinimumHeight(36)
        self._lens = self.words.addAction(
            self._desk.icons.icon("search", "text", 16), QLineEdit.ActionPosition.LeadingPosition
        )
        self._desk.theme.changed.connect(self._tint_lens)
        self.words.returnPressed.connect(self._follow)
        card.column.addWidget(self.words)
        card.column.addSpacing(8)
        self._add(card, "Make the column", "primary", self._follow)
        card.column.addStretch(1)
        return card

    def _tint_lens(self) -> None:
        self._lens.setIcon(self._desk.icons.icon("search", "text", 16))

    def _connect_card(self) -> Box:
        titles = [
            facts.title
            for facts in self._desk.services.accounts.networks()
            if not all(isinstance(way, Nothing | ByName) for way in facts.sign_ins)
        ]
        listed = ", ".join(titles[:-1]) + f" and {titles[-1]}" if len(titles) > 1 else "".join(titles)
        card = self._card("plug", "Connect your accounts", f"{listed}. Keys stay in this computer's keyring.")
        self._add(card, "Choose a network", "plain", self.connect_account.emit)
        self._add(card, "Import OPML", "plain", self.import_opml.emit, "upload")
        card.column.addStretch(1)
        return card

    def _practise_card(self) -> Box:
        card = self._card(
            "flask-conical",
            "Practise first",
            "A full desk with stand-in networks. Post as you like: nothing leaves this machine.",
        )
        self._add(card, "Open the practice desk", "plain", self.practise.emit)
        card.column.addStretch(1)
        return card

    def _follow(self) -> None:
        words = self.words.text().strip()
        if words:
            self.topic.emit(words)
        else:
            self.words.setFocus()
