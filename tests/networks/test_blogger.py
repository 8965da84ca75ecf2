"""The Blogger adapter: the inherited contract, then what only Blogger has."""

import asyncio
import pickle
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from socialdesk.content.worker import Worker
from socialdesk.core.account import NOTHING, Account, AccountChoice, Credential
from socialdesk.core.errors import AuthExpired, InputError, NetworkError, OutcomeUnknown, RateLimited, Rejected
from socialdesk.core.network import OAuthCode, SignedIn, SignsOut
from socialdesk.core.post import ArticleToSend, MediaFile, Segment
from socialdesk.core.source import Source
from socialdesk.http import Http
from socialdesk.networks.blogger import NETWORK
from socialdesk.networks.blogger.adapter import Blogger
from socialdesk.networks.blogger.facts import SCOPE
from socialdesk.networks.blogger.signin import blog_address, server_of
from socialdesk.networks.blogger.translate import comment_entry, post_entry
from socialdesk.practice.blogger import PracticeBlogger, build
from socialdesk.practice.blogger_oauth import App
from socialdesk.practice.blogger_state import Refused
from socialdesk.practice.server import Fault
from socialdesk.practice.world import World
from socialdesk.ui import words
from tests.networks.contract import NetworkContract, make_http
from tests.services.conftest import open_desk

POSTS = r"^/v3/blogs/\d+/posts$"
LISTENER = "http://127.0.0.1:49152/callback"


def article(title: str, html: str = "<p>Words.</p>", **more: Any) -> Segment:
    return Segment(title, article=ArticleToSend(title, html, **more), created=datetime.now(UTC))


def bare(segment: Segment) -> Segment:
    """What is left of an article when it is looked for."""
    assert segment.article is not None
    return replace(segment, article=ArticleToSend(segment.article.title, "", status=segment.article.status))


def source(kind: str = "posts") -> Source:
    return Source(1, "blogger", kind, 1)


def key_of(opened: Any) -> str:
    return str(opened.new_key(1_770_000_000_000_000, 7))


def open_account(server: PracticeBlogger, http: Http, token: str = "", **options: Any) -> Any:
    blog = server.blog
    facts = {"blog": blog.id, "url": f"http://{blog.host}/"}
    account = Account(1, "blogger", blog.name, blog.host, server.url, blog.id, facts=facts)
    names = ("refresh_token", "client_id", "client_secret")
    secrets = {"access_token": token or server.credentials["token"], **{n: server.credentials[n] for n in names}}
    return Blogger(account, Credential(secrets), http, **options)


class TestBloggerContract(NetworkContract):
    network = Blogger
    read_path = POSTS
    publish_path = POSTS
    renew_path = "^/token$"
    threads = False

    def make_server(self) -> PracticeBlogger:
        return build(World.load())

    async def open(self, server: Any, http: Http) -> Any:
        return open_account(server, http)

    async def open_with_bad_credential(self, server: Any, http: Http) -> Any:
        return open_account(server, http, token="not-a-token-of-this-server")

    def secrets(self, server: Any) -> tuple[str, ...]:
        return tuple(server.credentials[name] for name in ("token", "refresh_token", "client_secret"))

    async def spent(self, server: Any, http: Http) -> tuple[Account, Credential]:
        opened = open_account(server, http)
        server.oauth.tokens.clear()
        return opened.account, opened._credential

    def source(self, server: Any) -> Source:
        return source()

    def add_post(self, server: Any, text: str) -> None:
        server.add_post(text)

    def segment(self, server: Any, text: str) -> Segment:
        return article(text)

    def times_posted(self, server: Any, text: str) -> int:
        return sum(post.status == "LIVE" for post in server.titled(text))

    def times_waiting(self, server: Any, text: str) -> int:
        return sum(post.status == "SCHEDULED" for post in server.titled(text))

    def let_time_pass(self, server: Any) -> None:
        for post in server.state.posts.values():
            if post.status == "SCHEDULED":
                post.published = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
async def server() -> AsyncIterator[PracticeBlogger]:
    async with build(World.load()) as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    http = make_http()
    yield http
    await http.aclose()


@pytest.fixture
def opened(server: PracticeBlogger, http: Http) -> Any:
    return open_account(server, http)


async def test_facts_and_rules_can_be_pickled(opened: Any) -> None:
    assert pickle.loads(pickle.dumps(Blogger.facts)) == Blogger.facts
    assert pickle.loads(pickle.dumps(await opened.post_rules())) == await opened.post_rules()


# reading


