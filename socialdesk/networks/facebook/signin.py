"""Signing in with the person's own app, and choosing the Page: Pages have tokens of their own.

A Page's token that comes from a long-lived token of the person does not end by itself; it dies with the password, the
role at the Page or the app. Source: Meta's documents "Manually Build a Login Flow" and "Access Tokens".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, urlsplit

from socialdesk.core.account import Account, Credential, Identity
from socialdesk.core.errors import AuthExpired, InputError, Rejected, Unreachable
from socialdesk.core.network import BrowserStep, SeveralFound, SignedIn
from socialdesk.core.tolerant import Obj, number, obj, string, web
from socialdesk.http import oauth, pkce
from socialdesk.http.oauth import CLIENT_ID, CLIENT_SECRET, App
from socialdesk.networks.facebook.client import ACCESS, Client
from socialdesk.networks.facebook.facts import API, REDIRECT, SCOPES, VERSION, WEB
from socialdesk.networks.facebook.refusals import is_code
from socialdesk.networks.facebook.tolerant import data

USER, ENDS = "user_token", "user_token_ends"
MAX_PAGES = 10
_VERSION = re.compile(r"v?\d{1,3}\.\d")
POSTS = "CREATE_CONTENT"  # the task that a person needs at a Page
EARLY = timedelta(days=30)  # before its end a person's token is made to last longer
_ME = "id,name,username,link,picture{url}"
_PAGES = "id,name,username,access_token,picture{url},tasks"


@dataclass(frozen=True, slots=True)
class Person:
    """Whose Pages these are: the person's token, when it ends (seconds since 1970, '' = unknown), the app."""

    token: str
    ends: str
    app: Mapping[str, str]

    def secrets(self) -> dict[str, str]:
        kept = {USER: self.token, ENDS: self.ends, **self.app}
        return {name: value for name, value in kept.items() if value}


def server_of(account: Account) -> str:
    return account.server or API


def web_of(server: str) -> str:
    """Where people look at posts and give apps access: facebook.com, or the practice server itself."""
    return WEB if server == API else server


def begin(client: Client, answers: Mapping[str, str]) -> BrowserStep:
    """The address to open in the browser. Raises InputError for what cannot be an app or a redirect address."""
    app = app_of(answers)
    if not app.get(CLIENT_ID) or not app.get(CLIENT_SECRET):
        raise InputError("App ID and App secret are missing.", "They are in App settings, Basic.")
    redirect, state = _redirect_of(answers), pkce.new_state()
    url = oauth.authorization_url(
        f"{web_of(client.base)}/{client.version}/dialog/oauth",
        app[CLIENT_ID],
        redirect,
        scope=scopes_of(answers),
        state=state,
    )
    keep = {"server": client.base, "version": client.version, "page": answers.get("page", "").strip(), **app}
    return BrowserStep(url, redirect, state, "", keep)


def scopes_of(answers: Mapping[str, str]) -> str:
    """What is asked for, with what the person adds, in Facebook's form."""
    more = answers.get("scopes", "").replace(",", " ").split()
    return ",".join(dict.fromkeys([*(scope for scope, _ in SCOPES), *more]))


async def exchange(client: Client, step: BrowserStep, code: str) -> Person:
    """The person's long-lived token for a code. Raises `Rejected` (invalid, app_not_allowed).

    A wrong secret is refused with the code of trouble at Facebook; asking again would not help.
    """
    app = App.of(step.keep)
    clean = code.strip().removesuffix("#_=_").removesuffix("#_")
    asked = oauth.code_question(step, clean, app).form
    try:
        answer = await client.get("oauth/access_token", asked)
    except (AuthExpired, Unreachable) as error:
        if isinstance(error, Unreachable) and not is_code(error, 1):
            raise
        raise Rejected("the app was not accepted", reason="app_not_allowed", detail=error.detail) from error
    token = string(answer.get(ACCESS))
    if not token:
        raise Rejected("Facebook gave no token", reason="invalid")
    return await extended(client, Person(token, "", app.secrets))


async def extended(client: Client, person: Person) -> Person:
    """The same with a token that lasts about sixty days from now. Raises AuthExpired."""
    asked = {**person.app, "grant_type": "fb_exchange_token", "fb_exchange_token": person.token}
    answer = await client.get("oauth/access_token", asked)
    token, lasts = string(answer.get(ACCESS)), number(answer.get("expires_in"))
    if not token:
        raise Unreachable("a longer token was not given", reason="invalid_answer")
    ends = oauth.stamp(client.now().timestamp() + lasts) if lasts else ""
    return Person(token, ends, person.app)


