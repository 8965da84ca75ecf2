"""Videos and documents of drafts and publications: files beside the database, named by the hash of their content.

They are too large for the one writer of the database, and for its daily copy. The row in `blob`, with no bytes in it,
says who names them, as for pictures. What is done to files here blocks: call it on a thread.
"""

import contextlib
import errno
import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from socialdesk.core.errors import StoreError
from socialdesk.store.blobs import GRACE, collect
from socialdesk.store.codec import to_us, to_us_exactly

FOLDER = "media"
PIECE = 1 << 20
KEPT = timedelta(days=30)  # after a publication is done with: it may still be written again
_PART = ".part-"
_DONE = ("sent", "cancelled", "refused")


@dataclass(frozen=True, slots=True)
class Copied:
    """A file on its way into the store: the copy, its hash and its size in bytes."""

    path: Path
    blob: str
    size: int


def copy(source: Path, folder: Path) -> Copied:
    """Copies a file piece by piece into the profile `folder`; `keep` gives it its name, `drop` takes it away.

    Raises OSError where `source` cannot be read, StoreError disk_full or read_only where the copy cannot be written.
    """
    with source.open("rb") as reading:
        with _disk():
            (folder / FOLDER).mkdir(parents=True, exist_ok=True)
            number, name = tempfile.mkstemp(prefix=_PART, dir=folder / FOLDER)
        with os.fdopen(number, "wb") as writing:
            try:
                return _copied(reading, writing, Path(name))
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise


def _copied(reading: BinaryIO, writing: BinaryIO, path: Path) -> Copied:
    digest, size = hashlib.sha256(), 0
    while piece := reading.read(PIECE):
        digest.update(piece)
        size += len(piece)
        with _disk():
            writing.write(piece)
    with _disk():
        writing.flush()
        os.fsync(writing.fileno())
    return Copied(path, digest.hexdigest(), size)


def keep(copied: Copied, folder: Path) -> None:
    """Gives the copy its name. The same content twice is one file."""
    with _disk():
        copied.path.replace(path_of(copied.blob, folder))


def drop(copied: Copied) -> None:
    copied.path.unlink(missing_ok=True)


def path_of(blob: str, folder: Path) -> Path:
    return folder / FOLDER / blob


def read(blob: str, folder: Path) -> bytes | None:
    """The whole file, None when it is gone."""
    path = path_of(blob, folder)
    with _disk():
        return path.read_bytes() if path.is_file() else None


def has_room(folder: Path, size: int) -> bool:
    """Whether `size` bytes fit on the disk, with something left for the database."""
    with contextlib.suppress(OSError):
        return shutil.disk_usage(folder).free > size + 100_000_000
    return True


def put(db: sqlite3.Connection, blob: str, mime: str, size: int, now: datetime) -> None:
    """Names a kept file, so that drafts may. Use with `durable=True`."""
    db.execute(
        "INSERT INTO blob (hash, mime, size, put_at, data) VALUES (?, ?, ?, ?, x'')"
        " ON CONFLICT (hash) DO UPDATE SET put_at = max(put_at, excluded.put_at)",
        (blob, mime, size, to_us(now)),
    )


def tidy(db: sqlite3.Connection, now: datetime) -> tuple[str, ...]:
    """Lets go of files whose publications have been done with for a month; returns those that are still named."""
    db.execute(
        "DELETE FROM blob_ref WHERE owner = 'publication' AND hash IN (SELECT hash FROM blob WHERE length(data) = 0)"
        " AND owner_id IN (SELECT id FROM publication WHERE created_at < ?) AND NOT EXISTS (SELECT 1 FROM delivery d"
        " WHERE d.publication_id = owner_id AND (d.updated_at >= ? OR d.state NOT IN (?, ?, ?)))",
        (to_us_exactly(now - KEPT), to_us_exactly(now - KEPT), *_DONE),
    )
    collect(db, now)
    return tuple(row[0] for row in db.execute("SELECT hash FROM blob WHERE length(data) = 0"))


def sweep(folder: Path, named: Collection[str], now: datetime) -> None:
    """Removes the files that nothing names, a day after they came."""
    for path in (folder / FOLDER).glob("*"):
        with contextlib.suppress(OSError):
            if path.name not in named and path.stat().st_mtime < (now - GRACE).timestamp():
                path.unlink()


@contextlib.contextmanager
def _disk() -> Iterator[None]:
    """Raises StoreError for what a disk refuses to take."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise StoreError(str(error), reason="disk_full" if full else "read_only") from error
