"""The X adapter against the practice server: the inherited contract, and columns."""

import json
import pickle
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from socialdesk.core.account import Account, Credential
from socialdesk.core.costs import PartToSend, column_day, post_cost
from socialdesk.core.entry import EntryKind
from socialdesk.core.errors import NetworkError, Rejected
from socialdesk.core.post import Segment
from socialdesk.core.source import Source
from socialdesk.http import Http
from socialdesk.networks.x.adapter import X as NETWORK
from socialdesk.networks.x.counting import has_link
from socialdesk.practice.server import Fault
from tests.networks.contract import Later, NetworkContract, no_sleep
from tests.networks.x_judge import DOCUMENTS, WORLD, Judge, RecordingX, XDocument, judged, load_judge


def open_account(server: RecordingX, http: Http, token: str = "", **options: Any) -> Any:
    facts = options.pop("facts", {})
    account = Account(1, "x", server.me.name, server.me.username, server.url, server.me.id, facts=facts)
    return NETWORK(account, Credential({"access_token": token or server.credentials["token"]}), http, **options)


def source(kind: str, **params: str) -> Source:
    return Source(1, "x", kind, 1, params)


@pytest.fixture(scope="module")
def judge() -> Judge | None:
    return load_judge()


class TestXContract(NetworkContract):
    network = NETWORK
    read_path = "/timelines/reverse_chronological$"
    publish_path = "^/2/tweets$"
    renew_path = "^/2/oauth2/token$"

    def make_server(self) -> RecordingX:
        return RecordingX(WORLD, {})

    @pytest.fixture
    async def server(self, judge: Judge | None) -> AsyncIterator[RecordingX]:
        """Every request of the suite is judged by X's documents, too."""
        async with self.make_server() as running:
            yield running
            if judge is not None:
                judge.judge(running)

    async def open(self, server: Any, http: Http) -> Any:
        return open_account(server, http, now=Later(), sleep=no_sleep)

    async def spent(self, server: Any, http: Http) -> tuple[Account, Credential]:
        names = ("token", "refresh_token", "client_id")
        done = await open_account(server, http).sign_in({name: server.credentials[name] for name in names})
        server.oauth.expire()
        return open_account(server, http).account, done.credential

    async def open_with_bad_credential(self, server: Any, http: Http) -> Any:
        return open_account(server, http, token="not-a-token-of-this-server")

    def secrets(self, server: Any) -> tuple[str, ...]:
        return (server.credentials["token"],)

    def source(self, server: Any) -> Source:
        return source("home")

    def add_post(self, server: Any, text: str) -> None:
        server.add_post(text)

    def segment(self, server: Any, text: str) -> Segment:
        return Segment(text=text, created=datetime.now(UTC))

    def times_posted(self, server: Any, text: str) -> int:
        return sum(post.text == text for post in server.state.posts.values())


@pytest.fixture
async def server(judge: Judge | None) -> AsyncIterator[RecordingX]:
    async for running in judged(judge):
        yield running


@pytest.fixture
def opened(server: RecordingX, http: Http) -> Any:
    return open_account(server, http)


def test_the_documents_judge_all_tests_here() -> None:
    for name in DOCUMENTS.values():
        assert XDocument(name).operation("POST", "/2/tweets")


# what crosses the process boundary


def test_facts_and_rules_can_be_pickled() -> None:
    facts = NETWORK.facts
    assert pickle.loads(pickle.dumps(facts)) == facts


async def test_rules_can_be_pickled_and_count_the_same(opened: Any) -> None:
    rules = await opened.post_rules()
    again = pickle.loads(pickle.dumps(rules))
    assert again == rules
    assert again.weigh("Read https://example.com/a/very/long/address/that/is/shortened now 故人") == 37
    assert again.has_link("see example.com")
    assert not again.has_link("see you")


