"""Articles and short notes: written once, however often one has to try.

Before the first byte the post has a key, which goes into its first block (`naming`). Whoever looks for the post finds
it by its slug, by the API's search for the key, or among the newest, and knows it by the key alone.
"""

from collections.abc import Sequence
from datetime import UTC
from html import escape
from typing import Any

from socialdesk.core.errors import OutcomeUnknown, Rejected, Unreachable
from socialdesk.core.post import Receipt, Segment
from socialdesk.core.tolerant import string
from socialdesk.networks.wordpress.blocks import to_blocks
from socialdesk.networks.wordpress.client import Client, accept, as_object, code_of
from socialdesk.networks.wordpress.htmltree import Element, write
from socialdesk.networks.wordpress.naming import same_slug, slugify, slugs_for
from socialdesk.networks.wordpress.planning import PLANNED, as_planned, give_back
from socialdesk.networks.wordpress.repeating import Seen, repeats
from socialdesk.networks.wordpress.translate import when
from socialdesk.networks.wordpress.uploading import Uploader

ROUTE = "wp/v2/posts"
NEWEST = 20
NEWEST_OF_ALL = 100
_FIELDS = "id,slug,status,link,date_gmt,modified_gmt,title.raw,content.raw"
_STATE = [("context", "edit"), ("_fields", "id,status,link,date_gmt")]
_EVERYTHING = [("status", "any"), ("context", "edit"), ("_fields", _FIELDS)]


