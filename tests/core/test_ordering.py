"""An entry's place in time, fixed when it first comes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from socialdesk.core.entry import Author, Entry, EntryKind, Reason
from socialdesk.core.ordering import sort_time

NOW = datetime(2025, 6, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
BEFORE = NOW - HOUR  # the fetch before this one
ARTICLE = Entry("k", "feeds", "1", EntryKind.ARTICLE, Author("A"), "")
POST = replace(ARTICLE, kind=EntryKind.POST)


@pytest.mark.parametrize("entry", [ARTICLE, POST])
@pytest.mark.parametrize(
    ("published", "expected"),
    [
        (NOW - 500 * HOUR, NOW - 500 * HOUR),
        (None, NOW),
        (NOW + 3 * HOUR, NOW),  # a clock that runs ahead
        (NOW + 25 * HOUR, NOW),  # a mistake
    ],
)
def test_first_fetch_is_by_published_date(entry: Entry, published: datetime | None, expected: datetime) -> None:
    assert sort_time(replace(entry, published=published), NOW, None, first=True) == expected


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        (NOW - HOUR / 2, NOW - HOUR / 2),
        (NOW - 2 * HOUR, NOW),  # before the last fetch, and it was not there then
        (None, NOW),
        (NOW + 48 * HOUR, NOW),
    ],
)
def test_later_articles_are_new_when_first_seen(published: datetime | None, expected: datetime) -> None:
    assert sort_time(replace(ARTICLE, published=published), NOW, BEFORE, first=False) == expected


def test_later_posts_keep_their_time() -> None:
    """Networks list by time: what comes late fills a gap and belongs there."""
    late = replace(POST, published=NOW - 5 * HOUR)
    assert sort_time(late, NOW, BEFORE, first=False) == NOW - 5 * HOUR


def test_reshare_counts_from_when_it_was_shared() -> None:
    old = replace(POST, published=NOW - 500 * HOUR)
    told = replace(old, reason=Reason("reshare", Author("B"), at=NOW - HOUR / 4))
    untold = replace(old, reason=Reason("reshare", Author("B")))
    assert sort_time(told, NOW, BEFORE, first=False) == NOW - HOUR / 4
    assert sort_time(told, NOW, None, first=True) == NOW - HOUR / 4
    assert sort_time(untold, NOW, BEFORE, first=False) == NOW
    assert sort_time(untold, NOW, None, first=True) == NOW - 500 * HOUR
    ahead = replace(old, reason=Reason("reshare", Author("B"), at=NOW + HOUR))
    assert sort_time(ahead, NOW, BEFORE, first=False) == NOW
