"""The main jobs of the desk, done in the real window with real keys and the mouse, over the practice networks."""

import asyncio
import json
import urllib.request
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QFileDialog, QLabel, QLineEdit

from socialdesk.core.rows import Row, Story
from socialdesk.practice.server import Fault
from socialdesk.ui.column.column import ColumnView
from socialdesk.ui.outbox import DeliveryRow
from socialdesk.ui.reader.panel import Reader
from tests.end2end.desk import CTRL, SHIFT, RunningDesk, drag, eventually

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)  # said by the off-screen platform
Key = Qt.Key
IMAGE = QTextDocument.ResourceType.ImageResource.value


def row_where(view: ColumnView, network: str, *, kind: str) -> int | None:
    """The first card of a network that is here for this reason."""
    for place, item in enumerate(view.model.items):
        reason = item.entry.reason.kind if isinstance(item, Row) and item.entry.reason is not None else ""
        if isinstance(item, Row) and item.entry.network == network and reason == kind:
            return place
    return None


def text_of(reader: Reader) -> str:
    """What stands in the reader, be it an article or a conversation."""
    return " ".join((reader.view.toPlainText(), *(said.text() for said in reader.findChildren(QLabel))))


def rows_of_outbox(desk: RunningDesk) -> dict[str, DeliveryRow]:
    """Rows of the newest publication, by the name of the account."""
    cards = desk.shell.outbox.cards
    return {row.name: row for row in cards[max(cards)].rows.values()} if cards else {}


async def compose(desk: RunningDesk) -> None:
    desk.press(Key.Key_N)
    composer = desk.shell.composer
    await eventually(lambda: composer.editor.isVisible() and len(composer.roster.rules) == 3)
    await eventually(composer.editor.hasFocus)


async def choose(desk: RunningDesk, *networks: str) -> None:
    """Presses chips until exactly these networks are chosen."""
    composer = desk.shell.composer
    for account in await desk.ask(desk.opened.services.accounts.list):
        if (account.id in composer.draft.account_ids) != (account.network in networks):
            desk.click(composer.chip(account.id))
    composer.editor.setFocus()


async def test_the_first_column_fills_from_three_networks_and_blogs(desk: RunningDesk) -> None:
    view = desk.column("B2B")
    rows = await desk.ask(desk.opened.services.reading.page, view.column.id, None, 200)
    assert {row.entry.network for row in rows} >= {"mastodon", "bluesky", "feeds"}
    inbox = desk.column("Inbox")
    assert {item.entry.network for item in inbox.model.items if isinstance(item, Row)} == set(desk.practice.networks)
    story = view.model.items[0]
    assert isinstance(story, Story)
    assert story.share_count > 1
    assert not any(each.trouble.isVisible() for each in desk.views)


async def test_an_article_is_read_saved_and_read_again_with_the_network_cut(desk: RunningDesk) -> None:
    view, reader = desk.column("B2B"), desk.shell.reader
    view.list.setFocus()
    desk.press(Key.Key_J)
    title = view.current_item().title
    desk.press(Key.Key_Return)
    await eventually(lambda: reader.piece is not None)
    assert reader.piece.title == title
    await eventually(lambda: len(reader.view.toPlainText().split()) > 150)
    desk.press(Key.Key_Escape)
    assert desk.window.right.panel is None
    desk.press(Key.Key_B)
    await eventually(lambda: desk.toast == "Saved for offline.")
    desk.practice.stop()
    desk.press(Key.Key_B, SHIFT)
    saved = desk.shell.saved
    await eventually(lambda: [line.title for line in saved.list.lines.items] == [title])
    await eventually(saved.list.hasFocus)
    desk.press(Key.Key_Return)
    await eventually(lambda: reader.piece is not None and reader.piece.saved_id is not None)
    assert len(reader.view.toPlainText().split()) > 150
    assert reader.pill.text().startswith("Saved for offline")
    shown = [url for url in (reader.piece.lead, *reader.piece.pictures) if url]
    assert shown
    assert all(not reader.view.loadResource(IMAGE, QUrl(url)).isNull() for url in shown)


