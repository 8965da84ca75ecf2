"""Threads, with the person's own app at Meta."""

from socialdesk.core.network import LazyNetwork
from socialdesk.networks.threads.facts import FACTS

NETWORK = LazyNetwork(FACTS, "socialdesk.networks.threads.adapter:Threads")
