"""When a source is asked again: examples for each rule, and properties that hold for every input."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialdesk.core.entry import Author, Entry, EntryKind, Page, RawDocument, SourceMeta
from socialdesk.core.errors import (
    AuthExpired,
    ContentError,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    SocialDeskError,
    StoreError,
    Unreachable,
)
from socialdesk.core.source import SourceState
from socialdesk.core.timing import (
    DAY_S,
    FLOOR_S,
    LONGEST_FRESH_S,
    Rhythm,
    after_fetch,
    asks_now,
    backoff_s,
    entries_per_week,
    fresh_until,
    interval_s,
)

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
FRESH = SourceState(7)
RAW = RawDocument(b"<rss/>", "text/xml", "http://blog.example/feed")
CHANGED = Page(raw=RAW, cursor="two")
SAME = Page(unchanged=True, cursor="two")
FEED = Rhythm.of(1800)
TIMELINE = Rhythm.of(120)


def in_seconds(state: SourceState) -> float:
    assert state.next_at is not None
    return (state.next_at - NOW).total_seconds()


def an_entry() -> Entry:
    return Entry("k", "feeds", "1", EntryKind.ARTICLE, Author("Blog"), "text")


class TestAnswers:
    def test_first_answer_is_remembered_with_its_time(self) -> None:
        state = after_fetch(CHANGED, FRESH, NOW, 0.0)
        assert (state.first_fetched, state.last_fetched, state.last_changed) == (NOW, NOW, NOW)
        assert (state.cursor, in_seconds(state)) == ("two", 1800)

    def test_an_unchanged_answer_stores_its_validators_too(self) -> None:
        before = replace(FRESH, cursor="one", first_fetched=NOW - timedelta(hours=3), last_changed=NOW)
        state = after_fetch(SAME, before, NOW + timedelta(hours=1), 0.0)
        assert state.cursor == "two"
        assert state.last_changed == NOW

    def test_an_answer_without_a_cursor_keeps_the_old_one(self) -> None:
        assert after_fetch(Page(unchanged=True), replace(FRESH, cursor="one"), NOW, 0.0).cursor == "one"

    def test_an_answer_clears_earlier_failures(self) -> None:
        failed = after_fetch(Unreachable("no route"), FRESH, NOW, 0.0)
        state = after_fetch(SAME, failed, NOW, 0.0)
        assert (state.failures, state.error, state.error_detail, state.error_at) == (0, "", "", None)

    def test_an_empty_page_is_not_a_change(self) -> None:
        assert after_fetch(Page(), FRESH, NOW, 0.0).last_changed is None
        assert after_fetch(Page(entries=(an_entry(),)), FRESH, NOW, 0.0).last_changed == NOW

    def test_gone_stops_the_source_and_says_so(self) -> None:
        state = after_fetch(Page(meta=SourceMeta(gone=True)), FRESH, NOW, 0.0)
        assert (state.stopped, state.next_at, state.error) == (True, None, "gone")
        refused = after_fetch(Rejected("410", reason="gone"), FRESH, NOW, 0.0)
        assert (refused.stopped, refused.next_at, refused.error) == (True, None, "gone")

    def test_the_servers_wish_is_a_least_interval_but_not_for_sixteen_years(self) -> None:
        wish = replace(CHANGED, not_before=NOW + timedelta(hours=2))
        assert in_seconds(after_fetch(wish, FRESH, NOW, 0.0)) == 7200
        absurd = replace(CHANGED, not_before=NOW + timedelta(days=16 * 365))
        assert in_seconds(after_fetch(absurd, FRESH, NOW, 0.0)) == LONGEST_FRESH_S

    def test_the_feeds_own_ttl_is_a_least_interval_up_to_a_day(self) -> None:
        assert in_seconds(after_fetch(CHANGED, FRESH, NOW, 0.0, ttl_s=7200)) == 7200
        assert in_seconds(after_fetch(CHANGED, FRESH, NOW, 0.0, ttl_s=60)) == 1800
        assert in_seconds(after_fetch(CHANGED, FRESH, NOW, 0.0, ttl_s=30 * DAY_S)) == DAY_S


class TestFailures:
    def test_being_offline_is_no_failure(self) -> None:
        before = after_fetch(CHANGED, FRESH, NOW - timedelta(hours=1), 0.0)
        state = after_fetch(Unreachable("no network", offline=True), before, NOW, 0.0)
        assert replace(state, next_at=None) == replace(before, next_at=None)
        assert in_seconds(state) == 30

    def test_failures_back_off_and_are_shown(self) -> None:
        state = FRESH
        pauses = []
        for _ in range(8):
            state = after_fetch(Unreachable("refused"), state, NOW, 0.0)
            pauses.append(in_seconds(state))
        assert pauses == [1800, 3600, 7200, 14400, 28800, 57600, DAY_S, DAY_S]
        assert (state.error, state.error_detail, state.error_at, state.failures) == ("unreachable", "refused", NOW, 8)

    @pytest.mark.parametrize("reason", ["not_found", "missing_permission", "invalid", "other"])
    def test_a_refusal_is_not_asked_again_within_the_hour(self, reason: str) -> None:
        assert in_seconds(after_fetch(Rejected("no", reason=reason), FRESH, NOW, 0.0, rhythm=TIMELINE)) == 3600

    def test_a_page_instead_of_a_feed_may_be_a_hotels_sign_in(self) -> None:
        state = after_fetch(Rejected("html", reason="not_a_feed"), replace(FRESH, cursor="one"), NOW, 0.0)
        assert (in_seconds(state), state.error, state.cursor) == (1800, "not_a_feed", "one")

    def test_bytes_that_no_parser_takes_keep_the_old_validators(self) -> None:
        before = replace(FRESH, cursor="one")
        state = after_fetch(ContentError("broken", reason="not_a_feed"), before, NOW, 0.0)
        assert (state.cursor, state.error, state.failures) == ("one", "not_a_feed", 1)

    def test_a_wait_the_server_asked_for_is_kept_and_is_no_failure(self) -> None:
        state = after_fetch(RateLimited("429", until=NOW + timedelta(minutes=32)), FRESH, NOW, 0.0)
        assert (in_seconds(state), state.error, state.failures) == (32 * 60 + 1, "rate_limited", 0)
        assert not asks_now(state, NOW)
        assert asks_now(state, NOW + timedelta(hours=1))

    def test_waiting_sources_of_one_host_come_back_one_by_one(self) -> None:
        limited = RateLimited("429", until=NOW + timedelta(minutes=10))
        times = {after_fetch(limited, FRESH, NOW, jitter / 10).next_at for jitter in range(10)}
        assert len(times) == 10

    def test_a_person_may_ask_a_failed_source_at_once(self) -> None:
        assert asks_now(after_fetch(Unreachable("refused"), FRESH, NOW, 0.0), NOW)

    def test_an_expired_sign_in_waits_for_the_person(self) -> None:
        state = after_fetch(AuthExpired("401"), FRESH, NOW, 0.0, rhythm=TIMELINE)
        assert (state.error, in_seconds(state)) == ("sign_in_again", 600)


class TestRhythm:
    @pytest.mark.parametrize(
        ("per_week", "wanted"), [(0.0, DAY_S), (3.0, DAY_S), (7.0, DAY_S), (56.0, 10800), (336.0, 1800), (9e9, FLOOR_S)]
    )
    def test_a_feed_is_asked_as_often_as_it_writes(self, per_week: float, wanted: int) -> None:
        assert in_seconds(after_fetch(CHANGED, FRESH, NOW, 0.0, rhythm=FEED, per_week=per_week)) == wanted

    def test_an_unchanged_feed_keeps_its_interval(self) -> None:
        before = after_fetch(CHANGED, FRESH, NOW - timedelta(hours=3), 0.0, per_week=56.0)
        assert in_seconds(after_fetch(SAME, before, NOW, 0.0)) == 10800

    def test_a_long_silence_slows_down_and_the_next_entry_speeds_up_again(self) -> None:
        busy = replace(FRESH, interval_s=1800, last_changed=NOW - timedelta(days=10))
        quiet = after_fetch(SAME, busy, NOW, 0.0)
        assert in_seconds(quiet) == DAY_S / 2
        assert in_seconds(after_fetch(CHANGED, quiet, NOW, 0.0)) == 1800

    def test_a_timeline_keeps_its_pace_while_there_is_news(self) -> None:
        page = Page(entries=(an_entry(),))
        assert in_seconds(after_fetch(page, FRESH, NOW, 0.0, rhythm=TIMELINE, per_week=2.0)) == 120
        quiet = replace(FRESH, interval_s=120, last_changed=NOW - timedelta(days=30))
        slow = after_fetch(Page(unchanged=True), quiet, NOW, 0.0, rhythm=TIMELINE)
        assert in_seconds(slow) == 600
        assert in_seconds(after_fetch(page, slow, NOW, 0.0, rhythm=TIMELINE)) == 120

    def test_feeds_that_come_together_are_spread_over_an_interval(self) -> None:
        night = NOW - timedelta(hours=8)
        late = SourceState(7, first_fetched=night, last_changed=night, next_at=night, interval_s=1800)
        for state in (FRESH, late):
            assert in_seconds(after_fetch(SAME, state, NOW, 0.9, rhythm=FEED)) == 1800 * 1.9
        in_time = replace(late, next_at=NOW - timedelta(minutes=1))
        assert in_seconds(after_fetch(SAME, in_time, NOW, 0.9, rhythm=FEED)) == pytest.approx(1800 * 1.09)

    def test_timelines_are_not_spread(self) -> None:
        assert in_seconds(after_fetch(SAME, FRESH, NOW, 0.9, rhythm=TIMELINE)) == pytest.approx(120 * 1.09)

    def test_entries_per_week_counts_the_last_week(self) -> None:
        days = [NOW - timedelta(days=day) for day in range(30)]
        assert entries_per_week(days, NOW) == 8
        assert entries_per_week([NOW - timedelta(days=1)], NOW) == 1

    def test_entries_per_week_of_a_rare_feed_looks_further_back(self) -> None:
        monthly = [NOW - timedelta(days=28 * month) for month in range(1, 12)]
        assert entries_per_week(monthly, NOW) == pytest.approx(0.25)

    def test_undated_and_future_entries_tell_nothing(self) -> None:
        assert entries_per_week([None, NOW + timedelta(days=3)], NOW) is None


class TestFreshness:
    @pytest.mark.parametrize(
        ("headers", "seconds"),
        [
            ({"cache-control": "max-age=3600"}, 3600),
            ({"cache-control": "public, MAX-AGE = 600"}, 600),
            ({"cache-control": 'max-age="900"'}, 900),
            ({"cache-control": "max-age=3600", "age": "600"}, 3000),
            ({"cache-control": "max-age=504576000"}, LONGEST_FRESH_S),
            ({"cache-control": "max-age=60", "expires": format_datetime(NOW + timedelta(hours=2), usegmt=True)}, 60),
            ({"expires": format_datetime(NOW + timedelta(hours=2), usegmt=True)}, 7200),
        ],
    )
    def test_a_lifetime_is_understood(self, headers: dict[str, str], seconds: int) -> None:
        assert fresh_until(headers, NOW) == NOW + timedelta(seconds=seconds)

    def test_expires_is_read_by_the_servers_own_clock(self) -> None:
        server = NOW - timedelta(days=400)
        headers = {
            "date": format_datetime(server, usegmt=True),
            "expires": format_datetime(server + timedelta(hours=1), usegmt=True),
        }
        assert fresh_until(headers, NOW) == NOW + timedelta(hours=1)

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"expires": "0"},
            {"expires": "-1"},
            {"cache-control": "max-age=0"},
            {"cache-control": "max-age=soon"},
            {"cache-control": "no-cache, max-age=3600"},
            {"cache-control": "no-store"},
            {"cache-control": "max-age=60", "age": "90"},
            {"expires": format_datetime(NOW - timedelta(hours=2), usegmt=True)},
        ],
    )
    def test_no_lifetime(self, headers: dict[str, str]) -> None:
        assert fresh_until(headers, NOW) is None

    @given(st.dictionaries(st.sampled_from(["cache-control", "expires", "age", "date"]), st.text()))
    def test_nothing_a_server_sends_raises_or_bars_for_long(self, headers: dict[str, str]) -> None:
        until = fresh_until(headers, NOW)
        assert until is None or NOW < until <= NOW + timedelta(seconds=LONGEST_FRESH_S)


times = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
jitters = st.floats(0, 1, exclude_max=True)
rhythms = st.integers(30, 7200).map(Rhythm.of)
states = st.builds(
    SourceState,
    source_id=st.integers(1),
    cursor=st.text(max_size=5),
    first_fetched=st.none() | times,
    last_fetched=st.none() | times,
    last_changed=st.none() | times,
    next_at=st.none() | times,
    failures=st.integers(0, 100),
    error=st.sampled_from(["", "unreachable", "rate_limited"]),
    interval_s=st.integers(0, 10 * DAY_S),
)
pages = st.builds(
    Page,
    cursor=st.text(max_size=5),
    unchanged=st.booleans(),
    raw=st.none() | st.just(RAW),
    not_before=st.none() | times,
)
failures = st.one_of(
    st.sampled_from(
        [
            Unreachable("x"),
            AuthExpired("x"),
            Rejected("x", reason="not_found"),
            Rejected("x", reason="not_a_feed"),
            OutcomeUnknown("x"),
            ContentError("x", reason="worker"),
            StoreError("x", reason="locked"),
        ]
    ),
    times.map(lambda until: RateLimited("x", until)),
)
rates = st.none() | st.floats(0, 1e9)
ttls = st.none() | st.integers(0, 10**9)


@given(pages, states, times, jitters, rhythms, rates, ttls)
def test_an_answering_source_is_asked_again_between_floor_and_ceiling(
    page: Page, state: SourceState, now: datetime, jitter: float, rhythm: Rhythm, rate: float | None, ttl: int | None
) -> None:
    after = after_fetch(page, state, now, jitter, rhythm=rhythm, per_week=rate, ttl_s=ttl)
    assert after.next_at is not None
    wait = (after.next_at - now).total_seconds()
    assert rhythm.floor_s <= wait <= max(rhythm.ceiling_s, LONGEST_FRESH_S) * 1.2 + 1
    assert (after.failures, after.error, after.last_fetched) == (0, "", now)


@given(failures, states, times, jitters, rhythms)
def test_a_failing_source_is_asked_again_within_a_day_and_a_quarter(
    error: SocialDeskError, state: SourceState, now: datetime, jitter: float, rhythm: Rhythm
) -> None:
    after = after_fetch(error, state, now, jitter, rhythm=rhythm)
    assert after.next_at is not None
    assert now < after.next_at <= now + timedelta(seconds=DAY_S * 1.25 + 61)
    assert after.error
    assert after.error_at == now
    assert after.cursor == state.cursor
    assert after.last_fetched == state.last_fetched


@given(st.integers(1, 200), rhythms, st.booleans())
def test_pauses_never_shrink_while_failures_grow(failures: int, rhythm: Rhythm, refused: bool) -> None:
    assert backoff_s(failures, rhythm, refused=refused) <= backoff_s(failures + 1, rhythm, refused=refused)


@given(rhythms, st.integers(0, 10**7), rates, ttls, st.floats(0, 1e10))
def test_every_interval_is_within_its_rhythm(
    rhythm: Rhythm, previous: int, rate: float | None, ttl: int | None, quiet: float
) -> None:
    assert rhythm.floor_s <= interval_s(rhythm, previous, rate, ttl, quiet) <= rhythm.ceiling_s


@given(st.lists(st.none() | times, max_size=50), times)
def test_a_rate_is_never_negative_nor_more_than_all(dates: list[datetime | None], now: datetime) -> None:
    rate = entries_per_week(dates, now)
    assert rate is None or 0 <= rate <= len(dates)


def test_the_network_s_limit_puts_off_the_next_look_and_says_so() -> None:
    late, soon = NOW + timedelta(hours=2), NOW + timedelta(seconds=5)
    waits = after_fetch(CHANGED, FRESH, NOW, 0.0, rhythm=Rhythm.of(300), limited_until=late)
    assert (waits.next_at, waits.waits) == (late + timedelta(seconds=1), "limit")
    usual = after_fetch(CHANGED, waits, NOW, 0.0, rhythm=Rhythm.of(300), limited_until=soon)
    assert (usual.next_at, usual.waits) == (NOW + timedelta(seconds=300), "")
    endless = after_fetch(CHANGED, FRESH, NOW, 0.0, limited_until=NOW + timedelta(days=99))
    assert endless.next_at is not None
    assert endless.next_at <= NOW + timedelta(days=1, seconds=1)
