"""The list of accounts with what each one will do: a ring, a sentence, and the fix in one press."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from socialdesk.core.checks import AccountCheck
from socialdesk.core.issues import Issue, Severity
from socialdesk.core.rules import PostRules
from socialdesk.ui import words
from socialdesk.ui.controls import Box, Elided, IconLabel, Ring, button, label
from socialdesk.ui.desk import Desk

_FIXES = {
    "add_alt": "Add",
    "edit_alt": "Edit",
    "remove_picture": "Remove",
    "split": "Split",
    "shorten": "Shorten",
    "write_article": "Write it",
    "add_title": "Add",
    "publish_article": "Publish",
    "choose_blog": "Choose",
    "only_target_account": "Only there",
    "post_now": "Post now",
    "leave_out_video": "Leave out",
    "leave_out_document": "Leave out",
    "leave_out_poll": "Leave out",
    "put_back_video": "Include",
    "put_back_document": "Include",
    "put_back_poll": "Include",
    "edit_poll": "Edit",
    "article_same_time": "Same time",
    "choose_time": "Change",
}
_TINTS = {Severity.ERROR: "bad", Severity.WARNING: "warn", Severity.NOTE: "good"}


class CheckRow(QWidget):
    """One account. `fix` carries (account id, issue)."""

    fix = Signal(int, object)

    def __init__(self, desk: Desk, account_id: int, title: str) -> None:
        super().__init__()
        self._account_id = account_id
        self._title = title
        self._issue: Issue | None = None
        self.ring = Ring(desk)
        self._name = label(title, weight=600, size=12.5)
        self.sentence = Elided("", "muted")
        self.sentence.setFont(desk.theme.font(12.5))
        self.mark = IconLabel(desk, "check", "good", 16)
        self.button = button(desk, "", "ghost", self._pressed)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 10, 0)
        row.setSpacing(8)
        for widget in (self.ring, self._name):
            row.addWidget(widget)
        row.addWidget(self.sentence, 1)
        row.addWidget(self.button)
        row.addWidget(self.mark)
        self._desk = desk
        desk.theme.changed.connect(self._tint_button)
        self.setFixedHeight(29)
        self.wait("looking up its limits")

    def wait(self, sentence: str) -> None:
        """Nothing can be said about this account yet."""
        self._issue = None
        self.ring.show_share(0, "accent")
        self._say(sentence)
        self.button.hide()
        self.mark.hide()

    def show_check(self, check: AccountCheck, fine: str) -> None:
        """`fine` is the sentence of an account without issues."""
        issue = self._issue = check.first
        is_blank = is_unwritten(check)
        tint = "muted" if is_blank else _TINTS[issue.severity] if issue else "good"
        self.ring.show_share(_share(check), "accent" if issue is None or issue.severity is Severity.NOTE else tint)
        self._say(issue.sentence if issue else fine)
        fix = _FIXES.get(issue.fix, "") if issue and not is_blank else ""
        self.button.setText(fix)
        self.button.setAccessibleName(f"{fix}: {self._title}, {issue.sentence}" if issue else "")
        self.button.setVisible(bool(fix))
        self._tint_button()
        self.mark.setVisible(not fix and not is_blank)
        self.mark.show_icon("check" if check.sendable else "triangle-alert", tint)

    def _tint_button(self) -> None:
        tint = _TINTS[self._issue.severity] if self._issue is not None else "link"
        colour = self._desk.theme.colour(tint).name()
        self.button.setStyleSheet(f"min-height: 16px; padding: 1px 4px; color: {colour};")

    def _say(self, sentence: str) -> None:
        self.sentence.setText(sentence)
        self.setAccessibleName(f"{self._title}: {sentence}")

    def _pressed(self) -> None:
        if self._issue is not None:
            self.fix.emit(self._account_id, self._issue)


class CheckList(Box):
    """Rows for the chosen accounts, in their order."""

    fix = Signal(int, object)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, fill="hover", edge="", radius=12)
        self._desk = desk
        self._rows: dict[int, CheckRow] = {}
        self.column.setContentsMargins(0, 7, 0, 7)
        self.setAccessibleName("What each account will post")

    def row(self, account_id: int) -> CheckRow:
        return self._rows[account_id]

    def show_accounts(self, titles: Mapping[int, str]) -> None:
        if tuple(titles) != tuple(self._rows):
            for row in self._rows.values():
                row.hide()
                self.column.removeWidget(row)
                row.deleteLater()
            self._rows = {}
            for account_id, title in titles.items():
                row = self._rows[account_id] = CheckRow(self._desk, account_id, title)
                row.fix.connect(self.fix)
                self.column.addWidget(row)
        self.setVisible(bool(titles))


def is_unwritten(check: AccountCheck) -> bool:
    """Nothing stands there yet, which is no mistake: the editor is right above."""
    return check.first is not None and check.first.fix == "write"


def _share(check: AccountCheck) -> float:
    if check.article:
        return 1.0 if check.sendable else 0.1
    return check.weight / check.limit if check.limit else min(check.weight / 500, 1.0)


def fine_sentence(check: AccountCheck, rules: PostRules, *, own: bool, follows: bool, card: bool) -> str:
    """What an account without issues will do: its count, and what is special about it."""
    if check.article:
        return "goes first; the others link to it" if follows else "takes the article"
    count = (
        f"{check.weight:,} of {check.limit:,}"
        if rules.limit > 0
        else words.plural(check.weight, "character", "characters")
    )
    rest = f"{check.parts} posts" if check.parts > 1 else "own text" if own else "link card" if card else "1 post"
    return f"{count} · {rest}"
