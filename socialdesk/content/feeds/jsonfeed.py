"""JSON Feed 1.0 and 1.1 (jsonfeed.org), lenient about types: numbers as ids, one author instead of a list."""

import json
from collections.abc import Mapping
from typing import Any

from socialdesk.content import dates
from socialdesk.content.feeds.known import NOTHING_KNOWN, digest
from socialdesk.content.feeds.values import RawFeed, RawItem, RawMedia, RawPerson, Text
from socialdesk.core import urls
from socialdesk.core.text import without_illegal

VERSION = "jsonfeed.org/version/"


def read(text: str, url: str, known: Mapping[str, str] = NOTHING_KNOWN) -> RawFeed | None:
    """What a JSON Feed says, addresses resolved against its home page and `url`; None when `text` is none.

    Items whose digests are keys of `known` are left out.
    """
    try:
        data = json.loads(text.lstrip("\ufeff"), strict=False)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or not isinstance(data.get("items"), list):
        return None
    if VERSION not in _text(data, "version") and "title" not in data:
        return None
    home = urls.resolve(url, _text(data, "home_page_url"))
    base = home if urls.is_web(home) else url
    feed = RawFeed("json", base=base, title=Text(_text(data, "title"), "text"), site_url=home)
    feed.description = Text(_text(data, "description"), "text")
    feed.icon_url = urls.resolve(base, _text(data, "favicon") or _text(data, "icon"))
    feed.language = _text(data, "language")
    feed.self_url = urls.resolve(url, _text(data, "feed_url"))
    feed.next_url = urls.resolve(url, _text(data, "next_url"))
    feed.hub = next((hub for h in _dicts(data, "hubs") if urls.is_web(hub := _text(h, "url"))), "")
    feed.people = _people(data, base)
    told = [(digest(json.dumps(item, sort_keys=True)), item) for item in data["items"] if isinstance(item, dict)]
    feed.items = [_item(item, base, own) for own, item in told if own not in known]
    feed.skipped = tuple(own for own, _ in told if own in known)
    return feed


def _item(data: Mapping[str, Any], base: str, own: str) -> RawItem:
    item = RawItem(guid=_text(data, "id"), language=_text(data, "language"), digest=own)
    item.url = urls.resolve(base, _text(data, "url") or _text(data, "external_url"))
    if not item.url and urls.is_web(item.guid):
        item.url = item.guid
    item.base = item.url if urls.is_web(item.url) else base
    item.title = Text(_text(data, "title"), "text")
    markup, plain = _text(data, "content_html"), _text(data, "content_text")
    item.body = Text(markup, "html", item.base) if markup.strip() else Text(plain, "text", item.base)
    item.summary = Text(_text(data, "summary"), "text", item.base)
    item.published = dates.parse(_text(data, "date_published"))
    item.updated = dates.parse(_text(data, "date_modified"))
    item.people = _people(data, item.base)
    tags = data.get("tags")
    item.tags = [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
    for key in ("image", "banner_image"):
        if urls.is_web(image := urls.resolve(item.base, _text(data, key))):
            item.media.append(RawMedia(image, medium="image", is_thumbnail=True))
    for attachment in _dicts(data, "attachments"):
        if urls.is_web(address := urls.resolve(item.base, _text(attachment, "url"))):
            kind = _text(attachment, "mime_type").lower()
            item.media.append(RawMedia(address, mime=kind, alt=_text(attachment, "title")))
    return item


def _people(data: Mapping[str, Any], base: str) -> list[RawPerson]:
    people = []
    for person in _dicts(data, "authors") or _dicts(data, "author"):
        url = urls.resolve(base, _text(person, "url"))
        avatar = urls.resolve(base, _text(person, "avatar"))
        name = _text(person, "name") or urls.host_of(url)
        if name:
            people.append(
                RawPerson(name, url if urls.is_web(url) else "", avatar=avatar if urls.is_web(avatar) else "")
            )
    return people


def _dicts(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    value = data.get(key)
    values = value if isinstance(value, list) else [value]
    return [v for v in values if isinstance(v, dict)]


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    if isinstance(value, str):
        return without_illegal(value)
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
