"""The round face of one of the person's own accounts, with the badge of its network."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from socialdesk.core.account import Account
from socialdesk.core.network import NetworkFacts
from socialdesk.ui.avatar import glyph_on, initials
from socialdesk.ui.desk import Desk

_GROUND = "#334155"  # one calm colour for the person's own faces, in both themes
_OFF = 0.4


def paint_face(
    desk: Desk, painter: QPainter, box: QRectF, letter: str, facts: NetworkFacts, *, ring: str = "panel"
) -> None:
    """A face in `box` with its badge at the lower right; `ring` is the token of the ground behind it."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(_GROUND))
    painter.drawEllipse(box)
    painter.setPen(QColor("#ffffff"))
    painter.setFont(desk.theme.font(box.height() * 0.42, 600))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, letter)
    side = max(13.0, box.height() * 0.44)
    badge = QRectF(box.right() - side + 3, box.bottom() - side + 3, side, side)
    ground = desk.theme.network_colour(facts.colour)
    painter.setPen(QPen(desk.theme.colour(ring), 2))
    painter.setBrush(ground)
    painter.drawEllipse(badge)
    size = round(side * 0.56)
    edge = (side - size) / 2
    glyph = glyph_on(ground, desk.theme)
    desk.icons.paint(painter, f"networks/{facts.icon}", badge.x() + edge, badge.y() + edge, size, glyph)


def letter_of(account: Account) -> str:
    """The letter on the face."""
    return initials(account.name or account.handle)


class AccountFace(QWidget):
    """A face that is only looked at."""

    def __init__(self, desk: Desk, account: Account, facts: NetworkFacts, size: int = 32) -> None:
        super().__init__()
        self._desk, self._account, self._facts, self._size = desk, account, facts, size
        self.setFixedSize(size + 4, size + 4)
        self.setAccessibleName(f"{account.name or account.handle} on {facts.title}")
        desk.theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        box = QRectF(0, 0, self._size, self._size)
        paint_face(self._desk, QPainter(self), box, letter_of(self._account), self._facts)


class Chip(QAbstractButton):
    """A face that is pressed to post from the account, or not."""

    def __init__(self, desk: Desk, account: Account, facts: NetworkFacts) -> None:
        super().__init__()
        self._desk, self.account, self._facts = desk, account, facts
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedSize(40, 40)
        name = f"{account.name or account.handle} on {facts.title}"
        self.setAccessibleName(f"Post from {name}")
        self.setToolTip(f"{name}\n{account.handle}" if account.handle else name)
        desk.theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(40, 40)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            painter.setPen(QPen(self._desk.theme.colour("accent"), 2))
            painter.drawEllipse(QRectF(1, 1, 38, 38))
        if not self.isChecked():
            painter.setOpacity(_OFF)
        paint_face(self._desk, painter, QRectF(4, 4, 32, 32), letter_of(self.account), self._facts)
