"""Redirects: how far, with what, and what they mean for a write."""

from collections.abc import Callable
from pathlib import Path

import pytest

from socialdesk.core.errors import OutcomeUnknown, Rejected, Unreachable
from socialdesk.http import Http
from tests.http.raw import Asked, Peer, RawServer, ok
from tests.http.resolver import FixedResolver, wire_with
from tests.http.tls import client_context, server_context

SECRETS = {
    "Authorization": "Bearer 1",
    "Cookie": "a=1",
    "X-Api-Key": "2",
    "If-None-Match": '"etag"',
    "Accept-Language": "de",
}


def road(*stations: tuple[int, str]) -> Callable[[Asked, Peer], object]:
    """/0 redirects with the first station's status to its address, /1 with the second's; anything else answers."""

    async def handler(asked: Asked, peer: Peer) -> None:
        step = asked.target.strip("/")
        if step.isdecimal() and int(step) < len(stations):
            status, target = stations[int(step)]
            await peer.answer(status, location=target)
        else:
            await peer.answer(200, asked.method.encode() + b" " + asked.body)

    return handler


@pytest.mark.parametrize(
    ("statuses", "permanent"),
    [((301,), True), ((308, 301), True), ((301, 302), False), ((307,), False), ((303,), False), ((), False)],
)
async def test_permanent_only_when_every_hop_is(http: Http, statuses: tuple[int, ...], permanent: bool) -> None:
    stations = tuple((status, f"/{n + 1}") for n, status in enumerate(statuses))
    async with RawServer(road(*stations)) as server:  # type: ignore[arg-type]
        answer = await http.request("GET", server.url + "/0")
    assert (answer.permanent, answer.url) == (permanent, f"{server.url}/{len(statuses)}")


async def test_relative_and_odd_locations(http: Http) -> None:
    async with RawServer(road((302, "1?a=%2F b&c=ü#top"))) as server:  # type: ignore[arg-type]
        answer = await http.request("GET", server.url + "/0")
        assert server.targets() == ["/0", "/1?a=%2F%20b&c=%C3%BC"]
        assert answer.url == server.url + server.targets()[1]


async def test_five_redirects_and_no_more(http: Http) -> None:
    stations = [(302, f"/{n + 1}") for n in range(6)]
    async with RawServer(road(*stations)) as server:  # type: ignore[arg-type]
        assert (await http.request("GET", server.url + "/1")).status == 200
        with pytest.raises(Unreachable) as caught:
            await http.request("GET", server.url + "/0")
    assert caught.value.reason == "too_many_redirects"


async def test_a_loop_ends(http: Http) -> None:
    async with RawServer(road((301, "/0"))) as server:  # type: ignore[arg-type]
        with pytest.raises(Unreachable):
            await http.request("GET", server.url + "/0")
        assert len(server.asked) == 6


@pytest.mark.parametrize(
    "target", ["ftp://files.example/", "file:///etc/hosts", "javascript:1", "http://127.1/", "http://a b/"]
)
async def test_only_to_web_addresses(http: Http, target: str) -> None:
    async with RawServer(road((302, target))) as server:  # type: ignore[arg-type]
        with pytest.raises(Rejected) as caught:
            await http.request("GET", server.url + "/0")
    assert caught.value.reason == "invalid"


async def test_without_following_the_redirect_itself_comes_back(http: Http) -> None:
    async with RawServer(road((302, "/1"))) as server:  # type: ignore[arg-type]
        answer = await http.request("POST", server.url + "/0", follow=False)
    assert (answer.status, answer.headers["location"], answer.permanent) == (302, "/1", False)


async def test_a_redirect_without_a_location_is_an_answer(http: Http) -> None:
    async def nowhere(_asked: Asked, peer: Peer) -> None:
        await peer.answer(302, b"?")

    async with RawServer(nowhere) as server:
        assert (await http.request("GET", server.url)).status == 302


