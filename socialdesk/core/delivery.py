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
MAY_BE_OUT = frozenset({DeliveryState.SENDING, DeliveryState.IN_DOUBT, DeliveryState.SENT, DeliveryState.SCHEDULED})
SAFE_TO_RETRY = frozenset({DeliveryState.REFUSED, DeliveryState.HELD, DeliveryState.SIGN_IN, DeliveryState.WAITING})
OPEN_STATES = frozenset(
    {
        DeliveryState.WAITING,
        DeliveryState.SENDING,
        DeliveryState.IN_DOUBT,
        DeliveryState.SIGN_IN,
        DeliveryState.HELD,
        DeliveryState.HAND_OFF,
        DeliveryState.SCHEDULED,
    }
)
PREVIOUS_UNKNOWN = "previous_unknown"  # `Delivery.error` of what would stand alone
DELETED = "deleted"  # `Delivery.error` of a post that the person deleted from here
OVERDUE = "overdue"  # `Delivery.error` of what could not go out at its time
TAKEN_BACK_THERE = "taken_back_there"  # `Delivery.error` of what its network held and no longer has
PUBLISHING_TAKES = timedelta(seconds=30)  # of a network, after the time it was given
FAILED_STATES = frozenset({DeliveryState.REFUSED, DeliveryState.CANCELLED})


def pause(attempts: int, jitter: float) -> timedelta:
    """Growing pause before attempt number `attempts` + 1: doubles from 5 s to 30 min, plus up to a quarter."""
    grown: timedelta = FIRST_PAUSE * 2 ** min(max(attempts - 1, 0), 16)
    return min(grown, LONGEST_PAUSE) * (1 + jitter / 4)


def after_publish(delivery: Delivery, outcome: Receipt | SocialDeskError, now: datetime, jitter: float) -> Delivery:
    """The delivery after one attempt to send its next part. No pause reaches beyond the time it shall go out."""
    if isinstance(outcome, Receipt):
        return _with_receipt(delivery, outcome, now)
    after = _after_failure(delivery, outcome, now, jitter)
    at = delivery.publish_at
    if after.state is DeliveryState.WAITING and at is not None and at > now and after.next_at is not None:
        return replace(after, next_at=min(after.next_at, at))
    return after


def _after_failure(delivery: Delivery, outcome: SocialDeskError, now: datetime, jitter: float) -> Delivery:
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
        case Rejected(reason="cannot_plan") if delivery.publish_at is not None and delivery.publish_at > now:
            # The network holds no (more) posts for the account: this desk sends it at its time.
            return replace(_again(delivery, now), next_at=delivery.publish_at)
        case _:
            return _with_error(delivery, DeliveryState.REFUSED, outcome, now, attempts=attempts)


def after_find(
    delivery: Delivery, outcome: Receipt | SocialDeskError | None, now: datetime, jitter: float, misses: int = 0
) -> Delivery:
    """The delivery after looking for a part that is in doubt. Only a certain "no" puts it back in the queue.

    `misses` is how often the part was certainly not there before: a server that fails at every post is given pauses.
    """
    if isinstance(outcome, Receipt):
        return _with_receipt(delivery, outcome, now)
    if outcome is None:
        return replace(_again(delivery, now), next_at=now + pause(misses, jitter) if misses else now)
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
            if again is not None and isinstance(outcome, OutcomeUnknown) and outcome.retry_at is not None:
                again = max(again, outcome.retry_at)  # until then the network may still be at work
            return _with_error(delivery, DeliveryState.IN_DOUBT, outcome, now, next_at=again, attempts=attempts)


