"""Columns: which items are new, their contents, and what the account has read and starred.

The order is that of FreshRSS's and BazQux's advice: the stream's ids, the account's unread and starred ids, then the
contents of what is not known. An id that comes late, or with an old date, is still found: each look asks for the ids
of a day more than it needs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from socialdesk.core.entry import Marked, Page
from socialdesk.core.errors import Rejected
from socialdesk.core.source import Source
from socialdesk.core.tolerant import obj, objs
from socialdesk.networks.greader.client import Client
from socialdesk.networks.greader.cursor import Cursor, first_of
from socialdesk.networks.greader.ids import LABEL, READING_LIST, long_id
from socialdesk.networks.greader.lists import Lists, Ref, States, Stream
from socialdesk.networks.greader.subscribing import Folders
from socialdesk.networks.greader.translate import Item, Place, item_of

BATCH = 100  # contents in one request
MOST = 500  # contents in one look; the rest comes with the next
WHOLE = 1000  # of a list of states at the first look: all unread ones shall be there without a connection
OVERLAP = timedelta(days=1)
LOOKED_THROUGH = 200  # of everything, where the server cannot list a folder


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a source shows. `folder` is looked for in the items where the server has no stream for it."""

    stream: str = READING_LIST
    state: str = ""  # unread, starred: a list of states instead of a stream
    folder: str = ""


class Reader:
    """`lists_labels` False: the server has streams for feeds and states only (Miniflux)."""

    def __init__(self, client: Client, lists: Lists, folders: Folders, place: Place, *, lists_labels: bool) -> None:
        self._client = client
        self._lists = lists
        self._folders = folders
        self._place = place
        self._lists_labels = lists_labels

    async def fetch(self, source: Source, cursor: str, limit: int) -> Page:
        wanted, known = self._wanted(source), Cursor.read(cursor)
        if wanted.state:
            return await self._fetch_state(wanted.state, known)
        if not known.since:
            return await self._first(wanted, limit)
        now = int(self._client.now().timestamp())
        since = max(0, known.since - int(OVERLAP.total_seconds()))
        stream = await self._lists.whole(wanted.stream, ot=str(since))
        new, is_all = first_of(stream.ids, known.known, MOST)
        states = await self._lists.states()
        items = await self._contents(new)
        after = Cursor(now if is_all else known.since, frozenset(stream.ids) & (known.known | frozenset(new)))
        return self._page(self._fitting(items, wanted), items, states, after)

    async def fetch_older(self, source: Source, older: str, limit: int) -> Page:
        wanted, states = self._wanted(source), await self._lists.states()
        if wanted.state:
            return await self._older_state(wanted.state, states, older, limit)
        count = LOOKED_THROUGH if wanted.folder else limit
        stream = await self._lists.page(wanted.stream, count, continuation=older)
        items = await self._contents(stream.ids)
        return self._page(self._fitting(items, wanted), items, states, None, stream.continuation)

    async def _first(self, wanted: _Wanted, limit: int) -> Page:
        """The newest; what came within the last day and is not among them belongs to the past."""
        now = self._client.now()
        recent = await self._lists.whole(wanted.stream, ot=str(int((now - OVERLAP).timestamp())))
        stream = await self._lists.page(wanted.stream, LOOKED_THROUGH if wanted.folder else limit)
        states = await self._lists.states()
        items = await self._contents(stream.ids)
        after = Cursor(int(now.timestamp()), frozenset(recent.ids) | frozenset(stream.ids))
        return self._page(self._fitting(items, wanted), items, states, after, stream.continuation)

    async def _fetch_state(self, state: str, known: Cursor) -> Page:
        states = await self._lists.states()
        stream = _list_of(states, state)
        new, is_all = first_of(stream.ids, known.known, MOST if known.since else WHOLE)
        items = await self._contents(new)
        had = known.known | frozenset(new if known.since else stream.ids)
        after = Cursor(int(states.asked_at.timestamp()), frozenset(stream.ids) & had)
        older = "" if known.since or is_all else _rank_text(stream.refs, new[-1])
        return self._page(items, items, states, after, older)

    async def _older_state(self, state: str, states: States, older: str, limit: int) -> Page:
        """What stands behind `older` in the list of now: some of it was read meanwhile."""
        rank = int(older) if older.isdecimal() else 0
        rest = [ref for ref in _list_of(states, state).refs if ref.rank < rank]
        items = await self._contents([ref.id for ref in rest[:limit]])
        return self._page(items, items, states, None, str(rest[limit - 1].rank) if len(rest) > limit else "")

    async def _contents(self, ids: Sequence[str]) -> list[Item]:
        """The items of these ids, in their order. Those that the server has dropped are left out."""
        if not ids:
            return []
        folders = await self._folders.known()
        place = Place(self._place.base, self._place.user, folders.names, folders.icons)
        found: dict[str, Item] = {}
        for at in range(0, len(ids), BATCH):
            form = [("i", long_id(one)) for one in ids[at : at + BATCH]]
            answer = obj(await self._ask(form))
            items = (item_of(one, place) for one in objs(answer.get("items")))
            found.update((item.entry.remote_id, item) for item in items if item is not None)
        return [found[one] for one in ids if one in found]

    async def _ask(self, form: list[tuple[str, str]]) -> object:
        try:
            return await self._client.post_for_json("stream/items/contents", form)
        except Rejected as error:
            if error.reason == "invalid" and "no items" in error.detail:  # Miniflux, where all of them are gone
                return {}
            raise

    def _wanted(self, source: Source) -> _Wanted:
        name = source.params.get("folder") or source.params.get("label") or ""
        match source.kind:
            case "unread" | "starred":
                return _Wanted(state=source.kind)
            case "subscription":
                return _Wanted(stream_of(source.params.get("feed", "")))
            case "folder" | "label":
                return _Wanted(LABEL + name) if self._lists_labels else _Wanted(folder=name)
            case _:
                return _Wanted()

    def _fitting(self, items: list[Item], wanted: _Wanted) -> list[Item]:
        return [item for item in items if not wanted.folder or wanted.folder in item.labels]

    def _page(
        self, shown: Iterable[Item], items: Iterable[Item], states: States, after: Cursor | None, older: str = ""
    ) -> Page:
        """`shown` of `items`, with the account's states: of the items as they just came, else as the lists say."""
        entries = tuple(item.entry for item in shown)
        read = {item.entry.key for item in items if item.is_read}
        unread = {item.entry.key for item in items if not item.is_read}
        starred = {item.entry.key for item in items if item.is_starred}
        plain = {item.entry.key for item in items if not item.is_starred}
        marks = Marked(
            states.asked_at,
            (self._keys(states.unread) | unread) - read if states.unread else None,
            (self._keys(states.starred) | starred) - plain if states.starred else None,
        )
        return Page(entries, after.write() if after else "", older, unchanged=not entries, marks=marks)

    def _keys(self, stream: Stream) -> frozenset[str]:
        return frozenset(map(self._place.key, stream.ids))


def stream_of(feed: str) -> str:
    """The stream of a feed, also one that a person named by its address or number."""
    return feed if feed.startswith("feed/") else f"feed/{feed}"


def _list_of(states: States, state: str) -> Stream:
    found = states.unread if state == "unread" else states.starred
    if found is None:
        raise Rejected(f"too many items are {state}", reason="too_large")
    return found


def _rank_text(refs: tuple[Ref, ...], kept: str) -> str:
    return next(str(ref.rank) for ref in refs if ref.id == kept)