async def test_posts_go_back_to_the_first(server: PracticeBlogger, opened: Any) -> None:
    for number in range(12):
        server.add_post(f"Note {number}")
    page = await opened.fetch(source(), "", 5)
    seen = [entry.remote_id for entry in page.entries]
    while page.older:
        page = await opened.fetch_older(source(), page.older, 5)
        seen += [entry.remote_id for entry in page.entries]
    assert len(seen) == len(set(seen))
    assert set(seen) == {post.id for post in server.state.posts.values()}


async def test_a_post_that_was_changed_is_news(server: PracticeBlogger, opened: Any) -> None:
    post = server.add_post("First words")
    page = await opened.fetch(source(), "", 5)
    post.title, post.updated = "Other words", post.updated + timedelta(minutes=5)
    again = await opened.fetch(source(), page.cursor, 5)
    assert [entry.title for entry in again.entries] == ["Other words"]
    assert (await opened.fetch(source(), again.cursor, 5)).unchanged


async def test_many_new_posts_leave_a_gap_that_is_said(server: PracticeBlogger, opened: Any) -> None:
    first = await opened.fetch(source(), "", 5)
    for number in range(30):
        server.add_post(f"Burst {number}")
    page = await opened.fetch(source(), first.cursor, 5)
    assert page.gap
    assert page.older
    assert len(page.entries) == 25


async def test_comments(server: PracticeBlogger, opened: Any) -> None:
    post = server.add_post("A question to all")
    first = await opened.fetch(source("comments"), "", 10)
    server.add_comment(post, "Well <b>said</b> &amp; done", "Harbor")
    page = await opened.fetch(source("comments"), first.cursor, 10)
    assert [(e.text, e.author.name, e.reply_to) for e in page.entries] == [
        ("Well said & done", "Harbor", f"blogger:{server.blog.id}:{post.id}")
    ]
    shown = (await opened.fetch(source(), "", 50)).entries
    assert page.entries[0].reply_to in {entry.key for entry in shown}


async def test_drafts_and_planned_posts(opened: Any) -> None:
    await opened.publish(article("Not yet", status="draft"), key_of(opened))
    page = await opened.fetch(source("drafts"), "", 10)
    assert [entry.title for entry in page.entries] == ["Not yet"]
    assert page.entries[0].published is not None
    posts = await opened.fetch(source(), "", 50)
    assert "Not yet" not in {entry.title for entry in posts.entries}


@pytest.mark.parametrize("odd", [{}, {"id": 5, "author": 5, "images": [None, {"url": 3}], "labels": "x"}, {"id": "1"}])
def test_odd_rows_harm_nothing(odd: dict[str, Any]) -> None:
    for entry in (post_entry(odd, "A blog"), comment_entry(odd, "http://blog.example/")):
        assert (entry is None) == ("id" not in odd)


# publishing


async def test_an_article_with_labels(server: PracticeBlogger, opened: Any) -> None:
    part = article("With labels", "<p>Hello</p>", tags=("B2B", "b2b"), categories=("News, today",))
    receipt = await opened.publish(part, key_of(opened))
    post = server.titled("With labels")[0]
    assert post.content.startswith("<p>Hello</p>")
    assert set(post.labels) == {"News  today", "b2b"}
    assert receipt.permalink.endswith(f"{post.id}.html")
    shown = (await opened.fetch(source(), "", 1)).entries[0]
    assert shown.text == "Hello"  # the mark is for nobody's eyes


@pytest.mark.parametrize("strips", [False, True])
async def test_a_planned_article_is_a_draft_first(server: PracticeBlogger, opened: Any, strips: bool) -> None:
    server.strips_comments = strips
    later = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    part = article("Planned", status="future", publish_at=later)
    receipt = await opened.publish(part, key_of(opened))
    post = server.titled("Planned")[0]
    assert (post.status, post.published) == ("SCHEDULED", later)
    assert await opened.find(bare(part), key_of(opened)) == receipt


@pytest.mark.parametrize("strips", [False, True])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", ["posts$", "/publish$"])
async def test_a_planned_article_in_doubt_at_each_step(
    server: PracticeBlogger, opened: Any, strips: bool, when: str, step: str
) -> None:
    server.strips_comments = strips
    later = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    part, key = article("Planned", status="future", publish_at=later), key_of(opened)
    server.faults.add(Fault("close", match=step, method="POST", when=when))
    with pytest.raises(OutcomeUnknown):
        await opened.publish(part, key)
    if await opened.find(bare(part), key) is None:
        await opened.publish(part, key)
    assert [(post.status, post.published) for post in server.titled("Planned")] == [("SCHEDULED", later)]


