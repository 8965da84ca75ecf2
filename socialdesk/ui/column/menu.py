"""The menu behind the three dots of a card; made when it is asked for."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from socialdesk.core.rows import Row
from socialdesk.ui.desk import Desk


def card_menu(desk: Desk, row: Row, parent: QWidget, entry_ids: tuple[int, ...] = ()) -> QMenu:
    """What else can be done with `row`. `entry_ids` are all that its card stands for, if it is more than the row."""
    actions, entry, able = desk.actions, row.entry, desk.looks.actions(row)
    talks = "reply" in able
    wishes: list[tuple[str, str, str, Callable[[], object]] | None] = [
        ("Read", "book-open", "Enter", lambda: actions.open_entry.emit(row)),
        *([("Conversation", "message-square", "", lambda: actions.open_thread.emit(row))] if talks else []),
        *([("Quote", "quote", "Q", lambda: actions.quote.emit(row))] if "quote" in able else []),
        *([("Mention", "at-sign", "M", lambda: actions.mention.emit(row))] if talks else []),
        ("Save for offline", "bookmark", "B", lambda: actions.save.emit(row)),
        *_marks(desk, row),
        None,
        (f"About {entry.author.name or entry.author.handle}", "user", "P", lambda: actions.open_author.emit(row)),
    ]
    if entry.url:
        wishes += [
            ("Open in browser", "external-link", "O", lambda: actions.open_browser.emit(entry.url)),
            ("Copy link", "copy", "", lambda: actions.copy_link.emit(row)),
        ]
    wishes += [None, ("Remove from the desk", "trash-2", "", lambda: actions.remove.emit(entry_ids or (row.entry_id,)))]
    menu = QMenu(parent)
    menu.setAccessibleName("More")
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for wish in wishes:
        if wish is None:
            menu.addSeparator()
            continue
        said, icon, key, act = wish
        action = menu.addAction(desk.icons.icon(icon), f"{said.replace('&', '&&')}\t{key}" if key else said)
        action.triggered.connect(_slot(act))
    return menu


def _marks(desk: Desk, row: Row) -> list[tuple[str, str, str, Callable[[], object]]]:
    """What the network keeps with an entry, and other devices show."""
    kept, mark = desk.looks.marks(row), desk.actions.mark.emit
    found: list[tuple[str, str, str, Callable[[], object]]] = []
    if "bookmark" in kept:
        has = "bookmark" in row.entry.mine
        said = "Remove the star" if has else "Star"
        found.append((said, "star", "", lambda: mark(row, "unbookmark" if has else "bookmark")))
    elif "bookmark" in desk.looks.actions(row) and row.account_id is not None:
        has, title = "bookmark" in row.entry.mine, desk.looks.title(row.entry.network)
        said = f"Remove the bookmark at {title}" if has else f"Bookmark at {title}"
        found.append((said, "star", "", lambda: mark(row, "unbookmark" if has else "bookmark")))
    if "read" in kept:
        said, icon = ("Keep unread", "eye-off") if row.seen else ("Mark as read", "check")
        found.append((said, icon, "", lambda: mark(row, "unread" if row.seen else "read")))
    if "label" in kept:
        found.append(("Labels", "tag", "", lambda: desk.actions.choose_labels.emit(row)))
    return found


def _slot(act: Callable[[], object]) -> Callable[[], None]:
    def slot() -> None:
        act()

    return slot
