"""Drafts as earlier versions stored them."""

import json

from socialdesk.core.post import Article, Draft, Override, Picture, SeenCard, Target
from socialdesk.store import drafts
from socialdesk.store.codec import to_us
from socialdesk.store.database import Store
from tests.store.conftest import NOW

# Byte for byte what version 0.1.0 wrote before drafts knew of cards.
OLD = {
    "id": 1,
    "text": f"Read this {'https://harbor.example/a'}",
    "account_ids": [1, 2],
    "overrides": {"2": {"text": "Own words", "warning": None, "visibility": None}},
    "pictures": [{"blob": "a" * 64, "mime": "image/png", "width": 4, "height": 3, "size": 9, "alt": "x", "name": ""}],
    "article": None,
    "reply_to": None,
    "quote": {"remote_id": "7", "refs": {"cid": "c"}, "author": "@h", "text": "t", "url": "u", "account_id": 2},
    "link": "https://harbor.example/b",
    "language": "en",
    "visibility": "",
    "warning": "",
    "updated": "2025-06-02T12:00:00Z",
}


def test_a_draft_of_an_earlier_version_is_read_and_saved_again(store: Store) -> None:
    store.write_now(
        lambda db: db.execute(
            "INSERT INTO draft (id, payload, updated_at) VALUES (1, ?, ?)", (json.dumps(OLD).encode(), to_us(NOW))
        )
    )
    read = store.read_now(drafts.get, 1)
    assert read == Draft(
        1,
        "Read this https://harbor.example/a",
        (1, 2),
        {2: Override("Own words")},
        (Picture("a" * 64, "image/png", 4, 3, 9, "x"),),
        quote=Target("7", {"cid": "c"}, "@h", "t", "u", 2),
        link="https://harbor.example/b",
        language="en",
        updated=NOW,
    )
    assert read is not None
    assert (read.card, read.no_card) == (None, "")
    assert store.write_now(drafts.save, read, NOW) == read


def test_the_card_and_its_absence_come_back(store: Store) -> None:
    seen = SeenCard("https://harbor.example/a", "T", "D", "S", "b" * 64, 1200, 630, NOW)
    saved = store.write_now(drafts.save, Draft(text="x", card=seen, no_card="https://harbor.example/b"), NOW)
    assert store.read_now(drafts.get, saved.id) == saved
    assert saved.card == seen


def test_a_draft_names_the_pictures_of_its_article_and_its_card() -> None:
    picture = Picture("a" * 64, "image/png", 4, 3, 9)
    article = Article("T", f"![x](blob:{'c' * 64})", featured=picture)
    draft = Draft(pictures=(picture,), article=article, card=SeenCard("https://harbor.example/a", thumb="b" * 64))
    assert set(drafts.blobs_of(draft)) == {"a" * 64, "b" * 64, "c" * 64}
