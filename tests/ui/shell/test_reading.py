"""Reading, saving, searching with the network cut, and the outbox."""

from dataclasses import replace

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from socialdesk.core.entry import EntryKind
from socialdesk.core.errors import InputError, Unreachable
from socialdesk.core.post import Delivery, DeliveryState, Draft, PartPlan, Publication
from socialdesk.core.saved import ExtractedArticle, Hit, SavedItem
from socialdesk.ui.composer.editor import png_of
from socialdesk.ui.shell import Shell
from tests.ui.conftest import eventually
from tests.ui.fakes import NOW, row
from tests.ui.panel_fakes import RECEIPT, PanelFakes
from tests.ui.shell.conftest import Browser, press

ITEM = SavedItem(
    4,
    "https://insights.example/400-buyers",
    "What 400 buyers told us",
    "saved",
    NOW,
    site="insights.example",
    minutes=6,
    size=412_000,
    image_blob="lead",
    text="The first conversation used to be with a salesperson.",
    html='<p>The first conversation used to be with a salesperson.</p><p><img src="https://insights.example/b.png"></p>',
    pictures={"https://insights.example/lead.png": "lead", "https://insights.example/b.png": "body"},
)


def click(widget: object) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)  # type: ignore[call-overload]


def keep(panels: PanelFakes, item: SavedItem = ITEM) -> None:
    panels.saved_items[item.id] = item
    image = QImage(300, 200, QImage.Format.Format_RGB32)
    image.fill(0x336699)
    panels.blobs |= {"lead": png_of(image), "body": png_of(image)}


async def test_a_saved_article_is_read_with_the_network_cut(shell: Shell, panels: PanelFakes) -> None:
    keep(panels)
    panels.failing |= {"image": Unreachable("cut"), "inspect": Unreachable("cut")}
    press(shell, Qt.Key.Key_B, Qt.KeyboardModifier.ShiftModifier)
    assert shell.window.right.panel is shell.saved
    await eventually(lambda: shell.saved.list.lines.items)
    QTest.keyClick(shell.saved.list, Qt.Key.Key_Return)
    await eventually(lambda: shell.reader.piece is not None)
    assert "with a salesperson" in shell.reader.view.toPlainText()
    assert shell.reader.pill.text() == "Saved for offline · 412 KB"
    assert ("blob", "body") in panels.calls
    asked = [str(call[1]) for call in panels.calls if call[0] in ("image", "inspect")]
    assert not set(asked) & {ITEM.url, *ITEM.pictures}
    kind = QTextDocument.ResourceType.ImageResource.value
    shown = shell.reader.view.loadResource(kind, QUrl("https://insights.example/b.png"))
    assert isinstance(shown, QImage)
    assert not shown.isNull()
    unknown = shell.reader.view.loadResource(kind, QUrl("https://tracker.example/p.gif"))
    assert isinstance(unknown, QImage)
    assert unknown.isNull()
    press(shell, Qt.Key.Key_Backspace)
    assert shell.window.right.panel is shell.saved
    press(shell, Qt.Key.Key_Backspace)
    assert shell.window.right.panel is None


async def test_the_text_keeps_its_measure_at_any_width(shell: Shell, panels: PanelFakes) -> None:
    keep(panels)
    shell.read(lambda: shell.reader.show_saved(4))
    await eventually(lambda: shell.reader.piece is not None)
    view = shell.reader.view
    assert abs(view.viewport().width() - view.measure()) < 30
    press(shell, Qt.Key.Key_F11)
    await eventually(lambda: shell.reader.width() > 1000)
    assert abs(view.viewport().width() - view.measure()) < 30
    press(shell, Qt.Key.Key_F11)
    await eventually(lambda: shell.reader.width() < 600)


