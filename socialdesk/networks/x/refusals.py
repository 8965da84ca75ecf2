"""What X's refusals mean. Sources: docs.x.com "Response codes and errors", the documents' `Problem` schemas, and the
wordings that X's developers' forum and client libraries quote.

`type` is an address whose host may be api.twitter.com or api.x.com: only its last part counts. The older shape, a list
of codes with messages, still occurs.
"""

from collections.abc import Iterator
from datetime import datetime

from socialdesk.core.errors import AuthExpired, NetworkError, RateLimited, Rejected
from socialdesk.core.tolerant import NONE, Obj, obj, objs, string
from socialdesk.http import Response
from socialdesk.http.status import error_for
from socialdesk.http.values import NotJson
from socialdesk.networks.x.tolerant import number

FIELDS = "version_retired"
PLACE = "to your app at console.x.com (User authentication settings)"
_READS = "tweet.read"
# The permission that each kind of request asks for; all others only read.
_SCOPES = {
    **dict.fromkeys(("create", "delete", "repost", "unrepost"), "tweet.write"),
    **dict.fromkeys(("upload", "upload_status", "metadata"), "media.write"),
    **dict.fromkeys(("like", "unlike"), "like.write"),
    **dict.fromkeys(("bookmark", "unbookmark"), "bookmark.write"),
    **dict.fromkeys(("list", "owned_lists", "followed_lists"), "list.read"),
    "likes": "like.read",
    "bookmarks": "bookmark.read",
    "me": "users.read",
    "user": "users.read",
}
_FIELD_NAMES = frozenset({"post.fields", "tweet.fields", "expansions"})
_CODE_REASONS = {
    32: "sign_in_again",
    64: "account_restricted",
    89: "sign_in_again",
    139: "already",
    186: "too_long",
    187: "duplicate",
    326: "account_restricted",
    327: "already",
}
_TYPE_REASONS = {
    "client-forbidden": "app_not_allowed",
    "unsupported-authentication": "app_not_allowed",
    "resource-not-found": "not_found",
    "not-authorized-for-resource": "missing_permission",
    "disallowed-resource": "missing_permission",
    "resource-unavailable": "missing_permission",
    "not-authorized-for-field": "missing_permission",
    "field-unauthorized": "missing_permission",
    "field-hydration-failure": "missing_permission",
    "usage-capped": "payment_needed",
    "credits": "payment_needed",
}
# Words of the sentences that come without a code, in lower case.
_WORD_REASONS = (
    ("duplicate content", "duplicate"),
    ("quoting this post is not allowed", "quote_not_allowed"),
    ("reply to this conversation is not allowed", "reply_not_allowed"),
    ("you can only reply to or quote posts", "reply_not_allowed"),
    ("cashtag", "cashtags"),
    ("media ids are invalid", "media_missing"),
    ("already retweeted", "already"),
    ("already liked", "already"),
    ("already bookmarked", "already"),
    ("text is too long", "too_long"),
    ("needs to be a bit shorter", "too_long"),
    ("account is suspended", "account_restricted"),
    ("temporarily locked", "account_restricted"),
    ("client-not-enrolled", "app_not_allowed"),
    ("creditsdepleted", "payment_needed"),
    ("usagecapexceeded", "payment_needed"),
)


def refusal(response: Response, *, write: bool, now: datetime, name: str = "") -> NetworkError:
    """The error for a status of 400 or more. `name` is the kind of request, as `Client` counts them."""
    plain = error_for(response, write=write, now=now)
    if not isinstance(plain, Rejected | AuthExpired) or plain.reason == "blocked":
        return plain
    reason = "payment_needed" if response.status == 402 else _reason(_body(response))
    if isinstance(plain, AuthExpired) or reason == "sign_in_again":
        return AuthExpired(str(plain), detail=plain.detail)
    reason = reason or plain.reason
    needs = (_SCOPES.get(name, _READS), PLACE) if reason == "missing_permission" and response.status == 403 else ()
    return Rejected(str(plain), reason=reason, detail=plain.detail, needs=needs)


def missing(answer: Obj) -> Rejected:
    """The error for a 200 that holds nothing of what was asked for, only the reasons why."""
    words = "; ".join(string(problem.get("detail")) for problem in objs(answer.get("errors")))
    return Rejected("nothing in the answer", reason=_reason(answer) or "not_found", detail=words[:500])


def capped(error: RateLimited) -> NetworkError:
    """A 429 may mean that the month's allowance is used up, which no waiting of minutes mends."""
    said = error.detail.replace(" ", "").lower()
    if "usage-capped" in said or "usagecapexceeded" in said:
        return Rejected(str(error), reason="payment_needed", detail=error.detail)
    return error


def names_parameter(error: NetworkError, name: str) -> bool:
    """Whether a refusal is about one parameter of the request."""
    return isinstance(error, Rejected) and error.reason in {"invalid", FIELDS} and name in error.detail


def _body(response: Response) -> Obj:
    try:
        return obj(response.json())
    except NotJson:
        return NONE


def _reason(body: Obj) -> str:
    """The reason code of a refusal; '' = it says nothing that we know."""
    if any(_FIELD_NAMES & set(obj(problem.get("parameters"))) for problem in objs(body.get("errors"))):
        return FIELDS
    for problem in _problems(body):
        kind = string(problem.get("type")).rstrip("/").rpartition("/")[2]
        code = number(problem.get("code"))
        names = ("title", "detail", "message", "reason")
        said = " ".join(string(problem.get(name)) for name in names).lower()
        found = _CODE_REASONS.get(code or 0, "") or next(
            (reason for words, reason in _WORD_REASONS if words in said), ""
        )
        if kind == "invalid-request" and any(f"[{name}]" in said for name in _FIELD_NAMES):
            return FIELDS
        if found or kind in _TYPE_REASONS:
            return found or _TYPE_REASONS[kind]
    return ""


def _problems(body: Obj) -> Iterator[Obj]:
    yield body
    yield from objs(body.get("errors"))
