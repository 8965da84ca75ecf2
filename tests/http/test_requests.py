"""What goes out and what comes back when nothing is wrong."""

import asyncio
import json
import logging
import re
import subprocess
import sys
from collections.abc import Callable
from email.parser import BytesParser
from typing import Any

import pytest

from socialdesk.core.errors import AuthExpired, OutcomeUnknown, Rejected, Unreachable
from socialdesk.http import Http, NotJson, Response
from socialdesk.http.encode import encode_pairs, parse_address
from tests.http.raw import Asked, Peer, RawServer, ok


async def test_a_get_says_who_we_are_and_nothing_else(http: Http) -> None:
    async with RawServer(ok) as server:
        await http.request("get", server.url)
        asked = server.asked[0]
    assert asked.headers == {
        "host": f"127.0.0.1:{server.port}",
        "user-agent": "SocialDesk/1.0 (+https://socialdesk.example/agent)",
        "accept": "*/*",
        "accept-encoding": "gzip, deflate",
    }
    assert (asked.method, asked.target) == ("GET", "/")


async def test_the_callers_headers_win(http: Http) -> None:
    async with RawServer(ok) as server:
        await http.request("GET", server.url, headers={"ACCEPT": "application/json", "user-agent": "Other/1"})
        headers = server.asked[0].headers
    assert (headers["accept"], headers["user-agent"]) == ("application/json", "Other/1")


async def test_addresses_go_out_as_they_were_given(http: Http) -> None:
    target = "/a%2Fb/%7Ec;d=1/ü?sig=a%2Fb%3D%3D&x=%7E&plus=a+b&empty=&q='(x)!*"
    async with RawServer(ok) as server:
        answer = await http.request("GET", server.url + target + "#part", params={"max": 5, "only": True, "no": None})
        assert server.targets() == [target.replace("ü", "%C3%BC") + "&max=5&only=true"]
    assert answer.url == server.url + server.targets()[0]


def test_pairs() -> None:
    assert encode_pairs({"a": [1, 2], "b": "ü &", "c": None, "d": False}) == "a=1&a=2&b=%C3%BC+%26&d=false"
    assert encode_pairs([("types[]", "mention"), ("types[]", "follow")]) == "types%5B%5D=mention&types%5B%5D=follow"
    assert encode_pairs({}) == ""


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("HTTP://Blog.Example:80", "http://blog.example/"),
        ("https://blog.example:443/a", "https://blog.example/a"),
        (" https://blog.example./ ", "https://blog.example/"),
        ("https://bücher.example/x y", "https://xn--bcher-kva.example/x%20y"),
        ("http://[::1]:8080/", "http://[::1]:8080/"),
        ("http://u:p@blog.example/#top", "http://blog.example/"),
    ],
)
def test_addresses(typed: str, url: str) -> None:
    assert parse_address(typed).url == url


@pytest.mark.parametrize(
    "typed",
    ["", "blog.example", "ftp://a.example/", "file:///etc/passwd", "http://", "http://:80/", "http://a b/",
     "http://a:99999/", "http://a:x/", "http://[::zz]/", "http://127.1/", "http://0x7f000001/", "data:text/html,x"],
)  # fmt: skip
async def test_what_is_no_web_address_is_refused(http: Http, typed: str) -> None:
    with pytest.raises(Rejected) as caught:
        await http.request("GET", typed)
    assert caught.value.reason == "invalid"


async def test_bodies(http: Http) -> None:
    async with RawServer(ok) as server:
        await http.request("POST", server.url, json={"text": "ü", "n": None})
        await http.request("POST", server.url, form=[("a", 1), ("a", 2)])
        await http.request("POST", server.url, content=b"\x00\x01", headers={"Content-Type": "image/png"})
        await http.request("POST", server.url)
        await http.request("DELETE", server.url)
        seen = [(a.headers.get("content-type"), a.headers.get("content-length"), a.body) for a in server.asked]
    assert seen == [
        ("application/json", "22", '{"text":"ü","n":null}'.encode()),
        ("application/x-www-form-urlencoded", "7", b"a=1&a=2"),
        ("image/png", "2", b"\x00\x01"),
        (None, "0", b""),
        (None, "0", b""),
    ]


async def test_files(http: Http) -> None:
    picture = bytes(range(256)) * 8000
    async with RawServer(ok) as server:
        await http.request(
            "POST",
            server.url,
            form={"description": "ä", "focus": ["0", "1"]},
            files={"file": ("ü.png", picture, "image/png")},
        )
        asked = server.asked[0]
    head = f"Content-Type: {asked.headers['content-type']}\r\n\r\n".encode()
    parts = BytesParser().parsebytes(head + asked.body).get_payload()
    assert isinstance(parts, list)
    names = [re.findall(r'name="([^"]*)"', str(p["Content-Disposition"]))[0] for p in parts]
    assert names == ["description", "focus", "focus", "file"]
    assert parts[0].get_payload(decode=True) == "ä".encode()
    assert (parts[3].get_payload(decode=True), parts[3].get_content_type()) == (picture, "image/png")
    assert asked.headers["content-length"] == str(len(asked.body))


async def test_repeated_headers_are_joined_and_cookies_forgotten(http: Http) -> None:
    async def two(_asked: Asked, peer: Peer) -> None:
        links = b"Link: <a>; rel=next\r\nLINK: <b>; rel=prev\r\n"
        await peer.send(b"HTTP/1.1 200 OK\r\n" + links + b"Set-Cookie: a=1\r\nContent-Length: 0\r\n\r\n")

    async with RawServer(two) as server:
        answer = await http.request("GET", server.url)
        await http.request("GET", server.url)
        assert "cookie" not in server.asked[1].headers
    assert answer.headers["link"] == "<a>; rel=next, <b>; rel=prev"