async def test_an_article_of_a_column_opens_and_is_saved_from_the_reader(shell: Shell, panels: PanelFakes) -> None:
    rows = panels.rows[1]
    article = replace(
        rows[0].entry,
        kind=EntryKind.ARTICLE,
        title="The buyer’s half",
        html="<h1>Big</h1><p>Body words.</p>",
        link=None,
    )
    rows[0] = replace(rows[0], entry=article)
    shell.desk.actions.open_entry.emit(rows[0])
    await eventually(lambda: shell.reader.piece is not None)
    assert "Body words." in shell.reader.view.toPlainText()
    assert "The buyer’s half" in shell.reader.view.toPlainText()
    save = next(b for b in shell.reader.findChildren(QPushButton) if b.accessibleName() == "Save")
    click(save)
    await eventually(lambda: shell.reader.pill.text().startswith("Saved for offline"))
    assert ("save_entry", rows[0].entry_id) in panels.calls
    assert not save.isVisible()


async def test_a_link_opens_as_an_article_or_in_the_browser(shell: Shell, panels: PanelFakes, browser: Browser) -> None:
    url = "https://vantage.example/long-read"
    panels.articles[url] = ExtractedArticle(url, "Long read", "<p>For the weekend.</p>", "For the weekend.")
    shell.desk.actions.open_link.emit(url)
    await eventually(lambda: shell.reader.piece is not None)
    assert "For the weekend." in shell.reader.view.toPlainText()
    shell.desk.actions.open_link.emit("https://vantage.example/video")
    await eventually(lambda: browser.opened)
    assert browser.opened == ["https://vantage.example/video"]


async def test_without_a_connection_an_unsaved_page_says_so_and_can_be_tried_again(
    shell: Shell, panels: PanelFakes
) -> None:
    panels.failing["inspect"] = Unreachable("cut", offline=True)
    url = "https://vantage.example/long-read"
    panels.articles[url] = ExtractedArticle(url, "Long read", "<p>For the weekend.</p>", "For the weekend.")
    shell.desk.actions.open_link.emit(url)
    await eventually(lambda: shell.reader.message == "No connection.")
    del panels.failing["inspect"]
    click(next(b for b in shell.reader.findChildren(QPushButton) if b.accessibleName() == "Try again"))
    await eventually(lambda: shell.reader.piece is not None)


async def test_a_post_opens_as_a_conversation(shell: Shell, panels: PanelFakes) -> None:
    chosen = next(r for r in panels.rows[1] if r.entry.link is None)
    shell.desk.actions.open_entry.emit(chosen)
    await eventually(lambda: len(shell.reader.conversation.posts) == 2)
    assert shell.window.right.panel is shell.reader


async def test_enter_reads_the_chosen_card_and_escape_comes_back(shell: Shell, panels: PanelFakes) -> None:
    column = shell.window.strip.active()
    assert column is not None
    column.focus_list()
    press(shell, Qt.Key.Key_J)
    press(shell, Qt.Key.Key_J)
    press(shell, Qt.Key.Key_Return)
    await eventually(lambda: shell.window.right.panel is not None)
    press(shell, Qt.Key.Key_Escape)
    assert shell.window.right.panel is None
    assert column.list.hasFocus()


async def test_search_finds_marks_and_opens(shell: Shell, panels: PanelFakes) -> None:
    keep(panels)
    panels.hits = (Hit("saved", 4, "What 400 buyers told us", "used to be with a \x02salesperson\x03", NOW),)
    press(shell, Qt.Key.Key_Slash)
    words = shell.search.words
    assert words.hasFocus()
    QTest.keyClicks(words, "buyers")
    await eventually(lambda: shell.search.said == "1 result")
    QTest.keyClick(words, Qt.Key.Key_Return)
    await eventually(lambda: shell.reader.piece is not None)
    press(shell, Qt.Key.Key_Escape)
    assert shell.window.right.panel is shell.search
    QTest.keyClicks(words, "zzz")
    await eventually(lambda: shell.search.said == "Nothing found on this computer.")


