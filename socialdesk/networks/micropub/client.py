"""Requests to one site's endpoints, and what its refusals mean (Micropub section 3.6, RFC 6750)."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urljoin

from socialdesk.core.errors import AuthExpired, OutcomeUnknown, Rejected, Unreachable
from socialdesk.core.tolerant import obj
from socialdesk.http import Http, NotJson, Response, Trust, check
from socialdesk.http.values import decode_json
from socialdesk.networks.micropub.address import host_of, may_carry_token
from socialdesk.networks.micropub.tolerant import string, web

UPLOAD_TIMEOUT_S = 120.0
Params = Sequence[tuple[str, str]]
Clock = Callable[[], datetime]
_CODE = re.compile(r"[a-z_]{3,40}")

_REASONS = {
    "insufficient_scope": "missing_permission",
    "forbidden": "missing_permission",
    "not_found": "not_found",
    "not_implemented": "not_supported",
    "unsupported_media_type": "media_type",
}
PLACE = "to SocialDesk at your site, or make a token there that may"
_SIGN_IN = frozenset({"unauthorized", "invalid_token", "expired_token"})


def utc_now() -> datetime:
    return datetime.now(UTC)


class Client:
    """One site's Micropub endpoint with a token. `site` says which host may lie in a private network."""

    def __init__(self, http: Http, site: str, endpoint: str, token: str, now: Clock = utc_now) -> None:
        self.endpoint = endpoint
        self.now = now
        self._http = http
        self._site = site
        self._token = token

    def __repr__(self) -> str:
        return f"Client({self.endpoint!r})"

    async def get(self, params: Params) -> Any:
        """The JSON that answers a query. Raises Unreachable, RateLimited, AuthExpired, Rejected."""
        response = await self._ask("GET", self.endpoint, params=list(params))
        accept(response, write=False, now=self.now())
        try:
            return await self._http.offload(decode_json, response.body)
        except NotJson:
            raise Unreachable("the answer is not JSON", reason="invalid_answer") from None

    async def create(self, **body: Any) -> tuple[str, bool]:
        """Sends a new post: its address, and whether it is there already. Raises OutcomeUnknown besides."""
        response = await self._ask("POST", self.endpoint, timeout_s=UPLOAD_TIMEOUT_S, **body)
        accept(response, write=True, now=self.now(), scope="create")
        url = web(response.headers.get("location"), response.url)
        if not url:
            raise OutcomeUnknown("the answer names no address")
        return url, response.status != 202

    async def change(self, body: Mapping[str, object]) -> None:
        """An action on a post that is there."""
        response = await self._ask("POST", self.endpoint, json=body)
        accept(response, write=True, now=self.now(), scope=str(body.get("action", "")))

    async def upload(self, media_endpoint: str, name: str, data: bytes, mime: str) -> str:
        """The address of an uploaded file."""
        files = {"file": (name, data, mime)}
        response = await self._ask("POST", media_endpoint, files=files, timeout_s=UPLOAD_TIMEOUT_S)
        accept(response, write=True, now=self.now(), scope="media")
        url = web(response.headers.get("location"), response.url)
        if not url:
            raise OutcomeUnknown("the answer names no address")
        return url

    async def is_public(self, url: str) -> bool:
        """Whether anybody can see a page there. Asked without the token."""
        response = await self._http.request("GET", url, trust=self._trust(url))
        if response.status not in {404, 410}:
            check(response, write=False, now=self.now())
        return response.status < 400

    async def _ask(self, method: str, url: str, **options: Any) -> Response:
        if not may_carry_token(url):
            raise Rejected("the endpoint is not on HTTPS", reason="insecure")
        headers = {"Accept": "application/json", "Authorization": f"Bearer {self._token}"}
        return await self._http.request(method, url, headers=headers, trust=self._trust(url), **options)

    def _trust(self, url: str) -> Trust:
        return Trust.TYPED if host_of(url) == host_of(self._site) else Trust.CONTENT

    def absolute(self, url: object) -> str:
        """An address as the endpoint gave it; some give only its path."""
        return web(urljoin(self.endpoint, string(url))) if string(url) else ""


def accept(response: Response, *, write: bool, now: datetime, scope: str = "") -> None:
    """Raises what a refusal means. Its body is JSON, a form, or (some sites) the bare code.

    `scope` is what such a request needs, where the site does not say it.
    """
    if response.status < 400:
        return
    code = code_of(response)
    message = f"status {response.status} {code}".strip()
    if code in _REASONS:
        reason = _REASONS[code]
        needs = (_scope(response) or scope, PLACE) if code == "insufficient_scope" else ()
        raise Rejected(message, reason=reason, needs=needs if all(needs) else ())
    if code in _SIGN_IN:
        raise AuthExpired(message)
    if response.status == 501:
        raise Rejected(message, reason="not_supported")
    check(response, write=write, now=now)


def _scope(response: Response) -> str:
    """The scope that a site says is missing (Micropub section 3.6), '' when it does not."""
    try:
        said = obj(decode_json(response.body)).get("scope")
    except NotJson:
        return ""
    return string(said) if _CODE.fullmatch(string(said)) else ""


def code_of(response: Response) -> str:
    """The machine-readable part of a refusal, '' when there is none."""
    text = response.text()[:4000].strip()
    try:
        code = string(obj(decode_json(text.encode())).get("error"))
    except NotJson:
        code = next(iter(parse_qs(text).get("error", ())), "") if "error=" in text else text
    return code if _CODE.fullmatch(code) else ""
