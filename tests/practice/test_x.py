"""The practice X as independent judges see it: tweepy drives it, X's OpenAPI documents read its answers."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
import requests
import tweepy
from requests.adapters import HTTPAdapter

from socialdesk.practice.server import Fault
from socialdesk.practice.world import picture
from socialdesk.practice.x import PracticeX, build
from socialdesk.practice.x_oauth import CALLBACK
from tests.networks.x_judge import DOCUMENTS, WORLD, Judge, RecordingX, XDocument, judged, load_judge

T = TypeVar("T")
POST_FIELDS = ["author_id", "conversation_id", "created_at", "entities", "public_metrics", "referenced_tweets"]
OLD_EXPANSIONS = ["author_id", "attachments.media_keys", "referenced_tweets.id", "referenced_tweets.id.author_id"]
SITES = {organisation.key: f"http://127.0.0.1:9/{organisation.key}" for organisation in WORLD.organisations}


class Here(HTTPAdapter):
    """Sends what is meant for X's hosts to the practice server."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        parts = urlsplit(str(request.url))
        request.url = self.base + parts.path + (f"?{parts.query}" if parts.query else "")
        return super().send(request, **options)


class Tweepy:
    """tweepy, which is synchronous, on a thread of its own."""

    def __init__(self, server: PracticeX) -> None:
        self.client = tweepy.Client(server.credentials["token"])
        self.client.session = requests.Session()
        for host in ("https://api.twitter.com", "https://api.x.com"):
            self.client.session.mount(host, Here(server.url))

    async def __call__(self, ask: Callable[[tweepy.Client], T]) -> T:
        return await asyncio.to_thread(ask, self.client)

    def close(self) -> None:
        self.client.session.close()


@pytest.fixture(scope="module")
def judge() -> Judge | None:
    return load_judge()


@pytest.fixture
async def server(judge: Judge | None) -> AsyncIterator[RecordingX]:
    async for running in judged(judge):
        yield running


@pytest.fixture
def api(server: RecordingX) -> Iterator[Tweepy]:
    server.reading.speaks = ("old", "new")  # tweepy knows the old vocabulary
    with contextlib.closing(Tweepy(server)) as found:
        yield found


def test_the_documents_judge_all_tests_here() -> None:
    for name in DOCUMENTS.values():
        assert XDocument(name).operation("GET", "/2/tweets/search/recent")


# tweepy


async def test_tweepy_knows_who_it_is(server: RecordingX, api: Tweepy) -> None:
    me = await api(lambda c: c.get_me(user_auth=False, user_fields=["profile_image_url", "created_at"]))
    assert (me.data.username, me.data.name, str(me.data.id)) == ("northwind", "Northwind Pumps", server.me.id)
    assert me.data.created_at < datetime.now(UTC)


async def test_tweepy_reads_home_and_goes_back(server: RecordingX, api: Tweepy) -> None:
    first = await api(lambda c: c.get_home_timeline(user_auth=False, max_results=20, tweet_fields=POST_FIELDS))
    assert len(first.data) == first.meta["result_count"] == 20
    assert [p.id for p in first.data] == sorted((p.id for p in first.data), reverse=True)
    assert first.data[0].created_at >= first.data[-1].created_at
    token = first.meta["next_token"]
    second = await api(lambda c: c.get_home_timeline(user_auth=False, max_results=20, pagination_token=token))
    assert max(p.id for p in second.data) < min(p.id for p in first.data)
    newest = first.meta["newest_id"]
    made = server.add_post("And one more")
    news = await api(lambda c: c.get_home_timeline(user_auth=False, since_id=newest))
    assert [str(p.id) for p in news.data] == [made.id]
    nothing = await api(lambda c: c.get_home_timeline(user_auth=False, since_id=made.id))
    assert (nothing.data, nothing.meta["result_count"]) == (None, 0)


