"""The practice desk as a newcomer gets it: every practice network signed in, columns over all of them."""

import os
import signal
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from socialdesk.app.engine import open_services
from socialdesk.app.practising import furnish
from socialdesk.app.profile import Profile
from socialdesk.app.window import _engine_of
from socialdesk.core.events import OutboxChanged
from socialdesk.core.network import Publishes
from socialdesk.practice.desk import COLUMN, EVERY, THREE, USUAL, PracticeDesk
from socialdesk.services.bundle import Services
from socialdesk.ui.bridge import Bridge
from socialdesk.vault import MemoryVault
from tests.end2end.desk import eventually


async def networks_of(services: Services, title: str) -> set[str]:
    """From which networks a column has entries."""
    column = next(c for c in await services.columns.all() if c.title == title)
    return {row.entry.network for row in await services.reading.page(column.id, None, 500)}


async def test_every_network_is_signed_in_and_every_column_shows_all_its_networks(tmp_path: Path) -> None:
    with PracticeDesk(EVERY) as practice:
        async with open_services(Profile.choose(tmp_path), MemoryVault(), practice.trusts) as services:
            await furnish(services, practice)
            accounts = await services.accounts.list()
            assert [account.network for account in accounts] == list(EVERY)
            opened = [await services.accounts.open(account.id) for account in accounts]
            assert sum(isinstance(network, Publishes) for network in opened) >= 8
            report = await services.refresh.now()
            assert not report.failed
            wanted = {column.title: {network for network, _, _ in column.sources} for column in practice.columns()}
            found = {title: await networks_of(services, title) for title in wanted}
            assert found == wanted
            assert found[COLUMN] >= {"x", "mastodon", "bluesky", "feeds"}
            assert found["Inbox"] >= {"x", "linkedin", "facebook", "mastodon", "bluesky", "threads", "wordpress"}
            await furnish(services, practice)  # opened again: nothing is doubled
            assert len(await services.columns.all()) == len(wanted)


async def test_a_small_desk_has_three_networks_and_no_column_without_a_source(tmp_path: Path) -> None:
    with PracticeDesk(THREE) as practice:
        assert practice.networks == THREE
        async with open_services(Profile.choose(tmp_path), MemoryVault(), practice.trusts) as services:
            await furnish(services, practice)
            assert [column.title for column in await services.columns.all()] == [
                COLUMN, "Home", "Inbox", "Bluesky", "Blogs",
            ]  # fmt: skip


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="signals of POSIX")
async def test_an_engine_that_is_killed_comes_again_signed_in(
    qapp: QApplication, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with _engine_of(Profile.choose(tmp_path), None, practice=True) as (engine, practice):
        assert practice is not None
        bridge, events = Bridge(), list[object]()
        bridge.event.connect(events.append)
        services = await engine.connect(bridge)
        await furnish(services, practice)
        before = await services.accounts.list()
        assert [account.network for account in before] == list(USUAL)
        os.kill(engine.pid, signal.SIGKILL)
        await eventually(lambda: OutboxChanged(0) in events)
        after = await services.accounts.list()
        assert [(a.id, a.network, a.needs_sign_in) for a in after] == [(a.id, a.network, False) for a in before]
        for account in before:
            await services.accounts.test(account.id)  # raises where the network does not know us
        assert not (await services.refresh.now()).failed
        await engine.aclose()
    assert "is started again" in caplog.text
    caplog.clear()