def test_counting_loads_neither_the_wire_nor_the_adapter() -> None:
    """The window's process counts: it must not wait for what only the engine needs."""
    script = (
        "import sys, socialdesk.networks.x.rules, socialdesk.networks.x.facts\n"
        "print([m for m in sys.modules if m in ('asyncio', 'aiohttp', 'httpx', 'regex', 'socialdesk.http')"
        " or m.endswith('x.adapter')])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_the_plan_decides_which_actions_an_account_has() -> None:
    plain = Account(1, "x", "n", "n", "https://api.x.com")
    assert NETWORK.facts.actions_of(plain) == ("reshare", "reply", "bookmark")
    allowed = replace(plain, facts={"allows": "like"})
    assert NETWORK.facts.actions_of(allowed) == ("reshare", "reply", "bookmark", "like")


def test_a_link_makes_a_post_dear() -> None:
    sent = [PartToSend(has_link=has_link("Read example.com")), PartToSend(alt_texts=1)]
    cost = post_cost(NETWORK.facts.prices, sent)
    assert cost is not None
    assert (cost.total, cost.currency) == (Decimal("0.220"), "USD")
    assert cost.as_of is not None


def test_every_kind_of_column_has_a_price() -> None:
    for kind in NETWORK.facts.sources:
        cost = column_day(NETWORK.facts.prices, kind.kind, kind.interval_s, 100)
        assert cost is not None
        assert 0 < cost.usual <= cost.at_most


# columns


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("home", {}),
        ("list", {"list": "84839422"}),
        ("list", {"list": "https://x.com/i/lists/84839423"}),
        ("hashtag", {"tag": "#B2B, marketing"}),
        ("account", {"account": "@harbor"}),
        ("account", {"account": "https://x.com/meridianops/status/1"}),
        ("search", {"query": "b2b"}),
    ],
)
async def test_every_column_reads_and_goes_back(opened: Any, kind: str, params: dict[str, str]) -> None:
    column = source(kind, **params)
    first = await opened.fetch(column, "", 5)
    assert 0 < len(first.entries) <= 5
    older = await opened.fetch_older(column, first.older, 5)
    assert older.entries
    assert not {e.key for e in older.entries} & {e.key for e in first.entries if not is_repost(e)}
    again = await opened.fetch(column, first.cursor, 5)
    assert again.unchanged
    assert again.cursor == first.cursor


def is_repost(entry: Any) -> bool:
    return entry.reason is not None and entry.reason.kind == "reshare"


async def test_older_ends(opened: Any) -> None:
    column, seen = source("account", account="@harbor"), 0
    page = await opened.fetch(column, "", 5)
    while page.older:
        seen += len(page.entries)
        page = await opened.fetch_older(column, page.older, 5)
    assert seen >= 5


async def test_search_going_back_ends_after_seven_days(server: RecordingX, opened: Any) -> None:
    for number in range(30):
        server.add_post(f"zeppelin {number}", minutes_ago=60 * number * 10)
    column = source("search", query="zeppelin")
    page = await opened.fetch(column, "", 10)
    texts = [e.text for e in page.entries]
    while page.older:
        page = await opened.fetch_older(column, page.older, 10)
        texts += [e.text for e in page.entries]
    assert texts == [f"zeppelin {number}" for number in range(17)]
    too_old = server.state.new_id(server.now() - timedelta(days=9))
    assert (await opened.fetch_older(column, too_old, 10)).entries == ()


async def test_what_is_new_is_all_that_is_asked_for(server: RecordingX, opened: Any) -> None:
    first = await opened.fetch(source("home"), "", 10)
    server.add_post("One more")
    server.sent.clear()
    page = await opened.fetch(source("home"), first.cursor, 10)
    assert [entry.text for entry in page.entries] == ["One more"]
    (asked,) = server.sent
    assert asked.query["since_id"] == json.loads(first.cursor)["newest"]


async def test_what_was_read_is_what_x_gave_and_bills(server: RecordingX, opened: Any) -> None:
    for number in range(4):
        server.add_post(f"Listed {number}")
    columns = (
        source("home"),
        source("list", list="84839422"),
        source("account", account="@harbor"),
        source("search", query="b2b"),
    )
    for column in columns:
        page = None
        for _ in range(2):
            server.answers.clear()
            page = await opened.fetch(column, page.cursor if page else "", 5)
            posts = [a.body for a in server.answers if not a.path.startswith("/2/users/by")]
            assert list(page.read) == [post["id"] for body in posts for post in body.get("data", ())]
        looked_up = sum(a.path.startswith("/2/users/by") for a in server.answers)
        assert (page.look_ups, looked_up) == (0, 0)  # known since the first look
    assert (await opened.fetch(source("account", account="@meridianops"), "", 5)).look_ups == 1


