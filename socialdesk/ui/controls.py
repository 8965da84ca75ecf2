"""Small controls that panels and dialogs share: buttons with tinted icons, labels, lines, state pills."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QFrame,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from socialdesk.ui.desk import Desk

PANEL_RADIUS = 12
Cut = Qt.TextElideMode


def plain_slot(pressed: Callable[[], object]) -> Callable[[], None]:
    """A slot that drops whatever the signal carries."""

    def slot() -> None:
        pressed()

    return slot


class IconButton(QAbstractButton):
    """A square button that shows an icon. `name` is its accessible name and its tip."""

    def __init__(
        self, desk: Desk, icon: str, name: str, pressed: Callable[[], object] | None = None, *, size: int = 18
    ) -> None:
        super().__init__()
        self._desk = desk
        self._icon = icon
        self._size = size
        self.tint = "second"
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedSize(size + 14, size + 14)
        desk.theme.changed.connect(self.update)
        if pressed is not None:
            self.clicked.connect(plain_slot(pressed))

    def set_icon(self, icon: str, name: str) -> None:
        self._icon = icon
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.update()

    def sizeHint(self) -> QSize:
        return self.size()

    def paintEvent(self, _event: QPaintEvent) -> None:
        colour = self._desk.theme.colour
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.isEnabled() and (self.underMouse() or self.isDown() or self.isChecked()):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("hover"))
            painter.drawRoundedRect(box, 8, 8)
        if self.hasFocus():
            painter.setPen(QPen(colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 8, 8)
        tint = "muted" if not self.isEnabled() else "link" if self.isChecked() else self.tint
        edge = (self.width() - self._size) / 2
        self._desk.icons.paint(painter, self._icon, edge, edge, self._size, colour(tint))


def button(
    desk: Desk,
    text: str,
    look: str,
    pressed: Callable[[], object] | None = None,
    *,
    icon: str = "",
    tint: str = "text",
) -> QPushButton:
    """A push button. `look`: primary, plain, ghost, quiet, danger; its icon follows the theme."""
    made = QPushButton(text.replace("&", "&&"))
    made.setProperty("look", "ghost" if look == "quiet" else look)
    if look == "quiet":
        made.setStyleSheet("color: palette(placeholder-text); font-weight: 500;")
    made.setAccessibleName(text)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    if icon:
        made.setIconSize(QSize(16, 16))
        made.setText(f"\u2009{made.text()}")  # Qt leaves too little room behind the icon
        show_icon(desk, made, icon, "on_fill" if look == "primary" else tint)
    if pressed is not None:
        made.clicked.connect(plain_slot(pressed))
    return made


class _Tint(QObject):
    """Lives and ends with the button."""

    def __init__(self, desk: Desk, target: QAbstractButton, icon: str, tint: str) -> None:
        super().__init__(target)
        self._desk, self._target, self._icon, self._tint = desk, target, icon, tint
        desk.theme.changed.connect(self.repaint)
        self.repaint()

    def repaint(self) -> None:
        self._target.setIcon(self._desk.icons.icon(self._icon, self._tint, 16))


def show_icon(desk: Desk, target: QAbstractButton, icon: str, tint: str) -> None:
    """Gives a standard button an icon that follows the theme."""
    _Tint(desk, target, icon, tint)


def label(text: str = "", look: str = "", *, size: float = 0, weight: int = 0, wrap: bool = False) -> QLabel:
    """Plain text (never markup). `look`: muted, second, title, bad, warn, good. `size` in pixels."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if look:
        made.setProperty("look", look)
    rules = [f"font-size: {size}px;" if size else "", f"font-weight: {weight};" if weight else ""]
    if any(rules):
        made.setStyleSheet("".join(rules))
    if wrap:
        made.setWordWrap(True)
        made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.MinimumExpanding)
    return made


def relook(widget: QWidget, look: str) -> None:
    """Changes the `look` of a styled widget."""
    if widget.property("look") != look:
        widget.setProperty("look", look)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class Elided(QLabel):
    """One line of text, cut with an ellipsis where the room ends; the whole of it is its tip."""

    def __init__(self, text: str = "", look: str = "", *, size: float = 0, cut: Cut = Cut.ElideRight) -> None:
        super().__init__()
        self._cut = cut
        self.setTextFormat(Qt.TextFormat.PlainText)
        if size:
            self.setStyleSheet(f"font-size: {size}px;")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        if look:
            self.setProperty("look", look)
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setToolTip(text)
        self.setAccessibleName(text)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.setFont(self.font())
        line = self.fontMetrics().elidedText(self.text(), self._cut, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, line)


