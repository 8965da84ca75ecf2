"""Links, mentions and hashtags in a text that is about to be posted.

Found as the official client finds them (bluesky-social/atproto, packages/api/src/rich-text), so that a post looks the
same whichever program wrote it. Facets count UTF-8 bytes, end exclusive, and never overlap.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from socialdesk.core.resources import resource_path
from socialdesk.core.text import byte_offset, graphemes
from socialdesk.networks.bluesky.keys import is_handle

FACET = "app.bsky.richtext.facet"
MAX_TAG = 64  # graphemes
MAX_TAG_BYTES = 640

_SPACE = r"\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"  # what JavaScript calls \s
_UNSEEN = r"\u00ad\u2060\u200a\u200b\u200c\u200d\u20e2"
_BEFORE = rf"(?:^|(?<=[{_SPACE}(]))"
_MENTION = re.compile(rf"{_BEFORE}@([a-zA-Z0-9.-]+)\b", re.ASCII)
_LINK = re.compile(
    rf"{_BEFORE}(?:https?://[^{_SPACE}]+|(?P<domain>[a-z][a-z0-9]*(?:\.[a-z0-9]+)+)[^{_SPACE}]*)",
    re.IGNORECASE | re.ASCII,
)
_TAG = re.compile(rf"(?:^|(?<=[{_SPACE}]))[#＃](?!\ufe0f)([^{_SPACE}{_UNSEEN}]+)")
_CASHTAG = re.compile(rf"{_BEFORE}\$([A-Za-z][A-Za-z0-9]{{0,4}})(?=[{_SPACE}]|\Z|[.,;:!?)\"'\u2019])")


@dataclass(frozen=True, slots=True)
class Found:
    """Something in a text that wants a facet. `start` and `end` are character positions.

    `kind`: link (`value` the address), tag (`value` without #) or mention (`value` the handle, still to be resolved).
    """

    kind: str
    start: int
    end: int
    value: str


def detect(text: str) -> tuple[Found, ...]:
    """Everything that wants a facet, in order; of two that overlap, the one that begins first."""
    every = sorted((*_links(text), *_mentions(text), *_tags(text), *_cashtags(text)), key=lambda found: found.start)
    kept: list[Found] = []
    for found in every:
        if not kept or found.start >= kept[-1].end:
            kept.append(found)
    return tuple(kept)


def facets(text: str, found: Sequence[Found], dids: Mapping[str, str]) -> list[dict[str, Any]]:
    """Wire facets; a mention whose handle is not in `dids` (by lower-case handle) stays plain text."""
    made = []
    for one in found:
        feature = _feature(one, dids)
        if feature is not None:
            index = {"byteStart": byte_offset(text, one.start), "byteEnd": byte_offset(text, one.end)}
            made.append({"index": index, "features": [feature]})
    return made


def _feature(found: Found, dids: Mapping[str, str]) -> dict[str, str] | None:
    if found.kind == "link":
        return {"$type": f"{FACET}#link", "uri": found.value}
    if found.kind == "tag":
        return {"$type": f"{FACET}#tag", "tag": found.value}
    did = dids.get(found.value.lower(), "")
    return {"$type": f"{FACET}#mention", "did": did} if did else None


def _mentions(text: str) -> Iterator[Found]:
    for match in _MENTION.finditer(text):
        handle = match[1]
        if is_handle(handle) and (handle.endswith(".test") or _has_known_ending(handle)):
            yield Found("mention", match.start(), match.end(), handle)


def _links(text: str) -> Iterator[Found]:
    for match in _LINK.finditer(text):
        shown = match[0]
        if match["domain"] is not None and not _has_known_ending(match["domain"]):
            continue
        if shown[-1] in ".,;:!?":
            shown = shown[:-1]
        if shown.endswith(")") and "(" not in shown:
            shown = shown[:-1]
        address = shown if match["domain"] is None else f"https://{shown}"
        yield Found("link", match.start(), match.start() + len(shown), address)


def _tags(text: str) -> Iterator[Found]:
    for match in _TAG.finditer(text):
        if all(letter in "0123456789" or _is_punctuation(letter) for letter in match[1]):
            continue
        tag = match[1]
        while _is_punctuation(tag[-1]):
            tag = tag[:-1]
        if len(tag.encode(errors="replace")) <= MAX_TAG_BYTES and (len(tag) <= MAX_TAG or graphemes(tag) <= MAX_TAG):
            yield Found("tag", match.start(), match.start() + 1 + len(tag), tag)


def _cashtags(text: str) -> Iterator[Found]:
    for match in _CASHTAG.finditer(text):
        yield Found("tag", match.start(), match.end(), "$" + match[1].upper())


def _is_punctuation(letter: str) -> bool:
    return unicodedata.category(letter).startswith("P")


def _has_known_ending(domain: str) -> bool:
    return domain.rpartition(".")[2] in _top_level_domains()


@cache
def _top_level_domains() -> frozenset[str]:
    lines = resource_path("networks/bluesky-tlds.txt").read_text("ascii").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))
