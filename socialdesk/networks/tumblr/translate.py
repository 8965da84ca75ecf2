"""Tumblr's JSON as entries: posts in the Neue Post Format, and what is left of the older one."""

import html
import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import quote

from socialdesk.core.entry import Author, Counts, Entry, EntryKind, LinkCard, Media, MediaKind, Quoted, Reason
from socialdesk.core.tolerant import Obj, obj, objs, string, web
from socialdesk.networks.tumblr.facts import KEY
from socialdesk.networks.tumblr.richtext import html_of, text_of
from socialdesk.networks.tumblr.tolerant import moment, number
from socialdesk.networks.tumblr.writing import id_of

_TAG = re.compile(r"<[^>]*>")
_BREAK = re.compile(r"<(?:br|/p|/h[1-6]|/li|/blockquote)\b[^>]*>", re.IGNORECASE)
_LEGACY_BODIES = ("body", "caption", "description", "text", "answer")
_LARGE = 1280  # pixels: wide enough for a card and a reader


class Translator:
    """`server` gives avatars, `site` is where people look at posts."""

    def __init__(self, server: str, site: str) -> None:
        self._server = server
        self._site = site

    def entry(self, post: Obj) -> Entry | None:
        """None for what has no id."""
        post_id, blog = id_of(post), self._blog(post)
        if not post_id:
            return None
        content, trail = objs(post.get("content")), objs(post.get("trail"))
        author = self._author(blog)
        if not content and trail:
            return self._reshared(post, post_id, author, trail)
        last = trail[-1] if trail else {}
        return self._entry(
            post,
            f"tumblr:{post_id}",
            author,
            content,
            quoted=self._quoted(last) if trail else None,
            url=self._url(post),
        )

    def _reshared(self, post: Obj, post_id: str, by: Author, trail: list[Obj]) -> Entry:
        """A reblog that adds nothing: the post before it, and who brought it."""
        last = trail[-1]
        origin, original = string(obj(last.get("post")).get("id")), self._trail_author(last)
        url = f"{self._site}/{quote(original.handle)}/{origin}" if origin and original.handle else self._url(post)
        before = self._quoted(trail[-2]) if len(trail) > 1 else None
        key = f"tumblr:{origin or post_id}"
        entry = self._entry(
            post,
            key,
            original,
            objs(last.get("content")),
            quoted=before,
            url=url,
            when=number(obj(last.get("post")).get("timestamp")),
        )
        return replace(entry, reason=Reason("reshare", by, moment(post.get("timestamp"))))

    def _entry(
        self,
        post: Obj,
        key: str,
        author: Author,
        content: list[Obj],
        *,
        quoted: Quoted | None,
        url: str,
        when: int | None = None,
    ) -> Entry:
        post_id = id_of(post)
        legacy = "" if content else _legacy_html(post)
        tags = post.get("tags")
        return Entry(
            key=key,
            network=KEY,
            remote_id=post_id,
            kind=EntryKind.POST,
            author=author,
            text=text_of(content) if content else _plain(legacy),
            html=html_of(content) if content else legacy,
            title="" if content else string(post.get("title")),
            url=url,
            published=moment(when if when is not None else post.get("timestamp")),
            media=(*_media(content), *_legacy_pictures(post)),
            link=_card(content) or _legacy_card(post),
            quoted=quoted,
            counts=Counts(likes=number(post.get("note_count"))),
            tags=tuple(map(string, tags)) if isinstance(tags, list) else (),
            mine=frozenset({"like"}) if post.get("liked") is True else frozenset(),
            refs=_refs(post, url),
        )

    def _url(self, post: Obj) -> str:
        return web(post.get("post_url")) or f"{self._site}/{quote(self._blog(post))}/{id_of(post)}"

    @staticmethod
    def _blog(post: Obj) -> str:
        return string(post.get("blog_name")) or string(obj(post.get("blog")).get("name"))

    def _author(self, blog: str) -> Author:
        name = blog or "Tumblr"
        avatar = f"{self._server}/v2/blog/{quote(blog, safe='')}/avatar/64" if blog else ""
        return Author(name, blog, f"{self._site}/{quote(blog)}" if blog else "", avatar, blog)

    def _trail_author(self, item: Obj) -> Author:
        return self._author(string(obj(item.get("blog")).get("name")) or string(item.get("broken_blog_name")))

    def _quoted(self, item: Obj) -> Quoted:
        author, post_id = self._trail_author(item), string(obj(item.get("post")).get("id"))
        url = f"{author.url}/{post_id}" if author.url and post_id else ""
        return Quoted(author, text_of(objs(item.get("content"))), url)


