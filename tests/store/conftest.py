"""A store in a folder of its own, and entries to put into it."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from socialdesk.core.entry import Author, Entry, EntryKind
from socialdesk.core.rows import Applied, Row
from socialdesk.core.source import Column, Source, SourceState, WordFilter
from socialdesk.store import columns, entries, sources
from socialdesk.store.database import Store

NOW = datetime(2025, 6, 2, 12, 0, tzinfo=UTC)


def minutes(count: float) -> datetime:
    """So many minutes before NOW."""
    return NOW - timedelta(minutes=count)


def article(number: int, **changes: object) -> Entry:
    """An article of a made-up feed, `number` minutes old."""
    entry = Entry(
        key=f"https://harbor.example/feed#{number}",
        network="feeds",
        remote_id=str(number),
        kind=EntryKind.ARTICLE,
        author=Author("Harbor Analytics"),
        title=f"Article {number}",
        text=f"Words of article {number}",
        url=f"https://harbor.example/posts/{number}",
        published=minutes(number),
    )
    return replace(entry, **changes)  # type: ignore[arg-type]


def post(number: int, **changes: object) -> Entry:
    """A post of a made-up network, `number` minutes old."""
    entry = Entry(
        key=f"https://social.example/statuses/{number}",
        network="mastodon",
        remote_id=str(number),
        kind=EntryKind.POST,
        author=Author(f"Person {number}", f"@p{number}@social.example", remote_id=f"p{number}"),
        text=f"Post {number}",
        html=f"<p>Post {number}</p>",
        url=f"https://social.example/@p/{number}",
        published=minutes(number),
        refs={"id": str(number)},
    )
    return replace(entry, **changes)  # type: ignore[arg-type]


@dataclass
class Desk:
    """A store with shorthands for what nearly every test does."""

    store: Store

    def source(self, name: str = "one", network: str = "feeds", account_id: int | None = None) -> Source:
        wanted = Source(0, network, "feed", account_id, {"url": f"https://{name}.example/feed"})
        return self.store.write_now(sources.add, wanted)

    def column(self, *shown: Source, words: WordFilter = WordFilter(), title: str = "B2B") -> Column:  # noqa: B008
        ids = tuple(source.id for source in shown)
        return self.store.write_now(columns.add, title, "columns", ids, words, "posts", None, NOW)

    def apply(
        self, source: Source, found: Sequence[Entry], *, now: datetime = NOW, first: bool = True, older: str = ""
    ) -> Applied:
        """A fetch at `now`; the state it leaves says so."""
        before = self.store.read_now(sources.state, source.id)
        state = replace(before, first_fetched=before.first_fetched or now, last_fetched=now)
        return self.store.write_now(entries.apply, source, found, state, now, first=first, older=older)

    def rows(self, column: Column, limit: int = 100) -> tuple[Row, ...]:
        return self.store.read_now(columns.rows, column.id, None, limit)

    def shown(self, column: Column) -> list[str]:
        """Titles or texts of a column's rows from the top."""
        return [row.entry.title or row.entry.text for row in self.rows(column)]

    def again(self, column: Column) -> Column:
        found = self.store.read_now(columns.get, column.id)
        assert found is not None
        return found

    def unseen(self, column: Column) -> int:
        return self.again(column).unseen

    def state(self, source: Source) -> SourceState:
        return self.store.read_now(sources.state, source.id)


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new store's files: copying them is many times faster than making them, which waits for the disk."""
    folder = tmp_path_factory.mktemp("blank")
    Store.open(folder, now=NOW).close()
    return folder


@pytest.fixture
def open_store(tmp_path: Path, blank: Path) -> Iterator[Callable[..., Store]]:
    """Opens stores in the test's folder (or `folder`) and closes them at the end."""
    opened: list[Store] = []

    def opener(folder: Path = tmp_path, busy_s: float = 5.0) -> Store:
        if not any(folder.glob("desk.*")):
            shutil.copytree(blank, folder, dirs_exist_ok=True)
        opened.append(Store.open(folder, now=NOW, busy_s=busy_s))
        return opened[-1]

    yield opener
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: Callable[..., Store]) -> Store:
    return open_store()


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)
