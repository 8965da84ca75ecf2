"""What a column's header says of how its news come."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from socialdesk.core.headers import ColumnHeader, SourceLine
from socialdesk.core.source import Column, Source, SourceState
from socialdesk.ui import words
from socialdesk.ui.column import telling

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)
LINE = SourceLine(Source(1, "mastodon", "home", 1), SourceState(1), "Mastodon", "Home", "@northwind")
LIVE = replace(LINE, live=True)


def header(*lines: SourceLine, error: str = "", waits: str = "") -> ColumnHeader:
    return ColumnHeader(
        Column(1, "Home"), "@northwind", ("mastodon",), lines, False, error, None, LATER, waits, "Mastodon"
    )


def test_a_live_column_says_so() -> None:
    assert telling.subtitle(header(LIVE), NOW) == "Live · @northwind"
    assert telling.next_look(header(LIVE), NOW) == f"live, next look {words.clock(LATER)}"


def test_a_column_with_one_source_that_is_not_live_does_not() -> None:
    for lines in ((), (LINE,), (LIVE, LINE)):
        assert telling.subtitle(header(*lines), NOW) == "@northwind"
        assert telling.next_look(header(*lines), NOW) == f"next look {words.clock(LATER)}"


def test_trouble_and_limits_come_first() -> None:
    assert telling.subtitle(header(LIVE, error="server_error"), NOW) == "@northwind"
    assert telling.subtitle(header(LIVE, waits="limit"), NOW).endswith("Mastodon's limit · @northwind")
