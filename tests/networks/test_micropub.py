"""The Micropub adapter: the contract, then what only Micropub and IndieAuth have."""

import asyncio
import pickle
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web

from socialdesk.core.account import NOTHING, Account, Credential
from socialdesk.core.entry import EntryKind
from socialdesk.core.errors import AuthExpired, NetworkError, OutcomeUnknown, Rejected, Unreachable
from socialdesk.core.network import BrowserStep, SignedIn
from socialdesk.core.post import ArticleToSend, MediaFile, Receipt, Segment, Target, Uploaded
from socialdesk.core.source import Source
from socialdesk.http import Http
from socialdesk.http.loopback import LoopbackListener
from socialdesk.networks.micropub.adapter import Micropub
from socialdesk.networks.micropub.keys import MARK
from socialdesk.practice.hosts import BadHosts
from socialdesk.practice.micropub import TARGETS, TOKEN, Habits, PracticeMicropub, Refusal
from socialdesk.practice.micropub_auth import Grant
from socialdesk.practice.server import Fault
from socialdesk.practice.world import World, picture
from tests.networks.contract import NetworkContract, make_http

ENDPOINT = r"^/micropub$"
VISITOR = Account(0, "micropub", "", "", "")
REDIRECT = "http://127.0.0.1:50123/callback"


def account_of(signed_in: SignedIn) -> Account:
    who = signed_in.identity
    return Account(1, "micropub", who.name, who.handle, who.server, who.remote_id, who.avatar_url, who.facts)


async def sign_in(http: Http, **answers: str) -> Any:
    signed_in = await Micropub(VISITOR, NOTHING, http).sign_in(answers)
    return Micropub(account_of(signed_in), signed_in.credential, http)


def opened_as(server: PracticeMicropub, http: Http, token: str = TOKEN, **more: Any) -> Any:
    me = f"{server.url}/"
    facts = {
        "me": me,
        "endpoint": f"{server.url}/micropub",
        "token_endpoint": f"{server.url}/token",
        "revocation_endpoint": f"{server.url}/revoke",
    }
    account = Account(1, "micropub", "Northwind", "northwind", server.url, me, facts=facts)
    return Micropub(account, Credential({"access_token": token}), http, **more)


def note(text: str, **more: Any) -> Segment:
    return Segment(text, created=datetime.now(UTC), **more)


def article(title: str, html: str = "<p>Words.</p>", **more: Any) -> Segment:
    return Segment(title, article=ArticleToSend(title, html, **more), created=datetime.now(UTC))


def source() -> Source:
    return Source(1, "micropub", "posts", 1)


class TestMicropubContract(NetworkContract):
    network = Micropub
    read_path = ENDPOINT
    publish_path = ENDPOINT
    renew_path = "^/token$"
    threads = True

    def make_server(self) -> PracticeMicropub:
        return PracticeMicropub(World.load())

    async def open(self, server: Any, http: Http) -> Any:
        return opened_as(server, http)

    async def open_with_bad_credential(self, server: Any, http: Http) -> Any:
        return opened_as(server, http, "wrong-token")

    def secrets(self, server: Any) -> tuple[str, ...]:
        return (TOKEN,)

    async def spent(self, server: Any, http: Http) -> tuple[Account, Credential]:
        server.auth.renews = True
        server.auth.refresh["to-renew-with"] = Grant("https://desk.example/", frozenset({"create", "update"}))
        secrets = {"access_token": "over", "refresh_token": "to-renew-with", "client_id": "https://desk.example/"}
        return opened_as(server, http).account, Credential(secrets)

    def source(self, server: Any) -> Source:
        return source()

    def add_post(self, server: Any, text: str) -> None:
        server.add_post(text)

    def segment(self, server: Any, text: str) -> Segment:
        return note(text)

    def times_posted(self, server: Any, text: str) -> int:
        return len(server.saying(text))


class TestContractOfAnOldestFirstSite(TestMicropubContract):
    """A site whose list begins with the oldest, drops what it does not know and cannot filter."""

    def make_server(self) -> PracticeMicropub:
        return PracticeMicropub(World.load(), Habits(newest_first=False, keeps_unknown=False, filters=False))


class TestContractOfArticles(TestMicropubContract):
    threads = False

    def segment(self, server: Any, text: str) -> Segment:
        return article(text)


@pytest.fixture
async def server() -> AsyncIterator[PracticeMicropub]:
    async with PracticeMicropub(World.load()) as running:
        yield running


@pytest.fixture
def opened(server: PracticeMicropub, http: Http) -> Any:
    return opened_as(server, http)


async def answer_of(http: Http, step: BrowserStep) -> dict[str, str]:
    """What the browser ends on: the redirect's query."""
    response = await http.request("GET", step.url, follow=False)
    assert response.status == 302, response.text()
    location = response.headers["location"]
    assert location.startswith(step.redirect_uri)
    return {name: found[0] for name, found in parse_qs(urlsplit(location).query).items()}


