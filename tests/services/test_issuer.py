"""The answer of a browser sign-in names who sent it (RFC 9207): another server's is refused."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from socialdesk.core.account import Account
from socialdesk.core.errors import InputError
from socialdesk.networks.mastodon.adapter import Mastodon
from socialdesk.networks.micropub.adapter import Micropub
from socialdesk.practice.mastodon import PracticeMastodon
from socialdesk.practice.micropub import PracticeMicropub
from socialdesk.practice.world import World
from tests.services.conftest import Desk


@pytest.fixture(params=["mastodon", "micropub"])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    if request.param == "mastodon":
        async with PracticeMastodon(World.load(), {}) as mastodon:
            mastodon.oauth.names_itself = True
            yield mastodon
    else:
        async with PracticeMicropub(World.load()) as micropub:
            yield micropub


@pytest.fixture
def network(server: Any, desk: Desk) -> str:
    desk.services.accounts.add_networks({"mastodon": Mastodon, "micropub": Micropub})
    return "mastodon" if isinstance(server, PracticeMastodon) else "micropub"


async def comes_back(url: str) -> str:
    """The address that the browser is sent back to, not opened yet."""
    async with aiohttp.ClientSession() as browser, browser.get(url, allow_redirects=False) as page:
        assert page.status in {302, 303}, await page.text()
        return page.headers["Location"]


async def test_the_server_that_was_asked_is_believed(desk: Desk, server: Any, network: str) -> None:
    service = desk.services.browser_sign_in
    begun = await service.begin(network, {"server": server.url})
    back = await comes_back(begun.url)
    assert "iss=" in back
    finished = asyncio.create_task(service.finish(begun))
    async with aiohttp.ClientSession() as browser, browser.get(back) as page:
        assert page.status == 200
    assert isinstance(await finished, Account)


@pytest.mark.parametrize("issuer", ["https%3A%2F%2Fevil.example%2F", ""])
@pytest.mark.parametrize("pasted", [False, True])
async def test_an_answer_of_another_server_or_of_nobody_is_refused(
    desk: Desk, server: Any, network: str, issuer: str, pasted: bool
) -> None:
    service = desk.services.browser_sign_in
    begun = await service.begin(network, {"server": server.url})
    mixed_up = re.sub(r"iss=[^&]*", f"iss={issuer}", await comes_back(begun.url))
    answered = asyncio.create_task(service.finish(begun, mixed_up if pasted else None))
    if not pasted:
        async with aiohttp.ClientSession() as browser, browser.get(mixed_up) as page:
            assert page.status == 200
    with pytest.raises(InputError, match="Another server than yours"):
        await answered
    assert await desk.services.accounts.list() == ()
    await service.cancel(begun)


async def test_a_server_that_names_itself_nowhere_needs_not(desk: Desk) -> None:
    desk.services.accounts.add_networks({"mastodon": Mastodon})
    async with PracticeMastodon(World.load(), {}) as server:
        service = desk.services.browser_sign_in
        begun = await service.begin("mastodon", {"server": server.url})
        assert isinstance(await service.finish(begun, await comes_back(begun.url)), Account)
