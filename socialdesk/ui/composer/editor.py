"""The text of a post: live links, hashtags and mentions, part dividers, pictures pasted or dropped."""

import re
from collections.abc import Callable

from PySide6.QtCore import QBuffer, QIODevice, QMimeData, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QImage,
    QSyntaxHighlighter,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QTextEdit

from socialdesk.core import segments
from socialdesk.ui.desk import Desk

_LIVE = re.compile(
    r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]'’”]|(?<![\w/])#\w*[^\W\d]\w*|(?<![\w/])@[\w-]+(?:\.[\w-]+)*(?:@[\w.-]+\w)?"
)
_DIVIDER = re.compile(r"^[ \t]*-{3,}[ \t]*$")
_PICTURE_ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".bmp", ".tif", ".tiff", ".heic")
VIDEO_ENDINGS = (".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi")
DOCUMENT_ENDINGS = (".pdf", ".docx", ".pptx", ".doc", ".ppt")
_SMALLEST = 96
_LINE_HEIGHT = 124  # per cent of the font's own


class Highlighter(QSyntaxHighlighter):
    """Colours what will be live in the post, and what is over the limit."""

    def __init__(self, desk: Desk, document: QTextDocument) -> None:
        super().__init__(document)
        self._desk = desk
        desk.theme.changed.connect(self.rehighlight)

    def highlightBlock(self, text: str) -> None:
        live, divider = QTextCharFormat(), QTextCharFormat()
        live.setForeground(self._desk.theme.colour("link"))
        divider.setForeground(self._desk.theme.colour("muted"))
        divider.setFontWeight(QFont.Weight.DemiBold)
        if _DIVIDER.match(text):
            self.setFormat(0, len(text), divider)
            return
        # Qt counts UTF-16 units, Python counts characters: the difference is made up for each match.
        for match in _LIVE.finditer(text):
            start = len(text[: match.start()].encode("utf-16-le")) // 2
            self.setFormat(start, len(match.group().encode("utf-16-le")) // 2, live)


class Editor(QTextEdit):
    """A text edit with a document (and so an undo history) per tab. Grows with its text.

    `typed` carries the new text. `picture` carries bytes and a name. `left` says that the keyboard went elsewhere.
    """

    typed = Signal(str)
    picture = Signal(bytes, str)
    files = Signal(list)
    left = Signal()

    def __init__(self, desk: Desk, smallest: int = _SMALLEST) -> None:
        super().__init__()
        self._desk = desk
        self._smallest = smallest
        self.setFont(desk.theme.font(15))
        self._pages: dict[int, QTextDocument] = {}
        self._places: dict[int, int] = {}
        self._page = 0
        self._text = ""
        self._filling = False
        self.setProperty("look", "bare")
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setLineWrapMode(QTextEdit.LineWrapMode.WidgetWidth)
        self.setAcceptRichText(False)
        self.textChanged.connect(self._changed)
        self.viewport().setAutoFillBackground(False)
        # From the first key on it writes into a document of its own: Qt's is destroyed when another takes its place,
        # and the first place to do so would be in the middle of that key.
        self.show_page(0, "")

    def start_over(self) -> None:
        """Another draft: forgets the documents of the one before."""
        old, self._pages, self._places = self._pages, {}, {}
        self.show_page(0, "")
        for document in old.values():
            document.deleteLater()

    def show_page(self, page: int, text: str) -> None:
        """Shows the document of a tab with `text`; its undo history stays when the text is the same."""
        self._places[self._page] = self.textCursor().position()
        self._page = page
        self._filling = True
        document = self._pages.get(page) or self._new(page)
        if document.toPlainText() != text:
            _fill(document, text)
        if self.document() is not document:
            self.setDocument(document)
        cursor = self.textCursor()
        cursor.setPosition(min(self._places.get(page, len(text)), document.characterCount() - 1))
        self.setTextCursor(cursor)
        self._filling, self._text = False, text
        self._fit()

    def add_divider(self) -> None:
        """Begins another part of the thread."""
        cursor = self.textCursor()
        before = "" if cursor.atBlockStart() else "\n"
        cursor.insertText(f"{before}{segments.SEPARATOR}\n")
        self.setTextCursor(cursor)
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _new(self, page: int) -> QTextDocument:
        document = QTextDocument(self)
        document.setDefaultFont(self._desk.theme.font(15))
        document.setDocumentMargin(0)
        Highlighter(self._desk, document)
        _fill(document, "")
        document.documentLayout().documentSizeChanged.connect(self._size_changed)
        self._pages[page] = document
        return document

    def _size_changed(self, _size: QSizeF) -> None:
        self._fit()

    def _fit(self) -> None:
        """Height of all lines: the panel scrolls, the text does not."""
        wanted = max(self._smallest, round(self.document().size().height()) + 8)
        if self.minimumHeight() != wanted:
            self.setFixedHeight(wanted)

    def _changed(self) -> None:
        """Only other words are news: Qt also says "changed" when a theme colours the same ones anew."""
        text = self.toPlainText()
        is_same, self._text = text == self._text, text
        if not self._filling and not is_same:
            self.typed.emit(text)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasImage() or bool(picture_files(source)) or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        if not take_pictures(source, self.files.emit, self.picture.emit):
            super().insertFromMimeData(source)


def _fill(document: QTextDocument, text: str) -> None:
    """Puts `text` in with the line height of the design. Undo does not go back behind this."""
    document.setUndoRedoEnabled(False)
    document.setPlainText(text)
    lines = QTextBlockFormat()
    lines.setLineHeight(_LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    cursor = QTextCursor(document)
    cursor.select(QTextCursor.SelectionType.Document)
    cursor.mergeBlockFormat(lines)
    document.setUndoRedoEnabled(True)


def picture_files(source: QMimeData) -> list[str]:
    """Local files of pictures, videos and documents that are dropped or pasted."""
    paths = [url.toLocalFile() for url in source.urls() if url.isLocalFile()] if source.hasUrls() else []
    endings = (*_PICTURE_ENDINGS, *VIDEO_ENDINGS, *DOCUMENT_ENDINGS)
    return [path for path in paths if path.lower().endswith(endings)]


def take_pictures(source: QMimeData, files: Callable[[list[str]], object], one: Callable[[bytes, str], object]) -> bool:
    """Hands on the pictures in `source`; False when there are none."""
    paths = picture_files(source)
    if paths:
        files(paths)
        return True
    if source.hasImage() and not source.hasText():
        image = source.imageData()
        if isinstance(image, QImage) and not image.isNull():
            one(png_of(image), "pasted.png")
            return True
    return False


def png_of(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stub wants bytes, the library a str
    return bytes(buffer.data().data())
