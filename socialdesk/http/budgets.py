"""Keeps what servers asked of us, across restarts."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import fields
from datetime import datetime

from socialdesk.core.budget import FRESH, HostBudget, ServerLimits, after_response, barred_until, current
from socialdesk.core.errors import SocialDeskError

_log = logging.getLogger(__name__)
_TIMES = ("until", "reads_until", "writes_until")


def budget_key(host: str, budget: str = "") -> str:
    """The name under which a budget is kept: the host, or host and account. Hosts hold no space, so keys are unique."""
    return f"{host} {budget}" if budget else host


class BudgetKeeper:
    """The budgets of all hosts and accounts, by `budget_key`. Used on the engine's loop only.

    `load()` is awaited once and gives what was saved; `save(changed)` is awaited in the background with the keys that
    changed. Both speak of texts by key (JSON, opaque to the store). Without them nothing is kept.
    """

    def __init__(
        self,
        load: Callable[[], Awaitable[Mapping[str, str]]] | None = None,
        save: Callable[[Mapping[str, str]], Awaitable[object]] | None = None,
    ) -> None:
        self._load = load
        self._save = save
        self._budgets: dict[str, HostBudget] = {}
        self._changed: dict[str, str] = {}
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
        self._changed[key] = encode(budget)
        if self._saving is None:
            self._saving = asyncio.create_task(self._write(), name="save host budgets")

    async def _read(self) -> None:
        if self._load is not None:
            try:
                kept = await self._load()
            except SocialDeskError as error:
                _log.debug("host budgets cannot be read: %s", error)
                kept = {}
            self._budgets = {key: decode(text) for key, text in kept.items()} | self._budgets
        self.ready = True

    async def _write(self) -> None:
        try:
            while self._changed and self._save is not None:
                changed, self._changed = self._changed, {}
                await self._save(changed)
        except SocialDeskError as error:
            _log.debug("host budgets cannot be kept: %s", error)
        finally:
            self._saving = None


def encode(budget: HostBudget) -> str:
    """JSON of what differs from a fresh budget; times in ISO 8601."""
    changed = {f.name: getattr(budget, f.name) for f in fields(budget) if getattr(budget, f.name) != f.default}
    return json.dumps({n: v.isoformat() if isinstance(v, datetime) else v for n, v in changed.items()})


def decode(text: str) -> HostBudget:
    """The opposite of `encode`; what cannot be read counts as a fresh budget."""
    try:
        kept = json.loads(text)
        times = {name: datetime.fromisoformat(kept[name]) for name in _TIMES if kept.get(name)}
        return HostBudget(**times, strikes=int(kept.get("strikes", 0)), plain_agent=kept.get("plain_agent"))
    except (ValueError, TypeError, AttributeError):
        return FRESH
