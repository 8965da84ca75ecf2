"""A video in the composer: pasted, dropped, described, left out where it is not taken."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from socialdesk.core.errors import InputError
from socialdesk.core.rules import VideoRules
from socialdesk.ui.composer.panel import Composer
from socialdesk.ui.shell import Shell
from tests.ui.conftest import eventually
from tests.ui.panel_fakes import PanelFakes
from tests.ui.shell.test_composing import click, compose


def files(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def drop(composer: Composer, *paths: Path) -> None:
    mime = files(*paths)
    event = QDropEvent(
        QPoint(20, 300).toPointF(),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    composer.dropEvent(event)
    assert event.isAccepted()


async def test_a_dropped_video_is_read_by_the_engine_from_its_file(
    shell: Shell, panels: PanelFakes, tmp_path: Path
) -> None:
    await compose(shell)
    composer = shell.composer
    drop(composer, tmp_path / "Tour.MP4")
    await eventually(lambda: composer.draft.pictures)
    assert ("add_video", str(tmp_path / "Tour.MP4")) in panels.calls
    assert panels.blobs == {}  # no byte of it came into the window
    tile = composer.tiles.tile(0)
    assert tile.accessibleName() == "Video of 0:42, no description yet"
    assert not composer.tiles.adder.isVisible()


async def test_a_pasted_video_is_described_and_left_out_where_it_is_not_taken(
    shell: Shell, panels: PanelFakes, tmp_path: Path
) -> None:
    known = panels.composing.rules_by_account
    known[1] = replace(known[1], video=VideoRules())
    await compose(shell)
    composer = shell.composer
    QTest.keyClicks(composer.editor, "Have a look")
    click(composer.chip(2))
    QApplication.clipboard().setMimeData(files(tmp_path / "tour.mov"))
    QTest.keyClick(composer.editor, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    await eventually(lambda: composer.draft.pictures)
    click(composer.checks.row(1).button)
    edit = QApplication.focusWidget()
    assert edit is not None
    assert edit.accessibleName() == "Description of the video"
    QTest.keyClicks(edit, "A tour")
    QTest.keyClick(edit, Qt.Key.Key_Escape)
    assert composer.tiles.tile(0).accessibleName() == "Video of 0:42, described as A tour"
    row = composer.checks.row(2)
    assert row.sentence.text() == "takes no videos here"
    composer.post()
    assert composer.status == "Bluesky: takes no videos here."
    click(row.button)
    assert (composer.draft.overrides[2].without, len(composer.draft.pictures)) == (("video",), 1)
    assert row.sentence.text() == "goes out without the video"
    assert row.button.text() == "Include"
    composer.post()
    await eventually(lambda: panels.publications)


async def test_a_file_that_is_no_video_is_said(shell: Shell, panels: PanelFakes, tmp_path: Path) -> None:
    await compose(shell)
    panels.failing["add_video"] = InputError("tour.mp4 is not a video this desk can send.", "Use MP4, MOV or WebM.")
    drop(shell.composer, tmp_path / "tour.mp4")
    await eventually(lambda: "not a video" in shell.composer.status)
    assert shell.composer.draft.pictures == ()
