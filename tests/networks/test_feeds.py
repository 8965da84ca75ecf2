"""The feeds adapter against good blogs and bad hosts."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from socialdesk.content import feeds as feed_parser
from socialdesk.core.account import NOTHING, Account
from socialdesk.core.entry import Page
from socialdesk.core.errors import ContentError, NetworkError, RateLimited, Rejected, Unreachable
from socialdesk.core.post import Segment
from socialdesk.core.source import Source
from socialdesk.http import Http
from socialdesk.networks.feeds.adapter import Feeds, not_a_feed, web_address
from socialdesk.practice.hosts import BadHosts
from socialdesk.practice.server import Fault, PracticeServer
from socialdesk.practice.sites import FORMATS, Blog
from socialdesk.practice.world import World
from tests.networks.contract import NetworkContract, make_http

VISITOR = Account(0, "feeds", "", "", "")


class Clock:
    def __init__(self) -> None:
        self.time = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.time


class Reader:
    """Fetches one source again and again, keeping the cursor as the desk does."""

    def __init__(self, http: Http, url: str, clock: Clock) -> None:
        self.clock = clock
        self.source = Source(1, "feeds", "feed", None, {"url": url})
        self.feeds = Feeds(VISITOR, NOTHING, http, now=clock)
        self.cursor = ""

    async def look(self) -> Page:
        page = await self.feeds.fetch(self.source, self.cursor, 40)
        self.cursor = page.cursor or self.cursor
        return page


class Parsed(Feeds):
    """The adapter together with the parser that always follows it."""

    async def fetch(self, source: Source, cursor: str, limit: int) -> Page:
        page = await super().fetch(source, cursor, limit)
        if page.raw is None:
            return page
        try:
            parsed = feed_parser.parse(page.raw, source.params["url"], datetime.now(UTC))
        except ContentError as error:
            raise Rejected(str(error), reason=error.reason) from error
        return replace(page, entries=parsed.entries[:limit])


class TestFeedsContract(NetworkContract):
    network = Feeds
    read_path = r"^/feed\.xml$"

    def make_server(self) -> PracticeServer:
        world = World.load()
        return Blog(world.by_key["insights"], world.articles_of("insights"), *FORMATS["insights"][:1])

    async def open(self, server: Any, http: Http) -> Any:
        return Parsed(VISITOR, NOTHING, http)

    async def open_with_bad_credential(self, server: Any, http: Http) -> Any:
        return Parsed(VISITOR, NOTHING, http)

    def secrets(self, server: Any) -> tuple[str, ...]:
        return ()

    def source(self, server: Any) -> Source:
        return Source(1, "feeds", "feed", None, {"url": server.feed_url})

    def add_post(self, server: Any, text: str) -> None:
        server.publish_article(replace(World.load().articles[0], slug="just-in", title=text))

    def segment(self, server: Any, text: str) -> Segment:
        raise NotImplementedError

    def times_posted(self, server: Any, text: str) -> int:
        raise NotImplementedError

    def read_error(self, fault: Fault) -> type[NetworkError] | None:
        if fault.kind in {"html", "truncated", "401"}:
            if (fault.kind, fault.when) == ("truncated", "after"):
                return None  # half a feed has entries all the same
            return Rejected  # a page is no feed for now, nor is nothing; there is no account to sign in to
        if (fault.kind, fault.times) == ("403", 1):
            return None  # asked again by a plainer name
        return super().read_error(fault)

    def _check_until(self, error: RateLimited, fault: Fault) -> None:
        wait = error.until - datetime.now(UTC)
        expected = 90 if fault.retry_after in {"seconds", "date", "x_ratelimit", "ratelimit"} else 600
        assert timedelta(seconds=expected - 30) < wait < timedelta(seconds=expected + 30)


@pytest.fixture
async def hosts() -> AsyncIterator[BadHosts]:
    async with BadHosts() as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    http = make_http()
    yield http
    await http.aclose()


@pytest.fixture
def clock() -> Clock:
    return Clock()


class TestConditionalRequests:
    async def test_validators_go_back_byte_for_byte(self, hosts: BadHosts, http: Http, clock: Clock) -> None:
        reader = Reader(http, hosts.url + "/feed", clock)
        first = await reader.look()
        assert first.raw is not None
        assert first.raw.content_type.startswith("application/rss+xml")
        assert not {"if-none-match", "if-modified-since"} & set(hosts.last("/feed"))
        second = await reader.look()
        assert (second.unchanged, second.raw) == (True, None)
        assert hosts.last("/feed")["if-none-match"] == 'W/"the one, in quotes"'
        assert "if-modified-since" in hosts.last("/feed")

    async def test_it_says_what_it_wants(self, hosts: BadHosts, http: Http, clock: Clock) -> None:
        await Reader(http, hosts.url + "/feed", clock).look()
        asked = hosts.last("/feed")
        assert asked["a-im"] == "feed"
        assert "application/feed+json" in asked["accept"]
        assert "SocialDesk" in asked["user-agent"]

    async def test_a_new_validator_on_304_is_the_next_one_sent(self, hosts: BadHosts, http: Http, clock: Clock) -> None:
        reader = Reader(http, hosts.url + "/new-etag-on-304", clock)
        for visit in (1, 2, 3):
            await reader.look()
            assert hosts.last("/new-etag-on-304").get("if-none-match") == (
                f'"visit-{visit - 1}"' if visit > 1 else None
            )

    async def test_the_same_body_is_not_parsed_again_but_its_validator_is_kept(
        self, hosts: BadHosts, http: Http, clock: Clock
    ) -> None:
        reader = Reader(http, hosts.url + "/same-body", clock)
        assert (await reader.look()).raw is not None
        second = await reader.look()
        assert (second.unchanged, second.raw) == (True, None)
        await reader.look()
        assert hosts.last("/same-body")["if-none-match"] == '"visit-2"'

    async def test_after_eight_days_the_whole_feed_is_asked_for(
        self, hosts: BadHosts, http: Http, clock: Clock
    ) -> None:
        reader = Reader(http, hosts.url + "/feed", clock)
        await reader.look()
        clock.time += timedelta(days=7)
        await reader.look()
        assert "if-none-match" in hosts.last("/feed")
        clock.time += timedelta(days=2)
        page = await reader.look()
        assert "if-none-match" not in hosts.last("/feed")
        assert page.unchanged
        await reader.look()
        assert "if-none-match" in hosts.last("/feed")

    async def test_a_server_that_always_says_304_gave_us_nothing(
        self, hosts: BadHosts, http: Http, clock: Clock
    ) -> None:
        with pytest.raises(Unreachable):
            await Reader(http, hosts.url + "/always304", clock).look()

    @pytest.mark.parametrize("path", ["/in-2038", "/expires-0"])
    async def test_nonsense_validators_are_not_sent_back(
        self, hosts: BadHosts, http: Http, clock: Clock, path: str
    ) -> None:
        reader = Reader(http, hosts.url + path, clock)
        await reader.look()
        await reader.look()
        assert not {"if-none-match", "if-modified-since"} & set(hosts.last(path))

    async def test_a_304_from_another_address_is_not_believed(self, hosts: BadHosts, http: Http, clock: Clock) -> None:
        reader = Reader(http, hosts.url + "/feed", clock)
        await reader.look()
        memory = json.loads(reader.cursor)
        reader.cursor = json.dumps({**memory, "final": "http://elsewhere.example/feed", "body": "of another feed"})
        page = await reader.look()
        assert page.raw is not None
        assert hosts.visits("/feed") == 3

    async def test_the_cursor_of_another_address_is_worth_nothing(
        self, hosts: BadHosts, http: Http, clock: Clock
    ) -> None:
        reader = Reader(http, hosts.url + "/feed", clock)
        await reader.look()
        other = Reader(http, hosts.url + "/same-body", clock)
        other.cursor = reader.cursor
        assert (await other.look()).raw is not None
        assert "if-none-match" not in hosts.last("/same-body")

    @pytest.mark.parametrize("cursor", ["not json", "[1, 2]", '{"etag": 5}', '{"address": null}'])
    async def test_a_strange_cursor_is_as_none(self, hosts: BadHosts, http: Http, clock: Clock, cursor: str) -> None:
        reader = Reader(http, hosts.url + "/feed", clock)
        reader.cursor = cursor
        assert (await reader.look()).raw is not None


class TestFreshness:
    async def test_sixteen_years_are_five_hours(self, hosts: BadHosts, http: Http, clock: Clock) -> None:
        page = await Reader(http, hosts.url + "/max-age-16-years", clock).look()
        assert page.not_before == clock.time + timedelta(hours=5)

    async def test_time_spent_in_a_cache_counts(self, hosts: BadHosts, http: Http, clock: Clock) -> None:
        page = await Reader(http, hosts.url + "/aged", clock).look()
        assert page.not_before == clock.time + timedelta(hours=1)


class TestAddresses:
    @pytest.mark.parametrize(
        ("path", "moved"),
        [
            ("/hop/301/feed", True),
            ("/hop/308/hop/301/feed", True),
            ("/hop/302/feed", False),
            ("/hop/307/feed", False),
            ("/hop/301/hop/302/feed", False),
            ("/hop/302/hop/301/feed", False),
        ],
    )
    async def test_it_has_moved_only_if_every_hop_is_permanent(
        self, hosts: BadHosts, http: Http, clock: Clock, path: str, moved: bool
    ) -> None:
        page = await Reader(http, hosts.url + path, clock).look()
        assert page.raw is not None
        assert page.raw.url == hosts.url + "/feed"
        assert (page.meta.moved_to if page.meta else "") == (hosts.url + "/feed" if moved else "")

    async def test_validators_work_through_a_redirect(self, hosts: BadHosts, http: Http, clock: Clock) -> None:
        reader = Reader(http, hosts.url + "/hop/302/feed", clock)
        await reader.look()
        assert (await reader.look()).unchanged
        assert hosts.visits("/feed") == 2

    async def test_gone_is_said_and_keeps_what_was(self, hosts: BadHosts, http: Http, clock: Clock) -> None:
        page = await Reader(http, hosts.url + "/status/410", clock).look()
        assert page.meta is not None
        assert (page.meta.gone, page.unchanged, page.entries) == (True, True, ())

    async def test_a_loop_ends(self, hosts: BadHosts, http: Http, clock: Clock) -> None:
        with pytest.raises(Unreachable):
            await Reader(http, hosts.url + "/loop", clock).look()
        assert hosts.visits("/loop") < 30

    @pytest.mark.parametrize("path", ["/captive", "/captive-for-ever", "/html", "/html-as-xml", "/empty"])
    async def test_a_page_is_refused_and_moves_nothing(
        self, hosts: BadHosts, http: Http, clock: Clock, path: str
    ) -> None:
        reader = Reader(http, hosts.url + path, clock)
        with pytest.raises(Rejected) as caught:
            await reader.look()
        assert caught.value.reason == "not_a_feed"
        assert reader.cursor == ""

    @pytest.mark.parametrize("path", ["/image", "/image-as-feed"])
    async def test_pictures_are_refused(self, hosts: BadHosts, http: Http, clock: Clock, path: str) -> None:
        with pytest.raises(Rejected, match="no feed"):
            await Reader(http, hosts.url + path, clock).look()

    @pytest.mark.parametrize(
        ("typed", "address"),
        [
            ("feed:https://blog.example/feed", "https://blog.example/feed"),
            ("feed://blog.example/feed", "https://blog.example/feed"),
            ("  http://blog.example ", "http://blog.example"),
        ],
    )
    def test_addresses_as_people_type_them(self, typed: str, address: str) -> None:
        assert web_address(typed) == address

    @pytest.mark.parametrize(
        "typed", ["", "blog", "file:///etc/passwd", "ftp://blog.example/feed", "http://", "http://["]
    )
    def test_other_schemes_are_refused(self, typed: str) -> None:
        with pytest.raises(Rejected) as caught:
            web_address(typed)
        assert caught.value.reason == "invalid"


class TestRefusals:
    @pytest.mark.parametrize("form", ["seconds", "date", "zero", "none"])
    async def test_a_wait_is_kept_for_the_whole_host(
        self, hosts: BadHosts, http: Http, clock: Clock, form: str
    ) -> None:
        with pytest.raises(RateLimited) as caught:
            await Reader(http, f"{hosts.url}/429/{form}", clock).look()
        wait = caught.value.until - datetime.now(UTC)
        named = form in {"seconds", "date"}
        assert timedelta(seconds=90 if named else 590) < wait <= timedelta(seconds=121 if named else 601)
        with pytest.raises(RateLimited):
            await Reader(http, hosts.url + "/feed", clock).look()
        assert hosts.visits("/feed") == 0

    @pytest.mark.parametrize(("status", "reason"), [(401, "blocked"), (403, "blocked"), (404, "not_found")])
    async def test_refusals_have_reasons(
        self, hosts: BadHosts, http: Http, clock: Clock, status: int, reason: str
    ) -> None:
        with pytest.raises(Rejected) as caught:
            await Reader(http, f"{hosts.url}/status/{status}", clock).look()
        assert caught.value.reason == reason

    async def test_a_broken_server_is_unreachable(self, hosts: BadHosts, http: Http, clock: Clock) -> None:
        with pytest.raises(Unreachable):
            await Reader(http, hosts.url + "/status/500", clock).look()

    async def test_a_bomb_is_not_unpacked(self, hosts: BadHosts, http: Http, clock: Clock) -> None:
        with pytest.raises(Rejected) as caught:
            await Reader(http, hosts.url + "/bomb", clock).look()
        assert caught.value.reason == "too_large"

    async def test_a_drip_does_not_hold_us(self, hosts: BadHosts, http: Http, clock: Clock) -> None:
        hosts.faults.add(Fault("drip", match="/feed", seconds=20))
        with pytest.raises(Unreachable):
            await Reader(http, hosts.url + "/feed", clock).look()


@pytest.mark.parametrize("path", ["/new-ids", "/clock", "/future", "/broken-utf8", "/bad-dates"])
async def test_odd_feeds_are_the_parsers_matter(hosts: BadHosts, http: Http, clock: Clock, path: str) -> None:
    reader = Reader(http, hosts.url + path, clock)
    page = await reader.look()
    assert page.raw is not None
    assert feed_parser.parse(page.raw, reader.source.params["url"], clock.time).entries


async def test_ten_thousand_items_come_whole(hosts: BadHosts, http: Http, clock: Clock) -> None:
    page = await Reader(http, hosts.url + "/huge", clock).look()
    assert page.raw is not None
    assert page.raw.body.count(b"<item>") == 10_000


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        (b"", True),
        (b"  \n", True),
        (b"\xef\xbb\xbf<!DOCTYPE HTML><html>", True),
        (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'>", True),
        (b"\x89PNG\r\n", True),
        (b"\xff\xd8\xff\xe0", True),
        (b"<?xml version='1.0'?><rss><channel>", False),
        (b"<!-- from <html> --><rss version='2.0'>", False),
        (b'{"version": "https://jsonfeed.org/version/1.1"}', False),
        (b"\n\n<feed xmlns='http://www.w3.org/2005/Atom'>", False),
        ("﻿<rdf:RDF>".encode(), False),
    ],
)
def test_what_is_no_feed_at_first_sight(body: bytes, refused: bool) -> None:
    assert not_a_feed(body) is refused
