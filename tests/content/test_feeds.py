"""Feeds of all kinds become entries: what they say, who they are, when they were."""

import json
from datetime import UTC, datetime

import pytest

from socialdesk.core.entry import Author, EntryKind, Media, MediaKind
from socialdesk.core.errors import ContentError
from tests.content.documents import KEY, atom, entries, one, parse, rss

FULL_RSS = rss(
    "<title>Why &amp; how</title><link>https://blog.example/why?utm_source=rss</link>"
    '<guid isPermaLink="false">https://blog.example/?p=7</guid><pubDate>Wed, 01 Jan 2025 10:00:00 +0100</pubDate>'
    "<dc:creator><![CDATA[Jane Doe]]></dc:creator><category>B2B</category><category>b2b</category>"
    "<category>Uncategorized</category><category>Lead &amp; demand</category><comments>/why#c</comments>"
    "<description>Short.</description>"
    '<content:encoded><![CDATA[<p>Long <a href="/x">x</a></p><img src="pic.jpg" alt="P" width="640">]]>'
    "</content:encoded>",
    channel="<language>en-us</language><ttl>45</ttl><description>All about it</description>"
    "<image><url>/logo.png</url></image>"
    '<atom:link rel="hub" href="https://hub.example/"/><atom:link rel="self" href="https://blog.example/feed"/>'
    '<atom:link rel="next" href="/feed?page=2"/>',
)


def test_rss_in_full() -> None:
    feed = parse(FULL_RSS)
    assert (feed.meta.title, feed.meta.site_url) == ("The Blog", "https://blog.example/")
    assert feed.meta.icon_url == "https://blog.example/logo.png"
    assert (feed.ttl_s, feed.hub) == (45 * 60, "https://hub.example/")
    assert (feed.self_url, feed.next_url) == ("https://blog.example/feed", "https://blog.example/feed?page=2")
    assert (feed.language, feed.description, feed.format, feed.damaged) == ("en-us", "All about it", "rss", False)
    (entry,) = feed.entries
    assert entry.key == f"{KEY}#https://blog.example/?p=7"
    assert (entry.network, entry.kind, entry.remote_id) == ("feeds", EntryKind.ARTICLE, "https://blog.example/?p=7")
    assert (entry.title, entry.url, entry.summary) == ("Why & how", "https://blog.example/why", "Short.")
    assert entry.author == Author("Jane Doe", "blog.example")
    assert entry.published == datetime(2025, 1, 1, 9, tzinfo=UTC)
    assert entry.tags == ("B2B", "Lead & demand")
    assert entry.text == "Long x"
    assert '<a href="https://blog.example/x"' in entry.html
    assert entry.media == (Media(MediaKind.IMAGE, "https://blog.example/pic.jpg", "", "P", 640),)
    assert entry.language == "en-us"
    assert entry.refs["original_url"] == "https://blog.example/why?utm_source=rss"
    assert entry.refs["comments"] == "https://blog.example/why#c"


def test_atom_in_full() -> None:
    feed = parse(
        atom(
            '<title type="html">A &lt;b&gt;bold&lt;/b&gt; title</title><id>tag:blog.example,2025:1</id>'
            '<link rel="self" href="/1.atom"/><link rel="alternate" type="application/pdf" href="/1.pdf"/>'
            '<link rel="alternate" type="text/html" href="/1"/><link rel="replies" href="/1#c" type="text/html"/>'
            "<published>2025-01-01T10:00:00Z</published><updated>2025-01-02T10:00:00Z</updated>"
            "<author><name>Jane</name><uri>https://jane.example/</uri></author><author><name>Joe</name></author>"
            '<category term="x" label="Label"/><category term="y"/><summary>Short.</summary>'
            '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Long <em>text</em><br/>more</p></div>'
            "</content>"
            '<link rel="enclosure" type="audio/mpeg" href="/1.mp3" length="5"/>',
            feed='<icon>/favicon.ico</icon><link rel="next" href="?page=2"/><subtitle>About</subtitle>',
            attributes='xml:lang="de"',
        )
    )
    assert (feed.format, feed.language, feed.description) == ("atom", "de", "About")
    assert (feed.meta.icon_url, feed.next_url) == (
        "https://blog.example/favicon.ico",
        "https://blog.example/feed?page=2",
    )
    (entry,) = feed.entries
    assert (entry.title, entry.url, entry.summary) == ("A bold title", "https://blog.example/1", "Short.")
    assert entry.key == f"{KEY}#tag:blog.example,2025:1"
    assert entry.author == Author("Jane, Joe", "blog.example", "https://jane.example/")
    assert (entry.published, entry.updated) == (
        datetime(2025, 1, 1, 10, tzinfo=UTC),
        datetime(2025, 1, 2, 10, tzinfo=UTC),
    )
    assert entry.tags == ("Label", "y")
    assert entry.html == "<div><p>Long <em>text</em><br>more</p></div>"
    assert entry.media == (Media(MediaKind.AUDIO, "https://blog.example/1.mp3"),)
    assert (entry.language, entry.refs["comments"]) == ("de", "https://blog.example/1#c")


