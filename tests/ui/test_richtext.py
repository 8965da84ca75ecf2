"""Live parts of a post's text."""

import pytest

from socialdesk.core.entry import LinkCard
from socialdesk.ui.column.richtext import Span, host_of, shown_text
from tests.ui.fakes import entry


def parts(text: str, html: str = "", link: LinkCard | None = None) -> tuple[str, list[tuple[str, str, str]]]:
    shown, spans = shown_text(entry(1, text=text, html=html, link=link))
    units = shown.encode("utf-16-le")
    return shown, [(s.kind, units[s.start * 2 : (s.start + s.length) * 2].decode("utf-16-le"), s.target) for s in spans]


def test_links_tags_and_mentions_are_live() -> None:
    shown, found = parts("Read https://www.harbor.example/a/?q=1, says @lena@social.example. #B2B rocks, #2 does not.")
    assert shown.startswith("Read harbor.example/a/?q=1, says")
    assert found == [
        ("link", "harbor.example/a/?q=1", "https://www.harbor.example/a/?q=1"),
        ("mention", "@lena@social.example", "@lena@social.example"),
        ("tag", "#B2B", "B2B"),
    ]


def test_places_count_as_qt_counts_behind_characters_outside_the_basic_plane() -> None:
    shown, spans = shown_text(entry(1, text="👍👍 #B2B", link=None))
    assert spans == (Span(5, 4, "tag", "B2B"),)
    assert shown == "👍👍 #B2B"


def test_the_address_of_the_html_wins() -> None:
    html = (
        '<p>Ask <a href="https://social.example/@lena">@lena</a> or <a href="https://x.example/long">the study</a>.</p>'
    )
    _, found = parts("Ask @lena or the study.", html)
    assert found == [
        ("mention", "@lena", "https://social.example/@lena"),
        ("link", "the study", "https://x.example/long"),
    ]


def test_only_web_addresses_of_the_html_are_followed() -> None:
    _, found = parts("Press here.", '<a href="javascript:alert(1)">here</a>')
    assert found == []


def test_an_address_at_the_end_is_left_out_where_the_card_shows_it() -> None:
    card = LinkCard("https://harbor.example/a", "Answer times")
    assert parts("Numbers. #B2B https://harbor.example/a", link=card)[0] == "Numbers. #B2B"
    assert parts("https://harbor.example/a says it", link=card)[0] == "harbor.example/a says it"


def test_long_addresses_are_shortened_but_lead_to_the_whole() -> None:
    address = "https://harbor.example/" + "a" * 80
    shown, found = parts(f"See {address} now")
    assert len(shown) < 50
    assert found[0][2] == address


@pytest.mark.parametrize("text", ["mail a@b.example", "C# and F#", "path/@x", "1#2", "&#39;"])
def test_what_only_looks_similar_stays_plain(text: str) -> None:
    assert parts(text)[1] == []


def test_host_of() -> None:
    assert host_of("https://www.harbor.example:8080/a") == "harbor.example"
    assert host_of("not an address") == ""
