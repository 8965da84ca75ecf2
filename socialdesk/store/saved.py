"""What is kept for reading with the network cut."""

import sqlite3
from dataclasses import replace

from socialdesk.core.saved import SavedItem
from socialdesk.store import blobs
from socialdesk.store.codec import canonical, from_us, moment, strings, to_us
from socialdesk.store.keys import link_key

LIST_TEXT = 300  # characters of an item's text that a list shows

_LISTED = (
    "id, url, title, state, saved_at, entry_id, site, byline, published_at, minutes, size, image_blob, error, pictures"
)


def add(db: sqlite3.Connection, item: SavedItem) -> SavedItem:
    """Stores a new item and returns it with its id."""
    cursor = db.execute(
        "INSERT INTO saved (url, url_key, title, state, saved_at, entry_id, site, byline, published_at, minutes, size,"
        " image_blob, error, pictures, text, html) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        _values(item),
    )
    stored = replace(item, id=cursor.lastrowid or 0)
    _follow(db, stored)
    return stored


def update(db: sqlite3.Connection, item: SavedItem) -> None:
    """Stores a changed item; nothing happens when it was removed meanwhile."""
    changed = db.execute(
        "UPDATE saved SET url = ?, url_key = ?, title = ?, state = ?, saved_at = ?, entry_id = ?, site = ?, byline = ?,"
        " published_at = ?, minutes = ?, size = ?, image_blob = ?, error = ?, pictures = ?, text = ?, html = ?"
        " WHERE id = ?",
        (*_values(item), item.id),
    )
    if changed.rowcount:
        _follow(db, item)


def get(db: sqlite3.Connection, saved_id: int) -> SavedItem | None:
    return _one(db, "id = ?", saved_id)


def by_url(db: sqlite3.Connection, url: str) -> SavedItem | None:
    """The last item saved from this page, however its address was written."""
    return _one(db, "url_key = ?", link_key(url))


def for_entry(db: sqlite3.Connection, entry_id: int) -> SavedItem | None:
    return _one(db, "entry_id = ?", entry_id)


def all(db: sqlite3.Connection, before: int | None, limit: int) -> tuple[SavedItem, ...]:  # noqa: A001 - saved.all
    """At most `limit` items, the last saved first, without `html` and with the beginning of `text`.

    `before` continues after that item's id.
    """
    rows = db.execute(
        f"SELECT {_LISTED}, substr(text, 1, {LIST_TEXT}), '' FROM saved"  # noqa: S608 - constants
        " WHERE id < ? ORDER BY id DESC LIMIT ?",
        (before if before is not None else 2**62, limit),
    )
    return tuple(_item(row) for row in rows)


def remove(db: sqlite3.Connection, saved_id: int) -> None:
    """Removes an item; its blobs go with the next `blobs.collect`."""
    db.execute("DELETE FROM saved WHERE id = ?", (saved_id,))
    blobs.refer(db, "saved", saved_id, ())
    _log(db, saved_id)


def _follow(db: sqlite3.Connection, item: SavedItem) -> None:
    blobs.refer(db, "saved", item.id, (item.image_blob, *item.pictures.values()))
    _log(db, item.id)


def _log(db: sqlite3.Connection, saved_id: int) -> None:
    db.execute("INSERT INTO search_log (kind, item_id) VALUES ('saved', ?)", (saved_id,))


def _one(db: sqlite3.Connection, condition: str, value: int | None) -> SavedItem | None:
    row = db.execute(
        f"SELECT {_LISTED}, text, html FROM saved WHERE {condition} ORDER BY id DESC LIMIT 1",  # noqa: S608 - constants
        (value,),
    ).fetchone()
    return _item(row) if row else None


def _values(item: SavedItem) -> tuple[object, ...]:
    return (
        item.url,
        link_key(item.url),
        item.title,
        item.state,
        to_us(item.saved_at),
        item.entry_id,
        item.site,
        item.byline,
        to_us(item.published),
        item.minutes,
        item.size,
        item.image_blob,
        item.error,
        canonical(item.pictures),
        item.text,
        item.html,
    )


def _item(
    row: tuple[int, str, str, str, int, int | None, str, str, int | None, int, int, str, str, str, str, str],
) -> SavedItem:
    (number, url, title, state, saved_at, entry_id, site, byline, published, minutes, size, image, error, pictures) = (
        row[:14]
    )
    return SavedItem(
        id=number,
        url=url,
        title=title,
        state=state,
        saved_at=moment(saved_at),
        entry_id=entry_id,
        site=site,
        byline=byline,
        published=from_us(published),
        minutes=minutes,
        size=size,
        image_blob=image,
        error=error,
        text=row[14],
        html=row[15],
        pictures=strings(pictures),
    )
