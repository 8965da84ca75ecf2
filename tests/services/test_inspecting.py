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
    ("typed", "feed", "title"),
    [
        (CHANNEL, CHANNEL_FEED, "Uploads"),
        ("r/marketing", "https://www.reddit.com/r/marketing/new/.rss", "r/marketing"),
        ("https://www.reddit.com/r/marketing/", "https://www.reddit.com/r/marketing/new/.rss", "r/marketing"),
        ("github.com/harbor/tools", "https://github.com/harbor/tools/releases.atom", "harbor/tools releases"),
        ("@northwind@medium", "https://medium.com/feed/@northwind", "Uploads"),
        ("hn: pump prices", "https://hnrss.org/newest?q=pump%20prices", "Hacker News: pump prices"),
    ],
)
async def test_known_sites_are_asked_for_their_feed_and_nothing_else(
    desk: Desk, typed: str, feed: str, title: str
) -> None:
    sites = Sites({feed: RSS})
    assert await inspector(desk, sites).feed_of(typed) == (feed, title)
    assert sites.asked == [feed]


async def test_a_feed_that_a_known_site_does_not_have_is_looked_for_on_its_page(desk: Desk) -> None:
    page = b"<html><head><link rel='alternate' type='application/rss+xml' href='/all.xml' title='All'></head></html>"
    sites = Sites({"https://github.com/harbor/tools": page})
    assert await inspector(desk, sites).feed_of("https://github.com/harbor/tools") == (
        "https://github.com/all.xml",
        "All",
    )


@pytest.mark.parametrize("typed", ["r/nosuchplace", "hn: nothing", "@nobody@medium"])
async def test_a_name_of_nothing_is_a_sentence_and_one_request(desk: Desk, typed: str) -> None:
    sites = Sites({})
    with pytest.raises(InputError) as said:
        await inspector(desk, sites).feed_of(typed)
    assert typed in said.value.sentence
    assert len(sites.asked) == 1


async def test_a_channel_named_by_its_handle_is_found_on_its_page(desk: Desk) -> None:
    page = b'<html><script>var x = {"externalId":"UCabcdefghijklmnopqrstuv"};</script></html>'
    sites = Sites({"https://www.youtube.com/@northwind": page, CHANNEL_FEED: RSS})
    for typed in ("yt: @northwind", "https://www.youtube.com/@northwind/videos", "@northwind@youtube"):
        sites.asked.clear()
        assert await inspector(desk, sites).feed_of(typed) == (CHANNEL_FEED, "Uploads")
        assert sites.asked == ["https://www.youtube.com/@northwind", CHANNEL_FEED]


async def test_a_podcast_in_apples_list_is_followed_at_its_own_feed(desk: Desk) -> None:
    answer = b'{"resultCount":1,"results":[{"collectionName":"Pump talk","feedUrl":"https://cast.example/rss"}]}'
    sites = Sites({"https://itunes.apple.com/lookup?id=42&entity=podcast": answer})
    typed = "https://podcasts.apple.com/de/podcast/pump-talk/id42?i=7"
    assert await inspector(desk, sites).feed_of(typed) == ("https://cast.example/rss", "Pump talk")


@pytest.mark.parametrize("answer", [b"{}", b'{"results": 3}', b'{"results":[{"feedUrl":"javascript:x"}, 4]}', b"[]"])
async def test_a_podcast_without_a_feed_is_a_sentence(desk: Desk, answer: bytes) -> None:
    sites = Sites({"https://itunes.apple.com/lookup?id=42&entity=podcast": answer})
    with pytest.raises(InputError, match="no feed"):
        await inspector(desk, sites).feed_of("https://podcasts.apple.com/de/podcast/pump-talk/id42")
    assert len(sites.asked) == 1


async def test_a_page_that_only_looks_like_a_known_kind_is_asked_first(desk: Desk) -> None:
    page = b"<html><head><link rel='alternate' type='application/rss+xml' href='/own.xml' title='Own'></head></html>"
    sites = Sites({"https://social.example/@northwind": page})
    found = await inspector(desk, sites).feed_of("https://social.example/@northwind")
    assert found == ("https://social.example/own.xml", "Own")
    sites = Sites({"https://social.example/@northwind.rss": RSS})
    found = await inspector(desk, sites).feed_of("https://social.example/@northwind")
    assert found == ("https://social.example/@northwind.rss", "Uploads")


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
