"""The practice Bluesky's sign-in in the browser, videos and gates: wire forms, and the atproto package as a judge."""

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from atproto import Client, models
from joserfc.jwk import ECKey

from socialdesk.core.post import MediaFile, Segment
from socialdesk.http import Http, Response
from socialdesk.networks.bluesky.dpop import Proofs, new_key
from socialdesk.practice.bluesky import PracticeBluesky
from tests.practice.test_bluesky import check_post, http, judge, open_adapter, server

__all__ = ["http", "server"]  # fixtures

BACK = "http://127.0.0.1:49152/callback"
VERIFIER = "v" * 64
CLIENT_ID = "http://localhost?" + urlencode({"redirect_uri": "http://127.0.0.1/callback", "scope": "atproto"})
GOOD = {
    "client_id": CLIENT_ID,
    "redirect_uri": BACK,
    "response_type": "code",
    "scope": "atproto",
    "state": "the-state",
    "code_challenge": base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("="),
    "code_challenge_method": "S256",
    "login_hint": "northwind.test",
}


# Each is refused in the same way by the reference server (tests/interop/test_bluesky.py).
BAD_REQUESTS: list[tuple[dict[str, str], str]] = [
    ({"client_id": "https://elsewhere.example/client.json"}, "invalid_client_id"),
    ({"redirect_uri": "http://127.0.0.1:5/other"}, "invalid_request"),
    ({"redirect_uri": "http://localhost:5/callback"}, "invalid_request"),
    ({"redirect_uri": "https://127.0.0.1/callback"}, "invalid_request"),
    ({"scope": "transition:generic"}, "invalid_scope"),
    ({"scope": "atproto transition:generic"}, "invalid_scope"),  # not in the client id
    ({"code_challenge_method": "plain"}, "invalid_request"),
    ({"code_challenge": ""}, "invalid_request"),
]
BAD_PROOFS: list[tuple[dict[str, str], str]] = [
    ({"method": "GET"}, "invalid_dpop_proof"),
    ({"url": "https://elsewhere.example/oauth/par"}, "invalid_dpop_proof"),
    ({"nonce": "made-up"}, "use_dpop_nonce"),
    ({"dpop": ""}, "invalid_dpop_proof"),
    ({"dpop": "a.b.c"}, "invalid_dpop_proof"),
]


class Wire:
    """Plain questions with proofs that a test can spoil."""

    def __init__(self, base: str, http: Http) -> None:
        self.base, self.http, self.key = base, http, new_key()
        self.nonce = ""

    async def ask(self, path: str, form: Mapping[str, str], **proof: Any) -> Response:
        """With the newest nonce. `proof` replaces method, url or nonce of the proof; `dpop` the whole of it."""
        url = f"{self.base}{path}"
        made = Proofs(self.key).proof(
            proof.get("method", "POST"), proof.get("url", url), nonce=proof.get("nonce", self.nonce)
        )
        response = await self.http.request(
            "POST", url, form=dict(form), headers={"dpop": proof.get("dpop", made)}, write=False
        )
        self.nonce = response.headers.get("dpop-nonce", self.nonce)
        return response

    async def code(self) -> str:
        await self.ask("/oauth/par", GOOD)  # for the nonce
        pushed = (await self.ask("/oauth/par", GOOD)).json()
        query = urlencode({"client_id": CLIENT_ID, "request_uri": pushed["request_uri"]})
        page = await self.http.request("GET", f"{self.base}/oauth/authorize?{query}", follow=False)
        return dict(parse_qsl(urlsplit(page.headers["location"]).query))["code"]

    async def token(self, **changed: str) -> Response:
        form = {
            "grant_type": "authorization_code",
            "code": await self.code(),
            "redirect_uri": BACK,
            "client_id": CLIENT_ID,
            "code_verifier": VERIFIER,
        }
        return await self.ask("/oauth/token", {**form, **changed})


@pytest.fixture
async def wire(server: PracticeBluesky, http: Http) -> Wire:
    return Wire(server.url, http)


