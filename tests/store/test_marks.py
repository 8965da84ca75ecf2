"""What was read, starred and labelled, both ways: wishes that wait, and what the account's network says."""

from dataclasses import replace
from datetime import timedelta

import pytest

from socialdesk.core.account import Account
from socialdesk.core.entry import Entry, Marked
from socialdesk.core.marks import Wish
from socialdesk.core.source import Column, Source
from socialdesk.store import accounts, columns, entries, marking, marks, sources
from tests.store.conftest import NOW, Desk, article

READ, UNREAD = Wish("read", is_set=True), Wish("read", is_set=False)
STAR, UNSTAR = Wish("bookmark", is_set=True), Wish("bookmark", is_set=False)
NETWORKS = ("reader",)
SOON = NOW + timedelta(minutes=5)
LATER = NOW + timedelta(minutes=10)


def of_reader(number: int, **changes: object) -> Entry:
    return article(number, network="reader", **changes)


def key(number: int) -> str:
    return of_reader(number).key


def said(asked_at: object = NOW, *, unread: tuple[int, ...] = (), starred: tuple[int, ...] = ()) -> Marked:
    return Marked(asked_at, frozenset(map(key, unread)), frozenset(map(key, starred)))  # type: ignore[arg-type]


class Reader:
    """An account of a feed reader's server with one source, shown in two columns."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        stored = desk.store.write_now(
            accounts.add, Account(0, "reader", "Northwind", "northwind", "https://reader.example", remote_id="1")
        )
        self.account = int(stored.id)
        self.source = desk.store.write_now(sources.add, Source(0, "reader", "everything", self.account))
        self.column: Column = desk.column(self.source)
        self.other: Column = desk.column(self.source)

    def look(self, page: list[Entry], marked: Marked, **more: object) -> object:
        state = self.desk.state(self.source)
        now = more.pop("now", marked.asked_at + timedelta(seconds=1))
        return self.desk.store.write_now(
            entries.apply, self.source, page, state, now, first=bool(more.get("first")), marks=marked
        )

    def see(self, *numbers: int, column: Column | None = None) -> object:
        ids = tuple(self.id(number) for number in numbers)
        shown = (column or self.column).id
        return self.desk.store.write_now(marking.see, shown, ids, NETWORKS, SOON)

    def id(self, number: int) -> int:
        found = self.desk.store.read_now(entries.by_key, key(number))
        assert found is not None
        return int(found.id)

    def new(self, column: Column | None = None) -> set[int]:
        """Numbers of the articles that are new in a column; its counter has to agree."""
        shown = (column or self.column).id
        rows = self.desk.store.read_now(columns.rows, shown, None, 100)
        found = {int(row.entry.remote_id) for row in rows if not row.seen}
        assert self.desk.store.read_now(columns.get, shown).unseen == len(found)
        return found

    def starred(self) -> set[int]:
        rows = self.desk.store.read_now(columns.rows, self.column.id, None, 100)
        return {int(row.entry.remote_id) for row in rows if "bookmark" in row.entry.mine}

    def waiting(self) -> list[tuple[Wish, list[str]]]:
        found = self.desk.store.read_now(marks.waiting, self.account)
        return [(one.wish, [remote for _, remote, _ in one.items]) for one in found]

    def wish(self, number: int, wanted: Wish, now: object = SOON) -> None:
        self.desk.store.write_now(marks.wish, self.account, key(number), str(number), wanted, now)

    def send_all(self, now: object = SOON) -> None:
        for one in self.desk.store.read_now(marks.waiting, self.account):
            self.desk.store.write_now(marks.sent, self.account, one, now)


@pytest.fixture
def reader(desk: Desk) -> Reader:
    made = Reader(desk)
    made.look([of_reader(1), of_reader(2), of_reader(3)], said(unread=(1, 2, 3)), first=True)
    return made


class TestWishes:
    def test_what_was_seen_is_to_be_told_and_seen_everywhere(self, reader: Reader) -> None:
        changes, told = reader.see(1, 2)  # type: ignore[misc]
        assert told == (reader.account,)
        assert reader.waiting() == [(READ, ["1", "2"])]
        assert reader.new() == reader.new(reader.other) == {3}
        assert [(c.column_id, c.unseen) for c in changes] == [(reader.column.id, 1), (reader.other.id, 1)]

    def test_seeing_the_same_again_tells_nobody(self, reader: Reader) -> None:
        reader.see(1)
        reader.send_all()
        assert reader.see(1)[1] == ()  # type: ignore[index]
        assert reader.waiting() == []

    def test_all_of_a_column(self, reader: Reader) -> None:
        changes, _ = reader.desk.store.write_now(marking.see, reader.column.id, None, NETWORKS, SOON)
        assert changes[0].unseen == 0
        assert reader.waiting() == [(READ, ["1", "2", "3"])]
        assert reader.new(reader.other) == set()

    def test_other_networks_only_see(self, desk: Desk) -> None:
        source = desk.source()
        column, other = desk.column(source), desk.column(source)
        desk.apply(source, [article(1)])
        number = desk.store.read_now(entries.by_key, article(1).key).id
        changes, told = desk.store.write_now(marking.see, column.id, (number,), NETWORKS, SOON)
        assert (changes[0].unseen, told) == (0, ())
        assert (desk.unseen(column), desk.unseen(other)) == (0, 1)
        assert desk.store.read_now(marks.waiting_accounts) == ()

    def test_the_last_wish_counts(self, reader: Reader) -> None:
        reader.see(1)
        reader.desk.store.write_now(marking.put_read, (reader.id(1),), NETWORKS, LATER, is_read=False)
        assert reader.waiting() == [(UNREAD, ["1"])]
        assert reader.new() == reader.new(reader.other) == {1, 2, 3}

    def test_entries_are_read_wherever_they_are_shown(self, reader: Reader) -> None:
        changes, told = reader.desk.store.write_now(
            marking.put_read, (reader.id(1), reader.id(3)), NETWORKS, SOON, is_read=True
        )
        assert told == (reader.account,)
        assert {change.unseen for change in changes} == {1}
        assert reader.new() == reader.new(reader.other) == {2}
        assert reader.waiting() == [(READ, ["1", "3"])]

    def test_a_wish_made_while_another_is_sent_goes_on_waiting(self, reader: Reader) -> None:
        reader.wish(1, STAR)
        sending = reader.desk.store.read_now(marks.waiting, reader.account)[0]
        reader.wish(1, UNSTAR, LATER)
        reader.desk.store.write_now(marks.sent, reader.account, sending, LATER)
        assert reader.waiting() == [(UNSTAR, ["1"])]

    def test_wishes_outlive_column_and_entry(self, reader: Reader) -> None:
        reader.see(1, 2)
        for column in (reader.column, reader.other):
            reader.desk.store.write_now(columns.remove, column.id)
        reader.desk.store.write_now(sources.remove_unused)
        assert reader.waiting() == [(READ, ["1", "2"])]

    def test_wishes_go_with_the_account(self, reader: Reader) -> None:
        reader.see(1)
        reader.desk.store.write_now(accounts.remove, reader.account)
        assert reader.desk.store.read_now(marks.waiting_accounts) == ()

    def test_what_is_refused_is_forgotten(self, reader: Reader) -> None:
        reader.wish(1, Wish("label:Later", is_set=True))
        refused = reader.desk.store.read_now(marks.waiting, reader.account)[0]
        reader.desk.store.write_now(marks.forget, reader.account, refused)
        assert reader.waiting() == []

    def test_what_was_sent_long_ago_is_not_kept(self, reader: Reader) -> None:
        reader.wish(1, STAR)
        reader.send_all(NOW)
        reader.wish(2, STAR)
        reader.send_all(NOW + timedelta(seconds=marks.KEPT_S + 1))
        assert reader.desk.store.read_now(marks.newer_than, reader.account, NOW) == {(key(2), "bookmark"): True}


class TestFromTheNetwork:
    def test_new_entries_are_as_the_network_says(self, reader: Reader) -> None:
        reader.look([of_reader(4), of_reader(5)], said(SOON, unread=(1, 2, 3, 4)))
        assert reader.new() == reader.new(reader.other) == {1, 2, 3, 4}

    def test_what_was_read_elsewhere_is_seen_in_every_column(self, reader: Reader) -> None:
        applied = reader.look([], said(SOON, unread=(3,)))
        assert reader.new() == reader.new(reader.other) == {3}
        assert {c.column_id: (c.added, c.unseen, len(c.updated)) for c in applied.columns} == {  # type: ignore[attr-defined]
            reader.column.id: (0, 1, 2),
            reader.other.id: (0, 1, 2),
        }
        assert reader.waiting() == []

    def test_what_was_kept_unread_elsewhere_is_new_again(self, reader: Reader) -> None:
        reader.see(1, 2)
        reader.send_all()
        reader.look([], said(LATER, unread=(1, 3)))
        assert reader.new() == reader.new(reader.other) == {1, 3}

    def test_stars_of_elsewhere_come_and_go(self, reader: Reader) -> None:
        reader.look([], said(SOON, unread=(1, 2, 3), starred=(2,)))
        assert reader.starred() == {2}
        applied = reader.look([], said(LATER, unread=(1, 2, 3), starred=(3,)))
        assert reader.starred() == {3}
        assert {frozenset(c.updated) for c in applied.columns} == {frozenset({reader.id(2), reader.id(3)})}  # type: ignore[attr-defined]

    def test_nothing_changes_where_nothing_changed(self, reader: Reader) -> None:
        reader.look([], said(SOON, unread=(1, 2, 3), starred=(2,)))
        assert reader.look([], said(LATER, unread=(1, 2, 3), starred=(2,))).columns == ()  # type: ignore[attr-defined]

    def test_what_the_network_does_not_say_stays(self, reader: Reader) -> None:
        reader.look([], said(SOON, unread=(1,), starred=(2,)))
        reader.look([], Marked(LATER))
        assert reader.new() == {1}
        assert reader.starred() == {2}

    def test_an_entry_that_came_after_the_network_was_asked_is_left_alone(self, reader: Reader) -> None:
        """Two columns are read at once: the slower one's lists are older than what the faster one brought."""
        reader.look([of_reader(4, mine=frozenset({"bookmark"}))], said(SOON, unread=(1, 2, 3, 4), starred=(4,)))
        reader.look([], said(NOW, unread=(1, 2, 3)), now=LATER)
        assert reader.new() == {1, 2, 3, 4}
        assert reader.starred() == {4}

    def test_other_accounts_are_left_alone(self, desk: Desk, reader: Reader) -> None:
        source = desk.source()
        column = desk.column(source)
        desk.apply(source, [article(9)])
        reader.look([], said(SOON))
        assert desk.unseen(column) == 1


