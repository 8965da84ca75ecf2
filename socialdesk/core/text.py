"""Counting, cutting and tidying text as people see it (grapheme clusters) and as wires count it (UTF-8 bytes)."""

import math
import re

WORDS_PER_MINUTE = 238  # adults, silent reading of non-fiction (Brysbaert 2019)
CJK_PER_MINUTE = 500  # characters of Chinese, Japanese or Korean

# Characters that XML 1.0 forbids, and what only steers a terminal; tab, line feed and carriage return stay.
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_ILLEGAL_ASCII = bytes((*range(9), 11, 12, *range(14, 32), 127))
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_CJK = re.compile(
    r"[\u2e80-\u2fdf\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
)
_WORD = re.compile(r"\w+(?:['’\-]\w+)*")


def graphemes(text: str) -> int:
    """Number of extended grapheme clusters (Unicode UAX 29): what a person would call characters."""
    if text.isascii():
        return len(text) - text.count("\r\n")
    import regex  # start-up: 20 ms that the first paint does not need

    return sum(1 for _ in regex.finditer(r"\X", text))


def clusters(text: str) -> list[str]:
    """The extended grapheme clusters of `text`, in order; joined they are `text`."""
    import regex  # start-up: 20 ms that the first paint does not need

    return regex.findall(r"\X", text)


def utf8_length(text: str) -> int:
    """Bytes of `text` in UTF-8. A lone surrogate counts as U+FFFD, which is what `without_surrogates` sends for it."""
    return len(text) if text.isascii() else len(without_surrogates(text).encode())


def byte_offset(text: str, index: int) -> int:
    """UTF-8 byte offset of the character at `index` (facets of the AT protocol count so)."""
    return utf8_length(text[:index])


def char_offset(text: str, offset: int) -> int:
    """Index of the character that holds the UTF-8 byte `offset`; `len(text)` when it lies behind the end."""
    return len(text.encode(errors="replace")[: max(0, offset)].decode(errors="ignore"))


def cut(text: str, limit: int, mark: str = "…") -> str:
    """`text`, or its start of at most `limit` grapheme clusters with `mark`, at the end of a word if one is near."""
    if len(text) <= limit or graphemes(text) <= limit:
        return text
    room = max(0, limit - graphemes(mark))
    head = "".join(clusters(text)[:room])
    space = head.rfind(" ")
    if space > len(head) * 0.6:
        head = head[:space]
    return head.rstrip(" \n\t,;:-–—") + mark if limit > 0 else ""


def cut_bytes(text: str, limit: int) -> str:
    """The longest beginning of `text` of whole grapheme clusters within `limit` UTF-8 bytes."""
    if utf8_length(text) <= limit:
        return text
    kept: list[str] = []
    for cluster in clusters(text):
        limit -= utf8_length(cluster)
        if limit < 0:
            break
        kept.append(cluster)
    return "".join(kept)


def one_line(text: str) -> str:
    """All white space runs as single spaces, none at the ends."""
    return " ".join(text.split())


def tidy(text: str) -> str:
    """Paragraphs divided by one empty line, single spaces in a line, none at the ends of lines."""
    plain = text.isascii() and not _is_messy(text)
    if not plain:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept: list[str] = []
    for line in text.split("\n"):
        line = line.strip(" ") if plain else " ".join(line.split())
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).rstrip("\n")


def _is_messy(text: str) -> bool:
    """Whether ASCII text has white space inside its lines that is not one space. Searches, which a pattern is not."""
    return (
        "  " in text
        or "\t" in text
        or "\r" in text
        or "\v" in text
        or "\f" in text
        or "\x1c" in text
        or "\x1d" in text
        or "\x1e" in text
        or "\x1f" in text
    )


def without_illegal(text: str) -> str:
    """`text` without control characters, lone surrogates and other characters that XML 1.0 forbids."""
    if text.isascii():  # the usual case, five times faster
        data = text.encode()
        kept = data.translate(None, _ILLEGAL_ASCII)
        return text if len(kept) == len(data) else kept.decode()
    return text if text.isprintable() else _ILLEGAL.sub("", text)


def without_surrogates(text: str) -> str:
    """`text` as it can be encoded: a lone surrogate becomes U+FFFD."""
    return _SURROGATE.sub("\ufffd", text)


def word_count(text: str) -> int:
    """Words of scripts with spaces, plus one for each Chinese, Japanese or Korean character."""
    if text.isascii():
        return sum(1 for _ in _WORD.finditer(text))
    cjk = len(_CJK.findall(text))
    return cjk + sum(1 for _ in _WORD.finditer(_CJK.sub(" ", text)))


def reading_minutes(text: str) -> int:
    """Whole minutes to read `text` in silence, at least 1; 0 when it is empty."""
    if not text.strip():
        return 0
    cjk = 0 if text.isascii() else len(_CJK.findall(text))
    words = word_count(text) - cjk
    return max(1, math.ceil(words / WORDS_PER_MINUTE + cjk / CJK_PER_MINUTE - 0.3))
