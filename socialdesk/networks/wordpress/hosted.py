"""Sites at WordPress.com, or joined to it by Jetpack: signing in with the person's own app, and which sites that opens.

Source: developer.wordpress.com, "OAuth2 Authentication", "Getting Started with the API" and the reference of `me`,
`me/sites` and `sites`. A token is good for one site, or with the scope `global` for all of the person's. Nothing there
ends a token but the person, in the settings of WordPress.com.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from socialdesk.core.account import Account, Credential, Identity
from socialdesk.core.errors import AuthExpired, InputError, NetworkError, Rejected, Unreachable
from socialdesk.core.network import BrowserStep, SeveralFound, SignedIn
from socialdesk.core.tolerant import NONE, Obj, obj, objs, string, web
from socialdesk.http import Http, NotJson, oauth, pkce
from socialdesk.http.oauth import ACCESS, CLIENT_ID, CLIENT_SECRET, REFRESH, App, Question
from socialdesk.http.status import error_for
from socialdesk.networks.wordpress.client import Client, code_of
from socialdesk.networks.wordpress.facts import HOSTED_API, SCOPE
from socialdesk.networks.wordpress.translate import plain

ROAD = "hosted"
MOST_ASKED = 20  # joined sites whose own number of the person is asked for at a sign-in

_ME = "rest/v1.1/me"
_FIELDS = [("fields", "ID,name,URL,jetpack,capabilities,icon")]


def api_of(account: Account) -> str:
    """The API of an account: WordPress.com's, or the server that stands in for it."""
    return account.facts.get("root", "").partition("/wp/v2/sites/")[0] or HOSTED_API


def bearer(credential: Credential) -> str:
    token = credential.get(ACCESS)
    return f"Bearer {token}" if token else ""


def begin(api: str, answers: Mapping[str, str], redirect_uri: str) -> BrowserStep:
    """The address to open in the browser: for one site where the person names it, else for all.

    Raises InputError for what cannot be a client id, secret or site.
    """
    app, site = _app_of(answers), site_of(answers.get("site", ""))
    verifier, state = pkce.new_verifier(), pkce.new_state()
    url = oauth.authorization_url(
        f"{api}/oauth2/authorize",
        app.id,
        redirect_uri,
        scope="" if site else SCOPE,
        state=state,
        verifier=verifier,
        **({"blog": site} if site else {}),
    )
    return BrowserStep(url, redirect_uri, state, verifier, {"api": api, "site": site, **app.secrets})


async def finish(http: Http, step: BrowserStep, code: str, now: datetime) -> SignedIn | SeveralFound:
    """The account of the site, or of each site that the token opens.

    Raises Rejected (invalid, app_not_allowed, not_your_blog) and what the requests raise.
    """
    api, app = step.keep.get("api") or HOSTED_API, App.of(step.keep)
    with oauth.exchanging():
        answer = await _token(http, api, oauth.code_question(step, code, app), now)
    credential = oauth.granted(answer, app, now)
    client = Client(http, api, bearer(credential))
    me = obj((await client.get(_ME))[0])
    if not string(me.get("ID")):
        raise Unreachable("WordPress.com did not say who this is", reason="invalid_answer")
    one = string(answer.get("blog_id"))
    sites = await _sites(client, "" if one == "0" else one, step.keep.get("site", ""))
    identities = await asyncio.gather(*(_identity(http, api, credential, me, site) for site in sites[:MOST_ASKED]))
    identities += [_known(api, me, site, string(me.get("ID"))) for site in sites[MOST_ASKED:]]
    found = tuple(SignedIn(identity, credential) for identity in identities)
    return found[0] if len(found) == 1 else SeveralFound(found)


async def renew(http: Http, account: Account, credential: Credential, now: datetime) -> Credential:
    """A fresh token, where WordPress.com gave one to renew with. Raises AuthExpired else."""
    if not all(credential.get(name) for name in (REFRESH, CLIENT_ID, CLIENT_SECRET)):
        raise AuthExpired("WordPress.com gave nothing to renew the token with")
    question = oauth.renewal_question(credential.get(REFRESH), App.of(credential.secrets))
    with oauth.renewing():
        answer = await _token(http, api_of(account), question, now)
    return oauth.renewed(answer, credential, now)


