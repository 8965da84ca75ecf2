"""Feed documents to a tree, safely and leniently.

The document type is cut out before parsing, so there are no entities to expand and nothing to load; named entities of
HTML, which feeds use without declaring them, become their characters. What is not well-formed is mended by libxml2.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from xml.sax.saxutils import escape

from lxml import etree

from socialdesk.core.text import without_illegal

# Every reference but those that XML knows and the commonest numbers.
_REFERENCE = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos|#8[0-9]{3}|#0?39|#0?38|#34|#160);)"
    r"(?:#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)?"
)
_SURROGATES = re.compile(r"&#(x[dD][89abAB][0-9a-fA-F]{2}|5[56]\d{3});&#(x[dD][c-fC-F][0-9a-fA-F]{2}|5[67]\d{3});")
_ROOT = re.compile(r"<(?:[\w-]+:)?(rss|rdf|feed|channel)\b", re.IGNORECASE)
_ITEM = re.compile(r"<(?:[\w-]+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_HTML = re.compile(r"<(?:html|body|head)\b", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
HEAD = 20_000  # characters: comments and style sheets stand before the root


@dataclass(frozen=True, slots=True)
class Tree:
    """`damaged`: the document was not well-formed and was mended. `expected` items were announced in it."""

    root: etree._Element
    damaged: bool = False
    expected: int = 0


def looks_like_feed(text: str) -> bool:
    """Whether the document's first element is that of a feed."""
    return _start(text) >= 0


def read(text: str) -> Tree | None:
    """The tree of a feed document; None when nothing can be made of it."""
    start = _start(text)
    if start < 0:
        return None
    text = from_root(text)
    data = text.encode()
    try:
        return Tree(etree.fromstring(data, _strict()))
    except etree.XMLSyntaxError:
        pass
    try:
        root = etree.fromstring(data, _lenient())
    except etree.XMLSyntaxError:
        return None
    return None if root is None else Tree(root, damaged=True, expected=_announced(text))


def from_root(text: str) -> str:
    """The document from its root element on, with characters and references that XML knows."""
    return known_references(without_illegal(text[max(0, _start(text)) :]))


def _start(text: str) -> int:
    """Where the root element begins; -1 when the document is no feed."""
    root = _ROOT.search(text, 0, HEAD)
    if root is None:
        return -1
    if "<!--" in text[: root.start()]:  # an example in a comment is not the root
        head = _COMMENT.sub(lambda comment: " " * len(comment[0]), text[:HEAD])
        root = _ROOT.search(head)
        if root is None:
            return -1
    return -1 if _HTML.search(text, 0, root.start()) else root.start()


def _strict() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )


def _lenient() -> etree.XMLParser:
    return etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )


def _announced(text: str) -> int:
    """How many items a damaged document seems to hold: start tags outside of CDATA."""
    return sum(sum(1 for _ in _ITEM.finditer(part)) for part in _outside(text))


def known_references(text: str) -> str:
    """`text` with no reference left that XML does not know itself, outside of CDATA sections."""
    if "&" not in text:
        return text
    if "<![CDATA[" not in text:
        return _mend(text)
    parts: list[str] = []
    place = 0
    while (start := text.find("<![CDATA[", place)) >= 0 and (end := text.find("]]>", start)) >= 0:
        parts.append(_mend(text[place:start]))
        parts.append(text[start : end + 3])
        place = end + 3
    parts.append(_mend(text[place:]))
    return "".join(parts)


def _outside(text: str) -> Iterator[str]:
    place = 0
    while (start := text.find("<![CDATA[", place)) >= 0 and (end := text.find("]]>", start)) >= 0:
        yield text[place:start]
        place = end + 3
    yield text[place:]


def _mend(text: str) -> str:
    if not _REFERENCE.search(text):
        return text
    return _REFERENCE.sub(_character, _SURROGATES.sub(_pair, text))


def _pair(match: re.Match[str]) -> str:
    """Two references to the halves of one character, as software makes them that knows UTF-16 only."""
    high, low = (int(half[1:], 16) if half[0] == "x" else int(half) for half in match.groups())
    if 0xD800 <= high < 0xDC00 <= low < 0xE000:
        return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
    return "\ufffd"


def _character(match: re.Match[str]) -> str:
    reference = match[0]
    if reference == "&":
        return "&amp;"
    character = unescape(reference)
    if character == reference:  # no entity of HTML: the author's own text
        return escape(reference)
    return escape(without_illegal(character))
