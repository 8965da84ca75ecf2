"""Headers that tell of limits: columns rest in time and say whose limit it is; accounts of one app rest together."""

import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from socialdesk.core.entry import Page
from socialdesk.core.errors import NetworkError, RateLimited
from socialdesk.core.source import Source, SourceState
from socialdesk.core.timing import Rhythm, after_fetch
from socialdesk.http import Http
from socialdesk.http.noting import noting_limits
from socialdesk.networks import bluesky, mastodon
from socialdesk.ui import words
from tests.networks.test_refusals import PLACES, Answering, Place

HALF_HOUR = timedelta(minutes=30)
OFTEN = Rhythm(60, 60, 300)
SOME = {"call_count": 28, "total_cputime": 25, "total_time": 25}
CALM = {
    "x": {"meta": {"result_count": 0}},
    "facebook": {"data": []},
    "threads": {"data": []},
    "linkedin": {"elements": [], "paging": {}},
    "tumblr": {"meta": {"status": 200}, "response": {"posts": []}},
    "ghost": {"posts": [], "meta": {"pagination": {"pages": 1}}},
    "micropub": {"items": []},
    "mastodon": [],
    "bluesky": {"feed": []},
}
WITH = {
    **PLACES,
    "mastodon": Place(mastodon.NETWORK, "home", {"remote_id": "1"}, {"access_token": "a-token"}),
    "bluesky": Place(bluesky.NETWORK, "home", {"remote_id": "did:plc:a"}, {"access": "a-token", "refresh": "r"}),
}


def unix() -> str:
    return str(int((datetime.now(UTC) + HALF_HOUR).timestamp()))


def iso() -> str:
    return (datetime.now(UTC) + HALF_HOUR).isoformat().replace("+00:00", "Z")


def used(percent: int, minutes: int = 0, *, of: str = "X-Business-Use-Case-Usage") -> dict[str, str]:
    use: dict[str, Any] = {**SOME, "call_count": percent}
    if of != "X-Business-Use-Case-Usage":
        return {of: json.dumps(use)}
    return {of: json.dumps({"1": [{**use, "type": "pages", "estimated_time_to_regain_access": minutes}]})}


def tumblr(hour: int, day: int) -> dict[str, str]:
    found = {}
    for period, left, limit in (("Perhour", hour, 1000), ("Perday", day, 5000)):
        found |= {f"X-Ratelimit-{period}-Limit": str(limit), f"X-Ratelimit-{period}-Remaining": str(left)}
        found |= {f"X-Ratelimit-{period}-Reset": "1800"}
    return found


