"""Sign-in of the practice Facebook: apps with a secret, codes, tokens of people and of their Pages."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from socialdesk.practice.facebook_refusals import GraphError, bad_token, parameter

SHORT, LONG = timedelta(hours=1), timedelta(days=60)
KNOWN_SCOPES = frozenset({
    "public_profile", "pages_show_list", "pages_read_engagement", "pages_manage_posts", "pages_manage_engagement",
    "pages_read_user_content", "read_insights", "business_management",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """Of a person (`page` empty) or of a Page. `ends` None: it does not end by itself."""

    scopes: frozenset[str]
    page: str = ""
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class App:
    """`live`: redirects to localhost are refused unless they are registered. `client_token` names it to devices."""

    id: str
    secret: str
    redirects: tuple[str, ...] = ()
    live: bool = False
    client_token: str = ""


@dataclass
class OAuth:
    """`extended` counts tokens that were made to last longer. `ended`: those that died early, with their sub-code."""

    now: Callable[[], datetime]
    agrees: bool = True
    extended: int = 0
    apps: dict[str, App] = field(default_factory=dict)
    codes: dict[str, tuple[str, str, frozenset[str]]] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    ended: dict[str, int] = field(default_factory=dict)

    def register(self, *redirects: str, live: bool = False) -> App:
        number = str(1_000_000_000_000_000 + len(self.apps))
        app = App(number, secrets.token_hex(16), redirects, live, secrets.token_hex(16))
        self.apps[app.id] = app
        return app

    def give(self, scopes: frozenset[str], page: str = "", lasts: timedelta | None = None) -> str:
        token = f"EAAP{secrets.token_urlsafe(60).replace('-', 'x').replace('_', 'y')}"
        self.tokens[token] = Token(scopes, page, self.now() + lasts if lasts else None)
        return token

    def owner(self, token: str) -> Token:
        """Raises GraphError for a token that is not good, or not any more."""
        if token in self.ended:
            raise bad_token(self.ended[token], "The session has been invalidated")
        found = self.tokens.get(token)
        if found is None:
            raise bad_token()
        if found.ends is not None and found.ends <= self.now():
            raise bad_token(463, f"Session has expired on {found.ends:%A, %d-%b-%y %H:%M:%S} PST.")
        return found

    async def dialog(self, request: web.Request) -> web.StreamResponse:
        asked = request.query
        app, back = self.apps.get(asked.get("client_id", "")), asked.get("redirect_uri", "")
        if app is None:
            return web.Response(status=400, text="Invalid App ID")
        local = urlsplit(back).hostname == "localhost" and not app.live
        if back not in app.redirects and not local:
            return web.Response(status=400, text="URL blocked: the redirect URI is not white-listed")
        scopes = frozenset(asked.get("scope", "").split(","))
        if scopes - KNOWN_SCOPES:
            return web.Response(status=400, text=f"Invalid Scopes: {', '.join(sorted(scopes - KNOWN_SCOPES))}")
        answer = {"state": asked.get("state", "")}
        if self.agrees:
            code = secrets.token_urlsafe(40)
            self.codes[code] = (app.id, back, scopes)
            answer = {"code": code, **answer}
        else:
            answer = {"error": "access_denied", "error_reason": "user_denied", "error_code": "200", **answer}
        location = f"{back}{'&' if '?' in back else '?'}{urlencode(answer)}#_=_"
        return web.Response(status=302, headers={"Location": location})

    def exchange(self, asked: Mapping[str, str]) -> dict[str, object]:
        """`/oauth/access_token`. Raises GraphError."""
        app = self.apps.get(asked.get("client_id", ""))
        if app is None:
            raise GraphError(101, "Error validating application. Cannot get application info due to a system error.")
        if asked.get("client_secret") != app.secret:
            raise GraphError(1, "Error validating client secret.")
        if asked.get("grant_type") == "fb_exchange_token":
            owner = self.owner(asked.get("fb_exchange_token", ""))
            self.extended += 1
            return self._answer(self.give(owner.scopes, owner.page, LONG), LONG)
        code = self.codes.pop(asked.get("code", ""), None)
        if code is None:
            raise parameter("Invalid verification code format.")
        if code[:2] != (app.id, asked.get("redirect_uri")):
            raise parameter("Error validating verification code. Please make sure your redirect_uri is identical")
        return self._answer(self.give(code[2], lasts=SHORT), SHORT)

    @staticmethod
    def _answer(token: str, lasts: timedelta) -> dict[str, object]:
        return {"access_token": token, "token_type": "bearer", "expires_in": int(lasts.total_seconds())}
