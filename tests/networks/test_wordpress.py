"""The WordPress adapter: the contract, then what only WordPress has."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from socialdesk.core.account import NOTHING, Account, Credential
from socialdesk.core.entry import EntryKind
from socialdesk.core.errors import AuthExpired, NetworkError, OutcomeUnknown, RateLimited, Rejected, Unreachable
from socialdesk.core.network import SignedIn
from socialdesk.core.post import ArticleToSend, MediaFile, Receipt, Segment, Target
from socialdesk.core.source import Source
from socialdesk.http import Http
from socialdesk.networks.wordpress.adapter import WordPress
from socialdesk.networks.wordpress.naming import MARK
from socialdesk.practice.hosts import BadHosts
from socialdesk.practice.server import Fault
from socialdesk.practice.wordpress import PASSWORD, PracticeWordPress
from socialdesk.practice.wordpress_call import Answer
from socialdesk.practice.wordpress_state import BlogState
from socialdesk.practice.wordpress_wire import ApiError
from socialdesk.practice.world import World, picture
from tests.networks.contract import NetworkContract, make_http

POSTS = r"^/wp-json/wp/v2/posts$"
COMMENTS = r"^/wp-json/wp/v2/comments$"
VISITOR = Account(0, "wordpress", "", "", "")


def account_of(signed_in: SignedIn) -> Account:
    who = signed_in.identity
    return Account(1, "wordpress", who.name, who.handle, who.server, who.remote_id, who.avatar_url, who.facts)


async def sign_in(http: Http, answers: Mapping[str, str]) -> Any:
    signed_in = await WordPress(VISITOR, NOTHING, http).sign_in(answers)
    return WordPress(account_of(signed_in), signed_in.credential, http)


def article(title: str, html: str = "<p>Words.</p>", **more: Any) -> Segment:
    return Segment(title, article=ArticleToSend(title, html, **more), created=datetime.now(UTC))


def opened_as(server: PracticeWordPress, http: Http, password: str = PASSWORD, *, moderates: bool = True) -> Any:
    facts = {"root": f"{server.url}/wp-json/", "moderates": "1" if moderates else ""}
    account = Account(1, "wordpress", "Northwind", "northwind", server.url, "1", facts=facts)
    return WordPress(account, Credential({"username": "northwind", "password": password}), http)


def let_time_pass(state: BlogState) -> None:
    """Until all that is planned is due; at the next request it is public."""
    for post in state.posts.values():
        if post.status == "future":
            post.date = datetime.now(UTC) - timedelta(seconds=1)


class TestWordPressContract(NetworkContract):
    network = WordPress
    read_path = POSTS
    publish_path = POSTS
    threads = False

    def make_server(self) -> PracticeWordPress:
        return PracticeWordPress(World.load())

    async def open(self, server: Any, http: Http) -> Any:
        return opened_as(server, http)

    async def open_with_bad_credential(self, server: Any, http: Http) -> Any:
        return opened_as(server, http, "xxxx xxxx xxxx")

    def secrets(self, server: Any) -> tuple[str, ...]:
        return (PASSWORD, "bm9ydGh3aW5kOn")  # the second is how the pair begins in Base64

    def source(self, server: Any) -> Source:
        return Source(1, "wordpress", "posts", 1)

    def add_post(self, server: Any, text: str) -> None:
        state, when = server.state, datetime.now(UTC).replace(microsecond=0)
        known = next(iter(state.posts.values()))
        number = state.new_post_id()
        state.posts[number] = replace(known, id=number, title=text, slug=f"new-{number}", date=when, modified=when)

    def segment(self, server: Any, text: str) -> Segment:
        return article(text)

    def times_posted(self, server: Any, text: str) -> int:
        return sum(post.status == "publish" for post in server.titled(text))

    def times_waiting(self, server: Any, text: str) -> int:
        return sum(post.status == "future" for post in server.titled(text))

    def let_time_pass(self, server: Any) -> None:
        let_time_pass(server.state)


@pytest.fixture
async def server() -> AsyncIterator[PracticeWordPress]:
    async with PracticeWordPress(World.load()) as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    http = make_http()
    yield http
    await http.aclose()


@pytest.fixture
def opened(server: PracticeWordPress, http: Http) -> Any:
    return opened_as(server, http)


class TestSignIn:
    @pytest.mark.parametrize(
        "typed", ["{url}", "{url}/", "{host}", "{url}/wp-admin/", "{url}/wp-login.php", " {url}/wp-json/ "]
    )
    async def test_from_whatever_address_is_typed(self, server: PracticeWordPress, http: Http, typed: str) -> None:
        address = typed.format(url=server.url, host=server.url.partition("://")[2])
        opened = await sign_in(http, {**server.credentials, "server": address})
        assert opened.account.server == server.url
        assert opened.account.facts["root"] == f"{server.url}/wp-json/"
        assert (opened.account.handle, opened.account.remote_id) == ("northwind", "1")
        assert "northwind.example" in opened.account.name
        assert (await opened.whoami()).facts == opened.account.facts

    async def test_a_site_without_permalinks_does_everything(self, http: Http) -> None:
        async with PracticeWordPress(World.load(), pretty=False) as server:
            opened = await sign_in(http, server.credentials)
            assert opened.account.facts["root"] == f"{server.url}/?rest_route=/"
            receipt = await opened.publish(article("Without permalinks"), opened.new_key(1, 2))
            assert await opened.find(article("Without permalinks"), opened.new_key(1, 2)) == receipt
            page = await opened.fetch(Source(1, "wordpress", "posts", 1), "", 5)
            assert page.entries[0].title == "Without permalinks"

    async def test_a_page_that_hides_the_header_still_names_the_api(
        self, server: PracticeWordPress, http: Http, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        link = server._link()["Link"]
        monkeypatch.setattr(server, "_link", lambda: {"X-Was": link, "Link": ""})
        monkeypatch.setattr(
            server, "_site", _with_head(server, f'<link rel="https://api.w.org/" href="{server.url}/wp-json/">')
        )
        opened = await sign_in(http, server.credentials)
        assert opened.account.facts["root"] == f"{server.url}/wp-json/"

    async def test_without_any_link_the_usual_place_is_tried(
        self, server: PracticeWordPress, http: Http, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(server, "_site", _with_head(server, ""))
        monkeypatch.setattr(server, "_link", dict)
        assert (await sign_in(http, server.credentials)).account.facts["root"] == f"{server.url}/wp-json/"

    async def test_a_wrong_password(self, server: PracticeWordPress, http: Http) -> None:
        with pytest.raises(AuthExpired) as caught:
            await sign_in(http, {**server.credentials, "password": "xxxx xxxx"})
        assert caught.value.reason == "header_stripped"

    async def test_a_host_that_removes_the_password(self, http: Http) -> None:
        async with PracticeWordPress(World.load(), strips_header=True, xmlrpc=False) as server:
            with pytest.raises(AuthExpired) as caught:
                await sign_in(http, server.credentials)
            assert caught.value.reason == "header_stripped"
            with pytest.raises(AuthExpired):
                await opened_as(server, http).whoami()

    async def test_a_site_that_is_no_wordpress(self, http: Http) -> None:
        async with BadHosts() as other:
            with pytest.raises(Rejected) as caught:
                await sign_in(http, {"server": other.url, "username": "a", "password": "b"})
        assert caught.value.reason == "no_api"

    async def test_a_firewall_is_named(self, http: Http) -> None:
        async with PracticeWordPress(World.load(), xmlrpc=False) as server:
            server.faults.add(Fault("html", match="wp-json", times=0))
            with pytest.raises(Unreachable) as caught:
                await sign_in(http, server.credentials)
        assert caught.value.reason == "firewall"

    async def test_a_password_never_leaves_unencrypted(self, http: Http) -> None:
        account = Account(1, "wordpress", "", "", "http://blog.example", "1")
        with pytest.raises(Rejected) as caught:
            await WordPress(account, Credential({"username": "a", "password": "b"}), http).whoami()
        assert caught.value.reason == "insecure"

    async def test_signing_out_ends_the_password(self, server: PracticeWordPress, opened: Any) -> None:
        await opened.sign_out()
        with pytest.raises(AuthExpired):
            await opened.whoami()

    @pytest.mark.parametrize("typed", ["", "ftp://blog.example", "http://", "https://["])
    async def test_no_address(self, http: Http, typed: str) -> None:
        with pytest.raises(Rejected) as caught:
            await sign_in(http, {"server": typed, "username": "a", "password": "b"})
        assert caught.value.reason == "invalid"


def _with_head(server: PracticeWordPress, head: str) -> Any:
    site = server._site()
    return lambda: replace(site, head=head)


class TestReading:
    async def test_a_post_is_an_article(self, server: PracticeWordPress, opened: Any) -> None:
        page = await opened.fetch(Source(1, "wordpress", "posts", 1), "", 10)
        entry = next(e for e in page.entries if e.title == "Basics, reconsidered")
        assert (entry.kind, entry.url) == (EntryKind.ARTICLE, f"{server.url}/basics-reconsidered/")
        assert entry.text.startswith("The basics of B2B used to be things we sent")
        assert entry.tags == ("B2B", "content")
        assert (entry.media[0].alt, entry.media[0].width) == ("Dusk over a row of tanks", 1200)

    async def test_comments_are_an_inbox_without_our_own_answers(self, server: PracticeWordPress, opened: Any) -> None:
        source = Source(1, "wordpress", "comments", 1)
        page = await opened.fetch(source, "", 50)
        assert len(page.entries) >= 5
        first = next(e for e in page.entries if e.author.name == "Meridian Ops")
        assert first.title == "Comment on “Basics, reconsidered”"
        assert first.reason is not None
        assert first.reason.kind == "comment"
        answer = Segment("Thank you", reply_to=Target(first.remote_id, first.refs))
        await opened.publish(answer, opened.new_key(1, 1))
        again = await opened.fetch(source, page.cursor, 50)
        assert not again.entries
        server.add_comment("basics-reconsidered", "A <b>new</b> thought", "Quarry Freight")
        third = await opened.fetch(source, again.cursor or page.cursor, 50)
        assert [(e.author.name, e.text) for e in third.entries] == [("Quarry Freight", "A new thought")]

    async def test_nothing_new_is_unchanged(self, opened: Any) -> None:
        for kind in ("posts", "comments"):
            source = Source(1, "wordpress", kind, 1)
            first = await opened.fetch(source, "", 50)
            again = await opened.fetch(source, first.cursor, 50)
            assert (again.unchanged, again.entries) == (True, ())

    async def test_what_the_first_look_left_out_is_no_news(self, server: PracticeWordPress, opened: Any) -> None:
        source = Source(1, "wordpress", "posts", 1)
        for number in range(9):
            TestWordPressContract().add_post(server, f"Number {number}")
            newest = max(server.state.posts.values(), key=lambda post: post.id)
            newest.date = newest.modified = newest.date - timedelta(minutes=9 - number)
        first = await opened.fetch(source, "", 3)
        assert (await opened.fetch(source, first.cursor, 3)).unchanged
        TestWordPressContract().add_post(server, "News")
        assert [e.title for e in (await opened.fetch(source, first.cursor, 3)).entries] == ["News"]

    async def test_two_posts_of_the_same_second_are_both_seen(self, server: PracticeWordPress, opened: Any) -> None:
        source = Source(1, "wordpress", "posts", 1)
        contract = TestWordPressContract()
        cursor = (await opened.fetch(source, "", 10)).cursor
        seen: list[str] = []
        for title in ("One", "Two", "Three"):
            contract.add_post(server, title)
            page = await opened.fetch(source, cursor, 10)
            cursor = page.cursor or cursor
            seen += [entry.title for entry in page.entries]
        assert seen == ["One", "Two", "Three"]

    async def test_many_changes_are_not_skipped(self, server: PracticeWordPress, opened: Any) -> None:
        source = Source(1, "wordpress", "posts", 1)
        cursor = (await opened.fetch(source, "", 10)).cursor
        for number in range(70):
            TestWordPressContract().add_post(server, f"Number {number}")
        page = await opened.fetch(source, cursor, 20)
        assert len(page.entries) == 70

    async def test_a_planned_post_does_not_hide_what_comes_before_it(
        self, server: PracticeWordPress, opened: Any
    ) -> None:
        source = Source(1, "wordpress", "posts", 1)
        later = datetime.now(UTC) + timedelta(days=900)
        await opened.publish(article("In two years", status="future", publish_at=later), opened.new_key(1, 1))
        first = await opened.fetch(source, "", 10)
        assert "In two years" not in [e.title for e in first.entries]
        TestWordPressContract().add_post(server, "Today")
        assert [e.title for e in (await opened.fetch(source, first.cursor, 10)).entries] == ["Today"]

    async def test_what_is_written_when_clocks_are_set_back_is_seen(
        self, server: PracticeWordPress, opened: Any
    ) -> None:
        source = Source(1, "wordpress", "posts", 1)
        contract = TestWordPressContract()
        contract.add_post(server, "At half past two")
        cursor = (await opened.fetch(source, "", 10)).cursor
        contract.add_post(server, "At half past two again")
        newest = max(server.state.posts.values(), key=lambda post: post.id)
        newest.modified -= timedelta(minutes=50)
        page = await opened.fetch(source, cursor, 10)
        assert [entry.title for entry in page.entries] == ["At half past two again"]
        assert (await opened.fetch(source, page.cursor, 10)).unchanged

    async def test_drafts_and_planned_posts(self, opened: Any) -> None:
        source = Source(1, "wordpress", "drafts", 1)
        assert not (await opened.fetch(source, "", 10)).entries
        await opened.publish(article("Half done", status="draft"), opened.new_key(1, 1))
        (entry,) = (await opened.fetch(source, "", 10)).entries
        assert (entry.title, entry.refs["status"]) == ("Half done", "draft")

    async def test_the_past_goes_on(self, server: PracticeWordPress, opened: Any) -> None:
        source = Source(1, "wordpress", "comments", 1)
        first = await opened.fetch(source, "", 4)
        older = await opened.fetch_older(source, first.older, 4)
        both = [e.key for e in (*first.entries, *older.entries)]
        assert len(both) == len(set(both)) == 6
        assert older.older == ""

    async def test_the_past_of_one_second_is_not_cut(self, server: PracticeWordPress, opened: Any) -> None:
        source = Source(1, "wordpress", "posts", 1)
        known = next(iter(server.state.posts.values()))
        for number in range(101, 110):
            server.state.posts[number] = replace(known, id=number, slug=f"same-{number}", date=known.date)
        page = await opened.fetch(source, "", 4)
        keys = [e.key for e in page.entries]
        while page.older:
            page = await opened.fetch_older(source, page.older, 4)
            keys += [e.key for e in page.entries]
        assert len(keys) == len(set(keys)) == len(server.state.posts)

    async def test_a_conversation_begins_with_the_post(self, opened: Any) -> None:
        (post, *_) = (await opened.fetch(Source(1, "wordpress", "posts", 1), "", 1)).entries
        page = await opened.thread(post.remote_id, post.refs)
        assert page.entries[0].key == post.key
        assert all(e.reply_to.startswith(post.key) for e in page.entries[1:])
        assert [e.published for e in page.entries[1:]] == sorted(e.published for e in page.entries[1:])

    async def test_categories_to_choose_from(self, opened: Any) -> None:
        assert ("Uncategorized", "Uncategorized") in await opened.choices("article", "categories")
        assert await opened.choices("posts", "anything") == ()

    @pytest.mark.parametrize("cursor", ["nonsense", "[]", '{"newest": 3}', '{"newest": "x", "seen": {}}', "null"])
    async def test_a_strange_cursor_is_a_first_look(self, opened: Any, cursor: str) -> None:
        assert (await opened.fetch(Source(1, "wordpress", "posts", 1), cursor, 10)).entries

    async def test_an_author_without_moderation_reads_what_is_public(
        self, server: PracticeWordPress, http: Http
    ) -> None:
        page = await opened_as(server, http, moderates=False).fetch(Source(1, "wordpress", "comments", 1), "", 10)
        assert page.entries
        assert "status" not in server.requests(COMMENTS)[-1].query


class TestArticles:
    async def test_everything_arrives(self, server: PracticeWordPress, opened: Any) -> None:
        data = picture("lead", 640, 360)
        featured = await opened.upload(MediaFile("a" * 64, "image/png", data, "A shelf", 640, 360, "Shelf photo.png"))
        segment = article(
            "Cats & <dogs>",
            "<p>One &amp; two</p><h2>Then</h2>",
            excerpt="Short & sweet",
            categories=("Field notes", "B2B & more"),
            tags=("B2B", "new tag"),
            featured=featured,
        )
        receipt = await opened.publish(segment, opened.new_key(1, 1))
        (post,) = server.titled("Cats &amp; &lt;dogs&gt;")
        assert receipt.permalink == f"{server.url}/cats-dogs/"
        assert (post.status, post.slug, post.excerpt) == ("publish", "cats-dogs", "Short &amp; sweet")
        assert [server.state.terms[i].name for i in post.categories] == ["Field notes", "B2B &amp; more"]
        assert [server.state.terms[i].name for i in post.tags] == ["B2B", "new tag"]
        media = server.state.media[post.featured]
        assert (media.alt, media.data(), media.path.rpartition("/")[2]) == (
            "A shelf",
            data,
            "shelf-photo-aaaaaaaaaaaa.png",
        )

    async def test_terms_are_made_once(self, server: PracticeWordPress, opened: Any) -> None:
        for number in (1, 2):
            await opened.publish(article(f"Number {number}", tags=("Once & only", "b2b")), opened.new_key(number, 1))
        names = [term.name for term in server.state.terms.values()]
        assert names.count("Once &amp; only") == 1
        assert [name for name in names if name.lower() == "b2b"] == ["B2B"]

    async def test_a_term_that_search_does_not_find_is_still_used(
        self, server: PracticeWordPress, opened: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        known = server.state.add_term("category", "Hidden")
        monkeypatch.setattr(server.state, "find_term", lambda taxonomy, name: known if name == "Hidden" else None)
        known.name = "Named otherwise"
        await opened.publish(article("With a hidden term", categories=("Hidden",)), opened.new_key(1, 1))
        assert server.titled("With a hidden term")[0].categories == [known.id]

    @pytest.mark.parametrize(
        ("status", "days", "expected"), [("draft", 0, "draft"), ("future", 3, "future"), ("publish", 0, "publish")]
    )
    async def test_status_and_date(
        self, server: PracticeWordPress, opened: Any, status: str, days: int, expected: str
    ) -> None:
        at = (datetime.now(UTC) + timedelta(days=days)).replace(microsecond=0) if days else None
        segment = article("In its time", slug="in-time", status=status, publish_at=at)
        key = opened.new_key(1, 1)
        receipt = await opened.publish(segment, key)
        (post,) = server.titled("In its time")
        assert (post.status, post.slug) == (expected, "in-time")
        assert at is None or post.date == at
        assert await opened.find(segment, key) == receipt

    @pytest.mark.parametrize(
        ("title", "language", "slug"),
        [
            ("Messbar heißt nicht wichtig", "de", "messbar-heisst-nicht-wichtig"),
            ("Größe zählt", "de", "groesse-zaehlt"),
            ("Crème brûlée, c'est l'été", "fr", "creme-brulee-cest-lete"),
            ("構成ツールは最初の会話である", "ja", None),
            ("x" * 300, "en", "x" * 60),
            ("word " * 40, "en", "-".join(["word"] * 12)),
        ],
    )
    async def test_slugs_are_readable(
        self, server: PracticeWordPress, opened: Any, title: str, language: str, slug: str | None
    ) -> None:
        segment = replace(article(title), language=language)
        key = opened.new_key(1, 1)
        receipt = await opened.publish(segment, key)
        post = next(p for p in server.state.posts.values() if str(p.id) == receipt.remote_id)
        assert slug is None or post.slug == slug
        assert "%" not in post.slug or slug is None
        assert await opened.find(segment, key) == receipt

    async def test_a_clean_slug_that_somebody_has_gets_a_tail(self, server: PracticeWordPress, opened: Any) -> None:
        first = await opened.publish(article("Weekly update"), opened.new_key(1, 1))
        second_key = opened.new_key(2, 2)
        second = await opened.publish(article("Weekly update"), second_key)
        assert first.permalink == f"{server.url}/weekly-update/"
        assert second.permalink == f"{server.url}/weekly-update-{second_key[-6:]}/"
        assert await opened.find(article("Weekly update"), second_key) == second
        assert len(server.titled("Weekly update")) == 2

    async def test_a_slug_the_site_does_not_give_away(self, server: PracticeWordPress, opened: Any) -> None:
        key = opened.new_key(1, 1)
        receipt = await opened.publish(article("Feed"), key)
        assert receipt.permalink == f"{server.url}/feed-2/"
        assert await opened.find(article("Feed"), key) == receipt

    async def test_readers_never_see_the_key(self, server: PracticeWordPress, opened: Any, http: Http) -> None:
        key = opened.new_key(1, 1)
        receipt = await opened.publish(article("Clean page", "<h2>First</h2><p>Then</p>"), key)
        assert key in server.titled("Clean page")[0].content
        for url in (receipt.permalink, server.url + "/feed/"):
            text = (await http.request("GET", url)).text()
            assert "First" in text
            assert key not in text
            assert MARK not in text

    async def test_empty_articles_are_refused(self, opened: Any, server: PracticeWordPress) -> None:
        server.faults.add(Fault("403", match=POSTS, method="POST"))
        with pytest.raises(Rejected) as caught:
            await opened.publish(article("No"), opened.new_key(1, 1))
        assert caught.value.reason == "missing_permission"

    async def test_a_short_note_with_a_picture(self, server: PracticeWordPress, opened: Any) -> None:
        seen = await opened.upload(MediaFile("b" * 64, "image/png", picture("n", 32, 18), "Tanks", 32, 18, "n.png"))
        segment = Segment("Two tanks arrived.\n\nOne <leaks>.\nBadly.", media=(seen,), created=datetime.now(UTC))
        key = opened.new_key(1, 1)
        receipt = await opened.publish(segment, key)
        post = server.state.posts[int(receipt.remote_id)]
        assert (post.title, post.slug) == ("", "two-tanks-arrived-one-leaks-badly")
        assert "<p>One &lt;leaks&gt;.<br>Badly.</p>" in post.content
        assert f'<img src="{seen.url}" alt="Tanks" class="wp-image-{seen.ref}"/>' in post.content
        assert await opened.find(segment, key) == receipt


async def test_nobody_cannot_publish(server: PracticeWordPress, http: Http) -> None:
    stranger = opened_as(server, http, "xxxx xxxx")
    with pytest.raises(AuthExpired):
        await stranger.publish(article("By a stranger"), stranger.new_key(1, 1))


class TestOnce:
    """The post is there exactly once, wherever the wire breaks, and also when nobody remembers anything."""

    async def test_a_late_first_try_leaves_one(self, server: PracticeWordPress, opened: Any, http: Http) -> None:
        """The first request is still on its way while we look, find nothing and send again."""
        segment, key = article("Late"), opened.new_key(1, 1)
        looked = asyncio.Event()
        original = server.api.answer

        def slow(method: str, route: str, call: Any) -> Any:
            if method == "POST" and route == "/wp/v2/posts" and not looked.is_set():
                looked.set()
                original(method, route, call)  # the other try gets there first
            return original(method, route, call)

        server.api.answer = slow  # type: ignore[method-assign]
        receipt = await opened.publish(segment, key)
        (post,) = server.titled("Late")
        assert (post.slug, receipt.remote_id) == ("late", str(post.id))

    async def test_looking_removes_a_repetition(self, server: PracticeWordPress, opened: Any) -> None:
        segment, key = article("Twice"), opened.new_key(1, 1)
        first = await opened.publish(segment, key)
        post = server.state.posts[int(first.remote_id)]
        number = server.state.new_post_id()
        server.state.posts[number] = replace(post, id=number, slug="twice-2")
        assert await opened.find(segment, key) == first
        assert len(server.titled("Twice")) == 1

    @pytest.mark.parametrize(
        ("status", "change"),
        [
            ("publish", {"status": "draft", "slug": ""}),
            ("publish", {"title": "Twice, for the spring"}),
            ("publish", {"content": "other words"}),
            ("publish", {"modified": timedelta(hours=1)}),
            ("draft", {"slug": ""}),
        ],
        ids=["draft", "title", "words", "later", "draft of a draft"],
    )
    async def test_a_copy_that_somebody_made_stays(
        self, server: PracticeWordPress, opened: Any, status: str, change: dict[str, Any]
    ) -> None:
        """An editor's copy takes our key along: it is in the first block."""
        segment, key = article("Twice", status=status), opened.new_key(1, 1)
        first = await opened.publish(segment, key)
        post = server.state.posts[int(first.remote_id)]
        number, changed = server.state.new_post_id(), {"slug": "twice-2", **change}
        if "content" in change:
            changed["content"] = post.content.replace("Words", change["content"])
        if "modified" in change:
            changed["modified"] = post.modified + change["modified"]
        copy = server.state.posts[number] = replace(post, id=number, **changed)
        assert await opened.find(segment, key) == first
        assert server.state.posts.get(number) is copy
        assert copy.status != "trash"

    async def test_a_repetition_can_be_taken_out_of_the_trash(self, server: PracticeWordPress, opened: Any) -> None:
        segment, key = article("Twice"), opened.new_key(1, 1)
        post = server.state.posts[int((await opened.publish(segment, key)).remote_id)]
        number = server.state.new_post_id()
        server.state.posts[number] = replace(post, id=number, slug="twice-2")
        await opened.find(segment, key)
        assert server.state.posts[number].status == "trash"

    async def test_the_same_title_by_hand_is_never_taken_for_ours(self, server: PracticeWordPress, opened: Any) -> None:
        TestWordPressContract().add_post(server, "By hand")
        segment, key = article("By hand", slug="new-by-hand"), opened.new_key(1, 1)
        assert await opened.find(segment, key) is None
        await opened.publish(segment, key)
        assert len(server.titled("By hand")) == 2

    @pytest.mark.parametrize("kind", ["close", "500", "html", "reset"])
    @pytest.mark.parametrize("path", [r"/media$", r"/categories$", r"/tags$", r"/posts$"])
    @pytest.mark.parametrize("method", ["GET", "POST"])
    @pytest.mark.parametrize("when", ["before", "after"])
    async def test_a_break_at_any_request(
        self, server: PracticeWordPress, kind: str, path: str, method: str, when: str
    ) -> None:
        """Killed at any moment: the next life knows only the segment and the key."""
        title = f"Broken {kind}"
        server.faults.add(Fault(kind, match=path, method=method, when=when))
        for _ in range(3):
            http = make_http()
            try:
                receipt = await self._one_life(opened_as(server, http), title)
            except NetworkError:
                continue
            finally:
                await http.aclose()
            break
        assert server.faults.fired
        (post,) = server.titled(title)
        assert str(post.id) == receipt.remote_id
        assert [server.state.terms[i].name for i in (*post.categories, *post.tags)] == ["Field notes", "new tag"]
        mine = [m for m in server.state.media.values() if "cccc" in m.slug]
        assert [(m.id, m.alt) for m in mine] == [(post.featured, "A shelf")]

    async def _one_life(self, opened: Any, title: str) -> Receipt:
        key = opened.new_key(5, 5)
        bare = article(title)
        found = await opened.find(bare, key)
        if found is not None:
            return found
        featured = await opened.upload(
            MediaFile("c" * 64, "image/png", picture("c", 32, 18), "A shelf", 32, 18, "shelf.png")
        )
        whole = article(title, categories=("Field notes",), tags=("new tag",), featured=featured)
        return await opened.publish(whole, key)


