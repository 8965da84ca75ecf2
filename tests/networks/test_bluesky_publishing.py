"""What goes with a post on Bluesky besides words and pictures: who may answer it, and videos."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from socialdesk.core.account import NOTHING, Account
from socialdesk.core.entry import MediaKind
from socialdesk.core.errors import AuthExpired, NetworkError, OutcomeUnknown, Rejected, Unreachable
from socialdesk.core.post import MediaFile, Segment, Target
from socialdesk.http import Http
from socialdesk.networks.bluesky import video
from socialdesk.networks.bluesky.adapter import Bluesky
from socialdesk.practice.bluesky import PracticeBluesky
from socialdesk.practice.server import Fault
from tests.networks.contract import make_http
from tests.networks.test_bluesky import HOME, make_server, publish, sign_in

GATE = "app.bsky.feed.threadgate"
FILM = MediaFile(
    "f" * 64, "video/mp4", b"\0\0\0\x18ftypmp42" + b"x" * 5000, "A pump at work", 640, 360, "p.mp4", None, 3.0
)


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


def gates(server: PracticeBluesky) -> list[Any]:
    return list(server.state.of(GATE))


class TestWhoMayAnswer:
    async def test_the_choices_are_the_networks(self, opened: Any) -> None:
        rules = await opened.post_rules()
        values = [choice.value for choice in rules.replies_from]
        assert values == ["everybody", "mentioned", "following", "followers", "nobody"]
        assert all(choice.label for choice in rules.replies_from)

    @pytest.mark.parametrize(
        ("wish", "allow"),
        [
            ("nobody", []),
            ("mentioned", [{"$type": f"{GATE}#mentionRule"}]),
            ("following", [{"$type": f"{GATE}#followingRule"}]),
            ("followers", [{"$type": f"{GATE}#followerRule"}]),
            ("something new", []),
        ],
    )
    async def test_the_post_and_its_gate_are_one_write(
        self, server: PracticeBluesky, opened: Any, wish: str, allow: list[Any]
    ) -> None:
        receipt = await publish(opened, Segment(f"For {wish}", replies=wish))
        [gate] = gates(server)
        assert gate.value["post"] == receipt.remote_id
        assert receipt.remote_id.endswith(gate.rkey)
        assert gate.value["allow"] == allow
        assert not server.requests("putRecord")
        assert await opened.find(Segment(f"For {wish}"), gate.rkey) == receipt
        [entry] = [e for e in (await opened.fetch(HOME, "", 5)).entries if e.key == receipt.remote_id]
        assert entry.refs["cid"] == receipt.refs["cid"]

    @pytest.mark.parametrize("wish", ["", "everybody"])
    async def test_everybody_needs_no_gate(self, server: PracticeBluesky, opened: Any, wish: str) -> None:
        await publish(opened, Segment("For all", replies=wish))
        assert gates(server) == []

    async def test_an_answer_has_no_gate_of_its_own(self, server: PracticeBluesky, opened: Any) -> None:
        theirs = server.post_as("harbor", "A question")
        target = Target(theirs.uri, {"uri": theirs.uri, "cid": theirs.cid})
        await publish(opened, Segment("An answer", reply_to=target, replies="nobody"))
        first = await publish(opened, Segment("A thread", replies="nobody"), 1)
        await publish(opened, Segment("Its second part", previous=first, root=first, replies="nobody"), 2)
        assert [gate.value["post"] for gate in gates(server)] == [first.remote_id]

    async def test_the_network_keeps_it(self, server: PracticeBluesky, opened: Any) -> None:
        """By the practice server: harbor is followed, copperline is mentioned, meridianops only follows."""
        text = "Ask @copperline.test"
        for number, (wish, welcome) in enumerate(
            {
                "mentioned": {"copperline"},
                "following": {"harbor"},
                "followers": {"meridianops"},
                "nobody": set(),
            }.items()
        ):
            for handle in ("harbor", "copperline", "meridianops"):
                unfollow(server, handle, follows_me=handle == "meridianops", followed=handle == "harbor")
            receipt = await publish(opened, Segment(text, replies=wish), number)
            post = server.state.records[receipt.remote_id]
            for handle in ("harbor", "copperline", "meridianops"):
                server.post_as(handle, f"{handle} to {wish}", reply_to=post)
            page = await opened.thread(receipt.remote_id, receipt.refs)
            assert {e.author.handle.partition(".")[0] for e in page.entries} == {"northwind", *welcome}

    @pytest.mark.parametrize("when", ["before", "after"])
    @pytest.mark.parametrize("kind", ["hang", "close", "reset", "truncated", "html", "500", "502", "503"])
    async def test_out_once_with_its_gate_whatever_breaks(
        self, server: PracticeBluesky, opened: Any, kind: str, when: str
    ) -> None:
        segment = Segment(f"Gated {kind}", created=datetime.now(UTC), replies="nobody")
        key = opened.new_key(1_795_348_800_000_000, 7)
        server.faults.add(Fault(kind, match="applyWrites", when=when, retry_after="none"))
        with pytest.raises(OutcomeUnknown):
            await opened.publish(segment, key)
        found = await opened.find(segment, key)
        assert (found is not None) == (when == "after")
        receipt = found or await opened.publish(segment, key)
        assert [r.uri for r in server.posts_of("northwind") if r.value["text"] == segment.text] == [receipt.remote_id]
        assert len(gates(server)) == 1

    async def test_a_repeat_that_shakes_the_server_finds_the_first(self, server: PracticeBluesky, opened: Any) -> None:
        segment, key = Segment("Twice", created=datetime.now(UTC), replies="nobody"), opened.new_key(5, 5)
        first = await opened.publish(segment, key)
        with pytest.raises(OutcomeUnknown):  # the reference server answers 500
            await opened.publish(segment, key)
        assert await opened.find(segment, key) == first
        assert len(gates(server)) == 1

    async def test_a_repeat_that_is_refused_is_the_first(
        self, server: PracticeBluesky, opened: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Other servers may say no instead."""
        segment, key = Segment("Twice", created=datetime.now(UTC), replies="nobody"), opened.new_key(5, 5)
        first = await opened.publish(segment, key)
        server.faults.add(Fault("403", match="applyWrites"))
        assert await opened.publish(segment, key) == first

    async def test_a_refusal_is_one(self, server: PracticeBluesky, opened: Any) -> None:
        with pytest.raises(Rejected) as caught:
            await publish(opened, Segment("é" * 301, replies="nobody"))
        assert caught.value.reason == "too_long"
        assert gates(server) == []


