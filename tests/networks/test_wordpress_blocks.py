"""Block markup: the forms that the block editor itself saves, and nothing lost on the way."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialdesk.networks.wordpress.address import endpoint, link_of, site_address
from socialdesk.networks.wordpress.blocks import to_blocks
from socialdesk.networks.wordpress.htmltree import parse, write
from socialdesk.networks.wordpress.naming import new_key, slugify, slugs_for


def test_paragraphs() -> None:
    assert to_blocks("<p>One <em>two</em> &amp; three</p>\n<p>Four</p>") == (
        "<!-- wp:paragraph -->\n<p>One <em>two</em> &amp; three</p>\n<!-- /wp:paragraph -->\n\n"
        "<!-- wp:paragraph -->\n<p>Four</p>\n<!-- /wp:paragraph -->"
    )


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<h2>Two</h2>", '<!-- wp:heading -->\n<h2 class="wp-block-heading">Two</h2>\n<!-- /wp:heading -->'),
        (
            "<h3>Three</h3>",
            '<!-- wp:heading {"level":3} -->\n<h3 class="wp-block-heading">Three</h3>\n<!-- /wp:heading -->',
        ),
        ("<h1>One</h1>", '<!-- wp:heading -->\n<h2 class="wp-block-heading">One</h2>\n<!-- /wp:heading -->'),
        (
            "<hr />",
            '<!-- wp:separator -->\n<hr class="wp-block-separator has-alpha-channel-opacity"/>\n<!-- /wp:separator -->',
        ),
        (
            '<pre><code class="language-python">a &lt; b[0]\n</code></pre>',
            '<!-- wp:code -->\n<pre class="wp-block-code"><code>a &lt; b&#91;0]</code></pre>\n<!-- /wp:code -->',
        ),
        (
            "<pre>  two\n  lines</pre>",
            '<!-- wp:preformatted -->\n<pre class="wp-block-preformatted">  two\n  lines</pre>\n'
            "<!-- /wp:preformatted -->",
        ),
        (
            "<ul>\n<li>a</li>\n<li><p>b</p><p>c</p></li>\n</ul>",
            '<!-- wp:list -->\n<ul class="wp-block-list"><!-- wp:list-item -->\n<li>a</li>\n<!-- /wp:list-item -->\n\n'
            "<!-- wp:list-item -->\n<li>b<br><br>c</li>\n<!-- /wp:list-item --></ul>\n<!-- /wp:list -->",
        ),
        (
            '<ol start="4"><li>x</li></ol>',
            '<!-- wp:list {"ordered":true,"start":4} -->\n<ol start="4" class="wp-block-list"><!-- wp:list-item -->\n'
            "<li>x</li>\n<!-- /wp:list-item --></ol>\n<!-- /wp:list -->",
        ),
        (
            "<ul><li>a<ol><li>b</li></ol></li></ul>",
            '<!-- wp:list -->\n<ul class="wp-block-list"><!-- wp:list-item -->\n'
            '<li>a<!-- wp:list {"ordered":true} -->\n'
            '<ol class="wp-block-list"><!-- wp:list-item -->\n<li>b</li>\n<!-- /wp:list-item --></ol>\n'
            "<!-- /wp:list --></li>\n<!-- /wp:list-item --></ul>\n<!-- /wp:list -->",
        ),
        (
            "<blockquote><p>Say</p></blockquote>",
            '<!-- wp:quote -->\n<blockquote class="wp-block-quote"><!-- wp:paragraph -->\n<p>Say</p>\n'
            "<!-- /wp:paragraph --></blockquote>\n<!-- /wp:quote -->",
        ),
        (
            '<table><thead><tr><th style="text-align:left">A</th></tr></thead>\n'
            "<tbody>\n<tr><td>1 &amp; 2</td></tr></tbody></table>",
            '<!-- wp:table -->\n<figure class="wp-block-table"><table><thead><tr>'
            '<th class="has-text-align-left" data-align="left">A</th></tr></thead>'
            "<tbody><tr><td>1 &amp; 2</td></tr></tbody></table></figure>\n<!-- /wp:table -->",
        ),
        (
            "<details><summary>More</summary>text</details>",
            "<!-- wp:html -->\n<details><summary>More</summary>text</details>\n<!-- /wp:html -->",
        ),
        ("loose <b>text</b>", "<!-- wp:paragraph -->\n<p>loose <b>text</b></p>\n<!-- /wp:paragraph -->"),
        (
            "<ul><li><pre>x</pre></li></ul>",
            "<!-- wp:html -->\n<ul><li><pre>x</pre></li></ul>\n<!-- /wp:html -->",
        ),
        ("", ""),
    ],
)
def test_forms(html: str, expected: str) -> None:
    assert to_blocks(html) == expected


SHELF = "http://blog.example/shelf.png"


@pytest.mark.parametrize(
    ("html", "inner", "attributes"),
    [
        (
            f'<p><img src="{SHELF}" alt="A &quot;shelf&quot;" title="Caption &amp; more"></p>',
            f'<img src="{SHELF}" alt="A &quot;shelf&quot;" class="wp-image-9"/>'
            '<figcaption class="wp-element-caption">Caption &amp; more</figcaption>',
            {"id": 9, "sizeSlug": "large", "linkDestination": "none"},
        ),
        (
            f'<figure><img src="{SHELF}" alt=""><figcaption>By <em>us</em></figcaption></figure>',
            f'<img src="{SHELF}" alt="" class="wp-image-9"/>'
            '<figcaption class="wp-element-caption">By <em>us</em></figcaption>',
            {"id": 9, "sizeSlug": "large", "linkDestination": "none"},
        ),
        (
            '<p><a href="http://x.example/"><img src="http://other.example/a.png" alt="a"></a></p>',
            '<a href="http://x.example/"><img src="http://other.example/a.png" alt="a"/></a>',
            {"sizeSlug": "large", "linkDestination": "custom"},
        ),
    ],
)
def test_pictures(html: str, inner: str, attributes: dict[str, object]) -> None:
    made = to_blocks(html, {SHELF: 9})
    assert f'<figure class="wp-block-image size-large">{inner}</figure>' in made
    found = re.match(r"<!-- wp:image (\{.*\}) -->", made)
    assert found is not None
    assert json.loads(found[1]) == attributes


def test_a_picture_within_a_sentence_stays_there() -> None:
    assert "wp:image" not in to_blocks(f'<p>See <img src="{SHELF}" alt="x"> here</p>')


@pytest.mark.parametrize(
    "html",
    [
        "<p>a</p><p>b</p>",
        "<h3>a</h3>",
        "<ul><li>a<ul><li>b</li></ul></li></ul>",
        "<blockquote><p>a</p></blockquote>",
        "<div>x</div>",
        "a",
    ],
)
def test_the_key_is_in_the_first_block_once(html: str) -> None:
    made = to_blocks(html, key="sd-0123abc")
    assert made.count("sd-0123abc") == 1
    first = re.match(r"<!-- wp:[a-z-]+ (\{.*?\}) -->\n", made)
    assert first is not None
    assert json.loads(first[1])["metadata"] == {"socialdesk": "sd-0123abc"}


def test_attributes_can_not_end_their_comment() -> None:
    made = to_blocks("<p>x</p>", key='--> <script> & "')
    assert made.count("-->") == 2
    first = re.match(r"<!-- wp:paragraph (\{.*?\}) -->\n", made)
    assert first is not None
    assert json.loads(first[1])["metadata"]["socialdesk"] == '--> <script> & "'


def comments_removed(blocks: str) -> str:
    return re.sub(r"<!-- /?wp:.*?-->\n?", "", blocks)


def text_of(html: str) -> str:
    return "".join(parse(html).text().split())


words = st.text("ab <>&\"'[]\u00e9\u69cb", min_size=1, max_size=12)
inline = words.map(write) | words.map(lambda t: f"<em>{write(t)}</em>")
items = st.lists(inline.map(lambda t: f"<li>{t}</li>"), min_size=1, max_size=3).map("".join)
elements = st.one_of(
    inline.map(lambda t: f"<p>{t}</p>"),
    inline.map(lambda t: f"<h3>{t}</h3>"),
    items.map(lambda t: f"<ul>{t}</ul>"),
    items.map(lambda t: f"<ol>{t}</ol>"),
    inline.map(lambda t: f"<blockquote><p>{t}</p></blockquote>"),
    inline.map(lambda t: f"<pre><code>{t}</code></pre>"),
    inline.map(lambda t: f"<div>{t}</div>"),
    inline,
)


@given(st.lists(elements, max_size=6).map("\n".join))
def test_no_word_is_lost_or_added(html: str) -> None:
    made = to_blocks(html, key="sd-1")
    assert text_of(comments_removed(made)) == text_of(html)
    assert made.count("<!-- wp:") == made.count("<!-- /wp:")


@given(st.text("<>/abpli\"'= &;!-", max_size=60))
def test_broken_html_never_raises(html: str) -> None:
    to_blocks(html)


@pytest.mark.parametrize(
    ("root", "url", "query"),
    [
        ("https://h.example/wp-json/", "https://h.example/wp-json/wp/v2/posts", [("a", "1")]),
        ("https://h.example/blog/wp-json", "https://h.example/blog/wp-json/wp/v2/posts", [("a", "1")]),
        ("https://h.example/?rest_route=/", "https://h.example/", [("rest_route", "/wp/v2/posts"), ("a", "1")]),
        (
            "https://h.example/index.php?lang=de&rest_route=/",
            "https://h.example/index.php",
            [("rest_route", "/wp/v2/posts"), ("lang", "de"), ("a", "1")],
        ),
    ],
)
def test_both_address_forms(root: str, url: str, query: list[tuple[str, str]]) -> None:
    made = endpoint(root, "wp/v2/posts", [("a", "1")])
    assert (made[0], list(made[1])) == (url, query)


@pytest.mark.parametrize(
    ("typed", "site"),
    [
        ("blog.example", "https://blog.example"),
        ("localhost:8080/blog/", "http://localhost:8080/blog"),
        ("[::1]:8080", "http://[::1]:8080"),
        ("HTTP://Blog.example/wp-admin/edit.php?x=1", "http://Blog.example"),
        ("https://user:pw@blog.example/news/wp-login.php", "https://blog.example/news"),
    ],
)
def test_what_people_type(typed: str, site: str) -> None:
    assert site_address(typed) == site


@pytest.mark.parametrize(
    ("html", "link"),
    [
        ("<link rel='https://api.w.org/' href='https://h.example/wp-json/' />", "https://h.example/wp-json/"),
        (
            '<LINK href="https://h.example/?rest_route=/&amp;x=1" REL="https://api.w.org/">',
            "https://h.example/?rest_route=/&x=1",
        ),
        ('<link rel="alternate" href="https://h.example/feed/">', ""),
        ("<p>nothing</p>", ""),
    ],
)
def test_the_link_in_a_page(html: str, link: str) -> None:
    assert link_of(html, "https://api.w.org/") == link


@given(st.text())
def test_slugs_are_safe_in_an_address(text: str) -> None:
    slug = slugify(text)
    assert len(slug) <= 60
    assert not set(slug) & set(" /?#&%,\"'<>")
    assert slug == slug.strip("-")


@given(st.integers(0, 2**51), st.integers(0, 2**31), st.integers(1, 2**20))
def test_keys_sort_by_time(now_us: int, nonce: int, later: int) -> None:
    assert new_key(now_us, nonce) < new_key(now_us + later, 0)
    assert len(new_key(now_us, nonce)) == 18


def test_a_title_without_any_letters_still_has_a_slug() -> None:
    key = new_key(1, 2)
    assert slugs_for(slugify("!!!"), key) == (key, key)