async def test_a_long_absence_is_walked_through_and_a_very_long_one_leaves_a_gap(
    server: RecordingX, opened: Any
) -> None:
    first = await opened.fetch(source("home"), "", 10)
    texts = [f"Post {number}" for number in range(250)]
    for text in texts:
        server.add_post(text)
    page = await opened.fetch(source("home"), first.cursor, 10)
    assert [entry.text for entry in page.entries] == texts[::-1]
    assert not page.gap
    more = [f"Later {number}" for number in range(350)]
    for text in more:
        server.add_post(text)
    later = await opened.fetch(source("home"), page.cursor, 10)
    assert later.gap
    assert [entry.text for entry in later.entries] == more[: 350 - 301 : -1]
    filled = await opened.fetch_older(source("home"), later.older, 40)
    assert [entry.text for entry in filled.entries] == more[49:9:-1]
    assert (await opened.fetch(source("home"), later.cursor, 10)).unchanged


async def test_a_search_after_more_than_seven_days_starts_again_with_a_gap(server: RecordingX, opened: Any) -> None:
    server.add_post("A zeppelin")
    cursor = json.dumps({"newest": server.state.new_id(server.now() - timedelta(days=10))})
    page = await opened.fetch(source("search", query="zeppelin"), cursor, 10)
    assert [entry.text for entry in page.entries] == ["A zeppelin"]
    assert page.gap
    assert (await opened.fetch(source("search", query="zeppelin"), page.cursor, 10)).unchanged


async def test_a_search_that_finds_nothing_yet(server: RecordingX, opened: Any) -> None:
    column = source("search", query="“flying zeppelin” -is:reply")
    empty = await opened.fetch(column, "", 10)
    assert (empty.entries, empty.older) == ((), "")
    server.add_post("A flying zeppelin over the harbour")
    assert len((await opened.fetch(column, empty.cursor, 10)).entries) == 1


async def test_a_search_for_an_address(server: RecordingX, opened: Any) -> None:
    server.add_post("Read https://news.example/zeppelin today")
    page = await opened.fetch(source("search", query=" https://news.example/zeppelin "), "", 10)
    assert len(page.entries) == 1
    assert server.sent[-1].query["query"] == 'url:"https://news.example/zeppelin"'


async def test_mentions_are_told_from_answers(server: RecordingX, opened: Any) -> None:
    first = await opened.fetch(source("mentions"), "", 10)
    mine = server.add_post("A thought", by="northwind")
    server.add_post("@northwind a question")
    server.add_post("An answer", by="meridian", reply_to=mine.id)
    page = await opened.fetch(source("mentions"), first.cursor, 10)
    assert [(e.reason.kind, e.reason.by.handle) for e in page.entries] == [
        ("reply", "meridianops"),
        ("mention", "harbor"),
    ]
    assert all(entry.kind is EntryKind.POST for entry in page.entries)
    assert page.entries[0].reply_to == mine.id


@pytest.mark.parametrize(("kind", "done"), [("bookmarks", "bookmark"), ("likes", "like")])
async def test_bookmarks_and_likes_come_in_the_order_of_the_act(
    server: RecordingX, opened: Any, kind: str, done: str
) -> None:
    server.writing.plan = frozenset({"like"})
    posts = [server.add_post(f"Kept {number}") for number in range(40)]
    for index in (2, 0):
        await opened.act(done, posts[index].id, {})
    first = await opened.fetch(source(kind), "", 10)
    assert [entry.text for entry in first.entries] == ["Kept 0", "Kept 2"]
    assert {entry.mine for entry in first.entries} == {frozenset({done})}
    await opened.act(done, posts[1].id, {})
    second = await opened.fetch(source(kind), first.cursor, 10)
    assert [entry.text for entry in second.entries] == ["Kept 1"]
    assert (await opened.fetch(source(kind), second.cursor, 10)).unchanged
    for post in posts:
        await opened.act(done, post.id, {})
    far = await opened.fetch(source(kind), second.cursor, 10)
    assert [entry.text for entry in far.entries][:2] == ["Kept 39", "Kept 38"]


