"""The head of a column: icon, title, what feeds it, count of new, options; and the line for trouble."""

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QWidget

from socialdesk.ui import words
from socialdesk.ui.column.look import PAD, Look
from socialdesk.ui.controls import IconButton, button

HEIGHT = 56
_TURN_MS = 90


class ColumnHeader(QWidget):
    """`top` is a click, `dragged` the pointer's global place while the header is held, `dropped` its end."""

    top = Signal()
    options = Signal()
    dragged = Signal(QPoint)
    dropped = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._icon, self._icon_colour = "columns-3", "accent"
        self._title, self._subtitle, self._unseen = "", "", 0
        self._busy, self._angle = False, 0
        self._pressed: QPoint | None = None
        self._dragging = False
        self.setFixedHeight(HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.button = IconButton(look.desk, "sliders-horizontal", "Column options", self.options.emit)
        self.button.tint = "muted"
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 6, 0)
        row.addStretch(1)
        row.addWidget(self.button)
        self._turning = QTimer(self)
        self._turning.setInterval(_TURN_MS)
        self._turning.timeout.connect(self._turn)
        look.theme.changed.connect(self.update)

    def show_title(self, icon: str, colour: str, title: str, subtitle: str) -> None:
        """`colour` is a token or #rrggbb of the icon."""
        self._icon, self._icon_colour, self._title, self._subtitle = icon, colour, title, subtitle
        self._say()

    def show_unseen(self, count: int) -> None:
        self._unseen = count
        self._say()

    def show_busy(self, *, busy: bool) -> None:
        if busy == self._busy:
            return
        self._busy = busy
        if busy and self._look.theme.motion:
            self._turning.start()
        else:
            self._turning.stop()
        self._say()

    @property
    def title(self) -> str:
        return self._title

    @property
    def unseen(self) -> int:
        return self._unseen

    @property
    def busy(self) -> bool:
        """Whether something that feeds the column is being asked."""
        return self._busy

    def _say(self) -> None:
        new = words.new_items(self._unseen) if self._unseen else "nothing new"
        busy = ", looking" if self._busy else ""
        self.setAccessibleName(f"Column {self._title}, {new}{busy}")
        self.update()

    def _turn(self) -> None:
        self._angle = (self._angle + 40) % 360
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        look, painter = self._look, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(0, HEIGHT - 1, self.width(), 1, look.colour("line"))
        look.icons.paint(painter, self._icon, PAD - 1, 19, 18, look.colour(self._icon_colour))
        right = self._paint_right(painter)
        left = PAD + 28
        room = right - left - 8
        look.write(painter, "name", "text", left, 20, look.elided("name", self._title, room))
        look.write(painter, "small", "muted", left, 37.5, look.elided("small", self._subtitle, room))
        if self.hasFocus():
            painter.setPen(QPen(look.colour("accent"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(3, 3, -3, -4), 10, 10)

    def _paint_right(self, painter: QPainter) -> float:
        """Badge and busy mark; returns where the words must end."""
        look, right = self._look, float(self.button.x() - 2)
        if self._unseen:
            said = words.short_count(self._unseen)
            wide = max(20.0, look.width("small_bold", said) + 14)
            badge = QRectF(right - wide, HEIGHT / 2 - 9, wide, 18)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("fill"))
            painter.drawRoundedRect(badge, 9, 9)
            look.write_centred(painter, "badge", "on_fill", badge, said)
            right = badge.left() - 6
        if self._busy:
            ring = QRectF(right - 14, HEIGHT / 2 - 6, 12, 12)
            painter.setPen(QPen(look.colour("muted"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawArc(ring, -self._angle * 16, 270 * 16)
            right = ring.left() - 4
        return right

    # Mouse and keyboard

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()
            self._dragging = False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        far = (event.position().toPoint() - self._pressed).manhattanLength()
        if self._dragging or far >= QApplication.startDragDistance():
            self._dragging = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.dragged.emit(event.globalPosition().toPoint())

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        if self._dragging:
            self.dropped.emit()
        elif self._pressed is not None:
            self.top.emit()
        self._pressed, self._dragging = None, False
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.top.emit()
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()
        super().focusInEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            self.setToolTip(f"{self._title}\n{self._subtitle}\nClick: to the top. Drag: move the column.")
        return bool(super().event(event))


class TroubleLine(QWidget):
    """One sentence and one fix, below the header."""

    fix = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.label = QLabel()
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setWordWrap(True)
        self.label.setProperty("look", "warn")
        self.button = button(look.desk, "", "ghost", self.fix.emit)
        row = QHBoxLayout(self)
        row.setContentsMargins(PAD, 6, 8, 6)
        row.addWidget(self.label, 1)
        row.addWidget(self.button)
        look.theme.changed.connect(self.update)

    def show_trouble(self, sentence: str, fix: str) -> None:
        self.label.setText(sentence)
        self.setAccessibleName(sentence)
        self.button.setText(fix)
        self.button.setAccessibleName(fix)
        self.button.setVisible(bool(fix))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._look.colour("line"))
