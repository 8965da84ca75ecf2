"""A column as a reader meets it: it fills, it scrolls, it never moves under the eyes."""

from collections.abc import Callable
from dataclasses import replace
from types import MethodType
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from socialdesk.core.entry import Counts
from socialdesk.core.errors import InputError, Unreachable
from socialdesk.core.events import ColumnChanged, SourceChanged
from socialdesk.core.headers import ColumnHeader
from socialdesk.core.rows import Story
from socialdesk.ui.column.column import ColumnView
from socialdesk.ui.column.model import MOST
from socialdesk.ui.desk import Desk
from tests.ui.conftest import eventually
from tests.ui.fakes import NOW, Fakes, row, source_line, story

Open = Callable[..., Any]


async def long_column(fakes: Fakes, open_window: Open, count: int, *, seen: bool = True) -> ColumnView:
    fakes.columns_list.clear()
    fakes.headers.clear()
    fakes.add_column("Home", [row(n, seen=seen) for n in range(count)])
    window = await open_window()
    view: ColumnView = window.strip.views()[0]
    return view


async def settled(view: ColumnView) -> None:
    busy = view.loader.tasks.busy
    await eventually(lambda: not any(busy(name) for name in ("first", "more", "back", "new", "replace")))


async def page_down(view: ColumnView, times: int) -> None:
    for _ in range(times):
        view.page_down()
        await settled(view)


def reading_place(view: ColumnView) -> tuple[int, int]:
    """The card at the top of the list and how far it is scrolled."""
    index = view.list.indexAt(QPoint(8, 1))
    return view.model.items[index.row()].entry_id, view.list.visualRect(index).top()


async def test_new_rows_never_move_the_place_of_reading(fakes: Fakes, open_window: Open) -> None:
    view = await long_column(fakes, open_window, 300)
    await page_down(view, 5)
    place = reading_place(view)
    fakes.arrive(1, [row(-n) for n in range(1, 13)])
    await eventually(view.pill.isVisible)
    assert view.pill.text() == "12 new"
    assert reading_place(view) == place


async def test_the_pill_shows_what_waited(fakes: Fakes, open_window: Open) -> None:
    view = await long_column(fakes, open_window, 300)
    await page_down(view, 3)
    fakes.arrive(1, [row(-1)])
    fakes.arrive(1, [row(-2)])
    await eventually(lambda: view.pill.text() == "2 new")
    QTest.mouseClick(view.pill, Qt.MouseButton.LeftButton)
    await eventually(lambda: view.model.items[0].entry_id == row(-2).entry_id)
    await settled(view)
    assert not view.pill.isVisible()
    assert view.list.at_top


async def test_at_the_top_new_rows_come_in_at_once(fakes: Fakes, open_window: Open) -> None:
    view = await long_column(fakes, open_window, 60)
    fakes.arrive(1, [row(-1)])
    await eventually(lambda: view.model.items[0].entry_id == row(-1).entry_id)
    assert not view.pill.isVisible()
    assert view.list.at_top
    await eventually(lambda: view.header.unseen == 1)


async def test_a_flood_at_the_top_shows_the_newest(fakes: Fakes, open_window: Open) -> None:
    view = await long_column(fakes, open_window, 60)
    fakes.arrive(1, [row(-n) for n in range(1, 500)])
    await settled(view)
    await eventually(lambda: len(view.model.items) > 0 and view.header.unseen == 499)
    await eventually(lambda: view.model.items[0].entry_id == row(-499).entry_id)
    assert len(view.model.items) <= MOST


async def test_a_row_that_belongs_between_others_is_put_there(fakes: Fakes, open_window: Open) -> None:
    view = await long_column(fakes, open_window, 60)
    late = row(500, published=row(2).entry.published)
    fakes.arrive(1, [late])
    await eventually(lambda: late in view.model.items)
    keys = [(item.key.sort_ms, item.key.entry_id) for item in view.model.items]
    assert keys == sorted(keys, reverse=True)
    assert view.list.at_top


