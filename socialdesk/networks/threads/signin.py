"""Signing in with the person's own app, and keeping the token alive.

Threads sends the browser to an address on HTTPS only: the person pastes what it ends on. A token lasts sixty days and
is made to last again by itself, without the app's secret, once it is a day old.
Source: Meta's documents "Get Access Tokens and Permissions" and "Long-Lived Tokens".
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from socialdesk.core.account import Account, Credential, Identity
from socialdesk.core.errors import AuthExpired, InputError, Rejected, Unreachable
from socialdesk.core.network import BrowserStep
from socialdesk.core.tolerant import Obj, number, string, web
from socialdesk.http import oauth, pkce
from socialdesk.http.oauth import CLIENT_ID, CLIENT_SECRET, ENDS, App
from socialdesk.networks.threads.client import ACCESS, Client
from socialdesk.networks.threads.facts import API, SCOPES, WEB

RENEW_AT = "renew_at"
WEEKLY = timedelta(days=7)
SOON = timedelta(hours=25)  # nobody knows how old a pasted token is; one younger than a day is not renewed
_ME = {"fields": "id,username,name,threads_profile_picture_url"}


def server_of(account: Account) -> str:
    return account.server or API


def web_of(server: str) -> str:
    """Where people look at posts and give apps access: threads.net, or the practice server itself."""
    return WEB if server == API else server


def begin(client: Client, answers: Mapping[str, str]) -> BrowserStep:
    """The address to open in the browser. Raises InputError for what cannot be an app or a redirect address."""
    client_id, secret = answers.get(CLIENT_ID, "").strip(), answers.get(CLIENT_SECRET, "").strip()
    redirect, state = answers.get("redirect", "").strip(), pkce.new_state()
    if not client_id.isdecimal():
        raise InputError("That is not a Threads app ID.", "It is a number, in the settings of the use case.")
    if not secret or not oauth.is_plain(secret):
        raise InputError("That is not an app secret.", "Copy it again from the settings of the use case.")
    if urlsplit(redirect).scheme != "https" or not urlsplit(redirect).netloc:
        raise InputError("Threads wants a redirect address on HTTPS.", "Enter the same one in the app and here.")
    url = oauth.authorization_url(
        f"{web_of(client.base)}/oauth/authorize",
        client_id,
        redirect,
        scope=",".join(scope for scope, _ in SCOPES),
        state=state,
    )
    return BrowserStep(url, redirect, state, "", {"server": client.base, **App(client_id, secret).secrets})


async def exchange(client: Client, step: BrowserStep, code: str) -> Credential:
    """A token that lasts, for a code. Raises `Rejected` (invalid, app_not_allowed)."""
    app = App.of(step.keep)
    form = oauth.code_question(step, code.strip().removesuffix("#_"), app).form
    try:
        answer = await client.token("POST", "oauth/access_token", form)
    except (AuthExpired, Unreachable) as error:
        if isinstance(error, Unreachable) and not str(error).startswith("code 1/"):
            raise
        raise Rejected("the app was not accepted", reason="app_not_allowed", detail=error.detail) from error
    short = string(answer.get(ACCESS))
    if not short:
        raise Rejected("Threads gave no token", reason="invalid")
    return await lasting(client, short, app.secret)


async def lasting(client: Client, token: str, secret: str) -> Credential:
    """A token for sixty days in the place of one for an hour. Raises AuthExpired."""
    asked = {"grant_type": "th_exchange_token", CLIENT_SECRET: secret, ACCESS: token}
    return _credential(client, await client.token("GET", "access_token", asked))


async def renew(client: Client, credential: Credential) -> Credential:
    """The same, good for sixty days from now. Raises AuthExpired where it has ended."""
    asked = {"grant_type": "th_refresh_token", ACCESS: credential.get(ACCESS)}
    with oauth.renewing():
        answer = await client.token("GET", "refresh_access_token", asked)
    return _credential(client, answer)


def renew_at(credential: Credential) -> datetime | None:
    return oauth.ends_of(credential, RENEW_AT)


async def pasted(client: Client, answers: Mapping[str, str]) -> Credential:
    """The credential of a pasted token. Raises InputError, AuthExpired."""
    token, secret = answers.get("token", "").strip(), answers.get(CLIENT_SECRET, "").strip()
    if not token or not oauth.is_plain(token):
        raise InputError("That is not a token.", "Copy it again, without spaces.")
    if secret:
        return await lasting(client, token, secret)
    return Credential({ACCESS: token, RENEW_AT: _stamp(client, SOON)})


async def identity_of(client: Client) -> Identity:
    """Whose token it is. Raises AuthExpired."""
    answer = await client.get("me", _ME)
    account_id, handle = string(answer.get("id")), string(answer.get("username"))
    if not account_id:
        raise Unreachable("Threads did not say who this is", reason="invalid_answer")
    name = string(answer.get("name")).strip() or handle or account_id
    return Identity(account_id, name, handle or account_id, client.base, web(answer.get("threads_profile_picture_url")))


def _credential(client: Client, answer: Obj) -> Credential:
    token = string(answer.get(ACCESS))
    if not token:
        raise Unreachable("an answer without a token", reason="invalid_answer")
    lasts = number(answer.get("expires_in")) or 0
    ends = {ENDS: _stamp(client, timedelta(seconds=lasts))} if lasts > 0 else {}
    return Credential({ACCESS: token, RENEW_AT: _stamp(client, WEEKLY), **ends})


def _stamp(client: Client, after: timedelta) -> str:
    return oauth.stamp((client.now() + after).timestamp())
