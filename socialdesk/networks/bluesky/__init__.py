"""Bluesky, and every other server of the AT protocol."""

from socialdesk.networks.bluesky.adapter import NETWORK

__all__ = ["NETWORK"]
