"""A refresh that a person asked for reaches the requests it makes, through tasks too."""

import asyncio

from socialdesk.http.urgency import a_person_waits, person_waits


async def test_tasks_started_for_a_person_are_urgent_and_others_are_not() -> None:
    async def asked() -> bool:
        return a_person_waits()

    with person_waits(True):
        inner = asyncio.create_task(asked())
    outer = asyncio.create_task(asked())
    assert (await inner, await outer) == (True, False)
