"""WordPress itself: through the command line, the services and the adapter."""

import asyncio
import base64
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
from socialdesk.core.errors import AuthExpired, OutcomeUnknown, Rejected, Unreachable
from socialdesk.core.post import (
    Article,
    ArticleToSend,
    DeliveryState,
    Draft,
    MediaFile,
    Receipt,
    Segment,
    Target,
)
from socialdesk.core.source import Source
from socialdesk.http import Http
from socialdesk.networks.wordpress.adapter import WordPress
from socialdesk.practice.pictures import picture
from socialdesk.services.bundle import Services
from tests.interop.proxy import Proxy, in_front_of
from tests.interop.rigs.wordpress import Blog
from tests.support.recorded import RecordedProgram

pytestmark = [pytest.mark.interop, pytest.mark.timeout(300)]

POSTS = r"/wp/v2/posts"
BODY = """
The *basics* of [B2B](https://example.com/a?b=1&c=2) & what <buyers> keep.

## Then what?

- Write down the **question**.
- Reply to everyone.

> Most had no answer.

We went through a year of our own campaigns and asked one question of each. Most had no answer. The few that did were
the ones our buyers quoted back to us, and those are the ones that we would write again without a second thought.
"""


IN_TWO_DAYS = timedelta(days=2)


@dataclass
class Visitor:
    """Plain calls of the API, beside the program: what a user of the site sees there."""

    url: str
    user: str = ""
    password: str = ""

    def call(self, method: str, route: str, body: object = None) -> tuple[int, Any]:
        request = urllib.request.Request(f"{self.url}/wp-json/{route}", method=method)
        if self.user:
            pair = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
            request.add_header("Authorization", f"Basic {pair}")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())

    def get(self, route: str) -> Any:
        status, answer = self.call("GET", route)
        assert status == 200, (status, answer)
        return answer

    def posts(self, words: str) -> list[Any]:
        """The posts of any status that have these words; the trash is none."""
        found = self.get(f"wp/v2/posts?status=any&context=edit&per_page=50&search={words}")
        assert isinstance(found, list)
        return found

    def page(self, url: str) -> str:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return str(answer.read().decode())

    def new_password(self) -> str:
        """A fresh application password, for a test that withdraws it."""
        status, made = self.call("POST", "wp/v2/users/me/application-passwords", {"name": secrets.token_hex(4)})
        assert status == 201
        return str(made["password"])


@pytest.fixture
def admin(blog: Blog) -> Visitor:
    return Visitor(blog.url, "admin", blog.passwords["admin"])


@pytest.fixture
def proxy(blog: Blog) -> Iterator[Proxy]:
    with in_front_of(blog.url) as proxy:
        yield proxy


@pytest.fixture
def word() -> str:
    """A word that no other post has."""
    return f"zebra{secrets.token_hex(4)}"


def article_file(folder: Path, word: str, **head: str) -> Path:
    path = folder / f"{word}.md"
    lines = "".join(f"{name}: {value}\n" for name, value in head.items())
    path.write_text(f"---\n{lines}---\n# Basics {word}\n{BODY}")
    return path


def add(program: RecordedProgram, blog: Blog, user: str = "ed", url: str = "") -> int:
    account = program.add_account("wordpress", blog.passwords[user], server=url or blog.url, username=user)
    return int(account["id"])


def deliver_until_sent(program: RecordedProgram) -> Any:
    """What a person's `outbox --deliver` comes to, asked again until nothing is open."""
    until = time.monotonic() + 90
    while True:
        [delivery] = program.run("outbox", "--deliver")[0]["deliveries"]
        if delivery["state"] == "sent" or time.monotonic() > until:
            assert delivery["state"] == "sent", delivery
            return delivery


