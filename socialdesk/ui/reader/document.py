"""The text of an article: serif, a measure of 66 characters, pictures from what is already on this computer.

The view itself never asks the network for anything: `loadResource` only knows what it was given.
"""

import html as markup
import re
from collections.abc import Mapping

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize, Qt, QUrl, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QImage,
    QImageReader,
    QPainter,
    QPainterPath,
    QResizeEvent,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QTextBrowser

from socialdesk.ui.desk import Desk
from socialdesk.ui.reader.piece import Piece

MEASURE = 66  # characters
LEAD_RATIO = 0.37
_SAMPLE = "The answers fell into four groups, and half of those lists never changed."
_SMALLEST_EDGE = 28
_TABLE_HEAD = re.compile(r"<th(?=[\s>])(?![^>]*\balign=)", re.IGNORECASE)
_FIGURE = (
    (re.compile(r"<figure\b[^>]*>", re.IGNORECASE), '<p class="lead">'),
    (re.compile(r"</figure\s*>", re.IGNORECASE), "</p>"),
    (re.compile(r"<figcaption\b[^>]*>", re.IGNORECASE), "<br><small>"),
    (re.compile(r"</figcaption\s*>", re.IGNORECASE), "</small>"),
)
_LONE_PICTURE = re.compile(
    r"(^|>)\s*(<img\b[^>]*>)\s*(?=<(?:p|h[1-6]|ul|ol|dl|blockquote|table|div|pre|hr)\b|$)", re.IGNORECASE
)
_HEADING = re.compile(r"<(/?)h([1-6])\b[^>]*>", re.IGNORECASE)


class ArticleView(QTextBrowser):
    """Shows one `Piece`. `asked` carries the address of a link that was pressed."""

    asked = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._piece: Piece | None = None
        self._above = ""
        self._images: dict[str, QImage] = {}
        self._size = 16
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setAccessibleName("Article")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setProperty("look", "bare")
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.document().setDocumentMargin(0)
        self.viewport().setAutoFillBackground(False)
        self.anchorClicked.connect(self._clicked)
        desk.theme.changed.connect(self._render)

    def measure(self) -> int:
        """Width of the text in device-independent pixels."""
        metrics = QFontMetricsF(self._serif())
        return round(metrics.horizontalAdvance(_SAMPLE) / len(_SAMPLE) * MEASURE)

    def set_size(self, size: int) -> None:
        """Size of the text in pixels."""
        self._size = size
        self._fit()
        self._render()

    def show_piece(self, piece: Piece, above: str, images: Mapping[str, QImage]) -> None:
        """`above` stands over the title. `images` are the pictures that are here already, by address."""
        self._piece, self._above, self._images = piece, above, dict(images)
        self._render()
        self.verticalScrollBar().setValue(0)

    def add_image(self, url: str, image: QImage) -> None:
        """A picture that came later. The words being read stay where they are."""
        self._images[url] = image
        top = self.cursorForPosition(self.viewport().rect().topLeft())
        position, before = top.position(), self.cursorRect(top).top()
        at_start = self.verticalScrollBar().value() == 0
        self._render()
        if at_start:
            return
        cursor = QTextCursor(self.document())
        cursor.setPosition(min(position, self.document().characterCount() - 1))
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + round(self.cursorRect(cursor).top() - before))

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Pictures that were given; nothing else, from nowhere else."""
        if kind == QTextDocument.ResourceType.ImageResource.value:
            return self._images.get(name.toString() if isinstance(name, QUrl) else name, QImage())
        return QByteArray()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)

    def _fit(self) -> None:
        edge = max(_SMALLEST_EDGE, (self.width() - self.measure()) // 2)
        self.setViewportMargins(edge, 0, max(0, edge - 12), 0)

    def _serif(self) -> QFont:
        font = QFont(self._desk.theme.serif_family())
        font.setPixelSize(self._size)
        return font

    @staticmethod
    def _leading(font: QFont, factor: float) -> int:
        """Percentage of the font's own line height that makes lines `factor` times its size apart."""
        return round(100 * factor * font.pixelSize() / QFontMetricsF(font).lineSpacing())

    def _clicked(self, url: QUrl) -> None:
        if url.scheme() in ("http", "https"):
            self.asked.emit(url.toString())

    def _render(self) -> None:
        piece = self._piece
        if piece is None:
            return
        place = self.verticalScrollBar().value()
        self.document().setDefaultFont(self._serif())
        self.document().setDefaultStyleSheet(self._style())
        self.setHtml(self._page(piece))
        self.verticalScrollBar().setValue(place)

    def _page(self, piece: Piece) -> str:
        lead = f'<p class="lead"><img src="{markup.escape(piece.lead)}"></p>' if piece.lead in self._images else ""
        named = piece.byline and piece.byline != piece.site
        byline = f'<p class="above">{markup.escape(piece.byline)}</p>' if named else ""
        above = f'<p class="above">{markup.escape(self._above)}</p>' if self._above else ""
        title = f'<p class="title">{markup.escape(piece.title)}</p>'
        return f"{above}{title}{byline}{lead}{as_paragraphs(piece.html)}"

    def _style(self) -> str:
        tokens, size = self._desk.theme.tokens, self._size
        text, title = self._leading(self._serif(), 1.65), self._leading(self._desk.theme.font(size + 9, 700), 1.24)
        heading = self._leading(self._desk.theme.font(size + 1, 600), 1.35)
        return f"""
        body, p, li, td, th, dd, dt, blockquote {{ color: {tokens.text}; line-height: {text}%; }}
        p, ul, ol, pre, blockquote, table {{ margin-top: 0px; margin-bottom: {round(size * 0.85)}px; }}
        p.above {{ font-family: Inter; font-size: 13px; line-height: 110%; color: {tokens.muted}; margin-bottom: 4px; }}
        p.lead {{ line-height: 100%; margin-top: 8px; margin-bottom: 18px; }}
        p.title {{ font-family: Inter; font-size: {size + 9}px; font-weight: 700; line-height: {title}%;
          margin-top: 0px; margin-bottom: 12px; }}
        p.h2, p.h3 {{ font-family: Inter; font-size: {size + 1}px; font-weight: 600; line-height: {heading}%;
          margin-top: 8px; margin-bottom: 4px; }}
        p.h2 {{ font-size: {size + 2}px; }}
        td, th {{ padding-right: 14px; }}
        a {{ color: {tokens.link}; text-decoration: none; }}
        blockquote {{ color: {tokens.second}; margin-left: 18px; margin-right: 18px; }}
        pre, code, kbd, samp {{ font-family: monospace; font-size: {size - 2}px; background-color: {tokens.hover}; }}
        mark {{ background-color: {tokens.highlight}; color: {tokens.text}; }}
        figcaption, small, sub, sup {{ font-size: {size - 3}px; color: {tokens.muted}; }}
        """


