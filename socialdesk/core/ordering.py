"""When an entry counts as new: its place in the columns. Pure.

The order is by published date on a source's first fetch, afterwards by when it was first seen, else an undated feed or
one that dates back would flood the top or hide what is new (lemon24/reader's `recent_sort`, rssguard#1662).
"""

from datetime import datetime, timedelta
from typing import Protocol

from socialdesk.core.entry import EntryKind, Reason

FUTURE = timedelta(hours=24)  # a date further ahead is a mistake (NetNewsWire#2808)


class Dated(Protocol):
    """What of an entry decides on its place."""

    @property
    def kind(self) -> str: ...
    @property
    def published(self) -> datetime | None: ...
    @property
    def reason(self) -> Reason | None: ...


def sort_time(entry: Dated, now: datetime, last_fetched: datetime | None, *, first: bool) -> datetime:
    """The time by which `entry` is sorted, fixed when a source first brings it. Never after `now`.

    `first`: the source's first fetch, or one towards the past. `last_fetched`: the fetch before this one.
    """
    published = _plausible(entry.published, now)
    shared = entry.reason is not None and entry.reason.kind == "reshare"
    if shared and entry.reason is not None and entry.reason.at is not None:
        return min(_plausible(entry.reason.at, now), now)
    if first:
        return min(published, now)
    if shared:
        return now  # older than its re-sharing by an unknown time
    if entry.kind == EntryKind.ARTICLE and last_fetched is not None and published < last_fetched:
        return now  # published late or dated back: it is new here
    return min(published, now)


def _plausible(when: datetime | None, now: datetime) -> datetime:
    return now if when is None or when > now + FUTURE else when
