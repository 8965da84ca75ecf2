"""Where a page keeps its feeds."""

import pytest

from socialdesk.content import feeds
from socialdesk.content.feeds import FoundFeed
from socialdesk.core.entry import RawDocument
from tests.content.documents import atom, rss

PAGE = "https://site.example/blog/"


def discover(body: str | bytes, url: str = PAGE, content_type: str = "text/html") -> tuple[FoundFeed, ...]:
    return feeds.discover(RawDocument(body if isinstance(body, bytes) else body.encode(), content_type, url))


@pytest.mark.parametrize(
    ("body", "kind", "title"),
    [
        (rss("<title>a</title>"), "rss", "The Blog"),
        (atom("<id>1</id>"), "atom", "The Blog"),
        (b'{"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": []}', "json", "J"),
    ],
)
def test_a_feed_is_its_own_find(body: bytes, kind: str, title: str) -> None:
    assert discover(body, "https://site.example/feed") == (FoundFeed("https://site.example/feed", title, kind),)


def test_what_the_head_names_comments_last() -> None:
    found = discover(
        '<html><head><base href="/news/">'
        '<link rel="alternate" type="application/rss+xml" title="Site Comments" href="comments/feed">'
        '<link rel="Alternate" type="application/atom+xml; charset=utf-8" title=" The\n Atom " href="atom.xml">'
        '<link rel="alternate" type="application/rss+xml" href="feed://site.example/rss">'
        '<link rel="alternate" type="application/feed+json" title="JSON" href="https://site.example/feed.json">'
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/posts/1">'
        '<link rel="alternate" type="application/json+oembed" href="/wp-json/oembed/1.0/embed">'
        '<link rel="alternate" type="text/html" hreflang="de" href="/de">'
        '<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">'
        '<link rel="alternate" type="application/atom+xml" title="again" href="/news/atom.xml">'
        '<link rel="stylesheet" type="text/css" href="x.css"></head><body></body></html>'
    )
    assert found == (
        FoundFeed("https://site.example/news/atom.xml", "The Atom", "atom"),
        FoundFeed("https://site.example/rss", "", "rss"),
        FoundFeed("https://site.example/feed.json", "JSON", "json"),
        FoundFeed("https://site.example/news/comments/feed", "Site Comments", "rss"),
    )


@pytest.mark.parametrize(
    ("page", "feed"),
    [
        ("https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv", "https://www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrstuv"),
        ("https://www.youtube.com/playlist?list=PL1", "https://www.youtube.com/feeds/videos.xml?playlist_id=PL1"),
        ("https://github.com/owner/name", "https://github.com/owner/name/releases.atom"),
        ("https://github.com/owner/name/commits/main", "https://github.com/owner/name/commits.atom"),
        ("https://www.reddit.com/r/marketing/top", "https://www.reddit.com/r/marketing/top/.rss"),
        ("https://medium.com/@someone", "https://medium.com/feed/@someone"),
        ("https://letter.substack.com/p/x", "https://letter.substack.com/feed"),
        ("https://bsky.app/profile/a.example", "https://bsky.app/profile/a.example/rss"),
        ("https://social.example/@someone", "https://social.example/@someone.rss"),
        ("https://notes.tumblr.com/", "https://notes.tumblr.com/rss"),
    ],
)  # fmt: skip
def test_known_kinds_of_site(page: str, feed: str) -> None:
    assert [found.url for found in discover("<html><body>x</body></html>", page)] == [feed]


def test_channel_is_read_out_of_a_page_that_hides_it() -> None:
    page = '<html><script>var x = {"externalId":"UCabcdefghijklmnopqrstuv"};</script></html>'
    found = discover(page, "https://www.youtube.com/@name/videos")
    assert found[0].url == "https://www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrstuv"


@pytest.mark.parametrize(
    ("body", "feed"),
    [
        ('<html><head><meta name="generator" content="WordPress 6.8"></head></html>', "https://site.example/feed/"),
        ('<html><head><meta name="Generator" content="Ghost 5"></head></html>', "https://site.example/rss/"),
        ('<html><head><meta name="generator" content="HubSpot"></head></html>', "https://site.example/rss.xml"),
        ('<html><body><a href="/blog/rss.xml">RSS</a><a href="https://other.example/feed">x</a></body></html>', "https://site.example/blog/rss.xml"),
        ('<html><body><a rel="feed" href="/all">Feed</a></body></html>', "https://site.example/all"),
    ],
)  # fmt: skip
def test_pages_that_name_none(body: str, feed: str) -> None:
    assert [found.url for found in discover(body)] == [feed]


@pytest.mark.parametrize("body", ["", "plain text", "<html><body>nothing</body></html>", "{}", "\x00\x01", "<" * 9000])
def test_nothing_to_find(body: str) -> None:
    assert discover(body) == ()


def test_paths_to_try_are_paths() -> None:
    assert all(path.startswith("/") for path in feeds.WELL_KNOWN_PATHS)
    assert "/feed" in feeds.WELL_KNOWN_PATHS
