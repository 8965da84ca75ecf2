"""Signing in at LinkedIn with an app of one's own: as a member, for a page, with a pasted token; renewal."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from socialdesk.content.worker import Worker
from socialdesk.core.account import NOTHING, Account, Credential
from socialdesk.core.errors import AuthExpired, InputError, Rejected, Unreachable
from socialdesk.core.network import OAuthCode
from socialdesk.http import Http
from socialdesk.networks.linkedin.adapter import LinkedIn
from socialdesk.networks.linkedin.facts import PORT, REDIRECT, VERSIONS
from socialdesk.networks.linkedin.signin import server_of, web_of
from socialdesk.practice.linkedin import PERSON, PracticeLinkedIn, build
from socialdesk.practice.linkedin_oauth import COMMENTS, MEMBER, PAGE, App
from socialdesk.practice.server import Fault
from socialdesk.practice.world import World
from socialdesk.ui import words
from tests.networks.browsing import LISTENER, browse, opened_as, signed_in
from tests.services.conftest import open_desk


@pytest.fixture
async def server() -> AsyncIterator[PracticeLinkedIn]:
    async with build(World.load(), {}) as running:
        yield running


class Slept:
    """Waits for nothing, and knows how long it was asked to."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest.fixture
def slept() -> Slept:
    return Slept()


@pytest.fixture
def visitor(server: PracticeLinkedIn, http: Http, slept: Slept) -> Any:
    return LinkedIn(Account(0, "linkedin", "", "", server.url), NOTHING, http, sleep=slept)


def answers(app: App, **more: str) -> dict[str, str]:
    return {"client_id": app.client_id, "client_secret": app.secret, **more}


def test_the_real_addresses() -> None:
    assert server_of(Account(0, "linkedin", "", "", "")) == "https://api.linkedin.com"
    assert web_of("https://api.linkedin.com") == "https://www.linkedin.com"


def test_the_steps_name_the_address_to_register_and_scopes_have_reasons() -> None:
    form = LinkedIn.facts.sign_ins[0]
    assert isinstance(form, OAuthCode)
    assert form.port == PORT
    assert any(step.copy == REDIRECT for step in form.steps)
    assert all(scope and why for scope, why in form.scopes)
    assert {scope for scope, _ in form.scopes} == MEMBER | PAGE


async def test_a_member(server: PracticeLinkedIn, http: Http, visitor: Any) -> None:
    app = server.oauth.register(MEMBER)
    done = await signed_in(visitor, answers(app))
    assert done.identity.remote_id == PERSON
    assert done.identity.name == server.me.name
    assert done.identity.avatar_url.startswith("http")
    assert set(done.identity.facts["scopes"].split()) == MEMBER
    again = await opened_as(done, LinkedIn, http).whoami()
    assert again == done.identity


async def test_more_permissions_are_asked_for_and_kept(server: PracticeLinkedIn, http: Http, visitor: Any) -> None:
    app = server.oauth.register(MEMBER | {COMMENTS})
    done = await signed_in(visitor, answers(app, scopes=COMMENTS))
    assert (await opened_as(done, LinkedIn, http).post_rules()).replies


@pytest.mark.parametrize("form", ["number", "urn", "address", "name", "admin"])
async def test_a_page(server: PracticeLinkedIn, http: Http, visitor: Any, form: str) -> None:
    app = server.oauth.register(PAGE)
    number, name = server.credentials["organization"], server.me.handle
    typed = {
        "number": number,
        "urn": server.page,
        "address": f"https://www.linkedin.com/company/{name}/",
        "name": name,
        "admin": f"www.linkedin.com/company/{number}/admin/dashboard/",
    }[form]
    done = await signed_in(visitor, answers(app, organization=typed))
    assert done.identity.remote_id == server.page
    assert (done.identity.name, done.identity.handle) == (server.me.name, name)
    assert await opened_as(done, LinkedIn, http).whoami() == done.identity


@pytest.mark.parametrize("which", ["another", "none"])
async def test_a_page_of_somebody_else(server: PracticeLinkedIn, visitor: Any, which: str) -> None:
    app = server.oauth.register(PAGE)
    typed = server.page_of("harbor") if which == "another" else "no-such-page"
    with pytest.raises(Rejected) as caught:
        await signed_in(visitor, answers(app, organization=typed))
    assert caught.value.reason == "not_your_page"
    assert "administrator" in words.sentence("not_your_page")


async def test_without_a_secret_where_linkedin_allows_it(server: PracticeLinkedIn, visitor: Any) -> None:
    app = server.oauth.register(MEMBER, native=True)
    done = await signed_in(visitor, {"client_id": app.client_id})
    assert done.identity.remote_id == PERSON
    step = await visitor.begin_sign_in({"client_id": app.client_id}, LISTENER)
    code = (await browse(step.url, REDIRECT))["code"][0]
    with pytest.raises(Rejected) as caught:
        await visitor.finish_sign_in(replace(step, verifier="another" * 8), code)
    assert caught.value.reason == "app_not_allowed"


async def test_an_address_of_the_persons_own(server: PracticeLinkedIn, visitor: Any) -> None:
    mine = "https://you.example/back"
    app = replace(server.oauth.register(MEMBER), callbacks=(mine,))
    server.oauth.apps[app.client_id] = app
    done = await signed_in(visitor, answers(app, redirect=mine))
    assert done.identity.remote_id == PERSON


