"""What a fetched page does: new, known, changed, removed, shared, carried over."""

from dataclasses import replace
from datetime import timedelta

import pytest

from socialdesk.core.account import Account
from socialdesk.core.entry import Author, Counts, Entry, Media, MediaKind, Reason
from socialdesk.core.rows import Applied, ColumnChange
from socialdesk.core.source import Source, SourceState, WordFilter
from socialdesk.store import accounts, columns, entries, removal, sources
from tests.store.conftest import NOW, Desk, article, minutes, post

LATER = NOW + timedelta(hours=1)
BOOST = Reason("reshare", Author("Booster", "@booster@social.example"))


def account(desk: Desk, name: str) -> int:
    stored = desk.store.write_now(
        accounts.add, Account(0, "mastodon", name, f"@{name}", "https://social.example", remote_id=name)
    )
    return int(stored.id)


def test_first_page_fills_the_column(desk: Desk) -> None:
    source = desk.source()
    column = desk.column(source)
    applied = desk.apply(source, [article(1), article(2), article(3)])
    assert applied.columns == (ColumnChange(column.id, added=3, unseen=3),)
    assert len(applied.new_ids) == 3
    assert desk.shown(column) == ["Article 1", "Article 2", "Article 3"]
    assert desk.unseen(column) == 3


def test_state_is_stored_with_the_entries(desk: Desk) -> None:
    source = desk.source()
    state = SourceState(source.id, cursor="etag", last_fetched=NOW, next_at=LATER, interval_s=60)
    desk.store.write_now(entries.apply, source, [article(1)], state, NOW, first=True, older="page 2")
    assert desk.state(source) == state
    assert desk.store.read_now(sources.older_cursor, source.id) == "page 2"


class TestPast:
    """Where a source is read on towards the past."""

    def older(self, desk: Desk, source: Source) -> str:
        return desk.store.read_now(sources.older_cursor, source.id)

    def test_refresh_keeps_the_way_to_the_past(self, desk: Desk) -> None:
        source = desk.source()
        desk.apply(source, [article(5)], older="page 2")
        desk.apply(source, [article(1)], first=False)
        assert self.older(desk, source) == "page 2"
        desk.apply(source, [article(9)], older="page 3")
        assert self.older(desk, source) == "page 3"
        desk.apply(source, [article(10)], older="")
        assert self.older(desk, source) == ""

    def test_a_gap_is_read_over_several_pages_before_the_past(self, desk: Desk) -> None:
        source = desk.source()
        column = desk.column(source)
        desk.apply(source, [article(50), article(51)], older="before 51")
        desk.apply(source, [article(1), article(2)], first=False, older="before 2")
        assert self.older(desk, source) == "before 2"
        desk.apply(source, [article(10), article(20)], older="before 20")
        assert self.older(desk, source) == "before 20"
        desk.apply(source, [article(30), article(50)], older="before 50")
        assert self.older(desk, source) == "before 50"
        desk.apply(source, [article(50), article(51)], older="before 51 again")
        assert self.older(desk, source) == "before 51"
        desk.apply(source, [article(60)], older="before 60")
        assert self.older(desk, source) == "before 60"
        assert len(desk.rows(column)) == 8

    def test_a_gap_in_what_had_no_past_left(self, desk: Desk) -> None:
        source = desk.source()
        desk.apply(source, [article(50)], older="")
        desk.apply(source, [article(1)], first=False, older="before 1")
        desk.apply(source, [article(50)], older="before 50")
        assert self.older(desk, source) == ""

    def test_a_gap_ends_where_the_source_ends(self, desk: Desk) -> None:
        source = desk.source()
        desk.apply(source, [article(50)], older="before 50")
        desk.apply(source, [article(1)], first=False, older="before 1")
        desk.apply(source, [], older="")
        assert self.older(desk, source) == "before 50"

    def test_gaps_of_two_absences(self, desk: Desk) -> None:
        source = desk.source()
        desk.apply(source, [article(90)], older="before 90")
        desk.apply(source, [article(50)], first=False, older="before 50")
        desk.apply(source, [article(1)], first=False, older="before 1")
        assert self.older(desk, source) == "before 1"
        desk.apply(source, [article(50)], older="")
        assert self.older(desk, source) == "before 50"
        desk.apply(source, [article(90)], older="")
        assert self.older(desk, source) == "before 90"

    def test_a_gap_that_appears_while_the_past_is_read(self, desk: Desk) -> None:
        """The page that was asked for is the past's; the gap keeps its own place."""
        source = desk.source()
        desk.apply(source, [article(50)], older="before 50")
        desk.apply(source, [article(1)], first=False, older="before 1")
        state = desk.state(source)
        for older in ("before 60", "before 70"):  # two columns asked for the same page
            desk.store.write_now(
                entries.apply, source, [article(60)], state, NOW, first=True, older=older, continued="before 50"
            )
        assert self.older(desk, source) == "before 1"
        desk.apply(source, [article(50)], older="")
        assert self.older(desk, source) == "before 60"