async def pages_of(client: Client, person: Person, wanted: str) -> SignedIn | SeveralFound:
    """The Page that the person means, or all that they may post to. Raises Rejected (no_page), AuthExpired."""
    asking = client.with_token(person.token)
    rows: list[Obj] = []
    after = ""
    for _ in range(MAX_PAGES):
        more = {"after": after} if after else {}
        answer = await asking.get("me/accounts", {"fields": _PAGES, "limit": "100", **more})
        rows += data(answer)
        paging = obj(answer.get("paging"))
        after = string(obj(paging.get("cursors")).get("after")) if string(paging.get("next")) else ""
        if not after:
            break
    pages = [row for row in rows if string(row.get("id")) and string(row.get(ACCESS)) and _may_post(row)]
    chosen = [row for row in pages if _is_meant(row, wanted)] if wanted else pages
    if not chosen:
        raise Rejected(f"{len(rows)} Pages, none to post to", reason="no_page")
    found = tuple(SignedIn(_identity(row, client), _credential(row, person)) for row in chosen)
    return found[0] if len(found) == 1 else SeveralFound(found)


async def pasted(client: Client, answers: Mapping[str, str]) -> SignedIn | SeveralFound:
    """A Page's own token, or a person's, from which the Pages follow. Raises InputError, AuthExpired, Rejected."""
    token, app = answers.get("token", "").strip(), app_of(answers)
    if not token or not oauth.is_plain(token):
        raise InputError("That is not a token.", "Copy it again, without spaces.")
    person = Person(token, "", app)
    if app.get(CLIENT_ID) and app.get(CLIENT_SECRET):
        person = await extended(client, person)
    try:
        return await pages_of(client, person, answers.get("page", "").strip())
    except Rejected as error:
        if not is_code(error, 100):
            raise
    identity = await identity_of(client.with_token(person.token))  # a Page has no Pages: this is its own token
    return SignedIn(identity, Credential({ACCESS: person.token, **person.app}))


async def identity_of(client: Client, page: str = "me") -> Identity:
    """Whose token it is. Raises AuthExpired."""
    answer = await client.get(page, {"fields": _ME})
    if not string(answer.get("id")):
        raise Unreachable("Facebook did not say who this is", reason="invalid_answer")
    return _identity(answer, client)


async def renew(client: Client, credential: Credential, page: str) -> Credential:
    """The person's token made to last again, and from it the Page's. Raises AuthExpired where that is over."""
    token, app = credential.get(USER), {n: credential.get(n) for n in (CLIENT_ID, CLIENT_SECRET) if credential.get(n)}
    if not token:
        raise AuthExpired("only the Page's own token is known")
    person = Person(token, credential.get(ENDS), app)
    with oauth.renewing():
        if len(app) == 2:
            person = await extended(client, person)
        answer = await client.with_token(person.token).get(quote(page, safe=""), {"fields": f"id,{ACCESS}"})
    if not string(answer.get(ACCESS)):
        raise AuthExpired("the person no longer has a role at the Page")
    return _credential(answer, person)


def renew_at(credential: Credential) -> datetime | None:
    """When to make the person's token last longer, though it still works."""
    ends = oauth.ends_of(credential, ENDS)
    return ends - EARLY if ends is not None and credential.get(CLIENT_SECRET) else None


def app_of(answers: Mapping[str, str]) -> dict[str, str]:
    app = {name: answers.get(name, "").strip() for name in (CLIENT_ID, CLIENT_SECRET)}
    if app[CLIENT_ID] and not app[CLIENT_ID].isdecimal():
        raise InputError("That is not an App ID.", "It is a number, in App settings, Basic.")
    if not oauth.is_plain(app[CLIENT_SECRET]):
        raise InputError("That is not an App secret.", "Copy it again from App settings, Basic.")
    return {name: value for name, value in app.items() if value}


def version_of(answers: Mapping[str, str]) -> str:
    """The version of the API that the person wishes, '' = ours. Raises InputError."""
    typed = answers.get("version", "").strip().lower()
    if typed and not _VERSION.fullmatch(typed):
        raise InputError("That is not a version of Facebook's API.", f"It looks like {VERSION}; empty is fine.")
    return f"v{typed.removeprefix('v')}" if typed else ""


def _redirect_of(answers: Mapping[str, str]) -> str:
    typed = answers.get("redirect", "").strip()
    if typed and urlsplit(typed).scheme != "https":
        raise InputError("The redirect address has to be on HTTPS.", f"Or leave it empty: then it is {REDIRECT}")
    return typed or REDIRECT


def _may_post(page: Obj) -> bool:
    tasks = page.get("tasks")
    return not isinstance(tasks, list) or POSTS in tasks


def _is_meant(page: Obj, wanted: str) -> bool:
    """Whether the Page has this id, name or address."""
    last = urlsplit(wanted).path.strip("/").rpartition("/")[2] if "/" in wanted else wanted
    names = {string(page.get(name)).casefold() for name in ("id", "name", "username")} - {""}
    return bool({wanted.casefold(), last.removeprefix("@").casefold()} & names)


def _identity(page: Obj, client: Client) -> Identity:
    page_id, name = string(page.get("id")), string(page.get("name")).strip()
    handle = string(page.get("username")) or name or page_id
    avatar = web(obj(obj(page.get("picture")).get("data")).get("url"))
    return Identity(page_id, name or handle, handle, client.base, avatar, {"version": client.version})


def _credential(page: Obj, person: Person) -> Credential:
    return Credential({ACCESS: string(page.get(ACCESS)), **person.secrets()})
