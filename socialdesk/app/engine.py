"""The engine: store, wire, worker and services of one profile, on an asyncio loop of its own."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path

from socialdesk import __version__
from socialdesk.app.networks import load_networks
from socialdesk.app.profile import Profile
from socialdesk.content.worker import Worker
from socialdesk.http import BudgetKeeper, Connectivity, Http, ProxySettings
from socialdesk.services.accounts import KeepsSecrets
from socialdesk.services.bundle import Parts, Services, build
from socialdesk.store import hosts as hosts_table
from socialdesk.store import settings as settings_table
from socialdesk.store.database import Store
from socialdesk.vault import Vault

USER_AGENT = f"SocialDesk/{__version__} (+https://socialdesk.example/agent)"
log = logging.getLogger(__name__)
Trusts = Callable[[str, int], bool]


def utc_now() -> datetime:
    return datetime.now(UTC)


def _nobody(_host: str, _port: int) -> bool:
    return False


@contextlib.asynccontextmanager
async def open_services(
    profile: Profile, vault: KeepsSecrets | None = None, trusts: Trusts = _nobody
) -> AsyncIterator[Services]:
    """The services of a profile; nothing runs by itself until `Services.start`. Closed in order: wire, then store.

    `trusts` allows content to name a loopback address (the practice networks').
    """
    profile.make()
    store = await asyncio.to_thread(Store.open, profile.data, now=utc_now())
    worker = Worker()
    try:
        connectivity = Connectivity()
        http = await _open_http(store, worker, connectivity, trusts)
        keeper = vault if vault is not None else Vault(profile.tag)
        proxy = http.describe_proxy
        parts = Parts(
            store,
            keeper,
            http,
            connectivity,
            worker,
            load_networks(),
            profile.data,
            profile.cache,
            utc_now,
            getattr(keeper, "describe", lambda: "not used"),
            proxy,
        )
        services = build(parts)
        try:
            yield services
        finally:
            await services.stop()
            await http.aclose()
    finally:
        await worker.aclose()
        await asyncio.to_thread(store.close)


async def _open_http(store: Store, worker: Worker, connectivity: Connectivity, trusts: Trusts) -> Http:
    saved = await store.read(settings_table.get, "proxy", {})
    budgets = BudgetKeeper(
        load=lambda: store.read(hosts_table.load),
        save=lambda key, budget: store.write(hosts_table.save, key, budget),
    )
    return Http.create(
        user_agent=USER_AGENT,
        budgets=budgets,
        offload=worker.run,
        connectivity=connectivity,
        now=utc_now,
        proxy=ProxySettings(saved.get("mode", "system"), saved.get("url", "")),
        also_trusted=trusts,
    )


class EngineThread:
    """Runs the engine on a thread of its own, for a program with a window.

    `ready` gives the engine's loop and its services, or what building them raised (StoreError, OSError).
    """

    def __init__(self, profile: Profile, vault: KeepsSecrets | None = None, trusts: Trusts = _nobody) -> None:
        self._profile, self._vault, self._trusts = profile, vault, trusts
        self.ready: Future[tuple[asyncio.AbstractEventLoop, Services]] = Future()
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._main, name="engine", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout_s: float = 15) -> None:
        """Closes the engine in order and waits for it."""
        if self._thread.is_alive() and self.ready.done() and self.ready.exception() is None and self._stop is not None:
            loop, _ = self.ready.result()
            loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(timeout_s)

    def _main(self) -> None:
        asyncio.run(self._run())

    async def _run(self) -> None:
        self._stop = asyncio.Event()
        try:
            async with open_services(self._profile, self._vault, self._trusts) as services:
                self.ready.set_result((asyncio.get_running_loop(), services))
                await self._stop.wait()
        except BaseException as error:
            if not self.ready.done():
                self.ready.set_exception(error)
                return
            log.exception("the engine ended badly")
            raise


def restore_last_good_copy(profile: Profile) -> Path:
    """Puts the last good copy of the store in its place and returns where the damaged file is kept.

    Raises StoreError (damaged) when there is no copy.
    """
    return Store.restore(profile.data)


def last_good_copy_of(profile: Profile) -> Path | None:
    """The copy that `restore_last_good_copy` would use; its modification time says when it was made."""
    return Store.last_good_copy(profile.data)
