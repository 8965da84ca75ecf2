"""What a plan allows decides what a card offers and what may be done, account by account."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from socialdesk.content.worker import Worker
from socialdesk.core.account import Credential, Identity
from socialdesk.core.entry import Page
from socialdesk.core.errors import InputError
from socialdesk.core.events import ColumnChanged
from socialdesk.core.network import SignedIn
from socialdesk.core.rows import Row
from socialdesk.core.source import Source
from tests.services.conftest import Desk, open_desk
from tests.services.fakes import FakeNetwork, World, entry, fake


class Planned(FakeNetwork):
    """Two accounts, told apart by their token; the server's name says what the plan allows."""

    async def sign_in(self, answers: Mapping[str, str]) -> SignedIn:
        who = answers["server"]
        identity = Identity(who, who, who, "https://plan.example", facts={"allows": answers.get("allows", "")})
        return SignedIn(identity, Credential({"token": answers["token"]}))


@dataclass
class Two:
    desk: Desk
    world: World
    free: int
    paid: int

    async def rows(self) -> tuple[Row, ...]:
        return await self.desk.services.reading.page(1, None, 10)


@pytest.fixture
async def two(tmp_path: Path, worker: Worker) -> AsyncIterator[Two]:
    facts = replace(fake("plan").facts, actions=("reshare",), plan_actions=("like", "quote"))
    network = type("FakePlan", (Planned,), {"facts": facts, "world": World()})
    async with open_desk(tmp_path, worker, {"plan": network}) as desk:
        sign_in = desk.services.accounts.sign_in
        free = (await sign_in("plan", {"server": "free", "token": "good"})).id
        paid = (await sign_in("plan", {"server": "paid", "token": "good", "allows": "like"})).id
        sources = tuple(Source(0, "plan", "home", i) for i in (free, paid))
        network.world.pages += [Page((entry(f"p{n}", network="plan"),), cursor="c") for n in range(2)]  # type: ignore[attr-defined]
        await desk.services.columns.add("Home", "house", sources)
        await desk.services.refresh.now()
        yield Two(desk, network.world, free, paid)  # type: ignore[attr-defined]


async def test_a_card_offers_what_the_plan_of_its_account_allows(two: Two) -> None:
    assert {row.account_id: row.plan_actions for row in await two.rows()} == {two.free: (), two.paid: ("like",)}
    ids = tuple(row.entry_id for row in await two.rows())
    again = await two.desk.services.reading.rows_of(1, ids)
    newer = await two.desk.services.reading.newer(1, None)
    assert {row.account_id: row.plan_actions for row in again} == {two.free: (), two.paid: ("like",)}
    assert [row.plan_actions for row in newer] == [row.plan_actions for row in again]


async def test_only_an_account_whose_plan_allows_it_may_like(two: Two) -> None:
    by_account = {row.account_id: row.entry_id for row in await two.rows()}
    await two.desk.services.reading.act(by_account[two.paid], "like")
    with pytest.raises(InputError, match="no such action"):
        await two.desk.services.reading.act(by_account[two.free], "like")
    assert len(two.world.acts) == 1


async def test_another_plan_shows_at_once(two: Two) -> None:
    answers = {"server": "free", "token": "good", "allows": "like quote"}
    await two.desk.services.accounts.sign_in("plan", answers)
    assert {row.account_id: row.plan_actions for row in await two.rows()}[two.free] == ("like", "quote")
    shown = next(row.entry_id for row in await two.rows() if row.account_id == two.free)
    changed = [event for event in two.desk.events if isinstance(event, ColumnChanged) and event.updated == (shown,)]
    assert [event.column_id for event in changed] == [1]
