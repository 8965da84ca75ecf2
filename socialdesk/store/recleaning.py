"""Stored HTML that an older cleaner let through is cleaned again, a few items at a time and from where it was left."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace

from socialdesk.core.entry import Entry
from socialdesk.store import settings
from socialdesk.store.record import entry_of, record_of
from socialdesk.store.upsert import put_content

SETTING = "content.cleaned"
FIRST_VERSION = 1  # of the cleaner: what was stored before the setting was kept is of this version
KINDS = ("entry", "saved")

_ENTRY = "SELECT e.id, e.payload, b.rest, b.html FROM entry e LEFT JOIN entry_body b ON b.entry_id = e.id"


@dataclass(frozen=True, slots=True)
class Place:
    """How far the cleaning has come: everything of `kind` up to the id `after`. An empty kind = all is done."""

    kind: str = ""
    after: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """The HTML of one item, and the address it hangs on."""

    id: int
    html: str
    url: str


def standing(db: sqlite3.Connection, version: int) -> Place:
    """Where cleaning with this version of the cleaner goes on."""
    kept = settings.get(db, SETTING, {"version": FIRST_VERSION, "kind": "", "after": 0})
    return Place(kept["kind"], kept["after"]) if kept["version"] == version else Place(KINDS[0])


def batch(db: sqlite3.Connection, place: Place, limit: int) -> tuple[tuple[Piece, ...], Place]:
    """What of the next `limit` items has HTML, and the place after them."""
    if place.kind == "entry":
        rows = db.execute(f"{_ENTRY} WHERE e.id > ? ORDER BY e.id LIMIT ?", (place.after, limit)).fetchall()
        found = [_piece(row[0], entry_of(row[1], None, row[2], row[3])) for row in rows]
    else:
        rows = db.execute(
            "SELECT id, html, url FROM saved WHERE id > ? ORDER BY id LIMIT ?", (place.after, limit)
        ).fetchall()
        found = [Piece(*row) for row in rows]
    if rows:
        return tuple(piece for piece in found if piece.html), Place(place.kind, rows[-1][0])
    after = KINDS.index(place.kind) + 1
    return (), Place(KINDS[after]) if after < len(KINDS) else Place()


def put(db: sqlite3.Connection, version: int, place: Place, done: Place, changed: Sequence[tuple[Piece, str]]) -> None:
    """Stores the HTML of changed items at `place`, and that everything up to `done` is clean.

    An item that was stored anew meanwhile is left as it is. Nothing becomes new or unread for it.
    """
    for piece, html in changed:
        if place.kind == "saved":
            db.execute("UPDATE saved SET html = ? WHERE id = ? AND html = ?", (html, piece.id, piece.html))
        else:
            _put_entry(db, piece, html)
    settings.put(db, SETTING, {"version": version, "kind": done.kind, "after": done.after})


def _put_entry(db: sqlite3.Connection, piece: Piece, html: str) -> None:
    row = db.execute(
        "SELECT e.payload, b.rest, b.html, e.remote_id, e.hash_only FROM entry e"
        " LEFT JOIN entry_body b ON b.entry_id = e.id WHERE e.id = ?",
        (piece.id,),
    ).fetchone()
    entry = entry_of(row[0], None, row[1], row[2]) if row is not None else None
    if entry is not None and entry.html == piece.html:
        put_content(db, piece.id, record_of(replace(entry, html=html)), row[3], row[4])


def _piece(entry_id: int, entry: Entry) -> Piece:
    return Piece(entry_id, entry.html, entry.url)
