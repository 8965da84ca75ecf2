"""Publications on their way: accepted in one durable transaction, claimed before the first byte leaves."""

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from socialdesk.core import delivery as decide
from socialdesk.core.post import Delivery, DeliveryPlan, DeliveryState, Draft, PartPlan, Publication, Receipt
from socialdesk.core.rows import Attempt
from socialdesk.core.taking_back import taken_back
from socialdesk.store import blobs, drafts
from socialdesk.store.codec import decode, encode, encode_text, from_us, moment, to_us, to_us_exactly

_DELIVERY = """
    SELECT d.id, d.publication_id, d.account_id, d.state, d.waits_for, d.next_at, d.attempts, d.error, d.error_detail,
           d.updated_at, d.begun_at, d.publish_at FROM delivery d
"""
# A delivery last changed in the future was put off by a clock that has been set back: its time means nothing.
_IS_DUE = "(d.next_at <= :now OR d.updated_at > :now + 60000000)"
# What may be done now: sent if nothing it waits for is still missing, or looked for.
_CAN_GO = """
    (d.state = 'waiting' OR (d.state IN ('in_doubt', 'scheduled') AND d.next_at IS NOT NULL))
    AND NOT EXISTS (SELECT 1 FROM delivery w WHERE w.id = d.waits_for AND w.state <> 'sent')
    AND NOT EXISTS (SELECT 1 FROM delivery o WHERE o.account_id = d.account_id AND o.state = 'sending')
"""


def accept(db: sqlite3.Connection, draft: Draft, plans: Iterable[DeliveryPlan], now: datetime) -> Publication:
    """Makes a draft a publication with its deliveries, and removes the draft. Use with `durable=True`.

    What was written into the stored draft since `draft` was read becomes a draft of its own. Accepting the same draft
    again changes nothing and returns what was accepted first.
    """
    known = db.execute("SELECT id FROM publication WHERE draft_id = ? AND draft_id <> 0", (draft.id,)).fetchone()
    if known is not None:
        return _publication(db, known[0])
    cursor = db.execute(
        "INSERT INTO publication (draft_id, draft, created_at) VALUES (?, ?, ?)",
        (draft.id or None, encode(draft), to_us(now)),
    )
    publication_id = cursor.lastrowid or 0
    blobs.refer(db, "publication", publication_id, drafts.blobs_of(draft))
    ids: dict[int, int] = {}
    plans = tuple(plans)
    for plan in plans:
        ids[plan.account_id] = _add_delivery(db, publication_id, plan, now)
    db.executemany(
        "UPDATE delivery SET waits_for = ? WHERE id = ?",
        [(ids[p.waits_for_account], ids[p.account_id]) for p in plans if p.waits_for_account is not None],
    )
    stored = drafts.get(db, draft.id)
    drafts.remove(db, draft.id)
    if stored is not None and replace(stored, updated=None) != replace(draft, updated=None):
        drafts.save(db, replace(stored, id=0), now)
    return _publication(db, publication_id)


def settle(db: sqlite3.Connection, delivery: Delivery, attempt: Attempt | None, now: datetime) -> tuple[Delivery, ...]:
    """Like `put`, together with what follows for the deliveries that carry its permalink. Returns all that changed."""
    put(db, delivery, attempt, now)
    followers = [decide.followed(delivery, dependant, now) for dependant in dependants(db, delivery.id)]
    changed = tuple(follower for follower in followers if follower is not None)
    for follower in changed:
        put(db, follower, None, now)
    return (delivery, *changed)


def change(
    db: sqlite3.Connection,
    delivery_id: int,
    decision: Callable[[Delivery, datetime], Delivery | None],
    attempt: Attempt | None,
    now: datetime,
) -> tuple[Delivery, ...]:
    """Decides on a delivery as it stands at this moment, whoever else changes it, and settles it.

    Returns all that changed; nothing when the decision is None or there is no such delivery.
    """
    delivery = get(db, delivery_id)
    changed = decision(delivery, now) if delivery is not None else None
    return () if changed is None else settle(db, changed, attempt, now)


def take_back(db: sqlite3.Connection, publication_id: int, now: datetime) -> Draft | None:
    """Makes a draft of what is not out yet and cancels the deliveries it takes the place of, as they stand now.

    None when nothing can be taken back.
    """
    taken = taken_back(_publication(db, publication_id), now)
    if taken is None:
        return None
    draft, deliveries = taken
    for delivery in deliveries:
        settle(db, delivery, None, now)
    return drafts.save(db, draft, now)


