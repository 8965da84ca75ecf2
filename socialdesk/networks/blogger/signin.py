"""Signing in with the person's own app at Google: authorization code with PKCE over loopback, renewal, signing out.

Source: Google Identity, "OAuth 2.0 for iOS & Desktop Apps". A desktop app may come back to any port.
"""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from socialdesk.core.account import Account, Credential, Identity
from socialdesk.core.errors import AuthExpired, InputError, Rejected
from socialdesk.core.network import BrowserStep, SeveralFound, SignedIn
from socialdesk.core.tolerant import Obj, objs, string
from socialdesk.http import Http, oauth, pkce
from socialdesk.http.oauth import ACCESS, CLIENT_ID, CLIENT_SECRET, REFRESH, App
from socialdesk.networks.blogger.client import Client
from socialdesk.networks.blogger.facts import API, AUTHORIZATION, SCOPE, TOKENS

SHARED = "shared"  # "1" where other accounts of the desk may live on the same sign-in


def server_of(account: Account) -> str:
    return account.server or API


def tokens_of(server: str) -> str:
    """Where tokens are: Google's own host, or the practice server itself."""
    return TOKENS if server == API else server


def begin(server: str, answers: Mapping[str, str], redirect_uri: str) -> BrowserStep:
    """The address to open in the browser. Raises InputError for what cannot be a client id, secret or blog."""
    app = _app_of(answers)
    verifier, state = pkce.new_verifier(), pkce.new_state()
    base = AUTHORIZATION if server == API else f"{server}/o/oauth2/v2/auth"
    url = oauth.authorization_url(
        base,
        app.id,
        redirect_uri,
        scope=SCOPE,
        state=state,
        verifier=verifier,
        access_type="offline",
        prompt="consent",  # without it Google gives a token to renew with only the first time
    )
    keep = {"server": server, "blog": blog_address(answers.get("blog", "")), **app.secrets}
    return BrowserStep(url, redirect_uri, state, verifier, keep)


async def exchange(http: Http, step: BrowserStep, code: str) -> Credential:
    """The tokens for a code. Raises `Rejected` (invalid, app_not_allowed)."""
    app, client = App.of(step.keep), Client(http, step.keep.get("server") or API)
    with oauth.exchanging():
        answer = await client.anonymous(f"{tokens_of(client.base)}/token", oauth.code_question(step, code, app).form)
    return oauth.granted(answer, app, client.now())


async def renew(client: Client, credential: Credential) -> Credential:
    """A fresh access token. Raises AuthExpired when Google no longer renews it."""
    if not all(credential.get(name) for name in (REFRESH, CLIENT_ID, CLIENT_SECRET)):
        raise AuthExpired("nothing to renew the token with")
    question = oauth.renewal_question(credential.get(REFRESH), App.of(credential.secrets))
    with oauth.renewing():
        answer = await client.anonymous(f"{tokens_of(client.base)}/token", question.form)
    return oauth.renewed(answer, credential, client.now())


async def revoke(client: Client, credential: Credential) -> None:
    """Ends the token and what it was renewed with. One that is gone already is fine."""
    token = credential.get(REFRESH) or credential.get(ACCESS)
    try:
        await client.anonymous(f"{tokens_of(client.base)}/revoke", oauth.revocation_question(token, App("")).form)
    except (Rejected, AuthExpired):
        return


async def identities_of(client: Client, wanted: str) -> tuple[Identity, ...]:
    """The blogs that may be posted to: the one of this address or number, else all. Raises Rejected (not_your_blog)."""
    answer = await client.ask("GET", "/v3/users/self/blogs", params=[("view", "ADMIN"), ("fetchUserInfo", "true")])
    blogs = [blog for blog in objs(answer.get("items")) if string(blog.get("id"))]
    if wanted:
        blogs = [blog for blog in blogs if wanted in {string(blog.get("id")), host_of(string(blog.get("url")))}]
    if not blogs:
        raise Rejected("no such blog among those of the account", reason="not_your_blog")
    return tuple(_identity(blog, client.base) for blog in blogs)


def _identity(blog: Obj, base: str) -> Identity:
    host, number = host_of(string(blog.get("url"))), string(blog.get("id"))
    name = string(blog.get("name")).strip() or host or number
    return Identity(number, name, host or number, base, "", {"blog": number, "url": string(blog.get("url"))})


def found(identities: tuple[Identity, ...], credential: Credential) -> SignedIn | SeveralFound:
    """One account, or several that share a sign-in: ending it for one of them would end it for all."""
    if len(identities) == 1:
        return SignedIn(identities[0], credential)
    shared = (replace(one, facts={**one.facts, SHARED: "1"}) for one in identities)
    return SeveralFound(tuple(SignedIn(one, credential) for one in shared))


def host_of(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def blog_address(typed: str) -> str:
    """The host or the number of a blog in what a person typed, '' = none. Raises InputError."""
    text = typed.strip()
    if not text or text.isdigit():
        return text
    host = host_of(text if "://" in text else f"https://{text}")
    if "." not in host:
        raise InputError("That is not the address of a blog.", "Copy it from the browser: https://….blogspot.com")
    return host


def pasted(answers: Mapping[str, str]) -> tuple[Credential, str]:
    """The credential of pasted tokens, and the blog. Raises InputError when there is no token."""
    wanted = {ACCESS: "token", REFRESH: REFRESH, CLIENT_ID: CLIENT_ID, CLIENT_SECRET: CLIENT_SECRET}
    secrets = {name: answers.get(answer, "").strip() for name, answer in wanted.items()}
    for value in secrets.values():
        if not oauth.is_plain(value):
            raise InputError("That is not a token.", "Copy it again, without spaces.")
    if not secrets[ACCESS]:
        raise InputError("The access token is missing.", "Copy it from the tool that made it.")
    found = Credential({name: value for name, value in secrets.items() if value})
    return found, blog_address(answers.get("blog", ""))


def _app_of(answers: Mapping[str, str]) -> App:
    app = App(answers.get(CLIENT_ID, "").strip(), answers.get(CLIENT_SECRET, "").strip())
    for value in (app.id, app.secret):
        if not oauth.is_plain(value) or urlsplit(value).scheme in {"http", "https"}:
            raise InputError("That is not the ID or secret of an app.", "Copy it from Google's console.")
    if not app.id or not app.secret:
        raise InputError("Client ID and client secret are both needed.", "Copy them from Google's console.")
    return app
