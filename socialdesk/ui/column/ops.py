"""Drawing instructions of a card. A layout makes them once per entry and width; painting runs through them.

All places are device-independent pixels from the card's top left corner. Named tuples, because such a class
is made five times as fast as a frozen dataclass, and the first paint waits for these.
"""

from typing import NamedTuple, Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTextLayout, QTextOption

from socialdesk.ui.avatar import badge_size, paint_badge, paint_face
from socialdesk.ui.column.look import FINE, Look
from socialdesk.ui.column.richtext import Span

_LINE_END = "\u2028"
_BLANK = 8.0


class Op(Protocol):
    def paint(self, painter: QPainter, look: Look) -> None: ...


class Hit(NamedTuple):
    """A part of a card that answers to the mouse. `name` is said by the tip."""

    box: QRectF
    kind: str
    value: object = None
    name: str = ""


class Paragraphs(NamedTuple):
    """Laid-out text; inside `layout` everything is `FINE` times as large."""

    layout: QTextLayout
    at: QPointF
    colour: str
    height: float

    def paint(self, painter: QPainter, look: Look) -> None:
        painter.save()
        painter.translate(self.at)
        painter.scale(1 / FINE, 1 / FINE)
        painter.setPen(look.colour(self.colour))
        self.layout.draw(painter, QPointF(0, 0))
        painter.restore()

    def boxes(self, span: Span) -> list[QRectF]:
        """Where a live part stands, one box per line."""
        found = []
        for number in range(self.layout.lineCount()):
            line = self.layout.lineAt(number)
            first, last = line.textStart(), line.textStart() + line.textLength()
            start, end = max(span.start, first), min(span.start + span.length, last)
            if start < end:
                left, right = _x(line, start), _x(line, end)
                box = QRectF(left, line.y(), right - left, line.height()).normalized()
                found.append(QRectF(box.topLeft() / FINE, box.size() / FINE).translated(self.at))
        return found


def _x(line: object, position: int) -> float:
    place = line.cursorToX(position)  # type: ignore[attr-defined]
    return float(place[0] if isinstance(place, tuple) else place)


def lay_out(
    look: Look,
    text: str,
    font: str,
    at: QPointF,
    width: float,
    *,
    colour: str = "text",
    pitch: float = 20.0,
    lines: int = 0,
    spans: tuple[Span, ...] = (),
) -> tuple[Paragraphs, bool]:
    """`text` broken into lines of `width`, `pitch` apart; at most `lines` of them (0 = all). Second: was it cut?"""
    text = text.replace("\r\n", "\n").replace("\n", _LINE_END)
    layout, height, cut_at = _broken(look, text, font, width, pitch, lines, spans)
    if cut_at >= 0:
        head = text.encode("utf-16-le")[: cut_at * 2].decode("utf-16-le", "ignore")
        rest = text[len(head) :].split(_LINE_END, 1)[0]
        last = look.elided(font, rest + " …" if rest != text[len(head) :] else rest, width)
        kept = tuple(s for s in spans if s.start + s.length <= cut_at + len(last) - 1)
        layout, height, _ = _broken(look, head + last, font, width, pitch, lines, kept)
    return Paragraphs(layout, at, colour, height), cut_at >= 0


def _broken(
    look: Look, text: str, font: str, width: float, pitch: float, lines: int, spans: tuple[Span, ...]
) -> tuple[QTextLayout, float, int]:
    """The layout, its height, and where the last allowed line starts if there is more text (else -1)."""
    layout = QTextLayout(text, look.fonts[font])
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.setCacheEnabled(True)
    if spans:
        layout.setFormats([_range(look, span) for span in spans])
    y, cut_at = 0.0, -1
    layout.beginLayout()
    while True:
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(width * FINE)
        line.setPosition(QPointF(0, (y + pitch / 2) * FINE - line.height() / 2))
        blank = line.textLength() <= 1 and line.naturalTextWidth() == 0
        y += _BLANK if blank and y else pitch
        if lines and layout.lineCount() == lines and line.textStart() + line.textLength() < len(layout.text()):
            cut_at = line.textStart()
            break
    layout.endLayout()
    return layout, y, cut_at


