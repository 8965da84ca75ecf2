"""From a click on a part of a card to the wish of the desk."""

from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from socialdesk.core.entry import EntryKind
from socialdesk.core.rows import Row, Story
from socialdesk.ui.desk import Desk
from socialdesk.ui.tasks import Tasks


class CardWishes:
    """Sends the wishes of one column's cards. A story stands for its article, or its newest post.

    A story is passed on by its link: no one post is it.
    """

    def __init__(self, desk: Desk, column_id: int, owner: QWidget) -> None:
        self._desk = desk
        self._column_id = column_id
        self._owner = owner
        self._tasks = Tasks(owner, desk.actions.tell)

    def asked(self, kind: str, item: Row | Story, value: Any) -> None:
        """`kind` as the card's layout names its parts."""
        if isinstance(item, Row):
            self._of_row(kind, item, value)
        elif kind == "reshare":
            self._desk.actions.compose_text.emit(f"{item.title}\n\n{item.url}".strip())
        else:
            self._tasks.start("story", self._of_story(kind, item, value))

    async def _of_story(self, kind: str, story: Story, value: Any) -> None:
        reading = self._desk.services.reading
        rows = await self._desk.bridge.call(reading.rows_of, self._column_id, story.entry_ids)
        row = next((r for r in rows if r.entry.kind is EntryKind.ARTICLE), rows[0] if rows else None)
        if row is not None and kind in ("read", "open") and row.entry.kind is not EntryKind.ARTICLE:
            row = next((r for r in rows if _leads_to(r, story.url)), None)
        if kind == "remove":
            self._desk.actions.remove.emit(story.entry_ids)
        elif row is None:
            self._desk.actions.open_link.emit(story.url)
        elif kind == "more":
            self._menu(row, value, story.entry_ids)
        elif kind == "face":
            face = next((r for r in rows if r.entry.author == value), row)
            self._of_row("author", face, None)
        else:
            self._of_row(kind, row, value)

    def _of_row(self, kind: str, row: Row, value: Any) -> None:
        actions = self._desk.actions
        plain = {
            "reply": actions.reply,
            "reshare": actions.reshare,
            "like": actions.like,
            "save": actions.save,
            "rewrite": actions.rewrite,
            "quote": actions.quote,
            "mention": actions.mention,
            "author": actions.open_author,
            "open": actions.open_entry,
            "read": actions.open_entry,
            "thread": actions.open_thread,
            "copy": actions.copy_link,
        }
        if kind in plain and not (kind == "mention" and value):
            plain[kind].emit(row)
        elif kind in ("link", "mention"):
            web = str(value).startswith(("http://", "https://"))
            actions.open_link.emit(value) if web else actions.add_search.emit(str(value))
        elif kind == "tag":
            actions.open_tag.emit(str(value))
        elif kind == "media":
            actions.view_media.emit(row, int(value))
        elif kind == "browser" and row.entry.url:
            actions.open_browser.emit(row.entry.url)
        elif kind == "remove":
            actions.remove.emit((row.entry_id,))
        elif kind == "more":
            self._menu(row, value, (row.entry_id,))

    def _menu(self, row: Row, value: Any, entry_ids: tuple[int, ...]) -> None:
        from socialdesk.ui.column.menu import card_menu  # start-up: no menu is needed for the first paint

        place = value if isinstance(value, QPoint) else self._owner.mapToGlobal(QPoint(40, 80))
        card_menu(self._desk, row, self._owner, entry_ids).popup(place)


def _leads_to(row: Row, url: str) -> bool:
    """Whether the reader finds the article at `url` behind this post."""
    link = row.entry.link
    from socialdesk.core.urls import normalise  # start-up: not part of the first paint

    return link is not None and normalise(link.url) == normalise(url)
