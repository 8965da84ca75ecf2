"""A Page on Facebook (Graph API), with the person's own app there. Profiles and groups have no API."""

from socialdesk.core.network import LazyNetwork
from socialdesk.networks.facebook.facts import FACTS

NETWORK = LazyNetwork(FACTS, "socialdesk.networks.facebook.adapter:Facebook")
