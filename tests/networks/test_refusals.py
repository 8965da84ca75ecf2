"""Every row of the networks' tables of refusals, over the wire: the right error, a reason, a sentence, what helps."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from socialdesk.core.account import Account, Credential
from socialdesk.core.errors import AuthExpired, NetworkError, OutcomeUnknown, RateLimited, Rejected, Unreachable
from socialdesk.core.network import LazyNetwork
from socialdesk.core.post import ArticleToSend, MediaFile, Segment
from socialdesk.core.source import Source
from socialdesk.http import Http
from socialdesk.networks import facebook, ghost, linkedin, micropub, threads, tumblr, x
from socialdesk.practice.server import PracticeServer
from socialdesk.practice.world import picture
from socialdesk.ui import words

PNG = MediaFile("c" * 64, "image/png", picture("refused", 8, 8), "A valve", 8, 8, "valve.png")
SEGMENT = Segment("Hello", created=datetime.now(UTC))
ARTICLE = Segment("", article=ArticleToSend("Hello", "<p>Hello</p>", "hello"), created=datetime.now(UTC))


class Answering(PracticeServer):
    """Answers every request with what the test says; where `calm`, reads get something harmless."""

    def __init__(self) -> None:
        super().__init__()
        self.status, self.body = 200, b"{}"
        self.sent: dict[str, str] = {}
        self.calm: Any = None
        self.app.router.add_route("*", "/{path:.*}", self._answer_all)

    async def _answer_all(self, request: web.Request) -> web.Response:
        if self.calm is not None and request.method == "GET":
            return web.json_response(self.calm, headers=self.sent)
        return web.Response(status=self.status, body=self.body, headers=self.sent, content_type="application/json")


@dataclass(frozen=True)
class Row:
    """`act`: read, write or upload. `needs` is the permission that the sentence has to name."""

    status: int
    body: object
    error: type[NetworkError]
    reason: str = ""
    act: str = "write"
    needs: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """How one network is opened on an address, and what its reads answer while a write is refused."""

    network: LazyNetwork
    source: str
    account: Mapping[str, Any]
    credential: Mapping[str, str]
    calm: Any = None
    segment: Segment = SEGMENT

    def open(self, url: str, http: Http) -> Any:
        known = {name: str(value).replace("{url}", url) for name, value in self.account.get("facts", {}).items()}
        key = self.network.facts.key
        account = Account(
            int(self.account.get("id", 1)), key, "Northwind", "northwind", url, self.account["remote_id"], facts=known
        )
        return self.network(account, Credential(dict(self.credential)), http)


TOKEN = {"access_token": "a-token"}
SITE = {"endpoint": "{url}/micropub", "me": "{url}/", "settings": "{}"}
PLACES = {
    "x": Place(x.NETWORK, "home", {"remote_id": "1"}, TOKEN, {"meta": {"result_count": 0}}),
    "facebook": Place(facebook.NETWORK, "posts", {"remote_id": "1"}, TOKEN, {"data": []}),
    "threads": Place(threads.NETWORK, "posts", {"remote_id": "1"}, TOKEN),
    "linkedin": Place(
        linkedin.NETWORK, "posts", {"remote_id": "urn:li:organization:1"}, TOKEN, {"elements": [], "paging": {}}
    ),
    "linkedin member": Place(linkedin.NETWORK, "posts", {"remote_id": "urn:li:person:1"}, TOKEN),
    "tumblr": Place(tumblr.NETWORK, "home", {"remote_id": "t:1", "facts": {"blog": "northwind"}}, TOKEN),
    "ghost": Place(
        ghost.NETWORK, "posts", {"remote_id": "1"}, {"key": f"{'a' * 24}:{'b' * 64}"}, {"posts": []}, ARTICLE
    ),
    "micropub": Place(micropub.NETWORK, "posts", {"remote_id": "1", "facts": SITE}, TOKEN, {"items": []}),
}


def graph(code: int, sub: int = 0, message: str = "no", *, transient: bool = False) -> dict[str, Any]:
    said = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A", "is_transient": transient}
    return {"error": {**said, **({"error_subcode": sub} if sub else {})}}


def problem(kind: str = "", **more: object) -> dict[str, Any]:
    return {"title": "No", "type": f"https://api.x.com/2/problems/{kind}" if kind else "about:blank", **more}


def tumblr_says(status: int, code: int = 0) -> dict[str, Any]:
    errors = [{"title": "No", "code": code, "detail": "no"}] if code else []
    return {"meta": {"status": status, "msg": "No"}, "errors": errors, "response": []}


def ghost_says(kind: str, code: str = "", **more: object) -> dict[str, Any]:
    return {"errors": [{"message": "No", "context": None, "type": kind, "code": code or None, **more}]}


def linkedin_says(status: int, code: str = "", service: int = 0, message: str = "No") -> dict[str, Any]:
    said: dict[str, Any] = {"status": status, "message": message}
    return {**said, **({"code": code} if code else {}), **({"serviceErrorCode": service} if service else {})}


NOT_MENTIONED = "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged"
ROWS: dict[str, tuple[Row, ...]] = {
    "x": (
        Row(400, problem("invalid-request", errors=[{"parameters": {"max_results": ["500"]}, "message": "no"}]),
            Rejected, "invalid", "read"),
        Row(401, problem(title="Unauthorized"), AuthExpired, "sign_in_again", "read"),
        Row(401, {"errors": [{"code": 89, "message": "Invalid or expired token."}]}, AuthExpired, "sign_in_again"),
        Row(401, {"errors": [{"code": 32, "message": "Could not authenticate you."}]}, AuthExpired, "sign_in_again"),
        Row(402, problem("credits", title="CreditsDepleted"), Rejected, "payment_needed"),
        Row(402, b"", Rejected, "payment_needed", "read"),
        Row(403, problem(detail="You are not allowed to create a Tweet with duplicate content."), Rejected,
            "duplicate"),
        Row(403, problem(detail=f"{NOT_MENTIONED} by the author."), Rejected, "reply_not_allowed"),
        Row(403, problem(detail="You can only reply to or quote posts where you are mentioned or are the author."),
            Rejected, "reply_not_allowed"),
        Row(403, problem(detail="Quoting this post is not allowed because you have not been mentioned"), Rejected,
            "quote_not_allowed"),
        Row(403, problem("client-forbidden", reason="client-not-enrolled"), Rejected, "app_not_allowed", "read"),
        Row(403, problem("unsupported-authentication"), Rejected, "app_not_allowed"),
        Row(403, problem("not-authorized-for-resource"), Rejected, "missing_permission", "read", "tweet.read"),
        Row(403, problem("not-authorized-for-resource"), Rejected, "missing_permission", "write", "tweet.write"),
        Row(403, problem("not-authorized-for-resource"), Rejected, "missing_permission", "upload", "media.write"),
        Row(403, problem(detail="Post cannot contain more than one cashtag"), Rejected, "cashtags"),
        Row(403, {"errors": [{"code": 64, "message": "Your account is suspended"}]}, Rejected, "account_restricted"),
        Row(404, problem("resource-not-found"), Rejected, "not_found", "read"),
        Row(200, {"errors": [problem("resource-not-found", detail="gone")]}, Rejected, "not_found", "read"),
        Row(200, {"errors": [problem("disallowed-resource", detail="no")]}, Rejected, "missing_permission", "read"),
        Row(429, problem("rate-limit-exceeded"), RateLimited, "rate_limited", "read"),
        Row(429, problem(title="Too Many Requests"), RateLimited, "rate_limited"),
        Row(429, problem("usage-capped", title="UsageCapExceeded", period="Monthly"), Rejected, "payment_needed",
            "read"),
        Row(503, problem(title="Service Unavailable"), Unreachable, "server_error", "read"),
        Row(503, problem(title="Service Unavailable"), OutcomeUnknown, "outcome_unknown"),
    ),
    "facebook": (
        *(Row(400, graph(190, sub), AuthExpired, "sign_in_again", "read") for sub in (0, 458, 460, 463, 467, 492)),
        *(Row(400, graph(190, sub), AuthExpired, "confirm_identity", "read") for sub in (459, 464)),
        Row(400, graph(102), AuthExpired, "sign_in_again"),
        Row(403, graph(10), Rejected, "missing_permission", "read", "pages_read_engagement"),
        Row(403, graph(200), Rejected, "missing_permission", "write", "pages_manage_posts"),
        Row(403, graph(210, message="(#210) Requires pages_read_user_content"), Rejected, "missing_permission", "read",
            "pages_read_user_content"),
        Row(403, graph(299), Rejected, "missing_permission", "upload", "pages_manage_posts"),
        Row(400, graph(3), Rejected, "missing_permission", "write", "pages_manage_posts"),
        Row(400, graph(100), Rejected, "invalid"),
        Row(400, graph(506), Rejected, "duplicate"),
        Row(400, graph(1609005), Rejected, "link_refused"),
        Row(400, graph(100, 1609008), Rejected, "link_refused"),
        Row(400, graph(368), Rejected, "account_restricted"),
        Row(400, graph(368, 1390008), Rejected, "posting_too_fast"),
        Row(400, graph(368, 1346003), Rejected, "against_rules"),
        Row(400, graph(368, 1404102), Rejected, "against_rules"),
        Row(400, graph(368, 1404078), Rejected, "confirm_identity"),
        Row(400, graph(368, 4854002), Rejected, "confirm_identity"),
        Row(400, graph(324, 1366046), Rejected, "media_unfit", "upload"),
        Row(400, graph(100, 1366051), Rejected, "media_type", "upload"),
        *(Row(400, graph(code), RateLimited, "rate_limited", "read") for code in (4, 17, 32, 341, 613, 80001)),
        *(Row(500, graph(code), Unreachable, "server_error", "read") for code in (1, 2)),
        *(Row(500, graph(code), OutcomeUnknown, "outcome_unknown") for code in (1, 2)),
        Row(400, graph(999, transient=True), OutcomeUnknown, "outcome_unknown"),
        Row(503, b"", Unreachable, "server_error", "read"),
    ),
    "threads": (
        Row(400, graph(190), AuthExpired, "sign_in_again", "read"),
        Row(400, graph(190, 463), AuthExpired, "sign_in_again"),
        Row(400, graph(190, 464), AuthExpired, "confirm_identity", "read"),
        Row(400, graph(100, message="Param text must be at most 500 characters long."), Rejected, "too_long"),
        Row(400, graph(100, message="THREADS_API__LINK_LIMIT_EXCEEDED"), Rejected, "too_many_links"),
        Row(400, graph(100), Rejected, "invalid"),
        Row(403, graph(10), Rejected, "missing_permission", "read", "threads_basic"),
        Row(403, graph(200), Rejected, "missing_permission", "write", "threads_content_publish"),
        Row(400, graph(1, 2207051), Rejected, "account_restricted"),
        Row(400, graph(24, 4279013), Rejected, "account_restricted"),
        Row(400, graph(368), Rejected, "account_restricted"),
        *(Row(400, graph(code), RateLimited, "rate_limited", "read") for code in (4, 17, 613)),
        Row(500, graph(2), Unreachable, "server_error", "read"),
        Row(503, b"", Unreachable, "server_error", "read"),
    ),
    "linkedin": (
        Row(401, linkedin_says(401, "REVOKED_ACCESS_TOKEN", 65601), AuthExpired, "sign_in_again", "read"),
        Row(401, linkedin_says(401, "INVALID_ACCESS_TOKEN", 65600), AuthExpired, "sign_in_again"),
        Row(401, linkedin_says(401, "EXPIRED_ACCESS_TOKEN", 65602), AuthExpired, "sign_in_again"),
        Row(403, linkedin_says(403, "ACCESS_DENIED", 100, "Not enough permissions to access: posts.FINDER"), Rejected,
            "missing_permission", "read", "r_organization_social"),
        Row(403, linkedin_says(403, "ACCESS_DENIED", 100, "Not enough permissions to access: posts.CREATE"), Rejected,
            "missing_permission", "write", "w_organization_social"),
        Row(403, linkedin_says(403, "ACCESS_DENIED", 100), Rejected, "missing_permission", "upload",
            "w_organization_social"),
        Row(403, linkedin_says(403, message="This member account is restricted"), Rejected, "account_restricted"),
        Row(422, linkedin_says(422, "DUPLICATE_POST", message="Content is a duplicate of urn:li:share:7"), Rejected,
            "duplicate"),
        Row(422, linkedin_says(422, message="commentary length exceeds the maximum"), Rejected, "too_long"),
        Row(422, linkedin_says(422, message="Invalid content"), Rejected, "invalid"),
        Row(400, linkedin_says(400, "ILLEGAL_ARGUMENT"), Rejected, "invalid"),
        Row(404, linkedin_says(404, "NOT_FOUND"), Rejected, "not_found", "read"),
        Row(426, linkedin_says(426, "NONEXISTENT_VERSION"), Rejected, "version_retired", "read"),
        Row(429, linkedin_says(429, "TOO_MANY_REQUESTS"), RateLimited, "rate_limited"),
        Row(500, linkedin_says(500), Unreachable, "server_error", "read"),
        Row(503, linkedin_says(503), OutcomeUnknown, "outcome_unknown"),
    ),
    "linkedin member": (
        Row(403, linkedin_says(403, "ACCESS_DENIED", 100), Rejected, "missing_permission", "write", "w_member_social"),
    ),
    "tumblr": (
        Row(400, tumblr_says(400, 8001), Rejected, "invalid"),
        Row(400, tumblr_says(400, 8002), Rejected, "reblog_not_allowed"),
        Row(400, tumblr_says(400, 8005), Rejected, "media_type"),
        Row(400, tumblr_says(400, 8016), Rejected, "invalid"),
        Row(403, tumblr_says(403, 8008), Rejected, "media_type"),
        *(Row(403, tumblr_says(403, code), RateLimited, "rate_limited") for code in (8004, 8011, 8022, 8023)),
        Row(403, tumblr_says(403, 8010), Unreachable, "media_processing"),
        *(Row(500, tumblr_says(500, code), Unreachable, "upload_failed") for code in (8006, 8009)),
        Row(401, tumblr_says(401), AuthExpired, "sign_in_again", "read"),
        Row(403, tumblr_says(403), Rejected, "missing_permission", "read", "basic"),
        Row(403, tumblr_says(403), Rejected, "missing_permission", "write", "write"),
        Row(404, tumblr_says(404), Rejected, "not_found", "read"),
        Row(429, tumblr_says(429), RateLimited, "rate_limited", "read"),
        Row(503, tumblr_says(503), Unreachable, "server_error", "read"),
    ),
    "ghost": (
        Row(401, ghost_says("UnauthorizedError", "INVALID_JWT"), AuthExpired, "sign_in_again", "read"),
        Row(401, ghost_says("UnauthorizedError", "UNKNOWN_ADMIN_API_KEY"), AuthExpired, "sign_in_again", "read"),
        Row(403, ghost_says("NoPermissionError", message="You do not have permission to publish posts"), Rejected,
            "missing_permission", "write", "publish posts"),
        Row(403, ghost_says("NoPermissionError"), Rejected, "missing_permission", "read"),
        Row(403, ghost_says("HostLimitError"), Rejected, "plan_limit"),
        Row(404, ghost_says("NotFoundError"), Rejected, "not_found", "read"),
        Row(406, ghost_says("RequestNotAcceptableError"), Rejected, "version_retired", "read"),
        Row(409, ghost_says("UpdateCollisionError", "UPDATE_COLLISION"), Rejected, "edit_conflict"),
        Row(413, ghost_says("RequestEntityTooLargeError"), Rejected, "media_too_large", "upload"),
        Row(415, ghost_says("UnsupportedMediaTypeError"), Rejected, "media_type", "upload"),
        Row(422, ghost_says("ValidationError", details=[{"keyword": "required"}]), Rejected, "empty"),
        Row(422, ghost_says("ValidationError", details=[{"keyword": "maxLength"}]), Rejected, "too_long"),
        Row(422, ghost_says("ValidationError"), Rejected, "invalid"),
        Row(500, ghost_says("InternalServerError"), Unreachable, "server_error", "read"),
        Row(500, ghost_says("InternalServerError"), OutcomeUnknown, "outcome_unknown"),
        Row(503, ghost_says("MaintenanceError"), Unreachable, "server_error", "read"),
    ),
    "micropub": (
        Row(400, {"error": "invalid_request"}, Rejected, "invalid"),
        Row(401, {"error": "unauthorized"}, AuthExpired, "sign_in_again", "read"),
        Row(401, {"error": "insufficient_scope", "scope": "create"}, Rejected, "missing_permission", "write", "create"),
        Row(403, {"error": "insufficient_scope"}, Rejected, "missing_permission", "write", "create"),
        Row(403, {"error": "forbidden"}, Rejected, "missing_permission"),
        Row(404, {"error": "not_found"}, Rejected, "not_found", "read"),
        Row(501, {"error": "not_implemented"}, Rejected, "not_supported"),
        Row(413, {}, Rejected, "media_too_large"),
        Row(415, {"error": "unsupported_media_type"}, Rejected, "media_type"),
        Row(429, {}, RateLimited, "rate_limited"),
        Row(503, {}, Unreachable, "server_error", "read"),
        Row(500, {}, OutcomeUnknown, "outcome_unknown"),
    ),
}  # fmt: skip
CASES = [(key, number) for key, rows in ROWS.items() for number in range(len(rows))]


@pytest.fixture
async def server() -> AsyncIterator[Answering]:
    async with Answering() as running:
        yield running


async def act(place: Place, opened: Any, what: str) -> object:
    key = opened.new_key(1_770_000_000_000_000, 1)
    if what == "write":
        return await opened.publish(place.segment, key)
    if what == "upload":
        return await opened.upload(PNG)
    return await opened.fetch(Source(1, place.network.facts.key, place.source, 1), "", 10)


@pytest.mark.parametrize(("key", "number"), CASES, ids=[f"{key}-{ROWS[key][n].status}-{n}" for key, n in CASES])
async def test_every_refusal_is_understood_and_said(server: Answering, http: Http, key: str, number: int) -> None:
    place, row = PLACES[key], ROWS[key][number]
    server.status, server.sent = row.status, dict(row.headers)
    server.body = row.body if isinstance(row.body, bytes) else json.dumps(row.body).encode()
    server.calm = place.calm if row.act == "write" else None
    with pytest.raises(NetworkError) as caught:
        await act(place, place.open(server.url, http), row.act)
    error = caught.value
    assert (type(error), error.reason) == (row.error, row.reason), error.detail
    said = words.sentence_of(error)
    assert said != words.sentence("no such reason")
    assert said == words.sentence(error.code) or isinstance(error, RateLimited), "as it is kept in the store"
    assert words.has_fix(error.reason) or isinstance(error, OutcomeUnknown)
    if row.needs:
        assert f"“{row.needs}”" in said
        assert words.fix(error.code) == "Sign in again"
        assert len(error.needs) == 2
        assert error.needs[1] in said
    if isinstance(error, RateLimited):
        assert datetime.now(UTC) < error.until <= datetime.now(UTC) + timedelta(days=1)
        assert key != "linkedin" or f"{error.until:%H:%M}" == "00:00", "its days end at midnight, UTC"
