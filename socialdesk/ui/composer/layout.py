"""How the composer is laid out: its parts from top to bottom, and the wishes its buttons send."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from socialdesk.core.post import Draft
from socialdesk.ui import words
from socialdesk.ui.account_face import Chip
from socialdesk.ui.composer import letter
from socialdesk.ui.composer.article import ArticleEditor
from socialdesk.ui.composer.card import CardPreview
from socialdesk.ui.composer.checks import CheckList
from socialdesk.ui.composer.cost_line import CostLine
from socialdesk.ui.composer.describing import AltEditor
from socialdesk.ui.composer.editor import Editor
from socialdesk.ui.composer.extras import TargetStrip
from socialdesk.ui.composer.options import Options
from socialdesk.ui.composer.poll import PollBox
from socialdesk.ui.composer.replies import RepliesBox
from socialdesk.ui.composer.roster import Roster
from socialdesk.ui.composer.tabs import Tabs
from socialdesk.ui.composer.tiles import Tiles
from socialdesk.ui.composer.when import WhenBox, button_words
from socialdesk.ui.controls import IconButton, PanelBack, button, label, scrolled
from socialdesk.ui.desk import Desk
from socialdesk.ui.flow import Flow
from socialdesk.ui.focus_order import read_in_order

_EDGE = 16


class ComposerLayout(PanelBack):
    """Only places and shows; what a press means is decided by `Composer`."""

    chip_toggled = Signal(int)
    fold_pressed = Signal()
    post_pressed = Signal()
    part_pressed = Signal()
    pictures_pressed = Signal()
    warning_pressed = Signal()
    article_pressed = Signal()
    when_pressed = Signal()
    poll_pressed = Signal()
    own_words_dropped = Signal()
    draft_chosen = Signal(int)
    draft_discarded = Signal(int)
    new_pressed = Signal()
    window_pressed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, edge="right")
        self._chips: dict[int, Chip] = {}
        self._ordered: tuple[object, ...] = ()
        self.setObjectName("composer")
        self.setAccessibleName("Composer")
        self.setAcceptDrops(True)
        self._make_parts(desk)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 1, 0)
        column.setSpacing(0)
        column.addLayout(self._header(desk))
        column.addWidget(self._chip_row)
        tabs = QHBoxLayout()
        tabs.setContentsMargins(_EDGE, 8, _EDGE, 0)
        tabs.addWidget(self.tabs)
        column.addLayout(tabs)
        column.addWidget(scrolled(self._body(), "Post"), 1)
        column.addLayout(self._footer(desk))

    def _make_parts(self, desk: Desk) -> None:
        self._chip_row = QWidget()
        self._chip_flow = Flow(self._chip_row, spacing=0)
        self._chip_row.setContentsMargins(12, 0, 12, 0)
        self._add = IconButton(desk, "plus", "Connect another account", desk.actions.add_account.emit, size=18)
        self._add.setFixedSize(40, 40)
        self._chip_flow.addWidget(self._add)
        self.tabs = Tabs(desk)
        self.strip = TargetStrip(desk)
        self.editor = Editor(desk)
        self.editor.setAccessibleName("Text of the post")
        self.editor.setPlaceholderText("What do you want to say?")
        self.article = ArticleEditor(desk)
        self.article.hide()
        self._own = button(desk, "Use the text for all again", "ghost", self.own_words_dropped.emit, icon="undo-2")
        self._own.hide()
        self.card = CardPreview(desk)
        self.tiles = Tiles(desk)
        self.alt = AltEditor(desk)
        self.options = Options(desk)
        self.replies = RepliesBox(desk)
        self.poll = PollBox(desk)
        self.when = WhenBox(desk)
        self.checks = CheckList(desk)
        self.cost = CostLine(desk)
        self._status = label("", "warn", size=12.5, wrap=True)
        self._status.setContentsMargins(6, 0, 0, 0)  # where the words of the post begin
        self._status.hide()

    def _header(self, desk: Desk) -> QHBoxLayout:
        self._title = label("New post", size=16, weight=600)
        self.drafts_button = button(desk, "Drafts", "quiet", self._open_menu, icon="file-text", tint="muted")
        row = QHBoxLayout()
        row.setContentsMargins(_EDGE, 8, 10, 6)
        row.setSpacing(2)
        row.addWidget(self._title, 1)
        row.addWidget(self.drafts_button)
        self.window_button = IconButton(desk, "external-link", "Write in a window of its own", self.window_pressed.emit)
        row.addWidget(self.window_button)
        row.addWidget(IconButton(desk, "x", "Fold the composer", self.fold_pressed.emit))
        self._drafts: tuple[Draft, ...] = ()
        self._current = 0
        return row

    def _body(self) -> QWidget:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(_EDGE, 14, _EDGE, 14)
        column.setSpacing(12)
        writing = (self.strip, self.editor, self.article, self.card, self.tiles, self.alt, self.poll)
        parts = (*writing, self.options, self.replies, self.when)
        for part in (*parts, self.checks):
            column.addWidget(part)
            if part is self.article:
                column.addWidget(self._own, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        return body

    def _footer(self, desk: Desk) -> QVBoxLayout:
        tools: tuple[tuple[str, str, Callable[[], object]], ...] = (
            ("image", "Add pictures, a video or a document", self.pictures_pressed.emit),
            ("list", "Begin another part of a thread", self.part_pressed.emit),
            ("vote", "Ask in a poll", self.poll_pressed.emit),
            ("eye-off", "Content warning", self.warning_pressed.emit),
            ("newspaper", "Write a blog article", self.article_pressed.emit),
            ("calendar-clock", "Choose when it goes out", self.when_pressed.emit),
        )
        row = QHBoxLayout()
        row.setSpacing(2)
        for icon, name, pressed in tools:
            row.addWidget(IconButton(desk, icon, name, pressed))
        row.addStretch(1)
        self.post_button = button(desk, "Post", "primary", self.post_pressed.emit, icon="send")
        self.post_button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.post_button.setToolTip("Ctrl+Enter")
        row.addWidget(self.post_button)
        column = QVBoxLayout()
        column.setContentsMargins(10, 8, _EDGE, 14)
        column.setSpacing(8)
        column.addWidget(self.cost)
        column.addWidget(self._status)
        column.addLayout(row)
        return column

    def show_chips(self, roster: Roster, chosen: tuple[int, ...]) -> None:
        if tuple(self._chips) != roster.order():
            for chip in self._chips.values():
                self._chip_flow.removeWidget(chip)
                chip.hide()
                chip.deleteLater()
            self._chips = {i: self._new_chip(roster, i) for i in roster.order()}
        for account_id, chip in self._chips.items():
            chip.setChecked(account_id in chosen)

    def _new_chip(self, roster: Roster, account_id: int) -> Chip:
        chip = Chip(self._desk, roster.accounts[account_id], roster.facts(account_id))
        chip.clicked.connect(lambda: self.chip_toggled.emit(account_id))
        self._chip_flow.insert(self._chip_flow.count() - 1, chip)
        return chip

    def order_keys(self, *made: object) -> None:
        """Lets Tab walk as the eye does. `made` names what is made anew with the draft: chips, tabs, tiles, rows."""
        known = (tuple(self._chips), *made)
        if known != self._ordered:
            self._ordered = known
            read_in_order(self)

    def chip(self, account_id: int) -> Chip:
        return self._chips[account_id]

    def show_page(self, *, on_article: bool, own_words: bool) -> None:
        self.editor.setVisible(not on_article)
        self.article.setVisible(on_article)
        self._own.setVisible(own_words and not on_article)

    def show_heading(self, title: str, drafts: tuple[Draft, ...], draft: Draft) -> None:
        self._drafts, self._current = drafts, draft.id
        heading = "Reply" if draft.reply_to is not None else "Quote" if draft.quote is not None else "New post"
        self._title.setText(heading)
        self._title.setToolTip(title)
        self.drafts_button.setText(f"Drafts {len(drafts)}" if drafts else "Drafts")
        self.drafts_button.setAccessibleName(words.plural(len(drafts), "draft", "drafts"))

    def show_post(self, count: int, at: datetime | None = None, *, busy: bool) -> None:
        text = "Sending" if busy else button_words(count, at)
        self.post_button.setText(f"{text}\u2002")  # Qt leaves too little room before the icon
        self.post_button.setAccessibleName(text)
        self.post_button.setEnabled(not busy)
        self.editor.setReadOnly(busy)
        self.article.body.setReadOnly(busy)

    def show_status(self, sentence: str) -> None:
        self._status.setText(sentence)
        self._status.setVisible(bool(sentence))

    @property
    def status(self) -> str:
        return self._status.text()

    def drafts_menu(self) -> QMenu:
        """Drafts to go on with, each with a way to delete it."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self._desk.icons.icon("plus"), "New post").triggered.connect(self.new_pressed)
        menu.addSeparator()
        now = self._desk.now()
        for draft in self._drafts:
            title = letter.title_of(draft)
            text = f"{title[:44] + '…' if len(title) > 45 else title}    {words.age(draft.updated, now)}"
            entry = menu.addAction(text.replace("&", "&&"))
            entry.setCheckable(True)
            entry.setChecked(draft.id == self._current)
            entry.triggered.connect(lambda _on=False, i=draft.id: self.draft_chosen.emit(i))
        if self._current:
            menu.addSeparator()
            delete = menu.addAction(self._desk.icons.icon("trash-2"), "Delete this draft")
            delete.triggered.connect(lambda: self.draft_discarded.emit(self._current))
        return menu

    def _open_menu(self) -> None:
        self.drafts_menu().popup(self.drafts_button.mapToGlobal(self.drafts_button.rect().bottomLeft()))
