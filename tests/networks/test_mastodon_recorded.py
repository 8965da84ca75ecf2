"""What a real Mastodon 4.7.3 said, as Mastodon.py's tests recorded it (MIT), becomes what it means here."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from socialdesk.core.entry import MediaKind
from socialdesk.core.listening import Heard, Hearing
from socialdesk.http.server_events import EventReader
from socialdesk.networks.mastodon.comparing import Wanted, options_of, waits_as
from socialdesk.networks.mastodon.people import Home
from socialdesk.networks.mastodon.receipts import receipt_of
from socialdesk.networks.mastodon.rules import limits_of, rules_of
from socialdesk.networks.mastodon.scheduling import held_as, wanted_of
from socialdesk.networks.mastodon.streaming import base_of, heard_of
from socialdesk.networks.mastodon.translate import entry_of

RECORDED: dict[str, Any] = json.loads((Path(__file__).parent / "recorded" / "mastodon.json").read_text("utf-8"))
HOME = Home("http://localhost:3000", "localhost:3000")


def test_a_stream() -> None:
    events = EventReader().feed(RECORDED["stream"].encode())
    changed = json.loads(events[4].data)["id"]
    assert [heard_of(event, "user") for event in events] == [
        Heard(Hearing.NEW, source_kind="home"),
        Heard(Hearing.NEW, source_kind="notifications"),
        Heard(Hearing.NEW, source_kind="home"),
        Heard(Hearing.NEW, source_kind="notifications"),
        Heard(Hearing.CHANGED, changed),
        Heard(Hearing.GONE, changed),
    ]


def test_a_post_that_waits() -> None:
    (held,) = RECORDED["held"]
    at = datetime(4000, 1, 1, 14, 23, 14, tzinfo=UTC)
    wanted = Wanted("please ensure adequate headroom")
    assert waits_as(held, wanted, at)
    assert not waits_as(held, wanted, at.replace(minute=24))
    assert not waits_as(held, Wanted("something else"), at)
    receipt = held_as(held, wanted, HOME.base)
    assert (receipt.publish_at, receipt.refs["scheduled"], wanted_of(receipt)) == (at, "1", wanted)


def test_a_quote() -> None:
    entry = entry_of(RECORDED["quoting"], HOME, context="home")
    assert entry is not None
    assert entry.quoted is not None
    assert (entry.text, entry.quoted.text, entry.link) == ("yoooooooo", "Toot!", None)


def test_a_poll() -> None:
    entry = entry_of(RECORDED["asking"], HOME)
    assert entry is not None
    assert entry.poll is not None
    assert (entry.poll.options, entry.poll.closed) == ((("four twenty", 0), ("sixty-nine", 0)), False)
    assert options_of(RECORDED["asking"]) == ("four twenty", "sixty-nine")


def test_a_film_that_is_being_prepared_and_an_edited_post_with_it() -> None:
    assert RECORDED["processing"]["url"] is None
    assert RECORDED["ready"]["url"].endswith(".mp4")
    entry = entry_of(RECORDED["edited"], HOME)
    assert entry is not None
    assert [(m.kind, m.alt) for m in entry.media] == [(MediaKind.VIDEO, "Updated description")]
    assert entry.updated is not None
    assert receipt_of(RECORDED["edited"], HOME.base).permalink == entry.url


@pytest.mark.parametrize("version", ["instance", "instance_v1"])
def test_what_the_server_allows(version: str) -> None:
    limits = limits_of(RECORDED[version])
    rules = rules_of(limits, software="mastodon")
    assert rules.polls is not None
    assert (rules.polls.options, rules.polls.option_limit, rules.polls.min_minutes) == (4, 50, 5)
    assert rules.video is not None
    assert (rules.video.size, "video/mp4" in rules.video.types) == (103809024, True)
    assert base_of(limits.streaming, HOME.base) in {"http://localhost:4000", HOME.base}
    assert (rules.quotes, limits.poll_max_s) == (version == "instance", 2629746)
    assert "local" not in {choice.value for choice in rules.visibilities}


def test_the_followed_hashtags_have_the_fields_that_are_read() -> None:
    assert [tag["name"] for tag in RECORDED["followed_tags"]] == ["heeho"]
    assert RECORDED["source"].keys() == {"id", "text", "spoiler_text"}
