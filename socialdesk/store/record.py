"""Entries as the database holds them: content once, and for each source what its account knows of them.

`payload` is the entry as JSON without defaults, and without what belongs to one account (`via`): its references, its
own marks, why it shows the entry, the id at its server. The body of a long article is apart, so that paging through
cards never reads it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import msgspec

from socialdesk.core.entry import Entry, EntryKind, Reason
from socialdesk.core.text import without_surrogates
from socialdesk.store.codec import decode, defaults_of, encode, to_us
from socialdesk.store.keys import author_key, hash64, link_key, link_of, title_key

CARD_TEXT = 600  # characters of an article's text that its card may show
OF_ONE_ACCOUNT = frozenset({"remote_id", "refs", "mine", "reason"})
LIVE = frozenset({"counts", "poll", "updated"})  # changes without the words changing

_DEFAULTS = tuple((n, d) for n, d in defaults_of(Entry) if n not in OF_ONE_ACCOUNT | LIVE | {"key"})
_LIVE_DEFAULTS = tuple((n, d) for n, d in defaults_of(Entry) if n in LIVE)
NO_REFS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Via:
    """What one source's account knows of an entry. `remote_id` empty = as in the payload."""

    remote_id: str = ""
    refs: Mapping[str, str] = field(default_factory=dict)
    mine: frozenset[str] = frozenset()
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Body:
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Record:
    """One entry, ready to be compared and written."""

    entry: Entry
    content_hash: int
    live_hash: int
    link_key: int | None
    title_key: int | None
    author_key: int | None
    updated_at: int | None

    def payload(self, remote_id: str) -> bytes:
        """The card as JSON; `remote_id` is the one that every `via` of the entry is relative to."""
        card, _ = parted(self.entry)
        known = {"key": card.key, "remote_id": remote_id}
        return encode(known | _changed(card, _DEFAULTS) | _changed(card, _LIVE_DEFAULTS))

    def body(self) -> Body | None:
        return parted(self.entry)[1]


def record_of(entry: Entry) -> Record:
    """Raises nothing: an entry that cannot be written as UTF-8 is repaired first."""
    try:
        content = encode(_changed(entry, _DEFAULTS))
        entry.key.encode()
    except (UnicodeEncodeError, ValueError):
        entry = repaired(entry)
        content = encode(_changed(entry, _DEFAULTS))
    live = _changed(entry, _LIVE_DEFAULTS)
    return Record(
        entry=entry,
        content_hash=hash64(content),
        live_hash=hash64(encode(live)) if live else 0,
        link_key=link_key(link_of(entry)),
        title_key=title_key(entry.title),
        author_key=author_key(entry),
        updated_at=to_us(entry.updated),
    )


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


def entry_of(payload: bytes, via: bytes | None, body: tuple[str, str] | None = None) -> Entry:
    """The entry as one source sees it; `body` is (text, html) of a long article."""
    entry = decode(payload, Entry)
    if via is not None:
        own = decode(via, Via)
        entry = replace(
            entry, remote_id=own.remote_id or entry.remote_id, refs=own.refs, mine=own.mine, reason=own.reason
        )
    if body is not None:
        entry = replace(entry, text=body[0], html=body[1])
    return entry


def parted(entry: Entry) -> tuple[Entry, Body | None]:
    """An article's card and its body; other entries are whole on their card."""
    if entry.kind is not EntryKind.ARTICLE or (not entry.html and len(entry.text) <= CARD_TEXT):
        return entry, None
    return replace(entry, text=card_text(entry.text), html=""), Body(entry.text, entry.html)


def card_text(text: str) -> str:
    """The beginning of `text`, at most CARD_TEXT characters, ending with a word where one ends near."""
    if len(text) <= CARD_TEXT:
        return text
    head = text[: CARD_TEXT - 1]
    space = head.rfind(" ", CARD_TEXT // 2)
    return (head[:space] if space > 0 else head).rstrip() + "…"


def repaired(entry: Entry) -> Entry:
    """The entry with U+FFFD in place of what UTF-8 cannot hold (lone surrogates)."""
    text = json.dumps(msgspec.to_builtins(entry), ensure_ascii=False)
    return decode(without_surrogates(text).encode(), Entry)


def _changed(entry: Entry, defaults: tuple[tuple[str, object], ...]) -> dict[str, object]:
    return {
        name: value for name, default in defaults if (value := getattr(entry, name)) is not default and value != default
    }
