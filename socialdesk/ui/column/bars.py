"""Small parts above the list: the Stories/Posts switch, and the pill that says how many rows wait."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from socialdesk.ui import words
from socialdesk.ui.column.look import PAD, Look

_KINDS = (("stories", "Stories"), ("posts", "Posts"))
_SAID = {"stories": "Ranked by who shared", "posts": "Newest first"}


class ViewSwitch(QWidget):
    """Stories or posts. Arrow keys change it."""

    chosen = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._kind = "posts"
        self.setFixedHeight(40)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        look.theme.changed.connect(self.update)
        self.show_kind("posts")

    def show_kind(self, kind: str) -> None:
        self._kind = kind
        self.setAccessibleName(f"Shows {kind}")
        self.update()

    def boxes(self) -> dict[str, QRectF]:
        found, x = {}, float(PAD - 1)
        for kind, said in _KINDS:
            wide = self._look.width("small_bold", said) + 20
            found[kind] = QRectF(x, 8, wide, 24)
            x += wide + 4
        return found

    def paintEvent(self, _event: QPaintEvent) -> None:
        look, painter = self._look, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(0, self.height() - 1, self.width(), 1, look.colour("line"))
        boxes = self.boxes()
        for kind, said in _KINDS:
            chosen = kind == self._kind
            painter.setPen(QPen(look.colour("accent"), 2) if chosen and self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("hover") if chosen else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(boxes[kind], 8, 8)
            font, token = ("small_bold", "text") if chosen else ("small", "muted")
            look.write_centred(painter, font, token, boxes[kind], said)
        left = boxes["posts"].right() + 8
        said = look.elided("small", _SAID[self._kind], self.width() - PAD - left)
        look.write(painter, "small", "muted", self.width() - PAD - look.width("small", said), 20, said)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for kind, box in self.boxes().items():
            if box.contains(event.position()):
                self._choose(kind)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Space):
            self._choose("posts" if self._kind == "stories" else "stories")
        else:
            event.ignore()

    def _choose(self, kind: str) -> None:
        if kind != self._kind:
            self.show_kind(kind)
            self.chosen.emit(kind)


class NewPill(QAbstractButton):
    """12 new: a click shows them. Floats over the top of the list."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip("Show what is new (.)")
        look.theme.changed.connect(self.update)
        self.hide()

    def show_count(self, count: int) -> None:
        self.setText(words.new_items(count))
        self.setAccessibleName(f"Show {words.new_items(count)}")
        self.setVisible(count > 0)
        self.resize(self.sizeHint())

    def sizeHint(self) -> QSize:
        return QSize(round(self._look.width("small_bold", self.text())) + 44, 30)

    def paintEvent(self, _event: QPaintEvent) -> None:
        look, painter = self._look, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = QPen(look.colour("text"), 2) if self.hasFocus() else Qt.PenStyle.NoPen
        painter.setPen(edge)
        painter.setBrush(look.colour("fill_hover" if self.underMouse() else "fill"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 14, 14)
        look.icons.paint(painter, "arrow-up", 13, 8, 14, look.colour("on_fill"))
        look.write(painter, "small_bold", "on_fill", 31, self.height() / 2, self.text())
