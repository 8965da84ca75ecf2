"""The practice Bluesky, judged by the atproto package, and by what the reference servers do."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
from atproto import Client, models
from atproto.exceptions import BadRequestError, UnauthorizedError
from hypothesis import given
from hypothesis import strategies as st

from socialdesk.core.account import NOTHING, Account
from socialdesk.core.post import CardToSend, MediaFile, Receipt, Segment, Target
from socialdesk.http import Http
from socialdesk.networks.bluesky.adapter import Bluesky
from socialdesk.practice import bluesky_ids
from socialdesk.practice.bluesky import PracticeBluesky, build
from socialdesk.practice.bluesky_tokens import BadToken, Tokens
from socialdesk.practice.pictures import picture
from socialdesk.practice.server import Fault
from socialdesk.practice.world import World

Result = TypeVar("Result")
POST = "app.bsky.feed.post"
GET_SESSION, REFRESH_SESSION = "com.atproto.server.getSession", "com.atproto.server.refreshSession"


@pytest.fixture
async def server() -> AsyncIterator[PracticeBluesky]:
    world = World.load()
    async with build(world, {o.key: f"https://{o.key}.example" for o in world.organisations}) as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    http = Http.create()
    yield http
    await http.aclose()


async def judge(server: PracticeBluesky, work: Callable[[Client], Result], *, login: bool = True) -> Result:
    """Runs `work` with the atproto package's own client on a thread."""

    def run() -> Result:
        client = Client(f"{server.url}/xrpc")
        try:
            if login:
                client.login(server.credentials["identifier"], server.credentials["password"])
            return work(client)
        finally:
            client.request.close()

    return await asyncio.to_thread(run)


async def open_adapter(server: PracticeBluesky, http: Http) -> Any:
    signed_in = await Bluesky(Account(0, "bluesky", "", "", ""), NOTHING, http).sign_in(server.credentials)
    who = signed_in.identity
    account = Account(1, "bluesky", who.name, who.handle, who.server, who.remote_id, facts=who.facts)
    return Bluesky(account, signed_in.credential, http)


def check_post(record: Mapping[str, Any]) -> None:
    """Raises when the package's model of a post, with the forms of its strings, does not take the record."""
    models.get_or_create(dict(record), models.AppBskyFeedPost.Record, strict=True, strict_string_format=True)


