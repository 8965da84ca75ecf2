"""The practice site: what the Micropub Recommendation asks of servers (its section numbers are in the names)."""

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from socialdesk.http import pkce
from socialdesk.practice.micropub import TOKEN, PracticeMicropub
from socialdesk.practice.world import World


@pytest.fixture
async def server() -> AsyncIterator[PracticeMicropub]:
    async with PracticeMicropub(World.load()) as running:
        yield running


@pytest.fixture
async def ask(server: PracticeMicropub) -> AsyncIterator[Any]:
    async with aiohttp.ClientSession() as session:

        async def call(method: str, path: str, token: str = TOKEN, **more: Any) -> tuple[int, Any, Any]:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            async with session.request(
                method, server.url + path, headers=headers, allow_redirects=False, **more
            ) as answer:
                text = await answer.text()
                payload = json.loads(text) if answer.content_type == "application/json" else text
                return answer.status, payload, answer.headers.get("Location", "")

        yield call


async def test_3_3_a_form_and_json_make_the_same_post(server: PracticeMicropub, ask: Any) -> None:
    form = [("h", "entry"), ("content", "Hello"), ("category[]", "a"), ("category[]", "b")]
    status, _, first = await ask("POST", "/micropub", data=form)
    body = {"type": ["h-entry"], "properties": {"content": ["Hello"], "category": ["a", "b"]}}
    again, _, second = await ask("POST", "/micropub", json=body)
    assert (status, again) == (201, 201)
    one, two = (server.posts[url.removeprefix(server.url)] for url in (first, second))
    assert {**one, "published": 0} == {**two, "published": 0}


async def test_3_6_media_and_3_7_source(server: PracticeMicropub, ask: Any) -> None:
    file = aiohttp.FormData()
    file.add_field("file", b"\x89PNG", filename="a.png", content_type="image/png")
    status, _, url = await ask("POST", "/media", data=file)
    assert (status, url.startswith(f"{server.url}/files/")) == (201, True)
    body = {"type": ["h-entry"], "properties": {"photo": [{"value": url, "alt": "A"}]}}
    _, _, post = await ask("POST", "/micropub", json=body)
    _, shown, _ = await ask("GET", f"/micropub?q=source&url={post}")
    assert shown["properties"]["photo"] == [{"value": url, "alt": "A"}]


@pytest.mark.parametrize(
    "body",
    [{}, {"type": ["h-entry"]}, {"type": ["h-entry"], "properties": {"content": "no list"}}, {"type": ["h-event"]}, []],
)
async def test_3_3_2_what_is_no_post_is_refused(ask: Any, body: object) -> None:
    status, answer, _ = await ask("POST", "/micropub", json=body)
    assert (status, answer["error"]) == (400, "invalid_request")


async def test_3_8_tokens_and_scopes(server: PracticeMicropub, ask: Any) -> None:
    assert (await ask("GET", "/micropub?q=config", token=""))[0] == 401
    assert (await ask("GET", "/micropub?q=config", token="other"))[0] == 401
    weak = server.auth.give_token("media")
    status, answer, _ = await ask("POST", "/micropub", weak, data={"h": "entry", "content": "x"})
    assert (status, answer["error"]) == (403, "insufficient_scope")


async def test_a_code_needs_its_verifier_and_its_client(server: PracticeMicropub, ask: Any) -> None:
    verifier, client = pkce.new_verifier(), "http://127.0.0.1:1/"
    asked = {
        "response_type": "code",
        "client_id": client,
        "redirect_uri": f"{client}callback",
        "state": "s",
        "code_challenge": pkce.challenge(verifier),
        "code_challenge_method": "S256",
        "scope": "create",
    }
    assert (await ask("GET", "/auth", "", params={**asked, "client_id": "http://127.0.0.1:2/"}))[0] == 400
    assert (await ask("GET", "/auth", "", params={**asked, "code_challenge_method": "plain"}))[0] == 400
    for wrong in ({"code_verifier": "x" * 43}, {"client_id": "http://127.0.0.1:3/"}, {"redirect_uri": client}, {}):
        _, _, back = await ask("GET", "/auth", "", params=asked)
        code = parse_qs(urlsplit(back).query)["code"][0]
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": client,
            "redirect_uri": f"{client}callback",
            "code_verifier": verifier,
            **wrong,
        }
        status, answer, _ = await ask("POST", "/token", "", data=form)
        assert (status, answer.get("error")) == ((400, "invalid_grant") if wrong else (200, None))
        assert (await ask("POST", "/token", "", data=form))[0] == 400


async def test_whoever_declines_gets_no_code(server: PracticeMicropub, ask: Any) -> None:
    server.auth.agrees = False
    asked = {
        "response_type": "code",
        "client_id": "http://127.0.0.1:1/",
        "redirect_uri": "http://127.0.0.1:1/callback",
        "state": "s",
        "code_challenge": "x",
        "code_challenge_method": "S256",
    }
    _, _, back = await ask("GET", "/auth", "", params=asked)
    assert parse_qs(urlsplit(back).query)["error"] == ["access_denied"]
