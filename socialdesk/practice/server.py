"""The base of every practice network: a loopback web server that keeps a log and can fail on command.

It runs on whatever asyncio loop calls `start`, or on a thread of its own (`ServerThread`). Other processes arm faults
and read the log over HTTP: `POST` and `DELETE /_practice/faults`, `GET /_practice/log`.
"""

import asyncio
import re
import threading
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import TracebackType
from typing import Self

from aiohttp import web

from socialdesk.practice.breaking import abort, drip, half_then_reset

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

CONTROL = "/_practice/"
KINDS = frozenset(
    {"hang", "reset", "close", "html", "drip", "truncated", "401", "403", "404", "429", "500", "502", "503"}
)
WAITS = frozenset({"seconds", "date", "zero", "none", "x_ratelimit", "ratelimit"})
ALIASES = {"hang_before": ("hang", "before"), "hang_after": ("hang", "after")}
PROXY_PAGE = "<!DOCTYPE html><html><head><title>Sign in to the network</title></head><body>Welcome</body></html>"


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Fault:
    """One switch: the next `times` requests (0 = until cleared) that match go wrong.

    `kind`: hang (no answer for `seconds`), close (connection dropped without a byte), reset (dropped in the middle of
    the answer), truncated (half of the JSON), html (a page with status 200), drip (the real answer, spread over
    `seconds`), or a status: 401, 403, 404, 429, 500, 502, 503. `hang_before` and `hang_after` are short for a hang with
    that `when`; `status401` is the same as `401`.
    `match` is a regular expression searched for in the path, `method` narrows to one method.
    `when`: before (the request is not carried out) or after (it is, and only then the answer breaks).
    `retry_after` is the form in which a 429 or 503 names its wait of `seconds`: seconds, date, zero, none,
    x_ratelimit (X-RateLimit-Reset, ISO 8601, as Mastodon does) or ratelimit (RateLimit-Reset, Unix, as Bluesky does).
    `skip`: so many requests that match are let through first.
    """

    kind: str
    match: str = ""
    method: str | None = None
    times: int = 1
    when: str = "before"
    seconds: float = 30.0
    retry_after: str = "seconds"
    skip: int = 0

    def __post_init__(self) -> None:
        kind, when = ALIASES.get(self.kind, (self.kind.removeprefix("status"), self.when))
        if kind not in KINDS or when not in {"before", "after"} or self.retry_after not in WAITS:
            raise ValueError(f"no such fault: {self}")
        re.compile(self.match)
        object.__setattr__(self, "kind", kind)
        object.__setattr__(self, "when", when)


class Faults:
    """The armed switches, first armed first used. `fired` lists what has gone wrong so far."""

    def __init__(self) -> None:
        self._armed: list[tuple[Fault, int, int]] = []  # fault, how often still, how many it lets through first
        self.fired: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._armed.append((fault, fault.times, fault.skip))

    def clear(self) -> None:
        self._armed.clear()

    @property
    def armed(self) -> tuple[Fault, ...]:
        return tuple(fault for fault, _, _ in self._armed)

    def next(self, method: str, path: str) -> Fault | None:
        """The fault that such a request would meet now. It stays as it is."""
        for fault, _, skip in self._armed:
            if fault.method in {None, method} and re.search(fault.match, path) and not skip:
                return fault
        return None

    def take(self, method: str, path: str) -> Fault | None:
        """The fault that this request meets, used up by one."""
        for index, (fault, left, skip) in enumerate(self._armed):
            if fault.method not in {None, method} or not re.search(fault.match, path):
                continue
            if skip:
                self._armed[index] = (fault, left, skip - 1)
                continue
            if left == 1:
                del self._armed[index]
            elif left > 1:
                self._armed[index] = (fault, left - 1, 0)
            self.fired.append(fault)
            return fault
        return None


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One request as it came. Headers by lower-case name only: their values may be secrets."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: frozenset[str]
    body: bytes


