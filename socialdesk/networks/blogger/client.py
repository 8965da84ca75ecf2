"""Requests to Blogger as one account."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from socialdesk.core.errors import OutcomeUnknown, Unreachable
from socialdesk.core.tolerant import NONE, Obj, obj
from socialdesk.http import Http, NotJson
from socialdesk.http.values import decode_json
from socialdesk.networks.blogger.refusals import refusal

_READS = frozenset({"GET"})


def utc_now() -> datetime:
    return datetime.now(UTC)


class Client:
    """`base` without a trailing slash. `budget` names the account whose limits these are."""

    def __init__(
        self, http: Http, base: str, token: str = "", budget: str = "", now: Callable[[], datetime] = utc_now
    ) -> None:
        self.http = http
        self.base = base
        self.now = now
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._budget = budget

    def __repr__(self) -> str:
        return f"Client({self.base})"

    async def ask(self, method: str, path: str, *, harmless: bool = False, **options: Any) -> Obj:
        """The decoded answer, empty for one without a body. `harmless`: doing it twice changes nothing."""
        write = method not in _READS and not harmless
        url = self.base + path
        response = await self.http.request(
            method, url, headers=self._headers, budget=self._budget, write=write, **options
        )
        if response.status >= 400:
            raise refusal(response, write=write, now=self.now())
        if not response.body:
            return NONE
        try:
            return obj(await self.http.offload(decode_json, response.body))
        except NotJson as error:
            if write:
                raise OutcomeUnknown("the answer is not JSON", detail="not_json") from error
            raise Unreachable("the answer is not JSON", reason="not_json") from error

    async def anonymous(self, url: str, form: Mapping[str, str]) -> Obj:
        """A token request, which goes to another host. Repeating it does no harm."""
        return await Client(self.http, "", now=self.now).ask("POST", url, harmless=True, form=form)
