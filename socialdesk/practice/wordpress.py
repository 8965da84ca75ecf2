"""The practice blog of the person's own organisation: the WordPress REST API, public pages and feed.

Wire format and habits are those of WordPress 6 as seen on running sites, both address forms included
(`/wp-json/wp/v2/…` and `/?rest_route=/wp/v2/…`). A wrong password is treated as nobody, as real sites do.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from email.parser import BytesParser
from email.policy import HTTP
from functools import partial
from html import escape
from typing import Any

from aiohttp import web

from socialdesk.practice.feed_formats import FeedInfo, FeedItem, rss
from socialdesk.practice.pages import PageArticle, PageSite, article_page, home_page
from socialdesk.practice.server import PracticeServer, utc_now
from socialdesk.practice.wordpress_api import RestApi
from socialdesk.practice.wordpress_call import Call, Upload
from socialdesk.practice.wordpress_rpc import RpcApi, method_of, rsd
from socialdesk.practice.wordpress_state import BlogState, Media, Post, render
from socialdesk.practice.wordpress_wire import ApiError, excerpt_of, permalink
from socialdesk.practice.world import World, picture

TITLE = "Northwind Pumps, northwind.example"
PASSWORD = "prac tice desk pump seal wk40"  # noqa: S105 - of the practice blog, which lives on loopback only
_PLACE = re.compile(r"\{picture:([a-z0-9-]+)\}")
_WIDTH, _HEIGHT = 1200, 675


class PracticeWordPress(PracticeServer):
    """`credentials` are the answers of the sign-in form: server, username, password."""

    def __init__(
        self,
        world: World,
        *,
        pretty: bool = True,
        strips_header: bool = False,
        rest: bool = True,
        xmlrpc: bool = True,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """`pretty`: permalinks and `/wp-json/`, else only `?rest_route=`. `strips_header`: the host eats passwords.

        `rest`, `xmlrpc`: which of the two interfaces there are.
        """
        super().__init__(now=now)
        self.me = world.me
        self.state = BlogState()
        self.api = RestApi(self.state, TITLE, world.me.bio, world.me.handle)
        self.rpc = RpcApi(self.state, self.api, TITLE, world.me.handle, PASSWORD)
        self._pretty = pretty
        self._strips_header = strips_header
        self._has_rest, self._has_xmlrpc = rest, xmlrpc
        self._world = world
        self._opened = now().replace(microsecond=0)
        route = self.app.router
        if pretty and rest:
            route.add_route("*", "/wp-json{route:(/.*)?}", self._rest)
        if xmlrpc:
            route.add_post("/xmlrpc.php", self._xmlrpc)
            route.add_get("/xmlrpc.php", self._rsd)
        route.add_route("*", "/", self._front)
        route.add_get("/feed/", self._feed)
        route.add_get("/icon.png", self._icon)
        route.add_get("/avatar/{size}/{name}.png", self._avatar)
        route.add_get("/wp-content/uploads/{path:.+}", self._upload)
        route.add_get("/wp-admin/authorize-application.php", self._authorize)
        route.add_get("/{slug}/", self._page)

    async def started(self) -> None:
        if not self.state.posts:
            self._seed(self._world, self._opened)
        self.credentials = {"server": self.url, "username": self.me.handle, "password": PASSWORD}

    def add_comment(self, post_slug: str, text: str, author_name: str) -> int:
        """Somebody comments, now. Returns the comment's id."""
        post = next(p for p in self.state.posts.values() if p.slug == post_slug)
        return self.api.comments.add_comment(post.id, text, author_name, self._second()).id

    def titled(self, title: str) -> list[Post]:
        """The posts with this title that are not in the trash, oldest first."""
        return [p for p in self.state.posts.values() if p.title == title and p.status != "trash"]

    def _second(self) -> datetime:
        return self.now().replace(microsecond=0)

    # what is there at first

    def _seed(self, world: World, opened: datetime) -> None:
        for article in sorted(world.articles_of(world.me.key), key=lambda a: -a.minutes_ago):
            when = opened - timedelta(minutes=article.minutes_ago)
            tags = [self.state.find_term("post_tag", t) or self.state.add_term("post_tag", t) for t in article.tags]
            content = _PLACE.sub(lambda found: f"{self.url}/wp-content/uploads/practice/{found[1]}.jpg", article.html)
            post = Post(
                self.state.new_post_id(), article.title, content, "publish", article.slug, when, when, article.summary
            )
            post.categories, post.tags = [1], [t.id for t in tags]
            post.featured = self._seed_picture(article.picture, article.picture_alt, when)
            self.state.posts[post.id] = post
            for said in world.comments:
                if said.article == article.slug:
                    at = opened - timedelta(minutes=said.minutes_ago)
                    self.api.comments.add_comment(post.id, said.text, world.by_key[said.organisation].name, at)

    def _seed_picture(self, seed: str, alt: str, when: datetime) -> int:
        data = partial(picture, seed, _WIDTH, _HEIGHT, "jpeg")
        media = Media(self.state.new_post_id(), seed, f"practice/{seed}.jpg", "image/jpeg", data, when, alt, seed)
        media.width, media.height = _WIDTH, _HEIGHT
        self.state.media[media.id] = media
        return media.id

    # the API

    async def _front(self, request: web.Request) -> web.StreamResponse:
        if "rest_route" in request.query and self._has_rest:
            return await self._rest(request)
        self.state.publish_due(self._second())
        if request.query.get("p", "").isdigit():
            post = self.state.posts.get(int(request.query["p"]))
            if post is not None and post.status == "publish":
                raise web.HTTPMovedPermanently(permalink(self.url, post))
            raise web.HTTPNotFound(text="Nothing here.")
        posts = [self._page_article(post) for post in self._published()]
        return self._html(home_page(self._site(), posts))

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        route = request.query.get("rest_route") or request.match_info.get("route") or "/"
        try:
            call = await self.call_of(request)
            method = request.headers.get("X-HTTP-Method-Override", request.method)
            answer = self.api.answer(method, "/" + route.strip("/"), call)
        except ApiError as error:
            return web.json_response(error.body, status=error.status, headers=self._link())
        headers = {**self._link(), **(answer.headers or {})}
        return web.json_response(answer.body, status=answer.status, headers=headers)

    async def call_of(self, request: web.Request) -> Call:
        """One request for the API. Raises ApiError."""
        query: dict[str, str] = {}
        for name, value in request.query.items():
            bare = re.sub(r"\[\d*\]$", "", name)
            query[bare] = f"{query[bare]},{value}" if bare in query else value
        body, upload = await body_of(request)
        return Call(self.url, query, body, self.user_of(request), self._second(), upload)

    def user_of(self, request: web.Request) -> int:
        """1 when the request brings the right password, else 0."""
        scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "basic" or self._strips_header or self.api.revoked:
            return 0
        try:
            username, _, password = base64.b64decode(encoded).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return 0
        same = username == self.me.handle and password.replace(" ", "") == PASSWORD.replace(" ", "")
        return 1 if same else 0

    async def _xmlrpc(self, request: web.Request) -> web.Response:
        body = self.rpc.answer(await request.read(), self.url, self._second())
        return web.Response(body=body, content_type="text/xml", charset="utf-8")

    async def _rsd(self, _request: web.Request) -> web.Response:
        return web.Response(text=rsd(self.url), content_type="text/xml")

    def place_of(self, request: web.Request, body: bytes) -> str:
        """The path, and after that of XML-RPC the method: every call goes to the same."""
        return f"{request.path}/{method_of(body)}" if request.path == "/xmlrpc.php" else request.path

    def _link(self) -> dict[str, str]:
        if not self._has_rest:
            return {}
        root = f"{self.url}/wp-json/" if self._pretty else f"{self.url}/?rest_route=/"
        return {"Link": f'<{root}>; rel="https://api.w.org/"'}

    # what readers see

    def _published(self) -> list[Post]:
        self.state.publish_due(self._second())
        shown = [p for p in self.state.posts.values() if p.status == "publish"]
        return sorted(shown, key=lambda p: (p.date, p.id), reverse=True)

    def _site(self) -> PageSite:
        feeds = ((f"{self.url}/feed/", "application/rss+xml", f"{TITLE} » Feed"),)
        root = self._link().get("Link", "").partition(">")[0][1:]
        head = f'<link rel="https://api.w.org/" href="{escape(root)}">' if root else ""
        if self._has_xmlrpc:
            head += f'<link rel="EditURI" type="application/rsd+xml" title="RSD" href="{self.url}/xmlrpc.php?rsd">'
        return PageSite(TITLE, self.me.bio, self.url, self.me.colour, "en", feeds, head)

    def _page_article(self, post: Post) -> PageArticle:
        media = self.state.media.get(post.featured)
        return PageArticle(
            permalink(self.url, post),
            post.title,
            re.sub(r"<[^>]+>", "", excerpt_of(post)).strip(),
            render(post.content),
            post.date,
            tuple(self.state.terms[i].name for i in post.tags),
            f"{self.url}/wp-content/uploads/{media.path}" if media else f"{self.url}/icon.png",
            media.alt if media else "",
        )

    async def _page(self, request: web.Request) -> web.Response:
        wanted = request.match_info["slug"]
        every = self._published()
        post = next((p for p in every if p.slug in {wanted, wanted.lower()}), None)
        if post is None:
            raise web.HTTPNotFound(text="Nothing here.")
        others = [self._page_article(p) for p in every if p is not post][:3]
        return self._html(article_page(self._site(), self._page_article(post), others))

    def _html(self, text: str) -> web.Response:
        return web.Response(text=text, content_type="text/html", headers=self._link())

    async def _feed(self, request: web.Request) -> web.Response:
        info = FeedInfo(TITLE, self.me.bio, f"{self.url}/", f"{self.url}/feed/", f"{self.url}/icon.png")
        posts = self._published()[:10]
        body = rss(info, [self._item(post) for post in posts]).encode()
        etag = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        return web.Response(body=body, content_type="application/rss+xml", charset="utf-8", headers={"ETag": etag})

    def _item(self, post: Post) -> FeedItem:
        page = self._page_article(post)
        guid = f"{self.url}/?p={post.id}"
        return FeedItem(
            page.url, guid, page.title, page.summary, page.html, self.me.name, post.date, page.tags, page.picture_url
        )

    async def _upload(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        media = next((m for m in self.state.media.values() if m.path == path), None)
        if media is not None:
            return web.Response(body=media.data(), content_type=media.mime)
        if found := re.fullmatch(r"practice/([a-z0-9-]+)\.jpg", path):
            return web.Response(body=picture(found[1], _WIDTH, _HEIGHT, "jpeg"), content_type="image/jpeg")
        raise web.HTTPNotFound(text="Nothing here.")

    async def _icon(self, _request: web.Request) -> web.Response:
        return web.Response(body=picture(self.me.key, 64, 64), content_type="image/png")

    async def _avatar(self, request: web.Request) -> web.Response:
        return web.Response(body=picture(request.match_info["name"], 96, 96), content_type="image/png")

    async def _authorize(self, request: web.Request) -> web.Response:
        """The page where a person makes an application password. Here it shows the one there is."""
        name = escape(request.query.get("app_name", "This program"))
        words = f"<h1>Authorize Application</h1><p>{name} may use this blog as {self.me.handle} with this password:</p>"
        return self._html(f"<!DOCTYPE html><title>Authorize Application</title>{words}<code>{PASSWORD}</code>")


async def body_of(request: web.Request) -> tuple[dict[str, Any], Upload | None]:
    """The JSON object, or form, or file of a request. Raises ApiError."""
    kind = request.content_type
    if not request.can_read_body and request.content_length in {None, 0}:
        return {}, None
    if kind == "application/json":
        try:
            body = await request.json()
        except ValueError:
            raise ApiError(400, "rest_invalid_json", "Invalid JSON body passed.", json_error_code=4) from None
        return (body if isinstance(body, dict) else {}), None
    if kind.startswith("multipart/"):
        return _multipart(request.headers["Content-Type"], await request.read())
    if kind == "application/x-www-form-urlencoded":
        return {name: value for name, value in (await request.post()).items() if isinstance(value, str)}, None
    name = re.search(r'filename="?([^";]+)"?', request.headers.get("Content-Disposition", ""))
    if name is None:
        raise ApiError(400, "rest_upload_no_content_disposition", "No Content-Disposition supplied.")
    return {}, Upload(name[1], kind, await request.read())


def _multipart(content_type: str, data: bytes) -> tuple[dict[str, Any], Upload | None]:
    """The parts of a form (RFC 7578): texts by name, and the file."""
    whole = b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + data
    upload, texts = None, {}
    for part in BytesParser(policy=HTTP).parsebytes(whole).iter_parts():
        name, content = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
        if not isinstance(content, bytes):
            continue
        if part.get_filename():
            upload = Upload(part.get_filename() or "", part.get_content_type(), content)
        else:
            texts[str(name)] = content.decode()
    return texts, upload
