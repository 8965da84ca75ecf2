"""Form bodies as browsers and clients send them."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from socialdesk.practice.forms import FormFile, read_form
from socialdesk.practice.server import PracticeServer


class Echo(PracticeServer):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, str | FormFile]] = []
        self.app.router.add_post("/form", self._form)

    async def _form(self, request: web.Request) -> web.Response:
        self.seen = await read_form(request)
        return web.json_response({})


@pytest.fixture
async def echo() -> AsyncIterator[Echo]:
    async with Echo() as running:
        yield running


async def test_files_arrive_byte_by_byte(echo: Echo) -> None:
    data = bytes(range(256)) * 3 + b"\r\n--\r\n\r\n" + b"\r\n"
    form = aiohttp.FormData({"words": "grüße"})
    form.add_field("file", data, filename="a.png", content_type="image/png")
    async with aiohttp.ClientSession() as client, client.post(echo.url + "/form", data=form):
        pass
    words, file = echo.seen
    assert words == ("words", "grüße")
    assert file == ("file", FormFile("a.png", "image/png", data))


async def test_pairs_keep_their_order_and_blanks(echo: Echo) -> None:
    pairs = [("a[]", "1"), ("b", ""), ("a[]", "ü&=")]
    async with aiohttp.ClientSession() as client, client.post(echo.url + "/form", data=pairs):
        pass
    assert echo.seen == pairs
