"""The options inside a column are kept at once."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from socialdesk.core.source import WordFilter
from socialdesk.ui.column.column import ColumnView
from socialdesk.ui.column.options import OptionsPanel, name_of, split
from socialdesk.ui.desk import Desk
from tests.ui.conftest import eventually
from tests.ui.fakes import Fakes

Open = Callable[..., Any]
LEFT = Qt.MouseButton.LeftButton


async def opened(open_window: Open, number: int) -> tuple[ColumnView, OptionsPanel]:
    window = await open_window()
    view: ColumnView = window.strip.views()[number]
    QTest.mouseClick(view.header.button, LEFT)
    panels = view.findChildren(OptionsPanel)
    await eventually(lambda: panels and panels[0].title.text())
    return view, panels[0]


async def test_words_and_checks_become_the_filter(fakes: Fakes, open_window: Open) -> None:
    view, panel = await opened(open_window, 1)
    panel.any_of.setFocus()
    QTest.keyClicks(panel.any_of, "b2b, buyer journey,, b2b")
    QTest.keyClick(panel.any_of, Qt.Key.Key_Return)
    QTest.mouseClick(
        panel.hide_reshares, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(12, panel.hide_reshares.height() // 2)
    )
    wanted = WordFilter(any_of=("b2b", "buyer journey"), hide_reshares=True)
    await eventually(lambda: fakes.columns_list[1].filter == wanted)
    await eventually(lambda: view.column.filter == wanted)


async def test_typing_is_kept_after_a_pause(fakes: Fakes, open_window: Open) -> None:
    _, panel = await opened(open_window, 1)
    panel.title.setFocus()
    panel.title.selectAll()
    QTest.keyClicks(panel.title, "Buyers")
    await eventually(lambda: fakes.columns_list[1].title == "Buyers")
    assert panel.title.text() == "Buyers"


async def test_an_empty_title_keeps_the_old_one(fakes: Fakes, open_window: Open) -> None:
    _, panel = await opened(open_window, 1)
    panel.title.clear()
    panel.keep()
    assert fakes.columns_list[1].title == "Home"


async def test_opening_the_options_changes_nothing(fakes: Fakes, open_window: Open) -> None:
    await opened(open_window, 0)
    assert not any(call[0] == "update" for call in fakes.calls)


async def test_a_source_can_be_taken_out_of_a_joined_column(fakes: Fakes, open_window: Open) -> None:
    _, panel = await opened(open_window, 0)
    remove = [b for b in panel.findChildren(QAbstractButton) if b.accessibleName().startswith("Remove Feed")]
    QTest.mouseClick(remove[0], LEFT)
    await eventually(lambda: any(call[0] == "set_sources" for call in fakes.calls))
    left = next(call for call in fakes.calls if call[0] == "set_sources")[2]
    assert [source.network for source in left] == ["mastodon", "bluesky"]


async def test_the_last_source_stays(open_window: Open) -> None:
    _, panel = await opened(open_window, 1)
    names = [b.accessibleName() for b in panel.findChildren(QAbstractButton)]
    assert [n for n in names if n.startswith("Remove ")] == ["Remove column"]


async def test_a_removed_column_can_be_brought_back(fakes: Fakes, open_window: Open, desk: Desk) -> None:
    view, panel = await opened(open_window, 1)
    window = view.window()
    button = next(b for b in panel.findChildren(QAbstractButton) if b.accessibleName() == "Remove column")
    QTest.mouseClick(button, LEFT)
    await eventually(lambda: window.strip.ids == (1, 3, 4))
    await eventually(window.toast.isVisible)
    assert window.toast.label.text() == "Removed “Home”."
    QTest.mouseClick(window.toast.button, LEFT)
    await eventually(lambda: window.strip.ids == (1, 2, 3, 4))


async def test_escape_closes_the_options(open_window: Open) -> None:
    _, panel = await opened(open_window, 1)
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()


def test_words_are_parted_by_commas() -> None:
    assert split(" a , b c,,a ,") == ("a", "b c")


def test_a_source_is_named_by_kind_own_words_and_account() -> None:
    from dataclasses import replace

    from tests.ui.fakes import source_line

    line = source_line(1)
    assert name_of(line) == "Home · @northwind"
    assert name_of(
        replace(line, source=replace(line.source, params={"server": "https://s.example", "tag": "b2b"}))
    ) == ("Home · b2b · @northwind")