class TestPictures:
    def file(self, alt: str = "A shelf") -> MediaFile:
        return MediaFile("d" * 64, "image/jpeg", picture("d", 64, 36, "jpeg"), alt, 64, 36, "Größe 1.jpg")

    async def test_once_however_often(self, server: PracticeWordPress, http: Http) -> None:
        before = len(server.state.media)
        uploads = [await opened_as(server, http).upload(self.file()) for _ in range(3)]
        assert len(set(uploads)) == 1
        assert uploads[0].url.endswith("/groe-1-dddddddddddd.jpg") or "dddddddddddd" in uploads[0].url
        assert len(server.state.media) == before + 1

    async def test_a_new_description_is_written_to_the_old_picture(
        self, server: PracticeWordPress, opened: Any
    ) -> None:
        first = await opened.upload(self.file())
        second = await opened.upload(self.file("A better shelf"))
        assert (first.ref, second.alt) == (second.ref, "A better shelf")
        assert server.state.media[int(first.ref)].alt == "A better shelf"

    async def test_a_server_that_fails_while_making_smaller_sizes(
        self, server: PracticeWordPress, opened: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(server.api, "answer", _stored_but_500(server.api.answer))
        done = await opened.upload(self.file())
        assert done.url
        assert len(server.requests("post-process$", "POST")) == 1

    async def test_a_picture_that_never_gets_smaller_is_taken_away(
        self, server: PracticeWordPress, opened: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = len(server.state.media)
        monkeypatch.setattr(server.api, "answer", _stored_but_500(server.api.answer))
        server.faults.add(Fault("500", match="post-process$", times=0))
        with pytest.raises(Rejected) as caught:
            await opened.upload(self.file())
        assert caught.value.reason == "media_too_large"
        assert len(server.requests("post-process$", "POST")) == 5
        assert len(server.state.media) == before

    async def test_a_file_that_is_no_picture(self, opened: Any) -> None:
        with pytest.raises(Rejected) as caught:
            await opened.upload(MediaFile("e" * 64, "application/x-foo", b"MZ", name="a.foo"))
        assert caught.value.reason == "media_type"


def _stored_but_500(original: Any) -> Any:
    """The server keeps the file and dies while it makes the smaller sizes."""

    def answer(method: str, route: str, call: Any) -> Answer:
        given: Answer = original(method, route, call)
        if (method, route) != ("POST", "/wp/v2/media"):
            return given
        return Answer({"code": "critical"}, 500, {"X-WP-Upload-Attachment-ID": str(given.body["id"])})

    return answer


class TestComments:
    @pytest.fixture
    async def first(self, opened: Any) -> Target:
        (entry, *_) = (await opened.fetch(Source(1, "wordpress", "comments", 1), "", 10)).entries
        return Target(entry.remote_id, entry.refs)

    def said(self, server: PracticeWordPress) -> list[str]:
        return [c.content for c in server.state.comments.values() if c.author == 1 and c.status != "trash"]

    async def test_an_answer_is_below_the_comment(self, server: PracticeWordPress, opened: Any, first: Target) -> None:
        segment, key = Segment("Thanks & <greetings>\nfrom us", reply_to=first), opened.new_key(1, 1)
        assert await opened.find(segment, key) is None
        receipt = await opened.publish(segment, key)
        made = server.state.comments[int(receipt.remote_id)]
        assert (str(made.post), str(made.parent)) == (first.refs["post"], first.remote_id)
        assert made.content == "Thanks &amp; &lt;greetings&gt;\nfrom us"
        assert f"#comment-{made.id}" in receipt.permalink
        assert await opened.find(segment, key) == receipt
        await opened.delete(receipt.remote_id, receipt.refs)
        await opened.delete(receipt.remote_id, receipt.refs)
        assert self.said(server) == []

    async def test_an_answer_to_the_article_itself(self, server: PracticeWordPress, opened: Any) -> None:
        (post, *_) = (await opened.fetch(Source(1, "wordpress", "posts", 1), "", 1)).entries
        receipt = await opened.publish(
            Segment("Hello", reply_to=Target(post.remote_id, post.refs)), opened.new_key(1, 1)
        )
        assert server.state.comments[int(receipt.remote_id)].parent == 0

    @pytest.mark.parametrize("kind", ["hang", "close", "reset", "500", "html"])
    @pytest.mark.parametrize("when", ["before", "after"])
    async def test_once(self, server: PracticeWordPress, opened: Any, first: Target, kind: str, when: str) -> None:
        segment, key = Segment(f"Once {kind}", reply_to=first), opened.new_key(1, 1)
        server.faults.add(Fault(kind, match=COMMENTS, method="POST", when=when))
        with pytest.raises(OutcomeUnknown):
            await opened.publish(segment, key)
        found = await opened.find(segment, key)
        assert (found is not None) == (when == "after")
        receipt = await opened.publish(segment, key)
        assert found in (None, receipt)
        assert self.said(server) == [f"Once {kind}"]

    async def test_who_sees_only_what_is_public_cannot_say_no(
        self, server: PracticeWordPress, http: Http, first: Target
    ) -> None:
        author = opened_as(server, http, moderates=False)
        segment, key = Segment("Waiting", reply_to=first), author.new_key(1, 1)
        with pytest.raises(OutcomeUnknown):
            await author.find(segment, key)
        receipt = await author.publish(segment, key)
        assert await author.find(segment, key) == receipt

    async def test_what_is_no_comment_cannot_be_answered(self, opened: Any) -> None:
        with pytest.raises(Rejected):
            await opened.publish(Segment("Hi", reply_to=Target("at://x", {})), opened.new_key(1, 1))


class TestRefusals:
    @pytest.mark.parametrize(
        ("status", "code", "error", "reason"),
        [
            (400, "empty_content", Rejected, "empty"),
            (403, "rest_cannot_create", Rejected, "missing_permission"),
            (403, "incorrect_password", AuthExpired, "sign_in_again"),
            (401, "rest_cannot_create", AuthExpired, "sign_in_again"),
            (404, "rest_no_route", Rejected, "not_supported"),
            (500, "rest_upload_sideload_error", Rejected, "media_type"),
            (429, "comment_flood", RateLimited, "rate_limited"),
            (400, "comment_flood", RateLimited, "rate_limited"),
            (500, "internal_server_error", OutcomeUnknown, "outcome_unknown"),
        ],
    )
    async def test_codes(
        self, server: PracticeWordPress, opened: Any, status: int, code: str, error: type[NetworkError], reason: str
    ) -> None:
        _refuse_posts(server, status, code)
        with pytest.raises(error) as caught:
            await opened.publish(article("No"), opened.new_key(1, 1))
        assert caught.value.reason == reason


def _refuse_posts(server: PracticeWordPress, status: int, code: str) -> None:
    original = server.api.answer

    def answer(method: str, route: str, call: Any) -> Any:
        if method == "POST" and route == "/wp/v2/posts":
            raise ApiError(status, code, "No.")
        return original(method, route, call)

    server.api.answer = answer  # type: ignore[method-assign]
