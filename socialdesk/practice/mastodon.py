"""A stand-in for a Mastodon 4.7 server: the real wire format, the people of the practice world."""

import asyncio
import contextlib
import html
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from urllib.parse import quote

from aiohttp import web

from socialdesk.practice.mastodon_following import Following
from socialdesk.practice.mastodon_holding import Holding
from socialdesk.practice.mastodon_oauth import OAuth
from socialdesk.practice.mastodon_reading import Reading
from socialdesk.practice.mastodon_state import Notice, Person, PersonList, Refused, State, Status, Upload
from socialdesk.practice.mastodon_streaming import Streaming
from socialdesk.practice.mastodon_wire import Wire, iso
from socialdesk.practice.mastodon_writing import Writing
from socialdesk.practice.server import Handler, PracticeServer, utc_now
from socialdesk.practice.world import Organisation, PracticePost, World, picture

DOMAIN = "practice.example"
PICTURE = (1200, 750)


class PracticeMastodon(PracticeServer):
    """`credentials`: server, token (all scopes), handle. Knobs: `state`, `writing.media_polls`, `reading.indexed`.

    `sites` maps organisations to their blogs' addresses, for the links in posts. With `trickle_s` the newest posts of
    the world are held back and appear one by one.
    """

    def __init__(
        self,
        world: World,
        sites: Mapping[str, str],
        *,
        trickle_s: float = 0,
        limit: int = 500,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(now=now)
        self.app.middlewares.append(self._speak)
        self.world = world
        self.state = State(now, limit)
        urls = world.article_urls(sites)
        self._urls = {a.slug: urls.get(a.slug, f"https://{a.site}.example/{a.slug}/") for a in world.articles}
        self.wire = Wire(self.state, DOMAIN, _cards(world, urls))
        self.oauth = OAuth()
        self.reading = Reading(self.state, self.wire, self._person_of, self._viewer_of)
        self.holding = Holding(self.state, self.wire, self._person_of)
        self.following = Following(self.state, self.wire, self._person_of)
        self.writing = Writing(self.state, self.wire, self._person_of, self.holding)
        self.streaming = Streaming(self.state, self.wire, self._person_of)
        self._add_routes()
        self._trickle_s = trickle_s
        self._waiting: list[PracticePost] = []
        self._trickling: asyncio.Task[None] | None = None
        self._trickled = 0
        self._news = asyncio.Condition()
        self._by_key: dict[str, Person] = {}
        self._by_post: dict[str, Status] = {}
        self._pictures: dict[tuple[str, int, int], bytes] = {}
        self._settle()

    def _add_routes(self) -> None:
        for part in (self.oauth, self.reading, self.writing, self.holding, self.following, self.streaming):
            part.add_to(self.app.router)
        self.app.router.add_get("/system/avatars/{name}.png", self._avatar)
        self.app.router.add_get("/system/headers/{name}.png", self._header)
        self.app.router.add_get("/system/cards/{seed}.png", self._card)
        self.app.router.add_get("/system/media/{id}/{size:original|small}", self._media)
        self.app.router.add_get("/@{name}/{id}", self._status_page)

    async def started(self) -> None:
        self.wire.base = self.oauth.base = self.url
        token = next(iter(self.oauth.tokens))
        self.credentials = {"server": self.url, "token": token, "handle": f"{self.world.me.handle}@{DOMAIN}"}
        if self._trickle_s > 0:
            self._trickling = asyncio.create_task(self._trickle(), name="practice mastodon")

    async def stop(self) -> None:
        task, self._trickling = self._trickling, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self.streaming.close()
        await super().stop()

    # for tests and the practice desk

    @property
    def me(self) -> Person:
        return self._by_key[self.world.me.key]

    def person(self, key: str) -> Person:
        """An organisation of the world by its key."""
        return self._by_key[key]

    def add_post(self, text: str, by: str = "harbor", *, minutes_ago: float = 0, reply_to: str = "") -> Status:
        """Somebody posts now; everybody who looks sees it."""
        when = self.now() - timedelta(minutes=minutes_ago)
        status = Status(self.state.new_id(when), self.person(by).id, when, text, reply_to=reply_to)
        return self.state.post(status)

    def boost(self, status_id: str, by: str) -> Status:
        return self.state.reblog(self.person(by).id, self.state.status(status_id))

    def notify(self, kind: str, by: str, status_id: str = "") -> Notice:
        return self.state.notify(self.me.id, kind, self.person(by).id, status_id)

    async def until_trickled(self, times: int) -> None:
        """Returns when at least `times` of the posts held back have appeared."""
        async with self._news:
            await self._news.wait_for(lambda: self._trickled >= times)

    def posts_by_me(self) -> list[Status]:
        """The person's own posts, oldest first."""
        mine = [s for s in self.state.statuses.values() if s.person == self.me.id and not s.reblog_of]
        return sorted(mine, key=lambda s: int(s.id))

    # filling

    def _settle(self) -> None:
        for organisation in sorted(self.world.organisations, key=lambda o: o.key != self.world.me.key):
            self._by_key[organisation.key] = self._move_in(organisation)
        self.oauth.person = self.me.id
        self.oauth.give_token(self.me.id, secrets.token_urlsafe(32))
        posts = list(self.world.posts_on("mastodon"))
        if self._trickle_s > 0:
            held = [p for p in posts if not p.reply_to and p.minutes_ago < 60][-6:]
            self._waiting = [p for p in posts if p in held or p.reply_to in {h.id for h in held}]
        for post in posts:
            if post not in self._waiting:
                self._show(post, self.now() - timedelta(minutes=post.minutes_ago))
        self._add_boosts()
        self._add_notices()
        self._add_lists()

    def _move_in(self, organisation: Organisation) -> Person:
        return self.state.add_person(organisation.handle, organisation.name, organisation.bio, organisation.colour)

    def _show(self, post: PracticePost, when: datetime) -> None:
        person, answered = self.person(post.organisation), self._by_post.get(post.reply_to)
        status = Status(
            id=self.state.new_id(when),
            person=person.id,
            created=when,
            text=post.text_with(self._urls),
            spoiler=post.warning,
            sensitive=bool(post.warning),
            language=post.language,
            reply_to=answered.id if answered else "",
            likes=post.likes,
            reshares=post.reshares,
            replies=post.replies,
            reads=1,
        )
        if post.picture:
            upload = Upload(self.state.new_id(when), person.id, "image/png", b"", post.picture_alt, *PICTURE)
            upload.seed = post.picture
            self.state.uploads[upload.id] = upload
            status.media = (upload.id,)
        replies = answered.replies if answered else 0
        self._by_post[post.id] = self.state.post(status)
        if answered is not None:
            answered.replies = replies  # the world's own counts already hold this answer

    def _add_boosts(self) -> None:
        keys = [o.key for o in self.world.organisations if o.key != self.world.me.key]
        popular = [p for p in self.world.posts_on("mastodon") if p.reshares >= 6 and p.id in self._by_post]
        for number, post in enumerate(popular[-6:]):
            by = next(k for k in keys[number:] + keys if k != post.organisation)
            when = self._by_post[post.id].created + (self.now() - self._by_post[post.id].created) / 3
            self.state.reblog(self.person(by).id, self._by_post[post.id], when)

    def _add_notices(self) -> None:
        keys = [o.key for o in self.world.organisations if o.key != self.world.me.key]
        for number, status in enumerate(self.posts_by_me()):
            later = status.created + (self.now() - status.created) / 5
            for kind, by in (("favourite", keys[number % len(keys)]), ("reblog", keys[(number + 3) % len(keys)])):
                self.state.notify(self.me.id, kind, self.person(by).id, status.id, later)
        for number, by in enumerate(keys[:3]):
            self.state.notify(
                self.me.id, "follow", self.person(by).id, when=self.now() - timedelta(hours=5 + 9 * number)
            )

    def _add_lists(self) -> None:
        keys = [o.key for o in self.world.organisations if o.key != self.world.me.key]
        for number, (title, part) in enumerate((("Industry", keys[::2]), ("Marketing", keys[1::2])), start=1):
            members = {self.person(key).id for key in part}
            self.state.lists[str(number)] = PersonList(str(number), title, members)

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
        """Publishes what is due, answers refusals in Mastodon's form, and puts its rate headers under /api."""
        self.holding.release()
        try:
            answer = await handler(request)
        except Refused as refused:
            answer = web.json_response({"error": refused.text}, status=refused.status)
        except web.HTTPNotFound:
            answer = web.json_response({"error": "Record not found"}, status=404)
        if request.path.startswith("/api/"):
            reset = self.now() + timedelta(minutes=5 - self.now().minute % 5)
            answer.headers["X-RateLimit-Limit"] = "300"
            answer.headers["X-RateLimit-Remaining"] = "299"
            answer.headers["X-RateLimit-Reset"] = iso(reset.replace(second=0, microsecond=0))[:-1] + "000Z"
        return answer

    def _viewer_of(self, request: web.Request, scope: str) -> str | None:
        grant = self.oauth.grant_of(request)
        if grant is None:
            return None
        if not grant.allows(scope) and not (scope == "read:accounts" and "profile" in grant.scopes):
            raise Refused(403, "This action is outside the authorized scopes")
        return grant.person

    def _person_of(self, request: web.Request, scope: str) -> str:
        person = self._viewer_of(request, scope)
        if person is None:
            raise Refused(401, "The access token is invalid")
        return person

    # pictures and pages

    async def _avatar(self, request: web.Request) -> web.Response:
        return self._picture(f"avatar {request.match_info['name']}", 120, 120)

    async def _header(self, request: web.Request) -> web.Response:
        return self._picture(f"header {request.match_info['name']}", 600, 200)

    async def _card(self, request: web.Request) -> web.Response:
        return self._picture(request.match_info["seed"], 600, 315)

    async def _media(self, request: web.Request) -> web.Response:
        upload = self.state.uploads.get(request.match_info["id"])
        if upload is None:
            raise web.HTTPNotFound
        if upload.data:
            return web.Response(body=upload.data, content_type=upload.mime)
        small = request.match_info["size"] == "small"
        return self._picture(upload.seed, *((600, 375) if small else PICTURE))

    def _picture(self, seed: str, width: int, height: int) -> web.Response:
        place = (seed, width, height)
        if place not in self._pictures:
            self._pictures[place] = picture(seed, width, height)
        return web.Response(body=self._pictures[place], content_type="image/png")

    async def _status_page(self, request: web.Request) -> web.Response:
        status = self.state.status(request.match_info["id"])
        name = html.escape(self.state.people[status.person].name)
        page = f"<!DOCTYPE html><title>{name}</title><h1>{name}</h1>{self.wire.content(status.text)}"
        return web.Response(text=page, content_type="text/html")


def _cards(world: World, urls: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What a link card says of every article that has an address."""
    return {
        urls[a.slug]: {
            "title": a.title,
            "description": a.summary,
            "site": world.by_key[a.site].name,
            "image": f"/system/cards/{quote(a.picture)}.png",
        }
        for a in world.articles
        if a.slug in urls
    }


def build(world: World, sites: Mapping[str, str], *, trickle_s: float = 0) -> PracticeMastodon:
    return PracticeMastodon(world, sites, trickle_s=trickle_s)
