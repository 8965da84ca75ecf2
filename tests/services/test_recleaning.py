"""A stricter cleaner reaches what was stored before it."""

import asyncio

from socialdesk.content.html import CLEANER_VERSION
from socialdesk.core.entry import EntryKind, Page
from socialdesk.core.saved import SavedItem
from socialdesk.core.source import Source, SourceState
from socialdesk.services import recleaning
from socialdesk.services.recleaning import RecleaningService
from socialdesk.store import entries as entries_table
from socialdesk.store import saved as saved_table
from socialdesk.store.recleaning import SETTING
from tests.services.conftest import Desk
from tests.services.fakes import START, entry

DIRTY = "<p onclick='steal()'>Buyers <script>steal()</script>answer</p><img src='http://t.example/p.gif' width='1'>"
CLEAN = "<p>Buyers answer</p>"
NEXT = CLEANER_VERSION + 1


async def stored(desk: Desk, count: int = 3) -> tuple[int, list[int]]:
    """Posts and articles as an older cleaner left them, in a column; all but the first are new."""
    account = await desk.sign_in("short")
    column = await desk.services.columns.add("Home", "home", (Source(0, "short", "home", account),))
    (source,) = await desk.services.columns.sources(column.id)
    kinds = (EntryKind.POST, EntryKind.ARTICLE)
    found = [entry(str(n), kind=kinds[n % 2], html=DIRTY) for n in range(count)]
    state = SourceState(source.id, first_fetched=START, last_fetched=START)
    await desk.store.write(entries_table.apply, source, found, state, START, first=True)
    rows = await desk.services.reading.page(column.id, None, count)
    await desk.services.reading.mark_seen(column.id, (rows[0].entry_id,))
    return column.id, [row.entry_id for row in rows]


async def html_of(desk: Desk, ids: list[int]) -> list[str]:
    return [(await desk.services.reading.entry(number)).entry.html for number in ids]


async def all_clean(service: RecleaningService) -> int:
    """Runs to the end and returns the number of batches."""
    batches = 0
    while await service.clean_some():
        batches += 1
    return batches


async def test_stored_entries_are_cleaned_again_when_the_cleaner_changed(desk: Desk) -> None:
    column_id, ids = await stored(desk)
    assert await all_clean(RecleaningService(desk.store, desk.worker, NEXT))
    assert await html_of(desk, ids) == [CLEAN] * 3
    assert (await desk.services.columns.get(column_id)).unseen == 2
    assert [row.seen for row in await desk.services.reading.page(column_id, None, 9)].count(True) == 1


async def test_the_same_entry_cleaned_the_same_way_is_no_change_at_the_next_fetch(desk: Desk) -> None:
    column_id, _ = await stored(desk, 1)
    await all_clean(RecleaningService(desk.store, desk.worker, NEXT))
    desk.short.world.pages.append(Page((entry("0", html=DIRTY),)))
    desk.events.clear()
    await desk.services.refresh.now(column_id)
    assert not [event for event in desk.events if type(event).__name__ == "ColumnChanged"]


async def test_nothing_is_done_while_the_cleaner_is_the_same(desk: Desk) -> None:
    _, ids = await stored(desk)
    assert await all_clean(RecleaningService(desk.store, desk.worker, CLEANER_VERSION)) == 0
    assert await html_of(desk, ids) == [DIRTY] * 3


async def test_it_goes_on_after_a_restart_and_ends(desk: Desk) -> None:
    _, ids = await stored(desk, recleaning.BATCH + 5)
    await RecleaningService(desk.store, desk.worker, NEXT).clean_some()
    half = await html_of(desk, ids)
    assert half.count(CLEAN) == recleaning.BATCH
    assert await all_clean(RecleaningService(desk.store, desk.worker, NEXT)) == 1 + 1 + 1
    assert await html_of(desk, ids) == [CLEAN] * len(ids)
    assert await all_clean(RecleaningService(desk.store, desk.worker, NEXT)) == 0


async def test_saved_articles_are_cleaned_too(desk: Desk) -> None:
    item = SavedItem(0, "https://harbor.example/a", "A", "saved", START, html=DIRTY, text="Buyers answer")
    item = await desk.store.write(saved_table.add, item)
    await all_clean(RecleaningService(desk.store, desk.worker, NEXT))
    assert (await desk.services.saving.get(item.id)).html == CLEAN


async def test_the_program_does_it_by_itself(desk: Desk) -> None:
    _, ids = await stored(desk)
    await desk.services.settings.put(SETTING, {"version": CLEANER_VERSION - 1, "kind": "", "after": 0})
    await desk.services.start()
    async with asyncio.timeout(60):
        while await html_of(desk, ids) != [CLEAN] * 3:  # noqa: ASYNC110 (what is waited for is in the store)
            await asyncio.sleep(0.01)
