"""Plain text of HTML."""

import pytest

from socialdesk.core.plain import plain_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("just  words", "just words"),
        ("<p>One</p><p>Two<br>and <b>three</b></p>", "One\n\nTwo\nand three"),
        ("<p>a &amp; b &lt;c&gt; &#8364;</p>", "a & b <c> €"),
        ("<ul><li>one</li><li>two</li></ul>", "• one\n• two"),
        ("before<script>alert(1)</script><style>p{}</style> after", "before after"),
        ("<p>open <em>tags", "open tags"),
        ("<div><p>nested</p></div><blockquote>quoted</blockquote>", "nested\n\nquoted"),
        ("</p></script>still here", "still here"),
        ("x < y", "x < y"),
    ],
)
def test_words_stay_and_tags_go(html: str, text: str) -> None:
    assert plain_text(html) == text
