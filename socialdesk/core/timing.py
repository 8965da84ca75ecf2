"""Pure decisions about a source: what an outcome means for it, and when it is asked again.

The rules are those of the most careful readers (NetNewsWire, Miniflux, FreshRSS, Liferea); `docs/fetching.md` says
which. `jitter` is a number in [0, 1) chosen by the caller. All times are UTC.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from socialdesk.core.entry import Page
from socialdesk.core.errors import (
    AuthExpired,
    ContentError,
    NetworkError,
    OverBudget,
    RateLimited,
    Rejected,
    SocialDeskError,
    Unreachable,
    VaultError,
)
from socialdesk.core.source import SourceState

DAY_S = 24 * 3600
WEEK_S = 7 * DAY_S
FLOOR_S = 10 * 60  # no feed is asked more often than this, however often it changes
CEILING_S = DAY_S
BACKOFF_CEILING_S = DAY_S
REFUSED_FIRST_S = 3600  # a 4xx rarely mends itself within the hour
OFFLINE_PAUSE_S = 30
LONGEST_FRESH_S = 5 * 3600  # servers have been seen to send a max-age of sixteen years
LONGEST_SERVER_WAIT_S = DAY_S
QUIET_SHARE = 20  # a source silent for n days is asked every n/20 days
SPREAD_S = 60  # sources of a host that asked us to wait do not all come back in the same second


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a kind of source is asked, in seconds: at first, at most often, at most rarely."""

    base_s: int = 1800
    floor_s: int = FLOOR_S
    ceiling_s: int = CEILING_S

    @classmethod
    def of(cls, interval_s: int) -> "Rhythm":
        """The rhythm of a source kind by its `interval_s`. Timelines keep theirs; feeds adapt to what they carry."""
        if interval_s < FLOOR_S:
            return cls(interval_s, interval_s, interval_s * 5)
        return cls(interval_s, FLOOR_S, CEILING_S)


DEFAULT_RHYTHM = Rhythm()
LIVE_S = 10 * 60  # while the network tells of news by itself, looking is for what it may have left out


def while_live(rhythm: Rhythm) -> Rhythm:
    """The rhythm of a source that a stream tells of."""
    seconds = max(LIVE_S, rhythm.base_s)
    return Rhythm(seconds, seconds, max(seconds, rhythm.ceiling_s))


def after_fetch(
    outcome: Page | SocialDeskError,
    state: SourceState,
    now: datetime,
    jitter: float,
    *,
    rhythm: Rhythm = DEFAULT_RHYTHM,
    per_week: float | None = None,
    ttl_s: int | None = None,
    limited_until: datetime | None = None,
    slowed: str = "",
) -> SourceState:
    """The source's state after one fetch.

    `limited_until` is when the network's limits allow the next look, None = at once; `slowed` why the rhythm is not
    the usual one (`SourceState.waits`).
    `per_week` is how many entries a week the source carries (`entries_per_week`), None = as before. `ttl_s` is the
    feed's own wish (RSS ttl, sy:updatePeriod): a least interval. A failure leaves the cursor as it was.
    """
    match outcome:
        case Page():
            after = _after_page(outcome, state, now, jitter, rhythm, per_week, ttl_s)
            return _within_limits(replace(after, waits=slowed), limited_until, now, jitter)
        case Unreachable(offline=True):
            return replace(state, next_at=now + timedelta(seconds=OFFLINE_PAUSE_S * (1 + jitter)))
        case RateLimited():
            longest = now + timedelta(seconds=LONGEST_SERVER_WAIT_S)
            until = max(min(outcome.until, longest), now) + timedelta(seconds=1 + SPREAD_S * jitter)
            return replace(_failed(state, outcome, now, until, failures=state.failures), waits="limit")
        case OverBudget():
            return replace(_failed(state, outcome, now, outcome.until, failures=state.failures), waits="budget")
        case Rejected(reason="gone"):
            return replace(_failed(state, outcome, now, None), stopped=True)
        case AuthExpired():
            # Nothing changes until the person signs in, and then the account's sources are made due.
            return _failed(state, outcome, now, now + timedelta(seconds=rhythm.ceiling_s * (1 + jitter / 10)))
        case _:
            pause = backoff_s(state.failures + 1, rhythm, refused=_is_refusal(outcome)) * (1 + jitter / 4)
            return _failed(state, outcome, now, now + timedelta(seconds=pause))


def _after_page(
    page: Page,
    state: SourceState,
    now: datetime,
    jitter: float,
    rhythm: Rhythm,
    per_week: float | None,
    ttl_s: int | None,
) -> SourceState:
    changed = not page.unchanged and (bool(page.entries) or page.raw is not None)
    last_changed = now if changed else state.last_changed
    quiet = _since(last_changed or state.first_fetched, now)
    interval = interval_s(rhythm, 0 if changed else state.interval_s, per_week, ttl_s, quiet)
    wait = timedelta(seconds=_spread(interval, rhythm, jitter, parting=_is_late(state, now, interval)))
    next_at = now + wait
    if page.not_before is not None:
        latest = now + timedelta(seconds=max(LONGEST_FRESH_S, interval))
        next_at = max(next_at, min(page.not_before, latest) + wait * (jitter / 10))
    gone = bool(page.meta and page.meta.gone)
    return replace(
        state,
        cursor=page.cursor or state.cursor,
        first_fetched=state.first_fetched or now,
        last_fetched=now,
        last_changed=last_changed,
        next_at=None if gone else next_at,
        failures=0,
        error="gone" if gone else "",
        error_detail="",
        error_at=now if gone else None,
        stopped=gone,
        interval_s=interval,
    )


