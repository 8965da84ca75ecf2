"""The ledger, the envelope, and what reading and posting may spend."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from socialdesk.content.worker import Worker
from socialdesk.core.costs import Price
from socialdesk.core.entry import Page
from socialdesk.core.errors import InputError, OutcomeUnknown, OverBudget, Rejected
from socialdesk.core.events import SpendingChanged
from socialdesk.core.post import Draft
from socialdesk.core.source import Source
from socialdesk.services.counting import SentCounter
from socialdesk.store import sources as sources_table
from tests.services.conftest import Desk, open_desk
from tests.services.fakes import FakeNetwork, World, entry, fake

PRICES = (
    Price("read", Decimal("0.005"), "item"),
    Price("look_up", Decimal("0.01"), "item"),
    Price("post", Decimal("0.015")),
    Price("post_with_link", Decimal("0.20")),
    Price("like", Decimal("0.002")),
    Price("delete", Decimal("0.001")),
)


class Reader(FakeNetwork):
    async def fetch_older(self, source: Source, older: str, limit: int) -> Page:
        self.world.calls.append(f"older {older}")
        return Page(tuple(entry(f"old {n}", network="paid") for n in range(2)))

    async def thread(self, remote_id: str, refs: object) -> Page:
        self.world.calls.append(f"thread {remote_id}")
        return Page((entry(remote_id, network="paid"), entry("answer", network="paid")))


@dataclass
class Paid:
    desk: Desk
    world: World
    account_id: int
    source: Source

    async def spent(self) -> str:
        return str((await self.desk.services.spending.month(self.account_id)).spent)

    async def look(self, *keys: str, **page: Any) -> Any:
        self.world.pages.append(Page(tuple(entry(key, network="paid") for key in keys), cursor="c", **page))
        report = await self.desk.services.refresh.now()
        return report.outcomes[0]


@pytest.fixture
async def paid(tmp_path: Path, worker: Worker) -> AsyncIterator[Paid]:
    base = fake("paid")
    facts = replace(base.facts, prices=PRICES)
    network = type("FakePaid", (Reader,), {"facts": facts, "world": World()})
    async with open_desk(tmp_path, worker, {"paid": network}) as desk:
        account_id = await desk.sign_in("paid")
        column = await desk.services.columns.add("Home", "house", (Source(0, "paid", "home", account_id),))
        (source,) = await desk.services.columns.sources(column.id)
        yield Paid(desk, network.world, account_id, source)  # type: ignore[attr-defined]


class TestLedger:
    async def test_an_entry_counts_once_a_day_however_often_it_is_read(self, paid: Paid) -> None:
        await paid.look("1", "2")
        assert await paid.spent() == "0.010000"
        await paid.look(read=("1", "2", "3"))
        assert await paid.spent() == "0.015000"
        paid.desk.clock.forward(days=1)
        await paid.look(read=("1", "2", "3"), look_ups=1)
        assert await paid.spent() == "0.040000"
        assert SpendingChanged(paid.account_id) in paid.desk.events

    async def test_a_month_begins_with_nothing_and_the_last_one_is_kept(self, paid: Paid) -> None:
        await paid.look("1")
        paid.desk.clock.forward(days=10)
        assert await paid.spent() == "0"
        await paid.look("9")
        past = await paid.desk.services.spending.past(paid.account_id)
        assert [(m.month.isoformat(), str(m.spent)) for m in past] == [
            ("2026-12-01", "0.005000"),
            ("2026-11-01", "0.005000"),
        ]

    async def test_free_networks_have_no_month(self, paid: Paid) -> None:
        await paid.desk.sign_in("short")
        assert [m.account_id for m in await paid.desk.services.spending.months()] == [paid.account_id]

    async def test_a_post_counts_when_it_is_out_and_only_once(self, paid: Paid) -> None:
        doubt = ("after", OutcomeUnknown("reset"))
        paid.world.failures += [doubt]
        await paid.desk.publish(Draft(text="One https://a.example\n---\nTwo", account_ids=(paid.account_id,)))
        await paid.desk.settle_until(minutes=5)
        assert len(paid.world.posts) == 2
        await paid.desk.services.stop()
        month = await paid.desk.services.spending.month(paid.account_id)
        assert [(c.what, c.count, str(c.amount)) for c in month.charges] == [
            ("post_with_link", 1, "0.200000"),
            ("post", 1, "0.015000"),
        ]

    async def test_what_went_out_before_a_crash_is_counted_at_the_next_start(
        self, tmp_path: Path, worker: Worker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        network = type("FakePaid", (Reader,), {"facts": replace(fake("paid").facts, prices=PRICES), "world": World()})
        async with open_desk(tmp_path, worker, {"paid": network}) as desk:
            with monkeypatch.context() as patch:
                patch.setattr(SentCounter, "start", lambda _: None)  # as if it ended right after the receipt
                account_id = await desk.sign_in("paid")
                await desk.publish(Draft(text="One\n---\nTwo", account_ids=(account_id,)))
                await desk.services.stop()
            assert (await desk.services.spending.month(account_id)).spent == 0
        for _ in range(2):
            async with open_desk(tmp_path, worker, {"paid": network}) as desk:
                await desk.services.publishing.start()
                await desk.services.stop()
                assert str((await desk.services.spending.month(account_id)).spent) == "0.030000"

    async def test_a_refused_post_costs_nothing(self, paid: Paid) -> None:
        paid.world.failures.append(("before", Rejected("no", reason="duplicate")))
        await paid.desk.publish(Draft(text="One", account_ids=(paid.account_id,)))
        await paid.desk.services.stop()
        assert await paid.spent() == "0"

    async def test_what_was_deleted_costs_again(self, paid: Paid) -> None:
        publication_id = await paid.desk.publish(Draft(text="One", account_ids=(paid.account_id,)))
        publication = await paid.desk.services.publishing.publication(publication_id)
        assert publication is not None
        await paid.desk.services.publishing.delete_post(publication.deliveries[0].id)
        await paid.desk.services.stop()
        assert await paid.spent() == "0.016000"

    async def test_a_like_and_a_conversation_count(self, paid: Paid) -> None:
        await paid.look("1")
        (row,) = await paid.desk.services.reading.page(1, None, 10)
        await paid.desk.services.reading.act(row.entry_id, "like")
        await paid.desk.services.reading.act(row.entry_id, "unlike")
        assert await paid.spent() == "0.007000"
        await paid.desk.services.reading.thread(row.entry_id)
        assert await paid.spent() == "0.012000"  # one of the two was read today already

    async def test_own_prices_count_from_then_on(self, paid: Paid) -> None:
        await paid.look("1")
        month = await paid.desk.services.spending.set_prices(paid.account_id, {"read": Decimal("0.001")})
        assert month.prices[0].as_of == paid.desk.clock().date()
        await paid.look("2")
        assert await paid.spent() == "0.006000"
        with pytest.raises(InputError, match="no price called"):
            await paid.desk.services.spending.set_prices(paid.account_id, {"write": Decimal(1)})
        await paid.desk.services.spending.set_prices(paid.account_id, {})
        assert (await paid.desk.services.spending.month(paid.account_id)).prices == PRICES


class TestEnvelope:
    async def test_reading_slows_then_stops_until_the_next_month(self, paid: Paid) -> None:
        spending = paid.desk.services.spending
        await spending.set_envelope(paid.account_id, Decimal("0.025"))
        usual = await paid.look("1")
        slowed = await paid.look("2", "3", "4")
        state = await paid.desk.store.read(sources_table.state, paid.source.id)
        assert state.waits == "budget"
        assert slowed.next_at - paid.desk.clock() >= 3 * (usual.next_at - paid.desk.clock())
        await paid.look("5")
        asked = len(paid.world.calls)
        stopped = await paid.look("6")
        assert (stopped.error, stopped.next_at) == ("budget_spent", datetime(2026, 12, 1, tzinfo=UTC))
        header = await paid.desk.services.columns.header(1)
        assert (header.error, header.waits) == ("budget_spent", "budget")
        await paid.desk.services.refresh.now()
        assert len(paid.world.calls) == asked
        paid.desk.clock.forward(days=9)
        assert (await paid.look("7")).error == ""

    async def test_a_larger_envelope_lets_reading_go_on_at_once(self, paid: Paid) -> None:
        spending = paid.desk.services.spending
        await spending.set_envelope(paid.account_id, Decimal(0))
        assert (await paid.look("1")).error == "budget_spent"
        await spending.set_envelope(paid.account_id, Decimal(5))
        state = await paid.desk.store.read(sources_table.state, paid.source.id)
        assert state.next_at == paid.desk.clock()
        assert (await paid.desk.services.refresh.now()).outcomes[0].error == ""

    async def test_the_past_and_conversations_stop_too(self, paid: Paid) -> None:
        await paid.look("1", older="further")
        await paid.desk.services.spending.set_envelope(paid.account_id, Decimal("0.005"))
        (row,) = await paid.desk.services.reading.page(1, None, 10)
        for ask in (paid.desk.services.refresh.older(1), paid.desk.services.reading.thread(row.entry_id)):
            with pytest.raises(OverBudget):
                await ask
        assert not any(call.startswith(("older", "thread")) for call in paid.world.calls)

    async def test_posting_asks_first(self, paid: Paid) -> None:
        spending = paid.desk.services.spending
        draft = Draft(text="https://a.example", account_ids=(paid.account_id,))
        assert [found.over for found in await spending.sending(draft)] == [False]
        await spending.set_envelope(paid.account_id, Decimal("0.10"))
        assert [(str(f.cost.total), f.over) for f in await spending.sending(draft)] == [("0.20", True)]
        free = Draft(text="x", account_ids=(await paid.desk.sign_in("short"),))
        assert await spending.sending(free) == ()

    async def test_a_free_network_needs_no_envelope(self, paid: Paid) -> None:
        account_id = await paid.desk.sign_in("short")
        with pytest.raises(InputError, match="charges nothing"):
            await paid.desk.services.spending.set_envelope(account_id, Decimal(5))


class TestColumns:
    async def test_a_cheap_column_is_asked_rarely_and_never_for_the_past(self, paid: Paid) -> None:
        usual = await paid.look("1", older="further")
        column = await paid.desk.services.columns.get(1)
        await paid.desk.services.columns.update(replace(column, cheap=True))
        cheap = await paid.look("2")
        assert cheap.next_at - paid.desk.clock() >= 5 * (usual.next_at - paid.desk.clock())
        assert (await paid.desk.services.columns.header(1)).waits == "cheap"
        assert not await paid.desk.services.refresh.older(1)
        assert not any(call.startswith("older") for call in paid.world.calls)
        await paid.desk.services.columns.add("Also", "house", (replace(paid.source, id=0),))
        await paid.look("3")
        assert (await paid.desk.services.columns.header(1)).waits == ""  # another column wants it sooner

    async def test_a_column_that_is_no_longer_cheap_looks_at_once(self, paid: Paid) -> None:
        cheap = replace(await paid.desk.services.columns.get(1), cheap=True)
        await paid.desk.services.columns.update(cheap)
        await paid.look("1")
        await paid.desk.services.columns.update(replace(cheap, cheap=False))
        assert (await paid.desk.store.read(sources_table.state, paid.source.id)).next_at == paid.desk.clock()

    async def test_what_a_column_costs_in_a_day(self, paid: Paid) -> None:
        spending = paid.desk.services.spending
        offered = await spending.offer(paid.account_id, "home")
        assert offered is not None
        assert (offered.guessed, str(offered.day.usual)) == (True, "0.2500")
        await paid.look(*map(str, range(14)))
        paid.desk.clock.forward(days=2)
        found = await spending.column(1)
        assert found is not None
        assert (found.guessed, found.new_per_day, str(found.day.usual)) == (False, 2.0, "0.0100")

    async def test_a_free_column_costs_nothing(self, paid: Paid) -> None:
        account_id = await paid.desk.sign_in("short")
        column = await paid.desk.services.columns.add("Free", "house", (Source(0, "short", "home", account_id),))
        assert await paid.desk.services.spending.column(column.id) is None
        assert await paid.desk.services.spending.offer(account_id, "home") is None
