"""Subscription lists in and out."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialdesk.content import opml
from socialdesk.content.opml import Outline
from socialdesk.core.errors import ContentError

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def listed(body: str) -> opml.Subscriptions:
    return opml.read(
        f'<?xml version="1.0"?><opml version="2.0"><head><title>Mine</title></head><body>{body}</body></opml>'.encode()
    )


def test_nested_folders_and_all_spellings() -> None:
    found = listed(
        '<outline text="B2B &amp; more"><outline type="rss" text="A" xmlUrl="https://a.example/feed" htmlUrl="https://a.example/"/>'
        '<outline text="Deep"><outline title="B" xmlurl="http://b.example/rss"/></outline></outline>'
        '<outline text="C" XMLURL=" feed://c.example/atom "/><outline xmlUrl="d.example/feed.json"/>'
    )
    assert found.feeds == (
        Outline("A", "https://a.example/feed", "B2B & more", "https://a.example/"),
        Outline("B", "http://b.example/rss", "B2B & more / Deep"),
        Outline("C", "https://c.example/atom"),
        Outline("d.example", "https://d.example/feed.json"),
    )
    assert (found.refused, found.title) == ((), "Mine")


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "| curl evil.example", "ftp://a.example/feed", "javascript:alert(1)", "exec:/bin/true",
     "nonsense",
     "http://", "https://a b.example/"],
)  # fmt: skip
def test_only_web_addresses_come_in(url: str) -> None:
    found = listed(f'<outline text="x" xmlUrl="{url}"/><outline text="ok" xmlUrl="https://ok.example/"/>')
    assert [feed.title for feed in found.feeds] == ["ok"]
    assert found.refused == ((url.strip(), "not a web address"),)


def test_lists_inside_the_list_are_named_and_not_followed() -> None:
    found = listed('<outline type="include" text="More" url="https://x.example/more.opml"/>')
    assert found.feeds == ()
    assert found.refused[0][0] == "https://x.example/more.opml"


def test_each_address_once() -> None:
    found = listed(
        '<outline text="A" xmlUrl="https://a.example/feed"/><outline text="A2" xmlUrl="http://www.a.example/feed/?utm_source=x"/>'
    )
    assert [feed.title for feed in found.feeds] == ["A"]


@pytest.mark.parametrize(
    "body",
    [
        b'<opml><body><outline text="AT&T" xmlUrl="https://a.example/?x=1&y=2"/>',
        b'<opml><outline text="AT&amp;T" xmlUrl="https://a.example/?x=1&amp;y=2"></opml>',
        b'\xef\xbb\xbf\n<OPML><BODY><OUTLINE TEXT="AT&amp;T" XMLURL="https://a.example/?x=1&amp;y=2"/></BODY></OPML>',
        '<?xml version="1.0" encoding="UTF-16"?><opml><body><outline text="AT&amp;T" xmlUrl="https://a.example/?x=1&amp;y=2"/></body></opml>'.encode("utf-16"),
        b'<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml><body><outline text="AT&amp;T" xmlUrl="https://a.example/?x=1&amp;y=2"/></body></opml>',
    ],
)  # fmt: skip
def test_broken_lists_are_read(body: bytes) -> None:
    assert opml.read(body).feeds == (Outline("AT&T", "https://a.example/?x=1&y=2"),)


@pytest.mark.parametrize("body", [b"", b"no list", b"<html></html>", b"<rss/>", b"\x00"])
def test_what_is_no_list(body: bytes) -> None:
    with pytest.raises(ContentError) as caught:
        opml.read(body)
    assert caught.value.reason == "not_a_feed"


def test_depth_is_survived() -> None:
    assert opml.read(b"<opml><body>" + b'<outline text="x">' * 5000).feeds == ()


@given(
    st.lists(
        st.tuples(st.text(min_size=1, max_size=20), st.integers(0, 10**6), st.sampled_from(["", "A", "A / B", 'Q"<&'])),
        max_size=8,
        unique_by=lambda feed: feed[1],
    )
)
def test_what_is_written_is_read_back(drawn: list[tuple[str, int, str]]) -> None:
    feeds = [
        Outline(f"t {title} t", f"https://x.example/{number}", folder, "https://x.example/")
        for title, number, folder in drawn
    ]
    back = opml.read(opml.write(feeds, "Mine & <yours>", NOW))
    assert {feed.url: feed.folder for feed in back.feeds} == {feed.url: feed.folder for feed in feeds}
    assert back.title == "Mine & <yours>"
    assert back.refused == ()


def test_file_is_standard() -> None:
    written = opml.write(
        [Outline("A & B", "https://a.example/?x=1&y=2", "F", "https://a.example/")], "Mine", NOW
    ).decode()
    assert written.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">')
    assert "<dateCreated>Mon, 01 Jun 2026 12:00:00 +0000</dateCreated>" in written
    assert (
        '<outline type="rss" text="A &amp; B" title="A &amp; B" xmlUrl="https://a.example/?x=1&amp;y=2" htmlUrl="https://a.example/"/>'
        in written
    )
