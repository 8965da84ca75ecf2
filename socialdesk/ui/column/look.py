"""Fonts, measures and colours of cards: what the layouts need to know, made once per column strip."""

import asyncio

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPixmap, QTextCharFormat

from socialdesk.ui.desk import Desk
from socialdesk.ui.pictures import Wanted

PAD = 14
FACE = 38
GAP = 12
TEXT_X = PAD + FACE + GAP
LINE = 20
ACTIONS = 30
_FONTS = {
    "name": (13.5, 600),
    "text": (13.5, 400),
    "small": (12, 400),
    "small_bold": (12, 600),
    "card_title": (13, 600),
    "title": (15, 700),
    "remark": (13, 400),
    "button": (12.5, 500),
    "mark": (10, 700),
    "count": (12, 400),
    "site": (13, 400),
    "badge": (11.5, 600),
}


# Qt rounds font sizes to whole pixels on some systems and draws small outlines too heavy: cards are laid out with
# fonts of twice the size and drawn at half the scale, which gives 13.5 pixels and the weight of the design.
FINE = 2


def colour_of_site(icon: str) -> str:
    """The colour of the known site whose columns have this icon, or the token of the text's."""
    from socialdesk.core.known_sites import by_icon  # start-up: few columns need it

    site = by_icon(icon)
    return (site.colour if site else "") or "text"


class Look:
    """Shared by all columns of a window. Measures are device-independent pixels."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.turn = asyncio.Lock()  # one column lays out cards at a time: their slices would add up to a stall
        self.theme = desk.theme
        self.icons = desk.icons
        self.looks = desk.looks
        self.fonts: dict[str, QFont] = {
            name: desk.theme.font(size * FINE, weight) for name, (size, weight) in _FONTS.items()
        }
        self._metrics: dict[str, QFontMetricsF] = {name: QFontMetricsF(font) for name, font in self.fonts.items()}
        self._lift = {name: (m.ascent() - m.descent()) / FINE / 2 for name, m in self._metrics.items()}

    def colour(self, token: str) -> QColor:
        return self.theme.colour(token)

    def width(self, font: str, text: str) -> float:
        return self._metrics[font].horizontalAdvance(text) / FINE

    def elided(self, font: str, text: str, width: float) -> str:
        return self._metrics[font].elidedText(text, Qt.TextElideMode.ElideRight, max(0.0, width * FINE))

    def write(self, painter: QPainter, font: str, colour: str, x: float, middle: float, text: str) -> None:
        """One line from `x`, its height centred on `middle`."""
        painter.save()
        painter.translate(x, middle + self._lift[font])
        painter.scale(1 / FINE, 1 / FINE)
        painter.setFont(self.fonts[font])
        painter.setPen(self.colour(colour))
        painter.drawText(QPointF(0, 0), text)
        painter.restore()

    def write_centred(self, painter: QPainter, font: str, colour: str, box: QRectF, text: str) -> None:
        x = box.center().x() - self.width(font, text) / 2
        self.write(painter, font, colour, x, box.center().y(), text)

    def picture(self, box: QRectF, url: str, radius: int, scale: float, *, left_only: bool = False) -> QPixmap | None:
        """`url` cropped to the size of `box` if it is here; else it is asked for."""
        return self.desk.pictures.get(Wanted(url, round(box.width()), round(box.height()), radius, scale, left_only))

    def live_format(self) -> QTextCharFormat:
        """How links, hashtags and mentions are written."""
        live = QTextCharFormat()
        live.setForeground(self.colour("link"))
        return live
