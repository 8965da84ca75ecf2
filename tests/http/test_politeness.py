"""What servers ask of us, and whether we do it."""

import asyncio
import itertools
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from socialdesk.core.budget import HostBudget, Pacing
from socialdesk.core.errors import RateLimited, Rejected, StoreError
from socialdesk.http import BudgetKeeper, Http
from socialdesk.http.pace import Pace
from socialdesk.http.urgency import person_waits
from tests.http.conftest import NOW
from tests.http.raw import Asked, Handler, Peer, RawServer, ok
from tests.http.resolver import FixedResolver, wire_with


def refuse_once(status: int = 429, **headers: str) -> Handler:
    refused = False

    async def handler(asked: Asked, peer: Peer) -> None:
        nonlocal refused
        if refused:
            await ok(asked, peer)
        else:
            refused = True
            await peer.answer(status, b"slow down", **headers)

    return handler


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("headers", "feed", "seconds"),
    [
        ({"retry_after": "90"}, True, 90),
        ({"retry_after": "Sun, 01 Mar 2026 12:01:30 GMT"}, True, 90),
        ({"retry_after": "Sun, 01 Mar 2026 09:01:30 GMT", "date": "Sun, 01 Mar 2026 09:00:00 GMT"}, True, 90),
        ({"retry_after": "0"}, True, 600),
        ({}, True, 600),
        ({}, False, 60),
        ({"x_ratelimit_remaining": "0", "x_ratelimit_reset": "2026-03-01T12:05:00Z"}, False, 300),
        ({"retry_after": "504576000"}, True, 86_400),
    ],
)
async def test_after_429_the_host_is_left_alone_until_its_time(
    make_http: Callable[..., Http], headers: dict[str, str], feed: bool, seconds: int
) -> None:
    clock = Clock()
    http = make_http(now=clock)
    async with RawServer(refuse_once(**headers)) as server:
        for path in ("/a", "/b"):
            with pytest.raises(RateLimited) as caught:
                await http.request("GET", server.url + path, feed=feed)
            assert caught.value.until == NOW + timedelta(seconds=seconds)
            assert caught.value.host_wide
        clock.pass_(seconds)
        await http.request("GET", server.url + "/c", feed=feed)
        assert server.targets() == ["/a", "/c"]


async def test_503_with_a_time_counts_as_a_wait_for_reads(http: Http) -> None:
    async with RawServer(refuse_once(503, retry_after="30")) as server:
        for _ in range(2):
            with pytest.raises(RateLimited):
                await http.request("GET", server.url)
        assert len(server.asked) == 1


async def test_503_without_a_time_is_an_answer(http: Http) -> None:
    async with RawServer(refuse_once(503)) as server:
        assert (await http.request("GET", server.url)).status == 503
        assert (await http.request("GET", server.url)).status == 200


async def test_503_on_a_write_is_an_answer_and_bars_further_writes(http: Http) -> None:
    async with RawServer(refuse_once(503, retry_after="30")) as server:
        assert (await http.request("POST", server.url)).status == 503
        with pytest.raises(RateLimited):
            await http.request("POST", server.url)
        assert len(server.asked) == 1


async def test_one_accounts_limit_does_not_bind_another(http: Http) -> None:
    async with RawServer(refuse_once(retry_after="90")) as server:
        with pytest.raises(RateLimited) as caught:
            await http.request("GET", server.url, budget="account 1")
        assert not caught.value.host_wide
        with pytest.raises(RateLimited):
            await http.request("GET", server.url, budget="account 1")
        await http.request("GET", server.url, budget="account 2")
        await http.request("GET", server.url)
        assert len(server.asked) == 3


async def test_a_refused_upload_does_not_stop_reading(http: Http) -> None:
    async with RawServer(refuse_once(retry_after="90")) as server:
        with pytest.raises(RateLimited):
            await http.request("POST", server.url, budget="1")
        assert (await http.request("GET", server.url, budget="1")).status == 200
        with pytest.raises(RateLimited):
            await http.request("POST", server.url, budget="1")


async def test_a_used_up_allowance_is_respected_before_the_server_says_no(http: Http) -> None:
    async def last_one(_asked: Asked, peer: Peer) -> None:
        await peer.answer(200, x_ratelimit_remaining="0", x_ratelimit_reset="2026-03-01T12:05:00Z")

    async with RawServer(last_one) as server:
        await http.request("GET", server.url, budget="1")
        with pytest.raises(RateLimited) as caught:
            await http.request("GET", server.url, budget="1")
        assert caught.value.until == NOW + timedelta(minutes=5)
        await http.request("POST", server.url, budget="1")