@pytest.mark.parametrize(
    ("kind", "params", "waits"),
    [("home", {}, False), ("bookmarks", {}, True), ("likes", {}, True), ("list", {"list": "84839422"}, True)],
)
async def test_what_is_read_again_at_each_look_is_looked_at_rarely(
    opened: Any, kind: str, params: dict[str, str], waits: bool
) -> None:
    page = await opened.fetch(source(kind, **params), "", 10)
    if not waits:
        assert page.not_before is None
        return
    assert page.not_before is not None
    assert page.not_before > datetime.now(UTC) + timedelta(minutes=55)
    assert NETWORK.facts.source(kind).interval_s == 3600


async def test_a_list_that_moved_on_a_lot_has_a_gap_that_can_be_filled(server: RecordingX, opened: Any) -> None:
    column = source("list", list="84839422")
    first = await opened.fetch(column, "", 10)
    texts = [f"Post {number}" for number in range(100)]
    for text in texts:
        server.add_post(text)
    page = await opened.fetch(column, first.cursor, 20)
    assert page.gap
    got = [entry.text for entry in page.entries]
    older = page.older
    while len(got) < 100:
        more = await opened.fetch_older(column, older, 20)
        got += [entry.text for entry in more.entries]
        older = more.older
    assert got[:100] == texts[::-1]


async def test_a_repost_of_what_is_already_there_is_shown_once(server: RecordingX, opened: Any) -> None:
    first = await opened.fetch(source("home"), "", 10)
    post = server.add_post("Worth passing on")
    server.repost(post.id, "meridian")
    server.repost(post.id, "copperline")
    page = await opened.fetch(source("home"), first.cursor, 10)
    assert [(entry.text, entry.reason) for entry in page.entries] == [("Worth passing on", None)]
    server.repost(post.id, "vantage")
    (again,) = (await opened.fetch(source("home"), page.cursor, 10)).entries
    assert again.key == page.entries[0].key
    assert again.reason.by.name == server.person("vantage").name


async def test_unknown_kinds_accounts_and_lists(opened: Any) -> None:
    for column, reason in (
        (source("weather"), "not_supported"),
        (source("account", account="@nobody_there"), "not_found"),
        (source("account", account="not a name"), "invalid"),
        (source("list", list="77"), "not_found"),
        (source("list", list="my list"), "invalid"),
        (source("search", query="  "), "invalid"),
        (source("search", query="word " * 200), "invalid"),
        (source("hashtag", tag=" # "), "invalid"),
    ):
        with pytest.raises(Rejected) as caught:
            await opened.fetch(column, "", 5)
        assert caught.value.reason == reason, column


async def test_an_account_is_looked_up_once(server: RecordingX, opened: Any, http: Http) -> None:
    column = source("account", account="@Harbor")
    first = await opened.fetch(column, "", 5)
    await opened.fetch_older(column, first.older, 5)
    server.add_post("News from the harbor")
    second = await open_account(server, http).fetch(column, first.cursor, 5)
    assert [entry.text for entry in second.entries] == ["News from the harbor"]
    assert len(server.requests("by/username")) == 1


async def test_lists_to_choose_from(server: RecordingX, opened: Any) -> None:
    assert await opened.choices("list", "list") == (("84839422", "Industry"), ("84839423", "Marketing"))
    assert await opened.choices("hashtag", "tag") == ()
    server.faults.add(Fault("403", match="followed_lists"))
    assert await opened.choices("list", "list") == (("84839422", "Industry"),)
    server.faults.add(Fault("500", match="owned_lists"))
    with pytest.raises(NetworkError):
        await opened.choices("list", "list")


async def test_a_conversation_oldest_first(server: RecordingX, opened: Any) -> None:
    question = server.add_post("A question")
    answer = server.add_post("An answer", by="meridian", reply_to=question.id)
    server.add_post("@meridianops Thanks", reply_to=answer.id)
    page = await opened.thread(answer.id, {})
    assert [entry.text for entry in page.entries] == ["A question", "@harbor An answer", "@meridianops Thanks"]


async def test_a_conversation_whose_beginning_is_gone(server: RecordingX, opened: Any) -> None:
    question = server.add_post("A question")
    answer = server.add_post("@harbor An answer", by="meridian", reply_to=question.id)
    del server.state.posts[question.id]
    page = await opened.thread(answer.id, {})
    assert [entry.text for entry in page.entries] == ["@harbor An answer"]
    with pytest.raises(Rejected) as caught:
        await opened.thread(question.id, {})
    assert caught.value.reason == "not_found"


