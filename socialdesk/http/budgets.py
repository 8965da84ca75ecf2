"""Keeps what servers asked of us, across restarts."""

from collections.abc import Callable, Mapping
from datetime import datetime

from socialdesk.core.budget import FRESH, HostBudget, ServerLimits, after_response, barred_until, current


def budget_key(host: str, budget: str = "") -> str:
    """The name under which a budget is kept: the host, or host and account. Hosts hold no space, so keys are unique."""
    return f"{host} {budget}" if budget else host


class BudgetKeeper:
    """The budgets of all hosts and accounts, by `budget_key`. Used on the engine's loop only.

    `load` is called once, at the first question; `save` gets every change and must return at once (the app hands the
    row to the store's writer). Without them nothing is kept.
    """

    def __init__(
        self,
        load: Callable[[], Mapping[str, HostBudget]] | None = None,
        save: Callable[[str, HostBudget], None] | None = None,
    ) -> None:
        self._load = load
        self._save = save
        self._budgets: dict[str, HostBudget] | None = None

    def get(self, key: str) -> HostBudget:
        return self._all().get(key, FRESH)

    def barred_until(self, key: str, now: datetime, *, write: bool) -> datetime | None:
        """When the server wants to be asked again; None = now."""
        budget = self._all().get(key)
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
        self._all()[key] = budget
        if self._save is not None:
            self._save(key, budget)

    def _all(self) -> dict[str, HostBudget]:
        if self._budgets is None:
            self._budgets = dict(self._load()) if self._load is not None else {}
        return self._budgets
