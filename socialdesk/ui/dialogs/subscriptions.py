"""What an account subscribes to at its network: all feeds, a way to add one and to end one."""

from functools import partial

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QWidget

from socialdesk.core.events import SubscriptionsChanged
from socialdesk.core.marks import Subscription
from socialdesk.ui.controls import Elided, IconButton, button, clear_layout, label
from socialdesk.ui.desk import Desk
from socialdesk.ui.dialogs.sheet import Sheet
from socialdesk.ui.tasks import Tasks


class SubscriptionSheet(Sheet):
    """`shown` are the subscriptions in their order, `removers` the buttons that end them, by id."""

    def __init__(self, desk: Desk, host: QWidget, account_id: int) -> None:
        super().__init__(desk, host, "Subscriptions", icon="rss", tint="link", width=620)
        self._account_id = account_id
        self._tasks = Tasks(self, self._say)
        self.shown: tuple[Subscription, ...] = ()
        self.removers: dict[str, IconButton] = {}
        self.address = self._box("Address of a feed or a page", "https://blog.example")
        self.folder = self._box("Folder", "Folder (if any)")
        self.folder.setMaximumWidth(160)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.address, 1)
        line.addWidget(self.folder)
        self.add = button(desk, "Subscribe", "primary", self._add, icon="plus")
        line.addWidget(self.add)
        self.body.addLayout(line)
        self.verdict = label("", "bad", wrap=True)
        self.verdict.hide()
        self.body.addWidget(self.verdict)
        self._list = QWidget()
        self._grid = QGridLayout(self._list)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(0, 1)
        self.body.addWidget(self._list)
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.foot.addWidget(button(desk, "Done", "plain", self.close_sheet))
        self._tasks.start("list", self._load())
        desk.bridge.event.connect(self._news)
        self.address.setFocus()

    def _box(self, name: str, example: str) -> QLineEdit:
        made = QLineEdit()
        made.setAccessibleName(name)
        made.setPlaceholderText(example)
        made.setMinimumHeight(34)
        made.returnPressed.connect(self._add)
        return made

    async def _load(self) -> None:
        self.shown = await self.desk.bridge.call(self.desk.services.subscribing.list, self._account_id)
        clear_layout(self._list)
        self.removers.clear()
        for number, one in enumerate(self.shown):
            self._grid.addWidget(Elided(one.title), number, 0)
            self._grid.addWidget(label(one.folder, "muted", size=12), number, 1)
            remove = IconButton(self.desk, "x", f"Unsubscribe from {one.title}", partial(self._remove, one), size=14)
            self._grid.addWidget(remove, number, 2)
            self.removers[one.id] = remove
        if not self.shown:
            self._grid.addWidget(label("No subscription yet.", "muted"), 0, 0)
        self.refit()

    def _news(self, event: object) -> None:
        if isinstance(event, SubscriptionsChanged) and event.account_id == self._account_id:
            self._tasks.start("list", self._load())

    def _add(self) -> None:
        address = self.address.text().strip()
        if not address:
            self.address.setFocus()
            return
        self._say("")
        self._tasks.start("change", self._subscribe(address))

    async def _subscribe(self, address: str) -> None:
        self.add.setEnabled(False)
        try:
            add = self.desk.services.subscribing.add
            found = await self.desk.bridge.call(add, self._account_id, address, self.folder.text().strip())
        finally:
            self.add.setEnabled(True)
        self.address.clear()
        self.desk.actions.tell(f"Subscribed to {found.title}.")

    def _remove(self, one: Subscription) -> None:
        self._say("")
        self._tasks.start(f"remove {one.id}", self._unsubscribe(one))

    async def _unsubscribe(self, one: Subscription) -> None:
        await self.desk.bridge.call(self.desk.services.subscribing.remove, self._account_id, one.id)
        again = partial(self.desk.actions.subscribe.emit, self._account_id, one.url, one.folder)
        self.desk.actions.notice.emit(f"Unsubscribed from {one.title}.", "Undo", again)

    def _say(self, sentence: str) -> None:
        self.verdict.setText(sentence)
        self.verdict.setVisible(bool(sentence))
        self.refit()
