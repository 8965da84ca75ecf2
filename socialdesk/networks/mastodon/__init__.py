"""Mastodon and servers that speak its API: GoToSocial, Pleroma, Akkoma, Pixelfed, Friendica."""

from socialdesk.core.network import LazyNetwork
from socialdesk.networks.mastodon.facts import FACTS

NETWORK = LazyNetwork(FACTS, "socialdesk.networks.mastodon.adapter:Mastodon")
