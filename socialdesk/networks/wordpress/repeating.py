"""Telling a post that arrived twice from a copy that somebody made."""

from dataclasses import dataclass
from datetime import datetime, timedelta

LATE = timedelta(minutes=15)  # longer than any server works on a request that nobody waits for any more


@dataclass(frozen=True, slots=True)
class Seen:
    """What a site says of a post with our key: words as they are stored, and when they last changed."""

    status: str
    title: str
    content: str
    slug: str
    modified: datetime | None


def repeats(later: Seen, first: Seen) -> bool:
    """Whether a second post with our key is a second arrival of the same request.

    Not so a copy that somebody made in WordPress: that takes the key along, but not status, words and time; and a
    copied draft has no slug yet.
    """
    if (later.status, later.title, later.content) != (first.status, first.title, first.content):
        return False
    if bool(later.slug) != bool(first.slug) or later.modified is None or first.modified is None:
        return False
    return abs(later.modified - first.modified) <= LATE
