"""Pictures of cards: asked for when they are painted, decoded off the GUI thread, kept within a budget."""

import logging
from collections import OrderedDict
from typing import NamedTuple

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QRectF, QRunnable, QSize, Qt, QThreadPool, Signal
from PySide6.QtGui import QImage, QImageReader, QPainter, QPainterPath, QPixmap

from socialdesk.core.errors import SocialDeskError
from socialdesk.ui.bridge import Bridge
from socialdesk.ui.tasks import Tasks

log = logging.getLogger(__name__)
_AT_ONCE = 6
_KEPT_BYTES = 32_000_000
_WAITING = 300  # wishes kept; older ones have scrolled away and are asked for again when painted


class Wanted(NamedTuple):
    """A picture at a size in device-independent pixels, cropped to fill, with round corners."""

    url: str
    width: int
    height: int
    radius: int = 0
    scale: float = 1.0
    left_only: bool = False  # only the left corners are round


def decode(data: bytes, wanted: Wanted) -> QImage:
    """`data` scaled and cropped to `wanted`. A null image when the bytes are no picture. Any thread."""
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    target = QSize(max(1, round(wanted.width * wanted.scale)), max(1, round(wanted.height * wanted.scale)))
    original = reader.size()
    if original.isValid() and not original.isEmpty():
        reader.setScaledSize(original.scaled(target, Qt.AspectRatioMode.KeepAspectRatioByExpanding))
    image = reader.read()
    if image.isNull():
        return image
    fitted = QImage(target, QImage.Format.Format_ARGB32_Premultiplied)
    fitted.fill(Qt.GlobalColor.transparent)
    painter = QPainter(fitted)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    if wanted.radius:
        path = QPainterPath()
        radius = wanted.radius * wanted.scale
        box = QRectF(fitted.rect())
        path.addRoundedRect(box.adjusted(0, 0, radius, 0) if wanted.left_only else box, radius, radius)
        painter.setClipPath(path)
    scaled = image.size().scaled(target, Qt.AspectRatioMode.KeepAspectRatioByExpanding)
    left, top = (target.width() - scaled.width()) / 2, (target.height() - scaled.height()) / 2
    painter.drawImage(QRectF(left, top, scaled.width(), scaled.height()), image)
    painter.end()
    fitted.setDevicePixelRatio(wanted.scale)
    return fitted


class _Decoded(QObject):
    done = Signal(object, QImage)


class _Decode(QRunnable):
    def __init__(self, data: bytes, wanted: Wanted, decoded: _Decoded) -> None:
        super().__init__()
        self._data, self._wanted, self._decoded = data, wanted, decoded

    def run(self) -> None:
        self._decoded.done.emit(self._wanted, decode(self._data, self._wanted))


class Pictures(QObject):
    """`get` never waits; `ready` says that `get` of a `Wanted` has something now. One for the whole window."""

    ready = Signal(object)

    def __init__(self, bridge: Bridge, services: object, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._services = services
        self._tasks = Tasks(self)
        self._kept: OrderedDict[Wanted, QPixmap] = OrderedDict()
        self._bytes = 0
        self._waiting: OrderedDict[Wanted, None] = OrderedDict()
        self._loading: set[Wanted] = set()
        self._failed: set[str] = set()
        self._closed = False
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._decoded = _Decoded()
        self._decoded.done.connect(self._keep, Qt.ConnectionType.QueuedConnection)

    def get(self, wanted: Wanted) -> QPixmap | None:
        """The picture if it is here; else None, and it is fetched."""
        if not wanted.url:
            return None
        found = self._kept.get(wanted)
        if found is not None:
            self._kept.move_to_end(wanted)
            return found
        if wanted.url not in self._failed and wanted not in self._loading:
            self._waiting[wanted] = None
            self._waiting.move_to_end(wanted)
            if len(self._waiting) > _WAITING:
                self._waiting.popitem(last=False)
            self._start_some()
        return None

    @property
    def busy(self) -> bool:
        """Whether pictures that somebody looks at are still on their way."""
        return bool(self._loading or self._waiting)

    def forget_failures(self) -> None:
        """Lets every address be tried again, after the connection came back."""
        self._failed.clear()

    async def close(self) -> None:
        self._closed = True
        self._waiting.clear()
        await self._tasks.close()
        self._pool.waitForDone()

    def _start_some(self) -> None:
        while self._waiting and len(self._loading) < _AT_ONCE and not self._closed:
            wanted, _ = self._waiting.popitem(last=True)
            self._loading.add(wanted)
            self._tasks.start(f"picture {wanted}", self._load(wanted))

    async def _load(self, wanted: Wanted) -> None:
        data: bytes | None = None
        try:
            data = await self._bridge.call(self._services.images.get, wanted.url)  # type: ignore[attr-defined]
        except SocialDeskError as error:
            log.info("no picture: %s", error)
        finally:
            if data is None:
                self._loading.discard(wanted)
        if data is None:
            self._failed.add(wanted.url)
            self._start_some()
            return
        self._pool.start(_Decode(data, wanted, self._decoded))

    def _keep(self, wanted: Wanted, image: QImage) -> None:
        self._loading.discard(wanted)
        if image.isNull():
            self._failed.add(wanted.url)
        else:
            self._kept[wanted] = QPixmap.fromImage(image)
            self._bytes += image.sizeInBytes()
            while self._bytes > _KEPT_BYTES and len(self._kept) > 1:
                _, dropped = self._kept.popitem(last=False)
                self._bytes -= dropped.width() * dropped.height() * 4
            self.ready.emit(wanted)
        self._start_some()
