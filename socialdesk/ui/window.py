"""The frame: rail, composer's place, columns or another page, reader's place."""

from PySide6.QtCore import QByteArray, QSize, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from socialdesk.core.events import (
    ColumnChanged,
    ColumnsChanged,
    ConnectionChanged,
    OutboxChanged,
    PersonWanted,
    Progress,
    SavedChanged,
    SourceChanged,
)
from socialdesk.core.rows import Row
from socialdesk.core.source import Column
from socialdesk.ui.desk import Desk
from socialdesk.ui.doing import Doing
from socialdesk.ui.focus_order import read_in_order
from socialdesk.ui.rail import Rail
from socialdesk.ui.strip import Strip
from socialdesk.ui.tasks import Tasks
from socialdesk.ui.toast import ProgressLine, Toast

LEFT_WIDTH, RIGHT_WIDTH = 420, 560


class Window(QWidget):
    """`closing` is sent instead of closing: the application stops its parts in order, then calls `end`.

    Panels give themselves in: `set_left` (composer), `set_right` (reader, outbox, saved), `add_page` (welcome).
    """

    closing = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._ended = False
        self.setObjectName("window")
        self.setWindowTitle("SocialDesk")
        self.resize(1440, 900)
        self.rail = Rail(desk)
        self.strip = Strip(desk)
        self.left = _Place(LEFT_WIDTH)
        self.right = _Place(RIGHT_WIDTH)
        self.pages = QStackedWidget()
        self.pages.setAccessibleName("Desk")
        self.pages.addWidget(self.strip)
        self._named: dict[str, QWidget] = {"columns": self.strip}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for part, stretch in ((self.rail, 0), (self.left, 0), (self.pages, 1), (self.right, 0)):
            row.addWidget(part, stretch)
        self.toast = Toast(desk, self)
        self.progress = ProgressLine(desk, self)
        self._tasks = Tasks(self, desk.actions.tell)
        self._doing = Doing(desk, self._row_changed, self)
        self._connect()

    def _connect(self) -> None:
        actions, strip = self._desk.actions, self.strip
        self._desk.bridge.event.connect(self._event)
        self._desk.bridge.event.connect(self._saved)
        actions.notice.connect(self.toast.say)
        actions.go_column.connect(self._go)
        actions.go_column_id.connect(self._go_to)
        actions.close_right.connect(lambda: self.set_right(None))
        actions.toggle_full_width.connect(self.toggle_full)
        actions.show_place.connect(self._place)
        self.rail.place.connect(actions.show_place)
        self.rail.column.connect(self._go_to)
        strip.unseen_changed.connect(self._unseen)
        strip.looks_changed.connect(self._show_rail)

    # Start and end

    async def load(self) -> None:
        """Fills the window from the store: geometry, columns, the state of the outbox."""
        settings = self._desk.services.settings
        geometry = await self._desk.bridge.call(settings.get, "window.geometry", "")
        if geometry:
            self.restoreGeometry(QByteArray.fromBase64(str(geometry).encode()))
        await self._load_columns()
        active = self.strip.active()
        if active is not None:
            active.focus_list()

    def load_rest(self) -> None:
        """What the first paint does not wait for."""
        self._tasks.start("outbox", self._load_outbox())

    async def save_geometry(self) -> None:
        kept = bytes(self.saveGeometry().toBase64().data()).decode()
        await self._desk.bridge.call(self._desk.services.settings.put, "window.geometry", kept)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._ended:
            event.accept()
        else:
            event.ignore()
            self.closing.emit()

    def end(self) -> None:
        """Really closes the window."""
        self._ended = True
        self.close()

    # Places for panels

    def set_left(self, panel: QWidget | None) -> None:
        """Shows `panel` beside the rail; None folds it away, the widget stays alive with its owner."""
        self.left.show_panel(panel)
        read_in_order(self)

    def set_right(self, panel: QWidget | None, *, full: bool = False) -> None:
        """Shows `panel` at the right, over nothing; `full` gives it the columns' room."""
        self.right.show_panel(panel)
        read_in_order(self)
        self._set_full(full=full and panel is not None)
        if panel is None:
            self.rail.show_place("columns")
            active = self.strip.active()
            if active is not None:
                active.focus_list()

    def toggle_full(self) -> None:
        if self.right.panel is not None:
            self._set_full(full=self.pages.isVisible())

    def _set_full(self, *, full: bool) -> None:
        self.right.set_wide(wide=full)
        self.pages.setVisible(not full)

    def add_page(self, name: str, page: QWidget) -> None:
        """A page that takes the columns' place when `show_page(name)` is called (welcome)."""
        self._named[name] = page
        self.pages.addWidget(page)

    def show_page(self, name: str) -> None:
        page = self._named.get(name)
        if page is not None:
            self.pages.setCurrentWidget(page)
            self.rail.show_place(name)

    @property
    def page(self) -> str:
        current = self.pages.currentWidget()
        return next((name for name, page in self._named.items() if page is current), "")

    # Events

    def _event(self, event: object) -> None:
        match event:
            case ColumnChanged():
                view = self.strip.column(event.column_id)
                if view is not None:
                    view.column_changed(event)
            case SourceChanged():
                for column_id in event.column_ids:
                    view = self.strip.column(column_id)
                    if view is not None:
                        view.source_changed(busy=event.busy)
            case ColumnsChanged():
                self._tasks.start("columns", self._load_columns())
            case ConnectionChanged():
                self.rail.show_state(online=event.online)
                if event.online:
                    self._desk.pictures.forget_failures()
            case PersonWanted():
                self._want_person(event)
            case OutboxChanged():
                self._tasks.start("outbox", self._load_outbox())
            case Progress():
                self.progress.show_progress(event)

    def _saved(self, event: object) -> None:
        if isinstance(event, SavedChanged) and event.state in ("saved", "removed"):
            for view in self.strip.views():
                view.refresh_stories()

    async def _load_columns(self) -> None:
        columns: tuple[Column, ...] = await self._desk.bridge.call(self._desk.services.columns.all)
        self.strip.show_columns(columns)
        self._show_rail()
        read_in_order(self)
        if not columns and "welcome" in self._named:
            self.show_page("welcome")
        elif columns and self.page in ("welcome", ""):
            self.show_page("columns")
        elif columns:
            self.rail.show_place(self.page)

    async def _load_outbox(self) -> None:
        waiting, trouble = await self._desk.bridge.call(self._desk.services.publishing.open_ends)
        self.rail.show_state(waiting=waiting, trouble=trouble)

    def _want_person(self, event: PersonWanted) -> None:
        said = "A post could not go out at its time." if event.late else "It is time for a post that is yours to post."
        actions = self._desk.actions
        actions.notice.emit(said, "Outbox", lambda: actions.show_place.emit("outbox"))
        QApplication.alert(self)

    # Slots

    def _show_rail(self) -> None:
        views = self.strip.views()
        looks = {view.column.id: view.icon for view in views}
        plain = {key: (icon, "" if colour == "accent" else colour) for key, (icon, colour) in looks.items()}
        self.rail.show_columns(tuple(view.column for view in views), plain)
        self._show_inbox()

    def _unseen(self, column_id: int, count: int) -> None:
        self.rail.show_new(column_id, count)
        self._show_inbox()

    def _show_inbox(self) -> None:
        inbox = self.rail.places.get("inbox")
        if inbox is not None:
            inbox.show_count(sum(view.header.unseen for view in self.strip.views() if view.is_inbox))

    def _place(self, name: str) -> None:
        if name == "columns":
            self.set_right(None)
            self.show_page("columns")
        elif name == "inbox":
            self._go_to_inbox()
        else:
            self.rail.show_place(name if self.right.panel is not None else self.page)

    def _go_to_inbox(self) -> None:
        view = next((v for v in self.strip.views() if v.is_inbox), None)
        if view is None:
            actions = self._desk.actions
            actions.notice.emit("There is no inbox column yet.", "Add a column", actions.add_column.emit)
            self.rail.show_place(self.page)
            return
        self._go_to(view.column.id)
        self.rail.show_place("inbox")

    def _go(self, position: int) -> None:
        self.show_page("columns")
        self.strip.go(position)

    def _go_to(self, column_id: int) -> None:
        self._tasks.start("go", self._go_when_there(column_id))

    async def _go_when_there(self, column_id: int) -> None:
        if self.strip.column(column_id) is None:
            await self._load_columns()
        self.show_page("columns")
        self.strip.go_to(column_id)

    def _row_changed(self, row: Row) -> None:
        for view in self.strip.views():
            view.model.replace_rows((row,))

    def sizeHint(self) -> QSize:
        return QSize(1440, 900)


class _Place(QWidget):
    """Room for one panel at a side; takes none when it is empty."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self._width = width
        self.panel: QWidget | None = None
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self.setFixedWidth(width)
        self.hide()

    def show_panel(self, panel: QWidget | None) -> None:
        if panel is not self.panel:
            if self.panel is not None:
                self.panel.hide()
                self._box.removeWidget(self.panel)
            self.panel = panel
            if panel is not None:
                self._box.addWidget(panel)
        if panel is not None:
            panel.show()
        self.setVisible(panel is not None)

    def set_wide(self, *, wide: bool) -> None:
        self.setMinimumWidth(self._width)
        self.setMaximumWidth(16_777_215 if wide else self._width)
