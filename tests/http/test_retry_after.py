"""What response headers say of limits, in all the forms servers use."""

from datetime import UTC, datetime, timedelta

import pytest

from socialdesk.core.budget import ServerLimits
from socialdesk.http.retry_after import parse_limits, parse_retry_after

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 120 ", 120),
        ("1.5", 1.5),
        ("Sun, 01 Mar 2026 12:02:00 GMT", 120),
        ("Sunday, 01-Mar-26 12:02:00 GMT", 120),
        ("Sun Mar  1 12:02:00 2026", 120),
        ("0", None),
        ("-5", None),
        ("", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("Sun, 01 Mar 2026 11:59:00 GMT", None),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    assert parse_retry_after(value, NOW) == (None if seconds is None else later(seconds))


def test_enormous_numbers_do_no_harm() -> None:
    until = parse_retry_after("99999999999999999999", NOW)
    assert until is not None
    assert until - NOW == timedelta(days=366)


def test_a_date_is_read_by_the_servers_own_clock() -> None:
    headers = {"retry-after": "Sun, 01 Mar 2026 15:01:00 GMT", "date": "Sun, 01 Mar 2026 15:00:00 GMT"}
    assert parse_limits(headers, NOW) == ServerLimits(wait=later(60))


@pytest.mark.parametrize(
    "headers",
    [
        {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2026-03-01T12:05:00.000000Z"},  # Mastodon
        {"ratelimit-remaining": "0", "ratelimit-reset": str(int(later(300).timestamp()))},  # Bluesky
        {"x-ratelimit-remaining": "0.0", "x-ratelimit-reset": "300"},  # Reddit
        {"x-rate-limit-remaining": "0", "x-rate-limit-reset": str(int(later(300).timestamp()))},
        {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(later(300).timestamp() * 1000))},
        {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "Sun, 01 Mar 2026 12:05:00 GMT"},
        {"ratelimit": '"default";r=0;t=300'},
        {"x-ratelimit-perhour-remaining": "0", "x-ratelimit-perhour-reset": "300"},  # Tumblr
        {
            "x-ratelimit-perhour-remaining": "7",
            "x-ratelimit-perhour-reset": "20",
            "x-ratelimit-perday-remaining": "0",
            "x-ratelimit-perday-reset": "300",
        },
        {"ratelimit": '"default"; r = 0; t = 300', "ratelimit-policy": '"default";q=100;w=300'},
    ],
)
def test_limits_of_all_kinds(headers: dict[str, str]) -> None:
    assert parse_limits(headers, NOW) == ServerLimits(remaining=0, reset=later(300))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-ratelimit-remaining": "many", "x-ratelimit-reset": "later"},
        {"ratelimit": "rubbish"},
        {"x-ratelimit-remaining": "", "x-ratelimit-reset": "1e400"},
    ],
)
def test_what_cannot_be_understood_counts_as_missing(headers: dict[str, str]) -> None:
    assert parse_limits(headers, NOW) == ServerLimits()


def test_a_reset_in_the_past_is_no_reset() -> None:
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2026-03-01T11:00:00Z"}
    assert parse_limits(headers, NOW) == ServerLimits(remaining=0)
