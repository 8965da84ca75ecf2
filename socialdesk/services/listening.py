"""Streams: connections that networks tell their news through, for the columns of accounts that have them.

A stream only hurries. Columns are fetched in the usual way, with their cursor and in one transaction, so that nothing
is lost or doubled when a stream breaks, tells twice or tells nothing. While it stands their own rhythm is slow; when it
has ended they go on in the usual one. It is opened again after growing pauses, at once when the connection is back.
"""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime

from socialdesk.core import listening
from socialdesk.core.errors import InputError, Rejected, SocialDeskError, StoreError, Unreachable
from socialdesk.core.events import AccountsChanged, ColumnsChanged, Event, NetworksChanged, SourceChanged
from socialdesk.core.listening import Heard, Hearing
from socialdesk.core.network import Network, Streams
from socialdesk.core.source import Source
from socialdesk.http import Connectivity
from socialdesk.services.accounts import AccountService
from socialdesk.services.events import Events
from socialdesk.services.hearing import Hearer
from socialdesk.services.refreshing import RefreshService
from socialdesk.store import sources as sources_table
from socialdesk.store.database import Store

log = logging.getLogger(__name__)
MOST_PER_ACCOUNT = 8  # connections that stay open at one server
PLAN_PAUSE_S = 1.0  # the first paint goes first; several columns added together are planned for together
SPREAD_S = 2.0  # when the connection is back not all begin in the same moment


@dataclass(frozen=True, slots=True)
class Stream:
    """One connection: an account's, by the name that its network gives the stream."""

    account_id: int
    name: str