async def test_credentials_stay_with_their_origin(http: Http) -> None:
    async with RawServer(ok) as other, RawServer(road((302, "/1"), (302, other.url + "/x"))) as server:  # type: ignore[arg-type]
        await http.request("GET", server.url + "/0", headers=SECRETS)
        assert [a.headers.get("authorization") for a in server.asked] == ["Bearer 1", "Bearer 1"]
        there = other.asked[0].headers
    assert not {"authorization", "cookie", "x-api-key"} & set(there)
    assert (there["if-none-match"], there["accept-language"]) == ('"etag"', "de")
    assert there["user-agent"].startswith("SocialDesk/")


async def test_credentials_do_not_go_from_https_to_http_of_the_same_name(
    make_http: Callable[..., Http], certificate: Path
) -> None:
    async with RawServer(ok) as plain:
        context = server_context(certificate)
        async with RawServer(road((302, f"http://127.0.0.1:{plain.port}/")), ssl=context) as server:  # type: ignore[arg-type]
            http = make_http(wire=wire_with(FixedResolver([]), ssl_context=client_context(certificate)))
            await http.request("GET", server.url + "/0", headers=SECRETS)
            assert server.asked[0].headers["authorization"] == "Bearer 1"
            assert "authorization" not in plain.asked[0].headers


async def test_credentials_in_an_address_are_sent_as_a_header_and_not_along_a_redirect(http: Http) -> None:
    async with RawServer(ok) as other, RawServer(road((302, other.url))) as server:  # type: ignore[arg-type]
        answer = await http.request("GET", server.url.replace("//", "//ann:p%40ss@") + "/0")
        assert server.asked[0].headers["authorization"] == "Basic YW5uOnBAc3M="
        assert "authorization" not in other.asked[0].headers
        assert "ann" not in answer.url


@pytest.mark.parametrize("status", [301, 302])
async def test_a_write_is_not_sent_to_another_address(http: Http, status: int) -> None:
    async with RawServer(road((status, "/1"))) as server:  # type: ignore[arg-type]
        with pytest.raises(Rejected) as caught:
            await http.request("POST", server.url + "/0", content=b"once")
        assert server.targets() == ["/0"]
    assert caught.value.reason == "invalid"
    assert str(caught.value).startswith("moved")


async def test_after_see_other_a_write_has_perhaps_happened(http: Http) -> None:
    async with RawServer(road((303, "/1"))) as server:  # type: ignore[arg-type]
        with pytest.raises(OutcomeUnknown):
            await http.request("POST", server.url + "/0", content=b"once")
        assert server.targets() == ["/0"]


@pytest.mark.parametrize("status", [307, 308])
async def test_a_write_follows_within_its_origin(http: Http, status: int) -> None:
    async with RawServer(road((status, "/1"))) as server:  # type: ignore[arg-type]
        answer = await http.request("PUT", server.url + "/0", content=b"once", headers=SECRETS)
        assert answer.body == b"PUT once"
        assert server.asked[1].headers["authorization"] == "Bearer 1"


@pytest.mark.parametrize("status", [307, 308])
async def test_a_write_does_not_follow_to_another_origin(http: Http, status: int) -> None:
    async with RawServer(ok) as other, RawServer(road((status, other.url))) as server:  # type: ignore[arg-type]
        with pytest.raises(Rejected):
            await http.request("POST", server.url + "/0", content=b"once")
        assert other.asked == []


async def test_a_question_asked_by_post_becomes_a_get_or_stays_at_home(http: Http) -> None:
    async with RawServer(ok) as other, RawServer(road((303, "/3"), (307, other.url))) as server:  # type: ignore[arg-type]
        answer = await http.request("POST", server.url + "/0", json={"q": 1}, write=False)
        assert (answer.body, "content-type" in server.asked[1].headers) == (b"GET ", False)
        with pytest.raises(Rejected):
            await http.request("POST", server.url + "/1", json={"q": 1}, write=False)
        assert other.asked == []


async def test_all_hops_share_the_time(http: Http) -> None:
    async def slowly(asked: Asked, peer: Peer) -> None:
        if asked.target == "/0":
            await peer.answer(302, location="/1")
        else:
            await peer.hang()

    async with RawServer(slowly) as server:
        with pytest.raises(Unreachable) as caught:
            await http.request("GET", server.url + "/0", timeout_s=0.3)
    assert caught.value.reason == "timed_out"
