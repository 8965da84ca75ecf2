"""The practice Facebook as an independent judge sees it: Meta's own facebook-business drives it."""

import asyncio
import warnings
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # facebook-business is older than some of what it uses
    from facebook_business.adobjects.comment import Comment
    from facebook_business.adobjects.page import Page
    from facebook_business.adobjects.pagepost import PagePost
    from facebook_business.adobjects.user import User
    from facebook_business.api import FacebookAdsApi
    from facebook_business.exceptions import FacebookRequestError
    from facebook_business.session import FacebookSession

from socialdesk.practice.facebook import PracticeFacebook
from socialdesk.practice.facebook_fields import FieldError, Wanted, parse_fields
from socialdesk.practice.world import World, picture

# It knows neither field expansion nor edges as fields, and says so.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*does not allow field:UserWarning"),
    pytest.mark.filterwarnings("ignore:value of metric:UserWarning"),
]
T = TypeVar("T")
WORLD = World.load()


class Business:
    """facebook-business, which is synchronous, on a thread of its own."""

    def __init__(self, server: PracticeFacebook, token: str) -> None:
        session = FacebookSession(access_token=token)
        session.GRAPH = server.url
        self.api = FacebookAdsApi(session, api_version="v25.0")
        self.page = Page(server.me.id, api=self.api)
        self._session = session

    async def __call__(self, ask: Callable[[], T]) -> T:
        return await asyncio.to_thread(ask)

    def close(self) -> None:
        self._session.requests.close()


@pytest.fixture
async def server() -> AsyncIterator[PracticeFacebook]:
    async with PracticeFacebook(WORLD, {}) as running:
        yield running


@pytest.fixture
async def business(server: PracticeFacebook) -> AsyncIterator[Business]:
    made = Business(server, server.credentials["token"])
    yield made
    made.close()


async def test_it_knows_the_page_and_the_pages_of_a_person(server: PracticeFacebook, business: Business) -> None:
    page = await business(lambda: business.page.api_get(fields=["name", "username", "followers_count"]))
    assert (page["name"], page["username"]) == ("Northwind Pumps", "northwind")
    server.add_page("Northwind Careers")
    person = Business(server, server.credentials["user_token"])
    found = await business(
        lambda: [dict(p) for p in User("me", api=person.api).get_accounts(fields=["name", "access_token", "tasks"])]
    )
    person.close()
    assert [p["name"] for p in found] == ["Northwind Pumps", "Northwind Careers"]
    assert found[0]["access_token"] == server.credentials["token"]


async def test_it_reads_posts_through_all_pages(server: PracticeFacebook, business: Business) -> None:
    for number in range(60):
        server.add_post(f"Post {number}", minutes_ago=number)
    fields = ["message", "created_time", "permalink_url", "from", "comments.summary(true).limit(0)"]
    rows = await business(lambda: list(business.page.get_published_posts(fields=fields, params={"limit": 25})))
    texts = [row.get("message") for row in rows]
    assert texts[:60] == [f"Post {number}" for number in range(60)]
    assert len(rows) == len(server.state.edge_of(server.me.id, "published_posts"))
    assert rows[0]["comments"]["summary"]["total_count"] == 0
    since = int(server.now().timestamp()) - 30 * 60
    recent = await business(lambda: list(business.page.get_posts(fields=["message"], params={"since": since})))
    assert 28 <= len(recent) <= 33


async def test_it_posts_changes_comments_and_deletes(server: PracticeFacebook, business: Business) -> None:
    made = await business(lambda: business.page.create_feed(params={"message": "Hello", "link": "https://a.example/"}))
    post = PagePost(made.get_id(), api=business.api)
    assert server.state.posts[made.get_id()].link == "https://a.example/"
    await business(lambda: post.api_update(params={"message": "Hello again"}))
    assert (await business(lambda: post.api_get(fields=["message"])))["message"] == "Hello again"
    comment = await business(lambda: post.create_comment(params={"message": "And a comment"}))
    answer = await business(
        lambda: Comment(comment.get_id(), api=business.api).create_comment(params={"message": "And an answer"})
    )
    rows = await business(lambda: list(post.get_comments(fields=["message", "parent"], params={"filter": "stream"})))
    assert [row["message"] for row in rows] == ["And a comment", "And an answer"]
    assert rows[1]["parent"]["id"] == comment.get_id()
    top = await business(lambda: list(post.get_comments(fields=["message"], params={"filter": "toplevel"})))
    assert [row["message"] for row in top] == ["And a comment"]
    await business(lambda: Comment(answer.get_id(), api=business.api).create_like())
    assert server.me.id in server.state.comments[answer.get_id()].likes
    await business(post.api_delete)
    assert made.get_id() not in server.state.posts
    assert not [c for c in server.state.comments.values() if c.post == made.get_id()]


