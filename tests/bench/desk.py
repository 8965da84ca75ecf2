"""The whole desk in a window, watched from inside: see `tests.bench.watched`.

The watch is loaded where the window's modules are: when the engine's process has been started.
"""

import sys
from typing import Any

from socialdesk.app import start
from socialdesk.app.engine_start import EngineProcess


def started(opening: object) -> EngineProcess:
    engine = EngineProcess(opening)
    watch()
    return engine


def watch() -> None:
    from socialdesk.app import window
    from tests.bench.watched import watched_window

    watching: Any = watched_window(window.open_window, sys.argv[1], sys.argv[3:])
    window.open_window = watching


if __name__ == "__main__":
    start.EngineProcess = started  # type: ignore[misc,assignment]
    from pathlib import Path

    sys.exit(start.start(Path(sys.argv[2]), practice=False, explain=False))
