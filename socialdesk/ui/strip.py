"""The columns side by side: scrolled sideways, dragged to reorder and to resize, folded to strips."""

import asyncio
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QEasingCurve, QPoint, QPropertyAnimation, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from socialdesk.core.source import Column
from socialdesk.ui.column.column import NARROWEST, USUAL, WIDEST, ColumnView
from socialdesk.ui.column.look import Look
from socialdesk.ui.desk import Desk
from socialdesk.ui.slot import GAP, Slot
from socialdesk.ui.tasks import Tasks

_GLIDE_MS = 140


class Strip(QScrollArea):
    """All columns. `active_changed` carries the id of the column the keys act on."""

    active_changed = Signal(int)
    unseen_changed = Signal(int, int)  # column id, count
    looks_changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.look = Look(desk)
        self._slots: dict[int, Slot] = {}
        self._order: list[int] = []
        self._active = 0
        self._dragged = 0
        self._tasks = Tasks(self, desk.actions.tell)
        self._inner = QWidget()
        self._row = QHBoxLayout(self._inner)
        self._row.setContentsMargins(GAP, GAP, 0, GAP)
        self._row.setSpacing(0)
        self._row.addStretch(1)
        self.setWidget(self._inner)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Columns")
        self.viewport().setAutoFillBackground(False)
        self._inner.setAutoFillBackground(False)
        self._glide = QPropertyAnimation(self.horizontalScrollBar(), b"value", self)
        self._glide.setDuration(_GLIDE_MS)
        self._glide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self.horizontalScrollBar().valueChanged.connect(self._load_visible)
        self._ages = QTimer(self)
        self._ages.setInterval(30_000)
        self._ages.timeout.connect(self._refresh_ages)
        self._ages.start()

    # Columns as the store has them

    def show_columns(self, columns: tuple[Column, ...]) -> None:
        """Adds, removes, moves and renames columns; those that stay keep their place and content."""
        wanted = [c.id for c in columns]
        for gone in [key for key in self._slots if key not in wanted]:
            slot = self._slots.pop(gone)
            slot.hide()
            self._row.removeWidget(slot)
            slot.deleteLater()
        self._order = [key for key in self._order if key in self._slots]
        for number, column in enumerate(columns):
            slot = self._slots.get(column.id) or self._make(column)
            if self._row.indexOf(slot) != number:
                self._row.insertWidget(number, slot)
            slot.view.show_column(column)
            slot.show_column(column)
        self._order = wanted
        if self._active not in self._slots:
            self.set_active(wanted[0] if wanted else 0)
        QTimer.singleShot(0, self, self._load_visible)

    def _make(self, column: Column) -> Slot:
        slot = self._slots[column.id] = Slot(self.look, column)
        key, view = column.id, slot.view
        view.header.dragged.connect(lambda place: self._drag(key, place))
        view.header.dropped.connect(lambda: self._drop(key))
        view.header.top.connect(lambda: self.set_active(key))
        view.list.used.connect(lambda: self.set_active(key))
        view.collapse.connect(lambda: self.fold(key, folded=True))
        view.width_reset.connect(lambda: self._keep_width(key, USUAL))
        view.unseen_changed.connect(lambda count: self._unseen(key, count))
        view.looks_changed.connect(self.looks_changed)
        slot.folded.clicked.connect(lambda: self.fold(key, folded=False))
        slot.grip.moved.connect(lambda by: self._resize(key, by))
        slot.grip.ended.connect(lambda: self._keep_width(key, slot.view.width()))
        return slot

    @property
    def ids(self) -> tuple[int, ...]:
        """Column ids from left to right."""
        return tuple(self._order)

    def column(self, column_id: int) -> ColumnView | None:
        slot = self._slots.get(column_id)
        return slot.view if slot else None

    def views(self) -> tuple[ColumnView, ...]:
        return tuple(self._slots[key].view for key in self._order)

    async def filled(self) -> None:
        """Returns when the columns that were in view at the start have their first rows."""
        for view in self.views():
            while view.loader.tasks.busy("first"):  # noqa: ASYNC110 (what is waited for is the state of widgets)
                await asyncio.sleep(0.005)

    # The column the keys act on

    def active(self) -> ColumnView | None:
        return self.column(self._active)

    def set_active(self, column_id: int) -> None:
        if column_id == self._active:
            return
        for key in (self._active, column_id):
            view = self.column(key)
            if view is not None:
                view.set_active(active=key == column_id)
        self._active = column_id
        self.active_changed.emit(column_id)

    def step(self, by: int) -> None:
        """To the column at the right (1) or left (-1)."""
        if self._order:
            here = self._order.index(self._active) if self._active in self._order else 0
            self.go(min(max(here + by, 0), len(self._order) - 1))

    def go(self, position: int) -> None:
        """To the column at `position`; -1 = the last."""
        if self._order and -1 <= position < len(self._order):
            self.go_to(self._order[position])

    def go_to(self, column_id: int) -> None:
        slot = self._slots.get(column_id)
        if slot is None:
            return
        if slot.view.column.collapsed:
            self.fold(column_id, folded=False)
        self.set_active(column_id)
        slot.view.focus_list()
        self._show_slot(slot)

    def _show_slot(self, slot: Slot) -> None:
        bar, left, right = self.horizontalScrollBar(), slot.x() - GAP, slot.x() + slot.width()
        target = bar.value()
        if left < target:
            target = left
        elif right > target + self.viewport().width():
            target = right - self.viewport().width()
        if target == bar.value():
            return
        self._glide.stop()
        if self._desk.theme.motion and self.isVisible():
            self._glide.setStartValue(bar.value())
            self._glide.setEndValue(target)
            self._glide.start()
        else:
            bar.setValue(target)

    # Width, folding, order

    def fold(self, column_id: int, *, folded: bool) -> None:
        self._change(column_id, collapsed=folded)
        if not folded:
            self._load_visible()

    def _resize(self, column_id: int, by: int) -> None:
        slot = self._slots[column_id]
        width = min(max(slot.view.width() + by, NARROWEST), WIDEST)
        slot.view.setFixedWidth(width)
        slot.setFixedWidth(width + GAP)

    def _keep_width(self, column_id: int, width: int) -> None:
        if not self._slots[column_id].view.column.collapsed:
            self._change(column_id, width=width)

    def _change(self, column_id: int, **changes: Any) -> None:
        slot = self._slots[column_id]
        shown = replace(slot.view.column, **changes)
        if shown != slot.view.column:
            slot.view.column = shown
            slot.show_column(shown)
            slot.view.keep(**changes)

    def _drag(self, column_id: int, place: QPoint) -> None:
        slot = self._slots[column_id]
        self._dragged = column_id
        slot.view.set_active(active=True)
        x = self._inner.mapFromGlobal(place).x()
        others = [key for key in self._order if key != column_id]
        target = sum(1 for key in others if x > self._slots[key].x() + self._slots[key].width() / 2)
        if self._order.index(column_id) != target:
            others.insert(target, column_id)
            self._order = others
            self._row.removeWidget(slot)
            self._row.insertWidget(target, slot)
        inside = self.viewport().mapFromGlobal(place).x()
        bar = self.horizontalScrollBar()
        if inside < 40 or inside > self.viewport().width() - 40:
            bar.setValue(bar.value() + (24 if inside >= 40 else -24))

    def _drop(self, column_id: int) -> None:
        self._dragged = 0
        self._slots[column_id].view.set_active(active=column_id == self._active)
        self.set_active(column_id)
        self._tasks.start("move", self._move(column_id, self._order.index(column_id)))

    def move_active(self, by: int) -> None:
        """Moves the active column one place, for the keyboard."""
        if self._active in self._order:
            target = min(max(self._order.index(self._active) + by, 0), len(self._order) - 1)
            self._tasks.start("move", self._move(self._active, target))

    async def _move(self, column_id: int, position: int) -> None:
        await self._desk.bridge.call(self._desk.services.columns.move, column_id, position)

    # Loading and events

    def _unseen(self, column_id: int, count: int) -> None:
        slot = self._slots.get(column_id)
        if slot is not None:
            slot.folded.show_title(slot.view.column.title, count)
        self.unseen_changed.emit(column_id, count)

    def _load_visible(self) -> None:
        """Fills the columns that are in view, then, one after the other, those beside them."""
        left = self.horizontalScrollBar().value()
        right = left + self.viewport().width()
        hidden: list[ColumnView] = []
        for key in self._order:
            slot = self._slots[key]
            if slot.view.column.collapsed:
                slot.view.ensure_header()
                continue
            if slot.x() < right and slot.x() + slot.width() > left:
                slot.view.ensure_loaded()
            else:
                hidden.append(slot.view)
        for number, view in enumerate(hidden):
            QTimer.singleShot(150 + 40 * number, view, view.ensure_loaded)

    def _refresh_ages(self) -> None:
        for view in self.views():
            view.refresh_ages()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._load_visible()

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.angleDelta().x() or event.angleDelta().y()
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() - delta)
        event.accept()

    def minimumSizeHint(self) -> QSize:
        return QSize(NARROWEST, 200)
