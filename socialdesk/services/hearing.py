"""What is done with word of news: sources are looked at, changed entries brought up to date, deleted ones let go.

Word comes in bursts and names little, so it is gathered for a moment, and the looks it brings about keep a distance.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from socialdesk.content.worker import Worker
from socialdesk.core.entry import Entry
from socialdesk.core.errors import AuthExpired, NetworkError, Rejected, SocialDeskError
from socialdesk.core.events import ColumnChanged
from socialdesk.core.listening import Heard, Hearing
from socialdesk.core.network import Network, Streams
from socialdesk.core.source import Source
from socialdesk.services import parsing
from socialdesk.services.accounts import AccountService
from socialdesk.services.events import Events
from socialdesk.services.refreshing import RefreshService
from socialdesk.store import entries as entries_table
from socialdesk.store import removal as removal_table
from socialdesk.store.database import Store

log = logging.getLogger(__name__)
SETTLE_S = 0.5
MOST_AT_ONCE = 20  # changed entries that are asked for one by one
AGAIN_S = 60.0  # until what could not be asked for, or was too much, is asked for
ROUNDS = 5


@dataclass
class _Told:
    """What an account's streams told of single entries, by their ids there, and the sources that may have them."""

    ids: dict[str, Hearing] = field(default_factory=dict)
    sources: dict[int, Source] = field(default_factory=dict)
    rounds: int = 0


class Hearer:
    def __init__(
        self,
        store: Store,
        accounts: AccountService,
        worker: Worker,
        refresh: RefreshService,
        events: Events,
        now: Callable[[], datetime],
        settle_s: float = SETTLE_S,
        again_s: float = AGAIN_S,
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._worker = worker
        self._refresh = refresh
        self._events = events
        self._now = now
        self._settle_s = settle_s
        self._again_s = again_s
        self._looking: dict[int, asyncio.Task[None]] = {}
        self._again: set[int] = set()
        self._told: dict[int, _Told] = {}
        self._telling: dict[int, asyncio.Task[None]] = {}

    async def stop(self) -> None:
        tasks = [*self._looking.values(), *self._telling.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # news

    def news(self, source_id: int, gap_s: float) -> None:
        """There is something new at this source. Looks that this brings about are `gap_s` seconds apart at least."""
        self._again.add(source_id)
        if source_id not in self._looking:
            self._begin(self._looking, source_id, self._look(source_id, gap_s), "news of source")

    async def _look(self, source_id: int, gap_s: float) -> None:
        await asyncio.sleep(self._settle_s)
        while source_id in self._again:
            self._again.discard(source_id)
            await self._refresh.look(source_id)
            await asyncio.sleep(gap_s)

    # single entries

    def told(self, account_id: int, sources: Sequence[Source], heard: Heard) -> None:
        """An entry that one of `sources` may have was changed or deleted."""
        told = self._told.setdefault(account_id, _Told())
        if told.ids.get(heard.remote_id) is not Hearing.GONE:
            told.ids[heard.remote_id] = heard.hearing
        told.sources |= {source.id: source for source in sources}
        if account_id not in self._telling:
            self._begin(self._telling, account_id, self._bring(account_id), "changes of account")

    async def _bring(self, account_id: int) -> None:
        while account_id in self._told:
            await asyncio.sleep(self._settle_s)
            told = self._told.pop(account_id)
            for source_id in told.sources:  # a look under way may be about to store what is deleted by now
                await self._refresh.until_idle(source_id)
            held = await self._store.read(entries_table.held, tuple(told.sources), tuple(told.ids))
            gone = {entry_id for _, entry_id, there in held if told.ids[there] is Hearing.GONE}
            await self._let_go(tuple(sorted(gone)))
            changed = {there: told.sources[source_id] for source_id, entry_id, there in held if entry_id not in gone}
            left = await self._renew(account_id, changed)
            if left and told.rounds < ROUNDS:
                await asyncio.sleep(self._again_s)
                for remote_id, source in left.items():
                    self.told(account_id, (source,), Heard(Hearing.CHANGED, remote_id))
                self._told[account_id].rounds = told.rounds + 1

    async def _let_go(self, entry_ids: tuple[int, ...]) -> None:
        """Their author has deleted them. What a person saved is a copy and stays."""
        if not entry_ids:
            return
        removed = await self._store.write(removal_table.remove, entry_ids, self._now())
        unseen = {column_id: count for one in removed for column_id, count in one.columns}
        for column_id, count in unseen.items():
            ids = tuple(one.entry_id for one in removed if column_id in dict(one.columns))
            self._events.send(ColumnChanged(column_id, 0, count, removed=ids))

    async def _renew(self, account_id: int, changed: Mapping[str, Source]) -> Mapping[str, Source]:
        """Asks for changed entries and stores them where they are; none becomes new, none is added.

        Returns those that could not be asked for yet.
        """
        left = dict(changed)
        for remote_id, source in tuple(changed.items())[:MOST_AT_ONCE]:
            try:
                entry = await self._accounts.use(account_id, _asking(source, remote_id))
            except NetworkError as error:
                log.info("a changed entry of account %d: %s", account_id, error)
                return {} if isinstance(error, Rejected | AuthExpired) else left
            del left[remote_id]
            if entry is not None:
                records = await self._worker.run(parsing.clean_records, (entry,))
                applied = await self._store.write(entries_table.bring_up_to_date, source, records, self._now())
                for change in applied.columns:
                    self._events.send(ColumnChanged(change.column_id, change.added, change.unseen, change.updated))
        return left

    def _begin(
        self, tasks: dict[int, asyncio.Task[None]], number: int, work: Coroutine[Any, Any, None], name: str
    ) -> None:
        async def run() -> None:
            try:
                await work
            except SocialDeskError as error:
                log.info("%s %d: %s", name, number, error)
            except Exception:
                log.exception("%s %d failed in an unforeseen way", name, number)
            finally:
                tasks.pop(number, None)  # here and not after: what is told from now on needs a task of its own

        tasks[number] = asyncio.create_task(run(), name=f"{name} {number}")


def _asking(source: Source, remote_id: str) -> Callable[[Network], Coroutine[Any, Any, Entry | None]]:
    async def ask(network: Network) -> Entry | None:
        return await network.look_again(source, remote_id) if isinstance(network, Streams) else None

    return ask
