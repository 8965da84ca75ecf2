"""The Mastodon adapter against the practice server: the inherited contract, and what only Mastodon has."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from socialdesk.core.account import NOTHING, Account
from socialdesk.core.entry import EntryKind
from socialdesk.core.errors import OutcomeUnknown, Rejected, Unreachable
from socialdesk.core.network import FindsByAddress
from socialdesk.core.post import MediaFile, Segment, Target, Uploaded
from socialdesk.core.source import Source
from socialdesk.http import Http
from socialdesk.networks.mastodon.adapter import Mastodon
from socialdesk.practice.mastodon import PracticeMastodon
from socialdesk.practice.server import Fault
from socialdesk.practice.world import picture
from tests.networks.contract import NetworkContract, make_http, no_sleep
from tests.networks.mastodon_judge import WORLD, judged, load_contract, open_account, segment, source
from tests.openapi import OpenApi


@pytest.fixture(scope="module")
def contract() -> OpenApi | None:
    return load_contract()


class TestMastodonContract(NetworkContract):
    network = Mastodon
    read_path = "^/api/v1/timelines/home$"
    publish_path = "^/api/v1/statuses$"

    def make_server(self) -> PracticeMastodon:
        return PracticeMastodon(WORLD, {})

    async def open(self, server: Any, http: Http) -> Any:
        def clock() -> datetime:
            now: datetime = server.state.now()  # also after a test has turned it
            return now

        return open_account(server, http, now=clock, sleep=no_sleep)

    async def open_with_bad_credential(self, server: Any, http: Http) -> Any:
        return open_account(server, http, token="not-a-token-of-this-server")

    def secrets(self, server: Any) -> tuple[str, ...]:
        return (server.credentials["token"],)

    def source(self, server: Any) -> Source:
        return source("home")

    def add_post(self, server: Any, text: str) -> None:
        server.add_post(text)

    def segment(self, server: Any, text: str) -> Segment:
        return Segment(text=text, visibility="public", language="en", created=datetime.now(UTC))

    def times_posted(self, server: Any, text: str) -> int:
        server.holding.release()
        return sum(status.text == text for status in server.state.statuses.values())

    def times_waiting(self, server: Any, text: str) -> int:
        return sum(held.asked["status"] == text for held in server.holding.held.values())

    def let_time_pass(self, server: Any) -> None:
        """What is out is known again by its time, so the clocks go on."""
        latest = max((held.at for held in server.holding.held.values()), default=server.state.now())
        server.now = server.state.now = lambda: latest + timedelta(seconds=1)


@pytest.fixture
async def server(contract: OpenApi | None) -> AsyncIterator[PracticeMastodon]:
    """A practice server; every request that it got has to be one that the API's contract knows."""
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


@pytest.fixture
def visitor(http: Http) -> Any:
    return Mastodon(Account(0, "mastodon", "", "", ""), NOTHING, http)


def test_the_contract_judges_the_requests_of_all_tests_here() -> None:
    OpenApi("mastodon/openapi.json").operation("POST", "/api/v1/statuses")


# columns


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("home", {}),
        ("local", {}),
        ("list", {"list": "1"}),
        ("hashtag", {"tag": "#B2B, marketing"}),
        ("account", {"account": "@harbor"}),
        ("account", {"account": "harbor@practice.example"}),
        ("search", {"query": "b2b"}),
        ("notifications", {}),
    ],
)
async def test_every_column_reads_and_goes_back(opened: Any, kind: str, params: dict[str, str]) -> None:
    column = source(kind, **params)
    first = await opened.fetch(column, "", 3)
    assert 0 < len(first.entries) <= 3
    older = await opened.fetch_older(column, first.older, 3)
    assert older.entries
    assert not {e.key for e in older.entries} & {e.key for e in first.entries}
    again = await opened.fetch(column, first.cursor, 3)
    assert again.unchanged
    assert again.cursor == first.cursor


async def test_older_ends(opened: Any) -> None:
    column, seen = source("account", account="@harbor"), 0
    page = await opened.fetch(column, "", 40)
    while page.older:
        seen += len(page.entries)
        page = await opened.fetch_older(column, page.older, 40)
    assert seen > 3


@pytest.mark.parametrize(
    ("kind", "params"), [("hashtag", {"tag": "B2B"}), ("local", {}), ("account", {"account": "harbor"})]
)
async def test_a_visitor_reads_what_is_public(
    server: PracticeMastodon, visitor: Any, kind: str, params: dict[str, str]
) -> None:
    page = await visitor.fetch(source(kind, None, server=server.url, **params), "", 5)
    assert len(page.entries) == 5
    assert all("authorization" not in request.headers for request in server.log)


