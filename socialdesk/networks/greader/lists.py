"""Which items there are: the ids of a stream, and the account's unread and starred ones."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from socialdesk.core.tolerant import number, obj, objs, string
from socialdesk.networks.greader.client import Client
from socialdesk.networks.greader.ids import READ, READING_LIST, STARRED, item_id, rank_of

PAGE = 1000
PAGES = 30  # of one list: 30 000 items
SHARED_FOR = timedelta(seconds=20)  # columns that are read together ask for the account's lists once


@dataclass(frozen=True, slots=True)
class Ref:
    """One item of a list. `rank`: newer = greater."""

    id: str
    rank: int


@dataclass(frozen=True, slots=True)
class Stream:
    """Items of a stream, newest first. `continuation` leads to older ones, '' = there are none."""

    refs: tuple[Ref, ...]
    continuation: str = ""

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(ref.id for ref in self.refs)


@dataclass(frozen=True, slots=True)
class States:
    """What of the account is unread and starred, highest rank first; None = the list is longer than can be read."""

    asked_at: datetime
    unread: Stream | None
    starred: Stream | None


class Lists:
    def __init__(self, client: Client) -> None:
        self._client = client
        self._shared: tuple[datetime, asyncio.Task[States]] | None = None

    async def page(self, stream: str, count: int, *, continuation: str = "", **more: str) -> Stream:
        """One page of a stream's ids. `more`: ot, nt, xt as the API names them."""
        params = [("s", stream), ("n", str(count)), *more.items()]
        if continuation:
            params.append(("c", continuation))
        answer = obj(await self._client.get("stream/items/ids", params))
        refs = [
            Ref(kept, rank_of(kept, number(found.get("timestampUsec"))))
            for found in objs(answer.get("itemRefs"))
            if (kept := item_id(string(found.get("id"))))
        ]
        following = string(answer.get("continuation"))
        return Stream(tuple(refs), following if refs and following not in {"", "0"} else "")

    async def whole(self, stream: str, **more: str) -> Stream:
        """All ids of a stream, page after page. With a `continuation` where even that is too long."""
        found: dict[str, Ref] = {}
        continuation = ""
        for _ in range(PAGES):
            page = await self.page(stream, PAGE, continuation=continuation, **more)
            found.update((ref.id, ref) for ref in page.refs if ref.id not in found)
            if not page.continuation or page.continuation == continuation:
                return Stream(tuple(found.values()))
            continuation = page.continuation
        return Stream(tuple(found.values()), continuation)

    async def states(self) -> States:
        """The account's lists, asked for at most a moment ago."""
        now = self._client.now()
        if self._shared is None or now - self._shared[0] > SHARED_FOR or _has_failed(self._shared[1]):
            self._shared = (now, asyncio.create_task(self._ask(self._client.now)))
        return await asyncio.shield(self._shared[1])

    def forget(self) -> None:
        """Something was marked: the lists are others now."""
        self._shared = None

    async def _ask(self, clock: Callable[[], datetime]) -> States:
        asked_at = clock()
        unread = await self.whole(READING_LIST, xt=READ)
        starred = await self.whole(STARRED)
        return States(asked_at, *(None if one.continuation else _by_rank(one) for one in (unread, starred)))


def _by_rank(stream: Stream) -> Stream:
    """In an order that stays when some leave the list. Miniflux lists by date, which may be any."""
    return Stream(tuple(sorted(stream.refs, key=lambda ref: ref.rank, reverse=True)))


def _has_failed(task: "asyncio.Task[States]") -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
