"""Micropub and IndieAuth of django-indieweb: through a browser's steps, the services, the command line, the adapter."""

import asyncio
import json
import secrets
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from socialdesk.core.account import NOTHING, Account
from socialdesk.core.errors import AuthExpired, OutcomeUnknown, Rejected, Unreachable
from socialdesk.core.post import ArticleToSend, DeliveryState, Draft, MediaFile, Segment
from socialdesk.core.source import Source
from socialdesk.http import Http
from socialdesk.http.loopback import parse_pasted
from socialdesk.networks.micropub.adapter import Micropub
from socialdesk.networks.micropub.keys import MARK
from socialdesk.practice.pictures import picture
from socialdesk.services.bundle import Services
from tests.interop.proxy import Proxy, in_front_of
from tests.interop.rigs.micropub import Site, agree
from tests.support.recorded import RecordedProgram

pytestmark = [pytest.mark.interop, pytest.mark.timeout(300)]

ENDPOINT = r"/indieweb/micropub/"
REDIRECT = "http://127.0.0.1:50123/callback"


def call(site: Site, **query: str) -> Any:
    """A plain query, beside the program."""
    url = f"{site.url}{ENDPOINT}?{urllib.parse.urlencode(query)}"
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {site.token}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read())


def posts(site: Site, words: str) -> list[dict[str, list[Any]]]:
    """The properties of every post that has these words."""
    found = call(site, q="source", filter=words, limit="50")
    return [item["properties"] for item in found["items"]]


@pytest.fixture
def proxy(own_site: Site) -> Iterator[Proxy]:
    with in_front_of(own_site.url) as proxy:
        yield proxy


@pytest.fixture
def word() -> str:
    """A word that no other post has."""
    return f"zebra{secrets.token_hex(4)}"


def visitor(http: Http) -> Any:
    return Micropub(Account(0, "micropub", "", "", ""), NOTHING, http)


def account_of(signed_in: Any) -> Account:
    who = signed_in.identity
    return Account(1, "micropub", who.name, who.handle, who.server, who.remote_id, who.avatar_url, who.facts)


async def opened(http: Http, site: Site, url: str = "") -> Any:
    signed_in = await visitor(http).sign_in({"server": url or site.url, "token": site.token})
    return Micropub(account_of(signed_in), signed_in.credential, http)


def note(text: str, **more: Any) -> Segment:
    return Segment(text, created=datetime.now(UTC), **more)