async def test_a_visitor_finds_the_server_in_a_profiles_address(server: PracticeMastodon, visitor: Any) -> None:
    host = server.url.removeprefix("http://")
    server.wire.domain = host
    page = await visitor.fetch(source("account", None, account=f"@harbor@{host}"), "", 5)
    assert page.entries


async def test_what_needs_an_account_says_so(server: PracticeMastodon, visitor: Any) -> None:
    for kind in ("home", "bookmarks", "notifications"):
        with pytest.raises(Rejected) as caught:
            await visitor.fetch(source(kind, None, server=server.url), "", 5)
        assert caught.value.reason == "missing_permission"
    with pytest.raises(Rejected) as caught:
        await visitor.fetch(source("hashtag", None, tag="b2b"), "", 5)
    assert caught.value.reason == "invalid"


async def test_the_token_goes_to_its_own_server_only(server: PracticeMastodon, opened: Any) -> None:
    async with PracticeMastodon(WORLD, {}) as other:
        page = await opened.fetch(source("hashtag", tag="b2b", server=other.url), "", 5)
        assert page.entries
        assert {entry.refs["server"] for entry in page.entries} == {other.url}
        assert all("authorization" not in request.headers for request in other.log)


async def test_unknown_kinds_accounts_and_lists(server: PracticeMastodon, opened: Any) -> None:
    for column, reason in (
        (source("weather"), "not_supported"),
        (source("account", account="@nobody"), "not_found"),
        (source("list", list="77"), "not_found"),
    ):
        with pytest.raises(Rejected) as caught:
            await opened.fetch(column, "", 5)
        assert caught.value.reason == reason


async def test_an_account_is_looked_up_once(server: PracticeMastodon, opened: Any) -> None:
    column = source("account", account="@harbor")
    first = await opened.fetch(column, "", 5)
    server.add_post("News from the harbor")
    second = await opened.fetch(column, first.cursor, 5)
    assert [entry.text for entry in second.entries] == ["News from the harbor"]
    assert len(server.requests("lookup")) == 1


async def test_a_long_absence_is_walked_through_without_a_gap(server: PracticeMastodon, opened: Any) -> None:
    first = await opened.fetch(source("home"), "", 10)
    texts = [f"Post {number}" for number in range(130)]
    for text in texts:
        server.add_post(text)
    page = await opened.fetch(source("home"), first.cursor, 10)
    assert [entry.text for entry in page.entries] == texts[::-1]
    assert not page.gap
    assert (await opened.fetch(source("home"), page.cursor, 10)).unchanged


async def test_a_very_long_absence_leaves_a_gap_that_can_be_filled(server: PracticeMastodon, opened: Any) -> None:
    first = await opened.fetch(source("home"), "", 10)
    texts = [f"Post {number}" for number in range(300)]
    for text in texts:
        server.add_post(text)
    page = await opened.fetch(source("home"), first.cursor, 10)
    got = [entry.text for entry in page.entries]
    assert page.gap
    assert got[:40] == texts[:-41:-1]
    assert got[40:] == texts[199::-1]
    filled = await opened.fetch_older(source("home"), page.older, 40)
    assert [entry.text for entry in filled.entries] == texts[259:219:-1]
    server.add_post("And on")
    assert [e.text for e in (await opened.fetch(source("home"), page.cursor, 10)).entries] == ["And on"]


async def test_many_notifications_leave_no_gap(server: PracticeMastodon, opened: Any) -> None:
    first = await opened.fetch(source("notifications"), "", 10)
    for _ in range(100):
        server.notify("follow", "harbor")
    page = await opened.fetch(source("notifications"), first.cursor, 10)
    assert len(page.entries) == 100
    assert not page.gap
    for _ in range(250):
        server.notify("follow", "harbor")
    later = await opened.fetch(source("notifications"), page.cursor, 10)
    assert (len(later.entries), later.gap) == (200, True)


