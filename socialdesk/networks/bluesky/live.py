"""Near-live columns: the network has no stream for an account, so what is newest is asked for every few seconds.

Only its name is looked at, one entry in size; what is new is then fetched in the usual way. The limits that the server
states end it like any other request.
"""

import asyncio
from collections.abc import AsyncGenerator

from socialdesk.core.errors import AuthExpired
from socialdesk.core.listening import Heard, Hearing
from socialdesk.core.source import Source
from socialdesk.networks.bluesky.reading import Feeds

EVERY_S = 12.0
LIVE = frozenset({"home", "notifications"})


def stream_of(source: Source) -> str:
    return source.kind if source.kind in LIVE else ""


async def listen(feeds: Feeds, stream: str) -> AsyncGenerator[Heard, None]:
    """Tells when something else than before is newest. Raises what reading raises.

    Ends when the token has: whoever listens comes back with the next one.
    """
    source = Source(0, "bluesky", stream)
    before = await feeds.newest(source)
    yield Heard(Hearing.LIVE)
    while True:
        await asyncio.sleep(EVERY_S)
        try:
            newest = await feeds.newest(source)
        except AuthExpired:
            return
        if newest != before:
            before = newest
            yield Heard(Hearing.NEW)
