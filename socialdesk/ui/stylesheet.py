"""The style sheet of the standard controls. Cards, rail and headers paint themselves and need none.

Classes are given with the dynamic property `look`: primary, plain (bordered pill), ghost (text only), danger, quiet.
"""

from string import Template

from socialdesk.core.resources import resource_path
from socialdesk.ui.tokens import Tokens

_SHEET = Template("""
QWidget#window { background: $background; }
QToolTip { background: $panel; color: $text; border: 1px solid $strong_line; padding: 4px 8px; }
QPushButton { min-height: 20px; padding: 6px 14px; border-radius: 17px; border: 1px solid $strong_line;
  background: transparent; color: $text; font-weight: 500; }
QPushButton:hover { background: $hover; }
QPushButton:checked { background: $selected; border-color: $accent; }
QPushButton:focus { border: 2px solid $accent; padding: 5px 13px; }
QPushButton:disabled { color: $muted; border-color: $line; }
QPushButton[look="primary"] { background: $fill; color: $on_fill; border: 1px solid $fill; font-weight: 600; }
QPushButton[look="primary"]:hover { background: $fill_hover; }
QPushButton[look="primary"]:focus { border: 2px solid $text; padding: 5px 13px; }
QPushButton[look="primary"]:disabled { background: $hover; color: $muted; border-color: $line; }
QPushButton[look="ghost"] { border: 2px solid transparent; color: $link; font-weight: 600; padding: 3px 6px;
  border-radius: 8px; }
QPushButton[look="ghost"]:hover { background: $hover; }
QPushButton[look="ghost"]:focus { border: 2px solid $accent; }
QPushButton[look="danger"] { border: 2px solid transparent; color: $bad; font-weight: 600; padding: 3px 6px;
  border-radius: 8px; }
QPushButton[look="danger"]:hover { background: $hover; }
QPushButton[look="danger"]:focus { border: 2px solid $bad; }
QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QSpinBox, QDateTimeEdit { background: $panel; color: $text;
  border: 1px solid $strong_line; border-radius: 10px; padding: 6px 10px; selection-background-color: $fill;
  selection-color: $on_fill; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus, QSpinBox:focus, QDateTimeEdit:focus {
  border: 2px solid $accent; padding: 5px 9px; }
QPlainTextEdit[look="bare"], QTextEdit[look="bare"], QTextBrowser, QLineEdit[look="bare"] { border: none; padding: 0;
  background: transparent; }
QDateTimeEdit QLineEdit, QDateTimeEdit QLineEdit:focus { border: none; padding: 0; background: transparent; }
QSpinBox QLineEdit, QSpinBox QLineEdit:focus { border: none; padding: 0 10px; background: transparent; }
QSpinBox::up-button, QSpinBox::down-button { width: 0px; border: none; }
QComboBox::drop-down, QDateTimeEdit::drop-down { border: none; width: 24px; background: transparent; }
QComboBox::down-arrow, QDateTimeEdit::down-arrow { image: url("$marks/down-$name.svg"); width: 14px; height: 14px; }
QCalendarWidget QWidget#qt_calendar_navigationbar { background: $panel; }
QCalendarWidget QToolButton { color: $text; background: transparent; border: none; border-radius: 6px; padding: 4px 6px;
  font-weight: 600; }
QCalendarWidget QToolButton:hover { background: $hover; }
QCalendarWidget QToolButton::menu-indicator { image: none; }
QCalendarWidget QAbstractItemView { background: $panel; alternate-background-color: $panel;
  selection-background-color: $fill; selection-color: $on_fill; outline: none; }
QCheckBox, QRadioButton { spacing: 8px; padding: 3px; border: 2px solid transparent; border-radius: 6px; }
QCheckBox::indicator, QRadioButton::indicator { width: 14px; height: 14px; border: 1px solid $muted;
  border-radius: 4px; background: $panel; }
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover { border-color: $text; }
QCheckBox::indicator:checked { background: $fill; border-color: $fill; image: url("$marks/check.svg"); }
QRadioButton::indicator:checked { background: $fill; border-color: $fill; image: url("$marks/dot.svg"); }
QCheckBox:focus, QRadioButton:focus { border: 2px solid $accent; }
QLabel { background: transparent; }
QLabel[look="muted"] { color: $muted; }
QLabel[look="second"] { color: $second; }
QLabel[look="title"] { font-size: 15px; font-weight: 600; }
QLabel[look="bad"] { color: $bad; }
QLabel[look="warn"] { color: $warn; }
QLabel[look="good"] { color: $good; }
QMenu { background: $panel; color: $text; border: 1px solid $strong_line; padding: 4px; }
QMenu::item { padding: 6px 20px 6px 12px; border-radius: 6px; }
QMenu::item:selected { background: $hover; }
QMenu::item:disabled { color: $muted; }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 2px; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 2px; }
QScrollBar::handle { background: $strong_line; border-radius: 3px; min-height: 32px; min-width: 32px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QProgressBar { border: none; border-radius: 2px; background: $line; max-height: 4px; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }
QScrollArea { border: none; background: transparent; }
""")


def style_sheet(tokens: Tokens) -> str:
    """The sheet of one theme."""
    names = {name: getattr(tokens, name) for name in Tokens.__slots__}
    return _SHEET.substitute(names, marks=resource_path("icons/marks").as_posix())
