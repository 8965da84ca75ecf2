"""Everything that a key can do, and which keys do it. Data and plain functions, no Qt.

Keys are written as Qt writes them: `N`, `Shift+N`, `Ctrl+Return`, `?`. The default profile is TweetDeck's.
"""

from collections.abc import Mapping
from dataclasses import dataclass

WRITING, READING, MOVING, DESK = "Writing", "On a post", "Moving", "Desk"
GROUPS = (WRITING, READING, MOVING, DESK)


@dataclass(frozen=True, slots=True)
class Command:
    """`name` is stable: the settings keep it. `everywhere`: works while typing, too, by keys that write nothing."""

    name: str
    title: str
    group: str
    keys: tuple[str, ...]
    everywhere: bool = False
    icon: str = ""


COMMANDS = (
    Command("compose", "New post", WRITING, ("N",), icon="square-pen"),
    Command("compose_window", "New post in its own window", WRITING, ("Shift+N",), icon="external-link"),
    Command("send", "Post", WRITING, ("Ctrl+Return", "Ctrl+Enter"), everywhere=True, icon="send"),
    Command("fold", "Fold or unfold the composer", WRITING, ("X",), icon="panel-left"),
    Command("reply", "Reply", READING, ("R",), icon="reply"),
    Command("reshare", "Re-share", READING, ("T",), icon="repeat-2"),
    Command("quote", "Quote", READING, ("Q",), icon="quote"),
    Command("rewrite", "Rewrite", READING, ("W",), icon="pen-line"),
    Command("like", "Like", READING, ("F",), icon="heart"),
    Command("save", "Save for offline", READING, ("B",), icon="bookmark"),
    Command("browser", "Open in the browser", READING, ("O",), icon="external-link"),
    Command("author", "About the author", READING, ("P",), icon="user"),
    Command("mention", "Mention the author", READING, ("M",), icon="at-sign"),
    Command("remove", "Remove from the desk", READING, (), icon="trash-2"),
    Command("open", "Read", READING, ("Return", "Enter"), icon="book-open"),
    Command("back", "Back", MOVING, ("Backspace",), icon="arrow-left"),
    Command("step_back", "Step back (never discards)", MOVING, ("Esc",), everywhere=True),
    Command("next", "Next item", MOVING, ("J", "Down")),
    Command("previous", "Previous item", MOVING, ("K", "Up")),
    Command("left", "Column at the left", MOVING, ("H", "Left")),
    Command("right", "Column at the right", MOVING, ("L", "Right")),
    *(Command(f"column_{n}", f"Column {n}", MOVING, (str(n),)) for n in range(1, 10)),
    Command("column_last", "Last column", MOVING, ("0",)),
    Command("page_down", "Page down", MOVING, ("Space", "PgDown")),
    Command("page_up", "Page up", MOVING, ("Shift+Space", "PgUp")),
    Command("first", "First item", MOVING, ("Home",)),
    Command("last", "Last item", MOVING, ("End",)),
    Command("show_new", "Show new posts", MOVING, (".",), icon="arrow-up"),
    Command("move_left", "Move the column left", MOVING, ("Ctrl+Shift+Left",)),
    Command("move_right", "Move the column right", MOVING, ("Ctrl+Shift+Right",)),
    Command("mark_read", "Mark the column read", DESK, ("U",), icon="check-check"),
    Command("refresh", "Refresh everything", DESK, ("F5", "Ctrl+R"), everywhere=True, icon="refresh-cw"),
    Command("add_column", "Add a column", DESK, ("A",), icon="plus"),
    Command("options", "Options of the column", DESK, ("Shift+O",), icon="sliders-horizontal"),
    Command("search", "Search", DESK, ("/", "S"), icon="search"),
    Command("saved", "Saved", DESK, ("Shift+B",), icon="bookmark"),
    Command("outbox", "Outbox", DESK, ("Shift+X",), icon="cloud-upload"),
    Command("inbox", "Inbox", DESK, ("I",), icon="inbox"),
    Command("accounts", "Connect an account", DESK, (), icon="plug"),
    Command("import_opml", "Import feeds (OPML)", DESK, (), icon="upload"),
    Command("export_opml", "Export feeds (OPML)", DESK, (), icon="download"),
    Command("settings", "Settings", DESK, (",",), icon="settings"),
    Command("theme", "Switch light and dark", DESK, (), icon="sun"),
    Command("full_width", "Reader at full width", DESK, ("F11",), everywhere=True, icon="maximize-2"),
    Command("keys", "All keys", DESK, ("?",), icon="keyboard"),
    Command("palette", "Command palette", DESK, ("Ctrl+K", ";"), everywhere=True, icon="command"),
    Command("practise", "Open the practice desk", DESK, (), icon="flask-conical"),
    Command("quit", "Quit", DESK, ("Ctrl+Q",), everywhere=True, icon="log-out"),
)
_BY_NUMBER = frozenset(f"column_{n}" for n in range(1, 10))
BY_NAME = {command.name: command for command in COMMANDS}

