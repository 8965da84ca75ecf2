"""How deliveries are told: state, sentence, and only the fixes that are possible."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from socialdesk.core.post import Article, Delivery, DeliveryState, Draft, PartPlan, Publication, Receipt
from socialdesk.ui import words
from socialdesk.ui.delivery_words import asking, heading, standing, subtitle

NOW = datetime(2025, 11, 18, 9, 30, tzinfo=UTC)


def delivery(state: DeliveryState, **fields: object) -> Delivery:
    parts = fields.pop("parts", (PartPlan("", "k"),))
    return Delivery(1, 1, 1, state, parts, **fields)  # type: ignore[arg-type]


def actions(found: Delivery) -> list[str]:
    return [fix.action for fix in standing(found, "Mastodon", NOW).fixes]


def test_a_sent_post_has_its_address_and_time() -> None:
    receipt = Receipt("1", "https://social.example/@northwind/1")
    sent = delivery(DeliveryState.SENT, parts=(PartPlan("", "k", receipt=receipt),), updated=NOW)
    found = standing(sent, "Mastodon", NOW)
    assert found.pill == "Sent"
    assert found.sentence.startswith("social.example/@northwind/1 · ")
    assert actions(sent) == ["open"]


def test_a_thread_on_its_way_says_which_part() -> None:
    receipt = Receipt("1", "")
    parts = (PartPlan("", "a", receipt=receipt), PartPlan("", "b"), PartPlan("", "c"))
    assert standing(delivery(DeliveryState.SENDING, parts=parts), "X", NOW).sentence == "sending part 2 of 3"


@pytest.mark.parametrize("state", [DeliveryState.IN_DOUBT, DeliveryState.SENDING, DeliveryState.SENT])
def test_sending_again_is_never_offered_where_it_could_double_the_post(state: DeliveryState) -> None:
    for next_at in (None, NOW, NOW + timedelta(hours=1)):
        for error in ("", "outcome_unknown", "interrupted"):
            assert "retry" not in actions(delivery(state, next_at=next_at, error=error))


def test_in_doubt_is_looked_for_and_only_then_asked_about() -> None:
    looking = delivery(DeliveryState.IN_DOUBT, next_at=NOW, error="outcome_unknown")
    assert actions(looking) == ["check_now"]
    given_up = delivery(DeliveryState.IN_DOUBT, error="outcome_unknown")
    assert actions(given_up) == ["is_there", "is_not_there", "check_now"]


def test_waiting_says_for_what() -> None:
    limited = delivery(DeliveryState.WAITING, error="rate_limited", next_at=NOW + timedelta(minutes=16))
    assert standing(limited, "Facebook", NOW).sentence.startswith("Facebook asked us to wait until ")
    unreachable = delivery(DeliveryState.WAITING, error="unreachable", next_at=NOW + timedelta(minutes=1))
    assert actions(unreachable) == ["retry"]
    follower = delivery(DeliveryState.WAITING, waits_for=7)
    assert standing(follower, "X", NOW).sentence == "waits for the article's address"


@pytest.mark.parametrize(
    ("state", "fix"),
    [
        (DeliveryState.SIGN_IN, "sign_in"),
        (DeliveryState.REFUSED, "edit"),
        (DeliveryState.HELD, "edit"),
        (DeliveryState.CANCELLED, "edit"),
    ],
)
def test_each_other_state_has_one_fix(state: DeliveryState, fix: str) -> None:
    assert actions(delivery(state, error="too_long")) == [fix]


def test_a_servers_own_words_are_never_the_sentence() -> None:
    refused = delivery(DeliveryState.REFUSED, error="too_long", error_detail="422 Validation failed: raw words")
    assert "raw words" not in standing(refused, "Mastodon", NOW).sentence


def test_headings_and_subtitles() -> None:
    first = delivery(DeliveryState.SENT)
    later = Delivery(2, 1, 2, DeliveryState.WAITING, (), waits_for=1)
    article = Publication(1, Draft(article=Article("Basics", "b")), NOW, (first, later))
    assert heading(article, "Basics") == "Basics"
    assert subtitle(article, NOW).endswith(" · article first, then one network")
    post = Publication(1, Draft(text="Hello"), NOW - timedelta(days=1), (first,))
    assert heading(post, "Hello") == "“Hello”"
    assert subtitle(post, NOW).startswith("Yesterday ")


def test_what_the_person_posts_offers_no_sending_from_here() -> None:
    receipt = Receipt("", "https://social.example/1")
    parts = (PartPlan("", "", receipt=receipt), PartPlan("", ""))
    mine = delivery(DeliveryState.HAND_OFF, parts=parts)
    found = standing(mine, "X by hand", NOW)
    assert found.pill == "Yours to post"
    assert "part 2 of 2 in the browser" in found.sentence
    assert actions(mine) == ["is_there", "cancel"]
    asked = asking(mine, "X by hand")
    assert asked.may_be_left_out
    assert "receipt" in asked.why


def test_a_post_refused_for_what_lies_outside_it_can_be_sent_again_as_it_is() -> None:
    for error, actions in (("payment_needed", ["edit", "retry"]), ("too_long", ["edit"])):
        said = standing(delivery(DeliveryState.REFUSED, error=error), "X", NOW)
        assert [fix.action for fix in said.fixes] == actions


AT = NOW + timedelta(hours=5)


def test_a_post_with_a_time_says_who_sends_it() -> None:
    here = delivery(DeliveryState.WAITING, publish_at=AT, next_at=AT)
    found = standing(here, "Bluesky", NOW)
    assert (found.pill, found.sentence.endswith("today from this computer")) == ("Scheduled", True)
    assert actions(here) == ["retry", "edit", "cancel"]
    by_hand = standing(here, "Reddit", NOW, by_hand=True)
    assert by_hand.sentence.startswith("yours to post at ")
    follower = standing(replace(here, waits_for=7), "X", NOW)
    assert follower.sentence.startswith("goes out with its article at ")
    there = delivery(DeliveryState.SCHEDULED, publish_at=AT, next_at=AT)
    assert standing(there, "Mastodon", NOW).sentence.endswith("today, even with this computer off")
    assert actions(there) == ["edit", "cancel"]
    assert standing(there, "Mastodon", AT).sentence == "Mastodon publishes it now. We look whether it is out."


def test_an_article_that_its_blog_holds_has_its_time_and_no_address_yet() -> None:
    held = (PartPlan("Basics", "k", receipt=Receipt("7", "https://blog.example/?p=7", publish_at=AT)),)
    there = delivery(DeliveryState.SCHEDULED, parts=held, publish_at=AT, next_at=AT)
    found = standing(there, "WordPress", NOW, able=("delete",))
    assert (found.pill, found.receipt) == ("Scheduled", ("", ""))
    assert found.sentence == f"WordPress publishes it at {words.moment(AT, NOW)}, even with this computer off"
    assert actions(there) == ["edit", "cancel"]
    follower = delivery(DeliveryState.WAITING, waits_for=1, publish_at=AT, next_at=NOW)
    assert standing(follower, "X", AT).sentence == "waits for the article's address"


def test_a_blog_that_forgets_its_plans_is_told_of_and_may_give_the_article_back() -> None:
    late = delivery(DeliveryState.SCHEDULED, publish_at=AT, next_at=AT, attempts=2)
    found = standing(late, "WordPress", AT + timedelta(minutes=20))
    assert found.sentence.startswith("WordPress was to publish it at ")
    assert [fix.action for fix in found.fixes] == ["check_now", "edit"]
    for unseen in (replace(late, attempts=0), replace(late, error="server_error")):
        assert standing(unseen, "WordPress", AT + timedelta(minutes=20)).sentence.startswith("WordPress publishes it")


def test_what_is_overdue_asks_and_what_nobody_can_tell_too() -> None:
    late = delivery(DeliveryState.HELD, error="overdue", publish_at=NOW)
    assert "could not go out at " in standing(late, "X", AT).sentence
    assert actions(late) == ["retry", "edit"]
    unclear = delivery(DeliveryState.SCHEDULED, error="outcome_unknown", publish_at=NOW)
    assert actions(unclear) == ["is_there", "is_not_there", "check_now"]
    signed_out = delivery(DeliveryState.SCHEDULED, error="sign_in_again", publish_at=AT, next_at=AT)
    assert actions(signed_out) == ["sign_in"]


def test_a_time_is_told_with_its_day() -> None:
    zone = timezone(timedelta(hours=1))
    said = [words.moment(NOW + timedelta(days=days), NOW, zone) for days in (0, 1, 3, 60)]
    assert said == ["10:30 today", "10:30 tomorrow", "Fri 21 Nov 10:30", "Sat 17 Jan 2026 10:30"]
