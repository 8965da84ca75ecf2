"""What the Mastodon adapter reads of a person's own wishes: filters, followed hashtags; quotes, and posts for few."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from socialdesk.core.errors import AuthExpired, RateLimited, Rejected, Unreachable
from socialdesk.core.post import Target
from socialdesk.http import Http
from socialdesk.practice.mastodon import PracticeMastodon
from socialdesk.practice.server import Fault
from tests.networks.contract import make_http
from tests.networks.mastodon_judge import judged, load_contract, open_account, segment, source
from tests.openapi import OpenApi

FOLLOWED = source("followed_tags")


@pytest.fixture(scope="module")
def contract() -> OpenApi | None:
    return load_contract()


@pytest.fixture
async def server(contract: OpenApi | None) -> AsyncIterator[PracticeMastodon]:
    async with judged(contract) as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    http = make_http()
    yield http
    await http.aclose()


@pytest.fixture
def opened(server: PracticeMastodon, http: Http) -> Any:
    return open_account(server, http)


def follow(server: PracticeMastodon, *names: str) -> None:
    for name in names:
        mine = server.following.tags.setdefault(server.me.id, {})
        mine[name] = server.state.new_id(server.now())


def texts(page: Any) -> list[str]:
    return [entry.text for entry in page.entries]


# filters


@pytest.mark.parametrize(
    ("kind", "params", "context"),
    [
        ("home", {}, "home"),
        ("list", {"list": "1"}, "home"),
        ("local", {}, "public"),
        ("hashtag", {"tag": "zeppelin"}, "public"),
        ("search", {"query": "zeppelin"}, "public"),
        ("account", {"account": "@harbor"}, "account"),
        ("notifications", {}, "notifications"),
    ],
)
async def test_a_filter_holds_where_the_person_wants_it(
    server: PracticeMastodon, opened: Any, kind: str, params: dict[str, str], context: str
) -> None:
    column = source(kind, **params)
    server.state.lists["1"].members.add(server.person("harbor").id)
    server.add_post("@northwind a #zeppelin over the harbour")
    shown = [e for e in (await opened.fetch(column, "", 40)).entries if "#zeppelin" in e.text]
    assert [entry.filtered for entry in shown] == [""]
    server.following.add_filter(server.me.id, "Airships", (context,), "warn", [("zeppelin", True)])
    covered = [e for e in (await opened.fetch(column, "", 40)).entries if "#zeppelin" in e.text]
    assert [entry.filtered for entry in covered] == ["Airships"]
    server.following.add_filter(server.me.id, "No airships", (context,), "hide", [("zeppelin", True)])
    assert [e for e in (await opened.fetch(column, "", 40)).entries if "#zeppelin" in e.text] == []
    for one in server.following.filters.values():
        one.contexts = ("thread",)
    other = [e for e in (await opened.fetch(column, "", 40)).entries if "#zeppelin" in e.text]
    assert [entry.filtered for entry in other] == [""]


async def test_a_hidden_post_does_not_stop_the_walk(server: PracticeMastodon, opened: Any) -> None:
    first = await opened.fetch(source("home"), "", 10)
    server.following.add_filter(server.me.id, "No airships", ("home",), "hide", [("zeppelin", False)])
    for number in range(90):
        server.add_post(f"Zeppelin {number}")
    server.add_post("A ship")
    page = await opened.fetch(source("home"), first.cursor, 10)
    assert texts(page) == ["A ship"]
    assert (await opened.fetch(source("home"), page.cursor, 10)).unchanged


async def test_a_conversation_obeys_the_filters_for_conversations(server: PracticeMastodon, opened: Any) -> None:
    question = server.add_post("A question")
    server.add_post("A zeppelin?", by="meridian", reply_to=question.id)
    server.following.add_filter(server.me.id, "No airships", ("thread",), "hide", [("zeppelin", False)])
    page = await opened.thread(question.id, {"server": server.url, "id": question.id})
    assert texts(page) == ["A question"]


# followed hashtags


async def test_one_column_over_all_followed_hashtags(server: PracticeMastodon, opened: Any) -> None:
    follow(server, "airships", "harbours", "kites", "balloons", "gliders")
    for text in ("One #airships", "Two #kites and #harbours", "No hashtag", "Three #gliders"):
        server.add_post(text)
    page = await opened.fetch(FOLLOWED, "", 40)
    assert texts(page) == ["Three #gliders", "Two #kites and #harbours", "One #airships"]
    assert len(server.requests("/timelines/tag/")) == 2
    again = await opened.fetch(FOLLOWED, page.cursor, 40)
    assert again.unchanged
    server.add_post("Four #balloons")
    assert texts(await opened.fetch(FOLLOWED, again.cursor, 40)) == ["Four #balloons"]


async def test_nothing_is_lost_when_hashtags_come_and_go(server: PracticeMastodon, opened: Any) -> None:
    follow(server, "airships", "kites")
    server.add_post("One #airships")
    page = await opened.fetch(FOLLOWED, "", 40)
    server.add_post("Two #balloons")
    server.add_post("Three #airships")
    follow(server, "balloons")
    page = await opened.fetch(FOLLOWED, page.cursor, 40)
    assert set(texts(page)) == {"Two #balloons", "Three #airships"}
    del server.following.tags[server.me.id]["airships"]
    server.add_post("Four #airships")
    server.add_post("Five #balloons")
    page = await opened.fetch(FOLLOWED, page.cursor, 40)
    assert texts(page) == ["Five #balloons"]
    server.following.tags[server.me.id].clear()
    none = await opened.fetch(FOLLOWED, page.cursor, 40)
    assert (none.entries, none.unchanged) == ((), True)


async def test_followed_hashtags_go_back(server: PracticeMastodon, opened: Any) -> None:
    follow(server, "airships", "b", "c", "d", "kites")
    for number in range(30):
        server.add_post(f"Number {number} #{('airships', 'kites')[number % 2]}", minutes_ago=30 - number)
    page = await opened.fetch(FOLLOWED, "", 10)
    seen = texts(page)
    while page.older:
        page = await opened.fetch_older(FOLLOWED, page.older, 10)
        assert page.entries or not page.older
        seen += texts(page)
    assert sorted(seen) == sorted(f"Number {n} #{('airships', 'kites')[n % 2]}" for n in range(30))


async def test_many_followed_hashtags(server: PracticeMastodon, opened: Any) -> None:
    follow(server, *(f"tag{number}" for number in range(150)))
    server.add_post("The latest #tag149")
    assert texts(await opened.fetch(FOLLOWED, "", 40)) == ["The latest #tag149"]
    assert len(server.requests("/timelines/tag/")) == 10


async def test_an_account_that_signed_in_before_is_told_to_sign_in_again(
    server: PracticeMastodon, http: Http, opened: Any
) -> None:
    """Only where the new column is used: everything else goes on."""
    older = frozenset({"read:statuses", "read:accounts"})
    token = server.oauth.give_token(server.me.id, "an-older-token", older)
    before = open_account(server, http, token=token)
    assert (await before.fetch(source("home"), "", 5)).entries
    with pytest.raises(Rejected) as caught:
        await before.fetch(FOLLOWED, "", 5)
    assert caught.value.reason == "missing_permission"


@pytest.mark.parametrize(
    ("fault", "error", "reason"),
    [
        (Fault("404", match="followed_tags"), Rejected, "not_supported"),
        (Fault("401", match="followed_tags"), AuthExpired, "sign_in_again"),
        (Fault("html", match="followed_tags"), Unreachable, "not_json"),
        (Fault("429", match="timelines/tag"), RateLimited, "rate_limited"),
        (Fault("reset", match="timelines/tag"), Unreachable, "interrupted"),
    ],
    ids=str,
)
async def test_followed_hashtags_in_trouble(
    server: PracticeMastodon, opened: Any, fault: Fault, error: type[Exception], reason: str
) -> None:
    follow(server, "airships")
    server.faults.add(fault)
    with pytest.raises(error) as caught:
        await opened.fetch(FOLLOWED, "", 5)
    assert getattr(caught.value, "reason", "") == reason


async def test_damaged_places_start_again(server: PracticeMastodon, opened: Any) -> None:
    follow(server, "airships")
    server.add_post("One #airships")
    for cursor in ("[]", "{", '{"airships": 5}'):
        assert texts(await opened.fetch(FOLLOWED, cursor, 5)) == ["One #airships"]
    assert (await opened.fetch_older(FOLLOWED, "{", 5)).entries == ()


# quotes


async def test_a_quote_in_each_of_its_states(server: PracticeMastodon, opened: Any) -> None:
    quoted = server.add_post("To be quoted")
    receipt = await opened.publish(segment("Mine", quote=Target(quoted.id, {"server": server.url})), "k")
    made = server.state.status(receipt.remote_id)

    async def shown() -> str:
        (entry,) = (await opened.thread(receipt.remote_id, receipt.refs)).entries
        return entry.quoted.text if entry.quoted else ""

    assert await shown() == "To be quoted"
    made.quote_state = "pending"
    assert await shown() == "Waits for the agreement of its author."
    made.quote_state = "revoked"
    assert await shown() == "Its author has taken back the agreement to be quoted."
    made.quote_state = "accepted"
    server.state.remove(quoted.id)
    assert await shown() == "The quoted post is deleted."
