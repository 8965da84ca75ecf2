"""Columns side by side: width, order, folding, and the column the keys act on."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from socialdesk.ui.desk import Desk
from socialdesk.ui.strip import Strip
from tests.ui.conftest import eventually
from tests.ui.fakes import Fakes, row

Open = Callable[..., Any]
NONE = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton


def drag(widget: QWidget, start: QPoint, by: int) -> None:
    """Holds the left button at `start` and moves `by` pixels sideways."""
    QTest.mousePress(widget, LEFT, NONE, start)
    here = widget.mapToGlobal(start)
    for step in (0.3, 0.7, 1.0):
        target = widget.mapFromGlobal(here + QPoint(round(by * step), 0))
        QTest.mouseMove(widget, target)
    QTest.mouseRelease(widget, LEFT, NONE, widget.mapFromGlobal(here + QPoint(by, 0)))


def slot_of(strip: Strip, number: int) -> Any:
    return strip.widget().layout().itemAt(number).widget()


@pytest.mark.parametrize(("by", "width"), [(60, 412), (-300, 260), (900, 640)])
async def test_dragging_the_gap_changes_the_width_within_bounds(
    fakes: Fakes, open_window: Open, by: int, width: int
) -> None:
    window = await open_window()
    slot = slot_of(window.strip, 1)
    drag(slot.grip, QPoint(5, 300), by)
    await eventually(lambda: fakes.columns_list[1].width == width)
    assert slot.view.width() == width
    assert slot.view.list.cards.width == width - 2


async def test_the_width_can_be_changed_by_keyboard_and_reset(fakes: Fakes, open_window: Open) -> None:
    window = await open_window()
    slot = slot_of(window.strip, 0)
    QTest.keyClick(slot.grip, Qt.Key.Key_Right)
    await eventually(lambda: fakes.columns_list[0].width == 368)
    slot.view.width_reset.emit()
    await eventually(lambda: fakes.columns_list[0].width == 352)


async def test_dragging_a_header_moves_the_column(fakes: Fakes, open_window: Open) -> None:
    window = await open_window()
    header = window.strip.views()[0].header
    drag(header, QPoint(60, 20), 500)
    assert window.strip.ids == (2, 1, 3, 4)
    await eventually(lambda: [c.id for c in fakes.columns_list] == [2, 1, 3, 4])
    assert ("move", 1, 1) in fakes.calls


async def test_a_click_on_the_header_goes_to_the_top_and_moves_nothing(fakes: Fakes, open_window: Open) -> None:
    window = await open_window()
    view = window.strip.views()[1]
    view.page_down()
    assert not view.list.at_top
    QTest.mouseClick(view.header, LEFT, NONE, QPoint(60, 20))
    await eventually(lambda: view.list.at_top)
    assert not any(call[0] == "move" for call in fakes.calls)
    assert window.strip.active() is view


async def test_a_column_folds_to_a_strip_and_back(fakes: Fakes, open_window: Open) -> None:
    window = await open_window()
    slot = slot_of(window.strip, 1)
    slot.view.collapse.emit()
    await eventually(lambda: fakes.columns_list[1].collapsed)
    await eventually(lambda: slot.width() < 60 and slot.folded.isVisible())
    assert slot.folded.accessibleName() == "Unfold Home"
    QTest.mouseClick(slot.folded, LEFT)
    await eventually(lambda: not fakes.columns_list[1].collapsed)
    await eventually(lambda: slot.view.isVisible() and slot.width() > 300)


async def test_going_to_a_column_brings_it_into_view(fakes: Fakes, open_window: Open, desk: Desk) -> None:
    for number in range(6):
        fakes.add_column(f"More {number}", [row(n) for n in range(20)])
    window = await open_window(1000, 700)
    desk.actions.go_column.emit(-1)
    last = slot_of(window.strip, 9)
    await eventually(lambda: window.strip.active() is last.view)
    await eventually(lambda: last.x() + last.width() <= window.strip.horizontalScrollBar().value() + 1000)
    assert last.view.list.hasFocus()
    window.strip.step(-1)
    assert window.strip.active() is slot_of(window.strip, 8).view
    desk.actions.go_column.emit(0)
    await eventually(lambda: window.strip.horizontalScrollBar().value() == 0)
    desk.actions.go_column.emit(40)
    assert window.strip.active() is slot_of(window.strip, 0).view


async def test_columns_out_of_view_fill_a_little_later(fakes: Fakes, open_window: Open) -> None:
    for number in range(6):
        fakes.add_column(f"More {number}", [row(n) for n in range(20)])
    window = await open_window(1000, 700)
    await eventually(lambda: all(view.model.items for view in window.strip.views()))


async def test_moving_the_active_column_by_keyboard(fakes: Fakes, open_window: Open) -> None:
    window = await open_window()
    window.strip.set_active(1)
    window.strip.move_active(1)
    await eventually(lambda: window.strip.ids == (2, 1, 3, 4))


async def test_a_column_keeps_its_rows_when_others_come_and_go(fakes: Fakes, open_window: Open) -> None:
    window = await open_window()
    view = window.strip.views()[1]
    view.page_down()
    place = view.list.verticalScrollBar().value()
    await fakes.columns.remove(1)
    await eventually(lambda: window.strip.ids == (2, 3, 4))
    assert window.strip.column(2) is view
    assert view.list.verticalScrollBar().value() == place
