"""What accounts cost: the ledger, the month's envelope, own prices, and what reading and sending may spend."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from socialdesk.core import spending as decide
from socialdesk.core.costs import (
    DELETE,
    LOOK_UP,
    READ,
    Charge,
    PartToSend,
    Price,
    column_day,
    own_prices,
    post_cost,
    price_of,
    read_price,
)
from socialdesk.core.entry import Page
from socialdesk.core.errors import InputError, OverBudget
from socialdesk.core.events import SpendingChanged
from socialdesk.core.known_sites import polite
from socialdesk.core.post import Draft
from socialdesk.core.source import Source
from socialdesk.core.spending import AccountMonth, ColumnCost, Instead, Pace, Plan, SendingCost
from socialdesk.core.timing import Rhythm
from socialdesk.services.accounts import AccountService
from socialdesk.services.composing import ComposeService
from socialdesk.services.events import Events
from socialdesk.store import sources as sources_table
from socialdesk.store import spending as spending_table
from socialdesk.store.database import Store


class SpendingService:
    """Free networks ask the store for nothing here."""

    def __init__(
        self,
        store: Store,
        accounts: AccountService,
        composing: Callable[[], ComposeService],
        events: Events,
        now: Callable[[], datetime],
        wake: Callable[[], None],
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._composing = composing
        self._events = events
        self._now = now
        self._wake = wake

    # What a person sees and sets

    async def months(self) -> tuple[AccountMonth, ...]:
        """This month of every account whose network charges something."""
        return tuple([await self.month(a.id) for a in await self._accounts.list() if self._charges(a.network)])

    async def month(self, account_id: int) -> AccountMonth:
        """This month of an account; without prices and sums where its network is free."""
        facts = self._accounts.facts((await self._accounts.get(account_id)).network)
        month = decide.month_of(self._now())
        if not facts.prices:
            return AccountMonth(account_id, month, "")
        plan = await self.plan(account_id)
        currency = facts.prices[0].currency
        charges = await self._store.read(spending_table.of_month, account_id, month, currency)
        prices = own_prices(facts.prices, plan.amounts, plan.as_of)
        return AccountMonth(account_id, month, currency, charges, plan.envelope, prices)

    async def past(self, account_id: int) -> tuple[AccountMonth, ...]:
        """Every month in which the account spent something, the last one first."""
        now, read = await self.month(account_id), self._store.read
        return tuple(
            [
                replace(now, month=month, charges=await read(spending_table.of_month, account_id, month, now.currency))
                for month in await read(spending_table.months, account_id)
            ]
        )

    async def plan(self, account_id: int) -> Plan:
        """What the person set for an account."""
        return await self._store.read(spending_table.plan, account_id)

    async def set_envelope(self, account_id: int, amount: Decimal | None) -> AccountMonth:
        """How much the account may spend in a month; None = as much as it does. What had stopped for it goes on."""
        await self._must_charge(account_id)
        plan = await self.plan(account_id)
        await self._store.write(
            spending_table.put_plan, account_id, replace(plan, envelope=_checked(amount)), durable=True
        )
        month = await self.month(account_id)
        await self._go_on(month)
        self._events.send(SpendingChanged(account_id))
        return month

    async def set_prices(self, account_id: int, amounts: Mapping[str, Decimal]) -> AccountMonth:
        """Prices that the person found, by `Price.key`; those not named are as the program knows them."""
        known = {price.key for price in await self._must_charge(account_id)}
        strange = sorted(set(amounts) - known)
        if strange:
            raise InputError(f"There is no price called “{strange[0]}”.", f"There are: {', '.join(sorted(known))}.")
        plan = await self.plan(account_id)
        as_of = self._now().date() if amounts else None
        checked = {key: amount for key, value in amounts.items() if (amount := _checked(value)) is not None}
        changed = replace(plan, amounts=checked, as_of=as_of)
        await self._store.write(spending_table.put_plan, account_id, changed, durable=True)
        self._events.send(SpendingChanged(account_id))
        return await self.month(account_id)

    async def column(self, column_id: int) -> ColumnCost | None:
        """What a column costs in a day with what its sources bring; None where reading it is free."""
        sources = await self._store.read(sources_table.of_column, column_id)
        found = [(source, cost) for source in sources if (cost := await self._source_cost(source)) is not None]
        whole = decide.together([cost for _, cost in found])
        return whole and replace(whole, instead=await self._instead(found))

    async def offer(self, account_id: int, kind: str) -> ColumnCost | None:
        """What a column of a kind of source would cost; None where it would be free."""
        account = await self._accounts.get(account_id)
        return await self._source_cost(Source(0, account.network, kind, account_id))

    async def sending(self, draft: Draft) -> tuple[SendingCost, ...]:
        """What each account that charges pays for a draft, as far as its limits are known."""
        months = {m.account_id: m for m in await self.months() if m.account_id in draft.account_ids}
        if not months:
            return ()
        rules = await self._composing().rules_of(draft.account_ids)
        return decide.sending(draft, rules, months)

    # What the other services ask and tell

    async def rhythm(self, source: Source) -> tuple[Rhythm, str]:
        """How often a source is asked now, and why not as often as usual (`SourceState.waits`)."""
        kind = self._accounts.facts(source.network).source(source.kind)
        interval_s = kind.interval_s if kind else Rhythm().base_s
        if source.account_id is None or not self._charges(source.network):
            return polite(Rhythm.of(interval_s), source.params.get("url", "")), ""
        month = await self.month(source.account_id)
        cheap = await self._store.read(sources_table.is_cheap, source.id)
        return decide.rhythm_of(interval_s, month.pace, read_price(month.prices, source.kind), cheap=cheap)

    async def may_read(self, source: Source) -> None:
        """Raises OverBudget where the month's envelope is spent, and reading this would cost more."""
        if source.account_id is None or not self._charges(source.network):
            return
        month = await self.month(source.account_id)
        if month.pace is Pace.STOPPED and read_price(month.prices, source.kind) is not None:
            raise OverBudget(f"account {source.account_id} spent {month.spent}", decide.month_ends(self._now()))

    async def is_dear(self, source: Source) -> bool:
        """Whether reading the past of a source costs money that its columns are to save."""
        if source.account_id is None or not self._charges(source.network):
            return False
        month = await self.month(source.account_id)
        price = read_price(month.prices, source.kind)
        return price is not None and await self._store.read(sources_table.is_cheap, source.id)

    async def has_read(self, source: Source, page: Page) -> None:
        """Counts what a page of a source cost."""
        if source.account_id is None or not self._charges(source.network):
            return
        prices = (await self.month(source.account_id)).prices
        price, look_up = price_of(prices, READ, source.kind), price_of(prices, LOOK_UP)
        day = self._day()
        if price is not None and price.per == "item":
            ids = page.read or tuple(entry.remote_id for entry in page.entries)
            await self._store.write(spending_table.read, source.account_id, day, price, ids)
        elif price is not None:
            await self._add(source.account_id, price, 1)
        if look_up is not None and page.look_ups:
            await self._add(source.account_id, look_up, page.look_ups)
        self._events.send(SpendingChanged(source.account_id))

    async def has_acted(self, account_id: int, network: str, action: str) -> None:
        """Counts what a like or another action cost."""
        if self._charges(network):
            price = price_of((await self.month(account_id)).prices, action)
            if price is not None:
                await self._add(account_id, price, 1)
                self._events.send(SpendingChanged(account_id))

    async def has_sent(self, account_id: int, item: str, part: PartToSend) -> None:
        """Counts what a part of a post cost that is out; `item` names it for ever."""
        cost = post_cost((await self.month(account_id)).prices, (part,))
        if cost is not None:
            await self._once(account_id, item, cost.charges, cost.currency)

    async def has_deleted(self, account_id: int, item: str) -> None:
        price = price_of((await self.month(account_id)).prices, DELETE)
        if price is not None:
            await self._once(account_id, item, (Charge(DELETE, 1, price.amount),), price.currency)

    async def charging(self) -> frozenset[int]:
        """The accounts whose network charges something."""
        return frozenset(account.id for account in await self._accounts.list() if self._charges(account.network))

    # Inside

    def _charges(self, network: str) -> bool:
        return bool(self._accounts.facts(network).prices)

    def _day(self) -> date:
        return self._now().astimezone(UTC).date()

    async def _add(self, account_id: int, price: Price, count: int) -> None:
        charge = Charge(price.what, count, price.amount * count)
        await self._store.write(spending_table.add, account_id, self._day(), charge, price.currency)

    async def _once(self, account_id: int, item: str, charges: tuple[Charge, ...], currency: str) -> None:
        day = self._day()
        if await self._store.write(spending_table.once, account_id, day, item, charges, currency, durable=True):
            self._events.send(SpendingChanged(account_id))

    async def _must_charge(self, account_id: int) -> tuple[Price, ...]:
        """The prices of the account's network. Raises InputError where there are none."""
        facts = self._accounts.facts((await self._accounts.get(account_id)).network)
        if not facts.prices:
            raise InputError(f"{facts.title} charges nothing.", "No budget is needed.")
        return facts.prices

    async def _source_cost(self, source: Source) -> ColumnCost | None:
        if source.account_id is None or not self._charges(source.network):
            return None
        prices = (await self.month(source.account_id)).prices
        interval_s = (await self.rhythm(source))[0].base_s
        counted = await self._store.read(sources_table.new_per_day, source.id, self._now()) if source.id else None
        per_day = decide.ASSUMED_PER_DAY if counted is None else counted
        day = column_day(prices, source.kind, interval_s, per_day)
        return None if day is None else ColumnCost(day, interval_s, per_day, guessed=counted is None)

    async def _instead(self, found: Sequence[tuple[Source, ColumnCost]]) -> Instead | None:
        """A source that could stand for several of a column: a list for many accounts."""
        for source, _ in found:
            facts = self._accounts.facts(source.network)
            wider = next((kind for kind in facts.sources if kind.gathers == source.kind), None)
            same = [c for s, c in found if (s.account_id, s.kind) == (source.account_id, source.kind)]
            if wider is None or len(same) < 2 or source.account_id is None:
                continue
            prices = (await self.month(source.account_id)).prices
            interval_s = max(wider.interval_s, *(cost.interval_s for cost in same))
            day = column_day(prices, wider.kind, interval_s, sum(cost.new_per_day for cost in same))
            if day is not None:
                return Instead(len(same), wider.title, facts.title, day, interval_s)
        return None

    async def _go_on(self, month: AccountMonth) -> None:
        """Lets what waited for the envelope be asked at its time again."""
        if month.pace is Pace.STOPPED:
            return
        standing = await self._store.read(sources_table.standing, None)
        waiting = [s.id for s, state, _ in standing if s.account_id == month.account_id and state.waits == "budget"]
        await self._store.write(sources_table.make_due, waiting, self._now())
        self._wake()


def _checked(amount: Decimal | None) -> Decimal | None:
    """The amount as it is kept. Raises InputError where it is no sensible one."""
    return None if amount is None else decide.parse_money(str(amount))
