"""The options of a column, opened inside it. Every change is kept at once."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from socialdesk.core import known_sites
from socialdesk.core.headers import ColumnHeader, SourceLine
from socialdesk.core.source import Column, WordFilter
from socialdesk.ui import words
from socialdesk.ui.column import telling
from socialdesk.ui.column.look import PAD, Look
from socialdesk.ui.controls import Elided, IconButton, IconLabel, button, clear_layout, label

if TYPE_CHECKING:
    from socialdesk.ui.column.cost import CostBox

_PAUSE_MS = 600  # after the last letter


class OptionsPanel(QWidget):
    """`changed` carries the column as the person wants it; `asked` a wish: read, refresh, collapse, width, remove.

    `subscriptions` is the button that shows what the column's account subscribes to, where its network has that.
    """

    changed = Signal(object)
    source_removed = Signal(object)
    asked = Signal(str)
    closed = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._column = Column(0, "")
        self._filling = False
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_PAUSE_MS)
        self._typing.timeout.connect(self.keep)
        self.setAccessibleName("Column options")
        self._build()
        look.theme.changed.connect(self.update)

    def _build(self) -> None:
        self.title = self._box("Title", "Column title")
        self.any_of = self._box("Only with these words", "b2b, buyer journey")
        self.none_of = self._box("Never with these words", "giveaway, hiring")
        self.hide_reshares = self._check("Hide re-shares")
        self.hide_replies = self._check("Hide replies")
        self.only_media = self._check("Only with pictures")
        self.stories = self._check("One card per article (stories)")
        column = QVBoxLayout(self)
        column.setContentsMargins(PAD, 10, PAD, 12)
        column.setSpacing(4)
        for caption, box in (("Title", self.title), ("Only with", self.any_of), ("Never with", self.none_of)):
            column.addWidget(label(caption, "muted", size=12))
            column.addWidget(box)
        column.addSpacing(4)
        for check in (self.hide_reshares, self.hide_replies, self.only_media, self.stories):
            column.addWidget(check)
        self._cost_place = QVBoxLayout()
        self.cost: CostBox | None = None
        column.addLayout(self._cost_place)
        column.addSpacing(6)
        column.addWidget(label("Fed by", "muted", size=12))
        self._sources = QWidget()
        QVBoxLayout(self._sources).setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._sources)
        self._next = label("", "muted", size=12, wrap=True)
        column.addWidget(self._next)
        self._account_id = 0
        self.subscriptions = button(self._look.desk, "Subscriptions", "ghost", self._show_subscriptions, icon="rss")
        self.subscriptions.hide()
        column.addWidget(self.subscriptions, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(self._buttons())

    def _buttons(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 8, 0, 0)
        grid.setSpacing(6)
        wishes = (
            ("refresh", "Refresh now", "plain", "refresh-cw"),
            ("read", "Mark all read", "plain", "check-check"),
            ("collapse", "Collapse", "plain", "minus"),
            ("width", "Reset width", "plain", "move-horizontal"),
            ("remove", "Remove column", "danger", ""),
        )
        for number, (wish, said, look, icon) in enumerate(wishes):
            made = button(self._look.desk, said, look, partial(self.asked.emit, wish), icon=icon)
            made.setProperty("wish", wish)
            grid.addWidget(made, number // 2, number % 2, Qt.AlignmentFlag.AlignLeft)
        return grid

    def _box(self, name: str, example: str) -> QLineEdit:
        made = QLineEdit()
        made.setAccessibleName(name)
        made.setPlaceholderText(example)
        made.textEdited.connect(lambda _: self._typing.start())
        made.editingFinished.connect(self.keep)
        return made

    def _check(self, said: str) -> QCheckBox:
        made = QCheckBox(said)
        made.setAccessibleName(said)
        made.toggled.connect(lambda _: self.keep())
        return made

    def show_header(self, header: ColumnHeader) -> None:
        """Fills the panel, except where the person is typing."""
        self._filling = True
        column = self._column = header.column
        boxes = (
            (self.title, column.title),
            (self.any_of, ", ".join(column.filter.any_of)),
            (self.none_of, ", ".join(column.filter.none_of)),
        )
        for box, text in boxes:
            if not box.hasFocus() and box.text() != text:
                box.setText(text)
        self.hide_reshares.setChecked(column.filter.hide_reshares)
        self.hide_replies.setChecked(column.filter.hide_replies)
        self.only_media.setChecked(column.filter.only_media)
        self.stories.setChecked(column.view == "stories")
        self._show_sources(header.sources)
        self._show_cost(header)
        said = telling.next_look(header, self._look.desk.now())
        self._next.setText(f"{said[:1].upper()}{said[1:]}")
        self._filling = False

    def _show_cost(self, header: ColumnHeader) -> None:
        if header.may_cost and self.cost is None:
            from socialdesk.ui.column.cost import CostBox  # start-up: only where a network charges

            self.cost = CostBox(self._look.desk)
            self.cost.toggled.connect(self.keep)
            self._cost_place.addWidget(self.cost)
        if self.cost is not None:
            self.cost.setVisible(header.may_cost)
            self.cost.show_column(header.column.id, cheap=header.column.cheap)

    def _show_sources(self, lines: tuple[SourceLine, ...]) -> None:
        clear_layout(self._sources)
        layout = self._sources.layout()
        if layout is None:
            return
        for line in lines:
            layout.addWidget(self._source_row(line, removable=len(lines) > 1))
        facts = self._look.desk.services.accounts.facts
        accounts = (
            one.source.account_id for one in lines if one.source.account_id and facts(one.source.network).subscribes
        )
        self._account_id = next(accounts, None) or 0
        self.subscriptions.setVisible(bool(self._account_id))

    def _show_subscriptions(self) -> None:
        self._look.desk.actions.show_subscriptions.emit(self._account_id)

    def _source_row(self, line: SourceLine, *, removable: bool) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        looks = self._look.looks
        site = known_sites.site_of(line.source.params.get("url", ""))
        icon = site.icon if site else looks.icon(line.source.network)
        colour = (site.colour if site else looks.colour(line.source.network)) or "text"
        row.addWidget(IconLabel(self._look.desk, icon, colour, 14))
        said = name_of(line)
        row.addWidget(Elided(said, "second"), 1)
        if line.state.error:
            warning = IconLabel(self._look.desk, "triangle-alert", "warn", 14)
            warning.setToolTip(
                words.sentence(
                    line.state.error, until=line.state.next_at, has_account=line.source.account_id is not None
                )
            )
            row.addWidget(warning)
        if removable:
            source = line.source
            row.addWidget(
                IconButton(self._look.desk, "x", f"Remove {said}", lambda: self.source_removed.emit(source), size=14)
            )
        return made

    def keep(self) -> None:
        """Sends what the person changed, if anything."""
        self._typing.stop()
        if self._filling or not self._column.id:
            return
        wanted = replace(
            self._column,
            title=self.title.text().strip() or self._column.title,
            view="stories" if self.stories.isChecked() else "posts",
            cheap=self.cost.box.isChecked() if self.cost is not None else self._column.cheap,
            filter=WordFilter(
                split(self.any_of.text()),
                split(self.none_of.text()),
                self.hide_reshares.isChecked(),
                self.hide_replies.isChecked(),
                self.only_media.isChecked(),
            ),
        )
        if wanted != self._column:
            self._column = wanted
            self.changed.emit(wanted)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._look.colour("line"))


def split(text: str) -> tuple[str, ...]:
    """Words or phrases parted by commas."""
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def name_of(line: SourceLine) -> str:
    """A source in a few words: what it is, and of whom."""
    own = line.source.title or next((v for k, v in line.source.params.items() if k != "server" and v), "")
    return " · ".join(part for part in (line.kind_title, own, line.account) if part)
