"""What a column costs in a day, and its cheap mode: shown in the options of columns whose network charges."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from socialdesk.ui import cost_words
from socialdesk.ui.controls import button, label
from socialdesk.ui.desk import Desk
from socialdesk.ui.tasks import Tasks


class CostBox(QWidget):
    """`toggled` when the person turns cheap mode on or off; `box` shows which."""

    toggled = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = Tasks(self, desk.actions.tell)
        self.box = QCheckBox("Cheap mode: look rarely, only for what is new")
        self.box.setAccessibleName(self.box.text())
        self.box.toggled.connect(lambda _: self.toggled.emit())
        self.said = label("", "muted", size=12, wrap=True)
        self.budget = button(desk, "Budget and prices", "ghost", lambda: desk.actions.show_place.emit("budget"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for part in (self.box, self.said, self.budget):
            column.addWidget(part)

    def show_column(self, column_id: int, *, cheap: bool) -> None:
        """Asks what the column costs as it is now."""
        self.box.setChecked(cheap)
        self._tasks.start("cost", self._ask(column_id))

    async def _ask(self, column_id: int) -> None:
        cost = await self._desk.bridge.call(self._desk.services.spending.column, column_id)
        said = [cost_words.column_day(cost), cost_words.instead(cost.instead)] if cost is not None else []
        self.said.setText(" ".join(filter(None, said)))
