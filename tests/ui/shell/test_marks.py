"""What a feed reader's server keeps, where a person meets it: a card's menu, the labels, the subscriptions."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from socialdesk.core.account import Account
from socialdesk.core.errors import Rejected
from socialdesk.core.events import ColumnChanged, SubscriptionsChanged
from socialdesk.core.headers import ColumnHeader, SourceLine
from socialdesk.core.marks import Subscription
from socialdesk.core.network import AppPassword, Field, NetworkFacts, SourceKind
from socialdesk.core.source import Source, SourceState
from socialdesk.ui.column.menu import card_menu
from socialdesk.ui.column.options import OptionsPanel
from socialdesk.ui.dialogs.accounts_page import AccountRow
from socialdesk.ui.dialogs.labels import LabelSheet
from socialdesk.ui.dialogs.subscriptions import SubscriptionSheet
from socialdesk.ui.shell import Shell
from tests.ui.conftest import eventually
from tests.ui.fakes import row
from tests.ui.panel_fakes import PanelFakes
from tests.ui.shell.conftest import Open

FACTS = NetworkFacts(
    "greader",
    "Google Reader API",
    "",
    "greader",
    (AppPassword((Field("password", "Password", secret=True),)),),
    (SourceKind("unread", "Unread", "inbox"),),
    ("bookmark",),
    marks=("read", "bookmark", "label"),
    subscribes=True,
)
ACCOUNT = Account(5, "greader", "Northwind", "northwind@rss.example", "https://rss.example", "5")


def click(widget: object) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)  # type: ignore[call-overload]


@dataclass
class Subscribing:
    """Subscriptions in a list."""

    fakes: PanelFakes
    kept: list[Subscription] = field(default_factory=list)
    made: int = 1

    async def list(self, account_id: int) -> tuple[Subscription, ...]:
        assert account_id == ACCOUNT.id
        return tuple(self.kept)

    async def add(self, account_id: int, address: str, folder: str = "") -> Subscription:
        self.fakes.note("subscribe", address, folder)
        self.made += 1
        made = Subscription(f"feed/{self.made}", address.partition("//")[2], address, folder)
        self.kept.append(made)
        self.fakes.send(SubscriptionsChanged(account_id))
        return made

    async def remove(self, account_id: int, subscription_id: str) -> None:
        self.fakes.note("unsubscribe", subscription_id)
        self.kept = [one for one in self.kept if one.id != subscription_id]
        self.fakes.send(SubscriptionsChanged(account_id))


@pytest.fixture
def reader(panels: PanelFakes) -> PanelFakes:
    panels.networks = (*panels.networks, FACTS)
    panels.account_list = [*panels.account_list, ACCOUNT]
    panels.subscribing = Subscribing(
        panels, [Subscription("feed/1", "Harbor & Sons", "https://harbor.example/feed", "Ports")]
    )
    panels.columns_list.clear()
    panels.headers.clear()
    panels.rows.clear()
    shown = [replace(row(n, seen=n > 1, network="greader"), account_id=ACCOUNT.id) for n in range(4)]
    column = panels.add_column("Read", shown)
    source = Source(1, "greader", "unread", ACCOUNT.id)
    line = SourceLine(source, SourceState(1), FACTS.title, "Unread", ACCOUNT.handle, busy=False)
    panels.headers[column.id] = ColumnHeader(
        column, "", ("greader",), (line,), busy=False, error="", error_source=None, next_at=None
    )
    panels.reading.mark_read = lambda ids: _turn(panels, ids, seen=True)
    panels.reading.mark_unread = lambda ids: _turn(panels, ids, seen=False)
    panels.reading.labels = lambda account_id: _labels(panels, account_id)
    return panels


async def _turn(panels: PanelFakes, ids: tuple[int, ...], *, seen: bool) -> None:
    panels.note("read" if seen else "unread", ids)
    rows = panels.rows[1]
    rows[:] = [replace(one, seen=seen) if one.entry_id in ids else one for one in rows]
    panels.send(ColumnChanged(1, 0, sum(not one.seen for one in rows), ids))


async def _labels(panels: PanelFakes, account_id: int) -> tuple[str, ...]:
    panels.note("labels", account_id)
    return ("Later", "R&D")


def choose(shell: Shell, found: Any, said: str) -> None:
    menu = card_menu(shell.desk, found, shell.window)
    [action] = [a for a in menu.actions() if a.text() == said]
    action.trigger()
    menu.deleteLater()


def offered(shell: Shell, found: Any) -> set[str]:
    menu = card_menu(shell.desk, found, shell.window)
    said = {action.text() for action in menu.actions()}
    menu.deleteLater()
    return said


async def test_a_card_is_starred_and_read_from_its_menu(reader: PanelFakes, open_shell: Open) -> None:
    shell = await open_shell()
    new, seen = reader.rows[1][0], reader.rows[1][2]
    assert {"Star", "Mark as read", "Labels"} <= offered(shell, new)
    assert {"Star", "Keep unread"} <= offered(shell, seen)
    choose(shell, new, "Star")
    await eventually(lambda: ("act", new.entry_id, "bookmark") in reader.calls)
    assert "Remove the star" in offered(shell, reader.rows[1][0])
    choose(shell, reader.rows[1][0], "Remove the star")
    await eventually(lambda: ("act", new.entry_id, "unbookmark") in reader.calls)
    choose(shell, new, "Mark as read")
    await eventually(lambda: ("read", (new.entry_id,)) in reader.calls)


async def test_other_networks_offer_none_of_it(panels: PanelFakes, open_shell: Open) -> None:
    shell = await open_shell()
    assert not {"Star", "Mark as read", "Keep unread", "Labels"} & offered(shell, panels.rows[1][0])


async def test_a_post_is_bookmarked_where_its_network_has_bookmarks(panels: PanelFakes, open_shell: Open) -> None:
    panels.networks = tuple(
        replace(facts, actions=(*facts.actions, "bookmark")) if facts.key == "mastodon" else facts
        for facts in panels.networks
    )
    column = panels.add_column("Mine", [replace(row(70, network="mastodon"), account_id=1)])
    shell = await open_shell()
    found = panels.rows[column.id][0]
    shell.desk.looks.learn(facts.look for facts in panels.networks)
    choose(shell, found, "Bookmark at Mastodon")
    await eventually(lambda: ("act", found.entry_id, "bookmark") in panels.calls)
    assert "Remove the bookmark at Mastodon" in offered(shell, panels.rows[column.id][0])


async def test_what_is_kept_unread_stays_new_while_it_is_looked_at(reader: PanelFakes, open_shell: Open) -> None:
    shell = await open_shell()
    view = shell.window.strip.views()[0]
    await eventually(lambda: len(view.model.items) == 4)
    found = reader.rows[1][2]
    choose(shell, found, "Keep unread")
    await eventually(lambda: not view.model.items[2].seen)
    assert ("unread", (found.entry_id,)) in reader.calls
    new = {item.entry_id for item in view.list._new_in_view()}
    assert new == {reader.rows[1][0].entry_id, reader.rows[1][1].entry_id}


class TestLabels:
    async def opened(self, reader: PanelFakes, open_shell: Open) -> tuple[Shell, LabelSheet]:
        first = reader.rows[1][0]
        reader.rows[1][0] = replace(first, entry=replace(first.entry, mine=frozenset({"label:R&D"})))
        shell = await open_shell()
        choose(shell, reader.rows[1][0], "Labels")
        sheet = shell.sheet
        assert isinstance(sheet, LabelSheet)
        await eventually(lambda: len(sheet.boxes) == 2)
        return shell, sheet

    async def test_labels_are_set_taken_away_and_made(self, reader: PanelFakes, open_shell: Open) -> None:
        _, sheet = await self.opened(reader, open_shell)
        number = reader.rows[1][0].entry_id
        assert {name: box.isChecked() for name, box in sheet.boxes.items()} == {"R&D": True, "Later": False}
        sheet.boxes["Later"].click()
        await eventually(lambda: ("act", number, "label:Later") in reader.calls)
        sheet.boxes["R&D"].click()
        await eventually(lambda: ("act", number, "unlabel:R&D") in reader.calls)
        sheet.new.setText("  Für  später ")
        QTest.keyClick(sheet.new, Qt.Key.Key_Return)
        await eventually(lambda: ("act", number, "label:Für später") in reader.calls)
        assert sheet.boxes["Für später"].isChecked()
        assert sheet.new.text() == ""

    async def test_what_is_refused_is_said_and_taken_back(self, reader: PanelFakes, open_shell: Open) -> None:
        _, sheet = await self.opened(reader, open_shell)
        reader.failing["act"] = Rejected("no labels", reason="not_supported")
        sheet.boxes["Later"].click()
        await eventually(sheet.verdict.isVisible)
        assert not sheet.boxes["Later"].isChecked()
        assert sheet.verdict.text() == "This network cannot do that."


class TestSubscriptions:
    async def opened(self, open_shell: Open) -> tuple[Shell, SubscriptionSheet]:
        shell = await open_shell()
        view = shell.window.strip.views()[0]
        click(view.header.button)
        panels = view.findChildren(OptionsPanel)
        await eventually(lambda: panels and panels[0].subscriptions.isVisible())
        click(panels[0].subscriptions)
        sheet = shell.sheet
        assert isinstance(sheet, SubscriptionSheet)
        await eventually(lambda: sheet.removers)
        return shell, sheet

    async def test_subscribing_and_leaving_with_undo(self, reader: PanelFakes, open_shell: Open) -> None:
        shell, sheet = await self.opened(open_shell)
        QTest.keyClicks(sheet.address, "https://new.example")
        QTest.keyClicks(sheet.folder, "Ideas")
        click(sheet.add)
        await eventually(lambda: len(sheet.removers) == 2)
        assert ("subscribe", "https://new.example", "Ideas") in reader.calls
        assert sheet.address.text() == ""
        click(sheet.removers["feed/1"])
        await eventually(lambda: set(sheet.removers) == {"feed/2"})
        await eventually(shell.window.toast.isVisible)
        shell.window.toast.button.click()
        await eventually(lambda: ("subscribe", "https://harbor.example/feed", "Ports") in reader.calls)
        await eventually(lambda: len(sheet.removers) == 2)

    async def test_what_is_no_feed_is_said_where_it_was_typed(self, reader: PanelFakes, open_shell: Open) -> None:
        _, sheet = await self.opened(open_shell)
        click(sheet.add)
        assert sheet.address.hasFocus()
        reader.failing["subscribe"] = Rejected("no feed", reason="not_a_feed")
        QTest.keyClicks(sheet.address, "https://nothing.example")
        QTest.keyClick(sheet.address, Qt.Key.Key_Return)
        await eventually(sheet.verdict.isVisible)
        assert sheet.verdict.text() == "There is no feed at this address."
        assert sheet.address.text() == "https://nothing.example"
        assert sheet.add.isEnabled()

    async def test_the_accounts_of_the_settings_lead_there_too(self, reader: PanelFakes, open_shell: Open) -> None:
        shell = await open_shell()
        shell.desk.actions.show_place.emit("settings")
        await eventually(lambda: len(found := shell.sheet.findChildren(AccountRow)) > 1 and found)
        ways = [b for b in shell.sheet.findChildren(QPushButton) if b.text() == "Subscriptions"]
        assert [way.accessibleName() for way in ways] == [f"Subscriptions: {ACCOUNT.handle}"]
        ways[0].click()
        await eventually(lambda: isinstance(shell.sheet, SubscriptionSheet) and shell.sheet.removers)

    async def test_columns_of_other_networks_have_no_subscriptions(self, open_shell: Open) -> None:
        shell = await open_shell()
        view = shell.window.strip.views()[0]
        click(view.header.button)
        panels = view.findChildren(OptionsPanel)
        await eventually(lambda: panels and panels[0].title.text())
        assert panels[0].subscriptions.isHidden()
