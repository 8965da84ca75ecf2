"""What the worker process makes of a fetched page."""

from dataclasses import replace
from datetime import UTC, datetime

from socialdesk.content.worker import Worker
from socialdesk.core.entry import Author, Entry, EntryKind, RawDocument
from socialdesk.services import parsing

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ADDRESS = "https://site.example/feed"


def document(*numbers: int) -> RawDocument:
    items = "".join(
        f"<item><title>Item {n}</title><guid>https://site.example/{n}</guid><link>https://site.example/{n}</link>"
        f"<pubDate>Fri, 20 Nov 2026 08:{n:02}:00 +0000</pubDate>"
        f"<description>&lt;p onclick='x()'&gt;Words {n}&lt;/p&gt;</description></item>"
        for n in numbers
    )
    body = f"<rss version='2.0'><channel><title>Site</title><ttl>90</ttl>{items}</channel></rss>"
    return RawDocument(body.encode(), "application/rss+xml", ADDRESS)


async def test_only_what_is_new_crosses_the_second_time(worker: Worker) -> None:
    first = await worker.run(parsing.read_feed, document(3, 2, 1), ADDRESS, NOW, "")
    assert [record.entry().title for record in first.records] == ["Item 3", "Item 2", "Item 1"]
    assert first.records[0].entry().html == "<p>Words 3</p>"
    assert (first.meta.title, first.ttl_s, first.complete, first.per_week) == ("Site", 5400, True, 3)
    second = await worker.run(parsing.read_feed, document(4, 3, 2), ADDRESS, NOW, first.memory)
    assert [record.entry().title for record in second.records] == ["Item 4"]
    assert (second.complete, second.per_week) == (False, 3)


async def test_entries_of_a_network_are_made_safe(worker: Worker) -> None:
    unsafe = Entry("k", "mastodon", "1", EntryKind.POST, Author("A"), "Words", html="<p>Words<script>x()</script></p>")
    (record,) = await worker.run(parsing.clean_records, (unsafe,))
    assert record.entry() == replace(unsafe, html="<p>Words</p>")
