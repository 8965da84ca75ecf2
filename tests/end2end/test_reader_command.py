"""A feed reader's account on the command line: the program in processes of its own, the server without a connection."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from socialdesk.practice.greader import PASSWORD, PracticeReader
from socialdesk.practice.greader_state import READ, STARRED
from socialdesk.practice.server import Fault, ServerThread
from socialdesk.practice.world import World
from tests.support.program import Program


@pytest.fixture
def server() -> Iterator[PracticeReader]:
    made = PracticeReader(World.load())
    with ServerThread(made):
        yield made


@pytest.fixture
def program(tmp_path: Path, server: PracticeReader) -> Program:
    made = Program(tmp_path)
    words = [word for name in ("server", "username") for word in ("--field", f"{name}={server.credentials[name]}")]
    account = made.run("account", "add", "greader", *words, answers=PASSWORD + "\n")
    assert account["network"] == "greader"
    made.run("column", "add", "greader", "everything", "--account", "greader", "--title", "Read")
    made.run("refresh")
    return made


def entries(program: Program) -> dict[str, Any]:
    shown = program.run("timeline", "Read", "--limit", "100")
    return {row["entry"]["title"]: row for row in shown}


def test_marks_made_without_a_connection_arrive_and_nothing_twice(program: Program, server: PracticeReader) -> None:
    first, second = sorted(t for t, one in entries(program).items() if READ not in server.titled(t).states)[:2]
    number, other = (str(entries(program)[title]["id"]) for title in (first, second))
    server.faults.add(Fault("close", times=0))
    program.run("entry", "read", number, other)
    program.run("entry", "unread", other)
    assert program.run("entry", "star", number) == [{"id": int(number), "marks": ["bookmark"]}]
    program.run("entry", "label", "Für später", other)
    assert server.titled(first).states == set()
    server.faults.clear()
    asked = len(server.requests("edit-tag"))
    program.run("refresh")
    assert server.titled(first).states == {READ, STARRED}
    assert (server.titled(second).states, server.titled(second).labels) == (set(), {"Für später"})
    program.run("refresh")
    assert len(server.requests("edit-tag")) == asked + 4
    program.run("entry", "unstar", number)
    program.run("entry", "label", "--remove", "Für später", other)
    assert (server.titled(first).states, server.titled(second).labels) == ({READ}, set())


def test_what_was_read_on_another_device_is_not_new_here(program: Program, server: PracticeReader) -> None:
    (column,) = program.run("column", "list")
    unread = [item for item in server.reading.items.values() if READ not in item.states]
    assert column["unseen"] == len(unread)
    unread[0].states.add(READ)
    program.run("refresh")
    assert program.run("column", "list")[0]["unseen"] == len(unread) - 1


def test_subscriptions_are_listed_made_and_ended(program: Program, server: PracticeReader) -> None:
    before = program.run("subscription", "list", "--account", "greader")
    assert {one["title"] for one in before} == {feed.title for feed in server.reading.feeds.values()}
    server.reading.offers["https://new.example/feed"] = "New Ideas"
    made = program.run("subscription", "add", "new.example/feed", "--account", "greader", "--folder", "Ideas")
    assert (made["title"], made["folder"]) == ("New Ideas", "Ideas")
    assert program.run("subscription", "remove", "new ideas", "--account", "greader")["id"] == made["id"]
    assert made["id"] not in server.reading.feeds
    refused = program.try_("subscription", "remove", "new ideas", "--account", "greader")
    assert refused.status == 1
    assert "There is no subscription called “new ideas”" in refused.err
    assert PASSWORD not in refused.err
