"""What is asked of an OAuth server, and what becomes of its answers."""

import base64
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from socialdesk.core.account import Credential
from socialdesk.core.errors import AuthExpired, Rejected, Unreachable
from socialdesk.core.network import BrowserStep
from socialdesk.http import oauth, pkce
from socialdesk.http.oauth import App

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
STEP = BrowserStep("https://x.example/authorize", "http://127.0.0.1:5000/callback", "state", "v" * 64)
OPEN, CLOSED = App("the-id"), App("the-id", "the-secret")


def test_the_address_to_authorize_at_holds_what_the_server_needs() -> None:
    verifier = pkce.new_verifier()
    url = oauth.authorization_url(
        "https://x.example/authorize?lang=en",
        "the-id",
        STEP.redirect_uri,
        scope="read write",
        state="s+s",
        verifier=verifier,
        prompt="consent",
    )
    assert "scope=read%20write" in url
    assert parse_qs(urlsplit(url).query) == {
        "lang": ["en"],
        "response_type": ["code"],
        "client_id": ["the-id"],
        "redirect_uri": [STEP.redirect_uri],
        "scope": ["read write"],
        "state": ["s+s"],
        "code_challenge": [pkce.challenge(verifier)],
        "code_challenge_method": ["S256"],
        "prompt": ["consent"],
    }
    plain = oauth.authorization_url("https://x.example/a", "the-id", STEP.redirect_uri, scope="read", state="s")
    assert "challenge" not in plain


def test_an_endpoint_that_is_no_address_is_refused() -> None:
    with pytest.raises(Rejected) as caught:
        oauth.authorization_url("https://[broken", "id", "http://127.0.0.1/", scope="", state="s")
    assert caught.value.reason == "invalid"


def test_a_client_without_a_secret_names_itself_in_the_form() -> None:
    asked = oauth.code_question(STEP, " code ", OPEN, "client_secret_basic")
    assert asked.form == {
        "grant_type": "authorization_code",
        "redirect_uri": STEP.redirect_uri,
        "code": "code",
        "code_verifier": "v" * 64,
        "client_id": "the-id",
    }
    assert asked.headers == {}
    assert "code" not in repr(asked)


def test_a_client_with_a_secret_names_itself_as_the_network_wants_it() -> None:
    in_form = oauth.renewal_question("a+refresh/token==", CLOSED)
    assert in_form.form == {
        "grant_type": "refresh_token",
        "refresh_token": "a+refresh/token==",
        "client_id": "the-id",
        "client_secret": "the-secret",
    }
    in_header = oauth.renewal_question("token", CLOSED, "client_secret_basic")
    assert in_header.form == {"grant_type": "refresh_token", "refresh_token": "token"}
    pair = base64.b64decode(in_header.headers["Authorization"].removeprefix("Basic ")).decode()
    assert pair == "the-id:the-secret"
    assert "the-secret" not in repr(CLOSED)


def test_a_token_is_given_back_with_a_hint() -> None:
    assert oauth.revocation_question("token", OPEN, hint="refresh_token").form == {
        "token": "token",
        "token_type_hint": "refresh_token",
        "client_id": "the-id",
    }


def test_a_code_brings_tokens_and_the_time_they_end() -> None:
    got = oauth.granted({"access_token": "a", "expires_in": 5_184_000}, CLOSED, NOW)
    assert dict(got.secrets)["access_token"] == "a"
    assert (got.get("client_id"), got.get("client_secret")) == ("the-id", "the-secret")
    assert oauth.ends_of(got) == NOW + timedelta(days=60)


def test_what_can_be_renewed_ends_with_what_it_is_renewed_with() -> None:
    got = oauth.granted({"access_token": "a", "refresh_token": "r", "expires_in": 7200}, OPEN, NOW)
    assert oauth.ends_of(got) is None
    answer = {"access_token": "a", "refresh_token": "r", "expires_in": 7200, "refresh_token_expires_in": "604800"}
    assert oauth.ends_of(oauth.granted(answer, OPEN, NOW)) == NOW + timedelta(days=7)


def test_a_renewal_never_stores_an_empty_token() -> None:
    before = Credential({"access_token": "a", "refresh_token": "r", "client_id": "the-id"})
    after = oauth.renewed({"access_token": "b", "refresh_token": ""}, before, NOW)
    assert dict(after.secrets) == {"access_token": "b", "refresh_token": "r", "client_id": "the-id"}
    for answer in ({"access_token": ""}, {"refresh_token": "x"}, {}):
        with pytest.raises(Unreachable):
            oauth.renewed(answer, before, NOW)
        with pytest.raises(Rejected):
            oauth.granted(answer, OPEN, NOW)


def test_the_end_that_a_network_gave_once_stays_until_it_gives_another() -> None:
    before = Credential({"access_token": "a", "refresh_token": "r", "sign_in_ends": oauth.stamp(NOW.timestamp())})
    assert oauth.ends_of(oauth.renewed({"access_token": "b", "expires_in": 3600}, before, NOW)) == NOW
    answer = {"access_token": "b", "refresh_token_expires_in": 86_400}
    assert oauth.ends_of(oauth.renewed(answer, before, NOW)) == NOW + timedelta(days=1)


@pytest.mark.parametrize("kept", ["", "soon", "-5", "9" * 30])
def test_an_end_that_is_no_time_is_none(kept: str) -> None:
    assert oauth.ends_of(Credential({"sign_in_ends": kept})) is None


def test_refusals_mean_the_app_at_a_code_and_the_person_at_a_renewal() -> None:
    with pytest.raises(Rejected) as refused, oauth.exchanging():
        raise AuthExpired("invalid_client", detail="its words")
    assert (refused.value.reason, refused.value.detail) == ("app_not_allowed", "its words")
    with pytest.raises(AuthExpired), oauth.renewing():
        raise Rejected("invalid_grant")


def test_authlib_is_not_loaded_before_somebody_signs_in() -> None:
    """Every network and service is loaded, every network is opened: still nobody has signed in."""
    program = """
import sys
from socialdesk.app.networks import own_networks
from socialdesk.core.account import NOTHING, Account
import socialdesk.services.accounts, socialdesk.services.browser_sign_in, socialdesk.services.device_sign_in
import socialdesk.app.engine, socialdesk.app.window, socialdesk.ui.shell, socialdesk.http
from socialdesk.http import Http
http = Http.create()
for key, network in own_networks().items():
    network(Account(1, key, "n", "h", "https://x.example", "1"), NOTHING, http)
print(sorted({name.partition(".")[0] for name in sys.modules} & {"authlib", "joserfc"}))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
