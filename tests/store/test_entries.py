"""Single entries: whole, as an account sees them, changed by hand."""

from dataclasses import replace

from socialdesk.core.account import Account
from socialdesk.core.entry import Author, Counts, Reason
from socialdesk.core.saved import SavedItem
from socialdesk.store import accounts, columns, entries, removal, saved, sources
from socialdesk.store.record import record_of
from tests.store.conftest import NOW, Desk, article, post


def account(desk: Desk, name: str) -> int:
    stored = desk.store.write_now(accounts.add, Account(0, "mastodon", name, name, "https://s.example", name))
    return int(stored.id)


def test_by_id_and_by_key(desk: Desk) -> None:
    source = desk.source()
    (entry_id,) = desk.apply(source, [post(1)]).new_ids
    stored = desk.store.read_now(entries.get, entry_id)
    assert stored is not None
    assert (stored.id, stored.entry, stored.source_id, stored.account_id) == (entry_id, post(1), source.id, None)
    assert stored.first_seen == NOW
    assert desk.store.read_now(entries.by_key, post(1).key) == stored
    assert desk.store.read_now(entries.get, 99) is None
    assert desk.store.read_now(entries.by_key, "nothing") is None


def test_an_account_s_view_comes_first(desk: Desk) -> None:
    """It can act; an anonymous source cannot."""
    anonymous = desk.source("public", "mastodon")
    ann = desk.source("home", "mastodon", account(desk, "ann"))
    (entry_id,) = desk.apply(anonymous, [post(1, refs={"id": "public"})]).new_ids
    desk.apply(ann, [post(1, refs={"id": "ann"})])
    best = desk.store.read_now(entries.get, entry_id)
    asked = desk.store.read_now(entries.get, entry_id, anonymous.id)
    gone = desk.store.read_now(entries.get, entry_id, 12345)
    assert best is not None
    assert asked is not None
    assert (best.entry.refs, best.account_id) == ({"id": "ann"}, ann.account_id)
    assert (asked.entry.refs, asked.account_id) == ({"id": "public"}, None)
    assert gone == best


def test_change_by_hand_shows_in_every_column_of_the_account(desk: Desk) -> None:
    ann_id = account(desk, "ann")
    home, mentions = desk.source("home", "mastodon", ann_id), desk.source("mentions", "mastodon", ann_id)
    bob = desk.source("home", "mastodon", account(desk, "bob"))
    shown = [desk.column(source) for source in (home, mentions, bob)]
    (entry_id,) = desk.apply(home, [post(1, counts=Counts(0, 0, 0))]).new_ids
    for source in (mentions, bob):
        desk.apply(source, [post(1, counts=Counts(0, 0, 0))])
    desk.store.write_now(columns.mark_seen, shown[1].id, [entry_id], NOW)
    stored = desk.store.read_now(entries.get, entry_id)
    assert stored is not None
    liked = replace(stored.entry, mine=frozenset({"like"}), counts=Counts(0, 0, 1), refs={"id": "1", "like": "9"})
    changed = desk.store.write_now(entries.update_entry, entry_id, liked)
    assert changed == ((shown[0].id, 1), (shown[1].id, 0), (shown[2].id, 1))
    first, second, third = (desk.rows(column)[0].entry for column in shown)
    assert first == second == liked
    assert (third.mine, third.refs, third.counts) == (frozenset(), {"id": "1"}, Counts(0, 0, 1))


def test_change_for_a_named_account(desk: Desk) -> None:
    ann_id, bob_id = account(desk, "ann"), account(desk, "bob")
    ann, bob = desk.source("home", "mastodon", ann_id), desk.source("home", "mastodon", bob_id)
    columns_of = [desk.column(ann), desk.column(bob)]
    (entry_id,) = desk.apply(ann, [post(1)]).new_ids
    desk.apply(bob, [post(1)])
    desk.store.write_now(entries.update_entry, entry_id, post(1, mine=frozenset({"like"})), bob_id)
    assert [desk.rows(column)[0].entry.mine for column in columns_of] == [frozenset(), {"like"}]


