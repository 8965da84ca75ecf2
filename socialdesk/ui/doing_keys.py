"""What each command does. Returns False where there was nothing to do: the key then belongs to the widget."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from socialdesk.ui.column.column import ColumnView

if TYPE_CHECKING:
    from socialdesk.ui.shell import Shell

_ON_CARDS = ("reply", "reshare", "quote", "rewrite", "like", "save", "browser", "author", "mention", "open", "remove")


class KeyDoer:
    """One method per kind of command; the table says which."""

    def __init__(self, shell: "Shell") -> None:
        self._shell = shell
        actions = shell.desk.actions
        self._plain: dict[str, Callable[[], object]] = {
            "compose": shell.compose,
            "compose_window": shell.compose_window,
            "refresh": lambda: actions.refresh.emit(None),
            "add_column": shell.add_column,
            "search": lambda: shell.show_right("search"),
            "saved": lambda: shell.show_right("saved"),
            "outbox": lambda: shell.show_right("outbox"),
            "inbox": lambda: actions.show_place.emit("inbox"),
            "accounts": shell.add_account,
            "import_opml": lambda: shell.transfer("import"),
            "export_opml": lambda: shell.transfer("export"),
            "settings": shell.show_settings,
            "theme": self._switch_theme,
            "full_width": actions.toggle_full_width.emit,
            "keys": shell.show_keys,
            "palette": shell.show_palette,
            "practise": actions.practise.emit,
            "quit": shell.window.close,
            "left": lambda: shell.window.strip.step(-1),
            "right": lambda: shell.window.strip.step(1),
            "move_left": lambda: shell.window.strip.move_active(-1),
            "move_right": lambda: shell.window.strip.move_active(1),
            "column_last": lambda: actions.go_column.emit(-1),
            **{f"column_{n}": partial(actions.go_column.emit, n - 1) for n in range(1, 10)},
        }
        self._on_column: dict[str, Callable[[ColumnView], object]] = {
            "next": ColumnView.select_next,
            "previous": ColumnView.select_previous,
            "page_down": ColumnView.page_down,
            "page_up": ColumnView.page_up,
            "first": ColumnView.top,
            "last": ColumnView.select_last,
            "show_new": ColumnView.show_new,
            "mark_read": ColumnView.mark_read,
            "options": ColumnView.toggle_options,
        }

    def do(self, name: str) -> bool:
        shell = self._shell
        match name:
            case "send":
                return self._send()
            case "fold":
                return self._fold()
            case "step_back":
                return self._step_back()
            case "back":
                return self._back()
        if name in self._on_column or name in _ON_CARDS or name in ("left", "right"):
            if shell.focus_is_in(shell.window.right) or shell.focus_is_in(shell.window.left):
                return False
            if shell.window.page != "columns":
                return False
        if name in self._plain:
            self._plain[name]()
            return True
        column = shell.window.strip.active()
        if column is None:
            return False
        if name in self._on_column:
            self._on_column[name](column)
            return True
        return column.ask(name)

    def _send(self) -> bool:
        if self._shell.window.left.panel is None:
            return False
        self._shell.composer.post()
        return True

    def _fold(self) -> bool:
        if self._shell.window.left.panel is None:
            self._shell.compose()
        else:
            self._shell.fold()
        return True

    def _step_back(self) -> bool:
        """Esc: a panel with the focus hears it itself; else the right one goes, then the composer."""
        shell = self._shell
        if shell.focus_is_in(shell.window.left) or shell.focus_is_in(shell.window.right):
            return False
        if shell.window.right.panel is not None:
            shell.back()
        elif shell.window.left.panel is not None:
            shell.fold()
        else:
            return False
        return True

    def _back(self) -> bool:
        if self._shell.window.right.panel is None:
            return False
        self._shell.back()
        return True

    def _switch_theme(self) -> None:
        theme = self._shell.desk.theme
        mode = "light" if theme.tokens.dark else "dark"
        theme.set_mode(mode)
        self._shell.keep("theme", mode)
