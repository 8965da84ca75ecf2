"""What is too damaged for libxml2: feedparser's own loose parser, its sanitiser and resolver off (both are ours)."""

import calendar
import io
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from socialdesk.content import dates
from socialdesk.content.feeds.values import RawFeed, RawItem, RawMedia, RawPerson, Text
from socialdesk.core import urls

HTML = frozenset(("text/html", "application/xhtml+xml"))


def read(text: str, url: str) -> RawFeed | None:
    """What feedparser makes of a damaged document; None when it finds no feed in it."""
    import feedparser

    parsed = feedparser.parse(
        io.BytesIO(text.encode()),  # never a string: it would be tried as an address and as a file name
        response_headers={"content-type": "application/xml; charset=utf-8", "content-location": url},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not parsed.get("version") and not parsed.get("entries"):
        return None
    source = dict(parsed.get("feed", {}))
    form = str(parsed.get("version") or "")
    feed = RawFeed("atom" if form.startswith("atom") else "rdf" if form == "rss10" else "rss", base=url, damaged=True)
    feed.title = _detail(source, "title", url)
    feed.description = _detail(source, "subtitle", url)
    feed.site_url = urls.resolve(url, _string(source, "link"))
    feed.language = _string(source, "language")
    feed.icon_url = urls.resolve(url, _string(source.get("image") or {}, "href") or _string(source, "icon"))
    base = feed.site_url if urls.is_web(feed.site_url) else url
    feed.items = [_item(dict(entry), base) for entry in parsed.get("entries", ())]
    for item in feed.items:
        item.guid = _as_written(item.guid, text, base)
    return feed


def _as_written(guid: str, text: str, base: str) -> str:
    """A guid as the document has it: feedparser completes one that looks like a relative address."""
    if guid in text:
        return guid
    shortened = (guid.removeprefix(urls.resolve(base, start)) for start in (".", "/"))
    return next((own for own in shortened if own and own != guid and own in text), guid)


def _item(entry: Mapping[str, Any], base: str) -> RawItem:
    item = RawItem(guid=_string(entry, "id"), url=urls.resolve(base, _string(entry, "link")))
    item.base = item.url if urls.is_web(item.url) else base
    item.title = _detail(entry, "title", item.base)
    summary = _detail(entry, "summary", item.base)
    contents = [_text(content, item.base) for content in entry.get("content") or ()]
    item.body = next((content for content in contents if content), summary)
    item.summary = summary if item.body is not summary else Text()
    item.published = _date(entry, "published") or _date(entry, "created")
    item.updated = _date(entry, "updated")
    item.people = [RawPerson(name) for person in entry.get("authors") or () if (name := _string(person, "name"))]
    item.tags = [_string(tag, "label") or _string(tag, "term") for tag in entry.get("tags") or ()]
    enclosures = [link for link in entry.get("links") or () if link.get("rel") == "enclosure"]
    for enclosure in [*enclosures, *(entry.get("media_content") or ())]:
        address = urls.resolve(item.base, _string(enclosure, "href") or _string(enclosure, "url"))
        if urls.is_web(address):
            item.media.append(RawMedia(address, mime=_string(enclosure, "type"), medium=_string(enclosure, "medium")))
    for thumbnail in entry.get("media_thumbnail") or ():
        if urls.is_web(address := urls.resolve(item.base, _string(thumbnail, "url"))):
            item.media.append(RawMedia(address, medium="image", is_thumbnail=True))
    return item


def _detail(source: Mapping[str, Any], key: str, base: str) -> Text:
    return _text(source.get(key + "_detail") or {}, base)


def _text(detail: Mapping[str, Any], base: str) -> Text:
    kind = "maybe" if detail.get("type") in HTML or not detail.get("type") else "text"
    return Text(_string(detail, "value"), kind, urls.resolve(base, _string(detail, "base")) or base)


def _date(entry: Mapping[str, Any], key: str) -> datetime | None:
    if when := dates.parse(_string(entry, key)):
        return when
    parsed = entry.get(key + "_parsed")
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None
    except (ValueError, OverflowError, TypeError):
        return None


def _string(source: Mapping[str, Any], key: str) -> str:
    value = source.get(key)
    return value.strip() if isinstance(value, str) else ""
