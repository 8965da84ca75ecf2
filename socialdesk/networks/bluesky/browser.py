"""Signing in through the browser: pushed request, PKCE, tokens bound to a key of the account's own (DPoP).

Source: atproto.com/specs/oauth. The program is a public client on this computer: its client id, an address at
`localhost`, is its description, so that nothing has to be registered or hosted.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from socialdesk.core.account import NOTHING, Credential
from socialdesk.core.errors import AuthExpired, InputError, NetworkError, Rejected, Unreachable
from socialdesk.core.network import BrowserStep, SignedIn
from socialdesk.core.tolerant import Obj, obj, string
from socialdesk.http import Http, Response, Trust, check, oauth, pkce
from socialdesk.http.oauth import CLIENT_ID, App
from socialdesk.networks.bluesky import identities, session
from socialdesk.networks.bluesky.client import ACCESS, KEY, REFRESH, Client
from socialdesk.networks.bluesky.dpop import ALGORITHM, WRONG_PROOF, Proofs, new_key
from socialdesk.networks.bluesky.facts import SCOPES

REDIRECT = "http://127.0.0.1/callback"  # as it stands in the client id; any port may follow
TOKEN_AT, REVOKE_AT = "token_endpoint", "revocation_endpoint"  # further names in the credential
SESSION = timedelta(days=14)  # the longest that a public client may be signed in
_SCOPE = " ".join(scope for scope, _ in SCOPES)
_SPENT = frozenset({"invalid_grant", "invalid_client", "unauthorized_client", "invalid_token"})


@dataclass(frozen=True, slots=True)
class AuthServer:
    """An authorization server's addresses (RFC 8414, RFC 9126, RFC 7009). `revoke` '' = it has none.

    Those that a session needs are kept with its tokens: it lasts two weeks, no address changes so often.
    """

    issuer: str
    authorize: str
    token: str
    push: str
    revoke: str


def client_id() -> str:
    """The program described by an address: where the browser comes back to, and all that is ever asked for."""
    query = {"redirect_uri": REDIRECT, "scope": _SCOPE}
    return f"http://localhost?{urlencode(query, quote_via=quote, safe='')}"


def is_bound(credential: Credential) -> bool:
    """Whether the account was signed in through the browser."""
    return bool(credential.get(KEY))


async def begin(http: Http, answers: Mapping[str, str], redirect_uri: str) -> BrowserStep:
    """The page to open in the browser. Raises InputError for what cannot be right, and what the wire raises."""
    service = session.service_address(answers.get("service", ""))
    typed = await session.name_of_account(Client(http, service, NOTHING), answers.get("identifier", ""))
    who = await identities.find(http, service, typed)
    server = await server_of(http, who.server)
    if server is None:
        raise InputError("This server offers no sign-in in the browser.", "Use an app password instead.")
    key, verifier, state = new_key(), pkce.new_verifier(), pkce.new_state()
    question = oauth.authorization_url(
        server.authorize,
        client_id(),
        redirect_uri,
        scope=_SCOPE,
        state=state,
        verifier=verifier,
        login_hint=who.handle or who.did,
    )
    form = dict(parse_qsl(urlsplit(question).query))  # pushed, instead of travelling through the browser
    answer = await _ask(Proofs(key), http, server.push, form)
    request = string(answer.get("request_uri"))
    if not request:
        raise Unreachable("a pushed request without an address", reason="not_json")
    query = urlencode({"client_id": client_id(), "request_uri": request}, quote_via=quote)
    keep = {"did": who.did, "pds": who.server, KEY: key, TOKEN_AT: server.token, REVOKE_AT: server.revoke}
    return BrowserStep(f"{server.authorize}?{query}", redirect_uri, state, verifier, keep, server.issuer)


async def finish(http: Http, step: BrowserStep, code: str) -> SignedIn:
    """The account for a code. Raises InputError when somebody else signed in, Rejected when it is not accepted."""
    keep = step.keep
    form = oauth.code_question(step, code, App(client_id())).form
    with oauth.exchanging():
        answer = await _ask(Proofs(keep[KEY]), http, keep[TOKEN_AT], form)
    kept = {name: keep[name] for name in (KEY, TOKEN_AT, REVOKE_AT) if keep.get(name)}
    ends = oauth.stamp((datetime.now(UTC) + SESSION).timestamp())
    credential = _credential(answer, Credential({**kept, CLIENT_ID: client_id(), oauth.ENDS: ends}))
    if answer.get("sub") != keep["did"]:
        with suppress(NetworkError):  # it ends by itself, too
            await sign_out(http, credential)
        raise InputError("Another account was signed in than the one you named.", "Start again, and choose that one.")
    at_home = Client(http, keep["pds"], credential, keep["did"])
    return SignedIn(await session.whoami(at_home), credential)


async def renew(http: Http, credential: Credential, did: str) -> Credential:
    """The next pair of tokens; the ones before are worth nothing then. Raises AuthExpired when they were already."""
    if not credential.get(REFRESH):
        raise AuthExpired("no refresh token")
    form = oauth.renewal_question(credential.get(REFRESH), App.of(credential.secrets)).form
    try:
        answer = await _ask(Proofs(credential.get(KEY)), http, credential.get(TOKEN_AT), form)
    except Rejected as error:
        if error.detail.partition(":")[0] in _SPENT:
            raise AuthExpired(str(error), detail=error.detail) from error
        raise
    fresh = _credential(answer, credential)
    if answer.get("sub") != did:
        raise AuthExpired("the renewed token is another account's")
    return fresh


async def sign_out(http: Http, credential: Credential) -> None:
    """Ends the session at the server. Raises NetworkError when it could not be told."""
    app = App.of(credential.secrets)
    form = oauth.revocation_question(credential.get(REFRESH), app, hint="refresh_token").form
    await _ask(Proofs(credential.get(KEY)), http, credential.get(REVOKE_AT), form)


async def server_of(http: Http, pds: str) -> AuthServer | None:
    """Who gives tokens for an account's server, None where nobody does."""
    resource = await identities.fetch_json(http, f"{pds}/.well-known/oauth-protected-resource", before=pds)
    named = resource.get("authorization_servers")
    issuer = string(named[0]) if isinstance(named, list) and len(named) == 1 else ""
    return await metadata(http, issuer) if identities.may_lead_to(pds, issuer) else None


