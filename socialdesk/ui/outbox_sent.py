"""What can be done with a post that is out, inside its row of the outbox: its numbers, new words, deleting it."""

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from socialdesk.core.measures import Measure
from socialdesk.core.post import Delivery
from socialdesk.ui import words
from socialdesk.ui.controls import PickBox, button, label
from socialdesk.ui.desk import Desk
from socialdesk.ui.tasks import Tasks

_HEIGHT = 92


class SentBox(QWidget):
    """Asks the services itself; a failure is a sentence in the row. `title` is the network, `name` the row's."""

    def __init__(self, desk: Desk, title: str, name: str) -> None:
        super().__init__()
        self._desk, self._title, self._name = desk, title, name
        self._tasks = Tasks(self, self._say)
        self._delivery: Delivery | None = None
        self._texts: tuple[str, ...] = ()
        self._offered: Callable[[], None] | None = None
        self.said = label("", "second", size=12.5, wrap=True)
        self.part = PickBox(f"Which part: {name}")
        self.part.currentIndexChanged.connect(self._show_part)
        self.text = QPlainTextEdit()
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(_HEIGHT)
        self.text.setAccessibleName(f"New words: {name}")
        self.done = self._button("", "plain", self._do)
        self.keep = self._button("Leave it as it is", "ghost", self.put_away)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(0, 0, 0, 0)
        for widget in (self.done, self.keep):
            buttons.addWidget(widget)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(6)
        for line in (self.said, self.part, self.text):
            column.addWidget(line)
        column.addLayout(buttons)
        self.hide()

    def show_numbers(self, delivery: Delivery) -> None:
        self._open(delivery, "Asking…", asks=False)
        self._tasks.start("numbers", self._load_numbers(delivery))

    def ask_change(self, delivery: Delivery, texts: tuple[str, ...]) -> None:
        """`texts` are the words of each part that is out, as they are read there."""
        self._texts = texts
        self._open(
            delivery, f"New words at {self._title}. Its pictures stay; {self._title} may show that it was edited."
        )
        self.part.clear()
        for number in range(len(texts)):
            self.part.addItem(f"Part {number + 1} of {len(texts)}")
        self.part.setVisible(len(texts) > 1)
        self._show_part()
        self.text.show()
        self._offer("Change it", lambda: self._start("change", self._change(delivery)))
        self.text.setFocus(Qt.FocusReason.OtherFocusReason)

    def ask_delete(self, delivery: Delivery) -> None:
        posts = "these posts" if len(delivery.parts) > 1 else "this post"
        self._open(delivery, f"Delete {posts} at {self._title}? What was answered and counted there goes too.")
        self._offer("Delete it there", lambda: self._start("delete", self._delete(delivery)))
        self.keep.setFocus(Qt.FocusReason.OtherFocusReason)

    def put_away(self) -> None:
        self._tasks.cancel("numbers")
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.put_away()
        else:
            super().keyPressEvent(event)

    def _button(self, word: str, look: str, pressed: Callable[[], object]) -> QPushButton:
        made = button(self._desk, word, look, pressed)
        made.setAccessibleName(f"{word}: {self._name}")
        return made

    def _open(self, delivery: Delivery, said: str, *, asks: bool = True) -> None:
        self._delivery = delivery
        self._say(said)
        self.part.hide()
        self.text.hide()
        self.done.setVisible(asks)
        self.keep.setText("Leave it as it is" if asks else "Close")
        self.keep.setAccessibleName(f"{self.keep.text()}: {self._name}")
        self.show()

    def _offer(self, word: str, begin: Callable[[], None]) -> None:
        self.done.setText(word)
        self.done.setAccessibleName(f"{word}: {self._name}")
        self._offered = begin

    def _do(self) -> None:
        if self._offered is not None:
            self._offered()

    def _show_part(self) -> None:
        if 0 <= self.part.currentIndex() < len(self._texts):
            self.text.setPlainText(self._texts[self.part.currentIndex()])

    def _say(self, sentence: str) -> None:
        self.said.setText(sentence)
        self.said.setVisible(bool(sentence))

    def _start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        if self._tasks.busy(name):
            work.close()
        else:
            self._tasks.start(name, work)

    async def _load_numbers(self, delivery: Delivery) -> None:
        call, publishing = self._desk.bridge.call, self._desk.services.publishing
        found: tuple[Measure, ...] = await call(publishing.numbers, delivery.id)
        told = [f"{words.short_count(measure.value)}  {measure.title}" for measure in found]
        first = ["Of the first post:"] if len(delivery.parts) > 1 and told else []
        self._say("\n".join((*first, *told)) or f"{self._title} has no numbers for it yet.")

    async def _change(self, delivery: Delivery) -> None:
        publishing = self._desk.services.publishing
        part = max(0, self.part.currentIndex())
        await self._desk.bridge.call(publishing.change_post, delivery.id, self.text.toPlainText(), part)
        self.hide()
        self._desk.actions.tell(f"Changed at {self._title}.")

    async def _delete(self, delivery: Delivery) -> None:
        await self._desk.bridge.call(self._desk.services.publishing.delete_post, delivery.id)
        self.hide()
        self._desk.actions.tell(f"Deleted at {self._title}.")
