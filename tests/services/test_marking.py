"""Marks that networks keep: told in batches, kept without a connection, replayed, and what the network says of others.

The network is a practice server behind the real adapter; only the clock is the test's.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest

from socialdesk.content.worker import Worker
from socialdesk.core.errors import InputError, Rejected, Unreachable
from socialdesk.core.source import Column, Source, WordFilter
from socialdesk.networks.greader.adapter import GoogleReader
from socialdesk.practice.greader import MINIFLUX, Habits, PracticeReader
from socialdesk.practice.greader_state import READ, STARRED
from socialdesk.practice.server import Fault
from socialdesk.practice.world import World
from tests.services.conftest import Desk, open_desk
from tests.services.fakes import START


class Reader(GoogleReader):
    """The adapter with the test's clock."""

    clock: ClassVar[Callable[[], datetime]] = lambda: START

    def __init__(self, account: Any, credential: Any, http: Any) -> None:
        super().__init__(account, credential, http, now=type(self).clock)


@dataclass
class Reading:
    desk: Desk
    server: PracticeReader
    account: int
    column: Column

    async def look(self, **later: float) -> None:
        self.desk.clock.forward(**(later or {"minutes": 10}))
        report = await self.desk.services.refresh.now()
        assert [outcome.error for outcome in report.outcomes if outcome.error] == []

    async def rows(self) -> dict[str, Any]:
        return {row.entry.title: row for row in await self.desk.services.reading.page(self.column.id, None, 500)}

    async def new(self) -> set[str]:
        found = {title for title, row in (await self.rows()).items() if not row.seen}
        assert (await self.desk.services.columns.get(self.column.id)).unseen == len(found)
        return found

    async def see(self, *titles: str) -> None:
        rows = await self.rows()
        await self.desk.services.reading.mark_seen(self.column.id, tuple(rows[title].entry_id for title in titles))

    def unread(self) -> set[str]:
        return {item.title for item in self.server.reading.items.values() if READ not in item.states}

    async def all_told(self) -> None:
        """What waits is told now, without the pause in which a person may read more."""
        await self.desk.services.marking.push(self.account)


@pytest.fixture
async def reading(tmp_path: Path, worker: Worker) -> AsyncIterator[Reading]:
    async with opened(tmp_path, worker, Habits()) as made:
        yield made


@contextlib.asynccontextmanager
async def opened(tmp_path: Path, worker: Worker, habits: Habits) -> AsyncIterator[Reading]:
    async with (
        PracticeReader(World.load(), habits, now=lambda: START) as server,
        open_desk(tmp_path, worker, {"greader": Reader}) as desk,
    ):
        Reader.clock = server.now = desk.clock
        account = await desk.services.accounts.sign_in("greader", server.credentials)
        source = Source(0, "greader", "everything", account.id)
        column = await desk.services.columns.add("Read", "rss", (source,), WordFilter())
        made = Reading(desk, server, account.id, column)
        await made.look(seconds=1)
        yield made


async def test_a_column_shows_what_is_read_there(reading: Reading) -> None:
    assert await reading.new() == reading.unread()
    assert 0 < len(reading.unread()) < len(await reading.rows())


async def test_what_was_seen_here_is_read_there_in_one_request(reading: Reading) -> None:
    some = sorted(reading.unread())[:3]
    await reading.see(some[0])
    await reading.see(*some[1:])
    await reading.all_told()
    assert not reading.unread() & set(some)
    assert len(reading.server.requests("edit-tag")) == 1
    await reading.look()
    assert await reading.new() == reading.unread()
    assert len(reading.server.requests("edit-tag")) == 1


async def test_it_is_told_by_itself(reading: Reading) -> None:
    reading.desk.services.marking._pause_s = 0.01
    title = min(reading.unread())
    await reading.see(title)
    await asyncio.wait_for(reading.server.until_asked("edit-tag"), 10)
    await reading.all_told()
    assert title not in reading.unread()


async def test_a_whole_column_is_read(reading: Reading) -> None:
    assert await reading.desk.services.reading.mark_all_seen(reading.column.id) == 0
    await reading.all_told()
    assert reading.unread() == set()


