"""The card of a link: asked for once, shown, and sent as it was shown."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from socialdesk.core.errors import NetworkError, Rejected, Unreachable
from socialdesk.core.post import PERMALINK, Article, CardToSend, Draft, Picture, SeenCard, Segment
from socialdesk.core.rules import PostRules
from socialdesk.core.source import Source
from socialdesk.practice.pictures import picture
from socialdesk.services import link_cards
from socialdesk.store import blobs
from tests.http.raw import Asked, Peer, RawServer
from tests.services.conftest import Desk

RULES = PostRules(limit=300, weigh=len, link_card="client")
PAGE = (
    "<html><head><meta property='og:title' content='Answer times'><meta property='og:site_name' content='Harbor'>"
    "<meta name='description' content='What they buy you'><meta property='og:image' content='/lead.png'></head></html>"
)

FEED = b"<rss version='2.0'><channel><title>Harbor</title><item><title>One</title></item></channel></rss>"


class Site:
    """A page with a card and a picture. `status` is that of every page."""

    def __init__(self) -> None:
        self.status = 200
        self.page = PAGE.encode()

    async def handle(self, asked: Asked, peer: Peer) -> None:
        if asked.target == "/lead.png":
            image = await asyncio.to_thread(picture, "lead", 1600, 840)
            await peer.answer(200, image, content_type="image/png")
        elif asked.target == "/feed":
            await peer.answer(200, FEED, content_type="text/xml")
        else:
            await peer.answer(self.status, self.page, content_type="text/html")


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
async def server(site: Site) -> AsyncIterator[RawServer]:
    async with RawServer(site.handle) as server:
        yield server


@pytest.fixture(autouse=True)
def takes_cards(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def post_rules(_self: object) -> PostRules:
        return RULES

    monkeypatch.setattr(desk.short, "post_rules", post_rules)


def pages(server: RawServer) -> list[str]:
    return [asked.target for asked in server.asked]


def sent(desk: Desk) -> list[Segment]:
    return [desk.short.world.posts[key] for key in desk.short.world.order]


def card(desk: Desk) -> CardToSend:
    found = sent(desk)[0].card
    assert found is not None
    return found


async def test_what_the_page_offers_is_shown_and_asked_for_once(desk: Desk, server: RawServer) -> None:
    url = f"{server.url}/a"
    seen = await desk.services.inspecting.link_card(url)
    assert (seen.url, seen.title, seen.description, seen.site) == (url, "Answer times", "What they buy you", "Harbor")
    assert (seen.thumb_width, seen.thumb_height) == (1200, 630)
    assert (await desk.services.composing.picture(seen.thumb)).startswith(b"\xff\xd8\xff")
    assert await desk.services.inspecting.link_card(url) == seen
    assert pages(server) == ["/a", "/lead.png"]
    assert "text/html" in server.asked[0].headers["accept"]
    desk.clock.forward(hours=7)
    assert (await desk.services.inspecting.link_card(url)).fetched == desk.clock()
    assert pages(server) == ["/a", "/lead.png"] * 2


async def test_the_card_that_was_seen_is_the_card_that_is_sent(desk: Desk, site: Site, server: RawServer) -> None:
    url, short = f"{server.url}/a", await desk.sign_in("short")
    seen = await desk.services.inspecting.link_card(url)
    site.page = PAGE.replace("Answer times", "Another title").encode()
    await desk.publish(Draft(text=f"Read {url}", account_ids=(short,), card=seen))
    assert (card(desk).url, card(desk).title, card(desk).description) == (url, "Answer times", "What they buy you")
    assert card(desk).thumb == await desk.services.composing.picture(seen.thumb)
    assert pages(server) == ["/a", "/lead.png"]


async def test_a_card_seen_long_ago_is_asked_for_again(desk: Desk, site: Site, server: RawServer) -> None:
    url, short = f"{server.url}/a", await desk.sign_in("short")
    seen = SeenCard(url, "Old", fetched=desk.clock() - link_cards.FRESH - timedelta(minutes=1))
    await desk.publish(Draft(text=f"Read {url}", account_ids=(short,), card=seen))
    assert card(desk).title == "Answer times"
    assert card(desk).thumb_width == 1200


async def test_a_link_in_the_text_gets_its_card_without_anybody_having_looked(desk: Desk, server: RawServer) -> None:
    short = await desk.sign_in("short")
    await desk.publish(Draft(text=f"One\n---\nTwo, see {server.url}/a.", account_ids=(short,)))
    first, second = sent(desk)
    assert first.card is None
    assert second.card is not None
    assert (second.card.url, second.card.title) == (f"{server.url}/a", "Answer times")


async def test_a_card_that_was_taken_away_is_not_sent_and_its_page_not_asked(desk: Desk, server: RawServer) -> None:
    url, short = f"{server.url}/a", await desk.sign_in("short")
    saved = await desk.services.composing.save(Draft(text="Look", account_ids=(short,), link=url, no_card=url))
    again = await desk.services.composing.draft(saved.id)
    assert again is not None
    assert again.no_card == url
    await desk.publish(again)
    assert [(s.text, s.card) for s in sent(desk)] == [(f"Look\n\n{url}", None)]
    assert pages(server) == []


async def test_an_articles_card_can_be_taken_away(desk: Desk) -> None:
    short, blog = await desk.sign_in("short"), await desk.sign_in("blog")
    article = Article("Basics, reconsidered", "The basics of B2B.", excerpt="Once you’ve talked, then what?")
    await desk.publish(Draft(text="Read this", account_ids=(short, blog), article=article))
    assert (card(desk).title, card(desk).description) == (article.title, article.excerpt)
    await desk.publish(Draft(text="Again", account_ids=(short, blog), article=article, no_card=PERMALINK))
    assert sent(desk)[1].card is None
    assert "https://blog.example/" in sent(desk)[1].text


@pytest.mark.parametrize(
    ("status", "error", "reason"),
    [
        (404, Rejected, "not_found"),
        (403, Rejected, "blocked"),
        (401, Rejected, "blocked"),
        (500, Unreachable, "server_error"),
    ],
)
async def test_a_page_that_is_not_shown_to_us_is_said_and_tried_again(
    desk: Desk, site: Site, server: RawServer, status: int, error: type[NetworkError], reason: str
) -> None:
    site.status = status
    with pytest.raises(error) as raised:
        await desk.services.inspecting.link_card(f"{server.url}/a")
    assert raised.value.reason == reason
    site.status = 200
    assert (await desk.services.inspecting.link_card(f"{server.url}/a")).title == "Answer times"


async def test_no_page_keeps_a_post_from_going_out(desk: Desk, site: Site, server: RawServer) -> None:
    site.status = 500
    short, url = await desk.sign_in("short"), f"{server.url}/a"
    await desk.publish(Draft(text=f"Read {url}", account_ids=(short,)))
    await desk.publish(Draft(text="Read", account_ids=(short,), link=url))
    in_text, carried = sent(desk)
    assert in_text.card is None  # it would say no more than the text does
    assert carried.card == CardToSend(url, "127.0.0.1")  # else the link would be lost


async def test_a_page_without_a_card_is_not_asked_again_when_sending(desk: Desk, site: Site, server: RawServer) -> None:
    site.page = b"\x89PNG no page at all"
    url, short = f"{server.url}/a", await desk.sign_in("short")
    seen = await desk.services.inspecting.link_card(url)
    assert seen == SeenCard(url, fetched=desk.clock())
    await desk.publish(Draft(text=f"Read {url}", account_ids=(short,), card=seen))
    assert sent(desk)[0].card is None
    assert pages(server) == ["/a"]


async def test_an_address_from_content_leads_into_a_private_network_only_where_the_person_has_been(
    desk_with_feeds: Desk, server: RawServer
) -> None:
    desk = desk_with_feeds
    with pytest.raises(Rejected) as refused:
        await desk.services.inspecting.link_card(f"{server.url}/a", typed=False)
    assert refused.value.reason == "private_address"
    assert pages(server) == []
    await desk.services.columns.add(
        "Home", "rss", (Source(0, "feeds", "feed", None, {"url": f"{server.url}/feed"}, "T"),)
    )
    assert (await desk.services.inspecting.link_card(f"{server.url}/a", typed=False)).title == "Answer times"


async def test_pictures_go_out_instead_of_the_card(desk: Desk, server: RawServer) -> None:
    short, image = await desk.sign_in("short"), await asyncio.to_thread(picture, "pump", 40, 30)
    kept: Picture = await desk.services.composing.add_picture(image, "pump.png")
    await desk.publish(Draft(text=f"Read {server.url}/a", account_ids=(short,), pictures=(kept,)))
    assert sent(desk)[0].card is None
    assert len(sent(desk)[0].media) == 1
    assert pages(server) == []


async def test_the_picture_of_a_card_is_kept_as_long_as_its_draft(desk: Desk, server: RawServer) -> None:
    seen = await desk.services.inspecting.link_card(f"{server.url}/a")
    draft = await desk.services.composing.save(Draft(text=f"Read {server.url}/a", card=seen))
    desk.clock.forward(days=2)
    await desk.store.write(blobs.collect, desk.clock())
    assert await desk.services.composing.picture(seen.thumb)
    await desk.services.composing.discard(draft.id)
    await desk.store.write(blobs.collect, desk.clock())
    assert await desk.store.read(blobs.get, seen.thumb) is None
