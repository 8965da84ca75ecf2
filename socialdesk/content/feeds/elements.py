"""Reading elements of feeds: names however their namespaces are spelled, text in any of its disguises, addresses."""

import re
from collections.abc import Iterator

from lxml import etree

from socialdesk.content.feeds.values import RawMedia, RawPerson, Text
from socialdesk.core import urls
from socialdesk.core.text import one_line

Element = etree._Element
XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
XHTML = "{http://www.w3.org/1999/xhtml}"

# Namespace without its scheme, "www." and end punctuation, lower case -> the prefix used here; "" = RSS's own words.
NAMESPACES = {
    "purl.org/rss/1.0": "",
    "purl.org/net/rss1.1": "",
    "my.netscape.com/rdf/simple/0.9": "",
    "channel.netscape.com/rdf/simple/0.9": "",
    "my.netscape.com/publish/formats/rss-0.91.dtd": "",
    "backend.userland.com/rss": "",
    "backend.userland.com/rss2": "",
    "blogs.law.harvard.edu/tech/rss": "",
    "w3.org/2005/atom": "atom",
    "purl.org/atom/ns": "atom",
    "purl.org/atom": "atom",
    "purl.org/rss/1.0/modules/content": "content",
    "purl.org/dc/elements/1.1": "dc",
    "purl.org/dc/elements/1.0": "dc",
    "purl.org/dc/terms": "dcterms",
    "search.yahoo.com/mrss": "media",
    "video.search.yahoo.com/mrss": "media",
    "itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "purl.org/rss/1.0/modules/syndication": "sy",
    "purl.oclc.org/net/rss_2.0/enc": "enc",
    "rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "webfeeds.org/rss/1.0": "webfeeds",
    "w3.org/1999/xhtml": "xhtml",
    "w3.org/1999/02/22-rdf-syntax-ns": "rdf",
}
PREFIXES = frozenset(NAMESPACES.values()) - {""}
_NAMESPACE_DRESS = re.compile(r"^https?://(?:www\.)?|[/#]+$")
_EMAIL_NAME = re.compile(r"^\s*[^\s()<>]+@[^\s()<>]+\s*\((.+)\)\s*$")
_NAME_EMAIL = re.compile(r"^\s*(.+?)\s*[<(]\s*[^\s()<>]+@[^\s()<>]+\s*[>)]\s*$")
_LOOKS_HTML = re.compile(
    r"<(?:p|br|a|img|div|ul|ol|li|b|i|strong|em|h[1-6]|span|blockquote|pre|table)\b[^<>]*>", re.IGNORECASE
)


class Names:
    """Short names of elements (`title`, `dc:date`), with what one document's tags resolve to remembered."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def of(self, element: Element) -> str:
        tag = str(element.tag)
        name = self._known.get(tag)
        if name is None:
            name = self._known.setdefault(tag, _short(tag))
        return name

    def children(self, element: Element) -> dict[str, list[Element]]:
        """Child elements by name, in order."""
        found: dict[str, list[Element]] = {}
        known = self._known
        for child in element:
            found.setdefault(known.get(child.tag) or self.of(child), []).append(child)
        return found

    def all(self, root: Element, name: str) -> list[Element]:
        """The element and all below it that have this name, in order."""
        known = self._known
        return [element for element in root.iter() if (known.get(element.tag) or self.of(element)) == name]

    def below(self, element: Element, *names: str) -> Iterator[Element]:
        return (child for child in element.iterdescendants() if self.of(child) in names)


def _short(tag: str) -> str:
    if tag.startswith("{"):
        namespace, _, local = tag[1:].partition("}")
        prefix = NAMESPACES.get(_NAMESPACE_DRESS.sub("", _NAMESPACE_DRESS.sub("", namespace.lower())), "?")
    else:
        prefix, _, local = tag.rpartition(":")  # a prefix that the document never declared
        prefix = prefix.lower() if prefix.lower() in PREFIXES else "" if prefix.lower() in {"", "rss"} else "?"
    return f"{prefix}:{local.lower()}" if prefix else local.lower()


Found = dict[str, list[Element]]


def first(found: Found, *names: str) -> Element | None:
    """The first element that has something in it, by the order of names."""
    for name in names:
        for element in found.get(name, ()):
            text = element.text
            if (text and not text.isspace()) or len(element):
                return element
    return None


def line(found: Found, *names: str) -> str:
    """Text of the first filled element as one line."""
    element = first(found, *names)
    return "" if element is None else one_line(inner_text(element))


def inner_text(element: Element) -> str:
    return element.text or "" if not len(element) else "".join(map(str, element.itertext()))


def base_of(element: Element, inherited: str) -> str:
    own = element.get(XML_BASE)
    return urls.resolve(inherited, own) or inherited if own else inherited


def inner_markup(element: Element) -> str:
    """What is inside an element as HTML, its namespaces forgotten."""
    if not len(element):
        return element.text or ""
    for child in element.iterdescendants():
        tag = str(child.tag)
        child.tag = tag.rpartition("}")[2] if tag.startswith("{") else tag.rpartition(":")[2]
    whole = etree.tostring(element, method="html", encoding="unicode", with_tail=False)
    return whole[whole.index(">") + 1 : whole.rindex("<")]


def rss_text(element: Element | None, base: str) -> Text:
    """Text of an RSS element: escaped HTML, CDATA, plain text, or HTML that nobody escaped."""
    if element is None:
        return Text(base=base)
    if len(element):
        return Text(inner_markup(element), "html", base_of(element, base))
    return Text(element.text or "", "maybe", base_of(element, base))


def atom_text(element: Element | None, base: str, *, lenient: bool = False) -> Text:
    """An Atom text construct or content (RFC 4287, 3.1 and 4.1.3). `lenient`: text that is full of tags is HTML."""
    if element is None:
        return Text(base=base)
    base = base_of(element, base)
    kind = (element.get("type") or "text").strip().lower()
    if element.get("mode") == "base64" or element.get("src"):
        return Text(base=base)
    if len(element):
        return Text(inner_markup(element), "html", base)
    value = element.text or ""
    if kind in {"html", "xhtml", "text/html", "application/xhtml+xml"}:
        return Text(value, "html", base)
    if kind not in {"text", "text/plain", "plain", "escaped"}:
        return Text(base=base)
    return Text(value, "html" if lenient and _LOOKS_HTML.search(value) else "text", base)


def person_of(text: str) -> RawPerson | None:
    """A person from one line: `a@b.example (Name)`, `Name <a@b.example>`, a name, or an address alone."""
    text = one_line(text)
    if not text:
        return None
    if match := _EMAIL_NAME.match(text) or _NAME_EMAIL.match(text):
        return RawPerson(name=match[1].strip(" \"'"))
    return RawPerson(name=text.split("@")[0] if "@" in text and " " not in text else text)


def number(text: str | None) -> int:
    """A whole number that a sloppy author wrote; 0 when it is none."""
    digits = re.match(r"\s*(\d{1,9})", text or "")
    return int(digits[1]) if digits else 0


def media_of(element: Element, base: str) -> RawMedia | None:
    """An enclosure, media:content or media:thumbnail by its attributes."""
    url = urls.resolve(base, element.get("url") or element.get("href") or element.get(RDF + "resource") or "")
    if not urls.is_web(url):
        return None
    return RawMedia(
        url=url,
        mime=(element.get("type") or "").strip().lower(),
        medium=(element.get("medium") or "").strip().lower(),
        width=number(element.get("width")),
        height=number(element.get("height")),
    )
