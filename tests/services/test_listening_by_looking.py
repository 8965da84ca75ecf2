"""A network without streams that is looked at every few seconds: columns follow, whatever becomes of the token."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from socialdesk.content.worker import Worker
from socialdesk.core.account import Account
from socialdesk.core.errors import SocialDeskError
from socialdesk.core.events import Event
from socialdesk.core.source import Source
from socialdesk.networks.bluesky import live
from socialdesk.networks.bluesky.adapter import Bluesky
from socialdesk.practice.bluesky import PracticeBluesky
from socialdesk.practice.world import World
from socialdesk.services.hearing import Hearer
from socialdesk.services.listening import ListenService
from tests.services.conftest import Desk, open_desk


class Following:
    """A desk with the person's Bluesky account, which listens."""

    def __init__(self, desk: Desk, server: PracticeBluesky, account: int) -> None:
        self.desk, self.server, self.account = desk, server, account
        self.ended: list[SocialDeskError | None] = []
        self._news = asyncio.Event()
        desk.services.events.listen(self._heard)

    def _heard(self, _event: Event) -> None:
        self._news.set()

    def pause(self, outcome: SocialDeskError | None, _failures: int, _now: Any, _jitter: float) -> float:
        self.ended.append(outcome)
        return 0.0

    async def shows(self, column_id: int, text: str) -> None:
        """Returns when the column does."""
        while text not in [r.entry.text for r in await self.desk.services.reading.page(column_id, None, 50)]:
            self._news.clear()
            await self._news.wait()


@pytest.fixture
async def following(tmp_path: Path, worker: Worker, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Following]:
    monkeypatch.setattr(live, "EVERY_S", 0.01)
    async with PracticeBluesky(World.load(), {}) as server, open_desk(tmp_path, worker, {"bluesky": Bluesky}) as desk:
        parts = desk.services
        account = await parts.accounts.sign_in("bluesky", server.credentials)
        assert isinstance(account, Account)
        made = Following(desk, server, account.id)
        hearer = Hearer(desk.store, parts.accounts, worker, parts.refresh, parts.events, desk.clock, 0.0, 0.0)
        service = ListenService(
            desk.store,
            parts.accounts,
            parts.refresh,
            hearer,
            parts.http.connectivity,
            parts.events,
            desk.clock,
            made.pause,
            gap=lambda _streams: 0.0,
            plan_pause_s=0.0,
        )
        parts.refresh.is_live = service.is_live
        service.start()
        yield made
        await service.stop()


async def test_news_show_and_a_token_that_ends_is_renewed_in_between(following: Following) -> None:
    desk, server = following.desk, following.server
    column = await desk.services.columns.add("Home", "house", (Source(0, "bluesky", "home", following.account),))
    server.post_as("harbor", "First news")
    await following.shows(column.id, "First news")
    for number in range(2):
        server.expire_tokens()
        await server.until_asked("refreshSession", times=number + 1)
        server.post_as("harbor", f"After token {number}")
        await following.shows(column.id, f"After token {number}")
    assert set(following.ended) == {None}
    assert not (await desk.services.accounts.get(following.account)).needs_sign_in
