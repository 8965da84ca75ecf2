"""An entry that a person takes off the desk stays away, unless they put it back."""

import pickle

import pytest

from socialdesk.core.entry import Page
from socialdesk.core.errors import InputError
from socialdesk.core.events import ColumnChanged
from socialdesk.core.source import Column, Source
from tests.services.conftest import Desk
from tests.services.fakes import entry


async def filled(desk: Desk) -> tuple[Column, list[int]]:
    """A column with three posts, and their ids from the top."""
    account = await desk.sign_in("short")
    column = await desk.services.columns.add("Home", "house", (Source(0, "short", "home", account),))
    desk.short.world.pages.append(Page((entry("p3"), entry("p2"), entry("p1"))))
    await desk.services.refresh.now(column.id)
    return column, [row.entry_id for row in await desk.services.reading.page(column.id, None, 10)]


async def shown(desk: Desk, column: Column) -> list[int]:
    return [row.entry_id for row in await desk.services.reading.page(column.id, None, 10)]


async def test_it_stays_away_when_its_source_is_fetched_again(desk: Desk) -> None:
    column, (first, middle, last) = await filled(desk)
    await desk.services.reading.remove((middle,))
    desk.clock.forward(hours=1)
    desk.short.world.pages.append(Page((entry("p3"), entry("p2"), entry("p1"))))
    report = await desk.services.refresh.now(column.id)
    assert report.new == 0
    assert await shown(desk, column) == [first, last]
    assert (await desk.services.columns.get(column.id)).unseen == 2


async def test_undo_brings_it_back_where_it_was(desk: Desk) -> None:
    column, ids = await filled(desk)
    gone = await desk.services.reading.remove((ids[0], ids[1]))
    assert await shown(desk, column) == ids[2:]
    desk.short.world.pages.append(Page((entry("p3"), entry("p2"), entry("p1"))))
    await desk.services.refresh.now(column.id)
    await desk.services.reading.restore(pickle.loads(pickle.dumps(gone)))
    assert await shown(desk, column) == ids
    assert (await desk.services.columns.get(column.id)).unseen == 3


async def test_columns_are_told_once_each(desk: Desk) -> None:
    column, ids = await filled(desk)
    desk.events.clear()
    gone = await desk.services.reading.remove((ids[0], ids[1]))
    await desk.services.reading.restore(gone)
    told = [event for event in desk.events if isinstance(event, ColumnChanged)]
    assert told == [
        ColumnChanged(column.id, 0, 1, removed=(ids[0], ids[1])),
        ColumnChanged(column.id, 0, 3, restored=(ids[0], ids[1])),
    ]


async def test_what_is_not_there_is_told(desk: Desk) -> None:
    with pytest.raises(InputError, match="There is no entry 77"):
        await desk.services.reading.remove((77,))
