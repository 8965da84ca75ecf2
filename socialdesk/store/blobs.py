"""Bytes by the hash of their content: pictures of drafts, publications and saved items."""

import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta

from socialdesk.core.blobs import blob_hash
from socialdesk.store.codec import to_us, to_us_exactly

GRACE = timedelta(days=1)  # a picture is put before the draft that names it


def put(db: sqlite3.Connection, data: bytes, mime: str, now: datetime) -> str:
    """Stores bytes once; returns their hash. Putting them again keeps them fresh for another day."""
    name = blob_hash(data)
    db.execute(
        "INSERT INTO blob (hash, mime, size, put_at, data) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (hash) DO UPDATE SET put_at = max(put_at, excluded.put_at)",
        (name, mime, len(data), to_us(now), data),
    )
    return name


def get(db: sqlite3.Connection, name: str) -> tuple[bytes, str] | None:
    """(bytes, mime type), or None when there is no such blob."""
    row = db.execute("SELECT data, mime FROM blob WHERE hash = ?", (name,)).fetchone()
    return (row[0], row[1]) if row else None


def collect(db: sqlite3.Connection, now: datetime) -> int:
    """Drops the blobs that nothing names and that were put more than a day ago. Returns how many."""
    return db.execute(
        "DELETE FROM blob WHERE put_at < ? AND NOT EXISTS (SELECT 1 FROM blob_ref r WHERE r.hash = blob.hash)",
        (to_us_exactly(now - GRACE),),
    ).rowcount


def refer(db: sqlite3.Connection, owner: str, owner_id: int, names: Iterable[str]) -> None:
    """Makes these the blobs that the owner names, in place of those before."""
    db.execute("DELETE FROM blob_ref WHERE owner = ? AND owner_id = ?", (owner, owner_id))
    db.executemany(
        "INSERT OR IGNORE INTO blob_ref VALUES (?, ?, ?)", [(owner, owner_id, name) for name in names if name]
    )
