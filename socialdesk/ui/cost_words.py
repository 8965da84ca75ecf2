"""Sentences about money: what a column, a post, a month costs. Estimates say "about"."""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from socialdesk.core.costs import Charge, Price
from socialdesk.core.spending import AccountMonth, ColumnCost, Instead, Pace, SendingCost

_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_THINGS = {
    "read": ("post read", "posts read"),
    "look_up": ("name looked up", "names looked up"),
    "post": ("post", "posts"),
    "post_with_link": ("post with a link", "posts with a link"),
    "reply": ("answer", "answers"),
    "alt_text": ("alt text", "alt texts"),
    "like": ("like", "likes"),
    "reshare": ("re-share", "re-shares"),
    "bookmark": ("bookmark", "bookmarks"),
    "delete": ("post deleted", "posts deleted"),
}


def money(amount: Decimal, currency: str) -> str:
    """$0.005, $0.25, $12.40, 3.00 CHF: whole cents where there are some, else as fine as it takes."""
    finest = 2 if amount >= 1 else 3 if amount >= Decimal("0.1") else 6
    exact = amount.quantize(Decimal("1e-6"))
    places = next((n for n in range(2, finest) if exact.quantize(Decimal(1).scaleb(-n)) == exact), finest)
    said = f"{amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,f}"
    return f"{_SIGNS[currency]}{said}" if currency in _SIGNS else f"{said} {currency}".strip()


def plain(amount: Decimal) -> str:
    """An amount as it stands in a field: 5, 0.20, 0.005."""
    said = f"{amount.normalize() + 0:f}"
    return f"{amount:.2f}" if len(said.partition(".")[2]) == 1 else said


def month_name(month: date) -> str:
    return _MONTHS[month.month - 1]


def every(seconds: int) -> str:
    """every 5 minutes, every hour, once a day."""
    if seconds >= 86_400:
        return "once a day" if seconds < 2 * 86_400 else f"every {round(seconds / 86_400)} days"
    if seconds >= 3600:
        hours = round(seconds / 3600)
        return "every hour" if hours == 1 else f"every {hours} hours"
    minutes = max(1, round(seconds / 60))
    return "every minute" if minutes == 1 else f"every {minutes} minutes"


def column_day(cost: ColumnCost) -> str:
    """About $0.25 a day, looking every 5 minutes, with 50 new posts (a guess)."""
    day = cost.day
    most = f", at most {money(day.at_most, day.currency)}" if day.at_most > day.usual else ""
    new = f"{cost.new_per_day:.0f}" if cost.new_per_day >= 1 or not cost.new_per_day else "less than one"
    posts = "post" if new in ("1", "less than one") else "posts"
    guess = " (a guess)" if cost.guessed else ""
    looking = f"looking {every(cost.interval_s)}, with {new} new {posts}{guess}"
    return f"About {money(day.usual, day.currency)} a day{most}, {looking}."


def instead(found: Instead | None) -> str:
    """3 sources are asked one by one. One list of them at X is a single look every hour: about $0.10 a day."""
    if found is None:
        return ""
    cost = money(found.day.usual, found.day.currency)
    look = f"a single look {every(found.interval_s)}: about {cost} a day"
    return (
        f"{found.apart} sources are asked one by one. One {found.title.lower()} of them at {found.network} is {look}."
    )


def month_so_far(month: AccountMonth) -> str:
    """November: about $1.24 of $5.00."""
    of = f" of {money(month.envelope, month.currency)}" if month.envelope is not None else ""
    said = f"{month_name(month.month)}: about {money(month.spent, month.currency)}{of}"
    return said + {Pace.SLOW: ", reading slowly", Pace.STOPPED: ", reading stopped"}.get(month.pace, "")


def charge(line: Charge, currency: str) -> str:
    """2 alt texts $0.01."""
    one, many = _THINGS.get(line.what, (line.what, line.what))
    return f"{line.count:,} {one if line.count == 1 else many} {money(line.amount, currency)}"


def price_name(price: Price) -> str:
    """A post with a link; A post read (bookmarks, likes)."""
    name = _THINGS.get(price.what, (price.what, ""))[0]
    where = f" ({', '.join(price.sources)})" if price.sources else ""
    return f"{name[0].upper()}{name[1:]}{where}"


def sending(costs: Iterable[SendingCost], title: Callable[[int], str]) -> str:
    """Costs about $0.20 on X. "" where nothing costs anything."""
    said = ", ".join(f"{money(c.cost.total, c.cost.currency)} on {title(c.account_id)}" for c in costs)
    return f"Costs about {said}." if said else ""


def sending_details(costs: Iterable[SendingCost], title: Callable[[int], str]) -> str:
    """The lines behind `sending`, one account in each."""
    lines = []
    for found in costs:
        cost = found.cost
        parts = ", ".join(charge(line, cost.currency) for line in cost.charges)
        as_of = f" Prices of {cost.as_of.isoformat()}." if cost.as_of is not None else ""
        lines.append(f"{title(found.account_id)}: {parts}.{as_of}")
    return "\n".join(lines)


def asking(costs: Iterable[SendingCost], title: Callable[[int], str]) -> str:
    """The question before more is spent than the month has left; "" where none has to be asked."""
    for found in costs:
        left = found.month.left
        if found.over and left is not None:
            cost, month = money(found.cost.total, found.cost.currency), month_name(found.month.month)
            return (
                f"This costs about {cost}, and {title(found.account_id)} has"
                f" {money(left, found.month.currency)} left for {month}."
            )
    return ""
