"""Requests to one site's API, and what its answers mean.

A site can be anything behind this API: a plug-in, a host's firewall or a proxy may answer in its place. Whatever is
not JSON is theirs (reason "firewall").
"""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from socialdesk.core.errors import (
    AuthExpired,
    NetworkError,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unreachable,
)
from socialdesk.http import Http, NotJson, Response, check
from socialdesk.http.values import decode_json
from socialdesk.networks.wordpress.address import Params, endpoint, may_carry_password

UPLOAD_TIMEOUT_S = 120.0
FLOOD_PAUSE = timedelta(seconds=30)

# Codes of the API (any status) and the reason for the person. Those that only repeat their status are left out.
_REASONS = {
    "empty_content": "empty",
    "rest_comment_content_invalid": "empty",
    "comment_duplicate": "duplicate",
    "comment_content_column_length": "too_long",
    "rest_upload_sideload_error": "media_type",
    "rest_upload_invalid_image": "media_type",
    "rest_upload_file_too_big": "media_too_large",
    "rest_upload_limited_space": "media_too_large",
    "rest_upload_no_data": "media_missing",
    "rest_trash_not_supported": "not_supported",
    "rest_no_route": "not_supported",
    "rest_comment_closed": "missing_permission",
    "rest_comment_invalid_post_id": "not_found",
    "rest_post_invalid_id": "not_found",
    "rest_comment_invalid_id": "not_found",
    "rest_already_trashed": "gone",
    "unknown_blog": "not_found",
}
_REFUSED = frozenset(  # whatever the status: the last three are WordPress.com's
    {
        "incorrect_password",
        "invalid_username",
        "invalid_email",
        "invalid_token",
        "oauth2_invalid_token",
        "authorization_required",
    }
)


def basic(username: str, password: str) -> str:
    """The header's value for a user name and an application password, '' where one is missing."""
    if not (username and password):
        return ""
    return f"Basic {base64.b64encode(f'{username}:{password}'.encode()).decode()}"


class Client:
    """One site as one user, or (without `authorization`, the header's value) as anybody.

    `budget` names the account whose limits these are, where many sites share a host.
    """

    def __init__(self, http: Http, root: str, authorization: str = "", budget: str = "") -> None:
        self.root = root
        self._http = http
        self._authorization = authorization
        self._budget = budget

    def __repr__(self) -> str:
        return f"Client({self.root!r})"

    async def get(self, route: str, params: Params = ()) -> tuple[Any, Mapping[str, str]]:
        """A read: the JSON and the headers. Raises Unreachable, RateLimited, AuthExpired, Rejected."""
        response = await self._request("GET", route, params)
        payload = await self._decoded(response, write=False)
        accept(response, payload, write=False)
        return payload, response.headers

    async def send(
        self, method: str, route: str, body: Mapping[str, object] | None = None, params: Params = ()
    ) -> dict[str, Any]:
        """A write. Raises OutcomeUnknown besides."""
        response, payload = await self.ask(method, route, body, params)
        accept(response, payload, write=True)
        return as_object(payload)

    async def ask(
        self, method: str, route: str, body: Mapping[str, object] | None = None, params: Params = ()
    ) -> tuple[Response, Any]:
        """A write whose refusal the caller wants to read: `accept` judges it."""
        response = await self._request(method, route, params, json=body)
        return response, await self._decoded(response, write=True)

    async def upload(self, name: str, data: bytes, mime: str, fields: Mapping[str, str]) -> Response:
        """Sends a file as a form; the answer is not judged yet (`understood` does that)."""
        return await self._request(
            "POST", "wp/v2/media", form=fields, files={"file": (name, data, mime)}, timeout_s=UPLOAD_TIMEOUT_S
        )

    async def understood(self, response: Response) -> dict[str, Any]:
        """The JSON object that answers a write."""
        payload = await self._decoded(response, write=True)
        accept(response, payload, write=True)
        return as_object(payload)

    async def _request(self, method: str, route: str, params: Params = (), **options: Any) -> Response:
        url, query = endpoint(self.root, route, params)
        headers = {"Accept": "application/json"}
        if self._authorization:
            if not may_carry_password(url):
                raise Rejected("the site is not on HTTPS", reason="insecure")
            headers["Authorization"] = self._authorization
        return await self._http.request(method, url, params=query, headers=headers, budget=self._budget, **options)

    async def _decoded(self, response: Response, *, write: bool) -> Any:
        try:
            return await self._http.offload(decode_json, response.body)
        except NotJson:
            raise not_wordpress(response, write=write) from None


def as_object(payload: Any) -> dict[str, Any]:
    """The answer to a write, which is always an object. Raises OutcomeUnknown."""
    if not isinstance(payload, dict):
        raise OutcomeUnknown("the answer has an unknown form")
    return payload


def accept(response: Response, payload: Any, *, write: bool) -> None:
    """Raises what a refusal in WordPress's own words means."""
    if response.status < 400:
        return
    code = code_of(payload)
    message = f"status {response.status} {code}".strip()
    if response.status == 401 or code in _REFUSED or _forbidden(payload) == 401:
        raise AuthExpired(message)
    if _forbidden(payload):
        raise Rejected(message, reason="missing_permission")
    if code == "comment_flood":
        raise RateLimited(message, datetime.now(UTC) + FLOOD_PAUSE)
    if code in _REASONS:
        raise Rejected(message, reason=_REASONS[code])
    check(response, write=write, now=datetime.now(UTC))


def not_wordpress(response: Response, *, write: bool) -> NetworkError:
    """The error for an answer that WordPress did not give."""
    try:
        check(response, write=write, now=datetime.now(UTC))
    except Rejected as error:
        if error.reason in {"missing_permission", "not_supported", "invalid", "other"}:
            return Rejected("something in front of the site refused", reason="firewall", detail=error.detail)
        return error
    except NetworkError as error:
        return error
    if write:
        return OutcomeUnknown("something in front of the site answered")
    return Unreachable("something in front of the site answered", reason="firewall")


def _forbidden(payload: Any) -> int:
    """401 or 403 where a parameter was refused because of who asks: those come as 400 around it. 0 = it was not."""
    data = payload.get("data") if code_of(payload) == "rest_invalid_param" else None
    details = data.get("details") if isinstance(data, dict) else None
    for detail in (details or {}).values() if isinstance(details, dict) else ():
        if isinstance(detail, dict) and str(detail.get("code", "")).startswith("rest_forbidden"):
            inner = detail.get("data")
            return 401 if isinstance(inner, dict) and inner.get("status") == 401 else 403
    return 0


def code_of(payload: Any) -> str:
    """WordPress's own word for a refusal, '' = none. WordPress.com calls it `error` in part of its answers."""
    return str(payload.get("code") or payload.get("error") or "") if isinstance(payload, dict) else ""