class TestPushedRequests:
    async def test_first_a_nonce_then_an_address(self, wire: Wire) -> None:
        first = await wire.ask("/oauth/par", GOOD)
        assert (first.status, first.json()["error"]) == (400, "use_dpop_nonce")
        assert first.headers["dpop-nonce"]
        second = await wire.ask("/oauth/par", GOOD)
        assert second.status == 201
        assert second.json()["request_uri"].startswith("urn:ietf:params:oauth:request_uri:req-")
        assert second.headers["dpop-nonce"] != first.headers["dpop-nonce"]

    @pytest.mark.parametrize(("changed", "error"), BAD_REQUESTS)
    async def test_what_is_refused(self, wire: Wire, changed: dict[str, str], error: str) -> None:
        await wire.ask("/oauth/par", GOOD)
        answer = await wire.ask("/oauth/par", {**GOOD, **changed})
        assert (answer.status, answer.json()["error"]) == (400, error)

    @pytest.mark.parametrize(("proof", "error"), BAD_PROOFS)
    async def test_proofs_that_do_not_hold(self, wire: Wire, proof: dict[str, str], error: str) -> None:
        await wire.ask("/oauth/par", GOOD)
        answer = await wire.ask("/oauth/par", GOOD, **proof)
        assert (answer.status, answer.json()["error"]) == (400 if "nonce" in error else 401, error)

    async def test_a_nonce_is_good_once(self, wire: Wire) -> None:
        nonce = (await wire.ask("/oauth/par", GOOD)).headers["dpop-nonce"]
        assert (await wire.ask("/oauth/par", GOOD, nonce=nonce)).status == 201
        assert (await wire.ask("/oauth/par", GOOD, nonce=nonce)).json()["error"] == "use_dpop_nonce"

    async def test_a_page_is_shown_once(self, wire: Wire) -> None:
        await wire.ask("/oauth/par", GOOD)
        pushed = (await wire.ask("/oauth/par", GOOD)).json()
        query = urlencode({"client_id": CLIENT_ID, "request_uri": pushed["request_uri"]})
        url = f"{wire.base}/oauth/authorize?{query}"
        assert (await wire.http.request("GET", url, follow=False)).status == 303
        assert (await wire.http.request("GET", url, follow=False)).status == 400


class TestTokens:
    async def test_what_an_answer_holds(self, wire: Wire, server: PracticeBluesky) -> None:
        answer = (await wire.token()).json()
        assert set(answer) == {"access_token", "token_type", "refresh_token", "scope", "expires_in", "sub"}
        assert (answer["token_type"], answer["scope"], answer["sub"]) == ("DPoP", "atproto", server.me.did)

    @pytest.mark.parametrize(
        "changed",
        [
            {"code": "cod-made-up"},
            {"code_verifier": "w" * 64},
            {"redirect_uri": "http://127.0.0.1:1/callback"},
            {"client_id": "http://localhost"},
        ],
    )
    async def test_a_code_is_for_one_question(self, wire: Wire, changed: dict[str, str]) -> None:
        answer = await wire.token(**changed)
        assert (answer.status, answer.json()["error"]) == (400, "invalid_grant")

    async def test_another_key_gets_nothing(self, wire: Wire) -> None:
        token = (await wire.token()).json()["refresh_token"]
        thief = Wire(wire.base, wire.http)
        thief.nonce = wire.nonce
        form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": CLIENT_ID}
        answer = await thief.ask("/oauth/token", form)
        assert (answer.status, answer.json()["error"]) == (400, "invalid_grant")

    async def test_unknown_grants(self, wire: Wire) -> None:
        await wire.ask("/oauth/token", {"grant_type": "password"})
        answer = await wire.ask("/oauth/token", {"grant_type": "password"})
        assert answer.json()["error"] == "unsupported_grant_type"

    async def test_a_thumbprint_is_the_standards(self) -> None:
        """RFC 7638, computed as section 3 says it."""
        key = ECKey.import_key(json.loads(new_key()))
        public = key.as_dict(private=False)
        text = json.dumps({name: public[name] for name in ("crv", "kty", "x", "y")}, separators=(",", ":"))
        digest = hashlib.sha256(text.encode()).digest()
        assert key.thumbprint() == base64.urlsafe_b64encode(digest).decode().rstrip("=")


