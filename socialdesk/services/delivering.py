"""The publisher: takes deliveries that are due, one at a time per account, and settles each outcome before the next.

A delivery is claimed in the store before its first byte leaves. Whatever happens after that without a receipt is in
doubt, and only a look at the network that certainly found nothing puts it back in the queue.
"""

import asyncio
import functools
import hashlib
import logging
import random
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import msgspec

from socialdesk.core import delivery as decide
from socialdesk.core.errors import (
    ContentError,
    InputError,
    NetworkError,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    SocialDeskError,
    StoreError,
    Unreachable,
    VaultError,
)
from socialdesk.core.events import OutboxChanged, PersonWanted
from socialdesk.core.network import Network, Publishes
from socialdesk.core.post import Delivery, DeliveryState, Publication, Receipt, Segment
from socialdesk.core.rows import Attempt
from socialdesk.core.rules import PostRules
from socialdesk.core.scheduling import Way
from socialdesk.services.accounts import AccountService
from socialdesk.services.composing import ComposeService
from socialdesk.services.events import Events
from socialdesk.services.hosting import PictureHosts
from socialdesk.services.keeping_time import Timekeeper
from socialdesk.services.preparing import Preparer
from socialdesk.services.profile_lock import ProfileLock
from socialdesk.store import outbox as outbox_table
from socialdesk.store.database import Store

log = logging.getLogger(__name__)
LONGEST_SLEEP_S = 2.0  # another process of this profile may add to the outbox without telling us
STORE_PAUSE_S = 2.0  # before an outcome that could not be stored is stored again
NOT_THERE = "find: not there"
TROUBLE_REST = timedelta(seconds=15)  # of an account whose delivery could not be settled