class TestJudgedByAtproto:
    async def test_sign_in(self, server: PracticeBluesky) -> None:
        profile = await judge(server, lambda client: client.me)
        assert profile is not None
        assert (profile.handle, profile.display_name) == ("northwind.test", "Northwind Pumps")
        with pytest.raises(UnauthorizedError):
            await judge(server, lambda client: client.login("northwind.test", "wrong"), login=False)

    async def test_every_view_has_the_networks_shape(self, server: PracticeBluesky) -> None:
        """The package refuses answers that its models, made from the lexicons, do not allow."""

        def look(client: Client) -> None:
            me = client.me
            assert me is not None
            feed = client.get_timeline(limit=100)
            assert len(feed.feed) > 60
            assert any(item.reason for item in feed.feed)
            assert any(item.reply for item in feed.feed)
            kinds = {item.post.embed.py_type for item in feed.feed if item.post.embed}
            assert kinds >= {"app.bsky.embed.images#view", "app.bsky.embed.external#view"}
            for one in ("posts_with_replies", "posts_no_replies", "posts_with_media", "posts_and_author_threads"):
                client.get_author_feed(me.did, filter=one)
            assert client.app.bsky.notification.list_notifications().notifications
            assert client.app.bsky.notification.get_unread_count().count > 0
            [own] = client.app.bsky.graph.get_lists({"actor": me.did}).lists
            assert client.app.bsky.graph.get_list({"list": own.uri}).items
            assert client.app.bsky.feed.get_list_feed({"list": own.uri}).feed
            saved = client.app.bsky.actor.get_preferences().preferences[0].items
            feeds = [item.value for item in saved if item.type == "feed"]
            assert client.app.bsky.feed.get_feed_generators({"feeds": feeds}).feeds[0].display_name
            assert client.app.bsky.feed.get_feed({"feed": feeds[0]}).feed
            assert client.app.bsky.feed.search_posts({"q": "b2b"}).posts
            assert client.com.atproto.server.describe_server().available_user_domains == [".test"]
            assert client.com.atproto.server.get_session().did == me.did
            root = next(item.reply.root.uri for item in feed.feed if item.reply)
            assert client.get_post_thread(root).thread.replies

        await judge(server, look)

    async def test_records_are_records_of_the_network(self, server: PracticeBluesky) -> None:
        for record in server.state.of(POST):
            check_post(record.value)

    async def test_pages_follow_each_other_to_the_end(self, server: PracticeBluesky) -> None:
        def read(client: Client) -> list[str]:
            seen, cursor = [], None
            while True:
                page = client.get_timeline(limit=17, cursor=cursor)
                seen += [f"{item.post.uri} {item.reason.uri if item.reason else ''}" for item in page.feed]
                if not page.cursor:
                    return seen
                cursor = page.cursor

        seen = await judge(server, read)
        assert len(seen) == len(set(seen)) > 90

    async def test_post_like_and_delete(self, server: PracticeBluesky) -> None:
        def work(client: Client) -> None:
            text = "Über #b2b: https://example.com @harbor.test"
            sent = client.send_post(text, facets=client.detect_facets(text), langs=["de"])
            got = client.get_post(sent.uri.rsplit("/")[-1])
            assert (got.cid, got.value.text, len(got.value.facets)) == (sent.cid, text, 3)
            client.like(sent.uri, sent.cid)
            client.repost(sent.uri, sent.cid)
            answer = client.send_post(
                "More",
                reply_to=models.AppBskyFeedPost.ReplyRef(
                    root=models.create_strong_ref(sent), parent=models.create_strong_ref(sent)
                ),
            )
            view = client.get_posts([sent.uri]).posts[0]
            assert (view.like_count, view.repost_count, view.reply_count) == (1, 1, 1)
            assert view.viewer.like
            thread = client.get_post_thread(answer.uri).thread
            assert thread.parent.post.uri == sent.uri
            client.unlike(view.viewer.like)
            assert client.get_posts([sent.uri]).posts[0].like_count == 0
            assert client.delete_post(sent.uri)
            assert client.delete_post(sent.uri)
            assert client.get_posts([sent.uri]).posts == []

        await judge(server, work)

    @pytest.mark.filterwarnings("ignore:Use 'content:DeprecationWarning")
    async def test_pictures(self, server: PracticeBluesky, http: Http) -> None:
        data = picture("x", 40, 20)

        def work(client: Client) -> str:
            sent = client.send_image("Look", data, "A gradient")
            [image] = client.get_posts([sent.uri]).posts[0].embed.images
            assert image.alt == "A gradient"
            return str(image.fullsize)

        answer = await http.request("GET", await judge(server, work))
        assert (answer.status, answer.body) == (200, data)

    async def test_seeded_pictures_can_be_fetched(self, server: PracticeBluesky, http: Http) -> None:
        timeline = await judge(server, lambda client: client.get_timeline(limit=100))
        embeds = [item.post.embed for item in timeline.feed if item.post.embed]
        thumb = next(embed.external.thumb for embed in embeds if hasattr(embed, "external"))
        whole = next(embed.images[0].fullsize for embed in embeds if hasattr(embed, "images"))
        for url in (thumb, whole, timeline.feed[0].post.author.avatar):
            answer = await http.request("GET", url)
            assert answer.headers["content-type"] == "image/png"
            assert answer.body.startswith(b"\x89PNG")
        assert (await http.request("GET", f"{server.url}/img/feed_fullsize/plain/did:plc:x/bafy@png")).status == 404

    async def test_expired_and_bad_tokens(self, server: PracticeBluesky) -> None:
        def expired(client: Client) -> None:
            server.expire_tokens()
            with pytest.raises(BadRequestError, match="ExpiredToken"):
                client.get_timeline()

        await judge(server, expired)

    async def test_refreshing_as_the_package_does(self, server: PracticeBluesky) -> None:
        session = await judge(server, lambda client: client.export_session_string())
        server.expire_tokens()

        def again(client: Client) -> None:
            client.login(session_string=session, fetch_bsky_profile=False)
            client._refresh_and_set_session()
            assert client.get_timeline(limit=1).feed

        await judge(server, again, login=False)

    async def test_what_the_adapter_writes_is_valid(self, server: PracticeBluesky, http: Http) -> None:
        opened = await open_adapter(server, http)
        uploaded = await opened.upload(MediaFile("b", "image/png", picture("a", 64, 32), "Alt", 64, 32))
        other = server.posts_of("harbor")[0]
        target = Target(other.uri, {"uri": other.uri, "cid": other.cid})
        now = datetime.now(UTC)
        segments = [
            Segment("👩‍🚀 @harbor.test #北風 https://example.com/ä", created=now, language="de,en"),
            Segment("Pictures", created=now, media=(uploaded,), quote=target),
            Segment("Card", created=now, card=CardToSend("https://example.com", "T", "D", picture("t", 9, 9, "jpeg"))),
            Segment("Answer", created=now, reply_to=target),
        ]
        receipts: list[Receipt] = []
        for number, segment in enumerate(segments):
            key = opened.new_key(int(now.timestamp() * 1_000_000) + number, 3)
            receipts.append(await opened.publish(segment, key))

        def check(client: Client) -> None:
            for receipt, segment in zip(receipts, segments, strict=True):
                got = client.get_post(receipt.remote_id.rsplit("/")[-1])
                assert (got.uri, got.cid, got.value.text) == (receipt.remote_id, receipt.refs["cid"], segment.text)
                check_post(server.state.records[receipt.remote_id].value)

        await judge(server, check)

    async def test_facets_as_the_package_detects_them(self, server: PracticeBluesky, http: Http) -> None:
        opened = await open_adapter(server, http)
        text = "שלום @harbor.test, @nobody.test! 日本 #b2b (https://example.com/a) example.com 👨‍👩‍👧 $ACME"
        receipt = await opened.publish(Segment(text), opened.new_key(1_795_348_800_000_000, 3))
        theirs = await judge(server, lambda client: client.detect_facets(text))
        assert server.state.records[receipt.remote_id].value["facets"] == [
            {
                "index": {"byteStart": facet.index.byte_start, "byteEnd": facet.index.byte_end},
                "features": [models.get_model_as_dict(facet.features[0])],
            }
            for facet in theirs
        ]


