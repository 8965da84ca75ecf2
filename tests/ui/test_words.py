"""Sentences for people."""

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeGuard

import pytest

from socialdesk.core.errors import (
    ContentError,
    InputError,
    OutcomeUnknown,
    OverBudget,
    RateLimited,
    Rejected,
    StoreError,
    Unreachable,
    VaultError,
)
from socialdesk.ui import words

NOW = datetime(2025, 11, 18, 9, 30, tzinfo=UTC)
ROOT = Path(words.__file__).parents[1]


ROOMS = ("core", "http", "content", "networks", "services", "store", "vault.py")


def reasons_in_code(rooms: tuple[str, ...] = ROOMS) -> tuple[str, ...]:
    """Every reason code that is written out where an error is raised, in all rooms that raise some."""
    found = set()
    for folder in rooms:
        place = ROOT / folder
        for path in [place] if place.is_file() else place.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ERRORS:
                    found |= {k.value.value for k in node.keywords if k.arg == "reason" and is_word(k.value)}
                elif isinstance(node, ast.Call):
                    found |= {k.value.value for k in node.keywords if k.arg == "error" and is_word(k.value)}
                elif isinstance(node, ast.Assign | ast.AnnAssign) and is_table(node) and path.stem not in NOTICES:
                    found |= set(listed(node.value))
    return tuple(sorted(found))


def is_table(node: ast.Assign | ast.AnnAssign) -> bool:
    return "_REASONS" in ast.unparse(node).partition("=")[0]


def listed(table: ast.expr | None) -> list[str]:
    """The codes of a table of them: the values of a dictionary, or the second of each tuple."""
    rows = table.values if isinstance(table, ast.Dict) else [row.elts[1] for row in getattr(table, "elts", ())]
    return [row.value for row in rows if is_word(row)]


def is_word(value: ast.expr) -> TypeGuard[ast.Constant]:
    return isinstance(value, ast.Constant) and bool(value.value)


ERRORS = {"AuthExpired", "ContentError", "Rejected", "StoreError", "Unreachable", "VaultError"}
NOTICES = {"translate", "notices"}  # their tables say why somebody is told, not what went wrong
REASONS = reasons_in_code()
OF_NETWORKS = reasons_in_code(("networks", "http"))


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


def test_a_look_that_waits_says_for_what() -> None:
    soon, next_month = NOW + timedelta(minutes=5), NOW + timedelta(days=9)
    at = words.clock(soon)
    assert words.next_look(soon, NOW, "limit", "X") == f"next look {at}, X's limit"
    assert words.next_look(soon, NOW, "limit") == f"next look {at}, the server's limit"
    assert words.next_look(soon, NOW, "cheap", "X") == f"next look {at}, cheap mode"
    assert words.next_look(next_month, NOW, "budget", "X") == "next look on 27 Nov, to keep the month's budget"
    assert words.sentence("rate_limited", until=soon, network="X") == f"X's limit is reached. Next look {at}."
    assert (
        words.sentence("budget_spent", until=NOW, zone=UTC)
        == "This month's budget is spent. Reading begins again on 18 Nov."
    )
    assert words.fix("budget_spent") == "Budget"


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_has_a_calm_sentence_of_its_own(reason: str) -> None:
    said = words.sentence(reason)
    assert said != words.sentence("no such reason")
    assert said.endswith(".")
    assert "!" not in said
    assert len(said) < 100


@pytest.mark.parametrize("reason", OF_NETWORKS)
def test_every_reason_of_a_network_has_a_fix_that_somebody_chose(reason: str) -> None:
    assert words.has_fix(reason), f"ui/words.py: which word of _FIXES helps against {reason}?"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RateLimited("429", NOW), f"The server asked us to wait until {words.clock(NOW)}."),
        (Unreachable("no route", offline=True), "No connection."),
        (Rejected("raw words of a server", reason="too_long"), "The text is too long for this network."),
        (OverBudget("spent", NOW), f"This month's budget is spent. Reading begins again {words.day(NOW)}."),
        (OutcomeUnknown("reset"), "The server did not answer. We look before we send again."),
        (VaultError("x", reason="keyring_locked"), "The keyring is locked. Unlock it and try again."),
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
    assert words.fix("payment_needed") == "Try again"
    assert words.fix("version_retired") == ""
    assert words.fix("too_long") == "Edit"
    assert words.fix("sign_in_again", has_account=False) == "Try again"


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
