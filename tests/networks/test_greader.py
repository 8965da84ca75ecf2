"""The Google Reader API adapter: the contract, then what only feed readers' servers have."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from socialdesk.core.account import NOTHING, Account, Credential
from socialdesk.core.entry import Author, Media, MediaKind
from socialdesk.core.errors import AuthExpired, NetworkError, Rejected, Unreachable
from socialdesk.core.marks import Marks, Subscribes, Subscription, Wish
from socialdesk.core.network import SignedIn
from socialdesk.core.post import Segment
from socialdesk.core.source import Source
from socialdesk.http import Http
from socialdesk.networks.greader.adapter import GoogleReader
from socialdesk.networks.greader.address import places
from socialdesk.networks.greader.cursor import Cursor
from socialdesk.networks.greader.ids import item_id, rank_of
from socialdesk.networks.greader.translate import Place, item_of, subscription_of
from socialdesk.practice.greader import MINIFLUX, OLD_READER, PASSWORD, USER, Habits, PracticeReader
from socialdesk.practice.greader_state import READ, STARRED
from socialdesk.practice.server import Fault
from socialdesk.practice.world import World
from tests.networks.contract import NetworkContract, make_http

VISITOR = Account(0, "greader", "", "", "")
RECORDED = json.loads((Path(__file__).parent / "recorded" / "freshrss.json").read_text())
HABITS = {"freshrss": Habits(), "miniflux": MINIFLUX, "old_reader": OLD_READER}


def account_of(signed_in: SignedIn) -> Account:
    who = signed_in.identity
    return Account(1, "greader", who.name, who.handle, who.server, who.remote_id, who.avatar_url, who.facts)


async def signed_in(running: PracticeReader, http: Http, **answers: str) -> SignedIn:
    return await GoogleReader(VISITOR, NOTHING, http).sign_in({**running.credentials, **answers})


async def opened_as(server: PracticeReader, http: Http, **more: Any) -> Any:
    found = await signed_in(server, http)
    return GoogleReader(account_of(found), found.credential, http, **more)


def source(kind: str = "everything", **params: str) -> Source:
    return Source(1, "greader", kind, 1, params)


class TestGoogleReaderContract(NetworkContract):
    network = GoogleReader
    read_path = r"/reader/api/0/stream/"
    renew_path = r"/accounts/ClientLogin$"
    habits = Habits()

    def make_server(self) -> PracticeReader:
        return PracticeReader(World.load(), self.habits)

    async def open(self, server: Any, http: Http) -> Any:
        return self._as(server, http, server.auth)

    def _as(self, server: PracticeReader, http: Http, auth: str) -> Any:
        return GoogleReader(self._account(server), self._credential(auth), http)

    def _account(self, server: PracticeReader) -> Account:
        kind = "miniflux" if self.habits.is_miniflux else ""
        facts = {"base": server.url + self.habits.prefix, "server_kind": kind}
        return Account(1, "greader", USER, USER, server.url, USER, facts=facts)

    def _credential(self, auth: str) -> Credential:
        return Credential({"auth": auth, "username": USER, "password": PASSWORD})

    async def open_with_bad_credential(self, server: Any, http: Http) -> Any:
        return self._as(server, http, "northwind/wrong")

    async def spent(self, server: Any, http: Http) -> tuple[Account, Credential]:
        spent = self._credential(server.auth)
        server.end_sign_ins()
        return self._account(server), spent

    def secrets(self, server: Any) -> tuple[str, ...]:
        return (PASSWORD, server.auth, server.token)

    def source(self, server: Any) -> Source:
        return source()

    def add_post(self, server: Any, text: str) -> None:
        server.add_post(text)

    def segment(self, server: Any, text: str) -> Segment:
        raise NotImplementedError("nothing is published there")

    def times_posted(self, server: Any, text: str) -> int:
        return 0


class TestContractOfMiniflux(TestGoogleReaderContract):
    habits = MINIFLUX


class TestContractOfTheOldReader(TestGoogleReaderContract):
    habits = OLD_READER


class TestContractOfOneSubscription(TestGoogleReaderContract):
    def source(self, server: Any) -> Source:
        return source("subscription", feed=next(iter(server.reading.feeds)))


@pytest.fixture(params=HABITS.values(), ids=HABITS)
async def server(request: pytest.FixtureRequest) -> AsyncIterator[PracticeReader]:
    async with PracticeReader(World.load(), request.param) as running:
        yield running


@pytest.fixture
async def freshrss() -> AsyncIterator[PracticeReader]:
    async with PracticeReader(World.load()) as running:
        yield running


@pytest.fixture
async def miniflux() -> AsyncIterator[PracticeReader]:
    async with PracticeReader(World.load(), MINIFLUX) as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    http = make_http()
    yield http
    await http.aclose()


def unread(server: PracticeReader) -> set[str]:
    return {item.title for item in server.reading.items.values() if READ not in item.states}


def titles(page: Any) -> list[str]:
    return [entry.title for entry in page.entries]


async def everything(opened: Any) -> dict[str, Any]:
    """Every entry by title."""
    page = await opened.fetch(source(), "", 1000)
    return {entry.title: entry for entry in page.entries}


class TestAddresses:
    @pytest.mark.parametrize(
        ("typed", "expected"),
        [
            ("freshrss.example", ("https://freshrss.example", "https://freshrss.example/api/greader.php")),
            ("https://rss.example/i/", ("https://rss.example/i", "https://rss.example/api/greader.php")),
            ("https://rss.example/api/greader.php/", ("https://rss.example/api/greader.php",)),
            ("https://rss.example/p/api/greader.php/reader/api/0/tag", ("https://rss.example/p/api/greader.php",)),
            ("localhost:8080", ("http://localhost:8080", "http://localhost:8080/api/greader.php")),
            ("https://me:secret@rss.example", ("https://rss.example", "https://rss.example/api/greader.php")),
        ],
    )
    def test_places_to_try(self, typed: str, expected: tuple[str, ...]) -> None:
        assert places(typed) == expected

    @pytest.mark.parametrize("typed", ["", "ftp://rss.example", "https://", "http://[::1"])
    def test_no_address(self, typed: str) -> None:
        with pytest.raises(Rejected, match="not a web address"):
            places(typed)


class TestIds:
    @pytest.mark.parametrize(
        ("said", "kept"),
        [
            ("1795338655155724", "000660d9dacac60c"),
            ("tag:google.com,2005:reader/item/000660d9dacac60c", "000660d9dacac60c"),
            ("tag:google.com,2005:reader/item/C5A4B2D1E0F39687", "c5a4b2d1e0f39687"),
            ("-355401917359550817", "fb115bd6d34a8e9f"),
            (str(2**64 - 355401917359550817), "fb115bd6d34a8e9f"),
            ("6705009029382226760", "5d0cfa30041d4348"),
            ("5157ed5bd92f2b4e3e00007e", "5157ed5bd92f2b4e3e00007e"),
            ("tag:google.com,2005:reader/item/5157ed5bd92f2b4e3e00007e", "5157ed5bd92f2b4e3e00007e"),
            ("000000000006441908120000", "000000000006441908120000"),
            ("42", "000000000000002a"),
        ],
    )
    def test_all_forms_of_an_id_are_one(self, said: str, kept: str) -> None:
        assert item_id(said) == kept

    def test_rank_is_the_time_in_the_list_or_the_number(self) -> None:
        assert rank_of("00ff", 0) == rank_of("00ff", None) == 255
        assert rank_of("00ff", 17) == 17
        assert rank_of("no number", None) == 0

    def test_a_cursor_comes_back_as_it_was_and_rubbish_is_none(self) -> None:
        cursor = Cursor(1795338655, frozenset({"000660d9dacac60c", "5157ed5bd92f2b4e3e00007e", "ffffffffffffffff"}))
        assert Cursor.read(cursor.write()) == cursor
        assert Cursor.read(Cursor(3).write()) == Cursor(3)
        for text in ("", "{}", "[]", "null", '{"since": 1, "known": "\u00e4", "others": []}', '{"since": "x"}'):
            assert Cursor.read(text) == Cursor()


class TestWords:
    """What FreshRSS answered, and broken answers."""

    place = Place("https://freshrss.example/api/greader.php", "admin", frozenset({"Uncategorized"}))

    def item(self, title: str) -> Any:
        items = RECORDED["stream/items/contents"]["items"]
        return item_of(next(one for one in items if one["title"] == title), self.place)

    def test_an_item_of_freshrss(self) -> None:
        found = self.item("First article")
        entry = found.entry
        assert (found.is_read, found.is_starred, found.labels) == (False, True, {"Uncategorized"})
        assert entry.key == "greader:https://freshrss.example/api/greader.php:admin#000660d9dacac60a"
        assert (entry.remote_id, entry.title, entry.url) == (
            "000660d9dacac60a",
            "First article",
            "https://harbor.example/1",
        )
        assert entry.author == Author(
            "ed@harbor.example (Ed Harbor), Harbor Analytics",
            "harbor.example",
            "https://harbor.example/",
            remote_id="feed/4",
        )
        assert entry.text.startswith("Words one")
        assert "<b>one</b>" in entry.html
        assert entry.published == datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
        audio, shown = "https://harbor.example/a.mp3", "https://harbor.example/p.png"
        assert entry.media == (Media(MediaKind.AUDIO, audio), Media(MediaKind.IMAGE, shown))
        assert entry.tags == ("B2B",)
        assert entry.mine == {"bookmark"}

    def test_labels_of_the_item_are_marks_and_folders_are_not(self) -> None:
        found = self.item("Third article")
        assert found.is_read
        assert found.entry.mine == {"bookmark", "label:Later"}

    def test_a_subscription_of_freshrss(self) -> None:
        found = subscription_of(RECORDED["subscription/list"]["subscriptions"][1])
        url, site = "https://feeds.example/one.xml", "https://harbor.example/"
        assert found == Subscription("feed/4", "Harbor Analytics", url, "Uncategorized", site)

    @pytest.mark.parametrize(
        "item",
        [
            {"id": 7},
            {"id": "7", "title": None, "categories": "x", "origin": [], "alternate": {}, "published": "soon"},
            {"id": "7", "published": 10**30, "enclosure": [{"href": "javascript:1", "type": "image/png"}, 3]},
            {"id": "7", "summary": {"content": None}, "content": "text", "categories": [None, 3, "user/"]},
        ],
    )
    def test_broken_items_are_still_items(self, item: dict[str, Any]) -> None:
        found = item_of(item, self.place)
        assert found is not None
        assert (found.entry.remote_id, found.entry.media) == ("0000000000000007", ())
        assert found.entry.author.name

    def test_what_has_no_id_is_none(self) -> None:
        assert item_of({"title": "x"}, self.place) is None
        assert subscription_of({"title": "x"}) is None


class TestSigningIn:
    async def test_the_api_is_found_from_the_servers_address(self, server: PracticeReader, http: Http) -> None:
        found = await signed_in(server, http)
        assert found.identity.server == server.url
        assert found.identity.remote_id == USER
        assert found.identity.facts["base"] == server.url + server.habits.prefix
        assert found.identity.facts["server_kind"] == ("miniflux" if server.habits.is_miniflux else "")
        opened = GoogleReader(account_of(found), found.credential, http)
        assert (await opened.whoami()).handle == f"{USER}@{server.url.partition('//')[2]}"
        assert isinstance(opened, Marks)
        assert isinstance(opened, Subscribes)

    async def test_a_wrong_password_is_said(self, server: PracticeReader, http: Http) -> None:
        with pytest.raises(AuthExpired) as caught:
            await signed_in(server, http, password="wrong")
        assert caught.value.reason == "wrong_password"

    async def test_a_server_without_the_api_is_said(self, freshrss: PracticeReader, http: Http) -> None:
        with pytest.raises(Rejected) as caught:
            await signed_in(freshrss, http, server=f"{freshrss.url}/nothing")
        assert caught.value.reason == "no_reader_api"

    async def test_an_app_of_ones_own_is_named_with_each_request(self, freshrss: PracticeReader, http: Http) -> None:
        found = await signed_in(freshrss, http, app_id="1000", app_key="key-of-the-app")
        await GoogleReader(account_of(found), found.credential, http).fetch(source(), "", 5)
        assert all(
            {"appid", "appkey"} <= request.headers for request in freshrss.requests("reader/api/0|ClientLogin$")[1:]
        )
        assert "key-of-the-app" not in repr(found)

    async def test_a_sign_in_that_ended_is_made_again(self, server: PracticeReader, http: Http) -> None:
        opened = await opened_as(server, http)
        server.end_sign_ins()
        with pytest.raises(AuthExpired):
            await opened.fetch(source(), "", 5)
        with pytest.raises(AuthExpired):
            await opened.mark(Wish("read", is_set=True), ("00",))
        fresh = await opened.renew()
        assert fresh.get("auth") == server.auth
        again = GoogleReader(opened.account, fresh, http)
        assert (await again.fetch(source(), "", 5)).entries


class TestReading:
    async def test_an_entry_has_all_there_is(self, freshrss: PracticeReader, http: Http) -> None:
        entries = await everything(await opened_as(freshrss, http))
        assert len(entries) == len(freshrss.reading.items)
        item = next(i for i in freshrss.reading.items.values() if i.picture)
        entry = entries[item.title]
        assert (entry.url, entry.published) == (item.url, item.published.replace(microsecond=0))
        assert item.author in entry.author.name
        assert item.feed.title in entry.author.name
        assert entry.author.avatar_url == f"{item.feed.site}icon.png"
        assert [media.url for media in entry.media] == [item.picture]
        assert entry.tags == item.tags
        assert entry.html == item.html

    async def test_what_is_unread_and_starred_comes_along(self, server: PracticeReader, http: Http) -> None:
        opened = await opened_as(server, http)
        wanted = unread(server)
        server.titled(min(wanted)).states.add(STARRED)
        page = await opened.fetch(source(), "", 1000)
        by_key = {entry.key: entry.title for entry in page.entries}
        assert {by_key[key] for key in page.marks.unread} == wanted
        assert {by_key[key] for key in page.marks.bookmarked} == {min(wanted)}
        assert [entry.title for entry in page.entries if "bookmark" in entry.mine] == [min(wanted)]

    async def test_changes_elsewhere_come_without_the_contents_again(self, server: PracticeReader, http: Http) -> None:
        opened = await opened_as(server, http)
        first = await opened.fetch(source(), "", 1000)
        title = min(unread(server))
        server.titled(title).states |= {READ, STARRED}
        asked = len(server.requests("stream/items/contents"))
        http = make_http()
        page = await (await opened_as(server, http)).fetch(source(), first.cursor, 1000)
        await http.aclose()
        key = next(entry.key for entry in first.entries if entry.title == title)
        assert page.entries == ()
        assert page.unchanged
        assert key not in page.marks.unread
        assert key in page.marks.bookmarked
        assert len(server.requests("stream/items/contents")) == asked

    async def test_the_past_comes_page_by_page_and_nothing_twice(self, server: PracticeReader, http: Http) -> None:
        opened = await opened_as(server, http)
        page = await opened.fetch(source(), "", 3)
        seen, older = titles(page), page.older
        assert len(seen) == 3
        while older:
            more = await opened.fetch_older(source(), older, 3)
            seen, older = [*seen, *titles(more)], more.older
            assert more.marks is not None
        expected = [item.title for item in server.reading.newest_first()]
        assert seen == expected

    async def test_what_came_late_with_an_old_date_is_found(self, freshrss: PracticeReader, http: Http) -> None:
        opened = await opened_as(freshrss, http)
        first = await opened.fetch(source(), "", 5)
        item = freshrss.add_post("Found late")
        item.published -= timedelta(days=400)
        assert titles(await opened.fetch(source(), first.cursor, 5)) == ["Found late"]

    async def test_after_a_long_pause_all_that_came_is_brought(self, freshrss: PracticeReader, http: Http) -> None:
        opened = await opened_as(freshrss, http)
        cursor = (await opened.fetch(source(), "", 5)).cursor
        for number in range(1201):
            freshrss.add_post(f"Number {number}")
        brought: list[str] = []
        for _ in range(4):
            page = await opened.fetch(source(), cursor, 5)
            brought, cursor = [*brought, *titles(page)], page.cursor
        assert sorted(brought) == sorted(f"Number {number}" for number in range(1201))
        batches = [request.body.count(b"i=tag") for request in freshrss.requests("items/contents")]
        assert max(batches) == 100

    async def test_a_column_of_unread_has_them_all_at_once(self, server: PracticeReader, http: Http) -> None:
        opened = await opened_as(server, http)
        page = await opened.fetch(source("unread"), "", 3)
        assert set(titles(page)) == unread(server)
        assert page.older == ""
        server.add_post("One more")
        http = make_http()
        more = await (await opened_as(server, http)).fetch(source("unread"), page.cursor, 3)
        await http.aclose()
        assert titles(more) == ["One more"]

    async def test_a_long_list_of_unread_goes_on_towards_the_past(
        self, server: PracticeReader, http: Http, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("socialdesk.networks.greader.reading.WHOLE", 2)
        opened = await opened_as(server, http)
        page = await opened.fetch(source("unread"), "", 3)
        seen, older = titles(page), page.older
        assert len(seen) == 2
        server.titled(seen[0]).states.add(READ)  # read elsewhere: the list is one shorter
        assert titles(await (await opened_as(server, http)).fetch(source("unread"), page.cursor, 3)) == []
        while older:
            more = await opened.fetch_older(source("unread"), older, 3)
            seen, older = [*seen, *titles(more)], more.older
        assert len(seen) == len(set(seen))
        assert set(seen) >= unread(server)

    async def test_starred_is_a_column(self, server: PracticeReader, http: Http) -> None:
        opened = await opened_as(server, http)
        assert titles(await opened.fetch(source("starred"), "", 5)) == []
        title = min(unread(server))
        server.titled(title).states.add(STARRED)
        http = make_http()
        assert titles(await (await opened_as(server, http)).fetch(source("starred"), "", 5)) == [title]
        await http.aclose()

    async def test_a_folder_is_a_column(self, server: PracticeReader, http: Http) -> None:
        opened = await opened_as(server, http)
        values = dict(await opened.choices("folder", "folder"))
        assert set(values) == {"Marketing", "Suppliers"}
        page = await opened.fetch(source("folder", folder="Suppliers"), "", 1000)
        expected = {i.title for i in server.reading.items.values() if i.feed.folder == "Suppliers"}
        assert set(titles(page)) == expected
        feed = next(f for f in server.reading.feeds.values() if f.folder == "Suppliers")
        server.reading.add(feed, "From a supplier", "<p>New</p>", server.now())
        server.add_post("From elsewhere")
        http = make_http()
        again = await (await opened_as(server, http)).fetch(source("folder", folder="Suppliers"), page.cursor, 5)
        await http.aclose()
        assert "From a supplier" in titles(again)
        assert all(server.titled(title).feed.folder == "Suppliers" for title in titles(again))

    async def test_subscriptions_are_offered_by_name(self, server: PracticeReader, http: Http) -> None:
        opened = await opened_as(server, http)
        choices = await opened.choices("subscription", "feed")
        assert dict(choices) == {feed.stream: feed.title for feed in server.reading.feeds.values()}
        value, title = choices[0]
        page = await opened.fetch(source("subscription", feed=value), "", 1000)
        assert {server.titled(t).feed.title for t in titles(page)} == {title}
        assert await opened.choices("everything", "feed") == ()

    async def test_columns_read_together_ask_for_the_states_once(self, freshrss: PracticeReader, http: Http) -> None:
        opened = await opened_as(freshrss, http)
        feeds = list(freshrss.reading.feeds)
        await asyncio.gather(*(opened.fetch(source("subscription", feed=feed), "", 5) for feed in feeds))
        asked = [request for request in freshrss.requests("items/ids") if "xt" in request.query]
        assert len(feeds) > 2
        assert len(asked) == 1

    async def test_ids_below_zero_are_the_same_items(self, freshrss: PracticeReader, http: Http) -> None:
        """Google's own ids were hashes, and so are those of BazQux and Inoreader."""
        item = freshrss.add_post("Below zero")
        freshrss.reading.items.pop(item.number)
        item.number = 0xC5A57BEF85DB2687
        freshrss.reading.items[item.number] = item
        opened = await opened_as(freshrss, http)
        entry = (await everything(opened))["Below zero"]
        await opened.mark(Wish("bookmark", is_set=True), (entry.remote_id,))
        assert item.states == {STARRED}


