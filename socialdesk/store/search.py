"""Full-text search over entries and saved items.

The index lives in a file of its own (`search_index`) and is fed from a change log, in batches, after the entries are
stored. In Chinese, Japanese, Korean and other scripts without spaces every character is a word of its own, set apart
by a zero-width space, and what a person types in a row is a phrase: so one or two characters are found like any word.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from socialdesk.core.entry import Entry
from socialdesk.core.filters import UNSPACED
from socialdesk.core.saved import Hit
from socialdesk.core.urls import host_of
from socialdesk.store.codec import EPOCH, from_us, json_list, moment
from socialdesk.store.faults import IndexDamagedError, reason_of
from socialdesk.store.record import entry_of, whole

MARK_ON, MARK_OFF = "\x02", "\x03"
SNIPPET_WORDS = 24
LONGEST_BODY = 100_000  # characters of one item that are searched
SAVED_FROM = 1 << 52  # rowids of saved items begin here, those of entries below

_APART = "\u200b"
_UNSPACED = re.compile(f"([{UNSPACED}])")
_TERM = re.compile(r'-?"[^"]*"?|\S+')
_WORD = re.compile(r"\w")
# A last word that may go on. Shorter ones begin too many words; the index keeps beginnings of three letters.
_BEGINNING = re.compile(r"(?:^|[^\w-])\w{3,}$")
_AT_END = 2**62
_BROKEN = ("no such table: search.", "invalid fts5 file format")  # reported as mistakes in a query


def find(db: sqlite3.Connection, query: str, limit: int) -> tuple[Hit, ...]:
    """The newest `limit` matches: saved items and entries, an entry that is saved only as the former.

    All words must occur, "a phrase" as it stands in quotes; a minus excludes. The last word may be the beginning of
    one, which is looked for where whole words fill fewer than `limit` places. Any text is a valid query. Raises
    StoreError search_rebuilding when the index was damaged and is being made again.
    """
    expression = expression_of(query)
    if not expression.words:
        return ()
    with _index_errors():
        saved, entries = _matches(db, expression.words, limit)
        # Beginnings are dear where many words begin so; whole words are found at once, and are what was meant.
        if expression.beginning and len(saved) + len(entries) < limit:
            saved, entries = _matches(db, expression.beginning, limit)
    kept, of_entries = _saved_hits(db, saved)
    hits = [*kept, *(hit for hit in _entry_hits(db, entries) if hit.id not in of_entries)]
    hits.sort(key=lambda hit: hit.when or EPOCH, reverse=True)
    return tuple(hits[:limit])


def feed(db: sqlite3.Connection, batch: int) -> int:
    """Brings the index up to date with the next `batch` changes. Returns how many there were; 0 = it is complete."""
    with _index_errors():
        fed = db.execute("SELECT fed FROM search.state").fetchone()[0]
        changes = db.execute(
            "SELECT id, kind, item_id FROM search_log WHERE id > ? ORDER BY id LIMIT ?", (fed, batch)
        ).fetchall()
        if not changes:
            db.execute("DELETE FROM search_log WHERE id <= ?", (fed,))
            return 0
        entries = {item for _, kind, item in changes if kind == "entry"}
        saved = {item for _, kind, item in changes if kind == "saved"}
        db.executemany(
            "DELETE FROM search.doc WHERE rowid = ?", [(i,) for i in (*entries, *(SAVED_FROM + i for i in saved))]
        )
        db.executemany(
            "INSERT INTO search.doc (rowid, title, body, people) VALUES (?, ?, ?, ?)",
            sorted((*_entry_docs(db, entries), *_saved_docs(db, saved))),
        )
        db.execute("UPDATE search.state SET fed = ?", (changes[-1][0],))
    return len(changes)


@dataclass(frozen=True, slots=True)
class Expression:
    """FTS5 expressions: `words` for whole words, `beginning` with the last one as a beginning. Empty = nothing."""

    words: str = ""
    beginning: str = ""


def expression_of(query: str) -> Expression:
    """What a person typed, for FTS5. Every word in it is quoted: any text is valid."""
    wanted: list[str] = []
    unwanted: list[str] = []
    for term in _TERM.findall(query.replace("\x00", " ")):
        excluded = term.startswith("-") and len(term) > 1
        plain = spaced(term.removeprefix("-").replace('"', " ")).strip()
        if _WORD.search(plain):
            (unwanted if excluded else wanted).append(f'"{plain}"')
    if not wanted:
        return Expression()
    words = " AND ".join(wanted)
    excluding = "".join(f" NOT {word}" for word in unwanted)
    goes_on = _BEGINNING.search(query) is not None and not _UNSPACED.match(query[-1])
    return Expression(words + excluding, f"{words} *{excluding}" if goes_on else "")


def spaced(text: str) -> str:
    """`text` with characters of unspaced scripts set apart, as the tokenizer needs it."""
    return text if text.isascii() else _UNSPACED.sub(f"{_APART}\\1{_APART}", text)


def _matches(db: sqlite3.Connection, expression: str, limit: int) -> tuple[dict[int, str], dict[int, str]]:
    """Snippets of saved items and of entries by rowid, the newest rows first."""

    def between(above: int, below: int) -> dict[int, str]:
        rows = db.execute(
            f"SELECT rowid, snippet(doc, -1, '{MARK_ON}', '{MARK_OFF}', '…', {SNIPPET_WORDS}) FROM search.doc"  # noqa: S608
            " WHERE doc MATCH ? AND rowid > ? AND rowid < ? ORDER BY rowid DESC LIMIT ?",
            (expression, above, below, limit),
        )
        return {row[0]: _joined(row[1]) for row in rows}

    return between(SAVED_FROM, _AT_END), between(0, SAVED_FROM)


def _joined(snippet: str) -> str:
    """The snippet as one line of the original text."""
    return " ".join(snippet.replace(_APART, "").replace(MARK_OFF + MARK_ON, "").split())


def _entry_hits(db: sqlite3.Connection, snippets: dict[int, str]) -> Iterator[Hit]:
    rows = db.execute(
        "SELECT id, payload, first_seen FROM entry WHERE id IN (SELECT value FROM json_each(?))",
        (json_list(snippets),),
    )
    for entry_id, payload, first_seen in rows:
        entry = entry_of(payload, None)
        yield Hit(
            kind="entry",
            id=entry_id,
            title=entry.title or entry.author.name,
            snippet=snippets[entry_id],
            when=_when(entry, first_seen),
            network=entry.network,
            site=host_of(entry.url),
        )


def _saved_hits(db: sqlite3.Connection, snippets: dict[int, str]) -> tuple[list[Hit], set[int]]:
    """The hits, and the entries that they are copies of."""
    rows = db.execute(
        "SELECT id, title, saved_at, published_at, site, entry_id FROM saved"
        " WHERE id IN (SELECT value FROM json_each(?))",
        (json_list(rowid - SAVED_FROM for rowid in snippets),),
    ).fetchall()
    hits = [
        Hit("saved", number, title, snippets[SAVED_FROM + number], from_us(published or saved_at), site=site)
        for number, title, saved_at, published, site, _ in rows
    ]
    return hits, {row[5] for row in rows if row[5] is not None}


def _when(entry: Entry, first_seen: int) -> datetime:
    return entry.published.astimezone(UTC) if entry.published else moment(first_seen)


def _entry_docs(db: sqlite3.Connection, ids: Iterable[int]) -> Iterator[tuple[int, str, str, str]]:
    rows = db.execute(
        "SELECT e.id, e.payload, b.rest FROM entry e LEFT JOIN entry_body b ON b.entry_id = e.id"
        " WHERE e.id IN (SELECT value FROM json_each(?))",
        (json_list(ids),),
    )
    for entry_id, payload, rest in rows:
        entry = entry_of(payload, None)
        words = [whole(entry.text, rest or ""), entry.summary if entry.summary not in entry.text else ""]
        if entry.link is not None:
            words += (entry.link.title, entry.link.description)
        if entry.quoted is not None:
            words.append(entry.quoted.text)
        words += entry.tags
        text = "\n".join(word for word in words if word)[:LONGEST_BODY]
        yield entry_id, spaced(entry.title), spaced(text), spaced(f"{entry.author.name} {entry.author.handle}")


def _saved_docs(db: sqlite3.Connection, ids: Iterable[int]) -> Iterator[tuple[int, str, str, str]]:
    rows = db.execute(
        "SELECT id, title, substr(text, 1, ?), byline, site FROM saved WHERE id IN (SELECT value FROM json_each(?))",
        (LONGEST_BODY, json_list(ids)),
    )
    for saved_id, title, text, byline, site in rows:
        yield SAVED_FROM + saved_id, spaced(title), spaced(text), spaced(f"{byline} {site}")


@contextmanager
def _index_errors() -> Iterator[None]:
    """A damaged index is not a damaged desk."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if reason_of(error) == "damaged" or any(words in str(error) for words in _BROKEN):
            raise IndexDamagedError(str(error)) from error
        raise
