"""Ending in order when the system or a terminal asks for it."""

import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator

from PySide6.QtCore import QSocketNotifier

ASKED = (signal.SIGINT, signal.SIGTERM)


@contextlib.contextmanager
def closing_on_signals(close: Callable[[], None]) -> Iterator[None]:
    """SIGINT and SIGTERM call `close` on the GUI thread.

    Python runs a handler only when its interpreter has a turn, which a window at rest may not give it for long: the
    system writes a byte that wakes Qt's loop.
    """
    if threading.current_thread() is not threading.main_thread():  # Python has signals on its first thread only
        yield
        return
    reader, writer = socket.socketpair()
    for end in (reader, writer):
        end.setblocking(False)  # noqa: FBT003 (the library's own form)
    notifier = QSocketNotifier(reader.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(lambda: reader.recv(64))
    woken = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    before = {number: signal.signal(number, lambda *_: close()) for number in ASKED}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(woken)
        notifier.setEnabled(False)
        reader.close()
        writer.close()
