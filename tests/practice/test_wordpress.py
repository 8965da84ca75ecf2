"""The practice blog against what was seen on running WordPress sites (status, code, headers, shape)."""

import base64
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import feedparser
import pytest

from socialdesk.practice.wordpress import PASSWORD, PracticeWordPress
from socialdesk.practice.world import World, picture

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


class Client:
    """Speaks to the API as the owner, or as nobody."""

    def __init__(self, session: aiohttp.ClientSession, server: PracticeWordPress) -> None:
        self.session = session
        self.server = server
        self.root = server.url + "/wp-json/wp/v2/"

    async def __call__(
        self, method: str, path: str, body: Any = None, *, password: str | None = PASSWORD, **options: Any
    ) -> tuple[int, Any, Any]:
        headers = options.pop("headers", {})
        if password is not None:
            pair = base64.b64encode(f"northwind:{password}".encode()).decode()
            headers = {**headers, "Authorization": f"Basic {pair}"}
        url = path if path.startswith("http") else self.root + path
        async with self.session.request(method, url, json=body, headers=headers, **options) as answer:
            return answer.status, await answer.json(), answer.headers


@pytest.fixture
async def server() -> AsyncIterator[PracticeWordPress]:
    async with PracticeWordPress(World.load(), now=lambda: NOW) as running:
        yield running


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def call(session: aiohttp.ClientSession, server: PracticeWordPress) -> Client:
    return Client(session, server)


POST = {"title": "Hello", "content": "<!-- wp:paragraph -->\n<p>Words</p>\n<!-- /wp:paragraph -->", "status": "publish"}


class TestFinding:
    async def test_every_page_names_the_api(self, call: Client, server: PracticeWordPress) -> None:
        async with call.session.head(server.url + "/") as answer:
            assert answer.headers["Link"] == f'<{server.url}/wp-json/>; rel="https://api.w.org/"'
        async with call.session.get(server.url + "/basics-reconsidered/") as answer:
            page = await answer.text()
        assert f'<link rel="https://api.w.org/" href="{server.url}/wp-json/">' in page

    async def test_the_index_names_the_sign_in(self, call: Client, server: PracticeWordPress) -> None:
        _, root, _ = await call("GET", server.url + "/wp-json/", password=None)
        assert "wp/v2" in root["namespaces"]
        endpoints = root["authentication"]["application-passwords"]["endpoints"]
        assert endpoints["authorization"] == f"{server.url}/wp-admin/authorize-application.php"
        assert "northwind.example" in root["name"]

    async def test_both_address_forms_give_the_same(self, call: Client, server: PracticeWordPress) -> None:
        _, pretty, _ = await call("GET", "posts?per_page=1")
        _, plain, _ = await call("GET", server.url + "/?rest_route=/wp/v2/posts&per_page=1")
        assert plain == pretty

    async def test_a_site_without_permalinks(self, session: aiohttp.ClientSession) -> None:
        async with PracticeWordPress(World.load(), pretty=False) as server:
            async with session.get(server.url + "/") as answer:
                assert answer.headers["Link"].startswith(f"<{server.url}/?rest_route=/>")
            async with session.get(server.url + "/wp-json/") as answer:
                assert answer.status == 404

    async def test_no_route(self, call: Client) -> None:
        status, body, _ = await call("GET", "nothing")
        assert (status, body["code"], body["data"]) == (404, "rest_no_route", {"status": 404})


class TestWho:
    async def test_me_with_edit_context_has_capabilities(self, call: Client) -> None:
        status, me, _ = await call("GET", "users/me?context=edit")
        assert (status, me["username"], me["capabilities"]["publish_posts"]) == (200, "northwind", True)

    @pytest.mark.parametrize("password", [None, "xxxx xxxx"])
    async def test_a_wrong_password_is_nobody(self, call: Client, password: str | None) -> None:
        for path, code in (("users/me", "rest_not_logged_in"), ("posts?context=edit", "rest_forbidden_context")):
            status, body, _ = await call("GET", path, password=password)
            assert (status, body["code"]) == (401, code)
        status, body, _ = await call("POST", "posts", POST, password=password)
        assert (status, body["code"]) == (401, "rest_cannot_create")
        status, _, _ = await call("GET", "posts", password=password)
        assert status == 200

    async def test_spaces_in_the_password_do_not_count(self, call: Client) -> None:
        status, _, _ = await call("GET", "users/me", password=PASSWORD.replace(" ", ""))
        assert status == 200

    async def test_a_revoked_password_is_nobody(self, call: Client) -> None:
        _, about, _ = await call("GET", "users/me/application-passwords/introspect")
        await call("DELETE", f"users/me/application-passwords/{about['uuid']}")
        status, _, _ = await call("GET", "users/me")
        assert status == 401


