"""Keeping the store up to date: which source is due, fetch, parse in the worker, one transaction, one event."""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from socialdesk.content.worker import Worker
from socialdesk.core import timing
from socialdesk.core.entry import Entry, Page, SourceMeta
from socialdesk.core.errors import InputError, NetworkError, OverBudget, Rejected, SocialDeskError, StoreError
from socialdesk.core.events import ColumnChanged, Progress, SourceChanged
from socialdesk.core.network import Network, Reads, ReadsOlder
from socialdesk.core.reports import RefreshReport, SourceOutcome
from socialdesk.core.rows import Applied
from socialdesk.core.source import Source, SourceState
from socialdesk.http import Connectivity, Http
from socialdesk.http.noting import noting_limits
from socialdesk.http.urgency import person_waits
from socialdesk.services import parsing
from socialdesk.services.accounts import AccountService
from socialdesk.services.events import Events
from socialdesk.services.lanes import Lanes
from socialdesk.services.spending import SpendingService
from socialdesk.store import columns as columns_table
from socialdesk.store import entries as entries_table
from socialdesk.store import sources as sources_table
from socialdesk.store.database import Store
from socialdesk.store.record import Record

log = logging.getLogger(__name__)
AT_ONCE = 16
PAGE = 40
TAKEN_AT_ONCE = 64
PROGRESS_STEPS = 50  # told of a refresh, however many sources it has
LONGEST_SLEEP_S = 30.0
STORE_REST_S = 60.0  # after something fetched could not be stored
ASLEEP_S = 20.0  # the wall clock ran this much ahead of ours: the machine slept


