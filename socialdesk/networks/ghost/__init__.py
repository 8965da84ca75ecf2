"""Ghost: own posts, pages and drafts as columns, articles published or planned. Admin API with an Admin API key."""

from socialdesk.core.network import LazyNetwork
from socialdesk.networks.ghost.facts import FACTS

NETWORK = LazyNetwork(FACTS, "socialdesk.networks.ghost.adapter:Ghost")
