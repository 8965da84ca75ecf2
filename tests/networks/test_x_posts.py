"""What the X adapter writes: posts, threads, uploads, reposts; finding a post again; what X's refusals mean."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from socialdesk.core.errors import AuthExpired, NetworkError, OutcomeUnknown, RateLimited, Rejected, Unreachable
from socialdesk.core.network import FindsByAddress
from socialdesk.core.post import MediaFile, Poll, Segment, Target, Uploaded
from socialdesk.http import Http, Response
from socialdesk.networks.x.refusals import capped, refusal
from socialdesk.networks.x.rules import EVERYONE, REPLIES
from socialdesk.networks.x.uploading import PIECE, is_animated
from socialdesk.practice.server import Fault
from socialdesk.practice.world import picture
from tests.networks.test_x import open_account
from tests.networks.x_judge import Judge, RecordingX, judged, load_judge

PNG = picture("a seed", 40, 30)


@pytest.fixture(scope="module")
def judge() -> Judge | None:
    return load_judge()


@pytest.fixture
async def server(judge: Judge | None) -> AsyncIterator[RecordingX]:
    async for running in judged(judge):
        yield running


class Naps:
    """Sleeps that take no time."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)


@pytest.fixture
def naps() -> Naps:
    return Naps()


@pytest.fixture
def opened(server: RecordingX, http: Http, naps: Naps) -> Any:
    return open_account(server, http, sleep=naps)


def segment(text: str = "Hello", **changes: Any) -> Segment:
    return replace(Segment(text, created=datetime.now(UTC)), **changes)


def key(opened: Any, number: int = 0) -> str:
    return str(opened.new_key(1_770_000_000_000_000 + number, number))


def file(data: bytes = PNG, mime: str = "image/png", **more: Any) -> MediaFile:
    return MediaFile("blob", mime, data, **more)


def body_of(server: RecordingX) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(server.requests("^/2/tweets$", "POST")[-1].body)
    return found


def film(size: int) -> bytes:
    return bytes(index % 251 for index in range(size))


def gif(frames: int) -> bytes:
    from io import BytesIO

    from PIL import Image

    pictures = [Image.new("RGB", (4, 4), (80 * n, 0, 0)) for n in range(frames)]
    out = BytesIO()
    pictures[0].save(out, "GIF", save_all=frames > 1, append_images=pictures[1:])
    return out.getvalue()


# posts


async def test_a_post_has_a_receipt_that_leads_there(server: RecordingX, opened: Any) -> None:
    receipt = await opened.publish(segment("Hello <world> & all"), key(opened))
    (post,) = [p for p in server.posts_by_me() if p.text == "Hello <world> & all"]
    assert receipt.remote_id == post.id
    assert receipt.permalink == f"{server.url}/northwind/status/{post.id}"
    assert body_of(server) == {"text": "Hello <world> & all"}


async def test_a_thread_answers_itself(server: RecordingX, opened: Any) -> None:
    first = await opened.publish(segment("One"), key(opened))
    second = await opened.publish(segment("Two", previous=first, root=first), key(opened, 1))
    third = await opened.publish(segment("Three", previous=second, root=first), key(opened, 2))
    posts = server.state.posts
    assert (posts[third.remote_id].reply_to, posts[second.remote_id].reply_to) == (second.remote_id, first.remote_id)
    assert [e.text for e in (await opened.thread(second.remote_id, second.refs)).entries] == ["One", "Two", "Three"]


async def test_an_answer_to_somebody_who_asked(server: RecordingX, opened: Any) -> None:
    asked = server.add_post("@northwind how?")
    answer = segment("Like this", reply_to=Target(asked.id, author="harbor"))
    receipt = await opened.publish(answer, key(opened))
    assert server.state.posts[receipt.remote_id].reply_to == asked.id
    found = await opened.find(answer, key(opened))
    assert found == receipt, "X names the person whom it answers by itself"


async def test_an_answer_to_somebody_who_did_not_ask_is_refused_with_the_reason(
    server: RecordingX, opened: Any
) -> None:
    theirs = server.add_post("Talking to myself")
    with pytest.raises(Rejected) as caught:
        await opened.publish(segment("Me too", reply_to=Target(theirs.id)), key(opened))
    assert caught.value.reason == "reply_not_allowed"
    server.writing.plan = frozenset({"reply"})
    assert await opened.publish(segment("Me too", reply_to=Target(theirs.id)), key(opened))


