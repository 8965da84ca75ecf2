"""Plain text of a network that marks up nothing, as simple HTML: paragraphs, addresses, hashtags. Pure."""

import re
from collections.abc import Callable, Iterator
from html import escape

_LINK = re.compile(r"(?<![\w@/.])https?://[^\s<>\"“”„«»]+|(?<![\w&/#])#(?=\w*[^\W\d_])\w+", re.IGNORECASE)
_AFTER = ".,;:!?'’‘…"
_BRACKETS = {")": "(", "]": "["}
_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")


def tags_in(text: str) -> tuple[str, ...]:
    """The hashtags of `text` without #, each once."""
    return tuple(dict.fromkeys(found[1:] for found, _ in _links(text) if found.startswith("#")))


def to_html(text: str, tag_url: Callable[[str], str]) -> str:
    """`text` as paragraphs; `tag_url` gives the address of a hashtag (without #)."""
    parts: list[str] = []
    done = 0
    for found, start in _links(text):
        href = tag_url(found[1:]) if found.startswith("#") else found
        parts += (escape(text[done:start]), f'<a href="{escape(href)}">{escape(found)}</a>')
        done = start + len(found)
    body = "".join(parts) + escape(text[done:])
    pieces = (piece.strip().replace("\n", "<br>") for piece in _PARAGRAPH.split(body))
    return "".join(f"<p>{piece}</p>" for piece in pieces if piece)


def _links(text: str) -> Iterator[tuple[str, int]]:
    """Addresses, without the marks of the sentence around them, and hashtags; each with its place."""
    for match in _LINK.finditer(text):
        found = match[0]
        while found[-1] in _AFTER or found.count(found[-1]) > found.count(_BRACKETS.get(found[-1], found[-1])):
            found = found[:-1]
        if not found.endswith("://"):
            yield found, match.start()
