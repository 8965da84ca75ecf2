"""Facets, record keys and posts as HTML: the pure parts of the Bluesky adapter."""

import re
from datetime import UTC, datetime

import pytest
from atproto_client.utils import facet_detection
from hypothesis import given
from hypothesis import strategies as st

from socialdesk.networks.bluesky import facets, richtext
from socialdesk.networks.bluesky.keys import is_handle, parse_at_uri, tid, tid_time

WEB = "https://bsky.app"
PIECES = [
    *("a", "é", "日本", "👨‍👩‍👧", "🇩🇪", "שלום", "ABC", "B2B", "123", "$", "#", "＃", "@"),
    *(" ", "\n", "\u00a0", "\u200b", "\ufe0f", "(", ")", ".", ",", "!", "?", ":", "-", "_", "’"),
    *("http://", "https://", "example.com", "x.test", "foo.bar", "/path"),
]


def marked(text: str) -> list[tuple[str, str]]:
    """(what is covered, its value) for every facet, cut out of the text's UTF-8 bytes by the facet's own offsets."""
    dids = {"harbor.test": "did:plc:harbor", "alice.bsky.social": "did:plc:alice"}
    data = text.encode()
    return [
        (
            data[f["index"]["byteStart"] : f["index"]["byteEnd"]].decode(),
            next(v for k, v in f["features"][0].items() if k != "$type"),
        )
        for f in facets.facets(text, facets.detect(text), dids)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain words only", []),
        ("see https://example.com/a?b=c#d now", [("https://example.com/a?b=c#d",) * 2]),
        ("(https://example.com/a)", [("https://example.com/a",) * 2]),
        ("https://en.wikipedia.org/wiki/Bla_(x)", [("https://en.wikipedia.org/wiki/Bla_(x)",) * 2]),
        ("end https://example.com/a.", [("https://example.com/a",) * 2]),
        ("bare example.com/x, yes", [("example.com/x", "https://example.com/x")]),
        ("HTTPS://Example.com", [("HTTPS://Example.com",) * 2]),
        ("no file.txtx and no e.g. here", []),
        ("our-site.com is not seen without https", []),
        ("@harbor.test hi", [("@harbor.test", "did:plc:harbor")]),
        ("hi (@alice.bsky.social)", [("@alice.bsky.social", "did:plc:alice")]),
        ("@Harbor.Test is not it, @harbor.test. is", [("@harbor.test", "did:plc:harbor")]),
        ("mail me@harbor.test", []),
        ("@nobody.test @not.a-tld", []),
        ("#b2b #B2B-sales! #123 #1a # ##", [("#b2b", "b2b"), ("#B2B-sales", "B2B-sales"), ("#1a", "1a")]),
        ("＃全角 tag", [("＃全角", "全角")]),
        ("a#b", []),
        ("$acme up, ($ABC) $toolong $1A", [("$acme", "$ACME"), ("$ABC", "$ABC")]),
        ("👩‍🚀 日本語 #北風 שלום https://example.com", [("#北風", "北風"), ("https://example.com",) * 2]),
        ("مرحبا @harbor.test بكم #تسويق", [("@harbor.test", "did:plc:harbor"), ("#تسويق", "تسويق")]),
        ("👨‍👩‍👧‍👦👨‍👩‍👧‍👦 @harbor.test", [("@harbor.test", "did:plc:harbor")]),
        ("#" + "x" * 65, []),
        ("#" + "e\u0301" * 64, [("#" + "e\u0301" * 64, "e\u0301" * 64)]),
        ("https://a.com/(@harbor.test", [("https://a.com/(@harbor.test",) * 2]),
    ],
)
def test_what_is_found(text: str, expected: list[tuple[str, str]]) -> None:
    assert marked(text) == expected


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=14).map("".join))
def test_found_as_the_atproto_package_finds_it(text: str) -> None:
    theirs = [
        (f.index.byte_start, f.index.byte_end, getattr(f.features[0], "uri", None) or f.features[0].tag)
        for f in facet_detection.detect_facets(text)
    ]
    theirs += [(m.byte_start, m.byte_end, m.handle) for m in facet_detection.detect_mentions(text)]
    kept: list[tuple[int, int, str]] = []
    for one in sorted(theirs):
        if not kept or one[0] >= kept[-1][1]:  # the official client lets facets overlap, which servers may refuse
            kept.append(one)
    found = facets.detect(text)
    everybody = {one.value.lower(): one.value for one in found if one.kind == "mention"}
    ours = [
        (f["index"]["byteStart"], f["index"]["byteEnd"], next(v for k, v in f["features"][0].items() if k != "$type"))
        for f in facets.facets(text, found, everybody)
    ]
    assert ours == kept


@given(st.text())
def test_facets_lie_within_the_text_and_never_overlap(text: str) -> None:
    last = 0
    for facet in facets.facets(text, facets.detect(text), {}):
        start, end = facet["index"]["byteStart"], facet["index"]["byteEnd"]
        assert last <= start < end <= len(text.encode(errors="replace"))
        last = end