class TestPosts:
    async def test_a_created_post_comes_back_whole(self, call: Client, server: PracticeWordPress) -> None:
        status, made, headers = await call("POST", "posts", {**POST, "slug": "hello", "excerpt": "Short"})
        assert (status, made["slug"], made["status"]) == (201, "hello", "publish")
        assert made["link"] == f"{server.url}/hello/"
        assert headers["Location"] == f"{server.url}/wp-json/wp/v2/posts/{made['id']}"
        assert made["content"]["raw"] == POST["content"]
        assert made["content"]["rendered"] == "\n<p>Words</p>\n"
        assert made["date_gmt"] == "2026-11-20T09:00:00"
        async with call.session.get(made["link"]) as answer:
            assert "<p>Words</p>" in await answer.text()

    async def test_slugs_are_silently_made_unique(self, call: Client) -> None:
        slugs = [(await call("POST", "posts", {**POST, "slug": "same"}))[1]["slug"] for _ in range(3)]
        assert slugs == ["same", "same-2", "same-3"]
        assert (await call("POST", "posts", {**POST, "slug": "feed"}))[1]["slug"] == "feed-2"

    async def test_a_draft_keeps_its_wanted_slug_and_has_none_of_its_own(self, call: Client) -> None:
        _, wanted, _ = await call("POST", "posts", {**POST, "status": "draft", "slug": "later"})
        _, unnamed, _ = await call("POST", "posts", {**POST, "status": "draft"})
        assert (wanted["slug"], unnamed["slug"]) == ("later", "")
        assert wanted["link"].endswith(f"/?p={wanted['id']}")
        _, found, _ = await call("GET", "posts?slug=later,nothing&status=any&context=edit")
        assert [post["id"] for post in found] == [wanted["id"]]

    @pytest.mark.parametrize(
        ("title", "slug"),
        [
            ("Messbar heißt nicht wichtig", "messbar-heist-nicht-wichtig"),
            ("What’s “new” – in 2026?", "whats-new-in-2026"),
            ("構成", "%e6%a7%8b%e6%88%90"),
            ("UPPER_case a--b", "upper_case-a-b"),
        ],
    )
    async def test_titles_become_slugs(self, call: Client, title: str, slug: str) -> None:
        assert (await call("POST", "posts", {**POST, "title": title}))[1]["slug"] == slug

    async def test_a_date_ahead_makes_it_future_and_a_past_one_publishes(self, call: Client) -> None:
        _, ahead, _ = await call("POST", "posts", {**POST, "date_gmt": "2030-01-01T09:00:00"})
        _, past, _ = await call("POST", "posts", {**POST, "status": "future", "date_gmt": "2020-01-01T09:00:00"})
        assert (ahead["status"], past["status"]) == ("future", "publish")
        assert ahead["modified_gmt"] == "2030-01-01T09:00:00"

    async def test_refusals(self, call: Client) -> None:
        for body, code in (
            ({"status": "publish"}, "empty_content"),
            ({"title": "x", "status": "nonsense"}, "rest_invalid_param"),
        ):
            status, answer, _ = await call("POST", "posts", body)
            assert (status, answer["code"]) == (400, code)
        for path, code in (
            ("posts?per_page=101", "rest_invalid_param"),
            ("posts?page=99", "rest_post_invalid_page_number"),
        ):
            status, answer, _ = await call("GET", path)
            assert (status, answer["code"]) == (400, code)
        status, answer, _ = await call("GET", "posts?status=draft", password=None)
        assert answer["data"]["details"]["status"]["code"] == "rest_forbidden_status"

    async def test_paging_headers(self, call: Client) -> None:
        for number in range(5):
            await call("POST", "posts", {**POST, "title": f"Number {number}"})
        _, page, headers = await call("GET", "posts?per_page=2&page=2&orderby=id&order=asc&_fields=id,title.rendered")
        assert (headers["X-WP-Total"], headers["X-WP-TotalPages"]) == ("7", "4")
        assert [set(post) for post in page] == [{"id", "title"}] * 2

    async def test_what_has_changed_since(self, call: Client, server: PracticeWordPress) -> None:
        _, made, _ = await call("POST", "posts", POST)
        before = (NOW - timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        _, found, _ = await call("GET", f"posts?modified_after={before}&orderby=modified&order=asc")
        assert [post["id"] for post in found] == [made["id"]]
        same = NOW.strftime("%Y-%m-%dT%H:%M:%SZ")
        assert (await call("GET", f"posts?modified_after={same}"))[1] == []

    async def test_search_looks_into_the_raw_content(self, call: Client) -> None:
        raw = '<!-- wp:paragraph {"metadata":{"socialdesk":"sd-abc"}} --><p>x</p><!-- /wp:paragraph -->'
        await call("POST", "posts", {**POST, "content": raw})
        _, found, _ = await call("GET", "posts?search=sd-abc&status=any")
        assert len(found) == 1
        assert "sd-abc" not in found[0]["content"]["rendered"]

    async def test_trash_then_force(self, call: Client) -> None:
        _, made, _ = await call("POST", "posts", {**POST, "slug": "bin"})
        path = f"posts/{made['id']}"
        assert (await call("DELETE", path))[1]["slug"] == "bin__trashed"
        status, body, _ = await call("DELETE", path)
        assert (status, body["code"]) == (410, "rest_already_trashed")
        assert (await call("DELETE", path + "?force=true"))[1]["deleted"] is True
        assert (await call("DELETE", path + "?force=true"))[0] == 404

    async def test_embeds(self, call: Client) -> None:
        _, (newest,), _ = await call("GET", "posts?per_page=1&_embed=author,wp:featuredmedia,wp:term")
        embedded = newest["_embedded"]
        assert embedded["author"][0]["id"] == 1
        assert embedded["wp:featuredmedia"][0]["source_url"].endswith(".jpg")
        assert [term["name"] for term in embedded["wp:term"][1]] == ["B2B", "content"]


class TestMedia:
    @pytest.mark.parametrize("form", ["multipart", "raw"])
    async def test_an_upload_comes_back(self, call: Client, form: str) -> None:
        data = picture("up", 64, 36)
        if form == "multipart":
            parts = aiohttp.FormData()
            parts.add_field("file", data, filename="shelf-1a2b.png", content_type="image/png")
            parts.add_field("alt_text", "A shelf & more")
            status, made, _ = await call("POST", "media", data=parts)
        else:
            headers = {"Content-Type": "image/png", "Content-Disposition": 'attachment; filename="shelf-1a2b.png"'}
            status, made, _ = await call("POST", "media", data=data, headers=headers)
            await call("POST", f"media/{made['id']}", {"alt_text": "A shelf & more"})
        assert (status, made["slug"], made["mime_type"]) == (201, "shelf-1a2b", "image/png")
        assert (made["media_details"]["width"], made["media_details"]["height"]) == (64, 36)
        async with call.session.get(made["source_url"]) as answer:
            assert await answer.read() == data
        _, (found,), _ = await call("GET", "media?slug=shelf-1a2b&context=edit&_fields=id,alt_text")
        assert found == {"id": made["id"], "alt_text": "A shelf & more"}

    async def test_repeated_names_and_refusals(self, call: Client) -> None:
        headers = {"Content-Type": "image/png", "Content-Disposition": 'attachment; filename="a.png"'}
        await call("POST", "media", data=picture("a", 8, 8), headers=headers)
        _, again, _ = await call("POST", "media", data=picture("a", 8, 8), headers=headers)
        assert again["slug"] == "a-1"
        status, body, _ = await call("DELETE", f"media/{again['id']}")
        assert (status, body["code"]) == (501, "rest_trash_not_supported")
        strange = {"Content-Type": "application/x-foo", "Content-Disposition": 'attachment; filename="a.foo"'}
        status, body, _ = await call("POST", "media", data=b"MZ", headers=strange)
        assert (status, body["code"]) == (500, "rest_upload_sideload_error")
        bare = {"Content-Type": "image/png"}
        status, body, _ = await call("POST", "media", data=b"x", headers=bare)
        assert (status, body["code"]) == (400, "rest_upload_no_content_disposition")


class TestTerms:
    async def test_an_existing_term_is_named(self, call: Client) -> None:
        status, made, _ = await call("POST", "categories", {"name": "B2B & more"})
        assert (status, made["name"], made["slug"]) == (201, "B2B &amp; more", "b2b-more")
        status, body, _ = await call("POST", "categories", {"name": "b2b & More"})
        assert (status, body["code"], body["data"]["term_id"]) == (400, "term_exists", made["id"])
        assert (await call("GET", "categories?search=b2b"))[1][0]["id"] == made["id"]

    async def test_unknown_ids_are_dropped(self, call: Client) -> None:
        _, made, _ = await call("POST", "posts", {**POST, "tags": [99999], "featured_media": 99999})
        assert (made["tags"], made["featured_media"], made["categories"]) == ([], 0, [1])


class TestComments:
    async def test_the_inbox_has_content(self, call: Client, server: PracticeWordPress) -> None:
        _, found, headers = await call("GET", "comments?status=all&context=edit&_embed=up&per_page=50")
        assert len(found) >= 5
        assert headers["X-WP-Total"] == str(len(found))
        assert found[0]["content"]["raw"] in found[0]["content"]["rendered"]
        assert "#comment-" in found[0]["link"]
        assert found[0]["_embedded"]["up"][0]["title"]["rendered"]

    async def test_a_reply_and_its_repetition(self, call: Client) -> None:
        _, (first, *_), _ = await call("GET", "comments")
        answer = {"post": first["post"], "parent": first["id"], "content": "Thank you"}
        status, made, _ = await call("POST", "comments", answer)
        assert (status, made["parent"], made["author"]) == (201, first["id"], 1)
        status, body, _ = await call("POST", "comments", answer)
        assert (status, body["code"]) == (409, "comment_duplicate")
        await call("DELETE", f"comments/{made['id']}")
        assert (await call("DELETE", f"comments/{made['id']}"))[0] == 410

    async def test_refusals(self, call: Client) -> None:
        for body, status, code in (
            ({"post": 9999, "content": "x"}, 403, "rest_comment_invalid_post_id"),
            ({"post": 1, "content": " "}, 400, "rest_comment_content_invalid"),
        ):
            assert await answer_of(call, body) == (status, code)
        assert (await call("POST", "comments", {"post": 1, "content": "x"}, password=None))[0] == 401
        assert (await call("GET", "comments?context=edit", password=None))[0] == 401

    async def test_somebody_comments_live(self, call: Client, server: PracticeWordPress) -> None:
        server.add_comment("basics-reconsidered", "A new thought", "Quarry Freight")
        _, found, _ = await call("GET", f"comments?after={(NOW - timedelta(seconds=1)):%Y-%m-%dT%H:%M:%SZ}")
        assert [(c["author_name"], c["content"]["rendered"]) for c in found] == [
            ("Quarry Freight", "<p>A new thought</p>\n")
        ]


async def answer_of(call: Client, body: dict[str, Any]) -> tuple[int, str]:
    status, answer, _ = await call("POST", "comments", body)
    return status, answer["code"]


class TestReaders:
    async def test_the_feed_has_what_is_published(self, call: Client, server: PracticeWordPress) -> None:
        await call("POST", "posts", {**POST, "title": "Fresh & new"})
        await call("POST", "posts", {**POST, "title": "Not yet", "status": "draft"})
        async with call.session.get(server.url + "/feed/") as answer:
            data, etag = await answer.read(), answer.headers["ETag"]
        titles = [entry.title for entry in feedparser.parse(data).entries]
        assert titles[0] == "Fresh & new"
        assert "Not yet" not in titles
        async with call.session.get(server.url + "/feed/", headers={"If-None-Match": etag}) as answer:
            assert answer.status == 304

    async def test_a_plain_link_leads_to_the_permalink(self, call: Client, server: PracticeWordPress) -> None:
        _, made, _ = await call("POST", "posts", {**POST, "slug": "moved"})
        async with call.session.get(f"{server.url}/?p={made['id']}") as answer:
            assert str(answer.url) == made["link"]

    async def test_pictures_of_articles_load(self, call: Client, server: PracticeWordPress) -> None:
        async with call.session.get(server.url + "/basics-reconsidered/") as answer:
            page = await answer.text()
        urls = set(re.findall(rf'{server.url}/wp-content/uploads/[^"]+', page))
        assert len(urls) == 2
        for url in urls:
            async with call.session.get(url) as answer:
                assert (answer.status, answer.content_type) == (200, "image/jpeg")

    async def test_drafts_are_nobodys_business(self, call: Client, server: PracticeWordPress) -> None:
        _, made, _ = await call("POST", "posts", {**POST, "status": "draft", "slug": "secret"})
        for path in ("/secret/", f"/?p={made['id']}"):
            async with call.session.get(server.url + path) as answer:
                assert answer.status == 404
