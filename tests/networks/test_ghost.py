"""The Ghost adapter: the contract, then what only Ghost has."""

import base64
import hmac
import json
import pickle
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from socialdesk.core.account import NOTHING, Account, Credential
from socialdesk.core.entry import EntryKind
from socialdesk.core.errors import AuthExpired, NetworkError, OutcomeUnknown, Rejected, Unreachable
from socialdesk.core.network import SignedIn
from socialdesk.core.post import ArticleToSend, MediaFile, Receipt, Segment
from socialdesk.core.source import Source
from socialdesk.http import Http
from socialdesk.networks.ghost.adapter import Ghost
from socialdesk.networks.ghost.keys import AdminKey
from socialdesk.practice.ghost import KEY_ID, SECRET, PracticeGhost
from socialdesk.practice.ghost_wire import GhostError
from socialdesk.practice.hosts import BadHosts
from socialdesk.practice.server import Fault
from socialdesk.practice.world import World, picture
from tests.networks.contract import NetworkContract, make_http

POSTS = r"^/ghost/api/admin/posts/$"
VISITOR = Account(0, "ghost", "", "", "")
KEY = f"{KEY_ID}:{SECRET}"


def account_of(signed_in: SignedIn) -> Account:
    who = signed_in.identity
    return Account(1, "ghost", who.name, who.handle, who.server, who.remote_id, who.avatar_url, who.facts)


async def sign_in(http: Http, answers: Mapping[str, str]) -> Any:
    signed_in = await Ghost(VISITOR, NOTHING, http).sign_in(answers)
    return Ghost(account_of(signed_in), signed_in.credential, http)


def article(title: str, html: str = "<p>Words.</p>", **more: Any) -> Segment:
    return Segment(title, article=ArticleToSend(title, html, **more), created=datetime.now(UTC))


def planned(title: str, ahead: timedelta = timedelta(days=2)) -> Segment:
    return article(title, status="future", publish_at=datetime.now(UTC).replace(microsecond=0) + ahead)


def opened_as(server: PracticeGhost, http: Http, key: str = KEY, **more: Any) -> Any:
    facts = {"root": f"{server.url}/ghost/api/admin/"}
    account = Account(1, "ghost", "Northwind", "northwind", server.url, "site", facts=facts)
    return Ghost(account, Credential({"key": key}), http, **more)


def source(kind: str = "posts") -> Source:
    return Source(1, "ghost", kind, 1)


class TestGhostContract(NetworkContract):
    network = Ghost
    read_path = POSTS
    publish_path = POSTS
    threads = False

    def make_server(self) -> PracticeGhost:
        return PracticeGhost(World.load())

    async def open(self, server: Any, http: Http) -> Any:
        return opened_as(server, http)

    async def open_with_bad_credential(self, server: Any, http: Http) -> Any:
        return opened_as(server, http, f"{'0' * 24}:{SECRET}")

    def secrets(self, server: Any) -> tuple[str, ...]:
        return (SECRET, "eyJhbGciOi")  # the second is how every token begins

    def source(self, server: Any) -> Source:
        return source()

    def add_post(self, server: Any, text: str) -> None:
        server.add_post(text)

    def segment(self, server: Any, text: str) -> Segment:
        return article(text)

    def times_posted(self, server: Any, text: str) -> int:
        return sum(post.status == "published" for post in server.titled(text))

    def times_waiting(self, server: Any, text: str) -> int:
        return sum(post.status == "scheduled" for post in server.titled(text))

    def let_time_pass(self, server: Any) -> None:
        for post in server.state.posts.values():
            if post.status == "scheduled":
                post.published = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
async def server() -> AsyncIterator[PracticeGhost]:
    async with PracticeGhost(World.load()) as running:
        yield running


@pytest.fixture
def opened(server: PracticeGhost, http: Http) -> Any:
    return opened_as(server, http)


