"""Bytes of documents to text, whatever their authors claim.

Bytes that are valid UTF-8 are UTF-8: claims of servers and prologs are wrong far more often than other encodings look
like UTF-8 by accident. Then come byte-order mark, header, the document's own claim, and guessing.
"""

import codecs
import re

LABELS = {  # what documents say -> the superset that they mean (WHATWG Encoding)
    "iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252",
    "iso8859-1": "cp1252", "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "gb2312": "gb18030", "gbk": "gb18030",
    "gb_2312-80": "gb18030", "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932",
    "ks_c_5601-1987": "cp949", "euc-kr": "cp949", "big5": "cp950", "x-gbk": "gb18030", "unicode": "utf-16",
    "windows-31j": "cp932", "x-euc-jp": "euc_jp", "utf8mb4": "utf-8", "iso-8859-8-i": "iso-8859-8",
}  # fmt: skip
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_OWN_CLAIM = re.compile(
    rb"<(?:\?xml[^>]{0,200}?encoding|meta[^>]{0,200}?charset)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE
)
_ISO_2022 = re.compile(rb"\x1b[$(]")
SAMPLE = 100_000


def decode(body: bytes, content_type: str = "") -> str:
    """The text of `body`; bytes that fit no encoding become U+FFFD. Never fails."""
    for mark, name in MARKS:
        if body.startswith(mark):
            return body.decode(name, errors="replace")
    if b"\x00" in body[:100] and (wide := _without_mark(body)):
        return body.decode(wide, errors="replace")
    if not _ISO_2022.search(body, 0, SAMPLE):
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            pass
        if _mostly_utf8(body):
            return body.decode("utf-8", errors="replace")
    for label in _claims(body, content_type):
        if label not in {"utf-8", "utf8"}:
            try:
                return body.decode(label)
            except (UnicodeDecodeError, LookupError):
                continue
    return _guess(body)


def _without_mark(body: bytes) -> str:
    """UTF-16 without a byte-order mark shows as markup with a zero in every other byte."""
    head = body[:100]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) < len(head) // 4:
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"


def _mostly_utf8(body: bytes) -> bool:
    """A text in UTF-8 with a few broken places (cut in the middle of a character, a pasted quotation mark)."""
    sample = body[:SAMPLE]
    text = sample.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    whole = sum(1 for char in text if char > "\x7f") - broken
    return whole > 4 * broken


def _claims(body: bytes, content_type: str) -> list[str]:
    found = [match[1] for match in [_CHARSET.search(content_type)] if match]
    if own := _OWN_CLAIM.search(body, 0, 4096):
        found.append(own[1].decode("ascii", errors="replace"))
    return [LABELS.get(label.lower(), label.lower()) for label in found]


def _guess(body: bytes) -> str:
    from charset_normalizer import from_bytes  # start-up: needed for documents that claim nothing true only

    best = from_bytes(body[:SAMPLE]).best()
    return body.decode(best.encoding if best is not None else "cp1252", errors="replace")
