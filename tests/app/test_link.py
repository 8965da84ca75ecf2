"""The engine in a process of its own, as the window has it."""

import asyncio
import inspect
import os
import signal
import sqlite3
import typing
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from socialdesk.app.engine import open_services
from socialdesk.app.link import Engine
from socialdesk.app.networks import own_networks
from socialdesk.app.opening import Opening
from socialdesk.app.profile import Profile
from socialdesk.content.wire import PREFIX, frame, unpack
from socialdesk.core import errors
from socialdesk.core.errors import EngineStopped, InputError, RateLimited, StoreError
from socialdesk.core.events import ColumnsChanged
from socialdesk.core.source import Source
from socialdesk.services.bundle import Services
from socialdesk.ui.bridge import Bridge
from socialdesk.vault import MemoryVault
from tests.end2end.desk import eventually

NEEDS_POSIX = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="signals of POSIX")


class Desk:
    """A window's end of an engine, without a window."""

    def __init__(self, profile: Profile) -> None:
        self.engine = Engine(Opening(profile, keeps_secrets=False))
        self.bridge = Bridge()
        self.events: list[object] = []
        self.died: list[bool] = []
        self.bridge.event.connect(self.events.append)
        self.services: Services

    async def connect(self) -> None:
        self.services = await self.engine.connect(self.bridge, lambda: self.died.append(True))

    async def close(self) -> None:
        await self.engine.aclose()


@dataclass
class SilentHost:
    """Takes a request and says nothing. `left` is set when who asked has closed the connection."""

    feed: Source
    asked: asyncio.Event
    left: asyncio.Event


@asynccontextmanager
async def silent_host() -> AsyncIterator[SilentHost]:
    asked, left = asyncio.Event(), asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        asked.set()
        with suppress(ConnectionError):
            await reader.read()
        left.set()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        yield SilentHost(Source(0, "feeds", "feed", None, {"url": f"http://127.0.0.1:{port}/feed"}), asked, left)


@pytest.fixture
async def desk(qapp: QApplication, tmp_path: Path) -> AsyncIterator[Desk]:
    made = Desk(Profile.choose(tmp_path))
    await made.connect()
    yield made
    await made.close()


async def test_values_errors_and_events_cross(desk: Desk) -> None:
    services = desk.services
    assert await services.settings.get("theme", "system") == "system"
    column = await services.columns.add_search("pumps")
    assert await services.columns.all() == (column,)
    await eventually(lambda: ColumnsChanged() in desk.events)
    with pytest.raises(InputError) as refused:
        await services.accounts.get(99)
    assert refused.value.sentence
    assert refused.value.fix
    assert [facts.key for facts in services.accounts.networks()] == [
        facts.key for facts in sorted(services.accounts.networks(), key=lambda f: (f.key == "feeds", f.title))
    ]
    assert services.accounts.facts("mastodon").title == "Mastodon"


async def test_cancelling_a_call_cancels_it_in_the_engine(desk: Desk) -> None:
    async with silent_host() as host:
        asking = asyncio.ensure_future(desk.services.inspecting.inspect(host.feed.params["url"]))
        await eventually(host.asked.is_set)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await eventually(host.left.is_set)


@NEEDS_POSIX
async def test_an_engine_that_is_killed_comes_again_and_knows_what_was_written(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    column = await desk.services.columns.add_search("pumps")
    async with silent_host() as host:
        slow = await desk.services.columns.add_known("Slow", "rss", (host.feed,))
        asking = asyncio.ensure_future(desk.services.refresh.now(slow.id))
        await eventually(host.asked.is_set)
        desk.events.clear()
        os.kill(desk.engine.pid, signal.SIGKILL)
        with pytest.raises(EngineStopped):
            await asking
    await eventually(lambda: ColumnsChanged() in desk.events)
    assert await desk.services.columns.all() == (column, slow)
    assert not desk.died
    assert "is started again" in caplog.text
    caplog.clear()


@NEEDS_POSIX
async def test_an_engine_that_dies_again_and_again_is_told_and_not_started_for_ever(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(4):
        desk.events.clear()
        os.kill(desk.engine.pid, signal.SIGKILL)
        await eventually(lambda: desk.died or ColumnsChanged() in desk.events)
    assert desk.died == [True]
    with pytest.raises(EngineStopped):
        await desk.services.columns.all()
    caplog.clear()


@NEEDS_POSIX
async def test_the_engine_ends_with_its_window(desk: Desk) -> None:
    pid = desk.engine.pid
    await desk.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_what_opening_raised_is_raised_here(qapp: QApplication, tmp_path: Path) -> None:
    profile = Profile.choose(tmp_path)
    profile.make()
    newer = sqlite3.connect(profile.data / "desk.sqlite3")
    newer.execute("PRAGMA user_version = 9999")
    newer.execute("CREATE TABLE later (id INTEGER)")
    newer.commit()
    newer.close()
    desk = Desk(profile)
    with pytest.raises(StoreError) as refused:
        await desk.connect()
    assert refused.value.reason == "newer_version"
    await desk.close()


def crossed(value: Any) -> Any:
    return unpack(frame(value)[PREFIX.size :])


def test_every_error_crosses_as_it_is() -> None:
    until = datetime(2026, 1, 1, tzinfo=UTC)
    samples = [
        InputError("No.", "Do this."),
        RateLimited("wait", until, host_wide=True),
        *(kind("words", reason="other") for kind in (errors.StoreError, errors.VaultError, errors.ContentError)),
        *(kind("words", detail="answer") for kind in (errors.Unreachable, errors.AuthExpired, errors.Rejected)),
        errors.OutcomeUnknown("words", retry_at=until),
        EngineStopped("ended"),
    ]
    for error in samples:
        again = crossed(error)
        assert type(again) is type(error)
        assert str(again) == str(error)
        assert vars(again) == vars(error)


def test_facts_of_every_network_cross() -> None:
    for network in own_networks().values():
        assert crossed(network.facts) == network.facts


async def test_services_speak_in_values_of_the_core(tmp_path: Path) -> None:
    """A value of another room would load that room's modules in the window, while the window is used."""
    strange: set[str] = set()

    def look(kind: Any, where: str) -> None:
        for inner in typing.get_args(kind):
            look(inner, where)
        module = kind.__module__ if inspect.isclass(kind) else ""
        if module.startswith("socialdesk.") and not module.startswith("socialdesk.core."):
            strange.add(f"{where}: {module}.{kind.__name__}")

    async with open_services(Profile.choose(tmp_path), MemoryVault()) as services:
        made = [getattr(services, name) for name in dir(services) if not name.startswith("_")]
        kinds = {type(service) for service in made if type(service).__name__.endswith("Service")}
    assert len(kinds) > 10
    for service in kinds:
        for method, function in vars(service).items():
            if not method.startswith("_") and inspect.iscoroutinefunction(function):
                for part, kind in typing.get_type_hints(function).items():
                    look(kind, f"{service.__name__}.{method} {part}")
    assert not strange
