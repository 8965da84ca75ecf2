"""How far back a refresh reads: there is no "since", so pages are read until something known turns up. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

MAX_PAGES = 3
REMEMBERED = 100  # names; more than one, because the newest post may have been deleted since


@dataclass(frozen=True, slots=True)
class Cursor:
    """The newest names (addresses, with the re-sharer for re-shares) of the last look; None before the first."""

    known: tuple[str, ...] | None = None

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """A cursor that cannot be read counts as none: the next look is a first look."""
        try:
            names = json.loads(text)["known"] if text else None
        except (ValueError, KeyError, TypeError):
            return cls()
        return cls(tuple(str(name) for name in names)) if isinstance(names, list) else cls()

    def after(self, names: Sequence[str]) -> "Cursor":
        """Having read `names`, newest first."""
        return Cursor(tuple(dict.fromkeys((*names, *(self.known or ()))))[:REMEMBERED])

    def __str__(self) -> str:
        return json.dumps({"known": self.known or ()}, separators=(",", ":"))


def has_met(cursor: Cursor, names: Sequence[str]) -> bool:
    """True when one of `names` was there at the last look."""
    return not set(cursor.known or ()).isdisjoint(names)


def reads_on(cursor: Cursor, names: Sequence[str], pages: int, more: str) -> bool:
    """Whether to ask for another page, having read `pages` with `names`; `more` continues, '' = there is no more."""
    return bool(more) and cursor.known is not None and pages < MAX_PAGES and not has_met(cursor, names)


def is_gap(cursor: Cursor, names: Sequence[str], more: str) -> bool:
    """True when something between the last look and this one was not read."""
    return bool(more) and cursor.known is not None and not has_met(cursor, names)
