"""The one door to the wire."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NoReturn

from socialdesk.core.budget import Pacing, refuses
from socialdesk.core.errors import OutcomeUnknown, RateLimited, Unreachable
from socialdesk.http.body import ACCEPT_ENCODING
from socialdesk.http.budgets import BudgetKeeper, budget_key
from socialdesk.http.connectivity import Connectivity
from socialdesk.http.encode import Files, Pairs, encode_body, parse_address
from socialdesk.http.guard import is_loopback
from socialdesk.http.hop import Answer, Hop, Note
from socialdesk.http.pace import Pace
from socialdesk.http.redirects import MAX_REDIRECTS, PERMANENT, REDIRECTS, hop_trust, next_hop
from socialdesk.http.retry_after import parse_limits
from socialdesk.http.status import check
from socialdesk.http.values import NotJson, ProxySettings, Response, Trust, decode_json

if TYPE_CHECKING:
    from socialdesk.http.wire import Wire

_log = logging.getLogger(__name__)

MAX_BYTES = 15_000_000
TIMEOUT_S = 20.0
OFFLOAD_FROM = 262_144  # bytes: larger ones are worked on in the worker process
_READS = frozenset({"GET", "HEAD", "OPTIONS"})

Offload = Callable[..., Awaitable[Any]]


class Http:
    """Requests with limits, an address guard, politeness and one set of errors. Use `Http.create`."""

    def __init__(
        self,
        *,
        user_agent: str,
        budgets: BudgetKeeper,
        offload: Offload | None,
        connectivity: Connectivity,
        now: Callable[[], datetime],
        also_trusted: Callable[[str, int], bool] | None,
        proxy: ProxySettings,
        pacing: Pacing,
    ) -> None:
        self.connectivity = connectivity
        self.now = now
        self._user_agent = user_agent
        self._budgets = budgets
        self._offload = offload
        self._also_trusted = also_trusted
        self._proxy = proxy
        self._pace = Pace(pacing)
        self._wire_now: Wire | None = None

    @classmethod
    def create(
        cls,
        *,
        user_agent: str = "SocialDesk",
        budgets: BudgetKeeper | None = None,
        offload: Offload | None = None,
        connectivity: Connectivity | None = None,
        now: Callable[[], datetime] | None = None,
        also_trusted: Callable[[str, int], bool] | None = None,
        proxy: ProxySettings | None = None,
        pacing: Pacing | None = None,
    ) -> "Http":
        """Opens nothing yet; may be called on any thread. Everything else belongs to the engine's loop.

        `offload(fn, *args)` runs a function in the worker process. `also_trusted(address, port)` names private
        addresses that content may lead to all the same (the practice servers).
        """
        return cls(
            user_agent=user_agent,
            budgets=budgets or BudgetKeeper(),
            offload=offload,
            connectivity=connectivity or Connectivity(),
            now=now or (lambda: datetime.now(UTC)),
            also_trusted=also_trusted,
            proxy=proxy or ProxySettings(),
            pacing=pacing or Pacing(),
        )

    async def request(
        self,
        method: str,
        url: str,
        *,
        params: Pairs | None = None,
        headers: Mapping[str, str] | None = None,
        json: object = None,
        form: Pairs | None = None,
        files: Files | None = None,
        content: bytes | None = None,
        trust: Trust = Trust.TYPED,
        write: bool | None = None,
        max_bytes: int = MAX_BYTES,
        timeout_s: float = TIMEOUT_S,
        follow: bool = True,
        feed: bool = False,
        urgent: bool = False,
        budget: str = "",
    ) -> Response:
        """Asks, and returns the answer whatever its status.

        `write`: repeating it would do harm (default: not GET, HEAD or OPTIONS). `max_bytes` counts after
        decompression, `timeout_s` time on the wire. `feed`: paced politely per host; `urgent`: a person waits, no gap.
        `budget`: the account's key, so that one account's limits do not bind another.

        Raises `Unreachable` (never left, or a read failed), `OutcomeUnknown` (a write may have happened), `Rejected`
        (too_large, private_address, invalid, blocked) and `RateLimited` (without asking while the server's wait
        lasts, on 429, and on a read's 503 with Retry-After).
        """
        method = method.upper()
        address = parse_address(url, params)
        body, content_type = encode_body(json, form, files, content)
        sent = {"User-Agent": self._user_agent, "Accept": "*/*", "Accept-Encoding": ACCEPT_ENCODING}
        if content_type:
            sent["Content-Type"] = content_type
        if address.authorization:
            sent["Authorization"] = address.authorization
        sent = _merged(sent, headers or {})
        is_write = method not in _READS if write is None else write
        hop = Hop(method, address.url, address.host, address.port, sent, body, is_write)
        call = _Call(self, trust, max_bytes, timeout_s, follow=follow, feed=feed, urgent=urgent, budget=budget)
        return await call.run(hop)

    async def json(self, method: str, url: str, *, write: bool | None = None, **options: Any) -> tuple[Response, Any]:
        """`request`, `check` and the decoded JSON. No JSON: `Unreachable` (not_json) on a read, else `OutcomeUnknown`."""
        is_write = method.upper() not in _READS if write is None else write
        response = await self.request(method, url, write=is_write, **options)
        check(response, write=is_write, now=self.now())
        try:
            return response, await self.offload(decode_json, response.body)
        except NotJson as error:
            if is_write:
                raise OutcomeUnknown("the answer is not JSON") from error
            raise Unreachable("the answer is not JSON", reason="not_json") from error

    async def offload(self, fn: Callable[..., Any], *args: Any) -> Any:
        """fn(*args), in the worker process when an argument is bytes over 256 KiB. `fn` must be module-level."""
        if self._offload is not None and any(isinstance(a, bytes) and len(a) > OFFLOAD_FROM for a in args):
            return await self._offload(fn, *args)
        return fn(*args)

    async def rebuild(self) -> None:
        """Drops all kept connections: after sleep or a change of network they are dead without knowing it."""
        self.connectivity.look_again()
        wire, self._wire_now = self._wire_now, None
        if wire is not None:
            await wire.aclose()

    async def aclose(self) -> None:
        """Closes all connections. A later request opens new ones."""
        wire, self._wire_now = self._wire_now, None
        if wire is not None:
            await wire.aclose()

    def _wire(self) -> "Wire":
        if self._wire_now is None:
            from socialdesk.http.wire import Wire  # aiohttp and httpx: 0.3 s that the first paint must not wait for

            self._wire_now = Wire(self._also_trusted)
        return self._wire_now


class _Call:
    """One request on its way through its hops."""

    def __init__(
        self,
        http: Http,
        trust: Trust,
        max_bytes: int,
        timeout_s: float,
        *,
        follow: bool,
        feed: bool,
        urgent: bool,
        budget: str,
    ) -> None:
        self._http = http
        self._trust = trust
        self._max_bytes = max_bytes
        self._timeout_s = timeout_s
        self._follow = follow
        self._feed = feed
        self._urgent = urgent
        self._budget = budget
        self._elapsed_s = 0.0

    async def run(self, hop: Hop) -> Response:
        typed_host = hop.host
        trust = self._trust
        permanent = True
        for hops in range(MAX_REDIRECTS + 1):
            answer, note = await self._one(hop, trust)
            location = answer.headers.get("location", "") if answer.status in REDIRECTS else ""
            if not (self._follow and location):
                return Response(
                    answer.status, answer.headers, answer.body, hop.url, permanent and hops > 0, self._elapsed_s
                )
            before, hop = hop, next_hop(hop, answer.status, location)
            trust = hop_trust(self._trust, typed_host, hop, before, trust, note.peer)
            permanent = permanent and answer.status in PERMANENT
        raise Unreachable(f"{hop.method} {hop.host}: too many redirects", reason="too_many_redirects")

    async def _one(self, hop: Hop, trust: Trust) -> tuple[Answer, Note]:
        def check_wait() -> None:
            self._check_wait(hop)

        if not self._feed:
            check_wait()
            answer, note = await self._exchange(hop, trust)
        else:
            async with self._http._pace.turn(hop.host, hop.port, urgent=self._urgent, check=check_wait):
                answer, note = await self._exchange(hop, trust)
        self._learn(hop, answer)
        return answer, note

    async def _exchange(self, hop: Hop, trust: Trust) -> tuple[Answer, Note]:
        from socialdesk.http import failure  # comes with aiohttp
        from socialdesk.http.wire import IDLE_S, Route

        loop = asyncio.get_running_loop()
        note = Note()
        left_s = max(0.001, self._timeout_s - self._elapsed_s)
        idle_s = left_s if hop.write else min(left_s, IDLE_S)
        started, clock = loop.time(), self._http.connectivity.clock()
        try:
            async with asyncio.timeout(left_s):
                answer = await self._http._wire().exchange(
                    hop, Route(trust), note, max_bytes=self._max_bytes, idle_s=idle_s
                )
        except failure.WIRE_ERRORS as error:
            self._elapsed_s += loop.time() - started
            if 400 <= note.status < 500:
                return Answer(note.status, {}, note.partial), note
            self._fail(error, hop, note, clock)
        self._elapsed_s += loop.time() - started
        if not is_loopback(hop.host):
            self._http.connectivity.succeeded()
        _log.debug("%s %s %d, %d bytes", hop.method, hop.host, answer.status, len(answer.body))
        return answer, note

    def _fail(self, error: BaseException, hop: Hop, note: Note, clock: float) -> NoReturn:
        from socialdesk.http import failure  # comes with aiohttp

        translated = failure.translate(error, hop, note)
        hint = failure.offline_hint(error)
        if isinstance(translated, Unreachable) and hint and not is_loopback(hop.host):
            translated.offline = self._http.connectivity.lost(clock, name_unknown=hint == "name")
        _log.debug("%s", translated)
        raise translated from error

    def _key(self, hop: Hop) -> str:
        host = f"{hop.host}:{hop.port}" if is_loopback(hop.host) else hop.host
        return budget_key(host, self._budget)

    def _check_wait(self, hop: Hop) -> None:
        until = self._http._budgets.barred_until(self._key(hop), self._http.now(), write=hop.write)
        if until is not None:
            raise RateLimited(f"{hop.method} {hop.host}: asked to wait", until, host_wide=not self._budget)

    def _learn(self, hop: Hop, answer: Answer) -> None:
        now = self._http.now()
        limits = parse_limits(answer.headers, now)
        budgets = self._http._budgets
        known = budgets.learn(self._key(hop), answer.status, limits, now, write=hop.write, feed=self._feed)
        if not refuses(answer.status, limits, write=hop.write):
            return
        until = max((t for t in (known.until, known.writes_until if hop.write else None) if t), default=now)
        raise RateLimited(f"{hop.method} {hop.host}: status {answer.status}", until, host_wide=not self._budget)


def _merged(ours: Mapping[str, str], theirs: Mapping[str, str]) -> dict[str, str]:
    """Headers with the caller's in place of ours of the same name."""
    names = {name.casefold() for name in theirs}
    return {n: v for n, v in ours.items() if n.casefold() not in names} | dict(theirs)
