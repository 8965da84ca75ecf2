"""What columns of Bluesky show and leave out: muted words, quotes that are gone, names of feeds; and how they look."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from socialdesk.core.account import NOTHING, Account
from socialdesk.core.errors import Unreachable
from socialdesk.core.post import Segment
from socialdesk.http import Http
from socialdesk.networks.bluesky import embeds, muting
from socialdesk.networks.bluesky.adapter import Bluesky
from socialdesk.networks.bluesky.labels import LabelWishes
from socialdesk.networks.bluesky.preferences import FRESH_S, Preferences
from socialdesk.practice.bluesky import PracticeBluesky
from socialdesk.practice.server import Fault
from tests.networks.contract import make_http
from tests.networks.test_bluesky import HOME, INBOX, make_server, publish, sign_in, source, target

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ME = "did:plc:northwindnorthwindnorthw"


@pytest.fixture
async def server() -> AsyncIterator[PracticeBluesky]:
    async with make_server() as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    http = make_http()
    yield http
    await http.aclose()


@pytest.fixture
async def opened(server: PracticeBluesky, http: Http) -> Any:
    return await sign_in(server, http)


def muted(*values: str, **more: Any) -> dict[str, Any]:
    items = [{"value": value, "targets": ["content", "tag"], "actorTarget": "all", **more} for value in values]
    return {"$type": "app.bsky.actor.defs#mutedWordsPref", "items": items}


def mutes(*values: str, **more: Any) -> muting.Mutes:
    return muting.read_mutes([muted(*values, **more)])


def post(text: str, **more: Any) -> dict[str, Any]:
    record = {"text": text, "langs": ["en"], **more.pop("record", {})}
    author = {"did": "did:plc:harborharborharborharbor", "handle": "harbor.test", **more.pop("author", {})}
    return {"uri": "at://did:plc:harbor/app.bsky.feed.post/3n2u", "author": author, "record": record, **more}


class TestMutedWords:
    """Cases of the network's own tests (packages/api/tests/moderation-mutewords.test.ts) and of our own."""

    @pytest.mark.parametrize(
        ("word", "text", "is_muted"),
        [
            ("javascript", "This is a post about JavaScript", True),
            ("javascript", "Use your brain, eventually", False),
            ("eventually", "Use your brain, eventually", True),
            ("use", "Use your brain, eventually", True),
            ("stop worrying", "Some day soon, stop worrying about it", True),
            ("worrying about", "stop worrying: about it", False),
            (":)", "So happy :)", True),
            ("y!", "Hey, Sun. Yay! :)", True),
            ("bluesky", "#bluesky is fine, isn't it", True),
            ("s@ssy", "s@ssy", True),
            ("user/social", "context(iykyk): user/social", True),
            ("andor", "Tomatoes are fruits and/or vegetables", False),
            ("and/or", "Tomatoes are fruits and/or vegetables", True),
            ("superbad", "That is super-bad", True),
            ("super bad", "That is super-bad", True),
            ("bad", "That is super-bad", True),
            ("k", "OK", True),
            ("a", "Alles", True),
            ("sale", "wholesale", False),
            ("", "anything", False),
        ],
    )
    def test_words_and_marks(self, word: str, text: str, is_muted: bool) -> None:
        assert muting.is_muted(post(text), mutes(word), ME, NOW) is is_muted

    def test_languages_without_spaces(self) -> None:
        written = post("これは英語です", record={"langs": ["ja"]})
        assert muting.is_muted(written, mutes("英語"), ME, NOW)
        assert not muting.is_muted(post("これは英語です"), mutes("英語"), ME, NOW)

    def test_tags(self) -> None:
        facet = {"features": [{"$type": "app.bsky.richtext.facet#tag", "tag": "Sale"}]}
        tagged = post("Now #Sale", record={"facets": [facet]})
        only_tags = mutes("sale", targets=["tag"])
        assert muting.is_muted(tagged, only_tags, ME, NOW)
        assert not muting.is_muted(post("Now on sale"), only_tags, ME, NOW)
        assert muting.is_muted(post("Now", record={"tags": ["sale"]}), only_tags, ME, NOW)

    def test_not_those_who_are_followed(self) -> None:
        word = mutes("sale", actorTarget="exclude-following")
        follows = {"viewer": {"following": f"at://{ME}/app.bsky.graph.follow/3n2u"}}
        assert muting.is_muted(post("On sale"), word, ME, NOW)
        assert not muting.is_muted(post("On sale", author=follows), word, ME, NOW)

    def test_until_it_ends(self) -> None:
        for hours, is_muted in ((1, True), (-1, False)):
            word = mutes("sale", expiresAt=(NOW + timedelta(hours=hours)).isoformat())
            assert muting.is_muted(post("On sale"), word, ME, NOW) is is_muted

    def test_own_posts_never(self) -> None:
        assert not muting.is_muted(post("On sale", author={"did": ME}), mutes("sale"), ME, NOW)

    @pytest.mark.parametrize(
        "embed",
        [
            {"images": [{"alt": "A sale"}]},
            {"items": [{"alt": "A sale"}]},
            {"alt": "The sale, filmed"},
            {"external": {"title": "Sale", "description": ""}},
            {"external": {"title": "", "description": "The sale begins"}},
            {"record": {"value": {"text": "On sale"}}},
            {"record": {"record": {"value": {"text": "On sale"}}}, "media": {"images": []}},
            {"record": {"record": {"value": {"text": "x"}}}, "media": {"external": {"title": "sale"}}},
            {"record": {"value": {"text": "x"}, "embeds": [{"images": [{"alt": "sale"}]}]}},
        ],
    )
    def test_what_hangs_on_a_post(self, embed: dict[str, Any]) -> None:
        assert muting.is_muted(post("Look", embed=embed), mutes("sale"), ME, NOW)
        assert not muting.is_muted(post("Look", embed=embed), mutes("market"), ME, NOW)

    def test_hidden_posts(self) -> None:
        one = post("Anything")
        hidden = {"$type": "app.bsky.actor.defs#hiddenPostsPref", "items": [one["uri"]]}
        assert muting.is_muted(one, muting.read_mutes([hidden]), ME, NOW)

    @pytest.mark.parametrize(
        "preference",
        [
            {"$type": "app.bsky.actor.defs#mutedWordsPref", "items": None},
            {"$type": "app.bsky.actor.defs#mutedWordsPref", "items": [7, {}, {"value": " "}, {"value": 5}]},
            {"$type": "app.bsky.actor.defs#hiddenPostsPref", "items": "x"},
            {},
        ],
    )
    def test_preferences_that_make_no_sense(self, preference: dict[str, Any]) -> None:
        made = muting.read_mutes([preference])
        assert not muting.is_muted(post("Anything"), made, ME, NOW)


