"""Damaged, hostile and senseless feeds: read as far as they go, and never more than a refusal."""

import json
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialdesk.content import feeds
from socialdesk.core.entry import RawDocument, SourceMeta
from socialdesk.core.errors import ContentError
from tests.content.attacks import PAYLOADS
from tests.content.documents import KEY, NOW, URL, atom, entries, one, parse, rss
from tests.content.judge import faults
from tests.content.test_feeds import FULL_RSS


@pytest.mark.parametrize(
    ("body", "titles"),
    [
        (b"\n\n  <?xml version='1.0'?>" + rss("<title>a</title>").partition(b"?>")[2], ["a"]),
        (b"\xef\xbb\xbf" + rss("<title>a</title>"), ["a"]),
        (b"<!-- <rss> --><?xml-stylesheet href='x'?>" + rss("<title>a</title>").partition(b"?>")[2], ["a"]),
        (rss("<title>AT&T & co</title>"), ["AT&T & co"]),
        (rss("<title>a</title><link>https://x.example/?a=1&b=2</link>"), ["a"]),
        (rss("<title>a</title><x:undeclared>b</x:undeclared>"), ["a"]),
        (rss("<title>a</title>", "<title>b</title>")[:-20], ["a", "b"]),
        (rss("<title>a</title><description><p>open<br></description>", "<title>b</title>"), ["a", "b"]),
        (rss("<title>a</title>").replace(b"rss", b"RSS").replace(b"item", b"Item"), ["a"]),
        (rss("<title>caf\xe9</title>".encode("latin-1").decode("latin-1")).decode().encode("latin-1"), ["café"]),
        (b"<rss><title>T</title><item><title>a</title></item></rss>", ["a"]),
        (b"<rss><channel><title>T</title></channel><item><title>a</title></item></rss>", ["a"]),
        (rss("<title>a\x00\x0b\x1f</title>"), ["a"]),
        (atom("<id>1</id><title>a</title>").replace(b' xmlns="http://www.w3.org/2005/Atom"', b""), ["a"]),
        (rss("<title>a</title>").replace(b"http://purl.org/dc", b"https://purl.org/dc"), ["a"]),
    ],
)
def test_damage_is_mended(body: bytes, titles: list[str]) -> None:
    assert [entry.title for entry in entries(body)] == titles


def test_damage_is_told() -> None:
    assert parse(rss("<title>a</b></title>")).damaged
    assert not parse(FULL_RSS).damaged


def test_what_the_quick_reader_loses_the_patient_one_finds() -> None:
    body = rss(*(f"<title>{n}</title><description><![CDATA[x]]></description>" for n in range(4)))
    cut = body.replace(b"</item>", b"</itme>")
    assert len(entries(cut)) == 4


def test_prefix_that_was_never_declared_is_understood() -> None:
    item = b"<dc:creator>Jo</dc:creator><content:encoded>&lt;p&gt;x&lt;/p&gt;</content:encoded>"
    body = b"<rss><channel><title>T</title><item>" + item + b"</item></channel></rss>"
    entry = one(body)
    assert (entry.author.name, entry.html) == ("Jo", "<p>x</p>")


class TestHostileMarkup:
    """Rule 23."""

    def test_entities_are_not_expanded(self) -> None:
        levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
        body = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "lol">{levels}]>'.encode()
        started = time.perf_counter()
        entry = one(body + rss("<title>&l11;</title><guid>1</guid>").partition(b"?>")[2])
        assert entry.title == "&l11;"
        assert time.perf_counter() - started < 2

    def test_files_are_not_read(self, tmp_path: object) -> None:
        secret = f"{tmp_path}/secret"
        with open(secret, "w") as file:
            file.write("the secret")
        body = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file://{secret}">]>'.encode()
        entry = one(body + rss("<title>&x;</title><description>&x;</description>").partition(b"?>")[2])
        assert "the secret" not in repr(entry)

    def test_depth_is_survived(self) -> None:
        deep = "<a>" * 100_000
        assert len(parse(rss("<title>a</title>", f"<title>b</title>{deep}")).entries) >= 1

    @pytest.mark.parametrize(
        "piece", ["<![CDATA[", "<!--", "&#", "&a", "<item", "<", "<a b='", "]]>", "<title>", "&#55357;"]
    )
    def test_repetition_takes_no_time(self, piece: str) -> None:
        started = time.perf_counter()
        parse(rss("<title>a</title>", piece * (200_000 // len(piece))))
        assert time.perf_counter() - started < 5

    def test_attributes_without_end(self) -> None:
        attributes = " ".join(f'a{n}="x"' for n in range(20_000))
        assert one(rss(f"<title>a</title><x {attributes}/>")).title == "a"

    @pytest.mark.parametrize("payload", [p for p in PAYLOADS if "\x00" not in p][::3])
    def test_attacks_in_every_field(self, payload: str) -> None:
        quoted = payload.replace("]]>", "")
        cdata = f"<![CDATA[{quoted}]]>"
        fields = "<title>{0}</title><description>{0}</description><author>{0}</author><category>{0}</category>"
        html_fields = "<title type='html'>{0}</title><content type='html'>{0}</content><summary>{0}</summary><id>1</id>"
        for body in (rss(fields.format(cdata)), atom(html_fields.format(cdata))):
            for entry in entries(body):
                assert faults(entry.html) == []
                assert "\x00" not in entry.title + entry.text + entry.author.name


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_mutation_of_a_feed_breaks_the_parser(data: st.DataObject) -> None:
    whole = [FULL_RSS, atom("<id>1</id><title>t</title><content type='html'>x</content>")]
    pieces = [b"<item>", b"]]>", b"<![CDATA[", b"&", b"</"]
    body = bytearray(data.draw(st.sampled_from(whole)))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(body) - 1))
        length = data.draw(st.integers(0, 30))
        body[place : place + length] = data.draw(st.binary(max_size=12) | st.sampled_from(pieces))
        if not body:
            break
    feed = parsed_or_refused(bytes(body))
    assert all(faults(entry.html) == [] for entry in feed.entries)
    assert len({entry.key for entry in feed.entries}) == len(feed.entries)


_KEYS = "id url title content_html date_published authors tags image attachments name items hubs".split()  # noqa: SIM905
_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=6),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None)
@given(_JSON)
def test_no_json_breaks_the_parser(value: object) -> None:
    items = [value, {"id": value}, {"title": value}]
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": value, "items": items})
    feed = parse(body.encode(errors="surrogatepass"))
    assert all(
        entry.published is None or entry.published <= datetime(2026, 6, 2, 12, tzinfo=UTC) for entry in feed.entries
    )


@given(st.binary(max_size=300))
def test_no_bytes_break_the_parser(body: bytes) -> None:
    for prefix in (b"", b"<rss>", b"{", b"<feed xmlns='http://www.w3.org/2005/Atom'>"):
        parsed_or_refused(prefix + body)


def parsed_or_refused(body: bytes) -> feeds.ParsedFeed:
    """The feed; an empty one where it is refused with the one error that may come."""
    try:
        return feeds.parse(RawDocument(body, "text/xml", URL), KEY, NOW)
    except ContentError as error:
        if error.reason != "not_a_feed":
            raise
        return feeds.ParsedFeed(SourceMeta(), ())
