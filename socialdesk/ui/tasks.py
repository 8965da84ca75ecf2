"""Coroutines of the window: named, owned, never lost, their errors told in a sentence."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject, Signal

from socialdesk.core.errors import SocialDeskError
from socialdesk.ui.words import sentence_of

log = logging.getLogger(__name__)


class Tasks(QObject):
    """The running coroutines of one owner. They end with it.

    `failed` carries the sentence for the person; the error's own words go to the log. Starting a name again cancels
    the earlier one of that name.
    """

    failed = Signal(str)

    def __init__(self, parent: QObject, tell: Callable[[str], None] | None = None) -> None:
        super().__init__(parent)
        self._running: dict[str, asyncio.Task[object]] = {}
        self._loop = _running_loop()
        running = self._running
        parent.destroyed.connect(lambda: _cancel(running))
        if tell is not None:
            self.failed.connect(tell)

    def start(self, name: str, coroutine: Coroutine[Any, Any, object]) -> asyncio.Task[object] | None:
        """Runs `coroutine` on the window's loop. Owner or call must be made while that loop runs.

        None when the loop has ended: a timer of a window that is closed already asks for nothing any more.
        """
        self.cancel(name)
        loop = self._window_loop()
        if loop.is_closed():
            coroutine.close()
            return None
        task: asyncio.Task[object] = loop.create_task(coroutine, name=name)
        self._running[name] = task
        task.add_done_callback(self._done)
        return task

    def _window_loop(self) -> asyncio.AbstractEventLoop:
        # Qt also hands out events while the loop is between two runs; their tasks wait for the next.
        return self._loop or asyncio.get_running_loop()

    def cancel(self, name: str) -> None:
        task = self._running.pop(name, None)
        if task is not None:
            task.cancel()

    def busy(self, name: str) -> bool:
        """Whether it runs. One that has just ended does not, though nobody was told of its end yet."""
        task = self._running.get(name)
        return task is not None and not task.done()

    def cancel_all(self) -> None:
        _cancel(self._running)

    async def close(self) -> None:
        """Cancels everything and waits until it has ended."""
        tasks = tuple(self._running.values())
        _cancel(self._running)
        await asyncio.gather(*tasks, return_exceptions=True)

    def _done(self, task: asyncio.Task[object]) -> None:
        name = task.get_name()
        if self._running.get(name) is task:
            del self._running[name]
        if task.cancelled():
            return
        error = task.exception()
        if error is None:
            return
        if isinstance(error, SocialDeskError):
            log.info("%s: %s", name, error)
        else:
            log.error("%s failed", name, exc_info=error)
        self.failed.emit(sentence_of(error))


def _cancel(running: dict[str, asyncio.Task[object]]) -> None:
    for task in tuple(running.values()):
        task.cancel()
    running.clear()


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
