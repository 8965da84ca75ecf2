"""Sentences about money."""

from datetime import date
from decimal import Decimal

import pytest

from socialdesk.core.costs import Charge, DayCost, PostCost, Price
from socialdesk.core.spending import AccountMonth, ColumnCost, Instead, SendingCost
from socialdesk.ui import cost_words


def month(spent: str, envelope: str | None) -> AccountMonth:
    limit = None if envelope is None else Decimal(envelope)
    return AccountMonth(1, date(2026, 11, 1), "USD", (Charge("read", 1, Decimal(spent)),), limit)


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        ("0", "USD", "$0.00"),
        ("0.005", "USD", "$0.005"),
        ("0.000400", "USD", "$0.0004"),
        ("0.2", "EUR", "€0.20"),
        ("0.245", "USD", "$0.245"),
        ("0.24567", "USD", "$0.246"),
        ("1.005", "USD", "$1.01"),
        ("1234.5", "CHF", "1,234.50 CHF"),
    ],
)
def test_money(amount: str, currency: str, said: str) -> None:
    assert cost_words.money(Decimal(amount), currency) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (30, "every minute"),
        (300, "every 5 minutes"),
        (3600, "every hour"),
        (7200, "every 2 hours"),
        (86_400, "once a day"),
        (345_600, "every 4 days"),
    ],
)
def test_how_often(seconds: int, said: str) -> None:
    assert cost_words.every(seconds) == said


def test_a_column_s_day() -> None:
    day = DayCost(Decimal("0.25"), Decimal("0.25"), "USD")
    assert (
        cost_words.column_day(ColumnCost(day, 300, 50, guessed=True))
        == "About $0.25 a day, looking every 5 minutes, with 50 new posts (a guess)."
    )
    pages = DayCost(Decimal("0.15"), Decimal("2.45"), "USD")
    assert (
        cost_words.column_day(ColumnCost(pages, 3600, 0.3))
        == "About $0.15 a day, at most $2.45, looking every hour, with less than one new post."
    )


def test_one_list_instead_of_many_accounts() -> None:
    day = DayCost(Decimal("0.10"), Decimal("0.40"), "USD")
    assert (
        cost_words.instead(Instead(3, "List", "X", day, 3600))
        == "3 sources are asked one by one. One list of them at X is a single look every hour: about $0.10 a day."
    )
    assert cost_words.instead(None) == ""


@pytest.mark.parametrize(
    ("spent", "envelope", "said"),
    [
        ("1.24", None, "November: about $1.24"),
        ("1.24", "5", "November: about $1.24 of $5.00"),
        ("4.5", "5", "November: about $4.50 of $5.00, reading slowly"),
        ("5", "5", "November: about $5.00 of $5.00, reading stopped"),
    ],
)
def test_the_month_so_far(spent: str, envelope: str | None, said: str) -> None:
    assert cost_words.month_so_far(month(spent, envelope)) == said


def test_before_sending() -> None:
    charges = (Charge("post_with_link", 1, Decimal("0.20")), Charge("alt_text", 2, Decimal("0.010")))
    found = SendingCost(1, PostCost(charges, "USD", date(2026, 11, 1)), month("4.95", "5"))
    assert cost_words.sending([found], lambda _: "X") == "Costs about $0.21 on X."
    assert (
        cost_words.sending_details([found], lambda _: "X")
        == "X: 1 post with a link $0.20, 2 alt texts $0.01. Prices of 2026-11-01."
    )
    assert cost_words.asking([found], lambda _: "X") == "This costs about $0.21, and X has $0.05 left for November."
    calm = SendingCost(1, found.cost, month("0", "5"))
    assert cost_words.asking([calm], lambda _: "X") == ""
    assert cost_words.sending([], lambda _: "X") == ""


def test_names_of_prices() -> None:
    assert cost_words.price_name(Price("post_with_link", Decimal(1))) == "Post with a link"
    assert (
        cost_words.price_name(Price("read", Decimal(1), sources=("bookmarks", "likes")))
        == "Post read (bookmarks, likes)"
    )
    assert cost_words.plain(Decimal("5.000000")) == "5"
    assert cost_words.plain(Decimal("0.2000")) == "0.20"
    assert cost_words.plain(Decimal("0.005000")) == "0.005"
