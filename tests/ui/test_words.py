"""Sentences for people."""

from datetime import UTC, datetime, timedelta

import pytest

from socialdesk.core.errors import (
    ContentError,
    InputError,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    StoreError,
    Unreachable,
    VaultError,
)
from socialdesk.ui import words

NOW = datetime(2025, 11, 18, 9, 30, tzinfo=UTC)
REASONS = tuple(
    """
    too_long empty duplicate media_too_large media_type media_missing missing_permission not_found gone not_supported
    not_a_feed blocked invalid private_address too_large unreachable rate_limited sign_in_again outcome_unknown
    newer_version damaged disk_full read_only locked migration_failed no_keyring not_an_article not_an_image timed_out
    """.split()  # noqa: SIM905 (thirty words are easier to read than thirty strings)
)


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(seconds=-5), "now"),
        (timedelta(seconds=59), "now"),
        (timedelta(minutes=2), "2m"),
        (timedelta(minutes=59, seconds=59), "59m"),
        (timedelta(hours=23), "23h"),
        (timedelta(days=6), "6d"),
        (timedelta(days=20), "29 Oct"),
        (timedelta(days=400), "14 Oct 2024"),
    ],
)
def test_age(ago: timedelta, said: str) -> None:
    assert words.age(NOW - ago, NOW) == said


def test_full_time_and_next_look_are_in_the_persons_zone() -> None:
    zone = UTC
    assert words.full_time(NOW, zone) == "Tue 18 Nov 2025, 09:30"
    assert words.full_time(None) == ""
    assert words.next_look(None, NOW) == ""
    assert words.next_look(NOW - timedelta(minutes=1), NOW) == "next look now"
    assert words.next_look(NOW + timedelta(minutes=1), NOW).startswith("next look ")


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_has_a_calm_sentence_of_its_own(reason: str) -> None:
    said = words.sentence(reason)
    assert said != words.sentence("no such reason")
    assert said.endswith(".")
    assert "!" not in said
    assert len(said) < 100


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RateLimited("429", NOW), f"The server asked us to wait until {words.clock(NOW)}."),
        (Unreachable("no route", offline=True), "No connection."),
        (Rejected("raw words of a server", reason="too_long"), "The text is too long for this network."),
        (OutcomeUnknown("reset"), "The server did not answer. We look before we send again."),
        (VaultError("x", reason="locked"), "The keyring is locked. Unlock it and try again."),
        (StoreError("x", reason="locked"), "Another program holds the data."),
        (ContentError("x", reason="not_a_feed"), "There is no feed at this address."),
        (InputError("There is no such column.", "See the list."), "There is no such column. See the list."),
        (ZeroDivisionError("internal"), "That did not work. Try again."),
    ],
)
def test_an_error_is_told_without_its_own_words(error: Exception, said: str) -> None:
    assert words.sentence_of(error) == said


def test_each_trouble_offers_the_fix_that_helps() -> None:
    assert words.fix("sign_in_again") == "Sign in again"
    assert words.fix("rate_limited") == ""
    assert words.fix("not_a_feed") == "Options"
    assert words.fix("unreachable") == "Try again"


@pytest.mark.parametrize(
    ("number", "said"),
    [(None, ""), (0, "0"), (999, "999"), (1000, "1K"), (1240, "1.2K"), (34_500, "34K"), (5_600_000, "5.6M")],
)
def test_short_count(number: int | None, said: str) -> None:
    assert words.short_count(number) == said


def test_sizes_and_plurals() -> None:
    assert words.size(412_000) == "412 KB"
    assert words.size(1_300_000) == "1.3 MB"
    assert words.plural(1, "post waits", "posts wait") == "1 post waits"
