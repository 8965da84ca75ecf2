"""A column waits for its network's limits before it is refused, and says so."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar, cast

import pytest

from socialdesk.content.worker import Worker
from socialdesk.core.account import Account, Credential
from socialdesk.core.entry import Page
from socialdesk.core.source import Source
from socialdesk.http import Http
from tests.http.raw import Asked, Peer, RawServer
from tests.services.conftest import Desk, open_desk
from tests.services.fakes import FakeNetwork, World, fake

LIMIT_ENDS = timedelta(minutes=40)


class Limited(FakeNetwork):
    """Counts each kind of request apart, as X does."""

    server: ClassVar[str] = ""

    def __init__(self, account: Account, credential: Credential, http: object) -> None:
        super().__init__(account, credential, http)
        self._wire = cast("Http", http)

    async def fetch(self, source: Source, cursor: str, limit: int) -> Page:
        await self._wire.request("GET", self.server + f"/{source.kind}", budget=f"limited:1 {source.kind}")
        return Page(cursor="c")


@dataclass
class Waiting:
    desk: Desk
    asked: list[str]

    async def look(self, column_id: int) -> Any:
        await self.desk.services.refresh.now(column_id)
        return await self.desk.services.columns.header(column_id)


@pytest.fixture
async def waiting(tmp_path: Path, worker: Worker) -> AsyncIterator[Waiting]:
    asked: list[str] = []
    network = type("FakeLimited", (Limited,), {"facts": replace(fake("limited").facts, title="X"), "world": World()})
    async with open_desk(tmp_path, worker, {"limited": network}) as desk:

        async def answer(seen: Asked, peer: Peer) -> None:
            asked.append(seen.target)
            reset = int((desk.clock() + LIMIT_ENDS).timestamp())
            left = "0" if seen.target == "/home" else "9"
            await peer.answer(200, b"{}", x_rate_limit_remaining=left, x_rate_limit_reset=str(reset))

        async with RawServer(answer) as server:
            network.server = server.url  # type: ignore[attr-defined]
            account_id = await desk.sign_in("limited")
            for kind, params in (("home", {}), ("search", {"query": "pumps"})):
                await desk.services.columns.add(kind, "house", (Source(0, "limited", kind, account_id, params),))
            yield Waiting(desk, asked)


async def test_the_last_look_that_a_limit_allows_names_the_time_of_the_next(waiting: Waiting) -> None:
    header = await waiting.look(1)
    assert (header.error, header.waits, header.waits_for) == ("", "limit", "X")
    assert LIMIT_ENDS <= header.next_at - waiting.desk.clock() < LIMIT_ENDS + timedelta(minutes=2)


async def test_a_limit_of_one_kind_of_request_slows_no_other(waiting: Waiting) -> None:
    await waiting.look(1)
    header = await waiting.look(2)
    assert (header.error, header.waits) == ("", "")
    assert header.next_at - waiting.desk.clock() < LIMIT_ENDS


async def test_a_refresh_before_its_time_asks_nobody_and_says_whose_limit_it_is(waiting: Waiting) -> None:
    await waiting.look(1)
    header = await waiting.look(1)
    assert (header.error, header.waits, header.waits_for) == ("rate_limited", "limit", "X")
    assert waiting.asked == ["/home"]
    waiting.desk.clock.forward(minutes=41)
    header = await waiting.look(1)
    assert (header.error, waiting.asked) == ("", ["/home", "/home"])
