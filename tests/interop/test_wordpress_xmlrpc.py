"""WordPress itself over XML-RPC: behind a firewall that lets the REST API through to nobody."""

import time
import xmlrpc.client
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from socialdesk.core.account import NOTHING, Account
from socialdesk.core.errors import AuthExpired, OutcomeUnknown, Rejected, Unreachable
from socialdesk.core.post import ArticleToSend, MediaFile, Segment, Target
from socialdesk.core.source import Source
from socialdesk.http import Http
from socialdesk.networks.wordpress.adapter import WordPress, open_account
from socialdesk.networks.wordpress.naming import MARK
from socialdesk.practice.pictures import picture
from tests.interop.proxy import Proxy, in_front_of
from tests.interop.rigs.wordpress import Blog
from tests.interop.test_wordpress import (
    IN_TWO_DAYS,
    Visitor,
    add,
    article_file,
    deliver_until_sent,
    planned_and_published,
    planned_and_taken_back,
)
from tests.support.recorded import RecordedProgram

pytestmark = [pytest.mark.interop, pytest.mark.timeout(300)]

NEW_POST = r"/wp\.newPost$"
REST = r"wp-json|rest_route"


@pytest.fixture
def proxy(blog: Blog) -> Iterator[Proxy]:
    with in_front_of(blog.url) as proxy:
        proxy.block(REST)
        yield proxy


@pytest.fixture
def admin(blog: Blog) -> Visitor:
    return Visitor(blog.url, "admin", blog.passwords["admin"])


@pytest.fixture
def word() -> str:
    return f"okapi{time.time_ns():x}"


async def opened(http: Http, blog: Blog, proxy: Proxy, user: str = "ed") -> Any:
    answers = {"server": proxy.url, "username": user, "password": blog.passwords[user]}
    done = await WordPress(Account(0, "wordpress", "", "", ""), NOTHING, http).sign_in(answers)
    who = done.identity
    assert who.facts["road"] == "xmlrpc"
    account = Account(1, "wordpress", who.name, who.handle, who.server, who.remote_id, who.avatar_url, who.facts)
    return open_account(account, done.credential, http)


def piece(word: str, **more: Any) -> Segment:
    article = ArticleToSend(f"Basics {word}", "<p>The basics of B2B &amp; more.</p><h2>Then</h2>", **more)
    return Segment("", article=article, created=datetime.now(UTC))


