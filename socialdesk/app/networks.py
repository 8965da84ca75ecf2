"""The adapters there are: the program's own, one module or package each, and those that others have installed.

A module has one `NETWORK`, or several alike as `NETWORKS`.
"""

import logging
from importlib import import_module
from pkgutil import iter_modules
from typing import cast

from socialdesk import networks
from socialdesk.core.network import NetworkClass

GROUP = "socialdesk.networks"
log = logging.getLogger(__name__)


def own_networks() -> dict[str, NetworkClass]:
    """The program's own adapters by key. One that cannot be loaded is named in the log and stops nobody."""
    found: dict[str, NetworkClass] = {}
    for module in sorted(iter_modules(networks.__path__), key=lambda m: m.name):
        try:
            loaded = import_module(f"{networks.__name__}.{module.name}")
            several = cast("tuple[NetworkClass, ...]", getattr(loaded, "NETWORKS", None) or (loaded.NETWORK,))
            found |= {network.facts.key: network for network in several}
        except Exception:
            log.exception("the network “%s” cannot be loaded", module.name)
    return found


def others_networks() -> dict[str, NetworkClass]:
    """Adapters of other packages, found through the entry-point group `socialdesk.networks`."""
    from importlib.metadata import entry_points  # start-up: 40 ms, and most people have none

    found: dict[str, NetworkClass] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda p: p.name):
        try:
            network = cast(NetworkClass, point.load())
            found[network.facts.key] = network
        except Exception:
            log.exception("the network “%s” cannot be loaded", point.name)
    return found
