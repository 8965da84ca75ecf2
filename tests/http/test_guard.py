"""The address guard: content may not lead into this machine or its network."""

import asyncio
import socket
from collections.abc import Callable

import pytest

from socialdesk.core.errors import Rejected, Unreachable
from socialdesk.http import Http, Trust
from socialdesk.http.guard import is_literal, is_loopback, is_private, leads_to_loopback
from tests.http.raw import Asked, Peer, RawServer, ok
from tests.http.resolver import FixedResolver, wire_with

PRIVATE = (
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "",
    "not an address",
)
PUBLIC = ("1.1.1.1", "93.184.215.14", "172.32.0.1", "2606:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1")


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses(address: str) -> None:
    assert is_private(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address: str) -> None:
    assert not is_private(address)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("LOCALHOST.", True),
        ("desk.localhost", True),
        ("127.0.0.2", True),
        ("[::1]", True),
        ("::ffff:127.0.0.1", True),
        ("localhost.example", False),
        ("10.0.0.1", False),
    ],
)
def test_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_literals() -> None:
    assert is_literal("[::1]")
    assert is_literal("10.0.0.1")
    assert not is_literal("ten.example")


async def test_what_a_person_typed_may_be_private(http: Http) -> None:
    async with RawServer(ok) as server:
        assert (await http.request("GET", server.url, trust=Trust.TYPED)).status == 200


@pytest.mark.parametrize("host", ["127.0.0.1", "[::ffff:127.0.0.1]", "localhost", "0.0.0.0"])
async def test_content_may_not_name_this_machine(http: Http, host: str) -> None:
    async with RawServer(ok) as server:
        with pytest.raises(Rejected) as caught:
            await http.request("GET", f"http://{host}:{server.port}/", trust=Trust.CONTENT)
        assert (server.connections, caught.value.reason) == (0, "private_address")


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "127.1", "0177.0.0.1", "127.0.0.1.", "①②⑦.⓪.⓪.①"])
async def test_content_may_not_hide_this_machine_in_another_spelling(http: Http, host: str) -> None:
    async with RawServer(ok) as server:
        with pytest.raises((Rejected, Unreachable)):
            await http.request("GET", f"http://{host}:{server.port}/", trust=Trust.CONTENT)
        assert server.connections == 0


async def test_content_may_not_name_a_name_of_this_machine(make_http: Callable[..., Http]) -> None:
    async with RawServer(ok) as server:
        http = make_http(wire=wire_with(FixedResolver(["127.0.0.1"])))
        with pytest.raises(Rejected) as caught:
            await http.request("GET", f"http://inside.example:{server.port}/", trust=Trust.CONTENT)
        assert (server.connections, caught.value.reason) == (0, "private_address")


async def test_every_address_of_a_name_is_looked_at(make_http: Callable[..., Http]) -> None:
    http = make_http(wire=wire_with(FixedResolver(["10.0.0.1", "127.0.0.1", "::1"])))
    with pytest.raises(Rejected) as caught:
        await http.request("GET", "http://inside.example/", trust=Trust.CONTENT)
    assert caught.value.reason == "private_address"


async def test_a_rebinding_name_server_does_not_get_through(make_http: Callable[..., Http]) -> None:
    """Every answer is judged when it is connected to, not the one that was given first."""
    answers = [["93.184.215.14"], ["127.0.0.1"]]
    resolver = FixedResolver(lambda _host: answers.pop(0))
    async with RawServer(ok) as server:
        http = make_http(wire=wire_with(resolver))
        connected: list[str] = []

        async def nobody_there(sock: socket.socket, address: tuple[str, int]) -> None:
            connected.append(address[0])
            raise ConnectionRefusedError

        loop = asyncio.get_running_loop()
        real, loop.sock_connect = loop.sock_connect, nobody_there  # type: ignore[method-assign]
        try:
            with pytest.raises(Unreachable):
                await http.request("GET", f"http://rebind.example:{server.port}/", trust=Trust.CONTENT)
        finally:
            loop.sock_connect = real  # type: ignore[method-assign]
        await http.rebuild()  # forgets what names resolved to
        with pytest.raises(Rejected) as caught:
            await http.request("GET", f"http://rebind.example:{server.port}/", trust=Trust.CONTENT)
        assert (caught.value.reason, connected, server.connections) == ("private_address", ["93.184.215.14"], 0)


