"""Asking, inside a row of the outbox, for the address of a post that a person has seen at its network."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from socialdesk.ui import delivery_words
from socialdesk.ui.controls import button, label
from socialdesk.ui.desk import Desk


class AddressBox(QWidget):
    """`given` carries the address, "" when the person goes on without one. Esc puts it away."""

    given = Signal(str)

    def __init__(self, desk: Desk, name: str) -> None:
        super().__init__()
        self._why = label("", "muted", size=12, wrap=True)
        self.address = QLineEdit()
        self.address.setAccessibleName(f"Address of the post: {name}")
        self.address.setPlaceholderText("https://")
        self.address.returnPressed.connect(self._give)
        self._done = button(desk, "Confirm", "plain", self._give)
        self._done.setAccessibleName(f"Confirm: {name}")
        self._without = button(desk, "Without its address", "ghost", lambda: self.given.emit(""))
        self._without.setAccessibleName(f"Without its address: {name}")
        buttons = QHBoxLayout()
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.addWidget(self._done)
        buttons.addWidget(self._without)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(6)
        column.addWidget(self._why)
        column.addWidget(self.address)
        column.addLayout(buttons)
        self.hide()

    def ask(self, asking: delivery_words.Asking) -> None:
        self._why.setText(asking.why)
        self._without.setVisible(asking.may_be_left_out)
        self.show()
        self.address.setFocus(Qt.FocusReason.OtherFocusReason)

    def _give(self) -> None:
        if self.address.text().strip():
            self.given.emit(self.address.text().strip())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)
