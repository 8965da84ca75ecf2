"""Looks once a day at sign-ins that end soon: makes those last longer that can be, tells of the others once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from socialdesk.core.account import Account
from socialdesk.core.errors import NetworkError, StoreError, VaultError
from socialdesk.core.events import SignInEndsSoon
from socialdesk.services.accounts import AccountService
from socialdesk.services.events import Events
from socialdesk.services.settings import SettingsService

log = logging.getLogger(__name__)
TOLD = "sign_in.told"  # setting: account id -> the end that was told, ISO 8601
EARLY = timedelta(days=14)  # also an account that no column shows is made to last
FIRST_S, EACH_S = 60.0, 86_400.0


class SignInWatch:
    def __init__(
        self,
        accounts: AccountService,
        settings: SettingsService,
        events: Events,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._accounts = accounts
        self._settings = settings
        self._events = events
        self._now = now
        self._sleep = sleep
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="watch sign-ins")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _run(self) -> None:
        await self._sleep(FIRST_S)  # opening the desk comes first
        while True:
            try:
                await self.look()
            except StoreError as error:
                log.warning("sign-ins were not looked at: %s", error)
            await self._sleep(EACH_S)

    async def look(self) -> None:
        """One look. Each end of a sign-in is told once, however often the desk is opened."""
        every = await self._accounts.list()
        ending = [await self._extended(a) for a in every if not a.needs_sign_in and self._ends_within(a, EARLY)]
        soon = {str(a.id): a for a in ending if a.ends_soon(self._now())}
        told = dict(await self._settings.get(TOLD, {}))
        known = {str(a.id) for a in every}
        keep = {key: end for key, end in told.items() if key in known}
        for key, account in soon.items():
            end = account.sign_in_ends
            if end is not None and keep.get(key) != end.isoformat():
                keep[key] = end.isoformat()
                title = self._accounts.facts(account.network).title
                self._events.send(SignInEndsSoon(account.id, title, account.handle or account.name, end))
        if keep != told:
            await self._settings.put(TOLD, keep)

    def _ends_within(self, account: Account, time: timedelta) -> bool:
        ends = account.sign_in_ends
        return ends is not None and ends - self._now() <= time

    async def _extended(self, account: Account) -> Account:
        """The account after an attempt to make its token last longer; as it was where that cannot be now."""
        try:
            await self._accounts.extend(account.id)
            return await self._accounts.get(account.id)
        except (NetworkError, VaultError) as error:
            log.info("the sign-in of account %d was not extended: %s", account.id, error)
            return account