class RefreshService:
    def __init__(
        self,
        store: Store,
        accounts: AccountService,
        worker: Worker,
        http: Http,
        connectivity: Connectivity,
        events: Events,
        now: Callable[[], datetime],
        spending: SpendingService,
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._spending = spending
        self._worker = worker
        self._http = http
        self._connectivity = connectivity
        self._events = events
        self._now = now
        self._lanes = Lanes(AT_ONCE)
        self._running: dict[int, asyncio.Task[SourceOutcome]] = {}
        self._wake = asyncio.Event()
        self._loop_task: asyncio.Task[None] | None = None
        self._rest_until = 0.0
        self.before_look: list[Callable[[Source], Awaitable[None]]] = []
        self.is_live: Callable[[int], bool] = lambda _source_id: False

    def is_busy(self, source_id: int) -> bool:
        return source_id in self._running

    def wake(self) -> None:
        """Something may be due now: a column was added, the connection is back."""
        self._wake.set()

    def start(self) -> None:
        if self._loop_task is None:
            self._connectivity.listeners.append(self._connection_changed)
            self._loop_task = asyncio.create_task(self._run(), name="refresh")

    async def stop(self) -> None:
        tasks = [*self._running.values(), *([self._loop_task] if self._loop_task else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._loop_task = None

    def _connection_changed(self, online: bool) -> None:
        if online:
            self.wake()

    async def _run(self) -> None:
        wall, ours = self._now(), time.monotonic()
        while True:
            self._wake.clear()
            pause = await self._begin_due()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), pause)
            # Some systems stop our clock while the machine sleeps, on others only the wait is over late.
            awake = min(time.monotonic() - ours, pause)
            slept = (self._now() - wall).total_seconds() - awake
            wall, ours = self._now(), time.monotonic()
            if slept > ASLEEP_S:
                await self._http.rebuild()

    async def _begin_due(self) -> float:
        """Starts what is due and returns the seconds until something else may be."""
        rest = self._rest_until - time.monotonic()
        if rest > 0:  # what is fetched could not be stored, nor that it was: the servers would be asked without end
            return rest
        try:
            begun = tuple(self._running)
            found = await self._store.read(sources_table.due, self._now(), TAKEN_AT_ONCE, begun)
            for source, state, column_ids in found:
                self._begin(source, state, column_ids, urgent=False)
            next_at = await self._store.read(sources_table.next_due)
        except StoreError as error:
            log.warning("what is due cannot be read: %s", error)
            return LONGEST_SLEEP_S
        if next_at is None:
            return LONGEST_SLEEP_S
        soon = (next_at - self._now()).total_seconds()
        floor = 0.5 if self._running else 0.05
        return min(max(soon, floor), LONGEST_SLEEP_S)

    async def look(self, source_id: int) -> None:
        """There is word of news: asks this source after any look under way, which may have come too early for it.

        Not where the source has to wait. Nobody is told that it is asked: word may come every few seconds.
        """
        await self.until_idle(source_id)
        found = await self._store.read(sources_table.standing_of, source_id)
        if found is not None and timing.heeds(found[1], self._now()):
            await asyncio.wait({self._begin(*found, urgent=False, quiet=True)})

    async def until_idle(self, source_id: int) -> None:
        """Returns when no look at this source is under way."""
        if source_id in self._running:
            await asyncio.wait({self._running[source_id]})

    def _begin(
        self, source: Source, state: SourceState, column_ids: tuple[int, ...], *, urgent: bool, quiet: bool = False
    ) -> asyncio.Task[SourceOutcome]:
        """One fetch per source at a time; a second wish joins the first."""
        task = self._running.get(source.id)
        if task is None:
            one = self._one(source, state, column_ids, urgent=urgent, quiet=quiet)
            task = asyncio.create_task(one, name=f"source {source.id}")
            self._running[source.id] = task
            task.add_done_callback(lambda _: self._ended(source.id))
        return task

    def _ended(self, source_id: int) -> None:
        self._running.pop(source_id, None)
        if not self._running:
            self._wake.set()

    async def now(self, column_id: int | None = None) -> RefreshReport:
        """A person asks: every source of the column (None = of the desk) now, save where a server told us to wait."""
        tasks: list[asyncio.Task[SourceOutcome]] = []
        told: list[SourceOutcome] = []
        for source, state, column_ids in await self._store.read(sources_table.standing, column_id):
            if timing.asks_now(state, self._now()) and not state.stopped:
                tasks.append(self._begin(source, state, column_ids, urgent=True))
            else:
                told.append(SourceOutcome(source, 0, state.error, state.error_detail, state.next_at))
        total = len(tasks)
        step = max(1, total // PROGRESS_STEPS)
        for done, finished in enumerate(asyncio.as_completed(tasks), 1):
            await finished
            if total > 1 and (done % step == 0 or done == total):
                self._events.send(Progress("refresh", "Refreshing", done, total, finished=done == total))
        return RefreshReport((*[await task for task in tasks], *told))

    async def account_back(self, account_id: int) -> None:
        """The person signed in: what the account feeds is asked at once."""
        mine = [s.id for s in await self._store.read(sources_table.all) if s.account_id == account_id]
        await self._store.write(sources_table.make_due, mine, self._now())
        self.wake()

    async def cancel(self) -> None:
        """Stops the fetches under way; each source keeps what it had."""
        for task in tuple(self._running.values()):
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def older(self, column_id: int) -> bool:
        """Asks the column's networks for what came before the oldest stored; False when none has more.

        Raises what a network raises when it could not be asked and no other gave anything.
        """
        more = False
        failed: SocialDeskError | None = None
        for source in await self._store.read(sources_table.of_column, column_id):
            cursor = await self._store.read(sources_table.older_cursor, source.id)
            if not cursor or await self._spending.is_dear(source):
                continue
            try:
                more = await self._older(source, cursor) or more
            except (NetworkError, InputError, OverBudget) as error:
                log.info("older entries of source %d: %s", source.id, error)
                failed = error
        if failed is not None and not more:
            raise failed
        return more

    async def _older(self, source: Source, cursor: str) -> bool:
        async def ask(network: Network) -> Page:
            return await network.fetch_older(source, cursor, PAGE) if isinstance(network, ReadsOlder) else Page()

        await self._spending.may_read(source)
        page = await self._with_network(source, ask)
        await self._spending.has_read(source, page)
        now = self._now()
        records = await self._records(page.entries)
        state = await self._store.read(sources_table.state, source.id)
        applied = await self._store.write(
            entries_table.apply_records, source, records, state, now, first=True, older=page.older, marks=page.marks
        )
        # The past that a person scrolled to is not news: it waits behind no pill and no badge counts it.
        for change in applied.columns:
            unseen = change.unseen  # where the network keeps what was read, that decides
            if page.marks is None:
                unseen = await self._store.write(columns_table.mark_seen, change.column_id, applied.new_ids, now)
            self._events.send(ColumnChanged(change.column_id, 0, unseen, change.updated))
        return bool(page.entries)

    async def _one(
        self, source: Source, state: SourceState, column_ids: tuple[int, ...], *, urgent: bool, quiet: bool
    ) -> SourceOutcome:
        async with self._lanes.place(source):
            if not quiet:
                self._events.send(SourceChanged(source.id, column_ids, busy=True))
            outcome = await self._fetch_and_store(source, state, urgent=urgent)
        self._events.send(
            SourceChanged(source.id, column_ids, busy=False, error=outcome.error, next_at=outcome.next_at)
        )
        return outcome

    async def _fetch_and_store(self, source: Source, state: SourceState, *, urgent: bool) -> SourceOutcome:
        """Every failure is a value on the same road: stored with its time, and no reason to stop the others."""
        try:
            return await self._fetched_and_stored(source, state, urgent=urgent)
        except StoreError as error:
            log.warning("source %d was fetched and could not be stored: %s", source.id, error)
            self._rest_until = time.monotonic() + STORE_REST_S
            return SourceOutcome(source, 0, error.reason, str(error), state.next_at)

    async def _fetched_and_stored(self, source: Source, state: SourceState, *, urgent: bool) -> SourceOutcome:
        """Raises StoreError when neither what came nor when to ask again can be stored."""
        try:
            fetched = await self._read(source, state, urgent=urgent)
            return await self._store_page(source, state, fetched)
        except StoreError:
            raise
        except SocialDeskError as error:
            return await self._failed(source, state, error)
        except Exception as error:
            log.exception("source %d failed in an unforeseen way", source.id)
            return await self._failed(source, state, Rejected(type(error).__name__, reason="other"))

    async def _read(self, source: Source, state: SourceState, *, urgent: bool) -> "_Fetched":
        async def ask(network: Network) -> Page:
            if not isinstance(network, Reads):
                raise Rejected("this network cannot be read", reason="not_supported")
            return await network.fetch(source, state.cursor, PAGE)

        for go_first in self.before_look:
            await go_first(source)
        await self._spending.may_read(source)
        with person_waits(urgent), noting_limits() as noted:
            page = await self._with_network(source, ask)
        await self._spending.has_read(source, page)
        if page.raw is None:
            records = await self._records(page.entries)
            per_week = timing.entries_per_week((r.published for r in records), self._now()) if records else None
            return _Fetched(page, records, per_week, memory=state.memory, limited_until=noted.until)
        read = await self._worker.run(parsing.read_feed, page.raw, feed_key(source), self._now(), state.memory)
        page = replace(page, meta=merged(page.meta, read.meta))
        return _Fetched(page, read.records, read.per_week, read.ttl_s, read.memory, read.complete)

    async def _with_network(self, source: Source, ask: Callable[[Network], Awaitable[Page]]) -> Page:
        if source.account_id is not None:
            return await self._accounts.use(source.account_id, ask)
        return await ask(self._accounts.anonymous(source.network, source.params.get("server", "")))

    async def _records(self, entries: tuple[Entry, ...]) -> tuple[Record, ...]:
        if not any(entry.html for entry in entries):
            return parsing.records_of(entries)
        return await self._worker.run(parsing.clean_records, entries)

    async def _failed(self, source: Source, state: SourceState, error: SocialDeskError) -> SourceOutcome:
        rhythm, _ = await self._spending.rhythm(source)
        after = timing.after_fetch(error, state, self._now(), random.random(), rhythm=rhythm)
        await self._store.write(sources_table.put_state, after)
        log.info("source %d: %s", source.id, error)
        return SourceOutcome(source, 0, reason_of(error), str(error), after.next_at)

    async def _store_page(self, source: Source, state: SourceState, fetched: "_Fetched") -> SourceOutcome:
        now, page = self._now(), fetched.page
        rhythm, slowed = await self._spending.rhythm(source)
        rhythm = timing.while_live(rhythm) if self.is_live(source.id) else rhythm
        after = timing.after_fetch(
            page,
            state,
            now,
            random.random(),
            rhythm=rhythm,
            per_week=fetched.per_week,
            ttl_s=fetched.ttl_s,
            limited_until=fetched.limited_until,
            slowed=slowed,
        )
        after = replace(after, memory=fetched.memory)
        if page.meta is not None and page.meta.title and not source.title:
            source = replace(source, title=page.meta.title)
        if not fetched.records and page.marks is None:
            await self._store.write(sources_table.put_state, after, source)
            return SourceOutcome(source, 0, after.error, "", after.next_at)
        applied = await self._store.write(
            entries_table.apply_records,
            source,
            fetched.records,
            after,
            now,
            first=state.first_fetched is None,
            older=page.older,
            complete=fetched.complete,
            marks=page.marks,
        )
        self._tell(applied)
        return SourceOutcome(source, len(applied.new_ids), after.error, "", after.next_at)

    def _tell(self, applied: Applied) -> None:
        for change in applied.columns:
            if change.added or change.updated:
                self._events.send(ColumnChanged(change.column_id, change.added, change.unseen, change.updated))


@dataclass(frozen=True, slots=True)
class _Fetched:
    """A page with its entries ready to be stored; the rest is as in `parsing.ReadFeed`.

    `complete` is false where entries that are known and unchanged were left out. `limited_until` as in
    `timing.after_fetch`.
    """

    page: Page
    records: tuple[Record, ...]
    per_week: float | None
    ttl_s: int | None = None
    memory: str = ""
    complete: bool = True
    limited_until: datetime | None = None


def feed_key(source: Source) -> str:
    """What makes the ids of a feed's entries unique on this desk: its address."""
    return source.params.get("url", f"source:{source.id}")


def reason_of(error: SocialDeskError) -> str:
    return getattr(error, "reason", "") or "other"


def merged(of_wire: SourceMeta | None, of_feed: SourceMeta) -> SourceMeta:
    """What the feed says of itself, with what the wire said (moved, gone)."""
    if of_wire is None:
        return of_feed
    return replace(of_feed, moved_to=of_wire.moved_to, gone=of_wire.gone)