class TestCommandLine:
    def test_sign_in_and_out(self, program: RecordedProgram, blog: Blog, admin: Visitor) -> None:
        password = admin.new_password()
        account = program.add_account("wordpress", password, server=blog.url, username="admin")
        assert (account["handle"], account["server"], account["name"]) == ("admin", blog.url, "Northwind Pumps")
        assert Visitor(blog.url, "admin", password).call("GET", "wp/v2/users/me")[0] == 200
        program.run("account", "remove", account["id"])
        assert Visitor(blog.url, "admin", password).call("GET", "wp/v2/users/me")[0] == 401
        assert program.run("account", "list") == []

    @pytest.mark.parametrize(("user", "password"), [("admin", "aaaa bbbb cccc dddd eeee ffff"), ("nobody", "wrong")])
    def test_a_wrong_password(self, program: RecordedProgram, blog: Blog, user: str, password: str) -> None:
        words = program.sign_in_words("wordpress", server=blog.url, username=user)
        answer = program.try_(*words, answers=password + "\n")
        assert (answer.status, answer.out) == (1, "")
        assert answer.err.strip() == "The site did not recognise you. Check user name and application password."
        assert program.run("account", "list") == []

    def test_no_wordpress_there(self, program: RecordedProgram) -> None:
        with in_front_of("http://127.0.0.1:9") as proxy:
            proxy.answer_all(404)
            words = program.sign_in_words("wordpress", server=proxy.url, username="admin")
            answer = program.try_(*words, answers="aaaa bbbb\n")
        assert (answer.status, answer.out) == (1, "")
        assert answer.err.strip() == "There is no WordPress at this address, or its API is switched off."

    def test_an_article_with_everything(
        self,
        program: RecordedProgram,
        blog: Blog,
        admin: Visitor,
        word: str,
        tmp_path: Path,
        picture_file: Callable[[str], Path],
    ) -> None:
        account = add(program, blog)
        inside, top = picture_file("chart.png"), picture_file("top.png")
        head = {
            "slug": f"basics-{word}",
            "excerpt": "What buyers keep & quote.",
            "categories": "Field notes, Pumps & valves",
            "tags": f"B2B, {word}",
            "image": top.name,
            "image_alt": "A pump’s “heart”",
        }
        path = article_file(tmp_path, word, **head)
        path.write_text(path.read_text() + f"\n![A chart of answers]({inside.name})\n")
        [delivery] = program.run("post", "Out now", "--to", account, "--article", path)["deliveries"]
        assert delivery["state"] == "sent"
        post = admin.get(f"wp/v2/posts/{delivery['remote_id']}?context=edit")
        assert (post["title"]["raw"], post["slug"], post["status"]) == (f"Basics {word}", f"basics-{word}", "publish")
        assert post["excerpt"]["raw"] == "What buyers keep &amp; quote."
        names = {term["name"] for t in ("categories", "tags") for term in admin.get(f"wp/v2/{t}?post={post['id']}")}
        assert names == {"Field notes", "Pumps &amp; valves", "B2B", word}
        featured = admin.get(f"wp/v2/media/{post['featured_media']}")
        assert (featured["alt_text"], featured["media_details"]["width"]) == ("A pump’s “heart”", 640)
        assert admin.get("wp/v2/users/me")["id"] != post["author"]
        shown = admin.page(delivery["permalink"])
        assert '<a href="https://example.com/a?b=1&amp;c=2">B2B</a>' in shown
        assert "Then what?</h2>" in shown
        assert "<strong>question</strong>" in shown
        assert "what &lt;buyers&gt; keep" in shown
        [image] = [m for m in admin.get("wp/v2/media") if m["source_url"] in post["content"]["raw"]]
        assert 'alt="A chart of answers"' in post["content"]["raw"]
        with urllib.request.urlopen(image["source_url"]) as answer:
            assert answer.read(4) == b"\x89PNG"

    def test_drafts_and_planned_posts(
        self, program: RecordedProgram, blog: Blog, admin: Visitor, word: str, tmp_path: Path
    ) -> None:
        account = add(program, blog)
        when = (datetime.now(UTC) + timedelta(days=3)).replace(microsecond=0)
        draft = article_file(tmp_path, f"{word}d", status="draft")
        future = article_file(tmp_path, f"{word}f", status="future", publish_at=when.isoformat())
        for path, state in ((draft, "sent"), (future, "scheduled")):
            [delivery] = program.run("post", "Later", "--to", account, "--article", path)["deliveries"]
            assert delivery["state"] == state
        found = {post["title"]["raw"]: post for post in admin.posts(word)}
        assert found[f"Basics {word}d"]["status"] == "draft"
        assert found[f"Basics {word}f"]["status"] == "future"
        assert found[f"Basics {word}f"]["date_gmt"] == f"{when:%Y-%m-%dT%H:%M:%S}"
        assert Visitor(blog.url).get(f"wp/v2/posts?search={word}") == []
        program.run("column", "add", "wordpress", "drafts", "--account", account)
        program.run("refresh")
        titles = {row["entry"]["title"] for row in program.run("timeline", 1)}
        assert {f"Basics {word}d", f"Basics {word}f"} <= titles

    def test_read_back_save_and_read_with_the_site_gone(
        self, program: RecordedProgram, blog: Blog, word: str, tmp_path: Path, picture_file: Callable[[str], Path]
    ) -> None:
        with in_front_of(blog.url) as proxy:
            account = add(program, blog, url=proxy.url)
            path = article_file(tmp_path, word, tags="B2B")
            path.write_text(path.read_text() + f"\n![A chart]({picture_file('c.png').name})\n")
            [delivery] = program.run("post", "Out", "--to", account, "--article", path)["deliveries"]
            column = program.run("column", "add", "wordpress", "posts", "--account", account)
            assert program.run("refresh", column["id"])["new"] >= 1
            row = next(r for r in program.run("timeline", column["id"]) if r["entry"]["title"] == f"Basics {word}")
            assert row["entry"]["url"] == delivery["permalink"]
            assert row["entry"]["tags"] == ["B2B"]
            assert "Reply to everyone." in row["entry"]["text"]
            saved = program.run("save", delivery["permalink"])
        with pytest.raises(urllib.error.URLError):
            urllib.request.urlopen(delivery["permalink"])
        item = program.run("read", saved["id"])
        assert item["title"] == f"Basics {word}"
        assert "We went through a year of our own campaigns" in item["text"]
        assert len(item["pictures"]) == 1
        assert program.run("search", word)[0]["title"] == f"Basics {word}"
        # and the columns still show what they had
        answer = program.try_("refresh")
        assert answer.status == 1
        assert "The server could not be reached." in answer.err
        assert any(r["entry"]["title"] == f"Basics {word}" for r in program.run("timeline", column["id"]))

    @pytest.mark.parametrize(
        ("what", "method", "path"),
        [
            ("answer", "POST", rf"{POSTS}$"),
            ("half", "POST", rf"{POSTS}$"),
            ("question", "POST", rf"{POSTS}$"),
            ("answer", "POST", r"/wp/v2/media$"),
            ("answer", "POST", r"/wp/v2/tags$"),
            ("answer", "GET", rf"{POSTS}\?"),
        ],
    )
    def test_exactly_once_whatever_is_lost(
        self,
        program: RecordedProgram,
        blog: Blog,
        admin: Visitor,
        proxy: Proxy,
        word: str,
        tmp_path: Path,
        picture_file: Callable[[str], Path],
        what: str,
        method: str,
        path: str,
    ) -> None:
        account = add(program, blog, url=proxy.url)
        image = picture_file(f"{word}.png").name
        article = article_file(tmp_path, word, tags=word, image=image, image_alt="Once")
        proxy.lose(what, method, path)
        program.try_("post", "Once", "--to", account, "--article", article, "--json")
        assert proxy.spent
        delivery = deliver_until_sent(program)
        [post] = admin.posts(word)
        assert (str(post["id"]), post["link"].rpartition("/2")[2]) == (
            delivery["remote_id"],
            delivery["permalink"].rpartition("/2")[2],
        )
        assert len(admin.get(f"wp/v2/media?search={word}")) == 1
        assert len(admin.get(f"wp/v2/tags?search={word}")) == 1

    def test_a_post_in_doubt_is_not_sent_again_by_hand(
        self, program: RecordedProgram, blog: Blog, admin: Visitor, proxy: Proxy, word: str, tmp_path: Path
    ) -> None:
        account = add(program, blog, url=proxy.url)
        proxy.lose("answer", "POST", rf"{POSTS}$")
        answer = program.try_("post", "", "--to", account, "--article", article_file(tmp_path, word), "--json")
        [delivery] = answer.json["deliveries"]
        assert (answer.status, delivery["state"]) == (1, "in_doubt")
        refused = program.try_("outbox", "--retry", delivery["id"])
        assert (refused.status, refused.err.strip()) == (1, "This post may be out already. Check first.")
        deliver_until_sent(program)
        assert len(admin.posts(word)) == 1

    def test_a_withdrawn_password(
        self, program: RecordedProgram, blog: Blog, admin: Visitor, word: str, tmp_path: Path
    ) -> None:
        password = admin.new_password()
        account = program.add_account("wordpress", password, server=blog.url, username="admin")["id"]
        program.run("column", "add", "wordpress", "drafts", "--account", account)
        program.run("refresh")
        withdrawn = Visitor(blog.url, "admin", password)
        about = withdrawn.get("wp/v2/users/me/application-passwords/introspect")
        assert admin.call("DELETE", f"wp/v2/users/me/application-passwords/{about['uuid']}")[0] == 200
        answer = program.try_("refresh")
        assert (answer.status, "Sign in again." in answer.err) == (1, True)
        answer = program.try_("post", "", "--to", account, "--article", article_file(tmp_path, word), "--json")
        [delivery] = answer.json["deliveries"]
        assert (answer.status, delivery["state"]) == (1, "sign_in")
        assert program.run("account", "list")[0]["needs_sign_in"]
        assert program.try_("doctor").status == 1
        again = program.add_account("wordpress", blog.passwords["admin"], server=blog.url, username="admin")
        assert (again["id"], again["needs_sign_in"]) == (account, False)
        answer = program.run("outbox", "--retry", delivery["id"])
        assert answer[0]["deliveries"][0]["state"] == "sent"
        assert len(admin.posts(word)) == 1

    def test_who_may_not_publish(
        self, program: RecordedProgram, blog: Blog, admin: Visitor, word: str, tmp_path: Path
    ) -> None:
        account = add(program, blog, "sub")
        answer = program.try_("post", "", "--to", account, "--article", article_file(tmp_path, word))
        assert answer.status == 1
        assert "The account may not do this." in answer.out + answer.err
        assert admin.posts(word) == []


