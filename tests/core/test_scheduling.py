"""Who sends a post at its time: the network that holds it, or this desk."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialdesk.core import scheduling
from socialdesk.core.post import Article, Delivery, DeliveryState, Draft, PartPlan, Receipt
from socialdesk.core.rules import PostRules, ScheduleRules
from socialdesk.core.scheduling import Way

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
AT = NOW + timedelta(hours=3)
PLAIN = PostRules(limit=500, weigh=len)
HOLDS = replace(PLAIN, schedule=ScheduleRules(timedelta(minutes=5), timedelta(days=30)))
BLOG = PostRules(limit=0, weigh=len, article=True)
RULES = {1: HOLDS, 2: PLAIN, 3: BLOG}


def delivery(at: datetime | None, parts: int = 1, **changes: object) -> Delivery:
    planned = tuple(PartPlan("x", f"k{n}") for n in range(parts))
    return Delivery(1, 1, 1, DeliveryState.WAITING, planned, publish_at=at, **changes)  # type: ignore[arg-type]


def test_without_a_time_it_goes_at_once() -> None:
    assert scheduling.way(delivery(None), HOLDS, NOW) is Way.SEND


def test_one_post_that_waits_for_nothing_is_handed_over() -> None:
    assert scheduling.way(delivery(AT), HOLDS, NOW) is Way.HAND_OVER


@pytest.mark.parametrize(
    "waiting",
    [delivery(AT, parts=2), delivery(AT, waits_for=9), delivery(NOW + timedelta(days=31))],
    ids=["thread", "links to an article", "too far ahead"],
)
def test_what_the_network_cannot_hold_waits_here(waiting: Delivery) -> None:
    assert scheduling.way(waiting, HOLDS, NOW) is Way.WAIT
    assert scheduling.way(delivery(AT), PLAIN, NOW) is Way.WAIT
    assert scheduling.way(delivery(AT), None, NOW) is Way.WAIT


def test_uploads_take_their_time() -> None:
    soon = NOW + timedelta(minutes=10)
    assert scheduling.way(delivery(soon), HOLDS, NOW) is Way.HAND_OVER
    pictures = replace(delivery(soon), parts=(PartPlan("x", "k", ("a" * 64,)),))
    assert scheduling.way(pictures, HOLDS, NOW) is Way.WAIT
    assert scheduling.is_still_ahead(soon, HOLDS, NOW)
    assert not scheduling.is_still_ahead(soon, HOLDS, NOW + timedelta(minutes=5))


@given(st.integers(-10_000, 100_000))
def test_no_network_gets_a_time_that_it_would_refuse_or_that_is_over(minutes: int) -> None:
    at = NOW + timedelta(minutes=minutes)
    found = scheduling.way(delivery(at), HOLDS, NOW)
    if found is Way.HAND_OVER:
        assert timedelta(minutes=5) < at - NOW <= timedelta(days=30)
    if at > NOW:
        assert found in (Way.WAIT, Way.HAND_OVER)


def test_a_little_late_is_sent_and_later_is_asked_about() -> None:
    assert scheduling.way(delivery(NOW), HOLDS, NOW + scheduling.LATE) is Way.SEND
    assert scheduling.way(delivery(NOW), HOLDS, NOW + scheduling.LATE + timedelta(seconds=1)) is Way.ASK


def test_a_thread_that_has_begun_goes_on() -> None:
    begun = delivery(NOW - timedelta(hours=5), parts=2)
    begun = replace(begun, parts=(replace(begun.parts[0], receipt=Receipt("1", "")), begun.parts[1]))
    assert scheduling.way(begun, HOLDS, NOW) is Way.SEND


def test_what_links_to_an_article_never_goes_out_before_it() -> None:
    article = Article("A", "b", status="future", publish_at=AT)
    draft = Draft(text="Read", account_ids=(1, 3), article=article)
    assert scheduling.time_of(draft, 1, RULES) == AT
    assert scheduling.time_of(draft, 3, RULES) is None
    later = AT + timedelta(hours=1)
    assert scheduling.time_of(replace(draft, publish_at=later), 1, RULES) == later
    assert scheduling.time_of(replace(draft, publish_at=NOW), 1, RULES) == AT
    assert not scheduling.is_held(draft, 1, RULES, NOW)
    at_once = replace(draft, article=replace(article, status="publish"))
    assert scheduling.time_of(at_once, 1, RULES) is None


def test_looking_for_it_names_the_time_only_where_the_network_could_hold_it() -> None:
    assert scheduling.asked_for(delivery(AT), HOLDS) == AT
    assert scheduling.asked_for(delivery(AT), PLAIN) is None
    assert scheduling.asked_for(delivery(AT, parts=2), HOLDS) is None
