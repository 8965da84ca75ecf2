"""Calls to an AT protocol server (XRPC) and the meaning of its refusals. Source: atproto.com/specs/xrpc."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Unpack

from socialdesk.core.account import Credential
from socialdesk.core.errors import AuthExpired, NetworkError, OutcomeUnknown, Rejected, Unreachable
from socialdesk.http import Http, Response, check
from socialdesk.http.client import Options
from socialdesk.http.scrub import scrub
from socialdesk.networks.bluesky.dpop import Proofs

Json = dict[str, Any]
Params = Sequence[tuple[str, str]]

ACCESS = "access"  # names in the credential
REFRESH = "refresh"
KEY = "key"  # what the tokens of a sign-in through the browser are bound to

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
_SLOWEST = 50_000  # bytes in a second


def patience_s(data: bytes) -> float:
    """How long sending `data` may take on a slow line."""
    return max(60.0, len(data) / _SLOWEST)


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
        self._proofs = Proofs(credential.get(KEY)) if credential.get(KEY) else None

    async def get(self, method: str, params: Params = (), *, signed: bool = True) -> Json:
        """A query. Raises Unreachable, RateLimited, AuthExpired and Rejected."""
        response = await self._request("GET", method, ACCESS if signed else "", params=list(params))
        return await self._answer(method, response, write=False)

    async def post(self, method: str, body: Mapping[str, object] | None, *, token: str = ACCESS) -> Json:
        """A procedure; `token` names the secret that goes along, '' = none. Raises all five network errors."""
        response = await self._request("POST", method, token, json=body, write=True)
        return await self._answer(method, response, write=True)

    async def send_bytes(self, method: str, data: bytes, mime: str, params: Params = (), also: int = 0) -> Json:
        """A procedure whose input is `data`. It changes nothing that is seen, so a lost answer is only Unreachable.

        `also` is a further status whose answer is one.
        """
        try:
            headers = {"content-type": mime}
            response = await self._request(
                "POST",
                method,
                ACCESS,
                params=list(params),
                content=data,
                headers=headers,
                write=True,
                timeout_s=patience_s(data),
            )
            return await self._answer(method, response, write=True, also=also)
        except OutcomeUnknown as error:
            raise Unreachable(f"{method}: {error}", detail=error.detail) from error

    async def upload_blob(self, data: bytes, mime: str) -> Json:
        """Puts a file at the account's server and returns the reference for a record. Raises as `send_bytes`."""
        answer = await self.send_bytes("com.atproto.repo.uploadBlob", data, mime)
        blob = answer.get("blob")
        if not isinstance(blob, dict) or "ref" not in blob:
            raise Rejected("uploadBlob: an answer without a blob", reason="other")
        return blob

    def at(self, server: str, credential: Credential) -> "Client":
        """The same door to another server."""
        return Client(self._http, server, credential, self._budget)

    async def _request(self, verb: str, method: str, name: str, **options: Unpack[Options]) -> Response:
        """`name` is that of the token in the credential, '' = none."""
        url, token = f"{self.server}/xrpc/{method}", self.credential.get(name)
        options["budget"] = self._budget
        if token and self._proofs is not None:
            return await self._proofs.request(self._http, verb, url, token=token, **options)
        if token:
            options["headers"] = {**(options.get("headers") or {}), "authorization": f"Bearer {token}"}
        return await self._http.request(verb, url, **options)

    async def _answer(self, method: str, response: Response, *, write: bool, also: int = 0) -> Json:
        if response.status >= 400 and response.status != also:
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