def unfollow(server: PracticeBluesky, handle: str, *, follows_me: bool, followed: bool) -> None:
    """Who follows whom, between the person and somebody, is as said afterwards."""
    state, me = server.state, server.me
    them = server.posts_of(handle)[0].did
    for one, other, wanted in ((them, me.did, follows_me), (me.did, them, followed)):
        record = state.marks("app.bsky.graph.follow", other).get(one)
        if record and not wanted:
            state.delete(record)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks at a job again at once."""
    monkeypatch.setattr(video, "FIRST_PAUSE_S", 0.0)


@pytest.mark.usefixtures("patient")
class TestVideo:
    async def test_through_the_service(self, server: PracticeBluesky, opened: Any) -> None:
        server.videos.looks = 3
        uploaded = await opened.upload(FILM)
        receipt = await publish(opened, Segment("See it work", media=(uploaded,)))
        embed = server.posts_of("northwind")[-1].value["embed"]
        assert embed["$type"] == "app.bsky.embed.video"
        assert (embed["alt"], embed["aspectRatio"]) == ("A pump at work", {"width": 640, "height": 360})
        assert (embed["video"]["mimeType"], embed["video"]["size"]) == ("video/mp4", len(FILM.data))
        assert len(server.requests("getJobStatus")) == 3
        [sent] = server.requests("uploadVideo")
        assert dict(sent.query) == {"did": server.me.did, "name": "f" * 32 + ".mp4"}
        [entry] = [e for e in (await opened.fetch(HOME, "", 5)).entries if e.key == receipt.remote_id]
        [shown] = entry.media
        assert (shown.kind, shown.alt, shown.width) == (MediaKind.VIDEO, "A pump at work", 640)
        assert shown.url.endswith("/playlist.m3u8")

    async def test_a_video_beside_a_quote(self, server: PracticeBluesky, opened: Any) -> None:
        theirs = server.post_as("harbor", "Quote me")
        quote = Target(theirs.uri, {"uri": theirs.uri, "cid": theirs.cid})
        await publish(opened, Segment("Both", media=(await opened.upload(FILM),), quote=quote))
        embed = server.posts_of("northwind")[-1].value["embed"]
        assert embed["media"]["$type"] == "app.bsky.embed.video"
        assert embed["record"]["record"]["uri"] == theirs.uri

    async def test_the_same_video_is_not_prepared_twice(self, server: PracticeBluesky, opened: Any) -> None:
        first = await opened.upload(FILM)
        second = await opened.upload(replace(FILM, alt="Other words"))
        assert first.ref == second.ref
        assert len(server.videos.jobs) == 1

    @pytest.mark.parametrize("path", ["getServiceAuth", "getUploadLimits", "uploadVideo", "getJobStatus"])
    @pytest.mark.parametrize("kind", ["close", "500", "html"])
    async def test_what_breaks_on_the_way_is_begun_again(
        self, server: PracticeBluesky, opened: Any, kind: str, path: str
    ) -> None:
        server.faults.add(Fault(kind, match=path, when="after"))
        with pytest.raises(Unreachable):
            await opened.upload(FILM)
        assert json.loads((await opened.upload(FILM)).ref)["mimeType"] == "video/mp4"
        assert len(server.videos.jobs) == 1

    async def test_one_that_takes_its_time(
        self, server: PracticeBluesky, opened: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        server.videos.looks = 4
        monkeypatch.setattr(video, "LOOKS", 2)
        with pytest.raises(Unreachable) as caught:
            await opened.upload(FILM)
        assert caught.value.reason == "media_processing"
        assert (await opened.upload(FILM)).ref

    async def test_no_more_today(self, server: PracticeBluesky, opened: Any) -> None:
        server.videos.refuses = ("unconfirmed_email", "Confirm your e-mail address")
        with pytest.raises(Rejected) as caught:
            await opened.upload(FILM)
        assert caught.value.reason == "video_limit"
        assert "Confirm" in caught.value.detail
        assert not server.requests("uploadVideo")

    async def test_one_that_cannot_be_prepared(self, server: PracticeBluesky, opened: Any) -> None:
        server.videos.fails = "The video is damaged"
        with pytest.raises(Rejected) as caught:
            await opened.upload(FILM)
        assert (caught.value.reason, "damaged" in caught.value.detail) == ("media_unfit", True)

    async def test_a_server_without_the_service_takes_it_as_it_is(self, server: PracticeBluesky, opened: Any) -> None:
        server.videos.here = False
        uploaded = await opened.upload(FILM)
        assert json.loads(uploaded.ref)["size"] == len(FILM.data)
        await publish(opened, Segment("As it is", media=(uploaded,)))
        with pytest.raises(Rejected) as caught:
            await opened.upload(replace(FILM, mime="video/quicktime"))
        assert caught.value.reason == "media_unfit"

    @pytest.mark.parametrize("path", ["getUploadLimits", "uploadVideo"])
    async def test_a_service_that_knows_nothing_of_the_account(
        self, server: PracticeBluesky, opened: Any, path: str
    ) -> None:
        """It has no session there that could have ended."""
        server.faults.add(Fault("401", match=path))
        assert json.loads((await opened.upload(FILM)).ref)["mimeType"] == "video/mp4"
        assert server.requests("uploadBlob")

    async def test_a_session_that_ended_is_renewed_all_the_same(self, server: PracticeBluesky, opened: Any) -> None:
        server.expire_tokens()
        with pytest.raises(AuthExpired):
            await opened.upload(FILM)

    async def test_the_service_is_given_leave_for_one_thing(self, server: PracticeBluesky, opened: Any) -> None:
        await opened.upload(FILM)
        asked = [dict(request.query) for request in server.requests("getServiceAuth")]
        assert [one["lxm"] for one in asked] == ["app.bsky.video.getUploadLimits", "com.atproto.repo.uploadBlob"]
        assert all(one["aud"].startswith("did:web:") for one in asked)
        assert 0 < int(asked[1]["exp"]) - datetime.now(UTC).timestamp() <= 1800

    async def test_rules(self, opened: Any, http: Http) -> None:
        rules = (await opened.post_rules()).video
        assert rules is not None
        assert rules.types[0] == "video/mp4"
        assert rules.size == 100_000_000
        visitor = Bluesky(Account(0, "bluesky", "", "", "https://pds.example"), NOTHING, http)
        assert (await visitor.post_rules()).video == rules

    async def test_no_secret_in_errors(self, server: PracticeBluesky, opened: Any) -> None:
        for path in ("getUploadLimits", "uploadVideo"):
            server.faults.add(Fault("403", match=path))
            with pytest.raises(NetworkError) as caught:
                await opened.upload(FILM)
            shown = f"{caught.value!r} {caught.value.detail} {caught.value.__cause__!r}"
            assert not [token for token in server.tokens.issued if token in shown]