class Wire:
    """Plain calls as the person's account."""

    def __init__(self, server: PracticeBluesky, http: Http) -> None:
        self._server = server
        self._http = http
        self._headers: dict[str, str] = {}
        self.did = server.me.did

    async def sign_in(self) -> dict[str, Any]:
        body = {k: self._server.credentials[k] for k in ("identifier", "password")}
        _, session = await self.ask("POST", "com.atproto.server.createSession", body)
        self._headers = {"authorization": f"Bearer {session['accessJwt']}"}
        return session

    async def ask(self, method: str, nsid: str, body: Any = None, **params: str) -> tuple[int, dict[str, Any]]:
        url = f"{self._server.url}/xrpc/{nsid}"
        answer = await self._http.request(method, url, params=params, json=body, headers=self._headers)
        return answer.status, json.loads(answer.body) if answer.body else {}

    async def put(self, rkey: str, record: dict[str, Any], **more: Any) -> tuple[int, dict[str, Any]]:
        body = {"repo": self.did, "collection": POST, "rkey": rkey, "record": record, **more}
        return await self.ask("POST", "com.atproto.repo.putRecord", body)

    async def get(self, rkey: str) -> tuple[int, dict[str, Any]]:
        return await self.ask("GET", "com.atproto.repo.getRecord", repo=self.did, collection=POST, rkey=rkey)


@pytest.fixture
async def wire(server: PracticeBluesky, http: Http) -> Wire:
    wire = Wire(server, http)
    await wire.sign_in()
    return wire


KEY = "3n2umembjm723"
RECORD = {"$type": POST, "text": "Hello", "createdAt": "2026-11-22T02:00:00.000Z"}