def test_rdf() -> None:
    feed = parse(
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        b'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">'
        b'<channel rdf:about="https://r.example/"><title>RDF</title><link>https://r.example/</link>'
        b"<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency></channel>"
        b'<image rdf:about="x"><url>https://r.example/i.png</url></image>'
        b'<item rdf:about="https://r.example/1"><title>One</title><link>https://r.example/1</link>'
        b"<dc:date>2025-01-01T00:00:00Z</dc:date><dc:subject>news</dc:subject></item></rdf:RDF>"
    )
    assert (feed.format, feed.meta.title, feed.ttl_s) == ("rdf", "RDF", 6 * 3600)
    assert feed.meta.icon_url == "https://r.example/i.png"
    (entry,) = feed.entries
    assert (entry.title, entry.url, entry.tags) == ("One", "https://r.example/1", ("news",))
    assert entry.key == f"{KEY}#https://r.example/1"


@pytest.mark.parametrize("version", ["0.90", "0.91", "0.92", "0.93", "0.94", "2.0"])
def test_old_rss_with_its_doctype(version: str) -> None:
    doctype = (
        '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">'
    )
    item = "<item><title>a &nbsp; b &eacute;</title></item>"
    body = f'<rss version="{version}"><channel><title>T</title>{item}</channel></rss>'
    assert one(f'<?xml version="1.0"?>{doctype}{body}'.encode()).title == "a b é"


def test_atom_03() -> None:
    entry = one(
        b'<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>T</title><entry><id>1</id>'
        b'<title mode="escaped" type="text/html">A &lt;i&gt;t&lt;/i&gt;</title><issued>2025-01-01T00:00:00Z</issued>'
        b"<modified>2025-01-03T00:00:00Z</modified>"
        b'<content type="text/html" mode="escaped">&lt;p&gt;x&lt;/p&gt;</content>'
        b'<link rel="alternate" href="https://a.example/1"/></entry></feed>'
    )
    assert (entry.title, entry.html, entry.url) == ("A t", "<p>x</p>", "https://a.example/1")
    assert entry.published == datetime(2025, 1, 1, tzinfo=UTC)


def test_json_feed() -> None:
    data = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "J",
        "home_page_url": "https://j.example/",
        "icon": "/i.png",
        "language": "en",
        "next_url": "https://j.example/2",
        "hubs": [{"type": "WebSub", "url": "https://hub.example/"}],
        "authors": [{"name": "Ann", "url": "https://ann.example/", "avatar": "/ann.png"}],
        "items": [
            {
                "id": 7,
                "url": "/7?utm_source=x",
                "title": "Seven <b>",
                "content_html": "<p>Hi</p><script>x</script>",
                "summary": "S",
                "image": "/7.png",
                "date_published": "2025-01-01T00:00:00Z",
                "tags": ["a", 3],
                "attachments": [{"url": "https://j.example/7.mp3", "mime_type": "audio/mpeg", "title": "Episode"}],
            },
            {"id": "8", "external_url": "https://other.example/8", "content_text": "plain\n\ntext <b>"},
            "nonsense",
        ],
    }
    feed = parse(json.dumps(data).encode(), content_type="application/feed+json")
    assert (feed.format, feed.meta.title, feed.hub, feed.next_url) == (
        "json",
        "J",
        "https://hub.example/",
        "https://j.example/2",
    )
    seven, eight = feed.entries
    assert (seven.key, seven.url, seven.title) == (f"{KEY}#7", "https://j.example/7", "Seven <b>")
    assert (seven.html, seven.summary, seven.tags) == ("<p>Hi</p>", "S", ("a",))
    assert seven.author == Author("Ann", "j.example", "https://ann.example/", "https://j.example/ann.png")
    assert seven.media[0] == Media(MediaKind.AUDIO, "https://j.example/7.mp3", "https://j.example/7.png", "Episode")
    assert (eight.url, eight.html) == ("https://other.example/8", "<p>plain</p><p>text &lt;b&gt;</p>")


