"""A feed that a person looks at and then adds is asked for once."""

from datetime import UTC, datetime, timedelta

from socialdesk.http.kept import FRESH, MOST, Kept
from socialdesk.http.values import Response

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def answer(status: int = 200) -> Response:
    return Response(status, {}, b"<rss/>", "https://blog.example/feed", False, 0.1)


def test_an_answer_is_given_once_while_it_is_fresh() -> None:
    kept, response = Kept(), answer()
    kept.put("a", response, NOW)
    assert kept.take("a", NOW + timedelta(seconds=30)) is response
    assert kept.take("a", NOW + timedelta(seconds=30)) is None


def test_an_old_answer_is_not_given() -> None:
    kept = Kept()
    kept.put("a", answer(), NOW)
    assert kept.take("a", NOW + FRESH) is None


def test_failures_are_not_kept_and_the_oldest_makes_room() -> None:
    kept = Kept()
    kept.put("bad", answer(404), NOW)
    for number in range(MOST + 1):
        kept.put(str(number), answer(), NOW)
    assert kept.take("bad", NOW) is None
    assert kept.take("0", NOW) is None
    assert kept.take(str(MOST), NOW) is not None
