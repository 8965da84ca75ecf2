"""The Threads adapter against the practice server: the inherited contract, columns, posts, signing in."""

import json
import pickle
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from socialdesk.core.account import NOTHING, Account, Credential
from socialdesk.core.entry import MediaKind
from socialdesk.core.errors import (
    AuthExpired,
    InputError,
    NetworkError,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unreachable,
)
from socialdesk.core.network import OAuthCode
from socialdesk.core.post import MediaFile, Segment, Target, Uploaded
from socialdesk.core.source import Source
from socialdesk.http import Http
from socialdesk.http.loopback import parse_pasted
from socialdesk.networks.threads.adapter import Threads
from socialdesk.networks.threads.facts import SCOPES
from socialdesk.networks.threads.rules import REPLIES
from socialdesk.networks.threads.signin import server_of, web_of
from socialdesk.networks.threads.translate import Place, entry_of
from socialdesk.practice.facebook_refusals import GraphError
from socialdesk.practice.server import Fault
from socialdesk.ui.words import sentence
from tests.networks.browsing import sent_back
from tests.networks.contract import Later, NetworkContract, no_sleep
from tests.networks.threads_judge import WORLD, RecordingThreads, Sent, ThreadsJudge, judged, load_judge


def open_account(server: RecordingThreads, http: Http, token: str = "", **options: Any) -> Any:
    me = server.me
    account = Account(1, "threads", me.name, me.username, server.url, me.id)
    return Threads(account, Credential({"access_token": token or server.credentials["token"]}), http, **options)


def source(kind: str, **params: str) -> Source:
    return Source(1, "threads", kind, 1, params)


@pytest.fixture(scope="module")
def judge() -> ThreadsJudge | None:
    return load_judge()


class TestThreadsContract(NetworkContract):
    network = Threads
    read_path = "/me/threads$"
    publish_path = "/threads_publish$"
    renew_path = "/refresh_access_token$"

    def make_server(self) -> RecordingThreads:
        return RecordingThreads(WORLD, {})

    @pytest.fixture
    async def server(self, judge: ThreadsJudge | None) -> AsyncIterator[RecordingThreads]:
        """Every request of the suite is judged by Meta's collection, too."""
        async for running in judged(judge):
            yield running

    async def open(self, server: Any, http: Http) -> Any:
        return open_account(server, http, now=Later(), sleep=no_sleep)

    async def open_with_bad_credential(self, server: Any, http: Http) -> Any:
        return open_account(server, http, token="not-a-token-of-this-server")

    def secrets(self, server: Any) -> tuple[str, ...]:
        return (server.credentials["token"],)

    def hosted(self, server: Any, file: MediaFile) -> str:
        return f"{server.url}/media/{file.name}"

    async def spent(self, server: Any, http: Http) -> tuple[Account, Credential]:
        token = server.oauth.give(age=timedelta(days=50))
        due = str(int(datetime.now(UTC).timestamp()) - 60)
        return open_account(server, http).account, Credential({"access_token": token, "renew_at": due})

    def source(self, server: Any) -> Source:
        return source("posts")

    def add_post(self, server: Any, text: str) -> None:
        server.add_post(text)

    def segment(self, server: Any, text: str) -> Segment:
        return Segment(text=text, created=datetime.now(UTC))

    def times_posted(self, server: Any, text: str) -> int:
        return sum(post.text == text for post in server.state.posts.values())


@pytest.fixture
async def server(judge: ThreadsJudge | None) -> AsyncIterator[RecordingThreads]:
    async for running in judged(judge):
        yield running


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def opened(server: RecordingThreads, http: Http, slept: list[float]) -> Any:
    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    return open_account(server, http, sleep=sleep)


@pytest.fixture
def visitor(server: RecordingThreads, http: Http) -> Any:
    return Threads(Account(0, "threads", "", "", server.url), NOTHING, http)


def post(text: str, **more: Any) -> Segment:
    return Segment(text=text, created=datetime.now(UTC), **more)


def newest(server: RecordingThreads) -> Any:
    return next(reversed(server.state.posts.values()))


KEY = "sd-1"
HARBOR = WORLD.by_key["harbor"].handle


