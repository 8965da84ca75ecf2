"""Whole numbers that stand for addresses, titles and authors where only equality matters: small keys, fast joins."""

import hashlib

from socialdesk.core.entry import Entry, EntryKind
from socialdesk.core.text import one_line
from socialdesk.core.urls import is_web, normalise


def hash64(data: bytes) -> int:
    """A signed 64-bit number; two of a million different texts meet with a chance of 1 in 40 million."""
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big", signed=True)


def link_key(url: str) -> int | None:
    """Equal for all addresses of the same page (`core.urls.normalise`); None for what is no web address."""
    return hash64(normalise(url).encode(errors="replace")) if is_web(url) else None


def link_of(entry: Entry) -> str:
    """The address of the article an entry is about: an article's own, a post's link card's."""
    if entry.kind is EntryKind.ARTICLE:
        return entry.url
    return entry.link.url if entry.link else ""


def title_key(title: str) -> int | None:
    plain = one_line(title).casefold()
    return hash64(plain.encode(errors="replace")) if plain else None


def author_key(entry: Entry) -> int | None:
    """Who carries a story: a post's author. An article does not share itself: None."""
    if entry.kind is EntryKind.ARTICLE:
        return None
    who = entry.author
    return hash64(
        "\n".join((entry.network, who.remote_id or who.url or who.handle or who.name)).encode(errors="replace")
    )
