"""Markdown to the HTML that blogs get."""

import pytest

from socialdesk.content import markdown
from tests.content.attacks import PAYLOADS

BLOB = "blob:" + "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# Head\n\nText", "<h1>Head</h1>\n<p>Text</p>"),
        ("*em* **strong** ~~gone~~ `code`", "<p><em>em</em> <strong>strong</strong> <s>gone</s> <code>code</code></p>"),
        ("- one\n- two\n\n1. a", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n<ol>\n<li>a</li>\n</ol>"),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>"),
        ("```py\nx < 1\n```", '<pre><code class="language-py">x &lt; 1\n</code></pre>'),
        ("|a|\n|-|\n|1|", "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>"),
        ("[x](https://x.example/?a=1&b=2 'T')", '<p><a href="https://x.example/?a=1&amp;b=2" title="T">x</a></p>'),
        ("[x](/rel) [y](#part)", '<p><a href="/rel">x</a> <a href="#part">y</a></p>'),
        ("[z](mailto:a@x.example)", '<p><a href="mailto:a@x.example">z</a></p>'),
        (f"![A “pic”]({BLOB})", f'<p><img src="{BLOB}" alt="A “pic”"></p>'),
        ("https://x.example", "<p>https://x.example</p>"),
        ("a\n\n---\n\nb", "<p>a</p>\n<hr>\n<p>b</p>"),
        ("", ""),
    ],
)  # fmt: skip
def test_markdown_becomes_clean_html(text: str, html: str) -> None:
    assert markdown.to_html(text).replace(">\n<", "><") == html.replace(">\n<", "><")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_raw_html_is_only_text(payload: str) -> None:
    html = markdown.to_html(f"a {payload} b")
    assert "<script" not in html.lower()
    assert "<img" not in html
    assert "<svg" not in html


@pytest.mark.parametrize(
    "target",
    ["javascript:alert(1)", "JAVASCRIPT:x", "vbscript:x", "data:text/html,x", "data:image/png;base64,x", "file:///etc/passwd",
     "blob:short", "&#106;avascript:x", "java&Tab;script:x", "java%0ascript:x"],
)  # fmt: skip
def test_dangerous_targets_are_not_linked(target: str) -> None:
    html = markdown.to_html(f"[a]({target}) ![b]({target}) <{target}>")
    assert 'href="java' not in html.lower()
    assert 'src="' not in html or 'src="java%0ascript' in html


def test_pictures_are_listed_and_replaced() -> None:
    text = f"![one]({BLOB})\n\n![two](https://x.example/2.png?a=1&b=2) ![one]({BLOB}) [link](https://x.example/3.png)"
    assert markdown.images(text) == (BLOB, "https://x.example/2.png?a=1&b=2")
    html = markdown.replace_images(markdown.to_html(text), {BLOB: 'https://blog.example/1.png?x="&y=2'})
    assert html.count('src="https://blog.example/1.png?x=&quot;&amp;y=2"') == 2
    assert 'src="https://x.example/2.png?a=1&amp;b=2"' in html
    assert 'href="https://x.example/3.png"' in html


def test_picture_in_code_is_code() -> None:
    assert markdown.images(f"`![x]({BLOB})`") == ()
