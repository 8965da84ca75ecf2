"""Where a page keeps its feeds."""

import json
import re
from urllib.parse import urlsplit

from lxml import etree

from socialdesk.content.encoding import decode
from socialdesk.content.feeds import jsonfeed, markup, reader
from socialdesk.content.feeds.entries import plain_title
from socialdesk.core import known_sites, urls
from socialdesk.core.entry import RawDocument
from socialdesk.core.reports import FoundFeed
from socialdesk.core.text import one_line

TYPES = {
    "application/rss+xml": "rss",
    "application/atom+xml": "atom",
    "application/rdf+xml": "rss",
    "application/feed+json": "json",
    "application/xml": "",
    "text/xml": "",
    "application/json": "json",
    "application/x.atom+xml": "atom",
    "application/x-atom+xml": "atom",
    "text/rss+xml": "rss",
}
GENERATORS = (
    ("wordpress", "/feed/", "rss"),
    ("ghost", "/rss/", "rss"),
    ("hugo", "/index.xml", "rss"),
    ("jekyll", "/feed.xml", "atom"),
    ("hubspot", "/rss.xml", "rss"),
    ("blogger", "/feeds/posts/default", "atom"),
    ("wix", "/blog-feed.xml", "rss"),
)
_YOUTUBE_CHANNEL = re.compile(r'"(?:channelId|externalId)"\s*:\s*"(UC[\w-]{20,24})"')
_FEED_PATH = re.compile(r"/(?:feed|rss|atom)(?:\.xml|\.json|/rss|/atom)?/?$|\.rss$|\.atom$", re.IGNORECASE)
_NOT_FEEDS = re.compile(r"/wp-json\b|oembed|/xmlrpc|opensearch|manifest", re.IGNORECASE)
_COMMENTS = re.compile(r"comment", re.IGNORECASE)
MAX_FOUND = 20


def discover(raw: RawDocument) -> tuple[FoundFeed, ...]:
    """See `content.feeds.discover`."""
    text = decode(raw.body, raw.content_type).lstrip("\ufeff \t\r\n")
    if own := _itself(text, raw.url):
        return (own,)
    root = _page(text)
    found = _named(root, raw.url) if root is not None else []
    found += _by_site(raw.url, text)
    if root is not None and not found:
        found = _by_generator(root, raw.url) + _by_links(root, raw.url)
    unique = {urls.normalise(feed.url): feed for feed in reversed(found)}
    ordered = [feed for feed in found if unique[urls.normalise(feed.url)] is feed]
    ordered.sort(key=lambda feed: bool(_COMMENTS.search(feed.title + urlsplit(feed.url).path)))
    return tuple(ordered[:MAX_FOUND])


def _itself(text: str, url: str) -> FoundFeed | None:
    if text.startswith("{"):
        feed = jsonfeed.read(text, url)
    else:
        tree = markup.read(text)
        feed = reader.read(tree, url) if tree is not None else None
    if feed is None:
        return None
    return FoundFeed(url, plain_title(feed.title), {"rdf": "rss"}.get(feed.format, feed.format))


def _page(text: str) -> etree._Element | None:
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True)
    try:
        return etree.fromstring(text.replace("\x00", "").encode(errors="replace"), parser)
    except etree.ParseError:
        return None


def _named(root: etree._Element, url: str) -> list[FoundFeed]:
    base = _base(root, url)
    found = []
    for link in root.iter("link", "a"):
        rel = (link.get("rel") or "").lower().split()
        kind = (link.get("type") or "").partition(";")[0].strip().lower()
        if not ({"alternate", "feed"} & set(rel)) or (kind not in TYPES and "feed" not in rel):
            continue
        address = urls.resolve(base, _scheme(link.get("href") or ""))
        title = one_line(link.get("title") or "")
        if not urls.is_web(address) or _NOT_FEEDS.search(address):
            continue
        if kind == "application/json" and not re.search(r"feed", address + title, re.IGNORECASE):
            continue
        found.append(FoundFeed(address, title, TYPES.get(kind, "")))
    return found


def _base(root: etree._Element, url: str) -> str:
    for base in root.iter("base"):
        if base.get("href"):
            return urls.resolve(url, base.get("href", "")) or url
    return url


def _scheme(href: str) -> str:
    """`feed:` addresses as what they stand for: feed://host/path, feed:https://host/path."""
    lower = href.strip().lower()
    if lower.startswith("feed://"):
        return "https://" + href.strip()[7:]
    return href.strip()[5:] if lower.startswith("feed:") else href


def of_site(url: str) -> tuple[FoundFeed, ...]:
    """See `content.feeds.of_site`."""
    known = known_sites.at(url)
    return () if known is None or known.page else (FoundFeed(known.ask, known.title),)


def _by_site(url: str, text: str) -> list[FoundFeed]:
    if known := of_site(url):
        return list(known)
    if (urlsplit(url).hostname or "").endswith("youtube.com") and (channel := _YOUTUBE_CHANNEL.search(text)):
        return [FoundFeed(f"https://www.youtube.com/feeds/videos.xml?channel_id={channel[1]}", kind="atom")]
    return _of_podcasts(text) if urls.host_of(url) == "itunes.apple.com" else []


def _of_podcasts(text: str) -> list[FoundFeed]:
    """The feeds in an answer of Apple's lookup of podcasts; none in anything else."""
    try:
        answer = json.loads(text)
    except ValueError:
        return []
    results = answer.get("results") if isinstance(answer, dict) else None
    found = [result for result in results if isinstance(result, dict)] if isinstance(results, list) else []
    return [
        FoundFeed(result["feedUrl"], one_line(str(result.get("collectionName", ""))), "rss")
        for result in found
        if isinstance(result.get("feedUrl"), str) and urls.is_web(result["feedUrl"])
    ]


def _by_generator(root: etree._Element, url: str) -> list[FoundFeed]:
    for meta in root.iter("meta"):
        if (meta.get("name") or "").lower() == "generator":
            generator = (meta.get("content") or "").lower()
            for word, path, kind in GENERATORS:
                if word in generator:
                    return [FoundFeed(urls.resolve(url, path), kind=kind)]
    return []


def _by_links(root: etree._Element, url: str) -> list[FoundFeed]:
    """Plain links that end as feeds do, on the page's own host."""
    base = _base(root, url)
    found = []
    for link in root.iter("a"):
        address = urls.resolve(base, _scheme(link.get("href") or ""))
        if urls.host_of(address) == urls.host_of(url) and _FEED_PATH.search(urlsplit(address).path):
            found.append(FoundFeed(address, one_line("".join(map(str, link.itertext())))[:120]))
    return found