class TestJudgedByAtproto:
    async def test_gates_and_feeds_have_the_networks_shape(self, server: PracticeBluesky, http: Http) -> None:
        opened = await open_adapter(server, http)
        for number, wish in enumerate(("nobody", "mentioned", "following", "followers")):
            segment = Segment(f"For {wish}", created=datetime.now(UTC), replies=wish)
            await opened.publish(segment, opened.new_key(1_795_348_800_000_000 + number, 3))
        for record in server.state.of("app.bsky.feed.threadgate"):
            model = models.AppBskyFeedThreadgate.Record
            models.get_or_create(dict(record.value), model, strict=True, strict_string_format=True)

        def look(client: Client) -> None:
            gated = [item.post for item in client.get_timeline(limit=10).feed if item.post.threadgate]
            assert len(gated) == 4
            assert all(post.threadgate.record.post == post.uri for post in gated)
            repo = client.com.atproto.repo.describe_repo({"repo": "northwind.test"})
            assert repo.did_doc["id"] == server.me.did
            feed = next(r.uri for r in server.state.of("app.bsky.feed.generator"))
            assert client.app.bsky.feed.get_feed_generator({"feed": feed}).view.display_name == "B2B, best first"

        await judge(server, look)

    async def test_the_package_creates_several_records_at_once(self, server: PracticeBluesky) -> None:
        def work(client: Client) -> None:
            key, at = "3n2umembjm723", "2026-11-22T10:00:00.000Z"
            uri = f"at://{server.me.did}/app.bsky.feed.post/{key}"
            create = models.ComAtprotoRepoApplyWrites.Create
            writes: list[Any] = [
                create(collection="app.bsky.feed.post", rkey=key, value={"text": "Hello", "createdAt": at}),
                create(
                    collection="app.bsky.feed.threadgate", rkey=key, value={"post": uri, "allow": [], "createdAt": at}
                ),
            ]
            data = models.ComAtprotoRepoApplyWrites.Data(repo=server.me.did, writes=writes)
            answer = client.com.atproto.repo.apply_writes(data)
            assert next(result.uri for result in answer.results or ()) == uri
            with pytest.raises(Exception, match="Internal Server Error"):
                client.com.atproto.repo.apply_writes(data)

        await judge(server, work)

    async def test_videos(self, server: PracticeBluesky, http: Http) -> None:
        opened = await open_adapter(server, http)
        server.videos.looks = 0
        film = await opened.upload(MediaFile("f" * 64, "video/mp4", b"film", "A pump", 640, 360, seconds=2.0))
        receipt = await opened.publish(Segment("Look", (film,), created=datetime.now(UTC)), opened.new_key(9, 9))
        check_post(server.state.records[receipt.remote_id].value)

        def look(client: Client) -> str:
            view = client.get_posts([receipt.remote_id]).posts[0].embed
            assert (view.py_type, view.alt, view.aspect_ratio.width) == ("app.bsky.embed.video#view", "A pump", 640)
            [job] = server.videos.jobs
            assert client.app.bsky.video.get_job_status({"job_id": job}).job_status.blob.size == 4
            allowed = client.com.atproto.server.get_service_auth(
                {"aud": "did:web:127.0.0.1", "lxm": "app.bsky.video.getUploadLimits"}
            )
            assert allowed.token
            return str(view.playlist)

        playlist = await judge(server, look)
        assert "#EXTM3U" in (await http.request("GET", playlist)).text()
        assert (await http.request("GET", playlist.replace("playlist.m3u8", "video.mp4"))).body == b"film"
        assert (await http.request("GET", playlist.replace(server.me.did, "did:plc:x"))).status == 404
