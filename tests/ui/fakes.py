"""Services as the window sees them, over plain lists: made-up organisations, nothing on a wire or a disk."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from socialdesk.core.account import Account
from socialdesk.core.entry import (
    Author,
    Counts,
    Entry,
    EntryKind,
    LinkCard,
    Media,
    MediaKind,
    Poll,
    Quoted,
    Reason,
)
from socialdesk.core.errors import InputError
from socialdesk.core.events import ColumnChanged, ColumnsChanged
from socialdesk.core.headers import ColumnHeader, SourceLine
from socialdesk.core.looks import NetworkLook
from socialdesk.core.network import (
    AppPassword,
    Field,
    NetworkFacts,
    Nothing,
    SourceKind,
)
from socialdesk.core.post import Publication
from socialdesk.core.rows import Removed, Row, StoredEntry, Story
from socialdesk.core.source import Column, RowKey, Source, SourceState, WordFilter
from socialdesk.practice.pictures import picture
from socialdesk.services.publishing import NEEDS_PERSON, WAITS
from tests.ui.spending_fakes import FakeSpending

NOW = datetime(2025, 11, 18, 9, 30, tzinfo=UTC)

ORGANISATIONS = (
    ("Harbor Analytics", "harbor"),
    ("Meridian Ops", "meridianops"),
    ("Copperline", "copperline"),
    ("Vantage Journal", "vantagejournal"),
    ("Field Notes", "fieldnotes"),
    ("Buyer Insights", "insights"),
    ("Bright Harbor", "brightharbor"),
    ("Lena Industrial GmbH", "lenaindustrial"),
    ("Aurora B2B", "aurora"),
    ("Quarry Freight", "quarry"),
)
TEXTS = (
    "New benchmark: companies that answer a comment within an hour keep 3x more of the conversation. "
    "Full table in the post. #B2B",
    "Is sharing content being social? We asked 60 marketers in today’s #b2bchat. Thread below.",
    "We stopped counting followers and began counting replies. Six months later, the pipeline looks different. "
    "@northwind got us started.",
    "Long read for the weekend: the buyer has removed the salesperson from the first half of the funnel.",
    "Short posts bring them in; long ones make them stay. https://fieldnotes.example/long-newsletter",
)
TITLES = (
    "Answer times and what they buy you",
    "The buyer’s half of the funnel",
    "What 400 buyers told us about the self-guided purchase",
    "Thought leadership without the leadership is just content",
    "The quiet return of the long newsletter",
)

_SIGN_IN = AppPassword((Field("password", "Password", secret=True),))
FACTS = (
    NetworkFacts(
        "mastodon",
        "Mastodon",
        "#6364FF",
        "mastodon",
        (_SIGN_IN,),
        (
            SourceKind("home", "Home", "house"),
            SourceKind("notifications", "Notifications", "inbox", inbox=True),
            SourceKind("search", "Search", "search", (Field("words", "Words"),), searches="words"),
        ),
        ("like", "reshare", "reply", "bookmark"),
    ),
    NetworkFacts(
        "bluesky",
        "Bluesky",
        "#1185FE",
        "bluesky",
        (_SIGN_IN,),
        (SourceKind("home", "Home", "house"),),
        ("like", "reshare", "reply", "quote"),
    ),
    NetworkFacts(
        "wordpress", "WordPress", "#3858E9", "wordpress", (_SIGN_IN,), (SourceKind("comments", "Comments", "inbox"),)
    ),
    NetworkFacts(
        "feeds",
        "Feeds",
        "#F26522",
        "rss",
        (Nothing(),),
        (SourceKind("feed", "Feed", "rss", (Field("url", "Address"),), needs_account=False),),
    ),
    NetworkFacts("plain", "Plain", "", "x", (_SIGN_IN,), (SourceKind("home", "Home", "house"),), ("like", "reshare")),
)


def author(number: int) -> Author:
    name, handle = ORGANISATIONS[number % len(ORGANISATIONS)]
    return Author(name, handle, f"https://{handle}.example/", remote_id=handle)


def entry(number: int, *, network: str = "mastodon", **changes: Any) -> Entry:
    """The `number`th made-up post: every so often with a link card, pictures, a poll, a quote or a warning."""
    site = ORGANISATIONS[number % len(ORGANISATIONS)][1]
    made = Entry(
        f"{network}:{number}",
        network,
        str(number),
        EntryKind.POST,
        author(number),
        TEXTS[number % len(TEXTS)],
        url=f"https://{site}.example/posts/{number}",
        published=NOW - timedelta(minutes=2 + 7 * number),
        counts=Counts(number % 19, number % 23, number % 57),
    )
    match number % 11:
        case 0 | 3:
            link = f"https://{site}.example/article-{number}"
            picture_url = f"https://{site}.example/{number}.png"
            made = replace(made, link=LinkCard(link, TITLES[number % 5], "", picture_url, f"{site}.example"))
        case 4:
            made = replace(made, media=media(number, 1))
        case 5:
            made = replace(made, poll=Poll((("Replies", 41), ("Followers", 12), ("Neither", 9))))
        case 6:
            made = replace(made, quoted=Quoted(author(number + 1), TEXTS[(number + 1) % 5], "https://quote.example/1"))
        case 7:
            made = replace(made, warning="Numbers before the official release", media=media(number, 2))
        case 8:
            made = replace(made, reason=Reason("reshare", author(number + 3)), media=media(number, 4))
    return replace(made, **changes)


def media(number: int, count: int) -> tuple[Media, ...]:
    address = f"https://pictures.example/{number}"
    return tuple(
        Media(MediaKind.IMAGE, f"{address}-{n}.png", alt="A chart" if n % 2 == 0 else "", width=800, height=500)
        for n in range(count)
    )


def row(number: int, *, seen: bool = False, saved: bool = False, **changes: Any) -> Row:
    """Rows with larger numbers are older."""
    made = entry(number, **changes)
    when = made.published or NOW
    return Row(RowKey(int(when.timestamp() * 1000), 1_000_000 - number), made, seen, saved, 1, 1)


def story(number: int, *, saved: bool = False) -> Story:
    site = ORGANISATIONS[(number + 4) % len(ORGANISATIONS)][1]
    return Story(
        f"https://{site}.example/story-{number}",
        TITLES[(number + 2) % 5],
        f"{site}.example",
        f"https://{site}.example/story-{number}.png",
        6,
        (1_000_000 - number,),
        tuple(author(n) for n in range(number, number + 3)),
        9 - number % 7,
        ("plain", "mastodon", "bluesky")[: 1 + number % 3],
        "The finding on peer references is the one to steal for your next deck. #B2B",
        RowKey(0, 1_000_000 - number),
        saved,
        author(number + 2),
        seen=True,
    )


@dataclass
class Fakes:
    """Stands in for the services. `calls` lists what the window asked for."""

    columns_list: list[Column] = field(default_factory=list)
    rows: dict[int, list[Row]] = field(default_factory=dict)
    story_lists: dict[int, list[Story]] = field(default_factory=dict)
    headers: dict[int, ColumnHeader] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    past: dict[int, list[list[Row]]] = field(default_factory=dict)  # what the networks have before what is stored
    publications: tuple[Publication, ...] = ()
    calls: list[tuple[Any, ...]] = field(default_factory=list)
    listeners: list[Callable[[object], None]] = field(default_factory=list)
    failing: dict[str, Exception] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.accounts = _Accounts()
        self.columns = _Columns(self)
        self.reading = _Reading(self)
        self.settings = _Settings(self)
        self.images = _Images(self)
        self.saving = _Recorder(self, "saving")
        self.refresh = _Recorder(self, "refresh")
        self.publishing = _Publishing(self)
        self.spending = FakeSpending(self)

    def send(self, event: object) -> None:
        for listener in self.listeners:
            listener(event)

    def note(self, *call: Any) -> None:
        self.calls.append(call)
        error = self.failing.get(call[0])
        if error is not None:
            raise error

    def add_column(self, title: str, rows: list[Row], **changes: Any) -> Column:
        """A column of one Mastodon account; returns it."""
        number = len(self.columns_list) + 1
        unseen = sum(1 for r in rows if not r.seen)
        made = replace(Column(number, title, "columns-3", (number,), unseen=unseen, position=number - 1), **changes)
        self.columns_list.append(made)
        self.rows[number] = rows
        return made

    def arrive(self, column_id: int, fresh: list[Row]) -> None:
        """New rows come into the store, and the window hears of it."""
        self.rows[column_id] = sorted(
            [*fresh, *self.rows[column_id]], key=lambda r: (r.key.sort_ms, r.key.entry_id), reverse=True
        )
        unseen = sum(1 for r in self.rows[column_id] if not r.seen)
        self.send(ColumnChanged(column_id, len(fresh), unseen))


class _Accounts:
    def looks(self) -> tuple[NetworkLook, ...]:
        return tuple(facts.look for facts in FACTS)

    def networks(self) -> tuple[NetworkFacts, ...]:
        return FACTS

    def facts(self, network: str) -> NetworkFacts:
        return next(f for f in FACTS if f.key == network)

    async def list(self) -> tuple[Account, ...]:
        return tuple(
            Account(n + 1, facts.key, "Northwind Pumps", "@northwind", f"https://{facts.key}.example")
            for n, facts in enumerate(FACTS)
            if facts.key != "feeds"
        )


class _Columns:
    def __init__(self, fakes: Fakes) -> None:
        self._fakes = fakes

    async def all(self) -> tuple[Column, ...]:
        return tuple(self._fakes.columns_list)

    async def get(self, column_id: int) -> Column:
        return next(c for c in self._fakes.columns_list if c.id == column_id)

    async def header(self, column_id: int) -> ColumnHeader:
        column = await self.get(column_id)
        given = self._fakes.headers.get(column_id)
        if given is not None:
            return replace(given, column=column)
        line = source_line(column_id)
        return ColumnHeader(column, "@northwind", ("mastodon",), (line,), False, "", None, NOW + timedelta(minutes=2))

    async def update(self, column: Column) -> Column:
        self._fakes.note("update", column)
        kept = [column if c.id == column.id else c for c in self._fakes.columns_list]
        self._fakes.columns_list[:] = kept
        self._fakes.send(ColumnsChanged())
        return column

    async def set_sources(self, column_id: int, sources: tuple[Source, ...]) -> Column:
        self._fakes.note("set_sources", column_id, sources)
        return await self.update(replace(await self.get(column_id), source_ids=tuple(s.id for s in sources)))

    async def add_search(self, words: str, title: str = "") -> Column:
        self._fakes.note("add_search", words)
        made = self._fakes.add_column(title or words, [])
        self._fakes.send(ColumnsChanged())
        return made

    async def move(self, column_id: int, position: int) -> None:
        self._fakes.note("move", column_id, position)
        columns = self._fakes.columns_list
        moved = await self.get(column_id)
        columns.remove(moved)
        columns.insert(position, moved)
        self._fakes.send(ColumnsChanged())

    async def remove(self, column_id: int) -> tuple[Column, tuple[Source, ...]]:
        self._fakes.note("remove", column_id)
        gone = await self.get(column_id)
        self._fakes.columns_list.remove(gone)
        self._fakes.send(ColumnsChanged())
        return gone, ()

    async def restore(self, column: Column, sources: tuple[Source, ...]) -> Column:
        self._fakes.note("restore", column.id)
        self._fakes.columns_list.insert(column.position, column)
        self._fakes.send(ColumnsChanged())
        return column


def source_line(number: int, *, network: str = "mastodon", kind: str = "home", error: str = "") -> SourceLine:
    facts = next(f for f in FACTS if f.key == network)
    found = facts.source(kind) or facts.sources[0]
    source = Source(number, network, found.kind, None if network == "feeds" else 1)
    state = SourceState(number, error=error, next_at=NOW + timedelta(minutes=5))
    return SourceLine(source, state, facts.title, found.title, "@northwind")


class _Reading:
    def __init__(self, fakes: Fakes) -> None:
        self._fakes = fakes
        self._gone: tuple[tuple[int, int, Row], ...] = ()
        self._stories: tuple[tuple[int, int, Story], ...] = ()

    async def page(self, column_id: int, before: RowKey | None, limit: int) -> tuple[Row, ...]:
        self._fakes.note("page", column_id, before, limit)
        rows = self._fakes.rows[column_id]
        if before is not None:
            edge = (before.sort_ms, before.entry_id)
            rows = [r for r in rows if (r.key.sort_ms, r.key.entry_id) < edge]
        return tuple(rows[:limit])

    async def newer(self, column_id: int, after: RowKey | None, limit: int = 200) -> tuple[Row, ...]:
        rows = self._fakes.rows[column_id]
        edge = (after.sort_ms, after.entry_id) if after else (0, 0)
        found = [r for r in rows if (r.key.sort_ms, r.key.entry_id) > edge]
        return tuple(found[-limit:])

    async def stories(self, column_id: int, limit: int = 50) -> tuple[Story, ...]:
        return tuple(self._fakes.story_lists.get(column_id, [])[:limit])

    async def rows_of(self, column_id: int, entry_ids: tuple[int, ...]) -> tuple[Row, ...]:
        return tuple(r for r in self._fakes.rows[column_id] if r.entry_id in entry_ids)

    async def entry(self, entry_id: int) -> StoredEntry:
        for rows in self._fakes.rows.values():
            for each in rows:
                if each.entry_id == entry_id:
                    return StoredEntry(entry_id, each.entry, 1, 1, NOW)
        raise InputError(f"There is no entry {entry_id}.")

    async def act(self, entry_id: int, action: str) -> Entry:
        self._fakes.note("act", entry_id, action)
        for column_id, rows in self._fakes.rows.items():
            for number, each in enumerate(rows):
                if each.entry_id == entry_id:
                    mine = each.entry.mine | {action}
                    likes = (each.entry.counts.likes or 0) + (action == "like")
                    changed = replace(each.entry, mine=mine, counts=replace(each.entry.counts, likes=likes))
                    rows[number] = replace(each, entry=changed)
                    self._fakes.send(ColumnChanged(column_id, 0, 0, (entry_id,)))
                    return changed
        raise InputError(f"There is no entry {entry_id}.")

    async def remove(self, entry_ids: tuple[int, ...]) -> tuple[Removed, ...]:
        self._fakes.note("remove_entries", entry_ids)
        for column_id, rows in self._fakes.rows.items():
            gone = tuple((column_id, n, r) for n, r in enumerate(rows) if r.entry_id in entry_ids)
            self._gone += gone
            rows[:] = [r for r in rows if r.entry_id not in entry_ids]
            stories = self._fakes.story_lists.get(column_id, [])
            self._stories += tuple((column_id, n, s) for n, s in enumerate(stories) if {*s.entry_ids} <= {*entry_ids})
            stories[:] = [s for s in stories if not {*s.entry_ids} <= {*entry_ids}]
            unseen = sum(1 for r in rows if not r.seen)
            self._fakes.send(ColumnChanged(column_id, 0, unseen, removed=entry_ids))
        return tuple(Removed(entry_id, str(entry_id), ()) for entry_id in entry_ids)

    async def restore(self, gone: tuple[Removed, ...]) -> None:
        self._fakes.note("restore_entries", tuple(r.entry_id for r in gone))
        for column_id, place, each in self._gone:
            self._fakes.rows[column_id].insert(place, each)
        for column_id, place, told in self._stories:
            self._fakes.story_lists[column_id].insert(place, told)
        self._gone, self._stories = (), ()
        for column_id, rows in self._fakes.rows.items():
            unseen = sum(1 for r in rows if not r.seen)
            back = tuple(r.entry_id for r in gone)
            self._fakes.send(ColumnChanged(column_id, 0, unseen, restored=back))

    async def mark_seen(self, column_id: int, entry_ids: tuple[int, ...]) -> int:
        self._fakes.note("mark_seen", column_id, entry_ids)
        return self._mark(column_id, entry_ids)

    async def mark_all_seen(self, column_id: int) -> int:
        self._fakes.note("mark_all_seen", column_id)
        return self._mark(column_id, None)

    def _mark(self, column_id: int, entry_ids: tuple[int, ...] | None) -> int:
        self._fakes.note("seen", column_id, entry_ids)
        rows = self._fakes.rows[column_id]
        rows[:] = [replace(r, seen=True) if entry_ids is None or r.entry_id in entry_ids else r for r in rows]
        unseen = sum(1 for r in rows if not r.seen)
        self._fakes.send(ColumnChanged(column_id, 0, unseen))
        return unseen


class _Settings:
    def __init__(self, fakes: Fakes) -> None:
        self._fakes = fakes

    async def get(self, name: str, default: Any = None) -> Any:
        return self._fakes.values.get(name, default)

    async def put(self, name: str, value: Any) -> None:
        self._fakes.values[name] = value


class _Images:
    def __init__(self, fakes: Fakes) -> None:
        self._fakes = fakes

    async def get(self, url: str) -> bytes | None:
        self._fakes.note("image", url)
        return _picture(zlib.crc32(url.encode()) % 5)


@lru_cache(maxsize=5)
def _picture(number: int) -> bytes:
    return picture(f"picture {number}", 320, 180)


class _Publishing:
    def __init__(self, fakes: Fakes) -> None:
        self._fakes = fakes

    async def open_ends(self) -> tuple[int, int]:
        states = [delivery.state for publication in self._fakes.publications for delivery in publication.deliveries]
        return sum(s in WAITS for s in states), sum(s in NEEDS_PERSON for s in states)

    async def outbox(self, before_id: int | None = None, limit: int = 20) -> tuple[Publication, ...]:
        return self._fakes.publications


class _Recorder:
    """Services whose calls only have to be seen."""

    def __init__(self, fakes: Fakes, name: str) -> None:
        self._fakes, self._name = fakes, name

    async def save_entry(self, entry_id: int) -> None:
        self._fakes.note("save_entry", entry_id)

    async def now(self, column_id: int | None) -> None:
        self._fakes.note("refresh", column_id)

    async def older(self, column_id: int) -> bool:
        self._fakes.note("older", column_id)
        pages = self._fakes.past.get(column_id, [])
        if pages:
            self._fakes.rows[column_id] = [*self._fakes.rows[column_id], *pages.pop(0)]
            return True
        return False


def lively() -> Fakes:
    """The desk of the drawings: a story column, a home column, an inbox."""
    fakes = Fakes()
    fakes.add_column("B2B", [row(n) for n in range(40)], icon="search", view="stories", unseen=12)
    fakes.story_lists[1] = [story(n, saved=n == 0) for n in range(8)]
    lines = (source_line(1), source_line(2, network="bluesky"), source_line(3, network="feeds", kind="feed"))
    fakes.headers[1] = ColumnHeader(
        fakes.columns_list[0],
        "Mastodon · Bluesky · 14 feeds",
        ("mastodon", "bluesky", "feeds"),
        lines,
        False,
        "",
        None,
        NOW + timedelta(minutes=2),
    )
    fakes.add_column("Home", [row(n, seen=n > 1) for n in range(60)])
    inbox = [
        row(3, seen=False, reason=Reason("comment", author(7)), author=author(7), link=None, network="wordpress"),
        row(12, seen=True, reason=Reason("mention", author(8)), author=author(8), network="bluesky"),
        row(23, seen=True, reason=Reason("reply", author(6)), author=author(6)),
    ]
    fakes.add_column("Inbox", inbox, icon="inbox")
    line = source_line(5, kind="notifications")
    fakes.headers[3] = ColumnHeader(
        fakes.columns_list[2], "Replies, mentions and comments", ("mastodon",), (line,), False, "", None, None
    )
    fakes.add_column("Plain", [row(n, seen=True, network="plain") for n in range(30)])
    return fakes


EMPTY_FILTER = WordFilter()
