"""Feeds in and out as OPML."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from socialdesk.content import opml
from socialdesk.content.worker import Worker
from socialdesk.core.errors import ContentError, InputError
from socialdesk.core.events import Progress
from socialdesk.core.reports import ImportReport
from socialdesk.core.source import Source, WordFilter
from socialdesk.core.urls import normalise
from socialdesk.services.columns import ColumnService
from socialdesk.services.events import Events
from socialdesk.store import sources as sources_table
from socialdesk.store.database import Store

TASK = "opml"


class TransferService:
    def __init__(
        self,
        store: Store,
        columns: ColumnService,
        worker: Worker,
        events: Events,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._columns = columns
        self._worker = worker
        self._events = events
        self._now = now
        self._cancelled = asyncio.Event()

    async def import_opml(self, data: bytes, title: str = "") -> ImportReport:
        """Adds every feed of an OPML file as a source of one new column. Feeds that are known are not doubled."""
        try:
            outline = await self._worker.run(opml.read, data)
        except ContentError as error:
            raise InputError("This file is not OPML.", "Export the feeds as OPML from the other program.") from error
        self._cancelled.clear()
        known = {normalise(s.params.get("url", "")) for s in await self._store.read(sources_table.all)}
        fresh = [feed for feed in outline.feeds if normalise(feed.url) not in known]
        sources = await self._add(fresh)
        column_id = None
        if sources:
            name = title or outline.title or "Feeds"
            column = await self._columns.add_known(name, "rss", tuple(sources), WordFilter())
            column_id = column.id
        return ImportReport(
            len(sources),
            len(outline.feeds) - len(fresh),
            outline.refused,
            column_id,
            self._cancelled.is_set(),
        )

    async def _add(self, feeds: list[opml.Outline]) -> list[Source]:
        sources = []
        for done, feed in enumerate(feeds, 1):
            if self._cancelled.is_set():
                break
            source = self._columns.feed(feed.url, feed.title)
            sources.append(await self._store.write(sources_table.add, source))
            if done % 10 == 0 or done == len(feeds):
                self._events.send(Progress(TASK, "Importing feeds", done, len(feeds)))
        self._events.send(Progress(TASK, "Importing feeds", len(sources), len(feeds), finished=True))
        return sources

    async def cancel(self) -> None:
        """Stops a running import after the feed at hand; what is added stays."""
        self._cancelled.set()

    async def export_opml(self) -> bytes:
        """All feeds of the desk, one folder per column. Never a user name or password."""
        folders: list[tuple[str, tuple[Source, ...]]] = []
        for column in await self._columns.all():
            feeds = tuple(s for s in await self._columns.sources(column.id) if s.params.get("url"))
            if feeds:
                folders.append((column.title, feeds))
        lines = [
            opml.Outline(source.title or source.params["url"], source.params["url"], folder)
            for folder, feeds in folders
            for source in feeds
        ]
        return await self._worker.run(opml.write, tuple(lines), "SocialDesk", self._now())