def _refs(post: Obj, url: str) -> dict[str, str]:
    """What it takes to like, reblog and find the post again."""
    blog = obj(post.get("blog"))
    refs = {
        "id": id_of(post),
        "blog": string(post.get("blog_name")) or string(blog.get("name")),
        "uuid": string(blog.get("uuid")) or string(post.get("tumblelog_uuid")),
        "reblog_key": string(post.get("reblog_key")),
        "url": url,
    }
    return {name: value for name, value in refs.items() if value}


def _media(blocks: list[Obj]) -> tuple[Media, ...]:
    found = (_medium(block) for block in blocks)
    return tuple(media for media in found if media is not None)


def _medium(block: Obj) -> Media | None:
    kind, alt = string(block.get("type")), string(block.get("alt_text"))
    if kind == "image":
        best = _best(objs(block.get("media")))
        shown = MediaKind.GIF if string(best.get("type")) == "image/gif" else MediaKind.IMAGE
        return _made(shown, best, best, alt)
    if kind in {"video", "audio"}:
        medium = obj(block.get("media"))
        return _made(
            MediaKind.VIDEO if kind == "video" else MediaKind.AUDIO, medium, _best(objs(block.get("poster"))), alt
        )
    return None


def _made(kind: MediaKind, medium: Obj, preview: Obj, alt: str) -> Media | None:
    url = web(medium.get("url"))
    if not url:
        return None
    width, height = number(medium.get("width")) or 0, number(medium.get("height")) or 0
    return Media(kind, url, web(preview.get("url")), alt, max(width, 0), max(height, 0))


def _best(sizes: list[Obj]) -> Obj:
    """The largest that is not wider than a reader needs, else the smallest."""
    ordered = sorted(sizes, key=lambda size: number(size.get("width")) or 0)
    fitting = [size for size in ordered if (number(size.get("width")) or 0) <= _LARGE]
    return (fitting[-1] if fitting else ordered[0]) if ordered else {}


def _card(blocks: list[Obj]) -> LinkCard | None:
    for block in blocks:
        url = web(block.get("url"))
        if url and (
            block.get("type") == "link" or (block.get("type") in {"video", "audio"} and not block.get("media"))
        ):
            poster = _best(objs(block.get("poster")))
            site = string(block.get("site_name")) or string(block.get("provider"))
            title = string(block.get("title")) or url
            return LinkCard(url, title, string(block.get("description")), web(poster.get("url")), site)
    return None


# the older format, which tags may still answer in


def _legacy_html(post: Obj) -> str:
    return next((body for name in _LEGACY_BODIES if (body := string(post.get(name)))), "")


def _legacy_pictures(post: Obj) -> tuple[Media, ...]:
    found = []
    for photo in objs(post.get("photos")):
        made = _made(MediaKind.IMAGE, *(_best([obj(photo.get("original_size"))]),) * 2, string(photo.get("caption")))
        found += [made] if made else []
    return tuple(found)


def _legacy_card(post: Obj) -> LinkCard | None:
    url = web(post.get("url")) if string(post.get("type")) == "link" else ""
    return LinkCard(url, string(post.get("title")) or url, string(post.get("excerpt"))) if url else None


def _plain(markup: str) -> str:
    lines = html.unescape(_TAG.sub("", _BREAK.sub("\n", markup))).splitlines()
    return "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)


def entries_of(posts: list[Obj], translator: Translator) -> Mapping[str, Entry]:
    """By the post's own id, in the order given."""
    found: dict[str, Entry] = {}
    for post in posts:
        entry = translator.entry(post)
        if entry is not None:
            found.setdefault(id_of(post), entry)
    return found