def get_publication(db: sqlite3.Connection, publication_id: int) -> Publication | None:
    row = db.execute("SELECT 1 FROM publication WHERE id = ?", (publication_id,)).fetchone()
    return _publication(db, publication_id) if row else None


def publications(db: sqlite3.Connection, before_id: int | None, limit: int) -> tuple[Publication, ...]:
    """The newest first; `before_id` continues after that publication."""
    rows = db.execute(
        "SELECT id FROM publication WHERE id < ? ORDER BY id DESC LIMIT ?",
        (before_id if before_id is not None else 2**62, limit),
    ).fetchall()
    return tuple(_publication(db, row[0]) for row in rows)


def get(db: sqlite3.Connection, delivery_id: int) -> Delivery | None:
    return next(iter(_deliveries(db, f"{_DELIVERY} WHERE d.id = ?", (delivery_id,))), None)


def due(db: sqlite3.Connection, now: datetime) -> tuple[Delivery, ...]:
    """Deliveries to send or to look for now, the longest due first.

    Left out: what waits for another delivery that is not out, and every other one of an account that is sending.
    """
    return _deliveries(db, f"{_DELIVERY} WHERE {_CAN_GO} AND {_IS_DUE} ORDER BY d.next_at, d.id", {"now": to_us(now)})


def next_due(db: sqlite3.Connection) -> datetime | None:
    """When the next delivery can go on by itself; None when none can."""
    row = db.execute(f"SELECT min(d.next_at) FROM delivery d WHERE {_CAN_GO}").fetchone()  # noqa: S608 - constant
    return from_us(row[0])


def claim(db: sqlite3.Connection, delivery_id: int, fingerprint: str, now: datetime) -> Delivery | None:
    """Marks a waiting delivery as `sending`; committed before the first byte leaves. Use with `durable=True`.

    None when it cannot be claimed: it is not waiting, its time has not come, what it waits for is not out, or its
    account is sending something else.
    """
    claimed = db.execute(
        "UPDATE delivery AS d SET state = 'sending', fingerprint = :print, updated_at = :now,"  # noqa: S608 - constant
        f" begun_at = ifnull(begun_at, :now) WHERE d.id = :id AND d.state = 'waiting' AND {_IS_DUE} AND {_CAN_GO}",
        {"print": fingerprint, "now": to_us(now), "id": delivery_id},
    )
    return get(db, delivery_id) if claimed.rowcount == 1 else None


def put(db: sqlite3.Connection, delivery: Delivery, attempt: Attempt | None, now: datetime) -> None:
    """Stores a delivery's new state, its parts, and what was tried. A receipt once stored is never lost.

    `next_at` None of a waiting delivery means now; of one in doubt or scheduled, that only a person can go on. The
    receipt under which a network held a post gives way to that of the post.
    """
    waits = delivery.state is DeliveryState.WAITING
    next_at = to_us(now) if waits and delivery.next_at is None else to_us(delivery.next_at)
    db.execute(
        "UPDATE delivery SET state = ?, waits_for = ?, next_at = ?, attempts = ?, error = ?, error_detail = ?,"
        " updated_at = ?, begun_at = ?, publish_at = ? WHERE id = ?",
        (
            delivery.state,
            delivery.waits_for,
            next_at,
            delivery.attempts,
            delivery.error,
            delivery.error_detail,
            to_us(now),
            to_us(delivery.begun),
            to_us(delivery.publish_at),
            delivery.id,
        ),
    )
    db.executemany(
        "UPDATE part SET text = ?, key = ?, picture_blobs = ?, receipt = ifnull(?, receipt)"
        " WHERE delivery_id = ? AND position = ?",
        [(*_part_values(part), delivery.id, place) for place, part in enumerate(delivery.parts)],
    )
    if attempt is not None:
        db.execute(
            "INSERT INTO attempt (delivery_id, at, part, outcome, error, detail) VALUES (?, ?, ?, ?, ?, ?)",
            (delivery.id, to_us(attempt.at), attempt.part, attempt.outcome, attempt.error, attempt.detail),
        )


def record_receipt(db: sqlite3.Connection, delivery_id: int, part: int, receipt: Receipt, now: datetime) -> None:
    """Stores the proof that one part is out, at once. Use with `durable=True`."""
    db.execute(
        "UPDATE part SET receipt = ? WHERE delivery_id = ? AND position = ?", (encode_text(receipt), delivery_id, part)
    )
    db.execute("UPDATE delivery SET updated_at = ? WHERE id = ?", (to_us(now), delivery_id))


