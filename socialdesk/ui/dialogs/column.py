"""Adding a column, drawn from the networks' facts: follow a topic everywhere, or choose what an account can show."""

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QWidget

from socialdesk.core import known_sites
from socialdesk.core.account import Account
from socialdesk.core.network import Field, NetworkFacts, SourceKind
from socialdesk.core.source import Source, WordFilter
from socialdesk.ui import cost_words
from socialdesk.ui.controls import Line, button, clear_layout, label
from socialdesk.ui.desk import Desk
from socialdesk.ui.dialogs.form import Form
from socialdesk.ui.dialogs.sheet import Sheet
from socialdesk.ui.tasks import Tasks

_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class Offer:
    """Something a column may show: a kind of source, of an account or of none."""

    facts: NetworkFacts
    kind: SourceKind
    account: Account | None

    @property
    def group(self) -> str:
        if self.account is None:
            return f"{self.facts.title}, without an account"
        return f"{self.facts.title} · {self.account.handle or self.account.name}"


def offers(networks: tuple[NetworkFacts, ...], accounts: tuple[Account, ...]) -> tuple[Offer, ...]:
    """Everything that can be shown now, account by account, then what needs none."""
    by_key = {facts.key: facts for facts in networks}
    own = [
        Offer(by_key[account.network], kind, account)
        for account in accounts
        if account.network in by_key
        for kind in by_key[account.network].sources
    ]
    signed_in = {account.network for account in accounts}
    free = [
        Offer(facts, kind, None)
        for facts in networks
        for kind in facts.sources
        if not kind.needs_account and facts.key not in signed_in
    ]
    return (*own, *free)