async def metadata(http: Http, issuer: str) -> AuthServer | None:
    """What an authorization server says of itself, None when it lacks what the network demands."""
    said = await identities.fetch_json(http, f"{issuer}/.well-known/oauth-authorization-server", before=issuer)
    names = ("authorization_endpoint", "token_endpoint", "pushed_authorization_request_endpoint")
    places = [string(said.get(name)) for name in names]
    good = all(identities.may_lead_to(issuer, place) for place in places)
    if said.get("issuer") != issuer or not good or ALGORITHM not in _list(said, "dpop_signing_alg_values_supported"):
        return None
    authorize, token, push = places
    revoke = string(said.get("revocation_endpoint"))
    return AuthServer(issuer, authorize, token, push, revoke if identities.may_lead_to(issuer, revoke) else "")


async def _ask(proofs: Proofs, http: Http, url: str, form: Mapping[str, str]) -> Obj:
    """One question to the authorization server. A lost answer is only Unreachable: nobody sees what it changed."""
    if not url:
        raise Rejected("the server has no such address", reason="not_supported")
    trust = Trust.TYPED if identities.is_loopback(url) else Trust.CONTENT
    response = await proofs.request(
        http, "POST", url, form=list(form.items()), trust=trust, write=False, follow=False, max_bytes=100_000
    )
    answer = _object(response)
    name = string(answer.get("error"))
    understood = name == WRONG_PROOF or response.status not in {401, 429}  # a bad proof (401) is no bad token
    if 400 <= response.status < 500 and understood and name:
        detail = f"{name}: {string(answer.get('error_description'))}"[:500]
        raise Rejected(f"sign-in: {response.status} {name}", reason="invalid", detail=detail)
    check(response, write=False, now=datetime.now(UTC))
    return answer


def _credential(answer: Obj, before: Credential) -> Credential:
    """Never with an empty token, and never with one that is not bound to the key."""
    access, refresh = string(answer.get("access_token")), string(answer.get("refresh_token"))
    if not access or not refresh or string(answer.get("token_type")).lower() != "dpop":
        raise Unreachable("an answer without tokens", reason="not_json")
    return Credential({**before.secrets, ACCESS: access, REFRESH: refresh})


def _object(response: Response) -> Obj:
    try:
        return obj(json.loads(response.body))
    except ValueError:
        return {}


def _list(said: Obj, name: str) -> list[object]:
    value = said.get(name)
    return value if isinstance(value, list) else []
