"""What the parts of the contract suite share: the hooks that an adapter's test gives, and who plays the publisher."""

import asyncio
from abc import abstractmethod
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, ClassVar
from urllib.parse import urlsplit

import pytest

from socialdesk.core.account import Account, Credential
from socialdesk.core.errors import AuthExpired, NetworkError, OutcomeUnknown, RateLimited, Rejected, Unreachable
from socialdesk.core.network import Publishes
from socialdesk.core.post import ArticleToSend, MediaFile, Receipt, Segment, Uploaded
from socialdesk.core.source import Source
from socialdesk.http import Http, Response
from socialdesk.practice.server import Fault, PracticeServer
from socialdesk.practice.world import picture

BROKEN = ("hang", "close", "reset", "truncated", "html", "drip", "500", "502")
REFUSED = ("401", "403", "404", "429")
WAITS = ("seconds", "date", "zero", "none", "x_ratelimit", "ratelimit")
IN_DOUBT = (*BROKEN, "503")
BOTH = ("before", "after")
# Every fault that leaves a doubt, before and after the request is carried out; a slow answer always is one to a request
# that was.
DOUBTS = tuple((kind, when) for kind in IN_DOUBT for when in BOTH if (kind, when) != ("drip", "before"))
REFUSALS = tuple((kind, "before") for kind in REFUSED)  # who refuses has done nothing
SLOW = frozenset({"hang", "drip"})
USUAL_PATIENCE_S = 1.0
LONE_PATIENCE_S = 4.0  # nobody tells which request is about to hang: a busy machine is slow, too
SHORT_PATIENCE_S = 0.4
LONG_PATIENCE_S = 10.0


def two_pictures(seed: object) -> tuple[MediaFile, ...]:
    """Described pictures that no server has seen before."""
    return tuple(
        MediaFile(sha256(data).hexdigest(), "image/png", data, f"A {name}", width, height, f"{name}.png")
        for name, width, height in (("harbour", 40, 30), ("lighthouse", 30, 40))
        if (data := picture(f"{name} {seed}", width, height))
    )


class HastyHttp(Http):
    """Gives up soon, so that a server that hangs costs a test little: at once where it is about to, else later."""

    server: PracticeServer | None = None

    async def request(self, method: str, url: str, *, timeout_s: float = 20.0, **options: Any) -> Response:
        patience = self._patience(method, urlsplit(url).path)
        return await super().request(method, url, timeout_s=min(timeout_s, patience), **options)

    def _patience(self, method: str, path: str) -> float:
        if self.server is None:
            return LONE_PATIENCE_S
        fault = self.server.faults.next(method.upper(), path)
        if fault is not None and fault.kind in SLOW:
            return SHORT_PATIENCE_S
        may_hang = any(armed.kind in SLOW for armed in self.server.faults.armed)  # a server may know more than the path
        return USUAL_PATIENCE_S if may_hang else LONG_PATIENCE_S


def make_http(server: PracticeServer | None = None) -> Http:
    """A door to the wire without memory and with little patience."""
    http = HastyHttp.create()
    assert isinstance(http, HastyHttp)
    http.server = server
    return http


class Later:
    """A clock that is `minutes` ahead, and more each time it is asked: nothing can be under way any more."""

    def __init__(self, minutes: int = 2) -> None:
        self._asked = 0
        self._step = timedelta(minutes=minutes)

    def __call__(self) -> datetime:
        self._asked += 1
        return datetime.now(UTC) + self._asked * self._step


async def no_sleep(_seconds: float) -> None:
    """Waits for nothing, but lets others go on."""
    await asyncio.sleep(0)


def plain(segment: Segment, files: tuple[MediaFile, ...]) -> Segment:
    """What `find` is given: a segment without what its uploads gave, as `Preparer.plain` makes it."""
    if segment.article is not None:
        article = segment.article
        kept = ArticleToSend(article.title, "", article.slug, status=article.status, publish_at=article.publish_at)
        return replace(segment, article=kept)
    return replace(segment, media=tuple(Uploaded("", file.alt) for file in files), card=None)


def names(error: NetworkError) -> str:
    """Everything that an error shows to a log or a person."""
    return f"{error!r} {error} {error.reason} {error.detail} {error.__cause__!r} {error.__context__!r}"