def test_a_filter_covers_for_the_account_that_has_it(desk: Desk) -> None:
    """Both columns show the same post; only one person does not want to read it at once."""
    ann = desk.source("home", "mastodon", account(desk, "ann"))
    bob = desk.source("home", "mastodon", account(desk, "bob"))
    shown = [desk.column(ann), desk.column(bob)]
    desk.apply(ann, [post(1, filtered="Spoilers")])
    desk.apply(bob, [post(1)])
    assert [desk.rows(column)[0].entry.filtered for column in shown] == ["Spoilers", ""]
    changes = desk.apply(bob, [post(1, filtered="Noise")]).columns
    assert shown[1].id in {change.column_id for change in changes if change.updated}
    assert [desk.rows(column)[0].entry.filtered for column in shown] == ["Spoilers", "Noise"]


def test_change_of_a_removed_entry_does_nothing(desk: Desk) -> None:
    source = desk.source()
    (entry_id,) = desk.apply(source, [post(1)]).new_ids
    desk.store.write_now(removal.remove, (entry_id,), NOW)
    assert desk.store.write_now(entries.update_entry, entry_id, post(1, text="late")) == ()
    assert desk.store.read_now(entries.get, entry_id) is None


def test_removing_keeps_the_saved_copy(desk: Desk) -> None:
    source = desk.source()
    (entry_id,) = desk.apply(source, [article(1, text="word " * 500, html="<p>words</p>")]).new_ids
    item = desk.store.write_now(saved.add, SavedItem(0, article(1).url, "Kept", "saved", NOW, entry_id=entry_id))
    desk.store.write_now(removal.remove, (entry_id,), NOW)
    assert desk.store.write_now(removal.remove, (entry_id,), NOW) == ()
    assert desk.store.read_now(saved.get, item.id) == replace(item, entry_id=None)


def test_entries_are_found_by_their_ids_at_the_network_as_each_account_knows_them(desk: Desk) -> None:
    ann = desk.source("home", "mastodon", account(desk, "ann"))
    bob = desk.source("home", "mastodon", account(desk, "bob"))
    (first, second) = reversed(desk.apply(ann, [post(1), post(2)]).new_ids)
    desk.apply(bob, [post(1, remote_id="b1")])
    both = (ann.id, bob.id)
    assert desk.store.read_now(entries.held, both, ("1", "2", "3")) == ((ann.id, second, "1"), (ann.id, first, "2"))
    assert desk.store.read_now(entries.held, both, ("b1",)) == ((bob.id, second, "b1"),)
    assert desk.store.read_now(entries.held, (ann.id,), ("b1",)) == ()
    assert desk.store.read_now(entries.held, both, ("1", "2"), 1) == ((ann.id, max(first, second), "1"),)


def test_bringing_up_to_date_adds_nothing_and_moves_nothing(desk: Desk) -> None:
    source = desk.source("home", "mastodon", account(desk, "ann"))
    column = desk.column(source)
    boosted = post(1, reason=Reason("reshare", Author("Meridian")))
    desk.apply(source, [boosted, post(2)])
    before = desk.rows(column)
    state = desk.store.read_now(sources.state, source.id)
    edited = post(1, text="Better", updated=NOW)
    records = [record_of(edited), record_of(post(9))]
    applied = desk.store.write_now(entries.bring_up_to_date, source, records, NOW)
    after = desk.rows(column)
    assert [(row.key, row.seen) for row in after] == [(row.key, row.seen) for row in before]
    assert {row.entry.text for row in after} == {"Better", "Post 2"}
    assert {row.entry.reason for row in after} == {boosted.reason, None}
    assert [(change.added, len(change.updated)) for change in applied.columns] == [(0, 1)]
    assert applied.new_ids == ()
    assert desk.store.read_now(sources.state, source.id) == state
