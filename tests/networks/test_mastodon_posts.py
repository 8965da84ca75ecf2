"""What the Mastodon adapter writes beyond plain posts: polls, times, changes, quotes, films, posts for one server."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from socialdesk.core.errors import OutcomeUnknown, RateLimited, Rejected, Unreachable
from socialdesk.core.network import Edits, Schedules
from socialdesk.core.post import MediaFile, Poll, Receipt, Target
from socialdesk.http import Http
from socialdesk.networks.mastodon.rules import Limits, limits_of, local_way, rules_of
from socialdesk.practice.mastodon import PracticeMastodon
from socialdesk.practice.server import Fault
from socialdesk.practice.world import picture
from tests.networks.contract import make_http
from tests.networks.mastodon_judge import judged, load_contract, open_account, segment
from tests.openapi import OpenApi


class Clock:
    """A clock that the test turns, for the server and for us."""

    def __init__(self) -> None:
        self.time = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **later: float) -> None:
        self.time += timedelta(**later)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def contract() -> OpenApi | None:
    return load_contract()


@pytest.fixture
async def server(contract: OpenApi | None, clock: Clock) -> AsyncIterator[PracticeMastodon]:
    async with judged(contract, now=clock) as running:
        yield running


@pytest.fixture
async def fork() -> AsyncIterator[PracticeMastodon]:
    """A server with posts that stay on it: nothing of that is in Mastodon's contract."""
    async with judged(None) as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    http = make_http()
    yield http
    await http.aclose()


@pytest.fixture
def opened(server: PracticeMastodon, http: Http, clock: Clock) -> Any:
    return open_account(server, http, now=clock)


POLL = Poll(("Yes", "No", "Perhaps"), minutes=60, multiple=True, hide_totals=True)


def test_what_the_adapter_can(opened: Any) -> None:
    assert isinstance(opened, Schedules)
    assert isinstance(opened, Edits)


# polls


async def test_a_poll_is_asked_as_written(server: PracticeMastodon, opened: Any, clock: Clock) -> None:
    receipt = await opened.publish(segment("Will you?", poll=POLL), "k")
    poll = server.state.status(receipt.remote_id).poll
    assert poll is not None
    assert (poll.options, poll.multiple, poll.hide_totals) == (POLL.options, True, True)
    assert abs(poll.ends - clock() - timedelta(hours=1)) < timedelta(seconds=1)
    (entry,) = (await opened.thread(receipt.remote_id, receipt.refs)).entries
    assert entry.poll is not None
    assert [title for title, _ in entry.poll.options] == ["Yes", "No", "Perhaps"]


async def test_a_poll_is_told_from_the_same_words_with_other_answers(opened: Any) -> None:
    await opened.publish(segment("Will you?", poll=replace(POLL, options=("Yes", "No"))), "k1")
    await opened.publish(segment("Will you?"), "k2")
    asked = segment("Will you?", poll=POLL)
    assert await opened.find(asked, "k3") is None
    receipt = await opened.publish(asked, "k3")
    assert await opened.find(asked, "k3") == receipt


async def test_what_a_poll_may_be_is_the_servers(opened: Any) -> None:
    polls = (await opened.post_rules()).polls
    assert (polls.options, polls.option_limit, polls.min_minutes, polls.max_minutes) == (4, 50, 5, 43829)
    assert (polls.multiple, polls.hides_totals, polls.with_media) == (True, True, False)


def test_polls_of_relatives() -> None:
    assert rules_of(Limits()).polls is None
    assert rules_of(limits_of({"uri": "plain.example"})).polls is None
    older = {"max_options": 20, "max_option_chars": 200, "min_expiration": 0, "max_expiration": 31536000}
    polls = rules_of(limits_of({"poll_limits": older})).polls
    assert polls is not None
    assert (polls.options, polls.option_limit, polls.min_minutes, polls.max_minutes) == (20, 200, 5, 525600)


def test_limits_kept_by_an_earlier_version_are_read() -> None:
    kept = {k: v for k, v in json.loads(Limits(characters=700).to_text()).items() if "poll" not in k and "vid" not in k}
    read = Limits.from_text(json.dumps(kept))
    assert read is not None
    assert (read.characters, read.poll_options, read.video_types) == (700, 0, ())


# a time of its own


async def test_the_server_holds_a_post_until_its_time(server: PracticeMastodon, opened: Any, clock: Clock) -> None:
    at = (clock() + timedelta(hours=2)).replace(microsecond=0)
    planned = segment("Later", publish_at=at, warning="Soon", language="en")
    assert (await opened.post_rules()).schedule is not None
    assert await opened.find(planned, "k") is None
    receipt = await opened.publish(planned, "k")
    assert (receipt.publish_at, receipt.permalink) == (at, "")
    assert server.posts_by_me()[-1].text != "Later"
    assert await opened.find(planned, "k") == receipt
    assert await opened.publish(planned, "k") == receipt  # the same key is the same post
    assert await opened.scheduled(receipt) is None
    clock.forward(hours=2, seconds=1)
    out = await opened.scheduled(receipt)
    assert out is not None
    assert out.publish_at is None
    assert server.state.status(out.remote_id).text == "Later"
    assert server.state.status(out.remote_id).spoiler == "Soon"
    assert await opened.find(planned, "k") == out


