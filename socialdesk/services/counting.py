"""Counts what was sent, by the receipts in the outbox: each part once, however often the outbox speaks of it."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from socialdesk.core.delivery import DELETED
from socialdesk.core.errors import SocialDeskError
from socialdesk.core.events import Event, OutboxChanged
from socialdesk.core.post import Delivery, Publication
from socialdesk.core.spending import part_of
from socialdesk.services.composing import ComposeService
from socialdesk.services.events import Events
from socialdesk.services.spending import SpendingService
from socialdesk.store import outbox as outbox_table
from socialdesk.store.database import Store

log = logging.getLogger(__name__)
CATCH_UP = 50  # newest publications, at the start: the program may have ended between a receipt and its cost


class SentCounter:
    """Listens to the outbox from `start` on."""

    def __init__(
        self, store: Store, spending: SpendingService, composing: Callable[[], ComposeService], events: Events
    ) -> None:
        self._store = store
        self._spending = spending
        self._composing = composing
        self._events = events
        self._stop: Callable[[], None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        if self._stop is None:
            self._stop = self._events.listen(self._news)
            self._begin(self._catch_up())

    async def stop(self) -> None:
        """Returns when everything that is out is counted."""
        if self._stop is not None:
            self._stop()
            self._stop = None
        await asyncio.gather(*self._tasks)

    def _news(self, event: Event) -> None:
        if isinstance(event, OutboxChanged) and event.publication_id:
            self._begin(self._one(event.publication_id))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(self._quietly(work), name="count what was sent")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _quietly(self, work: Coroutine[Any, Any, None]) -> None:
        """A cost that cannot be counted is no reason to stop anything; the next start counts it."""
        try:
            await work
        except SocialDeskError as error:
            log.info("what was sent cannot be counted yet: %s", error)
        except Exception:
            log.exception("counting what was sent failed in an unforeseen way")

    async def _catch_up(self) -> None:
        charging = await self._spending.charging()
        if charging:
            for publication in await self._store.read(outbox_table.publications, None, CATCH_UP):
                await self._publication(publication, charging)

    async def _one(self, publication_id: int) -> None:
        charging = await self._spending.charging()
        publication = await self._store.read(outbox_table.get_publication, publication_id) if charging else None
        if publication is not None:
            await self._publication(publication, charging)

    async def _publication(self, publication: Publication, charging: frozenset[int]) -> None:
        for delivery in publication.deliveries:
            if delivery.account_id in charging and any(part.receipt for part in delivery.parts):
                await self._delivery(publication, delivery)

    async def _delivery(self, publication: Publication, delivery: Delivery) -> None:
        draft, account_id = publication.draft, delivery.account_id
        rules = await self._composing().rules(account_id)
        for index, part in enumerate(delivery.parts):
            if part.receipt is None:
                continue
            pictures = [p for p in draft.pictures if p.blob in part.picture_blobs]
            answers = draft.reply_to is not None and index == 0
            sent = part_of(part.text, sum(bool(p.alt.strip()) for p in pictures), draft, rules, answers=answers)
            await self._spending.has_sent(account_id, f"part {delivery.id}:{index}", sent)
            if delivery.error == DELETED:
                await self._spending.has_deleted(account_id, f"deleted {delivery.id}:{index}")