def new_key(network: Any) -> str:
    return str(network.new_key(time.time_ns() // 1000, secrets.randbelow(1_000_000)))


class TestSignIn:
    async def test_a_pasted_token(self, http: Http, own_site: Site) -> None:
        network = await opened(http, own_site, own_site.url.partition("://")[2])
        assert network.account.remote_id == f"{own_site.url}/"
        assert network.account.facts["endpoint"] == own_site.url + ENDPOINT
        assert network.account.facts["token_endpoint"] == f"{own_site.url}/indieweb/token/"
        rules = await network.post_rules()
        assert (rules.findable, rules.max_pictures, rules.notes) == (True, 20, True)

    async def test_a_wrong_token(self, http: Http, own_site: Site) -> None:
        with pytest.raises(AuthExpired):
            await visitor(http).sign_in({"server": own_site.url, "token": "wrong"})

    async def test_through_the_browser(self, http: Http, own_site: Site, word: str) -> None:
        step = await visitor(http).begin_sign_in({"server": own_site.url}, REDIRECT)
        address = await asyncio.to_thread(agree, step.url)
        assert address.startswith(f"{REDIRECT}?")
        code = parse_pasted(address, step.state)
        signed_in = await visitor(http).finish_sign_in(step, code)
        network = Micropub(account_of(signed_in), signed_in.credential, http)
        assert network.account.server == own_site.url
        await network.publish(note(word), new_key(network))
        assert len(posts(own_site, word)) == 1
        with pytest.raises(Rejected) as caught:  # a code is good for once
            await visitor(http).finish_sign_in(step, code)
        assert caught.value.reason == "invalid"

    async def test_a_verifier_that_is_not_ours(self, http: Http, own_site: Site) -> None:
        step = await visitor(http).begin_sign_in({"server": own_site.url}, REDIRECT)
        code = parse_pasted(await asyncio.to_thread(agree, step.url), step.state)
        with pytest.raises(Rejected):
            await visitor(http).finish_sign_in(replace(step, verifier="x" * 64), code)


class TestPosts:
    async def test_a_note_with_pictures(self, http: Http, own_site: Site, word: str) -> None:
        network = await opened(http, own_site)
        data = picture(word, 320, 180)
        one = await network.upload(MediaFile("a" * 64, "image/png", data, "A shelf", 320, 180, "shelf.png"))
        two = await network.upload(MediaFile("b" * 64, "image/png", data, "", 320, 180, "b.png"))
        segment, key = note(f"Two tanks & <{word}>", media=(one, two)), new_key(network)
        receipt = await network.publish(segment, key)
        (found,) = posts(own_site, word)
        assert found["content"] == [f"Two tanks & <{word}>"]
        # this version refuses descriptions in the standard's form
        assert (found["photo"], found["mp-photo-alt"]) == ([one.url, two.url], ["A shelf", ""])
        assert found[MARK] == [key]
        shown = await http.request("GET", one.url)
        assert shown.body == data
        assert await network.find(segment, key) == receipt
        page = await http.request("GET", receipt.permalink)
        assert word in page.text()

    async def test_an_article_and_a_draft(self, http: Http, own_site: Site, word: str) -> None:
        network = await opened(http, own_site)
        whole = ArticleToSend(f"Basics {word}", "<p>One &amp; two</p>", "a-slug", "Short", ("Notes",), ("B2B",))
        await network.publish(Segment("", article=whole, created=datetime.now(UTC)), new_key(network))
        draft = ArticleToSend(f"Draft {word}", "<p>x</p>", status="draft")
        await network.publish(Segment("", article=draft, created=datetime.now(UTC)), new_key(network))
        article, half = sorted(posts(own_site, word), key=lambda found: str(found["name"]))
        assert (article["name"], article["content"]) == ([f"Basics {word}"], [{"html": "<p>One &amp; two</p>"}])
        assert (article["summary"], article["category"], article["mp-slug"]) == (
            ["Short"],
            ["Notes", "B2B"],
            ["a-slug"],
        )
        assert half["post-status"] == ["draft"]

    async def test_a_thread(self, http: Http, own_site: Site, word: str) -> None:
        network = await opened(http, own_site)
        first = await network.publish(note(f"{word} one"), new_key(network))
        second = replace(note(f"{word} two"), previous=first, root=first)
        await network.publish(second, new_key(network))
        (answer,) = posts(own_site, f"{word} two")
        assert answer["in-reply-to"] == [first.permalink]

    async def test_deleting_may_be_repeated(self, http: Http, own_site: Site, word: str) -> None:
        network, segment = await opened(http, own_site), note(word)
        key = new_key(network)
        receipt = await network.publish(segment, key)
        await network.delete(receipt.remote_id, receipt.refs)
        await network.delete(receipt.remote_id, receipt.refs)
        assert posts(own_site, word) == []
        assert await network.find(segment, key) is None

    async def test_a_file_that_is_no_picture(self, http: Http, own_site: Site) -> None:
        network = await opened(http, own_site)
        with pytest.raises(Rejected) as caught:
            await network.upload(MediaFile("c" * 64, "image/png", b"no picture at all", name="c.png"))
        assert caught.value.reason == "media_type"


class TestReading:
    async def test_what_is_new_and_what_came_before(self, http: Http, own_site: Site, word: str) -> None:
        """This site's list begins with the oldest."""
        network, source = await opened(http, own_site), Source(1, "micropub", "posts", 1)
        for number in range(7):
            await network.publish(note(f"{word} {number}"), new_key(network))
        first = await network.fetch(source, "", 3)
        assert [entry.text for entry in first.entries] == [f"{word} {number}" for number in (6, 5, 4)]
        assert (await network.fetch(source, first.cursor, 3)).unchanged
        total = call(own_site, q="source", limit="1")["paging"]["total"]
        older, keys = first.older, [entry.key for entry in first.entries]
        while older and len(keys) <= total:
            more = await network.fetch_older(source, older, 3)
            keys, older = [*keys, *(entry.key for entry in more.entries)], more.older
        assert len(keys) == len(set(keys)) == total
        await network.publish(note(f"{word} new"), new_key(network))
        (entry,) = (await network.fetch(source, first.cursor, 3)).entries
        assert entry.text == f"{word} new"
        assert entry.published is not None


class TestOnce:
    @pytest.mark.parametrize("what", ["question", "answer"])
    async def test_whatever_is_lost(self, http: Http, own_site: Site, proxy: Proxy, word: str, what: str) -> None:
        network, segment = await opened(http, own_site, proxy.url), note(word)
        key = new_key(network)
        proxy.lose(what, "POST", ENDPOINT)
        with pytest.raises(OutcomeUnknown):
            await network.publish(segment, key)
        found = await network.find(segment, key)
        assert (found is None) == (what == "question")
        receipt = await network.publish(segment, key)
        assert found in (None, receipt)
        assert len(posts(own_site, word)) == 1

    async def test_a_look_that_fails_never_says_no(self, http: Http, own_site: Site, proxy: Proxy, word: str) -> None:
        network = await opened(http, own_site, proxy.url)
        await network.post_rules()
        proxy.lose("answer", "GET", ENDPOINT)
        with pytest.raises(Unreachable):
            await network.find(note(word), new_key(network))


class TestServices:
    async def test_a_note_from_draft_to_receipt(
        self, services: Services, own_site: Site, proxy: Proxy, word: str
    ) -> None:
        answers: Mapping[str, str] = {"server": proxy.url, "token": own_site.token}
        account = await services.accounts.sign_in("micropub", answers, 1)
        proxy.lose("answer", "POST", ENDPOINT)
        saved = await services.composing.save(Draft(text=word, account_ids=(account.id,)))
        publication = await services.publishing.submit(saved.id)
        await services.publishing.start()
        await services.publishing.settle()
        (delivery,) = publication.deliveries
        assert proxy.spent
        assert (await services.publishing.delivery(delivery.id)).state is DeliveryState.IN_DOUBT
        await services.publishing.check_now(delivery.id)
        await services.publishing.settle()
        delivery = await services.publishing.delivery(delivery.id)
        assert delivery.state is DeliveryState.SENT
        assert len(posts(own_site, word)) == 1


class TestCommandLine:
    def test_a_note_with_a_picture_comes_back(
        self, program: RecordedProgram, own_site: Site, word: str, picture_file: Callable[[str], Path]
    ) -> None:
        account = program.add_account("micropub", own_site.token, server=own_site.url)
        [delivery] = program.run(
            "post", f"Out now {word}", "--to", account["id"], "--image", picture_file("shelf.png"), "--alt", "A shelf"
        )["deliveries"]
        assert delivery["state"] == "sent"
        (found,) = posts(own_site, word)
        assert found["mp-photo-alt"] == ["A shelf"]
        column = program.run("column", "add", "micropub", "posts", "--account", account["id"])
        assert program.run("refresh", column["id"])["new"] >= 1
        assert f"Out now {word}" in {row["entry"]["text"] for row in program.run("timeline", column["id"])}
