"""Calls to an AT protocol server (XRPC) and the meaning of its refusals. Source: atproto.com/specs/xrpc."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from socialdesk.core.account import Credential
from socialdesk.core.errors import AuthExpired, NetworkError, OutcomeUnknown, Rejected, Unreachable
from socialdesk.http import Http, Response, check
from socialdesk.http.scrub import scrub

Json = dict[str, Any]
Params = Sequence[tuple[str, str]]

ACCESS = "access"  # names in the credential
REFRESH = "refresh"

SIGN_IN_AGAIN = frozenset(
    {
        "ExpiredToken",
        "InvalidToken",
        "AuthMissing",
        "AuthenticationRequired",
        "AccountDeactivated",
        "AccountSuspended",
        "AccountTakedown",
    }
)
_REASONS = {
    "RecordNotFound": "not_found",
    "HandleNotFound": "not_found",
    "NotFound": "not_found",
    "AccountNotFound": "not_found",
    "UnknownFeed": "not_found",
    "UnknownList": "not_found",
    "BlobNotFound": "media_missing",
    "BlobTooLarge": "media_too_large",
    "InvalidMimeType": "media_type",
    "BlockedActor": "blocked",
    "BlockedByActor": "blocked",
    "MethodNotImplemented": "not_supported",
    "XRPCNotSupported": "not_supported",
    "UnsupportedCollection": "not_supported",
}
# A refused record is InvalidRequest whatever is wrong with it; only the message tells.
_HINTS = (
    ("blob too big", "media_too_large"),
    ("file too large", "media_too_large"),
    ("could not find blob", "media_missing"),
    ('expected "image/', "media_type"),
    ("grapheme too big", "too_long"),
    ("string too big", "too_long"),
    ("longer than", "too_long"),
)
_DETAIL = 500


def name_of(error: NetworkError) -> str:
    """The protocol's own name for a refusal, '' when the server gave none."""
    return error.detail.partition(": ")[0]


class Client:
    """One server and, unless `credential` is empty, one account's session on it."""

    def __init__(self, http: Http, server: str, credential: Credential, budget: str = "") -> None:
        self._http = http
        self._budget = budget  # the account, so that its limits do not bind another account on the same server
        self.server = server.rstrip("/")
        self.credential = credential

    async def get(self, method: str, params: Params = (), *, signed: bool = True) -> Json:
        """A query. Raises Unreachable, RateLimited, AuthExpired and Rejected."""
        headers = self._bearer(ACCESS) if signed else {}
        response = await self._http.request(
            "GET", self._url(method), params=list(params), headers=headers, budget=self._budget
        )
        return await self._answer(method, response, write=False)

    async def post(self, method: str, body: Mapping[str, object] | None, *, token: str = ACCESS) -> Json:
        """A procedure; `token` names the secret that goes along, '' = none. Raises all five network errors."""
        response = await self._http.request(
            "POST", self._url(method), json=body, headers=self._bearer(token), write=True, budget=self._budget
        )
        return await self._answer(method, response, write=True)

    async def send_bytes(self, method: str, data: bytes, mime: str) -> Json:
        """A procedure whose input is `data`. It changes nothing that is seen, so a lost answer is only Unreachable."""
        try:
            response = await self._http.request(
                "POST",
                self._url(method),
                content=data,
                headers={**self._bearer(ACCESS), "content-type": mime},
                write=True,
                timeout_s=60,
                budget=self._budget,
            )
            return await self._answer(method, response, write=True)
        except OutcomeUnknown as error:
            raise Unreachable(f"{method}: {error}", detail=error.detail) from error

    def _url(self, method: str) -> str:
        return f"{self.server}/xrpc/{method}"

    def _bearer(self, name: str) -> dict[str, str]:
        token = self.credential.get(name)
        return {"authorization": f"Bearer {token}"} if token else {}

    async def _answer(self, method: str, response: Response, *, write: bool) -> Json:
        if response.status >= 400:
            error = refusal(method, response.status, response.body)
            if error is not None:
                raise error
            check(response, write=write, now=datetime.now(UTC))
        if write and not response.body.strip():
            return {}
        try:
            answer = await self._http.offload(json.loads, response.body)
        except ValueError as error:
            raise _unreadable(method, write) from error
        if not isinstance(answer, dict):
            raise _unreadable(method, write)
        return answer


def refusal(method: str, status: int, body: bytes) -> NetworkError | None:
    """What `{"error", "message"}` of a 4xx answer, or 501, means; None leaves it to the rules for every server."""
    if status == 429 or (status >= 500 and status != 501):
        return None
    try:
        answer = json.loads(body)
        name, message = str(answer["error"]), str(answer.get("message", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    words, detail = f"{method}: {status} {name}", scrub(f"{name}: {message}")[:_DETAIL]
    if name in SIGN_IN_AGAIN or status == 401:
        return AuthExpired(words, detail=detail)
    return Rejected(words, reason=_reason(name, message, status), detail=detail)


def _reason(name: str, message: str, status: int) -> str:
    if name in _REASONS:
        return _REASONS[name]
    lower = message.lower()
    hint = next((reason for words, reason in _HINTS if words in lower), "")
    if hint:
        return hint
    if "not found" in lower or status == 404:
        return "not_found"
    return {403: "missing_permission", 413: "media_too_large", 501: "not_supported"}.get(status, "invalid")


def _unreadable(method: str, write: bool) -> NetworkError:
    if write:
        return OutcomeUnknown(f"{method}: the answer is not JSON")
    return Unreachable(f"{method}: the answer is not JSON", reason="not_json")