async def test_tweepy_sees_who_wrote_and_what_belongs_to_it(server: RecordingX, api: Tweepy) -> None:
    quoted = server.add_post("Original", by="vantage")
    made = server.add_post("Look https://example.com/page #B2B @meridianops", quote=quoted.id)
    server.repost(made.id, "copperline")
    found = await api(
        lambda c: c.get_home_timeline(
            user_auth=False, max_results=5, tweet_fields=POST_FIELDS, expansions=OLD_EXPANSIONS
        )
    )
    repost, quote = found.data[:2]
    assert [(r.type, str(r.id)) for r in repost.referenced_tweets] == [("retweeted", made.id)]
    assert repost.text.startswith("RT @harbor: Look https://t.co/")
    assert [(r.type, str(r.id)) for r in quote.referenced_tweets] == [("quoted", quoted.id)]
    users = {user.id: user.username for user in found.includes["users"]}
    assert users[quote.author_id] == "harbor"
    assert "vantagejournal" in users.values()
    assert {str(p.id) for p in found.includes["tweets"]} >= {made.id, quoted.id}
    first = quote.entities["urls"][0]
    assert (first["expanded_url"], quote.text[first["start"] : first["end"]]) == (
        "https://example.com/page",
        first["url"],
    )
    assert quote.entities["hashtags"][0]["tag"] == "B2B"
    assert quote.entities["mentions"][0]["username"] == "meridianops"
    assert quote.public_metrics["retweet_count"] == 1


async def test_tweepy_searches(server: RecordingX, api: Tweepy) -> None:
    post = server.add_post("A flying zeppelin")
    server.add_post("An answer about it", by="meridian", reply_to=post.id)
    server.repost(post.id, "copperline")
    server.add_post("An old zeppelin", minutes_ago=60 * 24 * 8)
    found = await api(lambda c: c.search_recent_tweets('"flying zeppelin"', max_results=10))
    assert [str(p.id) for p in found.data] == [post.id]
    talk = await api(lambda c: c.search_recent_tweets(f"conversation_id:{post.id}", max_results=10))
    assert len(talk.data) == 2
    assert len((await api(lambda c: c.search_recent_tweets("#B2B -is:reply", max_results=100))).data) > 5
    for wrong in ("", "x" * 513):
        with pytest.raises(tweepy.BadRequest):
            await api(lambda c, q=wrong: c.search_recent_tweets(q))
    too_old = server.state.new_id(server.now() - timedelta(days=8))
    with pytest.raises(tweepy.BadRequest) as caught:
        await api(lambda c: c.search_recent_tweets("zeppelin", since_id=too_old))
    assert "since_id" in str(caught.value)
    server.sent.clear()  # wrong on purpose


async def test_tweepy_reads_people_lists_and_single_posts(server: RecordingX, api: Tweepy) -> None:
    harbor = (await api(lambda c: c.get_user(username="Harbor"))).data
    posts = await api(lambda c: c.get_users_tweets(harbor.id, max_results=5, tweet_fields=["author_id"]))
    assert {p.author_id for p in posts.data} == {harbor.id}
    mentions = await api(lambda c: c.get_users_mentions(server.me.id, max_results=10))
    assert mentions.data
    owned = await api(lambda c: c.get_owned_lists(server.me.id))
    followed = await api(lambda c: c.get_followed_lists(server.me.id))
    assert [found.name for found in (*owned.data, *followed.data)] == ["Industry", "Marketing"]
    assert (await api(lambda c: c.get_list_tweets(owned.data[0].id, max_results=20))).data
    one = await api(lambda c: c.get_tweet(posts.data[0].id))
    assert one.data.text == posts.data[0].text
    many = await api(lambda c: c.get_tweets([posts.data[0].id, 12345]))
    assert len(many.data) == 1
    assert many.errors[0]["title"] == "Not Found Error"
    assert (await api(lambda c: c.get_user(username="nobody_there"))).errors


async def test_tweepy_posts_answers_and_deletes(server: RecordingX, api: Tweepy) -> None:
    first = await api(lambda c: c.create_tweet(text="Made by tweepy", user_auth=False))
    second = await api(lambda c: c.create_tweet(text="More", in_reply_to_tweet_id=first.data["id"], user_auth=False))
    assert server.state.posts[second.data["id"]].conversation == first.data["id"]
    with pytest.raises(tweepy.Forbidden) as caught:
        await api(lambda c: c.create_tweet(text="Made by tweepy", user_auth=False))
    assert "duplicate content" in str(caught.value)
    with pytest.raises(tweepy.Forbidden):
        await api(lambda c: c.create_tweet(text="故" * 141, user_auth=False))
    assert (await api(lambda c: c.delete_tweet(first.data["id"], user_auth=False))).data["deleted"]
    with pytest.raises(tweepy.NotFound):
        await api(lambda c: c.delete_tweet(first.data["id"], user_auth=False))


