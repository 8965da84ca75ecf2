"""Columns: what a person names is found, checked and joined."""

import pytest
from aiohttp import web

from socialdesk.core.errors import InputError, Unreachable
from socialdesk.core.source import Source, WordFilter
from socialdesk.networks.feeds.adapter import Feeds
from socialdesk.practice.server import PracticeServer
from socialdesk.practice.sites import build
from socialdesk.practice.world import World
from tests.services.conftest import Desk


async def test_the_address_of_a_site_becomes_its_feed_and_each_page_is_asked_once(desk_with_feeds: Desk) -> None:
    blog = build(World.load())["vantage"]
    async with blog:
        source = Source(0, "feeds", "feed", None, {"url": blog.url})
        column = await desk_with_feeds.services.columns.add("", "rss", (source,))
        (stored,) = await desk_with_feeds.services.columns.sources(column.id)
        assert stored.params["url"] == blog.feed_url
        await desk_with_feeds.services.refresh.now(column.id)
        assert await desk_with_feeds.services.reading.page(column.id, None, 5)
        assert [r.path for r in blog.requests("^/(feed.*)?$")] == ["/", "/feed.json"]


async def test_a_feed_that_is_named_itself_is_asked_once_and_its_column_has_its_title(desk_with_feeds: Desk) -> None:
    blog = build(World.load())["insights"]
    async with blog:
        source = Source(0, "feeds", "feed", None, {"url": blog.feed_url})
        column = await desk_with_feeds.services.columns.add("", "rss", (source,))
        await desk_with_feeds.services.refresh.now(column.id)
        assert column.title == "Buyer Insights"
        assert len(blog.requests("feed")) == 1


async def test_a_page_without_a_feed_is_refused_with_a_sentence(desk_with_feeds: Desk) -> None:
    async def page(_request: web.Request) -> web.Response:
        return web.Response(text="<html><body><h1>Welcome</h1></body></html>", content_type="text/html")

    site = PracticeServer()
    site.app.router.add_get("/", page)
    async with site:
        source = Source(0, "feeds", "feed", None, {"url": site.url})
        with pytest.raises(InputError, match="no feed"):
            await desk_with_feeds.services.columns.add("", "rss", (source,))
    assert await desk_with_feeds.services.columns.all() == ()


async def test_a_site_that_cannot_be_reached_is_added_as_typed(desk_with_feeds: Desk) -> None:
    source = Source(0, "feeds", "feed", None, {"url": "http://127.0.0.1:9/feed"})
    column = await desk_with_feeds.services.columns.add("Later", "rss", (source,))
    report = await desk_with_feeds.services.refresh.now(column.id)
    assert report.failed
    assert (await desk_with_feeds.services.columns.header(column.id)).error


async def test_one_search_joins_every_account(desk: Desk) -> None:
    await desk.sign_in("short")
    await desk.sign_in("blog")
    column = await desk.services.columns.add_search("b2b marketing")
    sources = await desk.services.columns.sources(column.id)
    assert [(s.network, s.params) for s in sources] == [
        ("short", {"query": "b2b marketing"}),
        ("blog", {"query": "b2b marketing"}),
    ]


async def test_a_removed_column_comes_back_as_it_was(desk: Desk) -> None:
    account = await desk.sign_in("short")
    home, search = Source(0, "short", "home", account), Source(0, "short", "search", account, {"query": "B2B"})
    first = await desk.services.columns.add("Home", "home", (home,))
    await desk.services.columns.add("Search", "search", (search,), WordFilter(any_of=("B2B",)))
    removed = await desk.services.columns.remove(first.id)
    back = await desk.services.columns.restore(*removed)
    assert (back.title, back.position) == ("Home", 0)
    assert [c.title for c in await desk.services.columns.all()] == ["Home", "Search"]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (Source(0, "short", "nonsense", 1), "no source"),
        (Source(0, "short", "home", None), "needs an account"),
        (Source(0, "short", "search", 1), "needs: Words"),
        (Source(0, "nowhere", "home", 1), "no network called"),
    ],
)
async def test_what_cannot_be_shown_is_refused_with_a_sentence(desk: Desk, source: Source, said: str) -> None:
    await desk.sign_in("short")
    with pytest.raises(InputError, match=said):
        await desk.services.columns.add("", "columns", (source,))


def test_the_feeds_adapter_is_the_one_that_follows_addresses() -> None:
    assert Feeds.facts.key == "feeds"


async def test_a_known_place_has_its_own_title_and_look(desk_with_feeds: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def feed_of(address: str) -> tuple[str, str]:
        assert address == "r/pumps"
        return "https://www.reddit.com/r/pumps/new/.rss", "r/pumps"

    services = desk_with_feeds.services
    monkeypatch.setattr(services.inspecting, "feed_of", feed_of)
    column = await services.columns.add("", "rss", (services.columns.feed("r/pumps"),))
    assert (column.title, column.icon) == ("r/pumps", "networks/reddit")
    [source] = await services.columns.sources(column.id)
    assert source.params == {"url": "https://www.reddit.com/r/pumps/new/.rss"}
    header = await services.columns.header(column.id)
    assert (header.subtitle, header.sources[0].kind_title) == ("Reddit", "Reddit")
    again = await services.columns.add_search("r/pumps")
    assert (again.title, again.source_ids) == ("r/pumps", column.source_ids)
    mine = await services.columns.add("Ours", "star", (services.columns.feed("r/pumps"),))
    assert (mine.title, mine.icon) == ("Ours", "star")


async def test_a_known_place_is_added_without_a_connection(
    desk_with_feeds: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def feed_of(_address: str) -> tuple[str, str]:
        raise Unreachable("no network", offline=True)

    services = desk_with_feeds.services
    monkeypatch.setattr(services.inspecting, "feed_of", feed_of)
    column = await services.columns.add("", "rss", (services.columns.feed("hn: pumps"),))
    [source] = await services.columns.sources(column.id)
    assert (column.title, source.params["url"]) == ("Hacker News: pumps", "https://hnrss.org/newest?q=pumps")


async def test_a_known_place_is_asked_as_often_as_it_puts_up_with(desk_with_feeds: Desk) -> None:
    services = desk_with_feeds.services
    reddit, _ = await services.spending.rhythm(services.columns.feed("https://www.reddit.com/r/pumps/new/.rss"))
    blog, _ = await services.spending.rhythm(services.columns.feed("https://blog.example/feed"))
    assert (reddit.floor_s, blog.floor_s) == (900, 600)
