"""The list of cards: scrolling, the mouse, the keyboard's current card, and what has been seen."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QAbstractScrollArea, QListView, QToolTip, QWidget

from socialdesk.core.rows import Row, Story
from socialdesk.ui.column.corners import paint_corners
from socialdesk.ui.column.delegate import CardDelegate, Hover, identity
from socialdesk.ui.column.look import Look
from socialdesk.ui.column.model import Item, ItemRole, RowsModel
from socialdesk.ui.column.ops import Hit

_LOOKS = 3  # seconds on screen after which a card counts as seen
_AT_TOP = 4


class CardList(QListView):
    """Shows a `RowsModel`. `asked(kind, item, value)` is a click on a part of a card."""

    asked = Signal(str, object, object)
    seen = Signal(tuple)  # entry ids
    moved = Signal()  # scrolled
    used = Signal()  # the mouse or the keyboard went to it

    def __init__(self, look: Look, model: RowsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.rows = model
        self.cards = CardDelegate(look, look.desk.now, self)
        self._pressed: Hit | None = None
        self._looked: dict[object, int] = {}
        self._kept_new: set[int] = set()
        self.cards.current_row = lambda: self.currentIndex().row()
        self.setItemDelegate(self.cards)
        self.setModel(model)
        self._kept: object = None
        model.modelAboutToBeReset.connect(self._keep_current)
        model.modelReset.connect(self._find_current)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setAutoScroll(False)
        self.setMouseTracking(True)
        self.verticalScrollBar().setSingleStep(40)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self._looking = QTimer(self)
        self._looking.setInterval(1000)
        self._looking.timeout.connect(self._count_looks)

    @property
    def at_top(self) -> bool:
        return self.verticalScrollBar().value() <= _AT_TOP and not self.rows.above

    def item_at(self, index: QModelIndex | QPersistentModelIndex) -> Item | None:
        found = index.data(ItemRole) if index.isValid() else None
        return found if found is not None else None

    def current_item(self) -> Item | None:
        return self.item_at(self.currentIndex())

    @contextmanager
    def steady(self) -> Iterator[None]:
        """Rows may come and go inside; the card at the top of the view stays where it is."""
        anchor = QPersistentModelIndex(self.indexAt(QPoint(8, 1)))
        before = self.visualRect(_plain(anchor)).top() if anchor.isValid() else 0
        yield
        self.executeDelayedItemsLayout()
        if anchor.isValid():
            shift = self.visualRect(_plain(anchor)).top() - before
            bar = self.verticalScrollBar()
            if shift:
                bar.setValue(bar.value() + shift)

    def lay_out_again(self) -> None:
        """After the theme or a font changed."""
        self.cards.forget()
        self.doItemsLayout()
        self.viewport().update()

    def select_step(self, step: int) -> None:
        """Moves the current card; the first time, to the topmost card that is fully in view."""
        index = self.currentIndex()
        if index.isValid() and self.viewport().rect().intersects(self.visualRect(index)):
            row = index.row() + step
        else:
            row = self.first_visible() + (1 if self._cut_off(self.first_visible()) else 0)
        self.select_row(min(max(row, 0), self.rows.rowCount() - 1))

    def select_row(self, row: int) -> None:
        index = self.rows.index(row)
        if index.isValid():
            self.cards.ring = True
            self.setCurrentIndex(index)
            self._show_whole(index)

    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().currentChanged(current, previous)
        self.viewport().update()

    def page(self, direction: int) -> None:
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + direction * max(80, self.viewport().height() - 60))

    def first_visible(self) -> int:
        index = self.indexAt(QPoint(8, 1))
        return index.row() if index.isValid() else 0

    def last_visible(self) -> int:
        index = self.indexAt(QPoint(8, self.viewport().height() - 2))
        return index.row() if index.isValid() else self.rows.rowCount() - 1

    def refresh_ages(self) -> None:
        self.viewport().update()

    # Events

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        self.viewport().update()  # the round corners do not scroll along

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        paint_corners(painter, self._look, self.viewport().rect())
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        width = self.viewport().width()
        if width != self.cards.width and width > 0:
            with self.steady():
                self.cards.width = width
                self.scheduleDelayedItemsLayout()
        super().resizeEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier or event.angleDelta().x():
            event.ignore()  # the strip scrolls sideways
            return
        super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # The keys of the desk are the window's; only what makes a list a list stays here.
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        step = steps.get(Qt.Key(event.key()))
        if step is not None and not event.modifiers():
            self.select_step(step)
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover_at(event.position())

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The focus alone chooses no card, as Qt's list would have it: the first J then led to the second one."""
        QAbstractScrollArea.focusInEvent(self, event)
        self.viewport().update()
        self.used.emit()

    def leaveEvent(self, event: QEvent) -> None:
        self._set_hover(Hover())
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._hover_at(event.position())
        self._pressed = self.cards.hover.hit
        self.used.emit()
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            self.cards.ring = False
            self.setCurrentIndex(index)
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._hover_at(event.position())
        hit, pressed = self.cards.hover.hit, self._pressed
        self._pressed = None
        item = self.item_at(self.indexAt(event.position().toPoint()))
        if item is None or event.button() != Qt.MouseButton.LeftButton or hit is None or pressed is None:
            return
        if (hit.kind, hit.box) == (pressed.kind, pressed.box):
            self._ask(hit, item)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        item = self.item_at(self.indexAt(event.position().toPoint()))
        if item is not None and self.cards.hover.hit is None:
            self.asked.emit("open", item, None)

    def contextMenuEvent(self, event: Any) -> None:
        index = self.indexAt(event.pos()) if event.reason() == event.Reason.Mouse else self.currentIndex()
        item = self.item_at(index)
        if item is not None:
            self.setCurrentIndex(index)
            self.asked.emit("more", item, event.globalPos())

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._hover_at(QPointF(event.pos()))
            hit = self.cards.hover.hit
            QToolTip.showText(event.globalPos(), hit.name if hit else "", self.viewport())
            return True
        return bool(super().viewportEvent(event))

    # Inside

    def _ask(self, hit: Hit, item: Item) -> None:
        if hit.kind == "warning" and isinstance(item, Row):
            self.cards.toggle_warning(item)
            with self.steady():
                self.scheduleDelayedItemsLayout()
        elif hit.kind == "more":
            corner = self.visualRect(self.currentIndex()).topLeft() + hit.box.bottomLeft().toPoint()
            self.asked.emit("more", item, self.viewport().mapToGlobal(corner))
        elif hit.kind != "time":
            self.asked.emit(hit.kind, item, hit.value)

    def _hover_at(self, place: QPointF) -> None:
        index = self.indexAt(place.toPoint())
        item = self.item_at(index)
        if item is None:
            self._set_hover(Hover())
            return
        inside = place - QPointF(self.visualRect(index).topLeft())
        self._set_hover(Hover(identity(item), self.cards.hit_at(item, inside)))

    def _set_hover(self, hover: Hover) -> None:
        if hover == self.cards.hover:
            return
        self.cards.hover = hover
        live = hover.hit is not None and hover.hit.kind != "time"
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if live else Qt.CursorShape.ArrowCursor)
        self.viewport().update()

    def _show_whole(self, index: QModelIndex) -> None:
        box, height = self.visualRect(index), self.viewport().height()
        bar = self.verticalScrollBar()
        if box.top() < 0 or box.height() >= height:
            bar.setValue(bar.value() + box.top())
        elif box.bottom() > height:
            bar.setValue(bar.value() + box.bottom() - height + 1)

    def _keep_current(self) -> None:
        item = self.current_item()
        self._kept = identity(item) if item is not None else None

    def _find_current(self) -> None:
        """The card the keys act on stays the same one, wherever it stands now."""
        place = next((n for n, item in enumerate(self.rows.items) if identity(item) == self._kept), None)
        if self._kept is not None and place is not None:
            self.setCurrentIndex(self.rows.index(place))

    def _cut_off(self, row: int) -> bool:
        return bool(self.visualRect(self.rows.index(row)).top() < 0)

    def _scrolled(self) -> None:
        self.moved.emit()
        self.watch()

    def watch(self) -> None:
        """Starts counting how long new cards are on screen, if any are."""
        if not self._looking.isActive() and any(True for _ in self._new_in_view()):
            self._looking.start()

    def keep_new(self, entry_ids: tuple[int, ...]) -> None:
        """The person wants these to stay new, however long they are on screen."""
        self._kept_new.update(entry_ids)

    def _new_in_view(self) -> Iterator[Item]:
        if not self.isVisible() or self.rows.rowCount() == 0:
            return
        for number in range(self.first_visible(), self.last_visible() + 1):
            item = self.rows.items[number]
            if not item.seen and not (isinstance(item, Row) and item.entry_id in self._kept_new):
                yield item

    def _count_looks(self) -> None:
        if not self.window().isActiveWindow():
            return
        here = {identity(item): item for item in self._new_in_view()}
        self._looked = {key: self._looked.get(key, 0) + 1 for key in here}
        done = [here[key] for key, looks in self._looked.items() if looks >= _LOOKS]
        if done:
            self.rows.mark(done)
            ids = (item.entry_ids if isinstance(item, Story) else (item.entry_id,) for item in done)
            self.seen.emit(tuple(chain.from_iterable(ids)))
        if not here or len(done) == len(here):
            self._looking.stop()
            self._looked.clear()


def _plain(index: QPersistentModelIndex) -> QModelIndex:
    return index.model().index(index.row(), index.column())