async def test_what_was_read_and_starred_elsewhere_comes_at_the_next_look(reading: Reading) -> None:
    title, other = sorted(reading.unread())[:2]
    reading.server.titled(title).states |= {READ, STARRED}
    await reading.look()
    assert title not in await reading.new()
    assert "bookmark" in (await reading.rows())[title].entry.mine
    reading.server.titled(title).states.clear()
    reading.server.titled(other).states.add(READ)
    await reading.look()
    assert await reading.new() == reading.unread()
    assert "bookmark" not in (await reading.rows())[title].entry.mine


async def test_kept_unread_here_is_unread_there(reading: Reading) -> None:
    title = min(reading.unread())
    await reading.see(title)
    await reading.all_told()
    await reading.desk.services.reading.mark_unread(((await reading.rows())[title].entry_id,))
    assert title in await reading.new()
    await reading.all_told()
    assert title in reading.unread()


async def test_networks_that_keep_no_marks_say_so(reading: Reading) -> None:
    with pytest.raises(InputError, match="does not keep"):
        await reading.desk.services.reading.mark_unread((99_999,))


async def test_a_star_is_set_there_at_once(reading: Reading) -> None:
    title = min(reading.unread())
    row = (await reading.rows())[title]
    entry = await reading.desk.services.reading.act(row.entry_id, "bookmark")
    assert "bookmark" in entry.mine
    assert STARRED in reading.server.titled(title).states
    await reading.desk.services.reading.act(row.entry_id, "unbookmark")
    assert STARRED not in reading.server.titled(title).states
    assert "bookmark" not in (await reading.rows())[title].entry.mine


async def test_a_label_is_set_shown_and_taken_away(reading: Reading) -> None:
    title = min(reading.unread())
    row = (await reading.rows())[title]
    await reading.desk.services.reading.act(row.entry_id, "label:Für später")
    assert reading.server.titled(title).labels == {"Für später"}
    assert (await reading.rows())[title].entry.mine == {"label:Für später"}
    assert await reading.desk.services.reading.labels(reading.account) == ("Für später",)
    await reading.desk.services.reading.act(row.entry_id, "unlabel:Für später")
    assert reading.server.titled(title).labels == set()


async def test_what_the_server_refuses_is_taken_back_and_said(tmp_path: Path, worker: Worker) -> None:
    async with opened(tmp_path, worker, MINIFLUX) as reading:
        row = next(iter((await reading.rows()).values()))
        with pytest.raises(Rejected):
            await reading.desk.services.reading.act(row.entry_id, "label:Later")
        assert (await reading.rows())[row.entry.title].entry.mine == frozenset()
        await reading.all_told()
        assert not reading.server.requests("edit-tag")


