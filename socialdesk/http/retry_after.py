"""What response headers say of limits.

Retry-After: RFC 9110 section 10.2.3. RateLimit-*: draft-ietf-httpapi-ratelimit-headers, old and new forms.
X-RateLimit-*: no standard; Mastodon sends an ISO time, GitHub seconds since 1970, Reddit seconds from now. Tumblr sends
one set for the hour and one for the day, both counted for the app; X such a set for the app's day.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from socialdesk.core.budget import NO_LIMITS, ServerLimits
from socialdesk.http import usage

_EPOCH_FROM = 1_000_000_000  # larger numbers are seconds since 1970, smaller ones seconds from now
_EPOCH_MS_FROM = 100_000_000_000
_LONGEST_S = 366 * 86_400

_LITTLE = 20  # a twentieth of an allowance is left to the person
_LIMIT = ("x-ratelimit-limit", "ratelimit-limit", "x-rate-limit-limit")
_REMAINING = ("x-ratelimit-remaining", "ratelimit-remaining", "x-rate-limit-remaining")
_RESET = ("x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset")
_APP = {"x-app-limit-24hour-remaining": "x-app-limit-24hour-reset"}
_PERIODS = {f"x-ratelimit-{p}-remaining": f"x-ratelimit-{p}-reset" for p in ("perday", "perhour")}
_ITEM = re.compile(r";\s*([rt])\s*=\s*(\d{1,12})")


def parse_limits(headers: Mapping[str, str], now: datetime) -> ServerLimits:
    """The limits that lower-case `headers` state; what cannot be understood counts as missing."""
    if not any(name in headers for name in ("retry-after", "ratelimit", *_REMAINING, *_PERIODS, *usage.HEADERS)):
        return NO_LIMITS
    if any(name in headers for name in usage.HEADERS):
        used = usage.of_account(headers, now)
        return replace(used, wait=parse_retry_after(headers.get("retry-after", ""), now))
    sent = _http_date(headers.get("date", ""))
    wait = parse_retry_after(headers.get("retry-after", ""), now, sent)
    remaining = next((_whole(headers[name]) for name in _REMAINING if name in headers), None)
    reset = next((parse_reset(headers[name], now, sent) for name in _RESET if name in headers), None)
    if remaining is None and "ratelimit" in headers:
        values = dict(_ITEM.findall(headers["ratelimit"]))
        remaining = _whole(values.get("r", ""))
        reset = reset or parse_reset(values.get("t", ""), now, sent)
    if remaining is None and reset is None:
        remaining, reset = _of_periods(headers, now, sent, _PERIODS)
    limit = next((_whole(headers[name]) for name in _LIMIT if name in headers), None)
    little = remaining is not None and limit is not None and remaining * _LITTLE <= limit
    return ServerLimits(wait, remaining, reset, reset if little else None)


def parse_app_limits(headers: Mapping[str, str], now: datetime) -> ServerLimits:
    """The limits that all accounts share which were opened with the same app."""
    if usage.APP in headers:
        return usage.of_app(headers, now)
    named = next((periods for periods in (_PERIODS, _APP) if any(name in headers for name in periods)), None)
    if named is None:
        return NO_LIMITS
    remaining, reset = _of_periods(headers, now, _http_date(headers.get("date", "")), named)
    return ServerLimits(None, remaining, reset, reset if remaining == 0 else None)


def _of_periods(
    headers: Mapping[str, str], now: datetime, sent: datetime | None, periods: Mapping[str, str]
) -> tuple[int | None, datetime | None]:
    """Of several periods the one with the least left; where two are spent, the longer."""
    left = [(count, at) for left, at in periods.items() if (count := _whole(headers.get(left, ""))) is not None]
    if not left:
        return None, None
    count, at = min(left, key=lambda one: one[0])
    return count, parse_reset(headers.get(at, ""), now, sent)


def parse_retry_after(value: str, now: datetime, server_date: datetime | None = None) -> datetime | None:
    """The time that Retry-After names. Dates are read relative to the server's own clock, if it sent a Date.

    None when missing, unreadable, past or zero: some servers send 0 with every refusal, which helps nobody.
    """
    text = value.strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        date = _http_date(text)
        return _ahead(date, now, server_date) if date else None
    if not 0 < seconds < float("inf"):
        return None
    return now + timedelta(seconds=min(seconds, _LONGEST_S))


def parse_reset(value: str, now: datetime, server_date: datetime | None = None) -> datetime | None:
    """The time that a reset header names: ISO 8601, HTTP date, seconds (or ms) since 1970, or seconds from now."""
    text = value.strip()
    try:
        number = float(text)
    except ValueError:
        date = _iso_date(text) or _http_date(text)
        return _ahead(date, now, server_date) if date else None
    if not 0 <= number < float("inf"):
        return None
    if number < _EPOCH_FROM:
        return now + timedelta(seconds=min(number, _LONGEST_S))
    seconds = number / 1000 if number >= _EPOCH_MS_FROM else number
    try:
        return _ahead(datetime.fromtimestamp(seconds, UTC), now, server_date)
    except (OverflowError, ValueError, OSError):
        return None


def _ahead(date: datetime, now: datetime, server_date: datetime | None) -> datetime | None:
    ahead = date - (server_date or now)
    return now + ahead if ahead > timedelta(0) else None


def _http_date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _iso_date(text: str) -> datetime | None:
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _whole(text: str) -> int | None:
    try:
        return max(0, int(float(text)))
    except (ValueError, OverflowError):
        return None
