"""The Mastodon adapter against a server of its API that others wrote, with that server's own faults."""

import asyncio
import contextlib
import json
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from socialdesk.core.account import NOTHING, Account
from socialdesk.core.errors import AuthExpired, NetworkError, OutcomeUnknown, RateLimited, Rejected, Unreachable
from socialdesk.core.listening import Heard, Hearing
from socialdesk.core.post import DeliveryState, Draft, MediaFile, Picture, Poll, Receipt, Segment, Target
from socialdesk.core.source import Source
from socialdesk.http import Http
from socialdesk.networks.mastodon.adapter import Mastodon
from socialdesk.practice.pictures import picture
from socialdesk.services.bundle import Services
from tests.interop.proxy import Proxy, in_front_of
from tests.interop.rigs.mastodon_mock import Instance
from tests.support.recorded import RecordedProgram

pytestmark = [pytest.mark.interop, pytest.mark.timeout(300)]

STATUSES = r"/api/v1/statuses$"


@dataclass
class Server:
    """Plain calls beside the program, and the server's switches for faults."""

    url: str
    token: str = ""

    def call(self, method: str, path: str, body: object = None) -> Any:
        request = urllib.request.Request(f"{self.url}{path}", method=method)
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=60) as answer:
            data = answer.read()
            return json.loads(data) if data else None

    def fault(self, method: str, path: str, kind: str, *, times: int = 1, **effect: object) -> None:
        """`kind`: status, ratelimit, latency, malformed or timeout."""
        rule = {"match": {"methods": [method], "path_regex": path}, "effect": {"type": kind, **effect}, "count": times}
        self.call("POST", "/api/v1/_mock/faults", rule)

    def heal(self) -> None:
        self.call("DELETE", "/api/v1/_mock/faults")

    def mine(self, word: str) -> list[Any]:
        """The account's own posts that have this word."""
        me = self.call("GET", "/api/v1/accounts/verify_credentials")
        found = self.call("GET", f"/api/v1/accounts/{me['id']}/statuses?limit=40")
        return [status for status in found if word in status["content"] + status["spoiler_text"]]


@pytest.fixture
def server(instance: Instance) -> Iterator[Server]:
    server = Server(instance.url, instance.token)
    yield server
    server.heal()


@pytest.fixture
def other(instance: Instance) -> Server:
    """Somebody else's account on the same server."""
    return Server(instance.url, instance.other)


@pytest.fixture
def proxy(instance: Instance) -> Iterator[Proxy]:
    with in_front_of(instance.url) as proxy:
        yield proxy


@pytest.fixture
def word() -> str:
    return f"zebra{secrets.token_hex(4)}"


