"""Addresses: the same article has one key, a stripped address still leads there, and nothing broken raises."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from socialdesk.core import urls

SAME = [
    ("http://example.com/a", "https://example.com/a"),
    ("https://www.example.com/a/", "https://example.com/a"),
    ("https://EXAMPLE.com:443/a", "https://example.com/a"),
    ("http://example.com:80/a", "https://example.com/a"),
    ("https://example.com", "https://example.com/"),
    ("https://example.com./a", "https://example.com/a"),
    ("https://example.com/a#part-2", "https://example.com/a"),
    ("https://example.com/a/../b/./c", "https://example.com/b/c"),
    ("https://example.com/%7Euser/%e4", "https://example.com/~user/%E4"),
    ("https://example.com/?b=2&a=1", "https://example.com/?a=1&b=2"),
    ("https://münchen.example/ü", "https://xn--mnchen-3ya.example/%C3%BC"),
    ("https://example.com/a?utm_source=x&utm_medium=y", "https://example.com/a"),
    ("https://example.com/a?id=1&UTM_Campaign=z", "https://example.com/a?id=1"),
    ("https://example.com/a?id=1&amp;utm_source=feed", "https://example.com/a?id=1"),
    ("https://example.com/a?_hsenc=p2A&_hsmi=12&__hstc=1&hsa_cam=7&hsCtaTracking=q", "https://example.com/a"),
    ("https://example.com/a?mkt_tok=abc", "https://example.com/a"),
    ("https://example.com/a?mc_cid=1&mc_eid=2", "https://example.com/a"),
    ("https://example.com/a?elqTrackId=1&elq=2", "https://example.com/a"),
    ("https://example.com/a?fbclid=1&gclid=2&msclkid=3&li_fat_id=4&twclid=5", "https://example.com/a"),
    ("https://example.com/a?source=rss----1234---4", "https://example.com/a"),
    ("https://www.linkedin.com/pulse/x?trk=public_post&refId=1", "https://linkedin.com/pulse/x"),
    ("https://youtu.be/abc?si=xyz", "https://youtu.be/abc"),
    (" https://example.com/a\n", "https://example.com/a"),
    ("https://user:secret@example.com/a", "https://example.com/a"),
]

DIFFERENT = [
    ("https://example.com/a", "https://example.com/b"),
    ("https://example.com/a?id=1", "https://example.com/a?id=2"),
    ("https://example.com:8080/a", "https://example.com/a"),
    ("https://blog.example.com/a", "https://example.com/a"),
    ("https://example.com/A", "https://example.com/a"),
    ("https://example.com/#!/a", "https://example.com/#!/b"),
    ("https://example.com/a%2Fb", "https://example.com/a/b"),
    ("https://example.com/a?source=print", "https://example.com/a"),
    ("https://example.com/a?trk=1", "https://example.com/a"),
    ("https://example.com/a?s=words", "https://example.com/a"),
]


@pytest.mark.parametrize(("left", "right"), SAME)
def test_same_article_has_one_key(left: str, right: str) -> None:
    assert urls.normalise(left) == urls.normalise(right)


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_different_articles_keep_their_keys(left: str, right: str) -> None:
    assert urls.normalise(left) != urls.normalise(right)


def test_key_never_holds_a_password() -> None:
    assert "secret" not in urls.normalise("https://user:secret@example.com/a")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.com/a?utm_source=x", "https://example.com/a"),
        ("https://example.com/a?b=%7e&utm_source=x&a=1", "https://example.com/a?b=%7e&a=1"),
        ("https://Example.com/a/?x=&y#top", "https://Example.com/a/?x=&y#top"),
        ("https://example.com/a?utm_source=x#part", "https://example.com/a#part"),
        ("https://example.com/a#utm_source=rss&utm_medium=feed", "https://example.com/a"),
        ("https://example.com/#/route?utm=1", "https://example.com/#/route?utm=1"),
        ("https://example.com/a", "https://example.com/a"),
        ("mailto:me@example.com?subject=utm_source=1", "mailto:me@example.com?subject=utm_source=1"),
        ("https://example.com/watch?v=1&t=30", "https://example.com/watch?v=1&t=30"),
        ("https://x.com/a/status/1?s=20&t=abc", "https://x.com/a/status/1"),
        ("", ""),
    ],
)
def test_stripped_address_differs_only_in_tracking(url: str, expected: str) -> None:
    assert urls.strip_tracking(url) == expected


@pytest.mark.parametrize(
    ("base", "url", "expected"),
    [
        ("https://example.com/blog/post", "../img.png", "https://example.com/img.png"),
        ("https://example.com/blog/", "img.png", "https://example.com/blog/img.png"),
        ("https://example.com/a", "//cdn.example.com/x", "https://cdn.example.com/x"),
        ("https://example.com/a", "?p=2", "https://example.com/a?p=2"),
        ("https://example.com/a", " \n/x y\t.png ", "https://example.com/x%20y.png"),
        ("https://example.com/a", "mailto:me@example.com", "mailto:me@example.com"),
        ("https://example.com/a", "", ""),
        ("https://example.com/a", "https://[broken", ""),
        ("", "https://example.com/x", "https://example.com/x"),
    ],
)
def test_relative_address_is_resolved(base: str, url: str, expected: str) -> None:
    assert urls.resolve(base, url) == expected


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("example.com", "https://example.com"),
        (" blog.example.com/feed ", "https://blog.example.com/feed"),
        ("blog.example.com:8080/feed", "https://blog.example.com:8080/feed"),
        ("localhost:8000/feed", "http://localhost:8000/feed"),
        ("192.168.1.4/feed", "http://192.168.1.4/feed"),
        ("feed://example.com/rss", "https://example.com/rss"),
        ("feed:https://example.com/rss", "https://example.com/rss"),
        ("http://example.com/a b", "http://example.com/a%20b"),
        ("nonsense", "nonsense"),
        ("file:///etc/passwd", "file:///etc/passwd"),
        ("javascript:alert(1)", "javascript:alert(1)"),
    ],
)
def test_typed_address_is_completed(typed: str, url: str) -> None:
    assert urls.complete(typed) == url


@pytest.mark.parametrize(
    "url", ["http://example.com", "https://example.com/ü", "https://[::1]:8080/a", "HTTPS://e.example"]
)
def test_web_addresses_are_told(url: str) -> None:
    assert urls.is_web(url)


@pytest.mark.parametrize(
    "url",
    [
        "", "example.com", "/a", "ftp://example.com", "javascript:alert(1)", "http://", "http:///a", "https://a b/", "https://a%20b.example/",
        "http://./",
        "https://e.example\\x", "http://e.example:port/", "http://[::1", "java\tscript:1",
        "http://e.example/\x01", "data:,",
    ],
)  # fmt: skip
def test_everything_else_is_no_web_address(url: str) -> None:
    assert not urls.is_web(url)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.Example.com/a", "example.com"),
        ("https://example.com:443/", "example.com"),
        ("http://example.com:8080/", "example.com:8080"),
        ("http://[::1]:81/", "[::1]:81"),
        ("nonsense", ""),
        ("http://[broken", ""),
    ],
)
def test_host_as_people_read_it(url: str, host: str) -> None:
    assert urls.host_of(url) == host


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_breaks_an_address_function(base: str, url: str) -> None:
    urls.resolve(base, url)
    urls.strip_tracking("https://example.com/" + url)
    urls.host_of(url)
    assert urls.normalise(urls.normalise("https://example.com/" + url)) == urls.normalise("https://example.com/" + url)


@given(st.text(alphabet="abcAB0%27eE/?&=#.+~ü_- ", max_size=50))
@example("///0")
def test_keys_are_stable(tail: str) -> None:
    once = urls.normalise("http://www.example.com/" + tail)
    assert urls.normalise(once) == once


@pytest.mark.parametrize(
    ("url", "has"),
    [
        ("https://name:password@example.com/", True),
        ("https://token@example.com/feed", True),
        ("https://:password@example.com/", True),
        ("https://example.com/@name", False),
        ("https://example.com/?mail=a@example.com", False),
        ("no address", False),
    ],
)
def test_a_sign_in_in_an_address_is_seen(url: str, has: bool) -> None:
    assert urls.has_sign_in(url) == has
