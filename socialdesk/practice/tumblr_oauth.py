"""Sign-in of the practice Tumblr: apps with a secret and exact addresses, tokens of 42 minutes that rotate."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from socialdesk.practice.oauth import Books, back, fields, refusal
from socialdesk.practice.tumblr_wire import Refused

LASTS = timedelta(seconds=2520)
CALLBACK = "http://127.0.0.1:51770/callback"
SCOPES = frozenset({"basic", "write", "offline_access"})


@dataclass(frozen=True, slots=True)
class App:
    key: str
    secret: str
    callback: str = CALLBACK


@dataclass(frozen=True, slots=True)
class Grant:
    scopes: frozenset[str]
    app: App
    ends: datetime
    redirect_uri: str = ""


@dataclass
class OAuth(Books[App, Grant]):
    def add_to(self, router: web.UrlDispatcher) -> None:
        router.add_get("/oauth2/authorize", self.authorize)
        router.add_post("/v2/oauth2/token", self.token)

    def register(self, callback: str = CALLBACK) -> App:
        app = App(secrets.token_urlsafe(37), secrets.token_urlsafe(37), callback)
        self.apps[app.key] = app
        return app

    def give(self, app: App, scopes: frozenset[str]) -> dict[str, object]:
        access = secrets.token_urlsafe(40)
        self.tokens[access] = Grant(scopes, app, self.now() + LASTS)
        answer: dict[str, object] = {
            "access_token": access,
            "expires_in": int(LASTS.total_seconds()),
            "id_token": False,
            "scope": " ".join(sorted(scopes)),
            "token_type": "bearer",
        }
        if "offline_access" in scopes:
            answer["refresh_token"] = refresh = secrets.token_urlsafe(40)
            self.refresh_tokens[refresh] = Grant(scopes, app, self.now() + timedelta(days=365))
        return answer

    def check(self, request: web.Request, scope: str = "basic") -> None:
        """Raises Refused unless the caller may."""
        grant = self.bearer(request)
        if grant is None or grant.ends <= self.now():
            raise Refused(401, 1016, "Unable to authorize")
        if scope not in grant.scopes:
            raise Refused(403, 0, f"The scope {scope} is needed")

    async def authorize(self, request: web.Request) -> web.Response:
        asked = request.query
        app, redirect = self.asking(request)
        scopes = frozenset(asked.get("scope", "").split())
        wrong = app is None or redirect != app.callback or asked.get("response_type") != "code"
        if app is None or wrong or not scopes or not scopes <= SCOPES or not asked.get("state"):
            return web.Response(text="Oops! Bad request.", status=400)
        if not self.agrees:
            return back(redirect, {"error": "access_denied", "state": asked["state"]})
        code = secrets.token_urlsafe(40)
        self.codes[code] = Grant(scopes, app, self.now() + timedelta(minutes=5), redirect)
        return back(redirect, {"code": code, "state": asked["state"]})

    async def token(self, request: web.Request) -> web.Response:
        form = await fields(request)
        app = self.apps.get(form.get("client_id", ""))
        if app is None or form.get("client_secret") != app.secret:
            return refusal(401, "invalid_client", "The client credentials are invalid")
        if form.get("grant_type") == "refresh_token":
            grant = self.refresh_tokens.get(form.get("refresh_token", ""))
            if grant is None or grant.app != app:
                return refusal(400, "invalid_grant", "Invalid refresh token")
            del self.refresh_tokens[form["refresh_token"]]
            self.refreshed += 1
            return web.json_response(self.give(app, grant.scopes))
        grant = self.codes.pop(form.get("code", ""), None)
        if form.get("grant_type") != "authorization_code" or grant is None or grant.app != app:
            return refusal(400, "invalid_grant", "Authorization code doesn't exist or is invalid for the client")
        if grant.redirect_uri != form.get("redirect_uri") or grant.ends < self.now():
            return refusal(400, "redirect_uri_mismatch", "The redirect URI is missing or do not match")
        return web.json_response(self.give(app, grant.scopes))
