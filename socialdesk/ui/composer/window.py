"""The composer in a window of its own."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from socialdesk.core.post import Draft
from socialdesk.ui.composer.panel import Composer
from socialdesk.ui.desk import Desk
from socialdesk.ui.tasks import Tasks


class ComposerWindow(QWidget):
    """Closes when every letter is on disk, never before. `ended` when it is gone."""

    ended = Signal()

    def __init__(self, desk: Desk, draft: Draft | None) -> None:
        super().__init__()
        self._saved = False
        self.setObjectName("window")
        self.setWindowTitle("New post")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(460, 760)
        self._tasks = Tasks(self, desk.actions.tell)
        self.composer = Composer(desk, main=False)
        self.composer.window_button.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.composer)
        self.composer.folded.connect(self.close)
        self.composer.sent.connect(lambda _publication: self.close())
        self.composer.begin(draft)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._saved:
            event.accept()
            self.ended.emit()
        else:
            event.ignore()
            self._tasks.start("close", self._save_and_close())

    async def _save_and_close(self) -> None:
        await self.composer.flush()
        self._saved = True
        self.close()
