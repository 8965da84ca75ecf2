"""Signing in with the person's own app: authorization code, renewal where LinkedIn gives that, pasted tokens.

Sources: Microsoft Learn, "Authorization Code Flow", "Native clients (PKCE)", "Sign In with LinkedIn using OpenID
Connect", "Organization Access Control", "Organization Lookup". A token lasts 60 days; only some apps get one to renew.
"""

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import quote, urlencode, urlsplit

from socialdesk.core.account import Account, Credential, Identity
from socialdesk.core.errors import AuthExpired, InputError, Rejected, Unreachable
from socialdesk.core.network import BrowserStep
from socialdesk.core.tolerant import Obj, obj, objs, string, web
from socialdesk.http import Http, pkce
from socialdesk.networks.linkedin.client import Client
from socialdesk.networks.linkedin.facts import API, MEMBER_SCOPES, ORGANISATION_SCOPES, REDIRECT, WEB
from socialdesk.networks.linkedin.urn import ORGANISATION, PERSON, is_number, page_of

ACCESS, REFRESH, CLIENT_ID, CLIENT_SECRET = "access_token", "refresh_token", "client_id", "client_secret"
NEW_TOKEN_S = 2.0  # a new token may be unknown for a moment (65601)


def server_of(account: Account) -> str:
    return account.server or API


def web_of(server: str) -> str:
    """Where people sign in and look at posts: LinkedIn's site, or the practice server itself."""
    return WEB if server == API else server


def begin(server: str, answers: Mapping[str, str]) -> BrowserStep:
    """The address to open in the browser. Raises InputError for what cannot be a client id, page or version."""
    app = _app_of(answers)
    page, redirect = page_of(answers.get("organization", "")), answers.get("redirect", "").strip() or REDIRECT
    if urlsplit(redirect).scheme not in {"http", "https"}:
        raise InputError("That is not an address to come back to.", "Copy it from your app, with https:// in front.")
    usual = ORGANISATION_SCOPES if page else MEMBER_SCOPES
    scopes = tuple(dict.fromkeys((*(scope for scope, _ in usual), *_words(answers.get("scopes", "")))))
    verifier, state = pkce.new_verifier(), pkce.new_state()
    query = {
        "response_type": "code",
        "client_id": app[CLIENT_ID],
        "redirect_uri": redirect,
        "state": state,
        "scope": " ".join(scopes),
    }
    path = "/oauth/v2/authorization"
    if CLIENT_SECRET not in app:
        path = "/oauth/native-pkce/authorization"
        query |= {"code_challenge": pkce.challenge(verifier), "code_challenge_method": "S256"}
    keep = {"server": server, "page": page, "scopes": " ".join(scopes), "version": version_of(answers), **app}
    url = f"{web_of(server)}{path}?{urlencode(query, quote_via=quote)}"
    return BrowserStep(url, redirect, state, verifier, keep)


async def exchange(http: Http, step: BrowserStep, code: str) -> tuple[Credential, str]:
    """The tokens for a code, and the scopes they hold. Raises `Rejected` (invalid, app_not_allowed)."""
    app = {name: step.keep[name] for name in (CLIENT_ID, CLIENT_SECRET) if step.keep.get(name)}
    form = {"grant_type": "authorization_code", "code": code.strip(), "redirect_uri": step.redirect_uri, **app}
    if CLIENT_SECRET not in app:
        form["code_verifier"] = step.verifier
    client = Client(http, step.keep.get("server") or API)
    try:
        answer = await _token(client, form)
    except AuthExpired as error:
        raise Rejected("the app was not accepted", reason="app_not_allowed", detail=error.detail) from error
    if not string(answer.get(ACCESS)):
        raise Rejected("LinkedIn gave no token", reason="invalid")
    granted = " ".join(_words(string(answer.get("scope")))) or step.keep.get("scopes", "")
    return _credential(answer, Credential(app)), granted


async def renew(client: Client, credential: Credential) -> Credential:
    """A fresh token, where the app was given one to renew with. Raises AuthExpired else."""
    if not credential.get(REFRESH) or not credential.get(CLIENT_ID):
        raise AuthExpired("LinkedIn gave nothing to renew the token with")
    names = (REFRESH, CLIENT_ID, CLIENT_SECRET)
    form = {"grant_type": REFRESH, **{name: credential.get(name) for name in names if credential.get(name)}}
    try:
        answer = await _token(client, form)
    except Rejected as error:
        raise AuthExpired(str(error), detail=error.detail) from error
    if not string(answer.get(ACCESS)):
        raise Unreachable("a renewal without a token", reason="not_json")
    return _credential(answer, credential)


async def revoke(client: Client, credential: Credential) -> None:
    """Ends the token. Raises Rejected where a pasted token came without its app: LinkedIn wants to know whose it is."""
    if not credential.get(CLIENT_ID):
        raise Rejected("the token's app is not known", reason="not_supported")
    form = {"client_id": credential.get(CLIENT_ID), "token": credential.get(ACCESS)}
    if credential.get(CLIENT_SECRET):
        form[CLIENT_SECRET] = credential.get(CLIENT_SECRET)
    anonymous = Client(client.http, client.base)
    await anonymous.plain("POST", f"{web_of(client.base)}/oauth/v2/revoke", name="token", harmless=True, form=form)