async def test_tweepy_reposts_likes_and_bookmarks(server: RecordingX, api: Tweepy) -> None:
    server.writing.plan = frozenset({"like"})
    post = server.add_post("Worth passing on")
    assert (await api(lambda c: c.retweet(post.id, user_auth=False))).data["retweeted"]
    with pytest.raises(tweepy.Forbidden):
        await api(lambda c: c.retweet(post.id, user_auth=False))
    assert not (await api(lambda c: c.unretweet(post.id, user_auth=False))).data["retweeted"]
    assert (await api(lambda c: c.like(post.id, user_auth=False))).data["liked"]
    liked = await api(lambda c: c.get_liked_tweets(server.me.id, max_results=5))
    assert [str(p.id) for p in liked.data] == [post.id]
    assert (await api(lambda c: c.bookmark(post.id))).data["bookmarked"]
    assert [str(p.id) for p in (await api(lambda c: c.get_bookmarks())).data] == [post.id]
    assert not (await api(lambda c: c.remove_bookmark(post.id))).data["bookmarked"]
    assert (await api(lambda c: c.get_bookmarks())).data is None


async def test_tweepy_is_told_of_limits_and_expired_tokens(server: RecordingX, api: Tweepy) -> None:
    server.limits["home"] = 1
    await api(lambda c: c.get_home_timeline(user_auth=False))
    with pytest.raises(tweepy.TooManyRequests) as caught:
        await api(lambda c: c.get_home_timeline(user_auth=False))
    assert int(caught.value.response.headers["x-rate-limit-reset"]) > datetime.now(UTC).timestamp()
    server.oauth.expire()
    with pytest.raises(tweepy.Unauthorized):
        await api(lambda c: c.get_bookmarks())


async def test_tweepy_signs_in_with_a_code_and_renews(server: RecordingX, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # the practice server has no TLS
    app = server.oauth.register(secret=True)
    handler = tweepy.OAuth2UserHandler(
        client_id=app.client_id,
        redirect_uri=CALLBACK,
        scope=["tweet.read", "users.read", "offline.access"],
        client_secret=app.secret,
    )
    for host in ("https://api.twitter.com", "https://api.x.com"):
        handler.mount(host, Here(server.url))
    url = urlsplit(handler.get_authorization_url())
    async with aiohttp.ClientSession() as browser:
        path = "/i/oauth2/authorize"
        assert url.path == path
        async with browser.get(f"{server.url}{path}?{url.query}", allow_redirects=False) as page:
            address = page.headers["Location"].replace("http://", "https://")
    token = await asyncio.to_thread(lambda: handler.fetch_token(address))
    assert parse_qs(urlsplit(address).query)["code"]
    assert server.oauth.tokens[token["access_token"]].scopes == {"tweet.read", "users.read", "offline.access"}
    fresh = await asyncio.to_thread(
        lambda: handler.refresh_token(
            "https://api.twitter.com/2/oauth2/token",
            refresh_token=token["refresh_token"],
            auth=requests.auth.HTTPBasicAuth(app.client_id, app.secret),
        )
    )
    assert fresh["access_token"] != token["access_token"]
    assert token["refresh_token"] not in server.oauth.refresh_tokens
    handler.close()


# what tweepy does not know


async def ask(server: PracticeX, method: str, path: str, **options: Any) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {server.credentials['token']}"}
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, server.url + path, headers=headers, **options) as answer,
    ):
        return answer.status, await answer.json(content_type=None)


async def test_pictures_at_once_and_in_pieces(server: RecordingX) -> None:
    data = picture("a seed", 30, 20)
    form = aiohttp.FormData()
    form.add_field("media", BytesIO(data), filename="a.png", content_type="image/png")
    form.add_field("media_category", "tweet_image")
    status, answer = await ask(server, "POST", "/2/media/upload", data=form)
    assert (status, answer["data"]["size"]) == (200, len(data))
    asked = {"media_type": "video/mp4", "total_bytes": 10, "media_category": "tweet_video"}
    _, begun = await ask(server, "POST", "/2/media/upload/initialize", json=asked)
    path = f"/2/media/upload/{begun['data']['id']}"
    for index, piece in enumerate((b"12345", b"67890")):
        form = aiohttp.FormData()
        form.add_field("segment_index", str(index))
        form.add_field("media", BytesIO(piece), filename="blob", content_type="application/octet-stream")
        assert (await ask(server, "POST", f"{path}/append", data=form))[0] == 200
    _, done = await ask(server, "POST", f"{path}/finalize")
    assert done["data"]["processing_info"]["state"] == "in_progress"
    params = {"command": "STATUS", "media_id": begun["data"]["id"]}
    _, ready = await ask(server, "GET", "/2/media/upload", params=params)
    assert ready["data"]["processing_info"]["state"] == "succeeded"
    server.sent.clear()  # this client's own requests


