"""LinkedIn, as a member or as an organisation's page, with the person's own app there."""

from socialdesk.core.network import LazyNetwork
from socialdesk.networks.linkedin.facts import FACTS

NETWORK = LazyNetwork(FACTS, "socialdesk.networks.linkedin.adapter:LinkedIn")
