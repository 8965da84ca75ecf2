"""Requests to LinkedIn as one account, in a version of the API that it still speaks."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from socialdesk.core.errors import NetworkError, OutcomeUnknown, RateLimited, Rejected, Unreachable
from socialdesk.core.tolerant import NONE, Obj, obj
from socialdesk.http import Http, NotJson, Response
from socialdesk.http.values import decode_json
from socialdesk.networks.linkedin.facts import API, VERSIONS
from socialdesk.networks.linkedin.refusals import refusal, until_midnight

_READS = frozenset({"GET"})
_RETIRED = "version_retired"


def utc_now() -> datetime:
    return datetime.now(UTC)


class Client:
    """`base` without a trailing slash. `budget` names the account; LinkedIn counts each kind of request apart.

    `page`: it is an organisation's. `version` is tried first, then those that we know. One that is retired is not asked
    for again.
    """

    def __init__(
        self,
        http: Http,
        base: str,
        token: str = "",
        budget: str = "",
        now: Callable[[], datetime] = utc_now,
        version: str = "",
        *,
        page: bool = False,
        app: str = "",
    ) -> None:
        self.http = http
        self.base = base
        self.now = now
        self._token = token
        self._budget, self._app = budget, app
        self._page = page
        self._versions = tuple(dict.fromkeys(v for v in (version, *VERSIONS) if v))

    def __repr__(self) -> str:
        return f"Client({self.base}, {self._versions[0]})"

    async def ask(
        self, method: str, path: str, *, name: str, harmless: bool = False, restli: str = "", **options: Any
    ) -> tuple[Response, Obj]:
        """The answer, decoded. `harmless`: doing it twice changes nothing, so that no outcome is ever unknown.

        `restli` is the method that the path alone does not tell (FINDER, BATCH_GET). A version that is retired had no
        effect, so the next one is tried at once. Raises Rejected (version_retired) when there is none left.
        """
        for version in self._versions:
            try:
                found = await self._ask(method, path, version, name, harmless=harmless, restli=restli, **options)
            except Rejected as error:
                if error.reason != _RETIRED or version == self._versions[-1]:
                    raise
            else:
                self._versions = self._versions[self._versions.index(version) :]
                return found
        raise AssertionError("there is always a version")

    async def _ask(
        self, method: str, path: str, version: str, name: str, *, harmless: bool, restli: str, **options: Any
    ) -> tuple[Response, Obj]:
        headers = {"X-Restli-Protocol-Version": "2.0.0", "Linkedin-Version": version}
        if restli:
            headers["X-RestLi-Method"] = restli
        return await self.plain(method, self.base + path, name=name, harmless=harmless, headers=headers, **options)

    async def plain(
        self, method: str, url: str, *, name: str, harmless: bool = False, signed: bool = True, **options: Any
    ) -> tuple[Response, Obj]:
        """As `ask`, for addresses outside the versioned API; without the token where it is not to be `signed`."""
        write = method not in _READS and not harmless
        headers = {**(self._sign(url) if signed else {}), **options.pop("headers", {})}
        options |= {"budget": f"{self._budget} {name}" if self._budget else "", "app": self._app}
        try:
            response = await self.http.request(method, url, headers=headers, write=write, **options)
        except RateLimited as error:
            raise until_midnight(error, self.now()) from error
        if response.status >= 400:
            raise refusal(response, write=write, now=self.now(), name=name, page=self._page)
        if not response.body:
            return response, NONE
        try:
            return response, obj(await self.http.offload(decode_json, response.body))
        except NotJson as error:
            raise _no_json(write=write) from error

    def _sign(self, url: str) -> dict[str, str]:
        """The token goes to LinkedIn's own hosts only: upload addresses come out of answers."""
        return {"Authorization": f"Bearer {self._token}"} if self._token and self._may_have_token(url) else {}

    def _may_have_token(self, url: str) -> bool:
        there, home = urlsplit(url), urlsplit(self.base)
        if (there.scheme, there.netloc) == (home.scheme, home.netloc):
            return True
        return self.base == API and there.scheme == "https" and (there.hostname or "").endswith(".linkedin.com")


def _no_json(*, write: bool) -> NetworkError:
    if write:
        return OutcomeUnknown("the answer is not JSON", detail="not_json")
    return Unreachable("the answer is not JSON", reason="not_json")
