"""When a stream that has ended is opened again, and how far apart the looks are that news bring about."""

from datetime import UTC, datetime, timedelta

import pytest

from socialdesk.core.errors import AuthExpired, RateLimited, Rejected, SocialDeskError, Unreachable
from socialdesk.core.listening import LONGEST_PAUSE_S, gap_s, pause_s
from socialdesk.core.source import SourceState
from socialdesk.core.timing import Rhythm, heeds, while_live

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_pauses_grow_up_to_ten_minutes() -> None:
    pauses = [pause_s(Unreachable("cut"), failures, NOW, 0.5) for failures in range(1, 30)]
    assert pauses[:5] == [2.0, 4.0, 8.0, 16.0, 32.0]
    assert max(pauses) == pauses[-1] == LONGEST_PAUSE_S


def test_not_everybody_comes_back_at_once() -> None:
    for outcome in (None, Unreachable("cut"), Unreachable("off", offline=True), Rejected("no"), AuthExpired("no")):
        assert pause_s(outcome, 3, NOW, 0.0) < pause_s(outcome, 3, NOW, 0.99)


@pytest.mark.parametrize(
    ("outcome", "least"),
    [
        (RateLimited("wait", NOW + timedelta(minutes=7)), 7 * 60),
        (RateLimited("wait", NOW - timedelta(minutes=7)), 2),
        (Rejected("no streams here"), 6 * 3600),
        (AuthExpired("401"), 6 * 3600),
        (None, 1),
    ],
    ids=str,
)
def test_why_a_stream_ended_decides(outcome: SocialDeskError | None, least: float) -> None:
    assert least <= pause_s(outcome, 1, NOW, 0.0) < least * 2 + 5


def test_one_account_keeps_within_its_limits() -> None:
    """300 reads in 15 minutes, shared by all its columns."""
    for streams in range(1, 9):
        assert streams * 15 * 60 / gap_s(streams) <= 200


def test_a_live_source_is_looked_at_rarely() -> None:
    for usual in (60, 90, 120, 900):
        slow = while_live(Rhythm.of(usual))
        assert slow.floor_s == slow.base_s == max(600, usual) <= slow.ceiling_s


def test_word_of_news_is_heeded_save_where_somebody_said_wait() -> None:
    later = NOW + timedelta(minutes=5)
    assert heeds(SourceState(1), NOW)
    assert heeds(SourceState(1, next_at=later), NOW)
    assert heeds(SourceState(1, next_at=later, failures=3, error="server_error"), NOW)
    assert heeds(SourceState(1, next_at=NOW, waits="limit"), NOW)
    for waits in ("limit", "budget"):
        assert not heeds(SourceState(1, next_at=later, waits=waits), NOW)
    assert not heeds(SourceState(1, next_at=later, error="rate_limited"), NOW)
    assert not heeds(SourceState(1, stopped=True), NOW)
