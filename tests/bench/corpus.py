"""Profiles full of made-up entries.

`python -m tests.bench.corpus FOLDER ENTRIES FEEDS PORT COLUMNS`: ENTRIES in all, spread over FEEDS sources on the feed
server at PORT, which COLUMNS columns share among them. PORT 0: no server, made-up addresses that are never due.
"""

import asyncio
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget

from socialdesk.app.engine import open_services
from socialdesk.app.profile import Profile
from socialdesk.core.entry import Author, Counts, Entry, EntryKind, LinkCard
from socialdesk.core.source import Source, SourceState, WordFilter
from socialdesk.store import columns, entries, settings, sources
from socialdesk.store.database import Store
from socialdesk.vault import MemoryVault
from tests.bench.child import say
from tests.bench.feed_server import ENTRIES as IN_A_FEED
from tests.bench.feed_server import START
from tests.bench.feed_server import paragraph as made_paragraph

AT_ONCE = 1000
WIDTH, HEIGHT, COLUMN = 2500, 1000, 288  # a window in which eight columns are in view


@cache
def _paragraph(seed: int, words: int) -> str:
    return made_paragraph(seed, words)


def paragraph(seed: int, words: int) -> str:
    return _paragraph(seed % 120, words)  # they repeat after 120


def entry(feed: int, number: int) -> Entry:
    """A post or an article, older than everything the feed server has; the larger its number the older."""
    is_article = number % 2 == 0
    text = paragraph(feed + number, 24 + number % 40)
    url = f"https://site{feed}.example/old/{number}"
    card = LinkCard(url, paragraph(number, 8), paragraph(feed, 14)) if number % 7 == 1 else None
    return Entry(
        key=f"old:{feed}:{number}",
        network="feeds" if is_article else "mastodon",
        remote_id=f"{feed}-{number}",
        kind=EntryKind.ARTICLE if is_article else EntryKind.POST,
        author=Author(f"Site {feed} desk {number % 9}", f"site{feed}@social.example", remote_id=str(number % 9)),
        text=text,
        html=f"<p>{text}</p>",
        title=paragraph(feed * 3 + number, 8) if is_article else "",
        url=url,
        published=START - timedelta(minutes=10 + number * 7 + feed % 7),
        link=card,
        counts=Counts(number % 5, number % 11, number % 40),
        tags=("b2b", "content"),
    )


def fill(folder: Path, total: int, feeds: int, port: int, count: int) -> None:
    """Stores everything but what the feed server has itself."""
    now = datetime.now(UTC)
    store = Store.open(folder, now=now)
    per_feed = total // feeds - (IN_A_FEED if port else 0)
    stored = []
    for feed in range(feeds):
        url = f"http://127.0.0.1:{port}/{feed}.xml" if port else f"https://site{feed}.example/feed.xml"
        stored.append(store.write_now(sources.add, Source(0, "feeds", "feed", None, {"url": url}, f"Site {feed}")))
    for number in range(count):
        ids = [source.id for source in stored[number::count]]
        store.write_now(columns.add, f"Column {number + 1}", "rss", ids, WordFilter(), "posts", None, now)
    for feed, source in enumerate(stored):
        state = SourceState(source.id) if port else SourceState(source.id, next_at=now + timedelta(days=365))
        for page in _pages(feed, per_feed):
            store.write_now(entries.apply, source, page, state, now, first=True)
    for column in store.read_now(columns.all):
        sized = type(column)(**{f: getattr(column, f) for f in column.__dataclass_fields__} | {"width": COLUMN})
        store.write_now(columns.update, sized, now)
    store.write_now(settings.put, "window.geometry", _geometry())
    store.close()


def _pages(feed: int, count: int) -> Iterator[list[Entry]]:
    for first in range(0, count, AT_ONCE):
        yield [entry(feed, number) for number in range(first, min(first + AT_ONCE, count))]


def _geometry() -> str:
    app = QApplication.instance() or QApplication([])
    window = QWidget()
    window.resize(WIDTH, HEIGHT)
    kept = bytes(window.saveGeometry().toBase64().data()).decode()
    del window, app
    return kept


async def complete(folder: Path, *, fetch: bool) -> None:
    """Fetches what the server has and brings the index up to date, as a desk that ran yesterday left it."""
    async with open_services(Profile.choose(folder), MemoryVault()) as services:
        if fetch:
            report = await services.refresh.now()
            assert not report.failed, report.failed[:3]
        await services.searching.index_all()


def main() -> None:
    folder = Path(sys.argv[1])
    total, feeds, port, count = map(int, sys.argv[2:6])
    fill(folder, total, feeds, port, count)
    asyncio.run(complete(folder, fetch=bool(port)))
    say({"entries": total})


if __name__ == "__main__":
    main()
