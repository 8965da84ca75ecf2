"""What every part of the window is given: how to ask, how to look, what to emit."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from socialdesk.ui.actions import Actions
from socialdesk.ui.bridge import Bridge
from socialdesk.ui.icons import Icons
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
    now: Callable[[], datetime] = field(default=_utc_now)
