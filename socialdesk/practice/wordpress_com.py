"""WordPress.com in small: its sign-in with an app, the person's sites, and the API of each under one address.

Wire format as in developer.wordpress.com's reference: tokens for one site or for all of them, `rest/v1.1` for the
person and the sites, `wp/v2/sites/<number>/…` for what a site holds. The first site is the practice blog.
"""

import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from socialdesk.practice.forms import read_form
from socialdesk.practice.server import utc_now
from socialdesk.practice.wordpress import TITLE, PracticeWordPress
from socialdesk.practice.wordpress_api import RestApi
from socialdesk.practice.wordpress_state import BlogState
from socialdesk.practice.wordpress_wire import ApiError
from socialdesk.practice.world import World

REDIRECT = "http://127.0.0.1:51771/callback"
USER = 7001
SECOND = "Northwind Field Notes"
_INVALID = {"error": "invalid_token", "message": "The OAuth2 token is invalid."}


@dataclass(frozen=True, slots=True)
class App:
    client_id: str
    secret: str


@dataclass(frozen=True, slots=True)
class Grant:
    """What a code or token is for: one site, or (0) all of them."""

    app: App
    blog: int = 0
    challenge: str = ""


@dataclass
class Hosted:
    """One site there: what it holds, its API, and whether it is joined by Jetpack, with users of its own."""

    number: int
    name: str
    url: str
    api: RestApi
    jetpack: bool = False
    writable: bool = True


