"""Room for fetches: so many at once, and of one host's feeds only as many as can be of use."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from socialdesk.core.source import Source
from socialdesk.http.guard import is_loopback

OF_ONE_HOST = 2  # one on the wire, one whose answer is being read


class Lanes:
    """The wire makes the feeds of one host wait for each other. Those that wait hold no place that others could use,
    so a hundred feeds of a shared host do not keep the rest of the desk waiting.
    """

    def __init__(self, at_once: int) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._hosts: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    @contextlib.asynccontextmanager
    async def place(self, source: Source) -> AsyncIterator[None]:
        host = shared_host(source)
        if not host:
            async with self._places:
                yield
            return
        lane = self._hosts.get(host)
        if lane is None:
            lane = self._hosts[host] = asyncio.Semaphore(OF_ONE_HOST)
        async with lane, self._places:
            yield


def shared_host(source: Source) -> str:
    """The host whose feeds wait for each other; "" for an account's timelines and for this machine's own servers."""
    if source.account_id is not None:
        return ""
    try:
        host = urlsplit(source.params.get("url", "")).hostname or ""
    except ValueError:
        return ""
    return "" if is_loopback(host) else host