@pytest.mark.parametrize("text", ["no cursor of ours", "[1]", '{"newest": "abc"}', '{"newest": 1.5}'])
async def test_a_cursor_of_another_time_starts_again(opened: Any, text: str) -> None:
    page = await opened.fetch(source("home"), text, 5)
    assert page.entries
    assert page.older


# the two vocabularies


@pytest.mark.parametrize(("spoken", "asked"), [("old", "tweet.fields"), ("new", "post.fields")])
async def test_a_server_that_speaks_one_vocabulary(server: RecordingX, http: Http, spoken: str, asked: str) -> None:
    server.reading.speaks = (spoken,)
    other = "old" if spoken == "new" else "new"
    opened = open_account(server, http, facts={"dialect": other})
    first = await opened.fetch(source("home"), "", 10)
    assert first.entries
    await opened.fetch(source("home"), first.cursor, 10)
    assert [asked in sent.query for sent in server.sent] == [False, True, True]


async def test_the_vocabulary_that_worked_is_remembered_with_the_column(server: RecordingX, http: Http) -> None:
    server.reading.speaks = ("old",)
    first = await open_account(server, http).fetch(source("home"), "", 10)
    server.sent.clear()
    await open_account(server, http).fetch(source("home"), first.cursor, 10)
    assert ["tweet.fields" in sent.query for sent in server.sent] == [True]


async def test_a_server_that_speaks_neither_is_asked_twice_and_no_more(server: RecordingX, opened: Any) -> None:
    server.reading.speaks = ()
    with pytest.raises(Rejected) as caught:
        await opened.fetch(source("home"), "", 10)
    assert caught.value.reason == "version_retired"
    assert len(server.sent) == 2
    server.sent.clear()  # no document describes a server that speaks neither
    server.answers.clear()
    server.reading.speaks = ("new", "old")


async def test_another_refusal_does_not_change_the_vocabulary(server: RecordingX, opened: Any) -> None:
    with pytest.raises(Rejected) as caught:
        await opened.fetch(source("list", list="9999"), "", 10)
    assert caught.value.reason == "not_found"
    assert len(server.sent) == 1


@pytest.mark.parametrize("dialect", ["new", "old"])
async def test_both_vocabularies_say_the_same(server: RecordingX, http: Http, dialect: str) -> None:
    quoted = server.add_post("The original words", by="vantage")
    post = server.add_post("Look at this", quote=quoted.id)
    server.repost(post.id, "meridian")
    opened = open_account(server, http, facts={"dialect": dialect})
    page = await opened.fetch(source("home"), "", 5)
    again = next(entry for entry in page.entries if entry.text == "Look at this")
    assert (again.author.handle, again.counts.reshares) == ("harbor", 1)
    assert again.quoted is not None
    assert (again.quoted.author.name, again.quoted.text) == (server.person("vantage").name, "The original words")


async def test_authors_that_do_not_come_along_make_a_card_without_a_name(server: RecordingX, opened: Any) -> None:
    server.wire.referenced_authors = False
    post = server.add_post("Passed on")
    first = await opened.fetch(source("home"), "", 1)
    server.repost(post.id, "meridian")
    (entry,) = (await opened.fetch(source("home"), first.cursor, 5)).entries
    assert (entry.text, entry.author.name, entry.author.url) == ("Passed on", "Unknown account", "")


# limits


async def test_each_kind_of_request_has_a_limit_of_its_own(server: RecordingX, opened: Any) -> None:
    server.limits["home"] = 1
    await opened.fetch(source("home"), "", 5)
    asked = len(server.log)
    with pytest.raises(NetworkError) as caught:
        await opened.fetch(source("home"), "", 5)
    assert caught.value.reason == "rate_limited"
    assert len(server.log) == asked, "X said that nothing is left, so it is not asked"
    wait = caught.value.until - datetime.now(UTC)  # type: ignore[attr-defined]
    assert timedelta(0) < wait <= timedelta(minutes=15, seconds=2)
    assert (await opened.fetch(source("mentions"), "", 5)).entries


async def test_a_month_that_is_used_up_is_not_waited_for(server: RecordingX, opened: Any) -> None:
    server.used_up = True
    with pytest.raises(Rejected) as caught:
        await opened.fetch(source("home"), "", 5)
    assert caught.value.reason == "payment_needed"
