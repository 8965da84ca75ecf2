"""Opening the dialogs over the window, one at a time."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from socialdesk.core.events import SignInEndsSoon
from socialdesk.ui import words
from socialdesk.ui.desk import Desk
from socialdesk.ui.tasks import Tasks
from socialdesk.ui.window import Window

if TYPE_CHECKING:
    from socialdesk.ui.dialogs.sheet import Sheet
    from socialdesk.ui.keys import Keys


class Dialogs(QObject):
    """The part of the shell that opens dialogs. `sheet` is the one that is open.

    `transfer_wanted` carries import or export: the settings offer both. `keys` gives the keys, which are made late.
    """

    transfer_wanted = Signal(str)

    def __init__(self, desk: Desk, window: Window, keys: "Callable[[], Keys]") -> None:
        super().__init__(window)
        self.desk, self.window = desk, window
        self._ask_keys = keys
        self._tasks = Tasks(self, desk.actions.tell)
        self.sheet: Sheet | None = None
        desk.bridge.event.connect(self._sign_in_news)
        desk.actions.choose_labels.connect(self.choose_labels)
        desk.actions.show_subscriptions.connect(self.show_subscriptions)

    def open_sheet(self, sheet: "Sheet") -> None:
        if self.sheet is not None:
            self.sheet.close_sheet()
        self.sheet = sheet
        sheet.closed.connect(lambda: self._sheet_closed(sheet))
        sheet.open()

    def _sheet_closed(self, sheet: "Sheet") -> None:
        if self.sheet is sheet:
            self.sheet = None

    def _sign_in_news(self, event: object) -> None:
        if isinstance(event, SignInEndsSoon):
            said = f"Your sign-in to {event.title} ({event.handle}) ends {words.day(event.ends)}."
            again = partial(self.desk.actions.sign_in_again.emit, event.account_id)
            self.desk.actions.notice.emit(said, "Sign in again", again)

    def add_account(self) -> None:
        from socialdesk.ui.dialogs.account import AccountSheet  # start-up: not part of the first paint

        self.open_sheet(AccountSheet(self.desk, self.window))

    def sign_in_again(self, account_id: object) -> None:
        async def ask() -> None:
            from socialdesk.ui.dialogs.account import AccountSheet  # start-up: not part of the first paint

            accounts = await self.desk.bridge.call(self.desk.services.accounts.list)
            account = next((a for a in accounts if a.id == account_id), None)
            facts = self.desk.services.accounts.facts(account.network) if account is not None else None
            known = ()
            if account is not None:
                known = await self.desk.bridge.call(self.desk.services.accounts.known_answers, account.id)
            self.open_sheet(AccountSheet(self.desk, self.window, facts, account, known))

        self._tasks.start("sign in again", ask())

    def add_column(self) -> None:
        from socialdesk.ui.dialogs.column import ColumnSheet  # start-up: not part of the first paint

        sheet = ColumnSheet(self.desk, self.window)
        sheet.added.connect(self.desk.actions.go_column_id)
        self.open_sheet(sheet)

    def choose_labels(self, row: object) -> None:
        from socialdesk.ui.dialogs.labels import LabelSheet  # start-up: not part of the first paint

        self.open_sheet(LabelSheet(self.desk, self.window, row))

    def show_subscriptions(self, account_id: int) -> None:
        from socialdesk.ui.dialogs.subscriptions import SubscriptionSheet  # start-up: not part of the first paint

        self.open_sheet(SubscriptionSheet(self.desk, self.window, account_id))

    def show_budget(self) -> None:
        """The settings, at what accounts may spend."""
        self.show_settings(page="Accounts")

    def show_settings(self, *, page: str = "") -> None:
        from socialdesk.ui.dialogs.settings import SettingsSheet  # start-up: not part of the first paint

        keys = self._ask_keys()
        sheet = SettingsSheet(self.desk, self.window, keys)
        sheet.keys_changed.connect(keys.use)
        sheet.transfer.connect(self.transfer_wanted)
        if page:
            sheet.show_page(page)
        self.open_sheet(sheet)

    def show_keys(self) -> None:
        from socialdesk.ui.dialogs.keys import KeySheet  # start-up: not part of the first paint

        self.open_sheet(KeySheet(self.desk, self.window, self._ask_keys().keys_of))
