"""The tabs of the composer: one for all, one per chosen account with its live count."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QScrollArea, QWidget

from socialdesk.core.network import NetworkFacts
from socialdesk.ui.controls import Line
from socialdesk.ui.desk import Desk

_ICON = 16
_HEIGHT = 36


class Tab(QAbstractButton):
    """One tab. `word` stands behind the icon: a count, edited, article. `walked` carries the step of an arrow key."""

    walked = Signal(int)

    def __init__(self, desk: Desk, account_id: int, name: str, facts: NetworkFacts | None) -> None:
        super().__init__()
        self._desk, self.account_id, self._name, self._facts = desk, account_id, name, facts
        self._over = False
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFont(desk.theme.font(13, 500))
        self.setToolTip(name)
        desk.theme.changed.connect(self.update)
        self.show_word("All" if facts is None else "")

    def show_word(self, word: str, *, over: bool = False) -> None:
        self._over = over
        self.setText(word)
        self.setAccessibleName(self._name if self._facts is None else f"Text for {self._name}, {word}".rstrip(", "))
        self.setFixedSize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        words = self.fontMetrics().horizontalAdvance(self.text())
        icon = _ICON + (5 if words else 0) if self._facts else 0
        return QSize(icon + words + 20, _HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if step:
            self.walked.emit(step)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        colour = self._desk.theme.colour
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x = 10
        if self._facts is not None:
            tint = self._desk.theme.network_colour(self._facts.colour)
            icon = f"networks/{self._facts.icon}"
            self._desk.icons.paint(painter, icon, x, (_HEIGHT - _ICON) / 2, _ICON, tint)
            x += _ICON + 5
        token = "bad" if self._over else "text" if self.isChecked() or self.underMouse() else "second"
        painter.setPen(colour(token))
        font = self._desk.theme.font(13, 600 if self.isChecked() else 500)
        painter.setFont(font)
        painter.drawText(QRectF(x, 0, self.width() - x, _HEIGHT), Qt.AlignmentFlag.AlignVCenter, self.text())
        if self.isChecked():
            painter.fillRect(QRectF(0, _HEIGHT - 2, self.width(), 2), colour("accent"))
        if self.hasFocus():
            painter.setPen(QPen(colour("accent"), 2))
            painter.drawRoundedRect(QRectF(1, 3, self.width() - 2, _HEIGHT - 8), 6, 6)


class Tabs(QWidget):
    """`chosen` carries the account id of the tab, 0 for all. Arrow keys walk; `pressed` asks for its text."""

    chosen = Signal(int)
    pressed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._tabs: dict[int, Tab] = {}
        self._group = QButtonGroup(self)
        self._row = QWidget()
        layout = QHBoxLayout(self._row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addStretch(1)
        self._area = QScrollArea(self)
        self._area.setWidget(self._row)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.viewport().setAutoFillBackground(False)
        self._row.setAutoFillBackground(False)
        self._line = Line(desk)
        self._line.setParent(self)
        self.setFixedHeight(_HEIGHT + 1)
        self._group.idClicked.connect(self._clicked)
        self.add(0, "All accounts", None)
        self.choose(0)

    @property
    def current(self) -> int:
        return max(self._group.checkedId(), 0)

    def add(self, account_id: int, name: str, facts: NetworkFacts | None) -> None:
        tab = Tab(self._desk, account_id, name, facts)
        tab.walked.connect(self._walk)
        self._tabs[account_id] = tab
        self._group.addButton(tab, account_id)
        layout = self._row.layout()
        if isinstance(layout, QHBoxLayout):
            layout.insertWidget(layout.count() - 1, tab)

    def show_accounts(self, accounts: dict[int, tuple[str, NetworkFacts]]) -> None:
        """Tabs for these accounts, in this order. Keeps the current tab while its account is among them."""
        wanted = (0, *accounts)
        if wanted == tuple(self._tabs):
            return
        current = self.current if self.current in accounts else 0
        for account_id in [i for i in self._tabs if i]:
            tab = self._tabs.pop(account_id)
            self._group.removeButton(tab)
            tab.hide()
            tab.deleteLater()
        for account_id, (name, facts) in accounts.items():
            self.add(account_id, name, facts)
        before = self._group.checkedId()
        self.choose(current)
        if before != current:
            self.chosen.emit(current)

    def show_word(self, account_id: int, word: str, *, over: bool = False) -> None:
        if account_id in self._tabs:
            self._tabs[account_id].show_word(word, over=over)

    def choose(self, account_id: int) -> None:
        tab = self._tabs.get(account_id, self._tabs[0])
        tab.setChecked(True)
        for each in self._tabs.values():  # Tab comes to the one in front, arrow keys go on from there
            each.setFocusPolicy(Qt.FocusPolicy.StrongFocus if each is tab else Qt.FocusPolicy.ClickFocus)
        self._area.ensureWidgetVisible(tab, 24, 0)

    def tab(self, account_id: int) -> Tab:
        return self._tabs[account_id]

    def resizeEvent(self, _event: object) -> None:
        self._line.setGeometry(0, _HEIGHT, self.width(), 1)
        self._area.setGeometry(0, 0, self.width(), _HEIGHT)

    def _walk(self, step: int) -> None:
        order = tuple(self._tabs)
        self._go(order[(order.index(self.current) + step) % len(order)])

    def _go(self, account_id: int) -> None:
        self.choose(account_id)
        self._tabs[account_id].setFocus(Qt.FocusReason.OtherFocusReason)
        self.chosen.emit(account_id)

    def _clicked(self, account_id: int) -> None:
        self.choose(account_id)
        self.chosen.emit(account_id)
        self.pressed.emit()
