"""The choice of a network to connect: a tile for each, with how one signs in there."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from socialdesk.core.network import (
    AppPassword,
    ByName,
    DeviceCode,
    NetworkFacts,
    Nothing,
    OAuthCode,
    SignIn,
    Token,
)
from socialdesk.ui.controls import IconLabel, label, plain_slot
from socialdesk.ui.desk import Desk

_COLUMNS = 3
_HEIGHT = 104


def how_to_sign_in(ways: tuple[SignIn, ...]) -> str:
    """In the browser, with a code or with a token: each kind once."""
    kinds = {type(way): way for way in reversed(ways) if not isinstance(way, Nothing)}
    names = [name_of(way) for way in reversed(kinds.values())]
    said = " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return said[:1].upper() + said[1:]


def name_of(way: SignIn) -> str:
    """In the middle of a sentence: with a token."""
    match way:
        case OAuthCode():
            return "in the browser"
        case DeviceCode():
            return "with a code"
        case AppPassword():
            return f"with an app password for {way.title}" if way.title else "with an app password"
        case Token():
            return "with a token"
        case ByName():
            return "no sign-in"
        case Nothing():
            return ""


def needs_account(facts: NetworkFacts) -> bool:
    """Whether there is anything to sign in to."""
    return not all(isinstance(way, Nothing) for way in facts.sign_ins)


class NetworkTile(QPushButton):
    """One network. Its words are labels of its own: a push button has one line only."""

    def __init__(self, desk: Desk, facts: NetworkFacts, pressed: Callable[[], object]) -> None:
        super().__init__()
        self.setAccessibleName(f"{'Add' if facts.by_hand else 'Connect'} {facts.title}")
        self.setAccessibleDescription(how_to_sign_in(facts.sign_ins))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setStyleSheet("border-radius: 12px;")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 12, 12)
        column.setSpacing(3)
        how = label(how_to_sign_in(facts.sign_ins), "muted", size=12, wrap=True)
        for part in (
            IconLabel(desk, f"networks/{facts.icon}", facts.colour or "text", 22),
            label(facts.title, weight=600, size=14),
            how,
        ):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            column.addWidget(part)
        column.addStretch(1)
        self.clicked.connect(plain_slot(pressed))

    def sizeHint(self) -> QSize:
        return QSize(170, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, _HEIGHT)


def network_grid(
    desk: Desk, networks: tuple[NetworkFacts, ...], chosen: Callable[[NetworkFacts], Callable[[], object]]
) -> QWidget:
    """Tiles in rows; `chosen` makes what a press on one does."""
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setSpacing(10)
    for place, facts in enumerate(networks):
        grid.addWidget(NetworkTile(desk, facts, chosen(facts)), place // _COLUMNS, place % _COLUMNS)
    for column in range(_COLUMNS):
        grid.setColumnStretch(column, 1)
    return made
