"""Feeds: RSS, RDF, Atom and JSON Feed by their address."""

from socialdesk.core.network import LazyNetwork
from socialdesk.networks.feeds.facts import FACTS

NETWORK = LazyNetwork(FACTS, "socialdesk.networks.feeds.adapter:Feeds")
