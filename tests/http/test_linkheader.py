"""The Link header in the forms that servers send."""

import pytest

from socialdesk.http.linkheader import find_link, parse_links

MASTODON = (
    '<https://social.example/api/v1/timelines/home?limit=2&max_id=7>; rel="next", '
    '<https://social.example/api/v1/timelines/home?limit=2&min_id=9>; rel="prev"'
)


def test_pages() -> None:
    assert find_link(MASTODON, "next") == "https://social.example/api/v1/timelines/home?limit=2&max_id=7"
    assert find_link(MASTODON, "PREV") == "https://social.example/api/v1/timelines/home?limit=2&min_id=9"
    assert find_link(MASTODON, "last") == ""


@pytest.mark.parametrize(
    ("header", "rel"),
    [
        ("</wp-json/>; rel=https://api.w.org/", "https://api.w.org/"),
        ('</wp-json/>;rel="https://api.w.org/"', "https://api.w.org/"),
        ('</wp-json/> ; title="a, \\"b\\"; c" ; rel = "alternate HTTPS://API.W.ORG/"', "https://api.w.org/"),
        ('<x>; rel=up, </wp-json/>; rel="up next"', "next"),
        ("</wp-json/>; rel=next; rel=prev", "next"),
    ],
)
def test_forms(header: str, rel: str) -> None:
    assert find_link(header, rel, "https://blog.example/post") == "https://blog.example/wp-json/"


def test_parameters() -> None:
    (link,) = parse_links('<a>; rel=alternate; type="application/json"; title="a \\"b\\""; flag')
    assert link.params == {"type": "application/json", "title": 'a "b"', "flag": ""}


@pytest.mark.parametrize("header", ["", "rubbish", "<a", "a>; rel=next", '<a>; title="rel=next'])
def test_rubbish(header: str) -> None:
    assert find_link(header, "next") == ""


def test_long_rubbish_takes_no_time() -> None:
    assert parse_links("<a>" + "; a=" * 20_000) is not None
    assert parse_links('<a>; x="' + "\\" * 40_000) is not None
