"""What stands above the text: the post that is answered or quoted."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout

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
