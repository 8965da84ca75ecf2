"""Strangers' HTML: nothing dangerous gets through, nothing worth reading gets lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialdesk.content import html
from tests.content.attacks import PAYLOADS, PIECES
from tests.content.judge import faults

BASE = "https://site.example/blog/post"


@pytest.mark.parametrize("payload", PAYLOADS)
def test_attack_comes_out_harmless(payload: str) -> None:
    for attack in (
        payload,
        f"<p>{payload}</p>",
        f"<div style='x'>{payload}",
        f"<p>before {payload} after",
        payload * 2,
    ):
        safe = html.clean(attack, BASE)
        assert faults(safe) == []
        assert html.clean(safe, BASE) == safe  # nothing wakes up when it is parsed again


def test_there_are_enough_attacks() -> None:
    assert len(set(PAYLOADS)) >= 200


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14))
def test_no_mixture_of_attacks_gets_through(pieces: list[str]) -> None:
    cleaned = html.clean_all("".join(pieces), BASE)
    assert faults(cleaned.html) == []
    again = html.clean(cleaned.html, BASE)
    assert faults(again) == []


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_no_text_breaks_the_cleaner(text: str) -> None:
    assert faults(html.clean(text, text)) == []
    html.to_text(text)


@pytest.mark.parametrize("depth", [300, 5000])
@pytest.mark.parametrize("tag", ["div", "b", "a href=x", "table", "ul><li", "blockquote style='x'"])
def test_nesting_without_end_is_survived(tag: str, depth: int) -> None:
    cleaned = html.clean_all(f"<{tag}>" * depth + "the text", BASE)
    assert faults(cleaned.html) == []
    assert "the text" in cleaned.text


def test_size_is_limited() -> None:
    assert len(html.clean("x" * (html.MAX_HTML + 50))) == html.MAX_HTML


def test_formatting_stays() -> None:
    source = (
        '<h2>Head</h2><p>A <strong>b</strong> <em>c</em> <a href="https://x.example/" title="t">d</a></p>'
        "<ul><li>one</li></ul><blockquote>q</blockquote><pre><code>x &lt; 1</code></pre>"
        '<table><tbody><tr><td colspan="2">cell</td></tr></tbody></table><figure><figcaption>cap</figcaption></figure>'
    )
    expected = source.replace(' title="t">', ' title="t" rel="nofollow noopener noreferrer">')
    assert html.clean(source) == expected


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ('<a href="/x">a</a>', 'href="https://site.example/x"'),
        ('<a href="more">a</a>', 'href="https://site.example/blog/more"'),
        ('<a href="https://x.example/?utm_source=f&amp;id=1">a</a>', 'href="https://x.example/?id=1"'),
        ('<a href="mailto:me@x.example">a</a>', 'href="mailto:me@x.example"'),
        ('<img src="../p.png" alt="p">', 'src="https://site.example/p.png"'),
        ('<img src="//cdn.example/p.png">', 'src="https://cdn.example/p.png"'),
        ("<a href=\"/x?a='b'&amp;c=d\">a</a>", 'href="https://site.example/x?a=&#x27;b&#x27;&amp;c=d"'),
    ],
)
def test_addresses_are_completed_and_cleaned(source: str, kept: str) -> None:
    assert kept in html.clean(source, BASE)
    assert kept in html.clean(f"<div style='x'>{source}</div>", BASE)  # by the slow road as well


@pytest.mark.parametrize(
    "source",
    [
        '<img src="https://x.example/p.gif" width="1" height="1">',
        '<img src="https://x.example/p.gif" width=0>',
        '<img src="https://x.example/p.gif" height="1px">',
        '<img src="https://x.example/p.gif" style="width:1px;height:1px">',
        '<img src="https://pixel.wp.com/b.gif?v=1">',
        '<img src="https://feeds.feedburner.com/~r/x/~4/abc">',
        '<p style="display:none">secret</p>',
        "<p hidden>secret</p>",
        '<span style="visibility: hidden">secret</span>',
        '<a href="https://twitter.com/intent/tweet?url=x">Tweet</a>',
        '<a href="https://www.facebook.com/sharer/sharer.php?u=x">Share</a>',
        '<p><a href="https://www.linkedin.com/shareArticle?url=x"><img src="https://x.example/in.png"></a></p>',
        '<a href="https://www.addtoany.com/add_to/mastodon?x">Share</a>',
        '<img src="data:image/png;base64,AAAA">',
        "<noscript>Please switch scripts on</noscript>",
        "<svg><text>secret</text></svg>",
        "<script>secret</script><style>secret</style>",
        '<iframe src="https://ads.example/x" width="1" height="1"></iframe>',
    ],
)
def test_clutter_is_dropped(source: str) -> None:
    cleaned = html.clean_all(f"<p>before</p>{source} <p>after</p>", BASE)
    assert cleaned.html.replace(" ", "") == "<p>before</p><p>after</p>"
    assert cleaned.text == "before\n\nafter"
    assert cleaned.images == ()


@pytest.mark.parametrize(
    ("source", "picture"),
    [
        ('<img src="/blank.gif" data-src="/real.jpg">', "https://site.example/real.jpg"),
        ('<img src="data:image/gif;base64,R0" data-lazy-src="/real.jpg">', "https://site.example/real.jpg"),
        ('<img src="/s.jpg" srcset="/s.jpg 300w, /m.jpg 1200w, /l.jpg 3000w">', "https://site.example/m.jpg"),
        ('<img src="/s.jpg" srcset="/s.jpg, /l.jpg 2x">', "https://site.example/l.jpg"),
        ('<img src="/s.jpg" data-srcset="/a.jpg 400w,/b.jpg 800w">', "https://site.example/b.jpg"),
        (
            '<picture><source type="image/avif" srcset="/x.avif 1300w">'
            '<source type="image/webp" srcset="/x.webp 1300w"><img src="/x.jpg"></picture>',
            "https://site.example/x.webp",
        ),
        ('<img class="lazy" src="data:,"><noscript><img src="/real.jpg"></noscript>', "https://site.example/real.jpg"),
        ('<img srcset="https://cdn.example/a,b/c.jpg 800w" src="/x.jpg">', "https://cdn.example/a,b/c.jpg"),
        ('<amp-img src="/amp.jpg" width="600" height="400"></amp-img>', "https://site.example/amp.jpg"),
    ],
)
def test_hidden_pictures_are_found(source: str, picture: str) -> None:
    cleaned = html.clean_all(source, BASE)
    assert [image.url for image in cleaned.images] == [picture]
    assert f'src="{picture}"' in cleaned.html


def test_pictures_are_listed_once_with_what_is_said_of_them() -> None:
    source = '<img src="/a.png" alt="A &amp; B" width="640" height="80%"><img src="/b.png"><img src="/a.png">'
    assert html.clean_all(source, BASE).images == (
        html.Image("https://site.example/a.png", "A & B", 640, 0),
        html.Image("https://site.example/b.png"),
    )


@pytest.mark.parametrize(
    ("source", "address"),
    [
        (
            '<iframe src="https://www.youtube.com/embed/abc123XYZ"></iframe>',
            "https://www.youtube.com/watch?v=abc123XYZ",
        ),
        ('<iframe src="//player.vimeo.com/video/1234?h=x"></iframe>', "https://vimeo.com/1234"),
        ('<iframe src="https://maps.example/embed" title="Map"></iframe>', "https://maps.example/embed"),
        ('<video><source src="/v.mp4" type="video/mp4">Old browser</video>', "https://site.example/v.mp4"),
        ('<audio src="/a.mp3"></audio>', "https://site.example/a.mp3"),
        (
            '<object data="https://x.example/x.pdf"><embed src="https://x.example/x.pdf"></object>',
            "https://x.example/x.pdf",
        ),
    ],
)
def test_what_cannot_be_shown_becomes_a_link(source: str, address: str) -> None:
    safe = html.clean(f"<p>before</p>{source}<p>after</p>", BASE)
    assert f'<a href="{address}" rel=' in safe
    assert safe.endswith("<p>after</p>")
    assert "Old browser" not in safe


def test_emoji_pictures_become_text() -> None:
    cleaned = html.clean_all('<p>Hi <img class="wp-smiley" alt="🙂" src="/1f642.png">!</p>', BASE)
    assert cleaned.html == "<p>Hi 🙂!</p>"


def test_plain_text_keeps_its_paragraphs() -> None:
    cleaned = html.clean_all("one < two & three\nline\n\n\nnext")
    assert cleaned.html == "<p>one &lt; two &amp; three<br>line</p><p>next</p>"
    assert cleaned.text == "one < two & three\nline\n\nnext"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("a<br>b", "a\nb"),
        ("<ul><li>one</li><li>two <a href='x'>link</a></li></ul>after", "one\ntwo link\n\nafter"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("Tom &amp; Jerry&nbsp;&hellip;", "Tom & Jerry …"),
        ("<b>bo</b>ld", "bold"),
        ("<script>x</script>y<style>z</style>", "y"),
        ("no markup", "no markup"),
        ("1 < 2", "1 < 2"),
        ('<img src="x.png" alt="a > b">text', "text"),
    ],
)
def test_plain_text_of_html(source: str, text: str) -> None:
    assert html.to_text(source) == text
