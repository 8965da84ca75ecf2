"""Sign-in of the practice Bluesky through the browser: pushed requests, a page to agree on, tokens bound to a key.

Wire forms and words as of the reference server (@atproto/oauth-provider).
"""

import base64
import hashlib
import html
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from aiohttp import web

from socialdesk.practice.bluesky_dpop import BadProof, Proofs
from socialdesk.practice.forms import read_form

Json = dict[str, Any]
Finds = Callable[[str], str]  # the DID of a handle or DID, '' = nobody's

SCOPES = ("atproto", "transition:generic", "transition:email", "transition:chat.bsky")
REQUEST_PREFIX = "urn:ietf:params:oauth:request_uri:"
ACCESS_LIVES = timedelta(minutes=60)


@dataclass(frozen=True, slots=True)
class Request:
    """What was pushed, and by the holder of which key."""

    client_id: str
    redirect_uri: str
    scope: str
    state: str
    challenge: str
    hint: str
    key: str


@dataclass
class Grant:
    """One session. `spent` are refresh tokens that were replaced: who shows one has stolen it."""

    did: str
    client_id: str
    scope: str
    key: str
    access: str = ""
    refresh: str = ""
    ends: datetime | None = None
    spent: set[str] = field(default_factory=set)


class OAuth:
    """`agrees`: what the person says on the page."""

    def __init__(self, now: Callable[[], datetime], find: Finds, issued: list[str]) -> None:
        self.base = ""
        self.agrees = True
        self.signs_in_as = ""  # a handle; '' = the one that the request hints at
        self.grants: list[Grant] = []
        self.proofs = Proofs(now)
        self._now = now
        self._find = find
        self._issued = issued  # so that tests can look for tokens where they must not be
        self._requests: dict[str, Request] = {}
        self._codes: dict[str, tuple[Request, str]] = {}

    def add_to(self, router: web.UrlDispatcher) -> None:
        router.add_get("/.well-known/oauth-protected-resource", self._resource)
        router.add_get("/.well-known/oauth-authorization-server", self._metadata)
        router.add_post("/oauth/par", self._push)
        router.add_get("/oauth/authorize", self._authorize)
        router.add_post("/oauth/token", self._token)
        router.add_post("/oauth/revoke", self._revoke)

    def expire_access(self) -> None:
        """Every access token so far is expired; sessions can be refreshed."""
        for grant in self.grants:
            grant.access = ""

    def revoke_all(self) -> None:
        self.grants.clear()

    def did_of(self, request: web.Request, token: str) -> str:
        """Whose request it is. Raises BadProof."""
        key = self.proofs.holder(request, self.base, token)
        grant = next((grant for grant in self.grants if token and grant.access == token), None)
        if grant is None or grant.ends is None or grant.ends <= self._now():
            raise BadProof("invalid_token", '"exp" claim timestamp check failed')
        if grant.key != key:
            raise BadProof("invalid_token", "Invalid DPoP key binding")
        return grant.did

    # metadata

    async def _resource(self, _request: web.Request) -> web.Response:
        return web.json_response({
            "resource": self.base, "authorization_servers": [self.base], "scopes_supported": [],
            "bearer_methods_supported": ["header"], "resource_documentation": "https://atproto.com",
        })  # fmt: skip

    async def _metadata(self, _request: web.Request) -> web.Response:
        return web.json_response({
            "issuer": self.base, "scopes_supported": SCOPES, "subject_types_supported": ["public"],
            "response_types_supported": ["code"], "response_modes_supported": ["query", "fragment", "form_post"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "code_challenge_methods_supported": ["S256"], "authorization_response_iss_parameter_supported": True,
            "authorization_endpoint": f"{self.base}/oauth/authorize", "token_endpoint": f"{self.base}/oauth/token",
            "token_endpoint_auth_methods_supported": ["none", "private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["ES256"],
            "revocation_endpoint": f"{self.base}/oauth/revoke",
            "pushed_authorization_request_endpoint": f"{self.base}/oauth/par",
            "require_pushed_authorization_requests": True, "dpop_signing_alg_values_supported": ["ES256"],
            "protected_resources": [self.base], "client_id_metadata_document_supported": True,
        })  # fmt: skip

    # the way through

    async def _push(self, request: web.Request) -> web.Response:
        asked = await _fields(request)
        try:
            key = self.proofs.holder(request, self.base)
        except BadProof as no:
            return self._no(no.name, no.message)
        problem = _problem(asked)
        if problem:
            return self._no(*problem)
        uri = f"{REQUEST_PREFIX}req-{secrets.token_hex(16)}"
        self._requests[uri] = Request(
            asked["client_id"],
            asked["redirect_uri"],
            asked["scope"],
            asked["state"],
            asked["code_challenge"],
            asked.get("login_hint", ""),
            key,
        )
        return self._answer({"request_uri": uri, "expires_in": 299}, 201)

    async def _authorize(self, request: web.Request) -> web.Response:
        """The page, which agrees at once: what is shown to people is not practised here."""
        asked = self._requests.pop(request.query.get("request_uri", ""), None)
        if asked is None or request.query.get("client_id") != asked.client_id:
            page = "<h1>This sign-in has ended</h1><p>Start again in the program.</p>"
            return web.Response(status=400, text=page, content_type="text/html")
        did = self._find(self.signs_in_as or asked.hint)
        answer = {"iss": self.base, "state": asked.state}
        if not self.agrees or not did:
            answer |= {"error": "access_denied", "error_description": "The user rejected the request"}
        else:
            code = f"cod-{secrets.token_hex(32)}"
            self._codes[code] = (asked, did)
            self._issued.append(code)
            answer["code"] = code
        back = f"{asked.redirect_uri}?{urlencode(answer)}"
        page = f'<p>Back to <a href="{html.escape(back)}">the program</a></p>'
        return web.Response(status=303, headers={"Location": back}, text=page, content_type="text/html")

    async def _token(self, request: web.Request) -> web.Response:
        asked = await _fields(request)
        try:
            key = self.proofs.holder(request, self.base)
        except BadProof as no:
            return self._no(no.name, no.message)
        match asked.get("grant_type"):
            case "authorization_code":
                return self._exchange(asked, key)
            case "refresh_token":
                return self._refresh(asked, key)
        return self._no("unsupported_grant_type", "Grant type is not supported")

    def _exchange(self, asked: Mapping[str, str], key: str) -> web.Response:
        pushed, did = self._codes.pop(asked.get("code", ""), (None, ""))
        if pushed is None or (asked.get("client_id"), asked.get("redirect_uri")) != (
            pushed.client_id,
            pushed.redirect_uri,
        ):
            return self._no("invalid_grant", "Invalid code")
        if key != pushed.key or _challenge(asked.get("code_verifier", "")) != pushed.challenge:
            return self._no("invalid_grant", "Invalid code_verifier or DPoP key")
        grant = Grant(did, pushed.client_id, pushed.scope, key)
        self.grants.append(grant)
        return self._tokens(grant)

    def _refresh(self, asked: Mapping[str, str], key: str) -> web.Response:
        shown = asked.get("refresh_token", "")
        for grant in self.grants:
            if shown and shown in grant.spent:
                self.grants.remove(grant)
                return self._no("invalid_grant", "Refresh token replayed")
            if shown and shown == grant.refresh:
                if grant.key != key or grant.client_id != asked.get("client_id"):
                    return self._no("invalid_grant", "Invalid DPoP key or client")
                return self._tokens(grant)
        return self._no("invalid_grant", "Invalid refresh token")

    def _tokens(self, grant: Grant) -> web.Response:
        """The next pair. The one before is worth nothing now."""
        grant.spent |= {grant.refresh} - {""}
        grant.access, grant.refresh = f"acc-{secrets.token_hex(32)}", f"ref-{secrets.token_hex(32)}"
        grant.ends = self._now() + ACCESS_LIVES
        self._issued += [grant.access, grant.refresh]
        return self._answer({
            "access_token": grant.access, "token_type": "DPoP", "refresh_token": grant.refresh, "scope": grant.scope,
            "expires_in": int(ACCESS_LIVES.total_seconds()), "sub": grant.did,
        })  # fmt: skip

    async def _revoke(self, request: web.Request) -> web.Response:
        token = (await _fields(request)).get("token", "")
        self.grants = [grant for grant in self.grants if token not in {grant.access, grant.refresh}]
        return self._answer({})

    def _answer(self, answer: Json, status: int = 200) -> web.Response:
        date = format_datetime(self._now(), usegmt=True)
        return web.json_response(answer, status=status, headers={"DPoP-Nonce": self.proofs.nonce(), "Date": date})

    def _no(self, error: str, words: str) -> web.Response:
        status = 401 if error == "invalid_dpop_proof" else 400
        return self._answer({"error": error, "error_description": words}, status)


async def _fields(request: web.Request) -> dict[str, str]:
    return {name: value for name, value in await read_form(request) if isinstance(value, str)}


def _problem(asked: Mapping[str, str]) -> tuple[str, str] | None:
    """What is wrong with a pushed request: error and words, None = nothing."""
    client = urlsplit(asked.get("client_id", ""))
    described = parse_qs(client.query)
    if (client.scheme, client.netloc) != ("http", "localhost") or client.path not in {"", "/"}:
        return "invalid_client_id", "Only loopback clients are known here"
    if set(described) - {"redirect_uri", "scope"}:
        return "invalid_client", "Unexpected query parameter"
    if not any(_same_place(asked.get("redirect_uri", ""), known) for known in described.get("redirect_uri", ())):
        return "invalid_request", "Invalid redirect_uri"
    scopes = asked.get("scope", "").split()
    if "atproto" not in scopes or not set(scopes) <= set(described.get("scope", ["atproto"])[0].split()) & set(SCOPES):
        return "invalid_scope", "Scope is not registered for the client"
    if asked.get("response_type") != "code" or asked.get("code_challenge_method") != "S256":
        return "invalid_request", "PKCE with S256 is required"
    if not asked.get("code_challenge") or not asked.get("state"):
        return "invalid_request", "code_challenge and state are required"
    return None


def _same_place(asked: str, known: str) -> bool:
    """A loopback address with any port (RFC 8252 section 7.3); the name `localhost` is refused."""
    one, other = urlsplit(asked), urlsplit(known)
    return (one.scheme, one.hostname, one.path, one.query) == (
        "http",
        other.hostname,
        other.path,
        other.query,
    ) and one.hostname in {"127.0.0.1", "::1"}


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
