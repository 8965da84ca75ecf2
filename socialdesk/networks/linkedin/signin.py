"""Signing in with the person's own app: authorization code, renewal where LinkedIn gives that, pasted tokens.

Sources: Microsoft Learn, "Authorization Code Flow", "Native clients (PKCE)", "Sign In with LinkedIn using OpenID
Connect", "Organization Access Control", "Organization Lookup". A token lasts 60 days; only some apps get one to renew.
"""

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlsplit

from socialdesk.core.account import Account, Credential, Identity
from socialdesk.core.errors import AuthExpired, InputError, Rejected, Unreachable
from socialdesk.core.network import BrowserStep
from socialdesk.core.tolerant import Obj, obj, objs, string, web
from socialdesk.http import Http, oauth, pkce
from socialdesk.http.oauth import ACCESS, CLIENT_ID, CLIENT_SECRET, REFRESH, App, Question
from socialdesk.networks.linkedin.client import Client
from socialdesk.networks.linkedin.facts import API, MEMBER_SCOPES, ORGANISATION_SCOPES, REDIRECT, WEB
from socialdesk.networks.linkedin.urn import ORGANISATION, PERSON, is_number, page_of

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
    state, verifier = pkce.new_state(), "" if app.secret else pkce.new_verifier()
    path = "/oauth/v2/authorization" if app.secret else "/oauth/native-pkce/authorization"
    url = oauth.authorization_url(
        f"{web_of(server)}{path}", app.id, redirect, scope=" ".join(scopes), state=state, verifier=verifier
    )
    keep = {"server": server, "page": page, "scopes": " ".join(scopes), "version": version_of(answers), **app.secrets}
    return BrowserStep(url, redirect, state, verifier, keep)


async def exchange(http: Http, step: BrowserStep, code: str) -> tuple[Credential, str]:
    """The tokens for a code, and the scopes they hold. Raises `Rejected` (invalid, app_not_allowed)."""
    app, client = App.of(step.keep), Client(http, step.keep.get("server") or API)
    with oauth.exchanging():
        answer = await _token(client, oauth.code_question(step, code, app))
    credential = oauth.granted(answer, app, client.now())
    return credential, " ".join(_words(string(answer.get("scope")))) or step.keep.get("scopes", "")


async def renew(client: Client, credential: Credential) -> Credential:
    """A fresh token, where the app was given one to renew with. Raises AuthExpired else."""
    if not credential.get(REFRESH) or not credential.get(CLIENT_ID):
        raise AuthExpired("LinkedIn gave nothing to renew the token with")
    question = oauth.renewal_question(credential.get(REFRESH), App.of(credential.secrets))
    with oauth.renewing():
        answer = await _token(client, question)
    return oauth.renewed(answer, credential, client.now())


async def revoke(client: Client, credential: Credential) -> None:
    """Ends the token. Raises Rejected where a pasted token came without its app: LinkedIn wants to know whose it is."""
    if not credential.get(CLIENT_ID):
        raise Rejected("the token's app is not known", reason="not_supported")
    form = oauth.revocation_question(credential.get(ACCESS), App.of(credential.secrets)).form
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
    if not token or not oauth.is_plain(token):
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


def _app_of(answers: Mapping[str, str]) -> App:
    app = App(answers.get(CLIENT_ID, "").strip(), answers.get(CLIENT_SECRET, "").strip())
    for value in (app.id, app.secret):
        if not oauth.is_plain(value) or urlsplit(value).scheme in {"http", "https"}:
            raise InputError("That is not the ID or secret of an app.", "Copy it from the tab “Auth” of your app.")
    if not app.id:
        raise InputError("The Client ID is missing.", "It is on the tab “Auth” of your app at LinkedIn.")
    return app


async def _token(client: Client, question: Question) -> Obj:
    """Asking twice for a token does no harm: at worst one of them is spent and the person signs in again."""
    anonymous = Client(client.http, client.base)
    url = f"{web_of(client.base)}/oauth/v2/accessToken"
    _, answer = await anonymous.plain("POST", url, name="token", harmless=True, form=question.form)
    return obj(answer)
