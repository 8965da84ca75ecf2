"""Columns: arranging, paging, what is new, making rows anew."""

import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from socialdesk.core.entry import Author, Media, MediaKind, Reason
from socialdesk.core.rows import Row
from socialdesk.core.saved import SavedItem
from socialdesk.core.source import Column, RowKey, WordFilter
from socialdesk.store import columns, paging, removal, saved, sources
from tests.store.conftest import NOW, Desk, article, minutes, post


def titles(desk: Desk) -> list[str]:
    return [column.title for column in desk.store.read_now(columns.all)]


def paged(desk: Desk, column: Column, size: int) -> list[Row]:
    found: list[Row] = []
    before: RowKey | None = None
    while page := desk.store.read_now(columns.rows, column.id, before, size):
        assert len(page) <= size
        found += page
        before = page[-1].key
    return found


class TestArranging:
    def test_new_column_is_as_asked_for(self, desk: Desk) -> None:
        two, one = desk.source("two"), desk.source("one")
        words = WordFilter(any_of=("pumps",), none_of=("ads",), hide_reshares=True)
        column = desk.store.write_now(columns.add, "B2B", "search", (one.id, two.id), words, "stories", None, NOW)
        assert column == Column(
            column.id, "B2B", "search", (one.id, two.id), words, view="stories", position=0, width=352, unseen=0
        )
        assert desk.store.read_now(columns.get, column.id) == column
        assert desk.store.read_now(sources.of_column, column.id) == (one, two)

    def test_add_at_a_place_and_move(self, desk: Desk) -> None:
        for title in "abc":
            desk.column(title=title)
        first = desk.store.write_now(columns.add, "d", "columns", (), WordFilter(), "posts", 0, NOW)
        assert first.position == 0
        assert titles(desk) == ["d", "a", "b", "c"]
        desk.store.write_now(columns.move, first.id, 2)
        assert titles(desk) == ["a", "b", "d", "c"]
        desk.store.write_now(columns.move, first.id, 99)
        assert titles(desk) == ["a", "b", "c", "d"]
        desk.store.write_now(columns.move, 12345, 0)
        assert titles(desk) == ["a", "b", "c", "d"]

    def test_update_keeps_place_and_counters(self, desk: Desk) -> None:
        desk.column(title="left")
        source = desk.source()
        column = desk.column(source, title="right")
        desk.apply(source, [article(1)])
        changed = replace(column, title="Renamed", width=500, collapsed=True, view="stories", position=0, unseen=77)
        stored = desk.store.write_now(columns.update, changed, NOW)
        assert stored == replace(changed, position=1, unseen=1)
        assert titles(desk) == ["left", "Renamed"]

    def test_update_of_a_removed_column_does_nothing(self, desk: Desk) -> None:
        column = desk.column()
        desk.store.write_now(columns.remove, column.id)
        desk.store.write_now(columns.update, replace(column, title="ghost"), NOW)
        assert titles(desk) == []

    def test_remove_closes_the_gap_and_keeps_the_rest(self, desk: Desk) -> None:
        source = desk.source()
        first, second = desk.column(source, title="a"), desk.column(source, title="b")
        desk.apply(source, [article(1)])
        desk.store.write_now(columns.remove, first.id)
        assert desk.store.read_now(columns.get, first.id) is None
        assert desk.again(second).position == 0
        assert desk.shown(second) == ["Article 1"]
        assert desk.rows(first) == ()

    def test_column_put_back_remembers_what_was_seen(self, desk: Desk) -> None:
        source = desk.source()
        column = desk.column(source)
        desk.apply(source, [article(1), article(2)])
        desk.store.write_now(columns.mark_all_seen, column.id, NOW)
        desk.store.write_now(columns.remove, column.id)
        again = desk.column(source)
        assert (len(desk.rows(again)), again.unseen) == (2, 0)


