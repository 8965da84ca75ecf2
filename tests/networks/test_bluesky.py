"""The Bluesky adapter against the practice Bluesky: the contract of all networks, and what only this one does."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from socialdesk.core.account import NOTHING, Account, Credential, Identity
from socialdesk.core.entry import EntryKind
from socialdesk.core.errors import AuthExpired, InputError, OutcomeUnknown, Rejected, Unreachable
from socialdesk.core.network import FindsByAddress
from socialdesk.core.post import CardToSend, MediaFile, Receipt, Segment, Target
from socialdesk.core.source import Source
from socialdesk.http import Http
from socialdesk.networks.bluesky import session
from socialdesk.networks.bluesky.adapter import Bluesky
from socialdesk.networks.bluesky.client import refusal
from socialdesk.practice.bluesky import PracticeBluesky, build
from socialdesk.practice.bluesky_state import Record
from socialdesk.practice.pictures import picture
from socialdesk.practice.server import Fault
from socialdesk.practice.world import World
from tests.networks.contract import NetworkContract, make_http

NOON = datetime(2026, 11, 22, 12, 0, 0, 123_456, tzinfo=UTC)
HOME = Source(1, "bluesky", "home", 1)
INBOX = Source(2, "bluesky", "notifications", 1)


def make_server() -> PracticeBluesky:
    world = World.load()
    return build(world, {o.key: f"https://{o.key}.example" for o in world.organisations})


async def sign_in(server: PracticeBluesky, http: Http, **answers: str) -> Any:
    visitor = Bluesky(Account(0, "bluesky", "", "", ""), NOTHING, http)
    signed_in = await visitor.sign_in({**server.credentials, **answers})
    who = signed_in.identity
    account = Account(1, "bluesky", who.name, who.handle, who.server, who.remote_id, who.avatar_url, who.facts)
    return Bluesky(account, signed_in.credential, http)


def source(kind: str, **params: str) -> Source:
    return Source(9, "bluesky", kind, 1, params)


class TestBlueskyContract(NetworkContract):
    network = Bluesky
    read_path = r"app\.bsky\.feed\.getTimeline$"
    publish_path = r"com\.atproto\.repo\.putRecord$"
    renew_path = r"com\.atproto\.server\.refreshSession$"

    def make_server(self) -> PracticeBluesky:
        return make_server()

    async def open(self, server: Any, http: Http) -> Any:
        return await sign_in(server, http)

    async def open_with_bad_credential(self, server: Any, http: Http) -> Any:
        opened = await sign_in(server, http)
        return Bluesky(opened.account, Credential({"access": "not-a-token", "refresh": "not-a-token"}), http)

    def secrets(self, server: Any) -> tuple[str, ...]:
        return (server.credentials["password"], *server.tokens.issued)

    async def spent(self, server: Any, http: Http) -> tuple[Account, Credential]:
        signed_in = await Bluesky(Account(0, "bluesky", "", "", ""), NOTHING, http).sign_in(server.credentials)
        server.tokens.expire_access()
        return (await sign_in(server, http)).account, signed_in.credential

    def source(self, server: Any) -> Source:
        return HOME

    def add_post(self, server: Any, text: str) -> None:
        server.post_as("harbor", text)

    def segment(self, server: Any, text: str) -> Segment:
        return Segment(text, language="en")

    def times_posted(self, server: Any, text: str) -> int:
        return sum(record.value["text"] == text for record in server.posts_of("northwind"))


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


def last_post(server: PracticeBluesky) -> Mapping[str, Any]:
    return server.posts_of("northwind")[-1].value


async def publish(opened: Any, segment: Segment, number: int = 0) -> Receipt:
    if segment.created is None:
        segment = replace(segment, created=datetime.now(UTC))
    receipt = await opened.publish(segment, opened.new_key(1_795_348_800_000_000 + number, 7))
    assert isinstance(receipt, Receipt)
    return receipt


def target(record: Record) -> Target:
    return Target(record.uri, {"uri": record.uri, "cid": record.cid})


class TestSignIn:
    async def test_who_it_is(self, server: PracticeBluesky, opened: Any) -> None:
        account = opened.account
        assert (account.name, account.handle, account.server) == ("Northwind Pumps", "northwind.test", server.url)
        assert account.remote_id.startswith("did:plc:")
        assert account.avatar_url.startswith(server.url)
        assert await opened.whoami() == Identity(
            account.remote_id, account.name, account.handle, account.server, account.avatar_url, account.facts
        )

    @pytest.mark.parametrize("typed", ["@northwind.test", " northwind.test\u202c", "northwind", "NORTHWIND.test"])
    async def test_handles_as_people_type_them(self, server: PracticeBluesky, http: Http, typed: str) -> None:
        assert (await sign_in(server, http, identifier=typed)).account.handle == "northwind.test"

    async def test_a_wrong_password(self, server: PracticeBluesky, http: Http) -> None:
        with pytest.raises(AuthExpired):
            await sign_in(server, http, password="wrong")

    @pytest.mark.parametrize(
        "answers",
        [
            {"identifier": " "},
            {"password": ""},
            {"service": "ftp://x.example"},
            {"service": "https://"},
            {"service": "a b"},
        ],
    )
    async def test_answers_that_cannot_be_right(
        self, server: PracticeBluesky, http: Http, answers: dict[str, str]
    ) -> None:
        with pytest.raises(InputError) as caught:
            await sign_in(server, http, **answers)
        assert caught.value.sentence
        assert not server.requests("createSession")

    @pytest.mark.parametrize("kind", ["502", "429", "403", "html"])
    async def test_no_profile_is_no_obstacle(self, server: PracticeBluesky, http: Http, kind: str) -> None:
        server.faults.add(Fault(kind, match="getProfile", times=0))
        assert (await sign_in(server, http)).account.name == "northwind.test"

    async def test_no_answer_is_unreachable(self, server: PracticeBluesky, http: Http) -> None:
        server.faults.add(Fault("close", match="createSession", when="after"))
        with pytest.raises(Unreachable):
            await sign_in(server, http)

    @pytest.mark.parametrize(
        ("typed", "address"),
        [
            ("", "https://bsky.social"),
            ("pds.example", "https://pds.example"),
            (" https://pds.example/xrpc/ ", "https://pds.example"),
            ("http://localhost:2583", "http://localhost:2583"),
        ],
    )
    def test_service_address(self, typed: str, address: str) -> None:
        assert session.service_address(typed) == address

    @pytest.mark.parametrize(
        ("service", "endpoint", "home"),
        [
            ("https://bsky.social", "https://oak.host.bsky.network", "https://oak.host.bsky.network"),
            ("https://bsky.social", "http://oak.host.bsky.network", "https://bsky.social"),
            ("https://bsky.social", "https://127.0.0.1", "https://bsky.social"),
            ("https://bsky.social", "http://localhost:99", "https://bsky.social"),
            ("http://127.0.0.1:1", "http://localhost:99/", "http://localhost:99"),
            ("https://bsky.social", "", "https://bsky.social"),
        ],
    )
    def test_home_server(self, service: str, endpoint: str, home: str) -> None:
        document = {"service": [7, {"id": "#other"}, {"id": "#atproto_pds", "serviceEndpoint": endpoint}]}
        assert session.home_server({"didDoc": document}, service) == home
        assert session.home_server({}, service) == service


class TestSession:
    async def test_an_expired_token_is_renewed(self, server: PracticeBluesky, opened: Any, http: Http) -> None:
        server.expire_tokens()
        with pytest.raises(AuthExpired):
            await opened.fetch(HOME, "", 5)
        fresh = await opened.renew()
        assert fresh.get("access")
        assert fresh.get("refresh")
        assert (await Bluesky(opened.account, fresh, http).fetch(HOME, "", 5)).entries

    async def test_a_lost_answer_to_a_renewal_does_no_harm(self, server: PracticeBluesky, opened: Any) -> None:
        server.faults.add(Fault("close", match="refreshSession", when="after"))
        with pytest.raises(Unreachable):
            await opened.renew()
        assert (await opened.renew()).get("access")

    async def test_a_session_that_is_over(self, server: PracticeBluesky, opened: Any) -> None:
        server.revoke_sessions()
        with pytest.raises(AuthExpired):
            await opened.renew()

    async def test_no_refresh_token(self, opened: Any, http: Http) -> None:
        with pytest.raises(AuthExpired):
            await Bluesky(opened.account, NOTHING, http).renew()
        with pytest.raises(AuthExpired):
            await Bluesky(opened.account, NOTHING, http).whoami()

    @pytest.mark.parametrize(
        "answer", [{}, {"accessJwt": "", "refreshJwt": "x"}, {"accessJwt": None, "refreshJwt": "x"}]
    )
    async def test_an_empty_token_is_never_kept(
        self, opened: Any, answer: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def answers(*_: object, **__: object) -> dict[str, str]:
            return answer

        before = opened._client.credential
        monkeypatch.setattr(opened._client, "post", answers)
        with pytest.raises(Unreachable):
            await opened.renew()
        assert opened._client.credential is before

    async def test_a_missing_refresh_token_leaves_the_old_one(
        self, opened: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def answers(*_: object, **__: object) -> dict[str, str]:
            return {"accessJwt": "new"}

        before = opened._client.credential.get("refresh")
        monkeypatch.setattr(opened._client, "post", answers)
        renewed = await opened.renew()
        assert (renewed.get("access"), renewed.get("refresh")) == ("new", before)

    async def test_signing_out_ends_the_session(self, opened: Any) -> None:
        await opened.sign_out()
        with pytest.raises(AuthExpired):
            await opened.renew()


class TestReading:
    async def test_a_reshare_names_who(self, server: PracticeBluesky, opened: Any) -> None:
        first = await opened.fetch(HOME, "", 10)
        post = server.posts_of("harbor")[0]
        server.mark_as("copperline", "repost", post)
        [entry] = [e for e in (await opened.fetch(HOME, first.cursor, 10)).entries if e.key == post.uri]
        assert entry.reason is not None
        assert entry.reason.by is not None
        assert (entry.reason.kind, entry.reason.by.handle) == ("reshare", "copperline.test")
        assert entry.author.handle == "harbor.test"

    async def test_reads_on_until_something_known(self, server: PracticeBluesky, opened: Any) -> None:
        first = await opened.fetch(HOME, "", 10)
        for number in range(23):
            server.post_as("harbor", f"Fresh {number}")
        page = await opened.fetch(HOME, first.cursor, 10)
        assert sum(e.text.startswith("Fresh ") for e in page.entries) == 23
        assert not page.gap
        assert first.older
        assert page.older == ""  # the first page's is kept
        assert len(server.requests("getTimeline")) == 4

    async def test_a_gap_is_said_and_can_be_read(self, server: PracticeBluesky, opened: Any) -> None:
        first = await opened.fetch(HOME, "", 10)
        for number in range(35):
            server.post_as("harbor", f"Fresh {number}")
        page = await opened.fetch(HOME, first.cursor, 10)
        assert page.gap
        assert sum(e.text.startswith("Fresh ") for e in page.entries) == 30
        older = await opened.fetch_older(HOME, page.older, 10)
        assert [e.text for e in older.entries][:5] == [f"Fresh {n}" for n in (4, 3, 2, 1, 0)]

    async def test_a_deleted_newest_post_makes_no_gap(self, server: PracticeBluesky, opened: Any) -> None:
        newest = server.post_as("harbor", "Soon gone")
        first = await opened.fetch(HOME, "", 10)
        server.state.delete(newest.uri)
        server.post_as("harbor", "After it")
        page = await opened.fetch(HOME, first.cursor, 10)
        assert (page.entries[0].text, page.gap) == ("After it", False)
        assert len(server.requests("getTimeline")) == 2

    async def test_to_the_very_end(self, opened: Any) -> None:
        page = await opened.fetch(source("account", actor="harbor.test"), "", 3)
        seen = [e.key for e in page.entries]
        while page.older:
            page = await opened.fetch_older(source("account", actor="harbor.test"), page.older, 3)
            seen += [e.key for e in page.entries]
        assert len(seen) > 5
        assert len(set(seen)) >= len(seen) - 1  # a re-share and its post may meet on different pages

    @pytest.mark.parametrize("actor", ["harbor.test", "@harbor.test", "https://bsky.app/profile/harbor.test"])
    async def test_account_without_signing_in(self, server: PracticeBluesky, http: Http, actor: str) -> None:
        visitor = Bluesky(Account(0, "bluesky", "", "", ""), NOTHING, http)
        page = await visitor.fetch(source("account", actor=actor, server=server.url), "", 5)
        assert page.entries
        assert all(e.author.handle == "harbor.test" or e.reason for e in page.entries)

    async def test_an_account_that_does_not_exist(self, opened: Any) -> None:
        with pytest.raises(Rejected) as caught:
            await opened.fetch(source("account", actor="nobody.test"), "", 5)
        assert caught.value.reason == "not_found"

    async def test_search(self, server: PracticeBluesky, opened: Any) -> None:
        server.post_as("harbor", "Valves and attribution")
        page = await opened.fetch(source("search", query="attribution valves"), "", 10)
        assert [e.text for e in page.entries] == ["Valves and attribution"]

    async def test_lists_and_feeds_are_offered_by_name(self, opened: Any) -> None:
        [(uri, name)] = await opened.choices("list", "list")
        assert (uri.startswith("at://did:plc:"), name) == (True, "Customers")
        assert (await opened.fetch(source("list", list=uri), "", 5)).entries
        [(uri, name)] = await opened.choices("feed", "feed")
        assert name == "B2B, best first"
        assert await opened.choices("search", "query") == ()

    async def test_a_feed_has_no_gaps(self, server: PracticeBluesky, opened: Any) -> None:
        [(uri, _)] = await opened.choices("feed", "feed")
        first = await opened.fetch(source("feed", feed=uri), "", 3)
        for record in [r for r in server.state.records.values() if r.uri in {e.key for e in first.entries}]:
            server.state.delete(record.uri)
        assert not (await opened.fetch(source("feed", feed=uri), first.cursor, 3)).gap

    async def test_lists_and_feeds_by_their_page(self, server: PracticeBluesky, opened: Any) -> None:
        [(uri, _)] = await opened.choices("list", "list")
        page = f"https://bsky.app/profile/northwind.test/lists/{uri.rsplit('/')[-1]}"
        by_page = await opened.fetch(source("list", list=page), "", 5)
        assert by_page.entries == (await opened.fetch(source("list", list=uri), "", 5)).entries
        for wrong in ("https://bsky.app/", "at://nobody.test/app.bsky.graph.list/x", "words"):
            with pytest.raises(Rejected) as caught:
                await opened.fetch(source("list", list=wrong), "", 5)
            assert caught.value.reason == "not_found"

    async def test_a_source_it_does_not_have(self, opened: Any) -> None:
        with pytest.raises(Rejected):
            await opened.fetch(source("hashtag"), "", 5)

    async def test_thread_around_an_answer(self, server: PracticeBluesky, opened: Any) -> None:
        root = server.post_as("harbor", "Root")
        middle = server.post_as("copperline", "Middle", reply_to=root)
        server.post_as("meridianops", "Leaf", reply_to=middle)
        page = await opened.thread(middle.uri, {})
        assert [e.text for e in page.entries] == ["Root", "Middle", "Leaf"]
        with pytest.raises(Rejected) as caught:
            await opened.thread(root.uri + "x", {})
        assert caught.value.reason == "not_found"

    async def test_wishes_are_asked_for_once(self, server: PracticeBluesky, opened: Any) -> None:
        page = await opened.fetch(HOME, "", 5)
        for number in range(2):
            labels = {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "nudity"}]}
            server.post_as("harbor", f"Bare facts {number}", labels=labels)
            page = await opened.fetch(HOME, page.cursor, 5)
            assert page.entries[0].warning == "Nudity"
        assert len(server.requests("getPreferences")) == 1


class TestNotifications:
    async def test_what_others_do(self, server: PracticeBluesky, opened: Any) -> None:
        mine = server.post_as("northwind", "What do you measure?")
        before = await opened.fetch(INBOX, "", 10)
        server.mark_as("harbor", "like", mine)
        server.post_as("copperline", "Replies", reply_to=mine)
        server.state.delete(next(iter(server.state.marks("app.bsky.graph.follow", opened.account.remote_id).values())))
        page = await opened.fetch(INBOX, before.cursor, 10)
        by_kind = {e.reason.kind: e for e in page.entries if e.reason}
        assert set(by_kind) == {"like", "reply"}
        assert by_kind["like"].kind is EntryKind.NOTICE
        assert by_kind["like"].quoted is not None
        assert by_kind["like"].quoted.text == "What do you measure?"
        assert by_kind["reply"].kind is EntryKind.POST
        assert by_kind["reply"].text == "Replies"
        assert by_kind["reply"].reply_to == mine.uri
        thread = await opened.thread(by_kind["like"].remote_id, by_kind["like"].refs)
        assert [e.text for e in thread.entries] == ["What do you measure?", "Replies"]

    async def test_what_was_told_is_not_told_again(self, server: PracticeBluesky, opened: Any) -> None:
        first = await opened.fetch(INBOX, "", 10)
        again = await opened.fetch(INBOX, first.cursor, 10)
        assert first.entries
        assert (again.entries, again.gap) == ((), False)

    async def test_more_posts_than_one_request_takes(self, server: PracticeBluesky, opened: Any) -> None:
        for number in range(60):
            mine = server.post_as("northwind", f"Post {number}")
            server.mark_as("harbor", "like", mine)
        page = await opened.fetch(INBOX, "", 60)
        assert [e.quoted.text for e in page.entries if e.quoted] == [f"Post {n}" for n in range(59, -1, -1)]
        assert len(server.requests("getPosts")) == 3


class TestPublishing:
    async def test_facets(self, server: PracticeBluesky, opened: Any) -> None:
        text = "👩‍🚀 Grüße an @harbor.test und @nobody.test: https://example.com/ä #北風"
        await publish(opened, Segment(text, language="de, en, x_y"))
        record, data = last_post(server), text.encode()
        shown = {
            data[f["index"]["byteStart"] : f["index"]["byteEnd"]].decode(): f["features"][0] for f in record["facets"]
        }
        assert record["text"] == text
        assert record["langs"] == ["de", "en"]
        assert set(shown) == {"@harbor.test", "https://example.com/ä", "#北風"}
        assert shown["@harbor.test"]["did"] == server.posts_of("harbor")[0].did
        await publish(opened, Segment("@harbor.test again"), 1)
        assert len(server.requests("resolveHandle")) == 2

    async def test_a_plain_post_holds_nothing_else(self, server: PracticeBluesky, opened: Any) -> None:
        receipt = await publish(opened, Segment("Plain", created=NOON))
        assert last_post(server) == {
            "$type": "app.bsky.feed.post",
            "text": "Plain",
            "createdAt": "2026-11-22T12:00:00.123Z",
        }
        rkey = opened.new_key(1_795_348_800_000_000, 7)
        assert receipt.remote_id == f"at://{opened.account.remote_id}/app.bsky.feed.post/{rkey}"
        assert receipt.permalink == f"{server.url}/profile/northwind.test/post/{rkey}"

    async def test_a_repeat_is_byte_identical(self, server: PracticeBluesky, opened: Any) -> None:
        segment = Segment("@harbor.test https://example.com", created=NOON, card=CardToSend("https://a.example", "A"))
        first, second = await publish(opened, segment), await publish(opened, segment)
        assert first == second
        bodies = [request.body for request in server.requests("putRecord")]
        assert bodies[0] == bodies[1]
        assert json.loads(bodies[0])["swapRecord"] is None

    async def test_another_text_at_the_same_key_is_in_doubt_and_found(
        self, server: PracticeBluesky, opened: Any
    ) -> None:
        first = await publish(opened, Segment("First", created=NOON))
        with pytest.raises(OutcomeUnknown):
            await publish(opened, Segment("Second", created=NOON))
        found = await opened.find(Segment("Second"), opened.new_key(1_795_348_800_000_000, 7))
        assert found == first
        assert last_post(server)["text"] == "First"

    async def test_find_needs_no_session(self, server: PracticeBluesky, opened: Any) -> None:
        receipt = await publish(opened, Segment("Out"))
        server.revoke_sessions()
        assert await opened.find(Segment("Out"), opened.new_key(1_795_348_800_000_000, 7)) == receipt

    async def test_pictures(self, server: PracticeBluesky, opened: Any) -> None:
        data = picture("chart", 64, 32)
        uploaded = await opened.upload(MediaFile("b", "image/png", data, "Bar chart", 64, 32))
        await publish(opened, Segment("Two pictures", media=(uploaded, replace(uploaded, alt="", width=0))))
        first, second = last_post(server)["embed"]["images"]
        assert (first["alt"], first["aspectRatio"]) == ("Bar chart", {"width": 64, "height": 32})
        assert (second["alt"], "aspectRatio" in second) == ("", False)
        entry = (await opened.fetch(HOME, "", 5)).entries[0]
        assert [m.alt for m in entry.media] == ["Bar chart", ""]

    async def test_card_with_thumb(self, server: PracticeBluesky, opened: Any) -> None:
        card = CardToSend("https://example.com/a", "Title", "About", picture("a", 32, 32, "jpeg"), 32, 32)
        await publish(opened, Segment("Read this", card=card))
        external = last_post(server)["embed"]["external"]
        assert (external["uri"], external["title"], external["description"]) == (card.url, "Title", "About")
        assert external["thumb"]["mimeType"] == "image/jpeg"
        assert external["thumb"]["size"] == len(card.thumb)

    @pytest.mark.parametrize("thumb", [b"", b"x" * 1_000_001])
    async def test_card_without_a_usable_thumb(self, server: PracticeBluesky, opened: Any, thumb: bytes) -> None:
        await publish(opened, Segment("Read this", card=CardToSend("https://example.com/a", "Title", thumb=thumb)))
        assert "thumb" not in last_post(server)["embed"]["external"]
        assert not server.requests("uploadBlob")

    async def test_a_refused_thumb_does_not_hold_the_post_up(self, server: PracticeBluesky, opened: Any) -> None:
        server.faults.add(Fault("403", match="uploadBlob"))
        await publish(opened, Segment("Read this", card=CardToSend("https://example.com/a", "Title", thumb=b"x")))
        assert "thumb" not in last_post(server)["embed"]["external"]

    @pytest.mark.parametrize("kind", ["hang", "close", "reset", "500", "html"])
    @pytest.mark.parametrize("when", ["before", "after"])
    async def test_a_lost_upload_means_nothing_is_out(
        self, server: PracticeBluesky, opened: Any, kind: str, when: str
    ) -> None:
        server.faults.add(Fault(kind, match="uploadBlob", when=when))
        segment = Segment("Read this", card=CardToSend("https://example.com/a", "Title", thumb=b"x"))
        with pytest.raises(Unreachable):
            await publish(opened, segment)
        assert not server.requests("putRecord")
        server.faults.add(Fault(kind, match="uploadBlob", when=when))
        with pytest.raises(Unreachable):
            await opened.upload(MediaFile("b", "image/png", b"x"))

    async def test_pictures_win_over_a_card(self, server: PracticeBluesky, opened: Any) -> None:
        uploaded = await opened.upload(MediaFile("b", "image/png", picture("a", 8, 8), "A", 8, 8))
        card = CardToSend("https://example.com/a", "Title", thumb=b"x")
        await publish(opened, Segment("Both", media=(uploaded,), card=card))
        assert last_post(server)["embed"]["$type"] == "app.bsky.embed.images"

    async def test_answer_in_somebody_elses_thread(self, server: PracticeBluesky, opened: Any) -> None:
        root = server.post_as("harbor", "Root")
        answer = server.post_as("copperline", "Answer", reply_to=root)
        [entry] = [e for e in (await opened.fetch(HOME, "", 10)).entries if e.key == answer.uri]
        receipt = await publish(opened, Segment("Mine", reply_to=Target(entry.remote_id, entry.refs)))
        reply = last_post(server)["reply"]
        assert (reply["root"]["uri"], reply["parent"]["uri"]) == (root.uri, answer.uri)
        await publish(opened, Segment("More", previous=receipt, root=receipt, reply_to=Target(entry.remote_id)), 1)
        reply = last_post(server)["reply"]
        assert (reply["root"]["uri"], reply["parent"]["uri"]) == (root.uri, receipt.remote_id)

    async def test_a_target_of_which_only_the_address_is_known(self, server: PracticeBluesky, opened: Any) -> None:
        root = server.post_as("harbor", "Root")
        answer = server.post_as("copperline", "Answer", reply_to=root)
        await publish(opened, Segment("Mine", reply_to=Target(answer.uri)))
        reply = last_post(server)["reply"]
        assert reply["root"] == {"uri": root.uri, "cid": root.cid}
        assert reply["parent"] == {"uri": answer.uri, "cid": answer.cid}
        with pytest.raises(Rejected) as caught:
            await publish(opened, Segment("Mine", reply_to=Target(answer.uri + "x")), 1)
        assert caught.value.reason == "not_found"

    async def test_quotes(self, server: PracticeBluesky, opened: Any) -> None:
        post = server.post_as("harbor", "Quote me")
        await publish(opened, Segment("Well said", quote=target(post)))
        assert last_post(server)["embed"]["record"] == {"uri": post.uri, "cid": post.cid}
        card = CardToSend("https://example.com/a", "Title")
        await publish(opened, Segment("Well said, too", quote=target(post), card=card), 1)
        embed = last_post(server)["embed"]
        assert embed["record"]["record"]["uri"] == post.uri
        assert embed["media"]["external"]["uri"] == card.url
        entry = (await opened.fetch(HOME, "", 5)).entries[0]
        assert entry.quoted is not None
        assert entry.quoted.text == "Quote me"
        assert entry.link is not None

    async def test_parts_of_a_thread_have_an_order(self, server: PracticeBluesky, opened: Any) -> None:
        receipts: list[Receipt] = []
        for number in range(3):
            previous = receipts[-1] if receipts else None
            segment = Segment(f"Part {number}", created=NOON, previous=previous, root=receipts[0] if receipts else None)
            receipts.append(await publish(opened, segment, number))
        times = [r.value["createdAt"] for r in server.posts_of("northwind") if r.value["text"].startswith("Part")]
        assert times == [f"2026-11-22T12:00:00.{ms}Z" for ms in (123, 124, 125)]
        roots = [r.refs.get("root_uri") for r in receipts]
        assert roots == [None, receipts[0].remote_id, receipts[0].remote_id]

    async def test_without_a_date_the_key_says_when(self, server: PracticeBluesky, opened: Any) -> None:
        key = opened.new_key(int((NOON + timedelta(hours=-1)).timestamp() * 1_000_000), 7)
        await opened.publish(Segment("Undated"), key)
        undated = [r for r in server.posts_of("northwind") if r.value["text"] == "Undated"]
        assert [r.value["createdAt"] for r in undated] == ["2026-11-22T11:00:00.123Z"]

    @pytest.mark.parametrize(
        ("text", "reason"), [("é" * 301, "too_long"), ("👨‍👩‍👧‍👦" * 130, "too_long")], ids=["graphemes", "bytes"]
    )
    async def test_too_long(self, opened: Any, text: str, reason: str) -> None:
        rules = await opened.post_rules()
        assert rules.weigh(text) > rules.limit or len(text.encode()) > rules.byte_limit
        with pytest.raises(Rejected) as caught:
            await publish(opened, Segment(text))
        assert caught.value.reason == reason

    async def test_what_fits_exactly(self, opened: Any) -> None:
        rules = await opened.post_rules()
        for number, text in enumerate(("é" * 300, "👨‍👩‍👧‍👦" * 120)):
            assert rules.weigh(text) <= rules.limit
            assert len(text.encode()) <= rules.byte_limit
            await publish(opened, Segment(text), number)

    async def test_pictures_that_vanished(self, server: PracticeBluesky, opened: Any) -> None:
        uploaded = await opened.upload(MediaFile("b", "image/png", picture("a", 8, 8), "A", 8, 8))
        server.state.blobs.clear()
        with pytest.raises(Rejected) as caught:
            await publish(opened, Segment("Late", media=(uploaded,)))
        assert caught.value.reason == "media_missing"

    async def test_a_picture_that_is_too_large(self, opened: Any) -> None:
        uploaded = await opened.upload(MediaFile("b", "image/png", b"x" * 2_000_001, "A"))
        with pytest.raises(Rejected) as caught:
            await publish(opened, Segment("Huge", media=(uploaded,)))
        assert caught.value.reason == "media_too_large"

    async def test_a_file_that_is_no_picture(self, opened: Any) -> None:
        uploaded = await opened.upload(MediaFile("b", "text/plain", b"x", "A"))
        with pytest.raises(Rejected) as caught:
            await publish(opened, Segment("Text", media=(uploaded,)))
        assert caught.value.reason == "media_type"

    async def test_only_own_records_are_deleted(self, server: PracticeBluesky, opened: Any) -> None:
        with pytest.raises(Rejected):
            await opened.delete(server.posts_of("harbor")[0].uri, {})
        assert not server.requests("deleteRecord")

    async def test_rules_at_different_servers(self, opened: Any, http: Http) -> None:
        def at(server: str) -> Any:
            return Bluesky(replace(opened.account, server=server), NOTHING, http)

        assert (await at("https://oak.us-west.host.bsky.network").post_rules()).picture_bytes == 2_000_000
        assert (await at("https://pds.example").post_rules()).picture_bytes == 1_000_000
        assert (await at("https://notbsky.network.example").post_rules()).picture_bytes == 1_000_000


class TestActing:
    @pytest.mark.parametrize(("action", "ref"), [("like", "like"), ("reshare", "repost")])
    async def test_mark_and_undo(self, server: PracticeBluesky, opened: Any, action: str, ref: str) -> None:
        post = server.post_as("harbor", "Like me")
        refs = await opened.act(action, post.uri, {"uri": post.uri, "cid": post.cid})
        [entry] = [e for e in (await opened.fetch(HOME, "", 10)).entries if e.key == post.uri]
        assert entry.mine == {action}
        assert entry.refs[ref] == refs[ref]
        assert await opened.act("un" + action, post.uri, entry.refs) == {ref: ""}
        [entry] = (await opened.thread(post.uri, {})).entries
        assert entry.mine == set()
        assert ref not in entry.refs

    async def test_what_is_not_known_is_asked(self, server: PracticeBluesky, opened: Any) -> None:
        post = server.post_as("harbor", "Like me")
        await opened.act("like", post.uri, {})
        await opened.act("unlike", post.uri, {})
        await opened.act("unlike", post.uri, {})
        assert not server.state.marks("app.bsky.feed.like", post.uri)
        with pytest.raises(Rejected) as caught:
            await opened.act("like", post.uri + "x", {})
        assert caught.value.reason == "not_found"

    async def test_bookmarks(self, server: PracticeBluesky, opened: Any) -> None:
        post = server.post_as("harbor", "Keep me")
        await opened.act("bookmark", post.uri, {"cid": post.cid})
        [entry] = (await opened.fetch(source("bookmarks"), "", 10)).entries
        assert (entry.text, entry.mine) == ("Keep me", {"bookmark"})
        await opened.act("unbookmark", post.uri, {})
        assert (await opened.fetch(source("bookmarks"), "", 10)).entries == ()

    async def test_an_action_it_does_not_have(self, opened: Any) -> None:
        with pytest.raises(Rejected) as caught:
            await opened.act("vote", "at://x/y/z", {})
        assert caught.value.reason == "not_supported"


class TestRefusals:
    @pytest.mark.parametrize(
        ("status", "body", "kind", "reason"),
        [
            (400, {"error": "ExpiredToken", "message": "Token has expired"}, AuthExpired, "sign_in_again"),
            (401, {"error": "ExpiredToken", "message": "Token has expired"}, AuthExpired, "sign_in_again"),
            (400, {"error": "InvalidToken"}, AuthExpired, "sign_in_again"),
            (401, {"error": "AccountTakedown"}, AuthExpired, "sign_in_again"),
            (403, {"error": "Forbidden"}, Rejected, "missing_permission"),
            (413, {"error": "PayloadTooLarge"}, Rejected, "media_too_large"),
            (400, {"error": "UnknownFeed"}, Rejected, "not_found"),
            (501, {"error": "MethodNotImplemented"}, Rejected, "not_supported"),
            (404, {"error": "XRPCNotSupported"}, Rejected, "not_supported"),
            (400, {"error": "SomethingElse", "message": "no"}, Rejected, "invalid"),
        ],
    )
    def test_by_name(self, status: int, body: dict[str, str], kind: type[Exception], reason: str) -> None:
        error = refusal("m", status, json.dumps(body).encode())
        assert type(error) is kind
        assert error is not None
        assert error.reason == reason

    @pytest.mark.parametrize(
        ("status", "body"), [(400, b"<html>"), (400, b"[]"), (400, b'{"message": "x"}'), (429, b"{}"), (500, b"{}")]
    )
    def test_others_are_left_to_the_common_rules(self, status: int, body: bytes) -> None:
        assert refusal("m", status, body) is None

    def test_no_token_in_the_words(self) -> None:
        token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJkaWQifQ.c2ln"
        error = refusal("m", 400, json.dumps({"error": "InvalidRequest", "message": f"bad {token}"}).encode())
        assert error is not None
        assert token not in error.detail


class TestAddresses:
    async def test_an_own_post_is_found_by_the_address_people_copy(self, opened: Any) -> None:
        receipt = await publish(opened, Segment("Second part"))
        assert isinstance(opened, FindsByAddress)
        assert await opened.find_by_address(receipt.permalink) == receipt
        assert await opened.find_by_address(f"{receipt.permalink}/?ref=share") == receipt
        rkey = receipt.permalink.rpartition("/")[2]
        by_did = f"https://bsky.app/profile/{opened.account.remote_id}/post/{rkey}"
        assert await opened.find_by_address(by_did) == receipt

    async def test_what_is_no_post_of_the_account_is_not_found(self, server: PracticeBluesky, opened: Any) -> None:
        other = server.post_as("harbor", "Somebody else's")
        rkey = other.uri.rpartition("/")[2]
        assert await opened.find_by_address(f"https://bsky.app/profile/harbor.test/post/{rkey}") is None
        assert await opened.find_by_address("https://bsky.app/profile/northwind.test/post/3kznobody2222") is None
        assert await opened.find_by_address("https://bsky.app/profile/northwind.test") is None
        assert await opened.find_by_address("https://elsewhere.example/some/page") is None
