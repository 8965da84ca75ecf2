"""What the practice Mastodon shows: timelines, people, search, notifications, threads, and the server itself."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from socialdesk.practice.mastodon_state import TAG, Refused, State, Status
from socialdesk.practice.mastodon_wire import VERSION, Wire

T = TypeVar("T")
Viewer = Callable[[web.Request, str], str]
Maybe = Callable[[web.Request, str], str | None]


class Reading:
    """`person_of` demands a signed-in person, `viewer_of` takes anybody. `indexed` False: no search backend."""

    def __init__(self, state: State, wire: Wire, person_of: Viewer, viewer_of: Maybe) -> None:
        self.state = state
        self.wire = wire
        self.person_of = person_of
        self.viewer_of = viewer_of
        self.indexed = True
        self.rebuilding = 0

    def add_to(self, router: web.UrlDispatcher) -> None:
        router.add_get("/api/v1/timelines/home", self.home)
        router.add_get("/api/v1/timelines/public", self.public)
        router.add_get("/api/v1/timelines/tag/{name}", self.tag)
        router.add_get("/api/v1/timelines/list/{id}", self.list_timeline)
        router.add_get("/api/v1/lists", self.lists)
        router.add_get("/api/v1/lists/{id}", self.one_list)
        router.add_get("/api/v1/accounts/verify_credentials", self.verify)
        router.add_get("/api/v1/accounts/lookup", self.lookup)
        router.add_get("/api/v1/accounts/{id}", self.account)
        router.add_get("/api/v1/accounts/{id}/statuses", self.statuses_of)
        router.add_get("/api/v1/statuses", self.statuses)
        router.add_get("/api/v1/statuses/{id}", self.status)
        router.add_get("/api/v1/statuses/{id}/context", self.context)
        router.add_get("/api/v1/statuses/{id}/source", self.source)
        router.add_get("/api/v1/bookmarks", self.bookmarks)
        router.add_get("/api/v1/favourites", self.favourites)
        router.add_get("/api/v1/notifications", self.notifications)
        router.add_get("/api/v2/search", self.search)
        router.add_get("/api/v1/instance{slash:/?}", self.instance_v1)
        router.add_get("/api/v2/instance{slash:/?}", self.instance)
        router.add_get("/api/v1/custom_emojis", self.nothing)
        router.add_get("/.well-known/nodeinfo", self.nodeinfo_links)
        router.add_get("/nodeinfo/2.0", self.nodeinfo)
        router.add_get("/.well-known/webfinger", self.webfinger)

    # timelines

    async def home(self, request: web.Request) -> web.Response:
        person = self.person_of(request, "read:statuses")
        if self.rebuilding > 0:
            self.rebuilding -= 1
            return web.json_response([], status=206)
        return self._page(request, self.state.visible(person), person)

    async def public(self, request: web.Request) -> web.Response:
        viewer = self.viewer_of(request, "read:statuses")
        if request.query.get("local") != "true" and viewer is None:
            raise Refused(422, "This method requires an authenticated user")
        return self._page(request, self._public(), viewer)

    async def tag(self, request: web.Request) -> web.Response:
        viewer = self.viewer_of(request, "read:statuses")
        wanted = {request.match_info["name"].lower(), *(t.lower() for t in request.query.getall("any[]", []))}
        return self._page(request, [s for s in self._public() if wanted & _tags(s)], viewer)

    def _public(self) -> list[Status]:
        return [s for s in self.state.visible(None) if s.visibility == "public" and not s.reblog_of]

    async def lists(self, request: web.Request) -> web.Response:
        self.person_of(request, "read:lists")
        return web.json_response([self.wire.person_list(found) for found in self.state.lists.values()])

    async def one_list(self, request: web.Request) -> web.Response:
        self.person_of(request, "read:lists")
        return web.json_response(self.wire.person_list(self._list(request)))

    def _list(self, request: web.Request) -> Any:
        if request.match_info["id"] not in self.state.lists:
            raise Refused(404, "Record not found")
        return self.state.lists[request.match_info["id"]]

    async def list_timeline(self, request: web.Request) -> web.Response:
        person = self.person_of(request, "read:lists")
        members = self._list(request).members
        return self._page(request, [s for s in self.state.visible(person) if s.person in members], person)

    def _page(self, request: web.Request, found: Sequence[Status], viewer: str | None) -> web.Response:
        page = cut(request, found, lambda s: int(s.id), 40)
        for status in page:
            status.reads += 1
        shown = [self.wire.status(status, viewer) for status in page]
        return web.json_response(shown, headers=self._links(request, [s.id for s in page]))

    def _links(self, request: web.Request, ids: Sequence[str]) -> dict[str, str]:
        if not ids:
            return {}
        kept = [(k, v) for k, v in request.query.items() if k not in {"max_id", "min_id", "since_id"}]
        place = f"{self.wire.base}{request.path}?"
        older, newer = urlencode([*kept, ("max_id", ids[-1])]), urlencode([*kept, ("min_id", ids[0])])
        return {"Link": f'<{place}{older}>; rel="next", <{place}{newer}>; rel="prev"'}

    # people

    async def verify(self, request: web.Request) -> web.Response:
        person = self.person_of(request, "read:accounts")
        return web.json_response(self.wire.credential_account(self.state.people[person]))

    async def lookup(self, request: web.Request) -> web.Response:
        self.viewer_of(request, "read:accounts")
        found = self.state.find_person(request.query.get("acct", ""), (self.wire.domain,))
        if found is None:
            raise Refused(404, "Record not found")
        return web.json_response(self.wire.account(found))

    def _known(self, request: web.Request) -> str:
        if request.match_info["id"] not in self.state.people:
            raise Refused(404, "Record not found")
        return request.match_info["id"]

    async def account(self, request: web.Request) -> web.Response:
        self.viewer_of(request, "read:accounts")
        return web.json_response(self.wire.account(self.state.people[self._known(request)]))

    async def statuses_of(self, request: web.Request) -> web.Response:
        viewer, person = self.viewer_of(request, "read:statuses"), self._known(request)
        found = [s for s in self.state.visible(viewer) if s.person == person]
        if request.query.get("exclude_replies") == "true":
            found = [s for s in found if not s.reply_to]
        if request.query.get("exclude_reblogs") == "true":
            found = [s for s in found if not s.reblog_of]
        if request.query.get("only_media") == "true":
            found = [s for s in found if s.media]
        if request.query.get("pinned") == "true":
            found = []
        return self._page(request, found, viewer)

    # single statuses

    def _visible(self, request: web.Request) -> tuple[Status, str | None]:
        viewer = self.viewer_of(request, "read:statuses")
        status = self.state.status(request.match_info["id"])
        if status.visibility not in {"public", "unlisted"} and status.person != viewer:
            raise Refused(404, "Record not found")
        status.reads += 1
        return status, viewer

    async def statuses(self, request: web.Request) -> web.Response:
        viewer = self.viewer_of(request, "read:statuses")
        wanted = request.query.getall("id[]", [])
        found = [self.state.statuses[i] for i in wanted if i in self.state.statuses]
        return web.json_response([self.wire.status(status, viewer) for status in found])

    async def status(self, request: web.Request) -> web.Response:
        status, viewer = self._visible(request)
        return web.json_response(self.wire.status(status, viewer))

    async def source(self, request: web.Request) -> web.Response:
        status, viewer = self._visible(request)
        if status.person != viewer:
            raise Refused(403, "This action is not allowed")
        return web.json_response({"id": status.id, "text": status.text, "spoiler_text": status.spoiler})

    async def context(self, request: web.Request) -> web.Response:
        status, viewer = self._visible(request)
        return web.json_response(
            {
                "ancestors": [self.wire.status(s, viewer) for s in self.state.ancestors(status)],
                "descendants": [self.wire.status(s, viewer) for s in self.state.descendants(status)],
            }
        )

    # the person's own things

    async def bookmarks(self, request: web.Request) -> web.Response:
        person = self.person_of(request, "read:bookmarks")
        kept = sorted(self.state.bookmarks.get(person, {}).items(), key=lambda b: int(b[0]), reverse=True)
        page = cut(request, kept, lambda b: int(b[0]), 40)
        shown = [self.wire.status(self.state.statuses[status], person) for _, status in page]
        return web.json_response(shown, headers=self._links(request, [bookmark for bookmark, _ in page]))

    async def favourites(self, request: web.Request) -> web.Response:
        person = self.person_of(request, "read:favourites")
        return self._page(request, [s for s in self.state.visible(person) if person in s.liked_by], person)

    async def notifications(self, request: web.Request) -> web.Response:
        person = self.person_of(request, "read:notifications")
        kinds = set(request.query.getall("types[]", []))
        found = [n for n in self.state.notices if n.to == person and (not kinds or n.kind in kinds)]
        found.sort(key=lambda n: int(n.id), reverse=True)
        page = cut(request, found, lambda n: int(n.id), 80, 40)
        shown = [self.wire.notice(notice) for notice in page]
        return web.json_response(shown, headers=self._links(request, [n.id for n in page]))

    async def search(self, request: web.Request) -> web.Response:
        viewer = self.viewer_of(request, "read:search")
        query, kind = request.query.get("q", "").strip(), request.query.get("type", "")
        limit, offset = _number(request, "limit", 20, 40), _number(request, "offset", 0, 10_000)
        statuses = self._search_statuses(query, viewer) if kind in {"", "statuses"} else []
        people = [p for p in self.state.people.values() if query.lower() in f"{p.name} {p.acct}".lower()]
        return web.json_response(
            {
                "accounts": [self.wire.account(p) for p in people[:limit]] if kind in {"", "accounts"} else [],
                "statuses": [self.wire.status(s, viewer) for s in statuses[offset : offset + limit]],
                "hashtags": [],
            }
        )

    def _search_statuses(self, query: str, viewer: str | None) -> list[Status]:
        if query.startswith(("http://", "https://")):
            named = {query, query.rstrip("/")}
            return [s for s in self._public() if named & {self.wire.status_url(s), self.wire.status_uri(s)}]
        if viewer is None or not self.indexed:
            return []
        words = query.lower().split()
        return [s for s in self._public() if all(word in f"{s.text} {s.spoiler}".lower() for word in words)]

    # the server

    async def instance(self, _request: web.Request) -> web.Response:
        return web.json_response(self.wire.instance(next(iter(self.state.people.values()))))

    async def instance_v1(self, _request: web.Request) -> web.Response:
        return web.json_response(self.wire.instance_v1(next(iter(self.state.people.values()))))

    async def nothing(self, _request: web.Request) -> web.Response:
        return web.json_response([])

    async def nodeinfo_links(self, _request: web.Request) -> web.Response:
        schema = "http://nodeinfo.diaspora.software/ns/schema/2.0"
        return web.json_response({"links": [{"rel": schema, "href": f"{self.wire.base}/nodeinfo/2.0"}]})

    async def nodeinfo(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {
                "version": "2.0",
                "software": {"name": "mastodon", "version": VERSION},
                "protocols": ["activitypub"],
                "services": {"outbound": [], "inbound": []},
                "usage": {"users": {"total": len(self.state.people)}},
                "openRegistrations": False,
                "metadata": {},
            }
        )

    async def webfinger(self, request: web.Request) -> web.Response:
        resource = request.query.get("resource", "")
        own = (self.wire.domain, urlsplit(self.wire.base).netloc)
        person = self.state.find_person(resource.removeprefix("acct:"), own)
        if person is None:
            raise Refused(404, "Not found")
        link = {"rel": "self", "type": "application/activity+json", "href": self.wire.person_uri(person)}
        return web.json_response({"subject": resource, "links": [link]}, content_type="application/jrd+json")


def _tags(status: Status) -> set[str]:
    return {m[1].lower() for m in TAG.finditer(status.text)}


def _number(request: web.Request, name: str, default: int, most: int) -> int:
    value = request.query.get(name, "")
    return min(int(value), most) if value.isdigit() else default


def cut(request: web.Request, found: Sequence[T], place: Callable[[T], int], most: int, default: int = 20) -> list[T]:
    """The part of `found` (newest first) that max_id, since_id, min_id and limit ask for."""
    limit = _number(request, "limit", default, most)
    bounds = {k: int(v) for k in ("max_id", "since_id", "min_id") if (v := request.query.get(k, "")).isdigit()}
    if "max_id" in bounds:
        found = [f for f in found if place(f) < bounds["max_id"]]
    if "since_id" in bounds:
        found = [f for f in found if place(f) > bounds["since_id"]]
    if "min_id" in bounds:
        newer = [f for f in found if place(f) > bounds["min_id"]]
        return newer[max(0, len(newer) - limit) :]
    return list(found[:limit])
