"""Saving for offline: words, pictures, and no way into somebody's private network."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from socialdesk.core.entry import LinkCard, Page
from socialdesk.core.errors import ContentError, InputError, Unreachable
from socialdesk.core.source import Source
from socialdesk.practice.server import Fault, PracticeServer
from socialdesk.practice.world import picture
from tests.services.conftest import Desk
from tests.services.fakes import entry

TEXT = " ".join(["Buyers ask one another before they ask a vendor, and they remember who answered."] * 20)


def site(pictures_at: str = "") -> PracticeServer:
    """A page with one picture, at this server or at `pictures_at`."""
    server = PracticeServer()

    async def page(_request: web.Request) -> web.Response:
        image = f"{pictures_at or server.url}/chart.png"
        body = f"<article><h1>Who answered</h1><p>{TEXT}</p><img src='{image}' width=640 height=400><p>{TEXT}</p>"
        html = f"<html><head><title>Who answered</title></head><body>{body}</article></body></html>"
        return web.Response(text=html, content_type="text/html")

    async def chart(_request: web.Request) -> web.Response:
        return web.Response(body=picture("chart", 640, 400), content_type="image/png")

    async def empty(_request: web.Request) -> web.Response:
        return web.Response(text="<html><body></body></html>", content_type="text/html")

    server.app.router.add_get("/page", page)
    server.app.router.add_get("/chart.png", chart)
    server.app.router.add_get("/empty", empty)
    return server


@pytest.fixture
async def blog() -> AsyncIterator[PracticeServer]:
    async with site() as server:
        yield server


async def stored(desk: Desk, link: str) -> int:
    """An entry that links to `link`, in a column; returns its id."""
    account = await desk.sign_in("short")
    desk.short.world.pages.append(Page((entry("a", link=LinkCard(link, "Who answered")),)))
    column = await desk.services.columns.add("Home", "home", (Source(0, "short", "home", account),))
    await desk.services.refresh.now(column.id)
    (row,) = await desk.services.reading.page(column.id, None, 5)
    return row.entry_id


async def test_a_page_is_kept_with_its_picture_and_found(desk: Desk, blog: PracticeServer) -> None:
    item = await desk.services.saving.save_url(f"{blog.url}/page")
    await blog.stop()
    again = await desk.services.saving.get(item.id)
    assert again.text.count("Buyers ask one another") == 40
    (blob,) = set(again.pictures.values())
    assert await desk.services.saving.blob(blob) == picture("chart", 640, 400)
    assert [hit.id for hit in await desk.services.searching.find("remember who answered")] == [item.id]


async def test_pictures_are_told_by_their_content(desk: Desk) -> None:
    server = PracticeServer()

    async def page(_request: web.Request) -> web.Response:
        images = "".join(f"<img src='{server.url}/{name}' width=640 height=400>" for name in ("wall.png", "chart.png"))
        html = f"<html><body><article><h1>Who answered</h1><p>{TEXT}</p>{images}<p>{TEXT}</p></article></body></html>"
        return web.Response(text=html, content_type="text/html")

    async def wall(_request: web.Request) -> web.Response:
        return web.Response(text="<html>Sign in first</html>", content_type="image/png")

    async def unnamed(_request: web.Request) -> web.Response:
        return web.Response(body=picture("chart", 640, 400), content_type="application/octet-stream")

    server.app.router.add_get("/", page)
    server.app.router.add_get("/wall.png", wall)
    server.app.router.add_get("/chart.png", unnamed)
    async with server:
        item = await desk.services.saving.save_url(server.url + "/")
    assert [url.rpartition("/")[2] for url in item.pictures] == ["chart.png"]


async def test_saving_twice_keeps_one(desk: Desk, blog: PracticeServer) -> None:
    first = await desk.services.saving.save_url(f"{blog.url}/page")
    second = await desk.services.saving.save_url(f"{blog.url}/page?utm_source=feed")
    assert (second.id, len(await desk.services.saving.list())) == (first.id, 1)


async def test_a_page_may_not_send_us_into_a_private_network(desk: Desk, blog: PracticeServer) -> None:
    async with site(pictures_at=blog.url) as other:
        item = await desk.services.saving.save_url(f"{other.url}/page")
    assert item.pictures == {}
    assert blog.requests("chart") == ()


async def test_a_post_that_names_a_private_address_is_saved_as_it_is(desk: Desk, blog: PracticeServer) -> None:
    item = await desk.services.saving.save_entry(await stored(desk, f"{blog.url}/page"))
    assert (item.state, item.text) == ("saved", "Buyers answer questions")
    assert blog.log == []


async def test_what_cannot_be_saved_stays_with_its_reason_and_can_be_tried_again(
    desk: Desk, blog: PracticeServer
) -> None:
    with pytest.raises(ContentError):
        await desk.services.saving.save_url(f"{blog.url}/empty")
    (failed,) = await desk.services.saving.list()
    assert (failed.state, failed.error) == ("failed", "not_an_article")
    await blog.stop()
    with pytest.raises(Unreachable):
        await desk.services.saving.again(failed.id)


async def test_an_address_that_is_none_is_refused(desk: Desk) -> None:
    with pytest.raises(InputError, match="not a web address"):
        await desk.services.saving.save_url("file:///etc/passwd")


async def test_a_link_in_a_post_is_not_followed_into_a_private_network(desk: Desk, blog: PracticeServer) -> None:
    with pytest.raises(Exception, match="private"):
        await desk.services.inspecting.behind(f"{blog.url}/page", await stored(desk, f"{blog.url}/page"))
    assert blog.log == []


async def test_pictures_that_take_too_long_can_be_left_out(desk: Desk) -> None:
    async with site() as slow:
        slow.faults.add(Fault("hang", match="chart", seconds=60))
        saving = asyncio.create_task(desk.services.saving.save_url(f"{slow.url}/page"))
        await slow.until_asked("chart")
        (item,) = await desk.services.saving.list()
        await desk.services.saving.cancel(item.id)
        saved = await asyncio.wait_for(saving, 10)
    assert (saved.state, saved.pictures) == ("saved", {})
    assert "Buyers ask one another" in saved.text
