"""The ledger against the practice X: what it gave and took is what was counted, at the known prices."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from socialdesk.content.worker import Worker
from socialdesk.core.account import Account, Credential
from socialdesk.core.post import DeliveryState, Draft
from socialdesk.core.source import Source
from socialdesk.networks.x import NETWORK
from socialdesk.store import accounts as accounts_table
from tests.networks.x_judge import WORLD, RecordingX
from tests.services.conftest import Desk, open_desk


@dataclass
class OnX:
    desk: Desk
    server: RecordingX
    account_id: int

    def given(self) -> set[str]:
        """Ids of all posts that X gave as answers to reads."""
        found = (a.body.get("data", ()) for a in self.server.answers if a.method == "GET" and a.status == 200)
        return {post["id"] for posts in found if isinstance(posts, list) for post in posts if "text" in post}

    async def counted(self) -> dict[str, tuple[int, Decimal]]:
        month = await self.desk.services.spending.month(self.account_id)
        return {line.what: (line.count, line.amount) for line in month.charges}


@pytest.fixture
async def on_x(tmp_path: Path, worker: Worker) -> AsyncIterator[OnX]:
    async with RecordingX(WORLD, {}) as server, open_desk(tmp_path, worker, {"x": NETWORK}) as desk:
        desk.clock.time = datetime.now(UTC)
        me = Account(0, "x", server.me.name, server.me.username, server.url, server.me.id)
        account = await desk.store.write(accounts_table.add, me)
        desk.vault.put(account.id, Credential({"access_token": server.credentials["token"]}))
        yield OnX(desk, server, account.id)


async def test_reading_counts_every_post_that_x_gave_once(on_x: OnX) -> None:
    columns, look = on_x.desk.services.columns, on_x.desk.services.refresh.now
    for kind, params in (("home", {}), ("list", {"list": "84839422"}), ("account", {"account": "@harbor"})):
        await columns.add(kind, "house", (Source(0, "x", kind, on_x.account_id, params),))
    assert not (await look()).failed
    on_x.server.add_post("One more")
    on_x.desk.clock.forward(hours=1)
    assert not (await look()).failed
    counted = await on_x.counted()
    assert counted["read"] == (len(on_x.given()), Decimal("0.005") * len(on_x.given()))
    assert counted["look_up"] == (1, Decimal("0.01"))


async def test_a_column_of_many_accounts_is_told_what_one_list_of_them_would_cost(on_x: OnX) -> None:
    sources = tuple(Source(0, "x", "account", on_x.account_id, {"account": name}) for name in ("@harbor", "@quayside"))
    columns, spending = on_x.desk.services.columns, on_x.desk.services.spending
    many = await spending.column((await columns.add("People", "user", sources)).id)
    single = await spending.column((await columns.add("One", "user", sources[:1])).id)
    offered = await spending.offer(on_x.account_id, "list")
    assert many is not None
    assert single is not None
    assert offered is not None
    assert single.instead is None
    assert many.instead is not None
    assert (many.instead.apart, many.instead.title, many.instead.network) == (2, "List", "X")
    assert many.instead.interval_s >= offered.interval_s
    assert many.instead.day.usual > 0


async def test_posting_counts_what_is_out_at_the_price_that_was_told(on_x: OnX) -> None:
    draft = Draft(text="Numbers: https://example.com/a\n---\nAnd why.", account_ids=(on_x.account_id,))
    (told,) = await on_x.desk.services.spending.sending(draft)
    publication_id = await on_x.desk.publish(draft)
    publication = await on_x.desk.services.publishing.publication(publication_id)
    assert publication is not None
    assert [d.state for d in publication.deliveries] == [DeliveryState.SENT]
    await on_x.desk.services.stop()
    counted = await on_x.counted()
    assert counted == {"post_with_link": (1, Decimal("0.20")), "post": (1, Decimal("0.015"))}
    assert told.cost.total == sum(amount for _, amount in counted.values())
