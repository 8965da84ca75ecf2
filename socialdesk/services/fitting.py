"""Pictures made to fit what networks take: one that several networks take alike is encoded once for all of them."""

import asyncio
from collections import deque

from socialdesk.content import pictures
from socialdesk.content.worker import Worker
from socialdesk.core.rules import PostRules

KEPT_BYTES = 16_000_000


class PictureFitter:
    """Remembers the newest results, because the deliveries of one update ask for the same at the same time."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._turn = asyncio.Lock()  # who comes second finds what the first one made
        self._kept: deque[tuple[str, pictures.Prepared]] = deque()

    async def fit(self, blob: str, data: bytes, rules: PostRules) -> pictures.Prepared:
        """The picture with this content hash as the network takes it. Raises ContentError."""
        limits = rules.picture_types, rules.picture_bytes, rules.picture_pixels
        async with self._turn:
            for known, prepared in self._kept:
                if known == blob and pictures.serves(prepared, *limits):
                    return prepared
            made = await self._worker.run(pictures.prepare, data, *limits)
            self._keep(blob, made)
            return made

    def _keep(self, blob: str, made: pictures.Prepared) -> None:
        if made.whole is None:
            return
        self._kept.append((blob, made))
        while sum(len(prepared.data) for _, prepared in self._kept) > KEPT_BYTES:
            self._kept.popleft()
