"""A stand-in for Blogger: API v3 for the blog of the person's own organisation, and Google's sign-in."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from socialdesk.practice.blogger_oauth import OAuth
from socialdesk.practice.blogger_state import (
    POST_FIELDS,
    Blog,
    Comment,
    Post,
    Refused,
    State,
    blog_json,
    comment_json,
    post_json,
)
from socialdesk.practice.server import Handler, PracticeServer, utc_now
from socialdesk.practice.world import World

API = "/v3/blogs/{blog}"


class PracticeBlogger(PracticeServer):
    """`credentials`: server, token, refresh_token, client_id, client_secret, blog.

    Knobs: `refuses` (an answer to every request of the API), `strips_comments` (of HTML in new posts).
    """

    def __init__(self, world: World, *, now: Callable[[], datetime] = utc_now) -> None:
        super().__init__(now=now)
        self.app.middlewares.append(self._speak)
        self.world = world
        self.state = State(now)
        self.oauth = OAuth(now)
        self.refuses: Refused | None = None
        self.strips_comments = False
        self.oauth.add_to(self.app.router)
        self._route()
        self._settle()

    async def started(self) -> None:
        app = self.oauth.register()
        given = self.oauth.give(app)
        self.credentials = {
            "server": self.url,
            "token": str(given["access_token"]),
            "refresh_token": str(given["refresh_token"]),
            "client_id": app.client_id,
            "client_secret": app.secret,
            "blog": self.blog.id,
        }

    # for tests and the practice desk

    @property
    def blog(self) -> Blog:
        return self.state.blogs[0]

    def add_post(self, title: str, content: str = "<p>Words.</p>") -> Post:
        """Somebody publishes in Blogger's own editor, now."""
        return self.state.add_post(self.blog.id, title, content, "LIVE", self.now())

    def add_comment(self, post: Post, content: str, author: str = "A reader") -> Comment:
        comment = Comment(self.state.new_id(), post.blog, post.id, author, content, self.now())
        self.state.comments.append(comment)
        return comment

    def titled(self, title: str) -> list[Post]:
        """What is in the trash is not counted."""
        return [post for post in self.state.posts.values() if post.title == title and post.status != "SOFT_TRASHED"]

    def _settle(self) -> None:
        me = self.world.me
        self.state.blogs = [
            Blog("2399953", me.name, f"{me.handle}.blogspot.example"),
            Blog("2399954", f"{me.name} Notes", f"{me.handle}-notes.blogspot.example"),
        ]
        for article in self.world.articles_of(me.key):
            when = self.now() - timedelta(minutes=article.minutes_ago)
            post = self.state.add_post(self.blog.id, article.title, article.html, "LIVE", when, labels=article.tags)
            for said in self.world.comments:
                if said.article == article.slug:
                    self.add_comment(post, f"<p>{said.text}</p>", self.world.by_key[said.organisation].name)

    # answering

    def _route(self) -> None:
        router = self.app.router
        router.add_get("/v3/users/self/blogs", self._blogs)
        router.add_get(API + "/posts", self._posts)
        router.add_post(API + "/posts", self._insert)
        router.add_post(API + "/posts/{id}/publish", self._publish)
        router.add_get(API + "/posts/{id}", self._post)
        router.add_delete(API + "/posts/{id}", self._delete)
        router.add_get(API + "/comments", self._comments)

    @web.middleware
    async def _speak(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refusals in Google's form; nothing without a token."""
        self.state.publish_due()
        try:
            if request.path.startswith("/v3/"):
                self.oauth.check(request)
                if self.refuses is not None:
                    raise self.refuses
            return await handler(request)
        except Refused as refused:
            return web.json_response(refused.body, status=refused.status)

    def _blog(self, request: web.Request) -> Blog:
        found = next((blog for blog in self.state.blogs if blog.id == request.match_info["blog"]), None)
        if found is None:
            raise Refused(404, "NOT_FOUND", "Not Found", "notFound")
        return found

    def _found(self, request: web.Request) -> Post:
        post = self.state.posts.get(request.match_info["id"])
        if post is None or post.blog != self._blog(request).id:
            raise Refused(404, "NOT_FOUND", "Not Found", "notFound")
        return post

    def _json(self, post: Post, *, bodies: bool = True) -> dict[str, Any]:
        replies = sum(comment.post == post.id for comment in self.state.comments)
        blog = next(blog for blog in self.state.blogs if blog.id == post.blog)
        return post_json(post, blog, self.url, self.world.me.name, replies, bodies=bodies)

    async def _blogs(self, _request: web.Request) -> web.Response:
        items = [blog_json(blog) for blog in self.state.blogs]
        return web.json_response({"kind": "blogger#blogList", "items": items})

    async def _posts(self, request: web.Request) -> web.Response:
        blog, query = self._blog(request), request.query
        states = set(query.getall("status", ["LIVE"]))
        if not states <= {"LIVE", "DRAFT", "SCHEDULED", "SOFT_TRASHED"}:
            raise Refused(400, "INVALID_ARGUMENT", "Invalid value at 'status'", "invalid")
        if states != {"LIVE"} and query.get("view") not in {"ADMIN", "AUTHOR"}:
            raise Refused(403, "PERMISSION_DENIED", "Not for readers", "forbidden")
        found = [post for post in self.state.posts.values() if post.blog == blog.id and post.status in states]
        by_update = query.get("orderBy", "PUBLISHED") == "UPDATED"
        found.sort(key=lambda post: post.updated if by_update else post.published or post.updated, reverse=True)
        bodies = query.get("fetchBodies", "true") == "true"
        rows = [self._json(post, bodies=bodies) for post in found]
        return web.json_response({"kind": "blogger#postList", **_paged(request, rows)})

    async def _post(self, request: web.Request) -> web.Response:
        """Readers' programs see what is public; the blog's own ask for its view."""
        post = self._found(request)
        if post.status != "LIVE" and request.query.get("view") not in {"ADMIN", "AUTHOR"}:
            raise Refused(404, "NOT_FOUND", "Not Found", "notFound")
        return web.json_response(self._json(post, bodies=request.query.get("fetchBody", "true") == "true"))

    async def _comments(self, request: web.Request) -> web.Response:
        blog = self._blog(request)
        found = [comment for comment in self.state.comments if comment.blog == blog.id]
        found.sort(key=lambda comment: comment.published, reverse=True)
        rows = [comment_json(comment) for comment in found]
        return web.json_response({"kind": "blogger#commentList", **_paged(request, rows)})

    # writing

    async def _insert(self, request: web.Request) -> web.Response:
        blog = self._blog(request)
        body = json.loads(await request.read())
        if set(body) - POST_FIELDS:
            raise Refused(400, "INVALID_ARGUMENT", "Invalid JSON payload received. Unknown name", "badRequest")
        content = str(body.get("content", ""))
        if self.strips_comments:
            content = content.partition("<!--")[0]
        draft = request.query.get("isDraft") == "true"
        post = self.state.add_post(
            blog.id,
            str(body.get("title", "")),
            content,
            "DRAFT" if draft else "LIVE",
            self.now(),
            labels=tuple(body.get("labels", ())),
        )
        return web.json_response(self._json(post))

    async def _publish(self, request: web.Request) -> web.Response:
        post = self._found(request)
        wanted = request.query.get("publishDate")
        when = datetime.fromisoformat(wanted) if wanted else self.now()
        post.status = "SCHEDULED" if when > self.now() else "LIVE"
        post.published, post.updated = when, self.now()
        return web.json_response(self._json(post))

    async def _delete(self, request: web.Request) -> web.Response:
        post = self._found(request)
        if request.query.get("useTrash") == "true" and post.status != "SOFT_TRASHED":
            post.status = "SOFT_TRASHED"
        else:
            del self.state.posts[post.id]
        return web.Response(status=204)


def _paged(request: web.Request, rows: list[dict[str, Any]]) -> dict[str, Any]:
    start = int(request.query.get("pageToken", "0") or "0")
    size = int(request.query.get("maxResults", "10"))
    page: dict[str, Any] = {"items": rows[start : start + size]} if rows else {}
    return {**page, "nextPageToken": str(start + size)} if start + size < len(rows) else page


def build(world: World) -> PracticeBlogger:
    return PracticeBlogger(world)
