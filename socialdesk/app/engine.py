"""The engine: store, wire, worker and services of one profile, on the running asyncio loop."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

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