def test_the_collection_judges_all_tests_here(judge: ThreadsJudge | None) -> None:
    if judge is None:
        pytest.skip("no collection: set SOCIALDESK_CONTRACTS to the folder that holds it")
    assert len(judge.known) >= 25
    with pytest.raises(AssertionError, match="knows no GET /me/timeline"):
        judge.check(Sent("GET", "/v1.0/me/timeline", {}))
    with pytest.raises(AssertionError, match="unknown parameters"):
        judge.check(Sent("POST", "/v1.0/me/threads", {"media_type": "TEXT", "mood": "fine"}))
    with pytest.raises(AssertionError, match="unknown fields"):
        judge.check(Sent("GET", "/v1.0/17950000000000001", {"fields": "id,likes"}))


def test_the_collections_own_examples_are_understood(judge: ThreadsJudge | None) -> None:
    if judge is None:
        pytest.skip("no collection: set SOCIALDESK_CONTRACTS to the folder that holds it")
    place = Place("https://www.threads.net", "1", "northwind")
    entries = []
    for example in judge.examples:
        try:
            answer = json.loads(example)
        except ValueError:
            continue  # some hold placeholders without quotation marks
        rows = answer["data"] if isinstance(answer.get("data"), list) else [answer]
        entries += [entry for row in rows if (entry := entry_of(row, place)) is not None]
    assert "This is a test post" in {entry.text for entry in entries}
    assert datetime(2024, 9, 12, 23, 17, 39, tzinfo=UTC) in {entry.published for entry in entries}


async def test_facts_and_rules_can_be_pickled(opened: Any) -> None:
    assert pickle.loads(pickle.dumps(Threads.facts)) == Threads.facts
    rules = await opened.post_rules()
    assert pickle.loads(pickle.dumps(rules)) == rules


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("", 0),
        ("Größe", 5),
        ("故人", 2),
        ("👍", 4),
        ("👩‍💻 x", 13),
        ("🇩🇪", 8),
        ("1️⃣", 7),
        ("☺", 1),
        ("☺️", 6),
        ("e\u0301", 2),
    ],
)
async def test_emoji_weigh_their_bytes(opened: Any, text: str, weight: int) -> None:
    assert (await opened.post_rules()).weigh(text) == weight


# columns


COLUMNS = [
    ("posts", {}),
    ("own_replies", {}),
    ("mentions", {}),
    ("search", {"query": "zeppelin"}),
    ("hashtag", {"tag": "#Zeppelin"}),
]


@pytest.mark.parametrize(("kind", "params"), COLUMNS)
async def test_every_column_reads_and_goes_back(
    server: RecordingThreads, opened: Any, kind: str, params: dict[str, str]
) -> None:
    theirs = server.add_post("A beginning", by="harbor", minutes_ago=99)
    for number in range(14):
        by = "harbor" if kind == "mentions" else ""
        answered = theirs.id if kind == "own_replies" else ""
        text = f"A zeppelin #zeppelin {number} @{server.me.username}"
        server.add_post(text, by, minutes_ago=number, reply_to=answered)
    column = source(kind, **params)
    first = await opened.fetch(column, "", 5)
    assert len(first.entries) == 5
    seen, page = {entry.text for entry in first.entries}, first
    while page.older:
        page = await opened.fetch_older(column, page.older, 5)
        seen |= {entry.text for entry in page.entries}
    assert {f"A zeppelin #zeppelin {number} @{server.me.username}" for number in range(14)} <= seen
    again = await opened.fetch(column, first.cursor, 5)
    assert again.unchanged
    assert again.cursor == first.cursor


@pytest.mark.parametrize(("kind", "params"), [COLUMNS[0], COLUMNS[3]])
async def test_a_long_absence_leaves_a_gap_that_can_be_filled(
    server: RecordingThreads, opened: Any, kind: str, params: dict[str, str]
) -> None:
    server.add_post("zeppelin", minutes_ago=200)
    column = source(kind, **params)
    first = await opened.fetch(column, "", 5)
    texts = {server.add_post(f"zeppelin {number}", minutes_ago=100 - number).text for number in range(60)}
    page = await opened.fetch(column, first.cursor, 5)
    assert page.gap
    got = {entry.text for entry in page.entries}
    while page.older and not texts <= got:
        page = await opened.fetch_older(column, page.older, 5)
        got |= {entry.text for entry in page.entries}
    assert texts <= got


