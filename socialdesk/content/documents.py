"""Documents: what they are. They are sent as they are; nothing here changes one.

Sources: ISO 32000-1 (header, file trailer, cross-reference table, linearized files); ECMA-376 part 2 (packages of the
newer office formats); [MS-CFB] (the older ones: a compound file, whose directory names its streams).
"""

import mmap
import re
import zipfile
import zlib
from dataclasses import dataclass

from socialdesk.core.errors import ContentError

PDF = "application/pdf"
_HEADER = 1024  # a PDF may begin with other bytes, as readers take it
_TRAILER = 2048
_MOST_PAGES = 100_000
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARTS = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ppt/presentation.xml": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_STREAMS = {"WordDocument": "application/msword", "PowerPoint Document": "application/vnd.ms-powerpoint"}
_LARGEST_PART = 10_000_000
_SLIDE = re.compile(rb"<(?:\w+:)?sldId\s")
_START = re.compile(rb"startxref\s+(\d{1,12})\s+%%EOF")
_LINEARIZED = re.compile(rb"\d+\s+\d+\s+obj\s*<<[^>]{0,400}?/Linearized\b[^>]{0,400}>>")
_TRAILER_DICT = re.compile(rb"\s*trailer\s*<<(.{0,4000}?)startxref", re.DOTALL)
_PREVIOUS = re.compile(rb"/Prev\s+(\d{1,12})")
_ROOT = re.compile(rb"/Root\s+(\d{1,9})\s+\d+\s+R")
_PAGES = re.compile(rb"/Pages\s+(\d{1,9})\s+\d+\s+R")
_COUNT = re.compile(rb"/Count\s+(\d{1,6})\b")
_SECTION = re.compile(rb"\s*(\d{1,9})\s+(\d{1,9})\s*[\r\n]+")
_ENTRY = 20
_MOST_OBJECTS = 500_000


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """`pages` 0 = not known."""

    mime: str
    pages: int = 0


def probe(path: str) -> DocumentFacts:
    """What the file at `path` is, by its content and never by its name.

    Raises ContentError not_a_document where it is none of PDF, DOCX, PPTX, DOC and PPT.
    """
    try:
        with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            found = _pdf(data) or _compound(data)
        found = found or _package(path)
    except (OSError, ValueError) as error:  # an empty file cannot be mapped
        raise ContentError(f"no document: {error}", reason="not_a_document") from error
    if found is None:
        raise ContentError("no document of a kind that is known", reason="not_a_document")
    return found


def _package(path: str) -> DocumentFacts | None:
    if not zipfile.is_zipfile(path):
        return None
    try:
        with zipfile.ZipFile(path) as package:
            names = set(package.namelist())
            kind = next((mime for part, mime in _PARTS.items() if part in names), "")
            if not kind or "[Content_Types].xml" not in names:
                return None
            return DocumentFacts(kind, _slides(package) if "ppt/presentation.xml" in names else 0)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
        return None


def _slides(package: zipfile.ZipFile) -> int:
    """A page of a presentation is a slide. How many pages a text has, only the program that sets it knows."""
    with package.open("ppt/presentation.xml") as part:
        return len(_SLIDE.findall(part.read(_LARGEST_PART)))


def _compound(data: mmap.mmap) -> DocumentFacts | None:
    if data[: len(_COMPOUND)] != _COMPOUND:
        return None
    for name, mime in _STREAMS.items():  # a text with slides inside is a text: networks take both alike
        if data.find(name.encode("utf-16-le")) >= 0:
            return DocumentFacts(mime)
    return None


def _pdf(data: mmap.mmap) -> DocumentFacts | None:
    if b"%PDF-" not in data[:_HEADER]:
        return None
    pages = _linearized(data) or _tree_count(data)
    return DocumentFacts(PDF, pages if pages <= _MOST_PAGES else 0)


def _linearized(data: mmap.mmap) -> int:
    """The pages that a file made for the web names at its head, 0 where its length tells that it was changed since."""
    found = _LINEARIZED.search(data[:_HEADER])
    if found is None:
        return 0
    length, pages = (re.search(rb"/%s\s+(\d{1,12})" % name, found[0]) for name in (b"L", b"N"))
    return int(pages[1]) if length and pages and int(length[1]) == len(data) else 0


def _tree_count(data: mmap.mmap) -> int:
    """The count in the root of the page tree, 0 where it lies in compressed objects: then the network judges."""
    end = _START.findall(data[-_TRAILER:])
    if not end:
        return 0
    tables = _Tables(data, int(end[-1]))
    catalogue = tables.object(_number(_ROOT, tables.trailer))
    return _number(_COUNT, tables.object(_number(_PAGES, catalogue)))


def _number(pattern: re.Pattern[bytes], text: bytes) -> int:
    found = pattern.search(text)
    return int(found[1]) if found else 0


class _Tables:
    """The cross-reference tables of a PDF, from the newest back. Those that are streams end the chain."""

    def __init__(self, data: mmap.mmap, start: int) -> None:
        self._data = data
        self._places: dict[int, int] = {}  # object number -> offset
        self.trailer = b""
        seen: set[int] = set()
        while start and start not in seen and start < len(data):
            seen.add(start)
            start = self._read(start)

    def _read(self, start: int) -> int:
        """Reads the table at `start`; returns where the one before it stands, 0 = none, or none that can be read."""
        if self._data[start : start + 4] != b"xref":
            self._places.clear()  # a newer object may stand in what is not read here
            return 0
        at = start + 4
        while section := _SECTION.match(self._data, at):
            first, count = int(section[1]), min(int(section[2]), _MOST_OBJECTS)
            at = section.end()
            self._take(first, count, at)
            at += count * _ENTRY
        found = _TRAILER_DICT.match(self._data, at)
        if found is None:
            return 0
        self.trailer = self.trailer or found[1]
        if b"/XRefStm" in found[1]:
            self._places.clear()
            return 0
        return _number(_PREVIOUS, found[1])

    def _take(self, first: int, count: int, at: int) -> None:
        table = self._data[at : at + count * _ENTRY]
        for place in range(len(table) // _ENTRY):
            entry = table[place * _ENTRY : (place + 1) * _ENTRY]
            if entry[17:18] == b"n" and entry[:10].isdigit():
                self._places.setdefault(first + place, int(entry[:10]))

    def object(self, number: int) -> bytes:
        """The text of an object, empty where it cannot be had."""
        place = self._places.get(number, 0)
        if not place:
            return b""
        head = re.compile(rb"\s*%d\s+\d+\s+obj\b" % number).match(self._data, place)
        if head is None:
            return b""
        end = self._data.find(b"endobj", head.end(), head.end() + 1_000_000)
        return self._data[head.end() : end] if end >= 0 else b""
