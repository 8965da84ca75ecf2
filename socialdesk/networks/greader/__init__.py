"""Feed readers' servers with the Google Reader API: FreshRSS, Miniflux, BazQux, The Old Reader, Inoreader."""

from socialdesk.core.network import LazyNetwork
from socialdesk.networks.greader.facts import FACTS

NETWORK = LazyNetwork(FACTS, "socialdesk.networks.greader.adapter:GoogleReader")
