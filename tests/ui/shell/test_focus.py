"""The point of a picture that stays in sight, by click and by key."""

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest

from socialdesk.core.post import Draft
from socialdesk.ui.composer.editor import png_of
from socialdesk.ui.composer.focus import FocusPicker
from socialdesk.ui.shell import Shell
from tests.ui.conftest import eventually
from tests.ui.panel_fakes import PanelFakes
from tests.ui.shell.test_composing import click, compose


async def describing(shell: Shell, panels: PanelFakes, *, focus: bool) -> FocusPicker:
    known = panels.composing.rules_by_account
    known[1] = replace(known[1], focus=focus)
    await compose(shell)
    composer = shell.composer
    image = QImage(100, 80, QImage.Format.Format_RGB32)
    image.fill(QColor("#226644"))
    composer.attachments.add(png_of(image), "hall.png")
    await eventually(lambda: composer.draft.pictures)
    click(composer.tiles.tile(0))
    assert composer.alt.isVisible()
    return composer.alt.point


async def test_a_click_puts_the_ring_there(shell: Shell, panels: PanelFakes) -> None:
    picker = await describing(shell, panels, focus=True)
    assert picker.isVisible()
    assert picker.accessibleName() == "Point that stays in sight: middle"
    upper_left = QPoint(round(picker.width() * 0.25), round(picker.height() * 0.25))
    QTest.mouseClick(picker, Qt.MouseButton.LeftButton, pos=upper_left)
    point = shell.composer.draft.pictures[0].focus
    assert point is not None
    assert abs(point[0] + 0.5) < 0.02
    assert abs(point[1] - 0.5) < 0.02
    assert picker.accessibleName() == "Point that stays in sight: upper left"


async def test_arrow_keys_move_it_and_delete_puts_it_back(shell: Shell, panels: PanelFakes) -> None:
    picker = await describing(shell, panels, focus=True)
    picker.setFocus()
    for _ in range(3):
        QTest.keyClick(picker, Qt.Key.Key_Right)
    QTest.keyClick(picker, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert shell.composer.draft.pictures[0].focus == (0.15, 0.25)
    for _ in range(6):
        QTest.keyClick(picker, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert shell.composer.draft.pictures[0].focus == (0.15, -1.0)
    QTest.keyClick(picker, Qt.Key.Key_Delete)
    assert shell.composer.draft.pictures[0].focus is None
    QTest.keyClick(picker, Qt.Key.Key_Escape)
    assert not shell.composer.alt.isVisible()


async def test_it_is_asked_only_where_a_network_keeps_it(shell: Shell, panels: PanelFakes) -> None:
    picker = await describing(shell, panels, focus=False)
    assert not picker.isVisible()


async def test_a_point_is_kept_with_the_draft(shell: Shell, panels: PanelFakes) -> None:
    picker = await describing(shell, panels, focus=True)
    picker.setFocus()
    QTest.keyClick(picker, Qt.Key.Key_Left)
    await eventually(lambda: any(d.pictures and d.pictures[0].focus == (-0.05, 0.0) for d in panels.drafts.values()))
    shell.composer.begin(Draft(text="Another", account_ids=(1,)))
    await eventually(lambda: not shell.composer.alt.isVisible())
