"""Pure decisions about a delivery: what an outcome on the wire means for it, and when to try again.

The table of `docs/architecture.md`, "Road two". `jitter` is a number in [0, 1) chosen by the caller.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from socialdesk.core.errors import (
    AuthExpired,
    NetworkError,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    SocialDeskError,
    Unreachable,
)
from socialdesk.core.post import Delivery, DeliveryState, Receipt

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=30)
OFFLINE_PAUSE = timedelta(seconds=15)
LOOKS_BEFORE_ASKING = 4
UPLOADS_BEFORE_REFUSING = 3
SAFE_TO_RETRY = frozenset({DeliveryState.REFUSED, DeliveryState.HELD, DeliveryState.SIGN_IN, DeliveryState.WAITING})
OPEN_STATES = frozenset(
    {DeliveryState.WAITING, DeliveryState.SENDING, DeliveryState.IN_DOUBT, DeliveryState.SIGN_IN, DeliveryState.HELD}
)
FAILED_STATES = frozenset({DeliveryState.REFUSED, DeliveryState.CANCELLED})


def pause(attempts: int, jitter: float) -> timedelta:
    """Growing pause before attempt number `attempts` + 1: doubles from 5 s to 30 min, plus up to a quarter."""
    grown: timedelta = FIRST_PAUSE * 2 ** min(max(attempts - 1, 0), 16)
    return min(grown, LONGEST_PAUSE) * (1 + jitter / 4)


def after_publish(delivery: Delivery, outcome: Receipt | SocialDeskError, now: datetime, jitter: float) -> Delivery:
    """The delivery after one attempt to send its next part."""
    if isinstance(outcome, Receipt):
        return _with_receipt(delivery, outcome, now)
    attempts = delivery.attempts + 1
    match outcome:
        case Unreachable(offline=True):
            return _with_error(delivery, DeliveryState.WAITING, outcome, now, next_at=now + OFFLINE_PAUSE)
        case Unreachable():
            later = now + pause(attempts, jitter)
            return _with_error(delivery, DeliveryState.WAITING, outcome, now, next_at=later, attempts=attempts)
        case RateLimited():
            return _with_error(delivery, DeliveryState.WAITING, outcome, now, next_at=max(outcome.until, now))
        case AuthExpired():
            return _with_error(delivery, DeliveryState.SIGN_IN, outcome, now)
        case OutcomeUnknown():
            look = max(outcome.retry_at or now, now + FIRST_PAUSE * (0.4 + jitter / 4))
            return _with_error(delivery, DeliveryState.IN_DOUBT, outcome, now, next_at=look, attempts=1)
        case Rejected(reason="media_missing") if attempts < UPLOADS_BEFORE_REFUSING:
            # The network has dropped an upload that was not used in time: it is uploaded again.
            return _with_error(delivery, DeliveryState.WAITING, outcome, now, next_at=now, attempts=attempts)
        case Rejected():
            return _with_error(delivery, DeliveryState.REFUSED, outcome, now, attempts=attempts)
        case _:
            return _with_error(delivery, DeliveryState.REFUSED, outcome, now, attempts=attempts)


def after_find(delivery: Delivery, outcome: Receipt | SocialDeskError | None, now: datetime, jitter: float) -> Delivery:
    """The delivery after looking for a part that is in doubt. Only a certain "no" puts it back in the queue."""
    if isinstance(outcome, Receipt):
        return _with_receipt(delivery, outcome, now)
    if outcome is None:
        return _again(delivery, now)
    attempts = delivery.attempts + 1
    match outcome:
        case AuthExpired():
            return _with_error(delivery, DeliveryState.IN_DOUBT, outcome, now, attempts=attempts)
        case RateLimited():
            return _with_error(delivery, DeliveryState.IN_DOUBT, outcome, now, next_at=max(outcome.until, now))
        case Unreachable(offline=True):
            return _with_error(delivery, DeliveryState.IN_DOUBT, outcome, now, next_at=now + OFFLINE_PAUSE)
        case Unreachable():
            later = now + pause(attempts, jitter)
            return _with_error(delivery, DeliveryState.IN_DOUBT, outcome, now, next_at=later, attempts=attempts)
        case _:
            again = now + pause(attempts, jitter) if attempts < LOOKS_BEFORE_ASKING else None
            return _with_error(delivery, DeliveryState.IN_DOUBT, outcome, now, next_at=again, attempts=attempts)


def interrupted(delivery: Delivery, now: datetime) -> Delivery:
    """A delivery found `sending` at start, or cancelled in mid-flight: in doubt, looked for at once."""
    return replace(
        delivery,
        state=DeliveryState.IN_DOUBT,
        next_at=now,
        attempts=0,
        error="interrupted",
        error_detail="",
        updated=now,
    )


def retried(delivery: Delivery, now: datetime) -> Delivery | None:
    """A retry that a person asked for, or None where it is not provably safe."""
    if delivery.state not in SAFE_TO_RETRY:
        return None
    return _again(delivery, now)


def looked_for(delivery: Delivery, now: datetime) -> Delivery | None:
    """The person asks to look now; None unless the delivery is in doubt."""
    if delivery.state is not DeliveryState.IN_DOUBT:
        return None
    return replace(delivery, next_at=now, attempts=0, updated=now)


def released(delivery: Delivery, now: datetime) -> Delivery:
    """What it waited for is out: a dependant may go."""
    return _again(delivery, now)


def held(delivery: Delivery, now: datetime) -> Delivery:
    """What it links to has failed: it holds until the person decides."""
    return replace(delivery, state=DeliveryState.HELD, next_at=None, error="waits_for_failed", updated=now)


def cancelled(delivery: Delivery, now: datetime) -> Delivery | None:
    """Cancelling is possible only while nothing of the delivery can be out."""
    if delivery.state in (DeliveryState.SENDING, DeliveryState.IN_DOUBT, DeliveryState.SENT):
        return None
    return replace(delivery, state=DeliveryState.CANCELLED, next_at=None, updated=now)


def _again(delivery: Delivery, now: datetime) -> Delivery:
    """Back in the queue; nothing of the part at hand is out."""
    return replace(
        delivery,
        state=DeliveryState.WAITING,
        next_at=now,
        attempts=0,
        error="",
        error_detail="",
        updated=now,
        begun=None,
    )


def _with_receipt(delivery: Delivery, receipt: Receipt, now: datetime) -> Delivery:
    at = delivery.next_part
    parts = tuple(replace(part, receipt=receipt) if i == at else part for i, part in enumerate(delivery.parts))
    done = at + 1 >= len(parts)
    return replace(
        delivery,
        parts=parts,
        state=DeliveryState.SENT if done else DeliveryState.WAITING,
        next_at=None if done else now,
        attempts=0,
        error="",
        error_detail="",
        updated=now,
        begun=None,
    )


def _with_error(
    delivery: Delivery,
    state: DeliveryState,
    error: SocialDeskError,
    now: datetime,
    *,
    next_at: datetime | None = None,
    attempts: int | None = None,
) -> Delivery:
    reason = error.reason if isinstance(error, NetworkError) else "other"
    detail = f"{error}: {error.detail}" if isinstance(error, NetworkError) and error.detail else str(error)
    return replace(
        delivery,
        state=state,
        next_at=next_at,
        attempts=delivery.attempts if attempts is None else attempts,
        error=reason,
        error_detail=detail,
        updated=now,
        begun=delivery.begun if state is DeliveryState.IN_DOUBT else None,
    )
