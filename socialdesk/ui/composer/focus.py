"""The point of a picture that stays in sight where a network crops it: a ring on the picture, set by click or keys."""

import asyncio
import logging

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from socialdesk.core.post import Picture
from socialdesk.ui.desk import Desk
from socialdesk.ui.pictures import Wanted, decode
from socialdesk.ui.tasks import Tasks

MOST = QSize(388, 190)
RADIUS = 8
_STEP, _LEAP = 0.05, 0.25
_RING = 9
log = logging.getLogger(__name__)


class FocusPicker(QWidget):
    """`moved` carries the point as in `Picture.focus`, None for the middle."""

    moved = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = Tasks(self, self._cannot_show)
        self._pixmap: QPixmap | None = None
        self._blob = ""
        self._focus: tuple[float, float] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setToolTip("Click what has to stay in sight where a network crops the picture")
        self.hide()

    @property
    def focus(self) -> tuple[float, float] | None:
        return self._focus

    def show_picture(self, picture: Picture) -> None:
        size = QSize(max(1, picture.width), max(1, picture.height)).scaled(MOST, Qt.AspectRatioMode.KeepAspectRatio)
        self.setFixedSize(size.expandedTo(QSize(40, 40)))
        if picture.blob != self._blob:
            self._blob, self._pixmap = picture.blob, None
            self._tasks.start("picture", self._load(picture.blob))
        self._focus = picture.focus
        self._name_point()
        self.show()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._point_at(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._point_at(event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _LEAP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else _STEP
        moves = {
            Qt.Key.Key_Left: (-step, 0.0),
            Qt.Key.Key_Right: (step, 0.0),
            Qt.Key.Key_Up: (0.0, step),
            Qt.Key.Key_Down: (0.0, -step),
        }
        move = moves.get(Qt.Key(event.key()))
        if move is not None:
            x, y = self._focus or (0.0, 0.0)
            self._put(x + move[0], y + move[1])
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Home):
            self._focus = None
            self._tell()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = self._desk.theme.colour
        if self._pixmap is not None:
            painter.drawPixmap(0, 0, self._pixmap)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("hover"))
            painter.drawRoundedRect(QRectF(self.rect()), RADIUS, RADIUS)
        x, y = self._focus or (0.0, 0.0)
        middle = QPointF((x + 1) / 2 * self.width(), (1 - y) / 2 * self.height())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (QPen(QColor(0, 0, 0, 170), 4), QPen(QColor("#ffffff"), 2)):  # seen on any picture
            painter.setPen(pen)
            painter.drawEllipse(middle, _RING, _RING)
        if self.hasFocus():
            painter.setPen(QPen(colour("accent"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS, RADIUS)

    def _point_at(self, place: QPointF) -> None:
        self._put(place.x() / self.width() * 2 - 1, 1 - place.y() / self.height() * 2)

    def _put(self, x: float, y: float) -> None:
        self._focus = round(max(-1.0, min(x, 1.0)), 2), round(max(-1.0, min(y, 1.0)), 2)
        self._tell()

    def _tell(self) -> None:
        self._name_point()
        self.update()
        self.moved.emit(self._focus)

    def _name_point(self) -> None:
        self.setAccessibleName(f"Point that stays in sight: {_place(self._focus)}")

    async def _load(self, blob: str) -> None:
        wanted = Wanted(blob, self.width(), self.height(), RADIUS, self.devicePixelRatioF())
        data = await self._desk.bridge.call(self._desk.services.composing.picture, blob)
        image = await asyncio.to_thread(decode, data, wanted)
        if blob == self._blob and not image.isNull():
            self._pixmap = QPixmap.fromImage(image)
            self.update()

    def _cannot_show(self, sentence: str) -> None:
        log.info("a picture cannot be shown: %s", sentence)


def _place(focus: tuple[float, float] | None) -> str:
    """Upper left, middle: in words, for those who hear it."""
    if focus is None:
        return "middle"
    x, y = focus
    down = "upper" if y > 1 / 3 else "lower" if y < -1 / 3 else ""
    side = "left" if x < -1 / 3 else "right" if x > 1 / 3 else ""
    return f"{down} {side}".strip() or "middle"
