"""What the columns show, from the store alone; and what a person does to an entry."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from socialdesk.core.entry import Counts, Entry, Page
from socialdesk.core.errors import (
    InputError,
    NetworkError,
    RateLimited,
    Rejected,
    StoreError,
    Unreachable,
    VaultError,
)
from socialdesk.core.events import ColumnChanged
from socialdesk.core.marks import LABEL, wish_of
from socialdesk.core.network import Acts, Network, ReadsThreads
from socialdesk.core.post import Target
from socialdesk.core.rows import Removed, Row, StoredEntry, Story
from socialdesk.core.source import RowKey, Source
from socialdesk.services.accounts import AccountService
from socialdesk.services.events import Events
from socialdesk.store import columns as columns_table
from socialdesk.store import entries as entries_table
from socialdesk.store import removal as removal_table
from socialdesk.store import wishes as wishes_table
from socialdesk.store.database import Store

if TYPE_CHECKING:
    from socialdesk.services.marking import MarkService
    from socialdesk.services.spending import SpendingService

log = logging.getLogger(__name__)
NEWEST = 200
UNDO = {"like": "unlike", "reshare": "unreshare", "bookmark": "unbookmark"}
DONE_BY = {undo: action for action, undo in UNDO.items()}


class ReadingService:
    def __init__(
        self,
        store: Store,
        accounts: AccountService,
        events: Events,
        now: Callable[[], datetime],
        spending: "Callable[[], SpendingService]",
        marking: "Callable[[], MarkService]",
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._spending = spending
        self._marking = marking
        self._events = events
        self._now = now
        self._catching_up: asyncio.Task[None] | None = None

    async def page(self, column_id: int, before: RowKey | None, limit: int) -> tuple[Row, ...]:
        """Rows newest first; `before` continues after that row."""
        return await self._with_plans(await self._store.read(columns_table.rows, column_id, before, limit))

    async def newer(self, column_id: int, after: RowKey | None, limit: int = 200) -> tuple[Row, ...]:
        """Rows above `after`, newest first."""
        return await self._with_plans(await self._store.read(columns_table.newer, column_id, after, limit))

    async def stories(self, column_id: int, limit: int = 50) -> tuple[Story, ...]:
        return await self._store.read(columns_table.stories, column_id, limit, self._now())

    async def entry(self, entry_id: int) -> StoredEntry:
        found = await self._store.read(entries_table.get, entry_id)
        if found is None:
            raise InputError(f"There is no entry {entry_id}.", "It may have been removed.")
        return found

    async def rows_of(self, column_id: int, entry_ids: tuple[int, ...]) -> tuple[Row, ...]:
        """The rows of these entries in a column, as they are now."""
        return await self._with_plans(await self._store.read(columns_table.rows_of, column_id, entry_ids))

    async def _with_plans(self, rows: tuple[Row, ...]) -> tuple[Row, ...]:
        """The rows with what the plans of their accounts allow; most networks have no plans, and nobody is asked."""
        if not any(row.account_id is not None and self._plan_actions(row.entry.network) for row in rows):
            return rows
        allowed = {a.id: set(self._accounts.facts(a.network).actions_of(a)) for a in await self._accounts.list()}
        return tuple(
            replace(row, plan_actions=found)
            if (found := self._allowed(row, allowed.get(row.account_id or 0, set())))
            else row
            for row in rows
        )

    def _allowed(self, row: Row, actions: set[str]) -> tuple[str, ...]:
        return tuple(action for action in self._plan_actions(row.entry.network) if action in actions)

    def _plan_actions(self, network: str) -> tuple[str, ...]:
        try:
            return self._accounts.facts(network).plan_actions
        except InputError:  # its adapter is gone, its entries are not
            return ()

    async def thread(self, entry_id: int) -> tuple[Entry, ...]:
        """The conversation around an entry, oldest first; the entry alone where its network shows none."""
        stored = await self.entry(entry_id)
        if stored.account_id is None:
            return (stored.entry,)
        asked = Source(0, stored.entry.network, "", stored.account_id)

        async def ask(network: Network) -> Page:
            if not isinstance(network, ReadsThreads):
                return Page((stored.entry,))
            await self._spending().may_read(asked)
            page = await network.thread(stored.entry.remote_id, stored.entry.refs)
            await self._spending().has_read(asked, page)
            return page

        return (await self._accounts.use(stored.account_id, ask)).entries

    async def mark_seen(self, column_id: int, entry_ids: tuple[int, ...]) -> int:
        """Returns how many rows of the column are still new. Where the network keeps it, they are read there, too."""
        return await self._marking().see(column_id, entry_ids)

    async def mark_all_seen(self, column_id: int) -> int:
        return await self._marking().see(column_id, None)

    async def mark_read(self, entry_ids: tuple[int, ...]) -> None:
        """Read, here and at the network. Raises InputError where the network does not keep that."""
        await self._marking().put_read(entry_ids, is_read=True)

    async def mark_unread(self, entry_ids: tuple[int, ...]) -> None:
        """New again, here and at the network. Raises as `mark_read`."""
        await self._marking().put_read(entry_ids, is_read=False)

    async def labels(self, account_id: int) -> tuple[str, ...]:
        """The labels that an account has for entries at its network."""
        return await self._marking().labels(account_id)

    async def remove(self, entry_ids: tuple[int, ...]) -> tuple[Removed, ...]:
        """Takes entries off the desk: no source brings them back, saved copies stay. `restore` undoes it.

        Raises InputError where none of them is stored.
        """
        gone: tuple[Removed, ...] = await self._store.write(removal_table.remove, entry_ids, self._now(), durable=True)
        if not gone:
            raise InputError(f"There is no entry {', '.join(map(str, entry_ids))}.", "It may have been removed.")
        unseen = {column_id: count for removed in gone for column_id, count in removed.columns}
        for column_id, count in unseen.items():
            ids = tuple(r.entry_id for r in gone if column_id in dict(r.columns))
            self._events.send(ColumnChanged(column_id, 0, count, removed=ids))
        return gone

    async def restore(self, gone: tuple[Removed, ...]) -> None:
        """Puts removed entries back where they were."""
        back = await self._store.write(removal_table.restore, gone, durable=True)
        unseen = {column_id: count for column_id, _, count in back}
        for column_id, count in unseen.items():
            ids = tuple(entry_id for place, entry_id, _ in back if place == column_id)
            self._events.send(ColumnChanged(column_id, 0, count, restored=ids))

    async def target(self, entry_id: int) -> tuple[Target, int | None]:
        """An entry as the target of a reply or quote, and the account that sees it."""
        stored = await self.entry(entry_id)
        entry = stored.entry
        name = entry.author.handle or entry.author.name
        target = Target(entry.remote_id, dict(entry.refs), name, entry.text[:500], entry.url, stored.account_id or 0)
        return target, stored.account_id

    async def act(self, entry_id: int, action: str) -> Entry:
        """like, unlike, reshare, unreshare, bookmark, unbookmark, label:<name>, unlabel:<name>.

        Shown at once, taken back if the network refuses. Without a connection it stays as shown and is done when there
        is one (`catch_up`). Raises what the network raises, after the entry is as it was.
        """
        stored = await self.entry(entry_id)
        before = stored.entry
        facts = self._accounts.facts(before.network)
        account = await self._accounts.get(stored.account_id) if stored.account_id is not None else None
        if account is not None and facts.keeps(wish_of(action).mark):
            return await self._mark(stored, action)
        if account is None or DONE_BY.get(action, action) not in facts.actions_of(account):
            raise InputError(f"{facts.title} has no such action here.", "Open it in the browser instead.")
        await self._put(entry_id, shown_after(before, action))
        try:
            after = await self._send(account.id, before, action)
        except Unreachable as error:
            if not error.offline:
                await self._put(entry_id, before)
                raise
            await self._store.write(wishes_table.wish, entry_id, DONE_BY.get(action, action), action, durable=True)
            return shown_after(before, action)
        except (NetworkError, InputError):
            await self._put(entry_id, before)
            raise
        await self._done(entry_id, action, after)
        return after

    async def _mark(self, stored: StoredEntry, action: str) -> Entry:
        """As `act`, for a mark that the network keeps: it may wait long, and other devices set it too."""
        shown = shown_after(stored.entry, action)
        await self._put(stored.id, shown)
        try:
            await self._marking().wish(stored, wish_of(action))
        except Rejected:
            await self._put(stored.id, stored.entry)
            raise
        return shown

    async def account_back(self, account_id: int) -> None:
        """The person signed in, maybe with another plan: the newest cards are shown with what it allows now."""
        if not self._plan_actions((await self._accounts.get(account_id)).network):
            return
        for column in await self._store.read(columns_table.all):
            rows = await self._store.read(columns_table.rows, column.id, None, NEWEST)
            ids = tuple(row.entry_id for row in rows if row.account_id == account_id)
            if ids:
                self._events.send(ColumnChanged(column.id, 0, column.unseen, ids))

    async def catch_up(self) -> None:
        """Does what was wished without a connection. What a network refuses is taken back and shown so."""
        for entry_id, action in await self._store.read(wishes_table.waiting):
            stored = await self._store.read(entries_table.get, entry_id)
            if stored is None or stored.account_id is None:
                await self._store.write(wishes_table.forget, entry_id, DONE_BY.get(action, action))
                continue
            try:
                after = await self._send(stored.account_id, stored.entry, action)
            except (Unreachable, RateLimited, VaultError) as error:
                log.info("what was done to entry %d still waits: %s", entry_id, error)
                continue
            except (NetworkError, InputError) as error:
                log.info("what was done to entry %d is taken back: %s", entry_id, error)
                after = shown_after(stored.entry, UNDO.get(action) or DONE_BY[action])
            await self._done(entry_id, action, after)

    def start(self) -> None:
        """Catches up now, and whenever the connection comes back."""
        self.connection_changed(online=True)

    def connection_changed(self, *, online: bool) -> None:
        if online and (self._catching_up is None or self._catching_up.done()):
            self._catching_up = asyncio.create_task(self._try_to_catch_up(), name="catch up")

    async def stop(self) -> None:
        if self._catching_up is not None:
            self._catching_up.cancel()
            await asyncio.gather(self._catching_up, return_exceptions=True)

    async def _try_to_catch_up(self) -> None:
        try:
            await self.catch_up()
        except StoreError as error:
            log.warning("what waits for a connection cannot be read: %s", error)

    async def _done(self, entry_id: int, action: str, after: Entry) -> None:
        await self._store.write(wishes_table.forget, entry_id, DONE_BY.get(action, action))
        await self._put(entry_id, after)

    async def _send(self, account_id: int, before: Entry, action: str) -> Entry:
        """Tells the network; the entry as it is then."""
        facts = self._accounts.facts(before.network)

        async def send(network: Network) -> Mapping[str, str]:
            if not isinstance(network, Acts):
                raise InputError(f"{facts.title} has no such action here.", "Open it in the browser instead.")
            return await network.act(action, before.remote_id, before.refs)

        refs = await self._accounts.use(account_id, send)
        await self._spending().has_acted(account_id, before.network, action)
        return replace(shown_after(before, action), refs={**before.refs, **refs})

    async def _put(self, entry_id: int, entry: Entry) -> None:
        changed = await self._store.write(entries_table.update_entry, entry_id, entry)
        for column_id, unseen in changed:
            self._events.send(ColumnChanged(column_id, 0, unseen, (entry_id,)))


def shown_after(entry: Entry, action: str) -> Entry:
    """The entry as it looks when the action has worked: mark set or removed, count one up or down."""
    done = DONE_BY.get(action, action)
    adds = action in UNDO
    if action.removeprefix("un").startswith(LABEL):
        done, adds = wish_of(action).mark, wish_of(action).is_set
    if (done in entry.mine) == adds:
        return entry
    mine = entry.mine | {done} if adds else entry.mine - {done}
    step = 1 if adds else -1
    counts = entry.counts
    if done == "like" and counts.likes is not None:
        counts = replace(counts, likes=max(0, counts.likes + step))
    if done == "reshare" and counts.reshares is not None:
        counts = Counts(counts.replies, max(0, counts.reshares + step), counts.likes)
    return replace(entry, mine=mine, counts=counts)
