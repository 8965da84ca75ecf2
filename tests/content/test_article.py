"""Articles cut out of their pages."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialdesk.content import article
from socialdesk.content.extraction import Candidate, choose
from socialdesk.content.html import Cleaned
from socialdesk.core.errors import ContentError
from socialdesk.core.text import word_count
from tests.content.attacks import PAYLOADS, PIECES
from tests.content.judge import faults
from tests.content.pages import HEAD, LEAD, PARAGRAPHS, body_of, page

URL = "https://www.vantage.example/2026/read?id=1"


def extract(body: bytes, content_type: str = "text/html; charset=utf-8") -> article.ExtractedArticle:
    return article.extract(body, content_type, URL)


def refusal(body: bytes, content_type: str = "text/html") -> str:
    with pytest.raises(ContentError) as caught:
        extract(body, content_type)
    return caught.value.reason


def test_article_in_full() -> None:
    found = extract(page())
    assert found.title == "What buyers read"
    assert found.url == "https://vantage.example/read"
    assert (found.site, found.byline, found.language) == ("Vantage Journal", "Jane Doe, Joe Roe", "en-GB")
    assert found.published == datetime(2026, 3, 4, 8, tzinfo=UTC)
    assert found.image_url == LEAD
    for text in PARAGRAPHS:
        assert text in found.text
    for clutter in ("Topic number", "Related story", "All rights reserved", "track()"):
        assert clutter not in found.text
    assert "<h2>Numbers</h2>" in found.html
    assert faults(found.html) == []


def test_pictures_are_found_where_they_hide() -> None:
    found = extract(page())
    assert found.picture_urls == (
        "https://www.vantage.example/a.jpg",
        "https://www.vantage.example/b-1300.webp",
        "https://cdn.example/c.png",
    )
    for url in found.picture_urls:
        assert f'src="{url}"' in found.html


def test_title_is_not_repeated_in_the_text() -> None:
    assert not extract(page()).html.startswith("<h1>What buyers read")


@pytest.mark.parametrize(
    "wrap",
    [
        "<div class='post-content'>{}</div>",
        "<div><div id='content'><div>{}</div></div></div>",
        "<section><div itemprop='articleBody'>{}</div></section>",
        "<table><tr><td>{}</td></tr></table>",
        "<div class='entry'>{}</div><div id='comments'><h3>Comments</h3><p>First! Great post.</p></div>",
        "<div class='sponsor-box'>{}</div>",
    ],
)
def test_themes_of_all_kinds(wrap: str) -> None:
    found = extract(page(wrap.format(body_of())))
    assert sum(text in found.text for text in PARAGRAPHS) >= len(PARAGRAPHS) - 1
    assert "Related story" not in found.text


def test_page_that_tells_its_text_to_machines_only() -> None:
    told = {"@type": "BlogPosting", "headline": "Told", "articleBody": "\n\n".join(PARAGRAPHS)}
    head = f'<title>Told</title><script type="application/ld+json">{json.dumps(told)}</script>'
    found = extract(page("<div id='app'>Loading</div>", head))
    assert found.title == "Told"
    assert found.text.count("\n\n") == len(PARAGRAPHS) - 1


@pytest.mark.parametrize(
    ("charset", "header"),
    [
        ("windows-1252", ""),
        ("iso-8859-15", ""),
        ("utf-8", "text/html; charset=iso-8859-1"),
        ("cp1251", "text/html; charset=windows-1251"),
    ],
)
def test_encodings(charset: str, header: str) -> None:
    word = "Насосы" if charset == "cp1251" else "Qualität"
    paragraphs = [text.replace("the", word) for text in PARAGRAPHS]
    head = "<title>x</title>" + ("" if header else f'<meta charset="{charset}">')
    body = page(f"<article>{body_of(paragraphs)}</article>", head).decode().encode(charset, errors="replace")
    assert word in extract(body, header or "text/html").text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"plain text",
        b"<html><body></body></html>",
        page("<p>Short.</p>", "<title>x</title>"),
        page("<p>" + "Subscribe to continue reading this story and many more. " * 12 + "</p>", "<title>x</title>"),
        page("<noscript>Please enable JavaScript to run this app.</noscript><div id=root></div>", "<title>App</title>"),
        b"%PDF-1.7 binary",
        b"\x89PNG\r\n\x1a\n",
    ],
)  # fmt: skip
def test_what_is_no_article(body: bytes) -> None:
    assert refusal(body) == "not_an_article"


def test_picture_by_its_type_is_no_article() -> None:
    assert refusal(page(), "image/png") == "not_an_article"


def test_without_any_data_about_it() -> None:
    found = extract(
        page(f"<article><h1>The heading</h1>{body_of()}</article>", "<title>The heading - Site</title>", "")
    )
    assert (found.title, found.byline, found.published, found.language) == ("The heading", "", None, "")
    assert found.site == "vantage.example"
    assert found.image_url == "https://www.vantage.example/a.jpg"
    assert found.url == URL


def test_byline_and_date_from_the_page_itself() -> None:
    told = '<a rel="author" href="/x">By Ann Lee</a><time datetime="2026-01-02">2 Jan</time>'
    found = extract(page(f"<article><h1>H</h1>{told}{body_of()}</article>", "<title>H</title>"))
    assert (found.byline, found.published) == ("Ann Lee", datetime(2026, 1, 2, tzinfo=UTC))


def test_canonical_of_another_site_is_not_believed() -> None:
    head = HEAD.replace("https://vantage.example/read?utm_source=x", "https://evil.example/read")
    assert extract(page(head=head)).url == URL


@pytest.mark.parametrize("payload", [p for p in PAYLOADS if "\x00" not in p][::6])
def test_attacks_in_an_article(payload: str) -> None:
    found = extract(page(f"<article><h1>What buyers read</h1>{body_of()}{payload}</article>"))
    assert faults(found.html) == []


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30), st.binary(max_size=60))
def test_no_page_breaks_it(pieces: list[str], noise: bytes) -> None:
    body = page("".join(pieces)) + noise
    try:
        found = extract(body, "")
    except ContentError as error:
        if error.reason != "not_an_article":
            raise
    else:
        assert faults(found.html) == []


def candidate(*paragraphs: str) -> Candidate:
    text = "\n\n".join(paragraphs)
    return Candidate(Cleaned(text, text), word_count(text))


class TestChoice:
    whole = candidate(*PARAGRAPHS)

    def test_the_neighbourhood_of_an_article_is_held_against_it(self) -> None:
        wide = candidate("Home Products About", *PARAGRAPHS, "Related: one", "Related: two", "Leave a comment below")
        assert choose(self.whole, wide, 0) is self.whole
        assert choose(wide, self.whole, 0) is self.whole

    def test_a_gap_in_the_middle_is_held_against_it(self) -> None:
        gap = candidate(*PARAGRAPHS[:3], *PARAGRAPHS[4:])
        assert choose(gap, self.whole, 0) is self.whole

    def test_a_mere_beginning_is_held_against_it(self) -> None:
        assert choose(candidate(*PARAGRAPHS[:2]), self.whole, 0) is self.whole

    def test_a_told_length_decides(self) -> None:
        wide = candidate(*PARAGRAPHS, *(f"Comment {n} by a reader who has much to say about it." for n in range(9)))
        assert choose(self.whole, wide, wide.words) is wide
        assert choose(self.whole, wide, self.whole.words) is self.whole

    def test_one_answer_is_better_than_none(self) -> None:
        assert choose(None, self.whole, 0) is self.whole
        assert choose(self.whole, None, 0) is self.whole
        assert choose(None, None, 0) is None

    def test_of_two_that_have_nothing_in_common_the_longer(self) -> None:
        other = candidate(
            "Cookies are used on this site to make it work for you and for everybody else who visits it daily."
        )
        assert choose(other, self.whole, 0) is self.whole
