"""All services of one profile, joined. Whoever runs them brings store, vault, wire, worker and networks.

Each service is made, and its modules are loaded, when it is first asked for: the first paint of the desk needs four of
them and does not wait for the rest. The imports inside the properties are for that, not to dodge a layer.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from socialdesk.core.events import ConnectionChanged
from socialdesk.core.network import NetworkClass
from socialdesk.services.accounts import AccountService, KeepsSecrets
from socialdesk.services.events import Events
from socialdesk.services.settings import SettingsService
from socialdesk.store.database import Store

if TYPE_CHECKING:
    from socialdesk.content.worker import Worker
    from socialdesk.http import Connectivity, Http
    from socialdesk.services.browser_sign_in import BrowserSignInService
    from socialdesk.services.columns import ColumnService
    from socialdesk.services.composing import ComposeService
    from socialdesk.services.counting import SentCounter
    from socialdesk.services.delivering import Deliverer
    from socialdesk.services.describing import DescribeService
    from socialdesk.services.device_sign_in import DeviceSignInService
    from socialdesk.services.handing_off import HandOffService
    from socialdesk.services.health import HealthService
    from socialdesk.services.image_cache import ImageService
    from socialdesk.services.inspecting import InspectService
    from socialdesk.services.listening import ListenService
    from socialdesk.services.marking import MarkService
    from socialdesk.services.publishing import PublishService
    from socialdesk.services.reading import ReadingService
    from socialdesk.services.recleaning import RecleaningService
    from socialdesk.services.refreshing import RefreshService
    from socialdesk.services.saving import SavingService
    from socialdesk.services.searching import SearchService
    from socialdesk.services.sign_in_watch import SignInWatch
    from socialdesk.services.spending import SpendingService
    from socialdesk.services.subscribing import SubscribeService
    from socialdesk.services.transfer import TransferService

ENDED_TOGETHER = ("reading", "marking", "listening", "refresh", "searching", "recleaning")


@dataclass(frozen=True, slots=True)
class Parts:
    """What the services stand on. `open_http` is called once, when the wire is first needed."""

    store: Store
    vault: KeepsSecrets
    open_http: "Callable[[], tuple[Http, Connectivity]]"
    worker: "Worker"
    networks: Mapping[str, NetworkClass]
    data_folder: Path
    cache_folder: Path
    now: Callable[[], datetime]
    describe_keyring: Callable[[], str]


class Services:
    """What the window and the command line may call. Everything runs on the engine's loop; nothing before `start`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.events = Events()
        self.settings = SettingsService(parts.store)
        self.accounts = AccountService(
            parts.store, parts.vault, lambda: self.http, parts.networks, self.events, parts.now
        )
        self.accounts.signed_in.append(self._signed_in)

    async def start(self) -> None:
        """Begins the work that goes on by itself: refreshing, delivering, indexing."""
        from socialdesk.services.image_cache import DEFAULT_LIMIT

        megabytes = await self.settings.get("images.limit_mb", DEFAULT_LIMIT // 1_000_000)
        await self.images.set_limit(int(megabytes) * 1_000_000)
        await self.publishing.start()
        self.refresh.start()
        self.listening.start()
        self.reading.start()
        self.marking.start()
        self.searching.start()
        self.recleaning.start()
        self._sign_in_watch.start()

    async def stop(self, grace: timedelta = timedelta(seconds=5)) -> None:
        """Ends it in order: no new claims, time for what is in flight, the rest is cancelled, the wire is closed."""
        made = vars(self)
        ending = [made[name].stop() for name in ENDED_TOGETHER if name in made]
        if "publishing" in made:
            ending.append(self.publishing.stop(grace))
        await asyncio.gather(*ending)
        if "images" in made:
            await self.images.cancel()
        if "_sign_in_watch" in made:
            await self._sign_in_watch.stop()
        if "_counter" in made:
            await self._counter.stop()
        if "_wire" in made:
            await self.http.aclose()

    @cached_property
    def _wire(self) -> "tuple[Http, Connectivity]":
        http, connectivity = self._parts.open_http()
        connectivity.listen(lambda online: self.reading.connection_changed(online=online))
        connectivity.listen(lambda online: self.marking.connection_changed(online=online))
        connectivity.listen(lambda online: self.events.send(ConnectionChanged(online)))
        return http, connectivity

    @property
    def http(self) -> "Http":
        return self._wire[0]

    @cached_property
    def reading(self) -> "ReadingService":
        from socialdesk.services.reading import ReadingService

        return ReadingService(
            self._parts.store, self.accounts, self.events, self._parts.now, lambda: self.spending, lambda: self.marking
        )

    @cached_property
    def marking(self) -> "MarkService":
        from socialdesk.services.marking import MarkService

        return MarkService(self._parts.store, self.accounts, self.events, self._parts.now)

    @cached_property
    def subscribing(self) -> "SubscribeService":
        from socialdesk.services.subscribing import SubscribeService

        return SubscribeService(self.accounts, self.events)

    @cached_property
    def columns(self) -> "ColumnService":
        from socialdesk.services.columns import ColumnService

        async def feed_of(address: str) -> tuple[str, str]:
            return await self.inspecting.feed_of(address)

        parts = self._parts
        return ColumnService(
            parts.store, self.accounts, self.events, parts.now, self._is_busy, self._wake, feed_of, self._is_live
        )

    @cached_property
    def refresh(self) -> "RefreshService":
        from socialdesk.services.refreshing import RefreshService

        parts, (http, connectivity) = self._parts, self._wire
        made = RefreshService(
            parts.store, self.accounts, parts.worker, http, connectivity, self.events, parts.now, self.spending
        )
        made.before_look.append(self.marking.push_before)
        return made

    @cached_property
    def listening(self) -> "ListenService":
        from socialdesk.services.hearing import Hearer
        from socialdesk.services.listening import ListenService

        parts = self._parts
        hearer = Hearer(parts.store, self.accounts, parts.worker, self.refresh, self.events, parts.now)
        made = ListenService(parts.store, self.accounts, self.refresh, hearer, self._wire[1], self.events, parts.now)
        self.refresh.is_live = made.is_live
        return made

    @cached_property
    def spending(self) -> "SpendingService":
        from socialdesk.services.spending import SpendingService

        parts = self._parts
        return SpendingService(
            parts.store, self.accounts, lambda: self.composing, self.events, parts.now, self._wake_reading
        )

    @cached_property
    def _counter(self) -> "SentCounter":
        from socialdesk.services.counting import SentCounter

        return SentCounter(self._parts.store, self.spending, lambda: self.composing, self.events)

    @cached_property
    def browser_sign_in(self) -> "BrowserSignInService":
        from socialdesk.services.browser_sign_in import BrowserSignInService

        return BrowserSignInService(self.accounts)

    @cached_property
    def device_sign_in(self) -> "DeviceSignInService":
        from socialdesk.services.device_sign_in import DeviceSignInService

        return DeviceSignInService(self.accounts, self._parts.now)

    @cached_property
    def _sign_in_watch(self) -> "SignInWatch":
        from socialdesk.services.sign_in_watch import SignInWatch

        return SignInWatch(self.accounts, self.settings, self.events, self._parts.now)

    @cached_property
    def composing(self) -> "ComposeService":
        from socialdesk.services.composing import ComposeService

        return ComposeService(self._parts.store, self.accounts, self._parts.worker, self.events, self._parts.now)

    @cached_property
    def _deliverer(self) -> "Deliverer":
        from socialdesk.services.delivering import Deliverer
        from socialdesk.services.preparing import Preparer
        from socialdesk.services.profile_lock import ProfileLock

        parts = self._parts
        preparer = Preparer(parts.store, self.http, parts.worker)
        lock = ProfileLock(parts.data_folder / "delivering.lock")
        return Deliverer(parts.store, self.accounts, self.composing, preparer, lock, self.events, parts.now)

    @cached_property
    def publishing(self) -> "PublishService":
        from socialdesk.services.publishing import PublishService

        parts = self._parts
        self._counter.start()
        return PublishService(parts.store, self.accounts, self.composing, self._deliverer, self.events, parts.now)

    @cached_property
    def handing_off(self) -> "HandOffService":
        from socialdesk.services.handing_off import HandOffService

        return HandOffService(self._parts.store, self.accounts, self.composing, self._parts.worker)

    @cached_property
    def saving(self) -> "SavingService":
        from socialdesk.services.saving import SavingService

        return SavingService(self._parts.store, self.http, self._parts.worker, self.events, self._parts.now)

    @cached_property
    def searching(self) -> "SearchService":
        from socialdesk.services.searching import SearchService

        made = SearchService(self._parts.store)
        self.events.listen(lambda _: made.changed())
        return made

    @cached_property
    def images(self) -> "ImageService":
        from socialdesk.services.image_cache import ImageService

        return ImageService(self._parts.cache_folder / "images", self.http, self._parts.now)

    @cached_property
    def transfer(self) -> "TransferService":
        from socialdesk.services.transfer import TransferService

        return TransferService(self._parts.store, self.columns, self._parts.worker, self.events, self._parts.now)

    @cached_property
    def inspecting(self) -> "InspectService":
        from socialdesk.services.inspecting import InspectService

        return InspectService(self._parts.store, self.http, self._parts.worker, self._parts.now)

    @cached_property
    def health(self) -> "HealthService":
        from socialdesk.services.health import HealthService

        parts = self._parts
        folders = {"data": parts.data_folder, "cache": parts.cache_folder}
        return HealthService(
            parts.store,
            self.accounts,
            self.events,
            parts.now,
            folders,
            parts.describe_keyring,
            self._describe_proxy,
        )

    @cached_property
    def describing(self) -> "DescribeService":
        from socialdesk.services.describing import DescribeService

        return DescribeService(self._parts.networks)

    @cached_property
    def recleaning(self) -> "RecleaningService":
        from socialdesk.services.recleaning import RecleaningService

        return RecleaningService(self._parts.store, self._parts.worker)

    def _is_busy(self, source_id: int) -> bool:
        return "refresh" in vars(self) and self.refresh.is_busy(source_id)

    def _is_live(self, source_id: int) -> bool:
        return "listening" in vars(self) and self.listening.is_live(source_id)

    def _wake(self) -> None:
        self.refresh.wake()

    def _wake_reading(self) -> None:
        if "refresh" in vars(self):
            self.refresh.wake()

    def _describe_proxy(self) -> str:
        return self.http.describe_proxy()

    async def _signed_in(self, account_id: int) -> None:
        await self.reading.account_back(account_id)
        await self.refresh.account_back(account_id)
        if "listening" in vars(self):
            await self.listening.account_back(account_id)
        await self.publishing.account_back(account_id)