class TestKeys:
    def test_known_value(self) -> None:
        # 2026-11-22T02:53:31.123456Z with clock 1, checked against the layout in atproto.com/specs/tid by hand
        us = 1_795_316_011_123_456
        value = (us << 10) | 1
        alphabet = "234567abcdefghijklmnopqrstuvwxyz"
        assert tid(us, 1) == "".join(alphabet[value >> 5 * (12 - i) & 31] for i in range(13))
        assert tid(0, 0) == "2222222222222"

    @given(st.integers(0, 2**53 - 1), st.integers(0, 2**64))
    def test_form_and_time(self, us: int, clock: int) -> None:
        key = tid(us, clock)
        assert re.fullmatch(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}", key)
        assert key == tid(us, clock % 1024)

    def test_they_sort_by_time(self) -> None:
        keys = [tid(1_795_316_011_000_000 + n, (n * 37) % 1024) for n in range(500)]
        assert keys == sorted(keys)

    def test_the_time_comes_back(self) -> None:
        when = datetime(2026, 11, 22, 10, 30, 0, 250_000, tzinfo=UTC)
        assert tid_time(tid(int(when.timestamp() * 1_000_000), 9)) == when
        assert tid_time("self") is None

    @pytest.mark.parametrize(
        ("uri", "good"),
        [
            ("at://did:plc:abc/app.bsky.feed.post/3k2a", True),
            ("at://did:plc:abc/app.bsky.feed.post", False),
            ("at://did:plc:abc//3k2a", False),
            ("https://bsky.app/profile/x/post/3k2a", False),
            ("", False),
        ],
    )
    def test_addresses(self, uri: str, good: bool) -> None:
        parts = parse_at_uri(uri)
        assert (parts is not None) == good
        assert parts is None or str(parts) == uri

    def test_handles(self) -> None:
        assert is_handle("name.bsky.social")
        assert is_handle("xn--bcher-kva.example")
        assert not any(map(is_handle, ("name", "-a.test", "a..test", "a.test.", "a_b.test", "a.1", "x" * 250 + ".com")))


class TestHtml:
    def link(self, start: int, end: int, uri: str) -> dict[str, object]:
        return {
            "index": {"byteStart": start, "byteEnd": end},
            "features": [{"$type": "app.bsky.richtext.facet#link", "uri": uri}],
        }

    def test_links_mentions_and_tags(self) -> None:
        text = "Grüße @harbor.test #b2b"
        found = facets.facets(text, facets.detect(text), {"harbor.test": "did:plc:harbor"})
        assert richtext.to_html(text, found, WEB) == (
            '<p>Grüße <a href="https://bsky.app/profile/did:plc:harbor">@harbor.test</a> '
            '<a href="https://bsky.app/hashtag/b2b">#b2b</a></p>'
        )

    def test_paragraphs_and_lines(self) -> None:
        assert richtext.to_html("one\ntwo\n\n\nthree", None, WEB) == "<p>one<br>two</p><p>three</p>"
        assert richtext.to_html(" \n ", None, WEB) == ""

    def test_markup_is_text(self) -> None:
        html = richtext.to_html('<b onclick="x">&amp;', [self.link(0, 3, 'https://a.example/"><script>')], WEB)
        assert "<b" not in html
        assert "<script" not in html
        assert "&lt;b onclick=&quot;x&quot;&gt;&amp;amp;" in html

    @pytest.mark.parametrize("uri", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "x", "", None, 7])
    def test_only_web_addresses_become_links(self, uri: str) -> None:
        assert richtext.to_html("abc", [self.link(0, 3, uri)], WEB) == "<p>abc</p>"

    @pytest.mark.parametrize(
        "facet",
        [
            None,
            7,
            {},
            {"index": {}},
            {"index": {"byteStart": 0, "byteEnd": 2}},
            {"index": {"byteStart": "0", "byteEnd": 2}, "features": []},
            {"index": {"byteStart": 0, "byteEnd": 1}, "features": [{"$type": "x#y", "uri": "https://a.example"}]},
        ],
    )
    def test_facets_of_no_use_are_left_out(self, facet: object) -> None:
        assert richtext.to_html("日本", [facet], WEB) == "<p>日本</p>"

    @pytest.mark.parametrize(("start", "end"), [(1, 3), (0, 2), (-1, 3), (3, 3), (4, 2), (0, 99)])
    def test_offsets_of_no_use_are_left_out(self, start: int, end: int) -> None:
        assert richtext.to_html("日本", [self.link(start, end, "https://a.example")], WEB) == "<p>日本</p>"

    def test_of_two_that_overlap_the_first_stays(self) -> None:
        both = [self.link(2, 5, "https://b.example"), self.link(0, 3, "https://a.example")]
        assert richtext.to_html("abcdef", both, WEB) == '<p><a href="https://a.example">abc</a>def</p>'

    @given(st.text(), st.lists(st.tuples(st.integers(-2, 40), st.integers(-2, 40)), max_size=4))
    def test_no_character_is_lost(self, text: str, places: list[tuple[int, int]]) -> None:
        found = [self.link(a, b, "https://a.example") for a, b in places]
        whole = "".join(span.text for span in richtext.spans(text, found, WEB))
        assert whole == text.encode(errors="replace").decode()

    def test_tags_of_a_record(self) -> None:
        record = {"facets": facets.facets("#a #b #a", facets.detect("#a #b #a"), {}), "tags": ["b", "c", 7]}
        assert richtext.tags(record) == ("a", "b", "c")
        assert richtext.tags({}) == ()
