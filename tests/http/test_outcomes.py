"""What breaks on the wire, and what the program may believe afterwards. Real sockets throughout."""

import asyncio
import errno
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from socialdesk.core.errors import OutcomeUnknown, Rejected, Unreachable
from socialdesk.http import Connectivity, Http
from tests.http.raw import Asked, Handler, Peer, RawServer, ok, response
from tests.http.resolver import FixedResolver, wire_with
from tests.http.tls import server_context


async def refused_url() -> str:
    async with RawServer(ok) as server:
        return server.url


async def close_at_once(_asked: Asked, peer: Peer) -> None:
    peer.close()


async def reset_at_once(_asked: Asked, peer: Peer) -> None:
    peer.reset()


async def hang(_asked: Asked, peer: Peer) -> None:
    await peer.hang()


async def half_head(_asked: Asked, peer: Peer) -> None:
    await peer.send(b"HTTP/1.1 200 OK\r\nContent-Le")
    peer.close()


async def half_body(_asked: Asked, peer: Peer) -> None:
    await peer.send(response(200, b"x" * 100)[:-50])
    peer.close()


async def reset_in_body(_asked: Asked, peer: Peer) -> None:
    await peer.send(response(200, b"x" * 100)[:-50])
    peer.reset()


async def half_chunked(_asked: Asked, peer: Peer) -> None:
    await peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n5\r\nwo")
    peer.close()


async def unfinished_chunked(_asked: Asked, peer: Peer) -> None:
    await peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
    peer.close()


async def drip(_asked: Asked, peer: Peer) -> None:
    await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(1000):
        await peer.send(b"x")
        await asyncio.sleep(0.02)


async def no_http(_asked: Asked, peer: Peer) -> None:
    await peer.send(b"SSH-2.0-OpenSSH_9.9\r\n\r\n")
    peer.close()


async def unasked_encoding(_asked: Asked, peer: Peer) -> None:
    await peer.answer(200, b"\x0b\x02\x80hello\x03", content_encoding="br")


async def broken_gzip(_asked: Asked, peer: Peer) -> None:
    await peer.answer(200, b"this is not gzip", content_encoding="gzip")


BROKEN: dict[str, tuple[Handler, str]] = {
    "closed without a byte": (close_at_once, "interrupted"),
    "reset without a byte": (reset_at_once, "interrupted"),
    "no answer": (hang, "timed_out"),
    "half a head": (half_head, "interrupted"),
    "half a body": (half_body, "interrupted"),
    "reset in the body": (reset_in_body, "interrupted"),
    "half a chunk": (half_chunked, "interrupted"),
    "no last chunk": (unfinished_chunked, "interrupted"),
    "slow drip": (drip, "timed_out"),
    "not HTTP": (no_http, "not_http"),
    "an encoding nobody asked for": (unasked_encoding, "interrupted"),
    "broken gzip": (broken_gzip, "interrupted"),
}


@pytest.mark.parametrize("fault", BROKEN)
async def test_a_broken_read_is_unreachable(http: Http, fault: str) -> None:
    handler, reason = BROKEN[fault]
    async with RawServer(handler) as server:
        with pytest.raises(Unreachable) as caught:
            await http.request("GET", server.url, timeout_s=0.3)
    assert (caught.value.reason, caught.value.offline) == (reason, False)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("fault", BROKEN)
async def test_a_broken_write_may_have_happened_and_is_sent_once(http: Http, fault: str, method: str) -> None:
    handler, reason = BROKEN[fault]
    async with RawServer(handler) as server:
        with pytest.raises(OutcomeUnknown) as caught:
            await http.request(method, server.url, json={"text": "hello"}, timeout_s=0.3)
        assert len(server.asked) == 1
    assert caught.value.detail == reason


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST"])
@pytest.mark.parametrize("end", [close_at_once, reset_at_once])
async def test_a_write_on_a_kept_connection_that_dies_is_not_sent_again(http: Http, method: str, end: Handler) -> None:
    async def first_ok_then_end(asked: Asked, peer: Peer) -> None:
        await (ok(asked, peer) if asked.method == "GET" else end(asked, peer))

    async with RawServer(first_ok_then_end) as server:
        await http.request("GET", server.url)
        with pytest.raises(OutcomeUnknown):
            await http.request(method, server.url, content=b"once")
        assert [(a.method, a.connection) for a in server.asked] == [("GET", 1), (method, 1)]


