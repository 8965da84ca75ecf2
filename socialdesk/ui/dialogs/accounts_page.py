"""The accounts of the desk, in the settings: each with its state, its test, a new sign-in, and its end."""

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from socialdesk.core.account import Account
from socialdesk.core.errors import SocialDeskError
from socialdesk.core.events import AccountsChanged
from socialdesk.core.network import NetworkFacts
from socialdesk.services import verdicts
from socialdesk.ui.account_face import AccountFace
from socialdesk.ui.controls import button, clear_layout, label, relook
from socialdesk.ui.desk import Desk
from socialdesk.ui.dialogs.budget import BudgetBox
from socialdesk.ui.tasks import Tasks
from socialdesk.ui.words import sentence_of

_INDENT = 44  # below the account's name


class AccountsPage(QWidget):
    """`resized` is called when it grows or shrinks. `left`: somebody goes to another dialog from here."""

    left = Signal()

    def __init__(self, desk: Desk, resized: Callable[[], object]) -> None:
        super().__init__()
        self.desk, self.resized = desk, resized
        self.tasks = Tasks(self, desk.actions.tell)  # also those of the rows, which are made again at every news
        self.rows: dict[int, AccountRow] = {}
        self._shown: tuple[Account, ...] | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        desk.bridge.event.connect(self._news)
        self.tasks.start("accounts", self.load())

    async def load(self) -> None:
        accounts: tuple[Account, ...] = await self.desk.bridge.call(self.desk.services.accounts.list)
        if accounts == self._shown:
            return
        found = {number: (row.found.text(), str(row.found.property("look"))) for number, row in self.rows.items()}
        self._shown = accounts
        self.rows = {}
        clear_layout(self)
        for account in accounts:
            facts = self.desk.services.accounts.facts(account.network)
            row = self.rows[account.id] = AccountRow(self, account, facts)
            row.say(*found.get(account.id, ("", "second")))
            self._column.addWidget(row)
            if facts.prices:
                self._column.addWidget(BudgetBox(self.desk, account, self.resized))
        if not accounts:
            self._column.addWidget(label("No account is connected yet.", "muted"))
        self._column.addSpacing(8)
        self._column.addWidget(button(self.desk, "Connect an account", "plain", self._connect, icon="plug"))
        self.resized()

    def say(self, account_id: int, sentence: str, look: str) -> None:
        if account_id in self.rows:
            self.rows[account_id].say(sentence, look)
            self.resized()

    def _connect(self) -> None:
        self.left.emit()
        self.desk.actions.add_account.emit()

    def _news(self, event: object) -> None:
        if isinstance(event, AccountsChanged):
            self.tasks.start("accounts", self.load())


class AccountRow(QWidget):
    """One account. What a test found and what removing would do is said in its own place."""

    def __init__(self, page: AccountsPage, account: Account, facts: NetworkFacts) -> None:
        super().__init__()
        self._page, self._account = page, account
        line = QHBoxLayout()
        line.setSpacing(10)
        line.addWidget(AccountFace(page.desk, account, facts, 30))
        said = QVBoxLayout()
        said.setSpacing(0)
        said.addWidget(label(account.name or account.handle, weight=600))
        self.state = self._state(facts)
        said.addWidget(self.state)
        line.addLayout(said, 1)
        works: tuple[tuple[str, str, Callable[[], object]], ...] = (
            ("Test", "ghost", self._test),
            ("Sign in again", "ghost", self._sign_in),
            *([("Subscriptions", "ghost", self._subscriptions)] if facts.subscribes else []),
        )
        for word, look, act in (*(() if facts.by_hand else works), ("Remove", "danger", self._ask)):
            made = button(page.desk, word, look, act)
            made.setAccessibleName(f"{word}: {account.handle or account.name}")
            line.addWidget(made)
        self.found = label("", "second", size=12.5, wrap=True)
        self.found.setContentsMargins(_INDENT, 0, 0, 2)
        self.found.hide()
        self.question = self._removing()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(2)
        column.addLayout(line)
        column.addWidget(self.found)
        column.addWidget(self.question)

    def say(self, sentence: str, look: str) -> None:
        relook(self.found, look)
        self.found.setText(sentence)
        self.found.setVisible(bool(sentence))

    def _state(self, facts: NetworkFacts) -> QLabel:
        """The handle, and how long the sign-in lasts: louder in its last week."""
        account, now = self._account, datetime.now(UTC)
        if facts.by_hand:
            return label(f"{facts.title}, posted by hand", "muted", size=12)
        if account.needs_sign_in:
            return label("Sign-in has run out", "warn", size=12)
        rest = verdicts.lasts(account, now).rstrip(".")
        soon = account.ends_soon(now)
        more = f"{rest}. Sign in again before then." if soon and rest else rest
        return label(" · ".join(part for part in (account.handle, more) if part), "warn" if soon else "muted", size=12)

    # Testing

    def _test(self) -> None:
        self._page.say(self._account.id, "Asking", "muted")
        self._page.tasks.start(f"test {self._account.id}", _ask_network(self._page, self._account.id))

    def _sign_in(self) -> None:
        again = self._page.desk.actions.sign_in_again
        self._page.left.emit()
        again.emit(self._account.id)

    def _subscriptions(self) -> None:
        show = self._page.desk.actions.show_subscriptions
        self._page.left.emit()
        show.emit(self._account.id)

    # Removing

    def _removing(self) -> QWidget:
        """The question before an account goes: what it takes along and what stays."""
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(_INDENT, 0, 0, 8)
        column.setSpacing(6)
        self.leaving = label("", "second", size=12.5, wrap=True)
        column.addWidget(self.leaving)
        row = QHBoxLayout()
        row.setSpacing(8)
        name = self._account.handle or self._account.name
        self.remove = button(self._page.desk, "Remove it", "danger", self._remove)
        self.remove.setAccessibleName(f"Remove for good: {name}")
        keep = button(self._page.desk, "Keep it", "plain", self._keep)
        keep.setAccessibleName(f"Keep: {name}")
        row.addWidget(self.remove)
        row.addWidget(keep)
        row.addStretch(1)
        column.addLayout(row)
        part.hide()
        return part

    def _ask(self) -> None:
        self._page.tasks.start(f"leaving {self._account.id}", self._say_what_goes())

    async def _say_what_goes(self) -> None:
        desk = self._page.desk
        said = await desk.bridge.call(desk.services.accounts.leaving, self._account.id)
        self.leaving.setText(said)
        self.say("", "second")
        self.question.show()
        self._page.resized()

    def _keep(self) -> None:
        self.question.hide()
        self._page.resized()

    def _remove(self) -> None:
        self._page.tasks.start(f"remove {self._account.id}", _remove(self._page.desk, self._account.id))


async def _ask_network(page: AccountsPage, account_id: int) -> None:
    try:
        verdict = await page.desk.bridge.call(page.desk.services.accounts.test, account_id)
    except SocialDeskError as error:
        page.say(account_id, sentence_of(error), "bad")
    else:
        page.say(account_id, verdict, "good")


async def _remove(desk: Desk, account_id: int) -> None:
    desk.actions.tell(await desk.bridge.call(desk.services.accounts.remove, account_id))
