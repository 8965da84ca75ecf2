"""What an address gives, on the services' side: how often, under which name and in which order a site is asked."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from socialdesk.content.feeds import WELL_KNOWN_PATHS
from socialdesk.core.errors import InputError, NetworkError, RateLimited, Rejected, Unreachable
from socialdesk.core.source import Source
from socialdesk.http import Response
from socialdesk.services.inspecting import InspectService
from tests.http.raw import Asked, Peer, RawServer
from tests.services.conftest import Desk
from tests.services.fakes import START

RSS = b"<rss version='2.0'><channel><title>Uploads</title><item><title>One</title></item></channel></rss>"
EMPTY = b"<html><body>nothing here</body></html>"


@dataclass
class Sites:
    """The web as a test wants it: address -> page or error; what is not named does not exist."""

    pages: dict[str, bytes | NetworkError]
    lands_at: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def request(self, _method: str, url: str, **_options: Any) -> Response:
        self.asked.append(url)
        page = self.pages.get(url, Rejected("404", reason="not_found"))
        if isinstance(page, NetworkError):
            raise page
        return Response(200, {}, page, self.lands_at.get(url, url), False, 0.01)


def inspector(desk: Desk, sites: Sites) -> InspectService:
    return InspectService(desk.store, sites, desk.worker, desk.clock)  # type: ignore[arg-type]


CHANNEL = "https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv"
CHANNEL_FEED = "https://www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrstuv"


@pytest.mark.parametrize(
    ("typed", "page", "feed"),
    [
        (CHANNEL, EMPTY, CHANNEL_FEED),
        (CHANNEL, Rejected("429 for robots", reason="blocked"), CHANNEL_FEED),
        ("https://www.reddit.com/r/marketing/", Rejected("403", reason="blocked"), "https://www.reddit.com/r/marketing/.rss"),
        ("https://github.com/harbor/tools", EMPTY, "https://github.com/harbor/tools/releases.atom"),
    ],
)  # fmt: skip
async def test_known_sites_are_known_by_what_was_typed(
    desk: Desk, typed: str, page: bytes | NetworkError, feed: str
) -> None:
    sites = Sites({typed: page, feed: RSS})
    found, _ = await inspector(desk, sites).feed_of(typed)
    assert found == feed
    assert sites.asked[0] == typed


async def test_a_known_site_that_asks_for_consent_first_is_known_all_the_same(desk: Desk) -> None:
    sites = Sites({CHANNEL: EMPTY, CHANNEL_FEED: RSS}, lands_at={CHANNEL: "https://consent.example/?back=channel"})
    assert (await inspector(desk, sites).feed_of(CHANNEL))[0] == CHANNEL_FEED
    assert sites.asked == [CHANNEL]


async def test_what_a_page_names_comes_before_usual_places(desk: Desk) -> None:
    page = b"<html><head><link rel='alternate' type='application/rss+xml' href='/all.xml' title='All'></head></html>"
    sites = Sites({"https://blog.example/": page})
    assert await inspector(desk, sites).feed_of("https://blog.example/") == ("https://blog.example/all.xml", "All")
    assert sites.asked == ["https://blog.example/"]


async def test_usual_places_are_tried_last_and_for_a_person_only(desk: Desk) -> None:
    sites = Sites({"https://blog.example/": EMPTY, "https://blog.example" + WELL_KNOWN_PATHS[2]: RSS})
    report = await inspector(desk, sites).inspect("https://blog.example/")
    assert (report.kind, len(sites.asked)) == ("nothing", 1)
    assert (await inspector(desk, sites).feed_of("https://blog.example/"))[1] == "Uploads"
    assert len(sites.asked) == 1 + 4


@pytest.mark.parametrize("error", [Unreachable("no way"), RateLimited("later", START)])
async def test_a_site_that_cannot_be_asked_now_is_not_called_feedless(desk: Desk, error: NetworkError) -> None:
    with pytest.raises(type(error)):
        await inspector(desk, Sites({"https://blog.example/": error})).feed_of("https://blog.example/")


async def test_a_host_that_tells_us_to_wait_ends_the_search(desk: Desk) -> None:
    sites = Sites({"https://blog.example/": EMPTY, "https://blog.example/feed": RateLimited("later", START)})
    with pytest.raises(InputError):
        await inspector(desk, sites).feed_of("https://blog.example/")
    assert len(sites.asked) == 2


async def test_adding_a_feed_falls_back_to_the_plain_name_as_refreshing_does(desk_with_feeds: Desk) -> None:
    async def picky(asked: Asked, peer: Peer) -> None:
        await peer.answer(403 if "(" in asked.headers["user-agent"] else 200, RSS, content_type="text/xml")

    desk = desk_with_feeds
    async with RawServer(picky) as server:
        column = await desk.services.columns.add("", "rss", (Source(0, "feeds", "feed", None, {"url": server.url}),))
        assert (column.title, len(server.asked)) == ("Uploads", 2)
        await desk.services.refresh.now(column.id)
        assert len(await desk.services.reading.page(column.id, None, 5)) == 1
        assert len(server.asked) == 2


async def test_a_page_is_looked_at_once_however_often_it_is_read(desk: Desk) -> None:
    sites = Sites({"https://blog.example/one": EMPTY})
    service = inspector(desk, sites)
    assert await service.behind("https://blog.example/one") == await service.behind("https://blog.example/one")
    assert sites.asked == ["https://blog.example/one"]
