"""Reading and writing: one transaction each, from any loop, and never half."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from socialdesk.core.errors import StoreError
from socialdesk.store import settings
from socialdesk.store.database import Store
from tests.store.conftest import NOW


def fail_half_way(db: sqlite3.Connection) -> None:
    settings.put(db, "half", 1)
    raise ValueError("in the middle")


async def test_what_is_written_is_read(store: Store) -> None:
    await store.write(settings.put, "theme", {"name": "dark"}, durable=True)
    assert await store.read(settings.get, "theme") == {"name": "dark"}


def test_what_is_written_outlives_the_program(open_store: Callable[..., Store]) -> None:
    first = open_store()
    first.write_now(settings.put, "theme", "dark")
    first.close()
    assert open_store().read_now(settings.get, "theme") == "dark"


async def test_failed_write_leaves_nothing_behind(store: Store) -> None:
    with pytest.raises(ValueError, match="in the middle"):
        await store.write(fail_half_way, durable=True)
    assert await store.read(settings.get, "half") is None
    await store.write(settings.put, "after", 2)
    assert await store.read(settings.get, "after") == 2


async def test_reader_cannot_write(store: Store) -> None:
    with pytest.raises(StoreError) as caught:
        await store.read(settings.put, "sneaky", 1)
    assert caught.value.reason == "read_only"
    assert await store.read(settings.get, "sneaky") is None


async def test_one_read_sees_one_state(store: Store) -> None:
    """A write between two queries of one read does not show in the second."""
    await store.write(settings.put, "count", 1)
    looked, written = threading.Event(), threading.Event()

    def twice(db: sqlite3.Connection) -> tuple[int, int]:
        before = settings.get(db, "count")
        looked.set()
        written.wait(10)
        return before, settings.get(db, "count")

    reading = asyncio.create_task(store.read(twice))
    await asyncio.to_thread(looked.wait, 10)
    await store.write(settings.put, "count", 2)
    written.set()
    assert await reading == (1, 1)
    assert await store.read(settings.get, "count") == 2


async def test_reads_do_not_wait_for_a_long_write(store: Store) -> None:
    began, go_on = threading.Event(), threading.Event()

    def slow(db: sqlite3.Connection) -> None:
        settings.put(db, "slow", 1)
        began.set()
        go_on.wait(10)

    writing = asyncio.create_task(store.write(slow))
    await asyncio.to_thread(began.wait, 10)
    assert await store.read(settings.get, "slow") is None
    go_on.set()
    await writing
    assert await store.read(settings.get, "slow") == 1


async def test_cancelled_while_running_is_finished_whole(store: Store) -> None:
    began, go_on = threading.Event(), threading.Event()

    def two_steps(db: sqlite3.Connection) -> None:
        settings.put(db, "first", 1)
        began.set()
        go_on.wait(10)
        settings.put(db, "second", 1)

    task = asyncio.create_task(store.write(two_steps))
    await asyncio.to_thread(began.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    go_on.set()
    await store.write(settings.put, "third", 1)
    assert [await store.read(settings.get, name) for name in ("first", "second", "third")] == [1, 1, 1]


async def test_cancelled_while_queued_never_runs(store: Store) -> None:
    began, go_on = threading.Event(), threading.Event()

    def block(db: sqlite3.Connection) -> None:
        began.set()
        go_on.wait(10)

    running = asyncio.create_task(store.write(block))
    await asyncio.to_thread(began.wait, 10)
    queued = asyncio.create_task(store.write(settings.put, "queued", 1))
    await asyncio.sleep(0)
    queued.cancel()
    with pytest.raises(asyncio.CancelledError):
        await queued
    go_on.set()
    await running
    assert await store.read(settings.get, "queued") is None


def test_two_loops_share_a_store(store: Store) -> None:
    def elsewhere() -> None:
        asyncio.run(store.write(settings.put, "elsewhere", 1))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    asyncio.run(store.write(settings.put, "here", 1))
    thread.join()
    assert (store.read_now(settings.get, "here"), store.read_now(settings.get, "elsewhere")) == (1, 1)


async def test_many_at_once_keep_their_order(store: Store) -> None:
    def add(db: sqlite3.Connection, number: int) -> None:
        settings.put(db, "log", [*settings.get(db, "log", []), number])

    await asyncio.gather(*(store.write(add, number) for number in range(50)))
    assert await store.read(settings.get, "log") == list(range(50))


def test_close_finishes_what_is_queued(open_store: Callable[..., Store], tmp_path: Path) -> None:
    store = open_store()
    go_on = threading.Event()

    def block(db: sqlite3.Connection) -> None:
        go_on.wait(10)

    async def main() -> None:
        tasks = [asyncio.create_task(store.write(block)), asyncio.create_task(store.write(settings.put, "last", 1))]
        await asyncio.sleep(0)
        closing = asyncio.create_task(store.aclose())
        await asyncio.sleep(0)
        go_on.set()
        await asyncio.gather(closing, *tasks)

    asyncio.run(main())
    assert not (tmp_path / "desk.sqlite3-wal").exists()
    assert open_store().read_now(settings.get, "last") == 1


async def test_closed_store_says_so(store: Store) -> None:
    store.close()
    store.close()
    with pytest.raises(StoreError) as caught:
        await store.read(settings.get, "theme")
    assert caught.value.reason == "closed"


def test_second_process_sees_and_writes_the_same(open_store: Callable[..., Store], tmp_path: Path) -> None:
    """The command line beside a running desk."""
    desk, command = open_store(), open_store()
    desk.write_now(settings.put, "theme", "dark")
    assert command.read_now(settings.get, "theme") == "dark"
    command.write_now(settings.put, "theme", "light")
    assert desk.read_now(settings.get, "theme") == "light"


def test_durable_write_is_synced(store: Store) -> None:
    """FULL for what a person made, NORMAL for what can be fetched again."""

    def level(db: sqlite3.Connection) -> int:
        return int(db.execute("PRAGMA main.synchronous").fetchone()[0])

    assert store.write_now(level) == 1
    assert store.write_now(level, durable=True) == 2
    assert store.write_now(level) == 1
    with pytest.raises(ValueError, match="in the middle"):
        store.write_now(fail_half_way, durable=True)
    assert store.write_now(level) == 1


def test_folder_is_made(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b %3f ä"
    store = Store.open(deep, now=NOW)
    assert store.folder == deep
    assert store.read_now(settings.get, "nothing", "default") == "default"
    store.close()
