"""The Facebook adapter against the practice server: the inherited contract, and columns."""

import pickle
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from socialdesk.core.account import Account, Credential
from socialdesk.core.entry import MediaKind
from socialdesk.core.errors import AuthExpired, NetworkError, OutcomeUnknown, RateLimited, Rejected, Unreachable
from socialdesk.core.network import Measures
from socialdesk.core.post import Segment
from socialdesk.core.source import Source
from socialdesk.http import Http
from socialdesk.http.noting import noting_limits
from socialdesk.networks.facebook.adapter import Facebook
from socialdesk.networks.facebook.translate import Place, comment_entry, post_entry
from socialdesk.practice.facebook_oauth import KNOWN_SCOPES
from socialdesk.practice.facebook_refusals import GraphError
from socialdesk.ui.words import sentence
from tests.networks.contract import Later, NetworkContract
from tests.networks.graph_judge import WORLD, GraphJudge, RecordingFacebook, Sent, judged, load_judge


def open_page(server: RecordingFacebook, http: Http, token: str = "", **options: Any) -> Any:
    page = server.me
    account = Account(1, "facebook", page.name, page.username, server.url, page.id, facts=options.pop("facts", {}))
    return Facebook(account, Credential({"access_token": token or server.credentials["token"]}), http, **options)


def source(kind: str) -> Source:
    return Source(1, "facebook", kind, 1)


@pytest.fixture(scope="module")
def judge() -> GraphJudge | None:
    return load_judge()


class TestFacebookContract(NetworkContract):
    network = Facebook
    read_path = "/published_posts$"
    publish_path = "/(feed|comments)$"
    renew_path = "/oauth/access_token$"

    def make_server(self) -> RecordingFacebook:
        return RecordingFacebook(WORLD, {})

    @pytest.fixture
    async def server(self, judge: GraphJudge | None) -> AsyncIterator[RecordingFacebook]:
        """Every request of the suite is judged by Facebook's specifications, too."""
        async for running in judged(judge):
            yield running

    async def open(self, server: Any, http: Http) -> Any:
        return open_page(server, http, now=Later())

    async def open_with_bad_credential(self, server: Any, http: Http) -> Any:
        return open_page(server, http, token="not-a-token-of-this-server")

    def secrets(self, server: Any) -> tuple[str, ...]:
        return (server.credentials["token"],)

    async def spent(self, server: Any, http: Http) -> tuple[Account, Credential]:
        token = server.oauth.give(KNOWN_SCOPES, server.me.id)
        server.oauth.ended[token] = 463
        names = ("user_token", "client_id", "client_secret")
        secrets = {"access_token": token, **{name: server.credentials[name] for name in names}}
        return open_page(server, http).account, Credential(secrets)

    def source(self, server: Any) -> Source:
        return source("posts")

    def add_post(self, server: Any, text: str) -> None:
        server.add_post(text)

    def segment(self, server: Any, text: str) -> Segment:
        return Segment(text=text, created=datetime.now(UTC))

    def times_posted(self, server: Any, text: str) -> int:
        server.state.publish_due()
        out = [post for post in server.state.posts.values() if post.published]
        return sum(row.message == text for row in (*out, *server.state.comments.values()))

    def times_waiting(self, server: Any, text: str) -> int:
        return sum(post.message == text and not post.published for post in server.state.posts.values())

    def let_time_pass(self, server: Any) -> None:
        for post in server.state.posts.values():
            if post.scheduled is not None:
                post.scheduled = datetime.now(UTC)


@pytest.fixture
async def server(judge: GraphJudge | None) -> AsyncIterator[RecordingFacebook]:
    async for running in judged(judge):
        yield running


@pytest.fixture
def opened(server: RecordingFacebook, http: Http) -> Any:
    return open_page(server, http)


def test_the_specifications_judge_all_tests_here(judge: GraphJudge | None) -> None:
    if judge is None:
        pytest.skip("no specifications: set SOCIALDESK_CONTRACTS to the folder that holds them")
    with pytest.raises(AssertionError, match="no field friends"):
        judge.check(Sent("GET", "/v25.0/1/feed", {"fields": "id,friends"}), "Page")
    with pytest.raises(AssertionError, match="unknown parameters"):
        judge.check(Sent("POST", "/v25.0/1/feed", {"mood": "fine"}), "Page")
    with pytest.raises(AssertionError, match="has no PUT"):
        judge.check(Sent("PUT", "/v25.0/1/feed", {}), "Page")


