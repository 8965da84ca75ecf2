"""Slugs that people can read, and the key by which we know our own post again.

WordPress makes a repeated slug unique without a word, and ignores metadata that it does not know. So each post carries
its key in the first block's own metadata: invisible to readers, kept by the editor, found by the API's search.
"""

import re
import unicodedata
from urllib.parse import quote

MAX_SLUG = 60
MARK = "socialdesk"
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})
_LETTERS = {"ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th"}


def slugify(text: str, language: str = "") -> str:
    """A readable slug: lower case, hyphens, ASCII where there is some, at most 60 characters at a word's end."""
    text = text.translate(_GERMAN) if language.startswith("de") else text
    lowered = "".join(_LETTERS.get(c, c) for c in text.lower())
    plain = "".join(c for c in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(c))
    words = re.findall(r"[a-z0-9]+", re.sub(r"['’‘]", "", plain))
    if words:
        return _cut("-".join(words), MAX_SLUG)
    # No Latin letters at all: their own, which WordPress percent-encodes to three times as many characters or more.
    return _cut("-".join(re.findall(r"\w+", text.lower())), MAX_SLUG // 3)


def _cut(slug: str, longest: int) -> str:
    if len(slug) <= longest:
        return slug
    head, _, _ = slug[: longest + 1].rpartition("-")
    return (head or slug[:longest]).strip("-")


def new_key(now_us: int, nonce: int) -> str:
    """`sd-` and 15 characters: the time in microseconds, then chance. Keys sort by time."""
    return f"sd-{_base36(now_us, 11)}{_base36(nonce, 4)}"


def _base36(number: int, width: int) -> str:
    digits = ""
    for _ in range(width):
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits


def slugs_for(wanted: str, key: str) -> tuple[str, str]:
    """The clean slug, and the one to use when somebody else's post has it: both known before the first byte."""
    tail = key[-6:]
    return (wanted, f"{wanted}-{tail}") if wanted else (key, key)


def same_slug(one: str, other: str) -> bool:
    """WordPress gives non-ASCII slugs back percent-encoded."""
    return _encoded(one) == _encoded(other)


def _encoded(slug: str) -> str:
    return slug.lower() if slug.isascii() else quote(slug.lower()).lower()
