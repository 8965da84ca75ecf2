"""Columns: own posts and replies, replies to them, mentions, search by words and topics; conversations.

Threads charges nothing for reading, so each look reads the newest page again: changes come with it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from socialdesk.core.entry import Entry, Page
from socialdesk.core.errors import Rejected
from socialdesk.core.source import Source
from socialdesk.core.tolerant import Obj, obj, string
from socialdesk.networks.threads.client import Client
from socialdesk.networks.threads.tolerant import data
from socialdesk.networks.threads.translate import FIELDS, REPLY_FIELDS, Place, entry_of, is_mine

FULL = 50
MAX_PAGES = 4
REMEMBERED = 200
ANSWERED = 10  # own posts whose replies are looked at
RECENT = 25
THREAD_PAGES = 5
MAX_QUERY = 200
MAX_TAG = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Line:
    """One list to ask for. `by_time`: older ones are asked for by their time, not with a cursor."""

    path: str
    fields: str = FIELDS
    params: tuple[tuple[str, str], ...] = ()
    by_time: bool = False
    reason: str = ""


def line_of(source: Source) -> Line:
    """Raises `Rejected` (invalid, not_supported)."""
    match source.kind:
        case "posts":
            return Line("me/threads")
        case "own_replies":
            return Line("me/replies", REPLY_FIELDS)
        case "mentions":
            return Line("me/mentions", reason="mention")
        case "search":
            return _search(" ".join(source.params.get("query", "").split()), "KEYWORD", MAX_QUERY)
        case "hashtag":
            return _search(source.params.get("tag", "").strip().lstrip("#＃").strip(), "TAG", MAX_TAG)
    raise Rejected(f"no source {source.kind}", reason="not_supported")


def _search(words: str, mode: str, longest: int) -> Line:
    if not words or len(words) > longest:
        raise Rejected("not a search", reason="invalid")
    asked = (("q", words), ("search_type", "RECENT"), ("search_mode", mode))
    return Line("keyword_search", FIELDS, asked, by_time=True)


class Reader:
    def __init__(self, client: Client, place: Place) -> None:
        self._client = client
        self._place = place

    async def fetch(self, source: Source, cursor: str, limit: int) -> Page:
        known, digest = _from_text(cursor)
        if source.kind == "replies":
            return await self._replies(known)
        return await self._news(line_of(source), known, digest, limit)

    async def fetch_older(self, source: Source, older: str, limit: int) -> Page:
        """`older` is Threads' own cursor, or a time."""
        if source.kind == "replies":
            return Page()
        line = line_of(source)
        entries, after, _ = await self._batch(line, limit, older)
        return Page(entries, older=after if after != older else "")

    async def _batch(self, line: Line, limit: int, older: str = "") -> tuple[tuple[Entry, ...], str, str]:
        """Entries, the place of older ones ('' = none), and a digest of the page."""
        params = {"fields": line.fields, "limit": str(min(limit, FULL)), **dict(line.params)}
        if older:
            params["until" if line.by_time else "after"] = older
        answer = await self._client.get(line.path, params)
        rows = data(answer)
        entries = tuple(e for row in rows if (e := entry_of(row, self._place, line.reason)) is not None)
        after = string(obj(obj(answer.get("paging")).get("cursors")).get("after"))
        if line.by_time:
            times = [e.published for e in entries if e.published]
            after = str(int(min(times).timestamp())) if len(rows) >= min(limit, FULL) and times else ""
        return entries, after if rows else "", _digest(rows)

    async def _news(self, line: Line, known: tuple[str, ...], digest: str, limit: int) -> Page:
        """From the newest page on, until something is met that was there at the last look."""
        before, entries = set(known), list[Entry]()
        first, older, met = "", "", False
        for _ in range(MAX_PAGES if before else 1):
            page, after, said = await self._batch(line, limit, older)
            first = first or said
            entries += page
            met = met or not before.isdisjoint(e.remote_id for e in page)
            ended = met or not after or after == older
            older = "" if after == older else after
            if ended:
                break
        found = tuple({entry.key: entry for entry in entries}.values())
        gap = bool(before and older and not met)
        unchanged = bool(before) and first == digest
        names = tuple(dict.fromkeys((*(e.remote_id for e in found), *known)))[:REMEMBERED]
        return Page(
            () if unchanged else found,
            cursor=_to_text(names, first),
            older=older if gap or not before else "",
            gap=gap,
            unchanged=unchanged,
        )

    async def _replies(self, known: tuple[str, ...]) -> Page:
        """What others answered to the newest own posts, newest first."""
        asked = {"fields": "id,has_replies,timestamp", "limit": str(RECENT)}
        posts = data(await self._client.get("me/threads", asked))
        answered = [string(post.get("id")) for post in posts if post.get("has_replies") is True][:ANSWERED]
        found: list[Entry] = []
        for post_id in answered:
            path = f"{quote(post_id, safe='')}/conversation"
            rows = data(await self._client.get(path, {"fields": REPLY_FIELDS, "reverse": "true"}))
            others = (row for row in rows if not is_mine(row, self._place))
            found += (e for row in others if (e := entry_of(row, self._place, "reply")) is not None)
        before = set(known)
        new = sorted((e for e in found if e.remote_id not in before), key=_time, reverse=True)
        names = tuple(dict.fromkeys((*(e.remote_id for e in found), *known)))[:REMEMBERED]
        return Page(tuple(new), cursor=_to_text(names, "seen"), unchanged=bool(known) and not new)

    async def thread(self, remote_id: str, refs: Mapping[str, str]) -> Page:
        """A post with all that was answered, oldest first. Of other people's posts Threads may show the post alone."""
        root = quote(refs.get("root") or remote_id, safe="")
        first = entry_of(await self._client.get(root, {"fields": FIELDS}), self._place)
        try:
            rows = await self._conversation(root)
        except Rejected as error:
            if error.reason not in {"missing_permission", "invalid", "not_found"}:
                raise
            rows = []
        found = {e.key: e for row in rows if (e := entry_of(row, self._place)) is not None}
        if first is not None:
            found.pop(first.key, None)
        return Page(((first,) if first else ()) + tuple(sorted(found.values(), key=_time)))

    async def _conversation(self, root: str) -> list[Obj]:
        rows: list[Obj] = []
        after = ""
        for _ in range(THREAD_PAGES):
            asked = {"fields": REPLY_FIELDS, "reverse": "false", **({"after": after} if after else {})}
            answer = await self._client.get(f"{root}/conversation", asked)
            rows += data(answer)
            following = string(obj(obj(answer.get("paging")).get("cursors")).get("after"))
            if not data(answer) or not following or following == after:
                break
            after = following
        return rows


def _time(entry: Entry) -> tuple[datetime, str]:
    return entry.published or _EPOCH, entry.remote_id


def _digest(rows: Any) -> str:
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()[:24]


def _to_text(known: tuple[str, ...], digest: str) -> str:
    return json.dumps({"known": known, "digest": digest}, separators=(",", ":"))


def _from_text(text: str) -> tuple[tuple[str, ...], str]:
    """Known ids and digest of the last look. What cannot be read counts as a first one."""
    try:
        kept = obj(json.loads(text))
    except ValueError:
        return (), ""
    known = kept.get("known")
    return tuple(map(string, known)) if isinstance(known, list) else (), string(kept.get("digest"))