class TestAsTheReferenceServers:
    """Statuses, names and words seen on the reference PDS (@atproto/dev-env 0.6.7)."""

    async def test_put_record_with_a_null_swap(self, wire: Wire) -> None:
        status, first = await wire.put(KEY, RECORD, swapRecord=None)
        assert (status, set(first)) == (200, {"uri", "cid", "commit", "validationStatus"})
        status, again = await wire.put(KEY, RECORD, swapRecord=None)
        assert (status, again) == (200, {k: v for k, v in first.items() if k != "commit"})
        other = await wire.put(KEY, {**RECORD, "text": "Other"}, swapRecord=None)
        assert other == (400, {"error": "InvalidSwap", "message": f"Record was at {first['cid']}"})
        status, changed = await wire.put(KEY, {**RECORD, "text": "Other"}, swapRecord=first["cid"])
        assert (status, changed["cid"] != first["cid"]) == (200, True)
        assert (await wire.put(KEY, RECORD))[0] == 200

    async def test_get_record(self, wire: Wire) -> None:
        uri = f"at://{wire.did}/{POST}/{KEY}"
        missing = {"error": "RecordNotFound", "message": f"Could not locate record: {uri}"}
        assert await wire.get(KEY) == (400, missing)
        _, put = await wire.put(KEY, RECORD)
        assert await wire.get(KEY) == (200, {"uri": uri, "cid": put["cid"], "value": RECORD})

    async def test_create_record_twice_is_a_server_error(self, wire: Wire) -> None:
        body = {"repo": wire.did, "collection": POST, "rkey": KEY, "record": RECORD}
        assert (await wire.ask("POST", "com.atproto.repo.createRecord", body))[0] == 200
        again = await wire.ask("POST", "com.atproto.repo.createRecord", body)
        assert again == (500, {"error": "InternalServerError", "message": "Internal Server Error"})

    async def test_delete_is_idempotent(self, wire: Wire) -> None:
        await wire.put(KEY, RECORD)
        body = {"repo": wire.did, "collection": POST, "rkey": KEY}
        assert (await wire.ask("POST", "com.atproto.repo.deleteRecord", body))[1].keys() == {"commit"}
        assert await wire.ask("POST", "com.atproto.repo.deleteRecord", body) == (200, {})

    async def test_the_same_like_twice_is_one(self, wire: Wire, server: PracticeBluesky) -> None:
        post = server.posts_of("harbor")[0]
        subject = {"uri": post.uri, "cid": post.cid}
        record = {"$type": "app.bsky.feed.like", "subject": subject, "createdAt": "2026-11-22T02:00:00.000Z"}
        body = {"repo": wire.did, "collection": "app.bsky.feed.like", "record": record}
        _, first = await wire.ask("POST", "com.atproto.repo.createRecord", body)
        _, second = await wire.ask("POST", "com.atproto.repo.createRecord", dict(body))
        assert server.state.marks("app.bsky.feed.like", post.uri)[wire.did] == second["uri"] != first["uri"]
        assert first["uri"] not in server.state.records

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"text": "é" * 301}, "grapheme too big (maximum 300, got 301) at $.record.text"),
            ({"text": "👨‍👩‍👧‍👦" * 130}, "string too big (maximum 3000, got 3250) at $.record.text"),
            ({"createdAt": "2026-11-22"}, 'Invalid datetime (got "2026-11-22") at $.record.createdAt'),
            ({"text": None}, "at $.record"),
            (
                {"facets": [{"index": {"byteStart": -1, "byteEnd": 2}, "features": []}]},
                "integer too small (minimum 0, got -1) at $.record.facets[0].index.byteStart",
            ),
            ({"reply": {"root": {"uri": "x", "cid": "y"}}}, "Invalid at-uri at $.record.reply.root.uri"),
            (
                {"embed": {"$type": "app.bsky.embed.external", "external": {"uri": "https://x.example", "title": ""}}},
                'Missing required key "description" at $.record.embed.external',
            ),
        ],
    )
    async def test_records_it_refuses(self, wire: Wire, change: dict[str, Any], words: str) -> None:
        status, answer = await wire.put(KEY, {**RECORD, **change})
        assert (status, answer["error"]) == (400, "InvalidRequest")
        assert answer["message"].startswith(f"Invalid {POST} record: ")
        assert words in answer["message"]
        assert (await wire.get(KEY))[0] == 400

    async def test_keys_it_refuses(self, wire: Wire) -> None:
        words = f'Invalid record key for {POST}: Invalid TID string (got "abc") at $'
        assert await wire.put("abc", RECORD) == (400, {"error": "InvalidRequest", "message": words})
        words = f"Invalid $type: expected {POST}, got app.bsky.feed.like"
        wrong = await wire.put(KEY, {**RECORD, "$type": "app.bsky.feed.like"})
        assert wrong == (400, {"error": "InvalidRequest", "message": words})

    async def test_pictures_it_refuses(self, wire: Wire, server: PracticeBluesky) -> None:
        def record(blob: dict[str, Any], count: int = 1) -> dict[str, Any]:
            images = [{"alt": "", "image": blob}] * count
            return {**RECORD, "embed": {"$type": "app.bsky.embed.images", "images": images}}

        good = server.state.add_blob(wire.did, picture("x", 8, 8), "image/png")
        text = server.state.add_blob(wire.did, b"hello", "text/plain")
        cases = [
            ({**good, "ref": {"$link": "bafkreiabc"}}, 1, "BlobNotFound", "Could not find blob: bafkreiabc"),
            ({**good, "size": 3_000_000}, 1, "InvalidRequest", "blob too big (maximum 2000000, got 3000000)"),
            (text, 1, "InvalidRequest", 'Expected "image/*" (got "text/plain")'),
            (good, 5, "InvalidRequest", "array too big (maximum 4, got 5)"),
        ]
        for blob, count, name, words in cases:
            status, answer = await wire.put(KEY, record(blob, count))
            assert (status, answer["error"]) == (400, name)
            assert words in answer["message"]
        assert (await wire.put(KEY, record(good, 4)))[0] == 200

    async def test_uploads(self, wire: Wire, server: PracticeBluesky, http: Http) -> None:
        data = bytes.fromhex(
            "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
            "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
        )
        url = f"{server.url}/xrpc/com.atproto.repo.uploadBlob"
        headers = {**wire._headers, "content-type": "image/png"}
        answer = await http.request("POST", url, content=data, headers=headers)
        assert answer.json()["blob"] == {
            "$type": "blob",
            "ref": {"$link": "bafkreiaaai4wlau22gdyspk6wgxn75zkt2pbphzkqz7bl6imdgzsazhlli"},
            "mimeType": "image/png",
            "size": 67,
        }
        answer = await http.request("POST", url, content=b"x" * 6_000_000, headers=headers)
        assert (answer.status, answer.json()["error"]) == (413, "PayloadTooLarge")

    async def test_tokens(self, wire: Wire, server: PracticeBluesky) -> None:
        async def error(
            token: str, method: str = "GET", nsid: str = "com.atproto.server.getSession"
        ) -> tuple[int, str]:
            wire._headers = {"authorization": f"Bearer {token}"} if token else {}
            status, answer = await wire.ask(method, nsid)
            return status, answer["error"]

        session = await wire.sign_in()
        assert await error("") == (401, "AuthMissing")
        assert await error("abc") == (400, "InvalidToken")
        assert await error(session["refreshJwt"]) == (400, "InvalidToken")
        assert await error(session["accessJwt"], "POST", REFRESH_SESSION) == (400, "InvalidToken")
        server.expire_tokens()
        assert await error(session["accessJwt"]) == (400, "ExpiredToken")
        wire._headers = {"authorization": f"Bearer {session['refreshJwt']}"}
        for _ in range(2):
            assert (await wire.ask("POST", REFRESH_SESSION))[0] == 200
        server.revoke_sessions()
        assert await error(session["refreshJwt"], "POST", REFRESH_SESSION) == (400, "ExpiredToken")

    async def test_other_answers(self, wire: Wire, server: PracticeBluesky) -> None:
        assert await wire.ask("GET", "app.bsky.feed.nope") == (
            501, {"error": "MethodNotImplemented", "message": "Method Not Implemented"},
        )  # fmt: skip
        resolved = await wire.ask("GET", "com.atproto.identity.resolveHandle", handle="nobody.test")
        assert resolved == (400, {"error": "HandleNotFound", "message": "Unable to resolve handle"})
        status, answer = await wire.ask("GET", "app.bsky.feed.getTimeline", limit="200")
        assert (status, "integer too big (maximum 100, got 200)" in answer["message"]) == (400, True)
        other = {"repo": server.posts_of("harbor")[0].did, "collection": POST, "rkey": KEY, "record": RECORD}
        assert (await wire.ask("POST", "com.atproto.repo.putRecord", other))[0] == 401
        wire._headers = {}
        assert (await wire.ask("GET", "app.bsky.feed.searchPosts", q="b2b"))[0] == 401
        assert (await wire.ask("GET", "app.bsky.feed.getAuthorFeed", actor="harbor.test"))[0] == 200

    async def test_the_document_leads_back_here(self, wire: Wire, server: PracticeBluesky) -> None:
        document = (await wire.sign_in())["didDoc"]
        assert document["id"] == wire.did
        assert document["alsoKnownAs"] == ["at://northwind.test"]
        assert document["service"][0]["serviceEndpoint"] == server.url

    async def test_limits_are_told(self, server: PracticeBluesky, http: Http) -> None:
        answer = await http.request("GET", f"{server.url}/xrpc/com.atproto.server.describeServer")
        assert answer.headers["ratelimit-limit"] == "3000"
        assert answer.headers["ratelimit-policy"] == "3000;w=300"
        assert int(answer.headers["ratelimit-remaining"]) < 3000
        assert re.fullmatch(r"\d{10}", answer.headers["ratelimit-reset"])

    async def test_faults_reach_it(self, server: PracticeBluesky, http: Http) -> None:
        server.faults.add(Fault("html", match="describeServer"))
        answer = await http.request("GET", f"{server.url}/xrpc/com.atproto.server.describeServer")
        assert answer.headers["content-type"].startswith("text/html")


