"""The API's headlines and articles as entries."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from socialdesk.core.entry import Author, Entry, EntryKind, Media, MediaKind
from socialdesk.core.marks import BOOKMARK, LABEL, Subscription
from socialdesk.core.plain import plain_text
from socialdesk.core.text import one_line
from socialdesk.core.tolerant import Obj, number, objs, string, web
from socialdesk.networks.ttrss.facts import KEY

_KINDS = {"image": MediaKind.IMAGE, "video": MediaKind.VIDEO, "audio": MediaKind.AUDIO}
_IMAGE = re.compile(r"<img\b[^>]*?\ssrc=[\"']([^\"'<>]+)[\"']", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Item:
    """An article with its state at the server. `entry` is whole only where contents were asked for."""

    id: int
    feed: int
    is_unread: bool
    is_starred: bool
    entry: Entry


@dataclass(frozen=True, slots=True)
class Place:
    """Whose articles these are. `feeds` are the account's subscriptions by id."""

    base: str
    user: str
    feeds: Mapping[int, Subscription] = field(default_factory=dict)

    def key(self, article: int) -> str:
        return f"{KEY}:{self.base}:{self.user}#{article}"


def item_of(found: Obj, place: Place) -> Item | None:
    """None for what has no id."""
    article = number(found.get("id"))
    if not article:
        return None
    feed = number(found.get("feed_id")) or 0
    is_starred = found.get("marked") is True
    markup = string(found.get("content"))
    entry = Entry(
        key=place.key(article),
        network=KEY,
        remote_id=str(article),
        kind=EntryKind.ARTICLE,
        author=_author(found, place.feeds.get(feed)),
        title=one_line(html.unescape(string(found.get("title")))),
        text=plain_text(markup),
        html=markup,
        url=web(found.get("link")),
        published=_when(found.get("updated")),
        media=_media(found, markup),
        tags=tuple(tag for tag in _strings(found.get("tags")) if tag),
        mine=frozenset({*((BOOKMARK,) if is_starred else ()), *(LABEL + name for name in _labels(found))}),
        refs={"feed": str(feed)},
    )
    return Item(article, feed, found.get("unread") is True, is_starred, entry)


def _author(found: Obj, feed: Subscription | None) -> Author:
    """Who wrote it, in which feed; the feed where nobody is named."""
    is_fed = bool(number(found.get("feed_id")))  # else it was kept from a feed that is gone, or shared by hand
    title = one_line(html.unescape(string(found.get("feed_title")))) if is_fed else ""
    title = title or (feed.title if feed else "")
    writer = one_line(html.unescape(string(found.get("author"))))
    site = feed.site_url if feed else ""
    host = _host(site or web(found.get("link")))
    name = ", ".join(dict.fromkeys(filter(None, (writer, title)))) or host or "A feed"
    return Author(name, host, site, remote_id=string(found.get("feed_id")))


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.rpartition("@")[2]
    except ValueError:
        return ""


def _media(found: Obj, markup: str) -> tuple[Media, ...]:
    """Attachments that can be shown; without a picture, the first one of the text."""
    media = [
        Media(kind, url, alt=string(one.get("title")))
        for one in objs(found.get("attachments"))
        if (url := web(one.get("content_url")))
        and (kind := _KINDS.get(string(one.get("content_type")).partition("/")[0]))
    ]
    if not any(one.kind is MediaKind.IMAGE for one in media):
        shown = next((url for tag in _IMAGE.finditer(markup) if (url := web(html.unescape(tag[1])))), "")
        media += [Media(MediaKind.IMAGE, shown)] if shown else []
    return tuple(media)


def _labels(found: Obj) -> tuple[str, ...]:
    """Their names: a label is [id, name, colour, colour]."""
    rows = found.get("labels")
    named = [row[1] for row in rows if isinstance(row, list) and len(row) > 1] if isinstance(rows, list) else []
    return tuple(name for name in named if isinstance(name, str) and name)


def _strings(value: object) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _when(value: object) -> datetime | None:
    found = number(value)
    try:
        return datetime.fromtimestamp(found, UTC) if found else None
    except (OverflowError, OSError, ValueError):
        return None


def subscription_of(found: Obj, folders: Mapping[int, str]) -> Subscription | None:
    feed = number(found.get("id"))
    if not feed or feed <= 0:
        return None
    url = web(found.get("feed_url"))
    title = one_line(html.unescape(string(found.get("title")))) or url or str(feed)
    folder = folders.get(number(found.get("cat_id")) or 0, "")
    return Subscription(str(feed), title, url, folder, _site(url))


def _site(url: str) -> str:
    """The site that a feed is on; the API names none."""
    host = _host(url)
    return f"{url.partition('://')[0]}://{host}/" if host else ""
