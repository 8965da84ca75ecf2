"""Collects Python's cyclic garbage on the GUI thread only.

The interpreter collects on whichever thread happens to allocate. A widget or timer that is part of a cycle would then
be destroyed on the engine's thread, which Qt does not allow. While a `Collector` lives, automatic collection is off and
a timer does the same by the same thresholds.
"""

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 700


class Collector(QObject):
    """One for the application, made on the GUI thread; `stop` gives the work back to the interpreter."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thresholds = gc.get_threshold()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def settle(self) -> None:
        """What lives once the window is up lives for ever: it is not looked through again."""
        gc.collect()
        gc.freeze()

    def collect(self) -> int:
        """Collects the oldest generation that is due; returns how many objects were found, 0 when none was due."""
        counts = gc.get_count()
        for generation in (2, 1, 0):
            if counts[generation] > self._thresholds[generation]:
                return gc.collect(generation)
        return 0

    def stop(self) -> None:
        self._timer.stop()
        gc.unfreeze()
        gc.enable()