async def test_a_planned_article_goes_on_after_a_restart(server: PracticeBlogger, opened: Any, http: Http) -> None:
    later = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    part, key = article("Planned", status="future", publish_at=later), key_of(opened)
    server.faults.add(Fault("429", match="/publish$"))
    with pytest.raises(RateLimited):
        await opened.publish(part, key)
    again = open_account(server, make_http())
    await again.publish(part, key)
    await again._http.aclose()
    assert [post.status for post in server.titled("Planned")] == ["SCHEDULED"]


async def test_a_mark_that_blogger_drops_is_made_up_for_by_the_title(server: PracticeBlogger, opened: Any) -> None:
    server.strips_comments = True
    part = article("Dropped")
    server.faults.add(Fault("close", match=POSTS, method="POST", when="after"))
    with pytest.raises(OutcomeUnknown):
        await opened.publish(part, key_of(opened))
    assert await opened.find(bare(part), key_of(opened)) is not None


async def test_an_older_article_of_the_same_title_is_another(server: PracticeBlogger, opened: Any) -> None:
    post = server.add_post("Monthly news")
    post.published = post.updated = post.updated - timedelta(days=30)
    assert await opened.find(article("Monthly news"), key_of(opened)) is None
    await opened.publish(article("Monthly news"), key_of(opened))
    assert len(server.titled("Monthly news")) == 2


async def test_a_time_that_has_passed_means_now(server: PracticeBlogger, opened: Any) -> None:
    before = datetime.now(UTC) - timedelta(minutes=1)
    await opened.publish(article("Late", status="future", publish_at=before), key_of(opened))
    assert server.titled("Late")[0].status == "LIVE"


def planned(title: str = "Planned") -> Segment:
    later = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    return article(title, status="future", publish_at=later)


@pytest.mark.parametrize("said", ["SCHEDULED", "LIVE", None])
async def test_a_time_ahead_waits_whatever_blogger_calls_it(
    server: PracticeBlogger, opened: Any, monkeypatch: pytest.MonkeyPatch, said: str | None
) -> None:
    told = server._json
    monkeypatch.setattr(server, "_json", lambda post, **more: {**told(post, **more), "status": said})
    part = planned()
    assert part.article is not None
    receipt = await opened.publish(part, key_of(opened))
    assert receipt.publish_at == part.article.publish_at
    assert await opened.scheduled(receipt) is None


async def test_published_by_hand_it_has_the_readers_address(server: PracticeBlogger, opened: Any) -> None:
    receipt = await opened.publish(planned(), key_of(opened))
    [post] = server.titled("Planned")
    post.status, post.published = "LIVE", datetime.now(UTC)
    out = await opened.scheduled(receipt)
    assert out.permalink.endswith(f"{post.id}.html")
    assert (out.remote_id, out.publish_at) == (receipt.remote_id, None)


async def test_moved_at_blogger_it_has_the_new_time(server: PracticeBlogger, opened: Any) -> None:
    receipt = await opened.publish(planned(), key_of(opened))
    server.titled("Planned")[0].published += timedelta(days=1)
    assert (await opened.scheduled(receipt)).publish_at == receipt.publish_at + timedelta(days=1)


@pytest.mark.parametrize("status", ["DRAFT", "SOFT_TRASHED"])
async def test_taken_back_at_blogger_it_is_gone_and_stays_theirs(
    server: PracticeBlogger, opened: Any, status: str
) -> None:
    receipt = await opened.publish(planned(), key_of(opened))
    post = server.state.posts[receipt.remote_id]
    post.status, post.published = status, None
    with pytest.raises(Rejected) as caught:
        await opened.scheduled(receipt)
    assert caught.value.reason == "not_found"
    await opened.unschedule(receipt)
    assert server.state.posts[receipt.remote_id].status == status


async def test_taken_back_from_here_it_lies_in_the_trash(server: PracticeBlogger, opened: Any) -> None:
    receipt = await opened.publish(planned(), key_of(opened))
    await opened.unschedule(receipt)
    assert server.state.posts[receipt.remote_id].status == "SOFT_TRASHED"


async def test_what_blogger_does_not_take(opened: Any) -> None:
    with pytest.raises(Rejected) as caught:
        await opened.upload(MediaFile("b", "image/png", b"x"))
    assert caught.value.reason == "no_media_endpoint"
    with pytest.raises(Rejected) as caught:
        await opened.publish(Segment("Only words"), key_of(opened))
    assert caught.value.reason == "not_supported"
    with pytest.raises(Rejected) as caught:
        await opened.publish(article(" "), key_of(opened))
    assert caught.value.reason == "empty"


