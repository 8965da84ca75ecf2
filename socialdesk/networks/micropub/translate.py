"""A site's posts (microformats as JSON) as entries."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from socialdesk.core.entry import Author, Entry, EntryKind, Media, MediaKind, Reason
from socialdesk.core.tolerant import Obj, obj
from socialdesk.networks.micropub.facts import KEY
from socialdesk.networks.micropub.tolerant import first, moment, string, values, web

_TAG = re.compile(r"<[^>]*>")
_BREAK = re.compile(r"<(?:br|/p|/h[1-6]|/li|/blockquote|/tr|/pre|/figure)\b[^>]*>", re.IGNORECASE)
_HIDDEN = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Item:
    """One post of a list: its address (absolute) and its properties."""

    url: str
    properties: Obj

    @property
    def published(self) -> str:
        """The time as the site wrote it, '' if it did not."""
        return first(self.properties, "published")


def entry_of(item: Item, me: Author) -> Entry:
    properties = item.properties
    text, markup = content_of(properties)
    title, status = first(properties, "name"), first(properties, "post-status")
    if title and text.startswith(title):
        title = ""  # some sites name a note by its first words
    return Entry(
        key=item.url,
        network=KEY,
        remote_id=item.url,
        kind=EntryKind.ARTICLE if title else EntryKind.POST,
        author=_author(properties, me),
        title=title,
        summary=first(properties, "summary"),
        text=text,
        html=markup,
        url=item.url,
        published=moment(item.published),
        updated=moment(first(properties, "updated")),
        media=_pictures(properties),
        reason=Reason("status") if status and status != "published" else None,
        reply_to=web(first(properties, "in-reply-to")),
        tags=tuple(tag for tag in values(properties, "category") if isinstance(tag, str)),
        refs={"url": item.url, "status": status},
    )


def content_of(properties: Obj) -> tuple[str, str]:
    """A post's text and its HTML ('' where the site keeps plain text)."""
    content = next(iter(values(properties, "content")), "")
    markup, said = string(obj(content).get("html")), string(content) or string(obj(content).get("value"))
    if markup:
        return plain(markup), markup
    return said.strip(), ""


def _author(properties: Obj, me: Author) -> Author:
    card = obj(next((value for value in values(properties, "author") if isinstance(value, dict)), None))
    named: Mapping[str, Any] = obj(card.get("properties")) or card
    name = first(named, "name")
    if not name:
        return me
    return Author(name, me.handle, web(first(named, "url")) or me.url, web(first(named, "photo")) or me.avatar_url)


def _pictures(properties: Obj) -> tuple[Media, ...]:
    found = []
    for value in (*values(properties, "featured"), *values(properties, "photo")):
        url = web(value) or web(obj(value).get("value"))
        if url:
            found.append(Media(MediaKind.IMAGE, url, url, string(obj(value).get("alt"))))
    return tuple(found)


def plain(markup: str) -> str:
    """Text of HTML: a line for each block, no tags, no character references."""
    text = html.unescape(_TAG.sub("", _BREAK.sub("\n", _HIDDEN.sub("", markup))))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)
