"""Choosing when a post goes out, with real keys and the mouse."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from socialdesk.core.events import PersonWanted
from socialdesk.core.post import Article, Delivery, DeliveryState, Draft, PartPlan, Publication
from socialdesk.core.rules import ScheduleRules
from socialdesk.ui.composer import moments
from socialdesk.ui.shell import Shell
from tests.ui.conftest import eventually
from tests.ui.fakes import NOW
from tests.ui.panel_fakes import PanelFakes
from tests.ui.shell.test_composing import click, compose

AT = NOW + timedelta(hours=2)


def named(shell: Shell, name: str) -> QPushButton:
    return next(b for b in shell.window.findChildren(QPushButton) if b.accessibleName() == name and b.isVisible())


async def test_a_time_is_chosen_with_the_keyboard_and_sent_with_the_draft(shell: Shell, panels: PanelFakes) -> None:
    panels.composing.rules_by_account[1] = replace(panels.composing.rules_by_account[1], schedule=ScheduleRules())
    await compose(shell)
    composer = shell.composer
    QTest.keyClicks(composer.editor, "Later")
    composer.when_pressed.emit()
    assert composer.draft.publish_at == datetime(2025, 11, 18, 10, 30, tzinfo=UTC)
    assert QApplication.focusWidget() is composer.when.edit
    composer.when.edit.setCurrentSection(composer.when.edit.Section.HourSection)
    QTest.keyClick(composer.when.edit, Qt.Key.Key_Up)
    assert composer.draft.publish_at == datetime(2025, 11, 18, 11, 30, tzinfo=UTC)
    assert composer.checks.row(1).sentence.text() == "goes out even with this computer off"
    assert "Your time: " in composer.when.said.text()
    assert "Keep this computer on" not in composer.when.said.text()
    click(composer.chip(2))
    assert composer.checks.row(2).sentence.text() == "goes out from this computer"
    assert "Keep this computer on" in composer.when.said.text()
    assert composer.post_button.accessibleName() == "Schedule 2"
    click(composer.post_button)
    await eventually(lambda: panels.publications)
    assert panels.publications[0].draft.publish_at == datetime(2025, 11, 18, 11, 30, tzinfo=UTC)
    await eventually(lambda: "Scheduled for " in shell.window.toast.label.text())
    assert composer.draft.publish_at is None
    assert not composer.when.isVisible()


async def test_post_now_takes_the_time_away(shell: Shell) -> None:
    await compose(shell)
    composer = shell.composer
    QTest.keyClicks(composer.editor, "Soon")
    composer.when_pressed.emit()
    click(named(shell, "Tomorrow 9:00"))
    assert composer.draft.publish_at == moments.next_morning(NOW)
    click(composer.when.now)
    assert composer.draft.publish_at is None
    assert composer.post_button.accessibleName() == "Post to 1"


async def test_a_time_that_is_over_is_said_and_mended_with_one_press(shell: Shell) -> None:
    await compose(shell)
    composer = shell.composer
    composer.begin(Draft(text="Late", account_ids=(1,), publish_at=NOW - timedelta(hours=1)))
    await eventually(lambda: composer.checks.row(1).sentence.text() == "its time is over")
    composer.post()
    assert "its time is over" in composer.status
    click(composer.checks.row(1).button)
    assert composer.draft.publish_at is None


async def test_the_outbox_lists_it_with_its_time_and_ways_to_change_it(shell: Shell, panels: PanelFakes) -> None:
    parts = (PartPlan("Later", "k"),)
    here = Delivery(11, 1, 2, DeliveryState.WAITING, parts, next_at=AT, publish_at=AT)
    there = Delivery(12, 1, 1, DeliveryState.SCHEDULED, parts, next_at=AT, publish_at=AT)
    panels.publications = (Publication(1, Draft(text="Later", publish_at=AT), NOW, (here, there)),)
    shell.show_right("outbox")
    await eventually(lambda: shell.outbox.cards)
    rows = shell.outbox.card(1).rows
    assert rows[11].accessibleName().startswith("Bluesky: Scheduled, goes out at ")
    assert rows[12].accessibleName().endswith("even with this computer off")
    click(named(shell, "Cancel: Mastodon"))
    await eventually(lambda: ("cancel", 12) in panels.calls)
    click(named(shell, "Send now: Bluesky"))
    await eventually(lambda: ("retry", 11) in panels.calls)


@pytest.mark.parametrize(("late", "said"), [(True, "could not go out"), (False, "yours to post")])
async def test_the_window_says_when_a_post_wants_the_person(
    shell: Shell, panels: PanelFakes, late: bool, said: str
) -> None:
    panels.send(PersonWanted(1, 11, late=late))
    await eventually(lambda: said in shell.window.toast.label.text())
    click(shell.window.toast.button)
    assert shell.window.right.panel is shell.outbox


def test_mornings_are_those_of_the_persons_zone() -> None:
    tomorrow = moments.next_morning(NOW).astimezone()
    assert (tomorrow.hour, tomorrow.minute, (tomorrow.date() - NOW.astimezone().date()).days) == (9, 0, 1)
    monday = moments.next_morning(NOW, monday=True).astimezone()
    assert (monday.weekday(), monday.hour) == (0, 9)
    assert moments.in_an_hour(NOW + timedelta(minutes=2, seconds=7)) == NOW + timedelta(minutes=65)


async def test_an_article_gets_the_time_of_the_posts_with_one_press(shell: Shell) -> None:
    await compose(shell)
    composer = shell.composer
    draft = Draft(text="Read", account_ids=(1, 3), article=Article("Basics", "Words"), publish_at=AT)
    composer.begin(draft)
    await eventually(lambda: composer.draft.account_ids == (1, 3))
    assert composer.checks.row(3).sentence.text() == "the article goes out at once"
    click(composer.checks.row(3).button)
    article = composer.draft.article
    assert article is not None
    assert (article.status, article.publish_at) == ("future", AT)
    assert composer.checks.row(3).sentence.text() == "goes first; the others link to it"
