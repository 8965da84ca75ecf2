"""What every network adapter has to keep, as tests to inherit.

A subclass named `Test...` gives the hooks; everything here then runs against its practice server. The class is the
definition of "an adapter works": faults while reading and publishing become the right errors, a post in doubt is found
or certainly not there, and whatever goes wrong it is out exactly once in the end.
"""

import logging
import re
from abc import abstractmethod
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest

from socialdesk.core.errors import AuthExpired, NetworkError, OutcomeUnknown, RateLimited, Rejected, Unreachable
from socialdesk.core.network import (
    Acts,
    Deletes,
    NetworkFacts,
    Nothing,
    Publishes,
    Reads,
    ReadsThreads,
    SignsIn,
)
from socialdesk.core.post import Receipt, Segment
from socialdesk.core.source import Source
from socialdesk.http import Http, Response
from socialdesk.practice.server import Fault, PracticeServer

BROKEN = ("hang", "close", "reset", "truncated", "html", "drip", "500", "502")
WAITS = ("seconds", "date", "zero", "none", "x_ratelimit", "ratelimit")
IN_DOUBT = (*BROKEN, "503")
BOTH = ("before", "after")
ACTIONS = {"like", "reshare", "reply", "bookmark", "quote"}


class HastyHttp(Http):
    """Gives up after a second, so that a server that hangs costs a test no more."""

    async def request(self, method: str, url: str, *, timeout_s: float = 20.0, **options: Any) -> Response:
        return await super().request(method, url, timeout_s=min(timeout_s, 1.0), **options)


def make_http() -> Http:
    """A door to the wire without memory and with little patience."""
    return HastyHttp.create()


def names(error: NetworkError) -> str:
    """Everything that an error shows to a log or a person."""
    return f"{error!r} {error} {error.reason} {error.detail} {error.__cause__!r} {error.__context__!r}"


