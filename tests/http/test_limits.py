"""Bytes and time have an end, whatever the server does."""

import gzip
import zlib

import pytest

from socialdesk.core.errors import Rejected, Unreachable
from socialdesk.http import Http
from socialdesk.http.body import BadEncoding, Body, TooLarge
from tests.http.raw import Asked, Peer, RawServer


async def test_an_announced_giant_is_refused_before_it_is_read(http: Http) -> None:
    async def giant(_asked: Asked, peer: Peer) -> None:
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n")
        await peer.hang()

    async with RawServer(giant) as server:
        with pytest.raises(Rejected) as caught:
            await http.request("GET", server.url)
        await server.until_all_closed()
    assert caught.value.reason == "too_large"


async def test_a_body_that_does_not_end_is_cut_off(http: Http) -> None:
    sent = 0

    async def endless(_asked: Asked, peer: Peer) -> None:
        nonlocal sent
        await peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            await peer.send(b"10000\r\n" + b"x" * 65_536 + b"\r\n")
            sent += 65_536

    async with RawServer(endless) as server:
        with pytest.raises(Rejected) as caught:
            await http.request("GET", server.url, max_bytes=1_000_000)
        await server.until_all_closed()
    assert caught.value.reason == "too_large"
    assert sent < 30_000_000


async def test_a_gzip_bomb_does_not_go_off(http: Http) -> None:
    bomb = gzip.compress(bytes(200_000_000), compresslevel=1)
    assert len(bomb) < 1_000_000

    async def thrower(_asked: Asked, peer: Peer) -> None:
        await peer.answer(200, bomb, content_encoding="gzip")

    async with RawServer(thrower) as server:
        with pytest.raises(Rejected) as caught:
            await http.request("GET", server.url)
    assert caught.value.reason == "too_large"


@pytest.mark.parametrize("extra", [0, 1])
async def test_the_limit_is_exact_and_counts_after_decompression(http: Http, extra: int) -> None:
    async def packed(_asked: Asked, peer: Peer) -> None:
        await peer.answer(200, gzip.compress(bytes(1000 + extra)), content_encoding="gzip")

    async with RawServer(packed) as server:
        if extra:
            with pytest.raises(Rejected):
                await http.request("GET", server.url, max_bytes=1000)
        else:
            assert (await http.request("GET", server.url, max_bytes=1000)).body == bytes(1000)


BODY = bytes(range(256)) * 40
RAW_DEFLATE = zlib.compressobj(wbits=-zlib.MAX_WBITS)
PACKED = {
    "gzip": gzip.compress(BODY),
    "x-gzip": gzip.compress(BODY),
    "GZIP": gzip.compress(BODY[:5000]) + gzip.compress(BODY[5000:]),
    "gzip ": gzip.compress(BODY) + b"rubbish after the end",
    "deflate": zlib.compress(BODY),
    "deflate ": RAW_DEFLATE.compress(BODY) + RAW_DEFLATE.flush(),
    "identity": BODY,
    "": BODY,
}


@pytest.mark.parametrize("encoding", PACKED)
async def test_what_servers_pack_is_unpacked(http: Http, encoding: str) -> None:
    async def packed(asked: Asked, peer: Peer) -> None:
        assert asked.headers["accept-encoding"] == "gzip, deflate"
        await peer.answer(200, PACKED[encoding], content_encoding=encoding)

    async with RawServer(packed) as server:
        assert (await http.request("GET", server.url)).body == BODY


@pytest.mark.parametrize("size", [1, 2, 7])
@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "deflate", "deflate "])
def test_bodies_may_come_in_crumbs(encoding: str, size: int) -> None:
    body = Body(encoding, len(BODY))
    packed = PACKED[encoding]
    for start in range(0, len(packed), size):
        body.feed(packed[start : start + size])
    assert body.finish() == BODY


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress", "gzip, br"])
def test_what_was_not_asked_for_is_not_unpacked(encoding: str) -> None:
    with pytest.raises(BadEncoding):
        Body(encoding, 100)


def test_a_packed_body_that_ends_early_is_not_taken_for_whole() -> None:
    body = Body("gzip", 100_000)
    body.feed(gzip.compress(BODY)[:-20])
    with pytest.raises(BadEncoding):
        body.finish()


def test_an_empty_body_is_fine_in_any_encoding() -> None:
    assert Body("gzip", 10).finish() == b""


def test_many_small_members_still_add_up() -> None:
    body = Body("gzip", 1000)
    with pytest.raises(TooLarge):
        body.feed(gzip.compress(bytes(100)) * 11)


@pytest.mark.parametrize("status", [204, 304])
async def test_answers_without_a_body(http: Http, status: int) -> None:
    async def short(_asked: Asked, peer: Peer) -> None:
        await peer.send(f'HTTP/1.1 {status} X\r\nETag: "a"\r\nContent-Encoding: gzip\r\n\r\n'.encode())

    async with RawServer(short) as server:
        answer = await http.request("GET", server.url)
        again = await http.request("GET", server.url)
        assert server.connections == 1
    assert (answer.status, answer.body, answer.headers["etag"], again.status) == (status, b"", '"a"', status)


async def test_head_has_headers_and_no_body(http: Http) -> None:
    async def short(_asked: Asked, peer: Peer) -> None:
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\nContent-Encoding: gzip\r\n\r\n")

    async with RawServer(short) as server:
        answer = await http.request("HEAD", server.url)
    assert (answer.headers["content-length"], answer.body) == ("99999999", b"")


async def test_headers_without_end_are_refused(http: Http) -> None:
    async def chatty(_asked: Asked, peer: Peer) -> None:
        await peer.send(b"HTTP/1.1 200 OK\r\n")
        for n in range(200):
            await peer.send(f"X-{n}: {'y' * 8000}\r\n".encode())
        await peer.hang()

    async with RawServer(chatty) as server:
        with pytest.raises(Unreachable):
            await http.request("GET", server.url, timeout_s=5)


async def test_idle_time_is_bounded_too(http: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socialdesk.http.wire.IDLE_S", 0.2)

    async def stalls(_asked: Asked, peer: Peer) -> None:
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
        await peer.hang()

    async with RawServer(stalls) as server:
        with pytest.raises(Unreachable) as caught:
            await http.request("GET", server.url, timeout_s=60)
    assert caught.value.reason == "timed_out"
