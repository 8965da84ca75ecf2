"""Requests to X as one account."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from socialdesk.core.errors import NetworkError, OutcomeUnknown, RateLimited, Rejected, Unreachable
from socialdesk.core.tolerant import NONE, Obj, obj
from socialdesk.http import Http, Response
from socialdesk.http.values import NotJson, decode_json
from socialdesk.networks.x.dialect import NEW, Dialect, other
from socialdesk.networks.x.refusals import FIELDS, capped, refusal

_READS = frozenset({"GET"})


def utc_now() -> datetime:
    return datetime.now(UTC)


class Client:
    """`base` without a trailing slash. `budget` names the account whose rate limits these are.

    X counts each kind of request apart (180 looks at home, 15 at the lists, in a quarter of an hour), and so do we:
    `name` is the kind.
    """

    def __init__(
        self,
        http: Http,
        base: str,
        token: str = "",
        budget: str = "",
        now: Callable[[], datetime] = utc_now,
        dialect: Dialect = NEW,
        app: str = "",
    ) -> None:
        self.http = http
        self.base = base
        self.now = now
        self.dialect = dialect
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._budget, self._app = budget, app

    def __repr__(self) -> str:
        return f"Client({self.base}, {self.dialect.key})"

    async def ask(
        self, method: str, path: str, *, name: str, harmless: bool = False, **options: Any
    ) -> tuple[Response, Obj]:
        """The answer, decoded. `harmless`: doing it twice changes nothing, so that no outcome is ever unknown."""
        write = method not in _READS and not harmless
        budget = f"{self._budget} {name}" if self._budget else ""
        app = f"{self._app} {name}" if self._app else ""
        headers = {**self._headers, **options.pop("headers", {})}
        try:
            response = await self.http.request(
                method, self.base + path, headers=headers, budget=budget, app=app, write=write, **options
            )
        except RateLimited as error:
            raise capped(error) from error
        if response.status >= 400:
            raise refusal(response, write=write, now=self.now(), name=name)
        if not response.body:
            return response, NONE
        try:
            return response, obj(await self.http.offload(decode_json, response.body))
        except NotJson as error:
            raise _no_json(write=write) from error

    async def posts(
        self, path: str, params: Mapping[str, str], *, name: str, proof: bool = False
    ) -> tuple[Response, Obj]:
        """Posts, asked for in the dialect that worked last; a refusal of its words tries the other one, once."""
        dialect = self.dialect
        try:
            return await self._posts(dialect, path, params, name, proof=proof)
        except Rejected as error:
            if error.reason != FIELDS:
                raise
        found = await self._posts(other(dialect), path, params, name, proof=proof)
        self.dialect = other(dialect)
        return found

    async def _posts(
        self, dialect: Dialect, path: str, params: Mapping[str, str], name: str, *, proof: bool
    ) -> tuple[Response, Obj]:
        asked = {**params, **(dialect.proof if proof else dialect.whole)}
        return await self.ask("GET", path, name=name, params=asked)


def _no_json(*, write: bool) -> NetworkError:
    if write:
        return OutcomeUnknown("the answer is not JSON", detail="not_json")
    return Unreachable("the answer is not JSON", reason="not_json")
