"""A sentence over the columns, with at most one button; it goes by itself. And the line of long work."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from socialdesk.core.events import Progress
from socialdesk.ui.controls import IconButton, button, label
from socialdesk.ui.desk import Desk

_STAYS_MS = 7000


class _Floating(QWidget):
    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self.desk = desk
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(16, 8, 8, 8)
        self.row.setSpacing(8)
        self.hide()
        parent.installEventFilter(self)

    def place(self) -> None:
        """At the bottom, in the middle."""
        host = self.parentWidget()
        if host is not None:
            self.adjustSize()
            self.setFixedWidth(min(self.sizeHint().width(), host.width() - 40))
            self.move((host.width() - self.width()) // 2, host.height() - self.height() - 24)
            self.raise_()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.place()
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.desk.theme.colour("strong_line"), 1))
        painter.setBrush(self.desk.theme.colour("hover"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 12, 12)


class Toast(_Floating):
    """One sentence at a time; the mouse over it or the focus in it keeps it."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(desk, parent)
        self.label = label("")
        self.button = button(desk, "", "ghost", self._press)
        self._close = IconButton(desk, "x", "Close", self.hide, size=14)
        self._act: Callable[[], object] | None = None
        self.row.addWidget(self.label, 1)
        self.row.addWidget(self.button)
        self.row.addWidget(self._close)
        self._leaving = QTimer(self)
        self._leaving.setInterval(_STAYS_MS)
        self._leaving.timeout.connect(self._leave)

    def say(self, sentence: str, said: str = "", act: Callable[[], object] | None = None) -> None:
        self.label.setText(sentence)
        self.setAccessibleName(sentence)
        self.button.setText(said)
        self.button.setAccessibleName(said)
        self.button.setVisible(bool(said))
        self._act = act
        self.setMinimumWidth(0)
        self.setMaximumWidth(16_777_215)
        self.show()
        self.place()
        self._leaving.start()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, sentence))

    def _press(self) -> None:
        self.hide()
        if self._act is not None:
            self._act()

    def _leave(self) -> None:
        if not self.underMouse() and not self.button.hasFocus():
            self.hide()
            self._leaving.stop()


class ProgressLine(_Floating):
    """Long work: what it is, how far, and a way to stop it."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(desk, parent)
        self._task = ""
        self.label = label("")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(140)
        self.cancel = button(desk, "Cancel", "ghost", lambda: desk.actions.cancel.emit(self._task))
        self.row.addWidget(self.label)
        self.row.addWidget(self.bar, 0, Qt.AlignmentFlag.AlignVCenter)
        self.row.addWidget(self.cancel)

    def show_progress(self, event: Progress) -> None:
        if event.finished or (event.total and event.done >= event.total):
            if event.task == self._task:
                self.hide()
            return
        self._task = event.task
        counted = f" {event.done} of {event.total}" if event.total else ""
        self.label.setText(f"{event.title}{counted}")
        # A bar repaints at once and with it everything around that waits to be painted: 13 ms on a full desk. Held
        # back like this it is painted with the next frame.
        self.bar.setUpdatesEnabled(False)
        self.bar.setRange(0, event.total)
        self.bar.setValue(event.done)
        self.bar.setUpdatesEnabled(True)
        self.bar.setAccessibleName(event.title)
        self.setMinimumWidth(0)
        self.setMaximumWidth(16_777_215)
        self.show()
        self.place()
