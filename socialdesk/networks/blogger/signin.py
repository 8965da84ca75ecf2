"""Signing in with the person's own app at Google: authorization code with PKCE over loopback, renewal, signing out.

Source: Google Identity, "OAuth 2.0 for iOS & Desktop Apps". A desktop app may come back to any port.
"""

from collections.abc import Mapping
from urllib.parse import quote, urlencode, urlsplit

from socialdesk.core.account import Account, Credential, Identity
from socialdesk.core.errors import AuthExpired, InputError, Rejected, Unreachable
from socialdesk.core.network import BrowserStep
from socialdesk.core.tolerant import Obj, obj, objs, string
from socialdesk.http import Http, pkce
from socialdesk.networks.blogger.client import Client
from socialdesk.networks.blogger.facts import API, AUTHORIZATION, SCOPE, TOKENS

ACCESS, REFRESH, CLIENT_ID, CLIENT_SECRET = "access_token", "refresh_token", "client_id", "client_secret"


def server_of(account: Account) -> str:
    return account.server or API


def tokens_of(server: str) -> str:
    """Where tokens are: Google's own host, or the practice server itself."""
    return TOKENS if server == API else server


def begin(server: str, answers: Mapping[str, str], redirect_uri: str) -> BrowserStep:
    """The address to open in the browser. Raises InputError for what cannot be a client id, secret or blog."""
    app = _app_of(answers)
    verifier, state = pkce.new_verifier(), pkce.new_state()
    query = {
        "response_type": "code",
        "client_id": app[CLIENT_ID],
        "redirect_uri": redirect_uri,
        "scope": SCOPE,
        "state": state,
        "code_challenge": pkce.challenge(verifier),
        "code_challenge_method": "S256",
        "access_type": "offline",
        "prompt": "consent",  # without it Google gives a token to renew with only the first time
    }
    base = AUTHORIZATION if server == API else f"{server}/o/oauth2/v2/auth"
    keep = {"server": server, "blog": blog_address(answers.get("blog", "")), **app}
    return BrowserStep(f"{base}?{urlencode(query, quote_via=quote)}", redirect_uri, state, verifier, keep)


async def exchange(http: Http, step: BrowserStep, code: str) -> Credential:
    """The tokens for a code. Raises `Rejected` (invalid, app_not_allowed)."""
    app = {name: step.keep[name] for name in (CLIENT_ID, CLIENT_SECRET)}
    form = {"grant_type": "authorization_code", "code": code.strip(), "redirect_uri": step.redirect_uri, **app}
    client = Client(http, step.keep.get("server") or API)
    try:
        answer = await client.anonymous(f"{tokens_of(client.base)}/token", {**form, "code_verifier": step.verifier})
    except AuthExpired as error:
        raise Rejected("the app was not accepted", reason="app_not_allowed", detail=error.detail) from error
    if not string(answer.get(ACCESS)):
        raise Rejected("Google gave no token", reason="invalid")
    return _credential(answer, Credential(app))


async def renew(client: Client, credential: Credential) -> Credential:
    """A fresh access token. Raises AuthExpired when Google no longer renews it."""
    names = (REFRESH, CLIENT_ID, CLIENT_SECRET)
    if not all(credential.get(name) for name in names):
        raise AuthExpired("nothing to renew the token with")
    form = {"grant_type": REFRESH, **{name: credential.get(name) for name in names}}
    try:
        answer = await client.anonymous(f"{tokens_of(client.base)}/token", form)
    except Rejected as error:
        raise AuthExpired(str(error), detail=error.detail) from error
    if not string(answer.get(ACCESS)):
        raise Unreachable("a renewal without a token", reason="not_json")
    return _credential(answer, credential)


async def revoke(client: Client, credential: Credential) -> None:
    """Ends the token and what it was renewed with. One that is gone already is fine."""
    token = credential.get(REFRESH) or credential.get(ACCESS)
    try:
        await client.anonymous(f"{tokens_of(client.base)}/revoke", {"token": token})
    except (Rejected, AuthExpired):
        return


async def identity_of(client: Client, wanted: str) -> Identity:
    """The blog that is posted to: by its address or number, else the first. Raises Rejected (not_your_blog)."""
    answer = await client.ask("GET", "/v3/users/self/blogs", params=[("view", "ADMIN"), ("fetchUserInfo", "true")])
    blogs = [blog for blog in objs(answer.get("items")) if string(blog.get("id"))]
    if wanted:
        blogs = [blog for blog in blogs if wanted in {string(blog.get("id")), host_of(string(blog.get("url")))}]
    if not blogs:
        raise Rejected("no such blog among those of the account", reason="not_your_blog")
    blog = blogs[0]
    host = host_of(string(blog.get("url")))
    number = string(blog.get("id"))
    name = string(blog.get("name")).strip() or host or number
    return Identity(number, name, host or number, client.base, "", {"blog": number, "url": string(blog.get("url"))})


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
        if not value.isascii() or any(c.isspace() for c in value):
            raise InputError("That is not a token.", "Copy it again, without spaces.")
    if not secrets[ACCESS]:
        raise InputError("The access token is missing.", "Copy it from the tool that made it.")
    found = Credential({name: value for name, value in secrets.items() if value})
    return found, blog_address(answers.get("blog", ""))


def _app_of(answers: Mapping[str, str]) -> dict[str, str]:
    app = {name: answers.get(name, "").strip() for name in (CLIENT_ID, CLIENT_SECRET)}
    for value in app.values():
        if not value.isascii() or any(c.isspace() for c in value) or urlsplit(value).scheme in {"http", "https"}:
            raise InputError("That is not the ID or secret of an app.", "Copy it from Google's console.")
    if not all(app.values()):
        raise InputError("Client ID and client secret are both needed.", "Copy them from Google's console.")
    return app


def _credential(answer: Obj, before: Credential) -> Credential:
    """Never with an empty token: what Google leaves out stays as it was."""
    fresh = {name: string(obj(answer).get(name)) for name in (ACCESS, REFRESH)}
    return Credential({**before.secrets, **{name: value for name, value in fresh.items() if value}})
