"""The outbox: a card per publication, a row per delivery with its state, its receipt and the fix that is possible."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from socialdesk.core.account import Account
from socialdesk.core.events import OutboxChanged
from socialdesk.core.network import NetworkFacts
from socialdesk.core.post import Delivery, DeliveryState, Publication
from socialdesk.ui import delivery_words
from socialdesk.ui.account_face import AccountFace
from socialdesk.ui.composer import letter
from socialdesk.ui.controls import Box, Cut, Elided, IconButton, Line, PanelBack, Pill, button, label, scrolled
from socialdesk.ui.desk import Desk
from socialdesk.ui.hand_off import HandOffSteps
from socialdesk.ui.outbox_address import AddressBox
from socialdesk.ui.outbox_sent import SentBox
from socialdesk.ui.tasks import Tasks

WIDTH = 560
_BATCH = 20
_INDENT = 44  # what stands below a face and its gap


class DeliveryRow(QWidget):
    """One account of a publication. `pressed` carries (delivery, action), `confirmed` (delivery, address)."""

    pressed = Signal(object, str)
    confirmed = Signal(object, str)

    def __init__(self, desk: Desk, account: Account, facts: NetworkFacts, name: str) -> None:
        super().__init__()
        self._desk, self._title, self._by_hand = desk, facts.title, facts.by_hand
        self.name = name
        self._delivery: Delivery | None = None
        self.pill = Pill(desk)
        self.box = AddressBox(desk, name)
        self.box.given.connect(lambda address: self.confirmed.emit(self._delivery, address))
        self.steps: HandOffSteps | None = None  # while the person has to post it by hand
        self.able: tuple[str, ...] = ()
        self._shown_able: tuple[str, ...] = ()
        self.sent = SentBox(desk, facts.title, name)
        self._make_words(name)
        self._buttons = QWidget()
        line = QHBoxLayout(self._buttons)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(2)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(14, 8, 14, 8)
        whole.setSpacing(0)
        self._row = row = QHBoxLayout()
        row.setSpacing(10)
        self._below = QVBoxLayout()
        self._below.setContentsMargins(_INDENT, 0, 0, 0)
        self._below.addWidget(self.box)
        self._below.addWidget(self.sent)
        whole.addLayout(row)
        whole.addLayout(self._below)
        row.addWidget(AccountFace(desk, account, facts, 30))
        row.addLayout(self._said, 1)
        row.addWidget(self._buttons)
        row.addWidget(self.pill)

    def _make_words(self, name: str) -> None:
        """Name, sentence or receipt, and the log's words."""
        self._sentence = label("", "muted", size=12, wrap=True)
        self._address = Elided(look="muted", size=12, cut=Cut.ElideMiddle)
        self._rest = label("", "muted", size=12)
        self._receipt = QWidget()
        receipt = QHBoxLayout(self._receipt)
        receipt.setContentsMargins(0, 0, 0, 0)
        receipt.setSpacing(0)
        receipt.addWidget(self._address, 1)
        receipt.addWidget(self._rest)
        self._detail = label("", "muted", size=12, wrap=True)
        self._detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._detail.hide()
        self._said = QVBoxLayout()
        self._said.setSpacing(1)
        for widget in (label(name, weight=600), self._sentence, self._receipt, self._detail):
            self._said.addWidget(widget)

    def show_delivery(self, delivery: Delivery) -> None:
        if (delivery, self.able) == (self._delivery, self._shown_able):
            return
        self._shown_able = self.able
        if delivery != self._delivery:
            self.sent.put_away()
        if self._delivery is not None and delivery.next_part != self._delivery.next_part:
            self.box.address.clear()
        self.box.hide()
        self._delivery = delivery
        standing = delivery_words.standing(
            delivery, self._title, self._desk.now(), by_hand=self._by_hand, able=self.able
        )
        self.pill.show_state(standing.pill, standing.tint)
        self._show_said(standing)
        self.setAccessibleName(f"{self.name}: {standing.pill}, {standing.sentence}")
        self._detail.setText(delivery.error_detail)
        line = self._buttons.layout()
        while line is not None and line.count():
            item = line.takeAt(0)
            old = item.widget() if item is not None else None
            if old is not None:
                old.hide()
                old.deleteLater()
        by_hand = delivery.state is DeliveryState.HAND_OFF
        self._show_steps(delivery if by_hand else None)
        crowded = len(standing.fixes) > 2
        for place in (self._said, self._row, self._below):
            place.removeWidget(self._buttons)
        if by_hand:
            self._below.insertWidget(1, self._buttons, 0, Qt.AlignmentFlag.AlignLeft)
        elif crowded:
            self._said.addWidget(self._buttons, 0, Qt.AlignmentFlag.AlignLeft)
        else:
            self._row.insertWidget(2, self._buttons)
        for fix in standing.fixes:
            self._add_button(fix.word, partial(self._press, fix.action))
        if delivery.error_detail and delivery.error:
            self._add_button("Details", self._toggle_detail)

    def _show_steps(self, delivery: Delivery | None) -> None:
        if delivery is None:
            if self.steps is not None:
                self.steps.hide()
            return
        if self.steps is None:
            self.steps = HandOffSteps(self._desk, self._title, self.name)
            self._below.insertWidget(0, self.steps)
        self.steps.show()
        self.steps.show_delivery(delivery)

    def _show_said(self, standing: delivery_words.Standing) -> None:
        address, rest = standing.receipt
        self._sentence.setText(standing.sentence)
        self._sentence.setVisible(not address)
        self._receipt.setVisible(bool(address))
        self._address.setText(address)
        self._address.ensurePolished()
        self._address.setMaximumWidth(self._address.fontMetrics().horizontalAdvance(address) + 2)
        self._rest.setText(rest)

    def _add_button(self, word: str, pressed: Callable[[], object]) -> None:
        made = button(self._desk, word, "quiet" if word == "Details" else "ghost", pressed)
        made.setAccessibleName(f"{word}: {self.name}")
        line = self._buttons.layout()
        if line is not None:
            line.addWidget(made)

    def _press(self, action: str) -> None:
        if action == "is_there" and self._delivery is not None:
            self.box.ask(delivery_words.asking(self._delivery, self._title))
        else:
            self.pressed.emit(self._delivery, action)

    def _toggle_detail(self) -> None:
        self._detail.setVisible(not self._detail.isVisibleTo(self))


