"""What lies between the newest page and what was known is read on over several pages, and nothing of it is lost."""

from datetime import timedelta

import pytest

from socialdesk.core.entry import Entry, Page
from socialdesk.core.source import Source
from tests.services.conftest import Desk
from tests.services.fakes import START, FakeNetwork, entry


def posts(*numbers: int) -> tuple[Entry, ...]:
    """Newest first: post 90 is 10 minutes old, post 80 twenty."""
    return tuple(entry(f"p{n}", published=START - timedelta(minutes=100 - n)) for n in numbers)


async def test_a_gap_is_filled_page_by_page_and_then_the_past_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    timeline = list(range(90, 0, -10))
    asked: list[str] = []

    async def fetch_older(self: FakeNetwork, source: Source, older: str, limit: int) -> Page:
        """Two posts before `older`, as a timeline gives them."""
        asked.append(older)
        found = [n for n in timeline if n < int(older)][:2]
        return Page(posts(*found), older=str(found[-1]) if len(found) == 2 else "")

    monkeypatch.setattr(desk.short, "fetch_older", fetch_older, raising=False)
    account = await desk.sign_in("short")
    column = await desk.services.columns.add("Home", "house", (Source(0, "short", "home", account),))
    refresh, reading = desk.services.refresh, desk.services.reading
    desk.short.world.pages += [Page(posts(30, 20), cursor="30", older="20")]
    await refresh.now(column.id)
    desk.clock.forward(minutes=1)
    desk.short.world.pages += [Page(posts(90, 80), cursor="90", older="80", gap=True)]
    await refresh.now(column.id)
    while await refresh.older(column.id):
        assert len(asked) < 20
    rows = await reading.page(column.id, None, 50)
    assert {row.entry.key for row in rows} == {f"p{n}" for n in timeline}
    in_between = [row.entry.key for row in rows if row.entry.key not in ("p90", "p80")]
    assert in_between == [f"p{n}" for n in timeline if n < 80]
    assert asked == ["80", "60", "40", "20"]
