"""What a person of the practice Mastodon asked it to follow and to hide: hashtags, and filters with their contexts."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from aiohttp import web

from socialdesk.practice.mastodon_oauth import fields
from socialdesk.practice.mastodon_reading import cut
from socialdesk.practice.mastodon_state import Refused, State, Status
from socialdesk.practice.mastodon_wire import Json, Wire, iso

CONTEXTS = frozenset({"home", "notifications", "public", "thread", "account"})
ACTIONS = frozenset({"warn", "hide", "blur"})


@dataclass
class Filter:
    """`words` are looked for in text and warning, whole words where asked."""

    id: str
    person: str
    title: str
    contexts: tuple[str, ...]
    action: str = "warn"
    words: dict[str, tuple[str, bool]] = field(default_factory=dict)  # keyword id -> (word, whole word)
    ends: datetime | None = None


class Following:
    """Followed hashtags and filters of each person."""

    def __init__(self, state: State, wire: Wire, person_of: Callable[[web.Request, str], str]) -> None:
        self.state = state
        self.wire = wire
        self.person_of = person_of
        self.tags: dict[str, dict[str, str]] = {}  # person -> tag -> id
        self.filters: dict[str, Filter] = {}
        wire.filtered = self.filtered

    def add_to(self, router: web.UrlDispatcher) -> None:
        router.add_get("/api/v1/followed_tags", self.followed)
        router.add_get("/api/v1/tags/{name}", self.tag)
        router.add_post("/api/v1/tags/{name}/{action:follow|unfollow}", self.follow)
        router.add_get("/api/v2/filters", self.all)
        router.add_post("/api/v2/filters", self.add)
        router.add_get("/api/v2/filters/{id}", self.one)
        router.add_delete("/api/v2/filters/{id}", self.remove)

    # hashtags

    async def followed(self, request: web.Request) -> web.Response:
        person = self.person_of(request, "read:follows")
        mine = sorted(self.tags.get(person, {}).items(), key=lambda t: int(t[1]), reverse=True)
        page = cut(request, mine, lambda t: int(t[1]), 200, 100)
        headers = {}
        if page and len(page) < len(mine) and page[-1] != mine[-1]:
            headers["Link"] = f'<{self.wire.base}{request.path}?max_id={page[-1][1]}>; rel="next"'
        return web.json_response([self._shown(name, number, following=True) for name, number in page], headers=headers)

    async def tag(self, request: web.Request) -> web.Response:
        person, name = self.person_of(request, "read:follows"), request.match_info["name"].lower()
        mine = self.tags.get(person, {})
        return web.json_response(self._shown(name, mine.get(name, "1"), following=name in mine))

    async def follow(self, request: web.Request) -> web.Response:
        person, name = self.person_of(request, "write:follows"), request.match_info["name"].lower()
        mine = self.tags.setdefault(person, {})
        if request.match_info["action"] == "follow":
            mine.setdefault(name, self.state.new_id(self.state.now()))
        else:
            mine.pop(name, None)
        return web.json_response(self._shown(name, mine.get(name, "1"), following=name in mine))

    def _shown(self, name: str, number: str, *, following: bool) -> Json:
        url = f"{self.wire.base}/tags/{quote(name)}"
        return {"id": number, "name": name, "url": url, "history": [], "following": following, "featuring": False}

    # filters

    async def all(self, request: web.Request) -> web.Response:
        person = self.person_of(request, "read:filters")
        return web.json_response([self._filter(f) for f in self.filters.values() if f.person == person])

    async def one(self, request: web.Request) -> web.Response:
        return web.json_response(self._filter(self._mine(request, "read:filters")))

    async def add(self, request: web.Request) -> web.Response:
        person, asked = self.person_of(request, "write:filters"), await fields(request)
        contexts, action = tuple(asked.get("context") or ()), str(asked.get("filter_action") or "warn")
        if not asked.get("title") or not contexts or not set(contexts) <= CONTEXTS or action not in ACTIONS:
            raise Refused(422, "Validation failed: Title or context is missing")
        words = [(str(w["keyword"]), bool(w.get("whole_word"))) for w in asked.get("keywords_attributes") or ()]
        return web.json_response(self._filter(self.add_filter(person, str(asked["title"]), contexts, action, words)))

    def add_filter(
        self, person: str, title: str, contexts: tuple[str, ...], action: str, words: list[tuple[str, bool]]
    ) -> Filter:
        now = self.state.now()
        numbered = {self.state.new_id(now): word for word in words}
        made = Filter(self.state.new_id(now), person, title, contexts, action, numbered)
        self.filters[made.id] = made
        return made

    async def remove(self, request: web.Request) -> web.Response:
        del self.filters[self._mine(request, "write:filters").id]
        return web.json_response({})

    def _mine(self, request: web.Request, scope: str) -> Filter:
        person, found = self.person_of(request, scope), self.filters.get(request.match_info["id"])
        if found is None or found.person != person:
            raise Refused(404, "Record not found")
        return found

    def _filter(self, one: Filter, *, whole: bool = True) -> Json:
        shown: Json = {
            "id": one.id, "title": one.title, "context": list(one.contexts), "filter_action": one.action,
            "expires_at": iso(one.ends) if one.ends else None,
        }  # fmt: skip
        if whole:
            words = [{"id": number, "keyword": w, "whole_word": exact} for number, (w, exact) in one.words.items()]
            shown |= {"keywords": words, "statuses": []}
        return shown

    def filtered(self, status: Status, viewer: str) -> list[Json]:
        """Every filter of the viewer that the status meets, whatever its contexts: programs look at these."""
        text, found = f"{status.text} {status.spoiler}", []
        for one in self.filters.values():
            if one.person != viewer or (one.ends is not None and one.ends <= self.state.now()):
                continue
            met = [word for word, exact in one.words.values() if _meets(text, word, exact=exact)]
            if met:
                shown: dict[str, Any] = {"keyword_matches": met, "status_matches": None}
                found.append({"filter": self._filter(one, whole=False), **shown})
        return found


def _meets(text: str, word: str, *, exact: bool) -> bool:
    pattern = rf"(?<!\w){re.escape(word)}(?!\w)" if exact else re.escape(word)
    return re.search(pattern, text, re.IGNORECASE) is not None
