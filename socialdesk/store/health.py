"""What `doctor` says of the store."""

import sqlite3

_COUNTS = {
    "accounts": "SELECT count(*) FROM account WHERE removed = 0",
    "columns": 'SELECT count(*) FROM "column"',
    "sources": "SELECT count(*) FROM source",
    "sources in trouble": "SELECT count(*) FROM source_state WHERE error <> ''",
    "sources stopped": "SELECT count(*) FROM source_state WHERE stopped = 1",
    "entries": "SELECT count(*) FROM entry",
    "saved items": "SELECT count(*) FROM saved",
    "drafts": "SELECT count(*) FROM draft",
    "deliveries open": "SELECT count(*) FROM delivery WHERE state NOT IN ('sent', 'refused', 'cancelled')",
    "pictures, bytes": "SELECT ifnull(sum(size), 0) FROM blob",
    "waiting for the search index": "SELECT count(*) FROM search_log WHERE id > (SELECT fed FROM search.state)",
}


def report(db: sqlite3.Connection) -> dict[str, int | str]:
    """Names and values, in reading order. Counts everything: for a report a person asked for."""
    pages, size = (db.execute(f"PRAGMA main.{name}").fetchone()[0] for name in ("page_count", "page_size"))
    return {
        "database version": db.execute("PRAGMA main.user_version").fetchone()[0],
        "SQLite": sqlite3.sqlite_version,
        "size, bytes": pages * size,
    } | {name: db.execute(query).fetchone()[0] for name, query in _COUNTS.items()}