async def test_notifications_of_every_kind(server: PracticeMastodon, opened: Any) -> None:
    first = await opened.fetch(source("notifications"), "", 10)
    mine = server.add_post("Mine", by="northwind")
    for kind in ("follow", "favourite", "reblog", "invented_tomorrow"):
        server.notify(kind, "harbor", "" if kind == "follow" else mine.id)
    server.add_post("@northwind a question")
    server.add_post("@northwind an answer", reply_to=mine.id)
    page = await opened.fetch(source("notifications"), first.cursor, 10)
    shown = [(entry.kind, entry.reason.kind if entry.reason else "") for entry in page.entries]
    assert shown == [
        (EntryKind.POST, "reply"),
        (EntryKind.POST, "mention"),
        (EntryKind.NOTICE, "other"),
        (EntryKind.NOTICE, "reshare"),
        (EntryKind.NOTICE, "like"),
        (EntryKind.NOTICE, "follow"),
    ]
    assert len({entry.key for entry in page.entries}) == 6


async def test_a_boost_of_what_is_already_there_is_shown_once(server: PracticeMastodon, opened: Any) -> None:
    first = await opened.fetch(source("home"), "", 10)
    status = server.add_post("Worth passing on")
    server.boost(status.id, "meridian")
    server.boost(status.id, "copperline")
    page = await opened.fetch(source("home"), first.cursor, 10)
    assert [(entry.text, entry.reason) for entry in page.entries] == [("Worth passing on", None)]
    server.boost(status.id, "vantage")
    (again,) = (await opened.fetch(source("home"), page.cursor, 10)).entries
    assert again.key == page.entries[0].key
    assert again.reason is not None
    assert again.reason.by is not None
    assert again.reason.by.name == server.person("vantage").name


async def test_bookmarks_come_in_the_order_of_bookmarking(server: PracticeMastodon, opened: Any) -> None:
    statuses = [server.add_post(f"Kept {number}") for number in range(4)]
    for index in (2, 0):
        await opened.act("bookmark", statuses[index].id, {})
    first = await opened.fetch(source("bookmarks"), "", 10)
    assert [entry.text for entry in first.entries] == ["Kept 0", "Kept 2"]
    await opened.act("bookmark", statuses[1].id, {})
    second = await opened.fetch(source("bookmarks"), first.cursor, 10)
    assert [entry.text for entry in second.entries] == ["Kept 1"]
    page = await opened.fetch(source("bookmarks"), "", 1)
    older = await opened.fetch_older(source("bookmarks"), page.older, 10)
    assert [entry.text for entry in older.entries] == ["Kept 0", "Kept 2"]


async def test_search_shows_what_is_new(server: PracticeMastodon, opened: Any) -> None:
    column = source("search", query="zeppelin")
    empty = await opened.fetch(column, "", 10)
    assert empty.entries == ()
    server.add_post("A zeppelin over the harbour")
    first = await opened.fetch(column, empty.cursor, 10)
    assert [entry.text for entry in first.entries] == ["A zeppelin over the harbour"]
    assert (await opened.fetch(column, first.cursor, 10)).unchanged


async def test_a_home_that_is_being_rebuilt(server: PracticeMastodon, opened: Any) -> None:
    first = await opened.fetch(source("home"), "", 10)
    server.reading.rebuilding = 2
    for cursor in ("", first.cursor):
        page = await opened.fetch(source("home"), cursor, 10)
        assert page.not_before is not None
        assert page.not_before > datetime.now(UTC)
        assert (page.entries, page.cursor) == ((), cursor)


async def test_a_cursor_of_another_time_starts_again(opened: Any) -> None:
    assert (await opened.fetch(source("home"), "no cursor of ours", 5)).entries


async def test_lists_to_choose_from(opened: Any, visitor: Any) -> None:
    assert await opened.choices("list", "list") == (("1", "Industry"), ("2", "Marketing"))
    assert await opened.choices("hashtag", "tag") == ()
    assert await visitor.choices("list", "list") == ()


async def test_a_conversation_oldest_first(server: PracticeMastodon, opened: Any, visitor: Any) -> None:
    question = server.add_post("A question")
    answer = server.add_post("An answer", by="meridian", reply_to=question.id)
    server.add_post("Thanks", reply_to=answer.id)
    page = await opened.thread(answer.id, {"server": server.url, "id": answer.id})
    assert [entry.text for entry in page.entries] == ["A question", "An answer", "Thanks"]
    page = await visitor.thread(answer.id, {"server": server.url, "id": answer.id})
    assert len(page.entries) == 3


# acting


