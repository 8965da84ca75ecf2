"""Every control can be reached with Tab and has a name: the composer, the window, each panel and each dialog."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from socialdesk.core.post import Article, Delivery, DeliveryState, Draft, PartPlan, Picture, Publication, SeenCard
from socialdesk.core.saved import SavedItem
from socialdesk.ui.composer import card_looker
from socialdesk.ui.composer.editor import png_of
from socialdesk.ui.composer.panel import Composer
from socialdesk.ui.shell import Shell
from tests.ui.conftest import eventually
from tests.ui.fakes import NOW
from tests.ui.panel_fakes import PanelFakes
from tests.ui.shell.test_composing import compose
from tests.ui.shell.test_dialogs import button, click
from tests.ui.tabbing import controls, nameless, unreached, walk

URL = "https://harbor.example/a"
ARTICLE = Article("Basics, reconsidered", "The **long** text.")
PICTURE = Picture("0" * 64, "image/png", 4, 4, 9)


@pytest.fixture(autouse=True)
def things_to_show(monkeypatch: pytest.MonkeyPatch, panels: PanelFakes) -> None:
    monkeypatch.setattr(card_looker, "PAUSE_MS", 5)
    panels.cards[URL] = SeenCard("", "Answer times", "What they buy you")
    panels.blobs[PICTURE.blob] = png_of(QImage(4, 4, QImage.Format.Format_RGB32))


def focused() -> QWidget:
    holder = QApplication.focusWidget()
    assert holder is not None
    return holder


def all_reached(place: QWidget, start: QWidget) -> list[str]:
    """Walks from `start`, forwards and back, and returns the names in the order of Tab."""
    assert len(controls(place)) > 1, "nothing to walk through"
    seen = walk(start)
    assert unreached(place, seen) == []
    assert unreached(place, walk(start, backwards=True)) == []
    assert nameless(place) == []
    return [w.accessibleName() for w in seen if place is w or place.isAncestorOf(w)]


def in_order(names: list[str], *wanted: str) -> bool:
    """Whether Tab comes to these in this order, wherever it began."""
    at = names.index(wanted[0])
    turned = names[at:] + names[:at]
    places = [turned.index(name) for name in wanted]
    return places == sorted(places)


async def full_composer(shell: Shell) -> Composer:
    """A draft with an article, its card, a warning and a check that offers a fix."""
    await compose(shell)
    composer = shell.composer
    shell.write(Draft(text="Read " * 13, account_ids=(1, 2, 3), warning="Numbers", article=ARTICLE))
    await eventually(lambda: composer.draft.article == ARTICLE and composer.card.face is not None)
    return composer


async def test_the_composer_is_walked_as_it_is_read(shell: Shell) -> None:
    composer = await full_composer(shell)
    assert composer.card.drop.isVisible()
    names = all_reached(composer, composer.editor)
    assert in_order(
        names,
        "Write in a window of its own",
        "Fold the composer",
        "Post from Northwind Pumps on Mastodon",
        "Post from Northwind blog on WordPress",
        "Connect another account",
        "All accounts",
        "Text of the post",
        "Send without this card",
        "Content warning",
        "Language of the post",
        "Split: Bluesky, 4 over the limit of 60",
        "Add pictures, a video or a document",
        "Post to 3",
    )


async def test_the_tab_in_front_is_the_one_that_tab_comes_to(shell: Shell) -> None:
    composer = await full_composer(shell)
    composer.tabs.choose(2)
    composer.tabs.chosen.emit(2)
    names = all_reached(composer, composer.editor)
    assert [name for name in names if name.startswith(("All accounts", "Text for"))] == [
        composer.tabs.tab(2).accessibleName()
    ]


async def test_an_article_and_its_details_are_walked(shell: Shell) -> None:
    composer = await full_composer(shell)
    composer.tabs.choose(3)
    composer.tabs.chosen.emit(3)
    composer.article.show_details(shown=True)
    article = replace(ARTICLE, status="future", featured=PICTURE)
    composer._edit(replace(composer.draft, article=article))
    names = all_reached(composer, composer.article.title)
    assert in_order(names, "Title", "Text of the article, in Markdown", "Excerpt", "Tags", "Remove the featured image")
    assert in_order(
        names, "When the article appears", "Date and time of publication", "Add pictures, a video or a document"
    )


async def test_pictures_and_their_descriptions_are_walked(shell: Shell) -> None:
    composer = await full_composer(shell)
    composer._edit(replace(composer.draft, article=None, pictures=(PICTURE,)))
    composer.attachments.describe(0)
    names = all_reached(composer, composer.editor)
    tile = "Picture 1, no description yet"
    assert in_order(names, "Text of the post", tile, "Add a picture", "Description of the picture", "Done")


async def test_a_card_that_was_taken_away_or_cannot_be_had_is_walked(shell: Shell, panels: PanelFakes) -> None:
    await compose(shell)
    composer = shell.composer
    shell.write(Draft(text=f"Read {URL}", account_ids=(1, 2)))
    await eventually(lambda: composer.card.face is not None and composer.card.face.title == "Answer times")
    composer.card.dropped.emit()
    assert in_order(all_reached(composer, composer.editor), "Text of the post", "Put it back", "Who may see the post")
    shell.write(Draft(text="https://gone.example/b", account_ids=(1, 2)))
    await eventually(lambda: composer.card.face is not None and composer.card.face.again)
    names = all_reached(composer, composer.editor)
    assert in_order(names, "Text of the post", "Send without this card", "Look again", "Who may see the post")


async def test_an_answer_is_walked(shell: Shell) -> None:
    shell.window.strip.set_active(1)
    column = shell.window.strip.active()
    assert column is not None
    column.list.select_row(2)
    shell.desk.actions.reply.emit(column.model.items[2])
    await eventually(lambda: shell.window.left.panel is not None and shell.composer.strip.isVisible())
    assert "Take this away" in all_reached(shell.composer, shell.composer.editor)


async def test_the_composers_own_window_is_walked(shell: Shell) -> None:
    shell.compose_window(Draft(text="Apart", account_ids=(1, 2)))
    window = shell.composer_windows[0]
    await eventually(lambda: window.composer.editor.isVisible() and len(window.composer.roster.rules) == 3)
    window.activateWindow()
    all_reached(window, window.composer.editor)
    window.close()
    await eventually(lambda: not shell.composer_windows)


async def test_the_window_with_its_columns_is_walked(shell: Shell) -> None:
    first = shell.window.strip.active()
    assert first is not None
    all_reached(shell.window, first.list)
    first.toggle_options()
    all_reached(shell.window, first.list)


@pytest.mark.parametrize(
    ("name", "close"), [("outbox", "Close the outbox"), ("saved", "Close"), ("search", "Close the search")]
)
async def test_each_panel_at_the_right_is_walked_beside_the_composer(
    shell: Shell, panels: PanelFakes, name: str, close: str
) -> None:
    panels.saved_items[1] = SavedItem(1, URL, "Answer times", "saved", NOW)
    states = (DeliveryState.REFUSED, DeliveryState.IN_DOUBT, DeliveryState.SENT)
    deliveries = (Delivery(n, 1, n, state, (PartPlan("x", "key"),)) for n, state in enumerate(states, 1))
    panels.publications = (Publication(1, Draft(text="Sent"), NOW, tuple(deliveries)),)
    await full_composer(shell)
    shell.show_right(name)
    await eventually(lambda: name != "outbox" or shell.outbox.cards)
    names = all_reached(shell.window, focused())
    rail = ("New post (N)", "Saved", "Home (1)", "Second (2)", "Add a column (A)", "Settings (,)")
    columns = ("Column Home, 2 new", "Cards of Home", "Column Second, nothing new", "Cards of Second")
    assert in_order(names, *rail, "Fold the composer", "Text of the post", "Post to 3", *columns)
    assert in_order(names, "New post (N)", "Cards of Second", close)


async def test_the_reader_is_walked_with_an_article_and_with_a_conversation(shell: Shell, panels: PanelFakes) -> None:
    panels.saved_items[1] = SavedItem(1, URL, "Answer times", "saved", NOW, text="Words", html="<p>Words</p>")
    shell._read_saved(1)
    await eventually(lambda: shell.reader.piece is not None)
    all_reached(shell.window, focused())
    column = shell.window.strip.active()
    assert column is not None
    shell.desk.actions.open_thread.emit(column.model.items[1])
    await eventually(lambda: shell.reader.message == "")
    all_reached(shell.window, focused())


async def test_the_page_of_the_first_start_is_walked(shell: Shell) -> None:
    shell.show_welcome()
    assert shell.welcome is not None
    shell.welcome.focus_first()
    all_reached(shell.window, focused())


async def test_signing_in_is_walked_step_by_step(shell: Shell) -> None:
    shell.add_account()
    assert shell.sheet is not None
    all_reached(shell.sheet, focused())
    click(button(shell, "Connect Mastodon"))
    all_reached(shell.sheet, focused())
    click(button(shell, "With a token"))
    all_reached(shell.sheet, focused())


async def test_adding_a_column_is_walked(shell: Shell) -> None:
    shell.add_column()
    sheet = shell.sheet
    await eventually(lambda: sheet.buttons)
    all_reached(sheet, focused())
    click(sheet.buttons["mastodon", "list", 1])
    await eventually(lambda: "list" in sheet.form.answers())
    all_reached(sheet, focused())


@pytest.mark.parametrize("page", ["General", "Accounts", "Keys"])
async def test_each_page_of_the_settings_is_walked(shell: Shell, page: str) -> None:
    shell.show_settings()
    assert shell.sheet is not None
    click(button(shell, page))
    await eventually(lambda: len(controls(shell.sheet)) > 4)
    all_reached(shell.sheet, focused())


async def test_the_keyboard_does_not_leave_the_palette(shell: Shell) -> None:
    """Its list is walked with the arrow keys from the line, so that a letter always goes into the line."""
    shell.show_palette()
    seen = walk(shell.palette.words)
    assert all(shell.palette.isAncestorOf(widget) for widget in seen)


def _open(shell: Shell) -> dict[str, Callable[[], object]]:
    return {"keys": shell.show_keys, "settings": shell.show_settings, "account": shell.add_account}


@pytest.mark.parametrize("name", ["keys", "settings", "account"])
async def test_tab_stays_inside_a_dialog(shell: Shell, name: str) -> None:
    _open(shell)[name]()
    sheet = shell.sheet
    assert sheet is not None
    seen = walk(focused())
    assert all(sheet.isAncestorOf(widget) for widget in seen)
    assert unreached(sheet, seen) == []