class TestColumns:
    async def test_muted_words_stay_out_of_columns_alone(self, server: PracticeBluesky, opened: Any) -> None:
        server.me.preferences.append(muted("discount"))
        server.post_as("harbor", "A discount for you")
        mention = server.post_as("copperline", "@northwind.test a discount?", facets=mention_of(server))
        shown = [e.text for e in (await opened.fetch(HOME, "", 20)).entries]
        assert shown
        assert not [text for text in shown if "discount" in text]
        assert mention.uri in [e.key for e in (await opened.fetch(INBOX, "", 20)).entries]
        assert (await opened.thread(mention.uri, {})).entries

    async def test_what_is_left_out_makes_no_gap(self, server: PracticeBluesky, opened: Any) -> None:
        server.me.preferences.append(muted("discount"))
        first = await opened.fetch(HOME, "", 10)
        for _ in range(15):
            server.post_as("harbor", "discount")
        page = await opened.fetch(HOME, first.cursor, 10)
        assert (page.entries, page.gap) == ((), False) or not page.gap
        assert not [e for e in page.entries if e.text == "discount"]
        again = await opened.fetch(HOME, page.cursor, 10)
        assert not again.gap

    async def test_own_posts_are_shown(self, server: PracticeBluesky, opened: Any) -> None:
        server.me.preferences.append(muted("discount"))
        mine = server.post_as("northwind", "Our discount")
        assert mine.uri in [e.key for e in (await opened.fetch(HOME, "", 10)).entries]

    async def test_without_preferences_nothing_is_shown_that_may_be_hidden(
        self, server: PracticeBluesky, opened: Any
    ) -> None:
        server.faults.add(Fault("500", match="getPreferences"))
        with pytest.raises(Unreachable):
            await opened.fetch(HOME, "", 10)
        assert (await opened.fetch(HOME, "", 10)).entries

    async def test_a_server_that_keeps_no_preferences(self, server: PracticeBluesky, opened: Any) -> None:
        server.faults.add(Fault("404", match="getPreferences", times=0))
        assert (await opened.fetch(HOME, "", 10)).entries

    async def test_a_visitor_has_none(self, server: PracticeBluesky, http: Http) -> None:
        visitor = Bluesky(Account(0, "bluesky", "", "", ""), NOTHING, http)
        assert (await visitor.fetch(source("account", actor="harbor.test", server=server.url), "", 5)).entries
        assert not server.requests("getPreferences")

    async def test_preferences_are_read_again(self, server: PracticeBluesky, opened: Any) -> None:
        now = 0.0
        preferences = Preferences(opened._client, known=True, clock=lambda: now)
        assert not (await preferences.wishes()).mutes
        server.me.preferences.append(muted("discount"))
        assert not (await preferences.wishes()).mutes
        now = FRESH_S
        assert (await preferences.wishes()).mutes
        assert len(server.requests("getPreferences")) == 2


