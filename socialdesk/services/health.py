"""What `doctor` says: versions, places, keyring, proxy, store, accounts. Never a secret."""

import asyncio
import logging
import platform
import sys
from collections.abc import Callable
from datetime import datetime
from importlib import metadata
from pathlib import Path

from socialdesk import __version__
from socialdesk.core.account import Account
from socialdesk.core.errors import NetworkError, SocialDeskError, StoreError
from socialdesk.core.events import StoreTrouble
from socialdesk.core.reports import Finding
from socialdesk.services.accounts import AccountService
from socialdesk.services.events import Events
from socialdesk.store import health as health_table
from socialdesk.store.database import Store

log = logging.getLogger(__name__)
PACKAGES = ("PySide6-Essentials", "qasync", "httpx", "aiohttp", "keyring", "feedparser", "nh3")


class HealthService:
    def __init__(
        self,
        store: Store,
        accounts: AccountService,
        events: Events,
        now: Callable[[], datetime],
        folders: dict[str, Path],
        keyring: Callable[[], str],
        proxy: Callable[[], str],
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._events = events
        self._now = now
        self._folders = folders
        self._keyring = keyring
        self._proxy = proxy

    async def check_store(self) -> bool:
        """Reads the whole database for damage and makes the daily copy of a sound one. Damage is told as an event."""
        try:
            if not await self._store.copy_if_due(self._now()):
                await self._store.check()
        except StoreError as error:
            if error.reason != "closed":
                log.error("the store was checked: %s", error)
                self._events.send(StoreTrouble(error.reason))
            return False
        return True

    async def doctor(self) -> tuple[Finding, ...]:
        return (
            *self._versions(),
            *(Finding(name, str(path)) for name, path in self._folders.items()),
            await self._keyring_finding(),
            Finding("proxy", self._proxy()),
            *await self._store_findings(),
            *await self._account_findings(),
        )

    @staticmethod
    def _versions() -> list[Finding]:
        found = [Finding("SocialDesk", __version__), Finding("Python", sys.version.split()[0])]
        found.append(Finding("system", platform.platform()))
        for package in PACKAGES:
            try:
                found.append(Finding(f"package {package}", metadata.version(package)))
            except metadata.PackageNotFoundError:
                found.append(Finding(f"package {package}", "not installed", ok=False, fix=f"Install {package}."))
        return found

    async def _keyring_finding(self) -> Finding:
        try:
            return Finding("keyring", await asyncio.to_thread(self._keyring))
        except SocialDeskError as error:
            return Finding("keyring", "cannot be used", ok=False, fix=str(error))

    async def _store_findings(self) -> list[Finding]:
        try:
            report = await self._store.read(health_table.report)
        except SocialDeskError as error:
            return [Finding("store", str(error), ok=False, fix="Restart SocialDesk; it offers the last good copy.")]
        findings = [Finding(f"store: {name}", str(value)) for name, value in report.items()]
        sound = await self.check_store()
        fix = "" if sound else "Restore the last good copy: socialdesk restore"
        return [*findings, Finding("store: check", "sound" if sound else "damaged", sound, fix)]

    async def _account_findings(self) -> list[Finding]:
        async def ask(account: Account) -> Finding:
            name = f"account {account.id} ({account.network} {account.handle})"
            try:
                soon = account.ends_soon(self._now())
                fix = "Sign in again before it ends." if soon else ""
                return Finding(name, await self._accounts.test(account.id), fix=fix)
            except NetworkError as error:
                fix = "Sign in again." if error.reason == "sign_in_again" else "Try again later."
                return Finding(name, f"does not answer as it should ({error.reason})", ok=False, fix=fix)
            except SocialDeskError as error:
                return Finding(name, str(error), ok=False)

        every = await self._accounts.list()
        return list(await asyncio.gather(*(ask(account) for account in every)))