@pytest.mark.parametrize(
    ("refused", "kind", "reason"),
    [
        (Refused(403, "PERMISSION_DENIED", "x", "rateLimitExceeded"), RateLimited, "rate_limited"),
        (Refused(403, "PERMISSION_DENIED", "x", "userRateLimitExceeded"), RateLimited, "rate_limited"),
        (Refused(403, "PERMISSION_DENIED", "x", "dailyLimitExceeded"), RateLimited, "rate_limited"),
        (Refused(403, "PERMISSION_DENIED", "x", "quotaExceeded"), RateLimited, "rate_limited"),
        (Refused(403, "PERMISSION_DENIED", "x", "forbidden"), Rejected, "missing_permission"),
        (Refused(403, "PERMISSION_DENIED", "x", "", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"), Rejected, "missing_permission"),
        (Refused(403, "PERMISSION_DENIED", "x", "accessNotConfigured"), Rejected, "app_not_allowed"),
        (Refused(403, "PERMISSION_DENIED", "x", "forbidden", "SERVICE_DISABLED"), Rejected, "app_not_allowed"),
        (Refused(400, "INVALID_ARGUMENT", "x", "invalid"), Rejected, "invalid"),
        (Refused(404, "NOT_FOUND", "x", "notFound"), Rejected, "not_found"),
        (Refused(429, "RESOURCE_EXHAUSTED", "x", "", "RATE_LIMIT_EXCEEDED"), RateLimited, "rate_limited"),
        (Refused(401, "UNAUTHENTICATED", "x", "authError"), AuthExpired, "sign_in_again"),
    ],
    ids=lambda value: getattr(value, "__name__", None) or (value if isinstance(value, str) else ""),
)
async def test_every_refusal_has_a_reason_and_a_sentence(
    server: PracticeBlogger, opened: Any, refused: Refused, kind: type[NetworkError], reason: str
) -> None:
    server.refuses = refused
    with pytest.raises(NetworkError) as caught:
        await opened.fetch(source(), "", 5)
    assert (type(caught.value), caught.value.reason) == (kind, reason)
    assert words.sentence(reason) != words.sentence("no such reason")


# signing in


@pytest.fixture
def visitor(server: PracticeBlogger, http: Http) -> Any:
    return Blogger(Account(0, "blogger", "", "", server.url), NOTHING, http)


def answers(app: App, **more: str) -> dict[str, str]:
    return {"client_id": app.client_id, "client_secret": app.secret, **more}


async def came_back(step: Any) -> str:
    async with aiohttp.ClientSession() as browser, browser.get(step.url, allow_redirects=False) as page:
        assert page.status == 302, await page.text()
        query = parse_qs(urlsplit(page.headers["Location"]).query)
    assert query["state"] == [step.state]
    return query["code"][0]


async def signed_in(visitor: Any, given: dict[str, str]) -> SignedIn:
    step = await visitor.begin_sign_in(given, LISTENER)
    done: SignedIn = await visitor.finish_sign_in(step, await came_back(step))
    return done


def opened_as(done: SignedIn, http: Http) -> Any:
    who = done.identity
    account = Account(5, "blogger", who.name, who.handle, who.server, who.remote_id, "", who.facts)
    return Blogger(account, done.credential, http)


def test_the_real_addresses_and_scopes() -> None:
    assert server_of(Account(0, "blogger", "", "", "")) == "https://blogger.googleapis.com"
    form = Blogger.facts.sign_ins[0]
    assert isinstance(form, OAuthCode)
    assert [scope for scope, why in form.scopes if why] == [SCOPE]


async def test_signing_in_for_a_blog(server: PracticeBlogger, http: Http, visitor: Any) -> None:
    app = server.oauth.register()
    first = await signed_in(visitor, answers(app, blog=server.blog.id))
    assert (first.identity.remote_id, first.identity.name) == (server.blog.id, server.blog.name)
    second = await signed_in(visitor, answers(app, blog=f"https://www.{server.state.blogs[1].host}/2026/"))
    assert second.identity.remote_id == server.state.blogs[1].id
    assert await opened_as(second, http).whoami() == second.identity
    with pytest.raises(Rejected) as caught:
        await signed_in(visitor, answers(app, blog="https://somebody.blogspot.example"))
    assert caught.value.reason == "not_your_blog"


async def test_a_sign_in_that_opens_several_blogs(server: PracticeBlogger, tmp_path: Path) -> None:
    """Through the services: the person chooses, and removing one blog leaves the sign-in to the other."""
    worker = Worker()
    try:
        async with open_desk(tmp_path, worker, {"blogger": NETWORK}) as desk:
            accounts = desk.services.accounts
            given = {name: server.credentials[name] for name in ("server", "token", "refresh_token", "client_id")}
            given["client_secret"] = server.credentials["client_secret"]
            choice = await accounts.sign_in("blogger", given, form=1)
            assert isinstance(choice, AccountChoice)
            assert [name for _, name in choice.found] == [blog.name for blog in server.state.blogs]
            first, second = await accounts.choose(choice, [number for number, _ in choice.found])
            assert "The app stays connected there" in await accounts.leaving(first.id)
            assert "The app stays connected there" in await accounts.remove(first.id)
            assert second.handle in await accounts.test(second.id)
    finally:
        await worker.aclose()


async def test_one_blog_needs_no_choice(server: PracticeBlogger, visitor: Any, http: Http) -> None:
    del server.state.blogs[1]
    done = await signed_in(visitor, answers(server.oauth.register()))
    assert done.identity.remote_id == server.blog.id
    assert isinstance(opened_as(done, http), SignsOut)


async def test_a_wrong_secret_verifier_or_code(server: PracticeBlogger, visitor: Any) -> None:
    app = server.oauth.register()
    with pytest.raises(Rejected) as caught:
        await signed_in(visitor, answers(app) | {"client_secret": "wrong"})
    assert caught.value.reason == "app_not_allowed"
    step = await visitor.begin_sign_in(answers(app), LISTENER)
    with pytest.raises(Rejected) as caught:
        await visitor.finish_sign_in(replace(step, verifier="another" * 8), await came_back(step))
    assert caught.value.reason == "invalid"


async def test_renewing_and_signing_out(server: PracticeBlogger, http: Http, visitor: Any) -> None:
    done = await signed_in(visitor, answers(server.oauth.register(), blog=server.blog.id))
    server.oauth.tokens.clear()
    with pytest.raises(AuthExpired):
        await opened_as(done, http).whoami()
    fresh = await opened_as(done, http).renew()
    assert fresh.get("refresh_token") == done.credential.get("refresh_token")
    account = opened_as(replace(done, credential=fresh), http)
    assert await account.whoami() == done.identity
    await account.sign_out()
    for action in (account.whoami, account.renew):
        with pytest.raises(AuthExpired):
            await action()
    await account.sign_out()


async def test_pasted_tokens(server: PracticeBlogger, visitor: Any, http: Http) -> None:
    done = await visitor.sign_in({"token": server.credentials["token"], "blog": server.blog.id})
    assert done.identity.remote_id == server.blog.id
    with pytest.raises(AuthExpired):
        await opened_as(done, http).renew()
    for wrong in ("", "two words"):
        with pytest.raises(InputError):
            await visitor.sign_in({"token": wrong})


@pytest.mark.parametrize("given", [{"client_id": "a"}, {"client_id": "a b", "client_secret": "c"}])
async def test_what_cannot_be_an_app(visitor: Any, given: dict[str, str]) -> None:
    with pytest.raises(InputError):
        await visitor.begin_sign_in(given, LISTENER)


def test_blogs_as_people_name_them() -> None:
    assert blog_address("your-blog.blogspot.com/2026/01") == "your-blog.blogspot.com"
    assert blog_address("2399953") == "2399953"
    with pytest.raises(InputError):
        blog_address("my blog")


async def ask_who(network: Any) -> Any:
    return await network.whoami()


async def test_ten_calls_with_an_expired_token_renew_it_once(server: PracticeBlogger, tmp_path: Path) -> None:
    worker = Worker()
    try:
        async with open_desk(tmp_path, worker, {"blogger": Blogger}) as desk:
            names = ("server", "token", "refresh_token", "client_id", "client_secret")
            given = {name: server.credentials[name] for name in names}
            given["blog"] = server.blog.id
            account = await desk.services.accounts.sign_in("blogger", given, form=1)
            server.oauth.tokens.clear()
            calls = (desk.services.accounts.use(account.id, ask_who) for _ in range(10))
            assert {who.remote_id for who in await asyncio.gather(*calls)} == {server.blog.id}
            assert server.oauth.refreshed == 1
            assert desk.vault.get(account.id).get("refresh_token") in server.oauth.refresh_tokens
            server.oauth.tokens.clear()
            server.oauth.refresh_tokens.clear()
            with pytest.raises(AuthExpired):
                await desk.services.accounts.use(account.id, ask_who)
            assert (await desk.services.accounts.get(account.id)).needs_sign_in
    finally:
        await worker.aclose()
