"""The frame: places for panels, the rail, both themes, what is remembered, names for screen readers."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from socialdesk.core.errors import Unreachable
from socialdesk.core.events import ConnectionChanged, OutboxChanged, Progress
from socialdesk.core.post import Delivery, DeliveryState, Draft, PartPlan, Publication
from socialdesk.ui.desk import Desk
from socialdesk.ui.theme import Theme
from socialdesk.ui.tokens import DARK, LIGHT
from socialdesk.ui.window import LEFT_WIDTH, RIGHT_WIDTH
from tests.ui.conftest import eventually
from tests.ui.fakes import Fakes, row

Open = Callable[..., Any]
LEFT = Qt.MouseButton.LeftButton


def publication(state: DeliveryState) -> Publication:
    delivery = Delivery(1, 1, 1, state, (PartPlan("Text", "key"),))
    return Publication(1, Draft(1), datetime(2025, 11, 18, tzinfo=UTC), (delivery,))


async def test_panels_come_in_beside_the_columns(open_window: Open) -> None:
    window = await open_window()
    room = window.pages.width()
    composer, reader = QWidget(), QWidget()
    window.set_left(composer)
    window.set_right(reader)
    await eventually(lambda: window.pages.width() == room - LEFT_WIDTH - RIGHT_WIDTH)
    assert composer.isVisible()
    assert reader.isVisible()
    window.set_left(None)
    window.set_right(None)
    await eventually(lambda: window.pages.width() == room)
    assert not composer.isVisible()


async def test_the_reader_can_take_the_whole_width(open_window: Open, desk: Desk) -> None:
    window = await open_window()
    reader = QWidget()
    window.set_right(reader)
    desk.actions.toggle_full_width.emit()
    await eventually(lambda: reader.width() > 1400)
    assert not window.strip.isVisible()
    desk.actions.toggle_full_width.emit()
    await eventually(lambda: reader.width() == RIGHT_WIDTH)
    desk.actions.toggle_full_width.emit()
    desk.actions.close_right.emit()
    assert window.strip.isVisible()


async def test_the_welcome_page_stands_where_there_are_no_columns(fakes: Fakes, desk: Desk, open_window: Open) -> None:
    kept = list(fakes.columns_list)
    window = await open_window()
    window.add_page("welcome", QWidget())
    fakes.columns_list.clear()
    desk.bridge.event.emit(_columns_changed())
    await eventually(lambda: window.page == "welcome")
    fakes.columns_list.extend(kept)
    desk.bridge.event.emit(_columns_changed())
    await eventually(lambda: window.page == "columns")


def _columns_changed() -> object:
    from socialdesk.core.events import ColumnsChanged

    return ColumnsChanged()


async def test_the_rail_goes_to_columns_and_shows_what_is_new(fakes: Fakes, open_window: Open) -> None:
    window = await open_window()
    buttons = window.rail.columns
    assert list(buttons) == [1, 2, 3, 4]
    assert buttons[2].accessibleDescription() == "new"
    assert buttons[4].accessibleDescription() == ""
    assert buttons[2].toolTip() == "Home (2)"
    QTest.mouseClick(buttons[3], LEFT)
    await eventually(lambda: window.strip.active() is window.strip.column(3))
    window.strip.column(2).mark_read()
    await eventually(lambda: buttons[2].accessibleDescription() == "")


async def test_the_inbox_counts_what_others_say_and_is_one_click_away(fakes: Fakes, open_window: Open) -> None:
    window = await open_window()
    inbox = window.rail.places["inbox"]
    await eventually(lambda: inbox.accessibleDescription() == "1 new")
    QTest.mouseClick(inbox, LEFT)
    await eventually(lambda: window.strip.active() is window.strip.column(3))


async def test_without_an_inbox_column_the_rail_says_so(
    fakes: Fakes, open_window: Open, desk: Desk, heard: Callable[[Any], list[Any]]
) -> None:
    fakes.headers.clear()
    window = await open_window()
    asked = heard(desk.actions.add_column)
    QTest.mouseClick(window.rail.places["inbox"], LEFT)
    await eventually(window.toast.isVisible)
    QTest.mouseClick(window.toast.button, LEFT)
    assert len(asked) == 1


async def test_the_rail_shows_connection_and_outbox(fakes: Fakes, open_window: Open) -> None:
    window = await open_window()
    said = window.rail.connection.accessibleName
    assert said() == "Connected. Nothing waits to be sent."
    fakes.send(ConnectionChanged(online=False))
    await eventually(lambda: said() == "No connection. Reading goes on.")
    fakes.publications = (publication(DeliveryState.WAITING),)
    fakes.send(OutboxChanged(1))
    await eventually(lambda: said() == "No connection. 1 post waits to be sent.")
    fakes.publications = (publication(DeliveryState.IN_DOUBT),)
    fakes.send(OutboxChanged(1))
    await eventually(lambda: said() == "1 post needs you.")


async def test_long_work_is_shown_and_can_be_cancelled(
    fakes: Fakes, open_window: Open, desk: Desk, heard: Callable[[Any], list[Any]]
) -> None:
    window = await open_window()
    fakes.send(Progress("opml", "Reading feeds", 3, 14))
    await eventually(window.progress.isVisible)
    assert window.progress.label.text() == "Reading feeds 3 of 14"
    cancelled = heard(desk.actions.cancel)
    QTest.mouseClick(window.progress.cancel, LEFT)
    assert cancelled == ["opml"]
    fakes.send(Progress("opml", "Reading feeds", 14, 14))
    await eventually(lambda: not window.progress.isVisible())


async def test_the_size_of_the_window_is_remembered(fakes: Fakes, open_window: Open) -> None:
    first = await open_window(640, 480)
    await first.save_geometry()
    second = await open_window(700, 700)
    await eventually(lambda: (second.width(), second.height()) == (640, 480))


async def test_closing_asks_the_application_first(open_window: Open, heard: Callable[[Any], list[Any]]) -> None:
    window = await open_window()
    asked = heard(window.closing)
    window.close()
    assert len(asked) == 1
    assert window.isVisible()
    window.end()
    assert not window.isVisible()


async def test_columns_that_cannot_be_read_are_told(fakes: Fakes, open_window: Open) -> None:
    window = await open_window()
    fakes.failing["page"] = Unreachable("gone")
    window.strip.views()[1].loader.start("posts")
    await eventually(window.toast.isVisible)
    assert window.toast.label.text() == "The server could not be reached."


async def test_both_themes_can_be_chosen_and_colours_follow(open_window: Open, desk: Desk) -> None:
    window = await open_window()
    view = window.strip.views()[1]
    dark = window.grab().toImage()
    desk.theme.set_mode("light")
    light = window.grab().toImage()
    x, y = view.mapTo(window, view.rect().center()).toTuple()
    assert dark.pixelColor(30, 600).name() == DARK.rail
    assert light.pixelColor(30, 600).name() == LIGHT.rail
    assert dark.pixelColor(x, 3).name() == DARK.background
    assert light.pixelColor(x, 3).name() == LIGHT.background
    assert light.pixelColor(view.mapTo(window, view.rect().topLeft()).x() + 5, y).lightnessF() > 0.9


async def test_the_theme_follows_the_system_unless_told_otherwise(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    dark = False
    monkeypatch.setattr(Theme, "system_is_dark", staticmethod(lambda: dark))
    theme = Theme(qapp, "system")
    changes: list[str] = []
    theme.changed.connect(lambda: changes.append(theme.tokens.name))
    system = QGuiApplication.styleHints().colorSchemeChanged
    dark = True
    system.emit(Qt.ColorScheme.Dark)
    dark = False
    system.emit(Qt.ColorScheme.Light)
    assert changes == ["dark", "light"]
    theme.set_mode("light")
    dark = True
    system.emit(Qt.ColorScheme.Dark)
    assert not theme.tokens.dark
    theme.set_mode("system")
    assert theme.tokens.dark
    theme.deleteLater()


async def test_every_control_has_a_name_for_screen_readers(fakes: Fakes, open_window: Open) -> None:
    window = await open_window()
    for view in window.strip.views():
        view.toggle_options()
    await eventually(lambda: len(window.findChildren(QLineEdit)) >= 12)
    controls = [w for w in window.findChildren(QWidget) if w.focusPolicy() != Qt.FocusPolicy.NoFocus]
    controls += window.findChildren(QAbstractButton)
    controls = [w for w in controls if w.isVisible() and not w.objectName().startswith("qt_")]
    nameless = [w for w in controls if not w.accessibleName() and not getattr(w, "text", str)()]
    assert len(controls) > 40
    assert nameless == []


async def test_the_picture_of_the_desk_stays_calm_in_a_narrow_window(fakes: Fakes, open_window: Open) -> None:
    fakes.add_column("Wide", [row(n) for n in range(5)], width=640)
    window = await open_window(700, 480)
    assert window.width() == 700
    assert window.rail.height() == 480
    assert window.strip.horizontalScrollBar().maximum() > 0
