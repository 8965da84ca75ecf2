"""Icons from SVG files, tinted at run time and sharp at every scale.

Names are those of the files: `heart` is Lucide's, `networks/mastodon` a network's.
"""

from collections import OrderedDict

from PySide6.QtCore import QByteArray, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from socialdesk.core.resources import resource_path
from socialdesk.ui.theme import Theme

_SCALES = (1.0, 1.5, 2.0)
_KEPT = 600  # pixmaps


class Icons:
    """Draws and caches icons. One for the whole window."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._sources: dict[str, bytes] = {}
        self._pixmaps: OrderedDict[tuple[str, int, int, float, bool], QPixmap] = OrderedDict()

    def pixmap(self, name: str, size: int, colour: QColor, scale: float = 1.0, *, filled: bool = False) -> QPixmap:
        """`name` at `size` device-independent pixels for a screen of `scale`. `filled` fills an outline icon."""
        key = (name, size, colour.rgba(), scale, filled)
        found = self._pixmaps.get(key)
        if found is None:
            found = self._render(name, size, colour, scale, filled=filled)
            self._pixmaps[key] = found
            if len(self._pixmaps) > _KEPT:
                self._pixmaps.popitem(last=False)
        else:
            self._pixmaps.move_to_end(key)
        return found

    def paint(
        self, painter: QPainter, name: str, x: float, y: float, size: int, colour: QColor, *, filled: bool = False
    ) -> None:
        """Draws `name` with its top left corner at (x, y), on whole device pixels."""
        scale = painter.device().devicePixelRatio()
        place = QPointF(round(x * scale) / scale, round(y * scale) / scale)
        painter.drawPixmap(place, self.pixmap(name, size, colour, scale, filled=filled))

    def icon(self, name: str, colour: str = "second", size: int = 18) -> QIcon:
        """A `QIcon` for menus and standard buttons; made anew when the theme changes."""
        icon = QIcon()
        for scale in _SCALES:
            icon.addPixmap(self.pixmap(name, size, self._theme.colour(colour), scale))
        return icon

    def exists(self, name: str) -> bool:
        return bool(self._source(name))

    def _render(self, name: str, size: int, colour: QColor, scale: float, *, filled: bool) -> QPixmap:
        pixels = max(1, round(size * scale))
        pixmap = QPixmap(QSize(pixels, pixels))
        pixmap.fill(Qt.GlobalColor.transparent)
        source = self._source(name) or self._source("circle-help")
        hexadecimal = colour.name().encode()
        if filled:
            source = source.replace(b'fill="none"', b'fill="currentColor"')
        if b"currentColor" in source:
            source = source.replace(b"currentColor", hexadecimal)
        else:
            source = source.replace(b"<svg ", b'<svg fill="' + hexadecimal + b'" ', 1)
        renderer = QSvgRenderer(QByteArray(source))
        painter = QPainter(pixmap)
        painter.setOpacity(colour.alphaF())
        renderer.render(painter, QRectF(0, 0, pixels, pixels))
        painter.end()
        pixmap.setDevicePixelRatio(scale)
        return pixmap

    def _source(self, name: str) -> bytes:
        if name not in self._sources:
            path = resource_path(f"icons/{name}.svg" if "/" in name else f"icons/lucide/{name}.svg")
            self._sources[name] = path.read_bytes() if path.is_file() else b""
        return self._sources[name]
