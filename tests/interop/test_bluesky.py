"""The Bluesky adapter against the real network: its PDS and app view, run on loopback by rigs/bluesky.

The servers are installed in the folder that `SOCIALDESK_INTEROP` names, by default `.interop`.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import pytest

from socialdesk.core.account import NOTHING, Account, Credential
from socialdesk.core.entry import Entry, EntryKind, MediaKind
from socialdesk.core.errors import AuthExpired, InputError, OutcomeUnknown, Rejected
from socialdesk.core.post import CardToSend, MediaFile, Receipt, Segment, Target
from socialdesk.core.source import Source
from socialdesk.core.text import graphemes
from socialdesk.http import Http
from socialdesk.networks.bluesky import facets, muting
from socialdesk.networks.bluesky.adapter import Bluesky
from socialdesk.practice.bluesky import PracticeBluesky, build
from socialdesk.practice.bluesky_ids import record_cid
from socialdesk.practice.pictures import picture
from socialdesk.practice.world import World
from tests.interop.bluesky_page import Page
from tests.interop.rigs import bluesky as rig
from tests.practice.test_bluesky_oauth import BAD_PROOFS, BAD_REQUESTS, GOOD, Wire

pytestmark = [pytest.mark.interop, pytest.mark.timeout(300)]

Found = TypeVar("Found")
PATIENCE_S = 20.0  # the app view follows the PDS by a second or so
POST = "app.bsky.feed.post"
THREADGATE, GENERATOR = "app.bsky.feed.threadgate", "app.bsky.feed.generator"


@pytest.fixture(scope="module")
def work() -> Path:
    return Path(os.environ.get("SOCIALDESK_INTEROP", ".interop"))


@pytest.fixture(scope="module")
def network(work: Path) -> Iterator[rig.Network]:
    running = rig.start(work)
    try:
        yield running
    finally:
        rig.stop(work)


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    http = Http.create()
    yield http
    await http.aclose()


class Person:
    """An account of the test network, opened by the adapter, with plain calls beside it."""

    def __init__(
        self, opened: Any, credential: Credential, http: Http, password: str, main: tuple[str, Credential]
    ) -> None:
        self.opened = opened
        self.credential = credential
        self.password = password
        self.main_password, self.main = main  # what the person signs in with on pages, and a session of that
        self._http = http
        self._keys = int(time.time() * 1_000_000)

    @property
    def account(self) -> Account:
        account = self.opened.account
        assert isinstance(account, Account)
        return account

    def reopened(self, credential: Credential, server: str = "") -> Any:
        return Bluesky(replace(self.account, server=server or self.account.server), credential, self._http)

    def key(self) -> str:
        self._keys += 1
        return str(self.opened.new_key(self._keys, 5))

    async def post(self, text: str, **more: Any) -> Receipt:
        receipt = await self.opened.publish(Segment(text, created=datetime.now(UTC), **more), self.key())
        assert isinstance(receipt, Receipt)
        return receipt

    async def fetch(self, kind: str, **params: str) -> tuple[Entry, ...]:
        page = await self.opened.fetch(Source(1, "bluesky", kind, 1, params), "", 50)
        assert isinstance(page.entries, tuple)
        return page.entries

    async def records(self) -> list[dict[str, Any]]:
        params = {"repo": self.account.remote_id, "collection": POST, "limit": "100"}
        return list((await call(self._http, self.account.server, "com.atproto.repo.listRecords", params))["records"])

    async def follow(self, other: "Person") -> None:
        record = {
            "$type": "app.bsky.graph.follow",
            "subject": other.account.remote_id,
            "createdAt": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        }
        body = {"repo": self.account.remote_id, "collection": "app.bsky.graph.follow", "record": record}
        await call(self._http, self.account.server, "com.atproto.repo.createRecord", {}, body, self.credential)


async def call(
    http: Http, server: str, method: str, params: dict[str, str], body: Any = None, credential: Credential = NOTHING
) -> dict[str, Any]:
    headers = {"authorization": f"Bearer {credential.get('access')}"} if credential.secrets else {}
    verb = "GET" if body is None else "POST"
    answer = await http.request(verb, f"{server}/xrpc/{method}", params=params, json=body, headers=headers)
    assert answer.status == 200, f"{method}: {answer.status} {answer.text()[:300]}"
    decoded = answer.json()
    assert isinstance(decoded, dict)
    return decoded


async def register(http: Http, service: str, name: str) -> Person:
    """A new account that signs in with an app password, as a person would."""
    handle = f"{name}-{secrets.token_hex(3)}.test"
    body = {"handle": handle, "email": f"{handle}@mail.example", "password": secrets.token_hex(8)}
    made = await call(http, service, "com.atproto.server.createAccount", {}, body)
    main = Credential({"access": made["accessJwt"]})
    profile = {
        "repo": made["did"],
        "collection": "app.bsky.actor.profile",
        "rkey": "self",
        "record": {"$type": "app.bsky.actor.profile", "displayName": name.capitalize()},
    }
    await call(http, service, "com.atproto.repo.putRecord", {}, profile, main)
    app = await call(http, service, "com.atproto.server.createAppPassword", {}, {"name": "SocialDesk"}, main)
    answers = {"identifier": handle, "password": app["password"], "service": service}
    signed_in = await Bluesky(Account(0, "bluesky", "", "", ""), NOTHING, http).sign_in(answers)
    who = signed_in.identity
    account = Account(1, "bluesky", who.name, who.handle, who.server, who.remote_id, who.avatar_url, who.facts)
    opened = Bluesky(account, signed_in.credential, http)
    return Person(opened, signed_in.credential, http, app["password"], (body["password"], main))


@pytest.fixture
async def me(network: rig.Network, http: Http) -> Person:
    return await register(http, network.service, "northwind")


@pytest.fixture
async def other(network: rig.Network, http: Http, me: Person) -> Person:
    """Somebody who follows the person and is followed."""
    person = await register(http, network.service, "harbor")
    await asyncio.gather(me.follow(person), person.follow(me))
    return person


async def eventually(look: Callable[[], Awaitable[Found]], good: Callable[[Found], object]) -> Found:
    """Looks until `good`: the app view knows what the PDS holds a little later, and until then of no such post."""
    until, found = time.monotonic() + PATIENCE_S, None
    while time.monotonic() < until:
        try:
            found = await look()
            if good(found):
                return found
        except Rejected as error:
            if error.reason != "not_found":
                raise
        await asyncio.sleep(0.2)
    raise AssertionError(f"not seen in {PATIENCE_S:.0f} s: {found!r:.600}")


async def seen(person: Person, uri: str, kind: str = "home", **params: str) -> Entry:
    """The entry of a post once the source shows it."""
    entries = await eventually(lambda: person.fetch(kind, **params), lambda es: any(e.key == uri for e in es))
    return next(entry for entry in entries if entry.key == uri)


class TestSession:
    async def test_who_it_is(self, me: Person, network: rig.Network) -> None:
        identity = await me.opened.whoami()
        assert identity.remote_id.startswith("did:plc:")
        assert identity.handle == me.account.handle
        assert identity.server == network.service

    async def test_a_wrong_password(self, me: Person, network: rig.Network, http: Http) -> None:
        visitor = Bluesky(Account(0, "bluesky", "", "", ""), NOTHING, http)
        answers = {"identifier": me.account.handle, "password": "aaaa-bbbb-cccc-dddd", "service": network.service}
        with pytest.raises(AuthExpired):
            await visitor.sign_in(answers)

    async def test_an_expired_token_is_renewed(self, me: Person) -> None:
        stale = me.reopened(Credential({**me.credential.secrets, "access": expired_token(me.account.remote_id)}))
        with pytest.raises(AuthExpired) as caught:
            await stale.fetch(Source(1, "bluesky", "home", 1), "", 5)
        assert caught.value.detail.startswith("ExpiredToken")
        fresh = await stale.renew()
        assert (await me.reopened(fresh).whoami()).remote_id == me.account.remote_id

    async def test_an_invalid_token_is_renewed(self, me: Person) -> None:
        broken = me.reopened(Credential({**me.credential.secrets, "access": "x.y.z"}))
        with pytest.raises(AuthExpired):
            await broken.publish(Segment("Never out", created=datetime.now(UTC)), me.key())
        first, second = await broken.renew(), await me.reopened(me.credential).renew()
        for credential in (first, second):  # the old refresh token worked twice: a lost answer does no harm
            assert (await me.reopened(credential).whoami()).remote_id == me.account.remote_id

    async def test_signing_out_ends_it(self, me: Person) -> None:
        await me.opened.sign_out()
        with pytest.raises(AuthExpired):
            await me.opened.renew()


BACK = "http://127.0.0.1:49152/callback"


async def through_the_browser(me: Person, network: rig.Network, http: Http) -> Any:
    """The account, opened by a sign-in on the server's own page."""
    visitor = Bluesky(Account(0, "bluesky", "", "", ""), NOTHING, http)
    step = await visitor.begin_sign_in({"identifier": me.account.handle, "service": network.service}, BACK)
    page = Page(http, step.url)
    await page.open()
    answer = await page.agree(me.account.handle, me.main_password)
    assert (answer["state"], answer["iss"]) == (step.state, step.issuer)
    signed_in = await visitor.finish_sign_in(step, answer["code"])
    assert signed_in.identity.remote_id == me.account.remote_id
    assert signed_in.identity.server == me.account.server
    return Bluesky(me.account, signed_in.credential, http)


