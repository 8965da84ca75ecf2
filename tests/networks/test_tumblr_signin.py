"""Signing in at Tumblr with an app of one's own: the blog that is meant, rotating tokens, pasted tokens."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from socialdesk.content.worker import Worker
from socialdesk.core.account import NOTHING, Account
from socialdesk.core.errors import AuthExpired, InputError, Rejected, Unreachable
from socialdesk.core.network import OAuthCode
from socialdesk.http import Http
from socialdesk.networks.tumblr.adapter import Tumblr
from socialdesk.networks.tumblr.facts import PORT, REDIRECT
from socialdesk.networks.tumblr.signin import blog_name, server_of, web_of
from socialdesk.practice.server import Fault, utc_now
from socialdesk.practice.tumblr import SECOND_BLOG, PracticeTumblr
from socialdesk.practice.tumblr_oauth import SCOPES, App
from socialdesk.practice.world import World
from socialdesk.ui import words
from tests.networks.browsing import LISTENER, opened_as, signed_in
from tests.services.conftest import open_desk


class Clock:
    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> Any:
        return utc_now() + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def server(clock: Clock) -> AsyncIterator[PracticeTumblr]:
    async with PracticeTumblr(World.load(), {}, now=clock) as running:
        yield running


@pytest.fixture
def visitor(server: PracticeTumblr, http: Http) -> Any:
    return Tumblr(Account(0, "tumblr", "", "", server.url), NOTHING, http)


def answers(app: App, **more: str) -> dict[str, str]:
    return {"client_id": app.key, "client_secret": app.secret, **more}


def test_the_real_addresses() -> None:
    assert server_of(Account(0, "tumblr", "", "", "")) == "https://api.tumblr.com"
    assert web_of("https://api.tumblr.com") == "https://www.tumblr.com"


def test_the_steps_name_the_address_to_register_and_scopes_have_reasons() -> None:
    form = Tumblr.facts.sign_ins[0]
    assert isinstance(form, OAuthCode)
    assert form.port == PORT
    assert any(step.copy == REDIRECT for step in form.steps)
    assert {scope for scope, why in form.scopes if why} == SCOPES


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("", ""),
        ("staff", "staff"),
        ("@Staff", "staff"),
        ("staff.tumblr.com", "staff"),
        ("https://staff.tumblr.com/", "staff"),
        ("https://www.tumblr.com/staff", "staff"),
        ("https://www.tumblr.com/blog/view/staff", "staff"),
        ("www.tumblr.com/staff/123/title", "staff"),
        ("https://blog.example/archive", "blog.example"),
    ],
)
def test_blogs_as_people_name_them(typed: str, name: str) -> None:
    assert blog_name(typed) == name


@pytest.mark.parametrize("typed", ["two words", "https://www.tumblr.com/", "a&b"])
def test_what_names_no_blog(typed: str) -> None:
    with pytest.raises(InputError) as caught:
        blog_name(typed)
    assert caught.value.fix


async def test_the_primary_blog(server: PracticeTumblr, http: Http, visitor: Any) -> None:
    done = await signed_in(visitor, answers(server.oauth.register()))
    assert (done.identity.remote_id, done.identity.handle) == (server.me.uuid, server.me.name)
    assert done.identity.name == server.me.title
    assert await opened_as(done, Tumblr, http).whoami() == done.identity
    async with aiohttp.ClientSession() as browser, browser.get(done.identity.avatar_url) as face:
        assert face.content_type == "image/png"


async def test_another_blog_of_the_person(server: PracticeTumblr, http: Http, visitor: Any) -> None:
    done = await signed_in(visitor, answers(server.oauth.register(), blog=f"https://www.tumblr.com/{SECOND_BLOG}"))
    assert done.identity.handle == SECOND_BLOG
    assert await opened_as(done, Tumblr, http).whoami() == done.identity


async def test_a_blog_of_somebody_else(server: PracticeTumblr, visitor: Any) -> None:
    with pytest.raises(Rejected) as caught:
        await signed_in(visitor, answers(server.oauth.register(), blog="staff"))
    assert caught.value.reason == "not_your_blog"
    assert "blog" in words.sentence("not_your_blog")


async def test_an_address_of_the_persons_own(server: PracticeTumblr, visitor: Any) -> None:
    mine = "https://you.example/back"
    done = await signed_in(visitor, answers(server.oauth.register(mine), redirect=mine))
    assert done.identity.handle == server.me.name


async def test_a_wrong_secret_or_code(server: PracticeTumblr, visitor: Any) -> None:
    app = server.oauth.register()
    with pytest.raises(Rejected) as caught:
        await signed_in(visitor, answers(app) | {"client_secret": "wrong"})
    assert caught.value.reason == "app_not_allowed"
    step = await visitor.begin_sign_in(answers(app), LISTENER)
    with pytest.raises(Rejected) as caught:
        await visitor.finish_sign_in(step, "no-such-code")
    assert caught.value.reason == "invalid"


@pytest.mark.parametrize(
    "given",
    [
        {"client_id": "a"},
        {"client_secret": "b"},
        {"client_id": "two words", "client_secret": "b"},
        {"client_id": "a", "client_secret": "b", "blog": "two words"},
        {"client_id": "a", "client_secret": "b", "redirect": "you.example"},
    ],
)
async def test_what_cannot_be_used_is_said_before_the_browser_opens(visitor: Any, given: dict[str, str]) -> None:
    with pytest.raises(InputError) as caught:
        await visitor.begin_sign_in(given, LISTENER)
    assert caught.value.fix


async def test_tokens_end_and_are_renewed_in_pairs(
    server: PracticeTumblr, http: Http, visitor: Any, clock: Clock
) -> None:
    done = await signed_in(visitor, answers(server.oauth.register()))
    clock.ahead = timedelta(minutes=43)
    with pytest.raises(AuthExpired):
        await opened_as(done, Tumblr, http).whoami()
    fresh = await opened_as(done, Tumblr, http).renew()
    assert fresh.get("refresh_token") != done.credential.get("refresh_token")
    assert (await opened_as(replace(done, credential=fresh), Tumblr, http).whoami()) == done.identity
    with pytest.raises(AuthExpired):
        await opened_as(done, Tumblr, http).renew()  # the old one is spent
    server.faults.add(Fault("500", match="oauth2/token"))
    with pytest.raises(Unreachable):
        await opened_as(replace(done, credential=fresh), Tumblr, http).renew()


async def test_pasted_tokens(server: PracticeTumblr, visitor: Any, http: Http) -> None:
    given = {name: server.credentials[name] for name in ("token", "refresh_token", "client_id", "client_secret")}
    done = await visitor.sign_in(given)
    assert done.identity.handle == server.me.name
    assert (await opened_as(done, Tumblr, http).renew()).get("access_token")
    alone = await visitor.sign_in({"token": given["token"], "blog": SECOND_BLOG})
    assert alone.identity.handle == SECOND_BLOG
    with pytest.raises(AuthExpired):
        await opened_as(alone, Tumblr, http).renew()
    with pytest.raises(AuthExpired):
        await visitor.sign_in({"token": "of-somebody-else"})
    for wrong in ("", "two words"):
        with pytest.raises(InputError):
            await visitor.sign_in({"token": wrong})


async def ask_who(network: Any) -> Any:
    return await network.whoami()


async def test_ten_calls_with_an_expired_token_renew_it_once(server: PracticeTumblr, tmp_path: Path) -> None:
    worker = Worker()
    try:
        async with open_desk(tmp_path, worker, {"tumblr": Tumblr}) as desk:
            names = ("server", "token", "refresh_token", "client_id", "client_secret")
            given = {name: server.credentials[name] for name in names}
            account = await desk.services.accounts.sign_in("tumblr", given, form=1)
            server.oauth.tokens.clear()
            calls = (desk.services.accounts.use(account.id, ask_who) for _ in range(10))
            assert {who.remote_id for who in await asyncio.gather(*calls)} == {server.me.uuid}
            assert server.oauth.refreshed == 1
            assert desk.vault.get(account.id).get("refresh_token") in server.oauth.refresh_tokens
            server.oauth.tokens.clear()
            server.oauth.refresh_tokens.clear()
            with pytest.raises(AuthExpired):
                await desk.services.accounts.use(account.id, ask_who)
            assert (await desk.services.accounts.get(account.id)).needs_sign_in
    finally:
        await worker.aclose()
