"""The practice Ghost: its filter language and its habits, as a running Ghost 6.65 showed them."""

import json
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from socialdesk.networks.ghost.keys import AdminKey
from socialdesk.practice.ghost import API, KEY_ID, SECRET, PracticeGhost
from socialdesk.practice.ghost_nql import FilterError, parse
from socialdesk.practice.ghost_state import SiteState, slugify
from socialdesk.practice.world import World

ROW = {"status": ("draft",), "tag": ("news", "hash-sd-1"), "name": ("O'Hare's",), "at": ("2026-11-22 05:43:58",)}


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("status:draft", True),
        ("status:[draft,scheduled]", True),
        ("status:[published,sent]", False),
        ("status:-draft", False),
        ("status:-[draft,sent]", False),
        ("tag:hash-sd-1", True),
        ("tag:hash-sd", False),
        ("name:~'hare'", True),
        ("name:~^'o\\'h'+name:~$'E\\'S'", True),
        ("name:~^'hare'", False),
        ("at:>'2026-11-22 05:43:57'", True),
        ("at:>='2026-11-22 05:43:58'+at:<='2026-11-22 05:43:58'", True),
        ("at:<'2026-11-22 05:43:58'", False),
        ("at:<'2026-11-22T00:00:00.000Z'", True),  # SQLite compares text: a space comes before a T
        ("status:sent,status:draft", True),
        ("(status:sent,status:draft)+tag:other", False),
        ("unknown:x", False),
    ],
)
def test_filters(text: str, passes: bool) -> None:
    assert parse(text)(ROW) is passes


@pytest.mark.parametrize(
    "text", ["::", "status", "status:", "status:[a", "(status:a", "a:b+", "a:b c:d", "name:~'N''s'"]
)
def test_filters_that_cannot_be_read(text: str) -> None:
    with pytest.raises(FilterError):
        parse(text)


def test_slugs_and_tags() -> None:
    state = SiteState()
    assert [state.tag_named(name).slug for name in ("News", "news", "News", "#sd-1")] == [
        "news",
        "news-2",
        "news",
        "hash-sd-1",
    ]
    assert [slugify(text) for text in ("Größe & Co.", "It's", "構成")] == ["grosse-co", "its", "untitled"]


@pytest.fixture
async def server() -> AsyncIterator[PracticeGhost]:
    async with PracticeGhost(World.load()) as running:
        yield running


@pytest.fixture
async def ask(server: PracticeGhost) -> AsyncIterator[Any]:
    async with aiohttp.ClientSession() as session:

        async def call(method: str, path: str, token: str | None = None, **more: Any) -> tuple[int, Any]:
            signed = AdminKey(KEY_ID, SECRET).token(time.time()) if token is None else token
            headers = {"Authorization": f"Ghost {signed}"} if signed else {}
            async with session.request(method, server.url + API + path, headers=headers, **more) as answer:
                text = await answer.text()
                return answer.status, json.loads(text) if text else None

        yield call


@pytest.mark.parametrize(
    ("token", "status", "kind", "code"),
    [
        ("", 403, "NoPermissionError", None),
        ("garbage", 400, "BadRequestError", "INVALID_JWT"),
        (AdminKey("0" * 24, SECRET).token(1e10), 401, "UnauthorizedError", "UNKNOWN_ADMIN_API_KEY"),
        (AdminKey(KEY_ID, "0" * 64).token(1e10), 401, "UnauthorizedError", "INVALID_JWT"),
        (AdminKey(KEY_ID, SECRET).token(1_700_000_000), 401, "UnauthorizedError", "INVALID_JWT"),
    ],
)
async def test_tokens_that_are_refused(ask: Any, token: str, status: int, kind: str, code: str | None) -> None:
    answered, body = await ask("GET", "/posts/", token)
    assert (answered, body["errors"][0]["type"], body["errors"][0]["code"]) == (status, kind, code)


async def test_what_does_not_fit_the_schema(ask: Any) -> None:
    for post, keyword in (
        ({}, "required"),
        ({"title": "x" * 2001}, "maxLength"),
        ({"title": "x", "status": "?"}, "enum"),
    ):
        status, body = await ask("POST", "/posts/?source=html", json={"posts": [post]})
        assert (status, body["errors"][0]["details"][0]["keyword"]) == (422, keyword)


async def test_html_comes_only_when_asked_for(ask: Any) -> None:
    body = {"posts": [{"title": "One", "html": "<p>x</p>", "status": "published"}]}
    _, made = await ask("POST", "/posts/?source=html", json=body)
    assert "html" not in made["posts"][0]
    _, listed = await ask("GET", "/posts/?filter=slug:one&formats=html")
    assert listed["posts"][0]["html"] == "<p>x</p>"
    _, short = await ask("GET", "/posts/?filter=slug:one&fields=id,slug")
    assert set(short["posts"][0]) == {"id", "slug"}


async def test_what_is_not_there(ask: Any) -> None:
    assert (await ask("DELETE", "/posts/0123456789abcdef01234567/"))[0] == 404
    assert (await ask("GET", "/nothing/"))[0] == 406
    assert (await ask("GET", "/users/me/"))[0] == 404
    status, body = await ask("GET", "/posts/?filter=::")
    assert (status, body["errors"][0]["context"]) == (400, "Error parsing filter")