class TestThroughTheBrowser:
    """OAuth as the reference server demands it: pushed request, PKCE, proofs with nonces, its own page."""

    async def test_sign_in_read_post_and_renew(
        self, me: Person, other: Person, network: rig.Network, http: Http
    ) -> None:
        opened = await through_the_browser(me, network, http)
        theirs = await other.post("Read by token and proof")
        await seen(me, theirs.remote_id)
        page = await opened.fetch(Source(1, "bluesky", "home", 1), "", 10)
        assert "Read by token and proof" in [entry.text for entry in page.entries]
        receipt = await opened.publish(Segment("Posted so", created=datetime.now(UTC)), me.key())
        before = Bluesky(me.account, opened._client.credential, http)
        fresh = Bluesky(me.account, await opened.renew(), http)
        assert (await fresh.find(Segment("Posted so"), receipt.remote_id.rsplit("/")[-1])) == receipt
        media = MediaFile("b", "image/png", picture("chart", 40, 20), "", 40, 20)
        await fresh.publish(Segment("A picture", (await fresh.upload(media),), created=datetime.now(UTC)), me.key())
        assert len(await me.records()) == 2
        with pytest.raises(AuthExpired):
            await before.whoami()

    async def test_all_that_an_app_password_may(self, me: Person, network: rig.Network, http: Http) -> None:
        opened = await through_the_browser(me, network, http)
        receipt = await opened.publish(
            Segment("For nobody to answer", created=datetime.now(UTC), replies="nobody"), me.key()
        )
        refs = await opened.act("like", receipt.remote_id, receipt.refs)
        await opened.act("unlike", receipt.remote_id, refs)
        await opened.act("bookmark", receipt.remote_id, receipt.refs)
        for kind in ("notifications", "bookmarks", "home"):
            await opened.fetch(Source(1, "bluesky", kind, 1), "", 10)
        await opened.fetch(Source(1, "bluesky", "search", 1, {"query": "pumps"}), "", 10)
        assert await opened.choices("feed", "feed") == ()
        await opened.delete(receipt.remote_id, receipt.refs)

    async def test_a_replayed_refresh_token_ends_the_session(
        self, me: Person, network: rig.Network, http: Http
    ) -> None:
        opened = await through_the_browser(me, network, http)
        before = opened._client.credential
        fresh = await opened.renew()
        with pytest.raises(AuthExpired):
            await Bluesky(me.account, before, http).renew()
        with pytest.raises(AuthExpired):
            await Bluesky(me.account, fresh, http).whoami()

    async def test_many_requests_at_once(self, me: Person, network: rig.Network, http: Http) -> None:
        opened = await through_the_browser(me, network, http)
        identities = await asyncio.gather(*(opened.whoami() for _ in range(10)))
        assert {identity.remote_id for identity in identities} == {me.account.remote_id}

    async def test_signing_out_ends_it(self, me: Person, network: rig.Network, http: Http) -> None:
        opened = await through_the_browser(me, network, http)
        await opened.sign_out()
        with pytest.raises(AuthExpired):
            await opened.whoami()
        with pytest.raises(AuthExpired):
            await opened.renew()

    async def test_declined_on_the_page(self, me: Person, network: rig.Network, http: Http) -> None:
        visitor = Bluesky(Account(0, "bluesky", "", "", ""), NOTHING, http)
        step = await visitor.begin_sign_in({"identifier": me.account.handle, "service": network.service}, BACK)
        page = Page(http, step.url)
        assert me.account.handle in await page.open()  # the page knows who is meant
        answer = await page.refuse()
        assert (answer["error"], answer["iss"]) == ("access_denied", step.issuer)

    async def test_somebody_else_signs_in(self, me: Person, other: Person, network: rig.Network, http: Http) -> None:
        visitor = Bluesky(Account(0, "bluesky", "", "", ""), NOTHING, http)
        step = await visitor.begin_sign_in({"identifier": me.account.handle, "service": network.service}, BACK)
        page = Page(http, step.url)
        await page.open()
        answer = await page.agree(other.account.handle, other.main_password)
        with pytest.raises(InputError, match="Another account"):
            await visitor.finish_sign_in(step, answer["code"])


