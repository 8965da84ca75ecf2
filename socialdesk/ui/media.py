"""A picture of a post at full size over the desk, with its description."""

import asyncio

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from socialdesk.core.entry import Media
from socialdesk.ui.desk import Desk
from socialdesk.ui.tasks import Tasks

_EDGE, _WORDS = 40, 72


class MediaView(QWidget):
    """Left and right walk through the pictures, Esc or a press goes back."""

    closed = Signal()

    def __init__(self, desk: Desk, host: QWidget, media: tuple[Media, ...], index: int) -> None:
        super().__init__(host)
        self._desk, self._media = desk, media
        self._index = max(0, min(index, len(media) - 1))
        self._image = QImage()
        self._before = QApplication.focusWidget()
        self._tasks = Tasks(self, desk.actions.tell)
        self.setObjectName("media")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setGeometry(host.rect())
        self._load()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def _load(self) -> None:
        media = self._media[self._index]
        self._image = QImage()
        self.setAccessibleName(f"Picture {self._index + 1} of {len(self._media)}: {media.alt or 'no description'}")
        self.update()
        self._tasks.start("picture", self._fetch(media.url or media.preview_url))

    async def _fetch(self, url: str) -> None:
        data = await self._desk.bridge.call(self._desk.services.images.get, url)
        image = await asyncio.to_thread(QImage.fromData, data or b"")
        if url in (self._media[self._index].url, self._media[self._index].preview_url):
            self._image = image
            self.update()

    def step(self, by: int) -> None:
        self._index = (self._index + by) % len(self._media)
        self._load()

    def close_media(self) -> None:
        self.hide()
        self.closed.emit()
        self.deleteLater()
        try:
            if self._before is not None:
                self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        except RuntimeError:  # the widget that had the focus is gone
            self._before = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Space: 1}
        key = Qt.Key(event.key())
        if key in steps:
            self.step(steps[key])
        elif key in (Qt.Key.Key_Escape, Qt.Key.Key_Backspace, Qt.Key.Key_Return):
            self.close_media()

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.close_media()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), QColor(0, 0, 0, 225))
        room = self.rect().adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE - _WORDS)
        if not self._image.isNull():
            size = self._image.size()
            if size.width() > room.width() or size.height() > room.height():
                size = size.scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
            left = room.center().x() - size.width() / 2
            top = room.center().y() - size.height() / 2
            painter.drawImage(QRectF(left, top, size.width(), size.height()), self._image)
        painter.setPen(QColor("#ffffff"))
        painter.setFont(self._desk.theme.font(13))
        words = self.rect().adjusted(_EDGE, self.height() - _WORDS - 12, -_EDGE, -12)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(words, flags, self._media[self._index].alt or "No description")
