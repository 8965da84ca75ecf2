"""An account that costs money, and the service that says how much, in plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from socialdesk.core.account import Account
from socialdesk.core.costs import Charge, Price, column_day, own_prices
from socialdesk.core.events import SpendingChanged
from socialdesk.core.network import (
    AppPassword,
    Field,
    NetworkFacts,
    SourceKind,
)
from socialdesk.core.spending import AccountMonth, ColumnCost, Plan

AS_OF = date(2025, 11, 1)
PRICES = (
    Price("read", Decimal("0.005"), "item", as_of=AS_OF, note="An entry read again on the same day is charged once."),
    Price("read", Decimal("0.005"), "item", as_of=AS_OF, sources=("list",), again=20),
    Price("post", Decimal("0.015"), as_of=AS_OF),
    Price("post_with_link", Decimal("0.20"), as_of=AS_OF),
    Price("alt_text", Decimal("0.005"), as_of=AS_OF),
)
PAID = NetworkFacts(
    "x",
    "X",
    "",
    "x",
    (AppPassword((Field("token", "Token", secret=True),)),),
    (SourceKind("home", "Home", "house", interval_s=300), SourceKind("list", "List", "list", interval_s=3600)),
    ("reshare", "reply"),
    plan_actions=("like", "quote"),
    prices=PRICES,
)
ACCOUNT = Account(4, "x", "Northwind Pumps", "@northwind", "https://x.example", "4")
SPENT = (Charge("read", 820, Decimal("4.10")), Charge("post_with_link", 4, Decimal("0.80")))


@dataclass
class FakeSpending:
    fakes: Any
    plans: dict[int, Plan] = field(default_factory=dict)
    charges: tuple[Charge, ...] = SPENT

    async def months(self) -> tuple[AccountMonth, ...]:
        self.fakes.note("months")
        return (await self.month(ACCOUNT.id),)

    async def month(self, account_id: int) -> AccountMonth:
        plan = await self.plan(account_id)
        prices = own_prices(PRICES, plan.amounts, plan.as_of)
        return AccountMonth(account_id, date(2025, 11, 1), "USD", self.charges, plan.envelope, prices)

    async def plan(self, account_id: int) -> Plan:
        return self.plans.get(account_id, Plan())

    async def set_envelope(self, account_id: int, amount: Decimal | None) -> AccountMonth:
        self.fakes.note("set_envelope", account_id, amount)
        return await self._set(account_id, replace(await self.plan(account_id), envelope=amount))

    async def set_prices(self, account_id: int, amounts: Mapping[str, Decimal]) -> AccountMonth:
        self.fakes.note("set_prices", account_id, dict(amounts))
        as_of = date(2025, 11, 18) if amounts else None
        return await self._set(account_id, replace(await self.plan(account_id), amounts=amounts, as_of=as_of))

    async def _set(self, account_id: int, plan: Plan) -> AccountMonth:
        self.plans[account_id] = plan
        self.fakes.send(SpendingChanged(account_id))
        return await self.month(account_id)

    async def column(self, column_id: int) -> ColumnCost | None:
        day = column_day(PRICES, "home", 300, 40)
        return ColumnCost(day, 300, 40) if day is not None else None

    async def offer(self, account_id: int, kind: str) -> ColumnCost | None:
        found = PAID.source(kind)
        day = column_day(PRICES, kind, found.interval_s, 50) if found is not None else None
        return ColumnCost(day, found.interval_s, 50, guessed=True) if found is not None and day is not None else None
