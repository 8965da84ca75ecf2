"""Keys, the palette, the sheet of keys and the welcome page."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from socialdesk.ui import commands
from socialdesk.ui.dialogs.keys import KeySheet
from socialdesk.ui.shell import Shell
from tests.ui.conftest import eventually
from tests.ui.panel_fakes import PanelFakes
from tests.ui.shell.conftest import Open, press


async def test_items_and_columns_are_walked_with_letters(shell: Shell) -> None:
    first = shell.window.strip.active()
    assert first is not None
    first.focus_list()
    press(shell, Qt.Key.Key_J)
    start = first.list.currentIndex().row()
    press(shell, Qt.Key.Key_J)
    assert first.list.currentIndex().row() == start + 1
    press(shell, Qt.Key.Key_K)
    assert first.list.currentIndex().row() == start
    press(shell, Qt.Key.Key_L)
    assert shell.window.strip.active() is not first
    press(shell, Qt.Key.Key_1)
    assert shell.window.strip.active() is first
    press(shell, Qt.Key.Key_0)
    assert shell.window.strip.active() is not first
    press(shell, Qt.Key.Key_H)
    assert shell.window.strip.active() is first


async def test_likes_and_saves_go_to_the_chosen_card(shell: Shell, panels: PanelFakes) -> None:
    column = shell.window.strip.active()
    assert column is not None
    column.focus_list()
    press(shell, Qt.Key.Key_J)
    press(shell, Qt.Key.Key_F)
    entry = column.current_entry()
    assert entry is not None
    await eventually(lambda: ("act", entry.entry_id, "like") in panels.calls)
    press(shell, Qt.Key.Key_B)
    await eventually(lambda: ("save_entry", entry.entry_id) in panels.calls)
    press(shell, Qt.Key.Key_U)
    await eventually(lambda: ("mark_all_seen", column.column.id) in panels.calls)


async def test_the_sheet_of_keys_lists_what_works(shell: Shell) -> None:
    press(shell, Qt.Key.Key_Question)
    sheet = shell.sheet
    assert isinstance(sheet, KeySheet)
    assert sheet.lines["compose"].text() == "N"
    assert sheet.lines["palette"].text() == "Ctrl+K or ;"
    press(shell, Qt.Key.Key_Escape)
    assert shell.sheet is None


async def test_the_palette_runs_commands_and_goes_to_columns(shell: Shell) -> None:
    press(shell, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    words = shell.palette.words
    assert words.hasFocus()
    QTest.keyClicks(words, "settin")
    QTest.keyClick(words, Qt.Key.Key_Return)
    assert shell.sheet is not None
    shell.sheet.close_sheet()
    press(shell, Qt.Key.Key_Semicolon)
    QTest.keyClicks(words, "second")
    QTest.keyClick(words, Qt.Key.Key_Return)
    await eventually(
        lambda: shell.window.strip.active() is not None and shell.window.strip.active().column.title == "Second"
    )
    press(shell, Qt.Key.Key_Semicolon)
    QTest.keyClicks(words, "trade fairs")
    QTest.keyClick(words, Qt.Key.Key_Return)
    assert shell.search.words.text() == "trade fairs"


async def test_escape_leaves_the_palette_without_a_trace(shell: Shell) -> None:
    column = shell.window.strip.active()
    assert column is not None
    press(shell, Qt.Key.Key_Semicolon)
    QTest.keyClick(shell.palette.words, Qt.Key.Key_Escape)
    assert not shell.palette.isVisible()
    assert column.list.hasFocus()


async def test_the_keys_of_last_time_are_back(open_shell: Open, panels: PanelFakes) -> None:
    panels.values |= {"keys.profile": "Gmail", "keys.changed": {"search": ["G"]}}
    shell = await open_shell()
    assert shell.keys.keys_of("compose") == ("C",)
    assert shell.keys.keys_of("search") == ("G",)
    press(shell, Qt.Key.Key_C)
    assert shell.window.left.panel is not None


@pytest.mark.parametrize("profile", sorted(commands.PROFILES))
def test_every_key_of_a_profile_does_one_thing_and_no_main_command_is_without(profile: str) -> None:
    bound = commands.bindings(profile, {})
    for name in ("compose", "reply", "like", "search", "palette", "next", "previous", "keys", "send", "step_back"):
        assert name in bound.values(), name
        assert commands.shown_keys(name, profile, {})
    assert set(bound.values()) <= set(commands.BY_NAME)


def test_a_chosen_key_is_taken_from_whatever_had_it() -> None:
    bound = commands.bindings(commands.DEFAULT_PROFILE, {"like": ("N",)})
    assert bound["N"] == "like"
    assert commands.shown_keys("compose", commands.DEFAULT_PROFILE, {"like": ("N",)}) == ()


def test_keys_are_named_for_people() -> None:
    assert commands.spoken(("Ctrl+Return", "Ctrl+Enter")) == "Ctrl+Enter"
    assert commands.spoken(("J", "Down")) == "J or ↓"


async def test_the_first_start_offers_a_topic_and_makes_the_column(open_shell: Open, panels: PanelFakes) -> None:
    panels.columns_list.clear()
    shell = await open_shell()
    assert shell.window.page == "welcome"
    welcome = shell.welcome
    assert welcome is not None
    assert welcome.words.text() == "B2B"
    make = next(b for b in welcome.findChildren(QPushButton) if b.accessibleName() == "Make the column")
    QTest.mouseClick(make, Qt.MouseButton.LeftButton)
    await eventually(lambda: shell.window.page == "columns")
    assert ("add_search", "B2B") in panels.calls


async def test_the_other_buttons_of_the_first_page(open_shell: Open, panels: PanelFakes, heard: object) -> None:
    panels.columns_list.clear()
    shell = await open_shell()
    practise = heard(shell.desk.actions.practise)  # type: ignore[operator]
    assert shell.welcome is not None
    buttons = {b.accessibleName(): b for b in shell.welcome.findChildren(QPushButton)}
    QTest.mouseClick(buttons["Open the practice desk"], Qt.MouseButton.LeftButton)
    assert len(practise) == 1
    QTest.mouseClick(buttons["Choose a network"], Qt.MouseButton.LeftButton)
    assert shell.sheet is not None
    assert shell.sheet.title.text() == "Connect an account"


async def test_opml_goes_in_and_out(shell: Shell, panels: PanelFakes, tmp_path: object) -> None:
    from pathlib import Path

    from socialdesk.ui.transferring import export_file, import_file

    folder = Path(str(tmp_path))
    (folder / "mine.opml").write_bytes(b"<opml/>")
    await import_file(shell.desk, folder / "mine.opml")
    assert shell.window.toast.label.text() == "3 feeds added, 1 known already, 1 not usable."
    await export_file(shell.desk, folder / "out.opml")
    assert (folder / "out.opml").read_bytes() == b"<opml/>"
    await import_file(shell.desk, folder / "missing.opml")
    assert shell.window.toast.label.text() == "missing.opml cannot be read."
    shell.desk.actions.cancel.emit("opml")
    await eventually(lambda: ("cancel_import",) in panels.calls)
