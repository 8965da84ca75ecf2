"""Signing in through the browser at a network that knows one address to come back to."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any, cast

import aiohttp
import pytest

from socialdesk.core.account import NOTHING, Account
from socialdesk.core.errors import InputError
from socialdesk.core.network import SignedIn
from socialdesk.http import Http
from socialdesk.networks.mastodon.facts import FACTS as MASTODON
from socialdesk.networks.x import signin
from socialdesk.networks.x.adapter import X
from socialdesk.networks.x.facts import PORT
from socialdesk.practice.world import World
from socialdesk.practice.x import PracticeX
from socialdesk.services.browser_sign_in import BrowserSignInService, port_of


class Accounts:
    """What the service needs of the accounts: visitors of one server, and a place for who signed in."""

    def __init__(self, server: str, http: Http) -> None:
        self.server = server
        self.http = http
        self.kept: list[SignedIn] = []

    def anonymous(self, network: str, server: str = "") -> Any:
        return X(Account(0, network, "", "", server or self.server), NOTHING, self.http)

    async def completed(self, answers: Mapping[str, str], again: int) -> Mapping[str, str]:
        return answers

    async def keep_found(self, network: str, signed_in: SignedIn, again: int = 0) -> Account:
        self.kept.append(signed_in)
        who = signed_in.identity
        return Account(1, network, who.name, who.handle, who.server, who.remote_id)


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> int:
    """A free port in the place of the registered one, which a desk on this machine may hold."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = int(probe.getsockname()[1])
    form, *others = X.facts.sign_ins
    monkeypatch.setattr(X, "facts", replace(X.facts, sign_ins=(replace(form, port=free), *others)))
    monkeypatch.setattr(signin, "REDIRECT", f"http://127.0.0.1:{free}/callback")
    return free


@pytest.fixture
async def server() -> AsyncIterator[PracticeX]:
    async with PracticeX(World.load(), {}) as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    http = Http.create()
    yield http
    await http.aclose()


@pytest.fixture
def service(server: PracticeX, http: Http) -> BrowserSignInService:
    return BrowserSignInService(cast(Any, Accounts(server.url, http)))


def answers(server: PracticeX) -> Mapping[str, str]:
    return {"client_id": server.credentials["client_id"]}


def test_only_networks_that_compare_addresses_name_a_port() -> None:
    assert port_of(X.facts) == PORT
    assert port_of(MASTODON) == 0


async def test_the_browser_comes_back_to_the_registered_address(
    server: PracticeX, service: BrowserSignInService, port: int
) -> None:
    app = server.oauth.apps[server.credentials["client_id"]]
    server.oauth.apps[app.client_id] = replace(app, callbacks=(f"http://127.0.0.1:{port}/callback",))
    begun = await service.begin("x", answers(server))
    assert begun.redirect_uri == f"http://127.0.0.1:{port}/callback"
    finished = asyncio.create_task(service.finish(begun))
    async with aiohttp.ClientSession() as browser, browser.get(begun.url) as page:
        assert "You are signed in" in await page.text()
    assert (await finished).handle == server.me.username


async def test_a_port_that_is_taken_is_named(server: PracticeX, service: BrowserSignInService, port: int) -> None:
    held = await asyncio.start_server(lambda _r, w: w.close(), "127.0.0.1", port)
    async with held:
        with pytest.raises(InputError) as caught:
            await service.begin("x", answers(server))
        assert str(port) in caught.value.sentence
    begun = await service.begin("x", answers(server))
    await service.cancel(begun)


async def test_a_browser_on_another_computer_needs_no_port_here(
    server: PracticeX, service: BrowserSignInService, port: int
) -> None:
    held = await asyncio.start_server(lambda _r, w: w.close(), "127.0.0.1", port)
    async with held:
        begun = await service.begin("x", answers(server), listens=False)
        assert not begun.comes_back
        assert begun.redirect_uri == f"http://127.0.0.1:{port}/callback"
        await service.cancel(begun)


async def test_answers_are_looked_at_before_a_port_is_taken(
    server: PracticeX, service: BrowserSignInService, port: int
) -> None:
    held = await asyncio.start_server(lambda _r, w: w.close(), "127.0.0.1", port)
    async with held:
        with pytest.raises(InputError, match="Client ID"):
            await service.begin("x", {})
