"""Columns: home, mentions, accounts, search, lists, bookmarks, likes; conversations.

X charges for each post that it returns, so a refresh asks for what is new (`since_id`) where X can say that, and else
reads small pages until something known turns up.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import quote

from socialdesk.core.entry import Entry, Page
from socialdesk.core.errors import NetworkError, Rejected
from socialdesk.core.source import Source
from socialdesk.core.tolerant import Obj, obj, objs, string
from socialdesk.networks.x.client import Client
from socialdesk.networks.x.dialect import NEW, named
from socialdesk.networks.x.facts import PAGES_S
from socialdesk.networks.x.places import Line, line_of, name_of, search_line
from socialdesk.networks.x.refusals import missing, names_parameter
from socialdesk.networks.x.tolerant import digits, strings
from socialdesk.networks.x.translate import around_of, entry_of, mention_reason

FIRST = 20  # posts of a first look, and of each look at what can only be read in pages
FULL = 100
MAX_PAGES = 3
REMEMBERED = 60
MAX_LISTS = 100
THREAD_PAGES = 2


@dataclass(frozen=True, slots=True)
class Cursor:
    """What is kept between two looks: the newest id, or the newest names where X cannot be asked for news.

    `account` is the id behind a column's name, which costs money to find out; `dialect` the vocabulary that worked.
    """

    newest: str = ""
    known: tuple[str, ...] = ()
    account: str = ""
    dialect: str = ""

    def to_text(self) -> str:
        kept = {"newest": self.newest, "known": list(self.known), "account": self.account, "dialect": self.dialect}
        return json.dumps({name: value for name, value in kept.items() if value}, separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str) -> "Cursor":
        """What cannot be read counts as a first look."""
        try:
            kept = obj(json.loads(text))
        except ValueError:
            return cls()
        newest = string(kept.get("newest"))
        return cls(
            newest if digits(newest) else "",
            strings(kept.get("known")),
            string(kept.get("account")),
            string(kept.get("dialect")),
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """One answer: ids of posts, newest first, the entry of each, and the token of the next page ('' = none)."""

    ids: tuple[str, ...]
    entries: tuple[Entry, ...]
    token: str


class Reader:
    """Reads as the account `me`; `web` is where people look at posts."""

    def __init__(self, client: Client, me: str, handle: str, web: str) -> None:
        self._client = client
        self._me = me
        self._web = web
        self._ids = {handle.lower(): me} if handle else {}

    async def fetch(self, source: Source, cursor: str, limit: int) -> Page:
        known = Cursor.from_text(cursor)
        if known.dialect:
            self._client.dialect = named(known.dialect)
        names = len(self._ids)
        line, account = await self._line(source, known.account)
        look_ups = len(self._ids) - names
        known = replace(known, account=account)
        if not line.since:
            page, after = await self._pages(line, known, limit)
        elif known.newest:
            page, after = await self._news(line, known, limit)
        else:
            page, after = await self._first(line, known, limit)
        spoken = self._client.dialect.key if self._client.dialect is not NEW else ""
        return replace(page, cursor=replace(after, dialect=spoken).to_text(), look_ups=look_ups)

    async def fetch_older(self, source: Source, older: str, limit: int) -> Page:
        """`older` is what an earlier page named: an id, or a token."""
        line, _ = await self._line(source, "")
        size = ("max_results", str(_size(limit, line)))
        if not line.since:
            batch = await self._batch(line, size, ("pagination_token", older))
            return Page(batch.entries, older=batch.token, read=batch.ids)
        try:
            batch = await self._batch(line, size, ("until_id", older))
        except Rejected as error:
            if names_parameter(error, "until_id"):  # the search reaches back seven days and no further
                return Page()
            raise
        return Page(
            batch.entries, older=_oldest(batch) if batch.ids and _oldest(batch) != older else "", read=batch.ids
        )

    async def _line(self, source: Source, account: str) -> tuple[Line, str]:
        if source.kind == "account" and not account:
            account = await self.account_id(source.params.get("account", ""))
        return line_of(source, self._me, account), account

    async def account_id(self, typed: str) -> str:
        """The id behind a name, asked for once."""
        name = name_of(typed)
        if name.lower() not in self._ids:
            _, answer = await self._client.ask("GET", f"/2/users/by/username/{quote(name, safe='')}", name="user")
            found = string(obj(answer.get("data")).get("id"))
            if not found:
                raise missing(answer)
            self._ids[name.lower()] = found
        return self._ids[name.lower()]

    # walking

    async def _first(self, line: Line, known: Cursor, limit: int) -> tuple[Page, Cursor]:
        batch = await self._batch(line, ("max_results", str(_size(min(limit, FIRST), line))))
        older = batch.ids[:limit][-1] if batch.ids else ""
        shown = _once(batch.entries[:limit])  # X gives no fewer than `line.least`
        return Page(shown, older=older, read=batch.ids), replace(known, newest=_newest(batch.ids, ""))

    async def _news(self, line: Line, known: Cursor, limit: int) -> tuple[Page, Cursor]:
        ids: list[str] = []
        entries: list[Entry] = []
        token = ""
        for _ in range(MAX_PAGES):
            place = [("since_id", known.newest), ("max_results", str(FULL))]
            try:
                batch = await self._batch(line, *place, *([("pagination_token", token)] if token else []))
            except Rejected as error:
                if not names_parameter(error, "since_id"):
                    raise
                page, after = await self._first(line, known, limit)  # away for longer than X looks back
                return replace(page, gap=True), after
            ids += batch.ids
            entries += batch.entries
            token = batch.token
            if not token:
                break
        older = min(ids, key=digits) if token and ids else ""
        page = Page(_once(entries), gap=bool(token), older=older, unchanged=not entries, read=tuple(ids))
        return page, replace(known, newest=_newest(ids, known.newest))

    async def _pages(self, line: Line, known: Cursor, limit: int) -> tuple[Page, Cursor]:
        """In pages from the newest, until something is met that was there at the last look."""
        before = set(known.known)
        ids: list[str] = []
        entries: list[Entry] = []
        token, met = "", False
        size = ("max_results", str(_size(min(limit, FIRST), line)))
        for _ in range(MAX_PAGES if before else 1):
            batch = await self._batch(line, size, *([("pagination_token", token)] if token else []))
            met = met or not before.isdisjoint(batch.ids)
            ids += batch.ids
            entries += batch.entries
            token = batch.token
            if met or not token:
                break
        new = _once([entry for post_id, entry in zip(ids, entries, strict=True) if post_id not in before])
        gap = bool(before and token and not met)
        page = Page(
            new,
            older=token if gap or not before else "",
            gap=gap,
            unchanged=bool(before) and not new,
            not_before=self._client.now() + timedelta(seconds=PAGES_S),
            read=tuple(ids),
        )
        return page, replace(known, known=tuple(dict.fromkeys((*ids, *known.known)))[:REMEMBERED])

    async def _batch(self, line: Line, *place: tuple[str, str]) -> Batch:
        _, answer = await self._client.posts(line.path, dict((*line.params, *place)), name=line.name)
        around = around_of(answer, self._web, self._me)
        posts = objs(answer.get("data"))
        if not posts and objs(answer.get("errors")) and "meta" not in answer:
            raise missing(answer)
        found: dict[str, Entry] = {}
        for post in posts:
            entry = entry_of(post, around, mention_reason(post, around) if line.mentions else None, line.mine)
            if entry is not None:
                found[string(post.get("id"))] = entry
        return Batch(tuple(found), tuple(found.values()), string(obj(answer.get("meta")).get("next_token")))

    # threads and lists

    async def thread(self, post_id: str) -> Page:
        """The conversation around a post, oldest first; of the answers those of the last seven days."""
        post, found = await self._post(post_id)
        root = string(post.get("conversation_id")) or post_id
        entries = {post_id: found}
        if root != post_id:
            try:
                entries[root] = (await self._post(root))[1]
            except Rejected as error:
                if error.reason not in {"not_found", "missing_permission"}:
                    raise
        line, token = search_line(f"conversation_id:{root}"), ""
        for _ in range(THREAD_PAGES):
            place = [("max_results", str(FULL)), *([("next_token", token)] if token else [])]
            batch = await self._batch(line, *place)
            entries |= {entry.remote_id: entry for entry in batch.entries}
            token = batch.token
            if not token:
                break
        return Page(tuple(entries[key] for key in sorted(entries, key=digits)))

    async def _post(self, post_id: str) -> tuple[Obj, Entry]:
        _, answer = await self._client.posts(f"/2/tweets/{quote(post_id, safe='')}", {}, name="post")
        post = obj(answer.get("data"))
        entry = entry_of(post, around_of(answer, self._web, self._me))
        if entry is None:
            raise missing(answer)
        return post, entry

    async def lists(self) -> tuple[tuple[str, str], ...]:
        """The account's own lists, then those it follows."""
        found: dict[str, str] = {}
        for kind in ("owned_lists", "followed_lists"):
            try:
                _, answer = await self._client.ask(
                    "GET",
                    f"/2/users/{self._me}/{kind}",
                    name=kind,
                    params={"max_results": str(MAX_LISTS), "list.fields": "id,name"},
                )
            except NetworkError:
                if not found:
                    raise
                break
            found |= {string(item.get("id")): string(item.get("name")) for item in objs(answer.get("data"))}
        return tuple(item for item in found.items() if item[0])


def _size(limit: int, line: Line) -> int:
    return max(line.least, min(limit, FULL))


def _newest(ids: Sequence[str], before: str) -> str:
    return max((*ids, before), key=digits) if ids else before


def _oldest(batch: Batch) -> str:
    return min(batch.ids, key=digits)


def _once(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Each post once, a post itself rather than its reposts."""
    originals = {entry.key for entry in entries if not _is_repost(entry)}
    kept: dict[str, Entry] = {}
    for entry in entries:
        if entry.key not in originals or not _is_repost(entry):
            kept.setdefault(entry.key, entry)
    return tuple(kept.values())


def _is_repost(entry: Entry) -> bool:
    return entry.reason is not None and entry.reason.kind == "reshare"
