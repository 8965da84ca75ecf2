"""Whether this machine has a connection. Being offline is not a failure of any server."""

import logging
import socket
import time
from collections.abc import Callable

_log = logging.getLogger(__name__)

RECENT_S = 600.0


class Connectivity:
    """`online` as the last requests saw it; `listeners` are called on the engine thread when it changes.

    `has_route` answers whether the system knows any way out, without sending anything.
    """

    def __init__(
        self, has_route: Callable[[], bool] | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.online = True
        self.listeners: list[Callable[[bool], None]] = []
        self.has_route = has_route or system_has_route
        self.clock = clock
        self._succeeded_at: float | None = None

    def listen(self, listener: Callable[[bool], None]) -> None:
        """`listener(online)` is called on the engine thread at every change."""
        self.listeners.append(listener)

    def succeeded(self) -> None:
        """A server beyond this machine answered."""
        self._succeeded_at = self.clock()
        self._become(online=True)

    def lost(self, started: float, *, name_unknown: bool = False) -> bool:
        """A request that began at `started` (this clock) found no name server or no way. True when we look offline.

        `name_unknown`: the name server said that the name does not exist; that tells of a connection if anything
        succeeded lately.
        """
        last = self._succeeded_at
        if last is not None and last >= started:
            return False
        if self.has_route() and name_unknown and last is not None and self.clock() - last < RECENT_S:
            return False
        self._become(online=False)
        return True

    def look_again(self) -> None:
        """After sleep or a change of network: what succeeded before tells nothing now."""
        self._succeeded_at = None

    def _become(self, *, online: bool) -> None:
        if online == self.online:
            return
        self.online = online
        _log.debug("online" if online else "offline")
        for listener in tuple(self.listeners):
            listener(online)


def system_has_route() -> bool:
    """True when the system has a route to the internet. Connecting a UDP socket sends no packet."""
    for family, address in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((address, 9))
        except OSError:
            continue
        return True
    return False
