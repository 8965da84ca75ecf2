"""The card of a link is seen before it is sent, and sent as it was seen."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from socialdesk.core.events import ConnectionChanged
from socialdesk.core.post import PERMALINK, Article, Draft, Picture, SeenCard
from socialdesk.ui.composer import card_looker
from socialdesk.ui.composer.card import Band, CardPreview, Spinner
from socialdesk.ui.composer.card_words import Drop
from socialdesk.ui.composer.editor import png_of
from socialdesk.ui.shell import Shell
from tests.ui.conftest import eventually
from tests.ui.panel_fakes import PanelFakes
from tests.ui.shell.conftest import Open, press
from tests.ui.shell.test_composing import click, compose

URL = "https://harbor.example/a"
CARD = SeenCard("", "Answer times", "What they buy you", "Harbor Analytics")
PICTURE = Picture("0" * 64, "image/png", 4, 4, 9, alt="A pump")


@pytest.fixture(autouse=True)
def short_pause(monkeypatch: pytest.MonkeyPatch, panels: PanelFakes) -> None:
    monkeypatch.setattr(card_looker, "PAUSE_MS", 5)
    panels.cards[URL] = CARD


def card_of(shell: Shell) -> CardPreview:
    card: CardPreview = shell.composer.card
    return card


def title(shell: Shell) -> str:
    face = card_of(shell).face
    return face.title if face is not None else ""


def asked(panels: PanelFakes) -> list[tuple[Any, ...]]:
    return [call[1:] for call in panels.calls if call[0] == "link_card"]


async def on_both(shell: Shell, text: str) -> None:
    """Mastodon makes a card by itself, Bluesky's is ours."""
    await compose(shell)
    click(shell.composer.chip(2))
    shell.composer.editor.setFocus()
    QTest.keyClicks(shell.composer.editor, text)


