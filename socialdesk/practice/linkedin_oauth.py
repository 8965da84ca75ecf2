"""Sign-in of the practice LinkedIn: apps with exact redirect addresses, codes, tokens, for some one to renew with."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from socialdesk.practice.linkedin_wire import Refused
from socialdesk.practice.oauth import Books, back, fields, proves, refusal

LASTS = timedelta(days=60)
RENEWABLE = timedelta(days=365)
CALLBACK = "http://127.0.0.1:51769/callback"
MEMBER = frozenset({"openid", "profile", "w_member_social"})
PAGE = frozenset({"r_organization_social", "w_organization_social", "rw_organization_admin"})
COMMENTS = "w_member_social_feed"


@dataclass(frozen=True, slots=True)
class App:
    """`native`: LinkedIn has switched on PKCE without a secret. `renews`: it gives tokens to renew with."""

    client_id: str
    secret: str
    scopes: frozenset[str]
    callbacks: tuple[str, ...] = (CALLBACK,)
    native: bool = False
    renews: bool = False


@dataclass(frozen=True, slots=True)
class Grant:
    scopes: frozenset[str]
    app: App
    ends: datetime
    redirect_uri: str = ""
    challenge: str = ""


@dataclass
class OAuth(Books[App, Grant]):
    """`unknown_at_first`: how often a new token is refused before it is known everywhere."""

    unknown_at_first: int = 0

    def add_to(self, router: web.UrlDispatcher) -> None:
        router.add_get("/oauth/v2/authorization", self.authorize)
        router.add_get("/oauth/native-pkce/authorization", self.authorize)
        router.add_post("/oauth/v2/accessToken", self.token)
        router.add_post("/oauth/v2/revoke", self.revoke)

    def register(self, scopes: frozenset[str] = MEMBER, *, native: bool = False, renews: bool = False) -> App:
        app = App(secrets.token_hex(7), secrets.token_urlsafe(12), scopes, native=native, renews=renews)
        self.apps[app.client_id] = app
        return app

    def give(self, app: App, scopes: frozenset[str]) -> dict[str, object]:
        access = secrets.token_urlsafe(90)
        self.tokens[access] = Grant(scopes, app, self.now() + LASTS)
        answer: dict[str, object] = {
            "access_token": access,
            "expires_in": int(LASTS.total_seconds()),
            "scope": ",".join(sorted(scopes)),
            "token_type": "Bearer",
        }
        if app.renews:
            refresh = secrets.token_urlsafe(90)
            self.refresh_tokens[refresh] = Grant(scopes, app, self.now() + RENEWABLE)
            answer |= {"refresh_token": refresh, "refresh_token_expires_in": int(RENEWABLE.total_seconds())}
        return answer

    def scopes_of(self, request: web.Request) -> frozenset[str]:
        """What the caller may do. Raises Refused."""
        grant = self.bearer(request)
        if grant is None:
            raise Refused(401, "INVALID_ACCESS_TOKEN", "Invalid access token", 65600)
        if self.unknown_at_first > 0:
            self.unknown_at_first -= 1
            raise Refused(401, "REVOKED_ACCESS_TOKEN", "The token used in the request has been revoked", 65601)
        if grant.ends <= self.now():
            raise Refused(401, "EXPIRED_ACCESS_TOKEN", "The token used in the request has expired", 65602)
        return grant.scopes

    async def authorize(self, request: web.Request) -> web.Response:
        asked = request.query
        app, redirect = self.asking(request)
        native = request.path.startswith("/oauth/native-pkce/")
        if app is None or redirect not in app.callbacks or not asked.get("state") or native > app.native:
            return web.Response(text="Bummer, something went wrong.", status=400)
        scopes = frozenset(asked.get("scope", "").split())
        state = asked["state"]
        if asked.get("response_type") != "code" or (native and asked.get("code_challenge_method") != "S256"):
            return back(redirect, {"error": "invalid_request", "state": state})
        if not scopes or not scopes <= app.scopes:
            return back(redirect, {"error": "unauthorized_scope_error", "state": state})
        if not self.agrees:
            return back(redirect, {"error": "user_cancelled_authorize", "state": state})
        code = secrets.token_urlsafe(60)
        until = self.now() + timedelta(minutes=30)
        self.codes[code] = Grant(scopes, app, until, redirect, asked.get("code_challenge", ""))
        return back(redirect, {"code": code, "state": state})

    async def token(self, request: web.Request) -> web.Response:
        form = await fields(request)
        app = self.apps.get(form.get("client_id", ""))
        if app is None:
            return refusal(401, "invalid_client", "Client authentication failed")
        if form.get("grant_type") == "refresh_token":
            return self._refresh(app, form)
        grant = self.codes.pop(form.get("code", ""), None)
        known = grant is not None and grant.app == app and grant.redirect_uri == form.get("redirect_uri")
        if form.get("grant_type") != "authorization_code" or grant is None or not known:
            said = "Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code"
            return refusal(400, "invalid_request", said)
        if not (
            proves(form.get("code_verifier", ""), grant.challenge)
            if grant.challenge
            else form.get("client_secret") == app.secret
        ):
            return refusal(401, "invalid_client", "Client authentication failed")
        return web.json_response(self.give(app, grant.scopes))

    def _refresh(self, app: App, form: Mapping[str, str]) -> web.Response:
        grant = self.refresh_tokens.get(form.get("refresh_token", ""))
        if grant is None or grant.app != app or form.get("client_secret") != app.secret:
            return refusal(400, "invalid_grant", "The provided authorization grant or refresh token is invalid")
        self.refreshed += 1
        answer = self.give(app, grant.scopes)
        self.refresh_tokens.pop(str(answer.pop("refresh_token", "")), None)
        return web.json_response({**answer, "refresh_token": form["refresh_token"]})

    async def revoke(self, request: web.Request) -> web.Response:
        form = await fields(request)
        if form.get("client_id") not in self.apps:
            return refusal(401, "invalid_client", "Client authentication failed")
        self.tokens.pop(form.get("token", ""), None)
        return web.Response()
