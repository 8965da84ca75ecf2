"""Bluesky, and every other server of the AT protocol."""

from socialdesk.core.network import LazyNetwork
from socialdesk.networks.bluesky.facts import FACTS

NETWORK = LazyNetwork(FACTS, "socialdesk.networks.bluesky.adapter:Bluesky")
