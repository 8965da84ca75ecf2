"""Articles: written once, however often one has to try.

Before the first byte the post has a key, which goes with it as an internal tag. Whoever looks for the post finds it
by that tag, whatever its status, and knows it by nothing else. Nothing here ever names a newsletter, without which
Ghost sends no mail.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from socialdesk.core.errors import NetworkError, OutcomeUnknown, Rejected, Unreachable
from socialdesk.core.post import ArticleToSend, Receipt, Segment
from socialdesk.networks.ghost.address import quoted
from socialdesk.networks.ghost.client import Client
from socialdesk.networks.ghost.facts import ALT_CHARS, EXCERPT_CHARS, SLUG_CHARS, TAG_CHARS, TITLE_CHARS
from socialdesk.networks.ghost.keys import tag_name, tag_slug
from socialdesk.networks.ghost.place import stamp_of
from socialdesk.networks.ghost.translate import objects, text_of, when

SOONEST = timedelta(minutes=2, seconds=30)  # Ghost plans nothing for the next two minutes
PLANNED = "scheduled"
_STATUS = {"publish": "published", "draft": "draft", "future": PLANNED}
_FIELDS = "id,uuid,title,slug,status,url,created_at,published_at"  # without uuid the address of a draft is cut short


class Publisher:
    def __init__(self, client: Client) -> None:
        self._client = client

    async def publish(self, segment: Segment, key: str) -> Receipt:
        """Sends the article unless it is there already. Raises OutcomeUnknown when it may have gone out."""
        article = _article(segment)
        there = await self._ours(key)
        if there:
            return receipt_of(there[0])
        body = await self._body(article, key)
        made = await self._client.create("posts/", {"posts": [body]}, [("source", "html")])
        posts = objects(made.get("posts"))
        if not posts or "id" not in posts[0] or not text_of(posts[0], "url"):
            raise OutcomeUnknown("the answer names no post")
        try:
            return await self._only_one(await self._ours(key)) or receipt_of(posts[0])
        except NetworkError:
            return receipt_of(posts[0])  # it is out; an earlier try that came late will be found another time

    async def find(self, segment: Segment, key: str) -> Receipt | None:
        """The post with this key, None = certainly not there."""
        _article(segment)
        return await self._only_one(await self._ours(key))

    async def delete(self, post_id: str, kind: str) -> None:
        """For good: Ghost has no trash."""
        try:
            await self._client.delete(f"{'pages' if kind == 'page' else 'posts'}/{post_id}/")
        except Rejected as error:
            if error.reason not in {"not_found", "gone"}:
                raise

    async def _ours(self, key: str) -> list[dict[str, Any]]:
        """The posts with our tag, first one first."""
        params = [("filter", f"tag:{tag_slug(key)}"), ("order", "created_at asc"), ("fields", _FIELDS), ("limit", "20")]
        found = (await self._client.get("posts/", params)).get("posts")
        if not isinstance(found, list):
            raise Unreachable("the answer has an unknown form", reason="invalid_answer")
        return sorted(
            (post for post in objects(found) if "id" in post),
            key=lambda post: (text_of(post, "created_at"), text_of(post, "id")),
        )

    async def _only_one(self, ours: list[dict[str, Any]]) -> Receipt | None:
        """The receipt of the first; a later post with the same key is a repetition, and goes.

        Not so a copy that somebody made in Ghost's own editor: that takes the tag along, but not title and status.
        """
        for later in ours[1:]:
            if all(text_of(later, name) == text_of(ours[0], name) for name in ("title", "status")):
                await self.delete(str(later["id"]), "post")
        return receipt_of(ours[0]) if ours else None

    async def _body(self, article: ArticleToSend, key: str) -> dict[str, object]:
        names = _tag_names((*article.categories, *article.tags))
        body: dict[str, object] = {
            "title": article.title,
            "html": article.html or "<p></p>",
            "tags": [*await self._tags(names), {"name": tag_name(key)}],
            **self._status(article),
        }
        if article.slug:
            body["slug"] = article.slug[:SLUG_CHARS]
        if article.excerpt:
            body["custom_excerpt"] = article.excerpt
        if article.featured is not None:
            body["feature_image"] = article.featured.url
            body["feature_image_alt"] = article.featured.alt[:ALT_CHARS]
        return body

    def _status(self, article: ArticleToSend) -> dict[str, object]:
        """A time that has passed means now; one that is too near is put off, since late harms less than early."""
        if article.status != "future" or article.publish_at is None:
            return {"status": _STATUS.get(article.status, "draft")}
        now = self._client.now()
        if article.publish_at <= now:
            return {"status": "published"}
        return {"status": PLANNED, "published_at": stamp_of(max(article.publish_at, now + SOONEST))}

    async def _tags(self, names: Sequence[str]) -> list[dict[str, str]]:
        """The site's own tags by slug, new ones by name: Ghost tells `News` from `news` and would make a second."""
        if not names:
            return []
        wanted = ",".join(f"(name:~^{quoted(name)}+name:~${quoted(name)})" for name in names)
        params = [("filter", wanted), ("fields", "id,name,slug"), ("limit", "100")]
        found = objects((await self._client.get("tags/", params)).get("tags"))
        slugs = {text_of(tag, "name").casefold(): text_of(tag, "slug") for tag in reversed(found)}
        slugs |= {text_of(tag, "name"): text_of(tag, "slug") for tag in found}  # the very same name comes first
        return [_tag(name, slugs.get(name) or slugs.get(name.casefold(), "")) for name in names]


def _tag(name: str, slug: str) -> dict[str, str]:
    return {"slug": slug} if slug else {"name": name}


def _tag_names(wanted: Sequence[str]) -> list[str]:
    """Each once, whatever its case. A leading `#` would hide a tag from readers."""
    names: dict[str, str] = {}
    for name in wanted:
        bare = name.strip().lstrip("#").strip()[:TAG_CHARS]
        if bare:
            names.setdefault(bare.casefold(), bare)
    return list(names.values())


def _article(segment: Segment) -> ArticleToSend:
    """Raises Rejected (not_supported, empty, too_long) for what Ghost would not take."""
    article = segment.article
    if article is None:
        raise Rejected("Ghost takes articles", reason="not_supported")
    if not article.title.strip():
        raise Rejected("Ghost takes no article without a title", reason="empty")
    if len(article.title) > TITLE_CHARS or len(article.excerpt) > EXCERPT_CHARS:
        raise Rejected("title or excerpt is too long", reason="too_long")
    return article


def receipt_of(post: Mapping[str, Any]) -> Receipt:
    """With `publish_at` for what waits: until then its address is not the one that readers will see."""
    status = text_of(post, "status")
    at = when(post.get("published_at")) if status == PLANNED else None
    return Receipt(str(post["id"]), text_of(post, "url"), {"kind": "post", "status": status}, at)
