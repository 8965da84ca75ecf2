"""What things cost, where a person meets it: the composer, the column dialog, a column's options, the settings."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from socialdesk.core.costs import Charge
from socialdesk.core.events import SpendingChanged
from socialdesk.core.headers import ColumnHeader, SourceLine
from socialdesk.core.source import Source, SourceState
from socialdesk.core.spending import Plan
from socialdesk.ui.column.column import ColumnView
from socialdesk.ui.column.options import OptionsPanel
from socialdesk.ui.dialogs.budget import BudgetBox
from socialdesk.ui.dialogs.column import ColumnSheet
from socialdesk.ui.dialogs.settings import SettingsSheet
from socialdesk.ui.shell import Shell
from tests.ui.conftest import eventually
from tests.ui.fakes import NOW
from tests.ui.panel_fakes import PanelFakes
from tests.ui.shell.conftest import Open, press
from tests.ui.spending_fakes import ACCOUNT


def click(widget: object) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)  # type: ignore[call-overload]


@pytest.fixture
def paid(panels: PanelFakes) -> PanelFakes:
    panels.add_paid_account()
    return panels


async def compose(shell: Shell) -> None:
    press(shell, Qt.Key.Key_N)
    await eventually(lambda: shell.composer.editor.isVisible() and len(shell.composer.roster.rules) == 4)


class TestComposer:
    async def test_the_cost_is_told_before_sending_and_follows_every_key(self, paid: PanelFakes, shell: Shell) -> None:
        await compose(shell)
        cost = shell.composer.cost
        assert cost.isHidden()
        assert ("months",) not in paid.calls  # nobody who pays nothing is asked for prices
        click(shell.composer.chip(ACCOUNT.id))
        QTest.keyClicks(shell.composer.editor, "Pumps")
        await eventually(lambda: cost.said.text() == "Costs about $0.015 on X.")
        QTest.keyClicks(shell.composer.editor, " https://a.example")
        assert cost.said.text() == "Costs about $0.20 on X."
        assert cost.accessibleName() == cost.said.text()
        assert "1 post with a link $0.20. Prices of 2025-11-01." in cost.said.toolTip()
        click(shell.composer.chip(ACCOUNT.id))
        assert cost.isHidden()

    async def test_more_than_the_month_has_left_is_asked_for_once(self, paid: PanelFakes, shell: Shell) -> None:
        paid.spending.plans[ACCOUNT.id] = Plan(Decimal(5))
        await compose(shell)
        composer = shell.composer
        click(composer.chip(ACCOUNT.id))
        QTest.keyClicks(composer.editor, "https://a.example")
        await eventually(composer.cost.isVisible)
        composer.post()
        assert "This costs about $0.20, and X has $0.10 left for November. Post again" in composer.status
        assert not paid.publications
        QTest.keyClicks(composer.editor, "!")
        composer.post()  # it is another post: asked again
        assert "Post again" in composer.status
        composer.post()
        await eventually(lambda: paid.publications)

    async def test_news_of_the_month_reach_the_question(self, paid: PanelFakes, shell: Shell) -> None:
        paid.spending.plans[ACCOUNT.id] = Plan(Decimal(6))
        await compose(shell)
        click(shell.composer.chip(ACCOUNT.id))
        QTest.keyClicks(shell.composer.editor, "https://a.example")
        await eventually(shell.composer.cost.isVisible)
        paid.spending.charges = (Charge("read", 1200, Decimal(6)),)
        paid.calls.clear()
        paid.send(SpendingChanged(ACCOUNT.id))
        await eventually(lambda: ("months",) in paid.calls)
        await eventually(lambda: not shell.composer.cost._tasks.busy("months"))
        shell.composer.post()
        assert "X has $0.00 left" in shell.composer.status


class TestColumns:
    async def test_the_dialog_says_what_a_source_costs_in_a_day(self, paid: PanelFakes, shell: Shell) -> None:
        shell.add_column()
        sheet = shell.sheet
        assert isinstance(sheet, ColumnSheet)
        await eventually(lambda: sheet.buttons)
        click(sheet.buttons["x", "list", ACCOUNT.id])
        said = "About $0.35 a day, at most $2.65, looking every hour, with 50 new posts (a guess)."
        await eventually(lambda: sheet.cost.text() == said and sheet.cost.isVisible())
        click(sheet.buttons["mastodon", "home", 1])
        await eventually(sheet.cost.isHidden)

    async def test_a_column_is_made_cheap_in_its_options(self, paid: PanelFakes, open_shell: Open) -> None:
        paid.headers[1] = header(paid)
        shell = await open_shell()
        view = shell.window.strip.views()[0]
        click(view.header.button)
        panels = view.findChildren(OptionsPanel)
        await eventually(lambda: panels and panels[0].cost is not None)
        cost = panels[0].cost
        await eventually(lambda: cost.said.text() == "About $0.20 a day, looking every 5 minutes, with 40 new posts.")
        QTest.mouseClick(cost.box, Qt.MouseButton.LeftButton, pos=QPoint(12, cost.box.height() // 2))
        await eventually(lambda: paid.columns_list[0].cheap)
        click(cost.budget)
        await eventually(lambda: isinstance(shell.sheet, SettingsSheet))

    async def test_options_of_free_columns_say_nothing_of_money(self, shell: Shell) -> None:
        view = shell.window.strip.views()[0]
        click(view.header.button)
        panels = view.findChildren(OptionsPanel)
        await eventually(lambda: panels and panels[0].title.text())
        assert panels[0].cost is None

    async def test_the_header_says_why_it_looks_later(self, paid: PanelFakes, open_shell: Open) -> None:
        at = NOW + timedelta(minutes=12)
        paid.headers[1] = replace(header(paid), next_at=at, waits="limit", waits_for="X")
        paid.headers[2] = replace(header(paid), next_at=at, waits="budget", waits_for="X")
        shell = await open_shell()
        limited, slowed = shell.window.strip.views()[:2]
        clock = at.astimezone().strftime("%H:%M")
        await eventually(lambda: limited.header._subtitle == f"Next look {clock}, X's limit · @northwind")
        await eventually(lambda: f"Next look {clock}, to keep the month's budget" in slowed.header._subtitle)

    async def test_a_spent_budget_is_a_sentence_with_its_fix(self, paid: PanelFakes, open_shell: Open) -> None:
        paid.headers[1] = header(paid, error="budget_spent", next_at=datetime(2025, 12, 1, 12, tzinfo=UTC))
        shell = await open_shell()
        view: ColumnView = shell.window.strip.views()[0]
        await eventually(view.trouble.isVisible)
        assert view.trouble.label.text() == "This month's budget for X is spent. Reading begins again on 1 Dec."
        click(view.trouble.button)
        await eventually(lambda: isinstance(shell.sheet, SettingsSheet))
        assert isinstance(shell.sheet, SettingsSheet)
        assert shell.sheet.tabs["Accounts"].isChecked()


class TestSettings:
    async def test_month_envelope_and_prices(self, paid: PanelFakes, shell: Shell) -> None:
        shell.desk.actions.show_place.emit("budget")
        assert shell.sheet is not None
        await eventually(lambda: shell.sheet.findChildren(BudgetBox))
        (box,) = shell.sheet.findChildren(BudgetBox)
        await eventually(lambda: box.said.text() == "November: about $4.90")
        click(box.open)
        assert box.fields[""].isVisible()
        type_in(box, "", "5")
        await eventually(lambda: box.said.text() == "November: about $4.90 of $5.00, reading slowly")
        type_in(box, "post", "0,02")
        await eventually(lambda: ("set_prices", ACCOUNT.id, {"post": Decimal("0.02")}) in paid.calls)
        await eventually(lambda: box.fields["post"].text() == "0.02")
        type_in(box, "post", "")
        await eventually(lambda: box.fields["post"].text() == "0.015")
        type_in(box, "", "")
        await eventually(lambda: ("set_envelope", ACCOUNT.id, None) in paid.calls)

    async def test_what_is_no_amount_is_told_and_changes_nothing(self, paid: PanelFakes, shell: Shell) -> None:
        shell.desk.actions.show_place.emit("budget")
        assert shell.sheet is not None
        await eventually(lambda: shell.sheet.findChildren(BudgetBox))
        (box,) = shell.sheet.findChildren(BudgetBox)
        await eventually(box.said.text)
        click(box.open)
        type_in(box, "", "much")
        await eventually(lambda: "“much” is no amount." in shell.window.toast.label.text())
        assert not any(call[0] == "set_envelope" for call in paid.calls)


def type_in(box: BudgetBox, name: str, text: str) -> None:
    field = box.fields[name]
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def header(paid: PanelFakes, error: str = "", next_at: datetime | None = None) -> ColumnHeader:
    source = Source(1, "x", "home", ACCOUNT.id)
    line = SourceLine(source, SourceState(1, next_at=next_at, error=error), "X", "Home", "@northwind")
    trouble = line if error else None
    column = paid.columns_list[0]
    return ColumnHeader(column, "@northwind", ("x",), (line,), False, error, trouble, next_at, may_cost=True)
