"""Live parts of a post's text: links, hashtags, mentions, with where they lead. Plain values, no Qt."""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from socialdesk.core.entry import Entry

_LIVE = re.compile(
    r"(?P<link>https?://[^\s<>\"]+[^\s<>\".,;:!?)\]}'”’])"
    r"|(?<![\w/&])(?P<tag>[#＃]\w*[^\W\d_]\w*)"
    r"|(?<![\w/@.])(?P<mention>@[\w.-]*\w(?:@[\w.-]*\w)?)"
)
_WEB = ("http://", "https://")
_LONGEST = 36  # characters of an address that is shown


class Span(NamedTuple):
    """A live part. `kind`: link, tag, mention. `target`: an address, or the tag's word."""

    start: int
    length: int
    kind: str
    target: str


def shown_text(entry: Entry) -> tuple[str, tuple[Span, ...]]:
    """The text of a post as a card shows it, with its live parts in order, never overlapping.

    Addresses stand without their scheme and not too long; one at the end that the link card shows anyway is left out.
    Offsets are UTF-16 units, as Qt counts. Addresses that the post's HTML gives win over what the text looks like.
    """
    text, at = entry.text.rstrip(), 0
    parts: list[str] = []
    spans: list[Span] = []
    for span in _spans(text, entry.html):
        words = text[span.start : span.start + span.length]
        end = span.start + span.length
        if span.kind == "link" and end == len(text) and entry.link is not None and entry.link.url == span.target:
            head = "".join((*parts, text[at : span.start]))
            return head.rstrip(), tuple(spans)
        parts.append(text[at : span.start])
        said = _short(words) if words.startswith(_WEB) else words
        start = sum(_units(p) for p in parts)
        parts.append(said)
        spans.append(Span(start, _units(said), span.kind, span.target))
        at = end
    return "".join((*parts, text[at:])), tuple(spans)


def _short(address: str) -> str:
    said = address.split("://", 1)[-1].removeprefix("www.").rstrip("/")
    return said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1]}…"


def spans_of(text: str) -> tuple[Span, ...]:
    """The live parts of a plain text."""
    return tuple(
        Span(_units(text[: s.start]), _units(text[s.start : s.start + s.length]), s.kind, s.target)
        for s in _spans(text, "")
    )


def _spans(text: str, html: str) -> list[Span]:
    """Live parts with offsets in characters."""
    anchors = _anchors(html)
    found = [_from_text(match, anchors) for match in _LIVE.finditer(text)]
    taken = [(s.start, s.start + s.length) for s in found]
    for words, address in anchors.items():
        at = text.find(words) if words and not words.startswith(("@", "#", *_WEB)) else -1
        if at >= 0 and all(at >= end or at + len(words) <= start for start, end in taken):
            found.append(Span(at, len(words), "link", address))
            taken.append((at, at + len(words)))
    return sorted(found, key=lambda s: s.start)


def _from_text(match: re.Match[str], anchors: dict[str, str]) -> Span:
    kind = match.lastgroup or "link"
    words = match.group(kind)
    address = anchors.get(words) or anchors.get(words.split("@")[1] if words.count("@") > 1 else words, "")
    start = match.start(kind)
    if kind == "tag":
        return Span(start, len(words), kind, words[1:])
    if kind == "mention":
        return Span(start, len(words), kind, address or words)
    return Span(start, len(words), kind, address or words)


def _anchors(html: str) -> dict[str, str]:
    if "<a" not in html:
        return {}
    from socialdesk.ui.column.anchors import (
        anchors_of,
    )  # start-up: the parser is loaded with the first post that has links

    return {text: href for text, href in anchors_of(html) if href.startswith(_WEB)}


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def host_of(url: str) -> str:
    """The site of an address as people say it: without www."""
    return (urlsplit(url).hostname or "").removeprefix("www.")
