"""Starting the engine's process: before the window's modules are loaded, so that both start at once."""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any, BinaryIO, cast

from socialdesk.app.frames import FrameWriter, read_frame
from socialdesk.content.wire import frame

FROZEN_FLAG = "--engine"  # how a bundled program is asked to be the engine
STOP_S = 15.0


class EngineProcess:
    """One run of the engine. `opening` is an `app.protocol.Opening`. Raises OSError when it cannot be started."""

    def __init__(self, opening: object) -> None:
        own_group: dict[str, Any] = {"process_group": 0}  # Ctrl-C is for the window
        if sys.platform == "win32":
            own_group = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command(), stdin=pipe, stdout=pipe, **own_group)  # noqa: S603 - ourselves
        self._writer = FrameWriter(cast(BinaryIO, self._process.stdin))
        self._writer.send(frame(opening))

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, data: bytes) -> None:
        """Hands a frame over; one for a process that has ended is for nobody."""
        self._writer.send(data)

    def listen(self, take: Callable[[bytes | None], None]) -> None:
        """Calls `take` on a thread of its own with each frame's body, and with None at the end."""
        threading.Thread(target=self._read, args=(take,), name="engine", daemon=True).start()

    def stop(self, timeout_s: float = STOP_S) -> None:
        """Lets the engine end in order and waits for it; ends it when it takes too long."""
        self._writer.close()
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _read(self, take: Callable[[bytes | None], None]) -> None:
        stream = cast(BinaryIO, self._process.stdout)
        with stream, contextlib.suppress(EOFError, OSError, ValueError):
            while True:
                take(read_frame(stream))
        take(None)


def command() -> list[str]:
    """A bundled program starts itself and must call `engine_process.main` on FROZEN_FLAG."""
    if getattr(sys, "frozen", False):
        return [sys.executable, FROZEN_FLAG]
    start = f"import sys; sys.path[:] = {sys.path!r}; from socialdesk.app.engine_process import main; main()"
    return [sys.executable, "-c", start]