def _range(look: Look, span: Span) -> QTextLayout.FormatRange:
    made = QTextLayout.FormatRange()
    made.start, made.length = span.start, span.length
    made.format = look.live_format()
    return made


class Words(NamedTuple):
    """One line, already fitting. `right` draws it to the left of `x`."""

    text: str
    font: str
    colour: str
    x: float
    y: float
    height: float = 20.0

    def paint(self, painter: QPainter, look: Look) -> None:
        look.write(painter, self.font, self.colour, self.x, self.y + self.height / 2, self.text)


class Glyph(NamedTuple):
    name: str
    x: float
    y: float
    size: int
    colour: str

    def paint(self, painter: QPainter, look: Look) -> None:
        look.icons.paint(painter, self.name, self.x, self.y, self.size, look.colour(self.colour))


class Frame(NamedTuple):
    """A rounded box. Tokens; "" = none."""

    box: QRectF
    radius: float
    edge: str = "line"
    fill: str = ""

    def paint(self, painter: QPainter, look: Look) -> None:
        painter.setPen(QPen(look.colour(self.edge), 1) if self.edge else Qt.PenStyle.NoPen)
        painter.setBrush(look.colour(self.fill) if self.fill else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(self.box.adjusted(0.5, 0.5, -0.5, -0.5), self.radius, self.radius)


class Photo(NamedTuple):
    """A picture in reserved space; until it is here, its ground is shown."""

    box: QRectF
    url: str
    radius: int
    left_only: bool = False

    def paint(self, painter: QPainter, look: Look) -> None:
        scale = painter.device().devicePixelRatio()
        picture = look.picture(self.box, self.url, self.radius, scale, left_only=self.left_only)
        if picture is not None:
            painter.drawPixmap(self.box.topLeft(), picture)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("hover"))
        painter.drawRoundedRect(self.box, self.radius, self.radius)
        if self.left_only:
            painter.drawRect(self.box.adjusted(self.radius, 0, 0, 0))


class Chip(NamedTuple):
    """A dark mark on a picture: ALT, 6 min, Offline."""

    text: str
    font: str
    box: QRectF
    icon: str = ""
    colour: str = "#ffffff"

    def paint(self, painter: QPainter, look: Look) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        shade = QColor(8, 11, 16, 205)
        painter.setBrush(shade)
        painter.drawRoundedRect(self.box, 6, 6)
        left = self.box.left() + 6
        if self.icon:
            look.icons.paint(painter, self.icon, left, self.box.center().y() - 7, 14, look.colour(self.colour))
            left += 18
        words = Words(self.text, self.font, self.colour, left, self.box.top(), self.box.height())
        words.paint(painter, look)


class Face(NamedTuple):
    box: QRectF
    name: str
    url: str
    network: str = ""
    ring: str = ""

    def paint(self, painter: QPainter, look: Look) -> None:
        scale = painter.device().devicePixelRatio()
        side = self.box.width()
        picture = look.picture(self.box, self.url, round(side / 2), scale)
        if self.ring:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour(self.ring))
            painter.drawEllipse(self.box.adjusted(-2, -2, 2, 2))
        paint_face(painter, look.theme, self.box, self.name, picture)
        if self.network:
            badge = badge_size(round(side))
            box = QRectF(self.box.right() - badge + 2, self.box.bottom() - badge + 2, badge, badge)
            paint_badge(painter, look.theme, look.icons, look.looks, box, self.network)


class Bar(NamedTuple):
    """A share of a poll."""

    box: QRectF
    share: float

    def paint(self, painter: QPainter, look: Look) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("hover"))
        painter.drawRoundedRect(self.box, 6, 6)
        if self.share > 0:
            fill = QColor(look.colour("accent"))
            fill.setAlphaF(0.28)
            painter.setBrush(fill)
            painter.drawRoundedRect(
                QRectF(self.box.topLeft(), self.box.size()).adjusted(0, 0, -self.box.width() * (1 - self.share), 0),
                6,
                6,
            )
