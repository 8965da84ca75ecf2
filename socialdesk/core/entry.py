"""What a column shows: posts, articles, notifications. All times are timezone-aware UTC, all URLs absolute."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class EntryKind(StrEnum):
    POST = "post"
    ARTICLE = "article"
    NOTICE = "notice"  # a follow, a like: something happened, with no text of its own


class MediaKind(StrEnum):
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    GIF = "gif"


@dataclass(frozen=True, slots=True)
class Author:
    name: str
    handle: str = ""
    url: str = ""
    avatar_url: str = ""
    remote_id: str = ""


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or recording shown with an entry. Sizes in pixels, 0 = unknown."""

    kind: MediaKind
    url: str
    preview_url: str = ""
    alt: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class LinkCard:
    url: str
    title: str = ""
    description: str = ""
    image_url: str = ""
    site: str = ""


@dataclass(frozen=True, slots=True)
class Poll:
    options: tuple[tuple[str, int], ...]  # (text, votes)
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Quoted:
    author: Author
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """None = the network does not say."""

    replies: int | None = None
    reshares: int | None = None
    likes: int | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an entry is in a source: somebody re-shared it, mentioned the person, liked ...

    `kind`: reshare, mention, reply, like, follow, quote, comment, poll, update, status, other.
    `at` is when that happened, None = the network does not say: a re-share is newer than what it re-shares.
    """

    kind: str
    by: Author | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One item as a source gave it.

    `key` is its identity on this desk, equal for copies of the same thing seen through several accounts or sources
    (Mastodon: the status URI; Bluesky: the at-URI; feeds: feed address + guid; WordPress: site + post id).
    A re-share has the key of the original and says who re-shared in `reason`; notices have a key of their own.
    `html` is sanitised before it is stored; `text` is its plain form, for search, lists and counting.
    `refs` is the adapter's own data for acting on the entry (local id, cid, record of our like), opaque elsewhere.
    `mine` names what the account has done to it already: like, reshare, bookmark.
    `filtered` is the title of the account's own filter that covers it, "" = none does. `audience` is who may see it
    where that is not everybody: local (people of its server), followers, mentioned.
    """

    key: str
    network: str
    remote_id: str
    kind: EntryKind
    author: Author
    text: str
    html: str = ""
    title: str = ""
    summary: str = ""
    url: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    language: str = ""
    warning: str = ""
    media: tuple[Media, ...] = ()
    link: LinkCard | None = None
    quoted: Quoted | None = None
    poll: Poll | None = None
    counts: Counts = Counts()
    reason: Reason | None = None
    reply_to: str = ""
    tags: tuple[str, ...] = ()
    mine: frozenset[str] = frozenset()
    refs: Mapping[str, str] = field(default_factory=dict)
    filtered: str = ""
    audience: str = ""


@dataclass(frozen=True, slots=True)
class RawDocument:
    """Bytes an adapter fetched that the worker process shall parse (a feed). `url` is the address after redirects."""

    body: bytes
    content_type: str
    url: str


@dataclass(frozen=True, slots=True)
class SourceMeta:
    """What a source says of itself; empty = it does not."""

    title: str = ""
    site_url: str = ""
    icon_url: str = ""
    moved_to: str = ""  # every hop was a permanent redirect to this address
    gone: bool = False  # 410: stop asking


@dataclass(frozen=True, slots=True)
class Marked:
    """What an account has marked at its network, of all its entries, by `Entry.key`; None = the network did not say.

    `asked_at` is when the asking began: what a person marked here since then is newer than this.
    """

    asked_at: datetime
    unread: frozenset[str] | None = None
    bookmarked: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """The answer to one fetch.

    `cursor` is the adapter's own state for the next fetch (validators, newest id), stored with the entries in one
    transaction. `gap` is true when not every entry between the previous fetch and this one was read. `older` continues
    towards the past: of the first fetch, of a page that leaves a gap, and of a page of the past; empty otherwise, and
    when there is nothing older. `not_before`: the server's wish for the next look. `read` names, where the network
    charges, all entries that it gave (() = those of `entries`), `look_ups` how many names it was asked for besides.
    `marks`: where the network keeps what was read (`core.marks.Marks`).
    """

    entries: tuple[Entry, ...] = ()
    cursor: str = ""
    older: str = ""
    gap: bool = False
    unchanged: bool = False
    raw: RawDocument | None = None
    not_before: datetime | None = None
    meta: SourceMeta | None = None
    read: tuple[str, ...] = ()
    look_ups: int = 0
    marks: Marked | None = None