class TestCommandLine:
    def test_sign_in(self, program: RecordedProgram, instance: Instance) -> None:
        account = program.add_account("mastodon", instance.token, server=instance.url)
        assert account["server"] == instance.url
        assert account["handle"].lstrip("@").startswith("northwind@")
        assert all(finding["ok"] for finding in program.run("doctor"))

    def test_a_wrong_token(self, program: RecordedProgram, instance: Instance) -> None:
        answer = program.try_(*program.sign_in_words("mastodon", server=instance.url), answers="not-the-token\n")
        assert (answer.status, answer.out, answer.err.strip()) == (1, "", "Sign in again.")
        assert program.run("account", "list") == []

    def test_post_with_picture_warning_and_thread(
        self,
        program: RecordedProgram,
        instance: Instance,
        server: Server,
        word: str,
        picture_file: Callable[[str], Path],
    ) -> None:
        account = program.add_account("mastodon", instance.token, server=instance.url)["id"]
        image = ["--image", picture_file("chart.png"), "--alt", "A chart of “answers”"]
        text = f"First {word} <b> & https://example.com/a?b=1 #B2B\\n---\\nSecond {word}\\n---\\nThird {word}"
        words = ["--language", "en", "--warning", f"Numbers {word}", "--visibility", "unlisted"]
        [delivery] = program.run("post", text, "--to", account, *image, *words)["deliveries"]
        assert (delivery["state"], delivery["sent_parts"]) == ("sent", 3)
        third, second, first = server.mine(word)
        assert first["id"] == delivery["remote_id"]
        assert first["url"] == delivery["permalink"]
        assert (second["in_reply_to_id"], third["in_reply_to_id"]) == (first["id"], second["id"])
        assert {s["visibility"] for s in (first, second, third)} == {"unlisted"}
        assert first["spoiler_text"] == f"Numbers {word}"
        assert first["language"] == "en"
        [shown] = first["media_attachments"]
        assert shown["description"] == "A chart of “answers”"
        assert server.call("GET", f"/api/v1/statuses/{first['id']}/source")["text"] == (
            f"First {word} <b> & https://example.com/a?b=1 #B2B"
        )

    def test_columns_show_what_is_there(
        self, program: RecordedProgram, instance: Instance, other: Server, word: str
    ) -> None:
        account = program.add_account("mastodon", instance.token, server=instance.url)["id"]
        body = {"status": f"Somebody else on {word}", "visibility": "public"}
        theirs = other.call("POST", "/api/v1/statuses", body | {"status": f"{body['status']} #{word}"})
        program.run("post", f"My words {word} #{word}", "--to", account)
        for number, (kind, params) in enumerate(
            {"home": [], "hashtag": [f"tag={word}"], "local": [], "search": [f"query={word}"]}.items(), 1
        ):
            fields = [part for pair in params for part in ("--field", pair)]
            program.run("column", "add", "mastodon", kind, *fields, "--account", account)
            assert program.run("refresh", number)["sources"][0]["error"] == "", kind
        shown = {n: [row["entry"] for row in program.run("timeline", n)] for n in (1, 2, 3, 4)}
        assert any(word in entry["text"] for entry in shown[1])
        for number in (2, 3, 4):
            entry = next(e for e in shown[number] if e["remote_id"] == theirs["id"])
            assert entry["text"] == f"Somebody else on {word} #{word}"
            assert entry["tags"] == [word]

    def test_a_server_that_asks_to_wait(
        self, program: RecordedProgram, instance: Instance, server: Server, word: str
    ) -> None:
        account = program.add_account("mastodon", instance.token, server=instance.url)["id"]
        server.fault("POST", STATUSES, "ratelimit")
        answer = program.try_("post", f"Patience {word}", "--to", account, "--json")
        [delivery] = answer.json["deliveries"]
        assert (answer.status, delivery["state"], delivery["error"]) == (1, "waiting", "rate_limited")
        wait = datetime.fromisoformat(delivery["next_at"]) - datetime.now(UTC)
        assert 200 < wait.total_seconds() <= 301
        # the next process still knows that it must wait, although the server would answer now
        server.heal()
        [delivery] = program.run("outbox", "--deliver")[0]["deliveries"]
        assert delivery["state"] == "waiting"
        assert server.mine(word) == []


