"""Pictures on disk: asked for once, verified by content, kept under a limit."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from socialdesk.content.worker import Worker
from socialdesk.http import Http, ProxySettings
from socialdesk.practice.world import picture
from socialdesk.services.image_cache import ImageService
from tests.http.raw import Asked, Peer, RawServer
from tests.services.conftest import open_desk
from tests.services.fakes import Clock

PNG = picture("cache", 64, 48)
ODD = {
    "/page.png": b"<!doctype html><html>Sign in to see this</html>",
    "/drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "/sound.webp": b"RIFF\x24\x00\x00\x00WAVEfmt ",
    "/film.avif": b"\x00\x00\x00\x00 no box of any kind",
    "/nothing.png": b"",
}
GOOD = {
    "/a.png": PNG,
    "/b.jpeg": b"\xff\xd8\xff\xe0 and so on",
    "/c.webp": b"RIFF\x24\x00\x00\x00WEBPVP8 ",
    "/d.avif": b"\x00\x00\x00\x1cftypavif",
    "/e.gif": b"GIF89a and so on",
}


async def show(asked: Asked, peer: Peer) -> None:
    body = (ODD | GOOD).get(asked.target.partition("?")[0])
    if body is None:  # /17: a picture of 10,000 bytes that nobody else has
        body = PNG[:8] + asked.target.encode().ljust(9_992)
    await peer.answer(200, body, content_type="image/png")


@pytest.fixture
async def server() -> AsyncIterator[RawServer]:
    async with RawServer(show) as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    http = Http.create(also_trusted=lambda _host, _port: True, proxy=ProxySettings("none"))
    yield http
    await http.aclose()


def on_disk(folder: Path) -> int:
    return sum(path.stat().st_size for path in (folder / "blobs").glob("*/*"))


async def test_a_picture_is_asked_for_once_and_kept_once(tmp_path: Path, http: Http, server: RawServer) -> None:
    images = ImageService(tmp_path, http, Clock())
    for address in ("/a.png", "/a.png?again", "/a.png"):
        assert await images.get(server.url + address) == PNG
    assert server.targets() == ["/a.png", "/a.png?again"]
    assert on_disk(tmp_path) == len(PNG)


@pytest.mark.parametrize("path", ODD)
async def test_what_is_no_picture_is_not_kept_whatever_it_says(
    tmp_path: Path, http: Http, server: RawServer, path: str
) -> None:
    images = ImageService(tmp_path, http, Clock())
    assert await images.get(server.url + path) is None
    assert await images.get(server.url + path) is None
    assert (len(server.asked), on_disk(tmp_path)) == (1, 0)


@pytest.mark.parametrize("path", GOOD)
async def test_pictures_are_known_by_their_first_bytes(
    tmp_path: Path, http: Http, server: RawServer, path: str
) -> None:
    assert await ImageService(tmp_path, http, Clock()).get(server.url + path) == GOOD[path]


async def test_content_may_not_name_a_private_address(tmp_path: Path, server: RawServer) -> None:
    http = Http.create(proxy=ProxySettings("none"))
    assert await ImageService(tmp_path, http, Clock()).get(server.url + "/a.png") is None
    await http.aclose()
    assert server.asked == []


async def test_the_limit_holds_while_pictures_come(tmp_path: Path, http: Http, server: RawServer) -> None:
    images = ImageService(tmp_path, http, Clock(), limit=100_000)
    for number in range(40):
        assert await images.get(f"{server.url}/{number}") is not None
        assert on_disk(tmp_path) <= 120_000
    assert images.path(f"{server.url}/39") is not None
    assert images.path(f"{server.url}/0") is None


async def test_the_limit_holds_from_the_start_of_the_program(tmp_path: Path, worker: Worker) -> None:
    async with open_desk(tmp_path, worker, {}) as desk:
        await desk.services.settings.put("images.limit_mb", 1)
    folder = tmp_path / "cache" / "images"
    for number in range(30):
        path = folder / "blobs" / "aa" / f"old-{number}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(100_000))
        os.utime(path, (number, number))
    async with open_desk(tmp_path, worker, {}) as desk:
        await desk.services.start()
        assert on_disk(folder) == 1_000_000
        assert (folder / "blobs" / "aa" / "old-29").exists()