class TestPosting:
    async def test_text_with_facets(self, me: Person, other: Person) -> None:
        text = f"Grüße 北風 👩‍🚀 an @{other.account.handle} und @nobody-there.test: https://example.com/ä?b=1 #b2b"
        receipt = await me.post(text, language="de,en")
        entry = await seen(other, receipt.remote_id)
        assert entry.text == text
        assert entry.tags == ("b2b",)
        assert entry.language == "de"
        assert '<a href="https://example.com/ä?b=1">https://example.com/ä?b=1</a>' in entry.html
        assert f"/profile/{other.account.remote_id}" in entry.html
        assert entry.html.count("<a ") == 3
        assert entry.author.name == "Northwind"

    async def test_card_with_picture(self, me: Person, other: Person) -> None:
        thumb = picture("card", 600, 315, "jpeg")
        card = CardToSend("https://example.com/a", "Answer times", "What they buy you", thumb, 600, 315)
        entry = await seen(other, (await me.post("Read this", card=card)).remote_id)
        assert entry.link is not None
        assert (entry.link.url, entry.link.title, entry.link.description) == (card.url, card.title, card.description)
        assert "/img/feed_thumbnail/" in entry.link.image_url

    async def test_picture_with_words(self, me: Person, other: Person, http: Http) -> None:
        media = MediaFile("b", "image/png", picture("chart", 400, 200), "Bar chart", 400, 200)
        receipt = await me.post("A chart", media=(await me.opened.upload(media),))
        entry = await seen(other, receipt.remote_id)
        [shown] = entry.media
        assert (shown.alt, shown.width, shown.height) == ("Bar chart", 400, 200)
        answer = await http.request("GET", shown.preview_url)
        assert answer.headers["content-type"].startswith("image/")

    async def test_thread_of_three(self, me: Person, other: Person) -> None:
        created, receipts = datetime.now(UTC), list[Receipt]()
        for number in range(3):
            segment = Segment(
                f"Part {number + 1} of 3",
                created=created,
                previous=receipts[-1] if receipts else None,
                root=receipts[0] if receipts else None,
            )
            receipts.append(await me.opened.publish(segment, me.key()))
        root = receipts[0]
        page = await eventually(lambda: other.opened.thread(root.remote_id, root.refs), lambda p: len(p.entries) == 3)
        assert [entry.text for entry in page.entries] == ["Part 1 of 3", "Part 2 of 3", "Part 3 of 3"]
        assert [entry.reply_to for entry in page.entries] == ["", root.remote_id, receipts[1].remote_id]
        assert page.entries[2].refs["root_uri"] == root.remote_id

    async def test_answer_and_quote(self, me: Person, other: Person) -> None:
        theirs = await other.post("What do you measure?")
        entry = await seen(me, theirs.remote_id)
        answer = await me.post("Replies", reply_to=Target(entry.remote_id, entry.refs))
        quote = await me.post("Good question", quote=Target(entry.remote_id, entry.refs))
        shown = await seen(other, answer.remote_id)
        assert shown.reply_to == theirs.remote_id
        shown = await seen(other, quote.remote_id)
        assert shown.quoted is not None
        assert (shown.quoted.text, shown.quoted.author.handle) == ("What do you measure?", other.account.handle)

    @pytest.mark.parametrize("wish", ["nobody", "mentioned", "following", "followers"])
    async def test_who_may_answer(self, me: Person, other: Person, network: rig.Network, http: Http, wish: str) -> None:
        """A stranger answers where only some may, the app view leaves that out."""
        stranger = await register(http, network.service, "stranger")
        segment = Segment(f"Ask @{other.account.handle}", created=datetime.now(UTC), replies=wish)
        receipt = await me.opened.publish(segment, me.key())
        gate = await call(
            http, me.account.server, "com.atproto.repo.getRecord",
            {"repo": me.account.remote_id, "collection": THREADGATE, "rkey": receipt.remote_id.rsplit("/")[-1]},
        )  # fmt: skip
        assert gate["value"]["post"] == receipt.remote_id
        target = Target(receipt.remote_id, receipt.refs)
        await seen(stranger, receipt.remote_id, "account", actor=me.account.handle)
        await stranger.post("Mine, too", reply_to=target)
        welcome = await other.post("An answer", reply_to=target)
        await seen(other, welcome.remote_id, "account", actor=other.account.handle)
        expected = 1 if wish == "nobody" else 2
        page = await eventually(
            lambda: me.opened.thread(receipt.remote_id, receipt.refs), lambda p: len(p.entries) >= expected
        )
        assert len(page.entries) == expected
        assert all(entry.author.handle != stranger.account.handle for entry in page.entries)

    async def test_who_may_answer_is_said_once(self, me: Person) -> None:
        segment, key = Segment("Exactly once", created=datetime.now(UTC), replies="nobody"), me.key()
        first = await me.opened.publish(segment, key)
        with pytest.raises(OutcomeUnknown):  # the server answers 500
            await me.opened.publish(segment, key)
        assert await me.opened.find(segment, key) == first
        assert len(await me.records()) == 1

    @pytest.mark.parametrize("lose", ["question", "answer"])
    async def test_a_gated_post_lost_on_the_way(self, me: Person, lose: str) -> None:
        segment, key = Segment("Lost", created=datetime.now(UTC), replies="nobody"), me.key()
        async with Loser(me.account.server, lose) as server:
            with pytest.raises(OutcomeUnknown):
                await me.reopened(me.credential, server).publish(segment, key)
        found = await me.opened.find(segment, key)
        assert (found is not None) == (lose == "answer")
        assert found or await me.opened.publish(segment, key)
        assert len(await me.records()) == 1

    async def test_a_video_where_there_is_no_service_for_it(self, me: Person, other: Person) -> None:
        """This network has none: an MP4 goes to the PDS as it is."""
        film = MediaFile(
            "f" * 64, "video/mp4", b"\0\0\0\x18ftypmp42" + b"\0" * 4000, "A pump", 640, 360, "p.mp4", None, 2.0
        )
        receipt = await me.post("See it work", media=(await me.opened.upload(film),))
        [shown] = (await seen(other, receipt.remote_id)).media
        assert (shown.kind, shown.alt, shown.width, shown.height) == (MediaKind.VIDEO, "A pump", 640, 360)
        with pytest.raises(Rejected):
            await me.opened.upload(replace(film, mime="video/webm"))

    async def test_a_repeat_is_the_same_post(self, me: Person) -> None:
        segment, key = Segment("Exactly once #b2b https://example.com", created=datetime.now(UTC)), me.key()
        assert await me.opened.find(segment, key) is None
        receipts = [await me.opened.publish(segment, key) for _ in range(3)]
        assert receipts[0] == receipts[1] == receipts[2] == await me.opened.find(segment, key)
        assert len(await me.records()) == 1

    async def test_another_text_at_the_key_changes_nothing(self, me: Person) -> None:
        key = me.key()
        first = await me.opened.publish(Segment("First", created=datetime.now(UTC)), key)
        with pytest.raises(OutcomeUnknown):
            await me.opened.publish(Segment("Second", created=datetime.now(UTC)), key)
        assert await me.opened.find(Segment("Second"), key) == first
        assert [record["value"]["text"] for record in await me.records()] == ["First"]

    @pytest.mark.parametrize("lose", ["question", "answer"])
    async def test_lost_on_the_way(self, me: Person, lose: str) -> None:
        segment, key = Segment(f"The {lose} gets lost", created=datetime.now(UTC)), me.key()
        async with Loser(me.account.server, lose) as server:
            with pytest.raises(OutcomeUnknown):
                await me.reopened(me.credential, server).publish(segment, key)
        found = await me.opened.find(segment, key)
        assert (found is not None) == (lose == "answer")
        receipt = await me.opened.publish(segment, key)
        assert found in (None, receipt)
        assert len(await me.records()) == 1

    async def test_the_limit_is_the_servers(self, me: Person) -> None:
        rules = await me.opened.post_rules()
        for text in ("é" * 300, "👨‍👩‍👧‍👦" * 120, "नमस्ते " * 70):
            assert rules.weigh(text) <= rules.limit
            assert len(text.encode()) <= rules.byte_limit
            await me.post(text)
        for text in ("é" * 301, "👨‍👩‍👧‍👦" * 121):
            with pytest.raises(Rejected) as caught:
                await me.post(text)
            assert caught.value.reason == "too_long"

    async def test_a_picture_that_is_too_large(self, me: Person) -> None:
        uploaded = await me.opened.upload(MediaFile("b", "image/png", b"\x89PNG\r\n\x1a\n" + b"x" * 2_100_000, "A"))
        with pytest.raises(Rejected) as caught:
            await me.post("Huge", media=(uploaded,))
        assert caught.value.reason == "media_too_large"

    async def test_delete(self, me: Person, other: Person) -> None:
        receipt = await me.post("Soon gone")
        await seen(other, receipt.remote_id)
        await me.opened.delete(receipt.remote_id, receipt.refs)
        await me.opened.delete(receipt.remote_id, receipt.refs)
        await eventually(lambda: other.fetch("home"), lambda es: all(e.key != receipt.remote_id for e in es))
        assert await me.records() == []


