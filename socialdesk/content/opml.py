"""OPML 2.0 in and out (opml.org/spec2): subscription lists, lenient in, strict out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from socialdesk.core import urls
from socialdesk.core.errors import ContentError
from socialdesk.core.text import one_line, without_illegal

if TYPE_CHECKING:
    from lxml import etree

MAX_DEPTH = 30


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed of a list. `folder` is the path of its folders joined by " / ", empty at the top."""

    title: str
    url: str
    folder: str = ""
    site_url: str = ""


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """`refused` holds (what the list said, why) for the lines that are no feed on the web."""

    feeds: tuple[Outline, ...]
    refused: tuple[tuple[str, str], ...] = ()
    title: str = ""


def read(data: bytes) -> Subscriptions:
    """The feeds of a list, each address once, in order. Lists that it includes are named in `refused`, not followed.

    Raises ContentError: not_a_feed when `data` is no OPML at all.
    """
    from lxml import etree  # start-up: needed for an import only

    from socialdesk.content.encoding import decode
    from socialdesk.content.feeds.markup import known_references

    text = without_illegal(decode(data))
    start = text.lower().find("<opml")
    if start < 0:
        raise ContentError("no OPML", reason="not_a_feed")
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True
    )
    try:
        root = etree.fromstring(known_references(text[start:]).encode(), parser)
    except etree.ParseError:
        root = None
    if root is None:
        raise ContentError("no OPML", reason="not_a_feed")
    feeds: dict[str, Outline] = {}
    refused: list[tuple[str, str]] = []
    for outline, folder in _walk(root, (), 0):
        found = _feed(outline, folder)
        if isinstance(found, Outline):
            feeds.setdefault(urls.normalise(found.url), found)
        elif found is not None:
            refused.append(found)
    title = next((one_line(element.text or "") for element in root.iter("{*}title", "title")), "")
    return Subscriptions(tuple(feeds.values()), tuple(refused), title)


def write(feeds: Iterable[Outline], title: str, now: datetime) -> bytes:
    """A list as UTF-8 OPML, feeds grouped by folder. `now` is timezone-aware."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">', "  <head>"]
    lines += [f"    <title>{_escaped(title)}</title>", f"    <dateCreated>{format_datetime(now)}</dateCreated>"]
    lines += ["  </head>", "  <body>"]
    folders: dict[str, list[Outline]] = {}
    for feed in feeds:
        folders.setdefault(feed.folder, []).append(feed)
    for folder, members in folders.items():
        names = [name for name in folder.split(" / ") if name]
        for depth, name in enumerate(names):
            lines.append(f"{'  ' * (depth + 2)}<outline text={_attribute(name)} title={_attribute(name)}>")
        lines += [f"{'  ' * (len(names) + 2)}{_line(feed)}" for feed in members]
        lines += [f"{'  ' * (depth + 2)}</outline>" for depth in reversed(range(len(names)))]
    return "\n".join([*lines, "  </body>", "</opml>", ""]).encode()


Folder = tuple[str, ...]


def _walk(element: "etree._Element", folder: Folder, depth: int) -> "list[tuple[dict[str, str], Folder]]":
    """Attributes (names in lower case) of all outlines below, with their folders, in order."""
    found: list[tuple[dict[str, str], Folder]] = []
    for child in element:
        name = str(child.tag).rpartition("}")[2].lower()
        attributes = {str(key).lower(): str(value).strip() for key, value in child.attrib.items()}
        inner = folder
        if name == "outline":
            found.append((attributes, folder))
            text = one_line(attributes.get("text") or attributes.get("title") or "")
            if text and not _address(attributes):
                inner = (*folder, text.replace(" / ", "/"))
        if depth < MAX_DEPTH:
            found += _walk(child, inner, depth + 1)
    return found


def _address(attributes: dict[str, str]) -> str:
    return attributes.get("xmlurl") or attributes.get("xml_url") or ""


def _feed(attributes: dict[str, str], folder: Folder) -> "Outline | tuple[str, str] | None":
    kind = attributes.get("type", "").lower()
    given = _address(attributes)
    title = one_line(attributes.get("title") or attributes.get("text") or "")
    if not given:
        listed = attributes.get("url", "")
        return (listed or title, "a list inside the list is not followed") if kind in {"include", "link"} else None
    url = urls.complete(given)
    if not urls.is_web(url):
        return given, "not a web address"
    if urls.has_sign_in(url):
        return title or urls.host_of(url), "an address with a password is not kept"
    site = urls.resolve("", attributes.get("htmlurl", ""))
    return Outline(title or urls.host_of(url), url, " / ".join(folder), site if urls.is_web(site) else "")


def _line(feed: Outline) -> str:
    site = f" htmlUrl={_attribute(feed.site_url)}" if feed.site_url else ""
    title = _attribute(feed.title)
    return f'<outline type="rss" text={title} title={title} xmlUrl={_attribute(feed.url)}{site}/>'


def _attribute(text: str) -> str:
    return quoteattr(without_illegal(text))


def _escaped(text: str) -> str:
    return without_illegal(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
