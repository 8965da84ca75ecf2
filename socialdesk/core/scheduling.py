"""When a post goes out, and who sends it then: its network, which has it already, or this desk. Pure.

A network holds what is one post that waits for nothing else, within the times it takes (`PostRules.schedule`).
Everything else goes out from this computer, which has to be on at that time.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from socialdesk.core import segments
from socialdesk.core.post import Delivery, Draft
from socialdesk.core.rules import PostRules

LATE = timedelta(minutes=30)  # later than this nothing goes out without being asked about
FURTHEST = timedelta(days=366)
SENDING_TAKES = timedelta(minutes=2)
UPLOADING_TAKES = timedelta(minutes=15)
RULES_AGAIN = timedelta(minutes=5)  # when nobody knows yet whether the network holds it


class Way(StrEnum):
    SEND = "send"  # now
    HAND_OVER = "hand_over"  # to the network, which publishes it at its time
    WAIT = "wait"  # this desk sends it at its time
    ASK = "ask"  # its time went by: the person decides


def time_of(draft: Draft, account_id: int, rules: Mapping[int, PostRules]) -> datetime | None:
    """When the account's short posts go out (UTC), None = as soon as possible.

    An article has a time of its own, and what carries its address never goes out before it.
    """
    own = rules.get(account_id)
    if own is not None and segments.takes_article(draft, own):
        return None
    times = [draft.publish_at]
    if draft.article is not None and draft.article.status == "future" and segments.leader(draft, rules) is not None:
        times.append(draft.article.publish_at)
    return max((time for time in times if time is not None), default=None)


def is_held_there(
    at: datetime, rules: PostRules, now: datetime, *, parts: int = 1, follows: bool = False, media: bool = False
) -> bool:
    """Whether the network takes the post now and publishes it itself at `at`.

    `follows`: it carries an address that is not known yet. `media`: uploads come first, and take their time.
    """
    if rules.schedule is None or parts != 1 or follows:
        return False
    takes = UPLOADING_TAKES if media else SENDING_TAKES
    return rules.schedule.min_ahead + takes <= at - now <= rules.schedule.max_ahead


def is_held(draft: Draft, account_id: int, rules: Mapping[int, PostRules], now: datetime) -> bool:
    """`is_held_there` for an account of a draft: False without a time."""
    at = time_of(draft, account_id, rules)
    if at is None:
        return False
    follows = segments.leader(draft, rules) is not None
    parts = len(segments.rendition(draft, account_id, rules))
    return is_held_there(at, rules[account_id], now, parts=parts, follows=follows, media=bool(draft.pictures))


def is_still_ahead(at: datetime, rules: PostRules, now: datetime) -> bool:
    """Just before the post leaves: whether its network would still take it for that time."""
    return rules.schedule is not None and at - now > rules.schedule.min_ahead


def way(delivery: Delivery, rules: PostRules | None, now: datetime) -> Way:
    """What to do with a delivery whose turn it is. `rules` None: the account's network cannot hold posts.

    A thread that has begun goes on whatever the time is.
    """
    at = delivery.publish_at
    if at is None or delivery.next_part:
        return Way.SEND
    if at <= now:
        return Way.ASK if now - at > LATE else Way.SEND
    follows, media = delivery.waits_for is not None, bool(delivery.parts[0].picture_blobs)
    if rules is None or not is_held_there(at, rules, now, parts=len(delivery.parts), follows=follows, media=media):
        return Way.WAIT
    return Way.HAND_OVER


def asked_for(delivery: Delivery, rules: PostRules) -> datetime | None:
    """The time under which the network may hold the next part, for looking for it there; None = it holds nothing."""
    holds = rules.schedule is not None and len(delivery.parts) == 1 and delivery.waits_for is None
    return delivery.publish_at if holds else None
