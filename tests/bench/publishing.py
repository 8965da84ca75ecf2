"""Publishing to eight practice networks at once, and to each of them alone, over the services' whole road.

`python -m tests.bench.publishing FOLDER ROUNDS SERVERS`: SERVERS is the line of `tests.bench.practice_servers`. Seconds
from submitting an update (words, a link, a picture with its description) until the last receipt is in the store.
"""

import asyncio
import itertools
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from socialdesk.app.engine import open_services
from socialdesk.app.practising import sign_in
from socialdesk.app.profile import Profile
from socialdesk.core.account import Account
from socialdesk.core.post import DeliveryState, Draft
from socialdesk.practice.world import picture
from socialdesk.services.bundle import Services
from socialdesk.vault import MemoryVault
from tests.bench.child import say
from tests.bench.practice_servers import SHORT

ALT = "Answers per week, before and after"


class Publisher:
    """Never says the same twice: some networks refuse that."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._numbers = itertools.count(1)

    async def seconds(self, accounts: Sequence[Account]) -> float:
        """How long one update takes until it is out at all of them."""
        composing, publishing = self._services.composing, self._services.publishing
        number = next(self._numbers)
        shown = await composing.add_picture(picture("chart", 1200 + number, 750), "chart.png")
        words = f"Update {number}: what buyers read before they talk to us #B2B https://northwind.example/{number}"
        draft = Draft(
            text=words,
            pictures=(replace(shown, alt=ALT),),
            account_ids=tuple(account.id for account in accounts),
            language="en",
        )
        saved = await composing.save(draft)
        began = time.perf_counter()
        publication = await publishing.submit(saved.id)
        await publishing.settle()
        taken = time.perf_counter() - began
        done = await publishing.publication(publication.id)
        assert done is not None
        open_ends = [(d.account_id, d.state, d.error) for d in done.deliveries if d.state is not DeliveryState.SENT]
        assert not open_ends, open_ends
        return taken


async def measure(folder: Path, rounds: int, servers: Any) -> dict[str, Any]:
    ports = frozenset(servers["ports"])

    def trusts(host: str, port: int) -> bool:
        return host == "127.0.0.1" and port in ports

    async with open_services(Profile.choose(folder), MemoryVault(), trusts) as services:
        every = await sign_in(services, servers["credentials"])
        accounts = [account for account in every if account.network in SHORT]
        await services.publishing.start()
        publisher = Publisher(services)
        await publisher.seconds(accounts)  # limits are known, connections are open, nothing is imported meanwhile
        together: list[float] = []
        alone: dict[str, list[float]] = {account.network: [] for account in accounts}
        for _ in range(rounds):
            together.append(await publisher.seconds(accounts))
            for account in accounts:
                alone[account.network].append(await publisher.seconds([account]))
        return {"together": together, "alone": alone}


def main() -> None:
    folder, rounds, servers = Path(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3])
    say(asyncio.run(measure(folder, rounds, servers)))


if __name__ == "__main__":
    main()
