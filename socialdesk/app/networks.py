"""The adapters that are installed, found through the entry-point group `socialdesk.networks`."""

import logging
from importlib.metadata import entry_points
from typing import cast

from socialdesk.core.network import NetworkClass

GROUP = "socialdesk.networks"
log = logging.getLogger(__name__)


def load_networks() -> dict[str, NetworkClass]:
    """Adapters by key. One that cannot be loaded is named in the log and stops nobody."""
    found: dict[str, NetworkClass] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda p: p.name):
        try:
            network = cast(NetworkClass, point.load())
            found[network.facts.key] = network
        except Exception:
            log.exception("the network “%s” cannot be loaded", point.name)
    return found
