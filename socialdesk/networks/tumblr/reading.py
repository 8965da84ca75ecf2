"""Reading: the dashboard, a tag, a blog, the queue. Newest first; what is known is met again.

`since_id` of the dashboard is not used: Tumblr does not say whether it gives the next posts or the newest ones.
"""

import json
from dataclasses import dataclass
from urllib.parse import quote

from socialdesk.core.entry import Page
from socialdesk.core.errors import Rejected, Unreachable
from socialdesk.core.source import Source
from socialdesk.core.tolerant import Obj, obj, objs
from socialdesk.networks.tumblr.client import Client
from socialdesk.networks.tumblr.signin import blog_name
from socialdesk.networks.tumblr.tolerant import number
from socialdesk.networks.tumblr.translate import Translator, entries_of
from socialdesk.networks.tumblr.writing import id_of

PAGE = 20  # the most that Tumblr gives
MAX_PAGES = 5
REMEMBERED = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One source on the wire. `by_time`: older posts are asked for by their time, else by their number in the list."""

    path: str
    params: tuple[tuple[str, str], ...] = ()
    by_time: bool = True


class Reader:
    """Reads as one blog. `api_key` is the app's, for what Tumblr shows to every app."""

    def __init__(self, client: Client, blog: str, api_key: str, translator: Translator) -> None:
        self._client = client
        self._blog = blog
        self._key = (("api_key", api_key),) if api_key else ()
        self._translator = translator

    async def fetch(self, source: Source, cursor: str, limit: int) -> Page:
        line, known = self._line(source), _known(cursor)
        posts: list[Obj] = []
        older, met = "", False
        for _ in range(MAX_PAGES if known else 1):
            batch, older = await self._batch(line, older, limit)
            met = met or any(id_of(post) in known for post in batch)
            posts += batch
            if met or not older:
                break
        fresh = [post for post in posts if id_of(post) not in known]
        gap = bool(known and older and not met)
        ids = list(dict.fromkeys([*(id_of(post) for post in posts), *known]))[:REMEMBERED]
        found = tuple(entries_of(fresh, self._translator).values())
        return Page(
            tuple({entry.key: entry for entry in reversed(found)}.values())[::-1],
            json.dumps(ids),
            older if gap or not known else "",
            gap=gap,
            unchanged=bool(known) and not fresh,
        )

    async def fetch_older(self, source: Source, older: str, limit: int) -> Page:
        if not older.isdigit():
            return Page()
        posts, more = await self._batch(self._line(source), older, limit)
        found = entries_of(posts, self._translator).values()
        return Page(tuple({entry.key: entry for entry in found}.values()), older=more)

    def _line(self, source: Source) -> Line:
        """Raises Rejected (not_supported) for another network's source; InputError for what names no blog."""
        npf = (("npf", "true"), ("reblog_info", "true"), ("notes_info", "false"))
        if source.kind == "home":
            return Line("/v2/user/dashboard", npf, by_time=False)
        if source.kind == "hashtag":
            tag = source.params.get("tag", "").strip().lstrip("#").strip()
            return Line("/v2/tagged", (("tag", tag), *npf, *self._key))
        if source.kind == "account":
            blog = blog_name(source.params.get("account", ""))
            if not blog:
                raise Rejected("no blog is named", reason="not_found")
            return Line(f"/v2/blog/{quote(blog, safe='')}/posts", (*npf, *self._key))
        if source.kind == "queue":
            return Line(f"/v2/blog/{quote(self._blog, safe='')}/posts/queue", npf, by_time=False)
        raise Rejected(f"no source called {source.kind}", reason="not_supported")

    async def _batch(self, line: Line, older: str, limit: int) -> tuple[list[Obj], str]:
        """Posts, newest first, and where the next ones are ('' = nowhere)."""
        size = min(max(limit, 1), PAGE)
        place = [("before" if line.by_time else "offset", older)] if older else []
        _, answer = await self._client.ask("GET", line.path, params=[*line.params, ("limit", str(size)), *place])
        rows = answer if isinstance(answer, list) else obj(answer).get("posts")
        if not isinstance(rows, list):
            raise Unreachable("the answer has an unknown form", reason="invalid_answer")
        posts = [post for post in objs(rows) if id_of(post)]
        if len(rows) < size or not posts:
            return posts, ""
        if not line.by_time:
            return posts, str(int(older or "0") + len(rows))
        times = [when for post in posts if (when := number(post.get("timestamp")))]
        if not times:
            return posts, ""
        again = min(times) + 1  # others may have been posted in that same second
        return posts, str(again if not older or again < int(older) else min(times))


def _known(cursor: str) -> frozenset[str]:
    try:
        found = json.loads(cursor)
    except ValueError:
        return frozenset()
    return frozenset(map(str, found)) if isinstance(found, list) else frozenset()