async def test_a_wrong_secret_or_code(server: PracticeLinkedIn, visitor: Any) -> None:
    app = server.oauth.register(MEMBER)
    with pytest.raises(Rejected) as caught:
        await signed_in(visitor, answers(app) | {"client_secret": "wrong"})
    assert caught.value.reason == "app_not_allowed"
    step = await visitor.begin_sign_in(answers(app), LISTENER)
    with pytest.raises(Rejected) as caught:
        await visitor.finish_sign_in(step, "no-such-code")
    assert caught.value.reason == "invalid"


async def test_a_token_that_is_not_yet_known_everywhere(server: PracticeLinkedIn, visitor: Any, slept: Slept) -> None:
    app = server.oauth.register(MEMBER)
    server.oauth.unknown_at_first = 1
    assert (await signed_in(visitor, answers(app))).identity.remote_id == PERSON
    assert len(slept.seconds) == 1
    server.oauth.unknown_at_first = 2
    with pytest.raises(AuthExpired):
        await signed_in(visitor, answers(app))


@pytest.mark.parametrize(
    "given",
    [
        {"client_id": ""},
        {"client_id": "two words"},
        {"client_id": "https://www.linkedin.com/developers"},
        {"client_id": "a", "organization": "https://example.com/company"},
        {"client_id": "a", "organization": "two words"},
        {"client_id": "a", "version": "newest"},
        {"client_id": "a", "redirect": "you.example"},
    ],
)
async def test_what_cannot_be_used_is_said_before_the_browser_opens(visitor: Any, given: dict[str, str]) -> None:
    with pytest.raises(InputError) as caught:
        await visitor.begin_sign_in(given, LISTENER)
    assert caught.value.fix


async def test_pasted_tokens(server: PracticeLinkedIn, visitor: Any, http: Http) -> None:
    done = await visitor.sign_in({"token": server.credentials["member_token"], "version": "2026-07"})
    assert done.identity.remote_id == PERSON
    assert done.identity.facts["version"] == "202607"
    given = {"token": server.credentials["token"], "organization": server.credentials["organization"]}
    assert (await visitor.sign_in(given)).identity.remote_id == server.page
    with pytest.raises(AuthExpired):
        await visitor.sign_in({"token": "of-somebody-else"})
    for wrong in ("", "two words"):
        with pytest.raises(InputError):
            await visitor.sign_in({"token": wrong})


async def test_renewal_where_the_app_has_it(server: PracticeLinkedIn, visitor: Any, http: Http) -> None:
    app = server.oauth.register(MEMBER, renews=True)
    done = await signed_in(visitor, answers(app))
    fresh = await opened_as(done, LinkedIn, http).renew()
    assert fresh.get("access_token") != done.credential.get("access_token")
    assert fresh.get("refresh_token")
    assert (await opened_as(replace(done, credential=fresh), LinkedIn, http).whoami()).remote_id == PERSON
    server.faults.add(Fault("500", match="accessToken"))
    with pytest.raises(Unreachable):
        await opened_as(done, LinkedIn, http).renew()
    server.oauth.refresh_tokens.clear()
    with pytest.raises(AuthExpired):
        await opened_as(done, LinkedIn, http).renew()


async def test_without_renewal_the_person_signs_in_again(server: PracticeLinkedIn, visitor: Any, http: Http) -> None:
    app = server.oauth.register(MEMBER)
    with pytest.raises(AuthExpired):
        await opened_as(await signed_in(visitor, answers(app)), LinkedIn, http).renew()


async def test_signing_out_ends_the_token(server: PracticeLinkedIn, visitor: Any, http: Http) -> None:
    app = server.oauth.register(MEMBER)
    account = opened_as(await signed_in(visitor, answers(app)), LinkedIn, http)
    await account.sign_out()
    with pytest.raises(AuthExpired):
        await account.whoami()
    pasted = LinkedIn(account.account, Credential({"access_token": "t"}), http)
    with pytest.raises(Rejected):
        await pasted.sign_out()


def test_the_versions_are_newest_first() -> None:
    assert list(VERSIONS) == sorted(VERSIONS, reverse=True)


async def ask_who(network: Any) -> Any:
    return await network.whoami()


async def test_the_browser_comes_back_and_ten_calls_renew_the_token_once(
    server: PracticeLinkedIn, tmp_path: Path
) -> None:
    worker = Worker()
    try:
        async with open_desk(tmp_path, worker, {"linkedin": LinkedIn}) as desk:
            app = server.oauth.register(MEMBER, renews=True)
            begun = await desk.services.browser_sign_in.begin("linkedin", answers(app, server=server.url))
            assert begun.redirect_uri == REDIRECT
            finishing = asyncio.create_task(desk.services.browser_sign_in.finish(begun))
            async with aiohttp.ClientSession() as browser, browser.get(begun.url) as page:
                assert "signed in" in await page.text()
            account = await finishing
            server.oauth.tokens.clear()
            calls = (desk.services.accounts.use(account.id, ask_who) for _ in range(10))
            assert {who.remote_id for who in await asyncio.gather(*calls)} == {PERSON}
            assert server.oauth.refreshed == 1
            server.oauth.tokens.clear()
            server.oauth.refresh_tokens.clear()
            with pytest.raises(AuthExpired):
                await desk.services.accounts.use(account.id, ask_who)
            assert (await desk.services.accounts.get(account.id)).needs_sign_in
    finally:
        await worker.aclose()
