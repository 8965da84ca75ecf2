"""A post's text with its facets as HTML. Facets come from anybody: a wrong one is left out, never trusted."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, NamedTuple
from urllib.parse import quote

from socialdesk.core.urls import is_web
from socialdesk.networks.bluesky.facets import FACET

Json = Mapping[str, Any]


class Span(NamedTuple):
    """A stretch of text; `href` is empty for plain text."""

    text: str
    href: str = ""


def to_html(text: str, facets: object, web: str) -> str:
    """Paragraphs and line breaks as in `text`, links from `facets`; `web` is where profiles and hashtags are shown."""
    if not text.strip():
        return ""
    body = "".join(_span_html(span) for span in spans(text, facets, web))
    paragraphs = [part.strip("\n").replace("\n", "<br>") for part in body.split("\n\n")]
    return "".join(f"<p>{part}</p>" for part in paragraphs if part)


def spans(text: str, facets: object, web: str) -> Iterator[Span]:
    """`text` cut where its links begin and end; joined, the spans are `text`."""
    data, done = text.encode(errors="replace"), 0
    for start, end, href in sorted(_links(facets, web)):
        if start < done or end > len(data) or not (_is_boundary(data, start) and _is_boundary(data, end)):
            continue
        if start > done:
            yield Span(data[done:start].decode())
        yield Span(data[start:end].decode(), href)
        done = end
    if done < len(data):
        yield Span(data[done:].decode())


def tags(record: Json) -> tuple[str, ...]:
    """Hashtags of a post record, without #, from its text and from beside it, each once."""
    found = [f["tag"] for f in _features(record.get("facets")) if isinstance(f.get("tag"), str)]
    beside = record.get("tags")
    if isinstance(beside, list):
        found += [tag for tag in beside if isinstance(tag, str)]
    return tuple(dict.fromkeys(tag for tag in found if tag))


def _span_html(span: Span) -> str:
    shown = escape(span.text)
    return f'<a href="{escape(span.href)}">{shown}</a>' if span.href else shown


def _links(facets: object, web: str) -> Iterator[tuple[int, int, str]]:
    for facet in facets if isinstance(facets, list) else ():
        index = facet.get("index") if isinstance(facet, dict) else None
        if not isinstance(index, dict):
            continue
        start, end = index.get("byteStart"), index.get("byteEnd")
        href = next((h for h in (_href(f, web) for f in _features([facet])) if h), "")
        if isinstance(start, int) and isinstance(end, int) and 0 <= start < end and href:
            yield start, end, href


def _features(facets: object) -> Iterator[Json]:
    for facet in facets if isinstance(facets, list) else ():
        features = facet.get("features") if isinstance(facet, dict) else None
        for feature in features if isinstance(features, list) else ():
            if isinstance(feature, dict):
                yield feature


def _href(feature: Json, web: str) -> str:
    kind = feature.get("$type")
    if kind == f"{FACET}#link" and is_web(str(feature.get("uri", ""))):
        return str(feature["uri"])
    if kind == f"{FACET}#mention" and feature.get("did"):
        return f"{web}/profile/{quote(str(feature['did']), safe=':')}"
    if kind == f"{FACET}#tag" and feature.get("tag"):
        return f"{web}/hashtag/{quote(str(feature['tag']), safe='')}"
    return ""


def _is_boundary(data: bytes, offset: int) -> bool:
    return offset == len(data) or data[offset] & 0xC0 != 0x80
