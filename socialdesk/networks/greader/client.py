"""Requests to one server: `GoogleLogin` in the header, and for what changes something the token `T` in the form."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from socialdesk.core.errors import AuthExpired, Rejected, Unreachable
from socialdesk.http import Http, Response
from socialdesk.http.status import check
from socialdesk.http.values import NotJson, decode_json

API = "/reader/api/0/"
JSON = ("output", "json")
Pairs = Iterable[tuple[str, str]]
_BAD_TOKEN = ("google-bad-token", "x-reader-google-bad-token")


def utc_now() -> datetime:
    return datetime.now(UTC)


class Client:
    """`base` without a trailing slash. All that is sent may be sent twice, so that no outcome is ever unknown."""

    def __init__(
        self,
        http: Http,
        base: str,
        auth: str,
        app: Mapping[str, str],
        budget: str = "",
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.http = http
        self.base = base
        self.now = now
        self._headers = {**app, **({"Authorization": f"GoogleLogin auth={auth}"} if auth else {})}
        self._budget = budget
        self._token = ""
        self._asking = asyncio.Lock()

    def __repr__(self) -> str:
        return f"Client({self.base})"

    async def get(self, path: str, params: Pairs = ()) -> Any:
        """The decoded answer. Raises Unreachable, RateLimited, AuthExpired, Rejected."""
        _, found = await self.http.json(
            "GET", self.base + API + path, params=[JSON, *params], headers=self._headers, budget=self._budget
        )
        return found

    async def post_for_json(self, path: str, form: Pairs) -> Any:
        """The decoded answer of a question that is asked by a form."""
        response = await self._post(path, [JSON, *form])
        try:
            return await self.http.offload(decode_json, response.body)
        except NotJson as error:
            raise Unreachable("the answer is not JSON", reason="not_json") from error

    async def change(self, path: str, form: Pairs) -> None:
        """A change, which the server answers with OK. Raises as `get`."""
        response = await self._post(path, [*form])
        if response.text().strip().upper() != "OK":
            raise Unreachable("the answer is not OK", reason="not_json")

    async def _post(self, path: str, form: list[tuple[str, str]]) -> Response:
        """With a token; one that has ended is asked for again, once."""
        used = await self._current_token("")
        try:
            return await self._post_with(used, path, form)
        except _TokenEnded:
            return await self._post_with(await self._current_token(used), path, form)

    async def _post_with(self, token: str, path: str, form: list[tuple[str, str]]) -> Response:
        response = await self.http.request(
            "POST",
            self.base + API + path,
            form=[("T", token), *form],
            headers=self._headers,
            budget=self._budget,
            write=False,
        )
        if response.status == 401 and any(name in response.headers for name in _BAD_TOKEN):
            raise _TokenEnded("the token for changes has ended")
        check(response, write=False, now=self.now())
        return response

    async def _current_token(self, ended: str) -> str:
        """The token for changes; a new one where the one known is `ended`."""
        async with self._asking:
            if not self._token or self._token == ended:
                url = f"{self.base}{API}token"
                response = await self.http.request("GET", url, headers=self._headers, budget=self._budget)
                check(response, write=False, now=self.now())
                self._token = _one_word(response)
            return self._token


class _TokenEnded(AuthExpired):
    """T is not accepted; the sign-in itself may be good."""


async def sign_in(http: Http, base: str, username: str, password: str, app: Mapping[str, str]) -> str:
    """The Auth of a ClientLogin. Raises AuthExpired (wrong password), Rejected (no_api: nothing like it there)."""
    form = [("Email", username), ("Passwd", password), ("client", "SocialDesk"), ("service", "reader")]
    form.append(("accountType", "HOSTED_OR_GOOGLE"))
    response = await http.request(
        "POST", f"{base}/accounts/ClientLogin", form=form, headers=app, write=False, follow=False
    )
    if response.status in {400, 401, 403}:
        raise AuthExpired(f"status {response.status}: name or password is not accepted", reason="wrong_password")
    if response.status in {301, 302, 303, 307, 308, 404, 405, 501}:
        raise Rejected(f"status {response.status}: no Google Reader API", reason="no_reader_api")
    if response.status == 503 and "retry-after" not in response.headers:
        raise Rejected("status 503: the API is switched off", reason="no_reader_api")  # FreshRSS
    check(response, write=False, now=utc_now())
    auth = _auth_in(response.text())
    if not auth:
        raise Rejected("an answer without Auth", reason="no_reader_api")
    return auth


def _auth_in(text: str) -> str:
    """`Auth=...` on a line of its own."""
    lines = dict(line.partition("=")[::2] for line in text[:10_000].splitlines())
    auth = lines.get("Auth", "").strip()
    return auth if auth.isprintable() and " " not in auth else ""


def _one_word(response: Response) -> str:
    token = response.text().strip()
    if not token or len(token) > 500 or any(c.isspace() or c in "<>" for c in token):
        raise Unreachable("the answer is no token", reason="not_json")
    return token
