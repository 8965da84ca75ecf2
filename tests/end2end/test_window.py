"""The main jobs of the desk, done in the real window with real keys and the mouse, over the practice networks."""

import pytest
from PySide6.QtCore import Qt

from socialdesk.core.rows import Row
from tests.end2end.desk import RunningDesk, eventually, row_by, row_of

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)  # said by the off-screen platform
Key = Qt.Key


async def test_the_first_column_fills_from_three_networks_and_blogs(desk: RunningDesk) -> None:
    view = desk.column("B2B")
    assert not view.trouble.isVisible()
    rows = await desk.ask(desk.opened.services.reading.page, view.column.id, None, 200)
    assert {row.entry.network for row in rows} >= {"mastodon", "bluesky", "feeds"}
    assert "WordPress" in desk.column("Inbox").header.toolTip() or desk.column("Inbox").model.items


async def test_like_and_reshare_reach_the_server_and_the_counts_change(desk: RunningDesk) -> None:
    view, server = desk.column("Home"), desk.server("mastodon")
    place = next(n for n, i in enumerate(view.model.items) if isinstance(i, Row) and not i.entry.mine)
    before = view.model.items[place]
    assert isinstance(before, Row)
    desk.click_card(view, place, "like")
    await eventually(lambda: server.requests(r"/favourite$", "POST"))
    await eventually(lambda: "like" in view.model.items[place].entry.mine)
    assert view.model.items[place].entry.counts.likes == before.entry.counts.likes + 1
    desk.press(Key.Key_T)
    await eventually(lambda: server.requests(r"/reblog$", "POST"))
    await eventually(lambda: view.model.items[place].entry.counts.reshares == before.entry.counts.reshares + 1)
    await eventually(lambda: desk.toast == "Re-shared.")
    desk.click(desk.window.toast.button)
    await eventually(lambda: server.requests(r"/unreblog$", "POST"))
    await eventually(lambda: "reshare" not in view.model.items[place].entry.mine)
