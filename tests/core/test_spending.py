"""Envelopes, paces and what a draft costs."""

import pickle
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from socialdesk.core.costs import Charge, Price, own_prices
from socialdesk.core.errors import InputError, OverBudget
from socialdesk.core.post import Draft, Picture, Target
from socialdesk.core.rules import PostRules
from socialdesk.core.source import SourceState
from socialdesk.core.spending import (
    AccountMonth,
    Pace,
    month_after,
    month_ends,
    month_of,
    pace_of,
    parse_money,
    rhythm_of,
    sending,
)
from socialdesk.core.timing import Rhythm, after_fetch, asks_now

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
READ = Price("read", Decimal("0.005"), "item")
PAGES = Price("read", Decimal("0.005"), "item", sources=("list",), again=20)
PRICES = (
    READ,
    PAGES,
    Price("post", Decimal("0.015")),
    Price("post_with_link", Decimal("0.20")),
    Price("reply", Decimal("0.010")),
    Price("alt_text", Decimal("0.005")),
)
RULES = {1: PostRules(280, len), 2: PostRules(500, len)}


def month(envelope: str | None = None, spent: str = "0") -> AccountMonth:
    charges = (Charge("read", 1, Decimal(spent)),)
    return AccountMonth(1, date(2026, 11, 1), "USD", charges, Decimal(envelope) if envelope else None, PRICES)


@pytest.mark.parametrize(
    ("spent", "envelope", "pace"),
    [
        ("1000", None, Pace.USUAL),
        ("0", "5", Pace.USUAL),
        ("3.999", "5", Pace.USUAL),
        ("4", "5", Pace.SLOW),
        ("4.999", "5", Pace.SLOW),
        ("5", "5", Pace.STOPPED),
        ("9", "5", Pace.STOPPED),
        ("0", "0", Pace.STOPPED),
    ],
)
def test_reading_slows_then_stops(spent: str, envelope: str | None, pace: Pace) -> None:
    assert pace_of(Decimal(spent), Decimal(envelope) if envelope else None) is pace


def test_months_are_those_of_utc() -> None:
    east = timezone(timedelta(hours=9))
    assert month_of(datetime(2026, 12, 1, 3, tzinfo=east)) == date(2026, 11, 1)
    assert month_ends(NOW) == datetime(2026, 12, 1, tzinfo=UTC)
    assert month_ends(datetime(2026, 12, 31, 23, 59, tzinfo=UTC)) == datetime(2027, 1, 1, tzinfo=UTC)
    assert month_after(date(2026, 12, 1)) == date(2027, 1, 1)


def test_a_slow_or_cheap_source_is_asked_more_rarely_and_says_why() -> None:
    assert rhythm_of(300, Pace.USUAL, READ, cheap=False) == (Rhythm.of(300), "")
    for pace, cheap, base, why in (
        (Pace.SLOW, False, 1200, "budget"),
        (Pace.USUAL, True, 1800, "cheap"),
        (Pace.SLOW, True, 7200, "budget"),
    ):
        rhythm, said = rhythm_of(300, pace, READ, cheap=cheap)
        assert (rhythm.base_s, rhythm.floor_s, said) == (base, base, why)
        assert rhythm.ceiling_s >= base
    assert rhythm_of(3600, Pace.USUAL, PAGES, cheap=True)[0].base_s == 86_400
    assert rhythm_of(300, Pace.STOPPED, None, cheap=True) == (Rhythm.of(300), "")


def test_a_spent_envelope_waits_for_the_next_month_and_is_no_failure() -> None:
    state = SourceState(1, cursor="c", failures=2)
    after = after_fetch(OverBudget("spent", month_ends(NOW)), state, NOW, 0.5)
    assert (after.error, after.waits, after.next_at) == ("budget_spent", "budget", datetime(2026, 12, 1, tzinfo=UTC))
    assert (after.failures, after.cursor) == (2, "c")
    assert not asks_now(after, NOW)
    assert asks_now(after, month_ends(NOW))


def test_the_error_crosses_a_process_boundary() -> None:
    error = pickle.loads(pickle.dumps(OverBudget("spent", NOW)))
    assert (str(error), error.until, error.reason) == ("spent", NOW, "budget_spent")


def test_a_draft_costs_by_its_parts_links_pictures_and_whom_it_answers() -> None:
    picture = Picture("b" * 64, "image/png", 10, 10, 100, "A chart")
    draft = Draft(
        text="See https://a.example\n---\nMore", account_ids=(1, 2), pictures=(picture, replace(picture, alt=" "))
    )
    (found,) = sending(draft, RULES, {1: month()})
    assert found.account_id == 1
    assert found.cost.charges == (
        Charge("post", 1, Decimal("0.015")),
        Charge("post_with_link", 1, Decimal("0.20")),
        Charge("alt_text", 1, Decimal("0.005")),
    )
    answer = replace(draft, text="Yes\n---\nand more", pictures=(), reply_to=Target("1", {}, "@a", "", "", 1))
    (found,) = sending(answer, RULES, {1: month()})
    assert [(c.what, c.count) for c in found.cost.charges] == [("post", 1), ("reply", 1)]


def test_an_article_s_address_counts_as_a_link() -> None:
    from socialdesk.core.post import Article

    rules = {1: RULES[1], 3: PostRules(0, len, article=True)}
    draft = Draft(text="Read it", account_ids=(3, 1), article=Article("Title", "Words"))
    (found,) = sending(draft, rules, {1: month()})
    assert [c.what for c in found.cost.charges] == ["post_with_link"]


@pytest.mark.parametrize(("envelope", "spent", "over"), [(None, "9", False), ("1", "0.8", False), ("1", "0.81", True)])
def test_what_is_more_than_the_envelope_has_left_is_asked_for(envelope: str | None, spent: str, over: bool) -> None:
    draft = Draft(text="https://a.example", account_ids=(1,))
    (found,) = sending(draft, RULES, {1: month(envelope, spent)})
    assert found.over is over


def test_own_prices_take_the_place_of_those_known_and_carry_their_day() -> None:
    day = date(2026, 11, 22)
    mine = own_prices(PRICES, {"read": Decimal("0.001"), "read:list": Decimal("0.002")}, day)
    assert [(p.key, p.amount, p.as_of) for p in mine[:3]] == [
        ("read", Decimal("0.001"), day),
        ("read:list", Decimal("0.002"), day),
        ("post", Decimal("0.015"), None),
    ]


@pytest.mark.parametrize(
    ("typed", "amount"), [("5", "5"), (" $5.00 ", "5"), ("0,005", "0.005"), ("€ 12.5", "12.5"), ("0", "0")]
)
def test_amounts_as_people_type_them(typed: str, amount: str) -> None:
    assert str(parse_money(typed)) == str(Decimal(amount))


@pytest.mark.parametrize("typed", ["", "much", "-1", "NaN", "inf", "1e99", "1,000,000.5"])
def test_what_is_no_amount_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_money(typed)
    assert refused.value.fix
