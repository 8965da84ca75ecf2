"""The ground of every dialog: a card over the dimmed window. Tab stays inside, Esc steps back."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from socialdesk.ui.controls import Box, IconLabel, label, scrolled
from socialdesk.ui.desk import Desk
from socialdesk.ui.focus_order import stops

_DIM = 150
_EDGE = 22


class Sheet(QWidget):
    """Covers `host`. Subclasses fill `body` and `foot`. `closed` when it went, for whatever reason."""

    closed = Signal()

    def __init__(self, desk: Desk, host: QWidget, title: str, *, icon: str = "", tint: str = "text", width: int = 620):
        super().__init__(host)
        self.desk, self._host, self._width = desk, host, width
        self._before = QApplication.focusWidget()
        self.setObjectName("sheet")
        self.setAccessibleName(title)
        self.card = Box(desk, fill="panel", edge="strong_line", radius=16)
        self.card.setParent(self)
        self._head = QHBoxLayout()
        self._head.setSpacing(12)
        if icon:
            self._head.addWidget(IconLabel(desk, icon, tint, 22))
        self.title = label(title, size=18, weight=600)
        self._head.addWidget(self.title, 1)
        content = QWidget()
        self.body = QVBoxLayout(content)
        self.body.setContentsMargins(_EDGE, 4, _EDGE, 8)
        self.body.setSpacing(12)
        self._content = content
        self._area: QScrollArea = scrolled(content, title)
        self.foot = QHBoxLayout()
        self.foot.setSpacing(10)
        column = self.card.column
        column.setSpacing(10)
        for part, top, bottom in ((self._head, 20, 0), (None, 0, 0), (self.foot, 4, 20)):
            if part is None:
                column.addWidget(self._area, 1)
            else:
                part.setContentsMargins(_EDGE, top, _EDGE, bottom)
                column.addLayout(part)
        host.installEventFilter(self)
        content.installEventFilter(self)

    def open(self) -> None:
        """Shows the dialog over the whole window, the first control in focus."""
        self.refit()
        self.show()
        self.raise_()
        self.focus_first()

    def focus_first(self) -> None:
        """The first field to write in, else the first control."""
        stops = self._stops()
        fields = [stop for stop in stops if isinstance(stop, QLineEdit) and not stop.isReadOnly()]
        for stop in (*fields, *stops)[:1]:
            stop.setFocus(Qt.FocusReason.TabFocusReason)

    def close_sheet(self) -> None:
        """Goes away and gives the focus back."""
        self.hide()
        self._host.removeEventFilter(self)
        before = self._before
        self.closed.emit()
        self.deleteLater()
        try:
            if before is not None and before.isVisible():
                before.setFocus(Qt.FocusReason.OtherFocusReason)
        except RuntimeError:  # the widget that had the focus is gone
            self._host.setFocus(Qt.FocusReason.OtherFocusReason)

    def refit(self) -> None:
        """In the middle, as high as its content needs and the window allows."""
        room = self._host.rect()
        self.setGeometry(room)
        width = min(self._width, room.width() - 40)
        # A wrapped label's own hint is for a narrow one: its height comes from the width that it has here.
        by_width = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        by_width.setHeightForWidth(True)
        for said in self._content.findChildren(QLabel):
            if said.wordWrap():
                said.setSizePolicy(by_width)
        content = self._content.layout()
        inner = width - 2
        wanted = content.totalHeightForWidth(inner) if content and content.hasHeightForWidth() else -1
        if wanted < 0:
            wanted = max(self._content.sizeHint().height(), self._content.minimumSizeHint().height())
        rest = self._head.sizeHint().height() + self.foot.sizeHint().height() + 2 * self.card.column.spacing()
        height = min(wanted + rest, room.height() - 40)
        self.card.setGeometry((room.width() - width) // 2, (room.height() - height) // 2, width, height)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and event.type() == QEvent.Type.Resize:
            self.refit()
        elif watched is self._content and event.type() == QEvent.Type.LayoutRequest:
            QTimer.singleShot(0, self, self.refit)
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        shade = QColor(self.desk.theme.tokens.shade)
        shade.setAlpha(_DIM if self.desk.theme.tokens.dark else 90)
        QPainter(self).fillRect(self.rect(), shade)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_sheet()
        event.accept()  # nothing below the dialog hears the keys

    def focusNextPrevChild(self, forward: bool) -> bool:  # Qt's own signature
        every = self._stops()
        here = QApplication.focusWidget()
        if not every:
            return False
        at = every.index(here) if here in every else -1
        step = 1 if forward else -1
        stop = every[(at + step) % len(every)]
        stop.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
        self._area.ensureWidgetVisible(stop)
        return True

    def _stops(self) -> list[QWidget]:
        """What Tab walks through, in reading order."""
        return [
            stop
            for stop in stops(self.card)
            if stop.isVisibleTo(self)
            and stop.isEnabled()
            and stop.focusPolicy() & Qt.FocusPolicy.TabFocus
            and stop.focusProxy() is None
        ]