async def test_a_held_poll_and_a_held_answer_are_known_again(
    server: PracticeMastodon, opened: Any, clock: Clock
) -> None:
    question = server.add_post("A question")
    at = (clock() + timedelta(hours=2)).replace(microsecond=0)
    target = Target(question.id, {"server": server.url}, author="harbor@practice.example")
    for number, planned in enumerate(
        (segment("Which?", poll=POLL, publish_at=at), segment("This", reply_to=target, publish_at=at))
    ):
        receipt = await opened.publish(planned, f"k{number}")
        assert await opened.find(planned, f"k{number}") == receipt
        assert await opened.find(replace(planned, publish_at=at + timedelta(minutes=1)), "other") is None


async def test_a_held_picture_is_known_again(opened: Any, clock: Clock) -> None:
    at = (clock() + timedelta(hours=2)).replace(microsecond=0)
    uploaded = await opened.upload(MediaFile("0" * 64, "image/png", picture("p", 40, 30), "A gradient", 40, 30))
    planned = segment("With a picture", media=(uploaded,), publish_at=at)
    receipt = await opened.publish(planned, "k")
    assert await opened.find(planned, "k") == receipt
    clock.forward(hours=3)
    out = await opened.scheduled(receipt)
    assert out is not None
    assert out.permalink


async def test_what_is_due_soon_waits_here_and_is_never_early(
    server: PracticeMastodon, opened: Any, clock: Clock
) -> None:
    """Mastodon publishes at once what is due within five minutes."""
    at = clock() + timedelta(minutes=4)
    with pytest.raises(RateLimited) as caught:
        await opened.publish(segment("Not yet", publish_at=at), "k")
    assert caught.value.until == at
    assert server.requests("^/api/v1/statuses$", "POST") == ()
    clock.forward(minutes=4)
    receipt = await opened.publish(segment("Not yet", publish_at=at), "k")
    assert receipt.publish_at is None
    assert server.posts_by_me()[-1].text == "Not yet"


async def test_an_overdue_time_is_never_sent(server: PracticeMastodon, opened: Any, clock: Clock) -> None:
    """GoToSocial would date the post back and tell nobody."""
    await opened.publish(segment("Late", publish_at=clock() - timedelta(days=1)), "k")
    (asked,) = server.requests("^/api/v1/statuses$", "POST")
    assert "scheduled_at" not in json.loads(asked.body)


async def test_taking_a_held_post_back(server: PracticeMastodon, opened: Any, clock: Clock) -> None:
    receipt = await opened.publish(segment("Never", publish_at=clock() + timedelta(hours=1)), "k")
    await opened.unschedule(receipt)
    await opened.unschedule(receipt)
    assert server.holding.held == {}
    with pytest.raises(Rejected) as caught:
        await opened.scheduled(receipt)
    assert caught.value.reason == "not_found"


async def test_taking_back_what_is_out(server: PracticeMastodon, opened: Any, clock: Clock) -> None:
    receipt = await opened.publish(segment("Out", publish_at=clock() + timedelta(hours=1)), "k")
    clock.forward(hours=1, minutes=1)
    with pytest.raises(Rejected) as caught:
        await opened.unschedule(receipt)
    assert caught.value.reason == "published"
    await opened.delete(receipt.remote_id, receipt.refs)
    assert all(status.text != "Out" for status in server.posts_by_me())
    await opened.delete(receipt.remote_id, receipt.refs)


async def test_deleting_a_held_post_takes_it_back(server: PracticeMastodon, opened: Any, clock: Clock) -> None:
    receipt = await opened.publish(segment("Never", publish_at=clock() + timedelta(hours=1)), "k")
    await opened.delete(receipt.remote_id, receipt.refs)
    assert server.holding.held == {}


async def test_on_its_way_out_is_not_lost(server: PracticeMastodon, opened: Any, clock: Clock) -> None:
    """Servers take a post from the one place and put it into the other some moments later."""
    receipt = await opened.publish(segment("Moving", publish_at=clock() + timedelta(hours=1)), "k")
    clock.forward(hours=1)
    server.holding.held.clear()
    assert await opened.scheduled(receipt) is None
    clock.forward(minutes=6)
    with pytest.raises(Rejected):
        await opened.scheduled(receipt)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("kind", ["close", "500", "html"])
