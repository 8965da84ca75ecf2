"""Settings by name. Values are JSON; never a secret."""

import sqlite3
from typing import Any

from socialdesk.store.codec import decode_any, encode_text


def get(db: sqlite3.Connection, key: str, default: Any = None) -> Any:
    row = db.execute("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()
    return decode_any(row[0]) if row else default


def put(db: sqlite3.Connection, key: str, value: Any) -> None:
    """Stores a value of None, truth values, numbers, texts, lists and objects of those."""
    db.execute("INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)", (key, encode_text(value)))
