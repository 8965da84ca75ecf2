"""Services on a real store, with networks that live in memory and a clock that the test turns."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from socialdesk.content.worker import Worker
from socialdesk.core.events import Event
from socialdesk.core.post import Draft
from socialdesk.http import Connectivity, Http
from socialdesk.networks.feeds.adapter import Feeds
from socialdesk.services.bundle import Parts, Services
from socialdesk.store.database import Store
from tests.services.fakes import Clock, DictVault, FakeNetwork, fake


@dataclass
class Desk:
    """A desk under test."""

    services: Services
    clock: Clock
    vault: DictVault
    short: type[FakeNetwork]
    blog: type[FakeNetwork]
    events: list[Event]
    store: Store
    worker: Worker

    async def sign_in(self, network: str) -> int:
        account = await self.services.accounts.sign_in(
            network, {"server": f"https://{network}.example", "token": "good"}
        )
        return account.id

    async def publish(self, draft: Draft) -> int:
        """Submits a draft and returns the publication's id when nothing can go on by itself."""
        saved = await self.services.composing.save(draft)
        publication = await self.services.publishing.submit(saved.id)
        await self.services.publishing.start()
        await self.services.publishing.settle()
        return publication.id

    async def settle_until(self, **later: float) -> None:
        self.clock.forward(**later)
        await self.services.publishing.settle()


@pytest.fixture
async def worker() -> AsyncIterator[Worker]:
    worker = Worker()
    yield worker
    await worker.aclose()


@pytest.fixture
async def desk(tmp_path: Path, worker: Worker) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path, worker, {}) as opened:
        yield opened


@pytest.fixture
async def desk_with_feeds(tmp_path: Path, worker: Worker) -> AsyncIterator[Desk]:
    """A desk that also has the real feeds adapter."""
    async with open_desk(tmp_path, worker, {"feeds": Feeds}) as opened:
        yield opened


@contextlib.asynccontextmanager
async def open_desk(tmp_path: Path, worker: Worker, networks: dict[str, Any], **wire: Any) -> AsyncIterator[Desk]:
    """A desk over the store in `tmp_path`. `wire` are options of `Http.create`."""
    clock, vault, short, blog = Clock(), DictVault(), fake("short"), fake("blog", article=True)
    store = await asyncio.to_thread(Store.open, tmp_path / "data", now=clock())
    connectivity = Connectivity()
    http = Http.create(
        user_agent="SocialDesk/1.0 (+https://socialdesk.example/agent)", now=clock, connectivity=connectivity, **wire
    )
    parts = Parts(
        store,
        vault,
        lambda: (http, connectivity),
        worker,
        {"short": short, "blog": blog, **networks},
        tmp_path / "data",
        tmp_path / "cache",
        clock,
        lambda: "a keyring of the test",
    )
    services = Services(parts)
    events: list[Event] = []
    services.events.listen(events.append)
    try:
        yield Desk(services, clock, vault, short, blog, events, store, worker)
    finally:
        await services.stop()
        await http.aclose()
        await asyncio.to_thread(store.close)
