"""Which parts of a text X takes for web addresses: each of them becomes a t.co link and counts 23.

The rules of twitter-text 3 (twitter/twitter-text: rb/lib/twitter-text/regex.rb and extractor.rb), written without its
regular expressions, which take quadratic time on hostile texts: a text is counted at each key press. Offsets are
those of Python's `str`.
"""

import functools
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from socialdesk.core.tlds import TLDS

MAX_URL = 4096
MAX_TCO_SLUG = 40
SCHEME_LENGTH = len("https://")
DIRECTIONAL = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
INVALID = "\ufffe\ufeff\uffff"
SPACES = "\t-\r \x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
ACCENTS = (
    "\xc0-\xd6\xd8-\xf6\xf8-\xff\u0100-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f\u0272\u0289\u028b"
    "\u02bb\u0300-\u036f\u1e00-\u1eff"
)
_CYRILLIC = "\u0400-\u052f\u1c80-\u1c8a\u1d2b\u1d78\u2de0-\u2dff\ua640-\ua69f\ufe2e\ufe2f"
_DASHES = (
    "\\-\u058a\u05be\u1400\u1806\u2010-\u2015\u2e17\u2e1a\u2e3a\u2e3b\u2e40\u2e5d\u301c\u3030\u30a0\ufe31\ufe32\ufe58"
    "\ufe63\uff0d\U00010ead"
)

_NOT_BEFORE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@＠$#＃" + INVALID)
_NOT_BEFORE_BARE = frozenset("-_./")
_GOES_ON = frozenset("0123456789abcdefghijklmnopqrstuvwxyz@+-")  # after it a top-level domain is none
_LONGEST_TLD = max(map(len, TLDS))
_NOT_LAST_IN_QUERY = "!?*'();:+$%[].,~|@"

# Expressions, compiled when first used: the window's process loads this before its first paint.
_RUN = rf"[^\x00-,/:-@\[-^`{{-\x7f{SPACES}{DIRECTIONAL}{INVALID}]+"  # labels, dots, - and _
_SCHEME = r"https?://\Z"
_PUNYCODE = r"xn--[0-9a-z]+"
_ASCII_LABELS = rf"(?:[a-z0-9\-_{ACCENTS}]++\.)++"
_PORT = r":[0-9]+"
_IN_PATH = rf"[a-z0-9{_CYRILLIC}!*';:=+,.$/%#\[\]{_DASHES}_~&|@{ACCENTS}]"
_PATH = rf"/(?:{_IN_PATH}++|\((?:{_IN_PATH}*+\({_IN_PATH}++\){_IN_PATH}*+|{_IN_PATH}++)\))*+"
_NOT_LAST_IN_PATH = rf"[^a-z0-9{_CYRILLIC}=_#/+\-{ACCENTS})]+\Z"
_QUERY = r"\?[a-z0-9!?*'();:&=+$/%#\[\]\-_.,~|@]*+"
_TCO = r"https?://t\.co/([a-z0-9]+)(?:\?[a-z0-9!?*'();:&=+$/%#\[\]\-_.,~|@]*[a-z0-9_&=#/\-])?"


@functools.cache
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    """An address in a text, from `start` up to but not including `end`. `url` is it as X would follow it."""

    url: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Host:
    """A host name found at `start`; `end` follows its top-level domain. `bare`: no scheme before it."""

    start: int
    end: int
    bare: bool


def links(text: str) -> tuple[Link, ...]:
    """Everything in `text` that X makes a link, in order."""
    if "." not in text:
        return ()
    found: list[Link] = []
    at = 0
    for run in _compiled(_RUN).finditer(text):
        if "." not in run[0] or run.end() <= at:
            continue
        labels = _Labels(text, run.start(), run.end())
        while host := _host(text, labels, at):
            end = _rest_end(text, host.end)
            made = _bare_links(text, host, end) if host.bare else _link(text, host, end)
            found += made
            at = made[-1].end if made and not host.bare else end
    return tuple(found)


def _host(text: str, labels: "_Labels", at: int) -> _Host | None:
    """The first host name in a run of host characters that begins behind what was found up to `at`."""
    begin = labels.starts[0]
    scheme = _compiled(_SCHEME).search(text, max(0, begin - SCHEME_LENGTH), begin) if begin >= at else None
    if scheme and _may_begin(text, scheme.start(), at) and (end := labels.end_from(0)):
        return _Host(begin, end, bare=False)
    for index in range(max(0, bisect_right(labels.starts, at) - 1), len(labels.starts)):
        for start in labels.beginnings(index, at):
            if end := labels.end_from(index, start):
                return _Host(start, end, bare=True)
    return None


def _may_begin(text: str, start: int, at: int) -> bool:
    """Whether the character before allows an address; what an address before it took cannot be that character."""
    return start == 0 or (start > at and text[start - 1] not in _NOT_BEFORE)


