"""Coroutines of the window are named, owned and never lost."""

import asyncio
import logging

import pytest
from PySide6.QtCore import QObject

from socialdesk.core.errors import Unreachable
from socialdesk.ui.tasks import Tasks
from tests.ui.conftest import eventually


async def test_the_same_name_cancels_the_earlier_one(qapp: object) -> None:
    owner = QObject()
    tasks = Tasks(owner)
    ended: list[str] = []

    async def wait(name: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(name)

    first = tasks.start("look", wait("first"))
    await asyncio.sleep(0)
    second = tasks.start("look", wait("second"))
    await eventually(first.done)
    assert ended == ["first"]
    assert not second.done()
    assert tasks.busy("look")
    await tasks.close()
    assert ended == ["first", "second"]


async def test_the_end_of_the_owner_ends_its_tasks(qapp: object) -> None:
    owner = QObject()
    task = Tasks(owner).start("forever", asyncio.Event().wait())
    await asyncio.sleep(0)
    owner.deleteLater()
    await eventually(task.done)
    assert task.cancelled()


async def test_an_expected_error_becomes_a_sentence(qapp: object, caplog: pytest.LogCaptureFixture) -> None:
    told: list[str] = []
    owner = QObject()
    tasks = Tasks(owner, told.append)

    async def fail() -> None:
        raise Unreachable("raw words")

    with caplog.at_level(logging.INFO):
        tasks.start("look", fail())
        await eventually(lambda: told)
    assert told == ["The server could not be reached."]
    assert "raw words" in caplog.text
    assert not tasks.busy("look")


@pytest.mark.expects_log
async def test_an_error_of_ours_is_logged_whole_and_told_calmly(qapp: object, caplog: pytest.LogCaptureFixture) -> None:
    told: list[str] = []
    owner = QObject()
    tasks = Tasks(owner, told.append)

    async def fail() -> None:
        raise ZeroDivisionError("inside")

    tasks.start("look", fail())
    await eventually(lambda: told)
    assert told == ["That did not work. Try again."]
    assert any(r.levelno == logging.ERROR and r.exc_info for r in caplog.records)


async def test_what_has_just_ended_is_not_busy_and_may_be_asked_again(qapp: object) -> None:
    owner = QObject()
    tasks = Tasks(owner)
    seen: list[bool] = []

    async def look() -> None:
        task = asyncio.current_task()
        assert task is not None
        asyncio.get_running_loop().call_soon(lambda: seen.append(task.done() and tasks.busy("look")))

    tasks.start("look", look())
    await eventually(lambda: seen)
    assert seen == [False]
