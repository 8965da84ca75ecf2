"""What Tumblr's refusals mean. Source: tumblr/docs `api.md`, "Errors and Error Subcodes", "Rate Limits".

A refusal is `{"meta":{"status":403,"msg":"Forbidden"},"errors":[{"title","code","detail"}],"response":[]}`.
"""

from datetime import datetime, timedelta

from socialdesk.core.errors import NetworkError, RateLimited, Rejected, Unreachable
from socialdesk.core.tolerant import obj, objs
from socialdesk.http import NotJson, Response
from socialdesk.http.status import error_for
from socialdesk.networks.tumblr.tolerant import number

REST = timedelta(hours=1)  # Tumblr says that a day's limit is reached, not when the day ends
PLACE = "to SocialDesk on the page where Tumblr asks for it"
_QUEUE_FULL = 8022
_FULL = frozenset({8004, 8011, 8022, 8023})  # media today, films today, queue, posts today
_UPLOADS = frozenset({8006, 8009})
_REASONS = {
    8001: "invalid",
    8002: "reblog_not_allowed",
    8005: "media_type",
    8008: "media_type",
    8010: "media_processing",
    8016: "invalid",
}


def refusal(response: Response, *, write: bool, now: datetime, writes: bool = False) -> NetworkError:
    """The error for a status of 400 or more. `writes`: something was to change, be that harmless or not."""
    plain = error_for(response, write=write, now=now)
    code = code_of(response)
    message = f"{plain} {code or ''}".strip()
    if code in _FULL:
        return RateLimited(message, now + REST, detail=plain.detail)
    if code in _UPLOADS:
        return Unreachable(message, reason="upload_failed", detail=plain.detail)
    if code == 8010:
        return Unreachable(message, reason=_REASONS[code], detail=plain.detail)
    if isinstance(plain, Rejected) and code in _REASONS:
        return Rejected(message, reason=_REASONS[code], detail=plain.detail)
    if isinstance(plain, Rejected) and plain.reason == "missing_permission":
        return Rejected(
            message, reason=plain.reason, detail=plain.detail, needs=("write" if writes else "basic", PLACE)
        )
    return plain


def is_full_queue(error: NetworkError) -> bool:
    return str(error).endswith(f" {_QUEUE_FULL}")


def code_of(response: Response) -> int:
    """The first subcode of a refusal, 0 = none."""
    try:
        body = obj(response.json())
    except NotJson:
        return 0
    return next((code for error in objs(body.get("errors")) if (code := number(error.get("code")))), 0)
