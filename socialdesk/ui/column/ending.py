"""The line below the last card: older posts are being asked for, or there are none."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractScrollArea, QLabel

_NEAR = 4  # pixels from the end

OLDER, EVERYTHING = "Loading older posts", "That is everything"


class EndLine(QLabel):
    """Seen only where the list ends. Showing it moves no card: the room is taken at the bottom."""

    def __init__(self, area: QAbstractScrollArea) -> None:
        super().__init__()
        self._bar = area.verticalScrollBar()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setProperty("look", "muted")
        self.setFixedHeight(32)
        self.hide()
        self._bar.valueChanged.connect(self._place)

    def say(self, text: str) -> None:
        """An empty text takes the line away."""
        self.setText(text)
        self.setAccessibleName(text)
        self._place()

    def _place(self) -> None:
        at_end = self._bar.value() >= self._bar.maximum() - _NEAR
        near = self._bar.value() >= self._bar.maximum() - self.height() - _NEAR
        self.setVisible(bool(self.text()) and (at_end or (near and self.isVisible())))
