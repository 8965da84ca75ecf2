"""Google's sign-in for the practice Blogger: desktop apps with PKCE, any loopback port, tokens of an hour."""

import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from socialdesk.practice.blogger_state import Refused
from socialdesk.practice.forms import read_form

SCOPE = "https://www.googleapis.com/auth/blogger"
LASTS = timedelta(seconds=3599)


@dataclass(frozen=True, slots=True)
class App:
    client_id: str
    secret: str


@dataclass(frozen=True, slots=True)
class Code:
    app: App
    redirect_uri: str
    challenge: str


@dataclass
class OAuth:
    now: Callable[[], datetime]
    refreshed: int = 0
    apps: dict[str, App] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    tokens: dict[str, datetime] = field(default_factory=dict)
    refresh_tokens: dict[str, App] = field(default_factory=dict)

    def add_to(self, router: web.UrlDispatcher) -> None:
        router.add_get("/o/oauth2/v2/auth", self.authorize)
        router.add_post("/token", self.token)
        router.add_post("/revoke", self.revoke)

    def register(self) -> App:
        name = f"{secrets.randbelow(10**12)}-{secrets.token_hex(16)}.apps.googleusercontent.com"
        app = App(name, f"GOCSPX-{secrets.token_urlsafe(21)}")
        self.apps[app.client_id] = app
        return app

    def give(self, app: App, *, renewable: bool = True) -> dict[str, object]:
        access = f"ya29.{secrets.token_urlsafe(60)}"
        self.tokens[access] = self.now() + LASTS
        answer: dict[str, object] = {
            "access_token": access,
            "expires_in": int(LASTS.total_seconds()),
            "scope": SCOPE,
            "token_type": "Bearer",
        }
        if renewable:
            answer["refresh_token"] = refresh = f"1//{secrets.token_urlsafe(60)}"
            self.refresh_tokens[refresh] = app
        return answer

    def check(self, request: web.Request) -> None:
        """Raises Refused unless the caller is signed in."""
        word, _, token = request.headers.get("Authorization", "").partition(" ")
        ends = self.tokens.get(token) if word == "Bearer" else None
        if ends is None or ends <= self.now():
            said = "Request had invalid authentication credentials. Expected OAuth 2 access token."
            raise Refused(401, "UNAUTHENTICATED", said, "authError")

    async def authorize(self, request: web.Request) -> web.Response:
        asked = request.query
        app, redirect = self.apps.get(asked.get("client_id", "")), asked.get("redirect_uri", "")
        wrong = urlsplit(redirect).hostname != "127.0.0.1" or asked.get("scope") != SCOPE
        wrong = wrong or asked.get("response_type") != "code" or asked.get("code_challenge_method") != "S256"
        if app is None or wrong:
            return web.Response(text="Access blocked: this app's request is invalid", status=400)
        code = f"4/{secrets.token_urlsafe(40)}"
        self.codes[code] = Code(app, redirect, asked.get("code_challenge", ""))
        back = {"state": asked.get("state", ""), "code": code, "scope": SCOPE}
        return web.Response(status=302, headers={"Location": f"{redirect}?{urlencode(back)}"})

    async def token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in await read_form(request)}
        app = self.apps.get(form.get("client_id", ""))
        if app is None or app.secret != form.get("client_secret"):
            return _error(401, "invalid_client", "The provided client secret is invalid.")
        if form.get("grant_type") == "refresh_token":
            if self.refresh_tokens.get(form.get("refresh_token", "")) != app:
                return _error(400, "invalid_grant", "Token has been expired or revoked.")
            self.refreshed += 1
            return web.json_response(self.give(app, renewable=False))
        code = self.codes.pop(form.get("code", ""), None)
        if code is None or code.app != app or code.redirect_uri != form.get("redirect_uri") or not _proves(form, code):
            return _error(400, "invalid_grant", "Bad Request")
        return web.json_response(self.give(app))

    async def revoke(self, request: web.Request) -> web.Response:
        form: Mapping[str, str] = {name: str(value) for name, value in await read_form(request)}
        token = form.get("token", "")
        if self.refresh_tokens.pop(token, None) is None and self.tokens.pop(token, None) is None:
            return _error(400, "invalid_token", "Token expired or revoked")
        self.tokens.clear()
        return web.json_response({})


def _proves(form: Mapping[str, str], code: Code) -> bool:
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=") == code.challenge


def _error(status: int, error: str, description: str) -> web.Response:
    return web.json_response({"error": error, "error_description": description}, status=status)
