"""Pictures of cards and avatars: a disk cache by content, under a size limit, filled when first looked at."""

import asyncio
import hashlib
import logging
import os
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from socialdesk.core.blobs import blob_hash
from socialdesk.core.errors import NetworkError
from socialdesk.http import Http, Trust

log = logging.getLogger(__name__)
LARGEST = 12_000_000  # bytes of one picture
DEFAULT_LIMIT = 300_000_000  # bytes of all
AT_ONCE = 6
TRY_AGAIN = timedelta(minutes=15)
_PICTURE = re.compile(rb"\xff\xd8\xff|\x89PNG|GIF8|BM|RIFF.{4}WEBP|.{4}ftyp(?:avi|hei|mif)", re.DOTALL)


class ImageService:
    """`index/<hash of address>` names the blob; `blobs/<hash of content>` holds it once, however many addresses it has.

    Addresses come from content, so private addresses are refused on every hop (`Trust.CONTENT`).
    """

    def __init__(self, folder: Path, http: Http, now: Callable[[], datetime], limit: int = DEFAULT_LIMIT) -> None:
        self._index = folder / "index"
        self._blobs = folder / "blobs"
        self._http = http
        self._now = now
        self._limit = limit
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._running: dict[str, asyncio.Task[bytes | None]] = {}
        self._failed: dict[str, datetime] = {}
        self._written = 0

    async def get(self, url: str) -> bytes | None:
        """The picture's bytes, from disk or the wire; None where it cannot be had now. One request per address."""
        if not url.startswith(("http://", "https://")):
            return None
        found = await asyncio.to_thread(self._read, url)
        if found is not None:
            return found
        failed = self._failed.get(url)
        if failed is not None and self._now() - failed < TRY_AGAIN:
            return None
        if url not in self._running:
            task = asyncio.create_task(self._fetch(url), name="picture")
            self._running[url] = task
            task.add_done_callback(lambda _: self._running.pop(url, None))
        return await asyncio.shield(self._running[url])

    def path(self, url: str) -> Path | None:
        """Where the picture lies on this disk, None when it is not here."""
        try:
            name = self._name(url).read_text(encoding="ascii")
        except OSError:
            return None
        path = self._blobs / name[:2] / name
        return path if path.exists() else None

    async def forget_failures(self) -> None:
        """The connection is back: pictures that could not be had may be asked again."""
        self._failed.clear()

    async def set_limit(self, limit: int) -> None:
        self._limit = limit
        await self.trim()

    async def trim(self) -> int:
        """Deletes the pictures looked at longest ago until the limit holds; returns the bytes kept."""
        return await asyncio.to_thread(self._trim)

    async def cancel(self) -> None:
        for task in tuple(self._running.values()):
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _fetch(self, url: str) -> bytes | None:
        try:
            async with self._slots:
                answer = await self._http.request("GET", url, trust=Trust.CONTENT, max_bytes=LARGEST)
        except NetworkError as error:
            log.info("a picture cannot be had: %s", error)
            self._failed[url] = self._now()
            return None
        if answer.status != 200 or not _PICTURE.match(answer.body):
            self._failed[url] = self._now()
            return None
        await asyncio.to_thread(self._write, url, answer.body)
        self._written += len(answer.body)
        if self._written > self._limit // 10:
            self._written = 0
            await self.trim()
        return answer.body

    def _name(self, url: str) -> Path:
        name = hashlib.sha256(url.encode()).hexdigest()
        return self._index / name[:2] / name

    def _read(self, url: str) -> bytes | None:
        path = self.path(url)
        if path is None:
            return None
        try:
            data = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return data

    def _write(self, url: str, data: bytes) -> None:
        digest = blob_hash(data)
        try:
            _replace(self._blobs / digest[:2] / digest, data)
            _replace(self._name(url), digest.encode())
        except OSError as error:
            log.info("a picture was not kept on disk: %s", error)

    def _trim(self) -> int:
        held = [(stat.st_mtime, stat.st_size, path) for path in self._blobs.glob("*/*") if (stat := _stat(path))]
        total = sum(size for _, size, _ in held)
        for _, size, path in sorted(held):
            if total <= self._limit:
                break
            path.unlink(missing_ok=True)
            total -= size
        return total


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


def _replace(path: Path, data: bytes) -> None:
    """Writes whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    draft.write_bytes(data)
    draft.replace(path)
