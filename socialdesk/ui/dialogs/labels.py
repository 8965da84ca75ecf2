"""The labels of one entry at its network: those there are, and a new one. Every change is kept at once."""

from typing import Any

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from socialdesk.core.errors import SocialDeskError
from socialdesk.core.marks import LABEL
from socialdesk.ui.controls import button, label
from socialdesk.ui.desk import Desk
from socialdesk.ui.dialogs.sheet import Sheet
from socialdesk.ui.tasks import Tasks


class LabelSheet(Sheet):
    """`boxes` are the labels by name. Without a connection those of the entry are shown, and a new one can be added."""

    def __init__(self, desk: Desk, host: QWidget, row: Any) -> None:
        super().__init__(desk, host, "Labels", icon="tag", tint="link", width=460)
        self._row = row
        self._tasks = Tasks(self, self._say)
        self.boxes: dict[str, QCheckBox] = {}
        self.body.addWidget(label(row.entry.title or row.entry.text[:80], "second", wrap=True))
        self._list = QWidget()
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(self._list)
        self.new = QLineEdit()
        self.new.setPlaceholderText("A new label")
        self.new.setAccessibleName("A new label")
        self.new.returnPressed.connect(self._add_new)
        line = QHBoxLayout()
        line.addWidget(self.new, 1)
        line.addWidget(button(desk, "Add", "plain", self._add_new, icon="plus"))
        self.body.addLayout(line)
        self.verdict = label("", "bad", wrap=True)
        self.verdict.hide()
        self.body.addWidget(self.verdict)
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.foot.addWidget(button(desk, "Done", "primary", self.close_sheet))
        self._own = sorted(mark.removeprefix(LABEL) for mark in row.entry.mine if mark.startswith(LABEL))
        for name in self._own:
            self._show(name, is_set=True)
        self._tasks.start("labels", self._load())
        self.new.setFocus()

    async def _load(self) -> None:
        found = await self.desk.bridge.call(self.desk.services.reading.labels, self._row.account_id)
        for name in found:
            self._show(name, is_set=name in self._own)
        self.refit()

    def _show(self, name: str, *, is_set: bool) -> None:
        if name in self.boxes:
            return
        box = self.boxes[name] = QCheckBox(name.replace("&", "&&"))
        box.setAccessibleName(name)
        box.setChecked(is_set)
        box.clicked.connect(lambda checked: self._clicked(name, is_set=checked))
        self._column.addWidget(box)

    def _add_new(self) -> None:
        name = " ".join(self.new.text().split())
        if not name:
            self.new.setFocus()
            return
        self._show(name, is_set=False)
        if not self.boxes[name].isChecked():
            self.boxes[name].setChecked(True)
            self._clicked(name, is_set=True)
        self.new.clear()
        self.refit()

    def _clicked(self, name: str, *, is_set: bool) -> None:
        self._say("")
        self._tasks.start(f"label {name}", self._put(name, is_set=is_set))

    async def _put(self, name: str, *, is_set: bool) -> None:
        action = f"{LABEL}{name}" if is_set else f"un{LABEL}{name}"
        try:
            await self.desk.bridge.call(self.desk.services.reading.act, self._row.entry_id, action)
        except SocialDeskError:
            self.boxes[name].setChecked(not is_set)
            raise

    def _say(self, sentence: str) -> None:
        self.verdict.setText(sentence)
        self.verdict.setVisible(bool(sentence))
        self.refit()
