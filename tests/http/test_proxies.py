"""Proxies: chosen as the person or the system says, and no way around the address guard."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from socialdesk.core.errors import InputError, OutcomeUnknown, Rejected, Unreachable
from socialdesk.http import Http, ProxySettings, Trust
from socialdesk.http.proxies import Proxies, check_proxy
from tests.http.raw import Asked, Peer, RawServer, ok
from tests.http.resolver import FixedResolver, wire_with
from tests.http.tls import client_context, make_certificate, server_context


class ProxyServer(RawServer):
    """Answers plain requests itself; CONNECT is tunnelled to `target` (None = refused)."""

    def __init__(self, target: RawServer | None = None) -> None:
        super().__init__(self._handle)
        self.target = target

    async def _handle(self, asked: Asked, peer: Peer) -> None:
        if asked.method != "CONNECT":
            await peer.answer(200, b"by proxy")
        elif self.target is None:
            await peer.answer(403, b"not from here")
        else:
            await peer.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
            reader, writer = await asyncio.open_connection("127.0.0.1", self.target.port)
            try:
                await asyncio.gather(_copy(peer.reader, writer), _copy(reader, peer.writer))
            finally:
                writer.close()
                peer.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()


@pytest.fixture
async def proxy() -> AsyncIterator[ProxyServer]:
    async with ProxyServer() as server:
        yield server


@pytest.fixture(autouse=True)
def no_system_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def manual(server: RawServer, user: str = "") -> ProxySettings:
    return ProxySettings("manual", f"http://{user}127.0.0.1:{server.port}")


async def test_the_chosen_proxy_is_asked_with_the_whole_address(
    make_http: Callable[..., Http], proxy: ProxyServer
) -> None:
    http = make_http(proxy=manual(proxy))
    answer = await http.request("GET", "http://blog.example/a?b=%2F")
    assert (answer.body, proxy.targets()) == (b"by proxy", ["http://blog.example/a?b=%2F"])
    assert proxy.asked[0].headers["host"] == "blog.example"


async def test_a_password_goes_to_the_proxy_and_nowhere_else(
    make_http: Callable[..., Http], proxy: ProxyServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    settings = manual(proxy, "ann:p%40ss@")
    http = make_http(proxy=settings)
    await http.request("GET", "http://blog.example/")
    assert proxy.asked[0].headers["proxy-authorization"] == "Basic YW5uOnBAc3M="
    assert "authorization" not in proxy.asked[0].headers
    shown = f"{settings!r} {http.describe_proxy()} {caplog.text}"
    assert "ss@" not in shown
    assert "YW5u" not in shown


async def test_a_tunnel_gets_the_password_and_the_server_does_not(make_http: Callable[..., Http]) -> None:
    async with ProxyServer() as proxy:
        http = make_http(proxy=manual(proxy, "ann:p%40ss@"))
        with pytest.raises(Unreachable):
            await http.request("GET", "https://blog.example/", headers={"Authorization": "Bearer x"})
        assert proxy.asked[0].headers["proxy-authorization"] == "Basic YW5uOnBAc3M="
        assert "authorization" not in proxy.asked[0].headers


async def test_secure_addresses_go_through_a_tunnel(make_http: Callable[..., Http], certificate: Path) -> None:
    async with RawServer(ok, ssl=server_context(certificate)) as server, ProxyServer(server) as proxy:
        resolver = wire_with(FixedResolver(["127.0.0.1"]), ssl_context=client_context(certificate))
        http = make_http(proxy=manual(proxy), wire=resolver)
        # 127.0.0.1 would be reached directly; the certificate is checked against the name that was asked for
        with pytest.raises(Unreachable) as caught:
            await http.request("POST", "https://blog.example/secret", content=b"x")
        assert (caught.value.reason, proxy.targets(), server.asked) == ("tls", ["blog.example:443"], [])


async def test_a_tunnel_carries_what_is_said_through_it(make_http: Callable[..., Http], tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path, "blog.example")
    async with RawServer(ok, ssl=server_context(certificate)) as server, ProxyServer(server) as proxy:
        trusting = wire_with(FixedResolver(["127.0.0.1"]), ssl_context=client_context(certificate))
        http = make_http(proxy=manual(proxy, "ann:p%40ss@"), wire=trusting)
        for _ in range(2):
            answer = await http.request("POST", "https://blog.example/a", content=b"x", trust=Trust.TYPED)
        assert answer.status == 200
        assert (proxy.targets(), server.targets()) == (["blog.example:443"], ["/a", "/a"])
        assert not any("proxy-authorization" in a.headers for a in server.asked)


async def test_a_tunnel_that_the_proxy_refuses_never_left(make_http: Callable[..., Http], proxy: ProxyServer) -> None:
    http = make_http(proxy=manual(proxy))
    with pytest.raises(Unreachable) as caught:
        await http.request("POST", "https://blog.example/", content=b"x")
    assert caught.value.reason == "proxy"


async def test_a_proxy_that_is_gone_never_left(make_http: Callable[..., Http]) -> None:
    async with ProxyServer() as server:
        settings = manual(server)
    http = make_http(proxy=settings)
    for url in ("http://blog.example/", "https://blog.example/"):
        with pytest.raises(Unreachable) as caught:
            await http.request("POST", url, content=b"x")
        assert (caught.value.reason, caught.value.offline) == ("proxy", False)


async def test_a_proxy_that_breaks_off_a_write_leaves_it_in_doubt(make_http: Callable[..., Http]) -> None:
    async def end(_asked: Asked, peer: Peer) -> None:
        peer.close()

    async with RawServer(end) as proxy:
        http = make_http(proxy=manual(proxy))
        with pytest.raises(OutcomeUnknown):
            await http.request("POST", "http://blog.example/", content=b"x")
        assert len(proxy.asked) == 1


async def test_this_machine_is_never_asked_through_a_proxy(make_http: Callable[..., Http], proxy: ProxyServer) -> None:
    http = make_http(proxy=manual(proxy))
    async with RawServer(ok) as server:
        await http.request("GET", server.url)
        await http.request("GET", f"http://localhost:{server.port}/")
        assert (len(server.asked), proxy.asked) == (2, [])


async def test_the_systems_proxies_are_found_and_exceptions_kept(
    make_http: Callable[..., Http], proxy: ProxyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"127.0.0.1:{proxy.port}")
    monkeypatch.setenv("no_proxy", "intranet.example,.corp.example")
    async with RawServer(ok) as direct:
        http = make_http(proxy=ProxySettings(), wire=wire_with(FixedResolver(["127.0.0.1"])))
        await http.request("GET", "http://blog.example/")
        await http.request("GET", f"http://intranet.example:{direct.port}/")
        await http.request("GET", f"http://wiki.corp.example:{direct.port}/")
        assert (len(proxy.asked), len(direct.asked)) == (1, 2)


async def test_a_new_network_may_have_other_proxies(
    make_http: Callable[..., Http], proxy: ProxyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with RawServer(ok) as direct:
        http = make_http(proxy=ProxySettings(), wire=wire_with(FixedResolver(["127.0.0.1"])))
        url = f"http://blog.example:{direct.port}/"
        await http.request("GET", url)
        monkeypatch.setenv("all_proxy", f"http://127.0.0.1:{proxy.port}")
        await http.rebuild()
        await http.request("GET", url)
        assert (len(direct.asked), len(proxy.asked)) == (1, 1)


@pytest.mark.parametrize("url", ["socks5://127.0.0.1:1080", "ftp://proxy.example", "http://", "http://a:99999"])
async def test_a_proxy_we_cannot_speak_is_not_silently_left_out(make_http: Callable[..., Http], url: str) -> None:
    http = make_http(proxy=ProxySettings("manual", url))
    with pytest.raises(Unreachable) as caught:
        await http.request("GET", "http://blog.example/")
    assert caught.value.reason == "proxy"
    with pytest.raises(InputError):
        check_proxy(url)


def test_a_typed_proxy_is_made_complete() -> None:
    assert check_proxy(" proxy.example:3128 ") == "http://proxy.example:3128"


@pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", "[fd00::1]", "[::ffff:10.0.0.1]"])
async def test_content_may_not_reach_inside_through_a_proxy(
    make_http: Callable[..., Http], proxy: ProxyServer, address: str
) -> None:
    http = make_http(proxy=manual(proxy))
    for scheme in ("http", "https"):
        with pytest.raises(Rejected) as caught:
            await http.request("GET", f"{scheme}://{address}/", trust=Trust.CONTENT)
        assert (caught.value.reason, proxy.asked) == ("private_address", [])
    await http.request("GET", f"http://{address}/", trust=Trust.TYPED)
    assert len(proxy.asked) == 1


def name_server(**names: str) -> Callable[..., list[Any]]:
    def getaddrinfo(host: str, port: int, *_more: Any) -> list[Any]:
        address = names.get(host.partition(".")[0])
        if address is None:
            raise socket.gaierror(socket.EAI_NONAME, "no")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    return getaddrinfo


async def test_names_are_looked_up_where_they_can_be(
    make_http: Callable[..., Http], proxy: ProxyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", name_server(inside="10.0.0.1", outside="93.184.215.14"))
    http = make_http(proxy=ProxySettings("manual", f"http://127.0.0.1:{proxy.port}"))
    with pytest.raises(Rejected):
        await http.request("GET", "http://inside.example/", trust=Trust.CONTENT)
    await http.request("GET", "http://outside.example/", trust=Trust.CONTENT)
    await http.request("GET", "http://only-the-proxy-knows.example/", trust=Trust.CONTENT)
    assert proxy.targets() == ["http://outside.example/", "http://only-the-proxy-knows.example/"]


async def test_a_typed_address_behind_a_proxy_does_not_open_the_inside(
    make_http: Callable[..., Http],
) -> None:
    async def redirect(_asked: Asked, peer: Peer) -> None:
        await peer.answer(302, location="http://10.0.0.1/")

    async with RawServer(redirect) as proxy:
        http = make_http(proxy=manual(proxy))
        with pytest.raises(Rejected) as caught:
            await http.request("GET", "http://blog.example/")
        assert (caught.value.reason, len(proxy.asked)) == ("private_address", 1)


async def test_a_trusted_private_place_is_reached_directly(make_http: Callable[..., Http], proxy: ProxyServer) -> None:
    async with RawServer(ok) as practice:
        http = make_http(proxy=manual(proxy), also_trusted=lambda _host, port: port == practice.port)
        await http.request("GET", practice.url, trust=Trust.CONTENT)
        assert (len(practice.asked), proxy.asked) == (1, [])


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (ProxySettings("none"), "none"),
        (ProxySettings("manual", "http://u:secret@proxy.example:3128/x"), "manual: http://proxy.example:3128"),
        (ProxySettings("manual", "http://[broken"), "manual: unreadable"),
        (ProxySettings(), "system: http http://proxy.example:8080, https http://other.example"),
    ],
)
def test_the_description_has_no_password(settings: ProxySettings, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://u:secret@proxy.example:8080")
    monkeypatch.setenv("https_proxy", "other.example")
    assert Proxies(settings).describe() == words
