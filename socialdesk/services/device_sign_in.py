"""Signing in by a code that the person types at the network, on any device (RFC 8628)."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from socialdesk.core.account import Account, AccountChoice, DeviceSignIn
from socialdesk.core.errors import InputError, RateLimited, Unreachable
from socialdesk.core.network import DeviceStep, NotYet, SeveralFound, SignedIn, SignsInByDevice
from socialdesk.services.accounts import AccountService

SLOWER_S = 5.0  # RFC 8628 section 3.5
LONGEST_PAUSE_S = 60.0


@dataclass(frozen=True, slots=True)
class _Pending:
    step: DeviceStep
    ends: datetime


class DeviceSignInService:
    """Begins and finishes sign-ins by code. Nothing of one is stored before it is complete."""

    def __init__(
        self,
        accounts: AccountService,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._accounts = accounts
        self._now = now
        self._sleep = sleep
        self._ids = itertools.count(1)
        self._pending: dict[int, _Pending] = {}

    async def begin(self, network: str, answers: Mapping[str, str], again: int = 0) -> DeviceSignIn:
        """The code to show, and where it has to be typed. `again` as in `BrowserSignInService.begin`.

        Raises what asking the network raises.
        """
        answers = await self._accounts.completed(answers, again)
        visitor = self._visitor(network, answers.get("server", ""))
        step = await visitor.begin_device(answers)
        ends = self._now() + timedelta(seconds=step.lasts_s)
        begun = DeviceSignIn(next(self._ids), network, step.user_code, step.url, step.full_url, ends)
        self._pending[begun.id] = _Pending(step, ends)
        return begun

    async def finish(self, begun: DeviceSignIn, again: int = 0) -> Account | AccountChoice:
        """Waits until the person has typed the code, and keeps the account. `again` as in `AccountService.keep_found`.

        Raises InputError when the code has run out or the sign-in was cancelled, Rejected when the person declined.
        """
        visitor = self._visitor(begun.network, self._waiting(begun).step.keep.get("server", ""))
        try:
            result = await self._typed(visitor, begun)
        finally:
            self._pending.pop(begun.id, None)
        return await self._accounts.keep_found(begun.network, result, again)

    async def _typed(self, visitor: SignsInByDevice, begun: DeviceSignIn) -> SignedIn | SeveralFound:
        interval = pause = float(self._waiting(begun).step.interval_s)
        while True:
            await self._sleep(pause)
            pending = self._waiting(begun)
            if self._now() >= pending.ends:
                raise InputError("The code has run out.", "Start again for a new one.")
            try:
                answer = await visitor.poll_device(pending.step)
            except Unreachable:  # the code stays good: asked less often until the connection is back
                pause = min(pause * 2, LONGEST_PAUSE_S)
                continue
            except RateLimited as error:
                pause = max(interval, (error.until - self._now()).total_seconds())
                continue
            if not isinstance(answer, NotYet):
                return answer
            interval += SLOWER_S if answer.slower else 0
            pause = interval

    async def cancel(self, begun: DeviceSignIn) -> None:
        """Forgets a code; typing it later opens nothing here."""
        self._pending.pop(begun.id, None)

    def _waiting(self, begun: DeviceSignIn) -> _Pending:
        pending = self._pending.get(begun.id)
        if pending is None:
            raise InputError("This sign-in has ended.", "Start again.")
        return pending

    def _visitor(self, network: str, server: str) -> SignsInByDevice:
        visitor = self._accounts.anonymous(network, server)
        if not isinstance(visitor, SignsInByDevice):
            raise InputError(f"{visitor.facts.title} does not sign in by a code.", "Use its other sign-in.")
        return visitor