class TestBrowserSignIn:
    async def test_the_whole_way(self, server: PracticeMicropub, http: Http) -> None:
        visitor = Micropub(VISITOR, NOTHING, http)
        step = await visitor.begin_sign_in({"server": server.url.partition("://")[2]}, REDIRECT)
        asked = parse_qs(urlsplit(step.url).query)
        assert asked["client_id"] == ["http://127.0.0.1:50123/"]
        assert asked["me"] == [f"{server.url}/"]
        assert asked["scope"] == ["create update delete media profile"]
        answer = await answer_of(http, step)
        assert answer["state"] == step.state
        signed_in = await visitor.finish_sign_in(step, answer["code"])
        opened = Micropub(account_of(signed_in), signed_in.credential, http)
        who = signed_in.identity
        assert (who.name, who.handle) == ("Northwind Pumps", server.url.partition("://")[2])
        assert (who.server, who.remote_id) == (server.url, f"{server.url}/")
        assert who.avatar_url == f"{server.url}/files/me.png"
        assert (await opened.whoami()) == who
        assert (await opened.publish(note("Signed in"), opened.new_key(1, 1))).permalink
        await opened.sign_out()
        with pytest.raises(AuthExpired):
            await opened.whoami()
        await opened.sign_out()

    async def test_through_the_listener_of_the_desk(self, server: PracticeMicropub, http: Http) -> None:
        listener = LoopbackListener()
        visitor = Micropub(VISITOR, NOTHING, http)
        step = await visitor.begin_sign_in({"server": server.url}, await listener.start())
        answer, _ = await asyncio.gather(listener.wait(step.state, 5), http.request("GET", step.url))
        assert (await visitor.finish_sign_in(step, answer["code"])).credential.get("access_token")

    @pytest.mark.parametrize("wrong", ["code", "verifier", "redirect"])
    async def test_an_exchange_that_is_not_ours(self, server: PracticeMicropub, http: Http, wrong: str) -> None:
        visitor = Micropub(VISITOR, NOTHING, http)
        step = await visitor.begin_sign_in({"server": server.url}, REDIRECT)
        code = (await answer_of(http, step))["code"]
        if wrong == "verifier":
            step = replace(step, verifier="x" * 64)
        if wrong == "redirect":
            step = replace(step, redirect_uri="http://127.0.0.1:50123/elsewhere")
        with pytest.raises(Rejected) as caught:
            await visitor.finish_sign_in(step, "nonsense" if wrong == "code" else code)
        assert caught.value.reason == "invalid"

    async def test_a_code_works_once(self, server: PracticeMicropub, http: Http) -> None:
        visitor = Micropub(VISITOR, NOTHING, http)
        step = await visitor.begin_sign_in({"server": server.url}, REDIRECT)
        code = (await answer_of(http, step))["code"]
        await visitor.finish_sign_in(step, code)
        with pytest.raises(Rejected):
            await visitor.finish_sign_in(step, code)

    async def test_a_site_that_claims_to_be_another(self, server: PracticeMicropub, http: Http) -> None:
        """The token answer names a site whose own page names another authorization endpoint."""
        async with PracticeMicropub(World.load()) as other:
            server.auth.me = f"{other.url}/"
            visitor = Micropub(VISITOR, NOTHING, http)
            step = await visitor.begin_sign_in({"server": server.url}, REDIRECT)
            code = (await answer_of(http, step))["code"]
            with pytest.raises(Rejected) as caught:
                await visitor.finish_sign_in(step, code)
        assert caught.value.reason == "other_site"

    async def test_a_token_is_renewed_and_rotates(self, server: PracticeMicropub, http: Http) -> None:
        visitor = Micropub(VISITOR, NOTHING, http)
        step = await visitor.begin_sign_in({"server": server.url}, REDIRECT)
        signed_in = await visitor.finish_sign_in(step, (await answer_of(http, step))["code"])
        account, old = account_of(signed_in), signed_in.credential
        server.auth.tokens.pop(old.get("access_token"))
        fresh = await Micropub(account, old, http).renew()
        assert all(fresh.secrets.values())
        assert fresh.get("refresh_token") != old.get("refresh_token")
        assert (await Micropub(account, fresh, http).whoami()).remote_id == account.remote_id
        with pytest.raises(AuthExpired):
            await Micropub(account, old, http).renew()

    async def test_without_renewal_one_signs_in_again(self, server: PracticeMicropub, http: Http) -> None:
        server.auth.renews = False
        visitor = Micropub(VISITOR, NOTHING, http)
        step = await visitor.begin_sign_in({"server": server.url}, REDIRECT)
        signed_in = await visitor.finish_sign_in(step, (await answer_of(http, step))["code"])
        assert set(signed_in.credential.secrets) == {"access_token"}
        with pytest.raises(AuthExpired):
            await Micropub(account_of(signed_in), signed_in.credential, http).renew()

    async def test_no_secret_is_shown(self, server: PracticeMicropub, http: Http) -> None:
        visitor = Micropub(VISITOR, NOTHING, http)
        step = await visitor.begin_sign_in({"server": server.url}, REDIRECT)
        signed_in = await visitor.finish_sign_in(step, (await answer_of(http, step))["code"])
        shown = f"{step!r} {signed_in!r} {vars(Micropub(account_of(signed_in), signed_in.credential, http))}"
        for secret in (*signed_in.credential.secrets.values(), step.verifier):
            assert secret == "http://127.0.0.1:50123/" or secret not in shown  # the client id is no secret