async def test_like_and_reshare_reach_the_server_and_the_counts_change(desk: RunningDesk) -> None:
    view, server = desk.column("Home"), desk.server("mastodon")
    place = next(n for n, i in enumerate(view.model.items) if isinstance(i, Row) and not i.entry.mine)
    before = view.model.items[place].entry

    def entry() -> Row:
        return view.model.items[place].entry

    desk.click_card(view, place, "like")
    await eventually(lambda: entry().counts.likes == before.counts.likes + 1 and "like" in entry().mine)
    await eventually(lambda: desk.server("mastodon").requests(r"/favourite$", "POST"))
    desk.press(Key.Key_T)
    await eventually(lambda: entry().counts.reshares == before.counts.reshares + 1)
    await eventually(lambda: desk.toast == "Re-shared.")
    assert server.state.status(before.remote_id).liked_by == {server.me.id}
    desk.click(desk.window.toast.button)
    await eventually(lambda: server.requests(r"/unreblog$", "POST") and "reshare" not in entry().mine)
    assert entry().counts.reshares == before.counts.reshares


async def test_an_action_that_the_network_refuses_is_taken_back_with_a_sentence(desk: RunningDesk) -> None:
    view, server = desk.column("Home"), desk.server("mastodon")
    place = next(n for n, i in enumerate(view.model.items) if isinstance(i, Row) and not i.entry.mine)
    before = view.model.items[place].entry
    server.faults.add(Fault("403", match=r"/favourite$"))
    desk.click_card(view, place, "like")
    await eventually(lambda: server.faults.fired and desk.toast)
    await eventually(lambda: view.model.items[place].entry.counts == before.counts)
    assert not view.model.items[place].entry.mine


async def test_a_mention_in_the_inbox_is_answered(desk: RunningDesk) -> None:
    view, composer = desk.column("Inbox"), desk.shell.composer
    await eventually(lambda: row_where(view, "mastodon", kind="mention") is not None)
    place = row_where(view, "mastodon", kind="mention")
    assert place is not None
    answered = view.model.items[place].entry
    view.list.select_row(place)
    view.list.setFocus()
    desk.press(Key.Key_R)
    await eventually(lambda: composer.editor.hasFocus() and composer.draft.reply_to is not None)
    await eventually(lambda: set(composer.draft.account_ids) & set(composer.roster.rules))
    desk.type("Thank you, the table is on its way")
    desk.press(Key.Key_Return, CTRL)
    server = desk.server("mastodon")
    await eventually(lambda: any("on its way" in post.text for post in server.posts_by_me()))
    sent = server.posts_by_me()[-1]
    assert sent.reply_to == answered.remote_id
    await eventually(lambda: composer.editor.toPlainText() == "")


async def test_an_update_with_an_article_goes_to_three_networks(desk: RunningDesk) -> None:
    await compose(desk)
    composer = desk.shell.composer
    await choose(desk, "mastodon", "bluesky", "wordpress")
    desk.type("Once you have talked, then what? ")
    desk.click(desk.icon_button("Write a blog article", composer))
    await eventually(composer.article.isVisible)
    QTest.keyClicks(composer.article.title, "Basics, reconsidered")
    QTest.keyClicks(composer.article.body, "The **basics** of B2B used to be things we sent.")
    desk.press(Key.Key_Return, CTRL)
    await eventually(lambda: composer.draft.article is None)
    desk.click(desk.window.rail.connection)
    await eventually(lambda: [row.pill.text() for row in rows_of_outbox(desk).values()] == ["Sent"] * 3)
    blog = next(iter(desk.server("wordpress").state.posts.values()))
    posts = {post.title: post for post in desk.server("wordpress").state.posts.values()}
    assert "Basics, reconsidered" in posts, blog
    publication = (await desk.ask(desk.opened.services.publishing.outbox, None, 1))[0]
    permalinks = {d.account_id: d.permalink for d in publication.deliveries}
    address = next(link for link in permalinks.values() if link.startswith(desk.server("wordpress").url))
    assert address in desk.server("mastodon").posts_by_me()[-1].text
    assert all(permalinks.values())