async def found_with(shell: Shell, panels: PanelFakes, snippet: str) -> None:
    """Enter on the one hit: a post that links to an article, with these words marked."""
    chosen = next(r for r in panels.rows[1] if r.entry.link is not None)
    link = replace(chosen.entry.link, title="The quiet return")  # type: ignore[type-var]
    post = replace(chosen.entry, text="Short posts bring them in", link=link)
    panels.rows[1][panels.rows[1].index(chosen)] = replace(chosen, entry=post)
    panels.articles[link.url] = ExtractedArticle(link.url, "The quiet return", "<p>At length.</p>", "At length.")
    panels.hits = (Hit("entry", chosen.entry_id, "Posts", snippet, NOW, post.network),)
    press(shell, Qt.Key.Key_Slash)
    QTest.keyClicks(shell.search.words, "posts")
    await eventually(lambda: shell.search.said == "1 result")
    QTest.keyClick(shell.search.words, Qt.Key.Key_Return)


async def test_a_hit_in_the_words_of_a_post_opens_the_post(shell: Shell, panels: PanelFakes) -> None:
    await found_with(shell, panels, "Short \x02posts\x03 bring them in")
    await eventually(lambda: len(shell.reader.conversation.posts) == 2)
    assert not any(call[0] == "inspect" for call in panels.calls)
    read = next(b for b in shell.reader.findChildren(QPushButton) if b.accessibleName() == "Read the article")
    assert read.isVisible()
    click(read)
    await eventually(lambda: shell.reader.piece is not None)
    assert "At length." in shell.reader.view.toPlainText()
    assert not read.isVisible()


async def test_a_hit_in_the_words_of_the_linked_article_opens_the_article(shell: Shell, panels: PanelFakes) -> None:
    await found_with(shell, panels, "them in The \x02quiet\x03 return")
    await eventually(lambda: shell.reader.piece is not None)
    assert "At length." in shell.reader.view.toPlainText()


async def test_a_conversation_without_a_link_offers_no_article(shell: Shell, panels: PanelFakes) -> None:
    chosen = next(r for r in panels.rows[1] if r.entry.link is None)
    shell.desk.actions.open_entry.emit(chosen)
    await eventually(lambda: len(shell.reader.conversation.posts) == 2)
    read = next(b for b in shell.reader.findChildren(QPushButton) if b.accessibleName() == "Read the article")
    assert not read.isVisible()


async def test_an_address_is_saved_and_a_removed_item_comes_back(shell: Shell, panels: PanelFakes) -> None:
    shell.show_right("saved")
    QTest.keyClicks(shell.saved.address, "https://field.example/x")
    QTest.keyClick(shell.saved.address, Qt.Key.Key_Return)
    await eventually(lambda: shell.saved.list.lines.items)
    assert shell.saved.address.text() == ""
    shell.saved.list.choose(0)
    QTest.keyClick(shell.saved.list, Qt.Key.Key_Delete)
    assert not shell.saved.list.lines.items
    click(shell.window.toast.button)
    assert len(shell.saved.list.lines.items) == 1
    assert not any(call[0] == "remove_saved" for call in panels.calls)


def names(shell: Shell) -> dict[str, QPushButton]:
    return {b.accessibleName(): b for b in shell.outbox.findChildren(QPushButton) if b.isVisible()}


def publication(*deliveries: Delivery) -> Publication:
    return Publication(1, Draft(text="Is sharing content being social?", account_ids=(1, 2)), NOW, deliveries)


async def test_the_outbox_shows_receipts_and_the_fix_that_is_possible(
    shell: Shell, panels: PanelFakes, browser: Browser
) -> None:
    panels.publications = (
        publication(
            Delivery(1, 1, 1, DeliveryState.SENT, (PartPlan("", "k", receipt=RECEIPT),), updated=NOW),
            Delivery(2, 1, 2, DeliveryState.IN_DOUBT, (PartPlan("", "k"),), next_at=NOW, error="outcome_unknown"),
        ),
    )
    press(shell, Qt.Key.Key_X, Qt.KeyboardModifier.ShiftModifier)
    await eventually(
        lambda: any(b.accessibleName() == "Open: Mastodon" for b in shell.outbox.findChildren(QPushButton))
    )
    rows = shell.outbox.card(1).rows
    assert rows[1].pill.text() == "Sent"
    assert rows[2].accessibleName().startswith("Bluesky: In doubt, Bluesky did not answer")
    buttons = names(shell)
    assert "Try now: Bluesky" not in buttons
    click(buttons["Open: Mastodon"])
    assert browser.opened == [RECEIPT.permalink]
    click(buttons["Check now: Bluesky"])
    await eventually(lambda: rows[2].pill.text() == "Sent")
    assert ("check_now", 2) in panels.calls


