"""What the reader shows, whatever it was made from: a saved item, an entry, or a page just looked at. No Qt."""

import html as markup
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from socialdesk.core.entry import Entry, EntryKind, MediaKind
from socialdesk.core.saved import ExtractedArticle, SavedItem
from socialdesk.core.text import reading_minutes

_PICTURE = re.compile(r"<img\b[^>]*?\bsrc\s*=\s*[\"']([^\"']+)[\"'][^>]*>", re.IGNORECASE)
_SIZE = re.compile(r"\s(?:width|height|srcset|sizes|style)\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+)", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_HEADING = re.compile(r"<(/?)h1\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """One article, ready to be laid out. `blobs` maps picture addresses to stored blobs; others are asked for.

    `lead` is the address of the picture above the text, or "blob:<hash>" for a stored one.
    """

    url: str
    title: str
    html: str
    text: str
    site: str = ""
    byline: str = ""
    published: datetime | None = None
    minutes: int = 0
    lead: str = ""
    blobs: Mapping[str, str] = field(default_factory=dict)
    pictures: tuple[str, ...] = ()
    saved_id: int | None = None
    size: int = 0


def of_saved(item: SavedItem) -> Piece:
    body = tidy(item.html or paragraphs(item.text))
    pictures = pictures_in(body)
    lead_url = next((url for url, blob in item.pictures.items() if blob == item.image_blob), "")
    has_lead = bool(item.image_blob) and lead_url not in pictures[:1] and not begins_with_picture(body)
    return Piece(
        item.url, item.title, body, item.text, item.site, item.byline, item.published, item.minutes,
        f"blob:{item.image_blob}" if has_lead else "", item.pictures, pictures, item.id, item.size,
    )  # fmt: skip


def of_article(found: ExtractedArticle) -> Piece:
    body = tidy(found.html or paragraphs(found.text))
    pictures = pictures_in(body)
    lead = "" if found.image_url in pictures[:1] or begins_with_picture(body) else found.image_url
    site = found.site or urlsplit(found.url).hostname or ""
    minutes = reading_minutes(found.text)
    return Piece(
        found.url, found.title, body, found.text, site, found.byline, found.published, minutes, lead, {}, pictures
    )


def of_entry(entry: Entry) -> Piece:
    """An article as its source gave it, or a post as a short piece."""
    body = tidy(entry.html or paragraphs(entry.text))
    images = [media.url for media in entry.media if media.kind is MediaKind.IMAGE]
    pictures = pictures_in(body)
    lead = "" if begins_with_picture(body) else next((url for url in images if url not in pictures), "")
    is_article = entry.kind is EntryKind.ARTICLE
    site = urlsplit(entry.url).hostname or entry.author.name
    title = entry.title if is_article else f"{entry.author.name or entry.author.handle}"
    return Piece(
        entry.url, title, body, entry.text, site, entry.author.name if is_article else "", entry.published,
        reading_minutes(entry.text) if is_article else 0, lead, {}, pictures,
    )  # fmt: skip


def of_link(entry: Entry) -> Piece:
    """What a post says of the page that it links to, for when the page cannot be had."""
    link = entry.link
    if link is None:
        return of_entry(entry)
    body = paragraphs("\n\n".join(part for part in (link.description, entry.text) if part))
    site = link.site or urlsplit(link.url).hostname or ""
    return Piece(link.url, link.title or link.url, tidy(body), entry.text, site, "", entry.published, 0, link.image_url)


def tidy(body: str) -> str:
    """Sanitised HTML without sizes of its own (the reader fits pictures), and with h1 below the title."""
    sized = re.sub(r"<(?:img|table|td|th|div|p|figure)\b[^>]*>", lambda tag: _SIZE.sub("", tag.group()), body)
    return _HEADING.sub(r"<\1h2", sized)


def pictures_in(body: str) -> tuple[str, ...]:
    """Addresses of the pictures in the text, in order, each once."""
    return tuple(dict.fromkeys(markup.unescape(match) for match in _PICTURE.findall(body)))


def begins_with_picture(body: str) -> bool:
    """Whether a picture stands before the first word: then a lead picture would say it twice."""
    first = _PICTURE.search(body)
    return first is not None and not _TAG.sub("", body[: first.start()]).strip()


def paragraphs(text: str) -> str:
    """Plain text as HTML."""
    escaped = markup.escape(text.strip())
    return "".join(f"<p>{part}</p>" for part in escaped.replace("\n\n", "\x00").replace("\n", "<br>").split("\x00"))


def line_above(piece: Piece, date: str) -> str:
    """insights.example · 14 Nov · 6 min."""
    minutes = f"{piece.minutes} min" if piece.minutes else ""
    return " · ".join(part for part in (piece.site, date, minutes) if part)
