"""WordPress over XML-RPC: the contract, who is reached so, what goes over the wire, traps of WordPress."""

import xmlrpc.client as wire
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialdesk.content.worker import Worker
from socialdesk.core.account import NOTHING, Account, Credential
from socialdesk.core.errors import AuthExpired, NetworkError, OutcomeUnknown, RateLimited, Rejected, Unreachable
from socialdesk.core.network import SeveralFound, SignedIn
from socialdesk.core.post import MediaFile, Receipt, Segment, Target
from socialdesk.core.source import Source
from socialdesk.http import Http
from socialdesk.networks.wordpress import NETWORK
from socialdesk.networks.wordpress.adapter import RpcWordPress, WordPress, open_account
from socialdesk.networks.wordpress.naming import MARK
from socialdesk.networks.wordpress.xmlrpc.codec import Fault as RpcFault
from socialdesk.networks.wordpress.xmlrpc.codec import NotXmlRpc, decode, encode
from socialdesk.networks.wordpress.xmlrpc.signin import knows_blocks
from socialdesk.networks.wordpress.xmlrpc.translate import comment_entry, paragraphs, post_entry
from socialdesk.practice.hosts import BadHosts
from socialdesk.practice.server import Fault
from socialdesk.practice.wordpress import PASSWORD, PracticeWordPress
from socialdesk.practice.world import World, picture
from tests.networks.contract import NetworkContract, make_http
from tests.networks.test_wordpress import VISITOR, account_of, article
from tests.networks.test_wordpress import TestWordPressContract as OwnSite
from tests.services.conftest import open_desk

NEW_POST = r"^/xmlrpc\.php/wp\.newPost$"
NEW_COMMENT = r"/wp\.newComment$"


def source(kind: str = "posts") -> Source:
    return Source(1, "wordpress", kind, 1)


def opened_as(server: PracticeWordPress, http: Http, password: str = PASSWORD, **facts: str) -> Any:
    known = {
        "road": "xmlrpc",
        "root": f"{server.url}/xmlrpc.php",
        "blog": "1",
        "user": "1",
        "moderates": "1",
        "version": "6.1.9",
        "site": "Northwind",
    }
    account = Account(1, "wordpress", "Northwind", "northwind", server.url, "1", facts=known | facts)
    return RpcWordPress(account, Credential({"username": "northwind", "password": password}), http)


class TestWordPressOverXmlRpcContract(NetworkContract):
    network = RpcWordPress
    read_path = r"^/xmlrpc\.php"
    publish_path = NEW_POST
    threads = False

    def make_server(self) -> PracticeWordPress:
        return PracticeWordPress(World.load(), rest=False)

    async def open(self, server: Any, http: Http) -> Any:
        return opened_as(server, http)

    async def open_with_bad_credential(self, server: Any, http: Http) -> Any:
        return opened_as(server, http, "xxxx xxxx xxxx")

    def secrets(self, server: Any) -> tuple[str, ...]:
        return (PASSWORD,)

    def source(self, server: Any) -> Source:
        return source()

    def add_post(self, server: Any, text: str) -> None:
        OwnSite().add_post(server, text)

    def segment(self, server: Any, text: str) -> Segment:
        return article(text)

    def times_posted(self, server: Any, text: str) -> int:
        return OwnSite().times_posted(server, text)

    def times_waiting(self, server: Any, text: str) -> int:
        return OwnSite().times_waiting(server, text)

    def let_time_pass(self, server: Any) -> None:
        OwnSite().let_time_pass(server)


@pytest.fixture
async def server() -> AsyncIterator[PracticeWordPress]:
    async with PracticeWordPress(World.load(), rest=False) as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    http = make_http()
    yield http
    await http.aclose()


@pytest.fixture
def opened(server: PracticeWordPress, http: Http) -> Any:
    return opened_as(server, http)


async def sign_in(http: Http, answers: Any) -> Any:
    return await WordPress(VISITOR, NOTHING, http).sign_in(answers)


def calls(server: PracticeWordPress) -> list[str]:
    """The methods that were called, in order."""
    return [str(wire.loads(request.body)[1]) for request in server.requests("xmlrpc.php$", "POST")]