async def test_replies_of_others_to_the_newest_own_posts(server: RecordingThreads, opened: Any) -> None:
    mine = server.add_post("A thought")
    first = await opened.fetch(source("replies"), "", 10)
    asked = server.add_post("A question", by="harbor", reply_to=mine.id)
    server.add_post("Our answer", reply_to=asked.id)
    page = await opened.fetch(source("replies"), first.cursor, 10)
    assert [entry.text for entry in page.entries] == ["A question"]
    entry = page.entries[0]
    assert entry.reason is not None
    assert (entry.reason.kind, entry.author.handle, entry.reply_to) == ("reply", f"@{HARBOR}", mine.id)
    assert entry.refs["root"] == mine.id
    assert (await opened.fetch(source("replies"), page.cursor, 10)).unchanged


async def test_search_without_approval_finds_ones_own_only(server: RecordingThreads, opened: Any) -> None:
    server.approved = False
    server.add_post("A zeppelin", by="harbor")
    assert (await opened.fetch(source("search", query="zeppelin"), "", 10)).entries == ()
    server.add_post("My zeppelin")
    page = await opened.fetch(source("search", query=" zeppelin "), "", 10)
    assert [entry.text for entry in page.entries] == ["My zeppelin"]


async def test_what_a_post_shows(server: RecordingThreads, opened: Any) -> None:
    url = "https://northwind.example/a"
    server.add_post(f"Read #B2B {url}", minutes_ago=2, link=url, tag="Pumps")
    server.add_post("", media_type="REPOST_FACADE", facade=True)
    picture = f"{server.url}/media/pump.png"
    server.add_post("Look", media_type="IMAGE", media_url=picture, alt="A pump", minutes_ago=1)
    entries = (await opened.fetch(source("posts"), "", 5)).entries
    assert entries[0].text == "Look"
    assert [(m.kind, m.url, m.alt) for m in entries[0].media] == [(MediaKind.IMAGE, picture, "A pump")]
    assert entries[1].link is not None
    assert (entries[1].link.url, entries[1].tags) == (url, ("B2B", "Pumps"))
    assert entries[1].author.name == "Northwind Pumps"
    assert re.fullmatch(rf"{server.url}/@northwind/post/[\w-]+", entries[1].url)


async def test_a_conversation_oldest_first_and_one_that_may_not_be_seen(server: RecordingThreads, opened: Any) -> None:
    mine = server.add_post("A thought", minutes_ago=9)
    answer = server.add_post("A question", by="harbor", reply_to=mine.id, minutes_ago=5)
    server.add_post("An answer", reply_to=answer.id, minutes_ago=3)
    page = await opened.thread(answer.id, {"root": mine.id})
    assert [entry.text for entry in page.entries] == ["A thought", "A question", "An answer"]
    theirs = server.add_post("Theirs", by="harbor")
    assert [entry.text for entry in (await opened.thread(theirs.id, {})).entries] == ["Theirs"]


async def test_what_cannot_be_a_column(opened: Any) -> None:
    for column, reason in (
        (source("weather"), "not_supported"),
        (source("search", query="  "), "invalid"),
        (source("hashtag", tag=" # "), "invalid"),
        (source("hashtag", tag="x" * 51), "invalid"),
    ):
        with pytest.raises(Rejected) as caught:
            await opened.fetch(column, "", 5)
        assert caught.value.reason == reason


@pytest.mark.parametrize("text", ["no cursor of ours", "[1]", '{"known": 3}'])
async def test_a_cursor_of_another_time_starts_again(opened: Any, text: str) -> None:
    assert (await opened.fetch(source("posts"), text, 5)).older


# publishing


async def test_words_their_card_what_they_answer_and_quote(server: RecordingThreads, opened: Any) -> None:
    theirs = server.add_post("Theirs", by="harbor")
    await opened.publish(post("Read https://northwind.example/a."), KEY)
    assert newest(server).link == "https://northwind.example/a"
    await opened.publish(post("Well said", quote=Target(theirs.id)), "sd-2")
    assert newest(server).quotes == theirs.id
    receipt = await opened.publish(post("An answer", reply_to=Target(theirs.id, {"root": theirs.id})), "sd-3")
    assert newest(server).reply_to == theirs.id
    assert receipt.refs == {"id": receipt.remote_id, "root": theirs.id}


