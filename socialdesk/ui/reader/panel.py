"""The reader's panel: an article or a conversation, and what can be done with it."""

import asyncio
import logging
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from socialdesk.core.entry import Entry, EntryKind
from socialdesk.core.errors import InputError, SocialDeskError
from socialdesk.core.events import SavedChanged
from socialdesk.core.urls import normalise
from socialdesk.ui import words
from socialdesk.ui.controls import IconButton, PanelBack, Pill, button, label, scrolled
from socialdesk.ui.desk import Desk
from socialdesk.ui.reader.document import ArticleView, decode_to_width
from socialdesk.ui.reader.piece import Piece, line_above, of_article, of_entry, of_link, of_saved
from socialdesk.ui.reader.thread import ThreadView
from socialdesk.ui.tasks import Tasks

log = logging.getLogger(__name__)
WIDTH = 560
_WHOLE = 250  # words; a source that gives fewer may have given only the beginning
_SIZES = (16, 18, 20, 14)


class Reader(PanelBack):
    """`closed` when the person steps back; `full_width` when the whole window is wanted or no longer."""

    closed = Signal()
    full_width = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, edge="left")
        self.setObjectName("reader")
        self.setAccessibleName("Reader")
        self._tasks = Tasks(self, self._fail)
        self._row: Any = None
        self._url = ""
        self._saved_id: int | None = None
        self._piece: Piece | None = None
        self._again: tuple[str, object] = ("", None)
        self.view = ArticleView(desk)
        self.view.asked.connect(desk.actions.open_link)
        self.conversation = ThreadView(desk)
        self._message = label("", "second", wrap=True)
        self._retry = button(desk, "Try again", "plain", self._try_again)
        self._pages = QStackedWidget()
        for page in (self.view, scrolled(self.conversation, "Conversation"), self._message_page()):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._header())
        column.addWidget(self._pages, 1)
        column.addLayout(self._footer())
        desk.bridge.event.connect(self._news)
        self._tasks.start("size", self._load_size())
        self._show_buttons()

    # What to show

    def show_row(self, row: Any) -> None:
        """An entry: its saved copy, its article, or its conversation."""
        self._begin(("row", row), row=row)
        self._tasks.start("show", self._show_row(row))

    def show_thread(self, row: Any) -> None:
        self._begin(("thread", row), row=row)
        self._tasks.start("show", self._show_thread(row))

    def show_url(self, url: str) -> None:
        """A page: its saved copy, else the article it holds; a page without one opens in the browser."""
        self._begin(("url", url), url=url)
        self._tasks.start("show", self._show_url(url))

    def show_saved(self, saved_id: int) -> None:
        self._begin(("saved", saved_id))
        self._tasks.start("show", self._show_saved(saved_id))

    def focus_text(self) -> None:
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def piece(self) -> Piece | None:
        return self._piece

    @property
    def message(self) -> str:
        return self._message.text() if self._pages.currentIndex() == 2 else ""

    def _begin(self, again: tuple[str, object], *, row: Any = None, url: str = "") -> None:
        self._again, self._row, self._url = again, row, url
        self._piece, self._saved_id = None, None
        self._say("Opening", retry=False)
        self._show_buttons()

    async def _show_row(self, row: Any) -> None:
        call, services = self._desk.bridge.call, self._desk.services
        saved = await call(services.saving.for_entry, row.entry_id)
        if saved is not None and saved.state == "saved":
            await self._show_saved(saved.id)
            return
        entry: Entry = (await call(services.reading.entry, row.entry_id)).entry
        self._url = entry.url
        if entry.kind is EntryKind.ARTICLE:
            await self._show_article(entry)
        elif entry.link is not None:
            await self._show_linked(entry, entry.link.url)
        else:
            await self._show_thread(row)

    async def _show_article(self, entry: Entry) -> None:
        """What the source gave, at once; where that is only the beginning, the text of the page as soon as it comes."""
        piece = of_entry(entry)
        await self._show(piece)
        if len(entry.text.split()) >= _WHOLE or not entry.url:
            return
        try:
            report = await self._desk.bridge.call(self._desk.services.inspecting.behind, entry.url, self._entry_id())
        except SocialDeskError as error:
            log.info("the whole article is not to be had: %s", error)
            return
        found = report.article
        still_there = self._piece is piece and self.view.verticalScrollBar().value() == 0
        if found is not None and len(found.text) > len(entry.text) and still_there:
            await self._show(replace(of_article(found), title=piece.title, published=piece.published))

    async def _show_linked(self, entry: Entry, url: str) -> None:
        """The article behind a post; if it cannot be had, what the post says of it."""
        try:
            await self._show_url(url)
        except SocialDeskError as error:
            if entry.link is None or not entry.link.title:
                raise
            log.info("the linked article is not to be had: %s", error)
            await self._show(of_link(entry))
            self._desk.actions.tell(f"{words.sentence_of(error)} This is what the post says of it.")

    async def _show_thread(self, row: Any) -> None:
        call, services = self._desk.bridge.call, self._desk.services
        entry: Entry = row.entry
        self._url = entry.url
        self.conversation.show_thread((entry,), entry.key)
        self._pages.setCurrentIndex(1)
        self._show_buttons()
        found = await call(services.reading.thread, row.entry_id)
        if found:
            self.conversation.show_thread(found, entry.key)

    async def _show_url(self, url: str) -> None:
        call, services = self._desk.bridge.call, self._desk.services
        wanted = normalise(url)
        kept = await call(services.saving.list, None, 500)
        saved = next((item for item in kept if item.state == "saved" and normalise(item.url) == wanted), None)
        if saved is not None:
            await self._show_saved(saved.id)
            return
        self._url = url
        report = await call(services.inspecting.behind, url, self._entry_id())
        if report.article is not None:
            await self._show(of_article(report.article))
            return
        self._say("There is no article on this page.", retry=False)
        self._desk.actions.open_browser.emit(url)

    def _entry_id(self) -> int | None:
        return self._row.entry_id if self._row is not None else None

    async def _show_saved(self, saved_id: int) -> None:
        item = await self._desk.bridge.call(self._desk.services.saving.get, saved_id)
        self._url = item.url
        if item.state == "saved":
            self._saved_id = item.id
            await self._show(of_saved(item))
        else:
            self._say(words.sentence(item.error) if item.state == "failed" else "Being saved", retry=bool(item.error))
            self._show_buttons()

    async def _show(self, piece: Piece) -> None:
        """Stored pictures are there before the text is; others follow one by one."""
        wanted = [url for url in dict.fromkeys((piece.lead, *piece.pictures)) if url]
        stored = [url for url in wanted if url.startswith("blob:") or url in piece.blobs]
        images = {url: image for url in stored if not (image := await self._stored(piece, url)).isNull()}
        self._piece, self._saved_id = piece, piece.saved_id
        self.view.show_piece(piece, line_above(piece, words.age(piece.published, self._desk.now())), images)
        self._pages.setCurrentIndex(0)
        self._show_buttons()
        if piece.saved_id is None:
            self._tasks.start("pictures", self._fetch_pictures(piece, [url for url in wanted if url not in images]))

    async def _stored(self, piece: Piece, url: str) -> Any:
        blob = url.removeprefix("blob:") if url.startswith("blob:") else piece.blobs[url]
        data = await self._desk.bridge.call(self._desk.services.saving.blob, blob)
        return await self._decoded(data or b"", lead=url == piece.lead)

    async def _decoded(self, data: bytes, *, lead: bool) -> Any:
        width, scale = self.view.measure(), self.devicePixelRatioF()
        return await asyncio.to_thread(decode_to_width, data, width, scale, lead=lead)

    async def _fetch_pictures(self, piece: Piece, urls: list[str]) -> None:
        for url in urls:
            try:
                data = await self._desk.bridge.call(self._desk.services.images.get, url)
            except SocialDeskError as error:
                log.info("no picture: %s", error)
                continue
            image = await self._decoded(data or b"", lead=url == piece.lead)
            if self._piece is piece and not image.isNull():
                self.view.add_image(url, image)

    # What can be done with it

    def save(self) -> None:
        """Keeps what is shown for reading with the network cut."""
        if self._saved_id is None:
            self._tasks.start("save", self._save())

    async def _save(self) -> None:
        saving = self._desk.services.saving
        self.pill.show_state("Saving", "second")
        self.pill.show()
        try:
            if self._row is not None:
                item = await self._desk.bridge.call(saving.save_entry, self._row.entry_id)
            else:
                item = await self._desk.bridge.call(saving.save_url, self._url)
        finally:
            self._show_buttons()
        await self._show_saved(item.id)

    def _reshare(self) -> None:
        if self._row is not None:
            self._desk.actions.reshare.emit(self._row)
        else:
            self._desk.actions.compose_text.emit(self._url)

    def _rewrite(self) -> None:
        if self._row is not None:
            self._desk.actions.rewrite.emit(self._row)
        elif self._piece is not None:
            self._desk.actions.compose_text.emit(f"{self._piece.title}\n\n{self._url}")

    def _next_size(self) -> None:
        self._set_size(_SIZES[(_SIZES.index(self._size) + 1) % len(_SIZES)])

        async def keep() -> None:
            await self._desk.bridge.call(self._desk.services.settings.put, "reader.size", self._size)

        self._tasks.start("keep size", keep())

    def _set_size(self, size: int) -> None:
        self._size = size if size in _SIZES else _SIZES[0]
        self.view.set_size(self._size)

    async def _load_size(self) -> None:
        self._set_size(int(await self._desk.bridge.call(self._desk.services.settings.get, "reader.size", _SIZES[0])))

    # How it looks

    def _header(self) -> QHBoxLayout:
        desk = self._desk
        self._size = _SIZES[0]
        self.pill = Pill(desk)
        self.pill.hide()
        self._back = IconButton(desk, "arrow-left", "Back to the columns", self.closed.emit)
        row = QHBoxLayout()
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(4)
        row.addWidget(self._back)
        row.addWidget(self.pill)
        row.addStretch(1)
        row.addWidget(IconButton(desk, "a-large-small", "Larger or smaller text", self._next_size))
        row.addWidget(IconButton(desk, "maximize-2", "Full width (F11)", self.full_width.emit, size=16))
        self._browser = IconButton(desk, "external-link", "Open in the browser", self._open_browser)
        row.addWidget(self._browser)
        return row

    def _footer(self) -> QHBoxLayout:
        desk = self._desk
        self._read = button(desk, "Read the article", "plain", lambda: self.show_row(self._row), icon="book-open")
        self._share = button(desk, "Re-share", "plain", self._reshare, icon="repeat-2")
        self._keep = button(desk, "Save", "plain", self.save, icon="bookmark")
        self._write = button(desk, "Rewrite", "primary", self._rewrite, icon="pen-line")
        row = QHBoxLayout()
        row.setContentsMargins(18, 10, 18, 14)
        row.setSpacing(10)
        row.addStretch(1)
        for each in (self._read, self._share, self._keep, self._write):
            row.addWidget(each)
        return row

    def _message_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(48, 24, 48, 24)
        column.setSpacing(12)
        column.addWidget(self._message)
        column.addWidget(self._retry, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        return page

    def _show_buttons(self) -> None:
        saved = self._saved_id is not None
        self.pill.setVisible(saved)
        if saved and self._piece is not None:
            self.pill.show_state(f"Saved for offline · {words.size(self._piece.size)}", "good")
        self._keep.setVisible(not saved and bool(self._row is not None or self._url))
        talks = self._row is not None and self._pages.currentIndex() == 1
        self._read.setVisible(talks and self._row.entry.link is not None)
        has_any = self._piece is not None or self._row is not None
        self._share.setVisible(has_any)
        self._write.setVisible(has_any)
        self._browser.setEnabled(bool(self._url))

    def _say(self, sentence: str, *, retry: bool) -> None:
        self._message.setText(sentence)
        self._retry.setVisible(retry)
        self._pages.setCurrentIndex(2)

    def _fail(self, sentence: str) -> None:
        if self._piece is None and self._pages.currentIndex() == 2:
            self._say(sentence, retry=True)
        else:
            self._desk.actions.tell(sentence)

    def _try_again(self) -> None:
        kind, what = self._again
        shows: dict[str, Any] = {"row": self.show_row, "thread": self.show_thread, "url": self.show_url}
        if kind == "saved":
            self._tasks.start("again", self._save_again())
        elif kind in shows:
            shows[kind](what)

    async def _save_again(self) -> None:
        saved_id = self._again[1]
        if not isinstance(saved_id, int):
            raise InputError("There is nothing to try again.")
        item = await self._desk.bridge.call(self._desk.services.saving.again, saved_id)
        await self._show_saved(item.id)

    def _open_browser(self) -> None:
        self._desk.actions.open_browser.emit(self._url)

    def _news(self, event: object) -> None:
        if isinstance(event, SavedChanged) and event.state == "removed" and event.saved_id == self._saved_id:
            self._saved_id = None
            self._show_buttons()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Backspace):
            self.closed.emit()
        else:
            super().keyPressEvent(event)
