"""Feed documents for the tests."""

from datetime import UTC, datetime

from socialdesk.content import feeds
from socialdesk.core.entry import Entry, RawDocument

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
URL = "https://blog.example/feed"
KEY = "https://blog.example/feed"

NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" '
    'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
)


def rss(*items: str, channel: str = "") -> bytes:
    body = "".join(f"<item>{item}</item>" for item in items)
    head = "<title>The Blog</title><link>https://blog.example/</link>"
    return (
        f'<?xml version="1.0"?><rss version="2.0" {NAMESPACES}><channel>{head}{channel}{body}</channel></rss>'.encode()
    )


def atom(*entries: str, feed: str = "", attributes: str = "") -> bytes:
    body = "".join(f"<entry>{entry}</entry>" for entry in entries)
    head = '<title>The Blog</title><id>urn:blog</id><link href="https://blog.example/"/>'
    namespaces = 'xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"'
    return f"<?xml version='1.0'?><feed {namespaces} {attributes}>{head}{feed}{body}</feed>".encode()


def parse(
    body: bytes, *, url: str = URL, content_type: str = "application/xml", by_link: bool = False
) -> feeds.ParsedFeed:
    return feeds.parse(RawDocument(body, content_type, url), KEY, NOW, by_link=by_link)


def entries(body: bytes) -> tuple[Entry, ...]:
    return parse(body).entries


def one(body: bytes) -> Entry:
    (entry,) = parse(body).entries
    return entry
