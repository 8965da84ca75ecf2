"""Entries as the database holds them: content once, and for each source what its account knows of them.

`payload` is the entry as JSON without defaults, and without what belongs to one account (`via`): its references, its
own marks and filters, why it shows the entry, the id at its server. The body of a long article is apart, so that paging
through cards never reads it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

import msgspec

from socialdesk.core.entry import Entry, EntryKind, Reason
from socialdesk.core.text import without_surrogates
from socialdesk.store.codec import Changes, decode, decode_any, encode, from_us, to_us
from socialdesk.store.keys import author_key, hash64, link_key, link_of, title_key

CARD_TEXT = 600  # characters of an article's text that its card may show
CUT = "…"
OF_ONE_ACCOUNT = frozenset({"remote_id", "refs", "mine", "reason", "filtered"})
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
    filtered: str = ""

    def encoded(self) -> bytes | None:
        return _via(self, self.remote_id)


class Record(NamedTuple):
    """One entry, ready to be compared with what is stored and to be stored. Made in the worker process where it can be.

    `link`, `title` and `author` are what entries are joined by. `payload` is the card as JSON, `body` the rest of an
    article (text, html), None for what is whole on its card, `via` what the account behind the source knows; both
    payload and via are relative to the entry's own `remote_id`. A tuple, since thousands cross between processes.
    """

    key: str
    kind: str
    remote_id: str
    link: int | None
    title: int | None
    author: int | None
    content_hash: int
    live_hash: int
    updated_at: int | None
    published_at: int | None
    reason: Reason | None
    payload: bytes
    body: tuple[str, str] | None
    via: bytes | None

    @property
    def published(self) -> datetime | None:
        return from_us(self.published_at)

    def payload_as(self, remote_id: str) -> bytes:
        """The payload of an entry that is stored under another account's `remote_id`."""
        if remote_id == self.remote_id:
            return self.payload
        return encode(decode_any(self.payload) | {"remote_id": remote_id})

    def via_beside(self, remote_id: str) -> bytes | None:
        """`via` beside a payload that has `remote_id`."""
        if remote_id == self.remote_id:
            return self.via
        return replace(via_in(self.via), remote_id=self.remote_id).encoded()

    def entry(self) -> Entry:
        return entry_of(self.payload, self.via, *(self.body or ()))


def record_of(entry: Entry) -> Record:
    """Raises nothing: an entry that cannot be written as UTF-8 is repaired first."""
    try:
        return _record_of(entry)
    except UnicodeEncodeError:
        return _record_of(repaired(entry))


def _record_of(entry: Entry) -> Record:
    entry.key.encode()
    content, live = _CONTENT.of(entry), _LIVE.of(entry)
    said = encode(content)
    card = {"key": entry.key, "remote_id": entry.remote_id} | content | live
    body = None
    if _has_body(entry):
        card["text"], rest = parted(entry.text)
        body = (rest, card.pop("html", ""))
    return Record(
        key=entry.key,
        kind=entry.kind.value,
        remote_id=entry.remote_id,
        link=link_key(link_of(entry)),
        title=title_key(entry.title),
        author=author_key(entry),
        content_hash=hash64(said),
        live_hash=hash64(encode(live)) if live else 0,
        updated_at=to_us(entry.updated),
        published_at=to_us(entry.published),
        reason=entry.reason,
        payload=encode(card),
        body=body,
        via=_via(entry, ""),
    )


def _via(seen: Entry | Via, remote_id: str) -> bytes | None:
    """What an account knows, as JSON without what is empty; None = nothing."""
    known: dict[str, object] = {}
    if remote_id:
        known["remote_id"] = remote_id
    if seen.refs:
        known["refs"] = dict(seen.refs)
    if seen.mine:
        known["mine"] = sorted(seen.mine)
    if seen.reason is not None:
        known["reason"] = seen.reason
    if seen.filtered:
        known["filtered"] = seen.filtered
    return encode(known) if known else None


def via_in(stored: bytes | None) -> Via:
    return decode(stored, Via) if stored is not None else Via()


def entry_of(payload: bytes, via: bytes | None, rest: str | None = None, html: str | None = None) -> Entry:
    """The entry as one source sees it; `rest` and `html` are its `entry_body`, None where it has none."""
    entry = decode(payload, Entry)
    if via is not None:
        own = decode(via, Via)
        entry = replace(
            entry,
            remote_id=own.remote_id or entry.remote_id,
            refs=own.refs,
            mine=own.mine,
            reason=own.reason,
            filtered=own.filtered,
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
