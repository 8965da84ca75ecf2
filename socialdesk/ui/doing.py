"""Fulfils the wishes that need no panel: like, re-share, save, refresh, mark read, remove, open a browser."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication

from socialdesk.core.entry import EntryKind
from socialdesk.core.rows import Removed, Row
from socialdesk.core.source import Column, Source
from socialdesk.ui.desk import Desk
from socialdesk.ui.tasks import Tasks

_OPENED = ("http://", "https://", "mailto:")


class Doing(QObject):
    """`changed(row)` is called with a row that looks different at once."""

    def __init__(self, desk: Desk, changed: Callable[[Row], None], parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._changed = changed
        self._tasks = Tasks(self, desk.actions.tell)
        actions = desk.actions
        actions.like.connect(lambda row: self._start(f"like {row.entry_id}", self._act(row, "like")))
        actions.reshare.connect(lambda row: self._start(f"reshare {row.entry_id}", self._act(row, "reshare")))
        actions.mark.connect(lambda row, action: self._start(f"{action} {row.entry_id}", self._mark(row, action)))
        actions.save.connect(lambda row: self._start(f"save {row.entry_id}", self._save(row)))
        actions.remove.connect(lambda ids: self._start(f"remove entries {ids}", self._remove_entries(ids)))
        actions.copy_link.connect(self._copy)
        actions.open_browser.connect(self._open)
        actions.mark_read.connect(lambda column: self._start(f"read {column}", self._mark_read(column)))
        actions.refresh.connect(lambda column: self._start(f"refresh {column}", self._refresh(column)))
        actions.remove_column.connect(lambda column: self._start(f"remove {column}", self._remove(column)))
        actions.subscribe.connect(lambda *asked: self._start(f"subscribe {asked[1]}", self._subscribe(*asked)))
        actions.add_search.connect(lambda words: self._start("add search", self._add_search(words)))

    @property
    def _start(self) -> Callable[..., object]:
        return self._tasks.start

    async def _act(self, row: Row, action: str) -> None:
        entry = row.entry
        can_act = action in self._desk.looks.actions(row)
        if action == "reshare" and not can_act and entry.kind is EntryKind.ARTICLE and entry.url:
            self._desk.actions.compose_text.emit(f"{entry.title}\n\n{entry.url}".strip())
            return
        undo = action in row.entry.mine
        await self._desk.bridge.call(self._desk.services.reading.act, row.entry_id, f"un{action}" if undo else action)
        if action == "reshare" and not undo:
            again = replace(row, entry=replace(row.entry, mine=row.entry.mine | {"reshare"}))
            self._desk.actions.notice.emit("Re-shared.", "Undo", lambda: self._desk.actions.reshare.emit(again))

    async def _mark(self, row: Row, action: str) -> None:
        reading, call = self._desk.services.reading, self._desk.bridge.call
        if action in ("read", "unread"):
            await call(reading.mark_read if action == "read" else reading.mark_unread, (row.entry_id,))
        else:
            await call(reading.act, row.entry_id, action)

    async def _save(self, row: Row) -> None:
        if row.saved:
            self._desk.actions.notice.emit("Saved already.", "Read", lambda: self._desk.actions.open_entry.emit(row))
            return
        self._changed(replace(row, saved=True))
        try:
            await self._desk.bridge.call(self._desk.services.saving.save_entry, row.entry_id)
        except BaseException:
            self._changed(row)
            raise
        self._desk.actions.tell("Saved for offline.")

    async def _remove_entries(self, entry_ids: tuple[int, ...]) -> None:
        reading, call = self._desk.services.reading, self._desk.bridge.call
        gone: tuple[Removed, ...] = await call(reading.remove, entry_ids)

        def undo() -> None:
            self._start(f"restore entries {entry_ids}", call(reading.restore, gone))

        said = "Removed from the desk." if len(gone) == 1 else f"Removed {len(gone)} posts from the desk."
        self._desk.actions.notice.emit(said, "Undo", undo)

    async def _mark_read(self, column_id: int) -> None:
        await self._desk.bridge.call(self._desk.services.reading.mark_all_seen, column_id)

    async def _refresh(self, column_id: int | None) -> None:
        await self._desk.bridge.call(self._desk.services.refresh.now, column_id)

    async def _add_search(self, words: str) -> None:
        column = await self._desk.bridge.call(self._desk.services.columns.add_search, words)
        self._desk.actions.go_column_id.emit(column.id)

    async def _subscribe(self, account_id: int, address: str, folder: str) -> None:
        add = self._desk.services.subscribing.add
        found = await self._desk.bridge.call(add, account_id, address, folder)
        self._desk.actions.tell(f"Subscribed to {found.title}.")

    async def _remove(self, column_id: int) -> None:
        column, sources = await self._desk.bridge.call(self._desk.services.columns.remove, column_id)

        def undo() -> None:
            self._start(f"restore {column_id}", self._restore(column, sources))

        self._desk.actions.notice.emit(f"Removed “{column.title}”.", "Undo", undo)

    async def _restore(self, column: Column, sources: tuple[Source, ...]) -> None:
        back = await self._desk.bridge.call(self._desk.services.columns.restore, column, sources)
        self._desk.actions.go_column_id.emit(back.id)

    def _copy(self, row: Row) -> None:
        QGuiApplication.clipboard().setText(row.entry.url)
        self._desk.actions.tell("Link copied.")

    def _open(self, url: str) -> None:
        if url.startswith(_OPENED):
            QDesktopServices.openUrl(QUrl(url))
