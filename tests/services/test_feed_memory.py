"""What is kept of a feed so that only its new items are read again."""

from datetime import UTC, datetime

from socialdesk.content import feeds
from socialdesk.core.entry import RawDocument
from socialdesk.services.feed_memory import FeedMemory

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def item(number: int) -> str:
    return (
        f"<item><title>Item {number}</title><guid>https://site.example/{number}</guid>"
        f"<link>https://site.example/{number}</link><pubDate>Fri, 20 Nov 2026 08:{number:02}:00 +0000</pubDate></item>"
    )


def parsed(memory: FeedMemory, *numbers: int) -> feeds.ParsedFeed:
    body = f"<rss version='2.0'><channel><title>Site</title>{''.join(map(item, numbers))}</channel></rss>"
    raw = RawDocument(body.encode(), "application/rss+xml", "https://site.example/feed")
    return feeds.parse(raw, "https://site.example/feed", NOW, memory.by_link, memory.known)


def test_only_new_items_are_read_with_the_memory_of_the_last_time() -> None:
    first = parsed(FeedMemory(), 3, 2, 1)
    kept = FeedMemory.read(FeedMemory().after(first).write())
    second = parsed(kept, 4, 3, 2)
    assert [entry.title for entry in second.entries] == ["Item 4"]
    assert second.unchanged == 2


def test_dates_are_those_of_the_items_that_the_feed_still_shows() -> None:
    kept = FeedMemory().after(parsed(FeedMemory(), 3, 2, 1))
    after = kept.after(parsed(kept, 4, 3, 2))
    assert [date.minute for date in after.published()] == [4, 3, 2]


def test_what_is_no_memory_counts_as_none() -> None:
    for text in ("", "{}", "[1]", "no JSON"):
        assert FeedMemory.read(text) == FeedMemory()
