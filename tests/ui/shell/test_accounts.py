"""Connecting accounts, trying, choosing and removing them: with real keys and the mouse."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QLineEdit, QPushButton

from socialdesk.core.account import SIGN_IN_ENDS
from socialdesk.core.errors import AuthExpired, InputError
from socialdesk.core.events import SignInEndsSoon
from socialdesk.networks.bluesky.facts import FACTS as BLUESKY
from socialdesk.ui.controls import IconButton
from socialdesk.ui.dialogs.account import AccountSheet
from socialdesk.ui.dialogs.settings import SettingsSheet
from socialdesk.ui.dialogs.sign_in_parts import Permissions
from socialdesk.ui.shell import Shell
from tests.ui.conftest import eventually
from tests.ui.panel_fakes import PanelFakes
from tests.ui.shell.conftest import Browser
from tests.ui.shell.test_dialogs import button, click, type_into


async def test_sign_in_with_a_token(shell: Shell, panels: PanelFakes) -> None:
    shell.add_account()
    click(button(shell, "Connect Mastodon"))
    click(button(shell, "With a token"))
    sheet = shell.sheet
    assert isinstance(sheet, AccountSheet)
    click(sheet.go)
    assert sheet.verdict.text() == "Still needed: Server, Access token."
    type_into(sheet, "server", "social.example")
    type_into(sheet, "token", "s3cret")
    assert sheet.form.box("token").echoMode() == QLineEdit.EchoMode.Password
    QTest.keyClick(sheet.form.box("token"), Qt.Key.Key_Return)
    await eventually(lambda: shell.sheet is None)
    answers = {"server": "social.example", "token": "s3cret"}
    assert ("sign_in", "mastodon", answers, 1) in panels.calls
    assert shell.window.toast.label.text() == "This works: New (@new), may read and post."


async def test_a_token_is_tried_before_it_is_kept(shell: Shell, panels: PanelFakes) -> None:
    shell.add_account()
    click(button(shell, "Connect Mastodon"))
    sheet = shell.sheet
    assert isinstance(sheet, AccountSheet)
    assert not sheet.test.isVisible(), "the browser proves itself"
    click(button(shell, "With a token"))
    click(sheet.test)
    assert sheet.verdict.text() == "Still needed: Server, Access token."
    type_into(sheet, "server", "social.example")
    type_into(sheet, "token", "s3cret")
    click(sheet.test)
    await eventually(lambda: sheet.verdict.text() == "This works: New (@new), may read and post.")
    assert sheet.verdict.property("look") == "good"
    assert shell.sheet is sheet
    assert not [call for call in panels.calls if call[0] == "sign_in"]
    panels.failing["try_sign_in"] = AuthExpired("401")
    click(sheet.test)
    await eventually(lambda: sheet.verdict.text() == "Sign in again.")
    assert sheet.verdict.property("look") == "bad"


async def test_what_is_asked_for_has_a_reason_each(shell: Shell) -> None:
    shell.add_account()
    click(button(shell, "Connect Mastodon"))
    click(button(shell, "With a code"))
    sheet = shell.sheet
    assert isinstance(sheet, AccountSheet)
    [asked] = [part for part in sheet.findChildren(Permissions) if part.isVisible()]
    assert not asked.list.isVisible()
    click(asked.toggle)
    assert asked.list.isVisible()
    assert [one.text() for one in asked.list.findChildren(QLabel)] == ["read", "fill your columns", "write", "post"]


async def test_what_has_to_be_pasted_at_the_network_is_copied_from_its_step(shell: Shell) -> None:
    shell.add_account()
    click(button(shell, "Connect Mastodon"))
    sheet = shell.sheet
    assert isinstance(sheet, AccountSheet)
    copy = next(b for b in sheet.findChildren(IconButton) if b.accessibleName() == "Copy address: paste this there")
    click(copy)
    assert QApplication.clipboard().text() == "http://127.0.0.1:8734/callback"


async def test_a_code_for_another_device(shell: Shell, panels: PanelFakes, browser: Browser) -> None:
    shell.add_account()
    click(button(shell, "Connect Mastodon"))
    click(button(shell, "With a code"))
    sheet = shell.sheet
    assert isinstance(sheet, AccountSheet)
    type_into(sheet, "server", "social.example")
    click(sheet.go)
    await eventually(sheet.device.isVisible)
    assert sheet.device.code.text() == "WDJBMJHT"
    assert re.fullmatch(r"The code is good for [67]:\d\d more\.", sheet.device.left.text())
    click(sheet.device.copy)
    assert QApplication.clipboard().text() == "WDJBMJHT"
    click(sheet.device.open)
    assert browser.opened == ["https://social.example/device"]
    panels.device_sign_in.typed.set()
    await eventually(lambda: shell.sheet is None)
    assert ("finish_device", "mastodon") in panels.calls


async def test_stepping_back_from_a_code_ends_it(shell: Shell, panels: PanelFakes) -> None:
    shell.add_account()
    click(button(shell, "Connect Mastodon"))
    click(button(shell, "With a code"))
    sheet = shell.sheet
    assert isinstance(sheet, AccountSheet)
    type_into(sheet, "server", "social.example")
    click(sheet.go)
    await eventually(sheet.device.isVisible)
    QTest.keyClick(sheet.device.copy, Qt.Key.Key_Escape)
    await eventually(lambda: ("cancel_device", "mastodon") in panels.calls)
    assert shell.sheet is None


async def test_a_browser_that_does_not_come_back_leaves_the_way_by_hand(shell: Shell, panels: PanelFakes) -> None:
    panels.failing["finish"] = InputError("The browser did not answer within two minutes.", "Start again.")
    panels.browser_sign_in.came_back.set()
    shell.add_account()
    click(button(shell, "Connect Mastodon"))
    sheet = shell.sheet
    assert isinstance(sheet, AccountSheet)
    type_into(sheet, "server", "social.example")
    click(sheet.go)
    await eventually(sheet.verdict.text)
    assert sheet.browser.line.isVisible()
    assert sheet.go.isEnabled()
    del panels.failing["finish"]
    QTest.keyClicks(sheet.browser.line, "http://127.0.0.1/?code=abc")
    QTest.keyClick(sheet.browser.line, Qt.Key.Key_Return)
    await eventually(lambda: shell.sheet is None)


async def test_another_account_than_the_one_that_was_meant_is_said(shell: Shell, panels: PanelFakes) -> None:
    panels.browser_sign_in.several = (("2", "Harbor (@harbor)"),)
    panels.browser_sign_in.instead_of = "Northwind Pumps (@northwind)"
    panels.browser_sign_in.came_back.set()
    shell.desk.actions.sign_in_again.emit(1)
    await eventually(lambda: shell.sheet is not None)
    sheet = shell.sheet
    assert isinstance(sheet, AccountSheet)
    click(sheet.go)
    await eventually(lambda: sheet.go.text() == "Add as another account")
    said = " ".join(one.text() for one in sheet.findChildren(QLabel))
    assert "You signed in as Harbor (@harbor), not as Northwind Pumps (@northwind), which stays as it was." in said
    click(sheet.go)
    await eventually(lambda: shell.sheet is None)
    assert panels.calls[-1] == ("choose", "mastodon", ("2",))


async def test_a_refused_token_stays_on_the_form_with_a_sentence(shell: Shell, panels: PanelFakes) -> None:
    panels.failing["sign_in"] = AuthExpired("401")
    shell.add_account()
    click(button(shell, "Connect Bluesky"))
    sheet = shell.sheet
    assert isinstance(sheet, AccountSheet)
    type_into(sheet, "handle", "northwind.example")
    type_into(sheet, "password", "wrong")
    click(sheet.go)
    await eventually(sheet.verdict.text)
    assert sheet.form.box("handle").text() == "northwind.example"
    assert sheet.go.isEnabled()


async def test_browser_sign_in_shows_the_redirect_address_and_comes_back(
    shell: Shell, panels: PanelFakes, browser: Browser
) -> None:
    shell.add_account()
    click(button(shell, "Connect Mastodon"))
    sheet = shell.sheet
    assert isinstance(sheet, AccountSheet)
    type_into(sheet, "server", "social.example")
    click(sheet.go)
    await eventually(lambda: browser.opened)
    assert browser.opened == ["https://social.example/oauth"]
    assert sheet.browser.redirect.line.text() == "http://127.0.0.1:8734/callback"
    copy = next(b for b in sheet.browser.redirect.findChildren(IconButton))
    click(copy)
    assert QApplication.clipboard().text() == "http://127.0.0.1:8734/callback"
    panels.browser_sign_in.came_back.set()
    await eventually(lambda: shell.sheet is None)
    assert ("finish", "mastodon", None) in panels.calls


async def test_browser_sign_in_by_pasting_the_address(shell: Shell, panels: PanelFakes) -> None:
    shell.add_account()
    click(button(shell, "Connect Mastodon"))
    sheet = shell.sheet
    assert isinstance(sheet, AccountSheet)
    type_into(sheet, "server", "social.example")
    click(sheet.go)
    await eventually(sheet.browser.line.isVisible)
    QTest.keyClicks(sheet.browser.line, "http://127.0.0.1/?code=abc")
    QTest.keyClick(sheet.browser.line, Qt.Key.Key_Return)
    await eventually(lambda: shell.sheet is None)
    assert ("finish", "mastodon", "http://127.0.0.1/?code=abc") in panels.calls


async def test_a_browser_that_ends_on_a_page_of_the_persons_own_is_not_waited_for(
    shell: Shell, panels: PanelFakes
) -> None:
    panels.browser_sign_in.redirect_uri = "https://northwind.example/"
    panels.browser_sign_in.came_back.set()  # who waits would be done at once
    shell.add_account()
    click(button(shell, "Connect Mastodon"))
    sheet = shell.sheet
    assert isinstance(sheet, AccountSheet)
    type_into(sheet, "server", "social.example")
    click(sheet.go)
    await eventually(sheet.browser.line.isVisible)
    assert sheet.browser.redirect.line.text() == "https://northwind.example/"
    QTest.keyClicks(sheet.browser.line, "https://northwind.example/?code=abc")
    QTest.keyClick(sheet.browser.line, Qt.Key.Key_Return)
    await eventually(lambda: shell.sheet is None)
    finished = [call for call in panels.calls if call[0] == "finish"]
    assert finished == [("finish", "mastodon", "https://northwind.example/?code=abc")]


async def test_of_several_accounts_the_person_chooses(shell: Shell, panels: PanelFakes) -> None:
    panels.browser_sign_in.several = (("11", "Northwind Pumps"), ("12", "Northwind Careers"), ("13", "Pump Museum"))
    panels.browser_sign_in.came_back.set()
    shell.add_account()
    click(button(shell, "Connect Mastodon"))
    sheet = shell.sheet
    assert isinstance(sheet, AccountSheet)
    type_into(sheet, "server", "social.example")
    click(sheet.go)
    await eventually(lambda: len(sheet.findChildren(QCheckBox)) == 3)
    click(sheet.go)
    await eventually(sheet.verdict.text)
    assert sheet.verdict.text() == "No account is chosen. Choose at least one."
    boxes = {box.text(): box for box in sheet.findChildren(QCheckBox)}
    boxes["Northwind Pumps"].setChecked(True)
    boxes["Pump Museum"].setChecked(True)
    click(sheet.go)
    await eventually(lambda: shell.sheet is None)
    assert panels.calls[-1] == ("choose", "mastodon", ("11", "13"))


async def test_stepping_back_from_a_browser_sign_in_ends_it(shell: Shell, panels: PanelFakes) -> None:
    shell.add_account()
    click(button(shell, "Connect Mastodon"))
    sheet = shell.sheet
    assert isinstance(sheet, AccountSheet)
    type_into(sheet, "server", "social.example")
    click(sheet.go)
    await eventually(sheet.browser.line.isVisible)
    QTest.keyClick(sheet.browser.line, Qt.Key.Key_Escape)
    await eventually(lambda: ("cancel_sign_in", "mastodon") in panels.calls)
    assert shell.sheet is None


async def test_accounts_are_tested_and_removed(shell: Shell, panels: PanelFakes) -> None:
    shell.show_settings()
    sheet = shell.sheet
    assert isinstance(sheet, SettingsSheet)
    click(sheet.tabs["Accounts"])
    await eventually(lambda: any("Test: northwind" in b.accessibleName() for b in sheet.findChildren(QPushButton)))
    row = sheet.accounts.rows[3]
    click(button(shell, "Test: northwind"))
    await eventually(lambda: row.found.text().startswith("This works"))
    click(button(shell, "Remove: northwind"))
    await eventually(row.question.isVisible)
    assert row.leaving.text() == "What it posted stays there."
    click(button(shell, "Keep: northwind"))
    assert not row.question.isVisible()
    assert len(panels.account_list) == 3
    click(button(shell, "Remove: northwind"))
    await eventually(row.question.isVisible)
    click(row.remove)
    await eventually(lambda: shell.window.toast.label.text() == "Removed.")
    await eventually(lambda: set(sheet.accounts.rows) == {1, 2})


async def test_a_test_that_fails_says_so_in_the_accounts_own_place(shell: Shell, panels: PanelFakes) -> None:
    panels.failing["test"] = AuthExpired("401")
    shell.show_settings()
    sheet = shell.sheet
    assert isinstance(sheet, SettingsSheet)
    click(sheet.tabs["Accounts"])
    await eventually(lambda: 3 in sheet.accounts.rows)
    click(button(shell, "Test: northwind"))
    await eventually(lambda: sheet.accounts.rows[3].found.text() == "Sign in again.")


async def test_the_days_that_are_left_are_shown_and_loud_in_the_last_week(shell: Shell, panels: PanelFakes) -> None:
    ends = {1: 61, 2: 3}
    panels.account_list = [
        replace(a, facts={SIGN_IN_ENDS: (datetime.now(UTC) + timedelta(days=ends[a.id], hours=1)).isoformat()})
        if a.id in ends
        else replace(a, needs_sign_in=True)
        for a in panels.account_list
    ]
    shell.show_settings()
    sheet = shell.sheet
    assert isinstance(sheet, SettingsSheet)
    click(sheet.tabs["Accounts"])
    await eventually(lambda: 3 in sheet.accounts.rows)
    states = [sheet.accounts.rows[number].state for number in (1, 2, 3)]
    assert [state.text() for state in states] == [
        "@northwind@social.example · Sign-in lasts 61 more days",
        "northwind.example · Sign-in lasts 3 more days. Sign in again before then.",
        "Sign-in has run out",
    ]
    assert [state.property("look") for state in states] == ["muted", "warn", "warn"]


async def test_the_end_of_a_sign_in_is_told_with_its_remedy(shell: Shell, panels: PanelFakes) -> None:
    panels.send(SignInEndsSoon(1, "Mastodon", "@northwind", datetime(2026, 12, 1, 12, tzinfo=UTC)))
    await eventually(lambda: "ends on 1 Dec" in shell.window.toast.label.text())
    click(shell.window.toast.button)
    await eventually(lambda: shell.sheet is not None)
    assert isinstance(shell.sheet, AccountSheet)
    assert shell.sheet.title.text() == "Sign in again to Mastodon"


async def test_signing_in_again_knows_the_server(shell: Shell) -> None:
    shell.desk.actions.sign_in_again.emit(1)
    await eventually(lambda: shell.sheet is not None)
    sheet = shell.sheet
    assert isinstance(sheet, AccountSheet)
    assert sheet.title.text() == "Sign in again to Mastodon"
    assert sheet.form.answers()["server"] == "https://social.example"


async def test_bluesky_offers_both_its_ways_and_knows_the_handle(shell: Shell, panels: PanelFakes) -> None:
    account = next(a for a in panels.account_list if a.network == "bluesky")
    sheet = AccountSheet(shell.desk, shell.window, BLUESKY, account)
    assert sheet.form.answers()["identifier"] == "northwind.example"
    assert "password" in sheet.form.answers()
    click(next(b for b in sheet.findChildren(QPushButton) if b.text() == "In the browser"))
    assert set(sheet.form.answers()) == {"identifier", "service"}
    assert sheet.form.answers()["identifier"] == "northwind.example"
    assert sheet.go.text() == "Sign in with Bluesky"


async def test_what_was_typed_the_first_time_is_not_asked_again(shell: Shell, panels: PanelFakes) -> None:
    panels.known_answers = ("token",)
    shell.desk.actions.sign_in_again.emit(1)
    await eventually(lambda: shell.sheet is not None)
    sheet = shell.sheet
    assert isinstance(sheet, AccountSheet)
    click(button(shell, "With a token"))
    box = sheet.form.box("token")
    assert isinstance(box, QLineEdit)
    assert box.placeholderText() == "As before"
    assert not box.isVisible()
    assert sheet.form.missing() == ()
    click(button(shell, "More settings"))
    assert box.isVisible()


async def test_while_the_person_is_busy_at_the_network_nothing_else_is_shown(shell: Shell, panels: PanelFakes) -> None:
    shell.add_account()
    click(button(shell, "Connect Mastodon"))
    sheet = shell.sheet
    assert isinstance(sheet, AccountSheet)
    type_into(sheet, "server", "social.example")
    click(sheet.go)
    await eventually(sheet.browser.isVisible)
    assert not sheet.form.isVisible()
    panels.failing["finish"] = InputError("This address belongs to another sign-in.", "Start again.")
    QTest.keyClicks(sheet.browser.line, "http://127.0.0.1/?code=abc")
    QTest.keyClick(sheet.browser.line, Qt.Key.Key_Return)
    await eventually(sheet.verdict.text)
    assert sheet.form.isVisible()
    assert sheet.form.answers()["server"] == "social.example"
