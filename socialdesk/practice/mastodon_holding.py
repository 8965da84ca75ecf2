"""What people ask the practice Mastodon to post: at once or at a time, with a poll; and their votes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from socialdesk.practice.mastodon_oauth import fields
from socialdesk.practice.mastodon_reading import cut
from socialdesk.practice.mastodon_state import IDEMPOTENCY, Question, Refused, State, Status
from socialdesk.practice.mastodon_wire import Json, Wire, iso

LEAST_AHEAD = timedelta(minutes=5)
MOST_HELD = 300
VISIBILITIES = frozenset({"public", "unlisted", "private", "direct"})


@dataclass
class Held:
    """A post that waits for its time."""

    id: str
    person: str
    at: datetime
    asked: Mapping[str, Any]
    key: str = ""
    since: datetime | None = None


class Holding:
    """Scheduled posts, published when anything is asked after their time, and votes in polls."""

    def __init__(self, state: State, wire: Wire, person_of: Callable[[web.Request, str], str]) -> None:
        self.state = state
        self.wire = wire
        self.person_of = person_of
        self.held: dict[str, Held] = {}

    def add_to(self, router: web.UrlDispatcher) -> None:
        router.add_get("/api/v1/scheduled_statuses", self.all)
        router.add_get("/api/v1/scheduled_statuses/{id}", self.one)
        router.add_put("/api/v1/scheduled_statuses/{id}", self.move)
        router.add_delete("/api/v1/scheduled_statuses/{id}", self.take_back)
        router.add_get("/api/v1/polls/{id}", self.poll)
        router.add_post("/api/v1/polls/{id}/votes", self.vote)

    def release(self) -> None:
        """Publishes what is due."""
        for held in sorted(self.held.values(), key=lambda h: h.at):
            if held.at <= self.state.now():
                del self.held[held.id]
                self.state.post(new_status(self.state, held.person, held.asked))

    def hold(self, person: str, asked: Mapping[str, Any], key: str) -> Held | None:
        """The post to wait; None when it is for now: no time, or one within five minutes (as Mastodon does)."""
        at = _time(asked.get("scheduled_at"))
        if at is None or at <= self.state.now() + LEAST_AHEAD:
            return None
        for known in self.held.values():
            fresh = known.since is not None and self.state.now() - known.since < IDEMPOTENCY
            if key and fresh and (known.person, known.key) == (person, key):
                return known
        if sum(h.person == person for h in self.held.values()) >= MOST_HELD:
            raise Refused(422, f"Validation failed: You have exceeded the limit of {MOST_HELD} scheduled posts")
        status = new_status(self.state, person, asked)
        self.state.check(status)
        held = Held(status.id, person, at, dict(asked), key, self.state.now())
        self.held[held.id] = held
        return held

    def shown(self, held: Held) -> Json:
        status = new_status(self.state, held.person, held.asked)
        poll = status.poll
        options = {
            "options": list(poll.options), "multiple": poll.multiple, "hide_totals": poll.hide_totals,
            "expires_in": round((poll.ends - status.created).total_seconds()),
        } if poll else None  # fmt: skip
        params = {
            "text": status.text, "poll": options, "media_ids": list(status.media) or None,
            "sensitive": status.sensitive, "spoiler_text": status.spoiler or None, "visibility": status.visibility,
            "in_reply_to_id": int(status.reply_to) if status.reply_to else None, "language": status.language,
            "application_id": 1, "scheduled_at": None, "idempotency": held.key or None, "with_rate_limit": False,
        }  # fmt: skip
        media = [self.wire.upload(self.state.uploads[m]) for m in status.media]
        return {"id": held.id, "scheduled_at": iso(held.at), "params": params, "media_attachments": media}

    def _mine(self, request: web.Request, scope: str) -> Held:
        person, held = self.person_of(request, scope), self.held.get(request.match_info["id"])
        if held is None or held.person != person:
            raise Refused(404, "Record not found")
        return held

    async def all(self, request: web.Request) -> web.Response:
        person = self.person_of(request, "read:statuses")
        mine = sorted((h for h in self.held.values() if h.person == person), key=lambda h: int(h.id), reverse=True)
        return web.json_response([self.shown(held) for held in cut(request, mine, lambda h: int(h.id), 40)])

    async def one(self, request: web.Request) -> web.Response:
        return web.json_response(self.shown(self._mine(request, "read:statuses")))

    async def move(self, request: web.Request) -> web.Response:
        held, asked = self._mine(request, "write:statuses"), await fields(request)
        at = _time(asked.get("scheduled_at"))
        if at is None or at <= self.state.now() + LEAST_AHEAD:
            raise Refused(422, "Validation failed: Scheduled at must be at least 5 minutes in the future")
        held.at = at
        return web.json_response(self.shown(held))

    async def take_back(self, request: web.Request) -> web.Response:
        del self.held[self._mine(request, "write:statuses").id]
        return web.json_response({})

    # polls

    def _poll(self, request: web.Request) -> Question:
        polls = (s.poll for s in self.state.statuses.values() if s.poll and s.poll.id == request.match_info["id"])
        found = next(polls, None)
        if found is None:
            raise Refused(404, "Record not found")
        return found

    async def poll(self, request: web.Request) -> web.Response:
        person = self.person_of(request, "read:statuses")
        return web.json_response(self.wire.poll(self._poll(request), person))

    async def vote(self, request: web.Request) -> web.Response:
        person, poll = self.person_of(request, "write:statuses"), self._poll(request)
        chosen = tuple(int(choice) for choice in (await fields(request)).get("choices", ()))
        if poll.ends <= self.state.now():
            raise Refused(422, "Validation failed: The poll has already ended")
        if person in poll.votes:
            raise Refused(422, "Validation failed: You have already voted on this poll")
        if not chosen or (len(chosen) > 1 and not poll.multiple) or not set(chosen) <= set(range(len(poll.options))):
            raise Refused(422, "Validation failed: The chosen vote option does not exist for this poll")
        poll.votes[person] = chosen
        return web.json_response(self.wire.poll(poll, person))


def new_status(state: State, person: str, asked: Mapping[str, Any]) -> Status:
    """What is asked for, made now."""
    if asked.get("visibility", "public") not in VISIBILITIES:
        raise Refused(422, "Validation failed: Visibility is not included in the list")
    now = state.now()
    return Status(
        id=state.new_id(now),
        person=person,
        created=now,
        text=str(asked.get("status") or ""),
        spoiler=str(asked.get("spoiler_text") or ""),
        visibility=str(asked.get("visibility") or "public"),
        language=str(asked.get("language") or "en"),
        sensitive=is_true(asked.get("sensitive")) or bool(asked.get("spoiler_text")),
        reply_to=str(asked.get("in_reply_to_id") or ""),
        quote_of=str(asked.get("quoted_status_id") or ""),
        media=tuple(str(m) for m in asked.get("media_ids") or ()),
        application="SocialDesk",
        poll=question(state, asked.get("poll")),
        local_only=is_true(asked.get("local_only")),
        quotable=str(asked.get("quote_approval_policy") or "public"),
    )


def question(state: State, asked: Any) -> Question | None:
    """The poll of a request. Raises `Refused` as Mastodon's validators do."""
    if not isinstance(asked, dict) or not asked.get("options"):
        return None
    options = tuple(str(option).strip() for option in asked["options"])
    seconds = int(asked.get("expires_in") or 0)
    if not 2 <= len(options) <= 4 or len(set(options)) != len(options) or not all(options):
        raise Refused(422, "Validation failed: Options must be two to four that differ")
    if max(map(len, options)) > 50:
        raise Refused(422, "Validation failed: Options can't contain more than 50 characters each")
    if not 300 <= seconds <= 2_629_746:
        raise Refused(422, "Validation failed: Duration is out of range")
    multiple, hidden = is_true(asked.get("multiple")), is_true(asked.get("hide_totals"))
    ends = state.now() + timedelta(seconds=seconds)
    return Question(state.new_id(state.now()), options, ends, multiple, hidden)


def is_true(value: Any) -> bool:
    return value in {True, "true", "1", "on"}


def _time(value: Any) -> datetime | None:
    if not value:
        return None
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise Refused(422, "Validation failed: Scheduled at is not a time") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
