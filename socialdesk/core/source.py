"""Sources and columns: what is read, and how it is arranged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Source:
    """One thing to fetch: an account's home, a search, a feed.

    `account_id` None means no account: `params["server"]` then names the server, if the network has servers.
    `kind` and the names in `params` are those of the adapter's `SourceKind`.
    """

    id: int
    network: str
    kind: str
    account_id: int | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    title: str = ""


@dataclass(frozen=True, slots=True)
class SourceState:
    """Where a source stands. Times are UTC. `error` is a reason code, `error_detail` the log's words.

    `memory` is what the reader of its documents wants to be told next time, opaque elsewhere. `waits` is why the next
    look is not sooner: "limit" (the network's), "budget" (the person's), "cheap" (its columns ask for little), '' =
    its usual time.
    """

    source_id: int
    cursor: str = ""
    first_fetched: datetime | None = None
    last_fetched: datetime | None = None
    last_changed: datetime | None = None
    next_at: datetime | None = None
    failures: int = 0
    error: str = ""
    error_detail: str = ""
    error_at: datetime | None = None
    stopped: bool = False
    interval_s: int = 0
    memory: str = ""
    waits: str = ""


@dataclass(frozen=True, slots=True)
class WordFilter:
    """Case-insensitive words or phrases. `any_of` empty = everything passes; `none_of` always wins."""

    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    hide_reshares: bool = False
    hide_replies: bool = False
    only_media: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """`view`: posts or stories (one card per article). `width` in device-independent pixels, 260 to 640.

    `cheap`: where reading costs money, its sources are asked rarely, and for what is new alone.
    """

    id: int
    title: str
    icon: str = "columns"
    source_ids: tuple[int, ...] = ()
    filter: WordFilter = WordFilter()
    view: str = "posts"
    width: int = 352
    collapsed: bool = False
    position: int = 0
    unseen: int = 0
    cheap: bool = False


@dataclass(frozen=True, slots=True)
class RowKey:
    """Place of a row in a column: newest first, ties broken by entry id. Key-set paging continues after it."""

    sort_ms: int
    entry_id: int
