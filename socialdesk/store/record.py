"""Entries as the database holds them: content once, and for each source what its account knows of them.

`payload` is the entry as JSON without defaults, and without what belongs to one account (`via`): its references, its
own marks, why it shows the entry, the id at its server. The body of a long article is apart, so that paging through
cards never reads it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import msgspec

from socialdesk.core.entry import Entry, EntryKind, Reason
from socialdesk.core.text import without_surrogates
from socialdesk.store.codec import Changes, decode, encode, to_us
from socialdesk.store.keys import author_key, hash64, link_key, link_of, title_key

CARD_TEXT = 600  # characters of an article's text that its card may show
CUT = "…"
OF_ONE_ACCOUNT = frozenset({"remote_id", "refs", "mine", "reason"})
LIVE = frozenset({"counts", "poll", "updated"})  # changes without the words changing

_CONTENT = Changes(Entry, without=OF_ONE_ACCOUNT | LIVE | {"key"})
_LIVE = Changes(Entry, only=LIVE)
NO_REFS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Via:
    """What one source's account knows of an entry. `remote_id` empty = as in the payload."""

    remote_id: str = ""
    refs: Mapping[str, str] = field(default_factory=dict)
    mine: frozenset[str] = frozenset()
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Keys:
    """What entries are joined by. Costly to make: not needed for one that came again unchanged."""

    link: int | None
    title: int | None
    author: int | None


@dataclass(frozen=True)
class Record:
    """One entry, ready to be compared with what is stored."""

    entry: Entry
    content: dict[str, Any]
    live: dict[str, Any]
    content_hash: int
    live_hash: int
    updated_at: int | None

    def payload(self, remote_id: str) -> bytes:
        """The card as JSON; `remote_id` is the one that every `via` of the entry is relative to."""
        entry = self.entry
        card = {"key": entry.key, "remote_id": remote_id} | self.content | self.live
        if _has_body(entry):
            card["text"] = parted(entry.text)[0]
            card.pop("html", None)
        return encode(card)

    def body(self) -> tuple[str, str] | None:
        """(rest of the text, html) of an article; None for what is whole on its card."""
        return (parted(self.entry.text)[1], self.entry.html) if _has_body(self.entry) else None

    @cached_property
    def keys(self) -> Keys:
        return Keys(link_key(link_of(self.entry)), title_key(self.entry.title), author_key(self.entry))


def record_of(entry: Entry) -> Record:
    """Raises nothing: an entry that cannot be written as UTF-8 is repaired first."""
    content = _CONTENT.of(entry)
    try:
        data = encode(content)
        entry.key.encode()
    except UnicodeEncodeError:
        entry = repaired(entry)
        content = _CONTENT.of(entry)
        data = encode(content)
    live = _LIVE.of(entry)
    return Record(entry, content, live, hash64(data), hash64(encode(live)) if live else 0, to_us(entry.updated))


def via_of(entry: Entry, remote_id: str) -> bytes | None:
    """What the account behind a source knows, beside a payload that has `remote_id`; None = nothing of its own."""
    known: dict[str, object] = {}
    if entry.remote_id != remote_id:
        known["remote_id"] = entry.remote_id
    if entry.refs:
        known["refs"] = dict(entry.refs)
    if entry.mine:
        known["mine"] = sorted(entry.mine)
    if entry.reason is not None:
        known["reason"] = entry.reason
    return encode(known) if known else None


def entry_of(payload: bytes, via: bytes | None, rest: str | None = None, html: str | None = None) -> Entry:
    """The entry as one source sees it; `rest` and `html` are its `entry_body`, None where it has none."""
    entry = decode(payload, Entry)
    if via is not None:
        own = decode(via, Via)
        entry = replace(
            entry, remote_id=own.remote_id or entry.remote_id, refs=own.refs, mine=own.mine, reason=own.reason
        )
    if rest is not None and html is not None:
        entry = replace(entry, text=whole(entry.text, rest), html=html)
    return entry


def _has_body(entry: Entry) -> bool:
    return entry.kind is EntryKind.ARTICLE and (bool(entry.html) or len(entry.text) > CARD_TEXT)


def parted(text: str) -> tuple[str, str]:
    """The beginning that a card shows, ending with a word where one ends near, and the rest. See `whole`."""
    if len(text) <= CARD_TEXT:
        return text, ""
    space = text.rfind(" ", CARD_TEXT // 2, CARD_TEXT)
    at = space if space > 0 else CARD_TEXT - 1
    return text[:at] + CUT, text[at:]


def whole(beginning: str, rest: str) -> str:
    """The text that `parted` parted."""
    return beginning[: -len(CUT)] + rest if rest else beginning


def plain_text(payload: bytes, rest: str | None) -> str | None:
    """All words of a stored entry, as JSON and without decoding it; None where a word may be cut in two."""
    if not rest:
        return payload.decode()
    return payload.decode().replace(CUT, "", 1) + rest if rest[0].isspace() else None


def repaired(entry: Entry) -> Entry:
    """The entry with U+FFFD in place of what UTF-8 cannot hold (lone surrogates)."""
    text = json.dumps(msgspec.to_builtins(entry), ensure_ascii=False)
    return decode(without_surrogates(text).encode(), Entry)