async def test_it_posts_pictures_at_once_and_later(
    server: PracticeFacebook, business: Business, tmp_path: Path
) -> None:
    file = tmp_path / "pump.png"
    file.write_bytes(picture("pump", 40, 30))
    params: dict[str, Any] = {"alt_text_custom": "A pump", "published": False}

    def upload() -> Any:
        with file.open("rb") as opened:
            answer = business.api.call(
                "POST", (server.me.id, "photos"), params=params, files={"source": ("pump.png", opened, "image/png")}
            )
        return answer.json()

    made = await business(upload)
    assert set(made) == {"id"}
    assert server.state.photos[made["id"]].alt == "A pump"
    media = [{"media_fbid": made["id"]}]
    post = await business(lambda: business.page.create_feed(params={"message": "Look", "attached_media": media}))
    shown = await business(lambda: PagePost(post.get_id(), api=business.api).api_get(fields=["attachments"]))
    assert shown["attachments"]["data"][0]["media"]["image"]["src"].endswith(f"/photos/{made['id']}.png")
    params = {}
    assert "post_id" in await business(upload)


async def test_it_plans_a_post(server: PracticeFacebook, business: Business) -> None:
    when = int(server.now().timestamp()) + 3600
    params = {"message": "Later", "published": False, "scheduled_publish_time": when}
    await business(lambda: business.page.create_feed(params=params))
    rows = await business(
        lambda: list(business.page.get_scheduled_posts(fields=["message", "scheduled_publish_time", "is_published"]))
    )
    assert [(row["message"], row["scheduled_publish_time"], row["is_published"]) for row in rows] == [
        ("Later", when, False)
    ]
    soon = {**params, "message": "Too soon", "scheduled_publish_time": when - 3500}
    with pytest.raises(FacebookRequestError):
        await business(lambda: business.page.create_feed(params=soon))


async def test_it_is_told_what_is_wrong(server: PracticeFacebook, business: Business) -> None:
    async def code_of(ask: Callable[[], Any]) -> tuple[int, int | None]:
        with pytest.raises(FacebookRequestError) as caught:
            await business(ask)
        return caught.value.api_error_code(), caught.value.api_error_subcode()

    page = business.page
    assert await code_of(lambda: page.create_feed(params={})) == (100, None)
    assert await code_of(lambda: PagePost("1_2", api=business.api).api_get()) == (100, 33)
    await business(lambda: page.create_feed(params={"message": "Twice"}))
    assert await code_of(lambda: page.create_feed(params={"message": "Twice"})) == (506, None)
    server.lacks.add("pages_manage_posts")
    assert await code_of(lambda: page.create_feed(params={"message": "Not allowed"})) == (200, None)
    server.oauth.ended[server.credentials["token"]] = 460
    assert await code_of(lambda: page.api_get(fields=["name"])) == (190, 460)


async def test_it_reads_insights(business: Business) -> None:
    rows = await business(
        lambda: list(business.page.get_insights(params={"metric": ["page_media_view"], "period": "day"}))
    )
    assert [(row["name"], row["period"]) for row in rows] == [("page_media_view", "day")]


@pytest.mark.parametrize("text", ["", "a,,b", "a{b", "a.limit", "a.limit(1", "a}b", ".limit(1)"])
def test_what_is_no_list_of_fields(text: str) -> None:
    with pytest.raises(FieldError):
        parse_fields(text)


def test_fields_with_modifiers_and_fields_of_their_own() -> None:
    assert parse_fields("id, from{name}, comments.filter(stream).limit(5){id,from{id}}") == (
        Wanted("id"),
        Wanted("from", {}, (Wanted("name"),)),
        Wanted("comments", {"filter": "stream", "limit": "5"}, (Wanted("id"), Wanted("from", {}, (Wanted("id"),)))),
    )