class ListenService:
    """`pause` and `gap` are the decisions of `core.listening` with these names."""

    def __init__(
        self,
        store: Store,
        accounts: AccountService,
        refresh: RefreshService,
        hearer: Hearer,
        connectivity: Connectivity,
        events: Events,
        now: Callable[[], datetime],
        pause: Callable[[SocialDeskError | None, int, datetime, float], float] = listening.pause_s,
        gap: Callable[[int], float] = listening.gap_s,
        plan_pause_s: float = PLAN_PAUSE_S,
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._refresh = refresh
        self._hearer = hearer
        self._connectivity = connectivity
        self._events = events
        self._now = now
        self._pause = pause
        self._gap = gap
        self._plan_pause_s = plan_pause_s
        self._wanted: dict[Stream, tuple[Source, ...]] = {}
        self._tasks: dict[Stream, asyncio.Task[None]] = {}
        self._live: set[Stream] = set()
        self._changed = asyncio.Event()
        self._back = asyncio.Event()
        self._planner: asyncio.Task[None] | None = None
        self._stop_listening: Callable[[], None] = lambda: None

    def is_live(self, source_id: int) -> bool:
        """Whether a stream that stands tells of this source."""
        return any(source.id == source_id for stream in self._live for source in self._wanted.get(stream, ()))

    def start(self) -> None:
        if self._planner is None:
            self._stop_listening = self._events.listen(self._happened)
            self._connectivity.listen(self._connection_changed)
            self._planner = asyncio.create_task(self._run(), name="listening")

    async def stop(self) -> None:
        self._stop_listening()
        tasks = [*self._tasks.values(), *([self._planner] if self._planner else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._tasks.clear()
        self._live.clear()
        await self._hearer.stop()

    async def account_back(self, account_id: int) -> None:
        """The person signed in: streams of this account begin anew, with what the sign-in gave."""
        await self._end([stream for stream in self._tasks if stream.account_id == account_id])
        self._changed.set()

    def _happened(self, event: Event) -> None:
        if isinstance(event, ColumnsChanged | AccountsChanged | NetworksChanged):
            self._changed.set()

    def _connection_changed(self, online: bool) -> None:
        if online:
            self._back.set()
            self._back = asyncio.Event()

    # which streams

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._plan_pause_s)
            self._changed.clear()
            try:
                await self._plan()
            except StoreError as error:
                log.warning("what to listen to cannot be read: %s", error)
            await self._changed.wait()

    async def _plan(self) -> None:
        wanted = await self._streams_wanted()
        await self._end([stream for stream in self._tasks if stream not in wanted])
        known, self._wanted = self._wanted, wanted
        for stream, sources in wanted.items():
            if stream in self._live:  # it tells of more columns now
                await self._take(stream, Heard(Hearing.LIVE), tuple(s for s in sources if s not in known[stream]))
            if stream not in self._tasks:
                self._tasks[stream] = asyncio.create_task(self._keep(stream), name=f"stream of {stream.account_id}")

    async def _end(self, streams: list[Stream]) -> None:
        tasks = [self._tasks.pop(stream) for stream in streams]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for stream in streams:
            if stream in self._live:
                await self._fall_back(stream)

    async def _streams_wanted(self) -> dict[Stream, tuple[Source, ...]]:
        kinds = {(facts.key, kind.kind) for facts in self._accounts.networks() for kind in facts.sources if kind.live}
        if not kinds:
            return {}
        networks: dict[int, Network | None] = {}
        wanted: dict[Stream, tuple[Source, ...]] = {}
        for source in await self._store.read(sources_table.of_accounts):
            if source.account_id is None or (source.network, source.kind) not in kinds:
                continue
            if source.account_id not in networks:
                networks[source.account_id] = await self._known(source.account_id)
            network = networks[source.account_id]
            name = network.stream_of(source) if isinstance(network, Streams) else ""
            stream = Stream(source.account_id, name)
            if name and (stream in wanted or self._count(wanted, source.account_id) < MOST_PER_ACCOUNT):
                wanted[stream] = (*wanted.get(stream, ()), source)
        return wanted

    async def _known(self, account_id: int) -> Network | None:
        try:
            return await self._accounts.without_secret(account_id)
        except InputError:  # removed meanwhile
            return None

    @staticmethod
    def _count(wanted: dict[Stream, tuple[Source, ...]], account_id: int) -> int:
        return sum(stream.account_id == account_id for stream in wanted)

    # one stream

    async def _keep(self, stream: Stream) -> None:
        """Holds one stream open until it is no longer wanted."""
        failures = 0
        while True:
            began = time.monotonic()
            outcome = await self._once(stream)
            lasted = stream in self._live and time.monotonic() - began >= listening.LASTED_S
            failures = 1 if lasted else failures + 1
            if stream in self._live:
                await self._fall_back(stream)
            log.info("stream of account %d ended: %s", stream.account_id, outcome or "in order")
            pause, back = self._pause(outcome, failures, self._now(), random.random()), self._back
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(back.wait(), pause)
                await asyncio.sleep(min(pause, SPREAD_S) * random.random())

    async def _once(self, stream: Stream) -> SocialDeskError | None:
        """Listens until the stream ends; returns why."""

        async def hear(network: Network) -> None:
            if not isinstance(network, Streams):
                raise Rejected("this network tells no news", reason="not_supported")
            async with aclosing(network.listen(stream.name)) as heard:
                async for one in heard:
                    await self._take(stream, one, self._wanted.get(stream, ()))

        try:
            await self._accounts.use(stream.account_id, hear)
        except SocialDeskError as error:
            return error
        except Exception as error:
            log.exception("a stream of account %d failed in an unforeseen way", stream.account_id)
            return Unreachable(type(error).__name__)
        return None

    async def _take(self, stream: Stream, heard: Heard, sources: tuple[Source, ...]) -> None:
        if heard.hearing is Hearing.LIVE:
            self._live.add(stream)
            await self._tell(sources)
        if heard.hearing in (Hearing.LIVE, Hearing.NEW):
            gap = self._gap(self._count(self._wanted, stream.account_id))
            for source in sources:
                if heard.source_kind in ("", source.kind):
                    self._hearer.news(source.id, gap)
        else:
            self._hearer.told(stream.account_id, sources, heard)

    async def _fall_back(self, stream: Stream) -> None:
        """The usual rhythm again, beginning now: something may have been missed."""
        self._live.discard(stream)
        sources = self._wanted.get(stream, ())
        try:
            await self._store.write(sources_table.hasten, tuple(source.id for source in sources), self._now())
            await self._tell(sources)
        except StoreError as error:
            log.warning("a stream ended and its columns cannot be hastened: %s", error)
        self._refresh.wake()

    async def _tell(self, sources: tuple[Source, ...]) -> None:
        """Lets headers look again."""
        for source in sources:
            found = await self._store.read(sources_table.standing_of, source.id)
            if found is not None:
                _, state, column_ids = found
                busy = self._refresh.is_busy(source.id)
                self._events.send(SourceChanged(source.id, column_ids, busy, state.error, state.next_at))
