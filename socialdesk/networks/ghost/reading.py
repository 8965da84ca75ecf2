"""Reading a site: its posts, pages and drafts, what is new and what came before."""

from collections.abc import Mapping, Sequence
from typing import Any

from socialdesk.core.entry import Entry, Page
from socialdesk.core.errors import Rejected, Unreachable
from socialdesk.networks.ghost.address import quoted
from socialdesk.networks.ghost.client import Client
from socialdesk.networks.ghost.place import Place
from socialdesk.networks.ghost.translate import post_entry

LARGEST_PAGE = 100  # Ghost 6 gives no more, whatever is asked for
MOST_PAGES = 5  # of changes in one look; the rest comes with the next one
_WHOLE = [("formats", "html"), ("include", "authors,tags")]
_PUBLIC = "status:[published,sent]"
_UNFINISHED = "status:[draft,scheduled]"
_KINDS = {"posts": "post", "pages": "page"}

Posts = list[dict[str, Any]]


class Reader:
    """Fetches sources of one site. `home` is its address without a trailing slash."""

    def __init__(self, client: Client, home: str) -> None:
        self._client = client
        self._home = home

    async def fetch(self, kind: str, cursor: str, limit: int) -> Page:
        if kind == "drafts":
            return await self._drafts(limit)
        if kind not in _KINDS:
            raise Rejected(f"no source called {kind}", reason="not_supported")
        place = Place.read(cursor)
        return await (self._news(kind, place, limit) if place.newest else self._first(kind, limit))

    async def _first(self, kind: str, limit: int) -> Page:
        posts, pages = await self._list(kind, _PUBLIC, "published_at desc", limit)
        place = (_first_place(posts) if pages > 1 else Place()).after(posts)
        return Page(self._entries(posts, kind), place.write(), _older(posts, pages))

    async def _news(self, kind: str, place: Place, limit: int) -> Page:
        """What has changed since `place`, oldest change first, so that nothing is skipped when there is much."""
        wanted = f"{_PUBLIC}+updated_at:>={_time(place.since)}"
        new: Posts = []
        for number in range(1, MOST_PAGES + 1):
            posts, pages = await self._list(kind, wanted, "updated_at asc", max(limit, 20), number)
            new += [post for post in posts if not place.knows(post)]
            if number >= pages:
                break
        return Page(self._entries(new, kind), place.after(new).write(), unchanged=not new)

    async def _drafts(self, limit: int) -> Page:
        """Drafts change without an order one could follow: the newest of both kinds are read whole."""
        entries: list[Entry] = []
        for kind in _KINDS:
            posts, _ = await self._list(kind, _UNFINISHED, "updated_at desc", limit)
            entries += self._entries(posts, kind)
        return Page(tuple(entries))

    async def fetch_older(self, kind: str, older: str, limit: int) -> Page:
        """Continues before the page that gave `older`: its oldest time again, without what was seen of it."""
        place = Place.read(older)
        if kind not in _KINDS or not place.newest:
            return Page()
        seen = f"+id:-[{','.join(place.seen)}]" if place.seen else ""
        wanted = f"{_PUBLIC}+published_at:<={_time(place.newest)}{seen}"
        posts, pages = await self._list(kind, wanted, "published_at desc", limit)
        return Page(self._entries(posts, kind), older=_older(posts, pages, place))

    async def _list(self, kind: str, wanted: str, order: str, limit: int, page: int = 1) -> tuple[Posts, int]:
        """One page of posts, and how many pages there are."""
        size = str(min(limit, LARGEST_PAGE))
        params = [*_WHOLE, ("filter", wanted), ("order", order), ("limit", size), ("page", str(page))]
        payload = await self._client.get(f"{kind}/", params)
        posts = payload.get(kind)
        if not isinstance(posts, list) or not all(isinstance(post, dict) and "id" in post for post in posts):
            raise Unreachable("the answer has an unknown form", reason="invalid_answer")
        return posts, _pages(payload)

    def _entries(self, posts: Sequence[Mapping[str, Any]], kind: str) -> tuple[Entry, ...]:
        return tuple(post_entry(post, self._home, _KINDS[kind]) for post in posts)


def _first_place(posts: Posts) -> Place:
    """Where the past begins, for a first look that did not show everything."""
    changed = [str(post["updated_at"]) for post in posts if post.get("updated_at")]
    published = [str(post["published_at"]) for post in posts if post.get("published_at")]
    return Place(floor=min(changed, default=""), past=min(published, default=""))


def _time(stamp: str) -> str:
    """A time as the database writes it. Sites on SQLite compare it as text, where the form of the API is wrong."""
    return quoted(stamp[:19].replace("T", " "))


def _pages(payload: Mapping[str, Any]) -> int:
    meta = payload.get("meta")
    pagination = meta.get("pagination") if isinstance(meta, dict) else None
    pages = pagination.get("pages") if isinstance(pagination, dict) else None
    return pages if isinstance(pages, int) else 1


def _older(posts: Posts, pages: int, before: Place | None = None) -> str:
    """The oldest time of a page and all that was seen of it, '' when nothing comes before it."""
    dated = [post for post in posts if post.get("published_at")]
    if not dated or pages <= 1:
        return ""
    oldest = min(str(post["published_at"]) for post in dated)
    seen = {str(post["id"]): oldest for post in dated if post["published_at"] == oldest}
    return Place(oldest, {**(before.seen if before and before.newest == oldest else {}), **seen}).write()
