"""A list of titled lines: saved items, search results, commands. Painted, keyboard-walkable, said to screen readers."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from socialdesk.ui.desk import Desk

Index = QModelIndex | QPersistentModelIndex
MARK_ON, MARK_OFF = "\x02", "\x03"
_EDGE = 14


@dataclass(frozen=True, slots=True)
class Item:
    """One line. `below` may mark words with \\x02 and \\x03. `right` stands at the end. `tint` colours the icon."""

    key: object
    title: str
    below: str = ""
    right: str = ""
    icon: str = ""
    tint: str = "second"

    @property
    def said(self) -> str:
        parts = (self.title, self.below.replace(MARK_ON, "").replace(MARK_OFF, ""), self.right)
        return ", ".join(part for part in parts if part)


class Lines(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.items: tuple[Item, ...] = ()

    def show(self, items: Sequence[Item]) -> None:
        self.beginResetModel()
        self.items = tuple(items)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        item = self.items[index.row()] if index.isValid() and index.row() < len(self.items) else None
        if item is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return item.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return item.said
        return item if role == Qt.ItemDataRole.UserRole else None


class _Painter(QStyledItemDelegate):
    def __init__(self, desk: Desk, height: int) -> None:
        super().__init__()
        self._desk, self._height = desk, height

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(100, self._height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        item: Item = index.data(Qt.ItemDataRole.UserRole)
        colour, rect = self._desk.theme.colour, QRect(option.rect)
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(painter, rect, state)
        left = rect.left() + _EDGE
        if item.icon:
            tint = QColor(item.tint) if item.tint.startswith("#") else colour(item.tint)
            self._desk.icons.paint(painter, item.icon, left, rect.center().y() - 8, 18, tint)
            left += 30
        right = rect.right() - _EDGE
        if item.right:
            painter.setFont(self._desk.theme.font(12))
            painter.setPen(colour("muted"))
            width = painter.fontMetrics().horizontalAdvance(item.right)
            place = QRect(right - width, rect.top(), width, rect.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, item.right)
            right -= width + 12
        self._words(painter, item, QRect(left, rect.top(), right - left, rect.height()))
        painter.restore()

    def _ground(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag) -> None:
        colour = self._desk.theme.colour
        chosen, hovered = state & QStyle.StateFlag.State_Selected, state & QStyle.StateFlag.State_MouseOver
        if chosen or hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("selected" if chosen else "hover"))
            painter.drawRoundedRect(QRectF(rect).adjusted(4, 1, -4, -1), 8, 8)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(colour("accent"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(rect).adjusted(5, 2, -5, -2), 8, 8)

    def _words(self, painter: QPainter, item: Item, room: QRect) -> None:
        theme = self._desk.theme
        title, below = theme.font(13, 600 if item.below else 500), theme.font(12.5)
        heights = QFontMetrics(title).height(), QFontMetrics(below).height() + 2 if item.below else 0
        top = room.top() + (room.height() - sum(heights)) // 2
        painter.setFont(title)
        painter.setPen(theme.colour("text"))
        line = QFontMetrics(title).elidedText(item.title, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(QRect(room.left(), top, room.width(), heights[0]), Qt.AlignmentFlag.AlignVCenter, line)
        if item.below:
            painter.setFont(below)
            self._marked(painter, item.below, QRect(room.left(), top + heights[0] + 2, room.width(), heights[1]))

    def _marked(self, painter: QPainter, text: str, room: QRect) -> None:
        """Draws `text` with its marked words on the highlight colour, cut where the room ends."""
        colour, metrics = self._desk.theme.colour, painter.fontMetrics()
        x, marked = room.left(), False
        for piece in _pieces(text):
            if piece in (MARK_ON, MARK_OFF):
                marked = piece == MARK_ON
                continue
            shown = metrics.elidedText(piece, Qt.TextElideMode.ElideRight, room.right() - x)
            width = metrics.horizontalAdvance(shown)
            place = QRect(x, room.top(), width, room.height())
            if marked:
                painter.fillRect(place, colour("highlight"))
            painter.setPen(colour("text" if marked else "muted"))
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shown)
            x += width
            if shown != piece:
                return


def _pieces(text: str) -> list[str]:
    for mark in (MARK_ON, MARK_OFF):
        text = text.replace(mark, f"\x00{mark}\x00")
    return [piece for piece in " ".join(text.split(" ")).replace("\n", " ").split("\x00") if piece]


class Listing(QListView):
    """`opened` carries the key of an item (Enter, click); `dropped` when Delete was pressed on it."""

    opened = Signal(object)
    dropped = Signal(object)

    def __init__(self, desk: Desk, name: str, height: int = 52) -> None:
        super().__init__()
        self.lines = Lines()
        self.setModel(self.lines)
        self._painter = _Painter(desk, height)
        self.setItemDelegate(self._painter)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.clicked.connect(self._open)
        desk.theme.changed.connect(self.viewport().update)

    def show_items(self, items: Sequence[Item]) -> None:
        """Shows `items`; the chosen one stays chosen while it is among them."""
        before = self.current_key()
        self.lines.show(items)
        keys = [item.key for item in items]
        if keys:
            self.choose(keys.index(before) if before in keys else 0)

    def choose(self, row: int) -> None:
        if self.lines.items:
            self.setCurrentIndex(self.lines.index(max(0, min(row, len(self.lines.items) - 1))))

    def current_key(self) -> object:
        row = self.currentIndex().row()
        return self.lines.items[row].key if 0 <= row < len(self.lines.items) else None

    def open_current(self) -> None:
        if self.current_key() is not None:
            self.opened.emit(self.current_key())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_current()
        elif key == Qt.Key.Key_Delete and self.current_key() is not None:
            self.dropped.emit(self.current_key())
        elif key in (Qt.Key.Key_J, Qt.Key.Key_K) and not event.modifiers():
            self.choose(self.currentIndex().row() + (1 if key == Qt.Key.Key_J else -1))
        elif event.text() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier and key != Qt.Key.Key_Space:
            event.ignore()  # letters belong to the desk's keys, not to the list's own search
        else:
            super().keyPressEvent(event)

    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(self.lines.items[index.row()].key)
