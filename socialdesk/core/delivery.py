"""Pure decisions about a delivery: what an outcome on the wire means for it, and when to try again.

The table of `docs/architecture.md`, "Road two". `jitter` is a number in [0, 1) chosen by the caller.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from socialdesk.core import segments
from socialdesk.core.errors import (
    AuthExpired,
    NetworkError,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    SocialDeskError,
    Unreachable,
)
from socialdesk.core.post import (
    PERMALINK,
    Delivery,
    DeliveryState,
    Draft,
    Override,
    Publication,
    Receipt,
    Target,
)

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
    }
)
PREVIOUS_UNKNOWN = "previous_unknown"  # `Delivery.error` of what would stand alone
DELETED = "deleted"  # `Delivery.error` of a post that the person deleted from here
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
    if delivery.state is DeliveryState.IN_DOUBT:
        return lonely_held(_with_receipt(delivery, receipt, now), now)
    if delivery.state is not DeliveryState.HELD or not stands_alone(delivery) or not receipt.remote_id:
        return None
    at = delivery.next_part - 1
    parts = tuple(replace(part, receipt=receipt) if i == at else part for i, part in enumerate(delivery.parts))
    return _again(replace(delivery, parts=parts), now)


def lonely_held(delivery: Delivery, now: datetime) -> Delivery:
    """Held where its next part would stand alone, else as it is."""
    if delivery.state is not DeliveryState.WAITING or not stands_alone(delivery):
        return delivery
    return replace(delivery, state=DeliveryState.HELD, next_at=None, error=PREVIOUS_UNKNOWN, updated=now)


def retried(delivery: Delivery, now: datetime) -> Delivery | None:
    """A retry that a person asked for, or None where it is not provably safe."""
    if delivery.state not in SAFE_TO_RETRY or stands_alone(delivery):
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


def followed(delivery: Delivery, dependant: Delivery, now: datetime) -> Delivery | None:
    """What the state of `delivery` means for one that carries its permalink; None = nothing.

    Without a permalink there is nothing to carry: the dependant holds until the person decides.
    """
    if dependant.state not in (DeliveryState.WAITING, DeliveryState.HELD):
        return None
    if delivery.state is DeliveryState.SENT and delivery.permalink:
        return released(dependant, now)
    if delivery.state is DeliveryState.SENT or delivery.state in FAILED_STATES:
        return held(dependant, now)
    return None


def cancelled(delivery: Delivery, now: datetime) -> Delivery | None:
    """Cancelling is possible only while nothing of the delivery can be out."""
    if delivery.state in MAY_BE_OUT:
        return None
    return replace(delivery, state=DeliveryState.CANCELLED, next_at=None, updated=now)


def taken_back(publication: Publication, now: datetime) -> tuple[Draft, tuple[Delivery, ...]] | None:
    """A draft of what is not out yet, and the deliveries whose place it takes; None when nothing can be taken back.

    A thread that is out in part is never written again from its start: where only such threads are left, the draft
    holds the missing parts of the first of them, as an answer to its last part.
    """
    back = [c for d in publication.deliveries if (c := cancelled(d, now)) is not None]
    whole = tuple(d for d in back if d.error == DELETED or not any(part.receipt for part in d.parts))
    out = next((d.permalink for d in publication.deliveries if d.state is DeliveryState.SENT and d.permalink), "")
    if whole:
        draft = replace(publication.draft, id=0, account_ids=tuple(dict.fromkeys(d.account_id for d in whole)))
        awaited = {d.waits_for for d in publication.deliveries if d.waits_for is not None}
        if draft.article is not None and out and not any(d.id in awaited for d in whole):
            no_card = out if draft.no_card == PERMALINK else draft.no_card
            draft = replace(draft, article=None, link=out, no_card=no_card)
        return draft, whole
    begun = next((d for d in back if d.next_part < len(d.parts)), None)
    return None if begun is None else (_rest(publication.draft, begun, out), (begun,))


def _rest(draft: Draft, delivery: Delivery, link: str) -> Draft:
    """What a thread lacks, as an answer to its last part that is out."""
    missing = delivery.parts[delivery.next_part :]
    last = delivery.parts[delivery.next_part - 1].receipt or Receipt("", "")
    answered = Target(last.remote_id, last.refs, url=last.permalink, account_id=delivery.account_id)
    blobs = {blob for part in missing for blob in part.picture_blobs}
    own = draft.overrides.get(delivery.account_id, Override())
    return Draft(
        text=segments.join(tuple(part.text.replace(PERMALINK, link) for part in missing)),
        account_ids=(delivery.account_id,),
        overrides={delivery.account_id: replace(own, text=None)},
        pictures=tuple(picture for picture in draft.pictures if picture.blob in blobs),
        reply_to=answered if last.remote_id else None,
        language=draft.language,
        visibility=draft.visibility,
        warning=draft.warning,
        card=draft.card,
        no_card=link if draft.no_card == PERMALINK else draft.no_card,
    )


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
