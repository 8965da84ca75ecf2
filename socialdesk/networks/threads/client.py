"""Requests to the Threads API as one account."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from socialdesk.core.errors import NetworkError, OutcomeUnknown, Unreachable
from socialdesk.core.tolerant import Obj, obj
from socialdesk.http import Http, Response
from socialdesk.http.values import NotJson, decode_json
from socialdesk.networks.threads.facts import VERSION
from socialdesk.networks.threads.refusals import refusal

ACCESS = "access_token"


def utc_now() -> datetime:
    return datetime.now(UTC)


class Client:
    """`base` without a trailing slash. `budget` and `app` name whose limits these are."""

    def __init__(
        self,
        http: Http,
        base: str,
        token: str = "",
        budget: str = "",
        now: Callable[[], datetime] = utc_now,
        app: str = "",
    ) -> None:
        self.http = http
        self.base = base
        self.now = now
        self._token = token
        self._budget, self._app = budget, app

    def __repr__(self) -> str:
        return f"Client({self.base})"

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> Obj:
        return (await self.look(path, params))[1]

    async def look(self, path: str, params: Mapping[str, str] | None = None) -> tuple[Response, Obj]:
        """A read, with the answer's headers."""
        return await self._ask("GET", f"/{VERSION}/{path}", write=False, params=self._with_token(params))

    async def post(self, path: str, form: Mapping[str, str], *, harmless: bool = False) -> Obj:
        """`harmless`: doing it twice changes nothing that anybody sees, so that no outcome is ever unknown."""
        return (await self._ask("POST", f"/{VERSION}/{path}", write=not harmless, form=self._with_token(form)))[1]

    async def delete(self, path: str) -> Obj:
        """Deleting twice is harmless."""
        return (await self._ask("DELETE", f"/{VERSION}/{path}", write=False, params=self._with_token(None)))[1]

    async def token(self, method: str, path: str, asked: Mapping[str, str]) -> Obj:
        """An answer of what gives tokens: its addresses have no version."""
        given = {"form": asked} if method == "POST" else {"params": asked}
        return (await self._ask(method, f"/{path}", write=False, **given))[1]

    def _with_token(self, pairs: Mapping[str, str] | None) -> dict[str, str]:
        return {**(pairs or {}), **({ACCESS: self._token} if self._token else {})}

    async def _ask(self, method: str, path: str, *, write: bool, **options: Any) -> tuple[Response, Obj]:
        options |= {"budget": self._budget, "app": self._app}
        response = await self.http.request(method, self.base + path, write=write, **options)
        if response.status >= 400:
            raise refusal(response, write=write, now=self.now(), method=method)
        try:
            return response, obj(await self.http.offload(decode_json, response.body))
        except NotJson as error:
            raise _no_json(write=write) from error


def _no_json(*, write: bool) -> NetworkError:
    if write:
        return OutcomeUnknown("the answer is not JSON", detail="not_json")
    return Unreachable("the answer is not JSON", reason="not_json")