async def test_paging_down_and_up_shows_every_row_once_in_order(fakes: Fakes, open_window: Open) -> None:
    view = await long_column(fakes, open_window, 700)
    met: list[int] = []

    def meet() -> None:
        for number in range(view.list.first_visible(), view.list.last_visible() + 1):
            entry_id = view.model.items[number].entry_id
            if entry_id not in met:
                met.append(entry_id)

    meet()
    while not (view.model.at_end and view.list.verticalScrollBar().value() == view.list.verticalScrollBar().maximum()):
        await page_down(view, 1)
        meet()
        assert len(view.model.items) <= MOST + 40
    assert met == [row(n).entry_id for n in range(700)]
    while not view.list.at_top:
        view.page_up()
        await settled(view)
    assert view.model.items[0].entry_id == row(0).entry_id
    assert view.model.above == []
    shown = [item.entry_id for item in view.model.items]
    assert shown == [row(n).entry_id for n in range(len(shown))]


async def test_where_the_store_ends_the_networks_are_asked_for_older_posts(fakes: Fakes, open_window: Open) -> None:
    view = await long_column(fakes, open_window, 60)
    fakes.past[1] = [[row(n, seen=True) for n in range(60, 80)], [], [row(n, seen=True) for n in range(80, 90)]]

    def reads_on() -> bool:
        view.select_last()
        return view.end.isVisible() and view.end.text() == "That is everything"

    await eventually(reads_on)
    assert view.model.rowCount() == 90
    asked = fakes.calls.count(("older", 1))
    view.page_up()
    assert not view.end.isVisible()
    view.select_last()
    await settled(view)
    assert fakes.calls.count(("older", 1)) == asked


async def test_what_was_missing_between_comes_to_its_place(fakes: Fakes, open_window: Open) -> None:
    """A gap is filled where it is, above the end that the person has reached."""
    view = await long_column(fakes, open_window, 30)
    missing, kept = fakes.rows[1][10:15], fakes.rows[1]
    whole = [r.entry_id for r in kept]
    fakes.rows[1] = [*kept[:10], *kept[15:]]
    view.loader.start("posts")
    await settled(view)

    async def older(_self: Any, column_id: int) -> bool:
        if len(fakes.rows[1]) == 30:
            return False
        fakes.rows[1] = [*kept[:10], *missing, *kept[15:]]
        return True

    fakes.refresh.older = MethodType(older, fakes.refresh)  # type: ignore[method-assign]

    def reads_on() -> bool:
        view.select_last()
        return [item.entry_id for item in view.model.items] == whole

    await eventually(reads_on)


async def test_older_posts_that_cannot_be_had_are_told_and_asked_for_later(fakes: Fakes, open_window: Open) -> None:
    view = await long_column(fakes, open_window, 40)
    fakes.failing["older"] = Unreachable("cut")
    await eventually(lambda: view.select_last() or fakes.calls.count(("older", 1)) == 1)
    await settled(view)
    assert view.window().toast.isVisible()
    assert view.end.text() == ""
    view.page_up()
    view.select_last()
    await settled(view)
    assert fakes.calls.count(("older", 1)) == 1


async def test_a_story_is_seen_after_a_while_on_screen(fakes: Fakes, open_window: Open) -> None:
    window = await open_window()
    view = window.strip.views()[0]
    window.activateWindow()
    await eventually(lambda: view.model.items and window.isActiveWindow())
    first = view.model.items[0]
    assert isinstance(first, Story)
    for _ in range(4):
        view.list._count_looks()
    assert all(item.seen for item in view.model.items[: view.list.last_visible() + 1])
    await eventually(lambda: any(set(first.entry_ids) <= set(call[2]) for call in fakes.calls if call[0] == "seen"))


