"""Full-text search over everything stored."""

import asyncio
import logging

from socialdesk.core.errors import StoreError
from socialdesk.core.saved import Hit
from socialdesk.store import search as search_table
from socialdesk.store.database import Store

log = logging.getLogger(__name__)
BATCH = 300
REST_S = 1.0
BREATH_S = 0.02


class SearchService:
    """Answers queries, and feeds the index from the store's change log in small batches."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._task: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()

    async def find(self, query: str, limit: int = 50) -> tuple[Hit, ...]:
        """Best matches; an empty query finds nothing. What was stored just now is indexed first."""
        if not query.strip():
            return ()
        await self.index_all()
        return await self._store.read(search_table.find, query, limit)

    async def index_all(self) -> None:
        while await self._store.write(search_table.feed, BATCH):
            pass

    def changed(self) -> None:
        self._changed.set()

    def start(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="index")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _run(self) -> None:
        """Feeds the index a little after something changed, resting between batches."""
        while True:
            try:
                while await self._feed_some():
                    pass
            except StoreError as error:
                log.warning("the search index was not fed: %s", error)
            self._changed.clear()
            await self._changed.wait()
            await asyncio.sleep(REST_S)

    async def _feed_some(self) -> bool:
        """One batch, then a rest that lets more urgent writes in between; False when nothing was left."""
        fed: int = await self._store.write(search_table.feed, BATCH)
        await asyncio.sleep(BREATH_S)
        return fed > 0