@pytest.mark.parametrize("action", ["like", "reshare", "bookmark"])
async def test_acts_and_their_undoing(server: PracticeMastodon, opened: Any, action: str) -> None:
    status = server.add_post("Good")
    first = await opened.fetch(source("home"), "", 1)
    (entry,) = first.entries
    refs = await opened.act(action, entry.remote_id, entry.refs)
    assert refs["id"] == status.id
    (seen,) = (await opened.thread(status.id, refs)).entries
    assert seen.mine == {action}
    await opened.act(f"un{action}", entry.remote_id, refs)
    (seen,) = (await opened.thread(status.id, refs)).entries
    assert seen.mine == frozenset()


async def test_acting_on_what_is_gone_or_unheard_of(server: PracticeMastodon, opened: Any) -> None:
    for action, reason in (("like", "not_found"), ("applaud", "not_supported")):
        with pytest.raises(Rejected) as caught:
            await opened.act(action, "12345", {})
        assert caught.value.reason == reason


async def test_a_post_seen_elsewhere_is_found_on_our_server(server: PracticeMastodon, opened: Any) -> None:
    status = server.add_post("Seen elsewhere")
    refs = {"server": "https://other.example", "id": "99", "url": server.wire.status_url(status)}
    changed = await opened.act("like", "99", refs)
    assert (changed["server"], changed["id"]) == (server.url, status.id)
    assert status.liked_by == {server.me.id}
    assert (await opened.thread("99", refs)).entries[0].remote_id == status.id
    with pytest.raises(Rejected) as caught:
        await opened.act("like", "99", {**refs, "url": "https://other.example/@x/1"})
    assert caught.value.reason == "not_found"


# publishing


async def test_everything_a_post_can_carry(server: PracticeMastodon, opened: Any) -> None:
    quoted = server.add_post("To be quoted")
    receipt = await opened.publish(
        segment(
            "Numbers inside",
            warning="Long numbers",
            visibility="unlisted",
            language="pt-BR",
            quote=Target(quoted.id, {"server": server.url}),
        ),
        "k",
    )
    status = server.state.status(receipt.remote_id)
    assert (status.spoiler, status.visibility, status.language, status.sensitive, status.quote_of) == (
        "Long numbers",
        "unlisted",
        "pt",
        True,
        quoted.id,
    )
    assert receipt.permalink == server.wire.status_url(status)


async def test_a_quote_is_shown_once(server: PracticeMastodon, opened: Any) -> None:
    quoted = server.add_post("To be quoted")
    said = segment("My two pence", quote=Target(quoted.id, {"server": server.url}))
    receipt = await opened.publish(said, "k")
    (entry,) = (await opened.thread(receipt.remote_id, receipt.refs)).entries
    assert (entry.text, entry.link) == ("My two pence", None)
    assert entry.quoted is not None
    assert entry.quoted.text == "To be quoted"
    assert await opened.find(said, "k") == receipt


async def test_without_a_choice_the_accounts_own_visibility(server: PracticeMastodon, opened: Any) -> None:
    opened.account.facts["visibility"] = "private"
    receipt = await opened.publish(segment(visibility=""), "k")
    assert server.state.status(receipt.remote_id).visibility == "private"
    assert (await opened.post_rules()).visibilities[0].value == "private"


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("Thank you", "@harbor Thank you"),
        ("@harbor thank you", "@harbor thank you"),
        ("Thank you, @Harbor@practice.example", "Thank you, @Harbor@practice.example"),
        ("@harborside is another", "@harbor @harborside is another"),
    ],
)
async def test_an_answer_mentions_whom_it_answers(server: PracticeMastodon, opened: Any, text: str, sent: str) -> None:
    status = server.add_post("A question")
    target = Target(status.id, {"server": server.url}, author="harbor@practice.example")
    answer = segment(text, reply_to=target)
    receipt = await opened.publish(answer, "k")
    made = server.state.status(receipt.remote_id)
    assert (made.text, made.reply_to) == (sent, status.id)
    found = await opened.find(answer, "k")
    assert found == receipt


async def test_an_answer_to_oneself_needs_no_mention(server: PracticeMastodon, opened: Any) -> None:
    status = server.add_post("Mine", by="northwind")
    target = Target(status.id, {"server": server.url}, author=server.credentials["handle"])
    receipt = await opened.publish(segment("More", reply_to=target), "k")
    assert server.state.status(receipt.remote_id).text == "More"


async def test_answering_what_is_gone(opened: Any) -> None:
    with pytest.raises(Rejected) as caught:
        await opened.publish(segment(reply_to=Target("12345")), "k")
    assert caught.value.reason == "not_found"