def after_scheduled(
    delivery: Delivery, outcome: Receipt | SocialDeskError | None, now: datetime, jitter: float
) -> Delivery | None:
    """A post that its network holds, after looking whether it is out. None where nothing is held.

    It is never sent from here again, whatever the answer: only the person may write it anew.
    """
    if delivery.state is not DeliveryState.SCHEDULED:
        return None
    if isinstance(outcome, Receipt) and outcome.publish_at is None:
        return _replaced_receipt(delivery, outcome, now)
    attempts = delivery.attempts + 1
    later = now + pause(attempts, jitter)
    match outcome:
        case None | Receipt():
            at = outcome.publish_at if outcome is not None else delivery.publish_at
            first = at + PUBLISHING_TAKES if at is not None else now
            waits = first > now
            told = replace(delivery, next_at=first if waits else later, publish_at=at, updated=now)
            return replace(told, attempts=0 if waits else attempts, error="", error_detail="")
        case Rejected(reason="not_found"):
            gone = Rejected(str(outcome), reason=TAKEN_BACK_THERE, detail=outcome.detail)
            return _with_error(delivery, DeliveryState.REFUSED, gone, now)
        case RateLimited():
            return _with_error(delivery, DeliveryState.SCHEDULED, outcome, now, next_at=max(outcome.until, now))
        case Unreachable(offline=True):
            return _with_error(delivery, DeliveryState.SCHEDULED, outcome, now, next_at=now + OFFLINE_PAUSE)
        case Unreachable():
            return _with_error(delivery, DeliveryState.SCHEDULED, outcome, now, next_at=later, attempts=attempts)
        case AuthExpired():  # it goes out all the same; a sign-in lets us see it
            return _with_error(delivery, DeliveryState.SCHEDULED, outcome, now, next_at=now + LONGEST_PAUSE)
        case _:
            again = later if attempts < LOOKS_BEFORE_ASKING else None
            return _with_error(delivery, DeliveryState.SCHEDULED, outcome, now, next_at=again, attempts=attempts)


def postponed(delivery: Delivery, until: datetime, now: datetime) -> Delivery | None:
    """This desk sends it at its time, and tries nothing before `until`. None unless it waits."""
    if delivery.state is not DeliveryState.WAITING:
        return None
    return replace(delivery, next_at=until, attempts=0, error="", error_detail="", updated=now, begun=None)


def overdue(delivery: Delivery, now: datetime) -> Delivery | None:
    """Its time went by before it could be sent: it is never late without the person's word. None unless it waits."""
    if delivery.state is not DeliveryState.WAITING:
        return None
    return replace(delivery, state=DeliveryState.HELD, next_at=None, error=OVERDUE, error_detail="", updated=now)


def withdrawn(delivery: Delivery, now: datetime) -> Delivery | None:
    """Its network has certainly given it back: nothing of it is or will be out."""
    if delivery.state is not DeliveryState.SCHEDULED and delivery.error != TAKEN_BACK_THERE:
        return None
    return replace(
        delivery, state=DeliveryState.CANCELLED, next_at=None, error="", error_detail="", updated=now, begun=None
    )


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


def stands_alone(delivery: Delivery) -> bool:
    """The next part has to answer one that is out, but whose id at the network is not known."""
    at = delivery.next_part
    before = delivery.parts[at - 1].receipt if 0 < at < len(delivery.parts) else None
    return before is not None and not before.remote_id


def handed_off(delivery: Delivery, now: datetime) -> Delivery | None:
    """Its time has come, and the person posts it in the browser: it waits until they say so, however long.

    Nothing of it was ever sent from here, so also one in doubt (the store was put back from a copy) is theirs to tell.
    """
    if delivery.state not in (DeliveryState.WAITING, DeliveryState.IN_DOUBT):
        return None
    return replace(
        delivery,
        state=DeliveryState.HAND_OFF,
        next_at=None,
        attempts=0,
        error="",
        error_detail="",
        updated=now,
        begun=None,
    )


def confirmed(delivery: Delivery, receipt: Receipt, now: datetime) -> Delivery | None:
    """A person saw the part in doubt at the network, or gives the address of the one that the next part answers.

    Or they posted by hand. Without its id what follows is held: it would stand alone; what is posted by hand needs
    none. None where there is nothing to confirm.
    """
    if delivery.state is DeliveryState.HAND_OFF:
        return _with_receipt(delivery, receipt, now)
    if is_unclear(delivery):
        return _replaced_receipt(delivery, receipt, now)
    if delivery.state is DeliveryState.IN_DOUBT:
        return lonely_held(_with_receipt(delivery, receipt, now), now)
    if delivery.state is not DeliveryState.HELD or not stands_alone(delivery) or not receipt.remote_id:
        return None
    at = delivery.next_part - 1
    parts = tuple(replace(part, receipt=receipt) if i == at else part for i, part in enumerate(delivery.parts))
    return _again(replace(delivery, parts=parts), now)


