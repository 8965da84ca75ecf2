"""Feeds: RSS 0.9x to 2.0, RDF, Atom, JSON Feed; what they say, and where a page keeps them."""

from collections.abc import Mapping
from datetime import datetime

from socialdesk.content.feeds.known import NOTHING_KNOWN, cut
from socialdesk.content.feeds.values import ParsedFeed, RawFeed
from socialdesk.core.entry import RawDocument
from socialdesk.core.errors import ContentError
from socialdesk.core.reports import FoundFeed

__all__ = ["WELL_KNOWN_PATHS", "FoundFeed", "ParsedFeed", "discover", "of_site", "parse"]

# Where feeds often are. Tried one after the other, and only when a person asks for it (it costs a request each).
WELL_KNOWN_PATHS = (
    "/feed", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml", "/rss", "/feed.json", "/blog/feed", "/blog/rss.xml",
    "/news/feed", "/feeds/posts/default", "/?feed=rss2",
)  # fmt: skip
MANY = 3000  # start tags of items in a damaged document: more is an attack on the slow parser


def parse(
    raw: RawDocument,
    feed_key: str,
    now: datetime,
    by_link: bool = False,
    known: Mapping[str, str] = NOTHING_KNOWN,
) -> ParsedFeed:
    """The entries of a fetched document, sanitised, with keys `feed_key#identity`.

    `by_link` and `known` are those of the last ParsedFeed of this feed whose entries were stored: items that have not
    changed since are left out. Raises ContentError: not_a_feed.
    """
    from socialdesk.content.feeds import entries  # start-up: lxml, which only the worker process needs

    try:
        read = _read(raw, known)
        if read is None:
            raise ContentError(f"no feed at {raw.url}", reason="not_a_feed")
        return entries.build(read, feed_key, now, known, by_link=by_link)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise ContentError(f"a feed that cannot be read: {error!r}", reason="not_a_feed") from error


def discover(raw: RawDocument) -> tuple[FoundFeed, ...]:
    """The feeds of a fetched page, best first: itself, what its head names, what its kind of site always has.

    Comment feeds come last. Empty when there is none; WELL_KNOWN_PATHS is left to try.
    """
    from socialdesk.content.feeds import discovery  # start-up: lxml, which only the worker process needs

    return discovery.discover(raw)


def of_site(url: str) -> tuple[FoundFeed, ...]:
    """The feed that a page of a known kind of site has by its address alone, for pages that show robots something
    else (a request for consent, a wall). Empty for every other address."""
    from socialdesk.content.feeds import discovery  # start-up: lxml, which only the worker process needs

    return discovery.of_site(url)


def _read(raw: RawDocument, known: Mapping[str, str]) -> RawFeed | None:
    from socialdesk.content.encoding import decode  # start-up: with lxml below
    from socialdesk.content.feeds import jsonfeed, loose, markup, reader

    text = decode(raw.body, raw.content_type).lstrip("\ufeff \t\r\n")
    if text.startswith("{"):
        return jsonfeed.read(text, raw.url, known)
    if not markup.looks_like_feed(text):
        return None
    rest = cut(text, known)
    tree = markup.read(rest.text)
    if tree is not None and tree.damaged and rest.skipped:  # mending needs the whole
        rest = cut(text, NOTHING_KNOWN)
        tree = markup.read(text)
    feed = reader.read(tree, raw.url) if tree is not None else None
    if feed is not None and rest.digests is not None and len(rest.digests) == len(feed.items):
        for item, own in zip(feed.items, rest.digests, strict=True):
            item.digest = own
        feed.skipped = rest.skipped
    if tree is not None and feed is not None and (len(feed.items) >= tree.expected or tree.expected > MANY):
        return feed
    other = loose.read(markup.from_root(text), raw.url)
    if feed is None or (other is not None and len(other.items) > len(feed.items)):
        return other
    return feed
