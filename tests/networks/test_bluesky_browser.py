"""Signing in to Bluesky through the browser, and the contract of all networks with an account that was opened so."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from socialdesk.core.account import NOTHING, Account, Credential
from socialdesk.core.errors import AuthExpired, InputError, NetworkError, Rejected, Unreachable
from socialdesk.core.network import BrowserStep, OAuthCode, SignedIn
from socialdesk.core.post import Segment
from socialdesk.http import Http
from socialdesk.networks.bluesky import browser, identities
from socialdesk.networks.bluesky.adapter import Bluesky
from socialdesk.networks.bluesky.dpop import Proofs, new_key
from socialdesk.networks.bluesky.facts import FACTS
from socialdesk.practice.bluesky import PracticeBluesky, build
from socialdesk.practice.server import Fault
from socialdesk.practice.world import World
from socialdesk.services.accounts import AccountService
from socialdesk.services.browser_sign_in import BrowserSignInService
from socialdesk.services.events import Events
from socialdesk.store.database import Store
from socialdesk.vault import Vault
from tests.networks.contract import NetworkContract, make_http
from tests.networks.test_bluesky import HOME, make_server
from tests.test_vault import MemoryKeyring

BACK = "http://127.0.0.1:49152/callback"


def visitor(http: Http) -> Any:
    return Bluesky(Account(0, "bluesky", "", "", ""), NOTHING, http)


async def browse(http: Http, url: str) -> dict[str, str]:
    """What the browser brings back."""
    page = await http.request("GET", url, follow=False)
    assert page.status == 303, page.text()
    assert page.headers["location"].startswith(BACK)
    return dict(parse_qsl(urlsplit(page.headers["location"]).query))


async def begin(server: PracticeBluesky, http: Http, **answers: str) -> BrowserStep:
    step = await visitor(http).begin_sign_in({"identifier": "northwind.test", "service": server.url, **answers}, BACK)
    assert isinstance(step, BrowserStep)
    return step


async def sign_in(server: PracticeBluesky, http: Http) -> SignedIn:
    step = await begin(server, http)
    answer = await browse(http, step.url)
    assert (answer["state"], answer["iss"]) == (step.state, step.issuer)
    signed_in = await visitor(http).finish_sign_in(step, answer["code"])
    assert isinstance(signed_in, SignedIn)
    return signed_in


def account_of(signed_in: SignedIn) -> Account:
    who = signed_in.identity
    return Account(1, "bluesky", who.name, who.handle, who.server, who.remote_id, who.avatar_url, who.facts)


def opened_with(signed_in: SignedIn, http: Http, **changed: str) -> Any:
    credential = Credential({**signed_in.credential.secrets, **changed})
    return Bluesky(account_of(signed_in), credential, http)


class TestBlueskyThroughTheBrowserContract(NetworkContract):
    network = Bluesky
    read_path = r"app\.bsky\.feed\.getTimeline$"
    publish_path = r"com\.atproto\.repo\.putRecord$"
    renew_path = r"/oauth/token$"

    def make_server(self) -> PracticeBluesky:
        return make_server()

    async def open(self, server: Any, http: Http) -> Any:
        """Signed in once, as the publisher opens the account again after each fault; the next nonce is known."""
        kept = getattr(server, "kept_sign_in", None)
        if kept is None:
            kept = server.kept_sign_in = await sign_in(server, http)
        opened = opened_with(kept, http)
        await opened.whoami()
        return opened

    async def open_with_bad_credential(self, server: Any, http: Http) -> Any:
        return opened_with(await sign_in(server, http), http, access="not-a-token", refresh="not-a-token")

    def secrets(self, server: Any) -> tuple[str, ...]:
        return tuple(server.tokens.issued)

    async def spent(self, server: Any, http: Http) -> tuple[Account, Credential]:
        signed_in = await sign_in(server, http)
        server.expire_tokens()
        return account_of(signed_in), signed_in.credential

    def _renewals(self, server: Any) -> int:
        """Not the questions, of which the first is refused for its nonce."""
        return sum(len(grant.spent) for grant in server.oauth.grants)

    def source(self, server: Any) -> Any:
        return HOME

    def add_post(self, server: Any, text: str) -> None:
        server.post_as("harbor", text)

    def segment(self, server: Any, text: str) -> Segment:
        return Segment(text, language="en")

    def times_posted(self, server: Any, text: str) -> int:
        return sum(record.value["text"] == text for record in server.posts_of("northwind"))


@pytest.fixture
async def server() -> AsyncIterator[PracticeBluesky]:
    async with make_server() as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    http = make_http()
    yield http
    await http.aclose()


class TestBegin:
    def test_the_dialog_offers_both_ways(self) -> None:
        [way] = [way for way in FACTS.sign_ins if isinstance(way, OAuthCode)]
        assert [scope for scope, _ in way.scopes] == ["atproto", "transition:generic"]
        assert all(why for _, why in way.scopes)
        assert len(FACTS.sign_ins) == 2

    async def test_the_request_is_pushed_and_the_page_names_it_only(self, server: PracticeBluesky, http: Http) -> None:
        step = await begin(server, http)
        page = urlsplit(step.url)
        assert (f"{page.scheme}://{page.netloc}", page.path) == (server.url, "/oauth/authorize")
        assert set(parse_qs(page.query)) == {"client_id", "request_uri"}
        asked = dict(parse_qsl(server.requests("/oauth/par")[-1].body.decode()))
        assert asked["redirect_uri"] == BACK
        assert asked["login_hint"] == "northwind.test"
        assert asked["scope"] == "atproto transition:generic"
        assert asked["code_challenge_method"] == "S256"
        assert asked["state"] == step.state
        assert step.verifier not in json.dumps(asked)
        described = parse_qs(urlsplit(asked["client_id"]).query)
        assert described == {"redirect_uri": ["http://127.0.0.1/callback"], "scope": [asked["scope"]]}
        assert step.issuer == server.url

    async def test_every_sign_in_has_its_own_key(self, server: PracticeBluesky, http: Http) -> None:
        steps = [await begin(server, http) for _ in range(2)]
        assert steps[0].keep["key"] != steps[1].keep["key"]
        assert "northwind" not in repr(steps[0])
        assert json.loads(steps[0].keep["key"])["d"] not in repr(steps[0])

    @pytest.mark.parametrize("typed", ["@northwind.test", "northwind", " Northwind.test\u202c"])
    async def test_handles_as_people_type_them(self, server: PracticeBluesky, http: Http, typed: str) -> None:
        assert (await begin(server, http, identifier=typed)).keep["did"] == server.me.did

    async def test_a_did_will_do(self, server: PracticeBluesky, http: Http) -> None:
        assert (await begin(server, http, identifier=server.me.did)).keep["did"] == server.me.did

    @pytest.mark.parametrize(
        "typed", ["", "nobody.test", "did:plc:nobodynobodynobodynobody", "northwind@mail.example", "a b.test"]
    )
    async def test_who_is_not_there(self, server: PracticeBluesky, http: Http, typed: str) -> None:
        with pytest.raises(InputError) as caught:
            await begin(server, http, identifier=typed)
        assert caught.value.fix
        assert not server.requests("/oauth/par")

    async def test_a_handle_that_its_owner_does_not_claim(self, server: PracticeBluesky, http: Http) -> None:
        """The handle leads to a DID whose document names another handle."""
        server.state.aliases["borrowed.test"] = server.me.did
        with pytest.raises(InputError):
            await begin(server, http, identifier="borrowed.test")

    @pytest.mark.parametrize("path", ["oauth-protected-resource", "oauth-authorization-server"])
    async def test_a_server_without_oauth(self, server: PracticeBluesky, http: Http, path: str) -> None:
        server.faults.add(Fault("404", match=path))
        with pytest.raises(InputError, match="no sign-in in the browser"):
            await begin(server, http)

    @pytest.mark.parametrize("kind", ["500", "close", "html"])
    async def test_a_server_in_trouble(self, server: PracticeBluesky, http: Http, kind: str) -> None:
        server.faults.add(Fault(kind, match="/oauth/par", times=0))
        with pytest.raises(Unreachable):
            await begin(server, http)

    async def test_metadata_of_somebody_else(
        self, server: PracticeBluesky, http: Http, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def fetch_json(_http: Http, url: str, *, before: str) -> Mapping[str, object]:
            said = await honest(_http, url, before=before)
            return {**said, "issuer": "https://evil.example"} if "issuer" in said else said

        honest = identities.fetch_json
        monkeypatch.setattr(identities, "fetch_json", fetch_json)
        with pytest.raises(InputError):
            await begin(server, http)

    @pytest.mark.parametrize(
        ("before", "url", "may"),
        [
            ("https://bsky.social", "https://pds.example", True),
            ("https://bsky.social", "http://pds.example", False),
            ("https://bsky.social", "https://127.0.0.1", False),
            ("https://bsky.social", "http://localhost:1", False),
            ("http://127.0.0.1:1", "http://localhost:2", True),
            ("https://bsky.social", "", False),
            ("https://bsky.social", "javascript:alert(1)", False),
        ],
    )
    def test_where_a_document_may_lead(self, before: str, url: str, may: bool) -> None:
        assert identities.may_lead_to(before, url) is may


class TestFinish:
    async def test_who_it_is(self, server: PracticeBluesky, http: Http) -> None:
        signed_in = await sign_in(server, http)
        who = signed_in.identity
        assert (who.remote_id, who.handle, who.name, who.server) == (
            server.me.did,
            "northwind.test",
            "Northwind Pumps",
            server.url,
        )
        assert all(signed_in.credential.secrets.values())
        assert (await opened_with(signed_in, http).fetch(HOME, "", 5)).entries

    async def test_it_ends_after_two_weeks(self, server: PracticeBluesky, http: Http) -> None:
        ends = opened_with(await sign_in(server, http), http).sign_in_ends()
        assert timedelta(days=13, hours=23) < ends - datetime.now(UTC) <= timedelta(days=14)

    async def test_another_account_than_the_one_named(self, server: PracticeBluesky, http: Http) -> None:
        server.oauth.signs_in_as = "harbor.test"
        with pytest.raises(InputError, match="Another account"):
            await sign_in(server, http)
        assert server.oauth.grants == []  # what it was given is taken back

    async def test_declined(self, server: PracticeBluesky, http: Http) -> None:
        server.oauth.agrees = False
        answer = await browse(http, (await begin(server, http)).url)
        assert answer["error"] == "access_denied"

    async def test_a_code_is_good_once_and_for_its_own_key(self, server: PracticeBluesky, http: Http) -> None:
        step = await begin(server, http)
        code = (await browse(http, step.url))["code"]
        stolen = replace(step, keep={**step.keep, "key": new_key()})
        with pytest.raises(Rejected):
            await visitor(http).finish_sign_in(stolen, code)
        with pytest.raises(Rejected):
            await visitor(http).finish_sign_in(step, code)
        step = await begin(server, http)
        code = (await browse(http, step.url))["code"]
        with pytest.raises(Rejected):
            await visitor(http).finish_sign_in(replace(step, verifier="x" * 64), code)

    @pytest.mark.parametrize("missing", ["access_token", "refresh_token", "token_type"])
    async def test_tokens_that_are_not_whole(
        self, server: PracticeBluesky, http: Http, missing: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        step = await begin(server, http)
        code = (await browse(http, step.url))["code"]

        async def ask(*args: Any) -> Mapping[str, object]:
            return {**await honest(*args), missing: "" if "token" in missing else "Bearer"}

        honest = browser._ask
        monkeypatch.setattr(browser, "_ask", ask)
        with pytest.raises(Unreachable):
            await visitor(http).finish_sign_in(step, code)


class TestSession:
    async def test_a_renewal_replaces_both_tokens(self, server: PracticeBluesky, http: Http) -> None:
        signed_in = await sign_in(server, http)
        fresh = await opened_with(signed_in, http).renew()
        before = signed_in.credential
        assert all(fresh.get(name) != before.get(name) for name in ("access", "refresh"))
        assert all(fresh.get(name) == before.get(name) for name in before.secrets if name not in {"access", "refresh"})
        with pytest.raises(AuthExpired):
            await opened_with(signed_in, http).whoami()

    async def test_a_refresh_token_that_is_shown_twice_ends_it(self, server: PracticeBluesky, http: Http) -> None:
        signed_in = await sign_in(server, http)
        fresh = await opened_with(signed_in, http).renew()
        with pytest.raises(AuthExpired):
            await opened_with(signed_in, http).renew()
        with pytest.raises(AuthExpired):
            await Bluesky(account_of(signed_in), fresh, http).renew()

    async def test_a_renewal_for_another_account(
        self, server: PracticeBluesky, http: Http, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        signed_in = await sign_in(server, http)
        server.oauth.grants[0].did = server.posts_of("harbor")[0].did
        with pytest.raises(AuthExpired, match="another account"):
            await opened_with(signed_in, http).renew()

    @pytest.mark.parametrize("kind", ["close", "500", "html", "404"])
    async def test_a_renewal_that_fails_for_now(self, server: PracticeBluesky, http: Http, kind: str) -> None:
        opened = opened_with(await sign_in(server, http), http)
        server.faults.add(Fault(kind, match="/oauth/token"))
        with pytest.raises(NetworkError) as caught:
            await opened.renew()
        assert not isinstance(caught.value, AuthExpired)
        assert (await opened.renew()).get("access")

    async def test_a_proof_that_is_refused_is_no_token_that_has_ended(
        self, server: PracticeBluesky, http: Http, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        opened = opened_with(await sign_in(server, http), http)
        monkeypatch.setattr(Proofs, "proof", lambda *_, **__: "a.b.c")
        with pytest.raises(Rejected):
            await opened.renew()

    async def test_a_renewal_without_a_refresh_token(self, server: PracticeBluesky, http: Http) -> None:
        with pytest.raises(AuthExpired):
            await opened_with(await sign_in(server, http), http, refresh="").renew()

    async def test_signing_out_ends_it_at_the_server(self, server: PracticeBluesky, http: Http) -> None:
        opened = opened_with(await sign_in(server, http), http)
        await opened.sign_out()
        assert server.oauth.grants == []
        with pytest.raises(AuthExpired):
            await opened.whoami()
        await opened.sign_out()

    async def test_the_token_is_worth_nothing_without_the_key(self, server: PracticeBluesky, http: Http) -> None:
        signed_in = await sign_in(server, http)
        with pytest.raises(AuthExpired):
            await opened_with(signed_in, http, key=new_key()).whoami()
        answer = await http.request(
            "GET",
            f"{server.url}/xrpc/com.atproto.server.getSession",
            headers={"authorization": f"Bearer {signed_in.credential.get('access')}"},
        )
        assert answer.status == 400


class TestProofs:
    async def test_a_nonce_that_changes_with_every_answer(self, server: PracticeBluesky, http: Http) -> None:
        opened = opened_with(await sign_in(server, http), http)
        before = len(server.requests("getTimeline"))
        for _ in range(3):
            await opened.fetch(HOME, "", 5)
        assert len(server.requests("getTimeline")) == before + 4  # only the first had no nonce

    async def test_ten_requests_at_once_all_get_through(self, server: PracticeBluesky, http: Http) -> None:
        opened = opened_with(await sign_in(server, http), http)
        pages = await asyncio.gather(*(opened.fetch(HOME, "", 5) for _ in range(10)))
        assert all(page.entries for page in pages)

    async def test_a_post_whose_nonce_was_old_is_out_once(self, server: PracticeBluesky, http: Http) -> None:
        opened = opened_with(await sign_in(server, http), http)
        await opened.publish(Segment("With a fresh nonce", created=datetime.now(UTC)), opened.new_key(1, 1))
        assert [r.value["text"] for r in server.posts_of("northwind")].count("With a fresh nonce") == 1
        assert len(server.requests("putRecord")) == 2

    @pytest.mark.parametrize("hours", [-5, 7])
    async def test_a_clock_that_is_far_off(self, http: Http, hours: int) -> None:
        """The server's clock differs by hours; its answers say so before it has to trust ours."""
        off = timedelta(hours=hours)
        async with build(World.load(), {}, now=lambda: datetime.now(UTC) + off) as server:
            signed_in = await sign_in(server, http)
            assert (await opened_with(signed_in, http).fetch(HOME, "", 5)).entries

    def test_what_a_proof_holds(self) -> None:
        key = new_key()
        proof = Proofs(key).proof("GET", "https://pds.example/xrpc/a.b?c=d#e", token="the-token", nonce="n")
        public = ECKey.import_key(json.loads(key))
        checked = jwt.decode(proof, public, algorithms=["ES256"])
        assert checked.header["typ"] == "dpop+jwt"
        assert checked.header["jwk"] == public.as_dict(private=False)
        assert "d" not in checked.header["jwk"]
        assert {name: checked.claims[name] for name in ("htm", "htu", "nonce")} == {
            "htm": "GET",
            "htu": "https://pds.example/xrpc/a.b",
            "nonce": "n",
        }
        # RFC 9449, 4.2: SHA-256 of the token, by openssl
        assert checked.claims["ath"] == "wqc_z2HfvcrceaELozCy7162b8Cmc17Wm3lrs8l7l64"
        assert key not in repr(Proofs(key))


