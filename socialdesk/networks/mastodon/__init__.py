"""Mastodon and servers that speak its API: GoToSocial, Pleroma, Akkoma, Pixelfed, Friendica."""

from socialdesk.networks.mastodon.adapter import Mastodon

NETWORK = Mastodon
