"""The Tumblr adapter against the practice server: the inherited contract, columns, posts of every kind."""

import json
import pickle
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies

from socialdesk.core.account import Account, Credential
from socialdesk.core.entry import MediaKind
from socialdesk.core.errors import AuthExpired, NetworkError, OutcomeUnknown, RateLimited, Rejected, Unreachable
from socialdesk.core.post import ArticleToSend, CardToSend, MediaFile, Segment, Target, Uploaded
from socialdesk.core.source import Source
from socialdesk.http import Http, Response
from socialdesk.networks.tumblr.adapter import Tumblr
from socialdesk.networks.tumblr.articles import blocks_of
from socialdesk.networks.tumblr.composing import content_of, pieces, text_blocks
from socialdesk.networks.tumblr.refusals import refusal
from socialdesk.networks.tumblr.richtext import html_of, text_of
from socialdesk.networks.tumblr.translate import Translator
from socialdesk.practice.server import Fault
from socialdesk.practice.tumblr import PracticeTumblr, build
from socialdesk.practice.world import World, picture
from socialdesk.ui import words
from tests.networks.contract import Later, NetworkContract
from tests.networks.contract_base import ContractHooks
from tests.networks.contract_scheduling import SchedulingContract

WORLD = World.load()


def open_account(server: PracticeTumblr, http: Http, token: str = "", **options: Any) -> Any:
    blog = server.me
    account = Account(1, "tumblr", blog.title, blog.name, server.url, blog.uuid, facts={"blog": blog.name})
    names = ("refresh_token", "client_id", "client_secret")
    secrets = {"access_token": token or server.credentials["token"], **{n: server.credentials[n] for n in names}}
    return Tumblr(account, Credential(secrets), http, **options)


class TumblrHooks(ContractHooks):
    network = Tumblr
    read_path = "/user/dashboard$"
    publish_path = "/posts$"
    renew_path = "^/v2/oauth2/token$"
    threads = False

    def make_server(self) -> PracticeTumblr:
        return build(WORLD, {})

    async def open(self, server: Any, http: Http) -> Any:
        return open_account(server, http, now=Later(minutes=20))

    async def open_with_bad_credential(self, server: Any, http: Http) -> Any:
        return open_account(server, http, token="not-a-token-of-this-server")

    def secrets(self, server: Any) -> tuple[str, ...]:
        return tuple(server.credentials[name] for name in ("token", "refresh_token", "client_secret"))

    async def spent(self, server: Any, http: Http) -> tuple[Account, Credential]:
        opened = open_account(server, http)
        server.oauth.tokens.clear()
        return opened.account, opened._credential

    def source(self, server: Any) -> Source:
        return Source(1, "tumblr", "home", 1)

    def add_post(self, server: Any, text: str) -> None:
        server.add_post(text)

    def segment(self, server: Any, text: str) -> Segment:
        return Segment(text=text, created=datetime.now(UTC))

    def times_posted(self, server: Any, text: str) -> int:
        return sum(post.text == text for post in server.state.listed())

    def times_waiting(self, server: Any, text: str) -> int:
        return sum(post.text == text for post in server.state.listed("queue"))

    def let_time_pass(self, server: Any) -> None:
        for post in server.state.posts.values():
            if post.publish_on:
                post.publish_on = datetime.now(UTC).isoformat()


class TestTumblrContract(TumblrHooks, NetworkContract):
    pass


class TestTumblrArticles(TumblrHooks, SchedulingContract):
    """Articles wait in the queue like short posts. Films do not go with them."""

    test_exactly_once_after_a_fault_at_each_request_of_a_post_with_a_film = None

    def segment(self, server: Any, text: str) -> Segment:
        return segment(text, article=ArticleToSend(text, "<p>Words.</p>"))

    def times_posted(self, server: Any, text: str) -> int:
        return sum(post.content[0].get("text") == text for post in server.state.listed())

    def times_waiting(self, server: Any, text: str) -> int:
        return sum(post.content[0].get("text") == text for post in server.state.listed("queue"))


@pytest.fixture
async def server() -> AsyncIterator[PracticeTumblr]:
    async with build(WORLD, {}) as running:
        yield running


@pytest.fixture
def opened(server: PracticeTumblr, http: Http) -> Any:
    return open_account(server, http)


