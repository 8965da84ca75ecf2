"""Requests to Tumblr as one account."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, cast

from socialdesk.core.errors import NetworkError, OutcomeUnknown, Unreachable
from socialdesk.core.tolerant import Obj, obj
from socialdesk.http import Http, NotJson, Response
from socialdesk.http.values import decode_json
from socialdesk.networks.tumblr.refusals import refusal

_READS = frozenset({"GET"})
UPLOAD_TIMEOUT_S = 120.0
SLOWEST = 250_000  # bytes per second that a line carries, for films
File = tuple[str, bytes, str]  # name, bytes, type


def utc_now() -> datetime:
    return datetime.now(UTC)


class Client:
    """`base` without a trailing slash. `budget` and `app` name whose rate limits these are."""

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
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._budget, self._app = budget, app

    def __repr__(self) -> str:
        return f"Client({self.base})"

    async def ask(self, method: str, path: str, *, harmless: bool = False, **options: Any) -> tuple[Response, object]:
        """What stands in the envelope as `response`. `harmless`: doing it twice changes nothing.

        Raises the five errors of the adapters; a write whose answer makes no sense is `OutcomeUnknown`.
        """
        write = method not in _READS and not harmless
        headers = {**self._headers, **options.pop("headers", {})}
        response = await self.http.request(
            method, self.base + path, headers=headers, budget=self._budget, app=self._app, write=write, **options
        )
        if response.status >= 400:
            raise refusal(response, write=write, now=self.now(), writes=method not in _READS)
        try:
            body = obj(await self.http.offload(decode_json, response.body))
        except NotJson as error:
            raise _nonsense(write=write) from error
        if "response" not in body:
            raise _nonsense(write=write)
        return response, body["response"]

    async def send(self, path: str, body: Mapping[str, Any], files: Mapping[str, File]) -> Obj:
        """Creates a post. Pictures go along, each named like the block that shows it."""
        if not files:
            _, made = await self.ask("POST", path, json=body)
            return obj(made)
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        parts = {"json": cast("File", (None, text, "application/json")), **files}  # no file name: it is no file
        patience = UPLOAD_TIMEOUT_S + sum(len(data) for _, data, _ in files.values()) / SLOWEST
        _, made = await self.ask("POST", path, files=parts, timeout_s=patience)
        return obj(made)

    async def anonymous(self, path: str, form: Mapping[str, str]) -> Obj:
        """A token request: its answer has no envelope."""
        response = await self.http.request("POST", self.base + path, form=form, write=False)
        if response.status >= 400:
            raise refusal(response, write=False, now=self.now())
        try:
            return obj(response.json())
        except NotJson as error:
            raise _nonsense(write=False) from error


def _nonsense(*, write: bool) -> NetworkError:
    if write:
        return OutcomeUnknown("the answer is not Tumblr's", detail="not_json")
    return Unreachable("the answer is not Tumblr's", reason="not_json")