@pytest.mark.parametrize(
    "body",
    [b"", b"   ", b"<!doctype html><html><body><rss></rss></body></html>", b"{}", b'{"items": 3}', b"[1]", b"{broken",
     b"plain text", b"<opml/>", b"\x89PNG\r\n\x1a\n", b"<html><head><title>x</title></head></html>", b"null",
     b"\x00" * 50],
)  # fmt: skip
def test_what_is_no_feed(body: bytes) -> None:
    with pytest.raises(ContentError) as caught:
        parse(body)
    assert caught.value.reason == "not_a_feed"


def test_empty_feed_is_a_feed() -> None:
    assert parse(rss()).entries == ()
    assert parse(b'{"version": "https://jsonfeed.org/version/1", "title": "x", "items": []}').entries == ()


class TestIdentity:
    """Rule 26."""

    def test_link_stands_for_a_missing_guid(self) -> None:
        assert (
            one(rss("<title>a</title><link>https://blog.example/a?utm_medium=x</link>")).key
            == f"{KEY}#https://blog.example/a"
        )

    def test_text_stands_for_a_missing_link(self) -> None:
        first, second = entries(rss("<title>a</title>", "<title>b</title>"))
        assert first.key != second.key
        assert entries(rss("<title>new</title>", "<title>a</title>"))[1].key == first.key

    def test_repeated_guid_is_told_apart_by_its_link(self) -> None:
        items = [
            f"<title>{n}</title><guid>{'same' if n < 2 else n}</guid><link>https://x.example/{n}</link>"
            for n in range(4)
        ]
        keys = [entry.key for entry in entries(rss(*items))]
        assert keys == [f"{KEY}#same", f"{KEY}#same|https://x.example/1", f"{KEY}#2", f"{KEY}#3"]

    def test_repeated_guid_and_link_are_told_apart_by_their_text(self) -> None:
        item = "<guid>same</guid><link>https://x.example/</link><title>{}</title>"
        keys = {entry.key for entry in entries(rss(*(item.format(n) for n in range(3))))}
        assert len(keys) == 3

    def test_item_said_twice_is_one(self) -> None:
        assert len(entries(rss("<title>a</title><guid>1</guid>", "<title>a</title><guid>1</guid>"))) == 1

    def test_guids_that_mean_nothing_are_not_trusted(self) -> None:
        items = [
            f"<title>{n}</title><guid>https://blog.example/</guid><link>https://x.example/{n}</link>" for n in range(9)
        ]
        feed = parse(rss(*items))
        assert feed.by_link
        later = parse(
            rss("<title>new</title><guid>https://blog.example/</guid><link>https://x.example/n</link>", *items)
        )
        assert [entry.key for entry in later.entries[1:]] == [entry.key for entry in feed.entries]

    def test_the_policy_of_a_feed_is_kept(self) -> None:
        item = "<title>a</title><guid>g</guid><link>https://x.example/a</link>"
        assert parse(rss(item)).entries[0].key == f"{KEY}#g"
        pinned = parse(rss(item), by_link=True)
        assert pinned.by_link
        assert pinned.entries[0].key == f"{KEY}#g|https://x.example/a"

    def test_endless_and_dirty_guids_are_tamed(self) -> None:
        long, dirty = entries(rss(f"<guid>{'x' * 5000}</guid><title>a</title>", "<guid> a\n b </guid><title>b</title>"))
        assert len(long.key) < 400
        assert dirty.key == f"{KEY}#a b"

    def test_position_does_not_matter(self) -> None:
        items = [f"<title>{n}</title>" for n in range(5)]
        keys = {entry.title: entry.key for entry in entries(rss(*items))}
        assert {entry.title: entry.key for entry in entries(rss(*reversed(items)))} == keys


class TestDates:
    """Rule 30."""

    def test_missing_and_nonsense_dates_are_none(self) -> None:
        first, second = entries(rss("<title>a</title>", "<title>b</title><pubDate>soon</pubDate>"))
        assert first.published is second.published is None

    def test_over_a_day_ahead_is_none(self) -> None:
        near, far = entries(
            rss(
                "<title>a</title><pubDate>Tue, 02 Jun 2026 11:00:00 GMT</pubDate>",
                "<title>b</title><pubDate>Fri, 05 Jun 2026 11:00:00 GMT</pubDate>",
            )
        )
        assert near.published == datetime(2026, 6, 2, 11, tzinfo=UTC)
        assert far.published is None

    def test_first_readable_date_counts(self) -> None:
        entry = one(rss("<title>a</title><pubDate>oops</pubDate><dc:date>2025-02-03</dc:date>"))
        assert entry.published == datetime(2025, 2, 3, tzinfo=UTC)

    def test_updated_stands_in_and_is_not_repeated(self) -> None:
        entry = one(atom("<id>1</id><updated>2025-01-02T00:00:00Z</updated>"))
        assert (entry.published, entry.updated) == (datetime(2025, 1, 2, tzinfo=UTC), None)

    def test_no_date_is_read_out_of_a_guid(self) -> None:
        assert one(rss("<title>a</title><guid>20240101</guid>")).published is None