class TestOnTheDesk:
    """From the dialog's answers to an account whose tokens are in the keyring, and out again."""

    @pytest.fixture
    async def accounts(self, http: Http, keyring: MemoryKeyring, tmp_path: Path) -> AsyncIterator[AccountService]:
        store = await asyncio.to_thread(Store.open, tmp_path, now=datetime.now(UTC))
        yield AccountService(store, Vault(keyring=lambda: keyring), lambda: http, {"bluesky": Bluesky}, Events())
        await asyncio.to_thread(store.close)

    @pytest.fixture
    def keyring(self) -> MemoryKeyring:
        return MemoryKeyring()

    async def test_in_and_out(
        self, server: PracticeBluesky, http: Http, accounts: AccountService, keyring: MemoryKeyring
    ) -> None:
        service = BrowserSignInService(accounts)
        begun = await service.begin("bluesky", {"identifier": "northwind.test", "service": server.url})
        finishing = asyncio.create_task(service.finish(begun))
        page = await http.request("GET", begun.url)
        assert "You are signed in" in page.text()
        account = await finishing
        assert isinstance(account, Account)
        assert (account.handle, account.server) == ("northwind.test", server.url)
        kept = Vault(keyring=lambda: keyring).get(account.id)
        assert json.loads(kept.get("key"))["crv"] == "P-256"
        assert kept.get("access") == server.oauth.grants[0].access
        server.expire_tokens()
        assert await accounts.test(account.id)
        assert Vault(keyring=lambda: keyring).get(account.id).get("refresh") == server.oauth.grants[0].refresh
        assert (await accounts.get(account.id)).days_left(datetime.now(UTC)) == 13
        await accounts.remove(account.id)
        assert server.oauth.grants == []

    async def test_an_answer_of_another_server_is_not_taken(
        self, server: PracticeBluesky, http: Http, accounts: AccountService
    ) -> None:
        service = BrowserSignInService(accounts)
        begun = await service.begin("bluesky", {"identifier": "northwind.test", "service": server.url})
        page = await http.request("GET", begun.url, follow=False)
        mixed_up = page.headers["location"].replace(quote(server.url, safe=""), quote("https://evil.example", safe=""))
        with pytest.raises(InputError, match="Another server"):
            await service.finish(begun, mixed_up)
        assert server.oauth.grants == []
        assert isinstance(await service.finish(begun, page.headers["location"]), Account)