async def test_in_doubt_is_looked_for_and_never_posted_twice(desk: RunningDesk) -> None:
    server = desk.server("mastodon")
    server.faults.add(Fault("close", match=r"/api/v1/statuses$", method="POST", when="after"))
    await compose(desk)
    await choose(desk, "mastodon")
    desk.type("Only once, please")
    desk.press(Key.Key_Return, CTRL)
    desk.shell.show_right("outbox")
    await eventually(lambda: any(row.pill.text() in ("In doubt", "Sent") for row in rows_of_outbox(desk).values()))
    row = rows_of_outbox(desk)["Mastodon"]
    if row.pill.text() == "In doubt":
        desk.click(desk.button("Check now: Mastodon", row))
    await eventually(lambda: row.pill.text() == "Sent")
    assert [post.text for post in server.posts_by_me()].count("Only once, please") == 1


async def test_a_server_that_cannot_be_reached_is_tried_again_at_a_press(desk: RunningDesk) -> None:
    server = desk.server("bluesky")
    server.faults.add(Fault("503", match="putRecord", times=1, seconds=600))
    await compose(desk)
    await choose(desk, "bluesky")
    desk.type("Not at the first try")
    desk.press(Key.Key_Return, CTRL)
    desk.shell.show_right("outbox")
    await eventually(lambda: rows_of_outbox(desk) and rows_of_outbox(desk)["Bluesky"].pill.text() != "Sending")
    row = rows_of_outbox(desk)["Bluesky"]
    await eventually(lambda: server.faults.fired)
    assert row.accessibleName()


async def test_a_sign_in_that_ran_out_is_renewed_by_the_person_and_the_post_goes(desk: RunningDesk) -> None:
    server = desk.server("mastodon")
    old = server.credentials["token"]
    grant = server.oauth.tokens.pop(old)
    await compose(desk)
    await choose(desk, "mastodon")
    desk.type("After signing in again")
    desk.press(Key.Key_Return, CTRL)
    desk.shell.show_right("outbox")
    await eventually(lambda: rows_of_outbox(desk) and rows_of_outbox(desk)["Mastodon"].pill.text() == "Sign in")
    desk.click(desk.button("Sign in again: Mastodon"))
    await eventually(lambda: desk.shell.sheet is not None)
    server.oauth.tokens["fresh-token"] = grant
    desk.click(desk.button("With a token"))
    QTest.keyClicks(desk.shell.sheet.form.box("token"), "fresh-token")
    desk.press(Key.Key_Return)
    await eventually(lambda: desk.shell.sheet is None)
    await eventually(lambda: rows_of_outbox(desk)["Mastodon"].pill.text() == "Sent")
    assert [post.text for post in server.posts_by_me()].count("After signing in again") == 1


async def test_trouble_of_one_network_is_a_sentence_in_its_column_and_look_again_mends_it(desk: RunningDesk) -> None:
    view, server = desk.column("Home"), desk.server("mastodon")
    before = view.model.rowCount()
    server.faults.add(Fault("500", match=r"/timelines/home", times=0))
    desk.press(Key.Key_F5)
    await eventually(view.trouble.isVisible)
    assert view.trouble.label.text()
    assert view.model.rowCount() == before
    assert not desk.column("Bluesky").trouble.isVisible()
    server.faults.clear()
    desk.click(view.trouble.button)
    await eventually(lambda: not view.trouble.isVisible())


