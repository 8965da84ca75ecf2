"""What every part of the window is given: how to ask, how to look, what to emit."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from PySide6.QtWidgets import QApplication

from socialdesk.core.events import NetworksChanged
from socialdesk.ui.actions import Actions
from socialdesk.ui.avatar import NetworkLooks
from socialdesk.ui.bridge import Bridge
from socialdesk.ui.icons import Icons
from socialdesk.ui.pictures import Pictures
from socialdesk.ui.theme import Theme


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Desk:
    """Made once by the application. `services` is only ever called through `bridge.call`."""

    services: Any
    bridge: Bridge
    actions: Actions
    theme: Theme
    icons: Icons
    looks: NetworkLooks
    pictures: Pictures
    now: Callable[[], datetime] = field(default=_utc_now)


def make_desk(
    app: QApplication, services: Any, bridge: Bridge, *, mode: str = "system", now: Callable[[], datetime] = _utc_now
) -> Desk:
    """Joins the parts. `mode` of the theme: system, light or dark."""
    theme = Theme(app, mode)
    looks = NetworkLooks(services.accounts.looks())

    def look_again(event: object) -> None:
        if isinstance(event, NetworksChanged):
            looks.learn(services.accounts.looks())

    bridge.event.connect(look_again)
    return Desk(services, bridge, Actions(app), theme, Icons(theme), looks, Pictures(bridge, services, app), now)