class TestReading:
    async def test_search_account_and_home(self, me: Person, other: Person) -> None:
        word = f"zebra{secrets.token_hex(4)}"
        receipt = await other.post(f"About {word} and pumps")
        for kind, params in (
            ("search", {"query": word}),
            ("account", {"actor": "@" + other.account.handle}),
            ("home", {}),
        ):
            entry = await seen(me, receipt.remote_id, kind, **params)
            assert entry.text == f"About {word} and pumps"

    async def test_an_account_without_signing_in(self, other: Person, network: rig.Network, http: Http) -> None:
        receipt = await other.post("For everybody")
        visitor = Bluesky(Account(0, "bluesky", "", "", ""), NOTHING, http)
        source = Source(1, "bluesky", "account", None, {"actor": other.account.handle, "server": network.appview})
        page = await eventually(lambda: visitor.fetch(source, "", 5), lambda p: p.entries)
        assert page.entries[0].key == receipt.remote_id

    async def test_only_what_is_new(self, me: Person, other: Person) -> None:
        await seen(me, (await other.post("Before")).remote_id)
        home = Source(1, "bluesky", "home", 1)
        first = await me.opened.fetch(home, "", 2)
        receipts = [await other.post(f"After {number}") for number in range(5)]
        await seen(me, receipts[-1].remote_id)
        page = await me.opened.fetch(home, first.cursor, 2)
        assert not page.gap
        assert {r.remote_id for r in receipts} <= {e.key for e in page.entries}

    async def test_notifications(self, me: Person, other: Person) -> None:
        mine = await me.post("What do you measure?")
        theirs = await seen(other, mine.remote_id)
        await other.opened.act("like", theirs.remote_id, theirs.refs)
        await other.opened.act("reshare", theirs.remote_id, theirs.refs)
        await other.post("Replies", reply_to=Target(theirs.remote_id, theirs.refs))
        await other.post(f"Ask @{me.account.handle}")
        await other.post("Well asked", quote=Target(theirs.remote_id, theirs.refs))
        wanted = {"like", "reshare", "reply", "mention", "quote", "follow"}
        entries = await eventually(
            lambda: me.fetch("notifications"), lambda es: wanted <= {e.reason.kind for e in es if e.reason}
        )
        by_kind = {entry.reason.kind: entry for entry in entries if entry.reason}
        assert by_kind["like"].kind is by_kind["follow"].kind is EntryKind.NOTICE
        assert by_kind["like"].quoted is not None
        assert by_kind["like"].quoted.text == "What do you measure?"
        assert by_kind["reply"].text == "Replies"
        assert by_kind["reply"].reply_to == mine.remote_id
        assert all(entry.author.name == "Harbor" for entry in entries)

    async def test_acting_and_taking_it_back(self, me: Person, other: Person) -> None:
        theirs = await other.post("Like me")
        for action, undo in (("like", "unlike"), ("reshare", "unreshare"), ("bookmark", "unbookmark")):
            entry = await seen(me, theirs.remote_id, "account", actor=other.account.handle)
            await me.opened.act(action, entry.remote_id, entry.refs)
            entry = await shown_as(me, other, theirs.remote_id, {action})
            if action == "bookmark":
                assert [e.key for e in await me.fetch("bookmarks")] == [theirs.remote_id]
            await me.opened.act(undo, entry.remote_id, entry.refs)
            await shown_as(me, other, theirs.remote_id, set())

    async def test_lists(self, me: Person, other: Person, http: Http) -> None:
        now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        value = {"name": "Customers", "purpose": "app.bsky.graph.defs#curatelist", "createdAt": now}
        body = {"repo": me.account.remote_id, "collection": "app.bsky.graph.list", "record": value}
        created = await call(http, me.account.server, "com.atproto.repo.createRecord", {}, body, me.credential)
        item = {"subject": other.account.remote_id, "list": created["uri"], "createdAt": now}
        body = {"repo": me.account.remote_id, "collection": "app.bsky.graph.listitem", "record": item}
        await call(http, me.account.server, "com.atproto.repo.createRecord", {}, body, me.credential)
        receipt = await other.post("On the list")
        choices = await eventually(lambda: me.opened.choices("list", "list"), bool)
        assert choices == ((created["uri"], "Customers"),)
        page = f"https://bsky.app/profile/{me.account.handle}/lists/{created['uri'].rsplit('/')[-1]}"
        for address in (created["uri"], page):
            await seen(me, receipt.remote_id, "list", list=address)

    async def test_a_custom_feed(self, me: Person, other: Person, network: rig.Network, http: Http) -> None:
        receipts = [await other.post(f"Best {number}") for number in range(3)]
        await seen(me, receipts[-1].remote_id)
        network.feed.write_text(json.dumps([receipt.remote_id for receipt in receipts]))
        now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        value = {"did": network.generator, "displayName": "Best first", "createdAt": now}
        body = {"repo": other.account.remote_id, "collection": GENERATOR, "rkey": "best", "record": value}
        feed = await call(http, other.account.server, "com.atproto.repo.putRecord", {}, body, other.credential)
        saved = [{"id": "1", "type": "feed", "value": feed["uri"], "pinned": True}]
        preferences = [{"$type": "app.bsky.actor.defs#savedFeedsPrefV2", "items": saved}]
        await put_preferences(http, me, {"preferences": preferences})
        choices = await eventually(lambda: me.opened.choices("feed", "feed"), lambda c: c and c[0][1] == "Best first")
        assert choices == ((feed["uri"], "Best first"),)
        for address in (feed["uri"], f"https://bsky.app/profile/{other.account.handle}/feed/best"):
            page = await me.opened.fetch(Source(1, "bluesky", "feed", 1, {"feed": address}), "", 10)
            assert [entry.text for entry in page.entries] == ["Best 0", "Best 1", "Best 2"]
            assert page.meta is not None
            assert page.meta.title == "Best first"

    async def test_muted_words(self, me: Person, other: Person, http: Http) -> None:
        word = {"value": "discount", "targets": ["content", "tag"], "actorTarget": "all"}
        items: dict[str, Any] = {"$type": "app.bsky.actor.defs#mutedWordsPref", "items": [word]}
        await put_preferences(http, me, {"preferences": [items]})
        hidden = await other.post("A discount for you")
        shown = await other.post("Something else")
        await seen(other, hidden.remote_id, "account", actor=other.account.handle)
        await seen(me, shown.remote_id)
        assert hidden.remote_id not in [entry.key for entry in await me.fetch("home")]