def as_paragraphs(body: str) -> str:
    """What Qt's rich text lays out otherwise than a browser, as what it lays out alike.

    Headings, figures and pictures between paragraphs become paragraphs of classes of their own (Qt enlarges heading
    tags whatever the style sheet says, and puts a picture into the line before it); heads of tables stand over their
    columns and not in the middle.
    """
    body = _HEADING.sub(_heading, _TABLE_HEAD.sub('<th align="left"', body))
    for tag, plain in _FIGURE:
        body = tag.sub(plain, body)
    return _LONE_PICTURE.sub(r'\1<p class="lead">\2</p>', body)


def _heading(tag: re.Match[str]) -> str:
    level = "h2" if tag.group(2) in "12" else "h3"
    return "</p>" if tag.group(1) else f'<p class="{level}">'


def decode_to_width(data: bytes, width: int, scale: float, *, lead: bool = False) -> QImage:
    """`data` no wider than `width` device-independent pixels, round at the corners. A null image when it is none.

    `lead` fills the whole width with a wide crop. Any thread.
    """
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    pixels = max(1, round(width * scale))
    original = reader.size()
    if not original.isEmpty() and (lead or original.width() > pixels):
        reader.setScaledSize(QSize(pixels, max(1, round(original.height() * pixels / original.width()))))
    image = reader.read()
    if image.isNull():
        return image
    if image.width() > pixels:
        image = image.scaledToWidth(pixels, Qt.TransformationMode.SmoothTransformation)
    if lead:
        height = min(image.height(), round(pixels * LEAD_RATIO))
        image = image.copy(0, (image.height() - height) // 2, image.width(), height)
    return _rounded(image, (12 if lead else 8) * scale, scale)


def _rounded(image: QImage, radius: float, scale: float) -> QImage:
    round_one = QImage(image.size(), QImage.Format.Format_ARGB32_Premultiplied)
    round_one.fill(Qt.GlobalColor.transparent)
    painter = QPainter(round_one)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    path = QPainterPath()
    path.addRoundedRect(QRectF(image.rect()), radius, radius)
    painter.setClipPath(path)
    painter.drawImage(0, 0, image)
    painter.end()
    round_one.setDevicePixelRatio(scale)
    return round_one
