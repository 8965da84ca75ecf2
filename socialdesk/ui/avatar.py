"""Faces: a picture, or initials on a colour that stays the same for a person, and the badge of the network."""

import zlib
from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from socialdesk.core.entry import Author
from socialdesk.core.looks import NetworkLook
from socialdesk.ui.icons import Icons
from socialdesk.ui.theme import Theme
from socialdesk.ui.tokens import contrast

# White initials stand on each of these with at least 4.5 : 1.
COLOURS = (
    "#4a7a4c",
    "#c0502f",
    "#3f6f8f",
    "#8b44c8",
    "#0a66c2",
    "#a3476b",
    "#7a5a3a",
    "#1f7a6e",
    "#5b5fc7",
    "#8a6414",
    "#b0413e",
    "#4d6379",
)
INK = "#ffffff"


def initials(name: str) -> str:
    """The one letter shown for a name; "?" when it has none."""
    return next((c.upper() for c in name if c.isalnum()), "?")


def colour_of(name: str) -> str:
    """One of `COLOURS`, always the same for the same name."""
    return COLOURS[zlib.crc32(name.casefold().encode()) % len(COLOURS)]


class NetworkLooks:
    """Colour, glyph and title of each network, from the adapters' facts."""

    def __init__(self, looks: Iterable[NetworkLook] = ()) -> None:
        self.learn(looks)

    def learn(self, looks: Iterable[NetworkLook]) -> None:
        self._looks = {look.key: look for look in looks}

    def title(self, key: str) -> str:
        look = self._looks.get(key)
        return look.title if look else key.title()

    def icon(self, key: str) -> str:
        """The icon's name for `Icons`."""
        look = self._looks.get(key)
        return f"networks/{look.icon}" if look else "globe"

    def colour(self, key: str) -> str:
        """#rrggbb, or empty for the theme's text colour."""
        look = self._looks.get(key)
        return look.colour if look else ""

    def is_inbox(self, key: str, kind: str) -> bool:
        """True for a source that brings what others say to the person."""
        look = self._looks.get(key)
        return look is not None and kind in look.inboxes

    def marks(self, row: Any) -> tuple[str, ...]:
        """The marks that the network of a card keeps: read, bookmark, label."""
        look = self._looks.get(row.entry.network)
        return look.marks if look and row.account_id is not None else ()

    def actions(self, row: Any) -> tuple[str, ...]:
        """What may be done with a card (a `core.rows.Row`, or what has its `.entry`): as its network allows, and the
        plan of the account that sees it."""
        look = self._looks.get(row.entry.network)
        return (*look.actions, *getattr(row, "plan_actions", ())) if look else ()


def paint_face(painter: QPainter, theme: Theme, box: QRectF, name: str, picture: QPixmap | None) -> None:
    """A round face in `box`: `picture` (round already), or the initial of `name`."""
    if picture is not None:
        painter.drawPixmap(box.topLeft(), picture)
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(colour_of(name)))
    painter.drawEllipse(box)
    painter.setPen(theme.colour(INK))
    painter.setFont(theme.font(max(8, round(box.width() * 0.39)), 600))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, initials(name))


def paint_badge(painter: QPainter, theme: Theme, icons: Icons, looks: NetworkLooks, box: QRectF, network: str) -> None:
    """The network's glyph on a disc of its colour with a ring of the panel's colour around it."""
    disc = theme.network_colour(looks.colour(network))
    painter.setPen(QPen(theme.colour("panel"), 2))
    painter.setBrush(disc)
    painter.drawEllipse(box)
    size = round(box.width() * 0.56)
    x, y = box.center().x() - size / 2, box.center().y() - size / 2
    icons.paint(painter, looks.icon(network), x, y, size, glyph_on(disc, theme))


def glyph_on(disc: QColor, theme: Theme) -> QColor:
    """White where it stands out on `disc`, else the panel's colour or black, whichever stands out more."""
    if contrast(disc.name(), INK) >= 3:
        return theme.colour(INK)
    dark = max((theme.tokens.panel, "#000000"), key=lambda c: contrast(disc.name(), c))
    return theme.colour(dark)


class Avatar(QWidget):
    """A face with its network badge as a widget (chips, rows). `size` in device-independent pixels."""

    def __init__(self, theme: Theme, icons: Icons, looks: NetworkLooks, size: int = 32) -> None:
        super().__init__()
        self._theme, self._icons, self._looks = theme, icons, looks
        self._size = size
        self._name, self._network = "", ""
        self._picture: QPixmap | None = None
        self.setFixedSize(size + 4, size + 4)
        theme.changed.connect(self.update)

    def show_author(self, author: Author, network: str = "", picture: QPixmap | None = None) -> None:
        self._name, self._network, self._picture = author.name or author.handle, network, picture
        self.setAccessibleName(self._name)
        self.update()

    def paintEvent(self, _event: object) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_face(painter, self._theme, QRectF(0, 0, self._size, self._size), self._name, self._picture)
        if self._network:
            side = badge_size(self._size)
            corner = QPointF(self._size - side + 2, self._size - side + 2)
            box = QRectF(corner.x(), corner.y(), side, side)
            paint_badge(painter, self._theme, self._icons, self._looks, box, self._network)


def badge_size(face: int) -> int:
    return max(12, round(face * 0.42))