async def put_preferences(http: Http, person: Person, body: dict[str, Any]) -> None:
    """As the person's own client does, which has the main password."""
    headers = {"authorization": f"Bearer {person.main.get('access')}"}
    url = f"{person.account.server}/xrpc/app.bsky.actor.putPreferences"
    answer = await http.request("POST", url, json=body, headers=headers)
    assert answer.status == 200, answer.text()


class TestJudges:
    """The official client library on what we write and what the practice server answers."""

    async def test_records_are_valid(self, me: Person, other: Person, http: Http, work: Path) -> None:
        theirs = await other.post("Quote me")
        target = Target(theirs.remote_id, theirs.refs)
        media = await me.opened.upload(MediaFile("b", "image/png", picture("chart", 40, 20), "", 40, 20))
        first = await me.post(f"👩‍🚀 @{other.account.handle} #北風 https://example.com $ACME", language="de,en,fr")
        await me.post("Pictures and a quote", media=(media, media), quote=target)
        await me.post("Card", card=CardToSend("https://example.com", "T", "D", picture("t", 9, 9, "jpeg")))
        await me.post("Answer", reply_to=target)
        await me.post("Thread", previous=first, root=first)
        film = await me.opened.upload(MediaFile("f", "video/mp4", b"film", "A pump", 640, 360, seconds=2.0))
        await me.post("Film and a quote", media=(film,), quote=target)
        for wish in ("nobody", "mentioned", "following", "followers"):
            await me.post(f"For {wish}", replies=wish)
        records = [record["value"] for record in await me.records()]
        params = {"repo": me.account.remote_id, "collection": THREADGATE}
        listed = await call(http, me.account.server, "com.atproto.repo.listRecords", params)
        records += [record["value"] for record in listed["records"]]
        assert len(records) == 14
        assert rig.judge(work, {"records": records})["records"] == [""] * 14

    async def test_the_practice_servers_cids_are_the_networks(self, me: Person) -> None:
        media = await me.opened.upload(MediaFile("b", "image/png", picture("chart", 40, 20), "é", 40, 20))
        await me.post("Größe #b2b", media=(media,), language="de")
        [record] = await me.records()
        assert record_cid(record["value"]) == record["cid"]

    def test_facets_and_lengths(self, work: Path) -> None:
        texts = [
            "Grüße 北風 👩‍🚀 @harbor.test und @nobody: https://example.com/ä?b=1. #b2b!",
            "(https://example.com/a_(b)) (see example.com/x), e.g. our-site.com file.txtx",
            "#1 #1a #a1, ##x ＃全角 #é\u0301\u0301 #" + "x" * 65 + " # #-- $ACME $toolong ($A)",
            "a@harbor.test @harbor.test. @Harbor.Test @xn--bcher-kva.com\n@alice.bsky.social",
            "שלום @harbor.test בכם #תסויק مرحبا #تسويق",
            "👨‍👩‍👧‍👦🇩🇪🏴󠁧󠁢󠁷󠁬󠁳󠁿é\u0301 नमस्ते 각\u1100\u1161\u11a8 \r\n x",
        ]
        judged = rig.judge(work, {"texts": texts})["texts"]
        for text, theirs in zip(texts, judged, strict=True):
            found = facets.detect(text)
            everybody = {one.value.lower(): one.value for one in found if one.kind == "mention"}
            assert facets.facets(text, found, everybody) == [
                {"index": f["index"], "features": f["features"]} for f in theirs["facets"]
            ]
            assert graphemes(text) == theirs["graphemes"]

    def test_muted_words(self, work: Path) -> None:
        words = ["javascript", "Use", "stop worrying", ":)", "s@ssy", "andor", "and/or", "super bad", "superbad", "bad",
                 "k", "英語", "sale", "don't", "dont", "t", "user/social", "#sale", "sale!", "éa"]  # fmt: skip
        texts = ["This is about JavaScript", "Use your brain, eventually", "some day, stop worrying about it", "So :)",
                 "s@ssy ok", "fruits and/or vegetables", "That is super-bad", "これは英語です", "wholesale", "On sale!",
                 "I don't", "(context) user/social", "«sale» ¡sale!", "Été", "a-b-sale-c", "sale/offer"]  # fmt: skip
        cases = [
            ([{"value": word, "targets": targets, "actorTarget": "all"}], {"text": text, "langs": langs})
            for word in words
            for text in texts
            for langs in (["en"], ["ja"], [])
            for targets in (["content", "tag"], ["tag"])
        ]
        cases += [([{"value": word, "targets": ["tag"]}], {"text": "x", "tags": ["Sale", "k"]}) for word in words]
        theirs = rig.judge(work, {"mutes": cases})["mutes"]
        for (items, record), muted in zip(cases, theirs, strict=True):
            mutes = muting.read_mutes([{"$type": "app.bsky.actor.defs#mutedWordsPref", "items": items}])
            post = {"author": {"did": "did:plc:other"}, "record": record}
            assert muting.is_muted(post, mutes, "did:plc:me", datetime.now(UTC)) is muted, (items, record)

    @pytest.mark.parametrize(("changed", "error"), BAD_REQUESTS)
    async def test_bad_requests_are_refused_as_in_practice(
        self, network: rig.Network, http: Http, changed: dict[str, str], error: str
    ) -> None:
        wire = Wire(network.service, http)
        await wire.ask("/oauth/par", GOOD)
        answer = await wire.ask("/oauth/par", {**GOOD, **changed})
        assert (answer.status, answer.json()["error"]) == (400, error), answer.text()

    @pytest.mark.parametrize(("proof", "error"), BAD_PROOFS)
    async def test_bad_proofs_are_refused_as_in_practice(
        self, network: rig.Network, http: Http, proof: dict[str, str], error: str
    ) -> None:
        wire = Wire(network.service, http)
        await wire.ask("/oauth/par", GOOD)
        answer = await wire.ask("/oauth/par", GOOD, **proof)
        assert (answer.status, answer.json()["error"]) == (400 if "nonce" in error else 401, error), answer.text()

    async def test_the_official_oauth_client_signs_in_at_the_practice_server(self, work: Path) -> None:
        async with build(World.load(), {}) as server:
            told = await asyncio.to_thread(rig.sign_in, work, server.url, "northwind.test")
            assert told == {
                "did": server.me.did,
                "reads": [[200, 3]] * 10,
                "after": [200, 3],
                "issuer": server.url,
                "scope": "atproto transition:generic",
            }
            assert server.oauth.grants == []  # signed out

    async def test_the_practice_server_keeps_the_lexicons(self, work: Path, http: Http) -> None:
        async with build(World.load(), {"harbor": "https://harbor.example"}) as server:
            body = {k: v for k, v in server.credentials.items() if k != "service"}
            session = await call(http, server.url, "com.atproto.server.createSession", {}, body)
            credential = Credential({"access": session["accessJwt"]})
            me, post = session["did"], server.posts_of("northwind")[-1]
            answers = [("com.atproto.server.createSession", session)]
            for method, params in {
                "com.atproto.server.getSession": {},
                "com.atproto.server.describeServer": {},
                "com.atproto.identity.resolveHandle": {"handle": "harbor.test"},
                "com.atproto.repo.getRecord": {"repo": me, "collection": POST, "rkey": post.rkey},
                "com.atproto.repo.listRecords": {"repo": me, "collection": POST},
                "app.bsky.actor.getProfile": {"actor": me},
                "app.bsky.actor.getPreferences": {},
                "app.bsky.feed.getTimeline": {"limit": "100"},
                "app.bsky.feed.getAuthorFeed": {"actor": "harbor.test"},
                "app.bsky.feed.searchPosts": {"q": "b2b"},
                "app.bsky.feed.getPosts": {"uris": post.uri},
                "app.bsky.feed.getPostThread": {"uri": post.uri},
                "app.bsky.graph.getLists": {"actor": me},
                "app.bsky.notification.listNotifications": {},
                "app.bsky.notification.getUnreadCount": {},
                "app.bsky.bookmark.getBookmarks": {},
            }.items():
                answers.append((method, await call(http, server.url, method, params, credential=credential)))
            record = {"$type": POST, "text": "Hello", "createdAt": "2026-11-22T10:00:00.000Z"}
            new = {"repo": me, "collection": POST, "rkey": "3n2umembjm723", "record": record, "swapRecord": None}
            put = await call(http, server.url, "com.atproto.repo.putRecord", {}, new, credential)
            answers += await answers_about_gates_and_videos(http, server, credential)
            answers.append(("com.atproto.repo.putRecord", put))
            posts = [dict(record.value) for record in server.state.of(POST)]
        judged = rig.judge(work, {"answers": answers, "records": posts})
        assert [(method, words) for (method, _), words in zip(answers, judged["answers"], strict=True) if words] == []
        assert [words for words in judged["records"] if words] == []