def _within_limits(state: SourceState, until: datetime | None, now: datetime, jitter: float) -> SourceState:
    """Not before the network lets us: a look that it would refuse is one too many."""
    if until is None or state.next_at is None or until <= state.next_at:
        return state
    latest = now + timedelta(seconds=LONGEST_SERVER_WAIT_S)
    return replace(state, next_at=min(until, latest) + timedelta(seconds=1 + SPREAD_S * jitter), waits="limit")


def _is_late(state: SourceState, now: datetime, interval: int) -> bool:
    """Asked for the first time or long after its time, so together with many others: feeds that were added at once,
    and all of them after a night."""
    return state.next_at is None or (now - state.next_at).total_seconds() > interval


def _spread(interval: int, rhythm: Rhythm, jitter: float, *, parting: bool) -> float:
    """Seconds until the next look. Feeds that part are spread over a whole interval, else they would stay a burst
    (commafeed#2181); a tenth of the longest is spread enough."""
    usual = interval * (1 + jitter / 10)
    if not parting or rhythm.floor_s == rhythm.base_s:
        return usual
    return max(usual, min(interval * (1 + jitter), rhythm.ceiling_s * (1 + jitter / 10)))


def _failed(
    state: SourceState, error: SocialDeskError, now: datetime, next_at: datetime | None, failures: int | None = None
) -> SourceState:
    return replace(
        state,
        next_at=next_at,
        failures=state.failures + 1 if failures is None else failures,
        error=_code(error),
        error_detail=str(error),
        error_at=now,
        waits="",
    )


def _code(error: SocialDeskError) -> str:
    if isinstance(error, NetworkError):
        return error.code
    return error.reason if isinstance(error, ContentError | OverBudget | VaultError) else "other"


def _is_refusal(error: SocialDeskError) -> bool:
    return isinstance(error, Rejected) and error.reason != "not_a_feed"  # that may be a hotel's sign-in page


def backoff_s(failures: int, rhythm: Rhythm, *, refused: bool = False) -> float:
    """Seconds until the next try after `failures` failures in a row: doubles, up to a day. Servers that refused get
    an hour at least."""
    first = max(rhythm.base_s, REFUSED_FIRST_S) if refused else rhythm.base_s
    return float(min(first * 2 ** min(max(failures - 1, 0), 16), max(BACKOFF_CEILING_S, rhythm.base_s)))


def interval_s(rhythm: Rhythm, previous_s: int, per_week: float | None, ttl_s: int | None, quiet_s: float) -> int:
    """Seconds between two looks at a source that answers.

    One week divided by the entries it carries in a week (Miniflux's `entry_frequency`), slower when it has been quiet
    for long, and never faster than the source itself wants.
    """
    if rhythm.floor_s == rhythm.base_s:
        wanted = float(rhythm.base_s)
    elif per_week is None:
        wanted = float(previous_s or rhythm.base_s)
    else:
        wanted = WEEK_S / per_week if per_week > 0 else float(rhythm.ceiling_s)
    if quiet_s > DAY_S:
        wanted = max(wanted, quiet_s / QUIET_SHARE)
    lowest = max(rhythm.floor_s, min(ttl_s or 0, rhythm.ceiling_s))
    return round(min(max(wanted, lowest), rhythm.ceiling_s))


def entries_per_week(dates: Iterable[datetime | None], now: datetime) -> float | None:
    """How many entries a week a source carries, judged by the dates of those it shows. None = they do not tell.

    The window is the last week, or as far back as is needed for five entries.
    """
    known = sorted((now - date).total_seconds() for date in dates if date is not None and date <= now)
    if not known:
        return None
    within = sum(1 for age in known if age <= WEEK_S)
    if within >= 5 or known[-1] <= WEEK_S:
        return float(within)
    sample = known[: max(5, within)]
    return len(sample) * WEEK_S / max(sample[-1], WEEK_S)


def asks_now(state: SourceState, now: datetime) -> bool:
    """Whether a refresh that a person asks for may ask this source: always, save where a server told us to wait, or
    where the month's money is spent."""
    waiting = state.error in {"rate_limited", "budget_spent"} and state.next_at is not None and state.next_at > now
    return not waiting


def heeds(state: SourceState, now: datetime) -> bool:
    """Whether word of news lets this source be asked now: never against a limit of the network or of the person."""
    waiting = state.waits in {"limit", "budget"} and state.next_at is not None and state.next_at > now
    return asks_now(state, now) and not waiting and not state.stopped


_DIRECTIVE = re.compile(r'([a-z-]+)\s*(?:=\s*"?([^",\s]+)"?)?', re.IGNORECASE)


def fresh_until(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Until when a response with these lower-case `headers` need not be asked for again, or None.

    RFC 9111 section 4.2: max-age, else Expires, less Age; no-cache and no-store mean None. At most five hours.
    """
    directives = {name.lower(): value for name, value in _DIRECTIVE.findall(headers.get("cache-control", ""))}
    if "no-cache" in directives or "no-store" in directives:
        return None
    named = directives.get("max-age")
    lifetime = _until_expiry(headers, now) if named is None else _number(named)
    if lifetime is None:
        return None
    left = min(lifetime - (_number(headers.get("age", "")) or 0), LONGEST_FRESH_S)
    return now + timedelta(seconds=left) if left > 0 else None


def _until_expiry(headers: Mapping[str, str], now: datetime) -> float | None:
    expires = http_date(headers.get("expires", ""))
    if expires is None:
        return None
    return (expires - (http_date(headers.get("date", "")) or now)).total_seconds()


def http_date(text: str) -> datetime | None:
    """An HTTP date (RFC 9110 section 5.6.7) as UTC, None if it is none."""
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)


def _number(text: str) -> float | None:
    return float(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _since(then: datetime | None, now: datetime) -> float:
    return max(0.0, (now - then).total_seconds()) if then is not None else 0.0
