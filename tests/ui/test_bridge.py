"""The way between other threads, the engine and the window."""

import threading

import pytest

from socialdesk.core.errors import InputError
from socialdesk.ui.bridge import Bridge, Relay
from tests.ui.conftest import eventually


async def test_a_call_gives_what_the_service_gives_and_raises_what_it_raises(qapp: object) -> None:
    async def add(one: int, *, more: int) -> int:
        return one + more

    async def refuse() -> None:
        raise InputError("No.")

    bridge = Bridge()
    assert await bridge.call(add, 1, more=2) == 3
    with pytest.raises(InputError, match="No"):
        await bridge.call(refuse)


async def test_values_of_many_threads_all_arrive_in_order_on_the_gui_thread(qapp: object) -> None:
    got: list[tuple[int, int]] = []
    threads: set[int] = set()

    def take(value: tuple[int, int]) -> None:
        got.append(value)
        threads.add(threading.get_ident())

    relay = Relay(take)
    senders = [threading.Thread(target=lambda who=who: [relay.send((who, n)) for n in range(700)]) for who in range(3)]
    for sender in senders:
        sender.start()
    await eventually(lambda: len(got) == 2100)
    assert threads == {threading.get_ident()}
    for who in range(3):
        assert [n for w, n in got if w == who] == list(range(700))
    for sender in senders:
        sender.join()