class _Labels:
    """The labels of a run of host characters, with how far a host name may reach from each, worked out once."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self._text = text
        self.starts: list[int] = [start]
        self.starts += [start + i + 1 for i, c in enumerate(text[start:end]) if c == "."]
        self._ends = [following - 1 for following in self.starts[1:]] + [end]
        self._tlds = [_tld_end(text, s, e) for s, e in zip(self.starts, self._ends, strict=True)]
        self._reach = [0] * (len(self.starts) + 1)
        for index in range(len(self.starts) - 2, -1, -1):
            self._reach[index] = self.end_from(index)

    def end_from(self, index: int, start: int = -1) -> int:
        """Where the longest host name ends whose first label is this one (from `start` on); 0 = there is none."""
        label = self._text[self.starts[index] if start < 0 else start : self._ends[index]]
        if index + 1 >= len(self.starts) or not label or label[0] in "-_" or label[-1] in "-_":
            return 0
        return self._reach[index + 1] or (self._tlds[index + 1] if "_" not in label else 0)

    def beginnings(self, index: int, at: int) -> Iterator[int]:
        """Where in a label a host name may begin: at its start, behind a sign, and behind its last underscore."""
        start, end = max(self.starts[index], at), self._ends[index]
        label = self._text[start:end]
        first = next((i for i, c in enumerate(label) if c not in "-_" and _may_begin(self._text, start + i, at)), -1)
        if first < 0:
            return
        yield start + first
        last = label.rfind("_") + 1
        last += len(label[last:]) - len(label[last:].lstrip("-"))
        if last > first:
            yield start + last


def _tld_end(text: str, start: int, end: int) -> int:
    """Where the top-level domain at the beginning of a label ends; 0 = there is none."""
    for stop in range(min(end, start + _LONGEST_TLD), start, -1):
        if text[stop : stop + 1].lower() not in _GOES_ON and text[start:stop].lower() in TLDS:
            return stop
    punycode = _compiled(_PUNYCODE).match(text, start, end)
    return punycode.end() if punycode else 0


def _rest_end(text: str, at: int) -> int:
    """Where port, path and query of an address end that follow its host name."""
    port = _compiled(_PORT).match(text, at)
    at = port.end() if port else at
    path = _compiled(_PATH).match(text, at)
    if path:
        tail = _compiled(_NOT_LAST_IN_PATH).search(path[0])
        at += len(path[0]) - (len(tail[0]) if tail else 0)
    query = _compiled(_QUERY).match(text, at)
    kept = query[0].rstrip(_NOT_LAST_IN_QUERY) if query else ""
    return at + len(kept)


def _link(text: str, host: _Host, end: int) -> list[Link]:
    start = text.rindex(":", 0, host.start)
    start -= 5 if text[start - 1] in "sS" else 4
    url = text[start:end]
    if tco := _compiled(_TCO).match(url):
        if len(tco[1]) > MAX_TCO_SLUG:
            return []
        url, end = tco[0], start + tco.end()
    return [Link(url, start, end)] if _is_valid(text[host.start : host.end], len(url)) else []


def _bare_links(text: str, host: _Host, end: int) -> list[Link]:
    """Without a scheme only ASCII names count; the last of them takes the path with it."""
    if host.start and text[host.start - 1] in _NOT_BEFORE_BARE:
        return []
    domain = text[host.start : host.end]
    found: list[Link] = []
    for start, stop in _ascii_names(domain) if len(domain) <= MAX_URL else ():
        if _is_valid(domain[start:stop], end - host.start + SCHEME_LENGTH):
            found.append(Link(domain[start:stop], host.start + start, host.start + stop))
    if found and text[host.end : end].partition("?")[0].partition("/")[1]:
        last = found[-1]
        found[-1] = Link(last.url + text[host.end : end], last.start, end)
    return found


def _ascii_names(domain: str) -> Iterator[tuple[int, int]]:
    at = 0
    while labels := _compiled(_ASCII_LABELS).search(domain, at):
        end = 0
        for dot in reversed([i for i in range(labels.start(), labels.end()) if domain[i] == "."]):
            end = _tld_end(domain, dot + 1, len(domain))
            if end:
                break
        if end:
            yield labels.start(), end
        at = end or labels.end()


def _is_valid(domain: str, url_length: int) -> bool:
    """Whether the name can be looked up (63 characters a label) and the address is not too long for X."""
    encoded = [_encoded(label) for label in domain.split(".")]
    longer = sum(map(len, encoded)) + len(encoded) - 1 - len(domain)
    whole = all(0 < len(label) <= 63 for label in encoded)
    return whole and url_length + max(0, longer) <= MAX_URL


def _encoded(label: str) -> str:
    """The label as it is looked up; '' for one that only looks encoded."""
    if label.isascii():
        return label
    if label[:4].lower() == "xn--":
        return ""
    return "xn--" + label.lower().encode("punycode").decode("ascii")
