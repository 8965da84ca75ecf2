"""One column as a whole: what the strip arranges, the keys act on and the events change."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from socialdesk.core.events import ColumnChanged
from socialdesk.core.headers import ColumnHeader as HeaderData
from socialdesk.core.rows import Row, Story
from socialdesk.core.source import Column
from socialdesk.ui.column import telling
from socialdesk.ui.column.asking import CardWishes
from socialdesk.ui.column.bars import NewPill, ViewSwitch
from socialdesk.ui.column.corners import paint_panel
from socialdesk.ui.column.empty import EmptyState
from socialdesk.ui.column.ending import EndLine
from socialdesk.ui.column.header import ColumnHeader, TroubleLine
from socialdesk.ui.column.loader import Loader
from socialdesk.ui.column.look import Look, colour_of_site
from socialdesk.ui.column.model import RowsModel
from socialdesk.ui.column.scrollbar import OverlayBar
from socialdesk.ui.column.view import CardList
from socialdesk.ui.controls import scrolled
from socialdesk.ui.tasks import Tasks

if TYPE_CHECKING:
    from socialdesk.ui.column.options import OptionsPanel

NARROWEST, USUAL, WIDEST = 260, 352, 640
_HEADER_CALM_MS = 250  # a column of many feeds hears of one every few milliseconds while they refresh


class ColumnView(QWidget):
    """`collapse` asks the strip to fold it, `width_reset` to give it the usual width."""

    collapse = Signal()
    width_reset = Signal()
    unseen_changed = Signal(int)
    looks_changed = Signal()

    def __init__(self, look: Look, column: Column) -> None:
        super().__init__()
        self._look, self._desk = look, look.desk
        self.column = column
        self.header = ColumnHeader(look)
        self.trouble = TroubleLine(look)
        self.switch = ViewSwitch(look)
        self.model = RowsModel(look.desk.now, self)
        self.list = CardList(look, self.model)
        self.empty = EmptyState(look)
        self.end = EndLine(self.list)
        self._tasks = Tasks(self, look.desk.actions.tell)
        self.loader = Loader(look, column.id, self.list, look.desk.actions.tell)
        self._wishes = CardWishes(look.desk, column.id, self)
        self._options: OptionsPanel | None = None
        self._options_area: QScrollArea | None = None
        self._data: HeaderData | None = None
        self._is_inbox = False
        self._counted: int | None = None  # new rows to be told of when it is calm
        self._started = False
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(_HEADER_CALM_MS)
        self._calm.timeout.connect(self._show_news)
        self._icon = ("columns-3", "accent")
        self.active = False
        self._arrange()
        self.pill = NewPill(look, self)
        self.bar = OverlayBar(self.list)
        self._connect()
        self.show_column(column)

    def _arrange(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(1, 1, 1, 1)
        box.setSpacing(0)
        for part in (self.header, self.trouble, self.switch):
            box.addWidget(part)
        box.addWidget(self.list, 1)
        box.addWidget(self.end)
        box.addWidget(self.empty, 1)
        for hidden in (self.trouble, self.switch, self.empty):
            hidden.hide()

    def _connect(self) -> None:
        self.header.top.connect(self.top)
        self.header.options.connect(self.toggle_options)
        self.trouble.fix.connect(self._fix)
        self.empty.fix.connect(self._wish)
        self.switch.chosen.connect(self._show_view)
        self.list.asked.connect(self._wishes.asked)
        self.list.seen.connect(self._seen)
        self._desk.actions.mark.connect(self._marked)
        self.loader.ending.connect(self.end.say)
        self.loader.waiting.connect(self._show_waiting)
        self.loader.loaded.connect(self._show_empty)
        self.pill.clicked.connect(self.show_new)
        self._look.theme.changed.connect(self._recolour)

    # What the strip and the keys call

    def ensure_loaded(self) -> None:
        """Fills the list and the header the first time the column comes into view."""
        if not self._started:
            self._started = True
            self.loader.start(self.column.view)
            self.refresh_header()

    def ensure_header(self) -> None:
        """What a folded column needs: its icon, and whether it is an inbox."""
        if self._data is None and not self._tasks.busy("header"):
            self.refresh_header()

    def show_column(self, column: Column) -> None:
        """The column as the store has it now."""
        before, self.column = self.column, column
        self.list.setAccessibleName(f"Cards of {column.title}")
        self.setAccessibleName(column.title)
        self._show_header()
        self.show_unseen(column.unseen)
        if self._started and (before.filter, before.view, before.source_ids) != (
            column.filter,
            column.view,
            column.source_ids,
        ):
            self.loader.start(column.view)
        if self._started and before != column:
            self.refresh_header()

    @property
    def is_inbox(self) -> bool:
        """True when it brings what others say to the person. Known once the header is."""
        return self._is_inbox

    @property
    def icon(self) -> tuple[str, str]:
        """Name and colour (a token or #rrggbb) of its icon."""
        return self._icon

    def show_unseen(self, count: int) -> None:
        self.header.show_unseen(count)
        self.unseen_changed.emit(count)

    def set_active(self, *, active: bool) -> None:
        """Marks it as the column the keys act on."""
        self.active = active
        self.update()

    def current_entry(self) -> Row | None:
        """The card the keys act on; None when none is chosen, or it is a story (see `current_item`)."""
        item = self.list.current_item()
        return item if isinstance(item, Row) else None

    def current_item(self) -> Row | Story | None:
        return self.list.current_item()

    def ask(self, kind: str) -> bool:
        """Does `kind` (reply, reshare, like, save, rewrite, open, quote ...) with the current card, if there is one."""
        item = self.list.current_item()
        if item is not None:
            self._wishes.asked(kind, item, None)
        return item is not None

    def select_next(self) -> None:
        self.list.select_step(1)

    def select_previous(self) -> None:
        self.list.select_step(-1)

    def select_last(self) -> None:
        self.list.select_row(self.model.rowCount() - 1)

    def page_down(self) -> None:
        self.list.page(1)

    def page_up(self) -> None:
        self.list.page(-1)

    def top(self) -> None:
        self.loader.show_new()

    def show_new(self) -> None:
        self.loader.show_new()

    def mark_read(self) -> None:
        self._tasks.start("read", self._mark_read())

    def toggle_options(self) -> None:
        area = self._options_area or self._make_options()
        area.setVisible(not area.isVisible())
        if area.isVisible():
            self.refresh_header()
            self._fit_options()

    def refresh_ages(self) -> None:
        self.list.refresh_ages()

    # Events of the engine

    def column_changed(self, event: ColumnChanged) -> None:
        if event.added and self._started:
            self._counted = event.unseen
            self._wait_for_calm()
        else:
            self._counted = None
            self.show_unseen(event.unseen)
        if self._started:
            self.loader.changed(event.added, event.updated)
            if event.removed:
                self.loader.removed(event.removed)
            if event.restored:
                self.loader.restored(event.restored)

    def source_changed(self, *, busy: bool) -> None:
        self.header.show_busy(busy=busy or bool(self._data and self._data.busy))
        if self._started:
            self._wait_for_calm()

    def _wait_for_calm(self) -> None:
        if not self._calm.isActive():
            self._calm.start()

    def _show_news(self) -> None:
        if self._counted is not None:
            self.show_unseen(self._counted)
            self._counted = None
        self.refresh_header()

    def refresh_stories(self) -> None:
        self.loader.refresh_stories()

    def refresh_header(self) -> None:
        self._tasks.start("header", self._ask_header())

    # Coroutines

    async def _ask_header(self) -> None:
        self._data = data = await self._desk.bridge.call(self._desk.services.columns.header, self.column.id)
        self._is_inbox = any(self._look.looks.is_inbox(line.source.network, line.source.kind) for line in data.sources)
        self._show_header()

    async def _mark_read(self) -> None:
        await self._desk.bridge.call(self._desk.services.reading.mark_all_seen, self.column.id)
        self.model.mark(None)

    async def _mark_seen(self, entry_ids: tuple[int, ...]) -> None:
        await self._desk.bridge.call(self._desk.services.reading.mark_seen, self.column.id, entry_ids)

    async def _update(self, column: Column) -> None:
        kept: Column = await self._desk.bridge.call(self._desk.services.columns.update, column)
        self.show_column(kept)

    async def _remove_source(self, source: Any) -> None:
        rest = tuple(line.source for line in self._data.sources if line.source != source) if self._data else ()
        if rest:
            self.show_column(
                await self._desk.bridge.call(self._desk.services.columns.set_sources, self.column.id, rest)
            )

    # Slots

    def keep(self, **changes: Any) -> None:
        """Stores changed fields of the column."""
        self._tasks.start("update", self._update(replace(self.column, **changes)))

    def _seen(self, entry_ids: tuple[int, ...]) -> None:
        self._tasks.start(f"seen {entry_ids}", self._mark_seen(entry_ids))

    def _marked(self, row: Row, action: str) -> None:
        if action == "unread":
            self.list.keep_new((row.entry_id,))

    def _show_view(self, kind: str) -> None:
        self.keep(view=kind)

    def _show_waiting(self, count: int) -> None:
        self.pill.show_count(count)
        self._place_pill()

    def _show_header(self) -> None:
        data, column = self._data, self.column
        icon, colour = column.icon, "accent"
        if data is not None and len(data.networks) == 1 and icon in ("", "columns", "columns-3"):
            icon = self._look.looks.icon(data.networks[0])
            colour = self._look.looks.colour(data.networks[0]) or "text"
        elif icon.startswith("networks/"):
            colour = colour_of_site(icon)
        icon = icon if self._look.icons.exists(icon) else "columns-3"
        if (icon, colour) != self._icon:
            self._icon = (icon, colour)
            self.looks_changed.emit()
        self.header.show_title(icon, colour, column.title, telling.subtitle(data, self._desk.now()) if data else "")
        self.switch.show_kind(column.view)
        self.switch.setVisible(column.view == "stories" or (data is not None and len(data.sources) > 1))
        if data is None:
            return
        self.header.show_busy(busy=data.busy)
        self.header.setAccessibleDescription(f"{data.subtitle}. {telling.next_look(data, self._desk.now())}")
        self.trouble.setVisible(bool(data.error))
        if data.error:
            self.trouble.show_trouble(*telling.trouble(data))
        if self._options is not None and self._options.isVisible():
            self._options.show_header(data)
            self._fit_options()
        self._show_empty()

    def _fix(self) -> None:
        data = self._data
        wish = telling.trouble(data)[1] if data else ""
        if wish == "Sign in again" and data and data.error_source:
            self._desk.actions.sign_in_again.emit(data.error_source.source.account_id)
        elif wish == "Options":
            self.toggle_options()
        elif wish == "Budget":
            self._desk.actions.show_place.emit("budget")
        else:
            self._desk.actions.refresh.emit(self.column.id)

    def _show_empty(self) -> None:
        empty = self.loader.filled and not self.model.items
        if empty:
            data = self._data
            if data is not None and data.busy:
                self.empty.say("Looking for posts.")
            elif any((self.column.filter.any_of, self.column.filter.none_of, self.column.filter.only_media)):
                self.empty.say("Nothing matches this column's words yet.", "Change the words", "options")
            else:
                self.empty.say("Nothing here yet.", "Look now", "refresh")
        self.empty.setVisible(empty)
        self.list.setVisible(not empty)

    def _wish(self, wish: str) -> None:
        actions, column = self._desk.actions, self.column
        match wish:
            case "options":
                self.toggle_options()
            case "refresh":
                actions.refresh.emit(column.id)
            case "read":
                self.mark_read()
            case "collapse":
                self.collapse.emit()
            case "width":
                self.width_reset.emit()
            case "remove":
                actions.remove_column.emit(column.id)

    def _make_options(self) -> QScrollArea:
        from socialdesk.ui.column.options import OptionsPanel  # start-up: not part of the first paint

        panel = self._options = OptionsPanel(self._look)
        panel.changed.connect(lambda wanted: self._tasks.start("update", self._update(wanted)))
        panel.source_removed.connect(lambda source: self._tasks.start("sources", self._remove_source(source)))
        panel.asked.connect(self._wish)
        panel.closed.connect(self.toggle_options)
        area = self._options_area = scrolled(panel, "Column options")
        area.hide()
        layout = self.layout()
        if isinstance(layout, QVBoxLayout):
            layout.insertWidget(2, area)
        return area

    def _fit_options(self) -> None:
        if self._options is not None and self._options_area is not None and self._options_area.isVisible():
            room = self.height() - self.header.height() - 80
            self._options_area.setFixedHeight(max(120, min(self._options.sizeHint().height() + 8, room)))

    def _recolour(self) -> None:
        self.list.lay_out_again()
        self.update()

    def _place_pill(self) -> None:
        top = self.list.geometry().top() if self.list.isVisible() else self.header.height() + 40
        self.pill.move(QPoint((self.width() - self.pill.width()) // 2, top + 10))
        self.pill.raise_()

    def sizeHint(self) -> QSize:
        return QSize(self.column.width, 400)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_pill()
        self._fit_options()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.colour("background"))
        paint_panel(painter, self._look, self.rect(), marked=self.active)

    def focus_list(self) -> None:
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)