class TestSignIn:
    @pytest.mark.parametrize(
        "typed",
        [
            "{url}",
            "{url}/",
            "{host}",
            "{url}/ghost/",
            "{url}/ghost/#/settings/integrations",
            " {url}/ghost/api/admin/ ",
        ],
    )
    async def test_from_whatever_address_is_typed(self, server: PracticeGhost, http: Http, typed: str) -> None:
        address = typed.format(url=server.url, host=server.url.partition("://")[2])
        opened = await sign_in(http, {**server.credentials, "server": address})
        assert opened.account.server == server.url
        assert opened.account.facts["root"] == f"{server.url}/ghost/api/admin/"
        assert opened.account.remote_id == "site"
        assert opened.account.handle == server.url.partition("://")[2]
        assert (await opened.whoami()).facts == opened.account.facts

    async def test_a_staff_token_is_a_person(self, http: Http) -> None:
        async with PracticeGhost(World.load(), staff=True) as server:
            opened = await sign_in(http, server.credentials)
            assert opened.account.remote_id == "1"
            assert opened.account.handle == f"northwind@{server.url.partition('://')[2]}"

    @pytest.mark.parametrize("key", ["", "97024c781facaa8b598f049ebe", f"{KEY}0", "x" * 24 + ":" + SECRET, SECRET])
    async def test_what_is_no_admin_key_is_named_before_anything_is_sent(
        self, server: PracticeGhost, http: Http, key: str
    ) -> None:
        with pytest.raises(Rejected) as caught:
            await sign_in(http, {**server.credentials, "key": key})
        assert caught.value.reason == "invalid_key"
        assert not server.log

    async def test_white_space_and_capitals_around_a_key_do_no_harm(self, server: PracticeGhost, http: Http) -> None:
        opened = await sign_in(http, {**server.credentials, "key": f"\n {KEY.upper()} "})
        assert (await opened.whoami()).remote_id == "site"

    @pytest.mark.parametrize("key", [f"{'0' * 24}:{SECRET}", f"{KEY_ID}:{'0' * 64}"])
    async def test_a_wrong_key(self, server: PracticeGhost, http: Http, key: str) -> None:
        with pytest.raises(AuthExpired):
            await sign_in(http, {**server.credentials, "key": key})

    async def test_a_key_that_was_withdrawn(self, server: PracticeGhost, opened: Any) -> None:
        server.revoked = True
        with pytest.raises(AuthExpired):
            await opened.whoami()

    async def test_a_site_that_is_no_ghost(self, http: Http) -> None:
        async with BadHosts() as other:
            with pytest.raises(Rejected) as caught:
                await sign_in(http, {"server": other.url, "key": KEY})
        assert caught.value.reason == "no_ghost"

    async def test_a_page_in_place_of_the_api_is_no_ghost(self, server: PracticeGhost, http: Http) -> None:
        server.faults.add(Fault("html", match="/site/$", times=0))
        with pytest.raises(Rejected) as caught:
            await sign_in(http, server.credentials)
        assert caught.value.reason == "no_ghost"

    async def test_a_token_never_leaves_unencrypted(self, http: Http) -> None:
        account = Account(1, "ghost", "", "", "http://blog.example", "site")
        with pytest.raises(Rejected) as caught:
            await Ghost(account, Credential({"key": KEY}), http).fetch(source(), "", 5)
        assert caught.value.reason == "insecure"

    @pytest.mark.parametrize("typed", ["", "ftp://blog.example", "http://", "https://["])
    async def test_no_address(self, http: Http, typed: str) -> None:
        with pytest.raises(Rejected) as caught:
            await sign_in(http, {"server": typed, "key": KEY})
        assert caught.value.reason == "invalid"

    @pytest.mark.parametrize("hours", [-30, 30])
    async def test_a_wrong_clock_here_keeps_nobody_out(self, server: PracticeGhost, http: Http, hours: int) -> None:
        """The token is dated by the site's clock once that is known; who is late is asked no more than twice."""
        wrong = opened_as(server, http, now=lambda: datetime.now(UTC) + timedelta(hours=hours))
        assert (await wrong.fetch(source(), "", 5)).entries
        before = len(server.log)
        await wrong.publish(article("By a wrong clock"), wrong.new_key(1, 1))
        assert len(server.titled("By a wrong clock")) == 1
        assert len(server.requests(POSTS, "POST")) == 1
        assert len(server.log) - before == 3  # look, write, look

    async def test_a_wrong_clock_here_plans_nothing_for_the_wrong_hour(self, server: PracticeGhost, http: Http) -> None:
        ahead = opened_as(server, http, now=lambda: datetime.now(UTC) + timedelta(hours=30))
        tomorrow = datetime.now(UTC) + timedelta(hours=20)
        await ahead.publish(article("Tomorrow", status="future", publish_at=tomorrow), ahead.new_key(1, 1))
        assert server.titled("Tomorrow")[0].status == "scheduled"

    def test_a_token_is_what_the_standard_says(self) -> None:
        """Taken apart with the standard library alone: RFC 7515 section 5.2, and the claims that Ghost asks for."""
        token = AdminKey("6b0280f4866f96057ac7b5b5", "5d" * 32).token(1_770_000_000.9)
        head, claims, proof = (base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in token.split("."))
        assert json.loads(head) == {"alg": "HS256", "typ": "JWT", "kid": "6b0280f4866f96057ac7b5b5"}
        assert json.loads(claims) == {"iat": 1_770_000_000, "exp": 1_770_000_300, "aud": "/admin/"}
        signed = token.rpartition(".")[0].encode()
        assert proof == hmac.new(bytes.fromhex("5d" * 32), signed, "sha256").digest()
        assert "=" not in token