class TestAddresses:
    """Rule 32."""

    def test_xml_base_is_inherited_and_nested(self) -> None:
        entry = one(
            atom(
                '<id>1</id><link href="a"/><content type="html" xml:base="deep/">&lt;img src="x.png"&gt;</content>',
                attributes='xml:base="https://base.example/root/"',
            )
        )
        assert entry.url == "https://base.example/root/a"
        assert entry.media[0].url == "https://base.example/root/deep/x.png"

    def test_rss_text_hangs_on_its_own_page(self) -> None:
        entry = one(
            rss('<link>https://blog.example/2025/post/</link><description>&lt;img src="x.png"&gt;</description>')
        )
        assert entry.media[0].url == "https://blog.example/2025/post/x.png"

    def test_without_a_page_text_hangs_on_the_site(self) -> None:
        assert one(rss('<guid>1</guid><description>&lt;img src="/x.png"&gt;</description>')).media[0].url == (
            "https://blog.example/x.png"
        )

    def test_relative_site_hangs_on_the_feed(self) -> None:
        body = b"<rss><channel><link>/blog/</link><item><link>post</link><title>t</title></item></channel></rss>"
        feed = parse(body, url="https://host.example/rss.xml")
        assert feed.meta.site_url == "https://host.example/blog/"
        assert feed.entries[0].url == "https://host.example/blog/post"

    def test_permanent_guid_is_the_link(self) -> None:
        assert one(rss("<guid>https://blog.example/a</guid>")).url == "https://blog.example/a"
        assert one(rss('<guid isPermaLink="false">https://blog.example/a</guid>')).url == ""

    def test_publishers_own_address_comes_before_a_counting_one(self) -> None:
        entry = one(
            rss(
                "<link>https://feeds.example/~r/x/1</link><feedburner:origLink>https://blog.example/a</feedburner:origLink>"
            )
        )
        assert entry.url == "https://blog.example/a"

    def test_only_web_addresses_are_kept(self) -> None:
        entry = one(rss('<link>javascript:alert(1)</link><enclosure url="file:///etc/passwd" type="audio/mpeg"/>'))
        assert (entry.url, entry.media) == ("", ())

    def test_an_episode_is_not_its_article(self) -> None:
        entry = one(atom('<id>1</id><link rel="enclosure" href="https://x.example/a.mp3" type="audio/mpeg"/>'))
        assert entry.url == ""


class TestMedia:
    def test_podcast(self) -> None:
        entry = one(
            rss(
                '<title>Ep</title><enclosure url="https://x.example/1.mp3?utm_source=p" type="audio/mpeg" length="9"/>'
                '<itunes:image href="https://x.example/1.jpg"/><itunes:summary>About it</itunes:summary>'
            )
        )
        assert entry.media == (
            Media(MediaKind.AUDIO, "https://x.example/1.mp3?utm_source=p", "https://x.example/1.jpg"),
        )
        assert entry.text == "About it"

    def test_media_rss_in_groups(self) -> None:
        entry = one(
            atom(
                "<id>1</id><title>Video</title><media:group><media:title>Other</media:title>"
                '<media:content url="https://v.example/1" type="video/mp4" width="640" height="360"/>'
                '<media:thumbnail url="https://v.example/1.jpg" width="480"/>'
                "<media:description>What it shows</media:description></media:group>"
            )
        )
        assert entry.title == "Video"
        assert entry.text == "What it shows"
        assert entry.media == (
            Media(MediaKind.VIDEO, "https://v.example/1", "https://v.example/1.jpg", "What it shows", 640, 360),
        )

    def test_thumbnail_alone_is_the_picture(self) -> None:
        entry = one(rss('<title>a</title><media:thumbnail url="/t.jpg" width="150" height="100"/>'))
        assert entry.media == (Media(MediaKind.IMAGE, "https://blog.example/t.jpg", "", "", 150, 100),)

    def test_each_address_once_and_pixels_never(self) -> None:
        entry = one(
            rss(
                '<title>a</title><enclosure url="https://x.example/a.png" type="image/png"/>'
                '<media:content url="https://x.example/a.png" medium="image"/>'
                '<media:content url="https://x.example/p.gif" medium="image" width="1" height="1"/>'
                '<enclosure url="https://x.example/a.torrent" type="application/x-bittorrent"/>'
            )
        )
        assert [medium.url for medium in entry.media] == ["https://x.example/a.png"]

    def test_avatar_is_the_authors(self) -> None:
        entry = one(
            rss(
                "<title>a</title><author>Jo</author>"
                '<media:content url="https://1.gravatar.com/avatar/x" medium="image"/>'
            )
        )
        assert entry.media == ()
        assert entry.author.avatar_url == "https://1.gravatar.com/avatar/x"

    def test_kind_is_told_by_the_address_when_nothing_else_does(self) -> None:
        entry = one(rss('<title>a</title><enclosure url="https://x.example/a.MP4?x=1"/>'))
        assert entry.media[0].kind is MediaKind.VIDEO


