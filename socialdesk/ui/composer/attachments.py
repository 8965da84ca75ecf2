"""Pictures, videos and documents on their way into a draft, and their descriptions."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from socialdesk.core.post import Article, Draft, Picture
from socialdesk.ui.composer import letter
from socialdesk.ui.composer.describing import AltEditor
from socialdesk.ui.composer.editor import DOCUMENT_ENDINGS, VIDEO_ENDINGS
from socialdesk.ui.desk import Desk
from socialdesk.ui.tasks import Tasks

_PICTURES = "*.png *.jpg *.jpeg *.gif *.webp *.avif *.bmp *.tif *.tiff"
_FILES = " ".join((_PICTURES, *(f"*{ending}" for ending in (*VIDEO_ENDINGS, *DOCUMENT_ENDINGS))))
_ADD = "Add pictures, a video or a document"


class Attachments(QObject):
    """Changes the draft through `edit`. `problem` carries a sentence; `settled` says that a pause is a good one."""

    problem = Signal(str)
    settled = Signal()

    def __init__(
        self, desk: Desk, panel: QWidget, alt: AltEditor, draft: Callable[[], Draft], edit: Callable[[Draft], None]
    ) -> None:
        super().__init__(panel)
        self._desk, self._panel, self._alt = desk, panel, alt
        self._draft, self._edit = draft, edit
        self._describing: int | None = None
        self.adding = 0  # files on their way into the draft
        self.limits: Callable[[Picture], list[int]] = lambda _picture: []  # of its description, account by account
        self.takes_point: Callable[[], bool] = bool  # whether an account keeps a point of a picture in sight
        self._tasks = Tasks(self, self.problem.emit)
        alt.changed.connect(self._described)
        alt.point.moved.connect(self._pointed)
        alt.done.connect(self.stop_describing)

    def choose(self, *, featured: bool = False) -> None:
        """Asks for files without stopping the window."""
        dialog = QFileDialog(self._panel, "Choose an image" if featured else _ADD)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile if featured else QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter(f"Pictures ({_PICTURES})" if featured else f"Pictures, videos and documents ({_FILES})")
        dialog.filesSelected.connect(lambda paths: self.add_files(list(paths), featured=featured))
        dialog.open()

    def add_files(self, paths: list[str], *, featured: bool = False) -> None:
        self._tasks.start(f"add {paths}", self._add_files(paths, featured=featured))

    def add(self, data: bytes, name: str) -> None:
        self._tasks.start(f"add {name} {len(data)}", self._add(data, name, featured=False))

    def remove(self, index: int) -> None:
        """Takes a picture away; the notice can bring it back."""
        self.stop_describing()
        before = self._draft()
        picture: Picture = before.pictures[index]

        def put_back() -> None:
            self._edit(replace(self._draft(), pictures=(*self._draft().pictures, picture)))

        self._edit(letter.without_picture(before, index))
        what = "Document" if picture.is_document else "Video" if picture.is_video else "Picture"
        self._desk.actions.notice.emit(f"{what} removed.", "Undo", put_back)

    def drop_featured(self) -> None:
        draft = self._draft()
        if draft.article is not None:
            self._edit(replace(draft, article=replace(draft.article, featured=None)))

    def describe(self, index: int) -> None:
        """Asks for the description of a picture, the title of a document; -1 is the featured image."""
        draft = self._draft()
        picture = draft.pictures[index] if index >= 0 else draft.article.featured if draft.article else None
        if picture is not None:
            self._describing = index
            shortest = min((limit for limit in self.limits(picture) if limit), default=0)
            self._alt.ask(picture, shortest, with_point=index >= 0 and self.takes_point())

    def stop_describing(self) -> None:
        self._describing = None
        self._alt.hide()
        self.settled.emit()

    def _described(self, text: str) -> None:
        if self._describing is not None:
            self._edit(letter.with_alt(self._draft(), self._describing, text))

    def _pointed(self, point: tuple[float, float] | None) -> None:
        if self._describing is not None and self._describing >= 0:
            self._edit(letter.with_point(self._draft(), self._describing, point))

    async def _add_files(self, paths: list[str], *, featured: bool) -> None:
        for path in map(Path, paths):
            if path.suffix.lower() in VIDEO_ENDINGS and not featured:
                await self._added(self._desk.services.composing.add_video, str(path))
                continue
            if path.suffix.lower() in DOCUMENT_ENDINGS and not featured:
                await self._added(self._desk.services.composing.add_document, str(path))
                continue
            try:
                data = await asyncio.to_thread(path.read_bytes)
            except OSError:
                self.problem.emit(f"{path.name} cannot be read.")
                continue
            await self._add(data, path.name, featured=featured)

    async def _add(self, data: bytes, name: str, *, featured: bool) -> None:
        await self._added(self._desk.services.composing.add_picture, data, name, featured=featured)

    async def _added(self, add: Callable[..., Any], *what: object, featured: bool = False) -> None:
        """Videos and documents are read by the engine, from their files: no byte of them comes into this process."""
        self.adding += 1
        try:
            picture: Picture = await self._desk.bridge.call(add, *what)
        finally:
            self.adding -= 1
        draft = self._draft()
        if featured:
            article = letter.with_article(draft).article or Article("", "")
            self._edit(replace(draft, article=replace(article, featured=picture)))
        else:
            self._edit(replace(draft, pictures=(*draft.pictures, picture)))
