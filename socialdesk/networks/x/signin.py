"""Signing in with the person's own app: authorization code with PKCE, rotating tokens, signing out.

Source: docs.x.com, "OAuth 2.0 Authorization Code Flow with PKCE". An app without a secret names itself in the form, one
with a secret by HTTP Basic.
"""

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from socialdesk.core.account import Account, Credential, Identity
from socialdesk.core.errors import AuthExpired, InputError, Rejected, Unreachable
from socialdesk.core.network import BrowserStep
from socialdesk.core.tolerant import Obj, obj, string, web
from socialdesk.http import Http, pkce
from socialdesk.networks.x.client import Client
from socialdesk.networks.x.facts import ALLOWED, API, REDIRECT, SCOPES, WEB
from socialdesk.networks.x.rules import writes_long

ACCESS, REFRESH, CLIENT_ID, CLIENT_SECRET = "access_token", "refresh_token", "client_id", "client_secret"
_ME = {"user.fields": "id,name,username,profile_image_url,protected,subscription_type,verified,verified_type"}


def server_of(account: Account) -> str:
    return account.server or API


def web_of(server: str) -> str:
    """Where people look at posts and give apps access: x.com, or the practice server itself."""
    return WEB if server == API else server


def begin(server: str, answers: Mapping[str, str]) -> BrowserStep:
    """The address to open in the browser. Raises InputError for what cannot be a client id."""
    app = _app_of(answers)
    verifier, state = pkce.new_verifier(), pkce.new_state()
    query = {
        "response_type": "code",
        "client_id": app[CLIENT_ID],
        "redirect_uri": REDIRECT,
        "scope": " ".join(scope for scope, _ in SCOPES),
        "state": state,
        "code_challenge": pkce.challenge(verifier),
        "code_challenge_method": "S256",
    }
    keep = {"server": server, "allows": _allowed(answers), **app}
    url = f"{web_of(server)}/i/oauth2/authorize?{urlencode(query, quote_via=quote)}"
    return BrowserStep(url, REDIRECT, state, verifier, keep)


async def exchange(http: Http, step: BrowserStep, code: str) -> Credential:
    """The tokens for a code, which is good for thirty seconds. Raises `Rejected` (invalid) for one that is not."""
    form = {
        "grant_type": "authorization_code",
        "code": code.strip(),
        "redirect_uri": step.redirect_uri,
        "code_verifier": step.verifier,
    }
    app = {name: step.keep[name] for name in (CLIENT_ID, CLIENT_SECRET) if step.keep.get(name)}
    client = Client(http, step.keep.get("server") or API)
    try:
        answer = await _token(client, "/2/oauth2/token", form, app)
    except AuthExpired as error:
        raise Rejected("the app was not accepted", reason="app_not_allowed", detail=error.detail) from error
    if not string(answer.get(ACCESS)):
        raise Rejected("X gave no token", reason="invalid")
    return _credential(answer, Credential(app))


async def renew(client: Client, credential: Credential) -> Credential:
    """A fresh pair of tokens. Raises AuthExpired when the refresh token is spent or there is none."""
    if not credential.get(REFRESH) or not credential.get(CLIENT_ID):
        raise AuthExpired("no refresh token")
    form = {"grant_type": "refresh_token", "refresh_token": credential.get(REFRESH)}
    try:
        answer = await _token(client, "/2/oauth2/token", form, credential.secrets)
    except Rejected as error:
        raise AuthExpired(str(error), detail=error.detail) from error
    if not string(answer.get(ACCESS)):
        raise Unreachable("a renewal without a token", reason="not_json")
    return _credential(answer, credential)


async def revoke(client: Client, credential: Credential) -> None:
    """Ends the tokens that this desk was given. One that is gone already is fine."""
    if not credential.get(CLIENT_ID):
        return
    for name in (REFRESH, ACCESS):
        if credential.get(name):
            form = {"token": credential.get(name), "token_type_hint": name}
            try:
                await _token(client, "/2/oauth2/revoke", form, credential.secrets)
            except (Rejected, AuthExpired):
                continue


async def identity_of(client: Client, allows: str = "") -> Identity:
    """Whose token it is, and what the desk keeps of the account. Raises AuthExpired."""
    _, answer = await client.ask("GET", "/2/users/me", name="me", params=_ME)
    user = obj(answer.get("data"))
    if not string(user.get("id")):
        raise Unreachable("X did not say who this is", reason="not_json")
    handle = string(user.get("username"))
    long = writes_long(string(user.get("subscription_type")), string(user.get("verified_type")))
    return Identity(
        remote_id=string(user.get("id")),
        name=string(user.get("name")).strip() or handle,
        handle=handle,
        server=client.base,
        avatar_url=web(user.get("profile_image_url")),
        facts={"long": "yes" if long else "no", "allows": allows},
    )


def pasted(answers: Mapping[str, str]) -> tuple[Credential, str]:
    """The credential of pasted tokens, and what the plan allows. Raises InputError when there is no token."""
    wanted = {ACCESS: "token", REFRESH: REFRESH, CLIENT_ID: CLIENT_ID, CLIENT_SECRET: CLIENT_SECRET}
    secrets = {name: answers.get(answer, "").strip() for name, answer in wanted.items()}
    for value in secrets.values():
        if not value.isascii() or any(c.isspace() for c in value):
            raise InputError("That is not a token.", "Copy it again, without spaces.")
    if not secrets[ACCESS]:
        raise InputError("The access token is missing.", "Copy it from the tool that made it.")
    return Credential({name: value for name, value in secrets.items() if value}), _allowed(answers)


def _app_of(answers: Mapping[str, str]) -> dict[str, str]:
    app = {name: answers.get(name, "").strip() for name in (CLIENT_ID, CLIENT_SECRET)}
    for value in app.values():
        if not value.isascii() or any(c.isspace() for c in value) or urlsplit(value).scheme in {"http", "https"}:
            raise InputError("That is not the ID or secret of an app.", "Copy it from “Keys and tokens” of your app.")
    if not app[CLIENT_ID]:
        raise InputError("The Client ID is missing.", "It is under “Keys and tokens” of your app, OAuth 2.0.")
    return {name: value for name, value in app.items() if value}


def _allowed(answers: Mapping[str, str]) -> str:
    """Of the words that were typed those that name an action some plans allow, in the singular."""
    typed = {word.rstrip("s") for word in answers.get("allows", "").lower().replace(",", " ").split()}
    return " ".join(action for action in ALLOWED if action in typed)


async def _token(client: Client, path: str, form: Mapping[str, str], app: Mapping[str, str]) -> Obj:
    """Asking twice for a token does no harm: at worst one of them is spent and the person signs in again."""
    options: dict[str, Any] = {"form": {**form, CLIENT_ID: app.get(CLIENT_ID, "")}}
    if app.get(CLIENT_SECRET):
        pair = f"{quote(app[CLIENT_ID], safe='')}:{quote(app[CLIENT_SECRET], safe='')}"
        basic = base64.b64encode(pair.encode()).decode("ascii")
        options = {"form": form, "headers": {"Authorization": f"Basic {basic}"}}
    anonymous = Client(client.http, client.base)
    _, answer = await anonymous.ask("POST", path, name="token", harmless=True, **options)
    return answer


def _credential(answer: Obj, before: Credential) -> Credential:
    """Never with an empty token: what X leaves out stays as it was."""
    fresh = {name: string(answer.get(name)) for name in (ACCESS, REFRESH)}
    return Credential({**before.secrets, **{name: value for name, value in fresh.items() if value}})
