"""Adding columns, connecting accounts, settings: with real keys and the mouse."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from socialdesk.ui.dialogs.account import AccountSheet
from socialdesk.ui.dialogs.column import ColumnSheet
from socialdesk.ui.dialogs.settings import SettingsSheet
from socialdesk.ui.shell import Shell
from tests.ui.conftest import eventually
from tests.ui.panel_fakes import PanelFakes
from tests.ui.shell.conftest import press


def click(widget: object) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)  # type: ignore[call-overload]


def button(shell: Shell, name: str) -> QPushButton:
    assert shell.sheet is not None
    found = [b for b in shell.sheet.findChildren(QPushButton) if b.accessibleName() == name and b.isVisible()]
    assert len(found) == 1, name
    return found[0]


def type_into(sheet: AccountSheet | ColumnSheet, name: str, text: str) -> None:
    QTest.keyClicks(sheet.form.box(name), text)


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
