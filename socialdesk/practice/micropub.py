"""A practice site with a Micropub endpoint (W3C Recommendation), a media endpoint and IndieAuth.

Sites differ in what they do beyond the standard; so does this one: whether it lists its posts and in which order,
keeps properties that it does not know, has a media endpoint, and publishes at once.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any

from aiohttp import web

from socialdesk.practice.forms import FormFile, read_form
from socialdesk.practice.micropub_auth import IndieAuth
from socialdesk.practice.server import PracticeServer, utc_now
from socialdesk.practice.world import World, picture

TOKEN = "practice-app-token-of-the-site"  # noqa: S105 - of the practice site, which lives on loopback only
TARGETS = ({"uid": "https://social.example/@northwind", "name": "Social"}, {"uid": "blue", "name": "Blue"})
Properties = dict[str, list[Any]]
_KNOWN = frozenset(
    {
        "content",
        "name",
        "summary",
        "category",
        "photo",
        "featured",
        "published",
        "updated",
        "in-reply-to",
        "post-status",
    }
)


@dataclass(frozen=True, slots=True)
class Habits:
    """`newest_first` False: the list begins with the oldest. `late`: answers 202, and shows posts when told to."""

    lists: bool = True
    newest_first: bool = True
    filters: bool = True
    says_total: bool = True
    keeps_unknown: bool = True
    keeps_times: bool = True
    has_media: bool = True
    takes_objects: bool = True
    late: bool = False
    in_header: bool = False


class Refusal(Exception):
    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


class PracticeMicropub(PracticeServer):
    """`credentials` are the answers of the token form: server, token. `posts` are properties by path."""

    def __init__(self, world: World, habits: Habits | None = None, *, now: Callable[[], datetime] = utc_now) -> None:
        super().__init__(now=now)
        self.me = world.me
        self.habits = habits or Habits()
        self.auth = IndieAuth(name=world.me.name)
        self.posts: dict[str, Properties] = {}
        self.waiting: dict[str, Properties] = {}  # accepted, not yet shown
        self.files: dict[str, tuple[str, bytes]] = {}
        self.syndicated: dict[str, list[Any]] = {}
        self._world = world
        self._opened = now()
        self._number = 0
        route = self.app.router
        self.auth.add_to(route)
        route.add_get("/", self._home)
        route.add_get("/micropub", self._query)
        route.add_post("/micropub", self._write)
        route.add_post("/media", self._media)
        route.add_get("/files/{name}", self._file)
        route.add_get("/{path:.+}", self._page)

    async def started(self) -> None:
        self.auth.base, self.auth.photo = self.url, f"{self.url}/files/me.png"
        if not self.posts:
            for article in sorted(self._world.articles_of(self.me.key), key=lambda a: -a.minutes_ago):
                self._seed(article.title, article.html, self._opened - timedelta(minutes=article.minutes_ago))
        self.auth.give_token(token=TOKEN)
        self.credentials = {"server": self.url, "token": TOKEN}

    def _seed(self, title: str, html: str, when: datetime) -> None:
        text = re.sub(r"\{picture:[a-z0-9-]+\}", f"{self.url}/files/me.png", html)
        self._keep({"name": [title], "content": [{"html": text}], "published": [_written(when)]}, self.posts)

    def add_post(self, text: str) -> str:
        """Somebody writes on the site itself, now. Returns the post's path."""
        return self._keep({"content": [text], "published": [_written(self.now())]}, self.posts)

    def saying(self, text: str) -> list[str]:
        """Paths of the posts with this text or title, shown or not."""
        every = {**self.posts, **self.waiting}
        return [path for path, found in every.items() if text in (_first(found, "name"), _first(found, "content"))]

    def show_late_posts(self) -> None:
        self.posts |= self.waiting
        self.waiting.clear()

    def _keep(self, properties: Properties, where: dict[str, Properties], slug: str = "") -> str:
        self._number += 1
        slug = slug or str(self._number)
        taken = {**self.posts, **self.waiting}
        path = f"/{slug}" if f"/{slug}" not in taken else f"/{slug}-{self._number}"
        where[path] = properties
        return path

    # what readers see

    async def _home(self, _request: web.Request) -> web.Response:
        links = {
            "micropub": f"{self.url}/micropub",
            "indieauth-metadata": f"{self.url}/.well-known/oauth-authorization-server",
        }
        header = ", ".join(f'<{url}>; rel="{name}"' for name, url in links.items())
        tags = "".join(f"<link rel={name} href='{url.removeprefix(self.url)}'>" for name, url in links.items())
        head = "" if self.habits.in_header else tags
        text = f"<!DOCTYPE html><title>{escape(self.me.name)}</title>{head}<h1>{escape(self.me.name)}</h1>"
        return web.Response(
            text=text, content_type="text/html", headers={"Link": header} if self.habits.in_header else {}
        )

    async def _page(self, request: web.Request) -> web.Response:
        found = self.posts.get(request.path)
        if found is None:
            raise web.HTTPNotFound(text="Nothing here.")
        words = f"<h1>{escape(_first(found, 'name'))}</h1><div>{_first(found, 'content')}</div>"
        return web.Response(text=f"<!DOCTYPE html><article class=h-entry>{words}</article>", content_type="text/html")

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name in self.files:
            mime, data = self.files[name]
            return web.Response(body=data, content_type=mime)
        if name == "me.png":
            return web.Response(body=picture(self.me.key, 96, 96), content_type="image/png")
        raise web.HTTPNotFound(text="Nothing here.")

    # the endpoint

    def _allowed(self, request: web.Request, *scopes: str) -> None:
        """Raises Refusal unless the token may do one of these."""
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        grant = self.auth.tokens.get(token) if kind.lower() == "bearer" else None
        if grant is None:
            raise Refusal(401, "unauthorized")
        if scopes and not grant.scopes & set(scopes):
            raise Refusal(403, "insufficient_scope")

    async def _query(self, request: web.Request) -> web.Response:
        try:
            self._allowed(request)
            return web.json_response(self._told(request.query))
        except Refusal as refusal:
            return _refused(refusal)

    def _told(self, query: Mapping[str, str]) -> Mapping[str, Any]:
        match query.get("q"):
            case "config":
                media = {"media-endpoint": f"{self.url}/media"} if self.habits.has_media else {}
                return {**media, "syndicate-to": TARGETS, "q": ["config", "source", "syndicate-to"]}
            case "syndicate-to":
                return {"syndicate-to": TARGETS}
            case "source" if "url" in query:
                found = self.posts.get(query["url"].removeprefix(self.url))
                if found is None:
                    raise Refusal(400, "invalid_request")
                return {"type": ["h-entry"], "properties": found}
            case "source" if self.habits.lists:
                return self._listed(query)
        raise Refusal(400, "invalid_request")

    def _listed(self, query: Mapping[str, str]) -> Mapping[str, Any]:
        rows = sorted(self.posts.items(), key=lambda row: _first(row[1], "published"), reverse=self.habits.newest_first)
        if self.habits.filters and query.get("filter"):
            rows = [row for row in rows if query["filter"].lower() in json.dumps(row[1]).lower()]
        limit, offset = int(query.get("limit", 20)), int(query.get("offset", 0))
        items = [
            {"type": ["h-entry"], "properties": {**found, "url": [self.url + path]}}
            for path, found in rows[offset : offset + limit]
        ]
        paging = {"limit": limit, "offset": offset, "total": len(rows)} if self.habits.says_total else {}
        return {"items": items, "paging": paging}

    async def _write(self, request: web.Request) -> web.Response:
        try:
            self._allowed(request, "create", "delete")
            body = await self._body(request)
            if body.get("action") == "delete":
                self._allowed(request, "delete")
                return self._delete(str(body.get("url", "")))
            self._allowed(request, "create")
            return self._create(body)
        except Refusal as refusal:
            return _refused(refusal)

    async def _body(self, request: web.Request) -> dict[str, Any]:
        """A JSON body, or a form in the shape of one."""
        if request.content_type == "application/json":
            try:
                body = await request.json()
            except ValueError:
                raise Refusal(400, "invalid_request") from None
            return body if isinstance(body, dict) else {}
        found: Properties = {}
        for name, value in await read_form(request):
            kept = self._store(value) if isinstance(value, FormFile) else value
            found.setdefault(name.removesuffix("[]"), []).append(kept)
        return {"type": [f"h-{kind}" for kind in found.pop("h", [])], "properties": found}

    def _create(self, body: Mapping[str, Any]) -> web.Response:
        given = body.get("properties")
        if body.get("type") != ["h-entry"] or not isinstance(given, dict) or not given:
            raise Refusal(400, "invalid_request")
        if not all(isinstance(found, list) for found in given.values()):
            raise Refusal(400, "invalid_request")
        if not self.habits.takes_objects and any(not isinstance(photo, str) for photo in given.get("photo", [])):
            raise Refusal(400, "invalid_request")
        kept = {
            n: v for n, v in given.items() if n in _KNOWN or (self.habits.keeps_unknown and not n.startswith("mp-"))
        }
        if not self.habits.keeps_times or "published" not in kept:
            kept["published"] = [_written(self.now())]
        path = self._keep(kept, self.waiting if self.habits.late else self.posts, _first(given, "mp-slug"))
        self.syndicated[path] = given.get("mp-syndicate-to", [])
        return web.Response(status=202 if self.habits.late else 201, headers={"Location": self.url + path})

    def _delete(self, url: str) -> web.Response:
        if self.posts.pop(url.removeprefix(self.url), None) is None:
            raise Refusal(400, "invalid_request")
        return web.Response(status=204)

    async def _media(self, request: web.Request) -> web.Response:
        try:
            self._allowed(request, "media")
            file = dict(await read_form(request)).get("file")
            if not self.habits.has_media or not isinstance(file, FormFile):
                raise Refusal(400, "invalid_request")
            return web.Response(status=201, headers={"Location": self._store(file)})
        except Refusal as refusal:
            return _refused(refusal)

    def _store(self, file: FormFile) -> str:
        if not file.content_type.startswith("image/"):
            raise Refusal(415, "invalid_request")
        name = f"{len(self.files) + 1}-{file.filename}"
        self.files[name] = (file.content_type, file.data)
        return f"{self.url}/files/{name}"

    def change_habits(self, **changes: bool) -> None:
        self.habits = replace(self.habits, **changes)


def _first(properties: Mapping[str, Any], name: str) -> str:
    value = next(iter(properties.get(name, [])), "")
    return str(value.get("html") or value.get("value", "")) if isinstance(value, dict) else str(value)


def _written(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}+00:00"


def _refused(refusal: Refusal) -> web.Response:
    body = {"error": refusal.error, "error_description": "The site does not do this."}
    return web.json_response(body, status=refusal.status)
