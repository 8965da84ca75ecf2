"""The editor of a blog article: title, Markdown, and what the blog wants to know about it."""

import re
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from socialdesk.core.post import Article
from socialdesk.ui.composer import moments
from socialdesk.ui.composer.editor import Editor
from socialdesk.ui.controls import IconButton, PickBox, button, label
from socialdesk.ui.desk import Desk

_STATES = (("publish", "Publish now"), ("draft", "Keep as a draft at the blog"), ("future", "Publish later"))
_COMMA = re.compile(r"\s*,\s*")


class ArticleEditor(QWidget):
    """`changed` carries the article after every change; `pick_featured` asks for its image; `describe` for its text."""

    changed = Signal(object)
    pick_featured = Signal()
    drop_featured = Signal()
    describe = Signal()
    left = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._article = Article("", "")
        self._filling = False
        self.title = _line("Title", "Title of the article", "font-size: 18px; font-weight: 600;")
        self.title.setProperty("look", "bare")
        self.title.setTextMargins(-2, 0, 0, 0)
        self.body = Editor(desk, smallest=240)
        self.body.setPlaceholderText("Write in Markdown")
        self.body.setAccessibleName("Text of the article, in Markdown")
        self.body.typed.connect(lambda text: self._change(markdown=text))
        self.body.left.connect(self.left)
        self.title.textEdited.connect(lambda text: self._change(title=text))
        self.title.returnPressed.connect(self.body.setFocus)
        self._details = QWidget()
        self._more = button(desk, "Details", "quiet", self._toggle, icon="chevron-down", tint="muted")
        self._more.setAccessibleName("Details of the article: address, excerpt, categories, tags, image, date")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        for widget in (self.title, self.body, self._more, self._details):
            column.addWidget(widget)
        self._build_details()
        self._details.hide()

    def show_article(self, article: Article, account_key: int) -> None:
        """Shows `article`; `account_key` tells drafts apart, so that undo does not cross them."""
        self._article, self._filling = article, True
        _fill(self.title, article.title)
        self.body.show_page(account_key, article.markdown)
        _fill(self.slug, article.slug)
        _fill(self.excerpt, article.excerpt)
        _fill(self.categories, ", ".join(article.categories))
        _fill(self.tags, ", ".join(article.tags))
        self.state.setCurrentIndex([value for value, _ in _STATES].index(article.status))
        self.when.setVisible(article.status == "future")
        if article.publish_at is not None:
            moments.shown(self.when, article.publish_at)
        self._show_featured()
        self._filling = False

    def _build_details(self) -> None:
        self.slug = _line("Address", "End of the address; made from the title when empty")
        self.excerpt = _line("Excerpt", "One or two sentences for lists and cards")
        self.categories = _line("Categories", "Divided by commas")
        self.tags = _line("Tags", "Divided by commas")
        self.slug.textEdited.connect(lambda text: self._change(slug=text.strip()))
        self.excerpt.textEdited.connect(lambda text: self._change(excerpt=text))
        self.categories.textEdited.connect(lambda text: self._change(categories=_names(text)))
        self.tags.textEdited.connect(lambda text: self._change(tags=_names(text)))
        self.state = PickBox("When the article appears")
        for _value, text in _STATES:
            self.state.addItem(text)
        self.state.currentIndexChanged.connect(self._state_changed)
        self.when = moments.picker(self._desk, "Date and time of publication")
        moments.shown(self.when, moments.next_morning(self._desk.now()))
        self.when.dateTimeChanged.connect(self._when_changed)
        form = QFormLayout(self._details)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(8)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        rows = (("Address", self.slug), ("Excerpt", self.excerpt), ("Categories", self.categories), ("Tags", self.tags))
        for text, field in (*rows, ("Image", self._featured_row()), ("Appears", self.state), ("", self.when)):
            form.addRow(label(text, "muted"), field)

    def _featured_row(self) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        self._pick = button(self._desk, "Choose an image", "plain", self.pick_featured.emit, icon="image-plus")
        self._alt = button(self._desk, "Describe", "ghost", self.describe.emit)
        self._drop = IconButton(self._desk, "x", "Remove the featured image", self.drop_featured.emit, size=14)
        for widget in (self._pick, self._alt, self._drop):
            layout.addWidget(widget)
        layout.addStretch(1)
        return row

    def _show_featured(self) -> None:
        featured = self._article.featured
        text = (featured.name or "Image chosen")[:24] if featured else "Choose an image"
        self._pick.setText(text)
        self._pick.setAccessibleName(f"Featured image: {text}")
        self._alt.setVisible(featured is not None)
        self._alt.setText("ALT" if featured and featured.alt else "ALT?")
        self._alt.setAccessibleName("Describe the featured image")
        self._drop.setVisible(featured is not None)

    def _toggle(self) -> None:
        self.show_details(shown=not self._details.isVisibleTo(self))

    def show_details(self, *, shown: bool) -> None:
        self._details.setVisible(shown)

    def _state_changed(self, index: int) -> None:
        status = _STATES[index][0]
        self.when.setVisible(status == "future")
        if status == "future" and self._article.publish_at is None:
            self._change(status=status, publish_at=moments.chosen(self.when))
        else:
            self._change(status=status)

    def _when_changed(self) -> None:
        if self._article.status == "future":
            self._change(publish_at=moments.chosen(self.when))

    def _change(self, **fields: object) -> None:
        if self._filling:
            return
        self._article = replace(self._article, **fields)  # type: ignore[arg-type]  # names are those of Article
        self.changed.emit(self._article)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for name in _COMMA.split(text.strip()) if name)


def _fill(edit: QLineEdit, text: str) -> None:
    """Sets the text unless it says the same already, so that a comma being typed is not taken away."""
    if edit.text() != text and not edit.hasFocus():
        edit.setText(text)


def _line(name: str, hint: str, style: str = "") -> QLineEdit:
    made = QLineEdit()
    made.setAccessibleName(name)
    made.setPlaceholderText(hint)
    if style:
        made.setStyleSheet(style)
    return made
