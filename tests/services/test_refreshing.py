"""Refreshing: bad hosts among good ones, politeness, being offline, sleep."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from socialdesk.content.worker import Worker
from socialdesk.core.budget import Pacing
from socialdesk.core.entry import Page, SourceMeta
from socialdesk.core.errors import Unreachable
from socialdesk.core.source import Source, SourceState
from socialdesk.http import ProxySettings
from socialdesk.http.wire import Wire
from socialdesk.networks.feeds import adapter as feeds
from socialdesk.networks.feeds.adapter import Feeds
from socialdesk.practice.hosts import BadHosts
from socialdesk.practice.server import Fault
from socialdesk.practice.sites import build
from socialdesk.practice.world import World
from socialdesk.store import sources as sources_table
from tests.http.raw import Asked, Peer, RawServer
from tests.http.resolver import FixedResolver, wire_with
from tests.services.conftest import Desk, open_desk
from tests.services.fakes import entry

FEED = b"<rss version='2.0'><channel><title>Blog</title><item><title>One</title><guid>1</guid></item></channel></rss>"
BAD = {
    "/always304": "not_modified",
    "/loop": "too_many_redirects",
    "/captive": "not_a_feed",
    "/captive-for-ever": "not_a_feed",
    "/html": "not_a_feed",
    "/html-as-xml": "not_a_feed",
    "/empty": "not_a_feed",
    "/image": "not_a_feed",
    "/image-as-feed": "not_a_feed",
    "/bomb": "too_large",
    "/status/401": "blocked",
    "/status/403": "blocked",
    "/status/404": "not_found",
    "/status/410": "gone",
    "/status/500": "server_error",
    "/aged": "timed_out",  # it drips here
    "/max-age-16-years": "interrupted",  # it breaks off here
}
ODD = (
    "/feed", "/new-etag-on-304", "/same-body", "/in-2038", "/expires-0", "/new-ids", "/clock", "/future", "/huge",
    "/broken-utf8", "/bad-dates", "/hop/301/feed", "/hop/302/feed",
)  # fmt: skip


def feed(url: str) -> Source:
    return Source(0, "feeds", "feed", None, {"url": url})


async def state_of(desk: Desk, source: Source) -> SourceState:
    return await desk.store.read(sources_table.state, source.id)


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110 (what is waited for is the state of a server)
            await asyncio.sleep(0.005)


@pytest.fixture
async def bad() -> AsyncIterator[BadHosts]:
    async with BadHosts() as hosts:
        hosts.faults.add(Fault("drip", match="/aged", seconds=60, times=0))
        hosts.faults.add(Fault("reset", match="/max-age-16-years", times=0))
        yield hosts


class TestBadHosts:
    async def test_no_bad_feed_stops_the_others(
        self, desk_with_feeds: Desk, bad: BadHosts, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(feeds, "TIMEOUT_S", 2.0)
        desk, blog = desk_with_feeds, build(World.load())["vantage"]
        async with blog, BadHosts() as strict:
            urls = [bad.url + path for path in (*BAD, *ODD)] + [strict.url + "/429/none", blog.feed_url]
            column = await desk.services.columns.add_known("All", "rss", tuple(map(feed, urls)))
            first = await desk.services.refresh.now(column.id)
            assert {o.source.params["url"].removeprefix(bad.url): o.error for o in first.outcomes if o.error} == {
                **BAD,
                strict.url + "/429/none": "rate_limited",
            }
            new = {o.source.params["url"]: o.new for o in first.outcomes}
            assert all(new[bad.url + path] for path in ODD)
            assert new[blog.feed_url]
            shown = await desk.services.columns.header(column.id)
            failing = [line for line in shown.sources if line.state.error]
            assert len(failing) == len(BAD) + 1
            assert all(line.state.next_at or line.state.stopped for line in failing)
            assert shown.error

    async def test_odd_feeds_bring_nothing_new_the_second_time(self, desk_with_feeds: Desk, bad: BadHosts) -> None:
        desk = desk_with_feeds
        column = await desk.services.columns.add_known("Odd", "rss", tuple(feed(bad.url + path) for path in ODD))
        first = await desk.services.refresh.now(column.id)
        desk.clock.forward(hours=1)
        second = await desk.services.refresh.now(column.id)
        assert (first.new > 0, second.new, second.failed) == (True, 0, ())
        assert bad.last("/feed")["if-none-match"] == 'W/"the one, in quotes"'

    async def test_what_a_server_and_a_feed_wish_reaches_the_next_time(self, desk_with_feeds: Desk) -> None:
        desk = desk_with_feeds
        desk.clock.time = datetime.now(UTC)

        async def answer(asked: Asked, peer: Peer) -> None:
            body = FEED.replace(b"<item>", b"<ttl>480</ttl><item>") if asked.target == "/ttl" else FEED
            await peer.answer(200, body, content_type="text/xml", cache_control=f"max-age={16 * 365 * 86_400}")

        async with RawServer(answer) as server:
            urls = (server.url + "/max-age", server.url + "/ttl")
            column = await desk.services.columns.add_known("Wishes", "rss", tuple(map(feed, urls)))
            report = await desk.services.refresh.now(column.id)
        by_server, by_feed = ((o.next_at - desk.clock()) / timedelta(hours=1) for o in report.outcomes if o.next_at)
        assert 4.9 < by_server < 6
        assert 8 <= by_feed <= 16


async def test_the_first_fetch_is_ordered_by_date_and_later_ones_by_when_we_saw_them(desk_with_feeds: Desk) -> None:
    desk = desk_with_feeds
    titles = ["Undated", "From the year 2038", "Yesterday", "Today"]
    dates = ["", "Mon, 18 Jan 2038 09:00:00 GMT", "Sat, 21 Nov 2026 08:00:00 GMT", "Sun, 22 Nov 2026 08:00:00 GMT"]
    items = [
        f"<item><title>{title}</title><guid>{title}</guid><pubDate>{date}</pubDate></item>"
        for title, date in zip(titles, dates, strict=True)
    ]
    shown = [items[2:]]

    async def answer(_asked: Asked, peer: Peer) -> None:
        body = f"<rss version='2.0'><channel><title>Blog</title>{''.join(shown[-1])}</channel></rss>"
        await peer.answer(200, body.encode(), content_type="text/xml")

    async with RawServer(answer) as server:
        column = await desk.services.columns.add_known("Blog", "rss", (feed(server.url),))
        await desk.services.refresh.now(column.id)
        shown.append([*items, items[2].replace("Yesterday", "Dated back")])
        desk.clock.forward(hours=2)
        await desk.services.refresh.now(column.id)
    rows = await desk.services.reading.page(column.id, None, 9)
    assert {row.entry.title for row in rows[:3]} == {"Undated", "From the year 2038", "Dated back"}
    assert [row.entry.title for row in rows[3:]] == ["Today", "Yesterday"]


class TestGone:
    async def test_a_source_that_is_gone_stops_says_so_and_keeps_its_entries(self, desk: Desk) -> None:
        account = await desk.sign_in("short")
        desk.short.world.pages += [Page((entry("a"),)), Page(unchanged=True, meta=SourceMeta(gone=True))]
        column = await desk.services.columns.add("Home", "home", (Source(0, "short", "home", account),))
        for _ in range(3):
            await desk.services.refresh.now(column.id)
        header = await desk.services.columns.header(column.id)
        assert (header.error, header.next_at) == ("gone", None)
        assert len(await desk.services.reading.page(column.id, None, 5)) == 1
        assert desk.short.world.calls == ["fetch home ", "fetch home "]

    async def test_it_is_asked_again_when_a_person_adds_it_again(self, desk_with_feeds: Desk) -> None:
        desk, statuses = desk_with_feeds, iter((410, 200, 200))

        async def answer(_asked: Asked, peer: Peer) -> None:
            await peer.answer(next(statuses), FEED, content_type="text/xml")

        async with RawServer(answer) as server:
            source = feed(server.url)
            column = await desk.services.columns.add_known("Blog", "rss", (source,))
            assert [o.error for o in (await desk.services.refresh.now(column.id)).outcomes] == ["gone"]
            await desk.services.columns.remove(column.id)
            again = await desk.services.columns.add("Blog", "rss", (source,))
            assert (await desk.services.refresh.now(again.id)).new == 1


class TestPoliteness:
    async def test_a_refusal_reaches_all_that_wait_in_line_for_the_host(
        self, desk_with_feeds: Desk, bad: BadHosts
    ) -> None:
        desk = desk_with_feeds
        urls = [f"{bad.url}/429/seconds?feed={n}" for n in range(40)]
        column = await desk.services.columns.add_known("One host", "rss", tuple(map(feed, urls)))
        report = await desk.services.refresh.now(column.id)
        assert {o.error for o in report.outcomes} == {"rate_limited"}
        assert all(o.next_at and o.next_at > desk.clock() + timedelta(seconds=115) for o in report.outcomes)
        assert bad.visits("/429/seconds") <= Pacing().loopback_connections

    async def test_a_host_with_many_feeds_leaves_room_for_the_others(self, tmp_path: Path, worker: Worker) -> None:
        asked: list[str] = []

        async def note(request: Asked, peer: Peer) -> None:
            asked.append(request.headers["host"].partition(":")[0])
            await peer.answer(200, FEED, content_type="text/xml")

        wire = wire_with(FixedResolver(["127.0.0.1"]))
        options = {"pacing": Pacing(gap_s=3600), "wire": wire, "proxy": ProxySettings("none")}
        async with open_desk(tmp_path, worker, {"feeds": Feeds}, **options) as desk, RawServer(note) as server:
            many = [f"http://many.example:{server.port}/{n}" for n in range(100)]
            others = [f"http://blog{n}.example:{server.port}/feed" for n in range(20)]
            await desk.services.columns.add_known("All", "rss", tuple(map(feed, many + others)))
            desk.services.refresh.start()
            await until(lambda: len(asked) == 21)
            assert asked.count("many.example") == 1

    async def test_feeds_that_are_added_together_part(self, desk_with_feeds: Desk) -> None:
        async with RawServer(lambda _asked, peer: peer.answer(200, FEED, content_type="text/xml")) as server:
            urls = [f"{server.url}/{n}" for n in range(60)]
            column = await desk_with_feeds.services.columns.add_known("All", "rss", tuple(map(feed, urls)))
            report = await desk_with_feeds.services.refresh.now(column.id)
        times = sorted(o.next_at for o in report.outcomes if o.next_at)
        assert len(times) == 60
        assert times[-1] - times[0] > (times[0] - desk_with_feeds.clock()) / 2


class TestConnection:
    async def test_being_offline_moves_nothing_but_the_next_try(self, desk: Desk) -> None:
        account = await desk.sign_in("short")
        desk.short.world.pages += [Page((entry("a"),), cursor="1"), Unreachable("no name server", offline=True)]
        column = await desk.services.columns.add("Home", "home", (Source(0, "short", "home", account),))
        (source,) = await desk.services.columns.sources(column.id)
        await desk.services.refresh.now(column.id)
        before = await state_of(desk, source)
        desk.clock.forward(hours=3)
        await desk.services.refresh.now(column.id)
        after = await state_of(desk, source)
        assert replace(after, next_at=None) == replace(before, next_at=None)
        assert after.next_at is not None
        assert after.next_at - desk.clock() <= timedelta(minutes=1)
        assert (await desk.services.columns.header(column.id)).error == ""

    async def test_after_sleep_the_connections_are_made_anew(self, tmp_path: Path, worker: Worker) -> None:
        made: list[Wire] = []

        def make() -> Wire:
            made.append(Wire())
            return made[-1]

        asked: list[str] = []

        async def note(request: Asked, peer: Peer) -> None:
            asked.append(request.target)
            await peer.answer(200, FEED, content_type="text/xml")

        async with open_desk(tmp_path, worker, {"feeds": Feeds}, wire=make) as desk, RawServer(note) as server:
            await desk.services.columns.add_known("Blog", "rss", (feed(server.url),))
            desk.services.refresh.start()
            await until(lambda: len(asked) == 1 and not desk.services.refresh.is_busy(1))
            desk.clock.forward(hours=8)
            desk.services.refresh.wake()
            await until(lambda: len(asked) == 2)
            assert len(made) == 2
