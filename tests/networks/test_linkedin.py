"""The LinkedIn adapter against the practice server: the inherited contract as a page, and what members get."""

import json
import pickle
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies

from socialdesk.content.worker import Worker
from socialdesk.core.account import Account, Credential
from socialdesk.core.errors import AuthExpired, NetworkError, OutcomeUnknown, RateLimited, Rejected, Unreachable
from socialdesk.core.post import CardToSend, DeliveryState, Draft, MediaFile, Segment, Target, Uploaded
from socialdesk.core.source import Source
from socialdesk.http import Http, Response
from socialdesk.networks.linkedin.adapter import LinkedIn
from socialdesk.networks.linkedin.client import Client
from socialdesk.networks.linkedin.facts import API
from socialdesk.networks.linkedin.littletext import little, plain
from socialdesk.networks.linkedin.refusals import refusal
from socialdesk.practice.linkedin import PERSON, PracticeLinkedIn, build
from socialdesk.practice.linkedin_oauth import PAGE
from socialdesk.practice.linkedin_wire import read_little
from socialdesk.practice.server import Fault
from socialdesk.practice.world import World, picture
from socialdesk.ui import words
from tests.networks.contract import Later, NetworkContract, make_http
from tests.services.conftest import open_desk
from tests.support.documents import pdf

WORLD = World.load()


async def no_sleep(_seconds: float) -> None:
    return


def open_page(server: PracticeLinkedIn, http: Http, token: str = "", **options: Any) -> Any:
    account = Account(1, "linkedin", server.me.name, server.me.handle, server.url, server.page)
    credential = Credential({"access_token": token or server.credentials["token"]})
    return LinkedIn(account, credential, http, **{"sleep": no_sleep, **options})


def open_member(server: PracticeLinkedIn, http: Http, **options: Any) -> Any:
    facts = options.pop("facts", {})
    account = Account(2, "linkedin", server.me.name, server.me.name, server.url, PERSON, facts=facts)
    credential = Credential({"access_token": server.credentials["member_token"]})
    return LinkedIn(account, credential, http, **{"sleep": no_sleep, **options})


class TestLinkedInPageContract(NetworkContract):
    network = LinkedIn
    read_path = "^/rest/posts$"
    publish_path = "^/rest/posts$"
    renew_path = "^/oauth/v2/accessToken$"
    threads = False

    def make_server(self) -> PracticeLinkedIn:
        return build(WORLD, {})

    async def open(self, server: Any, http: Http) -> Any:
        return open_page(server, http, now=Later())

    async def open_with_bad_credential(self, server: Any, http: Http) -> Any:
        return open_page(server, http, token="not-a-token-of-this-server")

    def secrets(self, server: Any) -> tuple[str, ...]:
        return (server.credentials["token"],)

    async def spent(self, server: Any, http: Http) -> tuple[Account, Credential]:
        app = server.oauth.register(PAGE, renews=True)
        given = server.oauth.give(app, PAGE)
        names = ("access_token", "refresh_token")
        secrets = {name: str(given[name]) for name in names} | {"client_id": app.client_id, "client_secret": app.secret}
        server.oauth.tokens.clear()
        return open_page(server, http).account, Credential(secrets)

    def source(self, server: Any) -> Source:
        return Source(1, "linkedin", "posts", 1)

    def add_post(self, server: Any, text: str) -> None:
        server.add_post(text)

    def segment(self, server: Any, text: str) -> Segment:
        return Segment(text=text, created=datetime.now(UTC))

    def times_posted(self, server: Any, text: str) -> int:
        return int(server.shown(server.page).count(text))


@pytest.fixture
async def server() -> AsyncIterator[PracticeLinkedIn]:
    async with build(WORLD, {}) as running:
        yield running


@pytest.fixture
def page(server: PracticeLinkedIn, http: Http) -> Any:
    return open_page(server, http)


@pytest.fixture
def member(server: PracticeLinkedIn, http: Http) -> Any:
    return open_member(server, http)


def key_of(opened: Any) -> str:
    return str(opened.new_key(1_770_000_000_000_000, 7))


