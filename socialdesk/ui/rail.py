"""The rail at the left: writing, places, one button per column, the state of connection and outbox, settings."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from socialdesk.core.source import Column
from socialdesk.ui import words
from socialdesk.ui.controls import plain_slot
from socialdesk.ui.desk import Desk

WIDTH = 64
_PLACES = (
    ("columns", "columns-3", "Columns"),
    ("inbox", "inbox", "Inbox"),
    ("saved", "bookmark", "Saved"),
)


class RailButton(QAbstractButton):
    """An icon on the rail. `count` shows a badge, `dot` a small mark for something new."""

    def __init__(self, desk: Desk, icon: str, name: str, *, height: int = 46, size: int = 19, colour: str = "") -> None:
        super().__init__()
        self._desk, self._icon, self._size, self._colour = desk, icon, size, colour
        self.filled = False
        self._count, self._dot = 0, False
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setFixedSize(WIDTH, height)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        desk.theme.changed.connect(self.update)

    def show_icon(self, icon: str, name: str, colour: str = "") -> None:
        self._icon, self._colour = icon, colour
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.update()

    def show_count(self, count: int) -> None:
        self._count = count
        self.setAccessibleDescription(words.new_items(count) if count else "")
        self.update()

    def show_dot(self, *, new: bool) -> None:
        if new != self._dot:
            self._dot = new
            self.setAccessibleDescription("new" if new else "")
            self.update()

    def sizeHint(self) -> QSize:
        return self.size()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = self._desk.theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = min(self.height(), 44)
        box = QRectF((self.width() - 44) / 2, (self.height() - side) / 2 + 1, 44, side - 2)
        chosen = self.isCheckable() and self.isChecked()
        painter.setPen(Qt.PenStyle.NoPen)
        if self.filled:
            painter.setBrush(theme.colour("fill_hover" if self.underMouse() else "fill"))
            painter.drawRoundedRect(box.adjusted(0, -1, 0, 1), 12, 12)
        elif chosen or self.underMouse():
            painter.setBrush(theme.colour("hover"))
            painter.drawRoundedRect(box, 10, 10)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("text" if self.filled else "accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 10, 10)
        token = "on_fill" if self.filled else self._colour or ("text" if chosen else "second")
        x, y = (self.width() - self._size) / 2, (self.height() - self._size) / 2
        self._desk.icons.paint(painter, self._icon, x, y, self._size, theme.colour(token))
        self._paint_marks(painter, x + self._size, y)

    def _paint_marks(self, painter: QPainter, right: float, top: float) -> None:
        theme = self._desk.theme
        painter.setPen(QPen(theme.colour("rail"), 2))
        painter.setBrush(theme.colour("fill"))
        if self._count:
            said = words.short_count(self._count)
            painter.setFont(theme.font(10, 600))
            wide = max(16.0, painter.fontMetrics().horizontalAdvance(said) + 9)
            badge = QRectF(right - 6, top - 8, wide, 16)
            painter.drawRoundedRect(badge, 8, 8)
            painter.setPen(theme.colour("on_fill"))
            painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, said)
        elif self._dot:
            painter.setBrush(theme.colour("accent"))
            painter.drawEllipse(QRectF(right - 5, top - 5, 10, 10))


class _Logo(QWidget):
    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.setFixedSize(WIDTH, 34)
        self.setAccessibleName("SocialDesk")
        desk.theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = self._desk.theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF((WIDTH - 34) / 2, 0, 34, 34)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("fill"))
        painter.drawRoundedRect(box, 10, 10)
        painter.setPen(theme.colour("on_fill"))
        painter.setFont(theme.font(13, 700))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "S")


class _Rule(QWidget):
    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.setFixedSize(WIDTH, 17)
        desk.theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(18, 8, WIDTH - 36, 1, self._desk.theme.colour("line"))


class Rail(QFrame):
    """`place` asks for a part of the desk, `column` for a column by id."""

    place = Signal(str)
    column = Signal(int)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.setFixedWidth(WIDTH + 1)
        self.setAccessibleName("Rail")
        self.compose = RailButton(desk, "square-pen", "New post (N)", height=46, size=20)
        self.compose.filled = True
        self.compose.clicked.connect(plain_slot(desk.actions.compose.emit))
        self.places = {key: self._place_button(key, icon, name) for key, icon, name in _PLACES}
        self.columns: dict[int, RailButton] = {}
        self.add = RailButton(desk, "plus", "Add a column (A)", height=40, size=17)
        self.add.clicked.connect(plain_slot(desk.actions.add_column.emit))
        self.connection = RailButton(desk, "cloud-check", "Connected. Nothing waits to be sent.")
        self.connection.clicked.connect(lambda: self.place.emit("outbox"))
        self.settings = RailButton(desk, "settings", "Settings (,)")
        self.settings.clicked.connect(lambda: self.place.emit("settings"))
        self._online, self._waiting, self._trouble = True, 0, 0
        self._arrange()
        desk.theme.changed.connect(self.update)

    def _place_button(self, key: str, icon: str, name: str) -> RailButton:
        made = RailButton(self._desk, icon, name)
        made.setCheckable(True)
        made.clicked.connect(lambda: self.place.emit(key))
        return made

    def _arrange(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 12, 1, 10)
        box.setSpacing(0)
        box.addWidget(_Logo(self._desk))
        box.addSpacing(12)
        box.addWidget(self.compose)
        box.addSpacing(10)
        for each in self.places.values():
            box.addWidget(each)
        box.addWidget(_Rule(self._desk))
        holder = QWidget()
        self._list = QVBoxLayout(holder)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self._list.addWidget(self.add)
        self._list.addStretch(1)
        area = QScrollArea()
        area.setWidget(holder)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        area.setFixedWidth(WIDTH)
        area.viewport().setAutoFillBackground(False)
        holder.setAutoFillBackground(False)
        area.setAccessibleName("Columns")
        box.addWidget(area, 1)
        box.addWidget(self.connection)
        box.addWidget(self.settings)

    def show_columns(self, columns: tuple[Column, ...], looks: dict[int, tuple[str, str]]) -> None:
        """One button per column, in order. `looks` maps a column's id to icon and colour."""
        wanted = [column.id for column in columns]
        for gone in [key for key in self.columns if key not in wanted]:
            self.columns.pop(gone).deleteLater()
        for number, column in enumerate(columns):
            icon, colour = looks.get(column.id, ("columns-3", ""))
            made = self.columns.get(column.id) or self._column_button(column.id)
            made.show_icon(icon, f"{column.title} ({number + 1})" if number < 9 else column.title, colour)
            made.show_dot(new=column.unseen > 0)
            if self._list.indexOf(made) != number:
                self._list.insertWidget(number, made)

    def _column_button(self, column_id: int) -> RailButton:
        made = RailButton(self._desk, "columns-3", "", height=40, size=17)
        made.clicked.connect(lambda: self.column.emit(column_id))
        self.columns[column_id] = made
        return made

    def show_place(self, key: str) -> None:
        for name, each in self.places.items():
            each.setChecked(name == key)

    def show_new(self, column_id: int, count: int) -> None:
        if column_id in self.columns:
            self.columns[column_id].show_dot(new=count > 0)

    def show_state(self, *, online: bool | None = None, waiting: int | None = None, trouble: int | None = None) -> None:
        """Connection and outbox in one icon; what is not given stays as it was."""
        self._online = self._online if online is None else online
        self._waiting = self._waiting if waiting is None else waiting
        self._trouble = self._trouble if trouble is None else trouble
        posts = words.plural(self._waiting, "post waits", "posts wait")
        if self._trouble:
            needs = words.plural(self._trouble, "post needs", "posts need")
            self.connection.show_icon("triangle-alert", f"{needs} you.", "warn")
        elif not self._online:
            said = f"No connection. {posts} to be sent." if self._waiting else "No connection. Reading goes on."
            self.connection.show_icon("cloud-off", said, "warn")
        elif self._waiting:
            self.connection.show_icon("cloud-upload", f"{posts} to be sent.")
        else:
            self.connection.show_icon("cloud-check", "Connected. Nothing waits to be sent.")

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._desk.theme.colour("rail"))
        painter.fillRect(self.width() - 1, 0, 1, self.height(), self._desk.theme.colour("line"))
