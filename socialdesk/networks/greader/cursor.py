"""Where a column stands: when it was read last, and which items of the time since then it has."""

import base64
import json
from binascii import Error as Base64Error
from collections.abc import Iterable
from dataclasses import dataclass

_NUMBERS = "0123456789abcdef"


@dataclass(frozen=True, slots=True)
class Cursor:
    """`since` in seconds since 1970, 0 = never read. `known` are ids of items that need not be asked for again."""

    since: int = 0
    known: frozenset[str] = frozenset()

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """What `write` wrote; anything else is as if nothing had been read."""
        try:
            found = json.loads(text)
            packed = base64.b85decode(found["known"])
            numbers = (packed[at : at + 8].hex() for at in range(0, len(packed), 8))
            return cls(int(found["since"]), frozenset((*numbers, *map(str, found["others"]))))
        except (ValueError, KeyError, TypeError, Base64Error):
            return cls()

    def write(self) -> str:
        """Eight bytes for an id that is a number of 64 bits, as nearly all are."""
        numbers = sorted(one for one in self.known if _is_number(one))
        others = sorted(one for one in self.known if not _is_number(one))
        packed = base64.b85encode(bytes.fromhex("".join(numbers))).decode()
        return json.dumps({"since": self.since, "known": packed, "others": others})


def _is_number(kept: str) -> bool:
    return len(kept) == 16 and all(c in _NUMBERS for c in kept)


def first_of(ids: Iterable[str], known: frozenset[str], most: int) -> tuple[tuple[str, ...], bool]:
    """Those of `ids` that are not known, at most so many, each once; and whether that is all of them."""
    new = [one for one in dict.fromkeys(ids) if one not in known]
    return tuple(new[:most]), len(new) <= most
