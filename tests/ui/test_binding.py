"""The binding between Python and Qt must not eat references: PySide6 6.12.0 does on Python 3.11, and then aborts."""

import sys

from PySide6.QtCore import QObject, Signal


class _Sender(QObject):
    sent = Signal(int)


def test_sending_a_signal_keeps_the_count_of_references() -> None:
    sender = _Sender()
    before = sys.getrefcount(True)
    for number in range(50):
        sender.sent.emit(number)
    assert abs(sys.getrefcount(True) - before) < 10, "this PySide6 loses a reference of True with every signal"
