"""The little editor of a picture's description or a document's title, inside the composer."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout

from socialdesk.core.post import Picture
from socialdesk.ui.composer.focus import FocusPicker
from socialdesk.ui.controls import button, label
from socialdesk.ui.desk import Desk


class AltEditor(QFrame):
    """Asks for a picture's description or a document's title, inside the panel.

    `changed` as it is typed, `done` when the person is.
    """

    changed = Signal(str)
    done = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._filling = False
        self._limit = 0
        self._title = label("", weight=600)
        self._edit = QPlainTextEdit()
        self._edit.setTabChangesFocus(True)
        self._edit.setFixedHeight(76)
        self._edit.textChanged.connect(self._typed)
        self.point = FocusPicker(desk)
        self._count = label("", "muted", size=12)
        done = button(desk, "Done", "primary", self.done.emit)
        foot = QHBoxLayout()
        foot.addWidget(self._count)
        foot.addStretch(1)
        foot.addWidget(done)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(8)
        self._why = label("The ring stays in sight where a network crops the picture.", "muted", size=12, wrap=True)
        column.addWidget(self._title)
        column.addWidget(self._edit)
        column.addWidget(self.point)
        column.addWidget(self._why)
        column.addLayout(foot)
        self.hide()

    def ask(self, picture: Picture, limit: int, *, with_point: bool = False) -> None:
        """Shows the description so far; `limit` is the shortest of the chosen accounts, 0 = unknown.

        `with_point`: an account keeps a point of the picture in sight.
        """
        with_point = with_point and picture.is_image
        self.point.setVisible(with_point)
        self._why.setVisible(with_point)
        if with_point:
            self.point.show_picture(picture)
        self._filling, self._limit = True, limit
        self._say_what(picture)
        self._edit.setPlainText(picture.alt)
        self._filling = False
        self._show_count()
        self.show()
        self._edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self._edit.moveCursor(self._edit.textCursor().MoveOperation.End)

    def _say_what(self, picture: Picture) -> None:
        what = "document" if picture.is_document else "video" if picture.is_video else "picture"
        title = picture.is_document
        self._title.setText("Title" if title else f"What does this {what} show?")
        self._edit.setAccessibleName(f"{'Title' if title else 'Description'} of the {what}")
        asked = "What stands above the document" if title else "One or two sentences for people who cannot see it"
        self._edit.setPlaceholderText(asked)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.done.emit()
        else:
            super().keyPressEvent(event)

    def _typed(self) -> None:
        self._show_count()
        if not self._filling:
            self.changed.emit(self._edit.toPlainText())

    def _show_count(self) -> None:
        used = len(self._edit.toPlainText())
        self._count.setText(f"{used:,} of {self._limit:,}" if self._limit else f"{used:,}")
