"""Signing in with the person's own app, and keeping the token alive.

Threads sends the browser to an address on HTTPS only: the person pastes what it ends on. A token lasts sixty days and
is made to last again by itself, without the app's secret, once it is a day old.
Source: Meta's documents "Get Access Tokens and Permissions" and "Long-Lived Tokens".
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode, urlsplit

from socialdesk.core.account import Account, Credential, Identity
from socialdesk.core.errors import AuthExpired, InputError, Rejected, Unreachable
from socialdesk.core.network import BrowserStep
from socialdesk.core.tolerant import Obj, number, string, web
from socialdesk.http import pkce
from socialdesk.networks.threads.client import ACCESS, Client
from socialdesk.networks.threads.facts import API, SCOPES, WEB

RENEW_AT, CLIENT_ID, CLIENT_SECRET = "renew_at", "client_id", "client_secret"
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
    if not secret or not secret.isascii() or any(c.isspace() for c in secret):
        raise InputError("That is not an app secret.", "Copy it again from the settings of the use case.")
    if urlsplit(redirect).scheme != "https" or not urlsplit(redirect).netloc:
        raise InputError("Threads wants a redirect address on HTTPS.", "Enter the same one in the app and here.")
    query = {
        CLIENT_ID: client_id,
        "redirect_uri": redirect,
        "scope": ",".join(scope for scope, _ in SCOPES),
        "response_type": "code",
        "state": state,
    }
    keep = {"server": client.base, CLIENT_ID: client_id, CLIENT_SECRET: secret}
    url = f"{web_of(client.base)}/oauth/authorize?{urlencode(query, quote_via=quote)}"
    return BrowserStep(url, redirect, state, "", keep)


async def exchange(client: Client, step: BrowserStep, code: str) -> Credential:
    """A token that lasts, for a code. Raises `Rejected` (invalid, app_not_allowed)."""
    form = {
        CLIENT_ID: step.keep.get(CLIENT_ID, ""),
        CLIENT_SECRET: step.keep.get(CLIENT_SECRET, ""),
        "code": code.strip().removesuffix("#_"),
        "grant_type": "authorization_code",
        "redirect_uri": step.redirect_uri,
    }
    try:
        answer = await client.token("POST", "oauth/access_token", form)
    except (AuthExpired, Unreachable) as error:
        if isinstance(error, Unreachable) and not str(error).startswith("code 1/"):
            raise
        raise Rejected("the app was not accepted", reason="app_not_allowed", detail=error.detail) from error
    short = string(answer.get(ACCESS))
    if not short:
        raise Rejected("Threads gave no token", reason="invalid")
    return await lasting(client, short, form[CLIENT_SECRET])


async def lasting(client: Client, token: str, secret: str) -> Credential:
    """A token for sixty days in the place of one for an hour. Raises AuthExpired."""
    asked = {"grant_type": "th_exchange_token", CLIENT_SECRET: secret, ACCESS: token}
    return _credential(client, await client.token("GET", "access_token", asked))


async def renew(client: Client, credential: Credential) -> Credential:
    """The same, good for sixty days from now. Raises AuthExpired where it has ended."""
    asked = {"grant_type": "th_refresh_token", ACCESS: credential.get(ACCESS)}
    try:
        answer = await client.token("GET", "refresh_access_token", asked)
    except Rejected as error:
        raise AuthExpired(str(error), detail=error.detail) from error
    return _credential(client, answer)


def renew_at(credential: Credential) -> datetime | None:
    seconds = number(credential.get(RENEW_AT))
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


async def pasted(client: Client, answers: Mapping[str, str]) -> Credential:
    """The credential of a pasted token. Raises InputError, AuthExpired."""
    token, secret = answers.get("token", "").strip(), answers.get(CLIENT_SECRET, "").strip()
    if not token or not token.isascii() or any(c.isspace() for c in token):
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
    return Credential({ACCESS: token, RENEW_AT: _stamp(client, WEEKLY)})


def _stamp(client: Client, after: timedelta) -> str:
    return str(int((client.now() + after).timestamp()))
