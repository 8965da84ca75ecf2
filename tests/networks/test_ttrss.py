"""The Tiny Tiny RSS adapter: the contract, then marks, labels and subscriptions."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from socialdesk.core.account import NOTHING, Account, Credential
from socialdesk.core.entry import MediaKind
from socialdesk.core.errors import AuthExpired, NetworkError, Rejected, Unreachable
from socialdesk.core.marks import Marks, Subscribes, Wish
from socialdesk.core.network import SignedIn
from socialdesk.core.post import Segment
from socialdesk.core.source import Source
from socialdesk.http import Http
from socialdesk.networks.ttrss.adapter import TinyTinyRss
from socialdesk.networks.ttrss.client import base_of
from socialdesk.networks.ttrss.translate import Place, item_of, subscription_of
from socialdesk.practice.greader_state import READ, STARRED
from socialdesk.practice.server import Fault
from socialdesk.practice.ttrss import PASSWORD, USER, PracticeTinyRss
from socialdesk.practice.world import World
from tests.networks.contract import NetworkContract, make_http

VISITOR = Account(0, "ttrss", "", "", "")
API = r"/tt-rss/api/$"


async def sign_in(running: PracticeTinyRss, http: Http, **answers: str) -> SignedIn:
    return await TinyTinyRss(VISITOR, NOTHING, http).sign_in({**running.credentials, **answers})


async def opened_as(running: PracticeTinyRss, http: Http) -> Any:
    found = await sign_in(running, http)
    who = found.identity
    account = Account(1, "ttrss", who.name, who.handle, who.server, who.remote_id)
    return TinyTinyRss(account, found.credential, http)


def source(kind: str = "everything", **params: str) -> Source:
    return Source(1, "ttrss", kind, 1, params)


class TestTinyTinyRssContract(NetworkContract):
    network = TinyTinyRss
    read_path = API
    renew_path = API

    def make_server(self) -> PracticeTinyRss:
        return PracticeTinyRss(World.load())

    async def open(self, server: Any, http: Http) -> Any:
        return self._as(server, http, server.session)

    def _as(self, server: PracticeTinyRss, http: Http, session: str) -> Any:
        return TinyTinyRss(self._account(server), self._credential(session), http)

    def _account(self, server: PracticeTinyRss) -> Account:
        return Account(1, "ttrss", USER, USER, f"{server.url}/tt-rss", USER)

    def _credential(self, session: str) -> Credential:
        return Credential({"session": session, "username": USER, "password": PASSWORD})

    async def open_with_bad_credential(self, server: Any, http: Http) -> Any:
        return self._as(server, http, "wrong")

    async def spent(self, server: Any, http: Http) -> tuple[Account, Credential]:
        spent = self._credential(server.session)
        server.end_sessions()
        return self._account(server), spent

    def _renewals(self, server: Any) -> int:
        return sum(b'"login"' in request.body for request in server.requests(API))

    def secrets(self, server: Any) -> tuple[str, ...]:
        return (PASSWORD, server.session)

    def source(self, server: Any) -> Source:
        return source()

    def add_post(self, server: Any, text: str) -> None:
        server.add_post(text)

    def segment(self, server: Any, text: str) -> Segment:
        raise NotImplementedError("nothing is published there")

    def times_posted(self, server: Any, text: str) -> int:
        return 0


class TestContractOfOneSubscription(TestTinyTinyRssContract):
    def source(self, server: Any) -> Source:
        return source("subscription", feed="1")


@pytest.fixture
async def server() -> AsyncIterator[PracticeTinyRss]:
    async with PracticeTinyRss(World.load()) as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    http = make_http()
    yield http
    await http.aclose()


def unread(server: PracticeTinyRss) -> set[str]:
    return {item.title for item in server.reading.items.values() if READ not in item.states}


def titles(page: Any) -> list[str]:
    return [entry.title for entry in page.entries]


async def everything(opened: Any) -> dict[str, Any]:
    return {entry.title: entry for entry in (await opened.fetch(source(), "", 200)).entries}


class TestWords:
    place = Place("https://rss.example", "northwind")

    @pytest.mark.parametrize(
        ("typed", "expected"),
        [
            ("rss.example/tt-rss/", "https://rss.example/tt-rss"),
            ("https://rss.example/tt-rss/api/", "https://rss.example/tt-rss"),
            ("https://RSS.example/index.php", "https://rss.example"),
            ("localhost:8080", "http://localhost:8080"),
        ],
    )
    def test_addresses(self, typed: str, expected: str) -> None:
        assert base_of(typed) == expected

    @pytest.mark.parametrize("typed", ["", "ftp://rss.example", "http://[::1"])
    def test_no_address(self, typed: str) -> None:
        with pytest.raises(Rejected):
            base_of(typed)

    @pytest.mark.parametrize(
        "row",
        [
            {"id": "7"},
            {"id": 7, "title": None, "labels": {"no-labels": 1}, "attachments": {}, "updated": "soon", "tags": "x"},
            {"id": 7, "updated": 10**30, "attachments": [{"content_url": "javascript:1"}], "labels": [[1], [2, None]]},
        ],
    )
    def test_broken_rows_are_still_entries(self, row: dict[str, Any]) -> None:
        found = item_of(row, self.place)
        assert found is not None
        assert (found.entry.remote_id, found.entry.media, found.entry.published) == ("7", (), None)
        assert found.entry.author.name

    def test_what_has_no_id_is_none(self) -> None:
        assert item_of({"title": "x"}, self.place) is None
        assert subscription_of({"title": "x"}, {}) is None
        assert subscription_of({"id": -4, "title": "All articles"}, {}) is None


class TestSigningIn:
    async def test_a_session_begins_and_another_after_it_ended(self, server: PracticeTinyRss, http: Http) -> None:
        opened = await opened_as(server, http)
        assert isinstance(opened, Marks)
        assert isinstance(opened, Subscribes)
        server.end_sessions()
        for call in (opened.whoami(), opened.mark(Wish("read", is_set=True), ("1",))):
            with pytest.raises(AuthExpired):
                await call
        assert (await opened.renew()).get("session") == server.session

    async def test_a_wrong_password_is_said(self, server: PracticeTinyRss, http: Http) -> None:
        with pytest.raises(AuthExpired) as caught:
            await sign_in(server, http, password="wrong")
        assert caught.value.reason == "wrong_password"

    async def test_another_server_is_said(self, server: PracticeTinyRss, http: Http) -> None:
        with pytest.raises(Rejected) as caught:
            await sign_in(server, http, server=server.url)
        assert caught.value.reason == "no_ttrss_api"


class TestReading:
    async def test_an_entry_has_all_there_is(self, server: PracticeTinyRss, http: Http) -> None:
        item = next(i for i in server.reading.items.values() if i.picture)
        item.labels.add("Later")
        entry = (await everything(await opened_as(server, http)))[item.title]
        assert (entry.url, entry.published) == (item.url, item.published.replace(microsecond=0))
        assert entry.author.name == f"{item.author}, {item.feed.title}"
        assert [(m.kind, m.url) for m in entry.media] == [(MediaKind.IMAGE, item.picture)]
        assert (entry.tags, entry.html, entry.mine) == (item.tags, item.html, {"label:Later"})

    async def test_states_come_and_contents_only_once(self, server: PracticeTinyRss, http: Http) -> None:
        opened = await opened_as(server, http)
        first = await opened.fetch(source(), "", 200)
        by_key = {entry.key: entry.title for entry in first.entries}
        assert {by_key[key] for key in first.marks.unread} == unread(server)
        title = min(unread(server))
        server.titled(title).states |= {READ, STARRED}
        http = make_http()
        page = await (await opened_as(server, http)).fetch(source(), first.cursor, 200)
        await http.aclose()
        assert page.entries == ()
        assert {by_key[key] for key in page.marks.unread} == unread(server)
        assert {by_key[key] for key in page.marks.bookmarked} == {title}

    async def test_what_has_a_small_number_and_was_not_there_is_found(
        self, server: PracticeTinyRss, http: Http
    ) -> None:
        """Somebody else on the server had the feed already: its articles have numbers that were given long ago."""
        number, item = next(iter(server.reading.items.items()))
        item.states.clear()
        server.reading.items.pop(number)
        first = await (await opened_as(server, http)).fetch(source(), "", 200)
        server.reading.items[number] = item
        http = make_http()
        opened = await opened_as(server, http)
        page = await opened.fetch(source(), first.cursor, 200)
        assert titles(page) == [item.title]
        assert titles(await opened.fetch(source(), page.cursor, 200)) == []
        await http.aclose()

    async def test_all_that_came_meanwhile_is_brought(self, server: PracticeTinyRss, http: Http) -> None:
        opened = await opened_as(server, http)
        cursor = (await opened.fetch(source(), "", 5)).cursor
        for number in range(450):
            server.add_post(f"Number {number}")
        page = await opened.fetch(source(), cursor, 5)
        assert sorted(titles(page)) == sorted(f"Number {number}" for number in range(450))

    async def test_the_past_comes_page_by_page(self, server: PracticeTinyRss, http: Http) -> None:
        opened = await opened_as(server, http)
        page = await opened.fetch(source(), "", 3)
        seen, older = titles(page), page.older
        while older:
            more = await opened.fetch_older(source(), older, 3)
            seen, older = [*seen, *titles(more)], more.older
        assert seen == [item.title for item in server.reading.newest_first()]

    @pytest.mark.parametrize("kind", ["unread", "starred"])
    async def test_states_are_columns(self, server: PracticeTinyRss, http: Http, kind: str) -> None:
        items = list(server.reading.items.values())
        for item in items:
            item.states = set() if kind == "unread" else {READ, STARRED}
        page = await (await opened_as(server, http)).fetch(source(kind), "", 2)
        assert set(titles(page)) == {item.title for item in items}
        new = server.add_post("One more")
        new.states |= {STARRED}
        http = make_http()
        assert titles(await (await opened_as(server, http)).fetch(source(kind), page.cursor, 2)) == ["One more"]
        await http.aclose()

    async def test_a_long_list_goes_on_towards_the_past(
        self, server: PracticeTinyRss, http: Http, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("socialdesk.networks.ttrss.reading.WHOLE", 2)
        opened = await opened_as(server, http)
        page = await opened.fetch(source("unread"), "", 2)
        seen, older = titles(page), page.older
        assert titles(await opened.fetch(source("unread"), page.cursor, 2)) == []
        while older:
            more = await opened.fetch_older(source("unread"), older, 2)
            seen, older = [*seen, *titles(more)], more.older
        assert len(seen) == len(set(seen))
        assert set(seen) == unread(server)

    async def test_categories_labels_and_feeds_are_columns(self, server: PracticeTinyRss, http: Http) -> None:
        item = next(iter(server.reading.items.values()))
        item.labels.add("Later")
        opened = await opened_as(server, http)
        assert dict(await opened.choices("folder", "folder")).keys() == {"Marketing", "Suppliers"}
        assert dict(await opened.choices("label", "label")).keys() == {"Later", "For the newsletter"}
        feeds = dict(await opened.choices("subscription", "feed"))
        assert feeds == {str(feed.number): feed.title for feed in server.reading.feeds.values()}
        found = await opened.fetch(source("folder", folder="Suppliers"), "", 200)
        expected = {i.title for i in server.reading.items.values() if i.feed.folder == "Suppliers"}
        assert set(titles(found)) == expected
        assert titles(await opened.fetch(source("label", label="Later"), "", 5)) == [item.title]
        for kind, name, reason in (("folder", "Gone", "no_folder"), ("label", "Gone", "no_label")):
            with pytest.raises(Rejected) as caught:
                await opened.fetch(source(kind, **{kind: name}), "", 5)
            assert caught.value.reason == reason

    async def test_columns_read_together_ask_for_the_states_once(self, server: PracticeTinyRss, http: Http) -> None:
        opened = await opened_as(server, http)
        await asyncio.gather(*(opened.fetch(source("subscription", feed=str(n)), "", 5) for n in (1, 2, 3)))
        assert sum(b'"unread"' in request.body for request in server.requests(API)) == 1


class TestMarking:
    @pytest.mark.parametrize(("mark", "state"), [("read", READ), ("bookmark", STARRED)])
    async def test_set_and_taken_away(self, server: PracticeTinyRss, http: Http, mark: str, state: str) -> None:
        opened = await opened_as(server, http)
        entries = await everything(opened)
        some = sorted(unread(server))[:3]
        numbers = [entries[title].remote_id for title in some]
        for is_set in (True, True, False, False):
            await opened.mark(Wish(mark, is_set=is_set), [*numbers, "99999"])
            assert [state in server.titled(title).states for title in some] == [is_set] * 3

    async def test_labels_that_there_are(self, server: PracticeTinyRss, http: Http) -> None:
        opened = await opened_as(server, http)
        title, entry = next(iter((await everything(opened)).items()))
        await opened.mark(Wish("label:Later", is_set=True), (entry.remote_id,))
        assert server.titled(title).labels == {"Later"}
        await opened.mark(Wish("label:Later", is_set=False), (entry.remote_id,))
        assert server.titled(title).labels == set()
        for mark, reason in (("label:New", "no_label"), ("label: ", "not_supported"), ("like", "not_supported")):
            with pytest.raises(Rejected) as caught:
                await opened.mark(Wish(mark, is_set=True), (entry.remote_id,))
            assert caught.value.reason == reason

    async def test_many_go_in_batches(self, server: PracticeTinyRss, http: Http) -> None:
        opened = await opened_as(server, http)
        items = [server.add_post(f"Number {number}") for number in range(250)]
        await opened.mark(Wish("read", is_set=True), [str(item.number) for item in items])
        assert all(READ in item.states for item in items)
        assert sum(b'"updateArticle"' in request.body for request in server.requests(API)) == 3

    @pytest.mark.parametrize("when", ["before", "after"])
    @pytest.mark.parametrize("kind", ["500", "close", "html", "429"])
    async def test_a_fault_can_be_made_up_for(self, server: PracticeTinyRss, http: Http, kind: str, when: str) -> None:
        opened = await opened_as(server, http)
        entries = await everything(opened)
        title = min(unread(server))
        server.faults.add(Fault(kind, when=when, retry_after="none"))
        with pytest.raises(NetworkError) as caught:
            await opened.mark(Wish("read", is_set=True), (entries[title].remote_id,))
        assert type(caught.value).__name__ in {"Unreachable", "RateLimited"}
        http = make_http()
        await (await opened_as(server, http)).act("read", entries[title].remote_id, {})
        await http.aclose()
        assert title not in unread(server)


class TestSubscribing:
    async def test_subscribing_twice_and_leaving_twice(self, server: PracticeTinyRss, http: Http) -> None:
        server.reading.offers["https://new.example/feed"] = "New Ideas"
        opened = await opened_as(server, http)
        found = await opened.subscribe("https://new.example/feed", "suppliers")
        assert (found.title, found.folder) == ("New Ideas", "Suppliers")
        assert await opened.subscribe("https://new.example/feed", "Suppliers") == found
        assert found in await opened.subscriptions()
        await opened.unsubscribe(found.id)
        await opened.unsubscribe(found.id)
        assert found not in await opened.subscriptions()

    async def test_what_cannot_be_is_said(self, server: PracticeTinyRss, http: Http) -> None:
        opened = await opened_as(server, http)
        for url, folder, reason in (("https://a.example", "", "not_a_feed"), ("https://a.example", "New", "no_folder")):
            with pytest.raises(Rejected) as caught:
                await opened.subscribe(url, folder)
            assert caught.value.reason == reason

    async def test_an_answer_that_got_lost_is_found_the_second_time(self, server: PracticeTinyRss, http: Http) -> None:
        server.reading.offers["https://new.example/feed"] = "New Ideas"
        opened = await opened_as(server, http)
        server.faults.add(Fault("close", when="after", skip=3))
        with pytest.raises(Unreachable):
            await opened.subscribe("https://new.example/feed", "")
        assert b"subscribeToFeed" in server.log[-1].body
        http = make_http()
        found = await (await opened_as(server, http)).subscribe("https://new.example/feed", "")
        await http.aclose()
        assert found.title == "New Ideas"
        assert sum(feed.title == "New Ideas" for feed in server.reading.feeds.values()) == 1