def test_same_page_again_changes_nothing(desk: Desk) -> None:
    source = desk.source()
    column = desk.column(source)
    page = [article(1), article(2), post(3)]
    desk.apply(source, page)
    desk.store.write_now(columns.mark_all_seen, column.id, NOW)
    before = desk.rows(column)
    assert desk.apply(source, page, now=LATER, first=False) == Applied((), ())
    assert desk.rows(column) == before
    assert desk.unseen(column) == 0


def test_empty_page_stores_the_state(desk: Desk) -> None:
    source = desk.source()
    assert desk.apply(source, []) == Applied((), ())
    assert desk.state(source).last_fetched == NOW


def test_page_of_a_removed_source_is_dropped(desk: Desk) -> None:
    source = desk.source()
    desk.store.write_now(sources.remove, source.id)
    assert desk.apply(source, [article(1)]) == Applied((), ())
    assert desk.store.read_now(entries.by_key, article(1).key) is None


def test_listing_order_breaks_ties_of_equal_dates(desk: Desk) -> None:
    source = desk.source()
    column = desk.column(source)
    desk.apply(source, [article(n, published=None, title=f"T{n}") for n in (1, 2, 3)])
    assert desk.shown(column) == ["T1", "T2", "T3"]


def test_repeated_key_in_a_page_counts_once(desk: Desk) -> None:
    source = desk.source()
    column = desk.column(source)
    applied = desk.apply(source, [article(1), replace(article(1), title="Second copy")])
    assert len(applied.new_ids) == 1
    assert desk.shown(column) == ["Article 1"]