class TestReading:
    async def test_a_post_is_an_article(self, server: PracticeGhost, opened: Any) -> None:
        page = await opened.fetch(source(), "", 10)
        entry = next(e for e in page.entries if e.title == "Basics, reconsidered")
        assert (entry.kind, entry.url) == (EntryKind.ARTICLE, f"{server.url}/basics-reconsidered/")
        assert entry.text.startswith("The basics of B2B used to be things we sent")
        assert entry.tags == ("B2B", "content")
        assert entry.media[0].alt == "Dusk over a row of tanks"
        assert entry.author.name == "Northwind Pumps"
        assert entry.refs == {"kind": "post", "status": "published"}

    async def test_pages_are_a_source_of_their_own(self, opened: Any) -> None:
        (entry,) = (await opened.fetch(source("pages"), "", 10)).entries
        assert (entry.title, entry.refs["kind"]) == ("About this site", "page")

    async def test_drafts_and_planned_posts_of_both_kinds(self, server: PracticeGhost, opened: Any) -> None:
        assert not (await opened.fetch(source("drafts"), "", 10)).entries
        later = datetime.now(UTC) + timedelta(days=2)
        await opened.publish(article("Half done", status="draft"), opened.new_key(1, 1))
        await opened.publish(article("On Monday", status="future", publish_at=later), opened.new_key(2, 2))
        server.state.new_post("A page to be", "<p>x</p>", "draft", datetime.now(UTC), kind="page")
        entries = {e.title: e for e in (await opened.fetch(source("drafts"), "", 10)).entries}
        assert set(entries) == {"Half done", "On Monday", "A page to be"}
        assert [entries[t].refs["status"] for t in ("Half done", "On Monday")] == ["draft", "scheduled"]
        assert entries["On Monday"].published == later.replace(microsecond=0)
        assert entries["A page to be"].refs["kind"] == "page"
        assert "On Monday" not in [e.title for e in (await opened.fetch(source(), "", 50)).entries]

    async def test_internal_tags_are_not_shown(self, opened: Any) -> None:
        key = opened.new_key(1, 1)
        await opened.publish(article("Tagged", tags=("B2B",)), key)
        (entry,) = [e for e in (await opened.fetch(source(), "", 5)).entries if e.title == "Tagged"]
        assert entry.tags == ("B2B",)

    async def test_nothing_new_is_unchanged(self, opened: Any) -> None:
        for kind in ("posts", "pages"):
            first = await opened.fetch(source(kind), "", 50)
            again = await opened.fetch(source(kind), first.cursor, 50)
            assert (again.unchanged, again.entries) == (True, ())

    async def test_what_the_first_look_left_out_is_no_news(self, server: PracticeGhost, opened: Any) -> None:
        for number in range(9):
            post = server.add_post(f"Number {number}")
            post.published = post.updated = post.updated - timedelta(minutes=9 - number)
        first = await opened.fetch(source(), "", 3)
        assert (await opened.fetch(source(), first.cursor, 3)).unchanged
        server.add_post("News")
        assert [e.title for e in (await opened.fetch(source(), first.cursor, 3)).entries] == ["News"]

    async def test_many_posts_of_one_second_on_the_first_look_are_no_news(
        self, server: PracticeGhost, opened: Any
    ) -> None:
        """A blog that was just moved to Ghost: everything was changed at once."""
        for post in server.state.posts.values():
            post.updated = datetime(2026, 1, 1, tzinfo=UTC)
        first = await opened.fetch(source(), "", 1)
        assert (await opened.fetch(source(), first.cursor, 10)).unchanged

    async def test_a_post_in_the_very_second_of_the_first_look_is_news(
        self, server: PracticeGhost, opened: Any
    ) -> None:
        now = datetime.now(UTC).replace(microsecond=0)
        for title in ("One", "Two"):
            server.add_post(title).published = now
        for post in server.state.posts.values():
            post.updated = now
        first = await opened.fetch(source(), "", 2)
        late = server.add_post("In the same second")
        late.updated = late.published = now
        assert [e.title for e in (await opened.fetch(source(), first.cursor, 10)).entries] == ["In the same second"]

    async def test_two_posts_of_the_same_second_are_both_seen(self, server: PracticeGhost, opened: Any) -> None:
        cursor = (await opened.fetch(source(), "", 10)).cursor
        seen: list[str] = []
        for title in ("One", "Two", "Three"):
            server.add_post(title)
            page = await opened.fetch(source(), cursor, 10)
            cursor = page.cursor or cursor
            seen += [entry.title for entry in page.entries]
        assert seen == ["One", "Two", "Three"]

    async def test_an_edited_post_comes_again(self, server: PracticeGhost, opened: Any) -> None:
        first = await opened.fetch(source(), "", 10)
        post = server.titled("Basics, reconsidered")[0]
        post.title, post.updated = "Basics, reconsidered again", datetime.now(UTC).replace(microsecond=0)
        (entry,) = (await opened.fetch(source(), first.cursor, 10)).entries
        assert entry.title == "Basics, reconsidered again"
        assert entry.key in {e.key for e in first.entries}

    async def test_many_changes_are_not_skipped(self, server: PracticeGhost, opened: Any) -> None:
        cursor = (await opened.fetch(source(), "", 10)).cursor
        for number in range(70):
            server.add_post(f"Number {number}")
        assert len((await opened.fetch(source(), cursor, 20)).entries) == 70

    async def test_the_past_goes_on_through_one_second(self, server: PracticeGhost, opened: Any) -> None:
        known = next(iter(server.state.posts.values()))
        for number in range(9):
            number_id = server.state.new_id()
            server.state.posts[number_id] = replace(known, id=number_id, slug=f"same-{number}")
        page = await opened.fetch(source(), "", 4)
        keys = [e.key for e in page.entries]
        while page.older:
            page = await opened.fetch_older(source(), page.older, 4)
            keys += [e.key for e in page.entries]
        assert len(keys) == len(set(keys)) == len(server.state.listed("post"))

    async def test_tags_to_choose_from(self, opened: Any) -> None:
        assert ("B2B", "B2B") in await opened.choices("article", "tags")
        assert await opened.choices("posts", "anything") == ()

    @pytest.mark.parametrize("cursor", ["nonsense", "[]", '{"newest": 3}', '{"newest": "x", "seen": {}}', "null"])
    async def test_a_strange_cursor_is_a_first_look(self, opened: Any, cursor: str) -> None:
        assert (await opened.fetch(source(), cursor, 10)).entries
        assert (await opened.fetch_older(source(), cursor, 10)).entries == ()

    async def test_an_unknown_source(self, opened: Any) -> None:
        with pytest.raises(Rejected) as caught:
            await opened.fetch(source("comments"), "", 10)
        assert caught.value.reason == "not_supported"


