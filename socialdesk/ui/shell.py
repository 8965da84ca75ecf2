"""The window with everything in it: panels, dialogs, palette and keys, joined to the wishes of the desk.

Panels are imported and made when they are first opened: the first paint needs none of them.
"""

import logging
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QApplication, QWidget

from socialdesk.core.entry import MediaKind
from socialdesk.core.errors import StoreError
from socialdesk.core.events import ColumnsChanged
from socialdesk.ui.desk import Desk
from socialdesk.ui.dialogs.opening import Dialogs
from socialdesk.ui.doing_keys import KeyDoer
from socialdesk.ui.window import Window

if TYPE_CHECKING:
    from socialdesk.core.post import Draft
    from socialdesk.core.saved import Hit
    from socialdesk.ui.composer.panel import Composer
    from socialdesk.ui.composer.window import ComposerWindow
    from socialdesk.ui.keys import Keys
    from socialdesk.ui.outbox import Outbox
    from socialdesk.ui.palette import Palette
    from socialdesk.ui.reader.panel import Reader
    from socialdesk.ui.saved import SavedPanel
    from socialdesk.ui.search import SearchPanel
    from socialdesk.ui.welcome import Welcome

log = logging.getLogger(__name__)


class Shell(Dialogs):
    """What the application opens. `await load()`, show `window`, and `await close()` before the engine stops."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, Window(desk), lambda: self.keys)
        self._composer: Composer | None = None
        self.composer_windows: list[ComposerWindow] = []
        self._reader: Reader | None = None
        self._outbox: Outbox | None = None
        self._saved: SavedPanel | None = None
        self._search: SearchPanel | None = None
        self._palette: Palette | None = None
        self._welcome: Welcome | None = None
        self._media: QWidget | None = None
        self._came_from = ""
        self._doer = KeyDoer(self)
        self._keys: Keys | None = None
        self._chosen_keys: tuple[str, dict[str, tuple[str, ...]]] = ("", {})
        self._connect()

    # Start and end

    async def load(self) -> None:
        """Fills the window from the store, and brings back the keys and the draft of last time."""
        get, call = self.desk.services.settings.get, self.desk.bridge.call
        profile, changed = await call(get, "keys.profile", ""), await call(get, "keys.changed", {})
        self._chosen_keys = profile, {name: tuple(keys) for name, keys in (changed or {}).items()}
        await self.window.load()
        if not self.window.strip.ids:
            self.show_welcome()
        if await call(get, "composer.open", default=False):
            self.window.set_left(self.composer)

    def load_rest(self) -> None:
        """What the first paint does not wait for: the keys, the state of the outbox."""
        self.keys.listen()
        self._focus_columns()
        self.window.load_rest()

    async def close(self) -> None:
        """Returns when every letter is on disk. Raises StoreError when it cannot be."""
        for composer in (self._composer, *(window.composer for window in self.composer_windows)):
            if composer is not None:
                await composer.flush()
        try:
            await self._keep("composer.open", self.window.left.panel is not None)
            await self.window.save_geometry()
        except StoreError as error:  # how the window stood is no reason to keep it open
            log.info("the window's places could not be stored: %s", error)

    @property
    def keys(self) -> "Keys":
        if self._keys is None:
            from socialdesk.ui.keys import Keys  # start-up: not part of the first paint

            self._keys = Keys(self.window, self._doer.do, self._is_blocked)
            self._keys.use(*self._chosen_keys)
        return self._keys

    # Panels, each made when first opened

    @property
    def composer(self) -> "Composer":
        if self._composer is None:
            from socialdesk.ui.composer.panel import Composer  # start-up: not part of the first paint

            made = self._composer = Composer(self.desk)
            made.folded.connect(self.fold)
            made.window_wanted.connect(self._to_own_window)
        return self._composer

    @property
    def reader(self) -> "Reader":
        if self._reader is None:
            from socialdesk.ui.reader.panel import Reader  # start-up: not part of the first paint

            made = self._reader = Reader(self.desk)
            made.closed.connect(self.back)
            made.full_width.connect(self.desk.actions.toggle_full_width)
        return self._reader

    @property
    def outbox(self) -> "Outbox":
        if self._outbox is None:
            from socialdesk.ui.outbox import Outbox  # start-up: not part of the first paint

            made = self._outbox = Outbox(self.desk)
            made.closed.connect(self.back)
            made.edit.connect(self.write)
        return self._outbox

    @property
    def saved(self) -> "SavedPanel":
        if self._saved is None:
            from socialdesk.ui.saved import SavedPanel  # start-up: not part of the first paint

            made = self._saved = SavedPanel(self.desk)
            made.closed.connect(self.back)
            made.opened.connect(self._read_saved)
        return self._saved

    @property
    def search(self) -> "SearchPanel":
        if self._search is None:
            from socialdesk.ui.search import SearchPanel  # start-up: not part of the first paint

            made = self._search = SearchPanel(self.desk)
            made.closed.connect(self.back)
            made.opened.connect(self._open_hit)
        return self._search

    @property
    def palette(self) -> "Palette":
        if self._palette is None:
            from socialdesk.ui.palette import Palette  # start-up: not part of the first paint

            made = self._palette = Palette(self.desk, self.window, self.keys.keys_of)
            made.chosen.connect(self._do_chosen)
            made.searched.connect(self.search_for)
            made.closed.connect(self._focus_columns)
        return self._palette

    def show_welcome(self) -> None:
        """The page of the first start, while there are no columns."""
        if self._welcome is None:
            from socialdesk.ui.welcome import Welcome  # start-up: only a first start needs it

            made = self._welcome = Welcome(self.desk)
            actions = self.desk.actions
            made.topic.connect(actions.add_search)
            made.connect_account.connect(actions.add_account)
            made.import_opml.connect(lambda: self.transfer("import"))
            made.practise.connect(actions.practise)
            self.window.add_page("welcome", made)
        self.window.show_page("welcome")
        self._welcome.focus_first()

    @property
    def welcome(self) -> "Welcome | None":
        return self._welcome

    # Writing

    def compose(self) -> None:
        """The composer with what was being written."""
        self.window.set_left(self.composer)
        self.composer.focus_text()
        self._keep_open(opened=True)

    def fold(self) -> None:
        """Folds the composer away; every letter stays."""
        if self.window.left.panel is not None:
            self.window.set_left(None)
            self._keep_open(opened=False)
            self._focus_columns()

    def write(self, draft: "Draft") -> None:
        """Opens the composer with this draft; what stood there is on disk first."""
        self.compose()
        self.composer.begin(draft)

    def compose_window(self, draft: "Draft | None" = None) -> None:
        from socialdesk.ui.composer.window import ComposerWindow  # start-up: not part of the first paint

        made = ComposerWindow(self.desk, draft)
        self.composer_windows.append(made)
        made.ended.connect(lambda: self.composer_windows.remove(made))
        made.show()

    def _to_own_window(self) -> None:
        self._tasks.start("own window", self._move_to_window())

    async def _move_to_window(self) -> None:
        await self.composer.flush()
        self.compose_window(self.composer.draft)
        self.composer.begin()
        self.fold()

    def _write_from(self, how: str, said: Any) -> None:
        from socialdesk.ui import answering  # start-up: not part of the first paint

        self.write(getattr(answering, how)(said))

    def _answer(self, how: str, row: Any) -> None:
        looks, network = self.desk.looks, row.entry.network
        if "reply" not in looks.actions(row):
            self.desk.actions.tell(f"{looks.title(network)} has no replies. Rewrite it instead.")
            return

        async def answer() -> None:
            target, account_id = await self.desk.bridge.call(self.desk.services.reading.target, row.entry_id)
            if account_id is None:
                said = "Connect an account of this network to answer."
                self.desk.actions.notice.emit(said, "Connect", self.desk.actions.add_account.emit)
                return
            from socialdesk.ui import answering  # start-up: not part of the first paint

            self.write(getattr(answering, how)(target, account_id))

        self._tasks.start("answer", answer())

    # Reading

    def read(self, show: Callable[[], None]) -> None:
        """Shows something in the reader. A list it was opened from is what `back` returns to."""
        panel = self.window.right.panel
        if panel is not None and panel is not self._reader:
            self._came_from = panel.objectName()
        elif panel is None:
            self._came_from = ""
        full = panel is not None and not self.window.pages.isVisibleTo(self.window)
        self.window.set_right(self.reader, full=full)
        show()
        self.reader.focus_text()

    def _read_saved(self, saved_id: int) -> None:
        self.read(lambda: self.reader.show_saved(saved_id))

    def _open_hit(self, hit: "Hit") -> None:
        if hit.kind == "saved":
            self._read_saved(hit.id)
            return

        async def show() -> None:
            stored = await self.desk.bridge.call(self.desk.services.reading.entry, hit.id)
            from socialdesk.ui.reader.found import Found, is_said_by_the_post  # start-up: not part of the first paint

            said = is_said_by_the_post(stored.entry, hit.snippet)
            show = self.reader.show_thread if said else self.reader.show_row
            self.read(lambda: show(Found(stored.id, stored.entry)))

        self._tasks.start("open hit", show())

    def back(self) -> None:
        """One step back at the right: from the reader to the list it was opened from, else to the columns."""
        came_from, self._came_from = self._came_from, ""
        if self.window.right.panel is self._reader and came_from in ("saved", "search"):
            self.show_right(came_from)
            return
        self.window.set_right(None)

    def show_right(self, name: str) -> None:
        """Opens saved, search or outbox at the right."""
        panel: Any = {"saved": self.saved, "search": self.search, "outbox": self.outbox}[name]
        self.window.set_right(panel)
        self.window.rail.show_place(name)
        panel.focus_first()

    def search_for(self, words: str) -> None:
        self.show_right("search")
        self.search.words.setText(words)

    def view_media(self, row: Any, index: int) -> None:
        from socialdesk.ui.media import MediaView  # start-up: not part of the first paint

        pictures = tuple(m for m in row.entry.media if m.kind in (MediaKind.IMAGE, MediaKind.GIF))
        if not pictures:
            self.desk.actions.open_browser.emit(row.entry.url)
            return
        view = MediaView(self.desk, self.window, pictures, index)
        self._media = view
        view.closed.connect(self._media_closed)

    def _media_closed(self) -> None:
        self._media = None

    def show_palette(self) -> None:
        self.palette.open(tuple(view.column for view in self.window.strip.views()))

    def transfer(self, what: str) -> None:
        """Import or export of feeds, through the system's file dialog."""
        from socialdesk.ui.transferring import export_opml, import_opml  # start-up: not part of the first paint

        (import_opml if what == "import" else export_opml)(self.desk, self.window, self._tasks)

    # Joining

    def _connect(self) -> None:
        actions = self.desk.actions
        actions.compose.connect(self.compose)
        actions.compose_window.connect(lambda: self.compose_window())  # noqa: PLW0108 (a signal may carry a value)
        actions.compose_text.connect(lambda text: self._write_from("passed_on", text))
        actions.fold_composer.connect(self.fold)
        actions.reply.connect(lambda row: self._answer("reply", row))
        actions.quote.connect(lambda row: self._answer("quote", row))
        actions.rewrite.connect(lambda row: self._write_from("rewrite", row.entry))
        actions.mention.connect(lambda row: self._write_from("mention", row.entry))
        actions.open_entry.connect(lambda row: self.read(lambda: self.reader.show_row(row)))
        actions.open_thread.connect(lambda row: self.read(lambda: self.reader.show_thread(row)))
        actions.open_link.connect(lambda url: self.read(lambda: self.reader.show_url(url)))
        actions.open_author.connect(lambda row: actions.open_browser.emit(row.entry.author.url or row.entry.url))
        actions.open_tag.connect(lambda tag: self.search_for(f"#{tag.lstrip('#')}"))
        actions.view_media.connect(self.view_media)
        actions.add_column.connect(self.add_column)
        actions.add_account.connect(self.add_account)
        actions.sign_in_again.connect(self.sign_in_again)
        actions.show_place.connect(self._show_place)
        actions.show_keys.connect(self.show_keys)
        actions.show_palette.connect(self.show_palette)
        actions.cancel.connect(self._cancel)
        self.transfer_wanted.connect(self.transfer)
        self.desk.bridge.event.connect(self._news)

    def _show_place(self, name: str) -> None:
        if name in ("saved", "search", "outbox"):
            self.show_right(name)
        elif name == "settings":
            self.show_settings()
        elif name == "budget":
            self.show_budget()
        elif name == "welcome":
            self.show_welcome()

    def _cancel(self, task: str) -> None:
        """The person stops long work; what is done stays."""
        services = self.desk.services
        if task == "opml":
            self._tasks.start("cancel", self.desk.bridge.call(services.transfer.cancel))
        elif task == "refresh":
            self._tasks.start("cancel", self.desk.bridge.call(services.refresh.cancel))
        elif task.startswith("save:"):
            self._tasks.start("cancel", self.desk.bridge.call(services.saving.cancel, int(task.removeprefix("save:"))))

    def _do_chosen(self, name: str) -> None:
        if name.startswith("column:"):
            self.desk.actions.go_column_id.emit(int(name.removeprefix("column:")))
        else:
            self._doer.do(name)

    def _news(self, event: object) -> None:
        if isinstance(event, ColumnsChanged):
            self._tasks.start("columns", self._look_for_columns())

    async def _look_for_columns(self) -> None:
        if not await self.desk.bridge.call(self.desk.services.columns.all) and self.window.page == "columns":
            self.show_welcome()

    def _is_blocked(self) -> bool:
        over = self._palette is not None and self._palette.isVisible()
        return self.sheet is not None or over or self._media is not None

    def _focus_columns(self) -> None:
        active = self.window.strip.active()
        if active is not None and self.window.page == "columns" and self.window.pages.isVisible():
            active.focus_list()

    def focus_is_in(self, place: QWidget | None) -> bool:
        focus = QApplication.focusWidget()
        return place is not None and focus is not None and (focus is place or place.isAncestorOf(focus))

    def start(self, name: str, coroutine: Coroutine[Any, Any, object]) -> None:
        self._tasks.start(name, coroutine)

    async def _keep(self, name: str, value: object) -> None:
        await self.desk.bridge.call(self.desk.services.settings.put, name, value)

    def _keep_open(self, *, opened: bool) -> None:
        self._tasks.start("composer open", self._keep("composer.open", opened))

    def keep(self, name: str, value: object) -> None:
        """Remembers a setting."""
        self._tasks.start(f"keep {name}", self._keep(name, value))