class TestChanges:
    def test_changed_words_are_shown_and_stay_seen(self, desk: Desk) -> None:
        source = desk.source()
        column = desk.column(source)
        (entry_id,) = desk.apply(source, [article(1)]).new_ids
        desk.store.write_now(columns.mark_seen, column.id, [entry_id], NOW)
        applied = desk.apply(source, [article(1, title="Corrected")], now=LATER, first=False)
        assert applied == Applied((ColumnChange(column.id, 0, 0, (entry_id,)),), ())
        (row,) = desk.rows(column)
        assert (row.entry.title, row.seen) == ("Corrected", True)

    def test_counts_change_in_place(self, desk: Desk) -> None:
        source = desk.source(network="mastodon")
        column = desk.column(source)
        (entry_id,) = desk.apply(source, [post(1, counts=Counts(0, 1, 2))]).new_ids
        place = desk.rows(column)[0].key
        applied = desk.apply(source, [post(1, counts=Counts(5, 6, 7))], now=LATER, first=False)
        assert applied.columns == (ColumnChange(column.id, 0, 1, (entry_id,)),)
        (row,) = desk.rows(column)
        assert (row.entry.counts, row.key) == (Counts(5, 6, 7), place)

    def test_clock_in_the_content_stops_being_news(self, desk: Desk) -> None:
        """After 24 changes in a row that no date explains, an entry is left as it is."""
        source = desk.source()
        column = desk.column(source)
        desk.apply(source, [article(1, text="it is 0")])
        for hour in range(1, 40):
            desk.apply(source, [article(1, text=f"it is {hour}")], first=False)
        (row,) = desk.rows(column)
        assert row.entry.text == "it is 24"
        desk.apply(source, [article(1, text="truly new", updated=LATER)], first=False)
        assert desk.rows(column)[0].entry.text == "truly new"

    def test_unchanged_fetch_ends_the_row_of_changes(self, desk: Desk) -> None:
        source = desk.source()
        column = desk.column(source)
        desk.apply(source, [article(1, text="0")])
        for number in range(1, 60):
            desk.apply(source, [article(1, text=str(number))], first=False)
            desk.apply(source, [article(1, text=str(number))], first=False)
        assert desk.rows(column)[0].entry.text == "59"

    def test_reworded_entry_that_now_passes_the_filter_appears(self, desk: Desk) -> None:
        source = desk.source()
        column = desk.column(source, words=WordFilter(any_of=("pumps",)))
        desk.apply(source, [article(1)])
        assert desk.shown(column) == []
        applied = desk.apply(source, [article(1, title="All about pumps")], first=False)
        assert applied.columns == (ColumnChange(column.id, 1, 1),)
        assert desk.shown(column) == ["All about pumps"]

    def test_reworded_entry_never_vanishes(self, desk: Desk) -> None:
        source = desk.source()
        column = desk.column(source, words=WordFilter(any_of=("pumps",)))
        desk.apply(source, [article(1, title="Pumps")])
        desk.apply(source, [article(1, title="Valves")], first=False)
        assert desk.shown(column) == ["Valves"]

    def test_long_article_is_cut_on_its_card_only(self, desk: Desk) -> None:
        source = desk.source()
        column = desk.column(source)
        text = "A sentence about lead times. " * 100
        html = f"<p>{text}</p>"
        (entry_id,) = desk.apply(source, [article(1, text=text, html=html)]).new_ids
        (row,) = desk.rows(column)
        assert row.entry.html == ""
        assert row.entry.text.endswith("…")
        assert text.startswith(row.entry.text[:-1])
        assert 400 < len(row.entry.text) <= 600
        stored = desk.store.read_now(entries.get, entry_id)
        assert stored is not None
        assert (stored.entry.text, stored.entry.html) == (text, html)

    def test_article_that_became_short(self, desk: Desk) -> None:
        source = desk.source()
        (entry_id,) = desk.apply(source, [article(1, text="long " * 300, html="<p>long</p>")]).new_ids
        desk.apply(source, [article(1, text="short")], first=False)
        stored = desk.store.read_now(entries.get, entry_id)
        assert stored is not None
        assert (stored.entry.text, stored.entry.html) == ("short", "")


