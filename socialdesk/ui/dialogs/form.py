"""Forms drawn from an adapter's data: numbered steps, fields with their help, copyable addresses."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from socialdesk.core.network import Field, Step
from socialdesk.ui.controls import IconButton, PickBox, button, label, show_icon
from socialdesk.ui.desk import Desk


class Number(QWidget):
    """The round number of a step."""

    def __init__(self, desk: Desk, number: int) -> None:
        super().__init__()
        self._desk, self._number = desk, number
        self.setFixedSize(22, 22)
        desk.theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._desk.theme.colour("hover"))
        painter.drawEllipse(QRectF(self.rect()))
        painter.setPen(self._desk.theme.colour("text"))
        painter.setFont(self._desk.theme.font(12, 600))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, str(self._number))


class CopyLine(QWidget):
    """An address to copy: shown in mono, with a button that puts it on the clipboard."""

    def __init__(self, desk: Desk, text: str, name: str) -> None:
        super().__init__()
        self._desk, self._text = desk, text
        self.line = QLineEdit(text)
        self.line.setReadOnly(True)
        self.line.setAccessibleName(name)
        self.line.setStyleSheet("font-family: monospace;")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.line, 1)
        row.addWidget(IconButton(desk, "copy", f"Copy {name.lower()}", self._copy, size=16))

    def show_text(self, text: str) -> None:
        self._text = text
        self.line.setText(text)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text)
        self._desk.actions.tell("Copied.")


class Form(QWidget):
    """Steps and fields, numbered through when there are steps. `entered` on Enter in a field."""

    entered = Signal()
    edited = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)
        self._number = 0
        self._fields: dict[str, Field] = {}
        self._boxes: dict[str, QLineEdit | QComboBox] = {}

    def add_step(self, step: Step, opened: Callable[[str], object]) -> QVBoxLayout:
        """A numbered instruction; its link has `{server}` replaced by what is typed. Fields may stand inside it."""
        inner = QVBoxLayout()
        inner.setSpacing(8)
        inner.addWidget(label(step.text, wrap=True))
        if step.copy:
            inner.addWidget(CopyLine(self._desk, step.copy, f"Address: {step.text.rstrip(':')}"))
        if step.link:
            link = button(self._desk, "Open the page", "ghost", lambda: self._open(step.link, opened))
            show_icon(self._desk, link, "external-link", "link")
            link.setAccessibleName(f"Open the page: {step.text}")
            link.setStyleSheet("padding: 1px 4px; margin-left: -4px; min-height: 18px;")
            inner.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        self._add_numbered(inner)
        return inner

    def _open(self, link: str, opened: Callable[[str], object]) -> None:
        """The page of a link; where the server is not typed yet, its field asks for it."""
        if "{server}" in link and "server" in self._boxes and not self.answers()["server"]:
            self._boxes["server"].setFocus()
        else:
            opened(self.filled(link))

    def add_field(
        self, field: Field, *, numbered: bool = False, value: str = "", into: QVBoxLayout | None = None
    ) -> None:
        """A field to write in: `numbered` as a step of its own, or `into` a step."""
        box = QLineEdit(value)
        box.setPlaceholderText(field.example)
        box.setAccessibleName(field.label)
        box.setAccessibleDescription(field.help)
        if field.secret:
            box.setEchoMode(QLineEdit.EchoMode.Password)
        box.setMinimumHeight(36)
        box.returnPressed.connect(self.entered)
        box.textEdited.connect(self.edited)
        self._fields[field.name], self._boxes[field.name] = field, box
        self._place(field, box, numbered=numbered, into=into)

    def add_fold(self, word: str, into: QVBoxLayout | None) -> QVBoxLayout:
        """A place for fields that few people need, folded until `word` is pressed."""
        part = QWidget()
        inner = QVBoxLayout(part)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        part.hide()
        toggle = button(self._desk, word, "ghost", lambda: part.setVisible(part.isHidden()))
        toggle.setStyleSheet("padding: 1px 4px; margin-left: -4px; min-height: 18px;")
        column = into or self._column
        column.addWidget(toggle, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(part)
        return inner

    def add_choice(self, field: Field, choices: tuple[tuple[str, str], ...], *, numbered: bool = False) -> None:
        """A field whose values are known."""
        box = PickBox(field.label)
        for value, text in choices:
            box.addItem(text, value)
        self._fields[field.name], self._boxes[field.name] = field, box
        self._place(field, box, numbered=numbered)

    def add_widget(self, widget: QWidget, *, numbered: bool = False) -> None:
        if numbered:
            inner = QVBoxLayout()
            inner.addWidget(widget)
            self._add_numbered(inner)
        else:
            self._column.addWidget(widget)

    def box(self, name: str) -> QLineEdit | QComboBox:
        return self._boxes[name]

    def answers(self) -> dict[str, str]:
        """What was typed or chosen, trimmed, by field name."""
        found: dict[str, str] = {}
        for name, box in self._boxes.items():
            found[name] = str(box.currentData() or "") if isinstance(box, QComboBox) else box.text().strip()
        return found

    def missing(self) -> tuple[str, ...]:
        """Labels of the fields that still need an answer."""
        answers = self.answers()
        return tuple(f.label for n, f in self._fields.items() if not f.optional and not answers[n])

    def focus_missing(self) -> None:
        """Goes to the first field that still needs an answer."""
        answers = self.answers()
        for name, field in self._fields.items():
            if not field.optional and not answers[name]:
                self._boxes[name].setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def filled(self, template: str, answers: Mapping[str, str] | None = None) -> str:
        server = (answers or self.answers()).get("server", "").rstrip("/")
        if server and "://" not in server:
            server = f"https://{server}"
        return template.replace("{server}", server)

    def _place(self, field: Field, box: QWidget, *, numbered: bool, into: QVBoxLayout | None = None) -> None:
        inner = QVBoxLayout()
        inner.setSpacing(5)
        caption = f"{field.label} (optional)" if field.optional else field.label
        inner.addWidget(label(caption, weight=500))
        inner.addWidget(box)
        if field.help:
            inner.addWidget(label(field.help, "muted", size=12, wrap=True))
        if numbered:
            self._add_numbered(inner)
        else:
            (into or self._column).addLayout(inner)

    def _add_numbered(self, inner: QVBoxLayout) -> None:
        self._number += 1
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(Number(self._desk, self._number), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(inner, 1)
        self._column.addLayout(row)