async def test_connections_are_kept(http: Http) -> None:
    async with RawServer(ok) as server:
        for method in ("GET", "POST", "GET"):
            await http.request(method, server.url)
        assert [a.connection for a in server.asked] == [1, 1, 1]
        await http.rebuild()
        await http.request("GET", server.url)
        assert server.asked[-1].connection == 2


async def test_rebuilding_lets_requests_under_way_end(http: Http) -> None:
    go_on = asyncio.Event()

    async def slowly(asked: Asked, peer: Peer) -> None:
        await go_on.wait()
        await ok(asked, peer)

    async with RawServer(slowly) as server:
        waiting = [asyncio.create_task(http.request("POST", server.url)) for _ in range(20)]
        await server.until_asked(16)
        await http.rebuild()
        later = asyncio.create_task(http.request("GET", server.url))
        await server.until_asked(17)
        go_on.set()
        assert {a.status for a in await asyncio.gather(*waiting, later)} == {200}
        await http.rebuild()
        await server.until_all_closed()


async def test_closing_ends_requests_without_cancelling_who_asked(http: Http) -> None:
    async def hang(_asked: Asked, peer: Peer) -> None:
        await peer.hang()

    async with RawServer(hang) as server:
        waiting = [asyncio.create_task(http.request("POST", server.url)) for _ in range(20)]
        await server.until_asked(16)
        await http.aclose()
        ends = await asyncio.gather(*waiting, return_exceptions=True)
    assert {type(end) for end in ends} == {OutcomeUnknown, Unreachable}
    assert sum(isinstance(end, Unreachable) for end in ends) == 4  # those that never got a connection


async def test_closing_lets_a_later_request_through(http: Http) -> None:
    async with RawServer(ok) as server:
        await http.aclose()
        assert (await http.request("GET", server.url)).status == 200


async def test_json(http: Http) -> None:
    async def say(asked: Asked, peer: Peer) -> None:
        await peer.answer(200, asked.body or b'{"a": [1]}')

    async with RawServer(say) as server:
        response, value = await http.json("GET", server.url)
        assert (response.status, value) == (200, {"a": [1]})
        with pytest.raises(Unreachable) as caught:
            await http.json("POST", server.url, content=b"<html>", write=False)
        assert caught.value.reason == "not_json"
        with pytest.raises(OutcomeUnknown):
            await http.json("POST", server.url, content=b"<html>")


async def test_json_checks_the_status(http: Http) -> None:
    async def refuse(_asked: Asked, peer: Peer) -> None:
        await peer.answer(401, b'{"error": "The access token is invalid"}')

    async with RawServer(refuse) as server:
        with pytest.raises(AuthExpired) as caught:
            await http.json("GET", server.url)
    assert "The access token is invalid" in caught.value.detail


async def test_large_answers_are_decoded_elsewhere(make_http: Callable[..., Http]) -> None:
    elsewhere: list[int] = []

    async def worker(fn: Callable[..., Any], *args: Any) -> Any:
        elsewhere.append(len(args[0]))
        return fn(*args)

    async def say(asked: Asked, peer: Peer) -> None:
        await peer.answer(200, json.dumps("x" * int(asked.target[1:])).encode())

    http = make_http(offload=worker)
    async with RawServer(say) as server:
        await http.json("GET", f"{server.url}/1000")
        _, value = await http.json("GET", f"{server.url}/300000")
    assert (elsewhere, len(value)) == ([300_002], 300_000)


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("é".encode(), "text/html; charset=iso-8859-1", "é"),
        (b"\xef\xbb\xbfok", "", "ok"),
        (b"\xe9", "text/html; charset=iso-8859-15", "é"),
        (b"\x93\xe9\x94", "text/html", "“é”"),
        (b"\xe9", 'text/html; charset="no-such"', "é"),
    ],
)
def test_text(body: bytes, content_type: str, text: str) -> None:
    assert Response(200, {"content-type": content_type}, body, "http://a.example/").text() == text


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b"\xff\xfe\xfd", b"[" * 200_000])
def test_not_json(body: bytes) -> None:
    with pytest.raises(NotJson):
        Response(200, {}, body, "http://a.example/").json()


async def test_many_at_once(http: Http) -> None:
    async with RawServer(ok) as server:
        answers = await asyncio.gather(*(http.request("GET", f"{server.url}/{n}") for n in range(200)))
        assert {a.status for a in answers} == {200}
        assert sorted(server.targets()) == sorted(f"/{n}" for n in range(200))
        assert server.most_open <= 16


async def test_the_log_holds_no_address_and_no_header(http: Http, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="socialdesk")
    async with RawServer(ok) as server:
        await http.request("GET", f"{server.url}/secret-1?k=secret-2", headers={"Authorization": "secret-3"})
        with pytest.raises(Unreachable):
            await http.request("GET", "http://127.0.0.1:1/secret-4?k=secret-5")
    assert "GET 127.0.0.1" in caplog.text
    assert "secret" not in caplog.text


def test_the_room_is_entered_without_loading_its_heavy_parts() -> None:
    code = (
        "import sys, socialdesk.http, socialdesk.http.loopback, socialdesk.vault;"
        "socialdesk.http.Http.create(user_agent='x');"
        "print([m for m in ('aiohttp', 'httpx', 'keyring', 'ssl', 'truststore') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() in {"[]", "['ssl']"}  # asyncio may bring ssl
