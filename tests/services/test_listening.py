"""Streams: what a network tells shows at once, nothing is lost or doubled however they end, and they end in order."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from socialdesk.content.worker import Worker
from socialdesk.core.account import Account
from socialdesk.core.errors import AuthExpired, RateLimited, Rejected, SocialDeskError, Unreachable
from socialdesk.core.events import ColumnChanged, Event, SourceChanged
from socialdesk.core.source import Column, Source
from socialdesk.networks.mastodon.adapter import Mastodon
from socialdesk.practice.mastodon import PracticeMastodon
from socialdesk.practice.server import Fault
from socialdesk.practice.world import World
from socialdesk.services.hearing import Hearer
from socialdesk.services.listening import ListenService
from socialdesk.store import sources as sources_table
from tests.services.conftest import Desk, open_desk

WORLD = World.load()


@dataclass
class Listening:
    """A desk that listens, without the rhythm of its own looks: what shows was told."""

    desk: Desk
    server: PracticeMastodon
    service: ListenService
    account: int
    ended: list[SocialDeskError | None] = field(default_factory=list)
    pause: float = 0.0
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def heard(self, _event: Event) -> None:
        self._news.set()

    async def until(self, is_so: Callable[[], Any]) -> None:
        """Returns when it is so; looked at after every event."""
        while not await _value(is_so()):
            self._news.clear()
            await self._news.wait()

    async def column(self, kind: str = "home", **params: str) -> Column:
        source = Source(0, "mastodon", kind, self.account, params)
        return await self.desk.services.columns.add(kind, "house", (source,))

    async def live(self, kind: str = "home", **params: str) -> Column:
        """A column whose stream stands and that has looked once since."""
        column = await self.column(kind, **params)
        await self.until(lambda: self.is_live(column) and self.shown(column))
        return column

    def is_live(self, column: Column) -> bool:
        return all(self.service.is_live(source) for source in column.source_ids)

    def shown(self, column: Column) -> bool:
        return any(isinstance(e, ColumnChanged) and e.column_id == column.id for e in self.desk.events)

    async def texts(self, column: Column) -> list[str]:
        return [row.entry.text for row in await self.desk.services.reading.page(column.id, None, 100)]

    async def shows(self, column: Column, text: str) -> bool:
        return text in await self.texts(column)


async def _value(found: Any) -> Any:
    return await found if asyncio.iscoroutine(found) else found


@pytest.fixture
async def listening(tmp_path: Path, worker: Worker) -> AsyncIterator[Listening]:
    async with PracticeMastodon(WORLD, {}) as server, open_desk(tmp_path, worker, {"mastodon": Mastodon}) as desk:
        parts = desk.services
        answers = {"server": server.url, "token": server.credentials["token"]}
        account = await parts.accounts.sign_in("mastodon", answers, 1)
        assert isinstance(account, Account)
        server.streaming.beat_s = 0.05  # a connection that was left is noticed when something is said
        made: Listening

        def pause(outcome: SocialDeskError | None, _failures: int, _now: Any, _jitter: float) -> float:
            made.ended.append(outcome)
            made.heard(SourceChanged(0, (), busy=False))
            return made.pause

        hearer = Hearer(desk.store, parts.accounts, worker, parts.refresh, parts.events, desk.clock, 0.0, 0.0)
        service = ListenService(
            desk.store,
            parts.accounts,
            parts.refresh,
            hearer,
            parts.http.connectivity,
            parts.events,
            desk.clock,
            pause,
            gap=lambda _streams: 0.0,
            plan_pause_s=0.0,
        )
        vars(parts)["listening"] = service
        parts.refresh.is_live = service.is_live
        made = Listening(desk, server, service, account.id)
        parts.events.listen(made.heard)
        service.start()
        yield made
        await service.stop()


async def test_a_stream_makes_a_column_live(listening: Listening) -> None:
    column = await listening.live()
    header = await listening.desk.services.columns.header(column.id)
    assert header.live
    state = await listening.desk.store.read(sources_table.state, column.source_ids[0])
    assert state.next_at is not None
    assert state.next_at - listening.desk.clock() >= timedelta(minutes=10)  # usually one minute
    assert len(listening.server.streaming.open) == 1


async def test_what_is_told_shows_at_once_and_once(listening: Listening) -> None:
    column = await listening.live()
    before = await listening.texts(column)
    for number in range(30):
        listening.server.add_post(f"News {number}")
    await listening.until(lambda: listening.shows(column, "News 29"))
    texts = await listening.texts(column)
    assert texts == [*(f"News {n}" for n in reversed(range(30))), *before]
    assert len(listening.server.requests("/timelines/home")) < 10  # a burst is one or two looks, not thirty


async def test_home_and_notifications_share_a_connection_and_look_when_it_is_about_them(listening: Listening) -> None:
    home, inbox = await listening.live(), await listening.live("notifications")
    assert len(listening.server.streaming.open) == 1
    looks = len(listening.server.requests("/timelines/home"))
    listening.server.notify("follow", "harbor")
    listening.desk.events.clear()
    await listening.until(lambda: listening.shown(inbox))
    assert len(listening.server.requests("/timelines/home")) == looks
    assert not listening.shown(home)


@pytest.mark.parametrize(
    ("kind", "params", "stream"),
    [
        ("list", {"list": "1"}, "list"),
        ("hashtag", {"tag": "#B2B"}, "hashtag"),
        ("local", {}, "public/local"),
    ],
)
async def test_every_stream(listening: Listening, kind: str, params: dict[str, str], stream: str) -> None:
    listening.server.state.lists["1"].members.add(listening.server.person("harbor").id)
    column = await listening.live(kind, **params)
    assert [one.stream for one in listening.server.streaming.open] == [stream]
    listening.server.add_post("Something about #B2B")
    await listening.until(lambda: listening.shows(column, "Something about #B2B"))


async def test_an_edit_changes_the_card_where_it_is(listening: Listening) -> None:
    status = listening.server.add_post("Wrnog")
    column = await listening.live()
    [row, *_] = await listening.desk.services.reading.page(column.id, None, 5)
    assert row.entry.text == "Wrnog"
    await listening.desk.services.reading.act(row.entry_id, "like")
    status.text, status.edited = "Right", listening.server.now()
    listening.server.state.tell("status.update", status)
    await listening.until(lambda: listening.shows(column, "Right"))
    [after, *_] = await listening.desk.services.reading.page(column.id, None, 5)
    assert (after.entry_id, after.key, after.entry.mine) == (row.entry_id, row.key, frozenset({"like"}))
    assert not await listening.shows(column, "Wrnog")


async def test_an_edit_that_cannot_be_asked_for_is_asked_for_again(listening: Listening) -> None:
    status = listening.server.add_post("Wrnog")
    column = await listening.live()
    listening.server.faults.add(Fault("500", match=f"^/api/v1/statuses/{status.id}$", times=2))
    status.text, status.edited = "Right", listening.server.now()
    listening.server.state.tell("status.update", status)
    await listening.until(lambda: listening.shows(column, "Right"))


async def test_an_edit_of_what_the_desk_does_not_have_asks_nothing(listening: Listening) -> None:
    old = listening.server.add_post("Long ago", minutes_ago=999_999)
    column = await listening.live()
    listening.server.state.tell("status.update", old)
    listening.server.add_post("Next")
    await listening.until(lambda: listening.shows(column, "Next"))
    assert listening.server.requests(f"statuses/{old.id}$") == ()


async def test_what_its_author_deletes_is_gone_and_does_not_come_back(listening: Listening) -> None:
    status = listening.server.add_post("Oops")
    column, tagged = await listening.live(), await listening.live("local")
    assert await listening.shows(tagged, "Oops")
    unseen = (await listening.desk.services.columns.get(column.id)).unseen
    listening.server.state.remove(status.id)
    await listening.until(lambda: any(isinstance(e, ColumnChanged) and e.removed for e in listening.desk.events))
    assert not await listening.shows(column, "Oops")
    assert not await listening.shows(tagged, "Oops")
    assert (await listening.desk.services.columns.get(column.id)).unseen <= unseen
    await listening.desk.services.refresh.now()
    assert not await listening.shows(column, "Oops")


async def test_a_deletion_that_overtakes_a_look_wins(listening: Listening) -> None:
    """The look has read the post, which is then deleted, before the desk has stored it."""
    column = await listening.live()
    listening.server.faults.add(Fault("drip", match="timelines/home", seconds=0.4))
    status = listening.server.add_post("Oops")
    asked = len(listening.server.requests("timelines/home"))
    await listening.server.until_asked("timelines/home", times=asked + 1)
    listening.server.state.remove(status.id)
    await listening.until(lambda: any(isinstance(e, ColumnChanged) and e.removed for e in listening.desk.events))
    assert not await listening.shows(column, "Oops")


async def test_a_stream_that_breaks_off_is_opened_again_and_nothing_is_missed(listening: Listening) -> None:
    column = await listening.live()
    listening.pause = 30.0
    before = len(await listening.texts(column))
    listening.server.streaming.cut()
    await listening.until(lambda: listening.ended)
    assert not listening.is_live(column)
    assert not (await listening.desk.services.columns.header(column.id)).live
    state = await listening.desk.store.read(sources_table.state, column.source_ids[0])
    assert state.next_at == listening.desk.clock()  # the usual rhythm, beginning now
    listening.server.add_post("Meanwhile")
    listening.pause = 0.0
    await listening.service.account_back(listening.account)
    await listening.until(lambda: listening.is_live(column))
    await listening.until(lambda: listening.shows(column, "Meanwhile"))
    listening.server.add_post("Afterwards")
    await listening.until(lambda: listening.shows(column, "Afterwards"))
    texts = await listening.texts(column)
    assert (texts[:2], len(texts)) == (["Afterwards", "Meanwhile"], before + 2)


async def test_while_there_is_no_stream_the_usual_looks_go_on(listening: Listening) -> None:
    listening.server.faults.add(Fault("404", match="streaming", times=0))
    listening.pause = 600.0
    column = await listening.column()
    await listening.until(lambda: listening.ended)
    await listening.desk.services.refresh.now(column.id)
    state = await listening.desk.store.read(sources_table.state, column.source_ids[0])
    assert state.next_at is not None
    assert state.next_at - listening.desk.clock() < timedelta(minutes=2)
    assert await listening.texts(column)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("html", match="streaming"), Unreachable),
        (Fault("500", match="streaming"), Unreachable),
        (Fault("close", match="streaming"), Unreachable),
        (Fault("reset", match="streaming"), Unreachable),
        (Fault("truncated", match="streaming"), Unreachable),
        (Fault("404", match="streaming"), Rejected),
        (Fault("403", match="streaming"), Rejected),
        (Fault("429", match="streaming", retry_after="none", seconds=60), RateLimited),
    ],
    ids=str,
)
async def test_a_fault_instead_of_a_stream(listening: Listening, fault: Fault, error: type[SocialDeskError]) -> None:
    listening.server.faults.add(fault)
    column = await listening.column()
    await listening.until(lambda: listening.ended)
    assert type(listening.ended[0]) is error
    listening.desk.clock.forward(minutes=10)  # a wait that the server named is over
    await listening.until(lambda: listening.is_live(column))


async def test_a_token_that_ends_is_told_once_and_signing_in_goes_on(listening: Listening) -> None:
    column = await listening.live()
    listening.pause = 600.0
    listening.server.oauth.tokens.clear()
    listening.server.streaming.close()
    await listening.until(lambda: listening.ended)
    assert listening.ended == [None]
    listening.pause = 0.0
    await listening.service.account_back(listening.account)  # begins anew, and is refused
    listening.pause = 600.0
    await listening.until(lambda: len(listening.ended) > 1)
    assert type(listening.ended[-1]) is AuthExpired
    assert (await listening.desk.services.accounts.get(listening.account)).needs_sign_in
    token = listening.server.oauth.give_token(listening.server.me.id, "another-token")
    answers = {"server": listening.server.url, "token": token}
    await listening.desk.services.accounts.sign_in("mastodon", answers, 1)
    await listening.until(lambda: listening.is_live(column))
    assert len(listening.ended) == 2


async def test_a_limit_is_kept_to_whatever_is_told(listening: Listening) -> None:
    column = await listening.live()
    listening.server.faults.add(Fault("429", match="timelines/home", seconds=120))
    listening.server.add_post("One")
    await listening.until(lambda: any(isinstance(e, SourceChanged) and e.error for e in listening.desk.events))
    looks = len(listening.server.requests("timelines/home"))
    listening.server.add_post("Two")
    listening.server.notify("follow", "harbor")
    inbox = await listening.column("notifications")
    await listening.until(lambda: listening.shown(inbox) or listening.is_live(inbox))
    assert len(listening.server.requests("timelines/home")) == looks
    listening.desk.clock.forward(minutes=5)
    listening.server.add_post("Three")
    await listening.until(lambda: listening.shows(column, "Three"))
    assert (await listening.texts(column))[:3] == ["Three", "Two", "One"]


async def test_streams_come_and_go_with_columns(listening: Listening) -> None:
    home, listed = await listening.live(), await listening.live("list", list="1")
    assert len(listening.server.streaming.open) == 2
    await listening.desk.services.columns.remove(listed.id)
    await listening.server.streaming.until_closed("list")
    assert listening.is_live(home)
    await listening.desk.services.columns.remove(home.id)
    await listening.server.streaming.until_closed()


async def test_an_account_that_is_removed_hears_no_more(listening: Listening) -> None:
    await listening.live()
    await listening.desk.services.accounts.remove(listening.account)
    await listening.server.streaming.until_closed()


async def test_no_more_connections_than_a_server_can_be_asked_for(listening: Listening) -> None:
    for number in range(12):
        await listening.column("hashtag", tag=f"tag{number}")
    await listening.server.streaming.until_open(8)
    home = await listening.column()
    await listening.service._plan()
    assert len(listening.server.streaming.open) == 8
    assert not listening.is_live(home)


async def test_sources_without_a_stream_open_none(listening: Listening) -> None:
    await listening.column("hashtag", tag="one, two")
    await listening.column("bookmarks")
    await listening.column("followed_tags")
    visitor = Source(0, "mastodon", "hashtag", None, {"tag": "b2b", "server": listening.server.url})
    await listening.desk.services.columns.add("b2b", "hash", (visitor,))
    await listening.live()
    assert [one.stream for one in listening.server.streaming.open] == ["user"]


async def test_stopping_ends_every_connection(listening: Listening) -> None:
    await listening.live()
    await listening.live("local")
    listening.server.add_post("While closing")
    await listening.service.stop()
    await listening.server.streaming.until_closed()
    names = [task.get_name() for task in asyncio.all_tasks()]
    assert not [name for name in names if name.startswith(("stream of", "listening", "news of", "changes of"))]


async def test_the_connections_coming_back_is_not_waited_out(listening: Listening) -> None:
    column = await listening.live()
    listening.pause = 600.0
    listening.server.streaming.cut()
    await listening.until(lambda: listening.ended)
    listening.pause = 0.0
    connectivity = listening.desk.services.http.connectivity
    for listener in tuple(connectivity.listeners):
        listener(True)
    await listening.until(lambda: listening.is_live(column))


async def test_nothing_is_read_where_no_network_has_streams(desk: Desk) -> None:
    asked: list[Any] = []
    reading = desk.store.read

    async def read(*what: Any, **how: Any) -> Any:
        asked.append(what[0])
        return await reading(*what, **how)

    desk.store.read = read  # type: ignore[method-assign]
    service = desk.services.listening
    await service._plan()
    assert asked == []
    await service.stop()
