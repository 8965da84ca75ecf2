"""A column as stories: its rows grouped by the article they carry."""

import sqlite3
from datetime import datetime, timedelta

from socialdesk.core.entry import Entry
from socialdesk.core.rows import Story, StoryKey
from socialdesk.core.source import RowKey
from socialdesk.core.stories import story
from socialdesk.core.text import reading_minutes
from socialdesk.store.codec import json_list, to_ms
from socialdesk.store.record import entry_of, whole

WINDOW = timedelta(days=7)
MOST_ROWS = 10_000  # of the window: grouping stays a matter of milliseconds in any column
POSTS_READ = 20  # of one story, for faces and the best remark
IDS_KEPT = 200

_GROUPS = """
    SELECT link_key, count(DISTINCT author_key) AS shares, max(sort_ms) AS newest,
           group_concat(sort_ms || ' ' || entry_id), min(seen)
    FROM (
        SELECT link_key, author_key, sort_ms, entry_id, seen FROM column_row
        WHERE column_id = :column AND sort_ms >= :since ORDER BY sort_ms DESC LIMIT :rows
    )
    WHERE link_key IS NOT NULL
    GROUP BY link_key
    HAVING (shares, newest, link_key) < (:shares, :newest, :link)
    ORDER BY shares DESC, newest DESC, link_key DESC
    LIMIT :limit
"""
_FIRST = StoryKey(2**62, 2**62, 2**62)


def stories(
    db: sqlite3.Connection,
    column_id: int,
    limit: int,
    now: datetime,
    after: StoryKey | None = None,
    window: timedelta = WINDOW,
) -> tuple[Story, ...]:
    """At most `limit` stories of the last `window`, those with most distinct authors first, then the newest.

    `after` continues behind that story. Rows without a link belong to no story. In a very busy column only the newest
    10,000 rows are looked at.
    """
    place = after or _FIRST
    names = {
        "column": column_id,
        "since": to_ms(now - window),
        "shares": place.share_count,
        "newest": place.newest_ms,
        "link": place.link,
        "limit": limit,
        "rows": MOST_ROWS,
    }
    return tuple(_story(db, *row) for row in db.execute(_GROUPS, names).fetchall())


def _story(db: sqlite3.Connection, link: int, shares: int, _newest: int, members: str, seen: int) -> Story:
    keys = sorted((tuple(map(int, member.split(" "))) for member in members.split(",")), reverse=True)
    ids = tuple(entry_id for _, entry_id in keys[:IDS_KEPT])
    article = db.execute(
        "SELECT e.payload, b.rest FROM entry e LEFT JOIN entry_body b ON b.entry_id = e.id"
        " WHERE e.id IN (SELECT value FROM json_each(?)) AND e.kind = 'article' ORDER BY e.id LIMIT 1",
        (json_list(ids),),
    ).fetchone()
    kept = db.execute(
        "SELECT max(minutes) FROM saved WHERE url_key = ? OR entry_id IN (SELECT value FROM json_each(?))",
        (link, json_list(ids)),
    ).fetchone()[0]
    return story(
        _posts(db, ids[:POSTS_READ]),
        entry_of(article[0], None) if article else None,
        newest=RowKey(*keys[0]),
        entry_ids=ids,
        share_count=shares,
        saved=kept is not None,
        minutes=kept or (_minutes(*article) if article else 0),
        seen=bool(seen),
        link=link,
    )


def _posts(db: sqlite3.Connection, ids: tuple[int, ...]) -> tuple[Entry, ...]:
    found = dict(
        db.execute(
            "SELECT id, payload FROM entry WHERE id IN (SELECT value FROM json_each(?)) AND kind <> 'article'",
            (json_list(ids),),
        )
    )
    return tuple(entry_of(found[entry_id], None) for entry_id in ids if entry_id in found)


def _minutes(payload: bytes, rest: str | None) -> int:
    """Reading time of a feed's own text; a short one is a teaser that says nothing of the article's length."""
    return reading_minutes(whole(entry_of(payload, None).text, rest)) if rest else 0