async def test_new_posts_wait_behind_a_pill_and_the_place_stays(desk: RunningDesk) -> None:
    view, server = desk.column("Home"), desk.server("mastodon")
    view.list.setFocus()
    desk.press(Key.Key_Space)
    first, place = view.list.first_visible(), view.list.visualRect(view.model.index(view.list.first_visible())).top()
    reading = view.model.items[first]
    assert first > 0
    server.add_post("Fresh from the practice floor #B2B", "harbor")
    desk.press(Key.Key_F5)
    await eventually(view.pill.isVisible)
    assert view.pill.text() == "1 new"
    now = view.list.first_visible()
    assert view.model.items[now].entry_id == reading.entry_id
    assert view.list.visualRect(view.model.index(now)).top() == place
    desk.press(Key.Key_Period)
    await eventually(lambda: "Fresh from" in view.model.items[0].entry.text and view.list.at_top)
    assert not view.pill.isVisible()


async def test_the_draft_is_back_after_closing_in_mid_typing(desk: RunningDesk) -> None:
    await compose(desk)
    desk.type("Half a thou")
    await desk.close()
    await desk.open()
    composer = desk.shell.composer
    await eventually(lambda: composer.editor.toPlainText() == "Half a thou")
    assert desk.window.left.panel is composer


async def test_order_width_and_theme_are_remembered(desk: RunningDesk) -> None:
    header = desk.column("Home").header
    drag(header, QPoint(80, 20), 520)
    slot = desk.column("Home").parentWidget()
    drag(slot.grip, QPoint(5, 300), 70)
    desk.press(Key.Key_K, CTRL)
    desk.type("switch light")
    desk.press(Key.Key_Return)
    dark = desk.opened.desk.theme.tokens.dark
    titles = [view.column.title for view in desk.views]
    assert titles.index("Home") > 1
    await eventually(lambda: desk.column("Home").column.width == 422)
    await desk.close()
    await desk.open()
    await desk.filled()
    assert [view.column.title for view in desk.views] == titles
    assert desk.column("Home").width() == 422
    assert desk.opened.desk.theme.tokens.dark == dark


async def test_a_column_is_added_by_dialog_and_fills(desk: RunningDesk) -> None:
    desk.press(Key.Key_A)
    sheet = desk.shell.sheet
    await eventually(lambda: sheet.buttons)
    key = next(k for k in sheet.buttons if k[:2] == ("mastodon", "hashtag"))
    desk.click(sheet.buttons[key])
    await eventually(lambda: "tag" in sheet.form.answers())
    QTest.keyClicks(sheet.form.box("tag"), "marketing")
    desk.press(Key.Key_Return)
    await eventually(lambda: desk.shell.sheet is None and len(desk.views) == 6)
    added = desk.views[-1]
    await eventually(lambda: added.model.items)
    assert desk.window.strip.active() is added


async def test_an_account_is_connected_by_token(closed_desk: RunningDesk) -> None:
    desk = closed_desk
    await desk.open(furnished=False)
    assert desk.window.page == "welcome"
    given = desk.server("mastodon").credentials
    desk.click(desk.button("Choose a network"))
    desk.click(desk.button("Connect Mastodon"))
    desk.click(desk.button("With a token"))
    desk.type(given["server"])
    desk.press(Key.Key_Tab)
    while not isinstance(QApplication.focusWidget(), QLineEdit):  # past the link to the server's own page
        desk.press(Key.Key_Tab)
    desk.type(given["token"])
    desk.press(Key.Key_Return)
    await eventually(lambda: desk.shell.sheet is None)
    accounts = await desk.ask(desk.opened.services.accounts.list)
    assert [account.network for account in accounts] == ["mastodon"]


async def test_an_account_is_connected_in_the_browser(closed_desk: RunningDesk) -> None:
    desk = closed_desk
    await desk.open(furnished=False)
    desk.shell.add_account()
    desk.click(desk.button("Connect Mastodon"))
    desk.type(desk.server("mastodon").url)
    desk.press(Key.Key_Return)
    await eventually(lambda: desk.browser.opened)
    assert len(desk.browser.opened) == 1
    page = await asyncio.to_thread(urllib.request.urlopen, desk.browser.opened[0], timeout=20)
    assert page.status == 200
    await eventually(lambda: desk.shell.sheet is None)
    accounts = await desk.ask(desk.opened.services.accounts.list)
    assert [account.network for account in accounts] == ["mastodon"]


