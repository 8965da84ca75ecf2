"""Cards that a person takes off the desk: they go at once, and Undo puts them where they were."""

from collections.abc import Callable
from typing import Any

from socialdesk.ui.column.column import ColumnView
from socialdesk.ui.column.menu import card_menu
from socialdesk.ui.desk import Desk
from socialdesk.ui.window import Window
from tests.ui.conftest import eventually
from tests.ui.fakes import Fakes, row, story
from tests.ui.test_column import page_down, reading_place, settled

Open = Callable[..., Any]


async def opened(fakes: Fakes, open_window: Open, count: int) -> tuple[Window, ColumnView]:
    fakes.columns_list.clear()
    fakes.headers.clear()
    fakes.add_column("Home", [row(n, seen=n > 1) for n in range(count)])
    window = await open_window()
    return window, window.strip.views()[0]


def ids(view: ColumnView) -> list[int]:
    return [item.entry_id for item in view.model.items]


async def test_the_card_goes_and_undo_puts_it_where_it_was(fakes: Fakes, open_window: Open) -> None:
    window, view = await opened(fakes, open_window, 8)
    before = ids(view)
    view.list.select_row(1)
    assert view.ask("remove")
    await eventually(lambda: ids(view) == before[:1] + before[2:])
    await eventually(window.toast.isVisible)
    assert (window.toast.label.text(), window.toast.button.text()) == ("Removed from the desk.", "Undo")
    assert view.current_item() is not None
    window.toast.button.click()
    await eventually(lambda: ids(view) == before)


async def test_the_first_card_comes_back_to_the_top(fakes: Fakes, open_window: Open) -> None:
    window, view = await opened(fakes, open_window, 8)
    before = ids(view)
    view.list.select_row(0)
    view.ask("remove")
    await eventually(lambda: ids(view) == before[1:])
    await eventually(window.toast.isVisible)
    window.toast.button.click()
    await eventually(lambda: ids(view) == before)
    assert not view.pill.isVisible()


async def test_the_last_card_leaves_an_empty_column_and_comes_back(fakes: Fakes, open_window: Open) -> None:
    window, view = await opened(fakes, open_window, 1)
    view.list.select_row(0)
    view.ask("remove")
    await eventually(view.empty.isVisible)
    await eventually(window.toast.isVisible)
    window.toast.button.click()
    await eventually(lambda: len(ids(view)) == 1 and view.list.isVisible())


async def test_the_place_of_reading_stays(fakes: Fakes, open_window: Open, desk: Desk) -> None:
    window, view = await opened(fakes, open_window, 300)
    await page_down(view, 6)
    place, above = reading_place(view), fakes.rows[1][2].entry_id
    count = len(fakes.rows[1])
    desk.actions.remove.emit((above,))
    await eventually(lambda: len(fakes.rows[1]) == count - 1)
    await settled(view)
    assert reading_place(view) == place
    await eventually(window.toast.isVisible)
    window.toast.button.click()
    await eventually(lambda: len(fakes.rows[1]) == count)
    await settled(view)
    assert reading_place(view) == place


async def test_a_row_far_above_the_window_comes_back_on_the_way_up(fakes: Fakes, open_window: Open, desk: Desk) -> None:
    window, view = await opened(fakes, open_window, 400)
    while not view.model.above:
        await page_down(view, 1)
    wanted = [r.entry_id for r in fakes.rows[1]]
    dropped = view.model.above[0].entry_id
    desk.actions.remove.emit((dropped,))
    await eventually(window.toast.isVisible)
    window.toast.button.click()
    await eventually(lambda: [r.entry_id for r in fakes.rows[1]] == wanted)
    await eventually(lambda: dropped in [key.entry_id for key in view.model.above])
    while view.model.above or view.list.verticalScrollBar().value() > 0:
        view.page_up()
        await settled(view)
    assert ids(view) == wanted[: len(ids(view))]


async def test_a_story_goes_with_all_its_posts(fakes: Fakes, open_window: Open) -> None:
    fakes.columns_list.clear()
    fakes.headers.clear()
    fakes.add_column("B2B", [row(n) for n in range(4)], view="stories")
    fakes.story_lists[1] = [story(n) for n in range(4)]
    window = await open_window()
    view = window.strip.views()[0]
    before = [item.url for item in view.model.items]
    view.list.select_row(1)
    view.ask("remove")
    await eventually(lambda: [item.url for item in view.model.items] == before[:1] + before[2:])
    await eventually(window.toast.isVisible)
    window.toast.button.click()
    await eventually(lambda: [item.url for item in view.model.items] == before)


async def test_the_menu_of_a_card_has_it(
    fakes: Fakes, open_window: Open, desk: Desk, heard: Callable[..., list[Any]]
) -> None:
    _, view = await opened(fakes, open_window, 3)
    asked = heard(desk.actions.remove)
    found = fakes.rows[1][0]
    menu = card_menu(desk, found, view)
    [action] = [a for a in menu.actions() if a.text().startswith("Remove from the desk")]
    action.trigger()
    assert asked == [(found.entry_id,)]
    menu.deleteLater()
