"""What an account has spent in a month, what it may spend, and what follows from that. Pure; months are UTC months.

Everything here is an estimate from a list of prices: the network's own bill counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from socialdesk.core import segments
from socialdesk.core.costs import (
    DAY_S,
    NOTHING,
    Charge,
    DayCost,
    PartToSend,
    PostCost,
    Price,
    post_cost,
)
from socialdesk.core.errors import InputError
from socialdesk.core.post import Draft
from socialdesk.core.rules import PostRules
from socialdesk.core.timing import Rhythm

MILLIONTH = Decimal("0.000001")
MOST = Decimal(1_000_000)
SLOW_FROM = Decimal("0.8")  # of the month's envelope
SLOW_BY = 4
CHEAP_BY = 6
ASSUMED_PER_DAY = 50.0  # new entries of a source that nobody has looked at for a day


class Pace(StrEnum):
    """How an account may read."""

    USUAL = "usual"
    SLOW = "slow"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a person set for one account: the envelope of a month (None = none), and prices by `Price.key`."""

    envelope: Decimal | None = None
    amounts: Mapping[str, Decimal] = field(default_factory=dict)
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class AccountMonth:
    """One account's month: what was spent, line by line, and what may be. `month` is its first day."""

    account_id: int
    month: date
    currency: str
    charges: tuple[Charge, ...] = ()
    envelope: Decimal | None = None
    prices: tuple[Price, ...] = ()

    @property
    def spent(self) -> Decimal:
        return sum((charge.amount for charge in self.charges), NOTHING)

    @property
    def left(self) -> Decimal | None:
        """None where no envelope was set."""
        return None if self.envelope is None else max(self.envelope - self.spent, NOTHING)

    @property
    def pace(self) -> Pace:
        return pace_of(self.spent, self.envelope)


@dataclass(frozen=True, slots=True)
class SendingCost:
    """What one account pays for a draft. `over`: more than the month's envelope has left, so the person is asked."""

    account_id: int
    cost: PostCost
    month: AccountMonth

    @property
    def over(self) -> bool:
        return self.month.left is not None and self.cost.total > self.month.left


@dataclass(frozen=True, slots=True)
class ColumnCost:
    """What a column costs in a day, looked at every `interval_s` with `new_per_day`; `guessed`: nobody counted yet.

    `instead`: `apart` sources of one kind could be a single one of another.
    """

    day: DayCost
    interval_s: int
    new_per_day: float
    guessed: bool = False
    instead: "Instead | None" = None


@dataclass(frozen=True, slots=True)
class Instead:
    """One source of the kind called `title` for `apart` that are asked one by one; `day` is what it would cost."""

    apart: int
    title: str
    network: str
    day: DayCost
    interval_s: int


def together(costs: Sequence[ColumnCost]) -> ColumnCost | None:
    """The cost of a column by that of its sources, in the currency of the first; None where all are free."""
    if not costs:
        return None
    same = [cost for cost in costs if cost.day.currency == costs[0].day.currency]
    usual, most = (sum((getattr(c.day, part) for c in same), NOTHING) for part in ("usual", "at_most"))
    day = DayCost(usual, most, same[0].day.currency, min((c.day.as_of for c in same if c.day.as_of), default=None))
    return ColumnCost(
        day, min(c.interval_s for c in same), sum(c.new_per_day for c in same), any(c.guessed for c in same)
    )


def pace_of(spent: Decimal, envelope: Decimal | None) -> Pace:
    """Reading slows when four fifths of the envelope are spent, and stops when all of it is."""
    if envelope is None:
        return Pace.USUAL
    if spent >= envelope:
        return Pace.STOPPED
    return Pace.SLOW if spent >= envelope * SLOW_FROM else Pace.USUAL


def month_of(now: datetime) -> date:
    """The first day of the month that `now` is in."""
    return now.astimezone(UTC).date().replace(day=1)


def month_after(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def month_ends(now: datetime) -> datetime:
    """When the next month, and with it a full envelope, begins."""
    following = month_after(month_of(now))
    return datetime(following.year, following.month, 1, tzinfo=UTC)


def rhythm_of(interval_s: int, pace: Pace, price: Price | None, *, cheap: bool) -> tuple[Rhythm, str]:
    """How often a kind of source is asked, and why that is not as often as usual: "budget", "cheap", or ''.

    Where known entries would be read again and again, cheap means once a day.
    """
    usual = Rhythm.of(interval_s)
    if price is None or (pace is Pace.USUAL and not cheap):
        return usual, ""
    base = usual.base_s
    if cheap:
        base = DAY_S if price.again else min(base * CHEAP_BY, DAY_S)
    if pace is not Pace.USUAL:
        base *= SLOW_BY
    return Rhythm(base, base, max(base, usual.ceiling_s)), "budget" if pace is not Pace.USUAL else "cheap"


def parts_of(draft: Draft, account_id: int, rules: Mapping[int, PostRules]) -> tuple[PartToSend, ...]:
    """What an account would send, as far as its price goes."""
    own = rules[account_id]
    texts = segments.rendition(draft, account_id, rules)
    answers = draft.reply_to is not None
    return tuple(
        part_of(
            text,
            sum(bool(p.alt.strip()) for p in segments.pictures_of(draft, account_id, own, index)),
            draft,
            own,
            answers and not index,
        )
        for index, text in enumerate(texts)
    )


def part_of(text: str, alt_texts: int, draft: Draft, rules: PostRules, answers: bool) -> PartToSend:
    """One post. Later parts of a thread answer its own author, which costs what any post does."""
    return PartToSend(rules.has_link(segments.shown(text, draft.article)), alt_texts, answers)


def sending(
    draft: Draft, rules: Mapping[int, PostRules], months: Mapping[int, AccountMonth]
) -> tuple[SendingCost, ...]:
    """What each account pays for the draft; those that pay nothing, or whose limits are not known, are missing."""
    found = []
    for account_id in draft.account_ids:
        if account_id in rules and account_id in months:
            cost = post_cost(months[account_id].prices, parts_of(draft, account_id, rules))
            if cost is not None:
                found.append(SendingCost(account_id, cost, months[account_id]))
    return tuple(found)


def parse_money(text: str) -> Decimal:
    """An amount as people type it: 5, 5.00, 5,00, $5. Raises InputError where it is none, or no sensible one."""
    plain = text.strip().strip("$€£").strip().replace(",", ".")
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0 or amount > MOST:
        raise InputError(f"“{text.strip()}” is no amount.", "Write one such as 5 or 0.005.")
    return amount.quantize(MILLIONTH).normalize() + NOTHING
