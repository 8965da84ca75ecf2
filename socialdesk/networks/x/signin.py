"""Signing in with the person's own app: authorization code with PKCE, rotating tokens, signing out.

Source: docs.x.com, "OAuth 2.0 Authorization Code Flow with PKCE". An app without a secret names itself in the form, one
with a secret by HTTP Basic.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from socialdesk.core.account import Account, Credential, Identity
from socialdesk.core.errors import AuthExpired, InputError, Rejected, Unreachable
from socialdesk.core.network import BrowserStep
from socialdesk.core.tolerant import Obj, obj, string, web
from socialdesk.http import Http, oauth, pkce
from socialdesk.http.oauth import ACCESS, CLIENT_ID, CLIENT_SECRET, REFRESH, App, Question
from socialdesk.networks.x.client import Client
from socialdesk.networks.x.facts import ALLOWED, API, REDIRECT, SCOPES, WEB
from socialdesk.networks.x.rules import writes_long

NAMING: oauth.Naming = "client_secret_basic"
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
    scope = " ".join(scope for scope, _ in SCOPES)
    authorize = f"{web_of(server)}/i/oauth2/authorize"
    url = oauth.authorization_url(authorize, app.id, REDIRECT, scope=scope, state=state, verifier=verifier)
    keep = {"server": server, "allows": _allowed(answers), **app.secrets}
    return BrowserStep(url, REDIRECT, state, verifier, keep)


async def exchange(http: Http, step: BrowserStep, code: str) -> Credential:
    """The tokens for a code, which is good for thirty seconds. Raises `Rejected` (invalid) for one that is not."""
    app = App.of(step.keep)
    client = Client(http, step.keep.get("server") or API)
    with oauth.exchanging():
        answer = await _token(client, "/2/oauth2/token", oauth.code_question(step, code, app, NAMING))
    return oauth.granted(answer, app, client.now())


async def renew(client: Client, credential: Credential) -> Credential:
    """A fresh pair of tokens. Raises AuthExpired when the refresh token is spent or there is none."""
    if not credential.get(REFRESH) or not credential.get(CLIENT_ID):
        raise AuthExpired("no refresh token")
    question = oauth.renewal_question(credential.get(REFRESH), App.of(credential.secrets), NAMING)
    with oauth.renewing():
        answer = await _token(client, "/2/oauth2/token", question)
    return oauth.renewed(answer, credential, client.now())


async def revoke(client: Client, credential: Credential) -> None:
    """Ends the tokens that this desk was given. One that is gone already is fine."""
    if not credential.get(CLIENT_ID):
        return
    for name in (REFRESH, ACCESS):
        if credential.get(name):
            question = oauth.revocation_question(credential.get(name), App.of(credential.secrets), NAMING, name)
            try:
                await _token(client, "/2/oauth2/revoke", question)
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
        if not oauth.is_plain(value):
            raise InputError("That is not a token.", "Copy it again, without spaces.")
    if not secrets[ACCESS]:
        raise InputError("The access token is missing.", "Copy it from the tool that made it.")
    return Credential({name: value for name, value in secrets.items() if value}), _allowed(answers)


def _app_of(answers: Mapping[str, str]) -> App:
    app = App(answers.get(CLIENT_ID, "").strip(), answers.get(CLIENT_SECRET, "").strip())
    for value in (app.id, app.secret):
        if not oauth.is_plain(value) or urlsplit(value).scheme in {"http", "https"}:
            raise InputError("That is not the ID or secret of an app.", "Copy it from “Keys and tokens” of your app.")
    if not app.id:
        raise InputError("The Client ID is missing.", "It is under “Keys and tokens” of your app, OAuth 2.0.")
    return app


def _allowed(answers: Mapping[str, str]) -> str:
    """Of the words that were typed those that name an action some plans allow, in the singular."""
    typed = {word.rstrip("s") for word in answers.get("allows", "").lower().replace(",", " ").split()}
    return " ".join(action for action in ALLOWED if action in typed)


async def _token(client: Client, path: str, question: Question) -> Obj:
    """Asking twice for a token does no harm: at worst one of them is spent and the person signs in again."""
    anonymous = Client(client.http, client.base)
    _, answer = await anonymous.ask(
        "POST", path, name="token", harmless=True, form=question.form, headers=question.headers
    )
    return answer
