"""Starting the engine's process: before the window's modules are loaded, so that both start at once.

What is imported here delays both. Frames are read and written by `app.link`.
"""

import subprocess
import sys
from typing import IO, Any, cast

from socialdesk.app.opening import Opening

ENGINE_FLAG = "--engine"  # how a bundled program is asked to be the engine
STOP_S = 15.0


class EngineProcess:
    """One run of the engine. Raises OSError when it cannot be started."""

    def __init__(self, opening: Opening) -> None:
        own_group: dict[str, Any] = {"process_group": 0}  # Ctrl-C is for the window
        if sys.platform == "win32":
            own_group = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command(opening), stdin=pipe, stdout=pipe, **own_group)  # noqa: S603 - ourselves
        self.calls, self.answers = cast(IO[bytes], self._process.stdin), cast(IO[bytes], self._process.stdout)

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait(self, timeout_s: float = STOP_S) -> None:
        """Waits until it has ended in order, which it does when `calls` is closed; ends it when it takes too long."""
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def command(opening: Opening) -> list[str]:
    """A bundled program starts itself and calls `engine_process.main` on ENGINE_FLAG."""
    if getattr(sys, "frozen", False):
        return [sys.executable, ENGINE_FLAG, *opening.words()]
    # Imports make much that stays: the engine looks for garbage when it has started.
    first = f"import gc, sys; gc.disable(); sys.path[:] = {sys.path!r}"
    start = f"{first}; from socialdesk.app.engine_process import main; main()"
    return [sys.executable, "-c", start, *opening.words()]
