"""What one account has cost this month, what it may, and the prices that are reckoned with: every change is kept."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from socialdesk.core.account import Account
from socialdesk.core.costs import Price
from socialdesk.core.events import SpendingChanged
from socialdesk.core.spending import AccountMonth, Plan, parse_money
from socialdesk.ui import cost_words
from socialdesk.ui.controls import button, clear_layout, label
from socialdesk.ui.desk import Desk
from socialdesk.ui.tasks import Tasks

_INDENT = 44  # below the account's name


class BudgetBox(QWidget):
    """One line below an account, and a form when it is opened. `resized` is called when it grows or shrinks."""

    def __init__(self, desk: Desk, account: Account, resized: Callable[[], object]) -> None:
        super().__init__()
        self._desk, self._account, self._resized = desk, account, resized
        self._tasks = Tasks(self, desk.actions.tell)
        self._month: AccountMonth | None = None
        self._plan = Plan()
        self.said = label("", "second", size=12.5, wrap=True)
        self.open = button(desk, "Budget and prices", "ghost", self._toggle)
        self.open.setAccessibleName(f"Budget and prices: {account.handle or account.name}")
        self.fields: dict[str, QLineEdit] = {}
        self._form = QWidget()
        QVBoxLayout(self._form).setContentsMargins(0, 4, 0, 6)
        self._form.hide()
        line = QHBoxLayout()
        line.addWidget(self.said, 1)
        line.addWidget(self.open)
        column = QVBoxLayout(self)
        column.setContentsMargins(_INDENT, 0, 0, 4)
        column.setSpacing(0)
        column.addLayout(line)
        column.addWidget(self._form)
        desk.bridge.event.connect(self._news)
        self._start("month", self._load())

    def _start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.start(name, work)

    async def _load(self) -> None:
        spending, call = self._desk.services.spending, self._desk.bridge.call
        self._plan = await call(spending.plan, self._account.id)
        self._show(await call(spending.month, self._account.id))

    def _show(self, month: AccountMonth) -> None:
        known = self._month
        self._month = month
        self.said.setText(cost_words.month_so_far(month))
        self.said.setToolTip("\n".join(cost_words.charge(line, month.currency) for line in month.charges))
        if known is None or known.prices != month.prices or known.envelope != month.envelope:
            self._fill(month)
        self._resized()

    def _toggle(self) -> None:
        self._form.setVisible(self._form.isHidden())
        self._resized()
        if self._form.isVisible() and "" in self.fields:
            self.fields[""].setFocus()

    # The form

    def _fill(self, month: AccountMonth) -> None:
        clear_layout(self._form)
        column = self._form.layout()
        if column is None:
            return
        body = QWidget()
        grid = QGridLayout(body)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(2, 1)
        envelope = cost_words.plain(month.envelope) if month.envelope is not None else ""
        self.fields = {"": self._field("At most in a month", envelope, "no limit", self._keep_envelope)}
        grid.addWidget(label(f"At most in a month ({month.currency})", weight=500), 0, 0)
        grid.addWidget(self.fields[""], 0, 1)
        said = "Reading slows at four fifths of it, then stops; posting asks first."
        grid.addWidget(label(said, "muted", size=12, wrap=True), 0, 2)
        for row, price in enumerate(month.prices, 1):
            self._add_price(grid, row, price)
        column.addWidget(body)
        column.addWidget(label(_as_of(month, self._plan), "muted", size=12, wrap=True))
        if self._plan.amounts:
            column.addWidget(
                button(self._desk, "Use the known prices", "quiet", lambda: self._start("price", self._forget()))
            )

    def _add_price(self, grid: QGridLayout, row: int, price: Price) -> None:
        name = cost_words.price_name(price)
        field = self._field(name, cost_words.plain(price.amount), "", partial(self._keep_price, price.key))
        self.fields[price.key] = field
        grid.addWidget(label(name, "second", size=12.5), row, 0)
        grid.addWidget(field, row, 1)
        grid.addWidget(label(price.note, "muted", size=12, wrap=True), row, 2)

    def _field(self, name: str, text: str, example: str, kept: Callable[[], object]) -> QLineEdit:
        field = QLineEdit(text)
        field.setAccessibleName(f"{name}: {self._account.handle or self._account.name}")
        field.setPlaceholderText(example)
        field.setFixedWidth(96)
        field.editingFinished.connect(lambda: kept() if field.isModified() else None)
        return field

    # Keeping

    def _keep_envelope(self) -> None:
        self._start("envelope", self._put_envelope(self.fields[""].text().strip()))

    def _keep_price(self, key: str) -> None:
        self._start("price", self._put_price(key, self.fields[key].text().strip()))

    async def _put_envelope(self, typed: str) -> None:
        amount = parse_money(typed) if typed else None
        await self._desk.bridge.call(self._desk.services.spending.set_envelope, self._account.id, amount)
        await self._load()

    async def _put_price(self, key: str, typed: str) -> None:
        own = dict(self._plan.amounts)
        if typed:
            own[key] = parse_money(typed)
        else:
            own.pop(key, None)
        await self._desk.bridge.call(self._desk.services.spending.set_prices, self._account.id, own)
        await self._load()

    async def _forget(self) -> None:
        await self._desk.bridge.call(self._desk.services.spending.set_prices, self._account.id, {})
        await self._load()

    def _news(self, event: object) -> None:
        if isinstance(event, SpendingChanged) and event.account_id == self._account.id:
            self._start("month", self._load())


def _as_of(month: AccountMonth, plan: Plan) -> str:
    """Whose prices these are, and of which day."""
    days = sorted(price.as_of for price in month.prices if price.as_of is not None and price.key not in plan.amounts)
    known = f"Prices as they were read on {days[0].isoformat()}." if days else ""
    own = f" Your own since {plan.as_of.isoformat()}." if plan.amounts and plan.as_of is not None else ""
    return f"{known}{own} What the network bills counts.".strip()
