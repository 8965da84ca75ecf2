"""Reading clean HTML into a small tree, and writing it again."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

VOID = frozenset({"br", "hr", "img", "wbr", "input", "col", "source", "area", "embed", "track"})


@dataclass(slots=True)
class Element:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: "list[Element | str]" = field(default_factory=list)

    def elements(self) -> "Iterator[Element]":
        return (child for child in self.children if isinstance(child, Element))

    def find(self, tag: str) -> "Element | None":
        """The first element with this tag, at any depth."""
        for child in self.elements():
            if child.tag == tag:
                return child
            if deeper := child.find(tag):
                return deeper
        return None

    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text() for child in self.children)

    @property
    def content(self) -> "list[Element | str]":
        """The children without white space between them."""
        return [child for child in self.children if isinstance(child, Element) or child.strip()]


def parse(html: str) -> Element:
    """The elements and texts of `html` under one nameless root. Never raises; what is unclosed ends with its parent."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root


def write(node: Element | str) -> str:
    if isinstance(node, str):
        return escape(node, quote=False)
    opened = f"<{node.tag}" + "".join(f' {n}="{escape(v)}"' for n, v in node.attributes.items())
    if node.tag in VOID:
        return f"{opened}/>" if node.tag in {"img", "hr"} else f"{opened}>"
    return f"{opened}>{inner(node)}</{node.tag}>"


def inner(node: Element) -> str:
    return "".join(write(child) for child in node.children)


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].tag == tag:
                del self._open[depth:]
                return

    def handle_data(self, data: str) -> None:
        children = self._open[-1].children
        if children and isinstance(children[-1], str):
            children[-1] += data
        else:
            children.append(data)