class TestMarking:
    @pytest.mark.parametrize(("mark", "state"), [("read", READ), ("bookmark", STARRED)])
    async def test_read_and_starred_are_set_and_taken_away(
        self, server: PracticeReader, http: Http, mark: str, state: str
    ) -> None:
        opened = await opened_as(server, http)
        entries = await everything(opened)
        some = sorted(unread(server))[:3]
        numbers = [entries[title].remote_id for title in some]
        for _ in range(2):  # saying it twice is harmless, also where the server turns it round
            await opened.mark(Wish(mark, is_set=True), numbers)
            assert [state in server.titled(title).states for title in some] == [True] * 3
        for _ in range(2):
            await opened.mark(Wish(mark, is_set=False), numbers)
            assert [state in server.titled(title).states for title in some] == [False] * 3

    async def test_labels_are_set_taken_away_and_listed(self, freshrss: PracticeReader, http: Http) -> None:
        opened = await opened_as(freshrss, http)
        title, entry = next(iter((await everything(opened)).items()))
        await opened.mark(Wish("label:Für später & mehr", is_set=True), (entry.remote_id,))
        assert freshrss.titled(title).labels == {"Für später & mehr"}
        assert await opened.labels() == ("Für später & mehr",)
        assert await opened.choices("label", "label") == (("Für später & mehr", "Für später & mehr"),)
        page = await opened.fetch(source("label", label="Für später & mehr"), "", 5)
        assert [(e.title, e.mine) for e in page.entries] == [(title, {"label:Für später & mehr"})]
        await opened.mark(Wish("label:Für später & mehr", is_set=False), (entry.remote_id,))
        assert freshrss.titled(title).labels == set()

    async def test_miniflux_has_no_labels_for_entries(self, miniflux: PracticeReader, http: Http) -> None:
        opened = await opened_as(miniflux, http)
        entry = next(iter((await everything(opened)).values()))
        with pytest.raises(Rejected) as caught:
            await opened.mark(Wish("label:Later", is_set=True), (entry.remote_id,))
        assert caught.value.reason == "not_supported"
        assert await opened.labels() == ()

    @pytest.mark.parametrize("mark", ["label:", "label:  ", "like", "reshare"])
    async def test_a_mark_that_there_is_not(self, freshrss: PracticeReader, http: Http, mark: str) -> None:
        with pytest.raises(Rejected):
            await (await opened_as(freshrss, http)).mark(Wish(mark, is_set=True), ("00",))
        assert not freshrss.requests("edit-tag")

    async def test_many_go_in_batches(self, freshrss: PracticeReader, http: Http) -> None:
        opened = await opened_as(freshrss, http)
        items = [freshrss.add_post(f"Number {number}") for number in range(250)]
        await opened.mark(Wish("read", is_set=True), [f"{item.number:016x}" for item in items])
        assert all(READ in item.states for item in items)
        assert [r.body.count(b"i=tag") for r in freshrss.requests("edit-tag")] == [100, 100, 50]

    async def test_one_that_is_gone_keeps_no_other_from_being_marked(
        self, freshrss: PracticeReader, http: Http
    ) -> None:
        opened = await opened_as(freshrss, http)
        titles_here = sorted(unread(freshrss))[:3]
        entries = await everything(opened)
        freshrss.faults.add(Fault("404", match="edit-tag"))
        await opened.mark(Wish("read", is_set=True), ["00ffffffffffffff", *(entries[t].remote_id for t in titles_here)])
        assert not unread(freshrss) & set(titles_here)

    async def test_a_token_that_ended_is_asked_for_once_more(self, freshrss: PracticeReader, http: Http) -> None:
        opened = await opened_as(freshrss, http)
        entries = await everything(opened)
        first, second = sorted(unread(freshrss))[:2]
        await opened.mark(Wish("read", is_set=True), (entries[first].remote_id,))
        freshrss.end_tokens()
        asked = len(freshrss.requests("/token$"))
        await opened.mark(Wish("read", is_set=True), (entries[second].remote_id,))
        assert not unread(freshrss) & {first, second}
        assert len(freshrss.requests("/token$")) == asked + 1

    @pytest.mark.parametrize("when", ["before", "after"])
    @pytest.mark.parametrize("kind", ["500", "close", "reset", "html", "truncated", "429", "503"])
    async def test_a_fault_leaves_no_doubt_and_it_can_be_said_again(
        self, server: PracticeReader, http: Http, kind: str, when: str
    ) -> None:
        opened = await opened_as(server, http)
        entries = await everything(opened)
        title = min(unread(server))
        server.faults.add(Fault(kind, match="edit-tag", when=when, retry_after="none"))
        with pytest.raises(NetworkError) as caught:
            await opened.mark(Wish("read", is_set=True), (entries[title].remote_id,))
        assert type(caught.value).__name__ in {"Unreachable", "RateLimited"}
        http = make_http()
        await (await opened_as(server, http)).mark(Wish("read", is_set=True), (entries[title].remote_id,))
        await http.aclose()
        assert title not in unread(server)

    async def test_act_is_for_the_buttons_of_cards(self, freshrss: PracticeReader, http: Http) -> None:
        opened = await opened_as(freshrss, http)
        title, entry = next(iter((await everything(opened)).items()))
        assert await opened.act("bookmark", entry.remote_id, entry.refs) == {}
        assert STARRED in freshrss.titled(title).states
        await opened.act("unbookmark", entry.remote_id, entry.refs)
        assert STARRED not in freshrss.titled(title).states


