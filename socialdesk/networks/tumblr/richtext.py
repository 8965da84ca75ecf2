"""Text blocks of the Neue Post Format as plain text and as HTML. Offsets count code points; odd ones are left out."""

from collections.abc import Sequence
from html import escape
from itertools import pairwise

from socialdesk.core.tolerant import Obj, obj, objs, string, web
from socialdesk.networks.tumblr.tolerant import number

_TAGS = {"bold": "b", "italic": "i", "strikethrough": "s", "small": "small"}
_SUBTYPES = {"heading1": "h2", "heading2": "h3", "quote": "blockquote", "indented": "blockquote", "chat": "pre"}
_LISTS = {"ordered-list-item": "ol", "unordered-list-item": "ul"}


def text_of(blocks: Sequence[Obj]) -> str:
    return "\n\n".join(text for block in blocks if block.get("type") == "text" and (text := string(block.get("text"))))


def html_of(blocks: Sequence[Obj]) -> str:
    """Paragraphs, headings, quotations and lists, with their inline marks."""
    parts: list[str] = []
    within = ""
    for block in blocks:
        if block.get("type") != "text":
            continue
        kind = string(block.get("subtype"))
        around = _LISTS.get(kind, "")
        if around != within:
            parts += [f"</{within}>"] if within else []
            parts += [f"<{around}>"] if around else []
            within = around
        tag = "li" if around else _SUBTYPES.get(kind, "p")
        parts.append(f"<{tag}>{_inline(block)}</{tag}>")
    return "".join((*parts, f"</{within}>" if within else ""))


def _inline(block: Obj) -> str:
    text = string(block.get("text"))
    marks = [mark for one in objs(block.get("formatting")) if (mark := _mark(one, len(text)))]
    edges = sorted({0, len(text), *(at for start, end, *_ in marks for at in (start, end))})
    done: list[str] = []
    for start, end in pairwise(edges):
        inside = [mark for mark in marks if mark[0] <= start and end <= mark[1]]
        piece = escape(text[start:end]).replace("\n", "<br>")
        for _, _, before, after in reversed(inside):
            piece = f"{before}{piece}{after}"
        done.append(piece)
    return "".join(done)


def _mark(one: Obj, length: int) -> tuple[int, int, str, str] | None:
    start, end = number(one.get("start")), number(one.get("end"))
    kind = string(one.get("type"))
    if start is None or end is None or not 0 <= start < end <= length:
        return None
    if kind in _TAGS:
        return start, end, f"<{_TAGS[kind]}>", f"</{_TAGS[kind]}>"
    url = web(one.get("url")) if kind == "link" else web(obj(one.get("blog")).get("url")) if kind == "mention" else ""
    return (start, end, f'<a href="{escape(url)}">', "</a>") if url else None
