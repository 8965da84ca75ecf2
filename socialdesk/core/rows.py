"""What the store gives and takes besides the plain values: rows of columns, stories, results of writing, plans."""

from dataclasses import dataclass
from datetime import datetime

from socialdesk.core.entry import Author, Entry
from socialdesk.core.source import RowKey


@dataclass(frozen=True, slots=True)
class Row:
    """One card of a column.

    `entry` carries the references, the re-share reason and the own marks of the account behind `source_id`
    (`account_id` None: no account). For long articles it is the card's cut: no `html`, a short `text`;
    `entries.get` gives the whole. `plan_actions` are what the account's plan allows beyond what every account of its
    network may do.
    """

    key: RowKey
    entry: Entry
    seen: bool
    saved: bool
    source_id: int
    account_id: int | None = None
    plan_actions: tuple[str, ...] = ()

    @property
    def entry_id(self) -> int:
        return self.key.entry_id


@dataclass(frozen=True, slots=True)
class StoryKey:
    """Place of a story in its ranking: most shared first, then newest. Key-set paging continues after it.

    `link` is the store's number for the article's address.
    """

    share_count: int
    newest_ms: int
    link: int


@dataclass(frozen=True, slots=True)
class Story:
    """One article, however many posts carry it.

    `authors` are the faces to show, newest first, at most a handful; `share_count` counts every distinct author of a
    post. `remark` is the best thing said about it, with `remark_by`. `minutes` of reading, 0 = unknown.
    `entry_ids` newest first.
    """

    url: str
    title: str
    site: str
    image_url: str
    minutes: int
    entry_ids: tuple[int, ...]
    authors: tuple[Author, ...]
    share_count: int
    networks: tuple[str, ...]
    remark: str
    newest: RowKey
    saved: bool
    remark_by: Author | None = None
    seen: bool = False
    link: int = 0

    @property
    def key(self) -> StoryKey:
        return StoryKey(self.share_count, self.newest.sort_ms, self.link)


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """A whole entry with its id and the source and account it came by (None: no account, or the source is gone)."""

    id: int
    entry: Entry
    source_id: int | None
    account_id: int | None
    first_seen: datetime


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """What one write did to a column: `added` rows, `unseen` in total now, ids of entries changed in place."""

    column_id: int
    added: int
    unseen: int
    updated: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Removed:
    """An entry that was taken off the desk, with all that puts it back where it was.

    `columns` that showed it: (column id, unseen without it). `rows` are the store's own, by table; `saved` the ids of
    the saved items made from it.
    """

    entry_id: int
    key: str
    columns: tuple[tuple[int, int], ...]
    rows: tuple[tuple[str, tuple[tuple[int | str | bytes | None, ...], ...]], ...] = ()
    saved: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Applied:
    """Result of applying a fetched page: columns that changed, and ids of entries that are new on this desk."""

    columns: tuple[ColumnChange, ...]
    new_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a delivery, for the log. `outcome` as named by the delivery decision, `error` a reason code."""

    at: datetime
    part: int
    outcome: str
    error: str = ""
    detail: str = ""