async def identity_of(
    client: Client, page: str, facts: Mapping[str, str], sleep: Callable[[float], Awaitable[None]]
) -> Identity:
    """Who the token speaks for: a member, or the page that was named. Raises AuthExpired, Rejected (not_your_page)."""
    try:
        return await _identity(client, page, facts)
    except AuthExpired as error:
        if "65601" not in error.detail:
            raise
    await sleep(NEW_TOKEN_S)
    return await _identity(client, page, facts)


async def _identity(client: Client, page: str, facts: Mapping[str, str]) -> Identity:
    return await (_page(client, page, facts) if page else _member(client, facts))


async def _member(client: Client, facts: Mapping[str, str]) -> Identity:
    _, me = await client.plain("GET", f"{client.base}/v2/userinfo", name="me")
    who = string(me.get("sub"))
    if not who:
        raise Unreachable("LinkedIn did not say who this is", reason="not_json")
    parts = (string(me.get("given_name")), string(me.get("family_name")))
    name = string(me.get("name")).strip() or " ".join(part for part in parts if part) or "LinkedIn member"
    return Identity(f"{PERSON}{who}", name, name, client.base, web(me.get("picture")), facts)


async def _page(client: Client, page: str, facts: Mapping[str, str]) -> Identity:
    found = await _organisation(client, page)
    urn = f"{ORGANISATION}{string(found.get('id'))}"
    if urn not in await _own_pages(client):
        raise Rejected("the member is no administrator of this page", reason="not_your_page")
    handle = string(found.get("vanityName")) or string(found.get("id"))
    name = string(found.get("localizedName")).strip() or handle
    return Identity(urn, name, handle, client.base, "", facts)


async def _organisation(client: Client, page: str) -> Obj:
    """The page by its number, or by the name in its address. One that may not be looked up is known by its number."""
    path = f"/rest/organizations/{page}" if is_number(page) else f"/rest/organizations?q=vanityName&vanityName={page}"
    try:
        _, answer = await client.ask("GET", path, name="page", restli="" if is_number(page) else "FINDER")
    except Rejected as error:
        if not is_number(page) or error.reason not in {"missing_permission", "not_found"}:
            raise
        return {"id": page}
    if is_number(page):
        return {**answer, "id": page}
    found = next((one for one in objs(answer.get("elements")) if string(one.get("id"))), None)
    if found is None:
        raise Rejected("there is no such page", reason="not_your_page")
    return found


async def _own_pages(client: Client) -> frozenset[str]:
    path = "/rest/organizationAcls?q=roleAssignee&role=ADMINISTRATOR&state=APPROVED&count=100&start="
    found: list[str] = []
    for start in range(0, 1000, 100):
        _, answer = await client.ask("GET", f"{path}{start}", name="pages", restli="FINDER")
        rows = objs(answer.get("elements"))
        found += [string(row.get("organization")) or string(row.get("organizationTarget")) for row in rows]
        if len(rows) < 100:
            break
    return frozenset(found)


def pasted(answers: Mapping[str, str]) -> tuple[Credential, str, dict[str, str]]:
    """The credential of a pasted token, the page it is for, and what to keep. Raises InputError."""
    token = answers.get("token", "").strip()
    if not token or not token.isascii() or any(c.isspace() for c in token):
        raise InputError("That is not a token.", "Copy it again from LinkedIn's token generator, without spaces.")
    kept = {"scopes": " ".join(_words(answers.get("scopes", ""))), "version": version_of(answers)}
    return Credential({ACCESS: token}), page_of(answers.get("organization", "")), kept


def version_of(answers: Mapping[str, str]) -> str:
    """The year and month that was typed, '' = those we know. Raises InputError."""
    typed = answers.get("version", "").strip().replace("-", "")
    if typed and not (len(typed) == 6 and typed.isascii() and typed.isdigit()):
        raise InputError("That is no version of LinkedIn's API.", "Write year and month, for example 202609.")
    return typed


def _words(text: str) -> tuple[str, ...]:
    """Scopes as LinkedIn writes them, divided by commas or spaces."""
    return tuple(text.replace(",", " ").split())


def _app_of(answers: Mapping[str, str]) -> dict[str, str]:
    app = {name: answers.get(name, "").strip() for name in (CLIENT_ID, CLIENT_SECRET)}
    for value in app.values():
        if not value.isascii() or any(c.isspace() for c in value) or urlsplit(value).scheme in {"http", "https"}:
            raise InputError("That is not the ID or secret of an app.", "Copy it from the tab “Auth” of your app.")
    if not app[CLIENT_ID]:
        raise InputError("The Client ID is missing.", "It is on the tab “Auth” of your app at LinkedIn.")
    return {name: value for name, value in app.items() if value}


async def _token(client: Client, form: Mapping[str, str]) -> Obj:
    """Asking twice for a token does no harm: at worst one of them is spent and the person signs in again."""
    anonymous = Client(client.http, client.base)
    url = f"{web_of(client.base)}/oauth/v2/accessToken"
    _, answer = await anonymous.plain("POST", url, name="token", harmless=True, form=form)
    return obj(answer)


def _credential(answer: Obj, before: Credential) -> Credential:
    """Never with an empty token: what LinkedIn leaves out stays as it was."""
    fresh = {name: string(answer.get(name)) for name in (ACCESS, REFRESH)}
    return Credential({**before.secrets, **{name: value for name, value in fresh.items() if value}})