class TestSubscribing:
    def offer(self, server: PracticeReader) -> tuple[str, str]:
        server.reading.offers["https://new.example/feed"] = "New Ideas"
        return "https://new.example/feed", "New Ideas"

    async def test_subscribing_listing_and_leaving(self, server: PracticeReader, http: Http) -> None:
        opened = await opened_as(server, http)
        url, title = self.offer(server)
        found = await opened.subscribe(url, "Suppliers")
        assert (found.title, found.url, found.folder) == (title, url, "Suppliers")
        assert found in await opened.subscriptions()
        assert server.reading.feeds[found.id].folder == "Suppliers"
        await opened.unsubscribe(found.id)
        await opened.unsubscribe(found.id)
        assert found.id not in server.reading.feeds

    async def test_subscribing_twice_is_one_subscription(self, server: PracticeReader, http: Http) -> None:
        opened = await opened_as(server, http)
        url, _ = self.offer(server)
        first = await opened.subscribe(url, "")
        assert await opened.subscribe(url, "") == first
        assert sum(feed.url == url for feed in server.reading.feeds.values()) == 1

    async def test_what_is_no_feed_is_said(self, server: PracticeReader, http: Http) -> None:
        with pytest.raises(Rejected) as caught:
            await (await opened_as(server, http)).subscribe("https://nothing.example/", "")
        assert caught.value.reason == "not_a_feed"

    async def test_an_answer_that_got_lost_is_found_the_second_time(self, server: PracticeReader, http: Http) -> None:
        opened = await opened_as(server, http)
        url, _ = self.offer(server)
        server.faults.add(Fault("close", match="quickadd", when="after"))
        with pytest.raises(Unreachable):
            await opened.subscribe(url, "")
        http = make_http()
        found = await (await opened_as(server, http)).subscribe(url, "")
        await http.aclose()
        assert found.url == url
        assert sum(feed.url == url for feed in server.reading.feeds.values()) == 1
