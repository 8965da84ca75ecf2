"""Disk full, read-only, locked, damaged: a reason each, and nothing lost."""

import multiprocessing
import os
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from socialdesk.core.errors import StoreError
from socialdesk.store import blobs, settings
from socialdesk.store.database import Store
from tests.store.conftest import NOW

ROOT = Path(__file__).resolve().parents[2]


def reason_of(action: Callable[[], object]) -> str:
    with pytest.raises(StoreError) as caught:
        action()
    return caught.value.reason


def limit_pages(db: sqlite3.Connection, more: int) -> None:
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute(f"PRAGMA max_page_count = {pages + more}")


def test_disk_full(store: Store) -> None:
    store.write_now(settings.put, "draft", "kept")
    store.write_now(limit_pages, 2)

    def fill() -> object:
        return store.write_now(blobs.put, os.urandom(500_000), "image/png", NOW, durable=True)

    assert reason_of(fill) == "disk_full"
    assert store.read_now(settings.get, "draft") == "kept"
    store.write_now(limit_pages, 1000)
    assert fill()


def test_nothing_of_a_write_stays_when_the_disk_fills(store: Store) -> None:
    store.write_now(limit_pages, 20)

    def write(db: sqlite3.Connection) -> None:
        settings.put(db, "first", 1)
        for _ in range(100):
            blobs.put(db, os.urandom(10_000), "image/png", NOW)

    assert reason_of(lambda: store.write_now(write)) == "disk_full"
    assert store.read_now(settings.get, "first") is None
    store.write_now(settings.put, "small", 1)
    assert store.read_now(settings.get, "small") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="folders are not read-only there")
def test_read_only_folder(open_store: Callable[..., Store], tmp_path: Path) -> None:
    """In a process without root's rights, for which permissions count."""
    open_store().close()
    script = """
        import sys
        from datetime import UTC, datetime
        from pathlib import Path
        from socialdesk.core.errors import StoreError
        from socialdesk.store.database import Store
        import os
        if os.geteuid() == 0:
            os.setuid(65534)
        try:
            Store.open(Path(sys.argv[1]), now=datetime(2025, 6, 2, tzinfo=UTC))
        except StoreError as error:
            print(error.reason)
    """
    for path in tmp_path.iterdir():
        path.chmod(0o444)
    parents = [tmp_path, *(p for p in tmp_path.parents if "pytest" in p.name)]
    modes = [(p, p.stat().st_mode) for p in parents]
    try:
        for parent in parents:
            parent.chmod(0o555)
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(script), str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
        )
    finally:
        for parent, mode in modes:
            parent.chmod(mode)
    assert (done.stdout.strip(), done.stderr) == ("read_only", "")


def test_folder_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert reason_of(lambda: Store.open(tmp_path / "file" / "profile", now=NOW)) == "read_only"


def test_directory_in_place_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "desk.sqlite3").mkdir()
    assert reason_of(lambda: Store.open(tmp_path, now=NOW)) == "read_only"


def hold_lock(
    path: str, locked: "multiprocessing.synchronize.Event", done: "multiprocessing.synchronize.Event"
) -> None:
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    db.execute("INSERT INTO setting VALUES ('other', '1')")
    locked.set()
    done.wait(30)
    db.execute("COMMIT")
    db.close()


def test_locked_by_another_process(open_store: Callable[..., Store], tmp_path: Path) -> None:
    store = open_store(busy_s=0.05)
    store.write_now(settings.put, "mine", 1)
    context = multiprocessing.get_context("spawn")
    locked, done = context.Event(), context.Event()
    other = context.Process(target=hold_lock, args=(str(tmp_path / "desk.sqlite3"), locked, done))
    other.start()
    try:
        assert locked.wait(30)
        assert reason_of(lambda: store.write_now(settings.put, "mine", 2)) == "locked"
        assert store.read_now(settings.get, "mine") == 1  # reading goes on
        assert reason_of(lambda: Store.open(tmp_path, now=NOW, busy_s=0.05)) == "locked"
    finally:
        done.set()
        other.join(30)
    store.write_now(settings.put, "mine", 3)
    assert (store.read_now(settings.get, "mine"), store.read_now(settings.get, "other")) == (3, 1)


@pytest.mark.parametrize("damage", [b"this is no database at all, " * 200, b"\x00" * 4096])
def test_unreadable_file_is_found_at_open(open_store: Callable[..., Store], tmp_path: Path, damage: bytes) -> None:
    open_store().close()
    path = tmp_path / "desk.sqlite3"
    path.write_bytes(damage + path.read_bytes()[len(damage) :])
    assert reason_of(lambda: Store.open(tmp_path, now=NOW)) == "damaged"
    assert path.read_bytes().startswith(damage)


async def test_damage_inside_is_found_by_the_check(open_store: Callable[..., Store], tmp_path: Path) -> None:
    store = open_store()
    for number in range(50):
        store.write_now(blobs.put, bytes([number]) * 5000, "image/png", NOW)
    await store.check()
    store.close()
    path = tmp_path / "desk.sqlite3"
    data = bytearray(path.read_bytes())
    # Every page behind the schema: pointers and cells become nonsense.
    middle = len(data) // 2
    data[middle : middle + 40_000] = b"\xa5" * 40_000
    path.write_bytes(data)
    again = open_store()
    with pytest.raises(StoreError) as caught:
        await again.check()
    assert caught.value.reason == "damaged"


def test_mistakes_in_our_own_queries_are_not_hidden(store: Store) -> None:
    with pytest.raises(sqlite3.OperationalError):
        store.read_now(lambda db: db.execute("SELECT nonsense"))
