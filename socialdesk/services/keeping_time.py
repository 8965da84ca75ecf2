"""Posts with a time: who sends each of them, and asking a network about those that it holds."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from socialdesk.core import delivery as decide
from socialdesk.core import scheduling
from socialdesk.core.errors import (
    InputError,
    NetworkError,
    Rejected,
    SocialDeskError,
    Unreachable,
    VaultError,
)
from socialdesk.core.network import Network, Schedules
from socialdesk.core.post import Delivery, DeliveryState, Receipt, Segment
from socialdesk.core.rules import PostRules
from socialdesk.core.scheduling import Way
from socialdesk.services.accounts import AccountService
from socialdesk.services.composing import ComposeService


@dataclass(frozen=True, slots=True)
class Timekeeper:
    accounts: AccountService
    composing: ComposeService
    now: Callable[[], datetime]

    async def way(self, delivery: Delivery, *, by_hand: bool) -> tuple[Way, datetime | None]:
        """What to do with a delivery whose turn it is; for `WAIT`, until when."""
        at, now = delivery.publish_at, self.now()
        if at is None or at <= now:
            chosen = scheduling.way(delivery, None, now)
            return (Way.SEND if by_hand else chosen), None  # what the person posts is theirs, however late
        if by_hand:
            return Way.WAIT, at
        try:
            rules = await self._rules_to_hold(delivery)
        except (NetworkError, VaultError):
            return Way.WAIT, min(at, now + scheduling.RULES_AGAIN)
        return scheduling.way(delivery, rules, now), at

    async def _rules_to_hold(self, delivery: Delivery) -> PostRules | None:
        """None where the account's network cannot hold posts."""
        try:
            if not isinstance(await self.accounts.without_secret(delivery.account_id), Schedules):
                return None
            return await self.composing.rules(delivery.account_id)
        except InputError:
            return None  # the account is gone: that is told when the time has come

    def timed(self, segment: Segment, delivery: Delivery, rules: PostRules, *, hold: bool) -> Segment:
        """The segment with its time, or without where it goes out now.

        Raises Unreachable when the uploads took so long that the network would no longer hold it.
        """
        at = delivery.publish_at
        if not hold or at is None:
            return replace(segment, publish_at=None)
        if not scheduling.is_still_ahead(at, rules, self.now()):
            raise Unreachable("too close to its time to be held by the network", reason="too_close")
        return replace(segment, publish_at=at)

    async def look(self, delivery: Delivery) -> Receipt | SocialDeskError | None:
        """Asks the network about a post that it holds: the receipt of the post when it is out, None while it waits."""
        held = held_under(delivery)

        async def ask(network: Network) -> Receipt | None:
            if not isinstance(network, Schedules) or held is None:
                raise Rejected("this network holds no posts", reason="not_supported")
            return await network.scheduled(held)

        try:
            return await self.accounts.use(delivery.account_id, ask)
        except VaultError as error:
            return Unreachable(str(error), reason=error.reason)
        except InputError as error:
            return Rejected(error.sentence, reason="account_gone")
        except SocialDeskError as error:
            return error

    async def withdraw(self, delivery: Delivery) -> bool:
        """Takes a post back that its network holds; False when it is out already.

        Returns only when that is certain. Raises what the network raises; then nothing is known to have changed.
        """
        held = held_under(delivery)

        async def take(network: Network) -> bool:
            if not isinstance(network, Schedules) or held is None:
                raise InputError(f"{network.facts.title} gives nothing back from here.", "Delete it at the network.")
            try:
                await network.unschedule(held)
            except Rejected as error:
                if error.reason == "published":
                    return False
                raise
            return True

        return await self.accounts.use(delivery.account_id, take)


def held_under(delivery: Delivery) -> Receipt | None:
    """The receipt under which a network holds the delivery's post."""
    if delivery.state is not DeliveryState.SCHEDULED and delivery.error != decide.TAKEN_BACK_THERE:
        return None
    return delivery.parts[0].receipt if delivery.parts else None