async def test_facts_and_rules_can_be_pickled(opened: Any) -> None:
    assert pickle.loads(pickle.dumps(Facebook.facts)) == Facebook.facts
    rules = await opened.post_rules()
    assert pickle.loads(pickle.dumps(rules)) == rules


# columns


@pytest.mark.parametrize("kind", ["posts", "mentions", "visitors"])
async def test_every_column_reads_and_goes_back(server: RecordingFacebook, opened: Any, kind: str) -> None:
    for number in range(12):
        server.add_post(f"Ours {number}", minutes_ago=number)
        server.add_post(f"A visitor's {number}", by="harbor", minutes_ago=number)
        server.mention(f"About you {number}", minutes_ago=number)
    first = await opened.fetch(source(kind), "", 5)
    assert len(first.entries) == 5
    seen = [entry.text for entry in first.entries]
    page = first
    while page.older:
        page = await opened.fetch_older(source(kind), page.older, 5)
        seen += [entry.text for entry in page.entries]
    assert len(seen) == len(set(seen)) >= 12
    again = await opened.fetch(source(kind), first.cursor, 5)
    assert again.unchanged
    assert again.cursor == first.cursor


async def test_counts_and_changed_words_come_with_the_next_look(server: RecordingFacebook, opened: Any) -> None:
    post = server.add_post("Before")
    first = await opened.fetch(source("posts"), "", 5)
    post.message = "After"
    server.comment(post, "Well said")
    page = await opened.fetch(source("posts"), first.cursor, 5)
    assert (page.entries[0].text, page.entries[0].counts.replies) == ("After", 1)
    assert not page.unchanged


async def test_a_long_absence_leaves_a_gap_that_can_be_filled(server: RecordingFacebook, opened: Any) -> None:
    first = await opened.fetch(source("posts"), "", 5)
    for number in range(40):
        server.add_post(f"Post {number}", minutes_ago=-number / 60)
    page = await opened.fetch(source("posts"), first.cursor, 5)
    assert page.gap
    texts = [entry.text for entry in page.entries]
    while len(texts) < 40:
        page = await opened.fetch_older(source("posts"), page.older, 5)
        texts += [entry.text for entry in page.entries]
    assert texts[:40] == [f"Post {number}" for number in range(39, -1, -1)]


async def test_what_a_post_shows(server: RecordingFacebook, opened: Any) -> None:
    article = next(iter(server.wire._cards))
    server.add_post(f"Read this #B2B {article}", link=article, minutes_ago=1, shares=3, likes={server.me.id})
    page = await opened.fetch(source("posts"), "", 5)
    entry = page.entries[0]
    assert entry.link is not None
    assert (entry.link.url, entry.link.title) == (article, server.wire._cards[article]["title"])
    assert entry.media == ()
    assert (entry.counts.likes, entry.counts.reshares) == (1, 3)
    assert entry.mine == {"like"}
    assert entry.tags == ("B2B",)
    assert f'<a href="{article}">' in entry.html
    pictured = next(entry for entry in page.entries if entry.media)
    assert (pictured.media[0].kind, pictured.media[0].width) == (MediaKind.IMAGE, 1200)


async def test_mentions_and_visitors_say_who_and_why(server: RecordingFacebook, opened: Any) -> None:
    server.mention("Good pumps", by="harbor")
    server.add_post("A question", by="harbor")
    harbor = server.person("harbor")
    for kind, why in (("mentions", "mention"), ("visitors", "status")):
        entry = (await opened.fetch(source(kind), "", 5)).entries[0]
        assert entry.author.name == harbor.name
        assert entry.reason is not None
        assert (entry.reason.kind, entry.reason.by) == (why, entry.author)


async def test_comments_of_all_posts_without_ones_own(server: RecordingFacebook, opened: Any) -> None:
    old, new = server.add_post("Old", minutes_ago=500), server.add_post("New", minutes_ago=1)
    question = server.comment(old, "A question", minutes_ago=3)
    server.state.add_comment(old, server.me.id, "Our answer", parent=question.id, minutes_ago=2)
    server.comment(new, "Well said", by="meridian", minutes_ago=1)
    page = await opened.fetch(source("comments"), "", 10)
    assert [entry.text for entry in page.entries[:2]] == ["Well said", "A question"]
    assert "Our answer" not in {entry.text for entry in page.entries}
    entry = page.entries[1]
    assert entry.reason is not None
    assert (entry.reason.kind, entry.reply_to, entry.refs["post"]) == ("comment", old.id, old.id)
    assert entry.counts.replies == 1
    assert (await opened.fetch(source("comments"), page.cursor, 10)).unchanged
    server.state.add_comment(old, server.person("harbor").id, "And another", parent=question.id)
    news = await opened.fetch(source("comments"), page.cursor, 10)
    assert [(entry.text, entry.reply_to) for entry in news.entries] == [("And another", question.id)]


