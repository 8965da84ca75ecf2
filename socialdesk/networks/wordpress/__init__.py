"""WordPress, self-hosted: articles, and comments as an inbox. REST API `wp/v2` with application passwords."""

from socialdesk.core.network import LazyNetwork
from socialdesk.networks.wordpress.facts import FACTS

NETWORK = LazyNetwork(FACTS, "socialdesk.networks.wordpress.adapter:WordPress")
