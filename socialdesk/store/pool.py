"""A small pool of read-only connections, opened when first needed."""

import queue
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class ReaderPool:
    """At most `size` connections; each is used by one thread at a time."""

    def __init__(self, connect: Callable[[], sqlite3.Connection], size: int) -> None:
        self._connect = connect
        self._size = size
        self._places: queue.LifoQueue[sqlite3.Connection | None] = queue.LifoQueue()
        for _ in range(size):
            self._places.put(None)

    @contextmanager
    def borrowed(self) -> Iterator[sqlite3.Connection]:
        """A connection inside a transaction of its own: one call sees one state of the database."""
        db = self._places.get()
        try:
            if db is None:
                db = self._connect()
            db.execute("BEGIN")
            yield db
        finally:
            if db is not None and db.in_transaction:
                db.execute("ROLLBACK")
            self._places.put(db)

    @contextmanager
    def emptied(self) -> Iterator[None]:
        """Waits for every reader, closes all connections and keeps new ones away until the block ends."""
        for _ in range(self._size):
            db = self._places.get()
            if db is not None:
                db.close()
        try:
            yield
        finally:
            for _ in range(self._size):
                self._places.put(None)