class TestConflicts:
    """What the person marked here since the network was asked is newer than its answer."""

    def test_read_here_while_the_network_still_says_unread(self, reader: Reader) -> None:
        reader.see(1)
        reader.look([], said(LATER, unread=(1, 2, 3)))
        assert reader.new() == {2, 3}, "it waits to be sent"
        reader.send_all(LATER + timedelta(seconds=1))
        reader.look([], said(LATER, unread=(1, 2, 3)))
        assert reader.new() == {2, 3}, "the look began before it was sent"
        reader.look([], said(LATER + timedelta(minutes=1), unread=(1, 2, 3)))
        assert reader.new() == {1, 2, 3}, "now the network knows, and somebody kept it unread there"

    def test_unread_here_while_the_network_says_read(self, reader: Reader) -> None:
        reader.desk.store.write_now(marking.put_read, (reader.id(1),), NETWORKS, SOON, is_read=False)
        reader.look([], said(LATER, unread=(2,)))
        assert reader.new() == {1, 2}

    @pytest.mark.parametrize(("wanted", "starred", "expected"), [(STAR, (), {1}), (UNSTAR, (1, 2), {2})])
    def test_starred_here_and_not_there(
        self, reader: Reader, wanted: Wish, starred: tuple[int, ...], expected: set[int]
    ) -> None:
        if not wanted.is_set:
            reader.look([], said(NOW, unread=(1, 2, 3), starred=(1, 2)), now=SOON)
        reader.wish(1, wanted)
        stored = reader.desk.store.read_now(entries.get, reader.id(1))
        mine = frozenset({"bookmark"}) if wanted.is_set else frozenset()
        reader.desk.store.write_now(entries.update_entry, reader.id(1), replace(stored.entry, mine=mine))
        reader.look([], said(LATER, unread=(1, 2, 3), starred=starred))
        assert reader.starred() == expected

    def test_contents_that_come_again_keep_the_marks_that_wait(self, reader: Reader) -> None:
        reader.wish(1, STAR)
        reader.wish(1, Wish("label:Later", is_set=True))
        reader.wish(2, Wish("label:Old", is_set=False))
        page = [of_reader(1), of_reader(2, mine=frozenset({"label:Old", "label:Kept"}))]
        reader.look(page, said(LATER, unread=(1, 2, 3)))
        found = {n: reader.desk.store.read_now(entries.get, reader.id(n)).entry.mine for n in (1, 2)}
        assert found == {1: {"bookmark", "label:Later"}, 2: {"label:Kept"}}

    def test_read_here_before_it_came_by_another_column(self, reader: Reader) -> None:
        reader.wish(7, READ)
        reader.look([of_reader(7)], said(LATER, unread=(1, 2, 3, 7)))
        assert reader.new() == {1, 2, 3}