async def answers_about_gates_and_videos(
    http: Http, server: PracticeBluesky, credential: Credential
) -> list[tuple[str, dict[str, Any]]]:
    me, answers = server.me.did, []
    feed = next(record.uri for record in server.state.of(GENERATOR))
    for method, params in {
        "com.atproto.repo.describeRepo": {"repo": me},
        "app.bsky.feed.getFeedGenerator": {"feed": feed},
        "app.bsky.feed.getFeedGenerators": {"feeds": feed},
        "app.bsky.feed.getFeed": {"feed": feed},
    }.items():
        answers.append((method, await call(http, server.url, method, params, credential=credential)))
    film = MediaFile("f" * 64, "video/mp4", b"film", "A pump", 640, 360, seconds=2.0)
    opened = Bluesky(Account(1, "bluesky", "", "northwind.test", server.url, me), credential, http)
    receipt = await opened.publish(
        Segment("Gated", (await opened.upload(film),), created=datetime.now(UTC), replies="nobody"),
        opened.new_key(9, 9),
    )
    for method, params in {
        "app.bsky.feed.getPosts": {"uris": receipt.remote_id},
        "com.atproto.server.getServiceAuth": {"aud": "did:web:127.0.0.1", "lxm": "app.bsky.video.getUploadLimits"},
        "app.bsky.video.getJobStatus": {"jobId": next(iter(server.videos.jobs))},
    }.items():
        answers.append((method, await call(http, server.url, method, params, credential=credential)))
    return answers


