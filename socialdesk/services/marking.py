"""Marks that networks keep (read, starred, labels): kept here as wishes, sent in batches, replayed after being offline.

A wish is in the store before anything is sent; of several for one mark of an entry the last one counts. Every look at
the network sends first what waits, so what it then says is newer than all that was marked here before.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from socialdesk.core.errors import InputError, NetworkError, Rejected, StoreError, VaultError
from socialdesk.core.events import ColumnChanged
from socialdesk.core.marks import READ, Marks, Wish
from socialdesk.core.network import Network
from socialdesk.core.rows import ColumnChange, StoredEntry
from socialdesk.core.source import Source
from socialdesk.services.accounts import AccountService
from socialdesk.services.events import Events
from socialdesk.store import marking as marking_table
from socialdesk.store import marks as marks_table
from socialdesk.store.database import Store

log = logging.getLogger(__name__)
PAUSE_S = 2.0  # what a person reads within it is told in one request


class MarkService:
    def __init__(
        self,
        store: Store,
        accounts: AccountService,
        events: Events,
        now: Callable[[], datetime],
        pause_s: float = PAUSE_S,
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._events = events
        self._now = now
        self._pause_s = pause_s
        self._locks: dict[int, asyncio.Lock] = {}
        self._waking: set[int] = set()
        self._telling: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()

    # what a person does

    async def see(self, column_id: int, entry_ids: tuple[int, ...] | None) -> int:
        """Marks rows of a column as seen, None = all; where the network keeps it, as read. Returns how many are new."""
        networks = await self._keepers()
        changes, accounts = await self._store.write(
            marking_table.see, column_id, entry_ids, networks, self._now(), durable=bool(networks)
        )
        self._tell_columns(changes)
        self._soon(accounts)
        return int(changes[0].unseen)

    async def put_read(self, entry_ids: tuple[int, ...], *, is_read: bool) -> None:
        """Marks entries as read or not, here and at the network. Raises InputError where no network keeps that."""
        networks = await self._keepers()
        changes, accounts = await self._store.write(
            marking_table.put_read, entry_ids, networks, self._now(), is_read=is_read, durable=True
        )
        if not accounts:
            raise InputError("Their network does not keep what was read.", "Use the column's own marks.")
        self._tell_columns(changes)
        self._soon(accounts)

    async def wish(self, stored: StoredEntry, wanted: Wish) -> None:
        """Keeps a wish for one entry and sends it now. Raises Rejected when the network refuses it.

        Where the network cannot be asked, it waits.
        """
        if stored.account_id is None:
            raise InputError("This entry belongs to no account.", "Open it in the browser instead.")
        entry = stored.entry
        await self._store.write(
            marks_table.wish, stored.account_id, entry.key, entry.remote_id, wanted, self._now(), durable=True
        )
        refused = await self.push(stored.account_id)
        if wanted in refused:
            raise refused[wanted]

    async def labels(self, account_id: int) -> tuple[str, ...]:
        """The labels that the account has for entries; none where its network has no such thing."""

        async def ask(network: Network) -> tuple[str, ...]:
            return await network.labels() if isinstance(network, Marks) else ()

        return await self._accounts.use(account_id, ask)

    # what goes out

    async def push(self, account_id: int) -> Mapping[Wish, Rejected]:
        """Sends what waits for an account. Returns what was refused; what cannot be sent now goes on waiting."""
        refused: dict[Wish, Rejected] = {}
        async with self._locks.setdefault(account_id, asyncio.Lock()):
            for waiting in await self._store.read(marks_table.waiting, account_id):
                try:
                    await self._send(account_id, waiting)
                except Rejected as error:
                    log.info("%s of %d entries is refused: %s", waiting.wish.mark, len(waiting.items), error)
                    refused[waiting.wish] = error
                    await self._store.write(marks_table.forget, account_id, waiting)
                except InputError:  # the account is gone
                    await self._store.write(marks_table.forget_account, account_id)
                    break
                except (NetworkError, VaultError) as error:
                    log.info("marks of %d entries still wait: %s", len(waiting.items), error)
                    break
        return refused

    async def push_before(self, source: Source) -> None:
        """What waits for a source's account goes out before it is looked at."""
        if source.account_id is not None and self._accounts.facts(source.network).marks:
            await self.push(source.account_id)

    async def catch_up(self) -> None:
        """Sends what waits for any account."""
        for account_id in await self._store.read(marks_table.waiting_accounts):
            await self.push(account_id)

    def start(self) -> None:
        """Catches up now, and whenever the connection comes back."""
        self.connection_changed(online=True)

    def connection_changed(self, *, online: bool) -> None:
        if online:
            self._begin()
            self._wake.set()

    async def stop(self) -> None:
        """What waits is in the store; the next start sends it."""
        if self._telling is not None:
            self._telling.cancel()
            await asyncio.gather(self._telling, return_exceptions=True)

    async def _send(self, account_id: int, waiting: marks_table.Waiting) -> None:
        ids = [remote_id for _, remote_id, _ in waiting.items]

        async def send(network: Network) -> None:
            if not isinstance(network, Marks):
                raise Rejected("this network keeps no marks", reason="not_supported")
            await network.mark(waiting.wish, ids)

        await self._accounts.use(account_id, send)
        await self._store.write(marks_table.sent, account_id, waiting, self._now())

    def _soon(self, accounts: Iterable[int]) -> None:
        self._waking.update(accounts)
        if self._waking:
            self._begin()

    def _begin(self) -> None:
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._run(), name="marks")

    async def _run(self) -> None:
        """Gathers what is marked within a moment and sends it; ends when there is nothing to tell."""
        try:
            while self._waking or self._wake.is_set():
                if self._wake.is_set():
                    self._wake.clear()
                    await self.catch_up()
                    continue
                await asyncio.sleep(self._pause_s)
                accounts, self._waking = self._waking, set()
                for account_id in accounts:
                    await self.push(account_id)
        except StoreError as error:
            log.warning("marks that wait cannot be read: %s", error)

    async def _keepers(self) -> tuple[str, ...]:
        """The networks with an account here that keep what was read."""
        here = {account.network for account in await self._accounts.list()}
        return tuple(facts.key for facts in self._accounts.networks() if facts.key in here and READ in facts.marks)

    def _tell_columns(self, changes: Iterable[ColumnChange]) -> None:
        for change in changes:
            self._events.send(ColumnChanged(change.column_id, 0, change.unseen, change.updated))