class PracticeWordPressCom(PracticeWordPress):
    """`self.state` is the first site's. `credentials`: token, refresh_token, client_id, client_secret, site."""

    def __init__(self, world: World, *, renewable: bool = False, now: Callable[[], datetime] = utc_now) -> None:
        super().__init__(world, pretty=False, now=now)
        self.sites: dict[int, Hosted] = {}
        self.tokens: dict[str, Grant] = {}
        self.refresh_tokens: dict[str, Grant] = {}
        self.codes: dict[str, Grant] = {}
        self.refreshed = 0
        self._renewable = renewable
        self._apps: dict[str, App] = {}
        route = self.app.router
        route.add_get("/oauth2/authorize", self._authorize_app)
        route.add_post("/oauth2/token", self._token)
        route.add_get("/rest/v1.1/me", self._me)
        route.add_get("/rest/v1.1/me/sites", self._my_sites)
        route.add_get("/rest/v1.1/sites/{site}", self._site_about)
        route.add_route("*", "/wp/v2/sites/{site}{route:(/.*)?}", self._site_rest)

    async def started(self) -> None:
        await super().started()
        if not self.sites:
            self.sites[101] = Hosted(101, TITLE, self.url, self.api)
            self.add_site(102, SECOND, "https://fieldnotes.example", jetpack=True)
        app = self.register()
        given = self.give(Grant(app))
        self.credentials = {
            "token": str(given["access_token"]),
            "refresh_token": str(given.get("refresh_token", "")),
            "client_id": app.client_id,
            "client_secret": app.secret,
            "site": "101",
        }

    def add_site(self, number: int, name: str, url: str, *, jetpack: bool = False, writable: bool = True) -> Hosted:
        """Another site of the same person."""
        api = RestApi(BlogState(), name, "", self.me.handle)
        self.sites[number] = Hosted(number, name, url, api, jetpack, writable)
        return self.sites[number]

    def register(self) -> App:
        """A new app, as the person makes it in the applications manager."""
        app = App(str(10_000 + len(self._apps)), secrets.token_urlsafe(32))
        self._apps[app.client_id] = app
        return app

    def give(self, grant: Grant) -> dict[str, Any]:
        """The answer to a request for a token."""
        token = secrets.token_urlsafe(48)
        self.tokens[token] = grant
        site = self.sites.get(grant.blog)
        answer: dict[str, Any] = {
            "access_token": token,
            "token_type": "bearer",
            "blog_id": str(grant.blog),
            "blog_url": site.url if site else None,
            "scope": "" if site else "global",
        }
        if self._renewable:
            answer |= {"refresh_token": (refresh := secrets.token_urlsafe(48)), "expires_in": "1209600"}
            self.refresh_tokens[refresh] = grant
        return answer

    # signing in

    async def _authorize_app(self, request: web.Request) -> web.Response:
        """The page where the person approves; here the answer comes at once."""
        asked = request.query
        app = self._apps.get(asked.get("client_id", ""))
        if app is None or asked.get("redirect_uri") != REDIRECT or asked.get("response_type") != "code":
            return web.Response(text="The redirect_uri does not match that of the app.", status=400)
        wanted = asked.get("blog", "")
        blog = next((s.number for s in self.sites.values() if wanted in {str(s.number), _host(s.url)}), 0)
        if asked.get("scope") != "global" and not blog:
            blog = next(iter(self.sites))  # the page lets the person choose
        code = secrets.token_urlsafe(12)
        self.codes[code] = Grant(app, 0 if asked.get("scope") == "global" else blog, asked.get("code_challenge", ""))
        back = {"code": code, "state": asked.get("state", "")}
        raise web.HTTPFound(f"{REDIRECT}?{urlencode(back)}")

    async def _token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in await read_form(request)}
        app = self._apps.get(form.get("client_id", ""))
        if app is None or app.secret != form.get("client_secret"):
            return _refused("invalid_client", "The client secret is incorrect.")
        if form.get("grant_type") == "refresh_token":
            grant = self.refresh_tokens.pop(form.get("refresh_token", ""), None)
            if grant is None or grant.app != app:
                return _refused("invalid_grant", "The refresh token is invalid.")
            self.refreshed += 1
            return web.json_response(self.give(grant))
        grant = self.codes.pop(form.get("code", ""), None)
        if grant is None or grant.app != app or form.get("redirect_uri") != REDIRECT or not _proves(form, grant):
            return _refused("invalid_request", 'The required "code" parameter is invalid.')
        return web.json_response(self.give(grant))

    def user_of(self, request: web.Request) -> int:
        return USER if self._grant(request) is not None else 0

    def _grant(self, request: web.Request) -> Grant | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return self.tokens.get(token) if scheme.lower() == "bearer" else None

    # the person and the sites

    async def _me(self, request: web.Request) -> web.Response:
        if self._grant(request) is None:
            return web.json_response(_INVALID, status=400)
        about = {"ID": USER, "display_name": self.me.name, "username": self.me.handle}
        return web.json_response({**about, "avatar_URL": f"{self.url}/icon.png"})

    async def _my_sites(self, request: web.Request) -> web.Response:
        grant = self._grant(request)
        if grant is None:
            return web.json_response(_INVALID, status=400)
        found = [site for site in self.sites.values() if grant.blog in {0, site.number}]
        return web.json_response({"sites": [self._about(site) for site in found]})

    async def _site_about(self, request: web.Request) -> web.Response:
        grant, site = self._grant(request), self._wanted(request)
        if site is None:
            return web.json_response({"error": "unknown_blog", "message": "Unknown blog"}, status=404)
        if grant is None or grant.blog not in {0, site.number}:
            return web.json_response(_INVALID, status=400)
        return web.json_response(self._about(site))

    def _about(self, site: Hosted) -> dict[str, Any]:
        may = {"edit_posts": site.writable, "publish_posts": site.writable, "moderate_comments": site.writable}
        icon = {"img": f"{self.url}/icon.png", "ico": f"{self.url}/icon.png"}
        about = {"ID": site.number, "name": site.name, "URL": site.url, "jetpack": site.jetpack}
        return {**about, "capabilities": may, "icon": icon}

    def _wanted(self, request: web.Request) -> Hosted | None:
        wanted = request.match_info["site"]
        return next((s for s in self.sites.values() if wanted in {str(s.number), _host(s.url)}), None)

    async def _site_rest(self, request: web.Request) -> web.StreamResponse:
        site, grant = self._wanted(request), self._grant(request)
        if site is None:
            return web.json_response({"code": "rest_invalid_site", "message": "x", "data": {"status": 404}}, status=404)
        if request.headers.get("Authorization") and (grant is None or grant.blog not in {0, site.number}):
            return web.json_response(_INVALID, status=400)
        route = f"/wp/v2{request.match_info.get('route') or ''}".rstrip("/")
        try:
            call = await self.call_of(request)
            user = 1 if site.jetpack and call.user else call.user  # a joined site counts its users by itself
            answer = site.api.answer(request.method, route, replace(call, user=user))
        except ApiError as error:
            return web.json_response(error.body, status=error.status)
        return web.json_response(answer.body, status=answer.status, headers=answer.headers)


def _host(url: str) -> str:
    return url.partition("://")[2]


def _proves(form: dict[str, str], grant: Grant) -> bool:
    """What RFC 7636 asks for where a challenge came along."""
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    return not grant.challenge or base64.urlsafe_b64encode(digest).decode().rstrip("=") == grant.challenge


def _refused(error: str, description: str) -> web.Response:
    return web.json_response({"error": error, "error_description": description}, status=400)
