"""The practice Tumblr as an independent client sees it: pytumblr2 drives it, and agrees with our adapter."""

import asyncio
from collections.abc import AsyncIterator, Callable
from io import BytesIO
from typing import Any

import pytest
import pytumblr2
import requests

from socialdesk.core.account import Account, Credential
from socialdesk.core.post import MediaFile, Segment
from socialdesk.core.source import Source
from socialdesk.networks.tumblr.adapter import Tumblr
from socialdesk.practice.tumblr import PracticeTumblr, build
from socialdesk.practice.world import World, picture
from tests.networks.contract import make_http


class Bearer:
    """pytumblr2 signs with OAuth 1; Tumblr takes a bearer token in its place, and so do we."""

    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


class Api:
    """pytumblr2, which is synchronous, on a thread of its own."""

    def __init__(self, server: PracticeTumblr) -> None:
        self.client = pytumblr2.TumblrRestClient(server.credentials["client_id"], host=server.url)
        self.client.request.oauth = Bearer(server.credentials["token"])

    async def __call__(self, ask: Callable[[Any], Any]) -> Any:
        return await asyncio.to_thread(ask, self.client)


@pytest.fixture
async def server() -> AsyncIterator[PracticeTumblr]:
    async with build(World.load(), {}) as running:
        yield running


@pytest.fixture
def api(server: PracticeTumblr) -> Api:
    return Api(server)


@pytest.fixture
async def ours(server: PracticeTumblr) -> AsyncIterator[Any]:
    http = make_http()
    blog = server.me
    account = Account(1, "tumblr", blog.title, blog.name, server.url, blog.uuid, facts={"blog": blog.name})
    yield Tumblr(account, Credential({"access_token": server.credentials["token"]}), http)
    await http.aclose()


async def test_who_it_is(server: PracticeTumblr, api: Api) -> None:
    user = (await api(lambda client: client.info()))["user"]
    assert [blog["name"] for blog in user["blogs"] if blog["primary"]] == [server.me.name]


async def test_both_see_the_same_dashboard(server: PracticeTumblr, api: Api, ours: Any) -> None:
    theirs = (await api(lambda client: client.dashboard(limit=10)))["posts"]
    page = await ours.fetch(Source(1, "tumblr", "home", 1), "", 10)
    assert [post["id_string"] for post in theirs] == [entry.remote_id for entry in page.entries]
    assert [post["post_url"] for post in theirs] == [entry.url for entry in page.entries]
    older = (await api(lambda client: client.dashboard(limit=10, offset=10)))["posts"]
    more = await ours.fetch_older(Source(1, "tumblr", "home", 1), page.older, 10)
    assert [post["id_string"] for post in older] == [entry.remote_id for entry in more.entries]


async def test_both_see_the_same_tag_and_blog(server: PracticeTumblr, api: Api, ours: Any) -> None:
    for number in range(3):
        server.add_post(f"Note {number} #harbour", "harbor", minutes_ago=number)
    tagged = await api(lambda client: client.tagged("harbour", limit=5, npf=True))
    page = await ours.fetch(Source(1, "tumblr", "hashtag", 1, {"tag": "harbour"}), "", 5)
    assert [post["id_string"] for post in tagged] == [entry.remote_id for entry in page.entries]
    blog = server.state.listed()[0].blog
    posts = (await api(lambda client: client.posts(blog, limit=5)))["posts"]
    page = await ours.fetch(Source(1, "tumblr", "account", 1, {"account": blog}), "", 5)
    assert [post["id_string"] for post in posts] == [entry.remote_id for entry in page.entries]


async def test_what_it_posts_we_read(server: PracticeTumblr, api: Api, ours: Any) -> None:
    content = [
        {"type": "text", "text": "Said with another client"},
        {"type": "link", "url": "https://blog.example/", "title": "A blog"},
    ]
    made = await api(
        lambda client: client.create_post(server.me.name, content=content, tags=["one", "two words"], state="published")
    )
    entry = (await ours.fetch(Source(1, "tumblr", "home", 1), "", 1)).entries[0]
    assert (entry.remote_id, entry.text, entry.tags) == (made["id"], "Said with another client", ("one", "two words"))
    assert entry.link is not None
    assert entry.link.title == "A blog"


async def test_what_we_post_it_reads(server: PracticeTumblr, api: Api, ours: Any) -> None:
    sent = await ours.upload(MediaFile("b", "image/png", picture("p", 40, 30), "A ship", 40, 30))
    receipt = await ours.publish(Segment("Look at https://blog.example/a #harbour", media=(sent,)), "k")
    post = await api(lambda client: client.get_single_post(server.me.name, int(receipt.remote_id)))
    assert [block["type"] for block in post["content"]] == ["image", "text"]
    assert post["content"][0]["alt_text"] == "A ship"
    assert post["content"][1]["formatting"][0]["url"] == "https://blog.example/a"
    assert post["tags"] == ["harbour"]
    await api(lambda client: client.delete_post(server.me.name, int(receipt.remote_id)))
    assert not [found for found in server.mine() if str(found.id) == receipt.remote_id]


async def test_its_uploads_have_our_form(server: PracticeTumblr, api: Api) -> None:
    """The same parts in the same places: a body called json, and a file for each identifier."""
    body = {"content": [{"type": "image", "media": [{"type": "image/png", "identifier": "one"}]}]}
    path = f"{server.url}/v2/blog/{server.me.name}/posts"
    made = await api(lambda client: client.request.post_multipart_npf(path, body, {"one": BytesIO(picture("p", 9, 9))}))
    assert server.state.posts[int(made["id"])].content[0]["media"][0]["url"].startswith(server.url)


async def test_it_reblogs_queues_and_likes(server: PracticeTumblr, api: Api, ours: Any) -> None:
    original = server.add_post("An original")
    content = [{"type": "text", "text": "We agree"}]
    await api(lambda client: client.reblog_post(server.me.name, original.blog, original.id, content=content))
    entry = (await ours.fetch(Source(1, "tumblr", "home", 1), "", 1)).entries[0]
    assert entry.text == "We agree"
    assert entry.quoted is not None
    assert entry.quoted.text == "An original"
    await ours.publish(Segment("Later", visibility="queue"), "k")
    queued = (await api(lambda client: client.queue(server.me.name)))["posts"]
    assert [post["content"][0]["text"] for post in queued] == ["Later"]
    await api(lambda client: client.like(original.id, original.reblog_key))
    assert server.state.liked == {original.id}
    await ours.act("unlike", str(original.id), {"reblog_key": original.reblog_key})
    assert server.state.liked == set()


async def test_refusals_have_the_form_it_knows(server: PracticeTumblr, api: Api) -> None:
    answer = await api(lambda client: client.create_post(server.me.name, content=[{"type": "text"}]))
    assert answer["meta"] == {"status": 400, "msg": "Bad Request"}
    assert answer["errors"][0]["code"] == 8001
    answer = await api(lambda client: client.posts("no-such-blog"))
    assert answer["meta"]["status"] == 404
