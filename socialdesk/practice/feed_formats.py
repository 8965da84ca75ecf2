"""Writing feeds: RSS 2.0, Atom (RFC 4287), JSON Feed 1.1 and RSS 1.0 (RDF), as real blogs serve them."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape

_MEDIA = "http://search.yahoo.com/mrss/"


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One entry of a feed. All addresses absolute; `published` is UTC."""

    url: str
    guid: str
    title: str
    summary: str
    html: str
    author: str
    published: datetime
    tags: tuple[str, ...] = ()
    picture_url: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class FeedInfo:
    """What a feed says of itself. `full`: entries carry the whole article, else only the summary."""

    title: str
    description: str
    site_url: str
    feed_url: str
    icon_url: str = ""
    language: str = "en"
    full: bool = True
    ttl_minutes: int = 0


def rss(info: FeedInfo, items: Sequence[FeedItem]) -> str:
    ttl = f"<ttl>{info.ttl_minutes}</ttl>" if info.ttl_minutes else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" '
        f'xmlns:media="{_MEDIA}">\n<channel>'
        f"<title>{escape(info.title)}</title><link>{escape(info.site_url)}</link>"
        f"<description>{escape(info.description)}</description><language>{info.language}</language>{ttl}"
        f'<atom:link href="{escape(info.feed_url)}" rel="self" type="application/rss+xml"/>'
        f"<image><url>{escape(info.icon_url)}</url><title>{escape(info.title)}</title>"
        f"<link>{escape(info.site_url)}</link></image>\n"
        + "".join(_rss_item(info, i) for i in items)
        + "</channel></rss>\n"
    )


def _rss_item(info: FeedInfo, item: FeedItem) -> str:
    permalink = "true" if item.guid == item.url else "false"
    body = f"<content:encoded><![CDATA[{_cdata(item.html)}]]></content:encoded>" if info.full else ""
    picture = f'<media:content url="{escape(item.picture_url)}" medium="image"/>' if item.picture_url else ""
    return (
        f"<item><title>{escape(item.title)}</title><link>{escape(item.url)}</link>"
        f'<guid isPermaLink="{permalink}">{escape(item.guid)}</guid>'
        f"<pubDate>{format_datetime(item.published)}</pubDate><dc:creator>{escape(item.author)}</dc:creator>"
        + "".join(f"<category>{escape(tag)}</category>" for tag in item.tags)
        + f"<description>{escape(item.summary)}</description>{body}{picture}</item>\n"
    )


def atom(info: FeedInfo, items: Sequence[FeedItem]) -> str:
    updated = max((item.published for item in items), default=datetime(1970, 1, 1, tzinfo=UTC)).isoformat()
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="{_MEDIA}" xml:lang="{info.language}">'
        f"<title>{escape(info.title)}</title><subtitle>{escape(info.description)}</subtitle>"
        f'<link href="{escape(info.site_url)}"/><link rel="self" href="{escape(info.feed_url)}"/>'
        f"<id>{escape(info.site_url)}</id><icon>{escape(info.icon_url)}</icon><updated>{updated}</updated>\n"
        + "".join(_atom_entry(info, item) for item in items)
        + "</feed>\n"
    )


def _atom_entry(info: FeedInfo, item: FeedItem) -> str:
    body = f'<content type="html">{escape(item.html)}</content>' if info.full else ""
    picture = f'<media:content url="{escape(item.picture_url)}" medium="image"/>' if item.picture_url else ""
    return (
        f"<entry><title>{escape(item.title)}</title>"
        f'<link rel="alternate" type="text/html" href="{escape(item.url)}"/><id>{escape(item.guid)}</id>'
        f"<published>{item.published.isoformat()}</published><updated>{item.published.isoformat()}</updated>"
        f"<author><name>{escape(item.author)}</name></author>"
        + "".join(f'<category term="{escape(tag)}"/>' for tag in item.tags)
        + f'<summary type="text">{escape(item.summary)}</summary>{body}{picture}</entry>\n'
    )


def json_feed(info: FeedInfo, items: Sequence[FeedItem]) -> str:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": info.title,
        "description": info.description,
        "home_page_url": info.site_url,
        "feed_url": info.feed_url,
        "icon": info.icon_url,
        "language": info.language,
        "items": [
            {
                "id": item.guid,
                "url": item.url,
                "title": item.title,
                "summary": item.summary,
                **({"content_html": item.html} if info.full else {"content_text": item.summary}),
                "image": item.picture_url,
                "date_published": item.published.isoformat(),
                "authors": [{"name": item.author}],
                "tags": list(item.tags),
                "language": item.language,
            }
            for item in items
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def rdf(info: FeedInfo, items: Sequence[FeedItem]) -> str:
    listed = "".join(f'<rdf:li rdf:resource="{escape(item.url)}"/>' for item in items)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f'<channel rdf:about="{escape(info.feed_url)}"><title>{escape(info.title)}</title>'
        f"<link>{escape(info.site_url)}</link><description>{escape(info.description)}</description>"
        f"<dc:language>{info.language}</dc:language><items><rdf:Seq>{listed}</rdf:Seq></items></channel>\n"
        + "".join(_rdf_item(info, item) for item in items)
        + "</rdf:RDF>\n"
    )


def _rdf_item(info: FeedInfo, item: FeedItem) -> str:
    body = f"<content:encoded><![CDATA[{_cdata(item.html)}]]></content:encoded>" if info.full else ""
    return (
        f'<item rdf:about="{escape(item.guid)}"><title>{escape(item.title)}</title><link>{escape(item.url)}</link>'
        f"<description>{escape(item.summary)}</description><dc:creator>{escape(item.author)}</dc:creator>"
        f"<dc:date>{item.published.isoformat()}</dc:date>"
        + "".join(f"<dc:subject>{escape(tag)}</dc:subject>" for tag in item.tags)
        + f"{body}</item>\n"
    )


def _cdata(text: str) -> str:
    return text.replace("]]>", "]]]]><![CDATA[>")


@dataclass(frozen=True, slots=True)
class FeedFormat:
    """A format, the path it is usually found at, and its media type."""

    path: str
    mime: str
    write: Callable[[FeedInfo, Sequence[FeedItem]], str]


RSS = FeedFormat("/feed.xml", "application/rss+xml", rss)
ATOM = FeedFormat("/atom.xml", "application/atom+xml", atom)
JSON = FeedFormat("/feed.json", "application/feed+json", json_feed)
RDF = FeedFormat("/index.rdf", "application/rdf+xml", rdf)