async def test_a_write_after_the_server_closed_the_kept_connection_goes_out_once_on_a_new_one(http: Http) -> None:
    async def say_and_close(asked: Asked, peer: Peer) -> None:
        await ok(asked, peer)
        peer.close()

    async with RawServer(say_and_close) as server:
        await http.request("GET", server.url)
        await server.until_all_closed()
        answer = await http.request("POST", server.url, content=b"once")
        assert answer.status == 200
        assert [(a.method, a.connection) for a in server.asked] == [("GET", 1), ("POST", 2)]


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_refused_connection_never_left(http: Http, method: str) -> None:
    with pytest.raises(Unreachable) as caught:
        await http.request(method, await refused_url())
    assert (caught.value.reason, caught.value.offline) == ("refused", False)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_server_that_accepts_no_connection_never_got_it(http: Http, method: str) -> None:
    """A full backlog drops the handshake: the connect time-out of every firewall that swallows packets."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        fillers = []
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(server.getsockname())
            fillers.append(filler)
        try:
            with pytest.raises(Unreachable) as caught:
                await http.request(method, f"http://127.0.0.1:{server.getsockname()[1]}", content=b"x", timeout_s=0.3)
        finally:
            for filler in fillers:
                filler.close()
    assert caught.value.reason == "timed_out"


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_no_secure_connection_never_left(http: Http, method: str) -> None:
    async def speaks_plainly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(speaks_plainly, "127.0.0.1", 0)
    try:
        with pytest.raises(Unreachable) as caught:
            await http.request(method, f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/", content=b"x")
    finally:
        server.close()
    assert caught.value.reason == "tls"


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_handshake_that_never_ends_never_left(http: Http, method: str) -> None:
    async with RawServer(ok) as server:
        with pytest.raises(Unreachable) as caught:
            await http.request(method, server.url.replace("http:", "https:"), content=b"x", timeout_s=0.3)
    assert caught.value.reason == "timed_out"


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_unknown_certificate_never_left(http: Http, method: str, certificate: Path) -> None:
    async with RawServer(ok, ssl=server_context(certificate)) as server:
        with pytest.raises(Unreachable) as caught:
            await http.request(method, server.url, content=b"x")
        assert server.asked == []
    assert caught.value.reason == "tls"


def dns_failure(code: int) -> Callable[..., Any]:
    def fail(_host: str) -> list[str]:
        raise socket.gaierror(code, "no")

    return fail


async def test_a_dead_name_server_means_offline(make_http: Callable[..., Http]) -> None:
    connectivity = Connectivity(has_route=lambda: True)
    http = make_http(wire=wire_with(FixedResolver(dns_failure(socket.EAI_AGAIN))), connectivity=connectivity)
    seen: list[bool] = []
    connectivity.listen(seen.append)
    with pytest.raises(Unreachable) as caught:
        await http.request("POST", "http://blog.example/", content=b"x")
    assert (caught.value.reason, caught.value.offline, connectivity.online, seen) == ("dns", True, False, [False])


async def test_no_way_out_means_offline(make_http: Callable[..., Http], monkeypatch: pytest.MonkeyPatch) -> None:
    async def no_route(*_args: object) -> None:
        raise OSError(errno.ENETUNREACH, "Network is unreachable")

    monkeypatch.setattr(asyncio.get_running_loop(), "sock_connect", no_route)
    http = make_http(wire=wire_with(FixedResolver(["203.0.113.7"])))
    with pytest.raises(Unreachable) as caught:
        await http.request("GET", "http://blog.example/")
    assert caught.value.offline


async def test_a_name_that_does_not_exist_is_no_sign_of_being_offline_when_others_answer(
    make_http: Callable[..., Http],
) -> None:
    def some(host: str) -> list[str]:
        if host == "gone.example":
            raise socket.gaierror(socket.EAI_NONAME, "no")
        return ["127.0.0.1"]

    async with RawServer(ok) as server:
        http = make_http(wire=wire_with(FixedResolver(some)))
        await http.request("GET", f"http://blog.example:{server.port}/")
        with pytest.raises(Unreachable) as caught:
            await http.request("GET", "http://gone.example/")
    assert (caught.value.offline, http.connectivity.online) == (False, True)


async def test_online_again_with_the_first_answer(make_http: Callable[..., Http]) -> None:
    answers: list[Any] = [socket.gaierror(socket.EAI_AGAIN, "no"), ["127.0.0.1"]]

    def next_answer(_host: str) -> list[str]:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return list(answer)

    async with RawServer(ok) as server:
        http = make_http(wire=wire_with(FixedResolver(next_answer)))
        seen: list[bool] = []
        http.connectivity.listen(seen.append)
        with pytest.raises(Unreachable):
            await http.request("GET", f"http://blog.example:{server.port}/")
        await http.request("GET", f"http://blog.example:{server.port}/")
    assert seen == [False, True]


@pytest.mark.parametrize("handler", [half_body, reset_in_body])
async def test_a_refusal_whose_page_breaks_off_is_still_a_refusal(http: Http, handler: Handler) -> None:
    async def refuse(_asked: Asked, peer: Peer) -> None:
        await peer.send(response(422, b'{"error": "too long"}', content_type="application/json")[:-5])
        peer.close()

    async with RawServer(refuse) as server:
        answer = await http.request("POST", server.url, content=b"x")
    assert (answer.status, answer.headers["content-type"]) == (422, "application/json")
    assert answer.body.startswith(b'{"error"')


async def test_a_refusal_in_the_middle_of_an_upload_is_heard(http: Http) -> None:
    async def too_large(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(response(413, b"too large", connection="close"))
        await writer.drain()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(too_large, "127.0.0.1", 0)
    try:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        answer = await http.request("POST", url, content=b"x" * 2_000_000, timeout_s=5)
    finally:
        server.close()
    assert answer.status == 413


async def test_a_write_whose_answer_is_too_large_happened_perhaps(http: Http) -> None:
    async def long_story(_asked: Asked, peer: Peer) -> None:
        await peer.answer(200, b"x" * 5000)

    async with RawServer(long_story) as server:
        with pytest.raises(OutcomeUnknown):
            await http.request("POST", server.url, content=b"x", max_bytes=1000)
        with pytest.raises(Rejected) as caught:
            await http.request("GET", server.url, max_bytes=1000)
    assert caught.value.reason == "too_large"


async def test_a_cancelled_request_leaves_no_connection_behind(http: Http) -> None:
    async with RawServer(hang) as server:
        task = asyncio.create_task(http.request("GET", server.url))
        await server.until_asked()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(5):
            await server.until_all_closed()


@pytest.mark.parametrize("error", [Unreachable, OutcomeUnknown])
async def test_errors_name_the_host_and_nothing_secret(http: Http, error: type[Exception]) -> None:
    async with RawServer(close_at_once) as server:
        with pytest.raises(error) as caught:
            await http.request(
                "GET" if error is Unreachable else "POST",
                f"{server.url}/private/path-secret-1?token=secret-2",
                headers={"Authorization": "Bearer secret-3"},
            )
    shown = f"{caught.value!r} {caught.value} {caught.value.__cause__!r}"
    assert "127.0.0.1" in shown
    assert "secret" not in shown