class Publisher:
    def __init__(self, client: Client, uploader: Uploader, own_id: str) -> None:
        self._client = client
        self._uploader = uploader
        self._own_id = own_id

    async def publish(self, segment: Segment, key: str) -> Receipt:
        """Sends the post unless it is there already. Raises OutcomeUnknown when it may have gone out."""
        clean, unique = slugs_for(wanted_slug(segment), key)
        there = await self._with_slug((clean, unique))
        ours = _ours(there, key)
        if ours:
            return _receipt(ours[0])
        taken = any(same_slug(str(post.get("slug", "")), clean) for post in there)
        slug = unique if taken else clean
        made = await self._client.send("POST", ROUTE, await self._body(segment, key, slug))
        if "id" not in made or "link" not in made:
            raise OutcomeUnknown("the answer names no post")
        if same_slug(str(made.get("slug", "")), slug):
            return _receipt(made)
        # The site changed our slug. That may be its taste, or an earlier try of ours came late and has it.
        return await self._only_one(_ours([made, *await self._with_slug((slug,))], key)) or _receipt(made)

    async def find(self, segment: Segment, key: str) -> Receipt | None:
        """The post with this key: by slug, by search, among the account's newest. None = certainly not there."""
        found = [*await self._with_slug(slugs_for(wanted_slug(segment), key)), *await self._posts([("search", key)])]
        if not _ours(found, key):
            own = [("author", self._own_id)] if self._own_id else []
            newest = [("orderby", "id"), ("order", "desc"), ("per_page", str(NEWEST if own else NEWEST_OF_ALL))]
            found = await self._posts([*newest, *own])
        return await self._only_one(_ours(found, key))

    async def scheduled(self, receipt: Receipt) -> Receipt | None:
        """The receipt once the article is public; None while it waits for its time.

        Where somebody gave it another time in WordPress: a receipt with that. Raises Rejected (not_found) for what is
        deleted, in the trash, a draft again or private.
        """
        post = await self._state(receipt.remote_id)
        return as_planned(receipt, _receipt(post), string(post.get("status")))

    async def unschedule(self, receipt: Receipt) -> None:
        """Into the site's trash, as `delete`: it keeps what was changed in WordPress since, and frees the slug.

        What is a draft or gone already is left alone. Raises Rejected (published) for what is out.
        """
        await give_back(lambda: self._status(receipt.remote_id), lambda: self.delete(receipt.remote_id))

    async def _status(self, post_id: str) -> str:
        return string((await self._state(post_id)).get("status"))

    async def _state(self, post_id: str) -> dict[str, Any]:
        post, _ = await self._client.get(f"{ROUTE}/{post_id}", _STATE)
        if not isinstance(post, dict) or string(post.get("id")) != post_id:
            raise Unreachable("the answer has an unknown form", reason="invalid_answer")
        return post

    async def _only_one(self, ours: list[dict[str, Any]]) -> Receipt | None:
        """The receipt of the first; a later post that repeats it goes to the trash."""
        for later in ours[1:]:
            if repeats(_seen(later), _seen(ours[0])):
                await self.delete(str(later["id"]))
        return _receipt(ours[0]) if ours else None

    async def _with_slug(self, slugs: Sequence[str]) -> list[dict[str, Any]]:
        return await self._posts([("slug", ",".join(slugs))])

    async def _posts(self, params: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
        found, _ = await self._client.get(ROUTE, [*params, *_EVERYTHING])
        if not isinstance(found, list):
            raise Unreachable("the answer has an unknown form", reason="invalid_answer")
        return [post for post in found if isinstance(post, dict) and "id" in post]

    async def _body(self, segment: Segment, key: str, slug: str) -> dict[str, object]:
        article = segment.article
        if article is None:
            html = note_html(segment)
            return {"title": "", "content": to_blocks(html, self._uploader.ids, key), "slug": slug, "status": "publish"}
        body: dict[str, object] = {
            "title": escape(article.title, quote=False),
            "content": to_blocks(article.html or "<p></p>", self._uploader.ids, key),
            "slug": slug,
            "status": article.status,
        }
        if article.excerpt:
            body["excerpt"] = escape(article.excerpt, quote=False)
        if article.publish_at is not None and article.status == "future":
            body["date_gmt"] = f"{article.publish_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
        if article.featured is not None:
            body["featured_media"] = int(article.featured.ref)
        for route, names in (("categories", article.categories), ("tags", article.tags)):
            ids = [await self._term(route, name.strip()) for name in dict.fromkeys(names) if name.strip()]
            if ids:
                body[route] = ids
        return body

    async def _term(self, route: str, name: str) -> int:
        """The id of a category or tag, made if it is new. Making it twice is impossible, so a doubt is no doubt."""
        known = await self._known_term(route, name)
        if known is not None:
            return known
        try:
            response, payload = await self._client.ask("POST", f"wp/v2/{route}", {"name": name})
            if code_of(payload) == "term_exists":
                return int(payload["data"]["term_id"])
            accept(response, payload, write=True)
            return int(as_object(payload)["id"])
        except OutcomeUnknown as error:
            raise Unreachable(str(error), detail=error.detail) from error
        except (KeyError, TypeError, ValueError) as error:
            raise Unreachable("the answer names no term", reason="invalid_answer") from error

    async def _known_term(self, route: str, name: str) -> int | None:
        """Names are stored with their special characters escaped, and searched for in that form."""
        stored = escape(name, quote=False)
        params = [("search", stored), ("per_page", "100"), ("_fields", "id,name")]
        found, _ = await self._client.get(f"wp/v2/{route}", params)
        same = [t for t in found if isinstance(t, dict) and str(t.get("name", "")).casefold() == stored.casefold()]
        return int(same[0]["id"]) if same else None

    async def delete(self, post_id: str) -> None:
        """Into the site's trash."""
        try:
            await self._client.send("DELETE", f"{ROUTE}/{post_id}")
        except Rejected as error:
            if error.reason not in {"not_found", "gone"}:
                raise


def wanted_slug(segment: Segment) -> str:
    """The slug that the person chose, else one made of the title, else of a note's first words; '' = none can be."""
    article = segment.article
    if article is None:
        return slugify(" ".join(segment.text.split()[:8]), segment.language)
    return slugify(article.slug or article.title, segment.language)


def note_html(segment: Segment) -> str:
    """A short text as paragraphs, its pictures after it."""
    parts = [part.strip() for part in segment.text.split("\n\n") if part.strip()]
    paragraphs = "".join(f"<p>{escape(part, quote=False).replace(chr(10), '<br>')}</p>" for part in parts)
    pictures = (write(Element("figure", {}, [Element("img", {"src": m.url, "alt": m.alt})])) for m in segment.media)
    return paragraphs + "".join(pictures)


def _raw(post: dict[str, Any], name: str = "content") -> str:
    value = post.get(name)
    return str(value.get("raw", "")) if isinstance(value, dict) else ""


def _seen(post: dict[str, Any]) -> Seen:
    slug, changed = str(post.get("slug") or ""), when(post.get("modified_gmt"))
    return Seen(str(post.get("status", "")), _raw(post, "title"), _raw(post), slug, changed)


def _ours(posts: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    """The posts that carry our key, first one first, each once."""
    by_id = {int(post["id"]): post for post in posts if key in _raw(post)}
    return [by_id[number] for number in sorted(by_id)]


def _receipt(post: dict[str, Any]) -> Receipt:
    """With `publish_at` for what waits: until then its address is not the one that readers will see."""
    status = str(post.get("status", ""))
    refs = {"kind": "post", "post": str(post["id"]), "status": status}
    return Receipt(str(post["id"]), str(post["link"]), refs, when(post.get("date_gmt")) if status == PLANNED else None)
