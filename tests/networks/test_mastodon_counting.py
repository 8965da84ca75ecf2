"""Mastodon's own way of counting. The first vectors are those of the project's own tests."""

import time

import pytest

from socialdesk.networks.mastodon.counting import weigh


def test_a_long_link_counts_23() -> None:
    assert weigh("a" * 476 + f" http://{'b' * 30}.com/example") == 500


def test_only_the_local_part_of_a_remote_mention_counts() -> None:
    assert weigh("a" * 475 + f" @alice@{'b' * 30}.com") == 482


def test_content_warning_and_text_count_together() -> None:
    assert weigh("s" * 250 + "t" * 251) == 501


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("नमस्ते", 3),
        ("👨‍👩‍👧‍👦", 1),
        ("e\u0301", 1),
        ("a\r\nb", 3),
        ("https://a.com", 23),
        ("http://a.com", 23),
        ("HTTPS://A.COM", 23),
        ("https://a.com https://b.org", 47),
        ("https://foo.co.uk/b, and", 28),
        ("(https://a.com)", 25),
        ("https://a.com/a_(b)_c?d=e#f.", 24),
        ("https://a.com/?q=ü", 23),
        ("https://a.com/x?", 24),
        ("https://a.com:8080/x", 23),
        ("https://sub_domain.x.com", 23),
        ("https://例え.jp/パス", 23),
        ("https://xn--bcher-kva.xn--p1ai/", 23),
        ("https://почта.рф", 23),
        ("https://foo.com例", 24),
        ("http://foo.com.nonexist/x", 34),
        # no link for the server, so every character counts
        ("a.com", 5),
        ("www.example.org", 15),
        ("xhttps://a.com", 14),
        ("http://localhost:3000/foo", 25),
        ("http://127.0.0.1:8080/a", 23),
        ("https://foo.example/x", 21),
        ("https://-a.com", 14),
        ("https://a_.com", 14),
        ("https://", 8),
        # mentions
        ("@user hi", 8),
        ("@user@host.social hi", 8),
        ("@a.b-c@host.social", 6),
        ("mail me@host.com", 16),
        ("@user@host.social.", 6),
        ("/@user@host.social", 18),
        ("@userü", 6),
        # overlaps: the earlier one counts
        ("https://a.com/@user@host.org", 23),
        ("@user@https://a.com", 19),
    ],
)
def test_counts_like_the_server(text: str, count: int) -> None:
    assert weigh(text) == count


def test_a_server_may_reserve_another_length() -> None:
    assert weigh("see https://example.com/a/long/address", 30) == 34


@pytest.mark.parametrize(
    "text",
    [
        "https://" + "a." * 20_000 + "zz",
        "https://a.com/" + "(a" * 10_000 + " @" + "a." * 10_000,
        "a.b-" * 10_000 + "@x",
        "https://a.com/" + "." * 40_000,
        "https://a.com/?" + "!" * 40_000,
        "http://" * 10_000,
        "@a." * 10_000,
        "https://a.com/" * 5_000,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    started = time.perf_counter()
    weigh(text)
    assert time.perf_counter() - started < 1
