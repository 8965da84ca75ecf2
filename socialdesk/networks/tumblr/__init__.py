"""Tumblr, one blog per account, with the person's own app there."""

from socialdesk.core.network import LazyNetwork
from socialdesk.networks.tumblr.facts import FACTS

NETWORK = LazyNetwork(FACTS, "socialdesk.networks.tumblr.adapter:Tumblr")
