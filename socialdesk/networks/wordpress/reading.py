"""Reading a blog: its posts, drafts and comments, what is new and what came before."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from socialdesk.core.entry import Entry, Page
from socialdesk.core.errors import Rejected, Unreachable
from socialdesk.networks.wordpress.address import Params
from socialdesk.networks.wordpress.client import Client
from socialdesk.networks.wordpress.place import SECOND, Place, moved
from socialdesk.networks.wordpress.translate import comment_entry, plain, post_entry

LARGEST_PAGE = 100
MOST_PAGES = 5  # of changes in one look; the rest comes with the next one


@dataclass(frozen=True, slots=True)
class Kind:
    """What differs between posts and comments: route, the field and parameters of "since", what is asked for.

    Times are compared by the site's own clock, which is how it stores them: sites change their time zone, and then
    the UTC field of an old post no longer fits what the server compares with.
    """

    route: str
    stamp: str
    since: str
    order: str
    params: Params


POSTS = Kind(
    "wp/v2/posts",
    "modified",
    "modified_after",
    "modified",
    [("status", "publish"), ("_embed", "author,wp:featuredmedia,wp:term")],
)
DRAFTS = [("status", "draft,pending,future"), ("context", "edit"), ("orderby", "modified")]
MODERATED = [("status", "all"), ("context", "edit")]  # approved and waiting; "any" would bring spam too


def comments_kind(*, moderates: bool) -> Kind:
    return Kind(
        "wp/v2/comments", "date_gmt", "after", "date_gmt", [*(MODERATED if moderates else ()), ("_embed", "up")]
    )


class Reader:
    """Fetches sources of one site. `own_id` is the account's user id at the site."""

    def __init__(self, client: Client, home: str, own_id: str, *, moderates: bool) -> None:
        self._client = client
        self._home = home
        self._own_id = own_id
        self._comments = comments_kind(moderates=moderates)

    async def fetch(self, kind: str, cursor: str, limit: int) -> Page:
        if kind == "drafts":
            return await self._drafts(limit)
        chosen = self._kind(kind)
        place = Place.read(cursor)
        return await (self._news(chosen, place, limit) if place.newest else self._first(chosen, limit))

    def _kind(self, kind: str) -> Kind:
        if kind not in {"posts", "comments"}:
            raise Rejected(f"no source called {kind}", reason="not_supported")
        return POSTS if kind == "posts" else self._comments

    async def _first(self, kind: Kind, limit: int) -> Page:
        params = [*kind.params, ("per_page", str(min(limit, LARGEST_PAGE)))]
        items, headers = await self._list(kind.route, params)
        more = int(headers.get("x-wp-totalpages") or 1) > 1
        floor = min((str(item[kind.stamp]) for item in items), default="") if more else ""
        place = Place(floor=floor).after(items, kind.stamp)
        return Page(self._entries(items), place.write(), _older(items, headers))

    async def _news(self, kind: Kind, place: Place, limit: int) -> Page:
        """What has changed since `place`, oldest change first, so that nothing is skipped when there is much."""
        params = [
            *kind.params,
            (kind.since, place.since),
            ("orderby", kind.order),
            ("order", "asc"),
            ("per_page", str(LARGEST_PAGE if limit > LARGEST_PAGE else max(limit, 20))),
        ]
        new: list[dict[str, Any]] = []
        for page in range(1, MOST_PAGES + 1):
            items, headers = await self._list(kind.route, [*params, ("page", str(page))])
            new += [item for item in items if not place.knows(item, kind.stamp)]
            if page >= int(headers.get("x-wp-totalpages") or 1):
                break
        cursor = place.after(new, kind.stamp).write()
        return Page(self._entries(new), cursor, unchanged=not new)

    async def _drafts(self, limit: int) -> Page:
        """Drafts change without an order one could follow: the newest are read whole."""
        params = [*DRAFTS, ("_embed", "author,wp:featuredmedia,wp:term"), ("per_page", str(min(limit, LARGEST_PAGE)))]
        items, _ = await self._list(POSTS.route, params)
        return Page(self._entries(items))

    async def fetch_older(self, kind: str, older: str, limit: int) -> Page:
        """Continues before the page that gave `older`: its oldest second again, without what was seen of it."""
        chosen, place = self._kind(kind), Place.read(older)
        if not place.newest:
            return Page()
        params = [
            *chosen.params,
            ("before", moved(place.newest, SECOND)),
            ("exclude", ",".join(place.seen)),
            ("per_page", str(min(limit, LARGEST_PAGE))),
        ]
        items, headers = await self._list(chosen.route, params)
        return Page(self._entries(items), older=_older(items, headers, place))

    async def thread(self, post_id: str) -> Page:
        """A post and everything said under it, oldest first."""
        post, _ = await self._client.get(f"wp/v2/posts/{post_id}", [("_embed", "author,wp:featuredmedia,wp:term")])
        params = [*self._comments.params, ("post", post_id), ("order", "asc"), ("per_page", str(LARGEST_PAGE))]
        items, _ = await self._list("wp/v2/comments", params)
        return Page(self._entries([post, *items], with_own=True))

    async def names(self, terms: str) -> tuple[str, ...]:
        """The names of the site's categories or tags, most used first."""
        params = [("per_page", "100"), ("orderby", "count"), ("order", "desc"), ("_fields", "id,name")]
        found, _ = await self._client.get(f"wp/v2/{terms}", params)
        names = [plain(str(term.get("name", ""))) for term in found if isinstance(term, dict)]
        return tuple(name for name in names if name)

    async def _list(self, route: str, params: Params) -> tuple[list[dict[str, Any]], Mapping[str, str]]:
        payload, headers = await self._client.get(route, params)
        if not isinstance(payload, list) or not all(isinstance(item, dict) and "id" in item for item in payload):
            raise Unreachable("the answer has an unknown form", reason="invalid_answer")
        return payload, headers

    def _entries(self, items: list[dict[str, Any]], *, with_own: bool = False) -> tuple[Entry, ...]:
        made = []
        for item in items:
            is_comment = "post" in item and "author_name" in item
            if is_comment and not with_own and str(item.get("author")) == self._own_id:
                continue  # the person's own answers are no news in the inbox
            made.append(comment_entry(item, self._home) if is_comment else post_entry(item, self._home))
        return tuple(made)


def _older(items: list[dict[str, Any]], headers: Mapping[str, str], before: Place | None = None) -> str:
    """The oldest second of a page and all that was seen of it, '' when nothing comes before it."""
    if not items or int(headers.get("x-wp-totalpages") or 1) <= 1:
        return ""
    oldest = min(str(item["date"]) for item in items)
    seen = {str(item["id"]): oldest for item in items if item["date"] == oldest}
    return Place(oldest, {**(before.seen if before and before.newest == oldest else {}), **seen}).write()