def mention_of(server: PracticeBluesky) -> list[dict[str, Any]]:
    feature = {"$type": "app.bsky.richtext.facet#mention", "did": server.me.did}
    return [{"index": {"byteStart": 0, "byteEnd": 15}, "features": [feature]}]


class TestLooks:
    """How much is asked for: `limit` of each request."""

    @staticmethod
    def sizes(server: PracticeBluesky) -> list[int]:
        return [int(request.query["limit"]) for request in server.requests("getTimeline")]

    async def test_a_quiet_column_costs_little(self, server: PracticeBluesky, opened: Any) -> None:
        page = await opened.fetch(HOME, "", 40)
        for _ in range(3):
            page = await opened.fetch(HOME, page.cursor, 40)
        assert self.sizes(server) == [40, 10, 10, 10]

    async def test_more_news_than_a_short_look_shows(self, server: PracticeBluesky, opened: Any) -> None:
        first = await opened.fetch(HOME, "", 40)
        for number in range(30):
            server.post_as("harbor", f"Fresh {number}")
        page = await opened.fetch(HOME, first.cursor, 40)
        assert sum(e.text.startswith("Fresh ") for e in page.entries) == 30
        assert not page.gap
        assert self.sizes(server) == [40, 10, 40]

    async def test_a_whole_look_now_and_then(self, server: PracticeBluesky, opened: Any) -> None:
        """So that likes of older posts follow."""
        now = 1000.0
        opened._feeds._clock = lambda: now
        page = await opened.fetch(HOME, "", 40)
        page = await opened.fetch(HOME, page.cursor, 40)
        now += 301
        page = await opened.fetch(HOME, page.cursor, 40)
        await opened.fetch(HOME, page.cursor, 40)
        assert self.sizes(server) == [40, 10, 40, 10]

    async def test_after_a_start_the_first_look_is_whole(
        self, server: PracticeBluesky, opened: Any, http: Http
    ) -> None:
        page = await opened.fetch(HOME, "", 40)
        again = Bluesky(opened.account, opened._client.credential, http)
        await again.fetch(HOME, page.cursor, 40)
        assert self.sizes(server) == [40, 40]


