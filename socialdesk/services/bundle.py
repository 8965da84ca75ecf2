"""All services of one profile, joined. Whoever runs them brings store, vault, wire, worker and networks."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from socialdesk.content.worker import Worker
from socialdesk.core.events import ConnectionChanged
from socialdesk.core.network import NetworkClass
from socialdesk.http import Connectivity, Http
from socialdesk.services.accounts import AccountService, KeepsSecrets
from socialdesk.services.browser_sign_in import BrowserSignInService
from socialdesk.services.columns import ColumnService
from socialdesk.services.composing import ComposeService
from socialdesk.services.delivering import Deliverer
from socialdesk.services.events import Events
from socialdesk.services.health import HealthService
from socialdesk.services.image_cache import DEFAULT_LIMIT, ImageService
from socialdesk.services.inspecting import InspectService
from socialdesk.services.preparing import Preparer
from socialdesk.services.profile_lock import ProfileLock
from socialdesk.services.publishing import PublishService
from socialdesk.services.reading import ReadingService
from socialdesk.services.recleaning import RecleaningService
from socialdesk.services.refreshing import RefreshService
from socialdesk.services.saving import SavingService
from socialdesk.services.searching import SearchService
from socialdesk.services.settings import SettingsService
from socialdesk.services.transfer import TransferService
from socialdesk.store.database import Store


@dataclass(frozen=True, slots=True)
class Parts:
    """What the services stand on."""

    store: Store
    vault: KeepsSecrets
    http: Http
    connectivity: Connectivity
    worker: Worker
    networks: Mapping[str, NetworkClass]
    data_folder: Path
    cache_folder: Path
    now: Callable[[], datetime]
    describe_keyring: Callable[[], str]
    describe_proxy: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Services:
    """What the window and the command line may call. Everything runs on the engine's loop."""

    events: Events
    accounts: AccountService
    browser_sign_in: BrowserSignInService
    columns: ColumnService
    reading: ReadingService
    refresh: RefreshService
    composing: ComposeService
    publishing: PublishService
    saving: SavingService
    searching: SearchService
    images: ImageService
    transfer: TransferService
    inspecting: InspectService
    health: HealthService
    settings: SettingsService
    recleaning: RecleaningService

    async def start(self) -> None:
        """Begins the work that goes on by itself: refreshing, delivering, indexing."""
        megabytes = await self.settings.get("images.limit_mb", DEFAULT_LIMIT // 1_000_000)
        await self.images.set_limit(int(megabytes) * 1_000_000)
        await self.publishing.start()
        self.refresh.start()
        self.reading.start()
        self.searching.start()
        self.recleaning.start()

    async def stop(self, grace: timedelta = timedelta(seconds=5)) -> None:
        """Ends it in order: no new claims, time for what is in flight, the rest is cancelled."""
        await asyncio.gather(
            self.publishing.stop(grace),
            self.reading.stop(),
            self.refresh.stop(),
            self.searching.stop(),
            self.recleaning.stop(),
        )
        await self.images.cancel()


def build(parts: Parts) -> Services:
    """Joins the services. Nothing runs before `Services.start`."""
    store, now, events = parts.store, parts.now, Events()
    accounts = AccountService(store, parts.vault, parts.http, parts.networks, events)
    searching = SearchService(store)
    refresh = RefreshService(store, accounts, parts.worker, parts.http, parts.connectivity, events, now)
    inspecting = InspectService(store, parts.http, parts.worker, now)
    columns = ColumnService(store, accounts, events, now, refresh.is_busy, refresh.wake, inspecting.feed_of)
    composing = ComposeService(store, accounts, parts.worker, events, now)
    preparer = Preparer(store, parts.http, parts.worker)
    lock = ProfileLock(parts.data_folder / "delivering.lock")
    deliverer = Deliverer(store, accounts, composing, preparer, lock, events, now)
    publishing = PublishService(store, accounts, composing, deliverer, events, now)
    reading = ReadingService(store, accounts, events, now)
    parts.connectivity.listeners.append(lambda online: reading.connection_changed(online=online))
    accounts.signed_in += [refresh.account_back, publishing.account_back]
    parts.connectivity.listeners.append(lambda online: events.send(ConnectionChanged(online)))
    events.listen(lambda _: searching.changed())
    folders = {"data": parts.data_folder, "cache": parts.cache_folder}
    return Services(
        events,
        accounts,
        BrowserSignInService(accounts),
        columns,
        reading,
        refresh,
        composing,
        publishing,
        SavingService(store, parts.http, parts.worker, events, now),
        searching,
        ImageService(parts.cache_folder / "images", parts.http, now),
        TransferService(store, columns, parts.worker, events, now),
        inspecting,
        HealthService(store, accounts, events, now, folders, parts.describe_keyring, parts.describe_proxy),
        SettingsService(store),
        RecleaningService(store, parts.worker),
    )