class TestDiscovery:
    @pytest.mark.parametrize("typed", ["{url}", "{url}/", "{host}", " {url}/?utm=1#x "])
    async def test_from_whatever_address_is_typed(self, server: PracticeMicropub, http: Http, typed: str) -> None:
        address = typed.format(url=server.url, host=server.url.partition("://")[2])
        opened = await sign_in(http, server=address, token=TOKEN)
        assert opened.account.server == server.url
        assert opened.account.facts["endpoint"] == f"{server.url}/micropub"

    async def test_links_in_the_header(self, http: Http) -> None:
        async with PracticeMicropub(World.load(), Habits(in_header=True)) as server:
            opened = await sign_in(http, server=server.url, token=TOKEN)
            assert opened.account.facts["token_endpoint"] == f"{server.url}/token"

    async def test_a_site_without_metadata_names_its_endpoints_in_its_page(
        self, server: PracticeMicropub, http: Http, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = (
            "<!-- <link rel=micropub href=/wrong> --><link rel='micropub' href='/micropub?site=1&amp;x=y'>"
            '<link href="/auth" rel="authorization_endpoint"><a rel="me token_endpoint" href=/token>token</a>'
        )
        opened = await self._with_page(server, http, monkeypatch, page)
        assert opened.account.facts["endpoint"] == f"{server.url}/micropub?site=1&x=y"
        assert opened.account.facts["token_endpoint"] == f"{server.url}/token"
        assert (await opened.fetch(source(), "", 5)).entries

    @staticmethod
    async def _with_page(server: PracticeMicropub, http: Http, monkeypatch: pytest.MonkeyPatch, page: str) -> Any:
        original = server._answer

        async def answer(request: web.Request, handler: Any) -> Any:
            if request.path == "/":
                return web.Response(text=page, content_type="text/html")
            return await original(request, handler)

        monkeypatch.setattr(server, "_answer", answer)
        return await sign_in(http, server=server.url, token=TOKEN)

    async def test_a_site_without_micropub(self, http: Http) -> None:
        async with BadHosts() as other:
            with pytest.raises(Rejected) as caught:
                await sign_in(http, server=other.url, token=TOKEN)
        assert caught.value.reason in {"no_micropub", "not_found"}

    async def test_a_page_without_links(
        self, server: PracticeMicropub, http: Http, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with pytest.raises(Rejected) as caught:
            await self._with_page(server, http, monkeypatch, "<title>Hello</title><link rel=icon href=/i>")
        assert caught.value.reason == "no_micropub"

    async def test_a_site_without_indieauth_takes_a_token_only(
        self, server: PracticeMicropub, http: Http, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await self._with_page(server, http, monkeypatch, "<link rel=micropub href=/micropub>")
        with pytest.raises(Rejected) as caught:
            await Micropub(VISITOR, NOTHING, http).begin_sign_in({"server": server.url}, REDIRECT)
        assert caught.value.reason == "no_indieauth"

    async def test_a_site_cannot_point_into_a_private_network(
        self, server: PracticeMicropub, http: Http, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with pytest.raises(Rejected) as caught:
            await self._with_page(server, http, monkeypatch, "<link rel=micropub href=https://192.168.0.1/micropub>")
        assert caught.value.reason == "private_address"

    async def test_a_token_never_leaves_unencrypted(
        self, server: PracticeMicropub, http: Http, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with pytest.raises(Rejected) as caught:
            await self._with_page(server, http, monkeypatch, "<link rel=micropub href=http://blog.example/micropub>")
        assert caught.value.reason == "insecure"

    @pytest.mark.parametrize("typed", ["", "ftp://blog.example", "http://", "https://["])
    async def test_no_address(self, http: Http, typed: str) -> None:
        with pytest.raises(Rejected) as caught:
            await sign_in(http, server=typed, token=TOKEN)
        assert caught.value.reason == "invalid"

    @pytest.mark.parametrize("token", ["", "two words", "schlüssel"])
    async def test_no_token(self, server: PracticeMicropub, http: Http, token: str) -> None:
        with pytest.raises(Rejected) as caught:
            await sign_in(http, server=server.url, token=token)
        assert caught.value.reason == "invalid"
        assert not server.log

    async def test_a_wrong_token(self, server: PracticeMicropub, http: Http) -> None:
        with pytest.raises(AuthExpired):
            await sign_in(http, server=server.url, token="wrong")


class TestReading:
    async def test_notes_and_articles(self, server: PracticeMicropub, opened: Any) -> None:
        server.add_post("A short note")
        page = await opened.fetch(source(), "", 50)
        first, *rest = page.entries
        assert (first.kind, first.title, first.text) == (EntryKind.POST, "", "A short note")
        long = next(e for e in rest if e.title == "Basics, reconsidered")
        assert long.kind is EntryKind.ARTICLE
        assert long.text.startswith("The basics of B2B used to be things we sent")
        assert long.html.startswith("<p>")
        assert long.author.url == f"{server.url}/"

    async def test_everything_a_site_may_say(self, server: PracticeMicropub, opened: Any) -> None:
        path = server.add_post("x")
        server.posts[path] |= {
            "content": [{"html": "<p>One &amp; <b>two</b></p>", "value": "One & two"}],
            "photo": ["/files/me.png", {"value": f"{server.url}/files/a.jpg", "alt": "A shelf"}, 3, {}],
            "category": ["B2B", {"type": ["h-card"]}],
            "author": [{"type": ["h-card"], "properties": {"name": ["Harbor"], "photo": [f"{server.url}/h.png"]}}],
            "updated": ["2026-11-01T10:00:00+02:00"],
            "in-reply-to": ["https://other.example/1"],
            "post-status": ["draft"],
        }
        entry = next(e for e in (await opened.fetch(source(), "", 50)).entries if e.url == server.url + path)
        assert (entry.text, entry.html) == ("One & two", "<p>One &amp; <b>two</b></p>")
        assert [(m.url, m.alt) for m in entry.media] == [(f"{server.url}/files/a.jpg", "A shelf")]
        assert (entry.tags, entry.author.name, entry.reply_to) == (("B2B",), "Harbor", "https://other.example/1")
        assert entry.updated == datetime(2026, 11, 1, 8, tzinfo=UTC)
        assert entry.reason is not None
        assert entry.refs["status"] == "draft"

    @pytest.mark.parametrize(
        "items",
        [
            [{}, 3, None, {"properties": []}, {"properties": {"content": ["no address"]}}],
            [{"type": ["h-entry"], "properties": {"url": ["/1"], "content": "bare", "published": "yesterday"}}],
            [{"properties": {"url": ["/1"], "content": [{"html": 3}], "name": [None], "photo": "x", "category": 1}}],
            [{"properties": {"url": ["/gone"], "deleted": [True], "content": ["gone"]}}],
        ],
    )
    async def test_strange_items_harm_nobody(
        self, server: PracticeMicropub, opened: Any, monkeypatch: pytest.MonkeyPatch, items: list[Any]
    ) -> None:
        monkeypatch.setattr(server, "_told", lambda _: {"items": items, "paging": []})
        page = await opened.fetch(source(), "", 10)
        assert all(entry.url.startswith(server.url) for entry in page.entries)
        assert len(page.entries) <= 1
        assert not [e for e in page.entries if e.text == "gone"]

    async def test_an_edited_post_comes_again(self, server: PracticeMicropub, opened: Any) -> None:
        path = server.add_post("First words")
        first = await opened.fetch(source(), "", 10)
        assert (await opened.fetch(source(), first.cursor, 10)).unchanged
        server.posts[path]["content"] = ["Second words"]
        (entry,) = (await opened.fetch(source(), first.cursor, 10)).entries
        assert (entry.text, entry.key) == ("Second words", server.url + path)

    async def test_an_oldest_first_list_of_one_second_is_known_by_its_end(
        self, server: PracticeMicropub, opened: Any
    ) -> None:
        server.change_habits(newest_first=False)
        server.posts.clear()
        for number in range(8):
            path = server.add_post(f"Number {number}")
            server.posts[path]["published"] = [f"2026-01-01T00:00:0{number // 4}+00:00"]
        page = await opened.fetch(source(), "", 3)
        assert [entry.text for entry in page.entries] == ["Number 7", "Number 6", "Number 5"]
        older = await opened.fetch_older(source(), page.older, 3)
        assert [entry.text for entry in older.entries] == ["Number 4", "Number 3", "Number 2"]

    async def test_more_than_a_page_since_is_a_gap(self, server: PracticeMicropub, opened: Any) -> None:
        first = await opened.fetch(source(), "", 3)
        for number in range(9):
            path = server.add_post(f"Number {number}")
            server.posts[path]["published"] = [f"2030-01-01T00:00:0{number}+00:00"]
        page = await opened.fetch(source(), first.cursor, 3)
        assert page.gap
        assert page.entries[0].text == "Number 8"

    @pytest.mark.parametrize("newest_first", [True, False])
    @pytest.mark.parametrize("says_total", [True, False])
    async def test_the_past_goes_on(self, http: Http, newest_first: bool, says_total: bool) -> None:
        habits = Habits(newest_first=newest_first, says_total=says_total)
        async with PracticeMicropub(World.load(), habits) as server:
            for number in range(20):
                path = server.add_post(f"Number {number:02}")
                server.posts[path]["published"] = [f"2030-01-01T00:00:{number:02}+00:00"]
            opened = opened_as(server, http)
            page = await opened.fetch(source(), "", 4)
            seen = list(page.entries)
            for _ in range(20):
                if not page.older:
                    break
                page = await opened.fetch_older(source(), page.older, 4)
                seen += page.entries
            assert len(seen) == len({e.key for e in seen})
            if newest_first or says_total:
                assert len(seen) == len(server.posts)
                times = [e.published for e in seen if e.published]
                assert times == sorted(times, reverse=True)

    async def test_a_site_that_gives_everything_at_once(
        self, server: PracticeMicropub, opened: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in range(6):
            server.add_post(f"Number {number}")
        told = server._told
        ignored = {"q": "source", "limit": "1000"}
        monkeypatch.setattr(server, "_told", lambda q: told(ignored) if q.get("q") == "source" else told(q))
        server.change_habits(says_total=False)
        page = await opened.fetch(source(), "", 3)
        assert len(page.entries) == len(server.posts)
        assert not page.older or not (await opened.fetch_older(source(), page.older, 3)).entries

    async def test_a_site_that_lists_nothing_says_so(self, server: PracticeMicropub, opened: Any) -> None:
        server.change_habits(lists=False)
        with pytest.raises(Rejected) as caught:
            await opened.fetch(source(), "", 10)
        assert caught.value.reason == "no_list"

    @pytest.mark.parametrize("cursor", ["nonsense", "[]", '{"seen": 3}', "null", '{"seen": {"a": 1}}'])
    async def test_a_strange_cursor_is_a_first_look(self, opened: Any, cursor: str) -> None:
        assert (await opened.fetch(source(), cursor, 10)).entries
        assert (await opened.fetch_older(source(), cursor, 10)).entries == ()


class TestPosts:
    async def test_a_note_with_everything(self, server: PracticeMicropub, opened: Any) -> None:
        data = picture("n", 32, 18)
        first = await opened.upload(MediaFile("a" * 64, "image/png", data, "A shelf", 32, 18, "Größe 1.png"))
        plain = await opened.upload(MediaFile("b" * 64, "image/png", data, "", 32, 18, "b.png"))
        segment = note("Two tanks & <arrived>.", media=(first, plain))
        key = opened.new_key(1, 1)
        receipt = await opened.publish(segment, key)
        found = server.posts[receipt.permalink.removeprefix(server.url)]
        assert found["content"] == ["Two tanks & <arrived>."]
        assert found["photo"] == [{"value": first.url, "alt": "A shelf"}, plain.url]
        assert "name" not in found
        assert found[MARK] == [key]
        assert found["published"] == [f"{segment.created:%Y-%m-%dT%H:%M:%S}+00:00"]
        assert server.files[first.url.rpartition("/")[2]] == ("image/png", data)

    async def test_a_site_that_takes_no_described_pictures_gets_them_plain(
        self, server: PracticeMicropub, opened: Any
    ) -> None:
        server.change_habits(takes_objects=False)
        one = await opened.upload(MediaFile("a" * 64, "image/png", picture("n", 32, 18), "A shelf", 32, 18, "a.png"))
        for number in range(2):
            receipt = await opened.publish(note(f"Number {number}", media=(one,)), opened.new_key(number, 1))
            assert server.posts[receipt.permalink.removeprefix(server.url)]["photo"] == [one.url]
        requests = server.requests(ENDPOINT, "POST")
        assert [b'"mp-photo-alt":["A shelf"]' in request.body for request in requests] == [False, True, True]

    async def test_an_article_with_everything(self, server: PracticeMicropub, opened: Any) -> None:
        file = MediaFile("a" * 64, "image/jpeg", picture("a", 32, 18, "jpeg"), "A shelf", 32, 18, "a.jpg")
        segment = article(
            "Cats & <dogs>",
            "<p>One &amp; two</p>",
            slug="cats-and-dogs",
            excerpt="Short & sweet",
            categories=("Field notes",),
            tags=("B2B", "B2B", " "),
            featured=await opened.upload(file),
        )
        receipt = await opened.publish(segment, opened.new_key(1, 1))
        assert receipt.permalink == f"{server.url}/cats-and-dogs"
        found = server.posts["/cats-and-dogs"]
        assert (found["name"], found["content"]) == (["Cats & <dogs>"], [{"html": "<p>One &amp; two</p>"}])
        assert (found["summary"], found["category"]) == (["Short & sweet"], ["Field notes", "B2B"])
        assert found["featured"][0]["alt"] == "A shelf"
        assert "post-status" not in found

    async def test_a_draft(self, server: PracticeMicropub, opened: Any) -> None:
        receipt = await opened.publish(article("Half done", status="draft"), opened.new_key(1, 1))
        assert server.posts[receipt.permalink.removeprefix(server.url)]["post-status"] == ["draft"]

    async def test_a_plan_is_refused_and_one_whose_time_has_come_goes_out(
        self, server: PracticeMicropub, opened: Any
    ) -> None:
        later = datetime.now(UTC) + timedelta(hours=1)
        with pytest.raises(Rejected) as caught:
            await opened.publish(article("Later", status="future", publish_at=later), opened.new_key(1, 1))
        assert caught.value.reason == "cannot_plan"
        assert not server.saying("Later")
        earlier = later - timedelta(hours=2)
        await opened.publish(article("Now", status="future", publish_at=earlier), opened.new_key(2, 1))
        assert len(server.saying("Now")) == 1

    async def test_an_answer(self, server: PracticeMicropub, opened: Any) -> None:
        (entry, *_) = (await opened.fetch(source(), "", 5)).entries
        segment = note("And another thing", reply_to=Target(entry.remote_id, entry.refs))
        receipt = await opened.publish(segment, opened.new_key(1, 1))
        assert server.posts[receipt.permalink.removeprefix(server.url)]["in-reply-to"] == [entry.url]

    @pytest.mark.parametrize(
        ("segment", "reason"),
        [
            (note("  "), "empty"),
            (article(""), "empty"),
            (note("x", quote=Target("https://other.example/1")), "not_supported"),
            (note("x", reply_to=Target("at://did/1")), "not_found"),
            (article("x", '<p><img src="" alt="held"></p>'), "no_media_endpoint"),
        ],
    )
    async def test_what_cannot_be_said_is_refused_before_it_is_sent(
        self, server: PracticeMicropub, opened: Any, segment: Segment, reason: str
    ) -> None:
        with pytest.raises(Rejected) as caught:
            await opened.publish(segment, opened.new_key(1, 1))
        assert caught.value.reason == reason
        assert not server.requests(ENDPOINT, "POST")

    async def test_where_it_syndicates_is_a_choice(self, server: PracticeMicropub, opened: Any) -> None:
        rules = await opened.post_rules()
        assert [(c.value, c.label) for c in rules.visibilities] == [
            ("", "My site only"),
            ("https://social.example/@northwind", "My site and Social"),
            ("blue", "My site and Blue"),
            ("*", "My site and all of these"),
        ]
        for number, choice in enumerate([*rules.visibilities, replace(rules.visibilities[0], value="gone")]):
            receipt = await opened.publish(note(f"Number {number}", visibility=choice.value), opened.new_key(number, 1))
            expected = {"*": [t["uid"] for t in TARGETS], "": [], "gone": []}.get(choice.value, [choice.value])
            assert server.syndicated[receipt.permalink.removeprefix(server.url)] == expected


class TestPicturesWithoutMediaEndpoint:
    @pytest.fixture
    async def server(self) -> AsyncIterator[PracticeMicropub]:
        async with PracticeMicropub(World.load(), Habits(has_media=False)) as running:
            yield running

    def file(self, alt: str = "A shelf") -> MediaFile:
        return MediaFile("d" * 64, "image/png", picture("d", 64, 36), alt, 64, 36, "Shelf photo.png")

    async def test_one_goes_along_with_the_post(self, server: PracticeMicropub, opened: Any) -> None:
        assert (await opened.post_rules()).max_pictures == 1
        segment, key = note("With a picture", media=(await opened.upload(self.file()),)), opened.new_key(1, 1)
        receipt = await opened.publish(segment, key)
        (path,) = server.saying("With a picture")
        assert receipt.permalink == server.url + path
        (photo,) = server.posts[path]["photo"]
        assert server.files[photo.rpartition("/")[2]] == ("image/png", self.file().data)
        assert b'name="mp-photo-alt[]"' in server.requests(ENDPOINT, "POST")[0].body
        assert await opened.find(segment, key) == receipt

    async def test_articles_with_pictures_are_refused(self, server: PracticeMicropub, opened: Any) -> None:
        featured = await opened.upload(self.file())
        with pytest.raises(Rejected) as caught:
            await opened.publish(article("x", featured=featured), opened.new_key(1, 1))
        assert caught.value.reason == "no_media_endpoint"

    async def test_a_picture_that_was_lost_meanwhile(self, opened: Any) -> None:
        await opened.post_rules()
        with pytest.raises(Rejected) as caught:
            await opened.publish(note("x", media=(Uploaded("held:" + "e" * 64),)), opened.new_key(1, 1))
        assert caught.value.reason == "media_missing"


class TestPictures:
    async def test_once_while_the_account_is_open(self, server: PracticeMicropub, opened: Any) -> None:
        file = MediaFile("d" * 64, "image/png", picture("d", 64, 36), "A shelf", 64, 36, "Shelf photo.png")
        first, second = await opened.upload(file), await opened.upload(replace(file, alt="A better shelf"))
        assert (first.url, second.alt) == (second.url, "A better shelf")
        assert list(server.files) == ["1-shelf-photo-dddddddddddd.png"]

    async def test_an_upload_in_doubt_may_be_repeated(self, server: PracticeMicropub, opened: Any) -> None:
        file = MediaFile("d" * 64, "image/png", picture("d", 64, 36), "A shelf", 64, 36, "x.png")
        server.faults.add(Fault("close", match="^/media$", when="after"))
        with pytest.raises(Unreachable):
            await opened.upload(file)
        assert (await opened.upload(file)).url

    async def test_a_file_that_is_no_picture(self, opened: Any) -> None:
        with pytest.raises(Rejected) as caught:
            await opened.upload(MediaFile("e" * 64, "application/x-foo", b"MZ", name="a.foo"))
        assert caught.value.reason == "media_type"


class TestRules:
    async def test_they_cross_a_process_boundary(self, opened: Any) -> None:
        rules = await opened.post_rules()
        assert pickle.loads(pickle.dumps(rules)) == rules

    async def test_they_are_asked_once_a_day(self, server: PracticeMicropub, http: Http) -> None:
        now = datetime.now(UTC)
        opened = opened_as(server, http, now=lambda: now)
        for _ in range(3):
            assert (await opened.post_rules()).findable
        asked = len(server.log)
        now += timedelta(days=1, seconds=1)
        server.change_habits(lists=False)
        assert not (await opened.post_rules()).findable
        assert len(server.log) == 2 * asked

    async def test_without_a_connection_they_are_the_last_ones(self, server: PracticeMicropub, http: Http) -> None:
        opened = await sign_in(http, server=server.url, token=TOKEN)
        await server.stop()
        rules = await Micropub(opened.account, Credential({"access_token": TOKEN}), http).post_rules()
        assert rules.findable
        assert len(rules.visibilities) == 4

    @pytest.mark.parametrize("kept", ["", "nonsense", "[]", '{"lists": true}'])
    async def test_unknown_ones_are_out_of_reach(self, server: PracticeMicropub, http: Http, kept: str) -> None:
        opened = opened_as(server, http)
        account = replace(opened.account, facts={**opened.account.facts, "settings": kept})
        await server.stop()
        with pytest.raises(Unreachable):
            await Micropub(account, Credential({"access_token": TOKEN}), http).post_rules()

    async def test_a_site_that_answers_no_query(
        self, server: PracticeMicropub, opened: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def nothing(_query: Any) -> Any:
            raise Refusal(400, "invalid_request")

        monkeypatch.setattr(server, "_told", nothing)
        rules = await opened.post_rules()
        assert (rules.findable, rules.visibilities, rules.max_pictures) == (False, (), 1)
        assert (await opened.publish(note("All the same"), opened.new_key(1, 1))).permalink

    async def test_a_token_that_may_not_see_the_list(
        self, server: PracticeMicropub, opened: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Some sites show the list only to whoever may change posts."""
        told = server._told

        def shut(query: Any) -> Any:
            if query.get("q") == "source":
                raise Refusal(403, "insufficient_scope")
            return told(query)

        monkeypatch.setattr(server, "_told", shut)
        assert not (await opened.post_rules()).findable
        with pytest.raises(Rejected) as caught:
            await opened.fetch(source(), "", 10)
        assert caught.value.reason == "missing_permission"


class TestOnce:
    async def test_a_site_that_lists_nothing_leaves_it_to_the_person(
        self, server: PracticeMicropub, opened: Any
    ) -> None:
        server.change_habits(lists=False)
        assert not (await opened.post_rules()).findable
        with pytest.raises(OutcomeUnknown):
            await opened.find(note("x"), opened.new_key(1, 1))

    async def test_a_site_that_keeps_nothing_of_ours_but_the_words(self, server: PracticeMicropub, opened: Any) -> None:
        server.change_habits(keeps_unknown=False, keeps_times=False, filters=False)
        segment, key = note("Only words"), opened.new_key(1, 1)
        assert await opened.find(segment, key) is None
        receipt = await opened.publish(segment, key)
        assert await opened.find(segment, key) == receipt

    async def test_the_same_words_of_last_week_are_another_post(self, server: PracticeMicropub, opened: Any) -> None:
        path = server.add_post("Good morning")
        server.posts[path]["published"] = ["2026-01-01T00:00:00+00:00"]
        segment, key = note("Good morning"), opened.new_key(1, 1)
        assert await opened.find(segment, key) is None
        assert (await opened.publish(segment, key)).permalink != server.url + path

    async def test_the_same_words_under_another_key_are_another_post(
        self, server: PracticeMicropub, opened: Any
    ) -> None:
        await opened.publish(note("Twice on purpose"), opened.new_key(1, 1))
        assert await opened.find(note("Twice on purpose"), opened.new_key(2, 2)) is None

    async def test_the_same_words_without_a_time_prove_nothing(self, server: PracticeMicropub, opened: Any) -> None:
        path = server.add_post("Good morning")
        server.posts[path].pop("published")
        with pytest.raises(OutcomeUnknown):
            await opened.find(note("Good morning"), opened.new_key(1, 1))

    async def test_a_list_that_does_not_reach_back_proves_nothing(self, server: PracticeMicropub, opened: Any) -> None:
        for number in range(60):
            server.add_post(f"Number {number}")
        segment = replace(note("Long ago"), created=datetime.now(UTC) - timedelta(days=3))
        server.change_habits(says_total=False)
        with pytest.raises(OutcomeUnknown):
            await opened.find(segment, opened.new_key(1, 1))

    async def test_a_list_in_an_unknown_order_proves_nothing(self, server: PracticeMicropub, opened: Any) -> None:
        for number in range(60):
            server.add_post(f"Number {number}")
        server.change_habits(says_total=False, newest_first=False)
        with pytest.raises(OutcomeUnknown):
            await opened.find(note("Where?"), opened.new_key(1, 1))

    async def test_a_site_that_has_no_posts_yet(self, server: PracticeMicropub, opened: Any) -> None:
        server.posts.clear()
        assert await opened.find(note("First"), opened.new_key(1, 1)) is None

    async def test_drafts_may_be_left_out_of_a_list(self, server: PracticeMicropub, opened: Any) -> None:
        draft = article("Half done", status="draft")
        with pytest.raises(OutcomeUnknown):
            await opened.find(draft, opened.new_key(1, 1))
        await opened.publish(article("Another", status="draft"), opened.new_key(2, 2))
        assert await opened.find(draft, opened.new_key(1, 1)) is None

    async def test_a_site_that_publishes_late(self, server: PracticeMicropub, opened: Any) -> None:
        server.change_habits(late=True)
        first = await opened.publish(note("Accepted"), opened.new_key(1, 1))
        assert first.permalink
        segment, key = note("Lost on the way"), opened.new_key(2, 2)
        server.faults.add(Fault("close", match=ENDPOINT, method="POST", when="after"))
        with pytest.raises(OutcomeUnknown):
            await opened.publish(segment, key)
        with pytest.raises(OutcomeUnknown):
            await opened.find(segment, key)
        server.show_late_posts()
        found = await opened.find(segment, key)
        assert found is not None
        assert await opened.publish(segment, key) == found
        assert len(server.saying("Lost on the way")) == 1

    async def test_looking_removes_a_repetition(self, server: PracticeMicropub, opened: Any) -> None:
        segment, key = note("Twice"), opened.new_key(1, 1)
        first = await opened.publish(segment, key)
        path = first.permalink.removeprefix(server.url)
        server.posts["/twice-again"] = dict(server.posts[path])
        server.posts["/a-copy"] = {**server.posts[path], "content": ["Twice, and changed by hand"]}
        assert await opened.find(segment, key) == first
        assert server.saying("Twice") == [path]
        assert "/a-copy" in server.posts

    @pytest.mark.parametrize("kind", ["close", "500", "html", "reset"])
    @pytest.mark.parametrize(("method", "path"), [("POST", "^/media$"), ("GET", ENDPOINT), ("POST", ENDPOINT)])
    @pytest.mark.parametrize("when", ["before", "after"])
    async def test_a_break_at_any_request(
        self, server: PracticeMicropub, kind: str, path: str, method: str, when: str
    ) -> None:
        """Killed at any moment: the next life knows only the segment and the key."""
        server.faults.add(Fault(kind, match=path, method=method, when=when))
        segment = note(f"Broken {kind}")
        for _ in range(3):
            http = make_http()
            try:
                receipt = await self._one_life(opened_as(server, http), segment)
            except NetworkError:
                continue
            finally:
                await http.aclose()
            break
        assert server.faults.fired
        (found,) = server.saying(segment.text)
        assert server.url + found == receipt.permalink
        assert server.posts[found]["photo"][0]["alt"] == "A shelf"

    async def _one_life(self, opened: Any, segment: Segment) -> Receipt:
        key = opened.new_key(5, 5)
        found = await opened.find(segment, key)
        if found is not None:
            return found  # type: ignore[no-any-return]
        file = MediaFile("c" * 64, "image/png", picture("c", 32, 18), "A shelf", 32, 18, "shelf.png")
        whole = replace(segment, media=(await opened.upload(file),))
        return await opened.publish(whole, key)  # type: ignore[no-any-return]


class TestRefusals:
    @pytest.mark.parametrize(
        ("status", "body", "error", "reason"),
        [
            (400, '{"error": "invalid_request"}', Rejected, "invalid"),
            (400, "invalid_request", Rejected, "invalid"),
            (401, '{"error": "unauthorized"}', AuthExpired, "sign_in_again"),
            (400, "error=invalid_token&error_description=x", AuthExpired, "sign_in_again"),
            (401, '{"error": "insufficient_scope", "scope": "create"}', Rejected, "missing_permission"),
            (403, '{"error": "insufficient_scope"}', Rejected, "missing_permission"),
            (403, '{"error": "forbidden"}', Rejected, "missing_permission"),
            (403, "authorization error", Rejected, "missing_permission"),
            (404, "<h1>Nothing</h1>", Rejected, "not_found"),
            (413, "", Rejected, "media_too_large"),
            (501, "not_implemented", Rejected, "not_supported"),
            (501, "<html>", Rejected, "not_supported"),
            (500, '{"error": "server_error"}', OutcomeUnknown, "outcome_unknown"),
            (201, "", OutcomeUnknown, "outcome_unknown"),
            (200, '{"url": "https://x.example/1"}', OutcomeUnknown, "outcome_unknown"),
        ],
    )
    async def test_codes(
        self,
        server: PracticeMicropub,
        opened: Any,
        monkeypatch: pytest.MonkeyPatch,
        status: int,
        body: str,
        error: type[NetworkError],
        reason: str,
    ) -> None:
        original = server._answer

        async def answer(request: web.Request, handler: Any) -> Any:
            return (
                web.Response(status=status, text=body) if request.method == "POST" else await original(request, handler)
            )

        monkeypatch.setattr(server, "_answer", answer)
        with pytest.raises(error) as caught:
            await opened.publish(note("No"), opened.new_key(1, 1))
        assert caught.value.reason == reason

    async def test_deleting_without_the_right_is_refused(self, server: PracticeMicropub, http: Http) -> None:
        token = server.auth.give_token("create")
        opened = opened_as(server, http, token)
        receipt = await opened.publish(note("To stay"), opened.new_key(1, 1))
        with pytest.raises(Rejected) as caught:
            await opened.delete(receipt.remote_id, receipt.refs)
        assert caught.value.reason == "missing_permission"
        assert len(server.saying("To stay")) == 1

    async def test_a_site_that_deletes_nothing_is_not_taken_for_done(
        self, server: PracticeMicropub, opened: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        receipt = await opened.publish(note("To stay"), opened.new_key(1, 1))

        def refuse(_url: str) -> Any:
            raise Refusal(400, "invalid_request")

        monkeypatch.setattr(server, "_delete", refuse)
        with pytest.raises(Rejected) as caught:
            await opened.delete(receipt.remote_id, receipt.refs)
        assert caught.value.reason == "invalid"