async def test_the_first_topic_becomes_a_column_that_fills(closed_desk: RunningDesk) -> None:
    desk = closed_desk
    await desk.open(furnished=False)
    for network in ("mastodon", "bluesky"):
        form = 1 if network == "mastodon" else 0
        await desk.ask(desk.opened.services.accounts.sign_in, network, desk.server(network).credentials, form)
    welcome = desk.shell.welcome
    assert welcome.words.text() == "B2B"
    desk.click(desk.button("Make the column"))
    await eventually(lambda: desk.window.page == "columns" and len(desk.views) == 1)
    await eventually(lambda: desk.views[0].model.items)


def feeds_file(desk: RunningDesk, folder: Path, count: int) -> Path:
    urls = [f"{desk.practice.feeds[n % 8]}?n={n}" for n in range(count)]
    lines = "".join(f'<outline type="rss" text="Feed {n}" xmlUrl="{url}"/>' for n, url in enumerate(urls))
    path = folder / "Our feeds.opml"
    path.write_text(f'<opml version="2.0"><body>{lines}<outline text="x" xmlUrl="file:///etc/passwd"/></body></opml>')
    return path


async def import_file(desk: RunningDesk, path: Path) -> None:
    """Through the palette and the file dialog."""
    desk.press(Key.Key_K, CTRL)
    desk.type("import")
    desk.press(Key.Key_Return)
    dialog = desk.window.findChild(QFileDialog)
    dialog.selectFile(str(path))
    desk.click(dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Open))


async def test_feeds_are_imported_from_opml(desk: RunningDesk, tmp_path: Path) -> None:
    await import_file(desk, feeds_file(desk, tmp_path, 12))
    await eventually(lambda: desk.toast == "12 feeds added, 1 not usable.")
    await eventually(lambda: desk.views[-1].column.title == "Our feeds")
    await eventually(lambda: desk.views[-1].model.items)


async def test_a_long_import_shows_its_progress_and_can_be_stopped(desk: RunningDesk, tmp_path: Path) -> None:
    await import_file(desk, feeds_file(desk, tmp_path, 3000))
    await eventually(desk.window.progress.isVisible)
    desk.click(desk.window.progress.cancel)
    await eventually(lambda: desk.toast.endswith("stopped."))
    added = int(desk.toast.split()[0])
    assert 0 < added < 3000


async def test_everything_stored_is_searched(desk: RunningDesk) -> None:
    desk.press(Key.Key_Slash)
    search = desk.shell.search
    assert search.words.hasFocus()
    desk.type("buyers")
    await eventually(lambda: search.list.lines.items)
    search.list.setFocus()
    search.list.choose(0)
    desk.press(Key.Key_Return)
    await eventually(lambda: desk.window.right.panel is desk.shell.reader)
    await eventually(lambda: desk.shell.reader.message == "")
    assert search.list.lines.items[0].title.split()[0] in text_of(desk.shell.reader) or desk.shell.reader.piece
    desk.press(Key.Key_Escape)
    assert desk.window.right.panel is search


async def test_the_question_mark_shows_all_keys_and_escape_closes_them(desk: RunningDesk) -> None:
    desk.press(Key.Key_Question, SHIFT)
    await eventually(lambda: desk.shell.sheet is not None)
    assert desk.shell.sheet.accessibleName() == "All keys"
    desk.press(Key.Key_Escape)
    assert desk.shell.sheet is None


async def test_every_server_gone_is_told_in_the_headers_and_everything_stays_readable(desk: RunningDesk) -> None:
    counts = {view.column.title: view.model.rowCount() for view in desk.views}
    desk.practice.stop()
    desk.press(Key.Key_F5)
    await eventually(lambda: all(view.trouble.isVisible() for view in desk.views))
    assert {view.column.title: view.model.rowCount() for view in desk.views} == counts