class TestWithoutAConnection:
    async def test_all_is_kept_and_replayed_once(self, reading: Reading) -> None:
        first, second, third = sorted(reading.unread())[:3]
        rows = await reading.rows()
        reading.server.faults.add(Fault("close", times=0))
        await reading.see(first, second)
        await reading.desk.services.reading.mark_unread((rows[second].entry_id,))
        await reading.desk.services.reading.act(rows[first].entry_id, "bookmark")
        await reading.desk.services.reading.act(rows[third].entry_id, "bookmark")
        await reading.desk.services.reading.act(rows[third].entry_id, "unbookmark")
        await reading.desk.services.reading.act(rows[third].entry_id, "label:Later")
        shown = await reading.rows()
        assert shown[first].entry.mine == {"bookmark"}
        assert shown[third].entry.mine == {"label:Later"}
        assert reading.server.titled(first).states == set()
        reading.server.faults.clear()
        asked = len(reading.server.requests("edit-tag"))
        await reading.look()
        assert reading.server.titled(first).states == {READ, STARRED}
        assert reading.server.titled(second).states == set()
        assert reading.server.titled(third).states == set()
        assert reading.server.titled(third).labels == {"Later"}
        assert len(reading.server.requests("edit-tag")) == asked + 5  # read, unread, star, no star, label
        assert await reading.new() == reading.unread()
        await reading.look()
        assert len(reading.server.requests("edit-tag")) == asked + 5
        assert (await reading.rows())[first].entry.mine == {"bookmark"}

    async def test_wishes_go_out_before_the_look_that_would_undo_them(self, reading: Reading) -> None:
        title = min(reading.unread())
        await reading.see(title)
        before = len(reading.server.log)
        await reading.look()
        paths = [request.path.partition("/api/0/")[2] for request in reading.server.log[before:]]
        assert paths.index("edit-tag") < paths.index("stream/items/ids")
        assert title not in await reading.new()

    async def test_a_look_that_fails_after_telling_undoes_nothing(self, reading: Reading) -> None:
        title = min(reading.unread())
        await reading.see(title)
        reading.server.faults.add(Fault("500", match="items/ids", times=0))
        reading.desk.clock.forward(minutes=10)
        await reading.desk.services.refresh.now()
        assert title not in reading.unread()
        assert title not in await reading.new()

    async def test_they_are_told_after_a_start(self, reading: Reading, tmp_path: Path, worker: Worker) -> None:
        title = min(reading.unread())
        reading.server.faults.add(Fault("close", times=0))
        await reading.see(title)
        await reading.all_told()
        assert title in reading.unread()
        reading.server.faults.clear()
        reading.desk.services.marking.start()
        await asyncio.wait_for(reading.server.until_asked("edit-tag", times=1), 10)
        await reading.all_told()
        assert title not in reading.unread()

    async def test_a_mark_made_while_one_is_sent_is_sent_too(self, reading: Reading) -> None:
        title = min(reading.unread())
        row = (await reading.rows())[title]
        reading.server.faults.add(Fault("drip", match="edit-tag", seconds=0.5))
        pushing = asyncio.create_task(reading.desk.services.reading.act(row.entry_id, "bookmark"))
        await asyncio.wait_for(reading.server.until_asked("edit-tag"), 10)
        reading.desk.clock.forward(seconds=1)
        await reading.desk.services.reading.act(row.entry_id, "unbookmark")
        await pushing
        assert STARRED not in reading.server.titled(title).states
        await reading.look()
        assert "bookmark" not in (await reading.rows())[title].entry.mine

    async def test_an_account_that_is_removed_leaves_nothing_to_tell(self, reading: Reading) -> None:
        reading.server.faults.add(Fault("close", match="edit-tag", times=0))
        await reading.see(min(reading.unread()))
        await reading.desk.services.accounts.remove(reading.account)
        before = len(reading.server.log)
        await reading.desk.services.marking.catch_up()
        assert len(reading.server.log) == before

    async def test_a_sign_in_that_ended_is_renewed_and_the_marks_go_out(self, reading: Reading) -> None:
        title = min(reading.unread())
        reading.server.end_sign_ins()
        await reading.see(title)
        await reading.all_told()
        assert title not in reading.unread()


async def test_the_past_is_as_the_network_says(reading: Reading) -> None:
    """Entries that a person scrolls to are new where they are unread there, and nothing is told of them."""
    for number in range(45):
        reading.server.add_post(f"Number {number}")
        reading.desk.clock.forward(seconds=1)
    source = Source(0, "greader", "subscription", reading.account, {"feed": next(iter(reading.server.reading.feeds))})
    column = await reading.desk.services.columns.add("One", "rss", (source,), WordFilter())
    await reading.desk.services.refresh.now(column.id)
    assert await reading.desk.services.refresh.older(column.id)
    feed = next(iter(reading.server.reading.feeds.values()))
    unread = {i.title for i in reading.server.reading.items.values() if i.feed is feed and READ not in i.states}
    rows = await reading.desk.services.reading.page(column.id, None, 500)
    assert {row.entry.title for row in rows if not row.seen} == unread
    assert not reading.server.requests("edit-tag")


async def test_an_unreachable_server_is_no_refusal(reading: Reading) -> None:
    await reading.server.stop()
    row = next(iter((await reading.rows()).values()))
    entry = await reading.desk.services.reading.act(row.entry_id, "bookmark")
    assert "bookmark" in entry.mine
    with pytest.raises(Unreachable):
        await reading.desk.services.accounts.test(reading.account)
