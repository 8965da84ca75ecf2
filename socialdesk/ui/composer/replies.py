"""Who may answer, one choice per account: networks name it in ways of their own. One line while nobody chose."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from socialdesk.core import segments
from socialdesk.core.post import Draft
from socialdesk.core.rules import PostRules
from socialdesk.ui.controls import PickBox, button, label
from socialdesk.ui.desk import Desk


class RepliesBox(QWidget):
    """A line for each account that has the choice; folded into one while several answer as is usual there.

    `chosen` carries (account id, value).
    """

    chosen = Signal(int, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._filling = False
        self._open = False
        self._shown: tuple[object, ...] = ()
        self.boxes: dict[int, PickBox] = {}
        self._fold = QWidget()
        line = QHBoxLayout(self._fold)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(label("Everyone may answer", "muted", size=12.5))
        self.change = button(desk, "Change", "ghost", self._unfold)
        self.change.setAccessibleName("Change who may answer")
        line.addWidget(self.change)
        line.addStretch(1)
        self._lines = QWidget()
        self._grid = QGridLayout(self._lines)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._fold)
        column.addWidget(self._lines)
        self.hide()

    def show_draft(self, draft: Draft, rules: Mapping[int, PostRules], titles: Mapping[int, str]) -> None:
        """`titles` of the accounts on this tab."""
        mine = {i: rules[i] for i in titles if i in rules and _has_choice(draft, rules[i])}
        wanted = tuple((i, titles[i], one.replies_from) for i, one in mine.items())
        if wanted != self._shown:
            self._build(mine, titles)
            self._shown = wanted
        self._filling = True
        for account_id, box in self.boxes.items():
            value = segments.choice_of_replies(draft, account_id, mine[account_id])
            box.setCurrentIndex(max(0, box.findData(value)))
        self._filling = False
        self._open = self._open and len(mine) > 1
        folded = len(mine) > 1 and not self._open and all(box.currentIndex() == 0 for box in self.boxes.values())
        self._fold.setVisible(folded)
        self._lines.setVisible(not folded)
        self.setVisible(bool(mine))

    def _unfold(self) -> None:
        self._open = True
        self._fold.hide()
        self._lines.show()
        first = next(iter(self.boxes.values()), None)
        if first is not None:
            first.setFocus()

    def _build(self, rules: Mapping[int, PostRules], titles: Mapping[int, str]) -> None:
        while self._grid.count():
            item = self._grid.takeAt(0)
            old = item.widget() if item is not None else None
            if old is not None:
                old.hide()
                old.deleteLater()
        self.boxes = {}
        for row, (account_id, one) in enumerate(rules.items()):
            box = PickBox(f"Who may answer: {titles[account_id]}")
            for place, choice in enumerate(one.replies_from):
                box.addItem(choice.label, choice.value if place else "")
            box.currentIndexChanged.connect(lambda _at, i=account_id: self._choose(i))
            self.boxes[account_id] = box
            self._grid.addWidget(label(f"Who may answer: {titles[account_id]}", "muted", size=12.5), row, 0)
            self._grid.addWidget(box, row, 1)

    def _choose(self, account_id: int) -> None:
        if not self._filling:
            self.chosen.emit(account_id, self.boxes[account_id].currentData() or "")


def _has_choice(draft: Draft, rules: PostRules) -> bool:
    takes = segments.takes_article(draft, rules) or draft.reply_to is not None
    return len(rules.replies_from) > 1 and not takes
