"""What the Graph API says of its limits: per cent of an allowance that slides over an hour, as JSON in headers.

Source: Meta's document "Rate Limits". `X-App-Usage` is the app's, `X-Page-Usage` and `X-Business-Use-Case-Usage` are
the Page's, the last with the minutes until it is answered again.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from socialdesk.core.budget import NO_LIMITS, ServerLimits
from socialdesk.core.tolerant import Obj, number, obj, objs

NEARLY_SPENT = 75  # per cent: from here on columns rest, and what is left is the person's
SPENT = 95
UNNAMED_WAIT = timedelta(minutes=15)
LONGEST_WAIT = timedelta(days=1)
APP = "x-app-usage"
PAGE = "x-page-usage"
BUSINESS = "x-business-use-case-usage"
HEADERS = (APP, PAGE, BUSINESS)
_SHARES = ("call_count", "total_time", "total_cputime")


def of_account(headers: Mapping[str, str], now: datetime) -> ServerLimits:
    """The limits of the Page that lower-case `headers` tell."""
    return _limits([*_business(headers), _json(headers, PAGE)], now)


def of_app(headers: Mapping[str, str], now: datetime) -> ServerLimits:
    """The limits of the app, which all accounts that were opened with it share."""
    return _limits([_json(headers, APP)], now)


def regained_in(headers: Mapping[str, str]) -> timedelta | None:
    """How long requests will be refused, None where that is not said."""
    longest = max((number(use.get("estimated_time_to_regain_access")) or 0 for use in _business(headers)), default=0)
    return min(timedelta(minutes=longest), LONGEST_WAIT) if longest > 0 else None


def _limits(uses: Iterable[Obj], now: datetime) -> ServerLimits:
    found = list(uses)
    share = max((number(use.get(name)) or 0 for use in found for name in _SHARES), default=0)
    minutes = max((number(use.get("estimated_time_to_regain_access")) or 0 for use in found), default=0)
    if share < NEARLY_SPENT and minutes <= 0:
        return NO_LIMITS
    until = now + (min(timedelta(minutes=minutes), LONGEST_WAIT) if minutes > 0 else UNNAMED_WAIT)
    if share >= SPENT or minutes > 0:
        return ServerLimits(remaining=0, reset=until, rest=until)
    return ServerLimits(rest=until)


def _business(headers: Mapping[str, str]) -> list[Obj]:
    return [use for uses in _json(headers, BUSINESS).values() for use in objs(uses)]


def _json(headers: Mapping[str, str], name: str) -> Obj:
    try:
        return obj(json.loads(headers.get(name, "")))
    except ValueError:
        return {}
