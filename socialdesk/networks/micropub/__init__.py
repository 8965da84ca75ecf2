"""Micropub: posting to one's own site (notes, articles, pictures), signed in with IndieAuth or a pasted token."""

from socialdesk.core.network import LazyNetwork
from socialdesk.networks.micropub.facts import FACTS

NETWORK = LazyNetwork(FACTS, "socialdesk.networks.micropub.adapter:Micropub")
