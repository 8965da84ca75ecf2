"""Paints cards. Laid-out text is kept per row and width; painting only runs through it."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from socialdesk.core.rows import Row
from socialdesk.ui import words
from socialdesk.ui.column import actions_row
from socialdesk.ui.column.card import Laid, lay_out_post
from socialdesk.ui.column.look import Look
from socialdesk.ui.column.model import Item, ItemRole
from socialdesk.ui.column.ops import Hit
from socialdesk.ui.column.story import lay_out_story

_KEPT = 260  # layouts
_BAR = 3
Index = QModelIndex | QPersistentModelIndex


class Hover(NamedTuple):
    """What the mouse is over: the card's identity and the part of it."""

    item: object = None
    hit: Hit | None = None


class CardDelegate(QStyledItemDelegate):
    """`width` and `current_row` are set by the view; `ring` when that row was reached by keyboard."""

    def __init__(self, look: Look, now: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._now = now
        self._laid: OrderedDict[object, tuple[Item, Laid]] = OrderedDict()
        self._unfolded: set[int] = set()
        self.width = 352
        self.hover = Hover()
        self.ring = False
        self.current_row: Callable[[], int] = lambda: -1

    def laid(self, item: Item) -> Laid:
        """The layout of `item` at the present width."""
        key = identity(item)
        found = self._laid.get(key)
        if found is not None and found[1].width == self.width and (found[0] is item or _same_shape(found[0], item)):
            return found[1]
        if isinstance(item, Row):
            made = lay_out_post(self._look, item, self.width, unfolded=item.entry_id in self._unfolded, now=self._now())
        else:
            made = lay_out_story(self._look, item, self.width)
        self._laid[key] = (item, made)
        self._laid.move_to_end(key)
        if len(self._laid) > _KEPT:
            self._laid.popitem(last=False)
        return made

    def forget(self) -> None:
        """Colours or fonts changed: everything is laid out anew."""
        self._laid.clear()

    def toggle_warning(self, row: Row) -> None:
        self._unfolded ^= {row.entry_id}
        self._laid.pop(identity(row), None)

    def hit_at(self, item: Item, place: QPointF) -> Hit | None:
        """The smallest part of the card at `place`."""
        laid = self.laid(item)
        parts = list(laid.hits)
        if laid.actions_y >= 0 and isinstance(item, Row):
            kinds = actions_row.offered(self._look.looks, item)
            parts += actions_row.hits(laid.width, laid.actions_y, kinds)
        found = [hit for hit in parts if hit.box.contains(place)]
        return min(found, key=lambda h: h.box.width() * h.box.height(), default=None)

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        item = index.data(ItemRole)
        return QSize(self.width, self.laid(item).height) if item is not None else QSize(self.width, 0)

    def paint(self, painter: QPainter, option: Any, index: Index) -> None:
        item: Item | None = index.data(ItemRole)
        if item is None:
            return
        laid, look = self.laid(item), self._look
        box = option.rect
        current = index.row() == self.current_row()
        painter.save()
        painter.translate(box.topLeft())
        if current:
            painter.fillRect(0, 0, box.width(), laid.height - 1, look.colour("selected"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for op in laid.ops:
            op.paint(painter, look)
        if isinstance(item, Row):
            self._paint_row(painter, item, laid)
        self._paint_hover(painter, item, laid)
        painter.fillRect(0, laid.height - 1, box.width(), 1, look.colour("line"))
        if not item.seen:
            painter.fillRect(0, 0, _BAR, laid.height - 1, look.colour("accent"))
        if current and self.ring:
            painter.setPen(QPen(look.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(2, 2, box.width() - 4, laid.height - 5), 8, 8)
        painter.restore()

    def _paint_row(self, painter: QPainter, row: Row, laid: Laid) -> None:
        look = self._look
        age = words.age(row.entry.published, self._now())
        place = laid.age_box
        look.write(painter, "small", "muted", place.right() - look.width("small", age), place.center().y(), age)
        if laid.actions_y >= 0:
            hit = self.hover.hit
            hovered = hit.kind if hit is not None and self.hover.item == identity(row) else ""
            actions_row.paint_actions(painter, look, row, laid.width, laid.actions_y, hovered)

    def _paint_hover(self, painter: QPainter, item: Item, laid: Laid) -> None:
        hit = self.hover.hit
        if hit is None or self.hover.item != identity(item):
            return
        if hit.kind in ("tag", "mention", "link") and hit.value:
            painter.setPen(QPen(self._look.colour("link"), 1))
            for block, span in laid.live:
                if span.target == hit.value:
                    for box in block.boxes(span):
                        painter.drawLine(QPointF(box.left(), box.bottom() - 1), QPointF(box.right(), box.bottom() - 1))
        elif hit.kind in ("read", "reshare", "rewrite") and not isinstance(item, Row) and hit.name:
            painter.setPen(QPen(self._look.colour("muted"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(hit.box.adjusted(0.5, 0.5, -0.5, -0.5), 14, 14)


def identity(item: Item) -> object:
    """What stays the same while a card changes in place."""
    return item.entry_id if isinstance(item, Row) else item.url


def _same_shape(one: Item, other: Item) -> bool:
    """True when both lay out alike: they differ at most in what is drawn from the row itself."""
    if isinstance(one, Row) and isinstance(other, Row):
        a, b = one.entry, other.entry
        if a is b:
            return True
        return (
            a.text == b.text
            and a.title == b.title
            and a.summary == b.summary
            and a.html == b.html
            and a.warning == b.warning
            and (a.filtered, a.audience) == (b.filtered, b.audience)
            and a.author == b.author
            and a.reason == b.reason
            and a.media == b.media
            and a.link == b.link
            and a.quoted == b.quoted
            and a.poll == b.poll
        )
    return one == other