def wait_headers(fault: Fault, now: datetime) -> dict[str, str]:
    """How a server names its wait, in the form the fault asks for. RFC 9110 10.2.3 and the two common header sets."""
    until = now + timedelta(seconds=fault.seconds)
    seconds = str(max(0, round(fault.seconds)))
    forms: dict[str, dict[str, str]] = {
        "seconds": {"Retry-After": seconds},
        "date": {"Retry-After": format_datetime(until, usegmt=True)},
        "zero": {"Retry-After": "0"},
        "none": {},
        "x_ratelimit": {
            "X-RateLimit-Limit": "300",
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": until.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        },
        "ratelimit": {
            "RateLimit-Limit": "3000",
            "RateLimit-Remaining": "0",
            "RateLimit-Reset": str(round(until.timestamp())),
        },
    }
    return forms[fault.retry_after]


class PracticeServer:
    """A stand-in network on 127.0.0.1. Subclasses add routes to `self.app.router` and fill `credentials`."""

    def __init__(self, *, now: Callable[[], datetime] = utc_now, max_bytes: int = 64_000_000) -> None:
        self.now = now
        self.faults = Faults()
        self.latency_s = 0.0  # how long every answer is on its way
        self.log: list[LoggedRequest] = []
        self.credentials: Mapping[str, str] = {}
        self.url = ""
        self.app = web.Application(middlewares=[self._meet], client_max_size=max_bytes)
        self.app.router.add_post(CONTROL + "faults", self._arm)
        self.app.router.add_delete(CONTROL + "faults", self._disarm)
        self.app.router.add_get(CONTROL + "log", self._show_log)
        self._runner: web.AppRunner | None = None
        self._stopping = asyncio.Event()
        self._asked = asyncio.Condition()

    async def start(self) -> str:
        """Listens on a free port and returns the base URL without a trailing slash."""
        self._stopping, self._asked = asyncio.Event(), asyncio.Condition()
        runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self._runner = runner
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        await self.started()
        return self.url

    async def started(self) -> None:
        """For subclasses: the address is known, nothing has been asked yet."""

    async def stop(self) -> None:
        """Ends every open request and connection. Stopping twice is fine."""
        self._stopping.set()
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, e: BaseException | None, t: TracebackType | None
    ) -> None:
        await self.stop()

    def requests(self, match: str, method: str | None = None) -> tuple[LoggedRequest, ...]:
        """The logged requests whose path matches."""
        return tuple(r for r in self.log if re.search(match, r.path) and method in {None, r.method})

    async def until_asked(self, match: str, method: str | None = None, times: int = 1) -> None:
        """Returns when at least `times` requests whose path matches have come in."""
        async with self._asked:
            await self._asked.wait_for(lambda: len(self.requests(match, method)) >= times)

    def place_of(self, request: web.Request, body: bytes) -> str:
        """What faults are matched with: the path, or more where one path stands for many calls."""
        return request.path

    @web.middleware
    async def _meet(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(CONTROL):
            return await handler(request)
        body = await request.read()
        names = frozenset(name.lower() for name in request.headers)
        self.log.append(LoggedRequest(request.method, request.path, dict(request.query), names, body))
        async with self._asked:
            self._asked.notify_all()
        if self.latency_s:
            await asyncio.sleep(self.latency_s)
        fault = self.faults.take(request.method, self.place_of(request, body))
        if fault is None:
            return await self._answer(request, handler)
        answer: web.StreamResponse = web.json_response({})
        if fault.when == "after" or fault.kind == "drip":
            answer = await self._answer(request, handler)
        return await self._break(request, fault, answer)

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as refused:
            return web.Response(status=refused.status, headers=refused.headers, body=refused.body)

    async def _break(self, request: web.Request, fault: Fault, answer: web.StreamResponse) -> web.StreamResponse:
        body = answer.body if isinstance(answer, web.Response) and isinstance(answer.body, bytes) else b"{}"
        match fault.kind:
            case "hang":
                await self._pause(fault.seconds)
                return abort(request)
            case "close":
                return abort(request)
            case "reset":
                return await half_then_reset(request, answer.content_type, body)
            case "drip":
                return await drip(request, answer, body, self._pause, fault.seconds)
            case "truncated":
                return web.Response(body=body[: len(body) // 2] or b"{", content_type="application/json")
            case "html":
                return web.Response(text=PROXY_PAGE, content_type="text/html")
        headers = wait_headers(fault, self.now()) if fault.kind in {"429", "503"} else {}
        return web.json_response({"error": "practice fault"}, status=int(fault.kind), headers=headers)

    async def _pause(self, seconds: float) -> None:
        """Waits, but no longer than the server lives."""
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return

    async def _arm(self, request: web.Request) -> web.Response:
        wanted = await request.json()
        known = {f.name for f in fields(Fault)}
        try:
            self.faults.add(Fault(**{k: v for k, v in wanted.items() if k in known}))
        except (ValueError, TypeError, re.error) as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response({"armed": len(self.faults.armed)})

    async def _disarm(self, _request: web.Request) -> web.Response:
        self.faults.clear()
        return web.json_response({"armed": 0})

    async def _show_log(self, _request: web.Request) -> web.Response:
        return web.json_response(
            [
                {
                    "method": r.method,
                    "path": r.path,
                    "query": dict(r.query),
                    "headers": sorted(r.headers),
                    "body": r.body.decode("utf-8", "replace"),
                }
                for r in self.log
            ]
        )


class ServerThread:
    """Practice servers on a thread and loop of their own, for callers without a loop. A context manager."""

    def __init__(self, *servers: PracticeServer) -> None:
        self._servers = servers
        self._ready: Future[None] = Future()
        self._quit: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="practice", daemon=True)

    async def _run(self) -> None:
        self._loop, self._quit = asyncio.get_running_loop(), asyncio.Event()
        try:
            for server in self._servers:
                await server.start()
        except OSError as error:
            self._ready.set_exception(error)
        else:
            self._ready.set_result(None)
            await self._quit.wait()
        finally:
            for server in self._servers:
                await server.stop()

    def start(self) -> None:
        """Returns when every server has its address. Raises OSError when a port cannot be had."""
        self._thread.start()
        self._ready.result(timeout=30)

    def stop(self) -> None:
        if self._loop is not None and self._quit is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._quit.set)
        self._thread.join(timeout=30)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, t: TracebackType | None) -> None:
        self.stop()
