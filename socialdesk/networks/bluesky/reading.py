"""Reading sources: which method answers which kind, how pages become entries. Sources: app.bsky.* lexicons."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from socialdesk.core.entry import Entry, Page
from socialdesk.core.errors import Rejected
from socialdesk.core.source import Source
from socialdesk.networks.bluesky import muting, notices, refresh, titles, translate
from socialdesk.networks.bluesky.client import Client
from socialdesk.networks.bluesky.names import Names, actor_of
from socialdesk.networks.bluesky.preferences import Preferences

Json = Mapping[str, Any]

MAX_LIMIT = 100
POSTS_AT_ONCE = 25  # app.bsky.feed.getPosts takes no more
THREAD_DEPTH = 10
THREAD_PARENTS = 80
SHORT = 10
WHOLE_EVERY_S = 300.0
UNORDERED = frozenset({"feed"})  # an algorithm sorts it: nothing can be said of what lies between two looks


@dataclass(frozen=True, slots=True)
class Query:
    """How a source is asked for. `items` is where the answer holds its list.

    `place` is the list or feed that is read; `mutes`: whether what the account has muted stays out.
    """

    method: str
    params: tuple[tuple[str, str], ...] = ()
    items: str = "feed"
    place: str = ""
    mutes: bool = True


class Feeds:
    """The readable side of one account, or of an anonymous visitor (`reader.did` empty)."""

    def __init__(
        self, client: Client, names: Names, reader: translate.Reader, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._clock = clock
        self._names = names
        self._reader = reader
        self._preferences = Preferences(client, known=bool(reader.did))
        self._whole_until: dict[str, float] = {}  # by source: until then a short look will do

    async def fetch(self, source: Source, cursor: str, limit: int) -> Page:
        """What is new since `cursor`: pages from the top until something known, three at most.

        The first page is short while a whole one was seen not long ago: mostly there is nothing or little new.
        """
        query, before = await self._query(source), refresh.Cursor.parse(cursor)
        items: list[Json] = []
        names: list[str] = []
        more, pages, size = "", 0, self._first_size(source, before, limit)
        while pages == 0 or refresh.reads_on(before, names, pages, more):
            answer = await self._page(query, more, size)
            more, pages, size = str(answer.get("cursor") or ""), pages + 1, limit
            items += _objects(answer.get(query.items))
            names = [name for name in map(_name, items) if name]
        gap = refresh.is_gap(before, names, more) and source.kind not in UNORDERED
        if source.kind == "notifications":
            items = [item for item in items if _name(item) not in (before.known or ())]
        older = more if gap or before.known is None else ""
        entries = await self._entries(query, items)
        meta = await titles.meta_of(self._client, query.place) if before.known is None else None
        return Page(entries, str(before.after(names)), older, gap, meta=meta)

    def _first_size(self, source: Source, before: refresh.Cursor, limit: int) -> int:
        """How many entries to ask for at first. Whole pages now and then, so that counts of older posts follow."""
        key, now = f"{source.kind} {sorted(source.params.items())}", self._clock()
        if before.known is not None and source.kind not in UNORDERED and now < self._whole_until.get(key, now):
            return min(limit, SHORT)
        self._whole_until[key] = now + WHOLE_EVERY_S
        return limit

    async def fetch_older(self, source: Source, older: str, limit: int) -> Page:
        """The page behind `older`, a cursor of the server."""
        query = await self._query(source)
        answer = await self._page(query, older, limit)
        entries = await self._entries(query, _objects(answer.get(query.items)))
        return Page(entries, older=str(answer.get("cursor") or ""))

    async def newest(self, source: Source) -> str:
        """The name of what is at the top now, '' = nothing."""
        query = await self._query(source)
        answer = await self._page(query, "", 1)
        return next((name for item in _objects(answer.get(query.items)) if (name := _name(item))), "")

    async def again(self, uri: str) -> Entry | None:
        """A post as it is now; None when it is gone, or hidden from the account."""
        found = (await self.posts([uri])).get(uri)
        return translate.post_entry(found, await self._reader_now())

    async def thread(self, uri: str) -> Page:
        params = [("uri", uri), ("depth", str(THREAD_DEPTH)), ("parentHeight", str(THREAD_PARENTS))]
        answer = await self._client.get("app.bsky.feed.getPostThread", params)
        return Page(translate.thread_entries(answer.get("thread"), await self._reader_now()))

    async def posts(self, uris: Sequence[str]) -> dict[str, Json]:
        """Posts by address; those that are gone or hidden from the account are missing."""
        found: dict[str, Json] = {}
        for start in range(0, len(uris), POSTS_AT_ONCE):
            params = [("uris", uri) for uri in uris[start : start + POSTS_AT_ONCE]]
            answer = await self._client.get("app.bsky.feed.getPosts", params)
            found |= {str(post.get("uri")): post for post in _objects(answer.get("posts"))}
        return found

    async def _query(self, source: Source) -> Query:
        params = source.params
        match source.kind:
            case "home":
                return Query("app.bsky.feed.getTimeline")
            case "notifications":
                return Query("app.bsky.notification.listNotifications", items="notifications", mutes=False)
            case "search":
                words = (("q", params.get("query", "")), ("sort", "latest"))
                return Query("app.bsky.feed.searchPosts", words, "posts")
            case "account":
                actor = (("actor", actor_of(params.get("actor", ""))), ("filter", "posts_with_replies"))
                return Query("app.bsky.feed.getAuthorFeed", actor)
            case "list":
                uri = await self._names.record(params.get("list", ""))
                return Query("app.bsky.feed.getListFeed", (("list", uri),), place=uri)
            case "feed":
                uri = await self._names.record(params.get("feed", ""))
                return Query("app.bsky.feed.getFeed", (("feed", uri),), place=uri)
            case "bookmarks":
                return Query("app.bsky.bookmark.getBookmarks", items="bookmarks", mutes=False)
        raise Rejected(f"no such source: {source.kind}", reason="not_supported")

    async def _page(self, query: Query, more: str, limit: int) -> Json:
        params = [*query.params, ("limit", str(max(1, min(limit, MAX_LIMIT))))]
        return await self._client.get(query.method, params + ([("cursor", more)] if more else []))

    async def _entries(self, query: Query, items: Sequence[Json]) -> tuple[Entry, ...]:
        made: Iterable[Entry | None]
        reader = await self._reader_now()
        if query.items == "notifications":
            posts = await self.posts(notices.wanted_posts(items))
            made = (notices.notice_entry(item, posts, reader) for item in items)
        else:
            shown = [{**item, "post": _post(item)} for item in items]
            if query.mutes:
                mutes, now = (await self._preferences.wishes()).mutes, datetime.now(UTC)
                shown = [item for item in shown if not muting.is_muted(item["post"], mutes, reader.did, now)]
            made = (translate.feed_entry(item, reader) for item in shown)
        unique: dict[str, Entry] = {}
        for entry in made:
            if entry is not None:
                unique.setdefault(entry.key, entry)  # newest first: a re-share stands for the post further down
        return tuple(unique.values())

    async def _reader_now(self) -> translate.Reader:
        """The reader with what the account wishes about labels."""
        return replace(self._reader, wishes=(await self._preferences.wishes()).labels)


def _post(item: Json) -> Json:
    """The `postView` in an item of a feed, of bookmarks, or of a search."""
    post = item.get("post") or item.get("item") or item
    return post if isinstance(post, dict) else {}


def _name(item: Json) -> str:
    """What tells an item from others; '' for a pinned post, whose place says nothing."""
    if str((item.get("reason") or {}).get("$type", "") if isinstance(item.get("reason"), dict) else "").endswith("Pin"):
        return ""
    repost, uri = translate.repost_of(item), str(_post(item).get("uri") or "")
    by = repost.get("by") if repost else None
    return f"{uri}|{by.get('did', '')}" if isinstance(by, dict) else uri


def _objects(value: object) -> list[Json]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