class TestArticles:
    async def test_everything_arrives(self, server: PracticeGhost, opened: Any) -> None:
        data = picture("lead", 640, 360)
        featured = await opened.upload(MediaFile("a" * 64, "image/png", data, "A shelf", 640, 360, "Größe 1.png"))
        segment = article(
            "Cats & <dogs>",
            "<p>One &amp; two</p><h2>Then</h2>",
            slug="cats-and-dogs",
            excerpt="Short & sweet",
            categories=("Field notes",),
            tags=("b2b", "#new tag", "New Tag", " "),
            featured=featured,
        )
        key = opened.new_key(1, 1)
        receipt = await opened.publish(segment, key)
        (post,) = server.titled("Cats & <dogs>")
        assert receipt.permalink == f"{server.url}/cats-and-dogs/"
        assert (post.status, post.html, post.excerpt) == (
            "published",
            "<p>One &amp; two</p><h2>Then</h2>",
            "Short & sweet",
        )
        assert [tag.name for tag in post.tags] == ["Field notes", "B2B", "new tag", f"#{key}"]
        assert (post.feature_image, post.feature_image_alt) == (featured.url, "A shelf")
        ((mime, stored),) = [v for k, v in server.state.images.items() if k.endswith("gr-e-1-aaaaaaaaaaaa.png")]
        assert (mime, stored) == ("image/png", data)

    async def test_no_newsletter_is_ever_named(self, server: PracticeGhost, opened: Any) -> None:
        later = datetime.now(UTC) + timedelta(days=2)
        for number, more in enumerate([{}, {"status": "draft"}, {"status": "future", "publish_at": later}]):
            await opened.publish(article(f"Quiet {number}", **more), opened.new_key(number, 1))
        for request in server.log:
            assert not {"newsletter", "email_segment", "email_only"} & set(request.query)
            assert b"newsletter" not in request.body
            assert b"email" not in request.body

    async def test_drafts_and_planned_articles(self, server: PracticeGhost, opened: Any) -> None:
        later = datetime(2031, 5, 4, 3, 2, 1, tzinfo=UTC)
        draft_key, later_key = opened.new_key(1, 1), opened.new_key(2, 2)
        draft = article("A draft", status="draft")
        planned = article("Planned", status="future", publish_at=later)
        first, second = await opened.publish(draft, draft_key), await opened.publish(planned, later_key)
        assert server.titled("A draft")[0].status == "draft"
        post = server.titled("Planned")[0]
        assert (post.status, post.published) == ("scheduled", later)
        assert await opened.find(draft, draft_key) == first
        assert await opened.find(planned, later_key) == second
        assert "/p/" in first.permalink

    async def test_a_time_that_has_passed_means_now(self, server: PracticeGhost, opened: Any) -> None:
        """The desk was closed when the hour came."""
        earlier = datetime.now(UTC) - timedelta(hours=3)
        await opened.publish(article("Late", status="future", publish_at=earlier), opened.new_key(1, 1))
        assert server.titled("Late")[0].status == "published"

    async def test_a_time_that_is_too_near_is_put_off(self, server: PracticeGhost, opened: Any) -> None:
        soon = datetime.now(UTC) + timedelta(seconds=20)
        await opened.publish(article("Soon", status="future", publish_at=soon), opened.new_key(1, 1))
        post = server.titled("Soon")[0]
        assert post.status == "scheduled"
        assert post.published is not None
        assert timedelta(minutes=2) < post.published - datetime.now(UTC) < timedelta(minutes=3)

    async def test_planned_is_held_under_the_time_that_ghost_was_given(
        self, server: PracticeGhost, opened: Any
    ) -> None:
        receipt = await opened.publish(planned("Soon", timedelta(seconds=20)), opened.new_key(1, 1))
        assert receipt.publish_at == server.titled("Soon")[0].published
        later = planned("Planned")
        held = await opened.publish(later, opened.new_key(2, 1))
        server.titled("Planned")[0].published += timedelta(days=1)
        moved = await opened.scheduled(held)
        assert moved.publish_at == held.publish_at + timedelta(days=1)
        assert (await opened.find(later, opened.new_key(2, 1))).publish_at == moved.publish_at

    async def test_published_by_hand_it_has_the_readers_address(self, server: PracticeGhost, opened: Any) -> None:
        receipt = await opened.publish(planned("Out early"), opened.new_key(1, 1))
        [post] = server.titled("Out early")
        post.status, post.published = "published", datetime.now(UTC)
        out = await opened.scheduled(receipt)
        assert (out.permalink, out.publish_at) == (f"{server.url}/out-early/", None)

    async def test_what_somebody_made_a_draft_of_is_gone_and_stays(self, server: PracticeGhost, opened: Any) -> None:
        receipt = await opened.publish(planned("Second thoughts"), opened.new_key(1, 1))
        server.titled("Second thoughts")[0].status = "draft"
        with pytest.raises(Rejected) as caught:
            await opened.scheduled(receipt)
        assert caught.value.reason == "not_found"
        await opened.unschedule(receipt)
        assert server.titled("Second thoughts")[0].status == "draft"

    async def test_taken_back_its_address_is_free(self, server: PracticeGhost, opened: Any) -> None:
        await opened.unschedule(await opened.publish(planned("Once more"), opened.new_key(1, 1)))
        assert not server.titled("Once more")
        await opened.publish(planned("Once more"), opened.new_key(2, 1))
        assert server.titled("Once more")[0].slug == "once-more"

    async def test_what_was_changed_in_ghost_is_a_draft_when_taken_back(
        self, server: PracticeGhost, opened: Any
    ) -> None:
        receipt = await opened.publish(planned("Changed there"), opened.new_key(1, 1))
        [post] = server.titled("Changed there")
        post.html, post.updated = "<p>More words.</p>", post.updated + timedelta(minutes=3)
        await opened.unschedule(receipt)
        [post] = server.titled("Changed there")
        assert (post.status, post.html) == ("draft", "<p>More words.</p>")

    @pytest.mark.parametrize("status", ["published", "scheduled"])
    async def test_what_changes_while_it_is_taken_back_is_looked_at_again(
        self, server: PracticeGhost, opened: Any, status: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        receipt = await opened.publish(planned("At the last second"), opened.new_key(1, 1))
        [post] = server.titled("At the last second")
        make_draft = opened._planner._make_draft

        async def too_late(seen: dict[str, Any]) -> None:
            monkeypatch.undo()
            post.status, post.updated = status, post.updated + timedelta(minutes=1)
            await make_draft(seen)

        monkeypatch.setattr(opened._planner, "_make_draft", too_late)
        if status == "scheduled":
            await opened.unschedule(receipt)
            assert post.status == "draft"
            return
        with pytest.raises(Rejected) as caught:
            await opened.unschedule(receipt)
        assert (caught.value.reason, post.status) == ("published", "published")

    async def test_a_draft_that_cannot_be_deleted_is_taken_back_all_the_same(
        self, server: PracticeGhost, opened: Any
    ) -> None:
        receipt = await opened.publish(planned("Left over"), opened.new_key(1, 1))
        server.faults.add(Fault("500", method="DELETE"))
        await opened.unschedule(receipt)
        assert server.titled("Left over")[0].status == "draft"

    async def test_tags_are_not_made_twice(self, server: PracticeGhost, opened: Any) -> None:
        for number in (1, 2):
            await opened.publish(article(f"Number {number}", tags=("Once & only", "B2b")), opened.new_key(number, 1))
        names = [tag.name for tag in server.state.tags.values()]
        assert names.count("Once & only") == 1
        assert [name for name in names if name.casefold() == "b2b"] == ["B2B"]

    async def test_of_two_tags_that_differ_in_case_the_very_one_is_taken(
        self, server: PracticeGhost, opened: Any
    ) -> None:
        server.state.tag_named("b2b")
        await opened.publish(article("Small", tags=("b2b",)), opened.new_key(1, 1))
        await opened.publish(article("Large", tags=("B2B",)), opened.new_key(2, 1))
        assert [server.titled(t)[0].tags[0].name for t in ("Small", "Large")] == ["b2b", "B2B"]

    @pytest.mark.parametrize("name", ["O'Hare's", "a\\b", "(x), [y]: -z+", "50% off", "Größe"])
    async def test_tags_with_every_character(self, server: PracticeGhost, opened: Any, name: str) -> None:
        for number in (1, 2):
            await opened.publish(article(f"Number {number}", tags=(name,)), opened.new_key(number, 1))
        assert [tag.name for tag in server.state.tags.values()].count(name) == 1
        assert server.titled("Number 2")[0].tags[0].name == name

    async def test_a_slug_that_is_taken_gets_a_number(self, server: PracticeGhost, opened: Any) -> None:
        first = await opened.publish(article("Weekly update"), opened.new_key(1, 1))
        key = opened.new_key(2, 2)
        second = await opened.publish(article("Weekly update"), key)
        assert first.permalink == f"{server.url}/weekly-update/"
        assert second.permalink == f"{server.url}/weekly-update-2/"
        assert await opened.find(article("Weekly update"), key) == second

    @pytest.mark.parametrize(
        ("segment", "reason"),
        [
            (Segment("A short text"), "not_supported"),
            (article(""), "empty"),
            (article("x" * 2001), "too_long"),
            (article("x", excerpt="y" * 301), "too_long"),
        ],
    )
    async def test_what_ghost_cannot_take_is_refused_before_it_is_sent(
        self, server: PracticeGhost, opened: Any, segment: Segment, reason: str
    ) -> None:
        with pytest.raises(Rejected) as caught:
            await opened.publish(segment, opened.new_key(1, 1))
        assert caught.value.reason == reason
        assert not server.log

    async def test_a_page_can_be_deleted(self, server: PracticeGhost, opened: Any) -> None:
        (entry,) = (await opened.fetch(source("pages"), "", 10)).entries
        await opened.delete(entry.remote_id, entry.refs)
        await opened.delete(entry.remote_id, entry.refs)
        assert not server.titled("About this site")

    def test_rules_cross_a_process_boundary(self, opened: Any) -> None:
        from socialdesk.networks.ghost.facts import RULES

        assert pickle.loads(pickle.dumps(RULES)) == RULES


class TestOnce:
    async def test_a_late_first_try_leaves_one(
        self, server: PracticeGhost, opened: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The first request is still on its way while we look, find nothing and send again."""
        segment, key = article("Late"), opened.new_key(1, 1)
        original = server._create

        async def slow(request: Any, kind: str) -> Any:
            monkeypatch.setattr(server, "_create", original)
            await original(request, kind)  # the other try gets there first
            return await original(request, kind)

        monkeypatch.setattr(server, "_create", slow)
        receipt = await opened.publish(segment, key)
        (post,) = server.titled("Late")
        assert (post.slug, receipt.remote_id) == ("late", post.id)

    async def test_looking_removes_a_repetition(self, server: PracticeGhost, opened: Any) -> None:
        segment, key = article("Twice"), opened.new_key(1, 1)
        first = await opened.publish(segment, key)
        post = server.state.posts[first.remote_id]
        number = server.state.new_id()
        server.state.posts[number] = replace(post, id=number, slug="twice-2")
        assert await opened.find(segment, key) == first
        assert len(server.titled("Twice")) == 1

    async def test_a_copy_that_a_person_made_there_stays(self, server: PracticeGhost, opened: Any) -> None:
        """Ghost's own "Duplicate" takes all tags along, our internal one too."""
        segment, key = article("Once more"), opened.new_key(1, 1)
        first = await opened.publish(segment, key)
        post = server.state.posts[first.remote_id]
        number = server.state.new_id()
        server.state.posts[number] = replace(post, id=number, title="Once more (Copy)", slug="copy", status="draft")
        assert await opened.find(segment, key) == first
        assert len(server.titled("Once more (Copy)")) == 1

    async def test_the_same_title_by_hand_is_never_taken_for_ours(self, server: PracticeGhost, opened: Any) -> None:
        server.add_post("By hand")
        segment, key = article("By hand"), opened.new_key(1, 1)
        assert await opened.find(segment, key) is None
        await opened.publish(segment, key)
        assert len(server.titled("By hand")) == 2

    async def test_a_receipt_is_kept_when_the_second_look_fails(self, server: PracticeGhost, opened: Any) -> None:
        segment, key = article("Seen once"), opened.new_key(1, 1)
        server.state.posts.clear()
        lookups = iter(["", "500"])
        original = server.faults.take

        def take(method: str, path: str) -> Fault | None:
            if method == "GET" and path.endswith("/posts/") and (kind := next(lookups, "")):
                return Fault(kind)
            return original(method, path)

        server.faults.take = take  # type: ignore[method-assign]
        receipt = await opened.publish(segment, key)
        assert receipt.remote_id == server.titled("Seen once")[0].id

    @pytest.mark.parametrize("kind", ["close", "500", "html", "reset"])
    @pytest.mark.parametrize(
        ("method", "path"),
        [("POST", r"/images/upload/$"), ("GET", r"/tags/$"), ("GET", r"/posts/$"), ("POST", r"/posts/$")],
    )
    @pytest.mark.parametrize("when", ["before", "after"])
    async def test_a_break_at_any_request(
        self, server: PracticeGhost, kind: str, path: str, method: str, when: str
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
        assert post.id == receipt.remote_id
        assert [tag.name for tag in post.tags][:2] == ["Field notes", "new tag"]
        assert post.feature_image_alt == "A shelf"

    async def _one_life(self, opened: Any, title: str) -> Receipt:
        key = opened.new_key(5, 5)
        found = await opened.find(article(title, ""), key)
        if found is not None:
            return found  # type: ignore[no-any-return]
        file = MediaFile("c" * 64, "image/png", picture("c", 32, 18), "A shelf", 32, 18, "shelf.png")
        featured = await opened.upload(file)
        whole = article(title, categories=("Field notes",), tags=("new tag",), featured=featured)
        return await opened.publish(whole, key)  # type: ignore[no-any-return]


class TestPictures:
    def file(self, alt: str = "A shelf", mime: str = "image/jpeg") -> MediaFile:
        return MediaFile("d" * 64, mime, picture("d", 64, 36, "jpeg"), alt, 64, 36, "Shelf photo.jpg")

    async def test_once_while_the_account_is_open(self, server: PracticeGhost, opened: Any) -> None:
        first, second = await opened.upload(self.file()), await opened.upload(self.file("A better shelf"))
        assert first.url == second.url
        assert (first.alt, second.alt) == ("A shelf", "A better shelf")
        assert list(server.state.images) == [first.url.partition("/content/images/")[2]]

    async def test_a_file_that_is_no_picture(self, opened: Any) -> None:
        with pytest.raises(Rejected) as caught:
            await opened.upload(self.file(mime="application/x-foo"))
        assert caught.value.reason == "media_type"

    async def test_an_upload_in_doubt_may_be_repeated(self, server: PracticeGhost, opened: Any) -> None:
        server.faults.add(Fault("close", match="/images/upload/$", when="after"))
        with pytest.raises(Unreachable):
            await opened.upload(self.file())
        assert (await opened.upload(self.file())).url


class TestRefusals:
    @pytest.mark.parametrize(
        ("status", "kind", "more", "error", "reason"),
        [
            (400, "BadRequestError", {}, Rejected, "invalid"),
            (400, "BadRequestError", {"context": "Image processing failed x"}, Rejected, "media_type"),
            (401, "UnauthorizedError", {"code": "UNKNOWN_ADMIN_API_KEY"}, AuthExpired, "sign_in_again"),
            (400, "BadRequestError", {"code": "INVALID_JWT"}, AuthExpired, "sign_in_again"),
            (401, "PasswordResetRequiredError", {}, AuthExpired, "sign_in_again"),
            (503, "TokenRevocationError", {}, AuthExpired, "sign_in_again"),
            (403, "NoPermissionError", {}, Rejected, "missing_permission"),
            (403, "HostLimitError", {}, Rejected, "plan_limit"),
            (404, "NotFoundError", {}, Rejected, "not_found"),
            (405, "MethodNotAllowedError", {}, Rejected, "not_supported"),
            (406, "RequestNotAcceptableError", {"code": "UPDATE_CLIENT"}, Rejected, "version_retired"),
            (400, "VersionMismatchError", {}, Rejected, "version_retired"),
            (409, "UpdateCollisionError", {"code": "UPDATE_COLLISION"}, Rejected, "edit_conflict"),
            (409, "DisabledFeatureError", {}, Rejected, "not_supported"),
            (413, "RequestEntityTooLargeError", {}, Rejected, "media_too_large"),
            (415, "UnsupportedMediaTypeError", {}, Rejected, "media_type"),
            (422, "ValidationError", {}, Rejected, "invalid"),
            (422, "ValidationError", {"details": [{"keyword": "maxLength"}]}, Rejected, "too_long"),
            (422, "ValidationError", {"details": [{"keyword": "required"}]}, Rejected, "empty"),
            (422, "ValidationError", {"context": "Value exceeds maximum length of 191"}, Rejected, "too_long"),
            (503, "MaintenanceError", {}, Unreachable, "server_error"),
            (500, "InternalServerError", {}, OutcomeUnknown, "outcome_unknown"),
            (500, "EmailError", {}, OutcomeUnknown, "outcome_unknown"),
        ],
    )
    async def test_types_and_codes(
        self,
        server: PracticeGhost,
        opened: Any,
        monkeypatch: pytest.MonkeyPatch,
        status: int,
        kind: str,
        more: dict[str, Any],
        error: type[NetworkError],
        reason: str,
    ) -> None:
        async def refuse(request: Any, what: str) -> Any:
            raise GhostError(status, kind, "No.", **more)

        monkeypatch.setattr(server, "_create", refuse)
        with pytest.raises(error) as caught:
            await opened.publish(article("No"), opened.new_key(1, 1))
        assert caught.value.reason == reason
        assert not server.titled("No")

    @pytest.mark.parametrize("body", [[], {"posts": []}, {"posts": [{}]}, {"posts": [{"id": "1"}]}])
    async def test_a_created_that_names_no_post_is_looked_for(
        self, server: PracticeGhost, opened: Any, monkeypatch: pytest.MonkeyPatch, body: object
    ) -> None:
        from aiohttp import web

        async def strange(request: Any, what: str) -> Any:
            return web.json_response(body, status=201)

        monkeypatch.setattr(server, "_create", strange)
        with pytest.raises(OutcomeUnknown):
            await opened.publish(article("Odd"), opened.new_key(1, 1))