async def test_a_held_post_in_doubt_is_looked_for(
    server: PracticeMastodon, opened: Any, clock: Clock, kind: str, when: str
) -> None:
    planned = segment("Doubtful", publish_at=(clock() + timedelta(hours=1)).replace(microsecond=0))
    server.faults.add(Fault(kind, match="^/api/v1/statuses$", method="POST", when=when))
    with pytest.raises(OutcomeUnknown):
        await opened.publish(planned, "k")
    found = await opened.find(planned, "k")
    assert (found is not None) == (when == "after")
    assert len(server.holding.held) == (1 if when == "after" else 0)


async def test_many_held_posts_are_looked_through(opened: Any, clock: Clock) -> None:
    at = (clock() + timedelta(hours=1)).replace(microsecond=0)
    first = await opened.publish(segment("Number 0", publish_at=at), "k0")
    for number in range(1, 60):
        await opened.publish(segment(f"Number {number}", publish_at=at), f"k{number}")
    assert await opened.find(segment("Number 0", publish_at=at), "k0") == first


def test_servers_without_times() -> None:
    assert rules_of(Limits(), software="pixelfed").schedule is None
    assert rules_of(Limits(), software="gotosocial").schedule is not None


# changing


async def test_new_words_keep_the_rest(server: PracticeMastodon, opened: Any) -> None:
    uploaded = await opened.upload(MediaFile("0" * 64, "image/png", picture("p", 40, 30), "A gradient", 40, 30))
    receipt = await opened.publish(segment("Old words", media=(uploaded,), warning="Careful", language="de"), "k")
    await opened.edit(receipt.remote_id, receipt.refs, "New words")
    status = server.state.status(receipt.remote_id)
    assert (status.text, status.spoiler, status.language, status.sensitive) == ("New words", "Careful", "de", True)
    assert status.media == (uploaded.ref,)
    assert status.edited is not None
    (entry,) = (await opened.thread(receipt.remote_id, receipt.refs)).entries
    assert entry.updated is not None


async def test_new_words_keep_the_poll_and_its_votes(server: PracticeMastodon, opened: Any, clock: Clock) -> None:
    receipt = await opened.publish(segment("Will yuo?", poll=POLL), "k")
    poll = server.state.status(receipt.remote_id).poll
    assert poll is not None
    poll.votes["7"] = (1,)
    clock.forward(minutes=20)
    await opened.edit(receipt.remote_id, receipt.refs, "Will you?")
    after = server.state.status(receipt.remote_id).poll
    assert after is not None
    assert (after.options, after.multiple, after.hide_totals, after.votes) == (POLL.options, True, True, {"7": (1,)})
    assert abs(after.ends - poll.ends) < timedelta(seconds=2)
    clock.forward(hours=1)
    with pytest.raises(Rejected) as caught:
        await opened.edit(receipt.remote_id, receipt.refs, "Would you?")
    assert caught.value.reason == "not_supported"


async def test_the_same_words_again_are_no_edit(server: PracticeMastodon, opened: Any) -> None:
    receipt = await opened.publish(segment("Right"), "k")
    await opened.edit(receipt.remote_id, receipt.refs, "Right")
    assert server.state.status(receipt.remote_id).edited is None


async def test_a_change_that_breaks_may_be_repeated(server: PracticeMastodon, opened: Any) -> None:
    receipt = await opened.publish(segment("Old"), "k")
    server.faults.add(Fault("close", match="^/api/v1/statuses/", method="PUT", when="after"))
    with pytest.raises(Unreachable):
        await opened.edit(receipt.remote_id, receipt.refs, "New")
    await opened.edit(receipt.remote_id, receipt.refs, "New")
    assert server.state.status(receipt.remote_id).text == "New"


async def test_changing_what_is_gone_and_where_nothing_can_be_changed(server: PracticeMastodon, opened: Any) -> None:
    with pytest.raises(Rejected) as caught:
        await opened.edit("12345", {}, "New")
    assert caught.value.reason == "not_found"
    receipt = await opened.publish(segment("Old"), "k")
    server.faults.add(Fault("404", match="/source"))
    with pytest.raises(Rejected) as caught:
        await opened.edit(receipt.remote_id, receipt.refs, "New")
    assert caught.value.reason == "not_supported"


# quotes


async def test_who_does_not_want_to_be_quoted_is_not(server: PracticeMastodon, opened: Any) -> None:
    closed, gone = server.add_post("Not to be quoted"), server.add_post("Soon gone")
    closed.quotable = "nobody"
    server.state.remove(gone.id)
    for status, reason in ((closed, "quote_not_allowed"), (gone, "not_found")):
        with pytest.raises(Rejected) as caught:
            await opened.publish(segment("Look", quote=Target(status.id, {"server": server.url})), "k")
        assert caught.value.reason == reason


# films and focus


