"""The poll of a post: its answers, how long it runs, whether a reader may choose several."""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout

from socialdesk.core.poll_checks import span
from socialdesk.core.post import Draft, Poll
from socialdesk.ui.controls import Box, IconButton, IconLabel, PickBox, button, label
from socialdesk.ui.desk import Desk

_FEWEST, _MOST = 2, 12
_MINUTES = (30, 60, 360, 720, 1440, 4320, 10_080)
EMPTY = Poll(("", ""))


class PollBox(Box):
    """Shown while the draft has a poll. `changed` carries the poll, None when it is taken away."""

    changed = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, fill="hover", edge="", radius=12)
        self._desk = desk
        self._poll = EMPTY
        self._filling = False
        self.lines: list[_Answer] = []
        self.setAccessibleName("Poll")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(IconLabel(desk, "vote", "second", 16))
        head.addWidget(label("Poll", weight=600), 1)
        head.addWidget(IconButton(desk, "x", "Take the poll away", lambda: self.changed.emit(None), size=14))
        self._answers = QVBoxLayout()
        self._answers.setSpacing(6)
        self.add = button(desk, "Add an answer", "ghost", self._add, icon="plus")
        self.runs = PickBox("How long the poll runs")
        self.runs.currentIndexChanged.connect(self._choose_length)
        self.several = QCheckBox("Several answers")
        self.several.setToolTip("A reader may choose more than one")
        self.several.toggled.connect(lambda on: self._change(multiple=on))
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.runs, 1)
        foot.addWidget(self.several)
        self.column.setContentsMargins(12, 6, 8, 10)
        self.column.setSpacing(6)
        self.column.addLayout(head)
        self.column.addLayout(self._answers)
        self.column.addWidget(self.add)
        self.column.addLayout(foot)
        self.hide()

    def ask(self, draft: Draft) -> None:
        """A poll to fill in, with the keyboard in its first empty answer."""
        if draft.poll is None:
            self.changed.emit(EMPTY)
        self.focus_empty()

    def focus_empty(self) -> None:
        place = next((line for line in self.lines if not line.text().strip()), self.lines[0] if self.lines else None)
        if place is not None:
            place.setFocus()

    def show_draft(self, draft: Draft) -> None:
        self.setVisible(draft.poll is not None)
        if draft.poll is None:
            return
        self._poll, self._filling = draft.poll, True
        self._fit(len(draft.poll.options))
        for line, option in zip(self.lines, draft.poll.options, strict=True):
            if line.text() != option:
                line.setText(option)
        self.runs.clear()
        for minutes in sorted({*_MINUTES, draft.poll.minutes}):
            self.runs.addItem(f"Runs {span(minutes)}", minutes)
        self.runs.setCurrentIndex(self.runs.findData(draft.poll.minutes))
        self.several.setChecked(draft.poll.multiple)
        self.add.setVisible(len(self.lines) < _MOST)
        self._filling = False

    def _fit(self, count: int) -> None:
        while len(self.lines) < count:
            line = _Answer()
            number = len(self.lines) + 1
            line.setAccessibleName(f"Answer {number}")
            line.setPlaceholderText(f"Answer {number}")
            line.textEdited.connect(self._typed)
            line.returnPressed.connect(self._next)
            line.emptied.connect(self._drop)
            self.lines.append(line)
            self._answers.addWidget(line)
            line.show()  # a layout shows it later, and until then it takes no keyboard
        while len(self.lines) > count:
            line = self.lines.pop()
            self._answers.removeWidget(line)
            line.hide()
            line.deleteLater()

    def _typed(self) -> None:
        self._change(options=tuple(line.text() for line in self.lines))

    def _next(self) -> None:
        """Enter: to the next empty answer, or to a new one."""
        if all(line.text().strip() for line in self.lines):
            self._add()
        else:
            self.focus_empty()

    def _add(self) -> None:
        if len(self.lines) < _MOST:
            self._change(options=(*self._poll.options, ""))
            self.lines[-1].setFocus()

    def _drop(self) -> None:
        """Backspace in an empty answer takes it away, down to two."""
        line = self.sender()
        at = self.lines.index(line) if isinstance(line, _Answer) and line in self.lines else -1
        if at < 0 or len(self.lines) <= _FEWEST:
            return
        self._change(options=self._poll.options[:at] + self._poll.options[at + 1 :])
        self.lines[max(0, at - 1)].setFocus()

    def _choose_length(self) -> None:
        if not self._filling:
            self._change(minutes=self.runs.currentData())

    def _change(self, **fields: object) -> None:
        if not self._filling:
            self.changed.emit(replace(self._poll, **fields))  # type: ignore[arg-type]  # names are those of Poll


class _Answer(QLineEdit):
    """`emptied`: Backspace where there is nothing more to erase."""

    emptied = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Backspace and not self.text():
            self.emptied.emit()
        else:
            super().keyPressEvent(event)
