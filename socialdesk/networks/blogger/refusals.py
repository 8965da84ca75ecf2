"""What Google's refusals mean. Source: Google's API design guide, "Errors"; Blogger's and the common older reasons.

A refusal is `{"error":{"code":403,"status":"PERMISSION_DENIED","message":"...","errors":[{"reason":"forbidden"}],
"details":[{"reason":"SERVICE_DISABLED"}]}}`.
"""

from datetime import datetime, timedelta

from socialdesk.core.errors import NetworkError, RateLimited, Rejected
from socialdesk.core.tolerant import NONE, Obj, obj, objs, string
from socialdesk.http import NotJson, Response
from socialdesk.http.status import error_for

_PAUSE = timedelta(minutes=1)
_DAY = timedelta(hours=1)  # Google says that the day's allowance is spent, not when the day ends
_LIMITS = {
    "ratelimitexceeded": _PAUSE,
    "userratelimitexceeded": _PAUSE,
    "rate_limit_exceeded": _PAUSE,
    "quotaexceeded": _DAY,
    "dailylimitexceeded": _DAY,
}
_REASONS = {
    "accessnotconfigured": "app_not_allowed",
    "service_disabled": "app_not_allowed",
    "insufficientpermissions": "missing_permission",
    "access_token_scope_insufficient": "missing_permission",
    "forbidden": "missing_permission",
}


def refusal(response: Response, *, write: bool, now: datetime) -> NetworkError:
    """The error for a status of 400 or more."""
    plain = error_for(response, write=write, now=now)
    if not isinstance(plain, Rejected) or plain.reason == "blocked":
        return plain
    reasons = _reasons(_body(response))
    pause = next((_LIMITS[reason] for reason in reasons if reason in _LIMITS), None)
    if pause is not None:
        return RateLimited(str(plain), now + pause, detail=plain.detail)
    found = next((_REASONS[reason] for reason in reasons if reason in _REASONS), plain.reason)
    return Rejected(str(plain), reason=found, detail=plain.detail)


def _reasons(body: Obj) -> list[str]:
    error = obj(body.get("error"))
    found = [string(one.get("reason")) for one in (*objs(error.get("details")), *objs(error.get("errors")))]
    return [reason.lower() for reason in found if reason]


def _body(response: Response) -> Obj:
    try:
        return obj(response.json())
    except NotJson:
        return NONE