class TestSearch:
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("measure replies", {"We measure replies, not followers"}),
            ("REPLIES", {"We measure replies, not followers"}),
            ('"not followers"', {"We measure replies, not followers"}),
            ('"followers not"', set()),
            ("repl", set()),
            ("#zz9", {"Tagged #zz9"}),
            ("zz9", {"Tagged #zz9", "Plain zz9 and #zz99"}),
            ("from:copperline.test zz9", {"Plain zz9 and #zz99"}),
            ("zz9 lang:de", set()),
            ("zz9 since:2000-01-01", {"Tagged #zz9", "Plain zz9 and #zz99"}),
            ("zz9 until:2000-01-01", set()),
        ],
    )
    async def test_terms(self, server: PracticeBluesky, wire: Wire, query: str, found: set[str]) -> None:
        for record in list(server.state.of(POST)):
            server.state.delete(record.uri)
        server.post_as("harbor", "We measure replies, not followers")
        server.post_as("harbor", "Tagged #zz9")
        server.post_as("copperline", "Plain zz9 and #zz99")
        _, answer = await wire.ask("GET", "app.bsky.feed.searchPosts", q=query)
        assert {post["record"]["text"] for post in answer["posts"]} == found

    async def test_newest_first_in_pages(self, server: PracticeBluesky, wire: Wire) -> None:
        for number in range(7):
            server.post_as("harbor", f"zz9 {number}")
        _, first = await wire.ask("GET", "app.bsky.feed.searchPosts", q="zz9", limit="5")
        _, second = await wire.ask("GET", "app.bsky.feed.searchPosts", q="zz9", limit="5", cursor=first["cursor"])
        texts = [post["record"]["text"] for post in (*first["posts"], *second["posts"])]
        assert texts == [f"zz9 {number}" for number in range(6, -1, -1)]
        assert "cursor" not in second


