"""What the draft will cost, above the button that sends it; and the question where the month has less left."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from socialdesk.core.events import AccountsChanged, SpendingChanged
from socialdesk.core.post import Draft
from socialdesk.core.rules import PostRules
from socialdesk.core.spending import AccountMonth, SendingCost, sending
from socialdesk.ui import cost_words
from socialdesk.ui.composer.roster import Roster
from socialdesk.ui.controls import label
from socialdesk.ui.desk import Desk
from socialdesk.ui.tasks import Tasks


class CostLine(QWidget):
    """Hidden where nothing costs anything. `known` when prices came, or an account's month changed."""

    known = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = Tasks(self, desk.actions.tell)
        self._months: Mapping[int, AccountMonth] | None = None
        self._costs: tuple[SendingCost, ...] = ()
        self._titles: dict[int, str] = {}
        self._draft = Draft()
        self._asked: tuple[str, Draft] | None = None
        self.said = label("", "second", size=12.5, wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 0, 0, 0)
        row.addWidget(self.said, 1)
        self.hide()
        desk.bridge.event.connect(self._news)

    def show_draft(self, draft: Draft, rules: Mapping[int, PostRules], roster: Roster) -> None:
        """Cheap: called at every key. Prices are asked for once, when an account that charges is chosen."""
        self._draft = draft
        paying = [i for i in draft.account_ids if i in roster.accounts and roster.facts(i).prices]
        if paying and self._months is None and not self._tasks.busy("months"):
            self._tasks.start("months", self._load())
        self._titles = {i: roster.title(i) for i in paying}
        self._costs = sending(draft, rules, self._months or {}) if paying else ()
        said = cost_words.sending(self._costs, self._titles.__getitem__)
        self.said.setText(said)
        self.said.setToolTip(cost_words.sending_details(self._costs, self._titles.__getitem__))
        self.setAccessibleName(said)
        self.setVisible(bool(said))

    def asks(self, say: Callable[[str], object]) -> bool:
        """Asks before more is spent than a month has left, once for the same draft: who presses again has agreed."""
        question = cost_words.asking(self._costs, self._titles.__getitem__)
        asked = (question, replace(self._draft, id=0, updated=None, card=None))
        again = not question or self._asked == asked
        self._asked = None if again else asked
        say("" if again else f"{question} Post again to send it all the same.")
        return not again

    async def _load(self) -> None:
        months = await self._desk.bridge.call(self._desk.services.spending.months)
        self._months = {month.account_id: month for month in months}
        self.known.emit()

    def _news(self, event: object) -> None:
        if isinstance(event, SpendingChanged | AccountsChanged) and self._months is not None:
            self._tasks.start("months", self._load())
