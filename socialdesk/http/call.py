"""One request on its way: waits, turn, exchange, redirects, and what the answer teaches."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from socialdesk.core.budget import NO_LIMITS, refuses
from socialdesk.core.errors import NetworkError, RateLimited, Rejected, Unreachable
from socialdesk.http.budgets import BudgetKeeper, budget_key
from socialdesk.http.connectivity import Connectivity
from socialdesk.http.guard import is_loopback
from socialdesk.http.hop import Answer, Hop, Note
from socialdesk.http.noting import note_limit
from socialdesk.http.pace import Pace
from socialdesk.http.proxies import Proxies, refuse_private_behind_proxy
from socialdesk.http.redirects import MAX_REDIRECTS, PERMANENT, REDIRECTS, hop_trust, next_hop
from socialdesk.http.retry_after import parse_app_limits, parse_limits
from socialdesk.http.status import detail_of, is_challenge
from socialdesk.http.values import Response, Trust

if TYPE_CHECKING:
    from socialdesk.http.connections import Route
    from socialdesk.http.wire import Wire

_log = logging.getLogger(__name__)
_FORBIDDEN = 403
_NEUTRAL = 400  # neither a success that ends a row of refusals, nor one that asks to wait


@dataclass(frozen=True, slots=True)
class Desk:
    """What all calls share."""

    wire: "Callable[[], Wire]"
    budgets: BudgetKeeper
    pace: Pace
    proxies: Proxies
    connectivity: Connectivity
    now: Callable[[], datetime]
    plain_agent: str
    also_trusted: Callable[[str, int], bool] | None


@dataclass(frozen=True, slots=True)
class Wishes:
    """How one request is to be made. See `Http.request`."""

    trust: Trust
    max_bytes: int
    timeout_s: float
    follow: bool
    feed: bool
    urgent: bool
    budget: str
    app: str = ""


class Call:
    """Carries one request through its hops."""

    def __init__(self, desk: Desk, wishes: Wishes) -> None:
        self._desk = desk
        self._wishes = wishes
        self._elapsed_s = 0.0

    async def run(self, hop: Hop) -> Response:
        """Raises the errors that `Http.request` names."""
        typed_host, trust, permanent = hop.host, self._wishes.trust, True
        for hops in range(MAX_REDIRECTS + 1):
            answer, peer = await self._ask(hop, trust)
            location = answer.headers.get("location", "") if answer.status in REDIRECTS else ""
            if not (self._wishes.follow and location):
                return self._response(answer, hop, permanent=permanent and hops > 0)
            before, hop = hop, next_hop(hop, answer.status, location)
            trust = hop_trust(self._wishes.trust, typed_host, hop.host, trust, peer)
            permanent = permanent and answer.status in PERMANENT
            if before.scheme == "https" and hop.scheme == "http":
                _log.debug("%s %s: redirected to an unencrypted address", hop.method, hop.host)
        raise Unreachable(f"{hop.method} {hop.host}: too many redirects", reason="too_many_redirects")

    async def open(self, hop: Hop, stack: AsyncExitStack, *, silence_s: float) -> tuple[Answer, AsyncIterator[bytes]]:
        """Begins an exchange whose answer goes on until `stack` is closed, and gives what comes, piece by piece.

        An answer other than 200 is read to its end. Redirects are not followed. Raises as `run`, as the pieces do.
        """
        from socialdesk.http import failure  # with aiohttp: see `_exchange`

        self._check_wait(hop)
        connectivity, note = self._desk.connectivity, Note()
        clock = connectivity.clock()
        try:
            async with asyncio.timeout(self._wishes.timeout_s):
                route = await self._route(hop, self._wishes.trust)
                wire = self._desk.wire().opened(hop, route, note, self._wishes.max_bytes, silence_s)
                opened, pieces = await stack.enter_async_context(wire)
        except failure.WIRE_ERRORS as error:
            raise self._failed(failure.translate(error, hop, note), failure.offline_hint(error), hop, clock) from error
        if not is_loopback(hop.host):
            connectivity.succeeded()
        _log.debug("%s %s: %d, goes on", hop.method, hop.host, opened.status)
        self._learn(hop, opened)
        return opened, self._translated(pieces, hop, note)

    async def _translated(self, pieces: AsyncIterator[bytes], hop: Hop, note: Note) -> AsyncIterator[bytes]:
        from socialdesk.http import failure  # with aiohttp: see `_exchange`

        clock = self._desk.connectivity.clock()
        try:
            async for piece in pieces:
                yield piece
        except failure.WIRE_ERRORS as error:
            raise self._failed(failure.translate(error, hop, note), failure.offline_hint(error), hop, clock) from error

    def _response(self, answer: Answer, hop: Hop, *, permanent: bool) -> Response:
        return Response(answer.status, answer.headers, answer.body, hop.url, permanent, self._elapsed_s)

    async def _ask(self, hop: Hop, trust: Trust) -> tuple[Answer, str]:
        """One hop, with the plain agent where the host wants it. Returns the answer and the peer's address."""
        if not self._wishes.feed or hop.write:
            return await self._once(hop, trust)
        host_key = self._host_key(hop)
        plain = self._desk.budgets.get(host_key).plain_agent
        answer, peer = await self._once(self._plainly(hop) if plain else hop, trust)
        if is_challenge(self._response(answer, hop, permanent=False)):
            raise Rejected(f"{hop.method} {hop.host}: a page that wants a person", reason="blocked")
        if answer.status != _FORBIDDEN or plain is not None:
            return answer, peer
        again, peer_again = await self._once(self._plainly(hop), trust)
        helped = again.status < 400
        self._desk.budgets.put(host_key, replace(self._desk.budgets.get(host_key), plain_agent=helped))
        return (again, peer_again) if helped else (answer, peer)

    def _plainly(self, hop: Hop) -> Hop:
        return replace(hop, headers={**hop.headers, "User-Agent": self._desk.plain_agent})

    async def _once(self, hop: Hop, trust: Trust) -> tuple[Answer, str]:
        def check_wait() -> None:
            self._check_wait(hop)

        if not self._wishes.feed:
            check_wait()
            answer, peer = await self._exchange(hop, trust)
        else:
            async with self._desk.pace.turn(hop.host, hop.port, urgent=self._wishes.urgent, check=check_wait):
                answer, peer = await self._exchange(hop, trust)
        self._learn(hop, answer)
        return answer, peer

    async def _exchange(self, hop: Hop, trust: Trust) -> tuple[Answer, str]:
        from socialdesk.http import failure  # aiohttp: 0.25 s that the first paint must not wait for
        from socialdesk.http.wire import IDLE_S

        loop, connectivity = asyncio.get_running_loop(), self._desk.connectivity
        note, started, clock = Note(), loop.time(), connectivity.clock()
        left_s = max(0.0, self._wishes.timeout_s - self._elapsed_s)
        idle_s = left_s if hop.write else min(left_s, IDLE_S)
        try:
            async with asyncio.timeout(left_s):
                route = await self._route(hop, trust)
                answer = await self._desk.wire().exchange(
                    hop, route, note, max_bytes=self._wishes.max_bytes, idle_s=idle_s
                )
        except failure.WIRE_ERRORS as error:
            if 300 <= note.status < 500:  # the status says all; its page is only detail
                return Answer(note.status, note.headers, note.partial), note.peer
            raise self._failed(failure.translate(error, hop, note), failure.offline_hint(error), hop, clock) from error
        finally:
            self._elapsed_s += loop.time() - started
        if not is_loopback(hop.host):
            connectivity.succeeded()
        _log.debug("%s %s: %d, %d bytes", hop.method, hop.host, answer.status, len(answer.body))
        return answer, "" if route.proxy else note.peer

    async def _route(self, hop: Hop, trust: Trust) -> "Route":
        from socialdesk.http.connections import Route  # with aiohttp: see `_exchange`

        proxy = await self._desk.proxies.for_address(hop.scheme, hop.host)
        if proxy and trust is Trust.CONTENT:
            if self._desk.also_trusted is not None and self._desk.also_trusted(hop.host, hop.port):
                return Route(trust)
            await refuse_private_behind_proxy(hop.host, hop.port)
        return Route(trust, proxy)

    def _failed(self, error: NetworkError, offline_hint: str, hop: Hop, clock: float) -> NetworkError:
        if isinstance(error, Unreachable) and offline_hint and not is_loopback(hop.host):
            error.offline = self._desk.connectivity.lost(clock, name_unknown=offline_hint == "name")
        _log.debug("%s (%s)", error, error.reason)
        return error

    def _host_key(self, hop: Hop) -> str:
        return f"{hop.host}:{hop.port}" if is_loopback(hop.host) else hop.host

    def _key(self, hop: Hop) -> str:
        return budget_key(self._host_key(hop), self._wishes.budget)

    def _app_key(self, hop: Hop) -> str:
        """The budget that accounts share which were opened with the same app; the account's own where it is alone."""
        return budget_key(self._host_key(hop), self._wishes.app or self._wishes.budget)

    def _check_wait(self, hop: Hop) -> None:
        now, budgets = self._desk.now(), self._desk.budgets
        keys = dict.fromkeys((self._key(hop), self._app_key(hop)))
        until = max(filter(None, (budgets.barred_until(key, now, write=hop.write) for key in keys)), default=None)
        if until is not None:
            raise RateLimited(f"{hop.method} {hop.host}: asked to wait", until, host_wide=not self._wishes.budget)

    def _learn_of_app(self, hop: Hop, answer: Answer, now: datetime) -> None:
        """Nothing left of what the app may do bars its reads, whichever account asked."""
        limits, key = parse_app_limits(answer.headers, now), self._app_key(hop)
        if limits is not NO_LIMITS:
            self._desk.budgets.learn(key, _NEUTRAL, limits, now, write=False, feed=False)
            note_limit(self._desk.budgets.barred_until(key, now, write=False))
            note_limit(limits.rest)

    def _learn(self, hop: Hop, answer: Answer) -> None:
        now = self._desk.now()
        limits = parse_limits(answer.headers, now)
        key, wishes = self._key(hop), self._wishes
        self._desk.budgets.learn(key, answer.status, limits, now, write=hop.write, feed=wishes.feed)
        self._learn_of_app(hop, answer, now)
        note_limit(self._desk.budgets.barred_until(key, now, write=False))
        note_limit(limits.rest)
        if refuses(answer.status, limits, write=hop.write):
            until = self._desk.budgets.barred_until(key, now, write=hop.write) or now
            detail = detail_of(self._response(answer, hop, permanent=False))
            message = f"{hop.method} {hop.host}: status {answer.status}"
            raise RateLimited(message, until, detail=detail, host_wide=not wishes.budget)
