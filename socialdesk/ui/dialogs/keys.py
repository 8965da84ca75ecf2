"""All keys of the desk on one sheet; in the settings the same sheet changes them."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from socialdesk.ui import commands
from socialdesk.ui.controls import button, label
from socialdesk.ui.desk import Desk
from socialdesk.ui.dialogs.sheet import Sheet
from socialdesk.ui.keys import key_of


class KeySheet(Sheet):
    """Every command with its keys, two columns."""

    def __init__(self, desk: Desk, host: QWidget, keys: Callable[[str], tuple[str, ...]]) -> None:
        super().__init__(desk, host, "All keys", icon="keyboard", tint="link", width=780)
        grid = QGridLayout()
        grid.setHorizontalSpacing(28)
        grid.setVerticalSpacing(4)
        half = {commands.WRITING: 0, commands.READING: 0, commands.DESK: 0, commands.MOVING: 1}
        rows = [0, 0]
        self.lines: dict[str, QLabel] = {}
        for group in (commands.WRITING, commands.READING, commands.DESK, commands.MOVING):
            side = half[group]
            heading = label(group, weight=600)
            heading.setContentsMargins(0, 6 if rows[side] else 0, 0, 2)
            grid.addWidget(heading, rows[side], side * 2, 1, 2)
            rows[side] += 1
            for command in commands.COMMANDS:
                found = keys(command.name)
                if command.name == "column_1" and group == commands.MOVING:
                    numbers = [keys(f"column_{n}") for n in range(1, 10)]
                    if numbers == [(str(n),) for n in range(1, 10)]:
                        named = commands.Command("columns", "Column 1 to 9", group, ())
                        self._add(grid, rows[side], side * 2, named, "1 to 9")
                        rows[side] += 1
                        continue
                if found == (command.name.removeprefix("column_"),):
                    continue
                if command.group == group and found:
                    self._add(grid, rows[side], side * 2, command, commands.spoken(found))
                    rows[side] += 1
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        self.body.addLayout(grid)
        self.foot.addWidget(button(desk, "Change keys", "quiet", self._change, icon="settings", tint="muted"))
        self.foot.addStretch(1)
        self.foot.addWidget(button(desk, "Close", "plain", self.close_sheet))

    def _add(self, grid: QGridLayout, row: int, column: int, command: commands.Command, keys: str) -> None:
        shown = self.lines[command.name] = label(keys, weight=600, size=12.5)
        shown.setAccessibleName(f"{command.title}: {keys}")
        grid.addWidget(shown, row, column)
        grid.addWidget(label(command.title, "second", size=12.5), row, column + 1)

    def _change(self) -> None:
        self.close_sheet()
        self.desk.actions.show_place.emit("settings")


class KeyBox(QLineEdit):
    """Shows the key of a command and takes another one when it is pressed. Backspace takes it away."""

    chosen = Signal(str, str)

    def __init__(self, name: str, title: str, keys: tuple[str, ...]) -> None:
        super().__init__(commands.spoken(keys))
        self._name = name
        self.setReadOnly(True)
        self.setPlaceholderText("none")
        self.setAccessibleName(f"Key for {title}")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFixedWidth(130)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Escape):
            super().keyPressEvent(event)
            return
        pressed = "" if key == Qt.Key.Key_Backspace else key_of(event)
        if pressed or key == Qt.Key.Key_Backspace:
            self.setText(commands.spoken((pressed,)) if pressed else "")
            self.chosen.emit(self._name, pressed)
        event.accept()
