"""Polls, times, filters, hashtags, quotes and streams of the practice Mastodon: Mastodon.py and the contract judge."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import mastodon
import pytest

from socialdesk.practice.mastodon import PracticeMastodon, build
from tests.openapi import OpenApi
from tests.practice.test_mastodon import SITES, WORLD, Judge, ask

RECORDED = json.loads((Path(__file__).parent.parent / "networks" / "recorded" / "mastodon.json").read_text("utf-8"))


@pytest.fixture
async def server() -> AsyncIterator[PracticeMastodon]:
    async with build(WORLD, SITES) as running:
        running.streaming.beat_s = 0.05
        yield running


@pytest.fixture
def judge(server: PracticeMastodon) -> Judge:
    return Judge(server, server.credentials["token"])


@pytest.fixture(scope="module")
def contract() -> OpenApi:
    return OpenApi("mastodon/openapi.json")


# Mastodon.py


async def test_judge_asks_and_votes(server: PracticeMastodon, judge: Judge) -> None:
    asked = await judge(
        lambda api: api.status_post("Which?", poll=api.make_poll(["One", "Two"], 600, multiple=True, hide_totals=True))
    )
    assert [option.title for option in asked.poll.options] == ["One", "Two"]
    assert asked.poll.options[0].votes_count is None
    token = server.oauth.give_token(server.person("harbor").id, "harbors-token")
    voted = await Judge(server, token)(lambda api: api.poll_vote(asked.poll, [0, 1]))
    assert (voted.voted, voted.votes_count, voted.voters_count) == (True, 2, 1)
    with pytest.raises(mastodon.MastodonAPIError):
        await Judge(server, token)(lambda api: api.poll_vote(asked.poll, [0]))
    assert (await judge(lambda api: api.poll(asked.poll))).voters_count == 1
    for options, seconds in ((["One"], 600), (["One", "One"], 600), (["One", "Two"], 10)):
        poll = {"options": options, "expires_in": seconds}
        status, _ = await ask(server, "POST", "/api/v1/statuses", json={"status": "No", "poll": poll})
        assert status == 422


async def test_judge_plans_a_post(server: PracticeMastodon, judge: Judge) -> None:
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    held = await judge(lambda api: api.status_post("Later", scheduled_at=at, idempotency_key="once"))
    again = await judge(lambda api: api.status_post("Later", scheduled_at=at, idempotency_key="once"))
    assert held.id == again.id
    assert held.scheduled_at == at
    assert [one.id for one in await judge(lambda api: api.scheduled_statuses())] == [held.id]
    moved = await judge(lambda api: api.scheduled_status_update(held, at + timedelta(hours=1)))
    assert moved.scheduled_at == at + timedelta(hours=1)
    assert (await judge(lambda api: api.scheduled_status(held))).params.text == "Later"
    assert (await judge(lambda api: api.account_statuses(api.me())))[0].content != "<p>Later</p>"
    await judge(lambda api: api.scheduled_status_delete(held))
    with pytest.raises(mastodon.MastodonNotFoundError):
        await judge(lambda api: api.scheduled_status(held))
    soon = await judge(lambda api: api.status_post("Soon", scheduled_at=datetime.now(UTC) + timedelta(minutes=4)))
    assert soon.content == "<p>Soon</p>"  # within five minutes Mastodon publishes at once


async def test_judge_filters(server: PracticeMastodon, judge: Judge) -> None:
    made = await judge(
        lambda api: api.create_filter_v2(
            "Airships", ["home", "public"], "hide", keywords_attributes=[{"keyword": "zeppelin", "whole_word": True}]
        )
    )
    server.add_post("A zeppelin"), server.add_post("Zeppelins")
    home = await judge(lambda api: api.timeline_home(limit=2))
    assert [[result.filter.title for result in status.filtered] for status in home] == [[], ["Airships"]]
    assert home[1].filtered[0].keyword_matches == ["zeppelin"]
    assert [one.id for one in await judge(lambda api: api.filters_v2())] == [made.id]
    assert (await judge(lambda api: api.filter_v2(made.id))).keywords[0].keyword == "zeppelin"
    await judge(lambda api: api.delete_filter_v2(made.id))
    assert (await judge(lambda api: api.timeline_home(limit=2)))[1].filtered == []


async def test_judge_follows_hashtags(judge: Judge) -> None:
    assert (await judge(lambda api: api.tag("b2b"))).following is False
    assert (await judge(lambda api: api.tag_follow("b2b"))).following is True
    await judge(lambda api: api.tag_follow("kites"))
    assert [tag.name for tag in await judge(lambda api: api.followed_tags())] == ["kites", "b2b"]
    (first,) = page = await judge(lambda api: api.followed_tags(limit=1))
    assert first.name == "kites"
    assert [tag.name for tag in await judge(lambda api: api.fetch_next(page)) or ()] == ["b2b"]
    assert (await judge(lambda api: api.tag_unfollow("b2b"))).following is False


async def test_judge_edits_with_media_and_poll(server: PracticeMastodon, judge: Judge) -> None:
    asked = await judge(lambda api: api.status_post("Which?", poll=api.make_poll(["One", "Two"], 600)))
    edited = await judge(lambda api: api.status_update(asked, "Which one?"))
    assert edited.poll is None  # what an edit leaves out is gone
    assert edited.edited_at is not None
    assert (await judge(lambda api: api.status_source(asked))).text == "Which one?"


async def test_judge_quotes(server: PracticeMastodon, judge: Judge) -> None:
    theirs, closed = server.add_post("To be quoted"), server.add_post("Not to be quoted")
    closed.quotable = "nobody"
    made = await judge(lambda api: api.status_post("Look", quoted_status_id=theirs.id))
    assert (made.quote.state, made.quote.quoted_status.id) == ("accepted", theirs.id)
    with pytest.raises(mastodon.MastodonNotFoundError):
        await judge(lambda api: api.status_post("Look", quoted_status_id=closed.id))
    mine = await judge(lambda api: api.status_post("Mine", quote_approval_policy="nobody"))
    assert mine.quote_approval.automatic == []
    assert (await judge(lambda api: api.status(theirs.id))).quote_approval.current_user == "automatic"


class Heard(mastodon.StreamListener):
    """What Mastodon.py's listener heard, in order."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.queue: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self._loop = loop

    def _put(self, name: str, what: Any) -> None:
        self._loop.call_soon_threadsafe(self.queue.put_nowait, (name, what))

    def on_update(self, status: Any) -> None:
        self._put("update", status.content)

    def on_notification(self, notification: Any) -> None:
        self._put("notification", notification.type)

    def on_status_update(self, status: Any) -> None:
        self._put("status.update", status.content)

    def on_delete(self, status_id: Any) -> None:
        self._put("delete", str(status_id))


