"""Answers that go on: events as a server has them, and every way in which that ends."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from socialdesk.core.errors import AuthExpired, NetworkError, RateLimited, Rejected, Unreachable
from socialdesk.http import Http
from socialdesk.http.server_events import MOST_CHARACTERS, EventReader, EventTooLarge, ServerEvent
from tests.http.conftest import NOW
from tests.http.raw import Asked, Peer, RawServer

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
CHUNKED = HEAD.replace(b"Connection: close", b"Transfer-Encoding: chunked")


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


# reading


def read(*pieces: bytes) -> list[tuple[str, str]]:
    reader = EventReader()
    return [(event.name, event.data) for piece in pieces for event in reader.feed(piece)]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_events_with_each_end_of_a_line(end: bytes) -> None:
    text = b"event: update\ndata: {}\n\ndata: plain\n\n".replace(b"\n", end)
    assert read(text + b"x") == [("update", "{}"), ("message", "plain")]


def test_an_event_in_any_pieces() -> None:
    text = 'event: update\r\ndata: "नमस्ते"\r\n\r\n:thump\r\n\r\n'.encode()
    for size in range(1, len(text)):
        pieces = [text[start : start + size] for start in range(0, len(text), size)]
        assert read(*pieces) == [("update", '"नमस्ते"')]


def test_what_the_standard_says_of_fields() -> None:
    """The examples of WHATWG HTML, section 9.2.6."""
    assert read(b"data: YHOO\ndata: +2\ndata: 10\n\n") == [("message", "YHOO\n+2\n10")]
    assert read(b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n") == [
        ("message", "first event"),
        ("message", "second event"),
        ("message", " third event"),
    ]
    assert read(b"data\n\ndata\ndata\n\ndata:") == [("message", ""), ("message", "\n")]
    assert read(b"\xef\xbb\xbfdata: x\n\n") == [("message", "x")]
    assert read(b"event: nothing\n\nretry: 5\n\n") == []


def test_what_never_ends_is_refused() -> None:
    piece = b"data: " + b"x" * (MOST_CHARACTERS // 50)
    with pytest.raises(EventTooLarge):
        read(*[piece] * 100)
    with pytest.raises(EventTooLarge):
        read(*[piece + b"\n"] * 100)
    assert len(read(*[piece + b"\n\n"] * 100)) == 100


# listening


async def heard(http: Http, url: str, **options: object) -> list[ServerEvent]:
    async with http.listen(url, **options) as events:  # type: ignore[arg-type]
        return [event async for event in events]


async def test_events_come_as_they_are_told(http: Http) -> None:
    go_on = asyncio.Event()

    async def handle(_asked: Asked, peer: Peer) -> None:
        await peer.send(HEAD + b":)\n\n")
        await go_on.wait()
        await peer.send(b"event: update\ndata: 1\n\nevent: del")
        await peer.send(b"ete\ndata: 2\n\n")
        peer.close()

    async with RawServer(handle) as server, http.listen(f"{server.url}/s", headers={"Authorization": "B t"}) as events:
        go_on.set()  # the context stands before there is anything to tell
        assert [event async for event in events] == [ServerEvent("update", "1"), ServerEvent("delete", "2")]
        (asked,) = server.asked
        assert (asked.headers["accept"], asked.headers["accept-encoding"]) == ("text/event-stream", "identity")
        assert asked.headers["authorization"] == "B t"


@pytest.mark.parametrize(
    ("answer", "error", "reason"),
    [
        (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>",
            Unreachable,
            "invalid_answer",
        ),
        (b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", AuthExpired, "sign_in_again"),
        (b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", Rejected, "missing_permission"),
        (b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", Rejected, "not_found"),
        (b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", Unreachable, "server_error"),
        (b"HTTP/1.1 301 Go\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", Rejected, "not_supported"),
        (b"nonsense", Unreachable, "not_http"),
        (HEAD.replace(b"close", b"close\r\nContent-Encoding: gzip"), Unreachable, "invalid_answer"),
    ],
)
async def test_what_is_no_stream(http: Http, answer: bytes, error: type[NetworkError], reason: str) -> None:
    async def handle(_asked: Asked, peer: Peer) -> None:
        await peer.send(answer)
        peer.close()

    async with RawServer(handle) as server:
        with pytest.raises(error) as caught:
            await heard(http, f"{server.url}/s")
        assert caught.value.reason == reason


async def test_please_wait_is_obeyed_by_requests_too(http: Http) -> None:
    async def handle(_asked: Asked, peer: Peer) -> None:
        await peer.answer(429, retry_after="60")

    async with RawServer(handle) as server:
        for _ in range(2):
            with pytest.raises(RateLimited) as caught:
                await heard(http, f"{server.url}/s", budget="mastodon:1")
            assert caught.value.until == NOW + timedelta(seconds=60)
        assert len(server.asked) == 1  # the second time nobody was asked


async def test_a_stream_that_breaks_off(http: Http) -> None:
    async def handle(_asked: Asked, peer: Peer) -> None:
        await peer.send(CHUNKED + chunk(b"data: 1\n\n"))
        await told.wait()
        peer.reset()

    told = asyncio.Event()
    async with RawServer(handle) as server, http.listen(f"{server.url}/s") as events:
        assert (await anext(events)).data == "1"
        told.set()
        with pytest.raises(Unreachable) as caught:
            await anext(events)
        assert caught.value.reason == "interrupted"


async def test_a_server_that_falls_silent_is_gone(http: Http) -> None:
    async def handle(_asked: Asked, peer: Peer) -> None:
        await peer.send(HEAD + b"data: 1\n\n")
        await peer.hang()

    async with RawServer(handle) as server:
        with pytest.raises(Unreachable) as caught:
            await heard(http, f"{server.url}/s", silence_s=0.05)
        assert caught.value.reason == "timed_out"


@pytest.mark.parametrize("end", ["rebuild", "aclose"])
async def test_streams_end_with_the_wire(http: Http, end: str) -> None:
    async def handle(_asked: Asked, peer: Peer) -> None:
        await peer.send(CHUNKED + chunk(b"data: 1\n\n"))
        await peer.hang()

    async with RawServer(handle) as server, http.listen(f"{server.url}/s") as events:
        await anext(events)
        waiting = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0)
        await getattr(http, end)()
        with pytest.raises(Unreachable):
            await waiting


async def test_many_streams_keep_no_request_waiting(http: Http) -> None:
    """One host's connections for requests are few; those that stay are not among them."""

    async def handle(asked: Asked, peer: Peer) -> None:
        if asked.target == "/read":
            await peer.answer(200, b"{}")
            return
        await peer.send(HEAD + b"data: 1\n\n")
        await peer.hang()

    async with RawServer(handle) as server:
        told = [asyncio.Event() for _ in range(16)]

        async def listen(one: asyncio.Event) -> None:
            async with http.listen(f"{server.url}/s") as events:
                async for _ in events:
                    one.set()

        tasks = [asyncio.create_task(listen(one)) for one in told]
        await asyncio.gather(*(one.wait() for one in told))
        assert (await http.request("GET", f"{server.url}/read")).status == 200
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_leaving_ends_the_connection(http: Http) -> None:
    gone = asyncio.Event()

    async def handle(_asked: Asked, peer: Peer) -> None:
        await peer.send(HEAD + b"data: 1\n\n")
        await peer.hang()
        gone.set()

    async with RawServer(handle) as server:
        async with http.listen(f"{server.url}/s") as events:
            assert (await anext(events)).data == "1"
        await gone.wait()


async def test_no_secret_in_what_went_wrong(http: Http, make_http: Callable[..., Http]) -> None:
    async def handle(_asked: Asked, peer: Peer) -> None:
        await peer.answer(500, b"token=very-secret-token")

    async with RawServer(handle) as server:
        with pytest.raises(Unreachable) as caught:
            await heard(http, f"{server.url}/s", headers={"Authorization": "Bearer very-secret-token"})
        assert "very-secret" not in f"{caught.value!r} {caught.value.detail} {caught.value.__cause__!r}"
