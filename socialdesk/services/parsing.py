"""What the worker process makes of a fetched page: records that the store takes as they are.

Everything that costs time for each entry happens there, and what comes back is little more than bytes.
"""

from dataclasses import dataclass
from datetime import datetime

from socialdesk.content import entries as clean_entries
from socialdesk.content import feeds
from socialdesk.core import timing
from socialdesk.core.entry import Entry, RawDocument, SourceMeta
from socialdesk.services.feed_memory import FeedMemory
from socialdesk.store.record import Record, record_of


@dataclass(frozen=True, slots=True)
class ReadFeed:
    """A feed's document: its entries that are new or changed, in its own order.

    `ttl_s` is the feed's own wish, `per_week` how many entries it carries, None = it does not tell. `memory` is for
    the next reading. `complete` is false where entries that are known and unchanged were left out.
    """

    meta: SourceMeta
    records: tuple[Record, ...]
    per_week: float | None
    ttl_s: int | None
    memory: str
    complete: bool


def read_feed(raw: RawDocument, feed_key: str, now: datetime, memory: str) -> ReadFeed:
    """`memory` is that of the last reading whose records were stored. Raises ContentError: not_a_feed."""
    before = FeedMemory.read(memory)
    parsed = feeds.parse(raw, feed_key, now, before.by_link, before.known)
    after = before.after(parsed)
    return ReadFeed(
        parsed.meta,
        tuple(map(record_of, parsed.entries)),
        timing.entries_per_week(after.published(), now),
        parsed.ttl_s,
        after.write(),
        complete=not parsed.unchanged,
    )


def clean_records(entries: tuple[Entry, ...]) -> tuple[Record, ...]:
    """The entries of a network with their `html` sanitised."""
    return records_of(clean_entries.cleaned(entries))


def records_of(entries: tuple[Entry, ...]) -> tuple[Record, ...]:
    return tuple(map(record_of, entries))