async def test_other_hosts_are_not_bound(http: Http) -> None:
    async with RawServer(refuse_once(retry_after="90")) as server, RawServer(ok) as other:
        with pytest.raises(RateLimited):
            await http.request("GET", server.url, feed=True)
        assert (await http.request("GET", other.url, feed=True)).status == 200


async def test_those_who_wait_in_line_leave_at_once_when_the_host_says_wait(make_http: Callable[..., Http]) -> None:
    go_on = asyncio.Event()

    async def refuse_slowly(_asked: Asked, peer: Peer) -> None:
        await go_on.wait()
        await peer.answer(429, retry_after="90")

    http = make_http(pacing=Pacing(gap_s=60, loopback_gap_s=60, loopback_connections=1))
    async with RawServer(refuse_slowly) as server:
        tasks = [asyncio.create_task(http.request("GET", f"{server.url}/{n}", feed=True)) for n in range(20)]
        await server.until_asked()
        go_on.set()
        async with asyncio.timeout(5):
            results = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(r, RateLimited) for r in results)
        assert len(server.asked) == 1


async def test_a_wait_holds_after_a_restart(make_http: Callable[..., Http]) -> None:
    kept: dict[str, HostBudget] = {}

    async def load() -> Mapping[str, HostBudget]:
        return dict(kept)

    async def save(key: str, budget: HostBudget) -> None:
        kept[key] = budget

    clock = Clock()
    async with RawServer(refuse_once(retry_after="90")) as server:
        http = make_http(budgets=BudgetKeeper(load, save), now=clock)
        with pytest.raises(RateLimited):
            await http.request("GET", server.url, feed=True)
        await http.aclose()
        assert list(kept) == [f"127.0.0.1:{server.port}"]

        again = make_http(budgets=BudgetKeeper(load, save), now=clock)
        first, second = await asyncio.gather(
            again.request("GET", server.url, feed=True),
            again.request("GET", server.url, feed=True),
            return_exceptions=True,
        )
        assert isinstance(first, RateLimited)
        assert isinstance(second, RateLimited)
        assert first.until == NOW + timedelta(seconds=90)
        clock.pass_(90)
        await again.request("GET", server.url, feed=True)


async def test_a_store_that_fails_does_not_stop_the_wire(make_http: Callable[..., Http]) -> None:
    async def broken(*_args: Any) -> Any:
        raise StoreError("disk full", reason="disk_full")

    http = make_http(budgets=BudgetKeeper(broken, broken))
    async with RawServer(refuse_once(retry_after="90")) as server:
        for _ in range(2):
            with pytest.raises(RateLimited):
                await http.request("GET", server.url)
        await http.aclose()
        assert len(server.asked) == 1


async def test_changes_while_one_is_saved_are_saved_too() -> None:
    saved: list[tuple[str, int]] = []
    go_on = asyncio.Event()

    async def save(key: str, budget: HostBudget) -> None:
        await go_on.wait()
        saved.append((key, budget.strikes))

    keeper = BudgetKeeper(save=save)
    keeper.put("a.example", HostBudget(strikes=1))
    await asyncio.sleep(0)
    keeper.put("a.example", HostBudget(strikes=2))
    keeper.put("a.example", HostBudget(strikes=2))
    keeper.put("b.example", HostBudget(strikes=3))
    go_on.set()
    await keeper.flush()
    assert saved == [("a.example", 1), ("a.example", 2), ("b.example", 3)]


async def test_one_connection_and_a_gap_for_feeds_of_one_host(make_http: Callable[..., Http]) -> None:
    http = make_http(pacing=Pacing(gap_s=0.1), wire=wire_with(FixedResolver(["127.0.0.1"])))
    arrived: list[float] = []

    async def note(asked: Asked, peer: Peer) -> None:
        arrived.append(time.monotonic())
        await ok(asked, peer)

    async with RawServer(note) as server:
        url = f"http://blog.example:{server.port}/"
        await asyncio.gather(*(http.request("GET", f"{url}{n}", feed=True) for n in range(4)))
        assert server.most_open == 1
    gaps = [b - a for a, b in itertools.pairwise(arrived)]
    assert min(gaps) >= 0.099


async def test_a_person_who_waits_skips_the_gap_but_not_the_servers_wait(make_http: Callable[..., Http]) -> None:
    http = make_http(pacing=Pacing(gap_s=3600), wire=wire_with(FixedResolver(["127.0.0.1"])))
    asked_for = 0

    async def third_refused(asked: Asked, peer: Peer) -> None:
        nonlocal asked_for
        asked_for += 1
        await (peer.answer(429, retry_after="90") if asked_for == 3 else ok(asked, peer))

    async with RawServer(third_refused) as server, asyncio.timeout(5):
        url = f"http://blog.example:{server.port}/"
        await http.request("GET", url, feed=True)
        await http.request("GET", url, feed=True, urgent=True)
        with person_waits(True):
            for _ in range(2):
                with pytest.raises(RateLimited):
                    await http.request("GET", url, feed=True)
        assert len(server.asked) == 3


