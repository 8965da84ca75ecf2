"""The way Tab takes: as people read, whatever was made when.

Qt walks in the order in which controls came into the window, so that buttons made later come last of all.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QGridLayout,
    QLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QTextEdit,
    QWidget,
)

_WHOLE = (QAbstractButton, QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit, QTextEdit)


def read_in_order(place: QWidget) -> None:
    """Lets Tab walk through `place` as it is laid out. To be said again when something was added to it."""
    for before, after in pairwise(stops(place)):
        QWidget.setTabOrder(before, after)


def stops(widget: QWidget) -> Iterator[QWidget]:
    """Everything below `widget` that may have the keyboard, seen or not, in the order of its layouts."""
    if widget.focusPolicy() is not Qt.FocusPolicy.NoFocus:  # Qt moves no others
        yield widget
    if isinstance(widget, _WHOLE):
        return
    inner = widget.widget() if isinstance(widget, QScrollArea) else None
    layout = widget.layout()
    placed = [inner] if inner is not None else list(_of_layout(layout)) if layout is not None else []
    others = [] if inner is not None else [each for each in widget.children() if isinstance(each, QWidget)]
    for child in (*placed, *(each for each in others if each not in placed)):
        if not child.isWindow():
            yield from stops(child)


def _of_layout(layout: QLayout) -> Iterator[QWidget]:
    places = list(range(layout.count()))
    if isinstance(layout, QGridLayout):
        places.sort(key=lambda index: cast("tuple[int, ...]", layout.getItemPosition(index))[:2])  # row, column
    for index in places:
        item = layout.itemAt(index)
        widget, nested = (item.widget(), item.layout()) if item is not None else (None, None)
        if widget is not None:
            yield widget
        elif nested is not None:
            yield from _of_layout(nested)
