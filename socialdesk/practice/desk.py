"""All practice networks at once, joined to one world: blogs, Mastodon, Bluesky, WordPress, on threads of their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from socialdesk.practice import sites
from socialdesk.practice.bluesky import PracticeBluesky
from socialdesk.practice.mastodon import PracticeMastodon
from socialdesk.practice.server import PracticeServer, ServerThread
from socialdesk.practice.wordpress import PracticeWordPress
from socialdesk.practice.world import World

COLUMN = "B2B"


@dataclass(frozen=True, slots=True)
class PracticeColumn:
    """A column that the practice desk opens with: sources as (network, kind, params); accounts are found by network."""

    title: str
    icon: str
    sources: tuple[tuple[str, str, Mapping[str, str]], ...]
    any_of: tuple[str, ...] = ()
    view: str = "posts"


class PracticeDesk:
    """Starts and stops the practice networks. A context manager.

    `networks` are the keys of those with an account; `credentials` what their sign-in forms ask for.
    """

    def __init__(self, *, trickle_s: float = 0) -> None:
        self.world = World.load()
        self.blogs = sites.build(self.world)
        self._trickle_s = trickle_s
        self._own_blog = PracticeWordPress(self.world)
        self._threads: list[ServerThread] = []
        self.servers: Mapping[str, PracticeServer] = {}

    def start(self) -> None:
        """Returns when everything answers. Raises OSError when a port cannot be had."""
        self._run(*self.blogs.values(), self._own_blog)  # first: the networks' posts name their addresses
        bases = {key: blog.url for key, blog in self.blogs.items()} | {self.world.me.key: self._own_blog.url}
        mastodon = PracticeMastodon(self.world, bases, trickle_s=self._trickle_s)
        bluesky = PracticeBluesky(self.world, bases, trickle_s=self._trickle_s)
        self._run(mastodon, bluesky)
        self.servers = {"wordpress": self._own_blog, "mastodon": mastodon, "bluesky": bluesky}

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
        """What a full desk shows: the search over everything, homes, inbox, feeds."""
        every_feed = tuple(("feeds", "feed", {"url": url}) for url in self.feeds)
        search = (("mastodon", "hashtag", {"tag": "B2B"}), ("bluesky", "search", {"query": "B2B"}))
        inbox: tuple[tuple[str, str, Mapping[str, str]], ...] = (
            ("mastodon", "notifications", {}),
            ("bluesky", "notifications", {}),
            ("wordpress", "comments", {}),
        )
        return (
            PracticeColumn(COLUMN, "search", (*search, *every_feed), ("B2B",), "stories"),
            PracticeColumn("Home", "columns", (("mastodon", "home", {}),)),
            PracticeColumn("Inbox", "inbox", inbox),
            PracticeColumn("Bluesky", "columns", (("bluesky", "home", {}),)),
            PracticeColumn("Blogs", "rss", every_feed),
        )
