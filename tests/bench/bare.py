"""A window with nothing in it, to compare with.

`python -m tests.bench.bare first_paint`: says when it was painted. `... memory MODULES.json`: imports the modules that
are named there and says how much memory the process then has.
"""

import contextlib
import importlib
import json
import sys
import time
from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget


class Bare(QWidget):
    painted_at = 0.0

    def paintEvent(self, event: object) -> None:  # noqa: N802 (Qt's name)
        super().paintEvent(event)  # type: ignore[arg-type]
        self.painted_at = self.painted_at or time.monotonic()


def main() -> None:
    mode = sys.argv[1]
    if mode == "memory":
        for name in json.loads(Path(sys.argv[2]).read_text()):
            with contextlib.suppress(Exception):  # some are made at run time and cannot be imported by name
                importlib.import_module(name)
    app = QApplication([])
    window = Bare()
    window.resize(2500, 1000)
    window.show()
    while not window.painted_at:
        app.processEvents()
    from tests.bench.child import say
    from tests.bench.memory import resident

    say({"painted": window.painted_at, "memory": resident() if mode == "memory" else {}})


if __name__ == "__main__":
    main()