def reclaim(db: sqlite3.Connection, now: datetime) -> tuple[Delivery, ...]:
    """At start: what was found `sending` may be out, so it is in doubt and looked for. Returns those."""
    found = _deliveries(db, f"{_DELIVERY} WHERE d.state = 'sending'", ())
    interrupted = tuple(decide.interrupted(delivery, now) for delivery in found)
    for delivery in interrupted:
        put(db, delivery, None, now)
    return interrupted


def open_of(db: sqlite3.Connection, account_id: int) -> tuple[Delivery, ...]:
    """Deliveries of an account that are neither out nor given up."""
    return _deliveries(
        db,
        f"{_DELIVERY} WHERE d.account_id = ? AND d.state IN"
        " ('waiting', 'in_doubt', 'held', 'sign_in', 'hand_off', 'scheduled')"
        " ORDER BY d.id",
        (account_id,),
    )


def dependants(db: sqlite3.Connection, delivery_id: int) -> tuple[Delivery, ...]:
    """Deliveries that carry this one's permalink."""
    return _deliveries(db, f"{_DELIVERY} WHERE d.waits_for = ? ORDER BY d.id", (delivery_id,))


def attempts(db: sqlite3.Connection, delivery_id: int) -> tuple[Attempt, ...]:
    """What was tried, the first first."""
    rows = db.execute(
        "SELECT at, part, outcome, error, detail FROM attempt WHERE delivery_id = ? ORDER BY id", (delivery_id,)
    )
    return tuple(Attempt(moment(at), part, outcome, error, detail) for at, part, outcome, error, detail in rows)


def fingerprint(db: sqlite3.Connection, delivery_id: int) -> str:
    """The fingerprint of what was last claimed to be sent, empty before the first claim."""
    row = db.execute("SELECT fingerprint FROM delivery WHERE id = ?", (delivery_id,)).fetchone()
    return str(row[0]) if row else ""


def _add_delivery(db: sqlite3.Connection, publication_id: int, plan: DeliveryPlan, now: datetime) -> int:
    cursor = db.execute(
        "INSERT INTO delivery (publication_id, account_id, state, next_at, publish_at, updated_at)"
        " VALUES (?, ?, 'waiting', ?, ?, ?)",
        (publication_id, plan.account_id, to_us_exactly(plan.next_at or now), to_us(plan.publish_at), to_us(now)),
    )
    delivery_id = cursor.lastrowid or 0
    db.executemany(
        "INSERT INTO part (text, key, picture_blobs, receipt, delivery_id, position) VALUES (?, ?, ?, ?, ?, ?)",
        [(*_part_values(part), delivery_id, place) for place, part in enumerate(plan.parts)],
    )
    return delivery_id


def _part_values(part: PartPlan) -> tuple[str, str, str, str | None]:
    receipt = encode_text(part.receipt) if part.receipt is not None else None
    return part.text, part.key, encode_text(part.picture_blobs), receipt


def _publication(db: sqlite3.Connection, publication_id: int) -> Publication:
    row = db.execute("SELECT draft, created_at FROM publication WHERE id = ?", (publication_id,)).fetchone()
    found = _deliveries(db, f"{_DELIVERY} WHERE d.publication_id = ? ORDER BY d.id", (publication_id,))
    return Publication(publication_id, decode(row[0], Draft), moment(row[1]), found)


def _deliveries(
    db: sqlite3.Connection, query: str, values: tuple[int | None, ...] | dict[str, int | None]
) -> tuple[Delivery, ...]:
    return tuple(_delivery(db, row) for row in db.execute(query, values).fetchall())


def _delivery(
    db: sqlite3.Connection,
    row: tuple[int, int, int, str, int | None, int | None, int, str, str, int, int | None, int | None],
) -> Delivery:
    number, publication_id, account_id, state, waits_for, next_at, tries, error, detail, updated, begun, at = row
    parts = db.execute(
        "SELECT text, key, picture_blobs, receipt FROM part WHERE delivery_id = ? ORDER BY position", (number,)
    )
    return Delivery(
        id=number,
        publication_id=publication_id,
        account_id=account_id,
        state=DeliveryState(state),
        parts=tuple(_part(*part) for part in parts),
        waits_for=waits_for,
        next_at=from_us(next_at),
        attempts=tries,
        error=error,
        error_detail=detail,
        updated=moment(updated),
        begun=from_us(begun),
        publish_at=from_us(at),
    )


def _part(text: str, key: str, picture_blobs: str, receipt: str | None) -> PartPlan:
    proof = decode(receipt, Receipt) if receipt is not None else None
    return PartPlan(text, key, decode(picture_blobs, tuple[str, ...]), proof)
