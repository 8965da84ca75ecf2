"""Places where the person posts in the browser: without an API, without an app of the person's own, or for free.

One row of `destinations.TABLE` each. Nothing is sent from here: see `core.network.HandsOff`.
"""

from socialdesk.core.network import LazyNetwork
from socialdesk.networks.handoff.destinations import TABLE

NETWORKS = tuple(LazyNetwork(place.facts, "socialdesk.networks.handoff.adapter:HandOffPlace") for place in TABLE)
