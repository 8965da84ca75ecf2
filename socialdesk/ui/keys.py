"""The keyboard of the desk: one place hears every key and says which command it is."""

import re
from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from socialdesk.ui import commands

_MODIFIERS = {Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr}
_BUTTON_KEYS = {"Space", "Shift+Space", "Return", "Enter", "Down", "Up", "Left", "Right"}
_NO_LETTER = re.compile(r"Esc|F\d+|(Shift\+)?(Ctrl|Alt|Meta)\+.+")


def key_of(event: QKeyEvent) -> str:
    """The key as the bindings name it. Signs are named by themselves, wherever the layout has them."""
    key = Qt.Key(event.key())
    if key in _MODIFIERS or key == Qt.Key.Key_unknown:
        return ""
    text, modifiers = event.text(), event.modifiers()
    plain = not modifiers & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    if plain and len(text) == 1 and text.isprintable() and not text.isalnum() and not text.isspace():
        return text
    return QKeySequence(event.keyCombination()).toString(QKeySequence.SequenceFormat.PortableText).replace("Num+", "")


def is_typing(widget: QWidget | None) -> bool:
    """Whether letters belong to `widget`."""
    if isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit):
        return not widget.isReadOnly()
    return isinstance(widget, QAbstractSpinBox) or (isinstance(widget, QComboBox) and widget.isEditable())


class Keys(QObject):
    """Listens while `window` (or a child) has the keyboard. `do` is called with the command's name.

    `blocked` says that a dialog is open: then only the dialog hears keys. `do` returns False when there was nothing
    to do, and the key goes on to the widget.
    """

    def __init__(self, window: QWidget, do: Callable[[str], bool], blocked: Callable[[], bool]) -> None:
        super().__init__(window)
        self._window, self._do, self._blocked = window, do, blocked
        self.profile = commands.DEFAULT_PROFILE
        self.changed: dict[str, tuple[str, ...]] = {}
        self._bound = commands.bindings(self.profile, self.changed)

    def listen(self) -> None:
        """From now on keys are heard. Not before the window is painted: it makes thousands of events until then."""
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    def use(self, profile: str, changed: Mapping[str, tuple[str, ...]]) -> None:
        """Another profile, or other keys."""
        self.profile = profile if profile in commands.PROFILES else commands.DEFAULT_PROFILE
        self.changed = {name: tuple(keys) for name, keys in changed.items() if name in commands.BY_NAME}
        self._bound = commands.bindings(self.profile, self.changed)

    def keys_of(self, name: str) -> tuple[str, ...]:
        return commands.shown_keys(name, self.profile, self.changed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if not isinstance(watched, QWidget) or watched.window() is not self._window or isinstance(watched, QMenu):
            return False
        # Qt offers a key to the widget with the focus first and then to its parents; the first offer decides.
        focus = QApplication.focusWidget()
        if focus is not None and watched is not focus:
            return False
        return self._press(key_of(event), focus)

    def _press(self, key: str, focus: QWidget | None) -> bool:
        name = self._bound.get(key, "")
        if not name or self._blocked():
            return False
        if is_typing(focus) and not (commands.BY_NAME[name].everywhere and _NO_LETTER.fullmatch(key)):
            return False
        if isinstance(focus, QAbstractButton | QComboBox) and key in _BUTTON_KEYS:
            return False
        return self._do(name)
