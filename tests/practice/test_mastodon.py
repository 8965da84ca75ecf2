"""The practice Mastodon as independent judges see it: Mastodon.py drives it, the OpenAPI contract reads its answers."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

import aiohttp
import mastodon
import pytest

from socialdesk.practice.mastodon import PracticeMastodon, build
from socialdesk.practice.world import World, picture
from tests.openapi import OpenApi

WORLD = World.load()
SITES = {organisation.key: f"http://127.0.0.1:9/{organisation.key}" for organisation in WORLD.organisations}
SCOPES = ["read", "write", "profile"]
T = TypeVar("T")


@pytest.fixture
async def server() -> AsyncIterator[PracticeMastodon]:
    async with build(WORLD, SITES) as running:
        yield running


@pytest.fixture
def judge(server: PracticeMastodon) -> "Judge":
    return Judge(server, server.credentials["token"])


class Judge:
    """Mastodon.py, which is synchronous, on a thread of its own."""

    def __init__(self, server: PracticeMastodon, token: str) -> None:
        self.api = mastodon.Mastodon(
            access_token=token, api_base_url=server.url, ratelimit_method="throw", request_timeout=5
        )

    async def __call__(self, ask: Callable[[mastodon.Mastodon], T]) -> T:
        return await asyncio.to_thread(ask, self.api)


# Mastodon.py


async def test_judge_signs_in_with_a_code(server: PracticeMastodon) -> None:
    client_id, client_secret = await asyncio.to_thread(
        lambda: mastodon.Mastodon.create_app("A judge", scopes=SCOPES, api_base_url=server.url)
    )
    api = mastodon.Mastodon(client_id=client_id, client_secret=client_secret, api_base_url=server.url)
    url = await asyncio.to_thread(lambda: api.auth_request_url(scopes=SCOPES, allow_http=True))
    async with aiohttp.ClientSession() as browser, browser.get(url) as page:
        code = (await page.text()).partition("<code>")[2].partition("</code>")[0]
    await asyncio.to_thread(lambda: api.log_in(code=code, scopes=SCOPES, allow_http=True))
    me = await asyncio.to_thread(api.account_verify_credentials)
    assert (me.acct, me.display_name) == (WORLD.me.handle, WORLD.me.name)
    await asyncio.to_thread(lambda: api.revoke_access_token(allow_http=True))
    with pytest.raises(mastodon.MastodonUnauthorizedError):
        await asyncio.to_thread(api.account_verify_credentials)


async def test_judge_reads_the_server(judge: Judge) -> None:
    new = await judge(lambda api: api.instance_v2())
    assert new.configuration.statuses.max_characters == 500
    assert new.api_versions["mastodon"] == 11
    old = await judge(lambda api: api.instance_v1())
    assert old.configuration.statuses.characters_reserved_per_url == 23
    assert (await judge(lambda api: api.instance_nodeinfo())).software.name == "mastodon"


async def test_judge_pages_through_home(judge: Judge) -> None:
    first = await judge(lambda api: api.timeline_home(limit=5))
    second = await judge(lambda api: api.fetch_next(first))
    ids = [status.id for status in [*first, *second]]
    assert len(set(ids)) == 10
    assert ids == sorted(ids, key=int, reverse=True)
    times = [status.created_at for status in first if status.reblog is None]
    assert times == sorted(times, reverse=True)
    back = await judge(lambda api: api.fetch_previous(second))
    assert [status.id for status in back] == [status.id for status in first]


async def test_judge_walks_forward_with_min_id(server: PracticeMastodon, judge: Judge) -> None:
    newest = (await judge(lambda api: api.timeline_home(limit=1)))[0].id
    made = [server.add_post(f"Walking on {number}").id for number in range(3)]
    page = await judge(lambda api: api.timeline_home(min_id=newest, limit=2))
    assert [status.id for status in page] == [made[1], made[0]]
    since = await judge(lambda api: api.timeline_home(since_id=newest, limit=2))
    assert [status.id for status in since] == [made[2], made[1]]


async def test_judge_sees_the_same_world_in_every_timeline(judge: Judge) -> None:
    local = await judge(lambda api: api.timeline_local(limit=40))
    assert len({status.account.acct for status in local}) > 5
    tagged = await judge(lambda api: api.timeline_hashtag("B2B", limit=40))
    assert len(tagged) > 5
    assert all(any(tag.name == "b2b" for tag in status.tags) for status in tagged)
    lists = await judge(lambda api: api.lists())
    assert [found.title for found in lists] == ["Industry", "Marketing"]
    assert await judge(lambda api: api.timeline_list(lists[0].id))
    harbor = await judge(lambda api: api.account_lookup("harbor"))
    posts = await judge(lambda api: api.account_statuses(harbor.id, exclude_reblogs=True))
    assert {status.account.acct for status in posts} == {"harbor"}
    found = await judge(lambda api: api.search_v2("benchmark", result_type="statuses"))
    assert any("benchmark" in status.content.lower() for status in found.statuses)
    notes = await judge(lambda api: api.notifications())
    assert {"mention", "favourite", "reblog"} <= {note.type for note in notes}


async def test_judge_posts_once_with_one_key(server: PracticeMastodon, judge: Judge) -> None:
    once = await judge(lambda api: api.status_post("Said once", idempotency_key="k1", visibility="unlisted"))
    again = await judge(lambda api: api.status_post("Said once", idempotency_key="k1", visibility="unlisted"))
    other = await judge(lambda api: api.status_post("Said once", idempotency_key="k2"))
    assert once.id == again.id != other.id
    assert [s.text for s in server.posts_by_me()].count("Said once") == 2
    assert once.visibility == "unlisted"
    assert (await judge(lambda api: api.status_source(once.id))).text == "Said once"


async def test_judge_is_told_what_is_wrong(judge: Judge) -> None:
    for text in ("x" * 501, "  "):
        with pytest.raises(mastodon.MastodonAPIError) as caught:
            await judge(lambda api, text=text: api.status_post(text))
        assert caught.value.args[1] == 422
    link = "https://example.com/" + "long/" * 200
    assert (await judge(lambda api: api.status_post("y" * 476 + " " + link))).id
    with pytest.raises(mastodon.MastodonNotFoundError):
        await judge(lambda api: api.status_delete("12345"))


async def test_judge_answers_edits_and_deletes(server: PracticeMastodon, judge: Judge) -> None:
    theirs = server.add_post("A question to everybody")
    reply = await judge(lambda api: api.status_post("@harbor An answer", in_reply_to_id=theirs.id))
    context = await judge(lambda api: api.status_context(reply.id))
    assert [status.id for status in context.ancestors] == [theirs.id]
    assert [mention.acct for mention in reply.mentions] == ["harbor"]
    edited = await judge(lambda api: api.status_update(reply.id, "@harbor A better answer"))
    assert edited.edited_at is not None
    await judge(lambda api: api.status_delete(reply.id))
    assert (await judge(lambda api: api.status(theirs.id))).replies_count == 0


async def test_judge_likes_boosts_and_bookmarks(server: PracticeMastodon, judge: Judge) -> None:
    theirs = server.add_post("Worth passing on").id
    assert (await judge(lambda api: api.status_favourite(theirs))).favourited
    assert (await judge(lambda api: api.status_reblog(theirs))).reblog.id == theirs
    assert (await judge(lambda api: api.status_bookmark(theirs))).bookmarked
    assert [status.id for status in await judge(lambda api: api.bookmarks())] == [theirs]
    assert [status.id for status in await judge(lambda api: api.favourites())] == [theirs]
    assert not (await judge(lambda api: api.status_unfavourite(theirs))).favourited
    assert not (await judge(lambda api: api.status_unreblog(theirs))).reblogged
    assert not (await judge(lambda api: api.status_unbookmark(theirs))).bookmarked
    assert not await judge(lambda api: api.bookmarks())


async def test_judge_uploads(server: PracticeMastodon, judge: Judge) -> None:
    data = io.BytesIO(picture("upload", 80, 60))
    media = await judge(lambda api: api.media_post(data, "image/png", description="A gradient"))
    assert (media.meta.original.width, media.meta.original.height) == (80, 60)
    status = await judge(lambda api: api.status_post("With a picture", media_ids=[media.id]))
    assert [m.description for m in status.media_attachments] == ["A gradient"]
    with pytest.raises(mastodon.MastodonAPIError):
        await judge(lambda api: api.status_post("Twice", media_ids=[media.id]))
    async with aiohttp.ClientSession() as client, client.get(status.media_attachments[0].url) as answer:
        assert await answer.read() == data.getvalue()


async def test_an_unready_upload_cannot_be_attached(server: PracticeMastodon, judge: Judge) -> None:
    server.writing.media_polls = 5
    data = io.BytesIO(picture("upload", 8, 6))
    media = await judge(lambda api: api.media_post(data, "image/png"))
    with pytest.raises(mastodon.MastodonAPIError):
        await judge(lambda api: api.status_post("Too soon", media_ids=[media.id]))


async def test_judge_without_the_right_scope_is_refused(server: PracticeMastodon) -> None:
    token = server.oauth.give_token(server.me.id, scopes=frozenset({"read"}))
    reader = Judge(server, token)
    await reader(lambda api: api.timeline_home())
    with pytest.raises(mastodon.MastodonAPIError, match="outside the authorized scopes"):
        await reader(lambda api: api.status_post("Not allowed"))


# the contract


@pytest.fixture(scope="module")
def contract() -> OpenApi:
    return OpenApi("mastodon/openapi.json")


async def ask(server: PracticeMastodon, method: str, path: str, **options: Any) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {server.credentials['token']}"}
    async with (
        aiohttp.ClientSession(headers=headers) as client,
        client.request(method, server.url + path, **options) as answer,
    ):
        assert ("X-RateLimit-Remaining" in answer.headers) == path.startswith("/api/")
        return answer.status, await answer.json()


async def test_every_answer_has_the_shape_of_the_contract(server: PracticeMastodon, contract: OpenApi) -> None:
    theirs, mine = server.add_post("Theirs #B2B"), server.add_post("Mine", by="northwind")
    server.add_post("An answer", reply_to=theirs.id)
    server.boost(theirs.id, "meridian")
    path = f"/api/v1/statuses/{theirs.id}"
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", "/api/v2/instance", {}),
        ("GET", "/api/v1/instance", {}),
        ("GET", "/.well-known/oauth-authorization-server", {}),
        ("GET", "/api/v1/accounts/verify_credentials", {}),
        ("GET", "/api/v1/accounts/lookup?acct=harbor", {}),
        ("GET", f"/api/v1/accounts/{theirs.person}", {}),
        ("GET", f"/api/v1/accounts/{theirs.person}/statuses", {}),
        ("GET", "/api/v1/timelines/home?limit=40", {}),
        ("GET", "/api/v1/timelines/public?local=true", {}),
        ("GET", "/api/v1/timelines/tag/b2b", {}),
        ("GET", "/api/v1/timelines/list/1", {}),
        ("GET", "/api/v1/timelines/list/77", {}),
        ("GET", "/api/v1/lists", {}),
        ("GET", "/api/v1/lists/1", {}),
        ("GET", "/api/v2/search?q=b2b", {}),
        ("GET", "/api/v1/notifications", {}),
        ("POST", f"{path}/bookmark", {}),
        ("POST", f"{path}/favourite", {}),
        ("POST", f"{path}/reblog", {}),
        ("GET", "/api/v1/bookmarks", {}),
        ("GET", "/api/v1/favourites", {}),
        ("GET", path, {}),
        ("GET", f"{path}/context", {}),
        ("GET", f"/api/v1/statuses/{mine.id}/source", {}),
        ("GET", "/api/v1/statuses/404", {}),
        ("GET", f"/api/v1/statuses?id[]={theirs.id}", {}),
        ("POST", "/api/v1/statuses", {"json": {"status": "One", "quoted_status_id": theirs.id}}),
        ("POST", "/api/v1/statuses", {"json": {"status": ""}}),
        ("PUT", f"/api/v1/statuses/{mine.id}", {"json": {"status": "Mine, better"}}),
        ("DELETE", f"/api/v1/statuses/{mine.id}", {}),
        ("GET", "/api/v1/custom_emojis", {}),
        ("POST", "/api/v1/apps", {"json": {"client_name": "x", "redirect_uris": ["urn:ietf:wg:oauth:2.0:oob"]}}),
    ]
    for method, place, options in asked:
        status, answer = await ask(server, method, place, **options)
        contract.check_answer(method, place.partition("?")[0], status, answer)


async def test_uploads_have_the_shape_of_the_contract(server: PracticeMastodon, contract: OpenApi) -> None:
    server.writing.media_polls = 1
    form = aiohttp.FormData({"description": "A gradient"})
    form.add_field("file", picture("upload", 20, 10), filename="a.png", content_type="image/png")
    status, upload = await ask(server, "POST", "/api/v2/media", data=form)
    assert status == 202
    contract.check_answer("POST", "/api/v2/media", status, upload)
    for expected in (206, 200):
        status, upload = await ask(server, "GET", f"/api/v1/media/{upload['id']}")
        assert status == expected
        contract.check_answer("GET", "/api/v1/media/1", status, upload)


async def test_visitors_see_what_is_public(server: PracticeMastodon) -> None:
    async with aiohttp.ClientSession() as client:
        for path, expected in [
            ("/api/v1/timelines/tag/b2b", 200),
            ("/api/v1/timelines/public?local=true", 200),
            ("/api/v1/timelines/home", 401),
            ("/api/v1/timelines/public", 422),
            ("/api/v1/bookmarks", 401),
        ]:
            async with client.get(server.url + path) as answer:
                assert (path, answer.status) == (path, expected)
        async with client.get(server.url + "/api/v2/search?q=B2B") as answer:
            assert (await answer.json())["statuses"] == []


async def test_posts_carry_links_cards_and_pictures(server: PracticeMastodon) -> None:
    _, home = await ask(server, "GET", "/api/v1/timelines/home?limit=40")
    cards = [status["card"] for status in home if status["card"]]
    assert cards
    assert all(card["title"] and card["url"].startswith("http://127.0.0.1:9/") for card in cards)
    async with aiohttp.ClientSession() as client:
        for url in {home[0]["account"]["avatar"], cards[0]["image"]}:
            async with client.get(url) as answer:
                assert (answer.status, answer.content_type) == (200, "image/png")
        async with client.get(home[0]["url"]) as answer:
            assert answer.content_type == "text/html"


async def test_new_posts_trickle_in() -> None:
    async with build(WORLD, SITES, trickle_s=0.01) as server:
        before = len(server.state.statuses)
        _, home = await ask(server, "GET", "/api/v1/timelines/home?limit=1")
        await server.until_trickled(1)
        assert len(server.state.statuses) > before
        _, newer = await ask(server, "GET", f"/api/v1/timelines/home?min_id={home[0]['id']}")
        assert newer
