"""Parts of a sign-in dialog: what is asked for and why, and what is shown while the person is busy at the network."""

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QProgressBar, QVBoxLayout, QWidget

from socialdesk.core.account import BrowserSignIn, DeviceSignIn
from socialdesk.ui.controls import Box, button, label, show_icon
from socialdesk.ui.desk import Desk
from socialdesk.ui.dialogs.form import CopyLine


class Permissions(QWidget):
    """What the network will be asked to allow, each with its reason; folded until somebody wants to know."""

    def __init__(self, desk: Desk, scopes: tuple[tuple[str, str], ...], resized: Callable[[], object]) -> None:
        super().__init__()
        self._resized = resized
        said = f"You will be asked to allow {len(scopes)} things, each for a reason."
        self.toggle = button(desk, "Show them", "ghost", self._toggle)
        self.toggle.setAccessibleName("Show what SocialDesk asks for, and why")
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(label(said, "muted", size=12.5, wrap=True), 1)
        line.addWidget(self.toggle)
        self.list = QWidget()
        grid = QGridLayout(self.list)
        grid.setContentsMargins(0, 0, 0, 4)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        for row, (scope, why) in enumerate(scopes):
            name = label(scope, "second", size=12)
            name.setStyleSheet("font-family: monospace; font-size: 12px;")
            name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(label(why, "muted", size=12.5, wrap=True), row, 1)
        self.list.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(line)
        column.addWidget(self.list)

    def _toggle(self) -> None:
        self.list.setVisible(self.list.isHidden())
        self.toggle.setText("Show them" if self.list.isHidden() else "Hide them")
        self._resized()


class BrowserWait(QWidget):
    """While the person signs in in the browser: where it comes back to, and the way back by hand."""

    pasted = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(8)
        self.said = label("", "second", wrap=True)
        column.addWidget(self.said)
        self.bar = _busy("Waiting for the browser")
        column.addWidget(self.bar)
        self._where = label("The browser comes back to this address:", "muted", size=12)
        self.redirect = CopyLine(desk, "", "Redirect address")
        column.addWidget(self._where)
        column.addWidget(self.redirect)
        self._how = label("", "muted", size=12, wrap=True)
        column.addWidget(self._how)
        self.line = QLineEdit()
        self.line.setAccessibleName("Address the browser ended on, or the code it shows")
        self.line.returnPressed.connect(self._finish)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.line, 1)
        row.addWidget(button(desk, "Finish", "plain", self._finish))
        column.addLayout(row)
        self.hide()

    def show_step(self, begun: BrowserSignIn) -> None:
        """Shows where the browser ends. A page of the person's own brings nothing back: they paste its address."""
        back = begun.comes_back
        self.redirect.show_text(begun.redirect_uri)
        self._where.setVisible(back)
        self.redirect.setVisible(back)
        self.bar.setVisible(back)
        self.line.setPlaceholderText(f"{begun.redirect_uri}?code=…")
        self.said.setText(
            "Waiting for the browser. Sign in there, then come back."
            if back
            else "Sign in in the browser. It then shows a page of yours, or that there is none: either is right."
        )
        self._how.setText(
            "Nothing happens? Paste the address that the browser ended on."
            if back
            else "Copy the whole address from the browser's address bar and paste it here:"
        )
        self.show()

    def rest(self) -> None:
        """Nobody listens any more, but an address may still be pasted."""
        if not self.bar.isHidden():
            self.bar.hide()
            self.said.setText("The browser is no longer waited for. The address that it ended on still helps.")

    def _finish(self) -> None:
        if text := self.line.text().strip():
            self.pasted.emit(text)


class DeviceWait(QWidget):
    """A code to type at the network, on this computer or a telephone: large, with its address and the time it has."""

    opened = Signal(str)

    def __init__(self, desk: Desk, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        super().__init__()
        self._desk, self._now = desk, now
        self._begun: DeviceSignIn | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(10)
        column.addWidget(label("Type this code at the page below, here or on your telephone:", "second", wrap=True))
        self.code = label("", size=30, weight=600)
        self.code.setStyleSheet("font-family: monospace; font-size: 30px; font-weight: 600; letter-spacing: 4px;")
        self.code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        card = Box(desk, fill="hover", edge="", radius=12)
        inner = QHBoxLayout()
        inner.setContentsMargins(20, 14, 14, 14)
        inner.addWidget(self.code, 1)
        self.copy = button(desk, "Copy the code", "plain", self._copy, icon="copy")
        inner.addWidget(self.copy)
        card.column.addLayout(inner)
        column.addWidget(card)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.address = label("", "second")
        self.address.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row.addWidget(self.address, 1)
        self.open = button(desk, "Open the page", "ghost", self._open)
        show_icon(desk, self.open, "external-link", "link")
        row.addWidget(self.open)
        column.addLayout(row)
        self.bar = _busy("Waiting for the code to be typed")
        column.addWidget(self.bar)
        self.left = label("", "muted", size=12.5)
        column.addWidget(self.left)
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self._tick)
        self.hide()

    def show_code(self, begun: DeviceSignIn) -> None:
        self._begun = begun
        self.code.setText(begun.code)
        self.code.setAccessibleName(f"Code: {' '.join(begun.code)}")
        self.address.setText(begun.url)
        self._tick()
        self._clock.start()
        self.show()

    def stop(self) -> None:
        self._clock.stop()
        self.hide()

    def _tick(self) -> None:
        if self._begun is not None:
            seconds = max(0, round((self._begun.ends - self._now()).total_seconds()))
            self.left.setText(f"The code is good for {seconds // 60}:{seconds % 60:02d} more.")

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.code.text())
        self._desk.actions.tell("Copied.")

    def _open(self) -> None:
        if self._begun is not None:
            self.opened.emit(self._begun.full_url or self._begun.url)


def _busy(name: str) -> QProgressBar:
    bar = QProgressBar()
    bar.setRange(0, 0)
    bar.setTextVisible(False)
    bar.setAccessibleName(name)
    return bar