async def test_refusals_name_their_reason(server: PracticeMastodon, opened: Any) -> None:
    for bad, reason in (
        (segment("x" * 501), "too_long"),
        (segment("x" * 300, warning="y" * 201), "too_long"),
        (segment("  "), "empty"),
        (segment(media=(Uploaded("12345"),)), "invalid"),
    ):
        with pytest.raises(Rejected) as caught:
            await opened.publish(bad, "k")
        assert caught.value.reason == reason


async def test_a_repeat_with_the_same_key_is_the_same_post(server: PracticeMastodon, opened: Any) -> None:
    first = await opened.publish(segment("Once"), "k")
    assert await opened.publish(segment("Once"), "k") == first
    assert (await opened.publish(segment("Once"), "other")).remote_id != first.remote_id


# pictures


def medium(**changes: Any) -> MediaFile:
    return replace(MediaFile("0" * 64, "image/png", picture("p", 40, 30), "A gradient", 40, 30, "p.png"), **changes)


async def test_pictures_with_their_descriptions(server: PracticeMastodon, opened: Any) -> None:
    uploads = [await opened.upload(medium(alt=alt)) for alt in ("One", "Zwei ü", "")]
    receipt = await opened.publish(segment("", media=tuple(uploads)), "k")
    media = server.state.status(receipt.remote_id).media
    assert [server.state.uploads[m].description for m in media] == ["One", "Zwei ü", ""]
    assert server.state.uploads[media[0]].data == medium().data
    assert await opened.find(segment("", media=tuple(uploads)), "k") == receipt


async def test_a_slow_upload_is_waited_for(server: PracticeMastodon, http: Http) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    opened = open_account(server, http, sleep=sleep)
    server.writing.media_polls = 3
    uploaded = await opened.upload(medium())
    assert waits == [1, 2, 4]
    assert uploaded.url
    assert (await opened.publish(segment(media=(uploaded,)), "k")).remote_id
    server.writing.media_polls = 100
    with pytest.raises(Unreachable):
        await opened.upload(medium())


@pytest.mark.parametrize("kind", ["hang", "close", "500", "html"])
async def test_an_upload_that_breaks_is_never_in_doubt(server: PracticeMastodon, opened: Any, kind: str) -> None:
    server.faults.add(Fault(kind, match="media", when="after"))
    with pytest.raises(Unreachable):
        await opened.upload(medium())


async def test_what_is_no_picture(opened: Any) -> None:
    with pytest.raises(Rejected) as caught:
        await opened.upload(medium(mime="application/pdf"))
    assert caught.value.reason == "media_type"


async def test_a_server_with_the_old_way_of_uploading(server: PracticeMastodon, opened: Any) -> None:
    server.faults.add(Fault("404", match="/api/v2/media"))
    assert (await opened.upload(medium())).ref


# rules


async def test_rules_come_from_the_server_once_a_day(server: PracticeMastodon, http: Http) -> None:
    now = [datetime(2026, 1, 1, tzinfo=UTC)]
    opened = open_account(server, http, now=lambda: now[0])
    rules = await opened.post_rules()
    assert (rules.limit, rules.max_pictures, rules.alt_limit, rules.quotes) == (500, 4, 10000, True)
    server.state.limit = 1000
    assert (await opened.post_rules()).limit == 500
    now[0] += timedelta(days=1, seconds=1)
    assert (await opened.post_rules()).limit == 1000


async def test_rules_are_asked_again_after_a_refusal(server: PracticeMastodon, opened: Any) -> None:
    await opened.post_rules()
    server.state.limit = 100
    with pytest.raises(Rejected) as caught:
        await opened.publish(segment("x" * 200), "k")
    assert caught.value.reason == "too_long"
    assert (await opened.post_rules()).limit == 100


async def test_rules_of_an_older_server(server: PracticeMastodon, opened: Any) -> None:
    server.faults.add(Fault("404", match="/api/v2/instance", times=0))
    rules = await opened.post_rules()
    assert (rules.limit, rules.quotes) == (500, False)


async def test_rules_without_a_connection(server: PracticeMastodon, opened: Any, http: Http) -> None:
    kept = (await opened.whoami()).facts
    offline = Mastodon(replace(opened.account, facts=kept), NOTHING, http)
    server.faults.add(Fault("close", times=0))
    assert (await offline.post_rules()).limit == 500
    with pytest.raises(Unreachable):
        await opened.post_rules()


# in doubt


