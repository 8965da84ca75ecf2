"""Columns: headlines that came since the last look, and what the account has read and starred.

Ids grow with time, so what is new is asked for by `since_id`. What has a smaller id and was not there before (a feed
that somebody else on the server had already) is found among the account's unread articles.
"""

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from socialdesk.core.entry import Marked, Page
from socialdesk.core.errors import Rejected
from socialdesk.core.source import Source
from socialdesk.core.tolerant import number, objs
from socialdesk.networks.ttrss.client import Client
from socialdesk.networks.ttrss.subscribing import Feeds, folders, labels
from socialdesk.networks.ttrss.translate import Item, Place, item_of

ALL, STARRED = -4, -1
PAGE = 200  # the API gives no more at once
PAGES = 100  # of one list
WHOLE = 1000  # contents of a list of states at the first look
MOST = 400  # contents that one look asks for by id
BATCH = 50
SHARED_FOR = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class States:
    """What of the account is unread and starred, newest first: (article, feed). None = longer than can be read."""

    asked_at: datetime
    unread: Sequence[tuple[int, int]] | None
    starred: Sequence[tuple[int, int]] | None


@dataclass(frozen=True, slots=True)
class _Cursor:
    """`newest` article of all that were seen, `known` older ones that are listed and need not be asked for."""

    newest: int = 0
    known: frozenset[int] = frozenset()

    @classmethod
    def read(cls, text: str) -> "_Cursor | None":
        try:
            found = json.loads(text)
            return cls(int(found["newest"]), frozenset(map(int, found["known"])))
        except (ValueError, KeyError, TypeError):
            return None

    def write(self) -> str:
        return json.dumps({"newest": self.newest, "known": sorted(self.known)}, separators=(",", ":"))


