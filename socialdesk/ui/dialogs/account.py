"""Connecting an account, drawn from the network's facts: choose a network, follow its steps, sign in."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from socialdesk.core.account import Account, AccountChoice, BrowserSignIn, DeviceSignIn
from socialdesk.core.network import (
    AppPassword,
    ByName,
    DeviceCode,
    Field,
    NetworkFacts,
    Nothing,
    OAuthCode,
    SignIn,
    Token,
)
from socialdesk.ui.controls import IconLabel, button, clear_layout, label, relook
from socialdesk.ui.desk import Desk
from socialdesk.ui.dialogs.form import Form
from socialdesk.ui.dialogs.networks import name_of, needs_account, network_grid
from socialdesk.ui.dialogs.sheet import Sheet
from socialdesk.ui.dialogs.sign_in_parts import BrowserWait, DeviceWait, Permissions
from socialdesk.ui.tasks import Tasks


class AccountSheet(Sheet):
    """`facts` None: the person chooses a network first.

    `account`: signing in again, what is known is filled in; `known` names the fields whose answers the engine has kept.
    """

    def __init__(
        self,
        desk: Desk,
        host: QWidget,
        facts: NetworkFacts | None = None,
        account: Account | None = None,
        known: tuple[str, ...] = (),
    ) -> None:
        super().__init__(desk, host, "Connect an account", width=620)
        self._facts, self._account = facts, account
        self._again, self._kept = account.id if account is not None else 0, known
        self._way = 0
        self._pending: BrowserSignIn | DeviceSignIn | None = None
        self._found: tuple[AccountChoice, dict[str, QCheckBox]] | None = None
        self._tasks = Tasks(self, self._failed)
        self.form = Form(desk)
        self.verdict = label("", "bad", wrap=True)
        self.verdict.hide()
        self.browser, self.device = BrowserWait(desk), DeviceWait(desk)
        self._icon: IconLabel | None = None
        self._asking = QWidget()
        self._page = QWidget()
        self._column = QVBoxLayout(self._page)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)
        self.body.addWidget(self._page)
        self.body.addStretch(1)
        self.cancel = button(desk, "Cancel", "plain", self.close_sheet)
        self.go: QPushButton = button(desk, "Connect", "primary", self._go)
        self.test: QPushButton = button(desk, "Test", "plain", self._test)
        self.foot.addWidget(self.test)
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
        self.test.hide()
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
        self._facts, self._found = facts, None
        clear_layout(self._page)
        self._asking = QWidget()
        asked = QVBoxLayout(self._asking)
        asked.setContentsMargins(0, 0, 0, 0)
        asked.setSpacing(12)
        begin = "Add" if facts.by_hand else "Connect"
        self.title.setText(f"Sign in again to {facts.title}" if self._again else f"{begin} {facts.title}")
        self.setAccessibleName(self.title.text())
        if self._icon is None:
            self._icon = IconLabel(self.desk, f"networks/{facts.icon}", facts.colour or "text", 22)
            self._head.insertWidget(0, self._icon)
        if facts.note:
            asked.addWidget(label(facts.note, "muted", wrap=True))
        if len(facts.sign_ins) > 1:
            asked.addWidget(self._ways(facts))
        self.form = Form(self.desk)
        self.form.entered.connect(self._go)
        self.form.edited.connect(lambda: self._say(""))
        way = self.way
        if not isinstance(way, Nothing):
            self._fill_form(way)
        asked.addWidget(self.form)
        if isinstance(way, OAuthCode | DeviceCode) and way.scopes:
            asked.addWidget(Permissions(self.desk, way.scopes, self.refit))
        self._column.addWidget(self._asking)
        self._asking.show()  # now, not at Qt's next turn: the first field takes the keyboard
        self._add_waiting()
        in_browser = isinstance(way, OAuthCode)
        go = f"Sign in with {facts.title}" if in_browser else "Get a code" if isinstance(way, DeviceCode) else begin
        self._show_go(go)
        self.test.setVisible(isinstance(way, AppPassword | Token))

    def _show_go(self, word: str) -> None:
        self.go.setText(word)
        self.go.setAccessibleName(word)
        self.go.setEnabled(True)
        self.go.show()

    def _ways(self, facts: NetworkFacts) -> QWidget:
        """The ways to sign in, side by side."""
        part = QWidget()
        row = QHBoxLayout(part)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for place, way in enumerate(facts.sign_ins):
            name = name_of(way)
            made = button(self.desk, f"{name[:1].upper()}{name[1:]}", "plain", partial(self._use_way, place))
            made.setCheckable(True)
            made.setChecked(place == self._way)
            made.setStyleSheet("QPushButton:checked { background: palette(alternate-base); }")
            row.addWidget(made)
        row.addStretch(1)
        return part

    def _use_way(self, place: int) -> None:
        if self._facts is not None:
            self._stop_waiting()
            self._way = place
            self._show_form(self._facts)
            self.refit()
            self._area.verticalScrollBar().setValue(0)
            self.focus_first()

    def _fill_form(self, way: AppPassword | Token | OAuthCode | DeviceCode | ByName) -> None:
        """The steps, with the fields in the last one. A server whose pages a step opens is asked for first.

        Who signs in again with an app that is kept has done the steps.
        """
        first = [field for field in way.fields if any("{" + field.name + "}" in step.link for step in way.steps)]
        rest = [self._as_before(field) for field in way.fields if field not in first]
        needed, others = [f for f in rest if not f.optional], [f for f in rest if f.optional]
        for field in first:
            self.form.add_field(field, numbered=True, value=self._known(field.name))
        inner = None
        if any(field.name in self._kept for field in way.fields) and not needed:
            self.form.add_widget(label("What you set up there the first time is used again.", wrap=True))
        else:
            for step in way.steps:
                inner = self.form.add_step(step, self.desk.actions.open_browser.emit)
        for field in needed:
            self.form.add_field(field, value=self._known(field.name), into=inner)
        folded = self.form.add_fold("More settings", inner) if others and (needed or first or self._again) else inner
        for field in others:
            self.form.add_field(field, value=self._known(field.name), into=folded)

    def _as_before(self, field: Field) -> Field:
        """What was typed the first time and is kept needs no answer."""
        return replace(field, optional=True, example="As before") if field.name in self._kept else field

    def _known(self, name: str) -> str:
        if self._account is None:
            return ""
        handle = self._account.handle.lstrip("@")
        known = {"server": self._account.server, "handle": handle, "identifier": handle}
        return known.get(name, "")

    def _add_waiting(self) -> None:
        """What shows while the person is busy at the network, and below it what came of it."""
        self.browser, self.device = BrowserWait(self.desk), DeviceWait(self.desk)
        self.browser.pasted.connect(lambda text: self._tasks.start("sign in", self._with_pasted(text)))
        self.device.opened.connect(self.desk.actions.open_browser)
        self.verdict = label("", "bad", wrap=True)
        self.verdict.hide()
        for part in (self.browser, self.device, self.verdict):
            self._column.addWidget(part)

    # Signing in

    def _go(self) -> None:
        if self._facts is None or not self.go.isEnabled() or not self._is_filled():
            return
        self._stop_waiting()
        self.cancel.setFocus(Qt.FocusReason.OtherFocusReason)  # a button that is switched off would lose it
        self.go.setEnabled(False)
        if self._found is not None:
            self._tasks.start("sign in", self._keep_chosen(*self._found))
        elif isinstance(self.way, OAuthCode):
            self._tasks.start("sign in", self._by_browser(self._facts))
        elif isinstance(self.way, DeviceCode):
            self._tasks.start("sign in", self._by_device(self._facts))
        else:
            self._tasks.start("sign in", self._by_form(self._facts))

    def _test(self) -> None:
        if self._facts is not None and self._is_filled():
            self._say("Asking", "muted")
            self._tasks.start("test", self._try(self._facts))

    def _is_filled(self) -> bool:
        missing = self.form.missing() if self._found is None else ()
        self._say(f"Still needed: {', '.join(missing)}." if missing else "")
        if missing:
            self.form.focus_missing()
        return not missing

    async def _try(self, facts: NetworkFacts) -> None:
        try_it = self.desk.services.accounts.try_sign_in
        answers = self.form.answers()
        self._say(await self.desk.bridge.call(try_it, facts.key, answers, self._way, self._again), "good")

    async def _by_form(self, facts: NetworkFacts) -> None:
        sign_in = self.desk.services.accounts.sign_in
        await self._done(await self.desk.bridge.call(sign_in, facts.key, self.form.answers(), self._way, self._again))

    async def _by_browser(self, facts: NetworkFacts) -> None:
        service = self.desk.services.browser_sign_in
        begun = await self.desk.bridge.call(service.begin, facts.key, self.form.answers(), self._again)
        self._pending = begun
        self._asking.hide()  # what counts now is at the network
        self.browser.show_step(begun)
        self.refit()
        self.browser.line.setFocus(Qt.FocusReason.OtherFocusReason)
        self.desk.actions.open_browser.emit(begun.url)
        if begun.comes_back:
            await self._done(await self.desk.bridge.call(service.finish, begun, None, self._again))

    async def _with_pasted(self, text: str) -> None:
        finish = self.desk.services.browser_sign_in.finish
        await self._done(await self.desk.bridge.call(finish, self._pending, text, self._again))

    async def _by_device(self, facts: NetworkFacts) -> None:
        service = self.desk.services.device_sign_in
        begun = await self.desk.bridge.call(service.begin, facts.key, self.form.answers(), self._again)
        self._pending = begun
        self._asking.hide()
        self.device.show_code(begun)
        self.refit()
        self.device.copy.setFocus(Qt.FocusReason.OtherFocusReason)
        await self._done(await self.desk.bridge.call(service.finish, begun, self._again))

    async def _done(self, result: Account | AccountChoice) -> None:
        self._pending = None
        if isinstance(result, AccountChoice):
            self._show_found(result)
        else:
            await self._tell_connected((result,))

    async def _tell_connected(self, accounts: tuple[Account, ...]) -> None:
        by_hand = self._facts is not None and self._facts.by_hand
        said = f"{'Added' if by_hand else 'Connected'} {', '.join(one.handle or one.name for one in accounts)}."
        if len(accounts) == 1 and not by_hand:
            said = await self.desk.bridge.call(self.desk.services.accounts.verdict, accounts[0].id)
        self.desk.actions.tell(said)
        self.close_sheet()

    # Of several accounts that one sign-in opened, or another than the one that was meant

    def _show_found(self, choice: AccountChoice) -> None:
        clear_layout(self._page)
        self.test.hide()
        self._column.addWidget(label(_asks_which(choice), wrap=True))
        boxes = {remote_id: QCheckBox(name) for remote_id, name in choice.found}
        for box in boxes.values():
            box.setChecked(len(boxes) == 1)
            box.setVisible(len(boxes) > 1)
            self._column.addWidget(box)
        self._add_waiting()
        self._found = (choice, boxes)
        self._show_go("Add as another account" if choice.instead_of else "Connect")
        self.refit()
        (next(iter(boxes.values())) if len(boxes) > 1 else self.cancel).setFocus(Qt.FocusReason.OtherFocusReason)

    async def _keep_chosen(self, choice: AccountChoice, boxes: dict[str, QCheckBox]) -> None:
        wanted = tuple(remote_id for remote_id, box in boxes.items() if box.isChecked())
        await self._tell_connected(await self.desk.bridge.call(self.desk.services.accounts.choose, choice, wanted))

    # What came of it

    def _failed(self, sentence: str) -> None:
        if isinstance(self._pending, BrowserSignIn):
            self.browser.rest()  # what the browser ended on may still be pasted
        else:
            self._pending = None
        self.device.stop()
        if self._found is None:
            self._asking.show()
        self.go.setEnabled(True)
        self._say(sentence)
        QTimer.singleShot(0, self.verdict, lambda: self._area.ensureWidgetVisible(self.verdict))

    def _say(self, sentence: str, look: str = "bad") -> None:
        relook(self.verdict, look)
        self.verdict.setText(sentence)
        self.verdict.setVisible(bool(sentence))
        self.refit()

    def _stop_waiting(self) -> None:
        pending, self._pending = self._pending, None
        self._tasks.cancel("sign in")
        self._tasks.cancel("test")
        self.browser.hide()
        self.device.stop()
        if pending is None:
            return
        services = self.desk.services
        service = services.device_sign_in if isinstance(pending, DeviceSignIn) else services.browser_sign_in

        async def stop() -> None:
            await self.desk.bridge.call(service.cancel, pending)

        Tasks(self._host).start("stop sign in", stop())

    def close_sheet(self) -> None:
        self._stop_waiting()
        super().close_sheet()


def _asks_which(choice: AccountChoice) -> str:
    names = ", ".join(name for _, name in choice.found)
    if not choice.instead_of:
        return "This sign-in opens several accounts. Which of them do you want here?"
    return (
        f"You signed in as {names}, not as {choice.instead_of}, which stays as it was. "
        f"Sign out at the network and start again, or add {names} as another account."
    )
