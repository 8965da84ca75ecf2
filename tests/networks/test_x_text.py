"""How X counts and what it makes links of: all of twitter-text's conformance cases, and what they leave open."""

import time
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from socialdesk.networks.x.addresses import is_address
from socialdesk.networks.x.counting import V3, Scale, has_link, measure, weigh, without_invalid
from socialdesk.networks.x.entities import cashtags, hashtags, is_list, is_name, mentions, replied_to
from socialdesk.networks.x.links import links
from tests.openapi import contracts_folder

BEFORE_EMOJI = Scale(whole_emoji=False)
FIRST = Scale(limit=140, heavy=100, whole_emoji=False)


@cache
def cases(name: str) -> dict[str, list[dict[str, Any]]]:
    path = contracts_folder() / "x" / f"twitter-text-{name}.yml"
    if not path.exists():
        return {}
    found: dict[str, list[dict[str, Any]]] = yaml.safe_load(path.read_text("utf-8"))["tests"]
    return found


def test_the_conformance_cases_are_there() -> None:
    if not cases("validate"):
        pytest.skip("no twitter-text cases: set SOCIALDESK_CONTRACTS to the folder that holds x/twitter-text-*.yml")
    assert sum(map(len, cases("validate").values())) == 97
    assert sum(map(len, cases("extract").values())) == 238
    assert set(cases("validate")) == set(VALID) | set(WEIGHED)
    assert set(cases("extract")) == set(EXTRACT)


# validate.yml

WEIGHED = {
    "WeightedTweetsCounterTest": BEFORE_EMOJI,
    "WeightedTweetsWithDiscountedEmojiCounterTest": V3,
    "UnicodeDirectionalMarkerCounterTest": V3,
}
VALID: dict[str, Callable[[str], bool]] = {
    "tweets": lambda text: bool(text) and measure(text, FIRST).valid,
    "usernames": is_name,
    "lists": is_list,
    "hashtags": lambda text: [(tag.text, tag.start) for tag in hashtags(text)] == [(text[1:], 0)],
    "urls": is_address,
    "urls_without_protocol": lambda text: is_address(text, scheme_needed=False),
}


@pytest.mark.parametrize(
    ("group", "case"), [(group, case) for group in WEIGHED for case in cases("validate").get(group, ())]
)
def test_weighs_as_twitter_text(group: str, case: dict[str, Any]) -> None:
    found = measure(case["text"], WEIGHED[group])
    assert {
        "weightedLength": found.weight,
        "valid": found.valid,
        "permillage": found.weight * 1000 // WEIGHED[group].limit,
        "displayRangeStart": 0,
        "displayRangeEnd": found.end,
        "validRangeStart": 0,
        "validRangeEnd": found.valid_end,
    } == case["expected"]
    if WEIGHED[group] is V3:
        assert weigh(case["text"]) == case["expected"]["weightedLength"]


@pytest.mark.parametrize(
    ("group", "case"), [(group, case) for group in VALID for case in cases("validate").get(group, ())]
)
def test_validates_as_twitter_text(group: str, case: dict[str, Any]) -> None:
    assert VALID[group](case["text"]) is case["expected"]


# extract.yml


def some_links(text: str) -> list[dict[str, Any]]:
    return [{"url": link.url, "indices": [link.start, link.end]} for link in links(text)]


def some_tags(text: str) -> list[dict[str, Any]]:
    return [{"hashtag": tag.text, "indices": [tag.start, tag.end]} for tag in hashtags(text)]


def some_mentions(text: str) -> list[dict[str, Any]]:
    found = [m for m in mentions(text) if not m.list_slug]
    return [{"screen_name": m.name, "indices": [m.start, m.end]} for m in found]


EXTRACT: dict[str, Callable[[str], Any]] = {
    "mentions": lambda text: [m.name for m in mentions(text) if not m.list_slug],
    "mentions_with_indices": some_mentions,
    "mentions_or_lists_with_indices": lambda text: [
        {"screen_name": m.name, "list_slug": m.list_slug, "indices": [m.start, m.end]} for m in mentions(text)
    ],
    "replies": lambda text: replied_to(text) or None,
    "urls": lambda text: [link.url for link in links(text)],
    "urls_with_indices": some_links,
    "urls_with_directional_markers": some_links,
    "tco_urls_with_params": lambda text: [link.url for link in links(text)],
    "hashtags": lambda text: [tag.text for tag in hashtags(text)],
    "hashtags_from_astral": lambda text: [tag.text for tag in hashtags(text)],
    "hashtags_with_indices": some_tags,
    "cashtags": lambda text: [tag.text for tag in cashtags(text)],
    "cashtags_with_indices": lambda text: [
        {"cashtag": tag.text, "indices": [tag.start, tag.end]} for tag in cashtags(text)
    ],
}


@pytest.mark.parametrize(
    ("group", "case"), [(group, case) for group in EXTRACT for case in cases("extract").get(group, ())]
)
def test_extracts_as_twitter_text(group: str, case: dict[str, Any]) -> None:
    assert EXTRACT[group](case["text"]) == case["expected"]


# what the cases leave open


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("", 0),
        ("abc", 3),
        ("a.b", 3),
        ("“Growth” — it’s simple", 22),
        ("10 €", 5),
        ("wait…", 6),
        ("© ® ™", 6),
        ("©\ufe0f", 2),
        ("🇩🇪", 2),
        ("🇩🇪🇫🇷", 4),
        ("🇩🇩", 4),
        ("👩🏽‍🚀", 2),
        ("❤️", 2),
        ("1️⃣", 2),
        ("🏴󠁧󠁢󠁳󠁣󠁴󠁿", 2),
        ("https://example.com/" + "a" * 200, 23),
        ("example.com, and (www.example.org/a_(b))", 23 + 7 + 23 + 1),
        ("name@example.com", 16),
        ("@name.com", 9),
        ("https://example.com/?q=1.", 24),
        ("HTTPS://EXAMPLE.COM", 23),
        ("https://t.co/" + "a" * 41, 54),
    ],
)
def test_weighs(text: str, weight: int) -> None:
    assert weigh(text) == weight


@given(
    st.lists(
        st.sampled_from(
            [
                "a",
                "é",
                "e\u0301",
                "故",
                " ",
                ".",
                "example.com",
                "https://t.co/a",
                "👩🏽‍🚀",
                "🇩🇪",
                "©",
                "\ufe0f",
                "\u200d",
                "“",
                "€",
                "\x00",
                "[",
                "#a",
                "\ufeff",
            ]
        ),
        max_size=12,
    ).map("".join)
)
def test_the_fast_count_is_the_exact_one(text: str) -> None:
    assert weigh(text) == measure(text).weight


def test_knows_what_becomes_a_link_and_costs_more() -> None:
    assert has_link("see example.com")
    assert not has_link("see you at 10.30, e.g. there")


def test_a_text_is_cleaned_of_what_x_refuses() -> None:
    assert without_invalid("\ufeffHello\uffff\ufffe") == "Hello"
    assert without_invalid("Hello") == "Hello"


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
        "中a.com" * 8_000,
        "a.com中" * 8_000,
        "-_" * 20_000 + ".com",
        "é" * 40_000 + ".com",
        "あ_" * 20_000 + ".com",
        "a" * 40_000 + ".みんな",
        "👨\u200d" * 10_000,
        "#" * 40_000,
        "#1" * 20_000 + "a",
        "$a" * 20_000,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    started = time.perf_counter()
    weigh(text)
    hashtags(text)
    mentions(text)
    cashtags(text)
    is_address(text)
    assert time.perf_counter() - started < 1
