"""WordPress by way of WordPress.com: the contract, signing in with an app, the sites that a token opens."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from socialdesk.content.worker import Worker
from socialdesk.core.account import NOTHING, Account, AccountChoice, Credential
from socialdesk.core.errors import AuthExpired, InputError, NetworkError, Rejected, Unreachable
from socialdesk.core.network import OAuthCode, SeveralFound, SignedIn
from socialdesk.core.post import MediaFile, Segment, Target
from socialdesk.core.source import Source
from socialdesk.http import Http
from socialdesk.networks.wordpress import NETWORK
from socialdesk.networks.wordpress.adapter import HostedWordPress, WordPress, open_account
from socialdesk.networks.wordpress.address import endpoint
from socialdesk.networks.wordpress.facts import HOSTED_API, PORT, REDIRECT
from socialdesk.networks.wordpress.hosted import site_of
from socialdesk.practice.server import Fault
from socialdesk.practice.wordpress_com import USER, PracticeWordPressCom
from socialdesk.practice.world import World, picture
from tests.networks.contract import NetworkContract, make_http
from tests.networks.test_wordpress import TestWordPressContract as OwnSite
from tests.networks.test_wordpress import account_of, article
from tests.services.conftest import open_desk

POSTS = r"^/wp/v2/sites/101/posts$"
VISITOR = Account(0, "wordpress", "", "", "")


def opened_at(server: PracticeWordPressCom, http: Http, token: str = "") -> Any:
    facts = {"road": "hosted", "root": f"{server.url}/wp/v2/sites/101", "blog": "101", "user": str(USER)}
    account = Account(
        1, "wordpress", "Northwind", "northwind", server.url, f"101:{USER}", facts=facts | {"moderates": "1"}
    )
    secrets = {"access_token": token or server.credentials["token"]}
    more = {name: server.credentials[name] for name in ("refresh_token", "client_id", "client_secret")}
    return HostedWordPress(account, Credential(secrets | {name: value for name, value in more.items() if value}), http)


class TestWordPressComContract(NetworkContract):
    network = HostedWordPress
    read_path = POSTS
    publish_path = POSTS
    renew_path = "^/oauth2/token$"
    threads = False

    def make_server(self) -> PracticeWordPressCom:
        return PracticeWordPressCom(World.load(), renewable=True)

    async def open(self, server: Any, http: Http) -> Any:
        return opened_at(server, http)

    async def open_with_bad_credential(self, server: Any, http: Http) -> Any:
        return opened_at(server, http, "not-a-token")

    async def spent(self, server: Any, http: Http) -> tuple[Account, Credential]:
        opened = opened_at(server, http)
        server.tokens.clear()
        return opened.account, opened._credential

    def secrets(self, server: Any) -> tuple[str, ...]:
        return tuple(server.credentials[name] for name in ("token", "refresh_token", "client_secret"))

    def source(self, server: Any) -> Source:
        return Source(1, "wordpress", "posts", 1)

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
async def server() -> AsyncIterator[PracticeWordPressCom]:
    async with PracticeWordPressCom(World.load()) as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    http = make_http()
    yield http
    await http.aclose()


@pytest.fixture
def opened(server: PracticeWordPressCom, http: Http) -> Any:
    return opened_at(server, http)


@pytest.fixture
def visitor(server: PracticeWordPressCom, http: Http) -> Any:
    return WordPress(replace(VISITOR, server=server.url), NOTHING, http)


def answers(server: PracticeWordPressCom, **more: str) -> dict[str, str]:
    return {name: server.credentials[name] for name in ("client_id", "client_secret")} | more


async def came_back(step: Any) -> str:
    async with aiohttp.ClientSession() as browser, browser.get(step.url, allow_redirects=False) as page:
        assert page.status == 302, await page.text()
        location = page.headers["Location"]
    assert location.startswith(f"{REDIRECT}?")
    query = parse_qs(urlsplit(location).query)
    assert query["state"] == [step.state]
    return query["code"][0]


async def signed_in(visitor: Any, given: dict[str, str]) -> Any:
    step = await visitor.begin_sign_in(given, REDIRECT)
    return await visitor.finish_sign_in(step, await came_back(step))


# signing in


def test_the_real_addresses() -> None:
    form = next(way for way in WordPress.facts.sign_ins if isinstance(way, OAuthCode))
    assert form.port == PORT == urlsplit(REDIRECT).port
    assert any(step.copy == REDIRECT for step in form.steps)
    root = f"{HOSTED_API}/wp/v2/sites/42"
    assert endpoint(root, "wp/v2/posts", [("slug", "a")]) == (f"{root}/posts", [("slug", "a")])


async def test_the_real_place_is_where_a_browser_is_sent(http: Http) -> None:
    step = await WordPress(VISITOR, NOTHING, http).begin_sign_in({"client_id": "1", "client_secret": "s"}, REDIRECT)
    assert step.url.startswith("https://public-api.wordpress.com/oauth2/authorize?")
    asked = parse_qs(urlsplit(step.url).query)
    assert (asked["scope"], asked["redirect_uri"], asked["code_challenge_method"]) == (["global"], [REDIRECT], ["S256"])
    assert "s" not in asked


async def test_a_token_for_everything_opens_each_site(server: PracticeWordPressCom, visitor: Any) -> None:
    server.add_site(103, "Only read", "https://other.example", writable=False)
    found = await signed_in(visitor, answers(server))
    assert isinstance(found, SeveralFound)
    first, second = found.found
    assert (first.identity.remote_id, first.identity.facts["user"]) == (f"101:{USER}", str(USER))
    assert (second.identity.name, second.identity.handle) == ("Northwind Field Notes", "fieldnotes.example")
    assert second.identity.facts["user"] == "1"  # the joined site's own number of the person
    assert second.identity.server == "https://fieldnotes.example"


@pytest.mark.parametrize("typed", ["fieldnotes.example", "https://www.fieldnotes.example/2026/", "102"])
async def test_one_site_that_is_named(server: PracticeWordPressCom, visitor: Any, http: Http, typed: str) -> None:
    done = await signed_in(visitor, answers(server, site=typed))
    assert isinstance(done, SignedIn)
    assert [grant.blog for grant in server.tokens.values()][-1] == 102  # the token opens nothing else
    opened = open_account(account_of(done), done.credential, http)
    key = opened.new_key(1, 1)
    receipt = await opened.publish(article("From afar"), key)
    assert await opened.find(article("From afar"), key) == receipt
    assert [post.title for post in server.sites[102].api.state.posts.values()] == ["From afar"]
    assert (await opened.whoami()).remote_id == done.identity.remote_id


async def test_a_site_of_somebody_else(server: PracticeWordPressCom, visitor: Any) -> None:
    step = await visitor.begin_sign_in(answers(server), REDIRECT)
    step = replace(step, keep={**step.keep, "site": "elsewhere.example"})
    with pytest.raises(Rejected) as caught:
        await visitor.finish_sign_in(step, await came_back(step))
    assert caught.value.reason == "not_your_blog"


async def test_nobody_has_a_site(server: PracticeWordPressCom, visitor: Any) -> None:
    server.sites.clear()
    with pytest.raises(Rejected) as caught:
        await signed_in(visitor, answers(server))
    assert caught.value.reason == "not_your_blog"


async def test_a_joined_site_that_does_not_answer_is_found_all_the_same(
    server: PracticeWordPressCom, visitor: Any
) -> None:
    server.faults.add(Fault("500", match="/wp/v2/sites/102/users/me"))
    found = await signed_in(visitor, answers(server))
    assert [one.identity.facts["user"] for one in found.found] == [str(USER), ""]


async def test_without_a_number_of_its_own_a_post_is_still_found(server: PracticeWordPressCom, http: Http) -> None:
    opened = opened_at(server, http)
    account = replace(opened.account, facts={**opened.account.facts, "user": ""})
    opened = open_account(account, opened._credential, http)
    key = opened.new_key(1, 1)
    receipt = await opened.publish(article("A long title, shortened"), key)
    server.state.posts[int(receipt.remote_id)].slug = "changed-by-hand"
    assert (await opened.find(article("A long title, shortened"), key)).remote_id == receipt.remote_id
    (comment, *_) = (await opened.fetch(Source(1, "wordpress", "comments", 1), "", 10)).entries
    answer = Segment("Thanks", reply_to=Target(comment.remote_id, comment.refs))
    with pytest.raises(NetworkError):
        await opened.find(answer, key)  # it cannot tell which comments are the person's


async def test_a_wrong_secret(server: PracticeWordPressCom, visitor: Any) -> None:
    with pytest.raises(Rejected) as caught:
        await signed_in(visitor, answers(server, client_secret="not-it"))
    assert caught.value.reason == "app_not_allowed"


async def test_a_code_works_once(server: PracticeWordPressCom, visitor: Any) -> None:
    step = await visitor.begin_sign_in(answers(server, site="101"), REDIRECT)
    code = await came_back(step)
    await visitor.finish_sign_in(step, code)
    with pytest.raises(Rejected) as caught:
        await visitor.finish_sign_in(step, code)
    assert caught.value.reason == "invalid"


@pytest.mark.parametrize("kind", ["close", "500", "html", "truncated"])
async def test_trouble_while_signing_in(server: PracticeWordPressCom, visitor: Any, kind: str) -> None:
    step = await visitor.begin_sign_in(answers(server), REDIRECT)
    code = await came_back(step)
    server.faults.add(Fault(kind, match="/oauth2/token"))
    with pytest.raises((Unreachable, Rejected)):
        await visitor.finish_sign_in(step, code)


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": ""},
        {"client_secret": ""},
        {"client_id": "a b"},
        {"client_id": "https://x.example"},
        {"site": "a b/["},
    ],
)
async def test_what_cannot_be_right_is_said_before_the_browser_opens(visitor: Any, wrong: dict[str, str]) -> None:
    with pytest.raises(InputError):
        await visitor.begin_sign_in({"client_id": "1", "client_secret": "s", **wrong}, REDIRECT)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("", ""), ("42", "42"), ("a.example", "a.example"), ("https://www.A.example/x?y", "a.example")],
)
def test_the_site_that_is_meant(typed: str, meant: str) -> None:
    assert site_of(typed) == meant


async def test_the_person_chooses_among_the_sites(server: PracticeWordPressCom, tmp_path: Path) -> None:
    """Through the services: one token, two accounts, each of its own site."""
    worker = Worker()
    try:
        async with open_desk(tmp_path, worker, {"wordpress": NETWORK}) as desk:
            accounts = desk.services.accounts
            found = await signed_in(accounts.anonymous("wordpress", server.url), answers(server))
            choice = await accounts.keep_found("wordpress", found)
            assert isinstance(choice, AccountChoice)
            assert [name for _, name in choice.found] == ["Northwind Pumps, northwind.example", "Northwind Field Notes"]
            [kept] = await accounts.choose(choice, [choice.found[1][0]])
            assert kept.handle == "fieldnotes.example"
            assert [account.id for account in await accounts.list()] == [kept.id]
            said = await accounts.remove(kept.id)
            assert "The app stays connected there until you remove it" in said
    finally:
        await worker.aclose()


# tokens


async def test_a_token_that_ends_says_when(visitor: Any, server: PracticeWordPressCom, http: Http) -> None:
    done = await signed_in(visitor, answers(server, site="101"))
    assert open_account(account_of(done), done.credential, http).sign_in_ends() is None
    given = replace(done, credential=Credential({**done.credential.secrets, "sign_in_ends": "1800000000"}))
    assert open_account(account_of(given), given.credential, http).sign_in_ends() == datetime.fromtimestamp(1.8e9, UTC)


async def test_a_token_that_cannot_be_renewed_asks_the_person(server: PracticeWordPressCom, opened: Any) -> None:
    with pytest.raises(AuthExpired):
        await opened.renew()


# what an account does there, once through everything


async def test_drafts_plans_pictures_and_comments(server: PracticeWordPressCom, opened: Any) -> None:
    seen = await opened.upload(MediaFile("a" * 64, "image/png", picture("x", 64, 36), "A shelf", 64, 36, "shelf.png"))
    assert server.state.media[int(seen.ref)].alt == "A shelf"
    later = datetime.now(UTC).replace(microsecond=0, year=2031)
    await opened.publish(article("Planned", status="future", publish_at=later, featured=seen), opened.new_key(1, 1))
    await opened.publish(article("Half done", status="draft", tags=("B2B",)), opened.new_key(2, 1))
    drafts = (await opened.fetch(Source(1, "wordpress", "drafts", 1), "", 10)).entries
    assert {entry.title: entry.refs["status"] for entry in drafts} == {"Planned": "future", "Half done": "draft"}
    (comment, *_) = (await opened.fetch(Source(1, "wordpress", "comments", 1), "", 10)).entries
    answer = Segment("Thank you", reply_to=Target(comment.remote_id, comment.refs))
    receipt = await opened.publish(answer, opened.new_key(3, 1))
    assert await opened.find(answer, opened.new_key(3, 1)) == receipt
    again = await opened.fetch(Source(1, "wordpress", "comments", 1), "", 50)
    assert "Thank you" not in [entry.text for entry in again.entries]


@pytest.mark.parametrize(
    ("status", "body", "kind", "reason"),
    [
        (400, {"error": "invalid_token", "message": "x"}, AuthExpired, "sign_in_again"),
        (401, {"code": "oauth2_invalid_token", "message": "x"}, AuthExpired, "sign_in_again"),
        (403, {"error": "authorization_required", "message": "x"}, AuthExpired, "sign_in_again"),
        (403, {"error": "unauthorized", "message": "x"}, Rejected, "missing_permission"),
        (404, {"error": "unknown_blog", "message": "x"}, Rejected, "not_found"),
        (500, {"error": "oops"}, Unreachable, "server_error"),
    ],
)
async def test_its_own_refusals(
    server: PracticeWordPressCom,
    opened: Any,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    body: Any,
    kind: type[NetworkError],
    reason: str,
) -> None:
    async def refuse(*_: object) -> Any:
        return aiohttp.web.json_response(body, status=status)

    monkeypatch.setattr(server, "_answer", refuse)
    with pytest.raises(kind) as caught:
        await opened.fetch(Source(1, "wordpress", "posts", 1), "", 5)
    assert caught.value.reason == reason