@pytest.mark.parametrize("count", [1, 3])
async def test_pictures_by_their_address(server: RecordingThreads, opened: Any, slept: list[float], count: int) -> None:
    server.preparing = 2
    media = tuple(Uploaded("", f"A pump, {n}", url=f"https://northwind.example/{n}.png") for n in range(count))
    await opened.publish(post("See https://northwind.example/a", media=media), KEY)
    made = newest(server)
    forms = [server.state.containers[child].form for child in made.children] if count > 1 else []
    shown = [(f["image_url"], f["alt_text"]) for f in forms] or [(made.media_url, made.alt)]
    assert shown == [(one.url, one.alt) for one in media]
    assert (made.text, made.link) == ("See https://northwind.example/a", "")
    assert slept, "Threads has to fetch the pictures first"


async def test_pictures_without_an_address(opened: Any) -> None:
    with pytest.raises(Rejected) as caught:
        await opened.upload(MediaFile("b", "image/png", b"x"))
    assert caught.value.reason == "public_picture_needed"
    with pytest.raises(Rejected) as caught:
        await opened.publish(post("Look", media=(Uploaded("7"),)), KEY)
    assert caught.value.reason == "public_picture_needed"


@pytest.mark.parametrize("answering", [choice.value for choice in REPLIES])
async def test_who_may_answer_is_said_of_the_first_part(server: RecordingThreads, opened: Any, answering: str) -> None:
    first = await opened.publish(post(f"For {answering}", replies=answering), KEY)
    assert newest(server).audience == answering
    await opened.publish(post("And more", replies=answering, previous=first, root=first), "k2")
    assert newest(server).audience == "everyone"
    assert (await opened.post_rules()).replies_from == REPLIES


async def test_a_picture_that_threads_cannot_use(server: RecordingThreads, opened: Any) -> None:
    server.spoils = "Failed to download the media: the aspect ratio is not supported"
    with pytest.raises(Rejected) as caught:
        await opened.publish(post("Look", media=(Uploaded("", url="https://northwind.example/1.png"),)), KEY)
    assert (caught.value.reason, caught.value.detail) == ("media_unfit", server.spoils)
    server.spoils = ""
    await opened.publish(post("Look", media=(Uploaded("", url="https://northwind.example/2.png"),)), KEY)
    assert newest(server).media_url.endswith("2.png")


async def test_a_container_that_takes_too_long_is_used_the_next_time(server: RecordingThreads, opened: Any) -> None:
    server.preparing = 12
    segment = post("Look", media=(Uploaded("", url="https://northwind.example/1.png"),))
    with pytest.raises(Unreachable) as caught:
        await opened.publish(segment, KEY)
    assert caught.value.reason == "media_processing"
    await opened.publish(segment, KEY)
    assert len(server.requests("/me/threads$", "POST")) == 1


async def test_a_container_that_has_expired_is_made_anew(server: RecordingThreads, opened: Any) -> None:
    server.faults.add(Fault("401", match="publish$"))
    segment = post("Late")
    with pytest.raises(AuthExpired):
        await opened.publish(segment, KEY)
    next(iter(server.state.containers.values())).status = "EXPIRED"
    with pytest.raises(Unreachable):
        await opened.publish(segment, KEY)
    await opened.publish(segment, KEY)
    assert newest(server).text == "Late"


@pytest.mark.parametrize("repeats_id", [False, True])
async def test_a_container_published_twice_is_one_post(server: RecordingThreads, opened: Any, repeats_id: bool) -> None:
    server.repeats_id = repeats_id
    segment = post("Once")
    server.faults.add(Fault("close", match="publish$", when="after"))
    with pytest.raises(OutcomeUnknown):
        await opened.publish(segment, KEY)
    receipt = await opened.publish(segment, KEY)
    assert receipt.permalink.startswith("http")
    assert sum(one.text == "Once" for one in server.state.posts.values()) == 1


async def test_what_is_published_and_not_yet_listed_is_never_denied(server: RecordingThreads, opened: Any) -> None:
    segment = post("Slow to show")
    server.faults.add(Fault("close", match="publish$", when="after"))
    with pytest.raises(OutcomeUnknown):
        await opened.publish(segment, KEY)
    hidden = server.state.posts.pop(newest(server).id)
    with pytest.raises(OutcomeUnknown):
        await opened.find(segment, KEY)
    server.state.posts[hidden.id] = hidden
    found = await opened.find(segment, KEY)
    assert found is not None
    assert found.remote_id == hidden.id


