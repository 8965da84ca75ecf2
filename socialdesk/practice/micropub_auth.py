"""IndieAuth of the practice site: an authorization page that agrees at once, codes with PKCE, tokens, renewal."""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from socialdesk.practice.forms import read_form


@dataclass(frozen=True, slots=True)
class Grant:
    client_id: str
    scopes: frozenset[str]
    redirect_uri: str = ""
    challenge: str = ""


@dataclass
class IndieAuth:
    """Waiting codes and living tokens. `agrees`: what the person says on the authorization page."""

    base: str = ""
    name: str = ""
    photo: str = ""
    agrees: bool = True
    renews: bool = True
    me: str = ""  # whom the tokens are for, the site itself if empty
    codes: dict[str, Grant] = field(default_factory=dict)
    tokens: dict[str, Grant] = field(default_factory=dict)
    refresh: dict[str, Grant] = field(default_factory=dict)

    def add_to(self, router: web.UrlDispatcher) -> None:
        router.add_get("/auth", self.authorize)
        router.add_post("/token", self.token)
        router.add_post("/revoke", self.revoke)
        router.add_get("/.well-known/oauth-authorization-server", self.metadata)

    def give_token(self, *scopes: str, token: str = "") -> str:
        token = token or secrets.token_urlsafe(24)
        self.tokens[token] = Grant("", frozenset(scopes or ("create", "media", "delete")))
        return token

    async def metadata(self, _request: web.Request) -> web.Response:
        return web.json_response({
            "issuer": f"{self.base}/", "authorization_endpoint": f"{self.base}/auth",
            "token_endpoint": f"{self.base}/token", "revocation_endpoint": f"{self.base}/revoke",
            "scopes_supported": ["create", "update", "delete", "media", "profile"],
            "response_types_supported": ["code"], "grant_types_supported": ["authorization_code", "refresh_token"],
            "code_challenge_methods_supported": ["S256"], "authorization_response_iss_parameter_supported": True,
        })  # fmt: skip

    async def authorize(self, request: web.Request) -> web.Response:
        asked = request.query
        client_id, redirect_uri = asked.get("client_id", ""), asked.get("redirect_uri", "")
        if _origin(client_id) != _origin(redirect_uri) or not urlsplit(client_id).path:
            return web.Response(status=400, text="invalid redirect_uri for client_id")
        if asked.get("response_type") != "code" or asked.get("code_challenge_method") != "S256":
            return web.Response(status=400, text="invalid_request")
        answer = {"state": asked.get("state", ""), "iss": f"{self.base}/"}
        if not self.agrees:
            return _back(redirect_uri, {**answer, "error": "access_denied"})
        code = secrets.token_urlsafe(24)
        scopes = frozenset(asked.get("scope", "").split())
        self.codes[code] = Grant(client_id, scopes, redirect_uri, asked.get("code_challenge", ""))
        return _back(redirect_uri, {**answer, "code": code})

    async def token(self, request: web.Request) -> web.Response:
        asked = {name: str(value) for name, value in await read_form(request)}
        if asked.get("grant_type") == "refresh_token":
            grant = self.refresh.pop(asked.get("refresh_token", ""), None)
            if grant is None or grant.client_id != asked.get("client_id"):
                return _error("invalid_grant")
            return self._tokens(grant)
        grant = self.codes.pop(asked.get("code", ""), None)
        if (
            grant is None
            or asked.get("grant_type") != "authorization_code"
            or grant.client_id != asked.get("client_id")
        ):
            return _error("invalid_grant")
        if grant.redirect_uri != asked.get("redirect_uri") or not _proves(asked.get("code_verifier", ""), grant):
            return _error("invalid_grant")
        return self._tokens(grant)

    def _tokens(self, grant: Grant) -> web.Response:
        token = secrets.token_urlsafe(24)
        self.tokens[token] = grant
        answer: dict[str, object] = {
            "access_token": token,
            "token_type": "Bearer",
            "scope": " ".join(sorted(grant.scopes)),
            "me": self.me or f"{self.base}/",
        }
        if "profile" in grant.scopes:
            answer["profile"] = {"name": self.name, "url": f"{self.base}/", "photo": self.photo}
        if self.renews:
            answer["refresh_token"] = secrets.token_urlsafe(24)
            answer["expires_in"] = 3600
            self.refresh[str(answer["refresh_token"])] = grant
        return web.json_response(answer)

    async def revoke(self, request: web.Request) -> web.Response:
        asked = dict(await read_form(request))
        self.tokens.pop(str(asked.get("token", "")), None)
        return web.Response()


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _proves(verifier: str, grant: Grant) -> bool:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=") == grant.challenge


def _back(redirect_uri: str, answer: Mapping[str, str]) -> web.Response:
    return web.Response(status=302, headers={"Location": f"{redirect_uri}?{urlencode(answer)}"})


def _error(code: str) -> web.Response:
    return web.json_response({"error": code, "error_description": "The grant is not valid."}, status=400)
