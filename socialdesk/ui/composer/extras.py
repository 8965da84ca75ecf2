"""What stands around the text: the post that is answered or quoted above it, the card of the link below it."""

from urllib.parse import urlsplit

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from socialdesk.core.post import Draft, Target
from socialdesk.ui.controls import Box, Elided, IconButton, IconLabel, label
from socialdesk.ui.desk import Desk


class TargetStrip(Box):
    """“Answering Harbor Analytics” with the beginning of their words. `dropped` when the person takes it away."""

    dropped = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, fill="hover", edge="", radius=10)
        self._icon = IconLabel(desk, "reply", "muted", 15)
        self._who = Elided("", "second")
        self._text = label("", "muted", wrap=True)
        self._text.setMaximumHeight(54)
        self._text.setAlignment(Qt.AlignmentFlag.AlignTop)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self._icon)
        head.addWidget(self._who, 1)
        head.addWidget(IconButton(desk, "x", "Take this away", self.dropped.emit, size=14))
        self.column.setContentsMargins(12, 4, 4, 8)
        self.column.addLayout(head)
        self.column.addWidget(self._text)
        self.hide()

    def show_draft(self, draft: Draft) -> None:
        target: Target | None = draft.reply_to or draft.quote
        self.setVisible(target is not None)
        if target is None:
            return
        answering = draft.reply_to is not None
        self._icon.show_icon("reply" if answering else "quote", "muted")
        self._who.setText(f"{'Answering' if answering else 'Quoting'} {target.author or 'a post'}")
        text = " ".join(target.text.split())
        self._text.setText(text if len(text) <= 160 else text[:159] + "…")


class CardPreview(Box):
    """The card that the short posts will carry: an article's, or a link's."""

    dropped = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, fill="", edge="line", radius=12)
        band = Box(desk, fill="selected", edge="", radius=11)
        self._icon = IconLabel(desk, "file-text", "muted", 22)
        band.setFixedHeight(64)
        band.column.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignCenter)
        words = QWidget()
        column = QVBoxLayout(words)
        column.setContentsMargins(12, 8, 6, 10)
        column.setSpacing(1)
        self._site = Elided("", "muted")
        self._title = label("", weight=600, wrap=True)
        self._drop = IconButton(desk, "x", "Remove the link", self.dropped.emit, size=14)
        head = QHBoxLayout()
        head.addWidget(self._site, 1)
        head.addWidget(self._drop)
        column.addLayout(head)
        column.addWidget(self._title)
        self.column.setContentsMargins(1, 1, 1, 1)
        self.column.addWidget(band)
        self.column.addWidget(words)
        self.hide()

    def show_draft(self, draft: Draft, blog: str) -> None:
        """`blog` is the site of the blog that leads, '' when there is none."""
        article = draft.article
        if article is not None and blog:
            self._icon.show_icon("file-text", "muted")
            self._site.setText(f"{blog} · published with this post")
            self._title.setText(article.title.strip() or "Untitled article")
        elif draft.link:
            self._icon.show_icon("link", "muted")
            self._site.setText(urlsplit(draft.link).hostname or draft.link)
            self._title.setText(draft.link)
        self._drop.setVisible(not (article is not None and blog))
        self.setVisible(bool((article is not None and blog) or draft.link))
