"""The last good copy, and the way back to it."""

import asyncio
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from socialdesk.core.errors import StoreError
from socialdesk.core.post import DeliveryPlan, DeliveryState, Draft, PartPlan
from socialdesk.store import blobs, copies, outbox, search, settings
from socialdesk.store.database import Store
from tests.store.conftest import NOW, Desk, article


async def test_copy_is_made_once_a_day(store: Store, tmp_path: Path) -> None:
    assert Store.last_good_copy(tmp_path) is None
    assert await store.copy_if_due(NOW)
    assert not await store.copy_if_due(NOW + timedelta(hours=23))
    await store.write(settings.put, "later", 1)
    assert await store.copy_if_due(NOW + timedelta(hours=25))
    copy = Store.last_good_copy(tmp_path)
    assert copy is not None
    assert copy.stat().st_mtime == (NOW + timedelta(hours=25)).timestamp()
    db = sqlite3.connect(copy)
    assert settings.get(db, "later") == 1
    db.close()


async def test_damaged_database_never_replaces_the_good_copy(open_store: Callable[..., Store], tmp_path: Path) -> None:
    store = open_store()
    for number in range(50):
        await store.write(blobs.put, bytes([number]) * 5000, "image/png", NOW)
    assert await store.copy_if_due(NOW)
    store.close()
    copy = tmp_path / "desk.good.sqlite3"
    good = copy.read_bytes()
    data = bytearray((tmp_path / "desk.sqlite3").read_bytes())
    data[len(data) // 2 :] = b"\xa5" * (len(data) - len(data) // 2)
    (tmp_path / "desk.sqlite3").write_bytes(data)
    again = open_store()
    with pytest.raises(StoreError) as caught:
        await again.copy_if_due(NOW + timedelta(days=2))
    assert caught.value.reason == "damaged"
    assert copy.read_bytes() == good


async def test_restore_puts_the_copy_in_place_and_keeps_the_damaged_file(
    open_store: Callable[..., Store], tmp_path: Path
) -> None:
    store = open_store()
    await store.write(settings.put, "draft", "kept")
    await store.copy_if_due(NOW)
    store.close()
    path = tmp_path / "desk.sqlite3"
    path.write_bytes(b"rubbish" * 1000)
    aside = Store.restore(tmp_path)
    assert aside.read_bytes() == b"rubbish" * 1000
    assert open_store().read_now(settings.get, "draft") == "kept"
    assert (tmp_path / "desk.good.sqlite3").exists()


async def test_search_follows_a_restore(open_store: Callable[..., Store], tmp_path: Path) -> None:
    """The index of a successor does not answer for the database put back."""
    desk = Desk(open_store())
    source = desk.source()
    desk.apply(source, [article(1)])
    await desk.store.copy_if_due(NOW)
    desk.apply(source, [article(2, title="Lost again")], first=False)
    while await desk.store.write(search.feed, 100):
        pass
    assert desk.store.read_now(search.find, "lost", 10)
    desk.store.close()
    Store.restore(tmp_path)
    again = open_store()
    while await again.write(search.feed, 100):
        pass
    assert again.read_now(search.find, "lost", 10) == ()
    assert [hit.title for hit in again.read_now(search.find, "article", 10)] == ["Article 1"]


async def test_copy_put_back_by_hand_gets_an_index_of_its_own(open_store: Callable[..., Store], tmp_path: Path) -> None:
    desk = Desk(open_store())
    source = desk.source()
    desk.apply(source, [article(1)])
    await desk.store.copy_if_due(NOW)
    desk.apply(source, [article(2, title="Lost again")], first=False)
    while await desk.store.write(search.feed, 100):
        pass
    desk.store.close()
    shutil.copyfile(tmp_path / "desk.good.sqlite3", tmp_path / "desk.sqlite3")
    again = open_store()
    while await again.write(search.feed, 100):
        pass
    assert [hit.title for hit in again.read_now(search.find, "article OR lost", 10)] == []
    assert [hit.title for hit in again.read_now(search.find, "article", 10)] == ["Article 1"]


async def test_restore_cut_off_half_way_is_completed(open_store: Callable[..., Store], tmp_path: Path) -> None:
    store = open_store()
    await store.write(settings.put, "draft", "kept")
    await store.copy_if_due(NOW)
    store.close()
    shutil.copyfile(tmp_path / "desk.good.sqlite3", tmp_path / "desk.restore.sqlite3")
    os.replace(tmp_path / "desk.sqlite3", tmp_path / "desk.damaged-1.sqlite3")
    assert open_store().read_now(settings.get, "draft") == "kept"


async def test_emptied_file_is_not_taken_for_a_new_desk(open_store: Callable[..., Store], tmp_path: Path) -> None:
    store = open_store()
    await store.write(settings.put, "draft", "kept")
    await store.copy_if_due(NOW)
    store.close()
    (tmp_path / "desk.sqlite3").write_bytes(b"")
    with pytest.raises(StoreError) as caught:
        Store.open(tmp_path, now=NOW)
    assert caught.value.reason == "damaged"
    Store.restore(tmp_path)
    assert open_store().read_now(settings.get, "draft") == "kept"


def test_nothing_to_go_back_to(tmp_path: Path) -> None:
    (tmp_path / "desk.sqlite3").write_bytes(b"rubbish")
    with pytest.raises(StoreError) as caught:
        Store.restore(tmp_path)
    assert caught.value.reason == "damaged"
    assert (tmp_path / "desk.sqlite3").read_bytes() == b"rubbish"


async def test_no_copy_when_the_disk_has_no_room(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage(NamedTuple):
        total: int = 1000
        used: int = 999
        free: int = 1

    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage())
    assert not await store.copy_if_due(NOW)
    assert Store.last_good_copy(tmp_path) is None


async def test_copy_given_up_leaves_the_good_one(store: Store, tmp_path: Path) -> None:
    await store.copy_if_due(NOW)
    good = (tmp_path / "desk.good.sqlite3").read_bytes()
    await store.write(blobs.put, b"x" * 1_000_000, "image/png", NOW)
    with pytest.raises(StoreError) as caught:
        store.read_now(copies.copy, tmp_path / "desk.good.sqlite3", NOW, lambda: True)
    assert caught.value.reason == "closed"
    assert (tmp_path / "desk.good.sqlite3").read_bytes() == good
    assert await store.copy_if_due(NOW + timedelta(days=2))


async def test_closing_interrupts_a_check(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A check of gigabytes is given up; the next start makes it again."""
    began = threading.Event()

    def endless(db: sqlite3.Connection) -> None:
        began.set()
        db.execute("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n").fetchone()

    monkeypatch.setattr(copies, "check", endless)
    checking = asyncio.create_task(store.check())
    await asyncio.to_thread(began.wait, 10)
    await store.aclose()
    with pytest.raises(StoreError) as caught:
        await checking
    assert caught.value.reason == "closed"
    with pytest.raises(StoreError):
        await store.check()


async def test_copying_does_not_hold_up_a_writer(store: Store) -> None:
    for number in range(20):
        await store.write(blobs.put, bytes([number]) * 100_000, "image/png", NOW)
    copying = store.copy_if_due(NOW)
    writing = store.write(settings.put, "meanwhile", 1)
    done = await asyncio.gather(copying, writing)
    assert done[0] is True
    assert await store.read(settings.get, "meanwhile") == 1


def test_what_waited_in_the_copy_is_looked_for_before_it_is_sent(tmp_path: Path) -> None:
    """It may have gone out after the copy was made."""
    store = Store.open(tmp_path, now=NOW)
    publication = store.write_now(
        outbox.accept, Draft(text="Once"), (DeliveryPlan(1, (PartPlan("Once", "key"),), None, NOW),), NOW
    )
    assert asyncio.run(store.copy_if_due(NOW))
    store.close()
    Store.restore(tmp_path)
    store = Store.open(tmp_path, now=NOW)
    (found,) = store.read_now(outbox.due, NOW)
    store.close()
    assert (found.id, found.state) == (publication.deliveries[0].id, DeliveryState.IN_DOUBT)
