"""The preview of the link card under the text."""

import asyncio

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from socialdesk.core.errors import SocialDeskError
from socialdesk.ui.composer.card_words import CardFace, Drop
from socialdesk.ui.controls import Box, Elided, IconButton, button, label
from socialdesk.ui.desk import Desk
from socialdesk.ui.pictures import Wanted, decode
from socialdesk.ui.tasks import Tasks

_RADIUS = 12
_BAND_HEIGHT = 112
_KEPT_WIDTH, _KEPT_HEIGHT = 640, 336  # the shape that sites make their pictures in, 1.91 to 1
_TURN_MS = 60
_TURN = 30  # degrees


class Spinner(QWidget):
    """A turning arc; it stands still where the system asks for less motion."""

    def __init__(self, desk: Desk, size: int = 14) -> None:
        super().__init__()
        self._desk = desk
        self._angle = 0
        self.setFixedSize(size, size)
        self._turning = QTimer(self)
        self._turning.setInterval(_TURN_MS)
        self._turning.timeout.connect(self._turn)

    def showEvent(self, _event: QShowEvent) -> None:
        if self._desk.theme.motion:
            self._turning.start()

    def hideEvent(self, _event: QHideEvent) -> None:
        self._turning.stop()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._desk.theme.colour("muted"), 2))
        painter.drawArc(QRectF(self.rect()).adjusted(1, 1, -1, -1), -self._angle * 16, 270 * 16)

    def _turn(self) -> None:
        self._angle = (self._angle + _TURN) % 360
        self.update()


class Band(QWidget):
    """The picture, cropped to the width of the card; its upper corners are the card's."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._pixmap: QPixmap | None = None
        self.setFixedHeight(_BAND_HEIGHT)
        desk.theme.changed.connect(self.update)

    def show_pixmap(self, pixmap: QPixmap | None) -> None:
        self._pixmap = pixmap
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        box = QRectF(self.rect())
        path = QPainterPath()
        path.addRoundedRect(box.adjusted(0, 0, 0, _RADIUS), _RADIUS - 1, _RADIUS - 1)
        painter.setClipPath(path)
        painter.fillRect(box, self._desk.theme.colour("selected"))
        if self._pixmap is not None:
            size = self._pixmap.deviceIndependentSize()
            filled = size.scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
            place = QRectF((box.width() - filled.width()) / 2, (box.height() - filled.height()) / 2, 0, 0)
            place.setSize(filled)
            painter.drawPixmap(place, self._pixmap, QRectF(self._pixmap.rect()))


class CardPreview(Box):
    """The card that the posts will show. `dropped` without a card, `unlinked` without the link, `put_back` with a card.

    `again` asks for another look at the page.
    """

    dropped = Signal()
    unlinked = Signal()
    put_back = Signal()
    again = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, fill="", edge="line", radius=_RADIUS)
        self.face: CardFace | None = None
        self._blob = ""
        self._tasks = Tasks(self, desk.actions.tell)
        self._band = Band(desk)
        self._spinner = Spinner(desk)
        self._site = Elided("", "muted")
        self.drop = IconButton(desk, "x", Drop.CARD.value, self._dropped, size=14)
        self._title = label("", weight=600, wrap=True)
        self._description = label("", "second", size=12.5, wrap=True)
        self._note = label("", "muted", size=12.5, wrap=True)
        self._who = Elided("", "muted", size=12)
        self._foot = QWidget()
        self._again = button(desk, "Look again", "ghost", self.again.emit)
        self._put_back = button(desk, "Put it back", "ghost", self.put_back.emit)
        self.column.setContentsMargins(1, 1, 1, 1)
        self.column.addWidget(self._band)
        self.column.addWidget(self._words())
        self.hide()

    def _words(self) -> QWidget:
        head, made = QHBoxLayout(), QWidget()
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(0, 3, 0, 0)
        head.setSpacing(8)
        self._site.setMinimumHeight(self.drop.height())  # the words stay where they are when the x goes
        head.addWidget(self._spinner)
        head.addWidget(self._site, 1)
        head.addWidget(self.drop)
        foot.setSpacing(4)
        foot.addWidget(self._who, 1)
        for each in (self._again, self._put_back):
            each.setStyleSheet("min-height: 16px; padding: 1px 4px;")
            foot.addWidget(each)
        column = QVBoxLayout(made)
        column.setContentsMargins(12, 4, 6, 8)
        column.setSpacing(3)
        column.addLayout(head)
        for widget in (self._title, self._description, self._note):
            column.addWidget(widget)
        column.addWidget(self._foot)
        return made

    def show_face(self, face: CardFace | None) -> None:
        """Shows the card as it is known now, nothing where there is none."""
        if face == self.face:
            return
        self.face = face
        if face is not None:
            self._fill(face)
        self.setVisible(face is not None)

    def _fill(self, face: CardFace) -> None:
        self.setAccessibleName(face.spoken)
        self._site.setText(face.site)
        self._who.setText(face.who)
        for line, text in ((self._title, face.title), (self._description, face.description), (self._note, face.note)):
            line.setText(text)
            line.setVisible(bool(text))
        self._spinner.setVisible(face.looking)
        self._foot.setVisible(bool(face.who) or face.again or face.put_back)
        had_keyboard = any(each.hasFocus() for each in (self.drop, self._again, self._put_back))
        if face.drop is not Drop.NOTHING:
            self.drop.set_icon("x", face.drop.value)
        shown = {self.drop: face.drop is not Drop.NOTHING, self._again: face.again, self._put_back: face.put_back}
        for each, is_shown in shown.items():
            each.setVisible(is_shown)
        if had_keyboard:  # whoever pressed what is gone now finds its opposite under the same key
            left = next((each for each in (self._put_back, self._again, self.drop) if shown[each]), None)
            if left is not None:
                left.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_picture(face.blob)

    def _show_picture(self, blob: str) -> None:
        self._band.setVisible(bool(blob))
        if blob != self._blob:
            self._blob = blob
            self._band.show_pixmap(None)
            self._tasks.cancel("picture")
            if blob:
                self._tasks.start("picture", self._load(blob))

    async def _load(self, blob: str) -> None:
        try:
            data = await self._desk.bridge.call(self._desk.services.composing.picture, blob)
        except SocialDeskError:
            self._band.hide()
            return
        wanted = Wanted(blob, _KEPT_WIDTH, _KEPT_HEIGHT, 0, self.devicePixelRatioF())
        image = await asyncio.to_thread(decode, data, wanted)
        if image.isNull():
            self._band.hide()
        else:
            self._band.show_pixmap(QPixmap.fromImage(image))

    def _dropped(self) -> None:
        if self.face is not None:
            (self.unlinked if self.face.drop is Drop.LINK else self.dropped).emit()

    def sizeHint(self) -> QSize:
        return QSize(0, super().sizeHint().height())