@pytest.mark.parametrize("stream", ["user", "local", "list"])  # it puts a hashtag into a body, where none is read
async def test_judge_listens(server: PracticeMastodon, judge: Judge, stream: str) -> None:
    heard = Heard(asyncio.get_running_loop())
    server.state.lists["1"].members.add(server.person("harbor").id)
    begin = {
        "user": lambda api: api.stream_user(heard, run_async=True),
        "local": lambda api: api.stream_local(heard, run_async=True),
        "list": lambda api: api.stream_list("1", heard, run_async=True),
    }[stream]
    handle = await judge(begin)
    try:
        await server.streaming.until_open()
        status = server.add_post("News")
        assert await heard.queue.get() == ("update", "<p>News</p>")
        if stream == "user":
            server.notify("follow", "harbor")
            assert await heard.queue.get() == ("notification", "follow")
        status.text = "Better news"
        server.state.tell("status.update", status)
        assert await heard.queue.get() == ("status.update", "<p>Better news</p>")
        server.state.remove(status.id)
        assert await heard.queue.get() == ("delete", status.id)
    finally:
        await asyncio.to_thread(handle.close)


async def test_judge_finds_the_streams_in_order(judge: Judge) -> None:
    assert await judge(lambda api: api.stream_healthy())


# the contract, and a real server's own answers


async def test_every_answer_has_the_shape_of_the_contract(server: PracticeMastodon, contract: OpenApi) -> None:
    at = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    poll = {"options": ["One", "Two"], "expires_in": 600}
    server.following.add_filter(server.me.id, "Airships", ("home",), "warn", [("zeppelin", True)])
    server.add_post("A zeppelin")
    _, held = await ask(server, "POST", "/api/v1/statuses", json={"status": "Later", "scheduled_at": at, "poll": poll})
    _, asked = await ask(server, "POST", "/api/v1/statuses", json={"status": "Which?", "poll": poll})
    asks: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/api/v1/statuses", {"json": {"status": "Which?", "poll": poll}}),
        ("GET", f"/api/v1/polls/{asked['poll']['id']}", {}),
        ("POST", f"/api/v1/polls/{asked['poll']['id']}/votes", {"json": {"choices": [0]}}),
        ("POST", f"/api/v1/polls/{asked['poll']['id']}/votes", {"json": {"choices": [0]}}),
        ("GET", "/api/v1/scheduled_statuses", {}),
        ("GET", f"/api/v1/scheduled_statuses/{held['id']}", {}),
        ("PUT", f"/api/v1/scheduled_statuses/{held['id']}", {"json": {"scheduled_at": at}}),
        ("DELETE", f"/api/v1/scheduled_statuses/{held['id']}", {}),
        ("GET", f"/api/v1/scheduled_statuses/{held['id']}", {}),
        ("POST", "/api/v1/tags/b2b/follow", {}),
        ("GET", "/api/v1/followed_tags", {}),
        ("GET", "/api/v1/tags/b2b", {}),
        ("POST", "/api/v1/tags/b2b/unfollow", {}),
        ("GET", "/api/v2/filters", {}),
        ("GET", "/api/v1/timelines/home?limit=5", {}),
    ]
    for method, place, options in asks:
        status, answer = await ask(server, method, place, **options)
        contract.check_answer(method, place.partition("?")[0], status, answer)


async def test_answers_have_the_fields_that_a_real_server_gave(server: PracticeMastodon) -> None:
    at = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    poll = {"options": ["One", "Two"], "expires_in": 600}
    theirs = server.add_post("To be quoted")
    _, held = await ask(server, "POST", "/api/v1/statuses", json={"status": "Later", "scheduled_at": at})
    _, asking = await ask(server, "POST", "/api/v1/statuses", json={"status": "Which?", "poll": poll})
    _, quoting = await ask(server, "POST", "/api/v1/statuses", json={"status": "Look", "quoted_status_id": theirs.id})
    assert held.keys() == RECORDED["held"][0].keys()
    assert asking["poll"].keys() == RECORDED["asking"]["poll"].keys()
    assert quoting["quote"].keys() == RECORDED["quoting"]["quote"].keys()
    assert quoting["quote_approval"].keys() == RECORDED["quoting"]["quote_approval"].keys()
