"""Signing in: finding the server, registering this desk there, the authorization code with PKCE, tokens, signing out.

Sources: docs.joinmastodon.org/methods/apps and /oauth, RFC 7636, RFC 8414, RFC 7033.
"""

from collections.abc import Mapping

from socialdesk.core.account import Account, Credential, Identity
from socialdesk.core.errors import AuthExpired, NetworkError, Rejected, Unreachable
from socialdesk.core.network import BrowserStep
from socialdesk.core.tolerant import Obj, obj, objs, string
from socialdesk.http import Http, check, oauth, pkce
from socialdesk.http.oauth import ACCESS, CLIENT_ID, App
from socialdesk.networks.mastodon.address import handle_of, server_of
from socialdesk.networks.mastodon.client import Client, utc_now
from socialdesk.networks.mastodon.facts import KEY, SCOPES
from socialdesk.networks.mastodon.people import Home, author_of
from socialdesk.networks.mastodon.rules import Limits, limits_of
from socialdesk.networks.mastodon.tolerant import host_of, web
from socialdesk.networks.mastodon.translate import scopes_of

OOB = "urn:ietf:wg:oauth:2.0:oob"
APP_NAME = "SocialDesk"
_COARSE = frozenset({"pixelfed"})  # know only read, write and follow


async def find_server(http: Http, typed: str) -> str:
    """The base URL of the API. For a whole handle WebFinger says where the account's server is."""
    base = server_of(typed)
    handle = handle_of(typed)
    if not handle:
        return base
    try:
        _, answer = await http.json("GET", f"{base}/.well-known/webfinger", params={"resource": f"acct:{handle}"})
    except NetworkError:
        return base
    links = objs(obj(answer).get("links"))
    own = next((web(link.get("href")) for link in links if link.get("rel") == "self"), "")
    return server_of(own) if own else base


async def begin(http: Http, typed: str, redirect_uri: str) -> BrowserStep:
    """Registers this desk at the server and gives the address to open in the browser."""
    server = await find_server(http, typed)
    metadata = await _metadata(http, server)
    scopes = await _scopes(http, server, metadata)
    uris = list(dict.fromkeys((redirect_uri, OOB)))
    app = {
        "client_name": APP_NAME,
        "redirect_uris": uris if metadata else "\n".join(uris),  # an array since 4.3, which has the metadata too
        "scopes": scopes,
    }
    _, answer = await http.json("POST", f"{server}/api/v1/apps", json=app, write=False)
    client_id, client_secret = string(obj(answer).get("client_id")), string(obj(answer).get("client_secret"))
    if not client_id:
        raise Unreachable("the server registered no app", reason="not_mastodon")
    verifier, state = pkce.new_verifier(), pkce.new_state()
    url = oauth.authorization_url(
        f"{server}/oauth/authorize", client_id, redirect_uri, scope=scopes, state=state, verifier=verifier
    )
    keep = {"server": server, **App(client_id, client_secret).secrets}
    names_itself = metadata.get("authorization_response_iss_parameter_supported") is True
    return BrowserStep(url, redirect_uri, state, verifier, keep, web(metadata.get("issuer")) if names_itself else "")


async def exchange(http: Http, step: BrowserStep, code: str) -> Credential:
    """The token for a code. Raises `Rejected` (invalid) for a code that is wrong, used or too old."""
    app, url = App.of(step.keep), f"{step.keep.get('server', '')}/oauth/token"
    form = oauth.code_question(step, code, app).form
    try:
        _, answer = await http.json("POST", url, form=form, write=False)
    except AuthExpired as error:
        raise Rejected("the code was not accepted", reason="invalid") from error
    return oauth.granted(obj(answer), app, utc_now())


async def revoke(client: Client, credential: Credential) -> None:
    """Ends a token that this desk was given. One that was pasted cannot be ended by us; one that is gone is fine."""
    if not credential.get(CLIENT_ID):
        return
    form = oauth.revocation_question(credential.get(ACCESS), App.of(credential.secrets)).form
    response = await client.http.request("POST", f"{client.base}/oauth/revoke", form=form, write=False)
    if response.status not in {400, 401, 403, 404}:
        check(response, write=False, now=client.now())


async def identity_of(client: Client) -> Identity:
    """Who the token belongs to, and what the desk keeps of the server."""
    _, answer = await client.get("/api/v1/accounts/verify_credentials")
    account = obj(answer)
    limits = await known_limits(client)
    domain = (limits.domain if limits else "") or host_of(client.base)
    who = author_of(account, Home(client.base, domain))
    if not who.remote_id:
        raise Unreachable("the server did not say who this is", reason="not_mastodon")
    source = obj(account.get("source"))
    facts = {
        "domain": domain,
        "software": await software_of(client),
        "visibility": string(source.get("privacy")),
        "language": string(source.get("language")),
        "limits": limits.to_text() if limits else "",
    }
    return Identity(who.remote_id, who.name, who.handle, client.base, who.avatar_url, facts)


async def known_limits(client: Client) -> Limits | None:
    """What the server says of its limits; None when it cannot be asked now."""
    try:
        return limits_of(await instance(client))
    except NetworkError:
        return None


async def instance(client: Client) -> Obj:
    """The instance entity: v2, or v1 of an older server."""
    try:
        _, answer = await client.get("/api/v2/instance")
    except Rejected:
        _, answer = await client.get("/api/v1/instance")
    return obj(answer)


async def software_of(client: Client) -> str:
    """The server's software in lower case (NodeInfo), '' when it does not say."""
    try:
        _, links = await client.get("/.well-known/nodeinfo")
        hrefs = [web(link.get("href")) for link in objs(obj(links).get("links"))]
        path = next((h.partition(host_of(h))[2] for h in hrefs if host_of(h) == host_of(client.base)), "")
        if not path:
            return ""
        _, info = await client.get(path)
    except NetworkError:
        return ""
    return string(obj(obj(info).get("software")).get("name")).lower()


async def _metadata(http: Http, server: str) -> Obj:
    try:
        _, answer = await http.json("GET", f"{server}/.well-known/oauth-authorization-server")
    except Rejected:
        return obj(None)
    return obj(answer)


async def _scopes(http: Http, server: str, metadata: Obj) -> str:
    """The least scopes that this server knows; a server that knows only whole areas is asked for those."""
    if not metadata and await software_of(Client(http, server)) in _COARSE:
        return "read write"
    known = scopes_of(metadata)
    wanted = [scope for scope, _ in SCOPES]
    if known:
        wanted = [scope if scope in known else scope.partition(":")[0] for scope in wanted]
    return " ".join(dict.fromkeys(["profile", *wanted] if "profile" in known else wanted))


def anonymous(server: str) -> Account:
    return Account(0, KEY, "", "", server)


def credential_of(answers: Mapping[str, str]) -> Credential:
    """The credential of a pasted token. Raises `Rejected` (invalid) when there is none."""
    token = answers.get("token", "").strip()
    if not token or not oauth.is_plain(token):
        raise Rejected("not a token", reason="invalid")
    return Credential({ACCESS: token})
