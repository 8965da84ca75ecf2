"""The links of sanitised HTML."""

from html.parser import HTMLParser


class _Anchors(HTMLParser):
    """Collects (text, address) of the links of sanitised HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str]] = []
        self._href = ""
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._href = dict(attrs).get("href") or ""
            self._text = []

    def handle_data(self, data: str) -> None:
        if self._href:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._href:
            self.found.append(("".join(self._text).strip(), self._href))
            self._href = ""


def anchors_of(html: str) -> list[tuple[str, str]]:
    """(text, address) of each link, in order."""
    parser = _Anchors()
    parser.feed(html)
    return parser.found
