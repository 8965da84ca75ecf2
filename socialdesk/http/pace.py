"""Politeness towards hosts with many feeds: few connections, a gap between requests, a bucket of tokens."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from socialdesk.core.budget import Bucket, Pacing, take
from socialdesk.http.guard import is_loopback


class Pace:
    """Gives each host's feeds their turn. Used on the engine's loop only."""

    def __init__(self, pacing: Pacing) -> None:
        self._pacing = pacing
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, host: str, port: int, *, urgent: bool, check: Callable[[], None]) -> AsyncIterator[None]:
        """Waits for this host's turn. `check` is asked before and after each wait and raises to leave the line.

        `urgent` keeps to the number of connections but skips the gap while the burst lasts.
        """
        state = self._host(host, port)
        check()
        async with state.connections:
            check()
            await self._gap(state, urgent=urgent)
            check()
            try:
                yield
            finally:
                state.ended = asyncio.get_running_loop().time()

    async def _gap(self, state: "_Host", *, urgent: bool) -> None:
        if state.gap_s <= 0:
            return
        now = asyncio.get_running_loop().time()
        state.bucket, token_s = take(state.bucket, now, burst=self._pacing.burst, refill_s=self._pacing.refill_s)
        gap_s = 0.0 if state.ended is None else state.ended + state.gap_s - now
        delay = max(gap_s, token_s)
        if urgent:  # beyond the burst a person's own refresh keeps to the gap, but does not trickle
            delay = gap_s if token_s > 0 else 0.0
        if delay > 0:
            await asyncio.sleep(delay)

    def _host(self, host: str, port: int) -> "_Host":
        loopback = is_loopback(host)
        key = f"{host}:{port}" if loopback else host
        state = self._hosts.get(key)
        if state is None:
            pacing = self._pacing
            gap_s, connections = pacing.gap_s, pacing.connections
            if loopback:
                gap_s, connections = pacing.loopback_gap_s, pacing.loopback_connections
            state = self._hosts[key] = _Host(connections, gap_s)
        return state


class _Host:
    def __init__(self, connections: int, gap_s: float) -> None:
        self.connections = asyncio.Semaphore(connections)
        self.gap_s = gap_s
        self.ended: float | None = None
        self.bucket: Bucket | None = None
