"""What Threads' refusals mean. The shape is the Graph API's; `type` says nothing that the code does not.

Sources: Meta's documents "Threads API, Troubleshooting" and "Error Handling"; codes as client libraries quote them.
"""

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from socialdesk.core.errors import AuthExpired, NetworkError, OutcomeUnknown, RateLimited, Rejected, Unreachable
from socialdesk.core.tolerant import NONE, Obj, number, obj, string
from socialdesk.http import Response
from socialdesk.http.status import error_for
from socialdesk.http.values import NotJson
from socialdesk.networks.threads.facts import SCOPES

UNNAMED_WAIT = timedelta(minutes=30)  # limits are counted over a sliding day
_AUTH = frozenset({102, 190})
_LIMITS = frozenset({4, 17, 32, 613, 80001})
_TRANSIENT = frozenset({1, 2})
_CHECKED = frozenset({459, 464})  # sub-codes of 190: signing in here changes nothing before the person was there
PLACE = "to your app at developers.facebook.com/apps (Use cases)"
_SCOPE = re.compile("|".join(sorted((scope for scope, _ in SCOPES), key=len, reverse=True)))
# The last part of a path that tells what is asked for, and the permission for that.
_EDGES = {
    "threads_publish": "threads_content_publish",
    "replies": "threads_read_replies",
    "conversation": "threads_read_replies",
    "mentions": "threads_manage_mentions",
    "keyword_search": "threads_keyword_search",
    "insights": "threads_manage_insights",
    "threads_insights": "threads_manage_insights",
}
_REASONS = {
    10: "missing_permission",
    33: "not_found",
    100: "invalid",
    368: "account_restricted",
    803: "not_found",
    2207051: "account_restricted",
    4279013: "account_restricted",
}
# Words of sentences whose code says only that something is wrong, in lower case.
_WORD_REASONS = (
    ("link_limit_exceeded", "too_many_links"),
    ("must be at most 500 characters", "too_long"),
    ("does not exist", "not_found"),
    ("aspect ratio", "media_unfit"),
    ("download has failed", "picture_host"),
    ("could not be fetched", "picture_host"),
    ("too large", "media_too_large"),
)


def refusal(response: Response, *, write: bool, now: datetime, method: str = "GET") -> NetworkError:
    """The error for a status of 400 or more."""
    said = _error_in(response)
    code, sub = number(said.get("code")), number(said.get("error_subcode"))
    plain = error_for(response, write=write, now=now)
    if code is None or plain.reason == "blocked":
        return plain
    message, detail = f"code {code}/{sub or 0}", plain.detail
    if code in _LIMITS:
        return RateLimited(message, now + UNNAMED_WAIT, detail=detail)
    if code in _AUTH:
        return AuthExpired(message, reason="confirm_identity" if sub in _CHECKED else "sign_in_again", detail=detail)
    reason = reason_of(string(said.get("message"))) or _REASONS.get(sub or 0) or _REASONS.get(code, "")
    if not reason and 200 <= code < 300:
        reason = "missing_permission"
    if (code in _TRANSIENT or said.get("is_transient") is True) and not reason:
        if write:
            return OutcomeUnknown(message, detail=detail)
        return Unreachable(message, reason="server_error", detail=detail)
    reason = reason or plain.reason or "other"
    needs = _needs(string(said.get("message")), response.url, method) if reason == "missing_permission" else ()
    return Rejected(message, reason=reason, detail=detail, needs=needs)


def _needs(said: str, url: str, method: str) -> tuple[str, str]:
    """The permission that Threads names, else the one that such a request asks for; and where it is given."""
    if named := _SCOPE.search(said):
        return named[0], PLACE
    if method == "DELETE":
        return "threads_delete", PLACE
    edge = urlsplit(url).path.rstrip("/").rpartition("/")[2]
    usual = "threads_content_publish" if method == "POST" else "threads_basic"
    return _EDGES.get(edge, usual), PLACE


def reason_of(words: str) -> str:
    """The reason that a sentence of Threads' names, '' = none that we know."""
    low = words.lower()
    return next((reason for phrase, reason in _WORD_REASONS if phrase in low), "")


def _error_in(response: Response) -> Obj:
    try:
        return obj(obj(response.json()).get("error"))
    except NotJson:
        return NONE
