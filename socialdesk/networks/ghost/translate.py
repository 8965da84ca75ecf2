"""The API's posts and pages as entries."""

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from socialdesk.core.entry import Author, Entry, EntryKind, Media, MediaKind, Reason
from socialdesk.networks.ghost.facts import KEY

PUBLIC = ("published", "sent")
_TAG = re.compile(r"<[^>]*>")
_BREAK = re.compile(r"<(?:br|/p|/h[1-6]|/li|/blockquote|/tr|/pre|/figure)\b[^>]*>", re.IGNORECASE)
_HIDDEN = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)


def post_entry(post: Mapping[str, Any], home: str, kind: str) -> Entry:
    """`home` is the site without a trailing slash, `kind` post or page."""
    number, content = str(post["id"]), text_of(post, "html")
    status = text_of(post, "status")
    planned = when(post.get("published_at"))
    return Entry(
        key=f"{home}/ghost/{kind}/{number}",
        network=KEY,
        remote_id=number,
        kind=EntryKind.ARTICLE,
        author=_author(post, home),
        title=text_of(post, "title"),
        summary=text_of(post, "custom_excerpt") or text_of(post, "excerpt"),
        text=plain(content),
        html=content,
        url=_web(post.get("url")),
        published=planned if status in PUBLIC else planned or when(post.get("updated_at")),
        updated=when(post.get("updated_at")),
        media=_pictures(post),
        tags=tuple(text_of(tag, "name") for tag in objects(post.get("tags")) if tag.get("visibility") == "public"),
        reason=None if status in PUBLIC else Reason("status"),
        refs={"kind": kind, "status": status},
    )


def _author(post: Mapping[str, Any], home: str) -> Author:
    first = post.get("primary_author")
    found = first if isinstance(first, dict) else next(iter(objects(post.get("authors"))), {})
    return Author(
        text_of(found, "name") or home.partition("://")[2],
        text_of(found, "slug"),
        _web(found.get("url")),
        _web(found.get("profile_image")),
        text_of(found, "id"),
    )


def _pictures(post: Mapping[str, Any]) -> tuple[Media, ...]:
    url = _web(post.get("feature_image"))
    return (Media(MediaKind.IMAGE, url, url, text_of(post, "feature_image_alt")),) if url else ()


def objects(value: object) -> list[dict[str, Any]]:
    """The objects of an array, whatever else is in it."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text_of(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    return value if isinstance(value, str) else ""


def _web(value: object) -> str:
    return value if isinstance(value, str) and value.startswith(("http://", "https://")) else ""


def plain(markup: str) -> str:
    """Text of HTML: a line for each block, no tags, no character references."""
    text = html.unescape(_TAG.sub("", _BREAK.sub("\n", _HIDDEN.sub("", markup))))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def when(text: object) -> datetime | None:
    """`2026-11-22T05:43:58.000Z`; drafts have none."""
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
