"""Sign-in of the practice Threads: redirects to HTTPS only, tokens of an hour and of sixty days."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from socialdesk.practice.facebook_refusals import GraphError, bad_token, parameter

SHORT, LONG, YOUNG = timedelta(hours=1), timedelta(days=60), timedelta(days=1)
SCOPES = frozenset({
    "threads_basic", "threads_content_publish", "threads_manage_replies", "threads_read_replies",
    "threads_manage_insights", "threads_keyword_search", "threads_manage_mentions", "threads_delete",
    "threads_location_tagging", "threads_profile_discovery",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    given: datetime
    ends: datetime
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class App:
    id: str
    secret: str
    redirect: str


@dataclass
class OAuth:
    """`refreshed` counts renewals."""

    now: Callable[[], datetime]
    user: str = ""
    agrees: bool = True
    refreshed: int = 0
    apps: dict[str, App] = field(default_factory=dict)
    codes: dict[str, tuple[str, str, frozenset[str]]] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)

    def register(self, redirect: str = "https://northwind.example/") -> App:
        app = App(str(2_000_000_000_000_000 + len(self.apps)), secrets.token_hex(16), redirect)
        self.apps[app.id] = app
        return app

    def give(self, lasts: timedelta = LONG, *, age: timedelta = timedelta(0), scopes: frozenset[str] = SCOPES) -> str:
        token = f"TH{secrets.token_urlsafe(60).replace('-', 'x').replace('_', 'y')}"
        given = self.now() - age
        self.tokens[token] = Token(given, given + lasts, scopes)
        return token

    def owner(self, token: str) -> Token:
        """Raises GraphError for a token that is not good, or not any more."""
        found = self.tokens.get(token)
        if found is None:
            raise bad_token()
        if found.ends <= self.now():
            raise bad_token(463, "Session has expired")
        return found

    async def authorize(self, request: web.Request) -> web.StreamResponse:
        asked = request.query
        app, back = self.apps.get(asked.get("client_id", "")), asked.get("redirect_uri", "")
        if app is None or back != app.redirect or urlsplit(back).scheme != "https":
            return web.Response(status=400, text="Invalid redirect_uri")
        scopes = frozenset(asked.get("scope", "").split(","))
        if scopes - SCOPES or "threads_basic" not in scopes:
            return web.Response(status=400, text="Invalid scope")
        answer = {"state": asked.get("state", "")}
        if self.agrees:
            code = secrets.token_urlsafe(40)
            self.codes[code] = (app.id, back, scopes)
            answer = {"code": code, **answer}
        else:
            answer = {"error": "access_denied", **answer}
        return web.Response(status=302, headers={"Location": f"{back}?{urlencode(answer)}#_"})

    def exchange(self, asked: Mapping[str, str]) -> dict[str, object]:
        """A code for a token of an hour. Raises GraphError."""
        app = self.apps.get(asked.get("client_id", ""))
        if app is None or asked.get("client_secret") != app.secret:
            raise GraphError(1, "Error validating client secret.")
        code = self.codes.pop(asked.get("code", ""), None)
        if code is None or code[:2] != (app.id, asked.get("redirect_uri")):
            raise parameter("Invalid verification code format.")
        return {"access_token": self.give(SHORT, scopes=code[2]), "user_id": int(self.user)}

    def lasting(self, asked: Mapping[str, str]) -> dict[str, object]:
        if asked.get("grant_type") != "th_exchange_token":
            raise parameter("Unsupported grant type")
        if asked.get("client_secret") not in {app.secret for app in self.apps.values()}:
            raise GraphError(1, "Error validating client secret.")
        owner = self.owner(asked.get("access_token", ""))
        return self._answer(self.give(scopes=owner.scopes))

    def refresh(self, asked: Mapping[str, str]) -> dict[str, object]:
        if asked.get("grant_type") != "th_refresh_token":
            raise parameter("Unsupported grant type")
        owner = self.owner(asked.get("access_token", ""))
        if self.now() - owner.given < YOUNG:
            raise parameter("The access token is less than 24 hours old")
        self.refreshed += 1
        return self._answer(self.give(scopes=owner.scopes))

    @staticmethod
    def _answer(token: str) -> dict[str, object]:
        return {"access_token": token, "token_type": "bearer", "expires_in": int(LONG.total_seconds())}