class TestServices:
    async def test_an_article_comes_back_and_goes(
        self, services: Services, blog: Blog, admin: Visitor, word: str
    ) -> None:
        account = await sign_in(services, blog)
        article = Article(f"Basics {word}", BODY, tags=("B2B",))
        publication = await publish(services, Draft(text="Out", account_ids=(account,), article=article))
        [delivery] = publication.deliveries
        assert delivery.state is DeliveryState.SENT
        column = await services.columns.add("Posts", "wordpress", (Source(0, "wordpress", "posts", account),))
        await services.refresh.now(column.id)
        rows = await services.reading.page(column.id, None, 50)
        assert any(row.entry.url == delivery.permalink for row in rows)
        await services.publishing.delete_post(delivery.id)
        assert admin.posts(word) == []
        await services.publishing.delete_post(delivery.id)
        assert (await services.publishing.delivery(delivery.id)).state is DeliveryState.CANCELLED

    async def test_comments_are_an_inbox_that_answers(
        self, services: Services, blog: Blog, admin: Visitor, word: str
    ) -> None:
        account = await sign_in(services, blog)
        asked = Article(f"Ask {word}", BODY)
        publication = await publish(services, Draft(account_ids=(account,), article=asked))
        post = publication.deliveries[0].parts[0].receipt
        assert post is not None
        body = {"post": int(post.remote_id), "content": f"How long did <b>{word}</b> take?"}
        status, comment = admin.call("POST", "wp/v2/comments", body)
        assert status == 201
        column = await services.columns.add("Inbox", "inbox", (Source(0, "wordpress", "comments", account),))
        await services.refresh.now(column.id)
        rows = await services.reading.page(column.id, None, 50)
        entry = next(row.entry for row in rows if word in row.entry.text)
        assert (entry.author.name, entry.text) == ("admin", f"How long did {word} take?")
        thread = await services.reading.thread(rows[0].entry_id)
        assert any(word in one.text for one in thread)
        target = Target(entry.remote_id, entry.refs, account_id=account)
        answer = Draft(text=f"Three weeks, {word} & a day", account_ids=(account,), reply_to=target)
        answered = await publish(services, answer)
        assert answered.deliveries[0].state is DeliveryState.SENT
        [reply] = [c for c in admin.get(f"wp/v2/comments?post={post.remote_id}") if c["parent"] == comment["id"]]
        assert reply["content"]["rendered"].strip() == f"<p>Three weeks, {word} &amp; a day</p>"
        await services.publishing.delete_post(answered.deliveries[0].id)
        left = admin.get(f"wp/v2/comments?post={post.remote_id}")
        assert [c["id"] for c in left] == [comment["id"]]