async def test_no_has_to_wait_until_nothing_can_be_under_way(server: RecordingThreads, opened: Any, http: Http) -> None:
    segment = post("Perhaps")
    server.faults.add(Fault("close", match="publish$"))
    with pytest.raises(OutcomeUnknown):
        await opened.publish(segment, KEY)
    assert await opened.find(segment, KEY) is None, "this container makes one post, however often"
    with pytest.raises(OutcomeUnknown) as caught:
        await open_account(server, http).find(segment, KEY)
    assert caught.value.retry_at is not None
    assert timedelta(seconds=50) < caught.value.retry_at - datetime.now(UTC) <= timedelta(seconds=60)
    assert await open_account(server, http, now=Later()).find(segment, KEY) is None


async def test_a_post_whose_address_is_not_known_is_looked_for(server: RecordingThreads, opened: Any) -> None:
    segment, number = post("Where is it?"), int(server.state.number())
    server.faults.add(Fault("500", match=f"/{number + 2}$"))  # the container has the number before
    with pytest.raises(OutcomeUnknown):
        await opened.publish(segment, KEY)
    assert newest(server).id == str(number + 2)
    found = await opened.find(segment, KEY)
    assert found is not None
    assert found.remote_id == newest(server).id


async def test_words_of_another_time_or_place_are_not_ours(server: RecordingThreads, http: Http) -> None:
    opened = open_account(server, http, now=Later())
    theirs = server.add_post("Theirs", by="harbor")
    server.add_post("The same", minutes_ago=60)
    server.add_post("The same", reply_to=theirs.id)
    assert await opened.find(post("The same"), KEY) is None
    other = server.add_post("Other", by="harbor")
    assert await opened.find(post("The same", reply_to=Target(other.id)), KEY) is None
    assert await opened.find(post("The same", reply_to=Target(theirs.id)), KEY) is not None


@pytest.mark.parametrize(
    ("text", "reason"),
    [("x" * 501, "too_long"), (" ".join(f"https://northwind.example/{n}" for n in range(6)), "too_many_links")],
)
async def test_what_a_post_may_not_hold(opened: Any, text: str, reason: str) -> None:
    with pytest.raises(Rejected) as caught:
        await opened.publish(post(text), KEY)
    assert caught.value.reason == reason
    assert sentence(reason) != sentence("a reason that nobody knows")


@pytest.mark.parametrize(
    ("code", "sub", "kind", "reason"),
    [
        (190, 463, AuthExpired, "sign_in_again"),
        (10, 0, Rejected, "missing_permission"),
        (200, 0, Rejected, "missing_permission"),
        (100, 0, Rejected, "invalid"),
        (100, 33, Rejected, "not_found"),
        (2207051, 0, Rejected, "account_restricted"),
        (100, 2207051, Rejected, "account_restricted"),
        (4279013, 0, Rejected, "account_restricted"),
        (100, 4279013, Rejected, "account_restricted"),
        *[(code, 0, RateLimited, "rate_limited") for code in (4, 17, 32, 613, 80001)],
        (2, 0, Unreachable, "server_error"),
        (424242, 0, Rejected, "invalid"),
    ],
)
async def test_every_documented_refusal_has_a_reason_and_a_sentence(
    server: RecordingThreads, opened: Any, code: int, sub: int, kind: type[NetworkError], reason: str
) -> None:
    server.refuse("/me/threads$", GraphError(code, "No.", sub=sub, kind="THApiException"))
    with pytest.raises(NetworkError) as caught:
        await opened.fetch(source("posts"), "", 5)
    assert (type(caught.value), caught.value.reason) == (kind, reason)
    assert sentence(reason) != sentence("a reason that nobody knows")


async def test_numbers_of_the_account_and_of_a_post(server: RecordingThreads, opened: Any) -> None:
    made = server.add_post("Measured")
    assert {m.name: m.value for m in await opened.measures(made.id, {})}["reposts"] == 6
    account = {m.name: m.value for m in await opened.measures("", {})}
    assert (account["views"], account["followers_count"]) == (3, 812)


# signing in


def app_answers(server: RecordingThreads, **more: str) -> dict[str, str]:
    return {name: server.credentials[name] for name in ("client_id", "client_secret", "redirect")} | more


def test_the_real_addresses() -> None:
    assert server_of(Account(0, "threads", "", "", "")) == "https://graph.threads.net"
    assert web_of("https://graph.threads.net") == "https://www.threads.net"


