"""How far a source of a blog was read: what the cursors of `reading` hold."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

SECOND = timedelta(seconds=1)
OVERLAP = timedelta(hours=1) + SECOND


@dataclass(frozen=True, slots=True)
class Place:
    """How far a source was read: the newest time (site time, as sent), and what was seen in the hour before it.

    That hour is asked for again: when clocks are set back, something new is an hour older than what was seen.
    `floor` is where the first look ended; what lies before it is the past, not news.
    """

    newest: str = ""
    seen: Mapping[str, str] = field(default_factory=dict)  # time by id
    floor: str = ""

    @classmethod
    def read(cls, cursor: str) -> "Place":
        try:
            stored = json.loads(cursor)
            datetime.fromisoformat(stored["newest"])
            seen = {str(number): str(time) for number, time in stored["seen"].items()}
            return cls(stored["newest"], seen, str(stored.get("floor", "")))
        except (ValueError, KeyError, TypeError, AttributeError):
            return cls()

    def write(self) -> str:
        kept = {"newest": self.newest, "seen": dict(self.seen), "floor": self.floor}
        return json.dumps(kept) if self.newest else ""

    @property
    def since(self) -> str:
        """What to ask for: the server answers with what is later than this."""
        return max(moved(self.newest, -OVERLAP), moved(self.floor, -SECOND) if self.floor else "")

    def knows(self, item: Mapping[str, Any], stamp: str) -> bool:
        return self.seen.get(str(item["id"])) == str(item[stamp])

    def after(self, items: Iterable[Mapping[str, Any]], stamp: str) -> "Place":
        seen = {**self.seen, **{str(item["id"]): str(item[stamp]) for item in items}}
        newest = max([*seen.values(), self.newest])
        oldest = moved(newest, -OVERLAP) if newest else ""
        kept = {number: time for number, time in seen.items() if time > oldest}
        return Place(newest, kept, self.floor if self.floor > oldest else "")


def moved(time: str, by: timedelta) -> str:
    """A site time, earlier or later."""
    return (datetime.fromisoformat(time) + by).isoformat()
