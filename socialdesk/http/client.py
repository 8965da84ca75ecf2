"""The one door to the wire."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from socialdesk.core.budget import Pacing
from socialdesk.core.errors import OutcomeUnknown, Unreachable
from socialdesk.http.body import ACCEPT_ENCODING
from socialdesk.http.budgets import BudgetKeeper
from socialdesk.http.call import Call, Desk, Wishes
from socialdesk.http.connectivity import Connectivity
from socialdesk.http.encode import Address, Files, Pairs, encode_body, parse_address
from socialdesk.http.hop import Hop
from socialdesk.http.kept import Kept
from socialdesk.http.listening import ASKED_WITH, OPEN_S, SILENCE_S, listen
from socialdesk.http.pace import Pace
from socialdesk.http.proxies import Proxies
from socialdesk.http.server_events import ServerEvent
from socialdesk.http.status import check
from socialdesk.http.urgency import a_person_waits
from socialdesk.http.values import NotJson, ProxySettings, Response, Trust, decode_json

if TYPE_CHECKING:
    from socialdesk.http.wire import Wire

MAX_BYTES = 15_000_000
TIMEOUT_S = 20.0
OFFLOAD_FROM = 262_144  # bytes: larger ones are worked on in the worker process
_READS = frozenset({"GET", "HEAD", "OPTIONS"})

Offload = Callable[..., Awaitable[Any]]
Trusts = Callable[[str, int], bool]


class Options(TypedDict, total=False):
    """The options of `Http.request`, for calls that pass them on."""

    params: Pairs | None
    headers: Mapping[str, str] | None
    json: object
    form: Pairs | None
    files: Files | None
    content: bytes | None
    trust: Trust
    write: bool | None
    max_bytes: int
    timeout_s: float
    follow: bool
    feed: bool
    urgent: bool
    budget: str
    app: str
    keep: bool


class Http:
    """Requests with limits, an address guard, politeness and one set of errors. Made with `Http.create`."""

    def __init__(
        self, desk: Desk, wires: "_Wires", streams: "_Wires", user_agent: str, offload: Offload | None
    ) -> None:
        self._desk = desk
        self._streams = streams  # connections that stay: a pool of their own, so that they keep no request waiting
        self._wires = wires
        self._user_agent = user_agent
        self._offload = offload
        self._kept = Kept()

    @classmethod
    def create(
        cls,
        *,
        user_agent: str = "SocialDesk",
        budgets: BudgetKeeper | None = None,
        offload: Offload | None = None,
        connectivity: Connectivity | None = None,
        now: Callable[[], datetime] | None = None,
        also_trusted: Trusts | None = None,
        proxy: ProxySettings | None = None,
        pacing: Pacing | None = None,
        wire: "Callable[[], Wire] | None" = None,
    ) -> "Http":
        """Opens nothing yet; may be called on any thread. Everything else belongs to the engine's loop.

        `offload(fn, *args)` runs a function in the worker process. `also_trusted(address, port)` names private
        addresses that content may lead to all the same (the practice servers). `wire` makes the connection pools.
        """
        make = wire or (lambda: _open_wire(also_trusted))
        wires, streams = _Wires(make), _Wires(make)
        desk = Desk(
            wire=wires.now,
            budgets=budgets or BudgetKeeper(),
            pace=Pace(pacing or Pacing()),
            proxies=Proxies(proxy or ProxySettings()),
            connectivity=connectivity or Connectivity(),
            now=now or (lambda: datetime.now(UTC)),
            plain_agent=user_agent.partition(" ")[0],
            also_trusted=also_trusted,
        )
        return cls(desk, wires, streams, user_agent, offload)

    @property
    def connectivity(self) -> Connectivity:
        return self._desk.connectivity

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
        app: str = "",
        keep: bool = False,
    ) -> Response:
        """Asks, and returns the answer whatever its status.

        `write`: repeating it would do harm (default: not GET, HEAD or OPTIONS). `max_bytes` counts after
        decompression, `timeout_s` time on the wire. `feed`: paced politely per host; `urgent`: a person waits, no gap.
        `budget`: the account's key, so that one account's limits do not bind another; `app` that of the app, whose
        limits bind all accounts which were opened with it. `keep`: the next `feed` request for this address within a
        minute gets this answer: a feed that is looked at and then added is asked once.

        Raises `Unreachable` (never left, or a read failed), `OutcomeUnknown` (a write may have happened), `Rejected`
        (too_large, private_address, invalid, blocked) and `RateLimited` (without asking while the server's wait
        lasts, on 429, and on a read's 503 with Retry-After).
        """
        address = parse_address(url, params)
        hop = self._hop(method.upper(), address, encode_body(json, form, files, content), headers or {}, write)
        if not self._desk.budgets.ready:
            await self._desk.budgets.open()
        if feed and (kept := self._kept.take(url, self._desk.now())) is not None:
            if keep:
                self._kept.put(url, kept, self._desk.now())
            return kept
        wishes = Wishes(trust, max_bytes, timeout_s, follow, feed, urgent or a_person_waits(), budget, app)
        response = await Call(self._desk, wishes).run(hop)
        if keep:
            for asked_as in {url, response.url}:  # who follows the redirect for good asks under the new address
                self._kept.put(asked_as, response, self._desk.now())
        return response

    def _hop(
        self,
        method: str,
        address: Address,
        encoded: tuple[bytes, str],
        headers: Mapping[str, str],
        write: bool | None,
    ) -> Hop:
        body, content_type = encoded
        ours = {"User-Agent": self._user_agent, "Accept": "*/*", "Accept-Encoding": ACCEPT_ENCODING}
        if content_type:
            ours["Content-Type"] = content_type
        if address.authorization:
            ours["Authorization"] = address.authorization
        is_write = method not in _READS if write is None else write
        there = (address.url, address.scheme, address.host, address.port)
        return Hop(method, *there, _merged(ours, headers) if headers else ours, body, is_write)

    async def json(self, method: str, url: str, **options: Unpack[Options]) -> tuple[Response, Any]:
        """`request`, `check` and the decoded JSON.

        A body that is no JSON raises `Unreachable` (not_json) after a read and `OutcomeUnknown` after a write.
        """
        given = options.get("write")
        write = method.upper() not in _READS if given is None else given
        response = await self.request(method, url, **options)
        check(response, write=write, now=self._desk.now())
        try:
            return response, await self.offload(decode_json, response.body)
        except NotJson as error:
            if write:
                raise OutcomeUnknown("the answer is not JSON", detail="not_json") from error
            raise Unreachable("the answer is not JSON", reason="not_json") from error

    @asynccontextmanager
    async def listen(
        self,
        url: str,
        *,
        params: Pairs | None = None,
        headers: Mapping[str, str] | None = None,
        budget: str = "",
        silence_s: float = SILENCE_S,
    ) -> AsyncIterator[AsyncIterator[ServerEvent]]:
        """Events that a server tells while the context stands (server-sent events). Entered once it does.

        Redirects are not followed. A server that is silent for `silence_s` seconds is gone. Raises, on entering and
        while events are waited for, `Unreachable` (also for what is no stream of events), `RateLimited`, `AuthExpired`
        and `Rejected`. Where the server ends the stream in order, the events end.
        """
        if not self._desk.budgets.ready:
            await self._desk.budgets.open()
        hop = self._hop("GET", parse_address(url, params), (b"", ""), {**ASKED_WITH, **(headers or {})}, None)
        wishes = Wishes(Trust.TYPED, MAX_BYTES, OPEN_S, follow=False, feed=False, urgent=False, budget=budget)
        call = Call(replace(self._desk, wire=self._streams.now), wishes)
        async with listen(call, hop, self._desk.now(), silence_s) as events:
            yield events

    async def offload(self, fn: Callable[..., Any], *args: Any) -> Any:
        """fn(*args), in the worker process when an argument is bytes over 256 KiB. `fn` must be module-level."""
        if self._offload is not None and any(isinstance(a, bytes) and len(a) > OFFLOAD_FROM for a in args):
            return await self._offload(fn, *args)
        return fn(*args)

    def describe_proxy(self) -> str:
        """For `doctor`: how the wire is reached, without passwords."""
        return self._desk.proxies.describe()

    async def rebuild(self) -> None:
        """After sleep or a change of network: kept connections are dead without knowing it, proxies may differ.

        Requests under way keep their connections; new ones open their own. Streams end.
        """
        self._desk.connectivity.look_again()
        self._desk.proxies.forget()
        await self._streams.close()
        await self._wires.renew()

    async def aclose(self) -> None:
        """Closes all connections and saves what hosts asked of us. A later request opens new ones."""
        await self._streams.close()
        await self._wires.close()
        await self._desk.budgets.flush()


class _Wires:
    """The connection pools of now; made with the first request."""

    def __init__(self, make: "Callable[[], Wire]") -> None:
        self._make = make
        self._wire: Wire | None = None

    def now(self) -> "Wire":
        if self._wire is None:
            self._wire = self._make()
        return self._wire

    async def renew(self) -> None:
        wire, self._wire = self._wire, None
        if wire is not None:
            await wire.retire()

    async def close(self) -> None:
        wire, self._wire = self._wire, None
        if wire is not None:
            await wire.aclose()


def _open_wire(also_trusted: Trusts | None) -> "Wire":
    from socialdesk.http.wire import Wire  # aiohttp: 0.25 s that the first paint must not wait for

    return Wire(also_trusted)


def _merged(ours: Mapping[str, str], theirs: Mapping[str, str]) -> dict[str, str]:
    """Headers with the caller's in place of ours of the same name."""
    names = {name.casefold() for name in theirs}
    return {n: v for n, v in ours.items() if n.casefold() not in names} | dict(theirs)
