"""Refreshing while nothing can be stored."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from socialdesk.core.entry import Page
from socialdesk.core.errors import StoreError, Unreachable
from socialdesk.core.events import SourceChanged
from socialdesk.core.filters import WordFilter
from socialdesk.core.source import Source
from socialdesk.store import sources
from tests.services.conftest import Desk


@pytest.mark.parametrize("answer", [Page(cursor="next"), Unreachable("no answer")])
async def test_a_full_disk_does_not_make_the_desk_ask_without_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, answer: Page | Unreachable
) -> None:
    short = await desk.sign_in("short")
    await desk.services.columns.add("Home", "home", (Source(0, "short", "home", short),), WordFilter(), "all")
    desk.short.world.pages.extend([answer] * 50)
    write, tried = desk.store.write, asyncio.Event()

    async def full(wanted: Callable[..., Any], *args: object, durable: bool = False, **kwargs: object) -> Any:
        if wanted is sources.put_state:
            tried.set()
            raise StoreError("database or disk is full", reason="disk_full")
        return await write(wanted, *args, durable=durable, **kwargs)

    monkeypatch.setattr(desk.store, "write", full)
    desk.services.refresh.start()
    async with asyncio.timeout(5):
        await tried.wait()
        while not any(isinstance(e, SourceChanged) and not e.busy for e in desk.events):  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    desk.services.refresh.wake()
    for _ in range(3):
        await desk.store.read(sources.all)
        await asyncio.sleep(0)
        desk.services.refresh.wake()
    assert [call for call in desk.short.world.calls if call.startswith("fetch")] == ["fetch home "]
    assert "could not be stored" in caplog.text
    caplog.clear()
