"""The engine: store, wire, worker and services of one profile, on the running asyncio loop."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from socialdesk import __version__
from socialdesk.app.networks import others_networks, own_networks
from socialdesk.app.profile import Profile
from socialdesk.content.worker import Worker
from socialdesk.services.accounts import KeepsSecrets
from socialdesk.services.bundle import Parts, Services
from socialdesk.store import settings as settings_table
from socialdesk.store.database import Store
from socialdesk.vault import Vault

if TYPE_CHECKING:
    from socialdesk.http import Connectivity, Http

USER_AGENT = f"SocialDesk/{__version__} (+https://socialdesk.example/agent)"
Trusts = Callable[[str, int], bool]


def utc_now() -> datetime:
    return datetime.now(UTC)


def _nobody(_host: str, _port: int) -> bool:
    return False


@contextlib.asynccontextmanager
async def open_services(
    profile: Profile, vault: KeepsSecrets | None = None, trusts: Trusts = _nobody, *, only_own_networks: bool = False
) -> AsyncIterator[Services]:
    """The services of a profile; nothing runs by itself until `Services.start`. Closed in order: wire, then store.

    `trusts` allows content to name a loopback address (the practice networks'). With `only_own_networks` the caller
    adds those of others later.
    """
    profile.make()
    store = await asyncio.to_thread(Store.open, profile.data, now=utc_now())
    worker = Worker()
    try:
        saved = await store.read(settings_table.get, "proxy", {})
        keeper = vault if vault is not None else Vault(profile.tag)
        networks = own_networks() if only_own_networks else {**others_networks(), **own_networks()}
        parts = Parts(
            store,
            keeper,
            lambda: _open_http(store, worker, saved, trusts),
            worker,
            networks,
            profile.data,
            profile.cache,
            utc_now,
            getattr(keeper, "describe", lambda: "not used"),
        )
        services = Services(parts)
        try:
            yield services
        finally:
            await services.stop()
    finally:
        await worker.aclose()
        await asyncio.to_thread(store.close)


def _open_http(store: Store, worker: Worker, proxy: dict[str, Any], trusts: Trusts) -> "tuple[Http, Connectivity]":
    from socialdesk.http import BudgetKeeper, Connectivity, Http, ProxySettings  # start-up: after the first paint
    from socialdesk.store import hosts as hosts_table

    connectivity = Connectivity()
    budgets = BudgetKeeper(
        load=lambda: store.read(hosts_table.load),
        save=lambda key, budget: store.write(hosts_table.save, key, budget),
    )
    http = Http.create(
        user_agent=USER_AGENT,
        budgets=budgets,
        offload=worker.run,
        connectivity=connectivity,
        now=utc_now,
        proxy=ProxySettings(proxy.get("mode", "system"), proxy.get("url", "")),
        also_trusted=trusts,
    )
    return http, connectivity
