"""What a feed says, before it is judged: the one shape behind all formats and parsers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from socialdesk.core.entry import Entry, SourceMeta


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed as entries of this desk.

    `ttl_s` is the feed's own wish for the shortest pause between two looks (RSS ttl, sy:update...), None when it has
    none. `hub` is a WebSub hub, `self_url` the feed's own address, `next_url` its next page (RFC 5005), all absolute or
    empty. `format`: rss, rdf, atom, json. `damaged` is true when the document was mended to be read. `by_link`: guids
    of this feed repeat, identity takes the links too; the caller keeps that and hands it to the next `parse`, since
    going back would make every entry new again. `unchanged` items were left out since the caller knew them; `known` is
    what to hand in next time, once the entries are stored.
    """

    meta: SourceMeta
    entries: tuple[Entry, ...]
    ttl_s: int | None = None
    hub: str = ""
    self_url: str = ""
    next_url: str = ""
    language: str = ""
    description: str = ""
    format: str = ""
    damaged: bool = False
    by_link: bool = False
    unchanged: int = 0
    known: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Text:
    """A piece of text as a format carries it. `kind`: text, html, or maybe (RSS does not say). `base` for its links."""

    value: str = ""
    kind: str = "maybe"
    base: str = ""

    def __bool__(self) -> bool:
        return bool(self.value and self.value.strip())


@dataclass(slots=True)
class RawMedia:
    url: str
    mime: str = ""
    medium: str = ""
    preview: str = ""
    alt: str = ""
    width: int = 0
    height: int = 0
    is_thumbnail: bool = False


@dataclass(slots=True)
class RawPerson:
    name: str = ""
    url: str = ""
    email: str = ""
    avatar: str = ""


@dataclass(slots=True)
class RawItem:
    """One item. Addresses are resolved already, dates are parsed, text is as it came."""

    guid: str = ""
    url: str = ""
    title: Text = field(default_factory=Text)
    body: Text = field(default_factory=Text)
    summary: Text = field(default_factory=Text)
    published: datetime | None = None
    updated: datetime | None = None
    people: list[RawPerson] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    media: list[RawMedia] = field(default_factory=list)
    language: str = ""
    comments: str = ""
    base: str = ""
    digest: str = ""


@dataclass(slots=True)
class RawFeed:
    format: str
    title: Text = field(default_factory=Text)
    description: Text = field(default_factory=Text)
    site_url: str = ""
    icon_url: str = ""
    language: str = ""
    people: list[RawPerson] = field(default_factory=list)
    ttl_s: int | None = None
    hub: str = ""
    self_url: str = ""
    next_url: str = ""
    base: str = ""
    items: list[RawItem] = field(default_factory=list)
    damaged: bool = False
    skipped: tuple[str, ...] = ()