async def test_rows_that_arrive_while_the_top_is_dropped_wait_until_asked_for(fakes: Fakes, open_window: Open) -> None:
    view = await long_column(fakes, open_window, 400)
    await page_down(view, 60)
    assert view.model.above
    fakes.arrive(1, [row(-n) for n in range(1, 6)])
    await eventually(view.pill.isVisible)
    while view.list.verticalScrollBar().value() or view.model.above:
        view.page_up()
        await settled(view)
    assert view.model.items[0].entry_id == row(0).entry_id
    view.show_new()
    await eventually(lambda: view.model.items[0].entry_id == row(-5).entry_id)


async def test_counts_change_in_place_without_moving_anything(fakes: Fakes, open_window: Open) -> None:
    view = await long_column(fakes, open_window, 100)
    await page_down(view, 2)
    place = reading_place(view)
    number = view.list.first_visible() + 1
    changed = view.model.items[number]
    better = replace(changed, entry=replace(changed.entry, counts=Counts(9, 99, 999)))
    fakes.rows[1] = [better if r.entry_id == changed.entry_id else r for r in fakes.rows[1]]
    fakes.send(ColumnChanged(1, 0, 0, (changed.entry_id,)))
    await eventually(lambda: view.model.items[number].entry.counts.likes == 999)
    assert reading_place(view) == place


async def test_the_place_stays_when_the_width_changes(fakes: Fakes, open_window: Open) -> None:
    view = await long_column(fakes, open_window, 100)
    await page_down(view, 3)
    card, _ = reading_place(view)
    view.setFixedWidth(500)
    await eventually(lambda: view.list.cards.width == 498)
    assert reading_place(view)[0] == card


async def test_cards_seen_long_enough_lose_their_bar(
    fakes: Fakes, open_window: Open, desk: Desk, heard: Callable[[Any], list[Any]]
) -> None:
    view = await long_column(fakes, open_window, 40, seen=False)
    view.window().activateWindow()
    await eventually(view.window().isActiveWindow)
    visible = [view.model.items[n].entry_id for n in range(view.list.last_visible() + 1)]
    await eventually(lambda: view.model.items[0].seen, timeout_s=8)
    assert [item.entry_id for item in view.model.items if item.seen] == visible
    await eventually(lambda: view.header.unseen == 40 - len(visible))
    assert ("mark_seen", 1, tuple(visible)) in fakes.calls


async def test_marking_the_column_read(fakes: Fakes, open_window: Open) -> None:
    view = await long_column(fakes, open_window, 40, seen=False)
    view.mark_read()
    await eventually(lambda: view.header.unseen == 0)
    await eventually(lambda: all(item.seen for item in view.model.items))


async def test_the_focus_chooses_no_card_and_the_first_j_the_first(fakes: Fakes, open_window: Open) -> None:
    view = await long_column(fakes, open_window, 100)
    view.list.clearFocus()
    view.list.setFocus()
    await eventually(view.list.hasFocus)
    assert view.current_entry() is None
    view.select_next()
    assert view.current_entry() == view.model.items[0]


async def test_keys_walk_through_the_cards(fakes: Fakes, open_window: Open) -> None:
    view = await long_column(fakes, open_window, 100)
    assert view.current_entry() is None
    view.select_next()
    assert view.current_entry() == view.model.items[0]
    for _ in range(30):
        view.select_next()
        await settled(view)
    current = view.list.currentIndex()
    box = view.list.visualRect(current)
    assert current.row() == 30
    assert box.top() >= 0
    assert box.bottom() <= view.list.viewport().height()
    view.select_previous()
    assert view.current_entry() == view.model.items[29]
    view.top()
    assert view.list.at_top


