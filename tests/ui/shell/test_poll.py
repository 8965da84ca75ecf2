"""A poll and who may answer, in the composer."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from socialdesk.core.post import Draft, Poll
from socialdesk.core.rules import Choice, PollRules
from socialdesk.ui.shell import Shell
from tests.ui.conftest import eventually
from tests.ui.panel_fakes import PanelFakes
from tests.ui.shell.test_composing import click, compose

REPLIES = (Choice("all", "Everybody"), Choice("followers", "Your followers"))


def line() -> QLineEdit:
    focus = QApplication.focusWidget()
    assert isinstance(focus, QLineEdit)
    return focus


async def test_a_poll_is_written_with_the_keyboard_and_left_out_where_there_is_none(
    shell: Shell, panels: PanelFakes
) -> None:
    known = panels.composing.rules_by_account
    known[1] = replace(known[1], polls=PollRules(options=3))
    await compose(shell)
    composer = shell.composer
    QTest.keyClicks(composer.editor, "What do you read first?")
    composer.poll_pressed.emit()
    assert composer.poll.isVisible()
    assert composer.checks.row(1).sentence.text() == "a poll needs two answers"
    click(composer.checks.row(1).button)
    for answer in ("Cases", "Prices", "Papers"):
        QTest.keyClicks(line(), answer)
        QTest.keyClick(line(), Qt.Key.Key_Return)
    assert line().accessibleName() == "Answer 4"
    QTest.keyClick(line(), Qt.Key.Key_Backspace)
    assert line().accessibleName() == "Answer 3"
    composer.poll.runs.setCurrentIndex(composer.poll.runs.findText("Runs 3 days"))
    click(composer.poll.several)
    assert composer.draft.poll == Poll(("Cases", "Prices", "Papers"), 4320, multiple=True)
    click(composer.chip(2))
    row = composer.checks.row(2)
    assert row.sentence.text() == "has no polls"
    composer.post()
    assert composer.status == "Bluesky: has no polls."
    click(row.button)
    assert row.sentence.text() == "goes out without the poll"
    composer.post()
    await eventually(lambda: panels.publications)
    sent = panels.publications[0].draft
    assert (sent.poll, sent.overrides[2].without) == (composer.poll._poll, ("poll",))


async def test_a_poll_is_kept_with_the_draft_and_taken_away(shell: Shell, panels: PanelFakes) -> None:
    await compose(shell)
    composer = shell.composer
    composer.begin(Draft(text="Well?", account_ids=(1,), poll=Poll(("Yes", "No"), 90)))
    await eventually(composer.poll.isVisible)
    assert [one.text() for one in composer.poll.lines] == ["Yes", "No"]
    assert composer.poll.runs.currentText() == "Runs 90 minutes"
    await eventually(lambda: any(draft.poll is not None for draft in panels.drafts.values()))
    composer.poll.changed.emit(None)
    assert composer.draft.poll is None
    assert not composer.poll.isVisible()


async def test_who_may_answer_is_chosen_for_each_account_that_has_the_choice(shell: Shell, panels: PanelFakes) -> None:
    known = panels.composing.rules_by_account
    known[2] = replace(known[2], replies_from=REPLIES)
    await compose(shell)
    composer = shell.composer
    assert not composer.replies.isVisible()
    click(composer.chip(2))
    box = composer.replies.boxes[2]
    assert box.accessibleName() == "Who may answer: Bluesky"
    assert box.currentText() == "Everybody"
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert composer.draft.overrides[2].replies == "followers"
    click(composer.tabs.tab(1))
    assert not composer.replies.isVisible()
    click(composer.tabs.tab(2))
    assert composer.replies.boxes[2].currentText() == "Your followers"


async def test_several_choices_are_one_line_until_somebody_wants_them(shell: Shell, panels: PanelFakes) -> None:
    known = panels.composing.rules_by_account
    for account_id in (1, 2):
        known[account_id] = replace(known[account_id], replies_from=REPLIES)
    await compose(shell)
    composer = shell.composer
    for account_id in (1, 2):
        if account_id not in composer.draft.account_ids:
            click(composer.chip(account_id))
    assert composer.replies.change.isVisible()
    assert not any(box.isVisible() for box in composer.replies.boxes.values())
    composer.replies.change.setFocus()
    QTest.keyClick(composer.replies.change, Qt.Key.Key_Space)
    boxes = composer.replies.boxes
    await eventually(lambda: all(box.isVisible() for box in boxes.values()) and boxes[1].hasFocus())
    QTest.keyClick(boxes[1], Qt.Key.Key_Down)
    assert composer.draft.overrides[1].replies == "followers"
    assert boxes[2].isVisible()