class TestServices:
    async def test_post_act_and_delete(
        self, services: Services, instance: Instance, server: Server, other: Server, word: str
    ) -> None:
        account = await sign_in(services, instance.url, instance.token)
        theirs = other.call("POST", "/api/v1/statuses", {"status": f"Theirs {word} #{word}"})
        source = Source(0, "mastodon", "hashtag", account, {"tag": word})
        column = await services.columns.add("Tag", "hash", (source,))
        await services.refresh.now(column.id)
        [row] = await services.reading.page(column.id, None, 5)
        for action, field in (("like", "favourited"), ("reshare", "reblogged"), ("bookmark", "bookmarked")):
            await services.reading.act(row.entry_id, action)
            assert server.call("GET", f"/api/v1/statuses/{theirs['id']}")[field]
            stored = await services.reading.entry(row.entry_id)
            assert stored is not None
            assert action in stored.entry.mine
            await services.reading.act(row.entry_id, f"un{action}")
            assert not server.call("GET", f"/api/v1/statuses/{theirs['id']}")[field]
        kept = await services.composing.add_picture(picture("x", 300, 200), "x.png")
        described = Picture(kept.blob, kept.mime, kept.width, kept.height, kept.size, "Described", kept.name)
        draft = Draft(text=f"Mine {word}", account_ids=(account,), pictures=(described,))
        publication = await publish(services, draft)
        assert publication.deliveries[0].state is DeliveryState.SENT
        assert server.mine(word)[0]["media_attachments"][0]["description"] == "Described"
        await services.publishing.delete_post(publication.deliveries[0].id)
        assert server.mine(word) == []
        await services.publishing.delete_post(publication.deliveries[0].id)

    @pytest.mark.parametrize(
        ("effect", "state", "error"),
        [
            ({"kind": "status", "status": 422}, DeliveryState.REFUSED, "invalid"),
            ({"kind": "status", "status": 401}, DeliveryState.SIGN_IN, "sign_in_again"),
            ({"kind": "status", "status": 403}, DeliveryState.REFUSED, "missing_permission"),
            ({"kind": "status", "status": 500}, DeliveryState.IN_DOUBT, "outcome_unknown"),
            ({"kind": "status", "status": 503}, DeliveryState.IN_DOUBT, "outcome_unknown"),
            ({"kind": "malformed"}, DeliveryState.IN_DOUBT, "outcome_unknown"),
            ({"kind": "ratelimit"}, DeliveryState.WAITING, "rate_limited"),
        ],
        ids=str,
    )
    async def test_what_each_fault_comes_to(
        self,
        services: Services,
        instance: Instance,
        server: Server,
        word: str,
        effect: dict[str, Any],
        state: DeliveryState,
        error: str,
    ) -> None:
        account = await sign_in(services, instance.url, instance.token)
        server.fault("POST", STATUSES, **effect)
        publication = await publish(services, Draft(text=f"Once {word}", account_ids=(account,)))
        [delivery] = publication.deliveries
        assert (delivery.state, delivery.error) == (state, error)
        assert server.mine(word) == []
        if state is DeliveryState.IN_DOUBT:
            sent = await settled(services, delivery.id)
            assert sent.state is DeliveryState.SENT
            assert [status["id"] for status in server.mine(word)] == [sent.parts[0].receipt.remote_id]

    @pytest.mark.parametrize("what", ["answer", "half", "question"])
    async def test_a_lost_answer_is_looked_for(
        self, services: Services, instance: Instance, server: Server, proxy: Proxy, word: str, what: str
    ) -> None:
        account = await sign_in(services, proxy.url, instance.token)
        proxy.lose(what, "POST", STATUSES)
        publication = await publish(services, Draft(text=f"Once {word}", account_ids=(account,)))
        [delivery] = publication.deliveries
        assert delivery.state is DeliveryState.IN_DOUBT
        sent = await settled(services, delivery.id)
        assert sent.state is DeliveryState.SENT
        assert [status["id"] for status in server.mine(word)] == [sent.parts[0].receipt.remote_id]
        assert proxy.count("POST", STATUSES) == (2 if what == "question" else 1)

    async def test_a_thread_goes_on_where_it_broke(
        self, services: Services, instance: Instance, server: Server, proxy: Proxy, word: str
    ) -> None:
        account = await sign_in(services, proxy.url, instance.token)
        draft = Draft(text="\n---\n".join(f"Part {n} {word}" for n in (1, 2, 3)), account_ids=(account,))
        saved = await services.composing.save(draft)
        publication = await services.publishing.submit(saved.id)
        server.fault("POST", STATUSES, "latency", delay_ms=1, times=1)  # the first part passes
        server.fault("POST", STATUSES, "status", status=502, times=1)
        await services.publishing.start()
        await services.publishing.settle()
        [delivery] = publication.deliveries
        broken = await services.publishing.delivery(delivery.id)
        assert (broken.state, broken.next_part) == (DeliveryState.IN_DOUBT, 1)
        sent = await settled(services, delivery.id)
        assert sent.state is DeliveryState.SENT
        third, second, first = server.mine(word)
        assert (second["in_reply_to_id"], third["in_reply_to_id"]) == (first["id"], second["id"])

    async def test_a_request_that_hangs_and_is_carried_out_late(
        self, services: Services, instance: Instance, server: Server, word: str
    ) -> None:
        """We give up, look, find nothing, send again; then the server carries out the first request after all."""
        account = await sign_in(services, instance.url, instance.token)
        began = time.monotonic()
        server.fault("POST", STATUSES, "timeout")
        publication = await publish(services, Draft(text=f"Late {word}", account_ids=(account,)))
        [delivery] = publication.deliveries
        assert delivery.state is DeliveryState.IN_DOUBT
        sent = await settled(services, delivery.id)
        assert sent.state is DeliveryState.SENT
        await asyncio.sleep(max(0, began + 33 - time.monotonic()))  # the server's own 30 seconds, and a little
        assert [status["id"] for status in server.mine(word)] == [sent.parts[0].receipt.remote_id]

    @pytest.mark.parametrize(
        ("effect", "error"),
        [
            ({"kind": "status", "status": 500}, "server_error"),
            ({"kind": "status", "status": 401}, "sign_in_again"),
            ({"kind": "status", "status": 404}, "not_found"),
            ({"kind": "malformed"}, "not_json"),
            ({"kind": "ratelimit"}, "rate_limited"),
        ],
        ids=str,
    )
    async def test_a_column_in_trouble_says_so_and_keeps_what_it_has(
        self, services: Services, instance: Instance, server: Server, word: str, effect: dict[str, Any], error: str
    ) -> None:
        account = await sign_in(services, instance.url, instance.token)
        await publish(services, Draft(text=f"Stays {word}", account_ids=(account,)))
        column = await services.columns.add("Home", "house", (Source(0, "mastodon", "home", account),))
        await services.refresh.now(column.id)
        before = [row.entry_id for row in await services.reading.page(column.id, None, 50)]
        server.fault("GET", r"/timelines/home", times=9, **effect)
        report = await services.refresh.now(column.id)
        assert [outcome.error for outcome in report.failed] == [error]
        assert (await services.columns.header(column.id)).error == error
        assert [row.entry_id for row in await services.reading.page(column.id, None, 50)] == before
        assert before