async def test_quotes_are_native_where_the_plan_has_them(server: RecordingX, http: Http) -> None:
    theirs = server.add_post("Worth quoting")
    plain, allowed = (open_account(server, http, facts={"allows": words}) for words in ("", "quote"))
    assert not (await plain.post_rules()).quotes
    assert (await allowed.post_rules()).quotes
    quoting = segment("See this", quote=Target(theirs.id, url=f"{server.url}/harbor/status/{theirs.id}"))
    with pytest.raises(Rejected) as caught:
        await allowed.publish(quoting, key(allowed))
    assert caught.value.reason == "quote_not_allowed"
    server.writing.plan = frozenset({"quote"})
    receipt = await allowed.publish(quoting, key(allowed))
    assert server.state.posts[receipt.remote_id].quote == theirs.id
    assert await allowed.find(quoting, key(allowed)) == receipt


async def test_pictures_and_a_quote_exclude_one_another_so_the_quote_becomes_a_link(
    server: RecordingX, opened: Any
) -> None:
    theirs = server.add_post("Worth quoting")
    uploaded = await opened.upload(file())
    url = f"{server.url}/harbor/status/{theirs.id}"
    await opened.publish(segment("See", media=(uploaded,), quote=Target(theirs.id, url=url)), key(opened))
    assert body_of(server) == {"text": f"See\n\n{url}", "media": {"media_ids": [uploaded.ref]}}