class ContractHooks:
    """`publish_path`, `read_path` and `renew_path` are regular expressions over request paths.

    A class that lacks a hook of an ability that its network has fails.
    """

    network: ClassVar[Any]
    read_path: ClassVar[str]
    publish_path: ClassVar[str] = ""
    publish_method: ClassVar[str] = "POST"
    renew_path: ClassVar[str] = ""
    threads: ClassVar[bool] = True

    @abstractmethod
    def make_server(self) -> PracticeServer: ...

    @abstractmethod
    async def open(self, server: Any, http: Http) -> Any:
        """The person's account, signed in."""

    @abstractmethod
    async def open_with_bad_credential(self, server: Any, http: Http) -> Any: ...

    @abstractmethod
    def secrets(self, server: Any) -> tuple[str, ...]:
        """The values that must never be shown."""

    @abstractmethod
    def source(self, server: Any) -> Source:
        """A source with several entries that `add_post` adds to."""

    @abstractmethod
    def add_post(self, server: Any, text: str) -> None:
        """Somebody posts into `source` while we look."""

    @abstractmethod
    def segment(self, server: Any, text: str) -> Segment: ...

    @abstractmethod
    def times_posted(self, server: Any, text: str) -> int:
        """How many posts with this text the server really holds."""

    async def spent(self, server: Any, http: Http) -> tuple[Account, Credential]:
        """An account whose token wants to be renewed, or has ended at the server, and can be."""
        raise NotImplementedError("the network renews tokens: give the contract one that is spent")

    def hosted(self, server: Any, file: MediaFile) -> str:
        """Where a picture is to be had that the network takes by its address."""
        raise NotImplementedError("the network takes pictures by address: say where they are")

    def read_error(self, fault: Fault) -> type[NetworkError] | None:
        """What a fetch makes of a fault; None = it succeeds."""
        if fault.kind == "503" and fault.retry_after in {"seconds", "date"}:
            return RateLimited
        return {"401": AuthExpired, "403": Rejected, "404": Rejected, "429": RateLimited}.get(fault.kind, Unreachable)

    # fixtures

    @pytest.fixture
    async def server(self) -> AsyncIterator[Any]:
        async with self.make_server() as running:
            yield running

    @pytest.fixture
    async def http(self, server: Any) -> AsyncIterator[Http]:
        http = make_http(server)
        yield http
        await http.aclose()

    @pytest.fixture
    async def opened(self, server: Any, http: Http) -> Any:
        return await self.open(server, http)

    @pytest.fixture
    def publishes(self) -> None:
        if not issubclass(self.network, Publishes):
            pytest.skip("this network does not publish")
        assert self.publish_path, "say where posts are sent to"

    def _check_until(self, error: RateLimited, fault: Fault) -> None:
        wait = error.until - datetime.now(UTC)
        assert wait < timedelta(hours=1)
        if fault.retry_after in {"seconds", "date", "x_ratelimit", "ratelimit"}:
            assert timedelta(seconds=60) < wait < timedelta(seconds=fault.seconds + 60)

    # helpers that play the publisher

    def publish_fault(self, kind: str, when: str = "before", **more: Any) -> Fault:
        return Fault(kind, match=self.publish_path, method=self.publish_method, when=when, **more)

    def key(self, opened: Any, number: int = 0) -> str:
        return str(opened.new_key(1_770_000_000_000_000 + number, 77 + number))

    def posting(self, server: Any, text: str) -> Segment:
        return replace(self.segment(server, text), created=datetime.now(UTC))

    async def deliver(self, server: Any, segment: Segment, key: str) -> Receipt:
        """Publishes as the program does: in doubt it looks first and sends again only after a certain no."""
        in_doubt = False
        for _ in range(5):
            http = make_http(server)  # a new one each time, as if every wait had passed
            opened = await self.open(server, http)
            try:
                found: Receipt | None = await opened.find(segment, key) if in_doubt else None
                in_doubt = False
                if found is None:
                    found = await opened.publish(segment, key)
            except OutcomeUnknown:
                in_doubt = True
            except NetworkError:
                continue
            else:
                assert found is not None
                return found
            finally:
                await http.aclose()
        raise AssertionError("not delivered after five attempts")

    async def files(self, opened: Any, seed: object) -> tuple[MediaFile, ...]:
        """What a post with media brings along: two pictures, or as many as the network takes."""
        rules = await opened.post_rules()
        return two_pictures(seed)[: rules.max_pictures]

    def film(self, seed: object, mime: str) -> MediaFile:
        """A short film that no server has seen before; practice servers look at its type alone."""
        data = f"a film of {seed} ".encode() * 200
        return MediaFile(sha256(data).hexdigest(), mime, data, "A pump", 320, 180, "pump.mp4", seconds=4.0)

    def document(self, seed: object, mime: str) -> MediaFile:
        """A short document that no server has seen before; practice servers look at its first bytes."""
        data = b"%PDF-1.4\n% " + f"a report of {seed} ".encode() * 20
        return MediaFile(sha256(data).hexdigest(), mime, data, "The report", name="report.pdf")

    async def with_media(self, server: Any, opened: Any, segment: Segment, files: tuple[MediaFile, ...]) -> Segment:
        """`segment` with `files`, brought to the network as the program brings them."""
        if (await opened.post_rules()).pictures_by_address:
            media = [Uploaded(f.blob, f.alt, f.width, f.height, self.hosted(server, f)) for f in files]
        else:
            media = [await opened.upload(file) for file in files]
        if segment.article is None:
            return replace(segment, media=tuple(media))
        shown = "".join(f'<p><img src="{one.url}" alt="{one.alt}"></p>' for one in media[1:])
        article = replace(segment.article, html=segment.article.html + shown, featured=media[0] if media else None)
        return replace(segment, article=article)
