"""The way between the engine's thread and the window."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from socialdesk.core.errors import InputError
from socialdesk.ui.bridge import Bridge
from tests.ui.conftest import eventually


@pytest.fixture
def engine() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


async def test_a_call_runs_on_the_engine_and_answers_on_the_window(engine: asyncio.AbstractEventLoop) -> None:
    bridge = Bridge(engine)

    async def where(extra: int, *, more: int) -> tuple[int, int]:
        return threading.get_ident(), extra + more

    ident, total = await bridge.call(where, 1, more=2)
    assert ident != threading.get_ident()
    assert total == 3


async def test_errors_come_back_as_they_are(engine: asyncio.AbstractEventLoop) -> None:
    async def refuse() -> None:
        raise InputError("No.")

    with pytest.raises(InputError, match="No"):
        await Bridge(engine).call(refuse)


async def test_cancelling_reaches_the_engine(engine: asyncio.AbstractEventLoop) -> None:
    started, cancelled = threading.Event(), threading.Event()

    async def forever() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    task = asyncio.ensure_future(Bridge(engine).call(forever))
    await eventually(started.is_set)
    task.cancel()
    await eventually(cancelled.is_set)
    assert task.cancelled()


async def test_events_of_many_threads_all_arrive_in_order_on_the_gui_thread(engine: asyncio.AbstractEventLoop) -> None:
    bridge = Bridge(engine)
    got: list[tuple[int, int]] = []
    threads: set[int] = set()

    def take(value: tuple[int, int]) -> None:
        got.append(value)
        threads.add(threading.get_ident())

    bridge.event.connect(take)
    senders = [threading.Thread(target=lambda who=who: [bridge.send((who, n)) for n in range(700)]) for who in range(3)]
    for sender in senders:
        sender.start()
    await eventually(lambda: len(got) == 2100)
    assert threads == {threading.get_ident()}
    for who in range(3):
        assert [n for w, n in got if w == who] == list(range(700))
    for sender in senders:
        sender.join()