class TestAdapter:
    async def test_a_repeat_is_the_same_post(self, http: Http, blog: Blog, admin: Visitor, word: str) -> None:
        network = await opened(http, blog)
        segment, key = piece(word), network.new_key(time.time_ns() // 1000, 7)
        assert await network.find(segment, key) is None
        receipts = [await network.publish(segment, key) for _ in range(3)]
        assert receipts[0] == receipts[1] == receipts[2] == await network.find(segment, key)
        assert len(admin.posts(word)) == 1

    async def test_a_taken_slug_is_another_post(self, http: Http, blog: Blog, admin: Visitor, word: str) -> None:
        network = await opened(http, blog)
        keys = [network.new_key(time.time_ns() // 1000, n) for n in range(2)]
        first, second = [await network.publish(piece(word), key) for key in keys]
        assert first.remote_id != second.remote_id
        assert (await network.find(piece(word), keys[0]), await network.find(piece(word), keys[1])) == (first, second)
        assert len(admin.posts(word)) == 2

    async def test_what_is_planned_waits_and_is_taken_back(
        self, http: Http, blog: Blog, admin: Visitor, word: str
    ) -> None:
        network = await opened(http, blog)
        await planned_and_taken_back(network, admin, piece(word, "future", IN_TWO_DAYS))

    async def test_what_is_planned_is_out_in_its_time(self, http: Http, blog: Blog, admin: Visitor, word: str) -> None:
        network = await opened(http, blog)
        await planned_and_published(network, admin, piece(word, "future", IN_TWO_DAYS), word, by_hand=False)

    async def test_two_at_the_same_time_are_one(self, http: Http, blog: Blog, admin: Visitor, word: str) -> None:
        network = await opened(http, blog)
        key = network.new_key(time.time_ns() // 1000, 3)
        await asyncio.gather(*(network.publish(piece(word), key) for _ in range(2)), return_exceptions=True)
        found = await network.find(piece(word), key)
        assert isinstance(found, Receipt)
        assert [str(post["id"]) for post in admin.posts(word)] == [found.remote_id]

    @pytest.mark.parametrize("status", ["publish", "draft"])
    async def test_a_copy_that_somebody_made_stays_and_a_repetition_goes(
        self, http: Http, blog: Blog, admin: Visitor, word: str, status: str
    ) -> None:
        """The editor's copy is a new draft with the same blocks, the key among them; it has no slug yet."""
        network = await opened(http, blog)
        segment, key = piece(word, status), network.new_key(time.time_ns() // 1000, 4)
        receipt = await network.publish(segment, key)
        first = admin.get(f"wp/v2/posts/{receipt.remote_id}?context=edit")
        same = {"title": first["title"]["raw"], "content": first["content"]["raw"], "author": first["author"]}
        _, copy = admin.call("POST", "wp/v2/posts", {**same, "status": "draft"})
        _, again = admin.call("POST", "wp/v2/posts", {**same, "status": status, "slug": first["slug"]})
        assert await network.find(segment, key) == receipt
        assert {post["id"] for post in admin.posts(word)} == {first["id"], copy["id"]}
        assert admin.get(f"wp/v2/posts/{again['id']}?context=edit")["status"] == "trash"

    @pytest.mark.parametrize(("what", "there"), [("answer", True), ("half", True), ("question", False)])
    async def test_looking_for_what_was_lost(
        self, http: Http, blog: Blog, proxy: Proxy, word: str, what: str, there: bool
    ) -> None:
        network = await opened(http, blog, proxy.url)
        key = network.new_key(time.time_ns() // 1000, 5)
        proxy.lose(what, "POST", rf"{POSTS}$")
        with pytest.raises(OutcomeUnknown):
            await network.publish(piece(word), key)
        found = await network.find(piece(word), key)
        assert (found is not None) == there
        proxy.lose("answer", "GET", POSTS)
        with pytest.raises(Unreachable):
            await network.find(piece(word), key)

    async def test_a_picture_is_uploaded_once(self, http: Http, blog: Blog, admin: Visitor, word: str) -> None:
        network = await opened(http, blog)
        file = MediaFile(f"{word:0<64}", "image/png", picture(word, 300, 200), "Alt", 300, 200, f"{word}.png")
        first, second = await network.upload(file), await network.upload(file)
        assert (first.ref, first.alt, first.width, first.height) == (second.ref, "Alt", 300, 200)
        assert [str(m["id"]) for m in admin.get(f"wp/v2/media?search={word}")] == [first.ref]

    async def test_refused_without_effect(self, http: Http, blog: Blog, admin: Visitor, word: str) -> None:
        network = await opened(http, blog)
        stale = WordPress(network.account, type(NOTHING)({"username": "ed", "password": "wrong"}), http)
        with pytest.raises(AuthExpired):
            await stale.publish(piece(word), stale.new_key(1, 1))
        assert admin.posts(word) == []


def piece(word: str, status: str = "publish", ahead: timedelta | None = None) -> Segment:
    at = datetime.now(UTC).replace(microsecond=0) + ahead if ahead else None
    article = ArticleToSend(f"Basics {word}", "<p>The basics of B2B.</p>", status=status, publish_at=at)
    return Segment("", article=article, created=datetime.now(UTC))


async def planned_and_taken_back(network: Any, admin: Visitor, segment: Segment) -> None:
    """Planned, moved in WordPress, taken back into the trash, planned again under the same address."""
    keys = [network.new_key(time.time_ns() // 1000, number) for number in range(2)]
    receipt = await network.publish(segment, keys[0])
    assert receipt.publish_at == segment.article.publish_at
    assert await network.scheduled(receipt) is None
    assert await network.find(segment, keys[0]) == receipt
    later = receipt.publish_at + timedelta(hours=5)
    post = f"wp/v2/posts/{receipt.remote_id}"
    assert admin.call("POST", post, {"date_gmt": f"{later:%Y-%m-%dT%H:%M:%S}"})[0] == 200
    assert (await network.scheduled(receipt)).publish_at == later
    slug = admin.get(f"{post}?context=edit")["slug"]
    for _ in range(2):
        await network.unschedule(receipt)
    assert admin.get(f"{post}?context=edit")["status"] == "trash"
    with pytest.raises(Rejected) as caught:
        await network.scheduled(receipt)
    assert caught.value.reason == "not_found"
    assert await network.find(segment, keys[0]) is None
    again = await network.publish(segment, keys[1])
    assert admin.get(f"wp/v2/posts/{again.remote_id}?context=edit")["slug"] == slug
    assert admin.call("DELETE", f"wp/v2/posts/{again.remote_id}?force=true")[0] == 200
    with pytest.raises(Rejected) as caught:
        await network.scheduled(again)
    assert caught.value.reason == "not_found"
    await network.unschedule(again)


async def planned_and_published(network: Any, admin: Visitor, segment: Segment, word: str, *, by_hand: bool) -> None:
    """Planned, and out `by_hand` or when WordPress publishes it: the receipt has the address that readers see."""
    key = network.new_key(time.time_ns() // 1000, 9)
    receipt = await network.publish(segment, key)
    post, soon = f"wp/v2/posts/{receipt.remote_id}", datetime.now(UTC)
    if by_hand:
        moved = {"status": "publish", "date_gmt": f"{soon:%Y-%m-%dT%H:%M:%S}"}
        assert admin.call("POST", post, moved)[1]["status"] == "publish"
    else:
        soon += timedelta(seconds=63)  # what is less than a minute ahead WordPress publishes at once
        assert admin.call("POST", post, {"date_gmt": f"{soon:%Y-%m-%dT%H:%M:%S}"})[1]["status"] == "future"
        assert (await network.scheduled(receipt)).publish_at == soon.replace(microsecond=0)
        await asyncio.sleep(66)
        late = await network.scheduled(receipt)
        assert late.publish_at == soon.replace(microsecond=0), "its time went by, but WordPress has not published it"
        admin.page(f"{admin.url}/wp-cron.php")  # what does so, where a site runs it by itself
    out = await network.scheduled(receipt)
    assert (out.remote_id, out.publish_at, "?p=" in out.permalink) == (receipt.remote_id, None, False)
    assert word in admin.page(out.permalink)
    assert await network.find(segment, key) == out
    with pytest.raises(Rejected) as caught:
        await network.unschedule(receipt)
    assert caught.value.reason == "published"
    assert admin.get(post)["status"] == "publish"


async def opened(http: Http, blog: Blog, url: str = "") -> Any:
    answers = {"server": url or blog.url, "username": "ed", "password": blog.passwords["ed"]}
    signed_in = await WordPress(Account(0, "wordpress", "", "", ""), NOTHING, http).sign_in(answers)
    who = signed_in.identity
    account = Account(1, "wordpress", who.name, who.handle, who.server, who.remote_id, who.avatar_url, who.facts)
    return WordPress(account, signed_in.credential, http)


async def sign_in(services: Services, blog: Blog) -> int:
    answers = {"server": blog.url, "username": "ed", "password": blog.passwords["ed"]}
    return (await services.accounts.sign_in("wordpress", answers)).id


async def publish(services: Services, draft: Draft) -> Any:
    saved = await services.composing.save(draft)
    publication = await services.publishing.submit(saved.id)
    await services.publishing.start()
    await services.publishing.settle()
    return await services.publishing.publication(publication.id)
