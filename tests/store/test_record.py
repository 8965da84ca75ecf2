"""Entries as records: nothing is lost on the way to another process and into the database's columns."""

import pickle
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from socialdesk.core.entry import (
    Author,
    Counts,
    Entry,
    EntryKind,
    LinkCard,
    Media,
    MediaKind,
    Poll,
    Quoted,
    Reason,
)
from socialdesk.store.record import CARD_TEXT, entry_of, record_of
from tests.store.conftest import article, post

FULL = replace(
    post(1),
    updated=datetime(2026, 11, 22, 8, 30, 1, 250_000, tzinfo=UTC),
    language="de",
    warning="long",
    media=(Media(MediaKind.VIDEO, "https://social.example/v.mp4", alt="A talk", width=640),),
    link=LinkCard("https://harbor.example/posts/1", title="Harbor"),
    quoted=Quoted(Author("Quay"), "said before"),
    poll=Poll((("yes", 3), ("no", 1)), closed=True),
    counts=Counts(1, None, 0),
    reason=Reason("reshare", Author("Booster"), datetime(2026, 11, 22, 9, tzinfo=UTC)),
    reply_to="https://social.example/statuses/0",
    tags=("b2b", "Ünïcode"),
    mine=frozenset({"like", "bookmark"}),
    refs={"id": "1", "cid": "x"},
)
LONG = article(2, text="word " * 400, html="<p>" + "word " * 400 + "</p>", refs={"guid": "2"})


@pytest.mark.parametrize(
    "entry", [FULL, LONG, article(3), article(4, html="<b>short</b>"), post(5, kind=EntryKind.NOTICE)]
)
def test_a_record_holds_the_whole_entry(entry: Entry) -> None:
    record = pickle.loads(pickle.dumps(record_of(entry)))
    assert record.entry() == entry
    assert (record.published, record.reason, record.updated_at is None) == (
        entry.published,
        entry.reason,
        entry.updated is None,
    )


def test_a_card_holds_the_beginning_of_a_long_article() -> None:
    record = record_of(LONG)
    card = entry_of(record.payload, None)
    assert len(card.text) <= CARD_TEXT
    assert LONG.text.startswith(card.text[:-1])
    assert card.html == ""


def test_a_record_can_be_told_from_the_view_of_another_account() -> None:
    record = record_of(FULL)
    seen = entry_of(record.payload_as("77"), record.via_beside("77"))
    assert seen == FULL
    other = entry_of(record.payload_as("77"), None)
    assert (other.remote_id, other.refs, other.mine) == ("77", {}, frozenset())


@pytest.mark.parametrize("field", ["key", "remote_id", "text", "title"])
def test_what_utf8_cannot_hold_is_repaired_wherever_it_stands(field: str) -> None:
    record = record_of(replace(article(1), **{field: "half \ud83d"}))
    assert getattr(record.entry(), field) == "half \ufffd"
