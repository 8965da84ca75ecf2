"""What networks charge for their API, and what that makes of a column and of a post. Pure; money in exact decimals.

Prices move: they are data with a date (`resources/prices/<network>.json`), never code, and estimates say so.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

READ = "read"  # an entry in a column
POST = "post"
POST_WITH_LINK = "post_with_link"
REPLY = "reply"
ALT_TEXT = "alt_text"
LOOK_UP = "look_up"
DELETE = "delete"
DAY_S = 86_400
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Price:
    """What one thing costs.

    `what`: read, look_up, post, post_with_link, reply, alt_text, delete, or an action (like, reshare, bookmark).
    `per`: "item" (each entry that comes back) or "call". `sources` narrows a read to kinds of sources, () = all that
    have no price of their own. `again`: known entries that each look reads once more, where a network cannot be asked
    for news alone.
    `as_of` is the day on which the price was read, `note` a condition in plain words.
    """

    what: str
    amount: Decimal
    per: str = "call"
    currency: str = "USD"
    as_of: date | None = None
    sources: tuple[str, ...] = ()
    again: int = 0
    note: str = ""

    @property
    def key(self) -> str:
        """Its name among the prices of a network: `post`, or `read:bookmarks+likes`."""
        return f"{self.what}:{'+'.join(self.sources)}" if self.sources else self.what


@dataclass(frozen=True, slots=True)
class DayCost:
    """What a column costs in a day. `at_most`: if every known entry that is read again is charged again."""

    usual: Decimal
    at_most: Decimal
    currency: str
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """One line of a bill: `count` times `what` makes `amount`."""

    what: str
    count: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PostCost:
    """What sending costs, line by line. All lines are in one currency."""

    charges: tuple[Charge, ...]
    currency: str
    as_of: date | None = None

    @property
    def total(self) -> Decimal:
        return sum((charge.amount for charge in self.charges), NOTHING)


@dataclass(frozen=True, slots=True)
class PartToSend:
    """One post as far as its price goes: whether the network finds an address in it, and how many alt texts.

    `answers`: it answers somebody else's post.
    """

    has_link: bool = False
    alt_texts: int = 0
    answers: bool = False

    @property
    def kind(self) -> str:
        if self.has_link:
            return POST_WITH_LINK
        return REPLY if self.answers else POST


def price_of(prices: Sequence[Price], what: str, source: str = "") -> Price | None:
    """The price of one thing; for a read that of the kind of source if it has one. None = it costs nothing."""
    known = [price for price in prices if price.what == what]
    own = next((price for price in known if source and source in price.sources), None)
    return own or next((price for price in known if not price.sources), None)


def read_price(prices: Sequence[Price], kind: str) -> Price | None:
    """What an entry, or a look, of this kind of source costs; None where reading is free."""
    found = price_of(prices, READ, kind)
    return found if found is not None and found.amount > 0 else None


def own_prices(prices: Sequence[Price], amounts: Mapping[str, Decimal], as_of: date | None) -> tuple[Price, ...]:
    """The prices with the amounts that a person found instead, by `Price.key`, as of the day they were set."""
    return tuple(
        replace(price, amount=amounts[price.key], as_of=as_of) if price.key in amounts else price for price in prices
    )


def column_day(prices: Sequence[Price], source: str, interval_s: int, new_per_day: float) -> DayCost | None:
    """What a source costs per day, looked at every `interval_s` seconds, with so many new entries a day.

    None where reading is free. Networks charge an entry once a day however often it is read, most of the time.
    """
    price = price_of(prices, READ, source)
    if price is None:
        return None
    looks = Decimal(DAY_S) / max(1, interval_s)
    if price.per == "call":
        return DayCost(looks * price.amount, looks * price.amount, price.currency, price.as_of)
    new = Decimal(str(max(0.0, new_per_day)))
    usual = (new + price.again) * price.amount
    return DayCost(usual, max(usual, (new + price.again * looks) * price.amount), price.currency, price.as_of)


def post_cost(prices: Sequence[Price], parts: Sequence[PartToSend]) -> PostCost | None:
    """What sending a post or thread costs; None where it is free."""
    counts = {kind: sum(part.kind == kind for part in parts) for kind in (POST, REPLY, POST_WITH_LINK)}
    counts[ALT_TEXT] = sum(part.alt_texts for part in parts)
    found = [(_for_post(prices, what), what, count) for what, count in counts.items() if count]
    priced = [(price, what, count) for price, what, count in found if price is not None]
    if not priced:
        return None
    first = priced[0][0]
    charges = tuple(Charge(what, count, price.amount * count) for price, what, count in priced)
    return PostCost(charges, first.currency, min((p.as_of for p, _, _ in priced if p.as_of), default=None))


def _for_post(prices: Sequence[Price], what: str) -> Price | None:
    """A post with a link and an answer cost what any post does, unless they have a price of their own."""
    return price_of(prices, what) or (price_of(prices, POST) if what in {POST_WITH_LINK, REPLY} else None)


def parse_prices(text: str) -> tuple[Price, ...]:
    """The prices in a JSON document: `as_of`, `currency` and `prices`, a list of objects with the fields of `Price`.

    Raises ValueError, with a sentence that says what is wrong.
    """
    try:
        document = json.loads(text)
        shared = {"currency": str(document["currency"]), "as_of": date.fromisoformat(document["as_of"])}
        return tuple(_price(row, shared) for row in document["prices"])
    except (KeyError, TypeError, InvalidOperation, ValueError) as error:
        raise ValueError(f"not a list of prices: {type(error).__name__}: {error}") from error


def _price(row: Mapping[str, Any], shared: Mapping[str, Any]) -> Price:
    amount = Decimal(row["amount"]) if isinstance(row["amount"], str) else None
    if amount is None or not amount.is_finite() or amount < 0:
        raise ValueError(f'the amount {row["amount"]!r} has to be a text such as "0.005"')
    if row.get("per", "call") not in {"item", "call"}:
        raise ValueError(f"per {row['per']!r} has to be item or call")
    return Price(**{**shared, **row, "amount": amount, "sources": tuple(row.get("sources", ()))})
