"""A place on the strip: a column with the grip that resizes it, or the strip it folds to."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from socialdesk.core.source import Column
from socialdesk.ui import words
from socialdesk.ui.column.column import ColumnView
from socialdesk.ui.column.corners import paint_panel
from socialdesk.ui.column.look import Look

GAP = 10
_FOLDED = 44
_STEP = 16


class _Grip(QWidget):
    """The gap at the right of a column: dragging it changes the width, so do Left and Right."""

    moved = Signal(int)
    ended = Signal()

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self._look = look
        self._from: int | None = None
        self.setFixedWidth(GAP)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(f"Width of {name}")
        self.setToolTip("Drag to change the width")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._from = event.globalPosition().toPoint().x()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is not None:
            now = event.globalPosition().toPoint().x()
            self.moved.emit(now - self._from)
            self._from = now

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._from = None
        self.ended.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -_STEP, Qt.Key.Key_Right: _STEP}.get(Qt.Key(event.key()))
        if step is None:
            event.ignore()
        else:
            self.moved.emit(step)
            self.ended.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.hasFocus() or self._from is not None:
            painter = QPainter(self)
            painter.fillRect(self.width() // 2 - 1, 12, 2, self.height() - 24, self._look.colour("accent"))


class _Folded(QAbstractButton):
    """A column folded to a strip: its title upright and its count; a click unfolds it."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._title, self._unseen = "", 0
        self.setFixedWidth(_FOLDED)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        look.theme.changed.connect(self.update)

    def show_title(self, title: str, unseen: int) -> None:
        self._title, self._unseen = title, unseen
        self.setAccessibleName(f"Unfold {title}")
        self.setToolTip(f"Unfold {title}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        look, painter = self._look, QPainter(self)
        paint_panel(painter, look, self.rect(), marked=self.underMouse())
        look.icons.paint(painter, "chevron-right", 13, 18, 18, look.colour("muted"))
        if self._unseen:
            badge = QRectF(8, 44, _FOLDED - 16, 18)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("fill"))
            painter.drawRoundedRect(badge, 9, 9)
            look.write_centred(painter, "badge", "on_fill", badge, words.short_count(self._unseen))
        if self.hasFocus():
            painter.setPen(QPen(look.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), 12, 12)
        painter.rotate(90)
        look.write(painter, "name", "text", 76, -_FOLDED / 2, look.elided("name", self._title, self.height() - 90))


class Slot(QWidget):
    """A column with its grip, or its folded strip."""

    def __init__(self, look: Look, column: Column) -> None:
        super().__init__()
        self.view = ColumnView(look, column)
        self.grip = _Grip(look, column.title)
        self.folded = _Folded(look)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for part in (self.view, self.folded, self.grip):
            row.addWidget(part)
        self.show_column(column)

    def show_column(self, column: Column) -> None:
        self.view.setFixedWidth(column.width)
        self.view.setVisible(not column.collapsed)
        self.folded.setVisible(column.collapsed)
        self.folded.show_title(column.title, column.unseen)
        self.setFixedWidth((_FOLDED if column.collapsed else column.width) + GAP)
