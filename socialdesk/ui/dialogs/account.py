"""Connecting an account, drawn from the network's facts: choose a network, follow its steps, sign in."""

from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit, QProgressBar, QPushButton, QVBoxLayout, QWidget

from socialdesk.core.account import Account, AccountChoice
from socialdesk.core.network import (
    AppPassword,
    ByName,
    DeviceCode,
    NetworkFacts,
    Nothing,
    OAuthCode,
    SignIn,
    Token,
)
from socialdesk.ui.controls import IconLabel, button, clear_layout, label
from socialdesk.ui.desk import Desk
from socialdesk.ui.dialogs.form import CopyLine, Form
from socialdesk.ui.dialogs.networks import needs_account, network_grid
from socialdesk.ui.dialogs.sheet import Sheet
from socialdesk.ui.tasks import Tasks


class AccountSheet(Sheet):
    """`facts` None: the person chooses a network first. `account`: signing in again, what is known is filled in."""

    def __init__(
        self, desk: Desk, host: QWidget, facts: NetworkFacts | None = None, account: Account | None = None
    ) -> None:
        super().__init__(desk, host, "Connect an account", width=620)
        self._facts, self._account = facts, account
        self._way = 0
        self._pending: Any = None
        self._found: tuple[AccountChoice, dict[str, QCheckBox]] | None = None
        self._tasks = Tasks(self, self._failed)
        self.form = Form(desk)
        self.verdict = label("", "bad", wrap=True)
        self.verdict.hide()
        self._icon: IconLabel | None = None
        self._page = QWidget()
        self._column = QVBoxLayout(self._page)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)
        self.body.addWidget(self._page)
        self.body.addStretch(1)
        self.cancel = button(desk, "Cancel", "plain", self.close_sheet)
        self.go: QPushButton = button(desk, "Connect", "primary", self._go)
        self._other = button(desk, "", "quiet", self._next_way)
        self.foot.addWidget(self._other)
        self.foot.addStretch(1)
        self.foot.addWidget(self.cancel)
        self.foot.addWidget(self.go)
        if facts is None:
            self._show_networks()
        else:
            self._show_form(facts)

    # Choosing

    def _show_networks(self) -> None:
        self.go.hide()
        self._other.hide()
        networks = tuple(facts for facts in self.desk.services.accounts.networks() if needs_account(facts))
        said = "Where do you read and post? Feeds and blogs are followed without an account."
        self._column.addWidget(label(said, "muted", wrap=True))
        for by_hand in (False, True):
            if by_hand:
                said = "By hand: the desk prepares each post, you press the button there. No sign-in."
                self._column.addWidget(label(said, "muted", wrap=True))
            these = tuple(facts for facts in networks if facts.by_hand is by_hand)
            self._column.addWidget(network_grid(self.desk, these, lambda facts: partial(self._choose, facts)))
        self._column.addWidget(label("Keys stay in this computer's keyring.", "muted", size=12))

    def _choose(self, facts: NetworkFacts) -> None:
        self._show_form(facts)
        self.refit()
        self.focus_first()

    # The form of one way to sign in

    @property
    def way(self) -> SignIn:
        return self._facts.sign_ins[self._way] if self._facts is not None else Nothing()

    def _show_form(self, facts: NetworkFacts) -> None:
        self._facts = facts
        clear_layout(self._page)
        again = self._account is not None
        begin = "Add" if facts.by_hand else "Connect"
        self.title.setText(f"Sign in again to {facts.title}" if again else f"{begin} {facts.title}")
        self.setAccessibleName(self.title.text())
        if self._icon is None:
            self._icon = IconLabel(self.desk, f"networks/{facts.icon}", facts.colour or "text", 22)
            self._head.insertWidget(0, self._icon)
        if facts.note:
            self._column.addWidget(label(facts.note, "muted", wrap=True))
        self.form = Form(self.desk)
        self.form.entered.connect(self._go)
        way = self.way
        if not isinstance(way, Nothing):
            self._fill_form(way)
        self._column.addWidget(self.form)
        self.form.show()  # now, not at Qt's next turn: the first field takes the keyboard
        if isinstance(way, OAuthCode) and way.scopes:
            asked = ", ".join(dict.fromkeys(why for _, why in way.scopes))
            self._column.addWidget(
                label(f"Your server will ask whether SocialDesk may {asked}.", "muted", size=12, wrap=True)
            )
        self._waiting = self._waiting_part()
        self.verdict = label("", "bad", wrap=True)
        self.verdict.hide()
        self._column.addWidget(self._waiting)
        self._column.addWidget(self.verdict)
        self.go.setText(f"Sign in with {facts.title}" if isinstance(way, OAuthCode) else begin)
        self.go.setAccessibleName(self.go.text())
        self.go.setEnabled(True)
        self.go.show()
        self._show_other_way(facts)

    def _fill_form(self, way: AppPassword | Token | OAuthCode | DeviceCode | ByName) -> None:
        """The steps, with the fields in the last one. A server whose pages a step opens is asked for first."""
        first = [field for field in way.fields if any("{" + field.name + "}" in step.link for step in way.steps)]
        for field in first:
            self.form.add_field(field, numbered=True, value=self._known(field.name))
        inner = None
        for step in way.steps:
            inner = self.form.add_step(step, self.desk.actions.open_browser.emit)
        for field in way.fields:
            if field not in first:
                self.form.add_field(field, value=self._known(field.name), into=inner)

    def _known(self, name: str) -> str:
        if self._account is None:
            return ""
        known = {"server": self._account.server, "handle": self._account.handle.lstrip("@")}
        return known.get(name, "")

    def _show_other_way(self, facts: NetworkFacts) -> None:
        self._other.setVisible(len(facts.sign_ins) > 1)
        if len(facts.sign_ins) > 1:
            following = facts.sign_ins[(self._way + 1) % len(facts.sign_ins)]
            names = {OAuthCode: "Use the browser instead", AppPassword: "Use an app password instead"}
            self._other.setText(names.get(type(following), "Use a token instead"))
            self._other.setAccessibleName(self._other.text())

    def _next_way(self) -> None:
        if self._facts is not None:
            self._stop_waiting()
            self._way = (self._way + 1) % len(self._facts.sign_ins)
            self._show_form(self._facts)
            self.refit()
            self.focus_first()

    def _waiting_part(self) -> QWidget:
        """What a browser sign-in shows while it is under way: progress, the redirect address, the way back by hand."""
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(8)
        column.addWidget(label("Waiting for the browser. Sign in there, then come back.", "second", wrap=True))
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setAccessibleName("Waiting for the browser")
        column.addWidget(bar)
        self.redirect = CopyLine(self.desk, "", "Redirect address")
        column.addWidget(label("The browser comes back to this address:", "muted", size=12))
        column.addWidget(self.redirect)
        column.addWidget(label("Nothing happens? Paste the address the browser ended on.", "muted", size=12, wrap=True))
        self.pasted = QLineEdit()
        self.pasted.setAccessibleName("Address the browser ended on, or the code it shows")
        self.pasted.setPlaceholderText("http://127.0.0.1:…?code=…")
        self.pasted.returnPressed.connect(self._finish_by_hand)
        column.addWidget(self.pasted)
        column.addWidget(button(self.desk, "Finish", "plain", self._finish_by_hand), 0, Qt.AlignmentFlag.AlignLeft)
        part.hide()
        return part

    # Signing in

    def _go(self) -> None:
        if self._facts is None or not self.go.isEnabled():
            return
        missing = self.form.missing() if self._found is None else ()
        if missing:
            self._say(f"Still needed: {', '.join(missing)}.")
            return
        self._say("")
        self.go.setEnabled(False)
        if self._found is not None:
            self._tasks.start("sign in", self._keep_chosen(*self._found))
        elif isinstance(self.way, OAuthCode):
            self._tasks.start("sign in", self._by_browser(self._facts))
        else:
            self._tasks.start("sign in", self._by_form(self._facts))

    async def _by_form(self, facts: NetworkFacts) -> None:
        sign_in = self.desk.services.accounts.sign_in
        self._done(await self.desk.bridge.call(sign_in, facts.key, self.form.answers(), self._way))

    async def _by_browser(self, facts: NetworkFacts) -> None:
        service = self.desk.services.browser_sign_in
        self._pending = await self.desk.bridge.call(service.begin, facts.key, self.form.answers())
        self.redirect.show_text(self._pending.redirect_uri)
        self._waiting.show()
        self.refit()
        self.pasted.setFocus(Qt.FocusReason.OtherFocusReason)
        self.desk.actions.open_browser.emit(self._pending.url)
        if self._pending.comes_back:
            self._done(await self.desk.bridge.call(service.finish, self._pending))

    def _finish_by_hand(self) -> None:
        text = self.pasted.text().strip()
        if self._pending is not None and text:
            self._tasks.start("sign in", self._with_pasted(text))

    async def _with_pasted(self, text: str) -> None:
        finish = self.desk.services.browser_sign_in.finish
        self._done(await self.desk.bridge.call(finish, self._pending, text))

    def _done(self, result: Account | AccountChoice) -> None:
        self._pending = None
        if isinstance(result, AccountChoice):
            self._show_found(result)
        else:
            self._tell_connected((result,))

    def _tell_connected(self, accounts: tuple[Account, ...]) -> None:
        self.desk.actions.tell(f"Connected {', '.join(account.handle or account.name for account in accounts)}.")
        self.close_sheet()

    # Of several accounts that one sign-in opened

    def _show_found(self, choice: AccountChoice) -> None:
        clear_layout(self._page)
        self._other.hide()
        self._column.addWidget(label("This sign-in opens several accounts. Which of them do you want here?", wrap=True))
        boxes = {remote_id: QCheckBox(name) for remote_id, name in choice.found}
        for box in boxes.values():
            self._column.addWidget(box)
        self._waiting = QWidget(self._page)  # what waited for the browser is gone with the form
        self._waiting.hide()
        self.verdict = label("", "bad", wrap=True)
        self.verdict.hide()
        self._column.addWidget(self.verdict)
        self._found = (choice, boxes)
        self.go.setText("Connect")
        self.go.setAccessibleName("Connect")
        self.go.setEnabled(True)
        self.refit()
        next(iter(boxes.values())).setFocus(Qt.FocusReason.OtherFocusReason)

    async def _keep_chosen(self, choice: AccountChoice, boxes: dict[str, QCheckBox]) -> None:
        wanted = tuple(remote_id for remote_id, box in boxes.items() if box.isChecked())
        self._tell_connected(await self.desk.bridge.call(self.desk.services.accounts.choose, choice, wanted))

    def _failed(self, sentence: str) -> None:
        self._waiting.hide()
        self.go.setEnabled(True)
        self._say(sentence)

    def _say(self, sentence: str) -> None:
        self.verdict.setText(sentence)
        self.verdict.setVisible(bool(sentence))
        self.refit()

    def _stop_waiting(self) -> None:
        pending, self._pending = self._pending, None
        self._tasks.cancel("sign in")
        if pending is not None:

            async def stop() -> None:
                await self.desk.bridge.call(self.desk.services.browser_sign_in.cancel, pending)

            Tasks(self._host).start("stop sign in", stop())

    def close_sheet(self) -> None:
        self._stop_waiting()
        super().close_sheet()