# network, headers, whether the next look is told to be later, whether reads are refused until then
ROWS: list[tuple[str, dict[str, str], bool, bool]] = [
    ("x", {"x-rate-limit-limit": "180", "x-rate-limit-remaining": "120", "x-rate-limit-reset": unix()}, False, False),
    ("x", {"x-rate-limit-limit": "180", "x-rate-limit-remaining": "5", "x-rate-limit-reset": unix()}, True, False),
    ("x", {"x-rate-limit-limit": "180", "x-rate-limit-remaining": "0", "x-rate-limit-reset": unix()}, True, True),
    ("x", {"x-app-limit-24hour-remaining": "0", "x-app-limit-24hour-reset": unix()}, True, True),
    ("facebook", used(74), False, False),
    ("facebook", used(75), True, False),
    ("facebook", used(96), True, True),
    ("facebook", used(20, 30), True, True),
    ("facebook", used(80, of="X-App-Usage"), True, False),
    ("facebook", used(100, of="X-App-Usage"), True, True),
    ("facebook", used(100, of="X-Page-Usage"), True, True),
    ("facebook", {"X-App-Usage": "rubbish"}, False, False),
    ("threads", used(30, of="X-App-Usage"), False, False),
    ("threads", used(99, of="X-App-Usage"), True, True),
    ("tumblr", tumblr(700, 3000), False, False),
    ("tumblr", tumblr(0, 3000), True, True),
    ("tumblr", tumblr(700, 0), True, True),
    ("mastodon", {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "29", "X-RateLimit-Reset": iso()}, False, False),
    ("mastodon", {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "9", "X-RateLimit-Reset": iso()}, True, False),
    ("mastodon", {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": iso()}, True, True),
    ("bluesky", {"RateLimit-Limit": "3000", "RateLimit-Remaining": "100", "RateLimit-Reset": unix()}, True, False),
    ("bluesky", {"RateLimit-Limit": "3000", "RateLimit-Remaining": "0", "RateLimit-Reset": unix()}, True, True),
    ("ghost", {"RateLimit": '"default"; r=0; t=1800', "RateLimit-Policy": '"default"; q=100; w=3600'}, True, True),
    ("micropub", {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1800"}, True, True),
]  # fmt: skip


@pytest.fixture
async def server() -> AsyncIterator[Answering]:
    async with Answering() as running:
        yield running


async def look(key: str, opened: Any) -> None:
    await opened.fetch(Source(1, key, WITH[key].source, 1), "", 10)


@pytest.mark.parametrize(("key", "headers", "rests", "barred"), ROWS)
async def test_a_budget_that_is_nearly_spent_is_told(
    server: Answering, http: Http, key: str, headers: dict[str, str], rests: bool, barred: bool
) -> None:
    server.calm, server.sent = CALM[key], headers
    place = WITH[key]
    with noting_limits() as noted, suppress(*([RateLimited] if barred else [])):  # where a look takes two requests
        await look(key, place.open(server.url, http))
    now = datetime.now(UTC)
    assert (noted.until is not None and noted.until > now + timedelta(minutes=10)) == rests
    if rests:
        state = after_fetch(Page(), SourceState(1), now, 0.0, rhythm=OFTEN, limited_until=noted.until)
        title = place.network.facts.title
        assert words.next_look(state.next_at, now, state.waits, title).endswith(f", {title}'s limit")
    if barred:
        with pytest.raises(RateLimited):
            await look(key, place.open(server.url, http))
    else:
        await look(key, place.open(server.url, http))


def with_app(place: Place, number: int, client_id: str) -> Place:
    credential = {**place.credential, "client_id": client_id}
    return replace(place, account={**place.account, "id": number}, credential=credential)


@pytest.mark.parametrize(
    ("key", "headers"),
    [
        ("facebook", used(100, of="X-App-Usage")),
        ("threads", used(100, of="X-App-Usage")),
        ("tumblr", tumblr(0, 3000)),
        ("x", {"x-app-limit-24hour-remaining": "0", "x-app-limit-24hour-reset": unix()}),
    ],
)
async def test_accounts_of_one_app_rest_together_and_others_go_on(
    server: Answering, http: Http, key: str, headers: dict[str, str]
) -> None:
    server.calm, server.sent = CALM[key], headers
    await look(key, with_app(WITH[key], 1, "ours").open(server.url, http))
    server.sent = {}
    with pytest.raises(RateLimited):
        await look(key, with_app(WITH[key], 2, "ours").open(server.url, http))
    await look(key, with_app(WITH[key], 3, "of somebody else").open(server.url, http))


@pytest.mark.parametrize("key", ["facebook", "mastodon", "x"])
async def test_one_account_s_limit_does_not_bind_another(server: Answering, http: Http, key: str) -> None:
    own = {
        "facebook": used(100),
        "mastodon": {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": iso()},
        "x": {"x-rate-limit-limit": "180", "x-rate-limit-remaining": "0", "x-rate-limit-reset": unix()},
    }
    server.calm, server.sent = CALM[key], own[key]
    await look(key, with_app(WITH[key], 1, "ours").open(server.url, http))
    server.sent = {}
    await look(key, with_app(WITH[key], 2, "ours").open(server.url, http))


async def test_linkedin_rests_until_its_day_ends(server: Answering, http: Http) -> None:
    """It names no number that is left, only the end: every look until then is refused without asking."""
    server.status, server.body = 429, json.dumps({"status": 429, "code": "TOO_MANY_REQUESTS"}).encode()
    for _ in range(2):
        with pytest.raises(NetworkError) as caught:
            await look("linkedin", WITH["linkedin"].open(server.url, http))
        assert isinstance(caught.value, RateLimited)
    assert len(server.requests("/rest/posts")) == 1
