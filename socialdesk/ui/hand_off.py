"""The steps of posting by hand, inside a row of the outbox: the page there, then the words and pictures to paste."""

import asyncio
from collections.abc import Callable

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from socialdesk.core.errors import InputError
from socialdesk.core.post import Delivery, HandOff, Picture
from socialdesk.ui.controls import button, label
from socialdesk.ui.desk import Desk
from socialdesk.ui.flow import Flow
from socialdesk.ui.tasks import Tasks


class HandOffSteps(QWidget):
    """`title` is the place, `name` the row's: the buttons are told apart by it."""

    def __init__(self, desk: Desk, title: str, name: str) -> None:
        super().__init__()
        self._desk, self._title, self._name = desk, title, name
        self._tasks = Tasks(self, desk.actions.tell)
        self._delivery: Delivery | None = None
        self.shown: HandOff | None = None
        self._next = 0  # the picture that the next press copies
        self._said = label("", "muted", size=12, wrap=True)
        self._said.hide()
        self._buttons = QWidget()
        self._flow = Flow(self._buttons, 4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 2)
        column.setSpacing(4)
        column.addWidget(self._said)
        column.addWidget(self._buttons)

    def show_delivery(self, delivery: Delivery) -> None:
        """The steps of its next part; another part, or another address to carry, is asked for anew."""
        self._delivery = delivery
        self._tasks.start("show", self._load(delivery.id))

    async def _load(self, delivery_id: int) -> None:
        try:
            shown: HandOff = await self._desk.bridge.call(self._desk.services.handing_off.show, delivery_id)
        except InputError:
            return  # answered meanwhile: the row is about to say so
        if shown != self.shown:
            self.shown, self._next = shown, 0
            self._build(shown)

    def _build(self, shown: HandOff) -> None:
        while self._flow.count():
            item = self._flow.takeAt(0)
            old = item.widget() if item is not None else None
            if old is not None:
                old.hide()
                old.deleteLater()
        said = shown.rendition
        if shown.url:
            self._add(f"Open {self._title}", lambda: self._desk.actions.open_browser.emit(shown.url), "plain")
        if said.title:
            self._add("Copy title", lambda: self._copy_text(said.title))
        if said.text:
            self._add("Copy text", lambda: self._copy_text(said.text, said.html))
        self._picture = self._add(self._picture_word(), self._copy_picture) if said.pictures else None
        self._alt = self._add("Copy description", self._copy_alt) if any(p.alt for p in said.pictures) else None
        if self._alt is not None:
            self._alt.hide()
        self._said.setText("The page opens with your words in it." if shown.prefilled else "")
        self._said.setVisible(shown.prefilled)

    def _add(self, word: str, pressed: Callable[[], object], look: str = "ghost") -> QPushButton:
        made = button(self._desk, word, look, pressed)
        made.setAccessibleName(f"{word}: {self._name}")
        self._flow.addWidget(made)
        made.show()
        return made

    @property
    def _pictures(self) -> tuple[Picture, ...]:
        return self.shown.rendition.pictures if self.shown is not None else ()

    def _picture_word(self) -> str:
        return f"Copy picture {self._next + 1} of {len(self._pictures)}"

    def _copy_text(self, text: str, html: str = "") -> None:
        """With its formatting where there is some: the editor there takes what it knows."""
        data = QMimeData()
        data.setText(text)
        if html:
            data.setHtml(html)
        QGuiApplication.clipboard().setMimeData(data)
        self._desk.actions.tell("Copied. Paste it there.")

    def _copy_picture(self) -> None:
        self._tasks.start("picture", self._put_picture(self._next))

    async def _put_picture(self, index: int) -> None:
        if self._delivery is None:
            return
        get = self._desk.services.handing_off.picture
        data = await self._desk.bridge.call(get, self._delivery.id, index)
        image = await asyncio.to_thread(QImage.fromData, data)
        if image.isNull():
            self._desk.actions.tell("This picture cannot be copied. Add it there from its file.")
            return
        QGuiApplication.clipboard().setImage(image)
        count = len(self._pictures)
        self._desk.actions.tell(f"Picture {index + 1} of {count} copied. Paste it there.")
        self._next = (index + 1) % count
        if self._picture is not None:
            self._picture.setText(self._picture_word())
            self._picture.setAccessibleName(f"{self._picture_word()}: {self._name}")
        if self._alt is not None:
            self._alt.setVisible(bool(self._pictures[index].alt))
            self._alt.setText(f"Copy description {index + 1}")
            self._alt.setAccessibleName(f"{self._alt.text()}: {self._name}")
        self._flow.invalidate()

    def _copy_alt(self) -> None:
        self._copy_text(self._pictures[(self._next - 1) % len(self._pictures)].alt)