async def test_a_confirmed_part_of_a_thread_is_asked_for_its_address(shell: Shell, panels: PanelFakes) -> None:
    parts = (PartPlan("", "a", receipt=RECEIPT), PartPlan("", "b"), PartPlan("", "c"))
    panels.publications = (publication(Delivery(1, 1, 1, DeliveryState.IN_DOUBT, parts, error="outcome_unknown")),)
    press(shell, Qt.Key.Key_X, Qt.KeyboardModifier.ShiftModifier)
    await eventually(lambda: "It is there: Mastodon" in names(shell))
    box = shell.outbox.card(1).rows[1].box
    click(names(shell)["It is there: Mastodon"])
    assert box.isVisible()
    assert box.address.hasFocus()
    said = " ".join(found.text() for found in box.findChildren(QLabel))
    assert "the address of part 2 at Mastodon: the next part answers it" in said
    QTest.keyClick(box.address, Qt.Key.Key_Escape)
    assert not box.isVisible()
    assert shell.window.right.panel is shell.outbox
    click(names(shell)["It is there: Mastodon"])
    panels.failing["address"] = InputError("There is no post of yours at this address.")
    QTest.keyClicks(box.address, "https://social.example/@northwind/2")
    QTest.keyClick(box.address, Qt.Key.Key_Return)
    await eventually(lambda: "no post of yours" in shell.window.toast.label.text())
    assert box.isVisible()
    assert box.address.text() == "https://social.example/@northwind/2"
    del panels.failing["address"]
    QTest.keyClick(box.address, Qt.Key.Key_Return)
    await eventually(lambda: shell.outbox.card(1).rows[1].pill.text() == "Sent")
    assert ("address", 1, "https://social.example/@northwind/2") in panels.calls
    assert not box.isVisible()


async def test_a_part_may_be_confirmed_without_its_address(shell: Shell, panels: PanelFakes) -> None:
    parts = (PartPlan("", "a"), PartPlan("", "b"))
    panels.publications = (publication(Delivery(1, 1, 1, DeliveryState.IN_DOUBT, parts, error="outcome_unknown")),)
    shell.show_right("outbox")
    await eventually(lambda: "It is there: Mastodon" in names(shell))
    click(names(shell)["It is there: Mastodon"])
    click(names(shell)["Without its address: Mastodon"])
    await eventually(lambda: ("address", 1, "") in panels.calls)


async def test_a_refused_post_goes_back_into_the_composer(shell: Shell, panels: PanelFakes) -> None:
    panels.publications = (
        publication(
            Delivery(1, 1, 1, DeliveryState.REFUSED, (PartPlan("", "k"),), error="too_long", error_detail="422")
        ),
    )
    shell.show_right("outbox")
    await eventually(
        lambda: any(b.accessibleName() == "Edit: Mastodon" for b in shell.outbox.findChildren(QPushButton))
    )
    buttons = names(shell)
    assert "Retry: Mastodon" not in buttons
    click(buttons["Edit: Mastodon"])
    await eventually(lambda: shell.window.left.panel is not None and shell.composer.draft.id == 99)
    assert shell.composer.editor.toPlainText() == "Is sharing content being social?"


async def test_pictures_of_a_post_open_at_full_size(shell: Shell) -> None:
    with_pictures = next(r for r in (row(n) for n in range(12)) if len(r.entry.media) > 1)
    shell.desk.actions.view_media.emit(with_pictures, 0)
    view = shell.window.findChild(type(shell.window).__mro__[1], "media")
    assert view is not None
    assert view.accessibleName().startswith("Picture 1 of")
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.accessibleName().startswith("Picture 2 of")
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert not view.isVisible()