class TestPages:
    async def test_a_post_can_be_looked_at(self, server: PracticeBluesky, http: Http) -> None:
        post = server.post_as("harbor", "<b>Bold</b> & brave")
        answer = await http.request("GET", f"{server.url}/profile/harbor.test/post/{post.rkey}")
        assert answer.status == 200
        assert "&lt;b&gt;Bold&lt;/b&gt; &amp; brave" in answer.text()
        profile = await http.request("GET", f"{server.url}/profile/{post.did}")
        assert f"/profile/harbor.test/post/{post.rkey}" in profile.text()
        for gone in (f"harbor.test/post/{post.rkey}x", "nobody.test", "nobody.test/post/x"):
            assert (await http.request("GET", f"{server.url}/profile/{gone}")).status == 404

    async def test_permalinks_of_the_adapter_work(self, server: PracticeBluesky, http: Http) -> None:
        opened = await open_adapter(server, http)
        receipt = await opened.publish(Segment("Look here"), opened.new_key(1_795_348_800_000_000, 3))
        assert "Look here" in (await http.request("GET", receipt.permalink)).text()


class TestWorld:
    async def test_the_person_follows_and_is_followed(self, server: PracticeBluesky) -> None:
        me, others = server.me.did, set(server.state.accounts) - {server.me.did}
        assert server.state.follows(me) == others
        assert set(server.state.marks("app.bsky.graph.follow", me)) == others

    async def test_links_lead_to_the_blogs(self, server: PracticeBluesky) -> None:
        links = {
            feature["uri"]
            for record in server.state.of(POST)
            for facet in record.value["facets"]
            for feature in facet["features"]
            if "uri" in feature
        }
        assert len(links) > 5
        assert all(re.fullmatch(r"https://[a-z]+\.example/[a-z0-9-]+/", link) for link in links)

    async def test_new_posts_trickle_in(self, http: Http) -> None:
        async with build(World.load(), {}, trickle_s=0.01) as server:
            wire = Wire(server, http)
            await wire.sign_in()
            before = {record.uri for record in server.state.of(POST)}
            while len({record.uri for record in server.state.of(POST)}) == len(before):
                await wire.ask("GET", "app.bsky.feed.getTimeline", limit="1")
            _, answer = await wire.ask("GET", "app.bsky.feed.getTimeline", limit="5")
            assert answer["feed"][0]["post"]["uri"] not in before

    async def test_without_blogs_there_are_no_links(self) -> None:
        bare = build(World.load(), {})
        assert not [r for r in bare.state.of(POST) if "{" in r.value["text"] or "http" in r.value["text"]]


