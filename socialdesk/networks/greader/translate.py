"""The API's items as entries."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from socialdesk.core.entry import Author, Entry, EntryKind, Media, MediaKind
from socialdesk.core.marks import BOOKMARK, LABEL, Subscription
from socialdesk.core.plain import plain_text
from socialdesk.core.text import one_line
from socialdesk.core.tolerant import Obj, obj, objs, string, web
from socialdesk.networks.greader.address import host_of
from socialdesk.networks.greader.facts import KEY
from socialdesk.networks.greader.ids import entry_key, item_id, name_in, state_in
from socialdesk.networks.greader.tolerant import content, since_1970, strings

_IMAGE = re.compile(r"<img\b[^>]*?\ssrc=[\"']([^\"'<>]+)[\"']", re.IGNORECASE)
_KINDS = {"image": MediaKind.IMAGE, "video": MediaKind.VIDEO, "audio": MediaKind.AUDIO}


@dataclass(frozen=True, slots=True)
class Place:
    """Whose items these are. `folders` are labels of feeds, not of items; `icons` by subscription."""

    base: str
    user: str
    folders: frozenset[str] = frozenset()
    icons: Mapping[str, str] = field(default_factory=dict)

    def key(self, kept: str) -> str:
        return entry_key(self.base, self.user, kept)


@dataclass(frozen=True, slots=True)
class Item:
    """An item with its state at the server."""

    entry: Entry
    is_read: bool
    is_starred: bool
    labels: frozenset[str]


def item_of(item: Obj, place: Place) -> Item | None:
    """None for what has no id."""
    said = string(item.get("id"))
    if not said:
        return None
    kept = item_id(said)
    categories = strings(item.get("categories"))
    states = {state_in(one) for one in categories}
    labels = frozenset(filter(None, map(name_in, categories)))
    own = labels - place.folders
    is_starred = "starred" in states
    markup = content(item.get("content")) or content(item.get("summary"))
    entry = Entry(
        key=place.key(kept),
        network=KEY,
        remote_id=kept,
        kind=EntryKind.ARTICLE,
        author=_author(item, place),
        title=one_line(html.unescape(string(item.get("title")))),
        text=plain_text(markup),
        html=markup,
        url=_url(item),
        published=since_1970(item.get("published")) or since_1970(item.get("crawlTimeMsec"), per_second=1000),
        updated=since_1970(item.get("updated")),
        media=_pictured(tuple(filter(None, map(_media, objs(item.get("enclosure"))))), markup),
        tags=tuple(one for one in categories if not one.startswith("user/")),
        mine=frozenset({*((BOOKMARK,) if is_starred else ()), *(f"{LABEL}{name}" for name in own)}),
        refs={"feed": string(obj(item.get("origin")).get("streamId"))},
    )
    return Item(entry, "read" in states, is_starred, labels)


def _author(item: Obj, place: Place) -> Author:
    """Who wrote it, in which feed; the feed where nobody is named."""
    origin = obj(item.get("origin"))
    feed = one_line(html.unescape(string(origin.get("title"))))
    writer = one_line(html.unescape(string(item.get("author"))))
    stream = string(origin.get("streamId"))
    name = ", ".join(dict.fromkeys(filter(None, (writer, feed)))) or "A feed"
    site = web(origin.get("htmlUrl"))
    return Author(name, host_of(site), site, place.icons.get(stream, ""), stream)


def _url(item: Obj) -> str:
    links = (*objs(item.get("alternate")), *objs(item.get("canonical")))
    return next((url for link in links if (url := web(link.get("href")))), "")


def _media(enclosure: Obj) -> Media | None:
    """A picture, film or recording; other files are left out."""
    url = web(enclosure.get("href"))
    kind = _KINDS.get(string(enclosure.get("type")).partition("/")[0])
    return Media(kind, url) if url and kind else None


def _pictured(found: tuple[Media, ...], markup: str) -> tuple[Media, ...]:
    """Without a picture, the first one of the text."""
    if any(media.kind is MediaKind.IMAGE for media in found):
        return found
    shown = next((url for tag in _IMAGE.finditer(markup) if (url := web(html.unescape(tag[1])))), "")
    return (*found, Media(MediaKind.IMAGE, shown)) if shown else found


def subscription_of(found: Obj) -> Subscription | None:
    stream = string(found.get("id"))
    if not stream:
        return None
    folders = [string(one.get("label")) or name_in(string(one.get("id"))) for one in objs(found.get("categories"))]
    url = web(found.get("url")) or web(stream.removeprefix("feed/"))
    title = one_line(html.unescape(string(found.get("title")))) or url or stream
    return Subscription(stream, title, url, next(filter(None, folders), ""), web(found.get("htmlUrl")))


def icon_of(found: Obj) -> str:
    return web(found.get("iconUrl"))
