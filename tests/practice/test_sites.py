"""The practice blogs, seen as a reader sees them: discovery, every feed format, validators, pages, pictures."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import aiohttp
import feedparser
import pytest
from PIL import Image

from socialdesk.practice.sites import FORMATS, Blog, build
from socialdesk.practice.world import World

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def world() -> World:
    return World.load()


@pytest.fixture
async def blogs(world: World) -> AsyncIterator[dict[str, Blog]]:
    every = build(world, now=lambda: NOW)
    for blog in every.values():
        await blog.start()
    yield every
    for blog in every.values():
        await blog.stop()


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def body(client: aiohttp.ClientSession, url: str) -> bytes:
    async with client.get(url) as answer:
        assert answer.status == 200, url
        return await answer.read()


async def test_the_home_page_names_every_feed(blogs: dict[str, Blog], client: aiohttp.ClientSession) -> None:
    assert len(blogs) >= 5
    for key, blog in blogs.items():
        page = (await body(client, blog.url + "/")).decode()
        links = re.findall(r'<link rel="alternate" type="([^"]+)" title="[^"]+" href="([^"]+)"', page)
        assert links == [(f.mime, blog.url + f.path) for f in FORMATS[key][0]]


async def test_every_feed_tells_the_same_articles(
    world: World, blogs: dict[str, Blog], client: aiohttp.ClientSession
) -> None:
    for key, blog in blogs.items():
        expected = [(a.title, f"{blog.url}/{a.slug}/") for a in world.articles_of(key)]
        for feed in blog.formats:
            data = await body(client, blog.url + feed.path)
            if feed.mime == "application/feed+json":
                items = json.loads(data)["items"]
                assert [(i["title"], i["url"]) for i in items] == expected
                continue
            parsed = feedparser.parse(data)
            assert not parsed.bozo, (key, parsed.get("bozo_exception"))
            assert [(e.title, e.link) for e in parsed.entries] == expected
            newest = world.articles_of(key)[0]
            first = parsed.entries[0]
            when = datetime(*(first.get("published_parsed") or first.updated_parsed)[:6], tzinfo=UTC)
            assert when == NOW - timedelta(minutes=newest.minutes_ago)


async def test_unchanged_feeds_are_not_sent_twice(blogs: dict[str, Blog], client: aiohttp.ClientSession) -> None:
    blog = blogs["fieldnotes"]
    async with client.get(blog.feed_url) as first:
        etag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    for headers in ({"If-None-Match": etag}, {"If-Modified-Since": modified}):
        async with client.get(blog.feed_url, headers=headers) as again:
            assert (again.status, await again.read(), again.headers["ETag"]) == (304, b"", etag)
    async with client.get(blog.feed_url, headers={"If-None-Match": '"other"', "If-Modified-Since": modified}) as other:
        assert other.status == 200


async def test_a_new_article_appears_everywhere(
    world: World, blogs: dict[str, Blog], client: aiohttp.ClientSession
) -> None:
    blog = blogs["vantage"]
    async with client.get(blog.feed_url) as first:
        etag = first.headers["ETag"]
    url = blog.publish_article(replace(world.articles[0], slug="fresh", title="Fresh from the press"))
    async with client.get(blog.feed_url, headers={"If-None-Match": etag}) as again:
        newest = json.loads(await again.read())["items"][0]
    assert (newest["url"], newest["date_published"]) == (url, NOW.isoformat())
    assert "Fresh from the press" in (await body(client, url)).decode()


async def test_an_article_page_is_as_untidy_as_real_ones(
    world: World, blogs: dict[str, Blog], client: aiohttp.ClientSession
) -> None:
    article = next(a for a in world.articles if a.slug == "400-buyers")
    blog = blogs["insights"]
    page = (await body(client, f"{blog.url}/400-buyers/")).decode()
    for part in ("<nav>", "Advertisement", "cookie-banner", "newsletter", "site-footer", "<noscript>", "data-srcset"):
        assert part in page
    assert f'<meta property="og:title" content="{article.title}">' in page
    linked = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)[0])
    assert linked["headline"] == article.title
    pictures = set(re.findall(r'data-src="([^"]+)"', page))
    assert len(pictures) == 2
    for url in pictures:
        assert Image.open(BytesIO(await body(client, url))).size == (1200, 675)


async def test_pages_that_do_not_exist(blogs: dict[str, Blog], client: aiohttp.ClientSession) -> None:
    async with client.get(blogs["harbor"].url + "/nothing-here/") as answer:
        assert answer.status == 404
