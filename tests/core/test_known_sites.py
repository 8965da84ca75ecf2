"""Sites whose feeds are known by their address alone: one table, and what it makes of what people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialdesk.core.known_sites import SITES, at, by_icon, polite, site_of, typed
from socialdesk.core.resources import resource_path
from socialdesk.core.timing import Rhythm
from socialdesk.core.urls import is_web

YOUTUBE = "https://www.youtube.com/feeds/videos.xml"


@pytest.mark.parametrize(
    ("said", "ask", "title"),
    [
        ("r/marketing", "https://www.reddit.com/r/marketing/new/.rss", "r/marketing"),
        ("/r/b2b+sales/top", "https://www.reddit.com/r/b2b+sales/top/.rss", "r/b2b+sales top"),
        ("reddit.com/r/x", "https://www.reddit.com/r/x/new/.rss", "r/x"),
        ("https://old.reddit.com/r/x/hot/?limit=5", "https://www.reddit.com/r/x/hot/.rss", "r/x hot"),
        ("reddit: a & b", "https://www.reddit.com/search.rss?q=a%20%26%20b&sort=new", "Reddit: a & b"),
        ("u/northwind", "https://www.reddit.com/user/northwind/.rss", "u/northwind"),
        ("UCabcdefghijklmnopqrstuv", f"{YOUTUBE}?channel_id=UCabcdefghijklmnopqrstuv", ""),
        ("https://m.youtube.com/playlist?list=PL1&si=x", f"{YOUTUBE}?playlist_id=PL1", ""),
        ("youtube.com/@northwind", "https://www.youtube.com/@northwind", ""),
        ("hn", "https://news.ycombinator.com/rss", "Hacker News"),
        ("HN: c++", "https://hnrss.org/newest?q=c%2B%2B", "Hacker News: c++"),
        ("https://news.ycombinator.com/item?id=42", "https://hnrss.org/item?id=42", ""),
        ("https://github.com/harbor/tools/", "https://github.com/harbor/tools/releases.atom", "harbor/tools releases"),
        ("https://github.com/harbor/tools/tags", "https://github.com/harbor/tools/tags.atom", "harbor/tools tags"),
        ("gh: harbor", "https://github.com/harbor.atom", "harbor on GitHub"),
        ("https://medium.com/tag/b2b/recommended", "https://medium.com/feed/tag/b2b", "b2b on Medium"),
        ("@northwind@medium.com", "https://medium.com/feed/@northwind", ""),
        ("https://northwind.medium.com/a-story-1", "https://northwind.medium.com/feed", ""),
        ("northwind@substack", "https://northwind.substack.com/feed", ""),
        ("northwind.substack.com/p/one", "https://northwind.substack.com/feed", ""),
    ],
)  # fmt: skip
def test_what_is_typed_just_works(said: str, ask: str, title: str) -> None:
    known = typed(f" {said} ")
    assert known is not None
    assert (known.ask, known.title) == (ask, title)


@pytest.mark.parametrize(
    "said",
    [
        "B2B", "pumps and valves", "r/", "r/two words", "hn:", "@northwind@social.example", "https://blog.example/feed",
        "https://github.com/topics/rss", "https://github.com/search?q=x", "https://www.reddit.com/r/x/.rss",
        "https://medium.com/feed/@northwind", "https://notreddit.com/r/x", "https://github.com/", "",
    ],
)  # fmt: skip
def test_anything_else_is_left_alone(said: str) -> None:
    assert typed(said) is None


@given(st.text())
def test_any_text_is_taken(said: str) -> None:
    known = typed(said)
    assert known is None or is_web(known.ask)


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.key)
def test_every_site_looks_like_itself(site: object) -> None:
    icon = site.icon  # type: ignore[attr-defined]
    folder = "icons" if "/" in icon else "icons/lucide"
    assert resource_path(f"{folder}/{icon}.svg").is_file()


def test_what_the_table_gives_is_of_its_own_site_and_known_no_more() -> None:
    for said in ("r/marketing", "hn: pumps", "gh: a/b", "@a@medium", "a@substack", "UCabcdefghijklmnopqrstuv"):
        known = typed(said)
        assert known is not None
        assert site_of(known.ask) is known.site
        assert at(known.ask) is None


def test_busy_places_are_asked_no_more_often_than_their_site_puts_up_with() -> None:
    usual = Rhythm.of(1800)
    slower = polite(usual, "https://www.reddit.com/r/marketing/new/.rss")
    assert slower.floor_s == 900 > usual.floor_s
    assert slower.base_s == usual.base_s
    assert polite(usual, "https://blog.example/feed") == usual
    assert polite(usual, "https://notreddit.com/feed") == usual
    assert polite(usual, "") == usual


def test_a_column_has_the_colour_of_its_site() -> None:
    site = by_icon("networks/reddit")
    assert site is not None
    assert site.colour == "#FF4500"
    assert by_icon("networks/nothing") is None
