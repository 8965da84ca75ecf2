"""How Mastodon counts a text: grapheme clusters, every link 23, of a remote mention only the local part.

Rules of the server's StatusLengthValidator with its entity extraction (mastodon/mastodon: app/validators,
app/lib/extractor.rb, config/initializers/twitter_regex.rb): a link needs a scheme, a known top-level domain and no
letter, digit, @, # or $ before it; of a link and a mention that overlap the earlier one counts. Every step is linear:
a text is counted at each key press.
"""

import re

from socialdesk.core.text import graphemes
from socialdesk.core.tlds import TLDS

URL_LENGTH = 23

_SCHEME = re.compile(
    r"(?<![A-Za-z0-9@＠$#＃\ufffe\ufeff\uffff])(?:https?|dat|dweb|ipfs|ipns|ssb|gopher|gemini)://", re.IGNORECASE
)
_STEERING = r"\u061c\u180e\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff"
_HOST = re.compile(rf"(?:[^\s\x00-\x2c/:-@\[-^`{{-\x7f{_STEERING}]){{1,2000}}+")  # labels, dots, - and _
_LONGEST_TLD = max(map(len, TLDS))
_PUNYCODE = re.compile(r"xn--[0-9a-z]+", re.IGNORECASE)
_PORT = re.compile(r":[0-9]+")
_PATH = re.compile(r"/(?:[^\s<>()?]++|\((?:[^\s<>()?]*+\([^\s<>()?]++\)[^\s<>()?]*+|[^\s<>()?]++)\))*+")
_NOT_LAST_IN_PATH = "!*\"'「」;:=,.$%[]~&|@"
_QUERY = re.compile(r"\?[A-Za-z0-9!?*'();:&=+$/%#\[\]\-_.,~|@^\xa0-\ufdcf\ufdf0-\uffef\U00010000-\U0010fffd]*+")
_NOT_LAST_IN_QUERY = "!?*'();:+$%[].,~|@^"
_MENTION = re.compile(r"(?<![=/\w])@([A-Za-z0-9_]+(?:[.-]+[A-Za-z0-9_]+)*)(?:@\w+(?:[.-]+\w+)*)?")
_NO_MENTION_BEFORE = re.compile(r"[@＠\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0300-\u036f\u1e00-\u1eff]|://")
_GOES_ON = frozenset("0123456789abcdefghijklmnopqrstuvwxyz@+-")  # after it a top-level domain is none


def weigh(text: str, url_length: int = URL_LENGTH) -> int:
    """What `text` counts against the server's limit; a content warning counts too, added by the caller."""
    if "@" not in text and "://" not in text:
        return graphemes(text)
    kept: list[str] = []
    at = 0
    for start, end, counted in _entities(text, url_length):
        if start >= at:
            kept += (text[at:start], counted)
            at = end
    return graphemes("".join(kept) + text[at:])


def _entities(text: str, url_length: int) -> list[tuple[int, int, str]]:
    """(start, end, what counts instead), in order of their starts; they may overlap."""
    mentions = [m for m in _MENTION.finditer(text) if not _NO_MENTION_BEFORE.match(text, m.end())]
    return sorted(
        [(start, end, "x" * url_length) for start, end in urls(text)]
        + [(m.start(), m.end(), f"@{m[1]}") for m in mentions]
    )


def urls(text: str) -> list[tuple[int, int]]:
    """Start and end of everything in `text` that the server makes a link."""
    found: list[tuple[int, int]] = []
    for scheme in _SCHEME.finditer(text):
        end = _host_end(text, scheme.end())
        if end and (not found or scheme.start() >= found[-1][1]):
            found.append((scheme.start(), _rest_end(text, end)))
    return found


def _host_end(text: str, start: int) -> int:
    """Where the longest host name with a known top-level domain ends that begins at `start`; 0 = there is none."""
    run = _HOST.match(text, start)
    if run is None:
        return 0
    end, at, before = 0, start, ""
    for number, label in enumerate(run[0].split(".")):
        if number and _is_name(before):
            end = _tld_end(text, at, len(label)) or end
        if not _is_label(label):
            break
        before, at = label, at + len(label) + 1
    return end


def _is_label(label: str) -> bool:
    return bool(label) and label[0] not in "-_" and label[-1] not in "-_"


def _is_name(label: str) -> bool:
    return _is_label(label) and "_" not in label


def _tld_end(text: str, start: int, length: int) -> int:
    """Where the top-level domain at the beginning of a label ends; 0 = there is none."""
    for end in range(start + min(length, _LONGEST_TLD), start, -1):
        if text[start:end].lower() in TLDS and text[end : end + 1].lower() not in _GOES_ON:
            return end
    punycode = _PUNYCODE.match(text, start)
    return punycode.end() if punycode else 0


def _rest_end(text: str, at: int) -> int:
    """Where port, path and query of a link end that follow its host name."""
    port = _PORT.match(text, at)
    at = port.end() if port else at
    path = _PATH.match(text, at)
    if path:
        at = path.start() + len(path[0].rstrip(_NOT_LAST_IN_PATH))
    query = _QUERY.match(text, at)
    kept = query[0].rstrip(_NOT_LAST_IN_QUERY) if query else ""
    return at + len(kept)
