"""Migrations: append-only, each in one transaction, with a copy before."""

import hashlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from socialdesk.core.errors import StoreError
from socialdesk.store import columns, settings, sources
from socialdesk.store.database import Store
from socialdesk.store.migrations import MIGRATIONS, migrate, version_of
from tests.store.conftest import NOW

ADD_COLUMN = ("ALTER TABLE setting ADD COLUMN note TEXT NOT NULL DEFAULT ''", "CREATE TABLE extra (id INTEGER)")
BREAKS = ("CREATE TABLE half (id INTEGER)", "INSERT INTO nowhere VALUES (1)")


NEXT = len(MIGRATIONS) + 1


def no_copy(number: int) -> None:
    raise AssertionError(f"no copy expected before {number}")


@pytest.fixture
def db() -> sqlite3.Connection:
    return sqlite3.connect(":memory:", isolation_level=None)


def test_new_database_gets_the_newest_version_without_copies(db: sqlite3.Connection) -> None:
    migrate(db, no_copy)
    assert version_of(db) == len(MIGRATIONS)
    migrate(db, no_copy)
    db.close()


def test_copy_is_made_before_the_next_version(db: sqlite3.Connection) -> None:
    migrate(db, no_copy)
    copied: list[tuple[int, int]] = []
    migrate(db, lambda number: copied.append((number, version_of(db))), (*MIGRATIONS, ADD_COLUMN))
    assert copied == [(NEXT, NEXT - 1)]
    assert version_of(db) == NEXT
    assert db.execute("SELECT note FROM setting").fetchall() == []
    db.close()


def test_failed_migration_changes_nothing(db: sqlite3.Connection) -> None:
    migrate(db, no_copy)
    with pytest.raises(StoreError) as caught:
        migrate(db, lambda number: None, (*MIGRATIONS, ADD_COLUMN, BREAKS))
    assert caught.value.reason == "migration_failed"
    assert version_of(db) == NEXT  # the good one before it stays
    assert db.execute("SELECT name FROM sqlite_master WHERE name = 'half'").fetchone() is None
    db.close()


def test_a_desk_of_the_first_version_keeps_everything(db: sqlite3.Connection) -> None:
    migrate(db, no_copy, MIGRATIONS[:1])
    db.execute("INSERT INTO source (id, network, kind, params, title) VALUES (1, 'feeds', 'feed', '{}', 'Blog')")
    db.execute("INSERT INTO source_state (source_id, cursor, interval_s) VALUES (1, 'etag', 600)")
    db.execute(
        'INSERT INTO "column" (title, icon, filter, view, width, collapsed, position, created_at)'
        " VALUES ('Blogs', 'rss', '{}', 'posts', 352, 0, 0, 0)"
    )
    migrate(db, lambda number: None)
    assert sources.state(db, 1).cursor == "etag"
    assert sources.state(db, 1).waits == ""
    assert [(column.title, column.cheap) for column in columns.all(db)] == [("Blogs", False)]
    db.close()


def test_newer_database_is_refused_and_left_alone(open_store: Callable[..., Store], tmp_path: Path) -> None:
    open_store().close()
    db = sqlite3.connect(tmp_path / "desk.sqlite3")
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(StoreError) as caught:
        Store.open(tmp_path, now=NOW)
    assert caught.value.reason == "newer_version"
    db = sqlite3.connect(tmp_path / "desk.sqlite3")
    assert version_of(db) == 99
    db.close()


def test_migrating_a_file_leaves_a_copy_beside_it(
    open_store: Callable[..., Store], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store()
    store.write_now(settings.put, "draft", "before")
    store.close()
    monkeypatch.setattr(migrate, "__defaults__", ((*MIGRATIONS, ADD_COLUMN),))
    newer = open_store()
    assert newer.read_now(version_of) == NEXT
    assert newer.read_now(settings.get, "draft") == "before"
    newer.write_now(settings.put, "draft", "after")
    copy = sqlite3.connect(tmp_path / f"desk.before-{NEXT:04}.sqlite3")
    assert version_of(copy) == NEXT - 1
    assert settings.get(copy, "draft") == "before"
    copy.close()
    assert Store.last_good_copy(tmp_path) == tmp_path / f"desk.before-{NEXT:04}.sqlite3"


def test_released_migrations_are_never_edited() -> None:
    """What a migration made exists on people's disks: add a new one instead."""
    released = ["83f1412afe1eb601", "1b3d4520ff3733f9"]
    found = [hashlib.sha256("\n".join(statements).encode()).hexdigest()[:16] for statements in MIGRATIONS]
    assert found[: len(released)] == released
