"""The practice world is whole: every name, link and picture in it leads somewhere."""

import re
from io import BytesIO

import pytest
from PIL import Image

from socialdesk.practice.world import World, article_url, picture

SITES = {"insights": "http://127.0.0.1:1", "northwind": "http://127.0.0.1:2/"}


@pytest.fixture(scope="module")
def world() -> World:
    return World.load()


def test_it_is_lively(world: World) -> None:
    assert len(world.articles) >= 16
    assert len(world.posts) >= 120
    assert len({post.organisation for post in world.posts}) >= 12
    assert {post.language for post in world.posts} >= {"en", "de", "ja"}
    for network in ("mastodon", "bluesky"):
        assert len(world.posts_on(network)) >= 60
    for network in ("x", "linkedin", "facebook", "threads", "tumblr"):
        assert len(world.posts_on(network)) >= 9
        assert any(world.me.key == post.organisation for post in world.posts_on(network))


def test_no_network_repeats_another_but_where_organisations_post_to_both(world: World) -> None:
    said = [post.text for post in world.posts]
    assert len(set(said)) == len(said)


def test_a_network_without_words_of_its_own_shows_anothers(world: World) -> None:
    assert world.shown_on("x", "mastodon") == world.posts_on("x")
    assert world.shown_on("nowhere", "mastodon") == world.posts_on("mastodon")
    assert world.shown_on("nowhere") == ()


def test_stories_emerge(world: World) -> None:
    sharers = {
        article.slug: {post.organisation for post in world.posts if article.slug in post.articles}
        for article in world.articles
    }
    assert sum(len(organisations) >= 4 for organisations in sharers.values()) >= 6


def test_every_reference_leads_somewhere(world: World) -> None:
    slugs = {article.slug for article in world.articles}
    by_id = {post.id: post for post in world.posts}
    assert len(by_id) == len(world.posts)
    for post in world.posts:
        assert post.organisation in world.by_key
        assert set(post.articles) <= slugs
        assert set(re.findall(r"@(\w+)", post.text)) <= set(world.by_handle)
        if post.reply_to:
            assert set(post.networks) <= set(by_id[post.reply_to].networks)
            assert post.minutes_ago <= by_id[post.reply_to].minutes_ago
        assert bool(post.picture) == bool(post.picture_alt)


def test_the_person_is_spoken_to(world: World) -> None:
    mine = {post.id for post in world.posts if post.organisation == "northwind"}
    assert sum("@northwind" in post.text for post in world.posts) >= 3
    assert any(post.reply_to in mine for post in world.posts)


def test_posts_fit_the_shortest_network(world: World) -> None:
    urls = {article.slug: "x" * 40 for article in world.articles}
    assert max(len(post.text_with(urls)) for post in world.posts) <= 300


def test_articles_have_substance(world: World) -> None:
    for article in world.articles:
        assert 6 <= article.html.count("<p>") <= 20, article.slug
        assert "<h2>" in article.html
        assert "<blockquote>" in article.html
        assert re.search(r'<img src="\{picture:[a-z-]+\}" alt="[^"]{5,}"', article.html)
        assert article.summary
        assert article.picture_alt


def test_no_address_in_the_texts_leaves_the_machine(world: World) -> None:
    assert not [post for post in world.posts if "://" in post.text]
    assert not [article for article in world.articles if "://" in article.html]


def test_addresses_are_known_for_the_sites_that_run(world: World) -> None:
    urls = world.article_urls(SITES)
    assert urls["400-buyers"] == "http://127.0.0.1:1/400-buyers/"
    assert urls["basics-reconsidered"] == "http://127.0.0.1:2/basics-reconsidered/"
    assert "answer-times" not in urls
    newest = world.articles_of("insights")[0]
    assert urls[newest.slug] == article_url(newest, SITES["insights"])


def test_replies_come_after_what_they_answer(world: World) -> None:
    seen: set[str] = set()
    for post in world.posts_on("mastodon"):
        assert not post.reply_to or post.reply_to in seen
        seen.add(post.id)


@pytest.mark.parametrize(("kind", "name"), [("png", "PNG"), ("jpeg", "JPEG")])
def test_pictures_are_gradients_that_depend_on_the_seed_alone(kind: str, name: str) -> None:
    data = picture("a-seed", 120, 68, kind)
    assert data == picture("a-seed", 120, 68, kind)
    image = Image.open(BytesIO(data))
    assert (image.format, image.size) == (name, (120, 68))
    assert image.getpixel((0, 0)) != image.getpixel((119, 67))
    assert len({picture(seed, 16, 9) for seed in ("one", "two", "three", "four", "five", "six")}) > 1
