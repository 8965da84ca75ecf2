"""A document in the composer: dropped, titled, left out where it is not taken."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from socialdesk.core.checks import check
from socialdesk.core.errors import InputError
from socialdesk.core.post import Draft, Picture
from socialdesk.core.rules import DocumentRules, PostRules
from socialdesk.ui.composer import letter
from socialdesk.ui.composer.when import told
from socialdesk.ui.shell import Shell
from tests.ui.conftest import eventually
from tests.ui.panel_fakes import PanelFakes
from tests.ui.shell.test_composing import click, compose
from tests.ui.shell.test_video import drop

PAPER = Picture("d" * 64, "application/pdf", 0, 0, 2_400_000, "Annual report", "report.pdf", pages=12)


async def test_a_dropped_document_is_read_by_the_engine_and_shown_as_a_tile(
    shell: Shell, panels: PanelFakes, tmp_path: Path
) -> None:
    await compose(shell)
    composer = shell.composer
    drop(composer, tmp_path / "Annual report.PDF")
    await eventually(lambda: composer.draft.pictures)
    assert ("add_document", str(tmp_path / "Annual report.PDF")) in panels.calls
    assert panels.blobs == {}  # no byte of it came into the window
    tile = composer.tiles.tile(0)
    facts = "Annual report.pdf, 12 pages, 2.4 MB"
    assert tile.accessibleName() == f"Document {facts}, titled Annual report"
    assert tile.toolTip() == facts
    assert not composer.tiles.adder.isVisible()
    tile.remove.emit()
    assert "Document removed." in shell.window.toast.label.text()


async def test_its_title_is_asked_for_and_it_is_left_out_where_it_is_not_taken(
    shell: Shell, panels: PanelFakes, tmp_path: Path
) -> None:
    known = panels.composing.rules_by_account
    known[1] = replace(known[1], documents=DocumentRules(title_limit=58))
    await compose(shell)
    composer = shell.composer
    QTest.keyClicks(composer.editor, "Our year")
    click(composer.chip(2))
    drop(composer, tmp_path / "Annual report.pdf")
    await eventually(lambda: composer.draft.pictures)
    tile = composer.tiles.tile(0)
    click(tile)
    edit = QApplication.focusWidget()
    assert isinstance(edit, QPlainTextEdit)
    assert (edit.accessibleName(), edit.toPlainText()) == ("Title of the document", "Annual report")
    edit.selectAll()
    QTest.keyClick(edit, Qt.Key.Key_Delete)
    assert composer.checks.row(1).sentence.text() == "document has no title"
    assert tile.accessibleName().endswith("no title yet")
    tile.grab()  # the mark that asks for it
    QTest.keyClicks(edit, "Our year in numbers")
    QTest.keyClick(edit, Qt.Key.Key_Escape)
    tile.grab()
    assert tile.accessibleName().endswith("titled Our year in numbers")
    row = composer.checks.row(2)
    assert row.sentence.text() == "takes no documents here"
    composer.post()
    assert composer.status == "Bluesky: takes no documents here."
    click(row.button)
    assert (composer.draft.overrides[2].without, len(composer.draft.pictures)) == (("document",), 1)
    assert (row.sentence.text(), row.button.text()) == ("goes out without the document", "Include")
    composer.post()
    await eventually(lambda: panels.publications)
    (sent,) = panels.publications[0].draft.pictures
    assert sent.alt == "Our year in numbers"


async def test_a_file_that_is_no_document_is_said(shell: Shell, panels: PanelFakes, tmp_path: Path) -> None:
    await compose(shell)
    panels.failing["add_document"] = InputError("a.pdf is not a document this desk can send.", "Use PDF.")
    drop(shell.composer, tmp_path / "a.pdf")
    await eventually(lambda: "not a document" in shell.composer.status)
    assert shell.composer.draft.pictures == ()


def test_who_posts_by_hand_adds_the_document_there() -> None:
    rules = {1: PostRules(limit=100, weigh=len)}
    draft = Draft(text="x", account_ids=(1,), pictures=(PAPER,))
    said = told({1: check(draft, rules)[0]}, by_hand=[1])[1]
    assert [(i.sentence, i.fix) for i in said.issues] == [("add the document there yourself", "leave_out_document")]
    left_out = told({1: check(letter.leaving_out(draft, 1, "document"), rules)[0]}, by_hand=[1])[1]
    assert [issue.sentence for issue in left_out.issues] == ["you add the document there yourself"]
    assert left_out.sendable


def test_a_draft_of_a_document_alone_is_named_by_it() -> None:
    assert letter.title_of(Draft(pictures=(PAPER,))) == "Annual report"
    assert letter.title_of(Draft(pictures=(replace(PAPER, alt=""),))) == "report.pdf"