# Other profiles say only where they differ.
PROFILES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "TweetDeck": {},
    "Mastodon": {
        "reshare": ("B",),
        "save": ("D",),
        "show_new": (".", "G"),
        "outbox": (),
        "saved": (),
        "author": ("P",),
        "search": ("S", "/"),
        "back": ("Backspace",),
        "fold": ("Shift+C",),
        "rewrite": ("W",),
    },
    "Gmail": {
        "compose": ("C",),
        "compose_window": ("Shift+C", "D"),
        "reply": ("R",),
        "reshare": ("T",),
        "like": ("S",),
        "search": ("/",),
        "back": ("U", "Backspace"),
        "mark_read": ("Shift+I",),
        "open": ("O", "Return", "Enter"),
        "browser": ("V",),
        "show_new": ("N", "."),
        "options": (),
        "next": ("J", "Down"),
        "previous": ("K", "Up"),
    },
}
DEFAULT_PROFILE = "TweetDeck"


def keys_of(name: str, profile: str, changed: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The keys of a command: what the person chose, else the profile's, else the default."""
    if name in changed:
        return tuple(changed[name])
    return PROFILES.get(profile, {}).get(name, BY_NAME[name].keys)


def bindings(profile: str, changed: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Key -> command. What the person chose wins over the profile, the profile over the default."""
    found: dict[str, str] = {}
    levels: tuple[list[str], list[str], list[str]] = ([], [], [])
    differs = PROFILES.get(profile, {})
    for command in COMMANDS:
        levels[2 if command.name in changed else 1 if command.name in differs else 0].append(command.name)
    for level in levels:
        for name in level:
            for key in keys_of(name, profile, changed):
                found[key] = name
    return found


def shown_keys(name: str, profile: str, changed: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Those keys of a command that really do it."""
    bound = bindings(profile, changed)
    return tuple(key for key in keys_of(name, profile, changed) if bound.get(key) == name)


def matching(query: str, commands: tuple[Command, ...] = COMMANDS) -> tuple[Command, ...]:
    """Commands whose title holds every word typed, those that begin with it first."""
    wanted = query.casefold().split()
    found = [c for c in commands if all(word in c.title.casefold() for word in wanted) and c.name not in _BY_NUMBER]
    return tuple(sorted(found, key=lambda c: not c.title.casefold().startswith(query.casefold().strip())))


_SIGNS = {
    "Return": "Enter",
    "Left": "←",
    "Right": "→",
    "Up": "↑",
    "Down": "↓",
    "Esc": "Esc",
    "PgDown": "Page Down",
    "PgUp": "Page Up",
}


def spoken(keys: tuple[str, ...]) -> str:
    """Keys as a person reads them: Ctrl+Enter, J or ↓."""
    named = ["+".join(_SIGNS.get(part, part) for part in key.split("+")) if len(key) > 1 else key for key in keys]
    return " or ".join(dict.fromkeys(named))