async def test_many_comments_under_one_post_all_come(server: RecordingFacebook, opened: Any) -> None:
    first = await opened.fetch(source("comments"), "", 10)
    post = server.add_post("Much discussed")
    for number in range(150):
        server.comment(post, f"Comment {number}")
    page = await opened.fetch(source("comments"), first.cursor, 10)
    assert {entry.text for entry in page.entries} == {f"Comment {number}" for number in range(150)}
    assert len(server.requests("/comments$")) == 2


async def test_older_comments_are_those_of_older_posts(server: RecordingFacebook, opened: Any) -> None:
    for number in range(70):
        server.comment(server.add_post(f"Post {number}", minutes_ago=number), f"Comment {number}", minutes_ago=number)
    first = await opened.fetch(source("comments"), "", 10)
    older = await opened.fetch_older(source("comments"), first.older, 10)
    assert "Comment 69" not in {entry.text for entry in first.entries}
    assert "Comment 69" in {entry.text for entry in older.entries}


async def test_a_conversation_from_a_comment(server: RecordingFacebook, opened: Any) -> None:
    post = server.add_post("The post", minutes_ago=9)
    comment = server.comment(post, "A question", minutes_ago=5)
    server.state.add_comment(post, server.me.id, "An answer", parent=comment.id, minutes_ago=3)
    page = await opened.thread(comment.id, {"kind": "comment", "post": post.id})
    assert [entry.text for entry in page.entries] == ["The post", "A question", "An answer"]


async def test_unknown_columns(opened: Any) -> None:
    for ask in (opened.fetch(source("weather"), "", 5), opened.fetch_older(source("weather"), "x", 5)):
        with pytest.raises(Rejected) as caught:
            await ask
        assert caught.value.reason == "not_supported"


@pytest.mark.parametrize("text", ["no cursor of ours", "[1]", '{"known": 3, "newest": "x"}'])
@pytest.mark.parametrize("kind", ["posts", "comments"])
async def test_a_cursor_of_another_time_starts_again(opened: Any, kind: str, text: str) -> None:
    assert (await opened.fetch(source(kind), text, 5)).entries


def test_missing_fields_make_a_card_all_the_same() -> None:
    place = Place("https://www.facebook.com", "1", "Northwind Pumps")
    assert post_entry({}, place) is None
    assert comment_entry({"id": None}, "1_2", place) is None
    bare = post_entry({"id": "1_2", "from": 7, "attachments": [1], "shares": "x", "created_time": "soon"}, place)
    assert bare is not None
    assert (bare.author.name, bare.published, bare.media, bare.url) == (
        "Somebody on Facebook",
        None,
        (),
        "https://www.facebook.com/1_2",
    )
    whole = {
        "id": "1_2",
        "created_time": "2026-08-22T10:00:00+0000",
        "full_picture": "https://cdn.example/a.jpg",
        "attachments": {
            "data": [{"media_type": "video", "media": {"source": "https://cdn.example/a.mp4", "image": {"src": "x"}}}]
        },
    }
    entry = post_entry(whole, place)
    assert entry is not None
    assert entry.published == datetime(2026, 8, 22, 10, tzinfo=UTC)
    assert [(media.kind, media.url) for media in entry.media] == [(MediaKind.VIDEO, "https://cdn.example/a.mp4")]
    lone = post_entry({"id": "1_3", "full_picture": "https://cdn.example/a.jpg"}, place)
    assert lone is not None
    assert lone.media[0].url == "https://cdn.example/a.jpg"


# limits and refusals


