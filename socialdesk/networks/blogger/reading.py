"""Reading a blog: its posts, what is not out yet, its comments. Newest first; what is known is met again."""

import json
from collections.abc import Callable
from urllib.parse import quote

from socialdesk.core.entry import Entry, Page
from socialdesk.core.errors import Rejected, Unreachable
from socialdesk.core.tolerant import Obj, objs, string
from socialdesk.networks.blogger.client import Client
from socialdesk.networks.blogger.translate import comment_entry, post_entry

LARGEST_PAGE = 50
MAX_PAGES = 5
REMEMBERED = 200

Params = tuple[tuple[str, str], ...]
_POSTS: Params = (("fetchBodies", "true"), ("fetchImages", "true"), ("orderBy", "PUBLISHED"))
_LINES: dict[str, tuple[str, Params]] = {
    "posts": ("posts", (*_POSTS, ("status", "LIVE"))),
    "drafts": ("posts", (*_POSTS, ("status", "DRAFT"), ("status", "SCHEDULED"), ("view", "ADMIN"))),
    "comments": ("comments", (("fetchBodies", "true"), ("status", "LIVE"))),
}


class Reader:
    """Reads one blog: its number, title and address."""

    def __init__(self, client: Client, blog: str, title: str, home: str) -> None:
        self._client = client
        self._path = f"/v3/blogs/{quote(blog, safe='')}"
        self._title = title
        self._home = home

    async def fetch(self, kind: str, cursor: str, limit: int) -> Page:
        """Drafts change without an order one could follow: those of the first page are given each time."""
        known = frozenset() if kind == "drafts" else _known(cursor)
        rows: list[Obj] = []
        older, met = "", False
        for _ in range(MAX_PAGES if known else 1):
            batch, older = await self._batch(kind, older, limit)
            met = met or any(_mark(row) in known or string(row.get("id")) in known for row in batch)
            rows += batch
            if met or not older:
                break
        fresh = [row for row in rows if _mark(row) not in known]
        gap = bool(known and older and not met)
        marks = dict.fromkeys([mark for row in rows for mark in (_mark(row), string(row.get("id")))] + sorted(known))
        cursor = json.dumps(list(marks)[:REMEMBERED])
        past = older if gap or not known else ""
        return Page(self._entries(kind, fresh), cursor, past, gap=gap, unchanged=bool(known) and not fresh)

    async def fetch_older(self, kind: str, older: str, limit: int) -> Page:
        rows, more = await self._batch(kind, older, limit)
        return Page(self._entries(kind, rows), older=more)

    def _entries(self, kind: str, rows: list[Obj]) -> tuple[Entry, ...]:
        made: Callable[[Obj, str], Entry | None] = comment_entry if kind == "comments" else post_entry
        around = self._home if kind == "comments" else self._title
        return tuple(entry for row in rows if (entry := made(row, around)) is not None)

    async def _batch(self, kind: str, token: str, limit: int) -> tuple[list[Obj], str]:
        if kind not in _LINES:
            raise Rejected(f"no source called {kind}", reason="not_supported")
        path, params = _LINES[kind]
        size = str(min(max(limit, 1), LARGEST_PAGE))
        place = [("pageToken", token)] if token else []
        answer = await self._client.ask("GET", f"{self._path}/{path}", params=[*params, ("maxResults", size), *place])
        if "items" not in answer and "kind" not in answer:
            raise Unreachable("the answer has an unknown form", reason="invalid_answer")
        rows = [row for row in objs(answer.get("items")) if string(row.get("id"))]
        return rows, string(answer.get("nextPageToken")) if rows else ""


def _mark(row: Obj) -> str:
    """A post that was changed is news again."""
    return f"{string(row.get('id'))} {string(row.get('updated'))}"


def _known(cursor: str) -> frozenset[str]:
    try:
        found = json.loads(cursor)
    except ValueError:
        return frozenset()
    return frozenset(map(str, found)) if isinstance(found, list) else frozenset()
