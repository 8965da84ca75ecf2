"""Link cards."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialdesk.content import preview
from socialdesk.core.entry import LinkCard
from socialdesk.core.errors import ContentError
from tests.content.pages import LEAD, page

URL = "https://www.vantage.example/2026/read?id=1"


def card(head: str, body: str = "", url: str = URL, content_type: str = "text/html") -> LinkCard:
    return preview.card(f"<html><head>{head}</head><body>{body}</body></html>".encode(), content_type, url)


def test_card_in_full() -> None:
    assert preview.card(page(), "text/html", URL) == LinkCard(
        "https://vantage.example/read", "What buyers read", "Forty buyers, & what they read.", LEAD, "Vantage Journal"
    )


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ('<meta property="og:title" content="OG"><meta name="twitter:title" content="T"><title>P</title>', "", "OG"),
        ('<meta name="og:title" content="OG">', "", "OG"),
        ('<meta property="og:title" content=" "><meta property="twitter:title" content="T">', "", "T"),
        ("<title>\n Page  title </title>", "", "Page title"),
        ('<script type="application/ld+json">{"@type":"Article","headline":"LD"}</script>', "", "LD"),
        ("", "<h1>Head <em>ing</em></h1>", "Head ing"),
        ("<title>Story title here | Vantage</title>", "", "Story title here"),
        ("<title>Story – Part 2</title>", "", "Story – Part 2"),
        ("<title>A long heading - The Site</title>", "<h1>A long heading</h1>", "A long heading"),
        ("<title>Tom &amp;amp; Jerry</title>", "", "Tom &amp; Jerry"),
    ],
)
def test_title_by_order(head: str, body: str, title: str) -> None:
    assert card(head, body).title == title


@pytest.mark.parametrize(
    ("head", "image"),
    [
        ('<meta property="og:image:secure_url" content="https://a.example/s.png"><meta name="og:image" content="x">',
         "https://a.example/s.png"),
        ('<meta property="og:image" content="/x.png">', "https://www.vantage.example/x.png"),
        ('<base href="https://b.example/"><meta property="og:image" content="x.png">', "https://b.example/x.png"),
        ('<meta property="og:image" content="data:,x"><meta name="twitter:image" content="//c.example/t.png">',
         "https://c.example/t.png"),
        ('<link rel="image_src" href="/l.png">', "https://www.vantage.example/l.png"),
        ('<script type="application/ld+json">[{"@type":["NewsArticle"],"image":["/a.png",{"url":"/b.png"}]}]</script>', "https://www.vantage.example/a.png"),
        ('<meta property="og:image" content="javascript:alert(1)">', ""),
        ("", ""),
    ],
)  # fmt: skip
def test_picture_by_order(head: str, image: str) -> None:
    assert card("<title>t</title>" + head).image_url == image


@pytest.mark.parametrize(
    ("head", "url"),
    [
        ('<link rel="canonical" href="/c">', "https://www.vantage.example/c"),
        ('<link rel="canonical" href="https://vantage.example/c">', "https://vantage.example/c"),
        ('<link rel="canonical" href="https://evil.example/c">', URL),
        ('<meta property="og:url" content="https://blog.vantage.example/o">', "https://blog.vantage.example/o"),
        ('<link rel="canonical" href="https://www.vantage.example/">', URL),
        ('<link rel="canonical" href="javascript:alert(1)">', URL),
        ("", URL),
    ],
)
def test_address_stays_on_its_site(head: str, url: str) -> None:
    assert card("<title>t</title>" + head).url == url


def test_description_and_site_by_order() -> None:
    plain = card('<title>t</title><meta name="Description" content="D">')
    assert (plain.description, plain.site) == ("D", "vantage.example")
    told = card(
        '<title>t</title><script type="application/ld+json">{"description":"LD","publisher":{"name":"P"}}</script>'
    )
    assert (told.description, told.site) == ("LD", "P")


def test_endless_texts_are_cut() -> None:
    found = card(f'<title>{"t" * 9000}</title><meta name="description" content="{"d" * 9000}">')
    assert (len(found.title), len(found.description)) == (preview.TITLE, preview.DESCRIPTION)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"text",
        b"<html><body><p>x</p></body></html>",
        b"\x89PNG\r\n\x1a\n",
        b"<html><title> </title></html>",
    ],
)
def test_nothing_to_show(body: bytes) -> None:
    with pytest.raises(ContentError) as caught:
        preview.card(body, "text/html", URL)
    assert caught.value.reason == "not_an_article"


@pytest.mark.parametrize(
    "told",
    ["{broken", "[]", "null", "[" * 5000, '{"@graph": 3}',
     '{"author": [[[1]]], "image": {"url": {"url": 3}}, "headline": 4}',
     '<!-- {"@type":"Article"} -->', '{"@type": null, "publisher": "x", "articleBody": 3}'],
)  # fmt: skip
def test_broken_data_is_skipped(told: str) -> None:
    assert card(f'<title>t</title><script type="application/ld+json">{told}</script>').title == "t"


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.text(max_size=30))
def test_no_page_breaks_it(body: bytes, content_type: str) -> None:
    try:
        preview.card(b"<title>t</title>" + body, content_type, URL)
    except ContentError as error:
        if error.reason != "not_an_article":
            raise


def test_large_page_takes_little_time() -> None:
    body = page("<p>" + "<b>word</b> <i>word</i> " * 40_000 + "</p>")
    started = time.perf_counter()
    assert preview.card(body, "text/html", URL).title == "What buyers read"
    assert time.perf_counter() - started < 2