def key_of(opened: Any) -> str:
    return str(opened.new_key(1_770_000_000_000_000, 7))


def segment(text: str = "", **more: Any) -> Segment:
    return Segment(text, created=datetime.now(UTC), **more)


def source(kind: str, **params: str) -> Source:
    return Source(1, "tumblr", kind, 1, params)


async def entry_of(opened: Any, text: str) -> Any:
    page = await opened.fetch(source("home"), "", 20)
    return next(entry for entry in page.entries if entry.text == text)


def target_of(entry: Any) -> Target:
    return Target(entry.remote_id, entry.refs, entry.author.name, entry.text, entry.url)


async def test_facts_and_rules_can_be_pickled(opened: Any) -> None:
    assert pickle.loads(pickle.dumps(Tumblr.facts)) == Tumblr.facts
    rules = await opened.post_rules()
    assert pickle.loads(pickle.dumps(rules)) == rules


def test_the_facts_load_neither_the_wire_nor_the_adapter() -> None:
    script = (
        "import sys, socialdesk.networks.tumblr\n"
        "print([m for m in sys.modules if m in ('asyncio', 'aiohttp', 'httpx', 'socialdesk.http')"
        " or m.endswith('tumblr.adapter')])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


# columns


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("home", {}),
        ("account", {"account": "@northwind"}),
        ("hashtag", {"tag": "#harbour"}),
    ],
)
async def test_every_column_goes_back_to_its_first_post(
    server: PracticeTumblr, opened: Any, kind: str, params: dict[str, str]
) -> None:
    for number in range(25):
        server.add_post(f"Note {number} #harbour", "northwind", minutes_ago=number // 3)
    if kind == "account":
        params = {"account": server.me.name}
    column, seen = source(kind, **params), set()
    page = await opened.fetch(column, "", 7)
    assert len(page.entries) == 7
    seen |= {entry.key for entry in page.entries}
    for _ in range(40):
        if not page.older:
            break
        page = await opened.fetch_older(column, page.older, 7)
        seen |= {entry.key for entry in page.entries}
    else:
        raise AssertionError("it never ends")
    posts = server.state.listed()
    if kind == "account":
        posts = server.mine()
    elif kind == "hashtag":
        posts = [post for post in posts if "harbour" in post.tags]
    assert seen == {f"tumblr:{post.id}" for post in posts}


async def test_many_new_posts_leave_a_gap_that_is_said(server: PracticeTumblr, opened: Any) -> None:
    first = await opened.fetch(source("home"), "", 10)
    for number in range(60):
        server.add_post(f"Burst {number}")
    page = await opened.fetch(source("home"), first.cursor, 10)
    assert page.gap
    assert page.older
    assert len(page.entries) == 50


async def test_tags_in_the_older_format(server: PracticeTumblr, opened: Any) -> None:
    server.tags_in_npf = False
    server.add_post("Fish &amp; ships #harbour")
    page = await opened.fetch(source("hashtag", tag="harbour"), "", 10)
    assert page.entries[0].text == "Fish & ships #harbour"
    assert page.entries[0].html.startswith("<p>")
    assert page.entries[0].refs["reblog_key"]


async def test_the_queue(server: PracticeTumblr, opened: Any) -> None:
    await opened.publish(segment("Later", visibility="queue"), key_of(opened))
    page = await opened.fetch(source("queue"), "", 10)
    assert [entry.text for entry in page.entries] == ["Later"]


async def test_a_reblog_is_the_post_and_who_brought_it(server: PracticeTumblr, opened: Any) -> None:
    original = server.add_post("An original", minutes_ago=50)
    server.add_post("", "alder" if "alder" in WORLD.by_key else "harbor", content=[], parent=original)
    server.add_post("So true", "harbor", parent=original)
    page = await opened.fetch(source("home"), "", 20)
    bare = next(entry for entry in page.entries if entry.reason is not None)
    assert bare.key == f"tumblr:{original.id}"
    assert bare.text == "An original"
    assert bare.author.handle == original.blog
    assert bare.reason.kind == "reshare"
    assert bare.published < bare.reason.at
    commented = next(entry for entry in page.entries if entry.text == "So true")
    assert commented.quoted is not None
    assert (commented.quoted.text, commented.quoted.author.handle) == ("An original", original.blog)


def test_blocks_of_every_kind_are_shown() -> None:
    size = [{"url": "https://m.example/s.jpg", "width": 100}, {"url": "https://m.example/l.jpg", "width": 1200}]
    content = [
        {"type": "text", "subtype": "heading1", "text": "Title"},
        {
            "type": "text",
            "text": "🚢 bold <link>",
            "formatting": [
                {"type": "bold", "start": 2, "end": 6},
                {"type": "link", "start": 7, "end": 13, "url": "https://a.example/?a=1&b=2"},
                {"type": "bold", "start": 90, "end": 95},
            ],
        },
        {"type": "text", "subtype": "unordered-list-item", "text": "one"},
        {"type": "text", "subtype": "unordered-list-item", "text": "two"},
        {"type": "image", "media": size, "alt_text": "A ship"},
        {"type": "video", "media": {"url": "https://m.example/v.mp4"}, "poster": size},
        {"type": "link", "url": "https://blog.example/", "title": "A blog", "description": "Words"},
        {"type": "poll", "question": "?"},
    ]
    post = {"id": 1, "id_string": "1", "blog_name": "harbor", "timestamp": 1_700_000_000, "content": content}
    entry = Translator("https://api.tumblr.com", "https://www.tumblr.com").entry(post)
    assert entry is not None
    assert "<h2>Title</h2>" in entry.html
    assert '🚢 <b>bold</b> <a href="https://a.example/?a=1&amp;b=2">&lt;link&gt;</a>' in entry.html
    assert "<ul><li>one</li><li>two</li></ul>" in entry.html
    assert [(media.url, media.alt) for media in entry.media] == [
        ("https://m.example/l.jpg", "A ship"),
        ("https://m.example/v.mp4", ""),
    ]
    assert entry.link is not None
    assert entry.link.title == "A blog"


odd = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers() | strategies.text(max_size=8),
    lambda inner: (
        strategies.lists(inner, max_size=3)
        | strategies.dictionaries(
            strategies.sampled_from(["type", "text", "media", "url", "start", "end", "content", "post", "blog", "id"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(strategies.fixed_dictionaries({"id": odd, "content": odd, "trail": odd, "tags": odd, "timestamp": odd}))
def test_odd_posts_harm_nothing(post: dict[str, Any]) -> None:
    Translator("https://api.tumblr.com", "https://www.tumblr.com").entry(post)


# posts


async def test_paragraphs_links_and_tags(server: PracticeTumblr, opened: Any) -> None:
    text = "🚢 Read https://blog.example/a, now.\n\nMore words #inside.\n\n#B2B #Content_Marketing"
    part = segment(text)
    receipt = await opened.publish(part, key_of(opened))
    post = server.mine()[0]
    assert [block["text"] for block in post.content] == ["🚢 Read https://blog.example/a, now.", "More words #inside."]
    assert post.content[0]["formatting"] == [{"start": 7, "end": 29, "type": "link", "url": "https://blog.example/a"}]
    assert post.tags == ("inside", "B2B", "Content_Marketing")
    assert await opened.find(part, key_of(opened)) == receipt


async def test_a_link_post(server: PracticeTumblr, opened: Any) -> None:
    card = CardToSend("https://blog.example/spring/", "Spring", "What we learned")
    part = segment("Read this", card=card)
    receipt = await opened.publish(part, key_of(opened))
    assert server.mine()[0].content[-1] == {
        "type": "link",
        "url": card.url,
        "title": "Spring",
        "description": "What we learned",
    }
    assert await opened.find(replace(part, card=None), key_of(opened)) == receipt
    alone = segment(card=card)
    receipt = await opened.publish(alone, key_of(opened))
    assert await opened.find(replace(alone, card=None), key_of(opened)) == receipt


async def test_a_photo_post_takes_its_pictures_along(server: PracticeTumblr, opened: Any) -> None:
    files = [MediaFile(f"b{n}", "image/png", picture(f"p{n}", 40, 30), f"Alt {n}", 40, 30, f"p{n}.png") for n in (1, 2)]
    media = tuple([await opened.upload(file) for file in files])
    part = segment("Two ships", media=media)
    receipt = await opened.publish(part, key_of(opened))
    blocks = server.mine()[0].content
    assert [(b["type"], b.get("alt_text")) for b in blocks] == [("image", "Alt 1"), ("image", "Alt 2"), ("text", None)]
    assert [found for _, found in server.state.media.values()] == [file.data for file in files]
    plain = replace(part, media=tuple(Uploaded("", m.alt) for m in media))
    assert await opened.find(plain, key_of(opened)) == receipt
    assert (await opened.fetch(source("home"), "", 1)).entries[0].media[0].alt == "Alt 1"


async def test_a_picture_that_is_gone_is_asked_for_again(opened: Any) -> None:
    with pytest.raises(Rejected) as caught:
        await opened.publish(segment("Look", media=(Uploaded("blob:of-another-day"),)), key_of(opened))
    assert caught.value.reason == "media_missing"


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_photo_post_in_doubt_waits_until_the_upload_is_over(
    server: PracticeTumblr, http: Http, when: str
) -> None:
    ahead = timedelta(0)
    opened = open_account(server, http, now=lambda: datetime.now(UTC) + ahead)
    sent = await opened.upload(MediaFile("b", "image/png", picture("p", 40, 30)))
    part = segment("Look", media=(sent,))
    server.faults.add(Fault("close", match="/posts$", method="POST", when=when))
    with pytest.raises(OutcomeUnknown):
        await opened.publish(part, key_of(opened))
    if when == "after":
        assert await opened.find(part, key_of(opened)) is not None
        return
    with pytest.raises(OutcomeUnknown):
        await opened.find(part, key_of(opened))
    ahead = timedelta(seconds=30)
    assert await opened.find(part, key_of(opened)) is None
    await opened.publish(part, key_of(opened))  # the picture is still held
    assert [post.text for post in server.mine()].count("Look") == 1


@pytest.mark.parametrize("state", ["queue", "draft", "private"])
@pytest.mark.parametrize("when", ["before", "after"])
async def test_posts_that_are_not_shown_to_all_in_doubt(
    server: PracticeTumblr, opened: Any, state: str, when: str
) -> None:
    part = segment("Not yet", visibility=state)
    server.faults.add(Fault("close", match="/posts$", method="POST", when=when))
    with pytest.raises(OutcomeUnknown):
        await opened.publish(part, key_of(opened))
    assert len(server.mine(state)) == (when == "after")
    if state == "private":
        with pytest.raises(OutcomeUnknown):
            await opened.find(part, key_of(opened))
        return
    assert (await opened.find(part, key_of(opened)) is not None) == (when == "after")


async def test_a_queued_post_that_has_appeared_is_found(server: PracticeTumblr, opened: Any) -> None:
    part = segment("Soon", visibility="queue")
    await opened.publish(part, key_of(opened))
    published = server.state.publish_queued(server.mine("queue")[0])
    found = await opened.find(part, key_of(opened))
    assert found is not None
    assert found.remote_id == str(published.id)


async def test_a_reblog_with_a_comment(server: PracticeTumblr, opened: Any) -> None:
    original = server.add_post("An original")
    entry = await entry_of(opened, "An original")
    part = segment("We agree", quote=target_of(entry))
    receipt = await opened.publish(part, key_of(opened))
    post = server.mine()[0]
    assert post.parent is original
    assert post.text == "We agree"
    assert await opened.find(part, key_of(opened)) == receipt
    assert await opened.find(replace(part, quote=None), key_of(opened)) is None


async def test_a_reblog_asks_for_what_the_entry_does_not_hold(server: PracticeTumblr, opened: Any) -> None:
    original = server.add_post("An original")
    await opened.publish(segment("Yes", quote=Target(str(original.id), {"blog": original.blog})), key_of(opened))
    assert server.mine()[0].parent is original
    with pytest.raises(Rejected) as caught:
        await opened.publish(segment("Yes", quote=Target("1", {})), key_of(opened))
    assert caught.value.reason == "reblog_not_allowed"


async def test_replies_and_nothing_are_refused(opened: Any) -> None:
    with pytest.raises(Rejected) as caught:
        await opened.publish(segment("Hello", reply_to=Target("1", {})), key_of(opened))
    assert caught.value.reason == "not_supported"
    with pytest.raises(Rejected) as caught:
        await opened.publish(segment("  "), key_of(opened))
    assert caught.value.reason == "empty"
    with pytest.raises(Rejected) as caught:
        await opened.upload(MediaFile("b", "application/pdf", b"%PDF"))
    assert caught.value.reason == "media_type"


async def test_liking_and_reblogging_once(server: PracticeTumblr, opened: Any) -> None:
    original = server.add_post("An original")
    entry = await entry_of(opened, "An original")
    await opened.act("like", entry.remote_id, entry.refs)
    assert (await entry_of(opened, "An original")).mine == {"like"}
    await opened.act("unlike", entry.remote_id, entry.refs)
    assert not server.state.liked
    server.faults.add(Fault("close", match="/posts$", method="POST", when="after"))
    with pytest.raises(Unreachable):
        await opened.act("reshare", entry.remote_id, entry.refs)
    refs = await opened.act("reshare", entry.remote_id, entry.refs)
    assert [post.parent for post in server.mine() if post.parent] == [original]
    refs = await opened.act("unreshare", entry.remote_id, refs)
    assert not [post for post in server.mine() if post.parent]
    await opened.act("unreshare", entry.remote_id, refs)
    with pytest.raises(Rejected):
        await opened.act("bookmark", entry.remote_id, refs)


# articles


HTML = (
    '<h2>Why</h2><p>Some <strong>bold <em>both</em></strong> and <a href="https://a.example/">a link</a>.</p>'
    "<ul><li>one</li><li>two<ol><li>deep</li></ol></li></ul><blockquote><p>Said</p></blockquote>"
    '<p><img src="blob:b1" alt="A ship"></p><pre><code>x = 1\n  y</code></pre><script>bad()</script>'
)


def article(**more: Any) -> ArticleToSend:
    return ArticleToSend("A long piece", HTML, **more)


def test_html_becomes_blocks() -> None:
    assert blocks_of(HTML) == [
        {"type": "text", "text": "Why", "subtype": "heading2"},
        {
            "type": "text",
            "text": "Some bold both and a link.",
            "formatting": [
                {"start": 10, "type": "italic", "end": 14},
                {"start": 5, "type": "bold", "end": 14},
                {"start": 19, "type": "link", "url": "https://a.example/", "end": 25},
            ],
        },
        {"type": "text", "text": "one", "subtype": "unordered-list-item"},
        {"type": "text", "text": "two", "subtype": "unordered-list-item"},
        {"type": "text", "text": "deep", "subtype": "ordered-list-item", "indent_level": 1},
        {"type": "text", "text": "Said", "subtype": "indented"},
        {"type": "image", "media": [{"identifier": "blob:b1"}], "alt_text": "A ship"},
        {"type": "text", "text": "x = 1\n  y"},
    ]


@given(strategies.text(alphabet="ab <>/p&;bi\"'h1=\n", max_size=80))
def test_any_html_makes_blocks_that_the_format_allows(html: str) -> None:
    for block in blocks_of(html):
        for mark in block.get("formatting", ()):
            assert 0 <= mark["start"] < mark["end"] <= len(block["text"])


@given(strategies.text(alphabet="ab \n", min_size=1, max_size=50))
def test_long_text_is_cut_between_words_and_nothing_is_lost(part: str) -> None:
    text = part * (9000 // len(part) + 1)
    cut = pieces({"type": "text", "text": text, "formatting": [{"start": 4000, "end": 4097, "type": "bold"}]})
    assert "".join(piece["text"] for piece in cut) == text
    for piece in cut:
        assert 0 < len(piece["text"]) <= 4096
        assert all(0 <= m["start"] < m["end"] <= len(piece["text"]) for m in piece.get("formatting", ()))


async def test_an_article_with_pictures(server: PracticeTumblr, opened: Any) -> None:
    inside = await opened.upload(MediaFile("b1", "image/png", picture("in", 40, 30)))
    featured = await opened.upload(MediaFile("b2", "image/png", picture("top", 40, 30), "On top"))
    assert inside.url == "blob:b1"
    sent = article(tags=("B2B", "b2b"), categories=("News, today",), slug="a-long-piece", featured=featured)
    part = segment("A long piece", article=sent)
    receipt = await opened.publish(part, key_of(opened))
    post = server.mine()[0]
    assert post.content[0] == {"type": "text", "subtype": "heading1", "text": "A long piece"}
    assert [block.get("alt_text") for block in post.content if block["type"] == "image"] == ["On top", "A ship"]
    assert (post.tags, post.slug) == (("B2B", "News  today"), "a-long-piece")
    plain = replace(part, article=ArticleToSend("A long piece", "", "a-long-piece"))
    assert await opened.find(plain, key_of(opened)) == receipt


async def test_drafts_and_planned_articles(server: PracticeTumblr, opened: Any) -> None:
    inside = await opened.upload(MediaFile("b1", "image/png", picture("in", 40, 30)))
    assert inside.ref
    await opened.publish(segment("A long piece", article=article(status="draft")), key_of(opened))
    assert len(server.mine("draft")) == 1
    await opened.upload(MediaFile("b1", "image/png", picture("in", 40, 30)))
    later = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    part = segment("A long piece", article=article(status="future", publish_at=later))
    receipt = await opened.publish(part, key_of(opened))
    assert receipt.publish_at == later
    assert server.mine("queue")[0].publish_on == f"{later:%Y-%m-%dT%H:%M:%SZ}"
    plain = ArticleToSend("A long piece", "", status="future", publish_at=later)
    assert await opened.find(replace(part, article=plain), key_of(opened)) == receipt


async def test_a_planned_time_that_has_passed_means_now(server: PracticeTumblr, opened: Any) -> None:
    await opened.upload(MediaFile("b1", "image/png", picture("in", 40, 30)))
    before = datetime.now(UTC) - timedelta(minutes=1)
    part = segment("A long piece", article=article(status="future", publish_at=before))
    await opened.publish(part, key_of(opened))
    assert server.mine()[0].content[0]["text"] == "A long piece"


def test_text_reads_back_as_it_was_written() -> None:
    text = "One\ntwo\n\nThree https://a.example/b."
    assert text_of(text_blocks(text)) == text
    assert html_of(text_blocks(text)) == (
        '<p>One<br>two</p><p>Three <a href="https://a.example/b">https://a.example/b</a>.</p>'
    )


def test_too_many_blocks() -> None:
    with pytest.raises(Rejected) as caught:
        content_of(segment("\n\n".join("x" for _ in range(1001))))
    assert caught.value.reason == "too_long"


# refusals


@pytest.mark.parametrize(
    ("status", "code", "kind", "reason"),
    [
        (400, 8001, Rejected, "invalid"),
        (400, 8002, Rejected, "reblog_not_allowed"),
        (403, 8004, RateLimited, "rate_limited"),
        (400, 8005, Rejected, "media_type"),
        (500, 8006, Unreachable, "upload_failed"),
        (403, 8008, Rejected, "media_type"),
        (500, 8009, Unreachable, "upload_failed"),
        (403, 8010, Unreachable, "media_processing"),
        (403, 8011, RateLimited, "rate_limited"),
        (400, 8016, Rejected, "invalid"),
        (403, 8022, RateLimited, "rate_limited"),
        (403, 8023, RateLimited, "rate_limited"),
        (401, 1016, AuthExpired, "sign_in_again"),
        (403, 0, Rejected, "missing_permission"),
        (404, 0, Rejected, "not_found"),
        (500, 0, OutcomeUnknown, "outcome_unknown"),
    ],
)
def test_every_refusal_has_a_reason_and_a_sentence(
    status: int, code: int, kind: type[NetworkError], reason: str
) -> None:
    body = {"meta": {"status": status, "msg": "x"}, "errors": [{"title": "x", "code": code, "detail": "y"}]}
    response = Response(status, {}, json.dumps({**body, "response": []}).encode(), "https://api.tumblr.com/v2/x")
    error = refusal(response, write=True, now=datetime.now(UTC))
    assert (type(error), error.reason) == (kind, reason)
    assert words.sentence(reason) != words.sentence("no such reason")


async def test_a_full_queue_waits(server: PracticeTumblr, opened: Any) -> None:
    server.most_queued = 0
    with pytest.raises(RateLimited) as caught:
        await opened.publish(segment("Later", visibility="queue"), key_of(opened))
    assert timedelta(minutes=50) < caught.value.until - datetime.now(UTC) <= timedelta(hours=1)


# a time of its own


def at_noon() -> datetime:
    return (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)


async def test_a_full_queue_holds_nothing_for_its_time(server: PracticeTumblr, opened: Any) -> None:
    server.most_queued = 0
    with pytest.raises(Rejected) as caught:
        await opened.publish(segment("Later", publish_at=at_noon()), key_of(opened))
    assert caught.value.reason == "cannot_plan"
    with pytest.raises(RateLimited):
        await opened.publish(segment("Queued", visibility="queue"), key_of(opened))


@pytest.mark.parametrize("visibility", ["draft", "private"])
async def test_what_not_everybody_sees_waits_here(server: PracticeTumblr, opened: Any, visibility: str) -> None:
    with pytest.raises(Rejected) as caught:
        await opened.publish(segment("Later", visibility=visibility, publish_at=at_noon()), key_of(opened))
    assert caught.value.reason == "cannot_plan"


async def test_a_queued_post_is_known_by_its_time(server: PracticeTumblr, opened: Any) -> None:
    times = [at_noon() + n * timedelta(hours=1) for n in range(3)]
    receipts = [await opened.publish(segment("Twice", publish_at=at), key_of(opened)) for at in times[:2]]
    assert [await opened.find(segment("Twice", publish_at=at), key_of(opened)) for at in times] == [*receipts, None]


async def test_a_queue_that_is_late_is_waited_for(server: PracticeTumblr, http: Http) -> None:
    """The post is in neither list for a moment: it is gone only when it should have been out for long."""
    now = datetime.now(UTC)
    opened = open_account(server, http, now=lambda: now)
    receipt = await opened.publish(segment("Moving", publish_at=at_noon()), key_of(opened))
    server.state.posts.pop(int(receipt.remote_id))
    assert await opened.scheduled(receipt) is None
    now = at_noon() + timedelta(minutes=11)
    with pytest.raises(Rejected) as caught:
        await opened.scheduled(receipt)
    assert caught.value.reason == "not_found"
    await opened.unschedule(receipt)


# films


def film_of(mime: str = "video/mp4") -> MediaFile:
    return MediaFile("f" * 64, mime, b"a film " * 999, "", 320, 180, "pump.mp4", seconds=4.0)


async def test_a_film_goes_along_with_its_post(server: PracticeTumblr, opened: Any) -> None:
    receipt = await opened.publish(segment("At work", media=(await opened.upload(film_of()),)), key_of(opened))
    post = server.state.posts[int(receipt.remote_id)]
    shown = post.content[0]
    assert (shown["type"], shown["media"]["type"], shown["media"]["width"]) == ("video", "video/mp4", 320)
    assert server.state.media[shown["media"]["url"].rpartition("/")[2]] == ("video/mp4", film_of().data)
    page = await opened.fetch(source("home"), "", 5)
    (entry,) = [one for one in page.entries if one.text == "At work"]
    assert [media.kind for media in entry.media] == [MediaKind.VIDEO]
    assert (await opened.post_rules()).video.seconds == 600.0


async def test_a_reblog_takes_no_film(server: PracticeTumblr, opened: Any) -> None:
    theirs = server.add_post("Worth it")
    refs = {"uuid": server.state.blogs[theirs.blog].uuid, "reblog_key": theirs.reblog_key}
    uploaded = await opened.upload(film_of())
    with pytest.raises(Rejected) as caught:
        await opened.publish(segment("See", media=(uploaded,), quote=Target(str(theirs.id), refs)), key_of(opened))
    assert caught.value.reason == "media_type"


async def test_a_film_that_does_not_show_yet_may_still_come(server: PracticeTumblr, http: Http) -> None:
    now = datetime.now(UTC)
    opened = open_account(server, http, now=lambda: now)
    said = segment("A film", media=(await opened.upload(film_of()),))
    server.faults.add(Fault("500", match="/posts$", method="POST"))
    with pytest.raises(OutcomeUnknown):
        await opened.publish(said, key_of(opened))
    for account in (opened, open_account(server, http, now=lambda: now)):
        with pytest.raises(OutcomeUnknown) as caught:
            await account.find(said, key_of(opened))
        assert caught.value.retry_at is not None
        assert caught.value.retry_at - now > timedelta(minutes=10)
    now = caught.value.retry_at + timedelta(minutes=1)
    assert await opened.find(said, key_of(opened)) is None
