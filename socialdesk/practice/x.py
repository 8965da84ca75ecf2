"""A stand-in for X: API v2 in both vocabularies, sign-in, the people of the practice world."""

import asyncio
import contextlib
import html
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from socialdesk.practice.server import Handler, PracticeServer, utc_now
from socialdesk.practice.world import PracticePost, World, picture
from socialdesk.practice.x_oauth import SCOPES, Grant, OAuth
from socialdesk.practice.x_reading import Reading
from socialdesk.practice.x_refusals import Refused, too_many, usage_capped
from socialdesk.practice.x_state import Post, State, Upload, User, UserList
from socialdesk.practice.x_wire import Wire
from socialdesk.practice.x_writing import Writing

PICTURE = (1200, 750)
WINDOW = timedelta(minutes=15)
LIMITS = {"me": 75, "lists": 15, "create": 100, "home": 180, "other": 900}
WORLD_OF = ("x", "mastodon")  # whose posts of the world are shown, the first that has any


class PracticeX(PracticeServer):
    """`credentials`: server, token, refresh_token, client_id, handle.

    Knobs: `reading.speaks`, `wire.referenced_authors`, `writing.plan`, `writing.credits_left`, `limits` (by kind of
    request, for a quarter of an hour), `used_up` (the month's allowance). `sites` maps organisations to their blogs'
    addresses, for the links in posts. With `trickle_s` the newest posts of the world are held back and appear one by
    one.
    """

    def __init__(
        self,
        world: World,
        sites: Mapping[str, str],
        *,
        trickle_s: float = 0,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(now=now)
        self.app.middlewares.append(self._speak)
        self.world = world
        self.state = State(now)
        self._urls = world.every_url(sites)
        self.wire = Wire(self.state, world.cards(self._urls))
        self.oauth = OAuth(now)
        self.reading = Reading(self.state, self.wire, self.oauth)
        self.writing = Writing(self.state, self.wire, self.oauth, lambda: self.reading.speaks[:1] == ("old",))
        self.limits = dict(LIMITS)
        self.used_up = False
        self._asked_for: Counter[str] = Counter()
        self._window_ends = now() + WINDOW
        for part in (self.oauth, self.reading, self.writing):
            part.add_to(self.app.router)
        self.app.router.add_get("/profile_images/{name}_normal.png", self._avatar)
        self.app.router.add_get("/media/{id}.png", self._media)
        self.app.router.add_get("/cards/{seed}.png", self._card)
        self.app.router.add_get("/{name}/status/{id}", self._post_page)
        self._by_key: dict[str, User] = {}
        self._by_post: dict[str, Post] = {}
        self._pictures: dict[tuple[str, int, int], bytes] = {}
        self._trickle_s = trickle_s
        self._waiting: list[PracticePost] = []
        self._trickling: asyncio.Task[None] | None = None
        self._trickled = 0
        self._news = asyncio.Condition()
        self._settle()

    async def started(self) -> None:
        self.wire.base = self.url
        app = self.oauth.register()
        given = self.oauth.give(Grant(self.me.id, frozenset(SCOPES), app.client_id))
        self.credentials = {
            "server": self.url,
            "token": str(given["access_token"]),
            "refresh_token": str(given["refresh_token"]),
            "client_id": app.client_id,
            "handle": self.me.username,
        }
        if self._trickle_s > 0:
            self._trickling = asyncio.create_task(self._trickle(), name="practice x")

    async def stop(self) -> None:
        task, self._trickling = self._trickling, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await super().stop()

    # for tests and the practice desk

    @property
    def me(self) -> User:
        return self._by_key[self.world.me.key]

    def person(self, key: str) -> User:
        """An organisation of the world by its key."""
        return self._by_key[key]

    def add_post(self, text: str, by: str = "harbor", *, minutes_ago: float = 0, **more: Any) -> Post:
        """Somebody posts; everybody who looks sees it. `more`: the other fields of `Post`."""
        when = self.now() - timedelta(minutes=minutes_ago)
        return self.state.add(Post(self.state.new_id(when), self.person(by).id, when, text, **more))

    def repost(self, post_id: str, by: str) -> Post:
        return self.state.repost(self.person(by).id, post_id)

    async def until_trickled(self, times: int) -> None:
        """Returns when at least `times` of the posts held back have appeared."""
        async with self._news:
            await self._news.wait_for(lambda: self._trickled >= times)

    def posts_by_me(self) -> list[Post]:
        """The person's own posts, oldest first."""
        return self.state.newest_first(lambda p: p.author == self.me.id and not p.repost_of)[::-1]

    # filling

    def _settle(self) -> None:
        for organisation in sorted(self.world.organisations, key=lambda o: o.key != self.world.me.key):
            self._by_key[organisation.key] = self.state.add_user(
                organisation.handle, organisation.name, organisation.bio
            )
        self.oauth.user = self.me.id
        posts = self.world.shown_on(*WORLD_OF)
        if self._trickle_s > 0:
            held = [p for p in posts if not p.reply_to and p.minutes_ago < 60][-6:]
            self._waiting = [p for p in posts if p in held or p.reply_to in {h.id for h in held}]
        for post in posts:
            if post not in self._waiting:
                self._show(post, self.now() - timedelta(minutes=post.minutes_ago))
        self._add_reposts()
        self._add_lists()

    def _show(self, post: PracticePost, when: datetime) -> None:
        answered = self._by_post.get(post.reply_to)
        made = Post(
            self.state.new_id(when),
            self.person(post.organisation).id,
            when,
            post.text_with(self._urls),
            reply_to=answered.id if answered else "",
            lang=post.language,
            sensitive=bool(post.warning),
            likes=post.likes,
            reposts=post.reshares,
        )
        if post.picture:
            upload = Upload(self.state.new_id(when), made.author, "image/png", "tweet_image", 0, alt=post.picture_alt)
            upload.seed, upload.done = post.picture, True
            upload.width, upload.height = PICTURE
            self.state.uploads[upload.id] = upload
            made.media = (upload.id,)
        self._by_post[post.id] = self.state.add(made)
        made.replies = post.replies
        if answered is not None:
            answered.replies -= 1  # the world's own counts hold this answer already

    def _add_reposts(self) -> None:
        keys = [o.key for o in self.world.organisations if o.key != self.world.me.key]
        popular = [post for post in self._by_post.values() if post.reposts >= 6][-6:]
        for number, post in enumerate(popular):
            by = next(key for key in keys[number:] + keys if self.person(key).id != post.author)
            when = post.created + (self.now() - post.created) / 3
            self.state.repost(self.person(by).id, post.id, when)
            post.reposts -= 1

    def _add_lists(self) -> None:
        keys = [o.key for o in self.world.organisations if o.key != self.world.me.key]
        for number, (name, part) in enumerate((("Industry", keys[::2]), ("Marketing", keys[1::2]))):
            owner = self.me.id if number == 0 else self.person(part[0]).id
            found = UserList(str(84_839_422 + number), name, owner, {self.person(key).id for key in part})
            self.state.lists[found.id] = found

    async def _trickle(self) -> None:
        while self._waiting:
            await asyncio.sleep(self._trickle_s)
            self._show(self._waiting.pop(0), self.now())
            self._trickled += 1
            async with self._news:
                self._news.notify_all()

    # talking

    @web.middleware
    async def _speak(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refusals in X's form, and its rate headers, counted by kind of request."""
        kind = _kind(request)
        if self.now() >= self._window_ends:
            self._window_ends = self.now() + WINDOW
            self._asked_for.clear()
        self._asked_for[kind] += 1
        left = self.limits[kind] - self._asked_for[kind]
        try:
            if self.used_up:
                raise usage_capped()
            if left < 0:
                raise too_many()
            answer = await handler(request)
        except Refused as refused:
            form = "application/problem+json" if refused.problem else "application/json"
            answer = web.json_response(refused.body, status=refused.status, content_type=form)
        if request.path.startswith("/2/") and not request.path.startswith("/2/oauth2/"):
            answer.headers["x-rate-limit-limit"] = str(self.limits[kind])
            answer.headers["x-rate-limit-remaining"] = str(max(0, left))
            answer.headers["x-rate-limit-reset"] = str(round(self._window_ends.timestamp()))
        return answer

    # pictures and pages

    async def _avatar(self, request: web.Request) -> web.Response:
        return self._picture(f"avatar {request.match_info['name']}", 48, 48)

    async def _card(self, request: web.Request) -> web.Response:
        return self._picture(request.match_info["seed"], 600, 315)

    async def _media(self, request: web.Request) -> web.Response:
        upload = self.state.uploads.get(request.match_info["id"])
        if upload is None:
            raise web.HTTPNotFound
        if upload.pieces:
            return web.Response(body=upload.data, content_type=upload.mime)
        return self._picture(upload.seed, *PICTURE)

    def _picture(self, seed: str, width: int, height: int) -> web.Response:
        place = (seed, width, height)
        if place not in self._pictures:
            self._pictures[place] = picture(seed, width, height)
        return web.Response(body=self._pictures[place], content_type="image/png")

    async def _post_page(self, request: web.Request) -> web.Response:
        post = self.state.posts.get(request.match_info["id"])
        if post is None:
            raise web.HTTPNotFound
        name = html.escape(self.state.users[post.author].name)
        page = f"<!DOCTYPE html><title>{name}</title><h1>{name}</h1><p>{html.escape(post.text)}</p>"
        return web.Response(text=page, content_type="text/html")


def _kind(request: web.Request) -> str:
    path = request.path
    if path == "/2/users/me":
        return "me"
    if path.endswith("_lists"):
        return "lists"
    if path.endswith("/reverse_chronological"):
        return "home"
    return "create" if (request.method, path) == ("POST", "/2/tweets") else "other"


def build(world: World, sites: Mapping[str, str], *, trickle_s: float = 0) -> PracticeX:
    return PracticeX(world, sites, trickle_s=trickle_s)
