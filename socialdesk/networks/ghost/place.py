"""How far a source of a site was read: what the cursors of `reading` hold."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

OVERLAP = timedelta(minutes=1)  # a change is dated before it is stored


@dataclass(frozen=True, slots=True)
class Place:
    """The newest time of what was seen, as Ghost writes it (UTC), and what was seen in the minute before it.

    `floor` is the earliest change that the first look showed. Of the posts that were changed in that very second (a
    blog that was just moved changed all of them at once) those published before `past` were there and not shown.
    """

    newest: str = ""
    seen: Mapping[str, str] = field(default_factory=dict)  # time by id
    floor: str = ""
    past: str = ""

    @classmethod
    def read(cls, cursor: str) -> "Place":
        try:
            stored = json.loads(cursor)
            datetime.fromisoformat(stored["newest"])
            seen = {str(number): str(time) for number, time in stored["seen"].items()}
            return cls(stored["newest"], seen, str(stored.get("floor", "")), str(stored.get("past", "")))
        except (ValueError, KeyError, TypeError, AttributeError):
            return cls()

    def write(self) -> str:
        kept = {"newest": self.newest, "seen": dict(self.seen), "floor": self.floor, "past": self.past}
        return json.dumps(kept) if self.newest else ""

    @property
    def since(self) -> str:
        """What to ask for: whatever was changed then or later."""
        return max(moved(self.newest, -OVERLAP), self.floor)

    def knows(self, post: Mapping[str, Any]) -> bool:
        changed = str(post.get("updated_at"))
        if changed == self.floor and str(post.get("published_at") or "") < self.past:
            return True
        return self.seen.get(str(post["id"])) == changed

    def after(self, posts: Iterable[Mapping[str, Any]]) -> "Place":
        changed = {str(post["id"]): str(post["updated_at"]) for post in posts if post.get("updated_at")}
        seen = {**self.seen, **changed}
        newest = max([*seen.values(), self.newest])
        oldest = moved(newest, -OVERLAP) if newest else ""
        kept = {number: time for number, time in seen.items() if time >= oldest}
        return Place(newest, kept, *((self.floor, self.past) if self.floor >= oldest else ()))


def moved(time: str, by: timedelta) -> str:
    """A time in Ghost's form, earlier or later."""
    return stamp_of(datetime.fromisoformat(time) + by)


def stamp_of(at: datetime) -> str:
    """`2026-11-22T05:43:58.000Z`: every time in this form, so that they compare as text."""
    utc = at.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"