@pytest.mark.parametrize(
    ("facts", "limit"), [({}, 280), ({"long": "no"}, 280), ({"long": "yes"}, 25_000)], ids=["new", "short", "long"]
)
async def test_the_limit_is_that_of_the_account(
    server: RecordingX, http: Http, facts: dict[str, str], limit: int
) -> None:
    opened = open_account(server, http, facts=facts)
    assert (await opened.post_rules()).limit == limit
    server.me.subscription = "Premium" if limit > 280 else "None"
    text = "word " * (limit // 5)
    receipt = await opened.publish(segment(text), key(opened))
    assert server.state.posts[receipt.remote_id].text == text
    assert await opened.find(segment(text), key(opened)) == receipt
    with pytest.raises(Rejected) as caught:
        await opened.publish(segment(text + "!"), key(opened, 1))
    assert caught.value.reason == "too_long"


async def test_characters_that_x_refuses_are_left_out(server: RecordingX, opened: Any) -> None:
    said = segment("\ufeffHello\uffff")
    receipt = await opened.publish(said, key(opened))
    assert server.state.posts[receipt.remote_id].text == "Hello"
    assert await opened.find(said, key(opened)) == receipt


async def test_an_answer_without_a_post_is_in_doubt(server: RecordingX, opened: Any) -> None:
    async def empty(*_args: Any, **_options: Any) -> tuple[Response, dict[str, Any]]:
        return Response(201, {}, b"{}", ""), {}

    opened._client.ask = empty
    with pytest.raises(OutcomeUnknown):
        await opened.publish(segment(), key(opened))


async def test_a_poll_is_asked_and_found_again(server: RecordingX, opened: Any) -> None:
    asking = segment("Which pump?", poll=Poll(("The blue one", "The red one"), minutes=2880))
    receipt = await opened.publish(asking, key(opened))
    assert body_of(server)["poll"] == {"options": ["The blue one", "The red one"], "duration_minutes": 2880}
    (entry,) = (await opened.thread(receipt.remote_id, receipt.refs)).entries
    assert [option for option, _ in entry.poll.options] == ["The blue one", "The red one"]
    assert await opened.find(asking, key(opened)) == receipt


async def test_a_poll_and_a_quote_exclude_one_another(server: RecordingX, opened: Any) -> None:
    theirs = server.add_post("Worth asking about")
    url = f"{server.url}/harbor/status/{theirs.id}"
    asking = segment("Well?", poll=Poll(("Yes", "No")), quote=Target(theirs.id, url=url))
    receipt = await opened.publish(asking, key(opened))
    assert body_of(server)["text"] == f"Well?\n\n{url}"
    assert "quote_tweet_id" not in body_of(server)
    assert await opened.find(asking, key(opened)) == receipt


@pytest.mark.parametrize("answering", [choice.value for choice in REPLIES])
async def test_who_may_answer_is_said_of_the_first_part(server: RecordingX, opened: Any, answering: str) -> None:
    first = await opened.publish(segment(f"For {answering}", replies=answering), key(opened))
    assert body_of(server).get("reply_settings", EVERYONE) == answering
    await opened.publish(segment("And more", replies=answering, previous=first, root=first), key(opened, 1))
    assert "reply_settings" not in body_of(server)


async def test_rules_hold_polls_answers_and_films(opened: Any) -> None:
    rules = await opened.post_rules()
    assert (rules.polls.options, rules.polls.option_limit, rules.polls.multiple) == (4, 25, False)
    assert (rules.polls.min_minutes, rules.polls.max_minutes) == (5, 7 * 24 * 60)
    assert rules.replies_from[0].value == EVERYONE
    assert (rules.video.seconds, rules.video.size) == (140.0, 512_000_000)
    assert rules.schedule is None, "X holds no posts for a program"


# exactly once


@pytest.mark.parametrize(
    "text",
    [
        "Links: https://example.com/Some/Path?x=1 and HTTPS://Example.org/ and www.example.net.",
        "Tags #B2B and @harbor, 100 % <b>&amp;</b> “quotes” — 故人 👩🏽‍🚀",
        "Several\n\nparagraphs\n  with   spaces ",
        "e\u0301 decomposed",
    ],
)
async def test_a_post_is_found_whatever_x_did_to_its_words(server: RecordingX, opened: Any, text: str) -> None:
    said = segment(text)
    receipt = await opened.publish(said, key(opened))
    assert await opened.find(said, key(opened)) == receipt
    assert await opened.find(segment(text + " more"), key(opened)) is None


async def test_a_refused_duplicate_is_success_when_the_earlier_attempt_got_through(
    server: RecordingX, opened: Any
) -> None:
    said, name = segment("Said once"), key(opened)
    server.faults.add(Fault("close", match="^/2/tweets$", method="POST", when="after"))
    with pytest.raises(OutcomeUnknown):
        await opened.publish(said, name)
    receipt = await opened.publish(said, name)
    assert [p.id for p in server.posts_by_me() if p.text == "Said once"] == [receipt.remote_id]


async def test_the_same_words_of_yesterday_are_a_refusal(server: RecordingX, opened: Any) -> None:
    server.add_post("Said before", by="northwind", minutes_ago=60 * 24)
    with pytest.raises(Rejected) as caught:
        await opened.publish(segment("Said before"), key(opened))
    assert caught.value.reason == "duplicate"
    assert await opened.find(segment("Said before"), key(opened)) is None


async def test_a_duplicate_whose_owner_cannot_be_seen_stays_in_doubt(server: RecordingX, opened: Any) -> None:
    said, name = segment("Said once"), key(opened)
    await opened.publish(said, name)
    server.faults.add(Fault("500", match="^/2/users/.*/tweets$", times=0))
    with pytest.raises(OutcomeUnknown):
        await opened.publish(said, name)


async def test_a_duplicate_that_does_not_show_yet_is_looked_for_again(server: RecordingX, http: Http) -> None:
    """The first attempt got through late: X refuses the repeat before its own list has the post."""
    now = datetime.now(UTC)
    opened = open_account(server, http, now=lambda: now)
    said, name = segment("Shows later", created=now), key(opened)
    server.faults.add(Fault("close", match="^/2/tweets$", method="POST", when="after"))
    with pytest.raises(OutcomeUnknown):
        await opened.publish(said, name)
    (post,) = [p for p in server.posts_by_me() if p.text == "Shows later"]
    made, post.created = post.created, now - timedelta(hours=1)  # not in the list of what is new
    assert await opened.find(said, name) is None
    with pytest.raises(OutcomeUnknown) as caught:
        await opened.publish(said, name)
    assert caught.value.retry_at is not None
    assert caught.value.retry_at > now
    post.created = made
    assert (await opened.find(said, name)).remote_id == post.id
    post.created, now = now - timedelta(hours=1), now + timedelta(minutes=5)
    with pytest.raises(Rejected):  # what has not shown for minutes is somebody's of before
        await opened.publish(said, name)


async def test_an_attempt_that_shows_late_is_found_by_the_time_of_the_first(server: RecordingX, opened: Any) -> None:
    """The timeline lags, `find` says no, the repeat (with a later time of its own) is refused as a duplicate."""
    began = datetime.now(UTC)
    said, name = segment("Shows late", created=began), key(opened)
    receipt = await opened.publish(said, name)
    later = replace(said, created=began + timedelta(minutes=2))
    assert await opened.publish(later, name) == receipt


async def test_the_same_words_elsewhere_are_not_ours(server: RecordingX, opened: Any) -> None:
    asked = server.add_post("@northwind how?")
    await opened.publish(segment("Thanks"), key(opened))
    answer = segment("Thanks", reply_to=Target(asked.id))
    assert await opened.find(answer, key(opened)) is None
    uploaded = await opened.upload(file())
    assert await opened.find(segment("Thanks", media=(uploaded,), created=None), key(opened, 1)) is None


async def test_looking_reads_only_what_came_since_and_asks_for_little(server: RecordingX, opened: Any) -> None:
    for number in range(45):
        server.add_post(f"Mine {number}", by="northwind")
    said = segment("Mine 3")
    assert await opened.find(said, key(opened)) is not None
    asked = server.requests("/tweets$", "GET")
    assert len(asked) == 3
    assert all("media.fields" not in request.query and "start_time" in request.query for request in asked)
    assert await opened.find(segment("Mine 99"), key(opened)) is None


async def test_more_own_posts_than_can_be_looked_through_stay_in_doubt(server: RecordingX, opened: Any) -> None:
    for number in range(210):
        server.add_post(f"Mine {number}", by="northwind")
    with pytest.raises(OutcomeUnknown):
        await opened.find(segment("Not there"), key(opened))


async def test_a_post_with_pictures_is_known_by_them(server: RecordingX, opened: Any) -> None:
    uploaded = await opened.upload(file())
    said = segment("", media=(uploaded,))
    receipt = await opened.publish(said, key(opened))
    assert await opened.find(said, key(opened)) == receipt


async def test_pictures_that_are_not_there_yet_may_still_come(server: RecordingX, http: Http) -> None:
    """X would take them twice: a certain no needs a minute."""
    now = datetime.now(UTC)
    opened = open_account(server, http, now=lambda: now)
    uploaded = await opened.upload(file())
    said = segment("With a picture", media=(uploaded,))
    server.faults.add(Fault("500", match="^/2/tweets$", method="POST"))
    with pytest.raises(OutcomeUnknown):
        await opened.publish(said, key(opened))
    with pytest.raises(OutcomeUnknown) as caught:
        await opened.find(said, key(opened))
    assert caught.value.retry_at is not None
    now = caught.value.retry_at
    assert await opened.find(said, key(opened)) is None


@pytest.mark.parametrize(
    "shape",
    [
        "{web}/northwind/status/{id}",
        "{web}/i/status/{id}?s=20",
        "https://x.com/a/status/{id}",
        "twitter.com/i/web/status/{id}/photo/1",
        "https://mobile.twitter.com/b/status/{id}#x",
    ],
)
async def test_an_own_post_is_found_by_the_address_people_copy(server: RecordingX, opened: Any, shape: str) -> None:
    receipt = await opened.publish(segment(), key(opened))
    assert isinstance(opened, FindsByAddress)
    assert await opened.find_by_address(shape.format(web=server.url, id=receipt.remote_id)) == receipt


async def test_what_is_no_own_post_is_not_found_by_its_address(server: RecordingX, opened: Any) -> None:
    theirs = server.add_post("Not ours")
    for url in (
        f"{server.url}/harbor/status/{theirs.id}",
        f"{server.url}/northwind/status/4711",
        f"https://elsewhere.example/northwind/status/{theirs.id}",
        "https://x.com/northwind",
        "",
    ):
        assert await opened.find_by_address(url) is None


# uploads


async def test_a_picture_goes_up_in_pieces_with_its_description(server: RecordingX, opened: Any) -> None:
    data = film(PIECE * 2 + 5)
    server.writing.looks = 0
    uploaded = await opened.upload(file(data, "video/mp4", alt="A pump at work", name="pump.mp4"))
    held = server.state.uploads[uploaded.ref]
    assert held.data == data
    assert sorted(held.pieces) == [0, 1, 2]
    assert (held.alt, held.category, uploaded.alt) == ("A pump at work", "tweet_video", "A pump at work")


async def test_a_post_with_four_pictures(server: RecordingX, opened: Any) -> None:
    uploads = [await opened.upload(file(alt=f"Picture {number}", width=40, height=30)) for number in range(4)]
    receipt = await opened.publish(segment("Four", media=tuple(uploads)), key(opened))
    page = await opened.thread(receipt.remote_id, receipt.refs)
    (entry,) = page.entries
    assert entry.text == "Four"
    assert [(m.alt, m.width, m.height) for m in entry.media] == [(f"Picture {n}", 40, 30) for n in range(4)]
    assert all(upload.category == "tweet_image" for upload in server.state.uploads.values() if upload.pieces)


async def test_a_film_is_waited_for(server: RecordingX, opened: Any, naps: Naps) -> None:
    server.writing.looks = 3
    await opened.upload(file(film(100), "video/mp4"))
    assert naps.taken == [1, 1, 1]


async def test_a_film_that_x_cannot_use(server: RecordingX, opened: Any) -> None:
    server.writing.spoils = True
    with pytest.raises(Rejected) as caught:
        await opened.upload(file(film(100), "video/mp4"))
    assert caught.value.reason == "media_type"


async def test_a_film_that_is_never_ready(server: RecordingX, opened: Any, naps: Naps) -> None:
    server.writing.looks = 1000
    with pytest.raises(Unreachable) as caught:
        await opened.upload(file(film(100), "video/mp4"))
    assert caught.value.reason == "media_processing"
    assert len(naps.taken) < 100


@pytest.mark.parametrize(("frames", "category"), [(1, "tweet_image"), (3, "tweet_gif")])
async def test_a_gif_that_moves_is_an_animation(server: RecordingX, opened: Any, frames: int, category: str) -> None:
    data = gif(frames)
    uploaded = await opened.upload(file(data, "image/gif"))
    assert server.state.uploads[uploaded.ref].category == category
    for end in range(len(data)):
        assert not is_animated(data[:end]) or frames > 1


@pytest.mark.parametrize(
    ("media", "reason"),
    [
        (file(b"no picture at all"), "media_type"),
        (file(PNG, "image/bmp"), "media_type"),
        (file(b"x" * 5_300_000), "media_too_large"),
    ],
    ids=["damaged", "kind", "size"],
)
async def test_pictures_that_x_refuses(server: RecordingX, opened: Any, media: MediaFile, reason: str) -> None:
    with pytest.raises(Rejected) as caught:
        await opened.upload(media)
    assert caught.value.reason == reason


@pytest.mark.parametrize("kind", ["hang", "close", "500", "html"])
@pytest.mark.parametrize("step", ["initialize", "append", "finalize", "metadata"])
async def test_an_upload_that_breaks_can_be_tried_again(server: RecordingX, opened: Any, step: str, kind: str) -> None:
    server.faults.add(Fault(kind, match=f"/{step}$"))
    with pytest.raises(Unreachable):
        await opened.upload(file(alt="A"))
    assert (await opened.upload(file(alt="A"))).ref


async def test_an_upload_that_x_has_forgotten_is_made_again(server: RecordingX, opened: Any) -> None:
    with pytest.raises(Rejected) as caught:
        await opened.publish(segment("Late", media=(Uploaded("1234567"),)), key(opened))
    assert caught.value.reason == "media_missing"


# acting


async def test_reposts_and_bookmarks_come_and_go(server: RecordingX, opened: Any) -> None:
    post = server.add_post("Worth passing on")
    for _ in range(2):
        await opened.act("reshare", post.id, {"id": post.id})
        await opened.act("bookmark", post.id, {})
    assert server.state.repost_by(server.me.id, post.id)
    assert server.state.bookmarks[server.me.id] == [post.id]
    for _ in range(2):
        assert await opened.act("unreshare", post.id, {"id": post.id}) == {"id": post.id}
        await opened.act("unbookmark", post.id, {})
    assert server.state.repost_by(server.me.id, post.id) is None
    assert server.state.bookmarks[server.me.id] == []


async def test_likes_where_the_plan_has_them(server: RecordingX, opened: Any) -> None:
    post = server.add_post("Likeable")
    with pytest.raises(Rejected) as caught:
        await opened.act("like", post.id, {})
    assert caught.value.reason == "app_not_allowed"
    server.writing.plan = frozenset({"like"})
    await opened.act("like", post.id, {})
    assert server.state.likes[server.me.id] == [post.id]
    await opened.act("unlike", post.id, {})
    assert server.state.likes[server.me.id] == []
    with pytest.raises(Rejected) as caught:
        await opened.act("applaud", post.id, {})
    assert caught.value.reason == "not_supported"


async def test_only_own_posts_are_deleted(server: RecordingX, opened: Any) -> None:
    theirs = server.add_post("Not ours")
    with pytest.raises(Rejected) as caught:
        await opened.delete(theirs.id, {})
    assert caught.value.reason == "missing_permission"


async def test_without_credits_nothing_goes_out(server: RecordingX, opened: Any) -> None:
    server.writing.credits_left = False
    with pytest.raises(Rejected) as caught:
        await opened.publish(segment(), key(opened))
    assert caught.value.reason == "payment_needed"


async def test_two_cashtags_are_one_too_many(opened: Any) -> None:
    with pytest.raises(Rejected) as caught:
        await opened.publish(segment("$AAA and $BBB"), key(opened))
    assert caught.value.reason == "cashtags"


# what refusals mean

PROBLEMS = "https://api.twitter.com/2/problems/"


@pytest.mark.parametrize(
    ("status", "body", "kind", "reason"),
    [
        (400, {"title": "Invalid Request", "type": f"{PROBLEMS}invalid-request"}, Rejected, "invalid"),
        (
            400,
            {"errors": [{"parameters": {"post.fields": ["id"]}, "message": "no"}], "title": "Invalid Request"},
            Rejected,
            "version_retired",
        ),
        (
            400,
            {"detail": "The query parameter [tweet.fields] is not one of [id]", "type": f"{PROBLEMS}invalid-request"},
            Rejected,
            "version_retired",
        ),
        (401, {"title": "Unauthorized", "type": "about:blank", "status": 401}, AuthExpired, "sign_in_again"),
        (403, {"errors": [{"code": 89, "message": "Invalid or expired token."}]}, AuthExpired, "sign_in_again"),
        (402, {"title": "CreditsDepleted"}, Rejected, "payment_needed"),
        (403, {"type": "https://api.x.com/2/problems/credits"}, Rejected, "payment_needed"),
        (403, {"errors": [{"code": 187, "message": "Status is a duplicate."}]}, Rejected, "duplicate"),
        (403, {"detail": "You can only reply to or quote posts where you are"}, Rejected, "reply_not_allowed"),
        (403, {"type": f"{PROBLEMS}client-forbidden", "reason": "client-not-enrolled"}, Rejected, "app_not_allowed"),
        (403, {"title": "Unsupported Authentication", "type": f"{PROBLEMS}unsupported-authentication"}, Rejected,
         "app_not_allowed"),
        (403, {"type": f"{PROBLEMS}not-authorized-for-resource"}, Rejected, "missing_permission"),
        (403, {"errors": [{"code": 64, "message": "Your account is suspended"}]}, Rejected, "account_restricted"),
        (403, {"errors": [{"code": 326, "message": "temporarily locked"}]}, Rejected, "account_restricted"),
        (403, {"errors": [{"code": 186, "message": "Tweet needs to be a bit shorter."}]}, Rejected, "too_long"),
        (403, {"detail": "something of tomorrow"}, Rejected, "missing_permission"),
        (404, {"type": f"{PROBLEMS}resource-not-found"}, Rejected, "not_found"),
        (413, {}, Rejected, "media_too_large"),
        (503, {"title": "Service Unavailable"}, OutcomeUnknown, "outcome_unknown"),
    ],
)  # fmt: skip
def test_every_documented_refusal_has_its_reason(
    status: int, body: dict[str, Any], kind: type[NetworkError], reason: str
) -> None:
    error = refusal(Response(status, {}, json.dumps(body).encode(), ""), write=True, now=datetime.now(UTC))
    assert (type(error), error.reason) == (kind, reason)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'"x"', b'{"errors": 7}', b'{"errors": [null, 3]}'])
def test_a_refusal_that_says_nothing_of_use(body: bytes) -> None:
    error = refusal(Response(403, {}, body, ""), write=True, now=datetime.now(UTC))
    assert (type(error), error.reason) == (Rejected, "missing_permission")


def test_a_429_is_a_wait_or_a_bill() -> None:
    until = datetime.now(UTC)
    wait = RateLimited("429", until, detail='{"title": "Too Many Requests"}')
    assert capped(wait) is wait
    used_up = capped(RateLimited("429", until, detail='{"title": "UsageCapExceeded"}'))
    assert (type(used_up), used_up.reason) == (Rejected, "payment_needed")
