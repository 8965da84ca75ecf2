"""Signing in with IndieAuth: the authorization code with PKCE, tokens and their renewal, signing out.

IndieAuth wants a client id that is an address. Ours is the loopback address that the browser comes back to: the
standard allows it for programs on the person's own machine (section 3.3), and the redirect then has the client id's
own origin, so that no page of ours has to list it. A site that wants a public page there takes a pasted token.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from socialdesk.core.account import Account, Credential, Identity
from socialdesk.core.errors import AuthExpired, Rejected, Unreachable
from socialdesk.core.network import BrowserStep
from socialdesk.core.tolerant import Obj, obj
from socialdesk.http import Http, NotJson, Response, check, oauth, pkce
from socialdesk.http.oauth import ACCESS, REFRESH, App
from socialdesk.http.values import decode_json
from socialdesk.networks.micropub.address import bare, may_carry_token, origin_of, site_address
from socialdesk.networks.micropub.client import Client, utc_now
from socialdesk.networks.micropub.discovery import Endpoints, discover, trust_of
from socialdesk.networks.micropub.facts import SCOPES
from socialdesk.networks.micropub.settings import ask_settings
from socialdesk.networks.micropub.tolerant import string, web

STATE_LENGTH = 32  # characters, 190 bits: all that some sites take


@dataclass(frozen=True, slots=True)
class Granted:
    """What an authorization came to: the endpoints of the site that was signed in to, its secrets, its profile."""

    endpoints: Endpoints
    credential: Credential
    profile: Obj


async def begin(http: Http, typed: str, redirect_uri: str) -> BrowserStep:
    """The address to open in the browser. Raises Rejected (no_micropub, no_indieauth, insecure)."""
    found = await discover(http, typed)
    if not found.authorization or not found.token:
        raise Rejected("the site names no IndieAuth endpoints", reason="no_indieauth")
    if not may_carry_token(found.token):
        raise Rejected("the token endpoint is not on HTTPS", reason="insecure")
    verifier, state = pkce.new_verifier(), pkce.new_state(STATE_LENGTH)
    wanted = [scope for scope, _ in SCOPES if not found.scopes or scope in found.scopes or scope == "create"]
    url = oauth.authorization_url(
        found.authorization,
        origin_of(redirect_uri),
        redirect_uri,
        scope=" ".join(wanted),
        state=state,
        verifier=verifier,
        me=found.site,
    )
    keep = {"server": found.site, "token_endpoint": found.token, "authorization_endpoint": found.authorization}
    return BrowserStep(url, redirect_uri, state, verifier, keep, found.issuer if found.names_itself else "")


async def exchange(http: Http, step: BrowserStep, code: str) -> Granted:
    """The token for a code, and the site it is for.

    Raises Rejected: invalid for a code that is wrong, used or too old, other_site for a site that names another
    authorization endpoint than the one that answered.
    """
    app = App(origin_of(step.redirect_uri))
    typed = step.keep.get("server", "")
    try:
        answer = await _tokens(
            http, typed, step.keep.get("token_endpoint", ""), oauth.code_question(step, code, app).form
        )
    except AuthExpired as error:
        raise Rejected("the code was not accepted", reason="invalid") from error
    credential = _credential(oauth.granted(answer, app, utc_now()))
    found = await discover(http, web(answer.get("me")) or typed)
    if found.authorization != step.keep.get("authorization_endpoint"):
        raise Rejected("another site than the one that was asked", reason="other_site")
    return Granted(found, credential, obj(answer.get("profile")))


async def renewed(http: Http, account: Account, credential: Credential) -> Credential:
    """Raises AuthExpired where there is nothing to renew with, or the site refuses it."""
    endpoint, old = account.facts.get("token_endpoint", ""), credential.get(REFRESH)
    if not endpoint or not old:
        raise AuthExpired("the site gave nothing to renew this token with")
    question = oauth.renewal_question(old, App.of(credential.secrets))
    with oauth.renewing():
        answer = await _tokens(http, account.server, endpoint, question.form)
    return oauth.renewed(answer, credential, utc_now())


async def revoke(http: Http, account: Account, credential: Credential) -> None:
    """Ends a token that came through the browser, where the site says how. One that is gone already is fine."""
    endpoint = account.facts.get("revocation_endpoint", "")
    if not endpoint or not may_carry_token(endpoint):
        return
    form = oauth.revocation_question(credential.get(ACCESS), App("")).form
    response = await http.request("POST", endpoint, form=form, trust=trust_of(endpoint, account.server), write=False)
    if response.status not in {400, 401, 403, 404}:
        check(response, write=False, now=utc_now())


def pasted(answers: Mapping[str, str]) -> Credential:
    """The credential of a pasted token. Raises `Rejected` (invalid) when there is none."""
    token = answers.get("token", "").strip()
    if not token or not oauth.is_plain(token):
        raise Rejected("not a token", reason="invalid")
    return Credential({ACCESS: token})


async def identity(client: Client, found: Endpoints, profile: Obj) -> Identity:
    """Proves the token by the site's own settings, which only it may ask for."""
    settings = await ask_settings(client)
    me = site_address(found.site)
    return Identity(
        remote_id=me,
        name=string(profile.get("name")) or bare(me),
        handle=bare(me),
        server=me.rstrip("/"),
        avatar_url=web(profile.get("photo")),
        facts={
            "me": me,
            "endpoint": found.micropub,
            "token_endpoint": found.token,
            "revocation_endpoint": found.revocation,
            "settings": settings.to_text(),
        },
    )


def _credential(granted: Credential) -> Credential:
    """The client id is needed again for a renewal alone."""
    dropped = () if granted.get(REFRESH) else (oauth.CLIENT_ID,)
    return Credential({name: value for name, value in granted.secrets.items() if name not in dropped})


async def _tokens(http: Http, site: str, endpoint: str, form: Mapping[str, Any]) -> Obj:
    """What a token endpoint answers: JSON, or a form from older sites. Refusals raise Rejected or AuthExpired."""
    if not may_carry_token(endpoint):
        raise Rejected("the token endpoint is not on HTTPS", reason="insecure")
    headers = {"Accept": "application/json"}
    trust = trust_of(endpoint, site)
    response = await http.request("POST", endpoint, form=form, headers=headers, trust=trust, write=False)
    check(response, write=False, now=utc_now())
    return _fields(response)


def _fields(response: Response) -> Obj:
    try:
        return obj(decode_json(response.body))
    except NotJson:
        fields = dict(parse_qsl(response.text()))
        if not fields:
            raise Unreachable("the answer has an unknown form", reason="invalid_answer") from None
        return fields
