"""The whole desk in a window, watched from inside.

`python -m tests.bench.desk MODE PROFILE [WORDS]`, one measurement for each mode: first_paint, memory MODULES.json,
stall PORT ROUNDS, paging, opening TIMES.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer

from socialdesk.app.window import Opened
from socialdesk.ui.column.column import ColumnView
from socialdesk.ui.column.view import CardList

COLUMNS = 8
TICK_MS = 5
IDLE_S = 5.0
SETTLE_S = 3.0
BUSY = ("first", "more", "back", "new", "replace")  # what a column's loader may have under way
Measure = Callable[[Opened, "PaintWatch", list[str]], Awaitable[dict[str, Any]]]


class PaintWatch:
    """Knows which lists of cards have been painted with rows in them, and when."""

    def __init__(self) -> None:
        self.lists: set[int] = set()
        self.all_at = 0.0
        self.last_at = 0.0
        paint = CardList.paintEvent
        watch = self

        def painted(cards: CardList, event: Any) -> None:
            paint(cards, event)
            watch.seen(cards)

        CardList.paintEvent = painted  # type: ignore[method-assign]

    def seen(self, cards: CardList) -> None:
        if cards.rows.rowCount():
            self.last_at = time.monotonic()
            self.lists.add(id(cards))
            if len(self.lists) == COLUMNS and not self.all_at:
                self.all_at = self.last_at

    async def all(self) -> None:
        while not self.all_at:  # noqa: ASYNC110 (paint events are waited for)
            await asyncio.sleep(0.005)


class Ticks(QObject):
    """How late each tick of a 5 ms timer of the window's loop comes, in milliseconds."""

    def __init__(self) -> None:
        super().__init__()
        self.late: list[float] = []
        self._last = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)

    def _tick(self) -> None:
        now = time.perf_counter()
        if self._last:
            self.late.append(max(0.0, (now - self._last) * 1000 - TICK_MS))
        self._last = now

    def start(self) -> None:
        self.late, self._last = [], 0.0
        self._timer.start()

    def stop(self) -> list[float]:
        self._timer.stop()
        return self.late


async def first_paint(_opened: Opened, watch: PaintWatch, _words: list[str]) -> dict[str, Any]:
    await watch.all()
    return {"painted": watch.all_at}


async def memory(opened: Opened, watch: PaintWatch, words: list[str]) -> dict[str, Any]:
    """Of window, engine and worker at rest; what the window imported is left in a file for the bare window."""
    import json  # not part of the start

    from tests.bench.memory import with_children

    await watch.all()
    await opened.bridge.call(opened.services.searching.index_all)
    await asyncio.sleep(SETTLE_S)
    Path(words[0]).write_text(json.dumps(sorted(name for name in sys.modules if name != "__main__")))  # noqa: ASYNC240
    return {"memory": with_children()}


async def stall(opened: Opened, watch: PaintWatch, words: list[str]) -> dict[str, Any]:
    """Ticks of the desk at rest, and while every feed brings three new entries and they are indexed."""
    import urllib.request  # not part of the start

    port, rounds = int(words[0]), int(words[1])
    await watch.all()
    await opened.bridge.call(opened.services.refresh.now)
    await opened.bridge.call(opened.services.searching.index_all)
    await asyncio.sleep(SETTLE_S)
    ticks = Ticks()
    ticks.start()
    await asyncio.sleep(IDLE_S)
    idle = ticks.stop()
    busy, walls, new = [], [], 0
    for _ in range(rounds):
        request = urllib.request.Request(f"http://127.0.0.1:{port}/round", method="POST")
        await asyncio.to_thread(lambda request=request: urllib.request.urlopen(request).read())
        await asyncio.sleep(1)
        ticks.start()
        began = time.monotonic()
        report = await opened.bridge.call(opened.services.refresh.now)
        walls.append(time.monotonic() - began)
        new += report.new
        await asyncio.sleep(1.5)  # the index is fed a second after the last change
        await opened.bridge.call(opened.services.searching.index_all)
        busy.append(ticks.stop())
    return {"idle": idle, "busy": busy, "walls": walls, "new": new, "failed": len(report.failed)}


async def paging(opened: Opened, watch: PaintWatch, _words: list[str]) -> dict[str, Any]:
    """Milliseconds of each page down through the first column: scrolling, layout and painting, one frame each."""
    view = opened.shell.window.strip.views()[0]
    await _filled(view)
    bar = view.list.verticalScrollBar()
    frames, rows = [], set()
    while True:
        await _calm(view)
        before = (bar.value(), view.model.oldest, len(view.model.above))
        started = time.perf_counter()
        view.page_down()
        view.list.viewport().repaint()
        frames.append((time.perf_counter() - started) * 1000)
        rows.update(item.key.entry_id for item in view.model.items)
        await _calm(view)
        if (bar.value(), view.model.oldest, len(view.model.above)) == before and view.model.at_end:
            return {"frames": frames, "rows": len(rows)}


async def opening(opened: Opened, watch: PaintWatch, words: list[str]) -> dict[str, Any]:
    """Milliseconds from asking for a column's top to having painted it, for every column in turn."""
    await watch.all()
    await opened.bridge.call(opened.services.health.check_store)  # the daily look through the whole file is over
    await asyncio.sleep(SETTLE_S)
    taken = []
    for _ in range(int(words[0])):
        for view in opened.shell.window.strip.views():
            await _calm(view)
            started = time.monotonic()
            view.loader.start(view.column.view)
            while view.loader.tasks.busy("first"):  # noqa: ASYNC110 (the widget's state)
                await asyncio.sleep(0)
            view.list.viewport().repaint()
            taken.append((time.monotonic() - started) * 1000)
    return {"taken": taken}


async def _filled(view: ColumnView) -> None:
    while not (view.loader.filled and view.model.items):  # noqa: ASYNC110 (the widget's state)
        await asyncio.sleep(0.005)


async def _calm(view: ColumnView) -> None:
    """Nothing is on its way for this column."""
    await asyncio.sleep(0)
    while any(view.loader.tasks.busy(name) for name in BUSY):  # noqa: ASYNC110
        await asyncio.sleep(0.001)


MEASURES: dict[str, Measure] = {f.__name__: f for f in (first_paint, memory, stall, paging, opening)}


def watched_window(open_window: Callable[..., int], mode: str, words: list[str]) -> Callable[..., int]:
    """`open_window` with a measurement for its script."""
    watch = PaintWatch()

    async def script(opened: Opened) -> None:
        found = await MEASURES[mode](opened, watch, words)
        from tests.bench.child import say  # not part of the start

        say(found)

    return partial(open_window, script=script)