async def shown_as(me: Person, other: Person, uri: str, mine: set[str]) -> Entry:
    """The entry once the app view knows what the person has done to it."""
    source = Source(1, "bluesky", "account", 1, {"actor": other.account.handle})

    async def look() -> Entry | None:
        page = await me.opened.fetch(source, "", 5)
        return next((entry for entry in page.entries if entry.key == uri), None)

    entry = await eventually(look, lambda e: e is not None and e.mine == mine)
    assert entry is not None
    return entry


def expired_token(did: str) -> str:
    """What the PDS gave three hours ago."""
    issued = int(time.time()) - 10_800
    claims = {
        "scope": "com.atproto.appPass", "aud": "did:web:localhost", "sub": did, "iat": issued, "exp": issued + 7200,
    }  # fmt: skip
    body = ".".join(_b64(json.dumps(part).encode()) for part in ({"typ": "at+jwt", "alg": "HS256"}, claims))
    return f"{body}.{_b64(hmac.new(rig.TOKEN_SECRET, body.encode(), hashlib.sha256).digest())}"


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Loser:
    """Stands before a server and loses the question, or the answer to it."""

    def __init__(self, server: str, lose: str) -> None:
        parts = urlsplit(server)
        self._host, self._port, self._lose = parts.hostname or "", parts.port or 80, lose
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> str:
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        body = await reader.readexactly(int(lengths[0].split(b":")[1])) if lengths else b""
        if self._lose == "answer":
            answers, questions = await asyncio.open_connection(self._host, self._port)
            questions.write(head + body)
            await answers.read(1)
            questions.close()
            await questions.wait_closed()
        writer.close()
        await writer.wait_closed()
