"""Every outcome on the wire leads to the one next state that neither loses nor doubles a post."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialdesk.core import delivery as decide
from socialdesk.core.errors import AuthExpired, OutcomeUnknown, RateLimited, Rejected, SocialDeskError, Unreachable
from socialdesk.core.post import Delivery, DeliveryState, PartPlan, Receipt

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
RECEIPT = Receipt("1", "https://northwind.example/1")
ERRORS: tuple[SocialDeskError, ...] = (
    Unreachable("no route"),
    Unreachable("no network", offline=True),
    RateLimited("wait", NOW + timedelta(minutes=5)),
    AuthExpired("401"),
    Rejected("too long", reason="too_long"),
    OutcomeUnknown("reset"),
)


def thread(parts: int = 2, state: DeliveryState = DeliveryState.SENDING) -> Delivery:
    return Delivery(1, 1, 1, state, tuple(PartPlan(f"part {n}", f"key {n}") for n in range(parts)))


def test_a_receipt_moves_to_the_next_part_and_the_last_one_ends_it() -> None:
    first = decide.after_publish(thread(), RECEIPT, NOW, 0)
    assert (first.state, first.next_part, first.next_at) == (DeliveryState.WAITING, 1, NOW)
    last = decide.after_publish(first, RECEIPT, NOW, 0)
    assert (last.state, last.next_part, last.next_at) == (DeliveryState.SENT, 2, None)
    assert last.permalink == RECEIPT.permalink


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (ERRORS[0], DeliveryState.WAITING),
        (ERRORS[1], DeliveryState.WAITING),
        (ERRORS[2], DeliveryState.WAITING),
        (ERRORS[3], DeliveryState.SIGN_IN),
        (ERRORS[4], DeliveryState.REFUSED),
        (ERRORS[5], DeliveryState.IN_DOUBT),
    ],
)
def test_each_error_has_its_state(error: SocialDeskError, state: DeliveryState) -> None:
    assert decide.after_publish(thread(), error, NOW, 0).state is state


def test_a_network_that_may_still_be_at_work_is_looked_at_when_it_says() -> None:
    doubtful = decide.after_publish(thread(), OutcomeUnknown("reset"), NOW, 0)
    later = NOW + timedelta(minutes=1)
    after = decide.after_find(doubtful, OutcomeUnknown("may be at work", retry_at=later), NOW, 0)
    assert (after.state, after.next_at) == (DeliveryState.IN_DOUBT, later)
    soon = decide.after_find(doubtful, OutcomeUnknown("may be at work", retry_at=NOW), NOW, 0)
    assert soon.next_at == decide.after_find(doubtful, OutcomeUnknown("cannot tell"), NOW, 0).next_at
    assert soon.next_at is not None
    assert soon.next_at > NOW


def test_a_rate_limit_waits_until_the_servers_time_and_is_no_attempt() -> None:
    after = decide.after_publish(thread(), ERRORS[2], NOW, 0)
    assert (after.next_at, after.attempts) == (NOW + timedelta(minutes=5), 0)


def test_being_offline_is_no_failed_attempt() -> None:
    assert decide.after_publish(thread(), ERRORS[1], NOW, 0).attempts == 0


def test_only_a_certain_no_puts_a_doubtful_post_back_in_the_queue() -> None:
    doubtful = decide.after_publish(thread(), ERRORS[5], NOW, 0)
    assert decide.after_find(doubtful, None, NOW, 0).state is DeliveryState.WAITING
    for error in ERRORS:
        assert decide.after_find(doubtful, error, NOW, 0).state is DeliveryState.IN_DOUBT


def test_after_several_fruitless_looks_the_person_is_asked() -> None:
    doubtful = decide.after_publish(thread(), ERRORS[5], NOW, 0)
    for _ in range(decide.LOOKS_BEFORE_ASKING):
        doubtful = decide.after_find(doubtful, OutcomeUnknown("cannot tell"), NOW, 0)
    assert doubtful.next_at is None


@pytest.mark.parametrize("state", list(DeliveryState))
def test_retry_is_offered_only_where_nothing_can_be_out(state: DeliveryState) -> None:
    theirs = {DeliveryState.CANCELLED, DeliveryState.HAND_OFF, DeliveryState.SCHEDULED}
    unsafe = {DeliveryState.SENDING, DeliveryState.IN_DOUBT, DeliveryState.SENT, *theirs}
    assert (decide.retried(thread(state=state), NOW) is None) == (state in unsafe)


@pytest.mark.parametrize(
    "state", [DeliveryState.SENDING, DeliveryState.IN_DOUBT, DeliveryState.SENT, DeliveryState.SCHEDULED]
)
def test_what_may_be_out_cannot_be_cancelled(state: DeliveryState) -> None:
    assert decide.cancelled(thread(state=state), NOW) is None


@given(st.integers(0, 200), st.floats(0, 0.999))
def test_pauses_grow_to_a_ceiling(attempts: int, jitter: float) -> None:
    assert decide.FIRST_PAUSE <= decide.pause(attempts, jitter) <= decide.LONGEST_PAUSE * 1.25
    assert decide.pause(attempts, jitter) <= decide.pause(attempts + 1, jitter)


def test_an_interrupted_delivery_is_looked_for_at_once() -> None:
    found = decide.interrupted(thread(), NOW)
    assert (found.state, found.next_at) == (DeliveryState.IN_DOUBT, NOW)


def test_a_dependant_holds_when_what_it_links_to_fails_and_goes_when_it_is_out() -> None:
    waiting = thread(state=DeliveryState.WAITING)
    assert decide.held(waiting, NOW).state is DeliveryState.HELD
    assert decide.released(decide.held(waiting, NOW), NOW).state is DeliveryState.WAITING


@pytest.mark.parametrize("state", list(DeliveryState))
def test_only_what_nobody_sent_is_handed_off(state: DeliveryState) -> None:
    """Waiting, or in doubt after the store was put back from a copy: nothing of it ever left from here."""
    found = decide.handed_off(thread(state=state), NOW)
    if state in (DeliveryState.WAITING, DeliveryState.IN_DOUBT):
        assert found is not None
        assert (found.state, found.next_at, found.error) == (DeliveryState.HAND_OFF, None, "")
    else:
        assert found is None


def test_what_is_posted_by_hand_goes_on_without_an_address() -> None:
    first = decide.confirmed(thread(state=DeliveryState.HAND_OFF), Receipt("", ""), NOW)
    assert first is not None
    assert (first.state, first.next_part) == (DeliveryState.WAITING, 1)
    second = decide.handed_off(first, NOW)
    assert second is not None
    last = decide.confirmed(second, Receipt("", "https://northwind.example/2"), NOW)
    assert last is not None
    assert last.state is DeliveryState.SENT


def test_what_is_handed_off_is_never_sent_by_itself_and_may_be_given_up() -> None:
    waiting = thread(state=DeliveryState.HAND_OFF)
    assert decide.retried(waiting, NOW) is None
    assert decide.looked_for(waiting, NOW) is None
    assert decide.followed(thread(state=DeliveryState.SENT), waiting, NOW) is None
    given_up = decide.cancelled(waiting, NOW)
    assert given_up is not None
    assert given_up.state is DeliveryState.CANCELLED


AT = NOW + timedelta(hours=5)


def held(state: DeliveryState = DeliveryState.SCHEDULED) -> Delivery:
    """One post that its network holds until `AT`."""
    receipt = Receipt("waits", "", publish_at=AT)
    return replace(thread(1, state), parts=(PartPlan("x", "k", receipt=receipt),), publish_at=AT, next_at=AT)


def test_a_receipt_with_a_time_is_scheduled_and_looked_at_after_it() -> None:
    planned = replace(thread(1), publish_at=AT)
    after = decide.after_publish(planned, Receipt("waits", "", publish_at=AT), NOW, 0)
    assert (after.state, after.publish_at, after.permalink) == (DeliveryState.SCHEDULED, AT, "")
    assert after.next_at == AT + decide.PUBLISHING_TAKES


def test_what_is_found_waiting_at_its_network_is_scheduled() -> None:
    doubtful = decide.after_publish(replace(thread(1), publish_at=AT), OutcomeUnknown("reset"), NOW, 0)
    after = decide.after_find(doubtful, Receipt("waits", "", publish_at=AT), NOW, 0)
    assert (after.state, after.next_at) == (DeliveryState.SCHEDULED, AT + decide.PUBLISHING_TAKES)


def test_the_receipt_of_the_post_takes_the_place_of_the_one_it_was_held_under() -> None:
    after = decide.after_scheduled(held(), RECEIPT, AT, 0)
    assert after is not None
    assert (after.state, after.permalink, after.next_at) == (DeliveryState.SENT, RECEIPT.permalink, None)


def test_a_network_that_is_late_is_looked_at_again_and_again() -> None:
    early = decide.after_scheduled(held(), None, NOW, 0)
    assert early is not None
    assert (early.next_at, early.attempts) == (AT + decide.PUBLISHING_TAKES, 0)
    later = AT + timedelta(hours=1)
    found = held()
    for _ in range(20):
        again = decide.after_scheduled(found, None, later, 0)
        assert again is not None
        assert again.state is DeliveryState.SCHEDULED
        assert again.next_at is not None
        assert later < again.next_at <= later + decide.LONGEST_PAUSE
        found = again


def test_a_time_that_was_changed_at_the_network_is_followed() -> None:
    moved = AT + timedelta(days=1)
    after = decide.after_scheduled(held(), Receipt("waits", "", publish_at=moved), AT, 0)
    assert after is not None
    assert (after.publish_at, after.next_at) == (moved, moved + decide.PUBLISHING_TAKES)


@pytest.mark.parametrize(
    ("own", "moved_to", "then"),
    [(AT, AT + timedelta(days=1), AT + timedelta(days=1)), (AT, NOW, AT), (AT, None, AT), (None, AT, None)],
)
def test_what_carries_its_address_goes_out_with_it(
    own: datetime | None, moved_to: datetime | None, then: datetime | None
) -> None:
    article = replace(thread(1, DeliveryState.SENT), publish_at=moved_to)
    article = replace(article, parts=(replace(article.parts[0], receipt=RECEIPT),))
    short = decide.followed(article, replace(thread(1, DeliveryState.WAITING), publish_at=own), AT)
    assert short is not None
    assert (short.publish_at, short.next_at) == (then, AT)


def test_what_is_gone_at_the_network_is_told_and_may_be_written_again() -> None:
    gone = decide.after_scheduled(held(), Rejected("404", reason="not_found"), AT, 0)
    assert gone is not None
    assert (gone.state, gone.error) == (DeliveryState.REFUSED, decide.TAKEN_BACK_THERE)
    assert decide.retried(gone, AT) is None
    back = decide.withdrawn(gone, AT)
    assert back is not None
    assert back.state is DeliveryState.CANCELLED


@pytest.mark.parametrize("error", [e for e in ERRORS if not isinstance(e, Rejected)])
def test_no_trouble_while_looking_sends_anything_from_here(error: SocialDeskError) -> None:
    found: Delivery | None = held()
    for _ in range(10):
        assert found is not None
        found = decide.after_scheduled(found, error, AT, 0)
        assert found is not None
        assert found.state is DeliveryState.SCHEDULED


def test_a_network_that_cannot_tell_leaves_it_to_the_person() -> None:
    found = held()
    for _ in range(decide.LOOKS_BEFORE_ASKING):
        after = decide.after_scheduled(found, OutcomeUnknown("cannot tell"), AT, 0)
        assert after is not None
        found = after
    assert decide.is_unclear(found)
    there = decide.confirmed(found, Receipt("", "https://northwind.example/1"), AT)
    assert there is not None
    assert (there.state, there.permalink) == (DeliveryState.SENT, "https://northwind.example/1")
    missing = decide.denied(found, AT)
    assert missing is not None
    assert (missing.state, missing.error) == (DeliveryState.REFUSED, decide.TAKEN_BACK_THERE)
    assert decide.confirmed(held(), RECEIPT, AT) is None


@pytest.mark.parametrize("state", list(DeliveryState))
def test_only_what_a_network_holds_is_looked_at_or_withdrawn(state: DeliveryState) -> None:
    is_held = state is DeliveryState.SCHEDULED
    assert (decide.after_scheduled(held(state), RECEIPT, AT, 0) is not None) == is_held
    assert (decide.withdrawn(held(state), AT) is not None) == is_held


def test_no_pause_reaches_beyond_the_time_it_shall_go_out() -> None:
    soon = NOW + timedelta(seconds=20)
    tired = replace(thread(1), publish_at=soon, attempts=12)
    assert decide.after_publish(tired, Unreachable("no route"), NOW, 0).next_at == soon
    late = replace(tired, publish_at=NOW)
    assert decide.after_publish(late, Unreachable("no route"), NOW, 0).next_at == NOW + decide.LONGEST_PAUSE


def test_a_network_that_holds_no_more_posts_leaves_it_to_this_desk() -> None:
    full = Rejected("limit of planned posts", reason="cannot_plan")
    after = decide.after_publish(replace(thread(1), publish_at=AT), full, NOW, 0)
    assert (after.state, after.next_at, after.error) == (DeliveryState.WAITING, AT, "")
    assert decide.after_publish(thread(1), full, NOW, 0).state is DeliveryState.REFUSED


def test_what_is_overdue_waits_for_the_person_who_may_send_it_now() -> None:
    late = decide.overdue(replace(thread(1, DeliveryState.WAITING), publish_at=NOW), NOW)
    assert late is not None
    assert (late.state, late.error) == (DeliveryState.HELD, decide.OVERDUE)
    sent = decide.retried(late, AT)
    assert sent is not None
    assert (sent.state, sent.publish_at, sent.next_at) == (DeliveryState.WAITING, None, AT)
    assert decide.overdue(thread(1, DeliveryState.SENDING), NOW) is None
    assert decide.postponed(thread(1, DeliveryState.SENDING), AT, NOW) is None


def test_signing_in_again_keeps_the_time() -> None:
    stopped = replace(thread(1, DeliveryState.SIGN_IN), publish_at=AT)
    back = decide.signed_in(stopped, NOW)
    assert back is not None
    assert (back.state, back.publish_at) == (DeliveryState.WAITING, AT)
    looked = decide.signed_in(held(), NOW)
    assert looked is not None
    assert (looked.state, looked.next_at) == (DeliveryState.SCHEDULED, NOW)
