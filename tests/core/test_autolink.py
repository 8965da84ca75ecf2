"""Addresses and hashtags in plain text."""

import pytest

from socialdesk.core.autolink import tags_in, to_html


def at(tag: str) -> str:
    return f"https://tags.example/{tag}"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("Two\nlines\n\n \nand <more> & more", "<p>Two<br>lines</p><p>and &lt;more&gt; &amp; more</p>"),
        (
            "See (https://a.example/b_(c)?x=1&y=2).",
            '<p>See (<a href="https://a.example/b_(c)?x=1&amp;y=2">https://a.example/b_(c)?x=1&amp;y=2</a>).</p>',
        ),
        ("https://", "<p>https://</p>"),
        ("#B2B, #1 a#b &#39; #Größe", None),
    ],
)
def test_text_becomes_html(text: str, html: str | None) -> None:
    tags = (
        '<a href="https://tags.example/B2B">#B2B</a>, #1 a#b &amp;#39; <a href="https://tags.example/Größe">#Größe</a>'
    )
    assert to_html(text, at) == (f"<p>{tags}</p>" if html is None else html)


def test_tags_of_a_text_each_once() -> None:
    assert tags_in("#B2B and https://a.example/#part, #B2B #Größe #2026") == ("B2B", "Größe")