class PublicationCard(Box):
    """One publication with all its rows."""

    pressed = Signal(object, object, str)
    confirmed = Signal(object, str)

    def __init__(
        self,
        desk: Desk,
        publication: Publication,
        names: Callable[[int], tuple[Account, NetworkFacts, str]],
        able: Callable[[int], tuple[str, ...]],
    ) -> None:
        super().__init__(desk, fill="panel", edge="line", radius=14)
        self.publication = publication
        self._able = able
        self.rows: dict[int, DeliveryRow] = {}
        title = delivery_words.heading(publication, letter.title_of(publication.draft))
        head = QVBoxLayout()
        head.setContentsMargins(14, 12, 14, 12)
        head.setSpacing(3)
        head.addWidget(label(title, weight=600, size=14, wrap=True))
        head.addWidget(label(delivery_words.subtitle(publication, desk.now()), "muted", size=12.5, wrap=True))
        self.column.addLayout(head)
        self.setAccessibleName(title)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        for delivery in publication.deliveries:
            account, facts, name = names(delivery.account_id)
            row = self.rows[delivery.id] = DeliveryRow(desk, account, facts, name)
            row.pressed.connect(lambda found, action: self.pressed.emit(self.publication, found, action))
            row.confirmed.connect(self.confirmed)
            self.column.addWidget(Line(desk))
            self.column.addWidget(row)
        self.show_publication(publication)

    def show_publication(self, publication: Publication) -> None:
        self.publication = publication
        for delivery in publication.deliveries:
            row = self.rows.get(delivery.id)
            if row is not None:
                row.able = delivery_words.able_with(publication, delivery, self._able(delivery.account_id))
                row.show_delivery(delivery)


