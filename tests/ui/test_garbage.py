"""Cycles with Qt objects in them are taken apart on the GUI thread."""

import gc
import threading

from PySide6.QtCore import QObject

from socialdesk.ui.garbage import Collector
from tests.ui.conftest import eventually


class _Knot(QObject):
    ended: list[int]

    def __del__(self) -> None:
        self.ended.append(threading.get_ident())


async def test_a_cycle_is_collected_on_the_gui_thread_even_when_another_allocates(qapp: object) -> None:
    ended: list[int] = []
    collector = Collector()
    try:
        knot = _Knot()
        knot.ended = ended
        knot.me = knot  # type: ignore[attr-defined]
        del knot
        other = threading.Thread(target=lambda: [[n] for n in range(50_000)])
        other.start()
        other.join()
        assert ended == []
        kept = [[n] for n in range(5_000)]  # makes a collection due
        await eventually(lambda: ended)
        assert ended == [threading.get_ident()]
        assert len(kept) == 5_000
    finally:
        collector.stop()
    assert gc.isenabled()
