"""Columns: timelines, lists, hashtags, accounts, search, bookmarks, notifications.

Refreshing walks forward with `min_id`, so that no gap can appear, up to a bound; after a long absence it jumps to the
newest page and says that there is a gap (docs.joinmastodon.org/api/guidelines, pagination).
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from urllib.parse import parse_qs, quote, urlsplit

from socialdesk.core.entry import Entry, Page
from socialdesk.core.errors import Rejected
from socialdesk.core.source import Source
from socialdesk.core.tolerant import Obj, obj, objs, string
from socialdesk.http import Response
from socialdesk.http.linkheader import find_link
from socialdesk.networks.mastodon import following
from socialdesk.networks.mastodon.address import account_of, tags_of
from socialdesk.networks.mastodon.client import Client, Params
from socialdesk.networks.mastodon.people import Home
from socialdesk.networks.mastodon.tolerant import host_of
from socialdesk.networks.mastodon.translate import entry_of, notice_of

PAGE = 40
MAX_PAGES = 5
REBUILDING = 206
REBUILD_WAIT = timedelta(minutes=1)

# Source kind -> where the person's filters look at its posts (docs.joinmastodon.org/entities/V1_Filter/#context).
CONTEXTS = {"home": "home", "list": "home", "notifications": "notifications", "account": "account", "bookmarks": ""}

Where = Callable[[Source], tuple[Client, Home]]


@dataclass(frozen=True, slots=True)
class Cursor:
    """What is kept between two looks: the newest id (of a search all ids), the id of the account a column follows."""

    newest: str = ""
    account: str = ""

    def to_text(self) -> str:
        return json.dumps({"newest": self.newest, "account": self.account}) if self.newest else ""

    @classmethod
    def from_text(cls, text: str) -> "Cursor":
        try:
            known = obj(json.loads(text))
        except ValueError:
            return cls()
        return cls(string(known.get("newest")), string(known.get("account")))


@dataclass(frozen=True, slots=True)
class Line:
    """One timeline to ask for. `context` is the filters' name for it.

    `link_only`: its places are not the ids of what it shows (bookmarks).
    """

    client: Client
    home: Home
    path: str
    params: tuple[tuple[str, str], ...] = ()
    notices: bool = False
    link_only: bool = False
    search: bool = False
    account: str = ""
    context: str = "public"


@dataclass(frozen=True, slots=True)
class Batch:
    """One answer: entities newest first, and the places to go on from ('' = unknown)."""

    items: Sequence[Obj] = ()
    newest: str = ""
    oldest: str = ""
    rebuilding: bool = field(default=False)


class Reader:
    """`where` says whom to ask for a source, and as whom."""

    def __init__(self, where: Where) -> None:
        self._where = where

    async def fetch(self, source: Source, cursor: str, limit: int) -> Page:
        if source.kind == "followed_tags":
            return await self._followed(source, cursor, limit)
        known = Cursor.from_text(cursor)
        line = await self._line(source, known.account)
        if line.search:
            return await self._search(line, known, limit)
        return await self._walk(line, known, limit, cursor)

    async def _walk(self, line: Line, known: Cursor, limit: int, cursor: str) -> Page:
        if not known.newest:
            return await self._first(line, limit)
        page = await (self._new_notices if line.notices else self._new_statuses)(line, known)
        return page if page.cursor else replace(page, cursor=cursor)

    async def _followed(self, source: Source, cursor: str, limit: int) -> Page:
        client, home = self._where(source)

        async def walk(tags: tuple[str, ...], place: str, size: int) -> Page:
            return await self._walk(_tag_line(client, home, tags), Cursor.from_text(place), size, place)

        tags = await following.followed_tags(client)
        return await following.fetch(tags, cursor, limit, walk)

    async def fetch_older(self, source: Source, older: str, limit: int) -> Page:
        """`older` is the place an earlier page named."""
        if source.kind == "followed_tags":
            client, home = self._where(source)

            async def walk_back(tags: tuple[str, ...], place: str, size: int) -> Page:
                return await self._walk_back(_tag_line(client, home, tags), place, size)

            return await following.fetch_older(older, limit, walk_back)
        return await self._walk_back(await self._line(source, ""), older, limit)

    async def _walk_back(self, line: Line, older: str, limit: int) -> Page:
        size = str(min(limit, PAGE))
        if line.search:
            found = await self._found(line, [("offset", older), ("limit", size)])
            entries = _entries(line, found)
            return Page(entries, older=str(int(older) + len(found)) if len(found) >= int(size) else "")
        batch = await self._batch(line, [("max_id", older), ("limit", size)])
        return Page(_entries(line, batch.items), older=batch.oldest if batch.oldest != older else "")

    # which timeline

    async def _line(self, source: Source, account: str) -> Line:
        client, home = self._where(source)
        plain = {
            "home": ("/api/v1/timelines/home", ()),
            "local": ("/api/v1/timelines/public", (("local", "true"),)),
            "search": ("/api/v2/search", (("q", source.params.get("query", "")), ("type", "statuses"))),
            "bookmarks": ("/api/v1/bookmarks", ()),
            "notifications": ("/api/v1/notifications", ()),
            "list": (f"/api/v1/timelines/list/{quote(source.params.get('list', ''), safe='')}", ()),
        }
        if source.kind in plain:
            path, params = plain[source.kind]
            kind = source.kind
            return Line(
                client,
                home,
                path,
                params,
                kind == "notifications",
                kind == "bookmarks",
                search=kind == "search",
                context=CONTEXTS.get(kind, "public"),
            )
        if source.kind == "hashtag":
            return _tag_line(client, home, tags_of(source.params.get("tag", "")))
        if source.kind == "account":
            account = account or await self._account_id(client, home, source.params.get("account", ""))
            path = f"/api/v1/accounts/{quote(account, safe='')}/statuses"
            return Line(client, home, path, account=account, context=CONTEXTS["account"])
        raise Rejected(f"no source {source.kind}", reason="not_supported")

    async def _account_id(self, client: Client, home: Home, typed: str) -> str:
        acct, host = account_of(typed)
        if host in {home.domain, host_of(client.base)}:
            acct = acct.partition("@")[0]  # not every relative knows its own name
        try:
            _, found = await client.get("/api/v1/accounts/lookup", {"acct": acct})
        except Rejected as error:
            if error.reason != "not_found" or client.anonymous:
                raise
            found = await self._looked_up_elsewhere(client, acct)
        account_id = string(obj(found).get("id"))
        if not account_id:
            raise Rejected("no such account", reason="not_found")
        return account_id

    async def _looked_up_elsewhere(self, client: Client, acct: str) -> Obj:
        """An account that our server has not met: with a sign-in it goes and asks."""
        params = {"q": acct, "type": "accounts", "resolve": "true", "limit": "1"}
        _, answer = await client.get("/api/v2/search", params)
        return next(iter(objs(obj(answer).get("accounts"))), obj(None))

    # walking

    async def _first(self, line: Line, limit: int) -> Page:
        batch = await self._batch(line, [("limit", str(min(limit, PAGE)))])
        if batch.rebuilding:
            return Page(unchanged=True, not_before=line.client.now() + REBUILD_WAIT)
        return Page(
            _entries(line, batch.items), cursor=Cursor(batch.newest, line.account).to_text(), older=batch.oldest
        )

    async def _new_statuses(self, line: Line, known: Cursor) -> Page:
        items: list[Obj] = []
        newest = known.newest
        for _ in range(MAX_PAGES):
            batch = await self._batch(line, [("min_id", newest), ("limit", str(PAGE))])
            if batch.rebuilding:
                return Page(_entries(line, items), not_before=line.client.now() + REBUILD_WAIT)
            if batch.newest in {"", newest}:
                break
            items = [*batch.items, *items]
            newest = batch.newest
            if len(batch.items) < PAGE:
                break
        else:
            return await self._jump(line, replace(known, newest=newest), items)
        return _page(line, items, replace(known, newest=newest))

    async def _jump(self, line: Line, known: Cursor, items: list[Obj]) -> Page:
        """Too much has happened to walk through: the newest page, and a gap before it unless that closes it."""
        batch = await self._batch(line, [("since_id", known.newest), ("limit", str(PAGE))])
        page = _page(line, [*batch.items, *items], replace(known, newest=batch.newest or known.newest))
        gap = len(batch.items) >= PAGE
        return replace(page, gap=gap, older=batch.oldest if gap else "")

    async def _new_notices(self, line: Line, known: Cursor) -> Page:
        """With since_id and max_id, which every relative of Mastodon knows: from the newest back to what is known."""
        items: list[Obj] = []
        newest, oldest = "", ""
        for _ in range(MAX_PAGES):
            place = [("since_id", known.newest), ("limit", str(PAGE)), *([("max_id", oldest)] if oldest else [])]
            batch = await self._batch(line, place)
            items += batch.items
            newest = newest or batch.newest
            if len(batch.items) < PAGE or batch.oldest in {"", oldest}:
                return _page(line, items, replace(known, newest=newest or known.newest))
            oldest = batch.oldest
        page = _page(line, items, replace(known, newest=newest or known.newest))
        return replace(page, gap=True, older=oldest)

    async def _search(self, line: Line, known: Cursor, limit: int) -> Page:
        """Servers order and page searches as they like: the best 40 each time, compared with those of last time."""
        size = min(limit, PAGE)
        found = await self._found(line, [("limit", str(size))])
        before, ids = set(known.newest.split()), [string(item.get("id")) for item in found]
        full = len(found) >= size
        return Page(
            _entries(line, found),
            cursor=Cursor(" ".join(ids)).to_text(),
            older=str(size) if full and not before else "",
            gap=bool(full and before and before.isdisjoint(ids)),
            unchanged=bool(before) and before >= set(ids),
        )

    async def _found(self, line: Line, place: Params) -> list[Obj]:
        _, answer = await line.client.get(line.path, [*line.params, *_pairs(place)])
        return objs(obj(answer).get("statuses"))

    async def _batch(self, line: Line, place: Params) -> Batch:
        response, answer = await line.client.get(line.path, [*line.params, *_pairs(place)])
        items = objs(answer)
        if response.status == REBUILDING:
            return Batch(rebuilding=True)
        newest, oldest = _place(response, "prev"), _place(response, "next")
        if items and not line.link_only:
            newest = newest or string(items[0].get("id"))
            oldest = oldest or string(items[-1].get("id"))
        return Batch(items, newest, oldest)

    # threads and lists

    async def thread(self, client: Client, home: Home, local_id: str) -> Page:
        """The conversation around a status, oldest first as the server orders it."""
        path = f"/api/v1/statuses/{quote(local_id, safe='')}"
        _, status = await client.get(path)
        _, context = await client.get(f"{path}/context")
        around = obj(context)
        items = [*objs(around.get("ancestors")), obj(status), *objs(around.get("descendants"))]
        entries = (entry_of(item, home, context="thread") for item in items)
        return Page(tuple(entry for entry in entries if entry is not None))

    async def look_again(self, source: Source, local_id: str) -> Entry | None:
        """A status as it is now; None = it is gone, or the person's filters hide it from this source."""
        line = await self._line(source, "")
        try:
            _, answer = await line.client.get(f"/api/v1/statuses/{quote(local_id, safe='')}")
        except Rejected as error:
            if error.reason not in {"not_found", "gone"}:
                raise
            return None
        return entry_of(obj(answer), line.home, context=line.context)

    async def lists(self, client: Client) -> tuple[tuple[str, str], ...]:
        _, answer = await client.get("/api/v1/lists")
        return tuple((string(found.get("id")), string(found.get("title"))) for found in objs(answer))


