"""Blogger, one blog per account, with the person's own app at Google."""

from socialdesk.core.network import LazyNetwork
from socialdesk.networks.blogger.facts import FACTS

NETWORK = LazyNetwork(FACTS, "socialdesk.networks.blogger.adapter:open_account")