async def test_a_column_in_trouble_says_so_and_offers_the_fix(
    fakes: Fakes, open_window: Open, desk: Desk, heard: Callable[[Any], list[Any]]
) -> None:
    line = source_line(2, error="sign_in_again")
    fakes.headers[2] = ColumnHeader(
        fakes.columns_list[1], "@northwind", ("mastodon",), (line,), False, "sign_in_again", line, None
    )
    window = await open_window()
    view = window.strip.views()[1]
    await eventually(view.trouble.isVisible)
    assert view.trouble.label.text() == "Sign in again."
    asked = heard(desk.actions.sign_in_again)
    QTest.mouseClick(view.trouble.button, Qt.MouseButton.LeftButton)
    assert asked == [1]


@pytest.mark.parametrize("reason", ["sign_in_again", "missing_permission"])
async def test_without_an_account_there_is_no_sign_in_to_repeat(
    fakes: Fakes, open_window: Open, desk: Desk, heard: Callable[[Any], list[Any]], reason: str
) -> None:
    line = source_line(2, error=reason)
    line = replace(line, source=replace(line.source, account_id=None), account="")
    fakes.headers[2] = ColumnHeader(
        fakes.columns_list[1], "social.example", ("mastodon",), (line,), False, reason, line, None
    )
    window = await open_window()
    view = window.strip.views()[1]
    await eventually(view.trouble.isVisible)
    assert view.trouble.label.text() == "The server shows this to its own members only."
    assert view.trouble.button.text() == "Try again"
    asked, tried = heard(desk.actions.sign_in_again), heard(desk.actions.refresh)
    QTest.mouseClick(view.trouble.button, Qt.MouseButton.LeftButton)
    assert (asked, tried) == ([], [2])


async def test_a_column_shows_that_it_is_looking(fakes: Fakes, open_window: Open) -> None:
    window = await open_window()
    view = window.strip.views()[1]
    header = await fakes.columns.header(2)
    fakes.headers[2] = replace(header, busy=True)
    fakes.send(SourceChanged(2, (2,), busy=True))
    await eventually(lambda: "looking" in view.header.accessibleName())
    fakes.headers[2] = header
    fakes.send(SourceChanged(2, (2,), busy=False, next_at=NOW))
    await eventually(lambda: "looking" not in view.header.accessibleName())


async def test_an_empty_column_says_what_to_do(
    fakes: Fakes, open_window: Open, desk: Desk, heard: Callable[[Any], list[Any]]
) -> None:
    view = await long_column(fakes, open_window, 0)
    await eventually(view.empty.button.isVisible)
    asked = heard(desk.actions.refresh)
    QTest.mouseClick(view.empty.button, Qt.MouseButton.LeftButton)
    assert asked == [1]
    fakes.arrive(1, [row(1)])
    await eventually(lambda: view.list.isVisible() and len(view.model.items) == 1)


async def test_stories_and_posts_are_one_click_apart(fakes: Fakes, open_window: Open) -> None:
    window = await open_window()
    view = window.strip.views()[0]
    assert view.model.items == fakes.story_lists[1]
    place = view.switch.boxes()["posts"].center().toPoint()
    QTest.mouseClick(view.switch, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    await eventually(lambda: view.model.items[:1] == fakes.rows[1][:1])
    assert fakes.columns_list[0].view == "posts"


async def test_reading_a_story_without_an_article_in_the_store_opens_its_address(
    fakes: Fakes, open_window: Open, desk: Desk, heard: Callable[[Any], list[Any]]
) -> None:
    window = await open_window()
    view = window.strip.views()[0]
    links = heard(desk.actions.open_link)
    view.list.select_row(0)
    assert view.ask("read")
    await eventually(lambda: links)
    assert links == [story(0).url]


async def test_an_action_that_fails_is_told(fakes: Fakes, open_window: Open, desk: Desk) -> None:
    fakes.failing["act"] = InputError("Feeds has no such action here.", "Open it in the browser instead.")
    window = await open_window()
    view = window.strip.views()[1]
    view.select_next()
    view.ask("like")
    await eventually(window.toast.isVisible)
    assert window.toast.label.text() == "Feeds has no such action here. Open it in the browser instead."
