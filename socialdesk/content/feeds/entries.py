"""From what a feed says to entries of this desk: identity, dates, clean text, pictures."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from urllib.parse import urlsplit

from socialdesk.content import html
from socialdesk.content.cleaning import clean_all
from socialdesk.content.feeds.known import digest
from socialdesk.content.feeds.values import ParsedFeed, RawFeed, RawItem, RawMedia, RawPerson, Text
from socialdesk.core import urls
from socialdesk.core.entry import Author, Entry, EntryKind, Media, MediaKind, SourceMeta
from socialdesk.core.text import cut, one_line, without_illegal

MAX_ENTRIES = 500  # of one document, the newest; more would hold up the reader of the answer
MAX_MEDIA = 12
MAX_TAGS = 20
MAX_NAME = 1000
SUMMARY = 600
FUTURE = timedelta(hours=24)
REPEATED_SHARE = 0.05
_KNOWN_TAGS = re.compile(
    r"</?(?:a|b|i|u|s|em|strong|span|br|p|div|code|sub|sup|small|big|font|tt|cite|mark|q|del|ins|img|kbd|abbr|wbr)\b[^<>]*>",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$")
_SPACES = re.compile(r"\s+")
EXTENSIONS = {
    ".jpg": MediaKind.IMAGE, ".jpeg": MediaKind.IMAGE, ".png": MediaKind.IMAGE, ".webp": MediaKind.IMAGE,
    ".gif": MediaKind.IMAGE, ".mp3": MediaKind.AUDIO, ".m4a": MediaKind.AUDIO, ".ogg": MediaKind.AUDIO,
    ".opus": MediaKind.AUDIO, ".wav": MediaKind.AUDIO, ".aac": MediaKind.AUDIO, ".flac": MediaKind.AUDIO,
    ".mp4": MediaKind.VIDEO, ".m4v": MediaKind.VIDEO, ".webm": MediaKind.VIDEO, ".mov": MediaKind.VIDEO,
}  # fmt: skip
AVATAR = re.compile(r"https?://(?:[\w-]+\.)*gravatar\.com/", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Home:
    """What entries take from their feed."""

    title: str
    host: str
    language: str


def build(raw: RawFeed, feed_key: str, now: datetime, known: Mapping[str, str], *, by_link: bool) -> ParsedFeed:
    """The feed as entries, in the order of the document; dates over a day ahead of `now` are dropped."""
    items = _newest(raw.items)
    by_link = by_link or _repeats(items)
    title = plain_title(raw.title)
    site = raw.site_url if urls.is_web(raw.site_url) else ""
    seen: dict[str, RawItem | None] = {known[skipped]: None for skipped in raw.skipped}
    read = {skipped: known[skipped] for skipped in raw.skipped}
    home = _Home(title, urls.host_of(raw.site_url) or urls.host_of(raw.base), language_of(raw.language))
    entries = []
    for item in items:
        link = urls.strip_tracking(item.url)
        identity = _identity(item, link, seen, by_link)
        if identity:
            entries.append(_entry(item, raw, link, identity, f"{feed_key}#{identity}", home, now))
            read[item.digest] = digest(identity)
    read.pop("", None)
    return ParsedFeed(
        meta=SourceMeta(title=title, site_url=site, icon_url=raw.icon_url if urls.is_web(raw.icon_url) else ""),
        entries=tuple(entries),
        ttl_s=raw.ttl_s,
        hub=raw.hub,
        self_url=raw.self_url if urls.is_web(raw.self_url) else "",
        next_url=raw.next_url if urls.is_web(raw.next_url) else "",
        language=language_of(raw.language),
        description=cut(one_line(html.to_text(raw.description.value)), SUMMARY),
        format=raw.format,
        damaged=raw.damaged,
        by_link=by_link,
        unchanged=len(raw.skipped),
        known=read,
    )


def _newest(items: list[RawItem]) -> list[RawItem]:
    if len(items) <= MAX_ENTRIES:
        return items
    first, last = _when(items[0]), _when(items[-1])
    oldest_first = first is not None and last is not None and first < last
    return items[-MAX_ENTRIES:] if oldest_first else items[:MAX_ENTRIES]


def _when(item: RawItem) -> datetime | None:
    return item.published or item.updated


def _repeats(items: list[RawItem]) -> bool:
    """Whether so many guids are repeated by different pages that guids alone mean nothing in this feed."""
    pages: dict[str, set[str]] = {}
    for item in items:
        if item.guid:
            pages.setdefault(item.guid, set()).add(item.url)
    repeated = sum(len(found) - 1 for found in pages.values())
    return repeated > max(1, len(items) * REPEATED_SHARE)


def _identity(item: RawItem, link: str, seen: dict[str, RawItem | None], by_link: bool) -> str:
    """What tells this item from the others of its feed; empty when it is one of them said twice."""
    for name in _names(item, link, by_link):
        name = name if len(name) <= MAX_NAME else f"{name[:200]}|{hashlib.sha256(name.encode()).hexdigest()}"
        other = seen.setdefault(digest(name), item)
        if other is item:
            return name
        if other is not None and _same(other, item):
            return ""
    return ""


def _names(item: RawItem, link: str, by_link: bool) -> Iterator[str]:
    """The names that an item may have, the plainest first: its guid, else its link, else a digest of title and text.

    A repeated guid is told apart by the link, then by title and text; `by_link` does so from the first one on.
    """
    guid = _SPACES.sub(" ", without_illegal(item.guid)).strip()
    plain = guid or link
    if plain and not (by_link and guid):
        yield plain
    if guid and link:
        yield f"{guid}|{link}"
    content = hashlib.sha256(f"{item.title.value}\n{item.body.value}".encode(errors="replace")).hexdigest()[:32]
    yield f"{plain}|{content}" if plain else content


def _same(one: RawItem, other: RawItem) -> bool:
    return one.url == other.url and one.title.value == other.title.value and one.body.value == other.body.value


def _entry(item: RawItem, feed: RawFeed, link: str, identity: str, key: str, home: _Home, now: datetime) -> Entry:
    cleaned = _clean(item.body)
    url = link if urls.is_web(link) else ""
    published = _not_ahead(item.published or item.updated, now)
    updated = _not_ahead(item.updated, now)
    refs = {"guid": item.guid} if item.guid else {}
    if url and item.url != url:
        refs["original_url"] = item.url
    if item.comments and urls.is_web(item.comments):
        refs["comments"] = item.comments
    avatars = [medium.url for medium in item.media if AVATAR.match(medium.url)]
    return Entry(
        key=key,
        network="feeds",
        remote_id=identity,
        kind=EntryKind.ARTICLE,
        author=_author(item.people or feed.people, home, avatars),
        text=cleaned.text,
        html=cleaned.html,
        title=plain_title(item.title),
        summary=_summary(item.summary, cleaned.text),
        url=url,
        published=published,
        updated=updated if updated is not None and published is not None and updated > published else None,
        language=language_of(item.language) or home.language,
        media=_media([m for m in item.media if m.url not in avatars], cleaned.images),
        tags=_tags(item.tags),
        refs=refs,
    )


def plain_title(title: Text) -> str:
    """A title as one line of plain text; formatting of HTML is taken out, `Vec<T>` is left alone."""
    value = without_illegal(title.value)
    if title.kind == "html":
        value = html.to_text(value)
    elif title.kind == "maybe":
        value = unescape(value) if _REFERENCE.search(value) and not _KNOWN_TAGS.search(value) else value
        if _KNOWN_TAGS.search(value):
            value = unescape(_KNOWN_TAGS.sub("", value))
    return one_line(value)


def language_of(code: str) -> str:
    code = code.strip().replace("_", "-")
    return code if _LANGUAGE.match(code) else ""


def _clean(body: Text) -> html.Cleaned:
    if body.kind == "text":
        return html.from_plain(body.value)
    return clean_all(body.value, body.base)


def _summary(summary: Text, text: str) -> str:
    """What the feed gives beside the whole text; empty when it is only its beginning."""
    if not summary:
        return ""
    plain = one_line(html.to_text(summary.value) if summary.kind != "text" else summary.value)
    start = plain.rstrip(".…[] ")[:200]
    return "" if one_line(text[: len(start) * 2 + 40]).startswith(start) and len(plain) < 200 else cut(plain, SUMMARY)


def _not_ahead(when: datetime | None, now: datetime) -> datetime | None:
    return None if when is None or when > now + FUTURE else when


def _author(people: list[RawPerson], home: _Home, avatars: list[str]) -> Author:
    if not people:
        return Author(name=home.title or home.host, handle=home.host, avatar_url=next(iter(avatars), ""))
    names = dict.fromkeys(cut(one_line(unescape(person.name)), 120) for person in people)
    avatar = next((person.avatar for person in people if person.avatar), "") or next(iter(avatars), "")
    url = next((person.url for person in people if person.url), "")
    return Author(name=", ".join(list(names)[:4]), handle=home.host, url=url, avatar_url=avatar)


def _tags(tags: Iterable[str]) -> tuple[str, ...]:
    kept: dict[str, str] = {}
    for tag in tags:
        plain = one_line(unescape(without_illegal(tag))).lstrip("#").strip()
        if plain and len(plain) <= 100 and plain.lower() != "uncategorized":
            kept.setdefault(plain.lower(), plain)
    return tuple(kept.values())[:MAX_TAGS]


def _media(found: list[RawMedia], images: tuple[html.Image, ...]) -> tuple[Media, ...]:
    """Recordings and pictures of an item, each address once; without a picture, the first one of its text."""
    media: dict[str, Media] = {}
    thumbnails = [m for m in found if m.is_thumbnail]
    preview = thumbnails[0].url if thumbnails else ""
    for raw in found:
        kind = _kind(raw)
        if kind is None or raw.is_thumbnail or _is_pixel(raw):
            continue
        shown = raw.preview or (preview if kind is not MediaKind.IMAGE else "")
        media.setdefault(raw.url, Media(kind, raw.url, shown, raw.alt, raw.width, raw.height))
    if not media:
        media = {m.url: Media(MediaKind.IMAGE, m.url, "", m.alt, m.width, m.height) for m in thumbnails[:1]}
    if not any(m.kind is MediaKind.IMAGE or m.preview_url for m in media.values()) and images:
        first = images[0]
        media.setdefault(first.url, Media(MediaKind.IMAGE, first.url, "", first.alt, first.width, first.height))
    return tuple(media.values())[:MAX_MEDIA]


def _kind(raw: RawMedia) -> MediaKind | None:
    for word in (raw.mime.partition("/")[0], raw.medium):
        if word in {"image", "audio", "video"}:
            return MediaKind(word)
    path = urlsplit(raw.url).path.lower()
    return next((kind for ending, kind in EXTENSIONS.items() if path.endswith(ending)), None)


def _is_pixel(raw: RawMedia) -> bool:
    return raw.width == 1 or raw.height == 1