@pytest.mark.parametrize(
    ("code", "sub", "kind", "reason"),
    [
        *[(190, sub, AuthExpired, "sign_in_again") for sub in (0, 458, 460, 463, 467, 492)],
        *[(190, sub, AuthExpired, "confirm_identity") for sub in (459, 464)],
        (102, 0, AuthExpired, "sign_in_again"),
        (10, 0, Rejected, "missing_permission"),
        (3, 0, Rejected, "missing_permission"),
        (200, 0, Rejected, "missing_permission"),
        (283, 0, Rejected, "missing_permission"),
        (100, 0, Rejected, "invalid"),
        (100, 33, Rejected, "not_found"),
        (506, 0, Rejected, "duplicate"),
        (1609005, 0, Rejected, "link_refused"),
        (100, 1609008, Rejected, "link_refused"),
        (368, 0, Rejected, "account_restricted"),
        (368, 1390008, Rejected, "posting_too_fast"),
        (368, 1346003, Rejected, "against_rules"),
        (200, 1404102, Rejected, "against_rules"),
        (200, 1404078, Rejected, "confirm_identity"),
        (200, 4854002, Rejected, "confirm_identity"),
        (100, 1366046, Rejected, "media_unfit"),
        (100, 1366051, Rejected, "duplicate"),
        *[(code, 0, RateLimited, "rate_limited") for code in (4, 17, 32, 341, 613, 80001)],
        (1, 0, Unreachable, "server_error"),
        (2, 0, Unreachable, "server_error"),
        (424242, 0, Rejected, "invalid"),
    ],
)
async def test_every_documented_refusal_has_a_reason_and_a_sentence(
    server: RecordingFacebook, opened: Any, code: int, sub: int, kind: type[NetworkError], reason: str
) -> None:
    server.refuse("/published_posts$", GraphError(code, "No.", sub=sub))
    with pytest.raises(NetworkError) as caught:
        await opened.fetch(source("posts"), "", 5)
    assert (type(caught.value), caught.value.reason) == (kind, reason)
    assert sentence(reason) != sentence("a reason that nobody knows")
    if kind is Unreachable:  # the same while publishing says nothing of the outcome
        server.refuse("/feed$", GraphError(code, "No.", sub=sub))
        with pytest.raises(OutcomeUnknown):
            await opened.publish(Segment("Perhaps", created=datetime.now(UTC)), "sd-1")


async def test_a_transient_trouble_of_any_code_and_an_error_inside_a_success(
    server: RecordingFacebook, opened: Any
) -> None:
    server.refuse("/published_posts$", GraphError(1234, "Try again", transient=True, status=500))
    with pytest.raises(Unreachable):
        await opened.fetch(source("posts"), "", 5)
    server.refuse("/published_posts$", GraphError(190, "Expired", status=200))
    with pytest.raises(AuthExpired):
        await opened.fetch(source("posts"), "", 5)


async def test_a_limit_says_how_long(server: RecordingFacebook, opened: Any) -> None:
    server.usage, server.regain = 100, 42
    server.refuse("/published_posts$", GraphError(80001, "There have been too many calls to this Page account."))
    with pytest.raises(RateLimited) as caught:
        await opened.fetch(source("posts"), "", 5)
    wait = caught.value.until - datetime.now(UTC)
    assert timedelta(minutes=41) < wait <= timedelta(minutes=42)


@pytest.mark.parametrize(("usage", "rests"), [(74, False), (75, True)])
async def test_a_column_rests_before_the_allowance_is_spent(
    server: RecordingFacebook, opened: Any, usage: int, rests: bool
) -> None:
    server.usage = usage
    for kind in ("posts", "comments"):
        with noting_limits() as noted:
            await opened.fetch(source(kind), "", 5)
        assert (noted.until is not None and noted.until > datetime.now(UTC)) == rests


@pytest.mark.parametrize(
    ("permission", "kind"), [("pages_read_engagement", "posts"), ("pages_read_user_content", "visitors")]
)
async def test_a_permission_that_is_missing(server: RecordingFacebook, opened: Any, permission: str, kind: str) -> None:
    server.lacks.add(permission)
    with pytest.raises(Rejected) as caught:
        await opened.fetch(source(kind), "", 5)
    assert caught.value.reason == "missing_permission"
    assert permission in caught.value.detail


# numbers


async def test_numbers_of_the_page_and_of_a_post(server: RecordingFacebook, opened: Any) -> None:
    assert isinstance(opened, Measures)
    post = server.add_post("Measured")
    page = await opened.measures("", {})
    assert {measure.name: measure.value for measure in page}["page_post_engagements"] == 212
    found = {measure.name: measure for measure in await opened.measures(post.id, {})}
    assert found["post_clicks"].value == 31
    assert found["post_reactions_by_type_total.love"].value == 3
    assert all(measure.title for measure in found.values())


async def test_a_metric_that_facebook_retired_is_left_out(server: RecordingFacebook, opened: Any) -> None:
    del server.metrics["page_media_view"]
    found = await opened.measures("", {})
    assert {measure.name for measure in found} == {
        "page_total_media_view_unique",
        "page_post_engagements",
        "page_daily_follows",
    }
    server.lacks.add("read_insights")
    with pytest.raises(Rejected) as caught:
        await opened.measures("", {})
    assert caught.value.reason == "missing_permission"
