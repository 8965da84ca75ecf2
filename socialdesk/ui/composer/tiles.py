"""Pictures, the video and the document of a draft, as tiles with their ALT mark."""

import asyncio

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMenu, QWidget

from socialdesk.core.media_checks import kind_of, length, megabytes
from socialdesk.core.post import Picture
from socialdesk.ui.desk import Desk
from socialdesk.ui.pictures import Wanted, decode
from socialdesk.ui.tasks import Tasks

WIDTH, HEIGHT, RADIUS = 76, 58, 8


class Tile(QAbstractButton):
    """One picture, the video with its length, or the document with its size. Pressing it asks for its words."""

    remove = Signal()
    earlier = Signal()
    later = Signal()

    def __init__(self, desk: Desk, picture: Picture, place: int) -> None:
        super().__init__()
        self._desk = desk
        self.blob = picture.blob
        self._length = length(picture.seconds) if picture.is_video else ""
        self._paper = picture if picture.is_document else None
        self._pixmap: QPixmap | None = None
        self._has_alt = False
        self.setFixedSize(WIDTH, HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)
        self.show_picture(picture, place)

    def show_picture(self, picture: Picture, place: int) -> None:
        self._has_alt = bool(picture.alt.strip())
        if picture.is_document:
            self._show_document(picture)
            return
        said = f"described as {picture.alt}" if self._has_alt else "no description yet"
        what = f"Video of {self._length}" if picture.is_video else f"Picture {place + 1}"
        self.setAccessibleName(f"{what}, {said}")
        self.setToolTip(picture.alt or f"Describe this {'video' if picture.is_video else 'picture'}")
        self.update()

    def _show_document(self, document: Picture) -> None:
        said = f"titled {document.alt}" if self._has_alt else "no title yet"
        pages = f"{document.pages:,} {'page' if document.pages == 1 else 'pages'}, " if document.pages else ""
        facts = f"{document.name or kind_of(document)}, {pages}{megabytes(document.size)}"
        self.setAccessibleName(f"Document {facts}, {said}")
        self.setToolTip(facts)
        self.update()

    def show_pixmap(self, pixmap: QPixmap) -> None:
        self._pixmap = pixmap
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        path = QPainterPath()
        path.addRoundedRect(box, RADIUS, RADIUS)
        colour = self._desk.theme.colour
        painter.fillPath(path, colour("hover"))
        if self._pixmap is not None:
            painter.drawPixmap(0, 0, self._pixmap)
        if self._length:
            self._paint_video(painter)
        if self._paper is not None:
            self._paint_document(painter, self._paper)
        else:
            self._paint_badge(painter, "ALT" if self._has_alt else "ALT?")
        if self.hasFocus():
            painter.setPen(QPen(colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), RADIUS, RADIUS)

    def _paint_badge(self, painter: QPainter, word: str) -> None:
        painter.setFont(self._desk.theme.font(9.5, 700))
        width = painter.fontMetrics().horizontalAdvance(word) + 10
        badge = QRectF(5, HEIGHT - 21, width, 16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 190) if self._has_alt else QColor("#f5b74a"))
        painter.drawRoundedRect(badge, 4, 4)
        painter.setPen(QColor("#ffffff") if self._has_alt else QColor("#2a1c00"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, word)

    def _paint_document(self, painter: QPainter, document: Picture) -> None:
        """Its kind, its file's name and its size; one without a title asks for it where the size would stand."""
        colour = self._desk.theme.colour
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        self._desk.icons.paint(painter, "file-text", 6, 5, 14, colour("second"))
        painter.setPen(colour("second"))
        painter.setFont(self._desk.theme.font(9.5, 700))
        painter.drawText(QRectF(23, 4, WIDTH - 28, 16), left, kind_of(document))
        painter.setFont(self._desk.theme.font(10.5, 500))
        stem = document.name.rpartition(".")[0] or document.name
        name = painter.fontMetrics().elidedText(stem, Qt.TextElideMode.ElideRight, WIDTH - 12)
        painter.drawText(QRectF(6, 20, WIDTH - 12, 16), left, name)
        if self._has_alt:
            painter.drawText(QRectF(6, HEIGHT - 21, WIDTH - 12, 16), left, megabytes(document.size))
        else:
            self._paint_badge(painter, "TITLE?")

    def _paint_video(self, painter: QPainter) -> None:
        colour = self._desk.theme.colour
        self._desk.icons.paint(painter, "play", (WIDTH - 20) / 2, 11, 20, colour("second"))
        painter.setFont(self._desk.theme.font(10.5, 600))
        painter.setPen(colour("second"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, HEIGHT - 21, WIDTH - 7, 16), right, self._length)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {Qt.Key.Key_Left: self.earlier, Qt.Key.Key_Right: self.later}
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove.emit()
        elif key in moves and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            moves[key].emit()
        else:
            super().keyPressEvent(event)

    def _menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Title" if self._paper is not None else "Describe").triggered.connect(self.click)
        menu.addAction("Move left").triggered.connect(self.earlier)
        menu.addAction("Move right").triggered.connect(self.later)
        menu.addAction("Remove").triggered.connect(self.remove)
        menu.popup(self.mapToGlobal(place))


class AddTile(QAbstractButton):
    """The dashed tile that adds a picture."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.setFixedSize(WIDTH, HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Add a picture")
        self.setToolTip("Add a picture")
        desk.theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = self._desk.theme.colour
        focus = self.hasFocus()
        pen = QPen(colour("accent" if focus else "strong_line"), 2 if focus else 1)
        pen.setStyle(Qt.PenStyle.SolidLine if focus else Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS, RADIUS)
        self._desk.icons.paint(painter, "image-plus", (WIDTH - 18) / 2, (HEIGHT - 18) / 2, 18, colour("muted"))


class Tiles(QWidget):
    """All pictures of a draft in a row. Positions, not pictures, travel in the signals."""

    describe = Signal(int)
    remove = Signal(int)
    moved = Signal(int, int)
    add = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = Tasks(self, desk.actions.tell)
        self._tiles: list[Tile] = []
        self.adder = AddTile(desk)
        self.adder.clicked.connect(self.add)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addWidget(self.adder)
        self._row.addStretch(1)

    def tile(self, index: int) -> Tile:
        return self._tiles[index]

    def show_pictures(self, pictures: tuple[Picture, ...]) -> None:
        if [tile.blob for tile in self._tiles] != [picture.blob for picture in pictures]:
            self._rebuild(pictures)
        for index, (tile, picture) in enumerate(zip(self._tiles, pictures, strict=True)):
            tile.show_picture(picture, index)
        self.setVisible(bool(pictures))
        self.adder.setVisible(len(pictures) < 4 and all(picture.is_image for picture in pictures))

    def _rebuild(self, pictures: tuple[Picture, ...]) -> None:
        """Tiles in the order of `pictures`; those that stay keep their pixmap and the focus."""
        old = {tile.blob: tile for tile in self._tiles}
        for tile in self._tiles:
            self._row.removeWidget(tile)
        self._tiles = [
            old.pop(picture.blob) if picture.blob in old else self._new(picture, i)
            for i, picture in enumerate(pictures)
        ]
        for tile in old.values():
            tile.hide()
            tile.deleteLater()
        for index, tile in enumerate(self._tiles):
            self._row.insertWidget(index, tile)

    def _new(self, picture: Picture, index: int) -> Tile:
        tile = Tile(self._desk, picture, index)
        tile.clicked.connect(lambda: self.describe.emit(self._tiles.index(tile)))
        tile.remove.connect(lambda: self.remove.emit(self._tiles.index(tile)))
        tile.earlier.connect(lambda: self.moved.emit(self._tiles.index(tile), self._tiles.index(tile) - 1))
        tile.later.connect(lambda: self.moved.emit(self._tiles.index(tile), self._tiles.index(tile) + 1))
        if picture.is_image:
            self._tasks.start(f"tile {picture.blob}", self._load(tile))
        return tile

    async def _load(self, tile: Tile) -> None:
        wanted = Wanted(tile.blob, WIDTH, HEIGHT, RADIUS, self.devicePixelRatioF())
        data = await self._desk.bridge.call(self._desk.services.composing.picture, tile.blob)
        image = await asyncio.to_thread(decode, data, wanted)
        if tile in self._tiles and not image.isNull():
            tile.show_pixmap(QPixmap.fromImage(image))
