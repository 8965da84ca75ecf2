"""A thin scroll bar over the right edge of a list; it takes no room, so that widths stay what they are."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractScrollArea, QScrollBar

_WIDE = 10


class OverlayBar(QScrollBar):
    """Follows the hidden bar of `area`, and moves it."""

    def __init__(self, area: QAbstractScrollArea) -> None:
        super().__init__(Qt.Orientation.Vertical, area)
        self._area = area
        self._source = area.verticalScrollBar()
        self._source.rangeChanged.connect(self._range)
        self._source.valueChanged.connect(self.setValue)
        self.valueChanged.connect(self._source.setValue)
        self.setAccessibleName("Scroll bar")
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.hide()
        area.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._area:
            if event.type() == QEvent.Type.Resize:
                self.setGeometry(self._area.width() - _WIDE, 2, _WIDE, self._area.height() - 16)
            elif event.type() == QEvent.Type.Enter:
                self.setVisible(self.maximum() > 0)
            elif event.type() == QEvent.Type.Leave:
                self.hide()
        return False

    def _range(self, low: int, high: int) -> None:
        self.setPageStep(self._source.pageStep())
        self.setSingleStep(self._source.singleStep())
        self.setRange(low, high)
        self.setValue(self._source.value())
