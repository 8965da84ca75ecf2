"""Adding columns, connecting accounts, settings: with real keys and the mouse."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QPushButton

from socialdesk.core.account import Account
from socialdesk.core.errors import AuthExpired
from socialdesk.ui.controls import IconButton
from socialdesk.ui.dialogs.account import AccountSheet
from socialdesk.ui.dialogs.column import ColumnSheet
from socialdesk.ui.dialogs.settings import SettingsSheet
from socialdesk.ui.shell import Shell
from tests.ui.conftest import eventually
from tests.ui.panel_fakes import PanelFakes
from tests.ui.shell.conftest import Browser, press


def click(widget: object) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)  # type: ignore[call-overload]


def button(shell: Shell, name: str) -> QPushButton:
    assert shell.sheet is not None
    found = [b for b in shell.sheet.findChildren(QPushButton) if b.accessibleName() == name and b.isVisible()]
    assert len(found) == 1, name
    return found[0]


def type_into(sheet: AccountSheet | ColumnSheet, name: str, text: str) -> None:
    QTest.keyClicks(sheet.form.box(name), text)


async def test_a_topic_becomes_a_column_everywhere(shell: Shell, panels: PanelFakes) -> None:
    press(shell, Qt.Key.Key_A)
    sheet = shell.sheet
    assert isinstance(sheet, ColumnSheet)
    assert QApplication.focusWidget() is sheet.topic
    QTest.keyClicks(sheet.topic, "B2B")
    QTest.keyClick(sheet.topic, Qt.Key.Key_Return)
    await eventually(lambda: ("add_search", "B2B") in panels.calls)
    await eventually(lambda: shell.sheet is None)
    await eventually(
        lambda: shell.window.strip.active() is not None and shell.window.strip.active().column.title == "B2B"
    )


async def test_a_source_is_chosen_with_the_values_that_the_account_knows(shell: Shell, panels: PanelFakes) -> None:
    shell.add_column()
    sheet = shell.sheet
    assert isinstance(sheet, ColumnSheet)
    await eventually(lambda: sheet.buttons)
    click(sheet.buttons["mastodon", "list", 1])
    await eventually(lambda: "list" in sheet.form.answers())
    click(sheet.add)
    await eventually(lambda: any(call[0] == "add" for call in panels.calls))
    _, title, sources = next(call for call in panels.calls if call[0] == "add")
    assert title == "Suppliers"
    assert (sources[0].network, sources[0].kind, sources[0].account_id) == ("mastodon", "list", 1)
    assert sources[0].params == {"list": "7"}


async def test_a_feed_needs_its_address(shell: Shell, panels: PanelFakes) -> None:
    shell.add_column()
    sheet = shell.sheet
    assert isinstance(sheet, ColumnSheet)
    await eventually(lambda: sheet.buttons)
    click(sheet.buttons["feeds", "feed", 0])
    await eventually(lambda: "url" in sheet.form.answers())
    click(sheet.add)
    assert sheet.verdict.text() == "Still needed: Address."
    type_into(sheet, "url", "https://vantage.example/feed")
    QTest.keyClick(sheet.form.box("url"), Qt.Key.Key_Return)
    await eventually(lambda: any(call[0] == "add" for call in panels.calls))
    _, title, sources = next(call for call in panels.calls if call[0] == "add")
    assert (title, sources[0].account_id) == ("vantage.example", None)


async def test_a_known_place_is_typed_as_people_say_it(shell: Shell, panels: PanelFakes) -> None:
    shell.add_column()
    sheet = shell.sheet
    assert isinstance(sheet, ColumnSheet)
    await eventually(lambda: sheet.buttons)
    click(sheet.buttons["feeds", "feed", 0])
    await eventually(lambda: "url" in sheet.form.answers())
    type_into(sheet, "url", "r/marketing")
    QTest.keyClick(sheet.form.box("url"), Qt.Key.Key_Return)
    await eventually(lambda: any(call[0] == "add" for call in panels.calls))
    _, title, sources = next(call for call in panels.calls if call[0] == "add")
    assert (title, sources[0].params) == ("", {"url": "r/marketing"})  # its own title is found with it


async def test_sign_in_with_a_token(shell: Shell, panels: PanelFakes) -> None:
    shell.add_account()
    click(button(shell, "Connect Mastodon"))
    click(button(shell, "Use a token instead"))
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
    assert shell.window.toast.label.text() == "Connected @new."


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
    assert sheet.redirect.line.text() == "http://127.0.0.1:8734/callback"
    copy = next(b for b in sheet.redirect.findChildren(IconButton))
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
    await eventually(sheet.pasted.isVisible)
    QTest.keyClicks(sheet.pasted, "http://127.0.0.1/?code=abc")
    QTest.keyClick(sheet.pasted, Qt.Key.Key_Return)
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
    await eventually(sheet.pasted.isVisible)
    assert sheet.redirect.line.text() == "https://northwind.example/"
    QTest.keyClicks(sheet.pasted, "https://northwind.example/?code=abc")
    QTest.keyClick(sheet.pasted, Qt.Key.Key_Return)
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
    await eventually(sheet.pasted.isVisible)
    QTest.keyClick(sheet.pasted, Qt.Key.Key_Escape)
    await eventually(lambda: ("cancel_sign_in", "mastodon") in panels.calls)
    assert shell.sheet is None


async def test_signing_in_again_knows_the_server(shell: Shell) -> None:
    shell.desk.actions.sign_in_again.emit(1)
    await eventually(lambda: shell.sheet is not None)
    sheet = shell.sheet
    assert isinstance(sheet, AccountSheet)
    assert sheet.title.text() == "Sign in again to Mastodon"
    assert sheet.form.answers()["server"] == "https://social.example"


async def test_tab_stays_inside_the_dialog(shell: Shell) -> None:
    shell.add_column()
    sheet = shell.sheet
    assert isinstance(sheet, ColumnSheet)
    await eventually(lambda: sheet.buttons)
    for _ in range(30):
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, Qt.Key.Key_Tab)
        assert sheet.isAncestorOf(QApplication.focusWidget())
    assert shell.window.strip.active() is not None


async def test_keys_do_nothing_behind_a_dialog(shell: Shell) -> None:
    shell.add_account()
    press(shell, Qt.Key.Key_N)
    assert shell.window.left.panel is None


async def test_settings_are_kept(shell: Shell, panels: PanelFakes) -> None:
    press(shell, Qt.Key.Key_Comma)
    sheet = shell.sheet
    assert isinstance(sheet, SettingsSheet)
    sheet.mode.setCurrentIndex(1)
    await eventually(lambda: panels.values.get("theme") == "light")
    assert shell.desk.theme.tokens.name == "light"
    sheet.proxy_mode.setCurrentIndex(2)
    QTest.keyClicks(sheet.proxy, "http://proxy.example:3128")
    QTest.keyClick(sheet.proxy, Qt.Key.Key_Return)
    await eventually(lambda: panels.values.get("proxy") == {"mode": "manual", "url": "http://proxy.example:3128"})


async def test_a_proxy_password_is_not_kept(shell: Shell, panels: PanelFakes) -> None:
    shell.show_settings()
    sheet = shell.sheet
    assert isinstance(sheet, SettingsSheet)
    sheet.proxy_mode.setCurrentIndex(2)
    QTest.keyClicks(sheet.proxy, "http://me:secret@proxy.example")
    QTest.keyClick(sheet.proxy, Qt.Key.Key_Return)
    assert "password" in shell.window.toast.label.text()
    assert "proxy" not in panels.values


async def test_accounts_are_tested_and_removed(shell: Shell, panels: PanelFakes) -> None:
    shell.show_settings()
    sheet = shell.sheet
    assert isinstance(sheet, SettingsSheet)
    click(sheet.tabs["Accounts"])
    await eventually(lambda: any("Test: northwind" in b.accessibleName() for b in sheet.findChildren(QPushButton)))
    click(button(shell, "Remove: northwind"))
    await eventually(lambda: len(panels.account_list) == 2)
    assert all(isinstance(account, Account) for account in panels.account_list)


async def test_a_key_is_rebound_and_kept(shell: Shell, panels: PanelFakes) -> None:
    shell.show_settings()
    sheet = shell.sheet
    assert isinstance(sheet, SettingsSheet)
    click(sheet.tabs["Keys"])
    box = sheet.boxes["compose"]
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_G)
    assert box.text() == "G"
    await eventually(lambda: panels.values.get("keys.changed") == {"compose": ["G"]})
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert shell.sheet is None
    press(shell, Qt.Key.Key_N)
    assert shell.window.left.panel is None
    press(shell, Qt.Key.Key_G)
    assert shell.window.left.panel is not None