class Reader:
    def __init__(self, client: Client, feeds: Feeds, place: Place) -> None:
        self._client = client
        self._feeds = feeds
        self._place = place
        self._shared: tuple[datetime, asyncio.Task[States]] | None = None

    async def fetch(self, source: Source, cursor: str, limit: int) -> Page:
        known = _Cursor.read(cursor)
        if source.kind in {"unread", "starred"}:
            return await self._fetch_state(source.kind, known or _Cursor(), first=known is None)
        asked = await self._asked(source)
        if known is None:
            return await self._first(asked, limit)
        new = await self._since(known.newest, asked)
        states = await self.states()
        newest = max((known.newest, *(item.id for item in new)))
        missed = self._missed(source, states, known, {item.id for item in new})
        late = await self._articles(missed[:MOST])
        listed = frozenset(article for article, _ in states.unread or ()) - frozenset(missed[MOST:])
        return self._page([*new, *late], states, _Cursor(newest, listed))

    async def _first(self, asked: dict[str, object], limit: int) -> Page:
        """The newest by date. What the server found last may have an older one, and is then part of the past."""
        last = await self._rows(1, feed_id=ALL, order_by="", show_content=False)
        items = await self._headlines(limit, **asked)
        states = await self.states()
        newest = max((item.id for item in (*last, *items)), default=0)
        listed = frozenset(article for article, _ in states.unread or ())
        return self._page(items, states, _Cursor(newest, listed), str(limit) if len(items) == limit else "")

    async def fetch_older(self, source: Source, older: str, limit: int) -> Page:
        skip = int(older) if older.isdecimal() else 0
        states = await self.states()
        if source.kind in {"unread", "starred"}:
            rest = [article for article, _ in _list_of(states, source.kind) if article < skip]
            items = await self._articles(rest[:limit])
            return self._page(items, states, None, str(rest[limit - 1]) if len(rest) > limit else "")
        items = await self._headlines(limit, skip=skip, **await self._asked(source))
        return self._page(items, states, None, str(skip + limit) if len(items) == limit else "")

    async def states(self) -> States:
        """The account's lists; columns that are read together ask for them once."""
        now = self._client.now()
        if self._shared is None or now - self._shared[0] > SHARED_FOR or _has_failed(self._shared[1]):
            self._shared = (now, asyncio.create_task(self._ask_states(now)))
        return await asyncio.shield(self._shared[1])

    def forget(self) -> None:
        """Something was marked: the lists are others now."""
        self._shared = None

    async def _ask_states(self, now: datetime) -> States:
        return States(now, await self._listed(ALL, "unread"), await self._listed(STARRED, "all_articles"))

    async def _listed(self, feed: int, view: str) -> Sequence[tuple[int, int]] | None:
        """All of a list, newest first."""
        found: dict[int, int] = {}
        for page in range(PAGES):
            rows = await self._rows(PAGE, skip=page * PAGE, feed_id=feed, view_mode=view, show_content=False)
            found.update((row.id, row.feed) for row in rows)
            if len(rows) < PAGE:
                return sorted(found.items(), reverse=True)
        return None

    async def _fetch_state(self, state: str, known: _Cursor, *, first: bool) -> Page:
        """Unread or starred ones: at the first look as many as there are, so that they can be read offline."""
        states = await self.states()
        listed = [article for article, _ in _list_of(states, state)]
        new = [article for article in listed if article not in known.known]
        taken = new[: WHOLE if first else MOST]
        items = await self._articles(taken)
        had = frozenset(listed) if first else frozenset(listed) & (known.known | frozenset(taken))
        older = str(taken[-1]) if first and len(new) > len(taken) else ""
        return self._page(items, states, _Cursor(0, had), older)

    def _missed(self, source: Source, states: States, known: _Cursor, new: set[int]) -> list[int]:
        """Unread articles of the source with a small id that were not there at the last look, newest first."""
        if source.kind not in {"everything", "subscription"}:
            return []
        feed = number(source.params.get("feed")) if source.kind == "subscription" else None
        return [
            article
            for article, of in states.unread or ()
            if article not in known.known and article not in new and feed in {None, of}
        ]

    async def _since(self, newest: int, asked: dict[str, object]) -> list[Item]:
        found: dict[int, Item] = {}
        for page in range(PAGES):
            items = await self._headlines(PAGE, skip=page * PAGE, since_id=newest, **asked)
            found.update((item.id, item) for item in items)
            if len(items) < PAGE:
                break
        return list(found.values())

    async def _headlines(self, limit: int, **asked: object) -> list[Item]:
        whole = {"show_content": True, "include_attachments": True, "sanitize": False}
        return await self._rows(limit, **whole, **asked)

    async def _rows(self, limit: int, **asked: object) -> list[Item]:
        fields = {"view_mode": "all_articles", "order_by": "feed_dates", "skip": 0, **asked}
        return await self._items(await self._client.call("getHeadlines", limit=limit, **fields))

    async def _articles(self, ids: Sequence[int]) -> list[Item]:
        """The articles of these ids, in their order. Those that the server has dropped are left out."""
        found: dict[int, Item] = {}
        for at in range(0, len(ids), BATCH):
            wanted = ",".join(map(str, ids[at : at + BATCH]))
            items = await self._items(await self._client.call("getArticle", article_id=wanted, sanitize=False))
            found.update((item.id, item) for item in items)
        return [found[one] for one in ids if one in found]

    async def _items(self, rows: object) -> list[Item]:
        place = replace(self._place, feeds=await self._feeds.known())
        return [item for row in objs(rows) if (item := item_of(row, place)) is not None]

    async def _asked(self, source: Source) -> dict[str, object]:
        """What of the server a source shows. Raises Rejected (not_found) for a label or category that is gone."""
        match source.kind:
            case "subscription":
                return {"feed_id": number(source.params.get("feed")) or 0}
            case "folder":
                title = source.params.get("folder", "")
                found = next((one for one, name in (await folders(self._client)).items() if name == title), None)
                if found is None:
                    raise Rejected("no such category", reason="no_folder")
                return {"feed_id": found, "is_cat": True, "include_nested": True}
            case "label":
                label = (await labels(self._client)).get(source.params.get("label", ""))
                if label is None:
                    raise Rejected("no such label", reason="no_label")
                return {"feed_id": label}
            case _:
                return {"feed_id": ALL}

    def _page(self, items: Sequence[Item], states: States, after: _Cursor | None, older: str = "") -> Page:
        """With the account's states: of the items as they just came, else as the lists say."""
        marks = Marked(
            states.asked_at,
            self._marked(states.unread, items, [item.is_unread for item in items]),
            self._marked(states.starred, items, [item.is_starred for item in items]),
        )
        entries = tuple(item.entry for item in items)
        return Page(entries, after.write() if after else "", older, unchanged=not entries, marks=marks)

    def _marked(
        self, listed: Sequence[tuple[int, int]] | None, items: Sequence[Item], has: Iterable[bool]
    ) -> frozenset[str] | None:
        if listed is None:
            return None
        said = {item.id: is_so for item, is_so in zip(items, has, strict=True)}
        kept = {article for article, _ in listed if said.get(article, True)} | {one for one in said if said[one]}
        return frozenset(map(self._place.key, kept))


def _list_of(states: States, state: str) -> Sequence[tuple[int, int]]:
    found = states.unread if state == "unread" else states.starred
    if found is None:
        raise Rejected(f"too many articles are {state}", reason="too_large")
    return found


def _has_failed(task: "asyncio.Task[States]") -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
