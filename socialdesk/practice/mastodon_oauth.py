"""Sign-in of the practice Mastodon: app registration, an authorization page that agrees at once, tokens with scopes."""

import base64
import hashlib
import html
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from socialdesk.practice.forms import read_form
from socialdesk.practice.mastodon_state import Refused

OOB = "urn:ietf:wg:oauth:2.0:oob"
LOOPBACK = frozenset({"127.0.0.1", "::1"})
_AREAS = {
    "read": "accounts blocks bookmarks favourites filters follows lists mutes notifications search statuses",
    "write": "accounts blocks bookmarks conversations favourites filters follows lists media mutes notifications "
    "reports statuses",
}
SCOPES = ("profile", *_AREAS, *(f"{kind}:{area}" for kind, areas in _AREAS.items() for area in areas.split()))


@dataclass(frozen=True, slots=True)
class Grant:
    """A token's owner and scopes, or a code's with what the exchange must repeat."""

    person: str
    scopes: frozenset[str]
    client_id: str
    redirect_uri: str = ""
    challenge: str = ""

    def allows(self, wanted: str) -> bool:
        return not wanted or wanted in self.scopes or wanted.partition(":")[0] in self.scopes


@dataclass
class OAuth:
    """Registered apps, waiting codes, living tokens. `person` is who agrees on the authorization page.

    `names_itself`: its answers say who sent them (RFC 9207), as relatives of Mastodon do.
    """

    base: str = ""
    person: str = ""
    agrees: bool = True
    names_itself: bool = False
    known_scopes: tuple[str, ...] = SCOPES
    apps: dict[str, dict[str, Any]] = field(default_factory=dict)
    codes: dict[str, Grant] = field(default_factory=dict)
    tokens: dict[str, Grant] = field(default_factory=dict)

    def add_to(self, router: web.UrlDispatcher) -> None:
        router.add_post("/api/v1/apps", self.register)
        router.add_get("/oauth/authorize", self.authorize)
        router.add_post("/oauth/token", self.token)
        router.add_post("/oauth/revoke", self.revoke)
        router.add_get("/.well-known/oauth-authorization-server", self.metadata)

    def give_token(self, person: str, token: str = "", scopes: frozenset[str] = frozenset(SCOPES)) -> str:
        token = token or secrets.token_urlsafe(32)
        self.tokens[token] = Grant(person, scopes, "")
        return token

    def grant_of(self, request: web.Request) -> Grant | None:
        """Who asks; None = nobody in particular. Raises Refused for a token that is not accepted."""
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if not token:
            return None
        if kind.lower() != "bearer" or token not in self.tokens:
            raise Refused(401, "The access token is invalid")
        return self.tokens[token]

    async def register(self, request: web.Request) -> web.Response:
        asked = await fields(request)
        wanted = asked.get("redirect_uris", OOB)
        uris = wanted if isinstance(wanted, list) else str(wanted).split()
        scopes = str(asked.get("scopes", "read")).split()
        if not asked.get("client_name") or not uris or not set(scopes) <= set(self.known_scopes):
            return web.json_response({"error": "Validation failed"}, status=422)
        app = {
            "id": str(len(self.apps) + 1), "name": asked["client_name"], "website": asked.get("website"),
            "scopes": scopes, "redirect_uri": "\n".join(uris), "redirect_uris": uris,
            "client_id": secrets.token_urlsafe(32), "client_secret": secrets.token_urlsafe(32),
            "client_secret_expires_at": 0, "vapid_key": "BCkMmVdKDnKYwzVCDC99Iuc9GvId",
        }  # fmt: skip
        self.apps[app["client_id"]] = app
        return web.json_response(app)

    async def authorize(self, request: web.Request) -> web.Response:
        asked = request.query
        app = self.apps.get(asked.get("client_id", ""))
        redirect_uri = asked.get("redirect_uri", "")
        scopes = frozenset(asked.get("scope", "read").split())
        if app is None or not self._registered(app, redirect_uri) or asked.get("response_type") != "code":
            return web.Response(status=400, text="Client authentication failed or the redirect address is not known.")
        if not self.agrees or not scopes <= set(app["scopes"]):
            error = "access_denied" if not self.agrees else "invalid_scope"
            return _back(redirect_uri, {"error": error, "state": asked.get("state", ""), **self._issuer()})
        code = secrets.token_urlsafe(32)
        challenge = asked.get("code_challenge", "")
        self.codes[code] = Grant(self.person, scopes, app["client_id"], redirect_uri, challenge)
        return _back(redirect_uri, {"code": code, "state": asked.get("state", ""), **self._issuer()})

    def _issuer(self) -> dict[str, str]:
        return {"iss": f"{self.base}/"} if self.names_itself else {}

    def _registered(self, app: Mapping[str, Any], uri: str) -> bool:
        """As Doorkeeper compares: the same, or a loopback IP address with another port."""
        if uri in app["redirect_uris"]:
            return True
        asked = urlsplit(uri)
        known = [urlsplit(k) for k in app["redirect_uris"]]
        return asked.hostname in LOOPBACK and any(k.hostname == asked.hostname and k.path == asked.path for k in known)

    async def token(self, request: web.Request) -> web.Response:
        asked = await fields(request)
        app = self.apps.get(str(asked.get("client_id", "")))
        if app is None or asked.get("client_secret") != app["client_secret"]:
            return _oauth_error(401, "invalid_client")
        grant = self.codes.pop(str(asked.get("code", "")), None)
        if asked.get("grant_type") != "authorization_code" or grant is None or grant.client_id != app["client_id"]:
            return _oauth_error(400, "invalid_grant")
        if asked.get("redirect_uri") != grant.redirect_uri or not _proves(str(asked.get("code_verifier", "")), grant):
            return _oauth_error(400, "invalid_grant")
        token = secrets.token_urlsafe(32)
        self.tokens[token] = Grant(grant.person, grant.scopes, grant.client_id)
        scope = " ".join(sorted(grant.scopes))
        return web.json_response(
            {"access_token": token, "token_type": "Bearer", "scope": scope, "created_at": 1_770_000_000}
        )

    async def revoke(self, request: web.Request) -> web.Response:
        asked = await fields(request)
        token = str(asked.get("token", ""))
        grant = self.tokens.get(token)
        if str(asked.get("client_id", "")) not in self.apps or (grant and grant.client_id != asked.get("client_id")):
            return _oauth_error(403, "unauthorized_client")
        self.tokens.pop(token, None)
        return web.json_response({})

    async def metadata(self, _request: web.Request) -> web.Response:
        return web.json_response({
            "issuer": f"{self.base}/", "service_documentation": "https://docs.joinmastodon.org/",
            "authorization_endpoint": f"{self.base}/oauth/authorize", "token_endpoint": f"{self.base}/oauth/token",
            "userinfo_endpoint": f"{self.base}/oauth/userinfo",
            "app_registration_endpoint": f"{self.base}/api/v1/apps", "revocation_endpoint": f"{self.base}/oauth/revoke",
            "scopes_supported": self.known_scopes, "response_types_supported": ["code"],
            "response_modes_supported": ["query", "fragment", "form_post"],
            "grant_types_supported": ["authorization_code", "client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
            **({"authorization_response_iss_parameter_supported": True} if self.names_itself else {}),
        })  # fmt: skip


async def fields(request: web.Request) -> dict[str, Any]:
    """Parameters of a JSON or form body; `name[]` of a form becomes a list under `name`."""
    if request.content_type == "application/json":
        data = await request.json()
        return data if isinstance(data, dict) else {}
    found: dict[str, Any] = {}
    for name, value in await read_form(request):
        if name.endswith("[]"):
            found.setdefault(name[:-2], []).append(value)
        else:
            found[name] = value
    return found


def _proves(verifier: str, grant: Grant) -> bool:
    if not grant.challenge:
        return True
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=") == grant.challenge


def _back(redirect_uri: str, answer: Mapping[str, str]) -> web.Response:
    if redirect_uri == OOB:
        shown = html.escape(answer.get("code", answer.get("error", "")))
        return web.Response(text=f"<p>Your code:</p><code>{shown}</code>", content_type="text/html")
    joint = "&" if "?" in redirect_uri else "?"
    return web.Response(status=302, headers={"Location": redirect_uri + joint + urlencode(answer)})


def _oauth_error(status: int, error: str) -> web.Response:
    return web.json_response({"error": error, "error_description": "The grant or the app is not valid."}, status=status)
