"""Items that were stored before are not read again, and change nothing about the others."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialdesk.content import feeds
from socialdesk.core.entry import RawDocument
from tests.content.documents import KEY, NOW, URL, atom, parse, rss


def again(body: bytes, last: feeds.ParsedFeed) -> feeds.ParsedFeed:
    return feeds.parse(RawDocument(body, "application/xml", URL), KEY, NOW, last.by_link, last.known)


def item(number: int, text: str = "text") -> str:
    return f"<title>{number}</title><guid>{number}</guid><description><![CDATA[<p>{text}</p>]]></description>"


def entry(number: int, text: str = "text") -> str:
    return f"<title>{number}</title><id>{number}</id><content type='html'>{text}</content>"


def json_feed(*numbers: int) -> bytes:
    items = [{"id": str(n), "title": str(n), "content_text": "x"} for n in numbers]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": items}).encode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (rss(*map(item, range(5))), rss(*map(item, range(-2, 5)))),
        (atom(*map(entry, range(5))), atom(*map(entry, range(-2, 5)))),
        (json_feed(*range(5)), json_feed(*range(-2, 5))),
    ],
)
def test_only_new_items_are_read(before: bytes, after: bytes) -> None:
    first = parse(before)
    assert (len(first.entries), first.unchanged) == (5, 0)
    same = again(before, first)
    assert (same.entries, same.unchanged, same.known) == ((), 5, first.known)
    assert same.meta == first.meta
    later = again(after, first)
    assert [found.title for found in later.entries] == ["-2", "-1"]
    assert later.unchanged == 5
    assert later.entries == parse(after).entries[:2]
    assert later.known == parse(after).known


def test_changed_item_is_read_and_keeps_its_key() -> None:
    first = parse(rss(item(1), item(2)))
    later = again(rss(item(1), item(2, "changed")), first)
    assert [(found.key, found.text) for found in later.entries] == [(f"{KEY}#2", "changed")]


def test_repeated_guid_of_a_known_item_does_not_take_its_place() -> None:
    known = "<title>a</title><guid>same</guid><link>https://x.example/a</link>"
    new = "<title>b</title><guid>same</guid><link>https://x.example/b</link>"
    later = again(rss(new, known), parse(rss(known)))
    assert [found.key for found in later.entries] == [f"{KEY}#same|https://x.example/b"]


def test_head_of_the_feed_is_read_each_time() -> None:
    first = parse(rss(item(1)))
    later = again(rss(item(1), channel="<ttl>7</ttl>"), first)
    assert (later.ttl_s, later.entries) == (420, ())


@pytest.mark.parametrize(
    "tricky",
    [
        "<title>a</title><guid>1</guid><description><![CDATA[<item>x</item>]]></description>",
        "<title>a</title><guid>1</guid><description><![CDATA[</item>]]></description>",
        "<title>a</title><guid>1</guid><!-- </item> -->",
        "<title>a</title><guid>1</guid><description><![CDATA[<item ]]></description>",
    ],
)
def test_items_that_talk_of_items_are_read_whole_each_time(tricky: str) -> None:
    body = rss(tricky, item(2))
    first = parse(body)
    assert [found.title for found in first.entries] == ["a", "2"]
    later = again(body, first)
    assert later.entries == first.entries or later.unchanged == 2


def test_an_arrow_in_a_text_keeps_nothing_from_being_known() -> None:
    body = rss("<title>a --> b</title><guid>1</guid>", "<title>c</title><guid>2</guid>")
    assert again(body, parse(body)).unchanged == 2


def test_damaged_document_is_read_whole() -> None:
    first = parse(rss(item(1), item(2)))
    damaged = rss(item(1), item(2), item(3).replace("</title>", "</titel>"))
    assert [found.remote_id for found in again(damaged, first).entries][-1] == "3"


def test_items_with_a_prefix_are_read_each_time() -> None:
    body = rss(item(1)).replace(b"<item>", b"<rss:item>").replace(b"</item>", b"</rss:item>")
    assert [found.title for found in again(body, parse(body)).entries] == ["1"]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 12), max_size=10), st.lists(st.integers(0, 12), max_size=10))
def test_what_is_left_out_is_what_was_there(before: list[int], after: list[int]) -> None:
    first = parse(rss(*map(item, before)))
    later = again(rss(*map(item, after)), first)
    assert {found.title for found in later.entries} == {str(n) for n in set(after) - set(before)}
    assert {found.key for found in later.entries}.isdisjoint({found.key for found in first.entries})