async def test_hosts_do_not_wait_for_each_other(make_http: Callable[..., Http]) -> None:
    http = make_http(pacing=Pacing(gap_s=3600), wire=wire_with(FixedResolver(["127.0.0.1"])))
    async with RawServer(ok) as server, asyncio.timeout(5):
        for n in range(5):
            await http.request("GET", f"http://blog{n}.example:{server.port}/", feed=True)


async def test_this_machine_needs_no_gap(make_http: Callable[..., Http]) -> None:
    http = make_http(pacing=Pacing(gap_s=3600, burst=1, refill_s=3600))
    async with RawServer(ok) as server, asyncio.timeout(5):
        await asyncio.gather(*(http.request("GET", f"{server.url}/{n}", feed=True) for n in range(30)))
        assert 1 < server.most_open <= 8


async def test_a_host_with_many_feeds_gets_a_burst_and_then_a_trickle() -> None:
    """Told by the delays that the pace asks for, with a clock of its own."""
    pace = Pace(Pacing(gap_s=0.001, burst=2, refill_s=0.05))
    started = time.monotonic()
    taken = []
    for _ in range(4):
        async with pace.turn("blog.example", 80, urgent=False, check=lambda: None):
            taken.append(time.monotonic() - started)
    assert taken[1] < 0.05 <= taken[2] < taken[3]
    assert taken[3] >= 0.099


async def test_a_cancelled_wait_gives_its_place_back(make_http: Callable[..., Http]) -> None:
    http = make_http(pacing=Pacing(gap_s=3600), wire=wire_with(FixedResolver(["127.0.0.1"])))
    async with RawServer(ok) as server, asyncio.timeout(5):
        url = f"http://blog.example:{server.port}/"
        await http.request("GET", url, feed=True)
        waiting = asyncio.create_task(http.request("GET", url, feed=True))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await http.request("GET", url, feed=True, urgent=True)


async def test_a_host_that_refuses_our_full_name_gets_the_plain_one_and_that_is_remembered(
    make_http: Callable[..., Http],
) -> None:
    async def picky(asked: Asked, peer: Peer) -> None:
        await peer.answer(200 if asked.headers["user-agent"] == "SocialDesk/1.0" else 403)

    kept: dict[str, HostBudget] = {}

    async def load() -> Mapping[str, HostBudget]:
        return dict(kept)

    async def save(key: str, budget: HostBudget) -> None:
        kept[key] = budget

    async with RawServer(picky) as server:
        http = make_http(budgets=BudgetKeeper(load, save))
        assert (await http.request("GET", server.url, feed=True)).status == 200
        assert (await http.request("GET", server.url, feed=True)).status == 200
        await http.aclose()
        again = make_http(budgets=BudgetKeeper(load, save))
        assert (await again.request("GET", server.url, feed=True)).status == 200
        agents = [a.headers["user-agent"] for a in server.asked]
    assert agents[0].startswith("SocialDesk/1.0 (+")
    assert agents[1:] == ["SocialDesk/1.0"] * 3


async def test_a_host_that_refuses_us_under_any_name_is_asked_twice_only_once(http: Http) -> None:
    async def never(_asked: Asked, peer: Peer) -> None:
        await peer.answer(403, b"no")

    async with RawServer(never) as server:
        for _ in range(2):
            assert (await http.request("GET", server.url, feed=True)).status == 403
        assert len(server.asked) == 3


async def test_only_feeds_try_another_name(http: Http) -> None:
    async def never(_asked: Asked, peer: Peer) -> None:
        await peer.answer(403)

    async with RawServer(never) as server:
        await http.request("GET", server.url)
        await http.request("POST", server.url, feed=True)
        assert len(server.asked) == 2


async def test_a_page_that_wants_a_person_is_recognised(http: Http) -> None:
    async def challenge(_asked: Asked, peer: Peer) -> None:
        await peer.answer(403, b"<html>Just a moment...", cf_mitigated="challenge")

    async with RawServer(challenge) as server:
        with pytest.raises(Rejected) as caught:
            await http.request("GET", server.url, feed=True)
        assert len(server.asked) == 1
    assert caught.value.reason == "blocked"


async def test_a_person_who_asks_for_hundreds_of_one_host_makes_no_endless_burst() -> None:
    pace = Pace(Pacing(gap_s=0.05, burst=2, refill_s=3600))
    started = time.monotonic()
    taken = []
    for _ in range(4):
        async with pace.turn("blog.example", 80, urgent=True, check=lambda: None):
            taken.append(time.monotonic() - started)
    assert taken[1] < 0.05
    assert taken[3] - taken[1] >= 0.099