async def test_content_does_not_ride_on_a_connection_that_a_person_opened(make_http: Callable[..., Http]) -> None:
    async with RawServer(ok) as server:
        http = make_http(wire=wire_with(FixedResolver(["127.0.0.1"])))
        url = f"http://intranet.example:{server.port}/"
        await http.request("GET", url, trust=Trust.TYPED)
        with pytest.raises(Rejected):
            await http.request("GET", url, trust=Trust.CONTENT)
        assert len(server.asked) == 1


async def test_trusted_places_are_open_to_content(make_http: Callable[..., Http]) -> None:
    async with RawServer(ok) as practice, RawServer(ok) as other:
        http = make_http(also_trusted=lambda host, port: (host, port) == ("127.0.0.1", practice.port))
        assert (await http.request("GET", practice.url, trust=Trust.CONTENT)).status == 200
        with pytest.raises(Rejected):
            await http.request("GET", other.url, trust=Trust.CONTENT)


def redirect_to(target: Callable[[], str]) -> Callable[[Asked, Peer], object]:
    async def handler(asked: Asked, peer: Peer) -> None:
        if asked.target == "/inside":
            await peer.answer(200, b"inside")
        else:
            await peer.answer(302, location=target())

    return handler


async def test_content_is_guarded_after_a_redirect_too(make_http: Callable[..., Http]) -> None:
    async with RawServer(ok) as inside, RawServer(redirect_to(lambda: inside.url)) as outside:  # type: ignore[arg-type]
        http = make_http(also_trusted=lambda _host, port: port == outside.port)
        with pytest.raises(Rejected) as caught:
            await http.request("GET", outside.url, trust=Trust.CONTENT)
        assert (caught.value.reason, inside.connections, len(outside.asked)) == ("private_address", 0, 1)


async def test_a_typed_public_address_may_not_redirect_inside(
    make_http: Callable[..., Http], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The public server is played by a loopback one that says it has a public address."""
    monkeypatch.setattr("socialdesk.http.redirects.is_private", lambda peer: peer != "127.0.0.1" and is_private(peer))
    async with RawServer(ok) as inside, RawServer(redirect_to(lambda: inside.url)) as outside:  # type: ignore[arg-type]
        http = make_http(wire=wire_with(FixedResolver(["127.0.0.1"])))
        with pytest.raises(Rejected) as caught:
            await http.request("GET", f"http://public.example:{outside.port}/")
        assert (caught.value.reason, inside.connections, len(outside.asked)) == ("private_address", 0, 1)


async def test_a_typed_host_may_redirect_to_itself(make_http: Callable[..., Http]) -> None:
    async with RawServer(redirect_to(lambda: "/inside")) as server:  # type: ignore[arg-type]
        http = make_http(wire=wire_with(FixedResolver(["127.0.0.1"])))
        answer = await http.request("GET", f"http://intranet.example:{server.port}/")
    assert answer.body == b"inside"


async def test_a_typed_intranet_server_may_redirect_within_the_intranet(make_http: Callable[..., Http]) -> None:
    inside, outside = (
        RawServer(redirect_to(lambda: "")),  # type: ignore[arg-type]
        RawServer(redirect_to(lambda: f"http://wiki.example:{inside.port}/inside")),  # type: ignore[arg-type]
    )
    async with inside, outside:
        http = make_http(wire=wire_with(FixedResolver(["127.0.0.1"])))
        answer = await http.request("GET", f"http://intranet.example:{outside.port}/")
    assert answer.body == b"inside"


@pytest.mark.parametrize(
    ("typed", "local"),
    [
        ("localhost", True),
        ("LOCALHOST:8080/blog", True),
        ("me@127.0.0.1:2368", True),
        ("[::1]:8080/x", True),
        ("site.localhost", True),
        ("localhost.example.com", False),
        ("127.0.0.1@example.com", False),
        ("example.com/127.0.0.1", False),
        ("192.168.1.5:80", False),
    ],
)
def test_what_people_type_is_this_machine_or_another(typed: str, local: bool) -> None:
    assert leads_to_loopback(typed) is local
