"""After a change of the cleaner, what is stored is cleaned again: slowly, beside everything else, and once."""

import asyncio
import logging

from socialdesk.content import entries as clean_entries
from socialdesk.content.html import CLEANER_VERSION
from socialdesk.content.worker import Worker
from socialdesk.core.errors import ContentError, StoreError
from socialdesk.store import recleaning as recleaning_table
from socialdesk.store.database import Store
from socialdesk.store.recleaning import Piece

log = logging.getLogger(__name__)
BATCH = 50
BREATH_S = 0.05


class RecleaningService:
    def __init__(self, store: Store, worker: Worker, version: int = CLEANER_VERSION) -> None:
        self._store = store
        self._worker = worker
        self._version = version
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="clean again")

    async def stop(self) -> None:
        """The rest is done after the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _run(self) -> None:
        try:
            more = True
            while more:
                more = await self.clean_some()
                await asyncio.sleep(BREATH_S)
        except StoreError as error:
            log.warning("what is stored was not cleaned again: %s", error)

    async def clean_some(self) -> bool:
        """One batch; False when everything stored is as clean as this version of the cleaner makes it."""
        place = await self._store.read(recleaning_table.standing, self._version)
        if not place.kind:
            return False
        pieces, done = await self._store.read(recleaning_table.batch, place, BATCH)
        changed = [(piece, html) for piece, html in await self._cleaned(pieces) if html != piece.html]
        await self._store.write(recleaning_table.put, self._version, place, done, changed)
        return True

    async def _cleaned(self, pieces: tuple[Piece, ...]) -> list[tuple[Piece, str]]:
        """Each piece with its HTML as it is now. What breaks the cleaner stays as the one before left it."""
        if not pieces:
            return []
        try:
            asked = tuple((piece.html, piece.url) for piece in pieces)
            return list(zip(pieces, await self._worker.run(clean_entries.cleaned_again, asked), strict=True))
        except ContentError as error:
            if len(pieces) > 1:
                return [pair for piece in pieces for pair in await self._cleaned((piece,))]
            log.info("an item was not cleaned again: %s", error)
            return []
