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
        self._running: dict[str, asyncio.Task[None]] = {}
        running = self._running
        parent.destroyed.connect(lambda: _cancel(running))
        if tell is not None:
            self.failed.connect(tell)

    def start(self, name: str, coroutine: Coroutine[Any, Any, object]) -> asyncio.Task[None]:
        """Runs `coroutine` on the window's loop. Must be called while that loop runs."""
        self.cancel(name)
        task = asyncio.get_running_loop().create_task(self._run(name, coroutine), name=name)
        self._running[name] = task
        return task

    def cancel(self, name: str) -> None:
        task = self._running.pop(name, None)
        if task is not None:
            task.cancel()

    def busy(self, name: str) -> bool:
        return name in self._running

    def cancel_all(self) -> None:
        _cancel(self._running)

    async def close(self) -> None:
        """Cancels everything and waits until it has ended."""
        tasks = tuple(self._running.values())
        _cancel(self._running)
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, name: str, coroutine: Coroutine[Any, Any, object]) -> None:
        try:
            await coroutine
        except asyncio.CancelledError:
            raise
        except SocialDeskError as error:
            log.info("%s: %s", name, error)
            self.failed.emit(sentence_of(error))
        except Exception as error:
            log.exception("%s failed", name)
            self.failed.emit(sentence_of(error))
        finally:
            if self._running.get(name) is asyncio.current_task():
                del self._running[name]


def _cancel(running: dict[str, asyncio.Task[None]]) -> None:
    for task in tuple(running.values()):
        task.cancel()
    running.clear()
