"""Posts that are out, in the outbox: their numbers, new words, deleting them."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from socialdesk.core.errors import Rejected, Unreachable
from socialdesk.core.post import (
    PERMALINK,
    Article,
    Delivery,
    DeliveryState,
    Draft,
    PartPlan,
    Publication,
    Receipt,
)
from socialdesk.ui.outbox import DeliveryRow
from socialdesk.ui.shell import Shell
from tests.ui.conftest import eventually
from tests.ui.fakes import NOW
from tests.ui.panel_fakes import PanelFakes
from tests.ui.shell.test_composing import click

BLOG = Receipt("9", "https://northwind.example/basics/")
POST = Receipt("1", "https://social.example/@northwind/1")


def button(row: DeliveryRow, word: str) -> QPushButton | None:
    name = f"{word}: {row.name}"
    return next((b for b in row.findChildren(QPushButton) if b.accessibleName() == name and b.isVisible()), None)


async def opened(shell: Shell, panels: PanelFakes, parts: int = 1) -> dict[int, DeliveryRow]:
    article = Article("Basics", "Words")
    texts = [f"Read this\n\n{PERMALINK}", "And more"][:parts]
    short = tuple(PartPlan(text, f"k{n}", receipt=POST) for n, text in enumerate(texts))
    blog = Delivery(11, 1, 3, DeliveryState.SENT, (PartPlan("Basics", "k", receipt=BLOG),), updated=NOW)
    post = Delivery(12, 1, 1, DeliveryState.SENT, short, waits_for=11, updated=NOW)
    panels.publications = (Publication(1, Draft(text="Read this", article=article), NOW, (blog, post)),)
    panels.able = {1: ("numbers", "change", "delete"), 3: ("change", "delete")}
    shell.show_right("outbox")
    await eventually(lambda: shell.outbox.cards)
    return shell.outbox.card(1).rows


async def test_only_what_the_account_allows_is_offered(shell: Shell, panels: PanelFakes) -> None:
    rows = await opened(shell, panels)
    assert [word for word in ("Open", "Numbers", "Change", "Delete") if button(rows[12], word)] == [
        "Open",
        "Numbers",
        "Change",
        "Delete",
    ]
    assert [word for word in ("Open", "Numbers", "Change", "Delete") if button(rows[11], word)] == ["Open", "Delete"]


async def test_numbers_are_shown_in_the_row_and_put_away(shell: Shell, panels: PanelFakes) -> None:
    row = (await opened(shell, panels))[12]
    click(button(row, "Numbers"))
    await eventually(lambda: row.sent.said.text() == "1.2K  likes\n7  replies")
    click(button(row, "Close"))
    assert not row.sent.isVisible()
    panels.failing["numbers"] = Unreachable("down")
    click(button(row, "Numbers"))
    await eventually(lambda: row.sent.said.text() == "The server could not be reached.")


async def test_new_words_begin_with_what_is_out_and_go_to_the_part_that_is_chosen(
    shell: Shell, panels: PanelFakes
) -> None:
    row = (await opened(shell, panels, parts=2))[12]
    click(button(row, "Change"))
    assert row.sent.text.toPlainText() == f"Read this\n\n{BLOG.permalink}"
    row.sent.part.setCurrentIndex(1)
    assert row.sent.text.toPlainText() == "And more"
    QTest.keyClicks(row.sent.text, "So: ")
    click(button(row, "Change it"))
    await eventually(lambda: ("change_post", 12, "So: And more", 1) in panels.calls)
    await eventually(lambda: "Changed at Mastodon." in shell.window.toast.label.text())
    assert not row.sent.isVisible()


async def test_a_refused_change_keeps_the_words_and_says_why(shell: Shell, panels: PanelFakes) -> None:
    row = (await opened(shell, panels))[12]
    panels.failing["change_post"] = Rejected("422", reason="too_long")
    click(button(row, "Change"))
    row.sent.text.setPlainText("Far too long")
    click(button(row, "Change it"))
    await eventually(lambda: "too long" in row.sent.said.text())
    assert row.sent.text.toPlainText() == "Far too long"
    QTest.keyClick(row.sent.text, Qt.Key.Key_Escape)
    assert not row.sent.isVisible()


@pytest.mark.parametrize("agrees", [True, False])
async def test_deleting_asks_first(shell: Shell, panels: PanelFakes, agrees: bool) -> None:
    row = (await opened(shell, panels))[12]
    click(button(row, "Delete"))
    assert row.sent.said.text().startswith("Delete this post at Mastodon?")
    click(button(row, "Delete it there" if agrees else "Leave it as it is"))
    if agrees:
        await eventually(lambda: ("delete_post", 12) in panels.calls)
    else:
        assert ("delete_post", 12) not in panels.calls
        assert not row.sent.isVisible()