class TestTwoSources:
    def test_same_entry_by_two_sources_is_one_row(self, desk: Desk) -> None:
        one, two = desk.source("one"), desk.source("two")
        column = desk.column(one, two)
        (entry_id,) = desk.apply(one, [post(1)]).new_ids
        applied = desk.apply(two, [post(1)])
        assert applied == Applied((), ())
        assert [row.entry_id for row in desk.rows(column)] == [entry_id]
        assert desk.unseen(column) == 1

    def test_boost_of_a_known_post_adds_no_second_row(self, desk: Desk) -> None:
        home, other = desk.source("home", "mastodon"), desk.source("list", "mastodon")
        column = desk.column(home, other)
        desk.apply(home, [post(1)])
        desk.apply(other, [post(1, reason=BOOST)])
        (row,) = desk.rows(column)
        assert row.entry.reason is None
        alone = desk.column(other, title="List")
        assert [r.entry.reason for r in desk.rows(alone)] == [BOOST]

    def test_each_account_sees_its_own_references_and_marks(self, desk: Desk) -> None:
        ours = desk.source("a", "mastodon", account(desk, "ours"))
        theirs = desk.source("a", "mastodon", account(desk, "theirs"))
        first, second = desk.column(ours), desk.column(theirs)
        desk.apply(ours, [post(1, remote_id="11", refs={"id": "11"}, mine=frozenset({"like"}))])
        desk.apply(theirs, [post(1, remote_id="22", refs={"id": "22"})])
        (row,), (other,) = desk.rows(first), desk.rows(second)
        assert row.entry_id == other.entry_id
        assert (row.account_id, row.entry.remote_id, row.entry.refs, row.entry.mine) == (
            ours.account_id,
            "11",
            {"id": "11"},
            {"like"},
        )
        assert (other.account_id, other.entry.remote_id, other.entry.refs, other.entry.mine) == (
            theirs.account_id,
            "22",
            {"id": "22"},
            frozenset(),
        )

    def test_like_given_elsewhere_shows(self, desk: Desk) -> None:
        source = desk.source("a", "mastodon", account(desk, "ours"))
        column = desk.column(source)
        (entry_id,) = desk.apply(source, [post(1, reason=BOOST)]).new_ids
        applied = desk.apply(source, [post(1, mine=frozenset({"like"}))], first=False)
        assert applied.columns == (ColumnChange(column.id, 0, 1, (entry_id,)),)
        (row,) = desk.rows(column)
        assert (row.entry.mine, row.entry.reason) == ({"like"}, BOOST)

    def test_words_follow_the_source_that_came_first(self, desk: Desk) -> None:
        """Servers word the same post a little differently; it must not flicker between them."""
        one, two = desk.source("one"), desk.source("two")
        column = desk.column(one, two)
        desk.apply(one, [post(1, html="<p>by one</p>")])
        assert desk.apply(two, [post(1, html="<p>by two</p>")]) == Applied((), ())
        assert desk.rows(column)[0].entry.html == "<p>by one</p>"
        desk.apply(two, [post(1, html="<p>edited</p>", updated=LATER)], first=False)
        assert desk.rows(column)[0].entry.html == "<p>edited</p>"

    def test_words_follow_another_source_when_the_first_is_gone(self, desk: Desk) -> None:
        one, two = desk.source("one"), desk.source("two")
        column = desk.column(one, two)
        desk.apply(one, [post(1, html="<p>by one</p>")])
        desk.apply(two, [post(1, html="<p>by two</p>")])
        desk.store.write_now(sources.remove, one.id)
        desk.apply(two, [post(1, html="<p>by two</p>")], first=False)
        assert [row.entry.html for row in desk.rows(column)] == ["<p>by two</p>"]

    def test_change_shows_in_columns_of_other_sources_too(self, desk: Desk) -> None:
        one, two = desk.source("one"), desk.source("two")
        first, second = desk.column(one), desk.column(two)
        (entry_id,) = desk.apply(one, [post(1)]).new_ids
        desk.apply(two, [post(1)])
        applied = desk.apply(one, [post(1, text="edited")], first=False)
        assert applied.columns == (
            ColumnChange(first.id, 0, 1, (entry_id,)),
            ColumnChange(second.id, 0, 1, (entry_id,)),
        )

    def test_seen_in_one_column_is_not_news_in_another(self, desk: Desk) -> None:
        one, two = desk.source("one"), desk.source("two")
        first, second = desk.column(one), desk.column(two)
        (entry_id,) = desk.apply(one, [post(1)]).new_ids
        desk.store.write_now(columns.mark_seen, first.id, [entry_id], NOW)
        applied = desk.apply(two, [post(1)])
        assert applied.columns == (ColumnChange(second.id, 1, 0),)
        assert desk.rows(second)[0].seen