async def whoami(http: Http, account: Account, credential: Credential) -> Identity:
    """Raises AuthExpired where the token is no longer accepted, Rejected (not_your_blog) where the site is gone."""
    api = api_of(account)
    client = Client(http, api, bearer(credential))
    me = obj((await client.get(_ME))[0])
    [site] = await _sites(client, account.facts.get("blog", ""), "")
    return await _identity(http, api, credential, me, site)


async def _sites(client: Client, number_of_one: str, wanted: str) -> list[Obj]:
    """The site that the token is for, else those where the person may write. Raises Rejected (not_your_blog)."""
    if number_of_one:
        try:
            site, _ = await client.get(f"rest/v1.1/sites/{number_of_one}", _FIELDS)
        except Rejected as error:
            raise Rejected("the site is gone", reason="not_your_blog", detail=error.detail) from error
        sites = [obj(site)]
    else:
        answer, _ = await client.get(f"{_ME}/sites", _FIELDS)
        sites = objs(obj(answer).get("sites"))
    sites = [site for site in sites if string(site.get("ID")) and obj(site.get("capabilities")).get("edit_posts", True)]
    if wanted:
        sites = [site for site in sites if wanted in {string(site.get("ID")), _host(string(site.get("URL")))}]
    if not sites:
        raise Rejected("no site to write for", reason="not_your_blog")
    return sites


async def _identity(http: Http, api: str, credential: Credential, me: Obj, site: Obj) -> Identity:
    """A site joined by Jetpack counts its users by itself; elsewhere the person's number is that of WordPress.com."""
    user = string(me.get("ID"))
    if site.get("jetpack"):
        try:
            there, _ = await Client(http, _root(api, site), bearer(credential)).get("wp/v2/users/me")
        except AuthExpired:
            raise
        except NetworkError:
            user = ""  # then the newest posts of everybody are looked through
        else:
            user = string(obj(there).get("id"))
    return _known(api, me, site, user)


def _root(api: str, site: Obj) -> str:
    return f"{api}/wp/v2/sites/{string(site.get('ID'))}"


def _known(api: str, me: Obj, site: Obj, user: str) -> Identity:
    blog, home = string(site.get("ID")), web(site.get("URL")).rstrip("/")
    host = _host(home) or blog
    may = obj(site.get("capabilities"))
    name = plain(string(site.get("name"))) or host
    facts = {
        "road": ROAD,
        "root": _root(api, site),
        "blog": blog,
        "user": user,
        "moderates": "1" if may.get("moderate_comments") else "",
        "publishes": "1" if may.get("publish_posts") else "",
        "site": name,
    }
    icon = web(obj(site.get("icon")).get("img")) or web(me.get("avatar_URL"))
    return Identity(f"{blog}:{string(me.get('ID'))}", name, host, home or f"{api}/{blog}", icon, facts)


async def _token(http: Http, api: str, question: Question, now: datetime) -> Obj:
    """Asking twice for a token does no harm: at worst one of them is spent and the person signs in again."""
    headers = {"Accept": "application/json", **question.headers}
    response = await http.request("POST", f"{api}/oauth2/token", form=question.form, headers=headers, write=False)
    try:
        answer = obj(response.json())
    except NotJson:
        answer = NONE
    if code_of(answer) in {"invalid_client", "unauthorized_client", "unknown_client"}:
        raise AuthExpired(f"the app was not accepted: {code_of(answer)}")
    if response.status >= 400:
        raise error_for(response, write=False, now=now)
    return answer


def site_of(typed: str) -> str:
    """The host or the number of a site in what a person typed, '' = none. Raises InputError."""
    text = typed.strip()
    if not text or text.isdigit():
        return text
    host = _host(text if "://" in text else f"https://{text}")
    if "." not in host or any(c.isspace() for c in host):
        raise InputError("That is not the address of a site.", "Copy it from the browser: https://….wordpress.com")
    return host


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
        return f"{host}:{parts.port}" if parts.port else host
    except ValueError:
        return ""


def _app_of(answers: Mapping[str, str]) -> App:
    app = App(answers.get(CLIENT_ID, "").strip(), answers.get(CLIENT_SECRET, "").strip())
    for value in (app.id, app.secret):
        if not oauth.is_plain(value) or urlsplit(value).scheme in {"http", "https"}:
            raise InputError("That is not the ID or secret of an app.", "Copy it from the page of your app.")
    if not (app.id and app.secret):
        raise InputError("Client ID and Client secret are both needed.", "Copy them from the page of your app.")
    return app