def segment(text: str, **more: Any) -> Segment:
    return Segment(text, created=datetime.now(UTC), **more)


def created(server: PracticeLinkedIn) -> list[dict[str, Any]]:
    return [json.loads(request.body) for request in server.requests("^/rest/posts$", "POST")]


class Clock:
    """Runs ahead of the real time by as much as a test says."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


# what crosses the process boundary


async def test_facts_and_rules_can_be_pickled(page: Any) -> None:
    assert pickle.loads(pickle.dumps(LinkedIn.facts)) == LinkedIn.facts
    rules = await page.post_rules()
    assert pickle.loads(pickle.dumps(rules)).weigh("Hello @[Harbor & Co](urn:li:organization:12)") == 17


def test_counting_loads_neither_the_wire_nor_the_adapter() -> None:
    script = (
        "import sys, socialdesk.networks.linkedin.rules, socialdesk.networks.linkedin\n"
        "print([m for m in sys.modules if m in ('asyncio', 'aiohttp', 'httpx', 'socialdesk.http')"
        " or m.endswith('linkedin.adapter')])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


# little text


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Plain words.", "Plain words."),
        ("a (b) [c] {d} <e> f_g *h* ~i~ j|k l@m \\n", r"a \(b\) \[c\] \{d\} \<e\> f\_g \*h\* \~i\~ j\|k l\@m \\n"),
        ("Hello #B2B!", r"Hello {hashtag|\#|B2B}!"),
        ("C# and #1", r"C\# and \#1"),
        ("By @[Harbor & Co](urn:li:organization:12).", "By @[Harbor & Co](urn:li:organization:12)."),
        ("@[A (b)](https://www.linkedin.com/company/12/)", r"@[A \(b\)](urn:li:organization:12)"),
        ("@[No one](https://example.com/)", r"\@\[No one\]\(https://example.com/\)"),
    ],
)
def test_little_text(text: str, marked: str) -> None:
    assert little(text) == marked


@given(strategies.text(alphabet="ab #@[](){}|\\<>*_~é1🚢\n", max_size=60))
def test_readers_see_what_was_written(text: str) -> None:
    assert plain(little(text)) == text
    assert read_little(little(text)) == text


@given(strategies.text(max_size=80))
def test_reading_little_text_never_fails(text: str) -> None:
    assert len(plain(text)) <= len(text)


async def test_nothing_of_a_post_is_cut_off(server: PracticeLinkedIn, page: Any) -> None:
    text = "Prices (2026) rose_by <5%> | see [here] @ #Q4 * ~ {all}"
    await page.publish(segment(text), key_of(page))
    assert server.shown(server.page)[0] == text
    read = await page.fetch(Source(1, "linkedin", "posts", 1), "", 5)
    assert read.entries[0].text == text


async def test_a_mention_is_one(server: PracticeLinkedIn, page: Any) -> None:
    urn = server.page_of("harbor")
    receipt = await page.publish(segment(f"With @[Harbor]({urn}) (today)"), key_of(page))
    assert created(server)[-1]["commentary"] == rf"With @[Harbor]({urn}) \(today\)"
    assert server.shown(server.page)[0] == "With Harbor (today)"
    found = await page.find(segment(f"With @[Harbor]({urn}) (today)"), key_of(page))
    assert found == receipt


# cards, pictures, documents


CARD = CardToSend("https://blog.example/spring/", "Spring (2026)", "What we learned", b"\xff\xd8jpeg", 600, 315)


async def test_a_card_of_our_making(server: PracticeLinkedIn, page: Any) -> None:
    await page.publish(segment("Read this", card=CARD), key_of(page))
    article = created(server)[-1]["content"]["article"]
    assert (article["source"], article["title"], article["description"]) == (CARD.url, CARD.title, CARD.description)
    assert server.state.uploads[article["thumbnail"]].data == CARD.thumb
    entry = (await page.fetch(Source(1, "linkedin", "posts", 1), "", 5)).entries[0]
    assert entry.link is not None
    assert (entry.link.url, entry.link.title) == (CARD.url, CARD.title)
    assert entry.link.image_url.startswith(server.url)


async def test_a_card_picture_that_is_refused_costs_the_picture_only(server: PracticeLinkedIn, page: Any) -> None:
    server.uploads_fail = True
    await page.publish(segment("Read this", card=CARD), key_of(page))
    assert created(server)[-1]["content"]["article"] == {
        "source": CARD.url,
        "title": CARD.title,
        "description": CARD.description,
    }


@pytest.mark.parametrize("kind", ["500", "close", "429"])
async def test_a_fault_at_the_card_picture_posts_nothing(server: PracticeLinkedIn, page: Any, kind: str) -> None:
    """And leaves nothing in doubt: the post was never sent."""
    server.faults.add(Fault(kind, match="^/dms-uploads/"))
    with pytest.raises((Unreachable, RateLimited)):
        await page.publish(segment("Read this", card=CARD), key_of(page))
    assert created(server) == []


@pytest.mark.parametrize("sees", [True, False])
async def test_pictures_with_words_for_them(server: PracticeLinkedIn, member: Any, sees: bool) -> None:
    server.may_see_uploads, server.works_on_uploads = sees, 2
    files = [MediaFile(f"b{n}", "image/png", picture(f"p{n}", 40, 30), f"Picture {n}") for n in range(3)]
    one = await member.upload(files[0])
    await member.publish(segment("One", media=(one,)), key_of(member))
    assert created(server)[-1]["content"] == {"media": {"id": one.ref, "altText": "Picture 0"}}
    several = tuple([await member.upload(file) for file in files[1:]])
    await member.publish(segment("Two", media=several), key_of(member))
    images = created(server)[-1]["content"]["multiImage"]["images"]
    assert images == [{"id": several[0].ref, "altText": "Picture 1"}, {"id": several[1].ref, "altText": "Picture 2"}]
    assert server.state.uploads[one.ref].data == files[0].data


async def test_a_document_has_a_title(server: PracticeLinkedIn, page: Any) -> None:
    sent = await page.upload(MediaFile("b", "application/pdf", b"%PDF-1.7", name="Annual report.pdf"))
    await page.publish(segment("Our year", media=(sent,)), key_of(page))
    assert created(server)[-1]["content"] == {"media": {"id": sent.ref, "title": "Annual report.pdf"}}


async def test_a_title_is_one_line_of_the_length_that_linkedin_takes(server: PracticeLinkedIn, page: Any) -> None:
    sent = await page.upload(MediaFile("b", "application/pdf", b"%PDF-1.7", f" Our\nyear {'x' * 500}", name="a.pdf"))
    receipt = await page.publish(segment("Read this", media=(sent,)), key_of(page))
    title = server.state.posts[receipt.remote_id].content["media"]["title"]
    assert (title[:10], len(title)) == ("Our year x", 400)
    assert await page.find(segment("Read this", media=(sent,)), "k") == receipt


async def test_a_document_goes_from_a_persons_file_to_linkedin(server: PracticeLinkedIn, tmp_path: Path) -> None:
    paper, worker = tmp_path / "Annual report.pdf", Worker()
    paper.write_bytes(pdf(4))
    try:
        async with open_desk(tmp_path, worker, {"linkedin": LinkedIn}) as desk:
            given = {name: server.credentials[name] for name in ("token", "organization")} | {"server": server.url}
            account = await desk.services.accounts.sign_in("linkedin", given, form=1)
            kept = await desk.services.composing.add_document(str(paper))
            text = "Read https://northwind.example/report"
            publication = await desk.publish(Draft(text=text, account_ids=(account.id,), pictures=(kept,)))
            await desk.settle_until(seconds=5)
            shown: Any = await desk.services.publishing.publication(publication)
            assert [delivery.state for delivery in shown.deliveries] == [DeliveryState.SENT]
    finally:
        await worker.aclose()
    (post,) = [post for post in server.state.posts.values() if post.commentary.startswith("Read ")]
    urn = post.content["media"]["id"]
    assert post.content == {"media": {"id": urn, "title": "Annual report"}}
    assert server.state.uploads[urn].data == paper.read_bytes()


async def test_a_large_document_has_the_time_that_a_slow_line_needs(
    server: PracticeLinkedIn, http: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    patience: list[float] = []
    whole = type(http).request

    async def request(self: Http, method: str, url: str, **options: Any) -> Response:
        if method == "PUT":
            patience.append(options["timeout_s"])
        return await whole(self, method, url, **options)

    monkeypatch.setattr(type(http), "request", request)
    for size in (1000, 30_000_000):
        await open_page(server, http).upload(MediaFile("b", "application/pdf", b"%PDF-1.7".ljust(size), "Report"))
    assert patience == [120.0, 300.0]


async def test_a_document_that_linkedin_cannot_read(page: Any) -> None:
    with pytest.raises(Rejected) as caught:
        await page.upload(MediaFile("b", "application/pdf", b"no document at all"))
    assert caught.value.reason == "media_type"


async def test_members_and_pages_take_documents_as_linkedin_does(page: Any, member: Any) -> None:
    for opened in (page, member):
        documents = (await opened.post_rules()).documents
        assert (documents.size, documents.pages, documents.title_limit) == (100_000_000, 300, 400)
        assert "application/pdf" in documents.types


async def test_a_picture_that_cannot_be_used(server: PracticeLinkedIn, page: Any) -> None:
    server.uploads_fail = True
    with pytest.raises(Rejected) as caught:
        await page.upload(MediaFile("b", "image/png", b"no picture"))
    assert caught.value.reason == "media_type"


async def test_pictures_of_posts_are_shown(server: PracticeLinkedIn, page: Any) -> None:
    sent = await page.upload(MediaFile("b", "image/png", picture("p", 40, 30), "The harbour"))
    await page.publish(segment("Look", media=(sent,)), key_of(page))
    entry = (await page.fetch(Source(1, "linkedin", "posts", 1), "", 5)).entries[0]
    assert [(m.alt, m.url.startswith(server.url)) for m in entry.media] == [("The harbour", True)]


def test_the_token_goes_to_linkedin_only() -> None:
    client = Client(make_http(), API, "secret-token")
    assert client._sign("https://www.linkedin.com/dms-uploads/1")
    for url in ("https://example.com/dms", "http://www.linkedin.com/x", "https://linkedin.com.example/x"):
        assert not client._sign(url)


# members: written for, never read


async def test_a_member_is_told_plainly_that_nothing_can_be_read(member: Any) -> None:
    for kind in ("posts", "comments"):
        with pytest.raises(Rejected) as caught:
            await member.fetch(Source(1, "linkedin", kind, 2), "", 5)
        assert caught.value.reason == "members_unread"
    assert "program" in words.sentence("members_unread")


async def test_a_member_chooses_who_sees_it(server: PracticeLinkedIn, member: Any) -> None:
    rules = await member.post_rules()
    assert [choice.value for choice in rules.visibilities] == ["PUBLIC", "CONNECTIONS"]
    await member.publish(segment("For friends", visibility="CONNECTIONS"), key_of(member))
    assert created(server)[-1]["visibility"] == "CONNECTIONS"
    assert created(server)[-1]["author"] == PERSON


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("kind", ["hang", "close", "reset", "truncated", "html", "500", "502", "503", "drip"])
async def test_a_members_words_in_doubt_are_out_once(
    server: PracticeLinkedIn, http: Http, kind: str, when: str
) -> None:
    clock = Clock()
    member = open_member(server, http, now=clock)
    part, key = segment(f"Once {kind} {when}"), key_of(member)
    server.faults.add(Fault(kind, match="^/rest/posts$", method="POST", when=when, retry_after="none"))
    with pytest.raises(OutcomeUnknown):
        await member.publish(part, key)
    with pytest.raises(OutcomeUnknown):
        await member.find(part, key)  # LinkedIn may still be at work
    clock.ahead = timedelta(seconds=30)
    assert await member.find(part, key) is None
    receipt = await member.publish(part, key)
    assert server.shown(PERSON).count(part.text) == 1
    assert receipt.remote_id in server.state.posts


async def test_a_member_is_asked_when_linkedin_no_longer_knows_the_words(server: PracticeLinkedIn, http: Http) -> None:
    clock = Clock()
    member = open_member(server, http, now=clock)
    server.faults.add(Fault("close", match="^/rest/posts$", method="POST", when="after"))
    with pytest.raises(OutcomeUnknown):
        await member.publish(segment("Long ago"), key_of(member))
    clock.ahead = timedelta(minutes=9)
    with pytest.raises(OutcomeUnknown):
        await member.find(segment("Long ago"), key_of(member))


async def test_a_member_is_asked_about_pictures_cards_and_after_a_restart(server: PracticeLinkedIn, http: Http) -> None:
    clock = Clock()
    member = open_member(server, http, now=clock)
    sent = await member.upload(MediaFile("b", "image/png", picture("p", 40, 30)))
    parts = (segment("With a picture", media=(sent,)), segment("With a card", card=CARD))
    for number, part in enumerate(parts):
        server.faults.add(Fault("close", match="^/rest/posts$", method="POST", when="after"))
        key = member.new_key(number, number)
        with pytest.raises(OutcomeUnknown):
            await member.publish(part, key)
        clock.ahead = timedelta(seconds=60)
        with pytest.raises(OutcomeUnknown):
            await member.find(replace(part, card=None), key)
    with pytest.raises(OutcomeUnknown):
        await open_member(server, http).find(segment("Said by the one before"), "sd-1")


@pytest.mark.parametrize("who", ["page", "member"])
async def test_a_duplicate_without_doubt_is_refused(server: PracticeLinkedIn, who: str, page: Any, member: Any) -> None:
    opened, author = (page, server.page) if who == "page" else (member, PERSON)
    server.state.add_post(author, "Said by hand", "Said by hand", datetime.now(UTC) - timedelta(minutes=5))
    with pytest.raises(Rejected) as caught:
        await opened.publish(segment("Said by hand"), key_of(opened))
    assert caught.value.reason == "duplicate"


async def test_a_duplicate_that_is_our_own_is_the_receipt(server: PracticeLinkedIn, page: Any, http: Http) -> None:
    part = segment("Ours already")
    server.faults.add(Fault("close", match="^/rest/posts$", method="POST", when="after"))
    with pytest.raises(OutcomeUnknown):
        await page.publish(part, key_of(page))
    receipt = await open_page(server, http).publish(part, key_of(page))
    assert server.shown(server.page).count("Ours already") == 1
    assert receipt.remote_id == server.state.posts_of(server.page)[0].urn


# reading a page


async def test_posts_go_back_to_the_first(server: PracticeLinkedIn, page: Any) -> None:
    for number in range(12):
        server.add_post(f"Note {number}", minutes_ago=number)
    source, seen = Source(1, "linkedin", "posts", 1), set()
    read = await page.fetch(source, "", 5)
    seen |= {entry.key for entry in read.entries}
    while read.older:
        read = await page.fetch_older(source, read.older, 5)
        assert not seen & {entry.key for entry in read.entries}
        seen |= {entry.key for entry in read.entries}
    assert seen == {post.urn for post in server.state.posts_of(server.page)}


async def test_many_new_posts_leave_a_gap_that_is_said(server: PracticeLinkedIn, page: Any) -> None:
    source = Source(1, "linkedin", "posts", 1)
    first = await page.fetch(source, "", 5)
    for number in range(20):
        server.add_post(f"Burst {number}")
    read = await page.fetch(source, first.cursor, 5)
    assert read.gap
    assert len(read.entries) == 15
    assert read.older


async def test_comments_are_asked_for_where_there_are_new_ones(server: PracticeLinkedIn, page: Any) -> None:
    source = Source(1, "linkedin", "comments", 1)
    first = await page.fetch(source, "", 20)
    asked = len(server.requests("/comments$"))
    again = await page.fetch(source, first.cursor, 20)
    assert again.unchanged
    assert len(server.requests("/comments$")) == asked
    post = server.add_post("A question to all")
    server.state.add_comment(post.urn, "urn:li:person:somebody", "An answer")
    server.state.add_comment(post.urn, server.page, "Thank you")
    news = await page.fetch(source, again.cursor, 20)
    assert [entry.text for entry in news.entries] == ["An answer"]
    assert news.entries[0].author.name == "LinkedIn member"
    assert news.entries[0].published is not None
    assert len(server.requests("/comments$")) == asked + 1


async def test_a_page_answers_a_comment_and_takes_it_back(server: PracticeLinkedIn, page: Any) -> None:
    post = server.add_post("A question to all")
    server.state.add_comment(post.urn, "urn:li:person:somebody", "An answer")
    entry = (await page.fetch(Source(1, "linkedin", "comments", 1), "", 20)).entries[0]
    target = Target(entry.remote_id, entry.refs, entry.author.name, entry.text, entry.url)
    part = segment("Thank you (really)", reply_to=target)
    receipt = await page.publish(part, key_of(page))
    made = server.state.comments[receipt.remote_id]
    assert (made.text, made.parent, made.actor) == ("Thank you (really)", entry.remote_id, server.page)
    assert await page.find(part, key_of(page)) == receipt
    conversation = await page.thread(post.urn, {"post": post.urn})
    assert [e.text for e in conversation.entries][:2] == ["A question to all", "An answer"]
    await page.delete(receipt.remote_id, receipt.refs)
    assert receipt.remote_id not in server.state.comments
    await page.delete(receipt.remote_id, receipt.refs)
    assert await page.find(part, key_of(page)) is None


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_comment_in_doubt_is_found_or_not(server: PracticeLinkedIn, page: Any, when: str) -> None:
    post = server.add_post("A question to all")
    part = segment("Said once", reply_to=Target(post.urn, {"post": post.urn}))
    server.faults.add(Fault("close", match="/comments$", method="POST", when=when))
    with pytest.raises(OutcomeUnknown):
        await page.publish(part, key_of(page))
    assert (await page.find(part, key_of(page)) is not None) == (when == "after")


async def test_comments_of_members_need_what_linkedin_grants(server: PracticeLinkedIn, http: Http) -> None:
    assert not (await open_member(server, http).post_rules()).replies
    granted = open_member(server, http, facts={"scopes": "openid w_member_social_feed"})
    assert (await granted.post_rules()).replies
    post = server.add_post("A question to all")
    part = segment("Said", reply_to=Target(post.urn, {"post": post.urn}))
    with pytest.raises(Rejected) as caught:
        await granted.publish(part, key_of(granted))
    assert caught.value.reason == "missing_permission"


async def test_a_comment_holds_words_only(page: Any) -> None:
    part = segment("Look", reply_to=Target("urn:li:share:1", {}), media=(Uploaded("urn:li:image:1"),))
    with pytest.raises(Rejected) as caught:
        await page.publish(part, key_of(page))
    assert caught.value.reason == "not_supported"


# versions, limits, refusals


async def test_a_retired_version_is_followed_by_the_next(server: PracticeLinkedIn, page: Any) -> None:
    server.spoken = ("202607",)
    await page.publish(segment("Still here"), key_of(page))
    assert server.shown(server.page).count("Still here") == 1
    before = len(server.log)
    await page.find(segment("Still here"), key_of(page))
    assert len(server.log) == before + 1  # the version that is gone is not asked for again


async def test_a_version_of_the_persons_own(server: PracticeLinkedIn, http: Http) -> None:
    server.spoken = ("202701",)
    opened = open_member(server, http, facts={"version": "202701"})
    await opened.publish(segment("From tomorrow"), key_of(opened))
    assert server.shown(PERSON) == ["From tomorrow"]


async def test_when_all_versions_are_retired_it_says_so(server: PracticeLinkedIn, page: Any) -> None:
    server.spoken = ("203001",)
    with pytest.raises(Rejected) as caught:
        await page.publish(segment("Too old"), key_of(page))
    assert caught.value.reason == "version_retired"
    with pytest.raises(Rejected) as caught:
        await page.fetch(Source(1, "linkedin", "posts", 1), "", 5)
    assert caught.value.reason == "version_retired"


async def test_the_days_limit_ends_at_midnight_utc(server: PracticeLinkedIn, page: Any) -> None:
    server.used_up = True
    with pytest.raises(RateLimited) as caught:
        await page.publish(segment("Too much"), key_of(page))
    until = caught.value.until.astimezone(UTC)
    assert (until.hour, until.minute, until.second) == (0, 0, 0)
    assert timedelta(0) < until - datetime.now(UTC) <= timedelta(days=1)


def response(status: int, **body: Any) -> Response:
    return Response(status, {}, json.dumps({"status": status, **body}).encode(), "https://api.linkedin.com/rest/posts")


@pytest.mark.parametrize(
    ("status", "body", "kind", "reason"),
    [
        (401, {"serviceErrorCode": 65600}, AuthExpired, "sign_in_again"),
        (401, {"serviceErrorCode": 65601, "code": "REVOKED_ACCESS_TOKEN"}, AuthExpired, "sign_in_again"),
        (403, {"serviceErrorCode": 65602}, AuthExpired, "sign_in_again"),
        (403, {"code": "ACCESS_DENIED", "serviceErrorCode": 100}, Rejected, "missing_permission"),
        (400, {"message": "Something else"}, Rejected, "invalid"),
        (422, {"message": "Something else"}, Rejected, "invalid"),
        (422, {"code": "DUPLICATE_POST"}, Rejected, "duplicate"),
        (422, {"message": "Content is a duplicate of urn:li:share:1"}, Rejected, "duplicate"),
        (422, {"code": "FIELD_LENGTH_TOO_LONG"}, Rejected, "too_long"),
        (400, {"message": "length of 3000 exceeded"}, Rejected, "too_long"),
        (404, {}, Rejected, "not_found"),
        (426, {"code": "NONEXISTENT_VERSION"}, Rejected, "version_retired"),
        (400, {"code": "VERSION_MISSING"}, Rejected, "version_retired"),
        (500, {}, OutcomeUnknown, "outcome_unknown"),
    ],
)
def test_every_refusal_has_a_reason_and_a_sentence(
    status: int, body: dict[str, Any], kind: type[NetworkError], reason: str
) -> None:
    error = refusal(response(status, **body), write=True, now=datetime.now(UTC))
    assert (type(error), error.reason) == (kind, reason)
    assert words.sentence(reason) != words.sentence("no such reason")


@pytest.mark.parametrize("odd", [None, [], "x", 5, {"elements": [None, 5, {"id": 7, "content": []}]}])
async def test_odd_answers_harm_nothing(
    server: PracticeLinkedIn, page: Any, odd: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ask(*_a: Any, **_k: Any) -> Any:
        return None, odd if isinstance(odd, dict) else {}

    monkeypatch.setattr(page._reader._client, "ask", ask)
    if not isinstance(odd, dict):
        with pytest.raises(Unreachable):
            await page.fetch(Source(1, "linkedin", "posts", 1), "", 5)
    else:
        assert [e.key for e in (await page.fetch(Source(1, "linkedin", "posts", 1), "", 5)).entries] == ["7"]


async def test_a_conversation_without_times(page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    comment = {"id": "1", "actor": "urn:li:person:a", "message": {"text": "Hello"}}

    async def ask(_method: str, path: str, **_options: Any) -> Any:
        found = {"elements": [comment, {**comment, "id": "2"}]} if "/comments" in path else {"id": "urn:li:share:1"}
        return None, found

    monkeypatch.setattr(page._reader._client, "ask", ask)
    conversation = await page.thread("urn:li:share:1", {})
    assert [entry.remote_id for entry in conversation.entries] == [
        "urn:li:share:1",
        "urn:li:comment:(urn:li:share:1,1)",
        "urn:li:comment:(urn:li:share:1,2)",
    ]


async def test_other_words_for_a_post_that_is_out(server: PracticeLinkedIn, member: Any) -> None:
    receipt = await member.publish(segment("A tpyo (2026)"), key_of(member))
    server.faults.add(Fault("close", match="^/rest/posts/", method="POST", when="after"))
    with pytest.raises(Unreachable):
        await member.edit(receipt.remote_id, receipt.refs, "A typo (2026)")
    await member.edit(receipt.remote_id, receipt.refs, "A typo (2026)")
    assert server.shown(PERSON) == ["A typo (2026)"]
    for refs, text, reason in (({"comment": "urn:li:comment:(a,1)"}, "x", "not_supported"), ({}, " ", "empty")):
        with pytest.raises(Rejected) as caught:
            await member.edit(receipt.remote_id, refs, text)
        assert caught.value.reason == reason


@pytest.mark.parametrize("who", ["page", "member"])
@pytest.mark.parametrize("when", ["before", "after"])
async def test_the_outbox_sends_words_once(server: PracticeLinkedIn, tmp_path: Path, when: str, who: str) -> None:
    """In doubt, looked for, a member's sent again while LinkedIn still knows them: nobody has to be asked.

    The clocks of the desk and of LinkedIn are far apart here.
    """
    worker = Worker()
    now: list[Callable[[], datetime]] = []

    class Turned(LinkedIn):
        def __init__(self, account: Account, credential: Credential, http: object) -> None:
            super().__init__(account, credential, http, sleep=no_sleep, now=now[0])

    try:
        async with open_desk(tmp_path, worker, {"linkedin": Turned}) as desk:
            now.append(desk.clock)
            given = {"server": server.url, "token": server.credentials["member_token"]}
            if who == "page":
                given |= {name: server.credentials[name] for name in ("token", "organization")}
            account: Any = await desk.services.accounts.sign_in("linkedin", given, form=1)
            server.faults.add(Fault("close", match="^/rest/posts$", method="POST", when=when))
            publication = await desk.publish(Draft(text="Said once", account_ids=(account.id,)))
            for _ in range(12):
                await desk.settle_until(seconds=5)
            shown: Any = await desk.services.publishing.publication(publication)
            assert [delivery.state for delivery in shown.deliveries] == [DeliveryState.SENT]
            assert server.shown(PERSON if who == "member" else server.page).count("Said once") == 1
    finally:
        await worker.aclose()


async def test_pictures_that_are_not_there_yet_may_still_come(server: PracticeLinkedIn, http: Http) -> None:
    """LinkedIn knows words again, not pictures: a certain no needs a moment, also after a start."""
    now = datetime.now(UTC)
    opened = open_page(server, http, now=lambda: now)
    uploaded = await opened.upload(MediaFile("d" * 64, "image/png", picture("late", 8, 8), "A pump", 8, 8))
    said = Segment("With a picture", media=(uploaded,), created=now)
    server.faults.add(Fault("500", match="^/rest/posts$", method="POST"))
    with pytest.raises(OutcomeUnknown):
        await opened.publish(said, "k")
    for account in (opened, open_page(server, http, now=lambda: now)):
        with pytest.raises(OutcomeUnknown) as caught:
            await account.find(said, "k")
        assert caught.value.retry_at is not None
    assert await open_page(server, http, now=lambda: now).find(replace(said, media=()), "k") is None
    now = caught.value.retry_at
    assert await opened.find(said, "k") is None


async def test_a_film_goes_up_in_slices_without_the_token(server: PracticeLinkedIn, http: Http) -> None:
    server.films.slice_bytes = 1000
    server.works_on_uploads = 3
    opened = open_page(server, http)
    data = bytes(n % 251 for n in range(2500))
    film = MediaFile("e" * 64, "video/mp4", data, "A pump at work", 320, 180, "pump.mp4", seconds=4.0)
    said = Segment("At work", media=(await opened.upload(film),), created=datetime.now(UTC))
    receipt = await opened.publish(said, "k")
    post = server.state.posts[receipt.remote_id]
    assert post.content == {"media": {"id": said.media[0].ref, "title": "A pump at work"}}
    assert server.state.uploads[said.media[0].ref].data == data
    slices = server.requests("/dms-uploads/films/")
    assert [len(one.body) for one in slices] == [1000, 1000, 500]
    assert not any("authorization" in one.headers for one in slices)
    assert await opened.find(said, "k") == receipt
    assert (await opened.post_rules()).video.seconds == 1800.0


async def test_a_film_that_linkedin_cannot_use(server: PracticeLinkedIn, http: Http) -> None:
    server.uploads_fail = True
    with pytest.raises(Rejected) as caught:
        await open_page(server, http).upload(MediaFile("e" * 64, "video/mp4", b"x" * 99, seconds=4.0))
    assert caught.value.reason == "media_type"