class TestChangedIds:
    def test_state_is_carried_over(self, desk: Desk) -> None:
        source = desk.source()
        column = desk.column(source)
        (entry_id,) = desk.apply(source, [article(1)]).new_ids
        desk.store.write_now(columns.mark_seen, column.id, [entry_id], NOW)
        renamed = article(1, key="https://harbor.example/feed#new-1", remote_id="new-1")
        applied = desk.apply(source, [renamed], now=LATER, first=False)
        assert applied.new_ids == ()
        (row,) = desk.rows(column)
        assert (row.entry_id, row.seen, row.entry.key) == (entry_id, True, renamed.key)
        assert desk.store.read_now(entries.by_key, article(1).key) is None

    def test_tracking_parameters_do_not_hide_the_same_link(self, desk: Desk) -> None:
        source = desk.source()
        column = desk.column(source)
        desk.apply(source, [article(1)])
        desk.apply(source, [article(1, key="k2", url=article(1).url + "?utm_source=rss")], first=False)
        assert len(desk.rows(column)) == 1

    @pytest.mark.parametrize("other", [{"title": "Another title"}, {"url": "https://harbor.example/else"}])
    def test_another_title_or_link_is_another_article(self, desk: Desk, other: dict[str, str]) -> None:
        source = desk.source()
        column = desk.column(source)
        desk.apply(source, [article(1)])
        desk.apply(source, [article(1, key="k2", **other)], first=False)
        assert len(desk.rows(column)) == 2

    def test_two_that_look_alike_in_one_page_are_two(self, desk: Desk) -> None:
        source = desk.source()
        column = desk.column(source)
        desk.apply(source, [article(1)])
        desk.apply(source, [article(1, key="k2"), article(1)], first=False)
        assert len(desk.rows(column)) == 2

    def test_another_source_with_the_same_article_keeps_its_own(self, desk: Desk) -> None:
        one, two = desk.source("one"), desk.source("two")
        column = desk.column(one, two)
        desk.apply(one, [article(1)])
        desk.apply(two, [article(1, key="elsewhere")])
        assert len(desk.rows(column)) == 2

    def test_ids_that_change_on_every_fetch_make_no_news(self, desk: Desk) -> None:
        source = desk.source()
        column = desk.column(source)
        for fetch in range(5):
            desk.apply(source, [article(n, key=f"{fetch}-{n}") for n in (1, 2, 3)], first=fetch == 0)
        assert desk.shown(column) == ["Article 1", "Article 2", "Article 3"]
        assert desk.unseen(column) == 3


class TestRemoved:
    def test_removed_entry_does_not_come_back(self, desk: Desk) -> None:
        source = desk.source()
        column = desk.column(source)
        one, _ = desk.apply(source, [article(1), article(2)]).new_ids
        (gone,) = desk.store.write_now(removal.remove, (one,), NOW)
        assert gone.columns == ((column.id, 1),)
        assert desk.shown(column) == ["Article 2"]
        assert desk.apply(source, [article(1), article(2)], first=False).new_ids == ()
        assert desk.shown(column) == ["Article 2"]

    def test_nor_under_a_changed_id(self, desk: Desk) -> None:
        source = desk.source()
        column = desk.column(source)
        (one,) = desk.apply(source, [article(1)]).new_ids
        desk.store.write_now(removal.remove, (one,), NOW)
        desk.apply(source, [article(1, key="renamed")], first=False)
        assert desk.shown(column) == []

    def test_others_are_not_hit(self, desk: Desk) -> None:
        one, two = desk.source("one"), desk.source("two")
        column = desk.column(one, two)
        (entry_id,) = desk.apply(one, [article(1)]).new_ids
        desk.store.write_now(removal.remove, (entry_id,), NOW)
        desk.apply(two, [article(1, key="of another source")])
        assert len(desk.rows(column)) == 1