@pytest.mark.parametrize("visibility", ["public", "private"])
async def test_an_own_post_is_found_by_the_address_people_copy(
    server: PracticeMastodon, opened: Any, visibility: str
) -> None:
    receipt = await opened.publish(segment(visibility=visibility), "k")
    assert isinstance(opened, FindsByAddress)
    assert await opened.find_by_address(receipt.permalink) == receipt
    assert await opened.find_by_address(f"{receipt.permalink}?kept=1#there") == receipt


async def test_an_own_post_is_found_by_its_name_among_servers(opened: Any) -> None:
    """Which is what some programs copy."""
    receipt = await opened.publish(segment(), "k")
    uri = receipt.refs["uri"]
    assert uri != receipt.permalink
    assert await opened.find_by_address(uri) == receipt


async def test_what_is_no_post_of_the_account_is_not_found_by_its_address(
    server: PracticeMastodon, opened: Any
) -> None:
    other = server.add_post("Somebody else's")
    assert await opened.find_by_address(server.wire.status_url(other)) is None
    assert await opened.find_by_address(f"{server.url}/@northwind/4711") is None
    assert await opened.find_by_address("https://elsewhere.example/@northwind/4711") is None


async def test_find_tells_alike_posts_apart(server: PracticeMastodon, opened: Any) -> None:
    question = server.add_post("A question")
    for other in (
        segment("Hello", warning="careful"),
        segment("Hello", reply_to=Target(question.id)),
        segment("Hello there"),
    ):
        await opened.publish(other, f"k{other.warning}{other.text}")
    server.add_post("Hello")
    assert await opened.find(segment("Hello"), "k") is None
    receipt = await opened.publish(segment("Hello"), "k")
    assert await opened.find(segment("Hello"), "k") == receipt


@pytest.mark.parametrize(
    "text",
    [
        "Two\n\nparagraphs  and   spaces ",
        "A link https://example.com/a/very/long/path/that/is/cut?x=1&y=2#z and #b2b, @harbor@practice.example!",
        "<b>no html</b> & &amp; 'quotes'",
        "नमस्ते 👨‍👩‍👧‍👦",
    ],
)
async def test_find_knows_the_text_however_it_is_shown(opened: Any, text: str) -> None:
    receipt = await opened.publish(segment(text), "k")
    assert await opened.find(segment(text), "k") == receipt


async def test_an_older_post_with_the_same_text_is_another(server: PracticeMastodon, opened: Any) -> None:
    server.add_post("Good morning", by="northwind", minutes_ago=10)
    assert await opened.find(segment("Good morning"), "k") is None


async def test_find_trusts_the_servers_clock(server: PracticeMastodon, opened: Any) -> None:
    receipt = await opened.publish(segment("On time"), "k")
    late = segment("On time", created=datetime.now(UTC) - timedelta(minutes=30))
    assert await opened.find(late, "k") == receipt


async def test_find_looks_through_many_posts(server: PracticeMastodon, opened: Any) -> None:
    started = datetime.now(UTC)
    receipt = await opened.publish(segment("The first of many"), "k")
    for number in range(150):
        server.add_post(f"Another {number}", by="northwind")
    assert await opened.find(segment("The first of many", created=started), "k") == receipt


async def test_find_gives_up_rather_than_guess(server: PracticeMastodon, opened: Any) -> None:
    started = datetime.now(UTC)
    for number in range(450):
        server.add_post(f"Another {number}", by="northwind")
    with pytest.raises(OutcomeUnknown):
        await opened.find(segment("Not among the first", created=started), "k")


async def test_find_where_texts_cannot_be_compared(server: PracticeMastodon, opened: Any) -> None:
    await opened.publish(segment("Something of the same form"), "other")
    server.faults.add(Fault("404", match="/source"))
    with pytest.raises(OutcomeUnknown):
        await opened.find(segment("What we look for"), "k")


async def test_a_server_without_keys_gets_time_to_finish(server: PracticeMastodon, http: Http) -> None:
    now = [datetime.now(UTC)]
    opened = open_account(server, http, software="gotosocial", now=lambda: now[0])
    server.faults.add(Fault("close", match="statuses$", method="POST"))
    with pytest.raises(OutcomeUnknown):
        await opened.publish(segment("Slow server"), "k")
    with pytest.raises(OutcomeUnknown) as caught:
        await opened.find(segment("Slow server"), "k")
    assert caught.value.retry_at == now[0] + timedelta(seconds=60)
    now[0] += timedelta(seconds=61)
    assert await opened.find(segment("Slow server"), "k") is None
