"""Ghost itself: through the command line, the services and the adapter."""

import asyncio
import json
import re
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from socialdesk.content import markdown
from socialdesk.core.account import NOTHING, Account
from socialdesk.core.errors import AuthExpired, OutcomeUnknown, Rejected, Unreachable
from socialdesk.core.post import Article, ArticleToSend, DeliveryState, Draft, MediaFile, Segment
from socialdesk.core.source import Source
from socialdesk.http import Http
from socialdesk.networks.ghost.adapter import Ghost
from socialdesk.networks.ghost.keys import AdminKey
from socialdesk.practice.ghost import PracticeGhost
from socialdesk.practice.pictures import picture
from socialdesk.practice.world import World
from socialdesk.services.bundle import Services
from tests.interop.proxy import Proxy, in_front_of
from tests.interop.rigs.ghost import Site, judge
from tests.support.recorded import RecordedProgram

pytestmark = [pytest.mark.interop, pytest.mark.timeout(300)]

POSTS = r"/posts/"
BODY = """
The *basics* of [B2B](https://example.com/a?b=1&c=2) & what <buyers> keep.

## Then what?

- Write down the **question**.
  - And who asked it.
- Reply to everyone.

> Most had no answer.

```python
print("1 < 2")
```

| Asked | Answered |
|-------|----------|
| 12    | 3        |
"""