class TestOrder:
    def test_first_fetch_is_by_published_date(self, desk: Desk) -> None:
        source = desk.source()
        column = desk.column(source)
        desk.apply(source, [article(3), article(1), article(2)])
        assert desk.shown(column) == ["Article 1", "Article 2", "Article 3"]

    def test_article_dated_back_is_new_when_it_is_seen(self, desk: Desk) -> None:
        source = desk.source()
        column = desk.column(source)
        desk.apply(source, [article(1)])
        desk.apply(source, [article(5000, title="Dated back")], now=LATER, first=False)
        assert desk.shown(column) == ["Dated back", "Article 1"]

    def test_past_is_sorted_into_the_past(self, desk: Desk) -> None:
        source = desk.source()
        column = desk.column(source)
        desk.apply(source, [article(1)])
        desk.apply(source, [article(5000, title="Older")], now=LATER, first=True)
        assert desk.shown(column) == ["Article 1", "Older"]


def test_every_kind_of_value_comes_back_as_it_was(desk: Desk) -> None:
    source = desk.source()
    column = desk.column(source)
    whole = post(
        1,
        title="T",
        summary="S",
        updated=minutes(0.5),
        language="en",
        warning="food",
        media=(Media(MediaKind.IMAGE, "https://social.example/1.png", alt="a pump", width=3, height=4),),
        counts=Counts(1, 2, 3),
        reason=replace(BOOST, at=minutes(0.1)),
        reply_to="https://social.example/statuses/0",
        tags=("b2b", "pumps"),
        mine=frozenset({"like", "bookmark"}),
        refs={"id": "1", "record": "x"},
    )
    desk.apply(source, [whole])
    assert desk.rows(column)[0].entry == whole


def test_text_that_utf8_cannot_hold_is_repaired(desk: Desk) -> None:
    source = desk.source()
    column = desk.column(source)
    broken: Entry = article(1, key="bad \ud800 key", title="half \udc00 pair", text="nul \x00 too")
    desk.apply(source, [broken, article(2)])
    assert desk.shown(column) == ["half \ufffd pair", "Article 2"]
    assert desk.apply(source, [broken], first=False) == Applied((), ())


def test_counters_are_kept_right_through_everything(desk: Desk) -> None:
    one, two = desk.source("one"), desk.source("two")
    column = desk.column(one, two)
    ids = desk.apply(one, [article(n) for n in range(10)]).new_ids
    desk.apply(two, [article(n) for n in range(5, 15)])
    desk.store.write_now(columns.mark_seen, column.id, ids[:4], NOW)
    desk.store.write_now(removal.remove, (ids[0],), NOW)
    desk.store.write_now(removal.remove, (ids[9],), NOW)
    desk.store.write_now(sources.remove, one.id)
    rows = desk.rows(column)
    assert desk.unseen(column) == sum(not row.seen for row in rows)

    def total(db: object) -> int:
        return int(db.execute('SELECT total FROM "column"').fetchone()[0])  # type: ignore[attr-defined]

    assert desk.store.read_now(total) == len(rows) == 9


def test_source_unknown_to_any_column_is_stored_without_rows(desk: Desk) -> None:
    source = desk.source()
    applied = desk.apply(source, [article(1)])
    assert applied.columns == ()
    assert len(applied.new_ids) == 1


def test_changed_ids_are_not_guessed_where_items_were_left_out(desk: Desk) -> None:
    """The entry that looks the same may be one of those left out: two issues of a series under one title and link."""
    source = desk.source()
    column = desk.column(source)
    desk.apply(source, [article(1)])
    again = replace(article(1), key=f"{article(1).key}-next", remote_id="next")
    state = SourceState(source.id)
    applied = desk.store.write_now(entries.apply, source, [again], state, LATER, first=False, complete=False)
    assert len(applied.new_ids) == 1
    assert len(desk.rows(column)) == 2
