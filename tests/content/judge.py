"""An independent judge of HTML that claims to be safe: the standard library's parser and its own short list."""

from html.parser import HTMLParser

_TAGS = """
a abbr b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure h1 h2 h3
h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span strong sub summary sup table tbody td tfoot th
thead time tr u ul var wbr
"""
_ATTRIBUTES = "href title src alt width height dir lang rel start reversed value colspan rowspan datetime"
TAGS, ATTRIBUTES = frozenset(_TAGS.split()), frozenset(_ATTRIBUTES.split())
SCHEMES = ("http://", "https://", "mailto:")


class _Judge(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            if name not in ATTRIBUTES:
                self.faults.append(f"{tag} {name}={value}")
            if name in {"href", "src"} and not (value or "").startswith(SCHEMES):
                self.faults.append(f"{tag} {name}={value}")
        if tag == "a" and dict(attrs).get("rel") != "nofollow noopener noreferrer":
            self.faults.append(f"a without rel: {attrs}")

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"comment {data}")

    def handle_decl(self, decl: str) -> None:
        self.faults.append(f"declaration {decl}")

    def handle_pi(self, data: str) -> None:
        self.faults.append(f"instruction {data}")


def faults(html: str) -> list[str]:
    """What a browser must not get to see, in words; empty when `html` is safe."""
    judge = _Judge()
    judge.feed(html)
    judge.close()
    return judge.faults
