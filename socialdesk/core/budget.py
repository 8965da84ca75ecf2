"""What a server allows us, as pure decisions: when it may be asked again, and how fast."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

LONGEST_WAIT = timedelta(days=1)  # servers have been seen asking for years
FEED_WAIT = timedelta(minutes=10)  # a 429 that names no time: feeds (NetNewsWire's default)
API_WAIT = timedelta(minutes=1)
LONGEST_UNNAMED_WAIT = timedelta(hours=4)

TOO_MANY_REQUESTS = 429
UNAVAILABLE = 503


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """What one response said of limits. Times are UTC; `wait` is None when Retry-After is missing, zero or past.

    `rest`: little is left, so nobody should ask unbidden before then; what a person asks for still may.
    """

    wait: datetime | None = None
    remaining: int | None = None
    reset: datetime | None = None
    rest: datetime | None = None


NO_LIMITS = ServerLimits()


@dataclass(frozen=True, slots=True)
class HostBudget:
    """Where we stand with one host, or with one account's budget at it. Times are UTC.

    `until` bars everything, `reads_until` and `writes_until` only reads or writes. `strikes`: refusals in a row that
    named no time. `plain_agent`: the host refused our full agent, and the plain one helped (True) or not (False).
    """

    until: datetime | None = None
    reads_until: datetime | None = None
    writes_until: datetime | None = None
    strikes: int = 0
    plain_agent: bool | None = None


FRESH = HostBudget()


def barred_until(budget: HostBudget, now: datetime, *, write: bool) -> datetime | None:
    """When the next read or write is allowed; None = now."""
    times = (budget.until, budget.writes_until if write else budget.reads_until)
    return max((t for t in times if t is not None and t > now), default=None)


def refuses(status: int, limits: ServerLimits, *, write: bool) -> bool:
    """True when the response says "not now, and nothing happened".

    A 503 on a write may come from a gateway behind which the write went on, so it says nothing of the outcome.
    """
    return status == TOO_MANY_REQUESTS or (status == UNAVAILABLE and limits.wait is not None and not write)


def after_response(
    budget: HostBudget, status: int, limits: ServerLimits, now: datetime, *, write: bool = False, feed: bool = False
) -> HostBudget:
    """The budget after one response.

    A refusal of a read bars everything, one of a write only writes: networks count uploads and posts apart. Nothing
    remaining after a read bars reads until the reset; writes are still tried, for the same reason.
    """
    if status == TOO_MANY_REQUESTS or (status == UNAVAILABLE and limits.wait is not None):
        until = refusal_ends(limits, now, strikes=budget.strikes, feed=feed)
        strikes = budget.strikes if limits.wait or limits.reset else budget.strikes + 1
        if write:
            return replace(budget, writes_until=_later(budget.writes_until, until), strikes=strikes)
        return replace(budget, until=_later(budget.until, until), strikes=strikes)
    calm = replace(budget, strikes=0) if budget.strikes and status < 400 else budget
    if limits.remaining == 0 and limits.reset is not None and limits.reset > now and not write:
        return replace(calm, reads_until=_clamped(limits.reset, now))
    return calm


def refusal_ends(limits: ServerLimits, now: datetime, *, strikes: int, feed: bool) -> datetime:
    """When a refusal ends: the server's own time, else a wait that doubles with every refusal that names none."""
    named = limits.wait or (limits.reset if limits.reset is not None and limits.reset > now else None)
    if named is not None:
        return _clamped(named, now)
    unnamed = (FEED_WAIT if feed else API_WAIT) * float(2 ** min(strikes, 10))
    return now + min(unnamed, LONGEST_UNNAMED_WAIT)


def current(budget: HostBudget, now: datetime) -> HostBudget:
    """The budget without waits that are over, or that lie further ahead than any wait (the clock was set back)."""

    def still(until: datetime | None) -> datetime | None:
        return until if until is not None and now < until <= now + LONGEST_WAIT else None

    return replace(
        budget,
        until=still(budget.until),
        reads_until=still(budget.reads_until),
        writes_until=still(budget.writes_until),
    )


@dataclass(frozen=True, slots=True)
class Pacing:
    """How politely feeds are fetched, per host. Seconds and counts.

    `burst` requests may follow one another at the minimum gap; beyond that, one every `refill_s`. This machine's own
    loopback needs no mercy.
    """

    gap_s: float = 1.0
    connections: int = 1
    burst: int = 60
    refill_s: float = 4.0
    loopback_gap_s: float = 0.0
    loopback_connections: int = 8


@dataclass(frozen=True, slots=True)
class Bucket:
    """Tokens left at the time `at` (seconds of a steady clock)."""

    tokens: float
    at: float


def take(bucket: Bucket | None, at: float, *, burst: int, refill_s: float) -> tuple[Bucket, float]:
    """Takes one token at the time `at`. Returns the bucket and how many seconds to wait before using the token.

    The bucket may go below zero: those who wait have their place in the line already.
    """
    before = Bucket(float(burst), at) if bucket is None else bucket
    refilled = min(float(burst), before.tokens + max(0.0, at - before.at) / refill_s)
    after = Bucket(refilled - 1.0, at)
    return after, max(0.0, -after.tokens) * refill_s


def _later(known: datetime | None, new: datetime) -> datetime:
    return new if known is None or new > known else known


def _clamped(until: datetime, now: datetime) -> datetime:
    return min(until, now + LONGEST_WAIT)
