"""Markdown as people write it to HTML as blogs want it: CommonMark with tables and strikethrough, no raw HTML.

Pictures of a draft are named `blob:HASH` (the hash of `core.blobs`); whoever publishes puts addresses in their place.
"""

import re
from collections.abc import Mapping
from html import escape, unescape

_SRC = re.compile(r'(<img\b[^<>]*?\bsrc=")([^"]*)(")')
_OWN_PICTURE = re.compile(r"!\[([^\[\]]*)\]\(\s*<?blob:([0-9a-f]{64})>?[^()]*\)")
_SCHEME = re.compile(r"^(?:https?:|mailto:|blob:[0-9a-f]{64}$|[^:/?#]*(?:[/?#]|$))", re.IGNORECASE)


def to_html(text: str) -> str:
    """Semantic HTML of a Markdown text. Only http(s), mailto, relative and `blob:HASH` addresses are linked."""
    from markdown_it import MarkdownIt  # start-up: needed when something is published or previewed

    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False, "xhtmlOut": False})
    parser.enable(["table", "strikethrough"])
    parser.validateLink = _is_allowed  # type: ignore[method-assign]
    return str(parser.render(text)).strip()


def images(text: str) -> tuple[str, ...]:
    """Targets of the pictures of a Markdown text, in order, each once."""
    return tuple(dict.fromkeys(unescape(match[2]) for match in _SRC.finditer(to_html(text))))


def name_pictures(text: str, first: int) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The text with `[Picture 2]` in the place of each picture of the draft, counted from `first`, and their
    (blob, description), each once. For people who paste the pictures themselves.
    """
    found: dict[str, str] = {}

    def name(match: re.Match[str]) -> str:
        found.setdefault(match[2], match[1])
        return f"[Picture {list(found).index(match[2]) + first}]"

    named = _OWN_PICTURE.sub(name, text)
    return named, tuple(found.items())


def replace_images(html: str, mapping: Mapping[str, str]) -> str:
    """The HTML of `to_html` with picture targets replaced as `mapping` says; others stay."""

    def put(match: re.Match[str]) -> str:
        target = unescape(match[2])
        return f"{match[1]}{escape(mapping.get(target, target))}{match[3]}"

    return _SRC.sub(put, html)


def _is_allowed(url: str) -> bool:
    return _SCHEME.match(url.strip()) is not None
