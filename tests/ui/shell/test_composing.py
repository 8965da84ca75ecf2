"""Writing and sending with real keys and the mouse."""

import asyncio
from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from socialdesk.core.errors import InputError, StoreError, Unreachable
from socialdesk.core.events import AccountsChanged
from socialdesk.core.post import Article, Draft
from socialdesk.ui.composer import saver
from socialdesk.ui.composer.editor import png_of
from socialdesk.ui.shell import Shell
from tests.ui.conftest import eventually
from tests.ui.panel_fakes import PanelFakes
from tests.ui.shell.conftest import Open, press


async def compose(shell: Shell) -> None:
    press(shell, Qt.Key.Key_N)
    await eventually(lambda: shell.composer.editor.isVisible() and len(shell.composer.roster.rules) == 3)


def click(widget: object) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)  # type: ignore[call-overload]


async def test_write_choose_accounts_and_send_with_ctrl_enter(shell: Shell, panels: PanelFakes) -> None:
    await compose(shell)
    composer = shell.composer
    assert composer.draft.account_ids == (1,)
    click(composer.chip(2))
    QTest.keyClicks(composer.editor, "Hello #B2B")
    assert composer.post_button.accessibleName() == "Post to 2"
    assert composer.tabs.tab(1).text() == "10"
    assert "10 of 500" in composer.checks.row(1).accessibleName()
    QTest.keyClick(composer.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await eventually(lambda: panels.publications)
    sent = panels.publications[0].draft
    assert (sent.text, sent.account_ids) == ("Hello #B2B", (1, 2))
    await eventually(lambda: composer.editor.toPlainText() == "")
    assert "Posting to 2 accounts." in shell.window.toast.label.text()
    assert (composer.post_button.isEnabled(), composer.post_button.accessibleName()) == (True, "Post to 2")


async def test_the_draft_is_saved_at_a_pause_and_is_back_after_a_restart(open_shell: Open, panels: PanelFakes) -> None:
    first = await open_shell()
    await compose(first)
    QTest.keyClicks(first.composer.editor, "Not finished")
    await eventually(lambda: any(draft.text == "Not finished" for draft in panels.drafts.values()))
    assert len(panels.drafts) == 1
    second = await open_shell()
    await eventually(lambda: second.composer.editor.toPlainText() == "Not finished")
    assert second.window.left.panel is second.composer


async def test_escape_folds_and_keeps_every_letter(shell: Shell, panels: PanelFakes) -> None:
    await compose(shell)
    QTest.keyClicks(shell.composer.editor, "Half a thought")
    QTest.keyClick(shell.composer.editor, Qt.Key.Key_Escape)
    assert shell.window.left.panel is None
    await eventually(lambda: panels.drafts)
    press(shell, Qt.Key.Key_X)
    assert shell.composer.editor.toPlainText() == "Half a thought"


async def test_letters_typed_into_the_text_are_no_commands(shell: Shell) -> None:
    await compose(shell)
    QTest.keyClicks(shell.composer.editor, "nrtf1?;,")
    assert shell.composer.editor.toPlainText() == "nrtf1?;,"
    assert shell.sheet is None


async def test_too_long_is_said_and_split_with_one_press(shell: Shell) -> None:
    await compose(shell)
    composer = shell.composer
    click(composer.chip(2))
    click(composer.chip(1))
    QTest.keyClicks(composer.editor, "Fifteen letters " * 6)
    row = composer.checks.row(2)
    assert "over the limit of 60" in row.sentence.text()
    composer.post()
    assert "over the limit" in composer.status
    click(row.button)
    assert composer.tabs.current == 2
    assert "---" in composer.editor.toPlainText()
    assert "2 posts" in composer.checks.row(2).sentence.text()
    assert composer.draft.text == "Fifteen letters " * 6
    assert composer.tabs.tab(2).text() == "edited"


async def test_own_words_on_an_accounts_tab_leave_the_others_alone(shell: Shell) -> None:
    await compose(shell)
    composer = shell.composer
    click(composer.chip(2))
    QTest.keyClicks(composer.editor, "For all")
    click(composer.tabs.tab(2))
    QTest.keyClicks(composer.editor, "!")
    assert (composer.draft.text, composer.draft.overrides[2].text) == ("For all", "For all!")
    QTest.keyClick(composer.tabs.tab(2), Qt.Key.Key_Left)
    assert composer.tabs.current == 1
    assert composer.editor.toPlainText() == "For all"


async def test_an_article_leads_and_the_short_post_carries_its_address(shell: Shell, panels: PanelFakes) -> None:
    await compose(shell)
    composer = shell.composer
    QTest.keyClicks(composer.editor, "New piece")
    click(composer.chip(3))
    row = composer.checks.row(3)
    assert row.sentence.text() == "takes an article"
    click(row.button)
    assert composer.article.isVisible()
    QTest.keyClicks(composer.article.title, "Basics, reconsidered")
    QTest.keyClicks(composer.article.body, "The **long** text.")
    assert composer.card.isVisible()
    assert composer.checks.row(3).sentence.text() == "goes first; the others link to it"
    QTest.keyClick(composer.article.body, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await eventually(lambda: panels.publications)
    draft = panels.publications[0].draft
    assert draft.article == Article("Basics, reconsidered", "The **long** text.")
    assert draft.account_ids == (1, 3)


async def test_a_pasted_picture_gets_a_description(shell: Shell) -> None:
    await compose(shell)
    composer = shell.composer
    QTest.keyClicks(composer.editor, "Look")
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(QColor("#226644"))
    mime = QMimeData()
    mime.setImageData(image)
    QApplication.clipboard().setMimeData(mime)
    QTest.keyClick(composer.editor, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    await eventually(lambda: composer.draft.pictures)
    row = composer.checks.row(1)
    assert row.sentence.text() == "image has no description"
    click(row.button)
    alt = QApplication.focusWidget()
    assert alt is not None
    assert alt.accessibleName() == "Description of the picture"
    QTest.keyClicks(alt, "A green pump")
    QTest.keyClick(alt, Qt.Key.Key_Escape)
    assert composer.draft.pictures[0].alt == "A green pump"
    assert composer.isVisible()
    assert composer.checks.row(1).sentence.text().startswith("4 of 500")


async def test_a_removed_picture_comes_back_with_undo(shell: Shell) -> None:
    await compose(shell)
    composer = shell.composer
    composer.attachments.add(png_of(QImage(4, 4, QImage.Format.Format_RGB32)), "a.png")
    await eventually(lambda: composer.draft.pictures)
    tile = composer.tiles.tile(0)
    tile.setFocus()
    QTest.keyClick(tile, Qt.Key.Key_Delete)
    assert composer.draft.pictures == ()
    click(shell.window.toast.button)
    assert len(composer.draft.pictures) == 1


async def test_a_reply_goes_to_the_account_that_sees_the_post(shell: Shell) -> None:
    shell.window.strip.set_active(1)
    column = shell.window.strip.active()
    assert column is not None
    column.list.select_row(2)
    column.focus_list()
    QTest.keyClick(column.list, Qt.Key.Key_R)
    await eventually(lambda: shell.window.left.panel is not None and shell.composer.draft.reply_to is not None)
    composer = shell.composer
    assert composer.draft.account_ids == (1,)
    assert composer.strip.isVisible()
    assert composer.draft.reply_to is not None
    assert composer.draft.reply_to.account_id == 1


async def test_answering_keeps_what_was_being_written(shell: Shell, panels: PanelFakes) -> None:
    await compose(shell)
    QTest.keyClicks(shell.composer.editor, "My own words")
    shell.write(Draft(text="Another"))
    await eventually(lambda: shell.composer.editor.toPlainText() == "Another")
    assert any(draft.text == "My own words" for draft in panels.drafts.values())


async def test_a_failed_send_keeps_the_draft_and_says_why(shell: Shell, panels: PanelFakes) -> None:
    panels.failing["submit"] = Unreachable("down")
    await compose(shell)
    QTest.keyClicks(shell.composer.editor, "Keep me")
    click(shell.composer.post_button)
    await eventually(lambda: shell.composer.status)
    assert shell.composer.status == "The server could not be reached."
    assert shell.composer.editor.toPlainText() == "Keep me"
    assert shell.composer.post_button.isEnabled()


async def test_an_account_whose_limits_are_unknown_holds_only_itself(shell: Shell, panels: PanelFakes) -> None:
    panels.failing["rules"] = Unreachable("down")
    press(shell, Qt.Key.Key_N)
    await eventually(lambda: len(shell.composer.roster.problems) == 3)
    QTest.keyClicks(shell.composer.editor, "Hello")
    shell.composer.post()
    assert shell.composer.status == "Mastodon: The server could not be reached."
    del panels.failing["rules"]
    shell.composer.post()
    await eventually(lambda: len(shell.composer.roster.rules) == 3)


async def test_limits_that_changed_meanwhile_are_those_the_composer_counts_with(
    shell: Shell, panels: PanelFakes
) -> None:
    await compose(shell)
    composer, known = shell.composer, panels.composing.rules_by_account
    QTest.keyClicks(composer.editor, "Hello")
    known[1] = replace(known[1], limit=1000)
    panels.send(AccountsChanged(1))
    await eventually(lambda: "5 of 1,000" in composer.checks.row(1).accessibleName())
    known[1] = replace(known[1], limit=900)
    click(composer.chip(1))
    click(composer.chip(1))
    await eventually(lambda: "5 of 900" in composer.checks.row(1).accessibleName())
    known[1] = replace(known[1], limit=800)
    composer.begin(Draft(text="Hello again", account_ids=(1,)))
    await eventually(lambda: "11 of 800" in composer.checks.row(1).accessibleName())


async def test_a_refused_draft_is_counted_with_the_limits_that_refused_it(shell: Shell, panels: PanelFakes) -> None:
    await compose(shell)
    known = panels.composing.rules_by_account
    QTest.keyClicks(shell.composer.editor, "Hello")
    known[1] = replace(known[1], limit=3)
    panels.failing["submit"] = InputError("Mastodon: 2 over the limit.", "Mend it, then post again.")
    shell.composer.post()
    await eventually(lambda: "2 over" in shell.composer.checks.row(1).accessibleName())
    assert shell.composer.editor.toPlainText() == "Hello"


async def test_limits_once_known_stay_when_they_cannot_be_asked_again(shell: Shell, panels: PanelFakes) -> None:
    await compose(shell)
    panels.failing["rules"] = Unreachable("down")
    asked = panels.calls.count(("rules", 1))
    panels.send(AccountsChanged(1))
    await eventually(lambda: panels.calls.count(("rules", 1)) > asked)
    QTest.keyClicks(shell.composer.editor, "Hello")
    await eventually(lambda: "5 of 500" in shell.composer.checks.row(1).accessibleName())


async def test_a_window_of_its_own_closes_only_when_its_letters_are_on_disk(shell: Shell, panels: PanelFakes) -> None:
    press(shell, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    window = shell.composer_windows[0]
    await eventually(lambda: window.composer.editor.isVisible() and window.composer.roster.rules)
    QTest.keyClicks(window.composer.editor, "Apart")
    window.close()
    await eventually(lambda: not shell.composer_windows)
    assert [draft.text for draft in panels.drafts.values()] == ["Apart"]


async def test_a_deleted_draft_comes_back_with_undo(shell: Shell, panels: PanelFakes) -> None:
    panels.drafts[5] = Draft(5, "Old thought", (1,))
    await compose(shell)
    await eventually(lambda: "1" in shell.composer.drafts_button.text())
    shell.composer.draft_chosen.emit(5)
    await eventually(lambda: shell.composer.editor.toPlainText() == "Old thought")
    menu = shell.composer.drafts_menu()
    next(action for action in menu.actions() if action.text() == "Delete this draft").trigger()
    await eventually(lambda: not panels.drafts and shell.window.toast.button.isVisible())
    click(shell.window.toast.button)
    await eventually(lambda: shell.composer.editor.toPlainText() == "Old thought")
    assert [replace(d, updated=None, id=0).text for d in panels.drafts.values()] in ([], ["Old thought"])


async def test_every_control_of_the_composer_has_a_name(shell: Shell) -> None:
    await compose(shell)
    from PySide6.QtWidgets import QAbstractButton, QLineEdit, QPlainTextEdit

    nameless = [
        child
        for kind in (QAbstractButton, QLineEdit, QPlainTextEdit)
        for child in shell.composer.findChildren(kind)
        if child.isVisible() and not (child.accessibleName() or (isinstance(child, QPushButton) and child.text()))
    ]
    assert nameless == []


async def test_the_first_keys_may_come_before_the_accounts_are_known(shell: Shell) -> None:
    press(shell, Qt.Key.Key_N)
    QTest.keyClicks(shell.composer.editor, "Quick")
    assert shell.composer.draft.text == "Quick"
    await eventually(lambda: len(shell.composer.roster.rules) == 3)
    assert shell.composer.editor.toPlainText() == "Quick"


async def test_a_save_that_failed_is_made_again_without_a_key(
    shell: Shell, panels: PanelFakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saver, "AGAIN_MS", 20)
    await compose(shell)
    composing = panels.composing
    save = composing.save

    async def full(draft: Draft) -> Draft:
        composing.save = save
        raise StoreError("database or disk is full", reason="disk_full")

    composing.save = full
    QTest.keyClicks(shell.composer.editor, "Not lost")
    await eventually(lambda: any(draft.text == "Not lost" for draft in panels.drafts.values()))


async def test_nothing_is_posted_while_a_picture_is_still_on_its_way(shell: Shell, panels: PanelFakes) -> None:
    await compose(shell)
    composing = panels.composing
    add, go_on = composing.add_picture, asyncio.Event()

    async def slow(data: bytes, name: str) -> object:
        await go_on.wait()
        return await add(data, name)

    composing.add_picture = slow
    QTest.keyClicks(shell.composer.editor, "With a picture")
    shell.composer.attachments.add(b"png", "chart.png")
    await eventually(lambda: shell.composer.attachments.adding)
    shell.composer.post()
    assert not panels.publications
    go_on.set()
    await eventually(lambda: shell.composer.draft.pictures)
    shell.composer.post()
    await eventually(lambda: panels.publications)
    assert len(panels.publications[0].draft.pictures) == 1


async def test_another_theme_changes_no_word_of_a_draft(shell: Shell, panels: PanelFakes) -> None:
    article = Article("Basics, reconsidered", "The **long** text.")
    await compose(shell)
    shell.write(Draft(text="Hello #B2B", article=article, account_ids=(1, 3)))
    await eventually(lambda: shell.composer.draft.article == article)
    for mode in ("light", "dark"):
        shell.desk.theme.set_mode(mode)
        await eventually(lambda dark=mode == "dark": shell.desk.theme.tokens.dark == dark)
        assert (shell.composer.draft.text, shell.composer.draft.article) == ("Hello #B2B", article)
