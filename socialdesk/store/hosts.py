"""What servers asked of us, across restarts (`http.budgets`)."""

import sqlite3

from socialdesk.core.budget import FRESH, HostBudget
from socialdesk.store.codec import decode, encode_text, to_us


def load(db: sqlite3.Connection) -> dict[str, HostBudget]:
    """All budgets that say anything, by key."""
    return {row[0]: decode(row[1], HostBudget) for row in db.execute("SELECT host, data FROM host")}


def save(db: sqlite3.Connection, key: str, budget: HostBudget) -> None:
    """Stores one budget; one that says nothing is dropped."""
    if budget == FRESH:
        db.execute("DELETE FROM host WHERE host = ?", (key,))
        return
    db.execute(
        "INSERT OR REPLACE INTO host (host, until, data) VALUES (?, ?, ?)",
        (key, to_us(budget.until), encode_text(budget)),
    )
