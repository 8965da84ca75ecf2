"""Requests to one site's Admin API, each with a token of its own."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from socialdesk.core.errors import OutcomeUnknown, Rejected, Unreachable
from socialdesk.http import Http, NotJson, Response
from socialdesk.http.values import decode_json
from socialdesk.networks.ghost.address import may_carry_token
from socialdesk.networks.ghost.keys import LIFETIME_S, AdminKey
from socialdesk.networks.ghost.refusals import INVALID_TOKEN, accept, first_error, not_ghost

VERSION = "v5.0"  # the oldest Admin API we speak; later versions of Ghost answer it too
UPLOAD_TIMEOUT_S = 120.0
_DRIFT = timedelta(seconds=LIFETIME_S / 5)  # of clocks that is not worth a second try

Params = Sequence[tuple[str, str]]
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


class Client:
    """One site with one key, or (without) as anybody. `root` ends in a slash.

    Tokens and plans are dated by the site's clock, which every answer tells. So a wrong clock here keeps nobody from
    signing in, and plans nothing for the wrong hour.
    """

    def __init__(self, http: Http, root: str, key: AdminKey | None = None, now: Clock = utc_now) -> None:
        self.root = root
        self._http = http
        self._key = key
        self._clock = now
        self._ahead = timedelta(0)

    def __repr__(self) -> str:
        return f"Client({self.root!r})"

    def now(self) -> datetime:
        """The time by the site's clock, as far as we know it."""
        return self._clock() + self._ahead

    async def get(self, route: str, params: Params = ()) -> dict[str, Any]:
        """A read. Raises Unreachable, RateLimited, AuthExpired, Rejected."""
        response, payload = await self._ask("GET", route, params)
        accept(response, payload, write=False, now=self._clock())
        if not isinstance(payload, dict):
            raise Unreachable("the answer has an unknown form", reason="invalid_answer")
        return payload

    async def create(self, route: str, body: Mapping[str, object], params: Params = ()) -> dict[str, Any]:
        """A write. Raises OutcomeUnknown besides."""
        return await self._write("POST", route, params, json=body)

    async def change(self, route: str, body: Mapping[str, object]) -> dict[str, Any]:
        """A write of what is there already. Raises OutcomeUnknown besides."""
        return await self._write("PUT", route, (), json=body)

    async def upload(self, name: str, data: bytes, mime: str, fields: Mapping[str, str]) -> dict[str, Any]:
        files = {"file": (name, data, mime)}
        return await self._write("POST", "images/upload/", (), form=fields, files=files, timeout_s=UPLOAD_TIMEOUT_S)

    async def delete(self, route: str) -> None:
        """Deletes. The answer to that has no body."""
        response, payload = await self._ask("DELETE", route)
        accept(response, payload, write=True, now=self._clock())

    async def home(self) -> tuple[str, dict[str, Any]]:
        """The public `site/`: the API's root after redirects, and what it says. Raises Rejected (no_ghost)."""
        try:
            response, payload = await self._ask("GET", "site/")
            accept(response, payload, write=False, now=self._clock())
        except (Rejected, Unreachable) as error:
            if error.reason not in {"not_found", "gone", "firewall"}:
                raise
            raise Rejected("there is no Ghost at this address", reason="no_ghost", detail=error.detail) from error
        site = payload.get("site") if isinstance(payload, dict) else None
        if not isinstance(site, dict):
            raise Rejected("there is no Ghost at this address", reason="no_ghost")
        return response.url.partition("?")[0].removesuffix("site/"), site

    async def _write(self, method: str, route: str, params: Params, **options: Any) -> dict[str, Any]:
        response, payload = await self._ask(method, route, params, **options)
        accept(response, payload, write=True, now=self._clock())
        if not isinstance(payload, dict):
            raise OutcomeUnknown("the answer has an unknown form")
        return payload

    async def _ask(self, method: str, route: str, params: Params = (), **options: Any) -> tuple[Response, Any]:
        """The answer and its JSON. A token that is refused for its date had no effect: asked again, dated right."""
        response, payload, learned = await self._send(method, route, params, **options)
        if learned and self._key and first_error(payload).get("code") == INVALID_TOKEN:
            response, payload, _ = await self._send(method, route, params, **options)
        return response, payload

    async def _send(self, method: str, route: str, params: Params, **options: Any) -> tuple[Response, Any, bool]:
        """The answer, its JSON, and whether it told us another time than we knew."""
        url = self.root + route
        headers = {"Accept": "application/json", "Accept-Version": VERSION}
        if self._key is not None:
            if not may_carry_token(url):
                raise Rejected("the site is not on HTTPS", reason="insecure")
            headers["Authorization"] = f"Ghost {self._key.token(self.now().timestamp())}"
        response = await self._http.request(method, url, params=list(params), headers=headers, **options)
        learned = self._learn_time(response)
        return response, await self._decoded(response, write=method != "GET"), learned

    def _learn_time(self, response: Response) -> bool:
        """Whether the site's clock is another than we thought."""
        try:
            theirs = parsedate_to_datetime(response.headers.get("date", ""))
        except ValueError:
            return False
        ahead = (theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)) - self._clock()
        changed = abs(ahead - self._ahead) > _DRIFT
        if changed:
            self._ahead = ahead
        return changed

    async def _decoded(self, response: Response, *, write: bool) -> Any:
        if response.status == 204:
            return None
        try:
            return await self._http.offload(decode_json, response.body)
        except NotJson:
            raise not_ghost(response, write=write, now=self._clock()) from None
