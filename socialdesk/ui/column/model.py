"""The rows of one column that are in memory: a window onto what the store holds."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from socialdesk.core.rows import Row, Story
from socialdesk.core.source import RowKey
from socialdesk.ui import words
from socialdesk.ui.column.card import said_aloud

Item = Row | Story
ItemRole = Qt.ItemDataRole.UserRole
MOST = 160  # rows in memory
_KEEP = 100  # rows left after far ones are dropped
_ROOT = QModelIndex()
Index = QModelIndex | QPersistentModelIndex


class RowsModel(QAbstractListModel):
    """Newest first. Rows above the window are remembered by key only and come back through `put_above`."""

    def __init__(self, now: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self.items: list[Item] = []
        self.above: list[RowKey] = []  # keys of dropped rows, newest first
        self.at_end = False
        self.more: Callable[[], None] | None = None

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.items):
            return None
        item = self.items[index.row()]
        if role == ItemRole:
            return item
        if role == Qt.ItemDataRole.AccessibleTextRole:
            if isinstance(item, Row):
                return said_aloud(item.entry, self._now(), seen=item.seen)
            return f"{item.title}, {item.site}, {words.plural(item.share_count, 'share', 'shares')}. {item.remark}"
        return None

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and not self.at_end and bool(self.items)

    def fetchMore(self, parent: Index) -> None:
        if self.more is not None and self.canFetchMore(parent):
            self.more()

    def reset(self, items: Sequence[Item], *, at_end: bool) -> None:
        self.beginResetModel()
        self.items = list(items)
        self.above = []
        self.at_end = at_end
        self.endResetModel()

    def put_below(self, items: Sequence[Item], *, at_end: bool) -> None:
        self.at_end = at_end
        fresh = self._unknown(items)
        if fresh:
            first = len(self.items)
            self.beginInsertRows(_ROOT, first, first + len(fresh) - 1)
            self.items.extend(fresh)
            self.endInsertRows()

    def put_above(self, items: Sequence[Item]) -> int:
        """Inserts at the top; returns how many. Keys of rows that come back leave `above`."""
        fresh = self._unknown(items)
        if fresh:
            back = {i.key for i in fresh if isinstance(i, Row)}
            self.above = [key for key in self.above if key not in back]
            self.beginInsertRows(_ROOT, 0, len(fresh) - 1)
            self.items[:0] = fresh
            self.endInsertRows()
        return len(fresh)

    def merge(self, rows: Sequence[Row]) -> None:
        """Puts rows where they belong in the window; those below its end come when it gets there."""
        for row in self._unknown(rows):
            if not isinstance(row, Row):
                continue
            place = bisect_left(self.items, _downwards(row), key=_downwards)
            if place < len(self.items) or self.at_end:
                self.beginInsertRows(_ROOT, place, place)
                self.items.insert(place, row)
                self.endInsertRows()

    def drop_above(self, visible: int) -> int:
        """Forgets rows far above row `visible` when there are too many; returns how many."""
        count = min(len(self.items) - _KEEP, visible - 30)
        if len(self.items) <= MOST or count <= 0:
            return 0
        self.above.extend(item.key for item in self.items[:count] if isinstance(item, Row))
        self.beginRemoveRows(_ROOT, 0, count - 1)
        del self.items[:count]
        self.endRemoveRows()
        return count

    def drop_below(self, visible: int) -> int:
        """Forgets rows far below row `visible`; they are asked for again on the way down."""
        keep = max(_KEEP, visible + 30)
        count = len(self.items) - keep
        if len(self.items) <= MOST or count <= 0:
            return 0
        self.beginRemoveRows(_ROOT, keep, len(self.items) - 1)
        del self.items[keep:]
        self.endRemoveRows()
        self.at_end = False
        return count

    def replace_rows(self, rows: Sequence[Row]) -> None:
        """Rows that changed in place: counts, marks, seen, saved. Rows not in the window are ignored."""
        places = {item.entry_id: n for n, item in enumerate(self.items) if isinstance(item, Row)}
        for row in rows:
            place = places.get(row.entry_id)
            if place is not None and self.items[place] != row:
                self._put(place, row)

    def take_out(self, entry_ids: Sequence[int]) -> None:
        """Entries have left the desk; a story goes with its last post."""
        gone = set(entry_ids)
        self.above = [key for key in self.above if key.entry_id not in gone]
        for place in reversed(range(len(self.items))):
            item = self.items[place]
            if gone.issuperset((item.entry_id,) if isinstance(item, Row) else item.entry_ids):
                self.beginRemoveRows(_ROOT, place, place)
                del self.items[place]
                self.endRemoveRows()

    def put_back(self, rows: Sequence[Row]) -> None:
        """Rows that have left come back where they were; those above the window come when it gets there."""
        next_above = self.above[-1] if self.above else None
        here = [r for r in rows if next_above is None or _downwards_of(next_above) < _downwards(r)]
        self.above = sorted({*self.above, *(r.key for r in rows if r not in here)}, key=_downwards_of)
        self.merge(here)

    def mark(self, items: Sequence[Item] | None) -> None:
        """Marks cards as seen; None = all."""
        wanted = None if items is None else {_name(item) for item in items}
        for place, item in enumerate(self.items):
            if not item.seen and (wanted is None or _name(item) in wanted):
                self._put(place, replace(item, seen=True))

    def replace_stories(self, stories: Sequence[Story]) -> None:
        """Stories that changed in place: saved, counts. Their order stays."""
        fresh = {story.url: story for story in stories}
        for place, item in enumerate(self.items):
            found = fresh.get(item.url) if isinstance(item, Story) else None
            if found is not None and found != item:
                self._put(place, found)

    def put_stories_back(self, stories: Sequence[Story], entry_ids: Sequence[int]) -> None:
        """Stories that have left come back at their rank among `stories`, which are all that there are."""
        shown = {item.url for item in self.items if isinstance(item, Story)}
        for rank, story in enumerate(stories):
            if story.url not in shown and not set(entry_ids).isdisjoint(story.entry_ids):
                place = min(rank, len(self.items))
                self.beginInsertRows(_ROOT, place, place)
                self.items.insert(place, story)
                self.endInsertRows()

    def _put(self, place: int, item: Item) -> None:
        self.items[place] = item
        self.dataChanged.emit(self.index(place), self.index(place), [ItemRole])

    @property
    def newest(self) -> RowKey | None:
        """The newest row that was ever shown here."""
        if self.above:
            return self.above[0]
        return next((item.key for item in self.items if isinstance(item, Row)), None)

    @property
    def oldest(self) -> RowKey | None:
        return next((item.key for item in reversed(self.items) if isinstance(item, Row)), None)

    def _unknown(self, items: Sequence[Item]) -> list[Item]:
        known = {item.entry_id for item in self.items if isinstance(item, Row)}
        return [item for item in items if not isinstance(item, Row) or item.entry_id not in known]


def _name(item: Item) -> object:
    return item.entry_id if isinstance(item, Row) else item.url


def _downwards(item: Item) -> tuple[int, int]:
    """Grows from the top of a column to its end."""
    return _downwards_of(item.key) if isinstance(item, Row) else (0, 0)


def _downwards_of(key: RowKey) -> tuple[int, int]:
    return -key.sort_ms, -key.entry_id
