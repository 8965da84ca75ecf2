"""Sources: sharing them, asking them in time, letting them go."""

from dataclasses import replace
from datetime import datetime, timedelta

from socialdesk.core.saved import SavedItem
from socialdesk.core.source import Source, SourceState
from socialdesk.store import columns, entries, saved, search, sources
from tests.store.conftest import NOW, Desk, article

LATER = NOW + timedelta(minutes=10)


def due(desk: Desk, now: datetime = NOW, limit: int = 100) -> list[int]:
    return [source.id for source, _, _ in desk.store.read_now(sources.due, now, limit)]


def put(desk: Desk, source: Source, **state: object) -> None:
    desk.store.write_now(sources.put_state, replace(SourceState(source.id), **state))  # type: ignore[arg-type]


def test_equal_source_is_reused(desk: Desk) -> None:
    one = desk.store.write_now(sources.add, Source(0, "x", "list", None, {"a": "1", "b": "2"}, "First"))
    two = desk.store.write_now(sources.add, Source(0, "x", "list", None, {"b": "2", "a": "1"}, "Second"))
    other = desk.store.write_now(sources.add, Source(0, "x", "list", None, {"a": "1"}))
    assert two == one
    assert other.id != one.id
    assert desk.store.read_now(sources.all) == (one, other)
    assert desk.store.read_now(sources.get, one.id) == one
    assert desk.store.read_now(sources.get, 99) is None


def test_whole_state_comes_back(desk: Desk) -> None:
    source = desk.source()
    assert desk.state(source) == SourceState(source.id)
    whole = SourceState(
        source.id,
        "cursor",
        NOW,
        LATER,
        NOW,
        LATER,
        3,
        "unreachable",
        "detail",
        NOW,
        stopped=True,
        interval_s=90,
        waits="limit",
    )
    desk.store.write_now(sources.put_state, whole)
    assert desk.state(source) == whole
    assert desk.store.read_now(sources.states) == (whole,)


def test_state_of_a_removed_source_is_empty(desk: Desk) -> None:
    source = desk.source()
    desk.store.write_now(sources.remove, source.id)
    put(desk, source, cursor="late")
    assert desk.state(source) == SourceState(source.id)
    assert desk.store.read_now(sources.states) == ()


def test_due_in_order_of_their_time(desk: Desk) -> None:
    never, soon, later, stopped, unused = (desk.source(name) for name in ("a", "b", "c", "d", "e"))
    desk.column(later, soon, never, stopped)
    put(desk, soon, next_at=NOW - timedelta(minutes=1))
    put(desk, later, next_at=LATER)
    put(desk, stopped, next_at=NOW, stopped=True)
    put(desk, unused, next_at=NOW)
    assert due(desk) == [never.id, soon.id]
    assert due(desk, limit=1) == [never.id]
    assert due(desk, LATER) == [never.id, soon.id, later.id]
    put(desk, never, next_at=LATER)
    assert desk.store.read_now(sources.next_due) == NOW - timedelta(minutes=1)
    put(desk, soon, next_at=LATER + timedelta(hours=1))
    assert desk.store.read_now(sources.next_due) == LATER


def test_new_source_is_due_at_once(desk: Desk) -> None:
    assert desk.store.read_now(sources.next_due) is None
    desk.column(desk.source())
    next_due = desk.store.read_now(sources.next_due)
    assert next_due is not None
    assert next_due <= NOW


def test_person_makes_due_what_rests_or_stopped(desk: Desk) -> None:
    one, two = desk.source("a"), desk.source("b")
    desk.column(one, two)
    put(desk, one, next_at=LATER)
    put(desk, two, stopped=True, next_at=LATER)
    desk.store.write_now(sources.make_due, [one.id, two.id], NOW)
    assert due(desk) == [one.id, two.id]


def test_title_and_params_change(desk: Desk) -> None:
    source = desk.source()
    state = SourceState(source.id)
    desk.store.write_now(sources.put_state, state, replace(source, title="Harbor"))
    desk.store.write_now(sources.put_state, state, replace(source, title="Harbor again"))
    assert desk.store.read_now(sources.get, source.id).title == (source.title or "Harbor")
    moved = replace(source, params={"url": "https://new.example/feed"}, title="Harbor, moved")
    desk.store.write_now(sources.update, moved)
    assert desk.store.read_now(sources.get, source.id) == moved


def test_columns_of_a_source(desk: Desk) -> None:
    source = desk.source()
    one, _, three = desk.column(source), desk.column(), desk.column(source)
    (standing,) = desk.store.read_now(sources.standing, one.id)
    assert standing == (source, SourceState(source.id), (one.id, three.id))
    assert standing in desk.store.read_now(sources.standing, None)


def test_removing_takes_rows_and_orphans_but_not_what_others_hold(desk: Desk) -> None:
    one, two = desk.source("one"), desk.source("two")
    column = desk.column(one, two)
    alone, shared, kept = desk.apply(one, [article(1), article(2), article(3)]).new_ids
    desk.apply(two, [article(2)])
    desk.store.write_now(saved.add, SavedItem(0, article(3).url, "Kept", "saved", NOW, entry_id=kept))
    desk.store.write_now(columns.mark_seen, column.id, [alone], NOW)
    desk.store.write_now(sources.remove, one.id)
    (row,) = desk.rows(column)
    assert (row.entry_id, row.source_id) == (shared, two.id)
    assert desk.again(column).unseen == 1
    assert desk.again(column).source_ids == (two.id,)
    assert desk.store.read_now(entries.get, alone) is None
    stored = desk.store.read_now(entries.get, kept)
    assert stored is not None
    assert (stored.entry.title, stored.source_id) == ("Article 3", None)
    while desk.store.write_now(search.feed, 100):
        pass
    assert desk.store.read_now(search.find, '"article 1"', 10) == ()


def test_removed_article_may_come_back_with_its_source(desk: Desk) -> None:
    """Unfollowing is not removing: following again shows everything."""
    one = desk.source("one")
    desk.column(one)
    desk.apply(one, [article(1)])
    desk.store.write_now(sources.remove, one.id)
    again = desk.source("one")
    column = desk.column(again)
    desk.apply(again, [article(1)])
    assert desk.shown(column) == ["Article 1"]


def test_unused_sources_go(desk: Desk) -> None:
    used, unused = desk.source("a"), desk.source("b")
    desk.column(used)
    desk.apply(unused, [article(1)])
    assert desk.store.write_now(sources.remove_unused) == 1
    assert desk.store.read_now(sources.all) == (used,)
    assert desk.store.read_now(entries.by_key, article(1).key) is None
