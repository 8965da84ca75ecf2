"""The rounded outline of a column, and its lower corners drawn over what scrolls behind them."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from socialdesk.ui.column.look import Look

RADIUS = 14


def paint_panel(painter: QPainter, look: Look, rect: QRect, *, marked: bool) -> None:
    """The column's ground with its outline; `marked` while it is the one the keys act on or that is dragged."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(look.colour("strong_line" if marked else "line"), 1))
    painter.setBrush(look.colour("panel"))
    painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)


def paint_corners(painter: QPainter, look: Look, rect: QRect) -> None:
    """Rounds the lower corners of a list that fills the column inside its outline."""
    inner = QRectF(rect).adjusted(0, -RADIUS, 0, 0)
    outside = QPainterPath()
    outside.addRect(QRectF(rect.left(), rect.bottom() + 1 - RADIUS, rect.width(), RADIUS))
    round_part = QPainterPath()
    round_part.addRoundedRect(inner, RADIUS - 1, RADIUS - 1)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.colour("background"))
    painter.drawPath(outside.subtracted(round_part))
    painter.setClipRect(QRectF(rect.left(), rect.bottom() + 1 - RADIUS, rect.width(), RADIUS))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(look.colour("line"), 1))
    painter.drawRoundedRect(inner.adjusted(-0.5, 0, 0.5, 0.5), RADIUS, RADIUS)
