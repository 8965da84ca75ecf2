"""Requests to one server, with or without a token."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Any

from socialdesk.core.errors import AuthExpired, Rejected
from socialdesk.http import Http, Response
from socialdesk.http.server_events import ServerEvent

Params = Mapping[str, str] | list[tuple[str, str]]


def utc_now() -> datetime:
    return datetime.now(UTC)


class Client:
    """`base` without a trailing slash. The token only ever goes to `base`, and where that says that its streams are.

    `budget` names whose rate limit it is.
    """

    def __init__(
        self, http: Http, base: str, token: str = "", budget: str = "", now: Callable[[], datetime] = utc_now
    ) -> None:
        self.http = http
        self.now = now
        self.base = base
        self.anonymous = not token
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._budget = budget if token else ""

    def __repr__(self) -> str:
        return f"Client({self.base}{', anonymous' if self.anonymous else ''})"

    async def get(self, path: str, params: Params | None = None) -> tuple[Response, Any]:
        """The decoded answer. A visitor who would have to sign in gets `Rejected` (missing_permission)."""
        try:
            return await self.http.json(
                "GET", self.base + path, params=params, headers=self._headers, budget=self._budget
            )
        except AuthExpired as error:
            if self.anonymous:
                raise Rejected(str(error), reason="missing_permission", detail=error.detail) from error
            raise

    def listen(self, url: str) -> AbstractAsyncContextManager[AsyncIterator[ServerEvent]]:
        """Events from `url`, an address of this server's own."""
        return self.http.listen(url, headers=self._headers, budget=self._budget)

    async def send(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, harmless: bool = False, **body: Any
    ) -> tuple[Response, Any]:
        """A write. `harmless`: doing it twice changes nothing, so that no outcome is ever unknown."""
        sent = {**self._headers, **(headers or {})}
        return await self.http.json(
            method, self.base + path, headers=sent, budget=self._budget, write=not harmless, **body
        )