class TestWhoIsReachedSo:
    async def test_a_site_without_a_rest_api(self, server: PracticeWordPress, http: Http) -> None:
        done = await sign_in(http, server.credentials)
        assert isinstance(done, SignedIn)
        who = done.identity
        assert (who.server, who.handle, who.remote_id) == (server.url, "northwind", "1")
        assert (who.facts["road"], who.facts["version"], who.facts["moderates"]) == ("xmlrpc", "6.1.9", "1")
        assert "XML-RPC" in who.facts["note"]
        opened = open_account(account_of(done), done.credential, http)
        assert await opened.whoami() == who
        assert (await opened.fetch(source(), "", 5)).entries

    async def test_a_host_that_removes_the_password_from_the_header(self, http: Http) -> None:
        async with PracticeWordPress(World.load(), strips_header=True) as server:
            done = await sign_in(http, server.credentials)
            assert done.identity.facts["road"] == "xmlrpc"

    async def test_a_firewall_before_the_rest_api(self, http: Http) -> None:
        async with PracticeWordPress(World.load()) as server:
            server.faults.add(Fault("html", match="wp-json", times=0))
            assert (await sign_in(http, server.credentials)).identity.facts["road"] == "xmlrpc"

    async def test_never_where_the_rest_api_takes_the_password(self, http: Http) -> None:
        async with PracticeWordPress(World.load()) as server:
            assert "road" not in (await sign_in(http, server.credentials)).identity.facts
            assert not server.requests("xmlrpc.php")

    async def test_a_wrong_password(self, server: PracticeWordPress, http: Http) -> None:
        with pytest.raises(AuthExpired) as caught:
            await sign_in(http, {**server.credentials, "password": "xxxx"})
        assert caught.value.reason == "sign_in_again"

    async def test_a_wrong_password_at_a_site_with_both(self, http: Http) -> None:
        async with PracticeWordPress(World.load()) as server:
            with pytest.raises(AuthExpired) as caught:
                await sign_in(http, {**server.credentials, "password": "xxxx"})
            assert caught.value.reason == "header_stripped"

    async def test_a_site_with_neither(self, http: Http) -> None:
        async with PracticeWordPress(World.load(), rest=False, xmlrpc=False) as server:
            with pytest.raises(Rejected) as caught:
                await sign_in(http, server.credentials)
            assert caught.value.reason == "no_api"

    @pytest.mark.parametrize(
        ("role", "access", "moderates"),
        [
            ("administrator", ("read", "post"), "1"),
            ("editor", ("read", "post"), "1"),
            ("author", ("read", "post"), ""),
            ("subscriber", ("read",), ""),
            ("a role of a plug-in", ("read", "post"), ""),
        ],
    )
    async def test_what_the_user_may_do(
        self,
        server: PracticeWordPress,
        http: Http,
        monkeypatch: pytest.MonkeyPatch,
        role: str,
        access: tuple[str, ...],
        moderates: str,
    ) -> None:
        called = server.rpc._called

        def as_role(method: str, args: Any, call: Any) -> Any:
            answer = called(method, args, call)
            if method == "wp.getUsersBlogs":
                return [{**answer[0], "isAdmin": role == "administrator"}]
            return {**answer, "roles": [role]} if method == "wp.getProfile" else answer

        monkeypatch.setattr(server.rpc, "_called", as_role)
        done = await sign_in(http, server.credentials)
        assert done.identity.facts["moderates"] == moderates
        assert open_account(account_of(done), done.credential, http).access() == access

    async def test_a_site_that_is_too_old_for_this(
        self, server: PracticeWordPress, http: Http, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delitem(server.rpc._methods, "wp.getProfile")  # since 3.5
        with pytest.raises(Rejected) as caught:
            await sign_in(http, server.credentials)
        assert caught.value.reason == "no_api"
        assert set(calls(server)) == {"system.listMethods"}

    @pytest.mark.parametrize("kind", ["403", "404", "html", "close", "500", "truncated"])
    async def test_a_host_that_blocks_xml_rpc_as_well(self, server: PracticeWordPress, http: Http, kind: str) -> None:
        server.faults.add(Fault(kind, match="xmlrpc.php", times=0))
        with pytest.raises(Rejected) as caught:
            await sign_in(http, server.credentials)
        assert caught.value.reason == "no_api"

    async def test_a_page_without_the_link_has_it_in_the_usual_place(
        self, server: PracticeWordPress, http: Http, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        site = server._site()
        monkeypatch.setattr(server, "_site", lambda: replace(site, head=""))
        assert (await sign_in(http, server.credentials)).identity.facts["root"] == f"{server.url}/xmlrpc.php"

    async def test_the_password_goes_nowhere_before_the_place_has_proved_what_it_is(self, http: Http) -> None:
        async with BadHosts() as other:
            with pytest.raises(NetworkError):
                await sign_in(http, {"server": other.url, "username": "a", "password": "only-for-wordpress"})
            assert not [request for request in other.log if b"only-for-wordpress" in request.body]

    async def test_several_blogs_of_one_site(
        self, server: PracticeWordPress, http: Http, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A network of blogs gives each its own address; here two names for one."""
        called = server.rpc._called

        def two(method: str, args: Any, call: Any) -> Any:
            answer = called(method, args, call)
            return [*answer, {**answer[0], "blogid": "2", "blogName": "Field notes"}] if "Blogs" in method else answer

        monkeypatch.setattr(server.rpc, "_called", two)
        found = await sign_in(http, server.credentials)
        assert isinstance(found, SeveralFound)
        assert [(one.identity.remote_id, one.identity.name) for one in found.found][1] == ("2:1", "Field notes")
        assert len({one.identity.remote_id for one in found.found}) == 2

    async def test_a_password_never_leaves_unencrypted(self, http: Http) -> None:
        facts = {"road": "xmlrpc", "root": "http://blog.example/xmlrpc.php"}
        account = Account(1, "wordpress", "", "", "http://blog.example", "1", facts=facts)
        with pytest.raises(Rejected) as caught:
            await RpcWordPress(account, Credential({"username": "a", "password": "b"}), http).whoami()
        assert caught.value.reason == "insecure"

    async def test_the_person_is_told(self, server: PracticeWordPress, tmp_path: Path) -> None:
        worker = Worker()
        try:
            async with open_desk(tmp_path, worker, {"wordpress": NETWORK}) as desk:
                account = await desk.services.accounts.sign_in("wordpress", server.credentials)
                assert isinstance(account, Account)
                assert "XML-RPC" in await desk.services.accounts.test(account.id)
                assert "XML-RPC" in await desk.services.accounts.verdict(account.id)
                assert "wp-admin/profile.php" in await desk.services.accounts.remove(account.id)
        finally:
            await worker.aclose()


class TestReading:
    async def test_a_post_is_an_article(self, server: PracticeWordPress, opened: Any) -> None:
        page = await opened.fetch(source(), "", 10)
        entry = next(e for e in page.entries if e.title == "Basics, reconsidered")
        assert (entry.key, entry.url) == (f"{server.url}/?p={entry.remote_id}", f"{server.url}/basics-reconsidered/")
        assert entry.text.startswith("The basics of B2B used to be things we sent")
        assert entry.tags == ("B2B", "content")
        assert entry.media[0].alt == "Dusk over a row of tanks"

    async def test_the_same_post_has_the_same_key_on_both_roads(self, http: Http) -> None:
        async with PracticeWordPress(World.load()) as server:
            over_rest = account_of(await sign_in(http, server.credentials))
            rest = WordPress(over_rest, Credential({"username": "northwind", "password": PASSWORD}), http)
            keys = [{e.key for e in (await o.fetch(source(), "", 50)).entries} for o in (rest, opened_as(server, http))]
            assert keys[0] == keys[1]

    async def test_a_post_that_was_changed_is_news(self, server: PracticeWordPress, opened: Any) -> None:
        page = await opened.fetch(source(), "", 10)
        post = next(iter(server.state.posts.values()))
        post.title, post.modified = "Other words", datetime.now(UTC)
        again = await opened.fetch(source(), page.cursor, 10)
        assert [entry.title for entry in again.entries] == ["Other words"]
        assert (await opened.fetch(source(), again.cursor, 10)).unchanged

    async def test_many_new_posts_leave_a_gap_that_is_said(self, server: PracticeWordPress, opened: Any) -> None:
        first = await opened.fetch(source(), "", 5)
        for number in range(30):
            OwnSite().add_post(server, f"Burst {number}")
        page = await opened.fetch(source(), first.cursor, 5)
        assert page.gap
        assert (len(page.entries), page.older) == (25, "25")

    async def test_the_past_goes_on_to_its_end(self, server: PracticeWordPress, opened: Any) -> None:
        for number in range(9):
            OwnSite().add_post(server, f"Number {number}")
        page = await opened.fetch(source(), "", 4)
        keys = [e.key for e in page.entries]
        while page.older:
            page = await opened.fetch_older(source(), page.older, 4)
            keys += [e.key for e in page.entries]
        assert len(keys) == len(set(keys)) == len(server.state.posts)

    async def test_who_sees_part_of_the_posts_is_shown_what_there_is(
        self, server: PracticeWordPress, http: Http, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """WordPress counts first, and then leaves out what the user may not edit."""
        for number in range(8):
            OwnSite().add_post(server, f"By others {number}")
        posts = server.rpc._methods["wp.getPosts"]

        def own_only(*args: Any) -> Any:
            return [p for p in posts(*args) if "others" not in p["post_title"]]

        monkeypatch.setitem(server.rpc._methods, "wp.getPosts", own_only)
        author = opened_as(server, http, moderates="")
        OwnSite().add_post(server, "Mine")
        page = await author.fetch(source(), "", 6)
        assert page.entries[0].title == "Mine"
        rest = await author.fetch_older(source(), page.older, 6)
        assert rest.entries or page.older == ""

    async def test_drafts_and_planned_posts(self, opened: Any) -> None:
        later = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
        await opened.publish(article("Half done", status="draft"), opened.new_key(1, 1))
        await opened.publish(article("Planned", status="future", publish_at=later), opened.new_key(2, 1))
        entries = (await opened.fetch(source("drafts"), "", 10)).entries
        assert {(e.title, e.refs["status"]) for e in entries} == {("Half done", "draft"), ("Planned", "future")}
        assert next(e for e in entries if e.title == "Planned").published == later
        posts = {e.title for e in (await opened.fetch(source(), "", 50)).entries}
        assert not posts & {"Half done", "Planned"}

    async def test_comments_are_an_inbox_without_our_own(self, server: PracticeWordPress, opened: Any) -> None:
        page = await opened.fetch(source("comments"), "", 50)
        first = next(e for e in page.entries if e.author.name == "Meridian Ops")
        assert first.title == "Comment on “Basics, reconsidered”"
        await opened.publish(Segment("Thank you", reply_to=Target(first.remote_id, first.refs)), opened.new_key(1, 1))
        assert not (await opened.fetch(source("comments"), page.cursor, 50)).entries
        server.add_comment("basics-reconsidered", "A <b>new</b> thought", "Quarry Freight")
        third = await opened.fetch(source("comments"), page.cursor, 50)
        assert [(e.author.name, e.text) for e in third.entries] == [("Quarry Freight", "A new thought")]

    async def test_spam_and_pingbacks_are_not_shown(self, server: PracticeWordPress, opened: Any) -> None:
        known = next(iter(server.state.comments.values()))
        number = server.state.new_comment_id()
        server.state.comments[number] = replace(known, id=number, content="Buy now", status="spam")
        assert "Buy now" not in [e.text for e in (await opened.fetch(source("comments"), "", 50)).entries]

    async def test_a_conversation_begins_with_the_post(self, opened: Any) -> None:
        comments = (await opened.fetch(source("comments"), "", 50)).entries
        page = await opened.thread(comments[0].remote_id, comments[0].refs)
        assert page.entries[0].remote_id == comments[0].refs["post"]
        assert [e.published for e in page.entries[1:]] == sorted(e.published for e in page.entries[1:])

    async def test_categories_to_choose_from(self, opened: Any) -> None:
        assert ("Uncategorized", "Uncategorized") in await opened.choices("article", "categories")
        assert ("B2B", "B2B") in await opened.choices("article", "tags")

    @pytest.mark.parametrize("cursor", ["nonsense", "{}", "null", "3"])
    async def test_a_strange_cursor_is_a_first_look(self, opened: Any, cursor: str) -> None:
        assert (await opened.fetch(source(), cursor, 10)).entries

    @pytest.mark.parametrize("odd", [{}, {"post_id": 5, "terms": "x", "post_thumbnail": []}, {"comment_id": "1"}])
    def test_odd_rows_harm_nothing(self, odd: dict[str, Any]) -> None:
        now = datetime.now(UTC)
        assert (post_entry(odd, "https://a.example", "A", now) is None) == ("post_id" not in odd)
        assert comment_entry(odd, "https://a.example") is None

    @pytest.mark.parametrize(
        ("stored", "shown"),
        [
            ("One\ntwo\n\nThree", "<p>One<br>\ntwo</p>\n<p>Three</p>"),
            ("<p>One</p>\n\n<h2>Two</h2>", "<p>One</p>\n\n<h2>Two</h2>"),
            ("<!-- wp:paragraph --><p>One</p><!-- /wp:paragraph -->", "<p>One</p>"),
            ("", ""),
        ],
    )
    def test_content_as_readers_get_it(self, stored: str, shown: str) -> None:
        assert paragraphs(stored) == shown


class TestArticles:
    async def test_everything_arrives(self, server: PracticeWordPress, opened: Any) -> None:
        data = picture("lead", 640, 360)
        featured = await opened.upload(MediaFile("a" * 64, "image/png", data, "A shelf", 640, 360, "Shelf photo.png"))
        segment = article(
            "Cats & <dogs>",
            "<p>One &amp; two</p><h2>Then</h2>",
            excerpt="Short & sweet",
            categories=("Field notes", "B2B & more"),
            tags=("B2B", "new tag", "B2B"),
            featured=featured,
        )
        key = opened.new_key(1, 1)
        receipt = await opened.publish(segment, key)
        (post,) = server.titled("Cats &amp; &lt;dogs&gt;")
        assert receipt.permalink == f"{server.url}/cats-dogs/"
        assert (post.status, post.slug, post.excerpt) == ("publish", "cats-dogs", "Short &amp; sweet")
        assert [server.state.terms[i].name for i in post.categories] == ["Field notes", "B2B &amp; more"]
        assert [server.state.terms[i].name for i in post.tags] == ["B2B", "new tag"]
        assert server.state.media[post.featured].path.endswith("shelf-photo-aaaaaaaaaaaa.png")
        assert (post.fields, post.open) == ({MARK: key}, True)
        assert "<!-- wp:heading" in post.content

    async def test_an_old_site_gets_plain_html(self, server: PracticeWordPress, http: Http) -> None:
        opened = opened_as(server, http, version="4.6.1")
        await opened.publish(article("Plain", "<h2>One</h2><p>Two</p>"), opened.new_key(1, 1))
        assert server.titled("Plain")[0].content == "<h2>One</h2><p>Two</p>"

    @pytest.mark.parametrize(("version", "blocks"), [("4.9.26", False), ("5.0", True), ("6.8-RC1", True), ("", False)])
    def test_which_sites_know_blocks(self, version: str, blocks: bool) -> None:
        assert knows_blocks(version) is blocks

    @pytest.mark.parametrize(
        ("status", "days", "expected"), [("draft", 0, "draft"), ("future", 3, "future"), ("publish", 0, "publish")]
    )
    async def test_status_and_date(
        self, server: PracticeWordPress, opened: Any, status: str, days: int, expected: str
    ) -> None:
        at = (datetime.now(UTC) + timedelta(days=days)).replace(microsecond=0) if days else None
        segment, key = article("In its time", slug="in-time", status=status, publish_at=at), opened.new_key(1, 1)
        receipt = await opened.publish(segment, key)
        (post,) = server.titled("In its time")
        assert (post.status, post.slug) == (expected, "in-time")
        assert at is None or post.date == at
        assert await opened.find(segment, key) == receipt

    async def test_a_clean_slug_that_somebody_has_gets_a_tail(self, server: PracticeWordPress, opened: Any) -> None:
        first = await opened.publish(article("Weekly update"), opened.new_key(1, 1))
        second_key = opened.new_key(2, 2)
        second = await opened.publish(article("Weekly update"), second_key)
        assert first.permalink == f"{server.url}/weekly-update/"
        assert second.permalink == f"{server.url}/weekly-update-{second_key[-6:]}/"
        assert len(server.titled("Weekly update")) == 2

    async def test_a_slug_that_an_old_post_has(self, server: PracticeWordPress, opened: Any) -> None:
        key = opened.new_key(1, 1)
        receipt = await opened.publish(article("Feed"), key)
        assert receipt.permalink == f"{server.url}/feed-2/"
        assert await opened.find(article("Feed"), key) == receipt

    async def test_a_post_whose_own_address_is_not_told_any_more_is_out(
        self, server: PracticeWordPress, opened: Any
    ) -> None:
        server.faults.add(Fault("close", match=r"/wp\.getPost$"))
        receipt = await opened.publish(article("Out"), opened.new_key(1, 1))
        (post,) = server.titled("Out")
        assert receipt.permalink == f"{server.url}/?p={post.id}"

    async def test_deleting_twice_leaves_it_in_the_trash(self, server: PracticeWordPress, opened: Any) -> None:
        receipt = await opened.publish(article("Gone"), opened.new_key(1, 1))
        await opened.delete(receipt.remote_id, receipt.refs)
        await opened.delete(receipt.remote_id, receipt.refs)
        assert server.state.posts[int(receipt.remote_id)].status == "trash"
        await opened.delete("999999", receipt.refs)

    async def test_control_characters_do_not_spoil_the_message(self, server: PracticeWordPress, opened: Any) -> None:
        await opened.publish(article("A\x0bB", "<p>x\x00y</p>"), opened.new_key(1, 1))
        assert server.titled("AB")

    async def test_an_article_is_not_changed_from_here(self, opened: Any) -> None:
        with pytest.raises(Rejected) as caught:
            await opened.edit("1", {"kind": "post"}, "Other words")
        assert caught.value.reason == "not_supported"


class TestOnce:
    async def test_looking_removes_a_repetition_but_no_copy(self, server: PracticeWordPress, opened: Any) -> None:
        segment, key = article("Twice"), opened.new_key(1, 1)
        first = await opened.publish(segment, key)
        post = server.state.posts[int(first.remote_id)]
        made = [server.state.new_post_id() for _ in range(3)]
        server.state.posts[made[0]] = replace(post, id=made[0], slug="twice-2")
        server.state.posts[made[1]] = replace(post, id=made[1], slug="", status="draft")
        server.state.posts[made[2]] = replace(post, id=made[2], slug="twice-3", title="Twice, for the spring")
        assert await opened.find(segment, key) == first
        assert [server.state.posts[number].status for number in made] == ["trash", "draft", "publish"]

    async def test_the_same_title_by_hand_is_never_taken_for_ours(self, server: PracticeWordPress, opened: Any) -> None:
        OwnSite().add_post(server, "By hand")
        segment, key = article("By hand"), opened.new_key(1, 1)
        assert await opened.find(segment, key) is None
        await opened.publish(segment, key)
        assert len(server.titled("By hand")) == 2

    async def test_a_look_that_does_not_reach_back_never_says_no(self, server: PracticeWordPress, opened: Any) -> None:
        for number in range(200):
            OwnSite().add_post(server, f"Since then {number}")
        with pytest.raises(OutcomeUnknown):
            await opened.find(article("Lost in the crowd"), opened.new_key(1, 1))

    async def test_a_look_goes_no_further_than_it_has_to(self, server: PracticeWordPress, opened: Any) -> None:
        for number in range(100):
            OwnSite().add_post(server, f"Long ago {number}")
        for post in server.state.posts.values():
            post.date = post.modified = datetime.now(UTC) - timedelta(days=2)
        assert await opened.find(article("New"), opened.new_key(1, 1)) is None
        assert calls(server) == ["wp.getPosts"]


class TestPictures:
    def file(self) -> MediaFile:
        return MediaFile("d" * 64, "image/jpeg", picture("d", 64, 36, "jpeg"), "A shelf", 64, 36, "Größe 1.jpg")

    async def test_once_however_often(self, server: PracticeWordPress, http: Http) -> None:
        before = len(server.state.media)
        uploads = [await opened_as(server, http).upload(self.file()) for _ in range(3)]
        assert len(set(uploads)) == 1
        assert (uploads[0].alt, uploads[0].width) == ("A shelf", 64)
        assert len(server.state.media) == before + 1
        assert list(server.state.media.values())[-1].data() == self.file().data

    @pytest.mark.parametrize("kind", ["close", "500", "html", "hang"])
    @pytest.mark.parametrize("when", ["before", "after"])
    async def test_in_doubt(self, server: PracticeWordPress, opened: Any, kind: str, when: str) -> None:
        before = len(server.state.media)
        server.faults.add(Fault(kind, match=r"/wp\.uploadFile$", when=when))
        with pytest.raises(Unreachable):
            await opened.upload(self.file())
        await opened.upload(self.file())
        assert len(server.state.media) == before + 1

    async def test_a_file_that_the_site_refuses(self, opened: Any) -> None:
        with pytest.raises(Rejected) as caught:
            await opened.upload(MediaFile("e" * 64, "application/x-foo", b"MZ", name="a.foo"))
        assert caught.value.reason == "media_type"


class TestComments:
    @pytest.fixture
    async def first(self, opened: Any) -> Target:
        (entry, *_) = (await opened.fetch(source("comments"), "", 10)).entries
        return Target(entry.remote_id, entry.refs)

    def said(self, server: PracticeWordPress) -> list[str]:
        return [c.content for c in server.state.comments.values() if c.author == 1 and c.status != "trash"]

    async def test_an_answer_is_below_the_comment(self, server: PracticeWordPress, opened: Any, first: Target) -> None:
        segment, key = Segment("Thanks & <greetings>\nfrom us", reply_to=first), opened.new_key(1, 1)
        assert await opened.find(segment, key) is None
        receipt = await opened.publish(segment, key)
        made = server.state.comments[int(receipt.remote_id)]
        assert (str(made.post), str(made.parent)) == (first.refs["post"], first.remote_id)
        assert await opened.find(segment, key) == receipt
        assert await opened.publish(segment, key) == receipt  # refused as a repetition, and found
        await opened.edit(receipt.remote_id, receipt.refs, "Thanks & more")
        assert self.said(server) == ["Thanks &amp; more"]
        await opened.delete(receipt.remote_id, receipt.refs)
        await opened.delete(receipt.remote_id, receipt.refs)
        assert made.status == "trash"
        assert made.id in server.state.comments

    @pytest.mark.parametrize("kind", ["hang", "close", "reset", "500", "html"])
    @pytest.mark.parametrize("when", ["before", "after"])
    async def test_once(self, server: PracticeWordPress, opened: Any, first: Target, kind: str, when: str) -> None:
        segment, key = Segment(f"Once {kind}", reply_to=first), opened.new_key(1, 1)
        server.faults.add(Fault(kind, match=NEW_COMMENT, when=when))
        with pytest.raises(OutcomeUnknown):
            await opened.publish(segment, key)
        found = await opened.find(segment, key)
        assert (found is not None) == (when == "after")
        assert await opened.publish(segment, key) is not None
        assert self.said(server) == [f"Once {kind}"]

    async def test_closed_comments_are_no_matter_of_the_password(
        self, server: PracticeWordPress, opened: Any, first: Target
    ) -> None:
        server.state.posts[int(first.refs["post"])].open = False
        with pytest.raises(Rejected) as caught:
            await opened.publish(Segment("Hello", reply_to=first), opened.new_key(1, 1))
        assert caught.value.reason == "missing_permission"
        assert "closed" in caught.value.detail

    async def test_who_sees_only_what_is_public_cannot_say_no(
        self, server: PracticeWordPress, http: Http, first: Target
    ) -> None:
        author = opened_as(server, http, moderates="")
        segment = Segment("Waiting", reply_to=first)
        with pytest.raises(OutcomeUnknown):
            await author.find(segment, "k")
        receipt = await author.publish(segment, "k")
        assert await author.find(segment, "k") == receipt


class TestFaults:
    @pytest.mark.parametrize(
        ("code", "error", "reason"),
        [
            (400, Rejected, "invalid"),
            (401, Rejected, "missing_permission"),
            (403, Rejected, "missing_permission"),
            (404, Rejected, "not_found"),
            (405, Rejected, "no_api"),
            (409, Rejected, "duplicate"),
            (429, RateLimited, "rate_limited"),
            (500, OutcomeUnknown, "outcome_unknown"),
            (-32601, Rejected, "not_supported"),
            (-32700, Rejected, "other"),
        ],
    )
    async def test_codes(
        self,
        server: PracticeWordPress,
        opened: Any,
        monkeypatch: pytest.MonkeyPatch,
        code: int,
        error: Any,
        reason: str,
    ) -> None:
        def refuse(*_: Any) -> Receipt:
            raise _refused(code)

        monkeypatch.setitem(server.rpc._methods, "wp.newPost", refuse)
        with pytest.raises(error) as caught:
            await opened.publish(article("No"), opened.new_key(1, 1))
        assert caught.value.reason == reason

    async def test_a_fault_of_the_server_while_reading(
        self, server: PracticeWordPress, opened: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: Any) -> Receipt:
            raise _refused(500)

        monkeypatch.setitem(server.rpc._methods, "wp.getPosts", refuse)
        with pytest.raises(Unreachable):
            await opened.fetch(source(), "", 5)

    async def test_a_password_that_was_withdrawn(self, server: PracticeWordPress, opened: Any) -> None:
        server.api.revoked = True
        with pytest.raises(AuthExpired):
            await opened.fetch(source(), "", 5)
        with pytest.raises(AuthExpired):
            await opened.publish(article("No"), opened.new_key(1, 1))
        assert not server.titled("No")


def _refused(code: int) -> Exception:
    from socialdesk.practice.wordpress_rpc import RpcFault as Refused

    return Refused(code, "No.")


def answer_of(value: Any) -> bytes:
    return wire.dumps((value,), methodresponse=True, allow_none=True).encode()


class TestMessages:
    def test_there_and_back(self) -> None:
        when = datetime(2026, 11, 22, 10, 0, 5)  # noqa: DTZ001
        sent = encode("wp.newPost", ("1", 2, True, 1.5, when, b"\x00\xff", [{"a": "é😀\x0b"}]))
        args, method = wire.loads(sent)
        assert method == "wp.newPost"
        assert args[:4] == ("1", 2, True, 1.5)
        assert (str(args[4]), args[5].data, args[6]) == ("20261122T10:00:05", b"\x00\xff", [{"a": "é😀"}])

    def test_values_of_an_answer(self) -> None:
        value = [{"when": wire.DateTime("20261122T10:00:05"), "bits": wire.Binary(b"x"), "n": 3, "none": None}]
        assert decode(answer_of(value)) == [{"when": "2026-11-22T10:00:05", "bits": b"x", "n": 3, "none": None}]

    @pytest.mark.parametrize("text", ["00000000T00:00:00Z", "", "soon", "20261350T00:00:00"])
    def test_a_time_that_is_none(self, text: str) -> None:
        assert decode(answer_of(wire.DateTime(text))) == ""

    def test_a_fault(self) -> None:
        assert decode(wire.dumps(wire.Fault(403, "No"), methodresponse=True).encode()) == RpcFault(403, "No")

    @pytest.mark.parametrize("before", [b"\n\n", b"\xef\xbb\xbf", b"<br />\n<b>Warning</b>: in x.php<br />\n"])
    def test_what_plug_ins_print_before_the_document_is_skipped(self, before: bytes) -> None:
        assert decode(before + answer_of("words")) == "words"
        assert decode(before + answer_of("words").partition(b"?>\n")[2]) == "words"

    def test_characters_that_xml_cannot_say_are_left_out(self) -> None:
        assert decode(answer_of("a\x0bb")) == "ab"

    @pytest.mark.parametrize(
        "bomb",
        [
            b'<?xml version="1.0"?><!DOCTYPE m [<!ENTITY a "x"><!ENTITY b "&a;&a;">]>',
            b'<?xml version="1.0"?>\n<!-- a --><!DOCTYPE m SYSTEM "file:///etc/passwd">',
        ],
    )
    def test_documents_with_entities_of_their_own_are_refused(self, bomb: bytes) -> None:
        body = b"<methodResponse><params><param><value>&b;</value></param></params></methodResponse>"
        with pytest.raises(NotXmlRpc):
            decode(bomb + body)
        with pytest.raises(NotXmlRpc):
            decode(body)  # the entity is unknown

    def test_an_entity_declared_inside_is_no_xml(self) -> None:
        body = b'<methodResponse><!DOCTYPE m [<!ENTITY b "x">]><params><param><value>&b;</value></param></params>'
        with pytest.raises(NotXmlRpc):
            decode(body + b"</methodResponse>")

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
    def test_encodings_that_hide_the_root_are_refused(self, encoding: str) -> None:
        with pytest.raises(NotXmlRpc):
            decode(answer_of("x").decode().encode(encoding))

    def test_a_value_without_a_bottom(self) -> None:
        deep = b"<array><data><value>" * 5000 + b"</value></data></array>" * 5000
        with pytest.raises(NotXmlRpc):
            decode(b"<methodResponse><params><param><value>" + deep + b"</value></param></params></methodResponse>")

    @given(st.binary(max_size=200), st.integers(0, 200), st.integers(0, 200))
    def test_whatever_comes_there_is_only_one_error(self, noise: bytes, at: int, cut: int) -> None:
        whole = answer_of([{"a": 1, "b": "text", "c": wire.DateTime("20261122T10:00:05"), "d": wire.Binary(b"x")}])
        for body in (noise, b"<methodResponse>" + noise, whole[:at] + noise + whole[at + cut :]):
            try:
                decode(body)
            except NotXmlRpc:
                continue