def test_the_steps_name_what_has_to_be_set() -> None:
    form = Threads.facts.sign_ins[0]
    assert isinstance(form, OAuthCode)
    assert all(why for _, why in form.scopes)
    assert all(any(scope in step.text for step in form.steps) for scope, _ in SCOPES)
    assert any("https://www.example.com/" in step.text for step in form.steps)


async def test_the_whole_way_with_a_pasted_address(server: RecordingThreads, visitor: Any, http: Http) -> None:
    step = await visitor.begin_sign_in(app_answers(server), "http://127.0.0.1:1/callback")
    assert step.redirect_uri == server.credentials["redirect"]
    assert parse_qs(urlsplit(step.url).query)["scope"] == [",".join(scope for scope, _ in SCOPES)]
    ended_on = await sent_back(step.url)
    assert ended_on.endswith("#_")
    done = await visitor.finish_sign_in(step, parse_pasted(ended_on, step.state))
    who = done.identity
    assert (who.remote_id, who.name, who.handle) == (server.me.id, "Northwind Pumps", "northwind")
    token = server.oauth.tokens[done.credential.get("access_token")]
    assert token.ends - token.given == timedelta(days=60)
    opened = Threads(Account(5, "threads", who.name, who.handle, who.server, who.remote_id), done.credential, http)
    assert await opened.whoami() == who
    assert opened.renew_at() is not None
    assert timedelta(days=6) < opened.renew_at() - datetime.now(UTC) <= timedelta(days=7)
    shown = f"{step!r} {done!r} {opened!r} {vars(opened)}"
    assert done.credential.get("access_token") not in shown
    assert server.credentials["client_secret"] not in f"{shown} {step.url}"


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "name"},
        {"client_secret": ""},
        {"client_secret": "two words"},
        {"redirect": "http://localhost/"},
        {"redirect": ""},
    ],
)
async def test_what_cannot_be_an_app(server: RecordingThreads, visitor: Any, changed: dict[str, str]) -> None:
    with pytest.raises(InputError):
        await visitor.begin_sign_in(app_answers(server, **changed), "")


async def test_a_wrong_secret_and_a_wrong_code(server: RecordingThreads, visitor: Any) -> None:
    step = await visitor.begin_sign_in(app_answers(server, client_secret="0" * 32), "")
    with pytest.raises(Rejected) as caught:
        await visitor.finish_sign_in(step, parse_pasted(await sent_back(step.url), step.state))
    assert caught.value.reason == "app_not_allowed"
    step = await visitor.begin_sign_in(app_answers(server), "")
    with pytest.raises(Rejected) as caught:
        await visitor.finish_sign_in(step, "nonsense")
    assert caught.value.reason == "invalid"
    server.faults.add(Fault("500", match="access_token$"))
    with pytest.raises(Unreachable):
        await visitor.finish_sign_in(step, "nonsense")


async def test_a_pasted_token_is_kept_alive(server: RecordingThreads, visitor: Any, http: Http) -> None:
    done = await visitor.sign_in({"token": server.credentials["token"]})
    account = Account(5, "threads", "Northwind Pumps", "northwind", server.url, server.me.id)
    opened = Threads(account, done.credential, http)
    assert timedelta(hours=24) < opened.renew_at() - datetime.now(UTC) <= timedelta(hours=25)
    with pytest.raises(AuthExpired):
        await opened.renew()  # younger than a day
    older = Credential({"access_token": server.oauth.give(age=timedelta(days=40))})
    fresh = await Threads(account, older, http).renew()
    assert fresh.get("access_token") != older.get("access_token")
    assert all(fresh.secrets.values())
    ended = Credential({"access_token": server.oauth.give(age=timedelta(days=61))})
    with pytest.raises(AuthExpired):
        await Threads(account, ended, http).renew()


async def test_a_pasted_token_for_an_hour_lasts_with_the_apps_secret(server: RecordingThreads, visitor: Any) -> None:
    short = server.oauth.give(timedelta(hours=1))
    done = await visitor.sign_in({"token": short, "client_secret": server.credentials["client_secret"]})
    token = server.oauth.tokens[done.credential.get("access_token")]
    assert token.ends - token.given == timedelta(days=60)
    for wrong in ({"token": ""}, {"token": "two words"}):
        with pytest.raises(InputError):
            await visitor.sign_in(wrong)
