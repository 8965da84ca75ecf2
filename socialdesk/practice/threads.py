"""A stand-in for Threads: its API as one account sees it, and its sign-in."""

import html
import re
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from socialdesk.practice.facebook_refusals import GraphError, no_permission, parameter, unknown_node
from socialdesk.practice.forms import read_form
from socialdesk.practice.server import Handler, PracticeServer, utc_now
from socialdesk.practice.threads_oauth import OAuth
from socialdesk.practice.threads_state import Container, Post, State, User
from socialdesk.practice.threads_wire import Json, Wire, wanted_of
from socialdesk.practice.world import World, picture

WORLD_OF = ("threads", "mastodon")  # whose posts of the world are shown, the first that has any
LONGEST, MOST_LINKS = 500, 5
AUDIENCES = frozenset(
    {"everyone", "accounts_you_follow", "mentioned_only", "parent_post_author_only", "followers_only"}
)
KINDS = frozenset({"TEXT", "IMAGE", "VIDEO", "CAROUSEL"})
METRICS = {"views": 940, "likes": 31, "replies": 4, "reposts": 6, "quotes": 1, "shares": 3, "clicks": 17, "followers_count": 812}  # fmt: skip  # noqa: E501
_LINK = re.compile(r"https?://\S+")
_FORM = dict[str, str]


