"""What LinkedIn's refusals mean. Sources: Microsoft Learn, "Error handling", "Posts API", "API Versioning".

A refusal is `{"status":422,"serviceErrorCode":100,"code":"DUPLICATE_POST","message":"..."}`, every part optional.
"""

import json
from datetime import datetime, timedelta

from socialdesk.core.errors import AuthExpired, NetworkError, RateLimited, Rejected
from socialdesk.core.tolerant import NONE, Obj, obj, string
from socialdesk.http import NotJson, Response
from socialdesk.http.status import error_for
from socialdesk.networks.linkedin.facts import COMMENT_SCOPE
from socialdesk.networks.linkedin.tolerant import number
from socialdesk.networks.linkedin.urn import POST

PLACE = "to your app at linkedin.com/developers (Products)"
_READS = "r_organization_social"
_PAGE_SCOPES = {
    **dict.fromkeys(("create", "edit", "delete", "comment", "upload"), "w_organization_social"),
    **dict.fromkeys(("page", "pages"), "rw_organization_admin"),
}
_MEMBER_SCOPES = {
    **dict.fromkeys(("comment", "comments"), COMMENT_SCOPE),
    "me": "openid",
}
_TOKEN_CODES = frozenset({65600, 65601, 65602})  # invalid, revoked, expired
_CODES = {
    "DUPLICATE_POST": "duplicate",
    "NONEXISTENT_VERSION": "version_retired",
    "VERSION_MISSING": "version_retired",
    "ACCESS_DENIED": "missing_permission",
    "NOT_FOUND": "not_found",
}


def refusal(response: Response, *, write: bool, now: datetime, name: str = "", page: bool = False) -> NetworkError:
    """The error for a status of 400 or more. `name` is the kind of request, asked for a page or for a member."""
    plain = error_for(response, write=write, now=now)
    body = _body(response)
    if number(body.get("serviceErrorCode")) in _TOKEN_CODES and response.status in {400, 401, 403}:
        return AuthExpired(str(plain), detail=plain.detail)
    if response.status == 426:
        return Rejected(str(plain), reason="version_retired", detail=plain.detail)
    if not isinstance(plain, Rejected) or plain.reason == "blocked":
        return plain
    reason = _reason(body) or plain.reason
    needs = (_scope(name, page=page), PLACE) if reason == "missing_permission" else ()
    return Rejected(str(plain), reason=reason, detail=plain.detail, needs=needs)


def _scope(name: str, *, page: bool) -> str:
    return _PAGE_SCOPES.get(name, _READS) if page else _MEMBER_SCOPES.get(name, "w_member_social")


def _reason(body: Obj) -> str:
    code, said = string(body.get("code")).upper(), string(body.get("message")).lower()
    if code in _CODES:
        return _CODES[code]
    if "duplicate" in said:
        return "duplicate"
    if "restricted" in said:
        return "account_restricted"
    if "TOO_LONG" in code or "too long" in said or ("length" in said and ("exceed" in said or "maximum" in said)):
        return "too_long"
    return ""


def until_midnight(error: RateLimited, now: datetime) -> RateLimited:
    """LinkedIn counts by days that end at 00:00 UTC. An answer of its own means that; a proxy's does not."""
    try:
        ours = number(obj(json.loads(error.detail)).get("status")) == 429
    except ValueError:
        ours = '"status":429' in error.detail.replace(" ", "")  # the detail is only the beginning of the answer
    if not ours:
        return error
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return RateLimited(str(error), max(error.until, midnight), detail=error.detail)


def original_of(error: Rejected) -> str:
    """The post that a duplicate is one of, '' when LinkedIn does not name it."""
    found = POST.search(error.detail)
    return found[0] if found else ""


def _body(response: Response) -> Obj:
    try:
        return obj(response.json())
    except NotJson:
        return NONE