class Deliverer:
    def __init__(
        self,
        store: Store,
        accounts: AccountService,
        composing: ComposeService,
        preparer: Preparer,
        lock: ProfileLock,
        events: Events,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._composing = composing
        self._preparer = preparer
        self._hosts = PictureHosts(accounts, composing)
        self.time = Timekeeper(accounts, composing, now)
        self._lock = lock
        self._events = events
        self._now = now
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._active: dict[int, asyncio.Task[None]] = {}
        self._account_waits: dict[int, datetime] = {}
        self._loop_task: asyncio.Task[None] | None = None
        self._closing = False
        self._reclaimed = False

    async def start(self) -> bool:
        """False when another process of this profile delivers already: this one takes over when that one ends."""
        if self._loop_task is None:
            self._closing = False
            mine = self._lock.acquire()
            self._loop_task = asyncio.create_task(self._run(), name="deliver")
            return mine
        return True

    async def stop(self, grace: timedelta) -> None:
        """No new claims; what is in flight has `grace` to end, then it is cancelled and wakes up in doubt."""
        self._closing = True
        if self._loop_task is None:
            return
        if self._active:
            await asyncio.wait(tuple(self._active.values()), timeout=grace.total_seconds())
        tasks = [*self._active.values(), self._loop_task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._loop_task = None
        self._reclaimed = False
        self._lock.release()

    def wake(self) -> None:
        self._idle.clear()
        self._wake.set()

    async def settle(self) -> None:
        """Waits until nothing is active and nothing is due at this moment."""
        self.wake()
        await self._idle.wait()

    async def change(
        self,
        delivery_id: int,
        decision: Callable[[Delivery, datetime], Delivery | None],
        attempt: Attempt | None = None,
    ) -> bool:
        """Decides on a delivery as it stands in the store at that moment; False when the decision is None."""
        changed = await self._store.write(
            outbox_table.change, delivery_id, decision, attempt, self._now(), durable=True
        )
        self._tell(changed)
        return bool(changed)

    async def put(self, delivery: Delivery, attempt: Attempt | None = None) -> None:
        """Stores a delivery's new state and what follows for those that wait for it, in one step."""
        self._tell(await self._store.write(outbox_table.settle, delivery, attempt, self._now(), durable=True))

    def _tell(self, changed: tuple[Delivery, ...]) -> None:
        for delivery in changed:
            self._events.send(OutboxChanged(delivery.publication_id, delivery.id))

    async def _run(self) -> None:
        while not self._closing:
            self._wake.clear()
            try:
                pause = await self._begin_due() if await self._is_ours() else LONGEST_SLEEP_S
            except (SocialDeskError, OSError) as error:
                log.warning("the outbox cannot be read: %s", error)
                pause = LONGEST_SLEEP_S
            # Woken meanwhile means that something ended after the store was read: its next part may be due.
            if not self._active and pause > 0 and not self._wake.is_set():
                self._idle.set()
            try:
                await asyncio.wait_for(self._wake.wait(), min(max(pause, 0.01), LONGEST_SLEEP_S))
            except TimeoutError:
                continue

    async def _is_ours(self) -> bool:
        """Whether this process delivers. What the one before left half done is in doubt before anything else goes."""
        if not self._reclaimed and self._lock.acquire():
            await self._store.write(outbox_table.reclaim, self._now(), durable=True)
            self._reclaimed = True
        return self._reclaimed

    async def _begin_due(self) -> float:
        """Starts every delivery whose time has come and whose account is free; returns seconds until the next."""
        now = self._now()
        soonest = LONGEST_SLEEP_S
        for delivery in await self._store.read(outbox_table.due, now):
            account_id = delivery.account_id
            wait = self._account_waits.get(account_id)
            if wait is not None and wait > now:
                soonest = min(soonest, (wait - now).total_seconds())
            elif account_id not in self._active and not self._closing:
                task = asyncio.create_task(self._one(delivery), name=f"delivery {delivery.id}")
                self._active[account_id] = task
                task.add_done_callback(functools.partial(self._ended, account_id))
        next_at = await self._store.read(outbox_table.next_due)
        if next_at is not None and next_at > now:
            soonest = min(soonest, (next_at - now).total_seconds())
        return soonest

    def _ended(self, account_id: int, _task: asyncio.Task[None]) -> None:
        self._active.pop(account_id, None)
        self._wake.set()

    async def _one(self, delivery: Delivery) -> None:
        try:
            if delivery.state is DeliveryState.IN_DOUBT:
                await self._look(delivery)
            elif delivery.state is DeliveryState.SCHEDULED:
                await self.look_held(delivery)
            else:
                await self._send(delivery)
        except asyncio.CancelledError:
            raise  # still claimed in the store: the next start finds it and looks first
        except Exception as error:
            if isinstance(error, SocialDeskError):
                log.warning("delivery %d could not be settled: %s", delivery.id, error)
            else:
                log.exception("delivery %d failed in an unforeseen way", delivery.id)
            self._account_waits[delivery.account_id] = self._now() + TROUBLE_REST
            await self._unforeseen(delivery)

    async def _unforeseen(self, delivery: Delivery) -> None:
        """Nobody knows how far it came, so it is looked for, never just repeated."""
        doubt = OutcomeUnknown("the program failed while sending")

        def doubted(current: Delivery, now: datetime) -> Delivery | None:
            if current.state is not DeliveryState.SENDING:
                return None
            return decide.after_publish(current, doubt, now, random.random())

        await self._stored(lambda: self.change(delivery.id, doubted))

    async def _stored(self, write: Callable[[], Awaitable[object]]) -> None:
        """Stores what happened on the wire, however long the disk is full or the file locked."""
        while True:
            try:
                await write()
            except StoreError as error:
                if self._closing or error.reason == "closed":
                    raise
                log.warning("an outcome cannot be stored yet: %s", error)
                await asyncio.sleep(STORE_PAUSE_S)
            else:
                return

    async def _send(self, delivery: Delivery) -> None:
        publication = await self._store.read(outbox_table.get_publication, delivery.publication_id)
        if publication is None:
            return
        by_hand = await self._by_hand(delivery)
        if decide.stands_alone(delivery) and not by_hand:
            await self.change(delivery.id, decide.lonely_held)
            return
        permalink = await self._permalink(delivery)
        if permalink is None:
            await self.change(delivery.id, _held_if_waiting)
            return
        way, until = await self.time.way(delivery, by_hand=by_hand)
        if by_hand or way in (Way.WAIT, Way.ASK):
            await self._leave(delivery, way, until)
            return
        claimed = await self._store.write(
            outbox_table.claim, delivery.id, fingerprint(publication, delivery, permalink), self._now(), durable=True
        )
        if claimed is None:
            return
        self._events.send(OutboxChanged(delivery.publication_id, delivery.id))
        began = self._now()
        outcome = await self._publish(publication, claimed, permalink, hold=way is Way.HAND_OVER)
        await self._settle(claimed, outcome, began)

    async def _leave(self, delivery: Delivery, way: Way, until: datetime | None) -> None:
        """Nothing leaves from here now: it waits for its time, or its time has come for the person."""
        if way is Way.WAIT and until is not None:
            await self.change(delivery.id, lambda current, now: decide.postponed(current, until, now))
            return
        late = way is Way.ASK
        changed = await self.change(delivery.id, decide.overdue if late else decide.handed_off)
        if changed and delivery.publish_at is not None and not delivery.next_part:
            self._events.send(PersonWanted(delivery.publication_id, delivery.id, late=late))

    async def _by_hand(self, delivery: Delivery) -> bool:
        """Whether the person posts it in the browser. An account that is gone is refused further on."""
        try:
            account = await self._accounts.get(delivery.account_id)
            return self._accounts.facts(account.network).by_hand
        except InputError:
            return False

    async def _permalink(self, delivery: Delivery) -> str | None:
        """The address this delivery carries: '' when it waits for nobody, None when what it waits for is not out."""
        if delivery.waits_for is None:
            return ""
        awaited = await self._store.read(outbox_table.get, delivery.waits_for)
        if awaited is None or awaited.state is not DeliveryState.SENT:
            return None
        return awaited.permalink or None

    async def _publish(
        self, publication: Publication, delivery: Delivery, permalink: str, *, hold: bool
    ) -> Receipt | SocialDeskError:
        """`hold`: the network is asked to publish it at its time."""
        key = delivery.parts[delivery.next_part].key

        async def send(network: Network) -> Receipt:
            if not isinstance(network, Publishes):
                raise Rejected("this network takes no posts", reason="not_supported")
            rules = await self._composing.rules(delivery.account_id)
            segment = await self._segment(network, rules, publication, delivery, permalink)
            return await network.publish(self.time.timed(segment, delivery, rules, hold=hold), key)

        try:
            return await self._accounts.use(delivery.account_id, send)
        except VaultError as error:
            return Unreachable(str(error), reason=error.reason)
        except InputError as error:
            return Rejected(error.sentence, reason="account_gone")
        except NetworkError as error:
            return error
        except SocialDeskError as error:  # the worker or the store failed while the answer was read
            return OutcomeUnknown(str(error))

    async def _segment(
        self, network: Network, rules: PostRules, publication: Publication, delivery: Delivery, permalink: str
    ) -> Segment:
        """The part, prepared. An upload whose outcome is unknown has posted nothing: it may simply be repeated."""
        host = self._hosts.near(publication.draft.account_ids) if rules.pictures_by_address else None
        try:
            return await self._preparer.segment(network, rules, publication, delivery, permalink, host)
        except OutcomeUnknown as error:
            raise Unreachable(str(error), reason="upload_failed", detail=error.detail) from error
        except (ContentError, StoreError) as error:
            raise Unreachable(str(error), reason="other") from error

    async def _settle(self, delivery: Delivery, outcome: Receipt | SocialDeskError, began: datetime) -> None:
        now = self._now()
        if isinstance(outcome, RateLimited):
            self._account_waits[delivery.account_id] = outcome.until
        if isinstance(outcome, Rejected) and outcome.reason in ("too_long", "media_too_large", "invalid"):
            self._composing.forget_rules(delivery.account_id)
        after = decide.after_publish(delivery, outcome, now, random.random())
        await self._stored(lambda: self.put(after, _attempt("publish", delivery, outcome, began)))

    async def _look(self, delivery: Delivery) -> None:
        """Asks the network whether the part in doubt is there."""
        publication = await self._store.read(outbox_table.get_publication, delivery.publication_id)
        if publication is None:
            return
        if await self._by_hand(delivery):
            await self.change(delivery.id, decide.handed_off)
            return
        began = self._now()
        outcome = await self._find(publication, delivery)
        tried = await self._store.read(outbox_table.attempts, delivery.id)
        misses = sum(1 for one in tried if (one.part, one.outcome) == (delivery.next_part, NOT_THERE))

        def after(current: Delivery, now: datetime) -> Delivery | None:
            if current.next_part != delivery.next_part:
                return None
            # The person may have answered for the network meanwhile; a receipt is stronger than any answer.
            if current.state is not DeliveryState.IN_DOUBT and not isinstance(outcome, Receipt):
                return None
            return decide.after_find(current, outcome, now, random.random(), misses)

        await self.change(delivery.id, after, _attempt("find", delivery, outcome, began))

    async def look_held(self, delivery: Delivery) -> None:
        """Asks the network whether the post that it holds is out."""
        began = self._now()
        outcome = await self.time.look(delivery)

        def after(current: Delivery, now: datetime) -> Delivery | None:
            return decide.after_scheduled(current, outcome, now, random.random())

        await self._stored(lambda: self.change(delivery.id, after, _attempt("scheduled", delivery, outcome, began)))

    async def _find(self, publication: Publication, delivery: Delivery) -> Receipt | SocialDeskError | None:
        permalink = await self._permalink(delivery) or ""
        key = delivery.parts[delivery.next_part].key

        async def look(network: Network) -> Receipt | None:
            rules = await self._composing.rules(delivery.account_id)
            if not isinstance(network, Publishes) or not rules.findable:
                raise OutcomeUnknown("this network cannot tell whether a post is out")
            segment = self._preparer.plain(rules, publication, delivery, permalink)
            return await network.find(segment, key)

        try:
            return await self._accounts.use(delivery.account_id, look)
        except VaultError as error:
            return Unreachable(str(error), reason=error.reason)
        except SocialDeskError as error:
            return error


def fingerprint(publication: Publication, delivery: Delivery, permalink: str) -> str:
    """SHA-256 over everything that decides what the next part says: equal fingerprints, equal posts."""
    part = delivery.parts[delivery.next_part]
    at = delivery.publish_at
    said = (part.text, part.key, part.picture_blobs, permalink, publication.draft, delivery.account_id, at)
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()


def _held_if_waiting(delivery: Delivery, now: datetime) -> Delivery | None:
    return decide.held(delivery, now) if delivery.state is DeliveryState.WAITING else None


def _attempt(kind: str, delivery: Delivery, outcome: Receipt | SocialDeskError | None, began: datetime) -> Attempt:
    """The log's line on one try; `kind` is publish, find or scheduled."""
    part = delivery.next_part
    if isinstance(outcome, Receipt):
        return Attempt(began, part, f"{kind}: receipt", "", outcome.permalink)
    if outcome is None:
        return Attempt(began, part, NOT_THERE if kind == "find" else f"{kind}: waits")
    reason = outcome.reason if isinstance(outcome, NetworkError) else ""
    return Attempt(began, part, f"{kind}: {type(outcome).__name__}", reason, str(outcome))
