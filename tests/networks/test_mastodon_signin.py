"""Signing in at a Mastodon server: registration, code with proof key, token, signing out."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from socialdesk.core.account import NOTHING, Account, Credential
from socialdesk.core.errors import AuthExpired, Rejected, Unreachable
from socialdesk.core.network import BrowserStep, SignedIn
from socialdesk.http import Http
from socialdesk.networks.mastodon.adapter import Mastodon
from socialdesk.networks.mastodon.signin import OOB
from socialdesk.practice.mastodon import PracticeMastodon
from socialdesk.practice.server import Fault
from socialdesk.practice.world import World
from tests.networks.contract import make_http
from tests.openapi import OpenApi

REDIRECT = "http://127.0.0.1:49152/callback"


@pytest.fixture
async def server() -> AsyncIterator[PracticeMastodon]:
    async with PracticeMastodon(World.load(), {}) as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    http = make_http()
    yield http
    await http.aclose()


@pytest.fixture
def visitor(http: Http) -> Any:
    return Mastodon(Account(0, "mastodon", "", "", ""), NOTHING, http)


async def browse(url: str) -> dict[str, list[str]]:
    """Opens the authorization page and returns the query that the browser is sent back with."""
    async with aiohttp.ClientSession() as browser, browser.get(url, allow_redirects=False) as page:
        assert page.status == 302, await page.text()
        return parse_qs(urlsplit(page.headers["Location"]).query)


def opened(done: SignedIn, http: Http) -> Any:
    who = done.identity
    account = Account(5, "mastodon", who.name, who.handle, who.server, who.remote_id, who.avatar_url, who.facts)
    return Mastodon(account, done.credential, http)


async def test_the_whole_way_through_the_browser(server: PracticeMastodon, visitor: Any, http: Http) -> None:
    step = await visitor.begin_sign_in({"server": server.url + "/@somebody"}, REDIRECT)
    query = parse_qs(urlsplit(step.url).query)
    assert query["redirect_uri"] == [REDIRECT]
    assert query["code_challenge_method"] == ["S256"]
    answer = await browse(step.url)
    assert answer["state"] == [step.state]
    done = await visitor.finish_sign_in(step, answer["code"][0])
    who = done.identity
    assert (who.name, who.handle, who.server) == ("Northwind Pumps", "northwind@practice.example", server.url)
    assert who.remote_id == server.me.id
    assert (who.facts["software"], who.facts["visibility"]) == ("mastodon", "public")
    assert await opened(done, http).whoami() == who
    (app,) = server.oauth.apps.values()
    assert app["redirect_uris"] == [REDIRECT, OOB]
    assert "profile" in query["scope"][0].split()
    assert {scope.partition(":")[0] for scope in query["scope"][0].split()} == {"profile", "read", "write"}


async def test_nothing_secret_is_shown(server: PracticeMastodon, visitor: Any, http: Http) -> None:
    step = await visitor.begin_sign_in({"server": server.url}, REDIRECT)
    done = await visitor.finish_sign_in(step, (await browse(step.url))["code"][0])
    shown = f"{step!r} {done!r} {visitor!r} {opened(done, http)!r}"
    for secret in (step.verifier, *done.credential.secrets.values()):
        if secret != step.keep["client_id"]:
            assert secret not in shown
    assert [r for r in server.log if step.keep["client_secret"] in str(r.query)] == []


async def test_a_code_is_good_once_and_only_with_its_verifier(server: PracticeMastodon, visitor: Any) -> None:
    step = await visitor.begin_sign_in({"server": server.url}, REDIRECT)
    code = (await browse(step.url))["code"][0]
    await visitor.finish_sign_in(step, code)
    other = await visitor.begin_sign_in({"server": server.url}, REDIRECT)
    unproven = (await browse(other.url))["code"][0]
    wrong = BrowserStep(other.url, other.redirect_uri, other.state, "not the verifier", other.keep)
    for used, bad in ((step, code), (wrong, unproven), (other, "made-up")):
        with pytest.raises(Rejected) as caught:
            await visitor.finish_sign_in(used, bad)
        assert caught.value.reason == "invalid"


async def test_a_code_shown_on_the_page_can_be_pasted(server: PracticeMastodon, visitor: Any) -> None:
    step = await visitor.begin_sign_in({"server": server.url}, OOB)
    async with aiohttp.ClientSession() as browser, browser.get(step.url) as page:
        code = (await page.text()).partition("<code>")[2].partition("</code>")[0]
    done = await visitor.finish_sign_in(step, f"  {code}\n")
    assert done.identity.name == "Northwind Pumps"


async def test_an_older_server_gets_one_text_of_addresses_and_no_new_scope(
    server: PracticeMastodon, visitor: Any
) -> None:
    server.faults.add(Fault("404", match="oauth-authorization-server"))
    step = await visitor.begin_sign_in({"server": server.url}, REDIRECT)
    (app,) = server.oauth.apps.values()
    assert app["redirect_uri"] == f"{REDIRECT}\n{OOB}"
    assert "profile" not in parse_qs(urlsplit(step.url).query)["scope"][0].split()
    assert (await browse(step.url))["code"]


async def test_a_server_that_knows_only_whole_areas_is_asked_for_those(server: PracticeMastodon, visitor: Any) -> None:
    server.oauth.known_scopes = ("read", "write", "follow", "push")
    step = await visitor.begin_sign_in({"server": server.url}, REDIRECT)
    assert parse_qs(urlsplit(step.url).query)["scope"] == ["read write"]


async def test_a_handle_leads_to_its_server(server: PracticeMastodon, visitor: Any) -> None:
    host = server.url.removeprefix("http://")
    step = await visitor.begin_sign_in({"server": f"@northwind@{host}"}, REDIRECT)
    assert step.keep["server"] == server.url
    assert server.requests("webfinger")


@pytest.mark.parametrize("kind", ["hang", "close", "500", "html"])
async def test_a_sign_in_that_breaks_can_be_tried_again(server: PracticeMastodon, visitor: Any, kind: str) -> None:
    server.faults.add(Fault(kind, match="/api/v1/apps"))
    with pytest.raises(Unreachable):
        await visitor.begin_sign_in({"server": server.url}, REDIRECT)
    step = await visitor.begin_sign_in({"server": server.url}, REDIRECT)
    server.faults.add(Fault(kind, match="/oauth/token"))
    with pytest.raises(Unreachable):
        await visitor.finish_sign_in(step, "code")


async def test_a_pasted_token(server: PracticeMastodon, visitor: Any, http: Http) -> None:
    answers = {"server": server.url, "token": f" {server.credentials['token']} "}
    done = await visitor.sign_in(answers)
    assert done.identity.handle == "northwind@practice.example"
    assert done.credential.get("access_token") == server.credentials["token"]
    await opened(done, http).sign_out()
    assert not server.requests("revoke"), "a token that was pasted is not ours to end"


@pytest.mark.parametrize("token", ["", "  ", "two words", "tökén"])
async def test_what_is_no_token_is_not_sent(server: PracticeMastodon, visitor: Any, token: str) -> None:
    with pytest.raises(Rejected):
        await visitor.sign_in({"server": server.url, "token": token})
    assert not server.log


async def test_a_wrong_token(server: PracticeMastodon, visitor: Any) -> None:
    with pytest.raises(AuthExpired):
        await visitor.sign_in({"server": server.url, "token": "wrong"})


async def test_signing_out_ends_the_token(server: PracticeMastodon, visitor: Any, http: Http) -> None:
    step = await visitor.begin_sign_in({"server": server.url}, REDIRECT)
    done = await visitor.finish_sign_in(step, (await browse(step.url))["code"][0])
    account = opened(done, http)
    await account.sign_out()
    with pytest.raises(AuthExpired):
        await account.whoami()
    await account.sign_out()


async def test_signing_out_where_the_server_refuses(server: PracticeMastodon, http: Http) -> None:
    credential = Credential({"access_token": server.credentials["token"], "client_id": "x", "client_secret": "y"})
    account = Mastodon(Account(5, "mastodon", "n", "n", server.url), credential, http)
    await account.sign_out()
    server.faults.add(Fault("500", match="revoke"))
    with pytest.raises(Unreachable):
        await account.sign_out()


async def test_a_server_that_is_no_mastodon(server: PracticeMastodon, visitor: Any) -> None:
    server.faults.add(Fault("404", match="^/api/v1/apps"))
    with pytest.raises(Rejected) as caught:
        await visitor.begin_sign_in({"server": server.url}, REDIRECT)
    assert caught.value.reason == "not_found"


async def test_sign_in_keeps_to_the_contract(server: PracticeMastodon, visitor: Any, http: Http) -> None:
    contract = OpenApi("mastodon/openapi.json")
    step = await visitor.begin_sign_in({"server": server.url}, REDIRECT)
    done = await visitor.finish_sign_in(step, (await browse(step.url))["code"][0])
    account = Mastodon(Account(5, "mastodon", "n", "n", server.url), done.credential, http)
    await account.sign_out()
    for request in server.log:
        if "nodeinfo" not in request.path:
            contract.check_request(request)
