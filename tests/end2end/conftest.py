"""The practice networks, on threads of their own, for commands that run in other processes."""

from collections.abc import Iterator

import pytest

from socialdesk.practice.desk import PracticeDesk


@pytest.fixture(scope="module")
def practice() -> Iterator[PracticeDesk]:
    with PracticeDesk() as desk:
        yield desk
