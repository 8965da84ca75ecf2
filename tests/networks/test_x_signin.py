"""Signing in at X with an app of one's own: address, code, rotating tokens, signing out, pasted tokens."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from socialdesk.content.worker import Worker
from socialdesk.core.account import NOTHING, Account, Credential
from socialdesk.core.errors import AuthExpired, InputError, Rejected, Unreachable
from socialdesk.core.network import OAuthCode, SignedIn
from socialdesk.http import Http
from socialdesk.networks.x.adapter import X as NETWORK
from socialdesk.networks.x.facts import PORT, REDIRECT, SCOPES
from socialdesk.networks.x.signin import server_of, web_of
from socialdesk.practice.server import Fault
from tests.networks.browsing import LISTENER, browse, signed_in
from tests.networks.x_judge import Judge, RecordingX, judged, load_judge
from tests.services.conftest import open_desk


@pytest.fixture(scope="module")
def judge() -> Judge | None:
    return load_judge()


@pytest.fixture
async def server(judge: Judge | None) -> AsyncIterator[RecordingX]:
    async for running in judged(judge):
        yield running


@pytest.fixture
def visitor(server: RecordingX, http: Http) -> Any:
    return NETWORK(Account(0, "x", "", "", server.url), NOTHING, http)


def opened(done: SignedIn, http: Http) -> Any:
    who = done.identity
    account = Account(5, "x", who.name, who.handle, who.server, who.remote_id, who.avatar_url, who.facts)
    return NETWORK(account, done.credential, http)


def test_the_real_addresses() -> None:
    assert server_of(Account(0, "x", "", "", "")) == "https://api.x.com"
    assert web_of("https://api.x.com") == "https://x.com"


def test_the_steps_name_the_address_to_register_and_scopes_have_reasons() -> None:
    form = NETWORK.facts.sign_ins[0]
    assert isinstance(form, OAuthCode)
    assert form.port == PORT
    assert f"http://127.0.0.1:{PORT}/callback" == REDIRECT
    assert any(step.copy == REDIRECT for step in form.steps)
    assert all(why for _, why in form.scopes)


@pytest.mark.parametrize("secret", [False, True], ids=["native", "confidential"])
async def test_the_whole_way_through_the_browser(server: RecordingX, visitor: Any, http: Http, secret: bool) -> None:
    app = server.oauth.register(secret=secret)
    answers = {"client_id": f" {app.client_id}\n", "client_secret": app.secret, "allows": "Likes, quotes and more"}
    step = await visitor.begin_sign_in(answers, LISTENER)
    query = parse_qs(urlsplit(step.url).query)
    assert query["redirect_uri"] == [REDIRECT]
    assert query["code_challenge_method"] == ["S256"]
    assert query["scope"][0].split(" ") == [scope for scope, _ in SCOPES]
    answer = await browse(step.url, REDIRECT)
    assert answer["state"] == [step.state]
    done = await visitor.finish_sign_in(step, answer["code"][0])
    who = done.identity
    assert (who.name, who.handle, who.server) == ("Northwind Pumps", "northwind", server.url)
    assert who.remote_id == server.me.id
    assert who.facts == {"long": "no", "allows": "like quote"}
    assert await opened(done, http).whoami() == who
    assert set(done.credential.secrets) == {"access_token", "refresh_token", "client_id"} | (
        {"client_secret"} if secret else set()
    )
    assert all(done.credential.secrets.values())


@pytest.mark.parametrize(
    ("subscription", "verified", "long"),
    [
        ("None", "none", "no"),
        ("Basic", "none", "yes"),
        ("Premium", "blue", "yes"),
        ("PremiumPlus", "blue", "yes"),
        ("None", "business", "yes"),
        ("Tomorrow", "none", "no"),
    ],
)
async def test_who_may_write_long_posts(
    server: RecordingX, visitor: Any, subscription: str, verified: str, long: str
) -> None:
    server.me.subscription, server.me.verified_type = subscription, verified
    done = await visitor.sign_in({"token": server.credentials["token"]})
    assert done.identity.facts["long"] == long
    server.answers.clear()  # a kind of subscription that no document knows


async def test_nothing_secret_is_shown(server: RecordingX, visitor: Any, http: Http) -> None:
    app = server.oauth.register(secret=True)
    step = await visitor.begin_sign_in({"client_id": app.client_id, "client_secret": app.secret}, LISTENER)
    done = await visitor.finish_sign_in(step, (await browse(step.url, REDIRECT))["code"][0])
    shown = f"{step!r} {done!r} {visitor!r} {opened(done, http)!r} {vars(opened(done, http))}"
    for name, secret in done.credential.secrets.items():
        if name != "client_id":
            assert secret not in shown
    assert step.verifier not in shown
    assert app.secret not in step.url
    assert not [r for r in server.log if app.secret in f"{r.query} {r.body!r}"]


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"client_id": "  "},
        {"client_id": "two words"},
        {"client_id": "idé"},
        {"client_id": "https://console.x.com"},
        {"client_id": "id", "client_secret": "a b"},
    ],
)
async def test_what_cannot_be_an_app_is_said_at_once(server: RecordingX, visitor: Any, answers: dict[str, str]) -> None:
    with pytest.raises(InputError) as caught:
        await visitor.begin_sign_in(answers, LISTENER)
    assert caught.value.sentence
    assert caught.value.fix
    assert not server.log


async def test_an_address_that_is_not_registered_is_refused_by_x(server: RecordingX, visitor: Any) -> None:
    app = server.oauth.register()
    server.oauth.apps[app.client_id] = replace(app, callbacks=("http://127.0.0.1:8080/callback",))
    step = await visitor.begin_sign_in({"client_id": app.client_id}, LISTENER)
    async with aiohttp.ClientSession() as browser, browser.get(step.url) as page:
        assert page.status == 400
        assert (await page.json())["errors"][0]["code"] == 415


async def test_a_code_is_good_once_for_half_a_minute_and_with_its_verifier(server: RecordingX, visitor: Any) -> None:
    app = server.oauth.register()
    step = await visitor.begin_sign_in({"client_id": app.client_id}, LISTENER)
    code = (await browse(step.url, REDIRECT))["code"][0]
    await visitor.finish_sign_in(step, f" {code} ")
    for wrong, given in (
        (step, code),
        (replace(step, verifier="not the verifier"), (await browse(step.url, REDIRECT))["code"][0]),
        (step, "made-up"),
    ):
        with pytest.raises(Rejected) as caught:
            await visitor.finish_sign_in(wrong, given)
        assert caught.value.reason == "invalid"
    late = (await browse(step.url, REDIRECT))["code"][0]
    earlier = server.oauth.now
    server.oauth.now = lambda: earlier() + timedelta(seconds=31)
    with pytest.raises(Rejected):
        await visitor.finish_sign_in(step, late)


async def test_a_wrong_secret(server: RecordingX, visitor: Any) -> None:
    app = server.oauth.register(secret=True)
    step = await visitor.begin_sign_in({"client_id": app.client_id, "client_secret": "wrong"}, LISTENER)
    with pytest.raises(Rejected) as caught:
        await visitor.finish_sign_in(step, (await browse(step.url, REDIRECT))["code"][0])
    assert caught.value.reason == "app_not_allowed"


@pytest.mark.parametrize("kind", ["hang", "close", "500", "html"])
async def test_a_sign_in_that_breaks_can_be_tried_again(server: RecordingX, visitor: Any, kind: str) -> None:
    app = server.oauth.register()
    step = await visitor.begin_sign_in({"client_id": app.client_id}, LISTENER)
    code = (await browse(step.url, REDIRECT))["code"][0]
    server.faults.add(Fault(kind, match="/oauth2/token"))
    with pytest.raises(Unreachable):
        await visitor.finish_sign_in(step, code)
    assert (await visitor.finish_sign_in(step, code)).identity.handle == "northwind"


# renewal


@pytest.mark.parametrize("secret", [False, True], ids=["native", "confidential"])
async def test_a_renewal_rotates_both_tokens(server: RecordingX, visitor: Any, http: Http, secret: bool) -> None:
    app = server.oauth.register(secret=secret)
    done = await signed_in(visitor, {"client_id": app.client_id, "client_secret": app.secret})
    server.oauth.expire()
    account = opened(done, http)
    with pytest.raises(AuthExpired):
        await account.whoami()
    fresh = await account.renew()
    for name in ("access_token", "refresh_token"):
        assert fresh.get(name) not in {"", done.credential.get(name)}
    assert fresh.get("client_id") == app.client_id
    renewed = NETWORK(account.account, fresh, http)
    assert (await renewed.whoami()).handle == "northwind"
    with pytest.raises(AuthExpired):
        await account.renew()
    assert (await renewed.renew()).get("access_token")


async def test_a_renewal_that_names_no_new_refresh_token_keeps_the_old_one(
    server: RecordingX, visitor: Any, http: Http
) -> None:
    app = server.oauth.register()
    done = await signed_in(visitor, {"client_id": app.client_id})
    give = server.oauth.give
    server.oauth.give = lambda grant: {**give(grant), "refresh_token": ""}  # type: ignore[method-assign]
    fresh = await opened(done, http).renew()
    assert fresh.get("refresh_token") == done.credential.get("refresh_token")


async def test_a_renewal_that_cannot_be(server: RecordingX, visitor: Any, http: Http) -> None:
    done = await visitor.sign_in({"token": server.credentials["token"]})
    asked = len(server.log)
    with pytest.raises(AuthExpired):
        await opened(done, http).renew()
    assert len(server.log) == asked


@pytest.mark.parametrize("kind", ["hang", "close", "500", "html", "429"])
async def test_a_renewal_that_breaks_is_not_the_end(server: RecordingX, visitor: Any, http: Http, kind: str) -> None:
    app = server.oauth.register()
    done = await signed_in(visitor, {"client_id": app.client_id})
    server.faults.add(Fault(kind, match="/oauth2/token"))
    account = opened(done, http)
    with pytest.raises(Exception) as caught:  # noqa: PT011
        await account.renew()
    assert not isinstance(caught.value, AuthExpired)


# signing out, pasting


async def test_signing_out_ends_both_tokens(server: RecordingX, visitor: Any, http: Http) -> None:
    app = server.oauth.register()
    done = await signed_in(visitor, {"client_id": app.client_id})
    account = opened(done, http)
    await account.sign_out()
    assert done.credential.get("access_token") not in server.oauth.tokens
    assert done.credential.get("refresh_token") not in server.oauth.refresh_tokens
    await account.sign_out()
    server.faults.add(Fault("500", match="revoke"))
    with pytest.raises(Unreachable):
        await account.sign_out()


async def test_pasted_tokens_stay_signed_in_with_their_app(server: RecordingX, visitor: Any, http: Http) -> None:
    names = ("token", "refresh_token", "client_id")
    done = await visitor.sign_in({name: f" {server.credentials[name]} " for name in names})
    assert done.identity.handle == "northwind"
    server.oauth.expire()
    fresh = await opened(done, http).renew()
    assert (await NETWORK(opened(done, http).account, fresh, http).whoami()).handle == "northwind"


async def test_a_token_alone_is_not_ours_to_end(server: RecordingX, visitor: Any, http: Http) -> None:
    done = await visitor.sign_in({"token": server.credentials["token"]})
    assert done.credential == Credential({"access_token": server.credentials["token"]})
    await opened(done, http).sign_out()
    assert not server.requests("revoke")


@pytest.mark.parametrize("token", ["", "  ", "two words", "tökén"])
async def test_what_is_no_token_is_not_sent(server: RecordingX, visitor: Any, token: str) -> None:
    with pytest.raises(InputError):
        await visitor.sign_in({"token": token})
    assert not server.log


async def test_a_wrong_token(server: RecordingX, visitor: Any) -> None:
    with pytest.raises(AuthExpired):
        await visitor.sign_in({"token": "wrong"})


async def test_ten_calls_with_an_expired_token_renew_it_once(server: RecordingX, tmp_path: Path) -> None:
    worker = Worker()
    try:
        async with open_desk(tmp_path, worker, {"x": NETWORK}) as desk:
            names = ("server", "token", "refresh_token", "client_id")
            answers = {name: server.credentials[name] for name in names}
            account = await desk.services.accounts.sign_in("x", answers, form=1)
            server.oauth.expire()
            calls = (desk.services.accounts.use(account.id, lambda network: network.whoami()) for _ in range(10))
            assert {who.handle for who in await asyncio.gather(*calls)} == {"northwind"}
            assert server.oauth.refreshed == 1
            kept = desk.vault.get(account.id)
            assert kept.get("refresh_token") in server.oauth.refresh_tokens
            server.oauth.expire()
            server.oauth.refresh_tokens.clear()
            with pytest.raises(AuthExpired):
                await desk.services.accounts.use(account.id, lambda network: network.whoami())
            assert (await desk.services.accounts.get(account.id)).needs_sign_in
    finally:
        await worker.aclose()