@dataclass
class Owner:
    """Plain calls of the Admin API, beside the program: what the owner of the site sees there."""

    site: Site

    def call(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        token = AdminKey.parse(self.site.key).token(time.time())
        headers = {"Authorization": f"Ghost {token}", "Accept-Version": "v6.0", "Content-Type": "application/json"}
        sent = json.dumps(body).encode() if body is not None else None
        url = f"{self.site.url}/ghost/api/admin/{path}"
        request = urllib.request.Request(url, data=sent, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                text = answer.read()
                return answer.status, json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())

    def titled(self, title: str) -> list[Any]:
        """The posts of any status with this title."""
        wanted = quote(f"title:'{title}'")
        status, answer = self.call("GET", f"posts/?filter={wanted}&formats=html&include=tags,email,newsletter&limit=50")
        assert status == 200, answer
        return list(answer["posts"])

    def change(self, title: str, **values: object) -> None:
        """Somebody changes a post in Ghost's own editor."""
        (post,) = self.titled(title)
        body = {"posts": [{**values, "updated_at": post["updated_at"]}]}
        status, answer = self.call("PUT", f"posts/{post['id']}/", body)
        assert status == 200, answer

    def tags(self, name: str) -> list[str]:
        wanted = quote(f"name:~'{name}'")
        status, answer = self.call("GET", f"tags/?filter={wanted}&limit=50")
        assert status == 200, answer
        return [tag["name"] for tag in answer["tags"]]


@pytest.fixture
def owner(ghost_site: Site) -> Owner:
    return Owner(ghost_site)


@pytest.fixture
def proxy(ghost_site: Site) -> Iterator[Proxy]:
    with in_front_of(ghost_site.url) as proxy:
        yield proxy


@pytest.fixture
def word() -> str:
    """A word that no other post has."""
    return f"zebra{secrets.token_hex(4)}"


async def opened(http: Http, site: Site, url: str = "", key: str = "", **more: Any) -> Any:
    answers = {"server": url or site.url, "key": key or site.key}
    signed_in = await Ghost(Account(0, "ghost", "", "", ""), NOTHING, http).sign_in(answers)
    who = signed_in.identity
    account = Account(1, "ghost", who.name, who.handle, who.server, who.remote_id, who.avatar_url, who.facts)
    return Ghost(account, signed_in.credential, http, **more)


def segment(title: str, text: str = "Words.", **more: Any) -> Segment:
    return Segment(title, article=ArticleToSend(title, markdown.to_html(text), **more), created=datetime.now(UTC))


def planned(title: str) -> Segment:
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    return segment(title, status="future", publish_at=at)


def new_key(network: Any) -> str:
    return str(network.new_key(time.time_ns() // 1000, secrets.randbelow(1_000_000)))


def fetched(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=60) as answer:
        return bytes(answer.read())


def page(url: str) -> str:
    return fetched(url).decode()


class TestSignIn:
    async def test_the_key_of_an_integration_and_of_a_person(self, http: Http, ghost_site: Site) -> None:
        host = ghost_site.url.partition("://")[2]
        integration = await opened(http, ghost_site, f"{host}/ghost/#/settings")
        assert (integration.account.remote_id, integration.account.handle) == ("site", host)
        assert integration.account.name == "Northwind Pumps"
        person = await opened(http, ghost_site, key=ghost_site.staff)
        assert person.account.handle == f"owner@{host}"
        assert len(person.account.remote_id) == 24

    @pytest.mark.parametrize("part", [0, 1])
    async def test_a_wrong_key(self, http: Http, ghost_site: Site, part: int) -> None:
        halves = ghost_site.key.split(":")
        halves[part] = "0" * len(halves[part])
        with pytest.raises(AuthExpired):
            await opened(http, ghost_site, key=":".join(halves))

    @pytest.mark.parametrize("hours", [-9, 9])
    async def test_a_wrong_clock(self, http: Http, ghost_site: Site, hours: int) -> None:
        def wrong() -> datetime:
            return datetime.now(UTC) + timedelta(hours=hours)

        network = await opened(http, ghost_site, now=wrong)
        assert (await network.whoami()).remote_id == "site"


class TestArticles:
    async def test_everything_arrives(self, http: Http, ghost_site: Site, owner: Owner, word: str) -> None:
        network = await opened(http, ghost_site)
        await network.publish(segment(f"First {word}", tags=(f"{word} News",)), new_key(network))
        data = picture(word, 640, 360)
        top = await network.upload(MediaFile("a" * 64, "image/png", data, "A pump’s “heart”", 640, 360, "top.png"))
        text = f"{BODY}\n![A chart of answers]({top.url})\n"
        more = {"slug": f"basics-{word}", "excerpt": "What buyers keep & quote."}
        whole = segment(
            f"Basics {word}", text, categories=("Field notes",), tags=(f"{word} news", "O'Hare's"), featured=top, **more
        )
        key = new_key(network)
        receipt = await network.publish(whole, key)
        assert receipt.permalink == f"{ghost_site.url}/basics-{word}/"
        (post,) = owner.titled(f"Basics {word}")
        assert (post["status"], post["custom_excerpt"]) == ("published", "What buyers keep & quote.")
        assert (post["feature_image"], post["feature_image_alt"]) == (top.url, "A pump’s “heart”")
        assert [tag["name"] for tag in post["tags"]] == ["Field notes", f"{word} News", "O'Hare's", f"#{key}"]
        assert owner.tags(word) == [f"{word} News"]
        assert fetched(top.url).startswith(b"\x89PNG")
        self._shows_everything(post["html"])
        shown = page(receipt.permalink)
        self._shows_everything(shown)
        for seen_by_readers in (shown, page(f"{ghost_site.url}/rss/"), page(ghost_site.url)):
            assert word in seen_by_readers
            # themes name a post's tags in its class attribute; nobody reads those
            assert key not in re.sub(r"<[^>]*>", "", seen_by_readers)

    @staticmethod
    def _shows_everything(html: str) -> None:
        assert 'href="https://example.com/a?b=1&c=2' in unescape(html)
        assert "Then what?</h2>" in html
        assert "<strong>question</strong>" in html
        assert "And who asked it." in html
        assert "what &lt;buyers&gt; keep" in html
        assert '<code class="language-python">print(' in html
        assert "1 < 2" in unescape(html)
        assert "<td>12</td>" in html
        assert 'alt="A chart of answers"' in html

    async def test_drafts_and_planned_articles_and_no_mail(
        self, http: Http, ghost_site: Site, owner: Owner, word: str
    ) -> None:
        network = await opened(http, ghost_site)
        when = (datetime.now(UTC) + timedelta(days=3)).replace(microsecond=0)
        wanted = {"draft": segment(f"{word} draft", status="draft"), "published": segment(f"{word} published")}
        wanted["scheduled"] = segment(f"{word} scheduled", status="future", publish_at=when)
        for status, one in wanted.items():
            key = new_key(network)
            receipt = await network.publish(one, key)
            assert await network.find(one, key) == receipt
            (post,) = owner.titled(f"{word} {status}")
            assert post["status"] == status
            assert (post["email"], post["newsletter"], post["email_only"]) == (None, None, False)
        assert owner.titled(f"{word} scheduled")[0]["published_at"] == f"{when:%Y-%m-%dT%H:%M:%S}.000Z"
        drafts = (await network.fetch(Source(1, "ghost", "drafts", 1), "", 50)).entries
        assert {f"{word} draft", f"{word} scheduled"} <= {entry.title for entry in drafts}
        posts = (await network.fetch(Source(1, "ghost", "posts", 1), "", 50)).entries
        assert [e.title for e in posts if word in e.title] == [f"{word} published"]

    async def test_a_time_that_has_passed_or_is_near(
        self, http: Http, ghost_site: Site, owner: Owner, word: str
    ) -> None:
        network = await opened(http, ghost_site)
        for name, seconds in (("past", -3600), ("near", 15)):
            at = datetime.now(UTC) + timedelta(seconds=seconds)
            await network.publish(segment(f"{word} {name}", status="future", publish_at=at), new_key(network))
        assert owner.titled(f"{word} past")[0]["status"] == "published"
        assert owner.titled(f"{word} near")[0]["status"] == "scheduled"

    async def test_what_is_planned_waits_and_is_out_when_ghost_publishes_it(
        self, http: Http, ghost_site: Site, owner: Owner, word: str
    ) -> None:
        network, one = await opened(http, ghost_site), planned(word)
        key = new_key(network)
        receipt = await network.publish(one, key)
        assert receipt.publish_at == (one.article and one.article.publish_at)
        assert await network.scheduled(receipt) is None
        later = receipt.publish_at + timedelta(hours=5)
        owner.change(word, published_at=f"{later:%Y-%m-%dT%H:%M:%S}.000Z")
        assert (await network.scheduled(receipt)).publish_at == later
        owner.change(word, status="published")
        out = await network.scheduled(receipt)
        assert (out.remote_id, out.publish_at, "/p/" in out.permalink) == (receipt.remote_id, None, False)
        assert word in page(out.permalink)
        assert await network.find(one, key) == out
        with pytest.raises(Rejected) as caught:
            await network.unschedule(receipt)
        assert caught.value.reason == "published"
        assert owner.titled(word)[0]["status"] == "published"

    async def test_what_is_planned_is_taken_back_and_planned_again(
        self, http: Http, ghost_site: Site, owner: Owner, word: str
    ) -> None:
        network, one = await opened(http, ghost_site), planned(word)
        receipt = await network.publish(one, new_key(network))
        for _ in range(2):
            await network.unschedule(receipt)
        assert owner.titled(word) == []
        with pytest.raises(Rejected) as caught:
            await network.scheduled(receipt)
        assert caught.value.reason == "not_found"
        again = await network.publish(one, new_key(network))
        assert (again.publish_at, owner.titled(word)[0]["slug"]) == (receipt.publish_at, word)

    async def test_what_was_changed_there_is_a_draft_when_taken_back(
        self, http: Http, ghost_site: Site, owner: Owner, word: str
    ) -> None:
        network = await opened(http, ghost_site)
        receipt = await network.publish(planned(word), new_key(network))
        await asyncio.sleep(6)  # what changes in the first seconds is Ghost's own doing
        owner.change(word, custom_excerpt="Somebody's words")
        await network.unschedule(receipt)
        (post,) = owner.titled(word)
        assert (post["status"], post["custom_excerpt"]) == ("draft", "Somebody's words")
        with pytest.raises(Rejected) as caught:
            await network.scheduled(receipt)
        assert caught.value.reason == "not_found"

    @pytest.mark.parametrize("name", ["it's", "a\\b", "(x), [y]: -z+", "50%", "Größe", "C#", "a_b"])
    async def test_tags_with_every_character_are_made_once(
        self, http: Http, ghost_site: Site, owner: Owner, word: str, name: str
    ) -> None:
        network = await opened(http, ghost_site)
        for number in range(2):
            await network.publish(segment(f"{word} {number}", tags=(f"{word} {name}",)), new_key(network))
        assert owner.tags(word) == [f"{word} {name}"]
        assert owner.titled(f"{word} 1")[0]["tags"][0]["name"] == f"{word} {name}"

    async def test_deleting_is_for_good_and_may_be_repeated(
        self, http: Http, ghost_site: Site, owner: Owner, word: str
    ) -> None:
        network, one = await opened(http, ghost_site), segment(word)
        key = new_key(network)
        receipt = await network.publish(one, key)
        await network.delete(receipt.remote_id, receipt.refs)
        await network.delete(receipt.remote_id, receipt.refs)
        assert owner.titled(word) == []
        assert await network.find(one, key) is None


class TestReading:
    async def test_what_is_new_and_what_came_before(self, http: Http, ghost_site: Site, word: str) -> None:
        network, source = await opened(http, ghost_site), Source(1, "ghost", "posts", 1)
        for number in range(5):
            await network.publish(segment(f"{word} {number}", tags=("B2B",)), new_key(network))
        first = await network.fetch(source, "", 3)
        assert len(first.entries) == 3
        whole = await network.fetch(source, "", 100)
        assert (await network.fetch(source, whole.cursor, 3)).unchanged
        everything = whole.entries
        older, keys = first.older, [entry.key for entry in first.entries]
        while older and len(keys) <= len(everything):
            more = await network.fetch_older(source, older, 3)
            keys, older = [*keys, *(entry.key for entry in more.entries)], more.older
        assert len(keys) == len(set(keys)) == len(everything)
        await network.publish(segment(f"{word} new", "Brand *new*."), new_key(network))
        (entry,) = (await network.fetch(source, whole.cursor, 3)).entries
        assert (entry.title, entry.text, entry.author.name) == (f"{word} new", "Brand new.", "Owner")
        assert entry.published is not None
        assert abs(entry.published - datetime.now(UTC)) < timedelta(minutes=1)

    async def test_pages(self, http: Http, ghost_site: Site) -> None:
        network = await opened(http, ghost_site)
        entries = (await network.fetch(Source(1, "ghost", "pages", 1), "", 10)).entries
        assert [(e.title, e.refs["kind"]) for e in entries] == [("About this site", "page")]

    async def test_tags_to_choose_from(self, http: Http, ghost_site: Site) -> None:
        network = await opened(http, ghost_site)
        await network.publish(segment("Chosen", tags=("Choice",)), new_key(network))
        names = [name for name, _ in await network.choices("article", "tags")]
        assert "Choice" in names
        assert not [name for name in names if name.startswith("#")]


class TestRefusals:
    async def test_each_has_its_reason(self, http: Http, ghost_site: Site) -> None:
        network = await opened(http, ghost_site)
        broken = MediaFile("b" * 64, "image/png", b"no picture at all", name="b.png")
        with pytest.raises(Rejected) as caught:
            await network.upload(broken)
        assert caught.value.reason == "media_type"
        long_slug = segment("Long", slug="x" * 300)
        assert (await network.publish(long_slug, new_key(network))).permalink

    async def test_no_ghost_there(self, http: Http, ghost_site: Site) -> None:
        with in_front_of("http://127.0.0.1:9") as proxy:
            proxy.answer_all(404)
            with pytest.raises(Rejected) as caught:
                await opened(http, ghost_site, proxy.url)
        assert caught.value.reason == "no_ghost"


class TestOnce:
    @pytest.mark.parametrize("what", ["question", "answer", "half"])
    async def test_whatever_is_lost(
        self, http: Http, ghost_site: Site, owner: Owner, proxy: Proxy, word: str, what: str
    ) -> None:
        network, one = await opened(http, ghost_site, proxy.url), segment(word)
        key = new_key(network)
        proxy.lose(what, "POST", POSTS)
        with pytest.raises(OutcomeUnknown):
            await network.publish(one, key)
        found = await network.find(one, key)
        assert (found is None) == (what == "question")
        receipt = await network.publish(one, key)
        assert found in (None, receipt)
        assert [post["id"] for post in owner.titled(word)] == [receipt.remote_id]

    async def test_a_look_that_fails_never_says_no(self, http: Http, ghost_site: Site, proxy: Proxy, word: str) -> None:
        network = await opened(http, ghost_site, proxy.url)
        proxy.lose("answer", "GET", POSTS)
        with pytest.raises(Unreachable):
            await network.find(segment(word), new_key(network))

    async def test_two_requests_with_one_key_leave_one_post(
        self, http: Http, ghost_site: Site, owner: Owner, proxy: Proxy, word: str
    ) -> None:
        """The first was on its way for longer than we waited."""
        network, one = await opened(http, ghost_site, proxy.url), segment(word)
        key = new_key(network)
        first = await network.publish(one, key)
        posts = network._publisher._client
        body = await network._publisher._body(one.article, key)
        await posts.create("posts/", {"posts": [body]}, [("source", "html")])
        assert len(owner.titled(word)) == 2
        assert await network.find(one, key) == first
        assert [post["id"] for post in owner.titled(word)] == [first.remote_id]


class TestPractice:
    async def test_ghosts_own_client_finds_no_difference(
        self, work: Path, ghost_site: Site, picture_file: Callable[[str], Path]
    ) -> None:
        image = picture_file(f"{uuid4().hex}.png")  # the site keeps its pictures from one run to the next
        real = await asyncio.to_thread(judge, work, ghost_site.url, ghost_site.key, image)
        async with PracticeGhost(World.load()) as practice:
            key = practice.credentials["key"]
            assert await asyncio.to_thread(judge, work, practice.url, key, image) == real


class TestServices:
    async def test_from_draft_to_receipt(
        self, services: Services, ghost_site: Site, owner: Owner, proxy: Proxy, word: str
    ) -> None:
        answers: Mapping[str, str] = {"server": proxy.url, "key": ghost_site.key}
        account = await services.accounts.sign_in("ghost", answers)
        proxy.lose("answer", "POST", POSTS)
        article = Article(word, BODY, tags=("B2B",))
        saved = await services.composing.save(Draft(account_ids=(account.id,), article=article))
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
        assert [post["url"] for post in owner.titled(word)] == [delivery.permalink]


class TestCommandLine:
    def test_an_article_with_everything(
        self,
        program: RecordedProgram,
        ghost_site: Site,
        owner: Owner,
        word: str,
        tmp_path: Path,
        picture_file: Callable[[str], Path],
    ) -> None:
        account = program.add_account("ghost", ghost_site.key, server=ghost_site.url)
        assert account["name"] == "Northwind Pumps"
        inside, top = picture_file("chart.png"), picture_file("top.png")
        path = tmp_path / f"{word}.md"
        head = f"excerpt: What buyers keep.\ntags: B2B, {word}\nimage: {top.name}\nimage_alt: A pump\n"
        path.write_text(f"---\n{head}---\n# Basics {word}\n{BODY}\n![A chart of answers]({inside.name})\n")
        [delivery] = program.run("post", "Out now", "--to", account["id"], "--article", path)["deliveries"]
        assert delivery["state"] == "sent"
        (post,) = owner.titled(f"Basics {word}")
        assert (post["url"], post["feature_image_alt"]) == (delivery["permalink"], "A pump")
        TestArticles._shows_everything(post["html"])
        column = program.run("column", "add", "ghost", "posts", "--account", account["id"])
        assert program.run("refresh", column["id"])["new"] >= 1
        assert f"Basics {word}" in {row["entry"]["title"] for row in program.run("timeline", column["id"])}

    def test_a_content_key_is_not_enough(self, program: RecordedProgram, ghost_site: Site) -> None:
        words = program.sign_in_words("ghost", server=ghost_site.url)
        answer = program.try_(*words, answers="97024c781facaa8b598f049ebe\n")
        assert answer.status == 1
        assert answer.err.strip() == "This is not an Admin API key: 24 characters, a colon, 64 characters."
