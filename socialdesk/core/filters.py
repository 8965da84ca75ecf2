"""Word filters of columns: which entries pass. Pure."""

import re
import unicodedata
from collections.abc import Callable

from socialdesk.core.entry import Entry
from socialdesk.core.source import WordFilter

# Scripts written without spaces between words: a word is found anywhere in them.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Myanmar, Khmer
    "\u2e80-\u2fdf\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"  # CJK
    "\U00020000-\U0003ffff"
)
# A letter, digit or underscore of a script that puts spaces between words.
_LETTER = re.compile(rf"[^\W{UNSPACED}]")

Passes = Callable[[Entry], bool]


def matcher(words: WordFilter) -> Passes:
    """The filter as a function, to be made once and called for many entries.

    A word or phrase is found whole, in any case and however it is spaced ("lead gen" finds "Lead  Gen", not
    "leads general"); with `*` at its end it also finds what begins so. "#b2b" wants the hashtag, "b2b" finds both.
    In scripts without spaces between words it is found anywhere.
    """
    wanted, unwanted = _finder(words.any_of), _finder(words.none_of)
    reads = wanted is not None or unwanted is not None

    def passes(entry: Entry) -> bool:
        if not _kind_passes(words, entry):
            return False
        if not reads:
            return True
        text = folded(_said(entry))
        return (wanted is None or wanted(text)) and not (unwanted is not None and unwanted(text))

    return passes


def matches(words: WordFilter, entry: Entry) -> bool:
    """Whether `entry` passes the filter."""
    return matcher(words)(entry)


def rough_matcher(words: WordFilter) -> Callable[[str], bool | None]:
    """A quick look at plain text that holds everything an entry says: True = it passes, False = it does not, None =
    only `matcher` can tell. Many times faster for the many entries that hold none of the words.
    """
    wanted, unwanted = _pieces(words.any_of), _pieces(words.none_of)
    by_kind = words.hide_reshares or words.hide_replies or words.only_media

    def look(text: str) -> bool | None:
        if not text.isascii():
            return None  # letters of other scripts may fold to these
        text = text.lower()
        if wanted and not any(piece in text for piece in wanted):
            return False
        if wanted or by_kind or any(piece in text for piece in unwanted):
            return None
        return True

    return look


def folded(text: str) -> str:
    """`text` for comparing: upper and lower case, full and half width are one (Unicode NFKC, case folding)."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


def _kind_passes(words: WordFilter, entry: Entry) -> bool:
    why = entry.reason.kind if entry.reason else ""
    if words.hide_reshares and why == "reshare":
        return False
    if words.hide_replies and (entry.reply_to or why == "reply"):
        return False
    return bool(entry.media) or not words.only_media


def _said(entry: Entry) -> str:
    parts = [entry.title, entry.summary, entry.text, entry.warning, entry.author.name, entry.author.handle]
    if entry.link is not None:
        parts += (entry.link.title, entry.link.description)
    if entry.quoted is not None:
        parts.append(entry.quoted.text)
    parts += (f"#{tag.lstrip('#')}" for tag in entry.tags)
    return "\n".join(parts)


def _plain(words: tuple[str, ...]) -> list[str]:
    return [word for word in (" ".join(folded(word).split()) for word in words) if word.rstrip("*").strip()]


def _pieces(words: tuple[str, ...]) -> tuple[str, ...]:
    """The longest piece of each word or phrase, down to what no way of writing text (JSON, tags) changes."""
    return tuple(max(re.split(r"[^\w.,:;&%/-]", word), key=len) for word in _plain(words))


def _finder(words: tuple[str, ...]) -> Callable[[str], bool] | None:
    """A function that finds any of the words in folded text; None when there are none."""
    plain = _plain(words)
    if not plain:
        return None
    # A plain search for the longest piece of a phrase comes first: it is many times faster and mostly says no.
    tests = tuple((max(word.rstrip("*").split(" "), key=len), *_pattern(word)) for word in plain)

    def finds(text: str) -> bool:
        return any(piece in text and _found(pattern, begins_word, text) for piece, pattern, begins_word in tests)

    return finds


def _found(pattern: re.Pattern[str], begins_word: bool, text: str) -> bool:
    # What stands before the match is looked at here: a look-behind in the pattern would be tried at every character.
    return any(
        not begins_word or match.start() == 0 or not _LETTER.match(text[match.start() - 1])
        for match in pattern.finditer(text)
    )


def _pattern(word: str) -> tuple[re.Pattern[str], bool]:
    """The pattern of a folded word or phrase, and whether a letter before it makes it a part of another word."""
    begins = word.endswith("*")
    word = word.rstrip("*").strip()
    inner = r"\s+".join(re.escape(piece) for piece in word.split(" "))
    right = f"(?!{_LETTER.pattern})" if _LETTER.match(word[-1]) and not begins else ""
    return re.compile(inner + right), _LETTER.match(word[0]) is not None