def is_unclear(delivery: Delivery) -> bool:
    """Its network held it and cannot tell what became of it: only a person can."""
    return delivery.state is DeliveryState.SCHEDULED and delivery.next_at is None


def denied(delivery: Delivery, now: datetime) -> Delivery | None:
    """The person looked, and the post is not at the network. None where nothing is in doubt."""
    if is_unclear(delivery):
        return _with_error(delivery, DeliveryState.REFUSED, Rejected("not there", reason=TAKEN_BACK_THERE), now)
    return after_find(delivery, None, now, 0) if delivery.state is DeliveryState.IN_DOUBT else None


def lonely_held(delivery: Delivery, now: datetime) -> Delivery:
    """Held where its next part would stand alone, else as it is."""
    if delivery.state is not DeliveryState.WAITING or not stands_alone(delivery):
        return delivery
    return replace(delivery, state=DeliveryState.HELD, next_at=None, error=PREVIOUS_UNKNOWN, updated=now)


def retried(delivery: Delivery, now: datetime) -> Delivery | None:
    """What a person wants out now, whatever its time was; None where that is not provably safe."""
    if delivery.state not in SAFE_TO_RETRY or stands_alone(delivery) or delivery.next_part >= len(delivery.parts):
        return None
    return replace(_again(delivery, now), publish_at=None)


def signed_in(delivery: Delivery, now: datetime) -> Delivery | None:
    """What waited for a sign-in goes on, at its time if it has one; None where nothing waited for it."""
    if delivery.state is DeliveryState.SIGN_IN:
        return _again(delivery, now)
    return looked_for(delivery, now)


def looked_for(delivery: Delivery, now: datetime) -> Delivery | None:
    """Looks now; None unless the delivery is in doubt, or held at its network."""
    if delivery.state not in (DeliveryState.IN_DOUBT, DeliveryState.SCHEDULED):
        return None
    return replace(delivery, next_at=now, attempts=0, updated=now)


def released(delivery: Delivery, now: datetime) -> Delivery:
    """What it waited for is out: a dependant may go."""
    return _again(delivery, now)


def held(delivery: Delivery, now: datetime) -> Delivery:
    """What it links to has failed: it holds until the person decides."""
    return replace(delivery, state=DeliveryState.HELD, next_at=None, error="waits_for_failed", updated=now)


def followed(delivery: Delivery, dependant: Delivery, now: datetime) -> Delivery | None:
    """What the state of `delivery` means for one that carries its permalink; None = nothing.

    Without a permalink there is nothing to carry: the dependant holds until the person decides. One with a time goes
    out with it where somebody gave it a later one at its network.
    """
    if dependant.state not in (DeliveryState.WAITING, DeliveryState.HELD):
        return None
    if delivery.state is DeliveryState.SENT and delivery.permalink:
        times = (dependant.publish_at, delivery.publish_at)
        at = max((time for time in times if time is not None), default=None) if dependant.publish_at else None
        return replace(released(dependant, now), publish_at=at)
    if delivery.state is DeliveryState.SENT or delivery.state in FAILED_STATES:
        return held(dependant, now)
    return None


def cancelled(delivery: Delivery, now: datetime) -> Delivery | None:
    """Cancelling is possible only while nothing of the delivery can be out."""
    if delivery.state in MAY_BE_OUT:
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
    held_until = receipt.publish_at if done else None
    ended = DeliveryState.SENT if held_until is None else DeliveryState.SCHEDULED
    return replace(
        delivery,
        parts=parts,
        state=ended if done else DeliveryState.WAITING,
        next_at=now if not done else held_until + PUBLISHING_TAKES if held_until else None,
        publish_at=held_until or delivery.publish_at,
        attempts=0,
        error="",
        error_detail="",
        updated=now,
        begun=None,
    )


def _replaced_receipt(delivery: Delivery, receipt: Receipt, now: datetime) -> Delivery:
    """What a network held is out: the receipt of the post takes the place of the one it was held under."""
    parts = (replace(delivery.parts[0], receipt=receipt), *delivery.parts[1:])
    return replace(
        delivery,
        parts=parts,
        state=DeliveryState.SENT,
        next_at=None,
        attempts=0,
        error="",
        error_detail="",
        updated=now,
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
    reason = error.code if isinstance(error, NetworkError) else "other"
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
