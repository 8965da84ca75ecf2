"""All practice networks at once, joined to one world, on threads of their own."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from socialdesk.practice import sites
from socialdesk.practice.blogger import PracticeBlogger
from socialdesk.practice.bluesky import PracticeBluesky
from socialdesk.practice.facebook import PracticeFacebook
from socialdesk.practice.ghost import PracticeGhost
from socialdesk.practice.linkedin import PracticeLinkedIn
from socialdesk.practice.mastodon import PracticeMastodon
from socialdesk.practice.micropub import PracticeMicropub
from socialdesk.practice.server import PracticeServer, ServerThread
from socialdesk.practice.threads import PracticeThreads
from socialdesk.practice.tumblr import PracticeTumblr
from socialdesk.practice.wordpress import PracticeWordPress
from socialdesk.practice.world import ME, World
from socialdesk.practice.x import PracticeX

COLUMN = "B2B"
THREE = ("wordpress", "mastodon", "bluesky")  # one of each sort: enough for most tests
USUAL = (*THREE, "x", "linkedin", "facebook", "threads", "tumblr")  # what a newcomer sees: a company has one blog
EVERY = (*USUAL, "ghost", "blogger", "micropub")
Bases = Mapping[str, str]  # addresses of blogs by organisation
Sources = tuple[tuple[str, str, Mapping[str, str]], ...]  # (network, kind, params)

_TAG = {"tag": "B2B"}
_SEARCH: Sources = (
    ("x", "hashtag", _TAG),
    ("mastodon", "hashtag", _TAG),
    ("bluesky", "search", {"query": "B2B"}),
    ("threads", "hashtag", _TAG),
    ("tumblr", "hashtag", _TAG),
)
_HOMES: Sources = (("x", "home", {}), ("mastodon", "home", {}), ("tumblr", "home", {}))
_INBOX: Sources = (
    ("x", "mentions", {}),
    ("linkedin", "comments", {}),
    ("facebook", "comments", {}),
    ("facebook", "mentions", {}),
    ("facebook", "visitors", {}),
    ("mastodon", "notifications", {}),
    ("bluesky", "notifications", {}),
    ("threads", "replies", {}),
    ("threads", "mentions", {}),
    ("wordpress", "comments", {}),
)
_OWN: Sources = (
    ("facebook", "posts", {}),
    ("linkedin", "posts", {}),
    ("threads", "posts", {}),
    ("tumblr", "account", {"account": ME}),
)


@dataclass(frozen=True, slots=True)
class PracticeColumn:
    """A column that the practice desk opens with; the accounts of its sources are found by network."""

    title: str
    icon: str
    sources: Sources
    any_of: tuple[str, ...] = ()
    view: str = "posts"


class PracticeDesk:
    """Starts and stops the practice networks. A context manager.

    `networks` are the keys of those with an account; `credentials` what their sign-in forms ask for.
    """

    def __init__(self, networks: Collection[str] = USUAL, *, trickle_s: float = 0) -> None:
        """`networks`: those of `EVERY` that run; the person's own WordPress is always among them.

        With `trickle_s` some of the newest posts are held back and appear one by one, so many seconds apart.
        """
        self.world = World.load()
        self.blogs = sites.build(self.world)
        self._wanted = frozenset(networks)
        self._trickle_s = trickle_s
        self._own_blog = PracticeWordPress(self.world)
        self._threads: list[ServerThread] = []
        self.servers: Mapping[str, PracticeServer] = {}

    def start(self) -> None:
        """Returns when everything answers. Raises OSError when a port cannot be had."""
        self._run(*self.blogs.values(), self._own_blog)  # first: the networks' posts name their addresses
        bases = {key: blog.url for key, blog in self.blogs.items()} | {self.world.me.key: self._own_blog.url}
        made = {key: make(bases) for key, make in self._makers().items() if key in self._wanted}
        self._run(*made.values())
        self.servers = {"wordpress": self._own_blog, **made}

    def _makers(self) -> Mapping[str, Callable[[Bases], PracticeServer]]:
        """In the order in which the accounts are shown."""
        world, trickle_s = self.world, self._trickle_s
        return {
            "mastodon": lambda bases: PracticeMastodon(world, bases, trickle_s=trickle_s),
            "bluesky": lambda bases: PracticeBluesky(world, bases, trickle_s=trickle_s),
            "x": lambda bases: PracticeX(world, bases),
            "linkedin": lambda bases: PracticeLinkedIn(world, bases),
            "facebook": lambda bases: PracticeFacebook(world, bases),
            "threads": lambda bases: PracticeThreads(world, bases),
            "tumblr": lambda bases: PracticeTumblr(world, bases),
            "ghost": lambda _: PracticeGhost(world),
            "blogger": lambda _: PracticeBlogger(world),
            "micropub": lambda _: PracticeMicropub(world),
        }

    def _run(self, *servers: PracticeServer) -> None:
        thread = ServerThread(*servers)
        thread.start()
        self._threads.append(thread)

    def stop(self) -> None:
        for thread in reversed(self._threads):
            thread.stop()
        self._threads.clear()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, t: TracebackType | None) -> None:
        self.stop()

    @property
    def networks(self) -> tuple[str, ...]:
        return tuple(self.servers)

    @property
    def credentials(self) -> Mapping[str, Mapping[str, str]]:
        return {key: server.credentials for key, server in self.servers.items()}

    @property
    def feeds(self) -> tuple[str, ...]:
        return tuple(blog.feed_url for blog in self.blogs.values())

    def trusts(self, host: str, port: int) -> bool:
        """Whether content may name this loopback address: only the practice servers' own."""
        return host in ("127.0.0.1", "localhost", "::1") and port in self.ports

    @property
    def ports(self) -> frozenset[int]:
        """Where the practice servers listen on loopback."""
        every = (*self.blogs.values(), *self.servers.values())
        return frozenset(urlsplit(server.url).port or 0 for server in every)

    def columns(self) -> tuple[PracticeColumn, ...]:
        """What a full desk shows: the search over everything, homes, inbox, own pages, feeds."""
        every_feed = tuple(("feeds", "feed", {"url": url}) for url in self.feeds)
        every = (
            PracticeColumn(COLUMN, "search", (*_SEARCH, *every_feed), ("B2B",), "stories"),
            PracticeColumn("Home", "columns", _HOMES),
            PracticeColumn("Inbox", "inbox", _INBOX),
            PracticeColumn("Bluesky", "columns", (("bluesky", "home", {}),)),
            PracticeColumn("Our pages", "user", _OWN),
            PracticeColumn("Blogs", "rss", every_feed),
        )
        here = {"feeds", *self.servers}
        there = (replace(c, sources=tuple(s for s in c.sources if s[0] in here)) for c in every)
        return tuple(column for column in there if column.sources)
