"""Posts and comments as entries."""

import html
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from socialdesk.core.entry import Author, Entry, EntryKind, Media, MediaKind, Page, Reason
from socialdesk.core.errors import Rejected, Unreachable
from socialdesk.networks.wordpress.address import Params
from socialdesk.networks.wordpress.client import Client
from socialdesk.networks.wordpress.facts import KEY

LARGEST_PAGE = 100
SECOND = timedelta(seconds=1)
OVERLAP = timedelta(hours=1) + SECOND
MOST_PAGES = 5  # of changes in one look; the rest comes with the next one
_TAG = re.compile(r"<[^>]*>")
_BREAK = re.compile(r"<(?:br|/p|/h[1-6]|/li|/blockquote|/tr|/pre)\b[^>]*>", re.IGNORECASE)
_HIDDEN = re.compile(r"<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)


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


@dataclass(frozen=True, slots=True)
class Place:
    """How far a source was read: the newest time (site time, as sent), and what was seen in the hour before it.

    That hour is asked for again: when clocks are set back, something new is an hour older than what was seen.
    `floor` is where the first look ended; what lies before it is the past, not news.
    """

    newest: str = ""
    seen: Mapping[str, str] = field(default_factory=dict)  # time by id
    floor: str = ""

    @classmethod
    def read(cls, cursor: str) -> "Place":
        try:
            stored = json.loads(cursor)
            datetime.fromisoformat(stored["newest"])
            seen = {str(number): str(time) for number, time in stored["seen"].items()}
            return cls(stored["newest"], seen, str(stored.get("floor", "")))
        except (ValueError, KeyError, TypeError, AttributeError):
            return cls()

    def write(self) -> str:
        kept = {"newest": self.newest, "seen": dict(self.seen), "floor": self.floor}
        return json.dumps(kept) if self.newest else ""

    @property
    def since(self) -> str:
        """What to ask for: the server answers with what is later than this."""
        return max(_moved(self.newest, -OVERLAP), _moved(self.floor, -SECOND) if self.floor else "")

    def knows(self, item: Mapping[str, Any], stamp: str) -> bool:
        return self.seen.get(str(item["id"])) == str(item[stamp])

    def after(self, items: Iterable[Mapping[str, Any]], stamp: str) -> "Place":
        seen = {**self.seen, **{str(item["id"]): str(item[stamp]) for item in items}}
        newest = max([*seen.values(), self.newest])
        oldest = _moved(newest, -OVERLAP) if newest else ""
        kept = {number: time for number, time in seen.items() if time > oldest}
        return Place(newest, kept, self.floor if self.floor > oldest else "")


def _moved(time: str, by: timedelta) -> str:
    return (datetime.fromisoformat(time) + by).isoformat()


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
            ("before", _moved(place.newest, SECOND)),
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


def post_entry(post: Mapping[str, Any], home: str) -> Entry:
    embedded = post.get("_embedded") or {}
    content = _rendered(post, "content")
    number = str(post["id"])
    return Entry(
        key=f"{home}/?p={number}",
        network=KEY,
        remote_id=number,
        kind=EntryKind.ARTICLE,
        author=_author(embedded, home),
        title=plain(_rendered(post, "title")),
        summary=plain(_rendered(post, "excerpt")),
        text=plain(content),
        html=content,
        url=str(post.get("link", "")),
        published=when(post.get("date_gmt")),
        updated=when(post.get("modified_gmt")),
        media=_pictures(embedded),
        tags=tuple(plain(str(t.get("name", ""))) for group in embedded.get("wp:term", []) for t in group if _is_tag(t)),
        reason=None if post.get("status") == "publish" else Reason("status"),
        refs={"kind": "post", "post": number, "status": str(post.get("status", ""))},
    )


def comment_entry(comment: Mapping[str, Any], home: str) -> Entry:
    number, post = str(comment["id"]), str(comment["post"])
    about = (comment.get("_embedded") or {}).get("up") or [{}]
    title = plain(_rendered(about[0], "title")) if isinstance(about[0], dict) else ""
    content = _rendered(comment, "content")
    author = Author(
        plain(str(comment.get("author_name", ""))) or "Anonymous",
        url=str(comment.get("author_url", "")),
        avatar_url=_largest(comment.get("author_avatar_urls")),
        remote_id=str(comment.get("author") or ""),
    )
    parent = str(comment.get("parent") or "")
    return Entry(
        key=f"{home}/?p={post}#comment-{number}",
        network=KEY,
        remote_id=number,
        kind=EntryKind.POST,
        author=author,
        title=f"Comment on “{title}”" if title else "",
        text=plain(content),
        html=content,
        url=str(comment.get("link", "")),
        published=when(comment.get("date_gmt")),
        reason=Reason("comment", author),
        reply_to=f"{home}/?p={post}#comment-{parent}" if parent else f"{home}/?p={post}",
        refs={"kind": "comment", "post": post, "parent": number, "status": str(comment.get("status", ""))},
    )


def _author(embedded: Mapping[str, Any], home: str) -> Author:
    found = embedded.get("author") or [{}]
    author = found[0] if isinstance(found[0], dict) else {}
    name = plain(str(author.get("name", ""))) or home.partition("://")[2]
    avatar = _largest(author.get("avatar_urls"))
    return Author(name, str(author.get("slug", "")), str(author.get("link", "")), avatar, str(author.get("id", "")))


def _pictures(embedded: Mapping[str, Any]) -> tuple[Media, ...]:
    found = []
    for media in embedded.get("wp:featuredmedia") or []:
        url = str(media.get("source_url", ""))
        details = media.get("media_details") or {}
        if url and media.get("media_type", "image") == "image":
            size = int(details.get("width") or 0), int(details.get("height") or 0)
            found.append(Media(MediaKind.IMAGE, url, _medium(details) or url, str(media.get("alt_text", "")), *size))
    return tuple(found)


def _medium(details: Mapping[str, Any]) -> str:
    sizes = details.get("sizes") or {}
    for name in ("medium_large", "large", "full"):
        if name in sizes and sizes[name].get("source_url"):
            return str(sizes[name]["source_url"])
    return ""


def _largest(urls: object) -> str:
    if not isinstance(urls, dict) or not urls:
        return ""
    return str(urls[max(urls, key=lambda size: int(size) if str(size).isdecimal() else 0)])


def _is_tag(term: object) -> bool:
    return isinstance(term, dict) and term.get("taxonomy") == "post_tag"


def _rendered(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    return str(value.get("rendered", "")) if isinstance(value, dict) else ""


def plain(markup: str) -> str:
    """Text of rendered HTML: a line for each block, no tags, no character references."""
    text = html.unescape(_TAG.sub("", _BREAK.sub("\n", _HIDDEN.sub("", markup))))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def when(text: object) -> datetime | None:
    """`date_gmt` is UTC without saying so; drafts have none or zeros."""
    try:
        return datetime.fromisoformat(str(text)).replace(tzinfo=UTC)
    except ValueError:
        return None
