"""What a practice Mastodon server knows: people, statuses, uploads, notifications, bookmarks. No wire format here."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from socialdesk.core.text import graphemes

URL = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)'\]]")
MENTION = re.compile(r"(?<![=/\w])@([A-Za-z0-9_]+(?:[.-]+[A-Za-z0-9_]+)*)(?:@([\w.-]+\w))?")
TAG = re.compile(r"(?<![/)\w])#(\w*[^\W\d]\w*)")
IDEMPOTENCY = timedelta(hours=1)


@dataclass
class Person:
    """`domain` is empty for people of this server."""

    id: str
    username: str
    name: str
    note: str
    colour: str
    created: datetime
    domain: str = ""

    @property
    def acct(self) -> str:
        return f"{self.username}@{self.domain}" if self.domain else self.username


@dataclass
class Upload:
    """`polls_left` is how often the owner still hears "not ready" (206)."""

    id: str
    owner: str
    mime: str
    data: bytes
    description: str
    width: int
    height: int
    polls_left: int = 0
    used: bool = False
    seed: str = ""
    focus: tuple[float, float] = (0.0, 0.0)


@dataclass
class Question:
    """A poll. `votes` are the chosen options of each voter."""

    id: str
    options: tuple[str, ...]
    ends: datetime
    multiple: bool = False
    hide_totals: bool = False
    votes: dict[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass
class Status:
    id: str
    person: str
    created: datetime
    text: str = ""
    spoiler: str = ""
    visibility: str = "public"
    language: str = "en"
    sensitive: bool = False
    reply_to: str = ""
    reblog_of: str = ""
    quote_of: str = ""
    media: tuple[str, ...] = ()
    likes: int = 0
    reshares: int = 0
    replies: int = 0
    liked_by: set[str] = field(default_factory=set)
    edited: datetime | None = None
    application: str = ""
    reads: int = 0  # the link card comes with the second look, as on a real server
    poll: Question | None = None
    local_only: bool = False
    quotable: str = "public"  # who may quote it: public, followers, nobody
    quote_state: str = "accepted"


@dataclass
class Notice:
    id: str
    to: str
    kind: str
    by: str
    created: datetime
    status: str = ""


@dataclass
class PersonList:
    id: str
    title: str
    members: set[str]


class Refused(Exception):
    """The server says no: status and text of the answer."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class State:
    """All data of one server. Ids are made like Mastodon's: milliseconds shifted by 16 bits plus a counter."""

    def __init__(self, now: Callable[[], datetime], limit: int = 500) -> None:
        self.now = now
        self.limit = limit
        self.people: dict[str, Person] = {}
        self.statuses: dict[str, Status] = {}
        self.uploads: dict[str, Upload] = {}
        self.notices: list[Notice] = []
        self.lists: dict[str, PersonList] = {}
        self.bookmarks: dict[str, dict[str, str]] = {}  # person -> bookmark id -> status id
        self.heard: list[Callable[[str, Status | Notice], None]] = []  # told of what happens, as streams name it
        self._kept: dict[tuple[str, str], tuple[str, datetime]] = {}  # (person, idempotency key) -> status
        self._count = 0

    def tell(self, event: str, what: Status | Notice) -> None:
        for listener in self.heard:
            listener(event, what)

    def new_id(self, when: datetime) -> str:
        self._count += 1
        return str((int(when.timestamp() * 1000) << 16) + (self._count & 0xFFFF))

    # people

    def add_person(self, username: str, name: str, note: str, colour: str, domain: str = "") -> Person:
        created = self.now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=900)
        person = Person(self.new_id(created), username, name, note, colour, created, domain)
        self.people[person.id] = person
        return person

    def find_person(self, acct: str, own_domains: Iterable[str]) -> Person | None:
        username, _, domain = acct.strip().lstrip("@").partition("@")
        domain = "" if domain in own_domains else domain
        return next((p for p in self.people.values() if (p.username, p.domain) == (username, domain)), None)

    # statuses

    def visible(self, viewer: str | None) -> list[Status]:
        """Statuses that `viewer` may see, newest first."""
        open_to_all = {"public", "unlisted"}
        seen = [s for s in self.statuses.values() if s.visibility in open_to_all or s.person == viewer]
        return sorted(seen, key=lambda s: int(s.id), reverse=True)

    def status(self, status_id: str) -> Status:
        if status_id not in self.statuses:
            raise Refused(404, "Record not found")
        return self.statuses[status_id]

    def weigh(self, text: str, spoiler: str = "") -> int:
        short = MENTION.sub(lambda m: "@" + m[1], URL.sub("x" * 23, text))
        return graphemes(spoiler + short)

    def post(self, status: Status, key: str = "") -> Status:
        """Publishes. The same key by the same person within an hour gives the first status again."""
        kept = self._kept.get((status.person, key)) if key else None
        if kept and self.now() - kept[1] < IDEMPOTENCY and kept[0] in self.statuses:
            return self.statuses[kept[0]]
        self.check(status)
        self.statuses[status.id] = status
        for media_id in status.media:
            self.uploads[media_id].used = True
        if status.reply_to:
            self.statuses[status.reply_to].replies += 1
        if key:
            self._kept[(status.person, key)] = (status.id, self.now())
        self.tell("update", status)
        self._tell_mentioned(status)
        return status

    def check(self, status: Status) -> None:
        """Raises `Refused` for what cannot be posted."""
        if not status.text.strip() and not status.media and not status.reblog_of:
            raise Refused(422, "Validation failed: Text can't be blank")
        if self.weigh(status.text, status.spoiler) > self.limit:
            raise Refused(422, f"Validation failed: Text character limit of {self.limit} exceeded")
        if status.reply_to and status.reply_to not in self.statuses:
            raise Refused(404, "The post you are trying to reply to does not appear to exist.")
        if len(status.media) > 4:
            raise Refused(422, "Validation failed: Cannot attach more than 4 files")
        if status.media and status.poll:
            raise Refused(422, "Validation failed: Cannot attach a poll and media to one post")
        quoted = self.statuses.get(status.quote_of)
        if status.quote_of and (quoted is None or (quoted.quotable == "nobody" and quoted.person != status.person)):
            raise Refused(404, "The post you are trying to quote does not appear to exist.")
        for media_id in status.media:
            upload = self.uploads.get(media_id)
            if upload is None or upload.owner != status.person or upload.used:
                raise Refused(422, f"Validation failed: Media with ids {media_id} not found or already attached")
            if upload.polls_left > 0:
                raise Refused(422, "Cannot attach files that have not finished processing. Try again in a moment!")

    def _tell_mentioned(self, status: Status) -> None:
        names = {m[0] for m in MENTION.findall(status.text) if not m[1]}
        for person in self.people.values():
            if person.username in names and not person.domain and person.id != status.person:
                self.notify(person.id, "mention", status.person, status.id, status.created)

    def notify(self, to: str, kind: str, by: str, status: str = "", when: datetime | None = None) -> Notice:
        when = when or self.now()
        notice = Notice(self.new_id(when), to, kind, by, when, status)
        self.notices.append(notice)
        self.tell("notification", notice)
        return notice

    def remove(self, status_id: str) -> Status:
        """Deletes a status, its re-shares and what was told about it."""
        status = self.statuses.pop(status_id)
        self.tell("delete", status)
        if status.reply_to in self.statuses:
            self.statuses[status.reply_to].replies -= 1
        for media_id in status.media:
            self.uploads[media_id].used = False
        for other in [s for s in self.statuses.values() if s.reblog_of == status_id]:
            del self.statuses[other.id]
        self.notices = [n for n in self.notices if n.status != status_id]
        for kept in self.bookmarks.values():
            for bookmark in [b for b, s in kept.items() if s == status_id]:
                del kept[bookmark]
        return status

    def reblog(self, person: str, status: Status, when: datetime | None = None) -> Status:
        done = self.reblogged_by(person, status)
        if done is not None:
            return done
        when = when or self.now()
        boost = Status(self.new_id(when), person, when, reblog_of=status.id, language=status.language)
        self.statuses[boost.id] = boost
        self.tell("update", boost)
        return boost

    def reblogged_by(self, person: str | None, status: Status) -> Status | None:
        mine = (s for s in self.statuses.values() if s.reblog_of == status.id and s.person == person)
        return next(mine, None)

    def bookmark(self, person: str, status: Status) -> None:
        kept = self.bookmarks.setdefault(person, {})
        if status.id not in kept.values():
            kept[self.new_id(self.now())] = status.id

    def unbookmark(self, person: str, status: Status) -> None:
        kept = self.bookmarks.get(person, {})
        for bookmark in [b for b, s in kept.items() if s == status.id]:
            del kept[bookmark]

    def ancestors(self, status: Status) -> list[Status]:
        chain: list[Status] = []
        while status.reply_to in self.statuses:
            status = self.statuses[status.reply_to]
            chain.append(status)
        return chain[::-1]

    def descendants(self, status: Status) -> list[Status]:
        """Depth first, older answers first."""
        answers = sorted((s for s in self.statuses.values() if s.reply_to == status.id), key=lambda s: int(s.id))
        return [found for answer in answers for found in (answer, *self.descendants(answer))]
