"""Record keys and addresses of the AT protocol. Pure. Sources: the TID and at-uri pages of atproto.com/specs."""

import re
from datetime import UTC, datetime
from typing import NamedTuple

POST = "app.bsky.feed.post"
LIKE = "app.bsky.feed.like"
REPOST = "app.bsky.feed.repost"
THREADGATE = "app.bsky.feed.threadgate"

_BASE32_SORTABLE = "234567abcdefghijklmnopqrstuvwxyz"
_TID = re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")
_HANDLE = re.compile(r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?")


class AtUri(NamedTuple):
    """`at://repo/collection/rkey`; `repo` is a DID or a handle."""

    repo: str
    collection: str
    rkey: str

    def __str__(self) -> str:
        return f"at://{self.repo}/{self.collection}/{self.rkey}"


def tid(us: int, clock: int) -> str:
    """A record key: 53 bits of microseconds since 1970 and 10 bits of clock id, 13 characters that sort by time."""
    value, out = ((us & (1 << 53) - 1) << 10) | (clock & 1023), ""
    for _ in range(13):
        out, value = _BASE32_SORTABLE[value & 31] + out, value >> 5
    return out


def tid_time(key: str) -> datetime | None:
    """When a TID was made; None when `key` is none."""
    if not _TID.fullmatch(key):
        return None
    value = 0
    for letter in key:
        value = value << 5 | _BASE32_SORTABLE.index(letter)
    return datetime.fromtimestamp((value >> 10) / 1_000_000, UTC)


def parse_at_uri(uri: str) -> AtUri | None:
    """The three parts of a record's address, or None when it is not one."""
    if not uri.startswith("at://"):
        return None
    parts = uri.removeprefix("at://").split("/")
    return AtUri(*parts) if len(parts) == 3 and all(parts) else None


def is_handle(text: str) -> bool:
    """True for the syntax of a handle, a domain name of at least two labels (atproto.com/specs/handle)."""
    return len(text) <= 253 and _HANDLE.fullmatch(text) is not None