def key_of(network: Any) -> str:
    return str(network.new_key(time.time_ns() // 1000, 7))


class TestCommandLine:
    def test_a_firewall_before_the_rest_api_and_an_answer_that_is_lost(
        self,
        program: RecordedProgram,
        blog: Blog,
        proxy: Proxy,
        admin: Visitor,
        word: str,
        tmp_path: Path,
        picture_file: Callable[[str], Path],
    ) -> None:
        account = add(program, blog, url=proxy.url)
        assert "XML-RPC" in program.try_("doctor").out
        image = picture_file(f"{word}.png").name
        article = article_file(tmp_path, word, tags=f"B2B, {word}", image=image, image_alt="Once")
        proxy.lose("answer", "POST", NEW_POST)
        program.try_("post", "Once", "--to", account, "--article", article, "--json")
        assert proxy.spent
        delivery = deliver_until_sent(program)
        [post] = admin.posts(word)
        assert (str(post["id"]), post["status"]) == (delivery["remote_id"], "publish")
        assert {term["name"] for term in admin.get(f"wp/v2/tags?post={post['id']}")} == {"B2B", word}
        assert len(admin.get(f"wp/v2/media?search={word}")) == 1
        assert post["featured_media"]

    def test_a_wrong_password(self, program: RecordedProgram, proxy: Proxy) -> None:
        words = program.sign_in_words("wordpress", server=proxy.url, username="ed")
        answer = program.try_(*words, answers="aaaa bbbb\n")
        assert (answer.status, answer.out) == (1, "")
        assert program.run("account", "list") == []


class TestArticles:
    async def test_everything_arrives(self, http: Http, blog: Blog, proxy: Proxy, admin: Visitor, word: str) -> None:
        network = await opened(http, blog, proxy)
        file = MediaFile(f"{word:0<64}", "image/png", picture(word, 300, 200), "Alt", 300, 200, f"{word}.png")
        seen = await network.upload(file)
        assert await network.upload(file) == seen
        more = {"excerpt": "Short & sweet", "categories": ("Field notes", "Pumps & <valves>"), "tags": (word, "B2B")}
        segment, key = piece(word, featured=seen, **more), key_of(network)
        receipt = await network.publish(segment, key)
        post = admin.get(f"wp/v2/posts/{receipt.remote_id}?context=edit")
        assert (post["status"], post["slug"], post["comment_status"]) == ("publish", f"basics-{word}", "open")
        assert post["link"].rpartition("/2")[2] == receipt.permalink.rpartition("/2")[2]
        assert "<!-- wp:heading" in post["content"]["raw"]
        assert str(post["featured_media"]) == seen.ref
        assert post["excerpt"]["raw"] == "Short &amp; sweet"
        names = {term["name"] for t in ("categories", "tags") for term in admin.get(f"wp/v2/{t}?post={post['id']}")}
        assert names == {"Field notes", "Pumps &amp; &lt;valves&gt;", word, "B2B"}
        shown = admin.page(post["link"])
        assert (key in shown, MARK in shown) == (False, False)  # readers never see the handle
        await network.publish(replace(segment, article=replace(segment.article, title=f"Next {word}")), key_of(network))
        named = [term["name"] for term in admin.get("wp/v2/categories?search=valves")]
        assert named.count("Pumps &amp; &lt;valves&gt;") == 1

    @pytest.mark.parametrize(("status", "days"), [("draft", 0), ("future", 3), ("publish", 0)])
    async def test_status_and_time(
        self, http: Http, blog: Blog, proxy: Proxy, admin: Visitor, word: str, status: str, days: int
    ) -> None:
        network = await opened(http, blog, proxy)
        at = (datetime.now(UTC) + timedelta(days=days)).replace(microsecond=0) if days else None
        segment, key = piece(word, status=status, publish_at=at), key_of(network)
        receipt = await network.publish(segment, key)
        post = admin.get(f"wp/v2/posts/{receipt.remote_id}?context=edit")
        assert post["status"] == status
        assert at is None or post["date_gmt"] == f"{at:%Y-%m-%dT%H:%M:%S}"
        assert await network.find(segment, key) == receipt
        unfinished = (await network.fetch(Source(1, "wordpress", "drafts", 1), "", 50)).entries
        mine = [entry.refs["status"] for entry in unfinished if word in entry.title]
        assert mine == ([status] if status != "publish" else [])

    async def test_what_is_planned_waits_and_is_taken_back(
        self, http: Http, blog: Blog, proxy: Proxy, admin: Visitor, word: str
    ) -> None:
        network = await opened(http, blog, proxy)
        at = datetime.now(UTC).replace(microsecond=0) + IN_TWO_DAYS
        await planned_and_taken_back(network, admin, piece(word, status="future", publish_at=at))

    async def test_what_is_planned_is_out_in_its_time(
        self, http: Http, blog: Blog, proxy: Proxy, admin: Visitor, word: str
    ) -> None:
        network = await opened(http, blog, proxy)
        at = datetime.now(UTC).replace(microsecond=0) + IN_TWO_DAYS
        segment = piece(word, status="future", publish_at=at)
        await planned_and_published(network, admin, segment, word, by_hand=True)

    async def test_deleted_twice_it_is_in_the_trash(
        self, http: Http, blog: Blog, proxy: Proxy, admin: Visitor, word: str
    ) -> None:
        network = await opened(http, blog, proxy)
        receipt = await network.publish(piece(word), key_of(network))
        await network.delete(receipt.remote_id, receipt.refs)
        await network.delete(receipt.remote_id, receipt.refs)
        assert admin.get(f"wp/v2/posts/{receipt.remote_id}?context=edit")["status"] == "trash"

    async def test_reading_what_others_write(
        self, http: Http, blog: Blog, proxy: Proxy, admin: Visitor, word: str
    ) -> None:
        network, source = await opened(http, blog, proxy), Source(1, "wordpress", "posts", 1)
        first = await network.fetch(source, "", 10)
        assert (await network.fetch(source, first.cursor, 10)).unchanged
        _, made = admin.call("POST", "wp/v2/posts", {"title": word, "content": "One\n\nTwo", "status": "publish"})
        page = await network.fetch(source, first.cursor, 10)
        [entry] = page.entries
        assert (entry.title, entry.text, entry.remote_id) == (word, "One\nTwo", str(made["id"]))
        admin.call("POST", f"wp/v2/posts/{made['id']}", {"title": f"{word} again"})
        assert (await network.fetch(source, "", 1)).entries[0].title == f"{word} again"

    async def test_who_may_not(self, http: Http, blog: Blog, proxy: Proxy, admin: Visitor, word: str) -> None:
        reader = await opened(http, blog, proxy, "sub")
        assert reader.access() == ("read",)
        with pytest.raises(Rejected) as caught:
            await reader.publish(piece(word), key_of(reader))
        assert caught.value.reason == "missing_permission"
        author = await opened(http, blog, proxy, "art")
        assert author.access() == ("read", "post")
        receipt = await author.publish(piece(word), key_of(author))
        page = await author.fetch(Source(1, "wordpress", "posts", 1), "", 10)
        assert receipt.remote_id in [entry.remote_id for entry in page.entries]
        assert len(admin.posts(word)) == 1


class TestOnce:
    @pytest.mark.parametrize(("what", "there"), [("answer", True), ("half", True), ("question", False)])
    async def test_looking_for_what_was_lost(
        self, http: Http, blog: Blog, proxy: Proxy, admin: Visitor, word: str, what: str, there: bool
    ) -> None:
        network = await opened(http, blog, proxy)
        segment, key = piece(word), key_of(network)
        proxy.lose(what, "POST", NEW_POST)
        with pytest.raises(OutcomeUnknown):
            await network.publish(segment, key)
        found = await network.find(segment, key)
        assert (found is not None) == there
        receipt = await network.publish(segment, key)
        assert found in (None, receipt)
        assert len(admin.posts(word)) == 1
        proxy.lose("answer", "POST", r"/wp\.getPosts$")
        with pytest.raises(Unreachable):
            await network.find(segment, key)

    async def test_an_upload_whose_answer_was_lost(
        self, http: Http, blog: Blog, proxy: Proxy, admin: Visitor, word: str
    ) -> None:
        network = await opened(http, blog, proxy)
        file = MediaFile(f"{word:0<64}", "image/png", picture(word, 30, 20), "Alt", 30, 20, f"{word}.png")
        proxy.lose("answer", "POST", r"/wp\.uploadFile$")
        with pytest.raises(Unreachable):
            await network.upload(file)
        seen = await network.upload(file)
        assert [str(m["id"]) for m in admin.get(f"wp/v2/media?search={word}")] == [seen.ref]

    async def test_a_copy_that_somebody_made_stays_and_a_repetition_goes(
        self, http: Http, blog: Blog, proxy: Proxy, admin: Visitor, word: str
    ) -> None:
        """A plug-in's copy takes the custom field along; a late first try is the same call once more."""
        network = await opened(http, blog, proxy)
        segment, key = piece(word), key_of(network)
        receipt = await network.publish(segment, key)
        first = admin.get(f"wp/v2/posts/{receipt.remote_id}?context=edit")
        same = {
            "post_title": first["title"]["raw"],
            "post_content": first["content"]["raw"],
            "custom_fields": [{"key": MARK, "value": key}],
        }
        with xmlrpc.client.ServerProxy(f"{blog.url}/xmlrpc.php") as site:
            call: Any = site.wp.newPost
            copy = call("1", "ed", blog.passwords["ed"], {**same, "post_status": "draft"})
            again = call(
                "1", "ed", blog.passwords["ed"], {**same, "post_status": "publish", "post_name": first["slug"]}
            )
        assert await network.find(segment, key) == receipt
        assert {str(post["id"]) for post in admin.posts(word)} == {receipt.remote_id, copy}
        assert admin.get(f"wp/v2/posts/{again}?context=edit")["status"] == "trash"

    async def test_a_taken_slug_is_another_post(
        self, http: Http, blog: Blog, proxy: Proxy, admin: Visitor, word: str
    ) -> None:
        network = await opened(http, blog, proxy)
        keys = [str(network.new_key(time.time_ns() // 1000, n)) for n in range(2)]
        first, second = [await network.publish(piece(word), key) for key in keys]
        assert first.remote_id != second.remote_id
        assert (await network.find(piece(word), keys[0]), await network.find(piece(word), keys[1])) == (first, second)
        assert len(admin.posts(word)) == 2

    async def test_a_password_that_was_withdrawn(self, http: Http, blog: Blog, proxy: Proxy, word: str) -> None:
        network = await opened(http, blog, proxy)
        stale = open_account(network.account, type(NOTHING)({"username": "ed", "password": "wrong"}), http)
        for ask in (stale.whoami(), stale.publish(piece(word), key_of(stale))):
            with pytest.raises(AuthExpired):
                await ask


class TestComments:
    async def test_an_inbox_that_answers(self, http: Http, blog: Blog, proxy: Proxy, admin: Visitor, word: str) -> None:
        network, source = await opened(http, blog, proxy), Source(1, "wordpress", "comments", 1)
        post = await network.publish(piece(word), key_of(network))
        _, asked = admin.call("POST", "wp/v2/comments", {"post": int(post.remote_id), "content": f"How long, {word}?"})
        entry = next(e for e in (await network.fetch(source, "", 50)).entries if word in e.text)
        assert (entry.author.name, entry.remote_id) == ("admin", str(asked["id"]))
        segment = Segment(f"Three weeks & <a day>, {word}", reply_to=Target(entry.remote_id, entry.refs))
        assert await network.find(segment, "k") is None
        proxy.lose("answer", "POST", r"/wp\.newComment$")
        with pytest.raises(OutcomeUnknown):
            await network.publish(segment, "k")
        receipt = await network.find(segment, "k")
        assert receipt is not None
        assert await network.publish(segment, "k") == receipt  # WordPress refuses it as said already
        [reply] = [c for c in admin.get(f"wp/v2/comments?post={post.remote_id}") if c["parent"] == asked["id"]]
        assert reply["content"]["rendered"].strip() == f"<p>Three weeks &amp; &lt;a day&gt;, {word}</p>"
        assert (await network.thread(post.remote_id, post.refs)).entries[0].remote_id == post.remote_id
        await network.edit(receipt.remote_id, receipt.refs, "Four weeks")
        assert admin.get(f"wp/v2/comments/{receipt.remote_id}")["content"]["rendered"].strip() == "<p>Four weeks</p>"
        await network.delete(receipt.remote_id, receipt.refs)
        await network.delete(receipt.remote_id, receipt.refs)
        left = admin.get(f"wp/v2/comments?post={post.remote_id}")
        assert [comment["id"] for comment in left] == [asked["id"]]

    async def test_closed_comments(self, http: Http, blog: Blog, proxy: Proxy, admin: Visitor, word: str) -> None:
        network = await opened(http, blog, proxy)
        post = await network.publish(piece(word), key_of(network))
        admin.call("POST", f"wp/v2/posts/{post.remote_id}", {"comment_status": "closed"})
        with pytest.raises(Rejected) as caught:
            await network.publish(Segment("Hello", reply_to=Target(post.remote_id, post.refs)), "k")
        assert caught.value.reason == "missing_permission"
