"""Requests to one server: every call is JSON by POST to one address, with the id of a session."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from socialdesk.core.errors import AuthExpired, NetworkError, Rejected, Unreachable
from socialdesk.core.tolerant import obj, string
from socialdesk.http import Http
from socialdesk.http.scrub import scrub

API = "/api/"
_REASONS = {
    "UNKNOWN_METHOD": "not_supported",
    "INCORRECT_USAGE": "invalid",
    "FEED_NOT_FOUND": "not_found",
    "API_DISABLED": "no_ttrss_api",
}


def utc_now() -> datetime:
    return datetime.now(UTC)


class Client:
    """`base` without a trailing slash. All that is sent may be sent twice, so that no outcome is ever unknown."""

    def __init__(
        self, http: Http, base: str, session: str = "", budget: str = "", now: Callable[[], datetime] = utc_now
    ) -> None:
        self.http = http
        self.base = base
        self.now = now
        self._session = session
        self._budget = budget

    def __repr__(self) -> str:
        return f"Client({self.base})"

    async def call(self, method: str, **fields: object) -> Any:
        """The content of the answer. Raises Unreachable, RateLimited, AuthExpired, Rejected."""
        sent = {"op": method, "sid": self._session, **fields}
        _, answer = await self.http.json(
            "POST", self.base + API, json=sent, budget=self._budget, write=False, follow=False
        )
        found = obj(answer)
        if "content" not in found:
            raise Unreachable("an answer without content", reason="not_json")
        if found.get("status") == 0:
            return found["content"]
        raise _error(string(obj(found["content"]).get("error")))


def _error(code: str) -> NetworkError:
    """The error that a refusal means: https://tt-rss.org/ApiReference/"""
    if code == "LOGIN_ERROR":
        return AuthExpired("name or password is not accepted", reason="wrong_password")
    if code == "NOT_LOGGED_IN":
        return AuthExpired("the session has ended")
    return Rejected(f"refused: {scrub(code)[:60]}", reason=_REASONS.get(code, "other"))


def base_of(typed: str) -> str:
    """The address of an installation as a person types it. Raises Rejected (invalid)."""
    text = typed.strip()
    if "://" not in text:
        local = text.partition("/")[0].partition(":")[0] in {"localhost", "127.0.0.1"}
        text = f"{'http' if local else 'https'}://{text}"
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme.lower() not in {"http", "https"}:
        raise Rejected("not a web address", reason="invalid")
    path = parts.path.rstrip("/").removesuffix("/index.php").removesuffix("/prefs.php").removesuffix("/api")
    return urlunsplit((parts.scheme.lower(), parts.netloc.rpartition("@")[2].lower(), path, "", ""))


async def sign_in(http: Http, base: str, username: str, password: str) -> str:
    """The id of a new session. Raises AuthExpired (wrong password), Rejected (no_ttrss_api)."""
    try:
        answer = obj(await Client(http, base).call("login", user=username, password=password))
    except Unreachable as error:
        if error.reason == "not_json":
            raise Rejected("no Tiny Tiny RSS there", reason="no_ttrss_api") from error
        raise
    except Rejected as error:
        if error.reason in {"not_found", "not_supported"}:
            raise Rejected("no Tiny Tiny RSS there", reason="no_ttrss_api") from error
        raise
    session = string(answer.get("session_id"))
    if not session:
        raise Rejected("no session was given", reason="no_ttrss_api")
    return session