class PracticeThreads(PracticeServer):
    """`credentials`: server, token, client_id, client_secret, redirect.

    Knobs: `oauth`, `refusals` (one answer each, for requests whose path matches), `lacks` (permissions that the app was
    not given), `approved` (search finds what others wrote), `preparing` (how many looks a container with pictures
    takes), `spoils` (why containers cannot be used), `repeats_id` (a container that is published again answers with
    its post, else it is refused).
    """

    def __init__(self, world: World, sites: Mapping[str, str], *, now: Callable[[], Any] = utc_now) -> None:
        super().__init__(now=now)
        self.world = world
        self.state = State(now)
        self._urls = world.every_url(sites)
        self.wire = Wire(self.state)
        self.oauth = OAuth(now)
        self.refusals: list[tuple[str, GraphError]] = []
        self.lacks: set[str] = set()
        self.approved, self.repeats_id = True, False
        self.preparing, self.spoils = 0, ""
        route = self.app.router
        route.add_get("/oauth/authorize", self.oauth.authorize)
        route.add_post("/oauth/access_token", self._guarded(lambda r, a: self.oauth.exchange(a)))
        route.add_get("/access_token", self._guarded(lambda r, a: self.oauth.lasting(a)))
        route.add_get("/refresh_access_token", self._guarded(lambda r, a: self.oauth.refresh(a)))
        for start in ("", r"/{version:v\d+\.\d+}"):
            self._serve(start)
        route.add_get("/pictures/{name}.png", self._picture)
        route.add_get("/media/{name}.png", self._picture)
        route.add_get("/{name:@[^/]+}/post/{code}", self._page)
        self._settle()

    def _serve(self, start: str) -> None:
        route = self.app.router
        for name in ("threads", "replies", "mentions"):
            route.add_get(f"{start}/me/{name}", self._guarded(self._own))
        route.add_post(f"{start}/me/threads", self._guarded(self._create))
        route.add_post(f"{start}/me/threads_publish", self._guarded(self._publish))
        route.add_get(f"{start}/me/threads_insights", self._guarded(self._insights))
        route.add_get(f"{start}/me/threads_publishing_limit", self._guarded(self._quota))
        route.add_get(f"{start}/me", self._guarded(self._me))
        route.add_get(f"{start}/keyword_search", self._guarded(self._search))
        route.add_get(rf"{start}/{{id:\d+}}/{{edge:replies|conversation|insights}}", self._guarded(self._edge))
        route.add_get(rf"{start}/{{id:\d+}}", self._guarded(self._node))
        route.add_delete(rf"{start}/{{id:\d+}}", self._guarded(self._delete))

    async def started(self) -> None:
        self.wire.base = self.url
        for post in self.state.posts.values():
            if post.media_url.startswith("/"):
                post.media_url = self.url + post.media_url
        app = self.oauth.register()
        self.oauth.user = self.me.id
        self.credentials = {
            "server": self.url,
            "token": self.oauth.give(),
            "client_id": app.id,
            "client_secret": app.secret,
            "redirect": app.redirect,
        }

    # for tests

    @property
    def me(self) -> User:
        return self.state.users[self.world.me.handle]

    def add_post(self, text: str, by: str = "", *, minutes_ago: float = 0, **more: Any) -> Post:
        """A post of one's own, or of the organisation `by`."""
        author = self.world.by_key[by].handle if by else self.me.username
        return self.state.add_post(author, text, minutes_ago=minutes_ago, **more)

    def refuse(self, match: str, error: GraphError) -> None:
        self.refusals.append((match, error))

    # filling

    def _settle(self) -> None:
        for organisation in self.world.organisations:
            self.state.add_user(organisation.handle, organisation.name, organisation.key, organisation.bio)
        shown: dict[str, Post] = {}
        for post in self.world.shown_on(*WORLD_OF):
            answered = shown.get(post.reply_to)
            if post.reply_to and answered is None:
                continue
            made = self.state.add_post(
                self.world.by_key[post.organisation].handle,
                post.text_with(self._urls),
                minutes_ago=post.minutes_ago,
                reply_to=answered.id if answered else "",
                link=next((self._urls[slug] for slug in post.articles), ""),
            )
            if post.picture:
                made.media_type, made.media_url, made.alt = "IMAGE", f"/media/{post.picture}.png", post.picture_alt
            shown[post.id] = made

    # talking

    def _guarded(self, handler: Callable[[web.Request, _FORM], Json]) -> Handler:
        async def answer(request: web.Request) -> web.StreamResponse:
            form = dict(await read_form(request)) if request.method == "POST" else {}
            asked = {name: str(value) for name, value in {**request.query, **form}.items()}
            try:
                for at, (match, error) in enumerate(self.refusals):
                    if re.search(match, request.path):
                        del self.refusals[at]
                        raise error
                return web.json_response(handler(request, asked))
            except GraphError as error:
                return web.json_response(error.body, status=error.status)

        return answer

    def _needs(self, asked: _FORM, *permissions: str) -> None:
        """Raises GraphError for a bad token, or one that may not do this."""
        if not asked.get("access_token"):
            raise GraphError(190, "An access token is required to request this resource.", status=401)
        owner = self.oauth.owner(asked["access_token"])
        missing = [name for name in ("threads_basic", *permissions) if name in self.lacks or name not in owner.scopes]
        if missing:
            raise no_permission(*missing)

    def _me(self, _request: web.Request, asked: _FORM) -> Json:
        self._needs(asked)
        return self.wire.user(self.me, wanted_of(asked))

    def _own(self, request: web.Request, asked: _FORM) -> Json:
        me, edge = self.me.username, request.path.rpartition("/")[2]
        self._needs(
            asked, *{"mentions": ("threads_manage_mentions",), "replies": ("threads_read_replies",)}.get(edge, ())
        )
        chosen: dict[str, Callable[[Post], bool]] = {
            "threads": lambda p: p.author == me and not p.reply_to,
            "replies": lambda p: p.author == me and bool(p.reply_to),
            "mentions": lambda p: p.author != me and f"@{me}" in p.text,
        }
        return self.wire.posts(self.state.newest(chosen[edge]), asked, me)

    def _search(self, _request: web.Request, asked: _FORM) -> Json:
        self._needs(asked, "threads_keyword_search")
        words = asked.get("q", "").casefold()
        if not words:
            raise parameter("The parameter q is required")
        me, tag = self.me.username, asked.get("search_mode") == "TAG"

        def matches(post: Post) -> bool:
            if not self.approved and post.author != me:
                return False
            text = post.text.casefold()
            return post.tag.casefold() == words or f"#{words}" in text if tag else words in text

        return self.wire.posts(self.state.newest(matches), asked, me)

    def _edge(self, request: web.Request, asked: _FORM) -> Json:
        post = self.state.posts.get(request.match_info["id"])
        if post is None:
            raise unknown_node(request.match_info["id"])
        if request.match_info["edge"] == "insights":
            return self._insights(request, asked)
        self._needs(asked, "threads_read_replies")
        if self.state.posts[self.state.root_of(post)].author != self.me.username:
            raise GraphError(10, "(#10) Application does not have permission for this action", status=403)
        found = self.state.below(post.id, deep=request.match_info["edge"] == "conversation")
        return self.wire.posts(
            found if asked.get("reverse", "true") == "true" else found[::-1], asked, self.me.username
        )

    def _node(self, request: web.Request, asked: _FORM) -> Json:
        self._needs(asked)
        node = request.match_info["id"]
        if node in self.state.posts:
            return self.wire.post(self.state.posts[node], wanted_of(asked), self.me.username)
        if node not in self.state.containers:
            raise unknown_node(node)
        container = self.state.container(node)
        if container.status == "IN_PROGRESS":
            container.looks -= 1
            if container.looks < 0:
                container.status, container.error = ("ERROR", self.spoils) if self.spoils else ("FINISHED", "")
        return self.wire.container(container, wanted_of(asked))

    def _create(self, _request: web.Request, asked: _FORM) -> Json:
        self._needs(asked, "threads_content_publish", *(("threads_manage_replies",) if "reply_to_id" in asked else ()))
        kind, text = asked.get("media_type", ""), asked.get("text", "")
        if kind not in KINDS:
            raise parameter("The parameter media_type is required")
        if len(text) > LONGEST:
            raise parameter("Param text must be at most 500 characters long.")
        if len({*_LINK.findall(text), *filter(None, [asked.get("link_attachment")])}) > MOST_LINKS:
            raise parameter("THREADS_API__LINK_LIMIT_EXCEEDED")
        if asked.get("link_attachment") and kind != "TEXT":
            raise parameter("link_attachment is for text posts only")
        self._check_content(kind, asked, text)
        if asked.get("reply_to_id", "") not in {"", *self.state.posts}:
            raise unknown_node(asked["reply_to_id"])
        form = {name: value for name, value in asked.items() if name != "access_token"}
        container = Container(self.state.number(), form, self.state.now())
        if kind != "TEXT" or self.spoils:
            container.status, container.looks = "IN_PROGRESS", self.preparing
        self.state.containers[container.id] = container
        return {"id": container.id}

    def _check_content(self, kind: str, asked: _FORM, text: str) -> None:
        if kind == "TEXT" and not text:
            raise parameter("The parameter text is required")
        if kind == "IMAGE" and not asked.get("image_url", "").startswith("http"):
            raise parameter("The parameter image_url is required")
        if asked.get("reply_control", "everyone") not in AUDIENCES:
            raise parameter(f"Param reply_control must be one of {sorted(AUDIENCES)}")
        if kind == "CAROUSEL":
            children = asked.get("children", "").split(",")
            if not 2 <= len(children) <= 20 or not set(children) <= set(self.state.containers):
                raise parameter("The parameter children needs two to twenty containers")

    def _publish(self, _request: web.Request, asked: _FORM) -> Json:
        self._needs(asked, "threads_content_publish")
        container = self.state.container(asked.get("creation_id", ""))
        if container.status == "PUBLISHED" and self.repeats_id:
            return {"id": container.post}
        return {"id": self.state.publish(container, self.me.username).id}

    def _delete(self, request: web.Request, asked: _FORM) -> Json:
        self._needs(asked, "threads_delete")
        post = self.state.posts.get(request.match_info["id"])
        if post is None:
            raise unknown_node(request.match_info["id"])
        if post.author != self.me.username:
            raise no_permission("threads_delete")
        del self.state.posts[post.id]
        return {"success": True, "deleted_id": post.id}

    def _insights(self, request: web.Request, asked: _FORM) -> Json:
        self._needs(asked, "threads_manage_insights")
        names = asked.get("metric", "").split(",")
        if not set(names) <= set(METRICS):
            raise parameter("The metric is not supported")
        of_account = request.path.endswith("threads_insights")

        def row(name: str) -> Json:
            value: Json = {"values": [{"value": METRICS[name]}]}
            if of_account and name == "views":
                days = [{"value": n, "end_time": f"2026-11-{20 + n}T07:00:00+0000"} for n in (1, 2)]
                value = {"values": days}
            elif of_account:
                return {"name": name, "period": "day", "title": name, "total_value": {"value": METRICS[name]}}
            return {"name": name, "period": "lifetime", "title": name.capitalize(), **value}

        return {"data": [row(name) for name in names]}

    def _quota(self, _request: web.Request, asked: _FORM) -> Json:
        self._needs(asked)
        used = sum(post.author == self.me.username and not post.reply_to for post in self.state.posts.values())
        day = {"quota_duration": 86400}
        return {"data": [{"quota_usage": used, "config": {"quota_total": 250, **day}, "reply_quota_usage": 0,
                          "reply_config": {"quota_total": 1000, **day}}]}  # fmt: skip

    # pictures and pages

    async def _picture(self, request: web.Request) -> web.Response:
        return web.Response(body=picture(request.match_info["name"], 640, 400), content_type="image/png")

    async def _page(self, request: web.Request) -> web.Response:
        name = html.escape(request.match_info["name"])
        return web.Response(text=f"<!DOCTYPE html><title>{name}</title><h1>{name}</h1>", content_type="text/html")


def build(world: World, sites: Mapping[str, str]) -> PracticeThreads:
    return PracticeThreads(world, sites)
