"""The API's posts and comments as entries."""

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from socialdesk.core.entry import Author, Entry, EntryKind, Media, MediaKind, Reason
from socialdesk.networks.wordpress.facts import KEY

_TAG = re.compile(r"<[^>]*>")
_BREAK = re.compile(r"<(?:br|/p|/h[1-6]|/li|/blockquote|/tr|/pre)\b[^>]*>", re.IGNORECASE)
_HIDDEN = re.compile(r"<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)


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
