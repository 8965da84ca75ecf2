"""Sign-in of the practice X: apps with exact callback addresses, PKCE, tokens of two hours that rotate."""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import unquote

from aiohttp import web

from socialdesk.practice.oauth import Books, back, fields, proves, refusal
from socialdesk.practice.x_refusals import unauthorized

LASTS = timedelta(hours=2)
CALLBACK = "http://127.0.0.1:51768/callback"
SCOPES = frozenset(
    f"{area}.{right}"
    for area in ("tweet", "users", "like", "bookmark", "list", "follows", "mute", "block", "media", "space", "offline")
    for right in ("read", "write", "access")
    if (right == "access") == (area == "offline") and (area, right) not in {("media", "read"), ("space", "write")}
)


@dataclass(frozen=True, slots=True)
class App:
    """`secret` is empty for a native app. `callbacks` are compared to the letter."""

    client_id: str
    secret: str = ""
    callbacks: tuple[str, ...] = (CALLBACK,)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a code or a token gives, and what the exchange of a code must repeat."""

    user: str
    scopes: frozenset[str]
    client_id: str
    ends: datetime | None = None
    redirect_uri: str = ""
    challenge: str = ""


@dataclass
class OAuth(Books[App, Grant]):
    """`user` is who agrees on the authorization page."""

    user: str = ""

    def add_to(self, router: web.UrlDispatcher) -> None:
        router.add_get("/i/oauth2/authorize", self.authorize)
        router.add_post("/2/oauth2/token", self.token)
        router.add_post("/2/oauth2/revoke", self.revoke)

    def register(self, *, secret: bool = False) -> App:
        app = App(secrets.token_urlsafe(25), secrets.token_urlsafe(37) if secret else "")
        self.apps[app.client_id] = app
        return app

    def give(self, grant: Grant) -> dict[str, object]:
        """A new pair of tokens as the wire shows it."""
        access = secrets.token_urlsafe(60)
        self.tokens[access] = Grant(grant.user, grant.scopes, grant.client_id, self.now() + LASTS)
        answer: dict[str, object] = {
            "token_type": "bearer",
            "expires_in": int(LASTS.total_seconds()),
            "access_token": access,
            "scope": " ".join(sorted(grant.scopes)),
        }
        if "offline.access" in grant.scopes:
            answer["refresh_token"] = refresh = secrets.token_urlsafe(60)
            self.refresh_tokens[refresh] = grant
        return answer

    def expire(self) -> None:
        """All access tokens are two hours old."""
        self.tokens.clear()

    def grant_of(self, request: web.Request) -> Grant:
        """Who asks. Raises Refused."""
        grant = self.bearer(request)
        if grant is None or (grant.ends is not None and grant.ends <= self.now()):
            raise unauthorized()
        return grant

    async def authorize(self, request: web.Request) -> web.Response:
        asked = request.query
        app, redirect = self.asking(request)
        if app is None or redirect not in app.callbacks:
            said = "Callback URL not approved for this client application. Approved callback URLs can be adjusted in "
            said += "your application settings"
            return web.json_response({"errors": [{"code": 415, "message": said}]}, status=400)
        scopes = frozenset(asked.get("scope", "").split())
        wrong = asked.get("response_type") != "code" or not scopes or not scopes <= SCOPES
        wrong = wrong or asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge")
        wrong = wrong or not 0 < len(asked.get("state", "")) <= 500
        if wrong:
            return web.json_response({"error": "invalid_request"}, status=400)
        if not self.agrees:
            return back(redirect, {"error": "access_denied", "state": asked["state"]})
        code = secrets.token_urlsafe(60)
        self.codes[code] = Grant(
            self.user,
            scopes,
            app.client_id,
            self.now() + timedelta(seconds=30),
            redirect,
            asked["code_challenge"],
        )
        return back(redirect, {"state": asked["state"], "code": code})

    async def token(self, request: web.Request) -> web.Response:
        form = await fields(request)
        app = self._app(request, form)
        if app is None:
            return refusal(401, "unauthorized_client", "Missing valid authorization header")
        if form.get("grant_type") == "refresh_token":
            return self._refresh(app, form)
        grant = self.codes.pop(form.get("code", ""), None)
        if form.get("grant_type") != "authorization_code" or grant is None or grant.client_id != app.client_id:
            return refusal(400, "invalid_request", "Value passed for the authorization code was invalid.")
        late = grant.ends is not None and grant.ends < self.now()
        if (
            late
            or form.get("redirect_uri") != grant.redirect_uri
            or not proves(form.get("code_verifier", ""), grant.challenge)
        ):
            return refusal(400, "invalid_request", "Value passed for the code verifier was invalid.")
        return web.json_response(self.give(grant))

    def _refresh(self, app: App, form: Mapping[str, str]) -> web.Response:
        grant = self.refresh_tokens.get(form.get("refresh_token", ""))
        if grant is None or grant.client_id != app.client_id:
            return refusal(400, "invalid_request", "Value passed for the token was invalid.")
        del self.refresh_tokens[form["refresh_token"]]
        self.refreshed += 1
        return web.json_response(self.give(grant))

    async def revoke(self, request: web.Request) -> web.Response:
        form = await fields(request)
        if self._app(request, form) is None:
            return refusal(401, "unauthorized_client", "Missing valid authorization header")
        token = form.get("token", "")
        self.tokens.pop(token, None)
        self.refresh_tokens.pop(token, None)
        return web.json_response({"revoked": True})

    def _app(self, request: web.Request, form: Mapping[str, str]) -> App | None:
        """A native app names itself in the form, another one proves its secret by HTTP Basic."""
        word, _, pair = request.headers.get("Authorization", "").partition(" ")
        if word.lower() != "basic":
            app = self.apps.get(form.get("client_id", ""))
            return app if app and not app.secret else None
        name, _, secret = base64.b64decode(pair).decode().partition(":")
        app = self.apps.get(unquote(name))
        return app if app and app.secret and app.secret == unquote(secret) else None