class TestFeeds:
    async def test_feeds_and_lists_say_what_they_are_called(self, server: PracticeBluesky, opened: Any) -> None:
        for kind, title in (("feed", "B2B, best first"), ("list", "Customers")):
            [(uri, _)] = await opened.choices(kind, kind)
            page = await opened.fetch(source(kind, **{kind: uri}), "", 5)
            assert page.meta is not None
            assert page.meta.title == title
            assert (await opened.fetch(source(kind, **{kind: uri}), page.cursor, 5)).meta is None

    async def test_a_feed_by_its_page(self, server: PracticeBluesky, opened: Any) -> None:
        [(uri, _)] = await opened.choices("feed", "feed")
        owner, rkey = uri.split("/")[2], uri.split("/")[-1]
        handle = server.state.accounts[owner].handle
        by_page = await opened.fetch(source("feed", feed=f"https://bsky.app/profile/{handle}/feed/{rkey}"), "", 5)
        assert by_page.entries == (await opened.fetch(source("feed", feed=uri), "", 5)).entries

    async def test_pages_of_a_feed(self, server: PracticeBluesky, opened: Any) -> None:
        [(uri, _)] = await opened.choices("feed", "feed")
        page = await opened.fetch(source("feed", feed=uri), "", 3)
        older = await opened.fetch_older(source("feed", feed=uri), page.older, 3)
        assert older.entries
        assert not {e.key for e in older.entries} & {e.key for e in page.entries}

    @pytest.mark.parametrize("kind", ["500", "404", "429", "close", "html"])
    async def test_no_name_is_no_obstacle(self, server: PracticeBluesky, opened: Any, kind: str) -> None:
        [(uri, _)] = await opened.choices("feed", "feed")
        server.faults.add(Fault(kind, match="getFeedGenerator$"))
        page = await opened.fetch(source("feed", feed=uri), "", 5)
        assert page.entries
        assert page.meta is None


class TestQuotes:
    @pytest.mark.parametrize(
        ("kind", "words"), [("viewNotFound", "deleted"), ("viewBlocked", "blocked"), ("viewDetached", "taken it out")]
    )
    def test_why_a_quote_is_not_shown(self, kind: str, words: str) -> None:
        record = {"$type": f"app.bsky.embed.record#{kind}", "uri": "at://x/y/z"}
        for embed in (
            {"$type": "app.bsky.embed.record#view", "record": record},
            {"$type": "app.bsky.embed.recordWithMedia#view", "record": {"record": record}, "media": {}},
        ):
            shown = embeds.shown(embed, "https://bsky.app")
            assert shown.quoted is not None
            assert words in shown.quoted.text
            assert shown.quoted.url == ""

    def test_a_quoted_post_keeps_behind_its_warning(self) -> None:
        record = {
            "$type": "app.bsky.embed.record#viewRecord",
            "uri": "at://did:plc:harbor/app.bsky.feed.post/3n2u",
            "author": {"did": "did:plc:harbor", "handle": "harbor.test"},
            "value": {"text": "The words"},
            "labels": [{"val": "graphic-media"}],
        }
        embed = {"$type": "app.bsky.embed.record#view", "record": record}
        for wishes, text in (
            (LabelWishes({"graphic-media": "ignore"}), "The words"),
            (LabelWishes(), "Graphic media"),
            (LabelWishes({"graphic-media": "hide"}), "Hidden by your settings at the network."),
        ):
            shown = embeds.shown(embed, "https://bsky.app", wishes)
            assert shown.quoted is not None
            assert shown.quoted.text == text

    async def test_a_quote_of_a_post_that_is_deleted(self, server: PracticeBluesky, opened: Any) -> None:
        theirs = server.post_as("harbor", "Soon gone")
        await publish(opened, Segment("Well said", quote=target(theirs)))
        server.state.delete(theirs.uri)
        entry = (await opened.fetch(HOME, "", 5)).entries[0]
        assert entry.quoted is not None
        assert entry.quoted.text == "The quoted post is deleted."
