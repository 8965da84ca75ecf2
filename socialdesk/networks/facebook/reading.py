"""Columns: the Page's posts, comments under them, mentions, posts of visitors; conversations.

Facebook charges nothing for reading, so each look reads the newest page again: counts and changes come with it.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from socialdesk.core.entry import Entry, Page
from socialdesk.core.errors import Rejected
from socialdesk.core.source import Source
from socialdesk.core.tolerant import Obj, obj, string
from socialdesk.networks.facebook.client import Client
from socialdesk.networks.facebook.tolerant import data
from socialdesk.networks.facebook.translate import COMMENT_FIELDS, POST_FIELDS, Place, comment_entry, post_entry

FULL = 100
MAX_PAGES = 4
REMEMBERED = 200
COMMENTED = 50  # own posts whose comments are looked at
COMMENTS = 25  # of one post, in a look at all of them
THREAD_PAGES = 5
OVERLAP = timedelta(minutes=5)  # comments may appear a little after their time

# kind of source -> (edge of the Page, why somebody else's post is there)
EDGES = {"posts": ("published_posts", ""), "mentions": ("tagged", "mention"), "visitors": ("visitor_posts", "status")}


@dataclass(frozen=True, slots=True)
class Cursor:
    """What is kept between two looks: ids that were there, a digest of the whole page, the newest time."""

    known: tuple[str, ...] = ()
    digest: str = ""
    newest: int = 0  # seconds since 1970

    def to_text(self) -> str:
        kept = {"known": list(self.known), "digest": self.digest, "newest": self.newest}
        return json.dumps({name: value for name, value in kept.items() if value}, separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str) -> "Cursor":
        """What cannot be read counts as a first look."""
        try:
            kept = obj(json.loads(text))
        except ValueError:
            return cls()
        known, newest = kept.get("known"), kept.get("newest")
        names = tuple(map(string, known)) if isinstance(known, list) else ()
        return cls(names, string(kept.get("digest")), newest if isinstance(newest, int) else 0)


class Reader:
    def __init__(self, client: Client, place: Place) -> None:
        self._client = client
        self._place = place

    async def fetch(self, source: Source, cursor: str, limit: int) -> Page:
        known = Cursor.from_text(cursor)
        if source.kind == "comments":
            return await self._comments(known)
        if source.kind in EDGES:
            return await self._posts(*EDGES[source.kind], known, limit)
        raise Rejected(f"no source {source.kind}", reason="not_supported")

    async def fetch_older(self, source: Source, older: str, limit: int) -> Page:
        """`older` is Facebook's own cursor, of posts."""
        if source.kind == "comments":
            answer = await self._commented("", older)
            return Page(await self._all_comments(answer, {}), older=next_of(answer))
        if source.kind not in EDGES:
            raise Rejected(f"no source {source.kind}", reason="not_supported")
        edge, reason = EDGES[source.kind]
        answer = await self._edge(edge, limit, older)
        return Page(self._entries(answer, reason), older=next_of(answer))

    # posts

    async def _edge(self, edge: str, limit: int, after: str = "") -> Obj:
        params = {"fields": POST_FIELDS, "limit": str(min(limit, FULL))}
        return await self._client.get(f"{self._place.me}/{edge}", {**params, **({"after": after} if after else {})})

    def _entries(self, answer: Obj, reason: str) -> tuple[Entry, ...]:
        return tuple(e for post in data(answer) if (e := post_entry(post, self._place, reason)) is not None)

    async def _posts(self, edge: str, reason: str, known: Cursor, limit: int) -> Page:
        """From the newest page on, until something is met that was there at the last look."""
        before = set(known.known)
        entries: list[Entry] = []
        digest, after, met = "", "", False
        for _ in range(MAX_PAGES if before else 1):
            answer = await self._edge(edge, limit, after)
            page = self._entries(answer, reason)
            digest = digest or _digest(answer.get("data"))
            entries += page
            after = next_of(answer)
            met = met or not before.isdisjoint(e.remote_id for e in page)
            if met or not after:
                break
        gap = bool(before and after and not met)
        names = tuple(dict.fromkeys((*(e.remote_id for e in entries), *known.known)))[:REMEMBERED]
        unchanged = bool(before) and digest == known.digest
        return Page(
            () if unchanged else tuple(entries),
            cursor=Cursor(names, digest).to_text(),
            older=after if gap or not before else "",
            gap=gap,
            unchanged=unchanged,
        )

    # comments

    async def _commented(self, since: str, after: str = "") -> Obj:
        """Own posts with the newest comments of each, in one request."""
        recent = f".since({since})" if since else ""
        nested = f"comments.filter(stream).order(reverse_chronological){recent}.limit({COMMENTS}){{{COMMENT_FIELDS}}}"
        params = {"fields": f"id,{nested}", "limit": str(COMMENTED)}
        return await self._client.get(
            f"{self._place.me}/published_posts", {**params, **({"after": after} if after else {})}
        )

    async def _comments(self, known: Cursor) -> Page:
        begin = known.newest - int(OVERLAP.total_seconds())
        since = str(begin) if known.newest else ""
        answer = await self._commented(since)
        found = await self._all_comments(answer, {"since": since} if since else None)
        before = set(known.known)
        new = tuple(entry for entry in found if entry.remote_id not in before)
        newest = max((int(e.published.timestamp()) for e in found if e.published), default=0)
        ids = (entry.remote_id for entry in found)
        cursor = Cursor(
            tuple(dict.fromkeys((*ids, *known.known)))[:REMEMBERED],
            newest=max(newest, known.newest) or int(self._client.now().timestamp()),
        )
        return Page(
            new,
            cursor=cursor.to_text(),
            older="" if known.newest else next_of(answer),
            unchanged=bool(known.newest) and not new,
        )

    async def _all_comments(self, answer: Obj, more: dict[str, str] | None) -> tuple[Entry, ...]:
        """Other people's comments, newest first. `more` None: the first of each post are enough."""
        found: list[Entry] = []
        for post in data(answer):
            post_id, edge = string(post.get("id")), obj(post.get("comments"))
            comments = data(edge)
            if more is not None and next_of(edge):
                params = {"filter": "stream", "order": "reverse_chronological", **more}
                comments += await self._walk(f"{quote(post_id, safe='_')}/comments", params, next_of(edge))
            found += (e for c in comments if (e := comment_entry(c, post_id, self._place)) is not None)
        others = [e for e in found if e.author.remote_id != self._place.me]
        return tuple(sorted(others, key=_time, reverse=True))

    async def _walk(self, path: str, params: dict[str, str], after: str = "") -> list[Obj]:
        """All comments of an edge, in pages, up to a sensible number of them."""
        found: list[Obj] = []
        for _ in range(THREAD_PAGES):
            asked = {"fields": COMMENT_FIELDS, "limit": str(FULL), **params}
            answer = await self._client.get(path, {**asked, **({"after": after} if after else {})})
            found += data(answer)
            after = next_of(answer)
            if not after:
                break
        return found

    async def thread(self, remote_id: str, refs: dict[str, str]) -> Page:
        """A post with all comments, oldest first."""
        post_id = refs.get("post") or remote_id
        path = quote(post_id, safe="_")
        entry = post_entry(await self._client.get(path, {"fields": POST_FIELDS}), self._place)
        comments = await self._walk(f"{path}/comments", {"filter": "stream", "order": "chronological"})
        found = (comment_entry(comment, post_id, self._place) for comment in comments)
        said = sorted((e for e in found if e is not None), key=_time)
        return Page(((entry,) if entry else ()) + tuple(said))


def next_of(answer: Obj) -> str:
    """Facebook's cursor of the next page; '' = the end, which only a missing `next` tells."""
    paging = obj(answer.get("paging"))
    return string(obj(paging.get("cursors")).get("after")) if string(paging.get("next")) else ""


def _time(entry: Entry) -> datetime:
    return entry.published or datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:24]
