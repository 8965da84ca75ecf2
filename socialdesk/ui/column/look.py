"""Fonts, measures and colours of cards: what the layouts need to know, made once per column strip."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPixmap, QTextCharFormat

from socialdesk.ui.desk import Desk
from socialdesk.ui.pictures import Wanted

PAD = 14
FACE = 38
GAP = 12
TEXT_X = PAD + FACE + GAP
LINE = 20
ACTIONS = 32
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
}


class Look:
    """Shared by all columns of a window."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.theme = desk.theme
        self.icons = desk.icons
        self.looks = desk.looks
        self.fonts: dict[str, QFont] = {name: desk.theme.font(size, weight) for name, (size, weight) in _FONTS.items()}
        self.metrics: dict[str, QFontMetricsF] = {name: QFontMetricsF(font) for name, font in self.fonts.items()}

    def colour(self, token: str) -> QColor:
        return self.theme.colour(token)

    def width(self, font: str, text: str) -> float:
        return self.metrics[font].horizontalAdvance(text)

    def elided(self, font: str, text: str, width: float) -> str:
        return self.metrics[font].elidedText(text, Qt.TextElideMode.ElideRight, max(0.0, width))

    def picture(self, url: str, width: float, height: float, radius: int, scale: float) -> QPixmap | None:
        return self.desk.pictures.get(Wanted(url, round(width), round(height), radius, scale))

    def live_format(self) -> QTextCharFormat:
        """How links, hashtags and mentions are written."""
        live = QTextCharFormat()
        live.setForeground(self.colour("link"))
        return live
