"""Full-text search: words, beginnings, phrases, scripts without spaces; any input; an index that heals."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from socialdesk.core.entry import Author, LinkCard, Quoted
from socialdesk.core.errors import StoreError
from socialdesk.core.saved import Hit, SavedItem
from socialdesk.store import health, removal, saved, search
from socialdesk.store import settings as settings_table
from socialdesk.store.database import Store
from tests.store.conftest import NOW, Desk, article, minutes, post


def feed_all(store: Store, batch: int = 100) -> int:
    total = 0
    while count := store.write_now(search.feed, batch):
        assert count <= batch
        total += count
    return total


def find(store: Store, query: str, limit: int = 50) -> list[str]:
    feed_all(store)
    return [hit.title for hit in store.read_now(search.find, query, limit)]


@pytest.fixture
def full(desk: Desk) -> Desk:
    texts = {
        "lead": "Our lead generation webinar",
        "gen": "Generation of leads is hard",
        "cafe": "Café Zürich, NAÏVE façade",
        "zh": "我们发布了新的市场营销报告",
        "ja": "B2Bマーケティングの日本語ガイド",
        "ko": "새로운 마케팅 보고서를 발표했습니다",
        "th": "การตลาดแบบธุรกิจกับธุรกิจ",
        "mail": "Write to sales@harbor.example about e-mail",
    }
    page = [article(n, title=name, text=text) for n, (name, text) in enumerate(texts.items(), 1)]
    desk.apply(desk.source(), page)
    return desk


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("webinar", ["lead"]),
        ("WEBINAR", ["lead"]),
        ("generation", ["lead", "gen"]),
        ("lead generation", ["lead"]),
        ("leads generation", ["gen"]),
        ('"lead generation"', ["lead"]),
        ('"generation lead"', []),
        ("gener", ["lead", "gen"]),
        ("web generation", []),
        ("generation web", ["lead"]),
        ("generation -webinar", ["gen"]),
        ("cafe naive", ["cafe"]),
        ("zürich", ["cafe"]),
        ("新", ["zh"]),
        ("营销", ["zh"]),
        ("营销报告", ["zh"]),
        ("报告营销", []),
        ("日本", ["ja"]),
        ("語", ["ja"]),
        ("b2b", ["ja"]),
        ("B2Bマーケ", ["ja"]),
        ("마케팅", ["ko"]),
        ("케", ["ko"]),
        ("ตลาด", ["th"]),
        ("sales@harbor.example", ["mail"]),
        ("e-mail", ["mail"]),
        ("harbor analytics gen", ["lead", "gen"]),
        ("-webinar", []),
        ("   ", []),
        ('""', []),
        ("*", []),
    ],
)
def test_queries(full: Desk, query: str, found: list[str]) -> None:
    assert find(full.store, query) == found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(st.text(st.characters(codec="utf-8"), max_size=30) | st.text('"*-()^:+{} ANDORNEAR日_', max_size=20))
def test_any_text_is_a_query(full: Desk, query: str) -> None:
    feed_all(full.store)
    assert isinstance(full.store.read_now(search.find, query, 5), tuple)


def test_hit_says_what_and_where(desk: Desk) -> None:
    source = desk.source(network="mastodon")
    (entry_id,) = desk.apply(source, [post(3, text="Pumps\nfor valves")]).new_ids
    feed_all(desk.store)
    (hit,) = desk.store.read_now(search.find, "valves", 9)
    assert hit == Hit(
        "entry", entry_id, "Person 3", "Pumps for \x02valves\x03", minutes(3), "mastodon", "social.example"
    )


def test_match_in_a_script_without_spaces_is_marked_whole(desk: Desk) -> None:
    desk.apply(desk.source(), [article(1, title="T", text="新的市场营销报告")])
    feed_all(desk.store)
    (hit,) = desk.store.read_now(search.find, "市场", 9)
    assert hit.snippet == "新的\x02市场\x03营销报告"


def test_everything_that_is_shown_is_searched(desk: Desk) -> None:
    card = LinkCard("https://x.example/", "Cardtitle", "Carddescription")
    quoted = Quoted(Author("Q"), "Quotedwords")
    desk.apply(
        desk.source(),
        [
            post(1, link=card, quoted=quoted, tags=("Tagged",), title="Titled"),
            article(2, text="filler " * 500 + "needle", summary="Summarised", html="<p>x</p>"),
        ],
    )
    for word in ("cardtitle", "carddescription", "quotedwords", "tagged", "titled", "person", "@p1@social.example"):
        assert find(desk.store, word) == ["Titled"], word
    for word in ("needle", "summarised", "harbor"):
        assert find(desk.store, word) == ["Article 2"], word


def test_newest_first_and_limited(desk: Desk) -> None:
    source = desk.source()
    for number in range(30, 0, -10):
        desk.apply(source, [article(n, text="pumps") for n in range(number - 9, number + 1)], first=True)
    assert find(desk.store, "pumps", 5) == [f"Article {n}" for n in range(1, 6)]


def test_changes_and_removals_follow(desk: Desk) -> None:
    source = desk.source()
    (entry_id,) = desk.apply(source, [article(1, text="pumps")]).new_ids
    assert find(desk.store, "pumps") == ["Article 1"]
    desk.apply(source, [article(1, text="valves")], first=False)
    assert (find(desk.store, "pumps"), find(desk.store, "valves")) == ([], ["Article 1"])
    desk.store.write_now(removal.remove, (entry_id,), NOW)
    assert find(desk.store, "valves") == []


def test_saved_items_are_found_and_hide_their_entry(desk: Desk) -> None:
    (entry_id,) = desk.apply(desk.source(), [article(1, title="Entry", text="pumps")]).new_ids
    item = SavedItem(0, article(1).url, "Saved", "saved", NOW, entry_id, "Harbor", text="All about pumps and 营销")
    item = desk.store.write_now(saved.add, item)
    feed_all(desk.store)
    (hit,) = desk.store.read_now(search.find, "pumps", 9)
    assert hit == Hit("saved", item.id, "Saved", "All about \x02pumps\x03 and 营销", NOW, "", "Harbor")
    desk.store.write_now(saved.update, replace(item, text="valves"))
    assert find(desk.store, "pumps") == ["Entry"]
    desk.store.write_now(saved.remove, item.id)
    assert find(desk.store, "valves") == []


def test_fed_in_batches(desk: Desk) -> None:
    desk.apply(desk.source(), [article(n) for n in range(25)])
    assert desk.store.read_now(health.report)["waiting for the search index"] == 25
    assert [desk.store.write_now(search.feed, 10) for _ in range(4)] == [10, 10, 5, 0]
    assert desk.store.read_now(health.report)["waiting for the search index"] == 0
    assert len(desk.store.read_now(search.find, "article", 50)) == 25


class TestHealing:
    def test_missing_index_is_made_again(self, open_store: Callable[..., Store], tmp_path: Path) -> None:
        desk = Desk(open_store())
        desk.apply(desk.source(), [article(1)])
        desk.store.write_now(saved.add, SavedItem(0, "https://x.example", "Saved", "saved", NOW, text="article"))
        assert len(find(desk.store, "article")) == 2
        desk.store.close()
        (tmp_path / "search.sqlite3").unlink()
        assert len(find(open_store(), "article")) == 2

    @pytest.mark.parametrize("damage", [b"rubbish" * 2000, b""])
    def test_unreadable_index_is_made_again(
        self, open_store: Callable[..., Store], tmp_path: Path, damage: bytes
    ) -> None:
        desk = Desk(open_store())
        desk.apply(desk.source(), [article(1)])
        feed_all(desk.store)
        desk.store.close()
        (tmp_path / "search.sqlite3").write_bytes(damage)
        assert find(open_store(), "article") == ["Article 1"]

    @pytest.mark.parametrize(
        "damage",
        [
            "UPDATE search.doc_data SET block = x'00000000ff7fff7fff7f' WHERE id = 10",  # the structure record
            "DELETE FROM search.doc_config",
            "DROP TABLE search.doc",
        ],
    )
    async def test_index_that_breaks_while_the_desk_runs(self, store: Store, damage: str) -> None:
        desk = Desk(store)
        desk.apply(desk.source(), [article(1)])
        feed_all(store)

        def break_it(db: sqlite3.Connection) -> None:
            db.execute(damage)

        await store.write(break_it)
        with pytest.raises(StoreError) as caught:
            await store.read(search.find, "article", 5)
        assert caught.value.reason == "search_rebuilding"
        assert find(store, "article") == ["Article 1"]
        await store.check()

    def test_index_file_overwritten_before_the_first_read(
        self, open_store: Callable[..., Store], tmp_path: Path
    ) -> None:
        """A damaged index is never told as a damaged desk."""
        store = open_store()
        (tmp_path / "search.sqlite3").write_bytes(b"rubbish" * 5000)
        (tmp_path / "search.sqlite3-wal").unlink()
        with pytest.raises(StoreError) as caught:
            store.read_now(settings_table.get, "theme")
        assert caught.value.reason == "search_rebuilding"
        desk = Desk(store)
        desk.apply(desk.source(), [article(1)])
        assert find(store, "article") == ["Article 1"]

    async def test_index_of_another_version_is_made_again(self, open_store: Callable[..., Store]) -> None:
        desk = Desk(open_store())
        desk.apply(desk.source(), [article(1)])
        feed_all(desk.store)
        desk.store.write_now(lambda db: db.execute("UPDATE search.state SET version = 0"))
        desk.store.close()
        again = open_store()
        assert again.read_now(search.find, "article", 5) == ()
        assert find(again, "article") == ["Article 1"]

    async def test_rebuild_while_others_read(self, store: Store) -> None:
        desk = Desk(store)
        source = desk.source()
        column = desk.column(source)
        desk.apply(source, [article(n) for n in range(50)])
        feed_all(store)
        await store.rebuild_search()
        assert len(desk.rows(column)) == 50
        assert len(find(store, "article")) == 50

    async def test_crash_between_writing_and_indexing(self, open_store: Callable[..., Store]) -> None:
        """The log stands in the same file as the entries: what was not indexed yet is indexed at the next start."""
        desk = Desk(open_store())
        source = desk.source()
        desk.apply(source, [article(1)])
        feed_all(desk.store)
        desk.apply(source, [article(2)], now=NOW + timedelta(hours=1), first=False)
        desk.store.close()
        assert len(find(open_store(), "article")) == 2
