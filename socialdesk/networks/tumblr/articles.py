"""Clean HTML of an article as blocks of the Neue Post Format. What it has no block for goes out as plain text."""

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

Block = dict[str, Any]
FILM = "film:"  # the same of films
HELD = "blob:"  # pictures that go out with the post; see uploading
_MARKS = {"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "s": "strikethrough", "del": "strikethrough"}
_MARKS |= {"strike": "strikethrough", "small": "small", "a": "link"}
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS = frozenset({"p", "div", "pre", "blockquote", "ul", "ol", "li", "table", "tr", "figure", "figcaption", "hr"})
_BLOCKS |= _HEADINGS
_HIDDEN = frozenset({"script", "style"})
_DEEPEST = 7


def blocks_of(html: str) -> list[Block]:
    """Text and image blocks, in the order of the page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_block()
    return reader.blocks


class _Reader(HTMLParser):
    """Gathers the text of one block with its marks; every block element ends it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._text = ""
        self._marks: list[Block] = []
        self._open: list[tuple[str, Block]] = []  # element, the mark it makes
        self._around: list[str] = []  # block elements
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag == "br":
            self._text += "\n"
        elif tag == "img":
            self._picture(found)
        elif tag in _BLOCKS:
            self.end_block()
            if tag != "hr":
                self._around.append(tag)
        elif tag in _MARKS:
            self._begin_mark(tag, found)

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag in _BLOCKS:
            self.end_block()
            if tag in self._around:
                while self._around.pop() != tag:
                    continue
        elif tag in _MARKS:
            self._end_mark(tag)

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        if "pre" in self._around:
            self._text += data
            return
        words = " ".join(data.split())
        if not words:
            words = " " if data and self._text and not self._text[-1].isspace() else ""
            self._text += words
            return
        before = " " if data[0].isspace() and self._text and not self._text[-1].isspace() else ""
        self._text += before + words + (" " if data[-1].isspace() else "")

    def _begin_mark(self, tag: str, attrs: Mapping[str, str]) -> None:
        mark: Block = {"start": len(self._text), "type": _MARKS[tag]}
        if tag == "a":
            url = attrs.get("href", "")
            if not url.startswith(("http://", "https://", "mailto:")):
                return
            mark["url"] = url
        self._open.append((tag, mark))

    def _end_mark(self, tag: str) -> None:
        at = next((i for i in range(len(self._open) - 1, -1, -1) if self._open[i][0] == tag), None)
        if at is not None:
            _, mark = self._open.pop(at)
            self._marks.append({**mark, "end": len(self._text)})

    def _picture(self, attrs: Mapping[str, str]) -> None:
        self.end_block()
        source, alt = attrs.get("src", ""), attrs.get("alt", "").strip()
        if source.startswith(HELD):
            media: Block = {"identifier": source}
        elif source.startswith(("http://", "https://")):
            media = {"url": source}
        else:
            return
        self.blocks.append({"type": "image", "media": [media], **({"alt_text": alt} if alt else {})})

    def end_block(self) -> None:
        """Closes the block at hand; marks that are still open go on in the next one."""
        text = self._text.rstrip()
        start = len(text) - len(text.lstrip())
        going_on = [(tag, {**mark, "start": 0}) for tag, mark in self._open]
        marks = [*self._marks, *({**mark, "end": len(text)} for _, mark in self._open)]
        self._text, self._marks, self._open = "", [], going_on
        text = text.strip()
        if not text:
            return
        block: Block = {"type": "text", "text": text, **self._kind()}
        kept = [_moved(mark, start, len(text)) for mark in marks]
        kept = [mark for mark in kept if mark["start"] < mark["end"]]
        self.blocks.append({**block, "formatting": kept} if kept else block)

    def _kind(self) -> Block:
        """The subtype that the nearest element gives; lists within lists are indented."""
        lists = [tag for tag in self._around if tag in {"ul", "ol"}]
        if "li" in self._around and lists:
            kind = "ordered-list-item" if lists[-1] == "ol" else "unordered-list-item"
            level = min(len(lists) - 1 + self._around.count("blockquote"), _DEEPEST)
            return {"subtype": kind, "indent_level": level} if level else {"subtype": kind}
        if self._around and self._around[-1] in _HEADINGS:
            return {"subtype": "heading1" if self._around[-1] == "h1" else "heading2"}
        return {"subtype": "indented"} if "blockquote" in self._around else {}


def _moved(mark: Block, by: int, length: int) -> Block:
    return {**mark, "start": max(mark["start"] - by, 0), "end": min(max(mark["end"] - by, 0), length)}
