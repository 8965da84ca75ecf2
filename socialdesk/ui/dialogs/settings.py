"""Settings: look, accounts, keys, storage and the way to the net. Every change is kept at once."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from socialdesk.ui import commands
from socialdesk.ui.controls import PickBox, button, clear_layout, label
from socialdesk.ui.desk import Desk
from socialdesk.ui.dialogs.accounts_page import AccountsPage
from socialdesk.ui.dialogs.keys import KeyBox
from socialdesk.ui.dialogs.sheet import Sheet
from socialdesk.ui.keys import Keys
from socialdesk.ui.tasks import Tasks
from socialdesk.ui.theme import MODES

IMAGES_MB = 300
_MODE_NAMES = {"system": "As the system", "light": "Light", "dark": "Dark"}
_PROXY_MODES = (("system", "As the system"), ("none", "None"), ("manual", "This one"))
_PAGES = ("General", "Accounts", "Keys")


class SettingsSheet(Sheet):
    """`keys_changed` carries profile and changed keys; `transfer` is import or export."""

    keys_changed = Signal(str, object)
    transfer = Signal(str)

    def __init__(self, desk: Desk, host: QWidget, keys: Keys) -> None:
        super().__init__(desk, host, "Settings", icon="settings", tint="link", width=640)
        self._keys = keys
        self._filling = False
        self._tasks = Tasks(self, desk.actions.tell)
        tabs = QHBoxLayout()
        tabs.setSpacing(6)
        self.tabs = {}
        for place, name in enumerate(_PAGES):
            tab = self.tabs[name] = button(desk, name, "plain", partial(self._show_page, place))
            tab.setCheckable(True)
            tab.setStyleSheet("QPushButton:checked { background: palette(alternate-base); }")
            tabs.addWidget(tab)
        tabs.addStretch(1)
        self.body.addLayout(tabs)
        self.accounts = AccountsPage(desk, self.refit)
        self.accounts.left.connect(self.close_sheet)
        self._key_page = QWidget()
        QVBoxLayout(self._key_page).setContentsMargins(0, 0, 0, 0)
        self._pages = (self._general(), self.accounts, self._key_page)
        for page in self._pages:  # no stack: that is as high as its highest page
            self.body.addWidget(page)
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.foot.addWidget(button(desk, "Close", "plain", self.close_sheet))
        self._show_page(0)
        self._fill_keys()
        self._tasks.start("settings", self._load())

    def show_page(self, name: str) -> None:
        self._show_page(_PAGES.index(name))

    def _show_page(self, place: int) -> None:
        for index, page in enumerate(self._pages):
            page.setVisible(index == place)
        for index, tab in enumerate(self.tabs.values()):
            tab.setChecked(index == place)
        self.refit()

    # General

    def _general(self) -> QWidget:
        page = QWidget()
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(1, 1)
        self._helps: dict[str, QLabel] = {}
        self._make_fields()
        rows = (
            ("Theme", self.mode, ""),
            ("Pictures", self.images, "Pictures of posts are kept up to this size. Saved articles are not counted."),
            ("Proxy", self.proxy_mode, ""),
            ("", self.proxy, "Used from the next start. A password is not kept here: use the system's settings."),
        )
        for row, (name, field, help_text) in enumerate(rows):
            grid.addWidget(label(name, weight=500), row * 2, 0)
            grid.addWidget(field, row * 2, 1)
            if help_text:
                self._helps[name] = label(help_text, "muted", size=12, wrap=True)
                grid.addWidget(self._helps[name], row * 2 + 1, 1)
        feeds = QHBoxLayout()
        feeds.setSpacing(8)
        feeds.addWidget(button(self.desk, "Import OPML", "plain", partial(self._transfer, "import"), icon="upload"))
        feeds.addWidget(button(self.desk, "Export OPML", "plain", partial(self._transfer, "export"), icon="download"))
        feeds.addStretch(1)
        grid.addWidget(label("Feeds", weight=500), 8, 0)
        grid.addLayout(feeds, 8, 1)
        return page

    def _make_fields(self) -> None:
        self.mode = PickBox("Theme")
        for mode in MODES:
            self.mode.addItem(_MODE_NAMES[mode], mode)
        self.mode.setCurrentIndex(MODES.index(self.desk.theme.mode))
        self.mode.currentIndexChanged.connect(self._choose_mode)
        self.images = QSpinBox()
        self.images.setRange(20, 20_000)
        self.images.setSuffix(" MB")
        self.images.lineEdit().setTextMargins(8, 0, 0, 0)
        self.images.setAccessibleName("Room for pictures on this computer")
        self.images.setValue(IMAGES_MB)
        self.images.editingFinished.connect(self._keep_images)
        self.proxy_mode = PickBox("Way to the net")
        for mode, text in _PROXY_MODES:
            self.proxy_mode.addItem(text, mode)
        self.proxy_mode.currentIndexChanged.connect(self._keep_proxy)
        self.proxy = QLineEdit()
        self.proxy.setPlaceholderText("http://proxy.example:3128")
        self.proxy.setAccessibleName("Address of the proxy")
        self.proxy.editingFinished.connect(self._keep_proxy)

    async def _load(self) -> None:
        get = self.desk.services.settings.get
        self.images.setValue(int(await self.desk.bridge.call(get, "images.limit_mb", IMAGES_MB)))
        kept = await self.desk.bridge.call(get, "proxy", None) or {}
        self._show_proxy(str(kept.get("mode", "system")), str(kept.get("url", "")))

    def _choose_mode(self) -> None:
        mode = self.mode.currentData()
        self.desk.theme.set_mode(mode)
        self._put("theme", mode)

    def _keep_images(self) -> None:
        size = self.images.value()
        self._put("images.limit_mb", size)

        async def limit() -> None:
            await self.desk.bridge.call(self.desk.services.images.set_limit, size * 1_000_000)

        self._tasks.start("limit", limit())

    def _show_proxy(self, mode: str, url: str) -> None:
        self._filling = True
        self.proxy_mode.setCurrentIndex(max(0, self.proxy_mode.findData(mode)))
        self._filling = False
        self.proxy.setText(url)
        self.proxy.setVisible(mode == "manual")
        self._helps[""].setVisible(mode == "manual")

    def _keep_proxy(self) -> None:
        mode, url = self.proxy_mode.currentData(), self.proxy.text().strip()
        self.proxy.setVisible(mode == "manual")
        self._helps[""].setVisible(mode == "manual")
        if self._filling:
            return
        if "@" in url:
            self.desk.actions.tell("A proxy password is not kept here. Use the system's proxy settings.")
        elif mode != "manual" or url:
            self._put("proxy", {"mode": mode, "url": url if mode == "manual" else ""})

    def _put(self, name: str, value: object) -> None:
        async def put() -> None:
            await self.desk.bridge.call(self.desk.services.settings.put, name, value)

        self._tasks.start(f"put {name}", put())

    def _transfer(self, what: str) -> None:
        self.close_sheet()
        self.transfer.emit(what)

    # Keys

    def _fill_keys(self) -> None:
        clear_layout(self._key_page)
        column = self._key_page.layout()
        if column is None:
            return
        self.profile = PickBox("Key profile")
        for name in commands.PROFILES:
            self.profile.addItem(name, name)
        self.profile.setCurrentText(self._keys.profile)
        self.profile.currentTextChanged.connect(lambda name: self._keep_keys(name, {}))
        column.addWidget(self.profile)
        column.addWidget(label("Press a key in a box to change it, Backspace to take it away.", "muted", size=12))
        inner = QWidget()
        grid = QGridLayout(inner)
        grid.setContentsMargins(0, 0, 0, 0)
        self.boxes: dict[str, KeyBox] = {}
        for row, command in enumerate(commands.COMMANDS):
            box = self.boxes[command.name] = KeyBox(command.name, command.title, self._keys.keys_of(command.name))
            box.chosen.connect(self._change_key)
            grid.addWidget(label(command.title, "second"), row, 0)
            grid.addWidget(box, row, 1)
        column.addWidget(inner)
        column.addWidget(button(self.desk, "Put all back", "quiet", lambda: self._keep_keys(self._keys.profile, {})))

    def _change_key(self, name: str, key: str) -> None:
        changed = {other: tuple(k for k in keys if k != key) for other, keys in self._keys.changed.items()}
        for other in commands.BY_NAME:
            keys = self._keys.keys_of(other)
            if key and other != name and key in keys:
                changed[other] = tuple(k for k in keys if k != key)
        changed[name] = (key,) if key else ()
        self._keep_keys(self._keys.profile, changed, refill=False)
        for other, box in self.boxes.items():
            box.setText(commands.spoken(self._keys.keys_of(other)))

    def _keep_keys(self, profile: str, changed: dict[str, tuple[str, ...]], *, refill: bool = True) -> None:
        self.keys_changed.emit(profile, changed)
        self._put("keys.profile", profile)
        self._put("keys.changed", {name: list(keys) for name, keys in changed.items()})
        if refill:
            self._fill_keys()
