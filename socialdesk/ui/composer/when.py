"""When the posts go out: now, or at a time, with what that asks of the person."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout

from socialdesk.core.checks import AccountCheck
from socialdesk.core.post import Draft
from socialdesk.ui.composer import moments
from socialdesk.ui.controls import Box, IconLabel, button, label
from socialdesk.ui.desk import Desk

_QUICK = (
    ("In an hour", moments.in_an_hour),
    ("Tomorrow 9:00", moments.next_morning),
    ("Monday 9:00", lambda now: moments.next_morning(now, monday=True)),
)
_BY_HAND = {
    "from_here": ("by_hand", "will be yours to post then"),
    "no_documents": ("no_documents", "add the document there yourself"),
    "without_document": ("without_document", "you add the document there yourself"),
}


class WhenBox(Box):
    """Shown while the draft has a time. `chosen` carries the time (UTC), None for now."""

    chosen = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, fill="hover", edge="", radius=12)
        self._desk = desk
        self._filling = False
        self.setAccessibleName("When the posts go out")
        self.edit = moments.picker(desk, "Date and time the posts go out")
        self.edit.dateTimeChanged.connect(self._edited)
        self.now = button(desk, "Post now", "ghost", lambda: self.chosen.emit(None))
        self.now.setAccessibleName("Post now instead")
        self.said = label("", "muted", size=12.5, wrap=True)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(IconLabel(desk, "calendar-clock", "second", 16))
        row.addWidget(self.edit, 1)
        row.addWidget(self.now)
        quick = QHBoxLayout()
        quick.setSpacing(2)
        quick.setContentsMargins(16, 0, 0, 0)  # their words begin where the date does
        for text, time in _QUICK:
            quick.addWidget(button(desk, text, "ghost", partial(self._choose, time)))
        quick.addStretch(1)
        self.column.setContentsMargins(12, 8, 8, 10)
        self.column.setSpacing(4)
        self.column.addLayout(row)
        self.column.addLayout(quick)
        self.column.addWidget(self.said)
        self.hide()

    def ask(self, draft: Draft) -> None:
        """A time to begin with, and the keyboard in it."""
        if draft.publish_at is None:
            self.chosen.emit(moments.in_an_hour(self._desk.now()))
        self.edit.setFocus()
        self.edit.setSelectedSection(self.edit.Section.HourSection)

    def show_draft(self, draft: Draft, checks: Iterable[AccountCheck]) -> None:
        at = draft.publish_at
        self.setVisible(at is not None)
        if at is None:
            return
        self._filling = True
        moments.shown(self.edit, at)
        self._filling = False
        stays_on = any(issue.code == "from_here" for check in checks for issue in check.issues)
        keep = " Keep this computer on and SocialDesk open then." if stays_on else ""
        self.said.setText(f"Your time: {moments.zone_of(at)}.{keep}")

    def _choose(self, time: Callable[[datetime], datetime]) -> None:
        self.chosen.emit(time(self._desk.now()))

    def _edited(self) -> None:
        if not self._filling:
            self.chosen.emit(moments.chosen(self.edit))


def told(checks: Mapping[int, AccountCheck], by_hand: Iterable[int]) -> dict[int, AccountCheck]:
    """The checks with the words of those accounts where the person posts: nothing goes out from this computer."""
    mine = frozenset(by_hand)
    return {i: _by_hand(check) if i in mine else check for i, check in checks.items()}


def _by_hand(check: AccountCheck) -> AccountCheck:
    issues = tuple(
        replace(issue, code=_BY_HAND[issue.code][0], sentence=_BY_HAND[issue.code][1])
        if issue.code in _BY_HAND
        else issue
        for issue in check.issues
    )
    return replace(check, issues=issues)


def button_words(count: int, at: datetime | None) -> str:
    """What the button that sends says."""
    if at is not None:
        return f"Schedule {count}" if count else "Schedule"
    return f"Post to {count}" if count else "Post"
