"""A stand-in for Facebook: the Graph API as the Pages of one person see it, and its sign-in."""

import html
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from socialdesk.practice.facebook_device import Devices
from socialdesk.practice.facebook_fields import FieldError, Wanted, parse_fields
from socialdesk.practice.facebook_oauth import KNOWN_SCOPES, LONG, OAuth, Token
from socialdesk.practice.facebook_refusals import GraphError, no_permission, parameter, unknown_field, unknown_node
from socialdesk.practice.facebook_state import Comment, Photo, Post, Profile, State
from socialdesk.practice.facebook_wire import PICTURE, Json, Wire
from socialdesk.practice.facebook_writing import Form, Writing
from socialdesk.practice.forms import read_form
from socialdesk.practice.server import Handler, PracticeServer, utc_now
from socialdesk.practice.world import PracticePost, World, picture

GRAPH = r"/{version:v\d+\.\d+}"
EDGES = ("feed", "posts", "published_posts", "visitor_posts", "tagged", "scheduled_posts")
WORLD_OF = ("facebook", "mastodon")  # whose posts of the world are shown, the first that has any
TASKS = ("ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE")
METRICS = {
    "page_total_media_view_unique": 1840, "page_media_view": 5121, "page_post_engagements": 212,
    "page_daily_follows": 9, "post_total_media_view_unique": 412, "post_clicks": 31,
    "post_reactions_by_type_total": {"like": 12, "love": 3},
    "post_clicks_by_type": {"link clicks": 25, "other clicks": 6},
}  # fmt: skip


