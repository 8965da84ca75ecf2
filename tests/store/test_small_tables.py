"""Settings, host budgets, the health report."""

from datetime import timedelta
from typing import Any

import pytest

from socialdesk.core.budget import FRESH, HostBudget
from socialdesk.core.post import DeliveryPlan, Draft, PartPlan
from socialdesk.store import blobs, drafts, health, hosts, outbox, settings, sources
from socialdesk.store.database import Store
from socialdesk.store.migrations import MIGRATIONS
from tests.store.conftest import NOW, Desk, article


@pytest.mark.parametrize("value", [None, True, 3, 1.5, "text ä", [1, "two"], {"a": {"b": [None]}}])
def test_setting_comes_back(store: Store, value: Any) -> None:
    store.write_now(settings.put, "name", "before")
    store.write_now(settings.put, "name", value)
    assert store.read_now(settings.get, "name", "default") == value
    assert store.read_now(settings.get, "other", "default") == "default"


def test_host_budgets(store: Store) -> None:
    waits = HostBudget(until=NOW, writes_until=NOW + timedelta(hours=1), strikes=2, plain_agent=True)
    store.write_now(hosts.save, "feeds.example", waits)
    store.write_now(hosts.save, "social.example 7", HostBudget(strikes=1))
    store.write_now(hosts.save, "social.example 7", FRESH)
    assert store.read_now(hosts.load) == {"feeds.example": waits}


def test_health_report(desk: Desk) -> None:
    source = desk.source()
    desk.column(source)
    desk.apply(source, [article(1), article(2)])
    state = desk.state(source)
    desk.store.write_now(
        sources.put_state, type(state)(source.id, error="unreachable", error_at=NOW, next_at=NOW, stopped=True)
    )
    desk.store.write_now(drafts.save, Draft(text="x"), NOW)
    desk.store.write_now(outbox.accept, Draft(text="y"), [DeliveryPlan(1, (PartPlan("y", "k"),))], NOW)
    desk.store.write_now(blobs.put, b"12345", "image/png", NOW)
    report = desk.store.read_now(health.report)
    assert int(report.pop("size, bytes")) > 4096
    assert str(report.pop("SQLite")).startswith("3.")
    assert report == {
        "database version": len(MIGRATIONS),
        "accounts": 0,
        "columns": 1,
        "sources": 1,
        "sources in trouble": 1,
        "sources stopped": 1,
        "entries": 2,
        "saved items": 0,
        "drafts": 1,
        "deliveries open": 1,
        "pictures, bytes": 5,
        "waiting for the search index": 2,
    }