class TestIds:
    """CIDs as the reference PDS computed them for the same content."""

    def test_record(self) -> None:
        record = {
            "$type": POST,
            "text": "hello @probe16010b.test see https://example.com",
            "createdAt": "2026-11-22T02:00:00.000Z",
            "langs": ["en"],
        }
        cid = "bafyreich57gemvpzwjvod2qx6iszpdjnsifk2hxcx6ueetbi7nggpmu7vu"
        assert bluesky_ids.record_cid(record) == bluesky_ids.record_cid(dict(reversed(record.items()))) == cid
        link = {"$link": "bafkreiaaai4wlau22gdyspk6wgxn75zkt2pbphzkqz7bl6imdgzsazhlli"}
        image = {"$type": "blob", "ref": link, "mimeType": "image/png", "size": 67}
        images = [{"alt": "x", "image": image, "aspectRatio": {"width": 1, "height": 1}}]
        with_image = {**record, "embed": {"$type": "app.bsky.embed.images", "images": images}}
        assert bluesky_ids.record_cid(with_image) == "bafyreihlrmb7jumb5gvw65oid4of4ko5j2huzhom3he3rmotnr2kdhyacy"

    @pytest.mark.parametrize(
        ("value", "cbor"),
        [
            (0, "00"), (23, "17"), (24, "1818"), (500, "1901f4"), (70_000, "1a00011170"), (2**40, "1b0000010000000000"),
            (-1, "20"), (-500, "3901f3"), (True, "f5"), (False, "f4"), (None, "f6"), ("é", "62c3a9"),
            ([], "80"), ({}, "a0"), ({"bb": 1, "a": 2}, "a261610262626201"), ({"$bytes": "AQI"}, "420102"),
        ],
    )  # fmt: skip
    def test_cbor(self, value: Any, cbor: str) -> None:
        assert bluesky_ids.encode(value).hex() == cbor

    def test_what_the_data_model_does_not_have(self) -> None:
        with pytest.raises(ValueError, match="float"):
            bluesky_ids.encode({"a": 0.5})

    @given(st.text(min_size=1))
    def test_dids_have_their_form(self, key: str) -> None:
        assert re.fullmatch(r"did:plc:[a-z2-7]{24}", bluesky_ids.did_of(key))


class TestTokens:
    def test_they_expire_by_the_clock(self) -> None:
        clock = [datetime(2026, 11, 22, tzinfo=UTC)]
        tokens = Tokens(lambda: clock[0])
        access, refresh = tokens.pair("did:plc:x")
        assert tokens.did_of_access(access) == tokens.did_of_refresh(refresh) == "did:plc:x"
        clock[0] += timedelta(hours=2)
        with pytest.raises(BadToken) as caught:
            tokens.did_of_access(access)
        assert caught.value.name == "ExpiredToken"
        assert tokens.did_of_refresh(refresh) == "did:plc:x"
        clock[0] += timedelta(days=90)
        with pytest.raises(BadToken):
            tokens.did_of_refresh(refresh)

    def test_a_changed_token_is_invalid(self) -> None:
        tokens = Tokens(lambda: datetime(2026, 11, 22, tzinfo=UTC))
        access, _ = tokens.pair("did:plc:x")
        for wrong in (access[:-2], access.replace(".", "", 1), f"{access}x", "..", ""):
            with pytest.raises(BadToken) as caught:
                tokens.did_of_access(wrong)
            assert caught.value.name == "InvalidToken"
