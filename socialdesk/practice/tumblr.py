"""A stand-in for Tumblr: blogs of the practice world, dashboard, tags, queue, posts in the Neue Post Format."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from socialdesk.practice.forms import FormFile, read_form
from socialdesk.practice.server import Handler, PracticeServer, utc_now
from socialdesk.practice.tumblr_oauth import SCOPES, OAuth
from socialdesk.practice.tumblr_state import Blog, Post, State
from socialdesk.practice.tumblr_wire import Refused, blog_json, envelope, legacy_json, post_json, read_body, refusal
from socialdesk.practice.world import World, picture

WORLD_OF = ("tumblr", "mastodon")  # whose posts of the world are shown, the first that has any
SECOND_BLOG = "notes"
MOST_QUEUED = 1000
_TAG = re.compile(r"#(\w+)")


class PracticeTumblr(PracticeServer):
    """`credentials`: server, token, refresh_token, client_id, client_secret, blog.

    Knobs: `refuses` (status and subcode of every new post), `tags_in_npf`, `most_queued`, those of `oauth`.
    """

    def __init__(self, world: World, sites: Mapping[str, str], *, now: Callable[[], datetime] = utc_now) -> None:
        super().__init__(now=now)
        self.app.middlewares.append(self._speak)
        self.world = world
        self.state = State(now)
        self.oauth = OAuth(now)
        self.refuses: tuple[int, int] | None = None
        self.tags_in_npf = True
        self.most_queued = MOST_QUEUED
        self._urls = world.article_urls(sites)
        self.oauth.add_to(self.app.router)
        self._route()
        self._settle()

    async def started(self) -> None:
        app = self.oauth.register()
        given = self.oauth.give(app, SCOPES)
        self.credentials = {
            "server": self.url,
            "token": str(given["access_token"]),
            "refresh_token": str(given["refresh_token"]),
            "client_id": app.key,
            "client_secret": app.secret,
            "blog": self.me.name,
        }

    # for tests and the practice desk

    @property
    def me(self) -> Blog:
        return self.state.blogs[self.world.me.handle]

    def add_post(self, text: str, by: str = "harbor", *, minutes_ago: float = 0, **more: Any) -> Post:
        """Somebody posts; everybody who follows sees it."""
        when = self.now() - timedelta(minutes=minutes_ago)
        more.setdefault("tags", tuple(_TAG.findall(text)))
        content = more.pop("content", [{"type": "text", "text": text}])
        return self.state.add(self.world.by_key[by].handle, content, when, **more)

    def mine(self, state: str = "published", blog: str = "") -> list[Post]:
        """The person's own posts, newest first."""
        return self.state.listed(state, blog or self.me.name)

    def _settle(self) -> None:
        for number, organisation in enumerate(self.world.organisations):
            own = organisation.key == self.world.me.key
            blog = Blog(organisation.handle, organisation.name, f"t:pr4ct1ce{number:012}", own, own)
            self.state.blogs[blog.name] = blog
        self.state.blogs[SECOND_BLOG] = Blog(SECOND_BLOG, "Notes", "t:pr4ct1cenotes", mine=True)
        posts = self.world.shown_on(*WORLD_OF)
        for post in posts:
            if not post.reply_to:
                self.add_post(post.text_with(self._urls), post.organisation, minutes_ago=post.minutes_ago)

    # answering

    def _route(self) -> None:
        router = self.app.router
        router.add_get("/v2/user/info", self._info)
        router.add_get("/v2/user/dashboard", self._dashboard)
        router.add_get("/v2/tagged", self._tagged)
        router.add_post("/v2/user/like", self._like)
        router.add_post("/v2/user/unlike", self._like)
        blog = "/v2/blog/{blog}"
        router.add_get(blog + "/posts", self._posts)
        router.add_get(blog + "/posts/{id:\\d+}", self._post)
        router.add_get(blog + "/posts/{state:queue|draft}", self._unpublished)
        router.add_post(blog + "/posts", self._create)
        router.add_post(blog + "/posts/", self._create)
        router.add_post(blog + "/post/delete", self._delete)
        router.add_get(blog + "/avatar/{size}", self._avatar)
        router.add_get("/media/{number}", self._show_media)

    @web.middleware
    async def _speak(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            answer = await handler(request)
        except Refused as refused:
            answer = refusal(refused)
        if request.path.startswith("/v2/"):
            for period, limit in (("Perhour", 1000), ("Perday", 5000)):
                answer.headers[f"X-Ratelimit-{period}-Limit"] = str(limit)
                answer.headers[f"X-Ratelimit-{period}-Remaining"] = str(limit - 1)
                answer.headers[f"X-Ratelimit-{period}-Reset"] = "1800"
        return answer

    def _blog(self, request: web.Request, *, own: bool = False) -> Blog:
        blog = self.state.blog_named(request.match_info["blog"])
        if blog is None:
            raise Refused(404, 0, "Not Found")
        if own and not blog.mine:
            raise Refused(403, 0, "You may not post here")
        return blog

    def _json(self, posts: list[Post]) -> list[dict[str, Any]]:
        return [post_json(post, self.state.blogs, self.url, self.state.liked) for post in posts]

    async def _info(self, request: web.Request) -> web.Response:
        self.oauth.check(request)
        blogs = [
            {**blog_json(blog, self.url), "primary": blog.primary, "followers": 12, "type": "public"}
            for blog in self.state.blogs.values()
            if blog.mine
        ]
        return envelope({"user": {"name": self.me.name, "following": 9, "likes": 0, "blogs": blogs}})

    # lists

    async def _dashboard(self, request: web.Request) -> web.Response:
        self.oauth.check(request)
        return envelope({"posts": self._json(_page(request, self.state.listed()))})

    async def _tagged(self, request: web.Request) -> web.Response:
        self._check_key(request)
        tag = request.query.get("tag", "").casefold()
        if not tag:
            raise Refused(400, 0, "tag is missing")
        found = _page(request, [p for p in self.state.listed() if tag in {t.casefold() for t in p.tags}])
        return envelope(self._json(found) if self.tags_in_npf else [legacy_json(post) for post in found])

    def _check_key(self, request: web.Request) -> None:
        if "Authorization" in request.headers or request.query.get("api_key") not in self.oauth.apps:
            self.oauth.check(request)

    async def _posts(self, request: web.Request) -> web.Response:
        self._check_key(request)
        blog = self._blog(request)
        listed = self.state.listed(blog=blog.name)
        if "id" in request.query:
            listed = [post for post in listed if str(post.id) == request.query["id"]]
            if not listed:
                raise Refused(404, 0, "Not Found")
        found = _page(request, listed)
        return envelope({"blog": blog_json(blog, self.url), "posts": self._json(found), "total_posts": len(found)})

    async def _unpublished(self, request: web.Request) -> web.Response:
        self.oauth.check(request)
        blog = self._blog(request, own=True)
        found = _page(request, self.state.listed(request.match_info["state"], blog.name))
        return envelope({"posts": self._json(found)})

    async def _post(self, request: web.Request) -> web.Response:
        self._check_key(request)
        self.state.publish_due()
        post = self.state.posts.get(int(request.match_info["id"]))
        if post is None or post.blog != self._blog(request).name:
            raise Refused(404, 0, "Not Found")
        return envelope(self._json([post])[0])

    # writing

    async def _create(self, request: web.Request) -> web.Response:
        self.oauth.check(request, "write")
        blog = self._blog(request, own=True)
        if self.refuses is not None:
            raise Refused(*self.refuses, "practice refusal")
        raw, files = await self._read_post(request)
        body = read_body(raw, frozenset(files))
        state = body.get("state", "published")
        if state == "queue" and len(self.state.listed("queue", blog.name)) >= self.most_queued:
            raise Refused(403, 8022, "The queue is full")
        post = self.state.add(
            blog.name,
            [self._kept(block, files) for block in body["content"]],
            self.now(),
            tags=tuple(tag.strip() for tag in body.get("tags", "").split(",") if tag.strip()),
            state=state,
            slug=body.get("slug", ""),
            parent=self._parent(body),
            publish_on=body.get("publish_on", ""),
        )
        return envelope({"id": str(post.id), "state": state, "display_text": f"Posted to {blog.name}"}, 201)

    @staticmethod
    async def _read_post(request: web.Request) -> tuple[str, dict[str, FormFile]]:
        if not request.content_type.startswith("multipart/"):
            return (await request.read()).decode(), {}
        parts = dict(await read_form(request))
        raw = parts.pop("json", "")
        text = raw.data.decode() if isinstance(raw, FormFile) else raw
        return text, {name: part for name, part in parts.items() if isinstance(part, FormFile)}

    def _kept(self, block: dict[str, Any], files: Mapping[str, FormFile]) -> dict[str, Any]:
        """A block as it is shown: uploads have an address."""
        if block["type"] == "video":
            return {**block, "provider": "tumblr", "media": self._shown(block["media"], files)}
        if block["type"] != "image":
            return block
        shown = []
        for media in block["media"]:
            if "identifier" in media:
                media = self._shown(media, files)
            shown.append({"width": 540, "height": 360, **media})
        return {**block, "media": shown}

    def _shown(self, media: Mapping[str, Any], files: Mapping[str, FormFile]) -> dict[str, Any]:
        """An upload as the wire shows it: with an address."""
        file = files[media["identifier"]]
        if not file.data:
            raise Refused(400, 8005, "The media cannot be accepted")
        number = str(len(self.state.media))
        self.state.media[number] = (media.get("type", file.content_type), file.data)
        return {k: v for k, v in media.items() if k != "identifier"} | {"url": f"{self.url}/media/{number}"}

    def _parent(self, body: Mapping[str, Any]) -> Post | None:
        if "parent_post_id" not in body:
            return None
        parent = self.state.posts.get(int(body["parent_post_id"]))
        known = parent is not None and self.state.blogs[parent.blog].uuid == body.get("parent_tumblelog_uuid")
        if parent is None or not known or parent.reblog_key != body.get("reblog_key"):
            raise Refused(400, 8002, "The parent cannot be reblogged")
        return parent

    async def _delete(self, request: web.Request) -> web.Response:
        self.oauth.check(request, "write")
        blog = self._blog(request, own=True)
        form = await _fields(request)
        post = self.state.posts.get(int(form.get("id", "0")))
        if post is None or post.blog != blog.name:
            raise Refused(404, 0, "Not Found")
        del self.state.posts[post.id]
        return envelope({"id": str(post.id)})

    async def _like(self, request: web.Request) -> web.Response:
        self.oauth.check(request, "write")
        form = await _fields(request)
        post = self.state.posts.get(int(form.get("id", "0")))
        if post is None or form.get("reblog_key") != post.reblog_key:
            raise Refused(404, 0, "Not Found")
        (self.state.liked.discard if request.path.endswith("unlike") else self.state.liked.add)(post.id)
        return envelope([])

    # pictures

    async def _avatar(self, request: web.Request) -> web.Response:
        return web.Response(body=picture(self._blog(request).name, 64, 64), content_type="image/png")

    async def _show_media(self, request: web.Request) -> web.Response:
        found = self.state.media.get(request.match_info["number"])
        if found is None:
            raise web.HTTPNotFound
        return web.Response(body=found[1], content_type=found[0])


async def _fields(request: web.Request) -> dict[str, str]:
    """A form, or the JSON that some clients send in its place."""
    if request.content_type == "application/json":
        return {name: str(value) for name, value in (await request.json()).items()}
    return {name: str(value) for name, value in await read_form(request)}


def _page(request: web.Request, posts: list[Post]) -> list[Post]:
    query = request.query
    if "before" in query and "offset" in query:
        raise Refused(400, 0, "before and offset exclude one another")
    limit = int(query.get("limit", "20"))
    if not 1 <= limit <= 20:
        raise Refused(400, 0, "limit is invalid")
    if "before" in query:
        posts = [post for post in posts if int(post.created.timestamp()) < int(query["before"])]
    start = int(query.get("offset", "0"))
    return posts[start : start + limit]


def build(world: World, sites: Mapping[str, str]) -> PracticeTumblr:
    return PracticeTumblr(world, sites)