def _tag_line(client: Client, home: Home, tags: Sequence[str]) -> Line:
    """Posts with any of these hashtags."""
    path = f"/api/v1/timelines/tag/{quote(tags[0], safe='')}"
    return Line(client, home, path, tuple(("any[]", tag) for tag in tags[1:]))


def _pairs(params: Params) -> list[tuple[str, str]]:
    return params if isinstance(params, list) else list(params.items())


def _place(response: Response, rel: str) -> str:
    """The id that a Link header goes on from. Only the id is taken: the address may be anybody's."""
    query = parse_qs(urlsplit(find_link(response.headers.get("link", ""), rel, response.url)).query)
    names = ("max_id",) if rel == "next" else ("min_id", "since_id")
    return next((query[name][0] for name in names if query.get(name)), "")


def _page(line: Line, items: Sequence[Obj], cursor: Cursor) -> Page:
    return Page(_entries(line, items), cursor=cursor.to_text(), unchanged=not items)


def _entries(line: Line, items: Sequence[Obj]) -> tuple[Entry, ...]:
    """In the server's order, each post once: a post itself goes before its re-shares."""
    if line.notices:
        notices = (notice_of(item, line.home, line.context) for item in items)
        return _once([entry for entry in notices if entry is not None])
    found = (entry_of(item, line.home, context=line.context) for item in items)
    entries = [entry for entry in found if entry is not None]
    originals = {entry.key for entry in entries if entry.reason is None}
    return _once([entry for entry in entries if entry.reason is None or entry.key not in originals])


def _once(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    seen: dict[str, Entry] = {}
    for entry in entries:
        seen.setdefault(entry.key, entry)
    return tuple(seen.values())
