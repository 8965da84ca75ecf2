"""What the person is writing."""

import re
import sqlite3
from dataclasses import replace
from datetime import datetime

from socialdesk.core.post import Draft
from socialdesk.store import blobs
from socialdesk.store.codec import decode, encode, to_us

_IN_MARKDOWN = re.compile(r"\bblob:([0-9a-f]{64})\b")


def save(db: sqlite3.Connection, draft: Draft, now: datetime) -> Draft:
    """Stores the draft; id 0 gets a new one. Returns it as stored, with `updated`.

    A draft that was changed after `draft.updated`, in another window, is left as it is, and this one becomes a draft
    of its own. When the draft was sent meanwhile, what was accepted is not stored again (it comes back with id 0), and
    what was written since becomes a draft of its own.
    """
    stored = replace(draft, updated=now)
    sent = db.execute("SELECT draft FROM publication WHERE draft_id = ?", (draft.id,)).fetchone()
    if sent is not None:
        stored = replace(stored, id=0)
        if replace(decode(sent[0], Draft), id=0, updated=None) == replace(stored, updated=None):
            return stored
    elif draft.updated is not None and _changed(db, draft):
        stored = replace(stored, id=0)
    if stored.id == 0:
        cursor = db.execute("INSERT INTO draft (payload, updated_at) VALUES (?, ?)", (b"", to_us(now)))
        stored = replace(stored, id=cursor.lastrowid or 0)
    db.execute(
        "INSERT INTO draft (id, payload, updated_at) VALUES (?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET payload = excluded.payload, updated_at = excluded.updated_at",
        (stored.id, encode(stored), to_us(now)),
    )
    blobs.refer(db, "draft", stored.id, blobs_of(stored))
    return stored


def _changed(db: sqlite3.Connection, draft: Draft) -> bool:
    row = db.execute("SELECT updated_at FROM draft WHERE id = ?", (draft.id,)).fetchone()
    return row is not None and row[0] != to_us(draft.updated)


def get(db: sqlite3.Connection, draft_id: int) -> Draft | None:
    row = db.execute("SELECT payload FROM draft WHERE id = ?", (draft_id,)).fetchone()
    return decode(row[0], Draft) if row else None


def all(db: sqlite3.Connection) -> tuple[Draft, ...]:  # noqa: A001 - read as drafts.all
    """All drafts, the last changed first."""
    rows = db.execute("SELECT payload FROM draft ORDER BY updated_at DESC, id DESC")
    return tuple(decode(row[0], Draft) for row in rows)


def remove(db: sqlite3.Connection, draft_id: int) -> None:
    db.execute("DELETE FROM draft WHERE id = ?", (draft_id,))
    blobs.refer(db, "draft", draft_id, ())


def blobs_of(draft: Draft) -> tuple[str, ...]:
    """The blobs that a draft names, the pictures of its article and its card included."""
    named = [picture.blob for picture in draft.pictures]
    if draft.card is not None and draft.card.thumb:
        named.append(draft.card.thumb)
    if draft.article is not None:
        named += _IN_MARKDOWN.findall(draft.article.markdown)
        if draft.article.featured is not None:
            named.append(draft.article.featured.blob)
    return tuple(named)
