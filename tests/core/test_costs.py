"""What networks charge: reading a list of prices, a column's day, a post."""

import pickle
from datetime import date
from decimal import Decimal

import pytest

from socialdesk.core.costs import (
    Charge,
    PartToSend,
    Price,
    column_day,
    parse_prices,
    post_cost,
    price_of,
)
from socialdesk.core.resources import resource_path

DAY = date(2026, 11, 1)
PRICES = (
    Price("read", Decimal("0.005"), "item", as_of=DAY),
    Price("read", Decimal("0.001"), "item", sources=("mentions",), as_of=DAY),
    Price("read", Decimal("0.005"), "item", sources=("list",), again=20, as_of=DAY),
    Price("post", Decimal("0.015"), as_of=DAY),
    Price("post_with_link", Decimal("0.20"), as_of=date(2026, 10, 1)),
    Price("alt_text", Decimal("0.005"), as_of=DAY),
)


def test_a_source_has_its_own_price_or_the_general_one() -> None:
    assert price_of(PRICES, "read", "mentions") == PRICES[1]
    assert price_of(PRICES, "read", "home") == price_of(PRICES, "read") == PRICES[0]
    assert price_of(PRICES, "like") is None


def test_what_only_news_costs_does_not_depend_on_the_interval() -> None:
    slow, fast = (column_day(PRICES, "home", seconds, 200) for seconds in (3600, 60))
    assert slow == fast
    assert slow is not None
    assert (slow.usual, slow.at_most, slow.currency, slow.as_of) == (Decimal("1.000"), Decimal("1.000"), "USD", DAY)


def test_what_is_read_again_at_each_look_may_be_charged_again() -> None:
    cost = column_day(PRICES, "list", 3600, 10)
    assert cost is not None
    assert cost.usual == Decimal("0.15")
    assert cost.at_most == Decimal("2.45")


def test_a_network_that_charges_each_call() -> None:
    cost = column_day((Price("read", Decimal("0.01"), "call"),), "home", 600, 1000)
    assert cost is not None
    assert cost.usual == cost.at_most == Decimal("1.44")


def test_free_reading_and_free_posting() -> None:
    assert column_day((), "home", 60, 100) is None
    assert post_cost((), [PartToSend(has_link=True)]) is None
    assert post_cost(PRICES, []) is None


@pytest.mark.parametrize(("interval", "new"), [(0, 5.0), (-5, 5.0), (60, -1.0)])
def test_odd_numbers_never_make_a_negative_or_endless_bill(interval: int, new: float) -> None:
    cost = column_day(PRICES, "list", interval, new)
    assert cost is not None
    assert Decimal(0) <= cost.usual <= cost.at_most <= Decimal(10_000)


def test_a_thread_is_charged_part_by_part() -> None:
    cost = post_cost(PRICES, [PartToSend(has_link=True, alt_texts=2), PartToSend(), PartToSend()])
    assert cost is not None
    assert cost.charges == (
        Charge("post", 2, Decimal("0.030")),
        Charge("post_with_link", 1, Decimal("0.20")),
        Charge("alt_text", 2, Decimal("0.010")),
    )
    assert (cost.total, cost.currency, cost.as_of) == (Decimal("0.240"), "USD", date(2026, 10, 1))


def test_a_link_costs_nothing_more_where_the_list_says_nothing_of_it() -> None:
    cost = post_cost(PRICES[:4], [PartToSend(has_link=True)])
    assert cost is not None
    assert cost.charges == (Charge("post_with_link", 1, Decimal("0.015")),)


def test_an_answer_may_have_a_price_of_its_own() -> None:
    answer = [PartToSend(answers=True), PartToSend(answers=True, has_link=True)]
    plain = post_cost(PRICES, answer)
    own = post_cost((*PRICES, Price("reply", Decimal("0.010"))), answer)
    assert plain is not None
    assert own is not None
    assert (plain.total, own.total) == (Decimal("0.215"), Decimal("0.210"))


def test_the_lists_that_come_with_the_program_can_be_read() -> None:
    lists = sorted(resource_path("prices").glob("*.json"))
    assert lists
    for path in lists:
        prices = parse_prices(path.read_text("utf-8"))
        assert prices
        assert all(price.as_of and price.currency for price in prices)
        assert pickle.loads(pickle.dumps(prices)) == prices


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"as_of": "soon", "currency": "USD", "prices": []}',
        '{"as_of": "2026-11-01", "currency": "USD", "prices": [{"what": "read"}]}',
        '{"as_of": "2026-11-01", "currency": "USD", "prices": [{"what": "read", "amount": 0.005}]}',
        '{"as_of": "2026-11-01", "currency": "USD", "prices": [{"what": "read", "amount": "much"}]}',
        '{"as_of": "2026-11-01", "currency": "USD", "prices": [{"what": "read", "amount": "-1"}]}',
        '{"as_of": "2026-11-01", "currency": "USD", "prices": [{"what": "read", "amount": "NaN"}]}',
        '{"as_of": "2026-11-01", "currency": "USD", "prices": [{"what": "read", "amount": "1", "per": "year"}]}',
        '{"as_of": "2026-11-01", "currency": "USD", "prices": [{"what": "read", "amount": "1", "colour": "red"}]}',
    ],
)
def test_a_broken_list_says_so(text: str) -> None:
    with pytest.raises(ValueError, match="not a list of prices"):
        parse_prices(text)
