"""Checking and copying the whole file: minutes for a large one, beside everything else, given up at closing."""

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from socialdesk.core.errors import StoreError
from socialdesk.store.faults import translated

T = TypeVar("T")
Stopping = Callable[[], bool]

BETWEEN_INTERRUPTS_S = 0.02


class Upkeep:
    """One thread with a connection of its own, so that no reader waits for it."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store-upkeep")
        self._stopping = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None

    def submit(self, job: Callable[[sqlite3.Connection, Stopping], T]) -> Future[T]:
        """Runs `job(db, stopping)`; it raises StoreError closed when `stop` comes before its end."""

        def run() -> T:
            self._idle.clear()
            try:
                with translated():
                    return self._run(job)
            finally:
                self._idle.set()

        try:
            return self._thread.submit(run)
        except RuntimeError as error:
            raise StoreError("the store is closed", reason="closed") from error

    def stop(self) -> None:
        """Interrupts what runs and waits for its end."""
        self._stopping.set()
        self._thread.shutdown(wait=False, cancel_futures=True)
        while not self._idle.wait(BETWEEN_INTERRUPTS_S):
            with self._lock:
                if self._db is not None:
                    self._db.interrupt()

    def _run(self, job: Callable[[sqlite3.Connection, Stopping], T]) -> T:
        if self._stopping.is_set():
            raise StoreError("the store is closing", reason="closed")
        db = self._connect()
        try:
            with self._lock:
                self._db = db
            db.execute("BEGIN")
            return job(db, self._stopping.is_set)
        finally:
            with self._lock:
                self._db = None
            db.close()