async def test_closing_while_a_post_is_under_way_loses_and_doubles_nothing(desk: RunningDesk) -> None:
    server = desk.server("mastodon")
    server.faults.add(Fault("hang", match=r"/api/v1/statuses$", method="POST", when="after", seconds=60))
    await compose(desk)
    await choose(desk, "mastodon")
    desk.type("Closed while sending")
    desk.press(Key.Key_Return, CTRL)
    await eventually(lambda: server.requests(r"/api/v1/statuses$", "POST"))
    await desk.close()
    await desk.open()
    desk.shell.show_right("outbox")
    await eventually(lambda: rows_of_outbox(desk) and rows_of_outbox(desk)["Mastodon"].pill.text() == "Sent")
    assert [post.text for post in server.posts_by_me()].count("Closed while sending") == 1


async def test_the_window_closes_in_order_during_its_first_refresh(closed_desk: RunningDesk) -> None:
    for server in closed_desk.practice.servers.values():
        server.faults.add(Fault("hang", match="timeline|search|notifications", times=0, seconds=30))
    await closed_desk.open()
    await eventually(lambda: any(view.header.busy for view in closed_desk.views))
    await closed_desk.close()


async def test_reading_on_past_what_is_stored_brings_older_posts(desk: RunningDesk) -> None:
    view = desk.column("Home")
    view.list.setFocus()
    stored = len(await desk.ask(desk.opened.services.reading.page, view.column.id, None, 500))

    def reads_on() -> bool:
        desk.press(Key.Key_End)
        return view.end.isVisible() and view.end.text() == "That is everything"

    await eventually(reads_on)
    assert len(await desk.ask(desk.opened.services.reading.page, view.column.id, None, 500)) > stored


async def test_the_card_of_a_link_is_seen_before_it_is_sent_and_asked_for_once(desk: RunningDesk) -> None:
    article = next(item.entry for item in desk.column("Blogs").model.items if isinstance(item, Row))
    blog = next(each for each in desk.practice.blogs.values() if article.url.startswith(each.url))
    path = f"^{article.url.removeprefix(blog.url)}$"
    before = len(blog.requests(path))
    await compose(desk)
    await choose(desk, "bluesky")
    composer, server = desk.shell.composer, desk.server("bluesky")
    desk.type(f"Worth a read {article.url}")
    await eventually(lambda: composer.card.face is not None and composer.card.face.title)
    assert composer.card.isVisible()
    assert composer.card.face.title == article.title
    assert composer.card.face.who == "Shown on Bluesky"
    desk.press(Key.Key_Return, CTRL)
    await eventually(lambda: rows_of_outbox(desk) and rows_of_outbox(desk)["Bluesky"].pill.text() == "Sent")
    (request,) = server.requests(r"putRecord$", "POST")
    card = json.loads(request.body)["record"]["embed"]["external"]
    assert (card["uri"], card["title"]) == (article.url, article.title)
    assert card["thumb"]["size"] > 1000
    assert len(blog.requests(path)) == before + 1


async def test_a_card_that_was_taken_away_stays_away_after_a_restart(desk: RunningDesk) -> None:
    article = next(item.entry for item in desk.column("Blogs").model.items if isinstance(item, Row))
    await compose(desk)
    await choose(desk, "bluesky")
    desk.type(f"Worth a read {article.url}")
    card = desk.shell.composer.card
    await eventually(lambda: card.face is not None and card.face.title)
    desk.click(card.drop)
    await desk.close()
    await desk.open()
    composer = desk.shell.composer
    await eventually(lambda: composer.card.face is not None and composer.card.face.put_back)
    composer.editor.setFocus()
    desk.press(Key.Key_Return, CTRL)
    server = desk.server("bluesky")
    await eventually(lambda: server.requests(r"putRecord$", "POST"))
    record = json.loads(server.requests(r"putRecord$", "POST")[0].body)["record"]
    assert "embed" not in record
    assert article.url in record["text"]
