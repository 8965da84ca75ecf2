"""What a person does to an entry, with and without a connection."""

import asyncio

import pytest

from socialdesk.core.errors import Rejected, Unreachable
from socialdesk.core.source import Source, SourceState
from socialdesk.store import entries, sources
from tests.services.conftest import Desk
from tests.services.fakes import entry

OFFLINE = Unreachable("no network", offline=True)


async def liked_entry(desk: Desk) -> int:
    """An entry of an account on the desk, not liked yet."""
    short = await desk.sign_in("short")
    source = await desk.store.write(sources.add, Source(0, "short", "home", account_id=short))
    state = SourceState(source.id)
    applied = await desk.store.write(entries.apply, source, (entry("p1"),), state, desk.clock(), first=True)
    return int(applied.new_ids[0])


async def mine(desk: Desk, entry_id: int) -> frozenset[str]:
    return frozenset((await desk.services.reading.entry(entry_id)).entry.mine)


async def test_a_like_without_a_connection_is_sent_when_it_is_back(desk: Desk) -> None:
    number = await liked_entry(desk)
    desk.short.world.failures.append(("before", OFFLINE))
    await desk.services.reading.act(number, "like")
    assert await mine(desk, number) == {"like"}
    assert desk.short.world.acts == []
    await desk.services.reading.catch_up()
    await desk.services.reading.catch_up()
    assert desk.short.world.acts == ["like p1"]
    assert await mine(desk, number) == {"like"}


async def test_a_like_taken_back_without_a_connection_sends_nothing(desk: Desk) -> None:
    number = await liked_entry(desk)
    desk.short.world.failures.extend([("before", OFFLINE)] * 2)
    await desk.services.reading.act(number, "like")
    await desk.services.reading.act(number, "unlike")
    await desk.services.reading.catch_up()
    assert desk.short.world.acts == []
    assert await mine(desk, number) == frozenset()


async def test_what_still_has_no_connection_goes_on_waiting(desk: Desk) -> None:
    number = await liked_entry(desk)
    desk.short.world.failures.extend([("before", OFFLINE)] * 2)
    await desk.services.reading.act(number, "like")
    await desk.services.reading.catch_up()
    assert await mine(desk, number) == {"like"}
    await desk.services.reading.catch_up()
    assert desk.short.world.acts == ["like p1"]


async def test_a_waiting_like_that_is_refused_is_taken_back(desk: Desk) -> None:
    number = await liked_entry(desk)
    desk.short.world.failures.extend([("before", OFFLINE), ("before", Rejected("gone", reason="gone"))])
    await desk.services.reading.act(number, "like")
    await desk.services.reading.catch_up()
    assert await mine(desk, number) == frozenset()
    await desk.services.reading.catch_up()
    assert desk.short.world.acts == []


async def test_a_like_that_is_refused_at_once_is_undone_and_said(desk: Desk) -> None:
    number = await liked_entry(desk)
    desk.short.world.failures.append(("before", Rejected("gone", reason="gone")))
    with pytest.raises(Rejected):
        await desk.services.reading.act(number, "like")
    assert await mine(desk, number) == frozenset()


async def test_the_desk_catches_up_by_itself(desk: Desk) -> None:
    number = await liked_entry(desk)
    desk.short.world.failures.append(("before", OFFLINE))
    await desk.services.reading.act(number, "like")
    desk.services.reading.start()
    async with asyncio.timeout(5):
        while not desk.short.world.acts:  # noqa: ASYNC110 - the network's own list
            await asyncio.sleep(0.001)
    assert desk.short.world.acts == ["like p1"]
