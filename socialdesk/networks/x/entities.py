"""Mentions, lists, hashtags and cashtags in a text, as X finds them. Offsets are those of Python's `str`.

Source: twitter/twitter-text, rb/lib/twitter-text/regex.rb and extractor.rb.
"""

import functools
import re
from dataclasses import dataclass
from typing import Any

from socialdesk.networks.x.links import ACCENTS, DIRECTIONAL, SPACES, Link, links

_MENTION = re.compile(
    r"(?:(?<=[^a-z0-9_!#$%&*@＠])|\A|(?:\A|(?<=[^a-z0-9_+~.-]))rt:?)"
    r"[@＠](?P<name>[a-z0-9_]{1,20})(?P<list>/[a-z][a-z0-9_\-]{0,24})?",
    re.IGNORECASE,
)
_NO_MENTION_AFTER = re.compile(rf"[@＠{ACCENTS}]|://")
_REPLY = re.compile(rf"[{SPACES}{DIRECTIONAL}]*[@＠](?P<name>[a-z0-9_]{{1,20}})", re.IGNORECASE)
_CASHTAG = re.compile(
    rf"(?:\A|(?<=[{SPACES}{DIRECTIONAL}]))\$(?P<tag>[a-z]{{1,6}}(?:[._][a-z]{{1,2}})?)"
    r"(?=\Z|\s|[!-/:-@\[-`{-~])",
    re.IGNORECASE,
)
_NO_HASHTAG_AFTER = re.compile(r"[#＃]|://")
# Signs that may stand in a hashtag: joiners, geresh, wave dashes, voicing marks, tsek, the middle dot.
_TAG_SIGNS = r"_\u200c\u200d\ua67e\u05be\u05f3\u05f4\uff5e\u301c\u309b\u309c\u30a0\u30fb\u3003\u0f0b\u0f0c\u00b7"


@dataclass(frozen=True, slots=True)
class Mention:
    """`list_slug` with its slash, empty for a mere person."""

    name: str
    list_slug: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Tag:
    """A hashtag or cashtag; `text` without its sign, which is at `start`."""

    text: str
    start: int
    end: int


def mentions(text: str) -> tuple[Mention, ...]:
    """Every person or list that is mentioned, in order."""
    found = [m for m in _MENTION.finditer(text) if not _NO_MENTION_AFTER.match(text, m.end())]
    return tuple(Mention(m["name"], m["list"] or "", m.start("name") - 1, m.end()) for m in found)


def replied_to(text: str) -> str:
    """The name that `text` begins with as an answer, '' when it is none."""
    found = _REPLY.match(text)
    return found["name"] if found and not _NO_MENTION_AFTER.match(text, found.end()) else ""


def hashtags(text: str, known_links: tuple[Link, ...] | None = None) -> tuple[Tag, ...]:
    """Every hashtag outside addresses. `known_links` = those of the text, if they are known already."""
    if "#" not in text and "＃" not in text:
        return ()
    found = [m for m in _hashtag().finditer(text) if not _NO_HASHTAG_AFTER.match(text, m.end())]
    taken = links(text) if known_links is None else known_links
    tags = [Tag(m["tag"], m.start("tag") - 1, m.end()) for m in found]
    return tuple(tag for tag in tags if not any(link.start < tag.end and tag.start < link.end for link in taken))


def cashtags(text: str) -> tuple[Tag, ...]:
    return tuple(Tag(m["tag"], m.start(), m.end()) for m in _CASHTAG.finditer(text))


def is_name(text: str) -> bool:
    """Whether `text` is exactly one @name."""
    return [(m.list_slug, m.start, m.end) for m in mentions(text)] == [("", 0, len(text))]


def is_list(text: str) -> bool:
    """Whether `text` is exactly one @name/list."""
    return [(bool(m.list_slug), m.start, m.end) for m in mentions(text)] == [(True, 0, len(text))]


@functools.cache
def _hashtag() -> Any:
    import regex  # start-up: 20 ms that the first paint does not need

    sign = rf"[\p{{L}}\p{{M}}\p{{Nd}}{_TAG_SIGNS}]"
    return regex.compile(
        rf"(?:\A|(?<=[\ufe0e\ufe0f])|(?<=[^&\p{{L}}\p{{M}}\p{{Nd}}{_TAG_SIGNS}]))"
        rf"[#＃](?![\ufe0f\u20e3])(?P<tag>(?=[\p{{Nd}}{_TAG_SIGNS}]*+[\p{{L}}\p{{M}}]){sign}++)"
    )
