"""Reading a blog over XML-RPC: the posts that the user may edit, drafts, comments. Newest first.

There are no filters by time: what is known is met again. Lists are cut to what the user may edit only after they were
counted, so a page may be short, or empty where others write much.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime

from socialdesk.core.entry import Entry, Page
from socialdesk.core.errors import Rejected, Unreachable
from socialdesk.core.tolerant import Obj, number, objs, string
from socialdesk.networks.wordpress.translate import plain
from socialdesk.networks.wordpress.xmlrpc.client import RpcClient
from socialdesk.networks.wordpress.xmlrpc.translate import comment_entry, post_entry, user_of

LARGEST_PAGE = 100
MOST_PAGES = 5
REMEMBERED = 300
FIELDS = ["post", "terms"]
_STATUSES = {"posts": "publish", "drafts": "draft,pending,future"}
_NO_COMMENTS = frozenset({"pingback", "trackback"})


class RpcReader:
    """`name` is shown as the author of posts, `own_id` the user's number at the site."""

    def __init__(
        self, client: RpcClient, home: str, name: str, own_id: str, now: Callable[[], datetime], *, moderates: bool
    ) -> None:
        self._client = client
        self._home = home
        self._name = name or home.partition("://")[2]
        self._own_id = own_id
        self._now = now
        self._moderates = moderates

    async def fetch(self, kind: str, cursor: str, limit: int) -> Page:
        """Drafts change without an order one could follow: the newest are given each time."""
        known = () if kind == "drafts" else _known(cursor)
        rows: list[Obj] = []
        met, more, offset = False, True, 0
        for _ in range(MOST_PAGES):
            batch, more = await self._batch(kind, offset, limit)
            offset += _size(limit)
            rows += batch
            met = not known or any(_mark(row) in known for row in batch)
            if not more or (met and (known or len(rows) >= limit)):
                break
        if kind == "drafts":
            return Page(self._entries(kind, rows[:limit]))
        fresh = [row for row in rows if _mark(row) not in known]
        gap = bool(known) and more and not met
        marks = dict.fromkeys([*map(_mark, rows), *known])
        older = str(offset) if more and (gap or not known) else ""
        unchanged = bool(known) and not fresh
        return Page(
            self._entries(kind, fresh), json.dumps(list(marks)[:REMEMBERED]), older, gap=gap, unchanged=unchanged
        )

    async def fetch_older(self, kind: str, older: str, limit: int) -> Page:
        """`older` counts from the newest: what is new since then is met twice, never passed over."""
        offset = number(older)
        if kind not in {"posts", "comments"} or offset is None:
            return Page()
        batch, more = await self._batch(kind, offset, limit)
        return Page(self._entries(kind, batch), older=str(offset + _size(limit)) if more else "")

    async def thread(self, post_id: str) -> Page:
        """A post and everything said under it, oldest first."""
        post = await self._client.ask("wp.getPost", post_id, FIELDS)
        said = await self._comments({"post_id": post_id, "number": LARGEST_PAGE, "offset": 0})
        entries = [post_entry(post, self._home, self._name, self._now())] if isinstance(post, dict) else []
        entries += [comment_entry(row, self._home) for row in reversed(_shown(said))]
        return Page(tuple(entry for entry in entries if entry is not None))

    async def names(self, terms: str) -> tuple[str, ...]:
        """The names of the site's categories or tags, most used first."""
        taxonomy = "category" if terms == "categories" else "post_tag"
        most_used = {"number": LARGEST_PAGE, "orderby": "count", "order": "DESC", "hide_empty": False}
        found = objs(await self._client.ask("wp.getTerms", taxonomy, most_used))
        return tuple(name for term in found if (name := plain(string(term.get("name")))))

    async def _batch(self, kind: str, offset: int, limit: int) -> tuple[list[Obj], bool]:
        """One page, and whether there may be more."""
        span = {"number": _size(limit), "offset": offset}
        if kind == "comments":
            found = await self._comments(span)
            return _shown(found), len(found) >= _size(limit)
        if kind not in _STATUSES:
            raise Rejected(f"no source called {kind}", reason="not_supported")
        wanted = {"post_type": "post", "post_status": _STATUSES[kind], "orderby": "modified", "order": "DESC", **span}
        found = _rows(await self._client.ask("wp.getPosts", wanted, FIELDS), "post_id")
        # Who may edit what others write sees every post; for the rest a page is cut after it was counted.
        return found, len(found) >= (_size(limit) if self._moderates else 1)

    async def _comments(self, span: Mapping[str, object]) -> list[Obj]:
        """Without the right to moderate only what is public."""
        status = "" if self._moderates else "approve"
        return _rows(await self._client.ask("wp.getComments", {"status": status, **span}), "comment_id")

    def _entries(self, kind: str, rows: list[Obj]) -> tuple[Entry, ...]:
        if kind == "comments":  # the person's own answers are no news in the inbox
            made = [comment_entry(row, self._home) for row in rows if user_of(row) != (self._own_id or "?")]
        else:
            made = [post_entry(row, self._home, self._name, self._now()) for row in rows]
        return tuple(entry for entry in made if entry is not None)


def _rows(answer: object, name: str) -> list[Obj]:
    if not isinstance(answer, list):
        raise Unreachable("the answer has an unknown form", reason="invalid_answer")
    return [row for row in objs(answer) if string(row.get(name))]


def _shown(comments: list[Obj]) -> list[Obj]:
    """Without spam, and without what other sites' programs say."""
    return [c for c in comments if c.get("status") in {"approve", "hold"} and c.get("type") not in _NO_COMMENTS]


def _size(limit: int) -> int:
    return min(max(limit, 1), LARGEST_PAGE)


def _mark(row: Obj) -> str:
    """A post that was changed is news again."""
    if "comment_id" in row:
        return string(row.get("comment_id"))
    return f"{string(row.get('post_id'))} {string(row.get('post_modified_gmt'))}"


def _known(cursor: str) -> tuple[str, ...]:
    try:
        found = json.loads(cursor)
    except ValueError:
        return ()
    return tuple(map(str, found)) if isinstance(found, list) else ()