async def test_a_link_in_the_text_shows_its_card_and_who_shows_it(shell: Shell, panels: PanelFakes) -> None:
    await on_both(shell, f"Read {URL}.")
    await eventually(lambda: title(shell) == "Answer times")
    card = card_of(shell)
    assert card.isVisible()
    assert card.accessibleName() == (
        "Link card: Answer times. Harbor Analytics. What they buy you. Shown on Mastodon and Bluesky"
    )
    QTest.keyClicks(shell.composer.editor, " Do.")
    QTest.keyClick(shell.composer.editor, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(shell.composer.editor, "Now ")
    assert title(shell) == "Answer times"
    assert asked(panels) == [(URL, True)]


async def test_typing_asks_only_when_it_pauses(
    shell: Shell, panels: PanelFakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(card_looker, "PAUSE_MS", 300)
    await on_both(shell, URL)
    face = card_of(shell).face
    assert face is not None
    assert face.looking
    assert card_of(shell).findChild(Spinner).isVisible()
    await eventually(lambda: title(shell) == "Answer times")
    assert not card_of(shell).findChild(Spinner).isVisible()
    assert asked(panels) == [(URL, True)]


async def test_what_was_seen_goes_along_with_the_post(shell: Shell, panels: PanelFakes) -> None:
    await on_both(shell, f"Read {URL}")
    await eventually(lambda: title(shell) == "Answer times")
    shell.composer.post()
    await eventually(lambda: panels.publications)
    sent = panels.publications[0].draft
    assert sent.card is not None
    assert (sent.card.url, sent.card.title, sent.card.fetched) == (URL, "Answer times", shell.desk.now())
    await eventually(lambda: not card_of(shell).isVisible())


async def test_only_the_networks_own_card_is_not_carried(shell: Shell, panels: PanelFakes) -> None:
    await compose(shell)
    QTest.keyClicks(shell.composer.editor, URL)
    await eventually(lambda: title(shell) == "Answer times")
    assert not card_of(shell).drop.isVisible()
    shell.composer.post()
    await eventually(lambda: panels.publications)
    assert panels.publications[0].draft.card is None


async def test_the_x_takes_the_card_away_and_a_restart_keeps_that(open_shell: Open, panels: PanelFakes) -> None:
    first = await open_shell()
    await on_both(first, URL)
    first.composer.tabs.choose(2)
    first.composer.tabs.chosen.emit(2)
    await eventually(lambda: title(first) == "Answer times")
    drop = card_of(first).drop
    assert drop.accessibleName() == Drop.CARD
    drop.setFocus()
    QTest.keyClick(drop, Qt.Key.Key_Space)
    face = card_of(first).face
    assert face is not None
    assert face.note == "No link card on Bluesky."
    back = QApplication.focusWidget()
    assert back is not None
    assert back.accessibleName() == "Put it back"
    await eventually(lambda: any(draft.no_card == URL for draft in panels.drafts.values()))
    second = await open_shell()
    await eventually(lambda: second.composer.draft.no_card == URL and second.composer.card.face is not None)
    assert second.composer.card.face.who == "Shown on Mastodon, not on Bluesky"
    second.composer.post()
    await eventually(lambda: panels.publications)
    assert (panels.publications[0].draft.no_card, panels.publications[0].draft.card) == (URL, None)


async def test_the_card_comes_back_at_a_press_and_for_another_link(shell: Shell, panels: PanelFakes) -> None:
    other = "https://harbor.example/b"
    panels.cards[other] = replace(CARD, title="Another page")
    await on_both(shell, URL)
    await eventually(lambda: title(shell) == "Answer times")
    card_of(shell).dropped.emit()
    assert "not on Bluesky" in card_of(shell).accessibleName()
    card_of(shell).put_back.emit()
    assert shell.composer.draft.no_card == ""
    assert "Shown on Mastodon and Bluesky" in card_of(shell).accessibleName()
    card_of(shell).dropped.emit()
    shell.composer.editor.selectAll()
    QTest.keyClicks(shell.composer.editor, other)
    await eventually(lambda: title(shell) == "Another page")
    assert "Shown on Mastodon and Bluesky" in card_of(shell).accessibleName()


async def test_a_page_that_cannot_be_reached_never_blocks_sending(shell: Shell, panels: PanelFakes) -> None:
    del panels.cards[URL]
    await on_both(shell, URL)
    card = card_of(shell)
    await eventually(lambda: card.face is not None and card.face.again)
    assert card.face is not None
    assert card.face.note == "The server could not be reached. The post can go out all the same."
    assert len(asked(panels)) == 1
    shell.composer.post()
    await eventually(lambda: panels.publications)
    assert panels.publications[0].draft.card is None


async def test_another_look_helps_by_a_press_and_when_the_connection_is_back(shell: Shell, panels: PanelFakes) -> None:
    del panels.cards[URL]
    await on_both(shell, URL)
    card = card_of(shell)
    await eventually(lambda: card.face is not None and card.face.again)
    card.again.emit()
    await eventually(lambda: len(asked(panels)) == 2 and card.face is not None and card.face.again)
    panels.cards[URL] = CARD
    panels.send(ConnectionChanged(True))
    await eventually(lambda: title(shell) == "Answer times")


async def test_a_page_without_a_card_is_said(shell: Shell, panels: PanelFakes) -> None:
    panels.cards[URL] = SeenCard("")
    await on_both(shell, URL)
    card = card_of(shell)
    await eventually(lambda: card.face is not None and "offers no card" in card.face.note)
    assert shell.composer.post_button.isEnabled()


async def test_pictures_take_the_place_of_the_card(shell: Shell, panels: PanelFakes) -> None:
    panels.blobs[PICTURE.blob] = png_of(QImage(4, 4, QImage.Format.Format_RGB32))
    await on_both(shell, URL)
    await eventually(lambda: title(shell) == "Answer times")
    shell.composer._edit(replace(shell.composer.draft, pictures=(PICTURE,)))
    assert not card_of(shell).isVisible()
    assert shell.composer.checks.row(2).sentence.text() == "shows the pictures, not the link card"
    shell.composer._edit(replace(shell.composer.draft, pictures=()))
    assert title(shell) == "Answer times"


async def test_the_article_that_leads_is_shown_without_asking_anybody(shell: Shell, panels: PanelFakes) -> None:
    await compose(shell)
    article = Article("Basics, reconsidered", "Long.", excerpt="Once you’ve talked, then what?")
    shell.write(Draft(text="New piece", account_ids=(1, 2, 3), article=article))
    await eventually(lambda: title(shell) == "Basics, reconsidered")
    face = card_of(shell).face
    assert face is not None
    assert (face.site, face.description) == (
        "northwind.example · published with this post",
        "Once you’ve talked, then what?",
    )
    card_of(shell).dropped.emit()
    assert shell.composer.draft.no_card == PERMALINK
    assert "Shown on Mastodon, not on Bluesky" in card_of(shell).accessibleName()
    assert asked(panels) == []


async def test_a_link_beside_the_text_can_be_removed_where_nobody_builds_its_card(shell: Shell) -> None:
    await compose(shell)
    shell.write(Draft(text="Look", account_ids=(1,), link=URL))
    await eventually(lambda: title(shell) == "Answer times")
    drop = card_of(shell).drop
    assert drop.accessibleName() == Drop.LINK
    click(drop)
    assert shell.composer.draft.link == ""
    assert not card_of(shell).isVisible()


async def test_an_address_that_content_named_is_looked_at_with_less_trust(shell: Shell, panels: PanelFakes) -> None:
    await compose(shell)
    shell.write(Draft(text="Look", account_ids=(1, 2), link=URL))
    await eventually(lambda: title(shell) == "Answer times")
    assert asked(panels) == [(URL, False)]


async def test_the_picture_of_the_card_is_drawn(shell: Shell, panels: PanelFakes) -> None:
    image = QImage(40, 21, QImage.Format.Format_RGB32)
    image.fill(QColor("#226644"))
    panels.blobs["f" * 64] = png_of(image)
    panels.cards[URL] = replace(CARD, thumb="f" * 64)
    await on_both(shell, URL)
    band = card_of(shell).findChild(Band)
    await eventually(band.isVisible)

    def middle() -> str:
        grabbed = band.grab().toImage()
        return grabbed.pixelColor(grabbed.width() // 2, grabbed.height() // 2).name()

    await eventually(lambda: middle() == "#226644")


async def test_a_look_that_is_still_out_does_not_hold_up_the_post(shell: Shell, panels: PanelFakes) -> None:
    never = asyncio.Event()

    async def slow(url: str, *, typed: bool = True) -> SeenCard:
        panels.note("link_card", url, typed)
        await never.wait()
        return CARD

    panels.inspecting.link_card = slow
    await on_both(shell, URL)
    await eventually(lambda: asked(panels))
    press(shell, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await eventually(lambda: panels.publications)
    assert panels.publications[0].draft.card is None
