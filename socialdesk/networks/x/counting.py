"""How X counts a text: twitter-text, configuration 3 (twitter/twitter-text: config/v3.json, docs.x.com "Counting
characters").

NFC; an address counts 23, an emoji sequence 2, a character of the ranges below 1, any other 2.
"""

import functools
import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass

from socialdesk.networks.x.emoji import emoji
from socialdesk.networks.x.links import INVALID, links

SHORT_LIMIT = 280
LONG_LIMIT = 25_000


@dataclass(frozen=True, slots=True)
class Scale:
    """Weights in units of which `one` make a counted character. `light` are ranges (first, last) that count `one`."""

    limit: int = SHORT_LIMIT
    one: int = 100
    heavy: int = 200
    link: int = 23
    light: tuple[tuple[int, int], ...] = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
    whole_emoji: bool = True


V3 = Scale()
_INVALID = frozenset(INVALID)


@dataclass(frozen=True, slots=True)
class Measure:
    """`weight` in counted characters. `valid_end`: offset (UTF-16) of the last character that is still good, -1 = none.

    `end` is that of the last character at all. `valid`: within the limit, and no character that X refuses.
    """

    weight: int
    valid: bool
    valid_end: int
    end: int


def weigh(text: str) -> int:
    """What `text` counts against the limit of an account: `measure(text).weight`, fast enough for every key press."""
    if text.isascii() and "." not in text:
        return len(text)
    normal = unicodedata.normalize("NFC", text)
    weight = at = 0
    plain: list[str] = []
    for start, end, whole in _wholes(normal, V3):
        plain.append(normal[at:start])
        weight += whole
        at = end
    rest = "".join(plain) + normal[at:]
    heavy = 0 if rest.isascii() else len(_heavy().findall(rest))
    return (weight + V3.one * len(rest) + (V3.heavy - V3.one) * heavy) // V3.one


def has_link(text: str) -> bool:
    """Whether X makes a link of something in `text`, which costs more."""
    return bool(links(text))


def without_invalid(text: str) -> str:
    """`text` without the characters that X refuses: byte order marks and non-characters."""
    return "".join(c for c in text if c not in _INVALID) if not _INVALID.isdisjoint(text) else text


def measure(text: str, scale: Scale = V3) -> Measure:
    normal = unicodedata.normalize("NFC", text)
    wholes = {start: (end, weight) for start, end, weight in _wholes(normal, scale)}
    firsts = [first for first, _ in scale.light]
    at = weight = good = 0
    clean = True
    while at < len(normal):
        end, more = wholes.get(at) or (at + 1, _weight(normal[at], scale, firsts))
        clean = clean and not (end == at + 1 and normal[at] in _INVALID)
        weight += more
        if clean and weight <= scale.limit * scale.one:
            good = end
        at = end
    shrunk = _utf16(text) - _utf16(normal)
    counted = weight // scale.one
    valid = clean and counted <= scale.limit
    return Measure(counted, valid, _utf16(normal[:good]) + shrunk - 1, _utf16(text) - 1)


def _wholes(normal: str, scale: Scale) -> list[tuple[int, int, int]]:
    """(start, end, weight) of what counts as one, in order, none inside another."""
    found = [(link.start, link.end, scale.link * scale.one) for link in links(normal)]
    if scale.whole_emoji:
        found += [(start, end, scale.heavy) for start, end in emoji(normal)]
    kept: list[tuple[int, int, int]] = []
    for whole in sorted(found, key=lambda one: (one[0], -one[1])):
        if not kept or whole[0] >= kept[-1][1]:
            kept.append(whole)
    return kept


@functools.cache
def _heavy() -> re.Pattern[str]:
    """A character that counts two."""
    light = "".join(f"{chr(first)}-{chr(last)}" for first, last in V3.light)
    return re.compile(f"[^{light}]", re.DOTALL)


def _weight(character: str, scale: Scale, firsts: list[int]) -> int:
    point = ord(character)
    index = bisect_right(firsts, point) - 1
    return scale.one if index >= 0 and point <= scale.light[index][1] else scale.heavy


def _utf16(text: str) -> int:
    return len(text) if text.isascii() else len(text) + sum(1 for c in text if c > "\uffff")
