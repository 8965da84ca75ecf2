"""What Facebook's refusals mean: `error.code` and `error.error_subcode` count, whatever the status.

Sources: Meta's documents "Error Handling" and "Rate Limits", sub-codes as client libraries quote them.
"""

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from socialdesk.core.errors import AuthExpired, NetworkError, OutcomeUnknown, RateLimited, Rejected, Unreachable
from socialdesk.core.tolerant import NONE, Obj, number, obj, string
from socialdesk.http import Response
from socialdesk.http.status import error_for
from socialdesk.http.usage import regained_in
from socialdesk.http.values import NotJson
from socialdesk.networks.facebook.facts import SCOPES

UNNAMED_WAIT = timedelta(minutes=15)  # limits are counted over a sliding hour
_AUTH = frozenset({102, 190})
_LIMITS = frozenset({4, 17, 32, 341, 613, 80001})
_TRANSIENT = frozenset({1, 2})
_CHECKED = frozenset({459, 464})  # sub-codes of 190: signing in here changes nothing before the person was there
PLACE = "to your app at developers.facebook.com/apps (Use cases)"
_SCOPE = re.compile("|".join(sorted((scope for scope, _ in SCOPES), key=len, reverse=True)))
# The last part of a path, and what writing and reading there asks for.
_EDGES = {
    "comments": ("pages_manage_engagement", "pages_read_user_content"),
    "likes": ("pages_manage_engagement", "pages_read_user_content"),
    "insights": ("read_insights", "read_insights"),
    "accounts": ("pages_show_list", "pages_show_list"),
    "visitor_posts": ("pages_manage_posts", "pages_read_user_content"),
    "tagged": ("pages_manage_posts", "pages_read_user_content"),
}
_POSTS = ("pages_manage_posts", "pages_read_engagement")
_CODE_REASONS = {
    3: "missing_permission",
    10: "missing_permission",
    100: "invalid",
    200: "missing_permission",
    368: "account_restricted",
    506: "duplicate",
    803: "not_found",
    1609005: "link_refused",
    1609008: "link_refused",
}
_SUB_REASONS = {
    33: "not_found",
    1346003: "against_rules",
    1366046: "media_unfit",
    1366051: "duplicate",
    1390008: "posting_too_fast",
    1404078: "confirm_identity",
    1404102: "against_rules",
    1609005: "link_refused",
    1609008: "link_refused",
    4854002: "confirm_identity",
}


def refusal(response: Response, *, write: bool, now: datetime, reads: bool = False) -> NetworkError:
    """The error for a status of 400 or more, or for a 200 that carries an `error`. `reads`: nothing was to change."""
    said = error_in(response)
    code, sub = number(said.get("code")), number(said.get("error_subcode"))
    plain = _plain(response, write=write, now=now)
    if code is None or plain.reason == "blocked":
        return plain
    message, detail = f"code {code}/{sub or 0}", plain.detail
    if code in _LIMITS:
        return RateLimited(message, now + (regained_in(response.headers) or UNNAMED_WAIT), detail=detail)
    if code in _AUTH:
        return AuthExpired(message, reason="confirm_identity" if sub in _CHECKED else "sign_in_again", detail=detail)
    reason = _SUB_REASONS.get(sub or 0) or _CODE_REASONS.get(code, "")
    if not reason and 200 <= code < 300:
        reason = "missing_permission"
    if (code in _TRANSIENT or said.get("is_transient") is True) and not reason:
        if write:
            return OutcomeUnknown(message, detail=detail)
        return Unreachable(message, reason="server_error", detail=detail)
    reason = reason or plain.reason or "other"
    needs = _needs(string(said.get("message")), response.url, reads=reads) if reason == "missing_permission" else ()
    return Rejected(message, reason=reason, detail=detail, needs=needs)


def _needs(said: str, url: str, *, reads: bool) -> tuple[str, str]:
    """The permission that Facebook names, else the one that such a request asks for; and where it is given."""
    named = _SCOPE.search(said)
    edge = urlsplit(url).path.rstrip("/").rpartition("/")[2]
    return (named[0] if named else _EDGES.get(edge, _POSTS)[reads], PLACE)


def error_in(response: Response) -> Obj:
    """The `error` of an answer, empty where there is none."""
    try:
        return obj(obj(response.json()).get("error"))
    except NotJson:
        return NONE


def is_code(error: NetworkError, *codes: int) -> bool:
    """Whether an error came from one of these codes of Facebook's."""
    return any(str(error).startswith(f"code {code}/") for code in codes)


def _plain(response: Response, *, write: bool, now: datetime) -> NetworkError:
    if response.status >= 400:
        return error_for(response, write=write, now=now)
    return Rejected(f"status {response.status}", reason="other", detail=string(error_in(response).get("message")))
