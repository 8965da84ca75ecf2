"""What the account asked for at the network: which labels hide or warn, which words it has muted."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from socialdesk.core.errors import Rejected
from socialdesk.core.tolerant import objs
from socialdesk.networks.bluesky.client import Client
from socialdesk.networks.bluesky.labels import NO_WISHES, LabelWishes, read_wishes
from socialdesk.networks.bluesky.muting import NO_MUTES, Mutes, read_mutes

FRESH_S = 600.0


@dataclass(frozen=True, slots=True)
class Wishes:
    labels: LabelWishes = NO_WISHES
    mutes: Mutes = NO_MUTES


NOTHING_SPECIAL = Wishes()


class Preferences:
    """Asked for with the first look, and again after ten minutes. `known` False: an anonymous visitor has none."""

    def __init__(self, client: Client, *, known: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._known = known
        self._clock = clock
        self._wishes = NOTHING_SPECIAL
        self._fresh_until = float("-inf")
        self._asking = asyncio.Lock()

    async def wishes(self) -> Wishes:
        """Raises what the wire raises: nothing is shown that the account may have hidden.

        A server that keeps no preferences refuses to tell them; then there are none.
        """
        if not self._known:
            return self._wishes
        async with self._asking:
            if self._clock() >= self._fresh_until:
                try:
                    answer = await self._client.get("app.bsky.actor.getPreferences")
                except Rejected:
                    answer = {}
                every = objs(answer.get("preferences"))
                self._wishes = Wishes(read_wishes(every), read_mutes(every))
                self._fresh_until = self._clock() + FRESH_S
        return self._wishes