class ColumnSheet(Sheet):
    """`added` carries the id of the new column."""

    added = Signal(int)

    def __init__(self, desk: Desk, host: QWidget) -> None:
        super().__init__(desk, host, "Add a column", icon="columns-3", tint="link", width=640)
        self._tasks = Tasks(self, self._failed)
        self._offer: Offer | None = None
        self.form = Form(desk)
        self._add_topic(desk)
        self._choice = QWidget()
        self._grid = QGridLayout(self._choice)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(8)
        self._grid.setColumnStretch(_COLUMNS, 1)
        self.body.addWidget(Line(desk))
        self.body.addWidget(label("Or choose one source.", "second"))
        self.body.addWidget(self._choice)
        self._ask = QWidget()
        self._ask_row = QHBoxLayout(self._ask)
        self._ask_row.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(self._ask)
        self.cost = label("", "muted", size=12, wrap=True)
        self.cost.hide()
        self.body.addWidget(self.cost)
        self.verdict = label("", "bad", wrap=True)
        self.verdict.hide()
        self.body.addWidget(self.verdict)
        self.body.addStretch(1)
        self._add_foot(desk)
        self.buttons: dict[tuple[str, str, int], QPushButton] = {}
        self._tasks.start("offers", self._load())

    def _add_topic(self, desk: Desk) -> None:
        self.topic = QLineEdit()
        self.topic.setPlaceholderText("B2B")
        self.topic.setAccessibleName("Topic to follow everywhere")
        self.topic.setMinimumHeight(36)
        self.topic.returnPressed.connect(self._follow)
        line = QHBoxLayout()
        line.setSpacing(10)
        line.addWidget(self.topic, 1)
        self.follow = button(desk, "Follow everywhere", "primary", self._follow, icon="search")
        line.addWidget(self.follow)
        self.body.addWidget(
            label("Follow a topic on every network and feed that can be searched.", "second", wrap=True)
        )
        self.body.addLayout(line)

    def _add_foot(self, desk: Desk) -> None:
        self.foot.addWidget(
            button(desk, "Connect an account", "quiet", self._connect_account, icon="plug", tint="muted")
        )
        self.foot.addStretch(1)
        self.foot.addWidget(button(desk, "Cancel", "plain", self.close_sheet))
        self.add = button(desk, "Add column", "primary", self._add)
        self.add.setEnabled(False)
        self.foot.addWidget(self.add)

    async def _load(self) -> None:
        accounts = await self.desk.bridge.call(self.desk.services.accounts.list)
        self._show_offers(offers(self.desk.services.accounts.networks(), accounts))
        self.refit()

    def _show_offers(self, found: tuple[Offer, ...]) -> None:
        row, column, group = -1, 0, ""
        for offer in found:
            if offer.group != group:
                group = offer.group
                row, column = row + 1, 0
                self._grid.addWidget(label(group, "muted", size=12), row, 0, 1, _COLUMNS)
                row += 1
            elif column == _COLUMNS:
                row, column = row + 1, 0
            made = self._button(offer)
            self._grid.addWidget(made, row, column)
            account_id = offer.account.id if offer.account else 0
            self.buttons[offer.facts.key, offer.kind.kind, account_id] = made
            column += 1

    def _button(self, offer: Offer) -> QPushButton:
        made = button(self.desk, offer.kind.title, "plain", partial(self._choose, offer))
        made.setIcon(self._icon(offer))
        made.setIconSize(QSize(16, 16))
        made.setText(f"\u2009{made.text()}")
        made.setCheckable(True)
        made.setMinimumWidth(170)
        made.setStyleSheet("QPushButton { text-align: left; } QPushButton:checked { border-color: palette(accent); }")
        made.setAccessibleName(f"{offer.kind.title}, {offer.group}")
        return made

    def _icon(self, offer: Offer) -> QIcon:
        icons = self.desk.icons
        if icons.exists(offer.kind.icon):
            return icons.icon(offer.kind.icon, offer.facts.colour or "text", 16)
        return icons.icon(f"networks/{offer.facts.icon}", offer.facts.colour or "text", 16)

    def _choose(self, offer: Offer) -> None:
        self._offer = offer
        for key, made in self.buttons.items():
            account_id = offer.account.id if offer.account else 0
            made.setChecked(key == (offer.facts.key, offer.kind.kind, account_id))
        self._say("")
        self._tasks.start("ask", self._ask_fields(offer))
        self._tasks.start("cost", self._ask_cost(offer))

    async def _ask_fields(self, offer: Offer) -> None:
        """The fields of the chosen source; those whose values the account knows become a choice."""
        form = Form(self.desk)
        form.entered.connect(self._add)
        for field in offer.kind.fields:
            if field.name == "server" and offer.account is not None:
                continue
            choices = await self._choices(offer, field)
            if choices:
                form.add_choice(field, choices)
            else:
                form.add_field(field, numbered=False)
        clear_layout(self._ask)
        self.form = form
        self._ask_row.addWidget(form)
        form.show()  # now, not at Qt's next turn: the first field takes the keyboard
        self.add.setEnabled(True)
        self.refit()
        stops = form.answers()
        if stops:
            form.box(next(iter(stops))).setFocus()
        else:
            self.add.setFocus()

    async def _ask_cost(self, offer: Offer) -> None:
        """What the chosen source would cost in a day, where its network charges."""
        said = ""
        if offer.account is not None and offer.facts.prices:
            ask = self.desk.services.spending.offer
            cost = await self.desk.bridge.call(ask, offer.account.id, offer.kind.kind)
            said = cost_words.column_day(cost) if cost is not None else ""
        self.cost.setText(said)
        self.cost.setVisible(bool(said))
        self.refit()

    async def _choices(self, offer: Offer, field: Field) -> tuple[tuple[str, str], ...]:
        if offer.account is None:
            return ()
        ask = self.desk.services.accounts.choices
        found: tuple[tuple[str, str], ...] = await self.desk.bridge.call(
            ask, offer.account.id, offer.kind.kind, field.name
        )
        return found

    def _add(self) -> None:
        offer = self._offer
        if offer is None:
            return
        missing = self.form.missing()
        if missing:
            self._say(f"Still needed: {', '.join(missing)}.")
            return
        params = {name: value for name, value in self.form.answers().items() if value}
        source = Source(0, offer.facts.key, offer.kind.kind, offer.account.id if offer.account else None, params)
        self._tasks.start("add", self._add_source(source, offer))

    async def _add_source(self, source: Source, offer: Offer) -> None:
        title = next((v for k, v in source.params.items() if k != "server"), "") or offer.kind.title
        if isinstance(self.form.answers(), dict) and offer.kind.fields:
            title = "" if "url" in source.params and known_sites.typed(title) else self._spoken(title)
        icon = "inbox" if offer.kind.inbox else offer.kind.icon
        add = self.desk.services.columns.add
        column = await self.desk.bridge.call(add, title, icon, (source,), WordFilter(), "posts")
        self._finish(column.id)

    def _spoken(self, value: str) -> str:
        """The label of a chosen value, as the person saw it; a typed address by its host."""
        for name in self.form.answers():
            box = self.form.box(name)
            if not isinstance(box, QLineEdit) and box.currentData() == value:
                return box.currentText()
        return value.rsplit("://", maxsplit=1)[-1].split("/", maxsplit=1)[0] if "://" in value else value

    def _follow(self) -> None:
        words = self.topic.text().strip()
        if words:
            self._tasks.start("add", self._add_search(words))
        else:
            self.topic.setFocus()

    async def _add_search(self, words: str) -> None:
        column = await self.desk.bridge.call(self.desk.services.columns.add_search, words)
        self._finish(column.id)

    def _finish(self, column_id: int) -> None:
        self.added.emit(column_id)
        self.close_sheet()

    def _connect_account(self) -> None:
        self.close_sheet()
        self.desk.actions.add_account.emit()

    def _failed(self, sentence: str) -> None:
        self._say(sentence)

    def _say(self, sentence: str) -> None:
        self.verdict.setText(sentence)
        self.verdict.setVisible(bool(sentence))
        self.refit()
