"""Near-live columns of Bluesky: what is newest is asked for every few seconds, and news are told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest

from socialdesk.core.account import NOTHING
from socialdesk.core.errors import AuthExpired, RateLimited, Unreachable
from socialdesk.core.listening import Heard, Hearing
from socialdesk.core.network import Streams
from socialdesk.http import Http
from socialdesk.networks.bluesky import live
from socialdesk.networks.bluesky.adapter import Bluesky
from socialdesk.networks.bluesky.facts import FACTS
from socialdesk.practice.bluesky import PracticeBluesky
from socialdesk.practice.server import Fault
from tests.networks.contract import make_http
from tests.networks.test_bluesky import HOME, INBOX, make_server, sign_in, source

NEWS, STANDS = Heard(Hearing.NEW), Heard(Hearing.LIVE)


@pytest.fixture
async def server() -> AsyncIterator[PracticeBluesky]:
    async with make_server() as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    http = make_http()
    yield http
    await http.aclose()


@pytest.fixture
async def opened(server: PracticeBluesky, http: Http, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(live, "EVERY_S", 0.0)
    return await sign_in(server, http)


async def quiet(server: PracticeBluesky, method: str = "getTimeline", looks: int = 3) -> None:
    """Returns after so many more looks."""
    await server.until_asked(method, times=len(server.requests(method)) + looks)


async def test_which_columns_are_live(opened: Any, http: Http) -> None:
    assert issubclass(Bluesky, Streams)
    assert {kind.kind for kind in FACTS.sources if kind.live} == {"home", "notifications"}
    without_secret = Bluesky(opened.account, NOTHING, http)
    assert without_secret.stream_of(HOME) == "home"
    assert without_secret.stream_of(INBOX) == "notifications"
    assert without_secret.stream_of(source("search", query="x")) == ""


async def test_home_tells_of_news_and_of_nothing_else(server: PracticeBluesky, opened: Any) -> None:
    async with aclosing(opened.listen("home")) as heard:
        assert await anext(heard) == STANDS
        waiting = asyncio.create_task(anext(heard))
        await quiet(server)
        assert not waiting.done()
        server.post_as("harbor", "Just in")
        assert await waiting == NEWS
        server.mark_as("copperline", "repost", server.posts_of("harbor")[0])
        assert await anext(heard) == NEWS
    assert {request.query["limit"] for request in server.requests("getTimeline")} == {"1"}


async def test_notifications(server: PracticeBluesky, opened: Any) -> None:
    mine = server.post_as("northwind", "Ours")
    async with aclosing(opened.listen("notifications")) as heard:
        assert await anext(heard) == STANDS
        waiting = asyncio.create_task(anext(heard))
        await quiet(server, "listNotifications")
        server.mark_as("harbor", "like", mine)
        assert await waiting == NEWS


async def test_a_post_that_is_deleted_is_news_too(server: PracticeBluesky, opened: Any) -> None:
    newest = server.post_as("harbor", "Soon gone")
    async with aclosing(opened.listen("home")) as heard:
        assert await anext(heard) == STANDS
        server.state.delete(newest.uri)
        assert await anext(heard) == NEWS


@pytest.mark.parametrize(("kind", "error"), [("500", Unreachable), ("close", Unreachable), ("429", RateLimited)])
async def test_what_ends_it(server: PracticeBluesky, opened: Any, kind: str, error: type[Exception]) -> None:
    async with aclosing(opened.listen("home")) as heard:
        assert await anext(heard) == STANDS
        server.faults.add(Fault(kind, match="getTimeline"))
        with pytest.raises(error):
            await anext(heard)


async def test_a_token_that_ends_meanwhile_ends_it_in_order(server: PracticeBluesky, opened: Any, http: Http) -> None:
    """Not as a sign-in that is over: the next one begins with a renewed token."""
    async with aclosing(opened.listen("home")) as heard:
        assert await anext(heard) == STANDS
        server.expire_tokens()
        with pytest.raises(StopAsyncIteration):
            await anext(heard)
    with pytest.raises(AuthExpired):
        await anext(opened.listen("home"))
    again = Bluesky(opened.account, await opened.renew(), http)
    async with aclosing(again.listen("home")) as heard:
        assert await anext(heard) == STANDS


async def test_looking_again_at_a_post(server: PracticeBluesky, opened: Any) -> None:
    post = server.post_as("harbor", "Look again")
    server.mark_as("copperline", "like", post)
    entry = await opened.look_again(HOME, post.uri)
    assert (entry.text, entry.counts.likes) == ("Look again", 1)
    server.state.delete(post.uri)
    assert await opened.look_again(HOME, post.uri) is None
    assert await opened.look_again(INBOX, f"at://{server.me.did}/app.bsky.feed.like/3n2u") is None
