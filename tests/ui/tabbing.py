"""Walks the keyboard's Tab through a place, and names the controls it does not come to."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QTextEdit,
    QWidget,
)

NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
_KINDS = (QAbstractButton, QLineEdit, QTextEdit, QPlainTextEdit, QComboBox, QAbstractSpinBox, QAbstractItemView)
_MOST = 400
_LONGEST_STAY = 10


def walk(start: QWidget, *, backwards: bool = False) -> list[QWidget]:
    """Every widget that has the keyboard while Tab is pressed until it is back at the first one."""
    start.setFocus(Qt.FocusReason.TabFocusReason)
    seen: list[QWidget] = []
    stays = 0
    for _ in range(_MOST):
        holder = QApplication.focusWidget()
        assert holder is not None, "the keyboard is lost"
        stays = stays + 1 if seen and holder is seen[-1] else 0  # a date is walked part by part
        if holder in seen and not 0 < stays < _LONGEST_STAY:
            return seen
        if not stays:
            seen.append(holder)
        QTest.keyClick(holder, Qt.Key.Key_Backtab if backwards else Qt.Key.Key_Tab, SHIFT if backwards else NONE)
    raise AssertionError("Tab never comes back to where it began")


def controls(place: QWidget) -> list[QWidget]:
    """The visible, enabled controls of a place; parts of a control (a box's own line) count as that control."""
    found = [w for w in place.findChildren(QWidget) if w.isVisible() and w.isEnabled()]
    return [w for w in found if _is_control(w) and not _is_part(w)]


def unreached(place: QWidget, seen: list[QWidget]) -> list[str]:
    """Names of the controls in `place` that Tab did not come to and no arrow key of what it came to reaches."""
    return [f"{type(w).__name__}: {w.accessibleName()}" for w in controls(place) if not _is_reached(w, seen)]


def nameless(place: QWidget) -> list[str]:
    """The controls in `place` that a screen reader has no name for."""
    return [repr(w) for w in controls(place) if not (w.accessibleName() or getattr(w, "text", str)())]


def _is_control(widget: QWidget) -> bool:
    if isinstance(widget, QScrollBar | QAbstractSlider):
        return False
    return isinstance(widget, _KINDS) or bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


def _is_part(widget: QWidget) -> bool:
    above = widget.parentWidget()
    while above is not None:
        if isinstance(above, QComboBox | QAbstractSpinBox | QLineEdit):
            return True
        above = above.parentWidget()
    return False


def _is_reached(widget: QWidget, seen: list[QWidget]) -> bool:
    if widget in seen or widget.focusProxy() in seen:
        return True
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    # Of buttons of which one is chosen Tab comes to that one; the arrow keys walk from there.
    return group is not None and group.exclusive() and any(button in seen for button in group.buttons())