class TestText:
    @pytest.mark.parametrize(
        ("title", "plain"),
        [
            ("Tom &amp;amp; Jerry", "Tom & Jerry"),
            ("<![CDATA[A <b>bold</b> <em>title</em>]]>", "A bold title"),
            ("Using Vec&lt;T&gt; in Rust", "Using Vec<T> in Rust"),
            ("1 &lt; 2", "1 < 2"),
            ("  many\n  lines ", "many lines"),
            ("<b>raw</b> markup", "raw markup"),
            ("R&D", "R&D"),
            ("Caf&eacute; &unknown; &#8217;&#x2019;", "Café &unknown; ’’"),
            ("&#55357;&#56832; emoji", "😀 emoji"),
            ("bell \x07here&#7;", "bell here"),
        ],
    )
    def test_title_of_rss(self, title: str, plain: str) -> None:
        assert one(rss(f"<title>{title}</title><guid>1</guid>")).title == plain

    @pytest.mark.parametrize(
        ("attributes", "title", "plain"),
        [
            ("", "1 &lt; 2 &lt;b&gt;", "1 < 2 <b>"),
            (' type="text"', "a &amp;amp; b", "a &amp; b"),
            (' type="html"', "a &amp;amp; &lt;b&gt;b&lt;/b&gt;", "a & b"),
            (' type="xhtml"', '<div xmlns="http://www.w3.org/1999/xhtml">a <b>b</b></div>', "a b"),
        ],
    )
    def test_title_of_atom(self, attributes: str, title: str, plain: str) -> None:
        assert one(atom(f"<id>1</id><title{attributes}>{title}</title>")).title == plain

    def test_titles_of_other_namespaces_do_not_win(self) -> None:
        assert (
            one(rss("<media:title>wrong</media:title><itunes:title>wrong</itunes:title><title>right</title>")).title
            == "right"
        )

    def test_body_is_safe_and_whole(self) -> None:
        entry = one(
            rss("<description>&lt;p onclick=x&gt;Tom &amp;amp; Jerry&lt;script&gt;1&lt;/script&gt;</description>")
        )
        assert (entry.html, entry.text) == ("<p>Tom &amp; Jerry</p>", "Tom & Jerry")

    def test_markup_that_nobody_escaped(self) -> None:
        assert one(rss("<description><p>one</p><p>two</p></description>")).text == "one\n\ntwo"

    def test_summary_that_only_repeats_is_left_out(self) -> None:
        body = "<content:encoded>&lt;p&gt;The whole story is long.&lt;/p&gt;</content:encoded>"
        assert one(rss(f"<description>The whole story […]</description>{body}")).summary == ""

    @pytest.mark.parametrize(
        ("author", "name"),
        [
            ("<author>jane@x.example (Jane Doe)</author>", "Jane Doe"),
            ("<author>Jane Doe &lt;jane@x.example&gt;</author>", "Jane Doe"),
            ("<author>jane@x.example</author>", "jane"),
            ("<dc:creator>A</dc:creator><dc:creator>B</dc:creator>", "A, B"),
            ("<atom:author><atom:name>Ann</atom:name></atom:author>", "Ann"),
            ("", "The Blog"),
        ],
    )
    def test_author(self, author: str, name: str) -> None:
        assert one(rss(f"<title>a</title>{author}")).author.name == name


def test_enormous_feed_gives_its_newest() -> None:
    items = [f"<title>{n}</title><guid>{n}</guid><pubDate>{2000 + n // 365}-01-01</pubDate>" for n in range(3000)]
    newest_last = entries(rss(*items))
    assert (len(newest_last), newest_last[-1].title) == (500, "2999")
    newest_first = entries(rss(*reversed(items)))
    assert (len(newest_first), newest_first[0].title) == (500, "2999")
