"""WordPress: articles, and comments as an inbox.

Three roads: REST API `wp/v2` with application passwords, the same at WordPress.com with OAuth, XML-RPC for sites that
offer nothing else.
"""

from socialdesk.core.network import LazyNetwork
from socialdesk.networks.wordpress.facts import FACTS

NETWORK = LazyNetwork(FACTS, "socialdesk.networks.wordpress.adapter:open_account")
