"""Streams as the Mastodon adapter hears them: which one tells of a column, what each event means, faults."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest

from socialdesk.core.errors import AuthExpired, NetworkError, RateLimited, Rejected, Unreachable
from socialdesk.core.listening import Heard, Hearing
from socialdesk.core.network import Streams
from socialdesk.core.source import Source
from socialdesk.http import Http
from socialdesk.http.server_events import ServerEvent
from socialdesk.networks.mastodon.facts import FACTS
from socialdesk.networks.mastodon.streaming import base_of, heard_of, stream_of
from socialdesk.practice.mastodon import PracticeMastodon
from socialdesk.practice.server import Fault
from tests.networks.contract import make_http
from tests.networks.mastodon_judge import judged, load_contract, open_account, source
from tests.openapi import OpenApi

SERVER = "https://social.example"


@pytest.fixture(scope="module")
def contract() -> OpenApi | None:
    return load_contract()


@pytest.fixture
async def server(contract: OpenApi | None) -> AsyncIterator[PracticeMastodon]:
    async with judged(contract) as running:
        running.streaming.beat_s = 0.05
        yield running


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    http = make_http()
    yield http
    await http.aclose()


@pytest.fixture
def opened(server: PracticeMastodon, http: Http) -> Any:
    return open_account(server, http)


# which stream


@pytest.mark.parametrize(
    ("kind", "params", "stream"),
    [
        ("home", {}, "user"),
        ("notifications", {}, "user"),
        ("local", {}, "public/local"),
        ("local", {"server": "social.example"}, "public/local"),
        ("local", {"server": "other.example"}, ""),
        ("local", {"server": "no server"}, ""),
        ("list", {"list": "7"}, "list?list=7"),
        ("hashtag", {"tag": "#B2B"}, "hashtag?tag=B2B"),
        ("hashtag", {"tag": "Größe"}, "hashtag?tag=Gr%C3%B6%C3%9Fe"),
        ("hashtag", {"tag": "one, two"}, ""),
        ("hashtag", {"tag": "a/b"}, ""),
        ("bookmarks", {}, ""),
        ("search", {"query": "b2b"}, ""),
        ("followed_tags", {}, ""),
    ],
)
def test_the_stream_of_a_column(kind: str, params: dict[str, str], stream: str) -> None:
    assert stream_of(source(kind, **params), SERVER) == stream
    assert stream_of(source(kind, None, **params), SERVER) == ""
    assert not stream or (FACTS.source(kind) or FACTS.sources[0]).live


@pytest.mark.parametrize(
    ("said", "base"),
    [
        ("wss://streaming.social.example", "https://streaming.social.example"),
        ("wss://social.example/", SERVER),
        ("https://social.example", SERVER),
        ("wss://social.example/streams/", "https://social.example/streams"),
        ("ws://social.example", SERVER),  # no token leaves unencrypted
        ("http://social.example", SERVER),
        ("", SERVER),
        ("javascript:alert(1)", SERVER),
        ("wss://user:secret@other.example", SERVER),
        ("wss://[broken", SERVER),
        ("//other.example", SERVER),
    ],
)
def test_where_streams_are(said: str, base: str) -> None:
    assert base_of(said, SERVER) == base


def test_an_unencrypted_server_may_say_so() -> None:
    assert base_of("ws://127.0.0.1:4000", "http://127.0.0.1:3000") == "http://127.0.0.1:4000"


# what events mean


@pytest.mark.parametrize(
    ("event", "stream", "heard"),
    [
        (("update", "{}"), "user", Heard(Hearing.NEW, source_kind="home")),
        (("notification", "{}"), "user", Heard(Hearing.NEW, source_kind="notifications")),
        (("update", "not even json"), "list?list=7", Heard(Hearing.NEW)),
        (("status.update", '{"id": "7"}'), "user", Heard(Hearing.CHANGED, "7")),
        (("status.update", '{"id": 7}'), "user", Heard(Hearing.CHANGED, "7")),
        (("status.update", "{"), "user", None),
        (("status.update", "[]"), "user", None),
        (("delete", "7"), "public/local", Heard(Hearing.GONE, "7")),
        (("delete", ""), "user", None),
        (("filters_changed", ""), "user", None),
        (("invented.tomorrow", "{}"), "user", None),
    ],
)
def test_what_an_event_means(event: tuple[str, str], stream: str, heard: Heard | None) -> None:
    assert heard_of(ServerEvent(*event), stream) == heard


# listening


async def test_the_adapter_listens(server: PracticeMastodon, opened: Any) -> None:
    async with aclosing(opened.listen("user")) as heard:
        assert await anext(heard) == Heard(Hearing.LIVE)
        status = server.add_post("News")
        assert await anext(heard) == Heard(Hearing.NEW, source_kind="home")
        server.notify("follow", "harbor")
        assert await anext(heard) == Heard(Hearing.NEW, source_kind="notifications")
        status.text = "Better news"
        server.state.tell("status.update", status)
        assert await anext(heard) == Heard(Hearing.CHANGED, status.id)
        server.state.remove(status.id)
        assert await anext(heard) == Heard(Hearing.GONE, status.id)
    await server.streaming.until_closed()
    assert all("access_token" not in asked.query for asked in server.log)  # the token is in no address


def test_the_ability_is_the_protocol(opened: Any) -> None:
    assert isinstance(opened, Streams)


@pytest.mark.parametrize("stream", ["list?list=1", "hashtag?tag=B2B", "public/local", "user"])
async def test_every_stream_is_one_that_the_contract_knows(server: PracticeMastodon, opened: Any, stream: str) -> None:
    async with aclosing(opened.listen(stream)) as heard:
        assert await anext(heard) == Heard(Hearing.LIVE)


@pytest.mark.parametrize(
    ("fault", "error", "reason"),
    [
        (Fault("401", match="streaming"), AuthExpired, "sign_in_again"),
        (Fault("403", match="streaming"), Rejected, "missing_permission"),
        (Fault("404", match="streaming"), Rejected, "not_found"),
        (Fault("429", match="streaming"), RateLimited, "rate_limited"),
        (Fault("500", match="streaming"), Unreachable, "server_error"),
        (Fault("503", match="streaming"), RateLimited, "rate_limited"),
        (Fault("html", match="streaming"), Unreachable, "invalid_answer"),
        (Fault("close", match="streaming"), Unreachable, "interrupted"),
        (Fault("truncated", match="streaming"), Unreachable, "invalid_answer"),
    ],
    ids=str,
)
async def test_what_a_fault_comes_to(
    server: PracticeMastodon, opened: Any, fault: Fault, error: type[NetworkError], reason: str
) -> None:
    server.faults.add(fault)
    with pytest.raises(error) as caught:
        await anext(opened.listen("user"))
    assert caught.value.reason == reason
    assert server.credentials["token"] not in f"{caught.value!r} {caught.value.detail} {caught.value.__cause__!r}"


async def test_a_stream_that_is_cut_in_the_middle(server: PracticeMastodon, opened: Any) -> None:
    async with aclosing(opened.listen("user")) as heard:
        await anext(heard)
        waiting = asyncio.ensure_future(anext(heard))
        await asyncio.sleep(0)
        server.streaming.cut()
        with pytest.raises(Unreachable) as caught:
            await waiting
        assert caught.value.reason == "interrupted"


async def test_a_stream_that_ends_in_order(server: PracticeMastodon, opened: Any) -> None:
    async with aclosing(opened.listen("user")) as heard:
        await anext(heard)
        server.streaming.close()
        assert [one async for one in heard] == []


async def test_a_token_that_is_no_longer_accepted(server: PracticeMastodon, http: Http) -> None:
    with pytest.raises(AuthExpired):
        await anext(open_account(server, http, token="no token of this server").listen("user"))


async def test_an_older_sign_in_without_the_scope(server: PracticeMastodon, http: Http) -> None:
    token = server.oauth.give_token(server.me.id, "narrow", frozenset({"write:statuses"}))
    with pytest.raises(Rejected) as caught:
        await anext(open_account(server, http, token=token).listen("user"))
    assert caught.value.reason == "missing_permission"


async def test_looking_again(server: PracticeMastodon, opened: Any) -> None:
    status = server.add_post("Right")
    home: Source = source("home")
    entry = await opened.look_again(home, status.id)
    assert (entry.text, entry.remote_id) == ("Right", status.id)
    server.following.add_filter(server.me.id, "Rights", ("home",), "warn", [("right", False)])
    assert (await opened.look_again(home, status.id)).filtered == "Rights"
    server.state.remove(status.id)
    assert await opened.look_again(home, status.id) is None
