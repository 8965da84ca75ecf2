"""Telling a story out of the posts that carry it."""

from dataclasses import replace

import pytest

from socialdesk.core.entry import Author, Counts, Entry, EntryKind, LinkCard, Media, MediaKind
from socialdesk.core.rows import Story
from socialdesk.core.source import RowKey
from socialdesk.core.stories import best_remark, story

URL = "https://harbor.example/p"
POST = Entry("k", "mastodon", "1", EntryKind.POST, Author("Ann", "@ann"), "", link=LinkCard(URL, "Lead times"))
ARTICLE = Entry(
    "a",
    "feeds",
    "2",
    EntryKind.ARTICLE,
    Author("Harbor"),
    "",
    title="Lead times, measured",
    url=URL,
    media=(Media(MediaKind.IMAGE, "https://harbor.example/p.png"),),
)


def told(*posts: Entry, article: Entry | None = None) -> Story:
    key = RowKey(1, 1)
    return story(posts, article, newest=key, entry_ids=(1,), share_count=1, saved=False, minutes=0, seen=False, link=7)


@pytest.mark.parametrize(
    ("texts", "best"),
    [
        ([("short", 99), ("Long enough to say something", 0)], 1),
        ([("Long enough to say something", 0), ("Liked by more people than this", 5)], 1),
        ([("Lead times", 0), ("lead   TIMES https://harbor.example/p", 9)], None),
        ([("https://harbor.example/a-very-long-address-that-says-nothing", 9)], None),
        ([("Equally liked and just long", 1), ("Equally liked and much longer than the other", 1)], 1),
        ([("Same in all respects, newest", 1), ("Same in all respects, oldest", 1)], 0),
        ([], None),
    ],
)
def test_best_remark(texts: list[tuple[str, int]], best: int | None) -> None:
    posts = [replace(POST, text=text, counts=Counts(likes=likes)) for text, likes in texts]
    found = best_remark(posts, "Lead times")
    assert found is (None if best is None else posts[best])


def test_card_and_article_complete_each_other() -> None:
    whole = told(POST, article=ARTICLE)
    assert (whole.url, whole.title, whole.site) == (URL, "Lead times, measured", "harbor.example")
    assert whole.image_url == "https://harbor.example/p.png"
    assert whole.networks == ("mastodon",)


@pytest.mark.parametrize("sites", [("harbor.example", "Harbor"), ("", "Harbor"), ("Harbor", "harbor.example")])
def test_a_site_is_called_by_its_name_where_any_network_knows_it(sites: tuple[str, ...]) -> None:
    posts = [replace(POST, link=LinkCard(URL, site=site)) for site in sites]
    assert told(*posts).site == "Harbor"


def test_link_without_a_card_is_named_by_its_host() -> None:
    bare = told(replace(POST, link=LinkCard(URL)))
    assert (bare.title, bare.site, bare.image_url, bare.remark) == ("harbor.example", "harbor.example", "", "")


def test_one_face_per_person() -> None:
    posts = [replace(POST, author=Author(f"P{n % 7}", f"@p{n % 7}")) for n in range(20)]
    assert [author.name for author in told(*posts).authors] == ["P0", "P1", "P2", "P3", "P4"]
