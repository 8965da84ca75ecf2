"""Tiny Tiny RSS, by its JSON API."""

from socialdesk.core.network import LazyNetwork
from socialdesk.networks.ttrss.facts import FACTS

NETWORK = LazyNetwork(FACTS, "socialdesk.networks.ttrss.adapter:TinyTinyRss")