class TestAdapter:
    async def test_a_repeat_is_the_same_post(self, http: Http, instance: Instance, server: Server, word: str) -> None:
        network = await opened(http, instance)
        segment, key = Segment(f"Once {word}", created=datetime.now(UTC)), network.new_key(time.time_ns() // 1000, 9)
        assert await network.find(segment, key) is None
        receipts = [await network.publish(segment, key) for _ in range(3)]
        assert receipts[0] == receipts[1] == receipts[2] == await network.find(segment, key)
        assert len(server.mine(word)) == 1

    async def test_the_same_words_with_another_key_are_another_post(
        self, http: Http, instance: Instance, server: Server, word: str
    ) -> None:
        network = await opened(http, instance)
        for number in (1, 2):
            segment = Segment(f"Again {word}", created=datetime.now(UTC))
            receipt = await network.publish(segment, network.new_key(time.time_ns() // 1000, number))
            assert isinstance(receipt, Receipt)
        assert len(server.mine(word)) == 2

    async def test_the_limit_is_the_servers(self, http: Http, instance: Instance, server: Server, word: str) -> None:
        network = await opened(http, instance)
        rules = await network.post_rules()
        limits = server.call("GET", "/api/v2/instance")["configuration"]["statuses"]
        assert (rules.limit, rules.max_pictures) == (limits["max_characters"], limits["max_media_attachments"])
        for length, fits in ((rules.limit, True), (rules.limit + 1, False)):
            text = word + "x" * (length - len(word))
            assert (rules.weigh(text) <= rules.limit) == fits
            sending = network.publish(Segment(text, created=datetime.now(UTC)), network.new_key(length, 1))
            if fits:
                await sending
                continue
            with pytest.raises(Rejected) as caught:
                await sending
            assert caught.value.reason == "too_long"

    @pytest.mark.parametrize(
        ("effect", "expected"),
        [
            ({"kind": "status", "status": 401}, AuthExpired),
            ({"kind": "status", "status": 422}, Rejected),
            ({"kind": "status", "status": 500}, Unreachable),
            ({"kind": "malformed"}, Unreachable),
            ({"kind": "ratelimit"}, RateLimited),
        ],
        ids=str,
    )
    async def test_a_failed_upload_posts_nothing(
        self,
        http: Http,
        instance: Instance,
        server: Server,
        effect: dict[str, Any],
        expected: type[NetworkError],
    ) -> None:
        network = await opened(http, instance)
        server.fault("POST", "/api/v2/media", **effect)
        with pytest.raises(expected):
            await network.upload(MediaFile("b", "image/png", picture("x", 30, 20), "Alt", 30, 20, "x.png"))

    async def test_in_doubt_is_never_a_refusal(self, http: Http, instance: Instance, proxy: Proxy, word: str) -> None:
        network = await opened(http, instance, proxy.url)
        proxy.lose("answer", "POST", STATUSES)
        segment, key = Segment(f"Doubt {word}", created=datetime.now(UTC)), network.new_key(time.time_ns() // 1000, 2)
        with pytest.raises(OutcomeUnknown):
            await network.publish(segment, key)
        assert (await network.find(segment, key)) == await network.publish(segment, key)


class TestMore:
    """Polls, times, changes, quotes, filters, hashtags, streams."""

    async def test_a_poll(self, http: Http, instance: Instance, server: Server, word: str) -> None:
        network = await opened(http, instance)
        polls = (await network.post_rules()).polls
        assert polls.options >= 2
        asked = Segment(f"Which {word}?", created=datetime.now(UTC), poll=Poll(("One", "Two"), 60, multiple=True))
        receipt = await network.publish(asked, network.new_key(time.time_ns() // 1000, 3))
        [status] = server.mine(word)
        assert [option["title"] for option in status["poll"]["options"]] == ["One", "Two"]
        assert status["poll"]["multiple"]
        assert await network.find(asked, "another key") == receipt
        other = Segment(f"Which {word}?", created=asked.created, poll=Poll(("One", "Three"), 60))
        assert await network.find(other, "another key") is None

    async def test_a_post_with_a_time(self, http: Http, instance: Instance, server: Server, word: str) -> None:
        network = await opened(http, instance)
        at = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=2)
        planned = Segment(f"Later {word}", created=datetime.now(UTC), publish_at=at)
        assert await network.find(planned, "k") is None
        receipt = await network.publish(planned, network.new_key(time.time_ns() // 1000, 4))
        assert receipt.publish_at == at
        assert server.mine(word) == []
        assert await network.find(planned, "k") == receipt
        assert await network.scheduled(receipt) is None
        await network.unschedule(receipt)
        await network.unschedule(receipt)
        assert server.call("GET", "/api/v1/scheduled_statuses") == []
        with pytest.raises(Rejected) as caught:
            await network.scheduled(receipt)
        assert caught.value.reason == "not_found"

    async def test_a_change_keeps_the_rest(self, http: Http, instance: Instance, server: Server, word: str) -> None:
        network = await opened(http, instance)
        medium = MediaFile("b", "image/png", picture("x", 30, 20), "Alt", 30, 20, "x.png", focus=(0.5, -0.25))
        uploaded = await network.upload(medium)
        first = Segment(f"Frist {word}", (uploaded,), created=datetime.now(UTC), warning="Careful")
        receipt = await network.publish(first, network.new_key(time.time_ns() // 1000, 5))
        await network.edit(receipt.remote_id, receipt.refs, f"First {word}")
        [status] = server.mine(word)
        assert (word in status["content"], "First" in status["content"]) == (True, True)
        assert (status["spoiler_text"], status["sensitive"]) == ("Careful", True)
        assert [shown["description"] for shown in status["media_attachments"]] == ["Alt"]
        assert status["edited_at"]

    async def test_quotes(self, http: Http, instance: Instance, server: Server, other: Server, word: str) -> None:
        network = await opened(http, instance)
        theirs = other.call("POST", "/api/v1/statuses", {"status": f"Theirs {word}"})
        closed = other.call("POST", "/api/v1/statuses", {"status": f"Closed {word}", "quote_approval_policy": "nobody"})
        said = Segment(f"Look {word}", created=datetime.now(UTC), quote=Target(theirs["id"], {}))
        receipt = await network.publish(said, network.new_key(time.time_ns() // 1000, 6))
        [entry] = (await network.thread(receipt.remote_id, receipt.refs)).entries
        assert entry.quoted is not None
        assert word in entry.quoted.text
        refused = Segment(f"No {word}", created=datetime.now(UTC), quote=Target(closed["id"], {}))
        with pytest.raises(Rejected):
            await network.publish(refused, network.new_key(time.time_ns() // 1000, 7))
        assert len(server.mine(word)) == 1

    async def test_filters_and_followed_hashtags(
        self, http: Http, instance: Instance, server: Server, other: Server, word: str
    ) -> None:
        network = await opened(http, instance)
        server.call("POST", f"/api/v1/tags/{word}/follow")
        theirs = other.call("POST", "/api/v1/statuses", {"status": f"About #{word}", "visibility": "public"})
        column = Source(1, "mastodon", "followed_tags", 1)
        page = await network.fetch(column, "", 40)
        assert theirs["id"] in {entry.remote_id for entry in page.entries}
        assert (await network.fetch(column, page.cursor, 40)).unchanged
        keywords = [{"keyword": word, "whole_word": False}]
        made = {"title": "Zebras", "context": ["public"], "filter_action": "warn", "keywords_attributes": keywords}
        server.call("POST", "/api/v2/filters", made)
        hashtag = Source(1, "mastodon", "hashtag", 1, {"tag": word})
        [entry] = (await network.fetch(hashtag, "", 5)).entries
        assert entry.filtered == "Zebras"

    async def test_streams(self, http: Http, instance: Instance, server: Server, word: str) -> None:
        network = await opened(http, instance)
        for column in (Source(1, "mastodon", "home", 1), Source(1, "mastodon", "hashtag", 1, {"tag": word})):
            async with contextlib.aclosing(network.listen(network.stream_of(column))) as heard:
                assert (await anext(heard)).hearing is Hearing.LIVE
                body = {"status": f"News #{word}", "visibility": "public"}
                status = await asyncio.to_thread(server.call, "POST", "/api/v1/statuses", body)
                assert (await anext(heard)).hearing is Hearing.NEW
                path = f"/api/v1/statuses/{status['id']}"
                await asyncio.to_thread(server.call, "DELETE", path)
                assert await anext(heard) == Heard(Hearing.GONE, status["id"])

    async def test_a_live_column(self, services: Services, instance: Instance, server: Server, word: str) -> None:
        account = await sign_in(services, instance.url, instance.token)
        column = await services.columns.add("Home", "house", (Source(0, "mastodon", "home", account),))
        news = asyncio.Event()
        services.events.listen(lambda _: news.set())
        services.listening.start()
        while not (await services.columns.header(column.id)).live:
            news.clear()
            await news.wait()
        await asyncio.to_thread(server.call, "POST", "/api/v1/statuses", {"status": f"Live {word}"})
        while not any(word in row.entry.text for row in await services.reading.page(column.id, None, 20)):
            news.clear()
            await news.wait()


async def opened(http: Http, instance: Instance, url: str = "") -> Any:
    answers = {"server": url or instance.url, "token": instance.token}
    signed_in = await Mastodon(Account(0, "mastodon", "", "", url or instance.url), NOTHING, http).sign_in(answers)
    who = signed_in.identity
    account = Account(1, "mastodon", who.name, who.handle, who.server, who.remote_id, who.avatar_url, who.facts)
    return Mastodon(account, signed_in.credential, http)


async def sign_in(services: Services, url: str, token: str) -> int:
    return (await services.accounts.sign_in("mastodon", {"server": url, "token": token}, 1)).id


async def publish(services: Services, draft: Draft) -> Any:
    saved = await services.composing.save(draft)
    publication = await services.publishing.submit(saved.id)
    await services.publishing.start()
    await services.publishing.settle()
    return await services.publishing.publication(publication.id)


async def settled(services: Services, delivery_id: int) -> Any:
    """The delivery once nothing is open any more; the deliverer goes on by itself meanwhile."""
    until = time.monotonic() + 90
    while True:
        delivery = await services.publishing.delivery(delivery_id)
        if delivery.state is DeliveryState.SENT or time.monotonic() > until:
            return delivery
        await asyncio.sleep(0.2)
