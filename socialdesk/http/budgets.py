"""Keeps what servers asked of us, across restarts."""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from socialdesk.core.budget import FRESH, HostBudget, ServerLimits, after_response, barred_until, current

_log = logging.getLogger(__name__)


def budget_key(host: str, budget: str = "") -> str:
    """The name under which a budget is kept: the host, or host and account. Hosts hold no space, so keys are unique."""
    return f"{host} {budget}" if budget else host


def app_budget(network: str, client_id: str) -> str:
    """The name of what an app may do, '' where the app is not known: its accounts have limits of their own then."""
    return f"{network}:app:{hashlib.sha256(client_id.encode()).hexdigest()[:12]}" if client_id else ""


class BudgetKeeper:
    """The budgets of all hosts and accounts, by `budget_key`. Used on the engine's loop only.

    `load()` is awaited once and gives what was saved; `save(key, budget)` is awaited in the background for every budget
    that changed. Without them nothing is kept.
    """

    def __init__(
        self,
        load: Callable[[], Awaitable[Mapping[str, HostBudget]]] | None = None,
        save: Callable[[str, HostBudget], Awaitable[object]] | None = None,
    ) -> None:
        self._load = load
        self._save = save
        self._budgets: dict[str, HostBudget] = {}
        self._changed: dict[str, HostBudget] = {}
        self._loading: asyncio.Task[None] | None = None
        self._saving: asyncio.Task[None] | None = None
        self.ready = load is None

    async def open(self) -> None:
        """Reads what was kept, once. What cannot be read counts as nothing kept."""
        if self._loading is None:
            self._loading = asyncio.create_task(self._read(), name="load host budgets")
        await asyncio.shield(self._loading)

    async def flush(self) -> None:
        """Returns when every change so far is saved."""
        while self._saving is not None:
            await asyncio.shield(self._saving)

    def get(self, key: str) -> HostBudget:
        return self._budgets.get(key, FRESH)

    def barred_until(self, key: str, now: datetime, *, write: bool) -> datetime | None:
        """When the server wants to be asked again; None = now."""
        budget = self._budgets.get(key)
        return None if budget is None else barred_until(current(budget, now), now, write=write)

    def learn(
        self, key: str, status: int, limits: ServerLimits, now: datetime, *, write: bool, feed: bool
    ) -> HostBudget:
        """Takes in what one response said, keeps it if it changed anything, and returns the budget."""
        before = self.get(key)
        after = after_response(before, status, limits, now, write=write, feed=feed)
        self.put(key, after)
        return after

    def put(self, key: str, budget: HostBudget) -> None:
        if budget == self.get(key):
            return
        self._budgets[key] = budget
        if self._save is None:
            return
        self._changed[key] = budget
        if self._saving is None:
            self._saving = asyncio.create_task(self._write(), name="save host budgets")

    async def _read(self) -> None:
        if self._load is not None:
            try:
                self._budgets = dict(await self._load()) | self._budgets
            except Exception as error:  # whatever a damaged store says, the wire works without it
                _log.debug("host budgets cannot be read: %s", type(error).__name__)
        self.ready = True

    async def _write(self) -> None:
        try:
            while self._changed and self._save is not None:
                key = next(iter(self._changed))
                await self._save(key, self._changed.pop(key))
        except Exception as error:  # as above
            _log.debug("host budgets cannot be kept: %s", type(error).__name__)
        finally:
            self._saving = None