class Outbox(PanelBack):
    """`edit` carries a draft that goes back into the composer; `closed` when the person is done here."""

    edit = Signal(object)
    closed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, edge="left")
        self.setAccessibleName("Outbox")
        self.setObjectName("outbox")
        self._tasks = Tasks(self, desk.actions.tell)
        self._cards: dict[int, PublicationCard] = {}
        self._accounts: dict[int, Account] = {}
        self._able: dict[int, tuple[str, ...]] = {}
        head = QHBoxLayout()
        head.setContentsMargins(18, 8, 12, 6)
        head.addWidget(label("Outbox", size=16, weight=600), 1)
        self._close = IconButton(desk, "x", "Close the outbox", self.closed.emit)
        head.addWidget(self._close)
        self._list = QWidget()
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(18, 4, 18, 18)
        self._column.setSpacing(12)
        self._empty = label("Nothing sent yet. What you post shows here with its receipts.", "muted", wrap=True)
        self._write = button(desk, "Write a post", "plain", desk.actions.compose.emit, icon="square-pen")
        self._more = button(desk, "Show older", "ghost", self._load_older)
        for widget in (self._empty, self._write, self._more):
            self._column.addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(scrolled(self._list, "Publications"), 1)
        desk.bridge.event.connect(self._news)
        self._more.hide()
        self._write.hide()
        self._empty.hide()
        self.reload()

    def reload(self) -> None:
        self._tasks.start("outbox", self._load())

    @property
    def cards(self) -> dict[int, PublicationCard]:
        """By publication id."""
        return self._cards

    def card(self, publication_id: int) -> PublicationCard:
        return self._cards[publication_id]

    def focus_first(self) -> None:
        self._close.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    async def _load(self) -> None:
        call, services = self._desk.bridge.call, self._desk.services
        self._accounts = {account.id: account for account in await call(services.accounts.list)}
        self._able = await call(services.publishing.able)
        found: tuple[Publication, ...] = await call(services.publishing.outbox, None, max(_BATCH, len(self._cards)))
        self._show(found, newest=True)

    def _load_older(self) -> None:
        self._tasks.start("older", self._older())

    async def _older(self) -> None:
        oldest = min(self._cards, default=None)
        found = await self._desk.bridge.call(self._desk.services.publishing.outbox, oldest, _BATCH)
        self._show(found, newest=False)

    def _show(self, publications: tuple[Publication, ...], *, newest: bool) -> None:
        """Cards that are here stay where they are; only what changed is written anew."""
        place = 0 if newest else len(self._cards)
        for publication in publications:
            card = self._cards.get(publication.id)
            if card is None:
                card = self._cards[publication.id] = PublicationCard(
                    self._desk, publication, self._names, self._able_with
                )
                card.pressed.connect(self._pressed)
                card.confirmed.connect(self._confirm)
                self._column.insertWidget(place, card)
            else:
                card.show_publication(publication)
            place += 1
        self._more.setVisible(len(publications) >= _BATCH)
        self._empty.setVisible(not self._cards)
        self._write.setVisible(not self._cards)

    def _able_with(self, account_id: int) -> tuple[str, ...]:
        return self._able.get(account_id, ())

    def _names(self, account_id: int) -> tuple[Account, NetworkFacts, str]:
        account = self._accounts.get(account_id)
        if account is None:
            return Account(account_id, "", "?", "", ""), NetworkFacts("", "Removed account", "", "", (), ()), "Removed"
        facts: NetworkFacts = self._desk.services.accounts.facts(account.network)
        return account, facts, account.name if facts.key and self._is_site(account) else facts.title

    def _is_site(self, account: Account) -> bool:
        """Two accounts of one network are told apart by their names."""
        return sum(1 for other in self._accounts.values() if other.network == account.network) > 1

    def _pressed(self, publication: Publication, delivery: Delivery, action: str) -> None:
        publishing, actions = self._desk.services.publishing, self._desk.actions
        asks: dict[str, Callable[..., Any]] = {
            "check_now": publishing.check_now,
            "retry": publishing.retry,
            "cancel": publishing.cancel,
            "is_not_there": publishing.mark_not_sent,
        }
        if action == "open":
            actions.open_browser.emit(delivery.permalink)
        elif action == "sign_in":
            actions.sign_in_again.emit(delivery.account_id)
        elif action in ("numbers", "change", "delete"):
            self._with_sent(publication, delivery, action)
        elif action == "edit":
            self._tasks.start("edit", self._edit_again(publication))
        elif action in asks:
            self._tasks.start(f"{action} {delivery.id}", self._ask(asks[action], delivery.id))

    def _with_sent(self, publication: Publication, delivery: Delivery, action: str) -> None:
        box = self._cards[publication.id].rows[delivery.id].sent
        if action == "numbers":
            box.show_numbers(delivery)
        elif action == "change":
            box.ask_change(delivery, delivery_words.texts_of(publication, delivery))
        else:
            box.ask_delete(delivery)

    def _confirm(self, delivery: Delivery, address: str) -> None:
        mark_sent = self._desk.services.publishing.mark_sent
        self._tasks.start(f"is_there {delivery.id}", self._ask(mark_sent, delivery.id, address))

    async def _ask(self, function: Callable[..., Any], *args: Any) -> None:
        await self._desk.bridge.call(function, *args)
        await self._load()

    async def _edit_again(self, publication: Publication) -> None:
        draft = await self._desk.bridge.call(self._desk.services.publishing.edit_again, publication.id)
        self.edit.emit(draft)
        await self._load()

    def _news(self, event: object) -> None:
        if isinstance(event, OutboxChanged):
            self.reload()
