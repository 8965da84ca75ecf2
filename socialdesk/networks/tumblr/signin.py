"""Signing in with the person's own app: authorization code, rotating tokens, pasted tokens.

Source: tumblr/docs `api.md`, "OAuth2 Authorization". The secret is needed; PKCE is not documented.
"""

from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from socialdesk.core.account import Account, Credential, Identity
from socialdesk.core.errors import AuthExpired, InputError, Rejected, Unreachable
from socialdesk.core.network import BrowserStep
from socialdesk.core.tolerant import Obj, obj, objs, string
from socialdesk.http import Http, oauth, pkce
from socialdesk.http.oauth import ACCESS, CLIENT_ID, CLIENT_SECRET, REFRESH, App
from socialdesk.networks.tumblr.client import Client
from socialdesk.networks.tumblr.facts import API, REDIRECT, SCOPES, WEB

_TOKEN = "/v2/oauth2/token"  # noqa: S105 - a path
_HOST = ".tumblr.com"


def server_of(account: Account) -> str:
    return account.server or API


def web_of(server: str) -> str:
    """Where people sign in and look at posts: Tumblr's site, or the practice server itself."""
    return WEB if server == API else server


def begin(server: str, answers: Mapping[str, str]) -> BrowserStep:
    """The address to open in the browser. Raises InputError for what cannot be a key, secret or blog."""
    app, redirect = _app_of(answers), answers.get("redirect", "").strip() or REDIRECT
    if urlsplit(redirect).scheme not in {"http", "https"}:
        raise InputError("That is not an address to come back to.", "Copy it from your app, with https:// in front.")
    state = pkce.new_state()
    scope = " ".join(scope for scope, _ in SCOPES)
    url = oauth.authorization_url(f"{web_of(server)}/oauth2/authorize", app.id, redirect, scope=scope, state=state)
    keep = {"server": server, "blog": blog_name(answers.get("blog", "")), **app.secrets}
    return BrowserStep(url, redirect, state, "", keep)


async def exchange(http: Http, step: BrowserStep, code: str) -> Credential:
    """The tokens for a code. Raises `Rejected` (invalid, app_not_allowed)."""
    app, client = App.of(step.keep), Client(http, step.keep.get("server") or API)
    with oauth.exchanging():
        answer = await client.anonymous(_TOKEN, oauth.code_question(step, code, app).form)
    return oauth.granted(answer, app, client.now())


async def renew(client: Client, credential: Credential) -> Credential:
    """A fresh pair of tokens. Raises AuthExpired when the refresh token is spent or there is none."""
    if not all(credential.get(name) for name in (REFRESH, CLIENT_ID, CLIENT_SECRET)):
        raise AuthExpired("nothing to renew the token with")
    question = oauth.renewal_question(credential.get(REFRESH), App.of(credential.secrets))
    with oauth.renewing():
        answer = await client.anonymous(_TOKEN, question.form)
    return oauth.renewed(answer, credential, client.now())


async def identity_of(client: Client, wanted: str) -> Identity:
    """The blog that is posted to: the one named, else the primary. Raises AuthExpired, Rejected (not_your_blog)."""
    _, answer = await client.ask("GET", "/v2/user/info")
    user = obj(obj(answer).get("user"))
    blogs = [blog for blog in objs(user.get("blogs")) if string(blog.get("name"))]
    if not blogs:
        raise Unreachable("Tumblr did not say which blogs there are", reason="not_json")
    if wanted:
        named = [blog for blog in blogs if wanted.casefold() in _names(blog)]
        if not named:
            raise Rejected("no such blog among those of the account", reason="not_your_blog")
        blog = named[0]
    else:
        blog = next((blog for blog in blogs if blog.get("primary") is True), blogs[0])
    name = string(blog.get("name"))
    return Identity(
        remote_id=string(blog.get("uuid")) or name,
        name=string(blog.get("title")).strip() or name,
        handle=name,
        server=client.base,
        avatar_url=avatar_of(client.base, name),
        facts={"user": string(user.get("name")), "blog": name},
    )


def avatar_of(server: str, blog: str) -> str:
    return f"{server}/v2/blog/{quote(blog, safe='')}/avatar/64" if blog else ""


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
    return found, blog_name(answers.get("blog", ""))


def blog_name(typed: str) -> str:
    """The name of a blog in what a person typed: a name, `@name`, `name.tumblr.com`, an address; '' = none.

    A blog with a domain of its own is named by that. Raises InputError for what is neither.
    """
    text = typed.strip().lstrip("@").rstrip("/")
    if "/" in text:
        try:
            parts = urlsplit(text if "://" in text else f"https://{text}")
        except ValueError:
            parts = urlsplit("")
        host, path = parts.hostname or "", [part for part in parts.path.split("/") if part]
        if host in {"www.tumblr.com", "tumblr.com"}:
            path = path[1:] if path[:1] in (["blog"], ["dashboard"]) else path
            path = path[1:] if path[:1] == ["blog"] or path[:1] == ["view"] else path
            text = path[0].lstrip("@") if path else ""
        else:
            text = host
        if not text:
            raise InputError("That is not the address of a blog.", "Write its name, for example staff.")
    text = text.lower().removesuffix(_HOST)
    if text and not all(c.isalnum() or c in "-._" for c in text):
        raise InputError("That is not the name of a blog.", "Write its name, for example staff.")
    return text


def _names(blog: Obj) -> frozenset[str]:
    host = urlsplit(string(blog.get("url"))).hostname or ""
    return frozenset({string(blog.get("name")).casefold(), host, host.removesuffix(_HOST)})


def _app_of(answers: Mapping[str, str]) -> App:
    app = App(answers.get(CLIENT_ID, "").strip(), answers.get(CLIENT_SECRET, "").strip())
    for value in (app.id, app.secret):
        if not oauth.is_plain(value) or urlsplit(value).scheme in {"http", "https"}:
            raise InputError("That is not the key or secret of an app.", "Copy it from Tumblr's list of apps.")
    if not app.id or not app.secret:
        raise InputError("Key and secret of your app are both needed.", "Copy them from Tumblr's list of apps.")
    return app
