"""What is kept of a feed between two fetches, so that only its new and changed items are read again."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from socialdesk.content.feeds import ParsedFeed


@dataclass(frozen=True, slots=True)
class FeedMemory:
    """`by_link` and `known` are the parser's. `dates` are those of the items the feed shows, in seconds since 1970."""

    by_link: bool = False
    known: Mapping[str, str] = field(default_factory=dict)
    dates: tuple[int, ...] = ()

    @classmethod
    def read(cls, text: str) -> "FeedMemory":
        """The memory that `write` wrote; an empty one if it is none."""
        try:
            stored = json.loads(text)
            return cls(bool(stored["by_link"]), dict(stored["known"]), tuple(stored["dates"]))
        except (ValueError, KeyError, TypeError):
            return cls()

    def write(self) -> str:
        return json.dumps({"by_link": self.by_link, "known": dict(self.known), "dates": self.dates})

    def after(self, parsed: ParsedFeed) -> "FeedMemory":
        """What to keep once the entries of `parsed` are stored."""
        fresh = [round(e.published.timestamp()) for e in parsed.entries if e.published is not None]
        kept = sorted(self.dates, reverse=True)[: parsed.unchanged]
        return FeedMemory(parsed.by_link, parsed.known, (*fresh, *kept))

    def published(self) -> Iterator[datetime]:
        """The dates of the items that the feed shows."""
        return (datetime.fromtimestamp(date, UTC) for date in self.dates)
