"""Fills a column's list from the store, a page at a time, without moving the reader's place."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from socialdesk.core.rows import Row, Story
from socialdesk.core.source import RowKey
from socialdesk.ui.column.ending import EVERYTHING, OLDER
from socialdesk.ui.column.look import Look
from socialdesk.ui.column.model import MOST, Item, RowsModel
from socialdesk.ui.column.view import CardList
from socialdesk.ui.tasks import Tasks

_FIRST = 8  # enough for the first screen; the engine foresees it (`app.ahead`)
_PAGE = 40
_STORIES = 50
_SLICE_S = 0.002  # laying out ahead never holds the window longer than this
_OLDER_PAGES = 5  # asked for at one go
_OLDER_PAUSE_S = 5.0  # before the networks are asked again after nothing came
_CALM_MS = 120  # changes are gathered this long
_BETWEEN_S = 2.0  # while more and more come, they are shown this often
_FRAME_S = 0.016  # columns that changed together are painted one after the other


class Loader(QObject):
    """`waiting` says how many rows wait behind the pill; `loaded` that rows at the top are in."""

    waiting = Signal(int)
    loaded = Signal()
    ending = Signal(str)  # what stands below the last card

    def __init__(self, look: Look, column_id: int, view: CardList, tell: Callable[[str], None]) -> None:
        super().__init__(view)
        self._desk = look.desk
        self._turn = look.turn
        self._id = column_id
        self._view = view
        self._model: RowsModel = view.rows
        self.view_kind = "posts"
        self.filled = False  # rows were asked for and have come, be it none
        self._has_everything = False  # no network has anything older
        self._ask_older_at = 0.0
        self.tasks = Tasks(self, tell)
        self._pending = 0
        self._updated: set[int] = set()
        self._added = 0
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._applied_at = 0.0
        self._calm.timeout.connect(self._apply_changes)
        self._model.more = self.more
        view.moved.connect(self._moved)

    @property
    def pending(self) -> int:
        return self._pending

    @property
    def up_to_date(self) -> bool:
        """Rows were asked for and are shown, and nothing that changed since waits for its turn."""
        return self.filled and not self._calm.isActive() and not self.tasks.busy("first") and not self.tasks.busy("new")

    def start(self, view_kind: str) -> None:
        """Shows the column from its top."""
        self.view_kind = view_kind
        self._set_pending(0)
        self.filled = False
        self._has_everything = False
        self.ending.emit("")
        self.tasks.cancel("more")
        self.tasks.start("first", self._first())

    def more(self) -> None:
        if self.view_kind != "posts" or self.tasks.busy("more"):
            return
        is_here = self._view.verticalScrollBar().value() > 0  # the person came down
        if not self._model.at_end:
            self._step_down(self._more())
        elif is_here and not self._has_everything and time.monotonic() >= self._ask_older_at:
            self._step_down(self._older())

    def _step_down(self, step: Coroutine[Any, Any, None]) -> None:
        """One step towards the past; then another one if the person is still near the end."""
        task = self.tasks.start("more", step)
        if task is not None:
            task.add_done_callback(lambda done: None if done.cancelled() or done.exception() else self._moved())

    def changed(self, added: int, updated: tuple[int, ...]) -> None:
        """The store has new or changed rows for this column. What a person did to a card is shown at once."""
        if len(updated) == 1 and not added and self.view_kind == "posts":
            self.tasks.start(f"replace {updated[0]}", self._replace(updated))
            return
        self._added += added
        self._updated.update(updated)
        if added or updated:
            self._wait_for_calm()

    def removed(self, entry_ids: tuple[int, ...]) -> None:
        """A person took these off the desk: their cards go at once."""
        with self._view.steady():
            self._model.take_out(entry_ids)
        self.refresh_stories()
        self.loaded.emit()
        self._moved()

    def restored(self, entry_ids: tuple[int, ...]) -> None:
        """A person put these back where they were."""
        self.tasks.start(f"restore {entry_ids}", self._restore(entry_ids))

    def show_new(self) -> None:
        """The person asks for what waits, or for the top."""
        if self._pending or self._model.above:
            self.start(self.view_kind)
        else:
            self._view.scrollToTop()

    # Coroutines

    async def _first(self) -> None:
        if self.view_kind == "stories":
            stories = await self._ask_stories()
            await self._prepare(stories)
            self._model.reset(stories, at_end=True)
        else:
            rows = await self._page(None, _FIRST)
            await self._prepare(rows)
            self._model.reset(rows, at_end=len(rows) < _FIRST)
        self._view.scrollToTop()
        self._view.watch()
        self.filled = True
        self.loaded.emit()

    async def _more(self) -> None:
        rows = await self._page(self._model.oldest, _PAGE)
        await self._prepare(rows)
        with self._view.steady():
            self._model.put_below(rows, at_end=len(rows) < _PAGE)
        with self._view.steady():
            self._model.drop_above(self._view.first_visible())

    async def _older(self) -> None:
        """The store has no more: the networks are asked. Filters may leave nothing of a page, so a few are."""
        self._ask_older_at = time.monotonic() + _OLDER_PAUSE_S
        self.ending.emit(OLDER)
        said = ""
        try:
            for _ in range(_OLDER_PAGES):
                more = await self._desk.bridge.call(self._desk.services.refresh.older, self._id)
                rows = await self._page(self._model.oldest, _PAGE)
                if rows:
                    await self._prepare(rows)
                    self._model.put_below(rows, at_end=len(rows) < _PAGE)
                    self._ask_older_at = 0.0
                    return
                if not more:
                    self._has_everything, said = True, EVERYTHING
                    return
                await self._show_between()
        finally:
            self.ending.emit(said)

    async def _show_between(self) -> None:
        """What came may lie in a gap further up: rows of it within the window go to their places."""
        first, oldest = self._top_key(), self._model.oldest
        if first is None or oldest is None:
            return
        rows = await self._desk.bridge.call(self._desk.services.reading.newer, self._id, oldest, MOST)
        between = [row for row in rows if not _newer(row.key, first)]
        await self._prepare(between)
        with self._view.steady():
            self._model.merge(between)

    async def _back(self) -> None:
        """Brings back rows above the window that were dropped."""
        above = self._model.above
        first, newest = self._top_key(), self._model.newest
        before = above[-_PAGE - 1] if len(above) > _PAGE else None
        rows = await self._page(before, _PAGE + (self._pending if before is None else 0))
        known = [r for r in rows if first is not None and newest is not None and _newer(r.key, first)]
        fitting = [r for r in known if newest is not None and not _newer(r.key, newest)]
        await self._prepare(fitting)
        with self._view.steady():
            if not self._model.put_above(fitting):
                self._model.above.clear()
        with self._view.steady():
            self._model.drop_below(self._view.last_visible())

    async def _take_new(self, added: int) -> None:
        """New rows while the reader is at the top; not all of them need be newer than what is shown."""
        if self.view_kind == "stories":
            await self._first()
            return
        rows = await self._page(None, _PAGE)
        await self._prepare(rows)
        async with self._turn:
            self._show_at_top(rows, added)
            await asyncio.sleep(_FRAME_S)

    def _show_at_top(self, rows: tuple[Row, ...], added: int) -> None:
        if not self._view.at_top:
            self._set_pending(self._pending + added)
            return
        newest = self._top_key()
        if newest is None or all(_newer(row.key, newest) for row in rows):
            self._model.reset(rows, at_end=len(rows) < _PAGE)
        else:
            self._model.merge(rows)
            self._model.drop_below(self._view.last_visible())
        self._view.executeDelayedItemsLayout()
        self._view.scrollToTop()
        self._view.watch()
        self.filled = True
        self.loaded.emit()

    def refresh_stories(self) -> None:
        """Brings the stories shown up to date where they stand."""
        if self.view_kind == "stories" and self.filled:
            self.tasks.start("stories", self._refresh_stories())

    async def _refresh_stories(self) -> None:
        stories = await self._ask_stories()
        with self._view.steady():
            self._model.replace_stories(stories)

    async def _restore(self, entry_ids: tuple[int, ...]) -> None:
        if self.view_kind == "stories":
            stories = await self._ask_stories()
            with self._view.steady():
                self._model.put_stories_back(stories, entry_ids)
                self._model.replace_stories(stories)
        else:
            rows = await self._desk.bridge.call(self._desk.services.reading.rows_of, self._id, entry_ids)
            await self._prepare(rows)
            with self._view.steady():
                self._model.put_back(rows)
        if not self._model.items:
            self.start(self.view_kind)
        self.loaded.emit()

    async def _replace(self, entry_ids: tuple[int, ...]) -> None:
        shown = {item.entry_id for item in self._model.items if isinstance(item, Row)}
        wanted = tuple(i for i in entry_ids if i in shown)
        if wanted:
            rows = await self._desk.bridge.call(self._desk.services.reading.rows_of, self._id, wanted)
            with self._view.steady():
                self._model.replace_rows(rows)

    async def _page(self, before: RowKey | None, limit: int) -> tuple[Row, ...]:
        rows: tuple[Row, ...] = await self._desk.bridge.call(self._desk.services.reading.page, self._id, before, limit)
        return rows

    async def _ask_stories(self) -> tuple[Story, ...]:
        found: tuple[Story, ...] = await self._desk.bridge.call(self._desk.services.reading.stories, self._id, _STORIES)
        return found

    async def _prepare(self, items: Sequence[Item]) -> None:
        """Lays cards out ahead in small slices, so that inserting them costs nothing."""
        async with self._turn:
            started = time.perf_counter()
            for item in items:
                self._view.cards.laid(item)
                if time.perf_counter() - started > _SLICE_S:
                    await asyncio.sleep(0)
                    started = time.perf_counter()

    # Slots

    def _moved(self) -> None:
        view = self._view
        bar = view.verticalScrollBar()
        ahead = 2 * view.viewport().height()
        if bar.maximum() - bar.value() < ahead:
            self.more()
        if self._model.above and bar.value() < ahead and not self.tasks.busy("back"):
            self.tasks.start("back", self._back())

    def _wait_for_calm(self) -> None:
        if not self._calm.isActive():
            rest_s = self._applied_at + _BETWEEN_S - time.monotonic()
            self._calm.start(max(_CALM_MS, round(rest_s * 1000)))

    def _apply_changes(self) -> None:
        if self.tasks.busy("replace") or self.tasks.busy("new"):
            self._wait_for_calm()
            return
        self._applied_at = time.monotonic()
        added, updated = self._added, tuple(self._updated)
        self._added = 0
        self._updated.clear()
        if updated and self.view_kind == "posts":
            self.tasks.start("replace", self._replace(updated))
        if not added:
            return
        if self._view.at_top or not self._model.items:
            self.tasks.start("new", self._take_new(added))
        else:
            self._set_pending(self._pending + added)

    def _set_pending(self, count: int) -> None:
        if count != self._pending:
            self._pending = count
            self.waiting.emit(count)

    def _top_key(self) -> RowKey | None:
        return next((item.key for item in self._model.items if isinstance(item, Row)), None)


def _newer(one: RowKey, other: RowKey) -> bool:
    return (one.sort_ms, one.entry_id) > (other.sort_ms, other.entry_id)
