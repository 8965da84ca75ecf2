"""Posting where no program may: the desk prepares, the person posts in the browser, the outbox has the receipt."""

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from socialdesk.ui.dialogs.networks import NetworkTile
from socialdesk.ui.outbox import DeliveryRow
from tests.end2end.desk import CTRL, RunningDesk, eventually

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)  # said by the off-screen platform
Key = Qt.Key
X = "X by hand"


def row_of(desk: RunningDesk, name: str) -> DeliveryRow | None:
    cards = desk.shell.outbox.cards
    rows = cards[max(cards)].rows.values() if cards else ()
    return next((row for row in rows if row.name == name), None)


async def shown_row(desk: RunningDesk, name: str, pill: str) -> DeliveryRow:
    def there() -> bool:
        row = row_of(desk, name)
        return row is not None and row.isVisible() and row.pill.text() == pill

    await eventually(there)
    row = row_of(desk, name)
    assert row is not None
    return row


async def add_by_hand(desk: RunningDesk, title: str, name: str) -> None:
    """Through the dialog: nothing is asked but a name."""
    desk.shell.add_account()
    tiles = desk.window.findChildren(NetworkTile)
    desk.click(next(tile for tile in tiles if tile.accessibleName() == f"Add {title}"))
    await eventually(lambda: isinstance(QApplication.focusWidget(), type(desk.shell.sheet.form.box("name"))))
    assert list(desk.shell.sheet.form.answers()) == ["name"]
    desk.type(name)
    desk.press(Key.Key_Return)
    await eventually(lambda: desk.shell.sheet is None)


async def write(desk: RunningDesk, text: str, *networks: str) -> None:
    desk.press(Key.Key_N)
    composer = desk.shell.composer
    accounts = await desk.ask(desk.opened.services.accounts.list)
    await eventually(lambda: composer.editor.hasFocus() and len(composer.roster.rules) == len(accounts))
    for account in accounts:
        if (account.id in composer.draft.account_ids) != (account.network in networks):
            desk.click(composer.chip(account.id))
    composer.editor.setFocus()
    desk.type(text)


async def test_a_newcomer_posts_to_x_without_an_app_there(desk: RunningDesk) -> None:
    await add_by_hand(desk, X, "@northwind")
    await write(desk, "Pumps and prices", "x_by_hand")
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkCyan)
    data = QMimeData()
    data.setImageData(image)
    QApplication.clipboard().setMimeData(data)
    desk.press(Key.Key_V, CTRL)
    await eventually(lambda: len(desk.shell.composer.draft.pictures) == 1)
    desk.press(Key.Key_Return, CTRL)
    row = await shown_row(desk, X, "Yours to post")
    await eventually(lambda: row.steps is not None and row.steps.shown is not None)

    desk.click(desk.button(f"Open {X}: {X}", row))
    await eventually(lambda: desk.browser.opened)
    assert desk.browser.opened == ["https://x.com/intent/post?text=Pumps%20and%20prices"]
    desk.click(desk.button(f"Copy text: {X}", row))
    assert QApplication.clipboard().text() == "Pumps and prices"
    desk.click(desk.button(f"Copy picture 1 of 1: {X}", row))
    await eventually(lambda: QApplication.clipboard().image().size() == image.size())
    assert QApplication.clipboard().image().pixelColor(5, 5) == image.pixelColor(5, 5)

    desk.click(desk.button(f"I have posted it: {X}", row))
    await eventually(row.box.address.hasFocus)
    desk.type("https://x.com/northwind/status/77")
    desk.press(Key.Key_Return)
    await shown_row(desk, X, "Sent")
    assert row.steps is None or not row.steps.isVisible()
    desk.click(desk.button(f"Open: {X}", row))
    await eventually(lambda: len(desk.browser.opened) == 2)
    assert desk.browser.opened[-1] == "https://x.com/northwind/status/77"


async def test_it_still_waits_after_closing_beside_posts_that_went_out(desk: RunningDesk) -> None:
    await add_by_hand(desk, "Reddit", "r/marketing")
    await write(desk, "Which chart do you trust?", "reddit_by_hand", "mastodon")
    desk.press(Key.Key_Return, CTRL)
    await shown_row(desk, "Reddit", "Yours to post")
    await shown_row(desk, "Mastodon", "Sent")
    await desk.close()
    await desk.open()
    desk.shell.show_right("outbox")
    row = await shown_row(desk, "Reddit", "Yours to post")
    await eventually(lambda: row.steps is not None and row.steps.shown is not None)
    desk.button("Open Reddit: Reddit", row).setFocus()
    desk.press(Key.Key_Space)
    await eventually(lambda: desk.browser.opened)
    [opened] = desk.browser.opened
    assert opened == "https://www.reddit.com/r/marketing/submit?title=Which%20chart%20do%20you%20trust%3F"
    desk.click(desk.button("Not posted: Reddit", row))
    await shown_row(desk, "Reddit", "Cancelled")
    posts = [post.text for post in desk.server("mastodon").posts_by_me()]
    assert posts.count("Which chart do you trust?") == 1
