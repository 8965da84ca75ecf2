"""What a column without cards says: what to do next, with the button that does it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from socialdesk.ui.column.look import Look
from socialdesk.ui.controls import IconLabel, button, label


class EmptyState(QWidget):
    """`fix` is the wish behind the button: refresh, options."""

    fix = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._wish = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 24)
        column.setSpacing(10)
        column.addStretch(2)
        column.addWidget(IconLabel(look.desk, "inbox", "muted", 24), 0, Qt.AlignmentFlag.AlignHCenter)
        self.label: QLabel = label("", "second", wrap=True)
        self.label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.label)
        self.button = button(look.desk, "", "plain", lambda: self.fix.emit(self._wish))
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def say(self, sentence: str, said: str = "", wish: str = "") -> None:
        self._wish = wish
        self.label.setText(sentence)
        self.setAccessibleName(sentence)
        self.button.setText(said)
        self.button.setAccessibleName(said)
        self.button.setVisible(bool(said))