async def test_a_piece_that_is_missing_is_noticed(server: RecordingX) -> None:
    asked = {"media_type": "image/png", "total_bytes": 10, "media_category": "tweet_image"}
    _, begun = await ask(server, "POST", "/2/media/upload/initialize", json=asked)
    status, _ = await ask(server, "POST", f"/2/media/upload/{begun['data']['id']}/finalize")
    assert status == 400


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"text": "Hi", "unknown": 1}, 400),
        ({}, 400),
        ({"text": " "}, 400),
        ({"text": "Hi", "media": {"media_ids": ["1"]}}, 400),
        ({"text": "Hi", "reply": {"in_reply_to_tweet_id": "1"}}, 403),
        ({"text": "A poll", "poll": {"options": ["Yes", "No"], "duration_minutes": 60}}, 201),
    ],
)
async def test_what_a_post_may_hold(server: RecordingX, body: dict[str, Any], status: int) -> None:
    assert (await ask(server, "POST", "/2/tweets", json=body))[0] == status
    server.sent.clear()  # wrong on purpose


async def test_polls_films_and_long_posts_in_both_vocabularies(server: RecordingX) -> None:
    await ask(server, "POST", "/2/tweets", json={"text": "P?", "poll": {"options": ["A", "B"], "duration_minutes": 60}})
    server.me.subscription = "Premium"
    await ask(server, "POST", "/2/tweets", json={"text": "Long " * 100})
    common = {
        "media.fields": "alt_text,duration_ms,height,media_key,preview_image_url,type,url,variants,width",
        "poll.fields": "duration_minutes,end_datetime,id,options,voting_status",
        "user.fields": "id,name,username,verified,protected,description,created_at",
        "max_results": "100",
    }
    path = f"/2/users/{server.me.id}/timelines/reverse_chronological"
    new = {"post.fields": "attachments,note_post,text", "expansions": "attachments.media_keys,attachments.poll_ids"}
    old = {"tweet.fields": "attachments,note_tweet,text", "expansions": "attachments.media_keys,attachments.poll_ids"}
    for words, note in ((new, "note_post"), (old, "note_tweet")):
        _, answer = await ask(server, "GET", path, params={**common, **words})
        assert answer["data"][0][note]["text"] == "Long " * 100
        assert answer["data"][0]["text"].endswith("…")
        assert [option["label"] for option in answer["includes"]["polls"][0]["options"]] == ["A", "B"]
        assert answer["includes"]["media"][0]["alt_text"]


async def test_pictures_and_pages_are_there(server: RecordingX) -> None:
    post = next(post for post in server.state.posts.values() if post.media)
    user = server.state.users[post.author]
    places = (
        f"/media/{post.media[0]}.png",
        f"/profile_images/{user.username}_normal.png",
        f"/{user.username}/status/{post.id}",
        "/cards/a.png",
    )
    async with aiohttp.ClientSession() as session:
        for place in places:
            async with session.get(server.url + place) as answer:
                assert answer.status == 200, place
        async with session.get(f"{server.url}/{user.username}/status/1") as answer:
            assert answer.status == 404


async def test_the_newest_posts_appear_one_by_one() -> None:
    async with build(WORLD, SITES, trickle_s=0.01) as server:
        before = len(server.state.posts)
        async with asyncio.timeout(10):
            await server.until_trickled(2)
        assert len(server.state.posts) >= before + 2
        assert any("127.0.0.1:9/" in post.text for post in server.state.posts.values())


async def test_faults_work_here_too(server: RecordingX) -> None:
    server.faults.add(Fault("503", match="/2/users/me"))
    assert (await ask(server, "GET", "/2/users/me"))[0] == 503
    assert (await ask(server, "GET", "/2/users/me"))[0] == 200
