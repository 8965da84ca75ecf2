"""A network that lives in memory, for tests of services: it answers what the test arranged and counts what came in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from socialdesk.core.account import Account, Credential, Identity
from socialdesk.core.entry import Author, Counts, Entry, EntryKind, Page
from socialdesk.core.errors import AuthExpired, SocialDeskError
from socialdesk.core.network import (
    AppPassword,
    Field,
    NetworkFacts,
    SignedIn,
    SourceKind,
)
from socialdesk.core.post import MediaFile, Receipt, Segment, Uploaded
from socialdesk.core.rules import PostRules
from socialdesk.core.source import Source

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


class Clock:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **parts: float) -> None:
        self.time += timedelta(**parts)


class DictVault:
    def __init__(self) -> None:
        self.kept: dict[int, Credential] = {}

    def get(self, account_id: int) -> Credential:
        return self.kept.get(account_id, Credential({}))

    def put(self, account_id: int, credential: Credential) -> None:
        self.kept[account_id] = credential

    def remove(self, account_id: int) -> None:
        self.kept.pop(account_id, None)


@dataclass
class World:
    """What the fake network holds and how it behaves. `failures` are raised in turn, before or after the effect."""

    posts: dict[str, Segment] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    failures: list[tuple[str, SocialDeskError]] = field(default_factory=list)
    finds: list[SocialDeskError] = field(default_factory=list)
    pages: list[Page | SocialDeskError] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    token: str = "good"
    renewals: int = 0
    acts: list[str] = field(default_factory=list)
    before_publish: Callable[[], None] | None = None
    article: bool = False


class FakeNetwork:
    """An account of a network called `short` or `blog`. Subclasses carry the world."""

    facts: ClassVar[NetworkFacts]
    world: ClassVar[World]

    def __init__(self, account: Account, credential: Credential, http: object) -> None:
        self._account = account
        self._credential = credential

    @property
    def account(self) -> Account:
        return self._account

    def _check(self) -> None:
        if self._credential.get("token") != self.world.token:
            raise AuthExpired("401")

    async def whoami(self) -> Identity:
        self._check()
        return Identity("1", "Northwind Pumps", "@northwind", self._account.server)

    async def sign_in(self, answers: Mapping[str, str]) -> SignedIn:
        identity = Identity("1", "Northwind Pumps", "@northwind", answers["server"])
        return SignedIn(identity, Credential({"token": answers["token"]}))

    async def renew(self) -> Credential:
        self.world.renewals += 1
        return Credential({"token": self.world.token})

    async def fetch(self, source: Source, cursor: str, limit: int) -> Page:
        self.world.calls.append(f"fetch {source.kind} {cursor}")
        answer = self.world.pages.pop(0) if self.world.pages else Page(cursor=cursor)
        if isinstance(answer, SocialDeskError):
            raise answer
        return answer

    async def post_rules(self) -> PostRules:
        return PostRules(limit=120, weigh=len, article=self.world.article, splits_threads=True)

    def new_key(self, now_us: int, nonce: int) -> str:
        return f"{self.facts.key}-{now_us}-{nonce}"

    async def upload(self, media: MediaFile) -> Uploaded:
        return Uploaded(media.blob, media.alt, media.width, media.height)

    async def publish(self, segment: Segment, key: str) -> Receipt:
        self._check()
        self.world.calls.append(f"publish {key}")
        if self.world.before_publish is not None:
            self.world.before_publish()
        when, failure = self.world.failures.pop(0) if self.world.failures else ("", None)
        if failure is not None and when == "before":
            raise failure
        if key not in self.world.posts:
            self.world.order.append(key)
        self.world.posts[key] = segment
        if failure is not None:
            raise failure
        return self._receipt(key)

    async def find(self, segment: Segment, key: str) -> Receipt | None:
        self.world.calls.append(f"find {key}")
        if self.world.finds:
            raise self.world.finds.pop(0)
        return self._receipt(key) if key in self.world.posts else None

    def _receipt(self, key: str) -> Receipt:
        return Receipt(key, f"https://{self.facts.key}.example/{key}")

    async def delete(self, remote_id: str, refs: Mapping[str, str]) -> None:
        self.world.posts.pop(remote_id, None)

    async def act(self, action: str, remote_id: str, refs: Mapping[str, str]) -> Mapping[str, str]:
        if self.world.failures:
            raise self.world.failures.pop(0)[1]
        self.world.acts.append(f"{action} {remote_id}")
        return {"like": "record-1"}


def fake(key: str, *, article: bool = False) -> type[FakeNetwork]:
    """A network class of its own with a world of its own."""
    facts = NetworkFacts(
        key,
        key.title(),
        "#123456",
        key,
        (AppPassword((Field("server", "Server"), Field("token", "Token", secret=True))),),
        (
            SourceKind("home", "Home", "home"),
            SourceKind("search", "Search", "search", (Field("query", "Words"),), searches="query"),
        ),
        actions=("like",),
    )
    return type(f"Fake{key.title()}", (FakeNetwork,), {"facts": facts, "world": World(article=article)})


def entry(key: str, text: str = "Buyers answer questions", **other: object) -> Entry:
    fields: dict[str, object] = {
        "key": key,
        "network": "short",
        "remote_id": key,
        "kind": EntryKind.POST,
        "author": Author("Harbor Analytics", "@harbor"),
        "text": text,
        "url": f"https://harbor.example/{key}",
        "published": START - timedelta(minutes=5),
        "counts": Counts(0, 0, 3),
        **other,
    }
    return Entry(**fields)  # type: ignore[arg-type]