class TestPaging:
    @pytest.mark.parametrize("size", [1, 3, 7, 100])
    def test_pages_make_the_whole_column_once(self, desk: Desk, size: int) -> None:
        source = desk.source()
        column = desk.column(source)
        desk.apply(source, [article(n, published=minutes(n // 4)) for n in range(30)])
        keys = [row.key for row in paged(desk, column, size)]
        assert keys == sorted(set(keys), key=lambda key: (key.sort_ms, key.entry_id), reverse=True)
        assert len(keys) == 30

    def test_rows_that_arrive_while_paging_shift_nothing(self, desk: Desk) -> None:
        source = desk.source()
        column = desk.column(source)
        desk.apply(source, [article(n) for n in range(10, 30)])
        first = desk.store.read_now(columns.rows, column.id, None, 5)
        desk.apply(source, [article(n) for n in range(5)], first=False)
        second = desk.store.read_now(columns.rows, column.id, first[-1].key, 5)
        assert [row.entry.title for row in second] == [f"Article {n}" for n in range(15, 20)]

    def test_newer_gives_the_neighbours_newest_first(self, desk: Desk) -> None:
        source = desk.source()
        column = desk.column(source)
        desk.apply(source, [article(n) for n in range(10)])
        rows = desk.rows(column)
        newer = desk.store.read_now(columns.newer, column.id, rows[6].key, 3)
        assert newer == rows[3:6]
        assert desk.store.read_now(columns.newer, column.id, rows[0].key, 3) == ()
        assert desk.store.read_now(columns.newer, column.id, None, 3) == rows[:3]

    def test_rows_of_some_entries(self, desk: Desk) -> None:
        source, other = desk.source("one"), desk.source("two")
        column = desk.column(source)
        desk.apply(source, [article(n) for n in range(5)])
        (elsewhere,) = desk.apply(other, [article(9, key="x")]).new_ids
        rows = desk.rows(column)
        wanted = [rows[3].entry_id, elsewhere, rows[1].entry_id, 12345]
        assert desk.store.read_now(columns.rows_of, column.id, wanted) == (rows[1], rows[3])

    def test_saved_mark(self, desk: Desk) -> None:
        source = desk.source()
        column = desk.column(source)
        one, _ = desk.apply(source, [article(1), article(2)]).new_ids
        desk.store.write_now(saved.add, SavedItem(0, article(1).url, "A", "saved", NOW, entry_id=one))
        assert [row.saved for row in desk.rows(column)] == [True, False]

    @pytest.mark.parametrize("query", [paging.PAGE, paging.NEWER])
    def test_a_page_is_a_range_of_an_index(self, desk: Desk, query: str) -> None:
        """No scan of a table, no sorting: the work does not grow with the column."""

        def plan(db: sqlite3.Connection) -> list[str]:
            return [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {query}", (1, 2, 3, 50))]

        steps = desk.store.read_now(plan)
        assert steps[0].startswith("SEARCH r USING PRIMARY KEY (column_id=? AND (sort_ms,entry_id)")
        assert not [step for step in steps if step.startswith("SCAN") or "TEMP B-TREE" in step]

    def test_page_costs_the_same_at_any_size(self, desk: Desk) -> None:
        """Counted in steps of SQLite's virtual machine, not in time."""
        small, large = desk.source("small"), desk.source("large")
        few, many = desk.column(small), desk.column(large)
        desk.apply(small, [article(n, key=f"s{n}") for n in range(60)])
        desk.apply(large, [article(n, key=f"l{n}") for n in range(6000)])

        def steps(db: sqlite3.Connection, column: Column) -> int:
            count = 0

            def tick() -> int:
                nonlocal count
                count += 1
                return 0

            db.set_progress_handler(tick, 10)
            columns.rows(db, column.id, RowKey(2**60, 1), 50)
            db.set_progress_handler(None, 0)
            return count

        assert desk.store.read_now(steps, many) <= desk.store.read_now(steps, few) * 1.1


class TestSeen:
    def test_mark_seen_counts_down(self, desk: Desk) -> None:
        source = desk.source()
        column = desk.column(source)
        ids = desk.apply(source, [article(n) for n in range(5)]).new_ids
        assert desk.store.write_now(columns.mark_seen, column.id, ids[:2], NOW) == 3
        assert desk.store.write_now(columns.mark_seen, column.id, ids[:3], NOW) == 2
        assert desk.store.write_now(columns.mark_seen, column.id, [999], NOW) == 2
        assert [row.seen for row in desk.rows(column)] == [True, True, True, False, False]

    def test_mark_all_seen(self, desk: Desk) -> None:
        source = desk.source()
        column, other = desk.column(source), desk.column(source)
        desk.apply(source, [article(n) for n in range(5)])
        assert desk.store.write_now(columns.mark_all_seen, column.id, NOW) == 0
        assert desk.unseen(column) == 0
        assert all(row.seen for row in desk.rows(column))
        assert desk.unseen(other) == 5

    def test_unknown_column_has_nothing_new(self, desk: Desk) -> None:
        assert desk.store.write_now(columns.mark_seen, 99, [1], NOW) == 0
        assert desk.store.write_now(columns.mark_all_seen, 99, NOW) == 0


class TestRebuild:
    def test_filter_hides_and_shows_again(self, desk: Desk) -> None:
        source = desk.source()
        column = desk.column(source)
        desk.apply(source, [article(1, title="Pumps"), article(2, title="Valves"), article(3, title="More pumps")])
        places = {row.entry_id: row.key for row in desk.rows(column)}
        desk.store.write_now(columns.mark_seen, column.id, [desk.rows(column)[0].entry_id], NOW)
        pumps = desk.store.write_now(columns.update, replace(column, filter=WordFilter(any_of=("pumps",))), NOW)
        assert desk.shown(column) == ["Pumps", "More pumps"]
        assert pumps.unseen == 1
        everything = desk.store.write_now(columns.update, replace(column, filter=WordFilter()), NOW)
        assert desk.shown(column) == ["Pumps", "Valves", "More pumps"]
        assert everything.unseen == 2
        assert {row.entry_id: row.key for row in desk.rows(column)} == places

    def test_filter_reads_the_whole_article(self, desk: Desk) -> None:
        source = desk.source()
        column = desk.column(source)
        desk.apply(source, [article(1, text="filler " * 300 + "needle"), article(2)])
        desk.store.write_now(columns.update, replace(column, filter=WordFilter(any_of=("needle",))), NOW)
        assert desk.shown(column) == ["Article 1"]

    @pytest.mark.parametrize("glue", [" ", "", "-"])
    def test_filter_reads_on_where_the_card_was_cut(self, desk: Desk, glue: str) -> None:
        source = desk.source()
        column = desk.column(source)
        texts = [f"{'x' * fill} words {glue * 3}needle{glue} end " + "filler " * 200 for fill in range(560, 600, 3)]
        desk.apply(source, [article(n, text=text) for n, text in enumerate(texts)])
        found = desk.store.write_now(columns.update, replace(column, filter=WordFilter(any_of=("needle",))), NOW)
        assert found.unseen == len(texts)

    def test_filters_by_kind(self, desk: Desk) -> None:
        source = desk.source()
        boost = Reason("reshare", Author("Booster"))
        picture = (Media(MediaKind.IMAGE, "https://social.example/1.png"),)
        desk.apply(source, [post(1, reason=boost), post(2, reply_to="x"), post(3, media=picture)])
        assert desk.shown(desk.column(source, words=WordFilter(hide_reshares=True))) == ["Post 2", "Post 3"]
        assert desk.shown(desk.column(source, words=WordFilter(hide_replies=True))) == ["Post 1", "Post 3"]
        assert desk.shown(desk.column(source, words=WordFilter(only_media=True))) == ["Post 3"]

    def test_boosted_in_one_source_and_plain_in_another_passes(self, desk: Desk) -> None:
        one, two = desk.source("one"), desk.source("two")
        desk.apply(one, [post(1, reason=Reason("reshare", Author("Booster")))])
        desk.apply(two, [post(1)])
        column = desk.column(one, two, words=WordFilter(hide_reshares=True))
        (row,) = desk.rows(column)
        assert row.source_id == two.id

    def test_sources_come_and_go(self, desk: Desk) -> None:
        one, two = desk.source("one"), desk.source("two")
        column = desk.column(one)
        desk.apply(one, [article(1), article(2)])
        desk.apply(two, [article(2), article(3, key="three")])
        both = desk.store.write_now(columns.update, replace(column, source_ids=(two.id, one.id)), NOW)
        assert both.source_ids == (two.id, one.id)
        assert desk.shown(column) == ["Article 1", "Article 2", "Article 3"]
        desk.store.write_now(columns.update, replace(column, source_ids=(two.id,)), NOW)
        rows = desk.rows(column)
        assert [row.entry.title for row in rows] == ["Article 2", "Article 3"]
        assert {row.source_id for row in rows} == {two.id}
        none = desk.store.write_now(columns.update, replace(column, source_ids=()), NOW)
        assert (desk.rows(column), none.unseen) == ((), 0)

    def test_new_column_shows_at_once_what_is_stored(self, desk: Desk) -> None:
        source = desk.source()
        desk.apply(source, [article(1, title="Pumps"), article(2, title="Valves")])
        column = desk.column(source, words=WordFilter(none_of=("valves",)))
        assert (desk.shown(column), column.unseen) == (["Pumps"], 1)

    def test_rebuilt_and_filled_columns_agree(self, desk: Desk) -> None:
        """Filling row by row as pages arrive gives the same as making the rows anew."""
        one, two = desk.source("one"), desk.source("two")
        words = WordFilter(any_of=("1*",))
        live = desk.column(one, two, words=words)
        desk.apply(one, [article(n) for n in range(20)])
        desk.apply(two, [article(n, key=f"two{n}") for n in range(10, 30)])
        desk.apply(one, [article(-1, title="1 new")], now=NOW + timedelta(hours=1), first=False)
        made = desk.column(one, two, words=words)
        assert [row.key for row in desk.rows(made)] == [row.key for row in desk.rows(live)]
        assert made.unseen == desk.unseen(live)


def test_reader_sees_old_rows_until_new_ones_are_complete(desk: Desk) -> None:
    source = desk.source()
    column = desk.column(source)
    desk.apply(source, [article(n) for n in range(10)])
    seen_meanwhile = []

    def update(db: sqlite3.Connection) -> None:
        columns.update(db, replace(column, filter=WordFilter(any_of=("nothing",))), NOW)
        seen_meanwhile.append(len(desk.rows(column)))

    desk.store.write_now(update)
    assert seen_meanwhile == [10]
    assert desk.rows(column) == ()


def test_entry_without_its_source_row_still_shows(desk: Desk) -> None:
    """Removing an entry takes its rows along: no page ever holds a hole."""
    source = desk.source()
    column = desk.column(source)
    ids = desk.apply(source, [article(n) for n in range(3)]).new_ids
    desk.store.write_now(removal.remove, (ids[1],), NOW)
    assert desk.shown(column) == ["Article 0", "Article 2"]
