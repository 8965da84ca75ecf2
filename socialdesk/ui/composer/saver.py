"""Puts the draft on disk at every pause in typing, one save at a time."""

import asyncio
from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QObject, QTimer

from socialdesk.core.post import Draft
from socialdesk.ui.desk import Desk
from socialdesk.ui.tasks import Tasks

PAUSE_MS = 300
AGAIN_MS = 5000  # after a save that failed: a full disk may have room again
LONGEST_MS = 2000  # somebody who never pauses is saved all the same


class Saver(QObject):
    """`draft` reads the draft as it is now; `named` is told what each save has stored, with its id."""

    def __init__(self, desk: Desk, parent: QObject, draft: Callable[[], Draft], named: Callable[[Draft], None]) -> None:
        super().__init__(parent)
        self._desk = desk
        self._draft = draft
        self._named = named
        self._tasks = Tasks(self, desk.actions.tell)
        self._dirty = False
        self._since = QElapsedTimer()
        self._idle = asyncio.Event()
        self._idle.set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.save_now)

    def touch(self) -> None:
        """Something changed."""
        if not self._dirty:
            self._dirty = True
            self._since.start()
        if self._since.elapsed() >= LONGEST_MS:
            self.save_now()
        else:
            self._timer.start(PAUSE_MS)

    def save_now(self) -> None:
        """Begins to save at once what has changed. A save under way is never interrupted: the next one follows it."""
        self._timer.stop()
        if self._dirty and self._idle.is_set():
            self._idle.clear()
            self._tasks.start("save the draft", self._save())

    async def flush(self) -> None:
        """Returns when everything typed so far is on disk. Raises StoreError when it cannot be."""
        self._timer.stop()
        await self._idle.wait()
        if self._dirty:
            self._idle.clear()
            task = self._tasks.start("save the draft", self._save())
            if task is not None:
                await asyncio.shield(task)  # whoever waits may be cancelled, the save is not

    async def _save(self) -> None:
        try:
            while self._dirty:
                self._dirty = False
                before = self._draft()
                try:
                    saved = await self._desk.bridge.call(self._desk.services.composing.save, before)
                except BaseException:
                    self._dirty = True
                    self._timer.start(AGAIN_MS)
                    raise
                if self._draft().id == before.id:
                    self._named(saved)
        finally:
            self._idle.set()