class NetworkContract:
    """Hooks first, then the tests. `publish_path` and `read_path` are regular expressions over request paths."""

    network: ClassVar[Any]
    read_path: ClassVar[str]
    publish_path: ClassVar[str] = ""
    publish_method: ClassVar[str] = "POST"
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
    async def http(self) -> AsyncIterator[Http]:
        http = make_http()
        yield http
        await http.aclose()

    @pytest.fixture
    async def opened(self, server: Any, http: Http) -> Any:
        return await self.open(server, http)

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
            http = make_http()  # a new one each time, as if every wait had passed
            opened = await self.open(server, http)
            try:
                found = await opened.find(segment, key) if in_doubt else None
                in_doubt = False
                return found or await opened.publish(segment, key)
            except OutcomeUnknown:
                in_doubt = True
            except NetworkError:
                continue
            finally:
                await http.aclose()
        raise AssertionError("not delivered after five attempts")

    # facts

    def test_facts_are_well_formed(self) -> None:
        facts = self.network.facts
        assert isinstance(facts, NetworkFacts)
        assert self.network.__module__.split(".")[-1] == facts.key or f".{facts.key}" in self.network.__module__
        assert re.fullmatch(r"(#[0-9A-Fa-f]{6})?", facts.colour)
        assert re.fullmatch(r"[a-z0-9-]+", facts.icon)
        assert facts.title
        assert facts.sign_ins
        assert set(facts.actions) <= ACTIONS
        kinds = [source.kind for source in facts.sources]
        assert len(kinds) == len(set(kinds)) > 0
        for source in facts.sources:
            fields = [field.name for field in source.fields]
            assert len(fields) == len(set(fields))
            assert not source.searches or source.searches in fields
            assert not any(field.secret for field in source.fields)
            assert source.title
            assert source.interval_s >= 30

    def test_every_sign_in_form_asks_with_labels(self) -> None:
        for form in self.network.facts.sign_ins:
            if isinstance(form, Nothing):
                continue
            assert all(field.name and field.label for field in form.fields)
            assert not any(field.secret and field.example for field in form.fields)

    async def test_abilities_are_the_protocols(self, opened: Any) -> None:
        assert isinstance(opened, Reads)
        if self.publish_path:
            assert isinstance(opened, Publishes)
            assert isinstance(opened, Deletes)
        if set(self.network.facts.actions) & {"like", "reshare", "bookmark"}:
            assert isinstance(opened, Acts)

    # identity

    async def test_whoami_tells_who(self, opened: Any) -> None:
        if isinstance(opened, SignsIn):
            identity = await opened.whoami()
            assert identity.remote_id
            assert identity.handle
            assert identity.server.startswith("http")

    async def test_whoami_with_a_bad_credential(self, server: Any, http: Http) -> None:
        bad = await self.open_with_bad_credential(server, http)
        if isinstance(bad, SignsIn):
            with pytest.raises(AuthExpired):
                await bad.whoami()

    # reading

    async def test_first_look_gives_whole_entries(self, server: Any, opened: Any) -> None:
        page = await opened.fetch(self.source(server), "", 10)
        assert 0 < len(page.entries) <= 10
        assert len({entry.key for entry in page.entries}) == len(page.entries)
        for entry in page.entries:
            assert entry.network == self.network.facts.key
            assert entry.key
            assert entry.remote_id
            assert entry.author.name
            assert entry.published is not None
            assert entry.published.utcoffset() == timedelta(0)
            urls = [entry.url, entry.author.url, entry.author.avatar_url, *(m.url for m in entry.media)]
            assert all(url.startswith(("http://", "https://")) for url in urls if url)

    async def test_next_look_brings_only_what_is_new(self, server: Any, opened: Any) -> None:
        first = await opened.fetch(self.source(server), "", 10)
        again = await opened.fetch(self.source(server), first.cursor, 10)
        assert not {e.key for e in again.entries} - {e.key for e in first.entries}
        self.add_post(server, "Something new on the wire")
        third = await opened.fetch(self.source(server), again.cursor or first.cursor, 10)
        new = [e for e in third.entries if e.key not in {e.key for e in first.entries}]
        assert len(new) == 1
        assert "Something new on the wire" in f"{new[0].title} {new[0].text}"
        assert not third.gap

    @pytest.mark.parametrize("kind", [*BROKEN, "401", "403", "404"])
    async def test_a_fault_while_reading(self, server: Any, opened: Any, kind: str) -> None:
        fault = Fault(kind, match=self.read_path, times=0)
        server.faults.add(fault)
        await self._expect_read(server, opened, fault)

    @pytest.mark.parametrize("form", WAITS)
    @pytest.mark.parametrize("kind", ["429", "503"])
    async def test_please_wait_while_reading(self, server: Any, opened: Any, kind: str, form: str) -> None:
        fault = Fault(kind, match=self.read_path, times=0, seconds=90, retry_after=form)
        server.faults.add(fault)
        await self._expect_read(server, opened, fault)

    async def _expect_read(self, server: Any, opened: Any, fault: Fault) -> None:
        expected = self.read_error(fault)
        if expected is None:
            await opened.fetch(self.source(server), "", 10)
            return
        with pytest.raises(NetworkError) as caught:
            await opened.fetch(self.source(server), "", 10)
        assert type(caught.value) is expected
        if isinstance(caught.value, RateLimited):
            self._check_until(caught.value, fault)

    def _check_until(self, error: RateLimited, fault: Fault) -> None:
        wait = error.until - datetime.now(UTC)
        assert wait < timedelta(hours=1)
        if fault.retry_after in {"seconds", "date", "x_ratelimit", "ratelimit"}:
            assert timedelta(seconds=60) < wait < timedelta(seconds=fault.seconds + 60)

    async def test_a_server_that_is_down_while_reading(self, server: Any, opened: Any) -> None:
        await server.stop()
        with pytest.raises(Unreachable):
            await opened.fetch(self.source(server), "", 10)

    # publishing

    @pytest.fixture
    def publishes(self) -> None:
        if not self.publish_path:
            pytest.skip("this network does not publish")

    @pytest.mark.usefixtures("publishes")
    async def test_keys_are_unique_and_increase(self, opened: Any) -> None:
        keys = [self.key(opened, number) for number in range(300)]
        assert keys == sorted(set(keys))
        assert self.key(opened, 5) == keys[5]
        assert opened.new_key(1_770_000_000_000_000, 1) != opened.new_key(1_770_000_000_000_000, 2)

    @pytest.mark.usefixtures("publishes")
    async def test_rules_weigh_and_limit(self, opened: Any) -> None:
        rules = await opened.post_rules()
        assert rules.limit >= 0
        assert rules.weigh("") == 0
        assert rules.limit == 0 or rules.weigh("abc") == 3

    @pytest.mark.usefixtures("publishes")
    async def test_publish_find_and_delete(self, server: Any, opened: Any) -> None:
        segment, key = self.posting(server, "One clean post"), self.key(opened)
        assert await opened.find(segment, key) is None
        receipt = await opened.publish(segment, key)
        assert receipt.remote_id
        assert receipt.permalink.startswith("http")
        assert self.times_posted(server, "One clean post") == 1
        found = await opened.find(segment, key)
        assert found is not None
        assert (found.remote_id, found.permalink) == (receipt.remote_id, receipt.permalink)
        await opened.delete(receipt.remote_id, receipt.refs)
        assert self.times_posted(server, "One clean post") == 0
        await opened.delete(receipt.remote_id, receipt.refs)

    @pytest.mark.usefixtures("publishes")
    @pytest.mark.parametrize("when", BOTH)
    @pytest.mark.parametrize("kind", IN_DOUBT)
    async def test_in_doubt_and_found_or_certainly_not(self, server: Any, opened: Any, kind: str, when: str) -> None:
        text = f"In doubt {kind} {when}"
        segment, key = self.posting(server, text), self.key(opened)
        server.faults.add(self.publish_fault(kind, when, retry_after="none"))
        with pytest.raises(OutcomeUnknown):
            await opened.publish(segment, key)
        found = await opened.find(segment, key)
        happened = when == "after" or kind == "drip"
        assert (found is not None) == happened
        assert self.times_posted(server, text) == (1 if happened else 0)

    @pytest.mark.usefixtures("publishes")
    @pytest.mark.parametrize(
        ("kind", "expected"), [("401", AuthExpired), ("403", Rejected), ("429", RateLimited)], ids=["401", "403", "429"]
    )
    async def test_a_refusal_while_publishing(
        self, server: Any, opened: Any, kind: str, expected: type[NetworkError]
    ) -> None:
        segment = self.posting(server, "Refused at first")
        server.faults.add(self.publish_fault(kind))
        with pytest.raises(NetworkError) as caught:
            await opened.publish(segment, self.key(opened))
        assert type(caught.value) is expected
        assert self.times_posted(server, "Refused at first") == 0

    @pytest.mark.usefixtures("publishes")
    @pytest.mark.parametrize("form", WAITS)
    async def test_please_wait_while_publishing(self, server: Any, opened: Any, form: str) -> None:
        fault = self.publish_fault("429", seconds=90, retry_after=form)
        server.faults.add(fault)
        with pytest.raises(RateLimited) as caught:
            await opened.publish(self.posting(server, "Too eager"), self.key(opened))
        self._check_until(caught.value, fault)

    @pytest.mark.usefixtures("publishes")
    async def test_a_server_that_is_down_while_publishing(self, server: Any, opened: Any) -> None:
        segment, key = self.posting(server, "Nobody there"), self.key(opened)
        await server.stop()
        with pytest.raises(Unreachable):
            await opened.publish(segment, key)

    @pytest.mark.usefixtures("publishes")
    async def test_find_that_cannot_look_never_says_no(self, server: Any, opened: Any) -> None:
        segment, key = self.posting(server, "Hidden behind a fault"), self.key(opened)
        await opened.publish(segment, key)
        for kind in ("500", "close", "html", "truncated"):
            server.faults.clear()
            server.faults.add(Fault(kind, times=0))
            with pytest.raises((Unreachable, OutcomeUnknown, RateLimited)):
                await opened.find(segment, key)

    @pytest.mark.usefixtures("publishes")
    @pytest.mark.parametrize("when", BOTH)
    @pytest.mark.parametrize("kind", [*IN_DOUBT, "429", "401", "403"])
    async def test_exactly_once_after_a_fault(self, server: Any, opened: Any, kind: str, when: str) -> None:
        if kind in {"429", "401", "403"}:
            when = "before"  # who refuses has done nothing
        text = f"Exactly once {kind} {when}"
        server.faults.add(self.publish_fault(kind, when))
        receipt = await self.deliver(server, self.posting(server, text), self.key(opened))
        assert receipt.permalink
        assert self.times_posted(server, text) == 1

    @pytest.mark.usefixtures("publishes")
    @pytest.mark.parametrize("when", BOTH)
    @pytest.mark.parametrize("part", [0, 1, 2])
    async def test_a_thread_resumes_at_each_segment(self, server: Any, opened: Any, part: int, when: str) -> None:
        if not self.threads:
            pytest.skip("no threads here")
        texts = [f"Part {number} of a thread, fault at {part} {when}" for number in range(3)]
        receipts: list[Receipt] = []
        for number, text in enumerate(texts):
            if number == part:
                server.faults.add(self.publish_fault("close", when))
            segment = self.posting(server, text)
            if receipts:
                segment = replace(segment, previous=receipts[-1], root=receipts[0])
            receipts.append(await self.deliver(server, segment, self.key(opened, number)))
        assert [self.times_posted(server, text) for text in texts] == [1, 1, 1]
        assert len({receipt.remote_id for receipt in receipts}) == 3
        if isinstance(opened, ReadsThreads):
            page = await opened.thread(receipts[0].remote_id, receipts[0].refs)
            assert [entry.text for entry in page.entries] == texts

    # secrets

    @pytest.mark.parametrize("kind", ["401", "403", "429", "500", "html", "close"])
    async def test_no_secret_in_errors_logs_or_representations(
        self, server: Any, opened: Any, caplog: pytest.LogCaptureFixture, kind: str
    ) -> None:
        caplog.set_level(logging.DEBUG)
        server.faults.add(Fault(kind, times=0))
        shown = [repr(opened), str(vars(opened) if hasattr(opened, "__dict__") else "")]
        with pytest.raises(NetworkError) as caught:
            await opened.fetch(self.source(server), "", 10)
        shown.append(names(caught.value))
        if self.publish_path:
            with pytest.raises(NetworkError) as caught:
                await opened.publish(self.posting(server, "Nothing to see"), self.key(opened))
            shown.append(names(caught.value))
        shown += [f"{r.getMessage()} {r.args}" for r in caplog.records]
        secrets = self.secrets(server)
        assert all(secrets) or not self.publish_path
        assert not [text for text in shown for secret in secrets if secret in text]
