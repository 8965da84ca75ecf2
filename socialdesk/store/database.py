"""Opening, reading, writing and closing the database."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from socialdesk.core.errors import StoreError
from socialdesk.store import copies, search_index
from socialdesk.store.connect import Files, attach_search, connect_reader, connect_writer
from socialdesk.store.faults import IndexDamagedError, reason_of, translated
from socialdesk.store.migrations import migrate
from socialdesk.store.pool import ReaderPool
from socialdesk.store.upkeep import Upkeep

P = ParamSpec("P")
T = TypeVar("T")

READERS = 3
BUSY_S = 5.0


class Store:
    """The open database of one profile folder.

    `read` and `write` take a plain function whose first argument is the connection. A write is one transaction: all of
    it or nothing, also when the awaiting task is cancelled (a write that waits in the queue is then dropped, one that
    runs is finished). Both may be awaited on any asyncio loop; `read_now` and `write_now` block instead.

    Every failure of file, disk or lock is a `StoreError` with a reason; what was stored before is still there.
    """

    def __init__(self, files: Files, writer: sqlite3.Connection, busy_s: float) -> None:
        self._files = files
        self._db = writer
        self._readers = ReaderPool(lambda: connect_reader(files, busy_s), READERS)
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._reading = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._upkeep = Upkeep(lambda: connect_reader(files, busy_s))
        self._closed = False

    @classmethod
    def open(cls, folder: Path, *, now: datetime, busy_s: float = BUSY_S) -> "Store":
        """Opens or makes the database in `folder`. Blocks for milliseconds, longer only for a migration.

        `busy_s`: how long to wait for another process that writes. Raises StoreError newer_version, damaged,
        disk_full, read_only, locked or migration_failed. A full check of the file is `check`, after opening.
        """
        files = Files(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            copies.finish_restore(folder)
            _refuse_emptied(files)
        except OSError as error:
            raise StoreError(str(error), reason="read_only") from error
        with translated():
            writer = connect_writer(files.main, busy_s)
            try:
                _prepare(writer, files, now)
            except BaseException:
                writer.close()
                raise
        return cls(files, writer, busy_s)

    @staticmethod
    def last_good_copy(folder: Path) -> Path | None:
        """The copy that `restore` would put in place; its modification time says when it was made."""
        return copies.last_good(folder)

    @staticmethod
    def restore(folder: Path) -> Path:
        """Puts the last good copy in place of a damaged database; returns where the damaged file is kept."""
        return copies.restore(folder)

    @property
    def folder(self) -> Path:
        return self._files.folder

    async def read(self, fn: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`fn(db, ...)` on a read-only connection, seeing one state of the database."""
        return await asyncio.wrap_future(self._submit_read(fn, *args, **kwargs))

    async def write(self, fn: Callable[..., T], *args: object, durable: bool = False, **kwargs: object) -> T:
        """`fn(db, ...)` on the writing thread, as one transaction.

        `durable`: on the disk when this returns, power cut included; for what a person made.
        """
        return await asyncio.wrap_future(self._submit_write(fn, durable, args, kwargs))

    def read_now(self, fn: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Like `read`, blocking the calling thread."""
        return self._submit_read(fn, *args, **kwargs).result()

    def write_now(self, fn: Callable[..., T], *args: object, durable: bool = False, **kwargs: object) -> T:
        """Like `write`, blocking the calling thread."""
        return self._submit_write(fn, durable, args, kwargs).result()

    async def check(self) -> None:
        """Raises StoreError damaged unless the file is sound. Reads all of it: a second for 100,000 entries.

        Beside everything else; raises StoreError closed when the store closes meanwhile.
        """
        await asyncio.wrap_future(self._upkeep.submit(lambda db, _: copies.check(db)))

    async def copy_if_due(self, now: datetime) -> bool:
        """Makes the daily good copy after a check. True when one was made. Raises as `check` does."""
        if not copies.is_due(self.folder, now):
            return False
        return await asyncio.wrap_future(
            self._upkeep.submit(lambda db, stopping: copies.copy_good(db, self.folder, now, stopping))
        )

    async def rebuild_search(self) -> None:
        """Throws the full-text index away and makes it empty; `search.feed` fills it again."""
        await asyncio.wrap_future(self._submit(self._writing, self._renew_index))

    def close(self) -> None:
        """Finishes queued writes, then reads, empties the write-ahead log into the file, closes. Blocks."""
        if self._closed:
            return
        self._closed = True
        self._upkeep.stop()
        self._writing.shutdown()
        self._reading.shutdown()
        with self._readers.emptied():
            try:
                with translated():
                    self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                self._db.close()

    async def aclose(self) -> None:
        """Like `close`, without blocking the loop."""
        await asyncio.to_thread(self.close)

    def _submit_read(
        self, fn: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        def job() -> T:
            return self._read(lambda db: fn(db, *args, **kwargs))

        return self._submit(self._reading, job)

    def _submit_write(
        self, fn: Callable[..., T], durable: bool, args: tuple[object, ...], kwargs: dict[str, object]
    ) -> Future[T]:
        def job() -> T:
            return self._write(fn, durable, args, kwargs)

        return self._submit(self._writing, job)

    def _submit(self, pool: ThreadPoolExecutor, job: Callable[[], T]) -> Future[T]:
        try:
            return pool.submit(job)
        except RuntimeError as error:
            raise StoreError("the store is closed", reason="closed") from error

    def _read(self, job: Callable[[sqlite3.Connection], T]) -> T:
        try:
            with translated(), self._readers.borrowed() as db:
                return job(db)
        except IndexDamagedError:
            self._submit(self._writing, self._renew_index)
            raise

    def _write(self, fn: Callable[..., T], durable: bool, args: tuple[object, ...], kwargs: dict[str, object]) -> T:
        db = self._db
        try:
            with translated():
                if durable:
                    db.execute("PRAGMA main.synchronous = FULL")
                db.execute("BEGIN IMMEDIATE")
                result: T = fn(db, *args, **kwargs)
                db.execute("COMMIT")
                return result
        except IndexDamagedError:
            self._submit(self._writing, self._renew_index)
            raise
        finally:
            if db.in_transaction:
                db.execute("ROLLBACK")
            if durable:
                db.execute("PRAGMA main.synchronous = NORMAL")

    def _renew_index(self) -> None:
        with translated(), self._readers.emptied():
            search_index.renew(self._db, self._files.search)


def _refuse_emptied(files: Files) -> None:
    """SQLite takes a file of no bytes for a new database; where there is a copy, it is one that was lost."""
    if files.main.is_file() and files.main.stat().st_size == 0 and copies.last_good(files.folder) is not None:
        raise StoreError("the database file is empty", reason="damaged")


def _prepare(db: sqlite3.Connection, files: Files, now: datetime) -> None:
    def copy_before(number: int) -> None:
        copies.copy(db, files.folder / f"desk.before-{number:04}.sqlite3", now)

    migrate(db, copy_before)
    db.execute("BEGIN IMMEDIATE")  # a file or folder that cannot be written shows here, not at the first draft
    db.execute("ROLLBACK")
    try:
        attach_search(db, files.search, "rwc")
        search_index.prepare(db)
    except sqlite3.Error as error:
        if reason_of(error) != "damaged":
            raise
        search_index.renew(db, files.search)