async def test_the_point_that_stays_in_sight(server: PracticeMastodon, opened: Any) -> None:
    medium = MediaFile("0" * 64, "image/png", picture("p", 40, 30), "A gradient", 40, 30, focus=(-0.25, 1.5))
    uploaded = await opened.upload(medium)
    assert server.state.uploads[uploaded.ref].focus == (-0.25, 1.0)
    assert (await opened.post_rules()).focus


async def test_a_film_is_waited_for(server: PracticeMastodon, http: Http) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    opened = open_account(server, http, sleep=sleep)
    video = (await opened.post_rules()).video
    assert "video/mp4" in video.types
    assert (video.size, video.alt_limit) == (103809024, 10000)
    server.writing.media_polls = 12
    film = MediaFile("1" * 64, "video/mp4", b"\0\0\0\x18ftypmp42", "A walk", 640, 360, "walk.mp4", seconds=12.0)
    uploaded = await opened.upload(film)
    assert (len(waits), sum(waits) > 120) == (12, True)
    receipt = await opened.publish(segment("", media=(uploaded,)), "k")
    (entry,) = (await opened.thread(receipt.remote_id, receipt.refs)).entries
    assert (entry.media[0].kind.value, entry.media[0].alt) == ("video", "A walk")


async def test_a_film_that_the_server_cannot_read(server: PracticeMastodon, http: Http) -> None:
    async def sleep(_seconds: float) -> None:
        server.state.uploads.clear()

    server.writing.media_polls = 3
    opened = open_account(server, http, sleep=sleep)
    with pytest.raises(Rejected) as caught:
        await opened.upload(MediaFile("1" * 64, "video/mp4", b"no film", seconds=1.0))
    assert caught.value.reason == "not_found"


def test_servers_that_take_no_films() -> None:
    assert (
        rules_of(limits_of({"configuration": {"media_attachments": {"supported_mime_types": ["image/png"]}}})).video
        is None
    )


# posts that stay on their server


@pytest.mark.parametrize(
    ("version", "software", "way"),
    [
        ("4.7.3", "mastodon", ""),
        ("4.2.10+hometown-1.1.1", "mastodon", "flag"),
        ("4.5.0-alpha.1+glitch", "mastodon", "eye"),
        ("0.20.1 git-1234abcd", "gotosocial", "flag"),
        ("2.7.2 (compatible; Pleroma 2.9.1)", "pleroma", "visibility"),
        ("2.7.2 (compatible; Akkoma 3.15)", "akkoma", "visibility"),
        ("0.12.5", "pixelfed", ""),
    ],
)
def test_how_a_server_keeps_posts_to_itself(version: str, software: str, way: str) -> None:
    assert local_way(version, software) == way
    offered = [choice.value for choice in rules_of(Limits(version=version), "", software).visibilities]
    assert ("local" in offered) == bool(way)


@pytest.mark.parametrize(("version", "text"), [("4.2.10+hometown-1.1.1", "Here only"), ("4.5.0+glitch", "Here only 👁")])
async def test_a_post_that_stays_here(fork: PracticeMastodon, http: Http, version: str, text: str) -> None:
    fork.wire.version = version
    opened = open_account(fork, http)
    said = segment("Here only", visibility="local")
    receipt = await opened.publish(said, "k")
    status = fork.state.status(receipt.remote_id)
    assert (status.text, status.local_only, status.visibility) == (text, True, "public")
    assert await opened.find(said, "k") == receipt
    (entry,) = (await opened.thread(receipt.remote_id, receipt.refs)).entries
    assert entry.refs["visibility"] == "local"
    target = Target(receipt.remote_id, entry.refs, author=entry.author.handle)
    answer = await opened.publish(segment("And more", visibility="", reply_to=target), "k2")
    assert fork.state.status(answer.remote_id).local_only


async def test_a_server_that_cannot_keep_a_post_to_itself_gets_none(server: PracticeMastodon, opened: Any) -> None:
    with pytest.raises(Rejected) as caught:
        await opened.publish(segment("Here only", visibility="local"), "k")
    assert caught.value.reason == "not_supported"
    assert server.requests("^/api/v1/statuses$", "POST") == ()


async def test_an_answer_is_no_wider_than_what_it_answers(server: PracticeMastodon, opened: Any) -> None:
    private = server.add_post("Among us", by="northwind")
    private.visibility = "private"
    target = Target(private.id, {"server": server.url, "visibility": "private"}, author=server.credentials["handle"])
    receipt = await opened.publish(segment("Yes", visibility="", reply_to=target), "k")
    assert server.state.status(receipt.remote_id).visibility == "private"
    chosen = await opened.publish(segment("No", visibility="public", reply_to=target), "k2")
    assert server.state.status(chosen.remote_id).visibility == "public"
    assert isinstance(chosen, Receipt)
