"""X (API v2), with the person's own app there.

The adapter is loaded when it is first asked for: the window's process needs only how X counts, and within milliseconds.
"""

from socialdesk.core.network import LazyNetwork
from socialdesk.networks.x.facts import FACTS

NETWORK = LazyNetwork(FACTS, "socialdesk.networks.x.adapter:X")