class Pill(QLabel):
    """A small rounded state: Sent, Sending, In doubt. `tint` colours its words."""

    def __init__(self, desk: Desk, text: str = "", tint: str = "second") -> None:
        super().__init__()
        self._desk = desk
        self._tint = tint
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(desk.theme.font(11.5, 600))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        self.setContentsMargins(9, 3, 9, 3)
        desk.theme.changed.connect(self.update)
        self.show_state(text, tint)

    def show_state(self, text: str, tint: str) -> None:
        self._tint = tint
        self.setText(text)
        self.setAccessibleName(text)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._desk.theme.colour("hover"))
        radius = self.height() / 2
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        painter.setPen(self._desk.theme.colour(self._tint))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())


class Box(QWidget):
    """A rounded panel. `fill` and `edge` are colour tokens, "" = none."""

    def __init__(self, desk: Desk, fill: str = "panel", edge: str = "line", radius: int = PANEL_RADIUS) -> None:
        super().__init__()
        self._desk = desk
        self.fill = fill
        self.edge = edge
        self._radius = radius
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)
        desk.theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = self._desk.theme.colour
        painter.setBrush(colour(self.fill) if self.fill else QColor(Qt.GlobalColor.transparent))
        painter.setPen(QPen(colour(self.edge), 1) if self.edge else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), self._radius, self._radius)


class PickBox(QComboBox):
    """A choice of one."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)


class Line(QWidget):
    """A hairline."""

    def __init__(self, desk: Desk, tint: str = "line") -> None:
        super().__init__()
        self._desk = desk
        self._tint = tint
        self.setFixedHeight(1)
        desk.theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._desk.theme.colour(self._tint))


class Ring(QWidget):
    """How much of a limit is used, as a ring. `used` from 0 to 1 and beyond; `tint` is the colour of the arc."""

    def __init__(self, desk: Desk, size: int = 18) -> None:
        super().__init__()
        self._desk = desk
        self._used = 0.0
        self._tint = "accent"
        self.setFixedSize(size, size)
        desk.theme.changed.connect(self.update)

    def show_share(self, used: float, tint: str) -> None:
        self._used, self._tint = min(max(used, 0.0), 1.0), tint
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        painter.setPen(QPen(self._desk.theme.colour("strong_line"), 2.5))
        painter.drawEllipse(box)
        pen = QPen(self._desk.theme.colour(self._tint), 2.5)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        if self._used > 0:
            painter.drawArc(box, 90 * 16, round(-360 * 16 * self._used))


class IconLabel(QWidget):
    """An icon that is only looked at."""

    def __init__(self, desk: Desk, icon: str, tint: str = "second", size: int = 18) -> None:
        super().__init__()
        self._desk, self._icon, self._size = desk, icon, size
        self.tint = tint
        self.setFixedSize(size, size)
        desk.theme.changed.connect(self.update)

    def show_icon(self, icon: str, tint: str) -> None:
        self._icon, self.tint = icon, tint
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        colour = self._desk.theme.colour(self.tint)
        self._desk.icons.paint(QPainter(self), self._icon, 0, 0, self._size, colour)


class PanelBack(QWidget):
    """The ground of a side panel: the panel colour and one hairline at the edge that meets the columns."""

    def __init__(self, desk: Desk, edge: str) -> None:
        super().__init__()
        self._desk, self._edge = desk, edge
        desk.theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._desk.theme.colour("panel"))
        x = 0.5 if self._edge == "left" else self.width() - 0.5
        painter.setPen(QPen(self._desk.theme.colour("line"), 1))
        painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))


def scrolled(content: QWidget, name: str) -> QScrollArea:
    """`content` in a vertical scroll area without a frame."""
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setAccessibleName(name)
    area.viewport().setAutoFillBackground(False)
    area.setWidget(content)
    content.setAutoFillBackground(False)  # setWidget turns it on
    return area


def clear_layout(widget: QWidget) -> None:
    """Removes and deletes every widget of `widget`'s layout."""
    layout = widget.layout()
    while layout is not None and layout.count():
        item = layout.takeAt(0)
        child = item.widget() if item is not None else None
        if child is not None:
            child.hide()
            child.deleteLater()
