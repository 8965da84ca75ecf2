"""A practice Ghost of the person's own organisation: the Admin API as a running 6.65 answers it, and public pages."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from html import escape
from typing import Any, TypeVar

from aiohttp import web

from socialdesk.practice.forms import FormFile, read_form
from socialdesk.practice.ghost_nql import FilterError, Values, parse
from socialdesk.practice.ghost_state import Post, SiteState, Tag
from socialdesk.practice.ghost_wire import (
    GhostError,
    check_token,
    collision,
    invalid,
    missing,
    post_json,
    post_values,
    tag_json,
    tag_values,
    written,
)
from socialdesk.practice.server import Handler, PracticeServer, utc_now
from socialdesk.practice.world import World, picture

KEY_ID = "6b0280f4866f96057ac7b5b5"
SECRET = "5d" * 32  # of the practice site, which lives on loopback only
API = "/ghost/api/admin"
LARGEST_PAGE = 100
_PLACE = re.compile(r"\{picture:([a-z0-9-]+)\}")
_STATUSES = ("published", "draft", "scheduled", "sent")
_LIMITS = {"title": 2000, "slug": 191, "custom_excerpt": 300, "feature_image_alt": 191}
_MIMES = ("image/jpeg", "image/png", "image/gif", "image/webp", "image/svg+xml")
T = TypeVar("T")


class PracticeGhost(PracticeServer):
    """`credentials` are the answers of the sign-in form: server, key."""

    def __init__(self, world: World, *, staff: bool = False, now: Callable[[], datetime] = utc_now) -> None:
        """`staff`: the key is a person's own access token, not that of an integration."""
        super().__init__(now=now)
        self.me = world.me
        self.state = SiteState()
        self.revoked = False
        self._staff = staff
        self._world = world
        self._opened = now().replace(microsecond=0)
        route = self.app.router
        route.add_get(f"{API}/site/", self._site)
        route.add_get(f"{API}/users/me/", self._guarded(self._whoami))
        route.add_get(f"{API}/tags/", self._guarded(self._tags))
        route.add_post(f"{API}/images/upload/", self._guarded(self._upload))
        for kind in ("post", "page"):
            self._serve(kind)
        route.add_route("*", f"{API}/{{rest:.*}}", self._unknown)
        route.add_get("/content/images/{path:.+}", self._image)
        route.add_get("/{slug}/", self._page)

    async def started(self) -> None:
        if not self.state.posts:
            self._seed(self._opened)
        self.credentials = {"server": self.url, "key": f"{KEY_ID}:{SECRET}"}

    def titled(self, title: str) -> list[Post]:
        return [post for post in self.state.posts.values() if post.title == title]

    def add_post(self, title: str, html: str = "<p>Words.</p>", kind: str = "post") -> Post:
        """Somebody publishes in Ghost's own editor, now."""
        post = self.state.new_post(title, html, "published", self._second(), kind=kind)
        post.published = post.updated
        return post

    def _second(self) -> datetime:
        return self.now().replace(microsecond=0)

    def _seed(self, opened: datetime) -> None:
        for article in sorted(self._world.articles_of(self.me.key), key=lambda a: -a.minutes_ago):
            when = opened - timedelta(minutes=article.minutes_ago)
            html = _PLACE.sub(lambda found: f"{self.url}/content/images/practice/{found[1]}.jpg", article.html)
            post = self.state.new_post(article.title, html, "published", when, article.slug)
            post.published, post.excerpt = when, article.summary
            post.tags = [self.state.tag_named(tag) for tag in article.tags]
            post.feature_image = f"{self.url}/content/images/practice/{article.picture}.jpg"
            post.feature_image_alt = article.picture_alt
        about = self.state.new_post(
            "About this site", f"<p>{escape(self.me.bio)}</p>", "published", opened, "about", "page"
        )
        about.published = opened - timedelta(days=40)

    # answering

    def _serve(self, kind: str) -> None:
        async def listed(request: web.Request) -> web.StreamResponse:
            return await self._list(request, kind)

        async def create(request: web.Request) -> web.StreamResponse:
            return await self._create(request, kind)

        async def one(request: web.Request) -> web.StreamResponse:
            return self._one(request, kind)

        async def change(request: web.Request) -> web.StreamResponse:
            return await self._change(request, kind)

        async def delete(request: web.Request) -> web.StreamResponse:
            return await self._delete(request, kind)

        route = self.app.router
        route.add_get(f"{API}/{kind}s/{{id}}/", self._guarded(one))
        route.add_put(f"{API}/{kind}s/{{id}}/", self._guarded(change))
        route.add_get(f"{API}/{kind}s/", self._guarded(listed))
        route.add_post(f"{API}/{kind}s/", self._guarded(create))
        route.add_delete(f"{API}/{kind}s/{{id}}/", self._guarded(delete))

    def _guarded(self, handler: Handler) -> Handler:
        """Refusals in Ghost's form, and no answer without a valid token."""

        async def answer(request: web.Request) -> web.StreamResponse:
            self.state.publish_due(self.now())
            try:
                key_id = "" if self.revoked else KEY_ID
                check_token(request.headers.get("Authorization", ""), key_id, SECRET, self.now())
                return await handler(request)
            except GhostError as error:
                return web.json_response(error.body, status=error.status)

        return answer

    async def _site(self, _request: web.Request) -> web.Response:
        site = {
            "title": self.me.name,
            "description": self.me.bio,
            "logo": None,
            "icon": f"{self.url}/content/images/icon.png",
        }
        return web.json_response({"site": {**site, "url": f"{self.url}/", "version": "6.65", "locale": "en"}})

    def _author(self) -> dict[str, Any]:
        face = f"{self.url}/content/images/icon.png"
        slug = self.me.handle
        return {
            "id": "1",
            "name": self.me.name,
            "slug": slug,
            "profile_image": face,
            "url": f"{self.url}/author/{slug}/",
        }

    async def _whoami(self, _request: web.Request) -> web.Response:
        if not self._staff:
            raise missing("user", "read")
        return web.json_response({"users": [{**self._author(), "status": "active"}]})

    async def _unknown(self, _request: web.Request) -> web.Response:
        words = "Request could not be served, the endpoint was not found."
        error = GhostError(406, "RequestNotAcceptableError", words, code="UPDATE_CLIENT")
        return web.json_response(error.body, status=error.status)

    # lists

    async def _list(self, request: web.Request, kind: str) -> web.Response:
        rows, meta = _chosen(request, self.state.listed(kind), post_values)
        formats = frozenset(request.query.get("formats", "lexical").split(","))
        posts = [_fields(request, post_json(post, self.url, self._author(), formats)) for post in rows]
        return web.json_response({f"{kind}s": posts, "meta": {"pagination": meta}})

    async def _tags(self, request: web.Request) -> web.Response:
        rows, meta = _chosen(request, list(self.state.tags.values()), tag_values)
        tags = [_fields(request, tag_json(tag, self.url)) for tag in rows]
        return web.json_response({"tags": tags, "meta": {"pagination": meta}})

    # writing

    async def _create(self, request: web.Request, kind: str) -> web.Response:
        given = _body(await request.read(), f"{kind}s")
        post = self.state.new_post(
            given["title"] or "(Untitled)",
            "",
            given.get("status", "draft"),
            self._second(),
            given.get("slug", ""),
            kind,
        )
        post.html = str(given.get("html", "")) if request.query.get("source") == "html" else ""
        post.excerpt = str(given.get("custom_excerpt") or "")
        post.feature_image = str(given.get("feature_image") or "")
        post.feature_image_alt = str(given.get("feature_image_alt") or "")
        post.tags = [self._tag(tag) for tag in given.get("tags", [])]
        if given.get("published_at"):
            post.published = datetime.fromisoformat(given["published_at"]).replace(microsecond=0)
        elif post.status == "published":
            post.published = post.created
        body = {f"{kind}s": [post_json(post, self.url, self._author(), frozenset())]}
        return web.json_response(body, status=201, headers={"Location": f"{self.url}{API}/{kind}s/{post.id}/"})

    def _tag(self, given: object) -> Tag:
        if isinstance(given, dict) and given.get("slug") in self.state.tags:
            return self.state.tags[given["slug"]]
        name = given.get("name") or given.get("slug") if isinstance(given, dict) else given
        return self.state.tag_named(str(name))

    def _known(self, request: web.Request, kind: str, does: str) -> Post:
        post = self.state.posts.get(request.match_info["id"])
        if post is None or post.kind != kind:
            raise missing(kind, does)
        return post

    def _one(self, request: web.Request, kind: str) -> web.Response:
        formats = frozenset(request.query.get("formats", "lexical").split(","))
        shown = post_json(self._known(request, kind, "read"), self.url, self._author(), formats)
        return web.json_response({f"{kind}s": [_fields(request, shown)]})

    async def _change(self, request: web.Request, kind: str) -> web.Response:
        """Takes nothing of what changed since the given time."""
        post, given = self._known(request, kind, "edit"), _body(await request.read(), f"{kind}s", new=False)
        if given.get("updated_at") != written(post.updated):
            raise collision(kind)
        post.title, post.status = str(given.get("title", post.title)), str(given.get("status", post.status))
        if given.get("published_at"):
            post.published = datetime.fromisoformat(given["published_at"]).replace(microsecond=0)
        elif post.status == "published" and (post.published is None or post.published > self.now()):
            post.published = self._second()
        post.updated = self._second()
        return web.json_response({f"{kind}s": [post_json(post, self.url, self._author(), frozenset())]})

    async def _delete(self, request: web.Request, kind: str) -> web.Response:
        post = self._known(request, kind, "delete")
        del self.state.posts[post.id]
        return web.Response(status=204)

    async def _upload(self, request: web.Request) -> web.Response:
        form = dict(await read_form(request))
        file = form.get("file")
        if not isinstance(file, FormFile):
            raise GhostError(
                400, "BadRequestError", "The request could not be understood.", code="LIMIT_UNEXPECTED_FILE"
            )
        if file.content_type not in _MIMES:
            raise GhostError(415, "UnsupportedMediaTypeError", "Please select a valid image.")
        folder = f"{self.now():%Y/%m}"
        path = self.state.keep_image(folder, file.filename, file.content_type, file.data)
        image = {"url": f"{self.url}/content/images/{path}", "ref": form.get("ref")}
        return web.json_response({"images": [image]}, status=201)

    # what readers see

    async def _image(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        if path in self.state.images:
            mime, data = self.state.images[path]
            return web.Response(body=data, content_type=mime)
        if path == "icon.png":
            return web.Response(body=picture(self.me.key, 64, 64), content_type="image/png")
        if found := re.fullmatch(r"practice/([a-z0-9-]+)\.jpg", path):
            return web.Response(body=picture(found[1], 1200, 675, "jpeg"), content_type="image/jpeg")
        raise web.HTTPNotFound(text="Nothing here.")

    async def _page(self, request: web.Request) -> web.Response:
        self.state.publish_due(self.now())
        slug = request.match_info["slug"]
        shown = (post for post in self.state.posts.values() if post.slug == slug and post.status == "published")
        post = next(shown, None)
        if post is None:
            raise web.HTTPNotFound(text="Nothing here.")
        body = f"<article><h1>{escape(post.title)}</h1>{post.html}</article>"
        return web.Response(text=f"<!DOCTYPE html><title>{escape(post.title)}</title>{body}", content_type="text/html")


def _chosen(
    request: web.Request, rows: Sequence[T], values: Callable[[T], Values]
) -> tuple[list[T], Mapping[str, object]]:
    """The rows of the page that was asked for, and what the answer says of all pages."""
    query = request.query
    try:
        test = parse(query["filter"]) if query.get("filter") else lambda _: True
    except FilterError as error:
        words = "Request not understood error, cannot list posts."
        raise GhostError(400, "BadRequestError", words, context=str(error)) from None
    found = [row for row in rows if test(values(row))]
    name, _, direction = query.get("order", "").partition(" ")
    if name:
        found.sort(key=lambda row: values(row).get(name, ("",))[0], reverse=direction == "desc")
    limit = min(int(query.get("limit", 15)), LARGEST_PAGE)
    page, pages = int(query.get("page", 1)), max(1, -(-len(found) // limit))
    start = (page - 1) * limit
    meta = {"page": page, "limit": limit, "pages": pages, "total": len(found), "next": None, "prev": None}
    return found[start : start + limit], meta


def _fields(request: web.Request, row: dict[str, Any]) -> dict[str, Any]:
    wanted = request.query.get("fields", "")
    return {name: row[name] for name in wanted.split(",") if name in row} if wanted else row


def _body(raw: bytes, name: str, *, new: bool = True) -> dict[str, Any]:
    """The one post of a body that fits the schema. Raises GhostError."""
    try:
        posts = json.loads(raw or b"{}").get(name)
    except (ValueError, AttributeError):
        posts = None
    if not isinstance(posts, list) or not posts or not isinstance(posts[0], dict):
        raise invalid(name, "required", {"missingProperty": name}, f"must have required property '{name}'")
    post: dict[str, Any] = posts[0]
    if new and "title" not in post:
        raise invalid("title", "required", {"missingProperty": "title"}, "must have required property 'title'")
    for field, limit in _LIMITS.items():
        if len(str(post.get(field) or "")) > limit:
            raise invalid(field, "maxLength", {"limit": limit}, f"must NOT have more than {limit} characters")
    if post.get("status", "draft") not in _STATUSES:
        raise invalid("status", "enum", {"allowedValues": _STATUSES}, "must be equal to one of the allowed values")
    return post