class PracticeFacebook(PracticeServer):
    """`credentials`: server, token (the Page's), user_token, client_id, client_secret, client_token, page.

    Knobs: `oauth`, `devices`, `writing.refuses_repeats`, `refusals` (one answer each, for requests whose path matches),
    `lacks` (permissions that the app was not given), `usage` (per cent, with `regain` minutes), `metrics`. `sites` maps
    organisations to their blogs' addresses.
    """

    def __init__(self, world: World, sites: Mapping[str, str], *, now: Callable[[], Any] = utc_now) -> None:
        super().__init__(now=now)
        self.world = world
        self.state = State(now)
        self._urls = world.every_url(sites)
        self.wire = Wire(self.state, world.cards(self._urls))
        self.oauth = OAuth(now)
        self.writing = Writing(self.state)
        self.refusals: list[tuple[str, GraphError]] = []
        self.lacks: set[str] = set()
        self.metrics: dict[str, Any] = dict(METRICS)
        self.usage, self.regain = 0, 0
        self._profiles: dict[str, Profile] = {}
        route = self.app.router
        route.add_get(f"{GRAPH}/dialog/oauth", self.oauth.dialog)
        route.add_get(f"{GRAPH}/oauth/access_token", self._guarded(self._exchange))
        route.add_get(f"{GRAPH}/me/accounts", self._guarded(self._accounts))
        self.devices = Devices(self.oauth, now, lambda: self.url)
        route.add_post(f"{GRAPH}/device/login", self._guarded(self.devices.begin))
        route.add_post(f"{GRAPH}/device/login_status", self._guarded(self.devices.status))
        route.add_route("*", "/device", self.devices.page)
        for method in ("GET", "POST", "DELETE"):
            for end in ("", "/"):  # clients of Meta's own end the address of a node with a slash
                route.add_route(method, f"{GRAPH}/{{node}}{end}", self._guarded(self._node))
            route.add_route(method, f"{GRAPH}/{{node}}/{{edge}}", self._guarded(self._edge))
        route.add_get("/pictures/{name}.png", self._avatar)
        route.add_get("/photos/{id}.png", self._photo)
        route.add_get("/cards/{seed}.png", self._card)
        route.add_get("/{node}", self._page)
        self._settle()

    async def started(self) -> None:
        self.wire.base = self.url
        app = self.oauth.register()
        self.credentials = {
            "server": self.url,
            "token": self.oauth.give(KNOWN_SCOPES, self.me.id),
            "user_token": self.oauth.give(KNOWN_SCOPES, lasts=LONG),
            "client_id": app.id,
            "client_secret": app.secret,
            "client_token": app.client_token,
            "page": self.me.name,
        }

    # for tests

    @property
    def me(self) -> Profile:
        return self._profiles[self.world.me.key]

    def person(self, key: str) -> Profile:
        """An organisation of the world by its key."""
        return self._profiles[key]

    def add_page(self, name: str, username: str = "", tasks: tuple[str, ...] = TASKS) -> Profile:
        """One more Page of the person's."""
        return self.state.add_profile(name, username, tasks=tasks)

    def add_post(self, text: str, *, by: str = "", minutes_ago: float = 0, **more: Any) -> Post:
        """A post of the Page, or of a visitor `by`."""
        author = self.person(by).id if by else self.me.id
        return self.state.add_post(self.me.id, author, text, minutes_ago=minutes_ago, **more)

    def mention(self, text: str, by: str = "harbor", *, minutes_ago: float = 0) -> Post:
        author = self.person(by).id
        return self.state.add_post(author, author, text, tagged=frozenset({self.me.id}), minutes_ago=minutes_ago)

    def comment(self, post: Post, text: str, by: str = "harbor", **more: Any) -> Comment:
        return self.state.add_comment(post, self.person(by).id, text, **more)

    def refuse(self, match: str, error: GraphError) -> None:
        self.refusals.append((match, error))

    # filling

    def _settle(self) -> None:
        for organisation in self.world.organisations:
            mine = organisation.key == self.world.me.key
            self._profiles[organisation.key] = self.state.add_profile(
                organisation.name,
                organisation.handle,
                key=organisation.key,
                bio=organisation.bio,
                tasks=TASKS if mine else (),
            )
        posts = self.world.shown_on(*WORLD_OF)
        shown: dict[str, Post] = {}
        for post in posts:
            answered = shown.get(post.reply_to)
            if answered is not None and answered.wall == self.me.id:
                self.state.add_comment(
                    answered, self._profiles[post.organisation].id, self._text(post), minutes_ago=post.minutes_ago
                )
            elif post.organisation == self.world.me.key and not post.reply_to:
                shown[post.id] = self._show(post)
            elif f"@{self.world.me.handle}" in post.text and not post.reply_to:
                self._show(post)

    def _text(self, post: PracticePost) -> str:
        return post.text_with(self._urls).replace(f"@{self.world.me.handle}", self.world.me.name)

    def _show(self, post: PracticePost) -> Post:
        """A post of the Page's own, or somebody's that names it: every second of these on its own wall."""
        author, text = self._profiles[post.organisation].id, self._text(post)
        own = author == self.me.id
        visits = not own and len(self.state.posts) % 2 == 0
        link = next((self._urls[slug] for slug in post.articles), "")
        made = self.state.add_post(
            self.me.id if own or visits else author, author, text, minutes_ago=post.minutes_ago, link=link
        )
        made.tagged = frozenset() if own or visits else frozenset({self.me.id})
        made.more_likes, made.shares = post.likes, post.reshares
        if post.picture:
            photo = Photo(self.state.number(), author, made.created, alt=post.picture_alt, seed=post.picture)
            self.state.photos[photo.id] = photo
            made.photos = (photo.id,)
        return made

    # talking

    def _guarded(self, handler: Callable[[web.Request, Mapping[str, Any]], Any]) -> Handler:
        """Refusals in Facebook's form, and its headers of usage."""

        async def answer(request: web.Request) -> web.StreamResponse:
            form = dict(await read_form(request)) if request.method == "POST" else {}
            asked: dict[str, Any] = {**request.query, **form}
            try:
                for at, (match, error) in enumerate(self.refusals):
                    if re.search(match, request.path):
                        del self.refusals[at]
                        raise error
                found = web.json_response(handler(request, asked))
            except GraphError as error:
                found = web.json_response(error.body, status=error.status)
            if self.usage:
                use = {"call_count": self.usage, "total_cputime": 1, "total_time": 1}
                found.headers["X-App-Usage"] = json.dumps({**use, "call_count": 1})
                business = [{"type": "pages", **use, "estimated_time_to_regain_access": self.regain}]
                found.headers["X-Business-Use-Case-Usage"] = json.dumps({self.me.id: business})
            return found

        return answer

    def _owner(self, request: web.Request, asked: Mapping[str, Any]) -> Token:
        token = str(asked.get("access_token") or request.headers.get("Authorization", "").partition(" ")[2])
        if not token:
            raise GraphError(104, "An access token is required to request this resource.")
        return self.oauth.owner(token)

    def _needs(self, owner: Token, *permissions: str) -> None:
        missing = [name for name in permissions if name in self.lacks or name not in owner.scopes]
        if missing:
            raise no_permission(*permissions)

    def _exchange(self, _request: web.Request, asked: Mapping[str, Any]) -> Json:
        return self.oauth.exchange(asked)

    def _accounts(self, request: web.Request, asked: Mapping[str, Any]) -> Json:
        owner = self._owner(request, asked)
        if owner.page:
            raise unknown_field("accounts", "Page")
        self._needs(owner, "pages_show_list")
        wanted = _wanted(asked)
        pages = [profile for profile in self.state.profiles.values() if profile.tasks]
        rows = [self.wire.profile(page, wanted, self._page_token(owner, page)) for page in pages]
        return {"data": rows, "paging": {"cursors": {"before": "MQ", "after": "Mg"}}}

    def _page_token(self, owner: Token, page: Profile) -> str:
        """A Page's token ends with a short-lived one of the person, and not at all with a long-lived one."""
        for token, known in self.oauth.tokens.items():
            if known.page == page.id and known.scopes == owner.scopes and token not in self.oauth.ended:
                return token
        return self.oauth.give(owner.scopes, page.id)

    def _find(self, node: str, owner: Token) -> Profile | Post | Comment | Photo:
        node = owner.page or node if node == "me" else node
        self.state.publish_due()
        found = (
            self.state.profiles.get(node)
            or self.state.posts.get(node)
            or self.state.comments.get(node)
            or self.state.photos.get(node)
        )
        if found is None:
            raise unknown_node(node)
        return found

    def _node(self, request: web.Request, asked: Mapping[str, Any]) -> Json:
        owner = self._owner(request, asked)
        node = self._find(request.match_info["node"], owner)
        if request.method == "GET":
            return self._with_pages(request, self._read(node, _wanted(asked), owner))
        self._needs(owner, "pages_manage_engagement" if isinstance(node, Comment) else "pages_manage_posts")
        if isinstance(node, Profile):
            raise parameter("Unsupported request")
        if request.method == "DELETE":
            return self.writing.remove(owner.page, node)
        if isinstance(node, Photo):
            raise parameter("Unsupported post request")
        return self.writing.change(owner.page, node, asked)

    def _read(self, node: Profile | Post | Comment | Photo, wanted: tuple[Wanted, ...], owner: Token) -> Json:
        self._needs(owner, "pages_read_engagement")
        match node:
            case Profile():
                return self.wire.profile(node, wanted, self._page_token(owner, node) if node.tasks else "")
            case Post():
                return self.wire.post(node, wanted, owner.page)
            case Comment():
                return self.wire.comment(node, wanted, owner.page)
            case _:
                return self.wire.photo(node, wanted)

    def _edge(self, request: web.Request, asked: Mapping[str, Any]) -> Json:
        owner = self._owner(request, asked)
        node, edge = self._find(request.match_info["node"], owner), request.match_info["edge"]
        if request.method == "GET":
            return self._read_edge(request, node, edge, asked, owner)
        return self._write_edge(request.method, node, edge, asked, owner)

    def _read_edge(self, request: web.Request, node: Any, edge: str, asked: Mapping[str, Any], owner: Token) -> Json:
        wanted = _wanted(asked)
        if isinstance(node, Profile) and edge in EDGES:
            self._needs(
                owner, "pages_read_engagement", *(["pages_read_user_content"] if edge == "visitor_posts" else [])
            )
            found = self.wire.posts(self.state.edge_of(node.id, edge), wanted, asked, owner.page)
        elif isinstance(node, Post | Comment) and edge == "comments":
            self._needs(owner, "pages_read_engagement")
            every = self.state.comments_of(node.id, stream=True, newest_first=False)
            found = self.wire.comments(every, wanted, asked, owner.page, node.id)
        elif edge == "insights":
            self._needs(owner, "read_insights")
            return self._insights(node.id, asked)
        else:
            raise unknown_field(edge, type(node).__name__)
        for row in found["data"]:
            self._with_pages(request, row)
        return self.wire.next_page(found, request.path, {name: str(value) for name, value in asked.items()})

    def _with_pages(self, request: web.Request, node: Json) -> Json:
        """Edges inside a node have addresses of their own, too."""
        if "comments" in node:
            path = f"/{request.match_info['version']}/{node['id']}/comments"
            self.wire.next_page(node["comments"], path, {})
        return node

    def _write_edge(self, method: str, node: Any, edge: str, form: Form, owner: Token) -> Json:
        if isinstance(node, Profile) and method == "POST" and edge in {"feed", "photos"}:
            self._needs(owner, "pages_manage_posts")
            if node.id != owner.page:
                raise no_permission("pages_manage_posts")
            write = self.writing.feed if edge == "feed" else self.writing.photo
            return write(node.id, form)
        self._needs(owner, "pages_manage_engagement")
        if isinstance(node, Post | Comment) and edge == "comments" and method == "POST":
            return self.writing.comment(owner.page, node.id, form)
        if isinstance(node, Post | Comment) and edge == "likes":
            return self.writing.like(owner.page, node, likes=method == "POST")
        raise parameter("Unsupported request")

    def _insights(self, node_id: str, asked: Mapping[str, Any]) -> Json:
        names, period = _names(str(asked.get("metric", ""))), str(asked.get("period", "day"))
        if not all(name in self.metrics for name in names):
            raise parameter("The value must be a valid insights metric")
        rows = [
            {
                "name": name,
                "period": period,
                "values": [{"value": self.metrics[name], "end_time": "2026-11-21T08:00:00+0000"}],
                "title": name.replace("_", " ").capitalize(),
                "description": "",
                "id": f"{node_id}/insights/{name}/{period}",
            }
            for name in names
        ]
        return {"data": rows, "paging": {"previous": f"{self.url}/previous", "next": f"{self.url}/next"}}

    # pictures and pages

    async def _avatar(self, request: web.Request) -> web.Response:
        return web.Response(body=picture(f"avatar {request.match_info['name']}", 96, 96), content_type="image/png")

    async def _card(self, request: web.Request) -> web.Response:
        return web.Response(body=picture(request.match_info["seed"], 600, 315), content_type="image/png")

    async def _photo(self, request: web.Request) -> web.Response:
        photo = self.state.photos.get(request.match_info["id"])
        if photo is None:
            raise web.HTTPNotFound
        if photo.data:
            return web.Response(body=photo.data, content_type=photo.mime)
        return web.Response(body=picture(photo.seed, *PICTURE), content_type="image/png")

    async def _page(self, request: web.Request) -> web.Response:
        post = self.state.posts.get(request.match_info["node"])
        if post is None:
            raise web.HTTPNotFound
        name = html.escape(self.state.profiles[post.author].name)
        page = f"<!DOCTYPE html><title>{name}</title><h1>{name}</h1><p>{html.escape(post.message)}</p>"
        return web.Response(text=page, content_type="text/html")


def _wanted(asked: Mapping[str, Any]) -> tuple[Wanted, ...]:
    text = str(asked.get("fields", ""))
    try:
        return parse_fields(text) if text else ()
    except FieldError as error:
        raise GraphError(2500, f"Syntax error: {error}") from error


def _names(text: str) -> list[str]:
    """A list with commas, or in JSON."""
    return [str(name) for name in json.loads(text)] if text.startswith("[") else text.split(",")


def build(world: World, sites: Mapping[str, str]) -> PracticeFacebook:
    return PracticeFacebook(world, sites)
