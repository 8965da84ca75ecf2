"""What a server allows: pure decisions."""

from datetime import UTC, datetime, timedelta

import pytest

from socialdesk.core.budget import (
    FRESH,
    LONGEST_WAIT,
    NO_LIMITS,
    HostBudget,
    ServerLimits,
    after_response,
    barred_until,
    current,
    refuses,
    take,
)

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_a_named_wait_bars_reads_and_writes_until_it_is_over() -> None:
    budget = after_response(FRESH, 429, ServerLimits(wait=later(90)), NOW)
    assert barred_until(budget, NOW, write=False) == later(90)
    assert barred_until(budget, NOW, write=True) == later(90)
    assert barred_until(budget, later(90), write=False) is None


def test_a_refused_write_bars_writes_only() -> None:
    budget = after_response(FRESH, 429, ServerLimits(wait=later(90)), NOW, write=True)
    assert barred_until(budget, NOW, write=True) == later(90)
    assert barred_until(budget, NOW, write=False) is None


@pytest.mark.parametrize(("feed", "waits"), [(True, [600, 1200, 2400, 4800, 9600, 14400, 14400]), (False, [60, 120])])
def test_refusals_without_a_time_wait_twice_as_long_each_time(feed: bool, waits: list[int]) -> None:
    budget, now, seen = FRESH, NOW, []
    for _ in waits:
        budget = after_response(budget, 429, NO_LIMITS, now, feed=feed)
        until = barred_until(budget, now, write=False)
        assert until is not None
        seen.append((until - now).total_seconds())
        now = until
    assert seen == waits
    assert after_response(budget, 200, NO_LIMITS, now).strikes == 0


def test_the_reset_counts_where_retry_after_is_missing() -> None:
    budget = after_response(FRESH, 429, ServerLimits(remaining=0, reset=later(300)), NOW)
    assert budget.until == later(300)


def test_nothing_remaining_bars_reads_until_the_reset() -> None:
    budget = after_response(FRESH, 200, ServerLimits(remaining=0, reset=later(300)), NOW)
    assert barred_until(budget, NOW, write=False) == later(300)
    assert barred_until(budget, NOW, write=True) is None


@pytest.mark.parametrize("limits", [ServerLimits(remaining=1, reset=later(300)), ServerLimits(remaining=0)])
def test_something_remaining_bars_nothing(limits: ServerLimits) -> None:
    assert after_response(FRESH, 200, limits, NOW) == FRESH


def test_a_write_that_used_up_its_own_limit_bars_nothing() -> None:
    assert after_response(FRESH, 200, ServerLimits(remaining=0, reset=later(300)), NOW, write=True) == FRESH


def test_unavailable_counts_only_with_a_time() -> None:
    assert after_response(FRESH, 503, NO_LIMITS, NOW) == FRESH
    assert after_response(FRESH, 503, ServerLimits(wait=later(60)), NOW).until == later(60)


def test_what_says_that_nothing_happened() -> None:
    wait = ServerLimits(wait=later(60))
    assert refuses(429, NO_LIMITS, write=True)
    assert refuses(503, wait, write=False)
    assert not refuses(503, wait, write=True)
    assert not refuses(503, NO_LIMITS, write=False)
    assert not refuses(500, wait, write=False)


def test_no_wait_is_longer_than_a_day() -> None:
    budget = after_response(FRESH, 429, ServerLimits(wait=NOW + timedelta(days=5844)), NOW)
    assert budget.until == NOW + LONGEST_WAIT


def test_a_shorter_wait_does_not_shorten_the_longer_one() -> None:
    budget = after_response(HostBudget(until=later(600)), 429, ServerLimits(wait=later(60)), NOW)
    assert budget.until == later(600)


def test_waits_that_are_over_or_lie_beyond_all_waits_are_dropped() -> None:
    budget = HostBudget(until=later(-1), reads_until=later(2 * 86_400), writes_until=later(5))
    assert current(budget, NOW) == HostBudget(writes_until=later(5))


def test_the_bucket_lets_a_burst_through_and_then_one_at_a_time() -> None:
    bucket, delays = None, []
    for _ in range(5):
        bucket, delay = take(bucket, 100.0, burst=3, refill_s=4.0)
        delays.append(delay)
    assert delays == [0, 0, 0, 4, 8]
    bucket, delay = take(bucket, 108.0, burst=3, refill_s=4.0)
    assert delay == 4
    bucket, delay = take(bucket, 1000.0, burst=3, refill_s=4.0)
    assert (delay, bucket.tokens) == (0, 2)


def test_a_clock_that_goes_back_gives_no_tokens() -> None:
    bucket, _ = take(None, 100.0, burst=1, refill_s=4.0)
    bucket, delay = take(bucket, 50.0, burst=1, refill_s=4.0)
    assert delay == 4
