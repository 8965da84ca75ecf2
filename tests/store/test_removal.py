"""Entries that a person takes off the desk, and puts back."""

from dataclasses import replace

from socialdesk.core.saved import SavedItem
from socialdesk.store import columns, entries, removal, saved, search, sources
from tests.store.conftest import NOW, Desk, article, post


def test_it_comes_back_where_it_was_with_all_that_belongs_to_it(desk: Desk) -> None:
    one, two = desk.source("one"), desk.source("two")
    both, other = desk.column(one, two), desk.column(two)
    ids = desk.apply(one, [article(n, text="word " * 300, html="<p>words</p>") for n in (1, 2, 3)]).new_ids
    desk.apply(two, [article(2, text="word " * 300, html="<p>words</p>")])
    middle = ids[1]
    desk.store.write_now(columns.mark_seen, both.id, [middle], NOW)
    item = desk.store.write_now(saved.add, SavedItem(0, article(2).url, "Kept", "saved", NOW, entry_id=middle))
    before = [(desk.rows(c), desk.unseen(c)) for c in (both, other)], desk.store.read_now(entries.get, middle)
    gone = desk.store.write_now(removal.remove, (middle,), NOW)
    assert desk.shown(both) == ["Article 1", "Article 3"]
    assert desk.unseen(other) == 0
    back = desk.store.write_now(removal.restore, gone)
    assert back == ((both.id, middle, 2), (other.id, middle, 1))
    assert before == ([(desk.rows(c), desk.unseen(c)) for c in (both, other)], desk.store.read_now(entries.get, middle))
    kept = desk.store.read_now(saved.get, item.id)
    assert kept is not None
    assert kept.entry_id == middle


def test_what_is_back_is_known_to_its_source_and_can_be_removed_again(desk: Desk) -> None:
    source = desk.source()
    column = desk.column(source)
    ids = desk.apply(source, [post(1), post(2)]).new_ids
    gone = desk.store.write_now(removal.remove, ids, NOW)
    assert desk.apply(source, [post(1), post(2)], first=False).new_ids == ()
    desk.store.write_now(removal.restore, gone)
    changed = desk.apply(source, [replace(post(1), text="Reworded"), post(2)], first=False)
    assert changed.new_ids == ()
    assert desk.shown(column) == ["Reworded", "Post 2"]
    desk.store.write_now(removal.remove, ids, NOW)
    assert desk.shown(column) == []


def test_it_is_found_again(desk: Desk) -> None:
    ids = desk.apply(desk.source(), [post(1, text="Shortlist of one")]).new_ids
    gone = desk.store.write_now(removal.remove, ids, NOW)
    desk.store.write_now(removal.restore, gone)
    desk.store.write_now(search.feed, 100)
    assert [hit.id for hit in desk.store.read_now(search.find, "shortlist", 10)] == list(ids)


def test_putting_back_twice_is_once(desk: Desk) -> None:
    source = desk.source()
    column = desk.column(source)
    gone = desk.store.write_now(removal.remove, desk.apply(source, [post(1)]).new_ids, NOW)
    desk.store.write_now(removal.restore, gone)
    assert desk.store.write_now(removal.restore, gone) == ()
    assert (len(desk.rows(column)), desk.unseen(column)) == (1, 1)


def test_a_source_and_a_column_that_left_meanwhile_stay_away(desk: Desk) -> None:
    one, two = desk.source("one"), desk.source("two")
    first, second = desk.column(one), desk.column(two)
    (entry_id,) = desk.apply(one, [post(1)]).new_ids
    desk.apply(two, [post(1)])
    gone = desk.store.write_now(removal.remove, (entry_id,), NOW)
    desk.store.write_now(columns.remove, first.id)
    desk.store.write_now(sources.remove, one.id)
    assert desk.store.write_now(removal.restore, gone) == ((second.id, entry_id, 1),)
    assert desk.shown(second) == ["Post 1"]
    stored = desk.store.read_now(entries.get, entry_id)
    assert stored is not None
    assert stored.source_id == two.id
