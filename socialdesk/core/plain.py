"""Plain text of HTML, with the standard library only: for lists, search and counting, never for showing HTML."""

from html.parser import HTMLParser

from socialdesk.core.text import tidy

_SILENT = frozenset({"script", "style", "head", "title", "template", "noscript", "svg", "math", "iframe", "object"})
_PARAGRAPHS = frozenset(
    {"p", "div", "blockquote", "pre", "ul", "ol", "table", "figure", "section", "article", "header", "footer"}
    | {f"h{level}" for level in range(1, 7)}
)
_LINES = frozenset({"br", "li", "tr", "dt", "dd", "figcaption", "hr"})


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in _PARAGRAPHS:
            self.parts.append("\n\n")
        elif tag in _LINES:
            self.parts.append("\n• " if tag == "li" else "\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _SILENT:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _PARAGRAPHS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def plain_text(html: str) -> str:
    """The words of `html`: paragraphs divided by an empty line, line breaks kept, list items marked with a dot."""
    if "<" not in html and "&" not in html:
        return tidy(html)
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return tidy("".join(reader.parts))
