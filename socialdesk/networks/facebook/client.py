"""Requests to the Graph API as one Page."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from socialdesk.core.errors import NetworkError, OutcomeUnknown, Unreachable
from socialdesk.core.tolerant import Obj, obj
from socialdesk.http import Http, Response
from socialdesk.http.values import NotJson, decode_json
from socialdesk.networks.facebook.facts import VERSION
from socialdesk.networks.facebook.refusals import refusal

ACCESS = "access_token"
UPLOAD_S = 120.0


def utc_now() -> datetime:
    return datetime.now(UTC)


class Client:
    """`base` without a trailing slash and version. `budget` and `app` name whose limits these are."""

    def __init__(
        self,
        http: Http,
        base: str,
        version: str = "",
        token: str = "",
        budget: str = "",
        now: Callable[[], datetime] = utc_now,
        app: str = "",
    ) -> None:
        self.http = http
        self.base = base
        self.version = version or VERSION
        self.now = now
        self._token = token
        self._budget, self._app = budget, app

    def __repr__(self) -> str:
        return f"Client({self.base}, {self.version})"

    def with_token(self, token: str) -> "Client":
        return Client(self.http, self.base, self.version, token, self._budget, self.now, self._app)

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> Obj:
        return (await self.look(path, params))[1]

    async def look(self, path: str, params: Mapping[str, str] | None = None) -> tuple[Response, Obj]:
        """A read, with the answer's headers."""
        return await self._ask("GET", path, write=False, params=self._with_token(params))

    async def post(self, path: str, form: Mapping[str, str], *, harmless: bool = False, **options: Any) -> Obj:
        """`harmless`: doing it twice changes nothing that anybody sees, so that no outcome is ever unknown."""
        return (await self._ask("POST", path, write=not harmless, form=self._with_token(form), **options))[1]

    async def delete(self, path: str) -> Obj:
        """Deleting twice is harmless."""
        return (await self._ask("DELETE", path, write=False, params=self._with_token(None)))[1]

    def _with_token(self, pairs: Mapping[str, str] | None) -> dict[str, str]:
        return {**(pairs or {}), **({ACCESS: self._token} if self._token else {})}

    async def _ask(self, method: str, path: str, *, write: bool, **options: Any) -> tuple[Response, Obj]:
        url = f"{self.base}/{self.version}/{path}"
        options |= {"budget": self._budget, "app": self._app}
        response = await self.http.request(method, url, write=write, **options)
        if response.status >= 400:
            raise refusal(response, write=write, now=self.now(), reads=method == "GET")
        try:
            answer = obj(await self.http.offload(decode_json, response.body))
        except NotJson as error:
            raise _no_json(write=write) from error
        if "error" in answer:
            raise refusal(response, write=write, now=self.now(), reads=method == "GET")
        return response, answer


def _no_json(*, write: bool) -> NetworkError:
    if write:
        return OutcomeUnknown("the answer is not JSON", detail="not_json")
    return Unreachable("the answer is not JSON", reason="not_json")
